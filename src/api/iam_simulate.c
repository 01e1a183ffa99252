/*
 * What policies would decide: SimulateCustomPolicy and SimulatePrincipalPolicy (reference §5.2). The
 * same evaluator answers as behind the gate, and what a request of a sender would hold is read as the
 * gate reads it: ses:FromAddress has one value, ses:Recipients several, and both are compared in
 * their canonical form, more loosely by a Deny. The gate itself asks about more than policies: whether
 * the identity is verified, for one.
 *
 * Whoever may simulate chooses documents and values, and so how long it takes. That is estimated
 * before: a page ends when it has cost enough.
 */
#include "authorize/canonical.h"
#include "authorize/context.h"
#include "authorize/operand.h"
#include "base/clock.h"
#include "base/codec.h"
#include "base/map.h"
#include "iam_page.h"
#include "operations.h"
#include "served.h"
#include "store/policies.h"
#include "store/users.h"

#include <inttypes.h>

enum {
    MATCHES_MAX = 100, /* shown of one decision */
    MISSING_MAX = 100,
    POLICIES_MAX = 1 << 20, /* bytes of all that are given */
    COST_MAX = 1 << 30      /* bytes of policies times bytes of values: about a second */
};

struct simulation {
    struct api_call *call;
    struct arena *scratch; /* owned; of one evaluation */
    struct policy **owned; /* beside each entry */
    struct policy_entry *entries;
    size_t count, cap, owned_cap;
    bool limited; /* a boundary is among them */
    struct slice caller_arn, caller_account, caller_name, caller_id;
    struct condition_value *keys;
    size_t key_count;
    struct map *known; /* names of keys, lower-cased: given, or listed as missing */
    struct slice missing[MISSING_MAX];
    size_t missing_count;
    uint64_t policy_bytes, value_bytes;
    bool resources_given;
};

static enum rc
invalid(struct simulation *simulation, struct err *err, const char *about, struct slice value,
        const char *why)
{
    return api_fail(simulation->call, RC_SYNTAX, FAULT_INVALID_INPUT, err, "%s: %.*s%s%s", about,
                    SLICE_ARG(slice_head(value, 200)), value.len ? " " : "", why);
}

/* ---- policies ---- */

/* Not through the cache of policies that are in use: what is only tried would fill it. */
static enum rc
add_policy(struct simulation *simulation, struct slice document, struct policy_entry entry,
           struct err *err)
{
    struct arena *arena = simulation->call->arena;
    struct policy *policy;
    enum policy_kind kind =
        entry.source == POLICY_OF_IDENTITY ? POLICY_RESOURCE_BASED : POLICY_IDENTITY_BASED;
    enum rc rc = policy_parse(document, kind, &policy, err);
    if (rc != RC_OK)
        return rc;
    entry.policy = policy;
    simulation->owned = arena_grow(arena, simulation->owned, sizeof *simulation->owned,
                                   simulation->count, &simulation->owned_cap);
    simulation->entries = arena_grow(arena, simulation->entries, sizeof *simulation->entries,
                                     simulation->count, &simulation->cap);
    simulation->owned[simulation->count] = policy;
    simulation->entries[simulation->count++] = entry;
    simulation->policy_bytes += document.len;
    simulation->limited |= entry.source == POLICY_BOUNDARY;
    return RC_OK;
}

/* A policy of the request; its name tells which. */
static enum rc
add_given(struct simulation *simulation, struct slice document, struct slice name,
          enum policy_source source, struct err *err)
{
    struct policy_entry entry = {.source = source, .name = name, .owner = SLICE("")};
    if (simulation->policy_bytes + document.len > POLICIES_MAX)
        return invalid(simulation, err, "Policies", SLICE(""), "are too long together");
    enum rc rc = add_policy(simulation, document, entry, err);
    if (rc == RC_OK)
        return RC_OK;
    simulation->call->fault = FAULT_INVALID_INPUT;
    return err_prefix(err, "Invalid policy in %.*s: ", SLICE_ARG(name));
}

static enum rc
add_list(struct simulation *simulation, const char *member, enum policy_source source,
         struct err *err)
{
    const struct json *list = json_member(simulation->call->input, member);
    const struct json *item = list ? list->first : NULL;
    enum rc rc = RC_OK;
    for (size_t i = 1; rc == RC_OK && item; item = item->next, i++)
        rc = add_given(simulation, item->text,
                       arena_printf(simulation->call->arena, "%s.%zu", member, i), source, err);
    return rc;
}

