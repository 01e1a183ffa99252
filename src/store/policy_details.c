#include "policy_details.h"

static void
read_detail(struct query *q, struct arena *arena, struct policy_detail_row *row)
{
    row->arn = query_column_text(q, arena, 0);
    row->name = query_column_text(q, arena, 1);
    row->id = query_column_text(q, arena, 2);
    row->path = query_column_text(q, arena, 3);
    row->description = query_column_text(q, arena, 4);
    row->document = query_column_text(q, arena, 5);
    row->version = query_column_i64(q, 6);
    row->created_ms = query_column_i64(q, 7);
    row->updated_ms = query_column_i64(q, 8);
    row->version_ms = query_column_i64(q, 9);
    row->attachments = query_column_i64(q, 10);
    row->boundaries = query_column_i64(q, 11);
}

enum rc
policy_details_page(struct database *db, struct arena *arena, struct slice after, int64_t limit,
                    struct policy_detail_row **out, size_t *count, struct err *err)
{
    struct policy_detail_row *rows = NULL;
    size_t len = 0, cap = 0;
    struct query q =
        query_start(db, "SELECT m.arn, m.name, m.id, m.path, m.description, m.document, m.version, "
                        "m.created_ms, m.updated_ms, m.version_ms, "
                        "(SELECT COUNT(*) FROM policy_attachment a WHERE a.arn = m.arn), "
                        "(SELECT COUNT(*) FROM iam_user u WHERE u.boundary_arn = m.arn) "
                        "FROM managed_policy m WHERE m.id > ? ORDER BY m.id LIMIT ?");
    query_text(&q, after);
    query_i64(&q, limit);
    while (query_row(&q)) {
        rows = arena_grow(arena, rows, sizeof *rows, len, &cap);
        read_detail(&q, arena, &rows[len++]);
    }
    *out = rows;
    *count = len;
    return query_end(&q, err);
}

enum rc
policy_details_versions(struct database *db, struct arena *arena, struct slice arn,
                        struct policy_detail_version **out, size_t *count, struct err *err)
{
    struct policy_detail_version *rows = NULL;
    size_t len = 0, cap = 0;
    struct query q = query_start(db, "SELECT version, document, created_ms FROM policy_version "
                                     "WHERE arn = ? ORDER BY version DESC");
    query_text(&q, arn);
    while (query_row(&q)) {
        rows = arena_grow(arena, rows, sizeof *rows, len, &cap);
        rows[len++] = (struct policy_detail_version){
            .version = query_column_i64(&q, 0),
            .document = query_column_text(&q, arena, 1),
            .created_ms = query_column_i64(&q, 2),
        };
    }
    *out = rows;
    *count = len;
    return query_end(&q, err);
}
