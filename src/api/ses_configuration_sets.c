/*
 * Configuration sets of both generations (reference §8.1, §8.2). What a set says about delivery is
 * fixed when a message is accepted (submit.c). A set that is an identity's default may be deleted; as
 * in SES sending under that identity then fails until another set is named, or the default is taken
 * away: what the owner wanted of every message is not dropped in silence.
 */
#include "identity_changes.h"
#include "page.h"
#include "served.h"
#include "store/configuration_sets.h"
#include "tag_list.h"

enum {
    SETS_MAX = 10000,
    PAGE_ROWS = 1000,
    DELIVERY_SECONDS_MIN = 300,
    DELIVERY_SECONDS_MAX = 50400
};

static struct slice
set_arn(struct api_call *call, struct slice name)
{
    return api_ses_arn(call, "configuration-set", name);
}

static enum rc
find_set(struct api_call *call, struct slice name, struct configuration_set_row *out,
         struct err *err)
{
    enum rc rc = configuration_sets_find(call->database, call->arena, name, out, err);
    if (rc != RC_NOT_FOUND)
        return rc;
    api_fail_about(call, "ConfigurationSetName", name);
    return api_fail(call, rc, FAULT_NO_CONFIGURATION_SET, err,
                    "Configuration set <%.*s> does not exist.", SLICE_ARG(name));
}

/* ---- option groups: `options` has the members of v2's Put operations ---- */

static enum rc
invalid(struct api_call *call, enum api_fault fault, struct err *err, const char *member,
        const char *why)
{
    return api_fail(call, RC_SYNTAX, fault, err, "%s %s", member, why);
}

static enum rc
apply_sending(struct api_call *call, const struct json *options, struct configuration_set_row *row,
              struct err *err)
{
    bool enabled;
    enum rc rc = json_get_bool(options, api_is_v2(call) ? "SendingEnabled" : "Enabled", false,
                               &enabled, err);
    if (rc != RC_OK)
        return rc;
    if (enabled && !row->sending_enabled)
        row->fresh_ms = call->now_ms; /* reputation counts anew */
    row->sending_enabled = enabled;
    return RC_OK;
}

static enum rc
apply_reputation(struct api_call *call, const struct json *options,
                 struct configuration_set_row *row, struct err *err)
{
    enum rc rc = json_get_i64(options, "LastFreshStart", row->fresh_ms, &row->fresh_ms, err);
    return rc == RC_OK
               ? json_get_bool(options, api_is_v2(call) ? "ReputationMetricsEnabled" : "Enabled",
                               false, &row->reputation_enabled, err)
               : rc;
}

static enum rc
apply_delivery(struct api_call *call, const struct json *options, struct configuration_set_row *row,
               struct err *err)
{
    const enum api_fault fault = FAULT_INVALID_DELIVERY_OPTIONS;
    struct slice policy = api_text(options, "TlsPolicy");
    struct slice pool = api_text(options, "SendingPoolName");
    int64_t seconds;
    enum rc rc = json_get_i64(options, "MaxDeliverySeconds", 0, &seconds, err);
    if (rc != RC_OK)
        return rc;
    if (pool.len)
        return api_fail(call, RC_NOT_FOUND, FAULT_NOT_FOUND, err,
                        "SendingPoolName: there is no dedicated IP pool <%.*s>; none are served "
                        "here.",
                        SLICE_ARG(pool));
    if (seconds && (seconds < DELIVERY_SECONDS_MIN || seconds > DELIVERY_SECONDS_MAX))
        return invalid(call, fault, err, "MaxDeliverySeconds", "must be 300 to 50400");
    row->tls_required = slice_iis(policy, "REQUIRE");
    row->max_delivery_s = seconds;
    return RC_OK;
}

static enum rc
domain_is_verified(struct api_call *call, struct slice domain, bool *verified, struct err *err)
{
    struct address address;
    struct identity_cover cover;
    struct slice text = arena_concat(call->arena, SLICE("postmaster@"), domain);
    enum rc rc = address_parse(call->arena, text, &address, err);
    if (rc == RC_OK)
        rc = identity_cover(call, &address, &cover, err);
    *verified = rc == RC_OK && cover.verified && !cover.suspended;
    return rc;
}

