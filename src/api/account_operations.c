/* The account: in or out of the sandbox, paused or sending, and whether it is ready. */
#include "operations.h"
#include "store/identities.h"
#include "store/settings.h"

enum rc
account_show(struct api_call *call, struct err *err)
{
    struct slice production, paused;
    struct signing_key_row *keys;
    size_t count = 0;
    int64_t pooled = 0, second = INT64_MAX;
    enum rc rc = settings_get(call->database, call->arena, SETTING_PRODUCTION, &production, err);
    if (rc == RC_OK)
        rc = settings_get(call->database, call->arena, SETTING_PAUSED, &paused, err);
    if (rc == RC_OK)
        rc = signing_keys_pooled(call->database, DKIM_RSA_SHA256, &pooled, err);
    if (rc == RC_OK && call->constants->second_ed25519)
        rc = signing_keys_pooled(call->database, DKIM_ED25519_SHA256, &second, err);
    if (rc == RC_OK)
        rc = signing_keys_active(call->database, call->arena, call->constants->provider_domain,
                                 &keys, &count, err);
    if (rc != RC_OK)
        return rc;
    json_put_string(call->output, "account", call->constants->account);
    json_put_string(call->output, "region", call->constants->region);
    json_put_string(call->output, "hostname", call->constants->hostname);
    json_put_bool(call->output, "production", slice_is(production, "on"));
    json_put_bool(call->output, "paused", slice_is(paused, "on"));
    json_put_i64(call->output, "signing_keys_ready", pooled < second ? pooled : second);
    json_key(call->output, "provider_records");
    json_open_array(call->output);
    for (size_t i = 0; i < count; i++) {
        json_open_object(call->output);
        json_put_string(call->output, "name",
                        arena_printf(call->arena, "%.*s._domainkey.%.*s",
                                     SLICE_ARG(keys[i].selector),
                                     SLICE_ARG(call->constants->provider_domain)));
        json_put_cstr(call->output, "type", "TXT");
        json_put_string(call->output, "value",
                        signing_key_record(call->arena, (enum dkim_algorithm)keys[i].algorithm,
                                           keys[i].public_base64));
        json_close_object(call->output);
    }
    json_close_array(call->output);
    api_put_settings(call);
    return RC_OK;
}

static enum rc
answer_review(struct api_call *call, bool on, struct err *err)
{
    struct slice review;
    enum rc rc = settings_get(call->database, call->arena, SETTING_REVIEW, &review, err);
    if (rc != RC_OK || review.len == 0)
        return rc;
    return settings_put(call->database, SETTING_REVIEW,
                        on ? SLICE(REVIEW_GRANTED) : SLICE(REVIEW_DENIED), err);
}

static enum rc
switch_setting(struct api_call *call, const char *setting, bool on, struct err *err)
{
    call->effects->settings_changed = true;
    return settings_put(call->database, setting, on ? SLICE("on") : SLICE("off"), err);
}

enum rc
account_set_production(struct api_call *call, bool on, struct err *err)
{
    enum rc rc = switch_setting(call, SETTING_PRODUCTION, on, err);
    return rc == RC_OK ? answer_review(call, on, err) : rc;
}

enum rc
account_production(struct api_call *call, struct err *err)
{
    bool on;
    enum rc rc = api_input_bool(call, "on", &on, err);
    if (rc == RC_OK)
        rc = account_set_production(call, on, err);
    if (rc == RC_OK)
        json_put_bool(call->output, SETTING_PRODUCTION, on);
    return rc;
}

enum rc
account_pause(struct api_call *call, struct err *err)
{
    bool on;
    enum rc rc = api_input_bool(call, "on", &on, err);
    if (rc == RC_OK)
        rc = switch_setting(call, SETTING_PAUSED, on, err);
    if (rc == RC_OK)
        json_put_bool(call->output, SETTING_PAUSED, on);
    return rc;
}
