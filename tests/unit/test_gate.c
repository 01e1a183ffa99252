/* The nine cases of the design, and the rules around them, on the gate alone. */
#include "authorize/gate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define TARO_POLICY                                                                                \
    "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":"                 \
    "\"ses:SendRawEmail\",\"Resource\":\"*\",\"Condition\":{\"ForAnyValue:StringLike\":"           \
    "{\"ses:FromAddress\":[\"taro@test1.com\"]}}}]}"
#define ANY_POLICY                                                                                 \
    "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":"                 \
    "\"ses:SendRawEmail\",\"Resource\":\"*\"}]}"

struct world {
    struct arena *arena;
    struct policy *policies[4];
    struct policy_entry entries[4], identity_entries[4];
    struct identity_fact identities[4];
    struct suspension_fact suspensions[1];
    struct gate_facts facts;
    struct gate_request request;
    struct senders senders;
    struct gate_decision decision;
};

static int
setup(void **state)
{
    struct world *world = NEW(struct world);
    world->arena = arena_new();
    world->facts = (struct gate_facts){.region = SLICE("us-east-1"),
                                       .account = SLICE("123456789012"),
                                       .hostname = SLICE("mx.provider.example"),
                                       .refuse_misleading_names = true};
    world->facts.policies = world->entries;
    world->facts.identities = world->identities;
    world->request = (struct gate_request){.action = SLICE("ses:SendRawEmail"),
                                           .user_name = SLICE("taro"),
                                           .user_id = SLICE("AIDATEST"),
                                           .user_arn = SLICE("arn:aws:iam::123456789012:user/taro"),
                                           .senders = &world->senders,
                                           .source_ip = SLICE("192.0.2.1"),
                                           .secure_transport = true,
                                           .api_version = "2",
                                           .now_ms = 1700000000000};
    *state = world;
    return 0;
}

static int
teardown(void **state)
{
    struct world *world = *state;
    for (size_t i = 0; i < 4; i++)
        policy_unref(world->policies[i]);
    arena_free(world->arena);
    free(world);
    return 0;
}

static void
give_policy(struct world *world, const char *document)
{
    struct err err = {0};
    size_t i = world->facts.policy_count++;
    if (policy_parse(slice_of(document), POLICY_IDENTITY_BASED, &world->policies[i], &err) != RC_OK)
        fail_msg("%s", err.text);
    world->entries[i] =
        (struct policy_entry){world->policies[i], POLICY_USER_INLINE, SLICE("p"), SLICE("taro")};
}

static struct identity_fact *
add_identity(struct world *world, const char *name, bool verified)
{
    struct identity_fact *fact = &world->identities[world->facts.identity_count++];
    *fact = (struct identity_fact){
        .name = slice_of(name), .domain = strchr(name, '@') == NULL, .verified = verified};
    return fact;
}

static void
give_identity_policy(struct world *world, struct identity_fact *identity, const char *document)
{
    struct err err = {0};
    struct policy **policy = &world->policies[3];
    if (policy_parse(slice_of(document), POLICY_RESOURCE_BASED, policy, &err) != RC_OK)
        fail_msg("%s", err.text);
    world->identity_entries[0] =
        (struct policy_entry){*policy, POLICY_OF_IDENTITY, SLICE("q"), identity->name};
    identity->policies = world->identity_entries;
    identity->policy_count = 1;
}

/* Ask with a header block. */
static enum gate_reason
ask(struct world *world, const char *reverse_path, const char *block)
{
    struct header header;
    struct err err = {0};
    if (header_parse(world->arena, slice_of(block), &header, &err) != RC_OK ||
        senders_collect(world->arena, &header, slice_of(reverse_path), &world->senders, &err) !=
            RC_OK)
        fail_msg("%s", err.text);
    gate_decide(world->arena, &world->request, &world->facts, &world->decision);
    return world->decision.reason;
}

static enum gate_reason
ask_as(struct world *world, const char *address)
{
    return ask(world, address,
               arena_printf(world->arena, "From: Taro Yamada <%s>\r\n", address).ptr);
}

