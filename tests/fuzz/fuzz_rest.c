/*
 * A line with method and path, and a body. It is nothing, is refused with a reason, or what is read
 * has only members and types of the shape, can be validated, and can be written as JSON.
 */
#include "api/validate.h"
#include "api/wire_answers.h"
#include "api/wire_forms.h"

#include "base/codec.h"

#include "shape_check.h"

static void
try_request(struct arena *arena, struct slice method, struct slice path, struct slice query_string,
            struct slice body)
{
    struct json *labels = NULL, *tree = NULL;
    struct form query;
    struct err err = {0};
    const struct operation_model *model = operation_model_route(arena, method, path, &labels);
    if (!model || form_parse(arena, query_string, &query, NULL) != RC_OK)
        return;
    enum rc rc = rest_decode(arena, model->input, labels, &query, body, &tree, &err);
    shape_must(rc == RC_OK || (rc == RC_SYNTAX && err.rc == rc && err.text[0] != '\0'));
    if (rc != RC_OK || !model->input)
        return;
    shape_check(model->input, tree);
    rc = validate_input(arena, model->input, tree, &err);
    shape_must(rc == RC_OK || rc == RC_SYNTAX);
    struct buf out;
    buf_init(&out, 100 * 1024 * 1024);
    shape_must(rest_encode(&out, model->input, tree, &err) == RC_OK);
    shape_must(buf_ok(&out) && codec_utf8_valid(buf_slice(&out)));
    buf_fini(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice text = {(const char *)data, size}, line, body, method, target, path, query;
    struct arena *arena = arena_new();
    if (slice_cut(text, '\n', &line, &body) && slice_cut(line, ' ', &method, &target)) {
        if (!slice_cut(target, '?', &path, &query)) {
            path = target;
            query = SLICE("");
        }
        try_request(arena, method, path, query, body);
    }
    arena_free(arena);
    return 0;
}
