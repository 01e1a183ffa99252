/* IAM users with their tags, boundary and password (reference §5.7, §7.7). */
#include "iam_users.h"
#include "authenticate/login_password.h"
#include "iam_page.h"
#include "served.h"
#include "store/login_profiles.h"
#include "store/policies.h"
#include "tag_list.h"

enum { PASSWORD_MIN = 8 };

/* ---- whom a request names, and how they are shown ---- */

enum rc
iam_users_find(struct api_call *call, struct user_row *row, struct err *err)
{
    struct slice name;
    enum rc rc = api_input_optional(call, "UserName", &name, err);
    if (rc == RC_OK && name.len == 0 && call->caller->administrator)
        return api_fail(call, RC_SYNTAX, FAULT_VALIDATION, err,
                        "Must specify userName when calling with non-User credentials");
    if (rc == RC_OK)
        rc = users_find(call->database, call->arena, name.len ? name : call->caller->user_name, row,
                        err);
    return rc;
}

enum rc
iam_users_find_boundary(struct api_call *call, struct slice arn, struct err *err)
{
    struct managed_policy_row row;
    if (!slice_starts(arn, SLICE("arn:")))
        return api_fail(call, RC_SYNTAX, FAULT_VALIDATION, err,
                        "Invalid ARN:  Could not be parsed!");
    return managed_policies_find(call->database, call->arena, arn, &row, err);
}

void
iam_users_put(struct api_call *call, const struct user_row *row)
{
    json_put_string(call->output, "Path", row->path);
    json_put_string(call->output, "UserName", row->name);
    json_put_string(call->output, "UserId", row->id);
    json_put_string(call->output, "Arn", api_user_arn(call, row->path, row->name));
    json_put_i64(call->output, "CreateDate", row->created_ms);
}

void
iam_users_put_boundary(struct api_call *call, struct slice arn)
{
    if (arn.len == 0)
        return;
    json_key(call->output, "PermissionsBoundary");
    json_open_object(call->output);
    json_put_cstr(call->output, "PermissionsBoundaryType", "PermissionsBoundaryPolicy");
    json_put_string(call->output, "PermissionsBoundaryArn", arn);
    json_close_object(call->output);
}

/* ---- tags ---- */

static enum rc
tag_user(struct api_call *call, struct err *err)
{
    struct user_row row;
    enum rc rc = iam_users_find(call, &row, err);
    return rc == RC_OK ? tag_list_add(call, &tag_rules_user, row.id, err) : rc;
}

static enum rc
untag_user(struct api_call *call, struct err *err)
{
    struct user_row row;
    enum rc rc = iam_users_find(call, &row, err);
    return rc == RC_OK ? tag_list_remove(call, &tag_rules_user, row.id, err) : rc;
}

static enum rc
list_user_tags(struct api_call *call, struct err *err)
{
    struct user_row row;
    struct iam_page page;
    struct tag_row *tags;
    size_t count;
    enum rc rc = iam_users_find(call, &row, err);
    if (rc == RC_OK)
        rc = iam_page_begin(call, &page, err);
    if (rc == RC_OK)
        rc = tags_page(call->database, call->arena, row.id, page.after, page.limit, &tags, &count,
                       err);
    if (rc != RC_OK)
        return rc;
    json_key(call->output, "Tags");
    json_open_array(call->output);
    for (size_t i = 0; i < count && iam_page_take(call, &page, tags[i].key); i++)
        tag_list_put_tag(call, &tags[i]);
    json_close_array(call->output);
    iam_page_end(call, &page);
    return RC_OK;
}

/* ---- users ---- */

static enum rc
put_whole_user(struct api_call *call, const struct user_row *row, struct err *err)
{
    json_key(call->output, "User");
    json_open_object(call->output);
    iam_users_put(call, row);
    iam_users_put_boundary(call, row->boundary_arn);
    enum rc rc = tag_list_put(call, &tag_rules_user, row->id, err);
    json_close_object(call->output);
    return rc;
}

