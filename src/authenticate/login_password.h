/*
 * Passwords that people choose, at rest: scrypt (RFC 7914), with its parameters in the text, so that
 * they can be raised while older hashes still say how they were made.
 *
 *     $scrypt$ln=15,r=8,p=1$SALT$KEY          16 and 32 bytes in unpadded base64url
 */
#ifndef POSTERN_AUTHENTICATE_LOGIN_PASSWORD_H
#define POSTERN_AUTHENTICATE_LOGIN_PASSWORD_H

#include "base/memory.h"

/* Takes 32 MiB and about a tenth of a second. RC_TEMPORARY: there was no memory. */
MUST_USE enum rc login_password_hash(struct arena *arena, struct slice password, struct slice *out,
                                     struct err *err);
/* Takes the same, whatever comes of it: also where `hash` is empty, for a user who has none.
 * RC_DENIED: it is another password. RC_TEMPORARY as above. */
MUST_USE enum rc login_password_check(struct slice password, struct slice hash, struct err *err);

#endif
