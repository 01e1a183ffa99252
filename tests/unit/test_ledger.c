/*
 * The ledger: whatever is changed in a small one is found, its heads tell where it was cut short, and
 * the writer's end of it survives what is undone.
 */
#include "api/ledger_book.h"
#include "api/ledger_verification.h"
#include "base/clock.h"
#include "base/codec.h"
#include "store/ledger_records.h"
#include "store/schema.h"
#include "store/settings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

enum { RECORDS = 12, ERASED_AT = 4 };

static const int64_t noon = 1795564800000;

struct world {
    struct arena *arena;
    struct database *db;
    struct sealer *sealer;
    struct ledger_book *book;
    struct ledger_row *rows; /* copies, to be changed */
    size_t count;
    struct ledger_head head; /* of the last of them */
    struct err err;
};

static void
ok(struct world *world, enum rc rc)
{
    if (rc != RC_OK)
        fail_msg("%s: %s", rc_name(rc), world->err.text);
}

static void
append(struct world *world, int64_t at_ms, const char *recipient)
{
    const struct ledger_record record = {.kind = LEDGER_OUTCOME,
                                         .at_ms = at_ms,
                                         .fields = {[LEDGER_WHAT] = SLICE("delivered"),
                                                    [LEDGER_MESSAGE] = SLICE("0100018c"),
                                                    [LEDGER_STATUS] = SLICE("2.0.0"),
                                                    [LEDGER_RECIPIENT] = slice_of(recipient)}};
    ok(world, ledger_book_append(world->book, &record, &world->err));
}

static int
set_up(void **state)
{
    static struct world world;
    char path[] = "/tmp/postern-ledger-XXXXXX";
    int fd = mkstemp(path);
    world = (struct world){.arena = arena_new()};
    close(fd);
    unlink(path);
    ok(&world, sealer_create(path, &world.err));
    ok(&world, sealer_open(path, &world.sealer, &world.err));
    unlink(path);
    ok(&world, database_open(":memory:", DATABASE_WRITE, &world.db, &world.err));
    ok(&world, schema_migrate(world.db, &world.err));
    ok(&world, ledger_book_open(world.db, world.sealer, &world.book, &world.err));
    *state = &world;
    return 0;
}

static int
tear_down(void **state)
{
    struct world *world = *state;
    ledger_book_close(world->book);
    database_close(world->db);
    sealer_close(world->sealer);
    arena_free(world->arena);
    return 0;
}

static struct slice
setting(struct world *world, const char *name)
{
    struct slice text;
    ok(world, settings_get(world->db, world->arena, name, &text, &world->err));
    return text;
}

/* What the book signed, read with the key that it shows. */
static struct ledger_head
signed_by_the_book(struct world *world, enum ledger_statement statement, struct slice text)
{
    struct ledger_head head;
    struct slice key, rest;
    ok(world,
       codec_base64_decode(world->arena, setting(world, SETTING_LEDGER_PUBLIC), &key, &world->err));
    assert_int_equal(key.len, LEDGER_PUBLIC);
    ok(world, ledger_head_read(world->arena, statement, text, (const uint8_t *)key.ptr, &head,
                               &rest, &world->err));
    return head;
}

static void
take_rows(struct world *world)
{
    ok(world, ledger_records_after(world->db, world->arena, 0, 1000, &world->rows, &world->count,
                                   &world->err));
    const struct ledger_row *last = &world->rows[world->count - 1];
    world->head = (struct ledger_head){.number = last->number, .at_ms = noon};
    memcpy(world->head.chain, last->chain.ptr, LEDGER_HASH);
}

/* A few records, one of which has been erased. */
static int
set_up_small(void **state)
{
    set_up(state);
    struct world *world = *state;
    struct ledger_erasure erasure = {0};
    for (int i = 1; i < RECORDS; i++)
        append(world, noon + i, i == ERASED_AT ? "gone@a.example" : "ana@a.example");
    ok(world, ledger_book_erase(world->book, SLICE("GONE@a.example"), noon, &erasure, &world->err));
    assert_int_equal(erasure.erased, 1);
    assert_int_equal(erasure.after, 0);
    take_rows(world);
    assert_int_equal(world->count, RECORDS);
    return 0;
}

