/* What the operations of IAM on policies share, inline, managed and simulated. */
#ifndef POSTERN_API_IAM_POLICY_H
#define POSTERN_API_IAM_POLICY_H

#include "iam.h"
#include "policy_change.h"

/* The user or group that the request names (iam_policies.c). */
MUST_USE enum rc iam_find_holder(struct api_call *call, enum policy_owner kind,
                                 struct policy_holder *out, struct err *err);
/* A document that could not be read, in IAM's words with the place after them. Returns `rc`. */
enum rc iam_malformed(struct api_call *call, enum rc rc, struct err *err);

/* The managed policy of the member PolicyArn (iam_managed_policies.c). */
MUST_USE enum rc iam_find_policy(struct api_call *call, struct managed_policy_row *out,
                                 struct err *err);

#endif
