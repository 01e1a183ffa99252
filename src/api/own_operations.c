/*
 * What a user may see and change of their own, with no permission but that of being signed in: the
 * caller is who it is about, whatever the input says. Nothing here gives anybody more than they have:
 * a key that was switched off stays off, and no new one is made beside it.
 */
#include "authenticate/login_password.h"
#include "authenticate/totp.h"
#include "base/clock.h"
#include "base/codec.h"
#include "base/random.h"
#include "grant_policy.h"
#include "message_view.h"
#include "operations.h"
#include "spool/spool.h"
#include "store/brakes.h"
#include "store/decisions.h"
#include "store/login_profiles.h"
#include "store/mail_search.h"
#include "store/policies.h"
#include "store/users.h"

enum { MAIL_MAX = 200, MAIL_DAYS = 30, PASSWORD_LEAST = 8, PASSWORD_MOST = 128 };

/* The administrator at the socket is no user. */
static enum rc
check_caller(const struct api_call *call, struct err *err)
{
    if (call->caller && call->caller->user_id.len > 0)
        return RC_OK;
    return err_set(err, RC_SEQUENCE, "this is about the user who is signed in, and nobody is");
}

/* ---- seen ---- */

/* With its end; one whose policy somebody edited has none that could be told. */
static void
put_address(struct api_call *call, const struct policy_row *row)
{
    struct grant_terms terms = {.until_ms = INT64_MAX};
    if (!grant_policy_read(call->arena, row->document, &terms))
        terms.until_ms = INT64_MAX;
    json_put_string(call->output, "address", slice_from(row->name, sizeof GRANT_PREFIX - 1));
    json_put_cstr(call->output, "state", terms.until_ms <= call->now_ms ? "expired" : "active");
    api_put_time(call, "until", terms.until_ms);
}

static enum rc
put_addresses(struct api_call *call, struct err *err)
{
    struct policy_row *rows;
    size_t count;
    enum rc rc = policies_of_principal(call->database, call->arena, call->caller->user_folded,
                                       &rows, &count, err);
    if (rc != RC_OK)
        return rc;
    json_key(call->output, "addresses");
    json_open_array(call->output);
    for (size_t i = 0; i < count; i++) {
        if (rows[i].owner_kind != OWNER_USER || !slice_starts(rows[i].name, SLICE(GRANT_PREFIX)))
            continue;
        json_open_object(call->output);
        put_address(call, &rows[i]);
        json_close_object(call->output);
    }
    json_close_array(call->output);
    return RC_OK;
}

static enum rc
put_keys(struct api_call *call, struct err *err)
{
    struct access_key_row *keys;
    size_t count;
    enum rc rc =
        access_keys_of(call->database, call->arena, call->caller->user_folded, &keys, &count, err);
    if (rc != RC_OK)
        return rc;
    json_key(call->output, "keys");
    json_open_array(call->output);
    for (size_t i = 0; i < count; i++) {
        json_open_object(call->output);
        json_put_string(call->output, "access_key_id", keys[i].id);
        json_put_bool(call->output, "active", access_key_is_usable(&keys[i], call->now_ms));
        api_put_time(call, "created", keys[i].created_ms);
        api_put_time(call, "used", keys[i].used_ms);
        json_put_string(call->output, "used_from", keys[i].used_address);
        json_close_object(call->output);
    }
    json_close_array(call->output);
    return RC_OK;
}

/* So long back, but not before the user had the name: mail names the user, and what is older is of
 * somebody who had the name before. */
static enum rc
since(struct api_call *call, int64_t age_ms, int64_t *since_ms, struct err *err)
{
    struct user_row user;
    enum rc rc = users_find(call->database, call->arena, call->caller->user_folded, &user, err);
    *since_ms = call->now_ms - age_ms;
    if (rc == RC_OK && user.named_ms > *since_ms)
        *since_ms = user.named_ms;
    return rc;
}

static enum rc
put_sent(struct api_call *call, struct err *err)
{
    struct sent_row *rows;
    size_t count = 0;
    int64_t sent = 0, since_ms;
    enum rc rc = since(call, DAY_MS, &since_ms, err);
    if (rc == RC_OK)
        rc = sent_by_user(call->database, call->arena, since_ms, &rows, &count, err);
    for (size_t i = 0; rc == RC_OK && i < count; i++)
        if (slice_eq(rows[i].user_name, call->caller->user_name))
            sent = rows[i].recipients;
    json_put_i64(call->output, "sent_24h", sent);
    return rc;
}

enum rc
own_show(struct api_call *call, struct err *err)
{
    struct login_profile_row profile = {0};
    enum rc rc = check_caller(call, err);
    if (rc == RC_OK)
        rc = login_profiles_find(call->database, call->arena, call->caller->user_folded, &profile,
                                 err);
    if (rc != RC_OK)
        return rc;
    json_put_string(call->output, "user", call->caller->user_name);
    json_put_bool(call->output, "second_factor", profile.totp_confirmed);
    rc = put_addresses(call, err);
    if (rc == RC_OK)
        rc = put_keys(call, err);
    if (rc == RC_OK)
        rc = put_sent(call, err);
    api_put_settings(call);
    return rc;
}

