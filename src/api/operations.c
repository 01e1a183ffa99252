#include "operations.h"
#include "authenticate/smtp_password.h"
#include "base/clock.h"
#include "base/random.h"
#include "store/brakes.h"
#include "store/users.h"

#include <inttypes.h>

static const struct api_operation operations[] = {
    {"domain.add", API_WRITE, domain_add},
    {"domain.check", API_DNS, domain_asked},
    {"domain.examine", API_DNS, domain_asked},
    {"domain.records", API_READ, domain_records},
    {"domain.mail_from", API_WRITE, domain_mail_from},
    {"address.add", API_WRITE, address_add},
    {"identity.list", API_READ, identity_list},
    {"identity.remove", API_WRITE, identity_remove},
    {"identity.vouch", API_WRITE, identity_vouch},
    {"identity.confirm", API_WRITE, identity_confirm},
    {"dkim.set", API_WRITE, dkim_set},
    {"dkim.show", API_READ, dkim_show},
    {"dkim.rotate", API_WRITE, dkim_rotate},
    {"user.create", API_WRITE, user_create},
    {"user.list", API_READ, user_list},
    {"user.show", API_READ, user_show},
    {"user.delete", API_WRITE, user_delete},
    {"user.password", API_PREPARED, user_password},
    {"credential.create", API_WRITE, credential_create},
    {"credential.list", API_READ, credential_list},
    {"credential.rotate", API_WRITE, credential_rotate},
    {"credential.delete", API_WRITE, credential_delete},
    {"group.create", API_WRITE, group_create},
    {"group.list", API_READ, group_list},
    {"group.show", API_READ, group_show},
    {"group.delete", API_WRITE, group_delete},
    {"group.member", API_WRITE, group_set_member},
    {"policy.put", API_WRITE, policy_put},
    {"policy.show", API_READ, policy_show},
    {"policy.list", API_READ, policy_list},
    {"policy.delete", API_WRITE, policy_delete},
    {"policy.attach", API_WRITE, policy_attach},
    {"policy.boundary", API_WRITE, policy_boundary},
    {"policy.validate", API_READ, policy_validate},
    {"grant.create", API_WRITE, grant_create},
    {"grant.list", API_READ, grant_list},
    {"grant.revoke", API_WRITE, grant_revoke},
    {"grant.restore", API_WRITE, grant_restore},
    {"suspension.put", API_WRITE, suspension_put},
    {"suspension.end", API_WRITE, suspension_end},
    {"suspension.list", API_READ, suspension_list},
    {"brake.list", API_READ, brake_list},
    {"brake.show", API_READ, brake_show},
    {"brake.release", API_WRITE, brake_release},
    {"brake.drop", API_WRITE, brake_drop},
    {"canary.create", API_WRITE, canary_create},
    {"canary.list", API_READ, canary_list},
    {"canary.delete", API_WRITE, canary_delete},
    {"decision.list", API_READ, decision_list},
    {"decision.explain", API_READ, decision_explain},
    {"access.report", API_READ, access_report},
    {"access.holders", API_READ, access_holders},
    {"access.check", API_READ, access_check},
    {"access.compare", API_WRITE, access_compare},
    {"queue.list", API_READ, queue_list},
    {"queue.show", API_READ, queue_show},
    {"queue.sites", API_READ, queue_sites},
    {"queue.account", API_READ, queue_account},
    {"queue.change", API_WRITE, queue_change},
    {"message.list", API_READ, message_list},
    {"message.body", API_READ, message_body},
    {"statistics.list", API_READ, statistics_list},
    {"statistics.sites", API_READ, statistics_sites},
    {"ledger.list", API_READ, ledger_list},
    {"ledger.verify", API_READ, ledger_verify},
    {"ledger.head", API_WRITE, ledger_head},
    {"ledger.erase", API_WRITE, ledger_erase},
    {"own.show", API_READ, own_show},
    {"own.mail", API_READ, own_mail},
    {"own.rotate", API_WRITE, own_rotate},
    {"own.password", API_PREPARED, own_password},
    {"own.factor_begin", API_WRITE, own_factor_begin},
    {"own.factor_confirm", API_WRITE, own_factor_confirm},
    {"own.factor_remove", API_WRITE, own_factor_remove},
    {"account.show", API_READ, account_show},
    {"account.production", API_WRITE, account_production},
    {"account.pause", API_WRITE, account_pause},
};

