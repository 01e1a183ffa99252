/*
 * Each finding: a document that has it, with its place to the character, and one that has it not.
 * Documents are written with ' for ", and < > stand around the place that the finding is about.
 */
#include "authorize/lint.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define ACTION(service, name)                                                                      \
    {                                                                                              \
        {service, sizeof(service) - 1},                                                            \
        {                                                                                          \
            name, sizeof(name) - 1                                                                 \
        }                                                                                          \
    }
static const struct lint_action actions[] = {
    ACTION("ses", "SendEmail"),
    ACTION("ses", "SendRawEmail"),
    ACTION("ses", "GetAccount"),
    ACTION("iam", "GetUser"),
    ACTION("iam", "ListUsers"),
    ACTION("iam", "PassRole"),
    ACTION("iam", "CreateServiceLinkedRole"),
    ACTION("sts", "AssumeRole"),
    ACTION("access-analyzer", "ListAnalyzers"),
};
static const struct lint_catalogue catalogue = {actions, sizeof actions / sizeof *actions};

struct marked {
    struct slice document;
    bool has_place;
    struct lint_position start, end;
};

static void
advance(struct lint_position *position, char c)
{
    if (((unsigned char)c & 0xc0) == 0x80)
        return;
    position->offset++;
    position->column++;
    if (c == '\n')
        *position = (struct lint_position){position->line + 1, 0, position->offset};
}

static struct marked
unmark(struct arena *arena, const char *text)
{
    char *out = arena_alloc(arena, strlen(text) + 1);
    struct marked marked = {.document = {out, 0}};
    struct lint_position position = {.line = 1};
    for (; *text; text++) {
        if (*text == '<') {
            marked.start = position;
            marked.has_place = true;
        } else if (*text == '>') {
            marked.end = position;
        } else {
            char c = *text == '\'' ? '"' : *text;
            out[marked.document.len++] = c;
            advance(&position, c);
        }
    }
    return marked;
}

struct found {
    struct arena *arena;
    struct lint_finding *list;
    size_t count;
};

static struct found
lint(struct arena *arena, struct slice document, enum lint_policy policy)
{
    struct found found = {.arena = arena};
    lint_document(arena, document, policy, &catalogue, &found.list, &found.count);
    return found;
}

static const struct lint_finding *
find(const struct found *found, const char *code)
{
    for (size_t i = 0; i < found->count; i++)
        if (strcmp(found->list[i].code, code) == 0)
            return &found->list[i];
    return NULL;
}

static void
tell(const struct found *found)
{
    for (size_t i = 0; i < found->count; i++)
        print_error("  %s %s: %.*s\n", lint_severity_name(found->list[i].severity),
                    found->list[i].code, SLICE_ARG(found->list[i].details));
}

static bool
is_at(const struct lint_position *a, const struct lint_position *b)
{
    return a->line == b->line && a->column == b->column && a->offset == b->offset;
}

static void
check_place(const char *text, const struct lint_finding *finding, const struct marked *marked)
{
    const struct lint_location *location = &finding->locations[0];
    if (is_at(&location->start, &marked->start) && is_at(&location->end, &marked->end))
        return;
    fail_msg("%s\n  %s is at %u:%u (%u) to %u:%u (%u), not %u:%u (%u) to %u:%u (%u)", text,
             finding->code, location->start.line, location->start.column, location->start.offset,
             location->end.line, location->end.column, location->end.offset, marked->start.line,
             marked->start.column, marked->start.offset, marked->end.line, marked->end.column,
             marked->end.offset);
}

/* Does the code that stores policies take the document? */
static bool
is_taken(struct slice document, enum lint_policy policy)
{
    struct policy *parsed = NULL;
    enum rc rc = policy_parse(
        document, policy == LINT_RESOURCE_POLICY ? POLICY_RESOURCE_BASED : POLICY_IDENTITY_BASED,
        &parsed, NULL);
    policy_unref(parsed);
    return rc == RC_OK;
}

static bool
has_error(const struct found *found)
{
    for (size_t i = 0; i < found->count; i++)
        if (found->list[i].severity == LINT_ERROR)
            return true;
    return false;
}

/* What is refused has an error. */
static void
check_refusal(const char *text, const struct found *found, struct slice document,
              enum lint_policy policy)
{
    if ((policy == LINT_IDENTITY_POLICY || policy == LINT_RESOURCE_POLICY) &&
        !is_taken(document, policy) && !has_error(found))
        fail_msg("%s\n  is refused and has no error", text);
}

static void
has(const char *text, enum lint_policy policy, const char *code, enum lint_severity severity)
{
    struct arena *arena = arena_new();
    struct marked marked = unmark(arena, text);
    struct found found = lint(arena, marked.document, policy);
    const struct lint_finding *finding = find(&found, code);
    if (!finding) {
        tell(&found);
        fail_msg("%s\n  has no %s", text, code);
    }
    assert_string_equal(lint_severity_name(finding->severity), lint_severity_name(severity));
    assert_true(slice_starts(finding->link, SLICE("https://docs.aws.amazon.com/")));
    assert_true(marked.has_place);
    check_place(text, finding, &marked);
    check_refusal(text, &found, marked.document, policy);
    arena_free(arena);
}

static void
has_not(const char *text, enum lint_policy policy, const char *code)
{
    struct arena *arena = arena_new();
    struct marked marked = unmark(arena, text);
    struct found found = lint(arena, marked.document, policy);
    if (find(&found, code)) {
        tell(&found);
        fail_msg("%s\n  has %s", text, code);
    }
    check_refusal(text, &found, marked.document, policy);
    arena_free(arena);
}

/* A statement of a user's policy, between the same things. */
static const char *
around(const char *statement)
{
    static char text[4096];
    snprintf(text, sizeof text, "{'Version':'2012-10-17',\n 'Statement':[\n  {%s}]}", statement);
    return text;
}

