#include "ledger_records.h"

enum rc
ledger_records_insert(struct database *db, const struct ledger_row *row, struct err *err)
{
    struct query q =
        query_start(db, "INSERT INTO ledger (number, record, details, chain) VALUES (?, ?, ?, ?)");
    query_i64(&q, row->number);
    query_blob(&q, row->record);
    query_blob(&q, row->details);
    query_blob(&q, row->chain);
    return query_run(&q, err);
}

static void
read_row(struct query *q, struct arena *arena, struct ledger_row *row)
{
    *row = (struct ledger_row){
        .number = query_column_i64(q, 0),
        .record = query_column_text(q, arena, 1),
        .details = query_column_text(q, arena, 2),
        .chain = query_column_text(q, arena, 3),
    };
}

static enum rc
read_one(struct query *q, struct arena *arena, struct ledger_row *out, struct err *err)
{
    bool found = query_row(q);
    if (found)
        read_row(q, arena, out);
    enum rc rc = query_end(q, err);
    return rc == RC_OK && !found ? err_set(err, RC_NOT_FOUND, "there is no such record") : rc;
}

enum rc
ledger_records_last(struct database *db, struct arena *arena, struct ledger_row *out,
                    struct err *err)
{
    struct query q = query_start(db, "SELECT number, record, details, chain FROM ledger "
                                     "ORDER BY number DESC LIMIT 1");
    return read_one(&q, arena, out, err);
}

enum rc
ledger_records_find(struct database *db, struct arena *arena, int64_t number,
                    struct ledger_row *out, struct err *err)
{
    struct query q =
        query_start(db, "SELECT number, record, details, chain FROM ledger WHERE number = ?");
    query_i64(&q, number);
    return read_one(&q, arena, out, err);
}

static enum rc
read_page(struct query *q, struct arena *arena, int64_t from, int64_t limit,
          struct ledger_row **out, size_t *count, struct err *err)
{
    struct ledger_row *rows = NULL;
    size_t len = 0, cap = 0;
    query_i64(q, from);
    query_i64(q, limit);
    while (query_row(q)) {
        rows = arena_grow(arena, rows, sizeof *rows, len, &cap);
        read_row(q, arena, &rows[len++]);
    }
    *out = rows;
    *count = len;
    return query_end(q, err);
}

enum rc
ledger_records_after(struct database *db, struct arena *arena, int64_t after, int64_t limit,
                     struct ledger_row **out, size_t *count, struct err *err)
{
    struct query q = query_start(db, "SELECT number, record, details, chain FROM ledger "
                                     "WHERE number > ? ORDER BY number LIMIT ?");
    return read_page(&q, arena, after, limit, out, count, err);
}

enum rc
ledger_records_before(struct database *db, struct arena *arena, int64_t before, int64_t limit,
                      struct ledger_row **out, size_t *count, struct err *err)
{
    struct query q = query_start(db, "SELECT number, record, details, chain FROM ledger "
                                     "WHERE number < ? ORDER BY number DESC LIMIT ?");
    return read_page(&q, arena, before, limit, out, count, err);
}

enum rc
ledger_records_put_details(struct database *db, int64_t number, struct slice details,
                           struct err *err)
{
    struct query q = query_start(db, "UPDATE ledger SET details = ? WHERE number = ?");
    query_blob(&q, details);
    query_i64(&q, number);
    return query_run(&q, err);
}

enum rc
ledger_records_point(struct database *db, int64_t recipient_key, int64_t number, struct err *err)
{
    struct query q =
        query_start(db, "INSERT INTO recipient_record (recipient, number) VALUES (?, ?)");
    query_i64(&q, recipient_key);
    query_i64(&q, number);
    return query_run(&q, err);
}

enum rc
ledger_records_of(struct database *db, struct arena *arena, int64_t recipient_key, int64_t limit,
                  struct ledger_row **out, size_t *count, struct err *err)
{
    struct query q = query_start(db, "SELECT l.number, record, details, chain FROM "
                                     "recipient_record r JOIN ledger l ON l.number = r.number "
                                     "WHERE r.recipient = ? ORDER BY r.number LIMIT ?");
    return read_page(&q, arena, recipient_key, limit, out, count, err);
}

enum rc
ledger_records_cut(struct database *db, int64_t number, struct err *err)
{
    struct query q = query_start(db, "DELETE FROM ledger WHERE number <= ?");
    query_i64(&q, number);
    return query_run(&q, err);
}
