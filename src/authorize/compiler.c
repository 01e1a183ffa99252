#include "compiler.h"

#include <stdarg.h>
#include <stdio.h>

enum { SHOWN_MAX = 60, PATH_MAX_LEN = 200 };

struct element
element_member(const struct element *outer, const struct json *value)
{
    return (struct element){.outer = outer, .value = value};
}

struct element
element_item(const struct element *outer, const struct json *value, size_t index)
{
    return (struct element){.outer = outer, .value = value, .item = true, .index = index};
}

struct element
element_one_of(const struct element *list, const struct json *value, size_t index)
{
    return list->value->type == JSON_ARRAY ? element_item(list, value, index) : *list;
}

size_t
element_count(const struct element *list)
{
    return list->value->type == JSON_ARRAY ? list->value->count : 1;
}

const struct json *
element_first(const struct element *list)
{
    return list->value->type == JSON_ARRAY ? list->value->first : list->value;
}

const struct json *
element_next(const struct element *list, const struct json *value)
{
    return list->value->type == JSON_ARRAY ? value->next : NULL;
}

struct slice
compiler_shown(struct slice text)
{
    return slice_head(text, SHOWN_MAX);
}

/* Outermost first. The depth is that of the grammar, not of the document. */
static void
write_path(char *out, size_t size, const struct element *element)
{
    if (element->outer)
        write_path(out, size, element->outer);
    size_t len = strlen(out);
    struct slice name = compiler_shown(element->value->name);
    if (element->item)
        snprintf(out + len, size - len, "[%zu]", element->index);
    else if (element->outer)
        snprintf(out + len, size - len, "%s%.*s", len ? "." : "", SLICE_ARG(name));
}

static enum rc
fail_at(const struct compiler *compiler, const struct element *element, uint32_t line,
        uint32_t column, const char *format, va_list args)
{
    char path[PATH_MAX_LEN] = "", text[sizeof compiler->err->text];
    write_path(path, sizeof path, element);
    vsnprintf(text, sizeof text, format, args);
    return err_set_at(compiler->err, RC_SYNTAX, line, column, "%s%s%s", path, path[0] ? ": " : "",
                      text);
}

enum rc
compiler_fail(const struct compiler *compiler, const struct element *element, const char *format,
              ...)
{
    va_list args;
    va_start(args, format);
    enum rc rc =
        fail_at(compiler, element, element->value->line, element->value->column, format, args);
    va_end(args);
    return rc;
}

enum rc
compiler_fail_name(const struct compiler *compiler, const struct element *element,
                   const char *format, ...)
{
    va_list args;
    va_start(args, format);
    enum rc rc = fail_at(compiler, element, element->value->name_line, element->value->name_column,
                         format, args);
    va_end(args);
    return rc;
}

enum rc
compiler_strings(struct compiler *compiler, const struct element *list,
                 enum rc (*each)(struct compiler *compiler, const struct element *element,
                                 struct slice text, void *item),
                 size_t size, void **items, size_t *count)
{
    if (element_count(list) == 0)
        return compiler_fail(compiler, list, "must not be an empty list");
    char *item = arena_array(compiler->arena, size, element_count(list));
    *items = item;
    *count = element_count(list);
    const struct json *value = element_first(list);
    for (size_t i = 0; value; value = element_next(list, value), i++, item += size) {
        struct element element = element_one_of(list, value, i);
        if (value->type != JSON_STRING)
            return compiler_fail(compiler, &element, "must be a string%s, not %s",
                                 element.item ? "" : " or a list of strings",
                                 json_type_name(value->type));
        enum rc rc = each(compiler, &element, value->text, item);
        if (rc != RC_OK)
            return rc;
    }
    return RC_OK;
}

static void
note_variables(struct compiler *compiler, const struct pattern *pattern)
{
    for (size_t i = 0; i < pattern->piece_count; i++) {
        const struct piece *piece = &pattern->pieces[i];
        if (piece->kind != PIECE_VARIABLE || piece->has_default)
            continue;
        compiler->required =
            arena_grow(compiler->arena, compiler->required, sizeof *compiler->required,
                       compiler->required_count, &compiler->required_cap);
        compiler->required[compiler->required_count++] = piece->key;
    }
}

enum rc
compiler_pattern(struct compiler *compiler, const struct element *element, struct slice text,
                 unsigned features, struct pattern *out)
{
    const char *why;
    if (!compiler->variables)
        features &= ~(unsigned)PATTERN_WITH_VARIABLES;
    if (!pattern_compile(compiler->arena, text, features, out, &why))
        return compiler_fail(compiler, element, "%s", why);
    note_variables(compiler, out);
    return RC_OK;
}

enum rc
compiler_arn(struct compiler *compiler, const struct element *element, struct slice text,
             int variables_from, const struct pattern **out)
{
    struct arn arn;
    struct slice shown = compiler_shown(text);
    if (!arn_split(text, compiler->variables, &arn))
        return compiler_fail(compiler, element,
                             "\"%.*s\" must be \"*\" or an ARN of six parts, "
                             "arn:partition:service:region:account:resource",
                             SLICE_ARG(shown));
    if (arn.part[ARN_PARTITION].len == 0 || arn.part[ARN_SERVICE].len == 0 ||
        arn.part[ARN_RESOURCE].len == 0)
        return compiler_fail(compiler, element,
                             "\"%.*s\" must name a partition, a service and a resource",
                             SLICE_ARG(shown));
    struct pattern *parts = ARENA_ARRAY(compiler->arena, struct pattern, ARN_PARTS);
    for (int i = 0; i < ARN_PARTS; i++) {
        if (i < variables_from && compiler->variables &&
            slice_find(arn.part[i], SLICE("${")) != SLICE_NONE)
            return compiler_fail(compiler, element,
                                 "a policy variable may stand only after the fifth colon");
        enum rc rc = compiler_pattern(compiler, element, arn.part[i],
                                      PATTERN_WITH_WILDCARDS | PATTERN_WITH_VARIABLES, &parts[i]);
        if (rc != RC_OK)
            return rc;
    }
    *out = parts;
    return RC_OK;
}
