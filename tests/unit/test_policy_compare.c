/*
 * Comparisons of policies against the evaluator: random policies and requests. What is said not to be
 * new, or not to be granted, must be refused in every request; and what is plain to people must be
 * seen.
 */
#include "authorize/policy_compare.h"

#include "authorize/compiled.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define ACCOUNT "123456789012"
#define USER    "arn:aws:iam::" ACCOUNT ":user/taro"
#define SES     "arn:aws:ses:us-east-1:" ACCOUNT ":"

static uint64_t random_state = 88172645463325252u;

/* Every run makes the same policies: xorshift64*. */
static size_t
dice(size_t sides)
{
    random_state ^= random_state >> 12;
    random_state ^= random_state << 25;
    random_state ^= random_state >> 27;
    return (size_t)((random_state * 2685821657736338717u) >> 33) % sides;
}

#define PICK(list) (list)[dice(sizeof(list) / sizeof((list)[0]))]

/* ---- policies, made up ---- */

static const char *const actions[] = {
    "\"Action\":\"ses:SendEmail\"",
    "\"Action\":\"ses:Send*\"",
    "\"Action\":\"*\"",
    "\"Action\":[\"ses:SendEmail\",\"ses:SendRawEmail\"]",
    "\"Action\":[\"ses:SendRaw*\",\"iam:GetUser\"]",
    "\"NotAction\":\"iam:*\"",
    "\"NotAction\":[\"ses:SendEmail\",\"iam:GetUser\"]",
};

static const char *const resources[] = {
    "\"Resource\":\"*\"",
    "\"Resource\":\"*\"",
    "\"Resource\":\"arn:aws:ses:*:*:identity/*\"",
    "\"Resource\":\"" SES "identity/taro@a.example\"",
    "\"Resource\":\"" SES "identity/TARO+x@a.example\"",
    "\"Resource\":\"" SES "identity/*a.example\"",
    "\"Resource\":[\"" SES "identity/a.example\",\"" SES "configuration-set/c\"]",
    "\"Resource\":\"" SES "*\"",
    "\"Resource\":\"" SES "identity/${aws:username}@a.example\"",
    "\"NotResource\":\"" SES "identity/taro@a.example\"",
    "\"NotResource\":[\"" SES "identity/*a.example\",\"" SES "configuration-set/*\"]",
};

static const char *const principals[] = {
    "\"Principal\":\"*\",",
    "\"Principal\":{\"AWS\":\"" USER "\"},",
    "\"Principal\":{\"AWS\":[\"" ACCOUNT "\",\"arn:aws:iam::" ACCOUNT ":user/jiro\"]},",
    "\"Principal\":{\"AWS\":\"" ACCOUNT "\"},",
    "\"Principal\":{\"Service\":\"ses.amazonaws.com\"},",
    "\"NotPrincipal\":{\"AWS\":\"" USER "\"},",
    "\"NotPrincipal\":{\"AWS\":\"" ACCOUNT "\"},",
};

static const char *const operators[] = {
    "StringLike",
    "StringLike",
    "StringEquals",
    "StringNotLike",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "StringLikeIfExists",
    "ForAnyValue:StringLike",
    "ForAllValues:StringLike",
    "ForAnyValue:StringNotLike",
    "ForAllValues:StringNotLike",
};

static const char *const addresses[] = {
    "\"taro@a.example\"",
    "\"*@a.example\"",
    "\"TARO+x@a.example\"",
    "\"*\"",
    "[\"taro@a.example\",\"jiro@a.example\"]",
    "[\"*@b.example\",\"taro@*\"]",
    "\"t?ro@*\"",
    "\"${aws:username}@a.example\"",
    "\"${aws:PrincipalTag/mail, 'jiro@a.example'}\"",
    "\"${ses:FromDisplayName}\"",
};

static const char *const keys[] = {"ses:FromAddress", "ses:FromAddress", "SES:fromaddress",
                                   "ses:Recipients"};

