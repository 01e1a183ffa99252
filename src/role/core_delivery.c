/*
 * Leases: what courier works on. A lease is one message's recipients of one domain. It is made of
 * fresh mail, which brings its body in memory, or of what a poll found (core_due.c); when its turn
 * comes, courier gets it, and the body under credit, chunk by chunk from the store if it is not
 * here. What courier then says of it is settled (core_settle.c). A courier that went away has
 * nothing any more: all it had is due again at once.
 */
#include "core_delivery.h"
#include "base/clock.h"
#include "base/log.h"
#include "net/protocol.h"

#include <stdlib.h>

/* ---- leases ---- */

struct lease *
lease_new(struct delivery *delivery, const struct message_row *message, struct slice domain)
{
    struct lease *lease = NEW(struct lease);
    lease->arena = arena_new();
    lease->number = ++delivery->last_number;
    lease->message = *message;
    lease->message.id = arena_dup(lease->arena, message->id);
    lease->message.wire_path = arena_dup(lease->arena, message->wire_path);
    lease->message.reverse_path = arena_dup(lease->arena, message->reverse_path);
    lease->message.header = arena_dup(lease->arena, message->header);
    lease->message.service = arena_dup(lease->arena, message->service);
    lease->message.access_key = arena_dup(lease->arena, message->access_key);
    lease->message.user_name = arena_dup(lease->arena, message->user_name);
    lease->domain = arena_dup(lease->arena, domain);
    lease->route = config_route_for(&delivery->core->config, lease->domain);
    map_put(delivery->leases, MAP_KEY(lease->number), lease);
    due_join(delivery, lease);
    return lease;
}

void
lease_add(struct delivery *delivery, struct lease *lease, int64_t key, struct slice address,
          size_t room)
{
    if (!lease->recipients) {
        lease->recipients = ARENA_ARRAY(lease->arena, struct slice, room);
        lease->recipient_keys = ARENA_ARRAY(lease->arena, int64_t, room);
    }
    lease->recipients[lease->recipient_count] = arena_dup(lease->arena, address);
    lease->recipient_keys[lease->recipient_count++] = key;
    lease->recipient_bytes += address.len;
    map_put(delivery->recipients, MAP_KEY(key), lease);
}

void
lease_free(struct delivery *delivery, struct lease *lease)
{
    for (uint32_t i = 0; i < lease->recipient_count; i++)
        map_remove(delivery->recipients, MAP_KEY(lease->recipient_keys[i]));
    due_leave(delivery, lease);
    map_remove(delivery->leases, MAP_KEY(lease->number));
    arena_free(lease->arena);
    arena_free(lease->loading_arena);
    free(lease);
}

/* A lease that is complete: to courier, or settled here. */
void
lease_dispatch(struct delivery *delivery, struct lease *lease)
{
    if (settle_simulated(delivery, lease))
        return;
    if (lease->route->kind == ROUTE_CAPTURE)
        settle_capture(delivery, lease);
    else
        due_ready(delivery, lease);
}

void
delivery_enqueue(struct delivery *delivery, const struct spool_entry *entry,
                 const struct slice *body)
{
    struct lease *made[ENVELOPE_RECIPIENTS_MAX];
    size_t count = 0;
    for (uint32_t i = 0; i < entry->recipient_count; i++) {
        const struct recipient_row *row = &entry->recipients[i];
        size_t k = 0;
        if (row->state != RECIPIENT_QUEUED)
            continue;
        while (k < count && !slice_eq(made[k]->domain, row->domain))
            k++;
        if (k == count) {
            made[count] = lease_new(delivery, &entry->message, row->domain);
            made[count]->body_in_memory = body != NULL;
            made[count]->body = body ? arena_dup(made[count]->arena, *body) : SLICE("");
            count++;
        }
        lease_add(delivery, made[k], row->key, row->address, entry->recipient_count);
    }
    for (size_t k = 0; k < count; k++)
        lease_dispatch(delivery, made[k]);
    delivery_pump(delivery);
}

/* ---- to courier ---- */

/* A configuration set may want TLS where the route does not. */
static enum tls_policy
tls_of(const struct config_route *route, const struct message_row *message)
{
    bool weak = route->tls == TLS_OPPORTUNISTIC || route->tls == TLS_NEVER;
    return message->tls_required && weak ? TLS_REQUIRE : route->tls;
}

