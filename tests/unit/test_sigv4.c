#include "authenticate/sigv4.h"

#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum {
    PLAIN,
    NORMALIZED, /* parts of the path are not signed, since they are resolved first */
    LOOSE,      /* the last three header fields are not signed */
    PAYLOAD,    /* the body is not signed */
    TOKEN,      /* refused for its session token */
    WRONG       /* signed in a way that is none */
};

#define S(literal)                                                                                 \
    {                                                                                              \
        literal, sizeof(literal) - 1                                                               \
    }
static const struct vector {
    const char *name;
    int kind;
    struct slice method, target, header, body;
} vectors[] = {
#include "sigv4_vectors.h"
};
enum { VECTORS = sizeof vectors / sizeof *vectors };

/* The vectors' own: 2026-11-26 06:00:00 UTC. */
static const int64_t now_ms = 1795672800000;
static const struct slice secret = S("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
static const struct sigv4_scope scopes[] = {
    {"ses", S("eu-central-1")},
    {"access-analyzer", S("eu-central-1")},
    {"iam", S("us-east-1")},
    {"sts", S("us-east-1")},
};
enum { SCOPES = sizeof scopes / sizeof *scopes };

static struct arena *arena;
static struct err err;

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

static struct sigv4_request
request_of(const struct vector *vector)
{
    return (struct sigv4_request){vector->method, vector->target, vector->header, vector->body};
}

/* As core does it: each access key has its own secret. */
static enum sigv4_fault
judge_at(const struct sigv4_request *request, int64_t at_ms, bool secure, struct slice key)
{
    struct sigv4_claim claim;
    enum sigv4_fault fault = sigv4_read(arena, request, &claim, &err);
    if (fault == SIGV4_OK)
        fault = sigv4_check(arena, &claim, scopes, SCOPES, at_ms, 5 * MINUTE_MS, secure, &err);
    if (fault == SIGV4_OK && !slice_is(claim.access_key, "AKIAIOSFODNN7EXAMPLE"))
        key = SLICE("that of another");
    if (fault == SIGV4_OK)
        fault = sigv4_verify(arena, request, &claim, key, &err);
    return fault;
}

static enum sigv4_fault
judge(const struct sigv4_request *request)
{
    return judge_at(request, now_ms, true, secret);
}

static const struct vector *
vector_named(const char *name)
{
    for (size_t i = 0; i < VECTORS; i++)
        if (strcmp(vectors[i].name, name) == 0)
            return &vectors[i];
    fail_msg("no vector \"%s\"", name);
    return NULL;
}

/* The first `what` in `text` becomes `with`. */
static struct slice
replaced(struct slice text, const char *what, const char *with)
{
    size_t at = slice_find(text, slice_of(what));
    if (at == SLICE_NONE)
        fail_msg("\"%s\" is not there", what);
    return arena_printf(arena, "%.*s%s%.*s", (int)at, text.ptr, with,
                        SLICE_ARG(slice_from(text, at + strlen(what))));
}

static struct sigv4_request
list_with(const char *what, const char *with)
{
    struct sigv4_request request = request_of(vector_named("a list"));
    request.header = replaced(request.header, what, with);
    return request;
}

static struct sigv4_request
presigned_with(const char *what, const char *with)
{
    struct sigv4_request request = request_of(vector_named("a presigned request"));
    request.target = replaced(request.target, what, with);
    return request;
}

static void
expect(struct sigv4_request request, enum sigv4_fault fault, const char *text)
{
    enum sigv4_fault found = judge(&request);
    if (found != fault || strcmp(err.text, text) != 0 || err.rc != RC_DENIED)
        fail_msg("%d \"%s\" instead of %d \"%s\"", found, err.text, fault, text);
}

static const char mismatch[] =
    "The request signature we calculated does not match the signature you provided. Check your AWS "
    "Secret Access Key and signing method. Consult the service documentation for details.";
static const char not_signed[] = "There were headers present in the request which were not signed";
static const char invalid_token[] = "The security token included in the request is invalid.";

static void
requests_are_judged_by_what_botocore_signs(void **state)
{
    (void)state;
    for (size_t i = 0; i < VECTORS; i++) {
        struct sigv4_request request = request_of(&vectors[i]);
        enum sigv4_fault fault = judge(&request);
        if (fault != (vectors[i].kind == TOKEN   ? SIGV4_TOKEN
                      : vectors[i].kind == WRONG ? SIGV4_MISMATCH
                                                 : SIGV4_OK))
            fail_msg("%s: %d %s", vectors[i].name, fault, err.text);
    }
}

static void
a_claim_says_what_the_request_says_of_itself(void **state)
{
    (void)state;
    struct sigv4_claim claim;
    struct sigv4_request request = request_of(vector_named("a presigned request"));
    assert_int_equal(sigv4_read(arena, &request, &claim, &err), SIGV4_OK);
    assert_true(claim.presigned && !claim.unsigned_payload);
    assert_true(slice_is(claim.access_key, "AKIAIOSFODNN7EXAMPLE"));
    assert_true(slice_is(claim.date, "20261126") && slice_is(claim.region, "us-east-1"));
    assert_true(slice_is(claim.service, "sts") && slice_is(claim.signed_headers, "host"));
    assert_true(slice_is(claim.amz_date, "20261126T060000Z"));
    assert_true(claim.signed_ms == now_ms && claim.expires_ms == now_ms + MINUTE_MS);
    assert_int_equal(claim.signature.len, 64);
    assert_int_equal(claim.payload_hash.len, 0);

    request = request_of(vector_named("a Date header"));
    assert_int_equal(sigv4_read(arena, &request, &claim, &err), SIGV4_OK);
    assert_true(slice_is(claim.amz_date, "20261126T060000Z") && claim.signed_ms == now_ms);
    assert_false(claim.presigned);

    request = request_of(vector_named("a payload that is not signed"));
    assert_int_equal(sigv4_read(arena, &request, &claim, &err), SIGV4_OK);
    assert_true(claim.unsigned_payload && slice_is(claim.payload_hash, "UNSIGNED-PAYLOAD"));
}

/* Each byte of `part`, which is in `request`, becomes another. */
static void
refuse_each_byte(const char *name, const struct sigv4_request *request, struct slice *part)
{
    struct slice whole = *part;
    for (size_t i = 0; i < whole.len; i++) {
        struct arena *kept = arena;
        arena = arena_new();
        *part = arena_dup(arena, whole);
        ((char *)part->ptr)[i] = whole.ptr[i] == '#' ? 'x' : '#';
        if (judge(request) == SIGV4_OK)
            fail_msg("%s: byte %zu of \"%.*s\" is not signed", name, i, SLICE_ARG(*part));
        arena_free(arena);
        arena = kept;
    }
    *part = whole;
}

/* The end of what is signed in the header block. */
static size_t
signed_end(const struct vector *vector)
{
    return vector->kind == LOOSE ? slice_find(vector->header, SLICE("Content-Type"))
                                 : vector->header.len;
}

static void
no_signed_byte_can_be_changed(void **state)
{
    (void)state;
    for (size_t i = 0; i < VECTORS; i++) {
        struct sigv4_request request = request_of(&vectors[i]);
        struct slice loose = slice_from(request.header, signed_end(&vectors[i]));
        refuse_each_byte(vectors[i].name, &request, &request.method);
        if (vectors[i].kind != NORMALIZED)
            refuse_each_byte(vectors[i].name, &request, &request.target);
        if (vectors[i].kind != PAYLOAD)
            refuse_each_byte(vectors[i].name, &request, &request.body);
        if (!loose.len)
            refuse_each_byte(vectors[i].name, &request, &request.header);
    }
}

static void
nothing_signed_can_be_added(void **state)
{
    (void)state;
    static const char *const ends[] = {"x", "%20", "&", "&a=b", "?a", "/x"};
    for (size_t i = 0; i < VECTORS; i++) {
        struct sigv4_request request = request_of(&vectors[i]);
        for (size_t j = 0; j < sizeof ends / sizeof *ends; j++) {
            request.target = arena_concat(arena, vectors[i].target, slice_of(ends[j]));
            if (judge(&request) == SIGV4_OK)
                fail_msg("%s: \"%s\" was added to the target", vectors[i].name, ends[j]);
        }
        request.target = vectors[i].target;
        request.body = arena_concat(arena, vectors[i].body, SLICE("x"));
        if (vectors[i].kind != PAYLOAD)
            assert_int_not_equal(judge(&request), SIGV4_OK);
    }
}

/* Given again, given away, or given by an x-amz-* of another. */
static void
no_header_line_that_is_signed_can_be_added_or_taken(void **state)
{
    (void)state;
    for (size_t i = 0; i < VECTORS; i++) {
        struct sigv4_request request = request_of(&vectors[i]);
        struct slice whole = request.header, rest = slice_head(whole, signed_end(&vectors[i]));
        struct slice line;
        while (slice_cut(rest, '\n', &line, &rest)) {
            line.len++;
            size_t at = (size_t)(line.ptr - whole.ptr);
            request.header = arena_concat(arena, whole, line);
            assert_int_not_equal(judge(&request), SIGV4_OK);
            request.header =
                arena_concat(arena, slice_head(whole, at), slice_from(whole, at + line.len));
            assert_int_not_equal(judge(&request), SIGV4_OK);
        }
        request.header = arena_concat(arena, whole, SLICE("X-Amz-Target: x\r\n"));
        assert_int_not_equal(judge(&request), SIGV4_OK);
    }
}

static void
another_secret_does_not_fit(void **state)
{
    (void)state;
    struct sigv4_request request = request_of(vector_named("a list"));
    struct slice shorter = slice_head(secret, secret.len - 1);
    assert_int_equal(judge_at(&request, now_ms, true, shorter), SIGV4_MISMATCH);
    assert_string_equal(err.text, mismatch);
    request = request_of(vector_named("an empty secret"));
    assert_int_equal(judge_at(&request, now_ms, true, SLICE("")), SIGV4_MISMATCH);
    assert_int_equal(judge_at(&request, now_ms, true, (struct slice){NULL, 0}), SIGV4_MISMATCH);
}

static void
what_is_written_in_another_way_is_the_same(void **state)
{
    (void)state;
    static const struct {
        const char *vector, *what, *with;
    } headers[] = {
        {"a list", "Host: ", "hOST:\t "},
        {"a list", "Z\r\n", "Z  \r\n"},
        {"a list", ", SignedHeaders", " ,   SignedHeaders"},
        {"a list", "AWS4-HMAC-SHA256 ", "AWS4-HMAC-SHA256   "},
        {"blanks in values", "a   b", "a b"},
        {"blanks in values", "a   b", "a \t b"},
    };
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
        struct sigv4_request request = request_of(vector_named(headers[i].vector));
        request.header = replaced(request.header, headers[i].what, headers[i].with);
        assert_int_equal(judge(&request), SIGV4_OK);
    }
    static const struct {
        const char *vector, *what, *with;
    } targets[] = {
        {"keys that repeat", "Reason=COMPLAINT&Reason=BOUNCE", "Reason=BOUNCE&Reason=COMPLAINT"},
        {"values that are empty", "PageSize&", "PageSize=&"},
        {"a value with everything", "%2F", "/"},
        {"a presigned request", "%2F", "/"},
        {"a list", "/v2/", "//v2/./"},
        {"a list", "/v2/", "/../x/../v2/"},
        {"a list", "/identities", "/identities?"},
    };
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        struct sigv4_request request = request_of(vector_named(targets[i].vector));
        request.target = replaced(request.target, targets[i].what, targets[i].with);
        assert_int_equal(judge(&request), SIGV4_OK);
    }
}

