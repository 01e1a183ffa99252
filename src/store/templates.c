#include "templates.h"

static enum rc
not_found(struct slice name, struct err *err)
{
    return err_set(err, RC_NOT_FOUND, "Template %.*s does not exist", SLICE_ARG(name));
}

enum rc
email_templates_insert(struct database *db, const struct email_template_row *row, struct err *err)
{
    struct query q = query_start(db, "INSERT INTO email_template (name, subject, text_part, "
                                     "html_part, created_ms) VALUES (?, ?, ?, ?, ?)");
    query_text(&q, row->name);
    query_text(&q, row->subject);
    query_text(&q, row->text);
    query_text(&q, row->html);
    query_i64(&q, row->created_ms);
    enum rc rc = query_run(&q, err);
    if (rc == RC_CONFLICT)
        return err_set(err, rc, "Template %.*s already exists", SLICE_ARG(row->name));
    return rc;
}

enum rc
email_templates_update(struct database *db, const struct email_template_row *row, struct err *err)
{
    struct query q = query_start(db, "UPDATE email_template SET subject = ?, text_part = ?, "
                                     "html_part = ? WHERE name = ?");
    query_text(&q, row->subject);
    query_text(&q, row->text);
    query_text(&q, row->html);
    query_text(&q, row->name);
    enum rc rc = query_run(&q, err);
    return rc == RC_OK && database_changes(db) == 0 ? not_found(row->name, err) : rc;
}

enum rc
email_templates_find(struct database *db, struct arena *arena, struct slice name,
                     struct email_template_row *out, struct err *err)
{
    struct query q = query_start(db, "SELECT name, subject, text_part, html_part, created_ms FROM "
                                     "email_template WHERE name = ?");
    query_text(&q, name);
    bool found = query_row(&q);
    if (found)
        *out = (struct email_template_row){
            .name = query_column_text(&q, arena, 0),
            .subject = query_column_text(&q, arena, 1),
            .text = query_column_text(&q, arena, 2),
            .html = query_column_text(&q, arena, 3),
            .created_ms = query_column_i64(&q, 4),
        };
    enum rc rc = query_end(&q, err);
    return rc == RC_OK && !found ? not_found(name, err) : rc;
}

enum rc
email_templates_delete(struct database *db, struct slice name, struct err *err)
{
    struct query q = query_start(db, "DELETE FROM email_template WHERE name = ?");
    query_text(&q, name);
    enum rc rc = query_run(&q, err);
    return rc == RC_OK && database_changes(db) == 0 ? not_found(name, err) : rc;
}

enum rc
email_templates_count(struct database *db, int64_t *count, struct err *err)
{
    struct query q = query_start(db, "SELECT count(*) FROM email_template");
    *count = query_row(&q) ? query_column_i64(&q, 0) : 0;
    return query_end(&q, err);
}

enum rc
email_templates_list(struct database *db, struct arena *arena, struct slice after, int64_t limit,
                     struct email_template_row **out, size_t *count, struct err *err)
{
    struct email_template_row *rows = NULL;
    size_t len = 0, cap = 0;
    struct query q = query_start(db, "SELECT name, created_ms FROM email_template WHERE name > ? "
                                     "ORDER BY name LIMIT ?");
    query_text(&q, after);
    query_i64(&q, limit);
    while (query_row(&q)) {
        rows = arena_grow(arena, rows, sizeof *rows, len, &cap);
        rows[len++] = (struct email_template_row){.name = query_column_text(&q, arena, 0),
                                                  .created_ms = query_column_i64(&q, 1)};
    }
    *out = rows;
    *count = len;
    return query_end(&q, err);
}

/* ---- of verification mail ---- */

static enum rc
no_verification(struct slice name, struct err *err)
{
    return err_set(err, RC_NOT_FOUND, "Custom verification email template %.*s does not exist.",
                   SLICE_ARG(name));
}

static void
bind_verification(struct query *q, const struct verification_template_row *row)
{
    query_text(q, row->from_address);
    query_text(q, row->subject);
    query_text(q, row->content);
    query_text(q, row->success_url);
    query_text(q, row->failure_url);
    query_text(q, row->name);
}

enum rc
verification_templates_insert(struct database *db, const struct verification_template_row *row,
                              struct err *err)
{
    struct query q = query_start(
        db, "INSERT INTO verification_template (from_address, subject, content, success_url, "
            "failure_url, name, created_ms) VALUES (?, ?, ?, ?, ?, ?, ?)");
    bind_verification(&q, row);
    query_i64(&q, row->created_ms);
    enum rc rc = query_run(&q, err);
    if (rc == RC_CONFLICT)
        return err_set(err, rc, "Custom verification email template %.*s already exists.",
                       SLICE_ARG(row->name));
    return rc;
}

enum rc
verification_templates_update(struct database *db, const struct verification_template_row *row,
                              struct err *err)
{
    struct query q = query_start(db, "UPDATE verification_template SET from_address = ?, subject = "
                                     "?, content = ?, success_url = ?, failure_url = ? WHERE name "
                                     "= ?");
    bind_verification(&q, row);
    enum rc rc = query_run(&q, err);
    return rc == RC_OK && database_changes(db) == 0 ? no_verification(row->name, err) : rc;
}

static struct verification_template_row
read_verification(struct query *q, struct arena *arena)
{
    return (struct verification_template_row){
        .name = query_column_text(q, arena, 0),
        .from_address = query_column_text(q, arena, 1),
        .subject = query_column_text(q, arena, 2),
        .success_url = query_column_text(q, arena, 3),
        .failure_url = query_column_text(q, arena, 4),
        .created_ms = query_column_i64(q, 5),
    };
}

enum rc
verification_templates_find(struct database *db, struct arena *arena, struct slice name,
                            struct verification_template_row *out, struct err *err)
{
    struct query q = query_start(db, "SELECT name, from_address, subject, success_url, "
                                     "failure_url, created_ms, content FROM verification_template "
                                     "WHERE name = ?");
    query_text(&q, name);
    bool found = query_row(&q);
    if (found) {
        *out = read_verification(&q, arena);
        out->content = query_column_text(&q, arena, 6);
    }
    enum rc rc = query_end(&q, err);
    return rc == RC_OK && !found ? no_verification(name, err) : rc;
}

enum rc
verification_templates_delete(struct database *db, struct slice name, struct err *err)
{
    struct query q = query_start(db, "DELETE FROM verification_template WHERE name = ?");
    query_text(&q, name);
    enum rc rc = query_run(&q, err);
    return rc == RC_OK && database_changes(db) == 0 ? no_verification(name, err) : rc;
}

enum rc
verification_templates_count(struct database *db, int64_t *count, struct err *err)
{
    struct query q = query_start(db, "SELECT count(*) FROM verification_template");
    *count = query_row(&q) ? query_column_i64(&q, 0) : 0;
    return query_end(&q, err);
}

enum rc
verification_templates_list(struct database *db, struct arena *arena, struct slice after,
                            int64_t limit, struct verification_template_row **out, size_t *count,
                            struct err *err)
{
    struct verification_template_row *rows = NULL;
    size_t len = 0, cap = 0;
    struct query q = query_start(db, "SELECT name, from_address, subject, success_url, "
                                     "failure_url, created_ms FROM verification_template WHERE "
                                     "name > ? ORDER BY name LIMIT ?");
    query_text(&q, after);
    query_i64(&q, limit);
    while (query_row(&q)) {
        rows = arena_grow(arena, rows, sizeof *rows, len, &cap);
        rows[len++] = read_verification(&q, arena);
    }
    *out = rows;
    *count = len;
    return query_end(&q, err);
}
