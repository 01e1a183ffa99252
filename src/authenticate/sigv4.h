/*
 * AWS Signature Version 4 (reference §5.7, §7.2): who signed this request? Header form and presigned
 * form. Pure: the raw request that front framed, a secret and a time go in. Read the claim first,
 * check it, look the key up, then verify in constant time.
 *
 * A request has one reading or none: two Authorization headers, Authorization together with a
 * signature in the query, or a parameter that is given twice are refused. So is a header x-amz-*
 * that is not signed, since who passes a request on could add it; only X-Amz-User-Agent, which some
 * SDKs leave out and which decides nothing, may be. A session token is refused wherever it stands.
 *
 * The canonical path is encoded twice (all services but S3): "/v2/email/identities/a%40b.com" is
 * signed as "/v2/email/identities/a%2540b.com". What the signature says of a path that is not
 * normal, see canonical_request.h.
 */
#ifndef POSTERN_AUTHENTICATE_SIGV4_H
#define POSTERN_AUTHENTICATE_SIGV4_H

#include "base/memory.h"

struct sigv4_request {
    struct slice method;
    struct slice target; /* raw: path and query string */
    struct slice header; /* raw block, each line with CRLF */
    struct slice body;
};

enum sigv4_fault {
    SIGV4_OK,
    SIGV4_MISSING,          /* no signature at all */
    SIGV4_INCOMPLETE,       /* malformed Authorization, or a parameter is missing */
    SIGV4_SCOPE,            /* another region or service, or the date is not the request's */
    SIGV4_SKEW,             /* too early or too late */
    SIGV4_EXPIRED,          /* a presigned request after its X-Amz-Expires */
    SIGV4_TOKEN,            /* a session token, or an access key that cannot be one */
    SIGV4_MISMATCH,         /* signature, signed headers or payload hash */
    SIGV4_UNSIGNED_PAYLOAD, /* not over plain text */
    SIGV4_FAULT_COUNT
};

/* What the request says of itself. Slices point into the request or the arena. */
struct sigv4_claim {
    bool presigned, unsigned_payload;
    struct slice access_key, date, region, service; /* of the credential scope */
    struct slice amz_date;                          /* "20261126T060000Z" */
    int64_t signed_ms, expires_ms;                  /* expires_ms: presigned only, an instant */
    struct slice signed_headers;                    /* as given: sorted, in lower case */
    struct slice signature;                         /* 64 hexadecimal digits in lower case */
    struct slice payload_hash;                      /* X-Amz-Content-Sha256 as given; empty: none */
};

/* Each writes AWS's words for the fault, where they are known, into `err`, whose code is RC_DENIED.
 * What `err` repeats of the request is printable ASCII; of Authorization it holds a hash alone, as
 * AWS's own answer does. */
MUST_USE enum sigv4_fault sigv4_read(struct arena *arena, const struct sigv4_request *request,
                                     struct sigv4_claim *claim, struct err *err);

/* What is served here, at least one; the first is named where none fits. */
struct sigv4_scope {
    const char *service;
    struct slice region; /* that a credential for it must be scoped to */
};
/* Times and scope; `skew_ms` both ways. `secure`: the request came over TLS. A presigned request
 * is good from its date until it expires, and early by no more than the skew. */
MUST_USE enum sigv4_fault sigv4_check(struct arena *arena, const struct sigv4_claim *claim,
                                      const struct sigv4_scope *scopes, size_t scope_count,
                                      int64_t now_ms, int64_t skew_ms, bool secure,
                                      struct err *err);

/* The signature itself, over the request that the claim was read from. An empty secret signs
 * nothing. */
MUST_USE enum sigv4_fault sigv4_verify(struct arena *arena, const struct sigv4_request *request,
                                       const struct sigv4_claim *claim, struct slice secret,
                                       struct err *err);

#endif
