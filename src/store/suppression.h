/*
 * The account's suppression list (reference §8.7): addresses that no mail goes to. They are kept and
 * compared in lower case, labels and all. Which reasons count is the account's setting, unless a
 * configuration set has its own. Slices are copied into the arena.
 */
#ifndef POSTERN_STORE_SUPPRESSION_H
#define POSTERN_STORE_SUPPRESSION_H

#include "database.h"

enum suppression_reason { SUPPRESSED_BOUNCE, SUPPRESSED_COMPLAINT, SUPPRESSION_REASON_COUNT };
const char *suppression_reason_name(enum suppression_reason reason); /* "BOUNCE" */

/* Reasons as a set of 1u << reason. */
enum { SUPPRESSION_ALL = 1u << SUPPRESSED_BOUNCE | 1u << SUPPRESSED_COMPLAINT };

struct suppressed_row {
    struct slice address;
    enum suppression_reason reason;
    int64_t updated_ms;
    struct slice message_id, feedback_id; /* what it was learned from; empty: put by hand */
};

/* Which reasons count for a message of this configuration set; empty: of none. */
MUST_USE enum rc suppression_reasons(struct database *db, struct arena *arena,
                                     struct slice configuration_set, unsigned *reasons,
                                     struct err *err);
MUST_USE enum rc suppression_set_reasons(struct database *db, struct arena *arena, unsigned reasons,
                                         struct err *err);

/* Replaces what was known of the address. */
MUST_USE enum rc suppression_put(struct database *db, struct arena *arena,
                                 const struct suppressed_row *row, struct err *err);
/* RC_NOT_FOUND. */
MUST_USE enum rc suppression_find(struct database *db, struct arena *arena, struct slice address,
                                  struct suppressed_row *out, struct err *err);
MUST_USE enum rc suppression_delete(struct database *db, struct arena *arena, struct slice address,
                                    struct err *err);

struct suppression_filter {
    struct slice after; /* by address, from behind this one */
    unsigned reasons;
    int64_t from_ms, to_ms;
    int64_t limit;
};
MUST_USE enum rc suppression_list(struct database *db, struct arena *arena,
                                  const struct suppression_filter *filter,
                                  struct suppressed_row **out, size_t *count, struct err *err);

#endif
