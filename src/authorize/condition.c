#include "condition.h"

#include "base/clock.h"
#include "base/codec.h"
#include "canonical.h"
#include "condition_keys.h"

struct condition_operator {
    const char *name;
    enum operand_type type;
    enum comparison comparison;
    bool negated;
};

static const struct condition_operator operators[] = {
    {"StringEquals", OPERAND_STRING, COMPARE_EQUAL, false},
    {"StringNotEquals", OPERAND_STRING, COMPARE_EQUAL, true},
    {"StringEqualsIgnoreCase", OPERAND_STRING, COMPARE_IGNORE_CASE, false},
    {"StringNotEqualsIgnoreCase", OPERAND_STRING, COMPARE_IGNORE_CASE, true},
    {"StringLike", OPERAND_STRING, COMPARE_LIKE, false},
    {"StringNotLike", OPERAND_STRING, COMPARE_LIKE, true},
    {"NumericEquals", OPERAND_NUMBER, COMPARE_EQUAL, false},
    {"NumericNotEquals", OPERAND_NUMBER, COMPARE_EQUAL, true},
    {"NumericLessThan", OPERAND_NUMBER, COMPARE_LESS, false},
    {"NumericLessThanEquals", OPERAND_NUMBER, COMPARE_LESS_OR_EQUAL, false},
    {"NumericGreaterThan", OPERAND_NUMBER, COMPARE_GREATER, false},
    {"NumericGreaterThanEquals", OPERAND_NUMBER, COMPARE_GREATER_OR_EQUAL, false},
    {"DateEquals", OPERAND_DATE, COMPARE_EQUAL, false},
    {"DateNotEquals", OPERAND_DATE, COMPARE_EQUAL, true},
    {"DateLessThan", OPERAND_DATE, COMPARE_LESS, false},
    {"DateLessThanEquals", OPERAND_DATE, COMPARE_LESS_OR_EQUAL, false},
    {"DateGreaterThan", OPERAND_DATE, COMPARE_GREATER, false},
    {"DateGreaterThanEquals", OPERAND_DATE, COMPARE_GREATER_OR_EQUAL, false},
    {"Bool", OPERAND_BOOL, COMPARE_EQUAL, false},
    {"BinaryEquals", OPERAND_BINARY, COMPARE_EQUAL, false},
    {"IpAddress", OPERAND_NETWORK, COMPARE_EQUAL, false},
    {"NotIpAddress", OPERAND_NETWORK, COMPARE_EQUAL, true},
    /* Both forms take wildcards in each part of the ARN. */
    {"ArnEquals", OPERAND_ARN, COMPARE_LIKE, false},
    {"ArnLike", OPERAND_ARN, COMPARE_LIKE, false},
    {"ArnNotEquals", OPERAND_ARN, COMPARE_LIKE, true},
    {"ArnNotLike", OPERAND_ARN, COMPARE_LIKE, true},
    {"Null", OPERAND_NULL, COMPARE_EQUAL, false},
};

/* ---- compile ---- */

static const struct condition_operator *
find_operator(struct slice name)
{
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++)
        if (slice_is(name, operators[i].name))
            return &operators[i];
    return NULL;
}

static enum quantifier
take_quantifier(struct slice *name)
{
    const struct slice any = SLICE("ForAnyValue:"), all = SLICE("ForAllValues:");
    enum quantifier quantifier = slice_starts(*name, any)   ? QUANTIFIER_ANY
                                 : slice_starts(*name, all) ? QUANTIFIER_ALL
                                                            : QUANTIFIER_NONE;
    if (quantifier != QUANTIFIER_NONE)
        *name = slice_from(*name, quantifier == QUANTIFIER_ANY ? any.len : all.len);
    return quantifier;
}

static bool
take_if_exists(struct slice *name)
{
    const struct slice suffix = SLICE("IfExists");
    bool found = slice_ends(*name, suffix);
    if (found)
        name->len -= suffix.len;
    return found;
}

bool
condition_operator(struct slice name, struct clause *out)
{
    struct clause clause = {.quantifier = take_quantifier(&name)};
    clause.if_exists = take_if_exists(&name);
    const struct condition_operator *found = find_operator(name);
    if (!found)
        return false;
    clause.type = found->type;
    clause.comparison = found->comparison;
    clause.negated = found->negated;
    *out = clause;
    return true;
}

