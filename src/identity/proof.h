/*
 * States of what DNS must prove (reference §3.2-3.5), moved by findings on a given clock: pure.
 *
 * PENDING --present--> SUCCESS; PENDING --72 h of seen absence--> FAILED;
 * SUCCESS --absent/wrong--> TEMPORARY_FAILURE --present--> SUCCESS, --72 h--> FAILED.
 * PROOF_UNKNOWN (SERVFAIL, time-out, bogus) neither starts nor advances a clock (design §5).
 */
#ifndef POSTERN_IDENTITY_PROOF_H
#define POSTERN_IDENTITY_PROOF_H

#include "net/protocol.h"

enum identity_status {
    IDENTITY_NOT_STARTED,
    IDENTITY_PENDING,
    IDENTITY_SUCCESS,
    IDENTITY_FAILED,
    IDENTITY_TEMPORARY_FAILURE,
    IDENTITY_STATUS_COUNT
};
const char *identity_status_name(enum identity_status status); /* "PENDING" */
MUST_USE bool identity_status_parse(struct slice name, enum identity_status *out);

struct proof_state {
    enum identity_status status;
    int64_t absent_ms;       /* time of seen absence counted so far, of 72 h */
    int64_t absent_since_ms; /* last finding of absence, 0 when the last finding was another */
    int64_t checked_ms;      /* last finding of any kind */
    int64_t succeeded_ms;
};

enum { PROOF_WINDOW_HOURS = 72, LINK_WINDOW_HOURS = 24, PROOF_GAP_HOURS = 2 };

/*
 * What an answer proves (reference §3.2, §3.3, §3.5): PROVE_TXT, `expected` is among the values;
 * PROVE_DKIM, a key record (RFC 6376 §3.6.1) with `expected` as its p=, fit for mail and sha256;
 * PROVE_MX, one record, to `expected`; PROVE_SPF, one SPF record (RFC 7208 §4.5) with the term
 * `expected`; PROVE_DMARC, a DMARC record (RFC 7489 §6.3), whatever it asks for. A bogus answer proves nothing, neither presence nor absence.
 *
 * through_cname  the answer stood behind a CNAME
 * seen           what DNS answered instead, in printable ASCII; at most PROOF_SEEN_MAX bytes
 */
enum { PROOF_SEEN_MAX = 500 };
enum proof proof_judge(struct arena *arena, enum prove_kind kind, struct slice expected,
                       const struct dns_answer *answer, bool *through_cname, struct slice *seen);

/* Apply one finding. Returns true when the status changed. Absence is counted from one finding of
 * absence to the next (nothing in between was unknown, and the two stand no further apart than
 * PROOF_GAP_HOURS), so an outage of DNS or of postern stops the clock. NOT_STARTED and FAILED stay:
 * only a new request leaves them. */
bool proof_apply(struct proof_state *state, enum proof finding, int64_t now_ms);
/* When to ask again: often at first (every minute for an hour), hourly later, daily-ish after SUCCESS
 * (hourly while DNS does not answer); INT64_MAX in NOT_STARTED and FAILED. */
int64_t proof_next_ms(const struct proof_state *state, int64_t created_ms, int64_t now_ms);

#endif
