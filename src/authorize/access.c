/*
 * A statement, in one region and for one action, is reduced to what it says of the address: its
 * other conditions hold, fail, or are open, since they depend on what only a request tells. Allows
 * become sets of addresses, boundaries cut them, denies are taken away.
 *
 * Open conditions are taken for independent of each other, and of the address: what they could let
 * through is in the grants.
 */
#include "access.h"

#include "base/json.h"
#include "base/map.h"
#include "condition.h"
#include "principal.h"
#include "statement.h"

#include <assert.h>
#include <inttypes.h>

const char *const access_actions[ACCESS_ACTIONS] = {
    "ses:SendRawEmail",           "ses:SendEmail",     "ses:SendTemplatedEmail",
    "ses:SendBulkTemplatedEmail", "ses:SendBulkEmail", "ses:SendCustomVerificationEmail",
};

enum { GRANTS_MAX = 10000 };

/* ---- what is known of a condition key before there is a request (gate.c: prepare) ---- */

enum key_kind {
    KEY_CONSTANT,
    KEY_ADDRESS,
    KEY_CLOCK,
    KEY_OPEN,           /* always there, with one value */
    KEY_OPEN_LIST,      /* always there; no policy variable */
    KEY_OPEN_OR_ABSENT, /* some requests have it */
    KEY_ABSENT
};

