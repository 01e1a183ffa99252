/* What the administrator is told by mail, one row a subject, however often it happens: what waits to be
 * told, and when it was told last. */
#ifndef POSTERN_STORE_ALARMS_H
#define POSTERN_STORE_ALARMS_H

#include "database.h"

enum alarm_weight { ALARM_CANARY_USED, ALARM_BRAKED, ALARM_CANARY_TRIED }; /* the worst first */

struct alarm_row {
    struct slice subject; /* "used:AKIA..." */
    enum alarm_weight weight;
    int64_t at_ms, times, last_ms; /* since it was told last */
    struct slice words, last_words;
};

MUST_USE enum rc alarms_put(struct database *db, struct slice subject, enum alarm_weight weight,
                            struct slice words, int64_t now_ms, struct err *err);
/* What waits and was not told since `told_before_ms`, the worst and then the oldest first. */
MUST_USE enum rc alarms_due(struct database *db, struct arena *arena, int64_t told_before_ms,
                            int64_t limit, struct alarm_row **out, size_t *count, struct err *err);
/* All of them are told, at once; what was told long ago is forgotten. */
MUST_USE enum rc alarms_told(struct database *db, int64_t told_before_ms, int64_t now_ms,
                             int64_t *count, struct err *err);
/* When that was told which is the next to be due. RC_NOT_FOUND: nothing waits. */
MUST_USE enum rc alarms_next(struct database *db, int64_t *told_ms, struct err *err);

#endif
