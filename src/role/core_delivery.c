/*
 * Leases: what courier works on. A lease is one message's recipients of one domain. Fresh mail
 * goes from the commit straight to courier with its body in memory; everything else is found by
 * polling the store. Memory is bounded: past READY_BYTES_MAX mail waits in the store alone.
 */
#include "api/submit.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "core.h"
#include "mail/dsn.h"
#include "net/protocol.h"

#include <stdlib.h>
#include <sys/queue.h>

enum {
    READY_BYTES_MAX = 32 * 1024 * 1024,
    SENT_BYTES_MAX = 64 * 1024 * 1024, /* with courier, as far as it takes them at once */
    DESTINATION_SHARE = 16,            /* of what is with courier: no destination has more */
    POLL_ROWS = 400,
    POLL_IDLE_MS = 60 * 1000,     /* polling is the truth; wake-ups are hints */
    DESTINATION_LEASES_MAX = 100, /* taken from the store for one; more when these are gone */
    PUT_OFF_MS = 1000,            /* until then, at first; it doubles while nothing goes */
    PUT_OFF_MAX_MS = 60 * 1000,
    SETTLE_AGAIN_MS = 1000, /* while the store takes no outcome */
};

struct lease {
    uint64_t number;
    struct arena *arena; /* owned */
    struct message_row message;
    int64_t *recipient_keys;
    struct slice *recipients;
    uint32_t recipient_count;
    struct slice domain;
    const struct config_route *route;
    struct slice body; /* when in memory */
    bool body_in_memory;
    bool sent;     /* to courier */
    bool away;     /* courier has it, and nothing was heard of it */
    bool stopped;  /* held or dropped by the administrator before it was sent */
    bool recalled; /* or after */
    bool settling; /* its outcome is with the writer, who frees it */
    uint32_t next_chunk;
    int64_t sent_bytes; /* of the body */
    int64_t credit;
    bool loading;
    struct slice loaded;         /* a chunk, partly sent; in loading_arena */
    struct arena *loading_arena; /* owned */
    enum rc load_rc;
    struct destination *destination;
    STAILQ_ENTRY(lease) in_ready;
};

/* Where mail goes: a domain, or a smarthost. Each has its turn, and only so many leases are with
 * courier for one, so that those that are slow or dead leave room for the others. */
struct destination {
    struct slice key; /* owned; in delivery->destinations */
    size_t leases, sent, sent_bytes, ready_bytes;
    STAILQ_HEAD(, lease) ready;
    bool waits;         /* in delivery->turns */
    int64_t judged_ms;  /* when put_off_ms grew last */
    int64_t put_off_ms; /* how long what is due for it waits, while it has all it may have */
    TAILQ_ENTRY(destination) in_turns;
};

struct delivery {
    struct core *core;
    TAILQ_HEAD(, destination) turns; /* who has ready leases and may send one */
    size_t ready_count, ready_bytes, sent_count, sent_bytes;
    struct map *leases;       /* by number */
    struct map *recipients;   /* by recipient key: its lease */
    struct map *destinations; /* by domain or smarthost; owned */
    uint64_t last_number;
    struct timer *timer;
    bool polling, poll_again;
    struct settlement *unsettled; /* the store did not take them */
    struct timer *unsettled_timer;
};

static void pump(struct delivery *delivery);

/* ---- destinations ---- */

static struct slice
destination_key(const struct delivery *delivery, struct slice domain)
{
    const struct config_route *route = config_route_for(&delivery->core->config, domain);
    return route->kind == ROUTE_SMARTHOST ? route->host : domain;
}

static struct destination *
destination_for(struct delivery *delivery, struct slice domain)
{
    struct slice key = destination_key(delivery, domain);
    struct destination *destination = map_get(delivery->destinations, key);
    if (destination)
        return destination;
    destination = NEW(struct destination);
    destination->key = (struct slice){memory_cstr(key), key.len};
    destination->put_off_ms = PUT_OFF_MS;
    STAILQ_INIT(&destination->ready);
    map_put(delivery->destinations, destination->key, destination);
    return destination;
}

static void
destination_free(struct delivery *delivery, struct destination *destination)
{
    map_remove(delivery->destinations, destination->key);
    free((char *)destination->key.ptr);
    free(destination);
}

static bool
may_send(const struct delivery *delivery, const struct destination *destination)
{
    const struct config *config = &delivery->core->config;
    size_t connections = 4 * (size_t)config->connections_per_site;
    size_t share = config->concurrent_deliveries / DESTINATION_SHARE;
    return destination->sent < (connections > share ? connections : share) &&
           (destination->sent == 0 || destination->sent_bytes < SENT_BYTES_MAX / DESTINATION_SHARE);
}

/* In line, if it has something to send and may; at the end of it. */
static void
take_turn(struct delivery *delivery, struct destination *destination)
{
    bool may = !STAILQ_EMPTY(&destination->ready) && may_send(delivery, destination);
    if (may == destination->waits)
        return;
    destination->waits = may;
    if (may)
        TAILQ_INSERT_TAIL(&delivery->turns, destination, in_turns);
    else
        TAILQ_REMOVE(&delivery->turns, destination, in_turns);
}

/* ---- leases ---- */

static struct lease *
lease_new(struct delivery *delivery, const struct message_row *message, struct slice domain)
{
    struct lease *lease = NEW(struct lease);
    lease->arena = arena_new();
    lease->number = ++delivery->last_number;
    lease->message = *message;
    lease->message.id = arena_dup(lease->arena, message->id);
    lease->message.wire_path = arena_dup(lease->arena, message->wire_path);
    lease->message.reverse_path = arena_dup(lease->arena, message->reverse_path);
    lease->message.header = arena_dup(lease->arena, message->header);
    lease->message.service = arena_dup(lease->arena, message->service);
    lease->domain = arena_dup(lease->arena, domain);
    lease->route = config_route_for(&delivery->core->config, lease->domain);
    map_put(delivery->leases, MAP_KEY(lease->number), lease);
    lease->destination = destination_for(delivery, lease->domain);
    lease->destination->leases++;
    return lease;
}