static const char *const others[] = {
    "\"IpAddress\":{\"aws:SourceIp\":\"192.0.2.0/24\"}",
    "\"IpAddress\":{\"aws:SourceIp\":[\"192.0.2.0/28\",\"192.0.2.128/25\"]}",
    "\"NotIpAddress\":{\"aws:SourceIp\":\"192.0.2.0/28\"}",
    "\"DateLessThan\":{\"aws:CurrentTime\":\"1970-01-01T00:01:00Z\"}",
    "\"DateLessThan\":{\"aws:CurrentTime\":\"1970-01-01T00:02:00Z\"}",
    "\"DateGreaterThanEquals\":{\"aws:CurrentTime\":\"1970-01-01T00:01:00Z\"}",
    "\"NumericNotEquals\":{\"aws:EpochTime\":[\"60\",\"90\"]}",
    "\"NumericNotEquals\":{\"aws:EpochTime\":\"60\"}",
    "\"Bool\":{\"aws:SecureTransport\":\"true\"}",
    "\"Bool\":{\"aws:SecureTransport\":[\"true\",\"false\"]}",
    "\"Null\":{\"ses:FromDisplayName\":\"true\"}",
    "\"Null\":{\"ses:FromDisplayName\":[\"true\",\"false\"]}",
    "\"ArnLike\":{\"aws:PrincipalArn\":\"arn:aws:iam::*:user/*\"}",
    "\"ArnNotLike\":{\"aws:PrincipalArn\":\"" USER "\"}",
    "\"StringLike\":{\"ses:FromDisplayName\":\"Ta*\"}",
};

/* What a statement is written from. */
struct draft {
    bool deny;
    const char *principal, *action, *resource;
    const char *operator, * key, *value; /* operator NULL: no condition on an address */
    const char *other;                   /* NULL: no other condition */
};

enum { DRAFTS_MAX = 3 };
struct drafts {
    struct draft list[DRAFTS_MAX];
    size_t count;
};

/* The same operator twice would be one member of that name twice. */
static void
draft_other(struct draft *draft)
{
    draft->other = dice(3) ? NULL : PICK(others);
    if (draft->operator&& draft->other && strncmp(draft->other, "\"String", 7) == 0)
        draft->other = NULL;
}

/* Throw the dice once more for one part of it. */
static void
draft_part(struct draft *draft, size_t part)
{
    switch (part) {
    case 0: draft->deny = dice(4) == 0; break;
    case 1: draft->principal = PICK(principals); break;
    case 2: draft->action = PICK(actions); break;
    case 3: draft->resource = PICK(resources); break;
    case 4: draft->operator= dice(3) ? PICK(operators) : NULL; break;
    case 5: draft->key = PICK(keys); break;
    case 6: draft->value = PICK(addresses); break;
    }
    if (part == 4 || part == 7)
        draft_other(draft);
}
enum { DRAFT_PARTS = 8 };

static void
draft_statement(struct drafts *drafts)
{
    struct draft *draft = &drafts->list[drafts->count++];
    for (size_t part = 0; part < DRAFT_PARTS; part++)
        draft_part(draft, part);
}

static struct drafts
make_drafts(void)
{
    struct drafts drafts = {.count = 0};
    for (size_t count = 1 + dice(DRAFTS_MAX); count > 0; count--)
        draft_statement(&drafts);
    return drafts;
}

/* One or two parts are others, or a statement more or less. */
static struct drafts
edit_drafts(struct drafts drafts)
{
    size_t edit = dice(8);
    if (edit == 0 && drafts.count < DRAFTS_MAX)
        draft_statement(&drafts);
    else if (edit == 1 && drafts.count > 1)
        drafts.count--;
    else
        for (size_t edits = 1 + dice(2); edits > 0; edits--)
            draft_part(&drafts.list[dice(drafts.count)], dice(DRAFT_PARTS));
    return drafts;
}

