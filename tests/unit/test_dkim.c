/*
 * DKIM by our own hand: what is signed is rebuilt here from the RFC's rules, written out by hand,
 * and verified with the bare library. Other implementations judge in test_dkim_judges.py.
 */
#include "sign/dkim.h"

#include "base/codec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <pthread.h>

static struct arena *arena;
static struct signing_key *rsa, *ed25519;
static const uint8_t zero_hash[32];
static const struct dkim_request request = {
    {"test1.com", 9}, {"6gbrjpgwjskckoa6a5zn6fwqkn67xbtw", 32}, 1654169680123};

static struct signing_key *
make_key(enum dkim_algorithm algorithm, unsigned bits)
{
    struct slice der, public_part;
    struct err err;
    struct signing_key *key;
    assert_int_equal(signing_key_generate(arena, algorithm, bits, &der, &public_part, &err), RC_OK);
    assert_int_equal(signing_key_load(der, &key, &err), RC_OK);
    assert_true(slice_eq(signing_key_public(arena, key), public_part));
    return key;
}

static int
group_setup(void **state)
{
    (void)state;
    arena = arena_new();
    rsa = make_key(DKIM_RSA_SHA256, 2048);
    ed25519 = make_key(DKIM_ED25519_SHA256, 0);
    return 0;
}

static int
group_teardown(void **state)
{
    (void)state;
    signing_key_unref(rsa);
    signing_key_unref(ed25519);
    arena_free(arena);
    return 0;
}

static struct header
parse(const char *block)
{
    struct header header;
    struct err err;
    if (header_parse(arena, slice_of(block), &header, &err) != RC_OK)
        fail_msg("%s", err.text);
    return header;
}

static struct slice
sign_with(const struct signing_key *key, const char *block, const uint8_t body_hash[32])
{
    struct header header = parse(block);
    struct slice field;
    struct err err;
    if (dkim_sign(arena, key, &request, &header, body_hash, &field, &err) != RC_OK)
        fail_msg("%s", err.text);
    return field;
}

static struct slice
sign(const char *block)
{
    return sign_with(rsa, block, zero_hash);
}

/* Without line breaks and white space. */
static struct slice
squeeze(struct slice text)
{
    char *out = arena_alloc(arena, text.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++)
        if (!strchr(" \t\r\n", text.ptr[i]))
            out[len++] = text.ptr[i];
    return (struct slice){out, len};
}

/* The value of one tag, squeezed. */
static struct slice
tag(struct slice field, const char *name)
{
    struct slice rest = squeeze(field), one;
    rest = slice_from(rest, strlen("DKIM-Signature:"));
    for (;;) {
        struct slice key, value;
        bool more = slice_cut(rest, ';', &one, &rest);
        if (!more)
            one = rest;
        if (slice_cut(one, '=', &key, &value) && slice_is(key, name))
            return value;
        if (!more)
            return SLICE("(absent)");
    }
}

static void
assert_slice_is(struct slice actual, const char *expected)
{
    if (!slice_is(actual, expected))
        fail_msg("\"%.*s\" is not \"%s\"", SLICE_ARG(actual), expected);
}

static EVP_PKEY *
public_key(const struct signing_key *key)
{
    struct slice der;
    assert_int_equal(codec_base64_decode(arena, signing_key_public(arena, key), &der, NULL), RC_OK);
    const unsigned char *at = (const unsigned char *)der.ptr;
    EVP_PKEY *pkey = signing_key_algorithm(key) == DKIM_RSA_SHA256
                         ? d2i_PUBKEY(NULL, &at, (long)der.len)
                         : EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, at, der.len);
    assert_non_null(pkey);
    return pkey;
}

/* Our field as it signs itself: relaxed, b= empty, no CRLF. */
static struct slice
own_canonical(struct slice field)
{
    char *out = arena_alloc(arena, field.len + 1);
    size_t len = 0;
    bool space = false;
    struct slice value = slice_from(field, strlen("DKIM-Signature:"));
    value.len = slice_find(value, SLICE("\r\n b=")) + strlen("\r\n b=");
    for (size_t i = 0; i < value.len; i++) {
        bool blank = strchr(" \t\r\n", value.ptr[i]) != NULL;
        if (!blank && space && len > 0)
            out[len++] = ' ';
        if (!blank)
            out[len++] = value.ptr[i];
        space = blank;
    }
    return arena_concat(arena, SLICE("dkim-signature:"), (struct slice){out, len});
}

