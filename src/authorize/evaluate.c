/*
 * Explicit deny, then allow, then default deny (reference §5.2).
 *
 * A statement with a policy variable that has neither value nor default matches nothing, a Deny
 * included, as on AWS: who writes a Deny with a variable gives it a default.
 */
#include "evaluate.h"

#include "condition.h"
#include "principal.h"
#include "statement.h"

#include <assert.h>

const char *
policy_source_name(enum policy_source source)
{
    static const char *const names[] = {
        "inline policy of the user",        "managed policy of the user",
        "inline policy of the group",       "managed policy of the group",
        "permissions boundary of the user", "policy of the identity",
    };
    static_assert(sizeof names / sizeof *names == POLICY_SOURCE_COUNT, "a name for each source");
    return names[source];
}

bool
evaluate_wildcard(struct slice pattern, struct slice text)
{
    return pattern_wildcard(pattern, NULL, text);
}

static bool
evaluate_variables(struct context *context, const struct statement *statement)
{
    struct slice ignored;
    for (size_t i = 0; i < statement->required_count; i++)
        if (!context_variable(context, &statement->required[i], &ignored))
            return false;
    return true;
}

bool
statement_has_action(const struct context *context, const struct statement *statement)
{
    for (size_t i = 0; i < statement->action_count; i++)
        if (pattern_matches(&statement->actions[i], context->action))
            return !statement->actions_negated;
    return statement->actions_negated;
}

/* The name of an identity in a Deny: tried as written, then with both sides folded. */
static bool
evaluate_identity(struct context *context, const struct resource_pattern *resource,
                  const struct pattern *bound, bool deny)
{
    const struct slice prefix = SLICE("identity/");
    if (pattern_matches(bound, context->resource.part[ARN_RESOURCE]))
        return true;
    if (!deny || context->identity_folded.len == 0)
        return false;
    if (resource->folded)
        return pattern_matches_folded(resource->folded, context->identity_lowered,
                                      context->identity_folded);
    if (resource->parts[ARN_RESOURCE].kind != PATTERN_VARIABLE ||
        !slice_starts(bound->text, prefix))
        return false;
    struct pattern folded = pattern_fold(context->arena, bound, prefix.len);
    return pattern_matches_folded(&folded, context->identity_lowered, context->identity_folded);
}

/* Part by part: a wildcard never crosses one of the first five colons. */
static bool
evaluate_arn(struct context *context, const struct resource_pattern *resource, bool deny)
{
    if (!resource->parts)
        return true; /* the lone `*` */
    if (!context->resource_is_arn)
        return false;
    for (int i = 0; i < ARN_RESOURCE; i++)
        if (!pattern_matches(&resource->parts[i], context->resource.part[i]))
            return false;
    struct pattern room;
    const struct pattern *bound = pattern_bind(context, &resource->parts[ARN_RESOURCE], &room);
    return evaluate_identity(context, resource, bound, deny);
}

bool
statement_has_resource(struct context *context, const struct statement *statement)
{
    bool deny = statement->effect == EFFECT_DENY && !statement->resources_negated;
    for (size_t i = 0; i < statement->resource_count; i++)
        if (evaluate_arn(context, &statement->resources[i], deny))
            return !statement->resources_negated;
    return statement->resources_negated;
}

static bool
evaluate_condition(struct context *context, const struct statement *statement)
{
    for (size_t i = 0; i < statement->clause_count; i++)
        if (!condition_holds(context, &statement->clauses[i]))
            return false;
    return true;
}

static bool
evaluate_statement(struct context *context, const struct statement *statement)
{
    /* All must hold; in the order that settles most statements soonest. */
    return statement_has_action(context, statement) && evaluate_variables(context, statement) &&
           evaluate_condition(context, statement) && statement_has_resource(context, statement) &&
           principal_matches(statement, context->request);
}

/* Of that effect, and it matches; `naming`: and it names the user's own ARN. */
static bool
counts(struct context *context, const struct statement *statement, enum effect effect, bool naming)
{
    return statement->effect == effect &&
           (!naming || principal_is_named(statement, context->request->principal_arn)) &&
           evaluate_statement(context, statement);
}

