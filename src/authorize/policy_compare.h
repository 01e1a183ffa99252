/*
 * What policies allow, compared without a request: CheckNoNewAccess and CheckAccessNotGranted (reference
 * §5.8), and which services somebody's policies open.
 *
 * Sound: that nothing is allowed, or nothing new, is said only where it can be shown for every
 * request that evaluate.c can be asked about. Actions, resources and principals are compared as sets.
 * Of conditions only this is known: a condition holds where one holds that asks at least as much of
 * the same key in the same way. What is allowed piece by piece is not seen to allow the whole.
 */
#ifndef POSTERN_AUTHORIZE_POLICY_COMPARE_H
#define POSTERN_AUTHORIZE_POLICY_COMPARE_H

#include "evaluate.h"

/* A statement that allows what it should not, or may. */
struct compare_reason {
    size_t policy, statement;
    /* A Deny of the existing policy that nothing replaces; EVALUATE_NO_STATEMENT: it is not that. */
    size_t missing_deny;
};

struct compare_reasons {
    struct compare_reason *list; /* one for each statement, in order */
    size_t count;
};

/* Is whatever `changed` allows by itself allowed by `existing` by itself? Both of one kind. */
MUST_USE bool policy_compare_no_new(struct arena *arena, const struct policy *changed,
                                    const struct policy *existing, struct compare_reasons *reasons);

/*
 * Is nothing of what `listed` allows allowed by the policies together? `listed` has one statement, an
 * Allow without conditions. A boundary among the policies limits the others.
 */
MUST_USE bool policy_compare_not_granted(struct arena *arena, const struct policy_entry *policies,
                                         size_t count, const struct policy *listed,
                                         struct compare_reasons *reasons);

/* For each action: may the policies together allow it, on any resource? Within one budget for all. */
void policy_compare_granted(struct arena *arena, const struct policy_entry *policies, size_t count,
                            const struct slice *actions, size_t action_count, bool *granted);

#endif