/* Does `field` sign exactly `canonical` and itself? */
static bool
verifies(const struct signing_key *key, struct slice field, const char *canonical)
{
    struct slice signature, data = arena_concat(arena, slice_of(canonical), own_canonical(field));
    assert_int_equal(codec_base64_decode(arena, tag(field, "b"), &signature, NULL), RC_OK);
    uint8_t digest[32];
    bool is_rsa = signing_key_algorithm(key) == DKIM_RSA_SHA256;
    EVP_Digest(data.ptr, data.len, digest, NULL, EVP_sha256(), NULL);
    if (!is_rsa)
        data = (struct slice){(const char *)digest, 32};
    EVP_PKEY *pkey = public_key(key);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    assert_int_equal(EVP_DigestVerifyInit(ctx, NULL, is_rsa ? EVP_sha256() : NULL, NULL, pkey), 1);
    bool ok = EVP_DigestVerify(ctx, (const uint8_t *)signature.ptr, signature.len,
                               (const uint8_t *)data.ptr, data.len) == 1;
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(pkey);
    return ok;
}

/* RFC 6376 §3.4.5, with names that are signed: "B : Y<HTAB><CRLF><HTAB>Z<SP><SP>". */
static void
relaxed_header_follows_the_example_of_the_rfc(void **state)
{
    (void)state;
    const char *block = "From: X\r\nSubject:  Y\t\r\n\tZ  \r\n";
    assert_true(verifies(rsa, sign(block), "from:X\r\nsubject:Y Z\r\n"));
    assert_false(verifies(rsa, sign(block), "from:X\r\nsubject:Y  Z\r\n"));
}

static void
folded_and_empty_fields_are_relaxed(void **state)
{
    (void)state;
    const char *block = "FROM:a@b.example\r\n"
                        "to: \t one@x.example,\r\n \t \t  two@x.example\r\n"
                        "Subject:\r\n"
                        "Cc: \t \r\n"
                        "List-Id:  a\r\n\tb\r\n";
    assert_true(
        verifies(rsa, sign(block),
                 "from:a@b.example\r\nto:one@x.example, two@x.example\r\nsubject:\r\ncc:\r\n"
                 "list-id:a b\r\n"));
}

static void
ed25519_signs_the_digest(void **state)
{
    (void)state;
    struct slice field = sign_with(ed25519, "From: X\r\n", zero_hash);
    assert_slice_is(tag(field, "a"), "ed25519-sha256");
    assert_true(verifies(ed25519, field, "from:X\r\n"));
    assert_int_equal(tag(field, "b").len, 88);
}

/* What may never be added, whether the message has it or not. */
#define CLOSED                                                                                     \
    "From:To:Cc:Subject:Reply-To:Date:Message-ID:MIME-Version:Content-Type:"                       \
    "Content-Transfer-Encoding:Sender"

static void
fields_of_one_name_are_signed_from_the_bottom_up(void **state)
{
    (void)state;
    const char *block = "To: 1\r\nFrom: X\r\nTo: 2\r\nSubject: S\r\nTO: 3\r\n";
    assert_slice_is(tag(sign(block), "h"), "To:From:To:Subject:To:" CLOSED);
    assert_true(verifies(rsa, sign(block), "to:3\r\nfrom:X\r\nto:2\r\nsubject:S\r\nto:1\r\n"));
    assert_false(verifies(rsa, sign(block), "to:1\r\nfrom:X\r\nto:2\r\nsubject:S\r\nto:3\r\n"));
}

