#include "alarms.h"

enum rc
alarms_put(struct database *db, struct slice subject, enum alarm_weight weight, struct slice words,
           int64_t now_ms, struct err *err)
{
    struct query q = query_start(
        db,
        "INSERT INTO alarm VALUES (?1, ?2, ?3, ?4, 1, ?3, ?4, 0) ON CONFLICT (subject) DO UPDATE "
        "SET at_ms = iif(times = 0, ?3, at_ms), words = iif(times = 0, ?4, words), times = times "
        "+ 1, last_ms = ?3, last_words = ?4");
    query_text(&q, subject);
    query_i64(&q, weight);
    query_i64(&q, now_ms);
    query_text(&q, words);
    return query_run(&q, err);
}

#define IS_DUE "times > 0 AND told_ms <= ?1 "

enum rc
alarms_due(struct database *db, struct arena *arena, int64_t told_before_ms, int64_t limit,
           struct alarm_row **out, size_t *count, struct err *err)
{
    struct alarm_row *rows = NULL;
    size_t len = 0, cap = 0;
    struct query q = query_start(db, "SELECT subject, weight, at_ms, words, times, last_ms, "
                                     "last_words FROM alarm WHERE " IS_DUE
                                     "ORDER BY weight, at_ms, subject LIMIT ?2");
    query_i64(&q, told_before_ms);
    query_i64(&q, limit);
    while (query_row(&q)) {
        rows = arena_grow(arena, rows, sizeof *rows, len, &cap);
        rows[len++] = (struct alarm_row){
            .subject = query_column_text(&q, arena, 0),
            .weight = (enum alarm_weight)query_column_i64(&q, 1),
            .at_ms = query_column_i64(&q, 2),
            .words = query_column_text(&q, arena, 3),
            .times = query_column_i64(&q, 4),
            .last_ms = query_column_i64(&q, 5),
            .last_words = query_column_text(&q, arena, 6),
        };
    }
    *out = rows;
    *count = len;
    return query_end(&q, err);
}

static enum rc
tell_all(struct database *db, int64_t told_before_ms, int64_t now_ms, struct err *err)
{
    struct query q = query_start(db, "UPDATE alarm SET times = 0, told_ms = ?2 WHERE " IS_DUE);
    query_i64(&q, told_before_ms);
    query_i64(&q, now_ms);
    return query_run(&q, err);
}

enum rc
alarms_told(struct database *db, int64_t told_before_ms, int64_t now_ms, int64_t *count,
            struct err *err)
{
    enum rc rc = tell_all(db, told_before_ms, now_ms, err);
    *count = database_changes(db);
    if (rc != RC_OK)
        return rc;
    struct query q = query_start(db, "DELETE FROM alarm WHERE times = 0 AND told_ms <= ?");
    query_i64(&q, told_before_ms);
    return query_run(&q, err);
}

enum rc
alarms_next(struct database *db, int64_t *told_ms, struct err *err)
{
    struct query q =
        query_start(db, "SELECT told_ms FROM alarm WHERE times > 0 ORDER BY told_ms LIMIT 1");
    bool found = query_row(&q);
    if (found)
        *told_ms = query_column_i64(&q, 0);
    enum rc rc = query_end(&q, err);
    return rc == RC_OK && !found ? err_set(err, RC_NOT_FOUND, "nothing waits to be told") : rc;
}
