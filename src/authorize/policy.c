/*
 * From a policy document to its compiled form (reference §5.1). The document is read strictly, its
 * own elements first, then each statement's. What can be settled once is settled here (case, ARNs
 * split, numbers read, variables found), so that a decision is quick.
 */
#include "policy.h"

#include "base/codec.h"
#include "canonical.h"
#include "condition.h"
#include "principal.h"

#include <stdlib.h>

enum { STATEMENTS_MAX = 1000 };

/* ---- Action ---- */

/* `service:Name`: wildcards only after the colon. */
static bool
action_valid(struct slice text)
{
    struct slice service, name;
    if (slice_is(text, "*"))
        return true;
    if (!slice_cut(text, ':', &service, &name) || service.len == 0 || name.len == 0)
        return false;
    for (size_t i = 0; i < service.len; i++)
        if (!ascii_alnum(service.ptr[i]) && service.ptr[i] != '-')
            return false;
    for (size_t i = 0; i < name.len; i++)
        if (!ascii_alnum(name.ptr[i]) && name.ptr[i] != '*' && name.ptr[i] != '?')
            return false;
    return true;
}

static enum rc
compile_action(struct compiler *compiler, const struct element *element, struct slice text,
               void *item)
{
    struct slice shown = compiler_shown(text);
    if (!action_valid(text))
        return compiler_fail(compiler, element,
                             "\"%.*s\" must be \"*\" or service:Action as ses:SendEmail",
                             SLICE_ARG(shown));
    return compiler_pattern(compiler, element, arena_lower(compiler->arena, text),
                            PATTERN_WITH_WILDCARDS, item);
}

/* ---- Resource ---- */

/* Only where an address may stand: in the name of an identity, or under a wildcard that may be it. */
static const struct pattern *
fold_resource(struct arena *arena, const struct pattern *last)
{
    const struct slice prefix = SLICE("identity/");
    bool identity = slice_starts(last->text, prefix);
    if (last->kind == PATTERN_VARIABLE || (last->kind == PATTERN_LITERAL && !identity))
        return NULL;
    struct pattern *folded = ARENA_NEW(arena, struct pattern);
    *folded = pattern_fold(arena, last, identity ? prefix.len : 0);
    return folded;
}

/* The name of an identity in the form that requests have it. */
static enum rc
canonical_resource(struct compiler *compiler, const struct element *element, struct slice *text)
{
    const struct slice prefix = SLICE("identity/");
    struct arn arn;
    struct slice name;
    const char *why;
    if (!arn_split(*text, compiler->variables, &arn)) /* compiler_arn says what is wrong */
        return RC_OK;
    bool ses = slice_is(arn.part[ARN_SERVICE], "ses") || slice_is(arn.part[ARN_SERVICE], "*");
    if (!ses || !slice_starts(arn.part[ARN_RESOURCE], prefix))
        return RC_OK;
    if (!canonical_identity(compiler->arena, slice_from(arn.part[ARN_RESOURCE], prefix.len), true,
                            compiler->variables, &name, &why))
        return compiler_fail(compiler, element, "%s", why);
    size_t head = (size_t)(arn.part[ARN_RESOURCE].ptr - text->ptr) + prefix.len;
    *text = arena_concat(compiler->arena, slice_head(*text, head), name);
    return RC_OK;
}

static enum rc
compile_resource(struct compiler *compiler, const struct element *element, struct slice text,
                 void *item)
{
    struct resource_pattern *out = item;
    out->written = arena_dup(compiler->arena, text);
    out->line = element->value->line;
    out->column = element->value->column;
    if (slice_is(text, "*"))
        return RC_OK;
    enum rc rc = canonical_resource(compiler, element, &text);
    return rc == RC_OK ? compiler_arn(compiler, element, text, ARN_RESOURCE, &out->parts) : rc;
}

static void
fold_resources(struct compiler *compiler, struct resource_pattern *resources, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (resources[i].parts)
            resources[i].folded = fold_resource(compiler->arena, &resources[i].parts[ARN_RESOURCE]);
}

/* ---- Statement ---- */

static enum rc
refuse_unknown(const struct compiler *compiler, const struct element *object,
               const char *const *known, size_t count)
{
    if (object->value->type != JSON_OBJECT)
        return compiler_fail(compiler, object, "must be an object, not %s",
                             json_type_name(object->value->type));
    for (const struct json *value = object->value->first; value; value = value->next) {
        size_t i = 0;
        while (i < count && !slice_is(value->name, known[i]))
            i++;
        struct element element = element_member(object, value);
        if (i == count)
            return compiler_fail_name(compiler, &element, "unknown element");
    }
    return RC_OK;
}

