#include "spool.h"
#include "base/clock.h"
#include "mail/bounce.h"
#include "store/contacts.h"
#include "store/statistics.h"
#include "store/suppression.h"

enum rc
spool_accept(struct database *db, const struct spool_entry *entry, struct err *err)
{
    enum rc rc = messages_insert(db, &entry->message, err);
    if (rc == RC_OK && entry->staged == 0)
        rc = chunks_insert(db, entry->message.key, 0, entry->body, err);
    else if (rc == RC_OK && entry->body.len > 0)
        rc = chunks_insert(db, entry->message.key, entry->staged, entry->body, err);
    for (uint32_t i = 0; rc == RC_OK && i < entry->recipient_count; i++)
        rc = recipients_insert(db, &entry->recipients[i], err);
    const struct statistic_row accepted = {.start_ms = entry->message.accepted_ms,
                                           .attempts = entry->message.counted};
    return rc == RC_OK && accepted.attempts > 0 ? statistics_add(db, &accepted, err) : rc;
}

enum rc
spool_close_if_done(struct database *db, int64_t message_key, struct err *err)
{
    bool open;
    enum rc rc = messages_has_open(db, message_key, &open, err);
    return rc == RC_OK && !open ? messages_finish(db, message_key, err) : rc;
}

static void
finish(struct recipient_row *row, enum recipient_state state, int64_t now_ms)
{
    row->state = state;
    row->leased = false;
    row->finished_ms = now_ms;
    row->held_by = SLICE("");
}

/* Why it is not sent to: `row` ends with these words. */
static void
suppress(struct recipient_row *row, struct slice status, struct slice reply, int64_t now_ms)
{
    row->status = status;
    row->reply = reply;
    finish(row, RECIPIENT_SUPPRESSED, now_ms);
}

