/*
 * One person, one address, one credential: handed out, switched off, given back. A grant is an
 * ordinary IAM user with an ordinary policy, so that every SES tool can read it.
 */
#include "base/clock.h"
#include "base/random.h"
#include "identity/proof.h"
#include "operations.h"
#include "store/identities.h"
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

/* Another user to whom this very address was handed out. One who may send as anybody (an
 * administrator with sending) does not count: the access report shows those. */
static enum rc
find_holder(struct api_call *call, struct slice address, struct slice except, struct slice *holder,
            struct err *err)
{
    struct user_row *users;
    size_t user_count;
    struct slice anybody =
        arena_printf(call->arena, "%.*s@%.*s.invalid", SLICE_ARG(random_base32(call->arena, 20)),
                     SLICE_ARG(random_base32(call->arena, 20)));
    *holder = SLICE("");
    enum rc rc = users_list(call->database, call->arena, &users, &user_count, err);
    for (size_t i = 0; rc == RC_OK && i < user_count && holder->len == 0; i++) {
        struct policy_entry *entries;
        size_t count;
        if (slice_eq(users[i].folded, except))
            continue;
        rc = load_entries(call, users[i].folded, &entries, &count, err);
        if (rc == RC_OK && can_send_as(call, &users[i], entries, count, address) &&
            !can_send_as(call, &users[i], entries, count, anybody))
            *holder = users[i].name;
    }
    return rc;
}

