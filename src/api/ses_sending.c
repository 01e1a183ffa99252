/*
 * Sending through the API (reference §7.5, §7.6, §9): SendEmail, SendRawEmail, the templated and the
 * bulk ones, of both generations. A handler here only makes messages; whether they may be sent is
 * asked where all mail is asked about.
 */
#include "authorize/senders.h"
#include "base/random.h"
#include "mail/template.h"
#include "outbox.h"
#include "rendering.h"
#include "served.h"
#include "submit.h"

#include <assert.h>

enum { V1_MESSAGE_MAX = 10 * 1024 * 1024, TAG_MAX = 255, TAGS_MAX = 50, BOUNDARY_CHARS = 32 };

/* ---- input ---- */

static bool
is_v2(const struct api_call *call)
{
    return call->service == SERVICE_SESV2;
}

/* ---- addresses ---- */

/* Exactly one mailbox, in SES's words where they are known (reference §7.3). */
static enum rc
read_mailbox(struct api_call *call, const char *member, struct slice text, struct mailbox *out,
             struct err *err)
{
    struct err why = {0};
    if (slice_chr(text, '@') == SLICE_NONE)
        return api_fail(call, RC_SYNTAX, FAULT_INVALID_PARAMETER, err, "Missing final '@domain'");
    enum rc rc = address_mailbox(call->arena, text, out, &why);
    return rc == RC_OK ? RC_OK
                       : api_fail(call, rc, FAULT_INVALID_PARAMETER, err,
                                  "Illegal address in %s: %s", member, why.text);
}

/* To whom: as the headers show them, and the envelope of all of them. */
struct destination {
    struct slice *to, *cc, *envelope;
    size_t to_count, cc_count, count, cap;
};

static enum rc
add_recipient(struct api_call *call, struct destination *destination, struct slice address,
              struct err *err)
{
    if (destination->count == call->constants->recipients_max)
        return api_fail(call, RC_LIMIT, FAULT_INVALID_PARAMETER, err, "Recipient count exceeds %u.",
                        call->constants->recipients_max);
    destination->envelope =
        arena_grow(call->arena, destination->envelope, sizeof *destination->envelope,
                   destination->count, &destination->cap);
    destination->envelope[destination->count++] = address;
    return RC_OK;
}

static enum rc
read_addresses(struct api_call *call, const struct json *list, const char *member,
               struct destination *destination, struct slice **shown, size_t *shown_count,
               struct err *err)
{
    enum rc rc = RC_OK;
    size_t count = 0;
    if (!list)
        return RC_OK;
    struct slice *texts = ARENA_ARRAY(call->arena, struct slice, list->count);
    for (const struct json *item = list->first; rc == RC_OK && item; item = item->next) {
        struct mailbox mailbox;
        rc = read_mailbox(call, member, item->text, &mailbox, err);
        if (rc == RC_OK && destination)
            rc = add_recipient(call, destination, mailbox.address.text, err);
        texts[count++] = item->text;
    }
    if (shown) {
        *shown = texts;
        *shown_count = count;
    }
    return rc;
}

static enum rc
read_destination(struct api_call *call, const struct json *object, struct destination *out,
                 struct err *err)
{
    *out = (struct destination){0};
    if (!object)
        return RC_OK;
    enum rc rc = read_addresses(call, json_member(object, "ToAddresses"), "ToAddresses", out,
                                &out->to, &out->to_count, err);
    if (rc == RC_OK)
        rc = read_addresses(call, json_member(object, "CcAddresses"), "CcAddresses", out, &out->cc,
                            &out->cc_count, err);
    if (rc == RC_OK)
        rc = read_addresses(call, json_member(object, "BccAddresses"), "BccAddresses", out, NULL,
                            NULL, err);
    return rc;
}

/* ---- tags ---- */

