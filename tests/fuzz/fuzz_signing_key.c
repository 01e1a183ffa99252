/* Private keys that owners of domains bring (BYODKIM), as DER of any bytes: what is taken is of a
 * kind and length that is promised, and signs. */
#include "sign/signing_key.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void
check(struct arena *arena, const struct signing_key *key)
{
    static const uint8_t digest[32] = "a digest";
    struct slice signature;
    struct err err;
    unsigned bits = signing_key_bits(key);
    if (signing_key_algorithm(key) == DKIM_RSA_SHA256)
        assert(bits >= SIGNING_KEY_BITS_MIN && bits <= SIGNING_KEY_BITS_MAX);
    assert(signing_key_public(arena, key).len > 0);
    assert(signing_key_sign(arena, key, digest, &signature, &err) == RC_OK);
    assert(signature.len >= 64 && signature.len <= SIGNING_KEY_BITS_MAX / 8);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct arena *arena = arena_new();
    struct signing_key *key;
    struct err err = {0};
    enum rc rc = signing_key_load((struct slice){(const char *)bytes, len}, &key, &err);
    if (rc == RC_OK) {
        check(arena, key);
        signing_key_unref(key);
    } else {
        assert(rc == RC_SYNTAX || rc == RC_LIMIT || rc == RC_PERMANENT);
        assert(err.rc == rc && err.text[0]);
    }
    arena_free(arena);
    return 0;
}
