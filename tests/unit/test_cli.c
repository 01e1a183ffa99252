#include "cli/print.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

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
                        "\\x9b31m");
    assert_string_equal(print_safe(arena, SLICE("\xe5\xa4\xaa\xe9\x83\x8e")).ptr,
                        "\xe5\xa4\xaa\xe9\x83\x8e");
}

static void
records_are_written_as_in_a_zone_file(void **state)
{
    (void)state;
    assert_string_equal(
        print_record(arena, SLICE("a.example"), SLICE("TXT"), SLICE("v=spf1 -all")).ptr,
        "a.example. IN TXT \"v=spf1 -all\"");
    assert_string_equal(
        print_record(arena, SLICE("a.example"), SLICE("MX"), SLICE("10 mx.example")).ptr,
        "a.example. IN MX 10 mx.example.");
}

static void
a_long_value_is_split_into_strings_of_255_bytes(void **state)
{
    char value[600];
    (void)state;
    memset(value, 'x', sizeof value);
    struct slice record =
        print_record(arena, SLICE("a.example"), SLICE("TXT"), (struct slice){value, sizeof value});
    size_t run = 0, total = 0;
    for (size_t i = 0; i < record.len; i++) {
        run = record.ptr[i] == 'x' && i > 20 ? run + 1 : 0;
        total += record.ptr[i] == 'x' && i > 20;
        assert_true(run <= 255);
    }
    assert_int_equal(total, sizeof value);
    assert_true(slice_ends(record, SLICE("\" )")));
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
        TEST(a_long_value_is_split_into_strings_of_255_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
