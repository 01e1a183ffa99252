/* The Condition of a statement: operators, keys, and values that are not what they seem. */
#include "base/clock.h"
#include "canonical.h"
#include "condition.h"
#include "linter.h"
#include "mail/address.h"
#include "pattern_set.h"

#include <arpa/inet.h>

/* One key under one operator, and what is around it. */
struct inspected {
    const struct element *condition, *key;
    struct slice operator_name;
    struct clause clause;
    const struct condition_key *known; /* NULL: not documented */
    bool allow;                        /* the statement's effect */
};

/* ---- values ---- */

static struct slice
value_text(const struct json *value)
{
    return value->type == JSON_BOOL ? slice_of(value->boolean ? "true" : "false") : value->text;
}

static bool
is_scalar(const struct json *value)
{
    return value->type == JSON_STRING || value->type == JSON_NUMBER || value->type == JSON_BOOL;
}

/* Could the pattern match an address at all? */
static bool
may_be_address(struct linter *linter, struct slice text)
{
    struct pattern pattern, any;
    const char *why;
    return !pattern_compile(linter->arena, text, PATTERN_WITH_WILDCARDS, &pattern, &why) ||
           !pattern_compile(linter->arena, SLICE("?*@?*"), PATTERN_WITH_WILDCARDS, &any, &why) ||
           pattern_set_intersects(&pattern, &any, &linter->steps);
}

static bool
has_wildcard(struct slice text)
{
    return slice_chr(text, '*') != SLICE_NONE || slice_chr(text, '?') != SLICE_NONE;
}

static void
lint_address(struct linter *linter, const struct inspected *inspected,
             const struct element *element, struct slice text)
{
    bool like = inspected->clause.comparison == COMPARE_LIKE;
    struct slice key = inspected->key->value->name, canonical;
    struct address address;
    struct err err;
    const char *why;
    if (!canonical_address(linter->arena, text, like, linter->variables, &canonical, &why)) {
        linter_report(linter, ISSUE_INVALID_ADDRESS_VALUE, element, WORDS(key, slice_of(why)));
        return;
    }
    if (text.len == 0 || slice_find(text, SLICE("${")) != SLICE_NONE)
        return;
    if (like && has_wildcard(text)) {
        if (!may_be_address(linter, canonical))
            linter_report(linter, ISSUE_ADDRESS_NEVER_MATCHES, element,
                          WORDS(key, SLICE("no address has this form")));
    } else if (address_parse(linter->arena, canonical, &address, &err) != RC_OK) {
        linter_report(linter, ISSUE_ADDRESS_NEVER_MATCHES, element, WORDS(key, slice_of(err.text)));
    }
}

static void
lint_string(struct linter *linter, const struct inspected *inspected, const struct element *element,
            struct slice text)
{
    bool variables = lint_variables(linter, element, true);
    if (inspected->clause.comparison != COMPARE_LIKE && !variables && has_wildcard(text))
        linter_report(linter, ISSUE_WILDCARD_WITHOUT_LIKE_OPERATOR, element, WORDS(SLICE("")));
    if (inspected->known && condition_key_is_address(slice_of(inspected->known->name)))
        lint_address(linter, inspected, element, text);
}

/* The address with the bits behind the prefix cleared. False: there are none. */
static bool
clear_host_bits(struct arena *arena, const struct network *network, struct slice *out)
{
    struct network cleared = *network;
    char text[INET6_ADDRSTRLEN];
    for (unsigned bit = network->prefix; bit < (network->ipv6 ? 128u : 32u); bit++)
        cleared.bytes[bit / 8] &= (uint8_t) ~(0x80u >> (bit % 8));
    if (memcmp(cleared.bytes, network->bytes, sizeof cleared.bytes) == 0 ||
        !inet_ntop(network->ipv6 ? AF_INET6 : AF_INET, cleared.bytes, text, sizeof text))
        return false;
    *out = arena_printf(arena, "%s/%u", text, network->prefix);
    return true;
}

