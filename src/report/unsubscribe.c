/* A token: base64url of a MAC of 16 bytes, and of list, NUL, topic, NUL, address. */
#include "unsubscribe.h"
#include "base/codec.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>

enum { MAC_BYTES = 16, TOKEN_MAX = 2048, BODY_MAX = 4096 };

/* The secret makes MACs of other things too: none of them begins like this. */
static struct slice
mac(struct arena *arena, const uint8_t secret[32], struct slice claim)
{
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    struct slice text = arena_concat(arena, SLICE("unsubscribe\0"), claim);
    if (!HMAC(EVP_sha256(), secret, 32, (const uint8_t *)text.ptr, text.len, digest, &len))
        abort();
    return arena_dup(arena, (struct slice){(const char *)digest, MAC_BYTES});
}

struct slice
unsubscribe_token(struct arena *arena, const uint8_t secret[32],
                  const struct unsubscribe *unsubscribe)
{
    struct slice claim = arena_concat(arena, unsubscribe->list, SLICE("\0"));
    claim = arena_concat(arena, claim, unsubscribe->topic);
    claim = arena_concat(arena, claim, SLICE("\0"));
    claim = arena_concat(arena, claim, unsubscribe->address);
    return codec_base64url(arena, arena_concat(arena, mac(arena, secret, claim), claim));
}

enum rc
unsubscribe_read(struct arena *arena, const uint8_t secret[32], struct slice token,
                 struct unsubscribe *out, struct err *err)
{
    struct slice bytes, rest;
    if (token.len > TOKEN_MAX || codec_base64url_decode(arena, token, &bytes, NULL) != RC_OK ||
        !slice_equal_secret(slice_head(bytes, MAC_BYTES),
                            mac(arena, secret, slice_from(bytes, MAC_BYTES))) ||
        !slice_cut(slice_from(bytes, MAC_BYTES), '\0', &out->list, &rest) ||
        !slice_cut(rest, '\0', &out->topic, &out->address))
        return err_set(err, RC_NOT_FOUND, "this link is not known");
    return RC_OK;
}

bool
unsubscribe_is_meant(struct slice body)
{
    body = slice_head(body, BODY_MAX);
    size_t name = slice_find(body, SLICE("name=\"List-Unsubscribe\""));
    if (name != SLICE_NONE) /* multipart/form-data */
        return slice_find(slice_from(body, name), SLICE("\nOne-Click")) != SLICE_NONE;
    for (bool more = true; more;) {
        struct slice pair = body;
        more = slice_cut(body, '&', &pair, &body);
        if (slice_is(slice_trim(pair), "List-Unsubscribe=One-Click"))
            return true;
    }
    return false;
}
