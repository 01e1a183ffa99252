/*
 * What the two halves of postern-courier share. courier.c speaks with core: leases in, outcomes
 * out. site.c speaks with the world: one site a next hop, its queue of leases and its connections.
 */
#ifndef POSTERN_ROLE_COURIER_H
#define POSTERN_ROLE_COURIER_H

#include <sys/queue.h>

#include "config.h"
#include "net/protocol.h"
#include "net/stream.h"

struct channel;
struct loop;
struct timer;
struct lookup;
struct feedback_listener;
struct poster;
struct map;
struct site;
struct connection;

struct courier {
    struct loop *loop;
    struct channel *core;
    const struct config *config;
    struct map *leases; /* by number; owns */
    struct map *sites;  /* by key; site.c owns */
    struct lookup *lookup;
    struct feedback_listener *feedback;
    struct poster *poster;                     /* NULL: heads of the ledger are not posted */
    struct tls_client *tls_any, *tls_verified; /* tls_verified: NULL without trust anchors */
    struct endpoint source;
    bool has_source;
    struct buf out;      /* one message to core at a time */
    struct buf key;      /* of a site being looked for */
    struct lease *owing; /* leases whose credit is looked at again soon */
    struct timer *grant_timer;
    bool draining; /* it stops: what is under way is finished, nothing is begun */
};

/* One DELIVER that core waits to hear about. */
struct lease {
    struct courier *courier;
    struct arena *arena; /* owned: the message and what it says */
    struct deliver_message message;
    struct recipient_outcome *outcomes;
    uint32_t known;  /* outcomes that are set */
    struct buf body; /* what came before the receiver wanted it */
    size_t credit;   /* bytes core may still send */
    size_t owed;     /* bytes passed on since credit was last granted */
    bool complete;   /* the last piece came */
    bool writing;    /* the receiver is being sent the message */
    bool in_owing;
    bool recalled;
    unsigned turned_away; /* times a used session was closed on it */
    struct lease *next_owing;
    struct connection *connection; /* NULL while it waits in its site's queue */
    struct site *site;
    STAILQ_ENTRY(lease) in_queue;
};

/* Who was spoken to; all empty when nobody was. */
struct remote {
    struct slice host, ip, tls;
    struct slice dialogue; /* with them about the message, up to DIALOGUE_MAX; borrowed */
};

/* One recipient's fate. Texts are copied. */
void lease_outcome(struct lease *lease, size_t recipient, enum outcome_kind kind,
                   struct slice status, struct slice reply);
/* The same for every recipient that has none yet. */
void lease_outcome_all(struct lease *lease, enum outcome_kind kind, struct slice status,
                       struct slice reply);
/* As if nothing had been tried. */
void lease_forget_outcomes(struct lease *lease);
/* Every recipient has an outcome: core is told, the lease is freed. */
void lease_finish(struct lease *lease, const struct remote *remote);
/* `bytes` of the body went towards the receiver. */
void lease_passed(struct lease *lease, size_t bytes);
/* Core gets credit for what was passed on; false when too much waits in the connection. */
bool lease_grant(struct lease *lease);

/* Take over a lease: it is finished sooner or later. */
void site_deliver(struct courier *courier, struct lease *lease);
/* More of the body of a lease that is being written; `last` ends it. */
void site_body(struct lease *lease, struct slice piece, bool last);
/* Take it back, if no byte of it was sent; then it is finished. */
void site_recall(struct lease *lease);
size_t site_backlog(const struct lease *lease);
/* Is a message on its way over one of its connections? */
bool site_is_busy(const struct site *site);
/* While draining, after each event: leave when nothing is on its way any more. */
void courier_drained(struct courier *courier);

#endif
