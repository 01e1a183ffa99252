#include "bench_client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum {
    PIECE = 4096,
    INPUT_MAX = 64 * 1024,
    OUTPUT_MAX = 64 * 1024 * 1024,
    EVENTS = 256,
    SILENCE_S = 60, /* without an answer: an error */
    TICK_MS = 20,
    TICK_PACED_MS = 2,
    ERRORS_MAX = 2000,
    ERRORS_SHOWN = 5,
};

struct samples {
    double *values;
    size_t count, max;
};

struct client_options options = {
    .connections = 1, .each = 1, .messages = 1, .bytes = 4096, .rest = 100};
uint64_t client_started;

static const struct protocol *protocol;
static struct account *accounts;
static size_t account_count;
static struct connection *connections;
static struct samples dots, opens;
static SSL_CTX *tls;
static int poller;
static double begun, first;
static uint64_t done, errors, begun_count, opening_count, ready_count;
static volatile sig_atomic_t stopped;

double
client_now_s(void)
{
    struct timespec time;
    clock_gettime(CLOCK_REALTIME, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static _Noreturn void
fail_all(const char *what)
{
    fprintf(stderr, "%s: %s: %s\n", protocol->name, what, strerror(errno));
    exit(1);
}

static void
read_accounts(const char *path)
{
    char line[1024], user[256], password[256], address[256], secret[256];
    FILE *file = fopen(path, "r");
    if (!file)
        fail_all(path);
    while (fgets(line, sizeof line, file)) {
        secret[0] = '\0';
        if (sscanf(line, "%255s %255s %255s %255s", user, password, address, secret) < 3)
            continue;
        accounts = memory_resize(accounts, (account_count + 1) * sizeof *accounts);
        accounts[account_count++] =
            (struct account){memory_cstr(slice_of(user)), memory_cstr(slice_of(password)),
                             memory_cstr(slice_of(address)), memory_cstr(slice_of(secret))};
    }
    fclose(file);
    if (account_count == 0)
        fail_all(path);
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

void
client_hang_up(struct connection *connection)
{
    if (connection->ssl && connection->leaving)
        SSL_shutdown(connection->ssl);
    SSL_free(connection->ssl);
    close(connection->fd);
    connection->ssl = NULL;
    opening_count -= !connection->open;
    connection->open = connection->at_work = connection->paused = connection->leaving = false;
    buf_reset(&connection->in);
    buf_reset(&connection->out);
    connection->phase = CLOSED;
}

void
client_fail(struct connection *connection, const char *why)
{
    if (errors++ < ERRORS_SHOWN)
        fprintf(stderr, "%s: at step %d: %s\n", protocol->name, connection->step, why);
    if (errors > ERRORS_MAX)
        exit(1);
    if (connection->at_work)
        client_started--;
    client_hang_up(connection);
    connection->rest = client_now_s() + (double)options.rest / 1e3;
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
    connection->begun = connection->heard = client_now_s();
    connection->left = options.each;
    connection->pipelining = false;
    connection->writes = true;
    connection->account = &accounts[begun_count++ % account_count];
    connection->step = 0;
    connection->phase = CONNECTING;
    opening_count++;
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT, .data.ptr = connection};
    epoll_ctl(poller, EPOLL_CTL_ADD, connection->fd, &event);
    if (connect(connection->fd, (void *)&address, sizeof address) != 0 && errno != EINPROGRESS)
        client_fail(connection, strerror(errno));
}

static void
next_message(struct connection *connection)
{
    connection->paused = false;
    if (options.hold)
        return;
    if (connection->left == 0 || client_started >= options.messages) {
        connection->leaving = true;
        protocol->leave(connection);
        return;
    }
    if (options.rate && (double)client_started > (client_now_s() - begun) * (double)options.rate) {
        connection->paused = true;
        return;
    }
    connection->left--;
    client_started++;
    connection->at_work = true;
    protocol->message(connection);
}

void
client_opened(struct connection *connection)
{
    connection->open = true;
    opening_count--;
    ready_count++;
    add_sample(&opens, client_now_s() - connection->begun);
    next_message(connection);
}

void
client_answered(struct connection *connection)
{
    double now = client_now_s();
    add_sample(&dots, now - connection->dotted);
    if (done++ == 0)
        first = now;
    connection->at_work = false;
    next_message(connection);
}

void
client_start_tls(struct connection *connection)
{
    connection->ssl = SSL_new(tls);
    SSL_set_fd(connection->ssl, connection->fd);
    SSL_set_connect_state(connection->ssl);
    connection->phase = HANDSHAKE;
}

/* --- bytes -------------------------------------------------------------------------------- */

enum progress { ON, WAIT, GONE };

static enum progress
receive(struct connection *connection)
{
    char room[PIECE];
    int got;
    if (connection->ssl) {
        got = SSL_read(connection->ssl, room, sizeof room);
        if (got <= 0)
            return SSL_get_error(connection->ssl, got) == SSL_ERROR_WANT_READ ? WAIT : GONE;
    } else {
        got = (int)recv(connection->fd, room, sizeof room, 0);
        if (got <= 0)
            return got < 0 && errno == EAGAIN ? WAIT : GONE;
    }
    buf_add(&connection->in, (struct slice){room, (size_t)got});
    return buf_ok(&connection->in) ? ON : GONE;
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
        connection->phase = TALKING;
        protocol->secured(connection);
        return ON;
    }
    watch(connection, error == SSL_ERROR_WANT_WRITE);
    return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE ? WAIT : GONE;
}

static enum progress
take_input(struct connection *connection)
{
    enum progress progress = receive(connection);
    if (progress != ON)
        return progress;
    size_t used = protocol->input(connection, buf_slice(&connection->in));
    if (connection->phase == TALKING)
        buf_consume(&connection->in, used);
    else
        buf_reset(&connection->in); /* gone, or what follows belongs to TLS */
    return ON;
}

static void
connected(struct connection *connection)
{
    int error = 0;
    socklen_t len = sizeof error;
    getsockopt(connection->fd, SOL_SOCKET, SO_ERROR, &error, &len);
    connection->phase = TALKING;
    watch(connection, false);
    if (error)
        client_fail(connection, strerror(error));
    else
        protocol->connected(connection);
}

static void
on_event(struct connection *connection)
{
    enum progress progress = ON;
    connection->heard = client_now_s();
    if (connection->phase == CONNECTING)
        connected(connection);
    while (progress == ON && connection->phase != CLOSED) {
        progress = connection->phase == HANDSHAKE ? handshake(connection) : take_input(connection);
        if (connection->phase == TALKING && progress != GONE && flush(connection) == GONE)
            progress = GONE;
    }
    if (progress == GONE && connection->leaving)
        client_hang_up(connection);
    else if (progress == GONE)
        client_fail(connection, "the connection was lost");
}

static void
resume(struct connection *connection)
{
    next_message(connection);
    if (connection->phase == TALKING && !connection->paused && flush(connection) == GONE)
        client_fail(connection, "the connection was lost");
}

/* --- the load ----------------------------------------------------------------------------- */

static bool
may_open(const struct connection *connection, double now)
{
    return connection->phase == CLOSED && now >= connection->rest &&
           client_started < options.messages &&
           (options.opening == 0 || opening_count < options.opening);
}

/* True while there is something to do. */
static bool
tend(void)
{
    double now = client_now_s();
    uint64_t live = 0;
    for (uint64_t i = 0; i < options.connections; i++) {
        struct connection *connection = &connections[i];
        if (may_open(connection, now))
            dial(connection);
        if (connection->paused)
            resume(connection);
        if (connection->phase != CLOSED && !(options.hold && connection->open) &&
            now - connection->heard > SILENCE_S)
            client_fail(connection, "no answer");
        live += connection->phase != CLOSED;
    }
    return !stopped && (live > 0 || done < options.messages);
}

static void
run(void)
{
    struct epoll_event events[EVENTS];
    bool told = false;
    int tick = options.rate || options.rest < TICK_MS ? TICK_PACED_MS : TICK_MS;
    while (tend()) {
        int count = epoll_wait(poller, events, EVENTS, tick);
        for (int i = 0; i < count; i++)
            on_event(events[i].data.ptr);
        if (options.hold && !told && ready_count >= options.connections) {
            printf("ready=%llu ready_s=%.2f\n", (unsigned long long)ready_count,
                   client_now_s() - begun);
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
read_option(const struct client_option *known, const char *name, const char *value)
{
    while (known->name && strcmp(name, known->name) != 0)
        known++;
    if (known->text)
        *known->text = value;
    return known->text || (known->number && slice_u64(slice_of(value), known->number));
}

bool
client_options(int argc, char **argv, const struct client_option *more)
{
    const struct client_option known[] = {{"--port", &options.port, NULL},
                                          {"--users", NULL, &options.users},
                                          {"--messages", &options.messages, NULL},
                                          {"--connections", &options.connections, NULL},
                                          {"--each", &options.each, NULL},
                                          {"--bytes", &options.bytes, NULL},
                                          {"--rate", &options.rate, NULL},
                                          {"--opening", &options.opening, NULL},
                                          {"--hold", &options.hold, NULL},
                                          {"--rest", &options.rest, NULL},
                                          {NULL, NULL, NULL}};
    for (int i = 1; i + 1 < argc; i += 2)
        if (!read_option(known, argv[i], argv[i + 1]) && !read_option(more, argv[i], argv[i + 1]))
            return false;
    return argc % 2 == 1 && options.users && options.port > 0;
}

static void
prepare(void)
{
    struct rlimit files;
    signal(SIGPIPE, SIG_IGN);
    signal(SIGTERM, stop);
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    tls = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_mode(tls, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                              SSL_MODE_RELEASE_BUFFERS);
    read_accounts(options.users);
    poller = epoll_create1(EPOLL_CLOEXEC);
    connections = memory_alloc(options.connections * sizeof *connections);
    for (uint64_t i = 0; i < options.connections; i++) {
        buf_init(&connections[i].out, OUTPUT_MAX);
        buf_init(&connections[i].in, INPUT_MAX);
    }
}

static uint64_t
own_us(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (uint64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000 +
           (uint64_t)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

int
client_run(const struct protocol *speaks)
{
    protocol = speaks;
    prepare();
    begun = client_now_s();
    run();
    double seconds = client_now_s() - begun;
    printf("start=%.3f messages=%llu errors=%llu seconds=%.3f rate=%.1f first=%.4f client_us=%llu",
           begun, (unsigned long long)done, (unsigned long long)errors, seconds,
           (double)done / seconds, first, (unsigned long long)own_us());
    report("dot", &dots);
    report("open", &opens);
    printf("\n");
    return errors ? 1 : 0;
}
