#include "cli/cli.h"
#include "cli/print.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static struct arena *arena;

static void
control_characters_do_not_reach_the_terminal(void **state)
{
    (void)state;
    assert_string_equal(print_safe(arena, SLICE("a\x1b[31m\r\n\x7f\0b")).ptr,
                        "a\\x1b[31m\\x0d\\x0a\\x7f\\x00b");
    assert_string_equal(print_safe(arena, SLICE("\xc2\x9b"
                                                "31m"))
                            .ptr,
                        "\\xc2\\x9b31m");
    assert_string_equal(print_safe(arena, SLICE("\xe5\xa4\xaa\xe9\x83\x8e")).ptr,
                        "\xe5\xa4\xaa\xe9\x83\x8e");
}

static void
text_cannot_turn_its_direction_or_begin_a_line(void **state)
{
    (void)state;
    assert_string_equal(print_safe(arena, SLICE("a\xe2\x80\xae"
                                                "b"))
                            .ptr,
                        "a\\xe2\\x80\\xaeb");
    assert_string_equal(print_safe(arena, SLICE("\xe2\x81\xa7")).ptr, "\\xe2\\x81\\xa7");
    assert_string_equal(print_safe(arena, SLICE("\xe2\x80\xa8")).ptr, "\\xe2\\x80\\xa8");
    assert_string_equal(print_safe(arena, SLICE("\xe2\x80\x93\xe2\x82\xac")).ptr,
                        "\xe2\x80\x93\xe2\x82\xac");
    /* cut in the middle of a character */
    assert_string_equal(print_safe(arena, SLICE("\xe2\x80")).ptr, "\xe2\x80");
    assert_string_equal(print_safe(arena, SLICE("\xc2")).ptr, "\xc2");
}

static const char *
record(const char *type, struct slice value)
{
    return print_record(arena, SLICE("a.example"), slice_of(type), value).ptr;
}

static void
records_are_written_as_in_a_zone_file(void **state)
{
    (void)state;
    assert_string_equal(record("TXT", SLICE("v=spf1 -all")), "a.example. IN TXT \"v=spf1 -all\"");
    assert_string_equal(record("TXT", SLICE("")), "a.example. IN TXT \"\"");
    assert_string_equal(record("MX", SLICE("10 mx.example")), "a.example. IN MX 10 mx.example.");
}

static void
a_value_cannot_end_its_string_and_begin_a_record(void **state)
{
    (void)state;
    assert_string_equal(record("TXT", SLICE("a\"b\\c")), "a.example. IN TXT \"a\\\"b\\\\c\"");
    assert_string_equal(record("TXT", SLICE("a\"\nb. IN A 1\x7f\xff\0")),
                        "a.example. IN TXT \"a\\\"\\010b. IN A 1\\127\\255\\000\"");
    assert_null(strchr(record("MX", SLICE("10 a\nb. IN A 1")), '\n'));
    assert_null(strchr(print_record(arena, SLICE("a\nb"), SLICE("TXT"), SLICE("x")).ptr, '\n'));
}

/* The pieces of a zone-file value, put together again as a name server does it. */
static size_t
joined_length(struct slice text, size_t *longest)
{
    size_t total = 0, run = 0;
    bool inside = false;
    *longest = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '"') {
            inside = !inside;
            run = 0;
        } else if (inside) {
            total++;
            *longest = ++run > *longest ? run : *longest;
        }
    }
    return total;
}

static void
a_long_value_is_split_into_strings_of_255_bytes(void **state)
{
    static const size_t lengths[] = {1, 254, 255, 256, 509, 510, 511, 600};
    char value[600];
    (void)state;
    memset(value, 'x', sizeof value);
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        size_t longest;
        struct slice text = slice_of(record("TXT", (struct slice){value, lengths[i]}));
        assert_int_equal(joined_length(text, &longest), lengths[i]);
        assert_true(longest <= 255);
        assert_int_equal(slice_ends(text, SLICE("\" )")), lengths[i] > 255);
        assert_int_equal(slice_find(text, SLICE("IN TXT ( \"")) != SLICE_NONE, lengths[i] > 255);
    }
}

/* ---- the exit status of questions ---- */

