/* The queue, recipient by recipient: seen, retried, held, released, dropped. */
#include "identity_changes.h"
#include "message_view.h"
#include "operations.h"
#include "recording.h"
#include "spool/spool.h"
#include "store/brakes.h"
#include "store/mail_search.h"
#include "store/users.h"

/* `as`, a user, who may be gone, `key`, and `site`. */
static enum rc
input_filter(struct api_call *call, struct recipient_filter *filter, struct err *err)
{
    struct slice user;
    *filter = (struct recipient_filter){0};
    enum rc rc = api_input_optional(call, "as", &user, err);
    if (rc == RC_OK)
        rc = api_input_optional(call, "key", &filter->access_key, err);
    filter->user = arena_lower(call->arena, user);
    if (rc == RC_OK)
        rc = api_input_optional(call, "site", &filter->site, err);
    filter->site = arena_lower(call->arena, filter->site);
    return rc;
}

/* A name that was never heard of is an error, and not an empty queue. */
static enum rc
check_filter(struct api_call *call, const struct recipient_filter *filter, struct err *err)
{
    struct user_row user;
    struct access_key_row key;
    enum rc rc = RC_OK;
    if (filter->user.len)
        rc = users_find(call->database, call->arena, filter->user, &user, err);
    if (rc == RC_OK && filter->access_key.len)
        rc = access_keys_find(call->database, call->arena, filter->access_key, &key, err);
    return rc;
}

enum { LISTED_MAX = 100000 };

enum rc
queue_list(struct api_call *call, struct err *err)
{
    struct recipient_row *rows;
    struct message_row message = {0};
    size_t count;
    int64_t limit, after;
    struct recipient_filter filter;
    enum rc rc = api_input_limit(call, 200, LISTED_MAX, &limit, err);
    if (rc == RC_OK)
        rc = input_filter(call, &filter, err);
    if (rc == RC_OK)
        rc = api_input_key(call, "after", &after, err);
    if (rc == RC_OK)
        rc = recipients_waiting(call->database, call->arena, &filter, after, limit, &rows, &count,
                                err);
    if (rc == RC_OK && count == 0 && after == 0)
        rc = check_filter(call, &filter, err);
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
        message_view_put_recipient(call, &rows[i]);
        json_close_object(call->output);
    }
    json_close_array(call->output);
    if (rc != RC_OK)
        return rc;
    if (count > 0 && (int64_t)count == limit)
        api_put_next(call, rows[count - 1].key);
    int64_t queued = 0, held = 0;
    rc = recipients_count_waiting(call->database, &queued, &held, err);
    json_key(call->output, "counts");
    json_open_object(call->output);
    json_put_i64(call->output, recipient_state_name(RECIPIENT_QUEUED), queued);
    json_put_i64(call->output, recipient_state_name(RECIPIENT_HELD), held);
    json_close_object(call->output);
    return rc;
}

enum { SITES_MAX = 1000 };

/* What waits, by the domain it goes to. */
enum rc
queue_sites(struct api_call *call, struct err *err)
{
    struct site_row *rows = NULL;
    size_t count;
    int64_t limit;
    enum rc rc = api_input_limit(call, 100, SITES_MAX, &limit, err);
    if (rc == RC_OK)
        rc = sites_waiting(call->database, call->arena, limit, &rows, &count, err);
    if (rc != RC_OK)
        return rc;
    json_key(call->output, "sites");
    json_open_array(call->output);
    for (size_t i = 0; i < count; i++) {
        json_open_object(call->output);
        json_put_string(call->output, "site", rows[i].domain);
        json_put_i64(call->output, "queued", rows[i].queued);
        json_put_i64(call->output, "held", rows[i].held);
        api_put_time(call, "next", rows[i].next_ms);
        json_put_string(call->output, "reply", rows[i].reply);
        json_close_object(call->output);
    }
    json_close_array(call->output);
    return RC_OK;
}

