/*
 * postern-front: the process that strangers talk to. It keeps connections, TLS and the framing of
 * SMTP and HTTP, and knows nothing: who somebody is, what he may do and what a request means is
 * core's to say. It holds the TLS key and, for each authenticated connection, a session number.
 *
 *   stream --bytes--> accept/submission.c, accept/http.c --actions--> messages to core
 *   core's answers --> the session of the connection they name
 *
 * A connection is closed only in connection_settle(): sessions call their actions while they run,
 * so an action takes note, and the owner acts when the session has returned.
 */
#include "accept/http.h"
#include "accept/pages.h"
#include "accept/submission.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/map.h"
#include "base/random.h"
#include "mail/reply.h"
#include "net/channel.h"
#include "net/protocol.h"
#include "net/stream.h"
#include "role/console_pack.h"
#include "role/process.h"

#include <assert.h>
#include <malloc.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum {
    INPUT_MAX = 64 * 1024,   /* unread bytes of a connection */
    BACKLOG_MAX = 64 * 1024, /* a client that does not read its replies is not read from */
    BAD_COMMANDS_MAX = 20,
    LOGIN_DELAY_MAX_MS = 60 * 1000,
    HANDSHAKE_MAX_MS = 20 * 1000,
    TRIM_AFTER = 256, /* handshakes; each leaves holes in the heap */
    TRIM_MS = 2 * 1000,
    HTTP_IDLE_MS = 60 * 1000,
    HTTP_HEADER_MAX_MS = 20 * 1000,
    HTTP_BODY_MAX_MS = 60 * 1000, /* and beyond it: */
    HTTP_BODY_BYTES_A_MS = 64,    /* 64 KiB a second */
    STOP_MAX_MS = 8 * 1000,       /* for what is in work; the parent waits for 10 s */
    STOP_STEP_MS = 50
};

static_assert((int)HTTP_LINE_MAX <= CALL_LINE_MAX && (int)HTTP_HEADER_MAX <= CALL_HEADER_MAX,
              "core takes what a session passes on");

struct front {
    struct loop *loop;
    struct process_start start;
    struct channel *core;
    struct tls_server *tls;  /* owned; NULL when no listener needs it */
    struct arena *arena;     /* for one event */
    struct buf encoded;      /* the message to core being written */
    struct buf piece;        /* bytes of the message that the session at work passed on */
    struct slice deployment; /* owned */
    struct submission_limits limits;
    uint64_t last_number; /* of connections, submissions and calls alike */
    struct map *connections, *submissions, *calls, *sessions; /* number -> connection, borrowed */
    struct map *addresses; /* where from -> how many connections */
    struct door *doors;    /* one a listener; owned */
    struct timer *trim_timer, *stop_timer;
    int64_t stopped_ms;  /* when the stop began */
    unsigned handshakes; /* since memory was given back */
    uint64_t refusals;   /* since the log last told */
    int64_t refusal_told_ms;
};

/* A listener, with what is spoken there. */
struct door {
    struct front *front;
    enum listener_kind kind;
    struct listener *listener; /* owned */
};

/* Counted against the limit. IPv4: the address; IPv6: its /64, commonly one host's own. */
struct origin {
    char bytes[8];
    size_t len;
};

struct connection {
    struct front *front; /* borrowed */
    struct stream *stream;
    uint64_t number;
    enum listener_kind kind;
    struct origin origin;
    char *source; /* owned; printable address */
    int64_t opened_ms;
    bool closing;   /* the session is done: finish the stream */
    bool start_tls; /* the session gave its 220 */
    bool greeted;   /* the client can read a reply */
    bool held_back; /* input was left alone because replies pile up */

    struct submission *submission; /* owned; or NULL, then: */
    struct http *http;             /* owned */

    bool authenticating;    /* core was asked */
    uint64_t session;       /* issued by core; 0 before */
    uint64_t transaction;   /* the submission that core knows; 0 without */
    bool transaction_ended; /* SUBMIT_END was sent */

