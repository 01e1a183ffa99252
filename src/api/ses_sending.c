/*
 * Sending through the API (reference §7.5, §7.6, §9): SendEmail, SendRawEmail and SendTemplatedEmail, of
 * both generations; ses_bulk_sending.c has those that send many. A handler here only makes a message;
 * whether it may be sent is asked where all mail is asked about.
 */
#include "authorize/senders.h"
#include "outbox.h"
#include "sending_parts.h"
#include "served.h"

/* ---- simple content ---- */

static enum rc
send_simple(struct api_call *call, const struct origin *origin, const struct json *message,
            const struct json *tags, struct err *err)
{
    struct destination destination;
    const struct json *body = json_member(message, "Body");
    struct compose parts = {.subject = sending_read_content(json_member(message, "Subject")),
                            .text = sending_read_content(json_member(body, "Text")),
                            .html = sending_read_content(json_member(body, "Html"))};
    sending_read_headers(call, json_member(message, "Headers"), &parts);
    sending_read_attachments(call, json_member(message, "Attachments"), &parts);
    enum rc rc = sending_need_source(call, origin, err);
    if (rc == RC_OK)
        rc = sending_read_destination(call, json_member(call->input, "Destination"), &destination,
                                      err);
    if (rc != RC_OK)
        return rc;
    struct outbox_mail *mail = &outbox_new(call, 1, outbox_finish_one)->mails[0];
    sending_fill_mail(call, origin, "ses:SendEmail", mail);
    rc = sending_address_to(call, &destination, mail, err);
    if (rc == RC_OK)
        rc = sending_read_tags(call, tags, &mail->tags, err);
    return rc == RC_OK ? sending_compose(call, origin, &destination, &parts, mail, err) : rc;
}

/* ---- raw content ---- */

static enum rc
recipients_of_field(struct api_call *call, const struct header *header, const char *name,
                    struct destination *destination, struct err *err)
{
    enum rc rc = RC_OK;
    for (size_t i = 0; rc == RC_OK && i < header->count; i++) {
        struct mailbox *list;
        size_t count = 0;
        struct err why = {0};
        if (!slice_iis(header->fields[i].name, name))
            continue;
        if (slice_trim(header->fields[i].value).len == 0)
            continue;
        rc = address_mailbox_list(call->arena, header->fields[i].value, &list, &count, &why);
        if (rc != RC_OK)
            return api_fail(call, rc, FAULT_INVALID_PARAMETER, err, "Illegal address in %s: %s",
                            name, why.text);
        for (size_t k = 0; rc == RC_OK && k < count; k++)
            rc = sending_add_recipient(call, destination, list[k].address.text, err);
    }
    return rc;
}

/* Without destinations the header fields are the recipients (reference §1.5). */
static enum rc
raw_recipients(struct api_call *call, const struct header *header, struct destination *out,
               struct err *err)
{
    static const char *const fields[] = {"To", "Cc", "Bcc"};
    const struct json *list = json_member(call->input, "Destinations");
    *out = (struct destination){0};
    if (api_is_v2(call)) {
        enum rc rc =
            sending_read_destination(call, json_member(call->input, "Destination"), out, err);
        if (rc != RC_OK || out->count)
            return rc;
    } else if (list && list->count) {
        return sending_read_addresses(call, list, "Destinations", out, NULL, NULL, err);
    }
    enum rc rc = RC_OK;
    for (size_t i = 0; rc == RC_OK && i < sizeof fields / sizeof *fields; i++)
        rc = recipients_of_field(call, header, fields[i], out, err);
    return rc;
}

/* Reports go to Source, else where the Return-Path header says, else to From (reference §3.7). */
static enum rc
raw_reverse_path(struct api_call *call, struct outbox_mail *mail, struct err *err)
{
    static const char *const fields[] = {"Return-Path", "From"};
    for (size_t i = 0; mail->reverse_path.len == 0 && i < sizeof fields / sizeof *fields; i++) {
        const struct field *field = header_find(&mail->header, fields[i]);
        struct mailbox *list;
        size_t count;
        struct err why = {0};
        if (!field)
            continue;
        enum rc rc = address_mailbox_list(call->arena, field->value, &list, &count, &why);
        if (rc != RC_OK)
            return api_fail(call, rc, FAULT_INVALID_PARAMETER, err, "header '%s': %s", fields[i],
                            why.text);
        mail->reverse_path = list[0].address.text;
    }
    if (mail->reverse_path.len == 0)
        return api_fail(call, RC_SYNTAX, FAULT_INVALID_PARAMETER, err,
                        "Missing required header 'From'.");
    return RC_OK;
}

/* Source is asked about like every other name, also where the reverse-path is another. */
static void
claim_source(struct api_call *call, const struct origin *origin, struct outbox_mail *mail)
{
    if (origin->source.len == 0)
        return;
    struct sender *sender = ARENA_NEW(call->arena, struct sender);
    *sender = (struct sender){SENDER_SOURCE, origin->from.address, origin->from.shown,
                              origin->from.display_name};
    mail->senders = sender;
    mail->sender_count = 1;
}

static enum rc
send_raw(struct api_call *call, const struct origin *origin, struct slice data,
         const struct json *tags, struct err *err)
{
    struct destination destination;
    enum rc rc = outbox_check_size(call, outbox_normalized_length(data), err);
    if (rc != RC_OK)
        return rc;
    struct outbox_mail *mail = &outbox_new(call, 1, outbox_finish_one)->mails[0];
    sending_fill_mail(call, origin, "ses:SendRawEmail", mail);
    claim_source(call, origin, mail);
    outbox_read(call->arena, outbox_normalize(call->arena, data), mail);
    rc = raw_recipients(call, &mail->header, &destination, err);
    if (rc == RC_OK && mail->rc == RC_OK)
        rc = raw_reverse_path(call, mail, err);
    if (rc == RC_OK && mail->rc == RC_OK)
        rc = sending_address_to(call, &destination, mail, err);
    return rc == RC_OK ? sending_read_tags(call, tags, &mail->tags, err) : rc;
}

