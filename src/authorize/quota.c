#include "quota.h"
#include "base/clock.h"

static double
capacity(const struct quota_limits *limits)
{
    return limits->rate > 50 ? limits->rate : 50;
}

void
quota_init(struct quota *quota, const struct quota_limits *limits, int64_t now_ms)
{
    *quota = (struct quota){.minute = now_ms / MINUTE_MS, .filled_ms = now_ms};
    quota->tokens = capacity(limits);
}

/* Drop buckets that left the window. A clock set back leaves the window where it is. */
static void
advance(struct quota *quota, int64_t now_ms)
{
    int64_t minute = now_ms / MINUTE_MS;
    int64_t steps = minute - quota->minute;
    if (steps > QUOTA_MINUTES)
        steps = QUOTA_MINUTES;
    for (int64_t i = 1; i <= steps; i++) {
        uint32_t *bucket = &quota->sent[(quota->minute + i) % QUOTA_MINUTES];
        quota->sent_24h -= *bucket;
        *bucket = 0;
    }
    if (steps >= QUOTA_MINUTES)
        for (int i = 0; i < QUOTA_MINUTES; i++) {
            quota->sent_24h -= quota->sent[i];
            quota->sent[i] = 0;
        }
    if (minute > quota->minute)
        quota->minute = minute;
}

static void
refill(struct quota *quota, const struct quota_limits *limits, int64_t now_ms)
{
    if (now_ms > quota->filled_ms)
        quota->tokens += (double)(now_ms - quota->filled_ms) / 1000 * limits->rate;
    if (quota->tokens > capacity(limits))
        quota->tokens = capacity(limits);
    quota->filled_ms = now_ms;
}

void
quota_restore(struct quota *quota, int64_t accepted_ms, uint32_t recipients, int64_t now_ms)
{
    int64_t minute = accepted_ms / MINUTE_MS;
    advance(quota, now_ms);
    if (minute > quota->minute)
        minute = quota->minute;
    if (minute <= quota->minute - QUOTA_MINUTES)
        return;
    quota->sent[minute % QUOTA_MINUTES] += recipients;
    quota->sent_24h += recipients;
}

enum quota_answer
quota_take(struct quota *quota, const struct quota_limits *limits, struct quota_charge *charge,
           int64_t now_ms)
{
    advance(quota, now_ms);
    refill(quota, limits, now_ms);
    if (limits->per_day >= 0 && charge->counted > 0 &&
        quota->sent_24h + charge->counted > limits->per_day)
        return QUOTA_DAILY;
    /* A message to more recipients than the bucket holds passes from a full bucket, into debt. */
    double needed = charge->recipients < capacity(limits) ? charge->recipients : capacity(limits);
    if (quota->tokens < needed)
        return QUOTA_RATE;
    charge->minute = quota->minute;
    quota->tokens -= charge->recipients;
    quota->sent[charge->minute % QUOTA_MINUTES] += charge->counted;
    quota->sent_24h += charge->counted;
    return QUOTA_OK;
}

/* A minute that has left the window took its count along. */
void
quota_give_back(struct quota *quota, const struct quota_charge *charge)
{
    quota->tokens += charge->recipients;
    if (charge->minute <= quota->minute - QUOTA_MINUTES)
        return;
    quota->sent[charge->minute % QUOTA_MINUTES] -= charge->counted;
    quota->sent_24h -= charge->counted;
}

int64_t
quota_sent_24h(struct quota *quota, int64_t now_ms)
{
    advance(quota, now_ms);
    return quota->sent_24h;
}
