/* What DNS proves, and the 72 hours in which it does not. */
#include "identity/proof.h"

#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#define START ((int64_t)1700000000000)

static struct arena *arena;

static int
setup(void **state)
{
    (void)state;
    arena = arena_new();
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

/* A finding every `step_ms` from `from_ms` on, until `until_ms` inclusive. */
static int64_t
repeat(struct proof_state *proof, enum proof finding, int64_t from_ms, int64_t until_ms,
       int64_t step_ms)
{
    int64_t now = from_ms;
    for (; now <= until_ms; now += step_ms)
        if (proof_apply(proof, finding, now))
            return now;
    return now;
}

static void
a_record_found_makes_success(void **state)
{
    (void)state;
    struct proof_state proof = {.status = IDENTITY_PENDING};
    assert_false(proof_apply(&proof, PROOF_ABSENT, START));
    assert_true(proof_apply(&proof, PROOF_PRESENT, START + MINUTE_MS));
    assert_int_equal(proof.status, IDENTITY_SUCCESS);
    assert_true(proof.succeeded_ms == START + MINUTE_MS && proof.absent_ms == 0);
    assert_false(proof_apply(&proof, PROOF_PRESENT, START + HOUR_MS));
    assert_true(proof.succeeded_ms == START + HOUR_MS && proof.checked_ms == START + HOUR_MS);
}

static void
seventy_two_hours_of_absence_fail_a_pending_one_exactly_then(void **state)
{
    (void)state;
    struct proof_state proof = {.status = IDENTITY_PENDING};
    int64_t end = START + 72 * HOUR_MS;
    repeat(&proof, PROOF_ABSENT, START, end - HOUR_MS, HOUR_MS);
    assert_false(proof_apply(&proof, PROOF_ABSENT, end - 1));
    assert_int_equal(proof.status, IDENTITY_PENDING);
    assert_true(proof_apply(&proof, PROOF_ABSENT, end));
    assert_int_equal(proof.status, IDENTITY_FAILED);
}

static void
a_wrong_value_counts_as_absence(void **state)
{
    (void)state;
    struct proof_state proof = {.status = IDENTITY_PENDING};
    assert_true(repeat(&proof, PROOF_WRONG, START, START + 100 * HOUR_MS, HOUR_MS) ==
                START + 72 * HOUR_MS);
    assert_int_equal(proof.status, IDENTITY_FAILED);
}

static void
failed_is_left_only_by_a_new_request(void **state)
{
    (void)state;
    struct proof_state proof = {.status = IDENTITY_FAILED};
    assert_false(proof_apply(&proof, PROOF_PRESENT, START));
    assert_int_equal(proof.status, IDENTITY_FAILED);
    assert_true(proof.succeeded_ms == 0 && proof.checked_ms == START);
    proof.status = IDENTITY_NOT_STARTED;
    assert_false(proof_apply(&proof, PROOF_PRESENT, START));
    assert_int_equal(proof.status, IDENTITY_NOT_STARTED);
}

static void
unknown_never_starts_a_clock(void **state)
{
    (void)state;
    struct proof_state proof = {.status = IDENTITY_PENDING};
    repeat(&proof, PROOF_UNKNOWN, START, START + 1000 * HOUR_MS, HOUR_MS);
    assert_int_equal(proof.status, IDENTITY_PENDING);
    assert_true(proof.absent_ms == 0 && proof.absent_since_ms == 0);
    proof.status = IDENTITY_SUCCESS;
    repeat(&proof, PROOF_UNKNOWN, START, START + 1000 * HOUR_MS, HOUR_MS);
    assert_int_equal(proof.status, IDENTITY_SUCCESS);
}

static void
an_outage_of_dns_stops_the_clock(void **state)
{
    (void)state;
    struct proof_state proof = {.status = IDENTITY_PENDING};
    repeat(&proof, PROOF_ABSENT, START, START + 71 * HOUR_MS, HOUR_MS);
    assert_true(proof.absent_ms == 71 * HOUR_MS);
    int64_t now = START + 71 * HOUR_MS + MINUTE_MS;
    proof_apply(&proof, PROOF_UNKNOWN, now);
    assert_false(proof_apply(&proof, PROOF_ABSENT, START + 72 * HOUR_MS));
    assert_true(proof.absent_ms == 71 * HOUR_MS); /* the hour around it proved nothing */
    assert_true(proof_apply(&proof, PROOF_ABSENT, START + 73 * HOUR_MS));
    assert_int_equal(proof.status, IDENTITY_FAILED);
}

static void
every_other_answer_missing_never_fails(void **state)
{
    (void)state;
    struct proof_state proof = {.status = IDENTITY_TEMPORARY_FAILURE};
    for (int64_t hour = 0; hour < 500; hour++)
        assert_false(
            proof_apply(&proof, hour % 2 ? PROOF_UNKNOWN : PROOF_ABSENT, START + hour * HOUR_MS));
    assert_true(proof.absent_ms == 0);
}

static void
an_outage_of_postern_stops_the_clock(void **state)
{
    (void)state;
    struct proof_state proof = {.status = IDENTITY_PENDING};
    proof_apply(&proof, PROOF_ABSENT, START);
    assert_false(proof_apply(&proof, PROOF_ABSENT, START + 100 * HOUR_MS));
    assert_true(proof.absent_ms == 0);
    proof_apply(&proof, PROOF_ABSENT, START + 102 * HOUR_MS); /* the longest gap that counts */
    assert_true(proof.absent_ms == 2 * HOUR_MS);
    proof_apply(&proof, PROOF_ABSENT, START + 104 * HOUR_MS + 1);
    assert_true(proof.absent_ms == 2 * HOUR_MS);
}

static void
a_clock_set_back_counts_nothing(void **state)
{
    (void)state;
    struct proof_state proof = {.status = IDENTITY_PENDING};
    proof_apply(&proof, PROOF_ABSENT, START);
    proof_apply(&proof, PROOF_ABSENT, START - HOUR_MS);
    assert_true(proof.absent_ms == 0);
    proof_apply(&proof, PROOF_ABSENT, START);
    assert_true(proof.absent_ms == HOUR_MS);
}

static void
success_lost_is_a_temporary_failure_and_comes_back(void **state)
{
    (void)state;
    struct proof_state proof = {.status = IDENTITY_SUCCESS, .succeeded_ms = START};
    assert_true(proof_apply(&proof, PROOF_WRONG, START + HOUR_MS));
    assert_int_equal(proof.status, IDENTITY_TEMPORARY_FAILURE);
    assert_true(proof.absent_ms == 0);
    assert_false(proof_apply(&proof, PROOF_ABSENT, START + 2 * HOUR_MS));
    assert_true(proof_apply(&proof, PROOF_PRESENT, START + 3 * HOUR_MS));
    assert_int_equal(proof.status, IDENTITY_SUCCESS);
    assert_true(proof.absent_ms == 0 && proof.absent_since_ms == 0);
}

static void
temporary_failure_fails_after_seventy_two_hours_from_the_first_miss(void **state)
{
    (void)state;
    struct proof_state proof = {.status = IDENTITY_SUCCESS};
    assert_true(proof_apply(&proof, PROOF_ABSENT, START));
    int64_t end = repeat(&proof, PROOF_ABSENT, START + HOUR_MS, START + 100 * HOUR_MS, HOUR_MS);
    assert_true(end == START + 72 * HOUR_MS);
    assert_int_equal(proof.status, IDENTITY_FAILED);
}

static void
flapping_begins_the_hours_anew(void **state)
{
    (void)state;
    struct proof_state proof = {.status = IDENTITY_SUCCESS};
    int64_t now = START;
    for (int round = 0; round < 10; round++) {
        for (int hour = 0; hour < 71; hour++, now += HOUR_MS)
            proof_apply(&proof, PROOF_ABSENT, now);
        assert_int_equal(proof.status, IDENTITY_TEMPORARY_FAILURE);
        assert_true(proof_apply(&proof, PROOF_PRESENT, now));
        now += HOUR_MS;
    }
    assert_int_equal(proof.status, IDENTITY_SUCCESS);
}

static void
questions_grow_rarer(void **state)
{
    (void)state;
    struct proof_state proof = {.status = IDENTITY_PENDING};
    assert_true(proof_next_ms(&proof, START, START) == START + MINUTE_MS);
    int64_t now = START + HOUR_MS - 1;
    assert_true(proof_next_ms(&proof, START, now) == now + MINUTE_MS);
    now++;
    assert_true(proof_next_ms(&proof, START, now) == now + HOUR_MS);
    proof.status = IDENTITY_TEMPORARY_FAILURE;
    assert_true(proof_next_ms(&proof, START, START) == START + HOUR_MS);
    proof = (struct proof_state){
        .status = IDENTITY_SUCCESS, .checked_ms = START, .succeeded_ms = START};
    int64_t wait = proof_next_ms(&proof, START, START) - START;
    assert_true(wait >= 20 * HOUR_MS && wait < 24 * HOUR_MS);
    proof.checked_ms++; /* DNS did not answer the last time */
    assert_true(proof_next_ms(&proof, START, START) == START + HOUR_MS);
    proof.status = IDENTITY_FAILED;
    assert_true(proof_next_ms(&proof, START, START) == INT64_MAX);
}

static void
what_is_asked_next_lets_the_clock_run(void **state)
{
    (void)state;
    struct proof_state proof = {.status = IDENTITY_PENDING};
    int64_t now = START;
    while (!proof_apply(&proof, PROOF_ABSENT, now))
        now = proof_next_ms(&proof, START, now);
    assert_true(now == START + 72 * HOUR_MS);
}

static void
statuses_have_the_names_of_the_api(void **state)
{
    (void)state;
    enum identity_status status;
    for (int i = 0; i < IDENTITY_STATUS_COUNT; i++) {
        assert_true(identity_status_parse(slice_of(identity_status_name((enum identity_status)i)),
                                          &status));
        assert_int_equal(status, i);
    }
    assert_string_equal(identity_status_name(IDENTITY_TEMPORARY_FAILURE), "TEMPORARY_FAILURE");
    assert_false(identity_status_parse(SLICE("pending"), &status));
    assert_false(identity_status_parse(SLICE(""), &status));
}

static bool through_cname;
static struct slice seen;

static enum proof
judge(enum prove_kind kind, const char *expected, const struct dns_answer *answer)
{
    return proof_judge(arena, kind, slice_of(expected), answer, &through_cname, &seen);
}

/* With one value, or two when `second` is not NULL. */
static enum proof
judge_txt(enum prove_kind kind, const char *expected, const char *first, const char *second)
{
    struct dns_record records[] = {{0, slice_of(first)}, {0, slice_of(second)}};
    struct dns_answer answer = {.status = DNS_FOUND, .records = records, .count = second ? 2 : 1};
    return judge(kind, expected, &answer);
}

static void
one_txt_value_among_several_is_enough(void **state)
{
    (void)state;
    assert_int_equal(judge_txt(PROVE_TXT, "tok=", "tok=", NULL), PROOF_PRESENT);
    assert_int_equal(judge_txt(PROVE_TXT, "tok=", "other", "tok="), PROOF_PRESENT);
    assert_int_equal(seen.len, 0);
    assert_int_equal(judge_txt(PROVE_TXT, "tok=", "TOK=", "tok= "), PROOF_WRONG);
    assert_true(slice_is(seen, "TOK= | tok= "));
}

static void
absence_and_ignorance_are_told_apart(void **state)
{
    (void)state;
    const enum prove_kind kinds[] = {PROVE_TXT, PROVE_DKIM, PROVE_MX};
    for (size_t i = 0; i < 3; i++) {
        struct dns_answer answer = {.status = DNS_NODATA};
        assert_int_equal(judge(kinds[i], "x", &answer), PROOF_ABSENT);
        answer.status = DNS_NXDOMAIN;
        assert_int_equal(judge(kinds[i], "x", &answer), PROOF_ABSENT);
        answer.status = DNS_TEMPORARY;
        assert_int_equal(judge(kinds[i], "x", &answer), PROOF_UNKNOWN);
        answer.status = DNS_BOGUS;
        assert_int_equal(judge(kinds[i], "x", &answer), PROOF_UNKNOWN);
    }
}

static void
a_bogus_answer_proves_nothing_even_when_it_fits(void **state)
{
    (void)state;
    struct dns_record record = {0, SLICE("tok=")};
    struct dns_answer answer = {.status = DNS_BOGUS, .records = &record, .count = 1};
    assert_int_equal(judge(PROVE_TXT, "tok=", &answer), PROOF_UNKNOWN);
}

#define KEY "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQ=="

static bool
key_fits(const char *record)
{
    return judge_txt(PROVE_DKIM, KEY, record, NULL) == PROOF_PRESENT;
}

static void
key_records_that_verifiers_accept_are_accepted(void **state)
{
    (void)state;
    assert_true(key_fits("p=" KEY));
    assert_true(key_fits("v=DKIM1; k=rsa; p=" KEY));
    assert_true(key_fits("v=DKIM1;k=rsa;h=sha256;s=email;t=s;p=" KEY ";"));
    assert_true(key_fits(" v = DKIM1 ; p = MIGfMA0GCSqGSIb3 DQEBAQUAA4GN\r\n\tADCBiQKBgQ== ; "));
    assert_true(key_fits("v=DKIM1; h=sha1 : sha256; p=" KEY));
    assert_true(key_fits("v=DKIM1; s=tlsrpt:*; n=a note; x_1=; p=" KEY));
}

static void
key_records_that_verifiers_ignore_are_wrong(void **state)
{
    (void)state;
    assert_false(key_fits("v=DKIM1; k=rsa; p="));
    assert_false(key_fits("v=DKIM1; k=rsa"));
    assert_false(key_fits("v=DKIM2; p=" KEY));
    assert_false(key_fits("k=rsa; v=DKIM1; p=" KEY));
    assert_false(key_fits("v=DKIM1; k=ed25519; p=" KEY));
    assert_false(key_fits("v=DKIM1; h=sha1; p=" KEY));
    assert_false(key_fits("v=DKIM1; h=; p=" KEY));
    assert_false(key_fits("v=DKIM1; s=tlsrpt; p=" KEY));
    assert_false(key_fits("v=DKIM1; p=" KEY "; p=" KEY));
    assert_false(key_fits("v=DKIM1; p=A" KEY));
    assert_false(key_fits("v=DKIM1;; p=" KEY));
    assert_false(key_fits("v=DKIM1; 1=a; p=" KEY));
    assert_false(key_fits("v=DKIM1 p=" KEY));
    assert_false(key_fits(""));
}

static void
a_revoked_key_never_fits(void **state)
{
    (void)state;
    struct dns_record record = {0, SLICE("v=DKIM1; p=")};
    struct dns_answer answer = {.status = DNS_FOUND, .records = &record, .count = 1};
    assert_int_equal(judge(PROVE_DKIM, "", &answer), PROOF_WRONG);
    assert_int_equal(judge(PROVE_DKIM, " ", &answer), PROOF_WRONG);
}

static void
an_ed25519_key_needs_its_type(void **state)
{
    (void)state;
    const char *key = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
    assert_int_equal(judge_txt(PROVE_DKIM, key,
                               "v=DKIM1; k=ed25519; "
                               "p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
                               NULL),
                     PROOF_PRESENT);
    assert_int_equal(
        judge_txt(PROVE_DKIM, key, "v=DKIM1; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=", NULL),
        PROOF_WRONG);
}

static void
one_fitting_key_record_among_several_is_enough(void **state)
{
    (void)state;
    assert_int_equal(judge_txt(PROVE_DKIM, KEY, "v=DKIM1; p=", "v=DKIM1; p=" KEY), PROOF_PRESENT);
}

static void
a_flood_of_tags_is_refused(void **state)
{
    (void)state;
    struct buf buf;
    buf_init(&buf, 1024 * 1024);
    for (int i = 0; i < 65; i++)
        buf_printf(&buf, "a%d=;", i);
    buf_add_cstr(&buf, "p=" KEY);
    buf_add_char(&buf, '\0');
    assert_false(key_fits(buf.ptr));
    buf_fini(&buf);
}

static void
the_mx_must_be_the_only_one(void **state)
{
    (void)state;
    struct dns_record records[] = {{10, SLICE("feedback.example")}, {20, SLICE("other.example")}};
    struct dns_answer answer = {.status = DNS_FOUND, .records = records, .count = 1};
    assert_int_equal(judge(PROVE_MX, "feedback.example", &answer), PROOF_PRESENT);
    assert_int_equal(judge(PROVE_MX, "Feedback.example.", &answer), PROOF_PRESENT);
    assert_int_equal(judge(PROVE_MX, "other.example", &answer), PROOF_WRONG);
    answer.count = 2;
    assert_int_equal(judge(PROVE_MX, "feedback.example", &answer), PROOF_WRONG);
    assert_true(slice_is(seen, "10 feedback.example | 20 other.example"));
    records[0].data = SLICE("");
    answer.count = 1;
    assert_int_equal(judge(PROVE_MX, "feedback.example", &answer), PROOF_WRONG);
    assert_true(slice_is(seen, "10 ."));
}

static void
a_cname_on_the_way_is_told(void **state)
{
    (void)state;
    struct dns_record record = {0, SLICE("p=" KEY)};
    struct dns_answer answer = {.status = DNS_FOUND, .records = &record, .count = 1};
    assert_int_equal(judge(PROVE_DKIM, KEY, &answer), PROOF_PRESENT);
    assert_false(through_cname);
    answer.canonical_name = SLICE("s.dkim.provider.example");
    assert_int_equal(judge(PROVE_DKIM, KEY, &answer), PROOF_PRESENT);
    assert_true(through_cname);
}

static void
what_was_seen_is_printable_and_short(void **state)
{
    (void)state;
    char *large = memory_alloc(60000);
    memset(large, 'a', 60000);
    struct dns_record records[] = {{0, SLICE("a\0b\nc\xff")}, {0, {large, 60000}}};
    struct dns_answer answer = {.status = DNS_FOUND, .records = records, .count = 2};
    assert_int_equal(judge(PROVE_TXT, "x", &answer), PROOF_WRONG);
    assert_true(slice_starts(seen, SLICE("a?b?c? | aaa")));
    assert_int_equal(seen.len, PROOF_SEEN_MAX);
    free(large);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_found_makes_success),
        cmocka_unit_test(seventy_two_hours_of_absence_fail_a_pending_one_exactly_then),
        cmocka_unit_test(a_wrong_value_counts_as_absence),
        cmocka_unit_test(failed_is_left_only_by_a_new_request),
        cmocka_unit_test(unknown_never_starts_a_clock),
        cmocka_unit_test(an_outage_of_dns_stops_the_clock),
        cmocka_unit_test(every_other_answer_missing_never_fails),
        cmocka_unit_test(an_outage_of_postern_stops_the_clock),
        cmocka_unit_test(a_clock_set_back_counts_nothing),
        cmocka_unit_test(success_lost_is_a_temporary_failure_and_comes_back),
        cmocka_unit_test(temporary_failure_fails_after_seventy_two_hours_from_the_first_miss),
        cmocka_unit_test(flapping_begins_the_hours_anew),
        cmocka_unit_test(questions_grow_rarer),
        cmocka_unit_test(what_is_asked_next_lets_the_clock_run),
        cmocka_unit_test(statuses_have_the_names_of_the_api),
        cmocka_unit_test(one_txt_value_among_several_is_enough),
        cmocka_unit_test(absence_and_ignorance_are_told_apart),
        cmocka_unit_test(a_bogus_answer_proves_nothing_even_when_it_fits),
        cmocka_unit_test(key_records_that_verifiers_accept_are_accepted),
        cmocka_unit_test(key_records_that_verifiers_ignore_are_wrong),
        cmocka_unit_test(a_revoked_key_never_fits),
        cmocka_unit_test(an_ed25519_key_needs_its_type),
        cmocka_unit_test(one_fitting_key_record_among_several_is_enough),
        cmocka_unit_test(a_flood_of_tags_is_refused),
        cmocka_unit_test(the_mx_must_be_the_only_one),
        cmocka_unit_test(a_cname_on_the_way_is_told),
        cmocka_unit_test(what_was_seen_is_printable_and_short),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
