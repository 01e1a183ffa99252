/*
 * Glue between streams, receiving sessions and core. Everybody may connect here, so everything is
 * counted: connections, those of one network, and the bytes of messages that are held for all.
 *
 * A connection is closed only in connection_settle(): a session calls its actions while it runs, so
 * an action takes note, and the owner acts when the session has returned.
 */
#include "feedback_listener.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/map.h"
#include "mail/reply.h"
#include "net/stream.h"
#include "report/feedback.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>

enum {
    CONNECTIONS_MAX = 200,
    CONNECTIONS_PER_ORIGIN = 20,
    BAD_COMMANDS_MAX = 20,
    HELD_MAX = 16 * 1024 * 1024, /* of messages, over all connections */
    INPUT_MAX = 64 * 1024,       /* unread bytes of a connection */
    BACKLOG_MAX = 16 * 1024,     /* a client that does not read its replies is not read from */
    IDLE_MS = 5 * MINUTE_MS,     /* RFC 5321 §4.5.3.2.7 */
    LIFE_MS = 30 * MINUTE_MS     /* of a connection: dripping bytes does not hold it longer */
};

struct feedback_listener {
    struct loop *loop;
    char *hostname; /* owned */
    void (*send)(void *ctx, const struct feedback_message *message);
    void *ctx;
    struct map *connections; /* number -> connection; owns */
    struct map *origins;     /* where from -> how many connections */
    uint64_t last_number;
    size_t held; /* bytes of messages */
};

/* Counted against the limit. IPv4: the address; IPv6: its /64, commonly one host's own. */
struct origin {
    char bytes[8];
    size_t len;
};

struct connection {
    struct feedback_listener *listener; /* borrowed */
    struct stream *stream;
    struct feedback *session; /* owned */
    uint64_t number;
    struct origin origin;
    char *source; /* owned; printable address */
    int64_t opened_ms;
    size_t held;    /* its share of the listener's */
    bool closing;   /* the session is done: finish the stream */
    bool held_back; /* input was left alone because replies pile up */
};

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

static uintptr_t
origin_connections(const struct feedback_listener *listener, const struct origin *origin)
{
    return (uintptr_t)map_get(listener->origins, (struct slice){origin->bytes, origin->len});
}

static void
origin_count(struct feedback_listener *listener, const struct origin *origin, int change)
{
    struct slice key = {origin->bytes, origin->len};
    uintptr_t count = origin_connections(listener, origin) + (uintptr_t)(intptr_t)change;
    if (count)
        map_put(listener->origins, key, (void *)count);
    else
        map_remove(listener->origins, key);
}

static void
log_connection(const struct connection *connection, const char *event, const char *why)
{
    log_event(LOG_LEVEL_DEBUG, event, LOG_NUMBER("connection", connection->number),
              LOG_CSTR("source", connection->source), LOG_CSTR("why", why));
}

/* The stream is the caller's to end. */
static void
connection_free(struct connection *connection)
{
    struct feedback_listener *listener = connection->listener;
    map_remove(listener->connections, MAP_KEY(connection->number));
    origin_count(listener, &connection->origin, -1);
    listener->held -= connection->held;
    feedback_free(connection->session);
    free(connection->source);
    free(connection);
}

/* 0: no time runs, since it is core that takes it. */
static int64_t
delay_ms(const struct connection *connection)
{
    if (feedback_waiting(connection->session))
        return 0;
    int64_t left = connection->opened_ms + LIFE_MS - loop_now_ms(connection->listener->loop);
    if (left < 1)
        left = 1;
    return left < IDLE_MS ? left : IDLE_MS;
}

/* Do what the session asked for while it ran. False: the connection is gone. */
static bool
connection_settle(struct connection *connection)
{
    struct feedback_listener *listener = connection->listener;
    listener->held -= connection->held;
    connection->held = feedback_held(connection->session);
    listener->held += connection->held;
    if (connection->closing) {
        log_connection(connection, "feedback.closed", "finished");
        stream_finish(connection->stream);
        connection_free(connection);
        return false;
    }
    stream_deadline(connection->stream, delay_ms(connection));
    return true;
}

/*
 * What a session asks for.
 */

static void
session_reply(void *ctx, struct slice bytes)
{
    struct connection *connection = ctx;
    stream_write(connection->stream, bytes);
}

static void
session_close(void *ctx)
{
    struct connection *connection = ctx;
    connection->closing = true;
}

static bool
session_room(void *ctx)
{
    const struct connection *connection = ctx;
    return connection->listener->held < HELD_MAX;
}

static void
session_message(void *ctx, struct slice reverse_path, const struct slice *recipients, size_t count,
                struct slice message)
{
    struct connection *connection = ctx;
    struct slice to[FEEDBACK_RECIPIENTS_MAX];
    memcpy(to, recipients, count * sizeof *to);
    const struct feedback_message feedback = {
        .number = connection->number,
        .source_ip = slice_of(connection->source),
        .reverse_path = reverse_path,
        .recipients = to,
        .recipient_count = (uint32_t)count,
        .message = message,
    };
    connection->listener->send(connection->listener->ctx, &feedback);
}

