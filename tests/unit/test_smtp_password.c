#include "authenticate/smtp_password.h"

#include "base/codec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const struct slice secret = {"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", 40};

static const struct {
    const char *region, *password;
} vectors[] = {
    {"us-east-1", "BLBM/9hSUELfq8Gw+rU1YcBjkOxGbhT2XG763xVLGWL9"},
    {"us-east-2", "BMPPgbAHoFVbze1Ud0oA5uNdXRwUXUZ+qOwphGJbl/cS"},
    {"us-west-1", "BPjA45pIrcape5I6tUdaWxFAaPtEkMnkt+2R0m2pw7SF"},
    {"us-west-2", "BF2PynzbSCAjX08zhZZnP/kW+T9P5zs/1Er0pi5vTEmd"},
    {"eu-west-1", "BMW5RDrXmmVs0lV7GpI4oLkHXpZ4stDsk6q91z1g38Pk"},
    {"eu-central-1", "BF0/eIJm0ruTHsSjOkRuOGzGF+zeSyE3aiRzrzUQ8LwG"},
    {"eu-north-1", "BPfy85A/4ChxYc0s4mIG5bpIlvRl5AP1uupODe8KaHpf"},
    {"ap-southeast-2", "BLNVIwl1Vk66qi8YP1q44PSaqUtaoyrS/0LT79VaGBfa"},
    {"ap-northeast-1", "BEBMrlH2tcrvRtSfkd6WbOlpfHSCPAV60ZayJ9ZqHS5c"},
    {"sa-east-1", "BMaY55NZ29oKHOmwPeGZOue+QPW4b9Vwt4rVGhRfAK+4"},
    {"us-gov-west-1", "BHW/eHvx1MM9YwW4wrJG6MGVQmLDCAM99G9YiSdGEIAw"},
    {"local", "BCPiDCcWtEfrAGeLF/0lxxX3gmO5OES+V3bZFxmF2VE9"},
};

static void
passwords_are_those_of_ses(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        char password[SMTP_PASSWORD_LEN + 1];
        memset(password, '#', sizeof password);
        smtp_password(secret, slice_of(vectors[i].region), password);
        assert_string_equal(password, vectors[i].password);
        assert_true(smtp_password_matches(secret, slice_of(vectors[i].region),
                                          slice_of(vectors[i].password)));
    }
}

/* The last of the chain, k5, is the password without its first byte. */
static void
the_derived_key_is_that_of_ses(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct slice bytes;
    char password[SMTP_PASSWORD_LEN + 1];
    smtp_password(secret, SLICE("us-east-1"), password);
    assert_int_equal(codec_base64_decode(arena, slice_of(password), &bytes, NULL), RC_OK);
    assert_int_equal(bytes.len, 33);
    assert_true(slice_is(codec_hex(arena, bytes),
                         "04b04cffd8525042dfabc1b0fab53561c06390ec466e14f65c6efadf154b1962fd"));
    arena_free(arena);
}

static void
a_password_is_good_in_its_region_only(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++)
        for (size_t j = 0; j < sizeof vectors / sizeof *vectors; j++)
            assert_int_equal(smtp_password_matches(secret, slice_of(vectors[i].region),
                                                   slice_of(vectors[j].password)),
                             i == j);
}

static void
version_2_passwords_never_match(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++)
        assert_false(smtp_password_matches(secret, slice_of(vectors[i].region),
                                           SLICE("An60U4ZD3sd4fg+FvXUjayOipTt8LO4rUUmhpdX6ctDy")));
}

static void
the_secret_itself_is_no_password(void **state)
{
    (void)state;
    assert_false(smtp_password_matches(secret, SLICE("us-east-1"), secret));
}

/* Its derivation is public: were it accepted, a record without a secret would be open to all. */
static void
an_empty_secret_has_no_password(void **state)
{
    (void)state;
    char password[SMTP_PASSWORD_LEN + 1];
    smtp_password(SLICE(""), SLICE("us-east-1"), password);
    assert_false(smtp_password_matches(SLICE(""), SLICE("us-east-1"), slice_of(password)));
    assert_false(smtp_password_matches((struct slice){NULL, 0}, SLICE("us-east-1"), SLICE("")));
}

static void
each_character_and_the_length_count(void **state)
{
    (void)state;
    char password[SMTP_PASSWORD_LEN + 2];
    smtp_password(secret, SLICE("us-east-1"), password);
    for (size_t len = 0; len < SMTP_PASSWORD_LEN; len++)
        assert_false(
            smtp_password_matches(secret, SLICE("us-east-1"), slice_head(slice_of(password), len)));
    assert_false(smtp_password_matches(secret, SLICE("us-east-1"),
                                       (struct slice){password, SMTP_PASSWORD_LEN + 1}));
    for (size_t i = 0; i < SMTP_PASSWORD_LEN; i++) {
        password[i] ^= 0x20;
        assert_false(smtp_password_matches(secret, SLICE("us-east-1"), slice_of(password)));
        password[i] ^= 0x20;
    }
    assert_true(smtp_password_matches(secret, SLICE("us-east-1"), slice_of(password)));
}

/* HMAC keys over one block are hashed first; the secret's length is not ours to choose. */
static void
long_secrets_differ_in_their_last_byte(void **state)
{
    (void)state;
    char one[300], a[SMTP_PASSWORD_LEN + 1], b[SMTP_PASSWORD_LEN + 1];
    memset(one, 'x', sizeof one);
    smtp_password((struct slice){one, sizeof one}, SLICE("local"), a);
    one[sizeof one - 1] = 'y';
    smtp_password((struct slice){one, sizeof one}, SLICE("local"), b);
    assert_string_not_equal(a, b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(passwords_are_those_of_ses),
        cmocka_unit_test(the_derived_key_is_that_of_ses),
        cmocka_unit_test(a_password_is_good_in_its_region_only),
        cmocka_unit_test(version_2_passwords_never_match),
        cmocka_unit_test(the_secret_itself_is_no_password),
        cmocka_unit_test(an_empty_secret_has_no_password),
        cmocka_unit_test(each_character_and_the_length_count),
        cmocka_unit_test(long_secrets_differ_in_their_last_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