static enum rc
apply_tracking(struct api_call *call, const struct json *options, struct configuration_set_row *row,
               struct err *err)
{
    const enum api_fault fault = FAULT_INVALID_TRACKING_OPTIONS;
    struct slice text = api_text(options, "CustomRedirectDomain"), domain = SLICE("");
    struct err why = {0};
    bool verified = true;
    enum rc rc = RC_OK;
    if (text.len && address_domain(call->arena, text, &domain, &why) != RC_OK)
        return invalid(call, fault, err, "CustomRedirectDomain", why.text);
    if (domain.len)
        rc = domain_is_verified(call, domain, &verified, err);
    if (rc == RC_OK && !verified)
        return invalid(call, fault, err, "CustomRedirectDomain", "is not a verified domain");
    row->tracking_domain = domain;
    row->https_policy = domain.len ? api_text(options, "HttpsPolicy") : SLICE("");
    return rc;
}

static enum rc
apply_suppression(struct api_call *call, const struct json *options,
                  struct configuration_set_row *row, struct err *err)
{
    static const char *const unserved[] = {"SuppressionScope", "ValidationOptions"};
    const struct json *reasons = json_member(options, "SuppressedReasons");
    struct slice text = SLICE("");
    for (size_t i = 0; i < sizeof unserved / sizeof *unserved; i++)
        if (json_member(options, unserved[i]))
            return invalid(call, FAULT_INVALID_PARAMETER, err, unserved[i], "is not served here");
    for (const struct json *reason = reasons ? reasons->first : NULL; reason; reason = reason->next)
        if (slice_find(text, reason->text) == SLICE_NONE)
            text = arena_printf(call->arena, "%.*s%s%.*s", SLICE_ARG(text), text.len ? " " : "",
                                SLICE_ARG(reason->text));
    row->suppression = reasons != NULL;
    row->suppressed_reasons = text;
    return RC_OK;
}

/* One option group of a set that is there. */
static enum rc
change(struct api_call *call, const struct json *options,
       enum rc (*apply)(struct api_call *call, const struct json *options,
                        struct configuration_set_row *row, struct err *err),
       struct err *err)
{
    struct configuration_set_row row;
    enum rc rc = find_set(call, api_text(call->input, "ConfigurationSetName"), &row, err);
    if (rc == RC_OK)
        rc = apply(call, options, &row, err);
    return rc == RC_OK ? configuration_sets_update(call->database, &row, err) : rc;
}

static enum rc
put_sending(struct api_call *call, struct err *err)
{
    return change(call, call->input, apply_sending, err);
}

static enum rc
put_reputation(struct api_call *call, struct err *err)
{
    return change(call, call->input, apply_reputation, err);
}

static enum rc
put_delivery(struct api_call *call, struct err *err)
{
    const struct json *options =
        api_is_v2(call) ? call->input : json_member(call->input, "DeliveryOptions");
    return change(call, options, apply_delivery, err);
}

static enum rc
put_tracking(struct api_call *call, struct err *err)
{
    return change(call, call->input, apply_tracking, err);
}

static enum rc
put_suppression(struct api_call *call, struct err *err)
{
    return change(call, call->input, apply_suppression, err);
}

/* ---- tracking options of v1, which are made and deleted ---- */

static enum rc
expect_tracking(struct api_call *call, bool there, struct err *err)
{
    struct configuration_set_row row;
    struct slice name = api_text(call->input, "ConfigurationSetName");
    enum rc rc = find_set(call, name, &row, err);
    if (rc != RC_OK || (row.tracking_domain.len > 0) == there)
        return rc;
    api_fail_about(call, "ConfigurationSetName", name);
    return there ? api_fail(call, RC_NOT_FOUND, FAULT_NO_TRACKING_OPTIONS, err,
                            "Tracking options for configuration set <%.*s> do not exist.",
                            SLICE_ARG(name))
                 : api_fail(call, RC_CONFLICT, FAULT_TRACKING_OPTIONS_EXIST, err,
                            "Tracking options for configuration set <%.*s> already exist.",
                            SLICE_ARG(name));
}

