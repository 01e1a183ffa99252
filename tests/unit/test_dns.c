/* Reading DNS: names, records, whole responses, and the lines of a local file. */
#include "net/dns.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static struct arena *arena;
static struct buf packet;

static int
setup(void **state)
{
    (void)state;
    arena = arena_new();
    buf_init(&packet, 64 * 1024);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    buf_fini(&packet);
    arena_free(arena);
    return 0;
}

#define assert_slice(actual, expected) assert_true(slice_eq((actual), (expected)))

static enum rc
read_name(struct slice rdata, struct slice *out, size_t *left)
{
    enum rc rc = dns_read_name(arena, &rdata, out, NULL);
    *left = rdata.len;
    return rc;
}

static void
names_are_lowered_and_joined(void **state)
{
    (void)state;
    struct slice name;
    size_t left;
    assert_int_equal(read_name(SLICE("\3WwW\7Example\0rest"), &name, &left), RC_OK);
    assert_slice(name, SLICE("www.example"));
    assert_int_equal(left, 4);
    assert_int_equal(read_name(SLICE("\0"), &name, &left), RC_OK);
    assert_slice(name, SLICE(""));
}

static void
names_that_lie_are_refused(void **state)
{
    (void)state;
    struct slice name;
    size_t left;
    const struct slice bad[] = {
        SLICE(""),          SLICE("\3ww"),     SLICE("\3www"),      SLICE("\300\0"),
        SLICE("\100a\0"),   SLICE("\3a.b\0"),  SLICE("\3a\0b\0"),   SLICE("\3a b\0"),
        SLICE("\3a\\b\0"),  SLICE("\3a\"b\0"), SLICE("\3a\377b\0"), SLICE("\3a\nb\0"),
        SLICE("\1a\300\0"),
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(read_name(bad[i], &name, &left), RC_SYNTAX);
}

static void
the_longest_name_has_253_characters(void **state)
{
    (void)state;
    char wire[300];
    struct slice name;
    size_t at = 0, left;
    const size_t labels[] = {63, 63, 63, 61};
    for (size_t i = 0; i < 4; i++) {
        wire[at++] = (char)labels[i];
        memset(wire + at, 'a', labels[i]);
        at += labels[i];
    }
    wire[at] = 0;
    assert_int_equal(read_name((struct slice){wire, at + 1}, &name, &left), RC_OK);
    assert_int_equal(name.len, DNS_NAME_MAX);
    wire[at - 62] = 62;
    wire[at] = 'a';
    wire[at + 1] = 0;
    assert_int_equal(read_name((struct slice){wire, at + 2}, &name, &left), RC_SYNTAX);
}

static void
only_host_like_names_are_asked_for(void **state)
{
    (void)state;
    char label[65] = {0};
    memset(label, 'a', 64);
    assert_true(dns_name_valid(SLICE("a")));
    assert_true(dns_name_valid(SLICE("s1._domainkey.xn--p1ai.example-1")));
    assert_true(dns_name_valid((struct slice){label, 63}));
    assert_false(dns_name_valid((struct slice){label, 64}));
    const char *const bad[] = {"", ".", "a.", ".a", "a..b", "A", "a b", "a/b", "a\\b", "\xc3\xa4"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(dns_name_valid(slice_of(bad[i])));
    assert_false(dns_name_valid(SLICE("a\0b")));
    char longest[2 * 127 + 1];
    for (size_t i = 0; i < sizeof longest; i++)
        longest[i] = i % 2 ? '.' : 'a';
    assert_true(dns_name_valid((struct slice){longest, 253}));
    assert_false(dns_name_valid((struct slice){longest, 255}));
}

static enum rc
read_record(enum dns_type type, struct slice rdata, struct dns_record *out)
{
    return dns_read_record(arena, type, rdata, out, NULL);
}

static void
records_are_read_by_type(void **state)
{
    (void)state;
    struct dns_record record;
    assert_int_equal(read_record(DNS_A, SLICE("\300\0\2\1"), &record), RC_OK);
    assert_slice(record.data, SLICE("\300\0\2\1"));
    assert_int_equal(read_record(DNS_AAAA, SLICE("0123456789abcdef"), &record), RC_OK);
    assert_int_equal(read_record(DNS_MX, SLICE("\1\2\2MX\1e\0"), &record), RC_OK);
    assert_int_equal(record.preference, 258);
    assert_slice(record.data, SLICE("mx.e"));
    assert_int_equal(read_record(DNS_MX, SLICE("\0\0\0"), &record), RC_OK);
    assert_slice(record.data, SLICE("")); /* null MX */
    assert_int_equal(read_record(DNS_TXT, SLICE("\2ab\0\3c\0d"), &record), RC_OK);
    assert_slice(record.data, SLICE("abc\0d"));
    assert_int_equal(read_record(DNS_TXT, SLICE("\0"), &record), RC_OK);
    assert_slice(record.data, SLICE(""));
    assert_int_equal(read_record(DNS_PTR, SLICE("\1h\1e\0"), &record), RC_OK);
    assert_slice(record.data, SLICE("h.e"));
    assert_int_equal(read_record(DNS_TLSA, SLICE("\3\1\1x"), &record), RC_OK);
    assert_slice(record.data, SLICE("\3\1\1x"));
}

static void
malformed_records_are_refused(void **state)
{
    (void)state;
    struct dns_record record;
    assert_int_equal(read_record(DNS_A, SLICE("\300\0\2"), &record), RC_SYNTAX);
    assert_int_equal(read_record(DNS_A, SLICE("\300\0\2\1\1"), &record), RC_SYNTAX);
    assert_int_equal(read_record(DNS_AAAA, SLICE("\300\0\2\1"), &record), RC_SYNTAX);
    assert_int_equal(read_record(DNS_MX, SLICE("\0"), &record), RC_SYNTAX);
    assert_int_equal(read_record(DNS_MX, SLICE("\0\12"), &record), RC_SYNTAX);
    assert_int_equal(read_record(DNS_MX, SLICE("\0\12\1a\0x"), &record), RC_SYNTAX);
    assert_int_equal(read_record(DNS_TXT, SLICE(""), &record), RC_SYNTAX);
    assert_int_equal(read_record(DNS_TXT, SLICE("\3ab"), &record), RC_SYNTAX);
    assert_int_equal(read_record(DNS_TLSA, SLICE("\3\1\1"), &record), RC_SYNTAX);
    assert_int_equal(read_record((enum dns_type)6, SLICE("\0"), &record), RC_SYNTAX);
}

/* Responses are put together here: a question for `a.example` at byte 12, then records. */
static void
put_u16(unsigned value)
{
    buf_add_char(&packet, (char)(value >> 8));
    buf_add_char(&packet, (char)value);
}

static void
begin(unsigned flags, unsigned answers, unsigned authorities)
{
    buf_reset(&packet);
    put_u16(1);
    put_u16(flags);
    put_u16(1);
    put_u16(answers);
    put_u16(authorities);
    put_u16(0);
    buf_add(&packet, SLICE("\1a\7example\0"));
    put_u16(1);
    put_u16(1);
}

static void
add_record(struct slice owner, unsigned type, unsigned ttl, struct slice rdata)
{
    buf_add(&packet, owner);
    put_u16(type);
    put_u16(1);
    put_u16(ttl >> 16);
    put_u16(ttl & 0xffff);
    put_u16((unsigned)rdata.len);
    buf_add(&packet, rdata);
}

static enum rc
read_response(enum dns_type type, struct dns_answer *out)
{
    return dns_read_response(arena, SLICE("a.example"), type, buf_slice(&packet), out, NULL);
}

enum { OK = 0x8180, NXDOMAIN = 0x8183, SERVFAIL = 0x8182 };
#define QNAME   SLICE("\300\14")
#define EXAMPLE "\300\16" /* the name "example" inside the question */

static void
compressed_records_are_found(void **state)
{
    (void)state;
    struct dns_answer answer;
    begin(OK, 2, 0);
    add_record(QNAME, DNS_MX, 300, SLICE("\0\24\3MX2" EXAMPLE));
    add_record(QNAME, DNS_MX, 60, SLICE("\0\12\3mx1" EXAMPLE));
    assert_int_equal(read_response(DNS_MX, &answer), RC_OK);
    assert_int_equal(answer.status, DNS_FOUND);
    assert_int_equal(answer.count, 2);
    assert_int_equal(answer.ttl, 60);
    assert_false(answer.secure);
    assert_slice(answer.records[0].data, SLICE("mx2.example"));
    assert_int_equal(answer.records[1].preference, 10);
    assert_slice(answer.canonical_name, SLICE(""));
}

static void
a_chain_of_cnames_is_followed(void **state)
{
    (void)state;
    struct dns_answer answer;
    begin(OK, 4, 0);
    add_record(QNAME, DNS_CNAME, 300, SLICE("\1b" EXAMPLE));
    add_record(SLICE("\1B" EXAMPLE), DNS_CNAME, 20, SLICE("\1c" EXAMPLE));
    add_record(SLICE("\1c" EXAMPLE), DNS_A, 300, SLICE("\300\0\2\1"));
    add_record(SLICE("\1d" EXAMPLE), DNS_A, 5, SLICE("\300\0\2\2")); /* not asked for */
    assert_int_equal(read_response(DNS_A, &answer), RC_OK);
    assert_int_equal(answer.status, DNS_FOUND);
    assert_int_equal(answer.count, 1);
    assert_int_equal(answer.ttl, 20);
    assert_slice(answer.canonical_name, SLICE("c.example"));
}

static void
a_record_of_another_name_is_no_answer(void **state)
{
    (void)state;
    struct dns_answer answer;
    begin(OK, 1, 0);
    add_record(SLICE("\1b" EXAMPLE), DNS_A, 300, SLICE("\300\0\2\1"));
    assert_int_equal(read_response(DNS_A, &answer), RC_OK);
    assert_int_equal(answer.status, DNS_NODATA);
}

static void
a_cname_loop_ends(void **state)
{
    (void)state;
    struct dns_answer answer;
    begin(OK, 200, 0);
    for (int i = 0; i < 100; i++) {
        add_record(QNAME, DNS_CNAME, 300, SLICE("\1b" EXAMPLE));
        add_record(SLICE("\1b" EXAMPLE), DNS_CNAME, 300, QNAME);
    }
    assert_int_equal(read_response(DNS_A, &answer), RC_OK);
    assert_int_equal(answer.status, DNS_TEMPORARY);
}

static void
absence_is_told_from_failure(void **state)
{
    (void)state;
    struct dns_answer answer;
    begin(OK, 0, 1);
    add_record(SLICE(EXAMPLE), 6, 77, SLICE("\0"));
    assert_int_equal(read_response(DNS_A, &answer), RC_OK);
    assert_int_equal(answer.status, DNS_NODATA);
    assert_int_equal(answer.ttl, 77);
    begin(NXDOMAIN, 0, 0);
    assert_int_equal(read_response(DNS_A, &answer), RC_OK);
    assert_int_equal(answer.status, DNS_NXDOMAIN);
    assert_int_equal(answer.ttl, 0);
    begin(SERVFAIL, 1, 0);
    add_record(QNAME, DNS_A, 300, SLICE("\300\0\2\1"));
    assert_int_equal(read_response(DNS_A, &answer), RC_OK);
    assert_int_equal(answer.status, DNS_TEMPORARY);
    assert_int_equal(answer.count, 0);
}

static void
a_referral_means_that_nothing_is_known(void **state)
{
    (void)state;
    struct dns_answer answer;
    begin(OK, 0, 1);
    add_record(SLICE(EXAMPLE), 2, 77, SLICE("\2ns" EXAMPLE));
    assert_int_equal(read_response(DNS_MX, &answer), RC_OK);
    assert_int_equal(answer.status, DNS_TEMPORARY);
    /* RFC 2308 §2.2: with an SOA record beside the name servers it is an absence. */
    begin(OK, 0, 2);
    add_record(SLICE(EXAMPLE), 2, 77, SLICE("\2ns" EXAMPLE));
    add_record(SLICE(EXAMPLE), 6, 77, SLICE("\0"));
    assert_int_equal(read_response(DNS_MX, &answer), RC_OK);
    assert_int_equal(answer.status, DNS_NODATA);
    /* The chain goes on behind an alias: the resolver asks there. */
    begin(OK, 1, 1);
    add_record(QNAME, DNS_CNAME, 300, SLICE("\1b" EXAMPLE));
    add_record(SLICE(EXAMPLE), 2, 77, SLICE("\2ns" EXAMPLE));
    assert_int_equal(read_response(DNS_MX, &answer), RC_OK);
    assert_int_equal(answer.status, DNS_NODATA);
}

static void
unreadable_records_are_left_out_but_never_mean_absence(void **state)
{
    (void)state;
    struct dns_answer answer;
    begin(OK, 2, 0);
    add_record(QNAME, DNS_MX, 300, SLICE("\0\12\3m x" EXAMPLE));
    add_record(QNAME, DNS_MX, 300, SLICE("\0\24\3mx2" EXAMPLE));
    assert_int_equal(read_response(DNS_MX, &answer), RC_OK);
    assert_int_equal(answer.status, DNS_FOUND);
    assert_int_equal(answer.count, 1);
    begin(OK, 1, 0);
    add_record(QNAME, DNS_MX, 300, SLICE("\0\12\3m x" EXAMPLE));
    assert_int_equal(read_response(DNS_MX, &answer), RC_OK);
    assert_int_equal(answer.status, DNS_TEMPORARY);
}

static void
an_unreadable_owner_does_not_hide_what_follows(void **state)
{
    (void)state;
    struct dns_answer answer;
    begin(OK, 2, 0);
    add_record(SLICE("\3x y" EXAMPLE), DNS_A, 300, SLICE("\300\0\2\1"));
    add_record(QNAME, DNS_A, 300, SLICE("\300\0\2\2"));
    assert_int_equal(read_response(DNS_A, &answer), RC_OK);
    assert_int_equal(answer.count, 1);
    assert_slice(answer.records[0].data, SLICE("\300\0\2\2"));
}

static void
records_are_cut_at_the_maximum(void **state)
{
    (void)state;
    struct dns_answer answer;
    begin(OK, DNS_RECORDS_MAX + 10, 0);
    for (int i = 0; i < DNS_RECORDS_MAX + 10; i++)
        add_record(QNAME, DNS_A, 300, SLICE("\300\0\2\1"));
    assert_int_equal(read_response(DNS_A, &answer), RC_OK);
    assert_int_equal(answer.count, DNS_RECORDS_MAX);
}

static void
a_top_bit_in_the_ttl_means_zero(void **state)
{
    (void)state;
    struct dns_answer answer;
    begin(OK, 1, 0);
    add_record(QNAME, DNS_A, 0x80000001u, SLICE("\300\0\2\1"));
    assert_int_equal(read_response(DNS_A, &answer), RC_OK);
    assert_int_equal(answer.ttl, 0);
}

static void
every_truncation_is_refused(void **state)
{
    (void)state;
    struct dns_answer answer;
    begin(OK, 2, 0);
    add_record(QNAME, DNS_CNAME, 300, SLICE("\1b" EXAMPLE));
    add_record(SLICE("\1b" EXAMPLE), DNS_TXT, 300, SLICE("\3abc"));
    for (size_t len = 0; len < packet.len; len++) {
        char *cut = memory_alloc(len);
        memcpy(cut, packet.ptr, len);
        assert_int_equal(dns_read_response(arena, SLICE("a.example"), DNS_TXT,
                                           (struct slice){cut, len}, &answer, NULL),
                         RC_SYNTAX);
        free(cut);
    }
    assert_int_equal(read_response(DNS_TXT, &answer), RC_OK);
}

static void
queries_and_truncated_responses_are_refused(void **state)
{
    (void)state;
    struct dns_answer answer;
    begin(0x0100, 0, 0);
    assert_int_equal(read_response(DNS_A, &answer), RC_SYNTAX);
    begin(OK | 0x0200, 0, 0);
    assert_int_equal(read_response(DNS_A, &answer), RC_SYNTAX);
}

static void
pointers_lead_backwards_only(void **state)
{
    (void)state;
    struct dns_answer answer;
    /* An owner that points to itself, and two that point to each other. */
    begin(OK, 1, 0);
    buf_add(&packet, SLICE("\300\33"));
    assert_int_equal(packet.len, 27 + 2);
    add_record(SLICE(""), DNS_A, 300, SLICE("\300\0\2\1"));
    assert_int_equal(read_response(DNS_A, &answer), RC_OK);
    assert_int_equal(answer.status, DNS_NODATA);
    begin(OK, 1, 0);
    buf_add(&packet, SLICE("\1x\300\33"));
    add_record(SLICE(""), DNS_A, 300, SLICE("\300\0\2\1"));
    assert_int_equal(read_response(DNS_A, &answer), RC_OK);
    assert_int_equal(answer.status, DNS_NODATA);
}

static void
a_long_chain_of_pointers_is_cut_short(void **state)
{
    (void)state;
    struct dns_answer answer;
    begin(OK, 2, 0);
    /* Rdata of a type nobody asked for holds 200 pointers, each to the one before; the first to
     * the question's name. */
    struct buf chain;
    buf_init(&chain, 1024);
    size_t start = packet.len + 2 + 10;
    for (size_t i = 0; i < 200; i++) {
        size_t target = i ? start + 2 * (i - 1) : 12;
        buf_add_char(&chain, (char)(0xc0 | target >> 8));
        buf_add_char(&chain, (char)target);
    }
    add_record(QNAME, 99, 300, buf_slice(&chain));
    size_t last = start + 2 * 199, near = start + 2 * 10;
    char owner[2] = {(char)(0xc0 | last >> 8), (char)last};
    add_record((struct slice){owner, 2}, DNS_A, 300, SLICE("\300\0\2\1"));
    assert_int_equal(read_response(DNS_A, &answer), RC_OK);
    assert_int_equal(answer.status, DNS_NODATA);
    packet.ptr[packet.len - 16] = (char)(0xc0 | near >> 8);
    packet.ptr[packet.len - 15] = (char)near;
    assert_int_equal(read_response(DNS_A, &answer), RC_OK);
    assert_int_equal(answer.status, DNS_FOUND);
    buf_fini(&chain);
}

static void
local_lines_are_read(void **state)
{
    (void)state;
    struct dns_local_record record;
    assert_int_equal(
        dns_read_local_record(arena, SLICE(" Mail.Example. 300 IN A 192.0.2.1\r"), &record, NULL),
        RC_OK);
    assert_slice(record.name, SLICE("mail.example"));
    assert_slice(record.text, SLICE("Mail.Example. 300 IN A 192.0.2.1"));
    assert_false(record.is_soa);
    assert_int_equal(
        dns_read_local_record(arena, SLICE("example\tIN 5 soa a. b. 1 2 3 4 5"), &record, NULL),
        RC_OK);
    assert_true(record.is_soa);
    assert_int_equal(dns_read_local_record(arena, SLICE("_x.e TXT \"a b\" \"c\""), &record, NULL),
                     RC_OK);
}

static void
local_comments_and_mistakes_are_told_apart(void **state)
{
    (void)state;
    struct dns_local_record record;
    const char *const nothing[] = {"", "   ", "; x", "# x", "\t;", "\r"};
    for (size_t i = 0; i < sizeof nothing / sizeof *nothing; i++)
        assert_int_equal(dns_read_local_record(arena, slice_of(nothing[i]), &record, NULL),
                         RC_NOT_FOUND);
    const char *const bad[] = {"name",           "name A",          "name 300 IN",
                               "a..b A 1.2.3.4", "$TTL 300 IN A x", "@ A 1.2.3.4",
                               "name 1 IN 2 A",  ". A 1.2.3.4"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct err err = {0};
        assert_int_equal(dns_read_local_record(arena, slice_of(bad[i]), &record, &err), RC_SYNTAX);
        assert_true(err.text[0] != '\0');
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_lowered_and_joined),
        cmocka_unit_test(names_that_lie_are_refused),
        cmocka_unit_test(the_longest_name_has_253_characters),
        cmocka_unit_test(only_host_like_names_are_asked_for),
        cmocka_unit_test(records_are_read_by_type),
        cmocka_unit_test(malformed_records_are_refused),
        cmocka_unit_test(compressed_records_are_found),
        cmocka_unit_test(a_chain_of_cnames_is_followed),
        cmocka_unit_test(a_record_of_another_name_is_no_answer),
        cmocka_unit_test(a_cname_loop_ends),
        cmocka_unit_test(absence_is_told_from_failure),
        cmocka_unit_test(a_referral_means_that_nothing_is_known),
        cmocka_unit_test(unreadable_records_are_left_out_but_never_mean_absence),
        cmocka_unit_test(an_unreadable_owner_does_not_hide_what_follows),
        cmocka_unit_test(records_are_cut_at_the_maximum),
        cmocka_unit_test(a_top_bit_in_the_ttl_means_zero),
        cmocka_unit_test(every_truncation_is_refused),
        cmocka_unit_test(queries_and_truncated_responses_are_refused),
        cmocka_unit_test(pointers_lead_backwards_only),
        cmocka_unit_test(a_long_chain_of_pointers_is_cut_short),
        cmocka_unit_test(local_lines_are_read),
        cmocka_unit_test(local_comments_and_mistakes_are_told_apart),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
