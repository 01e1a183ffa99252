/*
 * The rows of the ledger (report/ledger.h says what is in them): written once, by the writer, in the
 * transaction of what they record. Details alone are ever replaced, and the oldest rows cut off.
 */
#ifndef POSTERN_STORE_LEDGER_RECORDS_H
#define POSTERN_STORE_LEDGER_RECORDS_H

#include "database.h"

struct ledger_row {
    int64_t number; /* from 1, without gaps */
    struct slice record, details, chain;
};

MUST_USE enum rc ledger_records_insert(struct database *db, const struct ledger_row *row,
                                       struct err *err);
/* RC_NOT_FOUND when it is empty. */
MUST_USE enum rc ledger_records_last(struct database *db, struct arena *arena,
                                     struct ledger_row *out, struct err *err);
MUST_USE enum rc ledger_records_find(struct database *db, struct arena *arena, int64_t number,
                                     struct ledger_row *out, struct err *err);
/* In order, those behind `after`. */
MUST_USE enum rc ledger_records_after(struct database *db, struct arena *arena, int64_t after,
                                      int64_t limit, struct ledger_row **out, size_t *count,
                                      struct err *err);
/* The newest first, those before `before`. */
MUST_USE enum rc ledger_records_before(struct database *db, struct arena *arena, int64_t before,
                                       int64_t limit, struct ledger_row **out, size_t *count,
                                       struct err *err);
MUST_USE enum rc ledger_records_put_details(struct database *db, int64_t number,
                                            struct slice details, struct err *err);
/* That a record is about a recipient of the queue, by its key: what happened to it before its end. The
 * ledger itself has no index. */
MUST_USE enum rc ledger_records_point(struct database *db, int64_t recipient_key, int64_t number,
                                      struct err *err);
/* Those that are still there, in order. */
MUST_USE enum rc ledger_records_of(struct database *db, struct arena *arena, int64_t recipient_key,
                                   int64_t limit, struct ledger_row **out, size_t *count,
                                   struct err *err);
/* Up to and with this one. */
MUST_USE enum rc ledger_records_cut(struct database *db, int64_t number, struct err *err);

#endif
