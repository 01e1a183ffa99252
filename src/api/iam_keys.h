/* What is shown of access keys in more than one place (reference §5.7). */
#ifndef POSTERN_API_IAM_KEYS_H
#define POSTERN_API_IAM_KEYS_H

#include "call.h"
#include "store/users.h"

/* Where a key was used last: what is called everywhere counts as us-east-1. "N/A": never. */
struct slice iam_keys_region_of_use(const struct api_call *call, const struct access_key_row *key);

#endif