static bool
tag_text_valid(struct slice text, const char *also)
{
    for (size_t i = 0; i < text.len; i++)
        if (!ascii_alnum(text.ptr[i]) && (text.ptr[i] == '\0' || !strchr(also, text.ptr[i])))
            return false;
    return true;
}

/* The name is looked at before the value (reference §7.3). */
static enum rc
check_tag(struct api_call *call, struct slice name, struct slice value, struct err *err)
{
    const enum api_fault fault = FAULT_INVALID_PARAMETER;
    if (name.len == 0)
        return api_fail(call, RC_SYNTAX, fault, err, "The tag name must be specified.");
    if (name.len > TAG_MAX)
        return api_fail(call, RC_SYNTAX, fault, err, "Tag name cannot exceed %d characters.",
                        TAG_MAX);
    if (!tag_text_valid(name, "_-"))
        return api_fail(call, RC_SYNTAX, fault, err,
                        "Invalid tag name <%.*s>: only alphanumeric ASCII characters, '_',  '-' "
                        "are allowed.",
                        SLICE_ARG(name));
    if (value.len == 0)
        return api_fail(call, RC_SYNTAX, fault, err, "The tag value must be specified.");
    if (value.len > TAG_MAX)
        return api_fail(call, RC_SYNTAX, fault, err, "Tag value cannot exceed %d characters.",
                        TAG_MAX);
    if (!tag_text_valid(value, "_-.@"))
        return api_fail(call, RC_SYNTAX, fault, err,
                        "Invalid tag value <%.*s>: only alphanumeric ASCII characters, '_',  '-' "
                        ", '.', '@' are allowed.",
                        SLICE_ARG(value));
    return RC_OK;
}

/* "name=value, name=value", as the header has them; those of an entry after those of the call. */
static enum rc
read_tags(struct api_call *call, const struct json *list, struct slice *tags, struct err *err)
{
    enum rc rc = RC_OK;
    if (list && list->count > TAGS_MAX)
        return api_fail(call, RC_LIMIT, FAULT_INVALID_PARAMETER, err, "more than %d message tags",
                        TAGS_MAX);
    for (const struct json *tag = list ? list->first : NULL; rc == RC_OK && tag; tag = tag->next) {
        struct slice name = api_text(tag, "Name"), value = api_text(tag, "Value");
        rc = check_tag(call, name, value, err);
        *tags = arena_printf(call->arena, "%.*s%s%.*s=%.*s", SLICE_ARG(*tags),
                             tags->len ? ", " : "", SLICE_ARG(name), SLICE_ARG(value));
    }
    return rc;
}

/* ---- what all forms have in common ---- */

/* Who sends and to whom reports go, as the parameters say it; empty: as the message says it. */
struct origin {
    struct slice source; /* "Taro <taro@test1.com>" */
    struct mailbox from;
    struct slice reverse_path; /* canonical */
    struct slice *reply_to;
    size_t reply_to_count;
    struct slice configuration_set;
    struct slice source_arn, from_arn, return_path_arn;
    struct list_management list_management;
};

/* The members of the two generations. */
static const struct names {
    const char *source, *feedback, *source_arn, *feedback_arn;
} names_v1 = {"Source", "ReturnPath", "SourceArn", "ReturnPathArn"},
  names_v2 = {"FromEmailAddress", "FeedbackForwardingEmailAddress", "FromEmailAddressIdentityArn",
              "FeedbackForwardingEmailAddressIdentityArn"};

/* What a client relies on and nobody does is refused, not dropped. */
static enum rc
refuse_unserved(struct api_call *call, struct err *err)
{
    static const char *const members[] = {"EndpointId", "TenantName", "ConfigurationOverrides"};
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        if (json_member(call->input, members[i]))
            return api_fail(call, RC_DENIED, FAULT_INVALID_PARAMETER, err, "%s is not served here",
                            members[i]);
    return RC_OK;
}