static void
write_condition(struct buf *out, const struct draft *draft)
{
    if (!draft->operator&& !draft->other)
        return;
    buf_add_cstr(out, ",\"Condition\":{");
    if (draft->operator)
        buf_printf(out, "\"%s\":{\"%s\":%s}", draft->operator, draft->key, draft->value);
    if (draft->other)
        buf_printf(out, "%s%s", draft->operator? "," : "", draft->other);
    buf_add_cstr(out, "}");
}

static struct policy *
make_policy(const struct drafts *drafts, enum policy_kind kind)
{
    struct buf out;
    struct policy *policy;
    struct err err;
    buf_init(&out, 65536);
    buf_add_cstr(&out, "{\"Version\":\"2012-10-17\",\"Statement\":[");
    for (size_t i = 0; i < drafts->count; i++) {
        const struct draft *draft = &drafts->list[i];
        buf_printf(
            &out, "%s{\"Effect\":\"%s\",%s%s,%s", i ? "," : "", draft->deny ? "Deny" : "Allow",
            kind == POLICY_RESOURCE_BASED ? draft->principal : "", draft->action, draft->resource);
        write_condition(&out, draft);
        buf_add_cstr(&out, "}");
    }
    buf_add_cstr(&out, "]}");
    enum rc rc = policy_parse(buf_slice(&out), kind, &policy, &err);
    if (rc != RC_OK)
        fail_msg("%s in %.*s", err.text, SLICE_ARG(buf_slice(&out)));
    buf_fini(&out);
    return policy;
}

/* ---- requests, made up ---- */

static const char *const senders[] = {"taro@a.example",   "TARO@a.example", "taro+x@a.example",
                                      "TARO+x@a.example", "jiro@a.example", "taro@b.example",
                                      "x@b.example",      "tiro@a.example"};
static const char *const named[] = {
    "*",
    SES "identity/taro@a.example",
    SES "identity/TARO@a.example",
    SES "identity/TARO+x@a.example",
    SES "identity/a.example",
    SES "identity/b.example",
    SES "configuration-set/c",
    "arn:aws:iam::" ACCOUNT ":user/taro",
};
static const char *const asked[] = {"ses:SendEmail", "ses:SendRawEmail", "iam:GetUser", "sts:X"};
static const char *const users[] = {USER, USER, "arn:aws:iam::" ACCOUNT ":user/jiro",
                                    "arn:aws:iam::" ACCOUNT ":root"};
static const char *const networks[] = {"192.0.2.1", "192.0.2.130", "192.0.2.60", "198.51.100.1"};
static const char *const display_names[] = {"Taro", "TARO", "jiro@a.example"};

enum { KEYS_MAX = 8 };

struct made_request {
    struct evaluate_request request;
    struct condition_value keys[KEYS_MAX];
    struct slice values[KEYS_MAX], recipients[2];
};

static void
give(struct made_request *made, const char *key, const char *text, enum deny_fold fold)
{
    size_t count = made->request.key_count++;
    made->values[count] = slice_of(text);
    made->keys[count] = (struct condition_value){
        .key = slice_of(key), .values = &made->values[count], .count = 1, .fold = fold};
}

