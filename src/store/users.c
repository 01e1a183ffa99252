#include "users.h"

/* A statement that must change a row. */
static enum rc
run_on_one(struct database *db, struct query *query, const char *missing, struct err *err)
{
    enum rc rc = query_run(query, err);
    if (rc == RC_OK && database_changes(db) == 0)
        return err_set(err, RC_NOT_FOUND, "%s", missing);
    return rc;
}

/* ---- users ---- */

enum rc
users_insert(struct database *db, const struct user_row *row, struct err *err)
{
    struct query q = query_start(db, "INSERT INTO iam_user (folded, name, id, path, created_ms, "
                                     "named_ms, boundary_arn) VALUES (?1, ?2, ?3, ?4, ?5, ?5, "
                                     "NULLIF(?6, ''))");
    query_text(&q, row->folded);
    query_text(&q, row->name);
    query_text(&q, row->id);
    query_text(&q, row->path);
    query_i64(&q, row->created_ms);
    query_text(&q, row->boundary_arn);
    enum rc rc = query_run(&q, err);
    if (rc == RC_CONFLICT)
        return err_set(err, rc, "User with name %.*s already exists.", SLICE_ARG(row->name));
    return rc;
}

#define USER_SELECT                                                                                \
    "SELECT u.folded, u.name, u.id, u.path, u.created_ms, u.boundary_arn, u.named_ms FROM "        \
    "iam_user u "

static void
read_user(struct query *q, struct arena *arena, struct user_row *row)
{
    row->folded = query_column_text(q, arena, 0);
    row->name = query_column_text(q, arena, 1);
    row->id = query_column_text(q, arena, 2);
    row->path = query_column_text(q, arena, 3);
    row->created_ms = query_column_i64(q, 4);
    row->boundary_arn = query_column_text(q, arena, 5);
    row->named_ms = query_column_i64(q, 6);
}

static enum rc
collect_users(struct query *q, struct arena *arena, struct user_row **out, size_t *count,
              struct err *err)
{
    struct user_row *rows = NULL;
    size_t len = 0, cap = 0;
    while (query_row(q)) {
        rows = arena_grow(arena, rows, sizeof *rows, len, &cap);
        read_user(q, arena, &rows[len++]);
    }
    *out = rows;
    *count = len;
    return query_end(q, err);
}

enum rc
users_find(struct database *db, struct arena *arena, struct slice name, struct user_row *out,
           struct err *err)
{
    struct query q = query_start(db, USER_SELECT "WHERE u.folded = ?");
    query_text(&q, arena_lower(arena, name));
    bool found = query_row(&q);
    if (found)
        read_user(&q, arena, out);
    enum rc rc = query_end(&q, err);
    if (rc == RC_OK && !found)
        return err_set(err, RC_NOT_FOUND, "The user with name %.*s cannot be found.",
                       SLICE_ARG(name));
    return rc;
}

enum rc
users_with_id(struct database *db, struct arena *arena, struct slice id, struct user_row *out,
              struct err *err)
{
    struct query q = query_start(db, USER_SELECT "WHERE u.id = ?");
    query_text(&q, id);
    bool found = query_row(&q);
    if (found)
        read_user(&q, arena, out);
    enum rc rc = query_end(&q, err);
    return rc == RC_OK && !found ? err_set(err, RC_NOT_FOUND, "There is no such user.") : rc;
}

enum rc
users_list(struct database *db, struct arena *arena, struct user_row **out, size_t *count,
           struct err *err)
{
    struct query q = query_start(db, USER_SELECT "ORDER BY u.folded");
    return collect_users(&q, arena, out, count, err);
}

