#include "lookup.h"

#include <assert.h>
#include <stdlib.h>
#include <sys/queue.h>

#include "base/clock.h"
#include "base/map.h"
#include "net/loop.h"

enum {
    QUESTIONS_MAX = 5000,
    TTL_MIN_MS = 10 * 1000, /* long enough for who waited to read it, even with a TTL of 0 */
    TTL_MAX_MS = 60 * 60 * 1000,
    NEGATIVE_MS = 60 * 1000,
    TEMPORARY_MS = 10 * 1000,
    ANSWER_LIMIT_MS = 60 * 1000
};

struct waiter {
    STAILQ_ENTRY(waiter) next;
    void (*wake)(void *waiter);
    void *ctx;
};
STAILQ_HEAD(waiters, waiter);

/* The name of a question: a byte for the type, then the domain name. */
struct key {
    char bytes[1 + DNS_NAME_MAX];
    size_t len;
};

struct question {
    struct key key;
    uint64_t query; /* while pending */
    bool pending;
    int64_t until_ms; /* pending: give up then; otherwise: forget the answer */
    char *payload;    /* RESOLVED as it came; NULL when none came in time. Owned */
    size_t payload_len;
    struct waiters waiters;
    TAILQ_ENTRY(question) in_order; /* while pending: oldest first */
};

struct lookup {
    struct loop *loop; /* borrowed */
    void (*ask)(void *ctx, const struct resolve_message *message);
    void *ctx;
    struct map *questions; /* by key; owns */
    struct map *pending;   /* by query; the same questions */
    TAILQ_HEAD(, question) in_order;
    struct timer *timer; /* for the oldest pending question */
    uint64_t last_query;
};

static struct slice
key_slice(const struct key *key)
{
    return (struct slice){key->bytes, key->len};
}

static struct key
key_of(enum dns_type type, struct slice name)
{
    struct key key = {.len = 1 + name.len};
    assert(name.len <= DNS_NAME_MAX);
    key.bytes[0] = (char)type;
    for (size_t i = 0; i < name.len; i++)
        key.bytes[1 + i] = ascii_lower(name.ptr[i]);
    return key;
}

static void
question_free(struct question *question)
{
    for (struct waiter *waiter; (waiter = STAILQ_FIRST(&question->waiters));) {
        STAILQ_REMOVE_HEAD(&question->waiters, next);
        free(waiter);
    }
    free(question->payload);
    free(question);
}

static void
watch_oldest(struct lookup *lookup)
{
    const struct question *oldest = TAILQ_FIRST(&lookup->in_order);
    if (!oldest) {
        timer_stop(lookup->timer);
        return;
    }
    int64_t left = oldest->until_ms - loop_now_ms(lookup->loop);
    timer_start(lookup->timer, left > 0 ? left : 0);
}

/* The answer, or its absence, is known from here on: wake who waited. */
static void
settle(struct lookup *lookup, struct question *question, int64_t keep_ms)
{
    question->pending = false;
    question->until_ms = loop_now_ms(lookup->loop) + keep_ms;
    map_remove(lookup->pending, MAP_KEY(question->query));
    TAILQ_REMOVE(&lookup->in_order, question, in_order);
    struct waiters woken = STAILQ_HEAD_INITIALIZER(woken);
    STAILQ_CONCAT(&woken, &question->waiters);
    for (struct waiter *waiter; (waiter = STAILQ_FIRST(&woken));) {
        STAILQ_REMOVE_HEAD(&woken, next);
        waiter->wake(waiter->ctx);
        free(waiter);
    }
}

static void
overdue(void *ctx)
{
    struct lookup *lookup = ctx;
    for (struct question *question; (question = TAILQ_FIRST(&lookup->in_order)) &&
                                    question->until_ms <= loop_now_ms(lookup->loop);)
        settle(lookup, question, TEMPORARY_MS);
    watch_oldest(lookup);
}

static int64_t
keep_ms(const struct dns_answer *answer)
{
    if (answer->status == DNS_NODATA || answer->status == DNS_NXDOMAIN)
        return NEGATIVE_MS;
    if (answer->status != DNS_FOUND)
        return TEMPORARY_MS;
    int64_t ms = (int64_t)answer->ttl * SECOND_MS;
    return ms < TTL_MIN_MS ? TTL_MIN_MS : ms > TTL_MAX_MS ? TTL_MAX_MS : ms;
}

