#include "authenticate/sigv4.h"

#include "authenticate/canonical_request.h"
#include "base/clock.h"
#include "base/codec.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    ACCESS_KEY_MIN = 16,
    ACCESS_KEY_MAX = 128,
    SHOWN_MAX = 64, /* all that may be wrong with a scope then fits into an error */
    EXPIRES_MAX_S = 7 * 24 * 3600,
    HASH_DIGITS = 2 * SHA256_LEN
};

static const char algorithm_name[] = "AWS4-HMAC-SHA256";
static const char terminator[] = "aws4_request";
static const char unsigned_payload[] = "UNSIGNED-PAYLOAD";

static enum sigv4_fault refuse(struct err *err, enum sigv4_fault fault, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static enum sigv4_fault
refuse(struct err *err, enum sigv4_fault fault, const char *format, ...)
{
    char text[sizeof err->text];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    err_set(err, RC_DENIED, "%s", text);
    return fault;
}

static enum sigv4_fault
refuse_signature(struct err *err)
{
    return refuse(err, SIGV4_MISMATCH,
                  "The request signature we calculated does not match the signature you provided. "
                  "Check your AWS Secret Access Key and signing method. Consult the service "
                  "documentation for details.");
}

static enum sigv4_fault
refuse_token(struct err *err)
{
    return refuse(err, SIGV4_TOKEN, "The security token included in the request is invalid.");
}

/* What a stranger wrote, fit to be repeated. */
static struct slice
shown(struct arena *arena, struct slice text)
{
    char *copy = arena_alloc(arena, SHOWN_MAX);
    text = slice_head(text, SHOWN_MAX);
    for (size_t i = 0; i < text.len; i++)
        copy[i] = text.ptr[i] >= ' ' && text.ptr[i] < 0x7f ? text.ptr[i] : '?';
    return (struct slice){copy, text.len};
}

static bool
is_hash(struct slice text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!ascii_digit(text.ptr[i]) && (text.ptr[i] < 'a' || text.ptr[i] > 'f'))
            return false;
    return text.len == HASH_DIGITS;
}

static bool
is_access_key(struct slice text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!ascii_alnum(text.ptr[i]) && text.ptr[i] != '_')
            return false;
    return text.len >= ACCESS_KEY_MIN && text.len <= ACCESS_KEY_MAX;
}

/*
 * The two forms: what was given, not looked at further.
 */

struct given {
    struct slice credential, signed_headers, signature, date, expires;
};

static struct slice
field_value(const struct canonical_request *canonical, struct slice name)
{
    const struct canonical_field *field = canonical_field_find(canonical, name);
    return field ? field->value : SLICE("");
}

/* These have one meaning each, so they are given once. */
static enum sigv4_fault
fields_check_once(const struct canonical_request *canonical, struct err *err)
{
    static const char *const once[] = {"authorization", "date", "host", "x-amz-content-sha256",
                                       "x-amz-date"};
    for (size_t i = 0; i < sizeof once / sizeof *once; i++) {
        size_t count = 0;
        for (size_t j = 0; j < canonical->field_count; j++)
            count += slice_is(canonical->fields[j].name, once[i]);
        if (count > 1)
            return refuse(err, SIGV4_INCOMPLETE, "Found more than one '%s' header.", once[i]);
    }
    return SIGV4_OK;
}

/* Sorted, so the same names are neighbours. */
static enum sigv4_fault
parameters_check_once(struct arena *arena, const struct canonical_request *canonical,
                      struct err *err)
{
    for (size_t i = 1; i < canonical->parameter_count; i++) {
        struct slice name = canonical->parameters[i].name;
        if (slice_starts(name, SLICE("X-Amz-")) &&
            slice_eq(name, canonical->parameters[i - 1].name))
            return refuse(err, SIGV4_INCOMPLETE, "Found more than one '%.*s' query parameter.",
                          SLICE_ARG(shown(arena, name)));
    }
    return SIGV4_OK;
}