static void
a_path_is_signed_encoded_twice(void **state)
{
    (void)state;
    struct sigv4_request request = request_of(vector_named("an identity with @"));
    request.target = replaced(request.target, "%40", "@");
    assert_int_equal(judge(&request), SIGV4_MISMATCH);
}

static void
a_request_without_signature_is_told_so(void **state)
{
    (void)state;
    static const char missing[] = "Request is missing Authentication Token";
    struct sigv4_request request = {SLICE("GET"), SLICE("/"), SLICE("Host: a\r\n"), SLICE("")};
    expect(request, SIGV4_MISSING, missing);
    request.header = SLICE("Host: a\r\nAuthorization: Basic YTpi\r\n");
    expect(request, SIGV4_MISSING, missing);
    request.header = SLICE("Authorization:\r\n");
    expect(request, SIGV4_MISSING, missing);
    request.header = SLICE("");
    expect(request, SIGV4_MISSING, missing);
}

static void
other_algorithms_are_not_served(void **state)
{
    (void)state;
    expect(list_with("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"), SIGV4_INCOMPLETE,
           "Unsupported AWS 'algorithm': 'AWS4-ECDSA-P256-SHA256'.");
    expect(list_with("AWS4-HMAC-SHA256", "AWS3-HTTPS"), SIGV4_INCOMPLETE,
           "Unsupported AWS 'algorithm': 'AWS3-HTTPS'.");
    expect(list_with("AWS4-HMAC-SHA256", "AWS"), SIGV4_INCOMPLETE,
           "Unsupported AWS 'algorithm': 'AWS'.");
    expect(list_with("AWS4-HMAC-SHA256", "AWS4-HMAC-SHA256\x80"), SIGV4_INCOMPLETE,
           "Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA256?'.");
    expect(presigned_with("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"), SIGV4_INCOMPLETE,
           "Unsupported AWS 'algorithm': 'AWS4-ECDSA-P256-SHA256'.");
}