static void
assert_text(const struct world *world, const char *expected)
{
    struct slice text = world->decision.text;
    assert_string_equal(arena_dup(world->arena, text).ptr, expected);
}

static void
the_nine_cases_decide_as_the_table_says(void **state)
{
    struct world *first = *state;
    static const char *const people[] = {"taro@test1.com", "jiro@test1.com", "taro@test2.com",
                                         "jiro@test2.com"};
    static const struct {
        bool domain, address, policy;
        const char *expected;
    } cases[] = {
        {false, false, false, "FFFF"}, {true, false, false, "TTFF"}, {true, false, false, "TTFF"},
        {true, true, false, "TTFF"},   {true, true, false, "TTFF"},  {true, false, true, "TFFF"},
        {true, false, true, "TFFF"},   {true, true, true, "TFFF"},   {true, true, true, "TFFF"}};
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        void *fresh;
        setup(&fresh);
        struct world *world = fresh;
        give_policy(world, cases[c].policy ? TARO_POLICY : ANY_POLICY);
        if (cases[c].domain)
            add_identity(world, "test1.com", true);
        if (cases[c].address)
            add_identity(world, "taro@test1.com", true);
        for (int p = 0; p < 4; p++)
            if ((ask_as(world, people[p]) == GATE_ALLOWED) != (cases[c].expected[p] == 'T'))
                fail_msg("case %zu, %s: %s", c + 1, people[p],
                         gate_reason_name(world->decision.reason));
        teardown(&fresh);
    }
    (void)first;
}

static void
the_refusal_of_case_1_is_to_the_letter(void **state)
{
    struct world *world = *state;
    struct slice reply;
    give_policy(world, ANY_POLICY);
    assert_int_equal(ask_as(world, "taro@test1.com"), GATE_NOT_VERIFIED);
    assert_int_equal(gate_reply(world->arena, &world->decision, &reply), RC_DENIED);
    assert_string_equal(
        arena_dup(world->arena, reply).ptr,
        "554 Message rejected: Email address is not verified. The following identities failed the "
        "check in region US-EAST-1: taro@test1.com, Taro Yamada <taro@test1.com>");
}

static void
access_denied_names_user_action_and_identity(void **state)
{
    struct world *world = *state;
    give_policy(world, TARO_POLICY);
    add_identity(world, "test1.com", true);
    assert_int_equal(ask_as(world, "jiro@test1.com"), GATE_IMPLICIT_DENY);
    assert_text(world, "Access denied: User `arn:aws:iam::123456789012:user/taro' is not "
                       "authorized to perform `ses:SendRawEmail' on resource "
                       "`arn:aws:ses:us-east-1:123456789012:identity/test1.com'");
}

static void
a_policy_with_for_any_value_does_not_let_another_from_pass(void **state)
{
    struct world *world = *state;
    give_policy(world, TARO_POLICY);
    add_identity(world, "test1.com", true);
    assert_int_equal(ask(world, "taro@test1.com", "From: jiro@test1.com\r\n"), GATE_IMPLICIT_DENY);
    assert_int_equal(ask(world, "jiro@test1.com", "From: taro@test1.com\r\n"), GATE_IMPLICIT_DENY);
    assert_int_equal(ask(world, "taro@test1.com",
                         "From: taro@test1.com, jiro@test1.com\r\nSender: taro@test1.com\r\n"),
                     GATE_IMPLICIT_DENY);
    assert_int_equal(
        ask(world, "taro@test1.com", "From: taro@test1.com\r\nSender: jiro@test1.com\r\n"),
        GATE_IMPLICIT_DENY);
    assert_int_equal(
        ask(world, "taro@test1.com", "From: taro@test1.com\r\nResent-From: jiro@test1.com\r\n"),
        GATE_IMPLICIT_DENY);
    assert_int_equal(
        ask(world, "taro@test1.com", "From: taro@test1.com\r\nReturn-Path: <jiro@test1.com>\r\n"),
        GATE_IMPLICIT_DENY);
    assert_int_equal(ask(world, "taro@test1.com", "From: taro@test1.com\r\n"), GATE_ALLOWED);
}

