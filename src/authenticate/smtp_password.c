#include "authenticate/smtp_password.h"

#include "base/memory.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>

enum { KEY_LEN = 32, VERSION = 0x04 };

/* key = HMAC-SHA256(key, message). It fails for lack of memory alone. */
static void
chain(uint8_t key[KEY_LEN], struct slice message)
{
    uint8_t next[KEY_LEN];
    if (!HMAC(EVP_sha256(), key, KEY_LEN, (const uint8_t *)message.ptr, message.len, next, NULL))
        abort();
    memcpy(key, next, KEY_LEN);
    memory_wipe(next, sizeof next);
}

static void
start(uint8_t key[KEY_LEN], struct slice secret)
{
    static const struct {
        char prefix[4], date[8];
    } fixed = {"AWS4", "11111111"}; /* the date that never changes: passwords do not expire */
    size_t len = sizeof fixed.prefix + secret.len;
    char *first = memory_alloc(len);
    memcpy(first, fixed.prefix, sizeof fixed.prefix);
    if (secret.len)
        memcpy(first + sizeof fixed.prefix, secret.ptr, secret.len);
    if (!HMAC(EVP_sha256(), first, (int)len, (const uint8_t *)fixed.date, sizeof fixed.date, key,
              NULL))
        abort();
    memory_wipe(first, len);
    free(first);
}

void
smtp_password(struct slice secret, struct slice region, char out[SMTP_PASSWORD_LEN + 1])
{
    uint8_t versioned[1 + KEY_LEN] = {VERSION};
    uint8_t *key = versioned + 1;
    start(key, secret);
    chain(key, region);
    chain(key, SLICE("ses"));
    chain(key, SLICE("aws4_request"));
    chain(key, SLICE("SendRawEmail"));
    EVP_EncodeBlock((unsigned char *)out, versioned, sizeof versioned);
    memory_wipe(versioned, sizeof versioned);
}

bool
smtp_password_matches(struct slice secret, struct slice region, struct slice password)
{
    char expected[SMTP_PASSWORD_LEN + 1];
    if (secret.len == 0)
        return false;
    smtp_password(secret, region, expected);
    bool equal = slice_equal_secret((struct slice){expected, SMTP_PASSWORD_LEN}, password);
    memory_wipe(expected, sizeof expected);
    return equal;
}
