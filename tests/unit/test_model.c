/* The tables of operations and shapes, and which operation a path means. */
#include "api/shape.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static struct arena *arena;

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
find(enum service service, const char *name)
{
    return operation_model_find(service, slice_of(name));
}

static void
rows_are_sorted_and_each_is_found(void **state)
{
    for (size_t i = 0; i < operation_model_count; i++) {
        const struct operation_model *model = &operation_models[i];
        assert_ptr_equal(find(model->service, model->name), model);
        if (i > 0 && model->service == model[-1].service)
            assert_true(strcmp(model[-1].name, model->name) < 0);
    }
    assert_null(find(SERVICE_SES, "SendMail"));
    assert_null(find(SERVICE_SES, ""));
    assert_null(find(SERVICE_STS, "ZZZ"));
    assert_null(find(SERVICE_SES, "CreateUser"));
}

static void
services_are_those_of_the_models(void **state)
{
    assert_string_equal(service_models[SERVICE_SES].name, "ses");
    assert_string_equal(service_models[SERVICE_SES].version, "2010-12-01");
    assert_string_equal(service_models[SERVICE_SESV2].signing_name, "ses");
    assert_null(service_models[SERVICE_SESV2].namespace);
    assert_string_equal(service_models[SERVICE_IAM].signing_name, "iam");
    assert_string_equal(service_models[SERVICE_IAM].namespace,
                        "https://iam.amazonaws.com/doc/2010-05-08/");
    assert_string_equal(service_models[SERVICE_STS].signing_name, "sts");
    assert_string_equal(service_models[SERVICE_ACCESSANALYZER].name, "accessanalyzer");
    assert_string_equal(service_models[SERVICE_ACCESSANALYZER].signing_name, "access-analyzer");
    assert_null(service_models[SERVICE_ACCESSANALYZER].namespace);
}

static void
an_operation_that_is_not_served_is_known_by_name(void **state)
{
    const struct operation_model *inbound = find(SERVICE_SES, "CreateReceiptRule");
    assert_non_null(inbound);
    assert_null(inbound->input);
    assert_non_null(find(SERVICE_SESV2, "GetTenant"));
    assert_non_null(find(SERVICE_IAM, "CreateRole"));
    assert_non_null(find(SERVICE_STS, "AssumeRole"));
}

static void
shapes_have_the_constraints_of_the_models(void **state)
{
    const struct operation_model *create = find(SERVICE_IAM, "CreateUser");
    const struct shape_member *name = shape_find(create->input, SLICE("UserName"));
    assert_non_null(name);
    assert_true(name->required);
    assert_int_equal(name->shape->max, 64);
    assert_string_equal(name->shape->pattern->model, "[\\w+=,.@-]+");
    assert_string_equal(create->result, "CreateUserResult");
    assert_null(shape_find(create->input, SLICE("Username")));
    const struct shape_member *user = shape_find(create->output, SLICE("User"));
    const struct shape_member *out = shape_find(user->shape, SLICE("UserName"));
    assert_false(out->required || out->shape->has_max || out->shape->pattern);
}

static void
a_query_operation_without_output_has_still_a_result(void **state)
{
    const struct operation_model *model = find(SERVICE_SES, "DeleteIdentity");
    assert_null(model->output);
    assert_string_equal(model->result, "DeleteIdentityResult");
}

/* Forms have no maps. */
static void
check_readable(const struct shape *shape, bool form)
{
    assert_false(form && shape->type == SHAPE_MAP);
    assert_int_not_equal(shape->type, SHAPE_DOUBLE);
    for (size_t i = 0; i < shape->member_count; i++)
        check_readable(shape->members[i].shape, form);
    if (shape->element)
        check_readable(shape->element, form);
}

static void
what_goes_in_has_only_types_that_a_decoder_reads(void **state)
{
    for (size_t i = 0; i < operation_model_count; i++)
        if (operation_models[i].input)
            check_readable(operation_models[i].input,
                           service_models[operation_models[i].service].namespace != NULL);
}

static void
check_route(const char *method, const char *path, const char *operation, const char *label,
            const char *value)
{
    struct json *labels = NULL;
    const struct operation_model *model =
        operation_model_route(arena, slice_of(method), slice_of(path), &labels);
    if (!operation) {
        if (model)
            fail_msg("%s %s is %s", method, path, model->name);
        return;
    }
    if (!model)
        fail_msg("%s %s is nothing", method, path);
    assert_string_equal(model->name, operation);
    assert_int_equal(labels->type, JSON_OBJECT);
    if (label)
        assert_true(slice_is(json_member(labels, label)->text, value));
    else
        assert_null(labels->first);
}

static void
a_path_is_an_operation(void **state)
{
    check_route("POST", "/v2/email/outbound-emails", "SendEmail", NULL, NULL);
    check_route("GET", "/v2/email/identities/test1.com", "GetEmailIdentity", "EmailIdentity",
                "test1.com");
    check_route("DELETE", "/v2/email/identities/test1.com", "DeleteEmailIdentity", "EmailIdentity",
                "test1.com");
    check_route("PUT", "/v2/email/configuration-sets/one/event-destinations/two",
                "UpdateConfigurationSetEventDestination", "EventDestinationName", "two");
    check_route("POST", "/v2/email/tenants/get", "GetTenant", NULL, NULL);
    check_route("PATCH", "/v2/email/outbound-emails", NULL, NULL, NULL);
    check_route("POST", "/", NULL, NULL, NULL);
    check_route("POST", "", NULL, NULL, NULL);
    check_route("GET", "/v2/email/identities/a/b/c", NULL, NULL, NULL);
    check_route("GET", "v2/email/account", NULL, NULL, NULL);
}

