/* IAM users, their access keys, and groups: the plain pieces that `grant` is made of. */
#include "authenticate/login_password.h"
#include "base/random.h"
#include "operations.h"
#include "store/brakes.h"
#include "store/login_profiles.h"
#include "store/mail_search.h"
#include "store/policies.h"
#include "store/suspensions.h"
#include "store/users.h"

/* ---- users ---- */

enum rc
user_create(struct api_call *call, struct err *err)
{
    struct user_row row = {.path = SLICE("/")};
    enum rc rc = api_input_string(call, "user", &row.name, err);
    if (rc == RC_OK)
        rc = api_insert_user(call, &row, err);
    if (rc == RC_OK) {
        json_put_string(call->output, "user", row.name);
        json_put_string(call->output, "id", row.id);
        json_put_string(call->output, "arn", api_user_arn(call, row.path, row.name));
    }
    return rc;
}

static enum rc
put_keys(struct api_call *call, struct slice folded, struct err *err)
{
    struct access_key_row *keys;
    size_t count;
    enum rc rc = access_keys_of(call->database, call->arena, folded, &keys, &count, err);
    if (rc != RC_OK)
        return rc;
    json_key(call->output, "keys");
    json_open_array(call->output);
    for (size_t i = 0; i < count; i++) {
        json_open_object(call->output);
        json_put_string(call->output, "id", keys[i].id);
        json_put_cstr(call->output, "status", keys[i].active ? "Active" : "Inactive");
        api_put_time(call, "created", keys[i].created_ms);
        api_put_time(call, "last_used", keys[i].used_ms);
        json_put_string(call->output, "last_used_service", keys[i].used_service);
        json_put_string(call->output, "last_used_address", keys[i].used_address);
        json_close_object(call->output);
    }
    json_close_array(call->output);
    return RC_OK;
}

static enum rc
put_policies(struct api_call *call, struct slice folded, struct err *err)
{
    struct policy_row *rows;
    size_t count;
    enum rc rc = policies_of_principal(call->database, call->arena, folded, &rows, &count, err);
    if (rc != RC_OK)
        return rc;
    json_key(call->output, "policies");
    json_open_array(call->output);
    for (size_t i = 0; i < count; i++) {
        json_open_object(call->output);
        json_put_string(call->output, "name", rows[i].name);
        json_put_cstr(call->output, "kind",
                      rows[i].boundary  ? "boundary"
                      : rows[i].arn.len ? "managed"
                                        : "inline");
        json_put_string(call->output, rows[i].owner_kind == OWNER_GROUP ? "group" : "user",
                        rows[i].owner);
        json_close_object(call->output);
    }
    json_close_array(call->output);
    return RC_OK;
}