static struct slice
hash_shown(struct arena *arena, struct slice text)
{
    uint8_t digest[SHA256_LEN];
    canonical_sha256(text, digest);
    return codec_base64(arena, (struct slice){(const char *)digest, sizeof digest});
}

/* Credential=..., SignedHeaders=..., Signature=... */
static enum sigv4_fault
authorization_parse(struct arena *arena, struct slice authorization, struct slice parameters,
                    struct given *given, struct err *err)
{
    const struct {
        const char *name;
        struct slice *value;
    } known[] = {{"Credential", &given->credential},
                 {"SignedHeaders", &given->signed_headers},
                 {"Signature", &given->signature}};
    while (parameters.len) {
        struct slice piece = parameters, rest = SLICE(""), name, value;
        slice_cut(parameters, ',', &piece, &rest);
        parameters = rest;
        if (!slice_cut(slice_trim(piece), '=', &name, &value))
            return refuse(err, SIGV4_INCOMPLETE,
                          "Invalid key=value pair (missing equal-sign) in Authorization header "
                          "(hashed with SHA-256 and encoded with Base64): '%.*s'.",
                          SLICE_ARG(hash_shown(arena, authorization)));
        for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
            if (!slice_is(name, known[i].name))
                continue;
            if (known[i].value->ptr)
                return refuse(err, SIGV4_INCOMPLETE,
                              "Found more than one '%s' in the Authorization header.",
                              known[i].name);
            *known[i].value = value;
        }
    }
    return SIGV4_OK;
}

static enum sigv4_fault
header_form_check(struct arena *arena, struct slice authorization, const struct given *given,
                  struct err *err)
{
    struct buf missing;
    buf_init(&missing, sizeof err->text);
    if (!given->credential.len)
        buf_add_cstr(&missing, "Authorization header requires 'Credential' parameter. ");
    if (!given->signature.len)
        buf_add_cstr(&missing, "Authorization header requires 'Signature' parameter. ");
    if (!given->signed_headers.len)
        buf_add_cstr(&missing, "Authorization header requires 'SignedHeaders' parameter. ");
    if (!given->date.len)
        buf_add_cstr(&missing, "Authorization header requires existence of either a 'X-Amz-Date' "
                               "or a 'Date' header. ");
    enum sigv4_fault fault = SIGV4_OK;
    if (missing.len)
        fault = refuse(err, SIGV4_INCOMPLETE,
                       "%.*s(Hashed with SHA-256 and encoded with Base64) Authorization=%.*s",
                       SLICE_ARG(buf_slice(&missing)), SLICE_ARG(hash_shown(arena, authorization)));
    buf_fini(&missing);
    return fault;
}

/* Authorization: AWS4-HMAC-SHA256 parameters */
static enum sigv4_fault
header_form_read(struct arena *arena, const struct canonical_request *canonical,
                 struct given *given, struct err *err)
{
    struct slice authorization = field_value(canonical, SLICE("authorization"));
    struct slice algorithm = authorization, parameters = SLICE("");
    slice_cut(authorization, ' ', &algorithm, &parameters);
    if (!slice_starts(algorithm, SLICE("AWS")))
        return refuse(err, SIGV4_MISSING, "Request is missing Authentication Token");
    if (!slice_is(algorithm, algorithm_name))
        return refuse(err, SIGV4_INCOMPLETE, "Unsupported AWS 'algorithm': '%.*s'.",
                      SLICE_ARG(shown(arena, algorithm)));
    enum sigv4_fault fault = authorization_parse(arena, authorization, parameters, given, err);
    if (fault != SIGV4_OK)
        return fault;
    given->date = field_value(canonical, SLICE("x-amz-date"));
    if (!canonical_field_find(canonical, SLICE("x-amz-date")))
        given->date = field_value(canonical, SLICE("date"));
    return header_form_check(arena, authorization, given, err);
}

