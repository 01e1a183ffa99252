/*
 * One template to many (reference §7.5, §7.6, §9): SendBulkTemplatedEmail and SendBulkEmail. Each entry
 * becomes a message of its own and has an outcome of its own; the call fails only where no entry could
 * have gone.
 */
#include "mail/template.h"
#include "outbox.h"
#include "sending_parts.h"
#include "served.h"

/* ---- the answer ---- */

/* BulkEmailStatus of the two generations. */
static const struct {
    enum api_fault fault;
    const char *v1, *v2;
} bulk_statuses[] = {
    {FAULT_MESSAGE_REJECTED, "MessageRejected", "MESSAGE_REJECTED"},
    {FAULT_MAIL_FROM_NOT_VERIFIED, "MailFromDomainNotVerified", "MAIL_FROM_DOMAIN_NOT_VERIFIED"},
    {FAULT_NO_CONFIGURATION_SET, "ConfigurationSetDoesNotExist", "CONFIGURATION_SET_NOT_FOUND"},
    {FAULT_CONFIGURATION_SET_PAUSED, "ConfigurationSetSendingPaused",
     "CONFIGURATION_SET_SENDING_PAUSED"},
    {FAULT_ACCOUNT_PAUSED, "AccountSendingPaused", "ACCOUNT_SENDING_PAUSED"},
    {FAULT_DAILY_QUOTA, "AccountDailyQuotaExceeded", "ACCOUNT_DAILY_QUOTA_EXCEEDED"},
    {FAULT_THROTTLING, "AccountThrottled", "ACCOUNT_THROTTLED"},
    {FAULT_UNAVAILABLE, "TransientFailure", "TRANSIENT_FAILURE"},
    {FAULT_INVALID_PARAMETER, "InvalidParameterValue", "INVALID_PARAMETER"},
};

static const char *
bulk_status(const struct api_call *call, const struct outbox_mail *mail)
{
    if (mail->rc == RC_OK)
        return api_is_v2(call) ? "SUCCESS" : "Success";
    for (size_t i = 0; i < sizeof bulk_statuses / sizeof *bulk_statuses; i++)
        if (bulk_statuses[i].fault == mail->fault)
            return api_is_v2(call) ? bulk_statuses[i].v2 : bulk_statuses[i].v1;
    return api_is_v2(call) ? "FAILED" : "Failed";
}

/* What is wrong with the call as a whole: no message of it could have gone. */
static bool
concerns_all(const struct outbox *outbox)
{
    enum api_fault fault = outbox->mails[0].fault;
    for (size_t i = 0; i < outbox->count; i++)
        if (outbox->mails[i].rc == RC_OK || outbox->mails[i].fault != fault)
            return false;
    return fault == FAULT_ACCESS_DENIED || fault == FAULT_NO_CONFIGURATION_SET ||
           fault == FAULT_NO_TEMPLATE || fault == FAULT_CONFIGURATION_SET_PAUSED ||
           fault == FAULT_ACCOUNT_PAUSED || fault == FAULT_DAILY_QUOTA ||
           fault == FAULT_THROTTLING || fault == FAULT_INVALID_TOKEN;
}

static enum rc
finish_bulk(struct api_call *call, struct err *err)
{
    const struct outbox *outbox = call->outbox;
    if (concerns_all(outbox))
        return outbox_finish_one(call, err);
    json_key(call->output, api_is_v2(call) ? "BulkEmailEntryResults" : "Status");
    json_open_array(call->output);
    for (size_t i = 0; i < outbox->count; i++) {
        const struct outbox_mail *mail = &outbox->mails[i];
        json_open_object(call->output);
        json_put_cstr(call->output, "Status", bulk_status(call, mail));
        if (mail->rc == RC_OK)
            json_put_string(call->output, "MessageId", mail->message_id);
        else
            json_put_cstr(call->output, "Error", mail->err.text);
        json_close_object(call->output);
    }
    json_close_array(call->output);
    return RC_OK;
}

/* ---- one entry ---- */

/* What an entry changes of the call. */
struct entry {
    const struct json *destination, *tags, *headers;
    struct slice data;
};

static struct entry
read_entry(struct api_call *call, const struct json *item)
{
    struct entry entry = {.destination = json_member(item, "Destination"),
                          .tags = json_member(item, "ReplacementTags")};
    if (!api_is_v2(call)) {
        entry.data = api_text(item, "ReplacementTemplateData");
        return entry;
    }
    const struct json *content = json_member(item, "ReplacementEmailContent");
    entry.data = api_text(json_member(content, "ReplacementTemplate"), "ReplacementTemplateData");
    entry.headers = json_member(item, "ReplacementHeaders");
    return entry;
}

