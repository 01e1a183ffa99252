/* Links that end a subscription: nobody makes one up, and following one is not yet meant. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "report/unsubscribe.h"

static const uint8_t secret[32] = {1, 2, 3}, other_secret[32] = {1, 2, 4};
static const struct unsubscribe link = {{"readers", 7}, {"news", 4}, {"ana@example.net", 15}};

static int
set_up(void **state)
{
    *state = arena_new();
    return 0;
}

static int
tear_down(void **state)
{
    arena_free(*state);
    return 0;
}

static void
a_token_says_list_topic_and_address(void **state)
{
    struct unsubscribe read;
    struct unsubscribe whole = link;
    struct slice token = unsubscribe_token(*state, secret, &link);
    assert_int_equal(unsubscribe_read(*state, secret, token, &read, NULL), RC_OK);
    assert_true(slice_eq(read.list, link.list) && slice_eq(read.topic, link.topic) &&
                slice_eq(read.address, link.address));
    whole.topic = SLICE("");
    token = unsubscribe_token(*state, secret, &whole);
    assert_int_equal(unsubscribe_read(*state, secret, token, &read, NULL), RC_OK);
    assert_int_equal(read.topic.len, 0);
    assert_true(slice_eq(read.address, link.address));
}

static void
a_token_that_was_changed_is_not_known(void **state)
{
    struct unsubscribe read;
    struct slice token = unsubscribe_token(*state, secret, &link);
    for (size_t i = 0; i < token.len; i++) {
        struct slice changed = arena_dup(*state, token);
        ((char *)changed.ptr)[i] = changed.ptr[i] == 'A' ? 'B' : 'A';
        assert_int_equal(unsubscribe_read(*state, secret, changed, &read, NULL), RC_NOT_FOUND);
        assert_int_equal(unsubscribe_read(*state, secret, slice_head(token, i), &read, NULL),
                         RC_NOT_FOUND);
    }
    assert_int_equal(unsubscribe_read(*state, other_secret, token, &read, NULL), RC_NOT_FOUND);
}

static void
only_the_form_means_it(void **state)
{
    (void)state;
    assert_true(unsubscribe_is_meant(SLICE("List-Unsubscribe=One-Click")));
    assert_true(unsubscribe_is_meant(SLICE("a=b&List-Unsubscribe=One-Click\r\n")));
    assert_true(unsubscribe_is_meant(
        SLICE("--x\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\n"
              "One-Click\r\n--x--\r\n")));
    assert_false(unsubscribe_is_meant(SLICE("")));
    assert_false(unsubscribe_is_meant(SLICE("List-Unsubscribe=Two-Clicks")));
    assert_false(unsubscribe_is_meant(SLICE("xList-Unsubscribe=One-Click")));
    assert_false(unsubscribe_is_meant(
        SLICE("--x\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nno\r\n")));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_token_says_list_topic_and_address),
        TEST(a_token_that_was_changed_is_not_known),
        TEST(only_the_form_means_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