static enum rc
read_origin(struct api_call *call, struct origin *origin, struct err *err)
{
    const struct names *names = is_v2(call) ? &names_v2 : &names_v1;
    struct mailbox feedback;
    *origin = (struct origin){
        .source = api_text(call->input, names->source),
        .configuration_set = api_text(call->input, "ConfigurationSetName"),
        .source_arn = api_text(call->input, names->source_arn),
        .from_arn = api_text(call->input, "FromArn"),
        .return_path_arn = api_text(call->input, names->feedback_arn),
    };
    const struct json *list = json_member(call->input, "ListManagementOptions");
    origin->list_management =
        (struct list_management){api_text(list, "ContactListName"), api_text(list, "TopicName")};
    enum rc rc = refuse_unserved(call, err);
    if (rc == RC_OK && origin->source.len) {
        rc = read_mailbox(call, names->source, origin->source, &origin->from, err);
        if (rc == RC_OK)
            origin->reverse_path = origin->from.address.text;
    }
    struct slice path = api_text(call->input, names->feedback);
    if (rc == RC_OK && path.len) {
        rc = read_mailbox(call, names->feedback, path, &feedback, err);
        if (rc == RC_OK)
            origin->reverse_path = feedback.address.text;
    }
    return rc == RC_OK ? read_addresses(call, json_member(call->input, "ReplyToAddresses"),
                                        "ReplyToAddresses", NULL, &origin->reply_to,
                                        &origin->reply_to_count, err)
                       : rc;
}

static enum rc
need_source(struct api_call *call, const struct origin *origin, struct err *err)
{
    if (origin->source.len)
        return RC_OK;
    return api_fail(call, RC_SYNTAX, FAULT_INVALID_PARAMETER, err, "%s must be specified",
                    is_v2(call) ? names_v2.source : names_v1.source);
}

static void
fill_mail(struct api_call *call, const struct origin *origin, const char *action,
          struct outbox_mail *mail)
{
    mail->action = slice_of(action);
    mail->api_version = is_v2(call) ? "2" : "1";
    mail->reverse_path = origin->reverse_path;
    mail->configuration_set = origin->configuration_set;
    mail->source_arn = origin->source_arn;
    mail->from_arn = origin->from_arn;
    mail->return_path_arn = origin->return_path_arn;
    mail->list_management = origin->list_management;
}

static enum rc
address_to(struct api_call *call, const struct destination *destination, struct outbox_mail *mail,
           struct err *err)
{
    if (destination->count == 0)
        return api_fail(call, RC_SYNTAX, FAULT_INVALID_PARAMETER, err,
                        "Empty required header 'To'.");
    mail->recipients = destination->envelope;
    mail->recipient_count = destination->count;
    return RC_OK;
}

/* ---- one message, from its parts ---- */

static enum rc
check_size(struct api_call *call, size_t bytes, struct err *err)
{
    size_t max = is_v2(call) ? (size_t)call->constants->message_max : V1_MESSAGE_MAX;
    if (max > call->constants->message_max)
        max = (size_t)call->constants->message_max;
    if (bytes <= max)
        return RC_OK;
    return api_fail(call, RC_LIMIT, FAULT_INVALID_PARAMETER, err,
                    "Message length is more than %zu bytes long: '%zu'.", max, bytes);
}

/* What cannot be read is told as the outcome of this message, since a bulk call goes on. */
static void
read_message(struct api_call *call, struct slice bytes, struct outbox_mail *mail)
{
    mail->rc = outbox_read(call->arena, bytes, mail, &mail->err);
}

static struct slice
boundary(struct api_call *call)
{
    return random_base32(call->arena, BOUNDARY_CHARS);
}

