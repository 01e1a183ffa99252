/*
 * postern-courier: carries messages that core leases to it to their next hops, and tells the
 * outcome of each recipient; takes in the bounces that come back. It holds nothing else: no store,
 * no key, no message it was not leased. When the channel to core closes it exits; core's leases
 * expire, and the messages are leased again.
 */
#include "courier.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "base/map.h"
#include "feedback_listener.h"
#include "lookup.h"
#include "net/channel.h"
#include "net/loop.h"
#include "poster.h"
#include "process.h"

enum {
    LEASES_MAX = 65536,
    ADDRESS_TEXT_MAX = 1024, /* of a path in the envelope; RFC 5321 §4.5.3.1.3 allows 256 */
    REPLY_MAX = 900,
    GRANT_MIN = 64 * 1024, /* credit is handed out in pieces of this size */
    GRANT_AGAIN_MS = 100,
    SITE_KEY_MAX = 64 * 1024
};

/* File scope, so that what lives to the end of the process is not taken for leaked. */
static struct courier courier_state;

/* Core may be gone while the last events of a turn of the loop are served. */
static void
send_to_core(struct courier *courier, uint8_t type)
{
    if (courier->core)
        channel_send(courier->core, type, buf_slice(&courier->out));
    buf_reset(&courier->out);
}

/* --- outcomes ----------------------------------------------------------------------------- */

/* All recipients of a message get the same words as a rule: they are kept once. */
static struct slice
keep_text(struct lease *lease, struct slice text)
{
    struct slice before = lease->known ? lease->outcomes[lease->known - 1].reply : SLICE("");
    text = slice_head(text, REPLY_MAX);
    return lease->known && slice_eq(before, text) ? before : arena_dup(lease->arena, text);
}

void
lease_outcome(struct lease *lease, size_t recipient, enum outcome_kind kind, struct slice status,
              struct slice reply)
{
    struct recipient_outcome outcome = {
        .index = (uint32_t)recipient,
        .kind = kind,
        .reply = keep_text(lease, reply),
        .status = arena_dup(lease->arena, status),
    };
    lease->outcomes[lease->known++] = outcome;
}

void
lease_outcome_all(struct lease *lease, enum outcome_kind kind, struct slice status,
                  struct slice reply)
{
    for (uint32_t i = lease->known; i < lease->message.recipient_count; i++)
        lease_outcome(lease, i, kind, status, reply);
}

void
lease_forget_outcomes(struct lease *lease)
{
    lease->known = 0;
}

static void
log_attempt(const struct lease *lease, const struct remote *remote)
{
    size_t counts[OUTCOME_KIND_COUNT] = {0};
    const struct recipient_outcome *last = &lease->outcomes[lease->known - 1];
    for (uint32_t i = 0; i < lease->known; i++)
        counts[lease->outcomes[i].kind]++;
    log_event(LOG_LEVEL_INFO, "delivery.attempt", LOG_TEXT("message", lease->message.message_id),
              LOG_NUMBER("lease", lease->message.lease), LOG_TEXT("domain", lease->message.domain),
              LOG_TEXT("host", remote->host), LOG_TEXT("ip", remote->ip),
              LOG_TEXT("tls", remote->tls), LOG_NUMBER("delivered", counts[OUTCOME_DELIVERED]),
              LOG_NUMBER("retry", counts[OUTCOME_RETRY]),
              LOG_NUMBER("failed", counts[OUTCOME_FAILED] + counts[OUTCOME_NO_DOMAIN]),
              LOG_TEXT("status", last->status), LOG_TEXT("reply", last->reply));
}

static void
forget_owing(struct lease *lease)
{
    struct lease **at = &lease->courier->owing;
    while (lease->in_owing && *at != lease)
        at = &(*at)->next_owing;
    if (lease->in_owing)
        *at = lease->next_owing;
}