static void
case_of_the_local_part_matters_and_of_the_domain_does_not(void **state)
{
    struct world *world = *state;
    give_policy(world, TARO_POLICY);
    add_identity(world, "test1.com", true);
    assert_int_equal(ask_as(world, "taro@TEST1.com"), GATE_ALLOWED);
    assert_int_equal(ask_as(world, "Taro@test1.com"), GATE_IMPLICIT_DENY);
    assert_int_equal(ask_as(world, "taro+x@test1.com"), GATE_IMPLICIT_DENY);
}

static void
a_subdomain_is_covered_unless_the_domain_is_only_itself(void **state)
{
    struct world *world = *state;
    give_policy(world, ANY_POLICY);
    struct identity_fact *domain = add_identity(world, "test1.com", true);
    assert_int_equal(ask_as(world, "taro@a.b.test1.com"), GATE_ALLOWED);
    assert_int_equal(ask_as(world, "taro@nottest1.com"), GATE_NOT_VERIFIED);
    domain->only_itself = true;
    assert_int_equal(ask_as(world, "taro@a.test1.com"), GATE_NOT_VERIFIED);
    assert_int_equal(ask_as(world, "taro@test1.com"), GATE_ALLOWED);
}

static void
an_address_identity_covers_its_labels(void **state)
{
    struct world *world = *state;
    give_policy(world, ANY_POLICY);
    add_identity(world, "taro@test1.com", true);
    assert_int_equal(ask_as(world, "taro+list@test1.com"), GATE_ALLOWED);
    assert_int_equal(ask_as(world, "jiro@test1.com"), GATE_NOT_VERIFIED);
}

static void
suspend(struct world *world, const char *name, int64_t until_ms)
{
    world->suspensions[0] = (struct suspension_fact){slice_of(name), SLICE("stolen"), until_ms};
    world->facts.suspensions = world->suspensions;
    world->facts.suspension_count = 1;
}

static void
a_suspended_identity_denies_whatever_else_is_verified(void **state)
{
    struct world *world = *state;
    give_policy(world, ANY_POLICY);
    add_identity(world, "test1.com", true);
    add_identity(world, "taro@test1.com", true);
    suspend(world, "taro@test1.com", INT64_MAX);
    assert_int_equal(ask_as(world, "taro@test1.com"), GATE_SUSPENDED);
    assert_int_equal(ask_as(world, "jiro@test1.com"), GATE_ALLOWED);
}

static void
a_suspended_address_is_stopped_in_every_spelling(void **state)
{
    struct world *world = *state;
    give_policy(world, ANY_POLICY);
    add_identity(world, "test1.com", true);
    suspend(world, "taro@test1.com", INT64_MAX);
    const char *const spellings[] = {"TARO@test1.com", "Taro@TEST1.com", "taro+x@test1.com",
                                     "\"taro\"@test1.com", "\"taro+x y\"@test1.com"};
    for (size_t i = 0; i < sizeof spellings / sizeof spellings[0]; i++)
        assert_int_equal(ask_as(world, spellings[i]), GATE_SUSPENDED);
    assert_int_equal(ask_as(world, "taro@sub.test1.com"), GATE_ALLOWED);
    assert_int_equal(ask_as(world, "xtaro@test1.com"), GATE_ALLOWED);
}

static void
a_suspended_label_leaves_the_address_alone(void **state)
{
    struct world *world = *state;
    give_policy(world, ANY_POLICY);
    add_identity(world, "test1.com", true);
    suspend(world, "taro+news@test1.com", INT64_MAX);
    assert_int_equal(ask_as(world, "taro+news@test1.com"), GATE_SUSPENDED);
    assert_int_equal(ask_as(world, "Taro+NEWS@test1.com"), GATE_SUSPENDED);
    assert_int_equal(ask_as(world, "taro@test1.com"), GATE_ALLOWED);
}

