#include "policy_compare.h"

#include "compiled.h"
#include "mail/address.h"
#include "pattern_set.h"

enum { STEPS_MAX = 5 * 1000 * 1000 }; /* some tens of milliseconds */

struct comparison_run {
    struct arena *arena, *scratch; /* scratch: owned, of one question */
    size_t steps;                  /* that are left; at 0 everything has its safe answer */
    struct compare_reasons *reasons;
    size_t cap;
};

static bool
spend(struct comparison_run *run)
{
    run->steps -= run->steps > 0;
    return run->steps > 0;
}

/* ---- the actions or the resources of a statement, or one of them ---- */

enum portion_kind { PORTION_ACTIONS, PORTION_RESOURCES };

struct portion {
    enum portion_kind kind;
    const struct statement *statement;
    bool negated; /* all but these */
    size_t first, count;
};

static struct portion
actions_of(const struct statement *statement)
{
    return (struct portion){PORTION_ACTIONS, statement, statement->actions_negated, 0,
                            statement->action_count};
}

static struct portion
resources_of(const struct statement *statement)
{
    return (struct portion){PORTION_RESOURCES, statement, statement->resources_negated, 0,
                            statement->resource_count};
}

/* All but some are one piece; of others each is one. */
static size_t
pieces_of(const struct portion *portion)
{
    return portion->negated ? 1 : portion->count;
}

static struct portion
piece_of(struct portion portion, size_t index)
{
    if (!portion.negated) {
        portion.first += index;
        portion.count = 1;
    }
    return portion;
}

static const struct pattern *
action_at(const struct portion *portion, size_t index)
{
    return &portion->statement->actions[portion->first + index];
}

static const struct resource_pattern *
resource_at(const struct portion *portion, size_t index)
{
    return &portion->statement->resources[portion->first + index];
}

/* A Deny of an identity also stops what is the same once folded: see evaluate_identity. */
static bool
folds(const struct portion *portion, const struct resource_pattern *resource)
{
    return portion->statement->effect == EFFECT_DENY && !portion->negated && resource->parts &&
           (resource->folded || resource->parts[ARN_RESOURCE].kind == PATTERN_VARIABLE);
}

static bool
resource_contains(struct comparison_run *run, const struct portion *outer, size_t i,
                  const struct portion *inner, size_t k)
{
    const struct resource_pattern *wide = resource_at(outer, i), *narrow = resource_at(inner, k);
    if (!wide->parts || !narrow->parts)
        return !wide->parts;
    for (int part = 0; part < ARN_RESOURCE; part++)
        if (!pattern_set_contains(&wide->parts[part], &narrow->parts[part], &run->steps))
            return false;
    const struct pattern *last = &wide->parts[ARN_RESOURCE], *of = &narrow->parts[ARN_RESOURCE];
    if (folds(inner, narrow))
        return last->kind == PATTERN_ANY || (folds(outer, wide) && pattern_set_same(last, of));
    return pattern_set_contains(last, of, &run->steps);
}

/* Does a Deny's identity stop an identity of the other pattern once both are folded? */
static bool
folded_intersects(struct comparison_run *run, const struct resource_pattern *denied,
                  const struct pattern *other)
{
    const struct slice prefix = SLICE("identity/");
    struct pattern identities;
    const char *why;
    if (other->kind == PATTERN_LITERAL && !slice_starts(other->text, prefix))
        return false;
    arena_reset(run->scratch);
    if (other->kind == PATTERN_LITERAL && denied->folded) {
        struct slice name = slice_from(other->text, prefix.len);
        return pattern_matches_folded(
            denied->folded, arena_concat(run->scratch, prefix, arena_lower(run->scratch, name)),
            arena_concat(run->scratch, prefix, address_fold(run->scratch, name)));
    }
    return !pattern_compile(run->scratch, SLICE("identity/*"), PATTERN_WITH_WILDCARDS, &identities,
                            &why) ||
           pattern_set_intersects(&identities, other, &run->steps);
}