static enum rc
set_tracking(struct api_call *call, bool there, struct err *err)
{
    const struct json *options = json_member(call->input, "TrackingOptions");
    enum rc rc = expect_tracking(call, there, err);
    if (rc == RC_OK && api_text(options, "CustomRedirectDomain").len == 0)
        return invalid(call, FAULT_INVALID_TRACKING_OPTIONS, err, "CustomRedirectDomain",
                       "must be specified");
    return rc == RC_OK ? change(call, options, apply_tracking, err) : rc;
}

static enum rc
create_tracking(struct api_call *call, struct err *err)
{
    return set_tracking(call, false, err);
}

static enum rc
update_tracking(struct api_call *call, struct err *err)
{
    return set_tracking(call, true, err);
}

static enum rc
delete_tracking(struct api_call *call, struct err *err)
{
    enum rc rc = expect_tracking(call, true, err);
    return rc == RC_OK ? change(call, NULL, apply_tracking, err) : rc;
}

/* ---- making ---- */

static enum rc
insert(struct api_call *call, const struct configuration_set_row *row, struct err *err)
{
    int64_t count;
    if (!api_name_is_plain(row->name))
        return api_fail(call, RC_SYNTAX, FAULT_INVALID_CONFIGURATION_SET, err,
                        "Invalid configuration set name <%.*s>: 1 to 64 alphanumeric ASCII "
                        "characters, '_' and '-' are allowed.",
                        SLICE_ARG(slice_head(row->name, 100)));
    enum rc rc = configuration_sets_count(call->database, &count, err);
    if (rc == RC_OK && count >= SETS_MAX)
        return api_fail(call, RC_LIMIT, FAULT_LIMIT, err, "There are at most %d configuration sets",
                        SETS_MAX);
    if (rc == RC_OK)
        rc = configuration_sets_insert(call->database, row, err);
    if (rc != RC_CONFLICT)
        return rc;
    api_fail_about(call, "ConfigurationSetName", row->name);
    call->fault = FAULT_CONFIGURATION_SET_EXISTS;
    return rc;
}

static enum rc
create_v1(struct api_call *call, struct err *err)
{
    struct configuration_set_row row = {
        .name = api_text(json_member(call->input, "ConfigurationSet"), "Name"),
        .created_ms = call->now_ms,
        .sending_enabled = true,
    };
    return insert(call, &row, err);
}

static enum rc
refuse_unserved(struct api_call *call, struct err *err)
{
    static const char *const members[] = {"VdmOptions", "ArchivingOptions"};
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        if (json_member(call->input, members[i]))
            return invalid(call, FAULT_INVALID_PARAMETER, err, members[i], "is not served here");
    return RC_OK;
}

static enum rc
create_v2(struct api_call *call, struct err *err)
{
    static const struct {
        const char *member;
        enum rc (*apply)(struct api_call *call, const struct json *options,
                         struct configuration_set_row *row, struct err *err);
    } groups[] = {{"TrackingOptions", apply_tracking},
                  {"DeliveryOptions", apply_delivery},
                  {"ReputationOptions", apply_reputation},
                  {"SendingOptions", apply_sending},
                  {"SuppressionOptions", apply_suppression}};
    struct configuration_set_row row = {.name = api_text(call->input, "ConfigurationSetName"),
                                        .created_ms = call->now_ms,
                                        .sending_enabled = true};
    enum rc rc = refuse_unserved(call, err);
    for (size_t i = 0; rc == RC_OK && i < sizeof groups / sizeof *groups; i++) {
        const struct json *options = json_member(call->input, groups[i].member);
        if (options)
            rc = groups[i].apply(call, options, &row, err);
    }
    if (rc == RC_OK)
        rc = insert(call, &row, err);
    return rc == RC_OK ? tag_list_add(call, &tag_rules_ses, set_arn(call, row.name), err) : rc;
}