static void
lint_network(struct linter *linter, const struct inspected *inspected,
             const struct element *element, struct slice text)
{
    struct network network;
    struct slice better;
    if (!network_parse(text, &network))
        linter_report(linter, ISSUE_TYPE_MISMATCH_IP_RANGE, element,
                      WORDS(inspected->operator_name));
    else if (clear_host_bits(linter->arena, &network, &better))
        linter_report(linter, ISSUE_IMPROVE_IP_RANGE, element, WORDS(better));
}

static bool
is_epoch(struct slice text)
{
    uint64_t seconds;
    return slice_u64(text, &seconds);
}

static void
lint_date(struct linter *linter, const struct inspected *inspected, const struct element *element,
          struct slice text)
{
    int64_t ms;
    bool epoch_key =
        inspected->known && slice_is(slice_of(inspected->known->name), "aws:epochtime");
    if (!clock_parse(text, &ms))
        linter_refuse(linter, ISSUE_TYPE_MISMATCH_DATE, element, WORDS(SLICE("")));
    else if (is_epoch(text) && !epoch_key)
        linter_report(linter, ISSUE_INVALID_DATE_VALUE, element, WORDS(text));
}

static void
lint_truth(struct linter *linter, const struct inspected *inspected, const struct element *element,
           struct slice text)
{
    if (!slice_iis(text, "true") && !slice_iis(text, "false"))
        linter_refuse(linter, ISSUE_TYPE_MISMATCH_BOOLEAN, element,
                      WORDS(inspected->operator_name));
}

static void
lint_number(struct linter *linter, const struct inspected *inspected, const struct element *element,
            struct slice text)
{
    double number;
    if (!number_parse(text, &number))
        linter_refuse(linter, ISSUE_TYPE_MISMATCH_NUMBER, element, WORDS(inspected->operator_name));
}

static void
lint_arn_value(struct linter *linter, const struct element *element, struct slice text)
{
    struct arn arn;
    (void)lint_variables(linter, element, true);
    if (slice_is(text, "*"))
        return;
    if (!slice_starts(text, SLICE("arn:")))
        linter_report(linter, ISSUE_INVALID_ARN_PREFIX, element, WORDS(SLICE("")));
    else if (!arn_split(text, linter->variables, &arn))
        linter_report(linter, ISSUE_MISSING_ARN_FIELD, element, WORDS(SLICE("")));
}

static void
lint_operand(struct linter *linter, const struct inspected *inspected,
             const struct element *element)
{
    struct slice text = value_text(element->value);
    enum operand_type type = inspected->clause.type;
    bool takes_variables = type == OPERAND_STRING || type == OPERAND_ARN;
    if (!is_scalar(element->value)) {
        linter_report_type(linter, element, "String");
        return;
    }
    if (!takes_variables && linter->variables && slice_find(text, SLICE("${")) != SLICE_NONE) {
        linter_report(linter, ISSUE_INVALID_VARIABLE_FOR_OPERATOR, element, WORDS(SLICE("")));
        return;
    }
    switch (type) {
    case OPERAND_STRING: lint_string(linter, inspected, element, text); break;
    case OPERAND_NUMBER: lint_number(linter, inspected, element, text); break;
    case OPERAND_DATE: lint_date(linter, inspected, element, text); break;
    case OPERAND_NETWORK: lint_network(linter, inspected, element, text); break;
    case OPERAND_ARN: lint_arn_value(linter, element, text); break;
    case OPERAND_BOOL:
    case OPERAND_NULL: lint_truth(linter, inspected, element, text); break;
    case OPERAND_BINARY: break;
    }
}

