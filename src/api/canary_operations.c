/*
 * Canaries: access keys that nobody has a reason to use, laid where a thief will look. To the outside
 * such a key is one of a user without permission: it logs in, and is allowed nothing. Any use, with
 * the right password or a wrong one, is told; and should somebody give its user a permission, what it
 * sends is held (spool/braking.h).
 */
#include "base/clock.h"
#include "operations.h"
#include "store/canaries.h"
#include "store/policies.h"
#include "store/users.h"

enum { NAMES_TRIED = 100 };

/* As the console of SES names those that it makes. */
static struct slice
ordinary_name(struct api_call *call, int64_t ms)
{
    struct slice now = clock_iso8601(call->arena, ms); /* 2026-11-26T08:00:00.000Z */
    return arena_printf(call->arena, "ses-smtp-user.%.4s%.2s%.2s-%.2s%.2s%.2s", now.ptr,
                        now.ptr + 5, now.ptr + 8, now.ptr + 11, now.ptr + 14, now.ptr + 17);
}

/* Two that are made within a second cannot have the same. */
static enum rc
insert_user(struct api_call *call, struct user_row *row, struct err *err)
{
    if (row->name.len > 0)
        return api_insert_user(call, row, err);
    enum rc rc = RC_CONFLICT;
    for (int i = 0; rc == RC_CONFLICT && i < NAMES_TRIED; i++) {
        row->name = ordinary_name(call, call->now_ms + i * SECOND_MS);
        rc = api_insert_user(call, row, err);
    }
    return rc;
}

/* The key that was just made for the user, who has no other. */
static enum rc
mark_key(struct api_call *call, struct slice user_folded, struct err *err)
{
    struct access_key_row *keys;
    size_t count;
    enum rc rc = access_keys_of(call->database, call->arena, user_folded, &keys, &count, err);
    return rc == RC_OK ? canaries_insert(call->database, keys[0].id, call->now_ms, err) : rc;
}

enum rc
canary_create(struct api_call *call, struct err *err)
{
    struct user_row row = {.path = SLICE("/")};
    enum rc rc = api_input_optional(call, "user", &row.name, err);
    if (rc == RC_OK)
        rc = insert_user(call, &row, err);
    if (rc != RC_OK)
        return rc;
    json_put_string(call->output, "user", row.name);
    rc = api_make_key(call, row.folded, err);
    if (rc == RC_OK)
        rc = mark_key(call, row.folded, err);
    json_put_string(call->output, "alarm_to", call->constants->alarm_to);
    api_put_settings(call);
    return rc;
}

/* Policies that its user has got since: it was made without any. */
static enum rc
is_permitted(struct api_call *call, const struct canary_row *canary, bool *permitted,
             struct err *err)
{
    struct policy_row *policies;
    size_t count = 0;
    enum rc rc =
        policies_of_principal(call->database, call->arena,
                              arena_lower(call->arena, canary->user_name), &policies, &count, err);
    *permitted = count > 0;
    return rc;
}

static enum rc
put_canary(struct api_call *call, const struct canary_row *canary, struct err *err)
{
    bool permitted = false;
    enum rc rc = is_permitted(call, canary, &permitted, err);
    json_put_string(call->output, "key", canary->access_key);
    json_put_string(call->output, "user", canary->user_name);
    json_put_cstr(call->output, "status", canary->active ? "Active" : "Inactive");
    api_put_time(call, "created", canary->created_ms);
    json_put_i64(call->output, "uses", canary->uses);
    api_put_time(call, "last_used", canary->used_ms);
    json_put_string(call->output, "last_use", canary->last_use);
    json_put_bool(call->output, "permitted", permitted);
    return rc;
}

enum rc
canary_list(struct api_call *call, struct err *err)
{
    struct canary_row *rows;
    size_t count;
    enum rc rc = canaries_list(call->database, call->arena, &rows, &count, err);
    if (rc != RC_OK)
        return rc;
    json_key(call->output, "canaries");
    json_open_array(call->output);
    for (size_t i = 0; rc == RC_OK && i < count; i++) {
        json_open_object(call->output);
        rc = put_canary(call, &rows[i], err);
        json_close_object(call->output);
    }
    json_close_array(call->output);
    return rc;
}

/* Its user goes with it, unless that has got something of its own. */
enum rc
canary_delete(struct api_call *call, struct err *err)
{
    struct slice id;
    struct access_key_row key;
    bool canary = false;
    enum rc rc = api_input_string(call, "key", &id, err);
    if (rc == RC_OK)
        rc = canaries_is(call->database, id, &canary, err);
    if (rc == RC_OK && !canary)
        return err_set(err, RC_NOT_FOUND, "%.*s is no canary", SLICE_ARG(id));
    if (rc == RC_OK)
        rc = access_keys_find(call->database, call->arena, id, &key, err);
    if (rc == RC_OK)
        rc = api_delete_key(call, key.id, err);
    if (rc != RC_OK)
        return rc;
    rc = users_delete(call->database, call->arena, key.user_name, err);
    json_put_string(call->output, "deleted", key.id);
    json_put_string(call->output, "user", key.user_name);
    json_put_bool(call->output, "user_deleted", rc == RC_OK);
    return rc == RC_CONFLICT ? RC_OK : rc;
}