static enum rc
add_given_policies(struct simulation *simulation, struct err *err)
{
    const struct json *boundaries =
        json_member(simulation->call->input, "PermissionsBoundaryPolicyInputList");
    struct slice resource = api_text(simulation->call->input, "ResourcePolicy");
    if (boundaries && boundaries->count > 1)
        return invalid(simulation, err, "PermissionsBoundaryPolicyInputList", SLICE(""),
                       "takes one policy");
    if (resource.len && simulation->caller_arn.len == 0)
        return invalid(simulation, err, "CallerArn", SLICE(""),
                       "must be given when there is a ResourcePolicy");
    enum rc rc = add_list(simulation, "PolicyInputList", POLICY_USER_INLINE, err);
    if (rc == RC_OK)
        rc = add_list(simulation, "PermissionsBoundaryPolicyInputList", POLICY_BOUNDARY, err);
    if (rc == RC_OK && resource.len)
        rc = add_given(simulation, resource, SLICE("ResourcePolicy"), POLICY_OF_IDENTITY, err);
    return rc;
}

static enum policy_source
source_of(const struct policy_row *row)
{
    bool managed = row->arn.len > 0;
    if (row->boundary)
        return POLICY_BOUNDARY;
    if (row->owner_kind == OWNER_GROUP)
        return managed ? POLICY_GROUP_MANAGED : POLICY_GROUP_INLINE;
    return managed ? POLICY_USER_MANAGED : POLICY_USER_INLINE;
}

/* What the request gives as a boundary replaces the one that the user has. */
static enum rc
add_stored(struct simulation *simulation, const struct policy_row *rows, size_t count,
           struct err *err)
{
    bool replaced =
        json_member(simulation->call->input, "PermissionsBoundaryPolicyInputList") != NULL;
    enum rc rc = RC_OK;
    for (size_t i = 0; rc == RC_OK && i < count; i++) {
        struct policy_entry entry = {
            .source = source_of(&rows[i]), .name = rows[i].name, .owner = rows[i].owner};
        if (!rows[i].boundary || !replaced)
            rc = add_policy(simulation, rows[i].document, entry, err);
    }
    return rc;
}

/* ---- who ---- */

static bool
account_of_user(struct slice text, struct arn *arn)
{
    return arn_split(text, false, arn) && slice_is(arn->part[ARN_SERVICE], "iam") &&
           account_id_valid(arn->part[ARN_ACCOUNT]) &&
           slice_starts(arn->part[ARN_RESOURCE], SLICE("user/")) &&
           !slice_ends(arn->part[ARN_RESOURCE], SLICE("/"));
}

