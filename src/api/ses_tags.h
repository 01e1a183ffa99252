/* Tags of what SES keeps, where other operations than those of ses_tags.c give or show them. */
#ifndef POSTERN_API_SES_TAGS_H
#define POSTERN_API_SES_TAGS_H

#include "call.h"

/* Add "Tags" of the request (NULL: none) to a resource. BadRequestException: a key twice or not
 * allowed, or more tags than a resource may have. */
MUST_USE enum rc ses_tags_add(struct api_call *call, struct slice arn, const struct json *tags,
                              struct err *err);
/* Write "Tags". */
MUST_USE enum rc ses_tags_put(struct api_call *call, struct slice arn, struct err *err);

#endif