static void
lease_add(struct delivery *delivery, struct lease *lease, int64_t key, struct slice address,
          size_t room)
{
    if (!lease->recipients) {
        lease->recipients = ARENA_ARRAY(lease->arena, struct slice, room);
        lease->recipient_keys = ARENA_ARRAY(lease->arena, int64_t, room);
    }
    lease->recipients[lease->recipient_count] = arena_dup(lease->arena, address);
    lease->recipient_keys[lease->recipient_count++] = key;
    map_put(delivery->recipients, MAP_KEY(key), lease);
}

static size_t
lease_bytes(const struct lease *lease)
{
    return arena_size(lease->arena); /* the body that it brings is there too */
}

/* What courier holds of it at most. */
static size_t
away_bytes(const struct lease *lease)
{
    int64_t body = lease->message.body_bytes;
    return lease->message.header.len + (size_t)(body < BODY_CREDIT ? body : BODY_CREDIT);
}

static void
lease_leaves(struct delivery *delivery, struct lease *lease)
{
    lease->sent = lease->away = true;
    delivery->sent_count++;
    delivery->sent_bytes += away_bytes(lease);
    lease->destination->sent++;
    lease->destination->sent_bytes += away_bytes(lease);
}

static void
lease_is_back(struct delivery *delivery, struct lease *lease)
{
    if (!lease->away)
        return;
    lease->away = false;
    delivery->sent_count--;
    delivery->sent_bytes -= away_bytes(lease);
    lease->destination->sent--;
    lease->destination->sent_bytes -= away_bytes(lease);
    take_turn(delivery, lease->destination);
}

static void
lease_free(struct delivery *delivery, struct lease *lease)
{
    struct destination *destination = lease->destination;
    for (uint32_t i = 0; i < lease->recipient_count; i++)
        map_remove(delivery->recipients, MAP_KEY(lease->recipient_keys[i]));
    lease_is_back(delivery, lease);
    if (--destination->leases == 0)
        destination_free(delivery, destination);
    map_remove(delivery->leases, MAP_KEY(lease->number));
    arena_free(lease->arena);
    arena_free(lease->loading_arena);
    free(lease);
}

static void
make_ready(struct delivery *delivery, struct lease *lease)
{
    STAILQ_INSERT_TAIL(&lease->destination->ready, lease, in_ready);
    delivery->ready_count++;
    delivery->ready_bytes += lease_bytes(lease);
    lease->destination->ready_bytes += lease_bytes(lease);
    take_turn(delivery, lease->destination);
}

/* The next of those who have a turn, which then stand at the end of the line. */
static struct lease *
next_ready(struct delivery *delivery)
{
    struct destination *destination = TAILQ_FIRST(&delivery->turns);
    struct lease *lease = STAILQ_FIRST(&destination->ready);
    STAILQ_REMOVE_HEAD(&destination->ready, in_ready);
    TAILQ_REMOVE(&delivery->turns, destination, in_turns);
    destination->waits = false;
    take_turn(delivery, destination);
    delivery->ready_count--;
    delivery->ready_bytes -= lease_bytes(lease);
    destination->ready_bytes -= lease_bytes(lease);
    return lease;
}

bool
delivery_has_room(const struct delivery *delivery)
{
    return delivery->ready_bytes < READY_BYTES_MAX;
}

bool
delivery_takes(const struct delivery *delivery, struct slice domain)
{
    const struct destination *destination =
        map_get(delivery->destinations, destination_key(delivery, domain));
    return !destination || (destination->leases < DESTINATION_LEASES_MAX &&
                            destination->ready_bytes < READY_BYTES_MAX / DESTINATION_SHARE);
}

struct delivery_counts
delivery_counts(const struct delivery *delivery)
{
    return (struct delivery_counts){delivery->sent_count, delivery->ready_count};
}

/* ---- outcomes ---- */

/* What becomes of recipients that fail, when the report that is owed with them cannot be made. */
enum report_mode {
    REPORT_WITH_FAILURE, /* both or neither (promise 3) */
    REPORT_LATER,        /* the recipient stays queued, and fails again later */
    REPORT_GIVEN_UP      /* it never can be made; the operator is told */
};

struct settlement {
    struct delivery *delivery;
    struct settlement *next; /* in unsettled */
    struct arena *arena;     /* owned */
    struct lease *lease;     /* freed when settled; NULL for what had none */
    struct message_row message;
    struct spool_outcome *outcomes;
    uint32_t count;
    int64_t now_ms;
    uint64_t delivered, deferred, bounced;
    enum report_mode mode;
    enum rc report_rc;
    bool captured; /* the store is where it was delivered to */
    bool recalled, any_delivered;
    bool reported; /* a bounce was written */
    int64_t next_ms;
    struct write_job write;
};

static struct dsn_recipient
dsn_recipient_of(const struct recipient_row *row)
{
    /* Of "host [ip] tls" the report names the host (RFC 3464 §2.3.5). */
    struct slice host = row->remote, rest;
    slice_cut(row->remote, ' ', &host, &rest);
    return (struct dsn_recipient){.address = row->address,
                                  .status = row->status,
                                  .diagnostic = row->reply,
                                  .remote_mta = host,
                                  .last_attempt_ms = row->finished_ms};
}

