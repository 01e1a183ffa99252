/* Decisions: each operator and each rule of reference §5.2-5.5, and what attackers would try. */
#include "authorize/evaluate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define ACCOUNT  "123456789012"
#define TARO     "arn:aws:iam::123456789012:user/taro"
#define JIRO     "arn:aws:iam::123456789012:user/jiro"
#define IDENTITY "arn:aws:ses:us-east-1:123456789012:identity/"
#define DOMAIN   IDENTITY "test1.com"

enum { KEYS_MAX = 16, VALUES_MAX = 16, ENTRIES_MAX = 8 };

/* One decision being set up: a request, policies, and what came out. */
struct scene {
    struct arena *arena;
    struct evaluate_request request;
    struct condition_value keys[KEYS_MAX];
    struct slice values[VALUES_MAX];
    size_t value_count;
    struct policy *policies[ENTRIES_MAX];
    struct policy_entry entries[ENTRIES_MAX];
    size_t entry_count;
};

static void
scene_init(struct scene *scene)
{
    *scene = (struct scene){.arena = arena_new()};
    scene->request = (struct evaluate_request){
        .principal_arn = SLICE(TARO),
        .principal_account = SLICE(ACCOUNT),
        .action = SLICE("ses:SendRawEmail"),
        .resource = SLICE(DOMAIN),
        .keys = scene->keys,
        .now_ms = 1535716800000, /* 2018-08-31T12:00:00Z */
    };
}

static void
scene_fini(struct scene *scene)
{
    for (size_t i = 0; i < scene->entry_count; i++)
        policy_unref(scene->policies[i]);
    arena_free(scene->arena);
}

/* Documents are written with ' for ", which none of them needs. */
static struct slice
json_of(struct arena *arena, const char *text)
{
    struct slice copy = arena_dup(arena, slice_of(text));
    for (char *c = (char *)copy.ptr; *c; c++)
        *c = *c == '\'' ? '"' : *c;
    return copy;
}

static void
add_document(struct scene *scene, enum policy_source source, struct slice document)
{
    struct err err = {0};
    enum policy_kind kind =
        source == POLICY_OF_IDENTITY ? POLICY_RESOURCE_BASED : POLICY_IDENTITY_BASED;
    size_t i = scene->entry_count;
    if (policy_parse(document, kind, &scene->policies[i], &err) != RC_OK)
        fail_msg("%s in %.*s", err.text, SLICE_ARG(document));
    scene->entries[i] = (struct policy_entry){.policy = scene->policies[i], .source = source};
    scene->entry_count++;
}

/* Statements of a document of Version 2012-10-17. */
static void
add(struct scene *scene, enum policy_source source, const char *statements)
{
    struct slice text = json_of(scene->arena, statements);
    add_document(scene, source,
                 arena_printf(scene->arena, "{\"Version\":\"2012-10-17\",\"Statement\":[%.*s]}",
                              SLICE_ARG(text)));
}

/* "a|b" are two values; a leading [ makes the key multi-valued; "[" alone has no value. */
static void
set_key(struct scene *scene, const char *name, const char *text, bool address)
{
    struct slice rest = slice_of(text), value;
    bool multivalued = rest.len > 0 && rest.ptr[0] == '[';
    struct condition_value *key = &scene->keys[scene->request.key_count++];
    *key = (struct condition_value){.key = slice_of(name),
                                    .values = &scene->values[scene->value_count],
                                    .multivalued = multivalued,
                                    .fold = address ? DENY_AS_ADDRESS : DENY_AS_GIVEN};
    if (multivalued)
        rest = slice_from(rest, 1);
    if (multivalued && rest.len == 0)
        return;
    while (slice_cut(rest, '|', &value, &rest)) {
        scene->values[scene->value_count++] = value;
        key->count++;
    }
    scene->values[scene->value_count++] = rest;
    key->count++;
}

static struct evaluate_result
decide(struct scene *scene)
{
    return evaluate_policies(scene->arena, scene->entries, scene->entry_count, &scene->request);
}

/* One policy of the user, one key; the outcome. */
static enum evaluate_outcome
outcome_of(const char *statements, const char *key, const char *value)
{
    struct scene scene;
    scene_init(&scene);
    add(&scene, POLICY_USER_INLINE, statements);
    if (value)
        set_key(&scene, key, value, slice_istarts(slice_of(key), SLICE("ses:")));
    enum evaluate_outcome outcome = decide(&scene).outcome;
    scene_fini(&scene);
    return outcome;
}

/* ---- operators ---- */

struct condition_row {
    const char *condition; /* under the key t:k */
    const char *value;     /* NULL: the key is missing */
    bool holds;
};

static void
check_rows(const struct condition_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct slice op, operand;
        char statement[500];
        assert_true(slice_cut(slice_of(rows[i].condition), ' ', &op, &operand));
        snprintf(statement, sizeof statement,
                 "{'Effect':'Allow','Action':'*','Resource':'*',"
                 "'Condition':{'%.*s':{'t:k':%.*s}}}",
                 SLICE_ARG(op), SLICE_ARG(operand));
        bool holds = outcome_of(statement, "T:K", rows[i].value) == EVALUATE_ALLOW;
        if (holds != rows[i].holds)
            fail_msg("row %zu: %s with %s: %s", i, rows[i].condition,
                     rows[i].value ? rows[i].value : "no key", holds ? "holds" : "does not hold");
    }
}

#define CHECK_ROWS(rows) check_rows((rows), sizeof(rows) / sizeof *(rows))

static void
string_operators_compare_as_named(void **state)
{
    (void)state;
    static const struct condition_row rows[] = {
        {"StringEquals 'a'", "a", true},
        {"StringEquals 'a'", "A", false},
        {"StringEquals 'a'", "ab", false},
        {"StringEquals 'a'", "", false},
        {"StringEquals ''", "", true},
        {"StringEquals ['b','a']", "a", true},
        {"StringEquals 'a*'", "ab", false},
        {"StringEquals 'a*'", "a*", true},
        {"StringEquals true", "true", true},
        {"StringEquals 12", "12", true},
        {"StringEquals 1.50", "1.5", false},
        {"StringNotEquals 'a'", "a", false},
        {"StringNotEquals 'a'", "b", true},
        {"StringNotEquals ['a','b']", "b", false},
        {"StringNotEquals ['a','b']", "c", true},
        {"StringEqualsIgnoreCase 'aB'", "Ab", true},
        {"StringEqualsIgnoreCase 'aB'", "Abc", false},
        {"StringEqualsIgnoreCase 'a*'", "ab", false},
        {"StringNotEqualsIgnoreCase 'aB'", "Ab", false},
        {"StringNotEqualsIgnoreCase 'aB'", "c", true},
        {"StringLike 'a*'", "abc", true},
        {"StringLike 'a*'", "Abc", false},
        {"StringLike 'a?c'", "abc", true},
        {"StringLike 'a?c'", "ac", false},
        {"StringLike 'abc'", "abcd", false},
        {"StringLike '*'", "", true},
        {"StringLike '?*'", "", false},
        {"StringLike '*@x'", "a@y@x", true},
        {"StringLike ['q','*z']", "xyz", true},
        {"StringNotLike 'a*'", "abc", false},
        {"StringNotLike 'a*'", "b", true},
        {"StringNotLike ['a*','b*']", "b", false},
    };
    CHECK_ROWS(rows);
}

static void
numbers_are_compared_as_numbers(void **state)
{
    (void)state;
    static const struct condition_row rows[] = {
        {"NumericEquals 5", "5.0", true},
        {"NumericEquals '5'", "05", true},
        {"NumericEquals '+5e0'", "5", true},
        {"NumericEquals 5", "five", false},
        {"NumericEquals 0", "", false},
        {"NumericEquals 5", "5 ", false},
        {"NumericEquals 5", "0x5", false},
        {"NumericEquals [4,5]", "5", true},
        {"NumericNotEquals 5", "5", false},
        {"NumericNotEquals 5", "6", true},
        {"NumericNotEquals [5,6]", "6", false},
        {"NumericNotEquals 5", "five", true},
        {"NumericLessThan 10", "9", true},
        {"NumericLessThan 10", "10", false},
        {"NumericLessThan -1", "-2", true},
        {"NumericLessThanEquals 10", "10", true},
        {"NumericLessThanEquals 10", "10.5", false},
        {"NumericGreaterThan 9", "10", true},
        {"NumericGreaterThan 9", "9", false},
        {"NumericGreaterThanEquals 9", "9", true},
        {"NumericGreaterThanEquals 9", "8.9", false},
        {"NumericGreaterThan 9", "nan", false},
        {"NumericLessThan 9", "inf", false},
    };
    CHECK_ROWS(rows);
}

