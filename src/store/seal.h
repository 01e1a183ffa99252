/*
 * Secrets at rest: what the store holds of a secret is a sealed blob, so that neither a backup
 * nor a look into the database shows a clear one.
 *
 *     1 (version) || key id (4) || nonce (12) || ciphertext || tag (16)        AES-256-GCM
 *
 * The associated data is the row's identity ("access_key/AKIA.../secret"): a blob copied into
 * another row, by whoever can write the database but not read the master key, does not open
 * there. Nonces are random: a master key is good for 2^32 secrets (NIST SP 800-38D §8.3).
 *
 * The master key is a file of its own, made by `sealer_create`, or handed in as a systemd
 * credential of the same shape.
 */
#ifndef POSTERN_STORE_SEAL_H
#define POSTERN_STORE_SEAL_H

#include "base/memory.h"

enum { SEAL_OVERHEAD = 1 + 4 + 12 + 16, SEAL_PLAIN_MAX = 1024 * 1024 };

struct sealer; /* the master key, ready for use; immutable, usable from several threads */

/*
 * Makes a new master key file, readable by its owner alone and on disk when this returns.
 * RC_CONFLICT   there is something at `path` already; it is left as it is
 * RC_PERMANENT  it could not be written; nothing is left at `path`
 */
MUST_USE enum rc sealer_create(const char *path, struct err *err);

/*
 * RC_NOT_FOUND  there is no such file
 * RC_DENIED     others than its owner may read or write it, or we may not
 * RC_SYNTAX     it is not a master key file
 * RC_TEMPORARY  the system could not open or read it
 */
MUST_USE enum rc sealer_open(const char *path, struct sealer **out, struct err *err);
void sealer_close(struct sealer *sealer); /* wipes the key */

/* `plain` has at most SEAL_PLAIN_MAX bytes. */
struct slice sealer_seal(const struct sealer *sealer, struct arena *arena, struct slice row,
                         struct slice plain);

/*
 * out        owned by the caller: secret_free
 *
 * RC_SYNTAX     not a sealed blob of this version
 * RC_NOT_FOUND  sealed with another master key
 * RC_DENIED     altered, or sealed for another row
 */
MUST_USE enum rc sealer_unseal(const struct sealer *sealer, struct slice row, struct slice blob,
                               struct secret *out, struct err *err);

#endif