static bool
resource_intersects(struct comparison_run *run, const struct portion *a, size_t i,
                    const struct portion *b, size_t k)
{
    const struct resource_pattern *left = resource_at(a, i), *right = resource_at(b, k);
    if (!left->parts || !right->parts)
        return true;
    for (int part = 0; part < ARN_RESOURCE; part++)
        if (!pattern_set_intersects(&left->parts[part], &right->parts[part], &run->steps))
            return false;
    const struct pattern *of_left = &left->parts[ARN_RESOURCE];
    const struct pattern *of_right = &right->parts[ARN_RESOURCE];
    return pattern_set_intersects(of_left, of_right, &run->steps) ||
           (folds(a, left) && folded_intersects(run, left, of_right)) ||
           (folds(b, right) && folded_intersects(run, right, of_left));
}

static bool
item_contains(struct comparison_run *run, const struct portion *outer, size_t i,
              const struct portion *inner, size_t k)
{
    return outer->kind == PORTION_ACTIONS
               ? pattern_set_contains(action_at(outer, i), action_at(inner, k), &run->steps)
               : resource_contains(run, outer, i, inner, k);
}

static bool
item_intersects(struct comparison_run *run, const struct portion *a, size_t i,
                const struct portion *b, size_t k)
{
    return a->kind == PORTION_ACTIONS
               ? pattern_set_intersects(action_at(a, i), action_at(b, k), &run->steps)
               : resource_intersects(run, a, i, b, k);
}

static bool
item_is_everything(const struct portion *portion, size_t i)
{
    return portion->kind == PORTION_ACTIONS ? action_at(portion, i)->kind == PATTERN_ANY
                                            : !resource_at(portion, i)->parts;
}

/* Is one of them a superset of that item? Of two that are nearly the same, it is the one in its place. */
static bool
any_contains(struct comparison_run *run, const struct portion *outer, const struct portion *inner,
             size_t k)
{
    if (k < outer->count && spend(run) && item_contains(run, outer, k, inner, k))
        return true;
    for (size_t i = 0; i < outer->count && spend(run); i++)
        if (item_contains(run, outer, i, inner, k))
            return true;
    return false;
}

static bool
any_intersects(struct comparison_run *run, const struct portion *outer, const struct portion *inner,
               size_t k)
{
    for (size_t i = 0; i < outer->count; i++)
        if (!spend(run) || item_intersects(run, outer, i, inner, k))
            return true;
    return false;
}

static bool
all_contained(struct comparison_run *run, const struct portion *outer, const struct portion *inner)
{
    for (size_t k = 0; k < inner->count; k++)
        if (!any_contains(run, outer, inner, k))
            return false;
    return true;
}

static bool
none_intersects(struct comparison_run *run, const struct portion *outer,
                const struct portion *inner)
{
    for (size_t k = 0; k < inner->count; k++)
        if (any_intersects(run, outer, inner, k))
            return false;
    return true;
}

/* All of `inner` is in `outer`. */
static bool
covers(struct comparison_run *run, struct portion outer, struct portion inner)
{
    if (!inner.negated)
        return outer.negated ? none_intersects(run, &outer, &inner)
                             : all_contained(run, &outer, &inner);
    if (outer.negated) /* what the outer one leaves out, the inner one does too */
        return all_contained(run, &inner, &outer);
    for (size_t i = 0; i < outer.count; i++)
        if (item_is_everything(&outer, i))
            return true;
    return false;
}

/* Nothing of one is in the other. */
static bool
misses(struct comparison_run *run, struct portion a, struct portion b)
{
    if (a.negated && b.negated)
        return false;
    if (a.negated)
        return all_contained(run, &a, &b);
    return b.negated ? all_contained(run, &b, &a) : none_intersects(run, &a, &b);
}

/* ---- conditions ---- */

static bool
arn_contains(struct comparison_run *run, const struct operand *outer, const struct operand *inner)
{
    if (!outer->arn_parts || !inner->arn_parts)
        return !outer->arn_parts;
    for (int i = 0; i < ARN_PARTS; i++)
        if (!pattern_set_contains(&outer->arn_parts[i], &inner->arn_parts[i], &run->steps))
            return false;
    return true;
}

static bool
text_contains(struct comparison_run *run, const struct clause *outer_clause,
              const struct operand *outer, const struct clause *inner_clause,
              const struct operand *inner)
{
    bool same = pattern_set_same(&outer->text, &inner->text);
    if (outer_clause->comparison == COMPARE_IGNORE_CASE)
        return same || (!inner_clause->folds && outer->text.kind == PATTERN_LITERAL &&
                        inner->text.kind == PATTERN_LITERAL &&
                        slice_ieq(outer->text.text, inner->text.text));
    if (inner_clause->folds) /* it matches more than it says */
        return outer->text.kind == PATTERN_ANY || (outer_clause->folds && same);
    return pattern_set_contains(&outer->text, &inner->text, &run->steps);
}

