#include "policies.h"
#include "tags.h"

#include <inttypes.h>

static struct slice
kind_text(enum policy_owner kind)
{
    return kind == OWNER_GROUP ? SLICE("group") : SLICE("user");
}

static enum policy_owner
kind_of(struct slice text)
{
    return slice_is(text, "group") ? OWNER_GROUP : OWNER_USER;
}

/* ---- inline ---- */

static enum rc
inline_missing(enum policy_owner kind, struct slice name, struct err *err)
{
    return err_set(err, RC_NOT_FOUND, "The %s policy with name %.*s cannot be found.",
                   kind == OWNER_GROUP ? "group" : "user", SLICE_ARG(name));
}

enum rc
policies_put(struct database *db, enum policy_owner kind, struct slice owner, struct slice name,
             struct slice document, struct err *err)
{
    struct query q = query_start(
        db, "INSERT INTO inline_policy (owner_kind, owner, name, document) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (owner_kind, owner, name) DO UPDATE SET document = excluded.document");
    query_text(&q, kind_text(kind));
    query_text(&q, owner);
    query_text(&q, name);
    query_text(&q, document);
    return query_run(&q, err);
}

enum rc
policies_find(struct database *db, struct arena *arena, enum policy_owner kind, struct slice owner,
              struct slice name, struct policy_row *out, struct err *err)
{
    struct query q = query_start(db, "SELECT name, document FROM inline_policy WHERE "
                                     "owner_kind = ? AND owner = ? AND name = ?");
    query_text(&q, kind_text(kind));
    query_text(&q, owner);
    query_text(&q, name);
    bool found = query_row(&q);
    if (found)
        *out = (struct policy_row){.name = query_column_text(&q, arena, 0),
                                   .document = query_column_text(&q, arena, 1),
                                   .owner = owner,
                                   .owner_kind = kind};
    enum rc rc = query_end(&q, err);
    return rc == RC_OK && !found ? inline_missing(kind, name, err) : rc;
}

enum rc
policies_delete(struct database *db, enum policy_owner kind, struct slice owner, struct slice name,
                struct err *err)
{
    struct query q = query_start(
        db, "DELETE FROM inline_policy WHERE owner_kind = ? AND owner = ? AND name = ?");
    query_text(&q, kind_text(kind));
    query_text(&q, owner);
    query_text(&q, name);
    enum rc rc = query_run(&q, err);
    return rc == RC_OK && database_changes(db) == 0 ? inline_missing(kind, name, err) : rc;
}

enum rc
policies_names(struct database *db, struct arena *arena, enum policy_owner kind, struct slice owner,
               struct slice after, int64_t limit, struct slice **out, size_t *count,
               struct err *err)
{
    struct query q = query_start(db, "SELECT name FROM inline_policy WHERE owner_kind = ? AND "
                                     "owner = ? AND name > ? ORDER BY name LIMIT ?");
    query_text(&q, kind_text(kind));
    query_text(&q, owner);
    query_text(&q, after);
    query_i64(&q, limit);
    return query_texts(&q, arena, out, count, err);
}

enum rc
policies_owners(struct database *db, struct arena *arena, enum policy_owner kind, struct slice name,
                struct slice **out, size_t *count, struct err *err)
{
    struct query q = query_start(
        db, "SELECT owner FROM inline_policy WHERE owner_kind = ? AND name = ? ORDER BY owner");
    query_text(&q, kind_text(kind));
    query_text(&q, name);
    return query_texts(&q, arena, out, count, err);
}

/* ---- both ---- */

struct policy_rows {
    struct policy_row *rows;
    size_t len, cap;
};

/* Rows of (name, document, arn, owner, owner_kind, boundary). */
static enum rc
collect(struct query *q, struct arena *arena, struct policy_row **out, size_t *count,
        struct err *err)
{
    struct policy_rows into = {0};
    while (query_row(q)) {
        into.rows = arena_grow(arena, into.rows, sizeof *into.rows, into.len, &into.cap);
        into.rows[into.len++] = (struct policy_row){
            .name = query_column_text(q, arena, 0),
            .document = query_column_text(q, arena, 1),
            .arn = query_column_text(q, arena, 2),
            .owner = query_column_text(q, arena, 3),
            .owner_kind = kind_of(query_column_text(q, arena, 4)),
            .boundary = query_column_i64(q, 5) != 0,
        };
    }
    *out = into.rows;
    *count = into.len;
    return query_end(q, err);
}

