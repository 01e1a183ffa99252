/*
 * One-time codes of a second factor (RFC 6238): six digits, SHA-1, steps of 30 seconds, as
 * authenticator programs have them. The code of the step before and after is taken too, since clocks
 * differ; which step it was is told, so that the caller can refuse a code that was used (§5.2).
 * Pure: the time is given.
 */
#ifndef POSTERN_AUTHENTICATE_TOTP_H
#define POSTERN_AUTHENTICATE_TOTP_H

#include "base/memory.h"

enum { TOTP_SECRET = 20, TOTP_DIGITS = 6, TOTP_STEP_MS = 30 * 1000 };

/* The code of a step, without a zero at the end. */
void totp_code(struct slice secret, int64_t step, char out[TOTP_DIGITS]);
/* Spaces in `code` do not count. The step that it is of, which is above `after`; 0: it is not right. */
int64_t totp_match(struct slice secret, struct slice code, int64_t after, int64_t now_ms);
/* The secret as authenticator programs write it: base32, upper case. */
struct slice totp_text(struct arena *arena, struct slice secret);
/* "otpauth://totp/ISSUER:ACCOUNT?secret=...&issuer=...", for a QR code. */
struct slice totp_uri(struct arena *arena, struct slice secret, struct slice issuer,
                      struct slice account);

#endif