    struct http_request request; /* borrowed; when `requested` */
    bool requested;              /* a head is here that core has not heard of */
    bool whole;                  /* the session has passed on all of the request */
    uint64_t call;               /* the call that core knows; 0 without */
    bool call_ended;             /* and it has all of it */
    uint64_t body_bytes;         /* passed on so far */
    int64_t requested_ms;        /* when the request began to arrive */
    int64_t body_ms;             /* when its body did, moved on by the time that core took */
    int64_t stalled_ms;          /* since when the body waits for core; 0: it does not */
};

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

/*
 * To core.
 */

static void
core_send(struct front *front, enum message_type type)
{
    assert(buf_ok(&front->encoded)); /* each session bounds what it passes on */
    channel_send(front->core, (uint8_t)type, buf_slice(&front->encoded));
    buf_reset(&front->encoded);
}

static void
core_send_number(struct front *front, enum message_type type, uint64_t number)
{
    const struct number_message message = {number};
    protocol_put_number(&front->encoded, &message);
    core_send(front, type);
}

static void
transaction_forget(struct connection *connection)
{
    map_remove(connection->front->submissions, MAP_KEY(connection->transaction));
    connection->transaction = 0;
    connection->transaction_ended = false;
    buf_reset(&connection->front->piece);
}

static void
transaction_abort(struct connection *connection)
{
    if (!connection->transaction_ended)
        core_send_number(connection->front, MESSAGE_SUBMIT_ABORT, connection->transaction);
    transaction_forget(connection);
}

/* The pieces of one turn go to core together. */
static void
piece_flush(struct connection *connection)
{
    struct front *front = connection->front;
    if (!front->piece.len)
        return;
    const struct body_message message = {.number = connection->transaction,
                                         .piece = buf_slice(&front->piece)};
    protocol_put_body(&front->encoded, &message);
    core_send(front, MESSAGE_BODY);
    buf_reset(&front->piece);
}

/* What came whole within one turn is one message; of what did not, the head goes ahead. */
static void
call_begin(struct connection *connection)
{
    struct front *front = connection->front;
    const struct http_request *request = &connection->request;
    const struct call_message message = {
        .call = ++front->last_number,
        .source_ip = slice_of(connection->source),
        .tls_version = slice_of(stream_tls_version(connection->stream)),
        .request_line = request->line,
        .header = request->header,
        .length = request->length == HTTP_LENGTH_UNKNOWN ? CALL_LENGTH_UNKNOWN : request->length,
        .how = connection->whole           ? CALL_BODY_WHOLE
               : request->expects_continue ? CALL_BODY_AWAITED
                                           : CALL_BODY_FOLLOWS,
        .body = connection->whole ? buf_slice(&front->piece) : SLICE(""),
    };
    connection->call = message.call;
    connection->requested = false;
    connection->call_ended = connection->whole;
    map_put(front->calls, MAP_KEY(connection->call), connection);
    protocol_put_call(&front->encoded, &message);
    core_send(front, MESSAGE_CALL);
    if (connection->whole)
        buf_reset(&front->piece);
}

static void call_forget(struct connection *connection);

/* The console's own files are no question to core. False: it is another request. */
static bool
serve_page(struct connection *connection)
{
    struct front *front = connection->front;
    const struct http_request *http = &connection->request;
    const struct pages_request request = {
        http->method, slice_head(http->target, slice_chr(http->target, '?')), http->header};
    struct pages_answer answer;
    if (!pages_is_theirs(request.path))
        return false;
    pages_answer(front->arena, console_pack(), &request, &answer);
    call_forget(connection);
    http_respond(connection->http, answer.status, answer.content_type, answer.header, answer.body);
    return true;
}

static void
call_flush(struct connection *connection)
{
    struct front *front = connection->front;
    if (connection->requested && serve_page(connection)) {
        stream_resume(connection->stream); /* the next request may be here already */
        return;
    }
    if (connection->requested)
        call_begin(connection);
    if (!connection->call || connection->call_ended || (!front->piece.len && !connection->whole))
        return;
    const struct body_message message = {
        .number = connection->call, .piece = buf_slice(&front->piece), .last = connection->whole};
    connection->call_ended = connection->whole;
    protocol_put_body(&front->encoded, &message);
    core_send(front, MESSAGE_CALL_BODY);
    buf_reset(&front->piece);
}

