/* What was decided, and what would be: the record, and the gate asked without sending. */
#include "authorize/operand.h"
#include "base/clock.h"
#include "mail/outgoing.h"
#include "operations.h"
#include "store/configuration_sets.h"
#include "store/decisions.h"
#include "store/identities.h"
#include "store/users.h"
#include "submit.h"

static void
put_decision(struct api_call *call, const struct decision_row *row)
{
    json_open_object(call->output);
    api_put_time(call, "at", row->at_ms);
    json_put_string(call->output, "user", row->user_name);
    json_put_string(call->output, "key", row->access_key);
    json_put_string(call->output, "source", row->source_ip);
    json_put_string(call->output, "action", row->action);
    json_put_string(call->output, "mail_from", row->reverse_path);
    json_put_string(call->output, "from", row->header_from);
    json_put_string(call->output, "address", row->address);
    json_put_i64(call->output, "recipients", row->recipients);
    json_put_string(call->output, "reason", row->reason);
    json_put_string(call->output, "policy", row->policy);
    json_put_i64(call->output, "statement", row->statement);
    json_put_string(call->output, "resource", row->resource);
    json_put_string(call->output, "reply", row->reply);
    json_put_string(call->output, "message", row->message_id);
    json_close_object(call->output);
}

static enum rc
put_strangers(struct api_call *call, int64_t since_ms, struct err *err)
{
    struct stranger_row *rows;
    size_t count;
    enum rc rc = strangers_list(call->database, call->arena, since_ms, &rows, &count, err);
    if (rc != RC_OK)
        return rc;
    json_key(call->output, "failed_logins");
    json_open_array(call->output);
    for (size_t i = 0; i < count; i++) {
        json_open_object(call->output);
        api_put_time(call, "hour", rows[i].hour * HOUR_MS);
        json_put_string(call->output, "network", rows[i].network);
        json_put_string(call->output, "reason", rows[i].reason);
        json_put_i64(call->output, "attempts", rows[i].attempts);
        api_put_time(call, "last", rows[i].last_ms);
        json_put_string(call->output, "last_user", rows[i].last_user);
        json_close_object(call->output);
    }
    json_close_array(call->output);
    return RC_OK;
}