/* The hash: printf %s 'AWS4-HMAC-SHA256 ...' | openssl dgst -sha256 -binary | base64 */
static void
what_authorization_lacks_is_named_all_at_once(void **state)
{
    (void)state;
    struct sigv4_request request = {SLICE("GET"), SLICE("/"),
                                    SLICE("Authorization: AWS4-HMAC-SHA256\r\n"), SLICE("")};
    expect(request, SIGV4_INCOMPLETE,
           "Authorization header requires 'Credential' parameter. "
           "Authorization header requires 'Signature' parameter. "
           "Authorization header requires 'SignedHeaders' parameter. "
           "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. "
           "(Hashed with SHA-256 and encoded with Base64) "
           "Authorization=YI2YWea8FSxnksZL2ETHbs5elHm9HQufxTLK0W0ffV0=");
    request.header = SLICE("X-Amz-Date: 20261126T060000Z\r\nAuthorization: AWS4-HMAC-SHA256 "
                           "Credential=a, Signature=, SignedHeaders=host\r\n");
    expect(request, SIGV4_INCOMPLETE,
           "Authorization header requires 'Signature' parameter. "
           "(Hashed with SHA-256 and encoded with Base64) "
           "Authorization=TD4aYVCv47Kil1w8VfZw31jyoUHq2+gRuSOyRs7MPpc=");
    request.header = SLICE("Authorization: AWS4-HMAC-SHA256 Credential\r\n");
    expect(request, SIGV4_INCOMPLETE,
           "Invalid key=value pair (missing equal-sign) in Authorization header "
           "(hashed with SHA-256 and encoded with Base64): "
           "'KfSoC26UaBDGXxo5AUFS45c1cmAbyLKDOxOTKcZYWt4='.");
}