static enum key_kind
kind_of(const struct key_name *key)
{
    static const struct {
        const char *lower;
        enum key_kind kind;
    } kinds[] = {
        {"ses:fromaddress", KEY_ADDRESS},       {"ses:fromdisplayname", KEY_OPEN_OR_ABSENT},
        {"ses:feedbackaddress", KEY_OPEN},      {"ses:apiversion", KEY_OPEN},
        {"ses:recipients", KEY_OPEN_LIST},      {"aws:sourceip", KEY_OPEN},
        {"aws:useragent", KEY_OPEN_OR_ABSENT},  {"aws:securetransport", KEY_OPEN},
        {"aws:currenttime", KEY_CLOCK},         {"aws:epochtime", KEY_CLOCK},
        {"aws:viaawsservice", KEY_CONSTANT},    {"aws:username", KEY_CONSTANT},
        {"aws:userid", KEY_CONSTANT},           {"aws:principalarn", KEY_CONSTANT},
        {"aws:principalaccount", KEY_CONSTANT}, {"aws:principaltype", KEY_CONSTANT},
        {"aws:requestedregion", KEY_CONSTANT},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (slice_is(key->lower, kinds[i].lower))
            return kinds[i].kind;
    return KEY_ABSENT;
}

/* ---- a scope: one principal, one action, one resource ---- */

enum { SCOPE_KEYS_MAX = 16 };

struct scope {
    struct arena *arena;
    const struct access_account *account;
    const struct access_principal *principal;
    struct condition_value keys[SCOPE_KEYS_MAX];
    struct slice values[SCOPE_KEYS_MAX];
    struct evaluate_request request;
    struct context context;
    bool *coarse;
};

static void
scope_key(struct scope *scope, const char *key, struct slice value)
{
    size_t i = scope->request.key_count++;
    assert(i < SCOPE_KEYS_MAX);
    scope->values[i] = value;
    scope->keys[i] =
        (struct condition_value){.key = slice_of(key), .values = &scope->values[i], .count = 1};
}

/* What is open has a value here too, so that a Null condition sees the key; nothing else is asked of
 * these. No number, date, network or ARN can be read in it. */
static void
scope_open(struct scope *scope)
{
    static const char *const open[] = {"ses:FromAddress", "ses:FeedbackAddress",
                                       "ses:ApiVersion",  "ses:Recipients",
                                       "aws:SourceIp",    "aws:SecureTransport"};
    for (size_t i = 0; i < sizeof open / sizeof open[0]; i++)
        scope_key(scope, open[i], SLICE("@"));
}

static void
scope_init(struct scope *scope, struct arena *arena, const struct access_account *account,
           const struct access_principal *principal, const char *action, struct slice resource,
           bool *coarse)
{
    *scope = (struct scope){
        .arena = arena, .account = account, .principal = principal, .coarse = coarse};
    scope->request = (struct evaluate_request){.principal_arn = principal->arn,
                                               .principal_account = account->account,
                                               .action = slice_of(action),
                                               .resource = resource,
                                               .keys = scope->keys,
                                               .now_ms = account->now_ms};
    scope_key(scope, "aws:username", principal->name);
    scope_key(scope, "aws:userid", principal->id);
    scope_key(scope, "aws:PrincipalArn", principal->arn);
    scope_key(scope, "aws:PrincipalAccount", account->account);
    scope_key(scope, "aws:PrincipalType", SLICE("User"));
    scope_key(scope, "aws:RequestedRegion", account->region);
    scope_key(scope, "aws:ViaAWSService", SLICE("false"));
    scope_open(scope);
    context_init(&scope->context, arena, &scope->request);
}

/* ---- one clause ---- */

/* Are its variables those that every request of the principal has alike? One that is absent has a
 * default, or the statement would be dead. */
static bool
is_constant(const struct pattern *pattern)
{
    for (size_t i = 0; i < pattern->piece_count; i++)
        if (pattern->pieces[i].kind == PIECE_VARIABLE) {
            enum key_kind kind = kind_of(&pattern->pieces[i].key);
            if (kind != KEY_CONSTANT && kind != KEY_ABSENT)
                return false;
        }
    return true;
}

static bool
operands_are_constant(const struct clause *clause)
{
    for (size_t i = 0; i < clause->operand_count; i++) {
        const struct operand *operand = &clause->operands[i];
        if (clause->type == OPERAND_STRING && !is_constant(&operand->text))
            return false;
        for (int part = 0; clause->type == OPERAND_ARN && operand->arn_parts && part < ARN_PARTS;
             part++)
            if (!is_constant(&operand->arn_parts[part]))
                return false;
    }
    return true;
}

enum truth { FAILS, HOLDS, OPEN, SPEAKS_OF_ADDRESS };

/* Time only goes on: a "before" that has failed never holds again, an "after" that holds goes on to. */
static enum truth
read_clock(struct scope *scope, const struct clause *clause)
{
    bool holds = condition_holds(&scope->context, clause);
    switch (clause->comparison) {
    case COMPARE_LESS:
    case COMPARE_LESS_OR_EQUAL: return holds ? OPEN : FAILS;
    case COMPARE_GREATER:
    case COMPARE_GREATER_OR_EQUAL: return holds ? HOLDS : OPEN;
    default: return clause->type == OPERAND_NULL ? (holds ? HOLDS : FAILS) : OPEN;
    }
}

static enum truth
read_clause(struct scope *scope, const struct clause *clause)
{
    enum key_kind kind = kind_of(&clause->key);
    if (kind == KEY_OPEN_OR_ABSENT)
        return OPEN;
    if (!operands_are_constant(clause))
        return kind == KEY_ABSENT ? (condition_holds(&scope->context, clause) ? HOLDS : FAILS)
                                  : OPEN;
    if (kind == KEY_CLOCK)
        return read_clock(scope, clause);
    if (kind == KEY_ADDRESS && clause->type == OPERAND_STRING)
        return SPEAKS_OF_ADDRESS;
    if ((kind == KEY_OPEN || kind == KEY_OPEN_LIST) && clause->type != OPERAND_NULL)
        return OPEN;
    return condition_holds(&scope->context, clause) ? HOLDS : FAILS;
}

/* True for want of the key, which requests need not have. */
static bool
is_vacuous(const struct clause *clause)
{
    enum key_kind kind = kind_of(&clause->key);
    return clause->quantifier == QUANTIFIER_ALL &&
           (kind == KEY_ABSENT || kind == KEY_OPEN_OR_ABSENT);
}

/* ---- one statement ---- */

struct reduced {
    const struct policy_entry *entry;
    size_t index;
    const struct statement *statement;
    const struct clause **about; /* the address */
    size_t about_count;
    struct access_clause *open, *vacuous;
    size_t open_count, vacuous_count;
};

static struct access_clause
clause_at(const struct reduced *reduced, size_t clause)
{
    return (struct access_clause){reduced->entry, reduced->index, clause};
}

/* Variables that have neither value nor default make a statement match nothing. */
static enum truth
read_variables(const struct statement *statement)
{
    enum truth truth = HOLDS;
    for (size_t i = 0; i < statement->required_count; i++)
        switch (kind_of(&statement->required[i])) {
        case KEY_OPEN_LIST:
        case KEY_ABSENT: return FAILS;
        case KEY_OPEN_OR_ABSENT: truth = OPEN; break;
        default: break;
        }
    return truth;
}

static enum truth
read_resource(struct scope *scope, const struct statement *statement)
{
    for (size_t i = 0; i < statement->resource_count; i++)
        if (statement->resources[i].parts &&
            !is_constant(&statement->resources[i].parts[ARN_RESOURCE]))
            return OPEN;
    return statement_has_resource(&scope->context, statement) ? HOLDS : FAILS;
}

/* False: it cannot match here. */
static bool
reduce(struct scope *scope, const struct policy_entry *entry, size_t index, struct reduced *out)
{
    const struct statement *statement = &entry->policy->statements[index];
    enum truth variables = read_variables(statement), resource;
    *out = (struct reduced){.entry = entry, .index = index, .statement = statement};
    if (variables == FAILS || !statement_has_action(&scope->context, statement) ||
        !principal_matches(statement, &scope->request) ||
        (resource = read_resource(scope, statement)) == FAILS)
        return false;
    out->about = ARENA_ARRAY(scope->arena, const struct clause *, statement->clause_count);
    out->open = ARENA_ARRAY(scope->arena, struct access_clause, statement->clause_count + 1);
    out->vacuous = ARENA_ARRAY(scope->arena, struct access_clause, statement->clause_count);
    if (variables == OPEN || resource == OPEN)
        out->open[out->open_count++] = clause_at(out, ACCESS_WHOLE);
    for (size_t i = 0; i < statement->clause_count; i++) {
        const struct clause *clause = &statement->clauses[i];
        if (is_vacuous(clause))
            out->vacuous[out->vacuous_count++] = clause_at(out, i);
        switch (read_clause(scope, clause)) {
        case FAILS: return false;
        case HOLDS: break;
        case OPEN: out->open[out->open_count++] = clause_at(out, i); break;
        case SPEAKS_OF_ADDRESS: out->about[out->about_count++] = clause; break;
        }
    }
    return true;
}

/* ---- the address in a clause ---- */

static const struct pattern *
bound(struct scope *scope, const struct pattern *pattern)
{
    struct pattern *room = ARENA_NEW(scope->arena, struct pattern);
    return pattern_bind(&scope->context, pattern, room);
}

/* As condition.c's matches_string: case where the operator ignores it, and a Deny's second try. */
static const struct address_pattern *
pattern_of(struct scope *scope, const struct clause *clause, const struct operand *operand)
{
    struct address_pattern *made = ARENA_NEW(scope->arena, struct address_pattern);
    const struct pattern *text = bound(scope, &operand->text);
    made->shown = text->kind == PATTERN_ANY ? SLICE("*") : text->text;
    if (clause->comparison == COMPARE_IGNORE_CASE) {
        struct pattern *lowered = ARENA_NEW(scope->arena, struct pattern);
        *lowered = *text;
        lowered->text = arena_lower(scope->arena, text->text);
        made->faces[made->count++] = (struct address_face){ADDRESS_LOWERED, lowered};
    } else {
        made->faces[made->count++] = (struct address_face){ADDRESS_AS_GIVEN, text};
    }
    if (!clause->folds)
        return made;
    const struct pattern *folded = operand->folded;
    if (!folded) {
        struct pattern *now = ARENA_NEW(scope->arena, struct pattern);
        *now = pattern_fold(scope->arena, text, 0);
        folded = now;
    }
    made->faces[made->count++] = (struct address_face){ADDRESS_FOLDED, folded};
    if (folded->kind == PATTERN_WILDCARD)
        made->faces[made->count++] = (struct address_face){ADDRESS_LOWERED, folded};
    return made;
}

/* ---- lists of grants ---- */

static void
add_grant(struct scope *scope, struct access_grants *list, struct access_grant grant)
{
    struct slice literal = address_set_literal(&grant.addresses);
    if (literal.len && !address_set_contains(scope->arena, &grant.addresses, literal))
        return; /* empty, and cheaply seen to be */
    list->list = arena_grow(scope->arena, list->list, sizeof *list->list, list->count, &list->cap);
    list->list[list->count++] = grant;
}

static struct access_clause *
joined(struct arena *arena, const struct access_clause *list, size_t count,
       const struct access_clause *more, size_t more_count)
{
    struct access_clause *all = ARENA_ARRAY(arena, struct access_clause, count + more_count);
    if (count)
        memcpy(all, list, count * sizeof *all);
    if (more_count)
        memcpy(all + count, more, more_count * sizeof *all);
    return all;
}

static void
depend_on(struct scope *scope, struct access_grant *grant, const struct access_clause *clauses,
          size_t count)
{
    grant->only_if = joined(scope->arena, grant->only_if, grant->only_if_count, clauses, count);
    grant->only_if_count += count;
}

/* The grant where the clause holds: it has a part for each value that the address may match. */
static void
split_by(struct scope *scope, const struct access_grant *grant, const struct clause *clause,
         bool holds, struct access_grants *out)
{
    bool positive = clause->negated != holds;
    struct access_grant part = *grant;
    for (size_t i = 0; i < clause->operand_count; i++) {
        const struct address_pattern *pattern = pattern_of(scope, clause, &clause->operands[i]);
        if (positive) {
            part.addresses = address_set_with(scope->arena, &grant->addresses, pattern, NULL);
            add_grant(scope, out, part);
        } else {
            part.addresses = address_set_with(scope->arena, &part.addresses, NULL, pattern);
        }
    }
    if (!positive)
        add_grant(scope, out, part);
}

/* What of the grants an Allow lets through. */
static struct access_grants
cut(struct scope *scope, struct access_grants grants, const struct reduced *reduced)
{
    for (size_t i = 0; i < reduced->about_count; i++) {
        struct access_grants parts = {0};
        if (grants.count * reduced->about[i]->operand_count > GRANTS_MAX) {
            *scope->coarse = true; /* left out, and so wider */
            continue;
        }
        for (size_t k = 0; k < grants.count; k++)
            split_by(scope, &grants.list[k], reduced->about[i], true, &parts);
        grants = parts;
    }
    for (size_t k = 0; k < grants.count; k++) {
        struct access_grant *grant = &grants.list[k];
        depend_on(scope, grant, reduced->open, reduced->open_count);
        grant->vacuous = joined(scope->arena, grant->vacuous, grant->vacuous_count,
                                reduced->vacuous, reduced->vacuous_count);
        grant->vacuous_count += reduced->vacuous_count;
    }
    return grants;
}

static void
add_all(struct scope *scope, struct access_grants *to, const struct access_grants *from)
{
    for (size_t i = 0; i < from->count; i++)
        add_grant(scope, to, from->list[i]);
}

/* What a Deny with nothing open leaves: where one of its conditions on the address fails. */
static struct access_grants
without(struct scope *scope, const struct access_grants *grants, const struct reduced *deny)
{
    struct access_grants left = {0};
    for (size_t k = 0; k < grants->count; k++)
        for (size_t i = 0; i < deny->about_count; i++)
            split_by(scope, &grants->list[k], deny->about[i], false, &left);
    return left;
}

static bool
is_empty(struct arena *arena, const struct address_set *set)
{
    struct address_study study;
    address_set_study(arena, set, 0, &study);
    return study.empty;
}

/* Does the Deny speak of any of these addresses at all? */
static bool
touches(struct scope *scope, const struct access_grant *grant, const struct reduced *deny)
{
    struct access_grants common = {0};
    struct reduced addresses = *deny;
    addresses.open_count = addresses.vacuous_count = 0;
    add_grant(scope, &common, *grant);
    common = cut(scope, common, &addresses);
    for (size_t i = 0; i < common.count; i++) {
        if (!is_empty(scope->arena, &common.list[i].addresses))
            return true;
    }
    return false;
}

static size_t
operands_of(const struct reduced *reduced)
{
    size_t count = 0;
    for (size_t i = 0; i < reduced->about_count; i++)
        count += reduced->about[i]->negated ? reduced->about[i]->operand_count : 1;
    return count;
}

static struct access_grants
refuse(struct scope *scope, struct access_grants grants, const struct reduced *deny)
{
    bool too_many = grants.count * operands_of(deny) > GRANTS_MAX;
    if (deny->open_count == 0 && !too_many)
        return without(scope, &grants, deny);
    if (too_many)
        *scope->coarse = true;
    struct access_clause whole = clause_at(deny, ACCESS_WHOLE);
    for (size_t i = 0; i < grants.count; i++) {
        struct access_grant *grant = &grants.list[i];
        if (!touches(scope, grant, deny))
            continue;
        grant->unless = joined(scope->arena, grant->unless, grant->unless_count, &whole, 1);
        grant->unless_count++;
    }
    return grants;
}

/* ---- policies in a scope ---- */

struct policies {
    const struct policy_entry *entries;
    size_t count;
};

static struct access_grants
refuse_by(struct scope *scope, struct access_grants grants, const struct policies *policies)
{
    struct reduced deny;
    for (size_t i = 0; i < policies->count; i++)
        for (size_t k = 0; k < policies->entries[i].policy->statement_count; k++)
            if (policies->entries[i].policy->statements[k].effect == EFFECT_DENY &&
                reduce(scope, &policies->entries[i], k, &deny))
                grants = refuse(scope, grants, &deny);
    return grants;
}

/* Each boundary must allow as well; any of its statements may. */
static struct access_grants
limit_by(struct scope *scope, struct access_grants grants, const struct policies *policies)
{
    struct reduced allow;
    for (size_t i = 0; i < policies->count; i++) {
        struct access_grants within = {0};
        if (policies->entries[i].source != POLICY_BOUNDARY)
            continue;
        for (size_t k = 0; k < policies->entries[i].policy->statement_count; k++) {
            if (policies->entries[i].policy->statements[k].effect != EFFECT_ALLOW ||
                !reduce(scope, &policies->entries[i], k, &allow))
                continue;
            struct access_grants copy = {0}, through;
            add_all(scope, &copy, &grants);
            through = cut(scope, copy, &allow);
            add_all(scope, &within, &through);
        }
        grants = within;
    }
    return grants;
}

/* What `start` may be used for under these policies (evaluate.c: evaluate_policies). */
static struct access_grants
allowed_by(struct scope *scope, const struct access_grant *start, const struct policies *policies)
{
    struct access_grants all = {0};
    struct reduced allow;
    for (size_t i = 0; i < policies->count; i++) {
        const struct policy_entry *entry = &policies->entries[i];
        for (size_t k = 0; entry->source != POLICY_BOUNDARY && k < entry->policy->statement_count;
             k++) {
            const struct statement *statement = &entry->policy->statements[k];
            if (statement->effect != EFFECT_ALLOW || !reduce(scope, entry, k, &allow))
                continue;
            struct access_grants one = {0};
            add_grant(scope, &one, *start);
            for (size_t g = 0; g < one.count; g++)
                one.list[g].allow = clause_at(&allow, ACCESS_WHOLE);
            one = cut(scope, one, &allow);
            if (!principal_is_named(statement, scope->principal->arn))
                one = limit_by(scope, one, policies);
            add_all(scope, &all, &one);
        }
    }
    return refuse_by(scope, all, policies);
}

/* ---- regions ---- */

/* Where one identity is the most specific one, and what holds for all of it whoever asks. */
struct access_region {
    const struct access_identity *identity;
    const struct identity_fact **above; /* that enclose it and have policies */
    size_t above_count;
    struct slice configuration_set; /* the default one; empty: none */
    struct access_grants starts; /* in parts, if some of it is suspended; none: nobody may send */
};

static struct slice
domain_of(const struct identity_fact *fact)
{
    return fact->domain ? fact->name : slice_from(fact->name, slice_rchr(fact->name, '@') + 1);
}

static bool
covers_domain(const struct identity_fact *outer, struct slice domain)
{
    if (slice_eq(outer->name, domain))
        return true;
    return !outer->only_itself && domain.len > outer->name.len + 1 &&
           slice_ends(domain, outer->name) && domain.ptr[domain.len - outer->name.len - 1] == '.';
}

/* Is `inner` the address `outer` with a label? */
static bool
is_labelled(const struct identity_fact *outer, const struct identity_fact *inner)
{
    size_t at = slice_rchr(outer->name, '@'), inner_at = slice_rchr(inner->name, '@');
    struct slice local = slice_head(inner->name, inner_at);
    return at < inner_at && slice_eq(domain_of(outer), domain_of(inner)) &&
           slice_starts(local, slice_head(outer->name, at)) && local.ptr[at] == '+' &&
           local.ptr[0] != '"' &&
           slice_chr(slice_from(slice_head(outer->name, at), 1), '+') == SLICE_NONE;
}

/* Does `outer` speak for all that `inner` is the most specific identity of? */
static bool
encloses(const struct identity_fact *outer, const struct identity_fact *inner)
{
    if (outer == inner)
        return true;
    if (outer->domain)
        return covers_domain(outer, domain_of(inner));
    return !inner->domain && is_labelled(outer, inner);
}

/* All addresses whose most specific identity this is: an identity inside takes its part. */
static struct address_set
addresses_of(struct arena *arena, const struct access_account *account,
             const struct identity_fact *identity)
{
    struct address_set set = {
        .must = ARENA_ARRAY(arena, const struct address_pattern *, 1),
        .never = ARENA_ARRAY(arena, const struct address_pattern *, account->identity_count)};
    set.must[set.must_count++] =
        address_pattern_identity(arena, identity->name, identity->only_itself);
    for (size_t i = 0; i < account->identity_count; i++) {
        const struct identity_fact *other = &account->identities[i].fact;
        if (other != identity && encloses(identity, other))
            set.never[set.never_count++] =
                address_pattern_identity(arena, other->name, other->only_itself);
    }
    return set;
}

/* Settings come from the most specific verified identity (facts.c: settings_identity). */
static bool
is_closer(const struct identity_fact *one, const struct identity_fact *other)
{
    return (!one->domain && other->domain) ||
           (one->domain == other->domain && one->name.len > other->name.len);
}

/* What a suspension in force stops has no grant, or one from its end on. */
static void
suspend(struct arena *arena, const struct suspension_fact *suspension, struct access_grants *starts)
{
    const struct address_pattern *stopped = address_pattern_suspension(arena, suspension->name);
    for (size_t i = 0, count = starts->count; i < count; i++) {
        struct access_grant later = starts->list[i];
        later.addresses = address_set_with(arena, &later.addresses, stopped, NULL);
        if (is_empty(arena, &later.addresses))
            continue;
        starts->list[i].addresses =
            address_set_with(arena, &starts->list[i].addresses, NULL, stopped);
        if (later.not_before_ms < suspension->until_ms)
            later.not_before_ms = suspension->until_ms;
        if (suspension->until_ms == INT64_MAX)
            continue;
        starts->list =
            arena_grow(arena, starts->list, sizeof *starts->list, starts->count, &starts->cap);
        starts->list[starts->count++] = later;
    }
}

static void
start_region(struct arena *arena, const struct access_account *account,
             struct access_region *region)
{
    struct access_grants *starts = &region->starts;
    starts->list = arena_grow(arena, NULL, sizeof *starts->list, 0, &starts->cap);
    starts->list[starts->count++] =
        (struct access_grant){.identity = region->identity,
                              .addresses = addresses_of(arena, account, &region->identity->fact)};
    for (size_t i = 0; i < account->suspension_count; i++)
        if (account->now_ms < account->suspensions[i].until_ms)
            suspend(arena, &account->suspensions[i], starts);
}

static void
prepare_region(struct arena *arena, const struct access_account *account,
               struct access_region *region)
{
    const struct access_identity *closest = NULL;
    region->above = ARENA_ARRAY(arena, const struct identity_fact *, account->identity_count);
    for (size_t i = 0; i < account->identity_count; i++) {
        const struct access_identity *outer = &account->identities[i];
        if (!encloses(&outer->fact, &region->identity->fact))
            continue;
        if (outer != region->identity && outer->fact.policy_count > 0)
            region->above[region->above_count++] = &outer->fact;
        if (outer->fact.verified && (!closest || is_closer(&outer->fact, &closest->fact)))
            closest = outer;
    }
    if (!closest)
        return; /* not verified */
    region->configuration_set = closest->configuration_set;
    start_region(arena, account, region);
}

void
access_prepare(struct arena *arena, struct access_account *account)
{
    struct access_region *regions =
        ARENA_ARRAY(arena, struct access_region, account->identity_count);
    for (size_t i = 0; i < account->identity_count; i++) {
        regions[i] = (struct access_region){.identity = &account->identities[i]};
        prepare_region(arena, account, &regions[i]);
    }
    account->regions = regions;
}

/* ---- one region, one action ---- */

static struct slice
resource_of(struct arena *arena, const struct access_account *account, const char *type,
            struct slice name)
{
    return arena_printf(arena, "arn:aws:ses:%.*s:%.*s:%s/%.*s", SLICE_ARG(account->region),
                        SLICE_ARG(account->account), type, SLICE_ARG(name));
}

struct analysis {
    struct arena *arena;
    const struct access_account *account;
    const struct access_principal *principal;
    struct access_grants *out;
    struct map *known; /* grants by what they say; values are indices and one */
};

static struct policies
with_policies_of(struct arena *arena, const struct access_principal *principal,
                 const struct identity_fact *identity)
{
    size_t count = principal->policy_count + identity->policy_count;
    struct policy_entry *all = ARENA_ARRAY(arena, struct policy_entry, count);
    if (principal->policy_count)
        memcpy(all, principal->policies, principal->policy_count * sizeof *all);
    if (identity->policy_count)
        memcpy(all + principal->policy_count, identity->policies,
               identity->policy_count * sizeof *all);
    return (struct policies){all, count};
}

static void
scope_for(const struct analysis *analysis, struct scope *scope, const char *action,
          struct slice resource)
{
    scope_init(scope, analysis->arena, analysis->account, analysis->principal, action, resource,
               &analysis->out->coarse);
}

/* Denies count from the policies of every enclosing identity. */
static struct access_grants
refuse_above(const struct analysis *analysis, struct access_grants grants,
             const struct access_region *region, const char *action)
{
    for (size_t i = 0; i < region->above_count; i++) {
        struct policies policies = {region->above[i]->policies, region->above[i]->policy_count};
        struct scope scope;
        scope_for(
            analysis, &scope, action,
            resource_of(analysis->arena, analysis->account, "identity", region->above[i]->name));
        grants = refuse_by(&scope, grants, &policies);
    }
    return grants;
}

/* A configuration set that is used must be allowed too. Where there is a default one the client can
 * name another, but not none. */
static struct access_grants
limit_by_sets(const struct analysis *analysis, const struct access_grants *grants,
              const char *action)
{
    struct policies policies = {analysis->principal->policies, analysis->principal->policy_count};
    struct access_grants all = {0};
    for (size_t i = 0; i < analysis->account->configuration_set_count; i++) {
        struct scope scope;
        scope_for(analysis, &scope, action,
                  resource_of(analysis->arena, analysis->account, "configuration-set",
                              analysis->account->configuration_sets[i]));
        for (size_t k = 0; k < grants->count; k++) {
            struct access_grants some = allowed_by(&scope, &grants->list[k], &policies);
            for (size_t g = 0; g < some.count; g++)
                some.list[g].allow = grants->list[k].allow;
            add_all(&scope, &all, &some);
        }
    }
    return all;
}

/* ---- telling grants apart ---- */

static void
key_patterns(struct buf *key, const struct address_pattern *const *patterns, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < patterns[i]->count; k++) {
            const struct address_face *face = &patterns[i]->faces[k];
            buf_printf(key, "%d%d%.*s\n", (int)face->view, (int)face->pattern->kind,
                       SLICE_ARG(face->pattern->text));
        }
    buf_add_cstr(key, "|\n");
}