static enum sigv4_fault
query_form_read(struct arena *arena, const struct canonical_request *canonical, struct given *given,
                struct err *err)
{
    struct slice algorithm = SLICE("");
    const struct {
        const char *name;
        struct slice *value;
    } wanted[] = {
        {"X-Amz-Algorithm", &algorithm},        {"X-Amz-Credential", &given->credential},
        {"X-Amz-Signature", &given->signature}, {"X-Amz-SignedHeaders", &given->signed_headers},
        {"X-Amz-Date", &given->date},           {"X-Amz-Expires", &given->expires}};
    struct slice missing = SLICE("");
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        const struct canonical_parameter *parameter =
            canonical_parameter_find(canonical, slice_of(wanted[i].name));
        if (parameter && parameter->value.len)
            *wanted[i].value = parameter->value;
        else
            missing = arena_printf(arena, "%.*sAWS query-string parameters must include '%s'. ",
                                   SLICE_ARG(missing), wanted[i].name);
    }
    if (missing.len)
        return refuse(err, SIGV4_INCOMPLETE, "%.*sRe-examine the query-string parameters.",
                      SLICE_ARG(missing));
    if (!slice_is(algorithm, algorithm_name))
        return refuse(err, SIGV4_INCOMPLETE, "Unsupported AWS 'algorithm': '%.*s'.",
                      SLICE_ARG(shown(arena, algorithm)));
    return SIGV4_OK;
}

static enum sigv4_fault
form_read(struct arena *arena, const struct canonical_request *canonical, struct given *given,
          bool *presigned, struct err *err)
{
    static const char *const signs[] = {"X-Amz-Algorithm", "X-Amz-Signature"};
    const char *sign = NULL;
    for (size_t i = 0; i < sizeof signs / sizeof *signs && !sign; i++)
        if (canonical_parameter_find(canonical, slice_of(signs[i])))
            sign = signs[i];
    *presigned = sign != NULL;
    if (!sign)
        return header_form_read(arena, canonical, given, err);
    if (canonical_field_find(canonical, SLICE("authorization")))
        return refuse(err, SIGV4_MISMATCH,
                      "Found both '%s' as a query-string param and 'Authorization' as HTTP header.",
                      sign);
    return query_form_read(arena, canonical, given, err);
}

/*
 * Dates.
 */

/* "20261126T060000Z" of an instant. */
static struct slice
basic_date(struct arena *arena, int64_t ms)
{
    struct slice extended = clock_iso8601(arena, ms); /* "2026-11-26T06:00:00.000Z" */
    char *text = arena_alloc(arena, extended.len);
    size_t len = 0;
    for (size_t i = 0; i < extended.len && extended.ptr[i] != '.'; i++)
        if (extended.ptr[i] != '-' && extended.ptr[i] != ':')
            text[len++] = extended.ptr[i];
    text[len++] = 'Z';
    return (struct slice){text, len};
}

static bool
basic_date_parse(struct arena *arena, struct slice text, int64_t *ms)
{
    if (text.len != sizeof "20261126T060000Z" - 1)
        return false;
    const char *at = text.ptr;
    struct slice extended = arena_printf(arena, "%.4s-%.2s-%.2s%.3s:%.2s:%.3s", at, at + 4, at + 6,
                                         at + 8, at + 11, at + 13);
    return clock_parse(extended, ms);
}

static int
month_number(struct slice name)
{
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    for (int i = 0; i < 12; i++)
        if (slice_is(name, months[i]))
            return i + 1;
    return 0;
}

static bool
is_utc(struct slice zone)
{
    /* "-0000" is how Python's email.utils writes it. */
    return slice_is(zone, "GMT") || slice_is(zone, "UTC") || slice_is(zone, "+0000") ||
           slice_is(zone, "-0000");
}

/* RFC 1123 §5.2.14: "Thu, 26 Nov 2026 06:00:00 GMT". */
static bool
http_date_parse(struct arena *arena, struct slice text, int64_t *ms)
{
    enum { WEEKDAY, DAY, MONTH, YEAR, TIME, WORDS };
    struct slice words[WORDS];
    for (size_t i = 0; i < WORDS; i++)
        if (!slice_cut(text, ' ', &words[i], &text))
            return false;
    int month = month_number(words[MONTH]);
    if (words[WEEKDAY].len != 4 || words[WEEKDAY].ptr[3] != ',' || words[TIME].len != 8 || !month ||
        !is_utc(text))
        return false;
    struct slice day = words[DAY];
    return clock_parse(arena_printf(arena, "%.*s-%02d-%s%.*sT%.*sZ", SLICE_ARG(words[YEAR]), month,
                                    day.len == 1 ? "0" : "", SLICE_ARG(day),
                                    SLICE_ARG(words[TIME])),
                       ms);
}

