/*
 * Changes of DNS and their signatures. The answers were written by dnspython 2.3, which also took the
 * requests for well signed: key postern.test1.com, secret 0123456789abcdef0123456789abcdef, at
 * 1700000000.
 */
#include "net/dns_update.h"

#include "base/codec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#define NOW ((int64_t)1700000000)
#define ID  0x1234

static const struct tsig_key key = {
    {"postern.test1.com", 17}, TSIG_HMAC_SHA256, {"0123456789abcdef0123456789abcdef", 32}};

static const char addition[] =
    "12342800000100000002000105746573743103636f6d0000060001036162630a5f646f6d61696e6b"
    "657905746573743103636f6d00001000ff000000000000036162630a5f646f6d61696e6b65790574"
    "6573743103636f6d000010000100000e10001716763d444b494d313b206b3d7273613b20703d4141"
    "414107706f737465726e05746573743103636f6d0000fa00ff00000000003d0b686d61632d736861"
    "3235360000006553f100012c00206642c6e812002d1e534c9882291e424bf8e2af6b28797d09f462"
    "02673de4f1c4123400000000";
static const char deletion[] =
    "12342800000100000001000105746573743103636f6d0000060001036162630a5f646f6d61696e6b"
    "657905746573743103636f6d00001000ff00000000000007706f737465726e05746573743103636f"
    "6d0000fa00ff00000000003d0b686d61632d7368613235360000006553f100012c0020bc0b3c576e"
    "60923ec54d889d744b519fd280f7ec61a4490e1a04498f62f26ec4123400000000";
static const char zone_question[] =
    "123400000001000000000000036162630a5f646f6d61696e6b657905746573743103636f6d000006"
    "0001";
static const char done[] =
    "1234a800000100000000000105746573743103636f6d000006000107706f737465726ec00c00fa00"
    "ff00000000003d0b686d61632d7368613235360000006553f100012c00204caa817bedaff12bda4e"
    "171e501f0bf4ed02a72909b42bb2e945b42dc1b46bd9123400000000";
static const char refused[] =
    "1234a805000100000000000105746573743103636f6d000006000107706f737465726ec00c00fa00"
    "ff00000000003d0b686d61632d7368613235360000006553f100012c00208595c39fcd7420ff236a"
    "e3aac15708f07be4a686fe46f8d5927d1976f7fe9eae123400000000";
static const char notauth[] =
    "1234a809000100000000000105746573743103636f6d000006000107706f737465726ec00c00fa00"
    "ff00000000003d0b686d61632d7368613235360000006553f100012c00205a59709b051ce453dadb"
    "b63d488afbea1675233a1f2786d7f6dddc7402d76812123400000000";
static const char servfail[] =
    "1234a802000100000000000105746573743103636f6d000006000107706f737465726ec00c00fa00"
    "ff00000000003d0b686d61632d7368613235360000006553f100012c0020a065dec39eede40b6a9f"
    "1eabbc89c2101f5c8a19a8ad467cac5ed04c9273861c123400000000";
static const char badtime[] =
    "1234a809000100000000000105746573743103636f6d000006000107706f737465726ec00c00fa00"
    "ff0000000000430b686d61632d7368613235360000006553f100012c0020721773da62e87facb620"
    "257ca58ba62886e5d1edf9439227d98cb282d3cf4df712340012000600006553f4e8";
static const char late[] =
    "1234a800000100000000000105746573743103636f6d000006000107706f737465726ec00c00fa00"
    "ff00000000003d0b686d61632d7368613235360000006553efd3012c0020317d55d6baeaef857b18"
    "c3ed690420d070a923eafd80dd89a3e9ea59c3781223123400000000";
static const char othersecret[] =
    "1234a800000100000000000105746573743103636f6d000006000107706f737465726ec00c00fa00"
    "ff00000000003d0b686d61632d7368613235360000006553f100012c0020419f92e3a52c6d280fc0"
    "8ef95fe028edf2971706b063fed763d34572483c70f5123400000000";
static const char othermac[] =
    "1234a800000100000000000105746573743103636f6d000006000107706f737465726ec00c00fa00"
    "ff00000000003d0b686d61632d7368613235360000006553f100012c00201767c6c4026e5d20f05f"
    "9fe5f59614f32704d069ad1cc9080594dd97c0dcacfb123400000000";
