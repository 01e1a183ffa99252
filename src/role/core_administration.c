/*
 * The administrator's Unix socket (uid 0 and the owner of DIR, told by SO_PEERCRED): JSON requests
 * {"operation": ..., members}, answers {"ok": true, ...} or {"ok": false, "error": ..., "message":
 * ...}, framed as on every channel. And over HTTP the verification link, /healthz and /metrics.
 */
#include "api/recording.h"
#include "base/clock.h"
#include "base/codec.h"
#include "base/log.h"
#include "core.h"
#include "identity/proof.h"
#include "net/protocol.h"
#include "store/brakes.h"
#include "store/messages.h"
#include "store/settings.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define ADMINISTRATION_SOCKET "postern.sock"

enum { ANSWER_MAX = 1000 * 1024, CLIENTS_MAX = 64 };

struct administration {
    struct core *core;
    int fd;
    struct watch *watch;
    uid_t owner;
    struct map *clients; /* by number */
    uint64_t last_client;
};

struct client {
    struct administration *administration; /* borrowed */
    struct channel *channel;
    uint64_t number; /* never used again, as the address of a channel may be */
    uid_t uid;
};

/* One operation on its way through a worker or the writer, for a client or an HTTP request. */
struct operation {
    struct core *core;
    struct arena *arena; /* owned */
    uint64_t client;     /* its number; 0: an HTTP request */
    int64_t uid;         /* of the client */
    struct call *call;   /* the HTTP request; answered with the operation */
    const struct api_operation *row;
    struct json *input;
    struct buf out;
    struct json_writer writer;
    struct api_effects effects;
    const struct slice *prepared; /* of API_PREPARED: what the worker leaves to the writer */
    enum rc rc;
    struct err err;
    struct write_job write;
    void (*answer)(struct operation *operation);
};

static void
operation_free(struct operation *operation)
{
    buf_wipe(&operation->out); /* it may hold a secret just made */
    arena_free(operation->arena);
    free(operation);
}

static struct operation *
operation_new(struct core *core, void (*answer)(struct operation *operation))
{
    struct operation *operation = NEW(struct operation);
    operation->core = core;
    operation->arena = arena_new();
    operation->answer = answer;
    buf_init(&operation->out, ANSWER_MAX);
    return operation;
}

static void
run_on(struct operation *operation, struct api_thread *thread)
{
    struct api_call call = {
        .arena = operation->arena,
        .constants = &operation->core->constants,
        .thread = thread,
        .database = thread->database,
        .input = operation->input,
        .output = &operation->writer,
        .effects = &operation->effects,
        .now_ms = clock_now_ms(),
        .prepared = operation->prepared,
    };
    buf_reset(&operation->out);
    json_writer_init(&operation->writer, &operation->out);
    json_open_object(&operation->writer);
    json_put_bool(&operation->writer, "ok", true);
    operation->rc = operation->row->run(&call, &operation->err);
    operation->prepared = call.prepared;
    if (operation->rc == RC_OK)
        json_close_object(&operation->writer);
    if (operation->rc == RC_OK && !buf_ok(&operation->out))
        operation->rc = err_set(&operation->err, RC_LIMIT, "the answer is too long");
}

static void
read_run(void *job, unsigned worker)
{
    struct operation *operation = job;
    struct api_thread *thread = &operation->core->workers[worker];
    operation->rc = database_begin_read(thread->database, &operation->err);
    if (operation->rc != RC_OK)
        return;
    run_on(operation, thread);
    database_rollback(thread->database);
}

static void
read_done(void *job)
{
    struct operation *operation = job;
    operation->answer(operation);
}

static struct ledger_record
record_of(struct operation *operation, const char *result)
{
    const struct call *call = operation->call;
    struct slice uid = arena_printf(operation->arena, "uid %" PRId64, operation->uid);
    return (struct ledger_record){
        .kind = LEDGER_CALL,
        .at_ms = clock_now_ms(),
        .fields = {
            [LEDGER_WHAT] = slice_of(operation->row->name),
            [LEDGER_RESULT] = slice_of(result),
            [LEDGER_PRINCIPAL] = call ? SLICE("") : SLICE("administrator"),
            [LEDGER_SOURCE] = call ? call->source_ip : SLICE(""),
            [LEDGER_TLS] = call ? call->tls_version : SLICE(""),
            [LEDGER_CLIENT] = call ? SLICE("") : uid,
            [LEDGER_SERVICE] = call ? SLICE("link") : SLICE("administration"),
            [LEDGER_SUBJECT] = recording_subject(operation->arena, operation->input),
        }};
}

