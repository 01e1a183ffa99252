/* What GetSendStatistics tells: how much was sent and how much of it came to nothing, a row for each
 * quarter of an hour in which there was any (reference §6); and what came of it beside. */
#ifndef POSTERN_STORE_STATISTICS_H
#define POSTERN_STORE_STATISTICS_H

#include "database.h"

#define STATISTICS_KEPT_MS ((int64_t)14 * 24 * 60 * 60 * 1000)

struct statistic_row {
    int64_t start_ms; /* of the quarter */
    int64_t attempts, bounces, complaints, rejects; /* attempts: recipients accepted, as SES counts */
    int64_t delivered, deferred;                    /* deferred: attempts that are made again */
};

/* Adds to the quarter that start_ms lies in. */
MUST_USE enum rc statistics_add(struct database *db, const struct statistic_row *row,
                                struct err *err);
MUST_USE enum rc statistics_since(struct database *db, struct arena *arena, int64_t since_ms,
                                  struct statistic_row **out, size_t *count, struct err *err);
MUST_USE enum rc statistics_expire(struct database *db, int64_t now_ms, struct err *err);

#endif
