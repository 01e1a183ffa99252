/*
 * Verification mail in one's own words (reference §3.6): its templates, and SendCustomVerificationEmail.
 *
 * The mail goes the way of all mail, so the gate decides about it; the address, which becomes an
 * identity that waits for its proof, and its link are written in the commit of the message. As in SES
 * the link is put at the end of the content. Whoever wrote the content must not learn the link, or
 * they could verify an address that is not theirs as soon as its owner looks at the mail (see
 * mail/safe_html.h), or when it comes back with a report (so it leaves with the null reverse-path).
 */
#include "identity_changes.h"
#include "mail/compose.h"
#include "mail/encode.h"
#include "mail/safe_html.h"
#include "outbox.h"
#include "page.h"
#include "served.h"
#include "store/settings.h"
#include "store/templates.h"
#include "tag_list.h"
#include "verification_link.h"

enum {
    TEMPLATES_MAX = 10000,
    CONTENT_MAX = 300 * 1024, /* an answer must hold it, escaped */
    SUBJECT_MAX = 1000,
    URL_MAX = 2000,
    PAGE_ROWS = 50
};

static struct slice
template_arn(struct api_call *call, struct slice name)
{
    return api_ses_arn(call, "custom-verification-email-template", name);
}

static enum rc
bad(struct api_call *call, struct err *err, const char *what, const char *why)
{
    return api_fail(call, RC_SYNTAX, FAULT_INVALID_PARAMETER, err, "%s %s", what, why);
}

static enum rc
find_template(struct api_call *call, struct verification_template_row *out, struct err *err)
{
    struct slice name = api_text(call->input, "TemplateName");
    enum rc rc = verification_templates_find(call->database, call->arena, name, out, err);
    if (rc != RC_NOT_FOUND)
        return rc;
    api_fail_about(call, "CustomVerificationEmailTemplateName", name);
    call->fault = FAULT_NO_VERIFICATION_TEMPLATE;
    return rc;
}

/* ---- who it is from ---- */

static enum rc
read_from(struct api_call *call, struct slice text, struct mailbox *from, bool *verified,
          struct err *err)
{
    struct identity_cover cover;
    struct err why = {0};
    *verified = false;
    if (address_mailbox(call->arena, text, from, &why) != RC_OK)
        return bad(call, err, "FromEmailAddress:", why.text);
    enum rc rc = identity_cover(call, &from->address, &cover, err);
    *verified = rc == RC_OK && cover.verified && !cover.suspended;
    return rc;
}

static struct slice
not_verified(struct api_call *call, struct slice from)
{
    return arena_printf(call->arena, "From email address <%.*s> is not verified.", SLICE_ARG(from));
}

static enum rc
check_from(struct api_call *call, struct slice text, struct err *err)
{
    struct mailbox from;
    bool verified;
    enum rc rc = read_from(call, text, &from, &verified, err);
    if (rc != RC_OK || verified)
        return rc;
    api_fail_about(call, "FromEmailAddress", text);
    return api_fail(call, RC_DENIED, FAULT_FROM_NOT_VERIFIED, err, "%.*s",
                    SLICE_ARG(not_verified(call, text)));
}

/* ---- templates ---- */

/* It goes into a header line: visible ASCII alone. */
static enum rc
check_url(struct api_call *call, const char *member, struct slice url, struct err *err)
{
    if (!slice_istarts(url, SLICE("https://")) && !slice_istarts(url, SLICE("http://")))
        return bad(call, err, member, "must be an http or https URL.");
    if (url.len > URL_MAX)
        return bad(call, err, member, "is longer than 2000 characters.");
    for (size_t i = 0; i < url.len; i++)
        if (url.ptr[i] <= ' ' || url.ptr[i] > '~')
            return bad(call, err, member, "may hold visible ASCII characters only.");
    return RC_OK;
}