/* Of two bounds in the same direction, the inner one is as tight. */
static bool
is_within_bound(enum comparison comparison, int order)
{
    switch (comparison) {
    case COMPARE_LESS:
    case COMPARE_LESS_OR_EQUAL: return order <= 0;
    case COMPARE_GREATER:
    case COMPARE_GREATER_OR_EQUAL: return order >= 0;
    default: return order == 0;
    }
}

#define ORDER(a, b) (((a) > (b)) - ((a) < (b)))

/* Whatever value matches the inner operand matches the outer one. */
static bool
operand_contains(struct comparison_run *run, const struct clause *outer_clause,
                 const struct operand *outer, const struct clause *inner_clause,
                 const struct operand *inner)
{
    switch (outer_clause->type) {
    case OPERAND_STRING: return text_contains(run, outer_clause, outer, inner_clause, inner);
    case OPERAND_BINARY: return pattern_set_same(&outer->text, &inner->text);
    case OPERAND_NUMBER:
        return is_within_bound(outer_clause->comparison, ORDER(inner->number, outer->number));
    case OPERAND_DATE:
        return is_within_bound(outer_clause->comparison,
                               ORDER(inner->instant_ms, outer->instant_ms));
    case OPERAND_NETWORK: return network_contains(&outer->network, &inner->network);
    case OPERAND_ARN: return arn_contains(run, outer, inner);
    case OPERAND_BOOL:
    case OPERAND_NULL: return outer->truth == inner->truth;
    }
    return false;
}

static bool
operands_contained(struct comparison_run *run, const struct clause *outer,
                   const struct clause *inner)
{
    for (size_t k = 0; k < inner->operand_count; k++) {
        size_t i = 0;
        while (i < outer->operand_count && spend(run) &&
               !operand_contains(run, outer, &outer->operands[i], inner, &inner->operands[k]))
            i++;
        if (i == outer->operand_count || run->steps == 0)
            return false;
    }
    return true;
}

static bool
holds_when_missing(const struct clause *clause)
{
    return clause->if_exists ||
           (clause->quantifier == QUANTIFIER_NONE ? clause->negated
                                                  : clause->quantifier == QUANTIFIER_ALL);
}

/* StringEquals is StringLike without wildcards. */
static bool
compares_alike(const struct clause *a, const struct clause *b)
{
    bool ignoring = a->comparison == COMPARE_IGNORE_CASE || b->comparison == COMPARE_IGNORE_CASE;
    return a->comparison == b->comparison || (a->type == OPERAND_STRING && !ignoring);
}

/* Where `given` holds, `asked` does. More values make a plain clause easier, a negated one harder. */
static bool
clause_implies(struct comparison_run *run, const struct clause *given, const struct clause *asked)
{
    if (given->type != asked->type || given->quantifier != asked->quantifier ||
        given->negated != asked->negated || !compares_alike(given, asked) ||
        !slice_eq(given->key.lower, asked->key.lower) ||
        (holds_when_missing(given) && !holds_when_missing(asked)))
        return false;
    return given->negated ? operands_contained(run, given, asked)
                          : operands_contained(run, asked, given);
}

static bool
any_implies(struct comparison_run *run, const struct statement *given, const struct clause *asked)
{
    for (size_t i = 0; i < given->clause_count && spend(run); i++)
        if (clause_implies(run, &given->clauses[i], asked))
            return true;
    return false;
}

static bool requires(struct comparison_run *run, const struct statement *statement,
                     const struct key_name *name)
{
    for (size_t i = 0; i < statement->required_count && spend(run); i++)
        if (slice_eq(statement->required[i].lower, name->lower))
            return true;
    return false;
}

/* Where both statements hold, the conditions of the third do, and its variables have values. */
static bool
conditions_imply(struct comparison_run *run, const struct statement *one,
                 const struct statement *other, const struct statement *asked)
{
    for (size_t i = 0; i < asked->clause_count; i++)
        if (!any_implies(run, one, &asked->clauses[i]) &&
            !any_implies(run, other, &asked->clauses[i]))
            return false;
    for (size_t i = 0; i < asked->required_count; i++)
        if (!requires(run, one, &asked->required[i]) && !requires(run, other, &asked->required[i]))
            return false;
    return true;
}