static void
what_a_query_lacks_is_named_all_at_once(void **state)
{
    (void)state;
    struct sigv4_request request = {SLICE("GET"), SLICE("/?X-Amz-Algorithm=AWS4-HMAC-SHA256"),
                                    SLICE("Host: a\r\n"), SLICE("")};
    expect(request, SIGV4_INCOMPLETE,
           "AWS query-string parameters must include 'X-Amz-Credential'. "
           "AWS query-string parameters must include 'X-Amz-Signature'. "
           "AWS query-string parameters must include 'X-Amz-SignedHeaders'. "
           "AWS query-string parameters must include 'X-Amz-Date'. "
           "AWS query-string parameters must include 'X-Amz-Expires'. "
           "Re-examine the query-string parameters.");
    expect(presigned_with("X-Amz-Algorithm", "X"), SIGV4_INCOMPLETE,
           "AWS query-string parameters must include 'X-Amz-Algorithm'. "
           "Re-examine the query-string parameters.");
}

static void
nothing_is_given_twice(void **state)
{
    (void)state;
    expect(list_with("Host:", "Authorization: AWS4-HMAC-SHA256 Credential=a\r\nHost:"),
           SIGV4_INCOMPLETE, "Found more than one 'authorization' header.");
    expect(list_with("Host:", "X-AMZ-DATE: 20261126T060000Z\r\nHost:"), SIGV4_INCOMPLETE,
           "Found more than one 'x-amz-date' header.");
    expect(list_with("Host:", "Host: a\r\nHost:"), SIGV4_INCOMPLETE,
           "Found more than one 'host' header.");
    expect(list_with("Credential=", "Credential=a, Credential="), SIGV4_INCOMPLETE,
           "Found more than one 'Credential' in the Authorization header.");
    expect(list_with("Signature=", "Signature=, Signature="), SIGV4_INCOMPLETE,
           "Found more than one 'Signature' in the Authorization header.");
    expect(presigned_with("X-Amz-Expires=60", "X-Amz-Expires=60&X-Amz-Expires=60"),
           SIGV4_INCOMPLETE, "Found more than one 'X-Amz-Expires' query parameter.");
    expect(presigned_with("X-Amz-Signature", "X-Amz%2dSignature=a&Action=b&X-Amz-Signature"),
           SIGV4_INCOMPLETE, "Found more than one 'X-Amz-Signature' query parameter.");
}