static void
lease_free(struct lease *lease)
{
    forget_owing(lease);
    map_remove(lease->courier->leases, MAP_KEY(lease->message.lease));
    buf_fini(&lease->body);
    arena_free(lease->arena); /* the lease lies in it */
}

static bool
is_delivered_whole(const struct lease *lease)
{
    for (uint32_t i = 0; i < lease->known; i++)
        if (lease->outcomes[i].kind != OUTCOME_DELIVERED)
            return false;
    return true;
}

void
lease_finish(struct lease *lease, const struct remote *remote)
{
    struct courier *courier = lease->courier;
    struct slice dialogue = is_delivered_whole(lease) ? SLICE("") : remote->dialogue;
    log_attempt(lease, remote);
    protocol_put_outcome(&courier->out, &(struct outcome_message){
                                            .lease = lease->message.lease,
                                            .remote_host = remote->host,
                                            .remote_ip = remote->ip,
                                            .tls = remote->tls,
                                            .dialogue = dialogue,
                                            .recipients = lease->outcomes,
                                            .recipient_count = lease->known,
                                        });
    send_to_core(courier, MESSAGE_OUTCOME);
    lease_free(lease);
}

/* --- credit ------------------------------------------------------------------------------- */

bool
lease_grant(struct lease *lease)
{
    if (lease->complete || lease->owed < GRANT_MIN)
        return true;
    if (site_backlog(lease) > BODY_CREDIT)
        return false;
    struct credit_message message = {lease->message.lease, (uint32_t)lease->owed};
    lease->credit += lease->owed;
    lease->owed = 0;
    protocol_put_credit(&lease->courier->out, &message);
    send_to_core(lease->courier, MESSAGE_CREDIT);
    return true;
}

/* In the turn after the bytes were passed on the kernel has taken what it could. Who has too much
 * waiting is looked at again a little later, or when its stream has drained. */
static void
grant_owing(void *ctx)
{
    struct courier *courier = ctx;
    struct lease **at = &courier->owing;
    while (*at) {
        struct lease *lease = *at;
        if (lease_grant(lease)) {
            *at = lease->next_owing;
            lease->in_owing = false;
        } else {
            at = &lease->next_owing;
        }
    }
    if (courier->owing)
        timer_start(courier->grant_timer, GRANT_AGAIN_MS);
}

void
lease_passed(struct lease *lease, size_t bytes)
{
    struct courier *courier = lease->courier;
    lease->owed += bytes;
    if (lease->complete || lease->owed < GRANT_MIN)
        return;
    if (!lease->in_owing) {
        lease->next_owing = courier->owing;
        courier->owing = lease;
        lease->in_owing = true;
    }
    timer_start(courier->grant_timer, 0);
}

/* --- messages from core ------------------------------------------------------------------- */

/* Addresses were validated by core. They become parts of command lines here, so what would break
 * out of one is looked for again. */
static bool
address_fits(struct slice address)
{
    if (address.len > ADDRESS_TEXT_MAX)
        return false;
    for (size_t i = 0; i < address.len; i++)
        if ((unsigned char)address.ptr[i] < ' ' || address.ptr[i] == 127)
            return false;
    return true;
}

static bool
deliver_fits(const struct deliver_message *message)
{
    bool fits = address_fits(message->reverse_path) && message->recipient_count > 0 &&
                slice_chr(message->domain, '\0') == SLICE_NONE &&
                slice_chr(message->host, '\0') == SLICE_NONE &&
                slice_chr(message->user_name, '\0') == SLICE_NONE &&
                message->user_name.len <= ADDRESS_TEXT_MAX &&
                message->password.len <= ADDRESS_TEXT_MAX;
    for (uint32_t i = 0; fits && i < message->recipient_count; i++)
        fits = message->recipients[i].len > 0 && address_fits(message->recipients[i]);
    return fits;
}

