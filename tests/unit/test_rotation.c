/* The states of signing keys, look by look. */
#include "identity/rotation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#define START ((int64_t)1700000000000)

static const struct rotation_rules rules = {.rotate_after_ms = 180 * DAY_MS,
                                            .publish_wait_ms = HOUR_MS,
                                            .keep_retired_ms = 7 * DAY_MS,
                                            .rotates = true};

/* One signs, two wait and are published, since a day; nothing is due. */
static struct rotation_key keys[ROTATION_KEYS];
static struct rotation rotation;

static int
setup(void **state)
{
    (void)state;
    rotation = (struct rotation){0};
    for (int i = 0; i < ROTATION_KEYS; i++)
        keys[i] = (struct rotation_key){.position = i,
                                        .published_ms = START - DAY_MS,
                                        .signing_ms = i ? 0 : START,
                                        .found = PROOF_PRESENT};
    return 0;
}

static struct rotation_key *
look(int64_t now_ms)
{
    return rotation_look(keys, ROTATION_KEYS, &rules, &rotation, now_ms);
}

static void
found(enum proof one, enum proof two, enum proof three)
{
    keys[0].found = one;
    keys[1].found = two;
    keys[2].found = three;
}

static void
states_are(enum key_state one, enum key_state two, enum key_state three)
{
    assert_int_equal(rotation_state(&keys[0]), one);
    assert_int_equal(rotation_state(&keys[1]), two);
    assert_int_equal(rotation_state(&keys[2]), three);
}

static void
nothing_moves_before_it_is_due(void **state)
{
    (void)state;
    assert_null(look(START + 180 * DAY_MS - 1));
    states_are(KEY_SIGNING, KEY_PUBLISHED, KEY_PUBLISHED);
    assert_true(rotation.wanted_ms == 0);
}

static void
the_next_key_signs_when_it_is_due(void **state)
{
    (void)state;
    assert_ptr_equal(look(START + 180 * DAY_MS), &keys[1]);
    states_are(KEY_RETIRING, KEY_SIGNING, KEY_PUBLISHED);
    assert_true(keys[1].signing_ms == START + 180 * DAY_MS);
    assert_true(keys[0].retired_ms == START + 180 * DAY_MS);
    assert_true(rotation.wanted_ms == 0);
    /* Its own turn begins now. */
    assert_null(look(START + 180 * DAY_MS + HOUR_MS));
}

static void
a_key_that_was_not_seen_in_this_look_does_not_sign(void **state)
{
    (void)state;
    found(PROOF_PRESENT, PROOF_UNKNOWN, PROOF_UNKNOWN);
    assert_null(look(START + 181 * DAY_MS));
    states_are(KEY_SIGNING, KEY_PUBLISHED, KEY_PUBLISHED);
    found(PROOF_PRESENT, PROOF_UNKNOWN, PROOF_PRESENT);
    assert_ptr_equal(look(START + 182 * DAY_MS), &keys[2]);
}

static void
a_key_that_vanished_or_changed_waits_again(void **state)
{
    (void)state;
    found(PROOF_PRESENT, PROOF_ABSENT, PROOF_WRONG);
    assert_null(look(START + 181 * DAY_MS));
    states_are(KEY_SIGNING, KEY_WAITING, KEY_WAITING);
    assert_true(rotation.wanted_ms == START + 181 * DAY_MS);
    /* Seen again, it must be seen for an hour again. */
    found(PROOF_PRESENT, PROOF_ABSENT, PROOF_PRESENT);
    assert_null(look(START + 182 * DAY_MS));
    assert_true(rotation.next_ms <= START + 182 * DAY_MS + HOUR_MS);
    assert_null(look(START + 182 * DAY_MS + HOUR_MS - 1));
    assert_ptr_equal(look(START + 182 * DAY_MS + HOUR_MS), &keys[2]);
}

static void
asked_for_at_once_a_key_signs_when_it_is_seen(void **state)
{
    (void)state;
    rotation = (struct rotation){.wanted_ms = START, .at_once = true};
    found(PROOF_PRESENT, PROOF_ABSENT, PROOF_ABSENT);
    assert_null(look(START));
    found(PROOF_PRESENT, PROOF_ABSENT, PROOF_PRESENT);
    assert_ptr_equal(look(START + MINUTE_MS), &keys[2]);
    assert_false(rotation.at_once);
}