/* The operator's name into the fields that every clause under it shares. */
static enum rc
compile_operator(struct compiler *compiler, const struct element *element, enum effect effect,
                 struct clause *out)
{
    struct slice name = element->value->name, shown = compiler_shown(name);
    struct clause clause;
    if (!condition_operator(name, &clause))
        return compiler_fail_name(compiler, element, "\"%.*s\" is not a condition operator",
                                  SLICE_ARG(shown));
    if (clause.type == OPERAND_NULL && (clause.quantifier != QUANTIFIER_NONE || clause.if_exists))
        return compiler_fail_name(compiler, element,
                                  "Null takes no ForAnyValue:, ForAllValues: or IfExists");
    clause.folds = effect == EFFECT_DENY && clause.type == OPERAND_STRING && !clause.negated;
    *out = clause;
    return RC_OK;
}

static bool
bool_parse(struct slice text, bool *out)
{
    *out = slice_iis(text, "true");
    return *out || slice_iis(text, "false");
}

/* A value may be written as a string, a number or a boolean. */
static enum rc
value_text(const struct compiler *compiler, const struct element *element, struct slice *out)
{
    const struct json *value = element->value;
    if (value->type == JSON_BOOL)
        *out = slice_of(value->boolean ? "true" : "false");
    else if (value->type == JSON_STRING || value->type == JSON_NUMBER)
        *out = value->text;
    else
        return compiler_fail(compiler, element, "must be a string, a number or a boolean, not %s",
                             json_type_name(value->type));
    return RC_OK;
}

static enum rc
compile_string(struct compiler *compiler, const struct element *element,
               const struct clause *clause, struct slice text, struct operand *out)
{
    unsigned wildcards = clause->comparison == COMPARE_LIKE ? PATTERN_WITH_WILDCARDS : 0;
    const char *why;
    if (condition_key_is_address(clause->key.lower) &&
        !canonical_address(compiler->arena, text, wildcards, compiler->variables, &text, &why))
        return compiler_fail(compiler, element, "%s", why);
    enum rc rc =
        compiler_pattern(compiler, element, text, wildcards | PATTERN_WITH_VARIABLES, &out->text);
    if (rc != RC_OK || !clause->folds || out->text.kind == PATTERN_VARIABLE)
        return rc;
    struct pattern *folded = ARENA_NEW(compiler->arena, struct pattern);
    *folded = pattern_fold(compiler->arena, &out->text, 0);
    out->folded = folded;
    return RC_OK;
}

/* codec_base64_decode takes one spelling of each value only, so texts may be compared. */
static enum rc
compile_binary(struct compiler *compiler, const struct element *element, struct slice text,
               struct operand *out)
{
    struct slice bytes;
    struct err err;
    if (codec_base64_decode(compiler->arena, text, &bytes, &err) != RC_OK)
        return compiler_fail(compiler, element, "must be base64: %s", err.text);
    return compiler_pattern(compiler, element, text, 0, &out->text);
}

static enum rc
compile_arn(struct compiler *compiler, const struct element *element, struct slice text,
            struct operand *out)
{
    if (slice_is(text, "*"))
        return RC_OK;
    return compiler_arn(compiler, element, text, 0, &out->arn_parts);
}

static const char *
compile_scalar(enum operand_type type, struct slice text, struct operand *out)
{
    switch (type) {
    case OPERAND_NUMBER: return number_parse(text, &out->number) ? NULL : "must be a number";
    case OPERAND_DATE:
        return clock_parse(text, &out->instant_ms)
                   ? NULL
                   : "must be a date as 2018-08-31T12:00:00Z or seconds since 1970";
    case OPERAND_NETWORK:
        return network_parse(text, &out->network)
                   ? NULL
                   : "must be an IP address or a block as 10.0.0.0/8 or 2001:db8::/32";
    default: return bool_parse(text, &out->truth) ? NULL : "must be true or false";
    }
}

static enum rc
compile_operand(struct compiler *compiler, const struct element *element,
                const struct clause *clause, struct operand *out)
{
    struct slice text;
    enum rc rc = value_text(compiler, element, &text);
    if (rc != RC_OK)
        return rc;
    switch (clause->type) {
    case OPERAND_STRING: return compile_string(compiler, element, clause, text, out);
    case OPERAND_BINARY: return compile_binary(compiler, element, text, out);
    case OPERAND_ARN: return compile_arn(compiler, element, text, out);
    default: break;
    }
    const char *wrong = compile_scalar(clause->type, text, out);
    struct slice shown = compiler_shown(text);
    return wrong ? compiler_fail(compiler, element, "\"%.*s\" %s", SLICE_ARG(shown), wrong) : RC_OK;
}