static void
lint_empty(struct linter *linter, const struct inspected *inspected)
{
    enum quantifier quantifier = inspected->clause.quantifier;
    enum lint_issue issue = quantifier == QUANTIFIER_ALL ? ISSUE_EMPTY_ARRAY_CONDITION_FORALLVALUES
                            : quantifier == QUANTIFIER_ANY ? ISSUE_EMPTY_ARRAY_CONDITION_FORANYVALUE
                            : inspected->clause.if_exists  ? ISSUE_EMPTY_ARRAY_CONDITION_IFEXISTS
                                                           : ISSUE_EMPTY_ARRAY_CONDITION;
    linter_refuse(linter, issue, inspected->key, WORDS(inspected->key->value->name));
}

/* Of several bounds one is enough. */
static void
lint_bounds(struct linter *linter, const struct inspected *inspected)
{
    enum comparison comparison = inspected->clause.comparison;
    bool less = comparison == COMPARE_LESS || comparison == COMPARE_LESS_OR_EQUAL;
    bool greater = comparison == COMPARE_GREATER || comparison == COMPARE_GREATER_OR_EQUAL;
    if (inspected->clause.type == OPERAND_NUMBER && (less || greater))
        linter_report(linter, ISSUE_REDUNDANT_CONDITION_VALUE_NUM, inspected->key,
                      WORDS(inspected->operator_name, slice_of(less ? "greatest" : "least"),
                            inspected->key->value->name));
}

static void
lint_several(struct linter *linter, const struct inspected *inspected)
{
    const struct json *first = element_first(inspected->key), *value = first;
    const struct clause *clause = &inspected->clause;
    while (value && value->type == first->type)
        value = element_next(inspected->key, value);
    if (value)
        linter_report(linter, ISSUE_INVALID_CONDITION_DATA_TYPE, inspected->key, WORDS(SLICE("")));
    if (clause->type == OPERAND_BOOL || clause->type == OPERAND_NULL)
        linter_report(linter, ISSUE_INVALID_CONDITION_MULTIPLE_BOOLEAN, inspected->key,
                      WORDS(SLICE("")));
    lint_bounds(linter, inspected);
    if (clause->type == OPERAND_STRING && clause->comparison != COMPARE_IGNORE_CASE)
        lint_redundant(linter, inspected->key, ISSUE_REDUNDANT_CONDITION_VALUE,
                       clause->comparison == COMPARE_LIKE ? ITEMS_PATTERNS : ITEMS_TEXTS,
                       inspected->key->value->name);
}

static void
lint_operands(struct linter *linter, const struct inspected *inspected)
{
    const struct json *value = element_first(inspected->key);
    if (element_count(inspected->key) == 0)
        lint_empty(linter, inspected);
    for (size_t i = 0; value; value = element_next(inspected->key, value), i++) {
        struct element element = element_one_of(inspected->key, value, i);
        lint_operand(linter, inspected, &element);
    }
    if (element_count(inspected->key) > 1)
        lint_several(linter, inspected);
}

/* ---- keys under operators ---- */

static const char *
type_name(enum operand_type type)
{
    static const char *const names[] = {"String", "Numeric",   "Date", "Boolean",
                                        "Binary", "IpAddress", "Arn",  "Null"};
    return names[type];
}

/* A date may be compared as a number, and an ARN is a text. */
static bool
types_agree(enum operand_type key, enum operand_type type)
{
    return key == type || type == OPERAND_NULL || (key == OPERAND_ARN && type == OPERAND_STRING) ||
           (key == OPERAND_DATE && type == OPERAND_NUMBER) ||
           (key == OPERAND_BOOL && type == OPERAND_STRING);
}

/* Is there {"Null": {KEY: "false"}} beside it? */
static bool
presence_is_asked(const struct element *condition, struct slice key)
{
    const struct json *block = json_member(condition->value, "Null");
    for (const struct json *one = block ? block->first : NULL; one; one = one->next)
        if (slice_ieq(one->name, key) && is_scalar(one) && slice_iis(value_text(one), "false"))
            return true;
    return false;
}

