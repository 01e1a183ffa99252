/*
 * The access report against the gate: random accounts, policies and requests, and what the gate
 * decides must be what the report says. Arguments: pairs to compare (6,000), the seed.
 */
#include "authorize/access.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define ACCOUNT "123456789012"
#define NOW_MS  1700000000000

static uint64_t random_state, pairs_wanted = 6000;

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

static const char *const addresses[] = {
    "taro@test1.com",       "jiro@test1.com",     "TARO@test1.com",     "taro+x@test1.com",
    "taro+y@test1.com",     "taro@sub.test1.com", "jiro@sub.test1.com", "anna@a.sub.test1.com",
    "taro@test2.com",       "t@test1.com",        "taro.x@test1.com",   "\"a b\"@test1.com",
    "\"a@test1.com\"@b.io", "sales@test1.com",    "Sales+eu@test1.com", "x@xtest1.com",
    "\"a*b\"@test1.com",    "+x@test1.com",       "taro++@test1.com",   "a-b@sub.test1.com",
};

static const char *const patterns[] = {
    "taro@test1.com",
    "jiro@test1.com",
    "*@test1.com",
    "*@*.test1.com",
    "taro@*",
    "*",
    "t?ro@test1.com",
    "TARO@test1.com",
    "*+x@test1.com",
    "taro+*@test1.com",
    "*test1.com",
    "*@test2.com",
    "taro+x@test1.com",
    "s*@test1.com",
    "???@*",
    "*@TEST1.com",
    "*o@*",
    "${aws:username}@test1.com",
    "nobody",
    "*@sub.test1.com",
    "${aws:PrincipalTag/mail, 'jiro@test1.com'}",
    "${ses:FromAddress}",
    "a${*}b@test1.com",
};

static const char *const identity_names[] = {"test1.com",       "sub.test1.com",    "test2.com",
                                             "taro@test1.com",  "taro+x@test1.com", "b.io",
                                             "a.sub.test1.com", "sales@test1.com"};

static const char *const suspended[] = {"test1.com", "sub.test1.com", "taro@test1.com",
                                        "taro+x@test1.com", "jiro@test1.com"};
static const int64_t ends[] = {INT64_MAX, NOW_MS - 1, NOW_MS, NOW_MS + 60000};

static const char *const about_address[] = {
    "StringLike",
    "StringEquals",
    "StringNotLike",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "ForAnyValue:StringLike",
    "ForAllValues:StringLike",
    "ForAnyValue:StringNotLike",
    "StringLikeIfExists",
    "ForAllValues:StringNotEqualsIfExists",
};

static const char *const resources[] = {
    "\"*\"",
    "\"*\"",
    "\"*\"",
    "\"arn:aws:ses:*:*:identity/*\"",
    "\"arn:aws:ses:us-east-1:" ACCOUNT ":identity/test1.com\"",
    "[\"arn:aws:ses:us-east-1:" ACCOUNT
    ":identity/*test1.com\",\"arn:aws:ses:*:*:configuration-set/*\"]",
    "\"arn:aws:ses:us-east-1:" ACCOUNT ":identity/TARO@test1.com\"",
    "\"arn:aws:ses:us-east-1:" ACCOUNT ":identity/${aws:username}@test1.com\"",
    "\"arn:aws:ses:us-east-1:" ACCOUNT ":identity/${ses:FromAddress}\"",
    "\"arn:aws:ses:us-east-1:" ACCOUNT ":configuration-set/c\"",
};

