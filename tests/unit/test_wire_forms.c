/* Bytes of SDKs to trees: the requests are as botocore writes them. */
#include "api/wire_forms.h"

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

static void
dump_value(struct json_writer *writer, const struct json *value)
{
    switch (value->type) {
    case JSON_STRING: json_write_string(writer, value->text); return;
    case JSON_NUMBER: json_write_raw(writer, value->text); return;
    case JSON_BOOL: json_write_bool(writer, value->boolean); return;
    case JSON_NULL: json_write_null(writer); return;
    case JSON_ARRAY: json_open_array(writer); break;
    case JSON_OBJECT: json_open_object(writer); break;
    }
    size_t count = 0;
    for (const struct json *child = value->first; child; child = child->next) {
        if (value->type == JSON_OBJECT)
            json_key_slice(writer, child->name);
        dump_value(writer, child);
        count++;
    }
    assert_int_equal(count, value->count);
    if (value->type == JSON_ARRAY)
        json_close_array(writer);
    else
        json_close_object(writer);
}

static void
check_tree(const struct json *tree, const char *expected)
{
    struct buf text;
    struct json_writer writer;
    buf_init(&text, 100000);
    json_writer_init(&writer, &text);
    dump_value(&writer, tree);
    if (!slice_is(buf_slice(&text), expected))
        fail_msg("\n%.*s\n%s", SLICE_ARG(buf_slice(&text)), expected);
    buf_fini(&text);
}

static struct form
parse(const char *text)
{
    struct form form;
    assert_int_equal(form_parse(arena, slice_of(text), &form, &err), RC_OK);
    return form;
}

static enum rc
decode_form(enum service service, const char *operation, const char *text, struct json **tree)
{
    struct form form = parse(text);
    err.text[0] = '\0';
    return form_decode(arena, &form, model_of(service, operation)->input, tree, &err);
}

static void
check_form(enum service service, const char *operation, const char *text, const char *expected)
{
    struct json *tree;
    if (decode_form(service, operation, text, &tree) != RC_OK)
        fail_msg("%s: %s", text, err.text);
    check_tree(tree, expected);
}

static void
refuse_form(enum service service, const char *operation, const char *text, const char *why)
{
    struct json *tree;
    assert_int_equal(decode_form(service, operation, text, &tree), RC_SYNTAX);
    assert_string_equal(err.text, why);
}

static void
pairs_of_a_form_are_decoded(void **state)
{
    struct slice value;
    struct form form = parse("a=b+c%2Bd&&=e&f&g=h=i&a=2");
    assert_int_equal(form.count, 5);
    assert_true(form_get(&form, "a", &value) && slice_is(value, "b c+d"));
    assert_true(form_get(&form, "f", &value) && slice_is(value, ""));
    assert_true(form_get(&form, "g", &value) && slice_is(value, "h=i"));
    assert_true(form_get(&form, "", &value) && slice_is(value, "e"));
    assert_false(form_get(&form, "b", &value));
    assert_int_equal(parse("").count, 0);
}

static void
a_form_that_is_not_text_is_refused(void **state)
{
    static const char *const bad[] = {"a=%", "a=%4", "a=%4g", "%zz=1", "a=%00", "a=%ff", "%c3=1"};
    struct form form;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(form_parse(arena, slice_of(bad[i]), &form, &err), RC_SYNTAX);
}

static void
a_form_has_a_limit_of_pairs(void **state)
{
    struct form form;
    size_t len = 2 * (FORM_PAIRS_MAX + 1) - 1;
    char *text = arena_alloc(arena, len);
    for (size_t i = 0; i < len; i++)
        text[i] = i % 2 ? '&' : 'a';
    assert_int_equal(form_parse(arena, (struct slice){text, len}, &form, &err), RC_LIMIT);
    assert_int_equal(form_parse(arena, (struct slice){text, len - 2}, &form, &err), RC_OK);
    assert_int_equal(form.count, FORM_PAIRS_MAX);
}

