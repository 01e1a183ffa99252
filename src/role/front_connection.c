/*
 * Connections of front: who may have one, the bytes between its stream and its session, how long it
 * may take, its end. What is spoken on it, front_submission.c and front_http.c pass on to core.
 *
 * A connection is closed only in connection_settle(): sessions call their actions while they run,
 * so an action takes note, and the owner acts when the session has returned.
 */
#include "base/clock.h"
#include "front.h"
#include "mail/reply.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    INPUT_MAX = 64 * 1024,   /* unread bytes of a connection */
    BACKLOG_MAX = 64 * 1024, /* a client that does not read its replies is not read from */
    HANDSHAKE_MAX_MS = 20 * 1000
};

/*
 * The life of a connection.
 */

static bool
kind_is_tls(enum listener_kind kind)
{
    return kind == LISTENER_SUBMISSIONS || kind == LISTENER_HTTPS;
}

static bool
kind_is_http(enum listener_kind kind)
{
    return kind == LISTENER_HTTP || kind == LISTENER_HTTPS;
}

int64_t
connection_remaining_ms(const struct connection *connection, int64_t since_ms, int64_t allowed_ms)
{
    int64_t left = since_ms + allowed_ms - loop_now_ms(connection->front->loop);
    return left > 0 ? left : 1;
}

void
connection_write(void *ctx, struct slice bytes)
{
    struct connection *connection = ctx;
    stream_write(connection->stream, bytes);
}

void
connection_close(void *ctx)
{
    struct connection *connection = ctx;
    connection->closing = true;
}

void
connection_log(const struct connection *connection, enum log_level level, const char *event,
               const char *why)
{
    log_event(level, event, LOG_NUMBER("connection", connection->number),
              LOG_CSTR("source", connection->source),
              LOG_CSTR("tls", stream_tls_version(connection->stream)), LOG_CSTR("why", why));
}

static struct origin
origin_of(const struct endpoint *peer)
{
    struct origin origin = {{0}, 0};
    if (peer->address.ss_family == AF_INET) {
        const struct sockaddr_in *v4 = (const struct sockaddr_in *)&peer->address;
        memcpy(origin.bytes, &v4->sin_addr, 4);
        origin.len = 4;
    } else if (peer->address.ss_family == AF_INET6) {
        const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)&peer->address;
        bool mapped = IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr);
        origin.len = mapped ? 4 : 8;
        memcpy(origin.bytes, v6->sin6_addr.s6_addr + (mapped ? 12 : 0), origin.len);
    }
    return origin;
}

static struct slice
origin_key(const struct origin *origin)
{
    return (struct slice){origin->bytes, origin->len};
}

static void
origin_count(struct front *front, const struct origin *origin, int change)
{
    uintptr_t count = (uintptr_t)map_get(front->addresses, origin_key(origin));
    count += (uintptr_t)(intptr_t)change;
    if (count)
        map_put(front->addresses, origin_key(origin), (void *)count);
    else
        map_remove(front->addresses, origin_key(origin));
}

/* The stream is the caller's to end. */
static void
connection_free(struct connection *connection)
{
    struct front *front = connection->front;
    front_submission_end(connection);
    front_http_forget(connection);
    map_remove(front->connections, MAP_KEY(connection->number));
    origin_count(front, &connection->origin, -1);
    submission_free(connection->submission);
    http_free(connection->http);
    free(connection->source);
    free(connection);
}

/* Do what the session asked for while it ran. False: the connection is gone. */
static bool
connection_settle(struct connection *connection)
{
    if (connection->submission)
        front_submission_flush(connection);
    else if (!connection->closing)
        front_http_flush(connection);
    if (connection->closing) {
        connection_log(connection, LOG_LEVEL_DEBUG, "connection.closed", "finished");
        stream_finish(connection->stream);
        connection_free(connection);
        return false;
    }
    if (connection->start_tls) {
        connection->start_tls = false;
        stream_secure_server(connection->stream, connection->front->tls);
    }
    stream_deadline(connection->stream, connection->submission
                                            ? front_submission_delay_ms(connection)
                                            : front_http_delay_ms(connection));
    return true;
}

void
connection_go_on(struct connection *connection)
{
    if (connection_settle(connection))
        stream_resume(connection->stream);
}

void
connection_stop(struct connection *connection)
{
    if (connection->http)
        http_shutdown(connection->http);
    else if (connection->greeted)
        submission_shutdown(connection->submission);
    else
        connection->closing = true;
    connection_settle(connection);
}

/*
 * From the stream.
 */

static size_t
submission_bytes(struct connection *connection, struct slice data)
{
    size_t used = submission_input(connection->submission, data);
    connection_settle(connection);
    return used;
}

static size_t
http_bytes(struct connection *connection, struct slice data)
{
    if (http_idle(connection->http))
        connection->requested_ms = loop_now_ms(connection->front->loop);
    struct arena *arena = connection->front->arena;
    size_t used = http_input(connection->http, data);
    connection_settle(connection);
    arena_reset(arena);
    return used;
}

/* Replies that piled up within this turn may all leave at its end, and then nobody would call
 * again: one more look is asked for. When they wait still, `drained` follows. */
static void
hold_back(struct connection *connection)
{
    if (!connection->held_back)
        stream_resume(connection->stream);
    connection->held_back = true;
}