static const struct json *
answer(const char *text)
{
    struct json *json;
    struct err err;
    assert_int_equal(json_parse(arena, slice_of(text), &json, &err), RC_OK);
    return json;
}

static void
a_domain_is_proved_when_its_verification_stands(void **state)
{
    (void)state;
    assert_true(print_is_proved(answer("{\"ok\":true,\"verification\":\"SUCCESS\"}")));
    assert_true(print_is_proved(answer("{\"ok\":true,\"verification\":\"TEMPORARY_FAILURE\"}")));
    assert_false(print_is_proved(answer("{\"ok\":true,\"verification\":\"PENDING\"}")));
    assert_false(print_is_proved(answer("{\"ok\":true,\"verification\":\"FAILED\"}")));
    assert_false(print_is_proved(answer("{\"ok\":true}")));
}

static void
only_an_allowed_message_is_allowed(void **state)
{
    (void)state;
    assert_true(print_is_allowed(answer("{\"allowed\":true}")));
    assert_false(print_is_allowed(answer("{\"allowed\":false}")));
    assert_false(print_is_allowed(answer("{\"allowed\":\"true\"}")));
    assert_false(print_is_allowed(answer("{}")));
}

/* ---- arguments ---- */

struct arguments {
    const char *dir, *word;
    bool json;
    struct cli_list to;
};

static bool
parse(struct arguments *arguments, int *status, int argc, const char *const *argv)
{
    static const struct cli_verb verb = {"try", "WORD", "for the test", NULL};
    const struct cli_option options[] = {{"dir", CLI_VALUE, &arguments->dir},
                                         {"WORD", CLI_WORD, &arguments->word},
                                         {"json", CLI_FLAG, &arguments->json},
                                         {"to", CLI_LIST, &arguments->to}};
    free(arguments->to.items);
    *arguments = (struct arguments){.dir = "data"};
    return cli_parse(&verb, argc, (char **)argv, options, 4, status);
}

#define PARSE(...)                                                                                 \
    parse(&arguments, &status,                                                                     \
          (int)(sizeof((const char *[]){"try", __VA_ARGS__}) / sizeof(char *)),                    \
          (const char *[]){"try", __VA_ARGS__})

static void
options_stand_before_or_after_words(void **state)
{
    struct arguments arguments = {0};
    int status = -1;
    (void)state;
    assert_true(PARSE("--dir", "d", "word", "--json", "--to=a", "--to", "b"));
    assert_string_equal(arguments.dir, "d");
    assert_string_equal(arguments.word, "word");
    assert_true(arguments.json);
    assert_int_equal(arguments.to.count, 2);
    assert_string_equal(arguments.to.items[1], "b");
    assert_true(PARSE("word", "--dir=d"));
    assert_string_equal(arguments.dir, "d");
    assert_true(PARSE("--", "--word"));
    assert_string_equal(arguments.word, "--word");
    free(arguments.to.items);
}

static void
what_is_not_understood_is_a_usage_error(void **state)
{
    struct arguments arguments = {0};
    int status = -1;
    (void)state;
    assert_false(PARSE("word", "--dri", "d"));
    assert_int_equal(status, CLI_USAGE);
    assert_false(PARSE("word", "--dir"));
    assert_false(PARSE("word", "--dir", "a", "--dir", "b"));
    assert_false(PARSE("word", "--json=yes"));
    assert_false(PARSE("word", "another"));
    assert_false(PARSE("--json"));
    assert_int_equal(status, CLI_USAGE);
    assert_false(PARSE("--help"));
    assert_int_equal(status, CLI_OK);
    free(arguments.to.items);
}

static int
setup(void **state)
{
    (void)state;
    arena = arena_new();
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(control_characters_do_not_reach_the_terminal),
        TEST(records_are_written_as_in_a_zone_file),
        TEST(text_cannot_turn_its_direction_or_begin_a_line),
        TEST(a_value_cannot_end_its_string_and_begin_a_record),
        TEST(a_long_value_is_split_into_strings_of_255_bytes),
        TEST(a_domain_is_proved_when_its_verification_stands),
        TEST(only_an_allowed_message_is_allowed),
        TEST(options_stand_before_or_after_words),
        TEST(what_is_not_understood_is_a_usage_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
