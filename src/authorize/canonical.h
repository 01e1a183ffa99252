/*
 * Addresses that stand in policies, in the form that requests have (mail/address.h): the domain in
 * lower-case A-labels, a local part without needless quotes. The gate compares bytes; without this
 * a Deny or a StringNotLike of `*@TEST1.com` or `*@bücher.example` would never match.
 *
 * Wildcards stay. What stands right of the last `@`, or of the last `*` when there is no `@`, is
 * domain. `${...}` is left alone, and so is a domain that holds one.
 */
#ifndef POSTERN_AUTHORIZE_CANONICAL_H
#define POSTERN_AUTHORIZE_CANONICAL_H

#include "base/memory.h"

/*
 * A value for a condition key whose values are addresses. False: `why` says what no address can
 * match (a label that is partly wildcard and partly not ASCII, a domain that is none).
 */
MUST_USE bool canonical_address(struct arena *arena, struct slice text, bool wildcards,
                                bool variables, struct slice *out, const char **why);
/* The name of an identity: an address, or a domain alone. */
MUST_USE bool canonical_identity(struct arena *arena, struct slice text, bool wildcards,
                                 bool variables, struct slice *out, const char **why);

#endif