static const struct feedback_actions actions = {.reply = session_reply,
                                                .close = session_close,
                                                .room = session_room,
                                                .message = session_message};

/*
 * From the stream.
 */

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
    size_t used = feedback_input(connection->session, data);
    connection_settle(connection);
    return used;
}

static void
stream_drained(void *ctx, struct stream *stream)
{
    (void)ctx;
    stream_resume(stream);
}

static void
stream_ended(void *ctx, struct stream *stream, enum stream_end end, const char *why)
{
    struct connection *connection = ctx;
    (void)stream;
    if (end == STREAM_TIMEOUT) {
        feedback_timeout(connection->session);
        connection_settle(connection);
        return;
    }
    log_connection(connection, "feedback.closed", why);
    connection_free(connection);
}

static const struct stream_handler stream_handler = {
    .input = stream_input, .drained = stream_drained, .ended = stream_ended};

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

static void
connection_refuse(struct feedback_listener *listener, int fd)
{
    struct stream *stream = stream_open(listener->loop, fd, 1024, &refused_handler, NULL);
    stream_write(stream, slice_of(reply_text(REPLY_TOO_MANY_CONNECTIONS)));
    stream_write(stream, SLICE("\r\n"));
    stream_finish(stream);
}

static void
connection_open(struct feedback_listener *listener, int fd, const struct origin *origin,
                struct slice source)
{
    static const struct feedback_limits limits = {.message_bytes = FEEDBACK_MESSAGE_MAX,
                                                  .recipients = FEEDBACK_RECIPIENTS_MAX,
                                                  .bad_commands = BAD_COMMANDS_MAX};
    struct connection *connection = NEW(struct connection);
    connection->listener = listener;
    connection->number = ++listener->last_number;
    connection->origin = *origin;
    connection->source = memory_cstr(source);
    connection->opened_ms = loop_now_ms(listener->loop);
    connection->stream = stream_open(listener->loop, fd, INPUT_MAX, &stream_handler, connection);
    connection->session = feedback_new(slice_of(listener->hostname), &limits, &actions, connection);
    map_put(listener->connections, MAP_KEY(connection->number), connection);
    origin_count(listener, origin, 1);
    log_connection(connection, "feedback.opened", "");
    feedback_start(connection->session);
    connection_settle(connection);
}

static void
accepted(void *ctx, int fd, const struct endpoint *peer)
{
    struct feedback_listener *listener = ctx;
    struct origin origin = origin_of(peer);
    struct arena *arena = arena_new();
    struct slice source = endpoint_ip(arena, peer);
    bool fits = map_count(listener->connections) < CONNECTIONS_MAX &&
                origin_connections(listener, &origin) < CONNECTIONS_PER_ORIGIN;
    if (fits) {
        connection_open(listener, fd, &origin, source);
    } else {
        log_event(LOG_LEVEL_WARN, "feedback.turned_away", LOG_TEXT("source", source),
                  LOG_CSTR("why", "too many connections"));
        connection_refuse(listener, fd);
    }
    arena_free(arena);
}

/*
 * The owner's side.
 */

static enum rc
rc_of(enum feedback_result result)
{
    switch (result) {
    case FEEDBACK_TAKEN: return RC_OK;
    case FEEDBACK_UNKNOWN: return RC_NOT_FOUND;
    case FEEDBACK_REFUSED: return RC_DENIED;
    default: return RC_TEMPORARY;
    }
}

/* A number that is not known belongs to a connection that has gone meanwhile. */
bool
feedback_listener_taken(struct feedback_listener *listener, struct slice payload)
{
    struct feedback_taken_message message;
    if (!protocol_get_feedback_taken(NULL, payload, &message))
        return false;
    struct connection *connection = map_get(listener->connections, MAP_KEY(message.number));
    if (!connection)
        return true;
    if (!feedback_waiting(connection->session))
        return false;
    feedback_taken(connection->session, rc_of(message.result));
    if (connection_settle(connection))
        stream_resume(connection->stream);
    return true;
}

struct feedback_listener *
feedback_listener_new(struct loop *loop, struct slice hostname,
                      void (*send)(void *ctx, const struct feedback_message *message), void *ctx)
{
    struct feedback_listener *listener = NEW(struct feedback_listener);
    listener->loop = loop;
    listener->hostname = memory_cstr(hostname);
    listener->send = send;
    listener->ctx = ctx;
    listener->connections = map_new();
    listener->origins = map_new();
    return listener;
}

enum rc
feedback_listener_open(struct feedback_listener *listener, int fd, struct err *err)
{
    if (!listener_open(listener->loop, fd, accepted, listener))
        return err_set_errno(err, RC_TEMPORARY, errno, "the feedback listener cannot be watched");
    return RC_OK;
}
