/* What is a policy and what is not, and where an error says it stands. */
#include "authorize/policy.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* Documents are written with ' for ", which none of them needs. */
static struct slice
json_of(struct arena *arena, const char *text)
{
    struct slice copy = arena_dup(arena, slice_of(text));
    for (char *c = (char *)copy.ptr; *c; c++)
        *c = *c == '\'' ? '"' : *c;
    return copy;
}

static enum rc
parse(const char *text, enum policy_kind kind, struct err *err)
{
    struct arena *arena = arena_new();
    struct policy *policy = NULL;
    *err = (struct err){0};
    enum rc rc = policy_parse(json_of(arena, text), kind, &policy, err);
    policy_unref(policy);
    arena_free(arena);
    return rc;
}

static void
accept(const char *text, enum policy_kind kind)
{
    struct err err;
    if (parse(text, kind, &err) != RC_OK)
        fail_msg("%s: %s", text, err.text);
}

static void
refuse(const char *text, enum policy_kind kind, const char *expected)
{
    struct err err;
    enum rc rc = parse(text, kind, &err);
    if (rc != RC_SYNTAX || err.rc != rc || !strstr(err.text, expected))
        fail_msg("%s\n  gives %s \"%s\"\n  not   \"%s\"", text, rc_name(rc), err.text, expected);
}

/* A statement of a user's policy of the new Version. */
static void
accept_statement(const char *statement)
{
    char text[1000];
    snprintf(text, sizeof text, "{'Version':'2012-10-17','Statement':[%s]}", statement);
    accept(text, POLICY_IDENTITY_BASED);
}

static void
refuse_statement(const char *statement, const char *expected)
{
    char text[1000];
    snprintf(text, sizeof text, "{'Version':'2012-10-17','Statement':[%s]}", statement);
    refuse(text, POLICY_IDENTITY_BASED, expected);
}

static void
accept_condition(const char *condition)
{
    char text[1000];
    snprintf(text, sizeof text, "{'Effect':'Allow','Action':'*','Resource':'*','Condition':%s}",
             condition);
    accept_statement(text);
}

static void
refuse_condition(const char *condition, const char *expected)
{
    char text[1000];
    snprintf(text, sizeof text, "{'Effect':'Allow','Action':'*','Resource':'*','Condition':%s}",
             condition);
    refuse_statement(text, expected);
}

#define PLAIN "'Effect':'Allow','Action':'*','Resource':'*'"

static void
documents_of_every_form_are_read(void **state)
{
    (void)state;
    accept("{'Statement':{" PLAIN "}}", POLICY_IDENTITY_BASED);
    accept("{'Version':'2008-10-17','Id':'any id','Statement':[{" PLAIN "}]}",
           POLICY_IDENTITY_BASED);
    accept("{'Version':'2012-10-17','Statement':[{'Sid':'','Effect':'Deny','NotAction':"
           "['ses:Send*','iam:?et*'],'NotResource':['arn:aws:ses:*:*:identity/*','*']}]}",
           POLICY_IDENTITY_BASED);
    accept("{'Statement':[{'Sid':'A1'," PLAIN "},{'Sid':'a1'," PLAIN "},{'Sid':''," PLAIN "},"
           "{'Sid':''," PLAIN "}]}",
           POLICY_IDENTITY_BASED);
    accept("{'Statement':[{" PLAIN ",'Condition':{}}]}", POLICY_IDENTITY_BASED);
}

static void
errors_name_line_column_and_element(void **state)
{
    (void)state;
    struct err err;
    const char *text = "{\n"
                       "  'Version': '2012-10-17',\n"
                       "  'Statement': [\n"
                       "    {" PLAIN "},\n"
                       "    {'Effect': 'Allow', 'Action': '*', 'Resource': '*',\n"
                       "     'Condition': {'IpAddress': {\n"
                       "       'aws:SourceIp': ['10.0.0.0/8', '10.0.0.0/33']}}}]}";
    assert_int_equal(parse(text, POLICY_IDENTITY_BASED, &err), RC_SYNTAX);
    assert_string_equal(err.text,
                        "line 7, column 39: Statement[1].Condition.IpAddress.aws:SourceIp[1]: "
                        "\"10.0.0.0/33\" must be an IP address or a block as 10.0.0.0/8 or "
                        "2001:db8::/32");
    assert_int_equal(parse("{'Statement':{'Effect':'allow'}}", POLICY_IDENTITY_BASED, &err),
                     RC_SYNTAX);
    assert_string_equal(err.text, "line 1, column 24: Statement[0].Effect: must be \"Allow\" or "
                                  "\"Deny\"");
    assert_int_equal(parse("{'statement':[]}", POLICY_IDENTITY_BASED, &err), RC_SYNTAX);
    assert_string_equal(err.text, "line 1, column 2: statement: unknown element");
    assert_int_equal(parse("{}", POLICY_IDENTITY_BASED, &err), RC_SYNTAX);
    assert_string_equal(err.text, "line 1, column 1: Statement is missing");
}

