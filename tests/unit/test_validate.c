/* AWS's words for what does not satisfy a constraint. */
#include "api/validate.h"

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

static enum rc
validate(enum service service, const char *operation, const char *input)
{
    struct json *tree;
    const struct operation_model *model = operation_model_find(service, slice_of(operation));
    assert_non_null(model);
    assert_int_equal(json_parse(arena, slice_of(input), &tree, &err), RC_OK);
    err.text[0] = '\0';
    return validate_input(arena, model->input, tree, &err);
}

static void
check(enum service service, const char *operation, const char *input, const char *text)
{
    enum rc rc = validate(service, operation, input);
    if (strcmp(err.text, text) != 0)
        fail_msg("%s:\n%s\n%s", input, err.text, text);
    assert_int_equal(rc, *text ? RC_SYNTAX : RC_OK);
}

static void
what_satisfies_all_passes(void **state)
{
    check(SERVICE_IAM, "CreateUser", "{\"UserName\":\"taro+x=,.@-_9\",\"Path\":\"/a/b/\"}", "");
    check(SERVICE_STS, "GetCallerIdentity", "{}", "");
    check(SERVICE_SESV2, "ListEmailIdentities", "{\"PageSize\":10}", "");
}

static void
what_is_required_must_not_be_null(void **state)
{
    check(SERVICE_IAM, "CreateUser", "{}",
          "1 validation error detected: Value null at 'userName' failed to satisfy constraint: "
          "Member must not be null");
    check(SERVICE_SESV2, "CreateEmailIdentity",
          "{\"EmailIdentity\":\"a.b\",\"Tags\":[{\"Key\":\"a\",\"Value\":\"\"},{\"Key\":\"b\"}]}",
          "1 validation error detected: Value null at 'tags.2.member.value' failed to satisfy "
          "constraint: Member must not be null");
}

static void
a_value_of_a_set_is_one_of_it(void **state)
{
    check(SERVICE_IAM, "UpdateAccessKey",
          "{\"AccessKeyId\":\"AKIAAAAAAAAAAAAAAAAA\",\"Status\":\"active\"}",
          "1 validation error detected: Value at 'status' failed to satisfy constraint: "
          "Member must satisfy enum value set: [Active, Inactive, Expired]");
}

static void
all_that_is_wrong_is_named(void **state)
{
    check(SERVICE_IAM, "CreateUser", "{\"UserName\":\"\",\"Path\":\"a\"}",
          "3 validation errors detected: Value 'a' at 'path' failed to satisfy constraint: "
          "Member must satisfy regular expression pattern: (\\u002F)|(\\u002F[\\u0021-\\u007E]+"
          "\\u002F); Value '' at 'userName' failed to satisfy constraint: Member must have length "
          "greater than or equal to 1; Value '' at 'userName' failed to satisfy constraint: Member "
          "must satisfy regular expression pattern: [\\w+=,.@-]+");
}

static void
numbers_have_a_range(void **state)
{
    check(SERVICE_IAM, "ListUsers", "{\"MaxItems\":0}",
          "1 validation error detected: Value '0' at 'maxItems' failed to satisfy constraint: "
          "Member must have value greater than or equal to 1");
    check(SERVICE_IAM, "ListUsers", "{\"MaxItems\":1001}",
          "1 validation error detected: Value '1001' at 'maxItems' failed to satisfy constraint: "
          "Member must have value less than or equal to 1000");
    check(SERVICE_IAM, "ListUsers", "{\"MaxItems\":-5}",
          "1 validation error detected: Value '-5' at 'maxItems' failed to satisfy constraint: "
          "Member must have value greater than or equal to 1");
    check(SERVICE_IAM, "ListUsers", "{\"MaxItems\":1000}", "");
}

static const char *
tag_value(const char *character, size_t count)
{
    struct slice text = SLICE("{\"UserName\":\"taro\",\"Tags\":[{\"Key\":\"k\",\"Value\":\"");
    for (size_t i = 0; i < count; i++)
        text = arena_concat(arena, text, slice_of(character));
    return arena_concat(arena, text, SLICE("\"}]}")).ptr;
}

static void
length_is_in_characters(void **state)
{
    check(SERVICE_IAM, "TagUser", tag_value("\xe5\xa4\xaa", 256), "");
    assert_int_equal(validate(SERVICE_IAM, "TagUser", tag_value("\xe5\xa4\xaa", 257)), RC_SYNTAX);
    assert_non_null(strstr(err.text, "' at 'tags.1.member.value' failed to satisfy constraint: "
                                     "Member must have length less than or equal to 256"));
    /* 33 of them are 99 bytes, and the cut is not within the next */
    assert_non_null(strstr(err.text, "\xe5\xa4\xaa' at"));
}

static const char *
message_with_headers(size_t count)
{
    struct slice text =
        SLICE("{\"Content\":{\"Simple\":{\"Subject\":{\"Data\":\"\"},\"Body\":{},\"Headers\":[");
    for (size_t i = 0; i < count; i++)
        text = arena_concat(arena, text,
                            i ? SLICE(",{\"Name\":\"a\",\"Value\":\"b\"}")
                              : SLICE("{\"Name\":\"a\",\"Value\":\"b\"}"));
    return arena_concat(arena, text, SLICE("]}}}")).ptr;
}

