/*
 * What is wrong, risky or needless in a policy document: the findings of ValidatePolicy (reference §5.8),
 * with the issue codes and words of AWS's policy check reference. Codes of our own, for what that does
 * not know, are marked in linter.c. Pure: a document in, findings out.
 *
 * What policy_parse refuses has an ERROR at least. Some findings that AWS only suggests, as empty
 * lists, are errors here, because a document that has them cannot be stored here.
 */
#ifndef POSTERN_AUTHORIZE_LINT_H
#define POSTERN_AUTHORIZE_LINT_H

#include "policy.h"

enum lint_severity {
    LINT_ERROR,
    LINT_SECURITY_WARNING,
    LINT_SUGGESTION,
    LINT_WARNING,
    LINT_SEVERITY_COUNT
};
const char *lint_severity_name(enum lint_severity severity); /* "SECURITY_WARNING" */

enum lint_policy {
    LINT_IDENTITY_POLICY, /* of users and groups */
    LINT_RESOURCE_POLICY, /* of identities */
    LINT_SERVICE_CONTROL_POLICY,
    LINT_RESOURCE_CONTROL_POLICY,
    LINT_TRUST_POLICY /* of roles, which do not exist here: judged by the language alone */
};

/* The actions that there are. */
struct lint_action {
    struct slice service, name; /* "ses", "SendEmail" */
};
struct lint_catalogue {
    const struct lint_action *actions;
    size_t count;
};

/* A step from the document to a place in it. */
enum lint_step_kind { LINT_STEP_INDEX, LINT_STEP_KEY, LINT_STEP_VALUE };
struct lint_step {
    enum lint_step_kind kind;
    size_t index;
    struct slice name;
};

struct lint_position {
    uint32_t line;           /* from 1 */
    uint32_t column, offset; /* characters, from 0 */
};

struct lint_location {
    const struct lint_step *path;
    size_t path_len;
    struct lint_position start, end;
};

struct lint_finding {
    enum lint_severity severity;
    const char *code;
    struct slice details, link;
    struct lint_location *locations;
    size_t location_count;
};

enum { LINT_FINDINGS_MAX = 500, LINT_LOCATIONS_MAX = 50 };

/* In the order of the document as far as possible; of a document that has more than
 * LINT_FINDINGS_MAX the first. Everything lives in `arena`; names are cut at a few hundred bytes. */
void lint_document(struct arena *arena, struct slice document, enum lint_policy policy,
                   const struct lint_catalogue *catalogue, struct lint_finding **findings,
                   size_t *count);

#endif
