#include "sending_parts.h"
#include "mail/template.h"
#include "submit.h"

enum { TAG_MAX = 255, TAGS_MAX = 50 };

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

enum rc
sending_add_recipient(struct api_call *call, struct destination *destination, struct slice address,
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

enum rc
sending_read_addresses(struct api_call *call, const struct json *list, const char *member,
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
            rc = sending_add_recipient(call, destination, mailbox.address.text, err);
        texts[count++] = item->text;
    }
    if (shown) {
        *shown = texts;
        *shown_count = count;
    }
    return rc;
}

enum rc
sending_read_destination(struct api_call *call, const struct json *object, struct destination *out,
                         struct err *err)
{
    *out = (struct destination){0};
    if (!object)
        return RC_OK;
    enum rc rc = sending_read_addresses(call, json_member(object, "ToAddresses"), "ToAddresses",
                                        out, &out->to, &out->to_count, err);
    if (rc == RC_OK)
        rc = sending_read_addresses(call, json_member(object, "CcAddresses"), "CcAddresses", out,
                                    &out->cc, &out->cc_count, err);
    if (rc == RC_OK)
        rc = sending_read_addresses(call, json_member(object, "BccAddresses"), "BccAddresses", out,
                                    NULL, NULL, err);
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
enum rc
sending_read_tags(struct api_call *call, const struct json *list, struct slice *tags,
                  struct err *err)
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

/* ---- who sends ---- */

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

enum rc
sending_read_origin(struct api_call *call, struct origin *origin, struct err *err)
{
    const struct names *names = api_is_v2(call) ? &names_v2 : &names_v1;
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
    return rc == RC_OK ? sending_read_addresses(call, json_member(call->input, "ReplyToAddresses"),
                                                "ReplyToAddresses", NULL, &origin->reply_to,
                                                &origin->reply_to_count, err)
                       : rc;
}

enum rc
sending_need_source(struct api_call *call, const struct origin *origin, struct err *err)
{
    if (origin->source.len)
        return RC_OK;
    return api_fail(call, RC_SYNTAX, FAULT_INVALID_PARAMETER, err, "%s must be specified",
                    api_is_v2(call) ? names_v2.source : names_v1.source);
}

void
sending_fill_mail(struct api_call *call, const struct origin *origin, const char *action,
                  struct outbox_mail *mail)
{
    mail->action = slice_of(action);
    mail->api_version = api_is_v2(call) ? "2" : "1";
    mail->reverse_path = origin->reverse_path;
    mail->configuration_set = origin->configuration_set;
    mail->source_arn = origin->source_arn;
    mail->from_arn = origin->from_arn;
    mail->return_path_arn = origin->return_path_arn;
    mail->list_management = origin->list_management;
}

enum rc
sending_address_to(struct api_call *call, const struct destination *destination,
                   struct outbox_mail *mail, struct err *err)
{
    if (destination->count == 0)
        return api_fail(call, RC_SYNTAX, FAULT_INVALID_PARAMETER, err,
                        "Empty required header 'To'.");
    mail->recipients = destination->envelope;
    mail->recipient_count = destination->count;
    return RC_OK;
}

/* ---- the content ---- */

struct compose_text
sending_read_content(const struct json *object)
{
    if (!object)
        return (struct compose_text){0};
    return (struct compose_text){
        .data = api_text(object, "Data"), .charset = api_text(object, "Charset"), .present = true};
}

void
sending_read_headers(struct api_call *call, const struct json *list, struct compose *parts)
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

void
sending_read_attachments(struct api_call *call, const struct json *list, struct compose *parts)
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

/* The ARN of a template of this account, instead of its name. */
static struct slice
name_of_arn(struct api_call *call, struct slice arn)
{
    struct slice prefix = api_ses_arn(call, "template", SLICE(""));
    return slice_starts(arn, prefix) ? slice_from(arn, prefix.len) : arn;
}

enum rc
sending_find_template(struct api_call *call, struct slice name, struct slice arn,
                      struct rendering_parts *out, struct err *err)
{
    return rendering_seek(call, name.len ? name : name_of_arn(call, arn), out, err);
}

/* A stored one by name or ARN, or one that stands in the call (reference §9). */
enum rc
sending_read_template(struct api_call *call, const struct json *object, struct rendering_parts *out,
                      struct err *err)
{
    const struct json *content = json_member(object, "TemplateContent");
    if (!content)
        return sending_find_template(call, api_text(object, "TemplateName"),
                                     api_text(object, "TemplateArn"), out, err);
    *out = (struct rendering_parts){.subject = api_text(content, "Subject"),
                                    .text = api_text(content, "Text"),
                                    .html = api_text(content, "Html")};
    return RC_OK;
}

/* ---- one message of it ---- */

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

enum rc
sending_compose(struct api_call *call, const struct origin *origin,
                const struct destination *destination, struct compose *parts,
                struct outbox_mail *mail, struct err *err)
{
    parts->from = origin->source;
    parts->to = destination->to;
    parts->to_count = destination->to_count;
    parts->cc = destination->cc;
    parts->cc_count = destination->cc_count;
    parts->reply_to = origin->reply_to;
    parts->reply_to_count = origin->reply_to_count;
    put_unsubscribe_urls(call, origin, destination, parts);
    return outbox_compose(call, parts, mail, err);
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

/* Without a template, or with parts that cannot be rendered, an empty message, which is decided about
 * and never sent. */
enum rc
sending_compose_rendered(struct api_call *call, const struct origin *origin,
                         const struct destination *destination,
                         const struct rendering_parts *template, const struct json *data,
                         struct compose *parts, struct outbox_mail *mail, struct err *err)
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
    return sending_compose(call, origin, destination, parts, mail, err);
}
