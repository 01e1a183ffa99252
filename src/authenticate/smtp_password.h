/*
 * The SMTP password of an access key, as SES derives it (reference §2, version 4): whoever holds
 * the secret access key can compute it, and it does not give the secret away.
 */
#ifndef POSTERN_AUTHENTICATE_SMTP_PASSWORD_H
#define POSTERN_AUTHENTICATE_SMTP_PASSWORD_H

#include "base/slice.h"

enum { SMTP_PASSWORD_LEN = 44 };

/* base64 of 0x04 and the derived key; NUL-terminated. */
void smtp_password(struct slice secret, struct slice region, char out[SMTP_PASSWORD_LEN + 1]);

/* In constant time. Version 2 passwords (region-independent, from before 2019) never match, and
 * an empty secret has no password. */
MUST_USE bool smtp_password_matches(struct slice secret, struct slice region,
                                    struct slice password);

#endif
