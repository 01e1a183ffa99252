/*
 * An input against its shape, with AWS's words (reference §5.7, §7.3): "2 validation errors detected:
 * Value null at 'userName' failed to satisfy constraint: Member must not be null; Value 'x' at
 * 'status' failed to satisfy constraint: Member must satisfy enum value set: [Active, Inactive]".
 * Paths are the members' names with a lower-case first letter, joined by dots; elements are
 * "tags.1.member.key" for lists.
 */
#ifndef POSTERN_API_VALIDATE_H
#define POSTERN_API_VALIDATE_H

#include "shape.h"

/* RC_SYNTAX with all of the above, cut at the room `err` has. Sensitive values are not shown. */
MUST_USE enum rc validate_input(struct arena *arena, const struct shape *input,
                                const struct json *tree, struct err *err);

#endif
