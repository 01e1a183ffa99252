#include "principal.h"

/* ---- compile ---- */

/* A service, a federated or a canonical user signs no request here, so such a principal is
 * read, and then matches nobody and excepts nobody. */
static enum rc
compile_foreign(struct compiler *compiler, const struct element *element, struct slice text,
                void *item)
{
    (void)item;
    if (text.len == 0)
        return compiler_fail(compiler, element, "must not be empty");
    return RC_OK;
}

/* user/NAME, role/NAME, assumed-role/ROLE/SESSION, federated-user/NAME */
static bool
resource_is_principal(struct slice resource)
{
    struct slice type, name;
    if (!slice_cut(resource, '/', &type, &name) || name.len == 0)
        return false;
    return slice_is(type, "user") || slice_is(type, "role") || slice_is(type, "assumed-role") ||
           slice_is(type, "federated-user");
}

static bool
arn_is_principal(struct slice text, struct arn *out)
{
    if (slice_chr(text, '*') != SLICE_NONE || slice_chr(text, '?') != SLICE_NONE)
        return false;
    if (!arn_split(text, false, out) || out->part[ARN_PARTITION].len == 0 ||
        out->part[ARN_REGION].len > 0 || !account_id_valid(out->part[ARN_ACCOUNT]))
        return false;
    if (slice_is(out->part[ARN_SERVICE], "sts"))
        return resource_is_principal(out->part[ARN_RESOURCE]);
    return slice_is(out->part[ARN_SERVICE], "iam") &&
           (slice_is(out->part[ARN_RESOURCE], "root") ||
            resource_is_principal(out->part[ARN_RESOURCE]));
}

static enum rc
compile_aws(struct compiler *compiler, const struct element *element, struct slice text, void *item)
{
    struct principal_pattern *out = item;
    struct arn arn;
    struct slice shown = compiler_shown(text);
    if (slice_is(text, "*")) {
        out->kind = PRINCIPAL_ANYONE;
    } else if (account_id_valid(text)) {
        *out = (struct principal_pattern){PRINCIPAL_ACCOUNT, arena_dup(compiler->arena, text)};
    } else if (!arn_is_principal(text, &arn)) {
        return compiler_fail(compiler, element,
                             "\"%.*s\" must be \"*\", an account of 12 digits or the ARN of a user "
                             "or role without wildcards",
                             SLICE_ARG(shown));
    } else if (slice_is(arn.part[ARN_RESOURCE], "root")) {
        out->kind = PRINCIPAL_ACCOUNT;
        out->text = arena_dup(compiler->arena, arn.part[ARN_ACCOUNT]);
    } else {
        *out = (struct principal_pattern){PRINCIPAL_ARN, arena_dup(compiler->arena, text)};
    }
    return RC_OK;
}

static enum rc
compile_type(struct compiler *compiler, const struct element *element, struct statement *statement)
{
    struct slice name = element->value->name, shown = compiler_shown(name);
    void *items;
    size_t count;
    if (slice_is(name, "AWS")) {
        enum rc rc = compiler_strings(compiler, element, compile_aws,
                                      sizeof(struct principal_pattern), &items, &count);
        if (rc == RC_OK) {
            statement->principals = items;
            statement->principal_count = count;
        }
        return rc;
    }
    if (slice_is(name, "Service") || slice_is(name, "Federated") || slice_is(name, "CanonicalUser"))
        return compiler_strings(compiler, element, compile_foreign, 1, &items, &count);
    return compiler_fail_name(compiler, element,
                              "\"%.*s\" is none of AWS, Service, Federated, CanonicalUser",
                              SLICE_ARG(shown));
}

enum rc
principal_compile(struct compiler *compiler, const struct element *principal,
                  struct statement *statement)
{
    const struct json *value = principal->value;
    statement->has_principal = true;
    if (value->type == JSON_STRING && slice_is(value->text, "*")) {
        statement->principals = ARENA_NEW(compiler->arena, struct principal_pattern);
        statement->principal_count = 1;
        return RC_OK;
    }
    if (value->type != JSON_OBJECT || value->count == 0)
        return compiler_fail(compiler, principal,
                             "must be \"*\" or an object as {\"AWS\": \"arn:aws:iam::...\"}");
    for (const struct json *type = value->first; type; type = type->next) {
        struct element element = element_member(principal, type);
        enum rc rc = compile_type(compiler, &element, statement);
        if (rc != RC_OK)
            return rc;
    }
    return RC_OK;
}

/* ---- evaluate ---- */

static bool
is_root(const struct evaluate_request *request)
{
    struct arn arn;
    return arn_split(request->principal_arn, false, &arn) &&
           slice_is(arn.part[ARN_RESOURCE], "root");
}

static bool
covers(const struct principal_pattern *principal, const struct evaluate_request *request,
       bool account_covers_users)
{
    switch (principal->kind) {
    case PRINCIPAL_ANYONE: return true;
    case PRINCIPAL_ARN: return slice_eq(principal->text, request->principal_arn);
    case PRINCIPAL_ACCOUNT:
        return (account_covers_users || is_root(request)) &&
               slice_eq(principal->text, request->principal_account);
    }
    return false;
}

/*
 * An account stands for all its users where the statement refuses (Deny Principal, Allow
 * NotPrincipal) and for its root alone where it grants or excepts (Allow Principal, Deny
 * NotPrincipal): naming the account must not hand an address to everybody in it.
 */
bool
principal_matches(const struct statement *statement, const struct evaluate_request *request)
{
    if (!statement->has_principal)
        return true;
    bool refuses = (statement->effect == EFFECT_DENY) != statement->principals_negated;
    for (size_t i = 0; i < statement->principal_count; i++)
        if (covers(&statement->principals[i], request, refuses))
            return !statement->principals_negated;
    return statement->principals_negated;
}

bool
principal_is_named(const struct statement *statement, struct slice arn)
{
    for (size_t i = 0; !statement->principals_negated && i < statement->principal_count; i++)
        if (statement->principals[i].kind == PRINCIPAL_ARN &&
            slice_eq(statement->principals[i].text, arn))
            return true;
    return false;
}
