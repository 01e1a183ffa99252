/*
 * Managed policies of IAM and what they are attached to (reference §5.7, §7.7). There are none of AWS's
 * own here: Scope=AWS finds nothing. Their versions are in iam_policy_versions.c.
 */
#include "iam_managed_policies.h"
#include "iam_page.h"
#include "iam_policies.h"
#include "served.h"
#include "tag_list.h"

#include <inttypes.h>

static struct slice
input(const struct api_call *call, const char *name, const char *otherwise)
{
    const struct json *value = json_member(call->input, name);
    return value ? value->text : slice_of(otherwise);
}

static enum rc
read_arn(struct api_call *call, struct slice *arn, struct err *err)
{
    enum rc rc = api_input_string(call, "PolicyArn", arn, err);
    if (rc == RC_OK && !slice_starts(*arn, SLICE("arn:")))
        return api_fail(call, RC_SYNTAX, FAULT_VALIDATION, err,
                        "Invalid ARN:  Could not be parsed!");
    return rc;
}

enum rc
iam_managed_policies_find(struct api_call *call, struct managed_policy_row *out, struct err *err)
{
    struct slice arn;
    enum rc rc = read_arn(call, &arn, err);
    if (rc != RC_OK)
        return rc;
    rc = managed_policies_find(call->database, call->arena, arn, out, err);
    return rc == RC_NOT_FOUND ? err_set(err, rc, "Policy %.*s was not found.", SLICE_ARG(arn)) : rc;
}

/* ---- policies ---- */

/* A list shows no more: the Description and the tags are GetPolicy's. */
void
iam_managed_policies_put(struct api_call *call, const struct managed_policy_row *row)
{
    json_put_string(call->output, "PolicyName", row->name);
    json_put_string(call->output, "PolicyId", row->id);
    json_put_string(call->output, "Arn", row->arn);
    json_put_string(call->output, "Path", row->path);
    json_put_string(call->output, "DefaultVersionId",
                    arena_printf(call->arena, "v%" PRId64, row->version));
    json_put_i64(call->output, "AttachmentCount", row->attachments);
    json_put_i64(call->output, "PermissionsBoundaryUsageCount", row->boundaries);
    json_put_bool(call->output, "IsAttachable", true);
    json_put_i64(call->output, "CreateDate", row->created_ms);
    json_put_i64(call->output, "UpdateDate", row->updated_ms);
}

static enum rc
put_whole_policy(struct api_call *call, const struct managed_policy_row *row, struct err *err)
{
    json_key(call->output, "Policy");
    json_open_object(call->output);
    iam_managed_policies_put(call, row);
    if (row->description.len)
        json_put_string(call->output, "Description", row->description);
    enum rc rc = tag_list_put(call, &tag_rules_policy, row->arn, err);
    json_close_object(call->output);
    return rc;
}

static enum rc
create_policy(struct api_call *call, struct err *err)
{
    struct managed_policy_row row;
    enum rc rc = policy_change_create(call, input(call, "PolicyName", ""), input(call, "Path", "/"),
                                      input(call, "Description", ""),
                                      input(call, "PolicyDocument", ""), &row, err);
    if (rc != RC_OK)
        return iam_policies_malformed(call, rc, err);
    rc = tag_list_add(call, &tag_rules_policy, row.arn, err);
    return rc == RC_OK ? put_whole_policy(call, &row, err) : rc;
}

static enum rc
get_policy(struct api_call *call, struct err *err)
{
    struct managed_policy_row row;
    enum rc rc = iam_managed_policies_find(call, &row, err);
    return rc == RC_OK ? put_whole_policy(call, &row, err) : rc;
}

static enum rc
list_policies(struct api_call *call, struct err *err)
{
    struct iam_page page;
    struct managed_policy_row *rows;
    struct slice usage = input(call, "PolicyUsageFilter", "");
    struct managed_policy_filter filter = {.path_prefix = input(call, "PathPrefix", "/")};
    size_t count;
    enum rc rc = json_get_bool(call->input, "OnlyAttached", false, &filter.attached, err);
    if (rc == RC_OK)
        rc = iam_page_begin(call, &page, err);
    if (rc != RC_OK)
        return rc;
    filter.attached |= slice_is(usage, "PermissionsPolicy");
    filter.boundary = slice_is(usage, "PermissionsBoundary");
    rc = managed_policies_page(call->database, call->arena, &filter, page.after, page.limit, &rows,
                               &count, err);
    if (rc != RC_OK)
        return rc;
    if (slice_is(input(call, "Scope", "All"), "AWS"))
        count = 0;
    json_key(call->output, "Policies");
    json_open_array(call->output);
    for (size_t i = 0; i < count && iam_page_take(call, &page, rows[i].arn); i++) {
        json_open_object(call->output);
        iam_managed_policies_put(call, &rows[i]);
        json_close_object(call->output);
    }
    json_close_array(call->output);
    iam_page_end(call, &page);
    return RC_OK;
}