static enum rc
check_user_quota(struct api_call *call, struct err *err)
{
    struct principal_counts counts;
    enum rc rc = principals_count(call->database, &counts, err);
    if (rc == RC_OK && counts.users >= IAM_USERS_MAX)
        return api_fail(call, RC_LIMIT, FAULT_IAM_LIMIT, err,
                        "Cannot exceed quota for UsersPerAccount: %d", IAM_USERS_MAX);
    return rc;
}

static enum rc
create_user(struct api_call *call, struct err *err)
{
    struct user_row row = {0};
    enum rc rc = api_input_string(call, "UserName", &row.name, err);
    if (rc == RC_OK)
        rc = api_input_optional(call, "Path", &row.path, err);
    if (rc == RC_OK)
        rc = api_input_optional(call, "PermissionsBoundary", &row.boundary_arn, err);
    if (rc == RC_OK && row.path.len == 0)
        row.path = SLICE("/");
    if (rc == RC_OK && row.boundary_arn.len > 0)
        rc = iam_users_find_boundary(call, row.boundary_arn, err);
    if (rc == RC_OK)
        rc = check_user_quota(call, err);
    if (rc == RC_OK)
        rc = api_insert_user(call, &row, err);
    if (rc == RC_OK)
        rc = tag_list_add(call, &tag_rules_user, row.id, err);
    return rc == RC_OK ? put_whole_user(call, &row, err) : rc;
}

static enum rc
get_user(struct api_call *call, struct err *err)
{
    struct user_row row;
    enum rc rc = iam_users_find(call, &row, err);
    return rc == RC_OK ? put_whole_user(call, &row, err) : rc;
}

static enum rc
list_users(struct api_call *call, struct err *err)
{
    struct iam_page page;
    struct slice prefix;
    struct user_row *rows;
    size_t count;
    enum rc rc = iam_page_begin(call, &page, err);
    if (rc == RC_OK)
        rc = api_input_optional(call, "PathPrefix", &prefix, err);
    if (rc == RC_OK)
        rc = users_page(call->database, call->arena, prefix, page.after, page.limit, &rows, &count,
                        err);
    if (rc != RC_OK)
        return rc;
    json_key(call->output, "Users");
    json_open_array(call->output);
    for (size_t i = 0; i < count && iam_page_take(call, &page, rows[i].folded); i++) {
        json_open_object(call->output);
        iam_users_put(call, &rows[i]);
        json_close_object(call->output);
    }
    json_close_array(call->output);
    iam_page_end(call, &page);
    return RC_OK;
}

/* An open session knows who it is by the name it logged in under, which somebody else may have from
 * now on: it ends, and the client logs in again with the same key. */
static enum rc
end_sessions(struct api_call *call, struct slice folded, struct err *err)
{
    struct access_key_row *keys;
    size_t count;
    enum rc rc = access_keys_of(call->database, call->arena, folded, &keys, &count, err);
    for (size_t i = 0; rc == RC_OK && i < count; i++)
        api_revoked(call, keys[i].id);
    return rc;
}

static enum rc
update_user(struct api_call *call, struct err *err)
{
    struct user_row row;
    struct slice name, path;
    enum rc rc = iam_users_find(call, &row, err);
    if (rc == RC_OK)
        rc = api_input_optional(call, "NewUserName", &name, err);
    if (rc == RC_OK)
        rc = api_input_optional(call, "NewPath", &path, err);
    if (rc == RC_OK && name.len > 0)
        rc = api_check_name(name, "NewUserName", 64, err);
    if (rc != RC_OK || (name.len == 0 && path.len == 0))
        return rc;
    rc = end_sessions(call, row.folded, err);
    return rc == RC_OK ? users_move(call->database, call->arena, &row, name.len ? name : row.name,
                                    path.len ? path : row.path, call->now_ms, err)
                       : rc;
}

