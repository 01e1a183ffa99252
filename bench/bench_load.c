/*
 * A load of submissions over STARTTLS with AUTH PLAIN: one thread, many connections.
 *
 *   bench_load --port N --users FILE [--connections N] [--each N] [--messages N] [--bytes N]
 *              [--recipients N] [--rate N] [--opening N] [--hold 1]
 *
 *   --users       lines "user password address", taken in turns
 *   --each        messages on one connection, before the next is opened in its place
 *   --recipients  of each message; no two of a load are the same
 *   --rate        messages a second, at most; 0 is as fast as it goes
 *   --opening     how many connections are on their way to their login at a time; 0 is all
 *   --hold        send nothing: log in, say so, and stay until SIGTERM
 *
 * Prints a line of name=value pairs. Times are in milliseconds: `dot` from the final dot to its
 * reply, `open` from connecting to being logged in.
 */
#include "base/codec.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum {
    INPUT_MAX = 2048,
    OUTPUT_MAX = 64 * 1024 * 1024,
    EVENTS = 256,
    SILENCE_S = 60, /* without an answer: an error */
    TICK_MS = 20,
    TICK_PACED_MS = 2,
    ERRORS_MAX = 2000,
    ERRORS_SHOWN = 5,
};

enum state {
    FREE,
    CONNECTING,
    HANDSHAKE,
    BANNER,
    EHLO_IN_CLEAR,
    STARTTLS,
    EHLO,
    AUTH,
    MAIL,
    RCPT,
    DATA,
    BODY,
    PAUSED, /* until its next message is due */
    HOLDING,
    QUIT
};

static const int expected[] = {
    [BANNER] = 220, [EHLO_IN_CLEAR] = 250, [STARTTLS] = 220, [EHLO] = 250, [AUTH] = 235,
    [MAIL] = 250,   [RCPT] = 250,          [DATA] = 354,     [BODY] = 250, [QUIT] = 221};

struct account {
    char *address, *token;
};

struct connection {
    int fd;
    enum state state;
    SSL *ssl;
    const struct account *account;
    bool pipelining, writes;      /* offered; waits for room */
    uint64_t left, unanswered;    /* messages; RCPT commands */
    double opened, dotted, heard; /* when */
    double rest;                  /* not opened again before */
    struct buf out;
    size_t in_len;
    char in[INPUT_MAX];
};

struct samples {
    double *values;
    size_t count, max;
};

static struct {
    uint64_t port, connections, each, messages, bytes, recipients, rate, opening, hold;
    const char *users;
} options = {.connections = 1, .each = 1, .messages = 1, .bytes = 4096, .recipients = 1};

static struct account *accounts;
static size_t account_count;
static struct connection *connections;
static struct samples dots, opens;
static struct buf body;
static SSL_CTX *tls;
static int poller;
static double begun;
static uint64_t started, done, errors, opened_count, opening_count, ready_count, recipient_count;
static volatile sig_atomic_t stopped;