static enum rc
put_suspension(struct api_call *call, const struct user_row *row, struct err *err)
{
    struct suspension_row suspension;
    enum rc rc = suspensions_of_user(call->database, call->arena, row->folded, &suspension, err);
    if (rc == RC_OK && call->now_ms < suspension.until_ms)
        api_put_suspension(call, suspension.reason, suspension.until_ms);
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static enum rc
put_user(struct api_call *call, const struct user_row *row, struct err *err)
{
    json_put_string(call->output, "user", row->name);
    json_put_string(call->output, "id", row->id);
    json_put_string(call->output, "arn", api_user_arn(call, row->path, row->name));
    api_put_time(call, "created", row->created_ms);
    enum rc rc = put_suspension(call, row, err);
    if (rc == RC_OK)
        rc = put_keys(call, row->folded, err);
    return rc == RC_OK ? put_policies(call, row->folded, err) : rc;
}

static void
put_sent(struct api_call *call, const struct user_row *user, const struct sent_row *rows,
         size_t count)
{
    int64_t sent = 0;
    for (size_t i = 0; i < count; i++)
        if (slice_eq(rows[i].user_name, user->name))
            sent = rows[i].recipients;
    json_put_i64(call->output, "sent", sent);
}

struct user_filter {
    struct slice text, after;
    int64_t limit, sent_since_ms; /* INT64_MAX: how much each sent is not asked for */
};

static enum rc
input_user_filter(struct api_call *call, struct user_filter *filter, struct err *err)
{
    struct slice text;
    enum rc rc = api_input_optional(call, "find", &text, err);
    filter->text = arena_lower(call->arena, text);
    if (rc == RC_OK)
        rc = api_input_optional(call, "after", &filter->after, err);
    if (rc == RC_OK)
        rc = api_input_time(call, "sent_since", INT64_MAX, &filter->sent_since_ms, err);
    return rc == RC_OK ? api_input_limit(call, INT32_MAX, INT32_MAX, &filter->limit, err) : rc;
}

/* [find][, after][, limit][, sent_since]: in the order of names, each with the addresses that were
 * granted. */
enum rc
user_list(struct api_call *call, struct err *err)
{
    struct user_filter filter;
    struct user_row *rows = NULL;
    struct sent_row *sent = NULL;
    size_t count = 0, sent_count = 0;
    enum rc rc = input_user_filter(call, &filter, err);
    if (rc == RC_OK)
        rc = users_search(call->database, call->arena, filter.text, filter.after, filter.limit,
                          &rows, &count, err);
    if (rc == RC_OK && filter.sent_since_ms < INT64_MAX)
        rc = sent_by_user(call->database, call->arena, filter.sent_since_ms, &sent, &sent_count,
                          err);
    if (rc != RC_OK)
        return rc;
    json_key(call->output, "users");
    json_open_array(call->output);
    for (size_t i = 0; rc == RC_OK && i < count; i++) {
        json_open_object(call->output);
        rc = put_user(call, &rows[i], err);
        if (rc == RC_OK)
            rc = api_put_grants(call, rows[i].folded, err);
        if (filter.sent_since_ms < INT64_MAX)
            put_sent(call, &rows[i], sent, sent_count);
        json_close_object(call->output);
    }
    json_close_array(call->output);
    if (count > 0 && (int64_t)count == filter.limit)
        json_put_string(call->output, "next", rows[count - 1].folded);
    return rc;
}

static enum rc
find_user(struct api_call *call, struct user_row *row, struct err *err)
{
    struct slice name;
    enum rc rc = api_input_string(call, "user", &name, err);
    return rc == RC_OK ? users_find(call->database, call->arena, name, row, err) : rc;
}

enum rc
user_show(struct api_call *call, struct err *err)
{
    struct user_row row;
    enum rc rc = find_user(call, &row, err);
    return rc == RC_OK ? put_user(call, &row, err) : rc;
}

enum rc
user_delete(struct api_call *call, struct err *err)
{
    struct user_row row;
    enum rc rc = find_user(call, &row, err);
    if (rc == RC_OK)
        rc = users_delete(call->database, call->arena, row.name, err);
    if (rc == RC_OK)
        json_put_string(call->output, "deleted", row.name);
    return rc;
}

/* ---- access keys ---- */

enum rc
credential_create(struct api_call *call, struct err *err)
{
    struct user_row row;
    enum rc rc = find_user(call, &row, err);
    if (rc != RC_OK)
        return rc;
    json_put_string(call->output, "user", row.name);
    rc = api_make_key(call, row.folded, err);
    api_put_settings(call);
    return rc;
}

enum rc
credential_list(struct api_call *call, struct err *err)
{
    struct user_row row;
    enum rc rc = find_user(call, &row, err);
    if (rc != RC_OK)
        return rc;
    json_put_string(call->output, "user", row.name);
    return put_keys(call, row.folded, err);
}

/* A new key; the old ones stop working at once. With two keys the older one makes room. */
/* What is usual for the owner does not change with the key: of two keys, the other one is new. */
static enum rc
inherit_brake(struct api_call *call, struct slice user_folded, struct slice old_key,
              struct err *err)
{
    struct access_key_row *keys;
    size_t count;
    enum rc rc = access_keys_of(call->database, call->arena, user_folded, &keys, &count, err);
    for (size_t i = 0; rc == RC_OK && i < count; i++)
        if (!slice_eq(keys[i].id, old_key))
            rc = brakes_inherit(call->database, old_key, keys[i].id, err);
    return rc;
}

enum rc
credential_rotate(struct api_call *call, struct err *err)
{
    struct user_row row;
    struct access_key_row *keys;
    size_t count;
    enum rc rc = find_user(call, &row, err);
    if (rc == RC_OK)
        rc = access_keys_of(call->database, call->arena, row.folded, &keys, &count, err);
    for (size_t i = 0; rc == RC_OK && i < count; i++) {
        api_revoked(call, keys[i].id);
        rc = i + 1 < count ? access_keys_delete(call->database, keys[i].id, err)
                           : access_keys_set_active(call->database, keys[i].id, false, false, err);
    }
    if (rc != RC_OK)
        return rc;
    json_put_string(call->output, "user", row.name);
    if (count > 0)
        json_put_string(call->output, "inactive_key", keys[count - 1].id);
    if (count > 1)
        json_put_string(call->output, "deleted_key", keys[0].id);
    rc = api_make_key(call, row.folded, err);
    if (rc == RC_OK && count > 0)
        rc = inherit_brake(call, row.folded, keys[count - 1].id, err);
    api_put_settings(call);
    return rc;
}

enum rc
credential_delete(struct api_call *call, struct err *err)
{
    struct slice id;
    struct access_key_row key;
    enum rc rc = api_input_string(call, "key", &id, err);
    if (rc == RC_OK)
        rc = access_keys_find(call->database, call->arena, id, &key, err);
    if (rc == RC_OK)
        rc = api_delete_key(call, key.id, err);
    if (rc != RC_OK)
        return rc;
    json_put_string(call->output, "deleted", key.id);
    json_put_string(call->output, "user", key.user_name);
    return RC_OK;
}

/* ---- the console's password ---- */

enum { PASSWORD_GROUPS = 4, PASSWORD_GROUP = 5 }; /* 100 bits */

/* On a worker, as the writer waits for no hash: a password, and its hash. */
static enum rc
prepare_password(struct api_call *call, bool off, struct err *err)
{
    struct slice *made = ARENA_ARRAY(call->arena, struct slice, 2);
    call->prepared = made;
    if (off)
        return RC_OK;
    struct slice random = random_base32(call->arena, PASSWORD_GROUPS * PASSWORD_GROUP);
    for (size_t i = 0; i < PASSWORD_GROUPS; i++) {
        struct slice group = slice_head(slice_from(random, i * PASSWORD_GROUP), PASSWORD_GROUP);
        made[0] = arena_printf(call->arena, "%.*s%s%.*s", SLICE_ARG(made[0]), i ? "-" : "",
                               SLICE_ARG(group));
    }
    return login_password_hash(call->arena, made[0], &made[1], err);
}

static enum rc
put_password(struct api_call *call, struct slice folded, struct slice hash, struct err *err)
{
    struct login_profile_row profile = {0};
    enum rc rc = login_profiles_find(call->database, call->arena, folded, &profile, err);
    bool fresh = rc == RC_NOT_FOUND;
    if (rc != RC_OK && !fresh)
        return rc;
    profile.user_folded = folded;
    profile.password_hash = hash;
    profile.changed_ms = call->now_ms;
    profile.reset_required = true;
    if (fresh)
        profile.created_ms = call->now_ms;
    return fresh ? login_profiles_insert(call->database, &profile, err)
                 : login_profiles_update(call->database, &profile, err);
}

/* A password that is shown once and must be changed at the first sign-in; with "off" the user has
 * none any more, nor a second factor. Sessions that another password opened end. */
enum rc
user_password(struct api_call *call, struct err *err)
{
    struct user_row row;
    bool off;
    enum rc rc = find_user(call, &row, err);
    if (rc == RC_OK)
        rc = api_input_bool(call, "off", &off, err);
    if (rc == RC_OK && !call->prepared)
        return prepare_password(call, off, err);
    if (rc != RC_OK)
        return rc;
    json_put_string(call->output, "user", row.name);
    if (off)
        return login_profiles_delete(call->database, row.folded, err);
    json_put_string(call->output, "password", call->prepared[0]);
    json_put_string(
        call->output, "console",
        arena_printf(call->arena, "%.*s/console/", SLICE_ARG(call->constants->public_url)));
    return put_password(call, row.folded, call->prepared[1], err);
}

/* ---- groups ---- */

enum rc
group_create(struct api_call *call, struct err *err)
{
    struct group_row row = {.path = SLICE("/")};
    enum rc rc = api_input_string(call, "group", &row.name, err);
    if (rc == RC_OK)
        rc = api_insert_group(call, &row, err);
    if (rc == RC_OK)
        json_put_string(call->output, "group", row.name);
    return rc;
}

enum rc
group_list(struct api_call *call, struct err *err)
{
    struct group_row *rows;
    size_t count;
    enum rc rc = groups_list(call->database, call->arena, &rows, &count, err);
    if (rc != RC_OK)
        return rc;
    json_key(call->output, "groups");
    json_open_array(call->output);
    for (size_t i = 0; i < count; i++) {
        json_open_object(call->output);
        json_put_string(call->output, "group", rows[i].name);
        json_put_string(call->output, "id", rows[i].id);
        json_close_object(call->output);
    }
    json_close_array(call->output);
    return RC_OK;
}

static enum rc
find_group(struct api_call *call, struct group_row *row, struct err *err)
{
    struct slice name;
    enum rc rc = api_input_string(call, "group", &name, err);
    return rc == RC_OK ? groups_find(call->database, call->arena, name, row, err) : rc;
}

enum rc
group_show(struct api_call *call, struct err *err)
{
    struct group_row row;
    struct slice *members;
    struct policy_row *policies;
    size_t member_count, policy_count;
    enum rc rc = find_group(call, &row, err);
    if (rc == RC_OK)
        rc = groups_members(call->database, call->arena, row.folded, &members, &member_count, err);
    if (rc == RC_OK)
        rc = policies_of(call->database, call->arena, OWNER_GROUP, row.folded, &policies,
                         &policy_count, err);
    if (rc != RC_OK)
        return rc;
    json_put_string(call->output, "group", row.name);
    json_key(call->output, "users");
    json_open_array(call->output);
    for (size_t i = 0; i < member_count; i++)
        json_write_string(call->output, members[i]);
    json_close_array(call->output);
    json_key(call->output, "policies");
    json_open_array(call->output);
    for (size_t i = 0; i < policy_count; i++)
        json_write_string(call->output, policies[i].name);
    json_close_array(call->output);
    return RC_OK;
}

enum rc
group_delete(struct api_call *call, struct err *err)
{
    struct group_row row;
    enum rc rc = find_group(call, &row, err);
    if (rc == RC_OK)
        rc = groups_delete(call->database, row.folded, err);
    if (rc == RC_OK)
        json_put_string(call->output, "deleted", row.name);
    return rc;
}

/* member: true puts the user into the group, false takes it out. */
enum rc
group_set_member(struct api_call *call, struct err *err)
{
    struct group_row group;
    struct user_row user;
    bool member;
    enum rc rc = find_group(call, &group, err);
    if (rc == RC_OK)
        rc = find_user(call, &user, err);
    if (rc == RC_OK)
        rc = api_input_bool(call, "member", &member, err);
    if (rc == RC_OK)
        rc = member ? groups_add_member(call->database, group.folded, user.folded, err)
                    : groups_remove_member(call->database, group.folded, user.folded, err);
    if (rc != RC_OK)
        return rc;
    json_put_string(call->output, "group", group.name);
    json_put_string(call->output, "user", user.name);
    json_put_bool(call->output, "member", member);
    return RC_OK;
}