static const char *const open_conditions[] = {
    "\"IpAddress\":{\"aws:SourceIp\":\"192.0.2.0/24\"}",
    "\"NotIpAddress\":{\"aws:SourceIp\":\"192.0.2.0/24\"}",
    "\"Bool\":{\"aws:SecureTransport\":\"false\"}",
    "\"DateLessThan\":{\"aws:CurrentTime\":\"2023-11-14T22:14:00Z\"}",
    "\"DateGreaterThan\":{\"aws:CurrentTime\":\"2023-11-14T22:14:00Z\"}",
    "\"DateLessThan\":{\"aws:CurrentTime\":\"2020-01-01T00:00:00Z\"}",
    "\"NumericGreaterThan\":{\"aws:EpochTime\":\"1500000000\"}",
    "\"DateEquals\":{\"aws:CurrentTime\":\"2023-11-14T22:13:21Z\"}",
    "\"ForAllValues:StringLike\":{\"ses:Recipients\":\"*@example.com\"}",
    "\"StringLike\":{\"ses:FeedbackAddress\":\"jiro@test1.com\"}",
    "\"StringLike\":{\"ses:FromDisplayName\":\"Taro*\"}",
    "\"Null\":{\"ses:FromDisplayName\":\"true\"}",
    "\"Null\":{\"ses:FromAddress\":\"false\"}",
    "\"Null\":{\"aws:SourceIp\":\"true\"}",
    "\"Bool\":{\"aws:MultiFactorAuthPresent\":\"true\"}",
    "\"BoolIfExists\":{\"aws:MultiFactorAuthPresent\":\"true\"}",
    "\"ForAllValues:StringEquals\":{\"aws:TagKeys\":\"a\"}",
    "\"StringEquals\":{\"aws:username\":\"taro\"}",
    "\"StringNotEquals\":{\"aws:username\":\"taro\"}",
    "\"ArnLike\":{\"aws:PrincipalArn\":\"arn:aws:iam::*:user/*\"}",
    "\"NumericEquals\":{\"ses:FromAddress\":\"1\"}",
    "\"StringEquals\":{\"ses:FromAddress\":\"${aws:SourceIp}\"}",
    "\"StringLike\":{\"aws:UserAgent\":\"${ses:FromDisplayName}\"}",
};

static const char *const actions[] = {
    "\"Action\":\"ses:SendRawEmail\"",
    "\"Action\":\"ses:SendRawEmail\"",
    "\"Action\":\"*\"",
    "\"Action\":[\"ses:SendEmail\",\"ses:SendRaw*\"]",
    "\"Action\":\"ses:SendEmail\"",
    "\"NotAction\":\"iam:*\"",
    "\"NotAction\":\"ses:SendRawEmail\"",
};

/* ---- one account, made up ---- */

enum { SUSPENSIONS_MAX = 3, POLICIES_MAX = 5, IDENTITY_POLICIES = 2, REQUESTS = 60 };

struct world {
    struct arena *arena;
    struct policy *owned[64];
    size_t owned_count;
    struct policy_entry entries[POLICIES_MAX];
    struct access_identity identities[8];
    struct slice sets[2];
    struct suspension_fact suspensions[SUSPENSIONS_MAX];
    struct access_account account;
    struct access_principal principal;
    struct access_grants grants;
    bool open; /* policies speak of more than address, action and resource */
};

static void
put_values(struct buf *out)
{
    size_t count = 1 + dice(3);
    buf_add_cstr(out, "[");
    for (size_t i = 0; i < count; i++)
        buf_printf(out, "%s\"%s\"", i ? "," : "", PICK(patterns));
    buf_add_cstr(out, "]");
}

static void
put_condition(struct world *world, struct buf *out, bool open)
{
    const char *first = PICK(about_address), *second = PICK(about_address);
    bool more = false;
    buf_add_cstr(out, ",\"Condition\":{");
    if (dice(5)) {
        buf_printf(out, "\"%s\":{\"ses:FromAddress\":", first);
        put_values(out);
        buf_add_cstr(out, "}");
        more = true;
    }
    if (dice(4) == 0 && strcmp(first, second) != 0) {
        buf_printf(out, "%s\"%s\":{\"SES:fromaddress\":", more ? "," : "", second);
        put_values(out);
        buf_add_cstr(out, "}");
        more = true;
    }
    if (open) {
        buf_printf(out, "%s%s", more ? "," : "", PICK(open_conditions));
        world->open = true;
    }
    buf_add_cstr(out, "}");
}