static enum rc
compile_clause(struct compiler *compiler, const struct element *key, struct clause *clause)
{
    struct slice shown = compiler_shown(key->value->name);
    if (!key_name_valid(key->value->name))
        return compiler_fail_name(
            compiler, key, "\"%.*s\" is not a condition key as ses:FromAddress", SLICE_ARG(shown));
    if (element_count(key) == 0)
        return compiler_fail(compiler, key, "must not be an empty list");
    clause->key = key_name_make(compiler->arena, arena_dup(compiler->arena, key->value->name));
    struct operand *operands = ARENA_ARRAY(compiler->arena, struct operand, element_count(key));
    const struct json *value = element_first(key);
    for (size_t i = 0; value; value = element_next(key, value), i++) {
        struct element element = element_one_of(key, value, i);
        enum rc rc = compile_operand(compiler, &element, clause, &operands[i]);
        if (rc != RC_OK)
            return rc;
    }
    clause->operands = operands;
    clause->operand_count = element_count(key);
    return RC_OK;
}

/* JSON sees two names in ses:FromAddress and SES:fromaddress; condition keys are one. */
static bool
is_repeated(const struct clause *clauses, size_t count, const struct key_name *key)
{
    for (size_t i = 0; i < count; i++)
        if (clauses[i].key.hash == key->hash && slice_eq(clauses[i].key.lower, key->lower))
            return true;
    return false;
}

static enum rc
compile_operator_block(struct compiler *compiler, const struct element *block, enum effect effect,
                       struct clause *clauses)
{
    struct clause shared;
    enum rc rc = compile_operator(compiler, block, effect, &shared);
    if (rc != RC_OK)
        return rc;
    if (block->value->type != JSON_OBJECT || block->value->count == 0)
        return compiler_fail(compiler, block, "must be an object with at least one condition key");
    size_t count = 0;
    for (const struct json *value = block->value->first; value; value = value->next, count++) {
        struct element key = element_member(block, value);
        clauses[count] = shared;
        rc = compile_clause(compiler, &key, &clauses[count]);
        if (rc != RC_OK)
            return rc;
        if (is_repeated(clauses, count, &clauses[count].key))
            return compiler_fail_name(compiler, &key,
                                      "appears twice; case does not count in names "
                                      "of condition keys");
    }
    return RC_OK;
}

enum rc
condition_compile(struct compiler *compiler, const struct element *condition,
                  struct statement *statement)
{
    if (condition->value->type != JSON_OBJECT)
        return compiler_fail(compiler, condition, "must be an object, not %s",
                             json_type_name(condition->value->type));
    size_t count = 0;
    for (const struct json *block = condition->value->first; block; block = block->next)
        count += block->count;
    struct clause *clauses = ARENA_ARRAY(compiler->arena, struct clause, count);
    size_t at = 0;
    for (const struct json *value = condition->value->first; value; value = value->next) {
        struct element block = element_member(condition, value);
        enum rc rc = compile_operator_block(compiler, &block, statement->effect, clauses + at);
        if (rc != RC_OK)
            return rc;
        at += value->count;
    }
    statement->clauses = clauses;
    statement->clause_count = count;
    return RC_OK;
}

/* ---- evaluate ---- */

static bool
compare_number(enum comparison comparison, double value, double operand)
{
    switch (comparison) {
    case COMPARE_LESS: return value < operand;
    case COMPARE_LESS_OR_EQUAL: return value <= operand;
    case COMPARE_GREATER: return value > operand;
    case COMPARE_GREATER_OR_EQUAL: return value >= operand;
    default: return value == operand;
    }
}

static bool
compare_instant(enum comparison comparison, int64_t value, int64_t operand)
{
    switch (comparison) {
    case COMPARE_LESS: return value < operand;
    case COMPARE_LESS_OR_EQUAL: return value <= operand;
    case COMPARE_GREATER: return value > operand;
    case COMPARE_GREATER_OR_EQUAL: return value >= operand;
    default: return value == operand;
    }
}

static bool
compare_arn(struct context *context, const struct pattern *parts, const struct arn *arn)
{
    for (int i = 0; parts && i < ARN_PARTS; i++) {
        struct pattern room;
        if (!pattern_matches(pattern_bind(context, &parts[i], &room), arn->part[i]))
            return false;
    }
    return true;
}

