/*
 * One person, one address, one credential: handed out, switched off, given back. A grant is an
 * ordinary IAM user with an ordinary policy, so that every SES tool can read it.
 */
#include "base/clock.h"
#include "base/random.h"
#include "identity_changes.h"
#include "operations.h"
#include "store/policies.h"
#include "store/settings.h"
#include "store/users.h"

/* ---- who has it already ---- */

static enum rc
load_entries(struct api_call *call, struct slice folded, struct policy_entry **out, size_t *count,
             struct err *err)
{
    struct policy_row *rows;
    enum rc rc = policies_of_principal(call->database, call->arena, folded, &rows, count, err);
    struct policy_entry *entries = ARENA_ARRAY(call->arena, struct policy_entry, *count);
    for (size_t i = 0; rc == RC_OK && i < *count; i++) {
        entries[i].source = rows[i].boundary ? POLICY_BOUNDARY : POLICY_USER_INLINE;
        entries[i].name = rows[i].name;
        rc = policy_cache_get(call->thread->policies, rows[i].document, POLICY_IDENTITY_BASED,
                              &entries[i].policy, err);
    }
    *out = entries;
    return rc;
}

static bool
is_among(struct slice name, const struct slice *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (slice_eq(name, list[i]))
            return true;
    return false;
}

/* Would these policies let the user send as the address, were nothing else in the way? */
static bool
can_send_as(struct api_call *call, const struct user_row *user, const struct policy_entry *entries,
            size_t count, struct slice address)
{
    struct condition_value keys[] = {
        {.key = SLICE("ses:FromAddress"), .values = &address, .count = 1, .fold = DENY_AS_ADDRESS},
        {.key = SLICE("aws:username"), .values = &user->name, .count = 1},
    };
    struct evaluate_request request = {
        .principal_arn = api_user_arn(call, user->path, user->name),
        .principal_account = call->constants->account,
        .action = SLICE("ses:SendRawEmail"),
        .resource = api_identity_arn(call, address),
        .keys = keys,
        .key_count = 2,
        .now_ms = call->now_ms,
    };
    return evaluate_policies(call->arena, entries, count, &request).outcome == EVALUATE_ALLOW;
}

/* A user whose policies let them send as an address. */
struct holder {
    struct slice name, folded;
    bool by_name; /* as that address, and not as its neighbours */
};

struct holders {
    struct holder *list;
    size_t count, cap;
};

static struct slice
neighbour(struct api_call *call, struct slice domain)
{
    return arena_printf(call->arena, "%.*s@%.*s", SLICE_ARG(random_base32(call->arena, 20)),
                        SLICE_ARG(domain));
}

/* Those who may send as anybody (an administrator with sending) are not meant: the access report
 * shows them. `except`: folded names. */
static enum rc
find_holders(struct api_call *call, const struct address *address, const struct slice *except,
             size_t except_count, struct holders *holders, struct err *err)
{
    struct user_row *users;
    size_t user_count;
    struct slice beside = neighbour(call, address->domain);
    struct slice anybody = neighbour(
        call, arena_concat(call->arena, random_base32(call->arena, 20), SLICE(".invalid")));
    *holders = (struct holders){0};
    enum rc rc = users_list(call->database, call->arena, &users, &user_count, err);
    for (size_t i = 0; rc == RC_OK && i < user_count; i++) {
        struct policy_entry *entries;
        size_t count;
        if (is_among(users[i].folded, except, except_count))
            continue;
        rc = load_entries(call, users[i].folded, &entries, &count, err);
        if (rc != RC_OK || !can_send_as(call, &users[i], entries, count, address->text) ||
            can_send_as(call, &users[i], entries, count, anybody))
            continue;
        bool by_name = !can_send_as(call, &users[i], entries, count, beside);
        holders->list = arena_grow(call->arena, holders->list, sizeof *holders->list,
                                   holders->count, &holders->cap);
        holders->list[holders->count++] = (struct holder){users[i].name, users[i].folded, by_name};
    }
    return rc;
}

