/*
 * The ledger as CloudTrail shows one: LookupEvents, newest first, with the attributes that its clients
 * look for. A login, a decision, a call and an outcome is an event each; details that were erased are
 * absent.
 */
#include "base/clock.h"
#include "base/codec.h"
#include "operations.h"
#include "page.h"
#include "served.h"
#include "store/ledger_records.h"

enum {
    EVENTS_MAX = 50,
    PAGE_ROWS = 500,
    /* One call looks at no more, and says with a token how to go on: as CloudTrail, a page may have
     * fewer events than are wanted, or none. */
    LOOKED_AT_MAX = 20000
};

struct event {
    struct arena *arena;
    const struct api_constants *constants;
    const struct ledger_row *row;
    struct ledger_record record;
    struct slice id, name, source;
    bool read_only;
};

struct lookup {
    struct slice key, value; /* empty: all */
    int64_t start_ms, end_ms, before;
    int64_t limit, found, looked_at;
};

/* ---- what an event is ---- */

/* The chain makes it this record and no other. */
static struct slice
id_of(struct arena *arena, struct slice chain)
{
    struct slice hex = codec_hex(arena, slice_head(chain, 16));
    return arena_printf(arena, "%.8s-%.4s-%.4s-%.4s-%.12s", hex.ptr, hex.ptr + 8, hex.ptr + 12,
                        hex.ptr + 16, hex.ptr + 20);
}

static bool
reads(struct slice name)
{
    static const char *const verbs[] = {"Get", "List", "Describe", "Lookup", "Simulate"};
    const struct api_operation *operation = api_find(name);
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        if (slice_starts(name, slice_of(verbs[i])))
            return true;
    return operation && operation->access == API_READ;
}

/* "ses:SendRawEmail" is SendRawEmail of ses.amazonaws.com; what is ours has no such source. */
static enum rc
read_event(struct event *event, struct err *err)
{
    struct slice service;
    enum rc rc = ledger_decode(event->row->record, event->row->details, &event->record, err);
    if (rc != RC_OK)
        return rc;
    event->id = id_of(event->arena, event->row->chain);
    event->name = event->record.fields[LEDGER_WHAT];
    event->source = event->constants->hostname;
    if (slice_cut(event->name, ':', &service, &event->name))
        event->source = arena_concat(event->arena, service, SLICE(".amazonaws.com"));
    else
        event->name = event->record.fields[LEDGER_WHAT];
    event->read_only = event->record.kind == LEDGER_CALL && reads(event->name);
    return RC_OK;
}

/* ---- what is looked for ---- */

static bool
names_resource(const struct event *event, struct slice value)
{
    const struct slice *fields = event->record.fields;
    return slice_eq(fields[LEDGER_RESOURCE], value) || slice_eq(fields[LEDGER_MESSAGE], value) ||
           slice_eq(fields[LEDGER_ACCESS_KEY], value) ||
           slice_eq(fields[LEDGER_PRINCIPAL], value) || ledger_names(fields[LEDGER_SUBJECT], value);
}

static bool
has_type(const struct event *event, struct slice type)
{
    return (slice_is(type, "AWS::IAM::AccessKey") && event->record.fields[LEDGER_ACCESS_KEY].len) ||
           (slice_is(type, "AWS::IAM::User") && event->record.fields[LEDGER_PRINCIPAL].len);
}

static bool
is_wanted(const struct lookup *lookup, const struct event *event)
{
    const struct slice *fields = event->record.fields;
    struct slice key = lookup->key, value = lookup->value;
    int64_t at_ms = event->record.at_ms;
    if (at_ms < lookup->start_ms || at_ms > lookup->end_ms)
        return false;
    if (slice_is(key, "EventId"))
        return slice_eq(event->id, value);
    if (slice_is(key, "EventName"))
        return slice_eq(event->name, value);
    if (slice_is(key, "ReadOnly"))
        return slice_is(value, event->read_only ? "true" : "false");
    if (slice_is(key, "Username"))
        return slice_eq(fields[LEDGER_PRINCIPAL], value);
    if (slice_is(key, "ResourceType"))
        return has_type(event, value);
    if (slice_is(key, "ResourceName"))
        return names_resource(event, value);
    if (slice_is(key, "EventSource"))
        return slice_eq(event->source, value);
    return key.len == 0 || slice_eq(fields[LEDGER_ACCESS_KEY], value);
}

