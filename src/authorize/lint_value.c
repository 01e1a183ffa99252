/* Actions, resources and policy variables: what a value of them may be. */
#include "linter.h"
#include "pattern_set.h"

#include <inttypes.h>

/* Lists that are longer are not compared each with each. */
enum { COMPARED_MAX = 256, CLOSE_MAX = 2, CLOSE_NAME_MAX = 48 };

/* ---- what is like it ---- */

static size_t
least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Edits from one to the other, case apart. Both have at most CLOSE_NAME_MAX bytes. */
static size_t
distance(struct slice a, struct slice b)
{
    size_t row[CLOSE_NAME_MAX + 1];
    for (size_t j = 0; j <= b.len; j++)
        row[j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            size_t changed = diagonal + (ascii_lower(a.ptr[i - 1]) != ascii_lower(b.ptr[j - 1]));
            diagonal = row[j];
            row[j] = least(changed, 1 + least(row[j], row[j - 1]));
        }
    }
    return row[b.len];
}

struct closest {
    struct slice text;
    size_t distance;
};

static void
consider(struct linter *linter, struct slice given, struct slice known, struct closest *closest)
{
    size_t cost = (given.len + 1) * (known.len + 1);
    if (given.len > CLOSE_NAME_MAX || known.len > CLOSE_NAME_MAX || linter->steps < cost)
        return;
    linter->steps -= cost;
    size_t edits = distance(given, known);
    if (edits < closest->distance)
        *closest = (struct closest){known, edits};
}

/* " Did you mean ses:SendEmail?", or nothing. */
static struct slice
did_you_mean(struct linter *linter, struct slice prefix, const struct closest *closest)
{
    if (closest->distance > CLOSE_MAX)
        return SLICE("");
    return arena_printf(linter->arena, " Did you mean %.*s%s%.*s?", SLICE_ARG(prefix),
                        prefix.len ? ":" : "", SLICE_ARG(closest->text));
}

static struct slice
like_service(struct linter *linter, struct slice service)
{
    struct closest closest = {.distance = CLOSE_MAX + 1};
    for (size_t i = 0; i < linter->catalogue->count; i++)
        consider(linter, service, linter->catalogue->actions[i].service, &closest);
    return did_you_mean(linter, SLICE(""), &closest);
}

static struct slice
like_action(struct linter *linter, struct slice service, struct slice name)
{
    struct closest closest = {.distance = CLOSE_MAX + 1};
    for (size_t i = 0; i < linter->catalogue->count; i++)
        if (slice_ieq(service, linter->catalogue->actions[i].service))
            consider(linter, name, linter->catalogue->actions[i].name, &closest);
    return did_you_mean(linter, service, &closest);
}

bool
lint_service_is_known(const struct linter *linter, struct slice service)
{
    for (size_t i = 0; i < linter->catalogue->count; i++)
        if (slice_ieq(service, linter->catalogue->actions[i].service))
            return true;
    return false;
}

/* ---- actions ---- */

static bool
is_wild(struct slice text)
{
    return slice_chr(text, '*') != SLICE_NONE || slice_chr(text, '?') != SLICE_NONE;
}

/* Does the name, or the pattern, mean an action that there is? What cannot be found out does. */
static bool
action_exists(struct linter *linter, struct slice service, struct slice name)
{
    struct slice lower = arena_lower(linter->arena, name);
    for (size_t i = 0; i < linter->catalogue->count; i++) {
        if (!slice_ieq(service, linter->catalogue->actions[i].service))
            continue;
        if (!is_wild(name)) {
            if (slice_eq(lower, linter->names[i]))
                return true;
            continue;
        }
        if (linter->steps < name.len || pattern_wildcard(lower, NULL, linter->names[i]))
            return true;
        linter->steps -= name.len;
    }
    return false;
}