/* ---- handing out ---- */

/* StringEquals: the address itself may hold `*` or `?`, which StringLike would take as wildcards. */
static struct slice
grant_document(struct api_call *call, struct slice address)
{
    struct buf out;
    struct json_writer writer;
    buf_init(&out, 4096);
    json_writer_init(&writer, &out);
    json_open_object(&writer);
    json_put_cstr(&writer, "Version", "2012-10-17");
    json_key(&writer, "Statement");
    json_open_array(&writer);
    json_open_object(&writer);
    json_put_cstr(&writer, "Effect", "Allow");
    json_key(&writer, "Action");
    json_open_array(&writer);
    json_write_cstr(&writer, "ses:SendEmail");
    json_write_cstr(&writer, "ses:SendRawEmail");
    json_close_array(&writer);
    json_put_cstr(&writer, "Resource", "*");
    json_key(&writer, "Condition");
    json_open_object(&writer);
    json_key(&writer, "StringEquals");
    json_open_object(&writer);
    json_put_string(&writer, "ses:FromAddress", address);
    json_close_object(&writer);
    json_close_object(&writer);
    json_close_object(&writer);
    json_close_array(&writer);
    json_close_object(&writer);
    struct slice document = arena_dup(call->arena, buf_slice(&out));
    buf_fini(&out);
    return document;
}

static struct slice
grant_name(struct api_call *call, struct slice address)
{
    return arena_concat(call->arena, SLICE("grant-"), address);
}

static enum rc
make_user(struct api_call *call, struct slice name, bool from_address, struct user_row *user,
          struct err *err)
{
    *user = (struct user_row){.name = name, .path = SLICE("/")};
    enum rc rc = api_insert_user(call, user, err);
    if (rc == RC_SYNTAX && from_address)
        return err_set(err, rc, "no user can have the name %.*s: give another with --user NAME",
                       SLICE_ARG(name));
    return rc;
}

/* The key that the person goes on with; NULL: all were switched off. */
static const struct access_key_row *
active_key(const struct access_key_row *keys, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (keys[i].active)
            return &keys[i];
    return NULL;
}

/* The user of that name with what keys it has, or a new one. A user without any is nobody's yet. */
static enum rc
find_or_make_user(struct api_call *call, struct slice name, bool from_address, bool also,
                  struct user_row *user, struct access_key_row **keys, size_t *count,
                  struct err *err)
{
    *count = 0;
    enum rc rc = users_find(call->database, call->arena, name, user, err);
    if (rc == RC_NOT_FOUND)
        return make_user(call, name, from_address, user, err);
    if (rc == RC_OK)
        rc = access_keys_of(call->database, call->arena, user->folded, keys, count, err);
    if (rc != RC_OK || *count == 0)
        return rc;
    if (!active_key(*keys, *count))
        return err_set(
            err, RC_CONFLICT,
            "%.*s has no active access key: `postern restore %.*s` switches a revoked one "
            "on again, `postern credential rotate %.*s` makes a new one",
            SLICE_ARG(user->name), SLICE_ARG(user->name), SLICE_ARG(user->name));
    if (!also)
        return err_set(err, RC_CONFLICT,
                       "%.*s has a credential already; --also gives the address to it as well",
                       SLICE_ARG(user->name));
    return RC_OK;
}

static enum rc
refuse_second_holder(struct api_call *call, const struct address *address, struct slice user,
                     struct err *err)
{
    struct slice except = arena_lower(call->arena, user);
    struct holders holders;
    enum rc rc = find_holders(call, address, &except, 1, &holders, err);
    if (rc == RC_OK && holders.count > 0)
        return err_set(err, RC_CONFLICT,
                       "%.*s may be used by %.*s already; --also lets both use it",
                       SLICE_ARG(address->text), SLICE_ARG(holders.list[0].name));
    return rc;
}