static size_t
stream_input(void *ctx, struct stream *stream, struct slice data)
{
    struct connection *connection = ctx;
    if (stream_backlog(stream) > BACKLOG_MAX) {
        hold_back(connection);
        return 0;
    }
    connection->held_back = false;
    return connection->submission ? submission_bytes(connection, data)
                                  : http_bytes(connection, data);
}

static void
stream_drained(void *ctx, struct stream *stream)
{
    (void)ctx;
    stream_resume(stream);
}

static void
connection_greet(struct connection *connection)
{
    connection->greeted = true;
    submission_start(connection->submission);
}

/* The greeting of implicit TLS waits for the handshake; STARTTLS goes on in silence. */
static void
stream_secured(void *ctx, struct stream *stream)
{
    struct connection *connection = ctx;
    (void)stream;
    front_note_handshake(connection->front);
    if (connection->kind == LISTENER_SUBMISSIONS)
        connection_greet(connection);
    else if (connection->submission)
        submission_secured(connection->submission);
    connection_settle(connection);
}

static void
stream_ended(void *ctx, struct stream *stream, enum stream_end end, const char *why)
{
    struct connection *connection = ctx;
    (void)stream;
    if (end == STREAM_TIMEOUT && connection->greeted) {
        submission_timeout(connection->submission);
        connection_settle(connection);
        return;
    }
    connection_log(connection, LOG_LEVEL_DEBUG, "connection.closed", why);
    connection_free(connection);
}

static const struct stream_handler stream_handler = {.secured = stream_secured,
                                                     .input = stream_input,
                                                     .drained = stream_drained,
                                                     .ended = stream_ended};

/*
 * Accepting.
 */

static size_t
refused_input(void *ctx, struct stream *stream, struct slice data)
{
    (void)ctx, (void)stream;
    return data.len;
}

static void
refused_ended(void *ctx, struct stream *stream, enum stream_end end, const char *why)
{
    (void)ctx, (void)stream, (void)end, (void)why;
}

static const struct stream_handler refused_handler = {.input = refused_input,
                                                      .ended = refused_ended};

/* In clear there are words for it; a handshake would cost more than the refusal saves. */
static void
connection_refuse(struct door *door, int fd)
{
    if (kind_is_tls(door->kind)) {
        close(fd);
        return;
    }
    struct stream *stream = stream_open(door->front->loop, fd, 1024, &refused_handler, NULL);
    if (kind_is_http(door->kind)) {
        stream_write(stream, front_http_busy(door->front->arena));
    } else {
        stream_write(stream, slice_of(reply_text(REPLY_TOO_MANY_CONNECTIONS)));
        stream_write(stream, SLICE("\r\n"));
    }
    stream_finish(stream);
}

static bool
connection_fits(const struct front *front, const struct origin *origin)
{
    uintptr_t from_there = (uintptr_t)map_get(front->addresses, origin_key(origin));
    return map_count(front->connections) < front->start.config.connections &&
           from_there < front->start.config.connections_per_address;
}

static struct connection *
connection_new(struct door *door, int fd, const struct endpoint *peer)
{
    struct front *front = door->front;
    struct connection *connection = NEW(struct connection);
    connection->front = front;
    connection->kind = door->kind;
    connection->number = ++front->last_number;
    connection->origin = origin_of(peer);
    connection->source = memory_cstr(endpoint_ip(front->arena, peer));
    connection->opened_ms = connection->requested_ms = loop_now_ms(front->loop);
    connection->stream = stream_open(front->loop, fd, INPUT_MAX, &stream_handler, connection);
    if (kind_is_http(door->kind))
        connection->http = front_http_new(connection);
    else
        connection->submission = front_submission_new(connection, kind_is_tls(door->kind));
    map_put(front->connections, MAP_KEY(connection->number), connection);
    origin_count(front, &connection->origin, 1);
    return connection;
}

static void
connection_begin(struct connection *connection)
{
    connection_log(connection, LOG_LEVEL_DEBUG, "connection.opened", "");
    if (kind_is_tls(connection->kind)) {
        stream_secure_server(connection->stream, connection->front->tls);
        stream_deadline(connection->stream, HANDSHAKE_MAX_MS);
        return;
    }
    if (connection->submission)
        connection_greet(connection);
    connection_settle(connection);
}

/* One line a second at most, whoever knocks: strangers must not fill the disk. */
static void
refusal_log(struct front *front, const struct endpoint *peer)
{
    int64_t now_ms = loop_now_ms(front->loop);
    front->refusals++;
    if (now_ms - front->refusal_told_ms < SECOND_MS)
        return;
    log_event(LOG_LEVEL_WARN, "connection.refused",
              LOG_TEXT("source", endpoint_ip(front->arena, peer)),
              LOG_NUMBER("count", front->refusals), LOG_CSTR("why", "too many connections"));
    front->refusal_told_ms = now_ms;
    front->refusals = 0;
}

void
connection_accept(void *ctx, int fd, const struct endpoint *peer)
{
    struct door *door = ctx;
    struct front *front = door->front;
    struct origin origin = origin_of(peer);
    if (connection_fits(front, &origin)) {
        connection_begin(connection_new(door, fd, peer));
    } else {
        refusal_log(front, peer);
        connection_refuse(door, fd);
    }
    arena_reset(front->arena);
}