/* ---- principals ---- */

static bool
names_anyone(const struct statement *statement)
{
    for (size_t i = 0; i < statement->principal_count; i++)
        if (statement->principals[i].kind == PRINCIPAL_ANYONE)
            return true;
    return false;
}

static bool
is_about_everybody(const struct statement *statement)
{
    if (!statement->has_principal)
        return true;
    return statement->principals_negated ? statement->principal_count == 0
                                         : names_anyone(statement);
}

static bool
is_about_nobody(const struct statement *statement)
{
    return statement->has_principal &&
           (statement->principals_negated ? names_anyone(statement)
                                          : statement->principal_count == 0);
}

/* Whom the inner list names, the outer one names too. An account means more in a statement that refuses
 * than in one that grants (see principal_matches), and an Allow is never held around a Deny here. */
static bool
lists_contained(struct comparison_run *run, const struct statement *outer,
                const struct statement *inner)
{
    for (size_t k = 0; k < inner->principal_count; k++) {
        const struct principal_pattern *of = &inner->principals[k];
        size_t i = 0;
        for (; i < outer->principal_count && spend(run); i++) {
            const struct principal_pattern *by = &outer->principals[i];
            if (by->kind == PRINCIPAL_ANYONE ||
                (by->kind == of->kind && slice_eq(by->text, of->text)))
                break;
        }
        if (i == outer->principal_count || run->steps == 0)
            return false;
    }
    return true;
}

static bool
principals_cover(struct comparison_run *run, const struct statement *outer,
                 const struct statement *inner)
{
    if (is_about_everybody(outer) || is_about_nobody(inner))
        return true;
    if (is_about_everybody(inner) || outer->principals_negated != inner->principals_negated)
        return false;
    return outer->principals_negated ? lists_contained(run, inner, outer)
                                     : lists_contained(run, outer, inner);
}

/* Two different users, or two different accounts. */
static bool
principals_miss(struct comparison_run *run, const struct statement *a, const struct statement *b)
{
    if (is_about_nobody(a) || is_about_nobody(b))
        return true;
    if (is_about_everybody(a) || is_about_everybody(b) || a->principals_negated ||
        b->principals_negated)
        return false;
    for (size_t i = 0; i < a->principal_count; i++)
        for (size_t k = 0; k < b->principal_count; k++)
            if (!spend(run) || a->principals[i].kind != b->principals[k].kind ||
                slice_eq(a->principals[i].text, b->principals[k].text))
                return false;
    return true;
}

/* ---- statements ---- */

/* Actions and resources of an Allow, or a piece of them, under its conditions. */
struct access {
    const struct statement *allow;
    struct portion actions, resources;
};

/* The statement holds wherever the access is had. */
static bool
holds_for(struct comparison_run *run, const struct statement *statement,
          const struct access *access)
{
    return covers(run, actions_of(statement), access->actions) &&
           covers(run, resources_of(statement), access->resources) &&
           conditions_imply(run, access->allow, access->allow, statement) &&
           principals_cover(run, statement, access->allow);
}

static bool
some_holds(struct comparison_run *run, const struct policy *policy, enum effect effect,
           const struct access *access)
{
    for (size_t i = 0; i < policy->statement_count; i++)
        if (policy->statements[i].effect == effect &&
            holds_for(run, &policy->statements[i], access))
            return true;
    return false;
}

/* What a Deny takes of the access, another one takes too. */
static bool
replaces(struct comparison_run *run, const struct statement *other, const struct statement *deny,
         const struct access *access)
{
    return (covers(run, actions_of(other), access->actions) ||
            covers(run, actions_of(other), actions_of(deny))) &&
           (covers(run, resources_of(other), access->resources) ||
            covers(run, resources_of(other), resources_of(deny))) &&
           conditions_imply(run, access->allow, deny, other) &&
           (principals_cover(run, other, access->allow) || principals_cover(run, other, deny));
}

static bool
is_replaced(struct comparison_run *run, const struct policy *changed, const struct statement *deny,
            const struct access *access)
{
    for (size_t i = 0; i < changed->statement_count; i++)
        if (changed->statements[i].effect == EFFECT_DENY &&
            replaces(run, &changed->statements[i], deny, access))
            return true;
    return false;
}