static void
names_are_in_the_order_of_the_message_then_oversigned(void **state)
{
    (void)state;
    const char *block = "From: a@b\r\nTo: c@d\r\nCc: e@f\r\nSubject: s\r\nReply-To: r@s\r\n"
                        "References: <1@x>\r\nIn-Reply-To: <1@x>\r\nSender: s@t\r\n"
                        "Resent-From: r@x\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n"
                        "Content-Transfer-Encoding: 7bit\r\nContent-Disposition: inline\r\n"
                        "Message-ID: <m@x>\r\nDate: Thu, 2 Jun 2022 11:34:40 +0000\r\n"
                        "List-Unsubscribe: <https://x/>\r\nFeedback-ID: f\r\n";
    assert_slice_is(tag(sign(block), "h"),
                    "From:To:Cc:Subject:Reply-To:References:In-Reply-To:Sender:Resent-From:"
                    "MIME-Version:Content-Type:Content-Transfer-Encoding:Content-Disposition:"
                    "Message-ID:Date:List-Unsubscribe:Feedback-ID:" CLOSED
                    ":Content-Disposition:References:In-Reply-To:List-Unsubscribe:Feedback-ID");
}

static void
what_would_change_the_message_is_closed_though_it_does_not_occur(void **state)
{
    (void)state;
    assert_slice_is(tag(sign("From: X\r\n"), "h"), "From:" CLOSED);
    assert_slice_is(tag(sign("Subject: X\r\n"), "h"), "Subject:" CLOSED);
    assert_slice_is(tag(sign("X-Only: X\r\n"), "h"), CLOSED);
}

static void
trace_and_private_fields_are_never_signed(void **state)
{
    (void)state;
    const char *block = "Return-Path: <a@b>\r\nReceived: from x\r\nX-SES-Outgoing: 1\r\n"
                        "X-Mailer: m\r\nFrom: X\r\nBcc: b@c\r\nDKIM-Signature: v=1\r\n"
                        "Resent-Bcc: b@c\r\nFromage: brie\r\nFro: m\r\n";
    assert_slice_is(tag(sign(block), "h"), "From:" CLOSED);
    assert_true(verifies(rsa, sign(block), "from:X\r\n"));
}

static void
tags_are_written_as_ses_writes_them(void **state)
{
    (void)state;
    struct slice field = sign("From: X\r\nTo: Y\r\n");
    assert_true(slice_starts(
        field, SLICE("DKIM-Signature: v=1; a=rsa-sha256; q=dns/txt; c=relaxed/simple;\r\n"
                     " s=6gbrjpgwjskckoa6a5zn6fwqkn67xbtw; d=test1.com; t=1654169680;\r\n"
                     " h=From:To:From:To:Cc:Subject:Reply-To:Date:Message-ID:MIME-Version:\r\n"
                     " Content-Type:Content-Transfer-Encoding:Sender;\r\n"
                     " bh=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=;\r\n"
                     " b=")));
    assert_slice_is(tag(field, "i"), "(absent)");
    assert_true(slice_ends(field, SLICE("==\r\n")));
    assert_int_equal(tag(field, "b").len, 344);
}

static void
assert_lines_fit(struct slice field, size_t most)
{
    struct slice line, rest = field;
    while (slice_cut(rest, '\n', &line, &rest)) {
        assert_true(line.len - 1 <= most);
        assert_true(line.ptr[line.len - 1] == '\r');
        assert_true(line.ptr == field.ptr || line.ptr[0] == ' ');
        assert_true(line.len > 2); /* a line of white space alone is obsolete folding */
    }
    assert_int_equal(rest.len, 0);
}

static void
a_signature_tells_its_selector_and_nothing_else_does(void **state)
{
    (void)state;
    static const char *const headers[] = {
        "DKIM-Signature: v=1; a=rsa-sha256;\r\n\ts=one; d=a.example;\r\nFrom: x\r\n",
        "DKIM-Signature: v=1; s=two; d=a.example\r\nDKIM-Signature: v=1; s=one; d=a.example\r\n",
        "Subject: s=one;\r\n",
        "DKIM-Signature: v=1; s=ones; d=a.example\r\n",
        "DKIM-Signature: v=1; s=two; d=one;\r\n",
        "DKIM-Signature: v=1; s=two;\r\nSubject: s=one;\r\n",
        "s=one;",
        "",
        "DKIM-Signature: s=one"};
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
        assert_int_equal(dkim_signature_is_of(slice_of(headers[i]), 0, SLICE("one")), i == 0);
    assert_true(dkim_signature_is_of(slice_of(headers[1]), 1, SLICE("one")));
    assert_false(dkim_signature_is_of(slice_of(headers[1]), 2, SLICE("one")));
    assert_false(dkim_signature_is_of(slice_of(headers[0]), 1, SLICE("one")));
}