static void
both_generations_of_uris_are_served(void **state)
{
    check_route("GET", "/v2/email/identities", "ListEmailIdentities", NULL, NULL);
    check_route("POST", "/v2/email/list-identities", "ListEmailIdentities", NULL, NULL);
    check_route("GET", "/v2/email/configuration-sets", "ListConfigurationSets", NULL, NULL);
    check_route("POST", "/v2/email/list-configuration-sets", "ListConfigurationSets", NULL, NULL);
    check_route("GET", "/v2/email/contact-lists/l/contacts", "ListContacts", "ContactListName",
                "l");
    check_route("POST", "/v2/email/contact-lists/l/contacts/list", "ListContacts",
                "ContactListName", "l");
    check_route("GET", "/v2/email/import-jobs", "ListImportJobs", NULL, NULL);
    check_route("POST", "/v2/email/import-jobs/list", "ListImportJobs", NULL, NULL);
    check_route("PUT", "/v1/email/identities/a.b/dkim/signing",
                "PutEmailIdentityDkimSigningAttributes", "EmailIdentity", "a.b");
    check_route("PUT", "/v2/email/identities/a.b/dkim/signing",
                "PutEmailIdentityDkimSigningAttributes", "EmailIdentity", "a.b");
    check_route("GET", "/v2/email/insights/1", "GetMessageInsights", "MessageId", "1");
    check_route("GET", "/v2/email/insights/1/", "GetMessageInsights", "MessageId", "1");
}

static void
a_label_is_decoded_once(void **state)
{
    check_route("GET", "/v2/email/identities/taro%2Bx%2fy%40test1.com", "GetEmailIdentity",
                "EmailIdentity", "taro+x/y@test1.com");
    check_route("GET", "/v2/email/identities/a+b%2540c", "GetEmailIdentity", "EmailIdentity",
                "a+b%40c");
    check_route("GET", "/v2/email/identities/%C3%A9", "GetEmailIdentity", "EmailIdentity",
                "\xc3\xa9");
}

static void
a_label_that_cannot_be_decoded_matches_nothing(void **state)
{
    check_route("GET", "/v2/email/identities/%zz", NULL, NULL, NULL);
    check_route("GET", "/v2/email/identities/a%4", NULL, NULL, NULL);
    check_route("GET", "/v2/email/identities/a%00b", NULL, NULL, NULL);
    check_route("GET", "/v2/email/identities/%ff", NULL, NULL, NULL);
    check_route("GET", "/v2/email/identities/", NULL, NULL, NULL);
    check_route("GET", "/v2/email/identities//policies", NULL, NULL, NULL);
    check_route("GET", "/v2/email/account/", NULL, NULL, NULL);
}

static void
a_literal_segment_wins_over_a_label(void **state)
{
    /* POST .../contacts/list is not a contact called "list"; GET of the same path is */
    check_route("POST", "/v2/email/contact-lists/l/contacts/list", "ListContacts",
                "ContactListName", "l");
    check_route("GET", "/v2/email/contact-lists/l/contacts/list", "GetContact", "EmailAddress",
                "list");
    /* nor is this an import job */
    check_route("GET", "/v2/email/import-jobs/list", "GetImportJob", "JobId", "list");
}

static void
a_path_belongs_to_one_service(void **state)
{
    check_route("POST", "/policy/validation", "ValidatePolicy", NULL, NULL);
    check_route("GET", "/analyzer/one", "GetAnalyzer", "analyzerName", "one");
    assert_int_equal(operation_model_owner(SLICE("/v2/email/account")), SERVICE_SESV2);
    assert_int_equal(operation_model_owner(SLICE("/policy/anything")), SERVICE_ACCESSANALYZER);
    assert_int_equal(operation_model_owner(SLICE("/findingv2")), SERVICE_ACCESSANALYZER);
    assert_int_equal(operation_model_owner(SLICE("/")), SERVICE_COUNT);
    assert_int_equal(operation_model_owner(SLICE("")), SERVICE_COUNT);
    assert_int_equal(operation_model_owner(SLICE("/policyx")), SERVICE_COUNT);
    assert_int_equal(operation_model_owner(SLICE("policy")), SERVICE_COUNT);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_sorted_and_each_is_found),
        cmocka_unit_test(services_are_those_of_the_models),
        cmocka_unit_test(an_operation_that_is_not_served_is_known_by_name),
        cmocka_unit_test(shapes_have_the_constraints_of_the_models),
        cmocka_unit_test(a_query_operation_without_output_has_still_a_result),
        cmocka_unit_test(what_goes_in_has_only_types_that_a_decoder_reads),
        cmocka_unit_test(a_path_is_an_operation),
        cmocka_unit_test(both_generations_of_uris_are_served),
        cmocka_unit_test(a_label_is_decoded_once),
        cmocka_unit_test(a_label_that_cannot_be_decoded_matches_nothing),
        cmocka_unit_test(a_literal_segment_wins_over_a_label),
        cmocka_unit_test(a_path_belongs_to_one_service),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