static void
one_form_alone_is_used(void **state)
{
    (void)state;
    struct sigv4_request request = request_of(vector_named("a list"));
    request.target = arena_concat(arena, request.target, SLICE("?X-Amz-Signature=a"));
    expect(request, SIGV4_MISMATCH,
           "Found both 'X-Amz-Signature' as a query-string param and 'Authorization' as HTTP "
           "header.");
    request = request_of(vector_named("a presigned request"));
    request.header = arena_concat(arena, request.header, SLICE("Authorization: Basic YTpi\r\n"));
    expect(request, SIGV4_MISMATCH,
           "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP "
           "header.");
}

static void
a_date_has_the_form_of_a_date(void **state)
{
    (void)state;
    static const char *const dates[] = {
        "2026-11-26T06:00:00Z",
        "20261126",
        "20261126T060000",
        "20261126T060000+",
        "20261326T060000Z",
        "20261131T060000Z",
        "1795672800",
        "Thu, 26 Nov 2026 06:00:00",
        "Thu, 26 Nov 2026 06:00:00 CET",
        "26 Nov 2026 06:00:00 GMT",
        "Thu, 26 Xxx 2026 06:00:00 GMT",
        "Thu, 31 Nov 2026 06:00:00 GMT",
    };
    for (size_t i = 0; i < sizeof dates / sizeof *dates; i++)
        expect(list_with("20261126T060000Z", dates[i]), SIGV4_INCOMPLETE,
               arena_printf(arena,
                            "Date must be in ISO-8601 'basic format'. Got '%s'. See "
                            "http://en.wikipedia.org/wiki/ISO_8601",
                            dates[i])
                   .ptr);
}

static void
a_date_of_http_is_read_in_its_forms(void **state)
{
    (void)state;
    static const struct {
        const char *date, *basic;
    } dates[] = {{"Thu, 26 Nov 2026 06:00:00 GMT", "20261126T060000Z"},
                 {"Tue, 1 Dec 2026 23:59:59 +0000", "20261201T235959Z"},
                 {"20261126T060000Z", "20261126T060000Z"}};
    for (size_t i = 0; i < sizeof dates / sizeof *dates; i++) {
        struct sigv4_claim claim;
        struct sigv4_request request = request_of(vector_named("a Date header"));
        request.header = replaced(request.header, "Thu, 26 Nov 2026 06:00:00 -0000", dates[i].date);
        assert_int_equal(sigv4_read(arena, &request, &claim, &err), SIGV4_OK);
        assert_true(slice_is(claim.amz_date, dates[i].basic));
    }
}

static void
signed_headers_are_host_and_sorted_and_there(void **state)
{
    (void)state;
    static const char host[] =
        "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.";
    expect(list_with("=host;", "="), SIGV4_MISMATCH, host);
    expect(list_with("=host;", "=Host;"), SIGV4_MISMATCH, host);
    expect(presigned_with("SignedHeaders=host", "SignedHeaders=date"), SIGV4_MISMATCH, host);
    expect(list_with("host;x-amz-date", "x-amz-date;host"), SIGV4_MISMATCH, mismatch);
    expect(list_with("host;x-amz-date", "host;host;x-amz-date"), SIGV4_MISMATCH, mismatch);
    expect(list_with("host;x-amz-date", "host;x-amz-date;"), SIGV4_MISMATCH, mismatch);
    expect(list_with("host;x-amz-date", ";host;x-amz-date"), SIGV4_MISMATCH, mismatch);
    expect(list_with("host;x-amz-date", "content-type;host;x-amz-date"), SIGV4_MISMATCH, mismatch);
}

