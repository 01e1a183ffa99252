/* Access Analyzer about policies that nobody has stored yet (reference §5.8). */
#include "authorize/policy_compare.h"
#include "page.h"
#include "policy_lint.h"
#include "served.h"

#include <inttypes.h>

enum { FINDINGS_PAGE = 100, FINDINGS_PAGE_MAX = 500 };

/* ---- ValidatePolicy ---- */

static enum rc
read_type(struct api_call *call, enum lint_policy *type, struct err *err)
{
    struct slice resource = api_text(call->input, "validatePolicyResourceType");
    bool known = policy_lint_type(api_text(call->input, "policyType"), type);
    if (!known)
        return api_fail(call, RC_SYNTAX, FAULT_VALIDATION, err, "The policyType is not known.");
    if (resource.len > 0 && *type != LINT_RESOURCE_POLICY)
        return api_fail(call, RC_SYNTAX, FAULT_VALIDATION, err,
                        "validatePolicyResourceType can only be given with the policyType "
                        "RESOURCE_POLICY.");
    if (slice_is(resource, "AWS::IAM::AssumeRolePolicyDocument"))
        *type = LINT_TRUST_POLICY;
    return RC_OK;
}

/* A token is the number of the finding that the page before ended with. */
static enum rc
read_start(struct api_call *call, const struct page *page, size_t *start, struct err *err)
{
    uint64_t number = 0;
    if (page->after.len > 0 && (!slice_u64(page->after, &number) || number > LINT_FINDINGS_MAX))
        return api_fail(call, RC_SYNTAX, FAULT_INVALID_NEXT_TOKEN, err,
                        "The nextToken is not one that was given out here.");
    *start = (size_t)number;
    return RC_OK;
}

static enum rc
validate_policy(struct api_call *call, struct err *err)
{
    enum lint_policy type;
    struct page page;
    struct lint_finding *findings;
    size_t count, start = 0;
    enum rc rc = read_type(call, &type, err);
    if (rc == RC_OK)
        rc = page_read(call, "maxResults", FINDINGS_PAGE, FINDINGS_PAGE_MAX, &page, err);
    if (rc == RC_OK)
        rc = read_start(call, &page, &start, err);
    if (rc != RC_OK)
        return rc;
    lint_document(call->arena, api_text(call->input, "policyDocument"), type,
                  policy_lint_catalogue(), &findings, &count);
    size_t left = count > start ? count - start : 0, rows = page_rows(&page, left);
    json_key(call->output, "findings");
    json_open_array(call->output);
    for (size_t i = start; i < start + rows; i++)
        policy_lint_put(call, &findings[i]);
    json_close_array(call->output);
    page_put_next(call, &page, left, arena_printf(call->arena, "%zu", start + rows));
    return RC_OK;
}

/* ---- CheckNoNewAccess, CheckAccessNotGranted ---- */

/* One of the documents that a check is about. */
static enum rc
read_policy(struct api_call *call, const char *member, struct policy **out, struct err *err)
{
    bool of_identity = slice_is(api_text(call->input, "policyType"), "RESOURCE_POLICY");
    enum policy_kind kind = of_identity ? POLICY_RESOURCE_BASED : POLICY_IDENTITY_BASED;
    enum rc rc = policy_parse(api_text(call->input, member), kind, out, err);
    if (rc == RC_OK)
        return RC_OK;
    call->fault = FAULT_MALFORMED_POLICY;
    return err_prefix(err, "%s: ", member);
}

/* "index: 2", or "sid: ...": as AWS tells a statement. */
static struct slice
statement_name(struct arena *arena, const struct policy *policy, size_t index)
{
    struct slice sid = policy_statement_sid(policy, index);
    return sid.len > 0 ? arena_printf(arena, "sid: %.*s", SLICE_ARG(sid))
                       : arena_printf(arena, "index: %zu", index);
}

static void
put_reason(struct api_call *call, const struct policy *policy, size_t index,
           struct slice description)
{
    struct slice sid = policy_statement_sid(policy, index);
    json_open_object(call->output);
    json_put_string(call->output, "description", description);
    json_put_i64(call->output, "statementIndex", (int64_t)index);
    if (sid.len > 0)
        json_put_string(call->output, "statementId", sid);
    json_close_object(call->output);
}

static void
put_result(struct api_call *call, bool passed, const char *message)
{
    json_put_cstr(call->output, "result", passed ? "PASS" : "FAIL");
    json_put_cstr(call->output, "message", message);
    json_key(call->output, "reasons");
}

/* The comparison cannot tell new access from what it cannot rule out, and says no more than it knows. */
static struct slice
new_access_text(struct arena *arena, const struct policy *changed, const struct policy *existing,
                const struct compare_reason *reason)
{
    struct slice name = statement_name(arena, changed, reason->statement);
    if (reason->missing_deny == EVALUATE_NO_STATEMENT)
        return arena_printf(arena,
                            "New access, or access that cannot be ruled out to be new, in the "
                            "statement with %.*s.",
                            SLICE_ARG(name));
    struct slice deny = statement_name(arena, existing, reason->missing_deny);
    return arena_printf(
        arena,
        "New access, or access that cannot be ruled out to be new, in the statement "
        "with %.*s: no Deny takes the place of the existing policy's with %.*s.",
        SLICE_ARG(name), SLICE_ARG(deny));
}

static void
put_new_access(struct api_call *call, const struct policy *changed, const struct policy *existing)
{
    struct compare_reasons reasons;
    bool passed = policy_compare_no_new(call->arena, changed, existing, &reasons);
    put_result(call, passed,
               passed ? "The modified permissions do not grant new access compared to your "
                        "existing policy."
                      : "The modified permissions grant new access compared to your existing "
                        "policy, or it cannot be ruled out that they do.");
    json_open_array(call->output);
    for (size_t i = 0; i < reasons.count; i++)
        put_reason(call, changed, reasons.list[i].statement,
                   new_access_text(call->arena, changed, existing, &reasons.list[i]));
    json_close_array(call->output);
}