/* A Deny that takes something of the access and is not in the changed policy. */
static bool
find_missing_deny(struct comparison_run *run, const struct policy *changed,
                  const struct policy *existing, const struct access *access, size_t *which)
{
    for (size_t i = 0; i < existing->statement_count; i++) {
        const struct statement *deny = &existing->statements[i];
        if (deny->effect != EFFECT_DENY || misses(run, actions_of(deny), access->actions) ||
            misses(run, resources_of(deny), access->resources) ||
            principals_miss(run, deny, access->allow) || is_replaced(run, changed, deny, access))
            continue;
        *which = i;
        return true;
    }
    return false;
}

static void
add_reason(struct comparison_run *run, size_t policy, size_t statement, size_t missing_deny)
{
    struct compare_reasons *reasons = run->reasons;
    reasons->list =
        arena_grow(run->arena, reasons->list, sizeof *reasons->list, reasons->count, &run->cap);
    reasons->list[reasons->count++] = (struct compare_reason){policy, statement, missing_deny};
}

static struct comparison_run
begin(struct arena *arena, struct compare_reasons *reasons)
{
    *reasons = (struct compare_reasons){0};
    return (struct comparison_run){
        .arena = arena, .scratch = arena_new(), .steps = STEPS_MAX, .reasons = reasons};
}

/* ---- nothing new ---- */

static bool
is_new(struct comparison_run *run, const struct policy *changed, const struct policy *existing,
       const struct access *access, size_t *missing_deny)
{
    *missing_deny = EVALUATE_NO_STATEMENT;
    if (is_about_nobody(access->allow) || some_holds(run, changed, EFFECT_DENY, access))
        return false;
    return !some_holds(run, existing, EFFECT_ALLOW, access) ||
           find_missing_deny(run, changed, existing, access, missing_deny);
}

/* Piece by piece: several statements may allow together what one does. */
static bool
compare_statement(struct comparison_run *run, const struct policy *changed,
                  const struct policy *existing, const struct statement *allow,
                  size_t *missing_deny)
{
    struct portion actions = actions_of(allow), resources = resources_of(allow);
    for (size_t i = 0; i < pieces_of(&actions); i++)
        for (size_t k = 0; k < pieces_of(&resources); k++) {
            const struct access access = {allow, piece_of(actions, i), piece_of(resources, k)};
            *missing_deny = EVALUATE_NO_STATEMENT;
            if (!spend(run) || is_new(run, changed, existing, &access, missing_deny))
                return false;
        }
    return true;
}

/* The condition with the most values of which any one will do; the statement is as many, with one
 * value each. */
static bool
find_alternatives(const struct statement *statement, size_t *which)
{
    size_t most = 1;
    for (size_t i = 0; i < statement->clause_count; i++) {
        const struct clause *clause = &statement->clauses[i];
        if (clause->negated || clause->quantifier == QUANTIFIER_ALL ||
            clause->operand_count <= most)
            continue;
        most = clause->operand_count;
        *which = i;
    }
    return most > 1;
}

static bool
compare_alternatives(struct comparison_run *run, const struct policy *changed,
                     const struct policy *existing, const struct statement *allow, size_t which,
                     size_t *missing_deny)
{
    struct clause *clauses = ARENA_ARRAY(run->arena, struct clause, allow->clause_count);
    struct statement one = *allow;
    memcpy(clauses, allow->clauses, allow->clause_count * sizeof *clauses);
    clauses[which].operand_count = 1;
    one.clauses = clauses;
    for (size_t i = 0; i < allow->clauses[which].operand_count; i++) {
        clauses[which].operands = &allow->clauses[which].operands[i];
        if (!compare_statement(run, changed, existing, &one, missing_deny))
            return false;
    }
    return true;
}

static void
compare_allow(struct comparison_run *run, const struct policy *changed,
              const struct policy *existing, size_t index)
{
    const struct statement *allow = &changed->statements[index];
    const struct access whole = {allow, actions_of(allow), resources_of(allow)};
    size_t which, missing_deny;
    if (!is_new(run, changed, existing, &whole, &missing_deny))
        return;
    bool holds = find_alternatives(allow, &which)
                     ? compare_alternatives(run, changed, existing, allow, which, &missing_deny)
                     : compare_statement(run, changed, existing, allow, &missing_deny);
    if (!holds)
        add_reason(run, 0, index, missing_deny);
}

