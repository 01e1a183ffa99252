/*
 * A signed request of any bytes: request line, header block, empty line, body. Whatever is claimed
 * keeps the promises of sigv4.h, the same request is judged the same twice, and nothing is signed
 * with a secret that no client has.
 */
#include "authenticate/sigv4.h"

#include "base/clock.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static struct sigv4_request
request_of(struct slice data)
{
    struct sigv4_request request = {0};
    struct slice line = data, rest = slice_from(data, data.len);
    slice_cut(data, '\n', &line, &rest);
    request.target = rest;
    slice_cut(line, ' ', &request.method, &request.target);
    size_t end = slice_find(rest, SLICE("\r\n\r\n"));
    request.header = end == SLICE_NONE ? rest : slice_head(rest, end + 2);
    request.body = slice_from(rest, request.header.len + 2);
    return request;
}

static void
claim_check(const struct sigv4_claim *claim)
{
    assert(claim->access_key.len >= 16 && claim->access_key.len <= 128);
    assert(claim->amz_date.len == 16 && claim->signature.len == 64);
    assert(claim->signed_headers.len >= 4);
    assert(!claim->unsigned_payload || slice_is(claim->payload_hash, "UNSIGNED-PAYLOAD"));
    if (claim->presigned)
        assert(claim->expires_ms > claim->signed_ms &&
               claim->expires_ms <= claim->signed_ms + 7 * DAY_MS);
}

static void
err_check(const struct err *err)
{
    assert(err->rc == RC_DENIED && err->text[0]);
    for (const char *at = err->text; *at; at++)
        assert(*at >= ' ' && *at < 0x7f);
}

static enum sigv4_fault
judge(struct arena *arena, const struct sigv4_request *request)
{
    const struct sigv4_scope scopes[] = {{"ses", SLICE("eu-central-1")},
                                         {"sts", SLICE("us-east-1")}};
    struct sigv4_claim claim;
    struct err err = {0};
    enum sigv4_fault fault = sigv4_read(arena, request, &claim, &err);
    if (fault == SIGV4_OK) {
        claim_check(&claim);
        fault = sigv4_check(arena, &claim, scopes, 2, claim.signed_ms, 5 * MINUTE_MS, false, &err);
        assert(fault != SIGV4_SKEW && fault != SIGV4_EXPIRED);
        enum sigv4_fault verified =
            sigv4_verify(arena, request, &claim, SLICE("a secret of nobody"), &err);
        assert(verified == SIGV4_MISMATCH);
        fault = fault == SIGV4_OK ? verified : fault;
    }
    err_check(&err);
    return fault;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct arena *arena = arena_new();
    struct sigv4_request request = request_of((struct slice){(const char *)bytes, len});
    assert(judge(arena, &request) == judge(arena, &request));
    arena_free(arena);
    return 0;
}
