/*
 * Leases, as the three files that move them see them: core_due.c says which mail may go next,
 * core_delivery.c brings it to courier, core_settle.c writes down what became of it.
 */
#ifndef POSTERN_ROLE_CORE_DELIVERY_H
#define POSTERN_ROLE_CORE_DELIVERY_H

#include <sys/queue.h>

#include "core.h"

enum {
    SENT_BYTES_MAX = 64 * 1024 * 1024, /* with courier, as far as it takes them at once */

    /* What a courier may leave unread. Of leases an honest one never leaves more than twice what
     * may be with it: all that was with it when the oldest of the unread was sent, and those that
     * were sent since, which it cannot have settled. As much again is for what else it is told:
     * the answers to its questions, of which it has 5,000 open. */
    COURIER_UNREAD_MAX = 3 * SENT_BYTES_MAX
};

/* One message's recipients of one domain. */
struct lease {
    uint64_t number;
    struct arena *arena; /* owned */
    struct message_row message;
    int64_t *recipient_keys;
    struct slice *recipients;
    uint32_t recipient_count;
    size_t recipient_bytes;
    struct slice domain;
    const struct config_route *route;
    struct slice body; /* when in memory */
    bool body_in_memory;
    bool sent;     /* to courier */
    bool away;     /* courier has it, and nothing was heard of it */
    bool stopped;  /* held or dropped by the administrator before it was sent */
    bool recalled; /* or after */
    bool settling; /* its outcome is with the writer, who frees it */
    uint32_t next_chunk;
    int64_t sent_bytes; /* of the body */
    int64_t credit;
    bool loading;
    struct slice loaded;         /* a chunk, partly sent; in loading_arena */
    struct arena *loading_arena; /* owned */
    struct destination *destination;
    STAILQ_ENTRY(lease) in_ready;
};

struct destination;
struct settlement;

struct delivery {
    struct core *core;
    /* core_delivery.c */
    struct map *leases;     /* by number */
    struct map *recipients; /* by recipient key: its lease */
    uint64_t last_number;
    /* core_due.c */
    TAILQ_HEAD(, destination) turns; /* who has ready leases and may send one */
    struct map *destinations;        /* by domain or smarthost; owned */
    size_t ready_count, ready_bytes, sent_count, sent_bytes;
    struct timer *timer;
    bool polling, poll_again;
    /* core_settle.c */
    struct settlement *unsettled; /* the store did not take them */
    struct timer *unsettled_timer;
};

/* core_delivery.c: leases. Recipients are added to a new one, at most `room`; then it is
 * dispatched: to its destination's line, or settled here. */
struct lease *lease_new(struct delivery *delivery, const struct message_row *message,
                        struct slice domain);
void lease_add(struct delivery *delivery, struct lease *lease, int64_t key, struct slice address,
               size_t room);
void lease_dispatch(struct delivery *delivery, struct lease *lease);
void lease_free(struct delivery *delivery, struct lease *lease);
/* Hand the next of the ready to courier, as long as it has room. */
void delivery_pump(struct delivery *delivery);

/* core_due.c: turns and shares. A lease belongs to its destination from the first to the last. */
void due_init(struct delivery *delivery);
void due_join(struct delivery *delivery, struct lease *lease);
void due_leave(struct delivery *delivery, struct lease *lease);
void due_ready(struct delivery *delivery, struct lease *lease); /* complete, and in its line */
/* Whose turn it is; NULL when nobody has one, or courier has all it may have. */
struct lease *due_next(struct delivery *delivery);
void due_sent(struct delivery *delivery, struct lease *lease); /* to courier */
void due_back(struct delivery *delivery, struct lease *lease); /* heard of; twice is fine */

/* core_settle.c: outcomes. What is settled frees the lease when it is written. */
void settle_init(struct delivery *delivery);
bool settle_outcome(struct delivery *delivery, struct slice payload); /* false: courier lies */
void settle_capture(struct delivery *delivery, struct lease *lease);
bool settle_simulated(struct delivery *delivery, struct lease *lease); /* false: it is no such */

#endif