bool
lookup_resolved(struct lookup *lookup, struct slice payload)
{
    struct resolved_message message;
    struct arena *arena = arena_new();
    bool good = protocol_get_resolved(arena, payload, &message);
    struct question *question = good ? map_get(lookup->pending, MAP_KEY(message.query)) : NULL;
    if (question) { /* otherwise it came after we gave up */
        question->payload = memory_alloc(payload.len);
        memcpy(question->payload, payload.ptr, payload.len);
        question->payload_len = payload.len;
        settle(lookup, question, keep_ms(&message.answer));
        watch_oldest(lookup);
    }
    arena_free(arena);
    return good;
}

static void
remove_settled(struct lookup *lookup, int64_t until_ms)
{
    size_t cursor = 0;
    struct slice key;
    void *value;
    while (map_next(lookup->questions, &cursor, &key, &value)) {
        struct question *question = value;
        if (!question->pending && question->until_ms <= until_ms) {
            map_remove(lookup->questions, key_slice(&question->key));
            question_free(question);
        }
    }
}

/* Makes room for one more: what is out of date goes, and when that is little, everything that is
 * known goes, so that the walk is not repeated with each question. */
static void
bound(struct lookup *lookup)
{
    if (map_count(lookup->questions) < QUESTIONS_MAX)
        return;
    remove_settled(lookup, loop_now_ms(lookup->loop));
    if (map_count(lookup->questions) > QUESTIONS_MAX / 2)
        remove_settled(lookup, INT64_MAX);
}

static struct question *
ask(struct lookup *lookup, struct question *question, enum dns_type type, struct slice name)
{
    question->query = ++lookup->last_query;
    question->pending = true;
    question->until_ms = loop_now_ms(lookup->loop) + ANSWER_LIMIT_MS;
    free(question->payload);
    question->payload = NULL;
    map_put(lookup->pending, MAP_KEY(question->query), question);
    TAILQ_INSERT_TAIL(&lookup->in_order, question, in_order);
    if (TAILQ_FIRST(&lookup->in_order) == question)
        watch_oldest(lookup);
    lookup->ask(lookup->ctx, &(struct resolve_message){question->query, type, name});
    return question;
}

static void
wait_for(struct question *question, void (*wake)(void *), void *ctx)
{
    struct waiter *waiter = STAILQ_FIRST(&question->waiters);
    while (waiter && waiter->ctx != ctx)
        waiter = STAILQ_NEXT(waiter, next);
    if (waiter)
        return;
    waiter = NEW(struct waiter);
    waiter->wake = wake;
    waiter->ctx = ctx;
    STAILQ_INSERT_TAIL(&question->waiters, waiter, next);
}

static struct question *
question_for(struct lookup *lookup, enum dns_type type, struct slice name)
{
    struct key key = key_of(type, name);
    struct question *question = map_get(lookup->questions, key_slice(&key));
    if (!question) {
        bound(lookup);
        question = NEW(struct question);
        question->key = key;
        STAILQ_INIT(&question->waiters);
        map_put(lookup->questions, key_slice(&key), question);
    }
    return question;
}

bool
lookup_get(struct lookup *lookup, struct arena *arena, enum dns_type type, struct slice name,
           struct dns_answer *out, void (*wake)(void *waiter), void *waiter)
{
    if (name.len > DNS_NAME_MAX) { /* an MX may point at anything, even at what cannot exist */
        *out = (struct dns_answer){.status = DNS_NXDOMAIN};
        return true;
    }
    struct question *question = question_for(lookup, type, name);
    if (!question->pending && question->until_ms <= loop_now_ms(lookup->loop))
        ask(lookup, question, type, name);
    if (question->pending) {
        wait_for(question, wake, waiter);
        return false;
    }
    *out = (struct dns_answer){.status = DNS_TEMPORARY};
    if (question->payload) {
        struct slice payload = {question->payload, question->payload_len};
        struct resolved_message message;
        if (protocol_get_resolved(arena, arena_dup(arena, payload), &message))
            *out = message.answer;
    }
    return true;
}

struct lookup *
lookup_new(struct loop *loop, void (*ask_core)(void *ctx, const struct resolve_message *message),
           void *ctx)
{
    struct lookup *lookup = NEW(struct lookup);
    lookup->loop = loop;
    lookup->ask = ask_core;
    lookup->ctx = ctx;
    lookup->questions = map_new();
    lookup->pending = map_new();
    TAILQ_INIT(&lookup->in_order);
    lookup->timer = timer_new(loop, overdue, lookup);
    return lookup;
}

void
lookup_free(struct lookup *lookup)
{
    size_t cursor = 0;
    struct slice key;
    void *value;
    if (!lookup)
        return;
    while (map_next(lookup->questions, &cursor, &key, &value))
        question_free(value);
    map_free(lookup->questions);
    map_free(lookup->pending);
    timer_free(lookup->timer);
    free(lookup);
}