static void
key_clauses(struct buf *key, const struct access_clause *clauses, size_t count)
{
    for (size_t i = 0; i < count; i++)
        buf_printf(key, "%p %zu %zu\n", (const void *)clauses[i].entry, clauses[i].statement,
                   clauses[i].clause);
    buf_add_cstr(key, "|\n");
}

static struct slice
key_of(struct arena *arena, const struct access_grant *grant)
{
    struct buf key;
    buf_init(&key, 16 << 20);
    buf_printf(&key, "%p %d %" PRId64 "\n", (const void *)grant->identity, grant->beside,
               grant->not_before_ms);
    key_patterns(&key, grant->addresses.must, grant->addresses.must_count);
    key_patterns(&key, grant->addresses.never, grant->addresses.never_count);
    key_clauses(&key, &grant->allow, 1);
    key_clauses(&key, grant->only_if, grant->only_if_count);
    key_clauses(&key, grant->unless, grant->unless_count);
    struct slice made = arena_dup(arena, buf_slice(&key));
    buf_fini(&key);
    return made;
}

static void
keep(struct analysis *analysis, const struct access_grant *grant, unsigned action)
{
    struct access_grants *out = analysis->out;
    struct slice key = key_of(analysis->arena, grant);
    size_t known = (size_t)map_get(analysis->known, key);
    if (known) {
        out->list[known - 1].actions |= action;
        return;
    }
    out->list = arena_grow(analysis->arena, out->list, sizeof *out->list, out->count, &out->cap);
    out->list[out->count] = *grant;
    out->list[out->count++].actions = action;
    (void)map_put(analysis->known, key, (void *)out->count);
}