const struct api_operation *
api_find(struct slice name)
{
    for (size_t i = 0; i < sizeof operations / sizeof operations[0]; i++)
        if (slice_is(name, operations[i].name))
            return &operations[i];
    return NULL;
}

void
api_revoked(struct api_call *call, struct slice access_key)
{
    struct api_effects *effects = call->effects;
    effects->revoked_keys =
        arena_grow(call->arena, effects->revoked_keys, sizeof *effects->revoked_keys,
                   effects->revoked_count, &effects->revoked_cap);
    effects->revoked_keys[effects->revoked_count++] = access_key;
}

void
api_stopped(struct api_call *call, int64_t recipient_key)
{
    struct api_effects *effects = call->effects;
    effects->stopped = arena_grow(call->arena, effects->stopped, sizeof *effects->stopped,
                                  effects->stopped_count, &effects->stopped_cap);
    effects->stopped[effects->stopped_count++] = recipient_key;
}

enum rc
api_input_optional(struct api_call *call, const char *name, struct slice *out, struct err *err)
{
    return json_get_string(call->input, name, false, out, err);
}

enum rc
api_input_string(struct api_call *call, const char *name, struct slice *out, struct err *err)
{
    enum rc rc = json_get_string(call->input, name, true, out, err);
    if (rc == RC_OK && out->len == 0)
        return err_set(err, RC_SYNTAX, "%s is empty", name);
    return rc;
}

enum rc
api_input_bool(struct api_call *call, const char *name, bool *out, struct err *err)
{
    return json_get_bool(call->input, name, false, out, err);
}

enum rc
api_check_name(struct slice name, const char *what, size_t max, struct err *err)
{
    if (name.len == 0 || name.len > max)
        return err_set(err, RC_SYNTAX, "%s must have 1 to %zu characters", what, max);
    for (size_t i = 0; i < name.len; i++)
        if (!ascii_alnum(name.ptr[i]) && (name.ptr[i] == '\0' || !strchr("_+=,.@-", name.ptr[i])))
            return err_set(err, RC_SYNTAX,
                           "%s may have letters, digits and _+=,.@- only: character %zu is not",
                           what, i + 1);
    return RC_OK;
}

struct slice
api_user_arn(struct api_call *call, struct slice path, struct slice name)
{
    return api_iam_arn(call->arena, call->constants, "user", path, name);
}

struct slice
api_identity_arn(struct api_call *call, struct slice name)
{
    return api_ses_arn(call, "identity", name);
}

void
api_put_time(struct api_call *call, const char *name, int64_t ms)
{
    json_key(call->output, name);
    if (ms == 0 || ms == INT64_MAX)
        json_write_null(call->output);
    else
        json_write_string(call->output, clock_iso8601(call->arena, ms));
}

enum rc
api_input_time(struct api_call *call, const char *name, int64_t fallback, int64_t *ms,
               struct err *err)
{
    struct slice text;
    *ms = fallback;
    enum rc rc = api_input_optional(call, name, &text, err);
    if (rc == RC_OK && text.len && !clock_parse(text, ms))
        return err_set(err, RC_SYNTAX, "%s: %.*s is no date; write 2026-01-31T12:00Z", name,
                       SLICE_ARG(slice_head(text, 64)));
    return rc;
}

enum rc
api_input_limit(struct api_call *call, int64_t fallback, int64_t max, int64_t *limit,
                struct err *err)
{
    enum rc rc = json_get_i64(call->input, "limit", fallback, limit, err);
    if (rc == RC_OK && (*limit < 1 || *limit > max))
        return err_set(err, RC_SYNTAX, "limit must be 1 to %" PRId64, max);
    return rc;
}

enum rc
api_input_key(struct api_call *call, const char *name, int64_t *key, struct err *err)
{
    struct slice text;
    enum rc rc = api_input_optional(call, name, &text, err);
    *key = 0;
    if (rc == RC_OK && text.len && (!slice_i64(text, key) || *key < 1))
        return err_set(err, RC_SYNTAX, "%s must be what an answer called next", name);
    return rc;
}

void
api_put_next(struct api_call *call, int64_t key)
{
    if (key > 0)
        json_put_string(call->output, "next", arena_printf(call->arena, "%" PRId64, key));
}

void
api_put_suspension(struct api_call *call, struct slice reason, int64_t until_ms)
{
    json_put_string(call->output, "suspended", reason);
    api_put_time(call, "suspended_until", until_ms);
}