static enum rc
write_run(struct write_job *write, struct database *database, struct err *err)
{
    struct operation *operation =
        (struct operation *)((char *)write - offsetof(struct operation, write));
    struct api_thread *thread = &operation->core->writer_thread;
    run_on(operation, thread);
    if (operation->rc == RC_OK)
        operation->rc = settings_count_change(database, &operation->err);
    *err = operation->err;
    if (operation->rc != RC_OK)
        return operation->rc;
    struct ledger_record record = record_of(operation, "ok");
    return ledger_book_append(thread->book, &record, err);
}

static void
write_done(struct write_job *write)
{
    struct operation *operation =
        (struct operation *)((char *)write - offsetof(struct operation, write));
    operation->rc = write->rc;
    operation->err = write->err;
    if (write->rc == RC_OK)
        core_apply_effects(operation->core, &operation->effects);
    operation->answer(operation);
}

static void
start_write(struct operation *operation)
{
    operation->write = (struct write_job){.run = write_run, .done = write_done, .guarded = true};
    writer_submit(operation->core->writer, &operation->write);
}

static void
prepare_done(void *job)
{
    struct operation *operation = job;
    if (operation->rc == RC_OK)
        start_write(operation);
    else
        operation->answer(operation);
}

static void
start(struct operation *operation)
{
    struct pool *pool = operation->core->pool;
    switch (operation->row->access) {
    case API_READ: pool_submit(pool, read_run, read_done, operation); break;
    case API_PREPARED: pool_submit(pool, read_run, prepare_done, operation); break;
    default: start_write(operation);
    }
}

/* ---- the socket ---- */

static void
write_failure(struct operation *operation)
{
    buf_reset(&operation->out);
    json_writer_init(&operation->writer, &operation->out);
    json_open_object(&operation->writer);
    json_put_bool(&operation->writer, "ok", false);
    json_put_cstr(&operation->writer, "error", rc_name(operation->rc));
    json_put_cstr(&operation->writer, "message", operation->err.text);
    json_close_object(&operation->writer);
}

/* What wrote and did well is in the ledger already. A link that nobody made is followed by strangers
 * alone. */
static void
record_call(struct operation *operation)
{
    bool written = operation->rc == RC_OK && operation->row->access != API_READ &&
                   operation->row->access != API_DNS;
    if (written || operation->call)
        return;
    struct ledger_record record =
        record_of(operation, operation->rc == RC_OK ? "ok" : rc_name(operation->rc));
    core_ledger_call(operation->core, &record);
}

static void
answer_client(struct operation *operation)
{
    struct administration *administration = operation->core->administration;
    operation->core->counters.calls++;
    if (operation->rc != RC_OK)
        write_failure(operation);
    if (operation->row)
        log_event(LOG_LEVEL_INFO, "administration.call",
                  LOG_CSTR("operation", operation->row->name),
                  LOG_TEXT("subject", recording_subject(operation->arena, operation->input)),
                  LOG_NUMBER("uid", operation->uid), LOG_CSTR("result", rc_name(operation->rc)));
    if (operation->row)
        record_call(operation);
    struct client *client = map_get(administration->clients, MAP_KEY(operation->client));
    if (client)
        channel_send(client->channel, 1, buf_slice(&operation->out));
    operation_free(operation);
}

static void
checked(void *ctx, enum rc rc, struct slice json, const struct err *err)
{
    struct operation *operation = ctx;
    operation->rc = rc;
    if (rc == RC_OK)
        buf_add(&operation->out, json);
    else
        operation->err = *err;
    answer_client(operation);
}

static void
fail_client(struct operation *operation, enum rc rc)
{
    operation->rc = rc;
    answer_client(operation);
}

/* api.call is core_api.c's, which has logged it. */
static void
called(void *ctx, enum rc rc, struct slice json, const struct err *err)
{
    struct operation *operation = ctx;
    operation->rc = rc;
    if (rc == RC_OK) {
        json_writer_init(&operation->writer, &operation->out);
        json_open_object(&operation->writer);
        json_put_bool(&operation->writer, "ok", true);
        json_key(&operation->writer, "output");
        json_write_raw(&operation->writer, json);
        json_close_object(&operation->writer);
    } else {
        operation->err = *err;
    }
    answer_client(operation);
}

static enum rc
start_call(struct operation *operation, struct err *err)
{
    struct slice service, name, input;
    enum rc rc = json_get_string(operation->input, "service", true, &service, err);
    if (rc == RC_OK)
        rc = json_get_string(operation->input, "name", true, &name, err);
    if (rc == RC_OK)
        rc = json_get_string(operation->input, "input", true, &input, err);
    if (rc == RC_OK)
        api_administer(operation->core, service, name, input, called, operation);
    return rc;
}