enum rc
policies_of_users(struct database *db, struct arena *arena, struct slice prefix,
                  struct policy_row **out, size_t *count, struct err *err)
{
    struct query q = query_start(
        db, "SELECT p.name, p.document, '', u.name, 'user', 0 FROM inline_policy p JOIN iam_user u "
            "ON u.folded = p.owner WHERE p.owner_kind = 'user' AND "
            "substr(p.name, 1, length(?1)) = ?1 ORDER BY p.name, p.owner");
    query_text(&q, prefix);
    return collect(&q, arena, out, count, err);
}

enum rc
policies_of(struct database *db, struct arena *arena, enum policy_owner kind, struct slice owner,
            struct policy_row **out, size_t *count, struct err *err)
{
    struct query q = query_start(
        db, "SELECT name, document, '', owner, owner_kind, 0 FROM inline_policy "
            "WHERE owner_kind = ?1 AND owner = ?2 UNION ALL "
            "SELECT m.name, m.document, m.arn, a.owner, a.owner_kind, 0 FROM policy_attachment a "
            "JOIN managed_policy m ON m.arn = a.arn WHERE a.owner_kind = ?1 AND a.owner = ?2");
    query_text(&q, kind_text(kind));
    query_text(&q, owner);
    return collect(&q, arena, out, count, err);
}

enum rc
policies_of_principal(struct database *db, struct arena *arena, struct slice folded,
                      struct policy_row **out, size_t *count, struct err *err)
{
    struct query q = query_start(
        db, "SELECT name, document, '', owner, 'user', 0 FROM inline_policy "
            "WHERE owner_kind = 'user' AND owner = ?1 UNION ALL "
            "SELECT m.name, m.document, m.arn, a.owner, 'user', 0 FROM policy_attachment a "
            "JOIN managed_policy m ON m.arn = a.arn WHERE a.owner_kind = 'user' AND a.owner = ?1 "
            "UNION ALL SELECT p.name, p.document, '', p.owner, 'group', 0 FROM group_member g "
            "JOIN inline_policy p ON p.owner_kind = 'group' AND p.owner = g.iam_group "
            "WHERE g.iam_user = ?1 UNION ALL "
            "SELECT m.name, m.document, m.arn, a.owner, 'group', 0 FROM group_member g "
            "JOIN policy_attachment a ON a.owner_kind = 'group' AND a.owner = g.iam_group "
            "JOIN managed_policy m ON m.arn = a.arn WHERE g.iam_user = ?1 UNION ALL "
            "SELECT m.name, m.document, m.arn, u.folded, 'user', 1 FROM iam_user u "
            "JOIN managed_policy m ON m.arn = u.boundary_arn WHERE u.folded = ?1");
    query_text(&q, folded);
    return collect(&q, arena, out, count, err);
}

/* ---- managed ---- */

static enum rc
name_is_free(struct database *db, struct slice name, struct err *err)
{
    struct query q = query_start(db, "SELECT 1 FROM managed_policy WHERE lower(name) = lower(?)");
    query_text(&q, name);
    bool taken = query_row(&q);
    enum rc rc = query_end(&q, err);
    if (rc == RC_OK && taken)
        return err_set(err, RC_CONFLICT,
                       "A policy called %.*s already exists. Duplicate names are not allowed.",
                       SLICE_ARG(name));
    return rc;
}

enum rc
managed_policies_insert(struct database *db, const struct managed_policy_row *row, struct err *err)
{
    enum rc rc = name_is_free(db, row->name, err);
    if (rc != RC_OK)
        return rc;
    struct query q = query_start(
        db, "INSERT INTO managed_policy (arn, name, id, path, description, document, created_ms, "
            "updated_ms, version, version_ms, versions_made) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
            "?)");
    query_text(&q, row->arn);
    query_text(&q, row->name);
    query_text(&q, row->id);
    query_text(&q, row->path);
    query_text(&q, row->description);
    query_text(&q, row->document);
    query_i64(&q, row->created_ms);
    query_i64(&q, row->updated_ms);
    query_i64(&q, row->version);
    query_i64(&q, row->version_ms);
    query_i64(&q, row->versions_made);
    return query_run(&q, err);
}

