#include "certificate.h"

#include "base/clock.h"
#include "base/random.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

enum { SERIAL_BYTES = 16, COMMON_NAME_MAX = 64, VALID_DAYS = 3650 };

static bool
set_serial(X509 *x509)
{
    unsigned char bytes[SERIAL_BYTES];
    random_bytes(bytes, sizeof bytes);
    bytes[0] &= 0x7f; /* RFC 5280 §4.1.2.2: positive, and unpredictable */
    BIGNUM *number = BN_bin2bn(bytes, sizeof bytes, NULL);
    bool ok = number && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(x509));
    BN_free(number);
    return ok;
}

/* RFC 5280, appendix A.1: a common name has at most 64 characters. Nobody looks at it where there
 * are alternative names. */
static bool
set_name(X509 *x509, struct slice hostname)
{
    X509_NAME *name = X509_get_subject_name(x509);
    struct slice shown = hostname.len <= COMMON_NAME_MAX ? hostname : SLICE("postern");
    return X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)shown.ptr,
                                      (int)shown.len, -1, 0) &&
           X509_set_issuer_name(x509, name);
}

static bool
set_validity(X509 *x509, int64_t now_ms)
{
    time_t now = (time_t)(now_ms / SECOND_MS);
    /* A day back: clients whose clock is a little slow. */
    return X509_time_adj_ex(X509_getm_notBefore(x509), -1, 0, &now) &&
           X509_time_adj_ex(X509_getm_notAfter(x509), VALID_DAYS, 0, &now);
}

static bool
add_extension(X509 *x509, int nid, const char *value)
{
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, x509, x509, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    bool ok = extension && X509_add_ext(x509, extension, -1);
    X509_EXTENSION_free(extension);
    return ok;
}

static bool
fill(struct arena *arena, X509 *x509, EVP_PKEY *key, struct slice hostname, int64_t now_ms)
{
    bool local = slice_is(hostname, "localhost");
    struct slice names = arena_printf(arena, "DNS:%.*s%s,IP:127.0.0.1", SLICE_ARG(hostname),
                                      local ? "" : ",DNS:localhost");
    return X509_set_version(x509, X509_VERSION_3) && set_serial(x509) && set_name(x509, hostname) &&
           set_validity(x509, now_ms) && X509_set_pubkey(x509, key) &&
           add_extension(x509, NID_basic_constraints, "critical,CA:FALSE") &&
           add_extension(x509, NID_key_usage, "critical,digitalSignature") &&
           add_extension(x509, NID_ext_key_usage, "serverAuth") &&
           add_extension(x509, NID_subject_key_identifier, "hash") &&
           add_extension(x509, NID_subject_alt_name, names.ptr) &&
           X509_sign(x509, key, EVP_sha256()) > 0;
}

static struct slice
take_pem(struct arena *arena, BIO *bio)
{
    char *bytes;
    long len = BIO_get_mem_data(bio, &bytes);
    struct slice pem = arena_dup(arena, (struct slice){bytes, (size_t)len});
    memory_wipe(bytes, (size_t)len);
    return pem;
}

static bool
write_pem(struct arena *arena, X509 *x509, EVP_PKEY *key, struct slice *certificate,
          struct slice *key_pem)
{
    BIO *for_certificate = BIO_new(BIO_s_mem()), *for_key = BIO_new(BIO_s_mem());
    bool ok = for_certificate && for_key && PEM_write_bio_X509(for_certificate, x509) &&
              PEM_write_bio_PKCS8PrivateKey(for_key, key, NULL, NULL, 0, NULL, NULL);
    if (ok) {
        *certificate = take_pem(arena, for_certificate);
        *key_pem = take_pem(arena, for_key);
    }
    BIO_free(for_certificate);
    BIO_free(for_key);
    return ok;
}

enum rc
certificate_make(struct arena *arena, struct slice hostname, int64_t now_ms,
                 struct slice *certificate, struct slice *key_pem, struct err *err)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *x509 = X509_new();
    bool ok = key && x509 && fill(arena, x509, key, hostname, now_ms) &&
              write_pem(arena, x509, key, certificate, key_pem);
    X509_free(x509);
    EVP_PKEY_free(key);
    if (ok)
        return RC_OK;
    return err_set(err, RC_PERMANENT, "cannot make a certificate: %s",
                   ERR_reason_error_string(ERR_peek_last_error()));
}