static void
a_suspended_domain_stops_what_is_below_it_though_it_is_only_itself(void **state)
{
    struct world *world = *state;
    give_policy(world, ANY_POLICY);
    add_identity(world, "test1.com", true)->only_itself = true;
    add_identity(world, "sub.test1.com", true);
    add_identity(world, "xtest1.com", true);
    suspend(world, "test1.com", INT64_MAX);
    assert_int_equal(ask_as(world, "taro@test1.com"), GATE_SUSPENDED);
    assert_int_equal(ask_as(world, "taro@sub.test1.com"), GATE_SUSPENDED);
    assert_int_equal(ask_as(world, "taro@xtest1.com"), GATE_ALLOWED);
}

static void
a_suspension_counts_for_every_sender_address(void **state)
{
    struct world *world = *state;
    give_policy(world, ANY_POLICY);
    add_identity(world, "test1.com", true);
    suspend(world, "taro@test1.com", INT64_MAX);
    assert_int_equal(
        ask(world, "jiro@test1.com", "From: jiro@test1.com\r\nSender: taro@test1.com\r\n"),
        GATE_SUSPENDED);
    assert_int_equal(ask(world, "taro@test1.com", "From: jiro@test1.com\r\n"), GATE_SUSPENDED);
}

static void
a_suspension_is_over_at_its_end_and_not_before(void **state)
{
    struct world *world = *state;
    give_policy(world, ANY_POLICY);
    add_identity(world, "test1.com", true);
    suspend(world, "test1.com", world->request.now_ms);
    assert_int_equal(ask_as(world, "taro@test1.com"), GATE_ALLOWED);
    suspend(world, "test1.com", world->request.now_ms + 1);
    assert_int_equal(ask_as(world, "taro@test1.com"), GATE_SUSPENDED);
    struct suspension_fact user = {SLICE("taro"), SLICE("left"), world->request.now_ms};
    world->facts.suspension_count = 0;
    world->facts.user_suspension = &user;
    assert_int_equal(ask_as(world, "taro@test1.com"), GATE_ALLOWED);
    user.until_ms++;
    assert_int_equal(ask_as(world, "taro@test1.com"), GATE_USER_SUSPENDED);
}

static void
a_suspension_tells_its_end_and_a_reason_that_a_reply_can_hold(void **state)
{
    struct world *world = *state;
    struct slice reply;
    give_policy(world, ANY_POLICY);
    suspend(world, "test1.com", 1700000001000);
    ask_as(world, "taro@test1.com");
    assert_int_equal(gate_reply(world->arena, &world->decision, &reply), RC_DENIED);
    assert_true(slice_is(reply, "554 Message rejected: Identity test1.com is suspended until "
                                "2023-11-14T22:13:21.000Z: stolen"));
    world->suspensions[0].reason = SLICE("\xe7\x9b\x97\xe9\x9b\xa3");
    world->suspensions[0].until_ms = INT64_MAX;
    ask_as(world, "taro@test1.com");
    assert_int_equal(gate_reply(world->arena, &world->decision, &reply), RC_DENIED);
    assert_true(slice_is(reply, "554 Message rejected: Identity test1.com is suspended"));
}

static void
a_suspended_user_is_told_so_whatever_else_is_wrong(void **state)
{
    struct world *world = *state;
    struct suspension_fact user = {SLICE("taro"), SLICE("left"), INT64_MAX};
    world->facts.user_suspension = &user;
    assert_int_equal(ask_as(world, "taro@test1.com"), GATE_USER_SUSPENDED);
    assert_true(slice_is(world->decision.text,
                         "Access denied: User `arn:aws:iam::123456789012:user/taro' is "
                         "suspended: left"));
}