static enum rc
delete_user(struct api_call *call, struct err *err)
{
    struct user_row row;
    enum rc rc = iam_users_find(call, &row, err);
    if (rc == RC_OK)
        rc = users_delete(call->database, call->arena, row.name, err);
    if (rc == RC_CONFLICT)
        call->fault = FAULT_DELETE_CONFLICT;
    return rc;
}

/* ---- the boundary ---- */

static enum rc
put_user_permissions_boundary(struct api_call *call, struct err *err)
{
    struct user_row row;
    struct slice arn;
    enum rc rc = iam_users_find(call, &row, err);
    if (rc == RC_OK)
        rc = api_input_string(call, "PermissionsBoundary", &arn, err);
    if (rc == RC_OK)
        rc = iam_users_find_boundary(call, arn, err);
    return rc == RC_OK ? users_set_boundary(call->database, row.folded, arn, err) : rc;
}

static enum rc
delete_user_permissions_boundary(struct api_call *call, struct err *err)
{
    struct user_row row;
    enum rc rc = iam_users_find(call, &row, err);
    return rc == RC_OK ? users_set_boundary(call->database, row.folded, SLICE(""), err) : rc;
}

/* ---- the password ---- */

/* On the worker: the writer waits for no hash. Leaves nothing where no password is given. */
static enum rc
prepare_password(struct api_call *call, struct err *err)
{
    const struct json *password = json_member(call->input, "Password");
    struct slice *hash = ARENA_NEW(call->arena, struct slice);
    call->prepared = hash;
    if (!password)
        return RC_OK;
    if (password->text.len < PASSWORD_MIN)
        return api_fail(call, RC_DENIED, FAULT_PASSWORD_POLICY, err,
                        "Password should have a minimum length of %d", PASSWORD_MIN);
    return login_password_hash(call->arena, password->text, hash, err);
}

static void
put_login_profile(struct api_call *call, const struct user_row *user,
                  const struct login_profile_row *row)
{
    json_key(call->output, "LoginProfile");
    json_open_object(call->output);
    json_put_string(call->output, "UserName", user->name);
    json_put_i64(call->output, "CreateDate", row->created_ms);
    json_put_bool(call->output, "PasswordResetRequired", row->reset_required);
    json_close_object(call->output);
}

static enum rc
find_login_profile(struct api_call *call, struct user_row *user, struct login_profile_row *row,
                   struct err *err)
{
    enum rc rc = iam_users_find(call, user, err);
    if (rc != RC_OK)
        return rc;
    rc = login_profiles_find(call->database, call->arena, user->folded, row, err);
    if (rc == RC_NOT_FOUND)
        return err_set(err, rc, "Login Profile for User %.*s cannot be found.",
                       SLICE_ARG(user->name));
    return rc;
}

static enum rc
create_login_profile(struct api_call *call, struct err *err)
{
    struct user_row user;
    struct login_profile_row row = {.created_ms = call->now_ms, .changed_ms = call->now_ms};
    enum rc rc = iam_users_find(call, &user, err);
    if (rc == RC_OK && !json_member(call->input, "Password"))
        return api_fail(call, RC_SYNTAX, FAULT_VALIDATION, err,
                        "1 validation error detected: Value null at 'password' failed to satisfy "
                        "constraint: Member must not be null");
    if (rc == RC_OK && !call->prepared)
        return prepare_password(call, err);
    if (rc == RC_OK)
        rc = api_input_bool(call, "PasswordResetRequired", &row.reset_required, err);
    if (rc != RC_OK)
        return rc;
    row.user_folded = user.folded;
    row.password_hash = *call->prepared;
    rc = login_profiles_insert(call->database, &row, err);
    if (rc == RC_CONFLICT)
        return err_set(err, rc, "Login Profile for user %.*s already exists.",
                       SLICE_ARG(user.name));
    if (rc == RC_OK)
        put_login_profile(call, &user, &row);
    return rc;
}

