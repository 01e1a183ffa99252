/*
 * Findings of unused access (reference §5.8), worked out when somebody asks: user by user in the order
 * of their names, a few users a page, so that no answer takes long however many there are. A page may
 * therefore be short, or empty, and yet not be the last.
 */
#include "page.h"
#include "served.h"
#include "store/analyzers.h"
#include "unused_access.h"

#include <assert.h>

enum { FINDINGS_PAGE = 100, FINDINGS_PAGE_MAX = 500, USERS_PAGE = 25 };

/* ---- which analyzer ---- */

static enum rc
find_analyzer(struct api_call *call, struct analyzer_row *row, struct err *err)
{
    struct slice arn = api_text(call->input, "analyzerArn");
    struct slice own = api_analyzer_arn(call, SLICE(""));
    struct slice name = slice_starts(arn, own) ? slice_from(arn, own.len) : SLICE("");
    enum rc rc =
        name.len > 0 ? analyzers_find(call->database, call->arena, name, row, err) : RC_NOT_FOUND;
    if (rc != RC_NOT_FOUND)
        return rc;
    api_fail_about(call, "resourceId", arn);
    api_fail_about(call, "resourceType", SLICE("Analyzer"));
    return api_fail(call, RC_NOT_FOUND, FAULT_NOT_FOUND, err, "There is no analyzer %.*s.",
                    SLICE_ARG(arn));
}

/* ---- what a filter asks of ---- */

enum { ATTRIBUTES = 6 };
static const char *const attribute_names[ATTRIBUTES] = {
    "findingType", "id", "resource", "resourceOwnerAccount", "resourceType", "status"};

/* In the order of the names. */
struct attributes {
    struct slice text[ATTRIBUTES];
};

static struct attributes
attributes_of(struct api_call *call, const struct user_row *user,
              const struct unused_finding *finding)
{
    return (struct attributes){{
        slice_of(unused_kind_name(finding->kind)),
        finding->id,
        api_user_arn(call, user->path, user->name),
        call->constants->account,
        SLICE("AWS::IAM::User"),
        SLICE("ACTIVE"),
    }};
}

static bool
any_is(const struct json *list, struct slice text)
{
    for (const struct json *item = list->first; item; item = item->next)
        if (slice_eq(item->text, text))
            return true;
    return false;
}

static bool
any_is_in(const struct json *list, struct slice text)
{
    for (const struct json *item = list->first; item; item = item->next)
        if (slice_find(text, item->text) != SLICE_NONE)
            return true;
    return false;
}

static bool
meets(const struct json *criterion, struct slice text)
{
    const struct json *equal = json_member(criterion, "eq"), *other = json_member(criterion, "neq");
    const struct json *part = json_member(criterion, "contains");
    const struct json *exists = json_member(criterion, "exists");
    return (!equal || any_is(equal, text)) && (!other || !any_is(other, text)) &&
           (!part || any_is_in(part, text)) && (!exists || exists->boolean);
}

static bool
passes(const struct json *filter, const struct attributes *attributes)
{
    for (size_t i = 0; filter && i < ATTRIBUTES; i++) {
        const struct json *criterion = json_member(filter, attribute_names[i]);
        if (criterion && !meets(criterion, attributes->text[i]))
            return false;
    }
    return true;
}

static enum rc
check_filter(struct api_call *call, struct err *err)
{
    const struct json *filter = json_member(call->input, "filter");
    for (const struct json *item = filter ? filter->first : NULL; item; item = item->next) {
        size_t i = 0;
        while (i < ATTRIBUTES && !slice_is(item->name, attribute_names[i]))
            i++;
        if (i == ATTRIBUTES)
            return api_fail(call, RC_SYNTAX, FAULT_VALIDATION, err,
                            "filter: findings are not told apart by %.*s here.",
                            SLICE_ARG(slice_head(item->name, 100)));
    }
    if (json_member(call->input, "sort"))
        return api_fail(call, RC_SYNTAX, FAULT_VALIDATION, err,
                        "sort is not served here: findings come by the names of users.");
    return RC_OK;
}

/* ---- one finding ---- */

static void
put_summary(struct api_call *call, const struct attributes *attributes,
            const struct unused_finding *finding)
{
    for (size_t i = 0; i < ATTRIBUTES; i++)
        json_put_string(call->output, attribute_names[i], attributes->text[i]);
    json_put_i64(call->output, "createdAt", finding->since_ms);
    json_put_i64(call->output, "updatedAt", finding->since_ms);
    json_put_i64(call->output, "analyzedAt", call->now_ms);
}

/* Absent: never. */
static void
put_used(struct api_call *call, int64_t used_ms)
{
    if (used_ms > 0)
        json_put_i64(call->output, "lastAccessed", used_ms);
}