/* Promise 2 of spool.h, looked at: every accepted recipient is in exactly one state. */
enum rc
queue_account(struct api_call *call, struct err *err)
{
    int64_t counts[RECIPIENT_STATE_COUNT], accepted, sum = 0;
    enum rc rc = recipients_count(call->database, counts, &accepted, err);
    if (rc != RC_OK)
        return rc;
    json_put_i64(call->output, "accepted", accepted);
    for (int i = 0; i < RECIPIENT_STATE_COUNT; i++) {
        json_put_i64(call->output, recipient_state_name((enum recipient_state)i), counts[i]);
        sum += counts[i];
    }
    json_put_i64(call->output, "missing", accepted - sum);
    return RC_OK;
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

/* What the brake found, while it has something of the message. */
static enum rc
put_brake(struct api_call *call, const struct message_row *message,
          const struct recipient_row *rows, size_t count, struct err *err)
{
    struct brake_row brake;
    bool held = false;
    for (size_t i = 0; i < count; i++)
        held = held || slice_is(rows[i].held_by, HELD_BY_BRAKE);
    if (!held)
        return RC_OK;
    enum rc rc = brakes_find(call->database, call->arena, message->access_key, &brake, err);
    if (rc == RC_OK)
        json_put_string(call->output, "brake", brake.words);
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
    rc = put_brake(call, &message, rows, count, err);
    if (rc != RC_OK)
        return rc;
    json_key(call->output, "recipients");
    json_open_array(call->output);
    for (size_t i = 0; rc == RC_OK && i < count; i++) {
        json_open_object(call->output);
        message_view_put_recipient(call, &rows[i]);
        rc = message_view_put_history(call, &rows[i], err);
        json_close_object(call->output);
    }
    json_close_array(call->output);
    if (rc != RC_OK)
        return rc;
    return put_source(call, &message, err);
}

static const struct change {
    const char *name;
    enum rc (*apply)(struct database *db, struct arena *arena, int64_t key, int64_t now_ms,
                     struct err *err);
    const char *outcome; /* as the ledger calls it */
    unsigned states;     /* a bit a recipient_state it applies to */
    bool stops;
    bool spares; /* what the brake holds, when nobody is named */
} changes[] = {
    {"retry", spool_retry, "retried", 1u << RECIPIENT_QUEUED, false, false},
    {"hold", spool_hold, "held", 1u << RECIPIENT_QUEUED | 1u << RECIPIENT_HELD, true, true},
    {"release", spool_release, "released", 1u << RECIPIENT_HELD, false, true},
    {"drop", spool_drop, "dropped", 1u << RECIPIENT_QUEUED | 1u << RECIPIENT_HELD, true, false},
};

static enum rc
find_change(struct api_call *call, const struct change **out, struct err *err)
{
    struct slice name;
    enum rc rc = api_input_string(call, "change", &name, err);
    for (size_t i = 0; rc == RC_OK && i < sizeof changes / sizeof changes[0]; i++)
        if (slice_is(name, changes[i].name)) {
            *out = &changes[i];
            return RC_OK;
        }
    return rc != RC_OK ? rc
                       : err_set(err, RC_SYNTAX, "change must be retry, hold, release or drop");
}

/* Those of `rows` that it applies to; with `spares`, not what the brake holds. `why` tells of the last
 * that could not be changed. */
static enum rc
change_rows(struct api_call *call, const struct change *change, struct slice only, bool spares,
            const struct recipient_row *rows, size_t count, int64_t *changed, struct err *why)
{
    for (size_t i = 0; i < count; i++) {
        if (!(change->states & 1u << rows[i].state) || (spares && rows[i].held_by.len > 0) ||
            (only.len && !slice_eq(only, rows[i].address)))
            continue;
        enum rc rc = change->apply(call->database, call->arena, rows[i].key, call->now_ms, why);
        if (rc == RC_CONFLICT)
            continue; /* that one; others may do */
        if (rc == RC_OK)
            rc = recording_change(call, rows[i].key, change->outcome, why);
        if (rc != RC_OK)
            return rc;
        if (change->stops)
            api_stopped(call, rows[i].key);
        ++*changed;
    }
    return RC_OK;
}

enum { CHANGED_AT_ONCE = 10000 };

static enum rc
change_all(struct api_call *call, const struct change *change, struct slice only,
           const struct recipient_filter *filter, int64_t *changed, struct err *err)
{
    struct recipient_row *rows;
    size_t count;
    int64_t after = 0;
    /* Who changes the whole queue does not think of what a thief sent. */
    bool spares = change->spares && !filter->user.len && !filter->access_key.len;
    do {
        enum rc rc = recipients_waiting(call->database, call->arena, filter, after, CHANGED_AT_ONCE,
                                        &rows, &count, err);
        if (rc == RC_OK)
            rc = change_rows(call, change, only, spares, rows, count, changed, err);
        if (rc != RC_OK)
            return rc;
        after = count ? rows[count - 1].key : 0;
    } while (count == CHANGED_AT_ONCE);
    return *changed ? RC_OK : check_filter(call, filter, err);
}

static enum rc
change_message(struct api_call *call, const struct change *change, struct slice id,
               struct slice only, int64_t *changed, struct err *err)
{
    struct message_row message;
    struct recipient_row *rows;
    size_t count;
    struct err why = {0};
    enum rc rc = messages_find_id(call->database, call->arena, id, &message, err);
    if (rc == RC_OK)
        rc = recipients_of(call->database, call->arena, message.key, &rows, &count, err);
    if (rc != RC_OK)
        return rc;
    rc = change_rows(call, change, only, false, rows, count, changed, &why);
    if (rc != RC_OK) {
        *err = why;
        return rc;
    }
    if (*changed == 0)
        return err_set(err, RC_CONFLICT,
                       "no recipient of %.*s can be changed so%s%s; see `postern queue show`",
                       SLICE_ARG(id), why.text[0] ? ": " : "", why.text);
    return RC_OK;
}

/* change, message or "all"[, recipient][, as][, key][, site]: all recipients that are in a fitting
 * state. */
enum rc
queue_change(struct api_call *call, struct err *err)
{
    const struct change *change = NULL;
    struct recipient_filter filter;
    struct slice id, only;
    int64_t changed = 0;
    enum rc rc = find_change(call, &change, err);
    if (rc == RC_OK)
        rc = api_input_string(call, "message", &id, err);
    if (rc == RC_OK)
        rc = api_input_optional(call, "recipient", &only, err);
    if (rc == RC_OK)
        rc = input_filter(call, &filter, err);
    bool all = rc == RC_OK && slice_is(id, "all");
    if (rc == RC_OK && !all && (filter.user.len || filter.access_key.len || filter.site.len))
        return err_set(err, RC_SYNTAX,
                       "as, key and site choose among all that waits, not of a message");
    if (rc == RC_OK)
        rc = all ? change_all(call, change, only, &filter, &changed, err)
                 : change_message(call, change, id, only, &changed, err);
    if (rc != RC_OK)
        return rc;
    call->effects->queue_changed = true;
    json_put_string(call->output, "message", id);
    json_put_i64(call->output, "changed", changed);
    return RC_OK;
}

/* ---- holding what a credential, a person or an identity has queued ---- */

/* What the store found by a piece of text, by the rule of the gate. */
static bool
speaks_as(struct api_call *call, struct slice identity, struct slice text)
{
    struct address address;
    return address_parse(call->arena, text, &address, NULL) == RC_OK &&
           gate_suspension_covers(call->arena, identity, &address);
}

static enum rc
fits(struct api_call *call, const struct recipient_filter *filter, int64_t key, bool *fitting,
     struct err *err)
{
    struct message_row message;
    *fitting = true;
    if (filter->identity.len == 0)
        return RC_OK;
    enum rc rc = messages_find(call->database, call->arena, message_of_part(key), &message, err);
    *fitting = rc == RC_OK && (speaks_as(call, filter->identity, message.header_from) ||
                               speaks_as(call, filter->identity, message.reverse_path));
    return rc;
}

/* In the store's filter an address is looked for by its domain: labels and quotes do not count. */
enum rc
api_hold_mail(struct api_call *call, const struct recipient_filter *filter, int64_t *held,
              struct err *err)
{
    struct recipient_filter wide = *filter;
    int64_t *keys = NULL;
    size_t count = 0;
    bool fitting;
    wide.identity = slice_from(wide.identity, slice_rchr(wide.identity, '@') + 1);
    enum rc rc = recipients_queued(call->database, call->arena, &wide, &keys, &count, err);
    for (size_t i = 0; rc == RC_OK && i < count; i++) {
        rc = fits(call, filter, keys[i], &fitting, err);
        if (rc != RC_OK || !fitting)
            continue;
        rc = spool_hold(call->database, call->arena, keys[i], call->now_ms, err);
        if (rc == RC_OK)
            rc = recording_change(call, keys[i], "held", err);
        api_stopped(call, keys[i]);
        ++*held;
    }
    return rc;
}
