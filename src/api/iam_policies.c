/*
 * Inline policies of IAM users and groups (reference §5.1, §7.7). A document comes back as it was
 * stored, percent-encoded, as IAM has always done.
 */
#include "iam_policies.h"
#include "base/codec.h"
#include "iam_groups.h"
#include "iam_page.h"
#include "iam_users.h"
#include "served.h"

enum rc
iam_policies_find_holder(struct api_call *call, enum policy_owner kind, struct policy_holder *out,
                         struct err *err)
{
    struct user_row user;
    struct group_row group;
    if (kind == OWNER_USER) {
        enum rc rc = iam_users_find(call, &user, err);
        if (rc == RC_OK)
            *out = (struct policy_holder){kind, user.folded, user.name};
        return rc;
    }
    enum rc rc = iam_groups_find(call, &group, err);
    if (rc == RC_OK)
        *out = (struct policy_holder){kind, group.folded, group.name};
    return rc;
}

enum rc
iam_policies_malformed(struct api_call *call, enum rc rc, struct err *err)
{
    if (rc != RC_SYNTAX)
        return rc;
    call->fault = FAULT_MALFORMED_POLICY;
    return err_prefix(err, "Syntax errors in policy. ");
}

static enum rc
put_policy(struct api_call *call, enum policy_owner kind, struct err *err)
{
    struct policy_holder holder;
    struct slice name, document;
    enum rc rc = iam_policies_find_holder(call, kind, &holder, err);
    if (rc == RC_OK)
        rc = api_input_string(call, "PolicyName", &name, err);
    if (rc == RC_OK)
        rc = api_input_string(call, "PolicyDocument", &document, err);
    if (rc != RC_OK)
        return rc;
    return iam_policies_malformed(call, policy_change_inline(call, &holder, name, document, err),
                                  err);
}

static enum rc
get_policy(struct api_call *call, enum policy_owner kind, struct err *err)
{
    struct policy_holder holder;
    struct policy_row row;
    struct slice name;
    enum rc rc = iam_policies_find_holder(call, kind, &holder, err);
    if (rc == RC_OK)
        rc = api_input_string(call, "PolicyName", &name, err);
    if (rc == RC_OK)
        rc = policies_find(call->database, call->arena, kind, holder.folded, name, &row, err);
    if (rc != RC_OK)
        return rc;
    json_put_string(call->output, kind == OWNER_USER ? "UserName" : "GroupName", holder.name);
    json_put_string(call->output, "PolicyName", row.name);
    json_put_string(call->output, "PolicyDocument", codec_percent(call->arena, row.document));
    return RC_OK;
}

static enum rc
list_policies(struct api_call *call, enum policy_owner kind, struct err *err)
{
    struct policy_holder holder;
    struct iam_page page;
    struct slice *names;
    size_t count;
    enum rc rc = iam_policies_find_holder(call, kind, &holder, err);
    if (rc == RC_OK)
        rc = iam_page_begin(call, &page, err);
    if (rc == RC_OK)
        rc = policies_names(call->database, call->arena, kind, holder.folded, page.after,
                            page.limit, &names, &count, err);
    if (rc != RC_OK)
        return rc;
    json_key(call->output, "PolicyNames");
    json_open_array(call->output);
    for (size_t i = 0; i < count && iam_page_take(call, &page, names[i]); i++)
        json_write_string(call->output, names[i]);
    json_close_array(call->output);
    iam_page_end(call, &page);
    return RC_OK;
}

static enum rc
delete_policy(struct api_call *call, enum policy_owner kind, struct err *err)
{
    struct policy_holder holder;
    struct slice name;
    enum rc rc = iam_policies_find_holder(call, kind, &holder, err);
    if (rc == RC_OK)
        rc = api_input_string(call, "PolicyName", &name, err);
    return rc == RC_OK ? policies_delete(call->database, kind, holder.folded, name, err) : rc;
}

static enum rc
put_user_policy(struct api_call *call, struct err *err)
{
    return put_policy(call, OWNER_USER, err);
}

static enum rc
get_user_policy(struct api_call *call, struct err *err)
{
    return get_policy(call, OWNER_USER, err);
}

static enum rc
list_user_policies(struct api_call *call, struct err *err)
{
    return list_policies(call, OWNER_USER, err);
}

static enum rc
delete_user_policy(struct api_call *call, struct err *err)
{
    return delete_policy(call, OWNER_USER, err);
}

static enum rc
put_group_policy(struct api_call *call, struct err *err)
{
    return put_policy(call, OWNER_GROUP, err);
}

static enum rc
get_group_policy(struct api_call *call, struct err *err)
{
    return get_policy(call, OWNER_GROUP, err);
}

static enum rc
list_group_policies(struct api_call *call, struct err *err)
{
    return list_policies(call, OWNER_GROUP, err);
}

static enum rc
delete_group_policy(struct api_call *call, struct err *err)
{
    return delete_policy(call, OWNER_GROUP, err);
}

static const struct served_operation rows[] = {
    {SERVICE_IAM, "PutUserPolicy", "iam:PutUserPolicy", API_WRITE, RESOURCE_USER, "UserName",
     put_user_policy, NULL},
    {SERVICE_IAM, "GetUserPolicy", "iam:GetUserPolicy", API_READ, RESOURCE_USER, "UserName",
     get_user_policy, NULL},
    {SERVICE_IAM, "ListUserPolicies", "iam:ListUserPolicies", API_READ, RESOURCE_USER, "UserName",
     list_user_policies, NULL},
    {SERVICE_IAM, "DeleteUserPolicy", "iam:DeleteUserPolicy", API_WRITE, RESOURCE_USER, "UserName",
     delete_user_policy, NULL},
    {SERVICE_IAM, "PutGroupPolicy", "iam:PutGroupPolicy", API_WRITE, RESOURCE_GROUP, "GroupName",
     put_group_policy, NULL},
    {SERVICE_IAM, "GetGroupPolicy", "iam:GetGroupPolicy", API_READ, RESOURCE_GROUP, "GroupName",
     get_group_policy, NULL},
    {SERVICE_IAM, "ListGroupPolicies", "iam:ListGroupPolicies", API_READ, RESOURCE_GROUP,
     "GroupName", list_group_policies, NULL},
    {SERVICE_IAM, "DeleteGroupPolicy", "iam:DeleteGroupPolicy", API_WRITE, RESOURCE_GROUP,
     "GroupName", delete_group_policy, NULL},
};

const struct served_rows iam_policy_rows = SERVED_ROWS(rows);