static void
analyse_action(struct analysis *analysis, const struct access_region *region,
               const struct access_grant *start, const struct policies *policies, size_t action)
{
    const char *name = access_actions[action];
    struct scope scope;
    scope_for(
        analysis, &scope, name,
        resource_of(analysis->arena, analysis->account, "identity", region->identity->fact.name));
    struct access_grants grants = allowed_by(&scope, start, policies);
    grants = refuse_above(analysis, grants, region, name);
    bool limited = region->configuration_set.len > 0;
    struct access_grants as_from = limited ? limit_by_sets(analysis, &grants, name) : grants;
    for (size_t i = 0; i < as_from.count; i++)
        keep(analysis, &as_from.list[i], 1u << action);
    for (size_t i = 0; limited && i < grants.count; i++) {
        grants.list[i].beside = true;
        keep(analysis, &grants.list[i], 1u << action);
    }
}

/* ---- in fewer words ---- */

static void
drop(const struct address_pattern **list, size_t *count, size_t at)
{
    memmove(list + at, list + at + 1, (--*count - at) * sizeof *list);
}

static const struct address_pattern **
copied(struct arena *arena, const struct address_pattern *const *list, size_t count)
{
    const struct address_pattern **copy = ARENA_ARRAY(arena, const struct address_pattern *, count);
    if (count)
        memcpy(copy, list, count * sizeof *copy);
    return copy;
}

