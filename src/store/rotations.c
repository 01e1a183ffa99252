#include "rotations.h"

enum rc
rotations_find(struct database *db, struct slice domain, int64_t algorithm,
               struct rotation_row *out, struct err *err)
{
    struct query q = query_start(db, "SELECT wanted_ms, at_once, warned_ms, next_ms FROM "
                                     "key_rotation WHERE domain = ? AND algorithm = ?");
    query_text(&q, domain);
    query_i64(&q, algorithm);
    bool found = query_row(&q);
    if (found)
        *out = (struct rotation_row){.domain = domain,
                                     .algorithm = algorithm,
                                     .wanted_ms = query_column_i64(&q, 0),
                                     .at_once = query_column_i64(&q, 1) != 0,
                                     .warned_ms = query_column_i64(&q, 2),
                                     .next_ms = query_column_i64(&q, 3)};
    enum rc rc = query_end(&q, err);
    return rc == RC_OK && !found ? RC_NOT_FOUND : rc;
}

enum rc
rotations_put(struct database *db, const struct rotation_row *row, struct err *err)
{
    struct query q = query_start(
        db, "INSERT INTO key_rotation (domain, algorithm, wanted_ms, at_once, warned_ms, next_ms) "
            "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (domain, algorithm) DO UPDATE SET "
            "wanted_ms = excluded.wanted_ms, at_once = excluded.at_once, "
            "warned_ms = excluded.warned_ms, next_ms = excluded.next_ms");
    query_text(&q, row->domain);
    query_i64(&q, row->algorithm);
    query_i64(&q, row->wanted_ms);
    query_i64(&q, row->at_once);
    query_i64(&q, row->warned_ms);
    query_i64(&q, row->next_ms);
    return query_run(&q, err);
}

enum rc
rotations_wake(struct database *db, struct slice domain, int64_t now_ms, struct err *err)
{
    struct query q = query_start(
        db, "INSERT INTO key_rotation (domain, algorithm, wanted_ms, at_once, warned_ms, next_ms) "
            "VALUES (?, 0, 0, 0, 0, ?) ON CONFLICT (domain, algorithm) DO UPDATE SET "
            "next_ms = excluded.next_ms");
    query_text(&q, domain);
    query_i64(&q, now_ms);
    return query_run(&q, err);
}

enum rc
rotations_due(struct database *db, struct arena *arena, int64_t now_ms, int64_t latest_ms,
              int64_t limit, struct slice **domains, size_t *count, struct err *err)
{
    struct query q = query_start(db, "SELECT DISTINCT domain FROM key_rotation WHERE next_ms <= ? "
                                     "OR (next_ms > ? AND next_ms < ?) ORDER BY next_ms LIMIT ?");
    query_i64(&q, now_ms);
    query_i64(&q, latest_ms);
    query_i64(&q, INT64_MAX);
    query_i64(&q, limit);
    return query_texts(&q, arena, domains, count, err);
}

enum rc
rotations_next_ms(struct database *db, int64_t *next_ms, struct err *err)
{
    struct query q = query_start(db, "SELECT min(next_ms) FROM key_rotation");
    *next_ms = query_row(&q) && !query_column_is_null(&q, 0) ? query_column_i64(&q, 0) : INT64_MAX;
    return query_end(&q, err);
}

enum rc
rotations_postpone(struct database *db, struct slice domain, int64_t now_ms, int64_t until_ms,
                   struct err *err)
{
    struct query q =
        query_start(db, "UPDATE key_rotation SET next_ms = ? WHERE domain = ? AND next_ms <= ?");
    query_i64(&q, until_ms);
    query_text(&q, domain);
    query_i64(&q, now_ms);
    return query_run(&q, err);
}