static enum sigv4_fault
date_read(struct arena *arena, struct slice date, struct sigv4_claim *claim, struct err *err)
{
    if (!basic_date_parse(arena, date, &claim->signed_ms) &&
        !http_date_parse(arena, date, &claim->signed_ms))
        return refuse(err, SIGV4_INCOMPLETE,
                      "Date must be in ISO-8601 'basic format'. Got '%.*s'. "
                      "See http://en.wikipedia.org/wiki/ISO_8601",
                      SLICE_ARG(shown(arena, date)));
    claim->amz_date = basic_date(arena, claim->signed_ms);
    return SIGV4_OK;
}

static enum sigv4_fault
expires_read(struct slice expires, struct sigv4_claim *claim, struct err *err)
{
    uint64_t seconds;
    if (!slice_u64(expires, &seconds))
        return refuse(err, SIGV4_INCOMPLETE, "X-Amz-Expires should be a number");
    if (seconds == 0)
        return refuse(err, SIGV4_INCOMPLETE, "X-Amz-Expires must be greater than 0");
    if (seconds > EXPIRES_MAX_S)
        return refuse(err, SIGV4_INCOMPLETE,
                      "X-Amz-Expires must be less than a week (in seconds); that is, the given "
                      "X-Amz-Expires must be less than %d seconds",
                      EXPIRES_MAX_S);
    claim->expires_ms = claim->signed_ms + (int64_t)seconds * SECOND_MS;
    return SIGV4_OK;
}

/*
 * The claim.
 */

static bool
is_signed(struct slice signed_headers, struct slice name)
{
    for (bool more = true; more;) {
        struct slice one = signed_headers;
        more = slice_cut(signed_headers, ';', &one, &signed_headers);
        if (slice_eq(one, name))
            return true;
    }
    return false;
}

/* Each name once, sorted, and there. As names of fields are in lower case, so are these; and as
 * each is another field, there are no more than CANONICAL_FIELDS_MAX. */
static bool
signed_headers_sound(const struct canonical_request *canonical, struct slice signed_headers)
{
    struct slice last = SLICE("");
    for (bool more = true; more;) {
        struct slice name = signed_headers;
        more = slice_cut(signed_headers, ';', &name, &signed_headers);
        if (slice_cmp(last, name) >= 0 || !canonical_field_find(canonical, name))
            return false;
        last = name;
    }
    return true;
}