static void
put_service(struct api_call *call, const struct unused_service *service)
{
    json_put_string(call->output, "serviceNamespace", service->name);
    put_used(call, service->used_ms);
    json_key(call->output, "actions");
    json_open_array(call->output);
    for (size_t i = 0; i < service->action_count; i++) {
        json_open_object(call->output);
        json_put_string(call->output, "action", service->actions[i].name);
        put_used(call, service->actions[i].used_ms);
        json_close_object(call->output);
    }
    json_close_array(call->output);
}

/* One of the members of a finding's details, which are a union. */
static void
put_detail(struct api_call *call, const struct unused_finding *finding, size_t index)
{
    static const char *const members[] = {
        "unusedIamUserAccessKeyDetails", "unusedIamUserPasswordDetails", "unusedPermissionDetails"};
    static_assert(sizeof members / sizeof *members == UNUSED_KIND_COUNT, "a member for each kind");
    json_open_object(call->output);
    json_key(call->output, members[finding->kind]);
    json_open_object(call->output);
    switch (finding->kind) {
    case UNUSED_KEY:
        json_put_string(call->output, "accessKeyId", finding->access_key);
        put_used(call, finding->used_ms);
        break;
    case UNUSED_PERMISSION: put_service(call, &finding->services[index]); break;
    case UNUSED_PASSWORD:
    case UNUSED_KIND_COUNT: break; /* never used: there is nothing to say of it */
    }
    json_close_object(call->output);
    json_close_object(call->output);
}

/* ---- ListFindingsV2 ---- */

/* Where a page goes on: a user, and how many findings of it were given. */
struct place {
    struct slice folded; /* empty: from the beginning */
    size_t given;
};

static enum rc
read_place(struct api_call *call, const struct page *page, struct place *place, struct err *err)
{
    struct slice number;
    uint64_t given = 0;
    *place = (struct place){.folded = SLICE("")};
    if (page->after.len == 0)
        return RC_OK;
    if (!slice_cut(page->after, ' ', &number, &place->folded) || !slice_u64(number, &given) ||
        place->folded.len == 0)
        return api_fail(call, RC_SYNTAX, FAULT_INVALID_NEXT_TOKEN, err,
                        "The nextToken is not one that was given out here.");
    place->given = (size_t)given;
    return RC_OK;
}

static void
put_place(struct api_call *call, struct slice folded, size_t given)
{
    struct slice text = arena_printf(call->arena, "%zu %.*s", given, SLICE_ARG(folded));
    json_put_string(call->output, "nextToken", page_token(call->arena, text));
}

/* From that user on, and one more than a page has. Who is gone meanwhile is passed over. */
static enum rc
load_users(struct api_call *call, struct place *place, struct user_row *users, size_t *count,
           struct err *err)
{
    struct user_row *rows;
    size_t found, len = 0;
    enum rc rc = RC_NOT_FOUND;
    if (place->folded.len > 0)
        rc = users_find(call->database, call->arena, place->folded, &users[0], err);
    if (rc == RC_OK)
        len = 1;
    else if (rc == RC_NOT_FOUND)
        place->given = 0;
    else
        return rc;
    rc = users_page(call->database, call->arena, SLICE(""), place->folded,
                    (int64_t)(USERS_PAGE + 1 - len), &rows, &found, err);
    for (size_t i = 0; rc == RC_OK && i < found; i++)
        users[len++] = rows[i];
    *count = len;
    return rc;
}

struct listing {
    struct api_call *call;
    const struct json *filter;
    int64_t days, room; /* room: of the page, left */
    struct place next;  /* folded not empty: the page ended there */
};

static enum rc
list_user(struct listing *listing, const struct user_row *user, size_t given, struct err *err)
{
    struct api_call *call = listing->call;
    struct unused_finding *findings;
    size_t count;
    enum rc rc = unused_access_of(call, user, listing->days, &findings, &count, err);
    for (size_t i = given; rc == RC_OK && i < count; i++) {
        struct attributes attributes = attributes_of(call, user, &findings[i]);
        if (!passes(listing->filter, &attributes))
            continue;
        if (listing->room == 0) {
            listing->next = (struct place){user->folded, i};
            return RC_OK;
        }
        listing->room--;
        json_open_object(call->output);
        put_summary(call, &attributes, &findings[i]);
        json_close_object(call->output);
    }
    return rc;
}

static enum rc
list_users(struct listing *listing, struct place place, struct err *err)
{
    struct user_row users[USERS_PAGE + 1];
    size_t count;
    enum rc rc = load_users(listing->call, &place, users, &count, err);
    for (size_t i = 0; rc == RC_OK && i < count && listing->next.folded.len == 0; i++)
        if (i == USERS_PAGE)
            listing->next = (struct place){users[i].folded, 0};
        else
            rc = list_user(listing, &users[i], i == 0 ? place.given : 0, err);
    return rc;
}

