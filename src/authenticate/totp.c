#include "totp.h"
#include "base/codec.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

enum { COUNTER_LEN = 8, HASH_LEN = 20, MODULUS = 1000000, SKEW_STEPS = 1 };

/* RFC 4226 §5.3: four bytes from where the last half byte says. */
static uint32_t
truncated(const unsigned char hash[HASH_LEN])
{
    const unsigned char *at = hash + (hash[HASH_LEN - 1] & 0x0f);
    return ((uint32_t)(at[0] & 0x7f) << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3]) %
           MODULUS;
}

void
totp_code(struct slice secret, int64_t step, char out[TOTP_DIGITS])
{
    unsigned char counter[COUNTER_LEN], hash[HASH_LEN] = {0};
    for (size_t i = 0; i < COUNTER_LEN; i++)
        counter[i] = (unsigned char)((uint64_t)step >> (8 * (COUNTER_LEN - 1 - i)));
    HMAC(EVP_sha1(), secret.ptr, (int)secret.len, counter, sizeof counter, hash, NULL);
    uint32_t code = truncated(hash);
    for (size_t i = TOTP_DIGITS; i-- > 0; code /= 10)
        out[i] = (char)('0' + code % 10);
    memory_wipe(hash, sizeof hash);
}

/* False when these are not six digits. */
static bool
read_code(struct slice text, char out[TOTP_DIGITS])
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == ' ')
            continue;
        if (count == TOTP_DIGITS || !ascii_digit(text.ptr[i]))
            return false;
        out[count++] = text.ptr[i];
    }
    return count == TOTP_DIGITS;
}

/* Every step is compared whole, so that no time tells which fits. */
int64_t
totp_match(struct slice secret, struct slice code, int64_t after, int64_t now_ms)
{
    char given[TOTP_DIGITS], right[TOTP_DIGITS];
    int64_t now = now_ms / TOTP_STEP_MS, match = 0;
    if (!read_code(code, given))
        return 0;
    for (int64_t step = now - SKEW_STEPS; step <= now + SKEW_STEPS; step++) {
        totp_code(secret, step, right);
        if (slice_equal_secret((struct slice){given, TOTP_DIGITS},
                               (struct slice){right, TOTP_DIGITS}) &&
            step > after)
            match = step;
    }
    return match;
}

struct slice
totp_text(struct arena *arena, struct slice secret)
{
    struct slice lower = codec_base32(arena, secret);
    char *upper = arena_alloc(arena, lower.len);
    for (size_t i = 0; i < lower.len; i++)
        upper[i] = (char)(ascii_alpha(lower.ptr[i]) ? lower.ptr[i] - 'a' + 'A' : lower.ptr[i]);
    return (struct slice){upper, lower.len};
}

struct slice
totp_uri(struct arena *arena, struct slice secret, struct slice issuer, struct slice account)
{
    struct slice shown_issuer = codec_percent(arena, issuer);
    return arena_printf(arena, "otpauth://totp/%.*s:%.*s?secret=%.*s&issuer=%.*s",
                        SLICE_ARG(shown_issuer), SLICE_ARG(codec_percent(arena, account)),
                        SLICE_ARG(totp_text(arena, secret)), SLICE_ARG(shown_issuer));
}
