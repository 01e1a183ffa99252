/*
 * Sets of sender addresses, as policies describe them: what matches all of some patterns and none
 * of others. A set can be asked whether it holds an address, whether it holds any at all, which
 * ones if they are few, and for an example.
 *
 * Exact over the addresses that the parser lets through (mail/address.h). A question that would take
 * more than a fixed amount of memory is not decided, and says so: who asks takes the set for one
 * that may hold something.
 */
#ifndef POSTERN_AUTHORIZE_ADDRESS_SET_H
#define POSTERN_AUTHORIZE_ADDRESS_SET_H

#include "pattern.h"

/* What of an address a pattern is held against; FOLDED is address_fold's. */
enum address_view { ADDRESS_AS_GIVEN, ADDRESS_LOWERED, ADDRESS_FOLDED };

struct address_face {
    enum address_view view;
    const struct pattern *pattern; /* without variables */
};

enum { ADDRESS_FACES_MAX = 3 };

/* Matches where one of its faces does. */
struct address_pattern {
    struct address_face faces[ADDRESS_FACES_MAX];
    size_t count;
    struct slice shown; /* as people read it */
};

struct address_set {
    const struct address_pattern **must, **never; /* all of these; none of these */
    size_t must_count, never_count;
};

/* What stands in policies, held against the address as it is. */
const struct address_pattern *address_pattern_given(struct arena *arena,
                                                    const struct pattern *pattern);
/* Everything that an identity speaks for (gate_identity_covers). `only_itself`: of a domain. */
const struct address_pattern *address_pattern_identity(struct arena *arena, struct slice name,
                                                       bool only_itself);

/* All addresses that a suspension of this name stops (gate_suspension_covers). */
const struct address_pattern *address_pattern_suspension(struct arena *arena, struct slice name);

/* A copy with one more. */
struct address_set address_set_with(struct arena *arena, const struct address_set *set,
                                    const struct address_pattern *must,
                                    const struct address_pattern *never);

/* What is in both. */
struct address_set address_set_common(struct arena *arena, const struct address_set *one,
                                      const struct address_set *other);

/* `address` in canonical form. */
bool address_set_contains(struct arena *arena, const struct address_set *set, struct slice address);

/* The one address that the set can hold, since it must match it to the letter; empty: none. */
struct slice address_set_literal(const struct address_set *set);

struct address_study {
    bool decided; /* false: the set was taken for one that holds something */
    bool empty;
    bool listed; /* `words` are all of them */
    struct slice *words;
    size_t word_count;
    struct slice example; /* a short one; empty unless decided and not empty */
};

/* `list`: also find out whether it holds at most that many, and which; 0: an example is enough. */
void address_set_study(struct arena *arena, const struct address_set *set, size_t list,
                       struct address_study *out);

/* Is everything that `inner` holds also in `outer`? False when it was not decided. */
bool address_set_within(struct arena *arena, const struct address_set *inner,
                        const struct address_set *outer);

#endif
