/*
 * What courier knows of DNS: questions go to core, which relays them to postern-resolver; answers
 * are kept for their time to live, within bounds. An answer that does not come in time is
 * DNS_TEMPORARY.
 */
#ifndef POSTERN_ROLE_LOOKUP_H
#define POSTERN_ROLE_LOOKUP_H

#include "net/protocol.h"

struct loop;
struct lookup;
struct lookup *lookup_new(struct loop *loop,
                          void (*ask)(void *ctx, const struct resolve_message *message), void *ctx);
void lookup_free(struct lookup *lookup);

/*
 * True with the answer, decoded into `arena`, when it is known. Otherwise it is asked for and
 * `wake` is called once, later, when it is; `waiter` must live until then. Asking again
 * meanwhile is fine and does not add a second call.
 */
MUST_USE bool lookup_get(struct lookup *lookup, struct arena *arena, enum dns_type type,
                         struct slice name, struct dns_answer *out, void (*wake)(void *waiter),
                         void *waiter);

/* A RESOLVED message. False: it is malformed. */
MUST_USE bool lookup_resolved(struct lookup *lookup, struct slice payload);

#endif
