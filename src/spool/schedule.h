/* When to try again (reference §8.6): doubling from the first delay to a maximum, with jitter. */
#ifndef POSTERN_SPOOL_SCHEDULE_H
#define POSTERN_SPOOL_SCHEDULE_H

#include "base/slice.h"

struct schedule {
    int64_t first_ms, max_ms;
};

/* The delay after attempt number `attempts` (from 1); `jitter` in [0, 1) spreads it over
 * 75 to 125 percent, so that what failed together does not come back together. */
int64_t schedule_delay_ms(const struct schedule *schedule, int64_t attempts, double jitter);

#endif
