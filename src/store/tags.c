#include "tags.h"

enum rc
tags_put(struct database *db, struct slice resource, const struct tag_row *row, struct err *err)
{
    struct query q = query_start(db, "INSERT INTO tag (resource, key, value) VALUES (?, ?, ?) "
                                     "ON CONFLICT (resource, key) DO UPDATE SET value = "
                                     "excluded.value");
    query_text(&q, resource);
    query_text(&q, row->key);
    query_text(&q, row->value);
    return query_run(&q, err);
}

enum rc
tags_of(struct database *db, struct arena *arena, struct slice resource, struct tag_row **out,
        size_t *count, struct err *err)
{
    struct tag_row *rows = NULL;
    size_t len = 0, cap = 0;
    struct query q = query_start(db, "SELECT key, value FROM tag WHERE resource = ? ORDER BY key");
    query_text(&q, resource);
    while (query_row(&q)) {
        rows = arena_grow(arena, rows, sizeof *rows, len, &cap);
        rows[len++] =
            (struct tag_row){query_column_text(&q, arena, 0), query_column_text(&q, arena, 1)};
    }
    *out = rows;
    *count = len;
    return query_end(&q, err);
}

enum rc
tags_delete_of(struct database *db, struct slice resource, struct err *err)
{
    struct query q = query_start(db, "DELETE FROM tag WHERE resource = ?");
    query_text(&q, resource);
    return query_run(&q, err);
}
