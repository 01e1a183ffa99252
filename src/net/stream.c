/*
 * A stream's life:
 *
 *   CONNECTING ──► OPEN ──► SECURING ──► OPEN ──► FINISHING ──► LINGERING ──► CLOSED
 *
 * CONNECTING  connect(2) is under way; what is written waits         (stream_connected)
 * OPEN        bytes go both ways                                     (stream_serve)
 * SECURING    a TLS handshake, after the last bytes in clear left    (stream_shake_hands)
 * FINISHING   the owner is done: output leaves, then close_notify    (stream_finish_step)
 * LINGERING   our side is shut; what still comes is thrown away      (stream_linger)
 * CLOSED      no descriptor; freed when nobody in this file stands on it (`holds`)
 *
 * Any state may go to CLOSED. Work begins at three places only: readiness of the descriptor, the
 * deadline, and the end of the turn. Each holds the stream while handlers run, so that they may
 * close or finish it from inside any call; after each call the state is looked at again.
 * Functions of the public interface never call a handler.
 */
#include "stream.h"

#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "connect.h"
#include "fifo.h"
#include "tls.h"

enum stream_state {
    STREAM_CONNECTING,
    STREAM_OPEN,
    STREAM_SECURING,
    STREAM_FINISHING,
    STREAM_LINGERING,
    STREAM_GONE
};

enum {
    READ_PIECE = 16 * 1024,          /* one TLS record */
    READ_PIECES = 4,                 /* reads a turn: then the others have theirs */
    FINISH_MS = 5000,                /* for the last output and the other side's close */
    LINGER_BYTES = 64 * 1024 * 1024, /* thrown away at most: the rest of a large request */
    LINGER_TURN_BYTES = 256 * 1024
};

struct stream {
    struct loop_guest guest;
    struct loop *loop; /* borrowed */
    struct watch *watch;
    struct timer *timer;
    const struct stream_handler *handler; /* borrowed */
    void *ctx;
    struct tls *tls; /* owned; NULL in clear */
    struct fifo in, out;
    size_t input_max;
    size_t clear;        /* of `out`, what leaves in clear though TLS begins behind it */
    size_t lingered;     /* bytes thrown away */
    int64_t deadline_ms; /* 0: none */
    int64_t armed_ms;    /* when the timer fires, which may be before the deadline; 0: never */
    const char *tls_version, *tls_cipher;
    char *broken; /* owned; why the stream ends at the end of the turn */
    unsigned holds;
    int fd; /* owned */
    enum stream_state state;
    enum io_step wanted; /* by the handshake or by reading under TLS */
    bool tls_verified;
    bool scheduled; /* stream_turn stands at the end of this turn */
    bool resumed;   /* the owner wants to see its input again */
    bool more;      /* reading stopped though more may be there, perhaps inside TLS */
    bool blocked;   /* the kernel did not take all output */
};

static void
stream_release(struct stream *stream)
{
    if (stream->holds > 0 || stream->state != STREAM_GONE)
        return;
    fifo_fini(&stream->in);
    fifo_fini(&stream->out);
    free(stream->broken);
    free(stream);
}

static void
stream_free_tls(struct stream *stream)
{
    if (stream->tls)
        stream->tls->ops->free(stream->tls);
    stream->tls = NULL;
}

/* `in` stays until the release: a handler that closes may still be reading it. */
static void
stream_disconnect(struct stream *stream)
{
    stream->state = STREAM_GONE;
    loop_disown(&stream->guest);
    stream_free_tls(stream);
    watch_free(stream->watch);
    timer_free(stream->timer);
    close(stream->fd);
}

static bool
stream_has_owner(const struct stream *stream)
{
    return stream->state < STREAM_FINISHING;
}

static void
stream_end(struct stream *stream, enum stream_end end, const char *why)
{
    bool tell = stream_has_owner(stream);
    if (stream->state == STREAM_GONE)
        return;
    stream_disconnect(stream);
    if (tell)
        stream->handler->ended(stream->ctx, stream, end, why);
}