static bool
take_deliver(struct courier *courier, struct slice payload)
{
    struct arena *arena = arena_new();
    struct lease *lease = ARENA_NEW(arena, struct lease);
    lease->courier = courier;
    lease->arena = arena;
    struct deliver_message *message = &lease->message;
    if (!protocol_get_deliver(arena, arena_dup(arena, payload), message) ||
        !deliver_fits(message) || map_count(courier->leases) >= LEASES_MAX ||
        map_get(courier->leases, MAP_KEY(message->lease))) {
        arena_free(arena);
        return false;
    }
    lease->outcomes = ARENA_ARRAY(arena, struct recipient_outcome, message->recipient_count);
    lease->credit = BODY_CREDIT;
    buf_init(&lease->body, BODY_CREDIT);
    map_put(courier->leases, MAP_KEY(message->lease), lease);
    site_deliver(courier, lease);
    return true;
}

/* A body may still come in for a lease that was finished early; it is no news to anybody. */
static bool
take_body(struct courier *courier, struct slice payload)
{
    struct body_message message;
    if (!protocol_get_body(NULL, payload, &message))
        return false;
    struct lease *lease = map_get(courier->leases, MAP_KEY(message.number));
    if (!lease)
        return true;
    if (lease->complete || message.piece.len > lease->credit)
        return false;
    lease->credit -= message.piece.len;
    lease->complete = message.last;
    if (lease->writing)
        site_body(lease, message.piece, message.last);
    else
        buf_add(&lease->body, message.piece);
    return true;
}

static bool
take_recall(struct courier *courier, struct slice payload)
{
    struct number_message message;
    if (!protocol_get_number(NULL, payload, &message))
        return false;
    struct lease *lease = map_get(courier->leases, MAP_KEY(message.number));
    if (lease)
        site_recall(lease);
    return true;
}

static bool
take_resolved(struct courier *courier, struct slice payload)
{
    return lookup_resolved(courier->lookup, payload);
}

static bool
take_feedback_taken(struct courier *courier, struct slice payload)
{
    return feedback_listener_taken(courier->feedback, payload);
}

static bool
take_post(struct courier *courier, struct slice payload)
{
    struct post_message message;
    if (!courier->poster || !protocol_get_post(NULL, payload, &message))
        return false;
    poster_send(courier->poster, message.text);
    return true;
}

static const struct inner_message {
    uint8_t type;
    bool (*take)(struct courier *courier, struct slice payload);
} inner_messages[] = {
    {MESSAGE_DELIVER, take_deliver},
    {MESSAGE_BODY, take_body},
    {MESSAGE_RECALL, take_recall},
    {MESSAGE_RESOLVED, take_resolved},
    {MESSAGE_FEEDBACK_TAKEN, take_feedback_taken},
    {MESSAGE_POST, take_post},
};

static bool
on_message(void *ctx, struct channel *channel, uint8_t type, struct slice payload)
{
    (void)channel;
    for (size_t i = 0; i < sizeof inner_messages / sizeof *inner_messages; i++)
        if (inner_messages[i].type == type)
            return inner_messages[i].take(ctx, payload);
    return false;
}

static void
on_closed(void *ctx, struct channel *channel, const char *why)
{
    struct courier *courier = ctx;
    (void)channel;
    log_event(LOG_LEVEL_INFO, "courier.leaving", LOG_CSTR("why", why),
              LOG_NUMBER("leases", map_count(courier->leases)));
    courier->core = NULL;
    loop_stop(courier->loop);
}

static const struct channel_handler core_handler = {.message = on_message, .closed = on_closed};

static void
ask_core(void *ctx, const struct resolve_message *message)
{
    struct courier *courier = ctx;
    protocol_put_resolve(&courier->out, message);
    send_to_core(courier, MESSAGE_RESOLVE);
}

static void
send_feedback(void *ctx, const struct feedback_message *message)
{
    struct courier *courier = ctx;
    protocol_put_feedback(&courier->out, message);
    send_to_core(courier, MESSAGE_FEEDBACK);
}