/* The first two of a part: what follows stays as it is (reference §8.9). */
static void
put_unsubscribe_url(struct api_call *call, struct slice url, struct slice *text)
{
    enum { URLS_MAX = 2 };
    const struct slice placeholder = SLICE("{{amazonSESUnsubscribeUrl}}");
    struct slice done = SLICE(""), rest = *text;
    for (int i = 0; i < URLS_MAX; i++) {
        size_t at = slice_find(rest, placeholder);
        if (at == SLICE_NONE)
            break;
        done = arena_concat(call->arena, done, slice_head(rest, at));
        done = arena_concat(call->arena, done, url);
        rest = slice_from(rest, at + placeholder.len);
    }
    if (done.len > 0)
        *text = arena_concat(call->arena, done, rest);
}

static void
put_unsubscribe_urls(struct api_call *call, const struct origin *origin,
                     const struct destination *destination, struct compose *parts)
{
    if (origin->list_management.list.len == 0 || destination->count != 1)
        return; /* without a list nothing is replaced; with several recipients it is refused */
    struct slice url = submit_unsubscribe_url(call->arena, call->constants,
                                              &origin->list_management, destination->envelope[0]);
    put_unsubscribe_url(call, url, &parts->text.data);
    put_unsubscribe_url(call, url, &parts->html.data);
}

static enum rc
compose(struct api_call *call, const struct origin *origin, const struct destination *destination,
        struct compose *parts, struct outbox_mail *mail, struct err *err)
{
    struct buf out;
    struct err why = {0};
    parts->from = origin->source;
    parts->to = destination->to;
    parts->to_count = destination->to_count;
    parts->cc = destination->cc;
    parts->cc_count = destination->cc_count;
    parts->reply_to = origin->reply_to;
    parts->reply_to_count = origin->reply_to_count;
    parts->now_ms = call->now_ms;
    parts->boundary = boundary(call);
    put_unsubscribe_urls(call, origin, destination, parts);
    buf_init(&out, (size_t)call->constants->message_max + 1);
    enum rc rc = compose_message(call->arena, parts, &out, &why);
    if (rc == RC_OK)
        rc = check_size(call, out.len, err);
    else
        (void)api_fail(call, rc, rc == RC_DENIED ? FAULT_MESSAGE_REJECTED : FAULT_INVALID_PARAMETER,
                       err, "%s", why.text);
    if (rc == RC_OK)
        read_message(call, arena_dup(call->arena, buf_slice(&out)), mail);
    buf_fini(&out);
    return rc;
}

/* ---- simple content ---- */

static struct compose_text
read_content(const struct json *object)
{
    if (!object)
        return (struct compose_text){0};
    return (struct compose_text){
        .data = api_text(object, "Data"), .charset = api_text(object, "Charset"), .present = true};
}

static void
read_headers(struct api_call *call, const struct json *list, struct compose *parts)
{
    if (!list)
        return;
    struct compose_header *headers =
        ARENA_ARRAY(call->arena, struct compose_header, parts->header_count + list->count);
    if (parts->header_count)
        memcpy(headers, parts->headers, parts->header_count * sizeof *headers);
    for (const struct json *item = list->first; item; item = item->next)
        headers[parts->header_count++] =
            (struct compose_header){api_text(item, "Name"), api_text(item, "Value")};
    parts->headers = headers;
}

static void
read_attachments(struct api_call *call, const struct json *list, struct compose *parts)
{
    if (!list)
        return;
    struct compose_attachment *attachments =
        ARENA_ARRAY(call->arena, struct compose_attachment, list->count);
    for (const struct json *item = list->first; item; item = item->next) {
        struct slice encoding = api_text(item, "ContentTransferEncoding");
        attachments[parts->attachment_count++] = (struct compose_attachment){
            .content = api_text(item, "RawContent"),
            .file_name = api_text(item, "FileName"),
            .content_type = api_text(item, "ContentType"),
            .content_id = api_text(item, "ContentId"),
            .description = api_text(item, "ContentDescription"),
            .inlined = slice_is(api_text(item, "ContentDisposition"), "INLINE"),
            .encoding = slice_is(encoding, "QUOTED_PRINTABLE") ? COMPOSE_QUOTED_PRINTABLE
                        : slice_is(encoding, "SEVEN_BIT")      ? COMPOSE_SEVEN_BIT
                                                               : COMPOSE_BASE64,
        };
    }
    parts->attachments = attachments;
}

