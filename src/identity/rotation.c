/* The states of signing keys, and what moves them. */
#include "rotation.h"

enum { LOOKS_WHILE_KEPT = 4 };

static const char *const state_names[] = {"waiting", "published", "signing", "retiring", "gone"};
_Static_assert(sizeof state_names / sizeof *state_names == KEY_STATE_COUNT, "a name for each");

const char *
key_state_name(enum key_state state)
{
    return (unsigned)state < KEY_STATE_COUNT ? state_names[state] : "unknown";
}

enum key_state
rotation_state(const struct rotation_key *key)
{
    if (key->position == 0)
        return KEY_SIGNING;
    if (key->position > 0)
        return key->published_ms ? KEY_PUBLISHED : KEY_WAITING;
    return key->gone_ms ? KEY_GONE : KEY_RETIRING;
}

/* An instant of the future was written before the clock was set back: it counts from now. */
static void
not_after(int64_t *instant_ms, int64_t now_ms)
{
    if (*instant_ms > now_ms)
        *instant_ms = now_ms;
}

static void
note_finding(struct rotation_key *key, int64_t now_ms)
{
    not_after(&key->published_ms, now_ms);
    if (key->found == PROOF_PRESENT && !key->published_ms)
        key->published_ms = now_ms;
    if (key->found == PROOF_ABSENT || key->found == PROOF_WRONG)
        key->published_ms = 0;
    if (key->position != 0)
        return;
    not_after(&key->signing_ms, now_ms);
    if (!key->signing_ms)
        key->signing_ms = now_ms;
}

static void
note_due(const struct rotation_key *signing, const struct rotation_rules *rules,
         struct rotation *rotation, int64_t now_ms)
{
    not_after(&rotation->wanted_ms, now_ms);
    if (!rules->rotates) {
        rotation->wanted_ms = 0;
        rotation->at_once = false;
    } else if (!rotation->wanted_ms && rules->rotate_after_ms &&
               now_ms - signing->signing_ms >= rules->rotate_after_ms) {
        rotation->wanted_ms = now_ms;
    }
}

/* When it may sign; INT64_MAX: not until DNS is seen to show it. */
static int64_t
ready_ms(const struct rotation_key *key, const struct rotation_rules *rules,
         const struct rotation *rotation)
{
    if (rotation_state(key) != KEY_PUBLISHED)
        return INT64_MAX;
    return key->published_ms + (rotation->at_once ? 0 : rules->publish_wait_ms);
}

/* The first in order that DNS shows in this look, and has shown for long enough. */
static struct rotation_key *
find_next(struct rotation_key *keys, size_t count, const struct rotation_rules *rules,
          const struct rotation *rotation, int64_t now_ms)
{
    struct rotation_key *next = NULL;
    for (size_t i = 0; i < count; i++)
        if (keys[i].found == PROOF_PRESENT && ready_ms(&keys[i], rules, rotation) <= now_ms &&
            (!next || keys[i].position < next->position))
            next = &keys[i];
    return next;
}

static void
switch_over(struct rotation_key *signing, struct rotation_key *next, struct rotation *rotation,
            int64_t now_ms)
{
    signing->position = ROTATION_RETIRED;
    signing->retired_ms = now_ms;
    signing->kept_ms = signing->counted_ms = 0;
    next->position = 0;
    next->signing_ms = now_ms;
    rotation->wanted_ms = 0;
    rotation->at_once = false;
}

static void
keep(struct rotation_key *key, const struct rotation_rules *rules, int64_t now_ms)
{
    int64_t gap = key->counted_ms ? now_ms - key->counted_ms : 0;
    key->counted_ms = key->found == PROOF_UNKNOWN ? 0 : now_ms;
    if (key->queued)
        key->kept_ms = 0;
    if (key->queued || key->found == PROOF_UNKNOWN || gap <= 0)
        return;
    key->kept_ms += gap < ROTATION_GAP_MS ? gap : ROTATION_GAP_MS;
    if (key->kept_ms >= rules->keep_retired_ms)
        key->gone_ms = now_ms;
}

static void
no_later(int64_t *next_ms, int64_t instant_ms)
{
    if (instant_ms < *next_ms)
        *next_ms = instant_ms;
}

static int64_t
keeping_look_ms(const struct rotation_rules *rules)
{
    int64_t look_ms = rules->keep_retired_ms / LOOKS_WHILE_KEPT;
    return look_ms < SECOND_MS ? SECOND_MS : look_ms > HOUR_MS ? HOUR_MS : look_ms;
}

