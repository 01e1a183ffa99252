/* Identities (domains and addresses that may send), what DNS proved of them, their policies,
 * their signing keys, and the links that verify addresses. Slices are copied into the arena. */
#ifndef POSTERN_STORE_IDENTITIES_H
#define POSTERN_STORE_IDENTITIES_H

#include "database.h"

struct identity_row {
    struct slice name;
    bool domain;
    int64_t created_ms;
    struct slice token; /* domains: the value of the TXT record at _amazonses.<domain> */
    bool vouched;       /* verified by the administrator's word, without proof */
    bool only_itself, dkim_enabled, mail_from_reject;
    struct slice mail_from_domain, configuration_set;
    bool dkim_external; /* domains: the owner brought the key (BYODKIM) */
    int64_t keys_ms;    /* domains: when it was given the keys it has */
    bool forwarding_enabled;
    struct slice headers_in; /* notifications that carry the headers: "Bounce Complaint" */
};

/* `kind`: "verification", "dkim" or "mail_from"; times as in identity/proof.h; `status` is its
 * enum identity_status. */
struct proof_row {
    struct slice identity, kind;
    int64_t status, absent_ms, absent_since_ms, checked_ms, succeeded_ms, created_ms, next_ms;
};

struct identity_policy_row {
    struct slice identity, name, document;
};

struct signing_key_row {
    struct slice public_base64, private_sealed; /* sealed with row "signing-key:<public>" */
    int64_t algorithm, bits, created_ms;
    struct slice domain, selector; /* empty: waits in the pool */
    int64_t position;              /* as those below, of identity/rotation.h */
    bool published;                /* DNS was seen to show it */
    int64_t published_ms, signing_ms, retired_ms, kept_ms, counted_ms, gone_ms;
    int64_t updates, update_ms; /* changes asked of DNS since it last was as it should; the next */
};

MUST_USE enum rc identities_insert(struct database *db, const struct identity_row *row,
                                   struct err *err);
MUST_USE enum rc identities_find(struct database *db, struct arena *arena, struct slice name,
                                 struct identity_row *out, struct err *err);
MUST_USE enum rc identities_list(struct database *db, struct arena *arena,
                                 struct identity_row **out, size_t *count, struct err *err);
enum identity_kind { IDENTITY_ANY_KIND, IDENTITY_DOMAIN, IDENTITY_ADDRESS };
/* Those with `text` (lower-case; empty: all) in their name, behind `after`, at most `limit`. */
MUST_USE enum rc identities_search(struct database *db, struct arena *arena, struct slice text,
                                   struct slice after, int64_t limit, struct identity_row **out,
                                   size_t *count, struct err *err);
/* At most `limit` by name, from behind `after`. */
MUST_USE enum rc identities_page(struct database *db, struct arena *arena, struct slice after,
                                 enum identity_kind kind, int64_t limit, struct identity_row **out,
                                 size_t *count, struct err *err);
MUST_USE enum rc identities_count(struct database *db, int64_t *count, struct err *err);
MUST_USE enum rc identities_delete(struct database *db, struct slice name, struct err *err);
MUST_USE enum rc identities_update(struct database *db, const struct identity_row *row,
                                   struct err *err);

MUST_USE enum rc proofs_put(struct database *db, const struct proof_row *row, struct err *err);
/* RC_NOT_FOUND without words when there is none. */
MUST_USE enum rc proofs_find(struct database *db, struct arena *arena, struct slice identity,
                             const char *kind, struct proof_row *out, struct err *err);
/* How many of a kind stand so. */
MUST_USE enum rc proofs_count(struct database *db, const char *kind, int64_t status, int64_t *count,
                              struct err *err);
MUST_USE enum rc proofs_delete(struct database *db, struct slice identity, const char *kind,
                               struct err *err);
/* Identities with a proof to look for by now; each name once. */
MUST_USE enum rc proofs_due(struct database *db, struct arena *arena, int64_t now_ms, int64_t limit,
                            struct slice **names, size_t *count, struct err *err);
