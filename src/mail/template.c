/*
 * Reading a template (reference §9) into a tree. One pass: a tag is read, then the white space around
 * it is settled by what stands around it in the text, so a tag that is alone on its line is told
 * by looking and not by what the neighbours became.
 *
 *   text     anything up to {{; \{{ is text, \\{{ a backslash and a tag
 *   tag      "{{" ["~"] ( "!" comment | "#" helper path | "else" [helper path] | "/" helper |
 *            "#*" "inline" string | ">" name [path] | ["&"] path | "{" path "}" | "escape" path )
 *            ["~"] "}}"
 *   path     ["@"] segment *(("." / "/") segment)
 *   segment  ".." | "." | "this" | name | "[" anything "]"
 */
#include "template.h"

#include <stdarg.h>
#include <stdio.h>

#include "mail/template_tree.h"

/* A use of a partial whose definition has not been met. */
struct call {
    struct template_node *node;
    struct slice name;
    size_t at;
    struct call *next;
};

/* What is open: the template itself, a block, or an inline partial. */
struct level {
    size_t at;
    struct slice helper; /* what {{/..}} must name */
    struct template_program *program;
    struct template_branch *branch; /* the one being read; NULL outside blocks */
    struct call *calls;
};

struct tag {
    size_t start;
    bool left, right;              /* ~ on that side */
    bool takes_line;               /* when it is alone on it */
    struct template_node *partial; /* is indented like the tag */
};

struct parser {
    struct arena *arena;
    struct slice text;
    size_t at;
    bool escaped;                      /* the {{ at `at` is text */
    struct template_node *text_before; /* the text that ends at `at`, or NULL */
    struct level levels[TEMPLATE_DEPTH_MAX + 1];
    size_t depth;
    size_t partials;
    struct err *err;
};

/* Words of the template that are quoted in an error. */
static struct slice
shown(struct slice s)
{
    return slice_head(s, 60);
}

static size_t
line_of(const struct parser *p, size_t at, size_t *column)
{
    size_t line = 1, start = 0;
    for (size_t i = 0; i < at; i++)
        if (p->text.ptr[i] == '\n') {
            line++;
            start = i + 1;
        }
    *column = at - start + 1;
    return line;
}