/* What must match anyhow, since the rest does, and what cannot match, need not be said. The region's
 * own pattern stands first and stays. */
static void
simplify(struct arena *arena, struct address_set *set)
{
    for (size_t i = set->must_count; i-- > 1;) {
        struct address_set failing = address_set_with(arena, set, NULL, set->must[i]);
        failing.must = copied(arena, set->must, set->must_count);
        drop(failing.must, &failing.must_count, i);
        if (is_empty(arena, &failing))
            drop(set->must, &set->must_count, i);
    }
    for (size_t i = set->never_count; i-- > 0;) {
        struct address_set all = {.must = set->must, .must_count = set->must_count};
        all = address_set_with(arena, &all, set->never[i], NULL);
        if (is_empty(arena, &all))
            drop(set->never, &set->never_count, i);
    }
}

/* The lists are shared between grants until they are changed. */
bool
access_grant_settle(struct arena *arena, struct access_grant *grant)
{
    struct address_set *set = &grant->addresses;
    struct slice literal = address_set_literal(set);
    if (is_empty(arena, set))
        return false;
    set->must = copied(arena, set->must, set->must_count);
    set->never = copied(arena, set->never, set->never_count);
    if (literal.len) {
        set->never_count = 0;
        return true;
    }
    simplify(arena, set);
    grant->whole = set->must_count == 1;
    return !is_empty(arena, set); /* which may have been too much to decide before */
}