/* What is due by now is not due before `until_ms`: no identity can be looked at without end. */
MUST_USE enum rc proofs_postpone(struct database *db, struct slice identity, int64_t now_ms,
                                 int64_t until_ms, struct err *err);
MUST_USE enum rc proofs_next_ms(struct database *db, int64_t *next_ms, struct err *err);

MUST_USE enum rc identity_policies_put(struct database *db, const struct identity_policy_row *row,
                                       struct err *err);
MUST_USE enum rc identity_policies_of(struct database *db, struct arena *arena,
                                      struct slice identity, struct identity_policy_row **out,
                                      size_t *count, struct err *err);
MUST_USE enum rc identity_policies_delete(struct database *db, struct slice identity,
                                          struct slice name, struct err *err);

MUST_USE enum rc signing_keys_insert(struct database *db, const struct signing_key_row *row,
                                     struct err *err);
MUST_USE enum rc signing_keys_pooled(struct database *db, int64_t algorithm, int64_t *count,
                                     struct err *err);
/* Gives one key of the pool to a domain. RC_NOT_FOUND when the pool is empty. */
MUST_USE enum rc signing_keys_claim(struct database *db, struct arena *arena, int64_t algorithm,
                                    struct slice domain, struct slice selector, int64_t position,
                                    struct err *err);
/* Of each algorithm: the one that signs, those that wait in order, those that signed before. */
MUST_USE enum rc signing_keys_of(struct database *db, struct arena *arena, struct slice domain,
                                 struct signing_key_row **out, size_t *count, struct err *err);
/* Those at position 0: one an algorithm. */
MUST_USE enum rc signing_keys_active(struct database *db, struct arena *arena, struct slice domain,
                                     struct signing_key_row **out, size_t *count, struct err *err);
/* All that rotation moves, and the private key: an empty one is destroyed. */
MUST_USE enum rc signing_keys_update(struct database *db, const struct signing_key_row *row,
                                     struct err *err);
MUST_USE enum rc signing_keys_delete(struct database *db, struct slice public_base64,
                                     struct err *err);
/* Domain identities without a key of this algorithm. */
MUST_USE enum rc signing_keys_lacking(struct database *db, struct arena *arena, int64_t algorithm,
                                      struct slice **domains, size_t *count, struct err *err);
MUST_USE enum rc signing_keys_delete_of(struct database *db, struct slice domain, int64_t algorithm,
                                        struct err *err);

MUST_USE enum rc verifications_insert(struct database *db, struct slice token_hash,
                                      struct slice address, int64_t expires_ms, struct err *err);
/* RC_NOT_FOUND unknown, RC_CONFLICT used before (*address is set), RC_LIMIT expired; marks it used. */
MUST_USE enum rc verifications_use(struct database *db, struct arena *arena,
                                   struct slice token_hash, int64_t now_ms, struct slice *address,
                                   struct err *err);
/* Where the browser of who follows the link goes on, when it worked and when not; empty: nowhere.
 * Set after verifications_insert. */
MUST_USE enum rc verifications_set_urls(struct database *db, struct slice token_hash,
                                        struct slice success_url, struct slice failure_url,
                                        struct err *err);
MUST_USE enum rc verifications_urls(struct database *db, struct arena *arena,
                                    struct slice token_hash, struct slice *success_url,
                                    struct slice *failure_url, struct err *err);
/* One more verification mail goes to the mailbox now; those before `since_ms` are forgotten.
 * RC_LIMIT: it had `max` since then. */
MUST_USE enum rc verifications_count_mail(struct database *db, struct slice mailbox,
                                          int64_t since_ms, int64_t now_ms, int64_t max,
                                          struct err *err);
/* Earlier links for the address stop working; so do expired ones. */
MUST_USE enum rc verifications_forget(struct database *db, struct slice address, int64_t now_ms,
                                      struct err *err);

#endif
