/*
 * A form against real inputs: it is refused with a reason, or what is read has only members and
 * types of the shape, can be validated, and its text can be written as XML.
 */
#include "api/validate.h"
#include "api/wire_answers.h"
#include "api/wire_forms.h"

#include "base/codec.h"

#include "shape_check.h"

static const char *const ses[] = {"SendEmail",  "SendRawEmail",   "SendBulkTemplatedEmail",
                                  "SendBounce", "ListIdentities", "UpdateAccountSendingEnabled"};
static const char *const iam[] = {"TagUser", "ListUsers", "SimulatePrincipalPolicy"};

static void
try_operation(struct arena *arena, const struct form *form, enum service service, const char *name)
{
    const struct operation_model *model = operation_model_find(service, slice_of(name));
    struct json *tree = NULL;
    struct err err = {0};
    enum rc rc = form_decode(arena, form, model->input, &tree, &err);
    shape_must(rc == RC_OK || (rc == RC_SYNTAX && err.rc == rc && err.text[0] != '\0'));
    if (rc != RC_OK)
        return;
    shape_check(model->input, tree);
    rc = validate_input(arena, model->input, tree, &err);
    shape_must(rc == RC_OK || rc == RC_SYNTAX);
}

static void
check_escaped(struct slice text)
{
    struct buf out;
    buf_init(&out, text.len * 6 + 1);
    xml_escape(&out, text);
    shape_must(buf_ok(&out) && codec_utf8_valid(buf_slice(&out)) &&
               slice_chr(buf_slice(&out), '<') == SLICE_NONE);
    buf_fini(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice text = {(const char *)data, size};
    struct arena *arena = arena_new();
    struct form form;
    check_escaped(text);
    if (form_parse(arena, text, &form, NULL) == RC_OK) {
        for (size_t i = 0; i < sizeof ses / sizeof *ses; i++)
            try_operation(arena, &form, SERVICE_SES, ses[i]);
        for (size_t i = 0; i < sizeof iam / sizeof *iam; i++)
            try_operation(arena, &form, SERVICE_IAM, iam[i]);
    }
    arena_free(arena);
    return 0;
}
