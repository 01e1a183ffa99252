#include "demand.h"
#include "authorize/permit.h"
#include "identity_changes.h"
#include "operations.h"
#include "store/tags.h"
#include "store/users.h"

#include <pthread.h>

struct demand {
    struct api_call *call;
    const struct served_operation *row;
    struct arena *arena; /* these three: the call's */
    struct database *database;
    const struct json *input;
    struct err *err;
};

/* ---- on what ---- */

static struct slice
named(const struct demand *demand)
{
    return demand->row->member ? api_text(demand->input, demand->row->member) : SLICE("");
}

static struct slice
ses_arn(const struct demand *demand, const char *type)
{
    return api_ses_arn(demand->call, type, named(demand));
}

/* Under the name that the handler will find: a Deny must not depend on how a domain is written. */
static struct slice
identity_arn(const struct demand *demand)
{
    struct slice name;
    struct err err;
    bool domain;
    if (identity_read_name(demand->arena, named(demand), &name, &domain, &err) != RC_OK)
        name = named(demand);
    return api_identity_arn(demand->call, name);
}

static struct slice
iam_arn(const struct demand *demand, const char *type, struct slice path, struct slice name)
{
    return api_iam_arn(demand->arena, demand->call->constants, type, path, name);
}

static struct slice
new_path(const struct demand *demand)
{
    struct slice path = api_text(demand->input, "Path");
    return path.len ? path : SLICE("/");
}

/* IAM's ARNs hold the path, which the request does not name: it is looked up. What does not exist is
 * asked about under the path "/". */
static struct slice
user_arn(const struct demand *demand)
{
    struct user_row row;
    struct err err;
    struct slice name = named(demand);
    if (name.len == 0)
        return demand->call->caller->user_arn;
    if (users_find(demand->database, demand->arena, name, &row, &err) == RC_OK)
        return iam_arn(demand, "user", row.path, row.name);
    return iam_arn(demand, "user", new_path(demand), name);
}

/* What the user is to be called: who may rename may do so to some names. */
static struct slice
moved_user_arn(const struct demand *demand)
{
    struct user_row row;
    struct err err;
    struct slice name = api_text(demand->input, "NewUserName");
    struct slice path = api_text(demand->input, "NewPath");
    if (users_find(demand->database, demand->arena, named(demand), &row, &err) != RC_OK)
        return user_arn(demand);
    return iam_arn(demand, "user", path.len ? path : row.path, name.len ? name : row.name);
}

/* A key that is not there is nobody's: only who may ask about everybody hears so. */
static struct slice
key_owner_arn(const struct demand *demand)
{
    struct access_key_row key;
    struct err err;
    if (access_keys_find(demand->database, demand->arena, named(demand), &key, &err) != RC_OK)
        return SLICE("*");
    return iam_arn(demand, "user", key.user_path, key.user_name);
}

static struct slice
group_arn(const struct demand *demand)
{
    struct group_row row;
    struct err err;
    struct slice name = named(demand);
    if (groups_find(demand->database, demand->arena, name, &row, &err) == RC_OK)
        return iam_arn(demand, "group", row.path, row.name);
    return iam_arn(demand, "group", new_path(demand), name);
}

static struct slice
resource_of(const struct demand *demand)
{
    switch (demand->row->resource) {
    case RESOURCE_IDENTITY: return identity_arn(demand);
    case RESOURCE_CONFIGURATION_SET: return ses_arn(demand, "configuration-set");
    case RESOURCE_TEMPLATE: return ses_arn(demand, "template");
    case RESOURCE_VERIFICATION_TEMPLATE:
        return ses_arn(demand, "custom-verification-email-template");
    case RESOURCE_CONTACT_LIST: return ses_arn(demand, "contact-list");
    case RESOURCE_ARN: return named(demand);
    case RESOURCE_USER:
    case RESOURCE_MOVED_USER: return user_arn(demand);
    case RESOURCE_ACCESS_KEY: return key_owner_arn(demand);
    case RESOURCE_GROUP: return group_arn(demand);
    case RESOURCE_OWN: return demand->call->caller->user_arn;
    case RESOURCE_POLICY: return iam_arn(demand, "policy", new_path(demand), named(demand));
    case RESOURCE_ANALYZER: return api_analyzer_arn(demand->call, named(demand));
    case RESOURCE_ANY:
    case RESOURCE_OF_GATE:
    case RESOURCE_OPEN: break;
    }
    return SLICE("*");
}

