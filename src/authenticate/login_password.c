#include "login_password.h"
#include "base/codec.h"
#include "base/random.h"

#include <openssl/evp.h>

enum { COST_LOG = 15, BLOCK = 8, LANES = 1, SALT_LEN = 16, KEY_LEN = 32, MEMORY_MAX = 64 << 20 };

enum rc
login_password_hash(struct arena *arena, struct slice password, struct slice *out, struct err *err)
{
    unsigned char salt[SALT_LEN], key[KEY_LEN];
    random_bytes(salt, sizeof salt);
    if (EVP_PBE_scrypt(password.ptr, password.len, salt, sizeof salt, (uint64_t)1 << COST_LOG,
                       BLOCK, LANES, MEMORY_MAX, key, sizeof key) != 1)
        return err_set(err, RC_TEMPORARY, "the password could not be hashed");
    struct slice shown_salt = codec_base64url(arena, (struct slice){(char *)salt, sizeof salt});
    struct slice shown_key = codec_base64url(arena, (struct slice){(char *)key, sizeof key});
    *out = arena_printf(arena, "$scrypt$ln=%d,r=%d,p=%d$%.*s$%.*s", COST_LOG, BLOCK, LANES,
                        SLICE_ARG(shown_salt), SLICE_ARG(shown_key));
    return RC_OK;
}