/* It was answered, or nobody waits for the answer any more. */
static void
call_forget(struct connection *connection)
{
    if (connection->call && !connection->call_ended)
        core_send_number(connection->front, MESSAGE_CALL_ABORT, connection->call);
    if (connection->call)
        map_remove(connection->front->calls, MAP_KEY(connection->call));
    connection->call = 0;
    connection->requested = connection->whole = connection->call_ended = false;
    connection->body_bytes = 0;
    buf_reset(&connection->front->piece);
}

/*
 * Connections.
 */

static int64_t
remaining_ms(const struct connection *connection, int64_t since_ms, int64_t allowed_ms)
{
    int64_t left = since_ms + allowed_ms - loop_now_ms(connection->front->loop);
    return left > 0 ? left : 1;
}

/* 0: no time runs, since it is core that takes it. */
static int64_t
submission_delay_ms(const struct connection *connection)
{
    int64_t idle = connection->front->start.config.idle_ms;
    if (submission_waiting(connection->submission))
        return 0;
    if (submission_is_authenticated(connection->submission))
        return idle;
    int64_t left = remaining_ms(connection, connection->opened_ms, LOGIN_DELAY_MAX_MS);
    return left < idle ? left : idle;
}

/* A body may take as long as it is large, and core as long as it likes. */
static void
http_note_stall(struct connection *connection)
{
    int64_t now_ms = loop_now_ms(connection->front->loop);
    if (connection->stalled_ms)
        connection->body_ms += now_ms - connection->stalled_ms;
    bool stalled = http_reading_body(connection->http) && http_waiting(connection->http);
    connection->stalled_ms = stalled ? now_ms : 0;
}

static int64_t
http_delay_ms(struct connection *connection)
{
    http_note_stall(connection);
    if (http_waiting(connection->http))
        return 0;
    if (http_idle(connection->http))
        return HTTP_IDLE_MS;
    if (!http_reading_body(connection->http))
        return remaining_ms(connection, connection->requested_ms, HTTP_HEADER_MAX_MS);
    return remaining_ms(connection, connection->body_ms,
                        HTTP_BODY_MAX_MS +
                            (int64_t)(connection->body_bytes / HTTP_BODY_BYTES_A_MS));
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
    if (connection->transaction)
        transaction_abort(connection);
    if (connection->session) {
        core_send_number(front, MESSAGE_SESSION_END, connection->session);
        map_remove(front->sessions, MAP_KEY(connection->session));
    }
    call_forget(connection);
    map_remove(front->connections, MAP_KEY(connection->number));
    origin_count(front, &connection->origin, -1);
    submission_free(connection->submission);
    http_free(connection->http);
    free(connection->source);
    free(connection);
}

static void
connection_log(const struct connection *connection, enum log_level level, const char *event,
               const char *why)
{
    log_event(level, event, LOG_NUMBER("connection", connection->number),
              LOG_CSTR("source", connection->source),
              LOG_CSTR("tls", stream_tls_version(connection->stream)), LOG_CSTR("why", why));
}

/* Do what the session asked for while it ran. False: the connection is gone. */
static bool
connection_settle(struct connection *connection)
{
    if (connection->submission)
        piece_flush(connection);
    else if (!connection->closing)
        call_flush(connection);
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
    stream_deadline(connection->stream, connection->submission ? submission_delay_ms(connection)
                                                               : http_delay_ms(connection));
    return true;
}

/* After an answer of core: what the client sent meanwhile is waiting. */
static void
connection_go_on(struct connection *connection)
{
    if (connection_settle(connection))
        stream_resume(connection->stream);
}

/*
 * What a submission session asks for.
 */

static void
session_reply(void *ctx, struct slice bytes)
{
    struct connection *connection = ctx;
    stream_write(connection->stream, bytes);
}