/* One report for all that failed now, to the reverse-path; never about a report. */
static enum rc
report_failures(struct settlement *settlement, struct arena *arena,
                const struct dsn_recipient *failed, size_t count, struct err *err)
{
    struct core *core = settlement->delivery->core;
    const struct message_row *message = &settlement->message;
    if (count == 0 || message->reverse_path.len == 0)
        return RC_OK;
    int64_t key_ms;
    (void)api_next_key(&core->constants, settlement->now_ms, &key_ms);
    struct dsn dsn = {
        .hostname = core->constants.hostname,
        .to = message->reverse_path,
        .message_id =
            arena_printf(arena, "%.*s@%.*s",
                         SLICE_ARG(random_message_id(arena, core->constants.region_prefix, key_ms)),
                         SLICE_ARG(core->constants.hostname)),
        .original_id = message->id,
        .original_header = message->header,
        .arrived_ms = message->accepted_ms,
        .now_ms = settlement->now_ms,
        .recipients = failed,
        .count = count,
    };
    settlement->report_rc =
        submit_system(arena, &core->constants, &core->writer_thread, message->reverse_path,
                      dsn_build(arena, &dsn), settlement->now_ms, err);
    settlement->reported = settlement->report_rc == RC_OK;
    return settlement->report_rc;
}

/* Nothing was learned of this recipient: the administrator took the message back on account of
 * another, or the receiver takes only so many at a time (RFC 5321 §4.5.3.1.10). */
static bool
is_not_tried(const struct settlement *settlement, const struct spool_outcome *outcome)
{
    if (settlement->recalled && slice_is(outcome->status, "4.3.0"))
        return true;
    return settlement->any_delivered && slice_starts(outcome->reply, SLICE("452"));
}

static enum rc
settle_one(struct settlement *settlement, struct database *database, struct arena *arena,
           uint32_t index, struct recipient_row *row, bool *over, struct err *err)
{
    const struct config *config = &settlement->delivery->core->config;
    struct schedule schedule = {config->retry_first_ms, config->retry_max_ms};
    struct spool_outcome outcome = settlement->outcomes[index];
    if (outcome.fate == SPOOL_RETRY && is_not_tried(settlement, &outcome))
        outcome.fate = SPOOL_AGAIN;
    if (settlement->mode == REPORT_LATER && outcome.fate != SPOOL_DELIVERED)
        outcome.fate = SPOOL_LATER;
    *over = false;
    return spool_settle(database, arena, &outcome, &schedule, settlement->now_ms, row, over, err);
}

/* May run again and again while the store is full: `arena` is of this run alone. */
static enum rc
settle_in(struct settlement *settlement, struct database *database, struct arena *arena,
          struct err *err)
{
    struct dsn_recipient *failed = ARENA_ARRAY(arena, struct dsn_recipient, settlement->count);
    size_t failed_count = 0;
    enum rc rc = RC_OK;
    settlement->delivered = settlement->deferred = settlement->bounced = 0;
    settlement->next_ms = INT64_MAX;
    settlement->report_rc = RC_OK;
    for (uint32_t i = 0; rc == RC_OK && i < settlement->count; i++) {
        struct recipient_row row;
        bool over;
        rc = settle_one(settlement, database, arena, i, &row, &over, err);
        if (rc == RC_CONFLICT || rc == RC_NOT_FOUND) {
            rc = RC_OK; /* held, dropped or settled before */
            continue;
        }
        if (over)
            failed[failed_count++] = dsn_recipient_of(&row);
        settlement->bounced += over;
        settlement->delivered += row.state == RECIPIENT_DELIVERED;
        if (row.state == RECIPIENT_QUEUED) {
            settlement->deferred++;
            if (row.next_ms < settlement->next_ms)
                settlement->next_ms = row.next_ms;
        }
    }
    if (rc == RC_OK && settlement->captured)
        rc = messages_set_captured(database, settlement->message.key, err);
    if (rc == RC_OK && settlement->mode != REPORT_GIVEN_UP)
        rc = report_failures(settlement, arena, failed, failed_count, err);
    if (rc == RC_OK)
        rc = spool_close_if_done(database, settlement->message.key, err);
    return rc;
}

static enum rc
settle_run(struct write_job *write, struct database *database, struct err *err)
{
    struct settlement *settlement =
        (struct settlement *)((char *)write - offsetof(struct settlement, write));
    struct arena *arena = arena_new();
    enum rc rc = settle_in(settlement, database, arena, err);
    arena_free(arena);
    return rc;
}

static void settle_done(struct write_job *write);

static void
settle(struct settlement *settlement)
{
    settlement->write = (struct write_job){.run = settle_run, .done = settle_done, .guarded = true};
    writer_submit(settlement->delivery->core->writer, &settlement->write);
}

static void
settle_again(void *ctx)
{
    struct delivery *delivery = ctx;
    struct settlement *next, *settlement = delivery->unsettled;
    delivery->unsettled = NULL;
    for (; settlement; settlement = next) {
        next = settlement->next;
        settle(settlement);
    }
}

void
delivery_finish(struct delivery *delivery)
{
    for (struct settlement *each = delivery->unsettled; each; each = each->next)
        each->mode = REPORT_LATER;
    settle_again(delivery);
}

/* Nothing of it was written. What the receiver took must not be sent again because a report could
 * not be made or the store is full: the others are settled without the report, and what the store
 * does not take now is kept and brought again. */
