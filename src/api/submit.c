#include "submit.h"
#include "alarm.h"
#include "base/codec.h"
#include "base/random.h"
#include "mail/dsn.h"
#include "mail/outgoing.h"
#include "mail/reply.h"
#include "recording.h"
#include "report/return_address.h"
#include "report/unsubscribe.h"
#include "store/configuration_sets.h"
#include "store/contacts.h"
#include "store/decisions.h"
#include "store/settings.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>

enum { HOPS_MAX = 50 };

struct slice
submit_policy_name(struct arena *arena, const struct policy_entry *policy)
{
    if (!policy)
        return SLICE("");
    return arena_printf(arena, "'%.*s', %s %.*s", SLICE_ARG(policy->name),
                        policy_source_name(policy->source), SLICE_ARG(policy->owner));
}

/* -1: none decided. */
static int64_t
submit_statement(const struct gate_decision *decision)
{
    bool decided = decision->policy && decision->statement != EVALUATE_NO_STATEMENT;
    return decided ? (int64_t)decision->statement : -1;
}

static enum rc
refuse(struct arena *arena, enum rc rc, const struct err *why, struct submission_answer *answer)
{
    answer->reply = reply_for(arena, rc, arena_dup(arena, slice_of(why->text)));
    return rc;
}

/* A value that stays the same for one identity and cannot be traced to anything else. */
static struct slice
feedback_id(struct arena *arena, const struct api_constants *constants,
            const struct sending_settings *settings, struct slice from_domain)
{
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    bool hidden = settings->dkim_domain.len > 0;
    struct slice named = hidden ? settings->dkim_domain : from_domain;
    if (!HMAC(EVP_sha256(), constants->return_secret, 32, (const uint8_t *)named.ptr, named.len,
              digest, &len))
        abort();
    struct slice bytes = {(const char *)digest, 32};
    if (hidden)
        return arena_printf(arena, "%.*s:%.*s",
                            SLICE_ARG(codec_base32(arena, slice_head(bytes, 10))),
                            SLICE_ARG(from_domain));
    return arena_printf(arena, "::1.%.*s.%.*s:%.*s", SLICE_ARG(constants->region),
                        SLICE_ARG(codec_base64(arena, bytes)),
                        SLICE_ARG(constants->provider_domain));
}

/* Under the custom MAIL FROM domain when one is proved; the submitter's own when the provider is
 * hidden without one; else under the provider's (design §6). The null path for what must not come back:
 * a report may hold the whole message. */
static struct slice
wire_path(struct arena *arena, const struct api_constants *constants,
          const struct submission_request *request, const struct sending_settings *settings)
{
    if (request->reverse_path.len == 0 || request->confidential)
        return SLICE("");
    if (settings->mail_from_domain.len)
        return return_address_make(arena, constants->return_secret, request->key,
                                   settings->mail_from_domain);
    if (settings->dkim_domain.len)
        return request->reverse_path;
    return return_address_make(arena, constants->return_secret, request->key,
                               constants->provider_domain);
}

static enum rc
final_header(struct arena *arena, const struct api_constants *constants, struct api_thread *thread,
             const struct submission_request *request, const struct sending_settings *settings,
             struct slice from_domain, struct slice id, struct slice unsubscribe, struct slice *out,
             struct err *err)
{
    bool hidden = settings->dkim_domain.len > 0;
    struct outgoing outgoing = {
        .message_id = id,
        .message_id_domain = hidden ? from_domain : constants->provider_domain,
        .feedback_id = feedback_id(arena, constants, settings, from_domain),
        .unsubscribe = unsubscribe,
        .accepted_ms = request->now_ms,
    };
    struct slice block = outgoing_header(arena, request->header, &outgoing);
    struct header header;
    struct slice signatures;
    enum rc rc = header_parse(arena, block, &header, err);
    if (rc != RC_OK)
        return rc;
    rc = api_sign(arena, constants, thread,
                  hidden ? settings->dkim_domain : constants->provider_domain, &header,
                  request->body_hash, request->now_ms, &signatures, err);
    if (rc != RC_OK)
        return err_retype(err,
                          RC_TEMPORARY); /* a key that cannot be read is the operator's to mend */
    *out = arena_concat(arena, arena_concat(arena, signatures, block), SLICE("\r\n"));
    return RC_OK;
}

