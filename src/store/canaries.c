#include "canaries.h"

enum rc
canaries_insert(struct database *db, struct slice access_key, int64_t now_ms, struct err *err)
{
    struct query q = query_start(db, "INSERT INTO canary VALUES (?, ?, 0, 0, '')");
    query_text(&q, access_key);
    query_i64(&q, now_ms);
    return query_run(&q, err);
}

enum rc
canaries_is(struct database *db, struct slice access_key, bool *is, struct err *err)
{
    struct query q = query_start(db, "SELECT 1 FROM canary WHERE access_key = ?");
    query_text(&q, access_key);
    *is = query_row(&q);
    return query_end(&q, err);
}

enum rc
canaries_count_use(struct database *db, struct slice access_key, int64_t now_ms, struct slice words,
                   struct err *err)
{
    struct query q = query_start(
        db, "UPDATE canary SET uses = uses + 1, used_ms = ?, last_use = ? WHERE access_key = ?");
    query_i64(&q, now_ms);
    query_text(&q, words);
    query_text(&q, access_key);
    enum rc rc = query_run(&q, err);
    if (rc == RC_OK && database_changes(db) == 0)
        return err_set(err, RC_NOT_FOUND, "%.*s is no canary", SLICE_ARG(access_key));
    return rc;
}

enum rc
canaries_list(struct database *db, struct arena *arena, struct canary_row **out, size_t *count,
              struct err *err)
{
    struct canary_row *rows = NULL;
    size_t len = 0, cap = 0;
    struct query q =
        query_start(db, "SELECT c.access_key, u.name, k.active, c.created_ms, c.uses, c.used_ms, "
                        "c.last_use FROM canary c JOIN access_key k ON k.id = c.access_key JOIN "
                        "iam_user u ON u.folded = k.iam_user ORDER BY c.created_ms, c.access_key");
    while (query_row(&q)) {
        rows = arena_grow(arena, rows, sizeof *rows, len, &cap);
        rows[len++] = (struct canary_row){
            .access_key = query_column_text(&q, arena, 0),
            .user_name = query_column_text(&q, arena, 1),
            .active = query_column_i64(&q, 2) != 0,
            .created_ms = query_column_i64(&q, 3),
            .uses = query_column_i64(&q, 4),
            .used_ms = query_column_i64(&q, 5),
            .last_use = query_column_text(&q, arena, 6),
        };
    }
    *out = rows;
    *count = len;
    return query_end(&q, err);
}