/* One that was deleted has left its decisions. */
static enum rc
read_user(struct api_call *call, struct slice *name, bool *known, struct err *err)
{
    struct user_row user;
    if (name->len == 0)
        return RC_OK;
    enum rc rc = users_find(call->database, call->arena, *name, &user, err);
    *known = rc == RC_OK;
    if (rc == RC_OK)
        *name = user.name;
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

/* As decisions have it: the domain in lower-case A-labels. */
static enum rc
read_from(struct api_call *call, struct slice *from, struct err *err)
{
    struct address address;
    if (from->len == 0)
        return RC_OK;
    enum rc rc = address_parse(call->arena, *from, &address, err);
    if (rc != RC_OK)
        return err_prefix(err, "from: ");
    *from = address.text;
    return RC_OK;
}

/* "allowed", "refused", or both. */
static enum rc
read_outcome(struct api_call *call, struct decision_filter *filter, struct err *err)
{
    struct slice outcome;
    enum rc rc = api_input_optional(call, "outcome", &outcome, err);
    filter->only_allowed = slice_is(outcome, "allowed");
    filter->only_refused = slice_is(outcome, "refused");
    if (rc == RC_OK && outcome.len && !filter->only_allowed && !filter->only_refused)
        return err_set(err, RC_SYNTAX, "outcome must be allowed or refused");
    return rc;
}

enum { DECISIONS_MAX = 100000 };

enum rc
decision_list(struct api_call *call, struct err *err)
{
    struct decision_filter filter = {0};
    struct decision_row *rows;
    size_t count;
    enum rc rc = api_input_optional(call, "user", &filter.user_name, err);
    if (rc == RC_OK)
        rc = api_input_optional(call, "from", &filter.from, err);
    if (rc == RC_OK)
        rc = api_input_time(call, "since", call->now_ms - DAY_MS, &filter.since_ms, err);
    if (rc == RC_OK)
        rc = api_input_limit(call, 1000, DECISIONS_MAX, &filter.limit, err);
    if (rc == RC_OK)
        rc = api_input_key(call, "before", &filter.before, err);
    if (rc == RC_OK)
        rc = read_outcome(call, &filter, err);
    if (rc != RC_OK)
        return rc;
    bool known = true;
    rc = read_user(call, &filter.user_name, &known, err);
    if (rc == RC_OK)
        rc = read_from(call, &filter.from, err);
    if (rc == RC_OK)
        rc = decisions_list(call->database, call->arena, &filter, &rows, &count, err);
    if (rc == RC_OK && !known && count == 0)
        return err_set(err, RC_NOT_FOUND, "there is no user %.*s, and no decision of one",
                       SLICE_ARG(filter.user_name));
    if (rc != RC_OK)
        return rc;
    json_key(call->output, "decisions");
    json_open_array(call->output);
    for (size_t i = 0; i < count; i++)
        put_decision(call, &rows[i]);
    json_close_array(call->output);
    if (count > 0 && (int64_t)count == filter.limit)
        api_put_next(call, rows[count - 1].key);
    return filter.user_name.len || filter.from.len ? RC_OK
                                                   : put_strangers(call, filter.since_ms, err);
}

/* ---- explain ---- */

struct explanation {
    struct user_row user;
    struct senders senders;
    struct address *recipients;
    size_t recipient_count;
    struct slice action, source_ip;
    struct request_headers wishes;
};

static enum rc
read_recipients(struct api_call *call, struct explanation *explanation, struct err *err)
{
    const struct json *list = json_member(call->input, "to");
    if (!list || list->type == JSON_NULL)
        return RC_OK;
    if (list->type != JSON_ARRAY || list->count > 1000)
        return err_set(err, RC_SYNTAX, "to must be an array of at most 1000 addresses");
    explanation->recipients = ARENA_ARRAY(call->arena, struct address, list->count);
    for (const struct json *item = list->first; item; item = item->next) {
        if (item->type != JSON_STRING)
            return err_set(err, RC_SYNTAX, "to must be an array of addresses");
        enum rc rc = address_parse(call->arena, item->text,
                                   &explanation->recipients[explanation->recipient_count++], err);
        if (rc != RC_OK)
            return rc;
    }
    return RC_OK;
}

/* `header`: further fields of the message, as `Sender: a@b.example`. */
static enum rc
add_headers(struct api_call *call, struct slice *block, struct err *err)
{
    const struct json *list = json_member(call->input, "header");
    if (!list || list->type == JSON_NULL)
        return RC_OK;
    if (list->type != JSON_ARRAY || list->count > 100)
        return err_set(err, RC_SYNTAX, "header must be an array of at most 100 fields");
    for (const struct json *item = list->first; item; item = item->next) {
        if (item->type != JSON_STRING)
            return err_set(err, RC_SYNTAX, "header must be an array of fields, as `Sender: a@b`");
        *block =
            arena_printf(call->arena, "%.*s%.*s\r\n", SLICE_ARG(*block), SLICE_ARG(item->text));
    }
    return RC_OK;
}

/* `from` is a header's value (`Taro <taro@a.example>`); `mail_from` defaults to its address. */
static enum rc
read_senders(struct api_call *call, struct explanation *explanation, struct err *err)
{
    struct slice from, mail_from;
    struct mailbox *mailboxes;
    struct header header;
    size_t count;
    enum rc rc = api_input_string(call, "from", &from, err);
    if (rc == RC_OK)
        rc = api_input_optional(call, "mail_from", &mail_from, err);
    if (rc == RC_OK)
        rc = address_mailbox_list(call->arena, from, &mailboxes, &count, err);
    if (rc != RC_OK)
        return err_prefix(err, "from: ");
    struct slice block = arena_printf(call->arena, "From: %.*s\r\n", SLICE_ARG(from));
    rc = add_headers(call, &block, err);
    if (rc == RC_OK)
        rc = header_parse(call->arena, block, &header, err);
    if (rc == RC_OK)
        rc = outgoing_request_headers(call->arena, &header, &explanation->wishes, err);
    if (rc == RC_OK)
        rc = senders_collect(call->arena, &header,
                             mail_from.len ? mail_from : mailboxes[0].address.text,
                             &explanation->senders, err);
    return rc;
}

static enum rc
read_explanation(struct api_call *call, struct explanation *explanation, struct err *err)
{
    struct slice name;
    enum rc rc = api_input_string(call, "user", &name, err);
    if (rc == RC_OK)
        rc = users_find(call->database, call->arena, name, &explanation->user, err);
    if (rc == RC_OK)
        rc = read_senders(call, explanation, err);
    if (rc == RC_OK)
        rc = read_recipients(call, explanation, err);
    if (rc == RC_OK)
        rc = api_input_optional(call, "action", &explanation->action, err);
    if (rc == RC_OK)
        rc = api_input_optional(call, "source_ip", &explanation->source_ip, err);
    if (rc == RC_OK && explanation->source_ip.len &&
        !network_parse(explanation->source_ip, &(struct network){0}))
        return err_set(err, RC_SYNTAX, "source_ip: %.*s is no address",
                       SLICE_ARG(explanation->source_ip));
    if (rc == RC_OK && explanation->action.len == 0)
        explanation->action = SLICE("ses:SendRawEmail");
    return rc;
}

static enum rc
put_key_state(struct api_call *call, const struct user_row *user, struct err *err)
{
    struct access_key_row *keys;
    size_t count, active = 0;
    enum rc rc = access_keys_of(call->database, call->arena, user->folded, &keys, &count, err);
    for (size_t i = 0; rc == RC_OK && i < count; i++)
        active += keys[i].active;
    json_put_i64(call->output, "active_keys", (int64_t)active);
    return rc;
}

static void
put_outcome(struct api_call *call, const struct gate_decision *decision,
            const struct sending_settings *settings)
{
    struct slice reply = SLICE("250 Ok");
    (void)!gate_reply(call->arena, decision, &reply);
    json_put_bool(call->output, "allowed", decision->reason == GATE_ALLOWED);
    json_put_cstr(call->output, "reason", gate_reason_name(decision->reason));
    json_put_cstr(call->output, "check", gate_reason_check(decision->reason));
    json_put_string(call->output, "reply", reply);
    json_put_string(call->output, "address", decision->address);
    json_put_string(call->output, "resource", decision->resource);
    if (decision->policy)
        json_put_string(call->output, "policy", submit_policy_name(call->arena, decision->policy));
    if (decision->policy && decision->statement != EVALUATE_NO_STATEMENT) {
        json_put_i64(call->output, "statement", (int64_t)decision->statement);
        json_put_string(call->output, "statement_text",
                        policy_statement_text(decision->policy->policy, decision->statement));
    }
    json_put_string(call->output, "dkim_domain", settings->dkim_domain);
}

enum rc
decision_explain(struct api_call *call, struct err *err)
{
    struct explanation explanation = {0};
    struct gate_facts facts;
    struct gate_decision decision;
    struct sending_settings settings;
    struct facts_source source = api_facts_source(call->constants, call->thread);
    enum rc rc = read_explanation(call, &explanation, err);
    if (rc == RC_OK)
        rc =
            facts_load(call->arena, &source, explanation.user.folded, &explanation.senders,
                       explanation.recipients, explanation.recipient_count, &facts, &settings, err);
    if (rc != RC_OK)
        return rc;
    struct configuration_set_row row = {.sending_enabled = true};
    const struct request_headers *wishes = &explanation.wishes;
    struct slice set =
        wishes->configuration_set.len ? wishes->configuration_set : settings.configuration_set;
    if (set.len)
        rc = configuration_sets_find(call->database, call->arena, set, &row, err);
    bool missing = rc == RC_NOT_FOUND;
    if (rc != RC_OK && !missing)
        return rc;
    struct gate_request request = {
        .action = explanation.action,
        .user_name = explanation.user.name,
        .user_id = explanation.user.id,
        .user_arn = api_user_arn(call, explanation.user.path, explanation.user.name),
        .senders = &explanation.senders,
        .recipients = explanation.recipients,
        .recipient_count = explanation.recipient_count,
        .configuration_set = set,
        .configuration_set_missing = missing,
        .configuration_set_paused = !row.sending_enabled,
        .source_arn = wishes->source_arn,
        .from_arn = wishes->from_arn,
        .return_path_arn = wishes->return_path_arn,
        .source_ip = explanation.source_ip,
        .secure_transport = true,
        .api_version = "2",
        .now_ms = call->now_ms,
    };
    gate_decide(call->arena, &request, &facts, &decision);
    put_outcome(call, &decision, &settings);
    return put_key_state(call, &explanation.user, err);
}