static void
lint_action(struct linter *linter, const struct element *element)
{
    struct slice text = element->value->text, service, name;
    if (lint_variables(linter, element, false) || slice_is(text, "*"))
        return;
    if (!slice_cut(text, ':', &service, &name) || service.len == 0 || name.len == 0)
        linter_report(linter, ISSUE_INVALID_ACTION, element, WORDS(text, SLICE("")));
    else if (!lint_service_is_known(linter, service))
        linter_report(linter, ISSUE_INVALID_SERVICE_IN_ACTION, element,
                      WORDS(service, like_service(linter, service)));
    else if (!action_exists(linter, service, name))
        linter_report(linter, ISSUE_INVALID_ACTION, element,
                      WORDS(text, like_action(linter, service, name)));
}

static void
lint_strings(struct linter *linter, const struct element *list, enum lint_issue when_empty,
             void (*each)(struct linter *linter, const struct element *element))
{
    const struct json *value = element_first(list);
    if (element_count(list) == 0)
        linter_refuse(linter, when_empty, list, WORDS(SLICE("")));
    for (size_t i = 0; value; value = element_next(list, value), i++) {
        struct element element = element_one_of(list, value, i);
        if (value->type == JSON_STRING)
            each(linter, &element);
        else
            linter_report_type(linter, &element, "String");
    }
}

void
lint_actions(struct linter *linter, const struct element *list)
{
    lint_strings(linter, list, ISSUE_EMPTY_ARRAY_ACTION, lint_action);
    lint_redundant(linter, list, ISSUE_REDUNDANT_ACTION, ITEMS_ACTIONS, SLICE(""));
}

/* ---- resources ---- */

/* What the last part of an ARN may be (reference §5.5). */
static const struct {
    const char *service, *pattern;
} resource_forms[] = {
    {"ses", "identity/?*"},
    {"ses", "configuration-set/?*"},
    {"ses", "template/?*"},
    {"ses", "custom-verification-email-template/?*"},
    {"ses", "contact-list/?*"},
    {"ses", "dedicated-ip-pool/?*"},
    {"ses", "import-job/?*"},
    {"ses", "export-job/?*"},
    {"ses", "deliverability-test-report/?*"},
    {"ses", "multi-region-endpoint/?*"},
    {"ses", "tenant/?*"},
    {"ses", "reputation-policy/?*"},
    {"ses", "mailmanager-?*/?*"},
    {"ses", "addon-?*/?*"},
    {"iam", "root"},
    {"iam", "user/?*"},
    {"iam", "group/?*"},
    {"iam", "role/?*"},
    {"iam", "policy/?*"},
    {"iam", "instance-profile/?*"},
    {"iam", "mfa/?*"},
    {"iam", "sms-mfa/?*"},
    {"iam", "u2f/?*"},
    {"iam", "oidc-provider/?*"},
    {"iam", "saml-provider/?*"},
    {"iam", "server-certificate/?*"},
    {"iam", "access-report/?*"},
    {"iam", "delegation-request/?*"},
    {"iam", "template/?*"},
    {"sts", "self"},
    {"sts", "assumed-role/?*"},
    {"sts", "federated-user/?*"},
    {"sts", "context-provider/?*"},
    {"access-analyzer", "analyzer/?*"},
};

static bool
read_pattern(struct linter *linter, struct slice text, bool wildcards, struct pattern *out)
{
    const char *why;
    unsigned features =
        (wildcards ? PATTERN_WITH_WILDCARDS : 0) | (linter->variables ? PATTERN_WITH_VARIABLES : 0);
    return pattern_compile(linter->arena, text, features, out, &why);
}

static bool
has_known_form(struct linter *linter, struct slice service, struct slice resource)
{
    struct pattern given, form;
    if (!read_pattern(linter, resource, true, &given))
        return true; /* its variable was reported */
    for (size_t i = 0; i < sizeof resource_forms / sizeof *resource_forms; i++) {
        if (!slice_is(service, resource_forms[i].service))
            continue;
        if (!read_pattern(linter, slice_of(resource_forms[i].pattern), true, &form) ||
            pattern_set_intersects(&given, &form, &linter->steps))
            return true;
    }
    return false;
}

