/*
 * What is due: which mail goes to courier next, and which waits.
 *
 * Fresh mail comes from the commit with its body in memory, as long as there is room for it here
 * (READY_BYTES_MAX); everything else is found by polling the store. A poll takes what is due, asks
 * what its destinations have under way, leases some of it and puts the rest off.
 *
 * Each destination has its turn, and only so many leases are with courier for one, so that those
 * that are slow or dead leave room for the others.
 *
 *   due_wake -> poll_now -> poll_run (worker) -> choose -> lease_run (writer) -> lease_rows
 *   due_ready -> take_turn ... due_next -> due_sent ... due_back -> take_turn
 */
#include "base/clock.h"
#include "base/log.h"
#include "core_delivery.h"

#include <stdlib.h>

enum {
    READY_BYTES_MAX = 32 * 1024 * 1024,
    DESTINATION_SHARE = 16, /* of what is with courier: no destination has more */
    POLL_ROWS = 400,
    POLL_IDLE_MS = 60 * 1000,     /* polling is the truth; wake-ups are hints */
    DESTINATION_LEASES_MAX = 100, /* taken from the store for one; more when these are gone */
    PUT_OFF_MS = 1000,            /* until then, at first; it doubles while nothing goes */
    PUT_OFF_MAX_MS = 60 * 1000
};

/* A domain, or a smarthost. */
struct destination {
    struct slice key; /* owned; in delivery->destinations */
    size_t leases, sent, sent_bytes, ready_bytes;
    STAILQ_HEAD(, lease) ready;
    bool waits;         /* in delivery->turns */
    int64_t judged_ms;  /* when put_off_ms grew last */
    int64_t put_off_ms; /* how long what is due for it waits, while it has all it may have */
    TAILQ_ENTRY(destination) in_turns;
};

/* ---- destinations ---- */

static struct slice
destination_key(const struct delivery *delivery, struct slice domain)
{
    const struct config_route *route = config_route_for(&delivery->core->config, domain);
    return route->kind == ROUTE_SMARTHOST ? route->host : domain;
}

static struct destination *
destination_for(struct delivery *delivery, struct slice domain)
{
    struct slice key = destination_key(delivery, domain);
    struct destination *destination = map_get(delivery->destinations, key);
    if (destination)
        return destination;
    destination = NEW(struct destination);
    destination->key = (struct slice){memory_cstr(key), key.len};
    destination->put_off_ms = PUT_OFF_MS;
    STAILQ_INIT(&destination->ready);
    map_put(delivery->destinations, destination->key, destination);
    return destination;
}

void
due_join(struct delivery *delivery, struct lease *lease)
{
    lease->destination = destination_for(delivery, lease->domain);
    lease->destination->leases++;
}

void
due_leave(struct delivery *delivery, struct lease *lease)
{
    struct destination *destination = lease->destination;
    due_back(delivery, lease);
    if (--destination->leases > 0)
        return;
    map_remove(delivery->destinations, destination->key);
    free((char *)destination->key.ptr);
    free(destination);
}

/* ---- turns ---- */

static size_t
lease_bytes(const struct lease *lease)
{
    return arena_size(lease->arena); /* the body that it brings is there too */
}

/* What courier holds of it at most. */
static size_t
away_bytes(const struct lease *lease)
{
    int64_t body = lease->message.body_bytes;
    return lease->message.header.len + lease->recipient_bytes +
           (size_t)(body < BODY_CREDIT ? body : BODY_CREDIT);
}

static bool
may_send(const struct delivery *delivery, const struct destination *destination)
{
    const struct config *config = &delivery->core->config;
    size_t connections = 4 * (size_t)config->connections_per_site;
    size_t share = config->concurrent_deliveries / DESTINATION_SHARE;
    return destination->sent < (connections > share ? connections : share) &&
           (destination->sent == 0 || destination->sent_bytes < SENT_BYTES_MAX / DESTINATION_SHARE);
}

