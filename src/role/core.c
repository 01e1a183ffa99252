/*
 * postern-core: messages in, steps called in order, answers out.
 *
 *   front    AUTHENTICATE -> core_session.c      SUBMIT, BODY, SUBMIT_END -> core_submission.c
 *            CALL, CALL_BODY -> core_call.c, and when it is whole -> core_administration.c
 *   courier  CREDIT -> core_delivery.c           OUTCOME -> core_settle.c
 *            FEEDBACK -> core_feedback.c         RESOLVE -> core_identity.c, to the resolver
 *   resolver RESOLVED, PROVED -> core_identity.c
 *
 * What nobody else records in the ledger: core_ledger.c.
 */
#include "core.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "net/protocol.h"
#include "store/decisions.h"
#include "store/messages.h"
#include "store/schema.h"
#include "store/settings.h"
#include "store/statistics.h"
#include "store/store.h"
#include "store/users.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum {
    HOUSEKEEPING_MS = 1000,
    EXPIRY_TURNS = 60,
    THROTTLE_ENTRIES = 100000,
    FRONT_BACKLOG_MAX = 16 * 1024 * 1024, /* answers that a front leaves unread */
    /* Questions that the resolver does: courier's, of which core relays 10,000 at a time, are 3 MB;
     * those of the identities being looked at another two. */
    RESOLVER_BACKLOG_MAX = 16 * 1024 * 1024
};

/* ---- peers ---- */

static bool
read_number(struct slice payload, uint64_t *number)
{
    struct number_message message;
    struct arena *arena = arena_new();
    bool read = protocol_get_number(arena, payload, &message);
    arena_free(arena);
    *number = read ? message.number : 0;
    return read;
}

static bool
front_message(void *ctx, struct channel *channel, uint8_t type, struct slice payload)
{
    struct front *front = ctx;
    uint64_t number;
    (void)channel;
    switch (type) {
    case MESSAGE_AUTHENTICATE: return session_authenticate(front, payload);
    case MESSAGE_SUBMIT: return submission_begin(front, payload);
    case MESSAGE_BODY: return submission_body(front, payload);
    case MESSAGE_CALL: return call_begin(front, payload);
    case MESSAGE_CALL_BODY: return call_body(front, payload);
    case MESSAGE_CALL_ABORT: return read_number(payload, &number) && call_abort(front, number);
    case MESSAGE_SUBMIT_END: return read_number(payload, &number) && submission_end(front, number);
    case MESSAGE_SUBMIT_ABORT:
        return read_number(payload, &number) && submission_abort(front, number);
    case MESSAGE_SESSION_END:
        if (!read_number(payload, &number))
            return false;
        session_end(front->core, front, number);
        return true;
    default: return false;
    }
}

static void
front_closed(void *ctx, struct channel *channel, const char *why)
{
    struct front *front = ctx;
    (void)channel;
    log_event(LOG_LEVEL_WARN, "channel.closed", LOG_CSTR("peer", "front"),
              LOG_NUMBER("number", front->number), LOG_CSTR("reason", why));
    submission_forget_front(front);
    call_forget_front(front);
    session_forget_front(front);
    map_remove(front->core->fronts, MAP_KEY(front->number));
    map_free(front->submissions);
    map_free(front->receiving);
    map_free(front->transactions);
    free(front);
}

static bool
courier_message(void *ctx, struct channel *channel, uint8_t type, struct slice payload)
{
    struct core *core = ctx;
    (void)channel;
    if (type == MESSAGE_FEEDBACK)
        return intake_message(core->intake, payload);
    if (type != MESSAGE_RESOLVE)
        return delivery_courier_message(core->delivery, type, payload);
    struct resolve_message message;
    struct arena *arena = arena_new();
    bool read = protocol_get_resolve(arena, payload, &message);
    if (read)
        proving_relay(core->proving, &message);
    arena_free(arena);
    return read;
}

static void
courier_closed(void *ctx, struct channel *channel, const char *why)
{
    struct core *core = ctx;
    (void)channel;
    log_event(LOG_LEVEL_WARN, "channel.closed", LOG_CSTR("peer", "courier"),
              LOG_CSTR("reason", why));
    core->courier = NULL;
    delivery_courier_down(core->delivery);
    intake_courier_down(core->intake);
    proving_courier_down(core->proving);
}

static bool
resolver_message(void *ctx, struct channel *channel, uint8_t type, struct slice payload)
{
    struct core *core = ctx;
    (void)channel;
    return proving_resolver_message(core->proving, type, payload);
}

