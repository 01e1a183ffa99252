/* IAM users, groups and access keys. Names are unique without regard to case; `folded` is the
 * lower-case key. Every slice is copied into the arena. */
#ifndef POSTERN_STORE_USERS_H
#define POSTERN_STORE_USERS_H

#include "database.h"

struct user_row {
    struct slice folded, name, id, path, boundary_arn; /* boundary_arn empty: none */
    int64_t created_ms;
    int64_t named_ms; /* since when it has this name */
};

struct access_key_row {
    struct slice id, user_folded, user_name, user_id, user_path;
    struct slice secret; /* sealed with row "access-key:<id>" */
    bool active;
    bool revoked;                /* inactive because it was revoked: `restore` undoes that */
    int64_t suspended_until_ms;  /* its user is suspended until then; 0: not */
    int64_t created_ms, used_ms; /* used_ms 0: never */
    struct slice used_service, used_address;
};

struct group_row {
    struct slice folded, name, id, path;
    int64_t created_ms;
};

/* How much there is of each. */
struct principal_counts {
    int64_t users, groups, policies, policy_versions;
};

MUST_USE enum rc users_insert(struct database *db, const struct user_row *row, struct err *err);
MUST_USE enum rc users_find(struct database *db, struct arena *arena, struct slice name,
                            struct user_row *out, struct err *err);
/* By the unique id. */
MUST_USE enum rc users_with_id(struct database *db, struct arena *arena, struct slice id,
                               struct user_row *out, struct err *err);
MUST_USE enum rc users_list(struct database *db, struct arena *arena, struct user_row **out,
                            size_t *count, struct err *err);
/* Those of whom the name, the id of a key or an address that was granted has `text` (lower-case; empty:
 * all) in it, behind `after`, at most `limit`. */
MUST_USE enum rc users_search(struct database *db, struct arena *arena, struct slice text,
                              struct slice after, int64_t limit, struct user_row **out,
                              size_t *count, struct err *err);
/* Those below the path `prefix` (empty: all) whose folded name is behind `after`, at most `limit`. */
MUST_USE enum rc users_page(struct database *db, struct arena *arena, struct slice prefix,
                            struct slice after, int64_t limit, struct user_row **out, size_t *count,
                            struct err *err);
/* A new name and path; keys, policies, groups, tags and password go with the user. `row` is as it was
 * found. RC_CONFLICT: the name is somebody else's. */
MUST_USE enum rc users_move(struct database *db, struct arena *arena, const struct user_row *row,
                            struct slice name, struct slice path, int64_t now_ms, struct err *err);
/* RC_CONFLICT while keys, policies, group memberships or a password are left; tags, a suspension and
 * what was recorded of permissions go. */
MUST_USE enum rc users_delete(struct database *db, struct arena *arena, struct slice name,
                              struct err *err);
MUST_USE enum rc users_set_boundary(struct database *db, struct slice folded, struct slice arn,
                                    struct err *err);

/* Nobody is let in by a key that is off, or whose user is suspended. */
static inline bool
access_key_is_usable(const struct access_key_row *key, int64_t now_ms)
{
    return key->active && now_ms >= key->suspended_until_ms;
}

MUST_USE enum rc access_keys_insert(struct database *db, const struct access_key_row *row,
                                    struct err *err);
MUST_USE enum rc access_keys_find(struct database *db, struct arena *arena, struct slice id,
                                  struct access_key_row *out, struct err *err);
MUST_USE enum rc access_keys_of(struct database *db, struct arena *arena, struct slice folded,
                                struct access_key_row **out, size_t *count, struct err *err);
MUST_USE enum rc access_keys_set_active(struct database *db, struct slice id, bool active,
                                        bool revoked, struct err *err);
/* Where each active key was used last. */
MUST_USE enum rc access_keys_last_uses(struct database *db, struct arena *arena,
                                       void (*each)(void *ctx, struct slice id,
                                                    struct slice address),
                                       void *ctx, struct err *err);
MUST_USE enum rc access_keys_delete(struct database *db, struct slice id, struct err *err);
MUST_USE enum rc access_keys_touch(struct database *db, struct slice id, int64_t now_ms,
                                   struct slice service, struct slice address, struct err *err);
/* Usable now, and still that user's: what was decided under a name that the user had then is void. */
MUST_USE enum rc access_keys_is_usable(struct database *db, struct slice id,
                                       struct slice user_folded, int64_t now_ms, bool *usable,
                                       struct err *err);

MUST_USE enum rc groups_insert(struct database *db, const struct group_row *row, struct err *err);
MUST_USE enum rc groups_find(struct database *db, struct arena *arena, struct slice name,
                             struct group_row *out, struct err *err);
MUST_USE enum rc groups_list(struct database *db, struct arena *arena, struct group_row **out,
                             size_t *count, struct err *err);
MUST_USE enum rc groups_delete(struct database *db, struct slice folded, struct err *err);
MUST_USE enum rc groups_page(struct database *db, struct arena *arena, struct slice prefix,
                             struct slice after, int64_t limit, struct group_row **out,
                             size_t *count, struct err *err);
/* The groups of a user, and the users of a group, in pages as above. */
MUST_USE enum rc groups_of_user(struct database *db, struct arena *arena, struct slice user,
                                struct slice after, int64_t limit, struct group_row **out,
                                size_t *count, struct err *err);
MUST_USE enum rc groups_users(struct database *db, struct arena *arena, struct slice group,
                              struct slice after, int64_t limit, struct user_row **out,
                              size_t *count, struct err *err);
/* Names of the users in it. */
MUST_USE enum rc groups_members(struct database *db, struct arena *arena, struct slice group,
                                struct slice **out, size_t *count, struct err *err);
MUST_USE enum rc groups_add_member(struct database *db, struct slice group, struct slice user,
                                   struct err *err);
MUST_USE enum rc groups_remove_member(struct database *db, struct slice group, struct slice user,
                                      struct err *err);

MUST_USE enum rc principals_count(struct database *db, struct principal_counts *out,
                                  struct err *err);

#endif