static void
a_pending_identity_still_denies_by_its_policy(void **state)
{
    struct world *world = *state;
    give_policy(world, ANY_POLICY);
    add_identity(world, "taro@test1.com", true);
    struct identity_fact *domain = add_identity(world, "test1.com", false);
    give_identity_policy(
        world, domain,
        "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\",\"Principal\":\"*\","
        "\"Action\":\"ses:*\",\"Resource\":"
        "\"arn:aws:ses:us-east-1:123456789012:identity/test1.com\"}]}");
    assert_int_equal(ask_as(world, "taro@test1.com"), GATE_EXPLICIT_DENY);
}

static void
a_display_name_that_shows_another_address_is_refused(void **state)
{
    struct world *world = *state;
    give_policy(world, ANY_POLICY);
    add_identity(world, "test1.com", true);
    assert_int_equal(ask(world, "taro@test1.com", "From: \"jiro@test1.com\" <taro@test1.com>\r\n"),
                     GATE_MISLEADING_NAME);
    assert_int_equal(ask(world, "taro@test1.com", "From: \"taro@test1.com\" <taro@test1.com>\r\n"),
                     GATE_ALLOWED);
    assert_int_equal(
        ask(world, "taro@test1.com", "From: \"taro@test1.com ceo@test2.com\" <taro@test1.com>\r\n"),
        GATE_MISLEADING_NAME);
    /* U+202E, then "moc.1tset@orij", which is shown from right to left. */
    assert_int_equal(ask(world, "taro@test1.com",
                         "From: =?utf-8?b?4oCubW9jLjF0c2V0QG9yaWo=?= <taro@test1.com>\r\n"),
                     GATE_MISLEADING_NAME);
    world->facts.refuse_misleading_names = false;
    assert_int_equal(ask(world, "taro@test1.com", "From: \"jiro@test1.com\" <taro@test1.com>\r\n"),
                     GATE_ALLOWED);
}

static void
in_the_sandbox_recipients_must_be_verified_and_are_resources(void **state)
{
    struct world *world = *state;
    struct address recipients[2];
    struct err err;
    assert_int_equal(address_parse(world->arena, SLICE("ana@else.example"), &recipients[0], &err),
                     RC_OK);
    assert_int_equal(
        address_parse(world->arena, SLICE("success@simulator.amazonses.com"), &recipients[1], &err),
        RC_OK);
    world->request.recipients = recipients;
    world->request.recipient_count = 2;
    world->facts.sandbox = true;
    give_policy(world, ANY_POLICY);
    add_identity(world, "test1.com", true);
    assert_int_equal(ask_as(world, "taro@test1.com"), GATE_NOT_VERIFIED);
    assert_text(world, "Message rejected: Email address is not verified. The following identities "
                       "failed the check in region US-EAST-1: ana@else.example");
    world->request.recipients = recipients + 1;
    world->request.recipient_count = 1;
    assert_int_equal(ask_as(world, "taro@test1.com"), GATE_ALLOWED);
    world->facts.sandbox = false;
    world->request.recipients = recipients;
    assert_int_equal(ask_as(world, "taro@test1.com"), GATE_ALLOWED);
}

static struct address
parsed(struct world *world, const char *text)
{
    struct address address;
    struct err err = {0};
    if (address_parse(world->arena, slice_of(text), &address, &err) != RC_OK)
        fail_msg("%s", err.text);
    return address;
}

static void
in_the_sandbox_a_policy_must_allow_the_recipients_too(void **state)
{
    struct world *world = *state;
    struct address recipient = parsed(world, "ana@else.example");
    world->request.recipients = &recipient;
    world->request.recipient_count = 1;
    world->facts.sandbox = true;
    give_policy(world, "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"ses:SendRawEmail\","
                       "\"Resource\":\"arn:aws:ses:us-east-1:123456789012:identity/test1.com\"}]}");
    add_identity(world, "test1.com", true);
    add_identity(world, "else.example", true);
    assert_int_equal(ask_as(world, "taro@test1.com"), GATE_IMPLICIT_DENY);
    recipient = parsed(world, "success@simulator.mx.provider.example");
    assert_int_equal(ask_as(world, "taro@test1.com"), GATE_ALLOWED);
    recipient = parsed(world, "success@simulator.other.example");
    assert_int_equal(ask_as(world, "taro@test1.com"), GATE_IMPLICIT_DENY);
    recipient = parsed(world, "ana@else.example");
    world->facts.sandbox = false;
    assert_int_equal(ask_as(world, "taro@test1.com"), GATE_ALLOWED);
}

