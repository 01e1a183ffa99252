/*
 * Private keys that sign (RFC 6376 §3.3, RFC 8463 §3): RSA of 1,024 to 4,096 bits and Ed25519.
 *
 * A key is loaded once, tried once, and kept; signing with it neither parses nor looks up
 * anything. It never changes after loading, so any number of threads may sign with it.
 */
#ifndef POSTERN_SIGN_SIGNING_KEY_H
#define POSTERN_SIGN_SIGNING_KEY_H

#include "base/memory.h"

enum dkim_algorithm { DKIM_RSA_SHA256, DKIM_ED25519_SHA256 };

enum { SIGNING_KEY_BITS_MIN = 1024, SIGNING_KEY_BITS_MAX = 4096, SIGNING_KEY_DER_MAX = 4096 };

struct signing_key; /* private key ready for use; immutable, counted, usable from several threads */

/*
 * PKCS#8 DER as made by signing_key_generate, or PKCS#1/PKCS#8 DER (BYODKIM).
 *
 * RC_SYNTAX     not one whole private key, or one whose halves do not belong together
 * RC_PERMANENT  a key of another kind
 * RC_LIMIT      an RSA key too short or too long
 */
MUST_USE enum rc signing_key_load(struct slice der, struct signing_key **out, struct err *err);

/* `bits` counts for RSA only. RC_LIMIT outside of the range above. `der` is secret: the caller
 * seals it and wipes it. */
MUST_USE enum rc signing_key_generate(struct arena *arena, enum dkim_algorithm algorithm,
                                      unsigned bits, struct slice *der, struct slice *public_base64,
                                      struct err *err);

struct signing_key *signing_key_ref(struct signing_key *key);
void signing_key_unref(struct signing_key *key);
enum dkim_algorithm signing_key_algorithm(const struct signing_key *key);
unsigned signing_key_bits(const struct signing_key *key);

/* What p= holds: the SubjectPublicKeyInfo of an RSA key (RFC 6376 §3.6.1), the 32 bytes of an
 * Ed25519 key (RFC 8463 §4). */
struct slice signing_key_public(struct arena *arena, const struct signing_key *key);

/* The TXT record's value: "v=DKIM1; k=rsa; p=..." / "k=ed25519". */
struct slice signing_key_record(struct arena *arena, enum dkim_algorithm algorithm,
                                struct slice public_base64);

/* Signs a SHA-256 digest: RSASSA-PKCS1-v1_5, or PureEdDSA over the 32 bytes (RFC 8463 §3).
 * RC_PERMANENT  the library could not sign */
MUST_USE enum rc signing_key_sign(struct arena *arena, const struct signing_key *key,
                                  const uint8_t digest[32], struct slice *signature,
                                  struct err *err);

/* SHA-256, fetched once for the process. NULL when the library has none. */
struct evp_md_st;
const struct evp_md_st *signing_digest(void);

#endif