/* What a refusal calls it: users and groups by the name that the request has, since their ARN says
 * whether they exist, and under which path; so does the ARN of who has an access key. */
static struct slice
shown_of(const struct demand *demand, struct slice resource)
{
    struct slice name = named(demand);
    if (demand->row->service == SERVICE_SES)
        return SLICE("");
    switch (demand->row->resource) {
    case RESOURCE_USER:
    case RESOURCE_MOVED_USER:
        return arena_concat(demand->arena, SLICE("user "),
                            name.len ? name : demand->call->caller->user_name);
    case RESOURCE_GROUP: return arena_concat(demand->arena, SLICE("group "), name);
    case RESOURCE_ACCESS_KEY: return arena_concat(demand->arena, SLICE("access key "), name);
    default: return resource;
    }
}

/* ---- under which conditions ---- */

/* "Tags" and "TagKeys" of the input, for conditions on tags. */
static void
read_tags(const struct demand *demand, struct permit_request *request)
{
    const struct json *tags = json_member(demand->input, "Tags");
    const struct json *keys = json_member(demand->input, "TagKeys");
    struct permit_tag *list = ARENA_ARRAY(demand->arena, struct permit_tag, PERMIT_TAGS_MAX);
    size_t count = 0;
    for (const struct json *tag = tags ? tags->first : NULL; tag && count < PERMIT_TAGS_MAX;
         tag = tag->next) {
        const struct json *key = json_member(tag, "Key"), *value = json_member(tag, "Value");
        if (key)
            list[count++] = (struct permit_tag){key->text, value ? value->text : SLICE("")};
    }
    for (const struct json *key = keys ? keys->first : NULL; key && count < PERMIT_TAGS_MAX;
         key = key->next)
        list[count++] = (struct permit_tag){key->text, SLICE("")};
    request->request_tags = list;
    request->request_tag_count = count;
}

/* The user that a request is about. RC_NOT_FOUND: it is about none, or about one that is not there. */
static enum rc
find_subject(const struct demand *demand, struct user_row *row)
{
    struct slice name = named(demand);
    if (demand->row->resource != RESOURCE_USER && demand->row->resource != RESOURCE_MOVED_USER)
        return RC_NOT_FOUND;
    return users_find(demand->database, demand->arena,
                      name.len ? name : demand->call->caller->user_name, row, demand->err);
}

static enum rc
read_user_tags(const struct demand *demand, struct slice user_id, struct permit_request *request)
{
    struct tag_row *rows;
    size_t count;
    enum rc rc = tags_page(demand->database, demand->arena, user_id, SLICE(""), PERMIT_TAGS_MAX,
                           &rows, &count, demand->err);
    if (rc != RC_OK)
        return rc;
    struct permit_tag *tags = ARENA_ARRAY(demand->arena, struct permit_tag, count);
    for (size_t i = 0; i < count; i++)
        tags[i] = (struct permit_tag){rows[i].key, rows[i].value};
    request->resource_tags = tags;
    request->resource_tag_count = count;
    return RC_OK;
}

/* iam:PolicyARN, which only operations on users and groups have, and of the user that a request is
 * about, named or the caller, tags and iam:PermissionsBoundary. A boundary that is asked for counts
 * before the one that the user has. */
static enum rc
read_iam_keys(const struct demand *demand, struct permit_request *request)
{
    struct user_row row;
    if (demand->row->resource == RESOURCE_USER || demand->row->resource == RESOURCE_GROUP) {
        request->policy_arn = api_text(demand->input, "PolicyArn");
        request->boundary_arn = api_text(demand->input, "PermissionsBoundary");
    }
    enum rc rc = find_subject(demand, &row);
    if (rc != RC_OK)
        return rc == RC_NOT_FOUND ? RC_OK : rc;
    if (request->boundary_arn.len == 0)
        request->boundary_arn = row.boundary_arn;
    return read_user_tags(demand, row.id, request);
}