static void
a_refusal_lists_ten_addresses_and_says_that_there_are_more(void **state)
{
    struct world *world = *state;
    struct address recipients[12];
    for (int i = 0; i < 12; i++)
        recipients[i] = parsed(world, arena_printf(world->arena, "r%d@else.example", i).ptr);
    world->request.recipients = recipients;
    world->request.recipient_count = 12;
    world->facts.sandbox = true;
    give_policy(world, ANY_POLICY);
    add_identity(world, "test1.com", true);
    assert_int_equal(ask_as(world, "taro@test1.com"), GATE_NOT_VERIFIED);
    assert_text(world, "Message rejected: Email address is not verified. The following identities "
                       "failed the check in region US-EAST-1: r0@else.example, r1@else.example, "
                       "r2@else.example, r3@else.example, r4@else.example, r5@else.example, "
                       "r6@else.example, r7@else.example, r8@else.example, r9@else.example, ...");
}

static void
authorization_comes_before_verification_before_quota_before_pause(void **state)
{
    struct world *world = *state;
    world->facts.paused = true;
    world->facts.quota = QUOTA_RATE;
    assert_int_equal(ask_as(world, "taro@test1.com"), GATE_IMPLICIT_DENY);
    give_policy(world, ANY_POLICY);
    assert_int_equal(ask_as(world, "taro@test1.com"), GATE_NOT_VERIFIED);
    add_identity(world, "test1.com", true);
    assert_int_equal(ask_as(world, "taro@test1.com"), GATE_QUOTA_RATE);
    world->facts.quota = QUOTA_OK;
    assert_int_equal(ask_as(world, "taro@test1.com"), GATE_PAUSED);
}

static void
a_configuration_set_is_a_resource_of_its_own(void **state)
{
    struct world *world = *state;
    give_policy(world,
                "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Action\":"
                "\"ses:*\",\"Resource\":\"arn:aws:ses:us-east-1:123456789012:identity/*\"}}");
    add_identity(world, "test1.com", true);
    assert_int_equal(ask_as(world, "taro@test1.com"), GATE_ALLOWED);
    world->request.configuration_set = SLICE("news");
    assert_int_equal(ask_as(world, "taro@test1.com"), GATE_IMPLICIT_DENY);
    assert_true(slice_ends(world->decision.resource, SLICE("configuration-set/news")));
}

static void
templates_are_resources_of_their_own(void **state)
{
    struct world *world = *state;
    give_policy(world, "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\","
                       "\"Action\":\"ses:*\",\"Resource\":["
                       "\"arn:aws:ses:us-east-1:123456789012:identity/*\","
                       "\"arn:aws:ses:us-east-1:123456789012:template/a\"]}}");
    add_identity(world, "test1.com", true);
    world->request.template_name = SLICE("a");
    assert_int_equal(ask_as(world, "taro@test1.com"), GATE_ALLOWED);
    world->request.verification_template = SLICE("a");
    assert_int_equal(ask_as(world, "taro@test1.com"), GATE_IMPLICIT_DENY);
    assert_true(
        slice_ends(world->decision.resource, SLICE("custom-verification-email-template/a")));
    world->request.verification_template = SLICE("");
    world->request.template_name = SLICE("b");
    assert_int_equal(ask_as(world, "taro@test1.com"), GATE_IMPLICIT_DENY);
}

static void
a_variable_as_the_whole_resource_denies_what_it_stands_for(void **state)
{
    struct world *world = *state;
    give_policy(world, ANY_POLICY);
    give_policy(world, "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\","
                       "\"Action\":\"*\",\"Resource\":\"arn:aws:ses:*:*:${aws:username}\"}]}");
    add_identity(world, "test1.com", true);
    assert_int_equal(ask_as(world, "taro@test1.com"), GATE_ALLOWED);
    world->request.user_name = SLICE("identity/test1.com");
    assert_int_equal(ask_as(world, "taro@test1.com"), GATE_EXPLICIT_DENY);
}

