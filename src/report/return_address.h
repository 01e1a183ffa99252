/*
 * Reverse-paths of our own: where a bounce says which message it speaks of, without showing the
 * message id or letting anyone make one up. Local part: 13 base32 characters of the message key
 * and 16 of an 80-bit MAC over it.
 */
#ifndef POSTERN_REPORT_RETURN_ADDRESS_H
#define POSTERN_REPORT_RETURN_ADDRESS_H

#include "base/memory.h"

struct slice return_address_make(struct arena *arena, const uint8_t secret[32], int64_t message_key,
                                 struct slice domain);
/* RC_NOT_FOUND when the local part is not one of ours, or its MAC is wrong. */
MUST_USE enum rc return_address_read(struct arena *arena, const uint8_t secret[32],
                                     struct slice local_part, int64_t *message_key,
                                     struct err *err);

#endif
