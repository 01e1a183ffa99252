#include "schedule.h"

int64_t
schedule_delay_ms(const struct schedule *schedule, int64_t attempts, double jitter)
{
    int64_t delay = schedule->first_ms;
    for (int64_t i = 1; i < attempts && delay < schedule->max_ms; i++)
        delay *= 2;
    if (delay > schedule->max_ms)
        delay = schedule->max_ms;
    return (int64_t)((double)delay * (0.75 + 0.5 * jitter));
}
