/* Analyzers of Access Analyzer: each says after how many days without use something is unused. What
 * they find is not stored, since everything it follows from is. Slices are copied into the arena. */
#ifndef POSTERN_STORE_ANALYZERS_H
#define POSTERN_STORE_ANALYZERS_H

#include "database.h"

struct analyzer_row {
    struct slice name;
    int64_t unused_days, created_ms;
};

/* RC_CONFLICT: there is one of that name. */
MUST_USE enum rc analyzers_insert(struct database *db, const struct analyzer_row *row,
                                  struct err *err);
MUST_USE enum rc analyzers_find(struct database *db, struct arena *arena, struct slice name,
                                struct analyzer_row *out, struct err *err);
/* By name, from behind `after`. */
MUST_USE enum rc analyzers_page(struct database *db, struct arena *arena, struct slice after,
                                int64_t limit, struct analyzer_row **out, size_t *count,
                                struct err *err);
MUST_USE enum rc analyzers_count(struct database *db, int64_t *count, struct err *err);
MUST_USE enum rc analyzers_set_days(struct database *db, struct slice name, int64_t unused_days,
                                    struct err *err);
MUST_USE enum rc analyzers_delete(struct database *db, struct slice name, struct err *err);

#endif