/* The first statement that counts. */
static bool
find_statement(struct context *context, const struct policy *policy, enum effect effect,
               bool naming, size_t *index)
{
    for (size_t i = 0; i < policy->statement_count; i++)
        if (counts(context, &policy->statements[i], effect, naming)) {
            *index = i;
            return true;
        }
    return false;
}

static bool
find_deny(struct context *context, const struct policy_entry *policies, size_t count,
          struct evaluate_result *out)
{
    for (size_t i = 0; i < count; i++)
        if (find_statement(context, policies[i].policy, EFFECT_DENY, false, &out->statement)) {
            out->outcome = EVALUATE_EXPLICIT_DENY;
            out->entry = &policies[i];
            return true;
        }
    return false;
}

/* `naming`: only from what names the user, which is all that a boundary leaves. */
static bool
find_allow(struct context *context, const struct policy_entry *policies, size_t count, bool naming,
           struct evaluate_result *out)
{
    for (size_t i = 0; i < count; i++) {
        if (policies[i].source == POLICY_BOUNDARY)
            continue; /* it limits, and gives nothing itself */
        if (find_statement(context, policies[i].policy, EFFECT_ALLOW, naming, &out->statement)) {
            out->outcome = EVALUATE_ALLOW;
            out->entry = &policies[i];
            return true;
        }
    }
    return false;
}

static bool
boundary_refuses(struct context *context, const struct policy_entry *policies, size_t count,
                 const struct policy_entry **which)
{
    size_t statement;
    for (size_t i = 0; i < count; i++)
        if (policies[i].source == POLICY_BOUNDARY &&
            !find_statement(context, policies[i].policy, EFFECT_ALLOW, false, &statement)) {
            *which = &policies[i];
            return true;
        }
    return false;
}

struct evaluate_result
evaluate_policies(struct arena *arena, const struct policy_entry *policies, size_t count,
                  const struct evaluate_request *request)
{
    struct context context;
    struct evaluate_result result = {.outcome = EVALUATE_IMPLICIT_DENY};
    for (size_t i = 0; i < count; i++) /* or a policy of an identity would be one for everybody */
        assert((policies[i].source == POLICY_OF_IDENTITY) ==
               (policies[i].policy->kind == POLICY_RESOURCE_BASED));
    context_init(&context, arena, request);
    if (find_deny(&context, policies, count, &result))
        return result;
    const struct policy_entry *boundary = NULL;
    bool limited = boundary_refuses(&context, policies, count, &boundary);
    if (!find_allow(&context, policies, count, limited, &result)) {
        result.denied_by_boundary = limited;
        result.entry = boundary;
        result.statement = EVALUATE_NO_STATEMENT;
    }
    return result;
}

struct evaluate_result
evaluate_matches(struct arena *arena, const struct policy_entry *policies, size_t count,
                 const struct evaluate_request *request, struct evaluate_match *matches, size_t max,
                 size_t *matched)
{
    struct context context;
    struct evaluate_result result = evaluate_policies(arena, policies, count, request);
    enum effect effect = result.outcome == EVALUATE_ALLOW ? EFFECT_ALLOW : EFFECT_DENY;
    const struct policy_entry *boundary;
    *matched = 0;
    if (result.outcome == EVALUATE_IMPLICIT_DENY)
        return result;
    context_init(&context, arena, request);
    bool naming = effect == EFFECT_ALLOW && boundary_refuses(&context, policies, count, &boundary);
    for (size_t i = 0; i < count; i++) {
        const struct policy *policy = policies[i].policy;
        if (effect == EFFECT_ALLOW && policies[i].source == POLICY_BOUNDARY)
            continue;
        for (size_t k = 0; k < policy->statement_count && *matched < max; k++)
            if (counts(&context, &policy->statements[k], effect, naming))
                matches[(*matched)++] = (struct evaluate_match){&policies[i], k};
    }
    return result;
}