enum rc
users_search(struct database *db, struct arena *arena, struct slice text, struct slice after,
             int64_t limit, struct user_row **out, size_t *count, struct err *err)
{
    struct query q = query_start(
        db, USER_SELECT
        "WHERE u.folded > ?1 AND (?2 = '' OR instr(u.folded, ?2) OR EXISTS (SELECT 1 FROM "
        "access_key k WHERE k.iam_user = u.folded AND instr(lower(k.id), ?2)) OR EXISTS (SELECT 1 "
        "FROM inline_policy p WHERE p.owner_kind = 'user' AND p.owner = u.folded AND "
        "substr(p.name, 1, 6) = 'grant-' AND instr(lower(substr(p.name, 7)), ?2))) "
        "ORDER BY u.folded LIMIT ?3");
    query_text(&q, after);
    query_text(&q, text);
    query_i64(&q, limit);
    return collect_users(&q, arena, out, count, err);
}

enum rc
users_page(struct database *db, struct arena *arena, struct slice prefix, struct slice after,
           int64_t limit, struct user_row **out, size_t *count, struct err *err)
{
    struct query q = query_start(db, USER_SELECT "WHERE u.folded > ?1 AND "
                                                 "substr(u.path, 1, length(?2)) = ?2 "
                                                 "ORDER BY u.folded LIMIT ?3");
    query_text(&q, after);
    query_text(&q, prefix);
    query_i64(&q, limit);
    return collect_users(&q, arena, out, count, err);
}

/* Under another key: the new row is there before what refers to it, and the old one until nothing
 * does. Both hold the unique id for a moment, so the new one's is told apart. */
static enum rc
rekey_user(struct database *db, struct slice old, struct slice folded, int64_t now_ms,
           struct err *err)
{
    static const char *const steps[] = {
        "INSERT INTO iam_user (folded, name, id, path, created_ms, named_ms, boundary_arn) SELECT "
        "?2, name, '-' || id, path, created_ms, ?3, boundary_arn FROM iam_user WHERE folded = ?1",
        "UPDATE access_key SET iam_user = ?2 WHERE iam_user = ?1",
        "UPDATE group_member SET iam_user = ?2 WHERE iam_user = ?1",
        "UPDATE login_profile SET iam_user = ?2 WHERE iam_user = ?1",
        "UPDATE inline_policy SET owner = ?2 WHERE owner_kind = 'user' AND owner = ?1",
        "UPDATE policy_attachment SET owner = ?2 WHERE owner_kind = 'user' AND owner = ?1",
        "DELETE FROM iam_user WHERE folded = ?1 AND ?1 <> ?2",
        "UPDATE iam_user SET id = substr(id, 2) WHERE folded = ?2 AND ?1 <> ?2",
    };
    enum rc rc = RC_OK;
    for (size_t i = 0; rc == RC_OK && i < sizeof steps / sizeof steps[0]; i++) {
        struct query q = query_start(db, steps[i]);
        query_text(&q, old);
        query_text(&q, folded);
        if (i == 0)
            query_i64(&q, now_ms);
        rc = query_run(&q, err);
    }
    return rc;
}

enum rc
users_move(struct database *db, struct arena *arena, const struct user_row *row, struct slice name,
           struct slice path, int64_t now_ms, struct err *err)
{
    struct slice folded = arena_lower(arena, name);
    if (!slice_eq(folded, row->folded)) {
        enum rc rc = rekey_user(db, row->folded, folded, now_ms, err);
        if (rc == RC_CONFLICT)
            return err_set(err, rc, "User with name %.*s already exists.", SLICE_ARG(name));
        if (rc != RC_OK)
            return rc;
    }
    struct query q = query_start(db, "UPDATE iam_user SET name = ?, path = ? WHERE folded = ?");
    query_text(&q, name);
    query_text(&q, path);
    query_text(&q, folded);
    return run_on_one(db, &q, "The user cannot be found.", err);
}

/* IAM names what is in the way (reference §5.7). */
static enum rc
check_unused(struct database *db, struct slice folded, const char *sql, const char *what,
             struct err *err)
{
    struct query q = query_start(db, sql);
    query_text(&q, folded);
    bool used = query_row(&q);
    enum rc rc = query_end(&q, err);
    if (rc == RC_OK && used)
        return err_set(err, RC_CONFLICT, "Cannot delete entity, must %s first.", what);
    return rc;
}