static void
make_request(struct made_request *made)
{
    *made = (struct made_request){.request = {.principal_arn = slice_of(PICK(users)),
                                              .principal_account = SLICE(ACCOUNT),
                                              .action = slice_of(PICK(asked)),
                                              .resource = slice_of(PICK(named)),
                                              .keys = made->keys,
                                              .now_ms = (int64_t)dice(5) * 30000}};
    give(made, "aws:PrincipalArn", made->request.principal_arn.ptr, DENY_AS_GIVEN);
    if (dice(8))
        give(made, "ses:FromAddress", PICK(senders), DENY_AS_ADDRESS);
    if (dice(4))
        give(made, "aws:SourceIp", PICK(networks), DENY_AS_GIVEN);
    if (dice(2))
        give(made, "aws:username", dice(2) ? "taro" : "jiro", DENY_AS_GIVEN);
    if (dice(2))
        give(made, "aws:SecureTransport", dice(2) ? "true" : "false", DENY_AS_GIVEN);
    if (dice(2))
        give(made, "ses:FromDisplayName", PICK(display_names), DENY_LOWERED);
    size_t count = made->request.key_count++;
    for (size_t i = 0; i < 2; i++)
        made->recipients[i] = slice_of(PICK(senders));
    made->keys[count] = (struct condition_value){.key = SLICE("ses:Recipients"),
                                                 .values = made->recipients,
                                                 .count = dice(3),
                                                 .multivalued = true,
                                                 .fold = DENY_AS_ADDRESS};
}

static struct arena *scratch; /* of one request */

static bool
allows(const struct policy_entry *policies, size_t count, const struct evaluate_request *request)
{
    arena_reset(scratch);
    struct evaluate_result result = evaluate_policies(scratch, policies, count, request);
    return result.outcome == EVALUATE_ALLOW;
}

static struct policy_entry
entry_of(struct policy *policy)
{
    return (struct policy_entry){
        .policy = policy,
        .source = policy->kind == POLICY_RESOURCE_BASED ? POLICY_OF_IDENTITY : POLICY_USER_INLINE};
}

/* ---- the properties ---- */

enum { POLICIES = 4000, REQUESTS = 200 };

static bool
compare(struct policy *changed, struct policy *existing)
{
    struct arena *arena = arena_new();
    struct compare_reasons reasons;
    bool holds = policy_compare_no_new(arena, changed, existing, &reasons);
    assert_int_equal(holds, reasons.count == 0);
    arena_free(arena);
    return holds;
}

static void
check_nothing_new(struct policy *changed, struct policy *existing)
{
    const struct policy_entry after = entry_of(changed), before = entry_of(existing);
    for (size_t i = 0; i < REQUESTS; i++) {
        struct made_request made;
        make_request(&made);
        if (allows(&after, 1, &made.request) && !allows(&before, 1, &made.request))
            fail_msg("%.*s may %.*s on %.*s by\n%.*s\nbut not by\n%.*s",
                     SLICE_ARG(made.request.principal_arn), SLICE_ARG(made.request.action),
                     SLICE_ARG(made.request.resource), SLICE_ARG(changed->document),
                     SLICE_ARG(existing->document));
    }
}

static void
what_is_said_not_to_be_new_was_allowed_before(void **state)
{
    (void)state;
    size_t held = 0, refused = 0;
    for (size_t i = 0; i < POLICIES; i++) {
        enum policy_kind kind = dice(3) ? POLICY_IDENTITY_BASED : POLICY_RESOURCE_BASED;
        struct drafts before = make_drafts(), after = edit_drafts(before);
        struct policy *changed = make_policy(&after, kind), *existing = make_policy(&before, kind);
        if (compare(changed, existing)) {
            check_nothing_new(changed, existing);
            held++;
        } else {
            refused++;
        }
        policy_unref(changed);
        policy_unref(existing);
    }
    assert_true(held > POLICIES / 20 && refused > POLICIES / 4);
}

static void
a_policy_allows_nothing_that_it_does_not_allow_itself(void **state)
{
    (void)state;
    for (size_t i = 0; i < POLICIES; i++) {
        struct drafts drafts = make_drafts();
        struct policy *policy =
            make_policy(&drafts, dice(2) ? POLICY_IDENTITY_BASED : POLICY_RESOURCE_BASED);
        if (!compare(policy, policy))
            fail_msg("%.*s", SLICE_ARG(policy->document));
        policy_unref(policy);
    }
}

static const char *const listed_actions[] = {"\"ses:SendEmail\"", "\"ses:*\"",
                                             "[\"iam:GetUser\",\"ses:SendRawEmail\"]", "\"*\""};
