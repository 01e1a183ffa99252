/*
 * Templates of messages (reference §9). What cannot be parsed is refused when it is made, so that a
 * template that is there fails for its data alone.
 */
#include "base/random.h"
#include "mail/template.h"
#include "page.h"
#include "rendering.h"
#include "served.h"
#include "store/templates.h"
#include "tag_list.h"

enum {
    TEMPLATES_MAX = 10000,
    TEMPLATE_MAX = 500 * 1024, /* all parts together */
    PAGE_FALLBACK = 10,
    PAGE_ROWS = 100
};

static struct slice
template_arn(struct api_call *call, struct slice name)
{
    return api_ses_arn(call, "template", name);
}

static enum rc
bad(struct api_call *call, struct err *err, const char *why)
{
    return api_fail(call, RC_SYNTAX, FAULT_INVALID_PARAMETER, err, "%s", why);
}

/* ---- what is made and changed ---- */

/* The members of the two generations. */
static const struct names {
    const char *name, *content, *subject, *text, *html;
} names_v1 = {"TemplateName", "Template", "SubjectPart", "TextPart", "HtmlPart"},
  names_v2 = {"TemplateName", "TemplateContent", "Subject", "Text", "Html"};

static const struct names *
names_of(const struct api_call *call)
{
    return api_is_v2(call) ? &names_v2 : &names_v1;
}

/* The name is inside the content in v1, beside it in v2. */
static struct email_template_row
read_row(const struct api_call *call)
{
    const struct names *names = names_of(call);
    const struct json *content = json_member(call->input, names->content);
    return (struct email_template_row){
        .name = api_text(api_is_v2(call) ? call->input : content, names->name),
        .subject = api_text(content, names->subject),
        .text = api_text(content, names->text),
        .html = api_text(content, names->html),
        .created_ms = call->now_ms,
    };
}

static enum rc
check_part(struct api_call *call, struct slice template_name, const char *part, struct slice text,
           struct err *err)
{
    struct template *template;
    struct err why = {0};
    enum rc rc = template_parse(call->arena, text, &template, &why);
    if (rc == RC_OK)
        return RC_OK;
    api_fail_about(call, "TemplateName", template_name);
    return api_fail(call, rc, FAULT_INVALID_TEMPLATE, err, "%s: %s", part, why.text);
}

static enum rc
check_row(struct api_call *call, const struct email_template_row *row, struct err *err)
{
    const struct names *names = names_of(call);
    if (row->name.len == 0)
        return bad(call, err, "The template name must be specified.");
    if (!api_name_is_plain(row->name))
        return bad(call, err,
                   "Invalid template name: 1 to 64 alphanumeric ASCII characters, '_' and '-' are "
                   "allowed.");
    if (row->subject.len == 0)
        return bad(call, err, "The subject must be specified.");
    if (row->text.len == 0 && row->html.len == 0)
        return bad(call, err, "The text or the HTML part must be specified.");
    if (row->subject.len + row->text.len + row->html.len > TEMPLATE_MAX)
        return bad(call, err, "A template has at most 500 KB.");
    enum rc rc = check_part(call, row->name, names->subject, row->subject, err);
    if (rc == RC_OK)
        rc = check_part(call, row->name, names->text, row->text, err);
    return rc == RC_OK ? check_part(call, row->name, names->html, row->html, err) : rc;
}

static enum rc
create(struct api_call *call, struct err *err)
{
    struct email_template_row row = read_row(call);
    int64_t count = 0;
    enum rc rc = check_row(call, &row, err);
    if (rc == RC_OK)
        rc = email_templates_count(call->database, &count, err);
    if (rc == RC_OK && count >= TEMPLATES_MAX)
        return api_fail(call, RC_LIMIT, FAULT_LIMIT, err, "There are at most %d templates",
                        TEMPLATES_MAX);
    if (rc == RC_OK)
        rc = email_templates_insert(call->database, &row, err);
    if (rc == RC_CONFLICT) {
        api_fail_about(call, "Name", row.name);
        call->fault = FAULT_ALREADY_EXISTS;
    }
    return rc == RC_OK ? tag_list_add(call, &tag_rules_ses, template_arn(call, row.name), err) : rc;
}

static enum rc
update(struct api_call *call, struct err *err)
{
    struct email_template_row row = read_row(call);
    struct rendering_parts old;
    enum rc rc = rendering_find(call, row.name, &old, err);
    if (rc == RC_OK)
        rc = check_row(call, &row, err);
    return rc == RC_OK ? email_templates_update(call->database, &row, err) : rc;
}

/* Of v1 it is said that deleting what is not there does no harm (reference §10). */
static enum rc
delete_template(struct api_call *call, struct err *err)
{
    struct slice name = api_text(call->input, "TemplateName");
    struct rendering_parts old;
    enum rc rc = api_is_v2(call) ? rendering_find(call, name, &old, err) : RC_OK;
    if (rc != RC_OK)
        return rc;
    rc = email_templates_delete(call->database, name, err);
    if (rc == RC_OK || rc == RC_NOT_FOUND)
        rc = tags_forget(call->database, template_arn(call, name), err);
    return rc;
}

/* ---- what is read ---- */

