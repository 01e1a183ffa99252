/* The document and its statements: each element by itself, then what they come to together. */
#include "lint.h"

#include "base/codec.h"
#include "linter.h"

#include <inttypes.h>
#include <stdlib.h>

enum {
    STEPS_MAX = 20 * 1000 * 1000, /* some tens of milliseconds */
    IDENTITY_QUOTA = 6144,
    CONTROL_QUOTA = 5120
};

static const struct slice nothing = {"", 0};

/* ---- principals ---- */

static void
lint_aws_principal(struct linter *linter, const struct element *element)
{
    struct slice text = element->value->text;
    struct arn arn;
    (void)lint_variables(linter, element, false);
    if (slice_is(text, "*") || account_id_valid(text))
        return;
    if (slice_chr(text, '*') != SLICE_NONE || slice_chr(text, '?') != SLICE_NONE)
        linter_report(linter, ISSUE_UNSUPPORTED_WILDCARD_IN_PRINCIPAL, element,
                      WORDS(SLICE("AWS")));
    else if (slice_starts(text, SLICE("AIDA")))
        linter_refuse(linter, ISSUE_INVALID_USER_REFERENCE, element, WORDS(text));
    else if (slice_starts(text, SLICE("AROA")))
        linter_refuse(linter, ISSUE_INVALID_ROLE_REFERENCE, element, WORDS(text));
    else if (!slice_starts(text, SLICE("arn:")) || !arn_split(text, false, &arn) ||
             (!slice_is(arn.part[ARN_SERVICE], "iam") && !slice_is(arn.part[ARN_SERVICE], "sts")))
        linter_report(linter, ISSUE_INVALID_PRINCIPAL_FORMAT, element, WORDS(nothing));
}

static void
lint_principal_list(struct linter *linter, const struct element *list)
{
    bool aws = slice_is(list->value->name, "AWS");
    const struct json *value = element_first(list);
    if (element_count(list) == 0)
        linter_refuse(linter, ISSUE_EMPTY_ARRAY_PRINCIPAL, list, WORDS(nothing));
    for (size_t i = 0; value; value = element_next(list, value), i++) {
        struct element element = element_one_of(list, value, i);
        if (value->type != JSON_STRING)
            linter_report_type(linter, &element, "String");
        else if (aws)
            lint_aws_principal(linter, &element);
        else if (slice_chr(value->text, '*') != SLICE_NONE)
            linter_report(linter, ISSUE_UNSUPPORTED_WILDCARD_IN_PRINCIPAL, &element,
                          WORDS(list->value->name));
    }
}

static void
lint_principal_types(struct linter *linter, const struct element *principal)
{
    static const char *const known[] = {"AWS", "Service", "Federated", "CanonicalUser"};
    for (const struct json *type = principal->value->first; type; type = type->next) {
        struct element list = element_member(principal, type);
        size_t i = 0;
        while (i < sizeof known / sizeof *known && !slice_is(type->name, known[i]))
            i++;
        if (i == sizeof known / sizeof *known)
            linter_report_name(linter, ISSUE_INVALID_PRINCIPAL_KEY, &list, WORDS(type->name));
        else
            lint_principal_list(linter, &list);
    }
}

static bool
is_star(const struct json *value)
{
    return value && value->type == JSON_STRING && slice_is(value->text, "*");
}

static void
lint_principal(struct linter *linter, const struct element *principal)
{
    const struct json *value = principal->value;
    if (is_star(value) && linter->policy == LINT_TRUST_POLICY)
        linter_report(linter, ISSUE_TRUST_POLICY_WILDCARD, principal, WORDS(nothing));
    if (is_star(value))
        return;
    if (linter->policy == LINT_RESOURCE_CONTROL_POLICY)
        linter_report(linter, ISSUE_RCP_SYNTAX_ERROR_PRINCIPAL, principal, WORDS(nothing));
    else if (value->type != JSON_OBJECT)
        linter_report(linter, ISSUE_INVALID_PRINCIPAL_FORMAT, principal, WORDS(nothing));
    else if (value->count == 0)
        linter_refuse(linter, ISSUE_EMPTY_OBJECT_PRINCIPAL, principal, WORDS(nothing));
    else
        lint_principal_types(linter, principal);
}

