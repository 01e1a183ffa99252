/*
 * SMTP submission at front: what a session (accept/submission.c) asks for becomes messages to core,
 * and core's answers go back to the session. A transaction is one message under way to core.
 */
#include "base/random.h"
#include "front.h"

#include <assert.h>

enum { LOGIN_DELAY_MAX_MS = 60 * 1000 };

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
        front_send_number(connection->front, MESSAGE_SUBMIT_ABORT, connection->transaction);
    transaction_forget(connection);
}

/* The pieces of one turn go to core together. */
void
front_submission_flush(struct connection *connection)
{
    struct front *front = connection->front;
    if (!front->piece.len)
        return;
    const struct body_message message = {.number = connection->transaction,
                                         .piece = buf_slice(&front->piece)};
    protocol_put_body(&front->encoded, &message);
    front_send(front, MESSAGE_BODY);
    buf_reset(&front->piece);
}

/* 0: no time runs, since it is core that takes it. */
int64_t
front_submission_delay_ms(const struct connection *connection)
{
    int64_t idle = connection->front->start.config.idle_ms;
    if (submission_waiting(connection->submission))
        return 0;
    if (submission_is_authenticated(connection->submission))
        return idle;
    int64_t left = connection_remaining_ms(connection, connection->opened_ms, LOGIN_DELAY_MAX_MS);
    return left < idle ? left : idle;
}

/* The connection goes: core need not keep what it has of it. */
void
front_submission_end(struct connection *connection)
{
    if (connection->transaction)
        transaction_abort(connection);
    if (connection->session) {
        front_send_number(connection->front, MESSAGE_SESSION_END, connection->session);
        map_remove(connection->front->sessions, MAP_KEY(connection->session));
    }
}

/*
 * What a session asks for.
 */

static void
session_start_tls(void *ctx)
{
    struct connection *connection = ctx;
    connection->start_tls = true;
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
    front_send(front, MESSAGE_AUTHENTICATE);
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
    front_send(front, MESSAGE_SUBMIT);
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
            front_submission_flush(connection);
    }
}

static void
session_message_end(void *ctx)
{
    struct connection *connection = ctx;
    front_submission_flush(connection);
    connection->transaction_ended = true;
    front_send_number(connection->front, MESSAGE_SUBMIT_END, connection->transaction);
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
    .reply = connection_write,
    .start_tls = session_start_tls,
    .close = connection_close,
    .authenticate = session_authenticate,
    .message_begin = session_message_begin,
    .message = session_message,
    .message_end = session_message_end,
    .message_abort = session_message_abort,
    .trace = session_trace,
};

struct submission *
front_submission_new(struct connection *connection, bool implicit_tls)
{
    struct front *front = connection->front;
    return submission_new(front->start.config.hostname, front->deployment,
                          random_base32(front->arena, 20), implicit_tls, &front->limits,
                          &submission_actions, connection);
}

/*
 * From core.
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

bool
front_submission_authenticated(struct front *front, struct slice payload)
{
    struct authenticated_message message;
    if (!protocol_get_authenticated(front->arena, payload, &message))
        return false;
    bool accepted = message.result == AUTHENTICATE_OK;
    struct connection *connection = map_get(front->connections, MAP_KEY(message.connection));
    if (!connection) {
        if (accepted)
            front_send_number(front, MESSAGE_SESSION_END, message.session);
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

bool
front_submission_submitted(struct front *front, struct slice payload)
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

bool
front_submission_dropped(struct front *front, struct slice payload)
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
