#include "tags.h"

enum rc
tags_remove(struct database *db, struct slice resource, enum tag_keys keys, struct slice key,
            struct err *err)
{
    struct query q =
        query_start(db, keys == TAG_KEYS_ANY_CASE
                            ? "DELETE FROM tag WHERE resource = ? AND lower(key) = lower(?)"
                            : "DELETE FROM tag WHERE resource = ? AND key = ?");
    query_text(&q, resource);
    query_text(&q, key);
    return query_run(&q, err);
}

enum rc
tags_put(struct database *db, struct slice resource, enum tag_keys keys, const struct tag_row *tag,
         struct err *err)
{
    enum rc rc = tags_remove(db, resource, keys, tag->key, err);
    if (rc != RC_OK)
        return rc;
    struct query q = query_start(db, "INSERT INTO tag (resource, key, value) VALUES (?, ?, ?)");
    query_text(&q, resource);
    query_text(&q, tag->key);
    query_text(&q, tag->value);
    return query_run(&q, err);
}

enum rc
tags_page(struct database *db, struct arena *arena, struct slice resource, struct slice after,
          int64_t limit, struct tag_row **out, size_t *count, struct err *err)
{
    struct tag_row *rows = NULL;
    size_t len = 0, cap = 0;
    struct query q = query_start(
        db, "SELECT key, value FROM tag WHERE resource = ? AND key > ? ORDER BY key LIMIT ?");
    query_text(&q, resource);
    query_text(&q, after);
    query_i64(&q, limit);
    while (query_row(&q)) {
        rows = arena_grow(arena, rows, sizeof *rows, len, &cap);
        rows[len++] =
            (struct tag_row){query_column_text(&q, arena, 0), query_column_text(&q, arena, 1)};
    }
    *out = rows;
    *count = len;
    return query_end(&q, err);
}

enum rc
tags_forget(struct database *db, struct slice resource, struct err *err)
{
    struct query q = query_start(db, "DELETE FROM tag WHERE resource = ?");
    query_text(&q, resource);
    return query_run(&q, err);
}

static const struct {
    const char *type, *sql;
} taggable[] = {
    {"identity", "SELECT 1 FROM identity WHERE name = ?"},
    {"configuration-set", "SELECT 1 FROM configuration_set WHERE name = ?"},
    {"template", "SELECT 1 FROM email_template WHERE name = ?"},
    {"custom-verification-email-template", "SELECT 1 FROM verification_template WHERE name = ?"},
    {"contact-list", "SELECT 1 FROM contact_list WHERE name = ?"},
};

enum rc
tags_taggable(struct database *db, struct slice type, struct slice name, bool *exists,
              struct err *err)
{
    size_t i = 0, count = sizeof taggable / sizeof *taggable;
    *exists = false;
    while (i < count && !slice_is(type, taggable[i].type))
        i++;
    if (i == count)
        return RC_OK;
    struct query q = query_start(db, taggable[i].sql);
    query_text(&q, name);
    *exists = query_row(&q);
    return query_end(&q, err);
}
