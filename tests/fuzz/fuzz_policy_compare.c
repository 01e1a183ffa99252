/*
 * Two documents with a zero byte between them: what the one is said not to allow beyond the other is
 * asked for in some requests. The first byte says of which kind they are.
 */
#include "authorize/policy_compare.h"

#include <stdlib.h>

#define SES "arn:aws:ses:us-east-1:123456789012:"

static const struct slice actions[] = {
    {"ses:SendEmail", 13}, {"ses:SendRawEmail", 16}, {"iam:GetUser", 11}};
static const struct slice resources[] = {{"*", 1},
                                         {SES "identity/taro@a.example", 58},
                                         {SES "identity/a.example", 53},
                                         {SES "configuration-set/c", 54}};
static const struct slice addresses[] = {
    {"taro@a.example", 14}, {"TARO+x@a.example", 16}, {"jiro@b.example", 14}};

static bool
is_allowed(const struct policy *policy, enum policy_source source,
           const struct evaluate_request *request)
{
    struct policy_entry entry = {.policy = policy, .source = source};
    struct arena *arena = arena_new();
    struct evaluate_result result = evaluate_policies(arena, &entry, 1, request);
    arena_free(arena);
    return result.outcome == EVALUATE_ALLOW;
}

/* Some bits of `number` make one of the requests. */
static void
check_request(const struct policy *changed, const struct policy *existing,
              enum policy_source source, size_t number)
{
    struct condition_value from = {.key = SLICE("ses:FromAddress"),
                                   .values = &addresses[number / 12 % 3],
                                   .count = 1,
                                   .fold = DENY_AS_ADDRESS};
    struct evaluate_request request = {.principal_arn = SLICE("arn:aws:iam::123456789012:user/a"),
                                       .principal_account = SLICE("123456789012"),
                                       .action = actions[number % 3],
                                       .resource = resources[number / 3 % 4],
                                       .keys = &from,
                                       .key_count = number < 36};
    if (is_allowed(changed, source, &request) && !is_allowed(existing, source, &request))
        abort();
}

static void
compare(const struct policy *changed, const struct policy *existing, enum policy_source source)
{
    struct compare_reasons reasons;
    struct arena *arena = arena_new();
    bool holds = policy_compare_no_new(arena, changed, existing, &reasons);
    if (holds != (reasons.count == 0))
        abort();
    for (size_t number = 0; holds && number < 48; number++)
        check_request(changed, existing, source, number);
    arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice input = {(const char *)data, size}, first, second;
    struct policy *changed, *existing;
    struct err err;
    bool of_identity = size > 0 && data[0] == 'r';
    enum policy_kind kind = of_identity ? POLICY_RESOURCE_BASED : POLICY_IDENTITY_BASED;
    if (size == 0 || !slice_cut(slice_from(input, 1), '\0', &first, &second) ||
        policy_parse(first, kind, &changed, &err) != RC_OK)
        return 0;
    if (policy_parse(second, kind, &existing, &err) == RC_OK) {
        compare(changed, existing, of_identity ? POLICY_OF_IDENTITY : POLICY_USER_INLINE);
        policy_unref(existing);
    }
    policy_unref(changed);
    return 0;
}