/* The same addresses are granted without that. */
static bool
is_needless(struct arena *arena, const struct access_grants *grants,
            const struct access_grant *beside)
{
    for (size_t i = 0; i < grants->count; i++) {
        const struct access_grant *other = &grants->list[i];
        if (!other->beside && other->identity == beside->identity && other->only_if_count == 0 &&
            other->unless_count == 0 && other->not_before_ms == 0 &&
            (beside->actions & ~other->actions) == 0 &&
            address_set_within(arena, &beside->addresses, &other->addresses))
            return true;
    }
    return false;
}

/* ---- only where there is something to find ---- */

/* The addresses that a user's own Allows name to the letter, if none of them allows any other. */
struct focus {
    bool narrow;
    struct slice *addresses;
    size_t count, cap;
};

static bool
is_literal_clause(const struct clause *clause)
{
    if (kind_of(&clause->key) != KEY_ADDRESS || clause->type != OPERAND_STRING || clause->negated ||
        clause->comparison == COMPARE_IGNORE_CASE)
        return false;
    for (size_t i = 0; i < clause->operand_count; i++)
        if (clause->operands[i].text.kind != PATTERN_LITERAL)
            return false;
    return true;
}

/* False: the statement allows more than some addresses to the letter. */
static bool
focus_on(struct arena *arena, struct focus *focus, const struct statement *statement)
{
    for (size_t i = 0; i < statement->clause_count; i++) {
        const struct clause *clause = &statement->clauses[i];
        if (!is_literal_clause(clause))
            continue;
        for (size_t k = 0; k < clause->operand_count; k++) {
            focus->addresses = arena_grow(arena, focus->addresses, sizeof *focus->addresses,
                                          focus->count, &focus->cap);
            focus->addresses[focus->count++] = clause->operands[k].text.text;
        }
        return true;
    }
    return false;
}