static void
send_deliver(struct delivery *delivery, struct lease *lease)
{
    struct core *core = delivery->core;
    const struct config_route *route = lease->route;
    bool mx = route->kind == ROUTE_MX;
    struct deliver_message message = {
        .lease = lease->number,
        .message_id = lease->message.id,
        .reverse_path = lease->message.wire_path,
        .recipients = lease->recipients,
        .recipient_count = lease->recipient_count,
        .domain = lease->domain,
        .route = route->kind,
        .host = mx ? SLICE("") : route->host,
        .port = mx && route->port == 0 ? core->config.mx_port : route->port,
        .tls = tls_of(route, &lease->message),
        .verify = route->verify,
        .user_name = route->user_name,
        .password = route->password,
        .allow_private = route->allow_private,
        .eight_bit = lease->message.eight_bit,
        .size = lease->message.header.len + (uint64_t)lease->message.body_bytes,
        .header = lease->message.header,
    };
    struct buf out;
    buf_init(&out, CHANNEL_PAYLOAD_MAX);
    protocol_put_deliver(&out, &message);
    channel_send(core->courier, MESSAGE_DELIVER, buf_slice(&out));
    buf_wipe(&out);
    lease->credit = BODY_CREDIT;
    due_sent(delivery, lease);
}

static void
send_piece(struct delivery *delivery, struct lease *lease, struct slice piece, bool last)
{
    struct buf out;
    struct body_message message = {lease->number, piece, last};
    buf_init(&out, CHANNEL_PAYLOAD_MAX);
    protocol_put_body(&out, &message);
    channel_send(delivery->core->courier, MESSAGE_BODY, buf_slice(&out));
    buf_fini(&out);
    lease->sent_bytes += (int64_t)piece.len;
    lease->credit -= (int64_t)piece.len;
}

static void send_body(struct delivery *delivery, struct lease *lease);

struct chunk_load {
    struct delivery *delivery;
    uint64_t lease;
    int64_t message_key;
    uint32_t number;
    struct arena *arena;
    struct slice bytes;
    enum rc rc;
    struct err err;
};

static void
load_run(void *job, unsigned worker)
{
    struct chunk_load *load = job;
    load->rc = chunks_find(load->delivery->core->workers[worker].database, load->arena,
                           load->message_key, load->number, &load->bytes, &load->err);
}

/* The body went away under the lease: dropped by the administrator, or the store failed. */
static void
load_failed(struct delivery *delivery, struct lease *lease, const struct err *err)
{
    struct buf out;
    struct number_message recall = {lease->number};
    log_event(LOG_LEVEL_WARN, "delivery.body_missing", LOG_TEXT("message", lease->message.id),
              LOG_CSTR("reason", err->text));
    if (!delivery->core->courier)
        return;
    buf_init(&out, CHANNEL_PAYLOAD_MAX);
    protocol_put_number(&out, &recall);
    channel_send(delivery->core->courier, MESSAGE_RECALL, buf_slice(&out));
    buf_fini(&out);
}

static void
load_done(void *job)
{
    struct chunk_load *load = job;
    struct delivery *delivery = load->delivery;
    struct lease *lease = map_get(delivery->leases, MAP_KEY(load->lease));
    if (!lease || !lease->loading) {
        arena_free(load->arena);
    } else {
        lease->loading = false;
        arena_free(lease->loading_arena);
        lease->loading_arena = load->arena;
        lease->loaded = load->bytes;
        lease->next_chunk++;
        if (load->rc != RC_OK)
            load_failed(delivery, lease, &load->err);
        else if (lease->sent && !lease->settling)
            send_body(delivery, lease);
    }
    free(load);
}

static void
load_chunk(struct delivery *delivery, struct lease *lease)
{
    struct chunk_load *load = NEW(struct chunk_load);
    *load = (struct chunk_load){.delivery = delivery,
                                .lease = lease->number,
                                .message_key = lease->message.key,
                                .number = lease->next_chunk,
                                .arena = arena_new()};
    lease->loading = true;
    pool_submit(delivery->core->pool, load_run, load_done, load);
}

/* Send what credit allows; a chunk that is not in memory is read in a statement of its own. */
static void
send_body(struct delivery *delivery, struct lease *lease)
{
    if (!delivery->core->courier)
        return;
    if (lease->message.body_bytes == 0) {
        send_piece(delivery, lease, SLICE(""), true);
        return;
    }
    while (lease->credit > 0 && lease->sent_bytes < lease->message.body_bytes) {
        struct slice *from = lease->body_in_memory ? &lease->body : &lease->loaded;
        if (from->len == 0) {
            if (!lease->loading)
                load_chunk(delivery, lease);
            return;
        }
        size_t len = from->len < BODY_PIECE_MAX ? from->len : BODY_PIECE_MAX;
        if ((int64_t)len > lease->credit)
            len = (size_t)lease->credit;
        struct slice piece = slice_head(*from, len);
        bool last = lease->sent_bytes + (int64_t)len == lease->message.body_bytes;
        *from = slice_from(*from, len);
        send_piece(delivery, lease, piece, last);
    }
}