static enum rc
verify_from(struct world *world, const struct ledger_row *rows, size_t count,
            const struct ledger_head *start, const struct ledger_head *heads, size_t head_count)
{
    struct ledger_verifier verifier;
    struct ledger_record record;
    enum rc rc =
        ledger_verify_begin(&verifier, world->arena, start, heads, head_count, &world->err);
    for (size_t i = 0; rc == RC_OK && i < count; i++)
        rc = ledger_verify_record(&verifier, rows[i].number, rows[i].record, rows[i].details,
                                  rows[i].chain, &record, &world->err);
    return rc == RC_OK ? ledger_verify_end(&verifier, &world->err) : rc;
}

static enum rc
verify(struct world *world, const struct ledger_row *rows, size_t count)
{
    return verify_from(world, rows, count, NULL, &world->head, 1);
}

/* ---- records ---- */

static void
what_was_recorded_is_read_again(void **state)
{
    struct world *world = *state;
    struct ledger_record record;
    const struct ledger_row *row = &world->rows[0];
    ok(world, ledger_decode(row->record, row->details, &record, &world->err));
    assert_int_equal(record.kind, LEDGER_OUTCOME);
    assert_int_equal(record.at_ms, noon + 1);
    assert_true(slice_is(record.fields[LEDGER_STATUS], "2.0.0"));
    assert_true(slice_is(record.fields[LEDGER_RECIPIENT], "ana@a.example"));
    assert_int_equal(record.erased, 0);
    assert_int_equal(slice_find(row->record, SLICE("ana@a.example")), SLICE_NONE);
}

static void
a_value_that_is_too_long_is_cut_and_the_record_stays_readable(void **state)
{
    struct world *world = *state;
    char *text = memory_alloc(5000);
    memset(text, 'x', 4999);
    append(world, noon, text);
    free(text);
    take_rows(world);
    struct ledger_record record;
    const struct ledger_row *row = &world->rows[world->count - 1];
    ok(world, ledger_decode(row->record, row->details, &record, &world->err));
    assert_int_equal(record.fields[LEDGER_RECIPIENT].len, LEDGER_VALUE_MAX);
}

/* ---- tampering ---- */

static void
an_untouched_ledger_is_whole(void **state)
{
    struct world *world = *state;
    ok(world, verify(world, world->rows, world->count));
}

static void
flip_each(struct world *world, struct slice *part)
{
    struct slice before = *part;
    for (size_t i = 0; i < before.len; i++)
        for (int bit = 0; bit < 8; bit++) {
            struct slice changed = arena_dup(world->arena, before);
            ((char *)changed.ptr)[i] ^= (char)(1 << bit);
            *part = changed;
            if (verify(world, world->rows, world->count) == RC_OK)
                fail_msg("bit %d of byte %zu can be changed unseen", bit, i);
        }
    *part = before;
}

static void
each_changed_bit_is_found(void **state)
{
    struct world *world = *state;
    for (size_t i = 0; i < world->count; i++) {
        flip_each(world, &world->rows[i].record);
        flip_each(world, &world->rows[i].details);
        flip_each(world, &world->rows[i].chain);
    }
    ok(world, verify(world, world->rows, world->count));
}

static void
each_shortened_part_is_found(void **state)
{
    struct world *world = *state;
    for (size_t i = 0; i < world->count; i++) {
        struct slice *parts[] = {&world->rows[i].record, &world->rows[i].details,
                                 &world->rows[i].chain};
        for (size_t k = 0; k < 3; k++) {
            struct slice before = *parts[k];
            for (size_t len = 0; len < before.len; len++) {
                parts[k]->len = len;
                assert_int_not_equal(verify(world, world->rows, world->count), RC_OK);
            }
            *parts[k] = before;
        }
    }
}

static void
each_removed_record_is_found(void **state)
{
    struct world *world = *state;
    struct ledger_row rows[RECORDS];
    for (size_t gone = 0; gone < world->count; gone++) {
        size_t count = 0;
        for (size_t i = 0; i < world->count; i++)
            if (i != gone)
                rows[count++] = world->rows[i];
        assert_int_equal(verify(world, rows, count), RC_SYNTAX);
        /* Also when those behind it move up. */
        for (size_t i = 0; i < count; i++)
            rows[i].number = (int64_t)i + 1;
        assert_int_equal(verify(world, rows, count), RC_SYNTAX);
    }
}