static enum rc
make_entry(struct api_call *call, const struct origin *origin,
           const struct rendering_parts *template, const struct json *defaults,
           const struct json *headers, const struct entry *entry, struct outbox_mail *mail,
           struct err *err)
{
    struct destination destination;
    struct json *replacement = NULL;
    struct compose parts = {0};
    sending_read_headers(call, headers, &parts);
    sending_read_headers(call, entry->headers, &parts);
    enum rc rc = outbox_is_full(call) ? RC_OK /* it is refused below */
                                      : rendering_data(call, entry->data, &replacement, err);
    if (rc == RC_OK)
        rc = sending_read_destination(call, entry->destination, &destination, err);
    if (rc == RC_OK)
        rc = sending_address_to(call, &destination, mail, err);
    if (rc == RC_OK)
        rc = sending_read_tags(call, entry->tags, &mail->tags, err);
    return rc == RC_OK
               ? sending_compose_rendered(call, origin, &destination, template,
                                          template_merge(call->arena, defaults, replacement),
                                          &parts, mail, err)
               : rc;
}

/* ---- all of them ---- */

static enum rc
send_bulk(struct api_call *call, const struct origin *origin,
          const struct rendering_parts *template, struct slice default_data,
          const struct json *headers, const struct json *default_tags, const struct json *entries,
          const char *action, struct err *err)
{
    struct json *defaults;
    size_t i = 0;
    if (!entries || entries->count == 0 || entries->count > OUTBOX_MAX)
        return api_fail(call, RC_LIMIT, FAULT_INVALID_PARAMETER, err,
                        "there must be 1 to %d destinations", OUTBOX_MAX);
    enum rc rc = sending_need_source(call, origin, err);
    if (rc == RC_OK)
        rc = rendering_data(call, default_data, &defaults, err);
    if (rc != RC_OK)
        return rc;
    struct outbox *outbox = outbox_new(call, entries->count, finish_bulk);
    for (const struct json *item = entries->first; rc == RC_OK && item; item = item->next) {
        struct outbox_mail *mail = &outbox->mails[i++];
        struct entry entry = read_entry(call, item);
        sending_fill_mail(call, origin, action, mail);
        rc = sending_read_tags(call, default_tags, &mail->tags, err);
        if (rc == RC_OK)
            rc = make_entry(call, origin, template, defaults, headers, &entry, mail, err);
    }
    return rc;
}

/* ---- operations ---- */

static enum rc
send_bulk_templated_email(struct api_call *call, struct err *err)
{
    struct origin origin;
    struct rendering_parts template;
    enum rc rc = sending_read_origin(call, &origin, err);
    if (rc == RC_OK)
        rc = sending_find_template(call, api_text(call->input, "Template"),
                                   api_text(call->input, "TemplateArn"), &template, err);
    return rc == RC_OK
               ? send_bulk(call, &origin, &template, api_text(call->input, "DefaultTemplateData"),
                           NULL, json_member(call->input, "DefaultTags"),
                           json_member(call->input, "Destinations"), "ses:SendBulkTemplatedEmail",
                           err)
               : rc;
}

static enum rc
send_bulk_email(struct api_call *call, struct err *err)
{
    struct origin origin;
    struct rendering_parts template;
    const struct json *content =
        json_member(json_member(call->input, "DefaultContent"), "Template");
    if (!content)
        return api_fail(call, RC_SYNTAX, FAULT_INVALID_PARAMETER, err,
                        "DefaultContent must have a Template");
    enum rc rc = sending_read_origin(call, &origin, err);
    if (rc == RC_OK)
        rc = sending_read_template(call, content, &template, err);
    return rc == RC_OK
               ? send_bulk(call, &origin, &template, api_text(content, "TemplateData"),
                           json_member(content, "Headers"),
                           json_member(call->input, "DefaultEmailTags"),
                           json_member(call->input, "BulkEmailEntries"), "ses:SendBulkEmail", err)
               : rc;
}

static const struct served_operation rows[] = {
    {SERVICE_SES, "SendBulkTemplatedEmail", "ses:SendBulkTemplatedEmail", API_SEND,
     RESOURCE_OF_GATE, NULL, send_bulk_templated_email, NULL},
    {SERVICE_SESV2, "SendBulkEmail", "ses:SendBulkEmail", API_SEND, RESOURCE_OF_GATE, NULL,
     send_bulk_email, "ses:FromAddress, ses:Recipients and the others are present here too."},
};

const struct served_rows ses_bulk_sending_rows = SERVED_ROWS(rows);
