/* What a request says of where it comes from, of whom, and for what. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/console_request.h"

#define OURS  "X-Postern-Console: 1\r\n"
#define TOKEN "0123456789abcdefghijklmnopqrstuvwxyz_-ABCDE"

static bool
is_ours(const char *header, const char *source_ip, const char *tls)
{
    struct err err;
    const struct console_request request = {slice_of(header), slice_of(source_ip), slice_of(tls)};
    return console_request_check_origin(&request, &err) == RC_OK;
}

static void
a_request_in_the_clear_comes_from_this_machine_or_not_at_all(void **state)
{
    (void)state;
    assert_true(is_ours(OURS, "127.0.0.1", ""));
    assert_true(is_ours(OURS, "127.255.0.9", ""));
    assert_true(is_ours(OURS, "::1", ""));
    assert_true(is_ours(OURS, "::ffff:127.0.0.1", ""));
    assert_true(is_ours(OURS, "192.0.2.1", "TLSv1.3"));
    assert_false(is_ours(OURS, "192.0.2.1", ""));
    assert_false(is_ours(OURS, "::2", ""));
    assert_false(is_ours(OURS, "::11", ""));
    assert_false(is_ours(OURS, "12.7.0.1", ""));
    assert_false(is_ours(OURS, "", ""));
}

static void
the_console_says_that_it_is_it_once(void **state)
{
    (void)state;
    assert_true(is_ours("x-postern-console:1\r\n", "::1", ""));
    assert_false(is_ours("", "::1", "TLSv1.3"));
    assert_false(is_ours("X-Postern-Console: 11\r\n", "::1", ""));
    assert_false(is_ours("X-Postern-Consol: 1\r\n", "::1", ""));
    assert_false(is_ours("X-Postern-Console: 1, 1\r\n", "::1", ""));
    assert_false(is_ours(OURS OURS, "::1", ""));
    assert_false(is_ours(OURS "X-Postern-Console: 0\r\n", "::1", ""));
}

static void
what_a_browser_says_of_the_page_that_asks_must_be_this_one(void **state)
{
    (void)state;
    assert_true(is_ours(OURS "Sec-Fetch-Site: same-origin\r\n", "::1", ""));
    assert_false(is_ours(OURS "Sec-Fetch-Site: cross-site\r\n", "::1", ""));
    assert_false(is_ours(OURS "Sec-Fetch-Site: same-site\r\n", "::1", ""));
    assert_false(is_ours(OURS "Sec-Fetch-Site: none\r\n", "::1", ""));
    assert_false(is_ours(OURS "sec-fetch-site:\r\n", "::1", ""));
    assert_false(
        is_ours(OURS "Sec-Fetch-Site: same-origin\r\nSec-Fetch-Site: cross-site\r\n", "::1", ""));
}

static bool
has_token(const char *header)
{
    struct slice token;
    const struct console_request request = {slice_of(header), SLICE("::1"), SLICE("")};
    return console_request_token(&request, &token) && slice_is(token, TOKEN);
}

static void
the_token_is_among_the_cookies_once(void **state)
{
    (void)state;
    assert_true(has_token("Cookie: postern_console=" TOKEN "\r\n"));
    assert_true(has_token("cookie: a=b;postern_console=" TOKEN " ; c\r\n"));
    assert_false(has_token(""));
    assert_false(has_token("Cookie: xpostern_console=" TOKEN "\r\n"));
    assert_false(has_token("Cookie: Postern_Console=" TOKEN "\r\n"));
    assert_false(has_token("Cookie: postern_console =" TOKEN "\r\n"));
    assert_false(has_token("Cookie: postern_console=" TOKEN ", a=b\r\n"));
    assert_false(has_token("Cookie: postern_console=; postern_console=" TOKEN "\r\n"));
    assert_false(has_token("Cookie: postern_console=" TOKEN "; postern_console=" TOKEN "\r\n"));
    assert_false(has_token("Cookie: postern_console=" TOKEN "\r\n"
                           "Cookie: postern_console=" TOKEN "\r\n"));
    assert_false(has_token("Cookie: postern_console=" TOKEN "\r\nCookie: a=b\r\n"));
}

static void
another_length_is_no_token(void **state)
{
    struct slice token;
    struct console_request request = {.header = SLICE("Cookie: postern_console=" TOKEN "F\r\n")};
    (void)state;
    assert_false(console_request_token(&request, &token));
    request.header = SLICE("Cookie: postern_console=x\r\n");
    assert_false(console_request_token(&request, &token));
    request.header = SLICE("Cookie: postern_console=\r\n");
    assert_false(console_request_token(&request, &token));
}

static void
the_path_names_a_service_and_an_operation(void **state)
{
    struct slice service, operation;
    (void)state;
    assert_true(
        console_request_operation(SLICE("/console/api/iam/ListUsers"), &service, &operation));
    assert_true(slice_is(service, "iam") && slice_is(operation, "ListUsers"));
    assert_true(console_request_operation(SLICE("/console/api/a/b/c"), &service, &operation));
    assert_true(slice_is(service, "a") && slice_is(operation, "b/c"));
    assert_false(console_request_operation(SLICE("/console/api/iam"), &service, &operation));
    assert_false(console_request_operation(SLICE("/console/api"), &service, &operation));
    assert_false(console_request_operation(SLICE("/console/apis/a/b"), &service, &operation));
    assert_false(console_request_operation(SLICE(""), &service, &operation));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_in_the_clear_comes_from_this_machine_or_not_at_all),
        cmocka_unit_test(the_console_says_that_it_is_it_once),
        cmocka_unit_test(what_a_browser_says_of_the_page_that_asks_must_be_this_one),
        cmocka_unit_test(the_token_is_among_the_cookies_once),
        cmocka_unit_test(another_length_is_no_token),
        cmocka_unit_test(the_path_names_a_service_and_an_operation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
