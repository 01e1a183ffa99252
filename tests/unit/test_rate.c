#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/rate.h"
#include "base/memory.h"

static unsigned
taken(struct rate *rate, struct slice key, int64_t now_ms, unsigned wanted)
{
    unsigned count = 0;
    for (unsigned i = 0; i < wanted; i++)
        count += rate_take(rate, key, now_ms);
    return count;
}

static void
a_burst_passes_and_then_the_rate_holds(void **state)
{
    struct rate *rate = rate_new(5);
    (void)state;
    assert_int_equal(taken(rate, SLICE("AKIA1"), 1000, 100), 50);
    assert_int_equal(taken(rate, SLICE("AKIA1"), 1199, 100), 0);
    assert_int_equal(taken(rate, SLICE("AKIA1"), 1200, 100), 1);
    assert_int_equal(taken(rate, SLICE("AKIA1"), 3200, 100), 10);
    assert_int_equal(taken(rate, SLICE("AKIA1"), 1000000, 100), 50);
    rate_free(rate);
}

static void
one_key_takes_nothing_from_another(void **state)
{
    struct rate *rate = rate_new(1);
    (void)state;
    assert_int_equal(taken(rate, SLICE("AKIA1"), 0, 100), 10);
    assert_int_equal(taken(rate, SLICE("AKIA2"), 0, 100), 10);
    rate_free(rate);
}

static void
a_clock_that_is_set_back_fills_nothing(void **state)
{
    struct rate *rate = rate_new(1);
    (void)state;
    assert_int_equal(taken(rate, SLICE("AKIA1"), 10000, 100), 10);
    assert_int_equal(taken(rate, SLICE("AKIA1"), 0, 100), 0);
    assert_int_equal(taken(rate, SLICE("AKIA1"), 1000, 100), 1);
    rate_free(rate);
}

static void
what_is_empty_is_not_forgotten_to_make_room(void **state)
{
    struct rate *rate = rate_new(1);
    struct arena *arena = arena_new();
    (void)state;
    for (int i = 0; i < RATE_BUCKETS_MAX; i++)
        assert_true(rate_take(rate, arena_printf(arena, "other %d", i), 0));
    assert_int_equal(taken(rate, SLICE("AKIA1"), 5000, 100), 10); /* the others are full by now */
    for (int i = 0; i < RATE_BUCKETS_MAX; i++)
        assert_true(rate_take(rate, arena_printf(arena, "third %d", i), 5000));
    assert_int_equal(taken(rate, SLICE("AKIA1"), 5000, 100), 0);
    rate_free(rate);
    arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_burst_passes_and_then_the_rate_holds),
        cmocka_unit_test(one_key_takes_nothing_from_another),
        cmocka_unit_test(a_clock_that_is_set_back_fills_nothing),
        cmocka_unit_test(what_is_empty_is_not_forgotten_to_make_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
