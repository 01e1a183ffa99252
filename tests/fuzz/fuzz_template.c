/*
 * Any text, up to a NUL, as a template; what follows, where it is JSON, as its data. It is refused
 * with a reason or rendered within its limits, twice the same; a part that has no tag is copied.
 */
#include "mail/template.h"

#include <stdlib.h>

enum { OUTPUT_MAX = 4096 };

static const char default_data[] = "{\"a\":{\"b\":[1,-0.5,1e30,[2,null]],\"c\":\"<&>\"},\"l\":[{"
                                   "\"a\":\"x\\ny\"},{\"a\":[]},\"t\"],"
                                   "\"n\":0,\"t\":true,\"z\":null,\"s\":\"\xc3\xa9\"}";

static void
must(bool truth)
{
    if (!truth)
        abort();
}

static enum rc
render(struct arena *arena, const struct template *template, const struct json *data,
       struct buf *out)
{
    struct err err = {0};
    uint64_t steps = TEMPLATE_STEPS_MAX;
    buf_init(out, OUTPUT_MAX);
    enum rc rc = template_render(arena, template, data, &steps, out, &err);
    must(rc == RC_OK || rc == RC_NOT_FOUND || rc == RC_LIMIT);
    must(rc == RC_OK ? buf_ok(out) : rc == err.rc && err.text[0] != '\0');
    return rc;
}

static void
try_template(struct arena *arena, struct slice text, const struct json *data)
{
    struct template *template;
    struct err err = {0};
    struct buf first, second;
    enum rc rc = template_parse(arena, text, &template, &err);
    must(rc == RC_OK || ((rc == RC_SYNTAX || rc == RC_LIMIT) && err.text[0] != '\0'));
    if (rc != RC_OK)
        return;
    rc = render(arena, template, data, &first);
    must(render(arena, template, template_merge(arena, data, data), &second) == rc);
    must(slice_eq(buf_slice(&first), buf_slice(&second)));
    if (slice_find(text, SLICE("{{")) == SLICE_NONE && text.len <= OUTPUT_MAX)
        must(slice_eq(buf_slice(&first), text));
    buf_fini(&first);
    buf_fini(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice input = {(const char *)data, size};
    size_t len = slice_chr(input, '\0');
    struct arena *arena = arena_new();
    struct json *json = NULL;
    struct slice given = len == SLICE_NONE ? SLICE("") : slice_from(input, len + 1);
    if (json_parse(arena, given, &json, NULL) != RC_OK || json->type != JSON_OBJECT)
        must(json_parse(arena, slice_of(default_data), &json, NULL) == RC_OK);
    try_template(arena, slice_head(input, len), json);
    arena_free(arena);
    return 0;
}
