/* Access keys that nobody has a reason to use: whoever does has stolen them (api/canary_operations.c). */
#ifndef POSTERN_STORE_CANARIES_H
#define POSTERN_STORE_CANARIES_H

#include "database.h"

struct canary_row {
    struct slice access_key, user_name; /* user_name: read only */
    bool active;                        /* the key; read only */
    int64_t created_ms, uses, used_ms;  /* used_ms 0: never */
    struct slice last_use;              /* in words */
};

MUST_USE enum rc canaries_insert(struct database *db, struct slice access_key, int64_t now_ms,
                                 struct err *err);
MUST_USE enum rc canaries_is(struct database *db, struct slice access_key, bool *is,
                             struct err *err);
/* RC_NOT_FOUND: it is none. */
MUST_USE enum rc canaries_count_use(struct database *db, struct slice access_key, int64_t now_ms,
                                    struct slice words, struct err *err);
MUST_USE enum rc canaries_list(struct database *db, struct arena *arena, struct canary_row **out,
                               size_t *count, struct err *err);

#endif
