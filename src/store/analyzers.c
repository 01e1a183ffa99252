#include "analyzers.h"

static enum rc
not_found(struct slice name, struct err *err)
{
    return err_set(err, RC_NOT_FOUND, "There is no analyzer %.*s.", SLICE_ARG(name));
}

enum rc
analyzers_insert(struct database *db, const struct analyzer_row *row, struct err *err)
{
    struct query q =
        query_start(db, "INSERT INTO analyzer (name, unused_days, created_ms) VALUES (?, ?, ?)");
    query_text(&q, row->name);
    query_i64(&q, row->unused_days);
    query_i64(&q, row->created_ms);
    enum rc rc = query_run(&q, err);
    if (rc == RC_CONFLICT)
        return err_set(err, rc, "There is an analyzer %.*s already.", SLICE_ARG(row->name));
    return rc;
}

#define ANALYZER_SELECT "SELECT name, unused_days, created_ms FROM analyzer "

static void
read_analyzer(struct query *q, struct arena *arena, struct analyzer_row *row)
{
    row->name = query_column_text(q, arena, 0);
    row->unused_days = query_column_i64(q, 1);
    row->created_ms = query_column_i64(q, 2);
}

enum rc
analyzers_find(struct database *db, struct arena *arena, struct slice name,
               struct analyzer_row *out, struct err *err)
{
    struct query q = query_start(db, ANALYZER_SELECT "WHERE name = ?");
    query_text(&q, name);
    bool found = query_row(&q);
    if (found)
        read_analyzer(&q, arena, out);
    enum rc rc = query_end(&q, err);
    return rc == RC_OK && !found ? not_found(name, err) : rc;
}

enum rc
analyzers_page(struct database *db, struct arena *arena, struct slice after, int64_t limit,
               struct analyzer_row **out, size_t *count, struct err *err)
{
    struct analyzer_row *rows = NULL;
    size_t len = 0, cap = 0;
    struct query q = query_start(db, ANALYZER_SELECT "WHERE name > ? ORDER BY name LIMIT ?");
    query_text(&q, after);
    query_i64(&q, limit);
    while (query_row(&q)) {
        rows = arena_grow(arena, rows, sizeof *rows, len, &cap);
        read_analyzer(&q, arena, &rows[len++]);
    }
    *out = rows;
    *count = len;
    return query_end(&q, err);
}

enum rc
analyzers_count(struct database *db, int64_t *count, struct err *err)
{
    struct query q = query_start(db, "SELECT count(*) FROM analyzer");
    *count = query_row(&q) ? query_column_i64(&q, 0) : 0;
    return query_end(&q, err);
}

enum rc
analyzers_set_days(struct database *db, struct slice name, int64_t unused_days, struct err *err)
{
    struct query q = query_start(db, "UPDATE analyzer SET unused_days = ? WHERE name = ?");
    query_i64(&q, unused_days);
    query_text(&q, name);
    enum rc rc = query_run(&q, err);
    return rc == RC_OK && database_changes(db) == 0 ? not_found(name, err) : rc;
}

enum rc
analyzers_delete(struct database *db, struct slice name, struct err *err)
{
    struct query q = query_start(db, "DELETE FROM analyzer WHERE name = ?");
    query_text(&q, name);
    enum rc rc = query_run(&q, err);
    return rc == RC_OK && database_changes(db) == 0 ? not_found(name, err) : rc;
}