static bool
client_message(void *ctx, struct channel *channel, uint8_t type, struct slice payload)
{
    struct client *client = ctx;
    struct administration *administration = client->administration;
    (void)channel;
    struct operation *operation = operation_new(administration->core, answer_client);
    struct slice name = SLICE(""), text = arena_dup(operation->arena, payload);
    struct err *err = &operation->err;
    operation->client = client->number;
    operation->uid = (int64_t)client->uid;
    if (type != 1) {
        operation_free(operation);
        return false;
    }
    enum rc rc = json_parse(operation->arena, text, &operation->input, err);
    if (rc == RC_OK)
        rc = json_get_string(operation->input, "operation", true, &name, err);
    if (rc != RC_OK) {
        fail_client(operation, rc);
        return true;
    }
    if (slice_is(name, "api.call")) {
        rc = start_call(operation, err);
        if (rc != RC_OK)
            fail_client(operation, rc);
        return true;
    }
    operation->row = api_find(name);
    if (operation->row && operation->row->access == API_DNS)
        check_ask(administration->core, operation->row, operation->input, checked, operation);
    else if (operation->row)
        start(operation);
    else
        fail_client(operation,
                    err_set(err, RC_NOT_FOUND, "there is no operation %.*s", SLICE_ARG(name)));
    return true;
}

static void
client_closed(void *ctx, struct channel *channel, const char *why)
{
    struct client *client = ctx;
    (void)channel, (void)why;
    map_remove(client->administration->clients, MAP_KEY(client->number));
    free(client);
}

static const struct channel_handler client_handler = {client_message, client_closed};

static void
accept_client(void *ctx, int events)
{
    struct administration *administration = ctx;
    struct ucred peer;
    socklen_t len = sizeof peer;
    (void)events;
    int fd = accept4(administration->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0)
        return;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) != 0 ||
        (peer.uid != 0 && peer.uid != administration->owner)) {
        log_event(LOG_LEVEL_WARN, "administration.refused", LOG_NUMBER("uid", peer.uid));
        close(fd);
        return;
    }
    if (map_count(administration->clients) >= CLIENTS_MAX) {
        close(fd);
        return;
    }
    struct client *client = NEW(struct client);
    client->administration = administration;
    client->number = ++administration->last_client;
    client->uid = peer.uid;
    client->channel = channel_open(administration->core->loop, fd, &client_handler, client);
    map_put(administration->clients, MAP_KEY(client->number), client);
}

struct administration *
administration_new(struct core *core, struct err *err)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = ADMINISTRATION_SOCKET};
    struct stat directory;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    unlink(ADMINISTRATION_SOCKET); /* DIR is locked by our parent: a left-over */
    mode_t mask = umask(0177);
    bool bound = fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof address) == 0 &&
                 listen(fd, 64) == 0 && stat(".", &directory) == 0;
    umask(mask);
    if (!bound) {
        err_set_errno(err, RC_PERMANENT, errno, ADMINISTRATION_SOCKET);
        if (fd >= 0)
            close(fd);
        return NULL;
    }
    struct administration *administration = NEW(struct administration);
    administration->core = core;
    administration->fd = fd;
    administration->owner = directory.st_uid;
    administration->clients = map_new();
    administration->watch = watch_new(core->loop, fd, accept_client, administration);
    watch_set(administration->watch, WATCH_READ);
    return administration;
}

/* ---- HTTP ---- */

static void
respond(struct call *call, uint32_t status, const char *type, struct slice body)
{
    call_respond(call, status, slice_of(type),
                 SLICE("Cache-Control: no-store\r\n"
                       "Content-Security-Policy: default-src 'none'\r\n"
                       "X-Content-Type-Options: nosniff\r\n"),
                 body);
}

/* The address was checked when it was given: it cannot end the header line. */
static void
redirect(struct operation *operation)
{
    call_respond(operation->call, 302, SLICE("text/plain"),
                 arena_printf(operation->arena,
                              "Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\n"
                              "Location: %.*s\r\n",
                              SLICE_ARG(operation->effects.redirect)),
                 SLICE(""));
}