static bool
take_credit(struct delivery *delivery, struct slice payload)
{
    struct arena *arena = arena_new();
    struct credit_message message;
    bool read = protocol_get_credit(arena, payload, &message);
    struct lease *lease = read ? map_get(delivery->leases, MAP_KEY(message.number)) : NULL;
    bool wanted =
        lease && lease->sent && !lease->settling && lease->sent_bytes < lease->message.body_bytes;
    /* It gives back what it passed on, so that it never has more than it began with. */
    bool honest = read && (!wanted || lease->credit + message.bytes <= BODY_CREDIT);
    if (wanted && honest) {
        lease->credit += message.bytes;
        send_body(delivery, lease);
    }
    arena_free(arena);
    return honest;
}

/* ---- taken back ---- */

/* Somebody held or dropped it before it was sent: the others of the lease become due again. */
struct unlease {
    struct delivery *delivery;
    int64_t *keys;
    uint32_t count;
    struct arena *arena;
    struct write_job write;
};

static enum rc
unlease_run(struct write_job *write, struct database *database, struct err *err)
{
    struct unlease *unlease = (struct unlease *)((char *)write - offsetof(struct unlease, write));
    int64_t now_ms = clock_now_ms();
    for (uint32_t i = 0; i < unlease->count; i++) {
        struct recipient_row row;
        enum rc rc = recipients_find(database, unlease->arena, unlease->keys[i], &row, err);
        if (rc == RC_OK && row.state == RECIPIENT_QUEUED) {
            row.leased = false;
            row.next_ms = now_ms;
            rc = recipients_update(database, &row, err);
        }
        if (rc != RC_OK && rc != RC_NOT_FOUND)
            return rc;
    }
    return RC_OK;
}

static void
unlease_done(struct write_job *write)
{
    struct unlease *unlease = (struct unlease *)((char *)write - offsetof(struct unlease, write));
    due_wake(unlease->delivery);
    arena_free(unlease->arena);
    free(unlease);
}

static void
give_up_lease(struct delivery *delivery, struct lease *lease)
{
    struct unlease *unlease = NEW(struct unlease);
    unlease->delivery = delivery;
    unlease->arena = arena_new();
    unlease->count = lease->recipient_count;
    unlease->keys = ARENA_ARRAY(unlease->arena, int64_t, lease->recipient_count);
    memcpy(unlease->keys, lease->recipient_keys, lease->recipient_count * sizeof(int64_t));
    unlease->write = (struct write_job){.run = unlease_run, .done = unlease_done, .guarded = true};
    writer_submit(delivery->core->writer, &unlease->write);
    lease_free(delivery, lease);
}

void
delivery_stop(struct delivery *delivery, const int64_t *recipient_keys, size_t count)
{
    struct buf out;
    buf_init(&out, CHANNEL_PAYLOAD_MAX);
    for (size_t i = 0; i < count; i++) {
        struct lease *lease = map_get(delivery->recipients, MAP_KEY(recipient_keys[i]));
        if (!lease)
            continue;
        if (!lease->sent) {
            lease->stopped = true;
        } else if (delivery->core->courier) {
            lease->recalled = true;
            struct number_message message = {lease->number};
            buf_reset(&out);
            protocol_put_number(&out, &message);
            channel_send(delivery->core->courier, MESSAGE_RECALL, buf_slice(&out));
        }
    }
    buf_fini(&out);
}

/* ---- courier's life ---- */

/* Hand the next of the ready to courier, as long as it has room. */
void
delivery_pump(struct delivery *delivery)
{
    struct lease *lease;
    while (delivery->core->courier && (lease = due_next(delivery)) != NULL) {
        if (lease->stopped) {
            give_up_lease(delivery, lease);
            continue;
        }
        send_deliver(delivery, lease);
        send_body(delivery, lease);
    }
    if (TAILQ_EMPTY(&delivery->turns) && delivery->poll_again)
        due_wake(delivery);
}

void
delivery_courier_up(struct delivery *delivery)
{
    channel_bound(delivery->core->courier, COURIER_UNREAD_MAX);
    delivery_pump(delivery);
    due_wake(delivery);
}

/* What courier had is not settled: it becomes due again at once. */
void
delivery_courier_down(struct delivery *delivery)
{
    size_t cursor = 0;
    struct slice key;
    void *value;
    while (map_next(delivery->leases, &cursor, &key, &value)) {
        struct lease *lease = value;
        if (lease->sent && !lease->settling)
            give_up_lease(delivery, lease);
    }
}

bool
delivery_courier_message(struct delivery *delivery, uint8_t type, struct slice payload)
{
    if (type == MESSAGE_OUTCOME)
        return settle_outcome(delivery, payload);
    return type == MESSAGE_CREDIT && take_credit(delivery, payload);
}

struct delivery_counts
delivery_counts(const struct delivery *delivery)
{
    return (struct delivery_counts){delivery->sent_count, delivery->ready_count};
}

struct delivery *
delivery_new(struct core *core)
{
    struct delivery *delivery = NEW(struct delivery);
    delivery->core = core;
    delivery->leases = map_new();
    delivery->recipients = map_new();
    due_init(delivery);
    settle_init(delivery);
    return delivery;
}
