/*
 * A load of submissions over STARTTLS with AUTH PLAIN. Its options, besides those in bench_client.h:
 *
 *   --recipients N  of each message; no two of a load are the same; 1
 */
#include "base/codec.h"
#include "bench_client.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <time.h>

enum step { BANNER, EHLO_IN_CLEAR, STARTTLS, EHLO, AUTH, MAIL, RCPT, DATA, BODY, QUIT };

static const int expected[] = {
    [BANNER] = 220, [EHLO_IN_CLEAR] = 250, [STARTTLS] = 220, [EHLO] = 250, [AUTH] = 235,
    [MAIL] = 250,   [RCPT] = 250,          [DATA] = 354,     [BODY] = 250, [QUIT] = 221};

static uint64_t recipients = 1, recipient_count;
static struct buf body;

static void
make_body(void)
{
    buf_init(&body, options.bytes + 1024);
    while (body.len < options.bytes)
        buf_add_cstr(&body, "The quick brown fox jumps over the lazy dog and files a report.\r\n");
    buf_add_cstr(&body, ".\r\n");
}

static void
connected(struct connection *connection)
{
    connection->step = BANNER;
}

static void
say_hello(struct connection *connection)
{
    buf_add_cstr(&connection->out, "EHLO client.load.test\r\n");
    connection->step = connection->ssl ? EHLO : EHLO_IN_CLEAR;
}

static void
log_in(struct connection *connection)
{
    const struct account *account = connection->account;
    struct arena *arena = arena_new();
    struct slice plain = arena_printf(arena, "%c%s%c%s", 0, account->user, 0, account->password);
    buf_printf(&connection->out, "AUTH PLAIN %.*s\r\n", SLICE_ARG(codec_base64(arena, plain)));
    arena_free(arena);
    connection->step = AUTH;
}

static void
add_rcpt(struct connection *connection)
{
    buf_printf(&connection->out, "RCPT TO:<r%llu@dest.test>\r\n",
               (unsigned long long)recipient_count++);
}

static void
begin_message(struct connection *connection)
{
    connection->unanswered = recipients;
    buf_printf(&connection->out, "MAIL FROM:<%s>\r\n", connection->account->address);
    if (connection->pipelining) {
        for (uint64_t i = 0; i < recipients; i++)
            add_rcpt(connection);
        buf_add_cstr(&connection->out, "DATA\r\n");
    }
    connection->step = MAIL;
}

static void
send_message(struct connection *connection)
{
    char date[64];
    time_t now = time(NULL);
    struct tm parts;
    strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S +0000", gmtime_r(&now, &parts));
    buf_printf(&connection->out,
               "From: Load <%s>\r\nTo: <list@dest.test>\r\nSubject: load %llu\r\nDate: %s\r\n"
               "Message-ID: <%llu.%d@load.test>\r\nMIME-Version: 1.0\r\n"
               "Content-Type: text/plain; charset=us-ascii\r\n\r\n",
               connection->account->address, (unsigned long long)client_started, date,
               (unsigned long long)client_started, connection->fd);
    buf_add(&connection->out, buf_slice(&body));
    connection->dotted = client_now_s();
    connection->step = BODY;
}

static void
answered_rcpt(struct connection *connection)
{
    if (--connection->unanswered > 0) {
        if (!connection->pipelining)
            add_rcpt(connection);
        return;
    }
    if (!connection->pipelining)
        buf_add_cstr(&connection->out, "DATA\r\n");
    connection->step = DATA;
}

static void
leave(struct connection *connection)
{
    buf_add_cstr(&connection->out, "QUIT\r\n");
    connection->step = QUIT;
}

static void
on_reply(struct connection *connection)
{
    switch ((enum step)connection->step) {
    case BANNER: say_hello(connection); break;
    case EHLO_IN_CLEAR:
        buf_add_cstr(&connection->out, "STARTTLS\r\n");
        connection->step = STARTTLS;
        break;
    case STARTTLS: client_start_tls(connection); break;
    case EHLO: log_in(connection); break;
    case AUTH: client_opened(connection); break;
    case MAIL:
        if (!connection->pipelining)
            add_rcpt(connection);
        connection->step = RCPT;
        break;
    case RCPT: answered_rcpt(connection); break;
    case DATA: send_message(connection); break;
    case BODY: client_answered(connection); break;
    case QUIT: client_hang_up(connection); break;
    }
}

static void
take_line(struct connection *connection, struct slice line)
{
    char text[256];
    snprintf(text, sizeof text, "%.*s", SLICE_ARG(line));
    if (strncasecmp(text + (line.len < 4 ? line.len : 4), "PIPELINING", 10) == 0)
        connection->pipelining = true;
    if (line.len < 4 || text[3] == '-')
        return;
    bool held = options.hold && connection->open;
    if (held || atoi(text) != expected[connection->step])
        client_fail(connection, text);
    else
        on_reply(connection);
}

static size_t
input(struct connection *connection, struct slice bytes)
{
    struct slice line, rest = bytes;
    while (connection->phase == TALKING && slice_cut(rest, '\n', &line, &rest))
        take_line(connection, line);
    return bytes.len - rest.len;
}

int
main(int argc, char **argv)
{
    static const struct protocol smtp = {.name = "bench_load",
                                         .connected = connected,
                                         .secured = say_hello,
                                         .input = input,
                                         .message = begin_message,
                                         .leave = leave};
    const struct client_option more[] = {{"--recipients", &recipients, NULL}, {NULL, NULL, NULL}};
    if (!client_options(argc, argv, more) || recipients == 0) {
        fprintf(stderr, "bench_load: see the head of bench_load.c\n");
        return 2;
    }
    make_body();
    return client_run(&smtp);
}