static void
lint_arn_service(struct linter *linter, const struct element *element, const struct arn *arn)
{
    struct slice service = arn->part[ARN_SERVICE];
    struct slice lower = arena_lower(linter->arena, service);
    if (is_wild(service))
        linter_report(linter, ISSUE_WILDCARD_IN_SERVICE_NAME, element, WORDS(service));
    else if (!lint_service_is_known(linter, service))
        linter_report(linter, ISSUE_INVALID_SERVICE, element, WORDS(service));
    else if (!slice_eq(service, lower))
        linter_report(linter, ISSUE_INVALID_ARN_SERVICE_CASE, element, WORDS(service));
}

/* IAM and STS are everywhere. */
static void
lint_arn_region(struct linter *linter, const struct element *element, const struct arn *arn)
{
    struct slice service = arn->part[ARN_SERVICE], region = arn->part[ARN_REGION];
    bool everywhere = slice_is(service, "iam") || slice_is(service, "sts");
    if (everywhere && region.len > 0 && !slice_is(region, "*"))
        linter_report(linter, ISSUE_ARN_REGION_NOT_ALLOWED, element, WORDS(service));
    if (!everywhere && region.len == 0)
        linter_report(linter, ISSUE_MISSING_ARN_REGION, element, WORDS(service));
}

static void
lint_arn_account(struct linter *linter, const struct element *element, const struct arn *arn)
{
    struct slice account = arn->part[ARN_ACCOUNT];
    if (account.len == 0)
        linter_report(linter, ISSUE_MISSING_ARN_ACCOUNT, element, WORDS(arn->part[ARN_SERVICE]));
    else if (!is_wild(account) && !account_id_valid(account) && !slice_is(account, "aws"))
        linter_report(linter, ISSUE_INVALID_ARN_ACCOUNT, element, WORDS(account));
}

static void
lint_arn(struct linter *linter, const struct element *element, const struct arn *arn)
{
    struct slice service = arn->part[ARN_SERVICE], partition = arn->part[ARN_PARTITION];
    if (!is_wild(partition) && !slice_is(partition, "aws"))
        linter_report(linter, ISSUE_INVALID_PARTITION, element, WORDS(service, partition));
    lint_arn_service(linter, element, arn);
    if (!lint_service_is_known(linter, service)) {
        if (arn->part[ARN_RESOURCE].len == 0)
            linter_report(linter, ISSUE_INVALID_ARN_RESOURCE, element, WORDS(SLICE("")));
        return;
    }
    lint_arn_region(linter, element, arn);
    lint_arn_account(linter, element, arn);
    if (!has_known_form(linter, arena_lower(linter->arena, service), arn->part[ARN_RESOURCE]))
        linter_report(linter, ISSUE_INVALID_ARN_RESOURCE, element, WORDS(SLICE("")));
}

/* Variables stand after the fifth colon only. */
static bool
lint_resource_variables(struct linter *linter, const struct element *element, const struct arn *arn)
{
    for (int i = 0; linter->variables && i < ARN_RESOURCE; i++)
        if (slice_find(arn->part[i], SLICE("${")) != SLICE_NONE) {
            (void)lint_variables(linter, element, false);
            return false;
        }
    (void)lint_variables(linter, element, true);
    return true;
}

static void
lint_resource(struct linter *linter, const struct element *element)
{
    struct slice text = element->value->text;
    struct arn arn;
    if (slice_is(text, "*"))
        return;
    if (!slice_starts(text, SLICE("arn:")))
        linter_report(linter, ISSUE_INVALID_ARN_PREFIX, element, WORDS(SLICE("")));
    else if (!arn_split(text, linter->variables, &arn))
        linter_report(linter, ISSUE_MISSING_ARN_FIELD, element, WORDS(SLICE("")));
    else if (lint_resource_variables(linter, element, &arn))
        lint_arn(linter, element, &arn);
}

