#include "statistics.h"

enum { QUARTER_MS = 15 * 60 * 1000 };

enum rc
statistics_add(struct database *db, const struct statistic_row *row, struct err *err)
{
    struct query q = query_start(
        db, "INSERT INTO statistic (quarter, attempts, bounces, complaints, rejects, delivered, "
            "deferred) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (quarter) DO UPDATE SET attempts = "
            "attempts + excluded.attempts, bounces = bounces + excluded.bounces, complaints = "
            "complaints + excluded.complaints, rejects = rejects + excluded.rejects, delivered = "
            "delivered + excluded.delivered, deferred = deferred + excluded.deferred");
    query_i64(&q, row->start_ms / QUARTER_MS);
    query_i64(&q, row->attempts);
    query_i64(&q, row->bounces);
    query_i64(&q, row->complaints);
    query_i64(&q, row->rejects);
    query_i64(&q, row->delivered);
    query_i64(&q, row->deferred);
    return query_run(&q, err);
}

enum rc
statistics_since(struct database *db, struct arena *arena, int64_t since_ms,
                 struct statistic_row **out, size_t *count, struct err *err)
{
    struct statistic_row *rows = NULL;
    size_t len = 0, cap = 0;
    struct query q = query_start(db, "SELECT quarter, attempts, bounces, complaints, rejects, "
                                     "delivered, deferred FROM statistic WHERE quarter >= ? "
                                     "ORDER BY quarter");
    query_i64(&q, since_ms / QUARTER_MS);
    while (query_row(&q)) {
        rows = arena_grow(arena, rows, sizeof *rows, len, &cap);
        rows[len++] = (struct statistic_row){
            .start_ms = query_column_i64(&q, 0) * QUARTER_MS,
            .attempts = query_column_i64(&q, 1),
            .bounces = query_column_i64(&q, 2),
            .complaints = query_column_i64(&q, 3),
            .rejects = query_column_i64(&q, 4),
            .delivered = query_column_i64(&q, 5),
            .deferred = query_column_i64(&q, 6),
        };
    }
    *out = rows;
    *count = len;
    return query_end(&q, err);
}

enum rc
statistics_expire(struct database *db, int64_t now_ms, struct err *err)
{
    struct query q = query_start(db, "DELETE FROM statistic WHERE quarter < ?");
    query_i64(&q, (now_ms - STATISTICS_KEPT_MS) / QUARTER_MS);
    return query_run(&q, err);
}