static void
the_document_itself_is_read_strictly(void **state)
{
    (void)state;
    const enum policy_kind kind = POLICY_IDENTITY_BASED;
    refuse("", kind, "line 1, column 1");
    refuse("{", kind, "line 1, column 2");
    refuse("[]", kind, "must be an object, not an array");
    refuse("'x'", kind, "must be an object, not a string");
    refuse("{'Statement':[{" PLAIN "}]} x", kind, "text follows");
    refuse("{'Version':'2012-10-18','Statement':[{" PLAIN "}]}", kind, "Version: must be");
    refuse("{'Version':20121017,'Statement':[{" PLAIN "}]}", kind, "Version: must be");
    refuse("{'version':'2012-10-17','Statement':[{" PLAIN "}]}", kind, "version: unknown element");
    refuse("{'Id':1,'Statement':[{" PLAIN "}]}", kind, "Id: must be a string, not a number");
    refuse("{'Statement':[]}", kind, "Statement: must not be an empty list");
    refuse("{'Statement':'x'}", kind, "Statement[0]: must be an object, not a string");
    refuse("{'Statement':[{" PLAIN "},[]]}", kind, "Statement[1]: must be an object, not an array");
    refuse("{'Statement':null}", kind, "Statement[0]: must be an object, not null");
    refuse("{'Statement':{" PLAIN "},'Statement':{" PLAIN "}}", kind, "appears twice");
    refuse("{'Statement':{'Effect':'Deny'," PLAIN "}}", kind, "appears twice");
}

static void
statements_need_effect_action_and_resource(void **state)
{
    (void)state;
    refuse_statement("{}", "Statement[0]: Effect is missing");
    refuse_statement("{'Action':'*','Resource':'*'}", "Statement[0]: Effect is missing");
    refuse_statement("{'Effect':'Allow','Resource':'*'}", "Action or NotAction is missing");
    refuse_statement("{'Effect':'Allow','Action':'*'}", "Resource or NotResource is missing");
    refuse_statement("{" PLAIN ",'NotAction':'*'}", "has both Action and NotAction");
    refuse_statement("{" PLAIN ",'NotResource':'*'}", "has both Resource and NotResource");
    refuse_statement("{" PLAIN ",'action':'*'}", "Statement[0].action: unknown element");
    refuse_statement("{" PLAIN ",'Conditions':{}}", "Statement[0].Conditions: unknown element");
    refuse_statement("{'Effect':['Allow'],'Action':'*','Resource':'*'}", "Effect: must be");
    refuse_statement("{'Effect':'Deny ','Action':'*','Resource':'*'}", "Effect: must be");
}

static void
sids_are_letters_and_digits_and_unique(void **state)
{
    (void)state;
    refuse_statement("{'Sid':'a b'," PLAIN "}", "Sid: must be letters and digits only");
    refuse_statement("{'Sid':'a-b'," PLAIN "}", "Sid: must be letters and digits only");
    refuse_statement("{'Sid':7," PLAIN "}", "Sid: must be a string, not a number");
    refuse_statement("{'Sid':'a'," PLAIN "},{" PLAIN "},{'Sid':'a'," PLAIN "}",
                     "Statement[2].Sid: is already that of Statement[0]");
    accept("{'Statement':[{'Sid':'a b','Principal':'*'," PLAIN "},"
           "{'Sid':'a b','Principal':'*'," PLAIN "}]}",
           POLICY_RESOURCE_BASED);
}

static void
actions_are_service_and_name(void **state)
{
    (void)state;
    static const char *const good[] = {"*", "ses:*", "SES:sendEmail", "access-analyzer:Get*",
                                       "s3:?"};
    static const char *const bad[] = {"",        "ses",     "ses:",          ":SendEmail",
                                      "**",      "*:*",     "s*:SendEmail",  "ses:Send Email",
                                      "ses:a:b", "ses:a/b", "${aws:x}:Send", "ses:${aws:x}"};
    char text[200];
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        snprintf(text, sizeof text, "{'Effect':'Allow','Action':['%s'],'Resource':'*'}", good[i]);
        accept_statement(text);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        snprintf(text, sizeof text, "{'Effect':'Allow','Action':['*','%s'],'Resource':'*'}",
                 bad[i]);
        refuse_statement(text, "Statement[0].Action[1]: ");
    }
    refuse_statement("{'Effect':'Allow','Action':[],'Resource':'*'}",
                     "Action: must not be an empty list");
    refuse_statement("{'Effect':'Allow','NotAction':[],'Resource':'*'}",
                     "NotAction: must not be an empty list");
    refuse_statement("{'Effect':'Allow','Action':5,'Resource':'*'}",
                     "Action: must be a string or a list of strings, not a number");
    refuse_statement("{'Effect':'Allow','Action':['*',['*']],'Resource':'*'}",
                     "Action[1]: must be a string, not an array");
}

