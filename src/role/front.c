/*
 * postern-front: the process that strangers talk to. It keeps connections, TLS and the framing of
 * SMTP and HTTP, and knows nothing: who somebody is, what he may do and what a request means is
 * core's to say. It holds the TLS key and, for each authenticated connection, a session number.
 *
 *   stream --bytes--> accept/submission.c, accept/http.c --actions--> messages to core
 *   core's answers --> the session of the connection they name
 *
 * Here: its beginning and its end, the listeners, the certificate, the channel to core. What one
 * connection does is in front_connection.c; what is spoken on it, front_submission.c and front_http.c.
 */
#include "front.h"
#include "base/random.h"

#include <assert.h>
#include <malloc.h>
#include <stdlib.h>

enum {
    BAD_COMMANDS_MAX = 20,
    TRIM_AFTER = 256, /* handshakes; each leaves holes in the heap */
    TRIM_MS = 2 * 1000,
    STOP_MAX_MS = 8 * 1000, /* for what is in work; the parent waits for 10 s */
    STOP_STEP_MS = 50
};

/*
 * To core.
 */

void
front_send(struct front *front, enum message_type type)
{
    assert(buf_ok(&front->encoded)); /* each session bounds what it passes on */
    channel_send(front->core, (uint8_t)type, buf_slice(&front->encoded));
    buf_reset(&front->encoded);
}

void
front_send_number(struct front *front, enum message_type type, uint64_t number)
{
    const struct number_message message = {number};
    protocol_put_number(&front->encoded, &message);
    front_send(front, type);
}

/*
 * From core. False: core broke the protocol, and there is nothing left to do here without it.
 * A number that is not known belongs to a connection that has gone meanwhile.
 */

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

static const struct core_message {
    enum message_type type;
    bool (*run)(struct front *front, struct slice payload);
} core_messages[] = {
    {MESSAGE_AUTHENTICATED, front_submission_authenticated},
    {MESSAGE_CREDIT, core_credit},
    {MESSAGE_SUBMITTED, front_submission_submitted},
    {MESSAGE_RETURN, front_http_returned},
    {MESSAGE_DROP, front_submission_dropped},
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

/* Many handshakes at once take memory that the silent connections after them do not need. */
static void
trim(void *ctx)
{
    struct front *front = ctx;
    front->handshakes = 0;
    malloc_trim(0);
}

void
front_note_handshake(struct front *front)
{
    if (++front->handshakes == TRIM_AFTER)
        timer_start(front->trim_timer, TRIM_MS);
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
            listener_open(front->loop, front->start.listeners[i].fd, connection_accept, door);
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