static enum rc
list_findings(struct api_call *call, struct err *err)
{
    struct analyzer_row analyzer;
    struct page page;
    struct place place;
    enum rc rc = find_analyzer(call, &analyzer, err);
    if (rc == RC_OK)
        rc = page_read(call, "maxResults", FINDINGS_PAGE, FINDINGS_PAGE_MAX, &page, err);
    if (rc == RC_OK)
        rc = read_place(call, &page, &place, err);
    if (rc == RC_OK)
        rc = check_filter(call, err);
    if (rc != RC_OK)
        return rc;
    struct listing listing = {.call = call,
                              .filter = json_member(call->input, "filter"),
                              .days = analyzer.unused_days,
                              .room = page.limit,
                              .next = {.folded = SLICE("")}};
    json_key(call->output, "findings");
    json_open_array(call->output);
    rc = list_users(&listing, place, err);
    json_close_array(call->output);
    if (rc == RC_OK && listing.next.folded.len > 0)
        put_place(call, listing.next.folded, listing.next.given);
    return rc;
}

/* ---- GetFindingV2 ---- */

static enum rc
no_such_finding(struct api_call *call, struct slice id, struct err *err)
{
    api_fail_about(call, "resourceId", id);
    api_fail_about(call, "resourceType", SLICE("Finding"));
    return api_fail(call, RC_NOT_FOUND, FAULT_NOT_FOUND, err, "There is no finding %.*s.",
                    SLICE_ARG(slice_head(id, 100)));
}

static enum rc
find_finding(struct api_call *call, int64_t days, struct user_row *user, struct unused_finding *out,
             struct err *err)
{
    struct slice id = api_text(call->input, "id");
    struct unused_finding *findings;
    size_t count, i = 0;
    enum rc rc = unused_access_user(call, id, user, err);
    if (rc == RC_OK)
        rc = unused_access_of(call, user, days, &findings, &count, err);
    if (rc != RC_OK)
        return rc == RC_NOT_FOUND ? no_such_finding(call, id, err) : rc;
    while (i < count && !slice_eq(findings[i].id, id))
        i++;
    if (i == count)
        return no_such_finding(call, id, err);
    *out = findings[i];
    return RC_OK;
}

/* A token is the number of details that came before. */
static enum rc
put_details(struct api_call *call, const struct unused_finding *finding, struct err *err)
{
    struct page page;
    uint64_t start = 0;
    enum rc rc = page_read(call, "maxResults", FINDINGS_PAGE, FINDINGS_PAGE_MAX, &page, err);
    if (rc != RC_OK)
        return rc;
    size_t count = finding->kind == UNUSED_PERMISSION ? finding->service_count : 1;
    if (page.after.len > 0 && (!slice_u64(page.after, &start) || start > count))
        return api_fail(call, RC_SYNTAX, FAULT_INVALID_NEXT_TOKEN, err,
                        "The nextToken is not one that was given out here.");
    size_t left = count - (size_t)start, shown = page_rows(&page, left);
    json_key(call->output, "findingDetails");
    json_open_array(call->output);
    for (size_t i = 0; i < shown; i++)
        put_detail(call, finding, (size_t)start + i);
    json_close_array(call->output);
    page_put_next(call, &page, left, arena_printf(call->arena, "%zu", (size_t)start + shown));
    return RC_OK;
}

static enum rc
get_finding(struct api_call *call, struct err *err)
{
    struct analyzer_row analyzer;
    struct user_row user;
    struct unused_finding finding = {0};
    enum rc rc = find_analyzer(call, &analyzer, err);
    if (rc == RC_OK)
        rc = find_finding(call, analyzer.unused_days, &user, &finding, err);
    if (rc != RC_OK)
        return rc;
    struct attributes attributes = attributes_of(call, &user, &finding);
    put_summary(call, &attributes, &finding);
    return put_details(call, &finding, err);
}

static const struct served_operation rows[] = {
    {SERVICE_ACCESSANALYZER, "ListFindingsV2", "access-analyzer:ListFindings", API_READ,
     RESOURCE_ARN, "analyzerArn", list_findings,
     "Worked out when asked, so that all are ACTIVE and none is kept once it is over. Of unused "
     "keys (those that are on), passwords and permissions; in the order of users' names: sort is "
     "refused. A page may be short and have a nextToken. Filters: findingType, id, resource, "
     "resourceOwnerAccount, resourceType, status."},
    {SERVICE_ACCESSANALYZER, "GetFindingV2", "access-analyzer:GetFinding", API_READ, RESOURCE_ARN,
     "analyzerArn", get_finding,
     "A permission counts as used when a call with it succeeded. Actions are named with their "
     "service; none are listed of a service that is not used at all."},
};

const struct served_rows analyzer_finding_rows = SERVED_ROWS(rows);
