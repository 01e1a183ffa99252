#include "permit.h"

#include <assert.h>
#include <stdio.h>

enum { KEYS_MAX = 16 + 2 * PERMIT_TAGS_MAX };

struct context_keys {
    struct condition_value list[KEYS_MAX];
    struct slice values[KEYS_MAX];
    size_t count;
};

static void
add(struct context_keys *keys, struct slice key, struct slice value)
{
    assert(keys->count < KEYS_MAX);
    size_t i = keys->count++;
    keys->values[i] = value;
    keys->list[i] = (struct condition_value){.key = key, .values = &keys->values[i], .count = 1};
}

static void
add_known(struct context_keys *keys, const char *key, struct slice value)
{
    if (value.len)
        add(keys, slice_of(key), value);
}

static void
add_tags(struct arena *arena, struct context_keys *keys, const char *prefix,
         const struct permit_tag *tags, size_t count)
{
    for (size_t i = 0; i < count; i++)
        add(keys, arena_printf(arena, "%s/%.*s", prefix, SLICE_ARG(tags[i].key)), tags[i].value);
}

/* aws:TagKeys holds the keys that the request names. */
static void
add_tag_keys(struct arena *arena, struct context_keys *keys, const struct permit_request *request)
{
    struct slice *names = ARENA_ARRAY(arena, struct slice, request->request_tag_count);
    for (size_t i = 0; i < request->request_tag_count; i++)
        names[i] = request->request_tags[i].key;
    if (request->request_tag_count == 0)
        return;
    assert(keys->count < KEYS_MAX);
    keys->list[keys->count++] = (struct condition_value){.key = SLICE("aws:TagKeys"),
                                                         .values = names,
                                                         .count = request->request_tag_count,
                                                         .multivalued = true};
}

static void
fill(struct arena *arena, const struct permit_request *request, struct context_keys *keys)
{
    keys->count = 0;
    if (request->api_version)
        add_known(keys, "ses:ApiVersion", slice_of(request->api_version));
    add_known(keys, "aws:SourceIp", request->source_ip);
    add_known(keys, "aws:UserAgent", request->user_agent);
    add_known(keys, "aws:SecureTransport", slice_of(request->secure_transport ? "true" : "false"));
    add_known(keys, "aws:ViaAWSService", SLICE("false"));
    add_known(keys, "aws:username", request->user_name);
    add_known(keys, "aws:userid", request->user_id);
    add_known(keys, "aws:PrincipalArn", request->user_arn);
    add_known(keys, "aws:PrincipalAccount", request->account);
    add_known(keys, "aws:PrincipalType", SLICE("User"));
    add_known(keys, "aws:RequestedRegion", request->region);
    add_known(keys, "iam:PolicyARN", request->policy_arn);
    add_known(keys, "iam:PermissionsBoundary", request->boundary_arn);
    add_tags(arena, keys, "aws:RequestTag", request->request_tags, request->request_tag_count);
    add_tags(arena, keys, "aws:ResourceTag", request->resource_tags, request->resource_tag_count);
    add_tag_keys(arena, keys, request);
}

static const char *
place_of(const struct policy_entry *entry)
{
    return entry && entry->source == POLICY_BOUNDARY      ? "a permissions boundary"
           : entry && entry->source == POLICY_OF_IDENTITY ? "a resource-based policy"
                                                          : "an identity-based policy";
}

static enum rc
refuse(const struct permit_request *request, const struct evaluate_result *result, struct err *err)
{
    struct slice shown = request->shown;
    struct slice action = request->action;
    char reason[200];
    if (result->outcome == EVALUATE_EXPLICIT_DENY)
        snprintf(reason, sizeof reason, "with an explicit deny in %s", place_of(result->entry));
    else
        snprintf(reason, sizeof reason, "because no %s allows the %.*s action",
                 result->denied_by_boundary ? "permissions boundary" : "identity-based policy",
                 SLICE_ARG(action));
    return err_set(err, RC_DENIED, "User: %.*s is not authorized to perform: %.*s%s%.*s %s",
                   SLICE_ARG(request->user_arn), SLICE_ARG(action),
                   shown.len ? " on resource: " : "", SLICE_ARG(shown), reason);
}

enum rc
permit_decide(struct arena *arena, const struct permit_request *request,
              const struct policy_entry *policies, size_t count, struct err *err)
{
    struct context_keys keys;
    fill(arena, request, &keys);
    struct evaluate_request asked = {.principal_arn = request->user_arn,
                                     .principal_account = request->account,
                                     .action = request->action,
                                     .resource = request->resource,
                                     .keys = keys.list,
                                     .key_count = keys.count,
                                     .now_ms = request->now_ms};
    struct evaluate_result result = evaluate_policies(arena, policies, count, &asked);
    return result.outcome == EVALUATE_ALLOW ? RC_OK : refuse(request, &result, err);
}
