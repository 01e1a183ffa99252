#include "braking.h"

void
braking_memory(const struct brake_row *row, struct brake_memory *out)
{
    brake_read(row->memory, out);
    if (row->memory.len == 0 && row->sent_before > 0)
        out->counts.taught.hour_recipients =
            row->sent_before < UINT32_MAX ? (uint32_t)row->sent_before : UINT32_MAX;
}

static enum rc
put(struct database *db, struct arena *arena, struct brake_row *row,
    const struct brake_memory *memory, struct err *err)
{
    row->memory = brake_write(arena, memory);
    return brakes_put(db, row, err);
}

/* ---- the trip ---- */

/* All that waits of it, what is under way too. */
static enum rc
hold_waiting(struct database *db, struct arena *arena, struct slice access_key, int64_t now_ms,
             struct braking *out, struct err *err)
{
    const struct recipient_filter filter = {.access_key = access_key};
    enum rc rc = recipients_queued(db, arena, &filter, &out->stopped, &out->stopped_count, err);
    for (size_t i = 0; rc == RC_OK && i < out->stopped_count; i++)
        rc = spool_hold_by(db, arena, out->stopped[i], SLICE(HELD_BY_BRAKE), now_ms, err);
    return rc;
}

static enum rc
trip(struct database *db, struct arena *arena, struct brake_row *row,
     const struct brake_verdict *verdict, int64_t now_ms, struct braking *out, struct err *err)
{
    row->tripped_ms = now_ms;
    row->reason = slice_of(brake_reason_name(verdict->reason));
    row->words = brake_words(arena, verdict);
    out->tripped = true;
    out->access_key = row->access_key;
    out->user_name = row->user_name;
    out->reason = row->reason;
    out->words = row->words;
    return hold_waiting(db, arena, row->access_key, now_ms, out, err);
}

/* ---- what comes in ---- */

static void
hold_entry(struct spool_entry *entry, const char *by, int64_t now_ms)
{
    for (uint32_t i = 0; i < entry->recipient_count; i++) {
        struct recipient_row *recipient = &entry->recipients[i];
        if (recipient->state != RECIPIENT_QUEUED)
            continue;
        recipient->state = RECIPIENT_HELD;
        recipient->leased = false;
        recipient->held_ms = now_ms;
        recipient->held_by = slice_of(by);
    }
}

static struct brake_verdict
weigh_entry(struct arena *arena, struct brake_memory *memory, const struct brake_limits *limits,
            const struct spool_entry *entry, bool braked, int64_t now_ms)
{
    uint32_t *domains = ARENA_ARRAY(arena, uint32_t, entry->recipient_count);
    for (uint32_t i = 0; i < entry->recipient_count; i++)
        domains[i] = brake_domain(entry->recipients[i].domain);
    const struct brake_message message = {
        .recipients = (uint32_t)entry->message.counted,
        .domains = domains,
        .domain_count = entry->recipient_count,
        .network = brake_network(entry->message.source_ip),
    };
    return brake_weigh(memory, limits, &message, braked, now_ms);
}

/* Mail of our own, and of `postern check`, which reaches nobody: no credential sent it. */
static bool
is_not_weighed(const struct message_row *message)
{
    return slice_is(message->service, "system") || slice_is(message->service, "check");
}

static int64_t
bytes_of(const struct message_row *message)
{
    return message->body_bytes + (int64_t)message->header.len;
}

static bool
holds(const struct brake_row *row)
{
    return row->canary || row->tripped_ms > 0;
}

/* What is held without end would fill the disk for everybody. */
static enum rc
check_room(const struct brake_limits *limits, const struct brake_row *row,
           const struct message_row *message, struct err *err)
{
    if (!holds(row) || row->held_bytes + bytes_of(message) <= (int64_t)limits->held_bytes)
        return RC_OK;
    return err_set(err, RC_AGAIN, "the brake holds %lld bytes of the access key",
                   (long long)row->held_bytes);
}

static enum rc
weigh(struct database *db, struct arena *arena, const struct brake_limits *limits,
      const struct spool_entry *entry, struct brake_row *row, int64_t now_ms, struct braking *out,
      struct err *err)
{
    struct brake_memory memory;
    bool braked = row->tripped_ms > 0;
    braking_memory(row, &memory);
    struct brake_verdict verdict = weigh_entry(arena, &memory, limits, entry, braked, now_ms);
    row->memory = brake_write(arena, &memory);
    return verdict.reason != BRAKE_NONE && !braked
               ? trip(db, arena, row, &verdict, now_ms, out, err)
               : RC_OK;
}

