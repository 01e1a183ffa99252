#include "deliver/mx.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

struct fixture {
    struct arena *arena;
    struct mx_host *hosts;
    size_t count;
    struct err err;
};

static int
set_up(void **state)
{
    struct fixture *fixture = NEW(struct fixture);
    fixture->arena = arena_new();
    *state = fixture;
    return 0;
}

static int
tear_down(void **state)
{
    struct fixture *fixture = *state;
    arena_free(fixture->arena);
    free(fixture);
    return 0;
}

struct row {
    uint16_t preference;
    const char *name;
};

static enum rc
ask(struct fixture *fixture, enum dns_status status, const struct row *rows, size_t count,
    uint64_t random)
{
    struct dns_answer answer = {.status = status, .count = count};
    answer.records = ARENA_ARRAY(fixture->arena, struct dns_record, count);
    for (size_t i = 0; i < count; i++)
        answer.records[i] = (struct dns_record){rows[i].preference, slice_of(rows[i].name)};
    return mx_hosts(fixture->arena, SLICE("example.org"), SLICE("mail.postern.example"), &answer,
                    random, &fixture->hosts, &fixture->count, &fixture->err);
}

#define ROWS(...)                                                                                  \
    (const struct row[]){__VA_ARGS__},                                                             \
        sizeof((const struct row[]){__VA_ARGS__}) / sizeof(struct row)

static void
assert_host(const struct fixture *fixture, size_t at, const char *name)
{
    assert_true(at < fixture->count);
    assert_true(slice_is(fixture->hosts[at].name, name));
}

static void
hosts_come_by_preference(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(
        ask(fixture, DNS_FOUND, ROWS({30, "c.example"}, {10, "A.example"}, {20, "b.example"}), 1),
        RC_OK);
    assert_int_equal(fixture->count, 3);
    assert_host(fixture, 0, "a.example");
    assert_host(fixture, 1, "b.example");
    assert_host(fixture, 2, "c.example");
}

static void
equal_preferences_are_shuffled_and_better_ones_stay_first(void **state)
{
    struct fixture *fixture = *state;
    bool seen[3] = {false};
    for (uint64_t random = 0; random < 64; random++) {
        assert_int_equal(
            ask(fixture, DNS_FOUND,
                ROWS({10, "a.example"}, {10, "b.example"}, {10, "c.example"}, {5, "first.example"}),
                random),
            RC_OK);
        assert_host(fixture, 0, "first.example");
        seen[fixture->hosts[1].name.ptr[0] - 'a'] = true;
    }
    assert_true(seen[0] && seen[1] && seen[2]);
}

static void
the_same_random_number_gives_the_same_order(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(ask(fixture, DNS_FOUND, ROWS({1, "a.example"}, {1, "b.example"}), 7), RC_OK);
    struct slice first = fixture->hosts[0].name;
    assert_int_equal(ask(fixture, DNS_FOUND, ROWS({1, "a.example"}, {1, "b.example"}), 7), RC_OK);
    assert_true(slice_eq(first, fixture->hosts[0].name));
}

static void
without_mx_the_domain_is_its_own_host(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(ask(fixture, DNS_NODATA, NULL, 0, 1), RC_OK);
    assert_int_equal(fixture->count, 1);
    assert_host(fixture, 0, "example.org");
}

static void
null_mx_means_no_mail(void **state)
{
    struct fixture *fixture = *state;
    const char *roots[] = {"", "."};
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(ask(fixture, DNS_FOUND, ROWS({0, roots[i]}), 1), RC_PERMANENT);
        assert_true(slice_starts(slice_of(fixture->err.text), SLICE("556 5.1.10 ")));
    }
}

static void
null_mx_beside_a_host_is_passed_over(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(ask(fixture, DNS_FOUND, ROWS({0, ""}, {10, "a.example"}), 1), RC_OK);
    assert_int_equal(fixture->count, 1);
    assert_host(fixture, 0, "a.example");
}