static void
dates_are_instants(void **state)
{
    (void)state;
    static const struct condition_row rows[] = {
        {"DateEquals '2018-08-31T12:00Z'", "2018-08-31T12:00:00.000Z", true},
        {"DateEquals '2018-08-31T12:00:00Z'", "1535716800", true},
        {"DateEquals 1535716800", "2018-08-31T14:00:00+02:00", true},
        {"DateEquals '2018-08-31'", "2018-08-31T00:00:00Z", true},
        {"DateEquals '2018-08-31'", "tomorrow", false},
        {"DateNotEquals '2018-08-31'", "2018-08-31T00:00:01Z", true},
        {"DateNotEquals '2018-08-31'", "2018-08-31", false},
        {"DateLessThan '2018-08-31'", "2018-08-30T23:59:59Z", true},
        {"DateLessThan '2018-08-31'", "2018-08-31", false},
        {"DateLessThanEquals '2018-08-31'", "2018-08-31", true},
        {"DateLessThanEquals '2018-08-31'", "2018-08-31T00:00:00.001Z", false},
        {"DateGreaterThan '2018-08-31'", "2018-09-01", true},
        {"DateGreaterThan '2018-08-31'", "2018-08-31", false},
        {"DateGreaterThanEquals '2018-08-31'", "2018-08-31", true},
        {"DateGreaterThanEquals '2018-08-31'", "2018-08-30", false},
    };
    CHECK_ROWS(rows);
}

static void
addresses_are_in_their_networks(void **state)
{
    (void)state;
    static const struct condition_row rows[] = {
        {"IpAddress '10.1.2.3'", "10.1.2.3", true},
        {"IpAddress '10.1.2.3'", "10.1.2.4", false},
        {"IpAddress '10.0.0.0/8'", "10.255.0.1", true},
        {"IpAddress '10.0.0.0/8'", "11.0.0.1", false},
        {"IpAddress '10.9.9.9/8'", "10.0.0.1", true},
        {"IpAddress '192.0.2.128/25'", "192.0.2.127", false},
        {"IpAddress '192.0.2.128/25'", "192.0.2.129", true},
        {"IpAddress '0.0.0.0/0'", "8.8.8.8", true},
        {"IpAddress '0.0.0.0/0'", "::1", false},
        {"IpAddress '::/0'", "8.8.8.8", false},
        {"IpAddress '::/0'", "2001:db8::1", true},
        {"IpAddress '2001:db8::/33'", "2001:db8:7fff::1", true},
        {"IpAddress '2001:db8::/33'", "2001:db8:8000::1", false},
        {"IpAddress '10.0.0.0/8'", "::ffff:10.1.1.1", true},
        {"IpAddress '::ffff:10.0.0.0/104'", "10.1.1.1", true},
        {"IpAddress '::ffff:0:0/96'", "8.8.8.8", true},
        {"IpAddress '::ffff:0:0/95'", "8.8.8.8", false},
        {"IpAddress ['192.0.2.0/24','2001:db8::1']", "2001:DB8:0::1", true},
        {"IpAddress '10.0.0.0/8'", "10.1.1", false},
        {"IpAddress '10.0.0.0/8'", "10.1.1.1/4", false},
        {"IpAddress '10.0.0.0/8'", "", false},
        {"NotIpAddress '10.0.0.0/8'", "10.1.1.1", false},
        {"NotIpAddress '10.0.0.0/8'", "11.1.1.1", true},
        {"NotIpAddress ['10.0.0.0/8','11.0.0.0/8']", "11.1.1.1", false},
        {"NotIpAddress '10.0.0.0/8'", "::1", true},
    };
    CHECK_ROWS(rows);
}

static void
bool_binary_and_null_hold_as_named(void **state)
{
    (void)state;
    static const struct condition_row rows[] = {
        {"Bool true", "true", true},
        {"Bool 'true'", "TRUE", true},
        {"Bool 'true'", "false", false},
        {"Bool false", "false", true},
        {"Bool false", "", false},
        {"Bool ['true','false']", "false", true},
        {"BinaryEquals 'QmluYXJ5'", "QmluYXJ5", true},
        {"BinaryEquals 'QmluYXJ5'", "qmluYXJ5", false},
        {"BinaryEquals ['QQ==','Qg==']", "Qg==", true},
        {"Null true", NULL, true},
        {"Null 'true'", "x", false},
        {"Null false", "x", true},
        {"Null 'false'", NULL, false},
        {"Null [true,false]", NULL, true},
        {"Null true", "[", true},
        {"Null true", "", false},
    };
    CHECK_ROWS(rows);
}

static void
arns_are_compared_part_by_part(void **state)
{
    (void)state;
    static const struct condition_row rows[] = {
        {"ArnEquals 'arn:aws:iam::1:user/a'", "arn:aws:iam::1:user/a", true},
        {"ArnEquals 'arn:aws:iam::1:user/*'", "arn:aws:iam::1:user/a/b", true},
        {"ArnLike 'arn:aws:iam::?:user/a'", "arn:aws:iam::1:user/a", true},
        {"ArnLike 'arn:aws:iam::*:user/a'", "arn:aws:iam::1:x:user/a", false},
        {"ArnLike 'arn:aws:iam:*:user/a:b'", "arn:aws:iam::1:user/a:b", false},
        {"ArnLike 'arn:*:*:*:*:*'", "arn:aws:iam::1:a:b:c", true},
        {"ArnLike 'arn:aws:iam::1:user/A'", "arn:aws:iam::1:user/a", false},
        {"ArnLike '*'", "arn:aws:iam::1:user/a", true},
        {"ArnLike '*'", "user", false},
        {"ArnLike ['arn:aws:iam::1:b','arn:aws:iam::1:c']", "arn:aws:iam::1:c", true},
        {"ArnNotEquals 'arn:aws:iam::1:a'", "arn:aws:iam::1:a", false},
        {"ArnNotEquals 'arn:aws:iam::1:a'", "arn:aws:iam::1:b", true},
        {"ArnNotLike 'arn:aws:iam::1:*'", "arn:aws:iam::1:b", false},
        {"ArnNotLike 'arn:aws:iam::1:*'", "arn:aws:iam::2:b", true},
        {"ArnNotLike 'arn:aws:iam::1:*'", "no arn", true},
    };
    CHECK_ROWS(rows);
}

/* Every operator but Null, with an operand, a value that matches it and one that does not. */
static const struct operator_row {
    const char *name, *operand, *good, *bad;
    bool negated;
} operator_rows[] = {
    {"StringEquals", "'a'", "a", "b", false},
    {"StringNotEquals", "'a'", "b", "a", true},
    {"StringEqualsIgnoreCase", "'a'", "A", "b", false},
    {"StringNotEqualsIgnoreCase", "'a'", "b", "A", true},
    {"StringLike", "'a*'", "ab", "b", false},
    {"StringNotLike", "'a*'", "b", "ab", true},
    {"NumericEquals", "1", "1", "2", false},
    {"NumericNotEquals", "1", "2", "1", true},
    {"NumericLessThan", "2", "1", "2", false},
    {"NumericLessThanEquals", "1", "1", "2", false},
    {"NumericGreaterThan", "1", "2", "1", false},
    {"NumericGreaterThanEquals", "2", "2", "1", false},
    {"DateEquals", "'2018-01-01'", "2018-01-01", "2018-01-02", false},
    {"DateNotEquals", "'2018-01-01'", "2018-01-02", "2018-01-01", true},
    {"DateLessThan", "'2018-01-02'", "2018-01-01", "2018-01-02", false},
    {"DateLessThanEquals", "'2018-01-01'", "2018-01-01", "2018-01-02", false},
    {"DateGreaterThan", "'2018-01-01'", "2018-01-02", "2018-01-01", false},
    {"DateGreaterThanEquals", "'2018-01-02'", "2018-01-02", "2018-01-01", false},
    {"Bool", "true", "true", "false", false},
    {"BinaryEquals", "'QQ=='", "QQ==", "Qg==", false},
    {"IpAddress", "'10.0.0.0/8'", "10.1.1.1", "11.1.1.1", false},
    {"NotIpAddress", "'10.0.0.0/8'", "11.1.1.1", "10.1.1.1", true},
    {"ArnEquals", "'arn:a:b:c:d:e'", "arn:a:b:c:d:e", "arn:a:b:c:d:f", false},
    {"ArnLike", "'arn:a:b:c:d:*'", "arn:a:b:c:d:e", "arn:a:b:c:x:e", false},
    {"ArnNotEquals", "'arn:a:b:c:d:e'", "arn:a:b:c:d:f", "arn:a:b:c:d:e", true},
    {"ArnNotLike", "'arn:a:b:c:d:*'", "arn:a:b:c:x:e", "arn:a:b:c:d:e", true},
};