static const char *
under(const char *condition)
{
    static char statement[2048];
    snprintf(statement, sizeof statement,
             "'Effect':'Allow','Action':'ses:SendEmail','Resource':'*','Condition':%s", condition);
    return around(statement);
}

static const char *
denying(const char *condition)
{
    static char statement[2048];
    snprintf(statement, sizeof statement,
             "'Effect':'Deny','Action':'ses:SendEmail','Resource':'*','Condition':%s", condition);
    return around(statement);
}

/* `with` has the finding and `without` has not; `made` puts what is around them. */
struct pair {
    const char *code;
    enum lint_severity severity;
    const char *with, *without;
};

static void
check_pairs(const struct pair *pairs, size_t count, const char *(*made)(const char *),
            enum lint_policy policy)
{
    for (size_t i = 0; i < count; i++) {
        has(made(pairs[i].with), policy, pairs[i].code, pairs[i].severity);
        has_not(made(pairs[i].without), policy, pairs[i].code);
    }
}
#define CHECK(pairs, made, policy) check_pairs(pairs, sizeof pairs / sizeof *pairs, made, policy)

static const char *
whole(const char *text)
{
    return text;
}

#define GOOD   "'Effect':'Allow','Action':'ses:SendEmail','Resource':'*'"
#define GOOD_2 "'Effect':'Allow','Action':'ses:GetAccount','Resource':'*'"

static void
documents(void **state)
{
    static const struct pair pairs[] = {
        {"JSON_SYNTAX_ERROR", LINT_ERROR, "{'Version':'2012-10-17',\n 'Statement':[{" GOOD "<>;]}",
         "{'Version':'2012-10-17','Statement':[{" GOOD "}]}"},
        {"JSON_SYNTAX_ERROR", LINT_ERROR, "{'Version':'2012-10-17',<>'Version':'2012-10-17'}",
         "{'Statement':[]}"},
        {"JSON_SYNTAX_ERROR", LINT_ERROR, "<>", "{}"},
        {"DATA_TYPE_MISMATCH", LINT_ERROR, "<['x']>", "{}"},
        {"DATA_TYPE_MISMATCH", LINT_ERROR, "{'Version':<2012>,'Statement':[{" GOOD "}]}",
         "{'Version':'2012'}"},
        {"DATA_TYPE_MISMATCH", LINT_ERROR,
         "{'Version':'2012-10-17','Id':<{}>,'Statement':[{" GOOD "}]}",
         "{'Version':'2012-10-17','Id':'x','Statement':[{" GOOD "}]}"},
        {"DATA_TYPE_MISMATCH", LINT_ERROR, "{'Version':'2012-10-17','Statement':[<'x'>]}",
         "{'Version':'2012-10-17','Statement':[{" GOOD "}]}"},
        {"INVALID_POLICY_ELEMENT", LINT_ERROR,
         "{'Version':'2012-10-17',<'statement'>:[],'Statement':[{" GOOD "}]}",
         "{'Version':'2012-10-17','Statement':[{" GOOD "}]}"},
        {"MISSING_VERSION", LINT_WARNING, " <{'Statement':[{" GOOD "}]}> ",
         "{'Version':'2012-10-17','Statement':[{" GOOD "}]}"},
        {"DEPRECATED_VERSION", LINT_WARNING, "{'Version':<'2008-10-17'>,'Statement':[{" GOOD "}]}",
         "{'Version':'2012-10-17','Statement':[{" GOOD "}]}"},
        {"INVALID_VERSION", LINT_ERROR, "{'Version':<'2012-10-18'>,'Statement':[{" GOOD "}]}",
         "{'Version':'2008-10-17','Statement':[{" GOOD "}]}"},
        {"MISSING_STATEMENT", LINT_ERROR, "<{'Version':'2012-10-17'}>",
         "{'Version':'2012-10-17','Statement':{" GOOD "}}"},
        {"MISSING_STATEMENT", LINT_ERROR, "{'Version':'2012-10-17','Statement':<[]>}",
         "{'Version':'2012-10-17','Statement':[{}]}"},
        {"UNIQUE_SIDS_REQUIRED", LINT_ERROR,
         "{'Version':'2012-10-17','Statement':[{'Sid':'A'," GOOD "},{'Sid':<'A'>," GOOD_2 "}]}",
         "{'Version':'2012-10-17','Statement':[{'Sid':'A'," GOOD "},{'Sid':'a'," GOOD_2 "}]}"},
        {"REDUNDANT_STATEMENT", LINT_SUGGESTION,
         "{'Version':'2012-10-17','Statement':[{" GOOD_2 "},<{'Sid':'A'," GOOD "}>,"
         "{'Resource':['*'],'Action':'ses:SendEmail','Effect':'Allow'}]}",
         "{'Version':'2012-10-17','Statement':[{" GOOD "},{" GOOD_2 "}]}"},
    };
    CHECK(pairs, whole, LINT_IDENTITY_POLICY);
}

