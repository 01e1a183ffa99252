/* What is learned from a refusal about an address: as little as can be sure. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mail/bounce.h"

static bool
names(const char *status, const char *reply)
{
    return bounce_names_address(slice_of(status), slice_of(reply));
}

static void
unknown_mailboxes_are_known_by_their_status(void **state)
{
    (void)state;
    assert_true(names("5.1.1", "550 5.1.1 whatever"));
    assert_true(names("5.1.3", "553 5.1.3 bad"));
    assert_true(names("5.1.6", "550 5.1.6 moved"));
    assert_true(names("5.1.10", "556 5.1.10 no mail"));
}

static void
without_a_status_words_are_looked_for(void **state)
{
    (void)state;
    assert_true(names("5.0.0", "550 No Such User here"));
    assert_true(names("5.0.0", "550 Unrouteable address"));
    assert_true(names("5.0.0", "553 sorry, user unknown"));
    assert_false(names("5.0.0", "550 Requested action not taken: mailbox unavailable"));
    assert_false(names("5.0.0", "554 no such user"));
    assert_false(names("5.0.0", "no such user"));
    assert_false(names("5.0.0", ""));
}

static void
words_do_not_outweigh_a_status(void **state)
{
    (void)state;
    assert_false(names("5.7.1", "550 5.7.1 no such user"));
    assert_false(names("4.0.0", "450 no such user"));
}

static void
other_refusals_name_no_address(void **state)
{
    (void)state;
    assert_false(names("5.1.2", "550 5.1.2 The domain example.net does not exist"));
    assert_false(names("5.1.8", "550 5.1.8 bad sender"));
    assert_false(names("5.2.1", "550 5.2.1 too many at once"));
    assert_false(names("5.2.2", "552 5.2.2 mailbox full"));
    assert_false(names("5.7.1", "550 5.7.1 looks like spam"));
    assert_false(names("4.1.1", "450 4.1.1 try later"));
    assert_false(names("5.1.11", "550 5.1.11"));
    assert_false(names("", ""));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unknown_mailboxes_are_known_by_their_status),
        cmocka_unit_test(without_a_status_words_are_looked_for),
        cmocka_unit_test(words_do_not_outweigh_a_status),
        cmocka_unit_test(other_refusals_name_no_address),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