static void
put_statement(struct world *world, struct buf *out, bool of_identity, const char *resource)
{
    static const char *const principals[] = {"\"*\"", "{\"AWS\":\"" ACCOUNT "\"}",
                                             "{\"AWS\":\"arn:aws:iam::" ACCOUNT ":user/taro\"}",
                                             "{\"AWS\":\"arn:aws:iam::" ACCOUNT ":user/jiro\"}"};
    buf_printf(out, "{\"Effect\":\"%s\",%s", dice(3) ? "Allow" : "Deny", PICK(actions));
    if (of_identity)
        buf_printf(out, ",\"%s\":%s", dice(6) ? "Principal" : "NotPrincipal", PICK(principals));
    if (strstr(resource, "${ses:"))
        world->open = true;
    buf_printf(out, ",\"%s\":%s", dice(8) ? "Resource" : "NotResource", resource);
    if (dice(6))
        put_condition(world, out, dice(4) == 0);
    buf_add_cstr(out, "}");
}

static bool
try_policy(struct world *world, enum policy_source source, struct policy **policy)
{
    struct buf out;
    struct err err = {0};
    size_t count = 1 + dice(3);
    buf_init(&out, 1 << 16);
    buf_printf(&out, "{\"Version\":\"%s\",\"Statement\":[", dice(6) ? "2012-10-17" : "2008-10-17");
    for (size_t i = 0; i < count; i++) {
        buf_add_cstr(&out, i ? "," : "");
        put_statement(world, &out, source == POLICY_OF_IDENTITY, PICK(resources));
    }
    buf_add_cstr(&out, "]}");
    enum policy_kind kind =
        source == POLICY_OF_IDENTITY ? POLICY_RESOURCE_BASED : POLICY_IDENTITY_BASED;
    bool parsed = policy_parse(buf_slice(&out), kind, policy, &err) == RC_OK;
    world->open |= slice_find(buf_slice(&out), SLICE("${ses:FromAddress}")) != SLICE_NONE;
    buf_fini(&out);
    return parsed;
}

static struct policy_entry
make_policy(struct world *world, enum policy_source source)
{
    struct policy **policy = &world->owned[world->owned_count++];
    while (!try_policy(world, source, policy)) /* two equal operators, now and then */
        continue;
    return (struct policy_entry){*policy, source, SLICE("p"), SLICE("taro")};
}

static void
make_identity(struct world *world, const char *name)
{
    struct access_identity *identity = &world->identities[world->account.identity_count++];
    *identity = (struct access_identity){
        .fact = {.name = slice_of(name), .domain = !strchr(name, '@'), .verified = dice(5) > 0}};
    identity->fact.only_itself = identity->fact.domain && dice(5) == 0;
    identity->configuration_set = dice(8) ? SLICE("") : SLICE("c");
    size_t count = dice(3) ? 0 : 1 + dice(IDENTITY_POLICIES);
    struct policy_entry *policies = ARENA_ARRAY(world->arena, struct policy_entry, count);
    for (size_t i = 0; i < count; i++)
        policies[i] = make_policy(world, POLICY_OF_IDENTITY);
    identity->fact.policies = policies;
    identity->fact.policy_count = count;
}

/* An account without identities, and a user without policies. */
static void
world_start(struct world *world)
{
    world->account = (struct access_account){.region = SLICE("us-east-1"),
                                             .account = SLICE(ACCOUNT),
                                             .identities = world->identities,
                                             .configuration_sets = world->sets,
                                             .configuration_set_count = 2,
                                             .suspensions = world->suspensions,
                                             .now_ms = NOW_MS};
    world->sets[0] = SLICE("c");
    world->sets[1] = SLICE("d");
    world->principal = (struct access_principal){.name = SLICE("taro"),
                                                 .id = SLICE("AIDATEST"),
                                                 .arn = SLICE("arn:aws:iam::" ACCOUNT ":user/taro"),
                                                 .policies = world->entries};
}

static void
world_init(struct world *world)
{
    *world = (struct world){.arena = arena_new()};
    world_start(world);
    for (size_t i = 0; i < sizeof identity_names / sizeof identity_names[0]; i++)
        if (dice(2))
            make_identity(world, identity_names[i]);
    while (dice(8) == 0 && world->account.suspension_count < SUSPENSIONS_MAX)
        world->suspensions[world->account.suspension_count++] =
            (struct suspension_fact){.name = slice_of(PICK(suspended)), .until_ms = PICK(ends)};
    size_t count = 1 + dice(POLICIES_MAX - 1);
    for (size_t i = 0; i < count; i++)
        world->entries[world->principal.policy_count++] = make_policy(world, POLICY_USER_INLINE);
    if (dice(4) == 0)
        world->entries[world->principal.policy_count++] = make_policy(world, POLICY_BOUNDARY);
    access_prepare(world->arena, &world->account);
    access_of(world->arena, &world->account, &world->principal, &world->grants);
}

