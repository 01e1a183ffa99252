#include "message_key.h"

enum { COUNTER_BITS = 12, ID_PREFIX = 4, ID_TIME = 12 };

#define EPOCH_2020_MS ((int64_t)1577836800000)

int64_t
message_key_next(int64_t last, int64_t now_ms, int64_t *key_ms)
{
    int64_t key = (now_ms - EPOCH_2020_MS) << COUNTER_BITS;
    if (key <= last)
        key = last + 1;
    *key_ms = (key >> COUNTER_BITS) + EPOCH_2020_MS;
    return key;
}

void
message_key_range_ms(int64_t first_ms, int64_t last_ms, int64_t *low, int64_t *high)
{
    *low = (first_ms - EPOCH_2020_MS) << COUNTER_BITS;
    *high = ((last_ms - EPOCH_2020_MS + 1) << COUNTER_BITS) - 1;
}

int64_t
message_key_ms(int64_t key)
{
    return (key >> COUNTER_BITS) + EPOCH_2020_MS;
}

void
message_key_range(struct slice id, int64_t *low, int64_t *high)
{
    int64_t ms = 0;
    *low = 1;
    *high = 0;
    if (id.len < ID_PREFIX + ID_TIME)
        return;
    for (size_t i = ID_PREFIX; i < ID_PREFIX + ID_TIME; i++) {
        char c = ascii_lower(id.ptr[i]);
        if (!ascii_digit(c) && (c < 'a' || c > 'f'))
            return;
        ms = ms << 4 | (ascii_digit(c) ? c - '0' : c - 'a' + 10);
    }
    if (ms >= EPOCH_2020_MS && ms < EPOCH_2020_MS + ((int64_t)1 << 41))
        message_key_range_ms(ms, ms, low, high);
}
