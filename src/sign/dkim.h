/*
 * DKIM signatures (RFC 6376, RFC 8463): rsa-sha256 and ed25519-sha256, relaxed/simple.
 *
 * Written as SES writes them (reference §4.1): tags v a q c s d t h bh b in this order, h= in the
 * order of the fields in the message; From and the other fields that matter are oversigned
 * (named once more than they occur), so that a second one cannot be added on the way. Never
 * signed: Return-Path, Received and X- fields, which change or vanish on the way.
 */
#ifndef POSTERN_SIGN_DKIM_H
#define POSTERN_SIGN_DKIM_H

#include "mail/header.h"
#include "sign/signing_key.h"

/* SHA-256 over the body in simple canonicalization (§3.4.3), fed in pieces. */
struct body_hash;
struct body_hash *body_hash_new(void);
void body_hash_free(struct body_hash *hash);
void body_hash_feed(struct body_hash *hash, struct slice piece);
void body_hash_finish(struct body_hash *hash, uint8_t out[32]);

/* "name:value" in relaxed canonicalization (§3.4.2), without a CRLF; `value` as in struct field. */
void dkim_relax(struct buf *out, struct slice name, struct slice value);

struct dkim_request {
    struct slice domain, selector; /* d= in A-label form, s= */
    int64_t now_ms;                /* t= */
};

/*
 * One DKIM-Signature field with CRLF for the final header.
 * header     the fields the receiver will see, in order (without the signature itself)
 * out        allocated in `arena`
 *
 * RC_SYNTAX     d= or s= is not a domain name
 * RC_PERMANENT  the library could not sign
 */
MUST_USE enum rc dkim_sign(struct arena *arena, const struct signing_key *key,
                           const struct dkim_request *request, const struct header *header,
                           const uint8_t body_hash[32], struct slice *out, struct err *err);

/* Whether the field at this place of a final header, 0 for the first, is a signature as written above
 * with this selector. */
MUST_USE bool dkim_signature_is_of(struct slice header, unsigned place, struct slice selector);

#endif
