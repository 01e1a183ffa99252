#include "authenticate/throttle.h"

#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

enum { FAILURES = 5, ENTRIES = 1000 };
#define WINDOW (10 * MINUTE_MS)

static const struct slice taro = {"AKIATARO", 8}, jiro = {"AKIAJIRO", 8};

static struct throttle *throttle;

static int
setup(void **state)
{
    (void)state;
    throttle = throttle_new(FAILURES, WINDOW, ENTRIES);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    throttle_free(throttle);
    return 0;
}

static bool
allows(struct slice user, const char *ip, int64_t now_ms)
{
    return throttle_allows(throttle, user, slice_of(ip), now_ms);
}

/* Try a wrong password until refused or `most` times; returns how many got through. */
static int
guess(struct slice user, const char *ip, int64_t now_ms, int most)
{
    int tries = 0;
    while (tries < most && allows(user, ip, now_ms)) {
        throttle_failure(throttle, user, slice_of(ip), now_ms);
        tries++;
    }
    return tries;
}

static void
a_user_is_refused_after_the_limit(void **state)
{
    (void)state;
    assert_int_equal(guess(taro, "192.0.2.1", 0, 100), FAILURES);
    assert_false(allows(taro, "192.0.2.1", 0));
}

static void
the_whole_network_counts_as_one(void **state)
{
    (void)state;
    guess(taro, "192.0.2.1", 0, 100);
    assert_false(allows(taro, "192.0.2.254", 0));
    assert_true(allows(taro, "192.0.3.1", 0));
    guess(taro, "2001:db8:1:2200::1", 0, 100);
    assert_false(allows(taro, "2001:db8:1:22ff:ffff:ffff:ffff:ffff", 0));
    assert_true(allows(taro, "2001:db8:1:2300::1", 0));
}

static void
a_mapped_address_is_the_ipv4_address(void **state)
{
    (void)state;
    guess(taro, "::ffff:192.0.2.1", 0, 100);
    assert_false(allows(taro, "192.0.2.7", 0));
    assert_true(allows(taro, "::c000:201", 0));
}

static void
the_owner_elsewhere_is_not_locked_out(void **state)
{
    (void)state;
    char ip[32];
    for (int i = 0; i < 200; i++) {
        snprintf(ip, sizeof ip, "10.0.%d.1", i);
        guess(taro, ip, 0, 100);
    }
    assert_true(allows(taro, "192.0.2.1", 0));
}

static void
the_owner_at_a_familiar_address_is_not_locked_out_by_neighbours(void **state)
{
    (void)state;
    throttle_success(throttle, taro, SLICE("192.0.2.1"), 0);
    assert_int_equal(guess(taro, "192.0.2.2", 1, 100), FAILURES);
    for (int i = 0; i < 1000; i++) { /* and the whole network is refused besides */
        char user[16];
        snprintf(user, sizeof user, "u%d", i);
        guess(slice_of(user), "192.0.2.3", 1, 100);
    }
    assert_false(allows(jiro, "192.0.2.2", 1));
    assert_true(allows(taro, "192.0.2.1", 1));
}

static bool
is_one_place(struct slice user, const char *ip, struct slice other_user, const char *other_ip)
{
    struct throttle_place a, b;
    throttle_place(throttle, user, slice_of(ip), &a);
    throttle_place(throttle, other_user, slice_of(other_ip), &b);
    return slice_eq((struct slice){a.bytes, a.len}, (struct slice){b.bytes, b.len});
}

static void
strangers_of_a_network_are_one_place_and_who_was_in_from_there_another(void **state)
{
    struct throttle_place place;
    (void)state;
    assert_true(is_one_place(taro, "192.0.2.1", jiro, "192.0.2.9"));
    assert_false(is_one_place(taro, "192.0.2.1", taro, "192.0.3.1"));
    throttle_place(throttle, taro, SLICE("192.0.2.1"), &place);
    assert_false(place.familiar);
    throttle_success(throttle, taro, SLICE("192.0.2.1"), 0);
    throttle_place(throttle, taro, SLICE("192.0.2.1"), &place);
    assert_true(place.familiar);
    throttle_place(throttle, jiro, SLICE("192.0.2.1"), &place);
    assert_false(place.familiar);
    assert_false(is_one_place(taro, "192.0.2.1", jiro, "192.0.2.1"));
    assert_false(is_one_place(taro, "192.0.2.1", taro, "192.0.2.2"));
}

static void
a_familiar_address_has_the_limit_too(void **state)
{
    (void)state;
    throttle_success(throttle, taro, SLICE("192.0.2.1"), 0);
    assert_int_equal(guess(taro, "192.0.2.1", 0, 100), FAILURES);
    assert_int_equal(guess(jiro, "192.0.2.1", 0, 100), FAILURES);
}

