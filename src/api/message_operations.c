/* Mail that was accepted: found, and counted. */
#include "base/clock.h"
#include "base/codec.h"
#include "message_view.h"
#include "operations.h"
#include "store/mail_search.h"
#include "store/message_key.h"
#include "store/statistics.h"

/* ---- search ---- */

/* One of the names, or none for any. */
static enum rc
input_state(struct api_call *call, unsigned *states, struct err *err)
{
    struct slice name;
    *states = 0;
    enum rc rc = api_input_optional(call, "state", &name, err);
    if (rc != RC_OK || name.len == 0)
        return rc;
    for (unsigned i = 0; i < RECIPIENT_STATE_COUNT; i++)
        if (slice_is(name, recipient_state_name((enum recipient_state)i)))
            *states = 1u << i;
    return *states ? RC_OK
                   : err_set(err, RC_SYNTAX,
                             "state must be queued, held, delivered, bounced, expired, suppressed "
                             "or dropped");
}

static enum rc
input_text(struct api_call *call, const char *name, struct slice *out, struct err *err)
{
    struct slice text;
    enum rc rc = api_input_optional(call, name, &text, err);
    *out = arena_lower(call->arena, text);
    return rc;
}

enum { FOUND_MAX = 1000 };

static enum rc
input_filter(struct api_call *call, struct mail_filter *filter, struct err *err)
{
    *filter = (struct mail_filter){0};
    enum rc rc = input_text(call, "as", &filter->user, err);
    if (rc == RC_OK)
        rc = api_input_optional(call, "key", &filter->access_key, err);
    if (rc == RC_OK)
        rc = input_text(call, "from", &filter->from, err);
    if (rc == RC_OK)
        rc = input_text(call, "to", &filter->to, err);
    if (rc == RC_OK)
        rc = input_state(call, &filter->states, err);
    if (rc == RC_OK)
        rc = api_input_time(call, "since", 0, &filter->since_ms, err);
    if (rc == RC_OK)
        rc = api_input_time(call, "until", INT64_MAX, &filter->until_ms, err);
    if (rc == RC_OK)
        rc = api_input_key(call, "before", &filter->before, err);
    return rc == RC_OK ? api_input_limit(call, 50, FOUND_MAX, &filter->limit, err) : rc;
}

static enum rc
put_found(struct api_call *call, int64_t key, struct err *err)
{
    struct recipient_row recipient;
    struct message_row message;
    enum rc rc = recipients_find(call->database, call->arena, key, &recipient, err);
    if (rc == RC_OK)
        rc = messages_find(call->database, call->arena, message_of_part(key), &message, err);
    if (rc != RC_OK)
        return rc;
    json_open_object(call->output);
    json_put_string(call->output, "message", message.id);
    api_put_time(call, "accepted", message.accepted_ms);
    json_put_string(call->output, "user", message.user_name);
    json_put_string(call->output, "from", message.header_from);
    json_put_string(call->output, "subject", message_view_subject(call->arena, &message));
    json_put_bool(call->output, "captured", message.captured);
    message_view_put_recipient(call, &recipient);
    json_close_object(call->output);
    return RC_OK;
}

/* A row a recipient. When there is "next", what was accepted before "reached" was not looked at yet. */
enum rc
message_list(struct api_call *call, struct err *err)
{
    struct mail_filter filter;
    int64_t *keys = NULL, next;
    size_t count = 0;
    enum rc rc = input_filter(call, &filter, err);
    if (rc == RC_OK)
        rc = mail_search(call->database, call->arena, &filter, &keys, &count, &next, err);
    if (rc != RC_OK)
        return rc;
    json_key(call->output, "messages");
    json_open_array(call->output);
    for (size_t i = 0; rc == RC_OK && i < count; i++)
        rc = put_found(call, keys[i], err);
    json_close_array(call->output);
    api_put_next(call, next);
    if (next > 0)
        api_put_time(call, "reached", message_key_ms(message_of_part(next)));
    return rc;
}

/* ---- the body ---- */

/* A chunk of it, as base64: message[, chunk]. */
enum rc
message_body(struct api_call *call, struct err *err)
{
    struct slice id, bytes;
    struct message_row message;
    int64_t chunk;
    enum rc rc = api_input_string(call, "message", &id, err);
    if (rc == RC_OK)
        rc = json_get_i64(call->input, "chunk", 0, &chunk, err);
    if (rc == RC_OK && (chunk < 0 || chunk >= MESSAGE_PARTS_MAX))
        rc = err_set(err, RC_SYNTAX, "chunk must be 0 to %d", MESSAGE_PARTS_MAX - 1);
    if (rc == RC_OK)
        rc = messages_find_id(call->database, call->arena, id, &message, err);
    if (rc == RC_OK)
        rc = chunks_find(call->database, call->arena, message.key, (uint32_t)chunk, &bytes, err);
    if (rc != RC_OK)
        return rc;
    json_put_string(call->output, "bytes", codec_base64(call->arena, bytes));
    json_put_bool(call->output, "more", (chunk + 1) * (int64_t)CHUNK_BYTES < message.body_bytes);
    return RC_OK;
}

/* ---- statistics ---- */

enum { SITES_MAX = 1000 };

enum rc
statistics_list(struct api_call *call, struct err *err)
{
    struct statistic_row *rows = NULL;
    size_t count;
    int64_t since_ms;
    enum rc rc = api_input_time(call, "since", call->now_ms - DAY_MS, &since_ms, err);
    if (rc == RC_OK)
        rc = statistics_since(call->database, call->arena, since_ms, &rows, &count, err);
    if (rc != RC_OK)
        return rc;
    json_key(call->output, "quarters");
    json_open_array(call->output);
    for (size_t i = 0; i < count; i++) {
        json_open_object(call->output);
        api_put_time(call, "start", rows[i].start_ms);
        json_put_i64(call->output, "accepted", rows[i].attempts);
        json_put_i64(call->output, "delivered", rows[i].delivered);
        json_put_i64(call->output, "deferred", rows[i].deferred);
        json_put_i64(call->output, "bounced", rows[i].bounces);
        json_put_i64(call->output, "complained", rows[i].complaints);
        json_close_object(call->output);
    }
    json_close_array(call->output);
    return RC_OK;
}

/* Where mail went, by domain: of what was accepted since, but not more than the newest so many. */
enum rc
statistics_sites(struct api_call *call, struct err *err)
{
    struct site_row *rows = NULL;
    size_t count;
    int64_t since_ms, limit, reached_ms;
    enum rc rc = api_input_time(call, "since", call->now_ms - DAY_MS, &since_ms, err);
    if (rc == RC_OK)
        rc = api_input_limit(call, 20, SITES_MAX, &limit, err);
    if (rc == RC_OK)
        rc = sites_recent(call->database, call->arena, since_ms, limit, &rows, &count, &reached_ms,
                          err);
    if (rc != RC_OK)
        return rc;
    api_put_time(call, "since", reached_ms);
    json_key(call->output, "sites");
    json_open_array(call->output);
    for (size_t i = 0; i < count; i++) {
        json_open_object(call->output);
        json_put_string(call->output, "site", rows[i].domain);
        json_put_i64(call->output, "delivered", rows[i].delivered);
        json_put_i64(call->output, "waiting", rows[i].queued + rows[i].held);
        json_put_i64(call->output, "failed", rows[i].failed);
        json_close_object(call->output);
    }
    json_close_array(call->output);
    return RC_OK;
}
