/*
 * The policy that a grant is: an ordinary one, with conditions that SES knows, so that every tool of
 * it can be used to read it. Pure.
 *
 * What is read is only what would be written: a document that somebody edited is a policy like any
 * other, and nothing is claimed of it.
 */
#ifndef POSTERN_API_GRANT_POLICY_H
#define POSTERN_API_GRANT_POLICY_H

#include "base/memory.h"

struct grant_terms {
    struct slice address; /* canonical */
    int64_t until_ms;     /* allowed while now < until_ms, in whole seconds; INT64_MAX: no end */
    const struct slice *networks; /* from where; none: from anywhere */
    size_t network_count;
    /* Beside an address of one's own: taking it back leaves the credential alone. */
    bool delegation;
};

enum { GRANT_NETWORKS_MAX = 20 };

#define GRANT_PREFIX "grant-"

/* The name of the policy: GRANT_PREFIX and the address. */
struct slice grant_policy_name(struct arena *arena, struct slice address);
struct slice grant_policy_write(struct arena *arena, const struct grant_terms *terms);
/* False: not as grant_policy_write writes it. */
MUST_USE bool grant_policy_read(struct arena *arena, struct slice document,
                                struct grant_terms *terms);
/* "10.0.0.0/8,2001:db8::/32", with spaces around commas. RC_SYNTAX names what is none. */
MUST_USE enum rc grant_networks_read(struct arena *arena, struct slice text,
                                     struct grant_terms *terms, struct err *err);

#endif