/* Which readiness the stream waits for now. */
static int
stream_interest(const struct stream *stream)
{
    int events = 0;
    switch (stream->state) {
    case STREAM_CONNECTING: return WATCH_WRITE;
    case STREAM_SECURING:
        return stream->clear > 0 || stream->wanted == IO_WANT_WRITE ? WATCH_WRITE : WATCH_READ;
    case STREAM_OPEN:
        if (stream->in.len < stream->input_max)
            events |= stream->wanted == IO_WANT_WRITE ? WATCH_WRITE : WATCH_READ;
        return stream->blocked ? events | WATCH_WRITE : events;
    case STREAM_FINISHING: return WATCH_WRITE;
    case STREAM_LINGERING: return WATCH_READ;
    case STREAM_GONE: break;
    }
    return 0;
}

static void
stream_unhold(struct stream *stream)
{
    if (stream->state != STREAM_GONE && !stream->broken)
        watch_set(stream->watch, stream_interest(stream));
    stream->holds--;
    stream_release(stream);
}

static void stream_turn(void *ctx);

static void
stream_schedule(struct stream *stream)
{
    if (stream->scheduled || stream->state == STREAM_GONE)
        return;
    stream->scheduled = true;
    stream->holds++;
    loop_defer(stream->loop, stream_turn, stream);
}

static enum io_step
plain_step(const char *what, struct err *err)
{
    if (errno == EAGAIN)
        return what[0] == 'r' ? IO_WANT_READ : IO_WANT_WRITE;
    err_set(err, RC_TEMPORARY, "%s", strerror(errno));
    return IO_FAILED;
}

static enum io_step
stream_receive(struct stream *stream, char *room, size_t len, size_t *got, struct err *err)
{
    ssize_t count;
    if (stream->tls)
        return stream->tls->ops->read(stream->tls, room, len, got, err);
    do
        count = recv(stream->fd, room, len, MSG_DONTWAIT);
    while (count < 0 && errno == EINTR);
    if (count < 0)
        return plain_step("read", err);
    *got = (size_t)count;
    return count == 0 ? IO_CLOSED : IO_DONE;
}

static enum io_step
stream_send_plain(struct stream *stream, struct slice data, size_t *taken, struct err *err)
{
    ssize_t count;
    do
        count = send(stream->fd, data.ptr, data.len, MSG_DONTWAIT | MSG_NOSIGNAL);
    while (count < 0 && errno == EINTR);
    if (count < 0)
        return plain_step("write", err);
    *taken = (size_t)count;
    return IO_DONE;
}

/* The first bytes of the output, as far as they go the same way. */
static enum io_step
stream_send_some(struct stream *stream, size_t *taken, struct err *err)
{
    struct slice data = fifo_slice(&stream->out);
    if (!stream->tls)
        return stream_send_plain(stream, data, taken, err);
    if (stream->clear == 0)
        return stream->tls->ops->write(stream->tls, data, taken, err);
    enum io_step step = stream_send_plain(stream, slice_head(data, stream->clear), taken, err);
    if (step == IO_DONE)
        stream->clear -= *taken;
    return step;
}

/*
 * Hands output to the kernel: all, or before a handshake what goes in clear.
 * False when the connection takes no more; `blocked` says that something has to wait.
 */
static bool
stream_push(struct stream *stream, struct err *err)
{
    size_t keep = stream->state == STREAM_SECURING ? stream->out.len - stream->clear : 0;
    while (stream->out.len > keep) {
        size_t taken = 0;
        enum io_step step = stream_send_some(stream, &taken, err);
        if (step == IO_FAILED)
            return false;
        if (step != IO_DONE)
            break;
        fifo_consume(&stream->out, taken);
    }
    if (stream->out.len == 0)
        fifo_fini(&stream->out);
    return true;
}

/* Offers input until the handler takes nothing more of it. */
static void
stream_deliver(struct stream *stream)
{
    while (stream->in.len > 0) {
        struct slice data = fifo_slice(&stream->in);
        size_t used = stream->handler->input(stream->ctx, stream, data);
        if (stream->state != STREAM_OPEN || stream->broken)
            return; /* closed, finished, or TLS begins: what is left belongs to nobody */
        assert(used <= stream->in.len);
        fifo_consume(&stream->in, used);
        if (used == 0)
            return;
    }
}