static void
lint_unwanted_principal(struct linter *linter, const struct element *statement, const char *name)
{
    const struct json *value = json_member(statement->value, name);
    if (!value)
        return;
    struct element element = element_member(statement, value);
    if (linter->policy == LINT_SERVICE_CONTROL_POLICY)
        linter_report_name(linter, ISSUE_SCP_SYNTAX_ERROR_PRINCIPAL, &element, WORDS(nothing));
    else
        linter_report_name(linter, ISSUE_UNSUPPORTED_PRINCIPAL, &element,
                           WORDS(SLICE("IDENTITY_POLICY")));
}

static bool
takes_principal(const struct linter *linter)
{
    return linter->policy != LINT_IDENTITY_POLICY && linter->policy != LINT_SERVICE_CONTROL_POLICY;
}

static void
lint_principals(struct linter *linter, const struct element *statement, bool allow)
{
    const struct json *plain = json_member(statement->value, "Principal");
    const struct json *negated = json_member(statement->value, "NotPrincipal");
    if (!takes_principal(linter)) {
        lint_unwanted_principal(linter, statement, "Principal");
        lint_unwanted_principal(linter, statement, "NotPrincipal");
        return;
    }
    if (!plain && !negated)
        linter_report(linter, ISSUE_MISSING_PRINCIPAL, statement, WORDS(nothing));
    if (plain || negated) {
        struct element element = element_member(statement, plain ? plain : negated);
        lint_principal(linter, &element);
    }
    if (!negated)
        return;
    struct element element = element_member(statement, negated);
    if (linter->policy == LINT_RESOURCE_CONTROL_POLICY)
        linter_report_name(linter, ISSUE_RCP_SYNTAX_ERROR_PRINCIPAL, &element, WORDS(nothing));
    else if (allow)
        linter_report_name(linter, ISSUE_ALLOW_WITH_NOT_PRINCIPAL, &element, WORDS(nothing));
}

/* ---- one statement ---- */

static void
lint_elements(struct linter *linter, const struct element *object, const char *const *known,
              size_t count)
{
    for (const struct json *value = object->value->first; value; value = value->next) {
        struct element element = element_member(object, value);
        size_t i = 0;
        while (i < count && !slice_is(value->name, known[i]))
            i++;
        if (i == count)
            linter_report_name(linter, ISSUE_INVALID_POLICY_ELEMENT, &element, WORDS(value->name));
    }
}

static void
lint_combination(struct linter *linter, const struct element *statement, const char *name,
                 const char *negated)
{
    const struct json *value = json_member(statement->value, negated);
    if (!value || !json_member(statement->value, name))
        return;
    struct element element = element_member(statement, value);
    linter_report_name(linter, ISSUE_UNSUPPORTED_ELEMENT_COMBINATION, &element,
                       WORDS(slice_of(name), slice_of(negated)));
}

static void
lint_sid(struct linter *linter, const struct element *statement)
{
    const struct json *value = json_member(statement->value, "Sid");
    if (!value)
        return;
    struct element element = element_member(statement, value);
    if (value->type != JSON_STRING) {
        linter_report_type(linter, &element, "String");
        return;
    }
    if (value->text.len == 0)
        linter_report(linter, ISSUE_EMPTY_SID_VALUE, &element, WORDS(nothing));
    size_t i = 0;
    while (i < value->text.len && ascii_alnum(value->text.ptr[i]))
        i++;
    if (i < value->text.len && !takes_principal(linter))
        linter_report(linter, ISSUE_UNSUPPORTED_SID, &element, WORDS(nothing));
}

/* Is the effect Allow? */
static bool
lint_effect(struct linter *linter, const struct element *statement)
{
    const struct json *value = json_member(statement->value, "Effect");
    if (!value) {
        linter_report(linter, ISSUE_MISSING_EFFECT, statement, WORDS(nothing));
        return false;
    }
    struct element element = element_member(statement, value);
    bool allow = value->type == JSON_STRING && slice_is(value->text, "Allow");
    if (value->type != JSON_STRING)
        linter_report_type(linter, &element, "String");
    else if (!allow && !slice_is(value->text, "Deny"))
        linter_report(linter, ISSUE_INVALID_EFFECT, &element, WORDS(value->text));
    return allow;
}

