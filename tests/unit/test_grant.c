/* Grants as policies, judged by the evaluation that decides about mail. */
#include "api/grant_policy.h"
#include "authorize/evaluate.h"
#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define NOW_MS INT64_C(1700000000000)

static int
begin(void **state)
{
    *state = arena_new();
    return 0;
}

static int
end(void **state)
{
    arena_free(*state);
    return 0;
}

/* May a holder of these terms send as the address, from there, at that time? */
static bool
allows(struct arena *arena, const struct grant_terms *terms, const char *address,
       const char *source, int64_t now_ms)
{
    struct policy *policy;
    struct err err = {0};
    struct slice from = slice_of(address), ip = slice_of(source);
    const struct condition_value keys[] = {
        {.key = SLICE("ses:FromAddress"), .values = &from, .count = 1},
        {.key = SLICE("aws:SourceIp"), .values = &ip, .count = 1}};
    if (policy_parse(grant_policy_write(arena, terms), POLICY_IDENTITY_BASED, &policy, &err) !=
        RC_OK)
        fail_msg("%s", err.text);
    const struct policy_entry entry = {policy, POLICY_USER_INLINE, SLICE("grant"), SLICE("taro")};
    const struct evaluate_request request = {
        .principal_arn = SLICE("arn:aws:iam::123456789012:user/taro"),
        .principal_account = SLICE("123456789012"),
        .action = SLICE("ses:SendRawEmail"),
        .resource = SLICE("arn:aws:ses:us-east-1:123456789012:identity/test1.com"),
        .keys = keys,
        .key_count = 2,
        .now_ms = now_ms};
    bool allowed = evaluate_policies(arena, &entry, 1, &request).outcome == EVALUATE_ALLOW;
    policy_unref(policy);
    return allowed;
}

static void
a_grant_ends_at_its_instant(void **state)
{
    struct grant_terms terms = {.address = SLICE("taro@test1.com"), .until_ms = NOW_MS};
    assert_true(allows(*state, &terms, "taro@test1.com", "192.0.2.1", NOW_MS - 1));
    assert_false(allows(*state, &terms, "taro@test1.com", "192.0.2.1", NOW_MS));
    terms.until_ms = INT64_MAX;
    assert_true(allows(*state, &terms, "taro@test1.com", "192.0.2.1", NOW_MS));
}

static void
a_grant_holds_from_its_networks_alone(void **state)
{
    const struct slice networks[] = {SLICE("10.0.0.0/8"), SLICE("2001:db8::/32")};
    const struct grant_terms terms = {.address = SLICE("taro@test1.com"),
                                      .until_ms = INT64_MAX,
                                      .networks = networks,
                                      .network_count = 2};
    assert_true(allows(*state, &terms, "taro@test1.com", "10.9.9.9", NOW_MS));
    assert_true(allows(*state, &terms, "taro@test1.com", "::ffff:10.9.9.9", NOW_MS));
    assert_true(allows(*state, &terms, "taro@test1.com", "2001:db8::1", NOW_MS));
    assert_false(allows(*state, &terms, "taro@test1.com", "11.0.0.1", NOW_MS));
    assert_false(allows(*state, &terms, "jiro@test1.com", "10.9.9.9", NOW_MS));
}

static void
an_address_with_wildcards_in_it_is_granted_alone(void **state)
{
    const struct grant_terms terms = {.address = SLICE("*@test1.com"), .until_ms = INT64_MAX};
    assert_true(allows(*state, &terms, "*@test1.com", "192.0.2.1", NOW_MS));
    assert_false(allows(*state, &terms, "taro@test1.com", "192.0.2.1", NOW_MS));
}

static void
what_was_written_is_read(void **state)
{
    const struct slice networks[] = {SLICE("10.0.0.0/8")};
    const struct grant_terms terms = {.address = SLICE("o'brien@test1.com"),
                                      .until_ms = NOW_MS,
                                      .networks = networks,
                                      .network_count = 1,
                                      .delegation = true};
    struct grant_terms read;
    assert_true(grant_policy_read(*state, grant_policy_write(*state, &terms), &read));
    assert_true(slice_eq(read.address, terms.address));
    assert_int_equal(read.until_ms, NOW_MS);
    assert_int_equal(read.network_count, 1);
    assert_true(slice_is(read.networks[0], "10.0.0.0/8"));
    assert_true(read.delegation);
}