static void
answer_link(struct operation *operation)
{
    struct slice page;
    bool confirmed = operation->rc == RC_OK;
    if (operation->effects.redirect.len && operation->rc != RC_TEMPORARY) {
        log_event(LOG_LEVEL_INFO, "identity.link", LOG_CSTR("result", rc_name(operation->rc)));
        redirect(operation);
        operation_free(operation);
        return;
    }
    /* Also when the link was followed before: a program may have done so ahead of the person. */
    if (confirmed)
        page = SLICE("<!doctype html><meta charset=utf-8><title>Confirmed</title>"
                     "<p>The address is confirmed. It may be used for sending now.");
    else
        page = arena_printf(operation->arena,
                            "<!doctype html><meta charset=utf-8><title>Not confirmed</title>"
                            "<p>The address was not confirmed: %s. Ask your administrator for a "
                            "new link.",
                            operation->rc == RC_TEMPORARY ? "the service is busy"
                                                          : operation->err.text);
    log_event(LOG_LEVEL_INFO, "identity.link", LOG_CSTR("result", rc_name(operation->rc)));
    respond(operation->call,
            confirmed                       ? 200
            : operation->rc == RC_TEMPORARY ? 503
                                            : 404,
            "text/html; charset=utf-8", page);
    operation_free(operation);
}

/* GET /verify?token=... */
static void
follow_link(struct call *call)
{
    struct operation *operation = operation_new(call->core, answer_link);
    struct slice query = call->query;
    struct slice token = SLICE("");
    struct buf json;
    struct json_writer writer;
    operation->call = call;
    operation->row = api_find(SLICE("identity.confirm"));
    if (slice_starts(query, SLICE("token=")))
        token = slice_from(query, 6);
    /* Mail gateways that rewrite links add parameters of their own. */
    token = slice_head(slice_head(token, slice_chr(token, '&')), 128);
    buf_init(&json, 4096);
    json_writer_init(&writer, &json);
    json_open_object(&writer);
    json_put_string(&writer, "token", token.len ? token : SLICE("-"));
    json_close_object(&writer);
    struct slice text = arena_dup(operation->arena, buf_slice(&json));
    buf_fini(&json);
    if (json_parse(operation->arena, text, &operation->input, &operation->err) == RC_OK) {
        start(operation);
    } else {
        operation->rc = err_set(&operation->err, RC_NOT_FOUND, "this link is not known");
        answer_link(operation);
    }
}

/* ---- metrics ---- */

struct metrics {
    struct core *core;
    struct call *call;
    int64_t queued, held, braked;
    bool takes_account;
    struct account account;
    enum rc rc;
    struct err err;
};

/* An account reads all recipients, so that not every scrape takes one. */
#define ACCOUNT_MS (15 * MINUTE_MS)

static void
metrics_run(void *job, unsigned worker)
{
    struct metrics *metrics = job;
    struct database *database = metrics->core->workers[worker].database;
    metrics->rc =
        recipients_count_waiting(database, &metrics->queued, &metrics->held, &metrics->err);
    if (metrics->rc == RC_OK)
        metrics->rc = brakes_count_tripped(database, &metrics->braked, &metrics->err);
    if (metrics->rc == RC_OK && metrics->takes_account)
        metrics->rc = recipients_count(database, metrics->account.counts,
                                       &metrics->account.accepted, &metrics->err);
}

static void
metric(struct buf *out, const char *name, const char *type, const char *help, double value)
{
    buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n%s %.17g\n", name, help, name, type, name, value);
}

/* Promise 2 of spool.h, as it was seen last. */
static void
account_metrics(struct buf *out, const struct account *account)
{
    int64_t accounted = 0;
    buf_add_cstr(out,
                 "# HELP postern_accounted_recipients Recipients by state, at the last account.\n"
                 "# TYPE postern_accounted_recipients gauge\n");
    for (int i = 0; i < RECIPIENT_STATE_COUNT; i++) {
        accounted += account->counts[i];
        buf_printf(out, "postern_accounted_recipients{state=\"%s\"} %" PRId64 "\n",
                   recipient_state_name((enum recipient_state)i), account->counts[i]);
    }
    metric(out, "postern_accounting_difference", "gauge",
           "Accepted recipients that are in no state; anything but 0 is a fault.",
           (double)(account->accepted - accounted));
    metric(out, "postern_accounting_time_seconds", "gauge", "When the account was taken.",
           (double)account->taken_ms / 1000);
}