static void
resolver_closed(void *ctx, struct channel *channel, const char *why)
{
    struct core *core = ctx;
    (void)channel;
    log_event(LOG_LEVEL_WARN, "channel.closed", LOG_CSTR("peer", "resolver"),
              LOG_CSTR("reason", why));
    core->resolver = NULL;
    proving_resolver_down(core->proving);
}

static const struct channel_handler front_handler = {front_message, front_closed};
static const struct channel_handler courier_handler = {courier_message, courier_closed};
static const struct channel_handler resolver_handler = {resolver_message, resolver_closed};

static void
attach_front(struct core *core, struct process_peer peer)
{
    struct front *front = NEW(struct front);
    front->core = core;
    front->number = peer.number;
    front->submissions = map_new();
    front->receiving = map_new();
    front->transactions = map_new();
    front->channel = channel_open(core->loop, peer.fd, &front_handler, front);
    channel_bound(front->channel, FRONT_BACKLOG_MAX);
    map_put(core->fronts, MAP_KEY(front->number), front);
}

static void
attach(void *ctx, struct process_peer peer)
{
    struct core *core = ctx;
    if (peer.role == ROLE_FRONT) {
        attach_front(core, peer);
    } else if (peer.role == ROLE_COURIER) {
        if (core->courier) {
            channel_close(core->courier);
            courier_closed(core, core->courier, "replaced");
        }
        core->courier = channel_open(core->loop, peer.fd, &courier_handler, core);
        delivery_courier_up(core->delivery);
    } else if (peer.role == ROLE_RESOLVER) {
        if (core->resolver) {
            channel_close(core->resolver);
            resolver_closed(core, core->resolver, "replaced");
        }
        core->resolver = channel_open(core->loop, peer.fd, &resolver_handler, core);
        channel_bound(core->resolver, RESOLVER_BACKLOG_MAX);
        proving_resolver_up(core->proving);
    } else {
        close(peer.fd);
    }
}

/* ---- after a commit ---- */

struct quota_limits
core_quota_limits(const struct core *core)
{
    const struct config *config = &core->config;
    if (!core->production)
        return (struct quota_limits){config->sandbox_per_day, config->sandbox_rate};
    return (struct quota_limits){config->production_per_day, config->production_rate};
}

struct settings_reading {
    struct core *core;
    bool production;
    enum rc rc;
};

static enum rc
read_settings(struct database *database, bool *production, struct err *err)
{
    struct arena *arena = arena_new();
    struct slice text;
    enum rc rc = settings_get(database, arena, SETTING_PRODUCTION, &text, err);
    *production = rc == RC_OK && slice_is(text, "on");
    arena_free(arena);
    return rc;
}

static void
settings_run(void *job, unsigned worker)
{
    struct settings_reading *reading = job;
    struct err err;
    reading->rc =
        read_settings(reading->core->workers[worker].database, &reading->production, &err);
}

static void
settings_done(void *job)
{
    struct settings_reading *reading = job;
    struct core *core = reading->core;
    if (reading->rc == RC_OK && core->production != reading->production) {
        core->production = reading->production;
        /* The bucket of the new rate starts full. */
        struct quota_limits limits = core_quota_limits(core);
        core->quota.tokens = limits.rate > 50 ? limits.rate : 50;
    }
    free(reading);
}

void
core_apply_effects(struct core *core, const struct api_effects *effects)
{
    for (size_t i = 0; i < effects->revoked_count; i++)
        session_revoke(core, effects->revoked_keys[i]);
    if (effects->stopped_count > 0)
        delivery_stop(core->delivery, effects->stopped, effects->stopped_count);
    if (effects->queue_changed)
        due_wake(core->delivery);
    if (effects->identities_changed)
        proving_wake(core->proving);
    if (effects->settings_changed) {
        struct settings_reading *reading = NEW(struct settings_reading);
        reading->core = core;
        pool_submit(core->pool, settings_run, settings_done, reading);
    }
}

/* ---- housekeeping ---- */

