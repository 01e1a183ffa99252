/* The queue, recipient by recipient: seen, retried, held, released, dropped. */
#include "operations.h"
#include "spool/spool.h"

static void
put_recipient(struct api_call *call, const struct recipient_row *row)
{
    json_put_string(call->output, "recipient", row->address);
    json_put_cstr(call->output, "state", recipient_state_name(row->state));
    json_put_i64(call->output, "attempts", row->attempts);
    json_put_bool(call->output, "under_way", row->leased && row->state == RECIPIENT_QUEUED);
    if (row->state == RECIPIENT_QUEUED) {
        api_put_time(call, "next", row->next_ms);
        api_put_time(call, "expires", row->expires_ms);
    }
    api_put_time(call, "finished", row->finished_ms);
    json_put_string(call->output, "status", row->status);
    json_put_string(call->output, "reply", row->reply);
    json_put_string(call->output, "remote", row->remote);
}

enum rc
queue_list(struct api_call *call, struct err *err)
{
    struct recipient_row *rows;
    struct message_row message = {0};
    size_t count;
    int64_t limit;
    enum rc rc = json_get_i64(call->input, "limit", 200, &limit, err);
    if (rc == RC_OK)
        rc = recipients_waiting(call->database, call->arena, 0, limit, &rows, &count, err);
    if (rc != RC_OK)
        return rc;
    json_key(call->output, "queue");
    json_open_array(call->output);
    for (size_t i = 0; rc == RC_OK && i < count; i++) {
        int64_t key = message_of_part(rows[i].key);
        if (message.key != key)
            rc = messages_find(call->database, call->arena, key, &message, err);
        json_open_object(call->output);
        json_put_string(call->output, "message", message.id);
        json_put_string(call->output, "from", message.header_from);
        json_put_string(call->output, "user", message.user_name);
        api_put_time(call, "accepted", message.accepted_ms);
        put_recipient(call, &rows[i]);
        json_close_object(call->output);
    }
    json_close_array(call->output);
    if (rc != RC_OK)
        return rc;
    int64_t counts[RECIPIENT_STATE_COUNT], accepted;
    rc = recipients_count(call->database, counts, &accepted, err);
    json_key(call->output, "counts");
    json_open_object(call->output);
    for (int i = 0; i < RECIPIENT_STATE_COUNT; i++)
        json_put_i64(call->output, recipient_state_name((enum recipient_state)i), counts[i]);
    json_close_object(call->output);
    return rc;
}

enum { SHOWN_BODY_MAX = 64 * 1024 };

/* The message as it leaves, if its body is still kept: header and the start of the body. */
static enum rc
put_source(struct api_call *call, const struct message_row *message, struct err *err)
{
    struct slice body = SLICE("");
    json_put_string(call->output, "header", message->header);
    enum rc rc = chunks_find(call->database, call->arena, message->key, 0, &body, err);
    if (rc == RC_NOT_FOUND)
        return RC_OK;
    if (rc == RC_OK) {
        json_put_string(call->output, "body", slice_head(body, SHOWN_BODY_MAX));
        json_put_bool(call->output, "body_cut", message->body_bytes > SHOWN_BODY_MAX);
    }
    return rc;
}

enum rc
queue_show(struct api_call *call, struct err *err)
{
    struct slice id;
    struct message_row message;
    struct recipient_row *rows;
    size_t count;
    enum rc rc = api_input_string(call, "message", &id, err);
    if (rc == RC_OK)
        rc = messages_find_id(call->database, call->arena, id, &message, err);
    if (rc == RC_OK)
        rc = recipients_of(call->database, call->arena, message.key, &rows, &count, err);
    if (rc != RC_OK)
        return rc;
    json_put_string(call->output, "message", message.id);
    api_put_time(call, "accepted", message.accepted_ms);
    json_put_string(call->output, "user", message.user_name);
    json_put_string(call->output, "key", message.access_key);
    json_put_string(call->output, "source", message.source_ip);
    json_put_string(call->output, "client", message.client_name);
    json_put_string(call->output, "tls", message.tls);
    json_put_string(call->output, "mail_from", message.reverse_path);
    json_put_string(call->output, "mail_from_on_the_wire", message.wire_path);
    json_put_string(call->output, "from", message.header_from);
    json_put_string(call->output, "configuration_set", message.configuration_set);
    json_put_string(call->output, "tags", message.tags);
    json_put_bool(call->output, "provider_hidden", message.hidden);
    json_put_i64(call->output, "bytes", message.body_bytes + (int64_t)message.header.len);
    json_put_string(call->output, "policy", message.policy);
    json_put_i64(call->output, "statement", message.statement);
    json_key(call->output, "recipients");
    json_open_array(call->output);
    for (size_t i = 0; i < count; i++) {
        json_open_object(call->output);
        put_recipient(call, &rows[i]);
        json_close_object(call->output);
    }
    json_close_array(call->output);
    return put_source(call, &message, err);
}

static const struct {
    const char *name;
    enum rc (*change)(struct database *db, struct arena *arena, int64_t key, int64_t now_ms,
                      struct err *err);
    unsigned states; /* a bit a recipient_state it applies to */
    bool stops;
} changes[] = {
    {"retry", spool_retry, 1u << RECIPIENT_QUEUED, false},
    {"hold", spool_hold, 1u << RECIPIENT_QUEUED, true},
    {"release", spool_release, 1u << RECIPIENT_HELD, false},
    {"drop", spool_drop, 1u << RECIPIENT_QUEUED | 1u << RECIPIENT_HELD, true},
};

/* change, message[, recipient]: all recipients of the message that are in a fitting state. */
enum rc
queue_change(struct api_call *call, struct err *err)
{
    struct slice name, id, only;
    struct message_row message;
    struct recipient_row *rows;
    size_t count, which = 0;
    int64_t changed = 0;
    struct err why = {0};
    enum rc rc = api_input_string(call, "change", &name, err);
    if (rc == RC_OK)
        rc = api_input_string(call, "message", &id, err);
    if (rc == RC_OK)
        rc = api_input_optional(call, "recipient", &only, err);
    while (which < sizeof changes / sizeof changes[0] && !slice_is(name, changes[which].name))
        which++;
    if (rc == RC_OK && which == sizeof changes / sizeof changes[0])
        return err_set(err, RC_SYNTAX, "change must be retry, hold, release or drop");
    if (rc == RC_OK)
        rc = messages_find_id(call->database, call->arena, id, &message, err);
    if (rc == RC_OK)
        rc = recipients_of(call->database, call->arena, message.key, &rows, &count, err);
    for (size_t i = 0; rc == RC_OK && i < count; i++) {
        if (!(changes[which].states & 1u << rows[i].state) ||
            (only.len && !slice_eq(only, rows[i].address)))
            continue;
        rc = changes[which].change(call->database, call->arena, rows[i].key, call->now_ms, &why);
        if (rc == RC_CONFLICT) { /* that one; others may do */
            rc = RC_OK;
            continue;
        }
        if (rc == RC_OK && changes[which].stops)
            api_stopped(call, rows[i].key);
        changed++;
    }
    if (rc != RC_OK) {
        if (why.text[0])
            *err = why;
        return rc;
    }
    if (changed == 0)
        return err_set(err, RC_CONFLICT,
                       "no recipient of %.*s can be changed so%s%s; see `postern "
                       "queue show`",
                       SLICE_ARG(id), why.text[0] ? ": " : "", why.text);
    call->effects->queue_changed = true;
    json_put_string(call->output, "message", message.id);
    json_put_i64(call->output, "changed", changed);
    return RC_OK;
}
