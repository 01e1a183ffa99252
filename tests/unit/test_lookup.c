#include "role/lookup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "net/loop.h"

struct fixture {
    struct loop *loop;
    struct lookup *lookup;
    struct arena *arena;
    size_t asked;
    struct resolve_message last;
    char last_name[DNS_NAME_MAX + 1];
};

static void
ask(void *ctx, const struct resolve_message *message)
{
    struct fixture *fixture = ctx;
    fixture->asked++;
    fixture->last = *message;
    memcpy(fixture->last_name, message->name.ptr, message->name.len);
    fixture->last_name[message->name.len] = '\0';
}

static void
wake(void *waiter)
{
    ++*(size_t *)waiter;
}

static int
set_up(void **state)
{
    struct fixture *fixture = NEW(struct fixture);
    fixture->loop = loop_new();
    fixture->lookup = lookup_new(fixture->loop, ask, fixture);
    fixture->arena = arena_new();
    *state = fixture;
    return 0;
}

static int
tear_down(void **state)
{
    struct fixture *fixture = *state;
    lookup_free(fixture->lookup);
    loop_free(fixture->loop);
    arena_free(fixture->arena);
    free(fixture);
    return 0;
}

static bool
get(struct fixture *fixture, enum dns_type type, const char *name, struct dns_answer *out,
    size_t *woken)
{
    return lookup_get(fixture->lookup, fixture->arena, type, slice_of(name), out, wake, woken);
}

static bool
resolve(struct fixture *fixture, uint64_t query, const char *address)
{
    struct dns_record record = {0, slice_of(address)};
    struct resolved_message message = {
        .query = query, .answer = {.status = DNS_FOUND, .ttl = 0, .records = &record, .count = 1}};
    struct buf payload;
    buf_init(&payload, 4096);
    protocol_put_resolved(&payload, &message);
    bool good = lookup_resolved(fixture->lookup, buf_slice(&payload));
    buf_fini(&payload);
    return good;
}

static void
a_question_is_asked_once_and_every_waiter_woken_once(void **state)
{
    struct fixture *fixture = *state;
    struct dns_answer answer;
    size_t first = 0, second = 0;
    assert_false(get(fixture, DNS_A, "mx.example", &answer, &first));
    assert_false(get(fixture, DNS_A, "mx.example", &answer, &first));
    assert_false(get(fixture, DNS_A, "MX.example", &answer, &second));
    assert_int_equal(fixture->asked, 1);
    assert_true(resolve(fixture, fixture->last.query, "abcd"));
    assert_int_equal(first, 1);
    assert_int_equal(second, 1);
    assert_true(get(fixture, DNS_A, "mx.example", &answer, &first)); /* in spite of TTL 0 */
    assert_int_equal(answer.count, 1);
    assert_true(slice_is(answer.records[0].data, "abcd"));
    assert_int_equal(fixture->asked, 1);
}

static void
types_of_one_name_are_different_questions(void **state)
{
    struct fixture *fixture = *state;
    struct dns_answer answer;
    size_t woken = 0;
    assert_false(get(fixture, DNS_A, "mx.example", &answer, &woken));
    assert_false(get(fixture, DNS_AAAA, "mx.example", &answer, &woken));
    assert_int_equal(fixture->asked, 2);
    assert_int_equal(fixture->last.type, DNS_AAAA);
}

static void
an_answer_nobody_asked_for_is_not_kept(void **state)
{
    struct fixture *fixture = *state;
    struct dns_answer answer;
    size_t woken = 0;
    assert_false(get(fixture, DNS_A, "mx.example", &answer, &woken));
    assert_true(resolve(fixture, fixture->last.query + 1, "evil"));
    assert_int_equal(woken, 0);
    assert_false(get(fixture, DNS_A, "mx.example", &answer, &woken));
}

static void
a_second_answer_does_not_replace_the_first(void **state)
{
    struct fixture *fixture = *state;
    struct dns_answer answer;
    size_t woken = 0;
    assert_false(get(fixture, DNS_A, "mx.example", &answer, &woken));
    assert_true(resolve(fixture, fixture->last.query, "good"));
    assert_true(resolve(fixture, fixture->last.query, "evil"));
    assert_true(get(fixture, DNS_A, "mx.example", &answer, &woken));
    assert_true(slice_is(answer.records[0].data, "good"));
    assert_int_equal(woken, 1);
}

static void
a_malformed_answer_is_refused(void **state)
{
    struct fixture *fixture = *state;
    assert_false(lookup_resolved(fixture->lookup, SLICE("12345678x")));
}

static void
a_name_too_long_for_dns_is_not_asked(void **state)
{
    struct fixture *fixture = *state;
    struct dns_answer answer;
    size_t woken = 0;
    char name[DNS_NAME_MAX + 2];
    memset(name, 'a', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    assert_true(get(fixture, DNS_A, name, &answer, &woken));
    assert_int_equal(answer.status, DNS_NXDOMAIN);
    assert_int_equal(fixture->asked, 0);
}

static void
old_answers_make_room_for_new_ones(void **state)
{
    struct fixture *fixture = *state;
    struct dns_answer answer;
    size_t woken = 0;
    for (int i = 0; i < 12000; i++) {
        const char *name = arena_printf(fixture->arena, "h%d.example", i).ptr;
        assert_false(get(fixture, DNS_A, name, &answer, &woken));
        assert_true(resolve(fixture, fixture->last.query, "abcd"));
        assert_true(get(fixture, DNS_A, name, &answer, &woken));
    }
    assert_false(get(fixture, DNS_A, "h0.example", &answer, &woken)); /* forgotten by now */
}

struct asker {
    struct fixture *fixture;
    size_t woken;
};

static void
ask_more(void *waiter)
{
    struct asker *asker = waiter;
    struct dns_answer answer;
    if (asker->woken++ == 0)
        assert_false(lookup_get(asker->fixture->lookup, asker->fixture->arena, DNS_A,
                                SLICE("b.example"), &answer, ask_more, asker));
}

static void
the_one_who_is_woken_may_ask_for_more(void **state)
{
    struct fixture *fixture = *state;
    struct asker asker = {fixture, 0};
    struct dns_answer answer;
    assert_false(lookup_get(fixture->lookup, fixture->arena, DNS_A, SLICE("a.example"), &answer,
                            ask_more, &asker));
    assert_true(resolve(fixture, fixture->last.query, "aaaa"));
    assert_string_equal(fixture->last_name, "b.example");
    assert_true(resolve(fixture, fixture->last.query, "bbbb"));
    assert_int_equal(asker.woken, 2);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_question_is_asked_once_and_every_waiter_woken_once),
        TEST(types_of_one_name_are_different_questions),
        TEST(an_answer_nobody_asked_for_is_not_kept),
        TEST(a_second_answer_does_not_replace_the_first),
        TEST(a_malformed_answer_is_refused),
        TEST(a_name_too_long_for_dns_is_not_asked),
        TEST(old_answers_make_room_for_new_ones),
        TEST(the_one_who_is_woken_may_ask_for_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
