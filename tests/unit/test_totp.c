/* RFC 6238, appendix B (SHA-1), cut to six digits; and what of a code is taken. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "authenticate/totp.h"

static const struct slice secret = SLICE("12345678901234567890");

static void
assert_code(int64_t seconds, const char *expected)
{
    char code[TOTP_DIGITS];
    totp_code(secret, seconds * 1000 / TOTP_STEP_MS, code);
    assert_memory_equal(code, expected, TOTP_DIGITS);
}

static void
the_codes_are_those_of_the_standard(void **state)
{
    (void)state;
    assert_code(59, "287082");
    assert_code(1111111109, "081804");
    assert_code(1111111111, "050471");
    assert_code(1234567890, "005924");
    assert_code(2000000000, "279037");
    assert_code(20000000000, "353130");
}

static int64_t
match(const char *code, int64_t after, int64_t seconds)
{
    return totp_match(secret, slice_of(code), after, seconds * 1000);
}

static void
a_code_is_taken_a_step_early_or_late_and_no_more(void **state)
{
    (void)state;
    assert_int_equal(match("005924", 0, 1234567890), 41152263);
    assert_int_equal(match("005924", 0, 1234567890 + 30), 41152263);
    assert_int_equal(match("005924", 0, 1234567890 - 30), 41152263);
    assert_int_equal(match("005924", 0, 1234567890 + 60), 0);
    assert_int_equal(match("005924", 0, 1234567890 - 60), 0);
}

static void
a_step_that_was_used_is_not_taken_again(void **state)
{
    (void)state;
    assert_int_equal(match("005924", 41152262, 1234567890), 41152263);
    assert_int_equal(match("005924", 41152263, 1234567890), 0);
    assert_int_equal(match("005924", 41152264, 1234567890), 0);
}

static void
only_six_digits_are_a_code(void **state)
{
    (void)state;
    assert_int_equal(match("005 924", 0, 1234567890), 41152263);
    assert_int_equal(match(" 005924 ", 0, 1234567890), 41152263);
    assert_int_equal(match("05924", 0, 1234567890), 0);
    assert_int_equal(match("0059245", 0, 1234567890), 0);
    assert_int_equal(match("00592a", 0, 1234567890), 0);
    assert_int_equal(match("", 0, 1234567890), 0);
}

static void
an_authenticator_program_reads_the_address(void **state)
{
    struct arena *arena = arena_new();
    (void)state;
    struct slice uri = totp_uri(arena, secret, SLICE("postern mail"), SLICE("taro@test1.com"));
    assert_true(slice_is(uri, "otpauth://totp/postern%20mail:taro%40test1.com?secret="
                              "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=postern%20mail"));
    arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_codes_are_those_of_the_standard),
        cmocka_unit_test(a_code_is_taken_a_step_early_or_late_and_no_more),
        cmocka_unit_test(a_step_that_was_used_is_not_taken_again),
        cmocka_unit_test(only_six_digits_are_a_code),
        cmocka_unit_test(an_authenticator_program_reads_the_address),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