static enum rc
get(struct api_call *call, struct err *err)
{
    const struct names *names = names_of(call);
    struct rendering_parts parts;
    enum rc rc = rendering_find(call, api_text(call->input, "TemplateName"), &parts, err);
    if (rc != RC_OK)
        return rc;
    if (api_is_v2(call))
        json_put_string(call->output, names->name, parts.name);
    json_key(call->output, names->content);
    json_open_object(call->output);
    if (!api_is_v2(call))
        json_put_string(call->output, names->name, parts.name);
    json_put_string(call->output, names->subject, parts.subject);
    if (parts.text.len)
        json_put_string(call->output, names->text, parts.text);
    if (parts.html.len)
        json_put_string(call->output, names->html, parts.html);
    json_close_object(call->output);
    return api_is_v2(call) ? tag_list_put(call, &tag_rules_ses, template_arn(call, parts.name), err)
                           : RC_OK;
}

static enum rc
list(struct api_call *call, struct err *err)
{
    struct page page;
    struct email_template_row *rows;
    size_t found;
    enum rc rc = page_read(call, api_is_v2(call) ? "PageSize" : "MaxItems", PAGE_FALLBACK,
                           PAGE_ROWS, &page, err);
    if (rc == RC_OK)
        rc = email_templates_list(call->database, call->arena, page.after, page.limit + 1, &rows,
                                  &found, err);
    if (rc != RC_OK)
        return rc;
    size_t count = page_rows(&page, found);
    json_key(call->output, "TemplatesMetadata");
    json_open_array(call->output);
    for (size_t i = 0; i < count; i++) {
        json_open_object(call->output);
        json_put_string(call->output, api_is_v2(call) ? "TemplateName" : "Name", rows[i].name);
        json_put_i64(call->output, "CreatedTimestamp", rows[i].created_ms);
        json_close_object(call->output);
    }
    json_close_array(call->output);
    if (count)
        page_put_next(call, &page, found, rows[count - 1].name);
    return RC_OK;
}

/* ---- rendering for a look ---- */

static enum rc
cannot_render(struct api_call *call, enum rc rc, struct slice name, const struct err *why,
              struct err *err)
{
    api_fail_about(call, "TemplateName", name);
    return api_fail(call, rc,
                    rc == RC_NOT_FOUND ? FAULT_MISSING_RENDERING_ATTRIBUTE
                                       : FAULT_INVALID_RENDERING_PARAMETER,
                    err, "%s", why->text);
}

/* Message-ID stands second, behind Date, as in what SES shows. */
static struct slice
with_message_id(struct api_call *call, struct slice message)
{
    size_t date = slice_find(message, SLICE("\r\n")) + 2;
    struct slice id = random_message_id(call->arena, call->constants->region_prefix, call->now_ms);
    return arena_printf(call->arena, "%.*sMessage-ID: <%.*s@%.*s>\r\n%.*s",
                        SLICE_ARG(slice_head(message, date)), SLICE_ARG(id),
                        SLICE_ARG(call->constants->provider_domain),
                        SLICE_ARG(slice_from(message, date)));
}

static enum rc
test_render(struct api_call *call, struct err *err)
{
    struct rendering_parts parts;
    struct json *data;
    struct compose compose = {.without_from = true, .now_ms = call->now_ms};
    struct err why = {0};
    struct buf out;
    enum rc rc = rendering_find(call, api_text(call->input, "TemplateName"), &parts, err);
    if (rc == RC_OK)
        rc = rendering_data(call, api_text(call->input, "TemplateData"), &data, err);
    if (rc != RC_OK)
        return rc;
    compose.boundary = random_base32(call->arena, COMPOSE_BOUNDARY_CHARS);
    buf_init(&out, (size_t)call->constants->message_max);
    rc = rendering_fill(call, &parts, data, &compose, &why);
    if (rc == RC_OK)
        rc = compose_message(call->arena, &compose, &out, &why);
    if (rc == RC_OK)
        json_put_string(call->output, "RenderedTemplate", with_message_id(call, buf_slice(&out)));
    else
        rc = cannot_render(call, rc, parts.name, &why, err);
    buf_fini(&out);
    return rc;
}

/* ---- what is served ---- */

#define V1(name, access, run)                                                                      \
    {                                                                                              \
        SERVICE_SES, name, "ses:" name, access, RESOURCE_ANY, NULL, run, NULL                      \
    }
#define V2(name, access, run)                                                                      \
    {                                                                                              \
        SERVICE_SESV2, name, "ses:" name, access, RESOURCE_TEMPLATE, "TemplateName", run, NULL     \
    }

static const struct served_operation rows[] = {
    V1("CreateTemplate", API_WRITE, create),
    V1("UpdateTemplate", API_WRITE, update),
    V1("GetTemplate", API_READ, get),
    V1("DeleteTemplate", API_WRITE, delete_template),
    V1("ListTemplates", API_READ, list),
    V1("TestRenderTemplate", API_READ, test_render),

    V2("CreateEmailTemplate", API_WRITE, create),
    V2("UpdateEmailTemplate", API_WRITE, update),
    V2("GetEmailTemplate", API_READ, get),
    V2("DeleteEmailTemplate", API_WRITE, delete_template),
    {SERVICE_SESV2, "ListEmailTemplates", "ses:ListEmailTemplates", API_READ, RESOURCE_ANY, NULL,
     list, NULL},
    V2("TestRenderEmailTemplate", API_READ, test_render),
};

const struct served_rows ses_template_rows = SERVED_ROWS(rows);
