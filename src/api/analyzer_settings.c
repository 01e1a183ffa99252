/* Analyzers of unused access: which there are and how old unused must be (reference §5.8). */
#include "page.h"
#include "served.h"
#include "store/analyzers.h"

enum {
    ANALYZERS_MAX = 20,
    ANALYZERS_PAGE = 100,
    DAYS_FALLBACK = 90,
    DAYS_MAX = 365,
};

/* The one type that is served. */
#define UNUSED_ACCESS "ACCOUNT_UNUSED_ACCESS"

static enum rc
invalid(struct api_call *call, struct err *err, const char *member, const char *why)
{
    return api_fail(call, RC_SYNTAX, FAULT_VALIDATION, err, "%s %s", member, why);
}

/* ---- the configuration ---- */

static bool
is_given(const struct json *value)
{
    return value && (value->type == JSON_OBJECT || value->type == JSON_ARRAY) && value->count > 0;
}

/* `days` stays what it was when nothing is said of it. */
static enum rc
read_days(struct api_call *call, int64_t *days, struct err *err)
{
    const struct json *configuration = json_member(call->input, "configuration");
    const struct json *unused = configuration ? json_member(configuration, "unusedAccess") : NULL;
    const struct json *rule = unused ? json_member(unused, "analysisRule") : NULL;
    if (configuration && json_member(configuration, "internalAccess"))
        return invalid(call, err, "configuration.internalAccess", "is not served here.");
    if (rule && is_given(json_member(rule, "exclusions")))
        return invalid(call, err, "configuration.unusedAccess.analysisRule.exclusions",
                       "is not served here.");
    if (!unused)
        return RC_OK;
    enum rc rc = json_get_i64(unused, "unusedAccessAge", *days, days, err);
    if (rc == RC_OK && (*days < 1 || *days > DAYS_MAX))
        return invalid(call, err, "configuration.unusedAccess.unusedAccessAge",
                       "must be 1 to 365 days.");
    return rc;
}

static void
put_configuration(struct api_call *call, const struct analyzer_row *row)
{
    json_key(call->output, "configuration");
    json_open_object(call->output);
    json_key(call->output, "unusedAccess");
    json_open_object(call->output);
    json_put_i64(call->output, "unusedAccessAge", row->unused_days);
    json_close_object(call->output);
    json_close_object(call->output);
}

/* ---- analyzers ---- */

/* Members of the error: which one it is about. */
static void
about(struct api_call *call, struct slice name)
{
    api_fail_about(call, "resourceId", name);
    api_fail_about(call, "resourceType", SLICE("Analyzer"));
}

static enum rc
find(struct api_call *call, struct analyzer_row *row, struct err *err)
{
    struct slice name = api_text(call->input, "analyzerName");
    enum rc rc = analyzers_find(call->database, call->arena, name, row, err);
    if (rc == RC_NOT_FOUND)
        about(call, name);
    return rc;
}

static void
put_analyzer(struct api_call *call, const struct analyzer_row *row)
{
    json_put_string(call->output, "arn", api_analyzer_arn(call, row->name));
    json_put_string(call->output, "name", row->name);
    json_put_cstr(call->output, "type", UNUSED_ACCESS);
    json_put_i64(call->output, "createdAt", row->created_ms);
    json_put_i64(call->output, "lastResourceAnalyzedAt", call->now_ms);
    json_put_cstr(call->output, "status", "ACTIVE");
    put_configuration(call, row);
}

static enum rc
check_served(struct api_call *call, struct err *err)
{
    if (!slice_is(api_text(call->input, "type"), UNUSED_ACCESS))
        return invalid(call, err, "type",
                       "must be ACCOUNT_UNUSED_ACCESS: no other is served here.");
    if (is_given(json_member(call->input, "archiveRules")))
        return invalid(call, err, "archiveRules", "are not served here.");
    if (is_given(json_member(call->input, "tags")))
        return invalid(call, err, "tags", "are not served here.");
    return RC_OK;
}

static enum rc
check_room(struct api_call *call, const struct analyzer_row *row, struct err *err)
{
    int64_t count;
    enum rc rc = analyzers_count(call->database, &count, err);
    if (rc != RC_OK || count < ANALYZERS_MAX)
        return rc;
    about(call, row->name);
    return api_fail(call, RC_LIMIT, FAULT_LIMIT, err, "There are %d analyzers already.",
                    ANALYZERS_MAX);
}