static void
a_nested_message_is_read(void **state)
{
    check_form(
        SERVICE_SES, "SendEmail",
        "Action=SendEmail&Version=2010-12-01&Source=Taro+%3Ctaro%40test1.com%3E"
        "&Destination.ToAddresses.member.1=a%2Bb%40example.com"
        "&Destination.ToAddresses.member.2=b%40example.com&Destination.CcAddresses="
        "&Message.Subject.Data=Gr%C3%BC%C3%9Fe+%26+mehr&Message.Subject.Charset=UTF-8"
        "&Message.Body.Text.Data=line+1%0Aline%3D2&Tags.member.1.Name=k&Tags.member.1.Value=v"
        "&ReplyToAddresses.member.1=r%40test1.com",
        "{\"Source\":\"Taro <taro@test1.com>\",\"Destination\":{\"ToAddresses\":[\"a+b@example.com"
        "\",\"b@example.com\"],\"CcAddresses\":[]},\"Message\":{\"Subject\":{\"Data\":\"Gr\xc3\xbc"
        "\xc3\x9f"
        "e & mehr\",\"Charset\":\"UTF-8\"},\"Body\":{\"Text\":{\"Data\":\"line 1\\u000aline=2\"}}},"
        "\"ReplyToAddresses\":[\"r@test1.com\"],\"Tags\":[{\"Name\":\"k\",\"Value\":\"v\"}]}");
}

static void
elements_are_in_the_order_of_their_numbers(void **state)
{
    struct buf text;
    struct json *tree;
    buf_init(&text, 10000);
    for (int i = 12; i > 0; i--)
        buf_printf(&text,
                   "Destinations.member.%d.Destination.ToAddresses.member.1=u%d%%40example.com"
                   "&Destinations.member.%d.ReplacementTags.member.1.Name=n&",
                   i, i, i);
    buf_add_char(&text, '\0');
    assert_int_equal(decode_form(SERVICE_SES, "SendBulkTemplatedEmail", text.ptr, &tree), RC_OK);
    const struct json *destinations = json_member(tree, "Destinations");
    int number = 0;
    assert_int_equal(destinations->count, 12);
    for (const struct json *entry = destinations->first; entry; entry = entry->next) {
        const struct json *to = json_member(json_member(entry, "Destination"), "ToAddresses");
        assert_true(slice_eq(to->first->text, arena_printf(arena, "u%d@example.com", ++number)));
        assert_true(
            slice_is(json_member(json_member(entry, "ReplacementTags")->first, "Name")->text, "n"));
    }
    buf_fini(&text);
}

static void
names_may_come_in_any_order(void **state)
{
    check_form(
        SERVICE_SES, "SendEmail",
        "Tags.member.2.Value=d&Destination.ToAddresses.member.1=t&Tags.member.1.Name=a&Source=s"
        "&Destination.CcAddresses.member.1=c&Tags.member.2.Name=c&Tags.member.1.Value=b",
        "{\"Source\":\"s\",\"Destination\":{\"ToAddresses\":[\"t\"],\"CcAddresses\":[\"c\"]},"
        "\"Tags\":[{\"Name\":\"a\",\"Value\":\"b\"},{\"Name\":\"c\",\"Value\":\"d\"}]}");
}

static void
scalars_of_a_form_have_their_type(void **state)
{
    check_form(SERVICE_SES, "UpdateAccountSendingEnabled", "Enabled=false", "{\"Enabled\":false}");
    check_form(SERVICE_IAM, "ListUsers", "PathPrefix=%2Fx%2F&MaxItems=5",
               "{\"PathPrefix\":\"/x/\",\"MaxItems\":5}");
    check_form(SERVICE_IAM, "ListUsers", "MaxItems=-05", "{\"MaxItems\":-5}");
    check_form(SERVICE_SES, "SendBounce",
               "MessageDsn.ReportingMta=dns%3B+x&MessageDsn.ArrivalDate="
               "2023-12-06T21%3A02%3A58.776000Z",
               "{\"MessageDsn\":{\"ReportingMta\":\"dns; x\",\"ArrivalDate\":1701896578776}}");
}

