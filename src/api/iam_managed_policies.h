/* What other operations of IAM ask about managed policies, and how they are shown. */
#ifndef POSTERN_API_IAM_MANAGED_POLICIES_H
#define POSTERN_API_IAM_MANAGED_POLICIES_H

#include "operations.h"
#include "store/policies.h"

/* The managed policy of the member PolicyArn. */
MUST_USE enum rc iam_managed_policies_find(struct api_call *call, struct managed_policy_row *out,
                                           struct err *err);
/* Members of an open object: what all operations show. */
void iam_managed_policies_put(struct api_call *call, const struct managed_policy_row *row);

#endif