static const char *const listed_resources[] = {
    "\"*\"", "\"" SES "identity/taro@a.example\"", "\"" SES "identity/TARO+x@a.example\"",
    "[\"" SES "configuration-set/c\",\"" SES "identity/b*\"]"};

static struct policy *
make_list(void)
{
    struct policy *policy;
    struct err err;
    char text[512];
    snprintf(text, sizeof text,
             "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":%s,\"Resource\":%s}}",
             PICK(listed_actions), PICK(listed_resources));
    assert_int_equal(policy_parse(slice_of(text), POLICY_IDENTITY_BASED, &policy, &err), RC_OK);
    return policy;
}

/* In one of three a boundary limits the others. */
static size_t
make_policies(struct policy_entry policies[3])
{
    size_t count = 1 + dice(3);
    for (size_t i = 0; i < count; i++) {
        struct drafts drafts = make_drafts();
        policies[i] = entry_of(make_policy(&drafts, POLICY_IDENTITY_BASED));
    }
    if (count == 3)
        policies[dice(3)].source = POLICY_BOUNDARY;
    return count;
}

static void
check_not_granted(const struct policy_entry *policies, size_t count, struct policy *listed)
{
    const struct policy_entry list = entry_of(listed);
    for (size_t i = 0; i < REQUESTS; i++) {
        struct made_request made;
        make_request(&made);
        if (allows(&list, 1, &made.request) && allows(policies, count, &made.request))
            fail_msg("%.*s on %.*s is allowed by\n%.*s", SLICE_ARG(made.request.action),
                     SLICE_ARG(made.request.resource), SLICE_ARG(policies[0].policy->document));
    }
}

static void
what_is_said_not_to_be_granted_is_refused(void **state)
{
    (void)state;
    size_t held = 0, granted = 0;
    for (size_t i = 0; i < POLICIES; i++) {
        struct arena *arena = arena_new();
        struct policy_entry policies[3];
        size_t count = make_policies(policies);
        struct policy *listed = make_list();
        struct compare_reasons reasons;
        if (policy_compare_not_granted(arena, policies, count, listed, &reasons)) {
            assert_int_equal(reasons.count, 0);
            check_not_granted(policies, count, listed);
            held++;
        } else {
            assert_true(reasons.count > 0);
            granted++;
        }
        for (size_t k = 0; k < count; k++)
            policy_unref((struct policy *)policies[k].policy);
        policy_unref(listed);
        arena_free(arena);
    }
    assert_true(held > POLICIES / 20 && granted > POLICIES / 4);
}

/* ---- what people expect ---- */

static struct policy *
parse(const char *statements)
{
    struct policy *policy;
    struct err err;
    char text[4096];
    int len =
        snprintf(text, sizeof text, "{\"Version\":\"2012-10-17\",\"Statement\":[%s]}", statements);
    for (int i = 0; i < len; i++)
        text[i] = text[i] == '\'' ? '"' : text[i];
    if (policy_parse(slice_of(text), POLICY_IDENTITY_BASED, &policy, &err) != RC_OK)
        fail_msg("%s: %s", text, err.text);
    return policy;
}

static bool
is_nothing_new(const char *changed, const char *existing)
{
    struct policy *after = parse(changed), *before = parse(existing);
    bool holds = compare(after, before);
    policy_unref(after);
    policy_unref(before);
    return holds;
}

#define STATEMENT(effect, action, more)                                                            \
    "{'Effect':'" effect "','Action':" action ",'Resource':'*'" more "}"
#define ALLOW(action, more)  STATEMENT("Allow", action, more)
#define DENY(action, more)   STATEMENT("Deny", action, more)
#define ON(effect, resource) "{'Effect':'" effect "','Action':'*','Resource':'" resource "'}"
#define FROM(addresses)      ",'Condition':{'StringLike':{'ses:FromAddress':" addresses "}}"
#define UNTIL(date)          ",'Condition':{'DateLessThan':{'aws:CurrentTime':'" date "'}}"

