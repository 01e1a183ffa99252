/*
 * AWS Signature Version 4 (reference §5.7, §7.2): who signed this request? Header form and presigned
 * form. Pure: the raw request that front framed, a secret and a time go in. Read the claim first,
 * look the key up, then verify in constant time.
 *
 * The canonical path is encoded twice (all services but S3): "/v2/email/identities/a%40b.com" is
 * signed as "/v2/email/identities/a%2540b.com".
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
    SIGV4_TOKEN,            /* a session token: there are no temporary credentials here */
    SIGV4_MISMATCH,         /* signature or payload hash */
    SIGV4_UNSIGNED_PAYLOAD, /* not over plain text */
    SIGV4_FAULT_COUNT
};

/* What the request says of itself. Slices point into the request or the arena. */
struct sigv4_claim {
    bool presigned, unsigned_payload;
    struct slice access_key, date, region, service; /* of the credential scope */
    struct slice amz_date;                          /* "20261126T060000Z" */
    int64_t signed_ms, expires_ms;                  /* expires_ms: presigned only, an instant */
    struct slice signed_headers;                    /* as given */
    struct slice signature;                         /* 64 hexadecimal digits */
    struct slice payload_hash;                      /* X-Amz-Content-Sha256 as given; empty: none */
};

/* Each writes AWS's words for the fault into `err`. */
MUST_USE enum sigv4_fault sigv4_read(struct arena *arena, const struct sigv4_request *request,
                                     struct sigv4_claim *claim, struct err *err);

/* `services` ended by NULL: what is served here, each with the region its scope must have. */
struct sigv4_scope {
    const char *service;
    struct slice region;
};
/* Scope and times; `skew_ms` both ways. `secure`: the request came over TLS. */
MUST_USE enum sigv4_fault sigv4_check(struct arena *arena, const struct sigv4_claim *claim,
                                      const struct sigv4_scope *scopes, size_t scope_count,
                                      int64_t now_ms, int64_t skew_ms, bool secure,
                                      struct err *err);

/* The signature itself, over the canonical request. */
MUST_USE enum sigv4_fault sigv4_verify(struct arena *arena, const struct sigv4_request *request,
                                       const struct sigv4_claim *claim, struct slice secret,
                                       struct err *err);

#endif