/* ---- and is it permitted ---- */

/* Some operations need a second permission: renaming, on the new name too, and a user that begins
 * with tags, that of TagUser. */
static bool
further_demand(const struct demand *demand, struct permit_request *request)
{
    if (demand->row->resource == RESOURCE_MOVED_USER) {
        request->resource = moved_user_arn(demand);
        return true;
    }
    if (!slice_is(request->action, "iam:CreateUser") || request->request_tag_count == 0)
        return false;
    request->action = SLICE("iam:TagUser");
    return true;
}

static struct permit_request
request_of(const struct demand *demand)
{
    const struct api_caller *caller = demand->call->caller;
    const struct served_operation *row = demand->row;
    struct slice resource = resource_of(demand);
    return (struct permit_request){
        .user_name = caller->user_name,
        .user_id = caller->user_id,
        .user_arn = caller->user_arn,
        .account = demand->call->constants->account,
        .region = demand->call->constants->region,
        .action = slice_of(row->action),
        .resource = resource,
        .shown = shown_of(demand, resource),
        .source_ip = caller->source_ip,
        .user_agent = caller->user_agent,
        .secure_transport = caller->tls.len > 0,
        .api_version = row->service == SERVICE_SES     ? "1"
                       : row->service == SERVICE_SESV2 ? "2"
                                                       : NULL,
        .now_ms = demand->call->now_ms,
    };
}

static enum rc
unavailable(struct api_call *call)
{
    call->fault = FAULT_UNAVAILABLE;
    return RC_TEMPORARY;
}

/* What every user may do without being told: see and change what is their own. A Deny, or a boundary,
 * takes it away. */
static struct policy *own_policy;
static pthread_once_t own_policy_made = PTHREAD_ONCE_INIT;

static void
make_own_policy(void)
{
    struct err err;
    if (policy_parse(SLICE("{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\","
                           "\"Action\":\"postern:Own*\",\"Resource\":\"*\"}}"),
                     POLICY_IDENTITY_BASED, &own_policy, &err) != RC_OK)
        own_policy = NULL;
}

static void
add_own_policy(struct arena *arena, const struct policy_entry **policies, size_t *count)
{
    struct policy_entry *all = ARENA_ARRAY(arena, struct policy_entry, *count + 1);
    pthread_once(&own_policy_made, make_own_policy);
    if (!own_policy)
        return;
    memcpy(all, *policies, *count * sizeof *all);
    all[(*count)++] = (struct policy_entry){
        .policy = own_policy, .source = POLICY_USER_MANAGED, .name = SLICE("own")};
    *policies = all;
}

enum rc
demand_permission(struct api_call *call, const struct served_operation *row, struct err *err)
{
    const struct demand demand = {call, row, call->arena, call->database, call->input, err};
    const struct policy_entry *policies;
    size_t count;
    if (call->caller->administrator || row->resource == RESOURCE_OPEN ||
        row->resource == RESOURCE_OF_GATE)
        return RC_OK;
    struct facts_source source = api_facts_source(call->constants, call->thread);
    policy_cache_trim(call->thread->policies);
    if (facts_principal(call->arena, &source, call->caller->user_folded, &policies, &count, err) !=
        RC_OK)
        return unavailable(call);
    if (row->resource == RESOURCE_OWN)
        add_own_policy(call->arena, &policies, &count);
    struct permit_request request = request_of(&demand);
    read_tags(&demand, &request);
    if (read_iam_keys(&demand, &request) != RC_OK)
        return unavailable(call);
    enum rc rc = permit_decide(call->arena, &request, policies, count, err);
    if (rc == RC_OK && further_demand(&demand, &request))
        rc = permit_decide(call->arena, &request, policies, count, err);
    if (rc != RC_OK)
        call->fault = FAULT_ACCESS_DENIED;
    return rc;
}
