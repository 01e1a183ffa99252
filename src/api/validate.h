/*
 * An input against its shape, with AWS's words (reference §5.7, §7.3): "2 validation errors detected:
 * Value null at 'userName' failed to satisfy constraint: Member must not be null; Value at 'status'
 * failed to satisfy constraint: Member must satisfy enum value set: [Active, Inactive]".
 * Paths are the members' names with a lower-case first letter, joined by dots; elements are
 * "tags.1.member.key" for lists. Values are shown, cut to some characters, unless they are
 * sensitive, binary or lists; for a value set AWS does not show them either.
 */
#ifndef POSTERN_API_VALIDATE_H
#define POSTERN_API_VALIDATE_H

#include "shape.h"

/* `tree` is from a decoder, so the types are right; `input` NULL: nothing to hold it against.
 * RC_SYNTAX with all of the above, cut at the room `err` has. May be called from any thread. */
MUST_USE enum rc validate_input(struct arena *arena, const struct shape *input,
                                const struct json *tree, struct err *err);

#endif
