#include "api/examination.h"
#include "identity/rotation.h"
#include "sign/dkim.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define NOW_MS (INT64_C(1700000000) * 1000)

static struct arena *arena;
static struct answers *answers;
static struct signing_key_row key_row;
static struct examined examined;
static struct findings findings;

/* ---- a domain that is as it should be ---- */

static void
put(enum dns_type type, const char *name, struct slice data)
{
    struct dns_record record = {.data = data, .preference = 10};
    struct dns_answer answer = {
        .status = data.len ? DNS_FOUND : DNS_NXDOMAIN, .records = &record, .count = data.len > 0};
    answers_put(answers, type, slice_of(name), &answer);
}

/* Making one takes a while: one for all tests. */
static struct slice
key_der(void)
{
    static char der[SIGNING_KEY_DER_MAX], public[1000];
    static struct slice kept, kept_public;
    struct slice made, made_public;
    struct err err;
    if (kept.len == 0) {
        assert_int_equal(
            signing_key_generate(arena, DKIM_RSA_SHA256, 2048, &made, &made_public, &err), RC_OK);
        assert_true(made.len <= sizeof der && made_public.len <= sizeof public);
        memcpy(der, made.ptr, made.len);
        memcpy(public, made_public.ptr, made_public.len);
        kept = (struct slice){der, made.len};
        kept_public = (struct slice){public, made_public.len};
    }
    key_row.public_base64 = kept_public;
    return kept;
}

static struct slice
sign(const char *domain)
{
    static const char block[] = "From: Taro <taro@test1.com>\r\nTo: taro@test1.com\r\n"
                                "Message-ID: <1@test1.com>\r\nFeedback-ID: x:test1.com\r\n";
    struct slice field;
    struct signing_key *key;
    struct header header;
    uint8_t hash[32];
    struct err err;
    struct body_hash *running = body_hash_new();
    body_hash_feed(running, SLICE("Hello\r\n"));
    body_hash_finish(running, hash);
    body_hash_free(running);
    assert_int_equal(signing_key_load(key_der(), &key, &err), RC_OK);
    assert_int_equal(header_parse(arena, slice_of(block), &header, &err), RC_OK);
    struct dkim_request request = {slice_of(domain), SLICE("s1"), NOW_MS};
    assert_int_equal(dkim_sign(arena, key, &request, &header, hash, &field, &err), RC_OK);
    signing_key_unref(key);
    put(DNS_TXT, arena_printf(arena, "s1._domainkey.%s", domain).ptr,
        signing_key_record(arena, DKIM_RSA_SHA256, key_row.public_base64));
    return arena_printf(arena, "%.*s%s\r\n", SLICE_ARG(field), block);
}

