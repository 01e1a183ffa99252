#include "net/certificate_names.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const char certificate[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIB7TCCAZSgAwIBAgIUJnC1WOVj4aCAPpjipCbYt9Nf8BwwCgYIKoZIzj0EAwIw\n"
    "MTEUMBIGA1UECgwLRXhhbXBsZSBPcmcxGTAXBgNVBAMMEG1haWwuZXhhbXBsZS5v\n"
    "cmcwHhcNMjYxMTI2MDk0MjQ0WhcNMzYxMTIzMDk0MjQ0WjAxMRQwEgYDVQQKDAtF\n"
    "eGFtcGxlIE9yZzEZMBcGA1UEAwwQbWFpbC5leGFtcGxlLm9yZzBZMBMGByqGSM49\n"
    "AgEGCCqGSM49AwEHA0IABEokcGUPOKW5Zrs9foEIA6ZURtCtvcpNFc1M1vqRKpUR\n"
    "JW6C+4W+x7p+Yo6CS2b1UVAn1zKVlU2ZA2jkUU9gwUujgYkwgYYwHQYDVR0OBBYE\n"
    "FG3wnr2c0T9kAYi3a+A06fc+ZdzrMB8GA1UdIwQYMBaAFG3wnr2c0T9kAYi3a+A0\n"
    "6fc+ZdzrMA8GA1UdEwEB/wQFMAMBAf8wMwYDVR0RBCwwKoIQbWFpbC5leGFtcGxl\n"
    "Lm9yZ4IQc210cC5leGFtcGxlLm9yZ4cEwAACCjAKBggqhkjOPQQDAgNHADBEAiB4\n"
    "AEDmS/AbSYhUiGH9RwZ6wny2ncVECxP5HVwaryJBOgIgbzv1yHMG3Jh+fvYahQGV\n"
    "4NmGOnkesoJzuA/wsYUDxBQ=\n"
    "-----END CERTIFICATE-----\n";

static void
assert_names(struct slice pem, const char *expected)
{
    struct arena *arena = arena_new();
    struct slice names = certificate_names(arena, pem);
    assert_string_equal(arena_dup(arena, names).ptr, expected);
    arena_free(arena);
}

#define EXPECTED                                                                                   \
    "CN=mail.example.org,O=Example Org, DNS:mail.example.org, DNS:smtp.example.org, "              \
    "IP Address:192.0.2.10"

static void
the_subject_and_all_names_are_told(void **state)
{
    (void)state;
    assert_names(slice_of(certificate), EXPECTED);
}

static void
only_the_first_of_a_chain_is_presented_as_ones_own(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    assert_names(arena_printf(arena, "%s-----BEGIN CERTIFICATE-----\nAAAA\n", certificate),
                 EXPECTED);
    arena_free(arena);
}

static void
what_is_no_certificate_has_no_names(void **state)
{
    (void)state;
    assert_names(SLICE(""), "");
    assert_names(SLICE("certificate"), "");
    assert_names(slice_head(slice_of(certificate), 300), "");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_subject_and_all_names_are_told),
        cmocka_unit_test(only_the_first_of_a_chain_is_presented_as_ones_own),
        cmocka_unit_test(what_is_no_certificate_has_no_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