static void
each_swapped_pair_is_found(void **state)
{
    struct world *world = *state;
    struct ledger_row rows[RECORDS];
    for (size_t a = 0; a < world->count; a++)
        for (size_t b = a + 1; b < world->count; b++) {
            memcpy(rows, world->rows, sizeof rows);
            rows[a] = world->rows[b];
            rows[b] = world->rows[a];
            assert_int_equal(verify(world, rows, world->count), RC_SYNTAX);
            rows[a].number = (int64_t)a + 1;
            rows[b].number = (int64_t)b + 1;
            assert_int_equal(verify(world, rows, world->count), RC_SYNTAX);
        }
}

static void
each_record_that_stands_twice_is_found(void **state)
{
    struct world *world = *state;
    struct ledger_row rows[RECORDS + 1];
    for (size_t twice = 0; twice < world->count; twice++)
        for (int renumbered = 0; renumbered < 2; renumbered++) {
            size_t count = 0;
            for (size_t i = 0; i < world->count; i++) {
                rows[count++] = world->rows[i];
                if (i == twice)
                    rows[count++] = world->rows[i];
            }
            for (size_t i = 0; renumbered && i < count; i++)
                rows[i].number = (int64_t)i + 1;
            assert_int_equal(verify(world, rows, count), RC_SYNTAX);
        }
}

static void
each_truncation_is_found_by_a_head(void **state)
{
    struct world *world = *state;
    for (size_t count = 0; count < world->count; count++)
        assert_int_equal(verify(world, world->rows, count), RC_SYNTAX);
}

/* Whoever owns the host can write a chain that is whole in itself. */
static void
a_ledger_that_was_written_anew_is_found_by_a_head(void **state)
{
    struct world *world = *state;
    struct ledger_row rows[RECORDS];
    uint8_t chain[LEDGER_HASH] = {0};
    memcpy(rows, world->rows, sizeof rows);
    ((char *)rows[2].record.ptr)[9] ^= 1; /* its time */
    for (size_t i = 0; i < world->count; i++) {
        ledger_chain(chain, rows[i].number, rows[i].record);
        rows[i].chain = arena_dup(world->arena, (struct slice){(char *)chain, LEDGER_HASH});
    }
    ok(world, verify_from(world, rows, world->count, NULL, NULL, 0));
    assert_int_equal(verify(world, rows, world->count), RC_SYNTAX);
}

static void
details_that_are_taken_away_need_an_erasure_that_says_so(void **state)
{
    struct world *world = *state;
    struct slice mark = world->rows[ERASED_AT - 1].details;
    assert_int_equal(mark.len, 8);
    world->rows[1].details = mark; /* a second, where one was recorded */
    assert_int_equal(verify(world, world->rows, world->count), RC_SYNTAX);
    world->rows[1].details = ledger_erased(world->arena, 3); /* not an erasure */
    assert_int_equal(verify(world, world->rows, world->count), RC_SYNTAX);
    world->rows[1].details = SLICE("");
    assert_int_equal(verify(world, world->rows, world->count), RC_SYNTAX);
}

/* ---- erasure ---- */

static void
an_address_is_found_whole_and_nowhere_else(void **state)
{
    (void)state;
    static const char *const with[] = {"ana@a.example",
                                       "ANA@A.example",
                                       "550 5.1.1 <ana@a.example>: unknown",
                                       "no ana@a.example.",
                                       "address=ana@a.example hold=true",
                                       "arn:aws:ses:us-east-1:1:identity/ana@a.example",
                                       "'ana@a.example', inline policy",
                                       "bana@a.example or ana@a.example"};
    static const char *const without[] = {"",
                                          "jana@a.example",
                                          "b.ana@a.example",
                                          "ana@a.example.org",
                                          "ana@a.examples",
                                          "x-ana@a.example",
                                          "ana+x@a.example",
                                          "ana@a"};
    for (size_t i = 0; i < sizeof with / sizeof *with; i++)
        if (!ledger_names(slice_of(with[i]), SLICE("ana@a.example")))
            fail_msg("not found in %s", with[i]);
    for (size_t i = 0; i < sizeof without / sizeof *without; i++)
        if (ledger_names(slice_of(without[i]), SLICE("ana@a.example")))
            fail_msg("found in %s", without[i]);
}