/* Exactly one of `name` and Not`name`. */
static enum rc
find_either(const struct compiler *compiler, const struct element *statement, const char *name,
            const char *not_name, const struct json **out, bool *negated)
{
    const struct json *plain = json_member(statement->value, name);
    const struct json *opposite = json_member(statement->value, not_name);
    if (plain && opposite)
        return compiler_fail(compiler, statement, "has both %s and %s", name, not_name);
    if (!plain && !opposite)
        return compiler_fail(compiler, statement, "%s or %s is missing", name, not_name);
    *out = plain ? plain : opposite;
    *negated = opposite != NULL;
    return RC_OK;
}

static enum rc
compile_sid(struct compiler *compiler, const struct element *statement, struct statement *out)
{
    const struct json *value = json_member(statement->value, "Sid");
    if (!value)
        return RC_OK;
    struct element element = element_member(statement, value);
    if (value->type != JSON_STRING)
        return compiler_fail(compiler, &element, "must be a string, not %s",
                             json_type_name(value->type));
    for (size_t i = 0; compiler->kind == POLICY_IDENTITY_BASED && i < value->text.len; i++)
        if (!ascii_alnum(value->text.ptr[i]))
            return compiler_fail(compiler, &element, "must be letters and digits only");
    out->sid = arena_dup(compiler->arena, value->text);
    return RC_OK;
}

static enum rc
compile_effect(struct compiler *compiler, const struct element *statement, struct statement *out)
{
    const struct json *value = json_member(statement->value, "Effect");
    if (!value)
        return compiler_fail(compiler, statement, "Effect is missing");
    struct element element = element_member(statement, value);
    bool allow = value->type == JSON_STRING && slice_is(value->text, "Allow");
    bool deny = value->type == JSON_STRING && slice_is(value->text, "Deny");
    if (!allow && !deny)
        return compiler_fail(compiler, &element, "must be \"Allow\" or \"Deny\"");
    out->effect = allow ? EFFECT_ALLOW : EFFECT_DENY;
    return RC_OK;
}

static enum rc
compile_actions(struct compiler *compiler, const struct element *statement, struct statement *out)
{
    const struct json *value = NULL;
    enum rc rc =
        find_either(compiler, statement, "Action", "NotAction", &value, &out->actions_negated);
    if (rc != RC_OK)
        return rc;
    struct element element = element_member(statement, value);
    void *items;
    rc = compiler_strings(compiler, &element, compile_action, sizeof(struct pattern), &items,
                          &out->action_count);
    if (rc == RC_OK)
        out->actions = items;
    return rc;
}

static enum rc
compile_resources(struct compiler *compiler, const struct element *statement, struct statement *out)
{
    const struct json *value = NULL;
    enum rc rc = find_either(compiler, statement, "Resource", "NotResource", &value,
                             &out->resources_negated);
    if (rc != RC_OK)
        return rc;
    struct element element = element_member(statement, value);
    void *items;
    rc = compiler_strings(compiler, &element, compile_resource, sizeof(struct resource_pattern),
                          &items, &out->resource_count);
    if (rc != RC_OK)
        return rc;
    if (out->effect == EFFECT_DENY)
        fold_resources(compiler, items, out->resource_count);
    out->resources = items;
    return RC_OK;
}

static enum rc
compile_principals(struct compiler *compiler, const struct element *statement,
                   struct statement *out)
{
    if (compiler->kind == POLICY_IDENTITY_BASED) {
        const struct json *value = json_member(statement->value, "Principal");
        if (!value)
            value = json_member(statement->value, "NotPrincipal");
        if (!value)
            return RC_OK;
        struct element element = element_member(statement, value);
        return compiler_fail_name(compiler, &element,
                                  "is not allowed in a policy of a user or group");
    }
    const struct json *value = NULL;
    enum rc rc = find_either(compiler, statement, "Principal", "NotPrincipal", &value,
                             &out->principals_negated);
    if (rc != RC_OK)
        return rc;
    struct element element = element_member(statement, value);
    return principal_compile(compiler, &element, out);
}

static enum rc
compile_conditions(struct compiler *compiler, const struct element *statement,
                   struct statement *out)
{
    const struct json *value = json_member(statement->value, "Condition");
    if (!value)
        return RC_OK;
    struct element element = element_member(statement, value);
    return condition_compile(compiler, &element, out);
}