/* The list of NAME and that of NotNAME, whichever there are. */
static void
lint_either(struct linter *linter, const struct element *statement, const char *const names[2],
            enum lint_issue when_missing,
            void (*lint)(struct linter *linter, const struct element *list))
{
    const struct json *values[2] = {json_member(statement->value, names[0]),
                                    json_member(statement->value, names[1])};
    if (!values[0] && !values[1])
        linter_report(linter, when_missing, statement, WORDS(nothing));
    for (int i = 0; i < 2; i++) {
        if (!values[i])
            continue;
        struct element list = element_member(statement, values[i]);
        lint(linter, &list);
    }
    lint_combination(linter, statement, names[0], names[1]);
}

static const char *const action_names[2] = {"Action", "NotAction"};
static const char *const resource_names[2] = {"Resource", "NotResource"};

/* Roles name no resource. */
static void
lint_resource_elements(struct linter *linter, const struct element *statement)
{
    if (linter->policy != LINT_TRUST_POLICY) {
        lint_either(linter, statement, resource_names, ISSUE_MISSING_RESOURCE, lint_resources);
        return;
    }
    for (int i = 0; i < 2; i++) {
        const struct json *value = json_member(statement->value, resource_names[i]);
        if (!value)
            continue;
        struct element element = element_member(statement, value);
        linter_report_name(linter, ISSUE_TRUST_POLICY_RESOURCE, &element, WORDS(nothing));
    }
}

/* ---- a statement that allows ---- */

/* `text`, or a string of the list, is a pattern that has a star; `action`: and that it matches. */
static bool
any_star(struct linter *linter, const struct json *value, const char *action)
{
    const struct element list = {.value = value};
    for (const struct json *one = element_first(&list); one; one = element_next(&list, one))
        if (one->type == JSON_STRING && slice_chr(one->text, '*') != SLICE_NONE &&
            (!action ||
             pattern_wildcard(arena_lower(linter->arena, one->text), NULL, slice_of(action))))
            return true;
    return false;
}

static bool
any_is(const struct json *value, const char *text)
{
    const struct element list = {.value = value};
    for (const struct json *one = element_first(&list); one; one = element_next(&list, one))
        if (one->type == JSON_STRING && slice_iis(one->text, text))
            return true;
    return false;
}

/* What allows an action on whatever there is: the action itself, a pattern of it, or all but others;
 * on a resource with a star, or on all but others. */
struct wide_action {
    const char *action; /* lower-case */
    enum lint_issue star, star_action_star, star_not_action;
    enum lint_issue not_resource, star_action_not_resource, not_action_not_resource;
};

static const struct wide_action wide_actions[] = {
    {"iam:passrole", ISSUE_PASS_ROLE_WITH_STAR_IN_RESOURCE,
     ISSUE_PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE,
     ISSUE_PASS_ROLE_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION, ISSUE_PASS_ROLE_WITH_NOT_RESOURCE,
     ISSUE_PASS_ROLE_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE,
     ISSUE_PASS_ROLE_WITH_NOT_ACTION_AND_NOT_RESOURCE},
    {"iam:createservicelinkedrole", ISSUE_CREATE_SLR_WITH_STAR_IN_RESOURCE,
     ISSUE_CREATE_SLR_WITH_STAR_IN_ACTION_AND_RESOURCE,
     ISSUE_CREATE_SLR_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION, ISSUE_CREATE_SLR_WITH_NOT_RESOURCE,
     ISSUE_CREATE_SLR_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE,
     ISSUE_CREATE_SLR_WITH_NOT_ACTION_AND_NOT_RESOURCE},
};

static void
lint_wide_action(struct linter *linter, const struct element *statement,
                 const struct wide_action *wide)
{
    const struct json *action = json_member(statement->value, "Action");
    const struct json *not_action = json_member(statement->value, "NotAction");
    const struct json *resource = json_member(statement->value, "Resource");
    const struct json *not_resource = json_member(statement->value, "NotResource");
    bool named = action && any_is(action, wide->action);
    bool starred = action && any_star(linter, action, wide->action);
    bool left = !action && not_action && !any_is(not_action, wide->action) &&
                !any_star(linter, not_action, wide->action);
    bool on_star = resource && any_star(linter, resource, NULL);
    if ((!named && !starred && !left) || (!on_star && !not_resource))
        return;
    enum lint_issue issue = not_resource ? (left      ? wide->not_action_not_resource
                                            : starred ? wide->star_action_not_resource
                                                      : wide->not_resource)
                                         : (left      ? wide->star_not_action
                                            : starred ? wide->star_action_star
                                                      : wide->star);
    struct element element = element_member(statement, not_resource ? not_resource : resource);
    linter_report(linter, issue, &element, WORDS(nothing));
}