static void
statements(void **state)
{
    static const struct pair pairs[] = {
        {"INVALID_POLICY_ELEMENT", LINT_ERROR, GOOD ",<'Conditions'>:{}", GOOD ",'Condition':{}"},
        {"MISSING_EFFECT", LINT_ERROR, "'Action':'ses:SendEmail','Resource':'*'}>", GOOD},
        {"INVALID_EFFECT", LINT_ERROR, "'Effect':<'allow'>,'Action':'ses:SendEmail','Resource':'*'",
         GOOD},
        {"DATA_TYPE_MISMATCH", LINT_ERROR,
         "'Effect':<true>,'Action':'ses:SendEmail','Resource':'*'", GOOD},
        {"MISSING_ACTION", LINT_ERROR, "'Effect':'Allow','Resource':'*'}>",
         "'Effect':'Allow','NotAction':'ses:SendEmail','Resource':'*'"},
        {"MISSING_RESOURCE", LINT_ERROR, "'Effect':'Allow','Action':'ses:SendEmail'}>",
         "'Effect':'Deny','Action':'ses:SendEmail','NotResource':'*'"},
        {"UNSUPPORTED_ELEMENT_COMBINATION", LINT_ERROR, GOOD ",<'NotAction'>:'ses:GetAccount'",
         GOOD},
        {"UNSUPPORTED_ELEMENT_COMBINATION", LINT_ERROR, GOOD ",<'NotResource'>:'*'", GOOD},
        {"UNSUPPORTED_PRINCIPAL", LINT_ERROR, GOOD ",<'Principal'>:'*'", GOOD},
        {"UNSUPPORTED_PRINCIPAL", LINT_ERROR, GOOD ",<'NotPrincipal'>:{'AWS':'123456789012'}",
         GOOD},
        {"EMPTY_SID_VALUE", LINT_SUGGESTION, "'Sid':<''>," GOOD, "'Sid':'A'," GOOD},
        {"UNSUPPORTED_SID", LINT_ERROR, "'Sid':<'a b'>," GOOD, "'Sid':'aB1'," GOOD},
        {"DATA_TYPE_MISMATCH", LINT_ERROR, "'Sid':<1>," GOOD, "'Sid':'1'," GOOD},
        {"ALLOW_WITH_NOT_ACTION", LINT_SECURITY_WARNING,
         "'Effect':'Allow',<'NotAction'>:'ses:SendEmail','Resource':'*'",
         "'Effect':'Deny','NotAction':'ses:SendEmail','Resource':'*'"},
        {"ALLOW_WITH_NOT_RESOURCE", LINT_SECURITY_WARNING,
         "'Effect':'Allow','Action':'ses:SendEmail',<'NotResource'>:'*'",
         "'Effect':'Deny','Action':'ses:SendEmail','NotResource':'*'"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        /* what is missing is the statement's */
        static char text[1024];
        bool statement = strchr(pairs[i].with, '>') && !strchr(pairs[i].with, '<');
        snprintf(text, sizeof text, "{'Version':'2012-10-17','Statement':[%s{%s%s]}",
                 statement ? "<" : "", pairs[i].with, statement ? "" : "}");
        has(text, LINT_IDENTITY_POLICY, pairs[i].code, pairs[i].severity);
        has_not(around(pairs[i].without), LINT_IDENTITY_POLICY, pairs[i].code);
    }
}

static void
actions_that_there_are(void **state)
{
    static const struct pair pairs[] = {
        {"INVALID_ACTION", LINT_ERROR,
         "'Effect':'Allow','Action':['ses:SendEmail',\n   <'ses:SendMail'>],'Resource':'*'",
         "'Effect':'Allow','Action':['SES:sendemail','ses:Send*','*','ses:Get?ccount'],"
         "'Resource':'*'"},
        {"INVALID_ACTION", LINT_ERROR, "'Effect':'Allow','Action':<'ses:Receive*'>,'Resource':'*'",
         GOOD},
        {"INVALID_ACTION", LINT_ERROR, "'Effect':'Allow','Action':<'SendEmail'>,'Resource':'*'",
         GOOD},
        {"INVALID_ACTION", LINT_ERROR, "'Effect':'Allow','Action':<'ses:'>,'Resource':'*'", GOOD},
        {"INVALID_SERVICE_IN_ACTION", LINT_ERROR,
         "'Effect':'Allow','NotAction':<'sse:SendEmail'>,'Resource':'*'", GOOD},
        {"INVALID_SERVICE_IN_ACTION", LINT_ERROR,
         "'Effect':'Allow','Action':<'s*:SendEmail'>,'Resource':'*'",
         "'Effect':'Allow','Action':'access-analyzer:*','Resource':'*'"},
        {"VARIABLE_UNSUPPORTED_IN_ELEMENT", LINT_ERROR,
         "'Effect':'Allow','Action':<'ses:${aws:username}'>,'Resource':'*'", GOOD},
        {"EMPTY_ARRAY_ACTION", LINT_ERROR, "'Effect':'Allow','Action':<[]>,'Resource':'*'", GOOD},
        {"DATA_TYPE_MISMATCH", LINT_ERROR, "'Effect':'Allow','Action':[<7>],'Resource':'*'", GOOD},
        {"REDUNDANT_ACTION", LINT_SUGGESTION,
         "'Effect':'Allow','Action':['ses:Get*','ses:Send*',<'SES:SendEmail'>],'Resource':'*'",
         "'Effect':'Allow','Action':['ses:Send*','ses:*Email'],'Resource':'*'"},
        {"REDUNDANT_ACTION", LINT_SUGGESTION,
         "'Effect':'Allow','Action':['ses:SendEmail',<'ses:SendEmail'>],'Resource':'*'", GOOD},
        {"PASS_ROLE_WITH_STAR_IN_RESOURCE", LINT_SECURITY_WARNING,
         "'Effect':'Allow','Action':'iam:PassRole','Resource':<'*'>",
         "'Effect':'Deny','Action':'iam:PassRole','Resource':'*'"},
        {"PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE", LINT_SECURITY_WARNING,
         "'Effect':'Allow','Action':'iam:*','Resource':<'*'>",
         "'Effect':'Allow','Action':'iam:List*','Resource':'*'"},
        {"PASS_ROLE_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION", LINT_SECURITY_WARNING,
         "'Effect':'Allow','NotAction':'ses:SendEmail','Resource':<'*'>",
         "'Effect':'Allow','NotAction':'iam:*','Resource':'*'"},
        {"PASS_ROLE_WITH_NOT_RESOURCE", LINT_SECURITY_WARNING,
         "'Effect':'Allow','Action':'iam:PassRole','NotResource':<'arn:aws:iam::*:role/a'>",
         "'Effect':'Allow','Action':'iam:PassRole','Resource':'arn:aws:iam::123456789012:role/a'"},
        {"PASS_ROLE_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE", LINT_SECURITY_WARNING,
         "'Effect':'Allow','Action':'iam:P*','NotResource':<'arn:aws:iam::*:role/a'>", GOOD},
        {"PASS_ROLE_WITH_NOT_ACTION_AND_NOT_RESOURCE", LINT_SECURITY_WARNING,
         "'Effect':'Allow','NotAction':'ses:*','NotResource':<'arn:aws:iam::*:role/a'>", GOOD},
        {"CREATE_SLR_WITH_STAR_IN_ACTION_AND_RESOURCE", LINT_WARNING,
         "'Effect':'Allow','Action':'*','Resource':<'*'>", GOOD},
        {"CREATE_SLR_WITH_STAR_IN_RESOURCE", LINT_WARNING,
         "'Effect':'Allow','Action':'iam:CreateServiceLinkedRole','Resource':<'*'>", GOOD},
        {"CREATE_SLR_WITH_NOT_RESOURCE", LINT_WARNING,
         "'Effect':'Allow','Action':'iam:CreateServiceLinkedRole','NotResource':<'*'>", GOOD},
        {"CREATE_SLR_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE", LINT_WARNING,
         "'Effect':'Allow','Action':'iam:C*','NotResource':<'*'>", GOOD},
        {"CREATE_SLR_WITH_NOT_ACTION_AND_NOT_RESOURCE", LINT_WARNING,
         "'Effect':'Allow','NotAction':'ses:*','NotResource':<'*'>", GOOD},
        {"CREATE_SLR_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION", LINT_WARNING,
         "'Effect':'Allow','NotAction':'ses:*','Resource':<'*'>", GOOD},
    };
    CHECK(pairs, around, LINT_IDENTITY_POLICY);
}

#define ON(resource)     "'Effect':'Allow','Action':'ses:SendEmail','Resource':" resource
#define IDENTITY(suffix) "arn:aws:ses:us-east-1:123456789012:identity/" suffix

static void
resources_that_can_be(void **state)
{
    static const struct pair pairs[] = {
        {"INVALID_ARN_PREFIX", LINT_ERROR, ON("<'test1.com'>"), ON("'" IDENTITY("test1.com") "'")},
        {"MISSING_ARN_FIELD", LINT_ERROR, ON("<'arn:aws:ses:us-east-1:identity/test1.com'>"),
         ON("'*'")},
        {"INVALID_PARTITION", LINT_ERROR,
         ON("<'arn:aws-cn:ses:us-east-1:123456789012:identity/a'>"),
         ON("'arn:*:ses:us-east-1:123456789012:identity/a'")},
        {"INVALID_ARN_SERVICE_CASE", LINT_ERROR,
         ON("<'arn:aws:SES:us-east-1:123456789012:identity/a'>"), ON("'*'")},
        {"INVALID_SERVICE", LINT_ERROR, ON("<'arn:aws:sse:us-east-1:123456789012:identity/a'>"),
         ON("'*'")},
        {"WILDCARD_IN_SERVICE_NAME", LINT_SUGGESTION, ON("<'arn:aws:s*:*:*:identity/a'>"),
         ON("'*'")},
        {"MISSING_ARN_REGION", LINT_ERROR, ON("<'arn:aws:ses::123456789012:identity/a'>"),
         ON("'arn:aws:ses:*:123456789012:identity/a'")},
        {"MISSING_ARN_ACCOUNT", LINT_ERROR, ON("<'arn:aws:ses:us-east-1::identity/a'>"),
         ON("'arn:aws:ses:us-east-1:*:identity/a'")},
        {"INVALID_ARN_ACCOUNT", LINT_ERROR, ON("<'arn:aws:ses:us-east-1:12345:identity/a'>"),
         ON("'arn:aws:ses:us-east-1:1234*:identity/a'")},
        {"ARN_REGION_NOT_ALLOWED", LINT_ERROR, ON("<'arn:aws:iam:us-east-1:123456789012:user/a'>"),
         ON("'arn:aws:iam::123456789012:user/a'")},
        {"INVALID_ARN_RESOURCE", LINT_ERROR,
         ON("['*',\n<'arn:aws:ses:us-east-1:123456789012:identities/a'>]"),
         ON("['arn:aws:ses:us-east-1:123456789012:*','arn:aws:ses:us-east-1:123456789012:*/a',"
            "'arn:aws:ses:us-east-1:123456789012:${ses:FromAddress}',"
            "'arn:aws:iam::123456789012:root']")},
        {"EMPTY_ARRAY_RESOURCE", LINT_ERROR, ON("<[]>"), ON("['*']")},
        {"REDUNDANT_RESOURCE", LINT_SUGGESTION,
         ON("[<'" IDENTITY("test1.com") "'>,'arn:aws:ses:us-east-1:123456789012:identity/*']"),
         ON("['" IDENTITY("test1.com") "','" IDENTITY("*.test1.com") "']")},
        {"REDUNDANT_RESOURCE", LINT_SUGGESTION, ON("['*',<'" IDENTITY("a") "'>]"), ON("'*'")},
        {"VARIABLE_UNSUPPORTED_IN_ELEMENT", LINT_ERROR,
         ON("<'arn:aws:ses:us-east-1:${aws:PrincipalAccount}:identity/a'>"),
         ON("'" IDENTITY("${aws:username}") "'")},
        {"MISSING_BRACE_IN_VARIABLE", LINT_ERROR, ON("<'" IDENTITY("${aws:username") "'>"),
         ON("'" IDENTITY("${*}${aws:username}") "'")},
        {"MISSING_QUOTE_IN_VARIABLE", LINT_ERROR, ON("<'" IDENTITY("${aws:username, x}") "'>"),
         ON("'" IDENTITY("${aws:username}") "'")},
        {"EMPTY_VARIABLE", LINT_ERROR, ON("<'" IDENTITY("${ }") "'>"),
         ON("'" IDENTITY("${aws:username}") "'")},
        {"UNSUPPORTED_SPACE_IN_VARIABLE", LINT_ERROR, ON("<'" IDENTITY("${ aws:username}") "'>"),
         ON("'" IDENTITY("${aws:username}") "'")},
        {"INVALID_GLOBAL_CONDITION_KEY", LINT_ERROR, ON("<'" IDENTITY("${aws:user}") "'>"),
         ON("'" IDENTITY("${aws:userid}") "'")},
    };
    CHECK(pairs, around, LINT_IDENTITY_POLICY);
    has("{'Statement':{" ON("<'" IDENTITY("${aws:username}") "'>") "}}", LINT_IDENTITY_POLICY,
        "VARIABLE_UNSUPPORTED_IN_VERSION", LINT_ERROR);
}

static void
conditions(void **state)
{
    static const struct pair pairs[] = {
        {"DATA_TYPE_MISMATCH", LINT_ERROR, "<'x'>", "{}"},
        {"EMPTY_OBJECT_CONDITION", LINT_SUGGESTION, "<{}>",
         "{'Bool':{'aws:SecureTransport':'true'}}"},
        {"EMPTY_OBJECT_CONDITION", LINT_ERROR, "{'Bool':<{}>}",
         "{'Bool':{'aws:SecureTransport':true}}"},
        {"INVALID_CONDITION_OPERATOR", LINT_ERROR, "{<'Stringlike'>:{'aws:username':'x'}}",
         "{'StringLike':{'aws:username':'x'}}"},
        {"NULL_WITH_IF_EXISTS", LINT_ERROR, "{<'NullIfExists'>:{'aws:username':'true'}}",
         "{'Null':{'aws:username':'true'}}"},
        {"NULL_WITH_QUALIFIER", LINT_ERROR, "{'ForAnyValue:Null':<{'ses:Recipients':'true'}>}",
         "{'Null':{'ses:Recipients':'true'}}"},
        {"DUPLICATE_KEYS_WITH_DIFFERENT_CASE", LINT_ERROR,
         "{'StringLike':{'aws:username':'x',<'aws:UserName'>:'y'}}",
         "{'StringLike':{'aws:username':'x'},'StringNotLike':{'aws:UserName':'y'}}"},
        {"INVALID_CONDITION_KEY_FORMAT", LINT_ERROR, "{'StringLike':{<'FromAddress'>:'x@a.b'}}",
         "{'StringLike':{'ses:FromAddress':'x@a.b'}}"},
        {"INVALID_GLOBAL_CONDITION_KEY", LINT_ERROR, "{'StringLike':{<'aws:FromAddress'>:'x'}}",
         "{'StringLike':{'aws:PrincipalTag/FromAddress':'x'}}"},
        {"INVALID_SERVICE_CONDITION_KEY", LINT_ERROR, "{'StringLike':{<'ses:From'>:'x'}}",
         "{'StringLike':{'SES:fromaddress':'x'}}"},
        {"INVALID_SERVICE", LINT_ERROR, "{'StringLike':{<'sse:FromAddress'>:'x'}}", "{}"},
        {"CONDITION_KEY_NOT_SET_HERE", LINT_WARNING,
         "{'Bool':{<'aws:MultiFactorAuthPresent'>:'true'}}",
         "{'Bool':{'aws:SecureTransport':'true'}}"},
        {"EMPTY_ARRAY_CONDITION", LINT_ERROR, "{'StringLike':{'aws:username':<[]>}}", "{}"},
        {"EMPTY_ARRAY_CONDITION_FORALLVALUES", LINT_ERROR,
         "{'ForAllValues:StringLike':{'ses:Recipients':<[]>}}", "{}"},
        {"EMPTY_ARRAY_CONDITION_FORANYVALUE", LINT_ERROR,
         "{'ForAnyValue:StringLike':{'ses:Recipients':<[]>}}", "{}"},
        {"EMPTY_ARRAY_CONDITION_IFEXISTS", LINT_ERROR,
         "{'StringLikeIfExists':{'aws:username':<[]>}}", "{}"},
        {"DATA_TYPE_MISMATCH", LINT_ERROR, "{'StringLike':{'aws:username':['x',<null>]}}", "{}"},
        {"INVALID_CONDITION_DATA_TYPE", LINT_ERROR, "{'StringLike':{'aws:username':<['x',7]>}}",
         "{'StringLike':{'aws:username':['x','7']}}"},
        {"INVALID_CONDITION_MULTIPLE_BOOLEAN", LINT_ERROR,
         "{'Bool':{'aws:SecureTransport':<['true','false']>}}",
         "{'Bool':{'aws:SecureTransport':['true']}}"},
        {"TYPE_MISMATCH", LINT_WARNING, "{'StringLike':{<'aws:SourceIp'>:'10.*'}}",
         "{'IpAddress':{'aws:SourceIp':'10.0.0.0/8'}}"},
        {"TYPE_MISMATCH_BOOLEAN", LINT_ERROR, "{'Bool':{'aws:SecureTransport':<'yes'>}}",
         "{'Bool':{'aws:SecureTransport':'True'}}"},
        {"TYPE_MISMATCH_DATE", LINT_ERROR, "{'DateLessThan':{'aws:CurrentTime':<'tomorrow'>}}",
         "{'DateLessThan':{'aws:CurrentTime':'2030-01-01'}}"},
        {"TYPE_MISMATCH_IP_RANGE", LINT_ERROR,
         "{'IpAddress':{'aws:SourceIp':['10.0.0.0/8',<'10.0.0.0/33'>]}}",
         "{'IpAddress':{'aws:SourceIp':['10.0.0.0/8','2001:db8::1']}}"},
        {"TYPE_MISMATCH_NUMBER", LINT_ERROR,
         "{'NumericLessThan':{'aws:MultiFactorAuthAge':<'long'>}}",
         "{'NumericLessThan':{'aws:MultiFactorAuthAge':'3600'}}"},
        {"INVALID_VARIABLE_FOR_OPERATOR", LINT_ERROR,
         "{'IpAddress':{'aws:SourceIp':<'${aws:SourceIp}'>}}",
         "{'StringEquals':{'aws:SourceIp':'${aws:SourceIp}'}}"},
        {"INVALID_DATE_VALUE", LINT_WARNING, "{'DateLessThan':{'aws:CurrentTime':<'1893456000'>}}",
         "{'DateLessThan':{'aws:EpochTime':'1893456000'}}"},
        {"IMPROVE_IP_RANGE", LINT_SUGGESTION, "{'IpAddress':{'aws:SourceIp':<'10.1.2.3/8'>}}",
         "{'IpAddress':{'aws:SourceIp':'10.1.2.3'}}"},
        {"INVALID_ARN_PREFIX", LINT_ERROR, "{'ArnLike':{'aws:PrincipalArn':<'user/taro'>}}",
         "{'ArnLike':{'aws:PrincipalArn':'arn:aws:iam::*:user/taro'}}"},
        {"MISSING_ARN_FIELD", LINT_ERROR, "{'ArnLike':{'aws:PrincipalArn':<'arn:aws:iam'>}}",
         "{'ArnLike':{'aws:PrincipalArn':'*'}}"},
        {"WILDCARD_WITHOUT_LIKE_OPERATOR", LINT_WARNING,
         "{'StringEquals':{'ses:FromAddress':<'*@test1.com'>}}",
         "{'StringLike':{'ses:FromAddress':'*@test1.com'}}"},
        {"ADDRESS_NEVER_MATCHES", LINT_WARNING, "{'StringLike':{'ses:FromAddress':<'test1.com'>}}",
         "{'StringLike':{'ses:FromAddress':['taro@TEST1.com','*.test1.com','taro?test1.com',"
         "'${aws:username}@test1.com']}}"},
        {"ADDRESS_NEVER_MATCHES", LINT_WARNING,
         "{'StringEquals':{'ses:FeedbackAddress':<'Taro taro@test1.com'>}}", "{}"},
        {"ADDRESS_NEVER_MATCHES", LINT_WARNING, "{'StringLike':{'ses:FromAddress':<'a?'>}}",
         "{'StringLike':{'ses:FromAddress':'*?'}}"},
        {"INVALID_ADDRESS_VALUE", LINT_ERROR,
         "{'StringLike':{'ses:FromAddress':<'taro@b\303\274*.example'>}}",
         "{'StringLike':{'ses:FromAddress':'taro@b\303\274cher.example'}}"},
        {"MISSING_QUALIFIER", LINT_ERROR, "{'StringLike':{<'ses:Recipients'>:'*@test1.com'}}",
         "{'ForAnyValue:StringLike':{'ses:Recipients':'*@test1.com'}}"},
        {"FORALLVALUES_WITH_SINGLE_VALUED_KEY", LINT_SECURITY_WARNING,
         "{'ForAllValues:StringLike':{<'ses:FromAddress'>:'*@test1.com'}}",
         "{'StringLike':{'ses:FromAddress':'*@test1.com'}}"},
        {"FORALLVALUES_WITHOUT_NULL_CHECK", LINT_SECURITY_WARNING,
         "{'Null':{'ses:Recipients':'true'},\n"
         " 'ForAllValues:StringLike':{<'ses:Recipients'>:'*@test1.com'}}",
         "{'Null':{'ses:recipients':'false'},"
         "'ForAllValues:StringLike':{'ses:Recipients':'*@test1.com'}}"},
        {"FORANYVALUE_WITH_SINGLE_VALUED_KEY", LINT_SUGGESTION,
         "{'ForAnyValue:StringLike':{<'ses:FromAddress'>:'taro@test1.com'}}",
         "{'StringLike':{'ses:FromAddress':'taro@test1.com'}}"},
        {"REDUNDANT_CONDITION_VALUE_NUM", LINT_SUGGESTION,
         "{'NumericLessThan':{'aws:MultiFactorAuthAge':<['2700','3600']>}}",
         "{'NumericEquals':{'aws:MultiFactorAuthAge':['2700','3600']}}"},
        {"REDUNDANT_CONDITION_VALUE", LINT_SUGGESTION,
         "{'StringLike':{'ses:FromAddress':[<'taro@test1.com'>,'*@test1.com']}}",
         "{'StringEquals':{'ses:FromAddress':['taro@test1.com','*@test1.com']}}"},
    };
    CHECK(pairs, under, LINT_IDENTITY_POLICY);
    has_not(denying("{'ForAllValues:StringLike':{'ses:FromAddress':'*@test1.com'}}"),
            LINT_IDENTITY_POLICY, "FORALLVALUES_WITH_SINGLE_VALUED_KEY");
}

static const char *
of_identity(const char *principal)
{
    static char statement[2048];
    snprintf(statement, sizeof statement,
             "'Effect':'Allow',%s'Action':'ses:SendEmail','Resource':'" IDENTITY("a") "'",
             principal);
    return around(statement);
}

static void
principals(void **state)
{
    static const struct pair pairs[] = {
        {"INVALID_PRINCIPAL_FORMAT", LINT_ERROR, "'Principal':<'123456789012'>,",
         "'Principal':'*',"},
        {"INVALID_PRINCIPAL_FORMAT", LINT_ERROR, "'Principal':{'AWS':<'taro'>},",
         "'Principal':{'AWS':['123456789012','arn:aws:iam::123456789012:user/taro']},"},
        {"INVALID_PRINCIPAL_KEY", LINT_ERROR, "'Principal':{<'aws'>:'*'},",
         "'Principal':{'Service':'ses.amazonaws.com'},"},
        {"EMPTY_OBJECT_PRINCIPAL", LINT_ERROR, "'Principal':<{}>,", "'Principal':'*',"},
        {"EMPTY_ARRAY_PRINCIPAL", LINT_ERROR, "'Principal':{'AWS':<[]>},", "'Principal':'*',"},
        {"DATA_TYPE_MISMATCH", LINT_ERROR, "'Principal':{'AWS':[<12>]},", "'Principal':'*',"},
        {"UNSUPPORTED_WILDCARD_IN_PRINCIPAL", LINT_ERROR,
         "'Principal':{'AWS':<'arn:aws:iam::123456789012:user/*'>},", "'Principal':{'AWS':'*'},"},
        {"INVALID_USER_REFERENCE", LINT_ERROR, "'Principal':{'AWS':<'AIDACKCEVSQ6C2EXAMPLE'>},",
         "'Principal':'*',"},
        {"INVALID_ROLE_REFERENCE", LINT_ERROR, "'Principal':{'AWS':<'AROACKCEVSQ6C2EXAMPLE'>},",
         "'Principal':'*',"},
        {"ALLOW_WITH_NOT_PRINCIPAL", LINT_SECURITY_WARNING,
         "<'NotPrincipal'>:{'AWS':'123456789012'},", "'Principal':{'AWS':'123456789012'},"},
        {"MALFORMED_POLICY_DOCUMENT", LINT_ERROR,
         "'Principal':{'AWS':<>'arn:aws:iam::123456789012:group/x'},", "'Principal':'*',"},
    };
    CHECK(pairs, of_identity, LINT_RESOURCE_POLICY);
    has("{'Version':'2012-10-17','Statement':<{" GOOD "}>}", LINT_RESOURCE_POLICY,
        "MISSING_PRINCIPAL", LINT_ERROR);
    has("{'Version':'2012-10-17','Statement':[{'Sid':'a','Principal':'*'," GOOD "},"
        "{'Sid':<'a'>,'Principal':'*'," GOOD_2 "}]}",
        LINT_RESOURCE_POLICY, "UNIQUE_SIDS_RECOMMENDED", LINT_WARNING);
}

static void
policies_of_organizations_and_roles(void **state)
{
    has("{'Version':'2012-10-17','Statement':{<'Principal'>:'*'," GOOD "}}",
        LINT_SERVICE_CONTROL_POLICY, "SCP_SYNTAX_ERROR_PRINCIPAL", LINT_ERROR);
    has("{'Version':'2012-10-17','Statement':{'Principal':<{'AWS':'*'}>,'Effect':'Deny',"
        "'Action':'ses:*','Resource':'*'}}",
        LINT_RESOURCE_CONTROL_POLICY, "RCP_SYNTAX_ERROR_PRINCIPAL", LINT_ERROR);
    has("{'Version':'2012-10-17','Statement':<{'Principal':'*'," GOOD ",'Condition':{}}>}",
        LINT_RESOURCE_CONTROL_POLICY, "RCP_SYNTAX_ERROR_ALLOW", LINT_ERROR);
    has("{'Version':'2012-10-17','Statement':{'Principal':'*','Effect':'Deny',"
        "<'NotAction'>:'ses:*','Resource':'*'}}",
        LINT_RESOURCE_CONTROL_POLICY, "RCP_SYNTAX_ERROR_NOTACTION", LINT_ERROR);
    has("{'Version':'2012-10-17','Statement':{'Effect':'Allow','Principal':<'*'>,"
        "'Action':'sts:AssumeRole'}}",
        LINT_TRUST_POLICY, "ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL", LINT_ERROR);
    has("{'Version':'2012-10-17','Statement':{'Effect':'Allow','Principal':{'AWS':'123456789012'},"
        "'Action':'sts:AssumeRole',<'Resource'>:'*'}}",
        LINT_TRUST_POLICY, "ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE", LINT_ERROR);
    has_not("{'Version':'2012-10-17','Statement':{'Effect':'Allow',"
            "'Principal':{'AWS':'123456789012'},'Action':'sts:AssumeRole'}}",
            LINT_TRUST_POLICY, "MISSING_RESOURCE");
}

static void
check_clean(const char *text, enum lint_policy policy)
{
    struct arena *arena = arena_new();
    struct found found = lint(arena, unmark(arena, text).document, policy);
    tell(&found);
    assert_int_equal(found.count, 0);
    arena_free(arena);
}

static void
good_policies_have_no_findings(void **state)
{
    check_clean(
        "{'Version':'2012-10-17','Statement':[{'Effect':'Allow','Action':'ses:SendRawEmail',"
        "'Resource':'*','Condition':{'StringEquals':{'ses:FromAddress':'taro@test1.com'},"
        "'IpAddress':{'aws:SourceIp':['192.0.2.0/24','2001:db8::/32']},"
        "'Bool':{'aws:SecureTransport':'true'}}}]}",
        LINT_IDENTITY_POLICY);
    check_clean("{'Version':'2012-10-17','Id':'x','Statement':{'Sid':'a b','Effect':'Allow',"
                "'Principal':{'AWS':'arn:aws:iam::123456789012:user/taro'},"
                "'Action':['ses:SendEmail','ses:SendRawEmail'],'Resource':'" IDENTITY("a") "'}}",
                LINT_RESOURCE_POLICY);
}

static void
every_fault_of_a_document_is_told(void **state)
{
    struct arena *arena = arena_new();
    struct marked marked =
        unmark(arena, "{'Statement':[{'Effect':'allow','Action':'ses:Nope','Resource':'x'},"
                      "{'Effect':'Deny','Actions':'*','Resource':'*','Condition':{'Like':{}}}]}");
    struct found found = lint(arena, marked.document, LINT_IDENTITY_POLICY);
    static const char *const expected[] = {
        "MISSING_VERSION",
        "INVALID_EFFECT",
        "INVALID_ACTION",
        "INVALID_ARN_PREFIX",
        "INVALID_POLICY_ELEMENT",
        "MISSING_ACTION",
        "INVALID_CONDITION_OPERATOR",
    };
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        if (i >= found.count || strcmp(found.list[i].code, expected[i]) != 0) {
            tell(&found);
            fail_msg("finding %zu is not %s", i, expected[i]);
        }
    assert_int_equal(found.count, sizeof expected / sizeof *expected);
    arena_free(arena);
}

static void
details_are_those_of_the_reference(void **state)
{
    struct arena *arena = arena_new();
    struct found found =
        lint(arena,
             unmark(arena, around("'Effect':'Allow','Action':['ses:SendMail','ses:*',"
                                  "'ses:SendEmail','SES:GetAccount'],'Resource':'*'"))
                 .document,
             LINT_IDENTITY_POLICY);
    const struct lint_finding *invalid = find(&found, "INVALID_ACTION");
    const struct lint_finding *redundant = find(&found, "REDUNDANT_ACTION");
    assert_true(slice_is(invalid->details,
                         "The action ses:SendMail does not exist. Did you mean ses:SendEmail?"));
    assert_true(slice_is(
        invalid->link,
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks."
        "html#access-analyzer-reference-policy-checks-error-invalid-action"));
    assert_true(
        slice_is(redundant->details,
                 "The 3 action(s) are redundant because they provide similar permissions. "
                 "Update the policy to remove the redundant action such as: ses:SendMail."));
    assert_int_equal(redundant->location_count, 3);
    const struct lint_location *location = &redundant->locations[2];
    assert_int_equal(location->path_len, 4);
    assert_true(slice_is(location->path[0].name, "Statement"));
    assert_int_equal(location->path[1].kind, LINT_STEP_INDEX);
    assert_int_equal(location->path[1].index, 0);
    assert_true(slice_is(location->path[2].name, "Action"));
    assert_int_equal(location->path[3].index, 3);
    arena_free(arena);
}

/* Columns and offsets count characters. */
static void
places_count_characters(void **state)
{
    has("{'Version':'2012-10-17','Id':'\303\274\303\274',<'x'>:1,'Statement':{" GOOD "}}",
        LINT_IDENTITY_POLICY, "INVALID_POLICY_ELEMENT", LINT_ERROR);
}

static struct slice
repeat(struct arena *arena, const char *head, const char *piece, size_t times, const char *tail)
{
    struct buf out;
    buf_init(&out, POLICY_DOCUMENT_MAX * 4);
    buf_add_cstr(&out, head);
    for (size_t i = 0; i < times; i++)
        buf_printf(&out, "%s%s", i ? "," : "", piece);
    buf_add_cstr(&out, tail);
    struct slice text = arena_dup(arena, buf_slice(&out));
    buf_fini(&out);
    return text;
}

static void
a_long_document_has_findings_with_an_end(void **state)
{
    struct arena *arena = arena_new();
    struct slice text = repeat(arena, "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":[",
                               "\"ses:*a*b*c*d*e\"", 7000, "],\"Resource\":[]}]}");
    struct found found = lint(arena, text, LINT_IDENTITY_POLICY);
    assert_int_equal(found.count, LINT_FINDINGS_MAX);
    text = repeat(arena, "{\"Statement\":[", "{}", 10000, "]}");
    found = lint(arena, text, LINT_IDENTITY_POLICY);
    assert_int_equal(found.count, LINT_FINDINGS_MAX);
    text = repeat(arena, "{\"Statement\":[", "{}", 100000, "]}");
    found = lint(arena, text, LINT_IDENTITY_POLICY);
    assert_int_equal(found.count, 1);
    assert_string_equal(found.list[0].code, "MALFORMED_POLICY_DOCUMENT");
    arena_free(arena);
}

/* The first error is told even when so much was suggested before it. */
static void
an_error_is_never_left_out(void **state)
{
    struct arena *arena = arena_new();
    struct slice text =
        repeat(arena, "{\"Version\":\"2012-10-17\",\"Statement\":[",
               "{\"Sid\":\"\",\"Effect\":\"Deny\",\"Action\":\"ses:*\",\"Resource\":\"*\"}", 600,
               ",{\"Effect\":\"deny\",\"Action\":\"ses:*\",\"Resource\":\"*\"}]}");
    struct found found = lint(arena, text, LINT_IDENTITY_POLICY);
    assert_int_equal(found.count, LINT_FINDINGS_MAX);
    assert_true(has_error(&found));
    arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(documents),
        cmocka_unit_test(statements),
        cmocka_unit_test(actions_that_there_are),
        cmocka_unit_test(resources_that_can_be),
        cmocka_unit_test(conditions),
        cmocka_unit_test(principals),
        cmocka_unit_test(policies_of_organizations_and_roles),
        cmocka_unit_test(good_policies_have_no_findings),
        cmocka_unit_test(every_fault_of_a_document_is_told),
        cmocka_unit_test(details_are_those_of_the_reference),
        cmocka_unit_test(places_count_characters),
        cmocka_unit_test(a_long_document_has_findings_with_an_end),
        cmocka_unit_test(an_error_is_never_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
