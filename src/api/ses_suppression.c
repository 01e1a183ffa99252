/*
 * The account's suppression list (reference §8.7). What it does to mail is the spool's
 * (spool_suppress); what puts addresses there by itself, too.
 */
#include "mail/address.h"
#include "page.h"
#include "served.h"
#include "store/settings.h"
#include "store/suppression.h"

enum { PAGE_DEFAULT = 100, PAGE_MAX = 1000 };

static enum rc
refuse_tenant(struct api_call *call, struct err *err)
{
    if (!json_member(call->input, "TenantName"))
        return RC_OK;
    return api_fail(call, RC_DENIED, FAULT_INVALID_PARAMETER, err, "TenantName is not served here");
}

/* In the form that recipients have when they are asked about. */
static enum rc
read_address(struct api_call *call, struct slice *out, struct err *err)
{
    struct address address;
    struct err why = {0};
    enum rc rc = refuse_tenant(call, err);
    if (rc == RC_OK)
        rc = json_get_string(call->input, "EmailAddress", true, out, err);
    if (rc != RC_OK)
        return rc;
    if (slice_chr(*out, '@') == SLICE_NONE)
        return api_fail(call, RC_SYNTAX, FAULT_INVALID_PARAMETER, err, "Missing final '@domain'");
    rc = address_parse(call->arena, *out, &address, &why);
    if (rc != RC_OK)
        return api_fail(call, rc, FAULT_INVALID_PARAMETER, err, "Illegal address in %s: %s",
                        "EmailAddress", why.text);
    *out = arena_lower(call->arena, address.text);
    return RC_OK;
}

static enum rc
need_production(struct api_call *call, struct err *err)
{
    struct slice production;
    enum rc rc = settings_get(call->database, call->arena, SETTING_PRODUCTION, &production, err);
    if (rc == RC_OK && !slice_is(production, "on"))
        return api_fail(call, RC_DENIED, FAULT_PRODUCTION_ACCESS, err,
                        "Addresses cannot be put on the suppression list while the account is in "
                        "the sandbox");
    return rc;
}

static enum suppression_reason
reason_of(struct slice name)
{
    bool complaint = slice_is(name, suppression_reason_name(SUPPRESSED_COMPLAINT));
    return complaint ? SUPPRESSED_COMPLAINT : SUPPRESSED_BOUNCE;
}

static enum rc
put_suppressed_destination(struct api_call *call, struct err *err)
{
    struct slice address, reason;
    enum rc rc = need_production(call, err);
    if (rc == RC_OK)
        rc = read_address(call, &address, err);
    if (rc == RC_OK)
        rc = json_get_string(call->input, "Reason", true, &reason, err);
    if (rc != RC_OK)
        return rc;
    const struct suppressed_row row = {address, reason_of(reason), call->now_ms, SLICE(""),
                                       SLICE("")};
    return suppression_put(call->database, call->arena, &row, err);
}

static void
put_summary(struct json_writer *out, const struct suppressed_row *row)
{
    json_put_string(out, "EmailAddress", row->address);
    json_put_cstr(out, "Reason", suppression_reason_name(row->reason));
    json_put_i64(out, "LastUpdateTime", row->updated_ms);
}

static enum rc
get_suppressed_destination(struct api_call *call, struct err *err)
{
    struct slice address;
    struct suppressed_row row;
    enum rc rc = read_address(call, &address, err);
    if (rc == RC_OK)
        rc = suppression_find(call->database, call->arena, address, &row, err);
    if (rc != RC_OK)
        return rc;
    json_key(call->output, "SuppressedDestination");
    json_open_object(call->output);
    put_summary(call->output, &row);
    if (row.message_id.len > 0) {
        json_key(call->output, "Attributes");
        json_open_object(call->output);
        json_put_string(call->output, "MessageId", row.message_id);
        if (row.feedback_id.len > 0)
            json_put_string(call->output, "FeedbackId", row.feedback_id);
        json_close_object(call->output);
    }
    json_close_object(call->output);
    return RC_OK;
}

static enum rc
delete_suppressed_destination(struct api_call *call, struct err *err)
{
    struct slice address;
    enum rc rc = read_address(call, &address, err);
    return rc == RC_OK ? suppression_delete(call->database, call->arena, address, err) : rc;
}

static enum rc
read_filter(struct api_call *call, const struct page *page, struct suppression_filter *filter,
            struct err *err)
{
    const struct json *reasons = json_member(call->input, "Reasons");
    *filter = (struct suppression_filter){
        .reasons = reasons ? 0 : SUPPRESSION_ALL, .after = page->after, .limit = page->limit + 1};
    for (const struct json *item = reasons ? reasons->first : NULL; item; item = item->next)
        filter->reasons |= 1u << reason_of(item->text);
    enum rc rc = refuse_tenant(call, err);
    if (rc == RC_OK)
        rc = json_get_i64(call->input, "StartDate", INT64_MIN, &filter->from_ms, err);
    return rc == RC_OK ? json_get_i64(call->input, "EndDate", INT64_MAX, &filter->to_ms, err) : rc;
}

static enum rc
read_page(struct api_call *call, struct page *page, struct err *err)
{
    enum rc rc = page_read(call, "PageSize", PAGE_DEFAULT, PAGE_MAX, page, err);
    if (rc == RC_SYNTAX)
        call->fault = FAULT_INVALID_NEXT_TOKEN; /* this list has an error of its own for it */
    return rc;
}

static enum rc
list_suppressed_destinations(struct api_call *call, struct err *err)
{
    struct page page;
    struct suppression_filter filter;
    struct suppressed_row *rows;
    size_t found;
    enum rc rc = read_page(call, &page, err);
    if (rc == RC_OK)
        rc = read_filter(call, &page, &filter, err);
    if (rc == RC_OK)
        rc = suppression_list(call->database, call->arena, &filter, &rows, &found, err);
    if (rc != RC_OK)
        return rc;
    size_t count = page_rows(&page, found);
    json_key(call->output, "SuppressedDestinationSummaries");
    json_open_array(call->output);
    for (size_t i = 0; i < count; i++) {
        json_open_object(call->output);
        put_summary(call->output, &rows[i]);
        json_close_object(call->output);
    }
    json_close_array(call->output);
    if (count > 0)
        page_put_next(call, &page, found, rows[count - 1].address);
    return RC_OK;
}

static const struct served_operation rows[] = {
    {SERVICE_SESV2, "PutSuppressedDestination", "ses:PutSuppressedDestination", API_WRITE,
     RESOURCE_ANY, NULL, put_suppressed_destination, "TenantName is refused."},
    {SERVICE_SESV2, "GetSuppressedDestination", "ses:GetSuppressedDestination", API_READ,
     RESOURCE_ANY, NULL, get_suppressed_destination,
     "TenantName is refused; Attributes have no FeedbackId."},
    {SERVICE_SESV2, "DeleteSuppressedDestination", "ses:DeleteSuppressedDestination", API_WRITE,
     RESOURCE_ANY, NULL, delete_suppressed_destination, "TenantName is refused."},
    {SERVICE_SESV2, "ListSuppressedDestinations", "ses:ListSuppressedDestinations", API_READ,
     RESOURCE_ANY, NULL, list_suppressed_destinations, "TenantName is refused."},
};

const struct served_rows ses_suppression_rows = SERVED_ROWS(rows);