static void
no_line_is_over_76_characters(void **state)
{
    (void)state;
    struct buf block;
    buf_init(&block, 65536);
    for (int i = 0; i < 300; i++)
        buf_printf(&block, "%s: %d\r\n",
                   i % 3 == 0   ? "Content-Transfer-Encoding"
                   : i % 3 == 1 ? "To"
                                : "Message-ID",
                   i);
    buf_add(&block, SLICE("From: X\r\n"));
    buf_add_char(&block, '\0');
    struct slice field = sign(block.ptr);
    assert_lines_fit(field, 76);
    assert_true(tag(field, "h").len > 4000);
    buf_fini(&block);
}

static void
a_long_domain_stands_on_its_own_line(void **state)
{
    (void)state;
    struct header header = parse("From: X\r\n");
    char domain[253];
    memset(domain, 'a', sizeof domain);
    for (size_t i = 50; i < sizeof domain; i += 51)
        domain[i] = '.';
    struct dkim_request wide = {{domain, sizeof domain}, SLICE("s1"), 0};
    struct slice field;
    assert_int_equal(dkim_sign(arena, rsa, &wide, &header, zero_hash, &field, NULL), RC_OK);
    assert_lines_fit(field, 1 + 2 + 253 + 1);
    assert_true(verifies(rsa, field, "from:X\r\n"));
}

static void
a_name_that_would_add_a_tag_is_refused(void **state)
{
    (void)state;
    struct header header = parse("From: X\r\n");
    static const struct slice bad[] = {{"", 0},          {"a;l=0", 5}, {"a b", 3},
                                       {"a\r\nX: y", 7}, {"a\0b", 3},  {"\xc3\xa4.example", 10}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct slice field = SLICE("untouched");
        struct err err;
        struct dkim_request r = {bad[i], SLICE("s1"), 0};
        assert_int_equal(dkim_sign(arena, rsa, &r, &header, zero_hash, &field, &err), RC_SYNTAX);
        assert_non_null(strstr(err.text, "d="));
        r = (struct dkim_request){SLICE("test1.com"), bad[i], 0};
        assert_int_equal(dkim_sign(arena, rsa, &r, &header, zero_hash, &field, &err), RC_SYNTAX);
        assert_non_null(strstr(err.text, "s="));
        assert_slice_is(field, "untouched");
    }
}

/* Another message, another signature: each thing signed makes a difference. */
static void
every_signed_part_counts(void **state)
{
    (void)state;
    static const uint8_t other_hash[32] = {1};
    struct slice base = tag(sign("From: X\r\nSubject: a\r\n"), "b");
    assert_true(slice_eq(base, tag(sign("From: X\r\nSubject:  a \r\n"), "b")));
    assert_false(slice_eq(base, tag(sign("From: X\r\nSubject: A\r\n"), "b")));
    assert_false(slice_eq(base, tag(sign("Subject: a\r\nFrom: X\r\n"), "b")));
    assert_false(slice_eq(base, tag(sign_with(rsa, "From: X\r\nSubject: a\r\n", other_hash), "b")));
}

/* ---- body ---- */

static void
hash_pieces(const struct slice *pieces, size_t count, uint8_t out[32])
{
    struct body_hash *hash = body_hash_new();
    for (size_t i = 0; i < count; i++)
        body_hash_feed(hash, pieces[i]);
    body_hash_finish(hash, out);
    body_hash_free(hash);
}

static void
sha256(struct slice bytes, uint8_t out[32])
{
    EVP_Digest(bytes.ptr, bytes.len, out, NULL, EVP_sha256(), NULL);
}

