#include "record_updates.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "net/dns_exchange.h"
#include "net/dns_update.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/queue.h>

enum { CHANGES_MAX = 2000 /* that wait; more are refused */ };
#define LIMIT_MS (10 * SECOND_MS) /* of one exchange: a change takes two at most */

struct change {
    TAILQ_ENTRY(change) waiting;
    struct arena *arena; /* owned */
    struct update_message message;
    uint16_t id;       /* of what is under way */
    struct slice mac;  /* of the request that is under way */
    struct slice zone; /* empty: not known yet */
    bool refused;      /* too many wait */
    void (*done)(void *ctx, const struct updated_message *message);
    void *ctx; /* borrowed; NULL: nobody wants to know */
};

struct record_updates {
    struct loop *loop; /* borrowed */
    struct tsig_key key;
    struct secret secret; /* owned */
    struct slice zone;    /* borrowed; empty: the server is asked */
    struct endpoint server;
    bool usable;
    uint32_t ttl_s;
    TAILQ_HEAD(, change) waiting; /* the first is under way, if any is */
    size_t count;
    bool busy, posted;
};

/* ---- one change ---- */

static void post_next(struct record_updates *updates);

static void
finish(struct record_updates *updates, enum rc rc, const struct err *err)
{
    struct change *change = TAILQ_FIRST(&updates->waiting);
    struct updated_message answer = {change->message.query, rc == RC_OK,
                                     rc == RC_OK ? SLICE("") : slice_of(err->text)};
    answer.reason = slice_head(answer.reason, UPDATE_REASON_MAX);
    TAILQ_REMOVE(&updates->waiting, change, waiting);
    updates->count--;
    updates->busy = false;
    if (change->ctx)
        change->done(change->ctx, &answer);
    arena_free(change->arena);
    free(change);
    post_next(updates);
}

static int64_t
now_s(void)
{
    return clock_now_ms() / SECOND_MS;
}

static void
on_updated(void *ctx, struct slice answer, const char *why)
{
    struct record_updates *updates = ctx;
    const struct change *change = TAILQ_FIRST(&updates->waiting);
    struct err err;
    enum rc rc = why ? err_set(&err, RC_TEMPORARY, "%s", why)
                     : dns_update_read(change->arena, answer, change->id, &updates->key,
                                       change->mac, now_s(), &err);
    finish(updates, rc, &err);
}

static void
send_update(struct record_updates *updates, struct change *change)
{
    struct slice message;
    struct err err;
    change->id = (uint16_t)random_u64();
    struct dns_update update = {
        .id = change->id,
        .zone = change->zone,
        .name = change->message.name,
        .add = change->message.add,
        .value = change->message.value,
        .ttl = updates->ttl_s,
    };
    enum rc rc = dns_update_write(change->arena, &update, &updates->key, now_s(), &message,
                                  &change->mac, &err);
    if (rc == RC_OK)
        dns_exchange(updates->loop, &updates->server, message, LIMIT_MS, on_updated, updates);
    else
        finish(updates, rc, &err);
}

static void
on_zone(void *ctx, struct slice answer, const char *why)
{
    struct record_updates *updates = ctx;
    struct change *change = TAILQ_FIRST(&updates->waiting);
    struct err err;
    enum rc rc = why ? err_set(&err, RC_TEMPORARY, "%s", why)
                     : dns_update_read_zone(change->arena, answer, change->id, change->message.name,
                                            &change->zone, &err);
    if (rc == RC_OK)
        send_update(updates, change);
    else
        finish(updates, rc, &err);
}

static void
ask_zone(struct record_updates *updates, struct change *change)
{
    change->id = (uint16_t)random_u64();
    struct slice question = dns_update_ask_zone(change->arena, change->id, change->message.name);
    dns_exchange(updates->loop, &updates->server, question, LIMIT_MS, on_zone, updates);
}

static void
begin_next(void *ctx)
{
    struct record_updates *updates = ctx;
    struct change *change = TAILQ_FIRST(&updates->waiting);
    struct err err;
    updates->posted = false;
    if (updates->busy || !change)
        return;
    updates->busy = true;
    enum rc rc =
        dns_update_check(change->message.name, change->message.add, change->message.value, &err);
    if (rc == RC_OK && change->refused)
        rc = err_set(&err, RC_LIMIT, "more than %d changes wait", CHANGES_MAX);
    else if (rc == RC_OK && !updates->usable)
        rc = err_set(&err, RC_PERMANENT, "dns_update has no server, or no secret that can be read");
    if (rc != RC_OK)
        finish(updates, rc, &err);
    else if (change->zone.len)
        send_update(updates, change);
    else
        ask_zone(updates, change);
}

static void
post_next(struct record_updates *updates)
{
    if (updates->posted || updates->busy || TAILQ_EMPTY(&updates->waiting))
        return;
    updates->posted = true;
    loop_post(updates->loop, begin_next, updates);
}

/* ---- all of them ---- */

void
record_updates_add(struct record_updates *updates, const struct update_message *message,
                   void (*done)(void *ctx, const struct updated_message *message), void *ctx)
{
    struct change *change = NEW(struct change);
    *change =
        (struct change){.arena = arena_new(), .zone = updates->zone, .done = done, .ctx = ctx};
    change->message = *message;
    change->message.name = arena_dup(change->arena, message->name);
    change->message.value = arena_dup(change->arena, message->value);
    change->refused = updates->count++ >= CHANGES_MAX;
    TAILQ_INSERT_TAIL(&updates->waiting, change, waiting);
    post_next(updates);
}

void
record_updates_forget(struct record_updates *updates, const void *ctx)
{
    struct change *change;
    TAILQ_FOREACH(change, &updates->waiting, waiting)
    {
        if (change->ctx == ctx)
            change->ctx = NULL;
    }
}

static bool
read_server(struct slice text, struct endpoint *out)
{
    struct slice address, port;
    struct err err;
    uint64_t number;
    return slice_cut(text, '@', &address, &port) && slice_u64(port, &number) &&
           endpoint_parse(address, (uint16_t)number, out, &err) == RC_OK;
}

/* A library that finds out what the processor can do, and reads its configuration, does so now. */
static bool
try_out(const struct record_updates *updates)
{
    struct arena *arena = arena_new();
    struct dns_update update = {.zone = SLICE("example"), .name = SLICE("a._domainkey.b.example")};
    struct slice message, mac;
    struct err err;
    enum rc rc = dns_update_write(arena, &update, &updates->key, now_s(), &message, &mac, &err);
    if (rc != RC_OK)
        log_event(LOG_LEVEL_ERROR, "resolver.update_key", LOG_CSTR("reason", err.text));
    arena_free(arena);
    return rc == RC_OK;
}

struct record_updates *
record_updates_new(struct loop *loop, const struct config *config, struct slice secret)
{
    struct record_updates *updates = NEW(struct record_updates);
    updates->loop = loop;
    updates->secret = secret_new(secret);
    /* Out of swap, where the system allows it. */
    (void)mlock(updates->secret.ptr, updates->secret.len);
    updates->key = (struct tsig_key){config->update_key_name, config->update_algorithm,
                                     secret_slice(&updates->secret)};
    updates->zone = config->update_zone;
    updates->ttl_s = (uint32_t)(config->update_ttl_ms / SECOND_MS);
    TAILQ_INIT(&updates->waiting);
    updates->usable =
        secret.len && read_server(config->update_server, &updates->server) && try_out(updates);
    return updates;
}