static enum rc
suppress_listed(struct database *db, struct arena *arena, unsigned reasons,
                struct recipient_row *row, int64_t now_ms, struct err *err)
{
    struct suppressed_row listed;
    enum rc rc = suppression_find(db, arena, row->address, &listed, err);
    if (rc == RC_OK && reasons & 1u << listed.reason)
        suppress(row, SLICE(SPOOL_SUPPRESSED_STATUS), SLICE(SPOOL_SUPPRESSED_REPLY), now_ms);
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

/* A list that was deleted just now has no opt-outs any more. */
static enum rc
suppress_opted_out(struct database *db, struct arena *arena, const struct list_management *list,
                   struct recipient_row *row, int64_t now_ms, struct err *err)
{
    bool wants;
    enum rc rc = contacts_wants(db, arena, list->list, list->topic, row->address, &wants, err);
    if (rc == RC_OK && !wants)
        suppress(row, SLICE(SPOOL_UNSUBSCRIBED_STATUS), SLICE(SPOOL_UNSUBSCRIBED_REPLY), now_ms);
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc
spool_suppress(struct database *db, struct arena *arena, struct spool_entry *entry, int64_t now_ms,
               uint32_t *count, struct err *err)
{
    unsigned reasons;
    enum rc rc = suppression_reasons(db, arena, entry->message.configuration_set, &reasons, err);
    *count = 0;
    for (uint32_t i = 0; rc == RC_OK && i < entry->recipient_count; i++) {
        struct recipient_row *row = &entry->recipients[i];
        if (reasons)
            rc = suppress_listed(db, arena, reasons, row, now_ms, err);
        if (rc == RC_OK && row->state == RECIPIENT_QUEUED && entry->list.list.len > 0)
            rc = suppress_opted_out(db, arena, &entry->list, row, now_ms, err);
        *count += row->state == RECIPIENT_SUPPRESSED;
    }
    return rc;
}

static enum rc
learn(struct database *db, struct arena *arena, const struct message_row *message,
      const struct recipient_row *row, enum suppression_reason reason, int64_t now_ms,
      struct err *err)
{
    unsigned reasons;
    const struct suppressed_row entry = {row->address, reason, now_ms, message->id, SLICE("")};
    enum rc rc = suppression_reasons(db, arena, message->configuration_set, &reasons, err);
    return rc == RC_OK && reasons & 1u << reason ? suppression_put(db, arena, &entry, err) : rc;
}

static bool
is_of_system(const struct message_row *message)
{
    return slice_is(message->service, "system");
}

/* What follows from a failure, beside the report. Mail of our own says nothing about the account's. */
static enum rc
follow_failure(struct database *db, struct arena *arena, const struct recipient_row *row,
               int64_t now_ms, struct err *err)
{
    struct message_row message;
    const struct statistic_row bounced = {.start_ms = now_ms, .bounces = 1};
    enum rc rc = messages_find(db, arena, message_of_part(row->key), &message, err);
    if (rc != RC_OK || is_of_system(&message))
        return rc;
    rc = statistics_add(db, &bounced, err);
    if (rc != RC_OK || row->state != RECIPIENT_BOUNCED ||
        !bounce_names_address(row->status, row->reply))
        return rc;
    return learn(db, arena, &message, row, SUPPRESSED_BOUNCE, now_ms, err);
}

enum rc
spool_complain(struct database *db, struct arena *arena, const struct message_row *message,
               int64_t now_ms, struct err *err)
{
    struct recipient_row *rows;
    size_t count;
    const struct statistic_row complained = {.start_ms = now_ms, .complaints = 1};
    enum rc rc = statistics_add(db, &complained, err);
    if (rc == RC_OK)
        rc = recipients_of(db, arena, message->key, &rows, &count, err);
    if (rc != RC_OK || count != 1 || rows[0].state != RECIPIENT_DELIVERED)
        return rc;
    return learn(db, arena, message, &rows[0], SUPPRESSED_COMPLAINT, now_ms, err);
}

/* The words SES reports an expiry with (reference §8.6). */
static void
expire(struct arena *arena, struct recipient_row *row, int64_t accepted_ms, int64_t now_ms)
{
    row->reply =
        arena_printf(arena, "550 4.4.7 Message expired: unable to deliver in %d minutes.<%.*s>",
                     (int)((row->expires_ms - accepted_ms) / MINUTE_MS), SLICE_ARG(row->reply));
    row->status = SLICE("4.4.7");
    finish(row, RECIPIENT_EXPIRED, now_ms);
}

static enum rc
postpone(struct database *db, struct arena *arena, const struct spool_outcome *outcome,
         const struct schedule *schedule, int64_t now_ms, struct recipient_row *row,
         struct err *err)
{
    int64_t next_ms = now_ms + schedule_delay_ms(schedule, row->attempts, outcome->jitter);
    row->leased = false;
    if (now_ms >= row->expires_ms) {
        struct message_row message;
        enum rc rc = messages_find(db, arena, message_of_part(row->key), &message, err);
        if (rc != RC_OK)
            return rc;
        expire(arena, row, message.accepted_ms, now_ms);
        return RC_OK;
    }
    /* The last attempt falls on the end of the lifetime, not before it. */
    row->next_ms = next_ms < row->expires_ms ? next_ms : row->expires_ms;
    return RC_OK;
}

enum rc
spool_settle(struct database *db, struct arena *arena, const struct spool_outcome *outcome,
             const struct schedule *schedule, int64_t now_ms, struct recipient_row *row,
             bool *failed, struct err *err)
{
    enum rc rc = recipients_find(db, arena, outcome->recipient_key, row, err);
    if (rc != RC_OK)
        return rc;
    bool held = row->state == RECIPIENT_HELD;
    bool over = outcome->fate == SPOOL_DELIVERED || outcome->fate == SPOOL_FAILED;
    if (row->state != RECIPIENT_QUEUED && !(held && over))
        return err_set(err, RC_CONFLICT, "the recipient is %s", recipient_state_name(row->state));
    row->attempts += outcome->fate != SPOOL_AGAIN;
    row->status = outcome->status;
    row->reply = outcome->reply;
    row->remote = outcome->remote;
    switch (outcome->fate) {
    case SPOOL_DELIVERED: finish(row, RECIPIENT_DELIVERED, now_ms); break;
    case SPOOL_FAILED: finish(row, RECIPIENT_BOUNCED, now_ms); break;
    case SPOOL_LATER:
        row->leased = false;
        row->next_ms = now_ms + schedule_delay_ms(schedule, row->attempts, outcome->jitter);
        break;
    case SPOOL_AGAIN:
        row->leased = false;
        row->next_ms = now_ms;
        break;
    case SPOOL_RETRY: rc = postpone(db, arena, outcome, schedule, now_ms, row, err); break;
    }
    *failed = row->state == RECIPIENT_BOUNCED || row->state == RECIPIENT_EXPIRED;
    if (rc == RC_OK)
        rc = recipients_update(db, row, err);
    return rc == RC_OK && *failed && !outcome->simulated
               ? follow_failure(db, arena, row, now_ms, err)
               : rc;
}

enum rc
spool_count(struct database *db, const struct message_row *message, int64_t delivered,
            int64_t deferred, int64_t now_ms, struct err *err)
{
    const struct statistic_row row = {
        .start_ms = now_ms, .delivered = delivered, .deferred = deferred};
    return is_of_system(message) || delivered + deferred == 0 ? RC_OK
                                                              : statistics_add(db, &row, err);
}

static enum rc
find_in(struct database *db, struct arena *arena, int64_t key, unsigned states,
        struct recipient_row *row, struct err *err)
{
    enum rc rc = recipients_find(db, arena, key, row, err);
    if (rc == RC_OK && !(states & 1u << row->state))
        return err_set(err, RC_CONFLICT, "the recipient is %s", recipient_state_name(row->state));
    return rc;
}

enum rc
spool_hold_by(struct database *db, struct arena *arena, int64_t recipient_key, struct slice by,
              int64_t now_ms, struct err *err)
{
    struct recipient_row row;
    enum rc rc =
        find_in(db, arena, recipient_key, 1u << RECIPIENT_QUEUED | 1u << RECIPIENT_HELD, &row, err);
    if (rc == RC_OK && row.state == RECIPIENT_HELD && row.held_by.len == 0)
        return err_set(err, RC_CONFLICT, "the recipient is held");
    if (rc != RC_OK)
        return rc;
    if (row.state == RECIPIENT_QUEUED)
        row.held_ms = now_ms;
    row.state = RECIPIENT_HELD;
    row.held_by = by;
    return recipients_update(db, &row, err);
}

enum rc
spool_hold(struct database *db, struct arena *arena, int64_t recipient_key, int64_t now_ms,
           struct err *err)
{
    return spool_hold_by(db, arena, recipient_key, SLICE(""), now_ms, err);
}

enum rc
spool_release(struct database *db, struct arena *arena, int64_t recipient_key, int64_t now_ms,
              struct err *err)
{
    struct recipient_row row;
    enum rc rc = find_in(db, arena, recipient_key, 1u << RECIPIENT_HELD, &row, err);
    if (rc != RC_OK)
        return rc;
    row.state = RECIPIENT_QUEUED;
    row.leased = false;
    row.expires_ms += now_ms > row.held_ms ? now_ms - row.held_ms : 0;
    row.held_ms = 0;
    row.held_by = SLICE("");
    row.next_ms = now_ms;
    return recipients_update(db, &row, err);
}

enum rc
spool_drop(struct database *db, struct arena *arena, int64_t recipient_key, int64_t now_ms,
           struct err *err)
{
    struct recipient_row row;
    enum rc rc =
        find_in(db, arena, recipient_key, 1u << RECIPIENT_QUEUED | 1u << RECIPIENT_HELD, &row, err);
    if (rc != RC_OK)
        return rc;
    finish(&row, RECIPIENT_DROPPED, now_ms);
    rc = recipients_update(db, &row, err);
    return rc == RC_OK ? spool_close_if_done(db, message_of_part(recipient_key), err) : rc;
}

enum rc
spool_retry(struct database *db, struct arena *arena, int64_t recipient_key, int64_t now_ms,
            struct err *err)
{
    struct recipient_row row;
    enum rc rc = find_in(db, arena, recipient_key, 1u << RECIPIENT_QUEUED, &row, err);
    if (rc != RC_OK)
        return rc;
    if (row.leased)
        return err_set(err, RC_CONFLICT, "the recipient is under way");
    row.next_ms = now_ms;
    return recipients_update(db, &row, err);
}