#define MANAGED_COLUMNS                                                                            \
    "m.arn, m.name, m.id, m.path, m.created_ms, m.updated_ms, m.version, m.version_ms, "           \
    "m.versions_made, (SELECT count(*) FROM policy_attachment a WHERE a.arn = m.arn), "            \
    "(SELECT count(*) FROM iam_user u WHERE u.boundary_arn = m.arn)"

static struct managed_policy_row
read_managed(struct query *q, struct arena *arena)
{
    return (struct managed_policy_row){
        .arn = query_column_text(q, arena, 0),
        .name = query_column_text(q, arena, 1),
        .id = query_column_text(q, arena, 2),
        .path = query_column_text(q, arena, 3),
        .created_ms = query_column_i64(q, 4),
        .updated_ms = query_column_i64(q, 5),
        .version = query_column_i64(q, 6),
        .version_ms = query_column_i64(q, 7),
        .versions_made = query_column_i64(q, 8),
        .attachments = query_column_i64(q, 9),
        .boundaries = query_column_i64(q, 10),
    };
}

static enum rc
find_managed(struct database *db, struct arena *arena, const char *sql, struct slice value,
             bool *found, struct managed_policy_row *out, struct err *err)
{
    struct query q = query_start(db, sql);
    query_text(&q, value);
    *found = query_row(&q);
    if (*found) {
        *out = read_managed(&q, arena);
        out->description = query_column_text(&q, arena, 11);
        out->document = query_column_text(&q, arena, 12);
    }
    return query_end(&q, err);
}

enum rc
managed_policies_find(struct database *db, struct arena *arena, struct slice arn,
                      struct managed_policy_row *out, struct err *err)
{
    bool found;
    enum rc rc = find_managed(db, arena,
                              "SELECT " MANAGED_COLUMNS ", m.description, m.document FROM "
                              "managed_policy m WHERE m.arn = ?",
                              arn, &found, out, err);
    if (rc == RC_OK && !found)
        return err_set(err, RC_NOT_FOUND, "Policy %.*s does not exist or is not attachable.",
                       SLICE_ARG(arn));
    return rc;
}

enum rc
managed_policies_named(struct database *db, struct arena *arena, struct slice name,
                       struct managed_policy_row *out, struct err *err)
{
    bool found;
    enum rc rc = find_managed(db, arena,
                              "SELECT " MANAGED_COLUMNS ", m.description, m.document FROM "
                              "managed_policy m WHERE lower(m.name) = lower(?1) "
                              "ORDER BY m.name <> ?1",
                              name, &found, out, err);
    if (rc == RC_OK && !found)
        return err_set(err, RC_NOT_FOUND, "Policy %.*s does not exist or is not attachable.",
                       SLICE_ARG(name));
    return rc;
}

enum rc
managed_policies_list(struct database *db, struct arena *arena, struct policy_row **out,
                      size_t *count, struct err *err)
{
    struct query q = query_start(
        db, "SELECT name, document, arn, '', 'user', 0 FROM managed_policy ORDER BY arn");
    return collect(&q, arena, out, count, err);
}

enum rc
managed_policies_count(struct database *db, int64_t *count, struct err *err)
{
    struct query q = query_start(db, "SELECT count(*) FROM managed_policy");
    *count = query_row(&q) ? query_column_i64(&q, 0) : 0;
    return query_end(&q, err);
}

