#include "rate.h"
#include "base/map.h"

#include <stdlib.h>

struct bucket {
    double tokens;
    int64_t filled_ms;
};

struct rate {
    uint32_t per_second;
    struct map *buckets; /* owned, and the values */
};

struct rate *
rate_new(uint32_t per_second)
{
    struct rate *rate = NEW(struct rate);
    rate->per_second = per_second;
    rate->buckets = map_new();
    return rate;
}

void
rate_free(struct rate *rate)
{
    size_t cursor = 0;
    struct slice key;
    void *bucket;
    if (!rate)
        return;
    while (map_next(rate->buckets, &cursor, &key, &bucket))
        free(bucket);
    map_free(rate->buckets);
    free(rate);
}

static double
capacity(const struct rate *rate)
{
    return (double)rate->per_second * RATE_BURST_S;
}

static void
fill(const struct rate *rate, struct bucket *bucket, int64_t now_ms)
{
    int64_t passed_ms = now_ms - bucket->filled_ms;
    if (passed_ms > 0)
        bucket->tokens += (double)passed_ms * rate->per_second / 1000;
    if (bucket->tokens > capacity(rate))
        bucket->tokens = capacity(rate);
    bucket->filled_ms = now_ms;
}

/* A full bucket says nothing that a new one would not. */
static void
forget_full(struct rate *rate, int64_t now_ms)
{
    size_t cursor = 0;
    struct slice key;
    void *value;
    while (map_next(rate->buckets, &cursor, &key, &value)) {
        struct bucket *bucket = value;
        fill(rate, bucket, now_ms);
        if (bucket->tokens >= capacity(rate))
            free(map_remove(rate->buckets, key));
    }
}

static struct bucket *
bucket_of(struct rate *rate, struct slice access_key, int64_t now_ms)
{
    struct bucket *bucket = map_get(rate->buckets, access_key);
    if (bucket)
        return bucket;
    if (map_count(rate->buckets) >= RATE_BUCKETS_MAX)
        forget_full(rate, now_ms);
    bucket = NEW(struct bucket);
    *bucket = (struct bucket){.tokens = capacity(rate), .filled_ms = now_ms};
    map_put(rate->buckets, access_key, bucket);
    return bucket;
}

bool
rate_take(struct rate *rate, struct slice access_key, int64_t now_ms)
{
    struct bucket *bucket = bucket_of(rate, access_key, now_ms);
    fill(rate, bucket, now_ms);
    if (bucket->tokens < 1)
        return false;
    bucket->tokens--;
    return true;
}