static void
lint_negated(struct linter *linter, const struct element *statement, const char *name,
             enum lint_issue issue)
{
    const struct json *value = json_member(statement->value, name);
    if (!value)
        return;
    struct element element = element_member(statement, value);
    linter_report_name(linter, issue, &element, WORDS(nothing));
}

static void
lint_allow(struct linter *linter, const struct element *statement)
{
    lint_negated(linter, statement, "NotAction", ISSUE_ALLOW_WITH_NOT_ACTION);
    lint_negated(linter, statement, "NotResource", ISSUE_ALLOW_WITH_NOT_RESOURCE);
    if (linter->policy == LINT_RESOURCE_CONTROL_POLICY &&
        (!is_star(json_member(statement->value, "Principal")) ||
         !is_star(json_member(statement->value, "Resource")) ||
         json_member(statement->value, "Condition")))
        linter_report(linter, ISSUE_RCP_SYNTAX_ERROR_ALLOW, statement, WORDS(nothing));
    for (size_t i = 0;
         linter->policy == LINT_IDENTITY_POLICY && i < sizeof wide_actions / sizeof *wide_actions;
         i++)
        lint_wide_action(linter, statement, &wide_actions[i]);
}

static void
lint_statement(struct linter *linter, const struct element *statement)
{
    static const char *const known[] = {"Sid",          "Effect",      "Principal",
                                        "NotPrincipal", "Action",      "NotAction",
                                        "Resource",     "NotResource", "Condition"};
    if (statement->value->type != JSON_OBJECT) {
        linter_report_type(linter, statement, "Object");
        return;
    }
    lint_elements(linter, statement, known, sizeof known / sizeof *known);
    lint_sid(linter, statement);
    bool allow = lint_effect(linter, statement);
    lint_principals(linter, statement, allow);
    lint_combination(linter, statement, "Principal", "NotPrincipal");
    lint_either(linter, statement, action_names, ISSUE_MISSING_ACTION, lint_actions);
    if (linter->policy == LINT_RESOURCE_CONTROL_POLICY)
        lint_negated(linter, statement, "NotAction", ISSUE_RCP_SYNTAX_ERROR_NOTACTION);
    lint_resource_elements(linter, statement);
    const struct json *condition = json_member(statement->value, "Condition");
    if (condition) {
        struct element element = element_member(statement, condition);
        lint_conditions(linter, &element, allow);
    }
    if (allow)
        lint_allow(linter, statement);
}

/* ---- statements together ---- */

static int
compare_slices(const void *a, const void *b)
{
    return slice_cmp(*(const struct slice *)a, *(const struct slice *)b);
}

/* What a value says, whatever the order of its members and elements: a list of one is that one. */
static struct slice
sorted(struct linter *linter, const struct json *value)
{
    size_t count = 0;
    struct buf out;
    if (value->type != JSON_ARRAY && value->type != JSON_OBJECT)
        return (struct slice){linter->document.ptr + value->start, value->end - value->start};
    struct slice *parts = ARENA_ARRAY(linter->arena, struct slice, value->count);
    for (const struct json *child = value->first; child; child = child->next) {
        struct slice text = sorted(linter, child);
        if (value->type == JSON_OBJECT && !slice_is(child->name, "Sid"))
            parts[count++] = arena_printf(linter->arena, "%zu:%.*s=%.*s", child->name.len,
                                          SLICE_ARG(child->name), SLICE_ARG(text));
        else if (value->type == JSON_ARRAY)
            parts[count++] = text;
    }
    if (value->type == JSON_ARRAY && count == 1)
        return parts[0];
    qsort(parts, count, sizeof *parts, compare_slices);
    buf_init(&out, SIZE_MAX);
    for (size_t i = 0; i < count; i++)
        buf_printf(&out, "%c%.*s", i ? ',' : '{', SLICE_ARG(parts[i]));
    struct slice text = arena_dup(linter->arena, buf_slice(&out));
    buf_fini(&out);
    return text;
}

/* Something that statements should not share. */
struct mark {
    struct slice text;
    size_t index; /* of the statement */
    struct element element;
};

