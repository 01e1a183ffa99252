/*
 * What became of one message (GetMessageInsights), as far as the spool keeps it; and import jobs, of
 * which there are none, since they read from S3.
 */
#include "message_view.h"
#include "served.h"
#include "spool/spool.h"

enum {
    DIAGNOSTIC_MAX = 400 /* bytes of a remote reply: all recipients fit one answer */
};

/* ---- insights ---- */

/* name=value, name=value */
static void
put_tags(struct json_writer *out, struct slice tags)
{
    json_key(out, "EmailTags");
    json_open_array(out);
    for (bool more = tags.len > 0; more;) {
        struct slice tag, name, value;
        more = slice_cut(tags, ',', &tag, &tags);
        if (!slice_cut(slice_trim(more ? tag : tags), '=', &name, &value))
            continue;
        json_open_object(out);
        json_put_string(out, "Name", slice_trim(name));
        json_put_string(out, "Value", slice_trim(value));
        json_close_object(out);
    }
    json_close_array(out);
}

static const char *
subtype_of(const struct recipient_row *row)
{
    if (row->state != RECIPIENT_SUPPRESSED)
        return "General";
    bool unsubscribed = slice_is(row->status, SPOOL_UNSUBSCRIBED_STATUS);
    return unsubscribed ? "UnsubscribedRecipient" : "OnAccountSuppressionList";
}

/* Reference §8.5: what was suppressed is a permanent bounce of its own kind, what expired a transient
 * one. */
static void
put_bounce(struct api_call *call, const struct recipient_row *row)
{
    struct json_writer *out = call->output;
    bool expired = row->state == RECIPIENT_EXPIRED;
    json_key(out, "Details");
    json_open_object(out);
    json_key(out, "Bounce");
    json_open_object(out);
    json_put_cstr(out, "BounceType", expired ? "TRANSIENT" : "PERMANENT");
    json_put_cstr(out, "BounceSubType", subtype_of(row));
    json_put_string(out, "DiagnosticCode", slice_head(row->reply, DIAGNOSTIC_MAX));
    json_close_object(out);
    json_close_object(out);
}

static void
put_event(struct api_call *call, const char *type, int64_t at_ms,
          const struct recipient_row *bounced)
{
    json_open_object(call->output);
    json_put_i64(call->output, "Timestamp", at_ms);
    json_put_cstr(call->output, "Type", type);
    if (bounced)
        put_bounce(call, bounced);
    json_close_object(call->output);
}

static void
put_insights(struct api_call *call, const struct message_row *message,
             const struct recipient_row *row)
{
    bool bounced = row->state == RECIPIENT_BOUNCED || row->state == RECIPIENT_EXPIRED ||
                   row->state == RECIPIENT_SUPPRESSED;
    json_open_object(call->output);
    json_put_string(call->output, "Destination", row->address);
    json_put_cstr(call->output, "Isp", "");
    json_key(call->output, "Events");
    json_open_array(call->output);
    put_event(call, "SEND", message->accepted_ms, NULL);
    if (row->state == RECIPIENT_DELIVERED)
        put_event(call, "DELIVERY", row->finished_ms, NULL);
    else if (bounced)
        put_event(call, "BOUNCE", row->finished_ms, row);
    json_close_array(call->output);
    json_close_object(call->output);
}

static enum rc
get_message_insights(struct api_call *call, struct err *err)
{
    struct slice id;
    struct message_row message;
    struct recipient_row *rows;
    size_t count;
    enum rc rc = json_get_string(call->input, "MessageId", true, &id, err);
    if (rc == RC_OK)
        rc = messages_find_id(call->database, call->arena, id, &message, err);
    if (rc == RC_NOT_FOUND || (rc == RC_OK && slice_is(message.service, "system")))
        return api_fail(call, RC_NOT_FOUND, FAULT_NOT_FOUND, err, "Message %.*s does not exist",
                        SLICE_ARG(id));
    if (rc == RC_OK)
        rc = recipients_of(call->database, call->arena, message.key, &rows, &count, err);
    if (rc != RC_OK)
        return rc;
    json_put_string(call->output, "MessageId", message.id);
    json_put_string(call->output, "FromEmailAddress", message.header_from);
    json_put_string(call->output, "Subject", message_view_subject(call->arena, &message));
    put_tags(call->output, message.tags);
    json_key(call->output, "Insights");
    json_open_array(call->output);
    for (size_t i = 0; i < count; i++)
        put_insights(call, &message, &rows[i]);
    json_close_array(call->output);
    return RC_OK;
}

/* ---- import jobs ---- */

static enum rc
create_import_job(struct api_call *call, struct err *err)
{
    return api_fail(call, RC_DENIED, FAULT_INVALID_PARAMETER, err,
                    "There is no S3 here to import from: call PutSuppressedDestination or "
                    "CreateContact for each address");
}

static enum rc
get_import_job(struct api_call *call, struct err *err)
{
    struct slice id;
    enum rc rc = json_get_string(call->input, "JobId", true, &id, err);
    return rc == RC_OK ? api_fail(call, RC_NOT_FOUND, FAULT_NOT_FOUND, err,
                                  "Import job %.*s does not exist", SLICE_ARG(id))
                       : rc;
}

/* No page ever ends, so that every token is a wrong one. */
static enum rc
list_import_jobs(struct api_call *call, struct err *err)
{
    struct slice token;
    enum rc rc = json_get_string(call->input, "NextToken", false, &token, err);
    if (rc == RC_OK && token.len > 0)
        return api_fail(call, RC_SYNTAX, FAULT_INVALID_NEXT_TOKEN, err,
                        "The NextToken is not one that was given out here.");
    json_key(call->output, "ImportJobs");
    json_open_array(call->output);
    json_close_array(call->output);
    return rc;
}

static const struct served_operation rows[] = {
    {SERVICE_SESV2, "GetMessageInsights", "ses:GetMessageInsights", API_READ, RESOURCE_ANY, NULL,
     get_message_insights,
     "Events are SEND, DELIVERY and BOUNCE, as long as the message is kept; "
     "Isp is empty."},
    {SERVICE_SESV2, "CreateImportJob", "ses:CreateImportJob", API_WRITE, RESOURCE_ANY, NULL,
     create_import_job, "There is no S3: BadRequestException."},
    {SERVICE_SESV2, "GetImportJob", "ses:GetImportJob", API_READ, RESOURCE_ANY, NULL,
     get_import_job, "There are none: NotFoundException."},
    {SERVICE_SESV2, "ListImportJobs", "ses:ListImportJobs", API_READ, RESOURCE_ANY, NULL,
     list_import_jobs, "There are none."},
};

const struct served_rows ses_message_rows = SERVED_ROWS(rows);