static enum rc
get_login_profile(struct api_call *call, struct err *err)
{
    struct user_row user;
    struct login_profile_row row;
    enum rc rc = find_login_profile(call, &user, &row, err);
    if (rc == RC_OK)
        put_login_profile(call, &user, &row);
    return rc;
}

static enum rc
update_login_profile(struct api_call *call, struct err *err)
{
    struct user_row user;
    struct login_profile_row row;
    enum rc rc = find_login_profile(call, &user, &row, err);
    if (rc == RC_OK && !call->prepared)
        return prepare_password(call, err);
    if (rc == RC_OK && call->prepared->len > 0) {
        row.changed_ms = call->now_ms;
        row.password_hash = *call->prepared;
    }
    if (rc == RC_OK)
        rc = json_get_bool(call->input, "PasswordResetRequired", row.reset_required,
                           &row.reset_required, err);
    return rc == RC_OK ? login_profiles_update(call->database, &row, err) : rc;
}

static enum rc
delete_login_profile(struct api_call *call, struct err *err)
{
    struct user_row user;
    struct login_profile_row row;
    enum rc rc = find_login_profile(call, &user, &row, err);
    return rc == RC_OK ? login_profiles_delete(call->database, user.folded, err) : rc;
}

static const struct served_operation rows[] = {
    {SERVICE_IAM, "CreateUser", "iam:CreateUser", API_WRITE, RESOURCE_USER, "UserName", create_user,
     NULL},
    {SERVICE_IAM, "GetUser", "iam:GetUser", API_READ, RESOURCE_USER, "UserName", get_user, NULL},
    {SERVICE_IAM, "ListUsers", "iam:ListUsers", API_READ, RESOURCE_ANY, NULL, list_users, NULL},
    {SERVICE_IAM, "UpdateUser", "iam:UpdateUser", API_WRITE, RESOURCE_MOVED_USER, "UserName",
     update_user, "Open SMTP sessions of the user end; the client logs in again."},
    {SERVICE_IAM, "DeleteUser", "iam:DeleteUser", API_WRITE, RESOURCE_USER, "UserName", delete_user,
     NULL},
    {SERVICE_IAM, "TagUser", "iam:TagUser", API_WRITE, RESOURCE_USER, "UserName", tag_user, NULL},
    {SERVICE_IAM, "UntagUser", "iam:UntagUser", API_WRITE, RESOURCE_USER, "UserName", untag_user,
     NULL},
    {SERVICE_IAM, "ListUserTags", "iam:ListUserTags", API_READ, RESOURCE_USER, "UserName",
     list_user_tags, NULL},
    {SERVICE_IAM, "PutUserPermissionsBoundary", "iam:PutUserPermissionsBoundary", API_WRITE,
     RESOURCE_USER, "UserName", put_user_permissions_boundary, NULL},
    {SERVICE_IAM, "DeleteUserPermissionsBoundary", "iam:DeleteUserPermissionsBoundary", API_WRITE,
     RESOURCE_USER, "UserName", delete_user_permissions_boundary, NULL},
    {SERVICE_IAM, "CreateLoginProfile", "iam:CreateLoginProfile", API_PREPARED, RESOURCE_USER,
     "UserName", create_login_profile, NULL},
    {SERVICE_IAM, "GetLoginProfile", "iam:GetLoginProfile", API_READ, RESOURCE_USER, "UserName",
     get_login_profile, NULL},
    {SERVICE_IAM, "UpdateLoginProfile", "iam:UpdateLoginProfile", API_PREPARED, RESOURCE_USER,
     "UserName", update_login_profile, NULL},
    {SERVICE_IAM, "DeleteLoginProfile", "iam:DeleteLoginProfile", API_WRITE, RESOURCE_USER,
     "UserName", delete_login_profile, NULL},
};

const struct served_rows iam_user_rows = SERVED_ROWS(rows);