static void
world_fini(struct world *world)
{
    for (size_t i = 0; i < world->owned_count; i++)
        policy_unref(world->owned[i]);
    arena_free(world->arena);
}

/* ---- the gate asked, and the report read ---- */

struct question {
    struct arena *arena;
    struct sender list[2];
    struct senders senders;
    struct address recipient;
    struct gate_request request;
    struct gate_facts facts;
};

static struct address
address_of(struct arena *arena, const char *text)
{
    struct address address;
    struct err err = {0};
    if (address_parse(arena, slice_of(text), &address, &err) != RC_OK)
        fail_msg("%s: %s", text, err.text);
    return address;
}

/* The default set counts where the client names none (facts.c: fill_settings). */
static struct slice
default_set(struct world *world, struct arena *arena, const struct address *from)
{
    const struct access_identity *best = NULL;
    for (size_t i = 0; i < world->account.identity_count; i++) {
        const struct access_identity *identity = &world->identities[i];
        const struct identity_fact *fact = &identity->fact;
        if (fact->verified && gate_identity_covers(arena, fact, from) &&
            (!best || (!fact->domain && best->fact.domain) ||
             (fact->domain == best->fact.domain && fact->name.len > best->fact.name.len)))
            best = identity;
    }
    return best ? best->configuration_set : SLICE("");
}

static void
make_question(struct world *world, struct question *question, const char *reverse_path,
              const char *from, size_t action)
{
    static const char *const names[] = {"", "Taro Yamada", "Jiro"};
    static const char *const networks[] = {"192.0.2.1", "198.51.100.1", "2001:db8::1"};
    struct arena *arena = question->arena;
    struct identity_fact *facts =
        ARENA_ARRAY(arena, struct identity_fact, world->account.identity_count);
    for (size_t i = 0; i < world->account.identity_count; i++)
        facts[i] = world->identities[i].fact;
    question->list[0] =
        (struct sender){.role = SENDER_REVERSE_PATH, .address = address_of(arena, reverse_path)};
    question->list[1] = (struct sender){.role = SENDER_FROM,
                                        .address = address_of(arena, from),
                                        .display_name = slice_of(PICK(names))};
    question->senders = (struct senders){question->list, 2};
    question->recipient = address_of(arena, dice(2) ? "a@example.com" : "b@other.example");
    for (size_t i = 0; i < 2; i++)
        question->list[i].shown = question->list[i].address.text;
    struct slice set =
        dice(3) ? default_set(world, arena, &question->list[1].address) : world->sets[dice(2)];
    question->request = (struct gate_request){.action = slice_of(access_actions[action]),
                                              .user_name = world->principal.name,
                                              .user_id = world->principal.id,
                                              .user_arn = world->principal.arn,
                                              .senders = &question->senders,
                                              .recipients = &question->recipient,
                                              .recipient_count = 1,
                                              .configuration_set = set,
                                              .source_ip = slice_of(PICK(networks)),
                                              .user_agent = dice(2) ? SLICE("") : SLICE("Taro x"),
                                              .secure_transport = dice(2),
                                              .api_version = dice(2) ? "2" : "1",
                                              .now_ms = NOW_MS + (int64_t)dice(120000)};
    question->facts = (struct gate_facts){.region = world->account.region,
                                          .account = world->account.account,
                                          .hostname = SLICE("mx.provider.example"),
                                          .identities = facts,
                                          .identity_count = world->account.identity_count,
                                          .policies = world->entries,
                                          .policy_count = world->principal.policy_count,
                                          .suspensions = world->suspensions,
                                          .suspension_count = world->account.suspension_count};
}

static bool
is_conditional(const struct access_grant *grant)
{
    return grant->only_if_count + grant->unless_count > 0 || grant->beside ||
           grant->not_before_ms > 0;
}

enum verdict { NEVER, CONDITIONALLY, ALWAYS };

