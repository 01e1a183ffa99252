#include "dns_exchange.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

enum { MESSAGE_MAX = 65535 };

struct exchange {
    struct loop *loop;   /* borrowed */
    struct watch *watch; /* owned; NULL before the connection */
    struct timer *timer; /* owned */
    int fd;              /* owned; -1: none */
    struct buf out, in;  /* with the length that leads a message (RFC 1035 §4.2.2) */
    size_t sent;
    const char *why;
    void (*done)(void *ctx, struct slice answer, const char *why);
    void *ctx;
};

static void
finish(struct exchange *exchange, struct slice answer, const char *why)
{
    watch_free(exchange->watch);
    timer_free(exchange->timer);
    if (exchange->fd >= 0)
        close(exchange->fd);
    exchange->done(exchange->ctx, answer, why);
    buf_fini(&exchange->out);
    buf_fini(&exchange->in);
    free(exchange);
}

static void
on_limit(void *ctx)
{
    struct exchange *exchange = ctx;
    finish(exchange, SLICE(""), exchange->why ? exchange->why : "no answer in time");
}

/* Not from within the call that began it. */
static void
fail_soon(struct exchange *exchange, const char *why)
{
    exchange->why = why;
    timer_start(exchange->timer, 0);
}

static bool
has_answer(const struct exchange *exchange, struct slice *answer)
{
    const unsigned char *bytes = (const unsigned char *)exchange->in.ptr;
    if (exchange->in.len < 2)
        return false;
    size_t len = (size_t)bytes[0] << 8 | bytes[1];
    if (exchange->in.len - 2 < len)
        return false;
    *answer = (struct slice){exchange->in.ptr + 2, len};
    return true;
}

/* False when the exchange is over. */
static bool
hear(struct exchange *exchange)
{
    char piece[4096];
    struct slice answer;
    ssize_t len = recv(exchange->fd, piece, sizeof piece, 0);
    if (len < 0 && (errno == EAGAIN || errno == EINTR))
        return true;
    if (len > 0)
        buf_add(&exchange->in, (struct slice){piece, (size_t)len});
    if (len > 0 && !has_answer(exchange, &answer))
        return true;
    if (len > 0)
        finish(exchange, answer, NULL);
    else
        finish(exchange, SLICE(""), len < 0 ? strerror(errno) : "the server closed the connection");
    return false;
}

static bool
speak(struct exchange *exchange)
{
    struct slice rest = slice_from(buf_slice(&exchange->out), exchange->sent);
    ssize_t len = send(exchange->fd, rest.ptr, rest.len, MSG_NOSIGNAL);
    if (len < 0 && (errno == EAGAIN || errno == EINTR))
        return true;
    if (len < 0) {
        finish(exchange, SLICE(""), strerror(errno));
        return false;
    }
    exchange->sent += (size_t)len;
    if (exchange->sent == exchange->out.len)
        watch_set(exchange->watch, WATCH_READ);
    return true;
}

static void
on_ready(void *ctx, int events)
{
    struct exchange *exchange = ctx;
    if ((events & WATCH_WRITE) && exchange->sent < exchange->out.len && !speak(exchange))
        return;
    if (events & WATCH_READ)
        (void)hear(exchange);
}

static bool
open_connection(struct exchange *exchange, const struct endpoint *server)
{
    exchange->fd = socket(server->address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (exchange->fd < 0 ||
        (connect(exchange->fd, (const struct sockaddr *)&server->address, server->len) != 0 &&
         errno != EINPROGRESS))
        return false;
    exchange->watch = watch_new(exchange->loop, exchange->fd, on_ready, exchange);
    return exchange->watch != NULL;
}

void
dns_exchange(struct loop *loop, const struct endpoint *server, struct slice message,
             int64_t limit_ms, void (*done)(void *ctx, struct slice answer, const char *why),
             void *ctx)
{
    struct exchange *exchange = NEW(struct exchange);
    *exchange = (struct exchange){.loop = loop, .fd = -1, .done = done, .ctx = ctx};
    exchange->timer = timer_new(loop, on_limit, exchange);
    buf_init(&exchange->out, 2 + MESSAGE_MAX);
    buf_init(&exchange->in, 2 + MESSAGE_MAX + 4096);
    buf_add_char(&exchange->out, (char)(message.len >> 8));
    buf_add_char(&exchange->out, (char)message.len);
    buf_add(&exchange->out, message);
    if (!buf_ok(&exchange->out)) {
        fail_soon(exchange, "the message is too long");
    } else if (!open_connection(exchange, server)) {
        fail_soon(exchange, strerror(errno));
    } else {
        timer_start(exchange->timer, limit_ms);
        watch_set(exchange->watch, WATCH_READ | WATCH_WRITE);
    }
}