static enum rc fail(const struct parser *p, enum rc rc, size_t at, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static enum rc
fail(const struct parser *p, enum rc rc, size_t at, const char *format, ...)
{
    char what[300];
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    size_t column, line = line_of(p, at, &column);
    return err_set(p->err, rc, "line %zu, column %zu: %s", line, column, what);
}

static bool
is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* 0 at the end of the template: no tag may hold a NUL, so nobody confuses the two. */
static char
peek(const struct parser *p)
{
    return p->at < p->text.len ? p->text.ptr[p->at] : '\0';
}

static bool
looking_at(const struct parser *p, const char *word)
{
    return slice_starts(slice_from(p->text, p->at), slice_of(word));
}

static bool
take(struct parser *p, const char *word)
{
    bool there = looking_at(p, word);
    if (there)
        p->at += strlen(word);
    return there;
}

static void
skip_space(struct parser *p)
{
    while (is_space(peek(p)))
        p->at++;
}

/* What a name is made of: Handlebars' ID, anything but white space and the signs of expressions. */
static bool
is_name(char c)
{
    return c != '\0' && !is_space(c) && !strchr("!\"#%&'()*+,./;<=>@[\\]^`{|}~", c);
}

static struct slice
take_name(struct parser *p)
{
    size_t start = p->at;
    while (is_name(peek(p)))
        p->at++;
    return (struct slice){p->text.ptr + start, p->at - start};
}

/* Up to `closing`, which \ makes a byte as any other: "it\"s", [a\]b]. Behind the opening one. */
static enum rc
take_quoted(struct parser *p, char closing, struct slice *out)
{
    size_t start = p->at, len = 0;
    while (p->at < p->text.len && peek(p) != closing)
        p->at +=
            peek(p) == '\\' && p->at + 1 < p->text.len && p->text.ptr[p->at + 1] == closing ? 2 : 1;
    if (p->at == p->text.len)
        return fail(p, RC_SYNTAX, start - 1, "%c is expected after this", closing);
    char *text = arena_alloc(p->arena, p->at - start + 1);
    for (size_t i = start; i < p->at; i++)
        if (p->text.ptr[i] != '\\' || p->text.ptr[i + 1] != closing)
            text[len++] = p->text.ptr[i];
    *out = (struct slice){text, len};
    p->at++;
    return RC_OK;
}

static enum rc
add_segment(struct parser *p, struct template_path *path, size_t *cap)
{
    size_t start = p->at;
    bool quoted = take(p, "[");
    struct slice name;
    if (quoted) {
        enum rc rc = take_quoted(p, ']', &name);
        if (rc != RC_OK)
            return rc;
    } else {
        name = take(p, "..") ? SLICE("..") : take(p, ".") ? SLICE(".") : take_name(p);
    }
    bool moves = !quoted && (slice_is(name, "..") || slice_is(name, ".") || slice_is(name, "this"));
    if (name.len == 0 && !quoted)
        return fail(p, RC_SYNTAX, start, "a name is expected");
    if (moves && path->count > 0)
        return fail(p, RC_SYNTAX, start, "'%.*s' may not follow a name", SLICE_ARG(name));
    if (moves) {
        path->up += slice_is(name, "..");
        return RC_OK;
    }
    path->names = arena_grow(p->arena, path->names, sizeof *path->names, path->count, cap);
    path->names[path->count++] = name;
    return RC_OK;
}

static enum rc
read_path(struct parser *p, struct template_path *path)
{
    skip_space(p);
    size_t start = p->at, cap = 0;
    *path = (struct template_path){.loop = take(p, "@")};
    do {
        enum rc rc = add_segment(p, path, &cap);
        if (rc != RC_OK)
            return rc;
    } while (take(p, ".") || take(p, "/"));
    if (path->loop && path->count == 0)
        return fail(p, RC_SYNTAX, start, "a name is expected after @");
    path->written = (struct slice){p->text.ptr + start, p->at - start};
    return RC_OK;
}

/* A number must end where an argument ends: "1" is one, "1.a" is a path. */
static bool
take_number(struct parser *p, struct slice *out)
{
    size_t start = p->at, at = start + looking_at(p, "-"), digits = at;
    const char *text = p->text.ptr;
    while (at < p->text.len && ascii_digit(text[at]))
        at++;
    if (at == digits)
        return false;
    if (at + 1 < p->text.len && text[at] == '.' && ascii_digit(text[at + 1]))
        for (at++; at < p->text.len && ascii_digit(text[at]);)
            at++;
    if (at < p->text.len && !is_space(text[at]) && !strchr("~}", text[at]))
        return false;
    *out = (struct slice){text + start, at - start};
    p->at = at;
    return true;
}

static bool
literal_word(struct slice word, struct json *literal)
{
    literal->boolean = slice_is(word, "true");
    literal->type = literal->boolean || slice_is(word, "false") ? JSON_BOOL : JSON_NULL;
    return literal->type == JSON_BOOL || slice_is(word, "null") || slice_is(word, "undefined");
}

/* A path, a string in quotes, a number, true, false or null. */
static enum rc
read_argument(struct parser *p, struct template_path *path)
{
    struct json *literal = ARENA_NEW(p->arena, struct json);
    enum rc rc = RC_OK;
    double number;
    skip_space(p);
    size_t start = p->at;
    if (looking_at(p, "("))
        return fail(p, RC_SYNTAX, start, "subexpressions are not supported");
    if (take(p, "\"") || take(p, "'")) {
        literal->type = JSON_STRING;
        rc = take_quoted(p, p->text.ptr[start], &literal->text);
    } else if (take_number(p, &literal->text)) {
        literal->type = JSON_NUMBER;
        if (!json_number(literal, &number))
            return fail(p, RC_SYNTAX, start, "the number is too long");
    } else {
        rc = read_path(p, path);
        if (rc != RC_OK || !literal_word(path->written, literal))
            return rc;
    }
    *path = (struct template_path){.literal = literal};
    return rc;
}

static bool
at_end(struct parser *p)
{
    skip_space(p);
    return looking_at(p, "}}") || looking_at(p, "~}}");
}

/* The end of a tag; of one that began with {{{ it is "}" ["~"] "}}". */
static enum rc
read_end(struct parser *p, struct tag *tag, bool triple)
{
    skip_space(p);
    size_t start = p->at;
    bool closed = !triple || take(p, "}");
    tag->right = take(p, "~");
    if (closed && take(p, "}}"))
        return RC_OK;
    if (slice_find(slice_from(p->text, start), SLICE("}}")) == SLICE_NONE)
        return fail(p, RC_SYNTAX, tag->start, "the tag is not closed");
    return fail(p, RC_SYNTAX, start, triple ? "}}} is expected" : "}} is expected");
}

static struct level *
level(struct parser *p)
{
    return &p->levels[p->depth];
}

static void
begin_program(struct level *level, struct template_program *program)
{
    program->tail = &program->first;
    level->program = program;
}

static struct template_node *
add_node(struct parser *p)
{
    struct template_program *program = level(p)->program;
    struct template_node *node = ARENA_NEW(p->arena, struct template_node);
    *program->tail = node;
    program->tail = &node->next;
    return node;
}

static struct template_node *
add_text(struct parser *p, struct slice text)
{
    struct template_node *node = add_node(p);
    node->kind = TEMPLATE_TEXT;
    node->text = text;
    return node;
}

/* A program has been read: partials that it uses and defines are known, the rest is asked of what is
 * around it. */
static void
settle_calls(struct parser *p)
{
    struct level *inner = level(p);
    struct call *left = NULL;
    for (struct call *call = inner->calls, *next; call; call = next) {
        next = call->next;
        struct template_partial *partial = inner->program->partials;
        while (partial && !slice_eq(partial->name, call->name))
            partial = partial->next;
        call->node->partial = partial;
        struct call **list = p->depth > 0 ? &p->levels[p->depth - 1].calls : &left;
        if (!partial) {
            call->next = *list;
            *list = call;
        }
    }
    inner->calls = left;
}

/* {{! ends at the first }}, {{!-- at the first --}} */
static enum rc
read_comment(struct parser *p, struct tag *tag)
{
    bool dashed = looking_at(p, "--"), closed;
    size_t start = p->at;
    do {
        struct slice rest = slice_from(p->text, p->at);
        size_t len = slice_find(rest, SLICE("}}"));
        if (len == SLICE_NONE)
            return fail(p, RC_SYNTAX, tag->start, "the comment is not closed");
        p->at += len + 2;
        struct slice comment = {p->text.ptr + start, p->at - 2 - start};
        tag->right = slice_ends(comment, SLICE("~"));
        comment.len -= tag->right;
        closed = !dashed || slice_ends(comment, SLICE("--"));
    } while (!closed);
    tag->takes_line = true;
    return RC_OK;
}

static enum rc
open_level(struct parser *p, const struct tag *tag, struct slice helper,
           struct template_program *program)
{
    if (p->depth == TEMPLATE_DEPTH_MAX)
        return fail(p, RC_LIMIT, tag->start, "blocks are nested too deeply");
    p->depth++;
    *level(p) = (struct level){.at = tag->start, .helper = helper};
    begin_program(level(p), program);
    return RC_OK;
}

/* {{#* inline "name"}} */
static enum rc
read_inline(struct parser *p, struct tag *tag)
{
    skip_space(p);
    size_t start = p->at;
    struct slice decorator = take_name(p);
    if (!slice_is(decorator, "inline"))
        return fail(p, RC_SYNTAX, start, "unknown decorator '%.*s'", SLICE_ARG(shown(decorator)));
    skip_space(p);
    start = p->at;
    if (!take(p, "\"") && !take(p, "'"))
        return fail(p, RC_SYNTAX, start, "the name of the partial is expected in quotes");
    if (++p->partials > TEMPLATE_PARTIALS_MAX)
        return fail(p, RC_LIMIT, tag->start, "more than %d inline partials", TEMPLATE_PARTIALS_MAX);
    struct template_partial *partial = ARENA_NEW(p->arena, struct template_partial);
    enum rc rc = take_quoted(p, p->text.ptr[start], &partial->name);
    if (rc == RC_OK)
        rc = read_end(p, tag, false);
    if (rc != RC_OK)
        return rc;
    partial->next = level(p)->program->partials;
    level(p)->program->partials = partial;
    return open_level(p, tag, decorator, &partial->program);
}

static bool
helper_kind(struct slice name, enum template_branch_kind *kind)
{
    static const char *const names[] = {"if", "unless", "each", "with"};
    for (*kind = TEMPLATE_IF; *kind < TEMPLATE_ELSE; ++*kind)
        if (slice_is(name, names[*kind]))
            return true;
    return false;
}

/* The rest of {{#if x}} and {{else if x}}. */
static enum rc
read_branch(struct parser *p, struct tag *tag, struct slice *helper, struct template_branch *branch)
{
    skip_space(p);
    size_t start = p->at;
    *helper = take_name(p);
    if (!helper_kind(*helper, &branch->kind))
        return fail(p, RC_SYNTAX, start, "unknown helper '%.*s'", SLICE_ARG(shown(*helper)));
    if (at_end(p))
        return fail(p, RC_SYNTAX, p->at, "'%.*s' needs an argument", SLICE_ARG(*helper));
    enum rc rc = read_argument(p, &branch->argument);
    return rc == RC_OK ? read_end(p, tag, false) : rc;
}

static enum rc
read_open(struct parser *p, struct tag *tag)
{
    tag->takes_line = true;
    if (take(p, "*"))
        return read_inline(p, tag);
    struct template_branch *branch = ARENA_NEW(p->arena, struct template_branch);
    struct slice helper;
    enum rc rc = read_branch(p, tag, &helper, branch);
    if (rc != RC_OK)
        return rc;
    struct template_node *node = add_node(p);
    node->kind = TEMPLATE_BLOCK;
    node->branches = branch;
    rc = open_level(p, tag, helper, &branch->program);
    level(p)->branch = branch;
    return rc;
}

/* After "else" or "^". */
static enum rc
read_else(struct parser *p, struct tag *tag)
{
    struct level *block = level(p);
    tag->takes_line = true;
    if (!block->branch)
        return fail(p, RC_SYNTAX, tag->start, "{{else}} outside a block");
    if (block->branch->kind == TEMPLATE_ELSE)
        return fail(p, RC_SYNTAX, tag->start, "{{else}} after the {{else}} of {{#%.*s}}",
                    SLICE_ARG(block->helper));
    struct template_branch *branch = ARENA_NEW(p->arena, struct template_branch);
    struct slice helper;
    branch->kind = TEMPLATE_ELSE;
    enum rc rc = at_end(p) ? read_end(p, tag, false) : read_branch(p, tag, &helper, branch);
    if (rc != RC_OK)
        return rc;
    settle_calls(p);
    block->branch->next = branch;
    block->branch = branch;
    begin_program(block, &branch->program);
    return RC_OK;
}

static enum rc
fail_mismatch(struct parser *p, const struct tag *tag, struct slice helper)
{
    const struct level *block = level(p);
    size_t column, line = line_of(p, block->at, &column);
    return fail(
        p, RC_SYNTAX, tag->start, "{{/%.*s}} where the {{#%s%.*s}} of line %zu, column %zu is open",
        SLICE_ARG(shown(helper)), block->branch ? "" : "*", SLICE_ARG(block->helper), line, column);
}

static enum rc
read_close(struct parser *p, struct tag *tag)
{
    skip_space(p);
    struct slice helper = take_name(p);
    const struct level *block = level(p);
    tag->takes_line = true;
    enum rc rc = read_end(p, tag, false);
    if (rc != RC_OK)
        return rc;
    if (p->depth == 0)
        return fail(p, RC_SYNTAX, tag->start, "{{/%.*s}} closes nothing", SLICE_ARG(shown(helper)));
    if (!slice_eq(helper, block->helper))
        return fail_mismatch(p, tag, helper);
    settle_calls(p);
    p->depth--;
    return RC_OK;
}

/* {{> name}}, {{> "name" context}} */
static enum rc
read_partial(struct parser *p, struct tag *tag)
{
    enum rc rc;
    skip_space(p);
    struct call *call = ARENA_NEW(p->arena, struct call);
    call->at = p->at;
    if (take(p, "\"") || take(p, "'")) {
        rc = take_quoted(p, p->text.ptr[call->at], &call->name);
        if (rc != RC_OK)
            return rc;
    } else {
        while (is_name(peek(p)) || looking_at(p, "/") || looking_at(p, "."))
            p->at++;
        call->name = (struct slice){p->text.ptr + call->at, p->at - call->at};
    }
    if (call->name.len == 0)
        return fail(p, RC_SYNTAX, call->at, "the name of a partial is expected");
    struct template_node *node = add_node(p);
    node->kind = TEMPLATE_PARTIAL;
    if (!at_end(p)) {
        rc = read_argument(p, &node->path);
        if (rc != RC_OK)
            return rc;
    }
    call->node = node;
    call->next = level(p)->calls;
    level(p)->calls = call;
    tag->takes_line = true;
    tag->partial = node;
    return read_end(p, tag, false);
}

/* What is filled in later, by whoever makes the message, stays a tag. */
static bool
is_kept(struct slice name)
{
    return slice_is(name, "amazonSESUnsubscribeUrl") || slice_is(name, "ses:openTracker");
}

static enum rc
read_value(struct parser *p, struct tag *tag)
{
    bool triple = take(p, "{");
    if (!triple)
        take(p, "&");
    struct template_path path;
    skip_space(p);
    size_t start = p->at;
    enum rc rc = read_path(p, &path);
    if (rc != RC_OK)
        return rc;
    skip_space(p);
    bool call = p->at < p->text.len && !strchr("}~", peek(p));
    if (call && !slice_is(path.written, "escape"))
        return fail(p, RC_SYNTAX, start, "unknown helper '%.*s'", SLICE_ARG(shown(path.written)));
    struct slice name = path.written;
    if (call)
        rc = read_argument(p, &path);
    if (rc == RC_OK)
        rc = read_end(p, tag, triple);
    if (rc != RC_OK)
        return rc;
    if (!call && is_kept(name)) {
        add_text(p, arena_printf(p->arena, "{{%.*s}}", SLICE_ARG(name)));
        return RC_OK;
    }
    struct template_node *node = add_node(p);
    node->kind = call ? TEMPLATE_ESCAPED : TEMPLATE_VALUE;
    node->path = path;
    return RC_OK;
}

/* {{else}} and {{else if, not {{elsewhere}}; {{^}} is another way to write {{else}}. */
static bool
take_else(struct parser *p)
{
    size_t start = p->at;
    skip_space(p);
    if ((take(p, "else") && !is_name(peek(p))) || (take(p, "^") && at_end(p)))
        return true;
    p->at = start;
    return false;
}

static enum rc
read_inside(struct parser *p, struct tag *tag)
{
    if (take(p, "!"))
        return read_comment(p, tag);
    if (looking_at(p, "#>"))
        return fail(p, RC_SYNTAX, tag->start, "partial blocks are not supported");
    if (take(p, "#"))
        return read_open(p, tag);
    if (take(p, "/"))
        return read_close(p, tag);
    if (take(p, ">"))
        return read_partial(p, tag);
    if (take_else(p))
        return read_else(p, tag);
    return read_value(p, tag);
}

/* Only white space between `at` and the line's beginning, and between the end of the tag and the
 * line's end. */
static bool
alone_on_line(const struct parser *p, size_t start)
{
    size_t before = start, after = p->at;
    while (before > 0 && p->text.ptr[before - 1] != '\n' && is_space(p->text.ptr[before - 1]))
        before--;
    while (after < p->text.len && p->text.ptr[after] != '\n' && is_space(p->text.ptr[after]))
        after++;
    return (before == 0 || p->text.ptr[before - 1] == '\n') &&
           (after == p->text.len || p->text.ptr[after] == '\n');
}

/* Spaces and tabs, or all white space, at the end of the text before a tag; returns what it cut. */
static struct slice
cut_before(struct template_node *text, bool all)
{
    if (!text)
        return SLICE("");
    size_t end = text->text.len;
    const char *bytes = text->text.ptr;
    while (end > 0 &&
           (bytes[end - 1] == ' ' || bytes[end - 1] == '\t' || (all && is_space(bytes[end - 1]))))
        end--;
    struct slice cut = slice_from(text->text, end);
    text->text.len = end;
    return cut;
}

static void
strip_around(struct parser *p, const struct tag *tag)
{
    bool alone = tag->takes_line && alone_on_line(p, tag->start);
    struct slice indent = SLICE("");
    if (tag->left || alone)
        indent = cut_before(p->text_before, tag->left);
    if (tag->partial && alone && !tag->left)
        tag->partial->text = indent;
    if (tag->right) {
        skip_space(p);
    } else if (alone) {
        while (peek(p) == ' ' || peek(p) == '\t')
            p->at++;
        take(p, "\r");
        take(p, "\n");
    }
    p->text_before = NULL;
}

static enum rc
read_tag(struct parser *p)
{
    struct tag tag = {.start = p->at};
    if (looking_at(p, "{{{{"))
        return fail(p, RC_SYNTAX, p->at, "raw blocks are not supported");
    take(p, "{{");
    tag.left = take(p, "~");
    enum rc rc = read_inside(p, &tag);
    if (rc == RC_OK)
        strip_around(p, &tag);
    return rc;
}

/* Up to the next {{. A backslash before that makes it text, two make one and a tag. */
static void
read_text(struct parser *p)
{
    size_t start = p->at, from = start + (p->escaped ? 2 : 0);
    size_t next = slice_find(slice_from(p->text, from), SLICE("{{"));
    p->at = next == SLICE_NONE ? p->text.len : from + next;
    struct slice text = {p->text.ptr + start, p->at - start};
    bool backslash = next != SLICE_NONE && slice_ends(text, SLICE("\\"));
    p->escaped = backslash && !slice_ends(text, SLICE("\\\\"));
    text.len -= backslash;
    p->text_before = add_text(p, text);
}

static enum rc
end_template(struct parser *p)
{
    const struct level *open = level(p);
    if (p->depth > 0)
        return fail(p, RC_SYNTAX, open->at, "{{#%s%.*s}} is not closed", open->branch ? "" : "*",
                    SLICE_ARG(open->helper));
    settle_calls(p);
    if (open->calls)
        return fail(p, RC_SYNTAX, open->calls->at, "the partial '%.*s' is not defined here",
                    SLICE_ARG(shown(open->calls->name)));
    return RC_OK;
}

enum rc
template_parse(struct arena *arena, struct slice text, struct template **out, struct err *err)
{
    struct parser p = {.arena = arena, .text = text, .err = err};
    struct template *template = ARENA_NEW(arena, struct template);
    if (text.len > TEMPLATE_BYTES_MAX)
        return err_set(err, RC_LIMIT, "the template is longer than %d bytes", TEMPLATE_BYTES_MAX);
    begin_program(level(&p), &template->program);
    while (p.at < text.len) {
        enum rc rc = RC_OK;
        if (looking_at(&p, "{{") && !p.escaped)
            rc = read_tag(&p);
        else
            read_text(&p);
        if (rc != RC_OK)
            return rc;
    }
    enum rc rc = end_template(&p);
    if (rc == RC_OK)
        *out = template;
    return rc;
}