static int
compare_marks(const void *a, const void *b)
{
    const struct mark *left = a, *right = b;
    int order = slice_cmp(left->text, right->text);
    return order ? order : (left->index > right->index) - (left->index < right->index);
}

static void
lint_same_statements(struct linter *linter, struct mark *marks, size_t count)
{
    qsort(marks, count, sizeof *marks, compare_marks);
    for (size_t i = 1; i < count; i++) {
        if (!slice_eq(marks[i].text, marks[i - 1].text))
            continue;
        bool first = i == 1 || !slice_eq(marks[i].text, marks[i - 2].text);
        if (first)
            linter_report(linter, ISSUE_REDUNDANT_STATEMENT, &marks[i - 1].element, WORDS(nothing));
        linter_also(linter, &marks[i].element);
    }
}

static void
lint_same_sids(struct linter *linter, struct mark *marks, size_t count)
{
    enum lint_issue issue =
        takes_principal(linter) ? ISSUE_UNIQUE_SIDS_RECOMMENDED : ISSUE_UNIQUE_SIDS_REQUIRED;
    qsort(marks, count, sizeof *marks, compare_marks);
    for (size_t i = 1; i < count; i++)
        if (slice_eq(marks[i].text, marks[i - 1].text))
            linter_report(linter, issue, &marks[i].element, WORDS(nothing));
}

static void
lint_together(struct linter *linter, const struct element *list)
{
    size_t count = element_count(list), statements = 0, sids = 0;
    struct mark *statement_marks = ARENA_ARRAY(linter->arena, struct mark, count);
    struct mark *sid_marks = ARENA_ARRAY(linter->arena, struct mark, count);
    struct element *elements = ARENA_ARRAY(linter->arena, struct element, count);
    const struct json *value = element_first(list);
    for (size_t i = 0; value; value = element_next(list, value), i++) {
        elements[i] = element_one_of(list, value, i);
        const struct json *sid = json_member(value, "Sid");
        if (value->type == JSON_OBJECT)
            statement_marks[statements++] = (struct mark){sorted(linter, value), i, elements[i]};
        if (sid && sid->type == JSON_STRING && sid->text.len > 0)
            sid_marks[sids++] = (struct mark){sid->text, i, element_member(&elements[i], sid)};
    }
    lint_same_statements(linter, statement_marks, statements);
    lint_same_sids(linter, sid_marks, sids);
}

/* ---- the document ---- */

static void
lint_version(struct linter *linter, const struct element *root)
{
    const struct json *value = json_member(root->value, "Version");
    if (!value) {
        linter_report(linter, ISSUE_MISSING_VERSION, root, WORDS(nothing));
        return;
    }
    struct element element = element_member(root, value);
    linter->variables = value->type == JSON_STRING && slice_is(value->text, "2012-10-17");
    if (value->type != JSON_STRING)
        linter_report_type(linter, &element, "String");
    else if (slice_is(value->text, "2008-10-17"))
        linter_report(linter, ISSUE_DEPRECATED_VERSION, &element, WORDS(nothing));
    else if (!linter->variables)
        linter_report(linter, ISSUE_INVALID_VERSION, &element, WORDS(value->text));
}

static void
lint_id(struct linter *linter, const struct element *root)
{
    const struct json *value = json_member(root->value, "Id");
    if (!value || value->type == JSON_STRING)
        return;
    struct element element = element_member(root, value);
    linter_report_type(linter, &element, "String");
}

static void
lint_statements(struct linter *linter, const struct element *root)
{
    const struct json *value = json_member(root->value, "Statement");
    if (!value) {
        linter_report(linter, ISSUE_MISSING_STATEMENT, root, WORDS(nothing));
        return;
    }
    struct element list = element_member(root, value);
    if (element_count(&list) == 0)
        linter_report(linter, ISSUE_MISSING_STATEMENT, &list, WORDS(nothing));
    const struct json *one = element_first(&list);
    for (size_t i = 0; one; one = element_next(&list, one), i++) {
        struct element element = element_one_of(&list, one, i);
        lint_statement(linter, &element);
    }
    lint_together(linter, &list);
}

static size_t
count_characters(struct slice text, bool spaces)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool space = c == ' ' || c == '\t' || c == '\r' || c == '\n';
        count += ((unsigned char)c & 0xc0) != 0x80 && (spaces || !space);
    }
    return count;
}

