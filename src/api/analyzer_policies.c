/* Access Analyzer about policies that nobody has stored yet (reference §5.8). */
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

static const struct served_operation rows[] = {
    {SERVICE_ACCESSANALYZER, "ValidatePolicy", "access-analyzer:ValidatePolicy", API_READ,
     RESOURCE_ANY, NULL, validate_policy,
     "Findings are in English whatever the locale. Actions and condition keys are those of SES, "
     "IAM, "
     "STS and Access Analyzer. What a policy here may not have is an ERROR, empty lists for one; an "
     "address of a private network is no finding."},
};

const struct served_rows analyzer_policy_rows = SERVED_ROWS(rows);