static void
settle_failed(struct settlement *settlement)
{
    struct delivery *delivery = settlement->delivery;
    const struct config *config = &delivery->core->config;
    int64_t age_ms = settlement->now_ms - settlement->message.accepted_ms;
    bool report = settlement->report_rc != RC_OK && settlement->mode == REPORT_WITH_FAILURE;
    log_event(LOG_LEVEL_ERROR, report ? "delivery.not_reported" : "delivery.not_settled",
              LOG_TEXT("message", settlement->message.id),
              LOG_CSTR("reason", settlement->write.err.text));
    if (report) {
        bool may_pass =
            settlement->report_rc == RC_TEMPORARY && age_ms < config->lifetime_ms + DAY_MS;
        settlement->mode = may_pass ? REPORT_LATER : REPORT_GIVEN_UP;
        settle(settlement);
        return;
    }
    settlement->mode = REPORT_WITH_FAILURE;
    settlement->next = delivery->unsettled;
    delivery->unsettled = settlement;
    timer_start(delivery->unsettled_timer, SETTLE_AGAIN_MS);
}

static void
settle_done(struct write_job *write)
{
    struct settlement *settlement =
        (struct settlement *)((char *)write - offsetof(struct settlement, write));
    struct delivery *delivery = settlement->delivery;
    if (write->rc != RC_OK) {
        settle_failed(settlement);
        return;
    }
    delivery->core->counters.delivered += settlement->delivered;
    delivery->core->counters.deferred += settlement->deferred;
    delivery->core->counters.bounced += settlement->bounced;
    if (settlement->lease)
        lease_free(delivery, settlement->lease);
    if (settlement->reported || settlement->next_ms != INT64_MAX)
        delivery_wake(delivery);
    arena_free(settlement->arena);
    free(settlement);
    pump(delivery);
}

static struct settlement *
settlement_new(struct delivery *delivery, struct lease *lease)
{
    struct settlement *settlement = NEW(struct settlement);
    settlement->delivery = delivery;
    settlement->arena = arena_new();
    settlement->lease = lease;
    lease->settling = true;
    lease_is_back(delivery, lease);
    settlement->message = lease->message;
    settlement->now_ms = clock_now_ms();
    settlement->outcomes =
        ARENA_ARRAY(settlement->arena, struct spool_outcome, lease->recipient_count);
    return settlement;
}

/* A domain that does not exist may be one whose DNS is being mended (reference §8.6), but a typing
 * mistake should not wait out the whole lifetime. */
static enum spool_fate
fate_of(const struct settlement *settlement, enum outcome_kind kind)
{
    int64_t believed_ms = settlement->delivery->core->config.unknown_domain_ms;
    switch (kind) {
    case OUTCOME_DELIVERED: return SPOOL_DELIVERED;
    case OUTCOME_FAILED: return SPOOL_FAILED;
    case OUTCOME_NO_DOMAIN:
        return settlement->now_ms - settlement->message.accepted_ms >= believed_ms ? SPOOL_FAILED
                                                                                   : SPOOL_RETRY;
    case OUTCOME_RETRY:
    case OUTCOME_KIND_COUNT: break;
    }
    return SPOOL_RETRY;
}

static void
log_outcome(const struct lease *lease, uint32_t index, const char *event,
            const struct spool_outcome *outcome)
{
    log_event(LOG_LEVEL_INFO, event, LOG_TEXT("message", lease->message.id),
              LOG_TEXT("rcpt", lease->recipients[index]), LOG_TEXT("status", outcome->status),
              LOG_TEXT("remote", outcome->remote), LOG_TEXT("reply", outcome->reply));
}

static void
log_outcomes(const struct settlement *settlement)
{
    static const char *const events[] = {"delivery.delivered", "delivery.failed",
                                         "delivery.deferred"};
    for (uint32_t i = 0; i < settlement->count; i++)
        log_outcome(settlement->lease, i, events[settlement->outcomes[i].fate],
                    &settlement->outcomes[i]);
}

/* Every recipient of the lease exactly once, or the courier lies. */
static bool
take_outcome(struct delivery *delivery, struct slice payload)
{
    struct arena *arena = arena_new();
    struct outcome_message message;
    bool read = protocol_get_outcome(arena, payload, &message);
    struct lease *lease = read ? map_get(delivery->leases, MAP_KEY(message.lease)) : NULL;
    bool valid = lease && lease->sent && !lease->settling &&
                 message.recipient_count == lease->recipient_count;
    bool *seen = ARENA_ARRAY(arena, bool, valid ? lease->recipient_count : 1);
    for (uint32_t i = 0; valid && i < message.recipient_count; i++) {
        valid = message.recipients[i].index < lease->recipient_count &&
                !seen[message.recipients[i].index];
        if (valid)
            seen[message.recipients[i].index] = true;
    }
    if (valid) {
        struct settlement *settlement = settlement_new(delivery, lease);
        settlement->count = lease->recipient_count;
        struct slice remote =
            slice_trim(message.remote_ip.len
                           ? arena_printf(settlement->arena, "%.*s [%.*s] %.*s",
                                          SLICE_ARG(message.remote_host),
                                          SLICE_ARG(message.remote_ip), SLICE_ARG(message.tls))
                           : arena_dup(settlement->arena, message.remote_host));
        for (uint32_t i = 0; i < message.recipient_count; i++) {
            const struct recipient_outcome *from = &message.recipients[i];
            settlement->outcomes[from->index] = (struct spool_outcome){
                .recipient_key = lease->recipient_keys[from->index],
                .fate = fate_of(settlement, from->kind),
                .status = arena_dup(settlement->arena, from->status),
                .reply = arena_dup(settlement->arena, from->reply),
                .remote = remote,
                .jitter = random_unit(),
            };
        }
        settlement->recalled = lease->recalled;
        for (uint32_t i = 0; i < settlement->count; i++)
            settlement->any_delivered |= settlement->outcomes[i].fate == SPOOL_DELIVERED;
        log_outcomes(settlement);
        settle(settlement);
    }
    arena_free(arena);
    return valid;
}

