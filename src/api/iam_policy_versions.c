/* Versions of managed policies: five at most, of which the default one applies (reference §7.7). */
#include "base/codec.h"
#include "iam_managed_policies.h"
#include "iam_page.h"
#include "iam_policies.h"
#include "served.h"

#include <inttypes.h>

/* "v12"; a number that no version can have is one that does not exist. */
static enum rc
read_version(struct api_call *call, const struct managed_policy_row *policy, int64_t *version,
             struct err *err)
{
    struct slice text;
    uint64_t number;
    enum rc rc = api_input_string(call, "VersionId", &text, err);
    if (rc != RC_OK)
        return rc;
    if (!slice_u64(slice_from(text, 1), &number) || number > INT32_MAX)
        return err_set(err, RC_NOT_FOUND,
                       "Policy %.*s version %.*s does not exist or is not attachable.",
                       SLICE_ARG(policy->arn), SLICE_ARG(text));
    *version = (int64_t)number;
    return RC_OK;
}

static enum rc
find_policy_and_version(struct api_call *call, struct managed_policy_row *policy, int64_t *version,
                        struct err *err)
{
    *version = 0;
    enum rc rc = iam_managed_policies_find(call, policy, err);
    return rc == RC_OK ? read_version(call, policy, version, err) : rc;
}

/* Members of an open object. */
static void
put_version(struct api_call *call, const struct managed_policy_row *policy,
            const struct policy_version_row *row)
{
    json_put_string(call->output, "VersionId",
                    arena_printf(call->arena, "v%" PRId64, row->version));
    json_put_bool(call->output, "IsDefaultVersion", row->version == policy->version);
    json_put_i64(call->output, "CreateDate", row->created_ms);
}

static enum rc
create_version(struct api_call *call, struct err *err)
{
    struct managed_policy_row policy;
    struct slice document;
    bool set_default;
    enum rc rc = iam_managed_policies_find(call, &policy, err);
    if (rc == RC_OK)
        rc = api_input_string(call, "PolicyDocument", &document, err);
    if (rc == RC_OK)
        rc = json_get_bool(call->input, "SetAsDefault", false, &set_default, err);
    if (rc != RC_OK)
        return rc;
    rc = policy_change_add_version(call, &policy, document, set_default, POLICY_ROOM_NEEDED, err);
    if (rc != RC_OK)
        return iam_policies_malformed(call, rc, err);
    struct policy_version_row made = {document, policy.versions_made, call->now_ms};
    json_key(call->output, "PolicyVersion");
    json_open_object(call->output);
    put_version(call, &policy, &made);
    json_close_object(call->output);
    return RC_OK;
}

static enum rc
get_version(struct api_call *call, struct err *err)
{
    struct managed_policy_row policy;
    struct policy_version_row row;
    int64_t version;
    enum rc rc = find_policy_and_version(call, &policy, &version, err);
    if (rc == RC_OK)
        rc = policy_versions_find(call->database, call->arena, &policy, version, &row, err);
    if (rc != RC_OK)
        return rc;
    json_key(call->output, "PolicyVersion");
    json_open_object(call->output);
    json_put_string(call->output, "Document", codec_percent(call->arena, row.document));
    put_version(call, &policy, &row);
    json_close_object(call->output);
    return RC_OK;
}

/* Newest first; a Marker is the number of the last one that was listed. */
static enum rc
list_versions(struct api_call *call, struct err *err)
{
    struct iam_page page;
    struct managed_policy_row policy;
    struct policy_version_row *rows;
    uint64_t below = UINT64_MAX;
    size_t count;
    enum rc rc = iam_managed_policies_find(call, &policy, err);
    if (rc == RC_OK)
        rc = iam_page_begin(call, &page, err);
    if (rc == RC_OK && page.after.len && !slice_u64(page.after, &below))
        return api_fail(call, RC_SYNTAX, FAULT_VALIDATION, err,
                        "Invalid Marker: it is none that an earlier page ended with");
    if (rc == RC_OK)
        rc = policy_versions_list(call->database, call->arena, &policy, &rows, &count, err);
    if (rc != RC_OK)
        return rc;
    json_key(call->output, "Versions");
    json_open_array(call->output);
    for (size_t i = 0; i < count; i++) {
        if ((uint64_t)rows[i].version >= below)
            continue;
        if (!iam_page_take(call, &page, arena_printf(call->arena, "%" PRId64, rows[i].version)))
            break;
        json_open_object(call->output);
        put_version(call, &policy, &rows[i]);
        json_close_object(call->output);
    }
    json_close_array(call->output);
    iam_page_end(call, &page);
    return RC_OK;
}

static enum rc
delete_version(struct api_call *call, struct err *err)
{
    struct managed_policy_row policy;
    int64_t version;
    enum rc rc = find_policy_and_version(call, &policy, &version, err);
    if (rc == RC_OK && version == policy.version)
        return api_fail(call, RC_CONFLICT, FAULT_DELETE_CONFLICT, err,
                        "Cannot delete the default version of a policy.");
    return rc == RC_OK ? policy_versions_delete(call->database, policy.arn, version, err) : rc;
}

static enum rc
set_default_version(struct api_call *call, struct err *err)
{
    struct managed_policy_row policy;
    int64_t version;
    enum rc rc = find_policy_and_version(call, &policy, &version, err);
    return rc == RC_OK
               ? policy_versions_set_default(call->database, call->arena, &policy, version, err)
               : rc;
}

static const struct served_operation rows[] = {
    {SERVICE_IAM, "CreatePolicyVersion", "iam:CreatePolicyVersion", API_WRITE, RESOURCE_ARN,
     "PolicyArn", create_version, NULL},
    {SERVICE_IAM, "GetPolicyVersion", "iam:GetPolicyVersion", API_READ, RESOURCE_ARN, "PolicyArn",
     get_version, NULL},
    {SERVICE_IAM, "ListPolicyVersions", "iam:ListPolicyVersions", API_READ, RESOURCE_ARN,
     "PolicyArn", list_versions, NULL},
    {SERVICE_IAM, "DeletePolicyVersion", "iam:DeletePolicyVersion", API_WRITE, RESOURCE_ARN,
     "PolicyArn", delete_version, NULL},
    {SERVICE_IAM, "SetDefaultPolicyVersion", "iam:SetDefaultPolicyVersion", API_WRITE, RESOURCE_ARN,
     "PolicyArn", set_default_version, NULL},
};

const struct served_rows iam_policy_version_rows = SERVED_ROWS(rows);