static void
session_start_tls(void *ctx)
{
    struct connection *connection = ctx;
    connection->start_tls = true;
}

static void
session_close(void *ctx)
{
    struct connection *connection = ctx;
    connection->closing = true;
}

static void
session_authenticate(void *ctx, const char *mechanism, struct slice user, struct slice password,
                     struct slice client_name)
{
    struct connection *connection = ctx;
    struct front *front = connection->front;
    const struct authenticate_message message = {
        .connection = connection->number,
        .mechanism = slice_of(mechanism),
        .user_name = user,
        .password = password,
        .source_ip = slice_of(connection->source),
        .tls_version = slice_of(stream_tls_version(connection->stream)),
        .client_name = client_name,
    };
    connection->authenticating = true;
    protocol_put_authenticate(&front->encoded, &message);
    core_send(front, MESSAGE_AUTHENTICATE);
    buf_wipe(&front->encoded);
}

static void
session_message_begin(void *ctx, struct slice reverse_path, const struct slice *recipients,
                      size_t count)
{
    struct connection *connection = ctx;
    struct front *front = connection->front;
    const struct submit_message message = {
        .submission = ++front->last_number,
        .session = connection->session,
        .reverse_path = reverse_path,
        .recipients = (struct slice *)recipients,
        .recipient_count = (uint32_t)count,
    };
    connection->transaction = message.submission;
    map_put(front->submissions, MAP_KEY(connection->transaction), connection);
    protocol_put_submit(&front->encoded, &message);
    core_send(front, MESSAGE_SUBMIT);
    submission_credit(connection->submission, BODY_CREDIT);
}

static void
session_message(void *ctx, struct slice bytes)
{
    struct connection *connection = ctx;
    struct buf *piece = &connection->front->piece;
    while (bytes.len) {
        struct slice part = slice_head(bytes, BODY_PIECE_MAX - piece->len);
        buf_add(piece, part);
        bytes = slice_from(bytes, part.len);
        if (piece->len == BODY_PIECE_MAX)
            piece_flush(connection);
    }
}

static void
session_message_end(void *ctx)
{
    struct connection *connection = ctx;
    piece_flush(connection);
    connection->transaction_ended = true;
    core_send_number(connection->front, MESSAGE_SUBMIT_END, connection->transaction);
}

static void
session_message_abort(void *ctx)
{
    transaction_abort(ctx);
}

static void
session_trace(void *ctx, bool from_client, struct slice line)
{
    const struct connection *connection = ctx;
    if (log_level() >= LOG_LEVEL_DEBUG)
        log_event(LOG_LEVEL_DEBUG, from_client ? "submission.command" : "submission.reply",
                  LOG_NUMBER("connection", connection->number), LOG_TEXT("line", line));
}

static const struct submission_actions submission_actions = {
    .reply = session_reply,
    .start_tls = session_start_tls,
    .close = session_close,
    .authenticate = session_authenticate,
    .message_begin = session_message_begin,
    .message = session_message,
    .message_end = session_message_end,
    .message_abort = session_message_abort,
    .trace = session_trace,
};

/*
 * What an HTTP session asks for; its `close` is session_close and its `write` session_reply.
 */

static void
session_head(void *ctx, const struct http_request *request)
{
    struct connection *connection = ctx;
    connection->request = *request;
    connection->requested = true;
    connection->body_ms = loop_now_ms(connection->front->loop);
    if (!request->expects_continue)
        http_credit(connection->http, BODY_CREDIT);
}

static void
session_body(void *ctx, struct slice bytes)
{
    struct connection *connection = ctx;
    struct buf *piece = &connection->front->piece;
    connection->body_bytes += bytes.len;
    while (bytes.len) {
        struct slice part = slice_head(bytes, BODY_PIECE_MAX - piece->len);
        buf_add(piece, part);
        bytes = slice_from(bytes, part.len);
        if (bytes.len)
            call_flush(connection);
    }
}

static void
session_end(void *ctx)
{
    ((struct connection *)ctx)->whole = true;
}

