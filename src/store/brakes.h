/* What is remembered of how each access key sends (spool/brake.h), and which are braked. */
#ifndef POSTERN_STORE_BRAKES_H
#define POSTERN_STORE_BRAKES_H

#include "database.h"

struct brake_row {
    struct slice access_key, user_name;
    struct slice memory; /* spool/brake.h; empty: nothing yet */
    int64_t sent_before; /* within an hour, at most, before there was a brake */
    int64_t tripped_ms;  /* 0: not braked */
    struct slice reason, words;
    int64_t held_bytes; /* accepted and held since it tripped */
    bool canary;        /* the key is one (canaries.h); read only */
    int64_t held;       /* recipients; read only, in lists */
    bool active;        /* the key is there and not switched off; read only, in lists */
};

/* What is not there is a row of nothing. */
MUST_USE enum rc brakes_find(struct database *db, struct arena *arena, struct slice access_key,
                             struct brake_row *out, struct err *err);
MUST_USE enum rc brakes_put(struct database *db, const struct brake_row *row, struct err *err);
/* Of one key, or of all keys of a user, the keys that are gone among them. */
MUST_USE enum rc brakes_of(struct database *db, struct arena *arena, struct slice target,
                           struct brake_row **out, size_t *count, struct err *err);
MUST_USE enum rc brakes_tripped(struct database *db, struct arena *arena, struct brake_row **out,
                                size_t *count, struct err *err);
/* Of those that are active. */
MUST_USE enum rc brakes_count_tripped(struct database *db, int64_t *count, struct err *err);
/* A key that takes the place of another, unless that is braked: then it begins anew. */
MUST_USE enum rc brakes_inherit(struct database *db, struct slice from_key, struct slice to_key,
                                struct err *err);
/* If the key is gone, or, with `off`, switched off: when nothing of it is held any more. */
MUST_USE enum rc brakes_forget(struct database *db, struct slice access_key, bool off,
                               struct err *err);

#endif
