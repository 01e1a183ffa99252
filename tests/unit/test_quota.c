#include "authorize/quota.h"
#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const int64_t noon = 1700000000000;
static const struct quota_limits sandbox = {200, 1}, open_limits = {-1, 100};

static enum quota_answer
take(struct quota *quota, const struct quota_limits *limits, uint32_t recipients, int64_t now_ms)
{
    struct quota_charge charge = {recipients, recipients, 0};
    return quota_take(quota, limits, &charge, now_ms);
}

static void
the_daily_quota_counts_recipients_and_refuses_a_message_whole(void **state)
{
    struct quota quota;
    struct quota_limits limits = {10, 1000};
    (void)state;
    quota_init(&quota, &limits, noon);
    assert_int_equal(take(&quota, &limits, 8, noon), QUOTA_OK);
    assert_int_equal(take(&quota, &limits, 3, noon), QUOTA_DAILY);
    assert_int_equal(quota_sent_24h(&quota, noon), 8);
    assert_int_equal(take(&quota, &limits, 2, noon), QUOTA_OK);
}

static void
the_window_rolls_over_24_hours(void **state)
{
    struct quota quota;
    struct quota_limits limits = {10, 1000};
    (void)state;
    quota_init(&quota, &limits, noon);
    assert_int_equal(take(&quota, &limits, 10, noon), QUOTA_OK);
    assert_int_equal(take(&quota, &limits, 1, noon + DAY_MS - 2 * MINUTE_MS), QUOTA_DAILY);
    assert_int_equal(take(&quota, &limits, 10, noon + DAY_MS + MINUTE_MS), QUOTA_OK);
    assert_int_equal(quota_sent_24h(&quota, noon + 5 * DAY_MS), 0);
}

static void
the_rate_allows_a_burst_and_then_refills(void **state)
{
    struct quota quota;
    (void)state;
    quota_init(&quota, &sandbox, noon);
    assert_int_equal(take(&quota, &sandbox, 50, noon), QUOTA_OK);
    assert_int_equal(take(&quota, &sandbox, 1, noon), QUOTA_RATE);
    assert_int_equal(take(&quota, &sandbox, 1, noon + SECOND_MS), QUOTA_OK);
    assert_int_equal(take(&quota, &sandbox, 1, noon + SECOND_MS), QUOTA_RATE);
}

static void
a_message_larger_than_the_bucket_passes_from_a_full_one(void **state)
{
    struct quota quota;
    (void)state;
    quota_init(&quota, &open_limits, noon);
    assert_int_equal(take(&quota, &open_limits, 500, noon), QUOTA_OK);
    assert_int_equal(take(&quota, &open_limits, 1, noon + SECOND_MS), QUOTA_RATE);
    assert_int_equal(take(&quota, &open_limits, 1, noon + 5 * SECOND_MS), QUOTA_OK);
}

static void
a_clock_set_back_gives_nothing_away(void **state)
{
    struct quota quota;
    struct quota_limits limits = {10, 1000};
    (void)state;
    quota_init(&quota, &limits, noon);
    assert_int_equal(take(&quota, &limits, 10, noon), QUOTA_OK);
    assert_int_equal(take(&quota, &limits, 1, noon - 3 * DAY_MS), QUOTA_DAILY);
    assert_int_equal(quota_sent_24h(&quota, noon), 10);
}

static void
what_was_accepted_before_a_restart_counts(void **state)
{
    struct quota quota;
    (void)state;
    quota_init(&quota, &sandbox, noon);
    quota_restore(&quota, noon - 23 * HOUR_MS, 199, noon);
    quota_restore(&quota, noon - 25 * HOUR_MS, 1000, noon);
    assert_int_equal(quota_sent_24h(&quota, noon), 199);
    assert_int_equal(take(&quota, &sandbox, 1, noon), QUOTA_OK);
    assert_int_equal(take(&quota, &sandbox, 1, noon), QUOTA_DAILY);
    assert_int_equal(take(&quota, &sandbox, 1, noon + 2 * HOUR_MS), QUOTA_OK);
}

static void
what_was_accepted_before_the_clock_was_set_back_counts_as_now(void **state)
{
    struct quota quota;
    (void)state;
    quota_init(&quota, &sandbox, noon);
    quota_restore(&quota, noon + 3 * DAY_MS, 200, noon);
    assert_int_equal(take(&quota, &sandbox, 1, noon), QUOTA_DAILY);
    assert_int_equal(quota_sent_24h(&quota, noon + DAY_MS + MINUTE_MS), 0);
}

static void
what_was_not_sent_after_all_is_given_back(void **state)
{
    struct quota quota;
    struct quota_limits limits = {10, 1000};
    (void)state;
    quota_init(&quota, &limits, noon);
    struct quota_charge charge = {10, 10, 0};
    assert_int_equal(quota_take(&quota, &limits, &charge, noon), QUOTA_OK);
    quota_give_back(&quota, &charge);
    assert_int_equal(quota_sent_24h(&quota, noon), 0);
    /* In the minute that it was counted in, however late. */
    assert_int_equal(quota_take(&quota, &limits, &charge, noon), QUOTA_OK);
    assert_int_equal(take(&quota, &limits, 1, noon + 3 * MINUTE_MS), QUOTA_DAILY);
    quota_give_back(&quota, &charge);
    assert_int_equal(take(&quota, &limits, 10, noon + 3 * MINUTE_MS), QUOTA_OK);
    assert_int_equal(quota_sent_24h(&quota, noon + DAY_MS + MINUTE_MS), 10);
}

static void
what_is_given_back_after_a_day_is_not_taken_off_twice(void **state)
{
    struct quota quota;
    struct quota_limits limits = {10, 1000};
    struct quota_charge charge = {4, 4, 0};
    (void)state;
    quota_init(&quota, &limits, noon);
    assert_int_equal(quota_take(&quota, &limits, &charge, noon), QUOTA_OK);
    assert_int_equal(take(&quota, &limits, 3, noon + 2 * DAY_MS), QUOTA_OK);
    quota_give_back(&quota, &charge);
    assert_int_equal(quota_sent_24h(&quota, noon + 2 * DAY_MS), 3);
}

static void
the_simulator_counts_for_the_rate_and_not_for_the_day(void **state)
{
    struct quota quota;
    struct quota_charge charge = {50, 0, 0};
    (void)state;
    quota_init(&quota, &sandbox, noon);
    quota_restore(&quota, noon, 200, noon);
    assert_int_equal(quota_take(&quota, &sandbox, &charge, noon), QUOTA_OK);
    assert_int_equal(quota_take(&quota, &sandbox, &charge, noon), QUOTA_RATE);
    assert_int_equal(take(&quota, &sandbox, 1, noon + MINUTE_MS), QUOTA_DAILY);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_daily_quota_counts_recipients_and_refuses_a_message_whole),
        cmocka_unit_test(the_window_rolls_over_24_hours),
        cmocka_unit_test(the_rate_allows_a_burst_and_then_refills),
        cmocka_unit_test(a_message_larger_than_the_bucket_passes_from_a_full_one),
        cmocka_unit_test(a_clock_set_back_gives_nothing_away),
        cmocka_unit_test(what_was_accepted_before_a_restart_counts),
        cmocka_unit_test(what_was_accepted_before_the_clock_was_set_back_counts_as_now),
        cmocka_unit_test(what_was_not_sent_after_all_is_given_back),
        cmocka_unit_test(what_is_given_back_after_a_day_is_not_taken_off_twice),
        cmocka_unit_test(the_simulator_counts_for_the_rate_and_not_for_the_day),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