static void
a_blob_of_a_form_is_bytes(void **state)
{
    struct json *tree;
    assert_int_equal(
        decode_form(SERVICE_SES, "SendRawEmail",
                    "RawMessage.Data=RnJvbTogYUBiLmMNCg0K%2F%2F4%2FPg%3D%3D&Destinations=", &tree),
        RC_OK);
    assert_true(slice_eq(json_member(json_member(tree, "RawMessage"), "Data")->text,
                         SLICE("From: a@b.c\r\n\r\n\xff\xfe?>")));
    assert_int_equal(json_member(tree, "Destinations")->count, 0);
}

static void
unknown_names_and_no_names_are_nothing(void **state)
{
    check_form(SERVICE_SES, "DeleteIdentity", "", "{}");
    check_form(SERVICE_SES, "GetSendQuota", "Action=GetSendQuota&X=Y", "{}");
    check_form(SERVICE_SES, "SendEmail",
               "Action=SendEmail&SourceArnX=1&Source-x=2&Source=a&Destination.Foo=1"
               "&ReplyToAddresses.1=flat&Action=Twice",
               "{\"Source\":\"a\",\"Destination\":{}}");
    check_form(SERVICE_SES, "SendEmail", "Destination=", "{\"Destination\":{}}");
}

static void
a_form_that_does_not_fit_names_the_member(void **state)
{
    refuse_form(SERVICE_IAM, "ListUsers", "MaxItems=ten", "MaxItems: 'ten' is not a whole number");
    refuse_form(SERVICE_IAM, "ListUsers", "MaxItems=", "MaxItems: '' is not a whole number");
    refuse_form(SERVICE_IAM, "ListUsers", "MaxItems=9223372036854775808",
                "MaxItems: '9223372036854775808' is not a whole number");
    refuse_form(SERVICE_SES, "UpdateAccountSendingEnabled", "Enabled=yes",
                "Enabled: 'yes' is not true or false");
    refuse_form(SERVICE_SES, "SendBounce", "MessageDsn.ArrivalDate=yesterday",
                "MessageDsn.ArrivalDate: 'yesterday' is not a timestamp");
    refuse_form(SERVICE_SES, "SendBounce", "MessageDsn.ArrivalDate=253402300800",
                "MessageDsn.ArrivalDate: '253402300800' is not a timestamp");
    refuse_form(SERVICE_SES, "SendRawEmail", "RawMessage.Data=From: a",
                "RawMessage.Data: the value is not base64");
    refuse_form(SERVICE_SES, "SendEmail", "Source=a&Source=b", "Source: two values");
    refuse_form(SERVICE_SES, "SendEmail", "Source.Data=a",
                "Source: nothing can be below this name");
    refuse_form(SERVICE_SES, "SendEmail", "Message=a",
                "Message: a value where a structure is expected");
    refuse_form(SERVICE_SES, "SendEmail", "Destination.ToAddresses=a",
                "Destination.ToAddresses: a value where a list is expected");
    refuse_form(SERVICE_SES, "SendEmail",
                "Destination.ToAddresses=&Destination.ToAddresses.member.1=a",
                "Destination.ToAddresses: a value where a list is expected");
}

static void
a_list_of_a_form_has_no_gap(void **state)
{
    refuse_form(SERVICE_SES, "SendEmail",
                "Destination.ToAddresses.member.1=a&Destination.ToAddresses.member.3=b",
                "Destination.ToAddresses.member.3: an element before it is missing");
    refuse_form(SERVICE_SES, "SendEmail", "Tags.member.2.Name=a",
                "Tags.member.2: an element before it is missing");
    refuse_form(SERVICE_SES, "SendEmail", "Tags.member.0.Name=a",
                "Tags.member: '0' is not the name of an element");
    refuse_form(SERVICE_SES, "SendEmail", "Tags.member.01.Name=a",
                "Tags.member: '01' is not the name of an element");
    refuse_form(SERVICE_SES, "SendEmail", "Tags.member..Name=a",
                "Tags.member: '' is not the name of an element");
    refuse_form(SERVICE_SES, "SendEmail", "Tags.member.1x=a",
                "Tags.member: '1x' is not the name of an element");
}

