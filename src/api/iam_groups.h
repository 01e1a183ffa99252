/* What other operations of IAM ask about groups, and how groups are shown (reference §5.7). */
#ifndef POSTERN_API_IAM_GROUPS_H
#define POSTERN_API_IAM_GROUPS_H

#include "operations.h"
#include "store/users.h"

/* The group of the member GroupName. */
MUST_USE enum rc iam_groups_find(struct api_call *call, struct group_row *row, struct err *err);
/* Members of an open object. */
void iam_groups_put(struct api_call *call, const struct group_row *row);

enum { IAM_GROUPS_MAX = 300 }; /* AWS's quota */

#endif