/* IMF-fixdate, RFC 9110 §5.6.7. */
static struct slice
http_date(struct arena *arena)
{
    enum { DATE_LEN = sizeof "Sun, 06 Nov 1994 08:49:37 GMT" };
    time_t now = (time_t)(clock_now_ms() / SECOND_MS);
    struct tm utc;
    char *text = arena_alloc(arena, DATE_LEN);
    gmtime_r(&now, &utc);
    return (struct slice){text, strftime(text, DATE_LEN, "%a, %d %b %Y %H:%M:%S GMT", &utc)};
}

static struct slice
session_date(void *ctx)
{
    return http_date(((struct connection *)ctx)->front->arena);
}

static const struct http_actions http_actions = {.write = session_reply,
                                                 .close = session_close,
                                                 .head = session_head,
                                                 .body = session_body,
                                                 .end = session_end,
                                                 .date = session_date};

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

/* Many handshakes at once take memory that the silent connections after them do not need. */
static void
trim(void *ctx)
{
    struct front *front = ctx;
    front->handshakes = 0;
    malloc_trim(0);
}

/* The greeting of implicit TLS waits for the handshake; STARTTLS goes on in silence. */
static void
stream_secured(void *ctx, struct stream *stream)
{
    struct connection *connection = ctx;
    struct front *front = connection->front;
    (void)stream;
    if (++front->handshakes == TRIM_AFTER)
        timer_start(front->trim_timer, TRIM_MS);
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
        stream_write(stream, arena_printf(door->front->arena,
                                          "HTTP/1.1 503 Service Unavailable\r\nDate: %.*s\r\n"
                                          "Retry-After: 1\r\nContent-Length: 0\r\n"
                                          "Connection: close\r\n\r\n",
                                          SLICE_ARG(http_date(door->front->arena))));
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
        connection->http = http_new(CALL_BODY_MAX, &http_actions, connection);
    else
        connection->submission = submission_new(
            front->start.config.hostname, front->deployment, random_base32(front->arena, 20),
            kind_is_tls(door->kind), &front->limits, &submission_actions, connection);
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

static void
front_accepted(void *ctx, int fd, const struct endpoint *peer)
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

/*
 * From core. False: core broke the protocol, and there is nothing left to do here without it.
 * A number that is not known belongs to a connection that has gone meanwhile.
 */

static enum submission_login
login_result(enum authenticate_result result)
{
    switch (result) {
    case AUTHENTICATE_OK: return SUBMISSION_LOGIN_OK;
    case AUTHENTICATE_TEMPORARY: return SUBMISSION_LOGIN_TEMPORARY;
    default: return SUBMISSION_LOGIN_REFUSED; /* a lock looks like a wrong password */
    }
}

/* Core logs who it was; here is which connection. */
static void
login_log(const struct connection *connection, enum authenticate_result result)
{
    static const char *const results[] = {
        [AUTHENTICATE_OK] = "accepted",
        [AUTHENTICATE_REFUSED] = "invalid credentials",
        [AUTHENTICATE_LOCKED] = "too many failures",
        [AUTHENTICATE_TEMPORARY] = "temporary failure",
    };
    static_assert(sizeof results / sizeof *results == AUTHENTICATE_RESULT_COUNT,
                  "words for each result");
    connection_log(connection, LOG_LEVEL_DEBUG, "submission.login", results[result]);
}

static bool
core_authenticated(struct front *front, struct slice payload)
{
    struct authenticated_message message;
    if (!protocol_get_authenticated(front->arena, payload, &message))
        return false;
    bool accepted = message.result == AUTHENTICATE_OK;
    struct connection *connection = map_get(front->connections, MAP_KEY(message.connection));
    if (!connection) {
        if (accepted)
            core_send_number(front, MESSAGE_SESSION_END, message.session);
        return true;
    }
    if (!connection->authenticating || accepted != (message.session != 0))
        return false;
    connection->authenticating = false;
    if (accepted) {
        connection->session = message.session;
        map_put(front->sessions, MAP_KEY(connection->session), connection);
    }
    login_log(connection, message.result);
    submission_authenticated(connection->submission, login_result(message.result));
    connection_go_on(connection);
    return true;
}

static bool
core_credit(struct front *front, struct slice payload)
{
    struct credit_message message;
    if (!protocol_get_credit(front->arena, payload, &message))
        return false;
    struct connection *connection = map_get(front->submissions, MAP_KEY(message.number));
    if (connection)
        submission_credit(connection->submission, message.bytes);
    else if ((connection = map_get(front->calls, MAP_KEY(message.number))))
        http_credit(connection->http, message.bytes);
    if (connection)
        connection_go_on(connection);
    return true;
}

static bool
core_submitted(struct front *front, struct slice payload)
{
    struct submitted_message message;
    if (!protocol_get_submitted(front->arena, payload, &message))
        return false;
    struct connection *connection = map_get(front->submissions, MAP_KEY(message.submission));
    if (connection) {
        transaction_forget(connection);
        submission_submitted(connection->submission, message.reply);
        connection_go_on(connection);
    }
    return true;
}

static bool
core_return(struct front *front, struct slice payload)
{
    struct return_message message;
    if (!protocol_get_return(front->arena, payload, &message) || message.status < 200 ||
        message.status > 599)
        return false;
    struct connection *connection = map_get(front->calls, MAP_KEY(message.call));
    if (connection) {
        call_forget(connection);
        http_respond(connection->http, message.status, message.content_type, message.header,
                     message.body);
        connection_go_on(connection);
    }
    return true;
}

static bool
core_drop(struct front *front, struct slice payload)
{
    struct number_message message;
    if (!protocol_get_number(front->arena, payload, &message))
        return false;
    struct connection *connection = map_get(front->sessions, MAP_KEY(message.number));
    if (connection) {
        connection_log(connection, LOG_LEVEL_DEBUG, "submission.dropped", "revoked");
        submission_revoked(connection->submission);
        connection_go_on(connection);
    }
    return true;
}

static const struct core_message {
    enum message_type type;
    bool (*run)(struct front *front, struct slice payload);
} core_messages[] = {
    {MESSAGE_AUTHENTICATED, core_authenticated},
    {MESSAGE_CREDIT, core_credit},
    {MESSAGE_SUBMITTED, core_submitted},
    {MESSAGE_RETURN, core_return},
    {MESSAGE_DROP, core_drop},
};

static bool
core_said(void *ctx, struct channel *channel, uint8_t type, struct slice payload)
{
    struct front *front = ctx;
    (void)channel;
    for (size_t i = 0; i < sizeof core_messages / sizeof *core_messages; i++) {
        if (core_messages[i].type != type)
            continue;
        bool sound = core_messages[i].run(front, payload);
        arena_reset(front->arena);
        return sound;
    }
    return false;
}

/* Nothing can be done without core; the parent starts a new front when there is a core again. */
static void
core_gone(void *ctx, struct channel *channel, const char *why)
{
    (void)ctx, (void)channel;
    log_event(LOG_LEVEL_WARN, "front.core_lost", LOG_CSTR("why", why));
    exit(EXIT_FAILURE);
}

/*
 * Beginning.
 */

static bool
front_needs_tls(const struct front *front)
{
    for (size_t i = 0; i < front->start.listener_count; i++)
        if (front->start.listeners[i].kind != LISTENER_HTTP)
            return true;
    return false;
}

/* The parent reads the files, since the key is commonly root's alone. */
static void
front_open_tls(struct front *front)
{
    struct err err;
    struct slice key = front->start.certificate_key;
    enum rc rc = RC_OK;
    if (front_needs_tls(front))
        rc = tls_server_new(front->start.certificate, key, &front->tls, &err);
    if (key.len)
        memory_wipe((char *)key.ptr, key.len);
    if (rc == RC_OK)
        return;
    log_event(LOG_LEVEL_ERROR, "front.certificate", LOG_CSTR("why", err.text));
    exit(EXIT_FAILURE);
}

/* Connections that are already secured keep what they have. */
static void
front_renewed(void *ctx, struct slice certificate, struct slice key)
{
    struct front *front = ctx;
    struct tls_server *renewed;
    struct err err;
    if (!front->tls)
        return;
    if (tls_server_new(certificate, key, &renewed, &err) != RC_OK) {
        log_event(LOG_LEVEL_ERROR, "front.certificate", LOG_CSTR("why", err.text));
        return;
    }
    tls_server_free(front->tls);
    front->tls = renewed;
    log_event(LOG_LEVEL_INFO, "front.reloaded", LOG_NUMBER("bytes", certificate.len));
}

/*
 * The orderly stop: who is between two requests or in the middle of a message hears that it is over;
 * whom core owes an answer, or who sends a request that core has begun to read, gets it first.
 */

static void
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

/* One more step after the last has gone: what was said to it is on its way by then. */
static void
stop_step(void *ctx)
{
    struct front *front = ctx;
    bool late = loop_now_ms(front->loop) - front->stopped_ms > STOP_MAX_MS;
    if (late || map_count(front->connections) == 0)
        loop_stop(front->loop);
    else
        timer_start(front->stop_timer, STOP_STEP_MS);
}

static void
front_stop(void *ctx)
{
    struct front *front = ctx;
    size_t cursor = 0;
    struct slice key;
    void *connection;
    for (size_t i = 0; i < front->start.listener_count; i++)
        listener_close(front->doors[i].listener);
    while (map_next(front->connections, &cursor, &key, &connection))
        connection_stop(connection);
    arena_reset(front->arena);
    front->stopped_ms = loop_now_ms(front->loop);
    timer_start(front->stop_timer, STOP_STEP_MS);
}

static void
front_open_core(struct front *front)
{
    static const struct channel_handler handler = {core_said, core_gone};
    for (size_t i = 0; i < front->start.peer_count; i++)
        if (front->start.peers[i].role == ROLE_CORE)
            front->core = channel_open(front->loop, front->start.peers[i].fd, &handler, front);
    if (front->core)
        return;
    log_event(LOG_LEVEL_ERROR, "front.core_missing", LOG_CSTR("why", "no channel to core"));
    exit(EXIT_FAILURE);
}

static void
front_listen(struct front *front)
{
    front->doors = memory_alloc(front->start.listener_count * sizeof *front->doors);
    for (size_t i = 0; i < front->start.listener_count; i++) {
        struct door *door = &front->doors[i];
        *door = (struct door){.front = front, .kind = front->start.listeners[i].kind};
        door->listener =
            listener_open(front->loop, front->start.listeners[i].fd, front_accepted, door);
    }
}

static void
front_init(struct front *front)
{
    const struct config *config = &front->start.config;
    front->arena = arena_new();
    front->deployment =
        slice_of(memory_cstr(random_iam_id(front->arena, "SimpleEmailService-d-", 9)));
    front->limits = (struct submission_limits){.message_bytes = config->message_bytes,
                                               .recipients = config->recipients,
                                               .failed_logins = config->failures_per_connection,
                                               .bad_commands = BAD_COMMANDS_MAX};
    buf_init(&front->encoded, CHANNEL_PAYLOAD_MAX);
    buf_init(&front->piece, BODY_PIECE_MAX);
    front->trim_timer = timer_new(front->loop, trim, front);
    front->stop_timer = timer_new(front->loop, stop_step, front);
    front->connections = map_new();
    front->submissions = map_new();
    front->calls = map_new();
    front->sessions = map_new();
    front->addresses = map_new();
}

int
main(void)
{
    static const struct process_handler handler = {.renewed = front_renewed, .stop = front_stop};
    static struct front front; /* the loop's callbacks keep it until the process ends */
    front.loop = loop_new();
    struct process *process = process_begin(ROLE_FRONT, front.loop, &front.start);
    front_init(&front);
    front_open_tls(&front);
    process_confine(process, &front.start);
    front_open_core(&front);
    front_listen(&front);
    process_ready(process, &handler, &front);
    loop_run(front.loop);
    return EXIT_SUCCESS;
}
