#include "console_sessions.h"

enum rc
console_sessions_insert(struct database *db, const struct console_session_row *row, struct err *err)
{
    struct query q =
        query_start(db, "INSERT INTO console_session (token_hash, user_id, created_ms, "
                        "used_ms) VALUES (?, ?, ?, ?)");
    query_blob(&q, row->token_hash);
    query_text(&q, row->user_id);
    query_i64(&q, row->created_ms);
    query_i64(&q, row->used_ms);
    return query_run(&q, err);
}

/* Later than now was written before the clock was set back: that is over too. */
#define IN_FORCE                                                                                   \
    "s.created_ms <= ?2 AND s.created_ms > ?2 - ?3 AND s.used_ms <= ?2 AND s.used_ms > ?2 - ?4 "

enum rc
console_sessions_find(struct database *db, struct arena *arena, struct slice token_hash,
                      const struct console_session_limits *limits, int64_t now_ms,
                      struct console_session_row *out, struct user_row *user, struct err *err)
{
    struct query q = query_start(
        db, "SELECT s.token_hash, s.user_id, s.created_ms, s.used_ms, u.folded, u.name, u.id, "
            "u.path, coalesce(u.boundary_arn, ''), u.created_ms, p.reset_required FROM "
            "console_session s "
            "JOIN iam_user u ON u.id = s.user_id JOIN login_profile p ON p.iam_user = u.folded "
            "WHERE s.token_hash = ?1 AND p.changed_ms < s.created_ms AND NOT EXISTS (SELECT 1 "
            "FROM suspension WHERE kind = 0 AND subject = u.id AND until_ms > ?2) AND " IN_FORCE);
    query_blob(&q, token_hash);
    query_i64(&q, now_ms);
    query_i64(&q, limits->lifetime_ms);
    query_i64(&q, limits->idle_ms);
    bool found = query_row(&q);
    if (found) {
        *out = (struct console_session_row){.token_hash = query_column_text(&q, arena, 0),
                                            .user_id = query_column_text(&q, arena, 1),
                                            .created_ms = query_column_i64(&q, 2),
                                            .used_ms = query_column_i64(&q, 3),
                                            .must_change_password = query_column_i64(&q, 10) != 0};
        *user = (struct user_row){.folded = query_column_text(&q, arena, 4),
                                  .name = query_column_text(&q, arena, 5),
                                  .id = query_column_text(&q, arena, 6),
                                  .path = query_column_text(&q, arena, 7),
                                  .boundary_arn = query_column_text(&q, arena, 8),
                                  .created_ms = query_column_i64(&q, 9)};
    }
    enum rc rc = query_end(&q, err);
    return rc == RC_OK && !found ? RC_NOT_FOUND : rc;
}

enum rc
console_sessions_use(struct database *db, struct slice token_hash, int64_t now_ms, struct err *err)
{
    struct query q = query_start(db, "UPDATE console_session SET used_ms = ? WHERE token_hash = ?");
    query_i64(&q, now_ms);
    query_blob(&q, token_hash);
    return query_run(&q, err);
}

enum rc
console_sessions_delete(struct database *db, struct slice token_hash, struct err *err)
{
    struct query q = query_start(db, "DELETE FROM console_session WHERE token_hash = ?");
    query_blob(&q, token_hash);
    return query_run(&q, err);
}

enum rc
console_sessions_delete_of(struct database *db, struct slice user_id, struct err *err)
{
    struct query q = query_start(db, "DELETE FROM console_session WHERE user_id = ?");
    query_text(&q, user_id);
    return query_run(&q, err);
}

enum rc
console_sessions_keep_newest(struct database *db, struct slice user_id, int64_t count,
                             struct err *err)
{
    struct query q = query_start(
        db,
        "DELETE FROM console_session WHERE user_id = ?1 AND token_hash NOT IN (SELECT "
        "token_hash FROM console_session WHERE user_id = ?1 ORDER BY created_ms DESC LIMIT ?2)");
    query_text(&q, user_id);
    query_i64(&q, count);
    return query_run(&q, err);
}

enum rc
console_sessions_sweep(struct database *db, const struct console_session_limits *limits,
                       int64_t now_ms, struct err *err)
{
    struct query q =
        query_start(db, "DELETE FROM console_session AS s WHERE NOT (?1 = ?1 AND " IN_FORCE ")");
    query_i64(&q, now_ms);
    query_i64(&q, now_ms);
    query_i64(&q, limits->lifetime_ms);
    query_i64(&q, limits->idle_ms);
    return query_run(&q, err);
}