static void
servfail_starts_and_advances_nothing(void **state)
{
    (void)state;
    found(PROOF_UNKNOWN, PROOF_UNKNOWN, PROOF_UNKNOWN);
    for (int64_t now = START + 181 * DAY_MS; now < START + 200 * DAY_MS; now += HOUR_MS)
        assert_null(look(now));
    states_are(KEY_SIGNING, KEY_PUBLISHED, KEY_PUBLISHED);
    assert_true(keys[1].published_ms == START - DAY_MS);
    keys[0].position = ROTATION_RETIRED;
    keys[1].position = 0;
    for (int64_t now = START + 200 * DAY_MS; now < START + 220 * DAY_MS; now += HOUR_MS)
        (void)look(now);
    states_are(KEY_RETIRING, KEY_SIGNING, KEY_PUBLISHED);
    assert_true(keys[0].kept_ms == 0);
}

/* The first key retires at the time that is returned. */
static int64_t
retire(void)
{
    assert_ptr_equal(look(START + 180 * DAY_MS), &keys[1]);
    return START + 180 * DAY_MS;
}

/* Looks every `step_ms`; when the first key is gone. */
static int64_t
look_until_gone(int64_t from_ms, int64_t step_ms)
{
    int64_t now = from_ms;
    for (int i = 0; i < 100000 && rotation_state(&keys[0]) == KEY_RETIRING; i++)
        (void)look(now += step_ms);
    return now;
}

static void
a_retired_key_is_kept_for_its_time_and_no_longer(void **state)
{
    (void)state;
    int64_t retired = retire();
    assert_true(look_until_gone(retired, HOUR_MS) == retired + 7 * DAY_MS);
    states_are(KEY_GONE, KEY_SIGNING, KEY_PUBLISHED);
    assert_int_equal(rotation_missing(keys, ROTATION_KEYS), 1);
}

static void
a_retired_key_is_kept_while_mail_waits_and_its_time_begins_then(void **state)
{
    (void)state;
    int64_t now = retire();
    (void)look(now += HOUR_MS);
    assert_true(keys[0].kept_ms == HOUR_MS);
    keys[0].queued = true;
    for (int i = 0; i < 24 * 30; i++)
        (void)look(now += HOUR_MS);
    states_are(KEY_RETIRING, KEY_SIGNING, KEY_PUBLISHED);
    keys[0].queued = false;
    assert_true(look_until_gone(now, HOUR_MS) == now + 7 * DAY_MS);
}

static void
a_clock_that_jumps_forward_ends_nothing_before_its_time(void **state)
{
    (void)state;
    int64_t retired = retire();
    (void)look(retired + 3650 * DAY_MS);
    assert_int_equal(rotation_state(&keys[0]), KEY_RETIRING);
    assert_true(keys[0].kept_ms == ROTATION_GAP_MS);
}

static void
a_clock_that_jumps_back_ends_nothing_before_its_time(void **state)
{
    (void)state;
    int64_t now = retire();
    (void)look(now += HOUR_MS);
    (void)look(now -= 3650 * DAY_MS);
    assert_true(keys[0].kept_ms == HOUR_MS);
    /* What the clock said before is no reason to wait for ten years. */
    assert_true(look_until_gone(now, HOUR_MS) == now + 7 * DAY_MS - HOUR_MS);
}

static void
a_clock_that_jumps_back_delays_no_rotation_for_longer_than_its_time(void **state)
{
    (void)state;
    keys[0].signing_ms = START + 3650 * DAY_MS;
    assert_null(look(START));
    assert_null(look(START + 180 * DAY_MS - 1));
    assert_ptr_equal(look(START + 180 * DAY_MS), &keys[1]);
}

static void
keys_that_do_not_rotate_are_seen_and_never_sign(void **state)
{
    (void)state;
    struct rotation_rules still = rules;
    still.rotates = false;
    rotation = (struct rotation){.wanted_ms = START, .at_once = true};
    assert_null(rotation_look(keys, ROTATION_KEYS, &still, &rotation, START + 3650 * DAY_MS));
    states_are(KEY_SIGNING, KEY_PUBLISHED, KEY_PUBLISHED);
    assert_true(rotation.wanted_ms == 0 && !rotation.at_once);
    keys[2].found = PROOF_ABSENT;
    (void)rotation_look(keys, ROTATION_KEYS, &still, &rotation, START + 3651 * DAY_MS);
    states_are(KEY_SIGNING, KEY_PUBLISHED, KEY_WAITING);
    assert_true(rotation.next_ms == INT64_MAX); /* nobody waits for it */
}

static void
what_retires_goes_on_when_the_domain_stops_signing(void **state)
{
    (void)state;
    struct rotation_rules still = rules;
    still.rotates = false;
    int64_t now = retire();
    for (int i = 0; i < 24 * 7; i++)
        (void)rotation_look(keys, ROTATION_KEYS, &still, &rotation, now += HOUR_MS);
    states_are(KEY_GONE, KEY_SIGNING, KEY_PUBLISHED);
}

