/*
 * Rendering a template (reference §9): the tree is walked with the data. Every look-up, every node
 * and every byte that is copied twice is a step, so that neither {{#each}} within {{#each}} over long
 * lists nor partials that use themselves hold a worker longer than TEMPLATE_STEPS_MAX allows.
 */
#include "template.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/map.h"
#include "mail/template_tree.h"

enum { NUMBER_STEPS = 200 }; /* to print a number takes that many times what a node does */

/* The {{#each}} that is being gone through. */
struct loop {
    size_t index, count;
    const struct json *element;
    bool named; /* an object's */
    const struct loop *outer;
};

/* What names are looked up in, and what ../ is. */
struct scope {
    const struct json *context;
    const struct scope *outer;
    const struct loop *loop;
};

/* A value that is not in the data: a length, @index. */
struct made {
    struct json json;
    char digits[24];
};

struct render {
    struct arena *arena;
    struct buf *out;
    const struct json *data;
    uint64_t steps; /* left */
    unsigned depth;
    struct err *err;
};

static void
spend(struct render *r, size_t steps)
{
    r->steps -= steps < r->steps ? steps : r->steps;
}

static const struct json *
make_number(struct made *made, size_t number)
{
    int len = snprintf(made->digits, sizeof made->digits, "%zu", number);
    made->json = (struct json){.type = JSON_NUMBER, .text = {made->digits, (size_t)len}};
    return &made->json;
}

static const struct json *
make_bool(struct made *made, bool value)
{
    made->json = (struct json){.type = JSON_BOOL, .boolean = value};
    return &made->json;
}

/* As JavaScript counts: UTF-16 units, two for what UTF-8 writes in four bytes. */
static size_t
utf16_len(struct slice text)
{
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        len += (c < 0x80 || c >= 0xc0) + (c >= 0xf0);
    }
    return len;
}

/* One name of a path: a member, an element, or the length of a list or string. */
static const struct json *
member(struct render *r, const struct json *value, struct slice name, struct made *made)
{
    const struct json *child = value->first;
    uint64_t index;
    if (value->type == JSON_OBJECT) {
        for (; child && !slice_eq(child->name, name); child = child->next)
            spend(r, 1 + name.len / 64);
        return child;
    }
    if (value->type == JSON_STRING && slice_is(name, "length")) {
        spend(r, value->text.len);
        return make_number(made, utf16_len(value->text));
    }
    if (value->type != JSON_ARRAY)
        return NULL;
    if (slice_is(name, "length"))
        return make_number(made, value->count);
    if (!slice_u64(name, &index) || (name.len > 1 && name.ptr[0] == '0'))
        return NULL;
    for (; child && index > 0; index--, child = child->next)
        spend(r, 1);
    return child;
}

/* @root, @index, @key, @first, @last; NULL when there is none. */
static const struct json *
loop_value(const struct render *r, const struct scope *scope, const struct template_path *path,
           struct made *made)
{
    struct slice name = path->names[0];
    const struct loop *loop = scope->loop;
    if (slice_is(name, "root"))
        return r->data;
    for (size_t up = path->up; loop && up > 0; up--)
        loop = loop->outer;
    if (!loop)
        return NULL;
    if (slice_is(name, "first"))
        return make_bool(made, loop->index == 0);
    if (slice_is(name, "last"))
        return make_bool(made, loop->index + 1 == loop->count);
    if (slice_is(name, "key") && loop->named) {
        made->json = (struct json){.type = JSON_STRING, .text = loop->element->name};
        return &made->json;
    }
    return slice_is(name, "key") || slice_is(name, "index") ? make_number(made, loop->index) : NULL;
}

/* False: what the path begins with is not there. Else *out, NULL when a later name is not. */
static bool
find(struct render *r, const struct scope *scope, const struct template_path *path,
     struct made *made, const struct json **out)
{
    size_t at = 0;
    *out = path->literal;
    if (path->literal)
        return true;
    if (path->loop) {
        *out = loop_value(r, scope, path, made);
        at = 1;
    } else {
        for (size_t up = path->up; scope && up > 0; up--)
            scope = scope->outer;
        *out = scope ? scope->context : NULL;
        if (*out && path->count > 0)
            *out = member(r, *out, path->names[at++], made);
    }
    bool begun = *out != NULL;
    for (; *out && at < path->count; at++)
        *out = member(r, *out, path->names[at], made);
    return begun;
}

static enum rc
fail_missing(struct render *r, const struct template_path *path)
{
    struct slice name = slice_head(path->written, 300);
    return err_set(r->err, RC_NOT_FOUND, "Attribute '%.*s' is not present in the rendering data.",
                   SLICE_ARG(name));
}