/* Below the low-water mark nothing is accepted: a full disk cannot even delete. */
static void
watch_disk(struct core *core)
{
    struct statvfs disk;
    if (statvfs(".", &disk) != 0)
        return;
    uint64_t free_bytes = (uint64_t)disk.f_bavail * disk.f_frsize;
    bool low = free_bytes < core->config.low_water_bytes;
    if (low != core->disk_low)
        log_event(low ? LOG_LEVEL_ERROR : LOG_LEVEL_INFO, low ? "store.disk_low" : "store.disk_ok",
                  LOG_NUMBER("free", free_bytes));
    core->disk_low = low;
    if (!low && access(STORE_BALLAST, F_OK) != 0) {
        int fd = open(STORE_BALLAST, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        bool filled = fd >= 0 && posix_fallocate(fd, 0, STORE_BALLAST_BYTES) == 0;
        if (fd >= 0)
            close(fd);
        if (!filled) {
            log_event(LOG_LEVEL_WARN, "store.no_ballast", LOG_NUMBER("free", free_bytes));
            unlink(STORE_BALLAST);
        }
    }
}

/* The writer found no space: give up the ballast, so that what is queued can be finished. */
static void
disk_full(void *ctx)
{
    struct core *core = ctx;
    core->disk_low = true;
    log_event(LOG_LEVEL_ERROR, "store.full", LOG_CSTR("action", "ballast released"));
    unlink(STORE_BALLAST);
}

/* No schedule puts an attempt off for longer: what is due later was written before the clock was
 * set back. */
static int64_t
latest_ms(const struct core *core, int64_t now_ms)
{
    return now_ms + 2 * core->config.retry_max_ms + SPOOL_LEASE_MS;
}

struct expiry {
    struct core *core;
    int64_t now_ms;
    int64_t before_ms;
    bool more_messages, more_decisions, more_records;
    struct write_job write;
};

static enum rc
expire_run(struct write_job *write, struct database *database, struct err *err)
{
    struct expiry *expiry = (struct expiry *)((char *)write - offsetof(struct expiry, write));
    enum rc rc =
        recipients_recall(database, expiry->now_ms, latest_ms(expiry->core, expiry->now_ms), err);
    if (rc == RC_OK)
        rc = messages_expire(database, expiry->before_ms, &expiry->more_messages, err);
    if (rc == RC_OK)
        rc = statistics_expire(database, expiry->now_ms, err);
    if (rc == RC_OK)
        rc = decisions_expire(database, expiry->before_ms, &expiry->more_decisions, err);
    return rc == RC_OK ? ledger_book_cut(expiry->core->writer_thread.book,
                                         expiry->now_ms - expiry->core->config.ledger_keep_ms,
                                         &expiry->more_records, err)
                       : rc;
}

static void
expire_done(struct write_job *write)
{
    struct expiry *expiry = (struct expiry *)((char *)write - offsetof(struct expiry, write));
    if (write->rc == RC_OK &&
        (expiry->more_messages || expiry->more_decisions || expiry->more_records))
        writer_submit(expiry->core->writer, write);
    else {
        due_wake(expiry->core->delivery); /* for what was recalled */
        free(expiry);
    }
}

static void
housekeeping(void *ctx)
{
    struct core *core = ctx;
    static unsigned turn;
    watch_disk(core);
    core_ledger_turn(core);
    if (++turn % EXPIRY_TURNS == 0) {
        struct expiry *expiry = NEW(struct expiry);
        expiry->core = core;
        expiry->now_ms = clock_now_ms();
        expiry->before_ms = expiry->now_ms - core->config.keep_ms;
        expiry->write = (struct write_job){.run = expire_run, .done = expire_done, .guarded = true};
        writer_submit(core->writer, &expiry->write);
    }
    timer_start(core->housekeeping, HOUSEKEEPING_MS);
}

/* ---- start ---- */

/* Prefixes of message ids, where the region is one of Amazon's (reference §1.9). */
static const char *
region_prefix(struct slice region)
{
    static const struct {
        const char *region, *prefix;
    } known[] = {{"us-east-1", "0100"},      {"us-west-2", "0101"},    {"eu-west-1", "0102"},
                 {"ap-northeast-1", "0106"}, {"eu-central-1", "0107"}, {"eu-north-1", "0110"},
                 {"us-west-1", "0111"},      {"us-east-2", "010f"}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (slice_is(region, known[i].region))
            return known[i].prefix;
    return "01ff";
}

static void
fill_constants(struct core *core)
{
    const struct config *config = &core->config;
    struct api_constants *constants = &core->constants;
    constants->region = config->region;
    constants->account = config->account;
    constants->hostname = config->hostname;
    constants->provider_domain =
        config->provider_domain.len ? config->provider_domain : config->hostname;
    constants->public_url = config->public_url;
    constants->region_prefix = region_prefix(config->region);
    constants->endpoint_host = config->hostname;
    if (config->listener_counts[LISTENER_SUBMISSION])
        constants->submission_port = config->listeners[LISTENER_SUBMISSION][0].port;
    if (config->listener_counts[LISTENER_SUBMISSIONS])
        constants->submissions_port = config->listeners[LISTENER_SUBMISSIONS][0].port;
    constants->refuse_misleading_names = config->refuse_misleading_names;
    constants->reverse_path_is_feedback = config->reverse_path_is_feedback;
    constants->second_ed25519 = config->second_ed25519;
    constants->dkim_grace_ms = config->dkim_grace_ms;
    constants->key_bits = config->key_bits;
    constants->rotation = (struct rotation_rules){.rotate_after_ms = config->rotate_after_ms,
                                                  .publish_wait_ms = config->publish_wait_ms,
                                                  .keep_retired_ms = config->keep_retired_ms};
    constants->lifetime_ms = config->lifetime_ms;
    constants->recipients_max = config->recipients;
    constants->message_max = config->message_bytes;
    constants->brake = config->brake;
    constants->alarm_to = config->alarm_to;
    constants->alarm_repeat_ms = config->alarm_repeat_ms;
    constants->last_key = &core->last_key;
}

static void
restore_quota(void *ctx, int64_t accepted_ms, uint32_t recipients)
{
    quota_restore(ctx, accepted_ms, recipients, clock_now_ms());
}

/* Where a key was used before a restart, its owner cannot be locked out after it either. */
static void
remember_address(void *ctx, struct slice id, struct slice address)
{
    struct core *core = ctx;
    throttle_success(core->throttle, id, address, clock_monotonic_ms());
}

/* What a crash may have left: chunks of messages that were never accepted, and leases. */
static enum rc
recover(struct core *core, struct database *database, struct err *err)
{
    int64_t newest, now_ms = clock_now_ms();
    enum rc rc = database_begin(database, err);
    if (rc == RC_OK)
        rc = chunks_sweep(database, err);
    if (rc == RC_OK)
        rc = recipients_unlease_all(database, now_ms, err);
    if (rc == RC_OK)
        rc = recipients_recall(database, now_ms, latest_ms(core, now_ms), err);
    if (rc == RC_OK)
        rc = core_ledger_open(core, database, err);
    if (rc == RC_OK)
        rc = database_commit(database, err);
    if (rc == RC_OK)
        rc = messages_newest_key(database, &newest, err);
    if (rc != RC_OK)
        return rc;
    atomic_store(&core->last_key, newest);
    rc = read_settings(database, &core->production, err);
    struct arena *arena = arena_new();
    if (rc == RC_OK)
        rc = access_keys_last_uses(database, arena, remember_address, core, err);
    arena_free(arena);
    struct quota_limits limits = core_quota_limits(core);
    quota_init(&core->quota, &limits, now_ms);
    if (rc == RC_OK)
        rc = messages_since(database, now_ms - DAY_MS, restore_quota, &core->quota, err);
    return rc;
}

/* An unknown user costs the same work as a wrong password. */
static struct slice
make_decoy(const struct sealer *sealer)
{
    struct arena *arena = arena_new();
    struct slice sealed = sealer_seal(sealer, arena, SLICE("decoy"), random_secret_key(arena));
    struct slice kept = {memory_alloc(sealed.len), sealed.len};
    memcpy((char *)kept.ptr, sealed.ptr, sealed.len);
    arena_free(arena);
    return kept;
}

static enum rc
try_open(struct core *core, struct database **out, struct err *err)
{
    struct database *database = NULL;
    enum rc rc = database_open(STORE_DATABASE, DATABASE_WRITE, &database, err);
    if (rc == RC_OK)
        rc = schema_migrate(database, err);
    if (rc == RC_OK)
        rc = store_return_secret(database, core->constants.sealer, core->constants.return_secret,
                                 err);
    if (rc == RC_OK)
        rc = recover(core, database, err);
    if (rc == RC_OK)
        *out = database;
    else
        database_close(database);
    return rc;
}

/* On a full disk even what a crash left cannot be cleared up: the ballast is given up, and room is
 * waited for, as long as the parent is there. */
static enum rc
open_writing(struct core *core, struct database **out, struct err *err)
{
    enum rc rc;
    while ((rc = try_open(core, out, err)) == RC_TEMPORARY) {
        struct pollfd parent = {.fd = PROCESS_PARENT_FD, .events = POLLRDHUP};
        log_event(LOG_LEVEL_ERROR, "store.full", LOG_CSTR("action", "waiting for room to start"),
                  LOG_CSTR("reason", err->text));
        unlink(STORE_BALLAST);
        if (poll(&parent, 1, HOUSEKEEPING_MS) > 0)
            break;
    }
    return rc;
}

static enum rc
open_store(struct core *core, struct err *err)
{
    struct database *database;
    enum rc rc = sealer_open(STORE_MASTER_KEY, &core->constants.sealer, err);
    if (rc == RC_OK && access(STORE_DATABASE, F_OK) != 0)
        return err_set(err, RC_NOT_FOUND, "there is no database: run `postern init` first");
    if (rc == RC_OK)
        rc = open_writing(core, &database, err);
    if (rc != RC_OK)
        return rc;
    core->constants.decoy = make_decoy(core->constants.sealer);
    api_thread_init(&core->writer_thread, database);
    core->writer = writer_new(core->loop, database, disk_full, core);
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    core->worker_count = core->config.workers ? core->config.workers
                         : cores > 0          ? (unsigned)cores
                                              : 1;
    core->workers = memory_alloc(core->worker_count * sizeof *core->workers);
    for (unsigned i = 0; rc == RC_OK && i < core->worker_count; i++) {
        rc = database_open(STORE_DATABASE, DATABASE_READ, &database, err);
        if (rc == RC_OK)
            api_thread_init(&core->workers[i], database);
    }
    core->pool = pool_new(core->loop, core->worker_count);
    return rc;
}

static void
set_certificate(struct core *core, struct slice certificate)
{
    buf_reset(&core->certificate);
    buf_add(&core->certificate, certificate);
}

static void
certificate_renewed(void *ctx, struct slice certificate, struct slice key)
{
    (void)key;
    set_certificate(ctx, certificate);
}

static const struct process_handler process_handler = {.attached = attach,
                                                       .renewed = certificate_renewed};

/* File scope, so that what lives to the end of the process is not taken for leaked. */
static struct core core_state;

int
main(void)
{
    struct core *core = &core_state;
    struct process_start start = {0};
    struct err err = {0};
    core->loop = loop_new();
    core->process = process_begin(ROLE_CORE, core->loop, &start);
    core->config = start.config;
    core->started_ms = clock_now_ms();
    buf_init(&core->certificate, PROCESS_CERTIFICATE_MAX);
    set_certificate(core, start.certificate);
    fill_constants(core);
    process_confine(core->process, &start);
    core->fronts = map_new();
    core->sessions = map_new();
    core->permission_uses = map_new();
    core->alike = map_new();
    core->changes = rate_new(core->config.changes_rate);
    core->guesses = guesses_new();
    core->throttle =
        throttle_new(core->config.failures, core->config.failure_window_ms, THROTTLE_ENTRIES);
    core->unsigned_calls =
        throttle_new(core->config.failures, core->config.failure_window_ms, THROTTLE_ENTRIES);
    if (open_store(core, &err) != RC_OK) {
        log_event(LOG_LEVEL_ERROR, "core.failed", LOG_CSTR("reason", err.text));
        return EXIT_FAILURE;
    }
    core->delivery = delivery_new(core);
    core->proving = proving_new(core);
    core->intake = intake_new(core);
    core->alarms = alarms_new(core);
    core->administration = administration_new(core, &err);
    if (!core->administration) {
        log_event(LOG_LEVEL_ERROR, "core.failed", LOG_CSTR("reason", err.text));
        return EXIT_FAILURE;
    }
    core->housekeeping = timer_new(core->loop, housekeeping, core);
    housekeeping(core);
    for (size_t i = 0; i < start.peer_count; i++)
        attach(core, start.peers[i]);
    process_ready(core->process, &process_handler, core);
    proving_wake(core->proving);
    alarms_wake(core->alarms);
    loop_run(core->loop);
    /* What was handed to the workers and the writer is finished; nothing new comes in. */
    proving_stop(core->proving);
    pool_free(core->pool);
    for (unsigned i = 0; i < core->worker_count; i++)
        database_close(core->workers[i].database); /* the last to close merges the log */
    settle_finish(core->delivery);
    core_ledger_finish(core);
    writer_free(core->writer);
    ledger_book_close(core->writer_thread.book);
    sealer_close(core->constants.sealer);
    return EXIT_SUCCESS;
}