static void
lint_size(struct linter *linter, const struct element *root)
{
    bool identity = linter->policy == LINT_IDENTITY_POLICY;
    size_t quota = identity ? IDENTITY_QUOTA : CONTROL_QUOTA;
    size_t size = count_characters(linter->document, !identity);
    if (linter->policy == LINT_RESOURCE_POLICY || linter->policy == LINT_TRUST_POLICY ||
        size <= quota)
        return;
    enum lint_issue issue = identity ? ISSUE_POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA
                            : linter->policy == LINT_SERVICE_CONTROL_POLICY
                                ? ISSUE_POLICY_SIZE_EXCEEDS_SCP_QUOTA
                                : ISSUE_POLICY_SIZE_EXCEEDS_RCP_QUOTA;
    linter_report(
        linter, issue, root,
        WORDS(arena_printf(linter->arena, "%zu", size), arena_printf(linter->arena, "%zu", quota)));
}

static void
lint_json(struct linter *linter, const struct json *json)
{
    static const char *const known[] = {"Version", "Id", "Statement"};
    struct element root = {.value = json};
    if (json->type != JSON_OBJECT) {
        linter_report_type(linter, &root, "Object");
        return;
    }
    lint_elements(linter, &root, known, sizeof known / sizeof *known);
    lint_version(linter, &root);
    lint_id(linter, &root);
    lint_size(linter, &root);
    lint_statements(linter, &root);
}

/* The byte at line and column, both from 1. */
static size_t
byte_at(struct slice document, uint32_t line, uint32_t column)
{
    size_t at = 0;
    while (line > 1 && at < document.len)
        line -= document.ptr[at++] == '\n';
    at += column - 1;
    return at < document.len ? at : document.len;
}

/* The words of `err` without the place that stands before them. */
static struct slice
reason_of(const struct err *err)
{
    struct slice text = slice_of(err->text);
    size_t at = slice_find(text, SLICE(": "));
    return err->line && at != SLICE_NONE ? slice_from(text, at + 2) : text;
}

static void
report_syntax(struct linter *linter, const struct err *err)
{
    size_t at = byte_at(linter->document, err->line, err->column);
    struct lint_position place = linter_position(linter, at);
    linter_report_range(linter, ISSUE_JSON_SYNTAX_ERROR, at, at,
                        WORDS(arena_printf(linter->arena, "%" PRIu32, place.offset),
                              arena_printf(linter->arena, "%" PRIu32, place.line),
                              arena_printf(linter->arena, "%" PRIu32, place.column),
                              reason_of(err)));
}

/* What the parts above let pass and a document here may not have. */
static void
lint_refusal(struct linter *linter)
{
    struct policy *policy = NULL;
    struct err err = {0};
    bool resource_based =
        linter->policy == LINT_RESOURCE_POLICY || linter->policy == LINT_RESOURCE_CONTROL_POLICY;
    if (linter->errors > 0 || linter->policy == LINT_TRUST_POLICY ||
        policy_parse(linter->document,
                     resource_based ? POLICY_RESOURCE_BASED : POLICY_IDENTITY_BASED, &policy,
                     &err) == RC_OK) {
        policy_unref(policy);
        return;
    }
    size_t at = err.line ? byte_at(linter->document, err.line, err.column) : 0;
    linter_report_range(linter, ISSUE_MALFORMED_POLICY_DOCUMENT, at, at, WORDS(reason_of(&err)));
}

void
lint_document(struct arena *arena, struct slice document, enum lint_policy policy,
              const struct lint_catalogue *catalogue, struct lint_finding **findings, size_t *count)
{
    struct linter linter = {.arena = arena,
                            .document = document,
                            .policy = policy,
                            .catalogue = catalogue,
                            .steps = STEPS_MAX};
    linter.names = ARENA_ARRAY(arena, struct slice, catalogue->count);
    for (size_t i = 0; i < catalogue->count; i++)
        linter.names[i] = arena_lower(arena, catalogue->actions[i].name);
    struct json *json = NULL;
    struct err err = {0};
    if (document.len <= POLICY_DOCUMENT_MAX && codec_utf8_valid(document)) {
        if (json_parse(arena, document, &json, &err) != RC_OK)
            report_syntax(&linter, &err);
        else
            lint_json(&linter, json);
    }
    lint_refusal(&linter);
    *findings = linter.findings;
    *count = linter.count;
}
