#include "alarms.h"

enum rc
alarms_put(struct database *db, struct slice subject, struct slice words, int64_t now_ms,
           struct err *err)
{
    struct query q =
        query_start(db, "INSERT INTO alarm VALUES (?1, ?2, ?3, 1, ?2, ?3) ON CONFLICT (subject) DO "
                        "UPDATE SET times = times + 1, last_ms = ?2, last_words = ?3");
    query_text(&q, subject);
    query_i64(&q, now_ms);
    query_text(&q, words);
    return query_run(&q, err);
}

enum rc
alarms_list(struct database *db, struct arena *arena, int64_t limit, struct alarm_row **out,
            size_t *count, struct err *err)
{
    struct alarm_row *rows = NULL;
    size_t len = 0, cap = 0;
    struct query q = query_start(db, "SELECT subject, at_ms, words, times, last_ms, last_words "
                                     "FROM alarm ORDER BY at_ms, subject LIMIT ?");
    query_i64(&q, limit);
    while (query_row(&q)) {
        rows = arena_grow(arena, rows, sizeof *rows, len, &cap);
        rows[len++] = (struct alarm_row){
            .subject = query_column_text(&q, arena, 0),
            .at_ms = query_column_i64(&q, 1),
            .words = query_column_text(&q, arena, 2),
            .times = query_column_i64(&q, 3),
            .last_ms = query_column_i64(&q, 4),
            .last_words = query_column_text(&q, arena, 5),
        };
    }
    *out = rows;
    *count = len;
    return query_end(&q, err);
}

enum rc
alarms_delete(struct database *db, struct slice subject, struct err *err)
{
    struct query q = query_start(db, "DELETE FROM alarm WHERE subject = ?");
    query_text(&q, subject);
    return query_run(&q, err);
}
