#include "base/codec.h"
#include "sign/dkim.h"
#include "sign/verify.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define NOW_MS (INT64_C(1528637909) * 1000)

static struct arena *arena;

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

/* ---- RFC 8463 Appendix A: keys and a message with both signatures ---- */

#define RFC_ED25519 "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
#define RFC_RSA                                                                                    \
    "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWR"                         \
    "iGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutAC"                        \
    "DfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3"                        \
    "Ip3G+2kryOTIKT+l/K4w3QIDAQAB"

static const char rfc_message[] = "DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;\r\n"
                                  " d=football.example.com; i=@football.example.com;\r\n"
                                  " q=dns/txt; s=brisbane; t=1528637909; h=from : to :\r\n"
                                  " subject : date : message-id : from : subject : date;\r\n"
                                  " bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n"
                                  " b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus\r\n"
                                  " Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==\r\n"
                                  "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;\r\n"
                                  " d=football.example.com; i=@football.example.com;\r\n"
                                  " q=dns/txt; s=test; t=1528637909; h=from : to : subject :\r\n"
                                  " date : message-id : from : subject : date;\r\n"
                                  " bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n"
                                  " b=F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3\r\n"
                                  " DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefOsk2Jz\r\n"
                                  " dA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=\r\n"
                                  "From: Joe SixPack <joe@football.example.com>\r\n"
                                  "To: Suzie Q <suzie@shopping.example.net>\r\n"
                                  "Subject: Is dinner ready?\r\n"
                                  "Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)\r\n"
                                  "Message-ID: <20030712040037.46341.5F8J@football.example.com>\r\n"
                                  "\r\n"
                                  "Hi.\r\n"
                                  "\r\n"
                                  "We lost the game.  Are you hungry yet?\r\n"
                                  "\r\n"
                                  "Joe.\r\n";

/* From its h= on, without what stands before. */
#define RFC_NAMES                                                                                  \
    "from : to : subject :\r\n"                                                                    \
    " date : message-id : from : subject : date;\r\n"                                              \
    " bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n"                                        \
    " b=F45d"

/* ---- verifying ---- */

struct zone {
    const char *name, *text; /* text NULL: DNS does not answer */
};

static size_t
verify(struct slice message, const struct zone *zone, size_t zone_count, int64_t now_ms,
       struct dkim_verdict **out)
{
    struct answers *answers = answers_new(arena);
    struct header header;
    struct err err;
    size_t end, count;
    for (size_t i = 0; i < zone_count; i++) {
        struct dns_record record = {.data = slice_of(zone[i].text)};
        struct dns_answer answer = {.status = zone[i].text ? DNS_FOUND : DNS_TEMPORARY,
                                    .records = &record,
                                    .count = zone[i].text != NULL};
        answers_put(answers, DNS_TXT, slice_of(zone[i].name), &answer);
    }
    assert_int_equal(header_end(message, &end, &err), RC_OK);
    assert_int_equal(header_parse(arena, slice_head(message, end - 2), &header, &err), RC_OK);
    while (dkim_verify(arena, answers, &header, slice_from(message, end), now_ms, out, &count) ==
           RC_AGAIN) {
        const struct dns_answer nothing = {.status = DNS_NXDOMAIN};
        enum dns_type type;
        struct slice name;
        size_t at = 0;
        assert_true(answers_wanted(answers, &at, &type, &name));
        answers_put(answers, type, name, &nothing);
    }
    return count;
}

static void
both_signatures_of_RFC_8463_hold(void **state)
{
    (void)state;
    const struct zone zone[] = {{"brisbane._domainkey.football.example.com", RFC_ED25519},
                                {"test._domainkey.football.example.com", RFC_RSA}};
    struct dkim_verdict *list;
    assert_int_equal(verify(slice_of(rfc_message), zone, 2, NOW_MS, &list), 2);
    assert_int_equal(list[0].result, DKIM_PASS);
    assert_true(slice_is(list[0].algorithm, "ed25519-sha256"));
    assert_int_equal(list[1].result, DKIM_PASS);
    assert_int_equal(list[1].bits, 1024);
    assert_true(slice_is(list[1].domain, "football.example.com"));
    assert_true(slice_is(list[1].key_name, "test._domainkey.football.example.com"));
}