static void
a_narrower_policy_is_seen_as_one(void **state)
{
    (void)state;
    assert_true(is_nothing_new(ALLOW("'ses:SendEmail'", ""), ALLOW("'ses:*'", "")));
    assert_false(is_nothing_new(ALLOW("'ses:*'", ""), ALLOW("'ses:SendEmail'", "")));
    assert_true(is_nothing_new(ALLOW("'ses:*'", FROM("'taro@a.example'")),
                               ALLOW("'ses:*'", FROM("'*@a.example'"))));
    assert_false(is_nothing_new(ALLOW("'ses:*'", FROM("'*@a.example'")),
                                ALLOW("'ses:*'", FROM("'taro@a.example'"))));
    assert_true(is_nothing_new(ALLOW("'ses:*'", UNTIL("2026-01-01T00:00:00Z")),
                               ALLOW("'ses:*'", UNTIL("2027-01-01T00:00:00Z"))));
    assert_false(is_nothing_new(ALLOW("'ses:*'", UNTIL("2027-01-01T00:00:00Z")),
                                ALLOW("'ses:*'", UNTIL("2026-01-01T00:00:00Z"))));
}

static void
several_statements_may_allow_what_one_does(void **state)
{
    (void)state;
    assert_true(is_nothing_new(ALLOW("['ses:SendEmail','iam:GetUser']", ""),
                               ALLOW("'iam:Get*'", "") "," ALLOW("'ses:Send*'", "")));
    assert_true(is_nothing_new(
        ALLOW("'ses:*'", FROM("['taro@a.example','jiro@b.example']")),
        ALLOW("'ses:*'", FROM("'*@b.example'")) "," ALLOW("'ses:*'", FROM("'*@a.example'"))));
    assert_false(is_nothing_new(ALLOW("'ses:*'", FROM("['taro@a.example','jiro@b.example']")),
                                ALLOW("'ses:*'", FROM("'*@a.example'"))));
}

static void
a_deny_that_went_away_is_new_access(void **state)
{
    (void)state;
    const char *denied = ALLOW("'ses:*'", "") "," DENY("'ses:SendEmail'", "");
    assert_false(is_nothing_new(ALLOW("'ses:*'", ""), denied));
    assert_true(is_nothing_new(ALLOW("'ses:GetAccount'", ""), denied));
    assert_true(is_nothing_new(ALLOW("'ses:*'", "") "," DENY("'ses:Send*'", ""), denied));
    assert_false(is_nothing_new(
        ALLOW("'ses:*'", "") "," DENY("'ses:SendEmail'", FROM("'taro@a.example'")), denied));

    struct arena *arena = arena_new();
    struct compare_reasons reasons;
    struct policy *after = parse(ALLOW("'iam:*'", "") "," ALLOW("'ses:*'", ""));
    struct policy *before = parse(ALLOW("'*'", "") "," DENY("'ses:SendEmail'", ""));
    assert_false(policy_compare_no_new(arena, after, before, &reasons));
    assert_int_equal(reasons.count, 1);
    assert_int_equal(reasons.list[0].statement, 1);
    assert_int_equal(reasons.list[0].missing_deny, 1);
    policy_unref(after);
    policy_unref(before);
    arena_free(arena);
}

/* A Deny folds addresses, so an Allow of the same words does not hold all that it takes. */
static void
an_allow_is_not_as_wide_as_a_deny_of_the_same_words(void **state)
{
    (void)state;
    assert_true(is_nothing_new(
        ALLOW("'ses:*'", FROM("'taro@a.example'")) "," DENY("'ses:*'", FROM("'taro@a.example'")),
        ALLOW("'iam:*'", "")));
    assert_false(is_nothing_new(
        ALLOW("'ses:*'", "") "," DENY("'ses:*'", ",'Condition':{'StringEquals':{'ses:FromAddress':"
                                                 "'taro@a.example'}}"),
        ALLOW("'ses:*'", "") "," DENY("'ses:*'", FROM("'t*o@a.example'"))));
}