/* RFC 6376 §3.4.3: the hash of an empty body, given there. */
static void
empty_body_has_the_hash_of_the_rfc(void **state)
{
    (void)state;
    uint8_t hash[32];
    hash_pieces(NULL, 0, hash);
    assert_slice_is(codec_base64(arena, (struct slice){(const char *)hash, 32}),
                    "frcCV1k9oG9oKj3dpUqdJg1PxRT2RSN/XKdLCPjaYaY=");
}

static const struct body_case {
    struct slice body, canonical;
} body_cases[] = {
#define CASE(body, canonical)                                                                      \
    {                                                                                              \
        {body, sizeof(body) - 1},                                                                  \
        {                                                                                          \
            canonical, sizeof(canonical) - 1                                                       \
        }                                                                                          \
    }
    CASE("", "\r\n"),
    CASE("\r\n", "\r\n"),
    CASE("\r\n\r\n\r\n", "\r\n"),
    CASE(" C \r\nD \t E\r\n\r\n\r\n", " C \r\nD \t E\r\n"), /* §3.4.5 */
    CASE("a", "a\r\n"),
    CASE("a\r\n", "a\r\n"),
    CASE("a\r\n\r\n", "a\r\n"),
    CASE("a\r", "a\r\r\n"),
    CASE("a\n", "a\n\r\n"),
    CASE("a\n\r\n\r\n", "a\n\r\n"),
    CASE("a\r\r\n", "a\r\r\n"),
    CASE("a\r\r\n\r\n", "a\r\r\n"),
    CASE("a\r\n\r", "a\r\n\r\r\n"),
    CASE("\r", "\r\r\n"),
    CASE("\n", "\n\r\n"),
    CASE("\r\r\r", "\r\r\r\r\n"),
    CASE("\r\n\r\na\r\n\r\n", "\r\n\r\na\r\n"),
    CASE("a\r\n\r\n \r\n\r\n", "a\r\n\r\n \r\n"),
    CASE("\r\n\n\r\n", "\r\n\n\r\n"),
    CASE("a\0b\r\n", "a\0b\r\n"),
};

static void
assert_hash(const struct body_case *body, const struct slice *pieces, size_t count)
{
    uint8_t got[32], expected[32];
    hash_pieces(pieces, count, got);
    sha256(body->canonical, expected);
    assert_memory_equal(got, expected, 32);
}

static void
body_hash_is_the_same_in_every_split(void **state)
{
    (void)state;
    for (size_t c = 0; c < sizeof body_cases / sizeof *body_cases; c++) {
        struct slice body = body_cases[c].body;
        for (uint32_t cuts = 0; cuts < 1u << (body.len ? body.len - 1 : 0); cuts++) {
            struct slice pieces[32];
            size_t count = 0, start = 0;
            for (size_t i = 1; i <= body.len; i++) {
                if (i < body.len && !(cuts >> (i - 1) & 1))
                    continue;
                pieces[count++] = slice_head(slice_from(body, start), i - start);
                start = i;
            }
            assert_hash(&body_cases[c], pieces, count);
        }
    }
}

static void
empty_pieces_change_nothing(void **state)
{
    (void)state;
    struct slice pieces[] = {{NULL, 0}, SLICE("a\r"), {NULL, 0}, SLICE("\n"), SLICE("")};
    assert_hash(&(struct body_case)CASE("a\r\n", "a\r\n"), pieces, 5);
}

/* 8 MB of blank lines, first held back and then needed; quadratic work would not end. */
static void
many_blank_lines_inside_are_kept_and_at_the_end_dropped(void **state)
{
    (void)state;
    const size_t lines = 4 * 1024 * 1024;
    struct buf body;
    buf_init(&body, 2 * lines + 16);
    for (size_t i = 0; i < lines; i++)
        buf_add(&body, SLICE("\r\n"));
    buf_add(&body, SLICE("x\r\n"));
    uint8_t expected[32], got[32];
    sha256(buf_slice(&body), expected);
    struct body_hash *hash = body_hash_new();
    for (struct slice rest = buf_slice(&body); rest.len > 0; rest = slice_from(rest, 4093))
        body_hash_feed(hash, slice_head(rest, 4093));
    for (size_t i = 0; i < lines; i += 1024)
        body_hash_feed(hash, slice_head(buf_slice(&body), 2048));
    body_hash_finish(hash, got);
    body_hash_free(hash);
    assert_memory_equal(got, expected, 32);
    buf_fini(&body);
}