static void
make_recipients(struct arena *arena, const struct submission_request *request,
                const struct address *addresses, struct submission_answer *answer)
{
    struct spool_entry *entry = &answer->entry;
    entry->recipient_count = (uint32_t)request->recipient_count;
    entry->recipients = ARENA_ARRAY(arena, struct recipient_row, request->recipient_count);
    for (uint32_t i = 0; i < entry->recipient_count; i++)
        entry->recipients[i] = (struct recipient_row){
            .key = message_part_key(request->key, i),
            .address = addresses[i].text,
            .domain = addresses[i].domain,
            .state = RECIPIENT_QUEUED,
            .next_ms = request->now_ms,
            .expires_ms = request->now_ms + answer->lifetime_ms,
            .status = SLICE(""),
            .reply = SLICE(""),
            .remote = SLICE(""),
        };
}

static void
make_entry(struct arena *arena, const struct api_constants *constants,
           const struct submission_request *request, const struct address *recipients,
           const struct sending_settings *settings, struct slice header, struct slice id,
           struct submission_answer *answer)
{
    struct spool_entry *entry = &answer->entry;
    *entry = (struct spool_entry){0};
    entry->message = (struct message_row){
        .key = request->key,
        .id = id,
        .accepted_ms = request->now_ms,
        .open = true,
        .user_name = request->user_name,
        .access_key = request->access_key,
        .source_ip = request->source_ip,
        .client_name = request->client_name,
        .tls = request->tls,
        .service = request->service,
        .reverse_path = request->reverse_path,
        .wire_path = wire_path(arena, constants, request, settings),
        .header_from = answer->header_from,
        .header = header,
        .body_bytes = (int64_t)request->body_bytes,
        .eight_bit = request->eight_bit,
        .recipients = (int64_t)request->recipient_count,
        .counted = request->counted,
        .configuration_set = answer->configuration_set,
        .tls_required = answer->tls_required,
        .tags = answer->tags,
        .policy = submit_policy_name(arena, answer->decision.policy),
        .statement = submit_statement(&answer->decision),
        .resource = answer->decision.resource,
        .hidden = settings->dkim_domain.len > 0,
    };
    make_recipients(arena, request, recipients, answer);
}

static enum rc
collect_all(struct arena *arena, const struct submission_request *request, struct senders *senders,
            struct err *err)
{
    enum rc rc = senders_collect(arena, request->header, request->reverse_path, senders, err);
    for (size_t i = 0; rc == RC_OK && i < request->sender_count; i++)
        rc = senders_add(senders, request->senders[i], err);
    return rc;
}

