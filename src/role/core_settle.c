/*
 * What became of a lease. Every outcome is one commit: the recipients' new states, the report that
 * is owed for those that failed (both or neither: promise 3 of spool.h), and the end of the body
 * when nobody waits for it any more. Only then is the lease given back.
 *
 * Nobody waits for it, so that it shares the sync of the next submission when one comes soon. The
 * lease is kept as long, and nothing is leased twice.
 *
 * Courier tells what remote servers said. The mailbox simulator and the route "capture" need no
 * courier: their outcomes are made up here.
 *
 *   settle_outcome, settle_capture, settle_simulated -> settle -> settle_run (writer) -> settle_done
 *   the store does not take it: settle_failed -> later, without the report if that is the reason
 */
#include "api/alarm.h"
#include "api/recording.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "core_delivery.h"
#include "net/protocol.h"

#include <stdlib.h>

enum { SETTLE_AGAIN_MS = 1000 }; /* while the store takes no outcome */

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
    struct slice dialogue; /* with the receiver, unless all was delivered */
    int64_t now_ms;
    uint64_t delivered, deferred, bounced;
    uint32_t weighed, refused; /* what the brake learns of: ends by the receiver's word */
    struct braking braking;
    enum report_mode mode;
    enum rc report_rc;
    bool captured; /* the store is where it was delivered to */
    bool recalled, any_delivered;
    bool reported; /* a bounce was written */
    int64_t next_ms;
    struct write_job write;
};

/* ---- in the store ---- */

/* One report for all that failed now, to the reverse-path; never about a report. */
static enum rc
report_failures(struct settlement *settlement, struct arena *arena,
                const struct recipient_row *failed, size_t count, struct err *err)
{
    struct core *core = settlement->delivery->core;
    const struct message_row *message = &settlement->message;
    settlement->report_rc = submit_report(arena, &core->constants, &core->writer_thread, message,
                                          failed, count, settlement->now_ms, err);
    settlement->reported =
        settlement->report_rc == RC_OK && count > 0 && message->reverse_path.len > 0;
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

/* What the receiver said is recorded also of a recipient that was held or dropped meanwhile. Returns
 * `settled` when nothing failed. */
static enum rc
record(const struct settlement *settlement, struct arena *arena,
       const struct spool_outcome *outcome, const struct recipient_row *row, enum rc settled,
       struct err *err)
{
    struct recipient_row said = *row;
    struct err why;
    const char *what =
        row->state == RECIPIENT_QUEUED ? "deferred" : recipient_state_name(row->state);
    if (settled == RC_CONFLICT) {
        said.status = outcome->status;
        said.reply = outcome->reply;
        said.remote = outcome->remote;
        what = outcome->fate == SPOOL_DELIVERED ? "delivered"
               : outcome->fate == SPOOL_FAILED  ? "failed"
                                                : "deferred";
    }
    struct slice dialogue = outcome->fate == SPOOL_DELIVERED ? SLICE("") : settlement->dialogue;
    enum rc rc =
        recording_outcome(arena, &settlement->delivery->core->writer_thread, settlement->message.id,
                          &said, what, dialogue, settlement->now_ms, &why);
    if (rc != RC_OK)
        *err = why;
    return rc == RC_OK ? settled : rc;
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
    enum rc rc =
        spool_settle(database, arena, &outcome, &schedule, settlement->now_ms, row, over, err);
    return rc == RC_OK || rc == RC_CONFLICT ? record(settlement, arena, &outcome, row, rc, err)
                                            : rc;
}

/* What it says outlives this run: it is for settle_done. */
static enum rc
brake(struct settlement *settlement, struct database *database, struct err *err)
{
    struct core *core = settlement->delivery->core;
    enum rc rc = braking_settle(database, settlement->arena, &core->constants.brake,
                                &settlement->message, settlement->weighed, settlement->refused,
                                settlement->now_ms, &settlement->braking, err);
    if (rc == RC_OK)
        rc = alarm_braked(settlement->arena, &core->constants, database, &settlement->braking,
                          settlement->now_ms, err);
    return rc == RC_OK ? recording_braked(settlement->arena, &core->writer_thread,
                                          &settlement->braking, settlement->now_ms, err)
                       : rc;
}

/* May run again and again while the store is full: `arena` is of this run alone. */
static enum rc
settle_in(struct settlement *settlement, struct database *database, struct arena *arena,
          struct err *err)
{
    struct recipient_row *failed = ARENA_ARRAY(arena, struct recipient_row, settlement->count);
    size_t failed_count = 0;
    enum rc rc = RC_OK;
    settlement->delivered = settlement->deferred = settlement->bounced = 0;
    settlement->weighed = settlement->refused = 0;
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
            failed[failed_count++] = row;
        settlement->bounced += over;
        if (!settlement->outcomes[i].simulated) {
            settlement->weighed += row.state == RECIPIENT_DELIVERED;
            settlement->refused += row.state == RECIPIENT_BOUNCED;
        }
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
        rc = spool_count(database, &settlement->message, (int64_t)settlement->delivered,
                         (int64_t)settlement->deferred, settlement->now_ms, err);
    if (rc == RC_OK)
        rc = spool_close_if_done(database, settlement->message.key, err);
    return rc == RC_OK ? brake(settlement, database, err) : rc;
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

/* ---- to the writer and back ---- */

static void settle_done(struct write_job *write);

static void
settle(struct settlement *settlement)
{
    settlement->write = (struct write_job){
        .run = settle_run, .done = settle_done, .guarded = true, .patience_ms = WRITER_PATIENCE_MS};
    writer_submit(settlement->delivery->core->writer, &settlement->write);
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
    alarms_braked(delivery->core, &settlement->braking);
    if (settlement->reported || settlement->next_ms != INT64_MAX)
        due_wake(delivery);
    arena_free(settlement->arena);
    free(settlement);
    delivery_pump(delivery);
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
settle_finish(struct delivery *delivery)
{
    for (struct settlement *each = delivery->unsettled; each; each = each->next)
        each->mode = REPORT_LATER;
    settle_again(delivery);
}

/* ---- what is told ---- */

static struct settlement *
settlement_new(struct delivery *delivery, struct lease *lease)
{
    struct settlement *settlement = NEW(struct settlement);
    settlement->delivery = delivery;
    settlement->arena = arena_new();
    settlement->lease = lease;
    lease->settling = true;
    due_back(delivery, lease);
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
bool
settle_outcome(struct delivery *delivery, struct slice payload)
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
        settlement->dialogue = arena_dup(settlement->arena, message.dialogue);
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
void
settle_capture(struct delivery *delivery, struct lease *lease)
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
bool
settle_simulated(struct delivery *delivery, struct lease *lease)
{
    struct address address;
    struct err err;
    if (address_parse(lease->arena, lease->recipients[0], &address, &err) != RC_OK ||
        !gate_is_simulator(delivery->core->constants.hostname, &address))
        return false;
    /* One lease may name several boxes; each settles on its own. */
    struct settlement *settlement = settlement_new(delivery, lease);
    settlement->count = lease->recipient_count;
    /* What `postern check` sent is read there. Others' mail to the simulator counts for no daily quota
     * and must not stay. */
    settlement->captured = slice_is(lease->message.service, "check");
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
            .simulated = true,
        };
    }
    log_outcomes(settlement);
    settle(settlement);
    return true;
}

void
settle_init(struct delivery *delivery)
{
    delivery->unsettled_timer = timer_new(delivery->core->loop, settle_again, delivery);
}
