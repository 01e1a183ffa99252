/* When the signing keys of a domain are looked at next, and whether another shall sign
 * (identity/rotation.h). A domain identity has a row for its RSA keys from the start. */
#ifndef POSTERN_STORE_ROTATIONS_H
#define POSTERN_STORE_ROTATIONS_H

#include "database.h"

struct rotation_row {
    struct slice domain;
    int64_t algorithm, wanted_ms;
    bool at_once;
    int64_t warned_ms; /* when the log last said that it waits for DNS */
    int64_t next_ms;
};

/* RC_NOT_FOUND without words when there is none. */
MUST_USE enum rc rotations_find(struct database *db, struct slice domain, int64_t algorithm,
                                struct rotation_row *out, struct err *err);
MUST_USE enum rc rotations_put(struct database *db, const struct rotation_row *row,
                               struct err *err);
/* Looked at now; what was wanted of it stays. Makes the row of its RSA keys when there is none. */
MUST_USE enum rc rotations_wake(struct database *db, struct slice domain, int64_t now_ms,
                                struct err *err);
/* Domains that are due by now; each once. So are those that are due after `latest_ms`, but for never:
 * that was written before the clock was set back. */
MUST_USE enum rc rotations_due(struct database *db, struct arena *arena, int64_t now_ms,
                               int64_t latest_ms, int64_t limit, struct slice **domains,
                               size_t *count, struct err *err);
MUST_USE enum rc rotations_next_ms(struct database *db, int64_t *next_ms, struct err *err);
/* What is due by now is not due before `until_ms`: no domain can be looked at without end. */
MUST_USE enum rc rotations_postpone(struct database *db, struct slice domain, int64_t now_ms,
                                    int64_t until_ms, struct err *err);

#endif