static enum rc
check_content(struct api_call *call, const struct verification_template_row *row, struct err *err)
{
    const enum api_fault fault = FAULT_INVALID_VERIFICATION_CONTENT;
    struct err why = {0};
    if (row->content.len == 0 || row->content.len > CONTENT_MAX)
        return api_fail(call, RC_SYNTAX, fault, err, "TemplateContent must have 1 byte to 300 KB.");
    if (safe_html_check(row->content, &why) != RC_OK)
        return api_fail(call, RC_SYNTAX, fault, err, "TemplateContent: %s", why.text);
    return RC_OK;
}

static enum rc
check_row(struct api_call *call, const struct verification_template_row *row, struct err *err)
{
    if (!api_name_is_plain(row->name))
        return bad(call, err, "TemplateName",
                   "must be 1 to 64 alphanumeric ASCII characters, '_' and '-'.");
    if (row->subject.len == 0 || row->subject.len > SUBJECT_MAX || !encode_is_line(row->subject))
        return bad(call, err, "TemplateSubject", "must be one line of at most 1000 bytes.");
    enum rc rc = check_content(call, row, err);
    if (rc == RC_OK)
        rc = check_url(call, "SuccessRedirectionURL", row->success_url, err);
    if (rc == RC_OK)
        rc = check_url(call, "FailureRedirectionURL", row->failure_url, err);
    return rc == RC_OK ? check_from(call, row->from_address, err) : rc;
}

/* What is absent stays (v1 alone leaves it out). */
static void
read_members(const struct api_call *call, struct verification_template_row *row)
{
    const struct {
        const char *member;
        struct slice *out;
    } members[] = {{"FromEmailAddress", &row->from_address},
                   {"TemplateSubject", &row->subject},
                   {"TemplateContent", &row->content},
                   {"SuccessRedirectionURL", &row->success_url},
                   {"FailureRedirectionURL", &row->failure_url}};
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        if (json_member(call->input, members[i].member))
            *members[i].out = api_text(call->input, members[i].member);
}

static enum rc
insert(struct api_call *call, const struct verification_template_row *row, struct err *err)
{
    int64_t count;
    enum rc rc = verification_templates_count(call->database, &count, err);
    if (rc == RC_OK && count >= TEMPLATES_MAX)
        return api_fail(call, RC_LIMIT, FAULT_LIMIT, err,
                        "There are at most %d custom verification email templates", TEMPLATES_MAX);
    if (rc == RC_OK)
        rc = verification_templates_insert(call->database, row, err);
    if (rc != RC_CONFLICT)
        return rc;
    api_fail_about(call, "CustomVerificationEmailTemplateName", row->name);
    call->fault = FAULT_VERIFICATION_TEMPLATE_EXISTS;
    return rc;
}

static enum rc
create(struct api_call *call, struct err *err)
{
    struct verification_template_row row = {.name = api_text(call->input, "TemplateName"),
                                            .created_ms = call->now_ms};
    read_members(call, &row);
    enum rc rc = check_row(call, &row, err);
    if (rc == RC_OK)
        rc = insert(call, &row, err);
    return rc == RC_OK ? tag_list_add(call, &tag_rules_ses, template_arn(call, row.name), err) : rc;
}

static enum rc
update(struct api_call *call, struct err *err)
{
    struct verification_template_row row;
    enum rc rc = find_template(call, &row, err);
    if (rc != RC_OK)
        return rc;
    read_members(call, &row);
    rc = check_row(call, &row, err);
    return rc == RC_OK ? verification_templates_update(call->database, &row, err) : rc;
}

static enum rc
delete_template(struct api_call *call, struct err *err)
{
    struct slice name = api_text(call->input, "TemplateName");
    struct verification_template_row row;
    enum rc rc = api_is_v2(call) ? find_template(call, &row, err) : RC_OK;
    if (rc != RC_OK)
        return rc;
    rc = verification_templates_delete(call->database, name, err);
    return rc == RC_OK || rc == RC_NOT_FOUND
               ? tags_forget(call->database, template_arn(call, name), err)
               : rc;
}

static void
put_members(struct api_call *call, const struct verification_template_row *row)
{
    json_put_string(call->output, "TemplateName", row->name);
    json_put_string(call->output, "FromEmailAddress", row->from_address);
    json_put_string(call->output, "TemplateSubject", row->subject);
    json_put_string(call->output, "SuccessRedirectionURL", row->success_url);
    json_put_string(call->output, "FailureRedirectionURL", row->failure_url);
}

