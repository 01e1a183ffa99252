/*
 * postern.conf(5) and the table of options say the same. In the page, a section is a line
 * ".Ss [NAME]\&", and an option is a line ".It Ic KEY = Ar TYPE Pq DEFAULT" followed by its help.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "role/config.h"

enum { PAGE_MAX = 1024 * 1024 };

static struct arena *arena;
static struct slice page;

static int
read_page(void **state)
{
    (void)state;
    const char *source = getenv("POSTERN_SOURCE");
    arena = arena_new();
    char *path = (char *)arena_printf(arena, "%s/man/postern.conf.5", source ? source : ".").ptr;
    FILE *file = fopen(path, "r");
    if (!file) {
        fprintf(stderr, "cannot open %s: set POSTERN_SOURCE\n", path);
        return -1;
    }
    char *bytes = arena_alloc(arena, PAGE_MAX);
    page = (struct slice){bytes, fread(bytes, 1, PAGE_MAX, file)};
    fclose(file);
    return page.len > 0 && page.len < PAGE_MAX ? 0 : -1;
}

static int
free_page(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static struct slice
next_line(struct slice *rest)
{
    struct slice line = *rest, after = SLICE("");
    slice_cut(*rest, '\n', &line, &after);
    *rest = after;
    return line;
}

/* ".Ss [listen]\&" -> "listen."; ".Ss [route PATTERN]\&" -> "route."; else "". */
static struct slice
section_prefix(struct slice heading)
{
    if (!slice_starts(heading, SLICE(".Ss [")))
        return SLICE("");
    struct slice name = slice_from(heading, 5);
    name = slice_head(name, slice_chr(name, ']'));
    size_t space = slice_chr(name, ' ');
    return arena_printf(arena, "%.*s.",
                        SLICE_ARG(space == SLICE_NONE ? name : slice_head(name, space)));
}

struct described {
    struct slice name; /* "submission.recipients" */
    struct slice rest; /* "= Ar number Pq 50" */
    struct slice help; /* the lines that follow */
};

/* The next option of the OPTIONS chapter; false at its end. */
static bool
next_described(struct slice *rest, struct slice *prefix, struct described *out)
{
    while (rest->len > 0) {
        struct slice line = next_line(rest);
        if (slice_starts(line, SLICE(".Sh ")))
            return false;
        if (slice_starts(line, SLICE(".Ss ")))
            *prefix = section_prefix(line);
        if (!slice_starts(line, SLICE(".It Ic ")))
            continue;
        struct slice key = line, after = SLICE("");
        slice_cut(slice_from(line, 7), ' ', &key, &after);
        out->name = arena_concat(arena, *prefix, key);
        out->rest = after;
        out->help = *rest;
        return true;
    }
    return false;
}

static struct slice
options_chapter(void)
{
    size_t at = slice_find(page, SLICE(".Sh OPTIONS\n"));
    assert_true(at != SLICE_NONE);
    return slice_from(page, at + strlen(".Sh OPTIONS\n"));
}

static bool
find_described(struct slice name, struct described *out)
{
    struct slice rest = options_chapter(), prefix = SLICE("");
    while (next_described(&rest, &prefix, out))
        if (slice_eq(out->name, name))
            return true;
    return false;
}

static void
every_option_is_described_with_its_type_and_default(void **state)
{
    (void)state;
    size_t count;
    const struct config_option *options = config_options(&count);
    for (size_t i = 0; i < count; i++) {
        struct described found;
        if (!find_described(slice_of(options[i].name), &found))
            fail_msg("postern.conf(5) does not describe %s", options[i].name);
        const char *fallback = *options[i].fallback ? options[i].fallback : "empty";
        struct slice expected = arena_printf(arena, "= Ar %s Pq %s", options[i].type, fallback);
        if (!slice_eq(found.rest, expected))
            fail_msg("postern.conf(5), %s: \"%.*s\" where the table says \"%.*s\"", options[i].name,
                     SLICE_ARG(found.rest), SLICE_ARG(expected));
    }
}

/* Line breaks are the page's own. */
static bool
same_words(struct slice text, struct slice words)
{
    while (words.len > 0) {
        char a = text.len ? text.ptr[0] : '\0', b = words.ptr[0];
        if ((a == '\n' ? ' ' : a) != b)
            return false;
        text = slice_from(text, 1);
        words = slice_from(words, 1);
    }
    return true;
}

static void
the_help_of_the_table_begins_the_description(void **state)
{
    (void)state;
    size_t count;
    const struct config_option *options = config_options(&count);
    for (size_t i = 0; i < count; i++) {
        struct described found;
        assert_true(find_described(slice_of(options[i].name), &found));
        if (!same_words(found.help, slice_of(options[i].help)))
            fail_msg("postern.conf(5), %s: must begin with \"%s\"", options[i].name,
                     options[i].help);
    }
}

static void
nothing_is_described_that_does_not_exist_or_twice(void **state)
{
    (void)state;
    size_t count, seen = 0;
    const struct config_option *options = config_options(&count);
    struct slice rest = options_chapter(), prefix = SLICE("");
    struct described found;
    for (; next_described(&rest, &prefix, &found); seen++) {
        size_t i = 0;
        while (i < count && !slice_is(found.name, options[i].name))
            i++;
        if (i == count)
            fail_msg("postern.conf(5) describes %.*s, which does not exist", SLICE_ARG(found.name));
    }
    assert_int_equal(seen, count); /* each is found by the test above, so none is there twice */
}

/* The file between ".Bd" and ".Ed" in EXAMPLES. */
static void
the_example_is_a_configuration(void **state)
{
    (void)state;
    size_t at = slice_find(page, SLICE(".Sh EXAMPLES"));
    assert_true(at != SLICE_NONE);
    struct slice text = slice_from(page, at);
    at = slice_find(text, SLICE(".Bd -literal"));
    assert_true(at != SLICE_NONE);
    text = slice_from(text, at);
    (void)next_line(&text);
    text = slice_head(text, slice_find(text, SLICE(".Ed")));
    struct config config;
    struct err err;
    if (config_parse(arena, text, "the example", NULL, 0, &config, &err) != RC_OK)
        fail_msg("%s", err.text);
    assert_int_equal(config.route_count, 3);
    assert_true(slice_is(config.routes[1].password, "a secret # with a sign in it"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_option_is_described_with_its_type_and_default),
        cmocka_unit_test(the_help_of_the_table_begins_the_description),
        cmocka_unit_test(nothing_is_described_that_does_not_exist_or_twice),
        cmocka_unit_test(the_example_is_a_configuration),
    };
    return cmocka_run_group_tests(tests, read_page, free_page);
}