static enum rc
decode_rest(const char *method, const char *path, const char *query, const char *body,
            struct json **tree)
{
    struct json *labels;
    const struct operation_model *model =
        operation_model_route(arena, slice_of(method), slice_of(path), &labels);
    assert_non_null(model);
    struct form form = parse(query);
    err.text[0] = '\0';
    return rest_decode(arena, model->input, labels, &form, slice_of(body), tree, &err);
}

static void
check_rest(const char *method, const char *path, const char *query, const char *body,
           const char *expected)
{
    struct json *tree;
    if (decode_rest(method, path, query, body, &tree) != RC_OK)
        fail_msg("%s %s: %s", path, body, err.text);
    check_tree(tree, expected);
}

static void
refuse_body(const char *method, const char *path, const char *body, const char *why)
{
    struct json *tree;
    assert_int_equal(decode_rest(method, path, "", body, &tree), RC_SYNTAX);
    assert_string_equal(err.text, why);
}

#define SEND "/v2/email/outbound-emails"
#define SETS "/v2/email/configuration-sets"

static void
a_body_is_read(void **state)
{
    check_rest("POST", "/v2/email/tags", "",
               "{\"ResourceArn\": \"arn:aws:ses:us-east-1:123456789012:identity/test1.com\", "
               "\"Tags\": [{\"Key\": \"a\", \"Value\": \"b\"}]}",
               "{\"ResourceArn\":\"arn:aws:ses:us-east-1:123456789012:identity/test1.com\","
               "\"Tags\":[{\"Key\":\"a\",\"Value\":\"b\"}]}");
    check_rest("POST", SETS, "",
               "{\"ConfigurationSetName\": \"one\", \"ReputationOptions\": "
               "{\"ReputationMetricsEnabled\": true, \"LastFreshStart\": 1701896578}, "
               "\"SendingOptions\": {\"SendingEnabled\": false}, \"Tags\": []}",
               "{\"ConfigurationSetName\":\"one\",\"ReputationOptions\":"
               "{\"ReputationMetricsEnabled\":true,\"LastFreshStart\":1701896578000},"
               "\"SendingOptions\":{\"SendingEnabled\":false},\"Tags\":[]}");
}

static void
a_message_with_an_attachment_is_read(void **state)
{
    struct json *tree;
    assert_int_equal(
        decode_rest("POST", SEND, "",
                    "{\"FromEmailAddress\": \"taro@test1.com\", \"Content\": {\"Simple\": "
                    "{\"Subject\": {\"Data\": \"H\\u00e9\"}, \"Body\": {\"Html\": {\"Data\": "
                    "\"<p>\"}}, \"Attachments\": [{\"FileName\": \"a.bin\", \"RawContent\": "
                    "\"AP8=\"}]}}}",
                    &tree),
        RC_OK);
    const struct json *simple = json_member(json_member(tree, "Content"), "Simple");
    assert_true(slice_is(json_member(json_member(simple, "Subject"), "Data")->text, "H\xc3\xa9"));
    const struct json *attachment = json_member(simple, "Attachments")->first;
    assert_true(slice_eq(json_member(attachment, "RawContent")->text, SLICE("\0\xff")));
}