static enum rc
get(struct api_call *call, struct err *err)
{
    struct verification_template_row row;
    enum rc rc = find_template(call, &row, err);
    if (rc != RC_OK)
        return rc;
    put_members(call, &row);
    json_put_string(call->output, "TemplateContent", row.content);
    return api_is_v2(call) ? tag_list_put(call, &tag_rules_ses, template_arn(call, row.name), err)
                           : RC_OK;
}

static enum rc
list(struct api_call *call, struct err *err)
{
    struct page page;
    struct verification_template_row *rows;
    size_t found;
    enum rc rc = page_read(call, api_is_v2(call) ? "PageSize" : "MaxResults", PAGE_ROWS, PAGE_ROWS,
                           &page, err);
    if (rc == RC_OK)
        rc = verification_templates_list(call->database, call->arena, page.after, page.limit + 1,
                                         &rows, &found, err);
    if (rc != RC_OK)
        return rc;
    size_t count = page_rows(&page, found);
    json_key(call->output, "CustomVerificationEmailTemplates");
    json_open_array(call->output);
    for (size_t i = 0; i < count; i++) {
        json_open_object(call->output);
        put_members(call, &rows[i]);
        json_close_object(call->output);
    }
    json_close_array(call->output);
    if (count)
        page_put_next(call, &page, found, rows[count - 1].name);
    return RC_OK;
}

/* ---- sending ---- */

static enum rc
open_link(void *ctx, struct database *database, struct arena *arena, struct err *err)
{
    return verification_link_open(database, arena, ctx, err);
}

/* Behind what is shown: before the last end of the body, where there is one. The content holds "<"
 * nowhere but where a tag or comment begins. */
static struct slice
with_link(struct arena *arena, struct slice content, struct slice url)
{
    size_t end = content.len;
    for (size_t i = 0; i < content.len; i++)
        if (slice_istarts(slice_from(content, i), SLICE("</body")))
            end = i;
    return arena_printf(arena, "%.*s\r\n<p><a href=\"%.*s\">%.*s</a></p>\r\n%.*s",
                        SLICE_ARG(slice_head(content, end)), SLICE_ARG(url), SLICE_ARG(url),
                        SLICE_ARG(slice_from(content, end)));
}

static enum rc
compose(struct api_call *call, const struct verification_template_row *row,
        const struct verification_link *link, struct outbox_mail *mail, struct err *err)
{
    struct compose parts = {
        .from = row->from_address,
        .to = &link->address,
        .to_count = 1,
        .subject = {.data = row->subject, .present = true},
        .html = {.data = with_link(call->arena, row->content, link->url), .present = true},
    };
    return outbox_compose(call, &parts, mail, err);
}

static enum rc
read_recipient(struct api_call *call, struct address *out, struct err *err)
{
    struct slice text = api_text(call->input, "EmailAddress");
    struct err why = {0};
    if (slice_chr(text, '@') == SLICE_NONE)
        return api_fail(call, RC_SYNTAX, FAULT_INVALID_PARAMETER, err, "Missing final '@domain'");
    if (address_parse(call->arena, text, out, &why) != RC_OK)
        return bad(call, err, "EmailAddress:", why.text);
    return RC_OK;
}

/* Told to who may send it alone. In the sandbox nobody is written to who did not agree, so nobody can
 * be asked this way. */
static enum rc
find_refusal(struct api_call *call, struct slice from, bool verified, struct outbox_refusal *out,
             struct err *err)
{
    struct slice production;
    *out = (struct outbox_refusal){0};
    if (!verified) {
        *out = (struct outbox_refusal){.fault = FAULT_FROM_NOT_VERIFIED,
                                       .text = not_verified(call, from),
                                       .member = "FromEmailAddress",
                                       .value = from};
        return RC_OK;
    }
    enum rc rc = settings_get(call->database, call->arena, SETTING_PRODUCTION, &production, err);
    if (rc == RC_OK && !slice_is(production, "on"))
        *out = (struct outbox_refusal){
            .fault = FAULT_PRODUCTION_ACCESS,
            .text = SLICE("Production access is not granted: custom verification emails cannot be "
                          "sent from the sandbox.")};
    return rc;
}

