/*
 * What the gate must know of a request, read from the store, and what the identity
 * of the From address says about how the message leaves. Nothing here is cached but compiled
 * policies, which are keyed by their content: what was revoked is gone at the next decision.
 */
#ifndef POSTERN_AUTHORIZE_FACTS_H
#define POSTERN_AUTHORIZE_FACTS_H

#include "access.h"
#include "store/database.h"

/* Compiled policies by content; one a thread. */
struct policy_cache;
struct policy_cache *policy_cache_new(void);
void policy_cache_free(struct policy_cache *cache);
/* Borrowed until the cache is freed or trimmed between requests. */
MUST_USE enum rc policy_cache_get(struct policy_cache *cache, struct slice document,
                                  enum policy_kind kind, const struct policy **out,
                                  struct err *err);
void policy_cache_trim(struct policy_cache *cache); /* call between requests */

struct facts_source {
    struct database *database;
    struct policy_cache *policies;
    struct slice region, account, hostname;
    bool refuse_misleading_names, reverse_path_is_feedback;
    int64_t dkim_grace_ms;
};

/* From the settings of the most specific verified identity of the From address. */
struct sending_settings {
    struct slice dkim_domain;      /* d=; empty: the provider signs and shows */
    struct slice mail_from_domain; /* proved; empty: none */
    struct slice configuration_set;
};

/* Everything that applies to one user: inline, managed, of groups, the boundary. `user` is folded. */
MUST_USE enum rc facts_principal(struct arena *arena, const struct facts_source *source,
                                 struct slice user, const struct policy_entry **policies,
                                 size_t *count, struct err *err);

/* Every identity of the account, by name. */
MUST_USE enum rc facts_identities(struct arena *arena, const struct facts_source *source,
                                  struct access_identity **out, size_t *count, struct err *err);
/* Of identities, ended ones too: who decides compares with the clock. */
MUST_USE enum rc facts_suspensions(struct arena *arena, struct database *database,
                                   const struct suspension_fact **out, size_t *count,
                                   struct err *err);

/*
 * Within the caller's transaction, so that all of it is one snapshot.
 *
 * `user`: folded name of the principal; empty for the system. facts->quota is left QUOTA_OK: the
 * owner of the quota fills it in. RC_TEMPORARY when the store cannot be read.
 */
MUST_USE enum rc facts_load(struct arena *arena, const struct facts_source *source,
                            struct slice user, const struct senders *senders,
                            const struct address *recipients, size_t recipient_count,
                            struct gate_facts *facts, struct sending_settings *settings,
                            struct err *err);

#endif