static enum rc
put_recipients(struct api_call *call, const struct message_row *message, struct err *err)
{
    struct recipient_row *rows;
    size_t count;
    enum rc rc = recipients_of(call->database, call->arena, message->key, &rows, &count, err);
    json_key(call->output, "recipients");
    json_open_array(call->output);
    for (size_t i = 0; rc == RC_OK && i < count; i++) {
        json_open_object(call->output);
        json_put_string(call->output, "recipient", rows[i].address);
        json_put_cstr(call->output, "state", recipient_state_name(rows[i].state));
        json_put_i64(call->output, "attempts", rows[i].attempts);
        json_put_string(call->output, "status", rows[i].status);
        json_put_string(call->output, "reply", rows[i].reply);
        api_put_time(call, "finished", rows[i].finished_ms);
        if (rows[i].state == RECIPIENT_QUEUED)
            api_put_time(call, "next", rows[i].next_ms);
        json_close_object(call->output);
    }
    json_close_array(call->output);
    return rc;
}

static enum rc
put_mail(struct api_call *call, const struct decision_row *row, struct err *err)
{
    struct message_row message = {0};
    enum rc rc = RC_OK;
    if (row->message_id.len > 0)
        rc = messages_find(call->database, call->arena, row->key, &message, err);
    if (rc != RC_OK)
        return rc;
    json_open_object(call->output);
    json_put_string(call->output, "message", row->message_id);
    api_put_time(call, "time", row->at_ms);
    json_put_string(call->output, "from", row->header_from);
    json_put_string(call->output, "subject", message_view_subject(call->arena, &message));
    json_put_string(call->output, "source", row->source_ip);
    json_put_string(call->output, "reason", row->reason);
    json_put_string(call->output, "reply", row->reply);
    rc = put_recipients(call, &message, err);
    json_close_object(call->output);
    return rc;
}

/* What they sent in the last 30 days, refused or not, the newest first. */
enum rc
own_mail(struct api_call *call, struct err *err)
{
    struct decision_row *rows;
    size_t count;
    struct decision_filter filter = {0};
    enum rc rc = check_caller(call, err);
    if (rc == RC_OK)
        rc = since(call, MAIL_DAYS * DAY_MS, &filter.since_ms, err);
    if (rc == RC_OK)
        rc = api_input_limit(call, 50, MAIL_MAX, &filter.limit, err);
    if (rc == RC_OK)
        rc = api_input_key(call, "before", &filter.before, err);
    if (rc != RC_OK)
        return rc;
    filter.user_name = call->caller->user_name;
    rc = decisions_list(call->database, call->arena, &filter, &rows, &count, err);
    if (rc != RC_OK)
        return rc;
    json_key(call->output, "messages");
    json_open_array(call->output);
    for (size_t i = 0; rc == RC_OK && i < count; i++)
        rc = put_mail(call, &rows[i], err);
    json_close_array(call->output);
    if (count > 0 && (int64_t)count == filter.limit)
        api_put_next(call, rows[count - 1].key);
    return rc;
}

/* ---- the credential ---- */