static void
resources_are_a_star_or_arns_of_six_parts(void **state)
{
    (void)state;
    static const char *const good[] = {"*",
                                       "arn:aws:ses:us-east-1:123456789012:identity/a@b",
                                       "arn:*:*:*:*:*",
                                       "arn:aws:iam::*:user/x:y",
                                       "arn:aws:ses:*:*:identity/${aws:username}@x",
                                       "arn:aws:ses:*:*:${aws:username, 'x'}",
                                       "arn:aws:ses:*:*:${aws:username, 'x'  }",
                                       "arn:aws:ses:*:*:${*}${?}${$}"};
    static const struct {
        const char *text, *expected;
    } bad[] = {
        {"", "must be \"*\" or an ARN of six parts"},
        {"**", "an ARN of six parts"},
        {"test1.com", "an ARN of six parts"},
        {"arn:aws:ses:*", "an ARN of six parts"},
        {"arn:aws:ses:us-east-1:123456789012", "an ARN of six parts"},
        {"ARN:aws:ses:*:*:*", "an ARN of six parts"},
        {"*:aws:ses:*:*:*", "an ARN of six parts"},
        {"arn:aws:ses:*:*:", "must name a partition, a service and a resource"},
        {"arn::ses:*:*:x", "must name a partition, a service and a resource"},
        {"arn:aws::*:*:x", "must name a partition, a service and a resource"},
        {"arn:aws:ses:${aws:x}:*:x", "only after the fifth colon"},
        {"arn:${aws:x}:ses:*:*:x", "only after the fifth colon"},
        {"${aws:x}", "an ARN of six parts"},
        {"arn:aws:ses:*:*:${aws:x", "not closed"},
        {"arn:aws:ses:*:*:${}", "must name a condition key"},
        {"arn:aws:ses:*:*:${name}", "must name a condition key"},
        {"arn:aws:ses:*:*:${x}", "must name a condition key"},
        {"arn:aws:ses:*:*:${a:b, x}", "single quotes"},
        {"arn:aws:ses:*:*:${a:b, x", "single quotes"},
        {"arn:aws:ses:*:*:${a:b,}", "single quotes"},
        {"arn:aws:ses:*:*:${a:b, \\u0027x}", "single quotes"},
        {"arn:aws:ses:*:*:${a:b, \\u0027x\\u0027", "not closed"},
        {"arn:aws:ses:*:*:${a:b, \\u0027x\\u0027  ", "not closed"},
        {"arn:aws:ses:*:*:${a:b, \\u0027x\\u0027 y}", "not closed"},
        {"arn:aws:ses:*:*:identity/t*\\u00e9.example", "partly a wildcard and partly not ASCII"},
    };
    char text[200];
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct arena *arena = arena_new();
        struct policy *policy = NULL;
        struct err err;
        /* Defaults of variables stand in single quotes: no replacing here. */
        struct slice document = arena_printf(
            arena,
            "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\","
            "\"Resource\":[\"%s\"]}}",
            good[i]);
        if (policy_parse(document, POLICY_IDENTITY_BASED, &policy, &err) != RC_OK)
            fail_msg("%s: %s", good[i], err.text);
        policy_unref(policy);
        arena_free(arena);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        snprintf(text, sizeof text, "{'Effect':'Allow','Action':'*','Resource':['*','%s']}",
                 bad[i].text);
        refuse_statement(text, "Statement[0].Resource[1]: ");
        refuse_statement(text, bad[i].expected);
    }
    refuse_statement("{'Effect':'Allow','Action':'*','Resource':[]}",
                     "Resource: must not be an empty list");
    /* Without the new Version there are no variables to be wrong about. */
    accept("{'Statement':{'Effect':'Allow','Action':'*','Resource':'arn:aws:ses:${x:*:${'}}",
           POLICY_IDENTITY_BASED);
}

static void
principals_belong_to_policies_of_identities(void **state)
{
    (void)state;
    refuse_statement("{" PLAIN ",'Principal':'*'}", "Principal: is not allowed");
    refuse_statement("{" PLAIN ",'NotPrincipal':'*'}", "NotPrincipal: is not allowed");
    refuse("{'Statement':{" PLAIN "}}", POLICY_RESOURCE_BASED,
           "Principal or NotPrincipal is missing");
    refuse("{'Statement':{" PLAIN ",'Principal':'*','NotPrincipal':'*'}}", POLICY_RESOURCE_BASED,
           "has both Principal and NotPrincipal");
}