static void
headers_of_amazon_are_signed(void **state)
{
    (void)state;
    expect(list_with("host;x-amz-date", "host"), SIGV4_MISMATCH, not_signed);
    expect(list_with("Host:", "X-Amz-Target: a\r\nHost:"), SIGV4_MISMATCH, not_signed);
    struct sigv4_request request = request_of(vector_named("a presigned request"));
    request.header = arena_concat(arena, request.header, SLICE("x-amz-date: 20261126T060000Z\r\n"));
    expect(request, SIGV4_MISMATCH, not_signed);
}

static void
a_credential_has_five_elements(void **state)
{
    (void)state;
    expect(list_with("/20261126/", "/"), SIGV4_INCOMPLETE,
           "Credential must have exactly 5 slash-delimited elements, e.g. "
           "keyid/date/region/service/term, got "
           "'AKIAIOSFODNN7EXAMPLE/eu-central-1/ses/aws4_request'");
    expect(list_with("AKIAIOSFODNN7EXAMPLE", "a/b"), SIGV4_INCOMPLETE,
           "Credential must have exactly 5 slash-delimited elements, e.g. "
           "keyid/date/region/service/term, got "
           "'a/b/20261126/eu-central-1/ses/aws4_request'");
    expect(list_with("aws4_request", "aws5_request"), SIGV4_SCOPE,
           "Credential should be scoped with a valid terminator: 'aws4_request', not "
           "'aws5_request'. ");
}

static void
an_access_key_that_cannot_be_is_unknown(void **state)
{
    (void)state;
    expect(list_with("AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EX"), SIGV4_TOKEN, invalid_token);
    expect(list_with("AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAM-LE"), SIGV4_TOKEN, invalid_token);
    char longest[128 + 2] = {0};
    memset(longest, 'A', 129);
    expect(list_with("AKIAIOSFODNN7EXAMPLE", longest), SIGV4_TOKEN, invalid_token);
    longest[128] = '\0';
    expect(list_with("AKIAIOSFODNN7EXAMPLE", longest), SIGV4_MISMATCH, mismatch);
    expect(request_of(vector_named("a session token")), SIGV4_TOKEN, invalid_token);
    expect(request_of(vector_named("a presigned session token")), SIGV4_TOKEN, invalid_token);
}

static void
a_token_in_the_other_form_is_refused_too(void **state)
{
    (void)state;
    struct sigv4_request request = request_of(vector_named("a list"));
    request.target = arena_concat(arena, request.target, SLICE("?X-Amz-Security-Token=a"));
    expect(request, SIGV4_TOKEN, invalid_token);
}

static void
a_scope_is_of_here(void **state)
{
    (void)state;
    expect(list_with("eu-central-1", "us-east-1"), SIGV4_SCOPE,
           "Credential should be scoped to a valid region, not 'us-east-1'. ");
    expect(list_with("/ses/", "/email/"), SIGV4_SCOPE,
           "Credential should be scoped to correct service: 'ses'. ");
    expect(list_with("/ses/", "/iam/"), SIGV4_SCOPE,
           "Credential should be scoped to a valid region, not 'eu-central-1'. ");
    expect(list_with("/20261126/", "/20261127/"), SIGV4_SCOPE,
           "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from "
           "HTTP: '20261127' != '20261126', from '20261126T060000Z'.");
    expect(list_with("20261126/eu-central-1/ses", "b/c/s3"), SIGV4_SCOPE,
           "Credential should be scoped to a valid region, not 'c'. "
           "Credential should be scoped to correct service: 'ses'. "
           "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from "
           "HTTP: 'b' != '20261126', from '20261126T060000Z'.");
}