static void
what_is_erased_is_in_no_row_and_the_others_keep_theirs(void **state)
{
    struct world *world = *state;
    struct ledger_record record;
    for (size_t i = 0; i < world->count; i++) {
        assert_int_equal(slice_find(world->rows[i].details, SLICE("gone@")), SLICE_NONE);
        ok(world,
           ledger_decode(world->rows[i].record, world->rows[i].details, &record, &world->err));
        assert_int_equal(record.erased, i == ERASED_AT - 1 ? RECORDS : 0);
    }
    assert_true(slice_is(record.fields[LEDGER_COUNT], "1"));
}

static void
who_is_not_in_it_is_erased_without_a_record(void **state)
{
    struct world *world = *state;
    struct ledger_erasure erasure = {0};
    ok(world, ledger_book_erase(world->book, SLICE("b@b.example"), noon, &erasure, &world->err));
    assert_int_equal(erasure.erased, 0);
    take_rows(world);
    assert_int_equal(world->count, RECORDS);
}

/* ---- some at a time ---- */

static struct ledger_verification
verification_of(struct world *world)
{
    struct ledger_verification verification;
    struct slice key;
    ok(world,
       codec_base64_decode(world->arena, setting(world, SETTING_LEDGER_PUBLIC), &key, &world->err));
    ok(world, ledger_verification_init(&verification, world->arena, world->db,
                                       (const uint8_t *)key.ptr, &world->err));
    return verification;
}

/* The first so many; where it stands then. */
static struct slice
verify_first(struct world *world, int64_t limit)
{
    struct ledger_verification verification = verification_of(world);
    bool done = false;
    ok(world, ledger_verification_begin(&verification, &world->err));
    ok(world, ledger_verification_step(&verification, limit, &done, &world->err));
    assert_false(done);
    assert_int_equal(verification.verifier.number, limit);
    return ledger_verification_write(&verification);
}

static enum rc
verify_rest(struct world *world, struct slice from)
{
    struct ledger_verification verification = verification_of(world);
    bool done = false;
    ok(world, ledger_verification_resume(&verification, from, &world->err));
    enum rc rc = ledger_verification_step(&verification, INT64_MAX, &done, &world->err);
    assert_true(rc != RC_OK || done);
    return rc;
}

static void
it_is_verified_from_wherever_it_stood(void **state)
{
    struct world *world = *state;
    for (int64_t limit = 1; limit < RECORDS; limit++)
        ok(world, verify_rest(world, verify_first(world, limit)));
}

static void
what_is_erased_after_it_was_passed_is_no_damage(void **state)
{
    struct world *world = *state;
    struct ledger_erasure erasure = {0};
    struct slice from = verify_first(world, 6);
    append(world, noon, "later@a.example");
    ok(world, ledger_book_erase(world->book, SLICE("ana@a.example"), noon, &erasure, &world->err));
    assert_true(erasure.erased > 6);
    ok(world, verify_rest(world, from));
}

static void
what_no_erasure_took_is_damage_also_between_steps(void **state)
{
    struct world *world = *state;
    struct slice from = verify_first(world, 6);
    ok(world,
       ledger_records_put_details(world->db, 8, ledger_erased(world->arena, 1000), &world->err));
    assert_int_equal(verify_rest(world, from), RC_SYNTAX);
}

static void
a_record_that_changed_between_steps_is_found(void **state)
{
    struct world *world = *state;
    struct slice from = verify_first(world, 6);
    ok(world, database_execute(world->db,
                               "UPDATE ledger SET record = replace(record, "
                               "'delivered', 'deferred') WHERE number = 7",
                               &world->err));
    assert_int_equal(verify_rest(world, from), RC_SYNTAX);
}

static void
what_was_cut_off_between_steps_is_begun_again(void **state)
{
    struct world *world = *state;
    struct ledger_verification verification;
    struct slice from = verify_first(world, 2);
    bool more;
    ok(world, ledger_book_cut(world->book, noon + 5, &more, &world->err));
    verification = verification_of(world);
    assert_int_equal(ledger_verification_resume(&verification, from, &world->err), RC_SEQUENCE);
}

static void
what_is_no_place_is_refused(void **state)
{
    struct world *world = *state;
    struct ledger_verification verification = verification_of(world);
    struct slice from = verify_first(world, 6);
    for (size_t i = 0; i < from.len; i++)
        if (slice_chr(slice_head(from, i), ':') == SLICE_NONE || i + 1 == from.len)
            assert_int_equal(ledger_verification_resume(&verification, slice_head(from, i), NULL),
                             RC_LIMIT);
}

/* ---- the writer's end ---- */

