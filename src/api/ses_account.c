/*
 * The account: quotas, statistics, whether it sends at all, what goes to the suppression list, and
 * the request for production access (reference §6).
 *
 * Asking does not grant: PutAccountDetails leaves a request that is PENDING until the administrator
 * says `postern production on` or `off`. Only the administrator's own call, over the socket, is both
 * the request and the answer.
 */
#include "served.h"
#include "store/settings.h"
#include "store/statistics.h"
#include "store/suppression.h"

/* ---- quotas and statistics ---- */

/* As the API has numbers of quotas: doubles, -1 for no limit (reference §6). */
static void
put_quota(struct api_call *call)
{
    json_key(call->output, "Max24HourSend");
    json_write_double(call->output, (double)call->quota->per_day);
    json_key(call->output, "MaxSendRate");
    json_write_double(call->output, (double)call->quota->rate);
    json_key(call->output, "SentLast24Hours");
    json_write_double(call->output, (double)call->quota->sent_24h);
}

static enum rc
get_send_quota(struct api_call *call, struct err *err)
{
    (void)err;
    put_quota(call);
    return RC_OK;
}

static enum rc
get_send_statistics(struct api_call *call, struct err *err)
{
    struct statistic_row *rows;
    size_t count;
    enum rc rc = statistics_since(call->database, call->arena, call->now_ms - STATISTICS_KEPT_MS,
                                  &rows, &count, err);
    if (rc != RC_OK)
        return rc;
    json_key(call->output, "SendDataPoints");
    json_open_array(call->output);
    for (size_t i = 0; i < count; i++) {
        json_open_object(call->output);
        json_put_i64(call->output, "Timestamp", rows[i].start_ms);
        json_put_i64(call->output, "DeliveryAttempts", rows[i].attempts);
        json_put_i64(call->output, "Bounces", rows[i].bounces);
        json_put_i64(call->output, "Complaints", rows[i].complaints);
        json_put_i64(call->output, "Rejects", rows[i].rejects);
        json_close_object(call->output);
    }
    json_close_array(call->output);
    return RC_OK;
}

/* ---- sending on and off: what `postern pause` switches ---- */

static enum rc
is_on(struct api_call *call, const char *setting, bool *on, struct err *err)
{
    struct slice value;
    enum rc rc = settings_get(call->database, call->arena, setting, &value, err);
    *on = rc == RC_OK && slice_is(value, "on");
    return rc;
}

static enum rc
put_sending_enabled(struct api_call *call, const char *member, struct err *err)
{
    bool paused;
    enum rc rc = is_on(call, SETTING_PAUSED, &paused, err);
    if (rc == RC_OK)
        json_put_bool(call->output, member, !paused);
    return rc;
}

static enum rc
enable_sending(struct api_call *call, const char *member, struct err *err)
{
    bool enabled;
    enum rc rc = json_get_bool(call->input, member, false, &enabled, err);
    call->effects->settings_changed = true;
    return rc == RC_OK ? settings_put(call->database, SETTING_PAUSED,
                                      enabled ? SLICE("off") : SLICE("on"), err)
                       : rc;
}

static enum rc
get_account_sending_enabled(struct api_call *call, struct err *err)
{
    return put_sending_enabled(call, "Enabled", err);
}

static enum rc
update_account_sending_enabled(struct api_call *call, struct err *err)
{
    return enable_sending(call, "Enabled", err);
}

static enum rc
put_account_sending_attributes(struct api_call *call, struct err *err)
{
    return enable_sending(call, "SendingEnabled", err);
}

/* ---- suppression ---- */

static enum rc
put_suppression_attributes(struct api_call *call, struct err *err)
{
    unsigned reasons;
    enum rc rc = suppression_reasons(call->database, call->arena, SLICE(""), &reasons, err);
    if (rc != RC_OK)
        return rc;
    json_key(call->output, "SuppressionAttributes");
    json_open_object(call->output);
    json_key(call->output, "SuppressedReasons");
    json_open_array(call->output);
    for (int i = 0; i < SUPPRESSION_REASON_COUNT; i++)
        if (reasons & 1u << i)
            json_write_cstr(call->output, suppression_reason_name((enum suppression_reason)i));
    json_close_array(call->output);
    json_close_object(call->output);
    return RC_OK;
}

static enum rc
put_account_suppression_attributes(struct api_call *call, struct err *err)
{
    const struct json *list = json_member(call->input, "SuppressedReasons");
    unsigned reasons = 0;
    if (json_member(call->input, "ValidationAttributes"))
        return api_fail(call, RC_DENIED, FAULT_INVALID_PARAMETER, err,
                        "ValidationAttributes is not served here");
    for (const struct json *item = list ? list->first : NULL; item; item = item->next)
        for (int i = 0; i < SUPPRESSION_REASON_COUNT; i++)
            if (slice_is(item->text, suppression_reason_name((enum suppression_reason)i)))
                reasons |= 1u << i;
    return suppression_set_reasons(call->database, call->arena, reasons, err);
}

/* ---- production access ---- */

static void
copy_string(struct json_writer *out, const struct json *object, const char *name)
{
    const struct json *value = json_member(object, name);
    if (value)
        json_put_string(out, name, value->text);
}

/* The members of PutAccountDetails that GetAccount shows again, in either direction. */
static void
copy_details(struct json_writer *out, const struct json *object)
{
    static const char *const members[] = {"MailType", "WebsiteURL", "ContactLanguage",
                                          "UseCaseDescription"};
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        copy_string(out, object, members[i]);
    const struct json *contacts = json_member(object, "AdditionalContactEmailAddresses");
    if (!contacts)
        return;
    json_key(out, "AdditionalContactEmailAddresses");
    json_open_array(out);
    for (const struct json *item = contacts->first; item; item = item->next)
        json_write_string(out, item->text);
    json_close_array(out);
}

