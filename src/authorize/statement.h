/* What evaluate.c and access.c ask of one statement: see evaluate.c. */
#ifndef POSTERN_AUTHORIZE_STATEMENT_H
#define POSTERN_AUTHORIZE_STATEMENT_H

#include "compiled.h"

/* Action or NotAction, and Resource or NotResource; every variable in them has its value. */
bool statement_has_action(const struct context *context, const struct statement *statement);
bool statement_has_resource(struct context *context, const struct statement *statement);

#endif