/* Records that are waited for are looked for every minute at first, then every hour. */
static int64_t
dns_look_ms(const struct rotation *rotation, int64_t now_ms)
{
    return rotation->wanted_ms && now_ms - rotation->wanted_ms < HOUR_MS ? MINUTE_MS : HOUR_MS;
}

static int64_t
next_look(const struct rotation_key *key, const struct rotation_rules *rules,
          const struct rotation *rotation, int64_t now_ms)
{
    int64_t ready;
    switch (rotation_state(key)) {
    case KEY_RETIRING: return now_ms + keeping_look_ms(rules);
    case KEY_GONE: return now_ms + ROTATION_LOOK_MS;
    case KEY_WAITING:
        return rotation->wanted_ms ? now_ms + dns_look_ms(rotation, now_ms) : INT64_MAX;
    case KEY_PUBLISHED:
        if (!rotation->wanted_ms)
            return INT64_MAX;
        ready = ready_ms(key, rules, rotation);
        /* It was ready, and DNS did not answer. */
        return ready > now_ms ? ready : now_ms + dns_look_ms(rotation, now_ms);
    default:
        if (!rules->rotates || !rules->rotate_after_ms || rotation->wanted_ms)
            return INT64_MAX;
        return key->signing_ms + rules->rotate_after_ms;
    }
}

static void
plan_look(const struct rotation_key *keys, size_t count, const struct rotation_rules *rules,
          struct rotation *rotation, int64_t now_ms)
{
    rotation->next_ms = rules->rotates ? now_ms + ROTATION_LOOK_MS : INT64_MAX;
    for (size_t i = 0; i < count; i++)
        no_later(&rotation->next_ms, next_look(&keys[i], rules, rotation, now_ms));
}

struct rotation_key *
rotation_look(struct rotation_key *keys, size_t count, const struct rotation_rules *rules,
              struct rotation *rotation, int64_t now_ms)
{
    struct rotation_key *signing = NULL, *next = NULL;
    for (size_t i = 0; i < count; i++) {
        note_finding(&keys[i], now_ms);
        if (rotation_state(&keys[i]) == KEY_SIGNING)
            signing = &keys[i];
    }
    if (signing)
        note_due(signing, rules, rotation, now_ms);
    if (signing && rotation->wanted_ms)
        next = find_next(keys, count, rules, rotation, now_ms);
    if (next)
        switch_over(signing, next, rotation, now_ms);
    for (size_t i = 0; i < count; i++)
        if (rotation_state(&keys[i]) == KEY_RETIRING)
            keep(&keys[i], rules, now_ms);
    plan_look(keys, count, rules, rotation, now_ms);
    return next;
}

size_t
rotation_missing(const struct rotation_key *keys, size_t count)
{
    size_t there = 0;
    for (size_t i = 0; i < count; i++)
        there += rotation_state(&keys[i]) != KEY_GONE;
    return there < ROTATION_KEYS ? ROTATION_KEYS - there : 0;
}

static struct slice
date(struct arena *arena, int64_t ms)
{
    return clock_iso8601(arena, ms);
}

struct slice
rotation_waits_for(struct arena *arena, const struct rotation_key *key,
                   const struct rotation_rules *rules, const struct rotation *rotation)
{
    switch (rotation_state(key)) {
    case KEY_WAITING: return SLICE("its record in DNS");
    case KEY_PUBLISHED: return SLICE("its turn to sign");
    case KEY_RETIRING:
        if (key->queued)
            return SLICE("mail in the queue that it signed");
        return arena_printf(arena, "%lld of %lld s for receivers",
                            (long long)(key->kept_ms / SECOND_MS),
                            (long long)(rules->keep_retired_ms / SECOND_MS));
    case KEY_GONE: return SLICE("the deletion of its record");
    default: break;
    }
    if (!rules->rotates)
        return SLICE("");
    if (!key->published_ms)
        return SLICE("its record in DNS");
    if (rotation->wanted_ms)
        return arena_printf(arena, "the next key in DNS, since %.*s",
                            SLICE_ARG(date(arena, rotation->wanted_ms)));
    if (!rules->rotate_after_ms || !key->signing_ms)
        return SLICE("");
    return arena_printf(arena, "its rotation on %.*s",
                        SLICE_ARG(date(arena, key->signing_ms + rules->rotate_after_ms)));
}