static enum rc
delete_set(struct api_call *call, struct err *err)
{
    struct configuration_set_row row;
    enum rc rc = find_set(call, api_text(call->input, "ConfigurationSetName"), &row, err);
    if (rc == RC_OK)
        rc = configuration_sets_delete(call->database, row.name, err);
    return rc == RC_OK ? tags_forget(call->database, set_arn(call, row.name), err) : rc;
}

/* ---- showing ---- */

static void
open_group(struct api_call *call, const char *name)
{
    json_key(call->output, name);
    json_open_object(call->output);
}

static void
put_tracking_group(struct api_call *call, const struct configuration_set_row *row)
{
    if (row->tracking_domain.len == 0)
        return;
    open_group(call, "TrackingOptions");
    json_put_string(call->output, "CustomRedirectDomain", row->tracking_domain);
    if (row->https_policy.len)
        json_put_string(call->output, "HttpsPolicy", row->https_policy);
    json_close_object(call->output);
}

static void
put_delivery_group(struct api_call *call, const struct configuration_set_row *row)
{
    static const char *const names[2][2] = {{"Optional", "Require"}, {"OPTIONAL", "REQUIRE"}};
    open_group(call, "DeliveryOptions");
    json_put_cstr(call->output, "TlsPolicy", names[api_is_v2(call)][row->tls_required]);
    if (api_is_v2(call) && row->max_delivery_s)
        json_put_i64(call->output, "MaxDeliverySeconds", row->max_delivery_s);
    json_close_object(call->output);
}

static void
put_reputation_group(struct api_call *call, const struct configuration_set_row *row)
{
    open_group(call, "ReputationOptions");
    if (!api_is_v2(call))
        json_put_bool(call->output, "SendingEnabled", row->sending_enabled);
    json_put_bool(call->output, "ReputationMetricsEnabled", row->reputation_enabled);
    if (row->fresh_ms)
        json_put_i64(call->output, "LastFreshStart", row->fresh_ms);
    json_close_object(call->output);
}

/* Absent: the account's reasons; an empty list: none (reference §8.1). */
static void
put_suppression_group(struct api_call *call, const struct configuration_set_row *row)
{
    struct slice reason, rest = row->suppressed_reasons;
    if (!row->suppression)
        return;
    open_group(call, "SuppressionOptions");
    json_key(call->output, "SuppressedReasons");
    json_open_array(call->output);
    while (rest.len) {
        if (!slice_cut(rest, ' ', &reason, &rest)) {
            reason = rest;
            rest = SLICE("");
        }
        json_write_string(call->output, reason);
    }
    json_close_array(call->output);
    json_close_object(call->output);
}

static bool
wants(const struct api_call *call, const char *attribute)
{
    const struct json *names = json_member(call->input, "ConfigurationSetAttributeNames");
    for (const struct json *name = names ? names->first : NULL; name; name = name->next)
        if (slice_is(name->text, attribute))
            return true;
    return false;
}

static void
put_no_destinations(struct api_call *call)
{
    json_key(call->output, "EventDestinations");
    json_open_array(call->output);
    json_close_array(call->output);
}

static enum rc
describe(struct api_call *call, struct err *err)
{
    struct configuration_set_row row;
    enum rc rc = find_set(call, api_text(call->input, "ConfigurationSetName"), &row, err);
    if (rc != RC_OK)
        return rc;
    open_group(call, "ConfigurationSet");
    json_put_string(call->output, "Name", row.name);
    json_close_object(call->output);
    if (wants(call, "eventDestinations"))
        put_no_destinations(call);
    if (wants(call, "trackingOptions"))
        put_tracking_group(call, &row);
    if (wants(call, "deliveryOptions"))
        put_delivery_group(call, &row);
    if (wants(call, "reputationOptions"))
        put_reputation_group(call, &row);
    return RC_OK;
}