static enum rc
check_no_new_access(struct api_call *call, struct err *err)
{
    struct policy *changed, *existing;
    enum rc rc = read_policy(call, "newPolicyDocument", &changed, err);
    if (rc != RC_OK)
        return rc;
    rc = read_policy(call, "existingPolicyDocument", &existing, err);
    if (rc == RC_OK) {
        put_new_access(call, changed, existing);
        policy_unref(existing);
    }
    policy_unref(changed);
    return rc;
}

/* Nothing listed: all of them. */
static size_t
write_listed(struct json_writer *writer, const char *name, const struct json *list)
{
    size_t count = 0;
    json_key(writer, name);
    json_open_array(writer);
    for (const struct json *item = list ? list->first : NULL; item; item = item->next, count++)
        json_write_string(writer, item->text);
    if (count == 0)
        json_write_cstr(writer, "*");
    json_close_array(writer);
    return count;
}

/* What must not be granted, as a policy that grants it. */
static enum rc
parse_listed(struct api_call *call, const struct json *access, struct buf *document,
             struct policy **out, struct err *err)
{
    struct json_writer writer;
    json_writer_init(&writer, document);
    json_open_object(&writer);
    json_key(&writer, "Statement");
    json_open_object(&writer);
    json_put_cstr(&writer, "Effect", "Allow");
    size_t actions = write_listed(&writer, "Action", json_member(access, "actions"));
    size_t resources = write_listed(&writer, "Resource", json_member(access, "resources"));
    json_close_object(&writer);
    json_close_object(&writer);
    if (actions + resources == 0)
        return api_fail(call, RC_SYNTAX, FAULT_VALIDATION, err,
                        "access must list actions, resources or both.");
    if (!buf_ok(document))
        return api_fail(call, RC_SYNTAX, FAULT_VALIDATION, err, "access is too long.");
    enum rc rc = policy_parse(buf_slice(document), POLICY_IDENTITY_BASED, out, err);
    if (rc != RC_OK)
        call->fault = FAULT_MALFORMED_POLICY;
    return rc == RC_OK ? RC_OK : err_prefix(err, "access: ");
}

static enum rc
read_listed(struct api_call *call, struct policy **out, struct err *err)
{
    const struct json *list = json_member(call->input, "access");
    struct buf document;
    if (!list || !list->first)
        return api_fail(call, RC_SYNTAX, FAULT_VALIDATION, err,
                        "access must list actions, resources or both.");
    buf_init(&document, POLICY_DOCUMENT_MAX);
    enum rc rc = parse_listed(call, list->first, &document, out, err);
    buf_fini(&document);
    return rc;
}

static void
put_granted(struct api_call *call, const struct policy *policy, const struct policy *listed)
{
    bool of_identity = slice_is(api_text(call->input, "policyType"), "RESOURCE_POLICY");
    struct policy_entry entry = {policy, of_identity ? POLICY_OF_IDENTITY : POLICY_USER_INLINE,
                                 SLICE(""), SLICE("")};
    struct compare_reasons reasons;
    bool passed = policy_compare_not_granted(call->arena, &entry, 1, listed, &reasons);
    put_result(call, passed,
               passed ? "The policy document does not grant access to perform the listed actions "
                        "or resources."
                      : "The policy document grants access to perform one or more of the listed "
                        "actions or resources, or it cannot be ruled out that it does.");
    json_open_array(call->output);
    for (size_t i = 0; i < reasons.count; i++) {
        size_t index = reasons.list[i].statement;
        put_reason(call, policy, index,
                   arena_printf(call->arena,
                                "One or more of the listed actions or resources in the statement "
                                "with %.*s.",
                                SLICE_ARG(statement_name(call->arena, policy, index))));
    }
    json_close_array(call->output);
}

static enum rc
check_access_not_granted(struct api_call *call, struct err *err)
{
    struct policy *policy, *listed;
    enum rc rc = read_policy(call, "policyDocument", &policy, err);
    if (rc != RC_OK)
        return rc;
    rc = read_listed(call, &listed, err);
    if (rc == RC_OK) {
        put_granted(call, policy, listed);
        policy_unref(listed);
    }
    policy_unref(policy);
    return rc;
}

#define SOUND                                                                                      \
    "PASS is said only where it holds for every request; what cannot be decided is FAIL, with "    \
    "the statement. "

static const struct served_operation rows[] = {
    {SERVICE_ACCESSANALYZER, "ValidatePolicy", "access-analyzer:ValidatePolicy", API_READ,
     RESOURCE_ANY, NULL, validate_policy,
     "Findings are in English whatever the locale. Actions and condition keys are those of SES, "
     "IAM, STS and Access Analyzer, and cloudtrail:LookupEvents. What a policy here may not have "
     "is an ERROR, empty lists for one; "
     "an "
     "address of a private network is no finding."},
    {SERVICE_ACCESSANALYZER, "CheckNoNewAccess", "access-analyzer:CheckNoNewAccess", API_READ,
     RESOURCE_ANY, NULL, check_no_new_access,
     SOUND "Conditions are compared key by key; a boundary around the policies is not known."},
    {SERVICE_ACCESSANALYZER, "CheckAccessNotGranted", "access-analyzer:CheckAccessNotGranted",
     API_READ, RESOURCE_ANY, NULL, check_access_not_granted,
     SOUND "Actions and resources may have wildcards."},
};

const struct served_rows analyzer_policy_rows = SERVED_ROWS(rows);