static enum verdict
read_report(struct world *world, struct arena *arena, struct slice address, size_t action)
{
    enum verdict verdict = NEVER;
    for (size_t i = 0; i < world->grants.count; i++) {
        const struct access_grant *grant = &world->grants.list[i];
        if (!(grant->actions >> action & 1) ||
            !address_set_contains(arena, &grant->addresses, address))
            continue;
        verdict = !is_conditional(grant) ? ALWAYS : verdict == NEVER ? CONDITIONALLY : verdict;
    }
    return verdict;
}

static void
show_and_fail(struct world *world, const char *what, const struct question *question,
              const struct gate_decision *decision)
{
    print_error("gate: %s on %.*s\n", gate_reason_name(decision->reason),
                SLICE_ARG(decision->resource));
    for (size_t i = 0; i < world->principal.policy_count; i++)
        print_error("of the user, %s: %.*s\n", policy_source_name(world->entries[i].source),
                    SLICE_ARG(policy_statement_text(world->entries[i].policy, 0)));
    for (size_t i = 0; i < world->owned_count; i++)
        for (size_t k = 0; k < policy_statement_count(world->owned[i]); k++)
            print_error("policy %zu: %.*s\n", i,
                        SLICE_ARG(policy_statement_text(world->owned[i], k)));
    for (size_t i = 0; i < world->account.identity_count; i++) {
        const struct access_identity *identity = &world->identities[i];
        print_error("identity %.*s verified %d only itself %d policies %zu set %.*s\n",
                    SLICE_ARG(identity->fact.name), identity->fact.verified,
                    identity->fact.only_itself, identity->fact.policy_count,
                    SLICE_ARG(identity->configuration_set));
    }
    fail_msg("%s: %.*s, reverse-path %.*s, %.*s, set %.*s", what,
             SLICE_ARG(question->list[1].address.text), SLICE_ARG(question->list[0].address.text),
             SLICE_ARG(question->request.action), SLICE_ARG(question->request.configuration_set));
}

static bool
ends_soon(const struct world *world)
{
    for (size_t i = 0; i < world->account.suspension_count; i++)
        if (world->suspensions[i].until_ms > NOW_MS && world->suspensions[i].until_ms != INT64_MAX)
            return true;
    return false;
}

static size_t allowed_seen, always_seen, refused_seen;

static void
compare_one(struct world *world)
{
    struct question question = {.arena = arena_new()};
    struct gate_decision decision;
    const char *from = PICK(addresses), *reverse_path = dice(4) ? from : PICK(addresses);
    size_t action = dice(3) ? 0 : dice(2);
    make_question(world, &question, reverse_path, from, action);
    gate_decide(question.arena, &question.request, &question.facts, &decision);
    enum verdict verdict =
        read_report(world, question.arena, question.list[1].address.text, action);
    enum verdict path = read_report(world, question.arena, question.list[0].address.text, action);
    bool allowed = decision.reason == GATE_ALLOWED;
    bool named_set = question.request.configuration_set.len > 0;
    allowed_seen += allowed;
    refused_seen += !allowed;
    always_seen += verdict == ALWAYS;
    if (allowed && (verdict == NEVER || path == NEVER))
        show_and_fail(world, "the gate allows what the report does not have", &question, &decision);
    if (!allowed && verdict == ALWAYS && path == ALWAYS && !named_set)
        show_and_fail(world, "the report promises what the gate refuses", &question, &decision);
    if (!world->open && !ends_soon(world) && !named_set && from == reverse_path &&
        allowed != (verdict == ALWAYS))
        show_and_fail(world, "not exact", &question, &decision);
    arena_free(question.arena);
}

/* Each grant holds something, and its example is an address of it. */
static void
check_examples(struct world *world)
{
    for (size_t i = 0; i < world->grants.count; i++) {
        const struct address_set *set = &world->grants.list[i].addresses;
        struct address_study study;
        struct address address;
        struct err err;
        address_set_study(world->arena, set, 4, &study);
        assert_false(study.empty);
        if (!study.decided)
            continue;
        assert_true(address_set_contains(world->arena, set, study.example));
        assert_int_equal(address_parse(world->arena, study.example, &address, &err), RC_OK);
        for (size_t k = 0; k < study.word_count; k++)
            assert_true(address_set_contains(world->arena, set, study.words[k]));
    }
}