void
lint_resources(struct linter *linter, const struct element *list)
{
    lint_strings(linter, list, ISSUE_EMPTY_ARRAY_RESOURCE, lint_resource);
    lint_redundant(linter, list, ISSUE_REDUNDANT_RESOURCE, ITEMS_ARNS, SLICE(""));
}

/* ---- variables ---- */

/* After the comma of a variable: 'text'} */
static bool
skip_default(struct linter *linter, const struct element *element, struct slice *rest)
{
    struct slice text;
    while (rest->len > 0 && rest->ptr[0] == ' ')
        *rest = slice_from(*rest, 1);
    if (rest->len == 0 || rest->ptr[0] != '\'' ||
        !slice_cut(slice_from(*rest, 1), '\'', &text, rest)) {
        linter_report(linter, ISSUE_MISSING_QUOTE_IN_VARIABLE, element, WORDS(SLICE("")));
        return false;
    }
    while (rest->len > 0 && rest->ptr[0] == ' ')
        *rest = slice_from(*rest, 1);
    if (rest->len > 0 && rest->ptr[0] == '}')
        return true;
    linter_report(linter, ISSUE_MISSING_BRACE_IN_VARIABLE, element, WORDS(SLICE("")));
    return false;
}

static void
lint_variable_name(struct linter *linter, const struct element *element, struct slice name)
{
    struct slice trimmed = slice_trim(name);
    if (trimmed.len == 0)
        linter_report(linter, ISSUE_EMPTY_VARIABLE, element, WORDS(SLICE("")));
    else if (trimmed.len != name.len)
        linter_report(linter, ISSUE_UNSUPPORTED_SPACE_IN_VARIABLE, element, WORDS(SLICE("")));
    else
        (void)lint_key(linter, element, name, false);
}

/* `rest` begins with "${"; it is moved behind the variable. False: nothing can be read behind it. */
static bool
lint_variable(struct linter *linter, const struct element *element, struct slice *rest)
{
    struct slice inner = slice_from(*rest, 2);
    size_t end = 0;
    if (inner.len >= 2 && inner.ptr[1] == '}' && memchr("*?$", inner.ptr[0], 3)) {
        *rest = slice_from(inner, 2);
        return true;
    }
    while (end < inner.len && inner.ptr[end] != '}' && inner.ptr[end] != ',')
        end++;
    if (end == inner.len) {
        linter_report(linter, ISSUE_MISSING_BRACE_IN_VARIABLE, element, WORDS(SLICE("")));
        return false;
    }
    lint_variable_name(linter, element, slice_head(inner, end));
    *rest = slice_from(inner, end + 1);
    return inner.ptr[end] == '}' || skip_default(linter, element, rest);
}

bool
lint_variables(struct linter *linter, const struct element *element, bool allowed)
{
    struct slice rest = element->value->text;
    size_t at = slice_find(rest, SLICE("${"));
    if (at == SLICE_NONE)
        return false;
    rest = slice_from(rest, at);
    if (!linter->variables) {
        linter_report(linter, ISSUE_VARIABLE_UNSUPPORTED_IN_VERSION, element, WORDS(SLICE("")));
        return true;
    }
    if (!allowed) {
        linter_report(
            linter, ISSUE_VARIABLE_UNSUPPORTED_IN_ELEMENT, element,
            WORDS(slice_head(rest, slice_chr(rest, '}') == SLICE_NONE ? rest.len
                                                                      : slice_chr(rest, '}') + 1)));
        return true;
    }
    while (lint_variable(linter, element, &rest) &&
           (at = slice_find(rest, SLICE("${"))) != SLICE_NONE)
        rest = slice_from(rest, at);
    return true;
}

/* ---- keys ---- */

static void
report_key(struct linter *linter, enum lint_issue issue, const struct element *element,
           bool at_name, const struct slice *words)
{
    if (at_name)
        linter_report_name(linter, issue, element, words);
    else
        linter_report(linter, issue, element, words);
}

