/*
 * How many changes a second one access key may make through the API: a bucket for each key, which
 * holds ten seconds' worth, so that a tool that sets up much at once passes and a loop that never ends
 * does not. What only reads is not counted, and what sends has the sending quotas. Pure.
 */
#ifndef POSTERN_API_RATE_H
#define POSTERN_API_RATE_H

#include "base/slice.h"

enum { RATE_BURST_S = 10, RATE_BUCKETS_MAX = 10000 };

struct rate;
struct rate *rate_new(uint32_t per_second);
void rate_free(struct rate *rate);

/* Takes one; false when there is none. */
MUST_USE bool rate_take(struct rate *rate, struct slice access_key, int64_t now_ms);

#endif