/* ---- keys ---- */

static void
assert_load(struct slice der, enum rc expected, const char *says)
{
    struct signing_key *key = NULL;
    struct err err = {0};
    enum rc rc = signing_key_load(der, &key, &err);
    if (rc != expected || (says && !strstr(err.text, says)))
        fail_msg("%s: %s", rc_name(rc), err.text);
    if (rc != RC_OK)
        assert_null(key);
    signing_key_unref(key);
}

static struct slice
pkcs8(EVP_PKEY *pkey)
{
    PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(pkey);
    unsigned char *der = NULL;
    int len = i2d_PKCS8_PRIV_KEY_INFO(info, &der);
    struct slice copy = arena_dup(arena, (struct slice){(const char *)der, (size_t)len});
    OPENSSL_free(der);
    PKCS8_PRIV_KEY_INFO_free(info);
    EVP_PKEY_free(pkey);
    return copy;
}

static void
keys_of_other_kinds_and_sizes_are_refused(void **state)
{
    (void)state;
    static const char long_der[5000] = "0";
    assert_load(SLICE(""), RC_SYNTAX, "empty");
    assert_load(SLICE("-----BEGIN PRIVATE KEY-----"), RC_SYNTAX, "PKCS#1 or PKCS#8");
    assert_load((struct slice){long_der, sizeof long_der}, RC_LIMIT, "5000 bytes");
    assert_load(pkcs8(EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)512)), RC_LIMIT, "512 bits");
    assert_load(pkcs8(EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256")), RC_PERMANENT, "EC");
    assert_load(pkcs8(EVP_PKEY_Q_keygen(NULL, NULL, "X25519")), RC_PERMANENT, "X25519");
    assert_load(pkcs8(EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)1024)), RC_OK, NULL);
}

static void
pkcs1_is_taken_and_bytes_after_it_are_not(void **state)
{
    (void)state;
    EVP_PKEY *pkey = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)1024);
    unsigned char *der = NULL;
    int len = i2d_PrivateKey(pkey, &der);
    struct slice key = arena_dup(arena, (struct slice){(const char *)der, (size_t)len});
    assert_load(key, RC_OK, NULL);
    assert_load(arena_concat(arena, key, SLICE("xy")), RC_SYNTAX, "2 bytes follow");
    OPENSSL_free(der);
    EVP_PKEY_free(pkey);
}

/* No damaged key is both taken and wrong: it is refused, or what it signs verifies. */
static void
a_damaged_key_never_signs_what_does_not_verify(void **state)
{
    (void)state;
    struct slice der = pkcs8(EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)1024));
    for (size_t i = 0; i < der.len; i += 3) {
        struct slice bad = arena_dup(arena, der), field;
        struct signing_key *key;
        struct header header = parse("From: X\r\n");
        ((char *)bad.ptr)[i] ^= 0x10;
        if (signing_key_load(bad, &key, NULL) != RC_OK)
            continue;
        assert_int_equal(dkim_sign(arena, key, &request, &header, zero_hash, &field, NULL), RC_OK);
        assert_true(verifies(key, field, "from:X\r\n"));
        signing_key_unref(key);
    }
}

static void
generate_refuses_sizes_that_nobody_verifies(void **state)
{
    (void)state;
    struct slice der, public_part;
    struct err err;
    assert_int_equal(signing_key_generate(arena, DKIM_RSA_SHA256, 768, &der, &public_part, &err),
                     RC_LIMIT);
    assert_non_null(strstr(err.text, "768"));
    assert_int_equal(signing_key_generate(arena, DKIM_RSA_SHA256, 16384, &der, &public_part, &err),
                     RC_LIMIT);
}