static enum rc
delete_policy(struct api_call *call, struct err *err)
{
    struct managed_policy_row row;
    struct policy_version_row *versions;
    size_t count;
    enum rc rc = iam_managed_policies_find(call, &row, err);
    if (rc == RC_OK)
        rc = policy_versions_list(call->database, call->arena, &row, &versions, &count, err);
    if (rc == RC_OK && count > 1 && row.attachments + row.boundaries == 0)
        return api_fail(call, RC_CONFLICT, FAULT_DELETE_CONFLICT, err,
                        "This policy has more than one version. Before you delete a policy, you "
                        "must delete the policy's versions. The default version is deleted with "
                        "the policy.");
    if (rc == RC_OK)
        rc = managed_policies_delete(call->database, row.arn, err);
    if (rc == RC_CONFLICT)
        call->fault = FAULT_DELETE_CONFLICT;
    return rc;
}

/* ---- attachments ---- */

static enum rc
attach_policy(struct api_call *call, enum policy_owner kind, struct err *err)
{
    struct policy_holder holder;
    struct managed_policy_row row;
    struct slice arn;
    enum rc rc = iam_policies_find_holder(call, kind, &holder, err);
    if (rc == RC_OK)
        rc = read_arn(call, &arn, err);
    if (rc == RC_OK)
        rc = managed_policies_find(call->database, call->arena, arn, &row, err);
    return rc == RC_OK ? policy_change_attach(call, &holder, row.arn, err) : rc;
}

static enum rc
detach_policy(struct api_call *call, enum policy_owner kind, struct err *err)
{
    struct policy_holder holder;
    struct slice arn;
    enum rc rc = iam_policies_find_holder(call, kind, &holder, err);
    if (rc == RC_OK)
        rc = read_arn(call, &arn, err);
    return rc == RC_OK ? managed_policies_detach(call->database, kind, holder.folded, arn, err)
                       : rc;
}

static enum rc
list_attached(struct api_call *call, enum policy_owner kind, struct err *err)
{
    struct policy_holder holder;
    struct iam_page page;
    struct policy_row *rows;
    size_t count;
    enum rc rc = iam_policies_find_holder(call, kind, &holder, err);
    if (rc == RC_OK)
        rc = iam_page_begin(call, &page, err);
    if (rc == RC_OK)
        rc = managed_policies_attached(call->database, call->arena, kind, holder.folded,
                                       input(call, "PathPrefix", "/"), page.after, page.limit,
                                       &rows, &count, err);
    if (rc != RC_OK)
        return rc;
    json_key(call->output, "AttachedPolicies");
    json_open_array(call->output);
    for (size_t i = 0; i < count && iam_page_take(call, &page, rows[i].arn); i++) {
        json_open_object(call->output);
        json_put_string(call->output, "PolicyName", rows[i].name);
        json_put_string(call->output, "PolicyArn", rows[i].arn);
        json_close_object(call->output);
    }
    json_close_array(call->output);
    iam_page_end(call, &page);
    return RC_OK;
}

static enum rc
attach_user_policy(struct api_call *call, struct err *err)
{
    return attach_policy(call, OWNER_USER, err);
}

static enum rc
detach_user_policy(struct api_call *call, struct err *err)
{
    return detach_policy(call, OWNER_USER, err);
}

static enum rc
list_attached_user_policies(struct api_call *call, struct err *err)
{
    return list_attached(call, OWNER_USER, err);
}

static enum rc
attach_group_policy(struct api_call *call, struct err *err)
{
    return attach_policy(call, OWNER_GROUP, err);
}

static enum rc
detach_group_policy(struct api_call *call, struct err *err)
{
    return detach_policy(call, OWNER_GROUP, err);
}

static enum rc
list_attached_group_policies(struct api_call *call, struct err *err)
{
    return list_attached(call, OWNER_GROUP, err);
}

/* ---- whom a policy applies to ---- */