/* The other side closed. Replies to what it said before it did may still reach it. */
static void
stream_peer_closed(struct stream *stream)
{
    struct err ignored;
    (void)stream_push(stream, &ignored);
    if (stream->tls)
        (void)stream->tls->ops->close_notify(stream->tls);
    stream_end(stream, STREAM_CLOSED, "the other side closed the connection");
}

/* One read, and what came of it. True when there may be more. */
static bool
stream_read_piece(struct stream *stream)
{
    struct err err;
    size_t got = 0, room = stream->input_max - stream->in.len;
    if (room > READ_PIECE)
        room = READ_PIECE;
    char *into = fifo_reserve(&stream->in, room);
    enum io_step step = stream_receive(stream, into, room, &got, &err);
    stream->wanted = step;
    if (step == IO_CLOSED)
        stream_peer_closed(stream);
    else if (step == IO_FAILED)
        stream_end(stream, STREAM_FAILED, err.text);
    if (step != IO_DONE)
        return false;
    stream->in.len += got;
    stream_deliver(stream);
    return stream->state == STREAM_OPEN && (stream->tls || got == room);
}

/*
 * Reads until the descriptor has no more, the owner's limit is reached or the turn is used up.
 * OpenSSL may then hold bytes that the descriptor does not show: reading goes on next turn.
 */
static void
stream_read(struct stream *stream)
{
    bool more = true;
    stream->more = false;
    for (int piece = 0; more && piece < READ_PIECES; piece++) {
        if (stream->in.len >= stream->input_max) {
            stream->more = true; /* until stream_resume */
            return;
        }
        more = stream_read_piece(stream);
    }
    if (stream->state != STREAM_OPEN)
        return;
    fifo_trim(&stream->in);
    stream->more = more;
    if (more && stream->tls)
        stream_schedule(stream);
}

/* A peer that refuses us says why before it closes ("421 ..."), so the reason is read first. After
 * a failed write OpenSSL must not be called again. */
static void
stream_write_failed(struct stream *stream, const struct err *err)
{
    if (stream->state == STREAM_OPEN && !stream->tls)
        stream_read(stream);
    stream_end(stream, STREAM_FAILED, err->text);
}

static void
stream_flush(struct stream *stream)
{
    struct err err;
    if (!stream_push(stream, &err)) {
        stream_write_failed(stream, &err);
        return;
    }
    bool waited = stream->blocked;
    stream->blocked = stream->out.len > 0;
    if (waited && !stream->blocked && stream->handler->drained)
        stream->handler->drained(stream->ctx, stream);
}

static void
stream_serve(struct stream *stream, int events)
{
    if (stream->resumed) {
        stream->resumed = false;
        stream_deliver(stream);
    }
    if (stream->state == STREAM_OPEN &&
        (stream->more || stream->wanted == IO_WANT_WRITE || (events & WATCH_READ)))
        stream_read(stream);
    if (stream->state == STREAM_OPEN)
        stream_flush(stream);
}

static void
stream_connected(struct stream *stream, int events)
{
    int error = 0;
    socklen_t len = sizeof error;
    if (!(events & WATCH_WRITE))
        return;
    if (getsockopt(stream->fd, SOL_SOCKET, SO_ERROR, &error, &len) != 0)
        error = errno;
    if (error != 0) {
        stream_end(stream, STREAM_FAILED, strerror(error));
        return;
    }
    stream->state = STREAM_OPEN;
    if (stream->handler->connected)
        stream->handler->connected(stream->ctx, stream);
}

/* The reason for which STARTTLS exists is lost if input from before it is believed after it. */
static void
stream_secured(struct stream *stream)
{
    stream->state = STREAM_OPEN;
    stream->wanted = IO_DONE;
    stream->tls_version = stream->tls->version;
    stream->tls_cipher = stream->tls->cipher;
    stream->tls_verified = stream->tls->verified;
    if (stream->handler->secured)
        stream->handler->secured(stream->ctx, stream);
    if (stream->state == STREAM_OPEN) /* the first bytes may have come with the handshake */
        stream_read(stream);
    if (stream->state == STREAM_OPEN)
        stream_flush(stream);
}