static const char othername[] =
    "1234a800000100000000000105746573743103636f6d0000060001076d616c6c6f7279c00c00fa00"
    "ff00000000003d0b686d61632d7368613235360000006553f100012c0020f1da4fa88a2a0f09b004"
    "471e456320a24912248418578ec89c304b149e982fc9123400000000";
static const char unsigned_done[] = "1234a800000100000000000005746573743103636f6d0000060001";
static const char unsignedrefused[] = "1234a805000100000000000005746573743103636f6d0000060001";
static const char badkey[] =
    "1234a809000100000000000105746573743103636f6d000006000107706f737465726e0574657374"
    "3103636f6d0000fa00ff00000000001d0b686d61632d7368613235360000006553f100012c000012"
    "3400110000";
static const char badsig[] =
    "1234a809000100000000000105746573743103636f6d000006000107706f737465726e0574657374"
    "3103636f6d0000fa00ff00000000001d0b686d61632d7368613235360000006553f100012c000012"
    "3400100000";
static const char zone[] =
    "123480030001000000010000036162630a5f646f6d61696e6b657905746573743103636f6d000006"
    "0001c01b000600010000003c001d026e73c01b0161c01b0000000100000001000000010000000100"
    "000001";
static const char zoneanswer[] =
    "123480000001000100000000036162630a5f646f6d61696e6b657905746573743103636f6d000006"
    "0001c00c000600010000003c001d026e73c01b0161c01b0000000100000001000000010000000100"
    "000001";
static const char zoneforeign[] =
    "123480030001000000010000036162630a5f646f6d61696e6b657905746573743103636f6d000006"
    "0001076578616d706c65036e657400000600010000003c001d026e73c01b0161c01b000000010000"
    "0001000000010000000100000001";
static const char zonerefused[] =
    "123480050001000000000000036162630a5f646f6d61696e6b657905746573743103636f6d000006"
    "0001";

static struct arena *arena;
static struct err err;

static int
setup(void **state)
{
    (void)state;
    arena = arena_new();
    err = (struct err){0};
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static struct slice
bytes(const char *hex)
{
    struct slice out;
    assert_int_equal(codec_hex_decode(arena, slice_of(hex), &out, &err), RC_OK);
    return out;
}

static const struct dns_update *
an_update(bool add)
{
    static struct dns_update update;
    update = (struct dns_update){.id = ID,
                                 .zone = SLICE("test1.com"),
                                 .name = SLICE("abc._domainkey.test1.com"),
                                 .add = add,
                                 .value = add ? SLICE("v=DKIM1; k=rsa; p=AAAA") : SLICE(""),
                                 .ttl = 3600};
    return &update;
}

static struct slice
mac_of(bool add)
{
    struct slice message, mac;
    assert_int_equal(dns_update_write(arena, an_update(add), &key, NOW, &message, &mac, &err),
                     RC_OK);
    return mac;
}

static enum rc
read_at(const char *hex, int64_t now_s)
{
    return dns_update_read(arena, bytes(hex), ID, &key, mac_of(true), now_s, &err);
}

static void
a_request_is_what_another_implementation_takes_for_well_signed(void **state)
{
    (void)state;
    struct slice message, mac;
    assert_int_equal(dns_update_write(arena, an_update(true), &key, NOW, &message, &mac, &err),
                     RC_OK);
    assert_true(slice_is(codec_hex(arena, message), addition));
    assert_int_equal(dns_update_write(arena, an_update(false), &key, NOW, &message, &mac, &err),
                     RC_OK);
    assert_true(slice_is(codec_hex(arena, message), deletion));
    message = dns_update_ask_zone(arena, ID, SLICE("abc._domainkey.test1.com"));
    assert_true(slice_is(codec_hex(arena, message), zone_question));
}

static void
a_long_value_is_several_strings(void **state)
{
    (void)state;
    struct dns_update update = *an_update(true);
    struct slice message, mac;
    update.value = arena_printf(arena, "v=DKIM1; k=rsa; p=%0600d", 0);
    assert_int_equal(dns_update_write(arena, &update, &key, NOW, &message, &mac, &err), RC_OK);
    /* Length 618 + 3, strings of 255, 255 and 108. */
    size_t at = slice_find(message, (struct slice){"\x02\x6d\xff"
                                                   "v=DKIM1",
                                                   10});
    assert_true(at != SLICE_NONE);
    assert_int_equal((unsigned char)message.ptr[at + 2 + 256], 255);
    assert_int_equal((unsigned char)message.ptr[at + 2 + 512], 108);
}

static void
nothing_but_the_keys_of_domains_is_written(void **state)
{
    (void)state;
    static const char *const names[] = {"",
                                        "test1.com",
                                        "_domainkey.test1.com",
                                        "abc._domainkey.com",
                                        "www.test1.com",
                                        "abc._domainkey",
                                        "abc.domainkey.test1.com",
                                        "_dmarc.test1.com",
                                        "abc._domainkey._spf.test1.com",
                                        "_abc._domainkey.test1.com",
                                        "a.b._domainkey.test1.com",
                                        "abc._domainkey.test1.com.",
                                        "ABC._domainkey.test1.com",
                                        "a b._domainkey.test1.com",
                                        "*._domainkey.test1.com"};
    static const char *const values[] = {"", "v=spf1 +all", "v=DKIM1; p=AAAA",
                                         "v=DKIM1; k=rsa; p=\n", "v=DKIM1; k=rsa; p=\x80"};
    struct dns_update update = *an_update(true);
    struct slice message, mac;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        update.name = slice_of(names[i]);
        assert_int_equal(dns_update_write(arena, &update, &key, NOW, &message, &mac, &err),
                         RC_DENIED);
    }
    update.name = an_update(true)->name;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        update.value = slice_of(values[i]);
        assert_int_equal(dns_update_write(arena, &update, &key, NOW, &message, &mac, &err),
                         RC_DENIED);
    }
    update.value = arena_printf(arena, "v=DKIM1; k=rsa; p=%03000d", 0);
    assert_int_equal(dns_update_write(arena, &update, &key, NOW, &message, &mac, &err), RC_DENIED);
    update = *an_update(false);
    update.value = SLICE("v=DKIM1; k=rsa; p=AAAA");
    assert_int_equal(dns_update_write(arena, &update, &key, NOW, &message, &mac, &err), RC_DENIED);
}

