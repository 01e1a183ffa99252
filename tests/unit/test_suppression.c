/* The suppression list and the statistics, on a real database: which reasons count, what is learned
 * from failures and complaints, and what is counted. */
#include "base/clock.h"
#include "spool/spool.h"
#include "store/message_key.h"
#include "store/schema.h"
#include "store/statistics.h"
#include "store/suppression.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const int64_t noon = 1795564800000;
static const struct schedule schedule = {MINUTE_MS, HOUR_MS};

struct world {
    struct arena *arena;
    struct database *db;
    int64_t key;
    struct recipient_row rows[2];
    struct spool_entry entry;
    struct err err;
};

static void
ok(struct world *world, enum rc rc)
{
    if (rc != RC_OK)
        fail_msg("%s: %s", rc_name(rc), world->err.text);
}

/* Sets a, b and c: the account's reasons, none, complaints alone. */
static int
setup(void **state)
{
    static struct world world;
    int64_t ms;
    world = (struct world){.arena = arena_new()};
    ok(&world, database_open(":memory:", DATABASE_WRITE, &world.db, &world.err));
    ok(&world, schema_migrate(world.db, &world.err));
    ok(&world, database_execute(world.db,
                                "INSERT INTO configuration_set (name, created_ms, sending_enabled, "
                                "suppressed_reasons) VALUES ('a', 1, 1, NULL), ('b', 1, 1, ''), "
                                "('c', 1, 1, 'COMPLAINT')",
                                &world.err));
    world.key = message_key_next(0, noon, &ms);
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
put(struct world *world, const char *address, enum suppression_reason reason)
{
    const struct suppressed_row row = {slice_of(address), reason, noon, SLICE(""), SLICE("")};
    ok(world, suppression_put(world->db, world->arena, &row, &world->err));
}

static bool
is_listed(struct world *world, const char *address)
{
    struct suppressed_row row;
    return suppression_find(world->db, world->arena, slice_of(address), &row, &world->err) == RC_OK;
}

static unsigned
reasons_of(struct world *world, const char *configuration_set)
{
    unsigned reasons;
    ok(world, suppression_reasons(world->db, world->arena, slice_of(configuration_set), &reasons,
                                  &world->err));
    return reasons;
}

/* A message to Ana and Jiro, or to Ana alone, suppressed as it must be and accepted. */
static uint32_t
send(struct world *world, const char *set, const char *service, uint32_t recipients)
{
    static const char *const addresses[] = {"Ana@sink.example", "jiro@sink.example"};
    uint32_t suppressed;
    for (uint32_t i = 0; i < recipients; i++)
        world->rows[i] = (struct recipient_row){.key = message_part_key(world->key, i),
                                                .address = slice_of(addresses[i]),
                                                .domain = SLICE("sink.example"),
                                                .next_ms = noon,
                                                .expires_ms = noon + 14 * HOUR_MS,
                                                .leased = true};
    world->entry = (struct spool_entry){.message = {.key = world->key,
                                                    .id = SLICE("id"),
                                                    .accepted_ms = noon,
                                                    .open = true,
                                                    .service = slice_of(service),
                                                    .configuration_set = slice_of(set),
                                                    .recipients = recipients,
                                                    .counted = recipients,
                                                    .header = SLICE("Subject: x\r\n\r\n")},
                                        .recipients = world->rows,
                                        .recipient_count = recipients};
    ok(world,
       spool_suppress(world->db, world->arena, &world->entry, noon, &suppressed, &world->err));
    ok(world, spool_accept(world->db, &world->entry, &world->err));
    return suppressed;
}

static void
settle(struct world *world, uint32_t number, enum spool_fate fate, const char *status,
       bool simulated, int64_t now_ms)
{
    struct recipient_row row;
    bool failed;
    const struct spool_outcome outcome = {.recipient_key = message_part_key(world->key, number),
                                          .fate = fate,
                                          .status = slice_of(status),
                                          .reply = SLICE("550 no"),
                                          .simulated = simulated};
    ok(world, spool_settle(world->db, world->arena, &outcome, &schedule, now_ms, &row, &failed,
                           &world->err));
}

static struct statistic_row
total(struct world *world)
{
    struct statistic_row *rows, sum = {0};
    size_t count;
    ok(world, statistics_since(world->db, world->arena, 0, &rows, &count, &world->err));
    for (size_t i = 0; i < count; i++) {
        sum.attempts += rows[i].attempts;
        sum.bounces += rows[i].bounces;
        sum.complaints += rows[i].complaints;
        sum.rejects += rows[i].rejects;
    }
    return sum;
}

/* ---- which reasons count ---- */

static void
a_configuration_set_goes_before_the_account(void **state)
{
    struct world *world = *state;
    assert_int_equal(reasons_of(world, ""), SUPPRESSION_ALL);
    assert_int_equal(reasons_of(world, "a"), SUPPRESSION_ALL);
    assert_int_equal(reasons_of(world, "b"), 0);
    assert_int_equal(reasons_of(world, "c"), 1u << SUPPRESSED_COMPLAINT);
    ok(world,
       suppression_set_reasons(world->db, world->arena, 1u << SUPPRESSED_BOUNCE, &world->err));
    assert_int_equal(reasons_of(world, "a"), 1u << SUPPRESSED_BOUNCE);
    assert_int_equal(reasons_of(world, "c"), 1u << SUPPRESSED_COMPLAINT);
    ok(world, suppression_set_reasons(world->db, world->arena, 0, &world->err));
    assert_int_equal(reasons_of(world, ""), 0);
}

static void
addresses_are_compared_without_case(void **state)
{
    struct world *world = *state;
    put(world, "ANA@Sink.example", SUPPRESSED_BOUNCE);
    assert_true(is_listed(world, "ana@sink.EXAMPLE"));
    assert_false(is_listed(world, "ana+x@sink.example"));
    ok(world, suppression_delete(world->db, world->arena, SLICE("Ana@sink.example"), &world->err));
    assert_int_equal(
        suppression_delete(world->db, world->arena, SLICE("ana@sink.example"), &world->err),
        RC_NOT_FOUND);
}

/* ---- what it does ---- */

static void
a_listed_recipient_ends_and_the_others_wait(void **state)
{
    struct world *world = *state;
    struct recipient_row row;
    put(world, "ana@sink.example", SUPPRESSED_BOUNCE);
    assert_int_equal(send(world, "", "smtp", 2), 1);
    ok(world, recipients_find(world->db, world->arena, message_part_key(world->key, 0), &row,
                              &world->err));
    assert_int_equal(row.state, RECIPIENT_SUPPRESSED);
    assert_false(row.leased);
    assert_int_equal(row.finished_ms, noon);
    assert_true(slice_is(row.status, "5.1.1"));
    assert_int_equal(world->rows[1].state, RECIPIENT_QUEUED);
    assert_int_equal(total(world).attempts, 2);
    assert_int_equal(total(world).bounces, 0);
}

static void
a_reason_that_does_not_count_suppresses_nobody(void **state)
{
    struct world *world = *state;
    put(world, "ana@sink.example", SUPPRESSED_BOUNCE);
    put(world, "jiro@sink.example", SUPPRESSED_COMPLAINT);
    assert_int_equal(send(world, "b", "smtp", 2), 0);
    world->key++;
    assert_int_equal(send(world, "c", "smtp", 2), 1);
    assert_int_equal(world->rows[1].state, RECIPIENT_SUPPRESSED);
}

/* ---- what is learned ---- */

static void
an_address_that_does_not_exist_is_learned(void **state)
{
    struct world *world = *state;
    send(world, "", "smtp", 2);
    settle(world, 0, SPOOL_FAILED, "5.1.1", false, noon + 1);
    settle(world, 1, SPOOL_FAILED, "5.7.1", false, noon + 1);
    assert_true(is_listed(world, "ana@sink.example"));
    assert_false(is_listed(world, "jiro@sink.example"));
    assert_int_equal(total(world).bounces, 2);
}

static void
an_expiry_is_a_bounce_and_teaches_nothing(void **state)
{
    struct world *world = *state;
    send(world, "", "smtp", 1);
    settle(world, 0, SPOOL_RETRY, "5.1.1", false, noon + 15 * HOUR_MS);
    assert_false(is_listed(world, "ana@sink.example"));
    assert_int_equal(total(world).bounces, 1);
}

static void
nothing_is_learned_from_the_simulator_or_from_reports_of_ours(void **state)
{
    struct world *world = *state;
    send(world, "", "smtp", 1);
    settle(world, 0, SPOOL_FAILED, "5.1.1", true, noon);
    world->key++;
    send(world, "", "system", 1);
    settle(world, 0, SPOOL_FAILED, "5.1.1", false, noon);
    assert_false(is_listed(world, "ana@sink.example"));
    assert_int_equal(total(world).bounces, 0);
}

static void
a_configuration_set_without_the_reason_learns_nothing(void **state)
{
    struct world *world = *state;
    send(world, "c", "smtp", 1);
    settle(world, 0, SPOOL_FAILED, "5.1.1", false, noon);
    assert_false(is_listed(world, "ana@sink.example"));
    world->key++;
    send(world, "c", "smtp", 1);
    settle(world, 0, SPOOL_DELIVERED, "2.0.0", false, noon);
    ok(world, spool_complain(world->db, world->arena, &world->entry.message, noon, &world->err));
    assert_true(is_listed(world, "ana@sink.example"));
}

static void
who_did_not_get_it_cannot_complain(void **state)
{
    struct world *world = *state;
    send(world, "", "smtp", 1);
    ok(world, spool_complain(world->db, world->arena, &world->entry.message, noon, &world->err));
    assert_false(is_listed(world, "ana@sink.example"));
    assert_int_equal(total(world).complaints, 1);
}

/* ---- statistics ---- */

static void
statistics_have_a_row_a_quarter_and_go_after_two_weeks(void **state)
{
    struct world *world = *state;
    struct statistic_row *rows, one = {.start_ms = noon + 1, .attempts = 3};
    size_t count;
    ok(world, statistics_add(world->db, &one, &world->err));
    one.start_ms = noon + 15 * MINUTE_MS - 1;
    one.rejects = 1;
    ok(world, statistics_add(world->db, &one, &world->err));
    one.start_ms = noon + 15 * MINUTE_MS;
    ok(world, statistics_add(world->db, &one, &world->err));
    ok(world, statistics_since(world->db, world->arena, noon, &rows, &count, &world->err));
    assert_int_equal(count, 2);
    assert_int_equal(rows[0].start_ms, noon);
    assert_int_equal(rows[0].attempts, 6);
    assert_int_equal(rows[0].rejects, 1);
    assert_int_equal(rows[1].start_ms, noon + 15 * MINUTE_MS);
    ok(world, statistics_expire(world->db, noon + 14 * DAY_MS, &world->err));
    assert_int_equal(total(world).attempts, 9);
    ok(world, statistics_expire(world->db, noon + 14 * DAY_MS + 15 * MINUTE_MS, &world->err));
    assert_int_equal(total(world).attempts, 3);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_configuration_set_goes_before_the_account),
        TEST(addresses_are_compared_without_case),
        TEST(a_listed_recipient_ends_and_the_others_wait),
        TEST(a_reason_that_does_not_count_suppresses_nobody),
        TEST(an_address_that_does_not_exist_is_learned),
        TEST(an_expiry_is_a_bounce_and_teaches_nothing),
        TEST(nothing_is_learned_from_the_simulator_or_from_reports_of_ours),
        TEST(a_configuration_set_without_the_reason_learns_nothing),
        TEST(who_did_not_get_it_cannot_complain),
        TEST(statistics_have_a_row_a_quarter_and_go_after_two_weeks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