enum rc
grant_create(struct api_call *call, struct err *err)
{
    struct slice text, name;
    struct address address;
    struct user_row user;
    struct access_key_row *keys = NULL;
    size_t key_count = 0;
    struct slice production;
    struct identity_cover cover;
    bool also;
    enum rc rc = api_input_string(call, "address", &text, err);
    if (rc == RC_OK)
        rc = api_input_optional(call, "user", &name, err);
    if (rc == RC_OK)
        rc = api_input_bool(call, "also", &also, err);
    if (rc == RC_OK)
        rc = address_parse(call->arena, text, &address, err);
    if (rc != RC_OK)
        return rc;
    bool from_address = name.len == 0;
    if (from_address)
        name = address.text;
    if (!also)
        rc = refuse_second_holder(call, &address, name, err);
    if (rc == RC_OK)
        rc = find_or_make_user(call, name, from_address, also, &user, &keys, &key_count, err);
    if (rc == RC_OK)
        rc = policies_put(call->database, OWNER_USER, user.folded, grant_name(call, address.text),
                          grant_document(call, address.text), err);
    if (rc == RC_OK)
        rc = identity_cover(call, &address, &cover, err);
    if (rc == RC_OK)
        rc = settings_get(call->database, call->arena, SETTING_PRODUCTION, &production, err);
    if (rc != RC_OK)
        return rc;
    json_put_string(call->output, "address", address.text);
    json_put_string(call->output, "user", user.name);
    json_put_bool(call->output, "registered", cover.registered);
    json_put_bool(call->output, "verified", cover.verified);
    json_put_bool(call->output, "production", slice_is(production, "on"));
    if (key_count == 0)
        rc = api_make_key(call, user.folded, err);
    else
        json_put_string(call->output, "access_key_id", active_key(keys, key_count)->id);
    api_put_settings(call);
    return rc;
}

/* ---- switching off and on ---- */

/* What a target stands for. */
struct target {
    struct slice text; /* as it was named */
    bool is_key;
    struct access_key_row *keys;
    size_t count, cap;
    struct holders others; /* who may send as the address too, by policies of another kind */
};

static enum rc
add_keys_of(struct api_call *call, struct slice user, struct target *target, struct err *err)
{
    struct access_key_row *keys;
    size_t count;
    enum rc rc = access_keys_of(call->database, call->arena, user, &keys, &count, err);
    for (size_t i = 0; rc == RC_OK && i < count; i++) {
        target->keys = arena_grow(call->arena, target->keys, sizeof *target->keys, target->count,
                                  &target->cap);
        target->keys[target->count++] = keys[i];
    }
    return rc;
}

/* Everybody to whom the address was handed out: by grant, under its own name, or by a policy that
 * names it. Those who may use it by a wildcard are only told of. */
static enum rc
find_keys_of_address(struct api_call *call, struct slice text, struct target *target,
                     struct err *err)
{
    struct address address;
    struct user_row user;
    struct slice *users = NULL, folded = arena_lower(call->arena, text);
    size_t count = 0;
    enum rc rc = users_find(call->database, call->arena, text, &user, err);
    bool named = rc == RC_OK;
    if (rc != RC_OK && rc != RC_NOT_FOUND)
        return rc;
    if (named)
        rc = add_keys_of(call, folded, target, err);
    if (rc != RC_OK && rc != RC_NOT_FOUND)
        return rc;
    if (address_parse(call->arena, text, &address, NULL) != RC_OK)
        return rc;
    rc = policies_owners(call->database, call->arena, OWNER_USER, grant_name(call, address.text),
                         &users, &count, err);
    for (size_t i = 0; rc == RC_OK && i < count; i++)
        if (!named || !slice_eq(users[i], folded))
            rc = add_keys_of(call, users[i], target, err);
    struct slice *except = ARENA_ARRAY(call->arena, struct slice, count + 1);
    if (count > 0)
        memcpy(except, users, count * sizeof *except);
    except[count] = folded;
    if (rc == RC_OK)
        rc = find_holders(call, &address, except, count + 1, &target->others, err);
    bool found = named || count > 0;
    for (size_t i = 0; rc == RC_OK && i < target->others.count; i++)
        if (target->others.list[i].by_name) {
            found = true;
            rc = add_keys_of(call, target->others.list[i].folded, target, err);
        }
    return rc == RC_OK && !found ? RC_NOT_FOUND : rc;
}