static void
principals_are_accounts_users_or_everybody(void **state)
{
    (void)state;
    static const char *const good[] = {
        "'*'",
        "{'AWS':'*'}",
        "{'AWS':'123456789012'}",
        "{'AWS':['arn:aws:iam::123456789012:root','arn:aws:iam::123456789012:user/a/b']}",
        "{'AWS':'arn:aws:iam::123456789012:role/r'}",
        "{'AWS':'arn:aws:sts::123456789012:assumed-role/r/s'}",
        "{'Service':'ses.amazonaws.com'}",
        "{'Federated':'accounts.google.com','CanonicalUser':'0f','AWS':'*'}",
    };
    static const struct {
        const char *text, *expected;
    } bad[] = {
        {"'123456789012'", "Principal: must be \"*\" or an object"},
        {"{}", "Principal: must be \"*\" or an object"},
        {"['*']", "Principal: must be \"*\" or an object"},
        {"{'aws':'*'}", "Principal.aws: \"aws\" is none of"},
        {"{'AWS':[]}", "Principal.AWS: must not be an empty list"},
        {"{'AWS':123456789012}", "Principal.AWS: must be a string or a list of strings"},
        {"{'AWS':['*',{}]}", "Principal.AWS[1]: must be a string, not an object"},
        {"{'AWS':'12345678901'}", "an account of 12 digits"},
        {"{'AWS':'1234567890123'}", "an account of 12 digits"},
        {"{'AWS':'taro'}", "an account of 12 digits"},
        {"{'AWS':'arn:aws:iam::123456789012:user/*'}", "without wildcards"},
        {"{'AWS':'arn:aws:iam::123456789012:user/'}", "the ARN of a user"},
        {"{'AWS':'arn:aws:iam::123456789012:group/g'}", "the ARN of a user"},
        {"{'AWS':'arn:aws:iam::12345678901x:user/a'}", "the ARN of a user"},
        {"{'AWS':'arn:aws:iam:us-east-1:123456789012:user/a'}", "the ARN of a user"},
        {"{'AWS':'arn:aws:sts::123456789012:root'}", "the ARN of a user"},
        {"{'AWS':'arn:aws:ses::123456789012:user/a'}", "the ARN of a user"},
        {"{'Service':''}", "Principal.Service: must not be empty"},
        {"{'Service':[]}", "Principal.Service: must not be an empty list"},
    };
    char text[400];
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        snprintf(text, sizeof text, "{'Statement':{" PLAIN ",'Principal':%s}}", good[i]);
        accept(text, POLICY_RESOURCE_BASED);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        snprintf(text, sizeof text, "{'Statement':{" PLAIN ",'Principal':%s}}", bad[i].text);
        refuse(text, POLICY_RESOURCE_BASED, bad[i].expected);
    }
}

static void
every_condition_operator_is_known(void **state)
{
    (void)state;
    static const struct {
        const char *name, *value;
    } rows[] = {
        {"StringEquals", "'a'"},
        {"StringNotEquals", "'a'"},
        {"StringEqualsIgnoreCase", "'a'"},
        {"StringNotEqualsIgnoreCase", "'a'"},
        {"StringLike", "'a*'"},
        {"StringNotLike", "['a','b']"},
        {"NumericEquals", "1"},
        {"NumericNotEquals", "'1.5'"},
        {"NumericLessThan", "-1"},
        {"NumericLessThanEquals", "1e3"},
        {"NumericGreaterThan", "'+1'"},
        {"NumericGreaterThanEquals", "[1,'2']"},
        {"DateEquals", "'2018-08-31T12:00Z'"},
        {"DateNotEquals", "'2018-08-31T12:00:00Z'"},
        {"DateLessThan", "1535716800"},
        {"DateLessThanEquals", "'1535716800'"},
        {"DateGreaterThan", "'2018-08-31'"},
        {"DateGreaterThanEquals", "'2018-08-31T12:00:00.5+01:00'"},
        {"Bool", "true"},
        {"Bool", "['true','False']"},
        {"BinaryEquals", "'QmluYXJ5'"},
        {"IpAddress", "'10.0.0.0/8'"},
        {"NotIpAddress", "['2001:db8::/32','::1','192.0.2.1']"},
        {"ArnEquals", "'arn:aws:iam::${aws:SourceAccount}:user/*'"},
        {"ArnNotEquals", "'*'"},
        {"ArnLike", "'arn:*:*:*:*:*'"},
        {"ArnNotLike", "'arn:aws:iam::123456789012:user/a'"},
    };
    static const char *const forms[][2] = {{"", ""},
                                           {"", "IfExists"},
                                           {"ForAnyValue:", ""},
                                           {"ForAllValues:", ""},
                                           {"ForAnyValue:", "IfExists"},
                                           {"ForAllValues:", "IfExists"}};
    char text[200];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (size_t f = 0; f < sizeof forms / sizeof *forms; f++) {
            snprintf(text, sizeof text, "{'%s%s%s':{'aws:key':%s}}", forms[f][0], rows[i].name,
                     forms[f][1], rows[i].value);
            accept_condition(text);
        }
    accept_condition("{'Null':{'aws:TagKeys':[true,'false']}}");
}

