/*
 * How often a password may be tried. Guessing must be slow, and a guesser must not be able to
 * lock the owner out; so failures are counted where they come from, not on the account alone.
 *
 * A network is an IPv4 /24 or an IPv6 /56 (what one customer is usually given); an IPv4 address
 * written as IPv6 (::ffff:192.0.2.1) is the IPv4 address. Three limits, each a bucket that holds
 * `failures` and drains evenly in `window_ms`, so that over any long time no more than `failures`
 * a window get through, and the owner who mistyped waits for one drop, not for the window:
 *
 *   pair      (user name, network)  holds `failures`: guessing one user from one place.
 *   network   (network)             holds 20 x `failures`: trying many users from one place.
 *   familiar  (user name, address)  holds `failures`, and exists once that user has logged in from
 *                                   that address (IPv4 address, IPv6 /64). It then replaces the
 *                                   other two: neighbours in the network cannot lock the owner out.
 *
 * What holds:
 *   - Failures from one network never refuse anybody in another.
 *   - Failures from other addresses never refuse a user at an address where they logged in before.
 *   - A success empties the user's own bucket only, so an attacker's valid account does not buy
 *     guesses at others'.
 *   - Memory is bounded: `entries_max` buckets of each kind, user names counted by their first 128
 *     bytes (an access key id is never longer). The one least recently failed or refused goes
 *     first. A guesser who cycles user names fills only 20 x `failures` pairs a window before the
 *     network is refused, so pushing one bucket out takes entries_max / (20 x failures) networks;
 *     pushing a network out takes failures from entries_max other networks, each after it.
 *     Familiar addresses are pushed out only by logins that succeeded.
 *   - Every call costs the same however full the tables are.
 *
 * Pure: the time is given. One thread.
 */
#ifndef POSTERN_AUTHENTICATE_THROTTLE_H
#define POSTERN_AUTHENTICATE_THROTTLE_H

#include "base/slice.h"

enum { THROTTLE_NETWORK_FACTOR = 20, THROTTLE_USER_MAX = 128 };

struct throttle;

/* Where a failure is counted first: a user at an address where they logged in before, or a network. */
struct throttle_place {
    char bytes[1 + 8 + THROTTLE_USER_MAX];
    size_t len;
    bool familiar;
};

/* All three above zero; `failures` may not exceed `window_ms`. */
struct throttle *throttle_new(uint32_t failures, int64_t window_ms, size_t entries_max);
void throttle_free(struct throttle *throttle);

/* May this user try a password from `ip_text` (as inet_ntop writes it; what is no address is one
 * network of its own)? Ask before looking at the password; when refused, do not count it. */
MUST_USE bool throttle_allows(struct throttle *throttle, struct slice user, struct slice ip_text,
                              int64_t now_ms);
void throttle_failure(struct throttle *throttle, struct slice user, struct slice ip_text,
                      int64_t now_ms);
void throttle_success(struct throttle *throttle, struct slice user, struct slice ip_text,
                      int64_t now_ms);

void throttle_place(const struct throttle *throttle, struct slice user, struct slice ip_text,
                    struct throttle_place *out);

/* How many buckets are held, for a metric. */
size_t throttle_entries(const struct throttle *throttle);

#endif