static void
stream_shake_hands(struct stream *stream)
{
    struct err err;
    fifo_fini(&stream->in); /* RFC 3207 §4.2 */
    stream->more = stream->resumed = false;
    if (!stream_push(stream, &err)) {
        stream_end(stream, STREAM_FAILED, err.text);
        return;
    }
    stream->blocked = false;
    if (stream->clear > 0)
        return;
    stream->wanted = stream->tls->ops->handshake(stream->tls, &err);
    if (stream->wanted == IO_DONE)
        stream_secured(stream);
    else if (stream->wanted == IO_FAILED)
        stream_end(stream, STREAM_FAILED, err.text);
    else if (stream->wanted == IO_CLOSED)
        stream_end(stream, STREAM_FAILED, "TLS: closed during the handshake");
}

/* Were the descriptor closed with input unread, the kernel would answer with a reset, and the
 * other side might lose what we said last. */
static void
stream_linger(struct stream *stream)
{
    char nowhere[16 * 1024];
    size_t turn = 0;
    while (stream->lingered + turn < LINGER_BYTES && turn < LINGER_TURN_BYTES) {
        ssize_t got = recv(stream->fd, nowhere, sizeof nowhere, MSG_DONTWAIT);
        if (got < 0 && errno == EAGAIN)
            break;
        if (got <= 0) {
            stream_disconnect(stream);
            return;
        }
        turn += (size_t)got;
    }
    stream->lingered += turn;
    if (stream->lingered >= LINGER_BYTES)
        stream_disconnect(stream);
}

static void
stream_finish_step(struct stream *stream)
{
    struct err err;
    if (!stream_push(stream, &err)) {
        stream_disconnect(stream);
        return;
    }
    if (stream->out.len > 0)
        return;
    if (stream->tls && stream->tls->ops->close_notify(stream->tls) == IO_WANT_WRITE)
        return;
    stream_free_tls(stream);
    fifo_fini(&stream->in);
    shutdown(stream->fd, SHUT_WR);
    stream->state = STREAM_LINGERING;
    stream_linger(stream);
}

static void
stream_step(struct stream *stream, int events)
{
    switch (stream->state) {
    case STREAM_CONNECTING: stream_connected(stream, events); break;
    case STREAM_OPEN: stream_serve(stream, events); break;
    case STREAM_SECURING: stream_shake_hands(stream); break;
    case STREAM_FINISHING: stream_finish_step(stream); break;
    case STREAM_LINGERING: stream_linger(stream); break;
    case STREAM_GONE: break;
    }
}

static void
stream_ready(void *ctx, int events)
{
    struct stream *stream = ctx;
    stream->holds++;
    if (!stream->broken)
        stream_step(stream, events);
    stream_unhold(stream);
}

static void
stream_turn(void *ctx)
{
    struct stream *stream = ctx;
    stream->scheduled = false;
    if (stream->broken)
        stream_end(stream, STREAM_FAILED, stream->broken);
    stream_step(stream, 0);
    stream_unhold(stream);
}

static void
stream_arm(struct stream *stream)
{
    int64_t delay_ms = stream->deadline_ms - loop_now_ms(stream->loop);
    stream->armed_ms = stream->deadline_ms;
    timer_start(stream->timer, delay_ms);
}

static void
stream_expired(void *ctx)
{
    struct stream *stream = ctx;
    stream->armed_ms = 0;
    if (stream->deadline_ms == 0)
        return;
    if (loop_now_ms(stream->loop) < stream->deadline_ms) {
        stream_arm(stream);
        return;
    }
    stream->holds++;
    stream->deadline_ms = 0;
    bool tell = stream_has_owner(stream);
    if (tell)
        stream->handler->ended(stream->ctx, stream, STREAM_TIMEOUT, "the time is up");
    /* Unless it was finished inside the call, which has set a deadline of its own. */
    if (stream->state != STREAM_GONE && (!tell || stream_has_owner(stream)))
        stream_disconnect(stream);
    stream_unhold(stream);
}

static void
stream_close_guest(struct loop_guest *guest)
{
    stream_close((struct stream *)guest);
}