static void
unknown_operators_are_named(void **state)
{
    (void)state;
    static const char *const names[] = {
        "",
        "stringEquals",
        "StringEqual",
        "StringLikeIfexists",
        "IfExists",
        "ForAnyValue:",
        "foranyvalue:Bool",
        "ForAnyValue:ForAllValues:Bool",
        "Boolean",
        "ForAny:Bool",
        "BoolIfExistsIfExists",
        "BinaryNotEquals",
        "StringLike ",
        "NumericLike",
    };
    char text[200], expected[200];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(text, sizeof text, "{'%s':{'aws:key':'a'}}", names[i]);
        snprintf(expected, sizeof expected, "\"%s\" is not a condition operator", names[i]);
        refuse_condition(text, expected);
    }
    refuse_condition("{'ForAnyValue:Null':{'aws:key':true}}", "Null takes no ForAnyValue:");
    refuse_condition("{'ForAllValues:Null':{'aws:key':true}}", "Null takes no ForAnyValue:");
    refuse_condition("{'NullIfExists':{'aws:key':true}}", "Null takes no ForAnyValue:");
}

static void
conditions_are_objects_of_operators_of_keys(void **state)
{
    (void)state;
    refuse_condition("[]", "Condition: must be an object, not an array");
    refuse_condition("{'StringLike':'a'}", "StringLike: must be an object with at least one");
    refuse_condition("{'StringLike':{}}", "StringLike: must be an object with at least one");
    refuse_condition("{'StringLike':{'aws:key':[]}}", "aws:key: must not be an empty list");
    refuse_condition("{'StringLike':{'aws:key':null}}",
                     "aws:key: must be a string, a number or a boolean, not null");
    refuse_condition("{'StringLike':{'aws:key':['a',['b']]}}",
                     "aws:key[1]: must be a string, a number or a boolean, not an array");
    refuse_condition("{'StringLike':{'FromAddress':'a'}}",
                     "\"FromAddress\" is not a condition key");
    refuse_condition("{'StringLike':{':a':'a'}}", "is not a condition key");
    refuse_condition("{'StringLike':{'a:':'a'}}", "is not a condition key");
    refuse_condition("{'StringLike':{'aws:*':'a'}}", "is not a condition key");
    refuse_condition("{'StringLike':{'ses:FromAddress':'a','SES:fromaddress':'b'}}",
                     "Statement[0].Condition.StringLike.SES:fromaddress: appears twice");
    accept_condition("{'StringLike':{'ses:FromAddress':'a'},'StringEquals':"
                     "{'SES:fromaddress':'b'}}");
    accept_condition("{'StringLike':{'aws:PrincipalTag/cost center':'a'}}");
}