static void
report_and_gate_agree(void **state)
{
    (void)state;
    uint64_t seed = random_state;
    for (uint64_t pairs = 0; pairs < pairs_wanted;) {
        struct world world;
        world_init(&world);
        assert_false(world.grants.coarse);
        check_examples(&world);
        for (size_t i = 0; i < REQUESTS; i++, pairs++)
            compare_one(&world);
        world_fini(&world);
    }
    print_message(
        "seed %llu: %llu pairs, %zu allowed, %zu refused, %zu granted without condition\n",
        (unsigned long long)seed, (unsigned long long)pairs_wanted, allowed_seen, refused_seen,
        always_seen);
    assert_true(allowed_seen > pairs_wanted / 50 && refused_seen > pairs_wanted / 50 &&
                always_seen > pairs_wanted / 50);
}

/* ---- single edits ---- */

/* Policies as people write them; ' stands for ". */
static const char *const written[] = {
    "{'Version':'2012-10-17','Statement':[{'Effect':'Allow','Action':'ses:SendRawEmail',"
    "'Resource':'*','Condition':{'ForAnyValue:StringLike':{'ses:FromAddress':['taro@test1.com']}}}]"
    "}",
    "{'Version':'2012-10-17','Statement':[{'Effect':'Allow','Action':['ses:SendEmail',"
    "'ses:SendRawEmail'],'Resource':'arn:aws:ses:us-east-1:123456789012:identity/test1.com',"
    "'Condition':{'StringEquals':{'ses:FromAddress':['taro@test1.com','jiro@test1.com']}}}]}",
    "{'Version':'2012-10-17','Statement':[{'Effect':'Allow','Action':'ses:*','Resource':'*'},"
    "{'Effect':'Deny','Action':'ses:Send*','Resource':'*','Condition':{'StringNotLike':"
    "{'ses:FromAddress':'*@sub.test1.com'}}}]}",
    "{'Version':'2012-10-17','Statement':[{'Effect':'Allow','Action':'ses:SendRawEmail','Resource':"
    "'*','Condition':{'StringLike':{'ses:FromAddress':'${aws:username}@*'}}},{'Effect':'Deny',"
    "'Action':'*','Resource':'*','Condition':{'StringEquals':{'ses:FromAddress':'taro@test2.com'}}}"
    "]}",
    "{'Version':'2012-10-17','Statement':[{'Effect':'Allow','Action':['ses:SendRawEmail','ses:Get*'"
    "],"
    "'Resource':'*','Condition':{'StringEquals':{'ses:FromAddress':['taro@test1.com',"
    "'jiro@test1.com']},'StringNotLike':{'aws:PrincipalArn':'arn:aws:iam::123456789012:user/x'}}},"
    "{'Effect':'Deny','Action':'ses:Send*','Resource':'arn:aws:ses:us-east-1:*:identity/test1.com',"
    "'Condition':{'StringLike':{'ses:FromAddress':'jiro@test1.com'}}}]}",
};

static const char *const edits[][2] = {
    {"Allow", "Deny"},
    {"'Deny'", "'Allow'"},
    {"ses:SendRawEmail", "ses:SendEmail"},
    {"ses:SendRawEmail", "ses:sendrawemail"},
    {"ses:Send*", "ses:Get*"},
    {"'Action':", "'NotAction':"},
    {"'Resource':", "'NotResource':"},
    {"'Resource':'*'", "'Resource':'arn:aws:ses:*:*:identity/test2.com'"},
    {"'Resource':'*'", "'Resource':'arn:aws:ses:*:*:identity/*1.com'"},
    {"identity/test1.com", "identity/TEST1.com"},
    {"taro@test1.com", "jiro@test1.com"},
    {"taro@test1.com", "*@test1.com"},
    {"taro@test1.com", "taro@*"},
    {"taro@test1.com", "TARO@test1.com"},
    {"taro@test1.com", "taro@TEST1.com"},
    {"taro@test1.com", "t?ro@test1.com"},
    {"taro@test1.com", "taro+*@test1.com"},
    {"jiro@test1.com", "sales@test1.com"},
    {"'jiro@test1.com'", "'jiro@test1.com','taro@test2.com'"},
    {"*@sub.test1.com", "*test1.com"},
    {"*@sub.test1.com", "*"},
    {"*@sub.test1.com", "*.test1.com"},
    {"taro@test2.com", "TARO+a@test2.com"},
    {"taro@test2.com", "*@test2.com"},
    {"${aws:username}", "${aws:userid}"},
    {"${aws:username}@*", "${aws:username}@test1.com"},
    {"${aws:username}@*", "${*}@*"},
    {"2012-10-17", "2008-10-17"},
    {"ForAnyValue:", "ForAllValues:"},
    {"ForAnyValue:", ""},
    {"StringLike", "StringNotLike"},
    {"StringNotLike", "StringLike"},
    {"StringNotLike", "StringNotEquals"},
    {"StringEquals", "StringLike"},
    {"StringEquals", "StringNotEquals"},
    {"StringEquals", "StringEqualsIgnoreCase"},
    {"ses:FromAddress", "ses:fromaddress"},
    {"ses:FromAddress", "ses:FromAdress"},
    {"ses:FromAddress", "aws:PrincipalArn"},
    {"us-east-1", "eu-west-1"},
    {"123456789012", "*"},
};