/* Deny folds more than Allow: a second try with both sides folded. */
static bool
matches_folded(struct context *context, struct context_key *key, size_t index,
               const struct operand *operand, const struct pattern *bound)
{
    const struct reading *reading = context_read(context, key, index, READING_FOLDED);
    if (operand->folded)
        return pattern_matches_folded(operand->folded, reading->lowered, reading->folded);
    struct pattern folded = pattern_fold(context->arena, bound, 0);
    return pattern_matches_folded(&folded, reading->lowered, reading->folded);
}

static bool
matches_lowered(struct context *context, struct context_key *key, size_t index,
                const struct pattern *bound)
{
    struct pattern lowered = *bound;
    lowered.text = arena_lower(context->arena, bound->text);
    return pattern_matches(&lowered, context_read(context, key, index, READING_FOLDED)->lowered);
}

static bool
matches_string(struct context *context, const struct clause *clause, struct context_key *key,
               size_t index, const struct operand *operand)
{
    struct pattern room;
    const struct pattern *bound = pattern_bind(context, &operand->text, &room);
    struct slice value = key->value->values[index];
    bool matches = clause->comparison == COMPARE_IGNORE_CASE ? slice_ieq(bound->text, value)
                                                             : pattern_matches(bound, value);
    if (matches || !clause->folds || key->value->fold == DENY_AS_GIVEN)
        return matches;
    return key->value->fold == DENY_AS_ADDRESS ? matches_folded(context, key, index, operand, bound)
                                               : matches_lowered(context, key, index, bound);
}

static bool
matches_bool(struct slice text, bool operand)
{
    bool value;
    return bool_parse(text, &value) && value == operand;
}

static bool
operand_matches(struct context *context, const struct clause *clause, struct context_key *key,
                size_t index, const struct operand *operand)
{
    const struct reading *reading;
    struct slice value = key->value->values[index];
    switch (clause->type) {
    case OPERAND_STRING: return matches_string(context, clause, key, index, operand);
    case OPERAND_BINARY: return slice_eq(operand->text.text, value);
    case OPERAND_BOOL: return matches_bool(value, operand->truth);
    case OPERAND_NUMBER:
        reading = context_read(context, key, index, READING_NUMBER);
        return reading && compare_number(clause->comparison, reading->number, operand->number);
    case OPERAND_DATE:
        reading = context_read(context, key, index, READING_INSTANT);
        return reading &&
               compare_instant(clause->comparison, reading->instant_ms, operand->instant_ms);
    case OPERAND_NETWORK:
        reading = context_read(context, key, index, READING_NETWORK);
        return reading && network_contains(&operand->network, &reading->network);
    case OPERAND_ARN:
        reading = context_read(context, key, index, READING_ARN);
        return reading && compare_arn(context, operand->arn_parts, &reading->arn);
    case OPERAND_NULL: break; /* asks for the key, not for its values */
    }
    return false;
}

static bool
value_matches(struct context *context, const struct clause *clause, struct context_key *key,
              size_t index)
{
    for (size_t i = 0; i < clause->operand_count; i++)
        if (operand_matches(context, clause, key, index, &clause->operands[i]))
            return true;
    return false;
}

/* Is there a value that matches (or, with `matching` false, that does not)? */
static bool
any_value(struct context *context, const struct clause *clause, struct context_key *key,
          bool matching)
{
    for (size_t i = 0; i < key->value->count; i++)
        if (value_matches(context, clause, key, i) == matching)
            return true;
    return false;
}

static bool
null_holds(const struct clause *clause, bool present)
{
    for (size_t i = 0; i < clause->operand_count; i++)
        if (clause->operands[i].truth == !present)
            return true;
    return false;
}

static bool
missing_holds(const struct clause *clause)
{
    if (clause->if_exists)
        return true;
    return clause->quantifier == QUANTIFIER_NONE ? clause->negated
                                                 : clause->quantifier == QUANTIFIER_ALL;
}

bool
condition_holds(struct context *context, const struct clause *clause)
{
    struct context_key *key = context_find(context, &clause->key);
    bool present = key && key->value->count > 0;
    if (clause->type == OPERAND_NULL)
        return null_holds(clause, present);
    if (!present)
        return missing_holds(clause);
    switch (clause->quantifier) {
    case QUANTIFIER_ANY: return any_value(context, clause, key, !clause->negated);
    case QUANTIFIER_ALL: return !any_value(context, clause, key, clause->negated);
    case QUANTIFIER_NONE: break;
    }
    return any_value(context, clause, key, true) != clause->negated;
}