/* --- start -------------------------------------------------------------------------------- */

static _Noreturn void
refuse_to_start(const struct err *err)
{
    log_event(LOG_LEVEL_ERROR, "courier.refused", LOG_CSTR("why", err->text));
    exit(1);
}

/* Without trust anchors mail still goes out, except where a certificate must be verified. */
static void
open_tls(struct courier *courier)
{
    struct err err;
    struct slice ca = courier->config->tls_ca;
    char *path = ca.len ? memory_cstr(ca) : NULL;
    if (tls_client_new(false, NULL, &courier->tls_any, &err) != RC_OK)
        refuse_to_start(&err);
    if (tls_client_new(true, path, &courier->tls_verified, &err) != RC_OK) {
        courier->tls_verified = NULL;
        log_event(LOG_LEVEL_WARN, "courier.no_trust_anchors", LOG_CSTR("why", err.text));
    }
    free(path);
}

static void
choose_source(struct courier *courier)
{
    struct err err;
    struct slice address = courier->config->outgoing_address;
    if (address.len == 0)
        return;
    if (endpoint_parse(address, 0, &courier->source, &err) != RC_OK) {
        err_prefix(&err, "delivery.outgoing_address: ");
        refuse_to_start(&err);
    }
    courier->has_source = true;
}

static void
open_core(struct courier *courier, const struct process_start *start)
{
    for (size_t i = 0; i < start->peer_count; i++)
        if (start->peers[i].role == ROLE_CORE && !courier->core)
            courier->core = channel_open(courier->loop, start->peers[i].fd, &core_handler, courier);
        else
            close(start->peers[i].fd);
    if (!courier->core) {
        struct err err;
        err_set(&err, RC_SEQUENCE, "the parent gave no channel to core");
        refuse_to_start(&err);
    }
}

static void
open_feedback(struct courier *courier, const struct process_start *start)
{
    struct err err;
    courier->feedback =
        feedback_listener_new(courier->loop, courier->config->hostname, send_feedback, courier);
    for (size_t i = 0; i < start->listener_count; i++)
        if (feedback_listener_open(courier->feedback, start->listeners[i].fd, &err) != RC_OK)
            refuse_to_start(&err);
}

/* --- stop --------------------------------------------------------------------------------- */

void
courier_drained(struct courier *courier)
{
    size_t cursor = 0;
    struct slice key;
    void *site;
    while (map_next(courier->sites, &cursor, &key, &site))
        if (site_is_busy(site))
            return;
    loop_stop(courier->loop);
}

/* What a receiver is being given is given to its end: were it cut off, it would be sent again.
 * Nothing new is begun; the rest is leased again after the start. */
static void
drain(void *ctx)
{
    struct courier *courier = ctx;
    courier->draining = true;
    if (courier->core)
        courier_drained(courier);
    else
        loop_stop(courier->loop);
}

int
main(void)
{
    static struct process_start start;
    struct courier *courier = &courier_state;
    courier->loop = loop_new();
    struct process *process = process_begin(ROLE_COURIER, courier->loop, &start);
    courier->config = &start.config;
    courier->leases = map_new();
    courier->sites = map_new();
    courier->lookup = lookup_new(courier->loop, ask_core, courier);
    courier->grant_timer = timer_new(courier->loop, grant_owing, courier);
    buf_init(&courier->out, CHANNEL_PAYLOAD_MAX);
    buf_init(&courier->key, SITE_KEY_MAX);
    open_tls(courier);
    choose_source(courier);
    open_core(courier, &start);
    open_feedback(courier, &start);
    if (start.config.ledger_head_url.len > 0)
        courier->poster = poster_new(courier);
    process_confine(process, &start);
    static const struct process_handler handler = {.stop = drain};
    process_ready(process, &handler, courier);
    loop_run(courier->loop);
    return 0;
}