static void
hosts_at_our_own_preference_or_behind_are_dropped(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(ask(fixture, DNS_FOUND,
                         ROWS({10, "a.example"}, {20, "Mail.Postern.Example"}, {20, "b.example"},
                              {30, "c.example"}),
                         1),
                     RC_OK);
    assert_int_equal(fixture->count, 1);
    assert_host(fixture, 0, "a.example");
}

static void
a_domain_whose_best_host_is_us_loops(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(
        ask(fixture, DNS_FOUND, ROWS({10, "mail.postern.example"}, {20, "b.example"}), 1),
        RC_PERMANENT);
    assert_true(slice_starts(slice_of(fixture->err.text), SLICE("554 5.4.6 ")));
}

static void
our_own_name_without_mx_loops(void **state)
{
    struct fixture *fixture = *state;
    struct dns_answer answer = {.status = DNS_NODATA};
    assert_int_equal(mx_hosts(fixture->arena, SLICE("MAIL.postern.example"),
                              SLICE("mail.postern.example"), &answer, 1, &fixture->hosts,
                              &fixture->count, &fixture->err),
                     RC_PERMANENT);
    assert_true(slice_starts(slice_of(fixture->err.text), SLICE("554 5.4.6 ")));
}

static void
a_host_listed_twice_is_tried_once_at_its_best_preference(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(
        ask(fixture, DNS_FOUND, ROWS({30, "a.example"}, {20, "b.example"}, {10, "A.EXAMPLE"}), 1),
        RC_OK);
    assert_int_equal(fixture->count, 2);
    assert_host(fixture, 0, "a.example");
}

static void
a_domain_that_does_not_exist_fails(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(ask(fixture, DNS_NXDOMAIN, NULL, 0, 1), RC_NOT_FOUND);
    assert_true(slice_starts(slice_of(fixture->err.text), SLICE("550 5.1.2 ")));
}

static void
silence_and_forged_answers_are_temporary(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(ask(fixture, DNS_TEMPORARY, NULL, 0, 1), RC_TEMPORARY);
    assert_string_equal(fixture->err.text, "421 4.4.0 Unable to lookup DNS for example.org");
    assert_int_equal(ask(fixture, DNS_BOGUS, NULL, 0, 1), RC_TEMPORARY);
    assert_true(slice_starts(slice_of(fixture->err.text), SLICE("451 4.4.3 ")));
}

static void
the_largest_answer_is_sorted(void **state)
{
    struct fixture *fixture = *state;
    struct row *rows = ARENA_ARRAY(fixture->arena, struct row, DNS_RECORDS_MAX);
    for (size_t i = 0; i < DNS_RECORDS_MAX; i++)
        rows[i] = (struct row){(uint16_t)(DNS_RECORDS_MAX - i),
                               arena_printf(fixture->arena, "h%zu.example", i).ptr};
    assert_int_equal(ask(fixture, DNS_FOUND, rows, DNS_RECORDS_MAX, 3), RC_OK);
    assert_int_equal(fixture->count, DNS_RECORDS_MAX);
    for (size_t i = 1; i < fixture->count; i++)
        assert_true(fixture->hosts[i - 1].preference < fixture->hosts[i].preference);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(hosts_come_by_preference),
        TEST(equal_preferences_are_shuffled_and_better_ones_stay_first),
        TEST(the_same_random_number_gives_the_same_order),
        TEST(without_mx_the_domain_is_its_own_host),
        TEST(null_mx_means_no_mail),
        TEST(null_mx_beside_a_host_is_passed_over),
        TEST(hosts_at_our_own_preference_or_behind_are_dropped),
        TEST(a_domain_whose_best_host_is_us_loops),
        TEST(our_own_name_without_mx_loops),
        TEST(a_host_listed_twice_is_tried_once_at_its_best_preference),
        TEST(a_domain_that_does_not_exist_fails),
        TEST(silence_and_forged_answers_are_temporary),
        TEST(the_largest_answer_is_sorted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
