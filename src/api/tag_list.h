/* "Tags" as the SES and IAM APIs give and take them: a list of Key and Value. */
#ifndef POSTERN_API_TAG_LIST_H
#define POSTERN_API_TAG_LIST_H

#include "call.h"

enum { TAGS_OF_RESOURCE_MAX = 50 };

/* Adds the tags of a request to what `arn` has. `list`: NULL adds none. RC_SYNTAX: a key or value
 * that no tag may have; RC_LIMIT: more than TAGS_OF_RESOURCE_MAX. */
MUST_USE enum rc tag_list_store(struct api_call *call, struct slice arn, const struct json *list,
                                struct err *err);
/* Writes the member "Tags". */
MUST_USE enum rc tag_list_put(struct api_call *call, struct slice arn, struct err *err);

#endif