static void
no_edited_document_is_read(void **state)
{
    const struct grant_terms terms = {.address = SLICE("taro@test1.com"), .until_ms = NOW_MS};
    struct slice document = grant_policy_write(*state, &terms);
    struct grant_terms read;
    /* Any byte otherwise, and it is not what would be written, or says something else. */
    for (size_t i = 0; i < document.len; i++) {
        struct slice edited = arena_dup(*state, document);
        ((char *)edited.ptr)[i] ^= 1;
        if (grant_policy_read(*state, edited, &read))
            assert_true(!slice_eq(read.address, terms.address) || read.until_ms != NOW_MS);
    }
    assert_false(grant_policy_read(*state, arena_concat(*state, document, SLICE(" ")), &read));
    assert_false(grant_policy_read(*state, SLICE("{}"), &read));
    assert_false(grant_policy_read(*state, SLICE(""), &read));
}

static void
networks_are_read_as_they_are_typed(void **state)
{
    static const char *const bad[] = {",", "10.0.0.0/8,", "10.0.0.0/33", "a", " "};
    struct grant_terms terms = {0};
    struct err err;
    assert_int_equal(grant_networks_read(*state, SLICE("10.0.0.0/8, ::1"), &terms, &err), RC_OK);
    assert_int_equal(terms.network_count, 2);
    assert_true(slice_is(terms.networks[1], "::1"));
    terms = (struct grant_terms){0};
    assert_int_equal(grant_networks_read(*state, SLICE(""), &terms, &err), RC_OK);
    assert_int_equal(terms.network_count, 0);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(grant_networks_read(*state, slice_of(bad[i]), &terms, &err), RC_SYNTAX);
}

static void
an_end_is_read_as_a_person_writes_it(void **state)
{
    (void)state;
    const struct {
        const char *text;
        int64_t ms; /* 0: it is none */
    } cases[] = {
        {"2026-12-31", INT64_C(1798761600000)}, /* all of the day */
        {"2026-12-31T18:00Z", INT64_C(1798740000000)},
        {"2027-01-01T03:00+09:00", INT64_C(1798740000000)},
        {"2026-12-31T13:00:00-05:00", INT64_C(1798740000000)},
        {"2026-12-31T18:00:00.999Z", INT64_C(1798740000000)},
        {"90m", NOW_MS + 90 * MINUTE_MS},
        {"12h", NOW_MS + 12 * HOUR_MS},
        {"3d", NOW_MS + 3 * DAY_MS},
        {"2w", NOW_MS + 14 * DAY_MS},
        {"99999w", NOW_MS + 99999 * 7 * DAY_MS},
        {"", 0},
        {"0d", 0},
        {"d", 0},
        {"-1d", 0},
        {"1 d", 0},
        {"100000w", 0},
        {"3", 0},
        {"1798740000", 0},
        {"2026-12-31T18:00", 0},
        {"2026-12-31 18:00Z", 0},
        {"2026-02-30", 0},
        {"2026-12-31Z", 0},
        {"9999-01-01", 0},
        {"friday", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t ms = -1;
        bool read = clock_parse_end(slice_of(cases[i].text), NOW_MS, &ms);
        if (read != (cases[i].ms != 0) || (read && ms != cases[i].ms))
            fail_msg("%s: %d %lld", cases[i].text, read, (long long)ms);
    }
    int64_t ms;
    assert_true(clock_parse_end(SLICE("1m"), NOW_MS + 1, &ms));
    assert_int_equal(ms, NOW_MS + MINUTE_MS + 1000); /* whole seconds, and not earlier */
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_grant_ends_at_its_instant),
        TEST(a_grant_holds_from_its_networks_alone),
        TEST(an_address_with_wildcards_in_it_is_granted_alone),
        TEST(what_was_written_is_read),
        TEST(no_edited_document_is_read),
        TEST(networks_are_read_as_they_are_typed),
        TEST(an_end_is_read_as_a_person_writes_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
