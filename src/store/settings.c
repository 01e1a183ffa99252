#include "settings.h"

enum rc
settings_get(struct database *db, struct arena *arena, const char *name, struct slice *value,
             struct err *err)
{
    struct query q = query_start(db, "SELECT value FROM setting WHERE name = ?");
    query_text(&q, slice_of(name));
    *value = query_row(&q) ? query_column_text(&q, arena, 0) : SLICE("");
    return query_end(&q, err);
}

enum rc
settings_put(struct database *db, const char *name, struct slice value, struct err *err)
{
    struct query q = query_start(db, "INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT "
                                     "(name) DO UPDATE SET value = excluded.value");
    query_text(&q, slice_of(name));
    query_text(&q, value);
    return query_run(&q, err);
}

enum rc
settings_changes(struct database *db, int64_t *changes, struct err *err)
{
    struct query q = query_start(db, "SELECT value FROM setting WHERE name = 'changes'");
    *changes = query_row(&q) ? query_column_i64(&q, 0) : 0;
    return query_end(&q, err);
}

enum rc
settings_count_change(struct database *db, struct err *err)
{
    struct query q = query_start(db, "INSERT INTO setting VALUES ('changes', '1') ON CONFLICT "
                                     "(name) DO UPDATE SET value = CAST(value AS INTEGER) + 1");
    return query_run(&q, err);
}
