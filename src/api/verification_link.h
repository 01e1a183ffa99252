/*
 * The link that proves an address (reference §3.6): whoever opens it reads the address's mail. Only
 * the hash of its token is stored: who reads the store cannot follow the link. It works once, for 24
 * hours, and a newer one for the same address ends it.
 */
#ifndef POSTERN_API_VERIFICATION_LINK_H
#define POSTERN_API_VERIFICATION_LINK_H

#include "call.h"

struct verification_link {
    struct slice address, hash, url;
    struct slice success_url, failure_url; /* where the browser goes on; empty: our own page */
    int64_t now_ms;
};

enum { VERIFICATION_MAILS_MAX = 10 };

/* A fresh link, which does not work until it is opened. */
void verification_link_make(struct arena *arena, const struct api_constants *constants,
                            struct slice address, int64_t now_ms, struct verification_link *out);
struct slice verification_link_hash(struct arena *arena, struct slice token);

/* In the writer's transaction: the address is an identity that waits for its proof, and this is its
 * link. One that is verified stays so.
 * RC_LIMIT: its mailbox had VERIFICATION_MAILS_MAX within a day, whoever asked for them. */
MUST_USE enum rc verification_link_open(struct database *database, struct arena *arena,
                                        const struct verification_link *link, struct err *err);

#endif