/* Mail that needs no courier: it stays here to be read. */
static void
capture(struct delivery *delivery, struct lease *lease)
{
    struct settlement *settlement = settlement_new(delivery, lease);
    settlement->count = lease->recipient_count;
    settlement->captured = true;
    for (uint32_t i = 0; i < lease->recipient_count; i++)
        settlement->outcomes[i] = (struct spool_outcome){.recipient_key = lease->recipient_keys[i],
                                                         .fate = SPOOL_DELIVERED,
                                                         .status = SLICE("2.0.0"),
                                                         .reply = SLICE("250 2.0.0 captured"),
                                                         .remote = SLICE("")};
    log_outcomes(settlement);
    settle(settlement);
}

/* The mailbox simulator (reference §6) is here, too. */
static bool
simulate(struct delivery *delivery, struct lease *lease)
{
    struct address address;
    struct err err;
    if (address_parse(lease->arena, lease->recipients[0], &address, &err) != RC_OK ||
        !gate_is_simulator(delivery->core->constants.hostname, &address))
        return false;
    /* One lease may name several boxes; each settles on its own. */
    struct settlement *settlement = settlement_new(delivery, lease);
    settlement->count = lease->recipient_count;
    for (uint32_t i = 0; i < lease->recipient_count; i++) {
        struct slice box = lease->recipients[i];
        bool bounces = slice_istarts(box, SLICE("bounce@")) ||
                       slice_istarts(box, SLICE("bounce+")) ||
                       slice_istarts(box, SLICE("suppressionlist@")) ||
                       slice_istarts(box, SLICE("suppressionlist+"));
        settlement->outcomes[i] = (struct spool_outcome){
            .recipient_key = lease->recipient_keys[i],
            .fate = bounces ? SPOOL_FAILED : SPOOL_DELIVERED,
            .status = bounces ? SLICE("5.1.1") : SLICE("2.0.0"),
            .reply = bounces ? SLICE("550 5.1.1 user unknown") : SLICE("250 2.0.0 simulated"),
            .remote = SLICE("mailbox simulator"),
        };
    }
    log_outcomes(settlement);
    settle(settlement);
    return true;
}

/* ---- to courier ---- */

static void
send_deliver(struct delivery *delivery, struct lease *lease)
{
    struct core *core = delivery->core;
    const struct config_route *route = lease->route;
    bool mx = route->kind == ROUTE_MX;
    struct deliver_message message = {
        .lease = lease->number,
        .message_id = lease->message.id,
        .reverse_path = lease->message.wire_path,
        .recipients = lease->recipients,
        .recipient_count = lease->recipient_count,
        .domain = lease->domain,
        .route = route->kind,
        .host = mx ? SLICE("") : route->host,
        .port = mx && route->port == 0 ? core->config.mx_port : route->port,
        .tls = route->tls,
        .verify = route->verify,
        .user_name = route->user_name,
        .password = route->password,
        .allow_private = route->allow_private,
        .eight_bit = lease->message.eight_bit,
        .size = lease->message.header.len + (uint64_t)lease->message.body_bytes,
        .header = lease->message.header,
    };
    struct buf out;
    buf_init(&out, CHANNEL_PAYLOAD_MAX);
    protocol_put_deliver(&out, &message);
    channel_send(core->courier, MESSAGE_DELIVER, buf_slice(&out));
    buf_wipe(&out);
    lease->credit = BODY_CREDIT;
    lease_leaves(delivery, lease);
}

static void
send_piece(struct delivery *delivery, struct lease *lease, struct slice piece, bool last)
{
    struct buf out;
    struct body_message message = {lease->number, piece, last};
    buf_init(&out, CHANNEL_PAYLOAD_MAX);
    protocol_put_body(&out, &message);
    channel_send(delivery->core->courier, MESSAGE_BODY, buf_slice(&out));
    buf_fini(&out);
    lease->sent_bytes += (int64_t)piece.len;
    lease->credit -= (int64_t)piece.len;
}

static void send_body(struct delivery *delivery, struct lease *lease);

struct chunk_load {
    struct delivery *delivery;
    uint64_t lease;
    int64_t message_key;
    uint32_t number;
    struct arena *arena;
    struct slice bytes;
    enum rc rc;
    struct err err;
};

static void
load_run(void *job, unsigned worker)
{
    struct chunk_load *load = job;
    load->rc = chunks_find(load->delivery->core->workers[worker].database, load->arena,
                           load->message_key, load->number, &load->bytes, &load->err);
}

/* The body went away under the lease: dropped by the administrator, or the store failed. */
static void
load_failed(struct delivery *delivery, struct lease *lease, const struct err *err)
{
    struct buf out;
    struct number_message recall = {lease->number};
    log_event(LOG_LEVEL_WARN, "delivery.body_missing", LOG_TEXT("message", lease->message.id),
              LOG_CSTR("reason", err->text));
    if (!delivery->core->courier)
        return;
    buf_init(&out, CHANNEL_PAYLOAD_MAX);
    protocol_put_number(&out, &recall);
    channel_send(delivery->core->courier, MESSAGE_RECALL, buf_slice(&out));
    buf_fini(&out);
}

static void
load_done(void *job)
{
    struct chunk_load *load = job;
    struct delivery *delivery = load->delivery;
    struct lease *lease = map_get(delivery->leases, MAP_KEY(load->lease));
    if (!lease || !lease->loading) {
        arena_free(load->arena);
    } else {
        lease->loading = false;
        arena_free(lease->loading_arena);
        lease->loading_arena = load->arena;
        lease->loaded = load->bytes;
        lease->next_chunk++;
        if (load->rc != RC_OK)
            load_failed(delivery, lease, &load->err);
        else if (lease->sent && !lease->settling)
            send_body(delivery, lease);
    }
    free(load);
}