static struct focus
focus_of(struct arena *arena, const struct access_principal *principal)
{
    struct focus focus = {.narrow = true};
    for (size_t i = 0; i < principal->policy_count; i++) {
        const struct policy_entry *entry = &principal->policies[i];
        for (size_t k = 0; entry->source != POLICY_BOUNDARY && k < entry->policy->statement_count;
             k++)
            if (entry->policy->statements[k].effect == EFFECT_ALLOW)
                focus.narrow =
                    focus.narrow && focus_on(arena, &focus, &entry->policy->statements[k]);
    }
    return focus;
}

/* Can the user's own policies, or the identity's, give anything here? */
static bool
may_hold(struct arena *arena, const struct access_region *region, const struct focus *focus)
{
    if (!focus->narrow || region->identity->fact.policy_count > 0)
        return true;
    for (size_t i = 0; i < focus->count; i++)
        for (size_t k = 0; k < region->starts.count; k++)
            if (address_set_contains(arena, &region->starts.list[k].addresses, focus->addresses[i]))
                return true;
    return false;
}

static void
analyse_region(struct analysis *analysis, const struct access_region *region)
{
    struct policies policies =
        with_policies_of(analysis->arena, analysis->principal, &region->identity->fact);
    for (size_t i = 0; i < region->starts.count; i++)
        for (size_t action = 0; action < ACCESS_ACTIONS; action++)
            analyse_action(analysis, region, &region->starts.list[i], &policies, action);
}