static struct policy_entity_filter
read_entity_filter(const struct api_call *call)
{
    struct slice entity = input(call, "EntityFilter", "");
    struct slice usage = input(call, "PolicyUsageFilter", "");
    return (struct policy_entity_filter){
        .path_prefix = input(call, "PathPrefix", "/"),
        .users = entity.len == 0 || slice_is(entity, "User"),
        .groups = entity.len == 0 || slice_is(entity, "Group"),
        .attached = usage.len == 0 || slice_is(usage, "PermissionsPolicy"),
        .boundary = usage.len == 0 || slice_is(usage, "PermissionsBoundary"),
    };
}

static void
put_entities(struct api_call *call, const struct policy_entity_row *rows, size_t count,
             enum policy_owner kind)
{
    bool user = kind == OWNER_USER;
    json_key(call->output, user ? "PolicyUsers" : "PolicyGroups");
    json_open_array(call->output);
    for (size_t i = 0; i < count; i++) {
        if (rows[i].kind != kind)
            continue;
        json_open_object(call->output);
        json_put_string(call->output, user ? "UserName" : "GroupName", rows[i].name);
        json_put_string(call->output, user ? "UserId" : "GroupId", rows[i].id);
        json_close_object(call->output);
    }
    json_close_array(call->output);
}

/* A page is at most 1,000 names of 64 characters: small enough to be written by kind. */
static enum rc
list_entities_for_policy(struct api_call *call, struct err *err)
{
    struct iam_page page;
    struct managed_policy_row policy;
    struct policy_entity_row *rows;
    struct policy_entity_filter filter = read_entity_filter(call);
    size_t count, taken = 0;
    enum rc rc = iam_managed_policies_find(call, &policy, err);
    if (rc == RC_OK)
        rc = iam_page_begin(call, &page, err);
    if (rc == RC_OK)
        rc = managed_policies_entities(call->database, call->arena, policy.arn, &filter, page.after,
                                       page.limit, &rows, &count, err);
    if (rc != RC_OK)
        return rc;
    while (taken < count &&
           iam_page_take(
               call, &page,
               arena_concat(call->arena,
                            rows[taken].kind == OWNER_USER ? SLICE("user/") : SLICE("group/"),
                            rows[taken].folded)))
        taken++;
    put_entities(call, rows, taken, OWNER_GROUP);
    put_entities(call, rows, taken, OWNER_USER);
    json_key(call->output, "PolicyRoles");
    json_open_array(call->output);
    json_close_array(call->output);
    iam_page_end(call, &page);
    return RC_OK;
}

static const struct served_operation rows[] = {
    {SERVICE_IAM, "CreatePolicy", "iam:CreatePolicy", API_WRITE, RESOURCE_POLICY, "PolicyName",
     create_policy, NULL},
    {SERVICE_IAM, "GetPolicy", "iam:GetPolicy", API_READ, RESOURCE_ARN, "PolicyArn", get_policy,
     NULL},
    {SERVICE_IAM, "ListPolicies", "iam:ListPolicies", API_READ, RESOURCE_ANY, NULL, list_policies,
     "There are no policies of AWS's own: Scope=AWS finds nothing."},
    {SERVICE_IAM, "DeletePolicy", "iam:DeletePolicy", API_WRITE, RESOURCE_ARN, "PolicyArn",
     delete_policy, NULL},
    {SERVICE_IAM, "AttachUserPolicy", "iam:AttachUserPolicy", API_WRITE, RESOURCE_USER, "UserName",
     attach_user_policy, NULL},
    {SERVICE_IAM, "DetachUserPolicy", "iam:DetachUserPolicy", API_WRITE, RESOURCE_USER, "UserName",
     detach_user_policy, NULL},
    {SERVICE_IAM, "ListAttachedUserPolicies", "iam:ListAttachedUserPolicies", API_READ,
     RESOURCE_USER, "UserName", list_attached_user_policies, NULL},
    {SERVICE_IAM, "AttachGroupPolicy", "iam:AttachGroupPolicy", API_WRITE, RESOURCE_GROUP,
     "GroupName", attach_group_policy, NULL},
    {SERVICE_IAM, "DetachGroupPolicy", "iam:DetachGroupPolicy", API_WRITE, RESOURCE_GROUP,
     "GroupName", detach_group_policy, NULL},
    {SERVICE_IAM, "ListAttachedGroupPolicies", "iam:ListAttachedGroupPolicies", API_READ,
     RESOURCE_GROUP, "GroupName", list_attached_group_policies, NULL},
    {SERVICE_IAM, "ListEntitiesForPolicy", "iam:ListEntitiesForPolicy", API_READ, RESOURCE_ARN,
     "PolicyArn", list_entities_for_policy, "There are no roles: PolicyRoles is always empty."},
};

const struct served_rows iam_managed_policy_rows = SERVED_ROWS(rows);