static enum rc
send_simple(struct api_call *call, const struct origin *origin, const struct json *message,
            const struct json *tags, struct err *err)
{
    struct destination destination;
    const struct json *body = json_member(message, "Body");
    struct compose parts = {.subject = read_content(json_member(message, "Subject")),
                            .text = read_content(json_member(body, "Text")),
                            .html = read_content(json_member(body, "Html"))};
    read_headers(call, json_member(message, "Headers"), &parts);
    read_attachments(call, json_member(message, "Attachments"), &parts);
    enum rc rc = need_source(call, origin, err);
    if (rc == RC_OK)
        rc = read_destination(call, json_member(call->input, "Destination"), &destination, err);
    if (rc != RC_OK)
        return rc;
    struct outbox_mail *mail = &outbox_new(call, 1, outbox_finish_one)->mails[0];
    fill_mail(call, origin, "ses:SendEmail", mail);
    rc = address_to(call, &destination, mail, err);
    if (rc == RC_OK)
        rc = read_tags(call, tags, &mail->tags, err);
    return rc == RC_OK ? compose(call, origin, &destination, &parts, mail, err) : rc;
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
            rc = add_recipient(call, destination, list[k].address.text, err);
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
    if (is_v2(call)) {
        enum rc rc = read_destination(call, json_member(call->input, "Destination"), out, err);
        if (rc != RC_OK || out->count)
            return rc;
    } else if (list && list->count) {
        return read_addresses(call, list, "Destinations", out, NULL, NULL, err);
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
    enum rc rc = check_size(call, outbox_normalized_length(data), err);
    if (rc != RC_OK)
        return rc;
    struct outbox_mail *mail = &outbox_new(call, 1, outbox_finish_one)->mails[0];
    fill_mail(call, origin, "ses:SendRawEmail", mail);
    claim_source(call, origin, mail);
    read_message(call, outbox_normalize(call->arena, data), mail);
    rc = raw_recipients(call, &mail->header, &destination, err);
    if (rc == RC_OK && mail->rc == RC_OK)
        rc = raw_reverse_path(call, mail, err);
    if (rc == RC_OK && mail->rc == RC_OK)
        rc = address_to(call, &destination, mail, err);
    return rc == RC_OK ? read_tags(call, tags, &mail->tags, err) : rc;
}

/* ---- templates ---- */

/* The ARN of a template of this account, instead of its name. */
static struct slice
name_of_arn(struct api_call *call, struct slice arn)
{
    struct slice prefix = api_ses_arn(call, "template", SLICE(""));
    return slice_starts(arn, prefix) ? slice_from(arn, prefix.len) : arn;
}

static enum rc
find_parts(struct api_call *call, struct slice name, struct slice arn, struct rendering_parts *out,
           struct err *err)
{
    return rendering_seek(call, name.len ? name : name_of_arn(call, arn), out, err);
}

/* A stored one by name or ARN, or one that stands in the call (reference §9). */
static enum rc
read_template(struct api_call *call, const struct json *object, struct rendering_parts *out,
              struct err *err)
{
    const struct json *content = json_member(object, "TemplateContent");
    if (!content)
        return find_parts(call, api_text(object, "TemplateName"), api_text(object, "TemplateArn"),
                          out, err);
    *out = (struct rendering_parts){.subject = api_text(content, "Subject"),
                                    .text = api_text(content, "Text"),
                                    .html = api_text(content, "Html")};
    return RC_OK;
}

/* What the caller hears instead of an outcome, once it is allowed to send. */
static void
refuse_missing(struct api_call *call, struct slice name, struct outbox_mail *mail)
{
    mail->refusal = (struct outbox_refusal){
        .fault = FAULT_NO_TEMPLATE,
        .text = arena_printf(call->arena, "Template %.*s does not exist", SLICE_ARG(name)),
        .member = "TemplateName",
        .value = name};
}

static void
refuse_full(struct outbox_mail *mail)
{
    mail->refusal = (struct outbox_refusal){
        .fault = FAULT_INVALID_PARAMETER,
        .text = SLICE("The messages of this call before this one are too long together")};
}

/* The message of a template; without one, or with parts that cannot be rendered, an empty one, which
 * is decided about and never sent. */
static enum rc
compose_rendered(struct api_call *call, const struct origin *origin,
                 const struct destination *destination, const struct rendering_parts *template,
                 const struct json *data, struct compose *parts, struct outbox_mail *mail,
                 struct err *err)
{
    struct err why = {0};
    mail->template_name = template->name;
    if (template->missing)
        refuse_missing(call, template->name, mail);
    else if (outbox_is_full(call))
        refuse_full(mail);
    else if (rendering_fill(call, template, data, parts, &why) != RC_OK)
        mail->rendering_failure = arena_dup(call->arena, slice_of(why.text));
    if (mail->refusal.text.len || mail->rendering_failure.len)
        *parts = (struct compose){.text = {.present = true}};
    return compose(call, origin, destination, parts, mail, err);
}

static enum rc
send_template(struct api_call *call, const struct origin *origin,
              const struct rendering_parts *template, struct slice data_text,
              const struct json *content, const struct json *tags, const char *action,
              struct err *err)
{
    struct destination destination;
    struct json *data;
    struct compose parts = {0};
    read_headers(call, json_member(content, "Headers"), &parts);
    read_attachments(call, json_member(content, "Attachments"), &parts);
    enum rc rc = need_source(call, origin, err);
    if (rc == RC_OK)
        rc = rendering_data(call, data_text, &data, err);
    if (rc == RC_OK)
        rc = read_destination(call, json_member(call->input, "Destination"), &destination, err);
    if (rc != RC_OK)
        return rc;
    struct outbox_mail *mail = &outbox_new(call, 1, outbox_finish_one)->mails[0];
    fill_mail(call, origin, action, mail);
    rc = address_to(call, &destination, mail, err);
    if (rc == RC_OK)
        rc = read_tags(call, tags, &mail->tags, err);
    return rc == RC_OK
               ? compose_rendered(call, origin, &destination, template, data, &parts, mail, err)
               : rc;
}

/* ---- operations: one message ---- */

static enum rc
send_email_v1(struct api_call *call, struct err *err)
{
    struct origin origin;
    enum rc rc = read_origin(call, &origin, err);
    return rc == RC_OK ? send_simple(call, &origin, json_member(call->input, "Message"),
                                     json_member(call->input, "Tags"), err)
                       : rc;
}

static enum rc
send_raw_email(struct api_call *call, struct err *err)
{
    struct origin origin;
    enum rc rc = read_origin(call, &origin, err);
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
    enum rc rc = read_origin(call, &origin, err);
    if (rc == RC_OK)
        rc = find_parts(call, api_text(call->input, "Template"),
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
    enum rc rc = read_origin(call, &origin, err);
    if (rc == RC_OK && simple)
        return send_simple(call, &origin, simple, tags, err);
    if (rc == RC_OK && raw)
        return send_raw(call, &origin, api_text(raw, "Data"), tags, err);
    if (rc == RC_OK)
        rc = read_template(call, template, &parts, err);
    return rc == RC_OK ? send_template(call, &origin, &parts, api_text(template, "TemplateData"),
                                       template, tags, "ses:SendEmail", err)
                       : rc;
}

/* ---- operations: bulk ---- */

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
        return is_v2(call) ? "SUCCESS" : "Success";
    for (size_t i = 0; i < sizeof bulk_statuses / sizeof *bulk_statuses; i++)
        if (bulk_statuses[i].fault == mail->fault)
            return is_v2(call) ? bulk_statuses[i].v2 : bulk_statuses[i].v1;
    return is_v2(call) ? "FAILED" : "Failed";
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
    json_key(call->output, is_v2(call) ? "BulkEmailEntryResults" : "Status");
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

/* What one entry of a bulk call changes. */
struct entry {
    const struct json *destination, *tags, *headers;
    struct slice data;
};

static struct entry
read_entry(struct api_call *call, const struct json *item)
{
    struct entry entry = {.destination = json_member(item, "Destination"),
                          .tags = json_member(item, "ReplacementTags")};
    if (!is_v2(call)) {
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
    read_headers(call, headers, &parts);
    read_headers(call, entry->headers, &parts);
    enum rc rc = outbox_is_full(call) ? RC_OK /* it is refused below */
                                      : rendering_data(call, entry->data, &replacement, err);
    if (rc == RC_OK)
        rc = read_destination(call, entry->destination, &destination, err);
    if (rc == RC_OK)
        rc = address_to(call, &destination, mail, err);
    if (rc == RC_OK)
        rc = read_tags(call, entry->tags, &mail->tags, err);
    return rc == RC_OK ? compose_rendered(call, origin, &destination, template,
                                          template_merge(call->arena, defaults, replacement),
                                          &parts, mail, err)
                       : rc;
}

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
    enum rc rc = need_source(call, origin, err);
    if (rc == RC_OK)
        rc = rendering_data(call, default_data, &defaults, err);
    if (rc != RC_OK)
        return rc;
    struct outbox *outbox = outbox_new(call, entries->count, finish_bulk);
    for (const struct json *item = entries->first; rc == RC_OK && item; item = item->next) {
        struct outbox_mail *mail = &outbox->mails[i++];
        struct entry entry = read_entry(call, item);
        fill_mail(call, origin, action, mail);
        rc = read_tags(call, default_tags, &mail->tags, err);
        if (rc == RC_OK)
            rc = make_entry(call, origin, template, defaults, headers, &entry, mail, err);
    }
    return rc;
}

static enum rc
send_bulk_templated_email(struct api_call *call, struct err *err)
{
    struct origin origin;
    struct rendering_parts template;
    enum rc rc = read_origin(call, &origin, err);
    if (rc == RC_OK)
        rc = find_parts(call, api_text(call->input, "Template"),
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
    enum rc rc = read_origin(call, &origin, err);
    if (rc == RC_OK)
        rc = read_template(call, content, &template, err);
    return rc == RC_OK
               ? send_bulk(call, &origin, &template, api_text(content, "TemplateData"),
                           json_member(content, "Headers"),
                           json_member(call->input, "DefaultEmailTags"),
                           json_member(call->input, "BulkEmailEntries"), "ses:SendBulkEmail", err)
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
    {SERVICE_SES, "SendBulkTemplatedEmail", "ses:SendBulkTemplatedEmail", API_SEND,
     RESOURCE_OF_GATE, NULL, send_bulk_templated_email, NULL},
    {SERVICE_SES, "SendBounce", "ses:SendBounce", API_READ, RESOURCE_IDENTITY, "BounceSender",
     send_bounce, "No mail is received here, so there is nothing to bounce: MessageRejected."},
    {SERVICE_SESV2, "SendEmail", "ses:SendEmail", API_SEND, RESOURCE_OF_GATE, NULL, send_email_v2,
     "EndpointId and TenantName are refused; the link of ListManagementOptions names public_url, "
     "also where DKIM hides the provider; its placeholder stays in Raw content."},
    {SERVICE_SESV2, "SendBulkEmail", "ses:SendBulkEmail", API_SEND, RESOURCE_OF_GATE, NULL,
     send_bulk_email, "ses:FromAddress, ses:Recipients and the others are present here too."},
};

const struct served_rows ses_sending_rows = SERVED_ROWS(rows);
