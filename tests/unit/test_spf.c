#include "identity/spf.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* The zone of RFC 7208 Appendix A, and faults beside it. */
static const struct {
    enum dns_type type;
    const char *name, *value;
} zone[] = {
    {DNS_A, "example.com", "192.0.2.10"},
    {DNS_A, "example.com", "192.0.2.11"},
    {DNS_MX, "example.com", "mail-a.example.com"},
    {DNS_MX, "example.com", "mail-b.example.com"},
    {DNS_A, "amy.example.com", "192.0.2.65"},
    {DNS_A, "bob.example.com", "192.0.2.66"},
    {DNS_A, "mail-a.example.com", "192.0.2.129"},
    {DNS_A, "mail-b.example.com", "192.0.2.130"},
    {DNS_MX, "example.org", "mail-c.example.org"},
    {DNS_A, "mail-c.example.org", "192.0.2.140"},
    {DNS_PTR, "10.2.0.192.in-addr.arpa", "example.com"},
    {DNS_PTR, "65.2.0.192.in-addr.arpa", "amy.example.com"},
    {DNS_PTR, "140.2.0.192.in-addr.arpa", "mail-c.example.org"},
    {DNS_PTR, "4.0.0.10.in-addr.arpa", "bob.example.com"},
    {DNS_AAAA, "six.example.com", "2001:db8::1"},
    {DNS_A, "3.2.0.192.in-addr.strong.lp._spf.example.com", "127.0.0.2"},
    {DNS_TXT, "passes.example.com", "v=spf1 +all"},
    {DNS_TXT, "fails.example.com", "v=spf1 -all"},
    {DNS_TXT, "twice.example.com", "v=spf1 a -all"},
    {DNS_TXT, "twice.example.com", "v=spf1 mx -all"},
    {DNS_TXT, "loop.example.com", "v=spf1 include:loop.example.com -all"},
};

static struct arena *arena;
static const char *record; /* of "tested.example.com" */