/* ---- how it is told ---- */

static void
put_present(struct json_writer *writer, const char *name, struct slice value)
{
    if (value.len > 0)
        json_put_string(writer, name, value);
}

static void
put_user(struct json_writer *writer, const struct event *event)
{
    const struct slice *fields = event->record.fields;
    bool of_api = fields[LEDGER_ACCESS_KEY].len > 0;
    json_key(writer, "userIdentity");
    json_open_object(writer);
    json_put_cstr(writer, "type", of_api ? "IAMUser" : "AWSService");
    json_put_string(writer, "accountId", event->constants->account);
    put_present(writer, "accessKeyId", fields[LEDGER_ACCESS_KEY]);
    put_present(writer, of_api ? "userName" : "invokedBy", fields[LEDGER_PRINCIPAL]);
    json_close_object(writer);
}

/* What has no place of its own in the form of CloudTrail. */
static void
put_others(struct json_writer *writer, const struct event *event)
{
    static const enum ledger_field shown_elsewhere[] = {LEDGER_WHAT,       LEDGER_PRINCIPAL,
                                                        LEDGER_ACCESS_KEY, LEDGER_SOURCE,
                                                        LEDGER_CLIENT,     LEDGER_REQUEST};
    json_key(writer, "additionalEventData");
    json_open_object(writer);
    json_put_cstr(writer, "kind", ledger_kind_name(event->record.kind));
    json_put_i64(writer, "number", event->row->number);
    for (size_t i = 0; i < LEDGER_FIELD_COUNT; i++) {
        bool shown = false;
        for (size_t k = 0; k < sizeof shown_elsewhere / sizeof *shown_elsewhere; k++)
            shown = shown || shown_elsewhere[k] == i;
        if (!shown)
            put_present(writer, ledger_field_name((enum ledger_field)i), event->record.fields[i]);
    }
    json_close_object(writer);
}

static struct slice
full_text(const struct event *event)
{
    const struct slice *fields = event->record.fields;
    struct slice result = fields[LEDGER_RESULT];
    bool failed = result.len > 0 && !slice_is(result, "ok") && !slice_is(result, "allowed");
    struct json_writer writer;
    struct buf out;
    buf_init(&out, 64 * 1024);
    json_writer_init(&writer, &out);
    json_open_object(&writer);
    json_put_cstr(&writer, "eventVersion", "1.08");
    put_user(&writer, event);
    json_put_string(&writer, "eventTime", clock_iso8601(event->arena, event->record.at_ms));
    json_put_string(&writer, "eventSource", event->source);
    json_put_string(&writer, "eventName", event->name);
    json_put_string(&writer, "awsRegion", event->constants->region);
    put_present(&writer, "sourceIPAddress", fields[LEDGER_SOURCE]);
    put_present(&writer, "userAgent", fields[LEDGER_CLIENT]);
    put_present(&writer, "errorCode", failed ? result : SLICE(""));
    put_present(&writer, "requestID", fields[LEDGER_REQUEST]);
    json_put_string(&writer, "eventID", event->id);
    json_put_bool(&writer, "readOnly", event->read_only);
    json_put_cstr(&writer, "eventType",
                  event->record.kind == LEDGER_CALL || event->record.kind == LEDGER_DECISION
                      ? "AwsApiCall"
                      : "AwsServiceEvent");
    json_put_string(&writer, "recipientAccountId", event->constants->account);
    put_others(&writer, event);
    json_close_object(&writer);
    struct slice text = arena_dup(event->arena, buf_slice(&out));
    buf_fini(&out);
    return text;
}

static void
put_resource(struct json_writer *writer, const char *type, struct slice name)
{
    if (name.len == 0)
        return;
    json_open_object(writer);
    json_put_cstr(writer, "ResourceType", type);
    json_put_string(writer, "ResourceName", name);
    json_close_object(writer);
}

static void
put_event(struct json_writer *writer, const struct event *event)
{
    const struct slice *fields = event->record.fields;
    json_open_object(writer);
    json_put_string(writer, "EventId", event->id);
    json_put_string(writer, "EventName", event->name);
    json_put_cstr(writer, "ReadOnly", event->read_only ? "true" : "false");
    put_present(writer, "AccessKeyId", fields[LEDGER_ACCESS_KEY]);
    json_put_i64(writer, "EventTime", event->record.at_ms);
    json_put_string(writer, "EventSource", event->source);
    put_present(writer, "Username", fields[LEDGER_PRINCIPAL]);
    json_key(writer, "Resources");
    json_open_array(writer);
    put_resource(writer, "AWS::IAM::AccessKey", fields[LEDGER_ACCESS_KEY]);
    put_resource(writer, "AWS::IAM::User", fields[LEDGER_PRINCIPAL]);
    json_close_array(writer);
    json_put_string(writer, "CloudTrailEvent", full_text(event));
    json_close_object(writer);
}