static enum rc
send_verification(struct api_call *call, struct err *err)
{
    struct verification_template_row row;
    struct outbox_refusal refusal;
    struct mailbox from;
    bool verified;
    struct address *to = ARENA_NEW(call->arena, struct address);
    struct verification_link *link = ARENA_NEW(call->arena, struct verification_link);
    enum rc rc = find_template(call, &row, err);
    if (rc == RC_OK)
        rc = read_recipient(call, to, err);
    if (rc == RC_OK)
        rc = read_from(call, row.from_address, &from, &verified, err);
    if (rc == RC_OK)
        rc = find_refusal(call, row.from_address, verified, &refusal, err);
    if (rc == RC_OK)
        rc = identity_check_room(call, err);
    if (rc != RC_OK)
        return rc;
    verification_link_make(call->arena, call->constants, to->text, call->now_ms, link);
    link->success_url = row.success_url;
    link->failure_url = row.failure_url;
    struct outbox_mail *mail = &outbox_new(call, 1, outbox_finish_one)->mails[0];
    mail->refusal = refusal;
    mail->action = SLICE("ses:SendCustomVerificationEmail");
    mail->api_version = api_is_v2(call) ? "2" : "1";
    mail->reverse_path = from.address.text;
    mail->recipients = &to->text;
    mail->recipient_count = 1;
    mail->configuration_set = api_text(call->input, "ConfigurationSetName");
    mail->verification_template = api_is_v2(call) ? row.name : SLICE("");
    mail->confidential = true;
    mail->also = open_link;
    mail->also_ctx = link;
    return compose(call, &row, link, mail, err);
}

/* ---- what is served ---- */

static const char content[] =
    "TemplateContent has at most 300 KB and must be plain HTML: no style sheets, scripts, forms, "
    "nor markup left open, which could give the link away.";
static const char both[] =
    "Permission is asked for the identity of the From address, with ses:FromAddress, and in v2 for "
    "the template too. A mailbox gets at most 10 verification mails a day.";

#define V1(name, access, run, deviation)                                                           \
    {                                                                                              \
        SERVICE_SES, name, "ses:" name, access, RESOURCE_ANY, NULL, run, deviation                 \
    }
#define V2(name, access, run, deviation)                                                           \
    {                                                                                              \
        SERVICE_SESV2, name, "ses:" name, access, RESOURCE_VERIFICATION_TEMPLATE, "TemplateName",  \
            run, deviation                                                                         \
    }

static const struct served_operation rows[] = {
    V1("CreateCustomVerificationEmailTemplate", API_WRITE, create, content),
    V1("UpdateCustomVerificationEmailTemplate", API_WRITE, update, content),
    V1("GetCustomVerificationEmailTemplate", API_READ, get, NULL),
    V1("DeleteCustomVerificationEmailTemplate", API_WRITE, delete_template, NULL),
    V1("ListCustomVerificationEmailTemplates", API_READ, list, NULL),
    {SERVICE_SES, "SendCustomVerificationEmail", "ses:SendCustomVerificationEmail", API_SEND,
     RESOURCE_OF_GATE, NULL, send_verification, both},

    V2("CreateCustomVerificationEmailTemplate", API_WRITE, create, content),
    V2("UpdateCustomVerificationEmailTemplate", API_WRITE, update, content),
    V2("GetCustomVerificationEmailTemplate", API_READ, get, NULL),
    V2("DeleteCustomVerificationEmailTemplate", API_WRITE, delete_template, NULL),
    {SERVICE_SESV2, "ListCustomVerificationEmailTemplates",
     "ses:ListCustomVerificationEmailTemplates", API_READ, RESOURCE_ANY, NULL, list, NULL},
    {SERVICE_SESV2, "SendCustomVerificationEmail", "ses:SendCustomVerificationEmail", API_SEND,
     RESOURCE_OF_GATE, NULL, send_verification, both},
};

const struct served_rows ses_verification_rows = SERVED_ROWS(rows);