static void
a_record_of_an_undone_job_leaves_no_gap(void **state)
{
    struct world *world = *state;
    ok(world, database_begin(world->db, &world->err));
    append(world, noon, "a@a.example");
    ok(world, database_savepoint(world->db, &world->err));
    append(world, noon, "b@a.example");
    database_undo(world->db);
    append(world, noon, "c@a.example");
    ok(world, database_commit(world->db, &world->err));
    ok(world, database_begin(world->db, &world->err));
    append(world, noon, "d@a.example");
    database_rollback(world->db);
    append(world, noon, "e@a.example");
    take_rows(world);
    assert_int_equal(world->count, 3);
    ok(world, verify(world, world->rows, world->count));
    assert_int_not_equal(slice_find(world->rows[1].details, SLICE("c@a.example")), SLICE_NONE);
    assert_int_not_equal(slice_find(world->rows[2].details, SLICE("e@a.example")), SLICE_NONE);
}

static void
it_goes_on_where_it_ended_with_the_same_key(void **state)
{
    struct world *world = *state;
    struct slice public = setting(world, SETTING_LEDGER_PUBLIC);
    append(world, noon, "a@a.example");
    ledger_book_close(world->book);
    ok(world, ledger_book_open(world->db, world->sealer, &world->book, &world->err));
    append(world, noon, "b@a.example");
    take_rows(world);
    ok(world, verify(world, world->rows, 2));
    assert_true(slice_eq(public, setting(world, SETTING_LEDGER_PUBLIC)));
    struct slice text;
    ok(world, ledger_book_sign(world->book, world->arena, noon, &text, &world->err));
    struct ledger_head head = signed_by_the_book(world, LEDGER_HEAD, text);
    assert_int_equal(head.number, 2);
    assert_memory_equal(head.chain, world->head.chain, LEDGER_HASH);
}

/* ---- cutting, heads ---- */

static const uint8_t seed[LEDGER_SEED] = {1, 2, 3};

static void
the_oldest_part_is_cut_and_the_rest_is_whole_from_its_start(void **state)
{
    struct world *world = *state;
    bool more;
    ok(world, ledger_book_cut(world->book, noon + 7, &more, &world->err));
    assert_false(more);
    take_rows(world);
    assert_int_equal(world->rows[0].number, 7);
    const struct ledger_head start =
        signed_by_the_book(world, LEDGER_START, setting(world, SETTING_LEDGER_START));
    assert_int_equal(start.number, 6);
    ok(world, verify_from(world, world->rows, world->count, &start, &world->head, 1));
    assert_int_equal(verify_from(world, world->rows + 1, world->count - 1, &start, NULL, 0),
                     RC_SYNTAX);
    assert_int_equal(verify_from(world, world->rows, world->count, NULL, NULL, 0), RC_SYNTAX);
}

static void
everything_may_be_too_old_but_the_last_record_stays(void **state)
{
    struct world *world = *state;
    bool more;
    append(world, noon + 20, "late@a.example");
    ok(world, ledger_book_cut(world->book, noon + DAY_MS, &more, &world->err));
    take_rows(world);
    assert_int_equal(world->count, 1);
    append(world, noon + 21, "later@a.example");
    take_rows(world);
    assert_int_equal(world->rows[1].number, world->rows[0].number + 1);
}

static void
a_head_is_read_as_it_was_signed(void **state)
{
    struct world *world = *state;
    uint8_t key[LEDGER_PUBLIC];
    struct ledger_head head = {.number = 42, .at_ms = noon, .chain = {7, 8}}, read;
    struct slice rest;
    ledger_public_key(seed, key);
    struct slice text = ledger_head_write(world->arena, LEDGER_HEAD, &head, seed);
    ok(world, ledger_head_read(world->arena, LEDGER_HEAD, text, key, &read, &rest, &world->err));
    assert_int_equal(read.number, 42);
    assert_int_equal(read.at_ms, noon);
    assert_memory_equal(read.chain, head.chain, LEDGER_HASH);
    assert_int_equal(ledger_head_read(world->arena, LEDGER_HEAD, rest, key, &read, &rest, NULL),
                     RC_NOT_FOUND);
    assert_int_equal(ledger_head_read(world->arena, LEDGER_START, text, key, &read, &rest, NULL),
                     RC_SYNTAX);
}

