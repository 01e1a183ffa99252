/* What the parts of the linter share: the issues there are, and how one is reported with its place. */
#ifndef POSTERN_AUTHORIZE_LINTER_H
#define POSTERN_AUTHORIZE_LINTER_H

#include "compiler.h"
#include "condition_keys.h"
#include "lint.h"

/* In the order of the table in linter.c. */
enum lint_issue {
    ISSUE_ARN_REGION_NOT_ALLOWED,
    ISSUE_DATA_TYPE_MISMATCH,
    ISSUE_DUPLICATE_KEYS,
    ISSUE_INVALID_ACTION,
    ISSUE_INVALID_ARN_ACCOUNT,
    ISSUE_INVALID_ARN_PREFIX,
    ISSUE_INVALID_ARN_RESOURCE,
    ISSUE_INVALID_ARN_SERVICE_CASE,
    ISSUE_INVALID_CONDITION_DATA_TYPE,
    ISSUE_INVALID_CONDITION_KEY_FORMAT,
    ISSUE_INVALID_CONDITION_MULTIPLE_BOOLEAN,
    ISSUE_INVALID_CONDITION_OPERATOR,
    ISSUE_INVALID_EFFECT,
    ISSUE_INVALID_GLOBAL_CONDITION_KEY,
    ISSUE_INVALID_PARTITION,
    ISSUE_INVALID_POLICY_ELEMENT,
    ISSUE_INVALID_PRINCIPAL_FORMAT,
    ISSUE_INVALID_PRINCIPAL_KEY,
    ISSUE_INVALID_SERVICE,
    ISSUE_INVALID_SERVICE_CONDITION_KEY,
    ISSUE_INVALID_SERVICE_IN_ACTION,
    ISSUE_INVALID_VARIABLE_FOR_OPERATOR,
    ISSUE_INVALID_VERSION,
    ISSUE_JSON_SYNTAX_ERROR,
    ISSUE_MISSING_ACTION,
    ISSUE_MISSING_ARN_ACCOUNT,
    ISSUE_MISSING_ARN_FIELD,
    ISSUE_MISSING_ARN_REGION,
    ISSUE_MISSING_EFFECT,
    ISSUE_MISSING_PRINCIPAL,
    ISSUE_MISSING_QUALIFIER,
    ISSUE_MISSING_RESOURCE,
    ISSUE_MISSING_STATEMENT,
    ISSUE_NULL_WITH_IF_EXISTS,
    ISSUE_POLICY_SIZE_EXCEEDS_SCP_QUOTA,
    ISSUE_POLICY_SIZE_EXCEEDS_RCP_QUOTA,
    ISSUE_RCP_SYNTAX_ERROR_ALLOW,
    ISSUE_RCP_SYNTAX_ERROR_NOTACTION,
    ISSUE_RCP_SYNTAX_ERROR_PRINCIPAL,
    ISSUE_TRUST_POLICY_RESOURCE,
    ISSUE_TRUST_POLICY_WILDCARD,
    ISSUE_SCP_SYNTAX_ERROR_PRINCIPAL,
    ISSUE_TYPE_MISMATCH_IP_RANGE,
    ISSUE_UNIQUE_SIDS_REQUIRED,
    ISSUE_UNSUPPORTED_ELEMENT_COMBINATION,
    ISSUE_UNSUPPORTED_PRINCIPAL,
    ISSUE_UNSUPPORTED_SID,
    ISSUE_UNSUPPORTED_WILDCARD_IN_PRINCIPAL,
    ISSUE_MISSING_BRACE_IN_VARIABLE,
    ISSUE_MISSING_QUOTE_IN_VARIABLE,
    ISSUE_UNSUPPORTED_SPACE_IN_VARIABLE,
    ISSUE_EMPTY_VARIABLE,
    ISSUE_VARIABLE_UNSUPPORTED_IN_ELEMENT,
    ISSUE_VARIABLE_UNSUPPORTED_IN_VERSION,
    ISSUE_INVALID_ADDRESS_VALUE,
    ISSUE_MALFORMED_POLICY_DOCUMENT,

    ISSUE_ALLOW_WITH_NOT_PRINCIPAL,
    ISSUE_FORALLVALUES_WITH_SINGLE_VALUED_KEY,
    ISSUE_PASS_ROLE_WITH_NOT_RESOURCE,
    ISSUE_PASS_ROLE_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE,
    ISSUE_PASS_ROLE_WITH_NOT_ACTION_AND_NOT_RESOURCE,
    ISSUE_PASS_ROLE_WITH_STAR_IN_RESOURCE,
    ISSUE_PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE,
    ISSUE_PASS_ROLE_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION,
    ISSUE_ALLOW_WITH_NOT_ACTION,
    ISSUE_ALLOW_WITH_NOT_RESOURCE,
    ISSUE_FORALLVALUES_WITHOUT_NULL_CHECK,