static enum sigv4_fault
signed_headers_read(const struct canonical_request *canonical, struct slice signed_headers,
                    struct sigv4_claim *claim, struct err *err)
{
    if (!is_signed(signed_headers, SLICE("host")))
        return refuse(err, SIGV4_MISMATCH,
                      "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
    if (!signed_headers_sound(canonical, signed_headers))
        return refuse_signature(err);
    for (size_t i = 0; i < canonical->field_count; i++) {
        struct slice name = canonical->fields[i].name;
        if (slice_starts(name, SLICE("x-amz-")) && !slice_is(name, "x-amz-user-agent") &&
            !is_signed(signed_headers, name))
            return refuse(err, SIGV4_MISMATCH,
                          "There were headers present in the request which were not signed");
    }
    claim->signed_headers = signed_headers;
    return SIGV4_OK;
}

static bool
credential_split(struct slice credential, struct sigv4_claim *claim, struct slice *end)
{
    struct slice *const parts[] = {&claim->access_key, &claim->date, &claim->region,
                                   &claim->service};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (!slice_cut(credential, '/', parts[i], &credential))
            return false;
    *end = credential;
    return slice_chr(credential, '/') == SLICE_NONE;
}

/* keyid/date/region/service/aws4_request */
static enum sigv4_fault
credential_read(struct arena *arena, struct slice credential, struct sigv4_claim *claim,
                struct err *err)
{
    struct slice end;
    if (!credential_split(credential, claim, &end))
        return refuse(err, SIGV4_INCOMPLETE,
                      "Credential must have exactly 5 slash-delimited elements, e.g. "
                      "keyid/date/region/service/term, got '%.*s'",
                      SLICE_ARG(shown(arena, credential)));
    if (!slice_is(end, terminator))
        return refuse(err, SIGV4_SCOPE,
                      "Credential should be scoped with a valid terminator: '%s', not '%.*s'. ",
                      terminator, SLICE_ARG(shown(arena, end)));
    return SIGV4_OK;
}

/* In chunks (STREAMING-...) nothing is sent to these services. */
static enum sigv4_fault
payload_read(const struct canonical_request *canonical, struct sigv4_claim *claim, struct err *err)
{
    const struct canonical_field *field =
        canonical_field_find(canonical, SLICE("x-amz-content-sha256"));
    claim->payload_hash = field ? field->value : SLICE("");
    claim->unsigned_payload = slice_is(claim->payload_hash, unsigned_payload);
    if (field && !claim->unsigned_payload && !is_hash(claim->payload_hash))
        return refuse(err, SIGV4_MISMATCH,
                      "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, or a valid sha256 value.");
    return SIGV4_OK;
}

static bool
has_token(const struct canonical_request *canonical)
{
    return canonical_field_find(canonical, SLICE("x-amz-security-token")) ||
           canonical_parameter_find(canonical, SLICE("X-Amz-Security-Token"));
}

/* In the order in which AWS finds faults. */
static enum sigv4_fault
given_read(struct arena *arena, const struct canonical_request *canonical,
           const struct given *given, struct sigv4_claim *claim, struct err *err)
{
    enum sigv4_fault fault = date_read(arena, given->date, claim, err);
    if (fault == SIGV4_OK && claim->presigned)
        fault = expires_read(given->expires, claim, err);
    if (fault == SIGV4_OK)
        fault = signed_headers_read(canonical, given->signed_headers, claim, err);
    if (fault == SIGV4_OK)
        fault = credential_read(arena, given->credential, claim, err);
    if (fault != SIGV4_OK)
        return fault;
    /* A key that cannot be is answered as one that is not. */
    if (has_token(canonical) || !is_access_key(claim->access_key))
        return refuse_token(err);
    if (!is_hash(given->signature))
        return refuse_signature(err);
    claim->signature = given->signature;
    return payload_read(canonical, claim, err);
}

static enum sigv4_fault
canonical_read(struct arena *arena, const struct sigv4_request *request,
               struct canonical_request *canonical, struct err *err)
{
    enum rc rc = canonical_request_read(arena, request->method, request->target, request->header,
                                        canonical, err);
    if (rc == RC_OK)
        return SIGV4_OK;
    err_retype(err, RC_DENIED);
    return SIGV4_INCOMPLETE;
}

enum sigv4_fault
sigv4_read(struct arena *arena, const struct sigv4_request *request, struct sigv4_claim *claim,
           struct err *err)
{
    struct canonical_request canonical;
    struct sigv4_claim read = {0};
    struct given given = {0};
    enum sigv4_fault fault = canonical_read(arena, request, &canonical, err);
    if (fault == SIGV4_OK)
        fault = fields_check_once(&canonical, err);
    if (fault == SIGV4_OK)
        fault = parameters_check_once(arena, &canonical, err);
    if (fault == SIGV4_OK)
        fault = form_read(arena, &canonical, &given, &read.presigned, err);
    if (fault == SIGV4_OK)
        fault = given_read(arena, &canonical, &given, &read, err);
    if (fault == SIGV4_OK)
        *claim = read;
    return fault;
}

/*
 * Times and scope.
 */

static enum sigv4_fault
times_check(struct arena *arena, const struct sigv4_claim *claim, int64_t now_ms, int64_t skew_ms,
            struct err *err)
{
    bool early = claim->signed_ms > now_ms + skew_ms;
    bool late = !claim->presigned && claim->signed_ms < now_ms - skew_ms;
    struct slice now = basic_date(arena, now_ms);
    struct slice limit = basic_date(arena, early ? now_ms + skew_ms : now_ms - skew_ms);
    if (early || late)
        return refuse(err, SIGV4_SKEW, "Signature %s: %.*s is %s than %.*s (%.*s %c %lld min.)",
                      early ? "not yet current" : "expired", SLICE_ARG(claim->amz_date),
                      early ? "still later" : "now earlier", SLICE_ARG(limit), SLICE_ARG(now),
                      early ? '+' : '-', (long long)(skew_ms / MINUTE_MS));
    if (claim->presigned && now_ms > claim->expires_ms)
        return refuse(err, SIGV4_EXPIRED, "Request has expired.");
    return SIGV4_OK;
}

/* AWS names all that is wrong with it at once. */
static enum sigv4_fault
scope_check(struct arena *arena, const struct sigv4_claim *claim, const struct sigv4_scope *scopes,
            size_t scope_count, struct err *err)
{
    bool service = false, region = false;
    for (size_t i = 0; i < scope_count; i++) {
        bool served = slice_is(claim->service, scopes[i].service);
        service = service || served;
        region = region || (served && slice_eq(claim->region, scopes[i].region));
    }
    if (!service) /* then what the first one asks for is what can be said of the region */
        region = slice_eq(claim->region, scopes[0].region);
    struct slice text = SLICE("");
    if (!region)
        text = arena_printf(arena, "Credential should be scoped to a valid region, not '%.*s'. ",
                            SLICE_ARG(shown(arena, claim->region)));
    if (!service)
        text = arena_printf(arena, "%.*sCredential should be scoped to correct service: '%s'. ",
                            SLICE_ARG(text), scopes[0].service);
    if (!slice_eq(claim->date, slice_head(claim->amz_date, 8)))
        text = arena_printf(arena,
                            "%.*sDate in Credential scope does not match YYYYMMDD from ISO-8601 "
                            "version of date from HTTP: '%.*s' != '%.8s', from '%.*s'.",
                            SLICE_ARG(text), SLICE_ARG(shown(arena, claim->date)),
                            claim->amz_date.ptr, SLICE_ARG(claim->amz_date));
    return text.len ? refuse(err, SIGV4_SCOPE, "%.*s", SLICE_ARG(text)) : SIGV4_OK;
}

enum sigv4_fault
sigv4_check(struct arena *arena, const struct sigv4_claim *claim, const struct sigv4_scope *scopes,
            size_t scope_count, int64_t now_ms, int64_t skew_ms, bool secure, struct err *err)
{
    enum sigv4_fault fault = times_check(arena, claim, now_ms, skew_ms, err);
    if (fault == SIGV4_OK)
        fault = scope_check(arena, claim, scopes, scope_count, err);
    if (fault == SIGV4_OK && claim->unsigned_payload && !secure)
        return refuse(err, SIGV4_UNSIGNED_PAYLOAD,
                      "x-amz-content-sha256 may be UNSIGNED-PAYLOAD only over TLS.");
    return fault;
}

/*
 * The signature.
 */

static EVP_MAC_CTX *hmac_prepared;

static void
prepare_hmac(void)
{
    char digest[] = "SHA256";
    const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                                 OSSL_PARAM_END};
    EVP_MAC *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    hmac_prepared = hmac ? EVP_MAC_CTX_new(hmac) : NULL;
    EVP_MAC_free(hmac); /* the context has its own reference */
    if (!hmac_prepared || EVP_MAC_CTX_set_params(hmac_prepared, params) != 1)
        abort();
}