bool
policy_compare_no_new(struct arena *arena, const struct policy *changed,
                      const struct policy *existing, struct compare_reasons *reasons)
{
    struct comparison_run run = begin(arena, reasons);
    for (size_t i = 0; i < changed->statement_count; i++)
        if (changed->statements[i].effect == EFFECT_ALLOW)
            compare_allow(&run, changed, existing, i);
    arena_free(run.scratch);
    return reasons->count == 0;
}

/* ---- not granted ---- */

/* A Deny takes all that is asked about, or all that is allowed. */
static bool
is_denied(struct comparison_run *run, const struct policy_entry *policies, size_t count,
          const struct statement *allow, const struct access *asked)
{
    const struct access wanted = {allow, asked->actions, asked->resources};
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < policies[i].policy->statement_count; k++) {
            const struct statement *deny = &policies[i].policy->statements[k];
            if (deny->effect == EFFECT_DENY && replaces(run, deny, allow, &wanted))
                return true;
        }
    return false;
}

static bool
may_allow(struct comparison_run *run, const struct statement *statement, const struct access *asked)
{
    return statement->effect == EFFECT_ALLOW && !is_about_nobody(statement) &&
           !misses(run, actions_of(statement), asked->actions) &&
           !misses(run, resources_of(statement), asked->resources);
}

static bool
boundaries_may_allow(struct comparison_run *run, const struct policy_entry *policies, size_t count,
                     const struct access *asked)
{
    for (size_t i = 0; i < count; i++) {
        size_t k = 0;
        const struct policy *policy = policies[i].policy;
        if (policies[i].source != POLICY_BOUNDARY)
            continue;
        while (k < policy->statement_count && !may_allow(run, &policy->statements[k], asked))
            k++;
        if (k == policy->statement_count)
            return false;
    }
    return true;
}

/* One piece of what is asked about at a time: a Deny may take each of them. */
static bool
is_granted(struct comparison_run *run, const struct policy_entry *policies, size_t count,
           const struct statement *listed, const struct statement *allow)
{
    struct portion actions = actions_of(listed), resources = resources_of(listed);
    for (size_t i = 0; i < pieces_of(&actions); i++)
        for (size_t k = 0; k < pieces_of(&resources); k++) {
            const struct access asked = {listed, piece_of(actions, i), piece_of(resources, k)};
            if (!spend(run) ||
                (may_allow(run, allow, &asked) && !is_denied(run, policies, count, allow, &asked) &&
                 boundaries_may_allow(run, policies, count, &asked)))
                return true;
        }
    return false;
}

/* At most `max` of them. */
static void
find_granting(struct comparison_run *run, const struct policy_entry *policies, size_t count,
              const struct statement *listed, size_t max)
{
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < policies[i].policy->statement_count; k++) {
            if (run->reasons->count == max)
                return;
            const struct statement *allow = &policies[i].policy->statements[k];
            if (policies[i].source != POLICY_BOUNDARY && allow->effect == EFFECT_ALLOW &&
                is_granted(run, policies, count, listed, allow))
                add_reason(run, i, k, EVALUATE_NO_STATEMENT);
        }
}

bool
policy_compare_not_granted(struct arena *arena, const struct policy_entry *policies, size_t count,
                           const struct policy *listed, struct compare_reasons *reasons)
{
    struct comparison_run run = begin(arena, reasons);
    find_granting(&run, policies, count, listed->statements, SIZE_MAX);
    arena_free(run.scratch);
    return reasons->count == 0;
}

void
policy_compare_granted(struct arena *arena, const struct policy_entry *policies, size_t count,
                       const struct slice *actions, size_t action_count, bool *granted)
{
    static const struct resource_pattern everything;
    struct compare_reasons reasons;
    struct comparison_run run = begin(arena, &reasons);
    for (size_t i = 0; i < action_count; i++) {
        const struct pattern action = {.kind = PATTERN_LITERAL,
                                       .text = arena_lower(arena, actions[i])};
        const struct statement listed = {.effect = EFFECT_ALLOW,
                                         .actions = &action,
                                         .action_count = 1,
                                         .resources = &everything,
                                         .resource_count = 1};
        reasons.count = 0;
        find_granting(&run, policies, count, &listed, 1);
        granted[i] = reasons.count > 0;
    }
    arena_free(run.scratch);
}