    ISSUE_EMPTY_ARRAY_ACTION,
    ISSUE_EMPTY_ARRAY_CONDITION,
    ISSUE_EMPTY_ARRAY_CONDITION_FORALLVALUES,
    ISSUE_EMPTY_ARRAY_CONDITION_FORANYVALUE,
    ISSUE_EMPTY_ARRAY_CONDITION_IFEXISTS,
    ISSUE_EMPTY_ARRAY_PRINCIPAL,
    ISSUE_EMPTY_ARRAY_RESOURCE,
    ISSUE_EMPTY_OBJECT_CONDITION,
    ISSUE_EMPTY_OBJECT_PRINCIPAL,
    ISSUE_EMPTY_SID_VALUE,
    ISSUE_IMPROVE_IP_RANGE,
    ISSUE_NULL_WITH_QUALIFIER,
    ISSUE_REDUNDANT_ACTION,
    ISSUE_REDUNDANT_CONDITION_VALUE_NUM,
    ISSUE_REDUNDANT_RESOURCE,
    ISSUE_REDUNDANT_STATEMENT,
    ISSUE_WILDCARD_IN_SERVICE_NAME,
    ISSUE_FORANYVALUE_WITH_SINGLE_VALUED_KEY,
    ISSUE_REDUNDANT_CONDITION_VALUE,

    ISSUE_CREATE_SLR_WITH_NOT_RESOURCE,
    ISSUE_CREATE_SLR_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE,
    ISSUE_CREATE_SLR_WITH_NOT_ACTION_AND_NOT_RESOURCE,
    ISSUE_CREATE_SLR_WITH_STAR_IN_RESOURCE,
    ISSUE_CREATE_SLR_WITH_STAR_IN_ACTION_AND_RESOURCE,
    ISSUE_CREATE_SLR_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION,
    ISSUE_INVALID_DATE_VALUE,
    ISSUE_INVALID_ROLE_REFERENCE,
    ISSUE_INVALID_USER_REFERENCE,
    ISSUE_MISSING_VERSION,
    ISSUE_POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA,
    ISSUE_TYPE_MISMATCH,
    ISSUE_TYPE_MISMATCH_BOOLEAN,
    ISSUE_TYPE_MISMATCH_DATE,
    ISSUE_TYPE_MISMATCH_NUMBER,
    ISSUE_UNIQUE_SIDS_RECOMMENDED,
    ISSUE_WILDCARD_WITHOUT_LIKE_OPERATOR,
    ISSUE_ADDRESS_NEVER_MATCHES,
    ISSUE_CONDITION_KEY_NOT_SET_HERE,
    ISSUE_DEPRECATED_VERSION,
    ISSUE_COUNT
};

struct linter {
    struct arena *arena;
    struct slice document;
    enum lint_policy policy;
    const struct lint_catalogue *catalogue;
    struct slice *names; /* of its actions, lower-cased */
    bool variables;      /* Version 2012-10-17 */
    size_t steps;        /* left for comparing each with each */
    struct lint_finding *findings;
    size_t count, cap, errors;
    size_t last; /* one more than the index of the finding reported last; 0: it was left out */
    /* Where the last position was: the next one is mostly behind it. */
    size_t seen;
    struct lint_position seen_at;
};

/* The words that replace the `{}` of an issue's text, in order. */
#define WORDS(...) ((const struct slice[]){__VA_ARGS__, {NULL, 0}})

/* At the value of an element, or at its name. */
void linter_report(struct linter *linter, enum lint_issue issue, const struct element *element,
                   const struct slice *words);
void linter_report_name(struct linter *linter, enum lint_issue issue, const struct element *element,
                        const struct slice *words);
/* An ERROR whatever AWS makes of it: a document with it is refused here. */
void linter_refuse(struct linter *linter, enum lint_issue issue, const struct element *element,
                   const struct slice *words);
/* At a run of the document's bytes. */
void linter_report_range(struct linter *linter, enum lint_issue issue, size_t start, size_t end,
                         const struct slice *words);
/* The finding reported last is about this too. */
void linter_also(struct linter *linter, const struct element *element);

/* The place of a byte of the document. */
struct lint_position linter_position(struct linter *linter, size_t at);

/* A scalar or list of another JSON type. */
void linter_report_type(struct linter *linter, const struct element *element, const char *expected);

/* lint_value.c */

/* The value of Action or NotAction, of Resource or NotResource. */
void lint_actions(struct linter *linter, const struct element *list);
void lint_resources(struct linter *linter, const struct element *list);
/* The variables of a string. True when it has one, whole or not. */
bool lint_variables(struct linter *linter, const struct element *element, bool allowed);
/* A condition key, at its name or within the value of an element. NULL: it is not known. */
const struct condition_key *lint_key(struct linter *linter, const struct element *element,
                                     struct slice name, bool at_name);
/* Strings of a list that another one of it holds all of, in one finding. `word` is what follows
 * their number in the issue's text; empty: the first of them. */
enum lint_items { ITEMS_ACTIONS, ITEMS_ARNS, ITEMS_TEXTS, ITEMS_PATTERNS };
void lint_redundant(struct linter *linter, const struct element *list, enum lint_issue issue,
                    enum lint_items kind, struct slice word);
bool lint_service_is_known(const struct linter *linter, struct slice service);

/* lint_condition.c: the Condition of a statement. */
void lint_conditions(struct linter *linter, const struct element *condition, bool allow);

#endif