/* The message of the RFC with one piece put in the place of another. */
static struct dkim_verdict
changed(const char *old, const char *new, const char *record)
{
    const struct zone zone[] = {{"test._domainkey.football.example.com", record}};
    struct slice message = slice_of(rfc_message);
    struct dkim_verdict *list;
    size_t at = old ? slice_find(message, slice_of(old)) : 0;
    assert_int_not_equal(at, SLICE_NONE);
    struct slice rest = slice_from(message, at + (old ? strlen(old) : 0));
    message =
        arena_printf(arena, "%.*s%s%.*s", (int)at, message.ptr, new ? new : "", SLICE_ARG(rest));
    size_t count = verify(message, zone, 1, NOW_MS, &list);
    return list[count - 1];
}

static void
what_was_signed_cannot_be_changed_and_the_rest_can(void **state)
{
    (void)state;
    assert_int_equal(changed("dinner", "supper", RFC_RSA).result, DKIM_FAIL);
    assert_int_equal(changed("Hi.", "Ho.", RFC_RSA).result, DKIM_FAIL);
    assert_int_equal(changed("yet?\r\n", "yet?\r\nYes.\r\n", RFC_RSA).result, DKIM_FAIL);
    assert_int_equal(
        changed("From: Joe", "From: Eve <eve@example.net>\r\nFrom: Joe", RFC_RSA).result,
        DKIM_FAIL);
    assert_int_equal(changed("Subject:", "Subject: x\r\nSubject:", RFC_RSA).result, DKIM_FAIL);
    assert_int_equal(changed("F45d", "F45e", RFC_RSA).result, DKIM_FAIL);
    assert_int_equal(changed("From: Joe", "X-Passed: by\r\nFrom: Joe", RFC_RSA).result, DKIM_PASS);
    assert_int_equal(changed("game.  Are", "game. \t Are", RFC_RSA).result, DKIM_PASS);
    assert_int_equal(changed("Subject: Is", "SUBJECT:\r\n Is", RFC_RSA).result, DKIM_PASS);
}

static void
a_signature_that_is_none_is_told_so(void **state)
{
    (void)state;
    static const struct {
        const char *old, *new;
    } faults[] = {
        {"a=rsa-sha256", "a=rsa-sha1"},
        {"a=rsa-sha256", "a=rsa-md5"},
        {"s=test;", ""},
        {"q=dns/txt; s=test", "q=dns/x; s=test"},
        {"s=test;", "s=test; s=test;"},
        {RFC_NAMES, " date; bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n b=F45d"},
        {"s=test;", "s=test; x=1;"},
        {"s=test;", "s=test; l=x;"},
        {"s=test;", "s=test; l=1000;"},
        {"b=F45dVWDf", "b=F45dVW-f"},
        {"a=rsa-sha256; c=relaxed/relaxed", "a=rsa-sha256; c=nofws"},
        {"s=test; t=1528637909", "s=test; t=now"},
    };
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        struct dkim_verdict verdict = changed(faults[i].old, faults[i].new, RFC_RSA);
        if (verdict.result != DKIM_PERMERROR || verdict.why.len == 0)
            fail_msg("%s: %s", faults[i].new, dkim_result_name(verdict.result));
    }
}

static void
a_key_record_says_what_its_key_is_for(void **state)
{
    (void)state;
    static const char *const refused[] = {
        "v=DKIM1; k=rsa; p=", "v=DKIM1; k=rsa", "k=rsa; v=DKIM1; p=AAAA", "v=DKIM2; p=AAAA",
        "v=DKIM1; p=AAAA",    "no tags at all", "p=AAAA; p=AAAA",         RFC_ED25519,
    };
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        if (changed(NULL, NULL, refused[i]).result != DKIM_PERMERROR)
            fail_msg("%s", refused[i]);
    assert_int_equal(changed(NULL, NULL, RFC_RSA "; h=sha1").result, DKIM_PERMERROR);
    assert_int_equal(changed(NULL, NULL, RFC_RSA "; h=sha1:sha256").result, DKIM_PASS);
    assert_int_equal(changed(NULL, NULL, RFC_RSA "; s=tlsrpt").result, DKIM_PERMERROR);
    assert_int_equal(changed(NULL, NULL, RFC_RSA "; s=tlsrpt:email").result, DKIM_PASS);
    assert_int_equal(changed(NULL, NULL, RFC_RSA "; t=s").result, DKIM_PASS);
    assert_true(changed(NULL, NULL, RFC_RSA "; t=y:s").testing);
    assert_int_equal(changed("i=@football.example.com;\r\n q=dns/txt; s=test",
                             "i=@a.football.example.com;\r\n q=dns/txt; s=test", RFC_RSA "; t=s")
                         .result,
                     DKIM_PERMERROR);
    assert_int_equal(changed("i=@football.example.com;\r\n q=dns/txt; s=test",
                             "i=@example.com;\r\n q=dns/txt; s=test", RFC_RSA)
                         .result,
                     DKIM_PERMERROR);
}

