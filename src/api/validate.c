/* One walk over the tree writes down all complaints; the words are AWS's. */
#include "validate.h"
#include "base/codec.h"

#include <inttypes.h>
#include <pthread.h>
#include <regex.h>
#include <stdlib.h>

/* All patterns, compiled once and kept. */

static regex_t *compiled;

static void
compile(void)
{
    compiled = memory_alloc(shape_pattern_count * sizeof *compiled);
    for (size_t i = 0; i < shape_pattern_count; i++)
        if (regcomp(&compiled[i], shape_patterns[i].posix, REG_EXTENDED | REG_NOSUB) != 0)
            abort();
}

/* No text that fits its length is longer; one that is costs a worker seconds. */
enum { PATTERN_TEXT_MAX = 1024 * 1024 };

static bool
matches(struct arena *arena, const struct shape_pattern *pattern, struct slice text)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    char *value;
    pthread_once(&once, compile);
    return text.len <= PATTERN_TEXT_MAX && arena_cstr(arena, text, &value, NULL) == RC_OK &&
           regexec(&compiled[pattern - shape_patterns], value, 0, NULL, 0) == 0;
}

/* The whole check: where it is, and what was found so far. */

enum { TEXT_MAX = 2048, PATH_MAX_BYTES = 512, SHOWN_MAX = 100 };

struct check {
    struct arena *arena;
    struct buf path, text;
    unsigned count;
};

/* Puts a name at the end of the path; returns where the path is to be cut again. */
static size_t
enter(struct check *check, const char *name)
{
    size_t before = check->path.len;
    if (before > 0)
        buf_add_char(&check->path, '.');
    buf_add_char(&check->path, ascii_lower(name[0]));
    buf_add_cstr(&check->path, name + 1);
    return before;
}

static size_t
enter_element(struct check *check, size_t index)
{
    size_t before = check->path.len;
    buf_printf(&check->path, ".%zu.member", index);
    return before;
}

/* A beginning of `text` that does not end within a character. */
static struct slice
shown(struct slice text)
{
    size_t len = text.len < SHOWN_MAX ? text.len : SHOWN_MAX;
    while (len < text.len && len > 0 && ((unsigned char)text.ptr[len] & 0xc0) == 0x80)
        len--;
    return slice_head(text, len);
}

static void
begin_complaint(struct check *check, const char *before, struct slice value, const char *after)
{
    buf_printf(&check->text, "%sValue %s%.*s%sat '%.*s' failed to satisfy constraint: Member must ",
               check->count++ ? "; " : "", before, SLICE_ARG(value), after,
               SLICE_ARG(buf_slice(&check->path)));
}

static void
complain(struct check *check, const struct shape *shape, const struct json *value)
{
    bool show = !shape->sensitive && (shape->type == SHAPE_STRING || shape->type == SHAPE_INTEGER);
    if (show)
        begin_complaint(check, "'", shown(value->text), "' ");
    else
        begin_complaint(check, "", SLICE(""), "");
}

static int64_t
measure(const struct shape *shape, const struct json *value)
{
    int64_t number;
    if (shape->type == SHAPE_LIST || shape->type == SHAPE_MAP)
        return (int64_t)value->count;
    if (shape->type == SHAPE_BLOB)
        return (int64_t)value->text.len;
    if (shape->type == SHAPE_STRING)
        return (int64_t)codec_utf8_count(value->text);
    if (!slice_i64(value->text, &number))
        return 0;
    return number;
}

static void
check_range(struct check *check, const struct shape *shape, const struct json *value)
{
    if (!shape->has_min && !shape->has_max)
        return;
    int64_t measured = measure(shape, value);
    const char *what = shape->type == SHAPE_INTEGER ? "value" : "length";
    if (shape->has_min && measured < shape->min) {
        complain(check, shape, value);
        buf_printf(&check->text, "have %s greater than or equal to %" PRId64, what, shape->min);
    }
    if (shape->has_max && measured > shape->max) {
        complain(check, shape, value);
        buf_printf(&check->text, "have %s less than or equal to %" PRId64, what, shape->max);
    }
}

static void
check_pattern(struct check *check, const struct shape *shape, const struct json *value)
{
    if (!shape->pattern || matches(check->arena, shape->pattern, value->text))
        return;
    complain(check, shape, value);
    buf_printf(&check->text, "satisfy regular expression pattern: %s", shape->pattern->model);
}

static void
check_values(struct check *check, const struct shape *shape, const struct json *value)
{
    for (size_t i = 0; shape->values && shape->values[i]; i++)
        if (slice_is(value->text, shape->values[i]))
            return;
    if (!shape->values)
        return;
    begin_complaint(check, "", SLICE(""), "");
    buf_add_cstr(&check->text, "satisfy enum value set: [");
    for (size_t i = 0; shape->values[i]; i++)
        buf_printf(&check->text, "%s%s", i ? ", " : "", shape->values[i]);
    buf_add_char(&check->text, ']');
}

static void check_value(struct check *check, const struct shape *shape, const struct json *value);

static void
check_members(struct check *check, const struct shape *shape, const struct json *value)
{
    for (size_t i = 0; i < shape->member_count; i++) {
        const struct shape_member *member = &shape->members[i];
        const struct json *child = json_member(value, member->name);
        size_t before = enter(check, member->name);
        if (child) {
            check_value(check, member->shape, child);
        } else if (member->required) {
            begin_complaint(check, "null ", SLICE(""), "");
            buf_add_cstr(&check->text, "not be null");
        }
        check->path.len = before;
    }
}

static void
check_elements(struct check *check, const struct shape *shape, const struct json *value)
{
    size_t index = 0;
    for (const struct json *child = value->first; child; child = child->next) {
        size_t before = enter_element(check, ++index);
        check_value(check, shape->element, child);
        check->path.len = before;
    }
}

/* What its names are called is the client's, and is not shown. */
static void
check_entries(struct check *check, const struct shape *shape, const struct json *value)
{
    for (const struct json *child = value->first; child; child = child->next) {
        const struct json key = {.type = JSON_STRING, .text = child->name};
        size_t before = enter(check, "entry");
        check_value(check, shape->key, &key);
        check_value(check, shape->element, child);
        check->path.len = before;
    }
}

static void
check_value(struct check *check, const struct shape *shape, const struct json *value)
{
    check_range(check, shape, value);
    if (shape->type == SHAPE_STRUCTURE) {
        check_members(check, shape, value);
    } else if (shape->type == SHAPE_LIST) {
        check_elements(check, shape, value);
    } else if (shape->type == SHAPE_MAP) {
        check_entries(check, shape, value);
    } else if (shape->type == SHAPE_STRING) {
        check_pattern(check, shape, value);
        check_values(check, shape, value);
    }
}

enum rc
validate_input(struct arena *arena, const struct shape *input, const struct json *tree,
               struct err *err)
{
    struct check check = {.arena = arena};
    enum rc rc = RC_OK;
    if (!input)
        return RC_OK;
    buf_init(&check.path, PATH_MAX_BYTES);
    buf_init(&check.text, TEXT_MAX);
    check_members(&check, input, tree);
    if (check.count > 0)
        rc = err_set(err, RC_SYNTAX, "%u validation error%s detected: %.*s", check.count,
                     check.count > 1 ? "s" : "", SLICE_ARG(buf_slice(&check.text)));
    buf_fini(&check.path);
    buf_fini(&check.text);
    return rc;
}