/* What the call names: a key id, a user name, or an address. */
static enum rc
input_target(struct api_call *call, struct target *target, struct err *err)
{
    struct access_key_row key;
    struct slice text;
    *target = (struct target){0};
    enum rc rc = api_input_string(call, "target", &text, err);
    if (rc != RC_OK)
        return rc;
    target->text = text;
    rc = access_keys_find(call->database, call->arena, text, &key, err);
    target->is_key = rc == RC_OK;
    if (rc == RC_OK) {
        target->keys = ARENA_NEW(call->arena, struct access_key_row);
        target->keys[target->count++] = key;
    } else if (rc == RC_NOT_FOUND) {
        rc = find_keys_of_address(call, text, target, err);
    }
    if (rc == RC_NOT_FOUND)
        return err_set(err, rc,
                       "%.*s is no access key, no user, and no address that was handed out",
                       SLICE_ARG(text));
    if (rc == RC_OK && target->count == 0)
        return err_set(err, RC_NOT_FOUND, "%.*s has no access key", SLICE_ARG(text));
    return rc;
}

static void
put_key(struct api_call *call, const struct access_key_row *key, bool active)
{
    json_open_object(call->output);
    json_put_string(call->output, "id", key->id);
    json_put_string(call->output, "user", key->user_name);
    json_put_cstr(call->output, "status", active ? "Active" : "Inactive");
    json_close_object(call->output);
}

enum rc
grant_revoke(struct api_call *call, struct err *err)
{
    struct target target;
    int64_t held = 0;
    bool hold;
    enum rc rc = api_input_bool(call, "hold", &hold, err);
    if (rc == RC_OK)
        rc = input_target(call, &target, err);
    if (rc != RC_OK)
        return rc;
    json_key(call->output, "keys");
    json_open_array(call->output);
    for (size_t i = 0; rc == RC_OK && i < target.count; i++) {
        const struct access_key_row *key = &target.keys[i];
        /* One that was off before was not switched off by this. */
        rc = access_keys_set_active(call->database, key->id, false, key->active || key->revoked,
                                    err);
        if (rc == RC_OK && hold)
            rc = api_hold_mail(call, &(struct recipient_filter){.access_key = key->id}, &held, err);
        api_revoked(call, key->id);
        put_key(call, key, false);
    }
    json_close_array(call->output);
    json_put_i64(call->output, "held", held);
    json_key(call->output, "others");
    json_open_array(call->output);
    for (size_t i = 0; i < target.others.count; i++)
        if (!target.others.list[i].by_name)
            json_write_string(call->output, target.others.list[i].name);
    json_close_array(call->output);
    return rc;
}

/* A false alarm is undone: what a revoke switched off, and nothing that was replaced since. A key
 * named by its id is switched on whatever it was switched off for. */
enum rc
grant_restore(struct api_call *call, struct err *err)
{
    struct target target;
    size_t restored = 0;
    enum rc rc = input_target(call, &target, err);
    if (rc != RC_OK)
        return rc;
    json_key(call->output, "keys");
    json_open_array(call->output);
    for (size_t i = 0; rc == RC_OK && i < target.count; i++) {
        const struct access_key_row *key = &target.keys[i];
        bool on = key->active || key->revoked || target.is_key;
        restored += on;
        if (on)
            rc = access_keys_set_active(call->database, key->id, true, false, err);
        put_key(call, key, on);
    }
    json_close_array(call->output);
    if (rc == RC_OK && restored == 0)
        return err_set(err, RC_CONFLICT,
                       "no key of %.*s was revoked; one that was replaced is switched on by its id",
                       SLICE_ARG(target.text));
    return rc;
}