enum rc
api_input_end(struct api_call *call, const char *name, int64_t *until_ms, struct err *err)
{
    struct slice text;
    enum rc rc = api_input_optional(call, name, &text, err);
    *until_ms = INT64_MAX;
    if (rc != RC_OK || text.len == 0)
        return rc;
    if (!clock_parse_end(text, call->now_ms, until_ms))
        return err_set(err, RC_SYNTAX,
                       "%s: %.*s is no end; write 2026-12-31 for the end of that day in UTC, "
                       "2026-12-31T18:00Z, 2026-12-31T18:00+09:00, or 90m, 12h, 3d, 2w from now",
                       name, SLICE_ARG(slice_head(text, 64)));
    if (*until_ms <= call->now_ms)
        return err_set(err, RC_SYNTAX, "%s: %.*s has passed", name,
                       SLICE_ARG(clock_iso8601(call->arena, *until_ms)));
    return RC_OK;
}

enum rc
api_insert_user(struct api_call *call, struct user_row *row, struct err *err)
{
    row->folded = arena_lower(call->arena, row->name);
    row->id = random_iam_id(call->arena, "AIDA", 17);
    row->created_ms = call->now_ms;
    enum rc rc = api_check_name(row->name, "the user name", 64, err);
    return rc == RC_OK ? users_insert(call->database, row, err) : rc;
}

enum rc
api_insert_group(struct api_call *call, struct group_row *row, struct err *err)
{
    row->folded = arena_lower(call->arena, row->name);
    row->id = random_iam_id(call->arena, "AGPA", 17);
    row->created_ms = call->now_ms;
    enum rc rc = api_check_name(row->name, "the group name", 128, err);
    return rc == RC_OK ? groups_insert(call->database, row, err) : rc;
}

static enum rc
insert_key(struct api_call *call, struct slice user_folded, struct access_key_row *row,
           struct slice *secret, struct err *err)
{
    struct slice id = random_iam_id(call->arena, "AKIA", 16);
    *secret = random_secret_key(call->arena);
    *row = (struct access_key_row){
        .id = id,
        .user_folded = user_folded,
        .secret = sealer_seal(call->constants->sealer, call->arena,
                              arena_concat(call->arena, SLICE("access-key:"), id), *secret),
        .active = true,
        .created_ms = call->now_ms};
    return access_keys_insert(call->database, row, err);
}

enum rc
api_insert_key(struct api_call *call, struct slice user_folded, struct access_key_row *row,
               struct slice *secret, struct err *err)
{
    struct access_key_row *keys;
    size_t count;
    enum rc rc = access_keys_of(call->database, call->arena, user_folded, &keys, &count, err);
    if (rc == RC_OK && count >= 2)
        return err_set(err, RC_LIMIT, "Cannot exceed quota for AccessKeysPerUser: 2");
    return rc == RC_OK ? insert_key(call, user_folded, row, secret, err) : rc;
}

enum rc
api_delete_key(struct api_call *call, struct slice id, struct err *err)
{
    api_revoked(call, id);
    return access_keys_delete(call->database, id, err);
}

static void
put_key(struct api_call *call, const struct access_key_row *row, struct slice secret)
{
    char password[SMTP_PASSWORD_LEN + 1];
    smtp_password(secret, call->constants->region, password);
    json_put_string(call->output, "access_key_id", row->id);
    json_put_string(call->output, "secret_access_key", secret);
    json_put_string(call->output, "smtp_user_name", row->id);
    json_put_cstr(call->output, "smtp_password", password);
    memory_wipe(password, sizeof password);
}

enum rc
api_make_key(struct api_call *call, struct slice user_folded, struct err *err)
{
    struct access_key_row row;
    struct slice secret;
    enum rc rc = api_insert_key(call, user_folded, &row, &secret, err);
    if (rc == RC_OK)
        put_key(call, &row, secret);
    return rc;
}

enum rc
api_replace_key(struct api_call *call, const struct access_key_row *key, struct err *err)
{
    struct access_key_row row;
    struct slice secret;
    enum rc rc = insert_key(call, key->user_folded, &row, &secret, err);
    if (rc == RC_OK)
        rc = brakes_inherit(call->database, key->id, row.id, err);
    if (rc == RC_OK)
        rc = api_delete_key(call, key->id, err);
    if (rc == RC_OK)
        put_key(call, &row, secret);
    return rc;
}

void
api_put_settings(struct api_call *call)
{
    json_put_string(call->output, "smtp_host", call->constants->endpoint_host);
    json_put_i64(call->output, "smtp_port_starttls", call->constants->submission_port);
    json_put_i64(call->output, "smtp_port_tls", call->constants->submissions_port);
}
