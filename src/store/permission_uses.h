/*
 * Which permissions somebody used, and when last: what unused access is told by. Users are known by
 * their unique id, so that a new name changes nothing, and a new user of an old name has used
 * nothing. Rows go with the user.
 */
#ifndef POSTERN_STORE_PERMISSION_USES_H
#define POSTERN_STORE_PERMISSION_USES_H

#include "database.h"

struct permission_use_row {
    struct slice action; /* "ses:SendRawEmail" */
    int64_t used_ms;
};

/* Nothing when the user is gone. */
MUST_USE enum rc permission_uses_put(struct database *db, struct slice user_id, struct slice action,
                                     int64_t now_ms, struct err *err);
/* By action. */
MUST_USE enum rc permission_uses_of(struct database *db, struct arena *arena, struct slice user_id,
                                    struct permission_use_row **out, size_t *count,
                                    struct err *err);
/* Since when uses are recorded at all: a store may be older. */
MUST_USE enum rc permission_uses_since(struct database *db, struct arena *arena, int64_t *since_ms,
                                       struct err *err);

#endif