static void
check_form(const char *prefix, const struct operator_row *row, const char *suffix,
           const char *value, bool holds)
{
    char condition[100];
    snprintf(condition, sizeof condition, "%s%s%s %s", prefix, row->name, suffix, row->operand);
    check_rows(&(struct condition_row){condition, value, holds}, 1);
}

/* Missing keys and sets of values, for every operator alike. */
static void
every_operator_takes_every_prefix_and_suffix(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof operator_rows / sizeof *operator_rows; i++) {
        const struct operator_row *row = &operator_rows[i];
        const char *any = "ForAnyValue:", *all = "ForAllValues:", *exists = "IfExists";
        char good[80], bad[80], mixed[80], mixed_back[80];
        snprintf(good, sizeof good, "[%s|%s", row->good, row->good);
        snprintf(bad, sizeof bad, "[%s|%s", row->bad, row->bad);
        snprintf(mixed, sizeof mixed, "[%s|%s", row->good, row->bad);
        snprintf(mixed_back, sizeof mixed_back, "[%s|%s", row->bad, row->good);

        check_form("", row, "", row->good, true);
        check_form("", row, "", row->bad, false);
        check_form("", row, "", NULL, row->negated);
        check_form("", row, "", "[", row->negated);
        check_form("", row, "", good, true);
        check_form("", row, "", bad, false);
        /* Legacy any/any, and its opposite where negated. */
        check_form("", row, "", mixed, !row->negated);
        check_form("", row, "", mixed_back, !row->negated);
        check_form("", row, exists, row->good, true);
        check_form("", row, exists, row->bad, false);
        check_form("", row, exists, NULL, true);

        check_form(any, row, "", row->good, true);
        check_form(any, row, "", row->bad, false);
        check_form(any, row, "", NULL, false);
        check_form(any, row, "", "[", false);
        check_form(any, row, "", good, true);
        check_form(any, row, "", mixed, true);
        check_form(any, row, "", mixed_back, true);
        check_form(any, row, "", bad, false);
        check_form(any, row, exists, NULL, true);
        check_form(any, row, exists, bad, false);

        check_form(all, row, "", row->good, true);
        check_form(all, row, "", row->bad, false);
        check_form(all, row, "", NULL, true);
        check_form(all, row, "", "[", true);
        check_form(all, row, "", good, true);
        check_form(all, row, "", mixed, false);
        check_form(all, row, "", mixed_back, false);
        check_form(all, row, exists, NULL, true);
        check_form(all, row, exists, bad, false);
    }
}

static void
all_clauses_of_a_condition_must_hold(void **state)
{
    (void)state;
    const char *two_operators = "{'Effect':'Allow','Action':'*','Resource':'*','Condition':"
                                "{'StringLike':{'t:k':'a*'},'StringNotEquals':{'t:k':'ab'}}}";
    const char *two_keys = "{'Effect':'Allow','Action':'*','Resource':'*','Condition':"
                           "{'StringEquals':{'t:k':'a','t:other':'a'}}}";
    assert_int_equal(outcome_of(two_operators, "t:k", "ac"), EVALUATE_ALLOW);
    assert_int_equal(outcome_of(two_operators, "t:k", "ab"), EVALUATE_IMPLICIT_DENY);
    assert_int_equal(outcome_of(two_operators, "t:k", "b"), EVALUATE_IMPLICIT_DENY);
    assert_int_equal(outcome_of(two_keys, "t:k", "a"), EVALUATE_IMPLICIT_DENY);
}

static void
time_comes_from_the_request_unless_given_as_a_key(void **state)
{
    (void)state;
    const char *current = "{'Effect':'Allow','Action':'*','Resource':'*','Condition':"
                          "{'DateEquals':{'aws:CurrentTime':'2018-08-31T12:00Z'}}}";
    const char *epoch = "{'Effect':'Allow','Action':'*','Resource':'*','Condition':"
                        "{'NumericLessThanEquals':{'AWS:epochTime':'1535716800'},"
                        "'DateGreaterThanEquals':{'aws:EpochTime':'2018-08-31T12:00:00Z'}}}";
    assert_int_equal(outcome_of(current, "", NULL), EVALUATE_ALLOW);
    assert_int_equal(outcome_of(epoch, "", NULL), EVALUATE_ALLOW);
    assert_int_equal(outcome_of(current, "aws:CurrentTime", "2018-08-31T12:00:01Z"),
                     EVALUATE_IMPLICIT_DENY);
}

/* ---- the administrator's own policy ---- */

static const char own_policy[] =
    "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"ses:"
    "SendRawEmail\",\"Resource\":\"*\",\"Condition\":{\"ForAnyValue:StringLike\":{\"ses:"
    "FromAddress\":[\"taro@test1.com\"]}}}]}";

static void
one_person_can_use_only_the_address_handed_out(void **state)
{
    (void)state;
    static const struct {
        const char *action, *from;
        enum evaluate_outcome outcome;
    } rows[] = {
        {"ses:SendRawEmail", "taro@test1.com", EVALUATE_ALLOW},
        {"SES:sendrawemail", "taro@test1.com", EVALUATE_ALLOW},
        {"ses:SendEmail", "taro@test1.com", EVALUATE_IMPLICIT_DENY},
        {"ses:SendRawEmail", "jiro@test1.com", EVALUATE_IMPLICIT_DENY},
        {"ses:SendRawEmail", "taro@test2.com", EVALUATE_IMPLICIT_DENY},
        {"ses:SendRawEmail", "Taro@test1.com", EVALUATE_IMPLICIT_DENY},
        {"ses:SendRawEmail", "taro+x@test1.com", EVALUATE_IMPLICIT_DENY},
        {"ses:SendRawEmail", "\"taro\"@test1.com", EVALUATE_IMPLICIT_DENY},
        {"ses:SendRawEmail", "*", EVALUATE_IMPLICIT_DENY},
        {"ses:SendRawEmail", "", EVALUATE_IMPLICIT_DENY},
        {"ses:SendRawEmail", NULL, EVALUATE_IMPLICIT_DENY},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct scene scene;
        scene_init(&scene);
        add_document(&scene, POLICY_USER_INLINE, slice_of(own_policy));
        scene.request.action = slice_of(rows[i].action);
        if (rows[i].from)
            set_key(&scene, "ses:FromAddress", rows[i].from, true);
        assert_int_equal(decide(&scene).outcome, rows[i].outcome);
        scene_fini(&scene);
    }
}

/* ---- actions and resources ---- */

static bool
allows(const char *statements, const char *action, const char *resource)
{
    struct scene scene;
    scene_init(&scene);
    add(&scene, POLICY_USER_INLINE, statements);
    scene.request.action = slice_of(action);
    scene.request.resource = slice_of(resource);
    bool allowed = decide(&scene).outcome == EVALUATE_ALLOW;
    scene_fini(&scene);
    return allowed;
}

static void
actions_match_without_regard_to_case(void **state)
{
    (void)state;
    const char *wild = "{'Effect':'Allow','Action':['ses:GET*','SES:Send?mail'],'Resource':'*'}";
    assert_true(allows(wild, "ses:GetAccount", "*"));
    assert_true(allows(wild, "ses:sendEmail", DOMAIN));
    assert_false(allows(wild, "ses:SendRawEmail", DOMAIN));
    assert_false(allows(wild, "sesv2:GetAccount", "*"));
    assert_true(allows("{'Effect':'Allow','Action':'*','Resource':'*'}", "iam:CreateUser", "*"));
    assert_false(
        allows("{'Effect':'Allow','Action':'ses:*','Resource':'*'}", "iam:CreateUser", "*"));
}

static void
not_action_matches_everything_else(void **state)
{
    (void)state;
    const char *statement = "{'Effect':'Allow','NotAction':['iam:*','ses:Send*'],'Resource':'*'}";
    assert_true(allows(statement, "ses:GetAccount", "*"));
    assert_false(allows(statement, "SES:SENDEMAIL", "*"));
    assert_false(allows(statement, "iam:CreateUser", "*"));
}