static enum rc
read_caller(struct simulation *simulation, struct err *err)
{
    struct slice text = api_text(simulation->call->input, "CallerArn");
    struct user_row row;
    struct arn arn;
    if (text.len == 0)
        return RC_OK;
    if (!account_of_user(text, &arn))
        return invalid(simulation, err, "CallerArn", text, "is not the ARN of a user");
    simulation->caller_arn = text;
    simulation->caller_account = arn.part[ARN_ACCOUNT];
    simulation->caller_name = slice_from(text, slice_rchr(text, '/') + 1);
    enum rc rc = users_find(simulation->call->database, simulation->call->arena,
                            simulation->caller_name, &row, err);
    if (rc == RC_OK && slice_eq(api_user_arn(simulation->call, row.path, row.name), text))
        simulation->caller_id = row.id;
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static enum rc
no_such_source(struct slice arn, struct err *err)
{
    return err_set(err, RC_NOT_FOUND, "There is no user or group %.*s.", SLICE_ARG(arn));
}

static enum rc
load_user(struct simulation *simulation, struct slice arn, struct slice name, struct err *err)
{
    struct api_call *call = simulation->call;
    struct policy_row *rows;
    struct user_row row;
    size_t count;
    enum rc rc = users_find(call->database, call->arena, name, &row, err);
    if (rc == RC_NOT_FOUND ||
        (rc == RC_OK && !slice_eq(api_user_arn(call, row.path, row.name), arn)))
        return no_such_source(arn, err);
    if (rc == RC_OK)
        rc = policies_of_principal(call->database, call->arena, row.folded, &rows, &count, err);
    if (rc != RC_OK)
        return rc;
    if (simulation->caller_arn.len == 0) {
        simulation->caller_arn = arn;
        simulation->caller_name = row.name;
        simulation->caller_id = row.id;
    }
    return add_stored(simulation, rows, count, err);
}

static enum rc
load_group(struct simulation *simulation, struct slice arn, struct slice name, struct err *err)
{
    struct api_call *call = simulation->call;
    struct policy_row *rows;
    struct group_row row;
    size_t count;
    enum rc rc = groups_find(call->database, call->arena, name, &row, err);
    if (rc == RC_OK &&
        !slice_eq(api_iam_arn(call->arena, call->constants, "group", row.path, row.name), arn))
        return no_such_source(arn, err);
    if (rc == RC_OK)
        rc = policies_of(call->database, call->arena, OWNER_GROUP, row.folded, &rows, &count, err);
    if (rc == RC_NOT_FOUND)
        return no_such_source(arn, err);
    return rc == RC_OK ? add_stored(simulation, rows, count, err) : rc;
}

/* The ARN must be the entity's to the letter: it is what permission was asked for. */
static enum rc
load_source(struct simulation *simulation, struct err *err)
{
    struct slice text = api_text(simulation->call->input, "PolicySourceArn");
    struct arn arn;
    if (!arn_split(text, false, &arn))
        return api_fail(simulation->call, RC_SYNTAX, FAULT_VALIDATION, err,
                        "Invalid ARN:  Could not be parsed!");
    struct slice resource = arn.part[ARN_RESOURCE];
    struct slice name = slice_from(resource, slice_rchr(resource, '/') + 1);
    if (slice_starts(resource, SLICE("user/")))
        return load_user(simulation, text, name, err);
    if (slice_starts(resource, SLICE("group/")))
        return load_group(simulation, text, name, err);
    return no_such_source(text, err);
}

/* ---- what the request would hold ---- */

/* How the gate gives the keys of a sender to the evaluator. */
static const struct sender_key {
    const char *name;
    bool multivalued, address;
    enum deny_fold fold;
} sender_keys[] = {
    {"ses:FromAddress", false, true, DENY_AS_ADDRESS},
    {"ses:FeedbackAddress", false, true, DENY_AS_ADDRESS},
    {"ses:FromDisplayName", false, false, DENY_LOWERED},
    {"ses:Recipients", true, true, DENY_AS_ADDRESS},
};

static const struct sender_key *
find_sender_key(struct slice name)
{
    for (size_t i = 0; i < sizeof sender_keys / sizeof *sender_keys; i++)
        if (slice_iis(name, sender_keys[i].name))
            return &sender_keys[i];
    return NULL;
}

static bool
value_fits(struct arena *arena, struct slice type, struct slice value)
{
    double number;
    int64_t instant_ms;
    struct network network;
    struct slice bytes;
    if (slice_starts(type, SLICE("numeric")))
        return number_parse(value, &number);
    if (slice_starts(type, SLICE("boolean")))
        return slice_iis(value, "true") || slice_iis(value, "false");
    if (slice_starts(type, SLICE("ip")))
        return network_parse(value, &network);
    if (slice_starts(type, SLICE("date")))
        return clock_parse(value, &instant_ms);
    if (slice_starts(type, SLICE("binary")))
        return codec_base64_decode(arena, value, &bytes, NULL) == RC_OK;
    return true;
}

static enum rc
read_values(struct simulation *simulation, const struct json *entry, const struct sender_key *known,
            struct condition_value *out, struct err *err)
{
    struct arena *arena = simulation->call->arena;
    const struct json *type = json_member(entry, "ContextKeyType");
    const struct json *list = json_member(entry, "ContextKeyValues");
    struct slice kind = type ? type->text : SLICE("string");
    struct slice *values = ARENA_ARRAY(arena, struct slice, list ? list->count : 0);
    size_t count = 0;
    for (const struct json *item = list ? list->first : NULL; item; item = item->next) {
        const char *why;
        struct slice value = item->text, canonical;
        if (!value_fits(arena, kind, value))
            return invalid(simulation, err, "ContextKeyValues", value,
                           "cannot be read as its ContextKeyType");
        if (known && known->address &&
            canonical_address(arena, item->text, false, false, &canonical, &why))
            value = canonical;
        values[count++] = value;
        simulation->value_bytes += value.len;
    }
    out->values = values;
    out->count = count;
    out->multivalued = known ? known->multivalued : slice_ends(kind, SLICE("List"));
    out->fold = known ? known->fold : DENY_AS_GIVEN;
    if (!out->multivalued && count > 1)
        return invalid(simulation, err, "ContextKeyValues of", out->key,
                       "must be one value: this key is no list");
    return RC_OK;
}

static enum rc
read_entry(struct simulation *simulation, const struct json *entry, struct err *err)
{
    const struct json *name = json_member(entry, "ContextKeyName");
    struct condition_value value = {.key = name ? name->text : SLICE("")};
    if (!key_name_valid(value.key))
        return invalid(simulation, err, "ContextKeyName", value.key,
                       "is not a condition key as ses:FromAddress");
    struct slice lower = arena_lower(simulation->call->arena, value.key);
    if (map_put(simulation->known, lower, simulation))
        return invalid(simulation, err, "ContextKeyName", value.key, "is given twice");
    enum rc rc = read_values(simulation, entry, find_sender_key(value.key), &value, err);
    simulation->value_bytes += value.key.len;
    if (rc == RC_OK)
        simulation->keys[simulation->key_count++] = value;
    return rc;
}

/* What is known of the principal, where the request does not say otherwise. */
static void
add_known(struct simulation *simulation, const char *name, struct slice text)
{
    struct arena *arena = simulation->call->arena;
    if (text.len == 0 || map_put(simulation->known, arena_lower(arena, slice_of(name)), simulation))
        return;
    struct slice *value = ARENA_NEW(arena, struct slice);
    *value = text;
    simulation->keys[simulation->key_count++] =
        (struct condition_value){.key = slice_of(name), .values = value, .count = 1};
    simulation->value_bytes += text.len;
}

enum { PRINCIPAL_KEYS = 5 };

static enum rc
read_context(struct simulation *simulation, bool of_principal, struct err *err)
{
    const struct json *list = json_member(simulation->call->input, "ContextEntries");
    enum rc rc = RC_OK;
    simulation->keys = ARENA_ARRAY(simulation->call->arena, struct condition_value,
                                   (list ? list->count : 0) + PRINCIPAL_KEYS);
    for (const struct json *entry = list ? list->first : NULL; rc == RC_OK && entry;
         entry = entry->next)
        rc = read_entry(simulation, entry, err);
    if (rc != RC_OK || !of_principal || simulation->caller_arn.len == 0)
        return rc;
    add_known(simulation, "aws:username", simulation->caller_name);
    add_known(simulation, "aws:userid", simulation->caller_id);
    add_known(simulation, "aws:PrincipalArn", simulation->caller_arn);
    add_known(simulation, "aws:PrincipalAccount", simulation->caller_account);
    add_known(simulation, "aws:PrincipalType", SLICE("User"));
    return RC_OK;
}

/* The clock is always there. */
static void
find_missing(struct simulation *simulation)
{
    struct arena *arena = simulation->call->arena;
    (void)map_put(simulation->known, SLICE("aws:currenttime"), simulation);
    (void)map_put(simulation->known, SLICE("aws:epochtime"), simulation);
    for (size_t i = 0; i < simulation->count; i++) {
        struct slice *names;
        size_t count = policy_keys(arena, simulation->entries[i].policy, &names);
        for (size_t k = 0; k < count && simulation->missing_count < MISSING_MAX; k++)
            if (!map_put(simulation->known, arena_lower(arena, names[k]), simulation))
                simulation->missing[simulation->missing_count++] = names[k];
    }
}

/* ---- what is asked ---- */

/* Permissions that no operation of the API has the name of. */
static bool
is_permission_only(struct slice action)
{
    static const char *const names[] = {"iam:PassRole", "sts:TagSession", "sts:SetSourceIdentity",
                                        "sts:SetContext"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (slice_iis(action, names[i]))
            return true;
    return false;
}

/* Of the services that are here the operations are known; of others anything that looks like one. */
static bool
action_exists(struct slice action, struct slice service, struct slice name)
{
    bool known = false;
    for (size_t i = 0; i < operation_model_count; i++) {
        const struct operation_model *model = &operation_models[i];
        if (!slice_iis(service, service_models[model->service].signing_name))
            continue;
        known = true;
        if (slice_iis(name, model->name))
            return true;
    }
    return !known || is_permission_only(action);
}

static enum rc
check_actions(struct simulation *simulation, struct err *err)
{
    const struct json *list = json_member(simulation->call->input, "ActionNames");
    for (const struct json *item = list->first; item; item = item->next) {
        struct slice service, name;
        bool valid = slice_cut(item->text, ':', &service, &name) && service.len && name.len;
        for (size_t i = 0; valid && i < item->text.len; i++) {
            char c = item->text.ptr[i];
            valid = ascii_alnum(c) || (i < service.len ? c == '-' : i == service.len);
        }
        if (!valid)
            return invalid(simulation, err, "ActionNames", item->text,
                           "is not service:Action, without wildcards, as ses:SendEmail");
        if (!action_exists(item->text, service, name))
            return invalid(simulation, err, "ActionNames", item->text, "does not exist");
    }
    if (list->count == 0)
        return invalid(simulation, err, "ActionNames", SLICE(""), "must name an action");
    return RC_OK;
}

/* The resource as the gate names it. */
static struct slice
canonical_arn(struct arena *arena, struct slice text)
{
    const struct slice prefix = SLICE("identity/");
    struct slice name;
    struct arn arn;
    const char *why;
    if (!arn_split(text, false, &arn) || !slice_is(arn.part[ARN_SERVICE], "ses") ||
        !slice_starts(arn.part[ARN_RESOURCE], prefix) ||
        !canonical_identity(arena, slice_from(arn.part[ARN_RESOURCE], prefix.len), false, false,
                            &name, &why))
        return text;
    size_t head = (size_t)(arn.part[ARN_RESOURCE].ptr - text.ptr) + prefix.len;
    return arena_concat(arena, slice_head(text, head), name);
}

static enum rc
check_resources(struct simulation *simulation, struct err *err)
{
    const struct json *list = json_member(simulation->call->input, "ResourceArns");
    struct arn arn;
    simulation->resources_given = list && list->count > 0;
    for (const struct json *item = list ? list->first : NULL; item; item = item->next)
        if (!slice_is(item->text, "*") && !arn_split(item->text, false, &arn))
            return invalid(simulation, err, "ResourceArns", item->text, "is not an ARN");
    return RC_OK;
}

/* One account, and no EC2: both are checked and change nothing. */
static enum rc
check_rest(struct simulation *simulation, struct err *err)
{
    static const char *const options[] = {
        "EC2-Classic-InstanceStore",    "EC2-Classic-EBS", "EC2-VPC-InstanceStore",
        "EC2-VPC-InstanceStore-Subnet", "EC2-VPC-EBS",     "EC2-VPC-EBS-Subnet"};
    struct slice owner = api_text(simulation->call->input, "ResourceOwner");
    struct slice option = api_text(simulation->call->input, "ResourceHandlingOption");
    struct slice ours = arena_printf(simulation->call->arena, "arn:aws:iam::%.*s:root",
                                     SLICE_ARG(simulation->call->constants->account));
    bool known = option.len == 0;
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        known |= slice_is(option, options[i]);
    if (!known)
        return invalid(simulation, err, "ResourceHandlingOption", option, "is none");
    if (owner.len && !slice_eq(owner, ours) &&
        !slice_eq(owner, simulation->call->constants->account))
        return invalid(simulation, err, "ResourceOwner", owner, "is not the account here");
    return RC_OK;
}

/* ---- the answer ---- */

struct verdict {
    struct evaluate_result result;
    struct evaluate_match matches[MATCHES_MAX];
    size_t matched;
    bool boundary_allows;
};

/* Of boundaries alone, as if they were what gives permission. */
static bool
boundary_allows(struct simulation *simulation, const struct evaluate_request *request)
{
    for (size_t i = 0; i < simulation->count; i++) {
        struct policy_entry entry = simulation->entries[i];
        if (entry.source != POLICY_BOUNDARY)
            continue;
        entry.source = POLICY_USER_INLINE;
        if (evaluate_policies(simulation->scratch, &entry, 1, request).outcome != EVALUATE_ALLOW)
            return false;
    }
    return true;
}

static void
judge(struct simulation *simulation, struct slice action, struct slice resource,
      struct verdict *out)
{
    struct arena *arena = simulation->scratch;
    arena_reset(arena);
    struct evaluate_request request = {.principal_arn = simulation->caller_arn,
                                       .principal_account = simulation->caller_account,
                                       .action = action,
                                       .resource = canonical_arn(arena, resource),
                                       .keys = simulation->keys,
                                       .key_count = simulation->key_count,
                                       .now_ms = simulation->call->now_ms};
    out->result = evaluate_matches(arena, simulation->entries, simulation->count, &request,
                                   out->matches, MATCHES_MAX, &out->matched);
    out->boundary_allows = boundary_allows(simulation, &request);
}

static const char *
decision_word(const struct verdict *verdict)
{
    static const char *const words[] = {[EVALUATE_ALLOW] = "allowed",
                                        [EVALUATE_EXPLICIT_DENY] = "explicitDeny",
                                        [EVALUATE_IMPLICIT_DENY] = "implicitDeny"};
    return words[verdict->result.outcome];
}

static const char *
type_word(const struct policy_entry *entry)
{
    if (entry->source == POLICY_OF_IDENTITY)
        return "resource";
    if (entry->owner.len == 0)
        return "none";
    return entry->source == POLICY_USER_INLINE    ? "user"
           : entry->source == POLICY_GROUP_INLINE ? "group"
                                                  : "user-managed";
}

static void
put_place(struct json_writer *output, const char *name, struct policy_place place)
{
    json_key(output, name);
    json_open_object(output);
    json_put_i64(output, "Line", place.line);
    json_put_i64(output, "Column", place.column);
    json_close_object(output);
}

static void
put_matches(struct json_writer *output, const struct verdict *verdict)
{
    json_key(output, "MatchedStatements");
    json_open_array(output);
    for (size_t i = 0; i < verdict->matched; i++) {
        const struct evaluate_match *match = &verdict->matches[i];
        struct policy_place start, end;
        policy_statement_place(match->entry->policy, match->statement, &start, &end);
        json_open_object(output);
        json_put_string(output, "SourcePolicyId", match->entry->name);
        json_put_cstr(output, "SourcePolicyType", type_word(match->entry));
        put_place(output, "StartPosition", start);
        put_place(output, "EndPosition", end);
        json_close_object(output);
    }
    json_close_array(output);
}

static void
put_missing(struct simulation *simulation, bool shown)
{
    struct json_writer *output = simulation->call->output;
    json_key(output, "MissingContextValues");
    json_open_array(output);
    for (size_t i = 0; shown && i < simulation->missing_count; i++)
        json_write_string(output, simulation->missing[i]);
    json_close_array(output);
}

static void
put_boundary(struct simulation *simulation, const struct verdict *verdict)
{
    struct json_writer *output = simulation->call->output;
    if (!simulation->limited)
        return;
    json_key(output, "PermissionsBoundaryDecisionDetail");
    json_open_object(output);
    json_put_bool(output, "AllowedByPermissionsBoundary", verdict->boundary_allows);
    json_close_object(output);
}

static void
put_resource_result(struct simulation *simulation, struct slice resource,
                    const struct verdict *verdict)
{
    struct json_writer *output = simulation->call->output;
    json_key(output, "ResourceSpecificResults");
    json_open_array(output);
    json_open_object(output);
    json_put_string(output, "EvalResourceName", resource);
    json_put_cstr(output, "EvalResourceDecision", decision_word(verdict));
    put_matches(output, verdict);
    put_missing(simulation, true);
    put_boundary(simulation, verdict);
    json_close_object(output);
    json_close_array(output);
}

/* Where resources are named, what is missing is told with each of them. */
static void
put_result(struct simulation *simulation, struct slice action, struct slice resource,
           const struct verdict *verdict)
{
    struct json_writer *output = simulation->call->output;
    bool specific = simulation->resources_given;
    json_open_object(output);
    json_put_string(output, "EvalActionName", action);
    json_put_string(output, "EvalResourceName", resource);
    json_put_cstr(output, "EvalDecision", decision_word(verdict));
    put_matches(output, verdict);
    put_missing(simulation, !specific);
    put_boundary(simulation, verdict);
    if (specific)
        put_resource_result(simulation, resource, verdict);
    json_close_object(output);
}

static const struct json everything[] = {{.type = JSON_STRING, .text = {"*", 1}}};

/* One result for each action on each resource. A Marker is the number of the last. */
static enum rc
put_results(struct simulation *simulation, struct iam_page *page, struct err *err)
{
    struct api_call *call = simulation->call;
    const struct json *resources = json_member(call->input, "ResourceArns");
    struct verdict *verdict = ARENA_NEW(call->arena, struct verdict);
    uint64_t number = 0, done = 0, spent = 0;
    if (page->after.len && !slice_u64(page->after, &done))
        return api_fail(call, RC_SYNTAX, FAULT_VALIDATION, err,
                        "Invalid Marker: it is none that an earlier page ended with");
    for (const struct json *action = json_member(call->input, "ActionNames")->first; action;
         action = action->next)
        for (const struct json *resource = simulation->resources_given ? resources->first
                                                                       : everything;
             resource; resource = resource->next) {
            uint64_t cost = simulation->policy_bytes *
                            (simulation->value_bytes + resource->text.len + action->text.len);
            if (++number <= done)
                continue;
            if (cost > COST_MAX)
                return invalid(simulation, err, "ContextEntries", SLICE(""),
                               "and policies are too long together to be simulated");
            if (spent + cost > COST_MAX)
                page->limit = page->taken + 1;
            if (!iam_page_take(call, page, arena_printf(call->arena, "%" PRIu64, number)))
                return RC_OK;
            spent += cost;
            judge(simulation, action->text, resource->text, verdict);
            put_result(simulation, action->text, resource->text, verdict);
        }
    return RC_OK;
}

static enum rc
answer(struct simulation *simulation, bool of_principal, struct err *err)
{
    struct iam_page page;
    enum rc rc = iam_page_begin(simulation->call, &page, err);
    if (rc == RC_OK)
        rc = add_given_policies(simulation, err);
    if (rc == RC_OK)
        rc = check_actions(simulation, err);
    if (rc == RC_OK)
        rc = check_resources(simulation, err);
    if (rc == RC_OK)
        rc = check_rest(simulation, err);
    if (rc == RC_OK)
        rc = read_context(simulation, of_principal, err);
    if (rc != RC_OK)
        return rc;
    find_missing(simulation);
    json_key(simulation->call->output, "EvaluationResults");
    json_open_array(simulation->call->output);
    rc = put_results(simulation, &page, err);
    json_close_array(simulation->call->output);
    iam_page_end(simulation->call, &page);
    return rc;
}

static enum rc
simulate(struct api_call *call, bool of_principal, struct err *err)
{
    struct simulation *simulation = ARENA_NEW(call->arena, struct simulation);
    simulation->call = call;
    simulation->caller_account = call->constants->account;
    simulation->known = map_new();
    simulation->scratch = arena_new();
    enum rc rc = read_caller(simulation, err);
    if (rc == RC_OK && of_principal)
        rc = load_source(simulation, err);
    if (rc == RC_OK)
        rc = answer(simulation, of_principal, err);
    for (size_t i = 0; i < simulation->count; i++)
        policy_unref(simulation->owned[i]);
    map_free(simulation->known);
    arena_free(simulation->scratch);
    return rc;
}

static enum rc
simulate_custom_policy(struct api_call *call, struct err *err)
{
    return simulate(call, false, err);
}

static enum rc
simulate_principal_policy(struct api_call *call, struct err *err)
{
    return simulate(call, true, err);
}

#define DEVIATION                                                                                  \
    "At most 100 matched statements and 100 missing keys are listed; EndPosition is the place "    \
    "behind a statement; of the actions of SES, IAM and STS those of their APIs exist."

static const struct served_operation rows[] = {
    {SERVICE_IAM, "SimulateCustomPolicy", "iam:SimulateCustomPolicy", API_READ, RESOURCE_ANY, NULL,
     simulate_custom_policy, DEVIATION},
    {SERVICE_IAM, "SimulatePrincipalPolicy", "iam:SimulatePrincipalPolicy", API_READ, RESOURCE_ARN,
     "PolicySourceArn", simulate_principal_policy, DEVIATION},
};

const struct served_rows iam_simulate_rows = SERVED_ROWS(rows);