static void
the_clock_may_differ_by_the_skew(void **state)
{
    (void)state;
    struct sigv4_request request = request_of(vector_named("a list"));
    assert_int_equal(judge_at(&request, now_ms + 5 * MINUTE_MS, true, secret), SIGV4_OK);
    assert_int_equal(judge_at(&request, now_ms - 5 * MINUTE_MS, true, secret), SIGV4_OK);
    assert_int_equal(judge_at(&request, now_ms + 5 * MINUTE_MS + 1, true, secret), SIGV4_SKEW);
    assert_int_equal(judge_at(&request, now_ms + 6 * MINUTE_MS, true, secret), SIGV4_SKEW);
    assert_string_equal(err.text, "Signature expired: 20261126T060000Z is now earlier than "
                                  "20261126T060100Z (20261126T060600Z - 5 min.)");
    assert_int_equal(judge_at(&request, now_ms - 6 * MINUTE_MS, true, secret), SIGV4_SKEW);
    assert_string_equal(err.text, "Signature not yet current: 20261126T060000Z is still later than "
                                  "20261126T055900Z (20261126T055400Z + 5 min.)");
}

static void
a_presigned_request_is_good_until_it_expires(void **state)
{
    (void)state;
    struct sigv4_request request = request_of(vector_named("a presigned request"));
    assert_int_equal(judge_at(&request, now_ms + MINUTE_MS, true, secret), SIGV4_OK);
    assert_int_equal(judge_at(&request, now_ms + MINUTE_MS + 1, true, secret), SIGV4_EXPIRED);
    assert_string_equal(err.text, "Request has expired.");
    assert_int_equal(judge_at(&request, now_ms - 5 * MINUTE_MS, true, secret), SIGV4_OK);
    assert_int_equal(judge_at(&request, now_ms - 5 * MINUTE_MS - 1, true, secret), SIGV4_SKEW);
    request = request_of(vector_named("a presigned path"));
    assert_int_equal(judge_at(&request, now_ms + 7 * DAY_MS, true, secret), SIGV4_OK);
    assert_int_equal(judge_at(&request, now_ms + 7 * DAY_MS + 1, true, secret), SIGV4_EXPIRED);
}

static void
a_presigned_request_is_good_for_a_week_at_most(void **state)
{
    (void)state;
    expect(presigned_with("Expires=60", "Expires=0"), SIGV4_INCOMPLETE,
           "X-Amz-Expires must be greater than 0");
    expect(presigned_with("Expires=60", "Expires=-1"), SIGV4_INCOMPLETE,
           "X-Amz-Expires should be a number");
    expect(presigned_with("Expires=60", "Expires=604801"), SIGV4_INCOMPLETE,
           "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires "
           "must be less than 604800 seconds");
    expect(presigned_with("Expires=60", "Expires=18446744073709551615"), SIGV4_INCOMPLETE,
           "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires "
           "must be less than 604800 seconds");
    expect(presigned_with("Expires=60", "Expires=604800"), SIGV4_MISMATCH, mismatch);
}

static void
a_payload_is_unsigned_over_tls_alone(void **state)
{
    (void)state;
    struct sigv4_request request = request_of(vector_named("a payload that is not signed"));
    request.body = SLICE("another");
    assert_int_equal(judge_at(&request, now_ms, true, secret), SIGV4_OK);
    assert_int_equal(judge_at(&request, now_ms, false, secret), SIGV4_UNSIGNED_PAYLOAD);
    assert_string_equal(err.text, "x-amz-content-sha256 may be UNSIGNED-PAYLOAD only over TLS.");
    request = request_of(vector_named("a payload hash"));
    assert_int_equal(judge_at(&request, now_ms, false, secret), SIGV4_OK);
}