static struct stream *
stream_new(struct loop *loop, int fd, size_t input_max, const struct stream_handler *handler,
           void *ctx)
{
    static const int on = 1;
    assert(input_max > 0);
    struct stream *stream = NEW(struct stream);
    stream->loop = loop;
    stream->fd = fd;
    stream->input_max = input_max;
    stream->handler = handler;
    stream->ctx = ctx;
    stream->state = STREAM_OPEN;
    stream->tls_version = stream->tls_cipher = "";
    /* Replies are collected here; waiting for more of them is not the kernel's task. */
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    stream->timer = timer_new(loop, stream_expired, stream);
    loop_adopt(loop, &stream->guest, stream_close_guest);
    stream->watch = watch_new(loop, fd, stream_ready, stream);
    return stream;
}

static void
stream_break(struct stream *stream, const char *why)
{
    if (!stream->broken)
        stream->broken = memory_cstr(slice_of(why));
    stream_schedule(stream);
}

struct stream *
stream_open(struct loop *loop, int fd, size_t input_max, const struct stream_handler *handler,
            void *ctx)
{
    struct stream *stream = stream_new(loop, fd, input_max, handler, ctx);
    if (stream->watch)
        watch_set(stream->watch, WATCH_READ);
    else
        stream_break(stream, strerror(errno));
    return stream;
}

struct stream *
stream_open_connecting(struct loop *loop, int fd, size_t input_max,
                       const struct stream_handler *handler, void *ctx)
{
    struct stream *stream = stream_new(loop, fd, input_max, handler, ctx);
    if (!stream->watch) {
        int failed = errno;
        stream_close(stream);
        errno = failed;
        return NULL;
    }
    stream->state = STREAM_CONNECTING;
    watch_set(stream->watch, WATCH_WRITE);
    return stream;
}

int
stream_fd(const struct stream *stream)
{
    return stream->fd;
}

void
stream_begin_tls(struct stream *stream, struct tls *tls)
{
    if (stream->state != STREAM_OPEN || stream->tls) {
        assert(stream->state == STREAM_GONE || stream->state == STREAM_FINISHING);
        tls->ops->free(tls);
        return;
    }
    stream->tls = tls;
    stream->clear = stream->out.len;
    stream->state = STREAM_SECURING;
    stream->wanted = IO_DONE;
    stream_schedule(stream);
}

void
stream_refuse_tls(struct stream *stream, const char *why)
{
    stream_break(stream, why);
}

bool
stream_is_tls(const struct stream *stream)
{
    return stream->tls_version[0] != '\0';
}

const char *
stream_tls_version(const struct stream *stream)
{
    return stream->tls_version;
}

const char *
stream_tls_cipher(const struct stream *stream)
{
    return stream->tls_cipher;
}

bool
stream_tls_verified(const struct stream *stream)
{
    return stream->tls_verified;
}

void
stream_write(struct stream *stream, struct slice data)
{
    if (!stream_has_owner(stream))
        return;
    fifo_add(&stream->out, data);
    stream_schedule(stream);
}

size_t
stream_backlog(const struct stream *stream)
{
    return stream->out.len;
}

void
stream_resume(struct stream *stream)
{
    stream->resumed = true;
    stream_schedule(stream);
}

/* Deadlines are moved with every command: the timer is left alone while it fires early enough. */
void
stream_deadline(struct stream *stream, int64_t delay_ms)
{
    if (!stream_has_owner(stream))
        return;
    stream->deadline_ms = delay_ms > 0 ? loop_now_ms(stream->loop) + delay_ms : 0;
    if (delay_ms > 0 && (stream->armed_ms == 0 || stream->armed_ms > stream->deadline_ms))
        stream_arm(stream);
}

/* Output behind an unfinished handshake can never leave. */
static void
stream_drop_unsendable(struct stream *stream)
{
    if (stream->state != STREAM_SECURING)
        return;
    stream->out.len = stream->clear;
    stream->clear = 0;
    stream_free_tls(stream);
}

void
stream_finish(struct stream *stream)
{
    if (!stream_has_owner(stream))
        return;
    if (stream->state == STREAM_CONNECTING || stream->broken ||
        (stream->state == STREAM_SECURING && stream->clear == 0)) {
        stream_close(stream);
        return;
    }
    stream_drop_unsendable(stream);
    stream_deadline(stream, FINISH_MS);
    stream->state = STREAM_FINISHING;
    stream_schedule(stream);
}

void
stream_close(struct stream *stream)
{
    if (!stream || stream->state == STREAM_GONE)
        return;
    stream_disconnect(stream);
    stream_release(stream);
}