/* What the brake holds is looked at by the administrator, and no new key goes round that. */
static enum rc
check_brake(struct api_call *call, struct slice access_key, struct err *err)
{
    struct brake_row brake;
    enum rc rc = brakes_find(call->database, call->arena, access_key, &brake, err);
    if (rc == RC_OK && brake.tripped_ms > 0)
        return err_set(err, RC_DENIED,
                       "what this access key sends is held: the administrator must look first");
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

/* A key of theirs for another, so that one which others may have seen is off at once. Only one that
 * is on: what the administrator switched off is not theirs to bring back. */
enum rc
own_rotate(struct api_call *call, struct err *err)
{
    struct access_key_row key;
    struct slice id;
    enum rc rc = check_caller(call, err);
    if (rc == RC_OK)
        rc = api_input_string(call, "access_key_id", &id, err);
    if (rc == RC_OK)
        rc = access_keys_find(call->database, call->arena, id, &key, err);
    if (rc == RC_NOT_FOUND || (rc == RC_OK && !slice_eq(key.user_id, call->caller->user_id)))
        return err_set(err, RC_NOT_FOUND, "you have no access key %.*s",
                       SLICE_ARG(slice_head(id, 64)));
    if (rc == RC_OK && !access_key_is_usable(&key, call->now_ms))
        return err_set(err, RC_DENIED,
                       "this access key was switched off: only the administrator can give "
                       "another");
    if (rc == RC_OK)
        rc = check_brake(call, key.id, err);
    if (rc == RC_OK)
        rc = api_replace_key(call, &key, err);
    if (rc == RC_OK)
        api_put_settings(call);
    return rc;
}

/* ---- the password ---- */

static enum rc
check_new_password(struct slice text, struct err *err)
{
    size_t count = codec_utf8_count(text);
    if (count < PASSWORD_LEAST || count > PASSWORD_MOST)
        return err_set(err, RC_SYNTAX, "new must have %d to %d characters", PASSWORD_LEAST,
                       PASSWORD_MOST);
    return RC_OK;
}

/* On a worker: the present one is right, and the new one's hash. */
static enum rc
prepare_password(struct api_call *call, const struct login_profile_row *profile, struct slice old,
                 struct slice new, struct err *err)
{
    struct slice *hashes = ARENA_ARRAY(call->arena, struct slice, 2);
    enum rc rc = login_password_check(old, profile->password_hash, err);
    if (rc == RC_OK)
        rc = login_password_hash(call->arena, new, &hashes[1], err);
    hashes[0] = profile->password_hash;
    call->prepared = hashes;
    return rc;
}

/* Every other session ends with the old password; this one too. */
enum rc
own_password(struct api_call *call, struct err *err)
{
    struct login_profile_row profile = {0};
    struct slice old, new;
    enum rc rc = check_caller(call, err);
    if (rc == RC_OK)
        rc = api_input_string(call, "old", &old, err);
    if (rc == RC_OK)
        rc = api_input_string(call, "new", &new, err);
    if (rc == RC_OK)
        rc = check_new_password(new, err);
    if (rc == RC_OK)
        rc = login_profiles_find(call->database, call->arena, call->caller->user_folded, &profile,
                                 err);
    if (rc != RC_OK)
        return rc;
    if (!call->prepared)
        return prepare_password(call, &profile, old, new, err);
    if (!slice_eq(profile.password_hash, call->prepared[0]))
        return err_set(err, RC_CONFLICT, "the password was changed just now");
    profile.password_hash = call->prepared[1];
    profile.changed_ms = call->now_ms;
    profile.reset_required = false;
    return login_profiles_update(call->database, &profile, err);
}

/* ---- the second factor ---- */

static struct slice
factor_row(struct api_call *call)
{
    return arena_concat(call->arena, SLICE("totp:"), call->caller->user_id);
}

static enum rc
find_profile(struct api_call *call, bool confirmed, struct login_profile_row *profile,
             struct err *err)
{
    enum rc rc = check_caller(call, err);
    if (rc == RC_OK)
        rc = login_profiles_find(call->database, call->arena, call->caller->user_folded, profile,
                                 err);
    if (rc == RC_OK && profile->totp_confirmed != confirmed)
        return err_set(err, RC_SEQUENCE,
                       confirmed ? "there is no second factor"
                                 : "there is a second factor already");
    return rc;
}

/* A secret that counts from when a code of it is given back. */
enum rc
own_factor_begin(struct api_call *call, struct err *err)
{
    struct login_profile_row profile = {0};
    unsigned char secret[TOTP_SECRET];
    enum rc rc = find_profile(call, false, &profile, err);
    if (rc != RC_OK)
        return rc;
    random_bytes(secret, sizeof secret);
    const struct slice plain = {(char *)secret, sizeof secret};
    struct slice sealed =
        sealer_seal(call->constants->sealer, call->arena, factor_row(call), plain);
    rc = login_profiles_set_totp(call->database, call->caller->user_folded, sealed, false, 0, err);
    if (rc == RC_OK) {
        struct slice issuer =
            arena_concat(call->arena, SLICE("postern "), call->constants->hostname);
        json_put_string(call->output, "secret", totp_text(call->arena, plain));
        json_put_string(call->output, "uri",
                        totp_uri(call->arena, plain, issuer, call->caller->user_name));
    }
    memory_wipe(secret, sizeof secret);
    return rc;
}

/* RC_DENIED: the code is not right. */
static enum rc
take_code(struct api_call *call, const struct login_profile_row *profile, int64_t *step,
          struct err *err)
{
    struct secret secret;
    struct slice code;
    enum rc rc = api_input_string(call, "code", &code, err);
    if (rc == RC_OK && profile->totp_secret.len == 0)
        rc = err_set(err, RC_SEQUENCE, "there is no second factor to confirm");
    if (rc == RC_OK)
        rc = sealer_unseal(call->constants->sealer, factor_row(call), profile->totp_secret, &secret,
                           err);
    if (rc != RC_OK)
        return rc;
    *step = totp_match(secret_slice(&secret), code, profile->totp_step, call->now_ms);
    secret_free(&secret);
    return *step ? RC_OK : err_set(err, RC_DENIED, "the code is not right, or was used");
}

enum rc
own_factor_confirm(struct api_call *call, struct err *err)
{
    struct login_profile_row profile = {0};
    int64_t step;
    enum rc rc = find_profile(call, false, &profile, err);
    if (rc == RC_OK)
        rc = take_code(call, &profile, &step, err);
    return rc == RC_OK ? login_profiles_set_totp(call->database, call->caller->user_folded,
                                                 profile.totp_secret, true, step, err)
                       : rc;
}

enum rc
own_factor_remove(struct api_call *call, struct err *err)
{
    struct login_profile_row profile = {0};
    int64_t step;
    enum rc rc = find_profile(call, true, &profile, err);
    if (rc == RC_OK)
        rc = take_code(call, &profile, &step, err);
    return rc == RC_OK ? login_profiles_set_totp(call->database, call->caller->user_folded,
                                                 SLICE(""), false, 0, err)
                       : rc;
}
