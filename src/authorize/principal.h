/* The Principal of a statement of an identity's policy (reference §3.8). */
#ifndef POSTERN_AUTHORIZE_PRINCIPAL_H
#define POSTERN_AUTHORIZE_PRINCIPAL_H

#include "compiler.h"

/* `principal` is the Principal or NotPrincipal element. */
MUST_USE enum rc principal_compile(struct compiler *compiler, const struct element *principal,
                                   struct statement *statement);

/* Is the statement about the one who asks? Statements without Principal are about everybody. */
bool principal_matches(const struct statement *statement, const struct evaluate_request *request);

/* Is the user's own ARN among the principals? */
bool principal_is_named(const struct statement *statement, struct slice arn);

#endif