enum rc
managed_policies_page(struct database *db, struct arena *arena,
                      const struct managed_policy_filter *filter, struct slice after, int64_t limit,
                      struct managed_policy_row **out, size_t *count, struct err *err)
{
    struct managed_policy_row *rows = NULL;
    size_t len = 0, cap = 0;
    struct query q = query_start(
        db, "SELECT " MANAGED_COLUMNS " FROM managed_policy m WHERE m.arn > ?1 "
            "AND substr(m.path, 1, length(?2)) = ?2 "
            "AND (?3 = 0 OR EXISTS (SELECT 1 FROM policy_attachment e WHERE e.arn = m.arn)) "
            "AND (?4 = 0 OR EXISTS (SELECT 1 FROM iam_user e WHERE e.boundary_arn = m.arn)) "
            "ORDER BY m.arn LIMIT ?5");
    query_text(&q, after);
    query_text(&q, filter->path_prefix);
    query_i64(&q, filter->attached);
    query_i64(&q, filter->boundary);
    query_i64(&q, limit);
    while (query_row(&q)) {
        rows = arena_grow(arena, rows, sizeof *rows, len, &cap);
        rows[len++] = read_managed(&q, arena);
    }
    *out = rows;
    *count = len;
    return query_end(&q, err);
}

static enum rc
run_about(struct database *db, const char *sql, struct slice arn, struct err *err)
{
    struct query q = query_start(db, sql);
    query_text(&q, arn);
    return query_run(&q, err);
}

static enum rc
check_unused(struct database *db, struct slice arn, struct err *err)
{
    struct query q = query_start(db, "SELECT 1 FROM policy_attachment WHERE arn = ?1 UNION ALL "
                                     "SELECT 1 FROM iam_user WHERE boundary_arn = ?1");
    query_text(&q, arn);
    bool used = query_row(&q);
    enum rc rc = query_end(&q, err);
    if (rc == RC_OK && used)
        return err_set(err, RC_CONFLICT, "Cannot delete a policy attached to entities.");
    return rc;
}

enum rc
managed_policies_details(struct database *db, struct arena *arena, struct slice after,
                         int64_t limit, struct managed_policy_row **out, size_t *count,
                         struct err *err)
{
    struct managed_policy_row *rows = NULL;
    size_t len = 0, cap = 0;
    struct query q = query_start(db, "SELECT " MANAGED_COLUMNS ", m.description, m.document FROM "
                                     "managed_policy m WHERE m.id > ? ORDER BY m.id LIMIT ?");
    query_text(&q, after);
    query_i64(&q, limit);
    while (query_row(&q)) {
        rows = arena_grow(arena, rows, sizeof *rows, len, &cap);
        rows[len] = read_managed(&q, arena);
        rows[len].description = query_column_text(&q, arena, 11);
        rows[len++].document = query_column_text(&q, arena, 12);
    }
    *out = rows;
    *count = len;
    return query_end(&q, err);
}

enum rc
managed_policies_delete(struct database *db, struct slice arn, struct err *err)
{
    enum rc rc = check_unused(db, arn, err);
    if (rc == RC_OK)
        rc = run_about(db, "DELETE FROM policy_version WHERE arn = ?", arn, err);
    if (rc == RC_OK)
        rc = tags_forget(db, arn, err);
    if (rc == RC_OK)
        rc = run_about(db, "DELETE FROM managed_policy WHERE arn = ?", arn, err);
    if (rc == RC_OK && database_changes(db) == 0)
        return err_set(err, RC_NOT_FOUND, "Policy %.*s was not found.", SLICE_ARG(arn));
    return rc;
}

enum rc
managed_policies_attach(struct database *db, enum policy_owner kind, struct slice owner,
                        struct slice arn, struct err *err)
{
    struct query q = query_start(db, "INSERT INTO policy_attachment (owner_kind, owner, arn) "
                                     "VALUES (?, ?, ?) ON CONFLICT DO NOTHING");
    query_text(&q, kind_text(kind));
    query_text(&q, owner);
    query_text(&q, arn);
    return query_run(&q, err);
}

enum rc
managed_policies_detach(struct database *db, enum policy_owner kind, struct slice owner,
                        struct slice arn, struct err *err)
{
    struct query q = query_start(
        db, "DELETE FROM policy_attachment WHERE owner_kind = ? AND owner = ? AND arn = ?");
    query_text(&q, kind_text(kind));
    query_text(&q, owner);
    query_text(&q, arn);
    enum rc rc = query_run(&q, err);
    if (rc == RC_OK && database_changes(db) == 0)
        return err_set(err, RC_NOT_FOUND, "Policy %.*s was not found.", SLICE_ARG(arn));
    return rc;
}

