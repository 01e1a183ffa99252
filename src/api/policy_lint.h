/* The linter of policies (authorize/lint.h) with what the APIs know: the actions that there are. */
#ifndef POSTERN_API_POLICY_LINT_H
#define POSTERN_API_POLICY_LINT_H

#include "authorize/lint.h"
#include "call.h"

/* Those of all operations in the models, served or not, and those that are permissions only. */
const struct lint_catalogue *policy_lint_catalogue(void);

/* "IDENTITY_POLICY" and so on, as in the model. False: there is none of that name. */
MUST_USE bool policy_lint_type(struct slice name, enum lint_policy *out);

/* One finding, as ValidatePolicy has it. */
void policy_lint_put(struct api_call *call, const struct lint_finding *finding);

#endif
