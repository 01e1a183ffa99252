/* What a refusal for good says about the address it was for (RFC 3463, reference §8.5). */
#ifndef POSTERN_MAIL_BOUNCE_H
#define POSTERN_MAIL_BOUNCE_H

#include "base/slice.h"

/*
 * The receiver says that there is no such mailbox, or that its domain takes no mail: nothing sent
 * there will ever arrive. What was refused on account of its content, its sender, a full mailbox, or
 * for an unknown reason is not of this kind.
 *
 * status  "5.1.1"; "5.0.0" where the reply had none
 * reply   "550 5.1.1 no such user", may hold anything
 */
bool bounce_names_address(struct slice status, struct slice reply);

#endif