static void
a_name_outside_of_the_zone_is_not_written(void **state)
{
    (void)state;
    static const char *const zones[] = {"example.net", "est1.com", "www.test1.com",
                                        "x.abc._domainkey.test1.com"};
    struct dns_update update = *an_update(true);
    struct slice message, mac;
    for (size_t i = 0; i < sizeof zones / sizeof *zones; i++) {
        update.zone = slice_of(zones[i]);
        assert_int_equal(dns_update_write(arena, &update, &key, NOW, &message, &mac, &err),
                         RC_DENIED);
    }
    update.zone = SLICE("com");
    assert_int_equal(dns_update_write(arena, &update, &key, NOW, &message, &mac, &err), RC_OK);
}

static void
a_well_signed_answer_is_believed(void **state)
{
    (void)state;
    assert_int_equal(read_at(done, NOW), RC_OK);
    assert_int_equal(read_at(done, NOW + TSIG_FUDGE_S), RC_OK);
}

static void
refusals_are_told_by_their_names(void **state)
{
    (void)state;
    static const struct {
        const char *hex;
        enum rc rc;
        const char *reason;
    } answers[] = {
        {refused, RC_DENIED, "REFUSED"},
        {notauth, RC_DENIED, "NOTAUTH"},
        {servfail, RC_TEMPORARY, "SERVFAIL"},
        {unsignedrefused, RC_DENIED, "REFUSED"},
        {badkey, RC_DENIED, "BADKEY"},
        {badsig, RC_DENIED, "BADSIG"},
        {badtime, RC_DENIED, "BADTIME: the server's clock is 1000 s ahead of this one"},
        {unsigned_done, RC_SYNTAX, "the server's answer is not signed"},
        {late, RC_SYNTAX, "the server's answer was signed 301 s ago"},
        {othersecret, RC_SYNTAX, "the signature of the server's answer is wrong"},
        {othermac, RC_SYNTAX, "the signature of the server's answer is wrong"},
        {othername, RC_SYNTAX, "the server's answer is signed with another key"},
    };
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        assert_int_equal(read_at(answers[i].hex, NOW), answers[i].rc);
        assert_string_equal(err.text, answers[i].reason);
    }
}