static int
set_up(void **state)
{
    (void)state;
    arena = arena_new();
    answers = answers_new(arena);
    key_row = (struct signing_key_row){.algorithm = DKIM_RSA_SHA256,
                                       .domain = SLICE("test1.com"),
                                       .selector = SLICE("s1"),
                                       .bits = 2048,
                                       .created_ms = NOW_MS};
    examined = (struct examined){
        .domain = SLICE("test1.com"),
        .dkim_enabled = true,
        .verification = IDENTITY_SUCCESS,
        .keys = &key_row,
        .key_count = 1,
        .hostname = SLICE("mail.test1.com"),
        .provider_domain = SLICE("mail.test1.com"),
        .route = ROUTE_MX,
        .now_ms = NOW_MS,
        .user = SLICE("taro"),
        .from = SLICE("taro@test1.com"),
        .message_id = SLICE("1"),
        .wire_path = SLICE("taro@test1.com"),
        .body = SLICE("Hello\r\n"),
    };
    examined.header = sign("test1.com");
    put(DNS_TXT, "test1.com", SLICE("v=spf1 a:mail.test1.com ~all"));
    put(DNS_A, "mail.test1.com", SLICE("\xc0\x00\x02\x0a"));
    put(DNS_PTR, "10.2.0.192.in-addr.arpa", SLICE("mail.test1.com"));
    put(DNS_TXT, "_dmarc.test1.com", SLICE("v=DMARC1; p=reject"));
    put(DNS_MX, "test1.com", SLICE("mx.test1.com"));
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

/* What is not in the zone of the test does not exist. */
static enum verdict
judge(void)
{
    struct err err;
    enum rc rc;
    for (int rounds = 0; (rc = examine(arena, answers, &examined, &findings, &err)) == RC_AGAIN;
         rounds++) {
        enum dns_type type;
        struct slice name;
        assert_true(rounds < 20);
        for (size_t at = 0; answers_wanted(answers, &at, &type, &name);)
            put(type, arena_dup(arena, name).ptr, SLICE(""));
    }
    assert_int_equal(rc, RC_OK);
    return examination_verdict(&findings);
}

static const struct finding *
find(const char *subject, enum verdict verdict, const char *words)
{
    for (size_t i = 0; i < findings.count; i++)
        if (strcmp(findings.list[i].subject, subject) == 0 && findings.list[i].verdict == verdict &&
            slice_find(findings.list[i].words, slice_of(words)) != SLICE_NONE)
            return &findings.list[i];
    fail_msg("%s: no %s with \"%s\"", subject, verdict_name(verdict), words);
    return NULL;
}

static void
a_domain_as_it_should_be_is_green(void **state)
{
    (void)state;
    assert_int_equal(judge(), VERDICT_GREEN);
    find("DKIM", VERDICT_GREEN, "holds");
    find("DMARC", VERDICT_GREEN, "DKIM and SPF (p=reject)");
    find("trace", VERDICT_GREEN, "nothing");
    find("PTR", VERDICT_GREEN, "192.0.2.10");
}

static void
notes_do_not_take_green_away(void **state)
{
    (void)state;
    examined.vouched = true;
    put(DNS_TXT, "_dmarc.test1.com", SLICE("v=DMARC1; p=none"));
    assert_int_equal(judge(), VERDICT_GREEN);
    find("identity", VERDICT_NOTE, "word");
    find("DMARC", VERDICT_NOTE, "p=none");
}

static void
behind_a_smarthost_spf_is_not_known_unless_its_address_is_given(void **state)
{
    (void)state;
    examined.route = ROUTE_SMARTHOST;
    examined.smarthost = SLICE("smtp.isp.example");
    assert_int_equal(judge(), VERDICT_AMBER);
    find("SPF", VERDICT_AMBER, "smtp.isp.example");
    examined.outgoing = SLICE("192.0.2.10");
    assert_int_equal(judge(), VERDICT_GREEN);
    examined.outgoing = SLICE("198.51.100.1");
    assert_int_equal(judge(), VERDICT_AMBER);
    assert_true(slice_is(find("SPF", VERDICT_AMBER, "softfail")->value,
                         "v=spf1 ip4:198.51.100.1 a:mail.test1.com ~all"));
}

static void
where_mail_leaves_from_is_not_known_a_record_must_be_all_the_same(void **state)
{
    (void)state;
    put(DNS_A, "mail.test1.com", SLICE(""));
    assert_int_equal(judge(), VERDICT_AMBER);
    find("SPF", VERDICT_AMBER, "mail.test1.com has no address in DNS");
    for (size_t i = 0; i < findings.count; i++)
        assert_false(slice_is(findings.list[i].name, "test1.com"));
    put(DNS_TXT, "test1.com", SLICE("something else"));
    assert_int_equal(judge(), VERDICT_AMBER);
    assert_true(slice_is(find("SPF", VERDICT_AMBER, "test1.com has no record")->value,
                         "v=spf1 a:mail.test1.com ~all"));
    examined.route = ROUTE_SMARTHOST; /* whose addresses nobody knows */
    assert_int_equal(judge(), VERDICT_AMBER);
    assert_int_equal(find("SPF", VERDICT_AMBER, "test1.com has no record")->name.len, 0);
}

static void
mail_that_is_captured_reaches_nobody(void **state)
{
    (void)state;
    examined.route = ROUTE_CAPTURE;
    assert_int_equal(judge(), VERDICT_AMBER);
    find("route", VERDICT_AMBER, "not delivered");
}

static void
without_a_message_the_records_are_judged_all_the_same(void **state)
{
    (void)state;
    examined.refusal = SLICE("taro may not send");
    examined.header = examined.body = examined.wire_path = SLICE("");
    put(DNS_TXT, "s1._domainkey.test1.com", SLICE(""));
    assert_int_equal(judge(), VERDICT_RED);
    find("gate", VERDICT_RED, "may not send");
    assert_true(find("DKIM", VERDICT_RED, "not published")->name.len > 0);
    find("SPF", VERDICT_GREEN, "pass");
}

static void
another_domains_signature_does_not_stand_for_this_one(void **state)
{
    (void)state;
    examined.hostname = examined.provider_domain = SLICE("mail.provider.example");
    examined.header = sign("mail.provider.example");
    examined.dkim_enabled = false;
    put(DNS_TXT, "test1.com", SLICE("v=spf1 -all"));
    assert_int_equal(judge(), VERDICT_RED);
    assert_true(slice_is(find("DKIM", VERDICT_RED, "it is off")->run, "postern dkim on test1.com"));
    find("DKIM", VERDICT_RED, "via");
    find("DMARC", VERDICT_RED, "refuse the mail");
    find("trace", VERDICT_RED, "header DKIM-Signature");
}

static void
strict_alignment_counts_what_is_below_the_name_for_nothing(void **state)
{
    (void)state;
    put(DNS_TXT, "_dmarc.test1.com", SLICE("v=DMARC1; adkim=s; p=reject; aspf=s"));
    put(DNS_TXT, "bounce.test1.com", SLICE("v=spf1 a:mail.test1.com -all"));
    put(DNS_MX, "bounce.test1.com", SLICE("mail.test1.com"));
    examined.wire_path = SLICE("x@bounce.test1.com");
    assert_int_equal(judge(), VERDICT_AMBER);
    assert_true(
        slice_is(find("DMARC", VERDICT_AMBER, "aspf=s")->value, "v=DMARC1; adkim=s; p=reject"));
    find("DMARC", VERDICT_GREEN, "passes by DKIM");
    examined.header = sign("bounce.test1.com");
    assert_int_equal(judge(), VERDICT_RED);
    assert_true(
        slice_is(find("DMARC", VERDICT_RED, "adkim=s")->value, "v=DMARC1; p=reject; aspf=s"));
    find("DMARC", VERDICT_RED, "neither DKIM nor SPF");
}

static void
every_address_that_mail_may_leave_from_must_pass(void **state)
{
    (void)state;
    put(DNS_TXT, "test1.com", SLICE("v=spf1 ip4:192.0.2.10 -all"));
    put(DNS_AAAA, "mail.test1.com",
        (struct slice){"\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01", 16});
    assert_int_equal(judge(), VERDICT_RED);
    find("SPF", VERDICT_GREEN, "192.0.2.10");
    assert_true(slice_is(find("SPF", VERDICT_RED, "2001:db8::1")->value,
                         "v=spf1 a:mail.test1.com ip4:192.0.2.10 -all"));
}

static void
an_old_key_is_due(void **state)
{
    (void)state;
    key_row.created_ms = NOW_MS - (int64_t)(KEY_DAYS_MAX + 1) * 86400 * 1000;
    assert_int_equal(judge(), VERDICT_AMBER);
    const struct finding *finding = find("key", VERDICT_AMBER, "has signed for 366 days");
    assert_true(slice_is(finding->run, "postern dkim rotate test1.com"));
    examined.dkim_external = true; /* nothing but the owner changes it */
    assert_int_equal(judge(), VERDICT_AMBER);
    assert_int_equal(find("key", VERDICT_AMBER, "has signed for 366 days")->run.len, 0);
}

static void
set_signing_days(int64_t days)
{
    key_row.signing_ms = NOW_MS - days * 86400 * 1000;
}

static void
a_key_that_takes_turns_is_late_when_no_other_came(void **state)
{
    (void)state;
    examined.rotate_after_ms = INT64_C(180) * 86400 * 1000;
    key_row.created_ms = NOW_MS - (int64_t)(KEY_DAYS_MAX + 1) * 86400 * 1000; /* it waited */
    set_signing_days(30);
    assert_int_equal(judge(), VERDICT_GREEN);
    find("key", VERDICT_GREEN, "signs for 30 days, another is due in 150");
    set_signing_days(181); /* looks are a day apart */
    assert_int_equal(judge(), VERDICT_GREEN);
    find("key", VERDICT_GREEN, "another is due in 0");
    set_signing_days(183);
    assert_int_equal(judge(), VERDICT_AMBER);
    const struct finding *finding = find("key", VERDICT_AMBER, "was due after 180");
    assert_true(slice_is(finding->run, "postern dkim show test1.com"));
}

/* Others wait beside the one that signs: their length counts, and their age does not yet. */
static void
keys_that_wait_are_told_of(void **state)
{
    (void)state;
    struct signing_key_row rows[] = {key_row, key_row};
    rows[1].selector = SLICE("s2");
    rows[1].position = 1;
    rows[1].created_ms = NOW_MS - (int64_t)(KEY_DAYS_MAX + 1) * 86400 * 1000;
    examined.keys = rows;
    examined.key_count = 2;
    put(DNS_TXT, "s2._domainkey.test1.com",
        signing_key_record(arena, DKIM_RSA_SHA256, rows[1].public_base64));
    assert_int_equal(judge(), VERDICT_GREEN);
    find("key", VERDICT_GREEN, "s2._domainkey.test1.com: 2048 bits, waits");
    rows[1].bits = 1024;
    assert_int_equal(judge(), VERDICT_AMBER);
    find("key", VERDICT_AMBER, "s2._domainkey.test1.com has 1024 bits");
}

static void
what_signed_before_must_stay_in_dns_until_it_is_gone(void **state)
{
    (void)state;
    struct signing_key_row rows[] = {key_row, key_row};
    rows[1].selector = SLICE("s0");
    rows[1].position = ROTATION_RETIRED;
    rows[1].bits = 1024;
    rows[1].retired_ms = NOW_MS - 1000;
    examined.keys = rows;
    examined.key_count = 2;
    assert_int_equal(judge(), VERDICT_AMBER);
    const struct finding *finding = find("DKIM", VERDICT_AMBER, "which signed mail");
    assert_true(slice_is(finding->name, "s0._domainkey.test1.com"));
    rows[1].gone_ms = NOW_MS;
    assert_int_equal(judge(), VERDICT_GREEN);
}

static void
a_domain_that_takes_no_mail_is_refused_by_receivers(void **state)
{
    (void)state;
    put(DNS_MX, "test1.com", SLICE(""));
    assert_int_equal(judge(), VERDICT_RED);
    find("MX", VERDICT_RED, "neither MX nor address");
    put(DNS_A, "test1.com", SLICE("\xc0\x00\x02\x0b"));
    assert_int_equal(judge(), VERDICT_GREEN);
    find("MX", VERDICT_NOTE, "its own address is taken");
    struct dns_record root = {.data = SLICE("")};
    const struct dns_answer null_mx = {.status = DNS_FOUND, .records = &root, .count = 1};
    answers_put(answers, DNS_MX, SLICE("test1.com"), &null_mx);
    assert_int_equal(judge(), VERDICT_RED);
    find("MX", VERDICT_RED, "null MX");
    /* Bounces go elsewhere: what is left are people who answer. */
    examined.mail_from_domain = SLICE("bounce.test1.com");
    examined.wire_path = SLICE("x@bounce.test1.com");
    put(DNS_TXT, "bounce.test1.com", SLICE("v=spf1 a:mail.test1.com -all"));
    put(DNS_MX, "bounce.test1.com", SLICE("mail.test1.com"));
    assert_int_equal(judge(), VERDICT_AMBER);
    find("MX", VERDICT_AMBER, "null MX");
}

/* What a domain publishes is a stranger's: it must not cost more than it weighs. */
static void
a_huge_record_costs_little_and_is_told_of_in_few_words(void **state)
{
    (void)state;
    struct buf record;
    buf_init(&record, 64 * 1024);
    buf_add_cstr(&record, "v=spf1");
    while (record.len < 60 * 1024)
        buf_add_cstr(&record, " a");
    buf_add_char(&record, ' ');
    while (record.len < 64 * 1024)
        buf_add_char(&record, '!');
    put(DNS_TXT, "test1.com", buf_slice(&record));
    buf_fini(&record);
    size_t before = arena_size(arena);
    assert_int_equal(judge(), VERDICT_RED);
    assert_true(find("SPF", VERDICT_RED, "permerror")->words.len <= 2000);
    assert_true(arena_size(arena) - before < 4 * 1024 * 1024);
}

/* A name that only looks like one of the provider, and one that is hidden in another case. */
static void
names_are_compared_whole(void **state)
{
    (void)state;
    examined.hostname = examined.provider_domain = SLICE("mail.de");
    examined.body = SLICE("Hello\r\n");
    struct slice header = examined.header;
    examined.header =
        arena_printf(arena, "X-A: hotmail.de, mail.de-x.example\r\n%.*s", SLICE_ARG(header));
    (void)judge();
    find("trace", VERDICT_GREEN, "nothing");
    examined.header = arena_printf(arena, "X-A: a.Mail.DE!\r\n%.*s", SLICE_ARG(header));
    (void)judge();
    find("trace", VERDICT_RED, "header X-A: a.Mail.DE!");
}

static void
the_name_of_the_provider_is_found_in_any_field_and_in_the_body(void **state)
{
    (void)state;
    examined.hostname = examined.provider_domain = SLICE("mail.provider.example");
    examined.header =
        arena_printf(arena, "X-Relay: mail.PROVIDER.example\r\n%.*s", SLICE_ARG(examined.header));
    examined.body = SLICE("Hello\r\nsee mail.provider.example\r\n");
    assert_int_equal(judge(), VERDICT_RED);
    find("trace", VERDICT_RED, "header X-Relay: mail.PROVIDER.example");
    find("trace", VERDICT_RED, "body: see mail.provider.example");
    find("shows", VERDICT_NOTE, "X- field: X-Relay");
}

static void
what_dns_does_not_answer_is_amber_and_nothing_is_to_be_published(void **state)
{
    (void)state;
    static const struct {
        enum dns_type type;
        const char *name;
    } asked[] = {{DNS_TXT, "s1._domainkey.test1.com"},
                 {DNS_TXT, "test1.com"},
                 {DNS_TXT, "_dmarc.test1.com"},
                 {DNS_A, "mail.test1.com"},
                 {DNS_AAAA, "mail.test1.com"},
                 {DNS_PTR, "10.2.0.192.in-addr.arpa"},
                 {DNS_MX, "test1.com"}};
    const struct dns_answer silence = {.status = DNS_TEMPORARY};
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++)
        answers_put(answers, asked[i].type, slice_of(asked[i].name), &silence);
    assert_int_equal(judge(), VERDICT_AMBER);
    for (size_t i = 0; i < findings.count; i++)
        assert_int_equal(findings.list[i].name.len, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_domain_as_it_should_be_is_green, set_up, tear_down),
        cmocka_unit_test_setup_teardown(notes_do_not_take_green_away, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            behind_a_smarthost_spf_is_not_known_unless_its_address_is_given, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            where_mail_leaves_from_is_not_known_a_record_must_be_all_the_same, set_up, tear_down),
        cmocka_unit_test_setup_teardown(mail_that_is_captured_reaches_nobody, set_up, tear_down),
        cmocka_unit_test_setup_teardown(without_a_message_the_records_are_judged_all_the_same,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(another_domains_signature_does_not_stand_for_this_one,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(strict_alignment_counts_what_is_below_the_name_for_nothing,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_address_that_mail_may_leave_from_must_pass, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(an_old_key_is_due, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_key_that_takes_turns_is_late_when_no_other_came, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(keys_that_wait_are_told_of, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_signed_before_must_stay_in_dns_until_it_is_gone,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_domain_that_takes_no_mail_is_refused_by_receivers, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_huge_record_costs_little_and_is_told_of_in_few_words,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(names_are_compared_whole, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            the_name_of_the_provider_is_found_in_any_field_and_in_the_body, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            what_dns_does_not_answer_is_amber_and_nothing_is_to_be_published, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
