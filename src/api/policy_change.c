#include "policy_change.h"

#include "base/random.h"

/* As IAM's own quotas. White space does not count. */
enum {
    USER_INLINE_MAX = 2048,
    GROUP_INLINE_MAX = 5120,
    MANAGED_MAX = 6144,
    MANAGED_POLICIES_MAX = 1500,
    ATTACHED_MAX = 10
};

static size_t
counted_size(struct slice document)
{
    size_t size = 0;
    for (size_t i = 0; i < document.len; i++)
        size += !strchr(" \t\r\n", document.ptr[i]) || document.ptr[i] == '\0';
    return size;
}

static enum rc
check_document(struct slice document, struct err *err)
{
    struct policy *policy;
    enum rc rc = policy_parse(document, POLICY_IDENTITY_BASED, &policy, err);
    if (rc == RC_OK)
        policy_unref(policy);
    return rc;
}

/* ---- inline ---- */

/* All inline policies of a user or group together. */
static enum rc
check_inline_size(struct api_call *call, const struct policy_holder *holder, struct slice name,
                  struct slice document, struct err *err)
{
    bool user = holder->kind == OWNER_USER;
    size_t count, max = user ? USER_INLINE_MAX : GROUP_INLINE_MAX;
    struct policy_row *rows;
    size_t size = counted_size(document);
    enum rc rc =
        policies_of(call->database, call->arena, holder->kind, holder->folded, &rows, &count, err);
    for (size_t i = 0; rc == RC_OK && i < count; i++)
        if (rows[i].arn.len == 0 && !slice_eq(rows[i].name, name))
            size += counted_size(rows[i].document);
    if (rc == RC_OK && size > max)
        return err_set(err, RC_LIMIT,
                       "Maximum policy size of %zu bytes exceeded for %s %.*s: its inline policies "
                       "together would have %zu; a managed policy may have %d",
                       max, user ? "user" : "group", SLICE_ARG(holder->name), size, MANAGED_MAX);
    return rc;
}

enum rc
policy_change_inline(struct api_call *call, const struct policy_holder *holder, struct slice name,
                     struct slice document, struct err *err)
{
    enum rc rc = check_document(document, err);
    if (rc == RC_OK)
        rc = check_inline_size(call, holder, name, document, err);
    return rc == RC_OK
               ? policies_put(call->database, holder->kind, holder->folded, name, document, err)
               : rc;
}

/* ---- managed ---- */

static enum rc
check_managed(struct slice document, struct err *err)
{
    enum rc rc = check_document(document, err);
    if (rc == RC_OK && counted_size(document) > MANAGED_MAX)
        return err_set(err, RC_LIMIT, "Cannot exceed quota for PolicySize: %d", MANAGED_MAX);
    return rc;
}

enum rc
policy_change_create(struct api_call *call, struct slice name, struct slice path,
                     struct slice description, struct slice document,
                     struct managed_policy_row *out, struct err *err)
{
    int64_t count;
    enum rc rc = check_managed(document, err);
    if (rc == RC_OK)
        rc = managed_policies_count(call->database, &count, err);
    if (rc != RC_OK)
        return rc;
    if (count >= MANAGED_POLICIES_MAX)
        return err_set(err, RC_LIMIT, "Cannot exceed quota for PoliciesPerAccount: %d",
                       MANAGED_POLICIES_MAX);
    *out = (struct managed_policy_row){
        .arn = api_iam_arn(call->arena, call->constants, "policy", path, name),
        .name = name,
        .id = random_iam_id(call->arena, "ANPA", 17),
        .path = path,
        .description = description,
        .document = document,
        .version = 1,
        .version_ms = call->now_ms,
        .versions_made = 1,
        .created_ms = call->now_ms,
        .updated_ms = call->now_ms,
    };
    return managed_policies_insert(call->database, out, err);
}

/* The list is newest first. */
static enum rc
drop_oldest(struct api_call *call, const struct managed_policy_row *policy,
            const struct policy_version_row *versions, size_t count, struct err *err)
{
    size_t oldest = count - 1;
    if (versions[oldest].version == policy->version)
        oldest--;
    return policy_versions_delete(call->database, policy->arn, versions[oldest].version, err);
}

enum rc
policy_change_add_version(struct api_call *call, struct managed_policy_row *policy,
                          struct slice document, bool set_default, enum policy_room room,
                          struct err *err)
{
    struct policy_version_row *versions;
    size_t count = 0;
    enum rc rc = check_managed(document, err);
    if (rc == RC_OK)
        rc = policy_versions_list(call->database, call->arena, policy, &versions, &count, err);
    if (rc == RC_OK && count >= POLICY_VERSIONS_MAX && room == POLICY_ROOM_NEEDED)
        return err_set(err, RC_LIMIT,
                       "A managed policy can have up to %d versions. Before you create a new "
                       "version, you must delete an existing version.",
                       POLICY_VERSIONS_MAX);
    if (rc == RC_OK && count >= POLICY_VERSIONS_MAX)
        rc = drop_oldest(call, policy, versions, count, err);
    return rc == RC_OK ? policy_versions_add(call->database, policy, document, set_default,
                                             call->now_ms, err)
                       : rc;
}

enum rc
policy_change_attach(struct api_call *call, const struct policy_holder *holder, struct slice arn,
                     struct err *err)
{
    struct policy_row *rows;
    size_t count, others = 0;
    enum rc rc =
        managed_policies_attached(call->database, call->arena, holder->kind, holder->folded,
                                  SLICE("/"), SLICE(""), ATTACHED_MAX + 1, &rows, &count, err);
    for (size_t i = 0; rc == RC_OK && i < count; i++)
        others += !slice_eq(rows[i].arn, arn);
    if (rc == RC_OK && others == count && count >= ATTACHED_MAX)
        return err_set(err, RC_LIMIT, "Cannot exceed quota for Policies%s: %d",
                       holder->kind == OWNER_USER ? "PerUser" : "PerGroup", ATTACHED_MAX);
    return rc == RC_OK
               ? managed_policies_attach(call->database, holder->kind, holder->folded, arn, err)
               : rc;
}