/* What the call says goes before what the header says (reference §1.8). */
static void
prefer_parameters(const struct submission_request *request, struct request_headers *wishes)
{
    const struct {
        struct slice given, *wish;
    } pairs[] = {{request->configuration_set, &wishes->configuration_set},
                 {request->tags, &wishes->message_tags},
                 {request->source_arn, &wishes->source_arn},
                 {request->from_arn, &wishes->from_arn},
                 {request->return_path_arn, &wishes->return_path_arn}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (pairs[i].given.len)
            *pairs[i].wish = pairs[i].given;
    if (request->list_management.list.len)
        wishes->list_management = request->list_management;
}

/* Who would send: the envelope and the headers that speak for the origin; for the system, From. */
static enum rc
collect(struct arena *arena, const struct submission_request *request, struct senders *senders,
        struct err *err)
{
    if (!slice_is(request->service, "system"))
        return collect_all(arena, request, senders, err);
    const struct field *from = header_find(request->header, "From");
    struct mailbox *mailboxes;
    size_t count;
    if (!from)
        return err_set(err, RC_SYNTAX, "system mail has no From header");
    enum rc rc = address_mailbox_list(arena, from->value, &mailboxes, &count, err);
    if (rc != RC_OK)
        return rc;
    senders->list = ARENA_NEW(arena, struct sender);
    senders->count = 1;
    senders->list[0] = (struct sender){SENDER_FROM, mailboxes[0].address, mailboxes[0].shown,
                                       mailboxes[0].display_name};
    return RC_OK;
}

/* RFC 5321 §6.3: what has passed so many servers goes in circles. We take these fields off, so that
 * nobody behind us could count them. */
static enum rc
check_hops(const struct header *header, struct err *err)
{
    if (header_count(header, "Received") > HOPS_MAX)
        return err_set(err, RC_DENIED, "too many hops: more than %d Received headers", HOPS_MAX);
    return RC_OK;
}

static enum rc
parse_recipients(struct arena *arena, const struct submission_request *request,
                 struct address **out, struct err *err)
{
    struct address *list = ARENA_ARRAY(arena, struct address, request->recipient_count);
    for (size_t i = 0; i < request->recipient_count; i++) {
        enum rc rc = address_parse(arena, request->recipients[i], &list[i], err);
        if (rc != RC_OK)
            return rc;
    }
    *out = list;
    return RC_OK;
}

/* What the set says about delivery is fixed here: that it goes away later changes nothing. */
static enum rc
read_configuration_set(struct arena *arena, struct api_thread *thread, struct slice name,
                       bool *exists, bool *paused, struct submission_answer *answer,
                       struct err *err)
{
    struct configuration_set_row row;
    enum rc rc =
        name.len ? configuration_sets_find(thread->database, arena, name, &row, err) : RC_NOT_FOUND;
    answer->configuration_set = name;
    *exists = rc == RC_OK;
    *paused = *exists && !row.sending_enabled;
    if (*exists) {
        answer->tls_required = row.tls_required;
        if (row.max_delivery_s)
            answer->lifetime_ms = row.max_delivery_s * 1000;
    }
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static enum rc
ask_gate(struct arena *arena, const struct api_constants *constants, struct api_thread *thread,
         const struct submission_request *request, const struct senders *senders,
         const struct address *recipients, const struct request_headers *wishes,
         struct sending_settings *settings, struct submission_answer *answer, struct err *err)
{
    struct gate_facts facts;
    struct facts_source source = api_facts_source(constants, thread);
    enum rc rc = facts_load(arena, &source, request->user_folded, senders, recipients,
                            request->recipient_count, &facts, settings, err);
    if (rc != RC_OK)
        return rc;
    facts.quota = request->quota;
    struct slice set =
        wishes->configuration_set.len ? wishes->configuration_set : settings->configuration_set;
    bool exists, paused;
    rc = read_configuration_set(arena, thread, set, &exists, &paused, answer, err);
    if (rc != RC_OK)
        return rc;
    struct gate_request asked = {
        .action = request->action,
        .user_name = request->user_name,
        .user_id = request->user_id,
        .user_arn = request->user_arn,
        .system = slice_is(request->service, "system"),
        .senders = senders,
        .recipients = recipients,
        .recipient_count = request->recipient_count,
        .configuration_set = set,
        .configuration_set_missing = set.len && !exists,
        .configuration_set_paused = paused,
        .template_name = request->template_name,
        .verification_template = request->verification_template,
        .source_arn = wishes->source_arn,
        .from_arn = wishes->from_arn,
        .return_path_arn = wishes->return_path_arn,
        .source_ip = request->source_ip,
        .secure_transport = request->tls.len > 0,
        .user_agent = request->user_agent,
        .api_version = request->api_version,
        .now_ms = request->now_ms,
    };
    gate_decide(arena, &asked, &facts, &answer->decision);
    return gate_reply(arena, &answer->decision, &answer->reply);
}

struct slice
submit_unsubscribe_url(struct arena *arena, const struct api_constants *constants,
                       const struct list_management *list, struct slice recipient)
{
    const struct unsubscribe unsubscribe = {list->list, list->topic, arena_lower(arena, recipient)};
    struct slice token = unsubscribe_token(arena, constants->return_secret, &unsubscribe);
    return arena_printf(arena, "%.*s/unsubscribe?token=%.*s", SLICE_ARG(constants->public_url),
                        SLICE_ARG(token));
}

/* The list and topic must be there; *url is empty when none is named. RC_DENIED says what is wrong. */
static enum rc
check_list(struct arena *arena, const struct api_constants *constants, struct database *database,
           const struct submission_request *request, const struct list_management *list,
           struct slice *url, struct err *err)
{
    struct contact_list found;
    *url = SLICE("");
    if (list->list.len == 0)
        return RC_OK;
    if (request->recipient_count != 1)
        return err_set(err, RC_DENIED,
                       "A message with list management must have exactly one recipient.");
    enum rc rc = contact_lists_find(database, arena, list->list, &found, err);
    if (rc == RC_NOT_FOUND)
        return err_retype(err, RC_DENIED);
    if (rc == RC_OK && list->topic.len && !contact_topic_find(&found, list->topic))
        return err_set(err, RC_DENIED, "Topic %.*s is not one of the list %.*s",
                       SLICE_ARG(list->topic), SLICE_ARG(list->list));
    if (rc == RC_OK)
        *url = submit_unsubscribe_url(arena, constants, list, request->recipients[0]);
    return rc;
}

enum rc
submit_decide(struct arena *arena, const struct api_constants *constants, struct api_thread *thread,
              const struct submission_request *request, struct submission_answer *answer,
              struct err *err)
{
    struct senders senders;
    struct address *recipients;
    struct sending_settings settings;
    struct slice header, unsubscribe;
    *answer = (struct submission_answer){.action = request->action,
                                         .header_from = SLICE(""),
                                         .configuration_set = SLICE(""),
                                         .lifetime_ms = constants->lifetime_ms,
                                         .tags = SLICE(""),
                                         .reply = SLICE("")};
    policy_cache_trim(thread->policies);
    struct err once = {0};
    struct request_headers wishes;
    if (header_check_once(request->header, &once) != RC_OK ||
        check_hops(request->header, &once) != RC_OK ||
        outgoing_request_headers(arena, request->header, &wishes, &once) != RC_OK) {
        err_prefix(&once, "Transaction failed: ");
        return refuse(arena, once.rc, &once, answer);
    }
    prefer_parameters(request, &wishes);
    answer->tags = wishes.message_tags;
    enum rc rc = settings_changes(thread->database, &answer->changes, err);
    if (rc != RC_OK)
        return rc;
    rc = collect(arena, request, &senders, err);
    if (rc == RC_OK)
        rc = parse_recipients(arena, request, &recipients, err);
    if (rc != RC_OK)
        return refuse(arena, rc, err, answer);
    struct address *from = &((struct sender *)senders_from(&senders))->address;
    answer->header_from = from->text;
    rc = ask_gate(arena, constants, thread, request, &senders, recipients, &wishes, &settings,
                  answer, err);
    if (rc != RC_OK)
        return rc;
    struct slice id = random_message_id(arena, constants->region_prefix, request->key_ms);
    rc = check_list(arena, constants, thread->database, request, &wishes.list_management,
                    &unsubscribe, err);
    if (rc == RC_OK)
        rc = final_header(arena, constants, thread, request, &settings, from->domain, id,
                          unsubscribe, &header, err);
    if (rc == RC_TEMPORARY)
        return rc;
    if (rc != RC_OK) {
        err_prefix(err, "Transaction failed: ");
        return refuse(arena, rc, err, answer);
    }
    make_entry(arena, constants, request, recipients, &settings, header, id, answer);
    answer->entry.list = wishes.list_management;
    return RC_OK;
}

void
submit_decision_row(struct arena *arena, const struct submission_request *request,
                    const struct submission_answer *answer, struct decision_row *row)
{
    const struct gate_decision *decision = &answer->decision;
    bool decided = decision->reason != GATE_ALLOWED;
    *row = (struct decision_row){
        .key = request->key,
        .at_ms = request->now_ms,
        .user_name = request->user_name,
        .access_key = request->access_key,
        .source_ip = request->source_ip,
        .action = request->action,
        .reverse_path = request->reverse_path,
        .header_from = answer->header_from,
        .recipients = (int64_t)request->recipient_count,
        .reason = decided ? slice_of(gate_reason_name(decision->reason)) : SLICE("malformed"),
        .policy = submit_policy_name(arena, decision->policy),
        .statement = submit_statement(decision),
        .resource = decision->resource,
        .reply = answer->reply,
        .address = decided ? decision->address : SLICE(""),
    };
}

/* `about`: the id of the message that this reports of, or empty. */
static enum rc
send_own(struct arena *arena, const struct api_constants *constants, struct api_thread *thread,
         struct slice to, struct slice message, struct slice about, int64_t now_ms, struct err *err)
{
    size_t end;
    struct header header;
    struct submission_answer answer;
    uint8_t body_hash[32];
    enum rc rc = header_end(message, &end, err);
    if (rc == RC_OK)
        rc = header_parse(arena, slice_head(message, end - 2), &header, err);
    if (rc != RC_OK)
        return rc;
    struct slice body = slice_from(message, end);
    struct body_hash *hash = body_hash_new();
    body_hash_feed(hash, body);
    body_hash_finish(hash, body_hash);
    body_hash_free(hash);
    struct submission_request request = {
        .user_name = SLICE("system"),
        .service = SLICE("system"),
        .action = SLICE("ses:SendRawEmail"),
        .api_version = "2",
        .recipients = &to,
        .recipient_count = 1,
        .header = &header,
        .body_hash = body_hash,
        .body_bytes = body.len,
        .now_ms = now_ms,
    };
    request.key = api_next_key(constants, now_ms, &request.key_ms);
    rc = submit_decide(arena, constants, thread, &request, &answer, err);
    if (rc != RC_OK)
        return rc == RC_DENIED ? err_set(err, rc, "%.*s", SLICE_ARG(answer.reply)) : rc;
    answer.entry.body = body;
    rc = spool_accept(thread->database, &answer.entry, err);
    return rc == RC_OK ? recording_accepted(arena, thread, &answer, about, err) : rc;
}

enum rc
submit_system(struct arena *arena, const struct api_constants *constants, struct api_thread *thread,
              struct slice to, struct slice message, int64_t now_ms, struct err *err)
{
    return send_own(arena, constants, thread, to, message, SLICE(""), now_ms, err);
}

static struct dsn_recipient
dsn_recipient_of(const struct recipient_row *row)
{
    /* Of "host [ip] tls" the report names the host (RFC 3464 §2.3.5). */
    struct slice host = row->remote, rest;
    slice_cut(row->remote, ' ', &host, &rest);
    return (struct dsn_recipient){.address = row->address,
                                  .status = row->status,
                                  .diagnostic = row->reply,
                                  .remote_mta = host,
                                  .last_attempt_ms = row->finished_ms};
}

enum rc
submit_report(struct arena *arena, const struct api_constants *constants, struct api_thread *thread,
              const struct message_row *message, const struct recipient_row *failed, size_t count,
              int64_t now_ms, struct err *err)
{
    if (count == 0 || message->reverse_path.len == 0)
        return RC_OK;
    int64_t key_ms;
    (void)api_next_key(constants, now_ms, &key_ms);
    struct dsn_recipient *recipients = ARENA_ARRAY(arena, struct dsn_recipient, count);
    for (size_t i = 0; i < count; i++)
        recipients[i] = dsn_recipient_of(&failed[i]);
    struct dsn dsn = {
        .hostname = constants->hostname,
        .to = message->reverse_path,
        .message_id =
            arena_printf(arena, "%.*s@%.*s",
                         SLICE_ARG(random_message_id(arena, constants->region_prefix, key_ms)),
                         SLICE_ARG(constants->hostname)),
        .original_id = message->id,
        .original_header = message->header,
        .arrived_ms = message->accepted_ms,
        .now_ms = now_ms,
        .recipients = recipients,
        .count = count,
    };
    return send_own(arena, constants, thread, message->reverse_path, dsn_build(arena, &dsn),
                    message->id, now_ms, err);
}

static enum rc
brake(struct arena *arena, const struct api_constants *constants, struct api_thread *thread,
      struct submission_answer *answer, int64_t now_ms, struct err *err)
{
    struct braking *braking = &answer->braking;
    enum rc rc = braking_accept(thread->database, arena, &constants->brake, &answer->entry, now_ms,
                                braking, err);
    if (rc == RC_OK)
        rc = alarm_braked(arena, constants, thread->database, braking, now_ms, err);
    return rc == RC_OK ? recording_braked(arena, thread, braking, now_ms, err) : rc;
}

/* The message, with the report about those it will not go to. */
static enum rc
accept_suppressed(struct arena *arena, const struct api_constants *constants,
                  struct api_thread *thread, struct submission_answer *answer, int64_t now_ms,
                  struct err *err)
{
    const struct spool_entry *entry = &answer->entry;
    struct recipient_row *failed = ARENA_ARRAY(arena, struct recipient_row, answer->suppressed);
    size_t count = 0;
    for (uint32_t i = 0; i < entry->recipient_count; i++)
        if (entry->recipients[i].state == RECIPIENT_SUPPRESSED)
            failed[count++] = entry->recipients[i];
    enum rc rc = brake(arena, constants, thread, answer, now_ms, err);
    if (rc == RC_OK)
        rc = spool_accept(thread->database, entry, err);
    if (rc == RC_OK)
        rc = recording_accepted(arena, thread, answer, SLICE(""), err);
    if (rc == RC_OK)
        rc = submit_report(arena, constants, thread, &entry->message, failed, count, now_ms, err);
    return rc == RC_OK ? spool_close_if_done(thread->database, entry->message.key, err) : rc;
}

enum rc
submit_accept(struct arena *arena, const struct api_constants *constants, struct api_thread *thread,
              struct submission_answer *answer, int64_t now_ms, struct err *err)
{
    struct database *database = thread->database;
    enum rc rc = spool_suppress(database, arena, &answer->entry, now_ms, &answer->suppressed, err);
    if (rc == RC_OK && answer->suppressed == 0) {
        rc = brake(arena, constants, thread, answer, now_ms, err);
        if (rc == RC_OK)
            rc = spool_accept(database, &answer->entry, err);
        return rc == RC_OK ? recording_accepted(arena, thread, answer, SLICE(""), err) : rc;
    }
    if (rc == RC_OK)
        rc = database_savepoint(database, err);
    if (rc != RC_OK)
        return rc;
    rc = accept_suppressed(arena, constants, thread, answer, now_ms, err);
    if (rc == RC_OK)
        return database_release(database, err);
    database_undo(database);
    return err_retype(err, RC_AGAIN);
}