static void
metrics_done(void *job)
{
    struct metrics *metrics = job;
    struct core *core = metrics->core;
    const struct counters *counters = &core->counters;
    struct delivery_counts delivery = delivery_counts(core->delivery);
    struct writer_counts writer = writer_counts(core->writer);
    struct buf out;
    buf_init(&out, 64 * 1024);
    buf_printf(&out,
               "# HELP postern_recipients Recipients that wait, by state.\n"
               "# TYPE postern_recipients gauge\n"
               "postern_recipients{state=\"queued\"} %" PRId64 "\n"
               "postern_recipients{state=\"held\"} %" PRId64 "\n",
               metrics->queued, metrics->held);
    if (metrics->takes_account && metrics->rc == RC_OK)
        core->account = metrics->account;
    account_metrics(&out, &core->account);
    metric(&out, "postern_submissions_accepted_total", "counter", "Messages accepted.",
           (double)counters->accepted);
    metric(&out, "postern_submissions_refused_total", "counter", "Messages refused.",
           (double)counters->refused);
    metric(&out, "postern_logins_total", "counter", "Successful logins.", (double)counters->logins);
    metric(&out, "postern_login_failures_total", "counter", "Refused logins.",
           (double)counters->login_failures);
    metric(&out, "postern_delivered_total", "counter", "Recipients delivered.",
           (double)counters->delivered);
    metric(&out, "postern_deferred_total", "counter", "Attempts that will be repeated.",
           (double)counters->deferred);
    metric(&out, "postern_bounced_total", "counter", "Recipients that failed or expired.",
           (double)counters->bounced);
    metric(&out, "postern_suppressed_total", "counter",
           "Recipients that were suppressed or have unsubscribed.", (double)counters->suppressed);
    metric(&out, "postern_brake_tripped_total", "counter", "Credentials that were braked.",
           (double)counters->tripped);
    metric(&out, "postern_braked_credentials", "gauge", "Active credentials whose mail is held.",
           (double)metrics->braked);
    metric(&out, "postern_canary_used_total", "counter", "Uses of canary credentials.",
           (double)counters->canaries);
    metric(&out, "postern_sessions", "gauge", "Authenticated connections.",
           (double)map_count(core->sessions));
    metric(&out, "postern_leases", "gauge", "Transactions that courier works on.",
           (double)delivery.leased);
    metric(&out, "postern_leases_ready", "gauge", "Transactions that wait for courier.",
           (double)delivery.ready);
    metric(&out, "postern_commits_total", "counter", "Transactions committed.",
           (double)writer.commits);
    metric(&out, "postern_sent_24h", "gauge", "Recipients accepted in the last 24 hours.",
           (double)quota_sent_24h(&core->quota, clock_now_ms()));
    metric(&out, "postern_start_time_seconds", "gauge", "When this core started.",
           (double)core->started_ms / 1000);
    if (metrics->rc == RC_OK)
        respond(metrics->call, 200, "text/plain; version=0.0.4; charset=utf-8", buf_slice(&out));
    else
        respond(metrics->call, 503, "text/plain", SLICE("the store cannot be read\n"));
    buf_fini(&out);
    free(metrics);
}

static void
serve_metrics(struct call *call)
{
    struct metrics *metrics = NEW(struct metrics);
    metrics->core = call->core;
    metrics->call = call;
    metrics->account.taken_ms = clock_now_ms();
    metrics->takes_account = metrics->account.taken_ms - call->core->account.taken_ms > ACCOUNT_MS;
    pool_submit(call->core->pool, metrics_run, metrics_done, metrics);
}

static void
serve_health(struct call *call)
{
    const struct core *core = call->core;
    const char *fault = !core->courier    ? "courier is down\n"
                        : !core->resolver ? "resolver is down\n"
                        : core->disk_low  ? "the disk is almost full\n"
                                          : NULL;
    respond(call, fault ? 503 : 200, "text/plain", slice_of(fault ? fault : "ok\n"));
}

/* Numbers are for this machine; a link is for everybody. */
static bool
is_local(struct slice ip)
{
    return slice_starts(ip, SLICE("127.")) || slice_is(ip, "::1") ||
           slice_starts(ip, SLICE("::ffff:127."));
}

void
administration_serve(struct call *call)
{
    if (api_serves(call))
        api_serve(call);
    else if (console_serves(call))
        console_serve(call);
    else if (slice_is(call->path, "/unsubscribe") &&
             (slice_is(call->method, "GET") || slice_is(call->method, "POST")))
        unsubscribe_serve(call);
    else if (!slice_is(call->method, "GET") && !slice_is(call->method, "HEAD"))
        respond(call, 405, "text/plain", SLICE("method not allowed\n"));
    else if (slice_is(call->path, "/verify") && slice_is(call->method, "GET"))
        follow_link(call);
    else if (slice_is(call->path, "/healthz"))
        serve_health(call);
    else if (slice_is(call->path, "/metrics") && is_local(call->source_ip))
        serve_metrics(call);
    else
        respond(call, 404, "text/plain", SLICE("not found\n"));
}