/* A Deny of taro+x stops all of taro, in conditions and in the name of an identity. */
static void
a_deny_of_a_label_is_not_replaced_by_one_of_all_labels(void **state)
{
    (void)state;
    assert_false(is_nothing_new(ALLOW("'*'", "") "," DENY("'*'", FROM("'taro+*@a.example'")),
                                ALLOW("'*'", "") "," DENY("'*'", FROM("'taro+x@a.example'"))));
    assert_true(is_nothing_new(ALLOW("'*'", "") "," DENY("'*'", FROM("'*'")),
                               ALLOW("'*'", "") "," DENY("'*'", FROM("'taro+x@a.example'"))));
    assert_false(is_nothing_new(ON("Allow", SES "identity/taro@a.example"),
                                ALLOW("'*'", "") "," ON("Deny", SES "identity/TARO+x@a.example")));
    assert_true(is_nothing_new(ON("Allow", SES "identity/jiro@a.example"),
                               ALLOW("'*'", "") "," ON("Deny", SES "identity/TARO+x@a.example")));
}

static void
what_a_boundary_does_not_allow_is_not_granted(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct compare_reasons reasons;
    struct policy *wide = parse(ALLOW("'*'", "")), *narrow = parse(ALLOW("'ses:*'", ""));
    struct policy *mail = parse(ALLOW("'ses:SendEmail'", "")), *iam = parse(ALLOW("'iam:*'", ""));
    struct policy_entry policies[] = {entry_of(wide), entry_of(narrow)};
    policies[1].source = POLICY_BOUNDARY;
    assert_true(policy_compare_not_granted(arena, policies, 2, iam, &reasons));
    assert_false(policy_compare_not_granted(arena, policies, 2, mail, &reasons));
    assert_int_equal(reasons.count, 1);
    assert_int_equal(reasons.list[0].policy, 0);
    policy_unref(wide);
    policy_unref(narrow);
    policy_unref(mail);
    policy_unref(iam);
    arena_free(arena);
}

static void
many_actions_are_asked_about_at_once(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    const struct slice names[] = {SLICE("ses:SendEmail"), SLICE("iam:GetUser"),
                                  SLICE("ses:GetAccount"), SLICE("sts:AssumeRole")};
    bool granted[4];
    struct policy *some =
        parse(ALLOW("['SES:Get*','ses:send*']", "") "," DENY("'ses:*'", FROM("'boss@a.example'")));
    struct policy *more = parse(ALLOW("'iam:*'", "") "," DENY("'ses:SendEmail'", ""));
    struct policy_entry policies[] = {entry_of(some), entry_of(more)};
    policy_compare_granted(arena, policies, 1, names, 4, granted);
    assert_true(granted[0] && !granted[1] && granted[2] && !granted[3]);
    policy_compare_granted(arena, policies, 2, names, 4, granted);
    assert_true(!granted[0] && granted[1] && granted[2] && !granted[3]);
    policy_unref(some);
    policy_unref(more);
    arena_free(arena);
}

