/*
 * Any document, as a policy of each kind: whatever is found has a place within the document and words
 * that can be written, and what the compiler refuses has an error.
 */
#include "authorize/lint.h"

#include "base/codec.h"

#include <stdlib.h>

static const struct lint_action actions[] = {
    {{"ses", 3}, {"SendEmail", 9}},
    {{"ses", 3}, {"SendRawEmail", 12}},
    {{"iam", 3}, {"PassRole", 8}},
};
static const struct lint_catalogue catalogue = {actions, sizeof actions / sizeof *actions};

static void
must(bool truth)
{
    if (!truth)
        abort();
}

static void
check_location(struct slice document, const struct lint_location *location)
{
    must(location->start.offset <= location->end.offset && location->end.offset <= document.len);
    must(location->start.line >= 1 && location->start.line <= location->end.line);
    must(location->start.column <= location->start.offset);
    for (size_t i = 0; i < location->path_len; i++)
        must(codec_utf8_valid(location->path[i].name) && location->path[i].name.len <= 200);
}

static bool
check_findings(struct slice document, const struct lint_finding *findings, size_t count)
{
    bool error = false;
    must(count <= LINT_FINDINGS_MAX);
    for (size_t i = 0; i < count; i++) {
        error |= findings[i].severity == LINT_ERROR;
        must(codec_utf8_valid(findings[i].details) && findings[i].details.len > 0);
        must(findings[i].location_count >= 1 && findings[i].location_count <= LINT_LOCATIONS_MAX);
        for (size_t k = 0; k < findings[i].location_count; k++)
            check_location(document, &findings[i].locations[k]);
    }
    return error;
}

static void
try_policy(struct slice document, enum lint_policy policy, enum policy_kind kind)
{
    struct arena *arena = arena_new();
    struct policy *parsed = NULL;
    struct lint_finding *findings;
    size_t count;
    lint_document(arena, document, policy, &catalogue, &findings, &count);
    bool error = check_findings(document, findings, count);
    if (policy != LINT_TRUST_POLICY)
        must(error || policy_parse(document, kind, &parsed, NULL) == RC_OK);
    policy_unref(parsed);
    arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice document = {(const char *)data, size};
    try_policy(document, LINT_IDENTITY_POLICY, POLICY_IDENTITY_BASED);
    try_policy(document, LINT_RESOURCE_POLICY, POLICY_RESOURCE_BASED);
    try_policy(document, LINT_SERVICE_CONTROL_POLICY, POLICY_IDENTITY_BASED);
    try_policy(document, LINT_RESOURCE_CONTROL_POLICY, POLICY_RESOURCE_BASED);
    try_policy(document, LINT_TRUST_POLICY, POLICY_RESOURCE_BASED);
    return 0;
}
