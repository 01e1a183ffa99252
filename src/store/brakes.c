#include "brakes.h"
#include "messages.h"

#define COLUMNS                                                                                    \
    "b.access_key, b.user_name, b.memory, b.sent_before, b.tripped_ms, b.reason, b.words, "        \
    "b.held_bytes, EXISTS "                                                                        \
    "(SELECT 1 FROM canary c WHERE c.access_key = b.access_key)"

static void
read_row(struct query *q, struct arena *arena, struct brake_row *row)
{
    *row = (struct brake_row){
        .access_key = query_column_text(q, arena, 0),
        .user_name = query_column_text(q, arena, 1),
        .memory = query_column_text(q, arena, 2),
        .sent_before = query_column_i64(q, 3),
        .tripped_ms = query_column_i64(q, 4),
        .reason = query_column_text(q, arena, 5),
        .words = query_column_text(q, arena, 6),
        .held_bytes = query_column_i64(q, 7),
        .canary = query_column_i64(q, 8) != 0,
    };
}

/* What is held is counted for all of them at once. */
#define LISTED                                                                                     \
    "WITH held AS (SELECT m.access_key AS key, count(*) AS number FROM recipient r CROSS JOIN "    \
    "message m ON m.key = r.key / 1024 WHERE r.state = 1 AND r.held_by = '" HELD_BY_BRAKE          \
    "' GROUP BY m.access_key) SELECT " COLUMNS ", coalesce(h.number, 0), coalesce(k.active, 0) "   \
    "FROM brake b LEFT JOIN held h ON h.key = b.access_key LEFT JOIN access_key k ON k.id = "      \
    "b.access_key "

enum rc
brakes_find(struct database *db, struct arena *arena, struct slice access_key,
            struct brake_row *out, struct err *err)
{
    struct query q = query_start(db, "SELECT " COLUMNS " FROM brake b WHERE b.access_key = ?");
    query_text(&q, access_key);
    bool found = query_row(&q);
    if (found)
        read_row(&q, arena, out);
    enum rc rc = query_end(&q, err);
    if (rc != RC_OK || found)
        return rc;
    *out = (struct brake_row){.access_key = access_key};
    q = query_start(db, "SELECT 1 FROM canary WHERE access_key = ?");
    query_text(&q, access_key);
    out->canary = query_row(&q);
    return query_end(&q, err);
}

enum rc
brakes_put(struct database *db, const struct brake_row *row, struct err *err)
{
    struct query q = query_start(
        db, "INSERT INTO brake VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (access_key) "
            "DO UPDATE SET user_name = excluded.user_name, memory = excluded.memory, "
            "tripped_ms = excluded.tripped_ms, reason = excluded.reason, words = "
            "excluded.words, held_bytes = excluded.held_bytes");
    query_text(&q, row->access_key);
    query_text(&q, row->user_name);
    query_blob(&q, row->memory);
    query_i64(&q, row->sent_before);
    query_i64(&q, row->tripped_ms);
    query_text(&q, row->reason);
    query_text(&q, row->words);
    query_i64(&q, row->held_bytes);
    return query_run(&q, err);
}

static enum rc
collect(struct query *q, struct arena *arena, struct brake_row **out, size_t *count,
        struct err *err)
{
    struct brake_row *rows = NULL;
    size_t len = 0, cap = 0;
    while (query_row(q)) {
        rows = arena_grow(arena, rows, sizeof *rows, len, &cap);
        read_row(q, arena, &rows[len]);
        rows[len].held = query_column_i64(q, 9);
        rows[len++].active = query_column_i64(q, 10) != 0;
    }
    *out = rows;
    *count = len;
    return query_end(q, err);
}

enum rc
brakes_of(struct database *db, struct arena *arena, struct slice target, struct brake_row **out,
          size_t *count, struct err *err)
{
    struct query q = query_start(
        db, LISTED "WHERE b.access_key = ?1 OR b.access_key IN (SELECT id FROM access_key "
                   "WHERE iam_user = ?2) OR lower(b.user_name) = ?2 ORDER BY "
                   "b.access_key");
    query_text(&q, target);
    query_text(&q, arena_lower(arena, target));
    return collect(&q, arena, out, count, err);
}

enum rc
brakes_tripped(struct database *db, struct arena *arena, struct brake_row **out, size_t *count,
               struct err *err)
{
    struct query q = query_start(db, LISTED "WHERE b.tripped_ms > 0 ORDER BY b.tripped_ms");
    return collect(&q, arena, out, count, err);
}

enum rc
brakes_count_tripped(struct database *db, int64_t *count, struct err *err)
{
    struct query q =
        query_start(db, "SELECT count(*) FROM brake JOIN access_key ON id = access_key "
                        "WHERE tripped_ms > 0 AND active <> 0");
    *count = query_row(&q) ? query_column_i64(&q, 0) : 0;
    return query_end(&q, err);
}

enum rc
brakes_inherit(struct database *db, struct slice from_key, struct slice to_key, struct err *err)
{
    struct query q =
        query_start(db, "INSERT INTO brake SELECT ?2, user_name, memory, sent_before, "
                        "0, '', '', 0 FROM brake WHERE access_key = ?1 AND tripped_ms = "
                        "0");
    query_text(&q, from_key);
    query_text(&q, to_key);
    return query_run(&q, err);
}

enum rc
brakes_forget(struct database *db, struct slice access_key, bool off, struct err *err)
{
    struct query q =
        query_start(db, "DELETE FROM brake WHERE access_key = ?1 AND NOT EXISTS (SELECT 1 FROM "
                        "access_key WHERE id = ?1 AND (active <> 0 OR NOT ?2))");
    query_text(&q, access_key);
    query_i64(&q, off);
    return query_run(&q, err);
}
