#include "user_tags.h"

enum rc
user_tags_delete(struct database *db, struct slice user_id, struct slice key, struct err *err)
{
    struct query q =
        query_start(db, "DELETE FROM tag WHERE resource = ? AND lower(key) = lower(?)");
    query_text(&q, user_id);
    query_text(&q, key);
    return query_run(&q, err);
}

enum rc
user_tags_put(struct database *db, struct slice user_id, struct slice key, struct slice value,
              struct err *err)
{
    enum rc rc = user_tags_delete(db, user_id, key, err);
    if (rc != RC_OK)
        return rc;
    struct query q = query_start(db, "INSERT INTO tag (resource, key, value) VALUES (?, ?, ?)");
    query_text(&q, user_id);
    query_text(&q, key);
    query_text(&q, value);
    return query_run(&q, err);
}

enum rc
user_tags_page(struct database *db, struct arena *arena, struct slice user_id, struct slice after,
               int64_t limit, struct user_tag_row **out, size_t *count, struct err *err)
{
    struct user_tag_row *rows = NULL;
    size_t len = 0, cap = 0;
    struct query q = query_start(
        db, "SELECT key, value FROM tag WHERE resource = ? AND key > ? ORDER BY key LIMIT ?");
    query_text(&q, user_id);
    query_text(&q, after);
    query_i64(&q, limit);
    while (query_row(&q)) {
        rows = arena_grow(arena, rows, sizeof *rows, len, &cap);
        rows[len].key = query_column_text(&q, arena, 0);
        rows[len++].value = query_column_text(&q, arena, 1);
    }
    *out = rows;
    *count = len;
    return query_end(&q, err);
}
