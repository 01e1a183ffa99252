/* The signing keys of a domain as identity/rotation.h looks at them, and back into their rows. */
#ifndef POSTERN_API_DOMAIN_KEYS_H
#define POSTERN_API_DOMAIN_KEYS_H

#include "call.h"
#include "identity/proof.h"
#include "store/identities.h"
#include "store/rotations.h"

/* "<selector>._domainkey.<domain>" (RFC 6376 §3.6.2.1). */
struct slice domain_key_name(struct arena *arena, const struct signing_key_row *row);
/* What the TXT record there must hold. */
struct slice domain_key_record(struct arena *arena, const struct signing_key_row *row);

/* `queued` is given: who knows it has looked at the queue. */
struct rotation_key domain_key_of(const struct signing_key_row *row, enum proof found, bool queued);
void domain_key_store(const struct rotation_key *key, struct signing_key_row *row);
enum key_state domain_key_state(const struct signing_key_row *row);
/* Whether a message waits that it signed; false without a look for what still signs or never did. */
MUST_USE enum rc domain_key_is_queued(struct database *database, const struct signing_key_row *row,
                                      bool *queued, struct err *err);

/* A domain whose DKIM is switched on, proved, and with keys of ours; and a second signature only while
 * there is one. `dkim` is the state of its proof. */
struct rotation_rules domain_keys_rules(const struct api_constants *constants,
                                        const struct identity_row *row, enum identity_status dkim,
                                        int64_t algorithm);

#endif
