/* Failed logins by network, on a real database in memory. */
#include "base/clock.h"
#include "store/decisions.h"
#include "store/schema.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const int64_t noon = 1795564800000;

static void
networks_without_end_are_counted_as_one_and_known_ones_go_on(void **state)
{
    struct arena *arena = arena_new();
    struct database *db;
    struct stranger_row *rows;
    struct err err;
    size_t count;
    int64_t attempts = 0, others = 0;
    (void)state;
    assert_int_equal(database_open(":memory:", DATABASE_WRITE, &db, &err), RC_OK);
    assert_int_equal(schema_migrate(db, &err), RC_OK);
    for (int i = 0; i < STRANGERS_PER_HOUR_MAX + 500; i++) {
        struct slice network = arena_printf(arena, "2001:db8:%x::/56", (unsigned)i);
        assert_int_equal(strangers_count(db, noon, network, "password", 1, SLICE("x"), &err),
                         RC_OK);
    }
    assert_int_equal(
        strangers_count(db, noon, SLICE("2001:db8:0::/56"), "password", 1, SLICE("x"), &err),
        RC_OK);
    assert_int_equal(strangers_count(db, noon + HOUR_MS, SLICE("2001:db8:fff::/56"), "password", 1,
                                     SLICE("x"), &err),
                     RC_OK);
    struct query q = query_start(db, "SELECT count(*), sum(attempts), sum(attempts * (network = "
                                     "'" STRANGERS_OTHER "')) FROM stranger WHERE hour = ?");
    query_i64(&q, noon / HOUR_MS);
    assert_true(query_row(&q));
    assert_int_equal(query_column_i64(&q, 0), STRANGERS_PER_HOUR_MAX + 1);
    attempts = query_column_i64(&q, 1);
    others = query_column_i64(&q, 2);
    assert_int_equal(query_end(&q, &err), RC_OK);
    assert_int_equal(attempts, STRANGERS_PER_HOUR_MAX + 501);
    assert_int_equal(others, 500);
    assert_int_equal(strangers_list(db, arena, noon + HOUR_MS, &rows, &count, &err), RC_OK);
    assert_int_equal(count, 1);
    assert_true(slice_is(rows[0].network, "2001:db8:fff::/56"));
    database_close(db);
    arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(networks_without_end_are_counted_as_one_and_known_ones_go_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
