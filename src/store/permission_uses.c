#include "permission_uses.h"

#include "settings.h"

enum rc
permission_uses_put(struct database *db, struct slice user_id, struct slice action, int64_t now_ms,
                    struct err *err)
{
    struct query q = query_start(
        db, "INSERT INTO permission_use (user_id, action, used_ms) SELECT id, ?2, ?3 FROM iam_user "
            "WHERE id = ?1 ON CONFLICT (user_id, action) DO UPDATE SET used_ms = excluded.used_ms");
    query_text(&q, user_id);
    query_text(&q, action);
    query_i64(&q, now_ms);
    return query_run(&q, err);
}

enum rc
permission_uses_of(struct database *db, struct arena *arena, struct slice user_id,
                   struct permission_use_row **out, size_t *count, struct err *err)
{
    struct permission_use_row *rows = NULL;
    size_t len = 0, cap = 0;
    struct query q = query_start(
        db, "SELECT action, used_ms FROM permission_use WHERE user_id = ? ORDER BY action");
    query_text(&q, user_id);
    while (query_row(&q)) {
        rows = arena_grow(arena, rows, sizeof *rows, len, &cap);
        rows[len++] =
            (struct permission_use_row){query_column_text(&q, arena, 0), query_column_i64(&q, 1)};
    }
    *out = rows;
    *count = len;
    return query_end(&q, err);
}

enum rc
permission_uses_since(struct database *db, struct arena *arena, int64_t *since_ms, struct err *err)
{
    struct slice text;
    uint64_t number = 0;
    enum rc rc = settings_get(db, arena, SETTING_PERMISSION_USES_MS, &text, err);
    if (rc == RC_OK && !slice_u64(text, &number))
        return err_set(err, RC_PERMANENT, "the setting %s is not a number",
                       SETTING_PERMISSION_USES_MS);
    *since_ms = (int64_t)number;
    return rc;
}