enum rc
users_delete(struct database *db, struct arena *arena, struct slice name, struct err *err)
{
    static const char *const uses[][2] = {
        {"SELECT 1 FROM access_key WHERE iam_user = ?", "delete access keys"},
        {"SELECT 1 FROM inline_policy WHERE owner_kind = 'user' AND owner = ?", "delete policies"},
        {"SELECT 1 FROM policy_attachment WHERE owner_kind = 'user' AND owner = ?",
         "detach all policies"},
        {"SELECT 1 FROM group_member WHERE iam_user = ?", "remove users from group"},
        {"SELECT 1 FROM login_profile WHERE iam_user = ?", "delete login profile"},
    };
    struct slice folded = arena_lower(arena, name);
    for (size_t i = 0; i < sizeof uses / sizeof uses[0]; i++) {
        enum rc rc = check_unused(db, folded, uses[i][0], uses[i][1], err);
        if (rc != RC_OK)
            return rc;
    }
    static const char *const belongings[] = {
        "DELETE FROM tag WHERE resource = (SELECT id FROM iam_user WHERE folded = ?)",
        "DELETE FROM permission_use WHERE user_id = (SELECT id FROM iam_user WHERE folded = ?)",
        "DELETE FROM suspension WHERE kind = 0 AND subject = (SELECT id FROM iam_user WHERE "
        "folded = ?)",
    };
    enum rc rc = RC_OK;
    for (size_t i = 0; rc == RC_OK && i < sizeof belongings / sizeof belongings[0]; i++) {
        struct query belonging = query_start(db, belongings[i]);
        query_text(&belonging, folded);
        rc = query_run(&belonging, err);
    }
    if (rc != RC_OK)
        return rc;
    struct query q = query_start(db, "DELETE FROM iam_user WHERE folded = ?");
    query_text(&q, folded);
    rc = query_run(&q, err);
    if (rc == RC_OK && database_changes(db) == 0)
        return err_set(err, RC_NOT_FOUND, "The user with name %.*s cannot be found.",
                       SLICE_ARG(name));
    return rc;
}

enum rc
users_set_boundary(struct database *db, struct slice folded, struct slice arn, struct err *err)
{
    struct query q = query_start(db, "UPDATE iam_user SET boundary_arn = ? WHERE folded = ?");
    if (arn.len)
        query_text(&q, arn);
    else
        query_null(&q);
    query_text(&q, folded);
    return run_on_one(db, &q, "The user cannot be found.", err);
}

/* ---- access keys ---- */

enum rc
access_keys_insert(struct database *db, const struct access_key_row *row, struct err *err)
{
    struct query q = query_start(db, "INSERT INTO access_key (id, iam_user, secret, active, "
                                     "created_ms) VALUES (?, ?, ?, ?, ?)");
    query_text(&q, row->id);
    query_text(&q, row->user_folded);
    query_blob(&q, row->secret);
    query_i64(&q, row->active);
    query_i64(&q, row->created_ms);
    enum rc rc = query_run(&q, err);
    if (rc == RC_CONFLICT)
        return err_set(err, rc, "Access key %.*s already exists.", SLICE_ARG(row->id));
    return rc;
}

#define SUSPENDED_UNTIL                                                                            \
    "coalesce((SELECT until_ms FROM suspension WHERE kind = 0 AND subject = u.id), 0) "

#define ACCESS_KEY_SELECT                                                                          \
    "SELECT k.id, k.iam_user, u.name, u.id, u.path, k.secret, k.active, k.created_ms, k.used_ms, " \
    "k.used_service, k.used_address, k.revoked, " SUSPENDED_UNTIL "FROM access_key k "             \
    "JOIN iam_user u ON u.folded = k.iam_user "

