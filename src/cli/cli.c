#include "cli.h"

#include "print.h"

#include <stdarg.h>
#include <stdio.h>

enum { WORDS_MAX = 64 * 1024 };

int
cli_fail(const char *format, ...)
{
    struct arena *arena = arena_new();
    struct buf words;
    va_list args;
    buf_init(&words, WORDS_MAX);
    va_start(args, format);
    buf_vprintf(&words, format, args);
    va_end(args);
    fprintf(stderr, "postern: %.*s\n", SLICE_ARG(print_safe(arena, buf_slice(&words))));
    buf_fini(&words);
    arena_free(arena);
    return CLI_FAILED;
}

static void
print_usage(FILE *out, const struct cli_verb *verb)
{
    fprintf(out, "usage: postern %s%s%s\n", verb->name, *verb->usage ? " " : "", verb->usage);
}

static bool
misuse(const struct cli_verb *verb, int *status, const char *words, struct slice what)
{
    cli_fail("%s: %s%.*s", verb->name, words, SLICE_ARG(what));
    print_usage(stderr, verb);
    *status = CLI_USAGE;
    return false;
}

static bool
is_word(const struct cli_option *option)
{
    return option->kind == CLI_WORD || option->kind == CLI_WORDS;
}

static const struct cli_option *
find_option(const struct cli_option *options, size_t count, struct slice name)
{
    for (size_t i = 0; i < count; i++)
        if (!is_word(&options[i]) && slice_is(name, options[i].name))
            return &options[i];
    return NULL;
}

static void
append(struct cli_list *list, const char *item)
{
    list->items = memory_resize(list->items, (list->count + 1) * sizeof *list->items);
    list->items[list->count++] = item;
}

/* The words take the rows of the table in order. */
static const struct cli_option *
next_word(const struct cli_option *options, size_t count, size_t *at)
{
    while (*at < count && !is_word(&options[*at]))
        ++*at;
    if (*at == count)
        return NULL;
    return options[*at].kind == CLI_WORDS ? &options[*at] : &options[(*at)++];
}

struct arguments {
    int argc, at;
    char **argv;
    uint64_t given; /* a bit an option, for values that may be given once */
};

/* One "--name", "--name value" or "--name=value". */
static bool
take_option(const struct cli_verb *verb, struct arguments *arguments,
            const struct cli_option *options, size_t count, int *status)
{
    struct slice name = slice_from(slice_of(arguments->argv[arguments->at]), 2), value;
    bool joined = slice_cut(name, '=', &name, &value);
    const struct cli_option *option = find_option(options, count, name);
    if (!option)
        return misuse(verb, status, "unknown option --", name);
    if (option->kind == CLI_FLAG) {
        if (joined)
            return misuse(verb, status, "no value may be given to --", name);
        *(bool *)option->target = true;
        return true;
    }
    if (!joined && arguments->at + 1 >= arguments->argc)
        return misuse(verb, status, "a value is missing after --", name);
    const char *text = joined ? value.ptr : arguments->argv[++arguments->at];
    uint64_t bit = (uint64_t)1 << (option - options);
    if (option->kind == CLI_LIST) {
        append(option->target, text);
    } else if (arguments->given & bit) {
        return misuse(verb, status, "given twice: --", name);
    } else {
        arguments->given |= bit;
        *(const char **)option->target = text;
    }
    return true;
}

static bool
take_word(const struct cli_verb *verb, const char *text, const struct cli_option *option,
          int *status)
{
    if (!option)
        return misuse(verb, status, "one word too many: ", slice_of(text));
    if (option->kind == CLI_WORDS)
        append(option->target, text);
    else
        *(const char **)option->target = text;
    return true;
}

bool
cli_parse(const struct cli_verb *verb, int argc, char **argv, const struct cli_option *options,
          size_t count, int *status)
{
    struct arguments arguments = {.argc = argc, .argv = argv, .at = 1};
    bool only_words = false;
    size_t word = 0;
    for (; arguments.at < argc; arguments.at++) {
        const char *text = argv[arguments.at];
        struct slice slice = slice_of(text);
        if (!only_words && slice_is(slice, "--help")) {
            print_usage(stdout, verb);
            printf("%s\n", verb->help);
            *status = CLI_OK;
            return false;
        }
        if (!only_words && slice_is(slice, "--"))
            only_words = true;
        else if (!only_words && slice_starts(slice, SLICE("--"))) {
            if (!take_option(verb, &arguments, options, count, status))
                return false;
        } else if (!only_words && slice.len > 1 && text[0] == '-') {
            return misuse(verb, status, "unknown option ", slice); /* "-" alone is a file's name */
        } else if (!take_word(verb, text, next_word(options, count, &word), status)) {
            return false;
        }
    }
    const struct cli_option *missing = next_word(options, count, &word);
    if (missing && missing->kind == CLI_WORD)
        return misuse(verb, status, "missing: ", slice_of(missing->name));
    return true;
}