static enum rc
compile_statement(struct compiler *compiler, const struct element *element, struct slice document,
                  struct statement *out)
{
    static const char *const known[] = {"Sid",          "Effect",      "Principal",
                                        "NotPrincipal", "Action",      "NotAction",
                                        "Resource",     "NotResource", "Condition"};
    /* In this order: what follows Effect depends on it. */
    static enum rc (*const parts[])(struct compiler *, const struct element *,
                                    struct statement *) = {compile_sid,        compile_effect,
                                                           compile_principals, compile_actions,
                                                           compile_resources,  compile_conditions};
    enum rc rc = refuse_unknown(compiler, element, known, sizeof known / sizeof *known);
    compiler->required = NULL;
    compiler->required_count = compiler->required_cap = 0;
    for (size_t i = 0; rc == RC_OK && i < sizeof parts / sizeof *parts; i++)
        rc = parts[i](compiler, element, out);
    out->required = compiler->required;
    out->required_count = compiler->required_count;
    const struct json *value = element->value;
    out->text = (struct slice){document.ptr + value->start, value->end - value->start};
    return rc;
}

/* ---- the document ---- */

static enum rc
refuse_second_sid(const struct compiler *compiler, const struct element *element,
                  const struct policy *policy, size_t index)
{
    struct slice sid = policy->statements[index].sid;
    if (compiler->kind != POLICY_IDENTITY_BASED || sid.len == 0)
        return RC_OK;
    for (size_t i = 0; i < index; i++)
        if (slice_eq(policy->statements[i].sid, sid)) {
            struct element at = element_member(element, json_member(element->value, "Sid"));
            return compiler_fail(compiler, &at, "is already that of Statement[%zu]", i);
        }
    return RC_OK;
}

static enum rc
compile_statements(struct compiler *compiler, const struct element *root, struct slice document,
                   struct policy *policy)
{
    const struct json *value = json_member(root->value, "Statement");
    if (!value)
        return compiler_fail(compiler, root, "Statement is missing");
    struct element list = element_member(root, value);
    size_t count = element_count(&list);
    if (count == 0)
        return compiler_fail(compiler, &list, "must not be an empty list");
    if (count > STATEMENTS_MAX) {
        (void)compiler_fail(compiler, &list, "has more than %d statements", STATEMENTS_MAX);
        if (compiler->err)
            compiler->err->rc = RC_LIMIT;
        return RC_LIMIT;
    }
    policy->statements = ARENA_ARRAY(compiler->arena, struct statement, count);
    policy->statement_count = count;
    const struct json *item = element_first(&list);
    for (size_t i = 0; item; item = element_next(&list, item), i++) {
        /* A lone statement is Statement[0] too: the index that decisions are reported with. */
        struct element element = element_item(&list, item, i);
        enum rc rc = compile_statement(compiler, &element, document, &policy->statements[i]);
        if (rc == RC_OK)
            rc = refuse_second_sid(compiler, &element, policy, i);
        if (rc != RC_OK)
            return rc;
    }
    return RC_OK;
}

static enum rc
compile_version(struct compiler *compiler, const struct element *root)
{
    const struct json *value = json_member(root->value, "Version");
    if (!value)
        return RC_OK; /* 2008-10-17 */
    struct element element = element_member(root, value);
    compiler->variables = value->type == JSON_STRING && slice_is(value->text, "2012-10-17");
    if (compiler->variables || (value->type == JSON_STRING && slice_is(value->text, "2008-10-17")))
        return RC_OK;
    return compiler_fail(compiler, &element, "must be \"2012-10-17\" or \"2008-10-17\"");
}

static enum rc
compile_id(struct compiler *compiler, const struct element *root)
{
    const struct json *value = json_member(root->value, "Id");
    if (!value || value->type == JSON_STRING)
        return RC_OK;
    struct element element = element_member(root, value);
    return compiler_fail(compiler, &element, "must be a string, not %s",
                         json_type_name(value->type));
}

static enum rc
compile_document(struct compiler *compiler, const struct json *json, struct slice document,
                 struct policy *policy)
{
    static const char *const known[] = {"Version", "Id", "Statement"};
    struct element root = {.value = json};
    enum rc rc = refuse_unknown(compiler, &root, known, sizeof known / sizeof *known);
    if (rc == RC_OK)
        rc = compile_version(compiler, &root);
    if (rc == RC_OK)
        rc = compile_id(compiler, &root);
    return rc == RC_OK ? compile_statements(compiler, &root, document, policy) : rc;
}

/* Tab, LF, CR and U+0020 to U+00FF, which in UTF-8 is ASCII and what begins with C2 or C3. */
static bool
character_allowed(unsigned char c)
{
    return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c <= 0xc3);
}

static enum rc
check_characters(struct slice document, struct err *err)
{
    unsigned line = 1;
    size_t line_start = 0;
    if (!codec_utf8_valid(document))
        return err_set(err, RC_SYNTAX, "the policy document is not UTF-8");
    for (size_t i = 0; i < document.len; i++) {
        if (!character_allowed((unsigned char)document.ptr[i]))
            return err_set_at(err, RC_SYNTAX, line, (uint32_t)(i - line_start + 1),
                              "only tab, line ends and U+0020 to U+00FF may "
                              "stand in a policy; write others as \\u escapes");
        if (document.ptr[i] == '\n') {
            line++;
            line_start = i + 1;
        }
    }
    return RC_OK;
}

