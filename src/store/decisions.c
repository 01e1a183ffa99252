#include "decisions.h"
#include "base/clock.h"
#include "message_key.h"

enum { EXPIRE_AT_ONCE = 1000 };

enum rc
decisions_insert(struct database *db, const struct decision_row *row, struct err *err)
{
    struct query q = query_start(
        db, "INSERT INTO decision (key, at_ms, user_name, access_key, source_ip, action, "
            "reverse_path, header_from, recipients, reason, policy, statement, resource, reply, "
            "address) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    query_i64(&q, row->key);
    query_i64(&q, row->at_ms);
    query_text(&q, row->user_name);
    query_text(&q, row->access_key);
    query_text(&q, row->source_ip);
    query_text(&q, row->action);
    query_text(&q, row->reverse_path);
    query_text(&q, row->header_from);
    query_i64(&q, row->recipients);
    query_text(&q, row->reason);
    query_text(&q, row->policy);
    query_i64(&q, row->statement);
    query_text(&q, row->resource);
    query_text(&q, row->reply);
    query_text(&q, row->address);
    return query_run(&q, err);
}

enum rc
decisions_list(struct database *db, struct arena *arena, const struct decision_filter *filter,
               struct decision_row **out, size_t *count, struct err *err)
{
    struct decision_row *rows = NULL;
    size_t len = 0, cap = 0;
    int64_t low, high;
    message_key_range_ms(filter->since_ms, filter->since_ms, &low, &high);
    /* Both tables take their keys from one counter, so one order serves both. */
    struct query q = query_start(
        db,
        "SELECT key, at_ms, user_name, access_key, source_ip, action, reverse_path, header_from, "
        "recipients, reason, policy, statement, resource, reply, '', address FROM decision "
        "WHERE key >= ?1 AND (?2 = '' OR user_name = ?2) AND (?3 = '' OR header_from = ?3 OR "
        "reverse_path = ?3 OR address = ?3) AND key < ?5 AND ?6 = 0 UNION ALL "
        "SELECT key, accepted_ms, user_name, access_key, source_ip, 'ses:SendRawEmail', "
        "reverse_path, header_from, recipients, 'allowed', policy, statement, resource, '250 Ok', "
        "id, '' FROM message "
        "WHERE key >= ?1 AND (?2 = '' OR user_name = ?2) AND (?3 = '' OR header_from = ?3 OR "
        "reverse_path = ?3) AND key < ?5 AND ?7 = 0 ORDER BY 1 DESC LIMIT ?4");
    query_i64(&q, low);
    query_text(&q, filter->user_name);
    query_text(&q, filter->from);
    query_i64(&q, filter->limit);
    query_i64(&q, filter->before > 0 ? filter->before : INT64_MAX);
    query_i64(&q, filter->only_allowed);
    query_i64(&q, filter->only_refused);
    while (query_row(&q)) {
        rows = arena_grow(arena, rows, sizeof *rows, len, &cap);
        rows[len++] = (struct decision_row){
            .key = query_column_i64(&q, 0),
            .at_ms = query_column_i64(&q, 1),
            .user_name = query_column_text(&q, arena, 2),
            .access_key = query_column_text(&q, arena, 3),
            .source_ip = query_column_text(&q, arena, 4),
            .action = query_column_text(&q, arena, 5),
            .reverse_path = query_column_text(&q, arena, 6),
            .header_from = query_column_text(&q, arena, 7),
            .recipients = query_column_i64(&q, 8),
            .reason = query_column_text(&q, arena, 9),
            .policy = query_column_text(&q, arena, 10),
            .statement = query_column_i64(&q, 11),
            .resource = query_column_text(&q, arena, 12),
            .reply = query_column_text(&q, arena, 13),
            .message_id = query_column_text(&q, arena, 14),
            .address = query_column_text(&q, arena, 15),
        };
    }
    *out = rows;
    *count = len;
    return query_end(&q, err);
}

enum rc
decisions_expire(struct database *db, int64_t before_ms, bool *more, struct err *err)
{
    int64_t low, high;
    message_key_range_ms(before_ms, before_ms, &low, &high);
    struct query q = query_start(db, "DELETE FROM decision WHERE key IN (SELECT key FROM decision "
                                     "WHERE key < ? ORDER BY key LIMIT ?)");
    query_i64(&q, low);
    query_i64(&q, EXPIRE_AT_ONCE);
    enum rc rc = query_run(&q, err);
    if (rc != RC_OK)
        return rc;
    *more = database_changes(db) == EXPIRE_AT_ONCE;
    q = query_start(db, "DELETE FROM stranger WHERE hour < ?");
    query_i64(&q, before_ms / HOUR_MS);
    return query_run(&q, err);
}

enum rc
decisions_forget(struct database *db, struct slice address, struct err *err)
{
    struct query q = query_start(db, "DELETE FROM decision WHERE reverse_path = ?1 COLLATE NOCASE "
                                     "OR header_from = ?1 COLLATE NOCASE OR address = ?1 COLLATE "
                                     "NOCASE OR user_name = ?1 COLLATE NOCASE");
    query_text(&q, address);
    return query_run(&q, err);
}

enum rc
strangers_count(struct database *db, int64_t now_ms, struct slice network, const char *reason,
                int64_t attempts, struct slice user, struct err *err)
{
    struct query q = query_start(
        db, "INSERT INTO stranger (hour, network, reason, attempts, last_ms, last_user) VALUES "
            "(?1, CASE WHEN (SELECT count(*) FROM stranger WHERE hour = ?1) < ?2 OR EXISTS (SELECT "
            "1 FROM stranger WHERE hour = ?1 AND network = ?3 AND reason = ?4) THEN ?3 ELSE "
            "'" STRANGERS_OTHER "' END, ?4, ?5, ?6, ?7) ON CONFLICT (hour, network, reason) DO "
            "UPDATE SET attempts = attempts + excluded.attempts, last_ms = excluded.last_ms, "
            "last_user = excluded.last_user");
    query_i64(&q, now_ms / HOUR_MS);
    query_i64(&q, STRANGERS_PER_HOUR_MAX);
    query_text(&q, network);
    query_text(&q, slice_of(reason));
    query_i64(&q, attempts);
    query_i64(&q, now_ms);
    query_text(&q, user);
    return query_run(&q, err);
}

enum rc
strangers_list(struct database *db, struct arena *arena, int64_t since_ms,
               struct stranger_row **out, size_t *count, struct err *err)
{
    struct stranger_row *rows = NULL;
    size_t len = 0, cap = 0;
    struct query q = query_start(db, "SELECT hour, attempts, last_ms, network, reason, last_user "
                                     "FROM stranger WHERE hour >= ? ORDER BY last_ms DESC LIMIT "
                                     "1000");
    query_i64(&q, since_ms / HOUR_MS);
    while (query_row(&q)) {
        rows = arena_grow(arena, rows, sizeof *rows, len, &cap);
        rows[len++] = (struct stranger_row){
            .hour = query_column_i64(&q, 0),
            .attempts = query_column_i64(&q, 1),
            .last_ms = query_column_i64(&q, 2),
            .network = query_column_text(&q, arena, 3),
            .reason = query_column_text(&q, arena, 4),
            .last_user = query_column_text(&q, arena, 5),
        };
    }
    *out = rows;
    *count = len;
    return query_end(&q, err);
}