/* In line, if it has something to send and may; at the end of it. */
static void
take_turn(struct delivery *delivery, struct destination *destination)
{
    bool may = !STAILQ_EMPTY(&destination->ready) && may_send(delivery, destination);
    if (may == destination->waits)
        return;
    destination->waits = may;
    if (may)
        TAILQ_INSERT_TAIL(&delivery->turns, destination, in_turns);
    else
        TAILQ_REMOVE(&delivery->turns, destination, in_turns);
}

void
due_ready(struct delivery *delivery, struct lease *lease)
{
    STAILQ_INSERT_TAIL(&lease->destination->ready, lease, in_ready);
    delivery->ready_count++;
    delivery->ready_bytes += lease_bytes(lease);
    lease->destination->ready_bytes += lease_bytes(lease);
    take_turn(delivery, lease->destination);
}

/* Of those who have a turn the first, which then stands at the end of the line. */
struct lease *
due_next(struct delivery *delivery)
{
    struct destination *destination = TAILQ_FIRST(&delivery->turns);
    if (!destination || delivery->sent_count >= delivery->core->config.concurrent_deliveries ||
        delivery->sent_bytes >= SENT_BYTES_MAX)
        return NULL;
    struct lease *lease = STAILQ_FIRST(&destination->ready);
    STAILQ_REMOVE_HEAD(&destination->ready, in_ready);
    TAILQ_REMOVE(&delivery->turns, destination, in_turns);
    destination->waits = false;
    take_turn(delivery, destination);
    delivery->ready_count--;
    delivery->ready_bytes -= lease_bytes(lease);
    destination->ready_bytes -= lease_bytes(lease);
    return lease;
}

void
due_sent(struct delivery *delivery, struct lease *lease)
{
    lease->sent = lease->away = true;
    delivery->sent_count++;
    delivery->sent_bytes += away_bytes(lease);
    lease->destination->sent++;
    lease->destination->sent_bytes += away_bytes(lease);
}

void
due_back(struct delivery *delivery, struct lease *lease)
{
    if (!lease->away)
        return;
    lease->away = false;
    delivery->sent_count--;
    delivery->sent_bytes -= away_bytes(lease);
    lease->destination->sent--;
    lease->destination->sent_bytes -= away_bytes(lease);
    take_turn(delivery, lease->destination);
}

bool
due_has_room(const struct delivery *delivery)
{
    return delivery->ready_bytes < READY_BYTES_MAX;
}

bool
due_takes(const struct delivery *delivery, struct slice domain)
{
    const struct destination *destination =
        map_get(delivery->destinations, destination_key(delivery, domain));
    return !destination || (destination->leases < DESTINATION_LEASES_MAX &&
                            destination->ready_bytes < READY_BYTES_MAX / DESTINATION_SHARE);
}

/* ---- polling ---- */

struct put_off {
    int64_t key, until_ms;
};

struct poll {
    struct delivery *delivery;
    struct arena *arena;
    int64_t now_ms, next_ms;
    struct recipient_row *rows;
    size_t count;
    struct message_row *messages; /* beside each row; key 0: it is gone */
    struct put_off *put_off;      /* whose lease is still worked on, or whose destination is full */
    size_t put_off_count;
    bool *leased; /* beside each row: leased by this poll */
    struct write_job write;
    enum rc rc;
    struct err err;
};

static void
poll_run(void *job, unsigned worker)
{
    struct poll *poll = job;
    struct database *database = poll->delivery->core->workers[worker].database;
    poll->rc = recipients_due(database, poll->arena, poll->now_ms, POLL_ROWS, &poll->rows,
                              &poll->count, &poll->err);
    if (poll->rc == RC_OK)
        poll->rc = recipients_next_ms(database, &poll->next_ms, &poll->err);
    poll->messages = ARENA_ARRAY(poll->arena, struct message_row, poll->count);
    for (size_t i = 0; poll->rc == RC_OK && i < poll->count; i++) {
        int64_t key = message_of_part(poll->rows[i].key);
        if (i > 0 && poll->messages[i - 1].key == key) {
            poll->messages[i] = poll->messages[i - 1];
            continue;
        }
        enum rc rc = messages_find(database, poll->arena, key, &poll->messages[i], &poll->err);
        if (rc != RC_OK && rc != RC_NOT_FOUND)
            poll->rc = rc;
    }
}

