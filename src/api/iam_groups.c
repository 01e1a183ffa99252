/* IAM groups and who is in them (reference §7.7). */
#include "iam_groups.h"
#include "iam_page.h"
#include "iam_users.h"
#include "served.h"

enum rc
iam_groups_find(struct api_call *call, struct group_row *row, struct err *err)
{
    struct slice name;
    enum rc rc = api_input_string(call, "GroupName", &name, err);
    return rc == RC_OK ? groups_find(call->database, call->arena, name, row, err) : rc;
}

void
iam_groups_put(struct api_call *call, const struct group_row *row)
{
    json_put_string(call->output, "Path", row->path);
    json_put_string(call->output, "GroupName", row->name);
    json_put_string(call->output, "GroupId", row->id);
    json_put_string(call->output, "Arn",
                    api_iam_arn(call->arena, call->constants, "group", row->path, row->name));
    json_put_i64(call->output, "CreateDate", row->created_ms);
}

static void
put_one_group(struct api_call *call, const struct group_row *row)
{
    json_key(call->output, "Group");
    json_open_object(call->output);
    iam_groups_put(call, row);
    json_close_object(call->output);
}

static void
put_groups(struct api_call *call, struct iam_page *page, const struct group_row *rows, size_t count)
{
    json_key(call->output, "Groups");
    json_open_array(call->output);
    for (size_t i = 0; i < count && iam_page_take(call, page, rows[i].folded); i++) {
        json_open_object(call->output);
        iam_groups_put(call, &rows[i]);
        json_close_object(call->output);
    }
    json_close_array(call->output);
    iam_page_end(call, page);
}

static enum rc
check_group_quota(struct api_call *call, struct err *err)
{
    struct principal_counts counts;
    enum rc rc = principals_count(call->database, &counts, err);
    if (rc == RC_OK && counts.groups >= IAM_GROUPS_MAX)
        return api_fail(call, RC_LIMIT, FAULT_IAM_LIMIT, err,
                        "Cannot exceed quota for GroupsPerAccount: %d", IAM_GROUPS_MAX);
    return rc;
}

static enum rc
create_group(struct api_call *call, struct err *err)
{
    struct group_row row = {0};
    enum rc rc = api_input_string(call, "GroupName", &row.name, err);
    if (rc == RC_OK)
        rc = api_input_optional(call, "Path", &row.path, err);
    if (rc == RC_OK && row.path.len == 0)
        row.path = SLICE("/");
    if (rc == RC_OK)
        rc = check_group_quota(call, err);
    if (rc == RC_OK)
        rc = api_insert_group(call, &row, err);
    if (rc == RC_OK)
        put_one_group(call, &row);
    return rc;
}

static enum rc
get_group(struct api_call *call, struct err *err)
{
    struct group_row group;
    struct iam_page page;
    struct user_row *users;
    size_t count;
    enum rc rc = iam_groups_find(call, &group, err);
    if (rc == RC_OK)
        rc = iam_page_begin(call, &page, err);
    if (rc == RC_OK)
        rc = groups_users(call->database, call->arena, group.folded, page.after, page.limit, &users,
                          &count, err);
    if (rc != RC_OK)
        return rc;
    put_one_group(call, &group);
    json_key(call->output, "Users");
    json_open_array(call->output);
    for (size_t i = 0; i < count && iam_page_take(call, &page, users[i].folded); i++) {
        json_open_object(call->output);
        iam_users_put(call, &users[i]);
        json_close_object(call->output);
    }
    json_close_array(call->output);
    iam_page_end(call, &page);
    return RC_OK;
}

static enum rc
list_groups(struct api_call *call, struct err *err)
{
    struct iam_page page;
    struct slice prefix;
    struct group_row *rows;
    size_t count;
    enum rc rc = iam_page_begin(call, &page, err);
    if (rc == RC_OK)
        rc = api_input_optional(call, "PathPrefix", &prefix, err);
    if (rc == RC_OK)
        rc = groups_page(call->database, call->arena, prefix, page.after, page.limit, &rows, &count,
                         err);
    if (rc == RC_OK)
        put_groups(call, &page, rows, count);
    return rc;
}

