#include "messages.h"
#include "message_key.h"

#include <assert.h>

enum { EXPIRE_AT_ONCE = 100 };

static const char *const state_names[] = {"queued",  "held",       "delivered", "bounced",
                                          "expired", "suppressed", "dropped"};
static_assert(sizeof state_names / sizeof state_names[0] == RECIPIENT_STATE_COUNT, "all named");

const char *
recipient_state_name(enum recipient_state state)
{
    return state_names[state];
}

#define MESSAGE_COLUMNS                                                                            \
    "key, id, accepted_ms, open, user_name, access_key, source_ip, client_name, tls, service, "    \
    "reverse_path, wire_path, header_from, header, body_bytes, eight_bit, captured, recipients, "  \
    "configuration_set, policy, statement, resource, hidden, tags, counted, tls_required"

enum rc
messages_insert(struct database *db, const struct message_row *row, struct err *err)
{
    struct query q =
        query_start(db, "INSERT INTO message (" MESSAGE_COLUMNS ") VALUES (?, ?, ?, "
                        "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    query_i64(&q, row->key);
    query_text(&q, row->id);
    query_i64(&q, row->accepted_ms);
    query_i64(&q, row->open);
    query_text(&q, row->user_name);
    query_text(&q, row->access_key);
    query_text(&q, row->source_ip);
    query_text(&q, row->client_name);
    query_text(&q, row->tls);
    query_text(&q, row->service);
    query_text(&q, row->reverse_path);
    query_text(&q, row->wire_path);
    query_text(&q, row->header_from);
    query_blob(&q, row->header);
    query_i64(&q, row->body_bytes);
    query_i64(&q, row->eight_bit);
    query_i64(&q, row->captured);
    query_i64(&q, row->recipients);
    query_text(&q, row->configuration_set);
    query_text(&q, row->policy);
    query_i64(&q, row->statement);
    query_text(&q, row->resource);
    query_i64(&q, row->hidden);
    query_text(&q, row->tags);
    query_i64(&q, row->counted);
    query_i64(&q, row->tls_required);
    return query_run(&q, err);
}

static void
read_message(struct query *q, struct arena *arena, struct message_row *row)
{
    *row = (struct message_row){
        .key = query_column_i64(q, 0),
        .id = query_column_text(q, arena, 1),
        .accepted_ms = query_column_i64(q, 2),
        .open = query_column_i64(q, 3) != 0,
        .user_name = query_column_text(q, arena, 4),
        .access_key = query_column_text(q, arena, 5),
        .source_ip = query_column_text(q, arena, 6),
        .client_name = query_column_text(q, arena, 7),
        .tls = query_column_text(q, arena, 8),
        .service = query_column_text(q, arena, 9),
        .reverse_path = query_column_text(q, arena, 10),
        .wire_path = query_column_text(q, arena, 11),
        .header_from = query_column_text(q, arena, 12),
        .header = query_column_text(q, arena, 13),
        .body_bytes = query_column_i64(q, 14),
        .eight_bit = query_column_i64(q, 15) != 0,
        .captured = query_column_i64(q, 16) != 0,
        .recipients = query_column_i64(q, 17),
        .configuration_set = query_column_text(q, arena, 18),
        .policy = query_column_text(q, arena, 19),
        .statement = query_column_i64(q, 20),
        .resource = query_column_text(q, arena, 21),
        .hidden = query_column_i64(q, 22) != 0,
        .tags = query_column_text(q, arena, 23),
        .counted = query_column_i64(q, 24),
        .tls_required = query_column_i64(q, 25) != 0,
    };
}

enum rc
messages_find(struct database *db, struct arena *arena, int64_t key, struct message_row *out,
              struct err *err)
{
    struct query q = query_start(db, "SELECT " MESSAGE_COLUMNS " FROM message WHERE key = ?");
    query_i64(&q, key);
    bool found = query_row(&q);
    if (found)
        read_message(&q, arena, out);
    enum rc rc = query_end(&q, err);
    if (rc == RC_OK && !found)
        return err_set(err, RC_NOT_FOUND, "there is no such message");
    return rc;
}

enum rc
messages_find_id(struct database *db, struct arena *arena, struct slice id, struct message_row *out,
                 struct err *err)
{
    /* An id carries the time of its key (message_key.h), so one second of keys holds it. */
    int64_t low, high;
    struct query q = query_start(db, "SELECT " MESSAGE_COLUMNS
                                     " FROM message WHERE id = ?1 AND key BETWEEN ?2 AND ?3");
    message_key_range(id, &low, &high);
    query_text(&q, id);
    query_i64(&q, low);
    query_i64(&q, high);
    bool found = query_row(&q);
    if (found)
        read_message(&q, arena, out);
    enum rc rc = query_end(&q, err);
    if (rc == RC_OK && !found)
        return err_set(err, RC_NOT_FOUND, "there is no message %.*s", SLICE_ARG(id));
    return rc;
}

enum rc
messages_id(struct database *db, struct arena *arena, int64_t key, struct slice *out,
            struct err *err)
{
    struct query q = query_start(db, "SELECT id FROM message WHERE key = ?");
    query_i64(&q, key);
    bool found = query_row(&q);
    if (found)
        *out = query_column_text(&q, arena, 0);
    enum rc rc = query_end(&q, err);
    return rc == RC_OK && !found ? err_set(err, RC_NOT_FOUND, "there is no such message") : rc;
}

enum rc
messages_set_captured(struct database *db, int64_t key, struct err *err)
{
    struct query q = query_start(db, "UPDATE message SET captured = 1 WHERE key = ?");
    query_i64(&q, key);
    return query_run(&q, err);
}

enum rc
messages_newest_key(struct database *db, int64_t *key, struct err *err)
{
    /* Decisions take their keys from the same counter. */
    struct query q = query_start(db, "SELECT max(key) FROM (SELECT max(key) AS key FROM message "
                                     "UNION ALL SELECT max(key) FROM decision)");
    *key = query_row(&q) ? query_column_i64(&q, 0) : 0;
    return query_end(&q, err);
}

enum rc
messages_finish(struct database *db, int64_t key, struct err *err)
{
    struct query q =
        query_start(db, "UPDATE message SET open = 0 WHERE key = ? RETURNING captured");
    query_i64(&q, key);
    bool captured = query_row(&q) && query_column_i64(&q, 0) != 0;
    enum rc rc = query_end(&q, err);
    return rc == RC_OK && !captured ? chunks_delete(db, key, err) : rc;
}

enum rc
messages_count_feedback(struct database *db, int64_t key, int64_t max, struct err *err)
{
    struct query q = query_start(
        db, "UPDATE message SET feedback = feedback + 1 WHERE key = ? AND feedback < ?");
    query_i64(&q, key);
    query_i64(&q, max);
    enum rc rc = query_run(&q, err);
    if (rc == RC_OK && database_changes(db) == 0)
        return err_set(err, RC_LIMIT, "%d reports about this message were passed on", (int)max);
    return rc;
}

enum rc
messages_has_open(struct database *db, int64_t key, bool *open, struct err *err)
{
    struct query q =
        query_start(db, "SELECT 1 FROM recipient WHERE key BETWEEN ? AND ? AND state <= 1 LIMIT 1");
    query_i64(&q, message_part_key(key, 0));
    query_i64(&q, message_part_key(key, MESSAGE_PARTS_MAX - 1));
    *open = query_row(&q);
    return query_end(&q, err);
}

static enum rc
waits_with(struct database *db, const char *sql, struct slice text,
           bool (*is_it)(const void *ctx, struct slice header), const void *ctx, bool *waits,
           struct err *err)
{
    struct arena *arena = arena_new();
    struct query q = query_start(db, sql);
    query_blob(&q, text);
    while (!*waits && query_row(&q)) {
        *waits = is_it(ctx, query_column_text(&q, arena, 0));
        arena_reset(arena);
    }
    arena_free(arena);
    return query_end(&q, err);
}

enum rc
messages_any_waits_with(struct database *db, struct slice text,
                        bool (*is_it)(const void *ctx, struct slice header), const void *ctx,
                        bool *waits, struct err *err)
{
    *waits = false;
    /* One after the other, so that each is read from the index of its state. */
    enum rc rc = waits_with(db,
                            "SELECT header FROM recipient JOIN message ON message.key = "
                            "recipient.key / 1024 WHERE state = 0 AND instr(header, ?) > 0",
                            text, is_it, ctx, waits, err);
    if (rc != RC_OK || *waits)
        return rc;
    return waits_with(db,
                      "SELECT header FROM recipient JOIN message ON message.key = "
                      "recipient.key / 1024 WHERE state = 1 AND instr(header, ?) > 0",
                      text, is_it, ctx, waits, err);
}

enum rc
messages_since(struct database *db, int64_t since_ms,
               void (*each)(void *ctx, int64_t accepted_ms, uint32_t recipients), void *ctx,
               struct err *err)
{
    struct query q =
        query_start(db, "SELECT accepted_ms, counted FROM message WHERE accepted_ms >= ?");
    query_i64(&q, since_ms);
    while (query_row(&q))
        each(ctx, query_column_i64(&q, 0), (uint32_t)query_column_i64(&q, 1));
    return query_end(&q, err);
}

static enum rc
delete_parts(struct database *db, const char *sql, int64_t key, struct err *err)
{
    struct query q = query_start(db, sql);
    query_i64(&q, message_part_key(key, 0));
    query_i64(&q, message_part_key(key, MESSAGE_PARTS_MAX - 1));
    return query_run(&q, err);
}

static enum rc
delete_message(struct database *db, int64_t key, struct err *err)
{
    enum rc rc = chunks_delete(db, key, err);
    if (rc == RC_OK)
        rc = delete_parts(db, "DELETE FROM recipient WHERE key BETWEEN ? AND ?", key, err);
    if (rc == RC_OK)
        rc = delete_parts(db, "DELETE FROM recipient_record WHERE recipient BETWEEN ? AND ?", key,
                          err);
    if (rc != RC_OK)
        return rc;
    struct query q = query_start(db, "DELETE FROM message WHERE key = ?");
    query_i64(&q, key);
    return query_run(&q, err);
}

enum rc
messages_forget(struct database *db, struct arena *arena, struct slice address, int64_t *forgotten,
                int64_t *waiting, struct err *err)
{
    int64_t *keys = NULL;
    size_t count = 0, cap = 0;
    *forgotten = *waiting = 0;
    struct query q = query_start(
        db, "SELECT key, open FROM message WHERE key IN (SELECT key / 1024 FROM recipient WHERE "
            "address = ?1 COLLATE NOCASE) OR reverse_path = ?1 COLLATE NOCASE OR header_from = ?1 "
            "COLLATE NOCASE");
    query_text(&q, address);
    while (query_row(&q)) {
        if (query_column_i64(&q, 1) != 0) {
            ++*waiting;
            continue;
        }
        keys = arena_grow(arena, keys, sizeof *keys, count, &cap);
        keys[count++] = query_column_i64(&q, 0);
    }
    enum rc rc = query_end(&q, err);
    for (size_t i = 0; rc == RC_OK && i < count; i++)
        rc = delete_message(db, keys[i], err);
    *forgotten = (int64_t)count;
    return rc;
}

enum rc
messages_expire(struct database *db, int64_t before_ms, bool *more, struct err *err)
{
    int64_t keys[EXPIRE_AT_ONCE], low, high;
    size_t count = 0;
    message_key_range_ms(before_ms, before_ms, &low, &high);
    struct query q = query_start(db, "SELECT key FROM message WHERE key < ? AND open = 0 LIMIT ?");
    query_i64(&q, low);
    query_i64(&q, EXPIRE_AT_ONCE);
    while (count < EXPIRE_AT_ONCE && query_row(&q))
        keys[count++] = query_column_i64(&q, 0);
    enum rc rc = query_end(&q, err);
    for (size_t i = 0; rc == RC_OK && i < count; i++)
        rc = delete_message(db, keys[i], err);
    *more = count == EXPIRE_AT_ONCE;
    return rc;
}

/* ---- bodies ---- */

enum rc
chunks_insert(struct database *db, int64_t message_key, uint32_t number, struct slice bytes,
              struct err *err)
{
    struct query q = query_start(db, "INSERT INTO chunk (key, bytes) VALUES (?, ?)");
    query_i64(&q, message_part_key(message_key, number));
    query_blob(&q, bytes);
    return query_run(&q, err);
}

enum rc
chunks_find(struct database *db, struct arena *arena, int64_t message_key, uint32_t number,
            struct slice *bytes, struct err *err)
{
    struct query q = query_start(db, "SELECT bytes FROM chunk WHERE key = ?");
    query_i64(&q, message_part_key(message_key, number));
    bool found = query_row(&q);
    if (found)
        *bytes = query_column_text(&q, arena, 0);
    enum rc rc = query_end(&q, err);
    if (rc == RC_OK && !found)
        return err_set(err, RC_NOT_FOUND, "the body is no longer kept");
    return rc;
}

enum rc
chunks_delete(struct database *db, int64_t message_key, struct err *err)
{
    return delete_parts(db, "DELETE FROM chunk WHERE key BETWEEN ? AND ?", message_key, err);
}

enum rc
chunks_sweep(struct database *db, struct err *err)
{
    struct query q = query_start(
        db, "DELETE FROM chunk WHERE NOT EXISTS (SELECT 1 FROM message WHERE message.key = "
            "chunk.key / 1024)");
    return query_run(&q, err);
}

/* ---- recipients ---- */

#define RECIPIENT_COLUMNS                                                                          \
    "key, address, domain, state, leased, attempts, next_ms, expires_ms, held_ms, finished_ms, "   \
    "status, reply, remote, held_by"

enum rc
recipients_insert(struct database *db, const struct recipient_row *row, struct err *err)
{
    struct query q = query_start(db, "INSERT INTO recipient (" RECIPIENT_COLUMNS
                                     ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    query_i64(&q, row->key);
    query_text(&q, row->address);
    query_text(&q, row->domain);
    query_i64(&q, row->state);
    query_i64(&q, row->leased);
    query_i64(&q, row->attempts);
    query_i64(&q, row->next_ms);
    query_i64(&q, row->expires_ms);
    query_i64(&q, row->held_ms);
    query_i64(&q, row->finished_ms);
    query_text(&q, row->status);
    query_text(&q, row->reply);
    query_text(&q, row->remote);
    query_text(&q, row->held_by);
    return query_run(&q, err);
}

static enum rc
collect(struct query *q, struct arena *arena, struct recipient_row **out, size_t *count,
        struct err *err)
{
    struct recipient_row *rows = NULL;
    size_t len = 0, cap = 0;
    while (query_row(q)) {
        rows = arena_grow(arena, rows, sizeof *rows, len, &cap);
        rows[len++] = (struct recipient_row){
            .key = query_column_i64(q, 0),
            .address = query_column_text(q, arena, 1),
            .domain = query_column_text(q, arena, 2),
            .state = (enum recipient_state)query_column_i64(q, 3),
            .leased = query_column_i64(q, 4) != 0,
            .attempts = query_column_i64(q, 5),
            .next_ms = query_column_i64(q, 6),
            .expires_ms = query_column_i64(q, 7),
            .held_ms = query_column_i64(q, 8),
            .finished_ms = query_column_i64(q, 9),
            .status = query_column_text(q, arena, 10),
            .reply = query_column_text(q, arena, 11),
            .remote = query_column_text(q, arena, 12),
            .held_by = query_column_text(q, arena, 13),
        };
    }
    *out = rows;
    *count = len;
    return query_end(q, err);
}

enum rc
recipients_of(struct database *db, struct arena *arena, int64_t message_key,
              struct recipient_row **out, size_t *count, struct err *err)
{
    struct query q = query_start(db, "SELECT " RECIPIENT_COLUMNS
                                     " FROM recipient WHERE key BETWEEN ? AND ? ORDER BY key");
    query_i64(&q, message_part_key(message_key, 0));
    query_i64(&q, message_part_key(message_key, MESSAGE_PARTS_MAX - 1));
    return collect(&q, arena, out, count, err);
}

enum rc
recipients_due(struct database *db, struct arena *arena, int64_t now_ms, int64_t limit,
               struct recipient_row **out, size_t *count, struct err *err)
{
    struct query q = query_start(db, "SELECT " RECIPIENT_COLUMNS " FROM recipient WHERE state = 0 "
                                     "AND next_ms <= ? ORDER BY next_ms LIMIT ?");
    query_i64(&q, now_ms);
    query_i64(&q, limit);
    return collect(&q, arena, out, count, err);
}

enum rc
recipients_next_ms(struct database *db, int64_t *next_ms, struct err *err)
{
    struct query q = query_start(db, "SELECT min(next_ms) FROM recipient WHERE state = 0");
    *next_ms = query_row(&q) && !query_column_is_null(&q, 0) ? query_column_i64(&q, 0) : INT64_MAX;
    return query_end(&q, err);
}

enum rc
recipients_lease(struct database *db, int64_t key, int64_t until_ms, struct err *err)
{
    struct query q =
        query_start(db, "UPDATE recipient SET leased = 1, next_ms = ? WHERE key = ? AND state = 0");
    query_i64(&q, until_ms);
    query_i64(&q, key);
    enum rc rc = query_run(&q, err);
    return rc == RC_OK && database_changes(db) == 0 ? RC_CONFLICT : rc;
}

enum rc
recipients_unlease_all(struct database *db, int64_t now_ms, struct err *err)
{
    struct query q = query_start(
        db, "UPDATE recipient SET leased = 0, next_ms = ? WHERE state = 0 AND leased = 1");
    query_i64(&q, now_ms);
    return query_run(&q, err);
}

enum rc
recipients_recall(struct database *db, int64_t now_ms, int64_t latest_ms, struct err *err)
{
    struct query q =
        query_start(db, "UPDATE recipient SET next_ms = ? WHERE state = 0 AND next_ms > ?");
    query_i64(&q, now_ms);
    query_i64(&q, latest_ms);
    return query_run(&q, err);
}

enum rc
recipients_update(struct database *db, const struct recipient_row *row, struct err *err)
{
    struct query q = query_start(
        db, "UPDATE recipient SET state = ?, leased = ?, attempts = ?, next_ms = ?, expires_ms = "
            "?, held_ms = ?, finished_ms = ?, status = ?, reply = ?, remote = ?, held_by = ? "
            "WHERE key = ?");
    query_i64(&q, row->state);
    query_i64(&q, row->leased);
    query_i64(&q, row->attempts);
    query_i64(&q, row->next_ms);
    query_i64(&q, row->expires_ms);
    query_i64(&q, row->held_ms);
    query_i64(&q, row->finished_ms);
    query_text(&q, row->status);
    query_text(&q, row->reply);
    query_text(&q, row->remote);
    query_text(&q, row->held_by);
    query_i64(&q, row->key);
    return query_run(&q, err);
}

enum rc
recipients_find(struct database *db, struct arena *arena, int64_t key, struct recipient_row *out,
                struct err *err)
{
    struct recipient_row *rows;
    size_t count;
    struct query q = query_start(db, "SELECT " RECIPIENT_COLUMNS " FROM recipient WHERE key = ?");
    query_i64(&q, key);
    enum rc rc = collect(&q, arena, &rows, &count, err);
    if (rc == RC_OK && count == 0)
        return err_set(err, RC_NOT_FOUND, "there is no such recipient");
    if (rc == RC_OK)
        *out = rows[0];
    return rc;
}

/* The parameters of a filter come first. */
#define IS_OF                                                                                      \
    "EXISTS (SELECT 1 FROM message m WHERE m.key = recipient.key / 1024 "                          \
    "AND (?1 = '' OR m.access_key = ?1) "                                                          \
    "AND (?2 = '' OR lower(m.user_name) = ?2 OR m.access_key IN (SELECT id FROM access_key WHERE " \
    "iam_user = ?2)) "                                                                             \
    "AND (?3 = '' OR instr(lower(m.header_from), ?3) OR instr(lower(m.reverse_path), ?3))) "       \
    "AND (?4 = '' OR domain = ?4) "

static void
bind_filter(struct query *q, const struct recipient_filter *filter)
{
    query_text(q, filter->access_key);
    query_text(q, filter->user);
    query_text(q, filter->identity);
    query_text(q, filter->site);
}

/* From the indexes of what waits: the table has everything that was ever accepted. */
#define WAITS                                                                                      \
    "key IN (SELECT key FROM recipient WHERE state = 0 UNION ALL SELECT key FROM recipient WHERE " \
    "state = 1) "

enum rc
recipients_waiting(struct database *db, struct arena *arena, const struct recipient_filter *filter,
                   int64_t after, int64_t limit, struct recipient_row **out, size_t *count,
                   struct err *err)
{
    struct query q = query_start(db, "SELECT " RECIPIENT_COLUMNS " FROM recipient WHERE " WAITS
                                     "AND " IS_OF "AND key > ?5 ORDER BY key LIMIT ?6");
    bind_filter(&q, filter);
    query_i64(&q, after);
    query_i64(&q, limit);
    return collect(&q, arena, out, count, err);
}

enum rc
recipients_queued(struct database *db, struct arena *arena, const struct recipient_filter *filter,
                  int64_t **keys, size_t *count, struct err *err)
{
    int64_t *list = NULL;
    size_t len = 0, cap = 0;
    struct query q = query_start(db, "SELECT key FROM recipient WHERE " IS_OF "AND state = 0");
    bind_filter(&q, filter);
    while (query_row(&q)) {
        list = arena_grow(arena, list, sizeof *list, len, &cap);
        list[len++] = query_column_i64(&q, 0);
    }
    *keys = list;
    *count = len;
    return query_end(&q, err);
}

enum rc
recipients_held(struct database *db, struct arena *arena, struct slice access_key, struct slice by,
                int64_t **keys, size_t *count, struct err *err)
{
    int64_t *list = NULL;
    size_t len = 0, cap = 0;
    struct query q =
        query_start(db, "SELECT key FROM recipient WHERE state = 1 AND held_by = ?1 AND "
                        "EXISTS (SELECT 1 FROM message m WHERE m.key = recipient.key / "
                        "1024 AND m.access_key = ?2)");
    query_text(&q, by);
    query_text(&q, access_key);
    while (query_row(&q)) {
        list = arena_grow(arena, list, sizeof *list, len, &cap);
        list[len++] = query_column_i64(&q, 0);
    }
    *keys = list;
    *count = len;
    return query_end(&q, err);
}

enum rc
recipients_count_waiting(struct database *db, int64_t *queued, int64_t *held, struct err *err)
{
    struct query q = query_start(db, "SELECT (SELECT count(*) FROM recipient WHERE state = 0),"
                                     " (SELECT count(*) FROM recipient WHERE state = 1)");
    if (query_row(&q)) {
        *queued = query_column_i64(&q, 0);
        *held = query_column_i64(&q, 1);
    }
    return query_end(&q, err);
}

enum rc
recipients_count(struct database *db, int64_t counts[RECIPIENT_STATE_COUNT], int64_t *accepted,
                 struct err *err)
{
    memset(counts, 0, RECIPIENT_STATE_COUNT * sizeof counts[0]);
    struct query q = query_start(db, "SELECT state, count(*) FROM recipient GROUP BY state");
    while (query_row(&q)) {
        int64_t state = query_column_i64(&q, 0);
        if (state >= 0 && state < RECIPIENT_STATE_COUNT)
            counts[state] = query_column_i64(&q, 1);
    }
    enum rc rc = query_end(&q, err);
    if (rc != RC_OK)
        return rc;
    q = query_start(db, "SELECT coalesce(sum(recipients), 0) FROM message");
    *accepted = query_row(&q) ? query_column_i64(&q, 0) : 0;
    return query_end(&q, err);
}