/* Is the row of the same lease as the one before it? */
static bool
shares_lease(const struct poll *poll, size_t i)
{
    return i > 0 && poll->leased[i - 1] && poll->messages[i - 1].key == poll->messages[i].key &&
           slice_eq(poll->rows[i - 1].domain, poll->rows[i].domain);
}

static void
put_off(struct poll *poll, int64_t key, int64_t delay_ms)
{
    poll->put_off[poll->put_off_count++] = (struct put_off){key, poll->now_ms + delay_ms};
}

/* What one poll means to one destination. */
struct choice {
    struct destination *destination; /* NULL: nothing is under way there */
    size_t chosen;
    bool full;
};

static struct choice *
choice_for(struct delivery *delivery, struct poll *poll, struct map *choices, struct slice domain)
{
    struct slice key = destination_key(delivery, domain);
    struct choice *choice = map_get(choices, key);
    if (!choice) {
        choice = ARENA_NEW(poll->arena, struct choice);
        choice->destination = map_get(delivery->destinations, key);
        map_put(choices, key, choice);
    }
    return choice;
}

static bool
has_room(struct choice *choice)
{
    size_t leases = choice->destination ? choice->destination->leases : 0;
    choice->full = choice->full || leases + choice->chosen >= DESTINATION_LEASES_MAX;
    return !choice->full;
}

/* A destination that takes nothing is asked about less and less often, however much waits. */
static void
judge_choices(const struct map *choices, int64_t now_ms)
{
    size_t cursor = 0;
    struct slice key;
    void *value;
    while (map_next(choices, &cursor, &key, &value)) {
        const struct choice *choice = value;
        struct destination *destination = choice->destination;
        if (destination && choice->chosen > 0)
            destination->put_off_ms = PUT_OFF_MS;
        else if (destination && choice->full &&
                 now_ms - destination->judged_ms >= destination->put_off_ms) {
            int64_t longer_ms = destination->put_off_ms * 2;
            destination->put_off_ms = longer_ms < PUT_OFF_MAX_MS ? longer_ms : PUT_OFF_MAX_MS;
            destination->judged_ms = now_ms;
        }
    }
}

/* Of what is due: what is leased now, and what comes back later. */
static void
choose(struct delivery *delivery, struct poll *poll)
{
    struct map *choices = map_new();
    poll->leased = ARENA_ARRAY(poll->arena, bool, poll->count);
    poll->put_off = ARENA_ARRAY(poll->arena, struct put_off, poll->count);
    for (size_t i = 0; i < poll->count; i++) {
        const struct recipient_row *row = &poll->rows[i];
        if (poll->messages[i].key == 0)
            continue;
        const struct lease *lease = map_get(delivery->recipients, MAP_KEY(row->key));
        if (lease) {
            if (!lease->settling) /* or the row tells its next attempt already */
                put_off(poll, row->key, MINUTE_MS);
            continue;
        }
        struct choice *choice = choice_for(delivery, poll, choices, row->domain);
        bool shares = shares_lease(poll, i);
        poll->leased[i] = shares || has_room(choice);
        if (!poll->leased[i])
            put_off(poll, row->key,
                    choice->destination ? choice->destination->put_off_ms : PUT_OFF_MS);
        else if (!shares)
            choice->chosen++;
    }
    judge_choices(choices, clock_monotonic_ms());
    map_free(choices);
}