static enum rc
get(struct api_call *call, struct err *err)
{
    struct configuration_set_row row;
    enum rc rc = find_set(call, api_text(call->input, "ConfigurationSetName"), &row, err);
    if (rc != RC_OK)
        return rc;
    json_put_string(call->output, "ConfigurationSetName", row.name);
    put_tracking_group(call, &row);
    put_delivery_group(call, &row);
    put_reputation_group(call, &row);
    open_group(call, "SendingOptions");
    json_put_bool(call->output, "SendingEnabled", row.sending_enabled);
    json_close_object(call->output);
    put_suppression_group(call, &row);
    return tag_list_put(call, &tag_rules_ses, set_arn(call, row.name), err);
}

static enum rc
list(struct api_call *call, struct err *err)
{
    struct page page;
    struct slice *names;
    size_t found;
    enum rc rc = page_read(call, api_is_v2(call) ? "PageSize" : "MaxItems", PAGE_ROWS, PAGE_ROWS,
                           &page, err);
    if (rc == RC_OK)
        rc = configuration_sets_list(call->database, call->arena, page.after, page.limit + 1,
                                     &names, &found, err);
    if (rc != RC_OK)
        return rc;
    size_t count = page_rows(&page, found);
    json_key(call->output, "ConfigurationSets");
    json_open_array(call->output);
    for (size_t i = 0; i < count; i++) {
        if (api_is_v2(call)) {
            json_write_string(call->output, names[i]);
            continue;
        }
        json_open_object(call->output);
        json_put_string(call->output, "Name", names[i]);
        json_close_object(call->output);
    }
    json_close_array(call->output);
    if (count)
        page_put_next(call, &page, found, names[count - 1]);
    return RC_OK;
}

/* ---- event destinations: nothing is published yet, so there are none ---- */

static const struct {
    const char *member;
    enum api_fault fault;
} kinds[] = {
    {"CloudWatchDestination", FAULT_INVALID_CLOUDWATCH_DESTINATION},
    {"KinesisFirehoseDestination", FAULT_INVALID_FIREHOSE_DESTINATION},
    {"SNSDestination", FAULT_INVALID_SNS_DESTINATION},
    {"SnsDestination", FAULT_INVALID_SNS_DESTINATION},
    {"EventBridgeDestination", FAULT_INVALID_PARAMETER},
    {"PinpointDestination", FAULT_INVALID_PARAMETER},
};

static void
about_destination(struct api_call *call, struct slice set, struct slice name)
{
    api_fail_about(call, "ConfigurationSetName", set);
    api_fail_about(call, "EventDestinationName", name);
}

/* A destination that would never hear anything is refused, not taken. */
static enum rc
refuse_destination(struct api_call *call, struct err *err)
{
    const struct json *destination = json_member(call->input, "EventDestination");
    struct configuration_set_row row;
    size_t given = 0, kind = 0;
    enum rc rc = find_set(call, api_text(call->input, "ConfigurationSetName"), &row, err);
    if (rc != RC_OK)
        return rc;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (json_member(destination, kinds[i].member)) {
            given++;
            kind = i;
        }
    if (given != 1)
        return api_fail(call, RC_SYNTAX, FAULT_INVALID_PARAMETER, err,
                        "An event destination must have exactly one kind of destination.");
    about_destination(call, row.name,
                      api_is_v2(call) ? api_text(call->input, "EventDestinationName")
                                      : api_text(destination, "Name"));
    return api_fail(call, RC_DENIED, kinds[kind].fault, err,
                    "%s: events cannot be published to this kind of destination here yet.",
                    kinds[kind].member);
}

static enum rc
get_destinations(struct api_call *call, struct err *err)
{
    struct configuration_set_row row;
    enum rc rc = find_set(call, api_text(call->input, "ConfigurationSetName"), &row, err);
    if (rc == RC_OK)
        put_no_destinations(call);
    return rc;
}

