/*
 * DKIM signatures as a receiver judges them (RFC 6376 §6, RFC 8301, RFC 8463): rsa-sha256 and
 * ed25519-sha256, both canonicalizations of header and body. Pure: key records come from
 * net/answers.h.
 */
#ifndef POSTERN_SIGN_VERIFY_H
#define POSTERN_SIGN_VERIFY_H

#include "mail/header.h"
#include "net/answers.h"

enum dkim_result {
    DKIM_PASS,
    DKIM_FAIL,      /* the message is not what was signed, or not by this key */
    DKIM_PERMERROR, /* the signature or its key record cannot be used */
    DKIM_TEMPERROR, /* DNS does not answer */
    DKIM_RESULT_COUNT
};
const char *dkim_result_name(enum dkim_result result); /* "permerror" */

enum {
    DKIM_SIGNATURES_MAX = 10, /* more are left aside */
    DKIM_BITS_MIN = 1024      /* of an RSA key that counts (RFC 8301 §3.2) */
};

struct dkim_verdict {
    enum dkim_result result;
    struct slice why;              /* what is wrong; empty for a pass */
    struct slice domain, selector; /* d=, s=; empty where they could not be read */
    struct slice algorithm;        /* a= */
    struct slice key_name;         /* "s._domainkey.d" */
    unsigned bits;                 /* of the key; 0: it was not read */
    bool testing;                  /* t=y in the key record */
    bool partial;                  /* l=: what follows in the body is not signed (§8.2) */
};

/*
 * Every DKIM-Signature of the message, from the top.
 *
 * body   whole, with CRLF line ends
 *
 * RC_AGAIN: answers are wanted.
 */
MUST_USE enum rc dkim_verify(struct arena *arena, struct answers *answers,
                             const struct header *header, struct slice body, int64_t now_ms,
                             struct dkim_verdict **out, size_t *count);

#endif