static void
load_chunk(struct delivery *delivery, struct lease *lease)
{
    struct chunk_load *load = NEW(struct chunk_load);
    *load = (struct chunk_load){.delivery = delivery,
                                .lease = lease->number,
                                .message_key = lease->message.key,
                                .number = lease->next_chunk,
                                .arena = arena_new()};
    lease->loading = true;
    pool_submit(delivery->core->pool, load_run, load_done, load);
}

/* Send what credit allows; a chunk that is not in memory is read in a statement of its own. */
static void
send_body(struct delivery *delivery, struct lease *lease)
{
    if (!delivery->core->courier)
        return;
    if (lease->message.body_bytes == 0) {
        send_piece(delivery, lease, SLICE(""), true);
        return;
    }
    while (lease->credit > 0 && lease->sent_bytes < lease->message.body_bytes) {
        struct slice *from = lease->body_in_memory ? &lease->body : &lease->loaded;
        if (from->len == 0) {
            if (!lease->loading)
                load_chunk(delivery, lease);
            return;
        }
        size_t len = from->len < BODY_PIECE_MAX ? from->len : BODY_PIECE_MAX;
        if ((int64_t)len > lease->credit)
            len = (size_t)lease->credit;
        struct slice piece = slice_head(*from, len);
        bool last = lease->sent_bytes + (int64_t)len == lease->message.body_bytes;
        *from = slice_from(*from, len);
        send_piece(delivery, lease, piece, last);
    }
}

static bool
take_credit(struct delivery *delivery, struct slice payload)
{
    struct arena *arena = arena_new();
    struct credit_message message;
    bool read = protocol_get_credit(arena, payload, &message);
    struct lease *lease = read ? map_get(delivery->leases, MAP_KEY(message.number)) : NULL;
    if (lease && lease->sent && !lease->settling && lease->sent_bytes < lease->message.body_bytes) {
        lease->credit += message.bytes;
        send_body(delivery, lease);
    }
    arena_free(arena);
    return read;
}

/* Somebody held or dropped it before it was sent: the others of the lease become due again. */
struct unlease {
    struct delivery *delivery;
    int64_t *keys;
    uint32_t count;
    struct arena *arena;
    struct write_job write;
};

static enum rc
unlease_run(struct write_job *write, struct database *database, struct err *err)
{
    struct unlease *unlease = (struct unlease *)((char *)write - offsetof(struct unlease, write));
    int64_t now_ms = clock_now_ms();
    for (uint32_t i = 0; i < unlease->count; i++) {
        struct recipient_row row;
        enum rc rc = recipients_find(database, unlease->arena, unlease->keys[i], &row, err);
        if (rc == RC_OK && row.state == RECIPIENT_QUEUED) {
            row.leased = false;
            row.next_ms = now_ms;
            rc = recipients_update(database, &row, err);
        }
        if (rc != RC_OK && rc != RC_NOT_FOUND)
            return rc;
    }
    return RC_OK;
}

static void
unlease_done(struct write_job *write)
{
    struct unlease *unlease = (struct unlease *)((char *)write - offsetof(struct unlease, write));
    delivery_wake(unlease->delivery);
    arena_free(unlease->arena);
    free(unlease);
}

static void
give_up_lease(struct delivery *delivery, struct lease *lease)
{
    struct unlease *unlease = NEW(struct unlease);
    unlease->delivery = delivery;
    unlease->arena = arena_new();
    unlease->count = lease->recipient_count;
    unlease->keys = ARENA_ARRAY(unlease->arena, int64_t, lease->recipient_count);
    memcpy(unlease->keys, lease->recipient_keys, lease->recipient_count * sizeof(int64_t));
    unlease->write = (struct write_job){.run = unlease_run, .done = unlease_done, .guarded = true};
    writer_submit(delivery->core->writer, &unlease->write);
    lease_free(delivery, lease);
}

/* Hand the next of the ready to courier, as long as it has room. */
static void
pump(struct delivery *delivery)
{
    struct core *core = delivery->core;
    while (!TAILQ_EMPTY(&delivery->turns) && core->courier &&
           delivery->sent_count < core->config.concurrent_deliveries &&
           delivery->sent_bytes < SENT_BYTES_MAX) {
        struct lease *lease = next_ready(delivery);
        if (lease->stopped) {
            give_up_lease(delivery, lease);
            continue;
        }
        send_deliver(delivery, lease);
        send_body(delivery, lease);
    }
    if (TAILQ_EMPTY(&delivery->turns) && delivery->poll_again)
        delivery_wake(delivery);
}

/* A lease that is complete: to courier, or settled here. */
static void
dispatch(struct delivery *delivery, struct lease *lease)
{
    if (simulate(delivery, lease))
        return;
    if (lease->route->kind == ROUTE_CAPTURE)
        capture(delivery, lease);
    else
        make_ready(delivery, lease);
}

void
delivery_enqueue(struct delivery *delivery, const struct spool_entry *entry,
                 const struct slice *body)
{
    struct lease *made[ENVELOPE_RECIPIENTS_MAX];
    size_t count = 0;
    for (uint32_t i = 0; i < entry->recipient_count; i++) {
        const struct recipient_row *row = &entry->recipients[i];
        size_t k = 0;
        while (k < count && !slice_eq(made[k]->domain, row->domain))
            k++;
        if (k == count) {
            made[count] = lease_new(delivery, &entry->message, row->domain);
            made[count]->body_in_memory = body != NULL;
            made[count]->body = body ? arena_dup(made[count]->arena, *body) : SLICE("");
            count++;
        }
        lease_add(delivery, made[k], row->key, row->address, entry->recipient_count);
    }
    for (size_t k = 0; k < count; k++)
        dispatch(delivery, made[k]);
    pump(delivery);
}

