#include "random.h"

#include <inttypes.h>
#include <stdlib.h>
#include <sys/random.h>

void
random_bytes(void *out, size_t len)
{
    char *at = out;
    while (len > 0) {
        ssize_t got = getrandom(at, len, 0);
        if (got <= 0)
            abort();
        at += got;
        len -= (size_t)got;
    }
}

uint64_t
random_u64(void)
{
    uint64_t value;
    random_bytes(&value, sizeof value);
    return value;
}

uint32_t
random_below(uint32_t bound)
{
    uint32_t limit = UINT32_MAX - UINT32_MAX % bound;
    uint32_t value;
    do
        random_bytes(&value, sizeof value);
    while (value >= limit);
    return value % bound;
}

double
random_unit(void)
{
    return (double)(random_u64() >> 11) / 9007199254740992.0;
}

static struct slice
random_from(struct arena *arena, const char *prefix, const char *alphabet, uint32_t symbols,
            size_t chars)
{
    size_t start = strlen(prefix);
    char *text = arena_alloc(arena, start + chars + 1);
    memcpy(text, prefix, start);
    unsigned char bytes[64];
    for (size_t i = 0; i < chars; i++) {
        if (i % sizeof bytes == 0)
            random_bytes(bytes, sizeof bytes);
        text[start + i] = alphabet[bytes[i % sizeof bytes] % symbols]; /* symbols divides 256 */
    }
    return (struct slice){text, start + chars};
}

struct slice
random_base32(struct arena *arena, size_t chars)
{
    return random_from(arena, "", "abcdefghijklmnopqrstuvwxyz234567", 32, chars);
}

struct slice
random_iam_id(struct arena *arena, const char *prefix, size_t chars)
{
    return random_from(arena, prefix, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 32, chars);
}

struct slice
random_secret_key(struct arena *arena)
{
    return random_from(arena, "",
                       "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", 64, 40);
}

struct slice
random_uuid(struct arena *arena)
{
    uint8_t b[16];
    random_bytes(b, sizeof b);
    b[6] = (uint8_t)((b[6] & 0x0f) | 0x40);
    b[8] = (uint8_t)((b[8] & 0x3f) | 0x80);
    return arena_printf(
        arena, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1],
        b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]);
}

struct slice
random_message_id(struct arena *arena, const char *region_prefix, int64_t now_ms)
{
    return arena_printf(arena, "%s%012" PRIx64 "-%.*s-000000", region_prefix, (uint64_t)now_ms,
                        SLICE_ARG(random_uuid(arena)));
}