static void
lists_have_a_length(void **state)
{
    check(SERVICE_SESV2, "SendEmail", message_with_headers(15), "");
    check(SERVICE_SESV2, "SendEmail", message_with_headers(16),
          "1 validation error detected: Value at 'content.simple.headers' failed to satisfy "
          "constraint: Member must have length less than or equal to 15");
}

static void
sensitive_values_are_not_shown(void **state)
{
    assert_int_equal(validate(SERVICE_SESV2, "PutEmailIdentityDkimSigningAttributes",
                              "{\"EmailIdentity\":\"a.b\",\"SigningAttributesOrigin\":\"EXTERNAL\","
                              "\"SigningAttributes\":{\"DomainSigningPrivateKey\":\"se cret\"}}"),
                     RC_SYNTAX);
    assert_null(strstr(err.text, "cret"));
    assert_non_null(strstr(err.text, "Value at 'signingAttributes.domainSigningPrivateKey'"));
}

static void
a_pattern_is_of_the_whole_value(void **state)
{
    static const struct {
        const char *model, *text;
        bool matches;
    } cases[] = {
        {"[\\w+=,.@-]+", "taro", true},
        {"[\\w+=,.@-]+", "ta ro", false},
        {"[\\w+=,.@-]+", "taro\n", false},
        {"[\\w+=,.@-]+", "tar\xc3\xb3", false},
        {"[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+", "{\r\n\t\"\xc3\xa9\"}", true},
        {"[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+", "a\x01", false},
        {"[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+",
         "\xe5\xa4\xaa"
         "a Z-9@",
         true},
        {"[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+", "a]", false},
        {"[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+", "a^", false},
        {"[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+", "a[b", false},
        {"[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*", "", true},
        {"^[!-9;-@A-~]+$", "X-A]^[-\\!", true},
        {"^[!-9;-@A-~]+$", "X:A", false},
        {"^[!-9;-@A-~]+$", "X A", false},
        {"[ -~]*", "a ]^[-\\~!", true},
        {"[ -~]*", "a\t", false},
        {"[ -~]*", "\xc3\xa9", false},
        {"\\u002F[\\u0021-\\u007F]*", "/", true},
        {"\\u002F[\\u0021-\\u007F]*", "/a]^[-\x7f", true},
        {"\\u002F[\\u0021-\\u007F]*", "/a b", false},
        {"^(.+)@(.+)$", "a@b", true},
        {"^(.+)@(.+)$", "a\n@b", false},
        {"^s3:\\/\\/([^\\/]+)\\/(.*?([^\\/]+)\\/?)$", "s3://b/k/l/", true},
        {"^s3:\\/\\/([^\\/]+)\\/(.*?([^\\/]+)\\/?)$", "s3:///k", false},
        {"v[1-9][0-9]*(\\.[A-Za-z0-9-]*)?", "v12", true},
        {"v[1-9][0-9]*(\\.[A-Za-z0-9-]*)?", "v0", false},
        {"^[a-zA-Z0-9+\\/]+={0,2}$", "ab+/==", true},
        {"^[a-zA-Z0-9+\\/]+={0,2}$", "ab===", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct shape_pattern *pattern = shape_patterns;
        while (pattern < shape_patterns + shape_pattern_count &&
               strcmp(pattern->model, cases[i].model) != 0)
            pattern++;
        if (pattern == shape_patterns + shape_pattern_count)
            fail_msg("no pattern %s", cases[i].model);
        const struct shape shape = {.type = SHAPE_STRING, .pattern = pattern};
        const struct shape_member member = {"V", "V", &shape, SHAPE_IN_BODY, true};
        const struct shape input = {.type = SHAPE_STRUCTURE, .members = &member, .member_count = 1};
        struct json value = {
            .type = JSON_STRING, .text = slice_of(cases[i].text), .name = SLICE("V")};
        struct json tree = {.type = JSON_OBJECT, .first = &value, .count = 1};
        if ((validate_input(arena, &input, &tree, &err) == RC_OK) != cases[i].matches)
            fail_msg("%s: %s", cases[i].model, cases[i].text);
    }
}

static void
many_errors_are_counted_and_cut(void **state)
{
    struct buf text;
    buf_init(&text, 200000);
    buf_add_cstr(&text, "{\"UserName\":\"taro\",\"Tags\":[{}");
    for (int i = 0; i < 4999; i++)
        buf_add_cstr(&text, ",{}");
    buf_add(&text, (struct slice){"]}", 3});
    assert_int_equal(validate(SERVICE_IAM, "TagUser", text.ptr), RC_SYNTAX);
    assert_ptr_equal(strstr(err.text, "10001 validation errors detected: Value at 'tags' failed"),
                     err.text);
    buf_fini(&text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_satisfies_all_passes),
        cmocka_unit_test(what_is_required_must_not_be_null),
        cmocka_unit_test(a_value_of_a_set_is_one_of_it),
        cmocka_unit_test(all_that_is_wrong_is_named),
        cmocka_unit_test(numbers_have_a_range),
        cmocka_unit_test(length_is_in_characters),
        cmocka_unit_test(lists_have_a_length),
        cmocka_unit_test(sensitive_values_are_not_shown),
        cmocka_unit_test(a_pattern_is_of_the_whole_value),
        cmocka_unit_test(many_errors_are_counted_and_cut),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