static enum rc
delete_destination(struct api_call *call, struct err *err)
{
    struct configuration_set_row row;
    struct slice name = api_text(call->input, "EventDestinationName");
    enum rc rc = find_set(call, api_text(call->input, "ConfigurationSetName"), &row, err);
    if (rc != RC_OK)
        return rc;
    about_destination(call, row.name, name);
    return api_fail(call, RC_NOT_FOUND, FAULT_NO_DESTINATION, err,
                    "No EventDestination found for %.*s", SLICE_ARG(name));
}

/* ---- what is served ---- */

static const char no_events[] =
    "Events are not published yet: every kind of destination is refused.";
static const char no_tracking[] = "The options are kept; opens and clicks are not tracked.";
static const char no_pools[] = "There are no dedicated IP pools: SendingPoolName is refused.";
static const char no_scope[] = "SuppressionScope and ValidationOptions are refused.";
static const char no_metrics[] = "The flag is kept; reputation metrics are not exported.";

#define V1(name, access, run, deviation)                                                           \
    {                                                                                              \
        SERVICE_SES, name, "ses:" name, access, RESOURCE_ANY, NULL, run, deviation                 \
    }
#define V2(name, access, run, deviation)                                                           \
    {                                                                                              \
        SERVICE_SESV2, name, "ses:" name, access, RESOURCE_CONFIGURATION_SET,                      \
            "ConfigurationSetName", run, deviation                                                 \
    }

static const struct served_operation rows[] = {
    V1("CreateConfigurationSet", API_WRITE, create_v1, NULL),
    V1("DeleteConfigurationSet", API_WRITE, delete_set, NULL),
    V1("DescribeConfigurationSet", API_READ, describe, NULL),
    V1("ListConfigurationSets", API_READ, list, NULL),
    V1("UpdateConfigurationSetSendingEnabled", API_WRITE, put_sending, NULL),
    V1("UpdateConfigurationSetReputationMetricsEnabled", API_WRITE, put_reputation, no_metrics),
    V1("PutConfigurationSetDeliveryOptions", API_WRITE, put_delivery, NULL),
    V1("CreateConfigurationSetTrackingOptions", API_WRITE, create_tracking, no_tracking),
    V1("UpdateConfigurationSetTrackingOptions", API_WRITE, update_tracking, no_tracking),
    V1("DeleteConfigurationSetTrackingOptions", API_WRITE, delete_tracking, NULL),
    V1("CreateConfigurationSetEventDestination", API_WRITE, refuse_destination, no_events),
    V1("UpdateConfigurationSetEventDestination", API_WRITE, refuse_destination, no_events),
    V1("DeleteConfigurationSetEventDestination", API_WRITE, delete_destination, no_events),

    V2("CreateConfigurationSet", API_WRITE, create_v2,
       "VdmOptions, ArchivingOptions and SendingPoolName are refused."),
    V2("GetConfigurationSet", API_READ, get, NULL),
    V2("DeleteConfigurationSet", API_WRITE, delete_set, NULL),
    {SERVICE_SESV2, "ListConfigurationSets", "ses:ListConfigurationSets", API_READ, RESOURCE_ANY,
     NULL, list, "Filter is ignored."},
    V2("PutConfigurationSetSendingOptions", API_WRITE, put_sending, NULL),
    V2("PutConfigurationSetReputationOptions", API_WRITE, put_reputation, no_metrics),
    V2("PutConfigurationSetDeliveryOptions", API_WRITE, put_delivery, no_pools),
    V2("PutConfigurationSetTrackingOptions", API_WRITE, put_tracking, no_tracking),
    V2("PutConfigurationSetSuppressionOptions", API_WRITE, put_suppression, no_scope),
    V2("CreateConfigurationSetEventDestination", API_WRITE, refuse_destination, no_events),
    V2("UpdateConfigurationSetEventDestination", API_WRITE, refuse_destination, no_events),
    V2("GetConfigurationSetEventDestinations", API_READ, get_destinations, no_events),
    V2("DeleteConfigurationSetEventDestination", API_WRITE, delete_destination, no_events),
};

const struct served_rows ses_configuration_set_rows = SERVED_ROWS(rows);
