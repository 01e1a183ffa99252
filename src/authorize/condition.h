/*
 * The Condition of a statement (reference §5.3).
 *
 * All clauses must hold. The values of one key are alternatives; a negated operator holds when
 * none of them matches. A key that the request lacks: positive operators fail, negated ones hold,
 * ...IfExists holds, ForAllValues: holds, ForAnyValue: fails. A multi-valued key under an operator
 * without a prefix: any value against any value, as IAM has always done. A value that cannot be
 * read as the operator's type (a word under NumericEquals) matches nothing.
 */
#ifndef POSTERN_AUTHORIZE_CONDITION_H
#define POSTERN_AUTHORIZE_CONDITION_H

#include "compiler.h"

/* What the name of an operator says ("ForAnyValue:StringLikeIfExists"); the other fields are zero.
 * False: there is no such operator. */
MUST_USE bool condition_operator(struct slice name, struct clause *out);

/* `condition` is the Condition element; statement->effect is set already. */
MUST_USE enum rc condition_compile(struct compiler *compiler, const struct element *condition,
                                   struct statement *statement);

/* Every variable of the statement has its value: see context_variable. */
bool condition_holds(struct context *context, const struct clause *clause);

#endif
