#include "sign/signing_key.h"

#include "base/codec.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

struct signing_key {
    atomic_uint refs;
    enum dkim_algorithm algorithm;
    EVP_PKEY *pkey;         /* owned */
    EVP_PKEY_CTX *prepared; /* owned; RSA only: ready to sign, copied for each signature */
};

static const EVP_MD *sha256;

static void
fetch_sha256(void)
{
    sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
}

/* A fetch for each digest takes a lock that threads contend for, so it is done once. */
const EVP_MD *
signing_digest(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, fetch_sha256);
    return sha256;
}

/* Takes the library's reason and leaves its queue empty for whoever calls it next. */
static enum rc
library_failed(struct err *err, enum rc rc, const char *what)
{
    const char *reason = ERR_reason_error_string(ERR_get_error());
    ERR_clear_error();
    return err_set(err, rc, "%s: %s", what, reason ? reason : "the library gave no reason");
}

static EVP_PKEY_CTX *
prepare_rsa(EVP_PKEY *pkey)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
    if (ctx && EVP_PKEY_sign_init(ctx) == 1 &&
        EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1 && signing_digest() &&
        EVP_PKEY_CTX_set_signature_md(ctx, signing_digest()) == 1)
        return ctx;
    EVP_PKEY_CTX_free(ctx);
    return NULL;
}

/*
 * A copy of the prepared context costs a few allocations and keeps the context immutable, so
 * threads share the key without a lock and nothing is left behind in a thread that ends.
 */
static bool
sign_rsa(const struct signing_key *key, const uint8_t digest[32], uint8_t *out, size_t *len)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_dup(key->prepared);
    bool ok = ctx && EVP_PKEY_sign(ctx, out, len, digest, 32) == 1;
    EVP_PKEY_CTX_free(ctx);
    return ok;
}

static bool
sign_ed25519(const struct signing_key *key, const uint8_t digest[32], uint8_t *out, size_t *len)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool ok = ctx && EVP_DigestSignInit_ex(ctx, NULL, NULL, NULL, NULL, key->pkey, NULL) == 1 &&
              EVP_DigestSign(ctx, out, len, digest, 32) == 1;
    EVP_MD_CTX_free(ctx);
    return ok;
}

enum rc
signing_key_sign(struct arena *arena, const struct signing_key *key, const uint8_t digest[32],
                 struct slice *signature, struct err *err)
{
    size_t len = (size_t)EVP_PKEY_get_size(key->pkey);
    uint8_t *bytes = arena_alloc(arena, len);
    bool ok = key->algorithm == DKIM_RSA_SHA256 ? sign_rsa(key, digest, bytes, &len)
                                                : sign_ed25519(key, digest, bytes, &len);
    if (!ok)
        return library_failed(err, RC_PERMANENT, "signing");
    *signature = (struct slice){(const char *)bytes, len};
    return RC_OK;
}

static bool
verify(const struct signing_key *key, const uint8_t digest[32], struct slice signature)
{
    const uint8_t *bytes = (const uint8_t *)signature.ptr;
    bool ok;
    if (key->algorithm == DKIM_RSA_SHA256) {
        EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key->pkey, NULL);
        ok = ctx && EVP_PKEY_verify_init(ctx) == 1 &&
             EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1 &&
             EVP_PKEY_CTX_set_signature_md(ctx, signing_digest()) == 1 &&
             EVP_PKEY_verify(ctx, bytes, signature.len, digest, 32) == 1;
        EVP_PKEY_CTX_free(ctx);
    } else {
        EVP_MD_CTX *ctx = EVP_MD_CTX_new();
        ok = ctx && EVP_DigestVerifyInit_ex(ctx, NULL, NULL, NULL, NULL, key->pkey, NULL) == 1 &&
             EVP_DigestVerify(ctx, bytes, signature.len, digest, 32) == 1;
        EVP_MD_CTX_free(ctx);
    }
    return ok;
}

/* A key made elsewhere may parse and still sign what its own public half refuses: better found
 * when it is handed in than by every receiver. */
static enum rc
try_out(const struct signing_key *key, struct err *err)
{
    struct arena *arena = arena_new();
    static const uint8_t digest[32] = "a digest to try the new key with";
    struct slice signature;
    enum rc rc = signing_key_sign(arena, key, digest, &signature, err);
    if (rc == RC_OK && !verify(key, digest, signature))
        rc = RC_PERMANENT;
    if (rc != RC_OK)
        rc = library_failed(err, RC_SYNTAX,
                            "the private key does not sign what its public part verifies");
    arena_free(arena);
    return rc;
}

/* RFC 8301 §3.2: signers use at least 1,024 bits; verifiers need not take more than 4,096. */
static enum rc
check_kind(EVP_PKEY *pkey, enum dkim_algorithm *algorithm, struct err *err)
{
    int bits = EVP_PKEY_get_bits(pkey);
    switch (EVP_PKEY_get_base_id(pkey)) {
    case EVP_PKEY_ED25519: *algorithm = DKIM_ED25519_SHA256; return RC_OK;
    case EVP_PKEY_RSA:
        if (bits < SIGNING_KEY_BITS_MIN || bits > SIGNING_KEY_BITS_MAX)
            return err_set(err, RC_LIMIT, "the private key has %d bits; %d to %d are taken", bits,
                           SIGNING_KEY_BITS_MIN, SIGNING_KEY_BITS_MAX);
        *algorithm = DKIM_RSA_SHA256;
        return RC_OK;
    default:
        return err_set(err, RC_PERMANENT, "the private key is of kind %s; RSA or Ed25519 is taken",
                       EVP_PKEY_get0_type_name(pkey) ? EVP_PKEY_get0_type_name(pkey) : "unknown");
    }
}

