/* What the operations of IAM on policies share, inline, managed and simulated. */
#ifndef POSTERN_API_IAM_POLICIES_H
#define POSTERN_API_IAM_POLICIES_H

#include "operations.h"
#include "policy_change.h"

/* The user or group that the request names. */
MUST_USE enum rc iam_policies_find_holder(struct api_call *call, enum policy_owner kind,
                                          struct policy_holder *out, struct err *err);
/* A document that could not be read, in IAM's words with the place after them. Returns `rc`. */
enum rc iam_policies_malformed(struct api_call *call, enum rc rc, struct err *err);

#endif