/* Taken apart, this would be millions of pieces. */
static void
a_long_policy_allows_what_it_allows_itself(void **state)
{
    (void)state;
    struct buf out;
    struct policy *policy;
    struct err err;
    buf_init(&out, POLICY_DOCUMENT_MAX);
    buf_add_cstr(&out, "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":[\"a:a\"");
    for (int i = 0; i < 3000; i++)
        buf_printf(&out, ",\"ses:%d\"", i);
    buf_add_cstr(&out, "],\"Resource\":[\"*\"");
    for (int i = 0; i < 1500; i++)
        buf_printf(&out, ",\"arn:aws:ses:*:*:identity/%d\"", i);
    buf_add_cstr(&out, "]}}");
    assert_int_equal(policy_parse(buf_slice(&out), POLICY_IDENTITY_BASED, &policy, &err), RC_OK);
    assert_true(compare(policy, policy));
    policy_unref(policy);
    buf_fini(&out);
}

/* No request is signed by a service. */
static void
what_is_allowed_to_nobody_is_not_new(void **state)
{
    (void)state;
    struct policy *after, *before;
    struct err err;
    const char *format =
        "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"%s\",\"Resource\":\"*\","
        "\"Principal\":{\"Service\":\"ses.amazonaws.com\"}}}";
    char wide[200], narrow[200];
    snprintf(wide, sizeof wide, format, "*");
    snprintf(narrow, sizeof narrow, format, "ses:SendEmail");
    assert_int_equal(policy_parse(slice_of(wide), POLICY_RESOURCE_BASED, &after, &err), RC_OK);
    assert_int_equal(policy_parse(slice_of(narrow), POLICY_RESOURCE_BASED, &before, &err), RC_OK);
    assert_true(compare(after, before));
    policy_unref(after);
    policy_unref(before);
}

/* 128 KiB, made to take long; `from` is where in the lists it begins. */
static struct policy *
make_slow_policy(int from)
{
    struct buf out;
    struct policy *policy;
    struct err err;
    buf_init(&out, POLICY_DOCUMENT_MAX);
    buf_add_cstr(&out, "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":[\"a:*\"");
    for (int i = 0; i < 2000; i++)
        buf_printf(&out, ",\"a:*b*c*d*%d*\"", (from + i) % 2000);
    buf_add_cstr(&out, "],\"NotResource\":[\"arn:aws:ses:*:*:x*\"");
    for (int i = 0; i < 1500; i++)
        buf_printf(&out, ",\"arn:aws:ses:*:*:*a*b*%d*c\"", (from + i) % 1500);
    buf_add_cstr(&out, "],\"Condition\":{\"StringLike\":{\"ses:FromAddress\":[\"a@x\"");
    for (int i = 0; i < 2000; i++)
        buf_printf(&out, ",\"*a*%d*@b*\"", (from + i) % 2000);
    buf_add_cstr(&out, "]}}}}");
    assert_int_equal(policy_parse(buf_slice(&out), POLICY_IDENTITY_BASED, &policy, &err), RC_OK);
    buf_fini(&out);
    return policy;
}

static void
what_takes_too_long_is_not_said_to_hold(void **state)
{
    (void)state;
    struct policy *one = make_slow_policy(0), *other = make_slow_policy(700);
    assert_false(compare(one, other));
    policy_unref(one);
    policy_unref(other);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_said_not_to_be_new_was_allowed_before),
        cmocka_unit_test(a_policy_allows_nothing_that_it_does_not_allow_itself),
        cmocka_unit_test(what_is_said_not_to_be_granted_is_refused),
        cmocka_unit_test(a_narrower_policy_is_seen_as_one),
        cmocka_unit_test(several_statements_may_allow_what_one_does),
        cmocka_unit_test(a_deny_that_went_away_is_new_access),
        cmocka_unit_test(an_allow_is_not_as_wide_as_a_deny_of_the_same_words),
        cmocka_unit_test(a_deny_of_a_label_is_not_replaced_by_one_of_all_labels),
        cmocka_unit_test(what_a_boundary_does_not_allow_is_not_granted),
        cmocka_unit_test(many_actions_are_asked_about_at_once),
        cmocka_unit_test(what_is_allowed_to_nobody_is_not_new),
        cmocka_unit_test(a_long_policy_allows_what_it_allows_itself),
        cmocka_unit_test(what_takes_too_long_is_not_said_to_hold),
    };
    scratch = arena_new();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(scratch);
    return failed;
}
