/* Access keys of IAM users (reference §5.7). A key is changed under the name of the user whose it is:
 * that is whom permission was asked about. */
#include "iam_keys.h"
#include "iam_page.h"
#include "iam_users.h"
#include "served.h"

struct slice
iam_keys_region_of_use(const struct api_call *call, const struct access_key_row *key)
{
    if (key->used_ms == 0)
        return SLICE("N/A");
    return slice_is(key->used_service, "iam") ? SLICE("us-east-1") : call->constants->region;
}

static void
put_key(struct api_call *call, const struct user_row *user, const struct access_key_row *key)
{
    json_put_string(call->output, "UserName", user->name);
    json_put_string(call->output, "AccessKeyId", key->id);
    json_put_cstr(call->output, "Status", key->active ? "Active" : "Inactive");
    json_put_i64(call->output, "CreateDate", key->created_ms);
}

static enum rc
create_access_key(struct api_call *call, struct err *err)
{
    struct user_row user;
    struct access_key_row key;
    struct slice secret;
    enum rc rc = iam_users_find(call, &user, err);
    if (rc == RC_OK)
        rc = api_insert_key(call, user.folded, &key, &secret, err);
    if (rc != RC_OK)
        return rc;
    json_key(call->output, "AccessKey");
    json_open_object(call->output);
    put_key(call, &user, &key);
    json_put_string(call->output, "SecretAccessKey", secret);
    json_close_object(call->output);
    return RC_OK;
}

static enum rc
list_access_keys(struct api_call *call, struct err *err)
{
    struct user_row user;
    struct iam_page page;
    struct access_key_row *keys;
    size_t count, i = 0;
    enum rc rc = iam_users_find(call, &user, err);
    if (rc == RC_OK)
        rc = iam_page_begin(call, &page, err);
    if (rc == RC_OK)
        rc = access_keys_of(call->database, call->arena, user.folded, &keys, &count, err);
    if (rc != RC_OK)
        return rc;
    while (page.after.len > 0 && i < count && !slice_eq(keys[i++].id, page.after))
        ;
    json_key(call->output, "AccessKeyMetadata");
    json_open_array(call->output);
    for (; i < count && iam_page_take(call, &page, keys[i].id); i++) {
        json_open_object(call->output);
        put_key(call, &user, &keys[i]);
        json_close_object(call->output);
    }
    json_close_array(call->output);
    iam_page_end(call, &page);
    return RC_OK;
}

/* Somebody else's key is not there. */
static enum rc
find_key(struct api_call *call, struct access_key_row *key, struct err *err)
{
    struct user_row user;
    struct slice id;
    enum rc rc = iam_users_find(call, &user, err);
    if (rc == RC_OK)
        rc = api_input_string(call, "AccessKeyId", &id, err);
    if (rc == RC_OK)
        rc = access_keys_find(call->database, call->arena, id, key, err);
    if (rc == RC_OK && !slice_eq(key->user_folded, user.folded))
        return err_set(err, RC_NOT_FOUND, "The Access Key with id %.*s cannot be found.",
                       SLICE_ARG(id));
    return rc;
}

/* A key that was revoked stays marked so when it is switched off once more. */
static enum rc
update_access_key(struct api_call *call, struct err *err)
{
    struct access_key_row key;
    struct slice status;
    enum rc rc = api_input_string(call, "Status", &status, err);
    if (rc == RC_OK && slice_is(status, "Expired"))
        return api_fail(call, RC_DENIED, FAULT_INVALID_INPUT, err,
                        "Status must be Active or Inactive");
    if (rc == RC_OK)
        rc = find_key(call, &key, err);
    if (rc != RC_OK)
        return rc;
    bool active = slice_is(status, "Active");
    if (!active)
        api_revoked(call, key.id);
    return access_keys_set_active(call->database, key.id, active, !active && key.revoked, err);
}

static enum rc
delete_access_key(struct api_call *call, struct err *err)
{
    struct access_key_row key;
    enum rc rc = find_key(call, &key, err);
    return rc == RC_OK ? api_delete_key(call, key.id, err) : rc;
}

static enum rc
get_access_key_last_used(struct api_call *call, struct err *err)
{
    struct access_key_row key;
    struct slice id;
    enum rc rc = api_input_string(call, "AccessKeyId", &id, err);
    if (rc == RC_OK)
        rc = access_keys_find(call->database, call->arena, id, &key, err);
    if (rc != RC_OK)
        return rc;
    json_put_string(call->output, "UserName", key.user_name);
    json_key(call->output, "AccessKeyLastUsed");
    json_open_object(call->output);
    if (key.used_ms > 0)
        json_put_i64(call->output, "LastUsedDate", key.used_ms);
    json_put_string(call->output, "ServiceName", key.used_ms > 0 ? key.used_service : SLICE("N/A"));
    json_put_string(call->output, "Region", iam_keys_region_of_use(call, &key));
    json_close_object(call->output);
    return RC_OK;
}

static const struct served_operation rows[] = {
    {SERVICE_IAM, "CreateAccessKey", "iam:CreateAccessKey", API_WRITE, RESOURCE_USER, "UserName",
     create_access_key, NULL},
    {SERVICE_IAM, "ListAccessKeys", "iam:ListAccessKeys", API_READ, RESOURCE_USER, "UserName",
     list_access_keys, NULL},
    {SERVICE_IAM, "UpdateAccessKey", "iam:UpdateAccessKey", API_WRITE, RESOURCE_USER, "UserName",
     update_access_key, NULL},
    {SERVICE_IAM, "DeleteAccessKey", "iam:DeleteAccessKey", API_WRITE, RESOURCE_USER, "UserName",
     delete_access_key, NULL},
    {SERVICE_IAM, "GetAccessKeyLastUsed", "iam:GetAccessKeyLastUsed", API_READ, RESOURCE_ACCESS_KEY,
     "AccessKeyId", get_access_key_last_used, NULL},
};

const struct served_rows iam_key_rows = SERVED_ROWS(rows);