/* Handlebars' {{escape}} of its own output, which SES leaves out. */
static void
add_escaped(struct buf *out, struct slice text)
{
    static const char special[] = "&<>\"'`";
    static const char *const entities[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#x27;", "&#x60;"};
    for (size_t i = 0; i < text.len; i++) {
        const char *found = text.ptr[i] ? strchr(special, text.ptr[i]) : NULL;
        if (found)
            buf_add_cstr(out, entities[found - special]);
        else
            buf_add_char(out, text.ptr[i]);
    }
}

/* ECMA-262, Number::toString: `digits`, of which the first `point` stand before the point. */
static void
add_digits(struct buf *out, struct slice digits, int point)
{
    int count = (int)digits.len;
    if (point > 21 || point < -5) {
        buf_add_char(out, digits.ptr[0]);
        if (count > 1)
            buf_printf(out, ".%.*s", count - 1, digits.ptr + 1);
        buf_printf(out, "e%+d", point - 1);
        return;
    }
    if (point <= 0)
        buf_add(out, slice_head(SLICE("0.00000"), (size_t)(2 - point)));
    for (int i = 0; i < count || i < point; i++) {
        if (i == point && point > 0)
            buf_add_char(out, '.');
        buf_add_char(out, i < count ? digits.ptr[i] : '0');
    }
}

/* The fewest digits that are this number: 1.0 is 1, and 0.10000000000000001 is 0.1. */
static void
add_number(struct render *r, const struct json *number)
{
    double value = 0;
    char text[40], digits[40];
    int exponent = 0;
    size_t len = 0;
    spend(r, NUMBER_STEPS);
    bool small = json_number(number, &value);
    assert(small); /* the reader refuses others */
    (void)small;
    if (value == 0) {
        buf_add_char(r->out, '0');
        return;
    }
    for (int precision = 0; precision <= 16; precision++) {
        snprintf(text, sizeof text, "%.*e", precision, fabs(value));
        if (strtod(text, NULL) == fabs(value))
            break;
    }
    for (const char *c = text; *c && *c != 'e'; c++)
        if (ascii_digit(*c))
            digits[len++] = *c;
    exponent = atoi(strchr(text, 'e') + 1);
    if (value < 0)
        buf_add_char(r->out, '-');
    add_digits(r->out, (struct slice){digits, len}, exponent + 1);
}

/* As JavaScript makes a string of it. */
static void
add_value(struct render *r, const struct json *value, bool escaped)
{
    spend(r, 1);
    switch (value->type) {
    case JSON_NULL: break;
    case JSON_BOOL: buf_add_cstr(r->out, value->boolean ? "true" : "false"); break;
    case JSON_NUMBER: add_number(r, value); break;
    case JSON_STRING:
        if (escaped)
            add_escaped(r->out, value->text);
        else
            buf_add(r->out, value->text);
        break;
    case JSON_ARRAY:
        for (const struct json *child = value->first; child; child = child->next) {
            add_value(r, child, escaped);
            if (child->next)
                buf_add_char(r->out, ',');
        }
        break;
    case JSON_OBJECT: buf_add_cstr(r->out, "[object Object]"); break;
    }
}

/* `zero` is what the number 0 counts as. */
static bool
is_truthy(const struct json *value, bool zero)
{
    double number;
    if (!value)
        return false;
    switch (value->type) {
    case JSON_NULL: return false;
    case JSON_BOOL: return value->boolean;
    case JSON_NUMBER: return zero || !json_number(value, &number) || number != 0;
    case JSON_STRING: return value->text.len > 0;
    case JSON_ARRAY: return value->count > 0;
    case JSON_OBJECT: return true;
    }
    return false;
}

static enum rc render_program(struct render *r, const struct template_program *program,
                              const struct scope *scope);

/* With `context` as what names are looked up in. That it was that already is no level for ../ */
static enum rc
render_with(struct render *r, const struct template_program *program, const struct scope *scope,
            const struct json *context)
{
    struct scope inner = {context, scope, scope->loop};
    return render_program(r, program, context == scope->context ? scope : &inner);
}

static enum rc
render_each(struct render *r, const struct template_program *program, const struct scope *scope,
            const struct json *list)
{
    struct loop loop = {
        .count = list->count, .named = list->type == JSON_OBJECT, .outer = scope->loop};
    enum rc rc = RC_OK;
    for (loop.element = list->first; rc == RC_OK && loop.element;
         loop.element = loop.element->next) {
        struct scope inner = {loop.element, scope, &loop};
        rc = render_program(r, program, &inner);
        loop.index++;
    }
    return rc;
}

static bool
is_taken(const struct template_branch *branch, const struct json *value)
{
    switch (branch->kind) {
    case TEMPLATE_IF: return is_truthy(value, false);
    case TEMPLATE_UNLESS: return !is_truthy(value, false);
    case TEMPLATE_WITH: return is_truthy(value, true); /* Handlebars: 0 is something */
    case TEMPLATE_EACH:
        return value && (value->type == JSON_ARRAY || value->type == JSON_OBJECT) &&
               value->count > 0;
    case TEMPLATE_ELSE: return true;
    }
    return false;
}

static enum rc
render_block(struct render *r, const struct template_node *block, const struct scope *scope)
{
    for (const struct template_branch *branch = block->branches; branch; branch = branch->next) {
        struct made made;
        const struct json *value = NULL;
        spend(r, 1);
        if (branch->kind != TEMPLATE_ELSE)
            (void)find(r, scope, &branch->argument, &made, &value);
        if (!is_taken(branch, value))
            continue;
        if (branch->kind == TEMPLATE_EACH)
            return render_each(r, &branch->program, scope, value);
        if (branch->kind == TEMPLATE_WITH)
            return render_with(r, &branch->program, scope, value);
        return render_program(r, &branch->program, scope);
    }
    return RC_OK;
}

/* What was written since `start` was a partial alone on its line: each of its lines is indented. */
static void
indent(struct render *r, size_t start, struct slice by)
{
    if (by.len == 0 || !buf_ok(r->out) || r->out->len == start)
        return;
    struct slice text = arena_dup(r->arena, slice_from(buf_slice(r->out), start));
    r->out->len = start;
    spend(r, text.len);
    while (text.len > 0) {
        size_t newline = slice_chr(text, '\n');
        struct slice line = newline == SLICE_NONE ? text : slice_head(text, newline + 1);
        buf_add(r->out, by);
        buf_add(r->out, line);
        text = slice_from(text, line.len);
    }
}

static enum rc
render_partial(struct render *r, const struct template_node *node, const struct scope *scope)
{
    struct made made;
    const struct json *context;
    static const struct json nothing = {.type = JSON_NULL};
    size_t start = r->out->len;
    if (!find(r, scope, &node->path, &made, &context))
        return fail_missing(r, &node->path);
    enum rc rc = render_with(r, &node->partial->program, scope, context ? context : &nothing);
    if (rc == RC_OK)
        indent(r, start, node->text);
    return rc;
}

static enum rc
render_value(struct render *r, const struct template_node *node, const struct scope *scope)
{
    struct made made;
    const struct json *value;
    if (!find(r, scope, &node->path, &made, &value))
        return fail_missing(r, &node->path);
    if (value)
        add_value(r, value, node->kind == TEMPLATE_ESCAPED);
    return RC_OK;
}

static enum rc
render_node(struct render *r, const struct template_node *node, const struct scope *scope)
{
    switch (node->kind) {
    case TEMPLATE_TEXT: buf_add(r->out, node->text); return RC_OK;
    case TEMPLATE_VALUE:
    case TEMPLATE_ESCAPED: return render_value(r, node, scope);
    case TEMPLATE_BLOCK: return render_block(r, node, scope);
    case TEMPLATE_PARTIAL: return render_partial(r, node, scope);
    }
    return RC_OK;
}

static enum rc
check_limits(struct render *r)
{
    if (!buf_ok(r->out))
        return err_set(r->err, RC_LIMIT, "what the template renders is longer than %zu bytes",
                       r->out->max);
    if (r->steps == 0)
        return err_set(r->err, RC_LIMIT, "the template takes too many steps to render");
    return RC_OK;
}

static enum rc
render_program(struct render *r, const struct template_program *program, const struct scope *scope)
{
    enum rc rc = RC_OK;
    if (++r->depth > TEMPLATE_RENDER_DEPTH_MAX)
        return err_set(r->err, RC_LIMIT, "blocks and partials are nested more than %d deep",
                       TEMPLATE_RENDER_DEPTH_MAX);
    spend(r, 1);
    for (const struct template_node *node = program->first; rc == RC_OK && node;
         node = node->next) {
        spend(r, 1);
        rc = render_node(r, node, scope);
        if (rc == RC_OK)
            rc = check_limits(r);
    }
    r->depth--;
    return rc == RC_OK ? check_limits(r) : rc;
}

enum rc
template_render(struct arena *arena, const struct template *template, const struct json *data,
                uint64_t *steps, struct buf *out, struct err *err)
{
    uint64_t allowed = *steps < TEMPLATE_STEPS_MAX ? *steps : TEMPLATE_STEPS_MAX;
    struct render r = {.arena = arena, .out = out, .data = data, .steps = allowed, .err = err};
    struct scope scope = {.context = data};
    enum rc rc = render_program(&r, &template->program, &scope);
    *steps -= allowed - r.steps;
    return rc;
}

static void
merge_members(struct arena *arena, struct map *members, struct json *merged, struct json ***tail,
              const struct json *object)
{
    for (const struct json *child = object ? object->first : NULL; child; child = child->next) {
        struct json *known = map_get(members, child->name);
        struct json *copy = known ? known : ARENA_NEW(arena, struct json);
        struct json *next = copy->next;
        *copy = *child;
        copy->next = next;
        if (known)
            continue;
        map_put(members, copy->name, copy);
        **tail = copy;
        *tail = &copy->next;
        merged->count++;
    }
}

struct json *
template_merge(struct arena *arena, const struct json *defaults, const struct json *replacement)
{
    struct json *merged = ARENA_NEW(arena, struct json);
    struct json **tail = &merged->first;
    struct map *members = map_new(); /* by name: a bulk call does this for each entry */
    merged->type = JSON_OBJECT;
    merge_members(arena, members, merged, &tail, defaults);
    merge_members(arena, members, merged, &tail, replacement);
    map_free(members);
    return merged;
}