static void
lint_quantifier(struct linter *linter, const struct inspected *inspected)
{
    enum quantifier quantifier = inspected->clause.quantifier;
    struct slice name = inspected->key->value->name;
    bool multivalued = inspected->known->multivalued;
    if (multivalued && quantifier == QUANTIFIER_NONE && inspected->clause.type != OPERAND_NULL)
        linter_report_name(linter, ISSUE_MISSING_QUALIFIER, inspected->key, WORDS(name));
    if (!multivalued && quantifier == QUANTIFIER_ANY)
        linter_report_name(linter, ISSUE_FORANYVALUE_WITH_SINGLE_VALUED_KEY, inspected->key,
                           WORDS(name));
    if (quantifier != QUANTIFIER_ALL || !inspected->allow)
        return;
    if (!multivalued)
        linter_report_name(linter, ISSUE_FORALLVALUES_WITH_SINGLE_VALUED_KEY, inspected->key,
                           WORDS(name));
    else if (!presence_is_asked(inspected->condition, name))
        linter_report_name(linter, ISSUE_FORALLVALUES_WITHOUT_NULL_CHECK, inspected->key,
                           WORDS(name));
}

static void
lint_clause(struct linter *linter, struct inspected *inspected)
{
    struct slice name = inspected->key->value->name;
    inspected->known = lint_key(linter, inspected->key, name, true);
    if (inspected->known) {
        lint_quantifier(linter, inspected);
        if (!types_agree(inspected->known->type, inspected->clause.type))
            linter_report_name(
                linter, ISSUE_TYPE_MISMATCH, inspected->key,
                WORDS(slice_of(type_name(inspected->known->type)), inspected->operator_name, name));
    }
    lint_operands(linter, inspected);
}

/* ---- operators ---- */

static bool
is_repeated(const struct json *block, const struct json *member)
{
    for (const struct json *other = block->first; other != member; other = other->next)
        if (slice_ieq(other->name, member->name))
            return true;
    return false;
}

static void
lint_keys(struct linter *linter, const struct element *block, struct inspected *inspected)
{
    for (const struct json *member = block->value->first; member; member = member->next) {
        struct element key = element_member(block, member);
        if (is_repeated(block->value, member))
            linter_report_name(linter, ISSUE_DUPLICATE_KEYS, &key, WORDS(member->name));
        inspected->key = &key;
        lint_clause(linter, inspected);
    }
}

static void
lint_block(struct linter *linter, const struct element *block, struct inspected *inspected)
{
    struct slice name = block->value->name;
    inspected->operator_name = name;
    if (!condition_operator(name, &inspected->clause)) {
        linter_report_name(linter, ISSUE_INVALID_CONDITION_OPERATOR, block, WORDS(name));
        return;
    }
    if (inspected->clause.type == OPERAND_NULL && inspected->clause.if_exists)
        linter_report_name(linter, ISSUE_NULL_WITH_IF_EXISTS, block, WORDS(SLICE("")));
    if (inspected->clause.type == OPERAND_NULL && inspected->clause.quantifier != QUANTIFIER_NONE)
        linter_refuse(linter, ISSUE_NULL_WITH_QUALIFIER, block, WORDS(SLICE("")));
    if (block->value->type != JSON_OBJECT)
        linter_report_type(linter, block, "Object");
    else if (block->value->count == 0)
        linter_refuse(linter, ISSUE_EMPTY_OBJECT_CONDITION, block, WORDS(SLICE("")));
    else
        lint_keys(linter, block, inspected);
}

void
lint_conditions(struct linter *linter, const struct element *condition, bool allow)
{
    struct inspected inspected = {.condition = condition, .allow = allow};
    if (condition->value->type != JSON_OBJECT)
        linter_report_type(linter, condition, "Object");
    else if (condition->value->count == 0)
        linter_report(linter, ISSUE_EMPTY_OBJECT_CONDITION, condition, WORDS(SLICE("")));
    for (const struct json *value = condition->value->first;
         value && condition->value->type == JSON_OBJECT; value = value->next) {
        struct element block = element_member(condition, value);
        lint_block(linter, &block, &inspected);
    }
}
