/* The spool's numbered promises (spool/spool.h), on a real database in memory. */
#include "base/clock.h"
#include "spool/spool.h"
#include "store/message_key.h"
#include "store/schema.h"

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
    struct err err;
};

static int
setup(void **state)
{
    static struct world world;
    int64_t ms;
    world = (struct world){.arena = arena_new()};
    assert_int_equal(database_open(":memory:", DATABASE_WRITE, &world.db, &world.err), RC_OK);
    assert_int_equal(schema_migrate(world.db, &world.err), RC_OK);
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
ok(struct world *world, enum rc rc)
{
    if (rc != RC_OK)
        fail_msg("%s: %s", rc_name(rc), world->err.text);
}

static void
accept_message(struct world *world, uint32_t recipients, bool captured)
{
    struct recipient_row rows[4] = {0};
    for (uint32_t i = 0; i < recipients; i++)
        rows[i] = (struct recipient_row){.key = message_part_key(world->key, i),
                                         .address = SLICE("ana@sink.example"),
                                         .domain = SLICE("sink.example"),
                                         .next_ms = noon,
                                         .expires_ms = noon + 14 * HOUR_MS};
    struct spool_entry entry = {.message = {.key = world->key,
                                            .id = SLICE("id"),
                                            .accepted_ms = noon,
                                            .open = true,
                                            .captured = captured,
                                            .recipients = recipients,
                                            .header = SLICE("Subject: x\r\n\r\n"),
                                            .body_bytes = 4},
                                .recipients = rows,
                                .recipient_count = recipients,
                                .body = SLICE("body")};
    ok(world, spool_accept(world->db, &entry, &world->err));
}

static struct recipient_row
row(struct world *world, uint32_t number)
{
    struct recipient_row found;
    ok(world, recipients_find(world->db, world->arena, message_part_key(world->key, number), &found,
                              &world->err));
    return found;
}

static bool
has_body(struct world *world)
{
    struct slice bytes;
    return chunks_find(world->db, world->arena, world->key, 0, &bytes, &world->err) == RC_OK;
}

static bool
settle(struct world *world, uint32_t number, enum spool_fate fate, int64_t now_ms)
{
    struct spool_outcome outcome = {.recipient_key = message_part_key(world->key, number),
                                    .fate = fate,
                                    .status = SLICE("4.4.1"),
                                    .reply = SLICE("421 4.4.1 Failed to establish connection"),
                                    .jitter = 0.5};
    struct recipient_row settled;
    bool failed = false;
    ok(world, spool_settle(world->db, world->arena, &outcome, &schedule, now_ms, &settled, &failed,
                           &world->err));
    ok(world, spool_close_if_done(world->db, world->key, &world->err));
    return failed;
}

/* Promise 2: the counts add up to what was accepted. */
static void
assert_accounted(struct world *world)
{
    int64_t counts[RECIPIENT_STATE_COUNT], accepted, sum = 0;
    ok(world, recipients_count(world->db, counts, &accepted, &world->err));
    for (int i = 0; i < RECIPIENT_STATE_COUNT; i++)
        sum += counts[i];
    assert_int_equal(sum, accepted);
    int64_t queued, held;
    ok(world, recipients_count_waiting(world->db, &queued, &held, &world->err));
    assert_int_equal(queued, counts[RECIPIENT_QUEUED]);
    assert_int_equal(held, counts[RECIPIENT_HELD]);
}

static void
the_body_stays_while_one_recipient_waits(void **state)
{
    struct world *world = *state;
    accept_message(world, 2, false);
    settle(world, 0, SPOOL_DELIVERED, noon + 1000);
    assert_true(has_body(world));
    settle(world, 1, SPOOL_DELIVERED, noon + 2000);
    assert_false(has_body(world));
    assert_accounted(world);
}

static void
a_captured_body_stays(void **state)
{
    struct world *world = *state;
    accept_message(world, 1, true);
    settle(world, 0, SPOOL_DELIVERED, noon);
    assert_true(has_body(world));
}

static void
a_failure_is_tried_again_later_and_later(void **state)
{
    struct world *world = *state;
    int64_t now_ms = noon, delay = MINUTE_MS;
    accept_message(world, 1, false);
    for (int i = 0; i < 8; i++) {
        assert_false(settle(world, 0, SPOOL_RETRY, now_ms));
        assert_int_equal(row(world, 0).state, RECIPIENT_QUEUED);
        assert_int_equal(row(world, 0).next_ms, now_ms + delay);
        now_ms += delay;
        delay = delay * 2 < HOUR_MS ? delay * 2 : HOUR_MS;
    }
    assert_int_equal(row(world, 0).attempts, 8);
    assert_accounted(world);
}

static void
after_its_lifetime_a_recipient_expires_with_the_words_of_ses(void **state)
{
    struct world *world = *state;
    accept_message(world, 1, false);
    assert_false(settle(world, 0, SPOOL_RETRY, noon + 14 * HOUR_MS - 1));
    assert_int_equal(row(world, 0).next_ms, noon + 14 * HOUR_MS);
    assert_true(settle(world, 0, SPOOL_RETRY, noon + 14 * HOUR_MS));
    assert_int_equal(row(world, 0).state, RECIPIENT_EXPIRED);
    assert_string_equal(row(world, 0).reply.ptr,
                        "550 4.4.7 Message expired: unable to deliver in 840 minutes."
                        "<421 4.4.1 Failed to establish connection>");
    assert_string_equal(row(world, 0).status.ptr, "4.4.7");
    assert_false(has_body(world));
    assert_accounted(world);
}

/* Promise 3: when the report cannot be made, the recipient's end waits too, whatever its age. */
static void
without_a_report_nothing_ends(void **state)
{
    struct world *world = *state;
    accept_message(world, 1, false);
    assert_false(settle(world, 0, SPOOL_LATER, noon + 15 * HOUR_MS));
    assert_int_equal(row(world, 0).state, RECIPIENT_QUEUED);
    assert_int_equal(row(world, 0).attempts, 1);
    assert_true(row(world, 0).next_ms > noon + 15 * HOUR_MS);
    assert_true(has_body(world));
    assert_true(settle(world, 0, SPOOL_FAILED, noon + 16 * HOUR_MS));
    assert_int_equal(row(world, 0).state, RECIPIENT_BOUNCED);
    assert_accounted(world);
}

static void
a_second_settlement_changes_nothing(void **state)
{
    struct world *world = *state;
    struct recipient_row settled;
    bool failed;
    accept_message(world, 1, false);
    settle(world, 0, SPOOL_DELIVERED, noon);
    struct spool_outcome again = {.recipient_key = message_part_key(world->key, 0),
                                  .fate = SPOOL_FAILED};
    assert_int_equal(spool_settle(world->db, world->arena, &again, &schedule, noon, &settled,
                                  &failed, &world->err),
                     RC_CONFLICT);
    assert_int_equal(row(world, 0).state, RECIPIENT_DELIVERED);
}

static void
held_mail_does_not_age(void **state)
{
    struct world *world = *state;
    int64_t key = message_part_key(world->key, 0);
    accept_message(world, 1, false);
    ok(world, spool_hold(world->db, world->arena, key, noon + HOUR_MS, &world->err));
    assert_int_equal(row(world, 0).state, RECIPIENT_HELD);
    ok(world, spool_release(world->db, world->arena, key, noon + 31 * HOUR_MS, &world->err));
    assert_int_equal(row(world, 0).expires_ms, noon + 44 * HOUR_MS);
    assert_int_equal(row(world, 0).next_ms, noon + 31 * HOUR_MS);
    assert_accounted(world);
}

static void
what_was_delivered_while_it_was_being_held_counts_as_delivered(void **state)
{
    struct world *world = *state;
    accept_message(world, 1, false);
    ok(world,
       spool_hold(world->db, world->arena, message_part_key(world->key, 0), noon, &world->err));
    settle(world, 0, SPOOL_DELIVERED, noon + 5);
    assert_int_equal(row(world, 0).state, RECIPIENT_DELIVERED);
}

static void
dropping_ends_a_recipient_once(void **state)
{
    struct world *world = *state;
    int64_t key = message_part_key(world->key, 0);
    accept_message(world, 1, false);
    ok(world, spool_drop(world->db, world->arena, key, noon, &world->err));
    assert_int_equal(row(world, 0).state, RECIPIENT_DROPPED);
    assert_false(has_body(world));
    assert_int_equal(spool_drop(world->db, world->arena, key, noon, &world->err), RC_CONFLICT);
    assert_int_equal(spool_release(world->db, world->arena, key, noon, &world->err), RC_CONFLICT);
    assert_accounted(world);
}

static void
what_is_over_is_neither_held_nor_tried_again(void **state)
{
    struct world *world = *state;
    int64_t key = message_part_key(world->key, 0), stranger = message_part_key(world->key, 3);
    struct spool_outcome outcome = {.recipient_key = stranger, .fate = SPOOL_DELIVERED};
    struct recipient_row settled;
    bool failed;
    accept_message(world, 2, false);
    settle(world, 0, SPOOL_DELIVERED, noon);
    assert_int_equal(spool_hold(world->db, world->arena, key, noon, &world->err), RC_CONFLICT);
    assert_int_equal(spool_retry(world->db, world->arena, key, noon, &world->err), RC_CONFLICT);
    assert_int_equal(row(world, 0).state, RECIPIENT_DELIVERED);
    key = message_part_key(world->key, 1);
    ok(world, spool_hold(world->db, world->arena, key, noon, &world->err));
    assert_int_equal(spool_retry(world->db, world->arena, key, noon, &world->err), RC_CONFLICT);
    assert_int_equal(row(world, 1).state, RECIPIENT_HELD);
    assert_int_equal(spool_settle(world->db, world->arena, &outcome, &schedule, noon, &settled,
                                  &failed, &world->err),
                     RC_NOT_FOUND);
    assert_int_equal(spool_hold(world->db, world->arena, stranger, noon, &world->err),
                     RC_NOT_FOUND);
    assert_accounted(world);
}

static void
a_lease_ends_by_itself_and_at_a_restart(void **state)
{
    struct world *world = *state;
    struct recipient_row *due;
    size_t count;
    accept_message(world, 1, false);
    ok(world, recipients_lease(world->db, message_part_key(world->key, 0), noon + SPOOL_LEASE_MS,
                               &world->err));
    ok(world, recipients_due(world->db, world->arena, noon + 1, 10, &due, &count, &world->err));
    assert_int_equal(count, 0);
    ok(world, recipients_due(world->db, world->arena, noon + SPOOL_LEASE_MS, 10, &due, &count,
                             &world->err));
    assert_int_equal(count, 1);
    ok(world, recipients_unlease_all(world->db, noon + 2, &world->err));
    ok(world, recipients_due(world->db, world->arena, noon + 2, 10, &due, &count, &world->err));
    assert_int_equal(count, 1);
}

static void
what_is_kept_long_enough_is_deleted_unless_a_recipient_waits(void **state)
{
    struct world *world = *state;
    struct recipient_row found;
    bool more;
    accept_message(world, 2, true);
    settle(world, 0, SPOOL_DELIVERED, noon);
    ok(world, messages_expire(world->db, noon + DAY_MS, &more, &world->err));
    assert_int_equal(row(world, 1).state, RECIPIENT_QUEUED);
    assert_true(has_body(world));
    settle(world, 1, SPOOL_DELIVERED, noon);
    ok(world, messages_expire(world->db, noon, &more, &world->err));
    assert_true(has_body(world));
    ok(world, messages_expire(world->db, noon + 1, &more, &world->err));
    assert_false(more);
    assert_false(has_body(world));
    assert_int_equal(recipients_find(world->db, world->arena, message_part_key(world->key, 1),
                                     &found, &world->err),
                     RC_NOT_FOUND);
    assert_accounted(world);
}

static void
chunks_without_a_message_are_swept(void **state)
{
    struct world *world = *state;
    struct slice bytes;
    accept_message(world, 1, false);
    ok(world, chunks_insert(world->db, world->key + 1, 0, SLICE("orphan"), &world->err));
    ok(world, chunks_sweep(world->db, &world->err));
    assert_true(has_body(world));
    assert_int_equal(chunks_find(world->db, world->arena, world->key + 1, 0, &bytes, &world->err),
                     RC_NOT_FOUND);
}

static void
keys_rise_even_when_the_clock_is_set_back(void **state)
{
    int64_t ms, low, high;
    (void)state;
    int64_t first = message_key_next(0, noon, &ms);
    assert_int_equal(ms, noon);
    int64_t second = message_key_next(first, noon - DAY_MS, &ms);
    assert_true(second > first);
    assert_int_equal(ms, noon);
    message_key_range(SLICE("010001a20e40a000-x"), &low, &high);
    assert_true(low <= high);
    message_key_range(SLICE("01"), &low, &high);
    assert_true(low > high);
    message_key_range(SLICE("0100zzzzzzzzzzzz-"), &low, &high);
    assert_true(low > high);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_body_stays_while_one_recipient_waits),
        TEST(a_captured_body_stays),
        TEST(a_failure_is_tried_again_later_and_later),
        TEST(after_its_lifetime_a_recipient_expires_with_the_words_of_ses),
        TEST(without_a_report_nothing_ends),
        TEST(a_second_settlement_changes_nothing),
        TEST(held_mail_does_not_age),
        TEST(what_was_delivered_while_it_was_being_held_counts_as_delivered),
        TEST(dropping_ends_a_recipient_once),
        TEST(what_is_over_is_neither_held_nor_tried_again),
        TEST(a_lease_ends_by_itself_and_at_a_restart),
        TEST(what_is_kept_long_enough_is_deleted_unless_a_recipient_waits),
        TEST(chunks_without_a_message_are_swept),
        TEST(keys_rise_even_when_the_clock_is_set_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
