/*
 * Sender Policy Framework as a receiver evaluates it (RFC 7208 §4, check_host): may this address send
 * for this domain? Pure: what DNS must say comes from net/answers.h.
 *
 * Bounds are the RFC's (§4.6.4): 10 terms that ask DNS, 10 names of an MX or PTR answer, 2 answers
 * without a record. Explanations (exp=) are read and not fetched.
 */
#ifndef POSTERN_IDENTITY_SPF_H
#define POSTERN_IDENTITY_SPF_H

#include "net/answers.h"

enum spf_result {
    SPF_NONE,
    SPF_NEUTRAL,
    SPF_PASS,
    SPF_FAIL,
    SPF_SOFTFAIL,
    SPF_TEMPERROR,
    SPF_PERMERROR,
    SPF_RESULT_COUNT
};
const char *spf_result_name(enum spf_result result); /* "softfail" */

enum { SPF_LOOKUPS_MAX = 10, SPF_VOIDS_MAX = 2, SPF_NAMES_MAX = 10 };

struct spf_request {
    struct slice ip;     /* 4 or 16 bytes */
    struct slice domain; /* of the reverse-path, or the name in EHLO */
    struct slice sender; /* the reverse-path; empty: postmaster@domain */
    struct slice helo;
};

struct spf_verdict {
    enum spf_result result;
    struct slice record; /* of the domain itself; empty: none */
    struct slice why;    /* the term that decided, or what is wrong */
    unsigned lookups;    /* terms that asked DNS */
};

/* RC_AGAIN: answers are wanted. */
MUST_USE enum rc spf_check(struct arena *arena, struct answers *answers,
                           const struct spf_request *request, struct spf_verdict *out);

/* A record that begins as SPF's do (§4.5). */
bool spf_is_record(struct slice text);
/* A mechanism or modifier that can be read. */
bool spf_is_term(struct slice word);

#endif
