/*
 * Identities as the administrator's operations and the SES APIs change them alike: each rule of who
 * may become an identity, and of what may stand on one, is here once (reference §3).
 *
 * All of it runs in the writer's transaction; what must follow the commit is left in call->effects.
 */
#ifndef POSTERN_API_IDENTITY_CHANGES_H
#define POSTERN_API_IDENTITY_CHANGES_H

#include "call.h"
#include "mail/address.h"
#include "store/identities.h"

/* The canonical name, and which kind it is: what holds an "@" is an address. */
MUST_USE enum rc identity_read_name(struct arena *arena, struct slice text, struct slice *name,
                                    bool *domain, struct err *err);

/* The same of a member of the input; and the identity of that name, or RC_NOT_FOUND. */
MUST_USE enum rc identity_read_member(struct api_call *call, const char *member, struct slice *name,
                                      bool *domain, struct err *err);
MUST_USE enum rc identity_find_member(struct api_call *call, const char *member,
                                      struct identity_row *row, struct err *err);

/* RC_DENIED: names below it belong to many ("com", "co.jp"). */
MUST_USE enum rc identity_check_not_public_suffix(struct arena *arena, struct slice domain,
                                                  struct err *err);

/* A key that the owner of a domain made (reference §3.4). The caller wipes nothing: it is the
 * request's. */
struct own_key {
    struct slice selector;
    struct slice private_base64; /* PKCS#1 or PKCS#8 in DER */
};

/*
 * A domain that is not there yet, with its keys, waiting to be proved.
 *
 * own  NULL: keys of the pool
 *
 * RC_DENIED    a public suffix
 * RC_CONFLICT  the provider's own domain
 * RC_AGAIN     the pool has too few keys just now
 * RC_SYNTAX    the owner's key cannot be used
 */
MUST_USE enum rc identity_add_domain(struct api_call *call, struct slice name, bool only_itself,
                                     const struct own_key *own, struct identity_row *row,
                                     struct err *err);

/*
 * The same for the SES APIs, whose callers are bounded: RC_LIMIT when there are IDENTITIES_MAX, and
 * what is refused is a bad parameter of theirs.
 */
enum { IDENTITIES_MAX = 10000 };
MUST_USE enum rc identity_check_room(struct api_call *call, struct err *err);
MUST_USE enum rc identity_create_domain(struct api_call *call, struct slice name,
                                        const struct own_key *own, struct identity_row *row,
                                        struct err *err);
MUST_USE enum rc identity_create_address(struct api_call *call, struct slice address,
                                         struct err *err);

/* What failed is looked for again under the same token and selectors (reference §3.2). */
MUST_USE enum rc identity_start_again(struct api_call *call, struct slice domain, bool *restarted,
                                      struct err *err);

/* Other keys from now on: the owner's, or for NULL those of the pool. They must be proved anew; that
 * DKIM was proved once is not forgotten, so that nobody else signs meanwhile. */
MUST_USE enum rc identity_replace_keys(struct api_call *call, struct identity_row *row,
                                       const struct own_key *own, struct err *err);

/* What may have become of a domain's keys is found out now (identity/rotation.h). */
MUST_USE enum rc identity_look_at_keys(struct api_call *call, struct slice domain, struct err *err);

/* An address, made when it is not there, is sent a link; earlier links stop working.
 * RC_CONFLICT: it is verified already. RC_AGAIN: the provider cannot sign yet. */
MUST_USE enum rc identity_ask_owner(struct api_call *call, struct slice address, struct err *err);

/* What is in force now and stops the address, or the identity of that name; NULL: nothing. */
MUST_USE enum rc identity_suspension(struct api_call *call, const struct address *address,
                                     const struct suspension_fact **out, struct err *err);
MUST_USE enum rc identity_suspension_of(struct api_call *call, struct slice name,
                                        const struct suspension_fact **out, struct err *err);

/* The identity and all that stands on it; a suspension outlives it. RC_NOT_FOUND. For the SES APIs:
 * RC_DENIED when the administrator suspended it, who may have to look at it. */
MUST_USE enum rc identity_forget(struct api_call *call, struct slice name, struct err *err);
MUST_USE enum rc identity_delete(struct api_call *call, struct slice name, struct err *err);

/* `wanted` empty: no custom MAIL FROM domain any more. RC_SYNTAX: it is none below the identity. */
MUST_USE enum rc identity_set_mail_from(struct api_call *call, struct identity_row *row,
                                        struct slice wanted, bool reject, struct err *err);

/* Whether the domain signs. RC_SYNTAX: it is an address. */
MUST_USE enum rc identity_set_dkim(struct api_call *call, struct identity_row *row, bool enabled,
                                   struct err *err);

/* NOT_STARTED when there is none. */
MUST_USE enum rc identity_proof(struct api_call *call, struct slice identity, const char *kind,
                                struct proof_row *out, struct err *err);
MUST_USE enum rc identity_start_proof(struct api_call *call, struct slice identity,
                                      const char *kind, int64_t status, int64_t next_ms,
                                      struct err *err);

/* What the identities that enclose an address say of it together, as the gate reads them. */
struct identity_cover {
    bool registered, verified, suspended;
};
MUST_USE enum rc identity_cover(struct api_call *call, const struct address *address,
                                struct identity_cover *out, struct err *err);

/* A policy of an identity: its document is compiled, names this identity alone, and keeps the limits
 * of reference §3.8. */
MUST_USE enum rc identity_put_policy(struct api_call *call, struct slice identity,
                                     struct slice name, struct slice document, struct err *err);
/* As the SES APIs show them: the member "Policies", documents by name. */
void identity_show_policies(struct api_call *call, const struct identity_policy_row *rows,
                            size_t count);

#endif