static void
an_arn_must_cover_the_address_it_speaks_for(void **state)
{
    struct world *world = *state;
    give_policy(world, ANY_POLICY);
    add_identity(world, "test1.com", true);
    world->request.from_arn = SLICE("arn:aws:ses:us-east-1:123456789012:identity/test1.com");
    assert_int_equal(ask_as(world, "taro@test1.com"), GATE_ALLOWED);
    world->request.from_arn = SLICE("arn:aws:ses:us-east-1:123456789012:identity/jiro@test1.com");
    assert_int_equal(ask_as(world, "taro@test1.com"), GATE_ARN_MISMATCH);
    world->request.from_arn = SLICE("arn:aws:ses:us-east-1:123456789012:identity/\xff.example");
    assert_int_equal(ask_as(world, "taro@test1.com"), GATE_ARN_MISMATCH);
    world->request.from_arn = SLICE("arn:aws:ses:us-east-1:999999999999:identity/test1.com");
    assert_int_equal(ask_as(world, "taro@test1.com"), GATE_ARN_MISMATCH);
    world->request.from_arn = SLICE("");
    world->request.source_arn = SLICE("arn:aws:ses:us-east-1:123456789012:identity/other.example");
    assert_int_equal(ask_as(world, "taro@test1.com"), GATE_ARN_MISMATCH);
}

static void
an_arn_of_the_return_path_is_checked_without_that_header_too(void **state)
{
    struct world *world = *state;
    give_policy(world, ANY_POLICY);
    add_identity(world, "test1.com", true);
    world->request.return_path_arn = SLICE("bogus");
    assert_int_equal(ask_as(world, "taro@test1.com"), GATE_ARN_MISMATCH);
    world->request.return_path_arn = SLICE("arn:aws:ses:us-east-1:123456789012:identity/TEST1.com");
    assert_int_equal(ask_as(world, "taro@test1.com"), GATE_ALLOWED);
}

/* No mailbox of From hides behind the first one's name. */
static void
each_from_mailbox_is_asked_about_under_its_own_name(void **state)
{
    struct world *world = *state;
    give_policy(world,
                "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\","
                "\"Resource\":\"*\",\"Condition\":{\"StringEquals\":{\"ses:FromDisplayName\":"
                "\"Marketing\"}}}]}");
    add_identity(world, "test1.com", true);
    assert_int_equal(ask(world, "taro@test1.com", "From: Marketing <taro@test1.com>\r\n"),
                     GATE_ALLOWED);
    assert_int_equal(
        ask(world, "taro@test1.com",
            "From: Marketing <taro@test1.com>, CEO <taro@test1.com>\r\nSender: taro@test1.com\r\n"),
        GATE_IMPLICIT_DENY);
    assert_int_equal(
        ask(world, "taro@test1.com",
            "From: Marketing <taro@test1.com>, CEO <jiro@test1.com>\r\nSender: taro@test1.com\r\n"),
        GATE_IMPLICIT_DENY);
}

static void
what_did_not_decide_is_not_named(void **state)
{
    struct world *world = *state;
    give_policy(world, ANY_POLICY);
    assert_int_equal(ask_as(world, "taro@test1.com"), GATE_NOT_VERIFIED);
    assert_null(world->decision.policy);
    assert_int_equal(world->decision.resource.len, 0);
}

static void
lost_dkim_records_refuse_the_mail(void **state)
{
    struct world *world = *state;
    give_policy(world, ANY_POLICY);
    add_identity(world, "test1.com", true);
    world->facts.dkim_lost = SLICE("test1.com");
    assert_int_equal(ask_as(world, "taro@test1.com"), GATE_DKIM_LOST);
    assert_text(world, "Message rejected: the DKIM records of test1.com are missing from DNS");
}

