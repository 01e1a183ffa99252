/*
 * Links that end a subscription (RFC 8058, reference §8.9): which list, which of its topics and which
 * address, with a MAC over it, so that nobody can make one up for another. Whoever has the mail has
 * the link. It does not expire.
 */
#ifndef POSTERN_REPORT_UNSUBSCRIBE_H
#define POSTERN_REPORT_UNSUBSCRIBE_H

#include "base/memory.h"

struct unsubscribe {
    struct slice list, topic, address; /* topic empty: all of the list; none holds a NUL */
};

/* [A-Za-z0-9_-], to stand in a URL. */
struct slice unsubscribe_token(struct arena *arena, const uint8_t secret[32],
                               const struct unsubscribe *unsubscribe);
/* RC_NOT_FOUND when it is none of ours. */
MUST_USE enum rc unsubscribe_read(struct arena *arena, const uint8_t secret[32], struct slice token,
                                  struct unsubscribe *out, struct err *err);

/* The body of a POST says it (RFC 8058 §3.2), as a form of either kind. */
bool unsubscribe_is_meant(struct slice body);

#endif