static void
several_heads_stand_in_one_text(void **state)
{
    struct world *world = *state;
    uint8_t key[LEDGER_PUBLIC];
    struct ledger_head head = {.number = 1, .at_ms = noon}, read;
    ledger_public_key(seed, key);
    struct slice one = ledger_head_write(world->arena, LEDGER_HEAD, &head, seed), rest;
    head.number = 2;
    struct slice two = ledger_head_write(world->arena, LEDGER_HEAD, &head, seed);
    struct slice text =
        arena_printf(world->arena, "%.*s\n\n%.*s\n", SLICE_ARG(one), SLICE_ARG(two));
    ok(world, ledger_head_read(world->arena, LEDGER_HEAD, text, key, &read, &rest, &world->err));
    ok(world, ledger_head_read(world->arena, LEDGER_HEAD, rest, key, &read, &rest, &world->err));
    assert_int_equal(read.number, 2);
}

static void
each_changed_bit_of_a_head_is_found(void **state)
{
    struct world *world = *state;
    uint8_t key[LEDGER_PUBLIC];
    const struct ledger_head head = {.number = 42, .at_ms = noon, .chain = {7, 8}};
    struct ledger_head read;
    struct slice rest;
    ledger_public_key(seed, key);
    struct slice text = ledger_head_write(world->arena, LEDGER_HEAD, &head, seed);
    for (size_t i = 0; i < text.len; i++)
        for (int bit = 0; bit < 8; bit++) {
            struct slice changed = arena_dup(world->arena, text);
            ((char *)changed.ptr)[i] ^= (char)(1 << bit);
            if (ledger_head_read(world->arena, LEDGER_HEAD, changed, key, &read, &rest, NULL) ==
                RC_OK)
                fail_msg("bit %d of byte %zu", bit, i);
        }
}

int
main(void)
{
    const struct CMUnitTest small[] = {
        cmocka_unit_test(what_was_recorded_is_read_again),
        cmocka_unit_test(an_untouched_ledger_is_whole),
        cmocka_unit_test(each_changed_bit_is_found),
        cmocka_unit_test(each_shortened_part_is_found),
        cmocka_unit_test(each_removed_record_is_found),
        cmocka_unit_test(each_swapped_pair_is_found),
        cmocka_unit_test(each_record_that_stands_twice_is_found),
        cmocka_unit_test(each_truncation_is_found_by_a_head),
        cmocka_unit_test(a_ledger_that_was_written_anew_is_found_by_a_head),
        cmocka_unit_test(details_that_are_taken_away_need_an_erasure_that_says_so),
        cmocka_unit_test(an_address_is_found_whole_and_nowhere_else),
        cmocka_unit_test(what_is_erased_is_in_no_row_and_the_others_keep_theirs),
        cmocka_unit_test(who_is_not_in_it_is_erased_without_a_record),
        cmocka_unit_test(it_is_verified_from_wherever_it_stood),
        cmocka_unit_test(what_is_erased_after_it_was_passed_is_no_damage),
        cmocka_unit_test(what_no_erasure_took_is_damage_also_between_steps),
        cmocka_unit_test(a_record_that_changed_between_steps_is_found),
        cmocka_unit_test(what_was_cut_off_between_steps_is_begun_again),
        cmocka_unit_test(what_is_no_place_is_refused),
        cmocka_unit_test(the_oldest_part_is_cut_and_the_rest_is_whole_from_its_start),
        cmocka_unit_test(everything_may_be_too_old_but_the_last_record_stays),
    };
    const struct CMUnitTest fresh[] = {
        cmocka_unit_test_setup_teardown(
            a_value_that_is_too_long_is_cut_and_the_record_stays_readable, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_record_of_an_undone_job_leaves_no_gap, set_up, tear_down),
        cmocka_unit_test_setup_teardown(it_goes_on_where_it_ended_with_the_same_key, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_head_is_read_as_it_was_signed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(several_heads_stand_in_one_text, set_up, tear_down),
        cmocka_unit_test_setup_teardown(each_changed_bit_of_a_head_is_found, set_up, tear_down),
    };
    struct CMUnitTest each[sizeof small / sizeof *small];
    memcpy(each, small, sizeof each);
    for (size_t i = 0; i < sizeof each / sizeof *each; i++) {
        each[i].setup_func = set_up_small;
        each[i].teardown_func = tear_down;
    }
    int failed = cmocka_run_group_tests_name("a small ledger", each, NULL, NULL);
    return failed + cmocka_run_group_tests_name("heads and the end", fresh, NULL, NULL);
}
