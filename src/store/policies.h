/*
 * Policies of IAM users and groups: inline ones, and managed ones with their versions, attached or as
 * a permissions boundary. An owner is the folded name of a user or group. Every slice is copied into
 * the arena. Nothing here reads a document: what may be stored is api/policy_change.h's to say.
 */
#ifndef POSTERN_STORE_POLICIES_H
#define POSTERN_STORE_POLICIES_H

#include "database.h"

enum policy_owner { OWNER_USER, OWNER_GROUP };

struct policy_row {
    struct slice name, document;
    struct slice arn;   /* managed policies; empty for inline ones */
    struct slice owner; /* name of the user or group */
    enum policy_owner owner_kind;
    bool boundary;
};

struct managed_policy_row {
    struct slice arn, name, id, path, description;
    struct slice document; /* of the default version, the only one that counts */
    int64_t version, version_ms;
    int64_t versions_made; /* numbers are not used again */
    int64_t created_ms;
    int64_t updated_ms;              /* when the newest version was made */
    int64_t attachments, boundaries; /* how often it is used; only read */
};

struct policy_version_row {
    struct slice document;
    int64_t version, created_ms;
};

/* A user or group that a managed policy applies to. */
struct policy_entity_row {
    enum policy_owner kind;
    struct slice folded, name, id;
};

/* ---- inline ---- */

/* Replaces one of the same name. */
MUST_USE enum rc policies_put(struct database *db, enum policy_owner kind, struct slice owner,
                              struct slice name, struct slice document, struct err *err);
MUST_USE enum rc policies_find(struct database *db, struct arena *arena, enum policy_owner kind,
                               struct slice owner, struct slice name, struct policy_row *out,
                               struct err *err);
MUST_USE enum rc policies_delete(struct database *db, enum policy_owner kind, struct slice owner,
                                 struct slice name, struct err *err);
/* Names, from behind `after`. */
MUST_USE enum rc policies_names(struct database *db, struct arena *arena, enum policy_owner kind,
                                struct slice owner, struct slice after, int64_t limit,
                                struct slice **out, size_t *count, struct err *err);
/* The owners who have an inline policy of that name. */
MUST_USE enum rc policies_owners(struct database *db, struct arena *arena, enum policy_owner kind,
                                 struct slice name, struct slice **out, size_t *count,
                                 struct err *err);

/* Those whose name begins so, each with the name of its owner, by both. */
MUST_USE enum rc policies_of_users(struct database *db, struct arena *arena, struct slice prefix,
                                   struct policy_row **out, size_t *count, struct err *err);

/* ---- both ---- */

/* Inline and attached ones of one owner. */
MUST_USE enum rc policies_of(struct database *db, struct arena *arena, enum policy_owner kind,
                             struct slice owner, struct policy_row **out, size_t *count,
                             struct err *err);
/* Everything that applies to a user: own, groups', managed, and the boundary. */
MUST_USE enum rc policies_of_principal(struct database *db, struct arena *arena,
                                       struct slice folded, struct policy_row **out, size_t *count,
                                       struct err *err);

/* ---- managed ---- */

/* RC_CONFLICT: a policy of that name exists, under whatever path; case does not count. */
MUST_USE enum rc managed_policies_insert(struct database *db, const struct managed_policy_row *row,
                                         struct err *err);
MUST_USE enum rc managed_policies_find(struct database *db, struct arena *arena, struct slice arn,
                                       struct managed_policy_row *out, struct err *err);
/* By its name, whatever its path. */
MUST_USE enum rc managed_policies_named(struct database *db, struct arena *arena, struct slice name,
                                        struct managed_policy_row *out, struct err *err);
MUST_USE enum rc managed_policies_list(struct database *db, struct arena *arena,
                                       struct policy_row **out, size_t *count, struct err *err);
MUST_USE enum rc managed_policies_count(struct database *db, int64_t *count, struct err *err);

struct managed_policy_filter {
    struct slice path_prefix;
    bool attached, boundary; /* only what is attached; only what is a boundary */
};
/* Without documents and descriptions, by ARN, from behind `after`. */
MUST_USE enum rc managed_policies_page(struct database *db, struct arena *arena,
                                       const struct managed_policy_filter *filter,
                                       struct slice after, int64_t limit,
                                       struct managed_policy_row **out, size_t *count,
                                       struct err *err);
/* Whole ones, by unique id, from behind `after`. */
MUST_USE enum rc managed_policies_details(struct database *db, struct arena *arena,
                                          struct slice after, int64_t limit,
                                          struct managed_policy_row **out, size_t *count,
                                          struct err *err);
/* With its versions and tags. RC_CONFLICT while it is attached or a boundary. */
MUST_USE enum rc managed_policies_delete(struct database *db, struct slice arn, struct err *err);

MUST_USE enum rc managed_policies_attach(struct database *db, enum policy_owner kind,
                                         struct slice owner, struct slice arn, struct err *err);
MUST_USE enum rc managed_policies_detach(struct database *db, enum policy_owner kind,
                                         struct slice owner, struct slice arn, struct err *err);
/* What is attached to one owner: names and ARNs, by ARN, from behind `after`. */
MUST_USE enum rc managed_policies_attached(struct database *db, struct arena *arena,
                                           enum policy_owner kind, struct slice owner,
                                           struct slice path_prefix, struct slice after,
                                           int64_t limit, struct policy_row **out, size_t *count,
                                           struct err *err);

struct policy_entity_filter {
    struct slice path_prefix; /* of the entity */
    bool users, groups;
    bool attached, boundary; /* by which use */
};
/* Groups before users, each by name, from behind `after`: "group/folded" or "user/folded". */
MUST_USE enum rc managed_policies_entities(struct database *db, struct arena *arena,
                                           struct slice arn,
                                           const struct policy_entity_filter *filter,
                                           struct slice after, int64_t limit,
                                           struct policy_entity_row **out, size_t *count,
                                           struct err *err);

/* ---- versions ---- */

/* `policy` is brought up to date. */
MUST_USE enum rc policy_versions_add(struct database *db, struct managed_policy_row *policy,
                                     struct slice document, bool set_default, int64_t now_ms,
                                     struct err *err);
MUST_USE enum rc policy_versions_find(struct database *db, struct arena *arena,
                                      const struct managed_policy_row *policy, int64_t version,
                                      struct policy_version_row *out, struct err *err);
/* All, the default one among them; newest first. */
MUST_USE enum rc policy_versions_list(struct database *db, struct arena *arena,
                                      const struct managed_policy_row *policy,
                                      struct policy_version_row **out, size_t *count,
                                      struct err *err);
MUST_USE enum rc policy_versions_set_default(struct database *db, struct arena *arena,
                                             struct managed_policy_row *policy, int64_t version,
                                             struct err *err);
/* Not the default one: the caller has seen to that. */
MUST_USE enum rc policy_versions_delete(struct database *db, struct slice arn, int64_t version,
                                        struct err *err);

#endif