static struct slice
edited(struct arena *arena, const char *document, const char *from, const char *to)
{
    struct slice text = slice_of(document);
    size_t at = from ? slice_find(text, slice_of(from)) : SLICE_NONE;
    if (at != SLICE_NONE)
        text = arena_printf(arena, "%.*s%s%s", SLICE_ARG(slice_head(text, at)), to,
                            document + at + strlen(from));
    else if (from)
        return SLICE("");
    char *json = (char *)arena_dup(arena, text).ptr;
    for (char *c = json; *c; c++)
        *c = *c == '\'' ? '"' : *c;
    return slice_of(json);
}

enum { ADDRESSES = sizeof addresses / sizeof addresses[0] };

/* What the gate says of each address, which the report must say as well. */
static void
judge(struct slice document, bool verdicts[ADDRESSES])
{
    struct world world = {.arena = arena_new()};
    struct err err = {0};
    if (policy_parse(document, POLICY_IDENTITY_BASED, &world.owned[0], &err) != RC_OK)
        fail_msg("%s in %.*s", err.text, SLICE_ARG(document));
    world.owned_count = 1;
    world_start(&world);
    for (size_t i = 0; i < 3; i++)
        world.identities[world.account.identity_count++].fact = (struct identity_fact){
            .name = slice_of(identity_names[i]), .domain = true, .verified = true};
    world.entries[0] =
        (struct policy_entry){world.owned[0], POLICY_USER_INLINE, SLICE("p"), SLICE("taro")};
    world.principal.policy_count = 1;
    access_prepare(world.arena, &world.account);
    access_of(world.arena, &world.account, &world.principal, &world.grants);
    for (size_t i = 0; i < ADDRESSES; i++) {
        struct question question = {.arena = world.arena};
        struct gate_decision decision;
        make_question(&world, &question, addresses[i], addresses[i], 0);
        question.request.configuration_set = SLICE("");
        gate_decide(world.arena, &question.request, &question.facts, &decision);
        verdicts[i] = decision.reason == GATE_ALLOWED;
        if (verdicts[i] !=
            (read_report(&world, world.arena, question.list[1].address.text, 0) == ALWAYS))
            show_and_fail(&world, "edited", &question, &decision);
    }
    world_fini(&world);
}

static void
a_single_edit_of_a_policy_changes_report_and_gate_alike(void **state)
{
    (void)state;
    size_t tried = 0, changed = 0;
    struct arena *arena = arena_new();
    for (size_t i = 0; i < sizeof written / sizeof written[0]; i++) {
        bool before[ADDRESSES], after[ADDRESSES];
        judge(edited(arena, written[i], NULL, NULL), before);
        for (size_t k = 0; k < sizeof edits / sizeof edits[0]; k++) {
            struct slice document = edited(arena, written[i], edits[k][0], edits[k][1]);
            if (document.len == 0)
                continue;
            judge(document, after);
            tried++;
            changed += memcmp(before, after, sizeof before) != 0;
        }
    }
    arena_free(arena);
    print_message("%zu edits, %zu of them change what may be sent\n", tried, changed);
    assert_true(tried >= 100 && changed >= tried / 2);
}