static enum rc
lease_run(struct write_job *write, struct database *database, struct err *err)
{
    struct poll *poll = (struct poll *)((char *)write - offsetof(struct poll, write));
    for (size_t i = 0; i < poll->count; i++) {
        if (!poll->leased[i])
            continue;
        enum rc rc =
            recipients_lease(database, poll->rows[i].key, poll->now_ms + SPOOL_LEASE_MS, err);
        if (rc == RC_CONFLICT)
            poll->leased[i] = false; /* held or dropped meanwhile */
        else if (rc != RC_OK)
            return rc;
    }
    for (size_t i = 0; i < poll->put_off_count; i++) {
        struct query q =
            query_start(database, "UPDATE recipient SET next_ms = ? WHERE key = ? AND state = 0 "
                                  "AND next_ms <= ?");
        query_i64(&q, poll->put_off[i].until_ms);
        query_i64(&q, poll->put_off[i].key);
        query_i64(&q, poll->now_ms);
        enum rc rc = query_run(&q, err);
        if (rc != RC_OK)
            return rc;
    }
    return RC_OK;
}

/* What was leased becomes leases: rows of one message and domain together. */
static void
lease_rows(struct delivery *delivery, struct poll *poll)
{
    struct lease **made = ARENA_ARRAY(poll->arena, struct lease *, poll->count);
    size_t count = 0;
    for (size_t i = 0; i < poll->count; i++) {
        const struct recipient_row *row = &poll->rows[i];
        if (!poll->leased[i])
            continue;
        size_t k = count;
        while (k > 0 && (made[k - 1]->message.key != poll->messages[i].key ||
                         !slice_eq(made[k - 1]->domain, row->domain)))
            k--;
        if (k == 0) {
            made[count++] = lease_new(delivery, &poll->messages[i], row->domain);
            k = count;
        }
        lease_add(delivery, made[k - 1], row->key, row->address, POLL_ROWS);
    }
    for (size_t k = 0; k < count; k++)
        lease_dispatch(delivery, made[k]);
}

static void
poll_free(struct poll *poll)
{
    arena_free(poll->arena);
    free(poll);
}

static void
poll_over(struct delivery *delivery, struct poll *poll, bool more)
{
    int64_t delay = poll->rc == RC_OK ? poll->next_ms - clock_now_ms() : SECOND_MS;
    if (delay > POLL_IDLE_MS)
        delay = POLL_IDLE_MS;
    /* A row that could not be leased just now must not spin the loop. */
    if (delay < 100)
        delay = 100;
    delivery->polling = false;
    poll_free(poll);
    if (more)
        delivery->poll_again = true;
    else
        timer_start(delivery->timer, delay);
    delivery_pump(delivery);
}

static void
lease_done(struct write_job *write)
{
    struct poll *poll = (struct poll *)((char *)write - offsetof(struct poll, write));
    struct delivery *delivery = poll->delivery;
    bool more = poll->count == POLL_ROWS;
    if (write->rc == RC_OK)
        lease_rows(delivery, poll);
    else
        poll->rc = write->rc;
    poll_over(delivery, poll, more && write->rc == RC_OK);
}

static void
poll_done(void *job)
{
    struct poll *poll = job;
    struct delivery *delivery = poll->delivery;
    if (poll->rc != RC_OK)
        log_event(LOG_LEVEL_ERROR, "delivery.poll_failed", LOG_CSTR("reason", poll->err.text));
    if (poll->rc != RC_OK || poll->count == 0) {
        poll_over(delivery, poll, false);
        return;
    }
    choose(delivery, poll);
    poll->write = (struct write_job){.run = lease_run, .done = lease_done, .guarded = true};
    writer_submit(delivery->core->writer, &poll->write);
}

static void
poll_now(void *ctx)
{
    struct delivery *delivery = ctx;
    delivery->poll_again = true;
    if (delivery->polling || !due_has_room(delivery) || !delivery->core->courier)
        return;
    delivery->poll_again = false;
    delivery->polling = true;
    struct poll *poll = NEW(struct poll);
    poll->delivery = delivery;
    poll->arena = arena_new();
    poll->now_ms = clock_now_ms();
    pool_submit(delivery->core->pool, poll_run, poll_done, poll);
}

void
due_wake(struct delivery *delivery)
{
    timer_start(delivery->timer, 0);
}

void
due_init(struct delivery *delivery)
{
    TAILQ_INIT(&delivery->turns);
    delivery->destinations = map_new();
    delivery->timer = timer_new(delivery->core->loop, poll_now, delivery);
}
