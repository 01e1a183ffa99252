/* Trees to bytes as botocore reads them. */
#include "api/wire_answers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static struct arena *arena;
static struct err err;

static int
setup(void **state)
{
    arena = arena_new();
    return 0;
}

static int
teardown(void **state)
{
    arena_free(arena);
    return 0;
}

static const struct operation_model *
model_of(enum service service, const char *operation)
{
    const struct operation_model *model = operation_model_find(service, slice_of(operation));
    assert_non_null(model);
    return model;
}

static struct json *
tree_of(const char *text)
{
    struct json *tree;
    assert_int_equal(json_parse(arena, slice_of(text), &tree, &err), RC_OK);
    return tree;
}

static void
check_xml(enum service service, const char *operation, const char *tree, const char *expected)
{
    struct buf out;
    buf_init(&out, 100000);
    if (xml_encode(&out, model_of(service, operation)->output, tree_of(tree), &err) != RC_OK)
        fail_msg("%s: %s", tree, err.text);
    if (!slice_is(buf_slice(&out), expected))
        fail_msg("\n%.*s\n%s", SLICE_ARG(buf_slice(&out)), expected);
    buf_fini(&out);
}

static void
xml_has_members_entries_and_text(void **state)
{
    check_xml(SERVICE_SES, "ListIdentities",
              "{\"Identities\":[\"a.b\",\"c<d>&\\\"\"],\"NextToken\":\"\"}",
              "<Identities><member>a.b</member><member>c&lt;d&gt;&amp;&quot;</member>"
              "</Identities>");
    check_xml(SERVICE_SES, "ListIdentities", "{\"Identities\":[],\"NextToken\":null}",
              "<Identities></Identities>");
    check_xml(SERVICE_SES, "GetIdentityVerificationAttributes",
              "{\"VerificationAttributes\":{\"a&b\":{\"VerificationStatus\":\"Success\"}}}",
              "<VerificationAttributes><entry><key>a&amp;b</key><value><VerificationStatus>Success"
              "</VerificationStatus></value></entry></VerificationAttributes>");
    check_xml(SERVICE_SES, "GetSendQuota", "{\"Max24HourSend\":200.0,\"MaxSendRate\":1.5}",
              "<Max24HourSend>200.0</Max24HourSend><MaxSendRate>1.5</MaxSendRate>");
    check_xml(SERVICE_SES, "GetAccountSendingEnabled", "{\"Enabled\":true}",
              "<Enabled>true</Enabled>");
    check_xml(SERVICE_IAM, "GetAccountSummary", "{\"SummaryMap\":{\"Users\":3}}",
              "<SummaryMap><entry><key>Users</key><value>3</value></entry></SummaryMap>");
    check_xml(SERVICE_IAM, "GetUser", "{\"User\":{\"CreateDate\":1701896578776}}",
              "<User><CreateDate>2023-12-06T21:02:58.776Z</CreateDate></User>");
    check_xml(SERVICE_SES, "DeleteIdentity", "{}", "");
}

static void
xml_holds_only_what_xml_can_hold(void **state)
{
    struct buf out;
    buf_init(&out, 1000);
    xml_escape(&out, SLICE("a\t\n\r\x01\x7f\xff\xc3\xa9\xe5\xa4\xaa\xef\xbf\xbf\xf0\x9f\x98\x80'"));
    assert_true(
        slice_eq(buf_slice(&out), SLICE("a\t\n&#xD;\xef\xbf\xbd\x7f\xef\xbf\xbd\xc3\xa9\xe5\xa4\xaa"
                                        "\xef\xbf\xbd\xf0\x9f\x98\x80'")));
    buf_fini(&out);
}

static void
check_answer(const char *operation, const char *tree, const char *expected)
{
    struct buf out;
    buf_init(&out, 100000);
    if (rest_encode(&out, model_of(SERVICE_SESV2, operation)->output, tree_of(tree), &err) != RC_OK)
        fail_msg("%s: %s", tree, err.text);
    if (!slice_is(buf_slice(&out), expected))
        fail_msg("\n%.*s\n%s", SLICE_ARG(buf_slice(&out)), expected);
    buf_fini(&out);
}

static void
json_has_seconds_and_no_nulls(void **state)
{
    check_answer("GetSuppressedDestination",
                 "{\"SuppressedDestination\":{\"EmailAddress\":\"a\",\"LastUpdateTime\":"
                 "1701896578006,\"Attributes\":null}}",
                 "{\"SuppressedDestination\":{\"EmailAddress\":\"a\",\"LastUpdateTime\":"
                 "1701896578.006}}");
    check_answer("GetEmailIdentityPolicies", "{\"Policies\":{\"p\":\"{\\\"a\\\":1}\"}}",
                 "{\"Policies\":{\"p\":\"{\\\"a\\\":1}\"}}");
    check_answer("GetAccount",
                 "{\"SendQuota\":{\"Max24HourSend\":200.0,\"MaxSendRate\":1.5},"
                 "\"SendingEnabled\":false}",
                 "{\"SendQuota\":{\"Max24HourSend\":200.0,\"MaxSendRate\":1.5},"
                 "\"SendingEnabled\":false}");
    check_answer("GetConfigurationSet", "{\"ReputationOptions\":{\"LastFreshStart\":-1500}}",
                 "{\"ReputationOptions\":{\"LastFreshStart\":-1.500}}");
    check_answer("TagResource", "{}", "{}");
}

static void
an_answer_that_does_not_fit_is_a_fault(void **state)
{
    static const char *const bad[] = {
        "{\"Nope\":1}",
        "{\"SendingEnabled\":\"x\"}",
        "{\"SendQuota\":{\"x\":1}}",
        "{\"SendQuota\":[]}",
        "[]",
        "{\"SuppressionAttributes\":{\"SuppressedReasons\":[1]}}",
        "{\"SuppressionAttributes\":{\"SuppressedReasons\":[null]}}",
    };
    const struct shape *output = model_of(SERVICE_SESV2, "GetAccount")->output;
    struct buf out;
    buf_init(&out, 1000);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(rest_encode(&out, output, tree_of(bad[i]), &err), RC_PERMANENT);
        assert_int_equal(xml_encode(&out, output, tree_of(bad[i]), &err), RC_PERMANENT);
    }
    output = model_of(SERVICE_SESV2, "GetSuppressedDestination")->output;
    assert_int_equal(rest_encode(&out, output,
                                 tree_of("{\"SuppressedDestination\":{\"LastUpdateTime\":1.5}}"),
                                 &err),
                     RC_PERMANENT);
    assert_int_equal(rest_encode(&out, NULL, tree_of("{\"a\":1}"), &err), RC_PERMANENT);
    buf_fini(&out);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(xml_has_members_entries_and_text),
        cmocka_unit_test(xml_holds_only_what_xml_can_hold),
        cmocka_unit_test(json_has_seconds_and_no_nulls),
        cmocka_unit_test(an_answer_that_does_not_fit_is_a_fault),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