static void
without_a_schedule_only_a_wish_moves_them(void **state)
{
    (void)state;
    struct rotation_rules never = rules;
    never.rotate_after_ms = 0;
    assert_null(rotation_look(keys, ROTATION_KEYS, &never, &rotation, START + 3650 * DAY_MS));
    rotation.wanted_ms = START + 3650 * DAY_MS;
    assert_ptr_equal(rotation_look(keys, ROTATION_KEYS, &never, &rotation, START + 3650 * DAY_MS),
                     &keys[1]);
}

/* Whatever DNS says and the clock does: one key signs, and one begins to only when it is seen. */
static void
always_exactly_one_signs_and_none_begins_unseen(void **state)
{
    (void)state;
    uint32_t random = 1;
    int64_t now = START;
    for (int i = 0; i < 200000; i++) {
        enum key_state before[ROTATION_KEYS];
        int64_t kept[ROTATION_KEYS];
        for (int k = 0; k < ROTATION_KEYS; k++) {
            random = random * 1664525 + 1013904223;
            keys[k].found = (enum proof)((random >> 16) % PROOF_COUNT);
            keys[k].queued = (random >> 24) % 8 == 0;
            before[k] = rotation_state(&keys[k]);
            kept[k] = keys[k].kept_ms;
        }
        if (random % 5 == 0)
            rotation = (struct rotation){.wanted_ms = now, .at_once = (random & 64) != 0};
        now += random % 1000 == 0 ? -400 * DAY_MS : (int64_t)(random % (3 * HOUR_MS));
        const struct rotation_key *began = look(now);
        int signing = 0;
        for (int k = 0; k < ROTATION_KEYS; k++) {
            enum key_state is = rotation_state(&keys[k]);
            signing += is == KEY_SIGNING;
            assert_true(is != KEY_SIGNING || before[k] == KEY_SIGNING ||
                        (began == &keys[k] && keys[k].found == PROOF_PRESENT));
            assert_true(
                is != KEY_GONE || before[k] == KEY_GONE ||
                (before[k] == KEY_RETIRING && !keys[k].queued && keys[k].found != PROOF_UNKNOWN));
            assert_true(keys[k].kept_ms <= kept[k] + ROTATION_GAP_MS);
            if (is == KEY_GONE) /* a new one in its place */
                keys[k] = (struct rotation_key){.position = 10 + i};
        }
        assert_int_equal(signing, 1);
        assert_true(rotation.next_ms > now);
    }
}

static void
what_each_waits_for_is_said(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    keys[2].published_ms = 0;
    assert_true(slice_is(rotation_waits_for(arena, &keys[0], &rules, &rotation),
                         "its rotation on 2024-05-12T22:13:20.000Z"));
    assert_true(
        slice_is(rotation_waits_for(arena, &keys[1], &rules, &rotation), "its turn to sign"));
    assert_true(
        slice_is(rotation_waits_for(arena, &keys[2], &rules, &rotation), "its record in DNS"));
    rotation.wanted_ms = START;
    assert_true(slice_is(rotation_waits_for(arena, &keys[0], &rules, &rotation),
                         "the next key in DNS, since 2023-11-14T22:13:20.000Z"));
    keys[0].published_ms = 0;
    assert_true(
        slice_is(rotation_waits_for(arena, &keys[0], &rules, &rotation), "its record in DNS"));
    keys[0].position = ROTATION_RETIRED;
    keys[0].kept_ms = DAY_MS;
    assert_true(slice_is(rotation_waits_for(arena, &keys[0], &rules, &rotation),
                         "86400 of 604800 s for receivers"));
    keys[0].gone_ms = START;
    assert_true(slice_is(rotation_waits_for(arena, &keys[0], &rules, &rotation),
                         "the deletion of its record"));
    arena_free(arena);
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nothing_moves_before_it_is_due),
        TEST(the_next_key_signs_when_it_is_due),
        TEST(a_key_that_was_not_seen_in_this_look_does_not_sign),
        TEST(a_key_that_vanished_or_changed_waits_again),
        TEST(asked_for_at_once_a_key_signs_when_it_is_seen),
        TEST(servfail_starts_and_advances_nothing),
        TEST(a_retired_key_is_kept_for_its_time_and_no_longer),
        TEST(a_retired_key_is_kept_while_mail_waits_and_its_time_begins_then),
        TEST(a_clock_that_jumps_forward_ends_nothing_before_its_time),
        TEST(a_clock_that_jumps_back_ends_nothing_before_its_time),
        TEST(a_clock_that_jumps_back_delays_no_rotation_for_longer_than_its_time),
        TEST(keys_that_do_not_rotate_are_seen_and_never_sign),
        TEST(what_retires_goes_on_when_the_domain_stops_signing),
        TEST(without_a_schedule_only_a_wish_moves_them),
        TEST(always_exactly_one_signs_and_none_begins_unseen),
        TEST(what_each_waits_for_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