/* ---- a template ---- */

static enum rc
send_template(struct api_call *call, const struct origin *origin,
              const struct rendering_parts *template, struct slice data_text,
              const struct json *content, const struct json *tags, const char *action,
              struct err *err)
{
    struct destination destination;
    struct json *data;
    struct compose parts = {0};
    sending_read_headers(call, json_member(content, "Headers"), &parts);
    sending_read_attachments(call, json_member(content, "Attachments"), &parts);
    enum rc rc = sending_need_source(call, origin, err);
    if (rc == RC_OK)
        rc = rendering_data(call, data_text, &data, err);
    if (rc == RC_OK)
        rc = sending_read_destination(call, json_member(call->input, "Destination"), &destination,
                                      err);
    if (rc != RC_OK)
        return rc;
    struct outbox_mail *mail = &outbox_new(call, 1, outbox_finish_one)->mails[0];
    sending_fill_mail(call, origin, action, mail);
    rc = sending_address_to(call, &destination, mail, err);
    if (rc == RC_OK)
        rc = sending_read_tags(call, tags, &mail->tags, err);
    return rc == RC_OK ? sending_compose_rendered(call, origin, &destination, template, data,
                                                  &parts, mail, err)
                       : rc;
}

/* ---- operations ---- */

static enum rc
send_email_v1(struct api_call *call, struct err *err)
{
    struct origin origin;
    enum rc rc = sending_read_origin(call, &origin, err);
    return rc == RC_OK ? send_simple(call, &origin, json_member(call->input, "Message"),
                                     json_member(call->input, "Tags"), err)
                       : rc;
}

static enum rc
send_raw_email(struct api_call *call, struct err *err)
{
    struct origin origin;
    enum rc rc = sending_read_origin(call, &origin, err);
    return rc == RC_OK
               ? send_raw(call, &origin, api_text(json_member(call->input, "RawMessage"), "Data"),
                          json_member(call->input, "Tags"), err)
               : rc;
}

static enum rc
send_templated_email(struct api_call *call, struct err *err)
{
    struct origin origin;
    struct rendering_parts template;
    enum rc rc = sending_read_origin(call, &origin, err);
    if (rc == RC_OK)
        rc = sending_find_template(call, api_text(call->input, "Template"),
                                   api_text(call->input, "TemplateArn"), &template, err);
    return rc == RC_OK
               ? send_template(call, &origin, &template, api_text(call->input, "TemplateData"),
                               NULL, json_member(call->input, "Tags"), "ses:SendTemplatedEmail",
                               err)
               : rc;
}

static enum rc
send_email_v2(struct api_call *call, struct err *err)
{
    const struct json *content = json_member(call->input, "Content");
    const struct json *simple = json_member(content, "Simple");
    const struct json *raw = json_member(content, "Raw");
    const struct json *template = json_member(content, "Template");
    const struct json *tags = json_member(call->input, "EmailTags");
    struct origin origin;
    struct rendering_parts parts;
    if (!!simple + !!raw + !!template != 1)
        return api_fail(call, RC_SYNTAX, FAULT_INVALID_PARAMETER, err,
                        "Content must be exactly one of Simple, Raw and Template");
    enum rc rc = sending_read_origin(call, &origin, err);
    if (rc == RC_OK && simple)
        return send_simple(call, &origin, simple, tags, err);
    if (rc == RC_OK && raw)
        return send_raw(call, &origin, api_text(raw, "Data"), tags, err);
    if (rc == RC_OK)
        rc = sending_read_template(call, template, &parts, err);
    return rc == RC_OK ? send_template(call, &origin, &parts, api_text(template, "TemplateData"),
                                       template, tags, "ses:SendEmail", err)
                       : rc;
}

/* ---- operations: bounces of received mail ---- */

static enum rc
send_bounce(struct api_call *call, struct err *err)
{
    return api_fail(call, RC_DENIED, FAULT_MESSAGE_REJECTED, err,
                    "Message %.*s was not received here: this service receives no mail",
                    SLICE_ARG(api_text(call->input, "OriginalMessageId")));
}

static const struct served_operation rows[] = {
    {SERVICE_SES, "SendEmail", "ses:SendEmail", API_SEND, RESOURCE_OF_GATE, NULL, send_email_v1,
     NULL},
    {SERVICE_SES, "SendRawEmail", "ses:SendRawEmail", API_SEND, RESOURCE_OF_GATE, NULL,
     send_raw_email, NULL},
    {SERVICE_SES, "SendTemplatedEmail", "ses:SendTemplatedEmail", API_SEND, RESOURCE_OF_GATE, NULL,
     send_templated_email, NULL},
    {SERVICE_SES, "SendBounce", "ses:SendBounce", API_READ, RESOURCE_IDENTITY, "BounceSender",
     send_bounce, "No mail is received here, so there is nothing to bounce: MessageRejected."},
    {SERVICE_SESV2, "SendEmail", "ses:SendEmail", API_SEND, RESOURCE_OF_GATE, NULL, send_email_v2,
     "EndpointId and TenantName are refused; the link of ListManagementOptions names public_url, "
     "also where DKIM hides the provider; its placeholder stays in Raw content."},
};

const struct served_rows ses_sending_rows = SERVED_ROWS(rows);