static enum rc
list_groups_for_user(struct api_call *call, struct err *err)
{
    struct user_row user;
    struct iam_page page;
    struct group_row *rows;
    size_t count;
    enum rc rc = iam_users_find(call, &user, err);
    if (rc == RC_OK)
        rc = iam_page_begin(call, &page, err);
    if (rc == RC_OK)
        rc = groups_of_user(call->database, call->arena, user.folded, page.after, page.limit, &rows,
                            &count, err);
    if (rc == RC_OK)
        put_groups(call, &page, rows, count);
    return rc;
}

static enum rc
delete_group(struct api_call *call, struct err *err)
{
    struct group_row row;
    enum rc rc = iam_groups_find(call, &row, err);
    if (rc == RC_OK)
        rc = groups_delete(call->database, row.folded, err);
    if (rc == RC_CONFLICT)
        call->fault = FAULT_DELETE_CONFLICT;
    return rc;
}

static enum rc
find_both(struct api_call *call, struct group_row *group, struct user_row *user, struct err *err)
{
    enum rc rc = iam_groups_find(call, group, err);
    return rc == RC_OK ? iam_users_find(call, user, err) : rc;
}

/* Who is in it already stays in it. */
static enum rc
add_user_to_group(struct api_call *call, struct err *err)
{
    struct group_row group, *groups;
    struct user_row user;
    size_t count;
    enum rc rc = find_both(call, &group, &user, err);
    if (rc == RC_OK)
        rc = groups_add_member(call->database, group.folded, user.folded, err);
    if (rc == RC_OK)
        rc = groups_of_user(call->database, call->arena, user.folded, SLICE(""),
                            IAM_GROUPS_OF_USER_MAX + 1, &groups, &count, err);
    if (rc == RC_OK && count > IAM_GROUPS_OF_USER_MAX)
        return api_fail(call, RC_LIMIT, FAULT_IAM_LIMIT, err,
                        "Cannot exceed quota for GroupsPerUser: %d", IAM_GROUPS_OF_USER_MAX);
    return rc;
}

static enum rc
remove_user_from_group(struct api_call *call, struct err *err)
{
    struct group_row group;
    struct user_row user;
    enum rc rc = find_both(call, &group, &user, err);
    return rc == RC_OK ? groups_remove_member(call->database, group.folded, user.folded, err) : rc;
}

static const struct served_operation rows[] = {
    {SERVICE_IAM, "CreateGroup", "iam:CreateGroup", API_WRITE, RESOURCE_GROUP, "GroupName",
     create_group, NULL},
    {SERVICE_IAM, "GetGroup", "iam:GetGroup", API_READ, RESOURCE_GROUP, "GroupName", get_group,
     NULL},
    {SERVICE_IAM, "ListGroups", "iam:ListGroups", API_READ, RESOURCE_ANY, NULL, list_groups, NULL},
    {SERVICE_IAM, "DeleteGroup", "iam:DeleteGroup", API_WRITE, RESOURCE_GROUP, "GroupName",
     delete_group, NULL},
    {SERVICE_IAM, "AddUserToGroup", "iam:AddUserToGroup", API_WRITE, RESOURCE_GROUP, "GroupName",
     add_user_to_group, NULL},
    {SERVICE_IAM, "RemoveUserFromGroup", "iam:RemoveUserFromGroup", API_WRITE, RESOURCE_GROUP,
     "GroupName", remove_user_from_group, NULL},
    {SERVICE_IAM, "ListGroupsForUser", "iam:ListGroupsForUser", API_READ, RESOURCE_USER, "UserName",
     list_groups_for_user, NULL},
};

const struct served_rows iam_group_rows = SERVED_ROWS(rows);
