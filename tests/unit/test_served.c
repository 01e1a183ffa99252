/*
 * docs/ses-compatibility.md is what the tables say: `test_served --write` makes it, and as a test this
 * compares. Each operation whose shapes were generated, since it shall be served, has its row.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "api/served.h"

enum { PAGE_MAX = 1024 * 1024 };

static const char *const titles[SERVICE_POSTERN] = {
    [SERVICE_SES] = "SES, version 1",
    [SERVICE_SESV2] = "SES, version 2",
    [SERVICE_IAM] = "IAM",
    [SERVICE_STS] = "STS",
    [SERVICE_ACCESSANALYZER] = "IAM Access Analyzer",
    [SERVICE_CLOUDTRAIL] = "CloudTrail",
};

static bool
is_of(const struct operation_model *model, enum service service)
{
    return model->service == service;
}

static unsigned
count(enum service service, bool served_only)
{
    unsigned found = 0;
    for (size_t i = 0; i < operation_model_count; i++)
        found += is_of(&operation_models[i], service) &&
                 (!served_only || served_find(&operation_models[i]));
    return found;
}

static void
write_served(struct buf *page, enum service service)
{
    buf_add_cstr(page, "| operation | IAM action | deviation |\n|---|---|---|\n");
    for (size_t i = 0; i < operation_model_count; i++) {
        const struct operation_model *model = &operation_models[i];
        const struct served_operation *row = served_find(model);
        if (is_of(model, service) && row)
            buf_printf(page, "| %s | `%s` | %s |\n", model->name, row->action,
                       row->deviation ? row->deviation : "");
    }
}

static void
write_others(struct buf *page, enum service service)
{
    const char *separator = "\nNot served: ";
    for (size_t i = 0; i < operation_model_count; i++) {
        const struct operation_model *model = &operation_models[i];
        if (!is_of(model, service) || served_find(model))
            continue;
        buf_printf(page, "%s%s", separator, model->name);
        separator = ", ";
    }
    if (count(service, true) < count(service, false))
        buf_add_cstr(page, ".\n");
}

static void
write_page(struct buf *page)
{
    buf_add_cstr(
        page, "# What is served of the APIs\n\n"
              "Made from the tables that the service itself reads (`src/api/served.h`). An "
              "operation that is not served\nanswers with its protocol's own error, which names "
              "it: `InvalidAction` of SES version 1, IAM and STS,\n`UnknownOperationException` of "
              "SES version 2,\nAccess Analyzer and CloudTrail.\n");
    for (int service = 0; service < SERVICE_POSTERN; service++) {
        buf_printf(page, "\n## %s: %u of %u\n\n", titles[service],
                   count((enum service)service, true), count((enum service)service, false));
        write_served(page, (enum service)service);
        write_others(page, (enum service)service);
    }
}

static const char *
path_of_page(void)
{
    static char path[4096];
    const char *source = getenv("POSTERN_SOURCE");
    snprintf(path, sizeof path, "%s/docs/ses-compatibility.md", source ? source : ".");
    return path;
}

static void
the_document_is_what_the_tables_say(void **state)
{
    static char bytes[PAGE_MAX];
    struct buf page;
    (void)state;
    buf_init(&page, PAGE_MAX);
    write_page(&page);
    FILE *file = fopen(path_of_page(), "r");
    assert_non_null(file);
    struct slice written = {bytes, fread(bytes, 1, sizeof bytes, file)};
    fclose(file);
    if (!slice_eq(written, buf_slice(&page)))
        fail_msg("%s is not what the tables say: run test_served --write", path_of_page());
    buf_fini(&page);
}

static void
what_shall_be_served_is_served(void **state)
{
    unsigned missing = 0;
    (void)state;
    for (size_t i = 0; i < operation_model_count; i++) {
        const struct operation_model *model = &operation_models[i];
        if (!(model->input || model->output) || served_find(model))
            continue;
        print_error("%s %s has no row\n", service_models[model->service].name, model->name);
        missing++;
    }
    assert_int_equal(missing, 0);
}

/* What is asked of a member must be one that the input has, and a sentence ends. */
static void
rows_are_whole(void **state)
{
    (void)state;
    for (size_t i = 0; i < operation_model_count; i++) {
        const struct served_operation *row = served_find(&operation_models[i]);
        if (!row)
            continue;
        if (row->member)
            assert_non_null(shape_find(operation_models[i].input, slice_of(row->member)));
        bool names_one = row->resource != RESOURCE_ANY && row->resource != RESOURCE_OF_GATE &&
                         row->resource != RESOURCE_OPEN;
        assert_int_equal(names_one, row->member != NULL);
        assert_non_null(strchr(row->action, ':'));
        if (row->deviation)
            assert_true(slice_ends(slice_of(row->deviation), SLICE(".")));
    }
}

static int
write_document(void)
{
    struct buf page;
    buf_init(&page, PAGE_MAX);
    write_page(&page);
    FILE *file = fopen(path_of_page(), "w");
    bool written = file && fwrite(page.ptr, 1, page.len, file) == page.len;
    if (file)
        written = fclose(file) == 0 && written;
    buf_fini(&page);
    return written ? EXIT_SUCCESS : EXIT_FAILURE;
}

int
main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_document_is_what_the_tables_say),
        cmocka_unit_test(what_shall_be_served_is_served),
        cmocka_unit_test(rows_are_whole),
    };
    if (argc == 2 && strcmp(argv[1], "--write") == 0)
        return write_document();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
