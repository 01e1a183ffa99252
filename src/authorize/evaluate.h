/*
 * Policies against one request: explicit deny, then allow, then default deny (reference §5.2).
 *
 * Condition keys are looked up without regard to case. A key is single-valued or multi-valued;
 * which one is the caller's knowledge, not the policy's. ses:FromAddress is always single-valued
 * here: a request with several sender addresses is several evaluations (design §5).
 *
 * Deny folds more than Allow: in a Deny statement a positive string operator on a key whose values
 * are addresses (and a Resource that is an identity's ARN) also matches when both sides are folded
 * by address_fold, and on a key of names when both are lower-cased. Allow, and negated operators,
 * only as given.
 */
#ifndef POSTERN_AUTHORIZE_EVALUATE_H
#define POSTERN_AUTHORIZE_EVALUATE_H

#include "policy.h"

enum policy_source {
    POLICY_USER_INLINE,
    POLICY_USER_MANAGED,
    POLICY_GROUP_INLINE,
    POLICY_GROUP_MANAGED,
    POLICY_BOUNDARY,
    POLICY_OF_IDENTITY, /* resource-based */
    POLICY_SOURCE_COUNT
};
const char *policy_source_name(enum policy_source source); /* "inline policy of the user" ... */

struct policy_entry {
    const struct policy *policy;
    enum policy_source source;
    struct slice name;  /* the policy's */
    struct slice owner; /* user, group or identity it belongs to */
};

enum deny_fold { DENY_AS_GIVEN, DENY_LOWERED, DENY_AS_ADDRESS };

struct condition_value {
    struct slice key; /* "ses:FromAddress" */
    const struct slice *values;
    size_t count; /* 0 with present: an empty multi-valued key */
    bool multivalued;
    enum deny_fold fold;
};

struct evaluate_request {
    struct slice principal_arn;         /* arn:aws:iam::ACCOUNT:user/name */
    struct slice principal_account;     /* 12 digits */
    struct slice action;                /* "ses:SendRawEmail" */
    struct slice resource;              /* ARN, or "*" for actions without one */
    const struct condition_value *keys; /* absent key: not in the list */
    size_t key_count;
    int64_t now_ms; /* aws:CurrentTime and aws:EpochTime come from here unless given as keys */
};

#define EVALUATE_NO_STATEMENT SIZE_MAX

enum evaluate_outcome { EVALUATE_ALLOW, EVALUATE_EXPLICIT_DENY, EVALUATE_IMPLICIT_DENY };

struct evaluate_result {
    enum evaluate_outcome outcome;
    const struct policy_entry *entry; /* the deciding policy; NULL for an implicit deny */
    size_t statement; /* index in it, or EVALUATE_NO_STATEMENT: a boundary, by what it lacks */
    bool denied_by_boundary; /* implicit deny: a boundary is present and does not allow */
};

/*
 * `policies`: everything that applies to the principal and the resource. Deny in any is final.
 * A boundary that does not allow refuses unless a resource-based statement names the user's ARN.
 * An account id as principal of a resource-based Allow does not by itself allow a user (design
 * §5); `*` and user ARNs do. `arena` is for scratch and freed by the caller.
 */
struct evaluate_result evaluate_policies(struct arena *arena, const struct policy_entry *policies,
                                         size_t count, const struct evaluate_request *request);

/* A statement that decided. */
struct evaluate_match {
    const struct policy_entry *entry;
    size_t statement;
};
/* The same, with all the statements that decided, which are of one effect; none for an implicit
 * deny. At most `max` of them are written. */
struct evaluate_result evaluate_matches(struct arena *arena, const struct policy_entry *policies,
                                        size_t count, const struct evaluate_request *request,
                                        struct evaluate_match *matches, size_t max,
                                        size_t *matched);

/* `*` and `?` wildcards; used by operators, actions and resources. */
bool evaluate_wildcard(struct slice pattern, struct slice text);

#endif