static enum rc
compile(struct policy *policy, struct arena *scratch, struct slice document, struct err *err)
{
    struct json *json = NULL;
    struct slice kept = arena_dup(policy->arena, document);
    policy->document = kept;
    enum rc rc = json_parse(scratch, kept, &json, err);
    if (rc != RC_OK)
        return rc;
    struct compiler compiler = {.arena = policy->arena, .kind = policy->kind, .err = err};
    return compile_document(&compiler, json, kept, policy);
}

enum rc
policy_parse(struct slice document, enum policy_kind kind, struct policy **out, struct err *err)
{
    if (document.len > POLICY_DOCUMENT_MAX)
        return err_set(err, RC_LIMIT, "the policy document is longer than %d bytes",
                       POLICY_DOCUMENT_MAX);
    enum rc rc = check_characters(document, err);
    if (rc != RC_OK)
        return rc;
    struct policy *policy = NEW(struct policy);
    struct arena *scratch = arena_new();
    atomic_init(&policy->references, 1);
    policy->arena = arena_new();
    policy->kind = kind;
    rc = compile(policy, scratch, document, err);
    arena_free(scratch);
    if (rc == RC_OK)
        *out = policy;
    else
        policy_unref(policy);
    return rc;
}

/* ---- its life, and what is asked of it ---- */

struct policy *
policy_ref(struct policy *policy)
{
    atomic_fetch_add_explicit(&policy->references, 1, memory_order_relaxed);
    return policy;
}

void
policy_unref(struct policy *policy)
{
    if (!policy || atomic_fetch_sub_explicit(&policy->references, 1, memory_order_acq_rel) != 1)
        return;
    arena_free(policy->arena);
    free(policy);
}

size_t
policy_statement_count(const struct policy *policy)
{
    return policy->statement_count;
}

struct slice
policy_statement_sid(const struct policy *policy, size_t index)
{
    return policy->statements[index].sid;
}

struct slice
policy_statement_text(const struct policy *policy, size_t index)
{
    return policy->statements[index].text;
}

static struct policy_place
place_of(struct slice document, size_t at)
{
    struct policy_place place = {1, 1};
    for (size_t i = 0; i < at; i++) {
        place.column++;
        if (document.ptr[i] == '\n')
            place = (struct policy_place){place.line + 1, 1};
    }
    return place;
}

void
policy_statement_place(const struct policy *policy, size_t index, struct policy_place *start,
                       struct policy_place *end)
{
    struct slice text = policy->statements[index].text;
    size_t at = (size_t)(text.ptr - policy->document.ptr);
    *start = place_of(policy->document, at);
    *end = place_of(policy->document, at + text.len);
}

size_t
policy_keys(struct arena *arena, const struct policy *policy, struct slice **out)
{
    size_t count = 0, max = 0;
    for (size_t i = 0; i < policy->statement_count; i++)
        max += policy->statements[i].clause_count + policy->statements[i].required_count;
    *out = ARENA_ARRAY(arena, struct slice, max);
    for (size_t i = 0; i < policy->statement_count; i++) {
        const struct statement *statement = &policy->statements[i];
        for (size_t k = 0; k < statement->clause_count; k++)
            (*out)[count++] = arena_dup(arena, statement->clauses[k].key.written);
        for (size_t k = 0; k < statement->required_count; k++)
            (*out)[count++] = arena_dup(arena, statement->required[k].written);
    }
    return count;
}

enum rc
policy_check_resource(const struct policy *policy, struct slice arn, struct err *err)
{
    for (size_t i = 0; i < policy->statement_count; i++) {
        const struct statement *statement = &policy->statements[i];
        const struct resource_pattern *first = &statement->resources[0];
        if (statement->resources_negated)
            err_set(err, RC_SYNTAX, "Statement[%zu].NotResource: must be Resource", i);
        else if (statement->resource_count != 1)
            err_set(err, RC_SYNTAX, "Statement[%zu].Resource: must be one ARN, not %zu", i,
                    statement->resource_count);
        else if (!slice_eq(first->written, arn))
            err_set(err, RC_SYNTAX, "Statement[%zu].Resource: must be \"%.*s\"", i, SLICE_ARG(arn));
        else
            continue;
        err_prefix(err, "line %u, column %u: ", first->line, first->column);
        return RC_SYNTAX;
    }
    return RC_OK;
}