static void
resources_match_part_by_part_with_regard_to_case(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *resource;
        bool matches;
    } rows[] = {
        {"*", DOMAIN, true},
        {"*", "*", true},
        {DOMAIN, DOMAIN, true},
        {DOMAIN, "*", false},
        {DOMAIN, IDENTITY "Test1.com", false},
        {"arn:aws:ses:*:*:identity/*", DOMAIN, true},
        {"arn:aws:ses:*:*:identity/*", "arn:aws:ses:us-east-1:1:template/t", false},
        {"arn:*:ses:us-?*?-1:123456789012:identity/test1.*", DOMAIN, true},
        {"arn:aws:ses:us-east-1:*:test1.com", DOMAIN, false},
        {"arn:aws:ses:*:identity/*:x", "arn:aws:ses:a:b:identity/c:x", false},
        {"arn:aws:iam::123456789012:user/*", "arn:aws:iam::123456789012:user/path/name", true},
        {"arn:aws:ses:::*", "arn:aws:ses:::a:b", true},
        {"arn:aws:ses:us-east-1:123456789012:*", DOMAIN, true},
        {"arn:aws:ses:us-east-1:123456789013:*", DOMAIN, false},
        {DOMAIN, "arn:aws:ses", false},
        {DOMAIN, "", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char statement[300];
        snprintf(statement, sizeof statement, "{'Effect':'Allow','Action':'*','Resource':'%s'}",
                 rows[i].pattern);
        if (allows(statement, "ses:SendEmail", rows[i].resource) != rows[i].matches)
            fail_msg("%s on %s", rows[i].pattern, rows[i].resource);
        snprintf(statement, sizeof statement, "{'Effect':'Allow','Action':'*','NotResource':'%s'}",
                 rows[i].pattern);
        if (allows(statement, "ses:SendEmail", rows[i].resource) == rows[i].matches)
            fail_msg("not %s on %s", rows[i].pattern, rows[i].resource);
    }
}

/* ---- deny, boundaries, several policies ---- */

#define ALLOW_ALL "{'Effect':'Allow','Action':'*','Resource':'*'}"

static void
nothing_allows_by_default(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    struct evaluate_result result = decide(&scene);
    assert_int_equal(result.outcome, EVALUATE_IMPLICIT_DENY);
    assert_null(result.entry);
    assert_false(result.denied_by_boundary);
    scene_fini(&scene);
}

static void
an_explicit_deny_anywhere_is_final(void **state)
{
    (void)state;
    for (enum policy_source source = 0; source < POLICY_SOURCE_COUNT; source++) {
        struct scene scene;
        scene_init(&scene);
        add(&scene, POLICY_USER_INLINE, ALLOW_ALL);
        add(&scene, source,
            source == POLICY_OF_IDENTITY
                ? "{'Effect':'Allow','Principal':'*','Action':'*','Resource':'*'},"
                  "{'Effect':'Deny','Principal':'*','Action':'ses:SendRawEmail','Resource':'*'}"
                : ALLOW_ALL ",{'Effect':'Deny','Action':'ses:SendRawEmail','Resource':'*'}");
        struct evaluate_result result = decide(&scene);
        assert_int_equal(result.outcome, EVALUATE_EXPLICIT_DENY);
        assert_ptr_equal(result.entry, &scene.entries[1]);
        assert_int_equal(result.statement, 1);
        scene_fini(&scene);
    }
}

static void
the_result_names_the_statement_that_allows(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    add(&scene, POLICY_USER_MANAGED, "{'Effect':'Allow','Action':'iam:*','Resource':'*'}");
    add(&scene, POLICY_GROUP_INLINE,
        "{'Effect':'Deny','Action':'iam:*','Resource':'*'},"
        "{'Effect':'Allow','Action':'ses:Get*','Resource':'*'},"
        "{'Sid':'This','Effect':'Allow','Action':'ses:Send*','Resource':'*'}");
    struct evaluate_result result = decide(&scene);
    assert_int_equal(result.outcome, EVALUATE_ALLOW);
    assert_ptr_equal(result.entry, &scene.entries[1]);
    assert_int_equal(result.statement, 2);
    assert_true(slice_is(policy_statement_sid(result.entry->policy, result.statement), "This"));
    scene_fini(&scene);
}

static void
a_boundary_limits_and_gives_nothing(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    add(&scene, POLICY_BOUNDARY, ALLOW_ALL);
    struct evaluate_result result = decide(&scene);
    assert_int_equal(result.outcome, EVALUATE_IMPLICIT_DENY);
    assert_false(result.denied_by_boundary);
    add(&scene, POLICY_USER_INLINE, ALLOW_ALL);
    result = decide(&scene);
    assert_int_equal(result.outcome, EVALUATE_ALLOW);
    assert_ptr_equal(result.entry, &scene.entries[1]);
    add(&scene, POLICY_BOUNDARY, "{'Effect':'Allow','Action':'iam:*','Resource':'*'}");
    result = decide(&scene);
    assert_int_equal(result.outcome, EVALUATE_IMPLICIT_DENY);
    assert_true(result.denied_by_boundary);
    assert_ptr_equal(result.entry, &scene.entries[2]);
    assert_true(result.statement == EVALUATE_NO_STATEMENT);
    scene_fini(&scene);
}

/* "0.1 2.0": the statements that decided, each after its policy. */
static void
expect_matches(struct scene *scene, size_t max, const char *expected)
{
    struct evaluate_match matches[8];
    size_t matched;
    char text[100] = "";
    struct evaluate_result result = evaluate_matches(
        scene->arena, scene->entries, scene->entry_count, &scene->request, matches, max, &matched);
    assert_int_equal(result.outcome, decide(scene).outcome);
    for (size_t i = 0; i < matched; i++) {
        size_t len = strlen(text);
        snprintf(text + len, sizeof text - len, "%s%zu.%zu", i ? " " : "",
                 (size_t)(matches[i].entry - scene->entries), matches[i].statement);
    }
    assert_string_equal(text, expected);
}

static void
all_statements_that_decide_are_told(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    add(&scene, POLICY_USER_INLINE,
        "{'Effect':'Allow','Action':'iam:*','Resource':'*'},"
        "{'Effect':'Allow','Action':'ses:*','Resource':'*'}");
    expect_matches(&scene, 8, "0.1");
    add(&scene, POLICY_GROUP_INLINE,
        "{'Effect':'Allow','Action':'*','Resource':'*'},"
        "{'Effect':'Allow','Action':'ses:SendRawEmail','Resource':'*'}");
    expect_matches(&scene, 8, "0.1 1.0 1.1");
    expect_matches(&scene, 2, "0.1 1.0");
    add(&scene, POLICY_BOUNDARY, "{'Effect':'Allow','Action':'iam:*','Resource':'*'}");
    expect_matches(&scene, 8, ""); /* refused, by no statement */
    add(&scene, POLICY_OF_IDENTITY,
        "{'Effect':'Allow','Principal':'*','Action':'*','Resource':'*'},"
        "{'Effect':'Allow','Principal':{'AWS':'" TARO "'},'Action':'*','Resource':'*'}");
    expect_matches(&scene, 8, "3.1"); /* what a boundary leaves */
    add(&scene, POLICY_USER_MANAGED, "{'Effect':'Deny','Action':'ses:*','Resource':'*'}");
    expect_matches(&scene, 8, "4.0");
    scene_fini(&scene);
}

static void
only_a_policy_naming_the_user_passes_a_boundary(void **state)
{
    (void)state;
    static const struct {
        const char *principal;
        enum evaluate_outcome outcome;
    } rows[] = {
        {"'*'", EVALUATE_IMPLICIT_DENY},
        {"{'AWS':'*'}", EVALUATE_IMPLICIT_DENY},
        {"{'AWS':'" ACCOUNT "'}", EVALUATE_IMPLICIT_DENY},
        {"{'AWS':'" JIRO "'}", EVALUATE_IMPLICIT_DENY},
        {"{'AWS':['" JIRO "','" TARO "']}", EVALUATE_ALLOW},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct scene scene;
        char statement[400];
        scene_init(&scene);
        snprintf(statement, sizeof statement,
                 "{'Effect':'Allow','Principal':%s,'Action':'ses:*','Resource':'" DOMAIN "'}",
                 rows[i].principal);
        add(&scene, POLICY_BOUNDARY, "{'Effect':'Allow','Action':'iam:*','Resource':'*'}");
        add(&scene, POLICY_USER_INLINE, ALLOW_ALL);
        add(&scene, POLICY_OF_IDENTITY, statement);
        struct evaluate_result result = decide(&scene);
        assert_int_equal(result.outcome, rows[i].outcome);
        assert_int_equal(result.denied_by_boundary, rows[i].outcome != EVALUATE_ALLOW);
        scene_fini(&scene);
    }
}