void
access_of(struct arena *arena, const struct access_account *account,
          const struct access_principal *principal, struct access_grants *out)
{
    *out = (struct access_grants){0};
    struct analysis analysis = {arena, account, principal, out, map_new()};
    struct focus focus = focus_of(arena, principal);
    for (size_t i = 0; i < account->identity_count; i++)
        if (may_hold(arena, &account->regions[i], &focus))
            analyse_region(&analysis, &account->regions[i]);
    map_free(analysis.known);
    size_t kept = 0;
    for (size_t i = 0; i < out->count; i++)
        if (access_grant_settle(arena, &out->list[i]))
            out->list[kept++] = out->list[i];
    out->count = kept;
    kept = 0;
    for (size_t i = 0; i < out->count; i++)
        if (!out->list[i].beside || !is_needless(arena, out, &out->list[i]))
            out->list[kept++] = out->list[i];
    out->count = kept;
}

bool
access_list(struct arena *arena, const struct access_grant *grant, size_t max, struct slice **out,
            size_t *count)
{
    struct address_study study;
    address_set_study(arena, &grant->addresses, max, &study);
    *out = study.words;
    *count = study.word_count;
    return study.listed;
}

/* ---- a clause in words ---- */

static void
put_values(struct buf *out, const struct json *values)
{
    const struct json *value = values->type == JSON_ARRAY ? values->first : values;
    bool more = false;
    for (; value && value->type != JSON_ARRAY && value->type != JSON_OBJECT;
         value = values->type == JSON_ARRAY ? value->next : NULL, more = true)
        if (value->type == JSON_BOOL)
            buf_printf(out, "%s%s", more ? ", " : " ", value->boolean ? "true" : "false");
        else
            buf_printf(out, "%s%.*s", more ? ", " : " ", SLICE_ARG(value->text));
}

struct slice
access_clause_text(struct arena *arena, const struct access_clause *clause)
{
    const struct json *condition;
    struct json *statement;
    struct err err;
    size_t at = 0;
    struct slice text = policy_statement_text(clause->entry->policy, clause->statement);
    if (clause->clause == ACCESS_WHOLE || json_parse(arena, text, &statement, &err) != RC_OK ||
        !(condition = json_member(statement, "Condition")))
        return SLICE("the whole statement");
    for (const struct json *block = condition->first; block; block = block->next)
        for (const struct json *key = block->first; key; key = key->next) {
            if (at++ != clause->clause)
                continue;
            struct buf out;
            buf_init(&out, 1 << 20);
            buf_printf(&out, "%.*s %.*s", SLICE_ARG(key->name), SLICE_ARG(block->name));
            put_values(&out, key);
            struct slice words = arena_dup(arena, buf_slice(&out));
            buf_fini(&out);
            return words;
        }
    return SLICE("");
}