static void
an_answer_to_something_else_is_no_answer(void **state)
{
    (void)state;
    struct slice response = bytes(done);
    assert_int_equal(dns_update_read(arena, response, ID + 1, &key, mac_of(true), NOW, &err),
                     RC_SYNTAX);
    assert_int_equal(dns_update_read(arena, response, ID, &key, mac_of(false), NOW, &err),
                     RC_SYNTAX);
    assert_int_equal(read_at(addition, NOW), RC_SYNTAX); /* our own words */
    assert_int_equal(read_at(zone, NOW), RC_SYNTAX);
    struct tsig_key other = key;
    other.algorithm = TSIG_HMAC_SHA512;
    assert_int_equal(dns_update_read(arena, response, ID, &other, mac_of(true), NOW, &err),
                     RC_SYNTAX);
}

/* Each byte counts: in the message, in the record, in the signature. */
static void
an_answer_with_any_byte_changed_is_not_believed(void **state)
{
    (void)state;
    struct slice whole = bytes(done), mac = mac_of(true);
    char *changed = (char *)whole.ptr;
    for (size_t i = 0; i < whole.len; i++)
        for (int bit = 0; bit < 8; bit++) {
            changed[i] = (char)(changed[i] ^ 1 << bit);
            enum rc rc = dns_update_read(arena, whole, ID, &key, mac, NOW, &err);
            /* Names of keys and algorithms have no case, nor has the time to live a meaning. */
            bool spelling = bit == 5 && rc == RC_OK && ascii_alpha(changed[i]);
            size_t tsig = slice_find(whole, (struct slice){"\x00\xfa\x00\xff", 4});
            bool ttl = tsig != SLICE_NONE && i >= tsig + 4 && i < tsig + 8;
            assert_true(rc != RC_OK || spelling || ttl);
            changed[i] = (char)(changed[i] ^ 1 << bit);
        }
    assert_int_equal(dns_update_read(arena, whole, ID, &key, mac, NOW, &err), RC_OK);
    for (size_t len = 0; len < whole.len; len++)
        assert_int_equal(dns_update_read(arena, slice_head(whole, len), ID, &key, mac, NOW, &err),
                         RC_SYNTAX);
}

static enum rc
read_zone(const char *hex, struct slice *out)
{
    return dns_update_read_zone(arena, bytes(hex), ID, SLICE("abc._domainkey.test1.com"), out,
                                &err);
}

static void
the_zone_is_where_the_soa_record_stands(void **state)
{
    (void)state;
    struct slice found;
    assert_int_equal(read_zone(zone, &found), RC_OK);
    assert_true(slice_is(found, "test1.com"));
    assert_int_equal(read_zone(zoneanswer, &found), RC_OK);
    assert_true(slice_is(found, "abc._domainkey.test1.com"));
    assert_int_equal(read_zone(zoneforeign, &found), RC_NOT_FOUND);
    assert_int_equal(read_zone(zonerefused, &found), RC_DENIED);
    assert_string_equal(err.text, "REFUSED, asked for the zone of abc._domainkey.test1.com");
    assert_int_equal(read_zone(done, &found), RC_SYNTAX);
}

static void
longer_digests_sign_too(void **state)
{
    (void)state;
    static const size_t lengths[] = {32, 48, 64};
    struct tsig_key longer = key;
    struct slice message, mac;
    for (int i = 0; i < TSIG_ALGORITHM_COUNT; i++) {
        enum tsig_algorithm read;
        longer.algorithm = (enum tsig_algorithm)i;
        assert_true(tsig_algorithm_parse(slice_of(tsig_algorithm_name(longer.algorithm)), &read));
        assert_int_equal(read, longer.algorithm);
        assert_int_equal(
            dns_update_write(arena, an_update(true), &longer, NOW, &message, &mac, &err), RC_OK);
        assert_int_equal(mac.len, lengths[i]);
    }
    enum tsig_algorithm none;
    assert_false(tsig_algorithm_parse(SLICE("hmac-md5"), &none));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_request_is_what_another_implementation_takes_for_well_signed),
        TEST(a_long_value_is_several_strings),
        TEST(nothing_but_the_keys_of_domains_is_written),
        TEST(a_name_outside_of_the_zone_is_not_written),
        TEST(a_well_signed_answer_is_believed),
        TEST(refusals_are_told_by_their_names),
        TEST(an_answer_to_something_else_is_no_answer),
        TEST(an_answer_with_any_byte_changed_is_not_believed),
        TEST(the_zone_is_where_the_soa_record_stands),
        TEST(longer_digests_sign_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