enum rc
managed_policies_attached(struct database *db, struct arena *arena, enum policy_owner kind,
                          struct slice owner, struct slice path_prefix, struct slice after,
                          int64_t limit, struct policy_row **out, size_t *count, struct err *err)
{
    struct query q = query_start(
        db, "SELECT m.name, '', m.arn, a.owner, a.owner_kind, 0 FROM policy_attachment a "
            "JOIN managed_policy m ON m.arn = a.arn WHERE a.owner_kind = ?1 AND a.owner = ?2 "
            "AND substr(m.path, 1, length(?3)) = ?3 AND a.arn > ?4 ORDER BY a.arn LIMIT ?5");
    query_text(&q, kind_text(kind));
    query_text(&q, owner);
    query_text(&q, path_prefix);
    query_text(&q, after);
    query_i64(&q, limit);
    return collect(&q, arena, out, count, err);
}

static enum rc
collect_entities(struct query *q, struct arena *arena, struct policy_entity_row **out,
                 size_t *count, struct err *err)
{
    struct policy_entity_row *rows = NULL;
    size_t len = 0, cap = 0;
    while (query_row(q)) {
        rows = arena_grow(arena, rows, sizeof *rows, len, &cap);
        rows[len++] = (struct policy_entity_row){
            .kind = kind_of(query_column_text(q, arena, 0)),
            .folded = query_column_text(q, arena, 1),
            .name = query_column_text(q, arena, 2),
            .id = query_column_text(q, arena, 3),
        };
    }
    *out = rows;
    *count = len;
    return query_end(q, err);
}

enum rc
managed_policies_entities(struct database *db, struct arena *arena, struct slice arn,
                          const struct policy_entity_filter *filter, struct slice after,
                          int64_t limit, struct policy_entity_row **out, size_t *count,
                          struct err *err)
{
    struct query q = query_start(
        db, "SELECT kind, folded, name, id FROM ("
            "SELECT 'group' AS kind, g.folded, g.name, g.id, g.path FROM policy_attachment a "
            "JOIN iam_group g ON a.owner_kind = 'group' AND g.folded = a.owner "
            "WHERE a.arn = ?1 AND ?2 <> 0 UNION "
            "SELECT 'user', u.folded, u.name, u.id, u.path FROM policy_attachment a "
            "JOIN iam_user u ON a.owner_kind = 'user' AND u.folded = a.owner "
            "WHERE a.arn = ?1 AND ?3 <> 0 UNION "
            "SELECT 'user', u.folded, u.name, u.id, u.path FROM iam_user u "
            "WHERE u.boundary_arn = ?1 AND ?4 <> 0) AS entity "
            "WHERE substr(path, 1, length(?5)) = ?5 AND kind || '/' || folded > ?6 "
            "ORDER BY kind || '/' || folded LIMIT ?7");
    query_text(&q, arn);
    query_i64(&q, filter->groups && filter->attached);
    query_i64(&q, filter->users && filter->attached);
    query_i64(&q, filter->users && filter->boundary);
    query_text(&q, filter->path_prefix);
    query_text(&q, after);
    query_i64(&q, limit);
    return collect_entities(&q, arena, out, count, err);
}

/* ---- versions ---- */

static enum rc
version_missing(struct slice arn, int64_t version, struct err *err)
{
    return err_set(err, RC_NOT_FOUND,
                   "Policy %.*s version v%" PRId64 " does not exist or is not attachable.",
                   SLICE_ARG(arn), version);
}

static enum rc
put_aside(struct database *db, struct slice arn, const struct policy_version_row *row,
          struct err *err)
{
    struct query q = query_start(db, "INSERT INTO policy_version (arn, version, document, "
                                     "created_ms) VALUES (?, ?, ?, ?)");
    query_text(&q, arn);
    query_i64(&q, row->version);
    query_text(&q, row->document);
    query_i64(&q, row->created_ms);
    return query_run(&q, err);
}