/* RFC 8463 §A.2 gives this pair. */
static void
ed25519_public_key_is_that_of_the_rfc(void **state)
{
    (void)state;
    struct slice seed, prefix;
    struct signing_key *key;
    assert_int_equal(codec_base64_decode(
                         arena, SLICE("nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A="), &seed, NULL),
                     RC_OK);
    assert_int_equal(
        codec_hex_decode(arena, SLICE("302e020100300506032b657004220420"), &prefix, NULL), RC_OK);
    assert_int_equal(signing_key_load(arena_concat(arena, prefix, seed), &key, NULL), RC_OK);
    struct slice public_part = signing_key_public(arena, key);
    assert_slice_is(public_part, "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
    assert_slice_is(signing_key_record(arena, DKIM_ED25519_SHA256, public_part),
                    "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
    assert_slice_is(signing_key_record(arena, DKIM_RSA_SHA256, SLICE("MIIB")),
                    "v=DKIM1; k=rsa; p=MIIB");
    signing_key_unref(key);
}

static void *
sign_many(void *expected)
{
    struct arena *own = arena_new();
    struct header header;
    struct slice field;
    uintptr_t wrong = 0;
    for (int i = 0; i < 50; i++) {
        arena_reset(own);
        if (header_parse(own, SLICE("From: X\r\n"), &header, NULL) != RC_OK ||
            dkim_sign(own, rsa, &request, &header, zero_hash, &field, NULL) != RC_OK ||
            !slice_eq(field, *(struct slice *)expected))
            wrong++;
    }
    arena_free(own);
    return (void *)wrong;
}

static void
threads_share_a_key(void **state)
{
    (void)state;
    struct slice expected = sign("From: X\r\n");
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, sign_many, &expected), 0);
    for (int i = 0; i < 4; i++) {
        void *wrong;
        pthread_join(threads[i], &wrong);
        assert_null(wrong);
    }
}

static void
a_key_lives_until_its_last_reference(void **state)
{
    (void)state;
    struct signing_key *key = signing_key_ref(ed25519);
    signing_key_unref(key);
    assert_int_equal(tag(sign_with(ed25519, "From: X\r\n", zero_hash), "b").len, 88);
    signing_key_unref(NULL);
    body_hash_free(NULL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(relaxed_header_follows_the_example_of_the_rfc),
        cmocka_unit_test(folded_and_empty_fields_are_relaxed),
        cmocka_unit_test(ed25519_signs_the_digest),
        cmocka_unit_test(fields_of_one_name_are_signed_from_the_bottom_up),
        cmocka_unit_test(names_are_in_the_order_of_the_message_then_oversigned),
        cmocka_unit_test(what_would_change_the_message_is_closed_though_it_does_not_occur),
        cmocka_unit_test(trace_and_private_fields_are_never_signed),
        cmocka_unit_test(tags_are_written_as_ses_writes_them),
        cmocka_unit_test(a_signature_tells_its_selector_and_nothing_else_does),
        cmocka_unit_test(no_line_is_over_76_characters),
        cmocka_unit_test(a_long_domain_stands_on_its_own_line),
        cmocka_unit_test(a_name_that_would_add_a_tag_is_refused),
        cmocka_unit_test(every_signed_part_counts),
        cmocka_unit_test(empty_body_has_the_hash_of_the_rfc),
        cmocka_unit_test(body_hash_is_the_same_in_every_split),
        cmocka_unit_test(empty_pieces_change_nothing),
        cmocka_unit_test(many_blank_lines_inside_are_kept_and_at_the_end_dropped),
        cmocka_unit_test(keys_of_other_kinds_and_sizes_are_refused),
        cmocka_unit_test(pkcs1_is_taken_and_bytes_after_it_are_not),
        cmocka_unit_test(a_damaged_key_never_signs_what_does_not_verify),
        cmocka_unit_test(generate_refuses_sizes_that_nobody_verifies),
        cmocka_unit_test(ed25519_public_key_is_that_of_the_rfc),
        cmocka_unit_test(threads_share_a_key),
        cmocka_unit_test(a_key_lives_until_its_last_reference),
    };
    return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
