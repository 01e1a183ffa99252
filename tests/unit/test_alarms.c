/* What the administrator is told by mail, on a real database: each thing once, the worst first, and
 * however often it happens, no oftener than it should be. */
#include "base/clock.h"
#include "store/alarms.h"
#include "store/schema.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const int64_t noon = 1795564800000;

struct world {
    struct arena *arena;
    struct database *db;
    struct err err;
};

static void
ok(struct world *world, enum rc rc)
{
    if (rc != RC_OK)
        fail_msg("%s: %s", rc_name(rc), world->err.text);
}

static int
setup(void **state)
{
    static struct world world;
    world = (struct world){.arena = arena_new()};
    ok(&world, database_open(":memory:", DATABASE_WRITE, &world.db, &world.err));
    ok(&world, schema_migrate(world.db, &world.err));
    *state = &world;
    return 0;
}

static int
teardown(void **state)
{
    struct world *world = *state;
    database_close(world->db);
    arena_free(world->arena);
    return 0;
}

static void
raise_alarm(struct world *world, const char *subject, enum alarm_weight weight, const char *words,
            int64_t now_ms)
{
    ok(world,
       alarms_put(world->db, slice_of(subject), weight, slice_of(words), now_ms, &world->err));
}

/* Their subjects, as "a b c". What is not listed is counted. */
static const char *
due(struct world *world, int64_t told_before_ms, int64_t limit)
{
    struct alarm_row *rows;
    size_t count;
    struct slice all = SLICE("");
    ok(world,
       alarms_due(world->db, world->arena, told_before_ms, limit, &rows, &count, &world->err));
    for (size_t i = 0; i < count; i++)
        all = arena_printf(world->arena, "%.*s%s%.*s", SLICE_ARG(all), i ? " " : "",
                           SLICE_ARG(rows[i].subject));
    return arena_printf(world->arena, "%.*s%c", SLICE_ARG(all), '\0').ptr;
}

static int64_t
tell(struct world *world, int64_t told_before_ms, int64_t now_ms)
{
    int64_t count;
    ok(world, alarms_told(world->db, told_before_ms, now_ms, &count, &world->err));
    return count;
}

static void
the_worst_is_told_first_and_then_the_oldest(void **state)
{
    struct world *world = *state;
    raise_alarm(world, "tried:a", ALARM_CANARY_TRIED, "", noon);
    raise_alarm(world, "braked:b", ALARM_BRAKED, "", noon + 2);
    raise_alarm(world, "braked:a", ALARM_BRAKED, "", noon + 3);
    raise_alarm(world, "used:a", ALARM_CANARY_USED, "", noon + 4);
    assert_string_equal(due(world, noon, 10), "used:a braked:b braked:a tried:a");
    assert_string_equal(due(world, noon, 2), "used:a braked:b");
    assert_int_equal(tell(world, noon, noon + 5), 4);
    assert_string_equal(due(world, noon, 10), "");
}

static void
what_happens_again_is_one_alarm_with_the_first_and_the_last(void **state)
{
    struct world *world = *state;
    struct alarm_row *rows;
    size_t count;
    raise_alarm(world, "used:a", ALARM_CANARY_USED, "first", noon);
    raise_alarm(world, "used:a", ALARM_CANARY_USED, "second", noon + 1);
    raise_alarm(world, "used:a", ALARM_CANARY_USED, "third", noon + 2);
    ok(world, alarms_due(world->db, world->arena, noon, 10, &rows, &count, &world->err));
    assert_int_equal(count, 1);
    assert_int_equal(rows[0].times, 3);
    assert_int_equal(rows[0].at_ms, noon);
    assert_int_equal(rows[0].last_ms, noon + 2);
    assert_true(slice_is(rows[0].words, "first"));
    assert_true(slice_is(rows[0].last_words, "third"));
}

static void
what_was_told_waits_before_it_is_told_again_and_counts_anew(void **state)
{
    struct world *world = *state;
    struct alarm_row *rows;
    size_t count;
    int64_t told_ms = 0;
    raise_alarm(world, "tried:a", ALARM_CANARY_TRIED, "first", noon);
    assert_int_equal(tell(world, noon - HOUR_MS, noon), 1);
    assert_int_equal(alarms_next(world->db, &told_ms, &world->err), RC_NOT_FOUND);
    raise_alarm(world, "tried:a", ALARM_CANARY_TRIED, "again", noon + 1);
    assert_string_equal(due(world, noon - 1, 10), "");
    assert_int_equal(tell(world, noon - 1, noon + HOUR_MS - 1), 0);
    ok(world, alarms_next(world->db, &told_ms, &world->err));
    assert_int_equal(told_ms, noon);
    ok(world, alarms_due(world->db, world->arena, noon, 10, &rows, &count, &world->err));
    assert_int_equal(count, 1);
    assert_int_equal(rows[0].times, 1);
    assert_int_equal(rows[0].at_ms, noon + 1);
    assert_true(slice_is(rows[0].words, "again"));
}

static void
what_is_new_does_not_wait_for_what_was_told(void **state)
{
    struct world *world = *state;
    int64_t told_ms = -1;
    raise_alarm(world, "tried:a", ALARM_CANARY_TRIED, "", noon);
    assert_int_equal(tell(world, noon - HOUR_MS, noon), 1);
    raise_alarm(world, "tried:a", ALARM_CANARY_TRIED, "", noon + 1);
    raise_alarm(world, "used:a", ALARM_CANARY_USED, "", noon + 2);
    ok(world, alarms_next(world->db, &told_ms, &world->err));
    assert_int_equal(told_ms, 0);
    assert_string_equal(due(world, noon - 1, 10), "used:a");
    assert_int_equal(tell(world, noon - 1, noon + 3), 1);
    assert_string_equal(due(world, noon, 10), "tried:a"); /* it still waits */
}

static void
what_was_told_long_ago_is_forgotten(void **state)
{
    struct world *world = *state;
    int64_t rows = -1;
    raise_alarm(world, "braked:a:1", ALARM_BRAKED, "", noon);
    assert_int_equal(tell(world, noon - HOUR_MS, noon), 1);
    raise_alarm(world, "braked:a:2", ALARM_BRAKED, "", noon + HOUR_MS);
    assert_int_equal(tell(world, noon, noon + HOUR_MS), 1);
    struct query q = query_start(world->db, "SELECT count(*) FROM alarm");
    if (query_row(&q))
        rows = query_column_i64(&q, 0);
    ok(world, query_end(&q, &world->err));
    assert_int_equal(rows, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_worst_is_told_first_and_then_the_oldest),
        TEST(what_happens_again_is_one_alarm_with_the_first_and_the_last),
        TEST(what_was_told_waits_before_it_is_told_again_and_counts_anew),
        TEST(what_is_new_does_not_wait_for_what_was_told),
        TEST(what_was_told_long_ago_is_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