static void
read_access_key(struct query *q, struct arena *arena, struct access_key_row *row)
{
    row->id = query_column_text(q, arena, 0);
    row->user_folded = query_column_text(q, arena, 1);
    row->user_name = query_column_text(q, arena, 2);
    row->user_id = query_column_text(q, arena, 3);
    row->user_path = query_column_text(q, arena, 4);
    row->secret = query_column_text(q, arena, 5);
    row->active = query_column_i64(q, 6) != 0;
    row->created_ms = query_column_i64(q, 7);
    row->used_ms = query_column_i64(q, 8);
    row->used_service = query_column_text(q, arena, 9);
    row->used_address = query_column_text(q, arena, 10);
    row->revoked = query_column_i64(q, 11) != 0;
    row->suspended_until_ms = query_column_i64(q, 12);
}

enum rc
access_keys_find(struct database *db, struct arena *arena, struct slice id,
                 struct access_key_row *out, struct err *err)
{
    struct query q = query_start(db, ACCESS_KEY_SELECT "WHERE k.id = ?");
    query_text(&q, id);
    bool found = query_row(&q);
    if (found)
        read_access_key(&q, arena, out);
    enum rc rc = query_end(&q, err);
    if (rc == RC_OK && !found)
        return err_set(err, RC_NOT_FOUND, "The Access Key with id %.*s cannot be found.",
                       SLICE_ARG(id));
    return rc;
}

enum rc
access_keys_of(struct database *db, struct arena *arena, struct slice folded,
               struct access_key_row **out, size_t *count, struct err *err)
{
    struct access_key_row *rows = NULL;
    size_t len = 0, cap = 0;
    struct query q =
        query_start(db, ACCESS_KEY_SELECT "WHERE k.iam_user = ? ORDER BY k.created_ms, k.id");
    query_text(&q, folded);
    while (query_row(&q)) {
        rows = arena_grow(arena, rows, sizeof *rows, len, &cap);
        read_access_key(&q, arena, &rows[len++]);
    }
    *out = rows;
    *count = len;
    return query_end(&q, err);
}

enum rc
access_keys_set_active(struct database *db, struct slice id, bool active, bool revoked,
                       struct err *err)
{
    struct query q = query_start(db, "UPDATE access_key SET active = ?, revoked = ? WHERE id = ?");
    query_i64(&q, active);
    query_i64(&q, revoked);
    query_text(&q, id);
    return run_on_one(db, &q, "The Access Key cannot be found.", err);
}

enum rc
access_keys_delete(struct database *db, struct slice id, struct err *err)
{
    /* What holds mail of it stays known until that is released. */
    static const char *const traces[] = {"DELETE FROM canary WHERE access_key = ?",
                                         "DELETE FROM brake WHERE access_key = ? AND tripped_ms = "
                                         "0"};
    struct query q = query_start(db, "DELETE FROM access_key WHERE id = ?");
    query_text(&q, id);
    enum rc rc = run_on_one(db, &q, "The Access Key cannot be found.", err);
    for (size_t i = 0; rc == RC_OK && i < sizeof traces / sizeof traces[0]; i++) {
        q = query_start(db, traces[i]);
        query_text(&q, id);
        rc = query_run(&q, err);
    }
    return rc;
}

enum rc
access_keys_touch(struct database *db, struct slice id, int64_t now_ms, struct slice service,
                  struct slice address, struct err *err)
{
    struct query q = query_start(db, "UPDATE access_key SET used_ms = ?, used_service = ?, "
                                     "used_address = ? WHERE id = ?");
    query_i64(&q, now_ms);
    query_text(&q, service);
    query_text(&q, address);
    query_text(&q, id);
    return query_run(&q, err);
}

