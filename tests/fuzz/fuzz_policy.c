/*
 * Any document: it is refused with a reason, or it compiles and can be evaluated against a request
 * that has every kind of key. What must hold whatever the document says: without it nothing is
 * allowed, a Deny of everything beside it wins, and an allow names its statement.
 */
#include "authorize/evaluate.h"

#include <stdlib.h>

static const struct slice text_values[] = {{"Taro+news@test1.com", 19},
                                           {"\"taro\"@test1.com", 16},
                                           {"*", 1},
                                           {"${aws:username}", 15},
                                           {"", 0},
                                           {"\xff\xc3*?", 4}};
static const struct slice typed_values[] = {{"taro", 4},
                                            {"true", 4},
                                            {"10.1.2.3", 8},
                                            {"42", 2},
                                            {"2018-08-31T12:00Z", 17},
                                            {"arn:aws:iam::123456789012:user/taro", 35},
                                            {"QmluYXJ5", 8}};

#define KEY(name, values, at, count, multivalued, address)                                         \
    {                                                                                              \
        {"" name, sizeof(name) - 1}, (values) + (at), (count), (multivalued), (address)            \
    }

static const struct condition_value keys[] = {
    KEY("ses:FromAddress", text_values, 0, 1, false, true),
    KEY("ses:FeedbackAddress", text_values, 1, 1, false, true),
    KEY("ses:Recipients", text_values, 0, 6, true, true),
    KEY("ses:FromDisplayName", text_values, 5, 1, false, false),
    KEY("aws:TagKeys", text_values, 0, 0, true, false),
    KEY("aws:userid", text_values, 2, 1, false, true),
    KEY("aws:username", typed_values, 0, 1, false, false),
    KEY("aws:SecureTransport", typed_values, 1, 1, false, false),
    KEY("aws:SourceIp", typed_values, 2, 1, false, false),
    KEY("aws:MultiFactorAuthAge", typed_values, 3, 1, false, false),
    KEY("aws:TokenIssueTime", typed_values, 4, 1, false, false),
    KEY("aws:PrincipalArn", typed_values, 5, 1, false, false),
    KEY("a:b", typed_values, 0, 7, true, false),
};

static void
must(bool truth)
{
    if (!truth)
        abort();
}

static struct policy *
deny_all(void)
{
    struct policy *policy = NULL;
    must(policy_parse(
             SLICE("{\"Statement\":{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\"}}"),
             POLICY_IDENTITY_BASED, &policy, NULL) == RC_OK);
    return policy;
}

static void
evaluate(const struct policy *policy, enum policy_source source, struct slice resource)
{
    struct arena *arena = arena_new();
    struct policy *denying = deny_all();
    const struct policy_entry entries[] = {
        {.policy = policy, .source = source},
        {.policy = denying, .source = POLICY_GROUP_INLINE},
    };
    const struct evaluate_request request = {
        .principal_arn = SLICE("arn:aws:iam::123456789012:user/taro"),
        .principal_account = SLICE("123456789012"),
        .action = SLICE("ses:SendRawEmail"),
        .resource = resource,
        .keys = keys,
        .key_count = sizeof keys / sizeof *keys,
        .now_ms = 1535716800000,
    };
    struct evaluate_result result = evaluate_policies(arena, entries, 1, &request);
    if (result.outcome == EVALUATE_IMPLICIT_DENY)
        must(result.entry == NULL);
    else
        must(result.entry == entries && result.statement < policy_statement_count(policy));
    struct evaluate_match matches[2];
    size_t matched;
    must(evaluate_matches(arena, entries, 1, &request, matches, 2, &matched).outcome ==
         result.outcome);
    must(result.outcome == EVALUATE_IMPLICIT_DENY
             ? matched == 0
             : matched > 0 && matches[0].statement == result.statement);
    must(evaluate_policies(arena, entries, 0, &request).outcome == EVALUATE_IMPLICIT_DENY);
    must(evaluate_policies(arena, entries, 2, &request).outcome == EVALUATE_EXPLICIT_DENY);
    policy_unref(denying);
    arena_free(arena);
}

/* What is told of a statement fits its text. */
static void
describe(const struct policy *policy)
{
    struct arena *arena = arena_new();
    struct slice *names;
    for (size_t i = 0; i < policy_statement_count(policy); i++) {
        struct policy_place start, end;
        policy_statement_place(policy, i, &start, &end);
        must(start.line < end.line || (start.line == end.line && start.column < end.column));
    }
    for (size_t i = policy_keys(arena, policy, &names); i > 0; i--)
        must(slice_chr(names[i - 1], ':') != SLICE_NONE);
    arena_free(arena);
}

static void
try_kind(struct slice document, enum policy_kind kind, enum policy_source source)
{
    struct policy *policy = NULL;
    struct err err = {0};
    enum rc rc = policy_parse(document, kind, &policy, &err);
    must(rc == RC_OK || (rc == err.rc && err.text[0] != '\0'));
    if (rc != RC_OK)
        return;
    evaluate(policy, source, SLICE("arn:aws:ses:us-east-1:123456789012:identity/Taro+x@test1.com"));
    evaluate(policy, source, SLICE("*"));
    describe(policy);
    policy_unref(policy);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice document = {(const char *)data, size};
    try_kind(document, POLICY_IDENTITY_BASED, POLICY_USER_INLINE);
    try_kind(document, POLICY_RESOURCE_BASED, POLICY_OF_IDENTITY);
    return 0;
}