const struct condition_key *
lint_key(struct linter *linter, const struct element *element, struct slice name, bool at_name)
{
    const struct condition_key *key = condition_key_find(name);
    struct slice service = slice_head(name, slice_chr(name, ':'));
    if (!key_name_valid(name))
        report_key(linter, ISSUE_INVALID_CONDITION_KEY_FORMAT, element, at_name, WORDS(name));
    else if (key && !key->here)
        report_key(linter, ISSUE_CONDITION_KEY_NOT_SET_HERE, element, at_name, WORDS(name));
    else if (!key && slice_iis(service, "aws"))
        report_key(linter, ISSUE_INVALID_GLOBAL_CONDITION_KEY, element, at_name, WORDS(name));
    else if (!key && lint_service_is_known(linter, service))
        report_key(linter, ISSUE_INVALID_SERVICE_CONDITION_KEY, element, at_name,
                   WORDS(name, service));
    else if (!key)
        report_key(linter, ISSUE_INVALID_SERVICE, element, at_name, WORDS(service));
    return key;
}

/* ---- what others hold all of ---- */

/* No parts: everything. */
struct item {
    struct pattern *parts;
    size_t count;
    bool readable;
};

static struct item
read_arn(struct linter *linter, struct slice text)
{
    struct item item = {.count = ARN_PARTS};
    struct arn arn;
    if (slice_is(text, "*"))
        return (struct item){.readable = true};
    item.parts = ARENA_ARRAY(linter->arena, struct pattern, ARN_PARTS);
    item.readable = arn_split(text, linter->variables, &arn);
    for (int i = 0; item.readable && i < ARN_PARTS; i++)
        item.readable = read_pattern(linter, arn.part[i], true, &item.parts[i]);
    return item;
}

static struct item
read_item(struct linter *linter, const struct json *value, enum lint_items kind)
{
    struct item item = {.count = 1};
    if (value->type != JSON_STRING)
        return item;
    if (kind == ITEMS_ARNS)
        return read_arn(linter, value->text);
    struct slice text =
        kind == ITEMS_ACTIONS ? arena_lower(linter->arena, value->text) : value->text;
    item.parts = ARENA_NEW(linter->arena, struct pattern);
    item.readable = read_pattern(linter, text, kind != ITEMS_TEXTS, item.parts);
    return item;
}

static bool
holds(struct linter *linter, const struct item *outer, const struct item *inner)
{
    if (!outer->readable || !inner->readable)
        return false;
    if (outer->count == 0 || inner->count == 0)
        return outer->count == 0;
    for (size_t i = 0; i < outer->count; i++)
        if (!pattern_set_contains(&outer->parts[i], &inner->parts[i], &linter->steps))
            return false;
    return true;
}

/* Of two that are the same, the second is one too many. */
static bool
is_redundant(struct linter *linter, const struct item *items, size_t count, size_t which)
{
    for (size_t i = 0; i < count; i++)
        if (i != which && holds(linter, &items[i], &items[which]) &&
            (i < which || !holds(linter, &items[which], &items[i])))
            return true;
    return false;
}

void
lint_redundant(struct linter *linter, const struct element *list, enum lint_issue issue,
               enum lint_items kind, struct slice word)
{
    size_t count = element_count(list), found = 0;
    struct item items[COMPARED_MAX];
    struct element redundant[COMPARED_MAX];
    const struct json *value = element_first(list);
    if (count > COMPARED_MAX)
        return;
    for (size_t i = 0; value; value = element_next(list, value), i++)
        items[i] = read_item(linter, value, kind);
    value = element_first(list);
    for (size_t i = 0; value; value = element_next(list, value), i++)
        if (is_redundant(linter, items, count, i))
            redundant[found++] = element_one_of(list, value, i);
    if (found == 0)
        return;
    linter_report(linter, issue, &redundant[0],
                  WORDS(arena_printf(linter->arena, "%zu", found),
                        word.len ? word : redundant[0].value->text));
    for (size_t i = 1; i < found; i++)
        linter_also(linter, &redundant[i]);
}