enum rc
access_keys_last_uses(struct database *db, struct arena *arena,
                      void (*each)(void *ctx, struct slice id, struct slice address), void *ctx,
                      struct err *err)
{
    struct query q = query_start(db, "SELECT id, used_address FROM access_key WHERE active = 1 AND "
                                     "used_address IS NOT NULL");
    while (query_row(&q)) {
        struct slice id = query_column_text(&q, arena, 0);
        each(ctx, id, query_column_text(&q, arena, 1));
    }
    return query_end(&q, err);
}

enum rc
access_keys_is_usable(struct database *db, struct slice id, struct slice user_folded,
                      int64_t now_ms, bool *usable, struct err *err)
{
    struct query q =
        query_start(db, "SELECT k.active, " SUSPENDED_UNTIL "FROM access_key k JOIN iam_user u ON "
                        "u.folded = k.iam_user WHERE k.id = ? AND k.iam_user = ?");
    query_text(&q, id);
    query_text(&q, user_folded);
    *usable = query_row(&q) && query_column_i64(&q, 0) != 0 && now_ms >= query_column_i64(&q, 1);
    return query_end(&q, err);
}

/* ---- groups ---- */

enum rc
groups_insert(struct database *db, const struct group_row *row, struct err *err)
{
    struct query q = query_start(db, "INSERT INTO iam_group (folded, name, id, path, created_ms) "
                                     "VALUES (?, ?, ?, ?, ?)");
    query_text(&q, row->folded);
    query_text(&q, row->name);
    query_text(&q, row->id);
    query_text(&q, row->path);
    query_i64(&q, row->created_ms);
    enum rc rc = query_run(&q, err);
    if (rc == RC_CONFLICT)
        return err_set(err, rc, "Group with name %.*s already exists.", SLICE_ARG(row->name));
    return rc;
}

static void
read_group(struct query *q, struct arena *arena, struct group_row *row)
{
    row->folded = query_column_text(q, arena, 0);
    row->name = query_column_text(q, arena, 1);
    row->id = query_column_text(q, arena, 2);
    row->path = query_column_text(q, arena, 3);
    row->created_ms = query_column_i64(q, 4);
}

enum rc
groups_find(struct database *db, struct arena *arena, struct slice name, struct group_row *out,
            struct err *err)
{
    struct query q = query_start(db, "SELECT folded, name, id, path, created_ms FROM iam_group "
                                     "WHERE folded = ?");
    query_text(&q, arena_lower(arena, name));
    bool found = query_row(&q);
    if (found)
        read_group(&q, arena, out);
    enum rc rc = query_end(&q, err);
    if (rc == RC_OK && !found)
        return err_set(err, RC_NOT_FOUND, "The group with name %.*s cannot be found.",
                       SLICE_ARG(name));
    return rc;
}

static enum rc
collect_groups(struct query *q, struct arena *arena, struct group_row **out, size_t *count,
               struct err *err)
{
    struct group_row *rows = NULL;
    size_t len = 0, cap = 0;
    while (query_row(q)) {
        rows = arena_grow(arena, rows, sizeof *rows, len, &cap);
        read_group(q, arena, &rows[len++]);
    }
    *out = rows;
    *count = len;
    return query_end(q, err);
}

enum rc
groups_list(struct database *db, struct arena *arena, struct group_row **out, size_t *count,
            struct err *err)
{
    struct query q = query_start(db, "SELECT folded, name, id, path, created_ms FROM iam_group "
                                     "ORDER BY folded");
    return collect_groups(&q, arena, out, count, err);
}

enum rc
groups_page(struct database *db, struct arena *arena, struct slice prefix, struct slice after,
            int64_t limit, struct group_row **out, size_t *count, struct err *err)
{
    struct query q = query_start(db, "SELECT folded, name, id, path, created_ms FROM iam_group "
                                     "WHERE folded > ?1 AND substr(path, 1, length(?2)) = ?2 "
                                     "ORDER BY folded LIMIT ?3");
    query_text(&q, after);
    query_text(&q, prefix);
    query_i64(&q, limit);
    return collect_groups(&q, arena, out, count, err);
}

