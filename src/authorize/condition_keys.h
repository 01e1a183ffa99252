/*
 * The condition keys that AWS documents for requests to the services that are here (reference §5.4), and
 * which of them a request here can have.
 */
#ifndef POSTERN_AUTHORIZE_CONDITION_KEYS_H
#define POSTERN_AUTHORIZE_CONDITION_KEYS_H

#include "compiled.h"

struct condition_key {
    const char *name; /* lower-case; one that ends with a slash is a family: "aws:requesttag/" */
    enum operand_type type;
    bool multivalued;
    bool here; /* the gate, or who asks for a permission, sets it */
};

/* NULL: nobody has documented one of that name. Case does not count. */
const struct condition_key *condition_key_find(struct slice name);
/* Its values are mail addresses, in canonical form. */
bool condition_key_is_address(struct slice lower);

#endif