/* ---- polling ---- */

struct put_off {
    int64_t key, until_ms;
};

struct poll {
    struct delivery *delivery;
    struct arena *arena;
    int64_t now_ms, next_ms;
    struct recipient_row *rows;
    size_t count;
    struct message_row *messages; /* beside each row; key 0: it is gone */
    struct put_off *put_off;      /* whose lease is still worked on, or whose destination is full */
    size_t put_off_count;
    bool *leased; /* beside each row: leased by this poll */
    struct write_job write;
    enum rc rc;
    struct err err;
};

static void
poll_free(struct poll *poll)
{
    arena_free(poll->arena);
    free(poll);
}

static void
poll_run(void *job, unsigned worker)
{
    struct poll *poll = job;
    struct database *database = poll->delivery->core->workers[worker].database;
    poll->rc = recipients_due(database, poll->arena, poll->now_ms, POLL_ROWS, &poll->rows,
                              &poll->count, &poll->err);
    if (poll->rc == RC_OK)
        poll->rc = recipients_next_ms(database, &poll->next_ms, &poll->err);
    poll->messages = ARENA_ARRAY(poll->arena, struct message_row, poll->count);
    for (size_t i = 0; poll->rc == RC_OK && i < poll->count; i++) {
        int64_t key = message_of_part(poll->rows[i].key);
        if (i > 0 && poll->messages[i - 1].key == key) {
            poll->messages[i] = poll->messages[i - 1];
            continue;
        }
        enum rc rc = messages_find(database, poll->arena, key, &poll->messages[i], &poll->err);
        if (rc != RC_OK && rc != RC_NOT_FOUND)
            poll->rc = rc;
    }
}

static enum rc
lease_run(struct write_job *write, struct database *database, struct err *err)
{
    struct poll *poll = (struct poll *)((char *)write - offsetof(struct poll, write));
    for (size_t i = 0; i < poll->count; i++) {
        if (!poll->leased[i])
            continue;
        enum rc rc =
            recipients_lease(database, poll->rows[i].key, poll->now_ms + SPOOL_LEASE_MS, err);
        if (rc == RC_CONFLICT)
            poll->leased[i] = false; /* held or dropped meanwhile */
        else if (rc != RC_OK)
            return rc;
    }
    for (size_t i = 0; i < poll->put_off_count; i++) {
        struct query q =
            query_start(database, "UPDATE recipient SET next_ms = ? WHERE key = ? AND state = 0 "
                                  "AND next_ms <= ?");
        query_i64(&q, poll->put_off[i].until_ms);
        query_i64(&q, poll->put_off[i].key);
        query_i64(&q, poll->now_ms);
        enum rc rc = query_run(&q, err);
        if (rc != RC_OK)
            return rc;
    }
    return RC_OK;
}

/* What was leased becomes leases: rows of one message and domain together. */
static void
lease_rows(struct delivery *delivery, struct poll *poll)
{
    struct lease **made = ARENA_ARRAY(poll->arena, struct lease *, poll->count);
    size_t count = 0;
    for (size_t i = 0; i < poll->count; i++) {
        const struct recipient_row *row = &poll->rows[i];
        if (!poll->leased[i])
            continue;
        size_t k = count;
        while (k > 0 && (made[k - 1]->message.key != poll->messages[i].key ||
                         !slice_eq(made[k - 1]->domain, row->domain)))
            k--;
        if (k == 0) {
            made[count++] = lease_new(delivery, &poll->messages[i], row->domain);
            k = count;
        }
        lease_add(delivery, made[k - 1], row->key, row->address, POLL_ROWS);
    }
    for (size_t k = 0; k < count; k++)
        dispatch(delivery, made[k]);
}

static void
poll_over(struct delivery *delivery, struct poll *poll, bool more)
{
    int64_t delay = poll->rc == RC_OK ? poll->next_ms - clock_now_ms() : SECOND_MS;
    if (delay > POLL_IDLE_MS)
        delay = POLL_IDLE_MS;
    /* A row that could not be leased just now must not spin the loop. */
    if (delay < 100)
        delay = 100;
    delivery->polling = false;
    poll_free(poll);
    if (more)
        delivery->poll_again = true;
    else
        timer_start(delivery->timer, delay);
    pump(delivery);
}

static void
lease_done(struct write_job *write)
{
    struct poll *poll = (struct poll *)((char *)write - offsetof(struct poll, write));
    struct delivery *delivery = poll->delivery;
    bool more = poll->count == POLL_ROWS;
    if (write->rc == RC_OK)
        lease_rows(delivery, poll);
    else
        poll->rc = write->rc;
    poll_over(delivery, poll, more && write->rc == RC_OK);
}

/* Is the row of the same lease as the one before it? */
static bool
shares_lease(const struct poll *poll, size_t i)
{
    return i > 0 && poll->leased[i - 1] && poll->messages[i - 1].key == poll->messages[i].key &&
           slice_eq(poll->rows[i - 1].domain, poll->rows[i].domain);
}

static void
put_off(struct poll *poll, int64_t key, int64_t delay_ms)
{
    poll->put_off[poll->put_off_count++] = (struct put_off){key, poll->now_ms + delay_ms};
}

/* What one poll means to one destination. */
struct choice {
    struct destination *destination; /* NULL: nothing is under way there */
    size_t chosen;
    bool full;
};