enum rc
braking_accept(struct database *db, struct arena *arena, const struct brake_limits *limits,
               struct spool_entry *entry, int64_t now_ms, struct braking *out, struct err *err)
{
    struct brake_row row;
    const struct message_row *message = &entry->message;
    *out = (struct braking){0};
    if (is_not_weighed(message))
        return RC_OK;
    enum rc rc = brakes_find(db, arena, message->access_key, &row, err);
    if (rc == RC_OK)
        rc = check_room(limits, &row, message, err);
    if (rc != RC_OK)
        return rc;
    row.user_name = message->user_name;
    if (limits->enabled && !row.canary)
        rc = weigh(db, arena, limits, entry, &row, now_ms, out, err);
    out->holds = holds(&row);
    if (rc == RC_OK && out->holds) {
        hold_entry(entry, row.canary ? HELD_BY_CANARY : HELD_BY_BRAKE, now_ms);
        row.held_bytes += bytes_of(message);
    }
    return rc == RC_OK && (out->holds || limits->enabled) ? brakes_put(db, &row, err) : rc;
}

/* ---- what came of it ---- */

enum rc
braking_settle(struct database *db, struct arena *arena, const struct brake_limits *limits,
               const struct message_row *message, uint32_t delivered, uint32_t failed,
               int64_t now_ms, struct braking *out, struct err *err)
{
    struct brake_row row;
    struct brake_memory memory;
    *out = (struct braking){0};
    if (!limits->enabled || is_not_weighed(message) || delivered + failed == 0)
        return RC_OK;
    enum rc rc = brakes_find(db, arena, message->access_key, &row, err);
    if (rc != RC_OK || row.memory.len == 0) /* nothing that it sent was weighed */
        return rc;
    braking_memory(&row, &memory);
    struct brake_verdict verdict = brake_weigh_outcomes(&memory, limits, delivered, failed);
    if (verdict.reason != BRAKE_NONE && row.tripped_ms == 0)
        rc = trip(db, arena, &row, &verdict, now_ms, out, err);
    return rc == RC_OK ? put(db, arena, &row, &memory, err) : rc;
}

/* ---- what the administrator does ---- */

static enum rc
change_held(struct database *db, struct arena *arena, struct slice access_key, int64_t now_ms,
            enum rc (*change)(struct database *db, struct arena *arena, int64_t key, int64_t now_ms,
                              struct err *err),
            int64_t *changed, struct err *err)
{
    int64_t *keys;
    size_t count;
    enum rc rc = recipients_held(db, arena, access_key, SLICE(HELD_BY_BRAKE), &keys, &count, err);
    for (*changed = 0; rc == RC_OK && (size_t)*changed < count; ++*changed)
        rc = change(db, arena, keys[*changed], now_ms, err);
    return rc;
}

enum rc
braking_release(struct database *db, struct arena *arena, struct brake_row *row, int64_t now_ms,
                int64_t *released, struct err *err)
{
    struct brake_memory memory;
    if (row->tripped_ms == 0)
        return err_set(err, RC_CONFLICT, "%.*s is not braked", SLICE_ARG(row->access_key));
    enum rc rc = change_held(db, arena, row->access_key, now_ms, spool_release, released, err);
    if (rc != RC_OK)
        return rc;
    braking_memory(row, &memory);
    brake_learn(&memory);
    row->tripped_ms = row->held_bytes = 0;
    row->reason = row->words = SLICE("");
    rc = put(db, arena, row, &memory, err);
    return rc == RC_OK ? brakes_forget(db, row->access_key, false, err) : rc;
}

enum rc
braking_drop(struct database *db, struct arena *arena, struct brake_row *row, int64_t now_ms,
             int64_t *dropped, struct err *err)
{
    enum rc rc = change_held(db, arena, row->access_key, now_ms, spool_drop, dropped, err);
    row->held_bytes = 0;
    if (rc == RC_OK)
        rc = brakes_put(db, row, err);
    return rc == RC_OK ? brakes_forget(db, row->access_key, true, err) : rc;
}