static enum rc
read_der(struct slice der, EVP_PKEY **pkey, struct err *err)
{
    if (der.len == 0)
        return err_set(err, RC_SYNTAX, "the private key is empty");
    if (der.len > SIGNING_KEY_DER_MAX)
        return err_set(err, RC_LIMIT, "the private key has %zu bytes; at most %d are taken",
                       der.len, SIGNING_KEY_DER_MAX);
    const unsigned char *at = (const unsigned char *)der.ptr;
    *pkey = d2i_AutoPrivateKey(NULL, &at, (long)der.len);
    if (!*pkey)
        return library_failed(err, RC_SYNTAX, "the private key is not PKCS#1 or PKCS#8 in DER");
    size_t used = (size_t)((const char *)at - der.ptr);
    if (used != der.len) {
        EVP_PKEY_free(*pkey);
        return err_set(err, RC_SYNTAX, "%zu bytes follow the private key", der.len - used);
    }
    ERR_clear_error(); /* the decoders tried leave their failures behind */
    return RC_OK;
}

enum rc
signing_key_load(struct slice der, struct signing_key **out, struct err *err)
{
    EVP_PKEY *pkey = NULL;
    enum rc rc = read_der(der, &pkey, err);
    if (rc != RC_OK)
        return rc;
    struct signing_key *key = NEW(struct signing_key);
    atomic_init(&key->refs, 1);
    key->pkey = pkey;
    rc = check_kind(pkey, &key->algorithm, err);
    if (rc == RC_OK && key->algorithm == DKIM_RSA_SHA256) {
        key->prepared = prepare_rsa(pkey);
        if (!key->prepared)
            rc = library_failed(err, RC_PERMANENT, "preparing the private key");
    }
    if (rc == RC_OK)
        rc = try_out(key, err);
    if (rc != RC_OK) {
        signing_key_unref(key);
        return rc;
    }
    *out = key;
    return RC_OK;
}

struct signing_key *
signing_key_ref(struct signing_key *key)
{
    atomic_fetch_add_explicit(&key->refs, 1, memory_order_relaxed);
    return key;
}

void
signing_key_unref(struct signing_key *key)
{
    if (!key || atomic_fetch_sub_explicit(&key->refs, 1, memory_order_acq_rel) > 1)
        return;
    EVP_PKEY_CTX_free(key->prepared);
    EVP_PKEY_free(key->pkey);
    free(key);
}

enum dkim_algorithm
signing_key_algorithm(const struct signing_key *key)
{
    return key->algorithm;
}

unsigned
signing_key_bits(const struct signing_key *key)
{
    return (unsigned)EVP_PKEY_get_bits(key->pkey);
}

static struct slice
public_part(struct arena *arena, const EVP_PKEY *pkey)
{
    unsigned char raw[32];
    size_t raw_len = sizeof raw;
    if (EVP_PKEY_get_base_id(pkey) == EVP_PKEY_ED25519)
        return EVP_PKEY_get_raw_public_key(pkey, raw, &raw_len) == 1
                   ? codec_base64(arena, (struct slice){(const char *)raw, raw_len})
                   : SLICE("");
    unsigned char *der = NULL;
    int len = i2d_PUBKEY(pkey, &der);
    if (len <= 0)
        return SLICE("");
    struct slice text = codec_base64(arena, (struct slice){(const char *)der, (size_t)len});
    OPENSSL_free(der);
    return text;
}

struct slice
signing_key_public(struct arena *arena, const struct signing_key *key)
{
    return public_part(arena, key->pkey);
}

static bool
write_pkcs8(struct arena *arena, EVP_PKEY *pkey, struct slice *out)
{
    PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(pkey);
    unsigned char *der = NULL;
    int len = info ? i2d_PKCS8_PRIV_KEY_INFO(info, &der) : -1;
    PKCS8_PRIV_KEY_INFO_free(info);
    if (len <= 0)
        return false;
    *out = arena_dup(arena, (struct slice){(const char *)der, (size_t)len});
    OPENSSL_clear_free(der, (size_t)len);
    return true;
}

enum rc
signing_key_generate(struct arena *arena, enum dkim_algorithm algorithm, unsigned bits,
                     struct slice *der, struct slice *public_base64, struct err *err)
{
    bool rsa = algorithm == DKIM_RSA_SHA256;
    if (rsa && (bits < SIGNING_KEY_BITS_MIN || bits > SIGNING_KEY_BITS_MAX))
        return err_set(err, RC_LIMIT, "an RSA key of %u bits was asked for; %d to %d are made",
                       bits, SIGNING_KEY_BITS_MIN, SIGNING_KEY_BITS_MAX);
    EVP_PKEY *pkey = rsa ? EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)bits)
                         : EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    struct slice private_part;
    if (!pkey || !write_pkcs8(arena, pkey, &private_part)) {
        EVP_PKEY_free(pkey);
        return library_failed(err, RC_TEMPORARY, "making a private key");
    }
    *der = private_part;
    *public_base64 = public_part(arena, pkey);
    EVP_PKEY_free(pkey);
    return RC_OK;
}

struct slice
signing_key_record(struct arena *arena, enum dkim_algorithm algorithm, struct slice public_base64)
{
    return arena_printf(arena, "v=DKIM1; k=%s; p=%.*s",
                        algorithm == DKIM_RSA_SHA256 ? "rsa" : "ed25519", SLICE_ARG(public_base64));
}