static void
a_payload_hash_is_that_of_the_payload(void **state)
{
    (void)state;
    static const char shape[] =
        "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, or a valid sha256 value.";
    struct sigv4_request request = request_of(vector_named("a payload hash"));
    request.body = SLICE("{ }");
    expect(request, SIGV4_MISMATCH,
           "The provided 'x-amz-content-sha256' header does not match what was computed.");
    request = request_of(vector_named("a payload that is not signed"));
    request.header =
        replaced(request.header, "UNSIGNED-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD");
    expect(request, SIGV4_MISMATCH, shape);
    request.header = replaced(request.header, "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "");
    expect(request, SIGV4_MISMATCH, shape);
}

static void
a_signature_is_64_digits_in_lower_case(void **state)
{
    (void)state;
    struct sigv4_request request = request_of(vector_named("a list"));
    struct slice cut = slice_head(request.header, request.header.len - 2);
    expect(list_with("Signature=3", "Signature="), SIGV4_MISMATCH, mismatch);
    request.header = arena_concat(arena, cut, SLICE("0\r\n"));
    expect(request, SIGV4_MISMATCH, mismatch);
    expect(list_with("c63\r\n", "C63\r\n"), SIGV4_MISMATCH, mismatch);
}

static void
what_cannot_be_read_is_refused(void **state)
{
    (void)state;
    struct sigv4_request request = request_of(vector_named("a list"));
    request.target = SLICE("/?a=%4");
    expect(request, SIGV4_INCOMPLETE,
           "a % in the query string is not followed by two hexadecimal digits");
    request = request_of(vector_named("a list"));
    request.method = SLICE("GET\n");
    expect(request, SIGV4_INCOMPLETE, "the method is no word");
    expect(list_with("Host:", "Host :"), SIGV4_INCOMPLETE, "header field 1 cannot be read");
    expect(list_with("X-Amz-Date", " X-Amz-Date"), SIGV4_INCOMPLETE,
           "header field 2 cannot be read");
    expect(list_with("Z\r\n", "Z\n"), SIGV4_INCOMPLETE, "header field 2 cannot be read");
    expect(list_with("Z\r\n", "Z\r\r\n"), SIGV4_INCOMPLETE, "header field 2 cannot be read");
    request = request_of(vector_named("a list"));
    request.header.len--;
    expect(request, SIGV4_INCOMPLETE, "the last header field does not end");
}

static void
fields_and_parameters_are_counted(void **state)
{
    (void)state;
    struct buf text;
    struct sigv4_request request = request_of(vector_named("a list"));
    buf_init(&text, 64 * 1024);
    buf_add(&text, request.header);
    for (int i = 0; i < 97; i++)
        buf_add_cstr(&text, "A: b\r\n");
    request.header = buf_slice(&text);
    assert_int_equal(judge(&request), SIGV4_OK);
    buf_add_cstr(&text, "A: b\r\n");
    request.header = buf_slice(&text);
    expect(request, SIGV4_INCOMPLETE, "more than 100 header fields");

    request = request_of(vector_named("a list"));
    buf_reset(&text);
    buf_add_cstr(&text, "/?");
    for (int i = 0; i < 999; i++)
        buf_add_char(&text, '&');
    request.target = buf_slice(&text);
    expect(request, SIGV4_MISMATCH, mismatch);
    buf_add_char(&text, '&');
    request.target = buf_slice(&text);
    expect(request, SIGV4_INCOMPLETE, "more than 1000 query parameters");
    buf_fini(&text);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(requests_are_judged_by_what_botocore_signs),
        TEST(a_claim_says_what_the_request_says_of_itself),
        TEST(no_signed_byte_can_be_changed),
        TEST(nothing_signed_can_be_added),
        TEST(no_header_line_that_is_signed_can_be_added_or_taken),
        TEST(another_secret_does_not_fit),
        TEST(what_is_written_in_another_way_is_the_same),
        TEST(a_path_is_signed_encoded_twice),
        TEST(a_request_without_signature_is_told_so),
        TEST(other_algorithms_are_not_served),
        TEST(what_authorization_lacks_is_named_all_at_once),
        TEST(what_a_query_lacks_is_named_all_at_once),
        TEST(nothing_is_given_twice),
        TEST(one_form_alone_is_used),
        TEST(a_date_has_the_form_of_a_date),
        TEST(a_date_of_http_is_read_in_its_forms),
        TEST(signed_headers_are_host_and_sorted_and_there),
        TEST(headers_of_amazon_are_signed),
        TEST(a_credential_has_five_elements),
        TEST(an_access_key_that_cannot_be_is_unknown),
        TEST(a_token_in_the_other_form_is_refused_too),
        TEST(a_scope_is_of_here),
        TEST(the_clock_may_differ_by_the_skew),
        TEST(a_presigned_request_is_good_until_it_expires),
        TEST(a_presigned_request_is_good_for_a_week_at_most),
        TEST(a_payload_is_unsigned_over_tls_alone),
        TEST(a_payload_hash_is_that_of_the_payload),
        TEST(a_signature_is_64_digits_in_lower_case),
        TEST(what_cannot_be_read_is_refused),
        TEST(fields_and_parameters_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
