/*
 * Rotation of the keys that sign for a domain, on a given clock: pure. One selector has one key, and
 * is in one of these states (RFC 6376 §3.1: keys of several selectors stand side by side in DNS):
 *
 *   waiting    given to the domain; DNS was not seen to show its record
 *   published  DNS shows its record: it may sign next
 *   signing    signs; always exactly one of an algorithm
 *   retiring   signed until now. Its record must stay, as mail that it signed waits in the queue, or
 *              has left so lately that receivers may still have to verify it
 *   gone       nobody needs it any more: the private key is destroyed, the record may be deleted
 *
 *   waiting --seen in DNS--> published --due, and seen in this look--> signing
 *   published --seen to be absent or wrong--> waiting
 *   signing --another signs--> retiring --nothing queued, and so for keep_retired--> gone
 *   gone --its record was seen to be absent--> forgotten
 *
 * rotation_look walks every arrow but the last, which is the caller's. What DNS did not answer
 * (PROOF_UNKNOWN) neither starts nor advances anything. Time is counted from look to look, never
 * more than ROTATION_GAP_MS at once, so that a clock that jumps, in either direction, ends nothing
 * before its time.
 */
#ifndef POSTERN_IDENTITY_ROTATION_H
#define POSTERN_IDENTITY_ROTATION_H

#include "base/clock.h"
#include "net/protocol.h"

enum key_state { KEY_WAITING, KEY_PUBLISHED, KEY_SIGNING, KEY_RETIRING, KEY_GONE, KEY_STATE_COUNT };
const char *key_state_name(enum key_state state); /* "waiting" */

enum {
    ROTATION_KEYS = 3,     /* of an algorithm that are not gone: one signs, the others wait */
    ROTATION_GONE_MAX = 2, /* remembered until DNS shows them no more */
    ROTATION_RETIRED = -1  /* the position of what signed before */
};
#define ROTATION_GAP_MS (2 * HOUR_MS)
/* No look is planned later, unless nothing is awaited. More than a day: the daily look at a proved
 * domain comes first and puts this one off. */
#define ROTATION_LOOK_MS (26 * HOUR_MS)
#define ROTATION_LATE_MS                                                                           \
    DAY_MS /* so long a due rotation may wait for DNS before it is complained of */

/* Times are milliseconds since the epoch; 0: not. */
struct rotation_key {
    int64_t position;     /* 0 signs, 1 and more wait in this order, ROTATION_RETIRED */
    int64_t published_ms; /* since when DNS has been seen to show it */
    int64_t signing_ms;   /* since when it signs, or did */
    int64_t retired_ms;   /* since when it does no more */
    int64_t kept_ms;      /* how long it has been kept since, with nothing of it in the queue */
    int64_t counted_ms;   /* when that was counted last */
    int64_t gone_ms;
    enum proof found; /* what DNS says now */
    bool queued;      /* a message that it signed waits */
};
enum key_state rotation_state(const struct rotation_key *key);

struct rotation_rules {
    int64_t rotate_after_ms; /* 0: only when asked */
    int64_t publish_wait_ms; /* how long DNS must have shown a key before it signs */
    int64_t keep_retired_ms;
    bool rotates; /* the keys are ours, and they sign */
};

/* Of a domain and an algorithm. */
struct rotation {
    int64_t wanted_ms; /* since when another key shall sign; 0: nothing is due */
    bool at_once;      /* without publish_wait_ms */
    int64_t next_ms;   /* when to look again; INT64_MAX: nothing is awaited */
};

/*
 * One look at the keys of an algorithm, with what DNS says of each: moves states, and sets
 * rotation->next_ms. Returns the key that began to sign in this look, or NULL.
 */
struct rotation_key *rotation_look(struct rotation_key *keys, size_t count,
                                   const struct rotation_rules *rules, struct rotation *rotation,
                                   int64_t now_ms);

/* How many keys are needed so that ROTATION_KEYS of them are not gone. */
size_t rotation_missing(const struct rotation_key *keys, size_t count);

/* What this key waits for, in words; empty: nothing. */
struct slice rotation_waits_for(struct arena *arena, const struct rotation_key *key,
                                const struct rotation_rules *rules,
                                const struct rotation *rotation);

#endif