enum rc
groups_of_user(struct database *db, struct arena *arena, struct slice user, struct slice after,
               int64_t limit, struct group_row **out, size_t *count, struct err *err)
{
    struct query q = query_start(
        db, "SELECT g.folded, g.name, g.id, g.path, g.created_ms FROM group_member m JOIN "
            "iam_group g ON g.folded = m.iam_group WHERE m.iam_user = ? AND g.folded > ? "
            "ORDER BY g.folded LIMIT ?");
    query_text(&q, user);
    query_text(&q, after);
    query_i64(&q, limit);
    return collect_groups(&q, arena, out, count, err);
}

enum rc
groups_users(struct database *db, struct arena *arena, struct slice group, struct slice after,
             int64_t limit, struct user_row **out, size_t *count, struct err *err)
{
    struct query q = query_start(db, USER_SELECT "JOIN group_member g ON g.iam_user = u.folded "
                                                 "WHERE g.iam_group = ? AND u.folded > ? "
                                                 "ORDER BY u.folded LIMIT ?");
    query_text(&q, group);
    query_text(&q, after);
    query_i64(&q, limit);
    return collect_users(&q, arena, out, count, err);
}

enum rc
groups_delete(struct database *db, struct slice folded, struct err *err)
{
    static const char *const uses[][2] = {
        {"SELECT 1 FROM group_member WHERE iam_group = ?", "remove users from group"},
        {"SELECT 1 FROM inline_policy WHERE owner_kind = 'group' AND owner = ?", "delete policies"},
        {"SELECT 1 FROM policy_attachment WHERE owner_kind = 'group' AND owner = ?",
         "detach all policies"},
    };
    for (size_t i = 0; i < sizeof uses / sizeof uses[0]; i++) {
        enum rc rc = check_unused(db, folded, uses[i][0], uses[i][1], err);
        if (rc != RC_OK)
            return rc;
    }
    struct query q = query_start(db, "DELETE FROM iam_group WHERE folded = ?");
    query_text(&q, folded);
    return run_on_one(db, &q, "The group cannot be found.", err);
}

enum rc
groups_members(struct database *db, struct arena *arena, struct slice group, struct slice **out,
               size_t *count, struct err *err)
{
    struct query q =
        query_start(db, "SELECT u.name FROM group_member g JOIN iam_user u ON u.folded = "
                        "g.iam_user WHERE g.iam_group = ? ORDER BY u.name");
    query_text(&q, group);
    return query_texts(&q, arena, out, count, err);
}

enum rc
groups_add_member(struct database *db, struct slice group, struct slice user, struct err *err)
{
    struct query q = query_start(db, "INSERT INTO group_member (iam_group, iam_user) VALUES (?, ?) "
                                     "ON CONFLICT DO NOTHING");
    query_text(&q, group);
    query_text(&q, user);
    return query_run(&q, err);
}

enum rc
groups_remove_member(struct database *db, struct slice group, struct slice user, struct err *err)
{
    struct query q =
        query_start(db, "DELETE FROM group_member WHERE iam_group = ? AND iam_user = ?");
    query_text(&q, group);
    query_text(&q, user);
    return run_on_one(db, &q, "The user is not in the group.", err);
}

enum rc
principals_count(struct database *db, struct principal_counts *out, struct err *err)
{
    struct query q = query_start(
        db, "SELECT (SELECT COUNT(*) FROM iam_user), (SELECT COUNT(*) FROM iam_group), "
            "(SELECT COUNT(*) FROM managed_policy), (SELECT COUNT(*) FROM policy_version)");
    *out = (struct principal_counts){0};
    if (query_row(&q)) {
        out->users = query_column_i64(&q, 0);
        out->groups = query_column_i64(&q, 1);
        out->policies = query_column_i64(&q, 2);
        /* The default version of each is with the policy itself. */
        out->policy_versions = out->policies + query_column_i64(&q, 3);
    }
    return query_end(&q, err);
}