/* ---- principals ---- */

static enum evaluate_outcome
outcome_for_principal(const char *effect, const char *principal, const char *arn, bool allow_all)
{
    struct scene scene;
    char statement[500];
    scene_init(&scene);
    scene.request.principal_arn = slice_of(arn);
    snprintf(statement, sizeof statement,
             "{'Effect':'%s',%s,'Action':'ses:*','Resource':'" DOMAIN "'}", effect, principal);
    if (allow_all)
        add(&scene, POLICY_USER_INLINE, ALLOW_ALL);
    add(&scene, POLICY_OF_IDENTITY, statement);
    enum evaluate_outcome outcome = decide(&scene).outcome;
    scene_fini(&scene);
    return outcome;
}

#define ROOT "arn:aws:iam::" ACCOUNT ":root"

static void
an_account_as_principal_does_not_allow_its_users(void **state)
{
    (void)state;
    static const struct {
        const char *principal, *arn;
        bool allowed;
    } rows[] = {
        {"'Principal':'*'", TARO, true},
        {"'Principal':{'AWS':'*'}", TARO, true},
        {"'Principal':{'AWS':'" TARO "'}", TARO, true},
        {"'Principal':{'AWS':['" JIRO "','" TARO "']}", TARO, true},
        {"'Principal':{'AWS':'" TARO "'}", JIRO, false},
        {"'Principal':{'AWS':'" TARO "'}", "arn:aws:iam::" ACCOUNT ":user/Taro", false},
        {"'Principal':{'AWS':'" ACCOUNT "'}", TARO, false},
        {"'Principal':{'AWS':'" ROOT "'}", TARO, false},
        {"'Principal':{'AWS':'" ROOT "'}", ROOT, true},
        {"'Principal':{'AWS':'" ACCOUNT "'}", ROOT, true},
        {"'Principal':{'AWS':'" ACCOUNT "'}", TARO ":root", false},
        {"'Principal':{'AWS':'210987654321'}", ROOT, false},
        {"'Principal':{'Service':'ses.amazonaws.com'}", TARO, false},
        {"'Principal':{'Service':'*'}", TARO, false},
        {"'Principal':{'Federated':'*','CanonicalUser':'*'}", TARO, false},
        {"'Principal':{'Service':'ses.amazonaws.com','AWS':'" TARO "'}", TARO, true},
        {"'NotPrincipal':{'AWS':'" JIRO "'}", TARO, true},
        {"'NotPrincipal':{'AWS':'" TARO "'}", TARO, false},
        {"'NotPrincipal':{'AWS':'" ACCOUNT "'}", TARO, false},
        {"'NotPrincipal':'*'", TARO, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if ((outcome_for_principal("Allow", rows[i].principal, rows[i].arn, false) ==
             EVALUATE_ALLOW) != rows[i].allowed)
            fail_msg("%s for %s", rows[i].principal, rows[i].arn);
}

static void
an_account_as_principal_denies_its_users(void **state)
{
    (void)state;
    static const struct {
        const char *principal;
        bool denied;
    } rows[] = {
        {"'Principal':'*'", true},
        {"'Principal':{'AWS':'" TARO "'}", true},
        {"'Principal':{'AWS':'" JIRO "'}", false},
        {"'Principal':{'AWS':'" ACCOUNT "'}", true},
        {"'Principal':{'AWS':'" ROOT "'}", true},
        {"'Principal':{'AWS':'210987654321'}", false},
        {"'NotPrincipal':{'AWS':'" TARO "'}", false},
        {"'NotPrincipal':{'AWS':['" ROOT "','" TARO "']}", false},
        {"'NotPrincipal':{'AWS':'" ROOT "'}", true}, /* excepts the root alone */
        {"'NotPrincipal':{'AWS':'" JIRO "'}", true},
        {"'NotPrincipal':{'Service':'*'}", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if ((outcome_for_principal("Deny", rows[i].principal, TARO, true) ==
             EVALUATE_EXPLICIT_DENY) != rows[i].denied)
            fail_msg("%s", rows[i].principal);
}

/* ---- policy variables ---- */

static void
variables_stand_for_single_values_of_the_request(void **state)
{
    (void)state;
    static const struct {
        const char *operand, *user, *from;
        bool holds;
    } rows[] = {
        {"'${aws:username}@test1.com'", "taro", "taro@test1.com", true},
        {"'${AWS:UserName}@test1.com'", "taro", "taro@test1.com", true},
        {"'${ aws:username }@test1.com'", "taro", "taro@test1.com", true},
        {"'${aws:username}@test1.com'", "jiro", "taro@test1.com", false},
        {"'${aws:username}@*'", "taro", "taro@test1.com", true},
        {"'${ses:FromAddress}'", "x", "taro@test1.com", true},
        /* What a value brings is literal. */
        {"'${aws:username}@test1.com'", "*", "taro@test1.com", false},
        {"'${aws:username}@test1.com'", "t?ro", "taro@test1.com", false},
        {"'${aws:username}@test1.com'", "*", "*@test1.com", true},
        {"'${aws:username}@test1.com'", "${aws:userid}", "${aws:userid}@test1.com", true},
        {"'${aws:username}@test1.com'", "", "@test1.com", true},
        /* No value, with and without a default. */
        {"'${aws:username}@test1.com'", NULL, "@test1.com", false},
        {"'${aws:username}@test1.com'", NULL, "${aws:username}@test1.com", false},
        {"'${aws:username, 'info'}@test1.com'", NULL, "info@test1.com", true},
        {"'${aws:username,'info'}@test1.com'", "taro", "info@test1.com", false},
        {"'${aws:username, 'info'  }@test1.com'", NULL, "info@test1.com", true},
        {"'${aws:username, '*'}@test1.com'", NULL, "taro@test1.com", false},
        {"'${aws:username, 'a}b'}@test1.com'", NULL, "a}b@test1.com", true},
        {"'${aws:username, ''}@test1.com'", NULL, "@test1.com", true},
        {"'${aws:PrincipalTag/cost center, 'n'}@x'", NULL, "n@x", true},
        /* Several values are none. */
        {"'${aws:username}@test1.com'", "[taro", "taro@test1.com", false},
        {"'${aws:username, 'info'}@test1.com'", "[taro", "info@test1.com", true},
        /* Escapes. */
        {"'a${*}b'", NULL, "a*b", true},
        {"'a${*}b'", NULL, "axb", false},
        {"'a${?}b'", NULL, "a?b", true},
        {"'a${?}b'", NULL, "axb", false},
        {"'a${$}{aws:username}'", NULL, "a${aws:username}", true},
        {"'*${*}*'", NULL, "a*b", true},
        {"'*${*}*'", NULL, "ab", false},
        {"'$5 {x} $'", NULL, "$5 {x} $", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct scene scene;
        scene_init(&scene);
        /* Defaults stand in single quotes, so these documents are not written with them. */
        struct slice operand = slice_of(rows[i].operand);
        struct slice inner = slice_from(slice_head(operand, operand.len - 1), 1);
        add_document(&scene, POLICY_USER_INLINE,
                     arena_printf(scene.arena,
                                  "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\","
                                  "\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":{"
                                  "\"StringLike\":{\"ses:FromAddress\":\"%.*s\"}}}}",
                                  SLICE_ARG(inner)));
        if (rows[i].user)
            set_key(&scene, "aws:username", rows[i].user, false);
        set_key(&scene, "ses:FromAddress", rows[i].from, true);
        if ((decide(&scene).outcome == EVALUATE_ALLOW) != rows[i].holds)
            fail_msg("row %zu: %s for %s", i, rows[i].operand, rows[i].from);
        scene_fini(&scene);
    }
}

/* Also when another value, another operator or a negation would have settled it. */
static void
a_statement_with_an_unresolvable_variable_matches_nothing(void **state)
{
    (void)state;
    static const char *const statements[] = {
        "{'Effect':'Allow','Action':'*','Resource':'*','Condition':"
        "{'StringLike':{'ses:FromAddress':['*','${aws:username}']}}}",
        "{'Effect':'Allow','Action':'*','Resource':'*','Condition':"
        "{'StringNotEquals':{'ses:FromAddress':'${aws:username}'}}}",
        "{'Effect':'Allow','Action':'*','Resource':'*','Condition':"
        "{'StringEqualsIfExists':{'t:missing':'${aws:username}'}}}",
        "{'Effect':'Allow','Action':'*','NotResource':'arn:a:b:c:d:${aws:username}'}",
        "{'Effect':'Allow','Action':'*','Resource':['*','arn:a:b:c:d:${aws:username}']}",
        "{'Effect':'Deny','Action':'*','Resource':'*','Condition':"
        "{'StringLike':{'ses:FromAddress':['*','${aws:username}']}}}",
    };
    for (size_t i = 0; i < sizeof statements / sizeof *statements; i++)
        assert_int_equal(outcome_of(statements[i], "ses:FromAddress", "a@b"),
                         EVALUATE_IMPLICIT_DENY);
    assert_int_equal(outcome_of(statements[0], "aws:username", "a"), EVALUATE_IMPLICIT_DENY);
    assert_int_equal(outcome_of(statements[3], "aws:username", "a"), EVALUATE_ALLOW);
    assert_int_equal(outcome_of(statements[4], "aws:username", "a"), EVALUATE_ALLOW);
}

static void
variables_work_in_the_last_part_of_a_resource(void **state)
{
    (void)state;
    static const struct {
        const char *user, *resource;
        enum evaluate_outcome outcome;
    } rows[] = {
        {"taro", IDENTITY "taro@test1.com", EVALUATE_ALLOW},
        {"taro", IDENTITY "Taro@test1.com", EVALUATE_IMPLICIT_DENY},
        {"jiro", IDENTITY "taro@test1.com", EVALUATE_IMPLICIT_DENY},
        {"*", IDENTITY "taro@test1.com", EVALUATE_IMPLICIT_DENY},
        {"a:b", IDENTITY "a:b@test1.com", EVALUATE_ALLOW},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct scene scene;
        scene_init(&scene);
        add(&scene, POLICY_USER_INLINE,
            "{'Effect':'Allow','Action':'ses:*',"
            "'Resource':'arn:aws:ses:*:*:identity/${aws:username}@test1.com'}");
        set_key(&scene, "aws:username", rows[i].user, false);
        scene.request.resource = slice_of(rows[i].resource);
        assert_int_equal(decide(&scene).outcome, rows[i].outcome);
        scene_fini(&scene);
    }
}

static void
variables_work_in_any_part_of_an_arn_condition(void **state)
{
    (void)state;
    const char *statement =
        "{'Effect':'Allow','Action':'*','Resource':'*','Condition':{'ArnEquals':"
        "{'aws:PrincipalArn':'arn:aws:iam::${t:account}:user/*'}}}";
    static const struct {
        const char *account;
        enum evaluate_outcome outcome;
    } rows[] = {
        {ACCOUNT, EVALUATE_ALLOW},
        {"*", EVALUATE_IMPLICIT_DENY},
        {ACCOUNT ":user/x", EVALUATE_IMPLICIT_DENY},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct scene scene;
        scene_init(&scene);
        add(&scene, POLICY_USER_INLINE, statement);
        set_key(&scene, "t:account", rows[i].account, false);
        set_key(&scene, "aws:PrincipalArn", TARO, false);
        assert_int_equal(decide(&scene).outcome, rows[i].outcome);
        scene_fini(&scene);
    }
}

static void
without_the_new_version_a_variable_is_literal_text(void **state)
{
    (void)state;
    static const char *const versions[] = {"", "\"Version\":\"2008-10-17\","};
    for (size_t i = 0; i < 2; i++) {
        struct scene scene;
        scene_init(&scene);
        add_document(&scene, POLICY_USER_INLINE,
                     arena_printf(scene.arena,
                                  "{%s\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\","
                                  "\"Resource\":\"*\",\"Condition\":{\"StringLike\":"
                                  "{\"t:k\":[\"${aws:username}\",\"${*}\",\"${\"]}}}}",
                                  versions[i]));
        set_key(&scene, "aws:username", "taro", false);
        set_key(&scene, "t:k", "taro", false);
        assert_int_equal(decide(&scene).outcome, EVALUATE_IMPLICIT_DENY);
        scene.values[1] = SLICE("${aws:username}");
        assert_int_equal(decide(&scene).outcome, EVALUATE_ALLOW);
        scene.values[1] = SLICE("${any}"); /* the star in ${*} is a wildcard here */
        assert_int_equal(decide(&scene).outcome, EVALUATE_ALLOW);
        scene.values[1] = SLICE("${");
        assert_int_equal(decide(&scene).outcome, EVALUATE_ALLOW);
        scene_fini(&scene);
    }
}

/* ---- deny folds more than allow ---- */

struct fold_row {
    const char *operator, * pattern, *value;
    bool matches;
};

static void
check_folds(const char *effect, enum evaluate_outcome matched, const struct fold_row *rows,
            size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char statement[300];
        snprintf(statement, sizeof statement,
                 "{'Effect':'%s','Action':'*','Resource':'*',"
                 "'Condition':{'%s':{'ses:FromAddress':'%s'}}}",
                 effect, rows[i].operator, rows[i].pattern);
        bool matches = outcome_of(statement, "ses:FromAddress", rows[i].value) == matched;
        if (matches != rows[i].matches)
            fail_msg("%s %s %s with %s", effect, rows[i].operator, rows[i].pattern, rows[i].value);
    }
}

#define CHECK_FOLDS(effect, matched, rows)                                                         \
    check_folds((effect), (matched), (rows), sizeof(rows) / sizeof *(rows))

static void
a_deny_of_an_address_stops_its_other_spellings(void **state)
{
    (void)state;
    static const struct fold_row rows[] = {
        {"StringEquals", "taro@test1.com", "taro@test1.com", true},
        {"StringEquals", "taro@test1.com", "Taro+x@test1.com", true},
        {"StringEquals", "taro@test1.com", "\"taro\"@test1.com", true},
        {"StringEquals", "taro@test1.com", "\"TA\\ro+a+b\"@TEST1.com", true},
        {"StringEquals", "taro@test1.com", "jiro@test1.com", false},
        {"StringEquals", "taro@test1.com", "taro@test2.com", false},
        {"StringEquals", "TARO@Test1.com", "taro@test1.com", true},
        {"StringEquals", "\\\"taro\\\"@test1.com", "taro@test1.com", true},
        {"StringEquals", "*@test1.com", "taro@test1.com", false},
        {"StringLike", "taro@test1.com", "Taro+x@test1.com", true},
        {"StringEqualsIgnoreCase", "taro@test1.com", "taro+x@test1.com", true},
        {"ForAnyValue:StringLike", "taro@test1.com", "Taro+x@test1.com", true},
        {"ForAllValues:StringLike", "taro@test1.com", "Taro+x@test1.com", true},
        {"StringEqualsIfExists", "taro@test1.com", "Taro+x@test1.com", true},
        /* A label in the pattern: one mailbox is behind all labels. */
        {"StringEquals", "taro+news@test1.com", "taro+news@test1.com", true},
        {"StringEquals", "taro+news@test1.com", "taro@test1.com", true},
        {"StringLike", "taro+news@*.test1.com", "Taro+x@a.test1.com", true},
        {"StringLike", "\\\"Taro+news\\\"@*.test1.com", "Taro+x@a.test1.com", true},
        {"StringLike", "taro+news@*.test1.com", "jiro+news@a.test1.com", false},
        /* Wildcards in the local part: the label stays, case does not count. */
        {"StringLike", "*+news@test1.com", "taro+news@test1.com", true},
        {"StringLike", "*+news@test1.com", "Taro+NEWS@test1.com", true},
        {"StringLike", "*+news@test1.com", "taro@test1.com", false},
        {"StringLike", "*+news@test1.com", "taro+other@test1.com", false},
        {"StringLike", "taro+*@test1.com", "Taro+x@test1.com", true},
        {"StringLike", "taro+*@test1.com", "taro@test1.com", false},
        {"StringLike", "t*o@test1.com", "TARO+x@test1.com", true},
        {"StringLike", "*news@test1.com", "TARO+NEWS@test1.com", true},
        {"StringLike", "ta?o@test1.com", "\"TARO\"@test1.com", true},
        {"StringLike", "*@test1.com", "Taro@TEST1.COM", true},
        {"StringLike", "*@test1.com", "taro@test2.com", false},
        {"StringLike", "taro*", "Taro@anything", true},
        {"StringLike", "*", "x", true},
        {"StringLike", "+x@test1.com", "+X@test1.com", true},
        {"StringLike", "+x@test1.com", "@test1.com", false},
        /* An escaped wildcard stays one character when folded. */
        {"StringLike", "a${*}@*.test1.com", "A*+l@x.test1.com", true},
        {"StringLike", "a${*}@*.test1.com", "abc@x.test1.com", false},
        {"StringLike", "a@${*}.*", "A@b.c", false},
        {"StringLike", "a@${*}.*", "A@*.c", true},
        {"StringLike", "\\\"j*\\\"@test1.com", "jiro@test1.com", true},
        {"StringEquals", "ceo@b\303\274cher.de", "CEO+x@xn--bcher-kva.de", true},
        /* Negated operators only as written. */
        {"StringNotEquals", "taro@test1.com", "taro@test1.com", false},
        {"StringNotEquals", "taro@test1.com", "Taro+x@test1.com", true},
        {"StringNotLike", "taro@test1.com", "\"taro\"@test1.com", true},
        {"StringNotEqualsIgnoreCase", "taro@test1.com", "TARO@test1.com", false},
        {"StringNotEqualsIgnoreCase", "taro@test1.com", "TARO+x@test1.com", true},
    };
    CHECK_FOLDS("Deny", EVALUATE_EXPLICIT_DENY, rows);
}

static void
an_allow_of_an_address_is_as_written(void **state)
{
    (void)state;
    static const struct fold_row rows[] = {
        {"StringEquals", "taro@test1.com", "taro@test1.com", true},
        {"StringEquals", "taro@test1.com", "Taro@test1.com", false},
        {"StringEquals", "taro@test1.com", "taro+x@test1.com", false},
        {"StringLike", "*@test1.com", "taro@TEST1.com", false},
        {"StringEqualsIgnoreCase", "taro@test1.com", "TARO@test1.com", true},
        {"StringEqualsIgnoreCase", "taro@test1.com", "taro+x@test1.com", false},
        /* But domains, and needless quotes, are compared in the form that requests have. */
        {"StringEquals", "taro@TEST1.com", "taro@test1.com", true},
        {"StringLike", "*@Test1.Com", "taro@test1.com", true},
        {"StringLike", "*@b\303\274cher.de", "a@xn--bcher-kva.de", true},
        {"StringNotEquals", "ceo@TEST1.com", "ceo@test1.com", false},
        {"StringNotEquals", "\\\"ceo\\\"@test1.com", "ceo@test1.com", false},
        {"StringNotLike", "*@TEST1.COM", "taro@test1.com", false},
        {"StringNotLike", "*@b\303\274cher.de", "a@xn--bcher-kva.de", false},
    };
    CHECK_FOLDS("Allow", EVALUATE_ALLOW, rows);
}

static void
only_keys_that_are_addresses_are_folded(void **state)
{
    (void)state;
    const char *statement = "{'Effect':'Deny','Action':'*','Resource':'*',"
                            "'Condition':{'StringEquals':{'aws:UserAgent':'a@b'}}}";
    assert_int_equal(outcome_of(statement, "aws:UserAgent", "a@b"), EVALUATE_EXPLICIT_DENY);
    assert_int_equal(outcome_of(statement, "aws:UserAgent", "A+x@b"), EVALUATE_IMPLICIT_DENY);
}

static void
a_deny_of_a_name_does_not_look_at_case(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    add(&scene, POLICY_USER_INLINE,
        "{'Effect':'Deny','Action':'*','Resource':'*','Condition':"
        "{'StringLike':{'ses:FromDisplayName':'*CEO+x*'}}}");
    set_key(&scene, "ses:FromDisplayName", "The ceo+x of it", false);
    scene.keys[0].fold = DENY_LOWERED;
    assert_int_equal(decide(&scene).outcome, EVALUATE_EXPLICIT_DENY);
    scene.values[0] = SLICE("The ceo");
    assert_int_equal(decide(&scene).outcome, EVALUATE_IMPLICIT_DENY);
    scene_fini(&scene);
}

static void
a_deny_with_a_variable_is_folded_too(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    add(&scene, POLICY_USER_INLINE,
        "{'Effect':'Deny','Action':'*','Resource':'*','Condition':"
        "{'StringEquals':{'ses:FromAddress':'${aws:username}@test1.com'}}}");
    set_key(&scene, "aws:username", "Taro+y", false);
    set_key(&scene, "ses:FromAddress", "taro+x@test1.com", true);
    assert_int_equal(decide(&scene).outcome, EVALUATE_EXPLICIT_DENY);
    scene.values[1] = SLICE("jiro@test1.com");
    assert_int_equal(decide(&scene).outcome, EVALUATE_IMPLICIT_DENY);
    scene_fini(&scene);
}

static void
every_value_of_a_multivalued_address_key_is_folded(void **state)
{
    (void)state;
    const char *statement = "{'Effect':'Deny','Action':'*','Resource':'*','Condition':"
                            "{'ForAnyValue:StringEquals':{'ses:Recipients':['x@y','boss@y']}}}";
    assert_int_equal(outcome_of(statement, "ses:Recipients", "[a@y|b@y|BOSS+1@Y"),
                     EVALUATE_EXPLICIT_DENY);
    assert_int_equal(outcome_of(statement, "ses:Recipients", "[a@y|b@y"), EVALUATE_IMPLICIT_DENY);
}

static void
a_deny_of_an_identity_stops_its_other_spellings(void **state)
{
    (void)state;
    static const struct {
        const char *element, *resource;
        bool denied;
    } rows[] = {
        {"'Resource':'" IDENTITY "taro@test1.com'", IDENTITY "taro@test1.com", true},
        {"'Resource':'" IDENTITY "*@b\303\274cher.de'", IDENTITY "a@xn--bcher-kva.de", true},
        {"'NotResource':'" IDENTITY "TEST1.com'", IDENTITY "test1.com", false},
        {"'Resource':'" IDENTITY "taro@test1.com'", IDENTITY "Taro+x@test1.com", true},
        {"'Resource':'" IDENTITY "taro@test1.com'", IDENTITY "\"taro\"@test1.com", true},
        {"'Resource':'" IDENTITY "Taro+n@test1.com'", IDENTITY "taro@test1.com", true},
        {"'Resource':'" IDENTITY "taro@test1.com'", IDENTITY "jiro@test1.com", false},
        {"'Resource':'" IDENTITY "Test1.com'", DOMAIN, true},
        {"'Resource':'" IDENTITY "*+n@test1.com'", IDENTITY "TARO+n@test1.com", true},
        {"'Resource':'" IDENTITY "*+n@test1.com'", IDENTITY "taro@test1.com", false},
        {"'Resource':'" IDENTITY "taro+n@*'", IDENTITY "TARO@test1.com", true},
        {"'Resource':'arn:aws:ses:*:*:*taro@test1.com'", IDENTITY "TARO+x@test1.com", true},
        {"'Resource':'" IDENTITY "${aws:username}@test1.com'", IDENTITY "TARO+x@test1.com", true},
        {"'Resource':'" IDENTITY "${aws:username}@test1.com'", IDENTITY "jiro@test1.com", false},
        {"'Resource':'arn:aws:ses:us-east-1:*:template/T'",
         "arn:aws:ses:us-east-1:123456789012:template/t", false},
        {"'Resource':'arn:aws:iam:us-east-1:*:identity/T'",
         "arn:aws:iam:us-east-1:123456789012:identity/t", false},
        {"'NotResource':'" IDENTITY "${aws:username}@test1.com'", IDENTITY "Taro@test1.com", true},
        {"'NotResource':'" IDENTITY "taro@test1.com'", IDENTITY "taro@test1.com", false},
        {"'NotResource':'" IDENTITY "taro@test1.com'", IDENTITY "Taro@test1.com", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct scene scene;
        char statement[300];
        scene_init(&scene);
        snprintf(statement, sizeof statement, "{'Effect':'Deny','Action':'*',%s}", rows[i].element);
        add(&scene, POLICY_USER_INLINE, statement);
        set_key(&scene, "aws:username", "taro", false);
        scene.request.resource = slice_of(rows[i].resource);
        if ((decide(&scene).outcome == EVALUATE_EXPLICIT_DENY) != rows[i].denied)
            fail_msg("%s on %s", rows[i].element, rows[i].resource);
        scene_fini(&scene);
    }
    assert_false(allows("{'Effect':'Allow','Action':'*','Resource':'" IDENTITY "taro@test1.com'}",
                        "ses:SendEmail", IDENTITY "Taro@test1.com"));
}

/* ---- wildcards ---- */

static void
wildcards_match_whole_characters(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *text;
        bool matches;
    } rows[] = {
        {"", "", true},
        {"", "a", false},
        {"*", "", true},
        {"**", "", true},
        {"***a", "a", true},
        {"?", "", false},
        {"?", "a", true},
        {"?", "\xc3\xa9", true},
        {"??", "\xc3\xa9", false},
        {"*??", "\xe2\x82\xac", false},
        {"*?", "\xe2\x82\xac", true},
        {"a?c",
         "a\xf0\x9f\x98\x80"
         "c",
         true},
        {"?", "\x80", true},
        {"\xc3?", "\xc3\xa9", true},
        {"*a*b*c", "xxaxxbxxc", true},
        {"*a*b*c", "xxbxxaxxc", false},
        {"*ab", "aab", true},
        {"*aab", "aaaab", true},
        {"a*a", "a", false},
        {"a*a", "aa", true},
        {"a*?", "a", false},
        {"*.test1.com", "test1.com", false},
        {"*@*", "a@b", true},
        {"*?*?*", "a", false},
        {"*?*?*", "ab", true},
        {"a**b", "ab", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (evaluate_wildcard(slice_of(rows[i].pattern), slice_of(rows[i].text)) != rows[i].matches)
            fail_msg("%s on %s", rows[i].pattern, rows[i].text);
    assert_true(evaluate_wildcard(SLICE("a*c"), SLICE("a\0\0c")));
    assert_false(evaluate_wildcard(SLICE("a"), SLICE("a\0")));
}

/* With recursion or more than one place to go back to, this would not end in our time. */
static void
many_stars_do_not_explode(void **state)
{
    (void)state;
    char pattern[4000], text[20000];
    memset(text, 'a', sizeof text);
    for (size_t i = 0; i < sizeof pattern; i += 2)
        memcpy(pattern + i, "*a", 2);
    assert_true(evaluate_wildcard((struct slice){pattern, sizeof pattern},
                                  (struct slice){text, sizeof text}));
    pattern[sizeof pattern - 1] = 'b';
    assert_false(evaluate_wildcard((struct slice){pattern, sizeof pattern},
                                   (struct slice){text, sizeof text}));
    memset(pattern, 'a', sizeof pattern);
    pattern[0] = '*';
    pattern[sizeof pattern - 2] = 'b';
    assert_false(evaluate_wildcard((struct slice){pattern, sizeof pattern},
                                   (struct slice){text, sizeof text}));
}

static void
compiled_patterns_agree_with_the_plain_search(void **state)
{
    (void)state;
    static const char *const patterns[] = {"*",   "a*",   "*b",   "a*b",  "a?b", "?",    "*?*",
                                           "a**", "ab*b", "*a*b", "?*b",  "a*?", "ab",   "**",
                                           "?a*", "*ab?", "a?*b", "*?a*", "b*b", "a*b*a"};
    static const char *const texts[] = {"",    "a",   "b",    "ab",   "ba",  "aab", "abb",
                                        "aba", "bab", "abab", "aabb", "bbb", "axb", "abxba"};
    for (size_t p = 0; p < sizeof patterns / sizeof *patterns; p++)
        for (size_t t = 0; t < sizeof texts / sizeof *texts; t++) {
            char condition[50];
            snprintf(condition, sizeof condition, "StringLike '%s'", patterns[p]);
            bool expected = evaluate_wildcard(slice_of(patterns[p]), slice_of(texts[t]));
            check_rows(&(struct condition_row){condition, texts[t], expected}, 1);
        }
}

/* ---- the request's keys ---- */

static void
of_two_keys_of_one_name_the_first_counts(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    add(&scene, POLICY_USER_INLINE,
        "{'Effect':'Allow','Action':'*','Resource':'*','Condition':{'StringEquals':{'t:k':'a'}}}");
    set_key(&scene, "t:k", "a", false);
    set_key(&scene, "T:K", "b", false);
    assert_int_equal(decide(&scene).outcome, EVALUATE_ALLOW);
    scene.values[0] = SLICE("b");
    scene.values[1] = SLICE("a");
    assert_int_equal(decide(&scene).outcome, EVALUATE_IMPLICIT_DENY);
    scene_fini(&scene);
}

static void
many_keys_are_all_found(void **state)
{
    (void)state;
    enum { COUNT = 1000 };
    struct scene scene;
    scene_init(&scene);
    struct condition_value *keys = ARENA_ARRAY(scene.arena, struct condition_value, COUNT);
    struct slice *values = ARENA_ARRAY(scene.arena, struct slice, COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        values[i] = arena_printf(scene.arena, "v%zu", i);
        keys[i] = (struct condition_value){
            .key = arena_printf(scene.arena, "t:k%zu", i), .values = &values[i], .count = 1};
    }
    scene.request.keys = keys;
    scene.request.key_count = COUNT;
    add(&scene, POLICY_USER_INLINE,
        "{'Effect':'Allow','Action':'*','Resource':'*','Condition':{'StringEquals':"
        "{'t:k0':'v0','t:k500':'v500','t:k999':'v999'},'Null':{'t:k1000':true}}}");
    assert_int_equal(decide(&scene).outcome, EVALUATE_ALLOW);
    scene_fini(&scene);
}

static void
each_source_has_a_name(void **state)
{
    (void)state;
    assert_string_equal(policy_source_name(POLICY_USER_INLINE), "inline policy of the user");
    assert_string_equal(policy_source_name(POLICY_BOUNDARY), "permissions boundary of the user");
    assert_string_equal(policy_source_name(POLICY_OF_IDENTITY), "policy of the identity");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(string_operators_compare_as_named),
        cmocka_unit_test(numbers_are_compared_as_numbers),
        cmocka_unit_test(dates_are_instants),
        cmocka_unit_test(addresses_are_in_their_networks),
        cmocka_unit_test(bool_binary_and_null_hold_as_named),
        cmocka_unit_test(arns_are_compared_part_by_part),
        cmocka_unit_test(every_operator_takes_every_prefix_and_suffix),
        cmocka_unit_test(all_clauses_of_a_condition_must_hold),
        cmocka_unit_test(time_comes_from_the_request_unless_given_as_a_key),
        cmocka_unit_test(one_person_can_use_only_the_address_handed_out),
        cmocka_unit_test(actions_match_without_regard_to_case),
        cmocka_unit_test(not_action_matches_everything_else),
        cmocka_unit_test(resources_match_part_by_part_with_regard_to_case),
        cmocka_unit_test(nothing_allows_by_default),
        cmocka_unit_test(an_explicit_deny_anywhere_is_final),
        cmocka_unit_test(the_result_names_the_statement_that_allows),
        cmocka_unit_test(a_boundary_limits_and_gives_nothing),
        cmocka_unit_test(all_statements_that_decide_are_told),
        cmocka_unit_test(only_a_policy_naming_the_user_passes_a_boundary),
        cmocka_unit_test(an_account_as_principal_does_not_allow_its_users),
        cmocka_unit_test(an_account_as_principal_denies_its_users),
        cmocka_unit_test(variables_stand_for_single_values_of_the_request),
        cmocka_unit_test(a_statement_with_an_unresolvable_variable_matches_nothing),
        cmocka_unit_test(variables_work_in_the_last_part_of_a_resource),
        cmocka_unit_test(variables_work_in_any_part_of_an_arn_condition),
        cmocka_unit_test(without_the_new_version_a_variable_is_literal_text),
        cmocka_unit_test(a_deny_of_an_address_stops_its_other_spellings),
        cmocka_unit_test(an_allow_of_an_address_is_as_written),
        cmocka_unit_test(only_keys_that_are_addresses_are_folded),
        cmocka_unit_test(a_deny_of_a_name_does_not_look_at_case),
        cmocka_unit_test(a_deny_with_a_variable_is_folded_too),
        cmocka_unit_test(every_value_of_a_multivalued_address_key_is_folded),
        cmocka_unit_test(a_deny_of_an_identity_stops_its_other_spellings),
        cmocka_unit_test(wildcards_match_whole_characters),
        cmocka_unit_test(many_stars_do_not_explode),
        cmocka_unit_test(compiled_patterns_agree_with_the_plain_search),
        cmocka_unit_test(of_two_keys_of_one_name_the_first_counts),
        cmocka_unit_test(many_keys_are_all_found),
        cmocka_unit_test(each_source_has_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
