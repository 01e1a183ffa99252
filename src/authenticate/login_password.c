#include "login_password.h"
#include "base/codec.h"
#include "base/random.h"

#include <openssl/evp.h>

enum { COST_LOG = 15, BLOCK = 8, LANES = 1, SALT_LEN = 16, KEY_LEN = 32, MEMORY_MAX = 64 << 20 };
enum { COST_LOG_MAX = 15 /* what MEMORY_MAX has room for */ };

static bool
derive(struct slice password, struct slice salt, unsigned cost_log, unsigned char key[KEY_LEN])
{
    return EVP_PBE_scrypt(password.ptr, password.len, (const unsigned char *)salt.ptr, salt.len,
                          (uint64_t)1 << cost_log, BLOCK, LANES, MEMORY_MAX, key, KEY_LEN) == 1;
}

enum rc
login_password_hash(struct arena *arena, struct slice password, struct slice *out, struct err *err)
{
    unsigned char salt[SALT_LEN], key[KEY_LEN];
    random_bytes(salt, sizeof salt);
    if (!derive(password, (struct slice){(char *)salt, sizeof salt}, COST_LOG, key))
        return err_set(err, RC_TEMPORARY, "the password could not be hashed");
    struct slice shown_salt = codec_base64url(arena, (struct slice){(char *)salt, sizeof salt});
    struct slice shown_key = codec_base64url(arena, (struct slice){(char *)key, sizeof key});
    *out = arena_printf(arena, "$scrypt$ln=%d,r=%d,p=%d$%.*s$%.*s", COST_LOG, BLOCK, LANES,
                        SLICE_ARG(shown_salt), SLICE_ARG(shown_key));
    return RC_OK;
}

struct stored {
    unsigned cost_log;
    struct slice salt, key;
};

/* "$scrypt$ln=15,r=8,p=1$SALT$KEY" */
static bool
read_stored(struct arena *arena, struct slice hash, struct stored *out)
{
    const struct slice prefix = SLICE("$scrypt$ln="), other = SLICE(",r=8,p=1");
    struct slice parameters, salt, key;
    struct err err;
    if (!slice_starts(hash, prefix) ||
        !slice_cut(slice_from(hash, prefix.len), '$', &parameters, &salt) ||
        !slice_cut(salt, '$', &salt, &key) || !slice_ends(parameters, other))
        return false;
    int64_t cost_log;
    parameters.len -= other.len;
    if (!slice_i64(parameters, &cost_log) || cost_log < 1 || cost_log > COST_LOG_MAX)
        return false;
    out->cost_log = (unsigned)cost_log;
    return codec_base64url_decode(arena, salt, &out->salt, &err) == RC_OK &&
           codec_base64url_decode(arena, key, &out->key, &err) == RC_OK && out->key.len == KEY_LEN;
}

enum rc
login_password_check(struct slice password, struct slice hash, struct err *err)
{
    struct arena *arena = arena_new();
    struct stored stored = {COST_LOG, SLICE("nobody has this"), SLICE("")};
    unsigned char key[KEY_LEN];
    bool known = read_stored(arena, hash, &stored);
    bool derived = derive(password, stored.salt, stored.cost_log, key);
    bool fits = slice_equal_secret((struct slice){(char *)key, sizeof key}, stored.key);
    memory_wipe(key, sizeof key);
    arena_free(arena);
    if (!derived)
        return err_set(err, RC_TEMPORARY, "the password could not be hashed");
    return known && fits ? RC_OK : err_set(err, RC_DENIED, "the password is not right");
}
