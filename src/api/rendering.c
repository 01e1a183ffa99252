#include "rendering.h"
#include "mail/template.h"
#include "store/templates.h"

enum {
    CALL_STEPS_MAX = 3 * TEMPLATE_STEPS_MAX, /* of all that one call renders: a bulk call too */
    RENDERED_MAX = 10 * 1024 * 1024,         /* of one part */
    DATA_MAX = 256 * 1024                    /* of which a call may have 51 */
};

enum rc
rendering_seek(struct api_call *call, struct slice name, struct rendering_parts *out,
               struct err *err)
{
    struct email_template_row row;
    if (name.len == 0)
        return api_fail(call, RC_SYNTAX, FAULT_INVALID_PARAMETER, err,
                        "The template name must be specified.");
    enum rc rc = email_templates_find(call->database, call->arena, name, &row, err);
    if (rc == RC_OK)
        *out = (struct rendering_parts){row.name, row.subject, row.text, row.html, false};
    if (rc != RC_NOT_FOUND)
        return rc;
    *out = (struct rendering_parts){.name = name, .missing = true};
    return RC_OK;
}

enum rc
rendering_find(struct api_call *call, struct slice name, struct rendering_parts *out,
               struct err *err)
{
    enum rc rc = rendering_seek(call, name, out, err);
    if (rc != RC_OK || !out->missing)
        return rc;
    api_fail_about(call, "TemplateName", name);
    return api_fail(call, RC_NOT_FOUND, FAULT_NO_TEMPLATE, err, "Template %.*s does not exist",
                    SLICE_ARG(name));
}

enum rc
rendering_data(struct api_call *call, struct slice text, struct json **out, struct err *err)
{
    struct err why = {0};
    if (text.len > DATA_MAX)
        return api_fail(call, RC_LIMIT, FAULT_INVALID_RENDERING_PARAMETER, err,
                        "Template rendering data is too long: more than %d bytes", DATA_MAX);
    if (slice_trim(text).len == 0)
        text = SLICE("{}");
    enum rc rc = json_parse(call->arena, text, out, &why);
    if (rc == RC_OK && (*out)->type == JSON_OBJECT)
        return RC_OK;
    return api_fail(call, RC_SYNTAX, FAULT_INVALID_RENDERING_PARAMETER, err,
                    "Template rendering data is invalid%s%s", rc == RC_OK ? "" : ": ", why.text);
}

static enum rc
render(struct api_call *call, struct slice text, const struct json *data, struct slice *out,
       struct err *err)
{
    struct template *template;
    struct buf rendered;
    buf_init(&rendered, RENDERED_MAX);
    enum rc rc = template_parse(call->arena, text, &template, err);
    uint64_t steps = CALL_STEPS_MAX - call->rendering_steps;
    if (rc == RC_OK)
        rc = template_render(call->arena, template, data, &steps, &rendered, err);
    call->rendering_steps = CALL_STEPS_MAX - steps;
    if (rc == RC_OK)
        *out = arena_dup(call->arena, buf_slice(&rendered));
    buf_fini(&rendered);
    return rc;
}

enum rc
rendering_fill(struct api_call *call, const struct rendering_parts *parts, const struct json *data,
               struct compose *out, struct err *err)
{
    const struct {
        struct slice text;
        struct compose_text *part;
    } all[] = {
        {parts->subject, &out->subject}, {parts->text, &out->text}, {parts->html, &out->html}};
    enum rc rc = RC_OK;
    for (size_t i = 0; rc == RC_OK && i < sizeof all / sizeof *all; i++) {
        all[i].part->present = all[i].text.len > 0;
        if (all[i].text.len)
            rc = render(call, all[i].text, data, &all[i].part->data, err);
    }
    return rc;
}
