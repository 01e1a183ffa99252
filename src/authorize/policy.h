/*
 * The policy language of IAM (reference §5.1-5.4), compiled once and kept.
 *
 * Parsing is strict: element names and Effect are case-sensitive, unknown elements and duplicate
 * names are errors, and every error names line, column and element:
 *   "line 5, column 9: Statement[0].Effect: must be "Allow" or "Deny""
 * A document without Version is of 2008-10-17: `${...}` is then literal text.
 */
#ifndef POSTERN_AUTHORIZE_POLICY_H
#define POSTERN_AUTHORIZE_POLICY_H

#include "base/memory.h"

enum policy_kind {
    POLICY_IDENTITY_BASED, /* of users, groups, managed, boundaries: no Principal, Resource required */
    POLICY_RESOURCE_BASED /* of SES identities: Principal required */
};

struct policy; /* immutable, counted, safe to read from several threads */

MUST_USE enum rc policy_parse(struct slice document, enum policy_kind kind, struct policy **out,
                              struct err *err);
struct policy *policy_ref(struct policy *policy); /* atomic */
void policy_unref(struct policy *policy);

size_t policy_statement_count(const struct policy *policy);
/* The Sid of a statement (empty when absent) and its text in the document. */
struct slice policy_statement_sid(const struct policy *policy, size_t index);
struct slice policy_statement_text(const struct policy *policy, size_t index);
/* Where its first byte stands, and what follows its last one; from 1, columns count bytes. */
struct policy_place {
    uint32_t line, column;
};
void policy_statement_place(const struct policy *policy, size_t index, struct policy_place *start,
                            struct policy_place *end);
/* The condition keys that it asks for, in conditions and as variables without a default, as written
 * and as often. */
size_t policy_keys(struct arena *arena, const struct policy *policy, struct slice **out);
/* For identity policies: every statement has exactly one Resource, this ARN (reference §3.8). */
MUST_USE enum rc policy_check_resource(const struct policy *policy, struct slice arn,
                                       struct err *err);

enum { POLICY_DOCUMENT_MAX = 131072 };

#endif