/* ---- sets of addresses ---- */

static struct address_set
set_of(struct arena *arena, const char *const *must, const char *const *never)
{
    struct address_set set = {0};
    const char *why;
    for (; *must; must++) {
        struct pattern *pattern = ARENA_NEW(arena, struct pattern);
        assert_true(pattern_compile(arena, slice_of(*must), PATTERN_WITH_WILDCARDS, pattern, &why));
        set = address_set_with(arena, &set, address_pattern_given(arena, pattern), NULL);
    }
    for (; *never; never++)
        set = address_set_with(arena, &set, NULL,
                               address_pattern_identity(arena, slice_of(*never), false));
    return set;
}

#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})
#define NONE      ((const char *const[]){NULL})

static void
a_set_knows_whether_it_is_empty_and_what_it_holds(void **state)
{
    (void)state;
    static const struct {
        const char *must[4], *never[4];
        const char *words; /* "": empty; NULL: too many to list */
    } rows[] = {
        {{"taro@test1.com"}, {0}, "taro@test1.com"},
        {{"taro@test1.com"}, {"test1.com"}, ""},
        {{"taro@*", "*@test1.com", "*@????????m"}, {0}, "taro@test1.com"},
        {{"*@test1.com", "*@test2.com"}, {0}, ""},
        {{"*@test1.com"}, {0}, NULL},
        {{"*@test1.com"}, {"com"}, ""},
        {{"*@test1.com"}, {"sub.test1.com"}, NULL},
        {{"*@a.test1.com"}, {"test1.com"}, ""},
        {{"t?ro@test1.com"}, {0}, NULL},
        {{"t?ro@test1.com", "*a*@*"}, {0}, "taro@test1.com"},
        {{"t?ro@test1.com", "*a*@*"}, {"taro@test1.com"}, ""},
        {{"taro+?@test1.com"}, {"taro@test1.com"}, ""},
        {{"nobody"}, {0}, ""},
        {{"no body@test1.com"}, {0}, ""},
        {{"*@test1..com"}, {0}, ""},
        {{"?*.@test1.com", "a*"}, {0}, ""}, /* a dot before the @ needs quotes */
        {{"*a*", "?@b.io"}, {0}, "a@b.io"},
        {{"*", "?@b.?", "a*", "*c"}, {0}, "a@b.c"},
    };
    struct arena *arena = arena_new();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct address_set set = set_of(arena, rows[i].must, rows[i].never);
        struct address_study study;
        address_set_study(arena, &set, 8, &study);
        assert_true(study.decided);
        if (study.empty != (rows[i].words && !*rows[i].words))
            fail_msg("%s: empty %d", rows[i].must[0], study.empty);
        if (!study.empty && !address_set_contains(arena, &set, study.example))
            fail_msg("%s: %.*s", rows[i].must[0], SLICE_ARG(study.example));
        if (!study.empty && study.listed != (rows[i].words != NULL))
            fail_msg("%s: listed %d", rows[i].must[0], study.listed);
        if (rows[i].words && *rows[i].words) {
            assert_int_equal(study.word_count, 1);
            assert_true(slice_is(study.words[0], rows[i].words));
        }
    }
    arena_free(arena);
}

static void
what_takes_too_much_memory_is_not_decided_and_taken_for_something(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct address_set set = set_of(arena, LIST("*a????????????????????@b.io"), NONE);
    set = address_set_with(arena, &set, NULL, set.must[0]);
    struct address_study study;
    address_set_study(arena, &set, 0, &study);
    assert_false(study.decided);
    assert_false(study.empty);
    arena_free(arena);
}

int
main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(report_and_gate_agree),
        cmocka_unit_test(a_single_edit_of_a_policy_changes_report_and_gate_alike),
        cmocka_unit_test(a_set_knows_whether_it_is_empty_and_what_it_holds),
        cmocka_unit_test(what_takes_too_much_memory_is_not_decided_and_taken_for_something),
    };
    if (argc > 1)
        pairs_wanted = strtoull(argv[1], NULL, 10);
    random_state = argc > 2 ? strtoull(argv[2], NULL, 10) : 20261126;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