static void
condition_values_must_be_of_the_operators_type(void **state)
{
    (void)state;
    static const struct {
        const char *condition, *expected;
    } rows[] = {
        {"{'NumericEquals':{'a:b':''}}", "\"\" must be a number"},
        {"{'NumericEquals':{'a:b':'1x'}}", "\"1x\" must be a number"},
        {"{'NumericEquals':{'a:b':'.5'}}", "must be a number"},
        {"{'NumericEquals':{'a:b':'5.'}}", "must be a number"},
        {"{'NumericEquals':{'a:b':'1e'}}", "must be a number"},
        {"{'NumericEquals':{'a:b':'0x1'}}", "must be a number"},
        {"{'NumericEquals':{'a:b':'inf'}}", "must be a number"},
        {"{'NumericEquals':{'a:b':'1e999'}}", "must be a number"},
        {"{'NumericEquals':{'a:b':true}}", "\"true\" must be a number"},
        {"{'NumericEquals':{'a:b':'${aws:x}'}}", "must be a number"},
        {"{'DateEquals':{'a:b':'yesterday'}}", "must be a date"},
        {"{'DateEquals':{'a:b':'2018-02-30'}}", "must be a date"},
        {"{'DateEquals':{'a:b':'2018-13-01T00:00:00Z'}}", "must be a date"},
        {"{'DateEquals':{'a:b':1.5}}", "must be a date"},
        {"{'Bool':{'a:b':'yes'}}", "must be true or false"},
        {"{'Bool':{'a:b':1}}", "must be true or false"},
        {"{'Null':{'a:b':'no'}}", "must be true or false"},
        {"{'BinaryEquals':{'a:b':'QQ'}}", "must be base64"},
        {"{'BinaryEquals':{'a:b':'QR=='}}", "must be base64"},
        {"{'IpAddress':{'a:b':''}}", "must be an IP address"},
        {"{'IpAddress':{'a:b':'10.0.0'}}", "must be an IP address"},
        {"{'IpAddress':{'a:b':'10.0.0.256'}}", "must be an IP address"},
        {"{'IpAddress':{'a:b':'010.0.0.1'}}", "must be an IP address"},
        {"{'IpAddress':{'a:b':'10.0.0.0/'}}", "must be an IP address"},
        {"{'IpAddress':{'a:b':'10.0.0.0/33'}}", "must be an IP address"},
        {"{'IpAddress':{'a:b':'10.0.0.0/-1'}}", "must be an IP address"},
        {"{'IpAddress':{'a:b':'10.0.0.0/8/8'}}", "must be an IP address"},
        {"{'IpAddress':{'a:b':'10.0.0.0/256'}}", "must be an IP address"},
        {"{'IpAddress':{'a:b':'2001:db8::/129'}}", "must be an IP address"},
        {"{'IpAddress':{'a:b':'2001:db8:::'}}", "must be an IP address"},
        {"{'IpAddress':{'a:b':'fe80::1%eth0'}}", "must be an IP address"},
        {"{'ArnLike':{'a:b':'user/a'}}", "an ARN of six parts"},
        {"{'ArnEquals':{'a:b':'arn:aws:iam::1'}}", "an ARN of six parts"},
        {"{'StringLike':{'a:b':'${aws:x'}}", "a policy variable is not closed with }"},
        {"{'StringLike':{'a:b':'${'}}", "a policy variable is not closed with }"},
        {"{'StringLike':{'a:b':'${*'}}", "a policy variable is not closed with }"},
        {"{'StringLike':{'a:b':'${**}'}}", "must name a condition key"},
        {"{'StringLike':{'a:b':'${aws:x,}'}}", "must stand in single quotes"},
        {"{'StringLike':{'a:b':'${${aws:x}}'}}", "must name a condition key"},
        {"{'StringLike':{'ses:FromAddress':'t@t*\\u00e9.example'}}",
         "partly a wildcard and partly not ASCII"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        refuse_condition(rows[i].condition, rows[i].expected);
}

static void
characters_beyond_latin_1_are_refused(void **state)
{
    (void)state;
    const enum policy_kind kind = POLICY_IDENTITY_BASED;
    accept("{'Id':'\xc3\xbf',\t\r\n'Statement':{" PLAIN "}}", kind);
    accept("{'Id':'\\u592a\\u90ce','Statement':{" PLAIN "}}", kind);
    refuse("{\n 'Id':'\xc4\x80','Statement':{" PLAIN "}}", kind, "line 2, column 8: only tab");
    refuse("{'Id':'\xe5\xa4\xaa','Statement':{" PLAIN "}}", kind, "line 1, column 8: only tab");
    refuse("\x01{}", kind, "line 1, column 1: only tab");
    refuse("{'Id':'\xff','Statement':{" PLAIN "}}", kind, "is not UTF-8");
    refuse("{'Id':'\\u0000','Statement':{" PLAIN "}}", kind, "\\u0000 is not allowed");
    struct policy *policy;
    struct err err;
    assert_int_equal(policy_parse(SLICE("{}\0"), kind, &policy, &err), RC_SYNTAX);
}

/* A document of `count` statements, padded to `size` bytes. */
static enum rc
parse_sized(size_t count, size_t size, struct err *err)
{
    struct buf buf;
    struct policy *policy = NULL;
    buf_init(&buf, 1 << 20);
    buf_add_cstr(&buf, "{\"Statement\":[");
    for (size_t i = 0; i < count; i++)
        buf_printf(&buf, "%s{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\"}",
                   i > 0 ? "," : "");
    buf_add_cstr(&buf, "]}");
    while (buf.len < size)
        buf_add_char(&buf, ' ');
    enum rc rc = policy_parse(buf_slice(&buf), POLICY_IDENTITY_BASED, &policy, err);
    policy_unref(policy);
    buf_fini(&buf);
    return rc;
}

static void
size_and_number_of_statements_are_limited(void **state)
{
    (void)state;
    struct err err;
    assert_int_equal(parse_sized(1, POLICY_DOCUMENT_MAX, &err), RC_OK);
    assert_int_equal(parse_sized(1, POLICY_DOCUMENT_MAX + 1, &err), RC_LIMIT);
    assert_int_equal(err.rc, RC_LIMIT);
    assert_int_equal(parse_sized(1000, 0, &err), RC_OK);
    assert_int_equal(parse_sized(1001, 0, &err), RC_LIMIT);
    assert_int_equal(err.rc, RC_LIMIT);
    assert_non_null(strstr(err.text, "Statement: has more than 1000 statements"));
}

static void
deep_nesting_is_refused(void **state)
{
    (void)state;
    struct buf buf;
    struct policy *policy;
    struct err err;
    buf_init(&buf, POLICY_DOCUMENT_MAX);
    for (size_t i = 0; i < POLICY_DOCUMENT_MAX; i++)
        buf_add_char(&buf, '[');
    assert_int_equal(policy_parse(buf_slice(&buf), POLICY_IDENTITY_BASED, &policy, &err),
                     RC_SYNTAX);
    buf_fini(&buf);
}

/* Names from the document are shown in part only, so that the reason is not pushed out. */
static void
long_names_do_not_hide_the_reason(void **state)
{
    (void)state;
    struct buf buf;
    struct policy *policy;
    struct err err;
    buf_init(&buf, POLICY_DOCUMENT_MAX);
    buf_add_cstr(&buf, "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\","
                       "\"Condition\":{\"NumericEquals\":{\"a:");
    for (int i = 0; i < 5000; i++)
        buf_add_char(&buf, 'k');
    buf_add_cstr(&buf, "\":\"");
    for (int i = 0; i < 5000; i++)
        buf_add_char(&buf, 'v');
    buf_add_cstr(&buf, "\"}}}}");
    assert_int_equal(policy_parse(buf_slice(&buf), POLICY_IDENTITY_BASED, &policy, &err),
                     RC_SYNTAX);
    assert_non_null(strstr(err.text, "must be a number"));
    buf_fini(&buf);
}

static void
statements_keep_sid_and_text(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct policy *policy = NULL;
    struct err err;
    struct slice document =
        json_of(arena, "{'Statement':[ {'Sid':'One'," PLAIN "} ,\n{" PLAIN "}]}");
    assert_int_equal(policy_parse(document, POLICY_IDENTITY_BASED, &policy, &err), RC_OK);
    /* The policy does not lean on what it was made from. */
    memset((char *)document.ptr, 'x', document.len);
    assert_int_equal(policy_statement_count(policy), 2);
    assert_true(slice_is(policy_statement_sid(policy, 0), "One"));
    assert_int_equal(policy_statement_sid(policy, 1).len, 0);
    struct slice expected = json_of(arena, "{'Sid':'One'," PLAIN "}");
    assert_true(slice_eq(policy_statement_text(policy, 0), expected));
    expected = json_of(arena, "{" PLAIN "}");
    assert_true(slice_eq(policy_statement_text(policy, 1), expected));
    policy_unref(policy);
    arena_free(arena);
}

static void
a_statement_knows_its_place(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct policy *policy = NULL;
    struct policy_place start, end;
    struct err err;
    struct slice document =
        json_of(arena, "{'Statement':[ {" PLAIN "} ,\n{" PLAIN ",\n'Sid':'B'}]}");
    assert_int_equal(policy_parse(document, POLICY_IDENTITY_BASED, &policy, &err), RC_OK);
    policy_statement_place(policy, 0, &start, &end);
    assert_int_equal(start.line, 1);
    assert_int_equal(start.column, 16);
    assert_int_equal(end.line, 1);
    assert_int_equal(end.column, 16 + sizeof "{" PLAIN "}" - 1);
    policy_statement_place(policy, 1, &start, &end);
    assert_int_equal(start.line, 2);
    assert_int_equal(start.column, 1);
    assert_int_equal(end.line, 3);
    assert_int_equal(end.column, 11);
    policy_unref(policy);
    arena_free(arena);
}

static void
a_policy_tells_the_keys_it_asks_for_as_written(void **state)
{
    (void)state;
    static const char *const expected[] = {"AWS:UserName", "ses:FromAddress", "aws:userId",
                                           "aws:username"};
    struct arena *arena = arena_new();
    struct policy *policy = NULL;
    struct slice *keys;
    struct err err;
    struct slice document = json_of(
        arena, "{'Version':'2012-10-17','Statement':[{" PLAIN ",'Condition':{'StringEquals':"
               "{'AWS:UserName':'a','ses:FromAddress':['${aws:userId}${aws:x, 'y'}']}}},"
               "{'Effect':'Allow','Action':'*','Resource':'arn:aws:ses:*:*:${aws:username}'}]}");
    /* json_of wrote the default's quotes for JSON's. */
    char *quote = strstr(document.ptr, "\"y\"");
    quote[0] = quote[2] = '\'';
    assert_int_equal(policy_parse(document, POLICY_IDENTITY_BASED, &policy, &err), RC_OK);
    memset((char *)document.ptr, 'x', document.len);
    assert_int_equal(policy_keys(arena, policy, &keys), 4);
    policy_unref(policy);
    for (size_t i = 0; i < 4; i++)
        assert_true(slice_is(keys[i], expected[i]));
    arena_free(arena);
}

static void
a_policy_of_an_identity_has_that_one_resource(void **state)
{
    (void)state;
    static const char arn[] = "arn:aws:ses:us-east-1:123456789012:identity/test1.com";
    static const struct {
        const char *element, *expected; /* NULL: good */
    } rows[] = {
        {"'Resource':'arn:aws:ses:us-east-1:123456789012:identity/test1.com'", NULL},
        {"'Resource':['arn:aws:ses:us-east-1:123456789012:identity/test1.com']", NULL},
        {"'Resource':'*'", "Statement[1].Resource: must be \"arn:aws:ses"},
        {"'Resource':'arn:aws:ses:us-east-1:123456789012:identity/*'", "must be \"arn:aws:ses"},
        {"'Resource':'arn:aws:ses:us-east-1:123456789012:identity/test2.com'", "must be"},
        {"'Resource':['arn:aws:ses:us-east-1:123456789012:identity/test1.com','*']",
         "Resource: must be one ARN, not 2"},
        {"'NotResource':'arn:aws:ses:us-east-1:123456789012:identity/test1.com'",
         "Statement[1].NotResource: must be Resource"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct arena *arena = arena_new();
        struct policy *policy = NULL;
        struct err err = {0};
        char text[600];
        snprintf(text, sizeof text,
                 "{'Statement':[{'Effect':'Allow','Principal':'*','Action':'ses:*',"
                 "'Resource':'%s'},{'Effect':'Allow','Principal':'*','Action':'ses:*',%s}]}",
                 arn, rows[i].element);
        assert_int_equal(policy_parse(json_of(arena, text), POLICY_RESOURCE_BASED, &policy, &err),
                         RC_OK);
        enum rc rc = policy_check_resource(policy, slice_of(arn), &err);
        assert_int_equal(rc, rows[i].expected ? RC_SYNTAX : RC_OK);
        if (rows[i].expected && !strstr(err.text, rows[i].expected))
            fail_msg("%s: %s", rows[i].element, err.text);
        policy_unref(policy);
        arena_free(arena);
    }
}

static void *
take_and_give_back(void *argument)
{
    struct policy *policy = argument;
    for (int i = 0; i < 10000; i++)
        policy_unref(policy_ref(policy));
    policy_unref(policy);
    return NULL;
}

static void
references_are_counted_across_threads(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct policy *policy = NULL;
    struct err err;
    pthread_t threads[2];
    assert_int_equal(policy_parse(json_of(arena, "{'Statement':{" PLAIN "}}"),
                                  POLICY_IDENTITY_BASED, &policy, &err),
                     RC_OK);
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, take_and_give_back, policy_ref(policy)),
                         0);
    policy_unref(policy);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    policy_unref(NULL);
    arena_free(arena);
}

static void
errors_may_be_ignored(void **state)
{
    (void)state;
    struct policy *policy;
    assert_int_equal(
        policy_parse(SLICE("{\"Statement\":{\"Effect\":1}}"), POLICY_IDENTITY_BASED, &policy, NULL),
        RC_SYNTAX);
    assert_int_equal(policy_parse(SLICE("{"), POLICY_IDENTITY_BASED, &policy, NULL), RC_SYNTAX);
    assert_int_equal(parse_sized(1001, 0, NULL), RC_LIMIT);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(documents_of_every_form_are_read),
        cmocka_unit_test(errors_name_line_column_and_element),
        cmocka_unit_test(the_document_itself_is_read_strictly),
        cmocka_unit_test(statements_need_effect_action_and_resource),
        cmocka_unit_test(sids_are_letters_and_digits_and_unique),
        cmocka_unit_test(actions_are_service_and_name),
        cmocka_unit_test(resources_are_a_star_or_arns_of_six_parts),
        cmocka_unit_test(principals_belong_to_policies_of_identities),
        cmocka_unit_test(principals_are_accounts_users_or_everybody),
        cmocka_unit_test(every_condition_operator_is_known),
        cmocka_unit_test(unknown_operators_are_named),
        cmocka_unit_test(conditions_are_objects_of_operators_of_keys),
        cmocka_unit_test(condition_values_must_be_of_the_operators_type),
        cmocka_unit_test(characters_beyond_latin_1_are_refused),
        cmocka_unit_test(size_and_number_of_statements_are_limited),
        cmocka_unit_test(deep_nesting_is_refused),
        cmocka_unit_test(long_names_do_not_hide_the_reason),
        cmocka_unit_test(statements_keep_sid_and_text),
        cmocka_unit_test(a_statement_knows_its_place),
        cmocka_unit_test(a_policy_tells_the_keys_it_asks_for_as_written),
        cmocka_unit_test(a_policy_of_an_identity_has_that_one_resource),
        cmocka_unit_test(references_are_counted_across_threads),
        cmocka_unit_test(errors_may_be_ignored),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
