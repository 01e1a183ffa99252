#include "message_view.h"
#include "ledger_view.h"
#include "mail/header.h"
#include "operations.h"
#include "store/ledger_records.h"

enum {
    HEADER_END = 2,   /* a stored header ends with the empty line */
    HISTORY_MAX = 100 /* records of a recipient: some days of attempts */
};

struct slice
message_view_subject(struct arena *arena, const struct message_row *message)
{
    struct header header;
    if (message->header.len < HEADER_END ||
        header_parse(arena, slice_head(message->header, message->header.len - HEADER_END), &header,
                     NULL) != RC_OK)
        return SLICE("");
    const struct field *subject = header_find(&header, "Subject");
    return subject ? header_decode(arena, header_unfold(arena, subject->value)) : SLICE("");
}

void
message_view_put_recipient(struct api_call *call, const struct recipient_row *row)
{
    json_put_string(call->output, "recipient", row->address);
    json_put_cstr(call->output, "state", recipient_state_name(row->state));
    json_put_i64(call->output, "attempts", row->attempts);
    json_put_bool(call->output, "under_way", row->leased && row->state == RECIPIENT_QUEUED);
    if (row->state == RECIPIENT_QUEUED) {
        api_put_time(call, "next", row->next_ms);
        api_put_time(call, "expires", row->expires_ms);
    }
    if (row->state == RECIPIENT_HELD)
        json_put_string(call->output, "held_by",
                        row->held_by.len ? row->held_by : SLICE("administrator"));
    api_put_time(call, "finished", row->finished_ms);
    json_put_string(call->output, "status", row->status);
    json_put_string(call->output, "reply", row->reply);
    json_put_string(call->output, "remote", row->remote);
}

enum rc
message_view_put_history(struct api_call *call, const struct recipient_row *row, struct err *err)
{
    struct ledger_row *rows;
    size_t count;
    enum rc rc =
        ledger_records_of(call->database, call->arena, row->key, HISTORY_MAX, &rows, &count, err);
    json_key(call->output, "history");
    json_open_array(call->output);
    for (size_t i = 0; rc == RC_OK && i < count; i++) {
        struct ledger_record record;
        rc = ledger_decode(rows[i].record, rows[i].details, &record, err);
        if (rc != RC_OK)
            break;
        json_open_object(call->output);
        ledger_view_put(call->output, call->arena, rows[i].number, &record);
        json_close_object(call->output);
    }
    json_close_array(call->output);
    return rc;
}
