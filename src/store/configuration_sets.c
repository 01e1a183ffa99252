#include "configuration_sets.h"

static enum rc
not_found(struct slice name, struct err *err)
{
    return err_set(err, RC_NOT_FOUND, "Configuration set <%.*s> does not exist.", SLICE_ARG(name));
}

static void
bind_options(struct query *q, const struct configuration_set_row *row)
{
    query_i64(q, row->sending_enabled);
    query_i64(q, row->tls_required);
    query_i64(q, row->max_delivery_s);
    query_text(q, row->tracking_domain);
    query_text(q, row->https_policy);
    query_i64(q, row->reputation_enabled);
    query_i64(q, row->fresh_ms);
    if (row->suppression)
        query_text(q, row->suppressed_reasons);
    else
        query_null(q);
}

enum rc
configuration_sets_insert(struct database *db, const struct configuration_set_row *row,
                          struct err *err)
{
    struct query q = query_start(
        db, "INSERT INTO configuration_set (sending_enabled, tls_required, max_delivery_s, "
            "tracking_domain, https_policy, reputation_enabled, fresh_ms, suppressed_reasons, "
            "name, created_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    bind_options(&q, row);
    query_text(&q, row->name);
    query_i64(&q, row->created_ms);
    enum rc rc = query_run(&q, err);
    if (rc == RC_CONFLICT)
        return err_set(err, rc, "Configuration set <%.*s> already exists.", SLICE_ARG(row->name));
    return rc;
}

enum rc
configuration_sets_find(struct database *db, struct arena *arena, struct slice name,
                        struct configuration_set_row *out, struct err *err)
{
    struct query q = query_start(
        db, "SELECT name, created_ms, sending_enabled, tls_required, max_delivery_s, "
            "tracking_domain, https_policy, reputation_enabled, fresh_ms, suppressed_reasons FROM "
            "configuration_set WHERE name = ?");
    query_text(&q, name);
    bool found = query_row(&q);
    if (found)
        *out = (struct configuration_set_row){
            .name = query_column_text(&q, arena, 0),
            .created_ms = query_column_i64(&q, 1),
            .sending_enabled = query_column_i64(&q, 2) != 0,
            .tls_required = query_column_i64(&q, 3) != 0,
            .max_delivery_s = query_column_i64(&q, 4),
            .tracking_domain = query_column_text(&q, arena, 5),
            .https_policy = query_column_text(&q, arena, 6),
            .reputation_enabled = query_column_i64(&q, 7) != 0,
            .fresh_ms = query_column_i64(&q, 8),
            .suppression = !query_column_is_null(&q, 9),
            .suppressed_reasons = query_column_text(&q, arena, 9),
        };
    enum rc rc = query_end(&q, err);
    return rc == RC_OK && !found ? not_found(name, err) : rc;
}

enum rc
configuration_sets_update(struct database *db, const struct configuration_set_row *row,
                          struct err *err)
{
    struct query q = query_start(
        db, "UPDATE configuration_set SET sending_enabled = ?, tls_required = ?, max_delivery_s = "
            "?, tracking_domain = ?, https_policy = ?, reputation_enabled = ?, fresh_ms = ?, "
            "suppressed_reasons = ? WHERE name = ?");
    bind_options(&q, row);
    query_text(&q, row->name);
    enum rc rc = query_run(&q, err);
    return rc == RC_OK && database_changes(db) == 0 ? not_found(row->name, err) : rc;
}

enum rc
configuration_sets_delete(struct database *db, struct slice name, struct err *err)
{
    struct query q = query_start(db, "DELETE FROM configuration_set WHERE name = ?");
    query_text(&q, name);
    enum rc rc = query_run(&q, err);
    return rc == RC_OK && database_changes(db) == 0 ? not_found(name, err) : rc;
}

enum rc
configuration_sets_list(struct database *db, struct arena *arena, struct slice after, int64_t limit,
                        struct slice **names, size_t *count, struct err *err)
{
    struct slice *list = NULL;
    size_t len = 0, cap = 0;
    struct query q =
        query_start(db, "SELECT name FROM configuration_set WHERE name > ? ORDER BY name LIMIT ?");
    query_text(&q, after);
    query_i64(&q, limit);
    while (query_row(&q)) {
        list = arena_grow(arena, list, sizeof *list, len, &cap);
        list[len++] = query_column_text(&q, arena, 0);
    }
    *names = list;
    *count = len;
    return query_end(&q, err);
}

enum rc
configuration_sets_count(struct database *db, int64_t *count, struct err *err)
{
    struct query q = query_start(db, "SELECT count(*) FROM configuration_set");
    *count = query_row(&q) ? query_column_i64(&q, 0) : 0;
    return query_end(&q, err);
}
