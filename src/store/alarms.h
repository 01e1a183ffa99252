/* What the administrator is to be told by mail and was not yet: one row a subject, however often. */
#ifndef POSTERN_STORE_ALARMS_H
#define POSTERN_STORE_ALARMS_H

#include "database.h"

struct alarm_row {
    struct slice subject; /* "brake:AKIA..." */
    int64_t at_ms, times, last_ms;
    struct slice words, last_words;
};

MUST_USE enum rc alarms_put(struct database *db, struct slice subject, struct slice words,
                            int64_t now_ms, struct err *err);
/* Oldest first. */
MUST_USE enum rc alarms_list(struct database *db, struct arena *arena, int64_t limit,
                             struct alarm_row **out, size_t *count, struct err *err);
MUST_USE enum rc alarms_delete(struct database *db, struct slice subject, struct err *err);

#endif