static double
now_s(void)
{
    struct timespec time;
    clock_gettime(CLOCK_REALTIME, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static _Noreturn void
fail_all(const char *what)
{
    fprintf(stderr, "bench_load: %s: %s\n", what, strerror(errno));
    exit(1);
}

/* --- accounts and the message ------------------------------------------------------------- */

static void
add_account(const char *user, const char *password, const char *address)
{
    struct arena *arena = arena_new();
    struct slice plain = arena_printf(arena, "%c%s%c%s", 0, user, 0, password);
    accounts = memory_resize(accounts, (account_count + 1) * sizeof *accounts);
    accounts[account_count++] =
        (struct account){memory_cstr(slice_of(address)), memory_cstr(codec_base64(arena, plain))};
    arena_free(arena);
}

static void
read_accounts(const char *path)
{
    char line[1024], user[256], password[256], address[256];
    FILE *file = fopen(path, "r");
    if (!file)
        fail_all(path);
    while (fgets(line, sizeof line, file))
        if (sscanf(line, "%255s %255s %255s", user, password, address) == 3)
            add_account(user, password, address);
    fclose(file);
}

static void
make_body(void)
{
    buf_init(&body, OUTPUT_MAX);
    while (body.len < options.bytes)
        buf_add_cstr(&body, "The quick brown fox jumps over the lazy dog and files a report.\r\n");
    buf_add_cstr(&body, ".\r\n");
}

static void
add_sample(struct samples *samples, double seconds)
{
    if (samples->count == samples->max) {
        samples->max = samples->max ? 2 * samples->max : 1024;
        samples->values = memory_resize(samples->values, samples->max * sizeof(double));
    }
    samples->values[samples->count++] = seconds;
}

/* --- one connection ----------------------------------------------------------------------- */

static bool
is_opening(const struct connection *connection)
{
    return connection->state > FREE && connection->state < MAIL;
}

static void
set_state(struct connection *connection, enum state state)
{
    bool was = is_opening(connection);
    connection->state = state;
    opening_count += (uint64_t)is_opening(connection) - (uint64_t)was;
}

static void
watch(struct connection *connection, bool writes)
{
    if (connection->writes == writes)
        return;
    struct epoll_event event = {.events = EPOLLIN | (writes ? EPOLLOUT : 0),
                                .data.ptr = connection};
    epoll_ctl(poller, EPOLL_CTL_MOD, connection->fd, &event);
    connection->writes = writes;
}

static void
hang_up(struct connection *connection)
{
    if (connection->ssl && connection->state == QUIT)
        SSL_shutdown(connection->ssl);
    SSL_free(connection->ssl);
    close(connection->fd);
    connection->ssl = NULL;
    connection->in_len = 0;
    buf_reset(&connection->out);
    set_state(connection, FREE);
}

/* The message is tried again, on another connection. */
static void
fail(struct connection *connection, const char *why)
{
    if (errors++ < ERRORS_SHOWN)
        fprintf(stderr, "bench_load: in state %d: %s\n", connection->state, why);
    if (errors > ERRORS_MAX)
        exit(1);
    if (connection->state >= MAIL && connection->state <= BODY)
        started--;
    hang_up(connection);
    connection->rest = now_s() + 0.1;
}

static void
dial(struct connection *connection)
{
    int one = 1;
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)options.port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    connection->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (connection->fd < 0)
        fail_all("socket");
    setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    connection->opened = connection->heard = now_s();
    connection->left = options.each;
    connection->pipelining = false;
    connection->writes = true;
    connection->account = &accounts[opened_count++ % account_count];
    set_state(connection, CONNECTING);
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT, .data.ptr = connection};
    epoll_ctl(poller, EPOLL_CTL_ADD, connection->fd, &event);
    if (connect(connection->fd, (void *)&address, sizeof address) != 0 && errno != EINPROGRESS)
        fail(connection, strerror(errno));
}

static void
add_rcpt(struct connection *connection)
{
    buf_printf(&connection->out, "RCPT TO:<r%llu@dest.test>\r\n",
               (unsigned long long)recipient_count++);
}

static void
next_message(struct connection *connection)
{
    if (options.hold) {
        ready_count++;
        set_state(connection, HOLDING);
        return;
    }
    if (connection->left == 0 || started >= options.messages) {
        buf_add_cstr(&connection->out, "QUIT\r\n");
        set_state(connection, QUIT);
        return;
    }
    if (options.rate && (double)started > (now_s() - begun) * (double)options.rate) {
        set_state(connection, PAUSED);
        return;
    }
    connection->left--;
    started++;
    connection->unanswered = options.recipients;
    buf_printf(&connection->out, "MAIL FROM:<%s>\r\n", connection->account->address);
    if (connection->pipelining) {
        for (uint64_t i = 0; i < options.recipients; i++)
            add_rcpt(connection);
        buf_add_cstr(&connection->out, "DATA\r\n");
    }
    set_state(connection, MAIL);
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
               connection->account->address, (unsigned long long)started, date,
               (unsigned long long)started, connection->fd);
    buf_add(&connection->out, buf_slice(&body));
    connection->dotted = now_s();
    set_state(connection, BODY);
}

static void
logged_in(struct connection *connection)
{
    add_sample(&opens, now_s() - connection->opened);
    next_message(connection);
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
    set_state(connection, DATA);
}

static void
start_tls(struct connection *connection)
{
    connection->ssl = SSL_new(tls);
    SSL_set_fd(connection->ssl, connection->fd);
    SSL_set_connect_state(connection->ssl);
    set_state(connection, HANDSHAKE);
}