static enum rc
store_details(struct api_call *call, struct err *err)
{
    enum { DETAILS_MAX = 64 * 1024 }; /* the model bounds each member */
    struct buf text;
    struct json_writer writer;
    buf_init(&text, DETAILS_MAX);
    json_writer_init(&writer, &text);
    json_open_object(&writer);
    copy_details(&writer, call->input);
    json_close_object(&writer);
    enum rc rc = buf_ok(&text)
                     ? settings_put(call->database, SETTING_ACCOUNT_DETAILS, buf_slice(&text), err)
                     : err_set(err, RC_LIMIT, "the details are too long");
    buf_fini(&text);
    return rc;
}

static enum rc
request_production(struct api_call *call, bool production, struct err *err)
{
    if (production)
        return RC_OK;
    if (!call->caller->administrator)
        return settings_put(call->database, SETTING_REVIEW, SLICE(REVIEW_PENDING), err);
    return account_set_production(call, true, err);
}

static enum rc
put_account_details(struct api_call *call, struct err *err)
{
    bool production, wanted;
    struct slice review;
    enum rc rc = is_on(call, SETTING_PRODUCTION, &production, err);
    if (rc == RC_OK)
        rc = settings_get(call->database, call->arena, SETTING_REVIEW, &review, err);
    if (rc == RC_OK)
        rc = json_get_bool(call->input, "ProductionAccessEnabled", false, &wanted, err);
    if (rc != RC_OK)
        return rc;
    if (!production && slice_is(review, REVIEW_PENDING) && !call->caller->administrator)
        return api_fail(call, RC_CONFLICT, FAULT_CONFLICT, err,
                        "A request for production access is pending: the administrator decides");
    rc = store_details(call, err);
    return rc == RC_OK && wanted ? request_production(call, production, err) : rc;
}

static enum rc
put_details(struct api_call *call, bool production, struct err *err)
{
    struct slice text, review;
    struct json *details;
    enum rc rc = settings_get(call->database, call->arena, SETTING_ACCOUNT_DETAILS, &text, err);
    if (rc == RC_OK)
        rc = settings_get(call->database, call->arena, SETTING_REVIEW, &review, err);
    if (rc != RC_OK || text.len == 0)
        return rc;
    rc = json_parse(call->arena, text, &details, err);
    if (rc != RC_OK)
        return rc;
    json_key(call->output, "Details");
    json_open_object(call->output);
    copy_details(call->output, details);
    if (production || review.len > 0) {
        json_key(call->output, "ReviewDetails");
        json_open_object(call->output);
        json_put_string(call->output, "Status", production ? SLICE(REVIEW_GRANTED) : review);
        json_close_object(call->output);
    }
    json_close_object(call->output);
    return RC_OK;
}

static enum rc
get_account(struct api_call *call, struct err *err)
{
    bool production;
    enum rc rc = is_on(call, SETTING_PRODUCTION, &production, err);
    if (rc != RC_OK)
        return rc;
    json_put_bool(call->output, "DedicatedIpAutoWarmupEnabled", false);
    json_put_cstr(call->output, "EnforcementStatus", "HEALTHY");
    json_put_bool(call->output, "ProductionAccessEnabled", production);
    json_key(call->output, "SendQuota");
    json_open_object(call->output);
    put_quota(call);
    json_close_object(call->output);
    rc = put_sending_enabled(call, "SendingEnabled", err);
    if (rc == RC_OK)
        rc = put_suppression_attributes(call, err);
    return rc == RC_OK ? put_details(call, production, err) : rc;
}

static const struct served_operation rows[] = {
    {SERVICE_SES, "GetSendQuota", "ses:GetSendQuota", API_READ, RESOURCE_ANY, NULL, get_send_quota,
     NULL},
    {SERVICE_SES, "GetSendStatistics", "ses:GetSendStatistics", API_READ, RESOURCE_ANY, NULL,
     get_send_statistics, "Recipients are counted, as for the quota."},
    {SERVICE_SES, "GetAccountSendingEnabled", "ses:GetAccountSendingEnabled", API_READ,
     RESOURCE_ANY, NULL, get_account_sending_enabled, NULL},
    {SERVICE_SES, "UpdateAccountSendingEnabled", "ses:UpdateAccountSendingEnabled", API_WRITE,
     RESOURCE_ANY, NULL, update_account_sending_enabled, NULL},
    {SERVICE_SESV2, "GetAccount", "ses:GetAccount", API_READ, RESOURCE_ANY, NULL, get_account,
     NULL},
    {SERVICE_SESV2, "PutAccountDetails", "ses:PutAccountDetails", API_WRITE, RESOURCE_ANY, NULL,
     put_account_details,
     "Asking for production access does not grant it: the administrator of the service does."},
    {SERVICE_SESV2, "PutAccountSendingAttributes", "ses:PutAccountSendingAttributes", API_WRITE,
     RESOURCE_ANY, NULL, put_account_sending_attributes, NULL},
    {SERVICE_SESV2, "PutAccountSuppressionAttributes", "ses:PutAccountSuppressionAttributes",
     API_WRITE, RESOURCE_ANY, NULL, put_account_suppression_attributes,
     "ValidationAttributes is refused."},
};

const struct served_rows ses_account_rows = SERVED_ROWS(rows);