static void
an_ipv6_host_is_familiar_by_its_64(void **state)
{
    (void)state;
    throttle_success(throttle, taro, SLICE("2001:db8::1"), 0);
    guess(taro, "2001:db8:0:1::1", 0, 100);
    assert_false(allows(taro, "2001:db8:0:2::1", 0));
    assert_true(allows(taro, "2001:db8::abcd", 0));
}

static void
one_drop_lets_one_more_try_through(void **state)
{
    (void)state;
    guess(taro, "192.0.2.1", 0, 100);
    assert_int_equal(guess(taro, "192.0.2.1", WINDOW / FAILURES - 1, 100), 0);
    assert_int_equal(guess(taro, "192.0.2.1", WINDOW / FAILURES, 100), 1);
    assert_int_equal(guess(taro, "192.0.2.1", 100 * WINDOW, 100), FAILURES);
}

/* A day of trying once a second: the burst and then `failures` a window. */
static void
over_a_long_time_the_rate_holds(void **state)
{
    (void)state;
    int through = 0;
    for (int64_t now = 0; now < DAY_MS; now += SECOND_MS)
        through += guess(taro, "192.0.2.1", now, 1);
    assert_in_range(through, DAY_MS / WINDOW * FAILURES, DAY_MS / WINDOW * FAILURES + FAILURES);
}

static void
tries_in_flight_do_not_punish_beyond_the_window(void **state)
{
    (void)state;
    for (int i = 0; i < 1000; i++)
        throttle_failure(throttle, taro, SLICE("192.0.2.1"), 0);
    assert_false(allows(taro, "192.0.2.1", 0));
    assert_true(allows(taro, "192.0.2.1", WINDOW));
}

static void
a_success_empties_the_users_bucket(void **state)
{
    (void)state;
    guess(taro, "192.0.2.1", 0, FAILURES - 1);
    throttle_success(throttle, taro, SLICE("192.0.2.1"), 0);
    assert_int_equal(guess(taro, "192.0.2.1", 0, 100), FAILURES);
    assert_int_equal(guess(taro, "192.0.2.9", 0, 100), FAILURES);
}

static int
spray(const char *ip, int64_t now_ms, int users)
{
    int through = 0;
    for (int i = 0; i < users; i++) {
        char user[32];
        snprintf(user, sizeof user, "AKIAUSER%d", i);
        through += guess(slice_of(user), ip, now_ms, 1);
    }
    return through;
}

static void
spraying_many_users_from_one_network_is_slowed(void **state)
{
    (void)state;
    assert_int_equal(spray("192.0.2.1", 0, 5000), FAILURES * THROTTLE_NETWORK_FACTOR);
    assert_false(allows(SLICE("AKIANEW"), "192.0.2.77", 0));
    assert_true(allows(SLICE("AKIANEW"), "192.0.3.77", 0));
}

static void
a_valid_account_does_not_buy_guesses_at_others(void **state)
{
    (void)state;
    int through = 0;
    for (int i = 0; i < 5000; i++) {
        char user[32];
        snprintf(user, sizeof user, "AKIAUSER%d", i);
        through += guess(slice_of(user), "192.0.2.1", 0, 1);
        throttle_success(throttle, jiro, SLICE("192.0.2.1"), 0);
    }
    assert_int_equal(through, FAILURES * THROTTLE_NETWORK_FACTOR);
    assert_int_equal(guess(taro, "198.51.100.1", 0, 100), FAILURES);
    throttle_success(throttle, jiro, SLICE("198.51.100.1"), 0);
    assert_false(allows(taro, "198.51.100.1", 0));
}

static void
cycling_user_names_does_not_flush_the_bucket_under_attack(void **state)
{
    (void)state;
    assert_int_equal(guess(taro, "192.0.2.1", 0, 100), FAILURES);
    spray("192.0.2.1", 0, 50000);
    assert_false(allows(taro, "192.0.2.1", 0));
    /* ENTRIES / (20 x FAILURES) = 10 networks would do it; 8 do not */
    for (int i = 0; i < 8; i++) {
        char ip[32];
        snprintf(ip, sizeof ip, "10.0.%d.1", i);
        spray(ip, 0, 50000);
    }
    assert_false(allows(taro, "192.0.2.1", 0));
}

