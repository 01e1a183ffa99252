/* Policies of identities: sending authorization (reference §3.8), in both generations of the API. */
#include "identity_changes.h"
#include "operations.h"
#include "served.h"

static enum rc
find_policies(struct api_call *call, const char *member, struct identity_policy_row **rows,
              size_t *count, struct err *err)
{
    struct identity_row identity;
    enum rc rc = identity_find_member(call, member, &identity, err);
    return rc == RC_OK
               ? identity_policies_of(call->database, call->arena, identity.name, rows, count, err)
               : rc;
}

/* What is wrong with the document, its name or its size is a fault of its own in v1. */
static enum rc
put_policy(struct api_call *call, const struct identity_row *identity, struct slice name,
           struct err *err)
{
    struct slice document;
    enum rc rc = api_input_string(call, "Policy", &document, err);
    if (rc == RC_OK)
        rc = identity_put_policy(call, identity->name, name, document, err);
    if (rc != RC_OK && rc != RC_LIMIT && rc != RC_TEMPORARY)
        call->fault = FAULT_INVALID_POLICY;
    return rc;
}

/* ---- v1 ---- */

static enum rc
put_identity_policy(struct api_call *call, struct err *err)
{
    struct identity_row identity;
    struct slice name;
    enum rc rc = identity_find_member(call, "Identity", &identity, err);
    if (rc == RC_OK)
        rc = api_input_string(call, "PolicyName", &name, err);
    rc = rc == RC_OK ? put_policy(call, &identity, name, err) : rc;
    if (rc == RC_LIMIT)
        call->fault = FAULT_INVALID_POLICY; /* the only one that the API has for it */
    return rc;
}

static bool
is_asked_for(const struct json *names, struct slice name)
{
    for (const struct json *asked = names->first; asked; asked = asked->next)
        if (slice_eq(asked->text, name))
            return true;
    return false;
}

enum { POLICIES_ASKED_MAX = 20 };

static enum rc
get_identity_policies(struct api_call *call, struct err *err)
{
    const struct json *names = json_member(call->input, "PolicyNames");
    struct identity_policy_row *rows;
    size_t count;
    if (names->count < 1 || names->count > POLICIES_ASKED_MAX)
        return api_fail(call, RC_SYNTAX, FAULT_INVALID_PARAMETER, err,
                        "PolicyNames must name 1 to %d policies", POLICIES_ASKED_MAX);
    enum rc rc = find_policies(call, "Identity", &rows, &count, err);
    if (rc != RC_OK)
        return rc;
    size_t asked = 0;
    for (size_t i = 0; i < count; i++)
        if (is_asked_for(names, rows[i].name))
            rows[asked++] = rows[i];
    identity_show_policies(call, rows, asked);
    return RC_OK;
}

static enum rc
list_identity_policies(struct api_call *call, struct err *err)
{
    struct identity_policy_row *rows;
    size_t count;
    enum rc rc = find_policies(call, "Identity", &rows, &count, err);
    if (rc != RC_OK)
        return rc;
    json_key(call->output, "PolicyNames");
    json_open_array(call->output);
    for (size_t i = 0; i < count; i++)
        json_write_string(call->output, rows[i].name);
    json_close_array(call->output);
    return RC_OK;
}

static enum rc
delete_policy(struct api_call *call, const char *member, struct err *err)
{
    struct identity_row identity;
    struct slice name;
    enum rc rc = identity_find_member(call, member, &identity, err);
    if (rc == RC_OK)
        rc = api_input_string(call, "PolicyName", &name, err);
    return rc == RC_OK ? identity_policies_delete(call->database, identity.name, name, err) : rc;
}

/* Idempotent, unlike that of v2 (reference §10). */
static enum rc
delete_identity_policy(struct api_call *call, struct err *err)
{
    enum rc rc = delete_policy(call, "Identity", err);
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

/* ---- v2 ---- */

/* `there`: whether it must be there, or must not. */
static enum rc
write_policy(struct api_call *call, bool there, struct err *err)
{
    struct identity_row identity;
    struct identity_policy_row *rows;
    struct slice name;
    size_t count;
    bool found = false;
    enum rc rc = identity_find_member(call, "EmailIdentity", &identity, err);
    if (rc == RC_OK)
        rc = api_input_string(call, "PolicyName", &name, err);
    if (rc == RC_OK)
        rc = identity_policies_of(call->database, call->arena, identity.name, &rows, &count, err);
    if (rc != RC_OK)
        return rc;
    for (size_t i = 0; i < count; i++)
        found |= slice_eq(rows[i].name, name);
    if (found && !there)
        return err_set(err, RC_CONFLICT, "Policy %.*s already exist.", SLICE_ARG(name));
    if (!found && there)
        return err_set(err, RC_NOT_FOUND, "Policy %.*s does not exist.", SLICE_ARG(name));
    return put_policy(call, &identity, name, err);
}

static enum rc
create_email_identity_policy(struct api_call *call, struct err *err)
{
    return write_policy(call, false, err);
}

static enum rc
update_email_identity_policy(struct api_call *call, struct err *err)
{
    return write_policy(call, true, err);
}

static enum rc
delete_email_identity_policy(struct api_call *call, struct err *err)
{
    return delete_policy(call, "EmailIdentity", err);
}

static enum rc
get_email_identity_policies(struct api_call *call, struct err *err)
{
    struct identity_policy_row *rows;
    size_t count;
    enum rc rc = find_policies(call, "EmailIdentity", &rows, &count, err);
    if (rc == RC_OK)
        identity_show_policies(call, rows, count);
    return rc;
}

static const struct served_operation rows[] = {
    {SERVICE_SES, "PutIdentityPolicy", "ses:PutIdentityPolicy", API_WRITE, RESOURCE_ANY, NULL,
     put_identity_policy, NULL},
    {SERVICE_SES, "GetIdentityPolicies", "ses:GetIdentityPolicies", API_READ, RESOURCE_ANY, NULL,
     get_identity_policies, NULL},
    {SERVICE_SES, "ListIdentityPolicies", "ses:ListIdentityPolicies", API_READ, RESOURCE_ANY, NULL,
     list_identity_policies, NULL},
    {SERVICE_SES, "DeleteIdentityPolicy", "ses:DeleteIdentityPolicy", API_WRITE, RESOURCE_ANY, NULL,
     delete_identity_policy, NULL},
    {SERVICE_SESV2, "CreateEmailIdentityPolicy", "ses:CreateEmailIdentityPolicy", API_WRITE,
     RESOURCE_IDENTITY, "EmailIdentity", create_email_identity_policy, NULL},
    {SERVICE_SESV2, "UpdateEmailIdentityPolicy", "ses:UpdateEmailIdentityPolicy", API_WRITE,
     RESOURCE_IDENTITY, "EmailIdentity", update_email_identity_policy, NULL},
    {SERVICE_SESV2, "DeleteEmailIdentityPolicy", "ses:DeleteEmailIdentityPolicy", API_WRITE,
     RESOURCE_IDENTITY, "EmailIdentity", delete_email_identity_policy, NULL},
    {SERVICE_SESV2, "GetEmailIdentityPolicies", "ses:GetEmailIdentityPolicies", API_READ,
     RESOURCE_IDENTITY, "EmailIdentity", get_email_identity_policies, NULL},
};

const struct served_rows ses_identity_policies_rows = SERVED_ROWS(rows);