static void
on_reply(struct connection *connection)
{
    switch (connection->state) {
    case BANNER:
        buf_add_cstr(&connection->out, "EHLO client.load.test\r\n");
        set_state(connection, EHLO_IN_CLEAR);
        break;
    case EHLO_IN_CLEAR:
        buf_add_cstr(&connection->out, "STARTTLS\r\n");
        set_state(connection, STARTTLS);
        break;
    case STARTTLS: start_tls(connection); break;
    case EHLO:
        buf_printf(&connection->out, "AUTH PLAIN %s\r\n", connection->account->token);
        set_state(connection, AUTH);
        break;
    case AUTH: logged_in(connection); break;
    case MAIL:
        if (!connection->pipelining)
            add_rcpt(connection);
        set_state(connection, RCPT);
        break;
    case RCPT: answered_rcpt(connection); break;
    case DATA: send_message(connection); break;
    case BODY:
        add_sample(&dots, now_s() - connection->dotted);
        done++;
        next_message(connection);
        break;
    default: hang_up(connection); break;
    }
}

/* --- bytes -------------------------------------------------------------------------------- */

enum progress { ON, WAIT, GONE };

static enum progress
receive(struct connection *connection)
{
    char *room = connection->in + connection->in_len;
    size_t space = sizeof connection->in - connection->in_len;
    int got;
    if (connection->ssl) {
        got = SSL_read(connection->ssl, room, (int)space);
        if (got <= 0)
            return SSL_get_error(connection->ssl, got) == SSL_ERROR_WANT_READ ? WAIT : GONE;
    } else {
        got = (int)recv(connection->fd, room, space, 0);
        if (got <= 0)
            return got < 0 && errno == EAGAIN ? WAIT : GONE;
    }
    connection->in_len += (size_t)got;
    return ON;
}

static enum progress
flush(struct connection *connection)
{
    struct buf *out = &connection->out;
    while (out->len > 0) {
        int sent = connection->ssl ? SSL_write(connection->ssl, out->ptr, (int)out->len)
                                   : (int)send(connection->fd, out->ptr, out->len, MSG_NOSIGNAL);
        if (sent <= 0) {
            bool again = connection->ssl
                             ? SSL_get_error(connection->ssl, sent) == SSL_ERROR_WANT_WRITE
                             : errno == EAGAIN;
            watch(connection, true);
            return again ? WAIT : GONE;
        }
        buf_consume(out, (size_t)sent);
    }
    watch(connection, false);
    return ON;
}

static enum progress
handshake(struct connection *connection)
{
    int result = SSL_do_handshake(connection->ssl);
    int error = SSL_get_error(connection->ssl, result);
    if (result == 1) {
        buf_add_cstr(&connection->out, "EHLO client.load.test\r\n");
        set_state(connection, EHLO);
        return ON;
    }
    watch(connection, error == SSL_ERROR_WANT_WRITE);
    return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE ? WAIT : GONE;
}

/* The replies that are complete; what follows the one to STARTTLS belongs to TLS. */
static void
take_replies(struct connection *connection)
{
    char *line = connection->in, *end = connection->in + connection->in_len, *newline;
    while (connection->state != HANDSHAKE && connection->state != FREE &&
           (newline = memchr(line, '\n', (size_t)(end - line)))) {
        *newline = '\0';
        if (strncasecmp(line + 4, "PIPELINING", 10) == 0)
            connection->pipelining = true;
        if (newline - line >= 4 && line[3] != '-') {
            if (connection->state == HOLDING || atoi(line) != expected[connection->state])
                fail(connection, line);
            else
                on_reply(connection);
        }
        line = newline + 1;
    }
    if (connection->state == FREE)
        return;
    connection->in_len = (size_t)(end - line);
    memmove(connection->in, line, connection->in_len);
}

static void
connected(struct connection *connection)
{
    int error = 0;
    socklen_t len = sizeof error;
    getsockopt(connection->fd, SOL_SOCKET, SO_ERROR, &error, &len);
    set_state(connection, BANNER);
    watch(connection, false);
    if (error)
        fail(connection, strerror(error));
}

static void
on_event(struct connection *connection)
{
    enum progress progress = ON;
    connection->heard = now_s();
    if (connection->state == CONNECTING)
        connected(connection);
    while (progress == ON && connection->state != FREE) {
        if (connection->state == HANDSHAKE) {
            progress = handshake(connection);
        } else {
            progress = receive(connection);
            if (progress == ON)
                take_replies(connection);
        }
        if (connection->state != FREE && connection->state != HANDSHAKE && progress != GONE &&
            flush(connection) == GONE)
            progress = GONE;
    }
    if (progress == GONE && connection->state == QUIT)
        hang_up(connection);
    else if (progress == GONE)
        fail(connection, "the connection was lost");
}