static void
a_bucket_that_still_refuses_is_not_the_one_forgotten(void **state)
{
    (void)state;
    guess(taro, "192.0.2.1", 0, 100);
    for (int i = 0; i < 200; i++) { /* far more than fit, but the attack goes on between them */
        char ip[32];
        snprintf(ip, sizeof ip, "10.0.%d.1", i);
        spray(ip, 0, 100);
        assert_false(allows(taro, "192.0.2.1", 0));
    }
}

static void
memory_is_bounded(void **state)
{
    (void)state;
    for (int i = 0; i < 200000; i++) {
        char user[32], ip[32];
        snprintf(user, sizeof user, "u%d", i);
        snprintf(ip, sizeof ip, "%d.%d.%d.1", 1 + i % 200, i / 200 % 250, i % 250);
        throttle_failure(throttle, slice_of(user), slice_of(ip), 0);
        if (i % 3 == 0)
            throttle_success(throttle, slice_of(user), slice_of(ip), 0);
    }
    assert_true(throttle_entries(throttle) <= 3 * ENTRIES);
}

static void
empty_buckets_are_forgotten(void **state)
{
    (void)state;
    spray("192.0.2.1", 0, 100);
    assert_int_equal(throttle_entries(throttle), 101);
    for (int i = 0; i < 60; i++)
        throttle_failure(throttle, taro, SLICE("198.51.100.1"), 2 * WINDOW);
    assert_int_equal(throttle_entries(throttle), 2);
}

static void
odd_names_and_addresses_are_counted_too(void **state)
{
    (void)state;
    char name[4000];
    memset(name, 'n', sizeof name);
    assert_int_equal(guess((struct slice){name, sizeof name}, "192.0.2.1", 0, 100), FAILURES);
    assert_false(allows((struct slice){name, sizeof name - 1}, "192.0.2.1", 0));
    assert_int_equal(guess((struct slice){NULL, 0}, "192.0.2.1", 0, 100), FAILURES);
    assert_int_equal(guess((struct slice){"a\0b", 3}, "192.0.2.1", 0, 100), FAILURES);
    assert_true(allows((struct slice){"a\0c", 3}, "192.0.2.1", 0));
    assert_int_equal(guess(taro, "", 0, 100), FAILURES);
    assert_false(allows(taro, "not an address", 0));
    assert_false(allows(taro, "1.2.3.4.5.6.7.8.9.10.11.12.13.14.15.16.17.18.19.20.21", 0));
    assert_int_equal(guess(taro, "fe80::1%eth0", 0, 100), FAILURES);
    assert_false(allows(taro, "fe80::2%eth1", 0));
}

/* The place and the name stand in one key: their border must not move. */
static void
keys_of_different_places_never_meet(void **state)
{
    (void)state;
    struct slice longer = {"\x02"
                           "AKIATARO",
                           9};
    guess(longer, "192.0.1.1", 0, 100);
    assert_true(allows(taro, "192.0.1.2", 0));
    guess(taro, "", 0, 100);
    assert_true(allows(taro, "192.0.1.2", 0));
    assert_true(allows(taro, "::1", 0));
}

static void
a_clock_that_steps_back_is_survived(void **state)
{
    (void)state;
    guess(taro, "192.0.2.1", DAY_MS, 100);
    assert_false(allows(taro, "192.0.2.1", 0));
    throttle_failure(throttle, taro, SLICE("192.0.2.1"), 0);
    assert_true(allows(taro, "192.0.2.1", WINDOW));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        TEST(a_user_is_refused_after_the_limit),
        TEST(the_whole_network_counts_as_one),
        TEST(a_mapped_address_is_the_ipv4_address),
        TEST(the_owner_elsewhere_is_not_locked_out),
        TEST(the_owner_at_a_familiar_address_is_not_locked_out_by_neighbours),
        TEST(strangers_of_a_network_are_one_place_and_who_was_in_from_there_another),
        TEST(a_familiar_address_has_the_limit_too),
        TEST(an_ipv6_host_is_familiar_by_its_64),
        TEST(one_drop_lets_one_more_try_through),
        TEST(over_a_long_time_the_rate_holds),
        TEST(tries_in_flight_do_not_punish_beyond_the_window),
        TEST(a_success_empties_the_users_bucket),
        TEST(spraying_many_users_from_one_network_is_slowed),
        TEST(a_valid_account_does_not_buy_guesses_at_others),
        TEST(cycling_user_names_does_not_flush_the_bucket_under_attack),
        TEST(a_bucket_that_still_refuses_is_not_the_one_forgotten),
        TEST(memory_is_bounded),
        TEST(empty_buckets_are_forgotten),
        TEST(odd_names_and_addresses_are_counted_too),
        TEST(keys_of_different_places_never_meet),
        TEST(a_clock_that_steps_back_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