/* Knows its digest already: a fetch for each takes a lock that threads contend for. */
static EVP_MAC_CTX *
hmac_new(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, prepare_hmac);
    EVP_MAC_CTX *ctx = EVP_MAC_CTX_dup(hmac_prepared);
    if (!ctx)
        abort();
    return ctx;
}

/* out = HMAC-SHA256(key, message); `out` may be the key. It fails for lack of memory alone. */
static void
hmac(EVP_MAC_CTX *ctx, struct slice key, struct slice message, uint8_t out[SHA256_LEN])
{
    size_t len;
    if (EVP_MAC_init(ctx, (const uint8_t *)key.ptr, key.len, NULL) != 1 ||
        EVP_MAC_update(ctx, (const uint8_t *)message.ptr, message.len) != 1 ||
        EVP_MAC_final(ctx, out, &len, SHA256_LEN) != 1)
        abort();
}

/* The key is derived for the day, region and service, and signs once. */
static void
sign(const struct sigv4_claim *claim, struct slice secret, struct slice string_to_sign,
     uint8_t out[SHA256_LEN])
{
    const struct slice steps[] = {claim->date, claim->region, claim->service, slice_of(terminator),
                                  string_to_sign};
    EVP_MAC_CTX *ctx = hmac_new();
    struct secret first = {memory_alloc(4 + secret.len), 4 + secret.len};
    memcpy(first.ptr, "AWS4", 4);
    memcpy(first.ptr + 4, secret.ptr, secret.len);
    hmac(ctx, secret_slice(&first), steps[0], out);
    for (size_t i = 1; i < sizeof steps / sizeof *steps; i++)
        hmac(ctx, (struct slice){(const char *)out, SHA256_LEN}, steps[i], out);
    secret_free(&first);
    EVP_MAC_CTX_free(ctx); /* which wipes the keys in it */
}

