#include "return_address.h"
#include "base/codec.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>

enum { KEY_CHARS = 13, MAC_BYTES = 10 };

static struct slice
key_bytes(struct arena *arena, int64_t message_key)
{
    char *bytes = arena_alloc(arena, 8);
    for (int i = 0; i < 8; i++)
        bytes[i] = (char)((uint64_t)message_key >> (8 * (7 - i)) & 0xff);
    return (struct slice){bytes, 8};
}

static struct slice
mac(struct arena *arena, const uint8_t secret[32], struct slice key)
{
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    if (!HMAC(EVP_sha256(), secret, 32, (const uint8_t *)key.ptr, key.len, digest, &len))
        abort();
    return arena_dup(arena, (struct slice){(const char *)digest, MAC_BYTES});
}

struct slice
return_address_make(struct arena *arena, const uint8_t secret[32], int64_t message_key,
                    struct slice domain)
{
    struct slice key = key_bytes(arena, message_key);
    return arena_printf(arena, "%.*s%.*s@%.*s", SLICE_ARG(codec_base32(arena, key)),
                        SLICE_ARG(codec_base32(arena, mac(arena, secret, key))), SLICE_ARG(domain));
}

enum rc
return_address_read(struct arena *arena, const uint8_t secret[32], struct slice local_part,
                    int64_t *message_key, struct err *err)
{
    struct slice key, given;
    if (codec_base32_decode(arena, slice_head(local_part, KEY_CHARS), &key, NULL) != RC_OK ||
        codec_base32_decode(arena, slice_from(local_part, KEY_CHARS), &given, NULL) != RC_OK ||
        key.len != 8 || !slice_equal_secret(given, mac(arena, secret, key)))
        return err_set(err, RC_NOT_FOUND, "not a return address of ours");
    uint64_t value = 0;
    for (int i = 0; i < 8; i++)
        value = value << 8 | (unsigned char)key.ptr[i];
    *message_key = (int64_t)value;
    return RC_OK;
}