static enum rc
create_analyzer(struct api_call *call, struct err *err)
{
    struct analyzer_row row = {.name = api_text(call->input, "analyzerName"),
                               .unused_days = DAYS_FALLBACK,
                               .created_ms = call->now_ms};
    enum rc rc = check_served(call, err);
    if (rc == RC_OK)
        rc = read_days(call, &row.unused_days, err);
    if (rc == RC_OK)
        rc = check_room(call, &row, err);
    if (rc == RC_OK)
        rc = analyzers_insert(call->database, &row, err);
    if (rc == RC_CONFLICT)
        about(call, row.name);
    if (rc == RC_OK)
        json_put_string(call->output, "arn", api_analyzer_arn(call, row.name));
    return rc;
}

static enum rc
get_analyzer(struct api_call *call, struct err *err)
{
    struct analyzer_row row;
    enum rc rc = find(call, &row, err);
    if (rc != RC_OK)
        return rc;
    json_key(call->output, "analyzer");
    json_open_object(call->output);
    put_analyzer(call, &row);
    json_close_object(call->output);
    return RC_OK;
}

static enum rc
list_analyzers(struct api_call *call, struct err *err)
{
    struct slice type = api_text(call->input, "type");
    struct analyzer_row *rows = NULL;
    struct page page;
    size_t count = 0;
    enum rc rc = page_read(call, "maxResults", ANALYZERS_PAGE, ANALYZERS_PAGE, &page, err);
    if (rc == RC_OK && (type.len == 0 || slice_is(type, UNUSED_ACCESS)))
        rc = analyzers_page(call->database, call->arena, page.after, page.limit + 1, &rows, &count,
                            err);
    if (rc != RC_OK)
        return rc;
    size_t shown = page_rows(&page, count);
    json_key(call->output, "analyzers");
    json_open_array(call->output);
    for (size_t i = 0; i < shown; i++) {
        json_open_object(call->output);
        put_analyzer(call, &rows[i]);
        json_close_object(call->output);
    }
    json_close_array(call->output);
    page_put_next(call, &page, count, shown > 0 ? rows[shown - 1].name : SLICE(""));
    return RC_OK;
}

static enum rc
update_analyzer(struct api_call *call, struct err *err)
{
    struct analyzer_row row;
    enum rc rc = find(call, &row, err);
    if (rc == RC_OK)
        rc = read_days(call, &row.unused_days, err);
    if (rc == RC_OK)
        rc = analyzers_set_days(call->database, row.name, row.unused_days, err);
    if (rc == RC_OK)
        put_configuration(call, &row);
    return rc;
}

static enum rc
delete_analyzer(struct api_call *call, struct err *err)
{
    struct analyzer_row row;
    enum rc rc = find(call, &row, err);
    return rc == RC_OK ? analyzers_delete(call->database, row.name, err) : rc;
}

static const struct served_operation rows[] = {
    {SERVICE_ACCESSANALYZER, "CreateAnalyzer", "access-analyzer:CreateAnalyzer", API_WRITE,
     RESOURCE_ANALYZER, "analyzerName", create_analyzer,
     "The type is ACCOUNT_UNUSED_ACCESS; 20 analyzers at most. Archive rules, exclusions and tags "
     "are "
     "refused. clientToken is ignored: a name that is taken is a ConflictException."},
    {SERVICE_ACCESSANALYZER, "GetAnalyzer", "access-analyzer:GetAnalyzer", API_READ,
     RESOURCE_ANALYZER, "analyzerName", get_analyzer, NULL},
    {SERVICE_ACCESSANALYZER, "ListAnalyzers", "access-analyzer:ListAnalyzers", API_READ,
     RESOURCE_ANY, NULL, list_analyzers, NULL},
    {SERVICE_ACCESSANALYZER, "UpdateAnalyzer", "access-analyzer:UpdateAnalyzer", API_WRITE,
     RESOURCE_ANALYZER, "analyzerName", update_analyzer,
     "Changes unusedAccessAge; exclusions are refused."},
    {SERVICE_ACCESSANALYZER, "DeleteAnalyzer", "access-analyzer:DeleteAnalyzer", API_WRITE,
     RESOURCE_ANALYZER, "analyzerName", delete_analyzer, NULL},
};

const struct served_rows analyzer_setting_rows = SERVED_ROWS(rows);
