/* Abuse reports (RFC 5965): what a mailbox provider sends when a reader says that this is spam. */
#ifndef POSTERN_MAIL_COMPLAINT_H
#define POSTERN_MAIL_COMPLAINT_H

#include "base/slice.h"

/* The message, any bytes, is a multipart/report with a message/feedback-report whose Feedback-Type
 * complains: abuse, fraud, virus or other. Reports about authentication, and of mail that is not
 * spam, do not. Nothing here proves who wrote it. */
bool complaint_is_one(struct slice message);

#endif