static enum rc
update(struct database *db, const struct managed_policy_row *policy, struct err *err)
{
    struct query q = query_start(db, "UPDATE managed_policy SET document = ?, version = ?, "
                                     "version_ms = ?, versions_made = ?, updated_ms = ? "
                                     "WHERE arn = ?");
    query_text(&q, policy->document);
    query_i64(&q, policy->version);
    query_i64(&q, policy->version_ms);
    query_i64(&q, policy->versions_made);
    query_i64(&q, policy->updated_ms);
    query_text(&q, policy->arn);
    return query_run(&q, err);
}

static struct policy_version_row
default_of(const struct managed_policy_row *policy)
{
    return (struct policy_version_row){policy->document, policy->version, policy->version_ms};
}

static void
take_default(struct managed_policy_row *policy, const struct policy_version_row *version)
{
    policy->document = version->document;
    policy->version = version->version;
    policy->version_ms = version->created_ms;
}

enum rc
policy_versions_add(struct database *db, struct managed_policy_row *policy, struct slice document,
                    bool set_default, int64_t now_ms, struct err *err)
{
    struct policy_version_row added = {document, policy->versions_made + 1, now_ms};
    struct policy_version_row aside = set_default ? default_of(policy) : added;
    enum rc rc = put_aside(db, policy->arn, &aside, err);
    if (rc != RC_OK)
        return rc;
    policy->versions_made = added.version;
    policy->updated_ms = now_ms;
    if (set_default)
        take_default(policy, &added);
    return update(db, policy, err);
}

enum rc
policy_versions_find(struct database *db, struct arena *arena,
                     const struct managed_policy_row *policy, int64_t version,
                     struct policy_version_row *out, struct err *err)
{
    if (version == policy->version) {
        *out = default_of(policy);
        return RC_OK;
    }
    struct query q = query_start(db, "SELECT document, version, created_ms FROM policy_version "
                                     "WHERE arn = ? AND version = ?");
    query_text(&q, policy->arn);
    query_i64(&q, version);
    bool found = query_row(&q);
    if (found)
        *out = (struct policy_version_row){query_column_text(&q, arena, 0), query_column_i64(&q, 1),
                                           query_column_i64(&q, 2)};
    enum rc rc = query_end(&q, err);
    return rc == RC_OK && !found ? version_missing(policy->arn, version, err) : rc;
}

enum rc
policy_versions_list(struct database *db, struct arena *arena,
                     const struct managed_policy_row *policy, struct policy_version_row **out,
                     size_t *count, struct err *err)
{
    struct policy_version_row *rows = NULL;
    size_t len = 0, cap = 0;
    struct query q =
        query_start(db, "SELECT document, version, created_ms FROM policy_version WHERE arn = ?1 "
                        "UNION ALL SELECT document, version, version_ms FROM managed_policy "
                        "WHERE arn = ?1 ORDER BY 2 DESC");
    query_text(&q, policy->arn);
    while (query_row(&q)) {
        rows = arena_grow(arena, rows, sizeof *rows, len, &cap);
        rows[len++] = (struct policy_version_row){query_column_text(&q, arena, 0),
                                                  query_column_i64(&q, 1), query_column_i64(&q, 2)};
    }
    *out = rows;
    *count = len;
    return query_end(&q, err);
}

enum rc
policy_versions_delete(struct database *db, struct slice arn, int64_t version, struct err *err)
{
    struct query q = query_start(db, "DELETE FROM policy_version WHERE arn = ? AND version = ?");
    query_text(&q, arn);
    query_i64(&q, version);
    enum rc rc = query_run(&q, err);
    return rc == RC_OK && database_changes(db) == 0 ? version_missing(arn, version, err) : rc;
}

enum rc
policy_versions_set_default(struct database *db, struct arena *arena,
                            struct managed_policy_row *policy, int64_t version, struct err *err)
{
    struct policy_version_row chosen, before = default_of(policy);
    if (version == policy->version)
        return RC_OK;
    enum rc rc = policy_versions_find(db, arena, policy, version, &chosen, err);
    if (rc == RC_OK)
        rc = policy_versions_delete(db, policy->arn, version, err);
    if (rc == RC_OK)
        rc = put_aside(db, policy->arn, &before, err);
    if (rc != RC_OK)
        return rc;
    take_default(policy, &chosen);
    return update(db, policy, err);
}