static void
resume(struct connection *connection)
{
    next_message(connection);
    if (connection->state != PAUSED && flush(connection) == GONE)
        fail(connection, "the connection was lost");
}

/* --- the load ----------------------------------------------------------------------------- */

static bool
may_open(const struct connection *connection, double now)
{
    return connection->state == FREE && now >= connection->rest && started < options.messages &&
           (options.opening == 0 || opening_count < options.opening);
}

/* True while there is something to do. */
static bool
tend(void)
{
    double now = now_s();
    uint64_t live = 0;
    for (uint64_t i = 0; i < options.connections; i++) {
        struct connection *connection = &connections[i];
        if (may_open(connection, now))
            dial(connection);
        if (connection->state == PAUSED)
            resume(connection);
        if (connection->state != FREE && connection->state != HOLDING &&
            now - connection->heard > SILENCE_S)
            fail(connection, "no answer");
        live += connection->state != FREE;
    }
    return !stopped && (live > 0 || done < options.messages);
}

static void
run(void)
{
    struct epoll_event events[EVENTS];
    bool told = false;
    while (tend()) {
        int count = epoll_wait(poller, events, EVENTS, options.rate ? TICK_PACED_MS : TICK_MS);
        for (int i = 0; i < count; i++)
            on_event(events[i].data.ptr);
        if (options.hold && !told && ready_count >= options.connections) {
            printf("ready=%llu ready_s=%.2f\n", (unsigned long long)ready_count, now_s() - begun);
            fflush(stdout);
            told = true;
        }
    }
}

static int
compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void
report(const char *name, struct samples *samples)
{
    size_t count = samples->count;
    if (count == 0)
        return;
    qsort(samples->values, count, sizeof(double), compare);
    printf(" %s_p50=%.3f %s_p95=%.3f %s_p99=%.3f", name, samples->values[count / 2] * 1e3, name,
           samples->values[count * 95 / 100] * 1e3, name, samples->values[count * 99 / 100] * 1e3);
}

static void
stop(int number)
{
    (void)number;
    stopped = 1;
}

static bool
read_options(int argc, char **argv)
{
    const struct {
        const char *name;
        uint64_t *number;
    } known[] = {{"--port", &options.port},   {"--connections", &options.connections},
                 {"--each", &options.each},   {"--messages", &options.messages},
                 {"--bytes", &options.bytes}, {"--recipients", &options.recipients},
                 {"--rate", &options.rate},   {"--opening", &options.opening},
                 {"--hold", &options.hold}};
    for (int i = 1; i + 1 < argc; i += 2) {
        size_t k = 0;
        while (k < sizeof known / sizeof *known && strcmp(argv[i], known[k].name) != 0)
            k++;
        if (strcmp(argv[i], "--users") == 0)
            options.users = argv[i + 1];
        else if (k == sizeof known / sizeof *known ||
                 !slice_u64(slice_of(argv[i + 1]), known[k].number))
            return false;
    }
    return argc % 2 == 1 && options.users && options.port > 0 && options.recipients > 0;
}

int
main(int argc, char **argv)
{
    struct rlimit files;
    if (!read_options(argc, argv)) {
        fprintf(stderr, "bench_load: see the head of bench_load.c\n");
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    signal(SIGTERM, stop);
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    tls = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_mode(tls, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                              SSL_MODE_RELEASE_BUFFERS);
    read_accounts(options.users);
    make_body();
    poller = epoll_create1(EPOLL_CLOEXEC);
    connections = memory_alloc(options.connections * sizeof *connections);
    for (uint64_t i = 0; i < options.connections; i++)
        buf_init(&connections[i].out, OUTPUT_MAX);
    begun = now_s();
    run();
    double seconds = now_s() - begun;
    printf("start=%.3f messages=%llu errors=%llu seconds=%.3f rate=%.1f", begun,
           (unsigned long long)done, (unsigned long long)errors, seconds, (double)done / seconds);
    report("dot", &dots);
    report("open", &opens);
    printf("\n");
    return errors ? 1 : 0;
}
