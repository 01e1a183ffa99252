#include "suspensions.h"

static enum rc
forget_ended(struct database *db, int64_t now_ms, struct err *err)
{
    struct query q = query_start(db, "DELETE FROM suspension WHERE until_ms <= ?");
    query_i64(&q, now_ms);
    return query_run(&q, err);
}

static enum rc
check_room(struct database *db, struct err *err)
{
    struct query q = query_start(db, "SELECT count(*) FROM suspension");
    int64_t count = query_row(&q) ? query_column_i64(&q, 0) : 0;
    enum rc rc = query_end(&q, err);
    if (rc == RC_OK && count >= SUSPENSIONS_MAX)
        return err_set(
            err, RC_LIMIT,
            "%d suspensions are in force already: suspend the domain, or pause the account",
            SUSPENSIONS_MAX);
    return rc;
}

static enum rc
delete_one(struct database *db, enum suspension_kind kind, struct slice subject, struct err *err)
{
    struct query q = query_start(db, "DELETE FROM suspension WHERE kind = ? AND subject = ?");
    query_i64(&q, kind);
    query_text(&q, subject);
    return query_run(&q, err);
}

enum rc
suspensions_put(struct database *db, const struct suspension_row *row, struct slice subject,
                struct err *err)
{
    enum rc rc = forget_ended(db, row->since_ms, err);
    if (rc == RC_OK)
        rc = delete_one(db, row->kind, subject, err);
    if (rc == RC_OK)
        rc = check_room(db, err);
    if (rc != RC_OK)
        return rc;
    struct query q = query_start(db, "INSERT INTO suspension (kind, subject, reason, since_ms, "
                                     "until_ms) VALUES (?, ?, ?, ?, ?)");
    query_i64(&q, row->kind);
    query_text(&q, subject);
    query_text(&q, row->reason);
    query_i64(&q, row->since_ms);
    query_i64(&q, row->until_ms);
    return query_run(&q, err);
}

enum rc
suspensions_end(struct database *db, enum suspension_kind kind, struct slice subject,
                int64_t now_ms, bool *ended, struct err *err)
{
    enum rc rc = forget_ended(db, now_ms, err);
    if (rc == RC_OK)
        rc = delete_one(db, kind, subject, err);
    *ended = rc == RC_OK && database_changes(db) > 0;
    return rc;
}

static void
read_row(struct query *q, struct arena *arena, struct suspension_row *row)
{
    row->kind = (enum suspension_kind)query_column_i64(q, 0);
    row->name = query_column_text(q, arena, 1);
    row->reason = query_column_text(q, arena, 2);
    row->since_ms = query_column_i64(q, 3);
    row->until_ms = query_column_i64(q, 4);
}

#define SUSPENSION_COLUMNS "s.reason, s.since_ms, s.until_ms FROM suspension s "
#define OF_USERS           "JOIN iam_user u ON u.id = s.subject WHERE s.kind = 0 "

enum rc
suspensions_of_user(struct database *db, struct arena *arena, struct slice folded,
                    struct suspension_row *out, struct err *err)
{
    struct query q =
        query_start(db, "SELECT s.kind, u.name, " SUSPENSION_COLUMNS OF_USERS "AND u.folded = ?");
    query_text(&q, folded);
    bool found = query_row(&q);
    if (found)
        read_row(&q, arena, out);
    enum rc rc = query_end(&q, err);
    return rc == RC_OK && !found ? RC_NOT_FOUND : rc;
}

enum rc
suspensions_list(struct database *db, struct arena *arena, enum suspension_kind kind,
                 struct suspension_row **out, size_t *count, struct err *err)
{
    struct suspension_row *rows = NULL;
    size_t len = 0, cap = 0;
    struct query q = query_start(db, kind == SUSPENSION_USER
                                         ? "SELECT s.kind, u.name, " SUSPENSION_COLUMNS OF_USERS
                                           "ORDER BY u.folded"
                                         : "SELECT s.kind, s.subject, " SUSPENSION_COLUMNS
                                           "WHERE s.kind = 1 ORDER BY s.subject");
    while (query_row(&q)) {
        rows = arena_grow(arena, rows, sizeof *rows, len, &cap);
        read_row(&q, arena, &rows[len++]);
    }
    *out = rows;
    *count = len;
    return query_end(&q, err);
}