static void
silence_is_no_absence_of_a_key(void **state)
{
    (void)state;
    const struct zone silent[] = {{"test._domainkey.football.example.com", NULL}};
    struct dkim_verdict *list;
    assert_int_equal(verify(slice_of(rfc_message), silent, 1, NOW_MS, &list), 2);
    assert_int_equal(list[0].result, DKIM_PERMERROR);
    assert_int_equal(list[1].result, DKIM_TEMPERROR);
}

static void
a_signature_counts_in_its_time(void **state)
{
    (void)state;
    const struct zone zone[] = {{"test._domainkey.football.example.com", RFC_RSA}};
    struct dkim_verdict *list;
    size_t count = verify(slice_of(rfc_message), zone, 1, NOW_MS - 3600 * 1000, &list);
    assert_int_equal(list[count - 1].result, DKIM_FAIL);
    count = verify(slice_of(rfc_message), zone, 1, NOW_MS - 60 * 1000, &list);
    assert_int_equal(list[count - 1].result, DKIM_PASS);
}

/* ---- what dkim_sign makes ---- */

static struct slice
signed_by_us(enum dkim_algorithm algorithm, unsigned bits, const char **record)
{
    static const char block[] = "From: taro@test1.com\r\nTo: a@example.net\r\nSubject: x  y\r\n";
    static const char body[] = "Hello, \t\r\n\r\n\r\n";
    struct slice der, public_base64, field;
    struct signing_key *key;
    struct header header;
    struct err err;
    uint8_t hash[32];
    struct body_hash *running = body_hash_new();
    body_hash_feed(running, slice_of(body));
    body_hash_finish(running, hash);
    body_hash_free(running);
    assert_int_equal(signing_key_generate(arena, algorithm, bits, &der, &public_base64, &err),
                     RC_OK);
    assert_int_equal(signing_key_load(der, &key, &err), RC_OK);
    assert_int_equal(header_parse(arena, slice_of(block), &header, &err), RC_OK);
    struct dkim_request request = {SLICE("test1.com"), SLICE("s1"), NOW_MS};
    assert_int_equal(dkim_sign(arena, key, &request, &header, hash, &field, &err), RC_OK);
    signing_key_unref(key);
    *record = signing_key_record(arena, algorithm, public_base64).ptr;
    return arena_printf(arena, "%.*s%s\r\n%s", SLICE_ARG(field), block, body);
}

static void
what_we_sign_we_verify(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct dkim_verdict *list;
        const char *record;
        struct slice message =
            signed_by_us(i ? DKIM_ED25519_SHA256 : DKIM_RSA_SHA256, 2048, &record);
        const struct zone zone[] = {{"s1._domainkey.test1.com", record}};
        assert_int_equal(verify(message, zone, 1, NOW_MS, &list), 1);
        assert_int_equal(list[0].result, DKIM_PASS);
        assert_int_equal(list[0].bits, i ? 256 : 2048);
        message = arena_printf(arena, "Cc: more@example.net\r\n%.*s", SLICE_ARG(message));
        assert_int_equal(verify(message, zone, 1, NOW_MS, &list), 1);
        assert_int_equal(list[0].result, DKIM_FAIL);
    }
}

static void
more_signatures_than_a_receiver_looks_at_are_left_aside(void **state)
{
    (void)state;
    struct slice message = SLICE("From: a@example.com\r\n\r\n");
    struct dkim_verdict *list;
    for (int i = 0; i < 30; i++)
        message = arena_concat(arena, SLICE("DKIM-Signature: v=1\r\n"), message);
    assert_int_equal(verify(message, NULL, 0, NOW_MS, &list), DKIM_SIGNATURES_MAX);
    assert_int_equal(list[0].result, DKIM_PERMERROR);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_signatures_of_RFC_8463_hold),
        cmocka_unit_test(what_was_signed_cannot_be_changed_and_the_rest_can),
        cmocka_unit_test(a_signature_that_is_none_is_told_so),
        cmocka_unit_test(a_key_record_says_what_its_key_is_for),
        cmocka_unit_test(silence_is_no_absence_of_a_key),
        cmocka_unit_test(a_signature_counts_in_its_time),
        cmocka_unit_test(what_we_sign_we_verify),
        cmocka_unit_test(more_signatures_than_a_receiver_looks_at_are_left_aside),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