static struct choice *
choice_for(struct delivery *delivery, struct poll *poll, struct map *choices, struct slice domain)
{
    struct slice key = destination_key(delivery, domain);
    struct choice *choice = map_get(choices, key);
    if (!choice) {
        choice = ARENA_NEW(poll->arena, struct choice);
        choice->destination = map_get(delivery->destinations, key);
        map_put(choices, key, choice);
    }
    return choice;
}

static bool
has_room(struct choice *choice)
{
    size_t leases = choice->destination ? choice->destination->leases : 0;
    choice->full = choice->full || leases + choice->chosen >= DESTINATION_LEASES_MAX;
    return !choice->full;
}

/* A destination that takes nothing is asked about less and less often, however much waits. */
static void
judge_choices(const struct map *choices, int64_t now_ms)
{
    size_t cursor = 0;
    struct slice key;
    void *value;
    while (map_next(choices, &cursor, &key, &value)) {
        const struct choice *choice = value;
        struct destination *destination = choice->destination;
        if (destination && choice->chosen > 0)
            destination->put_off_ms = PUT_OFF_MS;
        else if (destination && choice->full &&
                 now_ms - destination->judged_ms >= destination->put_off_ms) {
            int64_t longer_ms = destination->put_off_ms * 2;
            destination->put_off_ms = longer_ms < PUT_OFF_MAX_MS ? longer_ms : PUT_OFF_MAX_MS;
            destination->judged_ms = now_ms;
        }
    }
}

/* Of what is due: what is leased now, and what comes back later. */
static void
choose(struct delivery *delivery, struct poll *poll)
{
    struct map *choices = map_new();
    poll->leased = ARENA_ARRAY(poll->arena, bool, poll->count);
    poll->put_off = ARENA_ARRAY(poll->arena, struct put_off, poll->count);
    for (size_t i = 0; i < poll->count; i++) {
        const struct recipient_row *row = &poll->rows[i];
        if (poll->messages[i].key == 0)
            continue;
        const struct lease *lease = map_get(delivery->recipients, MAP_KEY(row->key));
        if (lease) {
            if (!lease->settling) /* or the row tells its next attempt already */
                put_off(poll, row->key, MINUTE_MS);
            continue;
        }
        struct choice *choice = choice_for(delivery, poll, choices, row->domain);
        bool shares = shares_lease(poll, i);
        poll->leased[i] = shares || has_room(choice);
        if (!poll->leased[i])
            put_off(poll, row->key,
                    choice->destination ? choice->destination->put_off_ms : PUT_OFF_MS);
        else if (!shares)
            choice->chosen++;
    }
    judge_choices(choices, clock_monotonic_ms());
    map_free(choices);
}

static void
poll_done(void *job)
{
    struct poll *poll = job;
    struct delivery *delivery = poll->delivery;
    if (poll->rc != RC_OK)
        log_event(LOG_LEVEL_ERROR, "delivery.poll_failed", LOG_CSTR("reason", poll->err.text));
    if (poll->rc != RC_OK || poll->count == 0) {
        poll_over(delivery, poll, false);
        return;
    }
    choose(delivery, poll);
    poll->write = (struct write_job){.run = lease_run, .done = lease_done, .guarded = true};
    writer_submit(delivery->core->writer, &poll->write);
}

static void
poll_now(void *ctx)
{
    struct delivery *delivery = ctx;
    delivery->poll_again = true;
    if (delivery->polling || !delivery_has_room(delivery) || !delivery->core->courier)
        return;
    delivery->poll_again = false;
    delivery->polling = true;
    struct poll *poll = NEW(struct poll);
    poll->delivery = delivery;
    poll->arena = arena_new();
    poll->now_ms = clock_now_ms();
    pool_submit(delivery->core->pool, poll_run, poll_done, poll);
}

void
delivery_wake(struct delivery *delivery)
{
    timer_start(delivery->timer, 0);
}

/* ---- the administrator, and courier's life ---- */

void
delivery_stop(struct delivery *delivery, const int64_t *recipient_keys, size_t count)
{
    struct buf out;
    buf_init(&out, CHANNEL_PAYLOAD_MAX);
    for (size_t i = 0; i < count; i++) {
        struct lease *lease = map_get(delivery->recipients, MAP_KEY(recipient_keys[i]));
        if (!lease)
            continue;
        if (!lease->sent) {
            lease->stopped = true;
        } else if (delivery->core->courier) {
            lease->recalled = true;
            struct number_message message = {lease->number};
            buf_reset(&out);
            protocol_put_number(&out, &message);
            channel_send(delivery->core->courier, MESSAGE_RECALL, buf_slice(&out));
        }
    }
    buf_fini(&out);
}

void
delivery_courier_up(struct delivery *delivery)
{
    pump(delivery);
    delivery_wake(delivery);
}

/* What courier had is not settled: it becomes due again at once. */
void
delivery_courier_down(struct delivery *delivery)
{
    size_t cursor = 0;
    struct slice key;
    void *value;
    while (map_next(delivery->leases, &cursor, &key, &value)) {
        struct lease *lease = value;
        if (lease->sent && !lease->settling)
            give_up_lease(delivery, lease);
    }
}

bool
delivery_courier_message(struct delivery *delivery, uint8_t type, struct slice payload)
{
    if (type == MESSAGE_OUTCOME)
        return take_outcome(delivery, payload);
    return type == MESSAGE_CREDIT && take_credit(delivery, payload);
}

struct delivery *
delivery_new(struct core *core)
{
    struct delivery *delivery = NEW(struct delivery);
    delivery->core = core;
    TAILQ_INIT(&delivery->turns);
    delivery->leases = map_new();
    delivery->recipients = map_new();
    delivery->destinations = map_new();
    delivery->timer = timer_new(core->loop, poll_now, delivery);
    delivery->unsettled_timer = timer_new(core->loop, settle_again, delivery);
    return delivery;
}