/* One identity, if there is such: does it cover the address, and is it verified? */
static enum rc
look_at_cover(struct api_call *call, struct slice name, const struct address *address,
              bool *registered, bool *verified, struct err *err)
{
    struct identity_row row;
    struct proof_row proof = {.status = IDENTITY_NOT_STARTED};
    enum rc rc = identities_find(call->database, call->arena, name, &row, err);
    if (rc != RC_OK)
        return rc == RC_NOT_FOUND ? RC_OK : rc;
    if (row.only_itself && !slice_eq(name, address->domain))
        return RC_OK;
    *registered = true;
    rc = proofs_find(call->database, call->arena, name, "verification", &proof, err);
    *verified = *verified || row.vouched || proof.status == IDENTITY_SUCCESS ||
                proof.status == IDENTITY_TEMPORARY_FAILURE;
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

/* The address itself, its domain, and the domains above. */
static enum rc
find_cover(struct api_call *call, const struct address *address, bool *registered, bool *verified,
           struct err *err)
{
    struct slice name = address->text, above = address->domain, label;
    enum rc rc = RC_OK;
    *registered = *verified = false;
    while (rc == RC_OK && name.len > 0) {
        rc = look_at_cover(call, name, address, registered, verified, err);
        name = above;
        if (!slice_cut(above, '.', &label, &above))
            above = SLICE("");
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

static enum rc
find_or_make_user(struct api_call *call, struct slice name, bool also, struct user_row *user,
                  struct err *err)
{
    enum rc rc = users_find(call->database, call->arena, name, user, err);
    if (rc == RC_OK && !also)
        return err_set(err, RC_CONFLICT,
                       "%.*s has a credential already; --also gives the address to it as well",
                       SLICE_ARG(name));
    if (rc != RC_NOT_FOUND)
        return rc;
    *user = (struct user_row){.folded = arena_lower(call->arena, name),
                              .name = name,
                              .id = random_iam_id(call->arena, "AIDA", 17),
                              .path = SLICE("/"),
                              .created_ms = call->now_ms};
    rc = api_check_name(name, "the user name", err);
    return rc == RC_OK ? users_insert(call->database, user, err) : rc;
}

enum rc
grant_create(struct api_call *call, struct err *err)
{
    struct slice text, name, holder;
    struct address address;
    struct user_row user;
    struct access_key_row *keys;
    size_t key_count;
    struct slice production;
    bool also, registered, verified;
    enum rc rc = api_input_string(call, "address", &text, err);
    if (rc == RC_OK)
        rc = api_input_optional(call, "user", &name, err);
    if (rc == RC_OK)
        rc = api_input_bool(call, "also", &also, err);
    if (rc == RC_OK)
        rc = address_parse(call->arena, text, &address, err);
    if (rc != RC_OK)
        return rc;
    if (name.len == 0)
        name = address.text;
    rc = find_holder(call, address.text, arena_lower(call->arena, name), &holder, err);
    if (rc == RC_OK && holder.len && !also)
        return err_set(err, RC_CONFLICT,
                       "%.*s was handed out to %.*s already; --also lets both use it",
                       SLICE_ARG(address.text), SLICE_ARG(holder));
    if (rc == RC_OK)
        rc = find_or_make_user(call, name, also, &user, err);
    if (rc == RC_OK)
        rc = policies_put(call->database, OWNER_USER, user.folded,
                          arena_concat(call->arena, SLICE("grant-"), address.text),
                          grant_document(call, address.text), err);
    if (rc == RC_OK)
        rc = access_keys_of(call->database, call->arena, user.folded, &keys, &key_count, err);
    if (rc == RC_OK)
        rc = find_cover(call, &address, &registered, &verified, err);
    if (rc == RC_OK)
        rc = settings_get(call->database, call->arena, SETTING_PRODUCTION, &production, err);
    if (rc != RC_OK)
        return rc;
    json_put_string(call->output, "address", address.text);
    json_put_string(call->output, "user", user.name);
    json_put_bool(call->output, "registered", registered);
    json_put_bool(call->output, "verified", verified);
    json_put_bool(call->output, "production", slice_is(production, "on"));
    if (key_count == 0)
        rc = api_make_key(call, user.folded, err);
    else
        json_put_string(call->output, "access_key_id", keys[0].id);
    api_put_settings(call);
    return rc;
}

/* ---- switching off and on ---- */

/* A key id, a user name, or an address: the keys it stands for. */
static enum rc
find_keys(struct api_call *call, struct slice target, struct access_key_row **keys, size_t *count,
          struct err *err)
{
    struct access_key_row key;
    struct user_row user;
    struct address address;
    struct slice holder;
    enum rc rc = access_keys_find(call->database, call->arena, target, &key, err);
    if (rc == RC_OK) {
        *keys = ARENA_NEW(call->arena, struct access_key_row);
        (*keys)[0] = key;
        *count = 1;
        return RC_OK;
    }
    if (rc == RC_NOT_FOUND)
        rc = users_find(call->database, call->arena, target, &user, err);
    if (rc == RC_NOT_FOUND && address_parse(call->arena, target, &address, NULL) == RC_OK) {
        rc = find_holder(call, address.text, SLICE(""), &holder, err);
        if (rc == RC_OK)
            rc = holder.len ? users_find(call->database, call->arena, holder, &user, err)
                            : RC_NOT_FOUND;
    }
    if (rc == RC_OK)
        return access_keys_of(call->database, call->arena, user.folded, keys, count, err);
    if (rc == RC_NOT_FOUND)
        return err_set(err, rc,
                       "%.*s is no access key, no user, and no address that was handed out",
                       SLICE_ARG(target));
    return rc;
}

static enum rc
hold_mail_of(struct api_call *call, struct slice access_key, int64_t *held, struct err *err)
{
    struct query q = query_start(
        call->database,
        "SELECT recipient.key FROM recipient JOIN message ON message.key = recipient.key / 1024 "
        "WHERE recipient.state = 0 AND message.access_key = ?");
    int64_t *keys = NULL;
    size_t count = 0, cap = 0;
    query_text(&q, access_key);
    while (query_row(&q)) {
        keys = arena_grow(call->arena, keys, sizeof *keys, count, &cap);
        keys[count++] = query_column_i64(&q, 0);
    }
    enum rc rc = query_end(&q, err);
    for (size_t i = 0; rc == RC_OK && i < count; i++) {
        rc = spool_hold(call->database, call->arena, keys[i], call->now_ms, err);
        api_stopped(call, keys[i]);
        ++*held;
    }
    return rc;
}

static enum rc
set_keys(struct api_call *call, bool active, bool hold, struct err *err)
{
    struct slice target;
    struct access_key_row *keys;
    size_t count;
    int64_t held = 0;
    enum rc rc = api_input_string(call, "target", &target, err);
    if (rc == RC_OK)
        rc = find_keys(call, target, &keys, &count, err);
    if (rc != RC_OK)
        return rc;
    if (count == 0)
        return err_set(err, RC_NOT_FOUND, "%.*s has no access key", SLICE_ARG(target));
    json_key(call->output, "keys");
    json_open_array(call->output);
    for (size_t i = 0; rc == RC_OK && i < count; i++) {
        rc = access_keys_set_active(call->database, keys[i].id, active, err);
        if (rc == RC_OK && hold)
            rc = hold_mail_of(call, keys[i].id, &held, err);
        if (!active)
            api_revoked(call, keys[i].id);
        json_open_object(call->output);
        json_put_string(call->output, "id", keys[i].id);
        json_put_string(call->output, "user", keys[i].user_name);
        json_put_cstr(call->output, "status", active ? "Active" : "Inactive");
        json_close_object(call->output);
    }
    json_close_array(call->output);
    json_put_i64(call->output, "held", held);
    return rc;
}

enum rc
grant_revoke(struct api_call *call, struct err *err)
{
    bool hold;
    enum rc rc = api_input_bool(call, "hold", &hold, err);
    return rc == RC_OK ? set_keys(call, false, hold, err) : rc;
}

enum rc
grant_restore(struct api_call *call, struct err *err)
{
    return set_keys(call, true, false, err);
}