/* ---- the operation ---- */

static enum rc
read_attributes(struct api_call *call, struct lookup *lookup, struct err *err)
{
    const struct json *list = json_member(call->input, "LookupAttributes");
    if (!list || list->count == 0)
        return RC_OK;
    if (list->count > 1)
        return api_fail(call, RC_SYNTAX, FAULT_INVALID_LOOKUP_ATTRIBUTES, err,
                        "Only one lookup attribute can be given.");
    lookup->key = api_text(list->first, "AttributeKey");
    lookup->value = api_text(list->first, "AttributeValue");
    return RC_OK;
}

static enum rc
read_lookup(struct api_call *call, struct lookup *lookup, struct err *err)
{
    struct page page;
    int64_t before;
    *lookup = (struct lookup){.before = INT64_MAX};
    enum rc rc = page_read(call, "MaxResults", EVENTS_MAX, EVENTS_MAX, &page, err);
    if (rc == RC_OK)
        rc = json_get_i64(call->input, "StartTime", INT64_MIN, &lookup->start_ms, err);
    if (rc == RC_OK)
        rc = json_get_i64(call->input, "EndTime", INT64_MAX, &lookup->end_ms, err);
    if (rc != RC_OK)
        return rc;
    if (lookup->start_ms > lookup->end_ms)
        return api_fail(call, RC_SYNTAX, FAULT_INVALID_TIME_RANGE, err,
                        "The start time is after the end time.");
    if (page.after.len > 0 && !slice_i64(page.after, &before))
        return api_fail(call, RC_SYNTAX, FAULT_INVALID_NEXT_TOKEN, err,
                        "The NextToken is not one that was given out here.");
    if (page.after.len > 0)
        lookup->before = before;
    lookup->limit = page.limit;
    return read_attributes(call, lookup, err);
}

/* One page of rows; *more tells that there are older ones that were not looked at. */
static enum rc
look_at_page(struct api_call *call, struct lookup *lookup, bool *more, struct err *err)
{
    struct ledger_row *rows;
    size_t count, i = 0;
    struct arena *arena = arena_new();
    enum rc rc =
        ledger_records_before(call->database, arena, lookup->before, PAGE_ROWS, &rows, &count, err);
    for (; rc == RC_OK && i < count && lookup->found < lookup->limit; i++) {
        struct event event = {.arena = arena, .constants = call->constants, .row = &rows[i]};
        rc = read_event(&event, err);
        lookup->before = rows[i].number;
        if (rc == RC_OK && is_wanted(lookup, &event)) {
            put_event(call->output, &event);
            lookup->found++;
        }
    }
    lookup->looked_at += (int64_t)i;
    *more = rc == RC_OK && (i < count || count == PAGE_ROWS);
    arena_free(arena);
    return rc;
}

static enum rc
lookup_events(struct api_call *call, struct err *err)
{
    struct lookup lookup;
    bool more = true;
    enum rc rc = read_lookup(call, &lookup, err);
    if (rc != RC_OK)
        return rc;
    json_key(call->output, "Events");
    json_open_array(call->output);
    while (rc == RC_OK && more && lookup.found < lookup.limit && lookup.looked_at < LOOKED_AT_MAX)
        rc = look_at_page(call, &lookup, &more, err);
    json_close_array(call->output);
    if (rc == RC_OK && more)
        json_put_string(
            call->output, "NextToken",
            page_token(call->arena, arena_printf(call->arena, "%lld", (long long)lookup.before)));
    return rc;
}

static const struct served_operation rows[] = {
    {SERVICE_CLOUDTRAIL, "LookupEvents", "cloudtrail:LookupEvents", API_READ, RESOURCE_ANY, NULL,
     lookup_events,
     "Logins, refusals and what became of mail are events too; all that the ledger keeps is found, "
     "not 90 days alone. There are no insights."},
};

const struct served_rows cloudtrail_rows = SERVED_ROWS(rows);