static void
instants_of_a_body_are_seconds_or_text(void **state)
{
    static const struct {
        const char *given, *expected;
    } cases[] = {
        {"1701896578.776", "1701896578776"},
        {"1.701896578776E9", "1701896578776"},
        {"\"2023-12-06T21:02:58.776Z\"", "1701896578776"},
        {"0", "0"},
        {"-1.5", "-1500"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct slice body =
            arena_printf(arena, "{\"ReputationOptions\":{\"LastFreshStart\":%s}}", cases[i].given);
        struct slice expected = arena_printf(
            arena, "{\"ReputationOptions\":{\"LastFreshStart\":%s}}", cases[i].expected);
        check_rest("POST", SETS, "", body.ptr, expected.ptr);
    }
}

static void
path_and_query_string_are_read(void **state)
{
    check_rest("GET", "/v2/email/identities/taro%2Bx%2Fy%40test1.com", "", "",
               "{\"EmailIdentity\":\"taro+x/y@test1.com\"}");
    check_rest("DELETE", "/v2/email/tags", "ResourceArn=arn%3Aaws&TagKeys=a&TagKeys=b+c", "",
               "{\"ResourceArn\":\"arn:aws\",\"TagKeys\":[\"a\",\"b c\"]}");
    check_rest("GET", "/v2/email/suppression/addresses",
               "Reason=BOUNCE&Reason=COMPLAINT&StartDate=2023-12-06T21%3A02%3A58Z&PageSize=10"
               "&NextToken=a%2B%2F%3D%3D&x=y",
               "ignored",
               "{\"Reasons\":[\"BOUNCE\",\"COMPLAINT\"],\"StartDate\":1701896578000,"
               "\"NextToken\":\"a+/==\",\"PageSize\":10}");
}

static void
both_generations_of_lists_are_read(void **state)
{
    check_rest("GET", "/v2/email/identities", "PageSize=3", "", "{\"PageSize\":3}");
    check_rest("POST", "/v2/email/list-identities", "", "{\"PageSize\":3}", "{\"PageSize\":3}");
    check_rest("GET", "/v2/email/contact-lists/l/contacts", "NextToken=t",
               "{\"Filter\":{\"FilteredStatus\":\"OPT_IN\"}}",
               "{\"ContactListName\":\"l\",\"Filter\":{\"FilteredStatus\":\"OPT_IN\"},"
               "\"NextToken\":\"t\"}");
    check_rest("POST", "/v2/email/contact-lists/l/contacts/list", "", "{\"NextToken\":\"t\"}",
               "{\"ContactListName\":\"l\",\"NextToken\":\"t\"}");
}

static void
nothing_and_unknown_members_of_a_body_are_left_out(void **state)
{
    check_rest("POST", SETS, "", "", "{}");
    check_rest("POST", SETS, "", " \n", "{}");
    check_rest("POST", SETS, "", "{\"Tags\":null,\"Nope\":{\"a\":[1]}}", "{}");
}

static void
a_body_that_does_not_fit_names_the_member(void **state)
{
    refuse_body("POST", SEND, "[]", "Start of list found where not expected");
    refuse_body("POST", SEND, "1", "NUMBER_VALUE can not be converted to a structure");
    refuse_body("POST", SEND, "{\"FromEmailAddress\":1}",
                "FromEmailAddress: NUMBER_VALUE can not be converted to a String");
    refuse_body("POST", SEND, "{\"Content\":{\"Simple\":{\"Subject\":\"x\"}}}",
                "Content.Simple.Subject: STRING_VALUE can not be converted to a structure");
    refuse_body("POST", SEND, "{\"Content\":{\"Simple\":{\"Headers\":[{},{\"Name\":{}}]}}}",
                "Content.Simple.Headers.2.Name: Start of structure or map found where not "
                "expected");
    refuse_body("POST", SEND, "{\"Destination\":{\"ToAddresses\":[\"a\",null]}}",
                "Destination.ToAddresses.2: NULL_VALUE can not be converted to a String");
    refuse_body("POST", SEND, "{\"Content\":{\"Raw\":{\"Data\":\"From: a\"}}}",
                "Content.Raw.Data: the value is not base64");
    refuse_body("POST", SETS, "{\"SendingOptions\":{\"SendingEnabled\":\"true\"}}",
                "SendingOptions.SendingEnabled: STRING_VALUE can not be converted to a Boolean");
    refuse_body("POST", SETS, "{\"ReputationOptions\":{\"LastFreshStart\":1e13}}",
                "ReputationOptions.LastFreshStart: NUMBER_VALUE can not be converted to a "
                "Timestamp");
    refuse_body("POST", "/v2/email/list-identities", "{\"PageSize\":1.5}",
                "PageSize: NUMBER_VALUE can not be converted to an Integer");
    refuse_body("POST", SEND, "{\"a\":1,\"a\":2}",
                "line 1, column 8: the name \"a\" appears twice");
}

static void
a_query_string_that_does_not_fit_names_the_member(void **state)
{
    struct json *tree;
    assert_int_equal(decode_rest("GET", "/v2/email/identities", "PageSize=x", "", &tree),
                     RC_SYNTAX);
    assert_string_equal(err.text, "PageSize: 'x' is not a whole number");
    assert_int_equal(
        decode_rest("GET", "/v2/email/identities", "NextToken=x&NextToken=y", "", &tree),
        RC_SYNTAX);
    assert_string_equal(err.text, "NextToken: two values");
}

static void
check_named(const char *operation, const char *text, const char *expected)
{
    struct json *tree;
    const struct operation_model *model = operation_model_find(SERVICE_SESV2, slice_of(operation));
    if (named_decode(arena, model->input, slice_of(text), &tree, &err) != RC_OK)
        fail_msg("%s %s: %s", operation, text, err.text);
    check_tree(tree, expected);
}

static void
members_by_name_are_read_wherever_the_wire_has_them(void **state)
{
    check_named("GetEmailIdentity", "{\"EmailIdentity\": \"a.example\"}",
                "{\"EmailIdentity\":\"a.example\"}");
    check_named("ListSuppressedDestinations", "{\"Reasons\": [\"BOUNCE\"], \"PageSize\": 2}",
                "{\"Reasons\":[\"BOUNCE\"],\"PageSize\":2}");
    check_named("GetAccount", "", "{}");
    struct json *tree;
    const struct operation_model *model =
        operation_model_find(SERVICE_SESV2, SLICE("GetEmailIdentity"));
    assert_int_equal(named_decode(arena, model->input, SLICE("[]"), &tree, &err), RC_SYNTAX);
}

enum { LARGE = 40 * 1000 * 1000 };

/* Time is what would grow; the arena says how often it is copied. */
static void
a_large_blob_is_copied_once(void **state)
{
    struct arena *own = arena_new();
    const struct slice before = SLICE("{\"Content\":{\"Raw\":{\"Data\":\"");
    struct json *tree, *labels;
    char *body = memory_alloc(before.len + LARGE + 4);
    memcpy(body, before.ptr, before.len);
    memset(body + before.len, 'A', LARGE);
    memcpy(body + before.len + LARGE, "\"}}}", 4);
    const struct form none = {0};
    const struct operation_model *model =
        operation_model_route(own, SLICE("POST"), SLICE(SEND), &labels);
    assert_int_equal(rest_decode(own, model->input, labels, &none,
                                 (struct slice){body, before.len + LARGE + 4}, &tree, &err),
                     RC_OK);
    const struct json *raw = json_member(json_member(tree, "Content"), "Raw");
    assert_int_equal(json_member(raw, "Data")->text.len, LARGE / 4 * 3);
    assert_true(arena_size(own) < LARGE);
    arena_free(own);
    free(body);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pairs_of_a_form_are_decoded),
        cmocka_unit_test(a_form_that_is_not_text_is_refused),
        cmocka_unit_test(a_form_has_a_limit_of_pairs),
        cmocka_unit_test(a_nested_message_is_read),
        cmocka_unit_test(elements_are_in_the_order_of_their_numbers),
        cmocka_unit_test(names_may_come_in_any_order),
        cmocka_unit_test(scalars_of_a_form_have_their_type),
        cmocka_unit_test(a_blob_of_a_form_is_bytes),
        cmocka_unit_test(unknown_names_and_no_names_are_nothing),
        cmocka_unit_test(a_form_that_does_not_fit_names_the_member),
        cmocka_unit_test(a_list_of_a_form_has_no_gap),
        cmocka_unit_test(a_body_is_read),
        cmocka_unit_test(a_message_with_an_attachment_is_read),
        cmocka_unit_test(instants_of_a_body_are_seconds_or_text),
        cmocka_unit_test(path_and_query_string_are_read),
        cmocka_unit_test(both_generations_of_lists_are_read),
        cmocka_unit_test(nothing_and_unknown_members_of_a_body_are_left_out),
        cmocka_unit_test(a_body_that_does_not_fit_names_the_member),
        cmocka_unit_test(a_query_string_that_does_not_fit_names_the_member),
        cmocka_unit_test(members_by_name_are_read_wherever_the_wire_has_them),
        cmocka_unit_test(a_large_blob_is_copied_once),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