static int
set_up(void **state)
{
    (void)state;
    arena = arena_new();
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static struct slice
data_of(enum dns_type type, const char *value)
{
    char bytes[16];
    if (type != DNS_A && type != DNS_AAAA)
        return slice_of(value);
    assert_int_equal(inet_pton(type == DNS_A ? AF_INET : AF_INET6, value, bytes), 1);
    return arena_dup(arena, (struct slice){bytes, type == DNS_A ? 4 : 16});
}

static void
add(struct dns_answer *answer, struct slice data)
{
    answer->records[answer->count++].data = data;
    answer->status = DNS_FOUND;
}

static void
answer_from_zone(enum dns_type type, struct slice name, struct dns_answer *out)
{
    *out = (struct dns_answer){.status = DNS_NXDOMAIN,
                               .records = ARENA_ARRAY(arena, struct dns_record, 20)};
    if (slice_is(name, "silent.example.com"))
        out->status = DNS_TEMPORARY;
    if (slice_is(name, "crowd.example.com") && type == DNS_MX)
        for (int i = 0; i < 11; i++)
            add(out, arena_printf(arena, "mx%d.example.com", i));
    if (slice_ends(name, SLICE("tested.example.com")) && type == DNS_TXT && record)
        add(out, slice_of(record));
    for (size_t i = 0; i < sizeof zone / sizeof *zone; i++)
        if (zone[i].type == type && slice_is(name, zone[i].name))
            add(out, data_of(type, zone[i].value));
}

static struct spf_verdict
check(const char *ip, const char *domain)
{
    struct answers *answers = answers_new(arena);
    bool six = strchr(ip, ':') != NULL;
    struct spf_verdict verdict;
    struct spf_request request = {.ip = data_of(six ? DNS_AAAA : DNS_A, ip),
                                  .domain = slice_of(domain),
                                  .sender = arena_printf(arena, "strong-bad@%s", domain),
                                  .helo = SLICE("mta.example.com")};
    for (int rounds = 0; spf_check(arena, answers, &request, &verdict) == RC_AGAIN; rounds++) {
        enum dns_type type;
        struct slice name;
        assert_true(rounds < 100);
        for (size_t at = 0; answers_wanted(answers, &at, &type, &name);) {
            struct dns_answer answer;
            answer_from_zone(type, name, &answer);
            answers_put(answers, type, name, &answer);
        }
    }
    return verdict;
}

static void
expect(const char *text, const char *ip, enum spf_result result)
{
    record = text;
    struct spf_verdict verdict = check(ip, "tested.example.com");
    if (verdict.result != result)
        fail_msg("%s from %s: %s (%.*s), not %s", text ? text : "no record", ip,
                 spf_result_name(verdict.result), SLICE_ARG(verdict.why), spf_result_name(result));
}

/* RFC 7208 Appendix A.1, with the domain named. */
static void
the_examples_of_the_rfc_come_out_as_it_says(void **state)
{
    (void)state;
    expect("v=spf1 +all", "192.0.2.1", SPF_PASS);
    expect("v=spf1 a:example.com -all", "192.0.2.10", SPF_PASS);
    expect("v=spf1 a:example.com -all", "192.0.2.11", SPF_PASS);
    expect("v=spf1 a:example.com -all", "192.0.2.129", SPF_FAIL);
    expect("v=spf1 a:example.org -all", "192.0.2.10", SPF_FAIL);
    expect("v=spf1 mx:example.com -all", "192.0.2.129", SPF_PASS);
    expect("v=spf1 mx:example.com -all", "192.0.2.10", SPF_FAIL);
    expect("v=spf1 mx:example.com mx:example.org -all", "192.0.2.140", SPF_PASS);
    expect("v=spf1 mx:example.com/30 mx:example.org/30 -all", "192.0.2.131", SPF_PASS);
    expect("v=spf1 mx:example.com/30 mx:example.org/30 -all", "192.0.2.143", SPF_PASS);
    expect("v=spf1 mx:example.com/30 mx:example.org/30 -all", "192.0.2.144", SPF_FAIL);
    expect("v=spf1 ptr:example.com -all", "192.0.2.10", SPF_PASS);
    expect("v=spf1 ptr:example.com -all", "192.0.2.65", SPF_PASS);
    expect("v=spf1 ptr:example.com -all", "192.0.2.140", SPF_FAIL);
    expect("v=spf1 ptr:example.com -all", "10.0.0.4", SPF_FAIL);
    expect("v=spf1 ip4:192.0.2.128/28 -all", "192.0.2.129", SPF_PASS);
    expect("v=spf1 ip4:192.0.2.128/28 -all", "192.0.2.65", SPF_FAIL);
}

static void
qualifiers_and_the_end_of_a_record_give_their_results(void **state)
{
    (void)state;
    expect(NULL, "192.0.2.1", SPF_NONE);
    expect("v=spf10 -all", "192.0.2.1", SPF_NONE);
    expect("v=spf1", "192.0.2.1", SPF_NEUTRAL);
    expect("v=spf1 ?all", "192.0.2.1", SPF_NEUTRAL);
    expect("V=SPF1 ~ALL", "192.0.2.1", SPF_SOFTFAIL);
    expect("v=spf1 unknown=%{d} -all", "192.0.2.1", SPF_FAIL);
}

static void
include_counts_what_passes_and_redirect_takes_the_result(void **state)
{
    (void)state;
    expect("v=spf1 include:passes.example.com -all", "192.0.2.1", SPF_PASS);
    expect("v=spf1 include:fails.example.com ~all", "192.0.2.1", SPF_SOFTFAIL);
    expect("v=spf1 include:nobody.example.com ~all", "192.0.2.1", SPF_PERMERROR);
    expect("v=spf1 include:silent.example.com ~all", "192.0.2.1", SPF_TEMPERROR);
    expect("v=spf1 include:twice.example.com ~all", "192.0.2.1", SPF_PERMERROR);
    expect("v=spf1 redirect=fails.example.com", "192.0.2.1", SPF_FAIL);
    expect("v=spf1 redirect=nobody.example.com", "192.0.2.1", SPF_PERMERROR);
    expect("v=spf1 ?all redirect=fails.example.com", "192.0.2.1", SPF_NEUTRAL);
}

static void
what_cannot_be_read_is_an_error_wherever_it_stands(void **state)
{
    (void)state;
    static const char *const records[] = {
        "v=spf1 +all ipv4:192.0.2.1",
        "v=spf1 ip4:192.0.2.256 +all",
        "v=spf1 ip4:192.0.2.1/33 +all",
        "v=spf1 ip4 +all",
        "v=spf1 ip6:2001:db8::1/129 +all",
        "v=spf1 a: +all",
        "v=spf1 a:example.com/033 +all",
        "v=spf1 a:example.com/24/ +all",
        "v=spf1 include +all",
        "v=spf1 exists +all",
        "v=spf1 all:example.com",
        "v=spf1 a:nodot +all",
        "v=spf1 a:%{x}.example.com +all",
        "v=spf1 a:%{d0}.example.com +all",
        "v=spf1 a:%{d.example.com +all",
        "v=spf1 a:%(d).example.com +all",
        "v=spf1 a:%{c}.example.com +all",
        "v=spf1 redirect=passes.example.com redirect=passes.example.com",
        "v=spf1 exp=a.example.com exp=a.example.com +all",
        "v=spf1 redirect= ?all",
        "v=spf1 \x01 +all",
        "v=spf1 a:example.999 +all",
    };
    for (size_t i = 0; i < sizeof records / sizeof *records; i++)
        expect(records[i], "192.0.2.1", SPF_PERMERROR);
}

static void
no_record_makes_a_receiver_ask_for_more_than_it_may(void **state)
{
    (void)state;
    expect("v=spf1 a:example.com a:example.com a:example.com a:example.com a:example.com "
           "a:example.com a:example.com a:example.com a:example.com a:bob.example.com -all",
           "192.0.2.66", SPF_PASS);
    expect("v=spf1 a:example.com a:example.com a:example.com a:example.com a:example.com "
           "a:example.com a:example.com a:example.com a:example.com a:example.com "
           "a:bob.example.com -all",
           "192.0.2.66", SPF_PERMERROR);
    expect("v=spf1 include:loop.example.com -all", "192.0.2.1", SPF_PERMERROR);
    expect("v=spf1 a:x.example.com a:y.example.com ~all", "192.0.2.1", SPF_SOFTFAIL);
    expect("v=spf1 a:x.example.com a:y.example.com a:z.example.com ~all", "192.0.2.1",
           SPF_PERMERROR);
    expect("v=spf1 mx:crowd.example.com ~all", "192.0.2.1", SPF_PERMERROR);
    expect("v=spf1 a:silent.example.com ~all", "192.0.2.1", SPF_TEMPERROR);
    record = "v=spf1 a:example.com mx:example.com -all";
    assert_int_equal(check("192.0.2.1", "tested.example.com").lookups, 2);
}

/* RFC 7208 §7.4: strong-bad@tested.example.com from 192.0.2.3. */
static void
macros_are_expanded_before_DNS_is_asked(void **state)
{
    (void)state;
    expect("v=spf1 exists:%{ir}.%{v}.%{l1r-}.lp._spf.%{d2} -all", "192.0.2.3", SPF_PASS);
    expect("v=spf1 exists:%{ir}.%{v}.%{l1-r}.lp._spf.%{d2} -all", "192.0.2.3", SPF_PERMERROR);
    expect("v=spf1 exists:%{ir}.%{v}.%{lr-}.lp._spf.%{d2} -all", "192.0.2.3", SPF_FAIL);
    expect("v=spf1 exists:%{ir}.%{v}.strong.lp._spf.%{d2} -all", "192.0.2.3", SPF_PASS);
    expect("v=spf1 exists:3.2.0.192.%{v}.%{l1r-}.lp._spf.%{d2r} -all", "192.0.2.3", SPF_FAIL);
    expect("v=spf1 a:amy.%{o2} -all", "192.0.2.65", SPF_PASS);
    expect("v=spf1 a:amy.%{h2} -all", "192.0.2.65", SPF_PASS);
    expect("v=spf1 a:%{p} -all", "192.0.2.65", SPF_PASS);
    expect("v=spf1 a:%{s}.example.com ?all", "192.0.2.65", SPF_NEUTRAL);
}

static void
an_ipv6_address_is_matched_as_one_and_a_mapped_one_as_ipv4(void **state)
{
    (void)state;
    expect("v=spf1 a:six.example.com -all", "2001:db8::1", SPF_PASS);
    expect("v=spf1 a:six.example.com//64 -all", "2001:db8::2", SPF_PASS);
    expect("v=spf1 a:six.example.com/32//128 -all", "2001:db8::2", SPF_FAIL);
    expect("v=spf1 ip6:2001:db8::/32 -all", "2001:db8::2", SPF_PASS);
    expect("v=spf1 ip4:192.0.2.10 -all", "::ffff:192.0.2.10", SPF_PASS);
    expect("v=spf1 ip6:::ffff:192.0.2.10 -all", "::ffff:192.0.2.10", SPF_FAIL);
}

static void
what_is_no_domain_has_no_record(void **state)
{
    (void)state;
    assert_int_equal(check("192.0.2.1", "localhost").result, SPF_NONE);
    assert_int_equal(check("192.0.2.1", "a..example.com").result, SPF_NONE);
    assert_int_equal(check("192.0.2.1", "").result, SPF_NONE);
    assert_int_equal(check("192.0.2.1", "silent.example.com").result, SPF_TEMPERROR);
    assert_int_equal(check("192.0.2.1", "twice.example.com").result, SPF_PERMERROR);
}

/* Whoever has a domain writes its record, and thousands of macros fit into one. */
static void
a_record_full_of_macros_takes_little_memory(void **state)
{
    (void)state;
    struct buf text, domain;
    buf_init(&text, 64 * 1024);
    buf_init(&domain, 400);
    while (domain.len < 230)
        buf_add_cstr(&domain, "a.");
    buf_add(&domain, SLICE("tested.example.com\0"));
    buf_add_cstr(&text, "v=spf1");
    for (int i = 0; i < 10; i++) {
        buf_add_cstr(&text, " exists:");
        for (int j = 0; j < 500; j++)
            buf_add_cstr(&text, "%{dr}.");
        buf_printf(&text, "x%d.example.com", i);
    }
    buf_add(&text, SLICE(" -all\0"));
    record = text.ptr;
    size_t before = arena_size(arena);
    (void)check("192.0.2.1", domain.ptr);
    assert_true(arena_size(arena) - before < 2 * 1024 * 1024);
    buf_fini(&domain);
    buf_fini(&text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_examples_of_the_rfc_come_out_as_it_says),
        cmocka_unit_test(qualifiers_and_the_end_of_a_record_give_their_results),
        cmocka_unit_test(include_counts_what_passes_and_redirect_takes_the_result),
        cmocka_unit_test(what_cannot_be_read_is_an_error_wherever_it_stands),
        cmocka_unit_test(no_record_makes_a_receiver_ask_for_more_than_it_may),
        cmocka_unit_test(macros_are_expanded_before_DNS_is_asked),
        cmocka_unit_test(an_ipv6_address_is_matched_as_one_and_a_mapped_one_as_ipv4),
        cmocka_unit_test(what_is_no_domain_has_no_record),
        cmocka_unit_test(a_record_full_of_macros_takes_little_memory),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
