/*
 * The next hop of a bench: takes every message, or refuses every recipient for now; one thread.
 *
 *   bench_sink PORT
 *
 * Besides SMTP it knows three commands of its own:
 *   XSTAT        250 MESSAGES LAST UNSIGNED RECIPIENTS
 *                taken, when the last came (in seconds since the
 *                                              epoch), how many had no DKIM signature
 *   XRESET       counts from nothing again
 *   XREFUSE 0|1  whether recipients are answered with 450
 */
#include "base/memory.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { INPUT_MAX = 65536, OUTPUT_MAX = 65536, EVENTS = 256, BACKLOG = 1024 };

struct connection {
    int fd;
    bool in_data, in_header, is_signed, over;
    uint64_t recipients; /* taken, of this transaction */
    struct buf out;
    size_t in_len;
    char in[INPUT_MAX];
};

static uint64_t taken, unsigned_count, recipient_count;
static double last;
static bool refuses;

static double
now_s(void)
{
    struct timespec time;
    clock_gettime(CLOCK_REALTIME, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void
data_line(struct connection *connection, const char *line)
{
    if (strcmp(line, ".") == 0) {
        connection->in_data = false;
        taken++;
        last = now_s();
        unsigned_count += !connection->is_signed;
        recipient_count += connection->recipients;
        buf_add_cstr(&connection->out, "250 2.0.0 taken\r\n");
    } else if (line[0] == '\0') {
        connection->in_header = false;
    } else if (connection->in_header && strncasecmp(line, "DKIM-Signature:", 15) == 0) {
        connection->is_signed = true;
    }
}

static const char *
own_command(struct connection *connection, const char *line)
{
    if (strncmp(line, "XSTAT", 5) == 0) {
        buf_printf(&connection->out, "250 %llu %.3f %llu %llu\r\n", (unsigned long long)taken, last,
                   (unsigned long long)unsigned_count, (unsigned long long)recipient_count);
        return "";
    }
    if (strncmp(line, "XRESET", 6) == 0)
        taken = unsigned_count = recipient_count = 0;
    else if (strncmp(line, "XREFUSE ", 8) == 0)
        refuses = line[8] == '1';
    else
        return "500 5.5.1 unknown\r\n";
    return "250 2.0.0 done\r\n";
}

static const char *
command(struct connection *connection, const char *line)
{
    if (line[0] == 'X')
        return own_command(connection, line);
    if (strncasecmp(line, "EHLO", 4) == 0)
        return "250-sink.test\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SIZE 52428800\r\n"
               "250 ENHANCEDSTATUSCODES\r\n";
    if (strncasecmp(line, "MAIL", 4) == 0)
        connection->recipients = 0;
    if (strncasecmp(line, "RCPT", 4) == 0) {
        if (refuses)
            return "450 4.2.1 not now\r\n";
        connection->recipients++;
    }
    if (strncasecmp(line, "DATA", 4) == 0) {
        if (connection->recipients == 0)
            return "503 5.5.1 no recipients\r\n";
        connection->in_data = connection->in_header = true;
        connection->is_signed = false;
        return "354 go on\r\n";
    }
    connection->over = strncasecmp(line, "QUIT", 4) == 0;
    return connection->over ? "221 2.0.0 bye\r\n" : "250 2.0.0 ok\r\n";
}

static void
take_lines(struct connection *connection)
{
    char *line = connection->in, *end = connection->in + connection->in_len, *newline;
    while (!connection->over && (newline = memchr(line, '\n', (size_t)(end - line)))) {
        *newline = '\0';
        if (newline > line && newline[-1] == '\r')
            newline[-1] = '\0';
        if (connection->in_data)
            data_line(connection, line);
        else
            buf_add_cstr(&connection->out, command(connection, line));
        line = newline + 1;
    }
    connection->in_len = (size_t)(end - line);
    memmove(connection->in, line, connection->in_len);
}

/* Replies are short and their reader waits for them: what does not fit at once ends it. */
static bool
flush(struct connection *connection)
{
    struct buf *out = &connection->out;
    ssize_t sent = out->len ? send(connection->fd, out->ptr, out->len, MSG_NOSIGNAL) : 0;
    bool whole = sent == (ssize_t)out->len;
    buf_reset(out);
    return whole;
}

static bool
on_input(struct connection *connection)
{
    ssize_t got = recv(connection->fd, connection->in + connection->in_len,
                       sizeof connection->in - connection->in_len, 0);
    if (got <= 0)
        return got < 0 && errno == EAGAIN;
    connection->in_len += (size_t)got;
    take_lines(connection);
    return flush(connection) && !connection->over && connection->in_len < INPUT_MAX;
}

static void
hang_up(struct connection *connection)
{
    close(connection->fd);
    buf_fini(&connection->out);
    free(connection);
}

static void
welcome(int poller, int listener)
{
    int one = 1, fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0)
        return;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    struct connection *connection = NEW(struct connection);
    connection->fd = fd;
    buf_init(&connection->out, OUTPUT_MAX);
    buf_add_cstr(&connection->out, "220 sink.test ESMTP\r\n");
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
    epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event);
    if (!flush(connection))
        hang_up(connection);
}

static int
listen_on(uint16_t port)
{
    int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(fd, (void *)&address, sizeof address) != 0 || listen(fd, BACKLOG) != 0) {
        perror("bench_sink");
        exit(1);
    }
    return fd;
}

int
main(int argc, char **argv)
{
    uint64_t port;
    if (argc != 2 || !slice_u64(slice_of(argv[1]), &port) || port > 65535) {
        fprintf(stderr, "usage: bench_sink PORT\n");
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    int listener = listen_on((uint16_t)port), poller = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN};
    epoll_ctl(poller, EPOLL_CTL_ADD, listener, &event);
    for (;;) {
        struct epoll_event events[EVENTS];
        int count = epoll_wait(poller, events, EVENTS, -1);
        for (int i = 0; i < count; i++) {
            struct connection *connection = events[i].data.ptr;
            if (!connection)
                welcome(poller, listener);
            else if (!on_input(connection))
                hang_up(connection);
        }
    }
}