static struct slice
string_to_sign_make(struct arena *arena, const struct canonical_request *canonical,
                    const struct sigv4_claim *claim, struct slice payload_hash)
{
    uint8_t digest[SHA256_LEN];
    canonical_request_hash(arena, canonical, claim->signed_headers, payload_hash, digest);
    struct slice hash = codec_hex(arena, (struct slice){(const char *)digest, sizeof digest});
    return arena_printf(arena, "%s\n%.*s\n%.*s/%.*s/%.*s/%s\n%.*s", algorithm_name,
                        SLICE_ARG(claim->amz_date), SLICE_ARG(claim->date),
                        SLICE_ARG(claim->region), SLICE_ARG(claim->service), terminator,
                        SLICE_ARG(hash));
}

static struct slice
body_hash(struct arena *arena, struct slice body)
{
    uint8_t digest[SHA256_LEN];
    canonical_sha256(body, digest);
    return codec_hex(arena, (struct slice){(const char *)digest, sizeof digest});
}

static bool
signature_matches(struct arena *arena, const struct sigv4_claim *claim, struct slice secret,
                  struct slice string_to_sign)
{
    struct slice given;
    uint8_t expected[SHA256_LEN];
    if (!secret.len || codec_hex_decode(arena, claim->signature, &given, NULL) != RC_OK)
        return false;
    sign(claim, secret, string_to_sign, expected);
    bool equal = slice_equal_secret((struct slice){(const char *)expected, sizeof expected}, given);
    memory_wipe(expected, sizeof expected);
    return equal;
}

enum sigv4_fault
sigv4_verify(struct arena *arena, const struct sigv4_request *request,
             const struct sigv4_claim *claim, struct slice secret, struct err *err)
{
    struct canonical_request canonical;
    enum sigv4_fault fault = canonical_read(arena, request, &canonical, err);
    if (fault != SIGV4_OK)
        return fault;
    struct slice hash =
        claim->unsigned_payload ? claim->payload_hash : body_hash(arena, request->body);
    if (claim->payload_hash.len && !slice_eq(claim->payload_hash, hash))
        return refuse(
            err, SIGV4_MISMATCH,
            "The provided 'x-amz-content-sha256' header does not match what was computed.");
    struct slice text = string_to_sign_make(arena, &canonical, claim, hash);
    return signature_matches(arena, claim, secret, text) ? SIGV4_OK : refuse_signature(err);
}
