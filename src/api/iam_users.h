/* What other operations of IAM ask about users, and how users are shown (reference §5.7). */
#ifndef POSTERN_API_IAM_USERS_H
#define POSTERN_API_IAM_USERS_H

#include "operations.h"
#include "store/users.h"

/* The user of the member UserName; without it the caller, which an administrator is not. */
MUST_USE enum rc iam_users_find(struct api_call *call, struct user_row *row, struct err *err);
/* Is there a policy that may be a boundary? */
MUST_USE enum rc iam_users_find_boundary(struct api_call *call, struct slice arn, struct err *err);

/* Members of an open object. */
void iam_users_put(struct api_call *call, const struct user_row *row);
void iam_users_put_boundary(struct api_call *call, struct slice arn); /* nothing when empty */

/* AWS's quotas. */
enum { IAM_USERS_MAX = 5000, IAM_GROUPS_OF_USER_MAX = 10 };

#endif
