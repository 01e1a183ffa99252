/*
 * The brake (brake.h) in the store: what comes in and what came of it is weighed in the transaction
 * that accepts or settles it. A credential that trips stays braked: its mail that waits and all that
 * comes is held, as the brake's, until the administrator releases or drops it.
 *
 * All functions run on the writer's thread, inside its transaction.
 */
#ifndef POSTERN_SPOOL_BRAKING_H
#define POSTERN_SPOOL_BRAKING_H

#include "brake.h"
#include "spool.h"
#include "store/brakes.h"

struct braking {
    bool holds;   /* the entry's recipients are held */
    bool tripped; /* just now */
    struct slice access_key, user_name;
    struct slice reason, words; /* of the trip */
    int64_t *stopped;           /* recipients that waited and are held now: not to be delivered */
    size_t stopped_count;
};

/* Before spool_accept: recipients that were queued may be held then. Mail of our own and of `postern check` is not weighed,
 * and that of a canary always held. RC_AGAIN, before anything is written: too much is held already.
 * Slices and `stopped` are in `arena`. */
MUST_USE enum rc braking_accept(struct database *db, struct arena *arena,
                                const struct brake_limits *limits, struct spool_entry *entry,
                                int64_t now_ms, struct braking *out, struct err *err);
/* After spool_settle: recipients of the message were delivered, or refused for good. */
MUST_USE enum rc braking_settle(struct database *db, struct arena *arena,
                                const struct brake_limits *limits,
                                const struct message_row *message, uint32_t delivered,
                                uint32_t failed, int64_t now_ms, struct braking *out,
                                struct err *err);

/* The credential is free, what it did was ordinary, and what the brake held of it is due. RC_CONFLICT:
 * it is not braked. */
MUST_USE enum rc braking_release(struct database *db, struct arena *arena, struct brake_row *row,
                                 int64_t now_ms, int64_t *released, struct err *err);
/* What the brake holds of it ends. It stays braked, or is forgotten when the key is switched off. */
MUST_USE enum rc braking_drop(struct database *db, struct arena *arena, struct brake_row *row,
                              int64_t now_ms, int64_t *dropped, struct err *err);

/* The memory of a row, as brake.h has it. */
void braking_memory(const struct brake_row *row, struct brake_memory *out);

#endif