static void
the_system_may_only_be_the_postmaster(void **state)
{
    struct world *world = *state;
    world->request.system = true;
    assert_int_equal(ask_as(world, "mailer-daemon@mx.provider.example"), GATE_ALLOWED);
    assert_int_equal(ask_as(world, "taro@test1.com"), GATE_SYSTEM_LIMIT);
    assert_int_equal(ask_as(world, "taro@mx.provider.example"), GATE_SYSTEM_LIMIT);
}

static void
two_from_headers_and_unreadable_ones_name_the_header(void **state)
{
    struct world *world = *state;
    static const struct {
        const char *block, *names;
    } bad[] = {
        {"From: taro@test1.com\r\nFrom: jiro@test1.com\r\n", "'From'"},
        {"from: taro@test1.com\r\nFROM: taro@test1.com\r\n", "'From'"},
        {"Subject: x\r\n", "'From'"},
        {"From: \r\n", "From"},
        {"From: undisclosed: taro@test1.com;\r\n", "From"},
        {"From: <@a.example:taro@test1.com>\r\n", "From"},
        {"From: taro@test1.com\r\nSender: a@test1.com, b@test1.com\r\n", "Sender"},
        {"From: taro@test1.com\r\nReturn-Path: \"x <taro@test1.com>\r\n", "Return-Path"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct header header;
        struct senders senders;
        struct err err = {0};
        enum rc rc = header_parse(world->arena, slice_of(bad[i].block), &header, &err);
        if (rc == RC_OK)
            rc = senders_collect(world->arena, &header, SLICE("taro@test1.com"), &senders, &err);
        if (rc == RC_OK || !strstr(err.text, bad[i].names))
            fail_msg("%s -> %s", bad[i].block, err.text);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_nine_cases_decide_as_the_table_says),
        TEST(the_refusal_of_case_1_is_to_the_letter),
        TEST(access_denied_names_user_action_and_identity),
        TEST(a_policy_with_for_any_value_does_not_let_another_from_pass),
        TEST(case_of_the_local_part_matters_and_of_the_domain_does_not),
        TEST(a_subdomain_is_covered_unless_the_domain_is_only_itself),
        TEST(an_address_identity_covers_its_labels),
        TEST(a_suspended_identity_denies_whatever_else_is_verified),
        TEST(a_suspended_address_is_stopped_in_every_spelling),
        TEST(a_suspended_label_leaves_the_address_alone),
        TEST(a_suspended_domain_stops_what_is_below_it_though_it_is_only_itself),
        TEST(a_suspension_counts_for_every_sender_address),
        TEST(a_suspension_is_over_at_its_end_and_not_before),
        TEST(a_suspension_tells_its_end_and_a_reason_that_a_reply_can_hold),
        TEST(a_suspended_user_is_told_so_whatever_else_is_wrong),
        TEST(a_pending_identity_still_denies_by_its_policy),
        TEST(a_display_name_that_shows_another_address_is_refused),
        TEST(in_the_sandbox_recipients_must_be_verified_and_are_resources),
        TEST(in_the_sandbox_a_policy_must_allow_the_recipients_too),
        TEST(a_refusal_lists_ten_addresses_and_says_that_there_are_more),
        TEST(authorization_comes_before_verification_before_quota_before_pause),
        TEST(a_configuration_set_is_a_resource_of_its_own),
        TEST(templates_are_resources_of_their_own),
        TEST(a_variable_as_the_whole_resource_denies_what_it_stands_for),
        TEST(an_arn_must_cover_the_address_it_speaks_for),
        TEST(an_arn_of_the_return_path_is_checked_without_that_header_too),
        TEST(each_from_mailbox_is_asked_about_under_its_own_name),
        TEST(what_did_not_decide_is_not_named),
        TEST(lost_dkim_records_refuse_the_mail),
        TEST(the_system_may_only_be_the_postmaster),
        TEST(two_from_headers_and_unreadable_ones_name_the_header),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
