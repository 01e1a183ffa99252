/*
 * The ledger, read from the store itself, while the service runs or not: in one state, however long it
 * takes. Nothing is written; what is read here is no call, and not recorded.
 */
#ifndef POSTERN_CLI_LEDGER_READING_H
#define POSTERN_CLI_LEDGER_READING_H

#include "report/ledger.h"
#include "store/database.h"
#include "store/ledger_records.h"

MUST_USE enum rc ledger_reading_open(const char *dir, struct database **out, struct err *err);
void ledger_reading_close(struct database *database);

struct ledger_span {
    int64_t since_ms, until_ms; /* `until` itself is outside */
};
/* From --since and --until; NULL: from the first, to the last. RC_SYNTAX names the option. */
MUST_USE enum rc ledger_reading_span(const char *since, const char *until, struct ledger_span *out,
                                     struct err *err);

/* Each record of the span, in order. A record that cannot be read ends it: verify says what is wrong. */
MUST_USE enum rc ledger_reading_each(struct database *database, const struct ledger_span *span,
                                     void (*each)(void *ctx, const struct ledger_row *row,
                                                  const struct ledger_record *record),
                                     void *ctx, struct err *err);

/* One line for people. */
void ledger_reading_print(int64_t number, const struct ledger_record *record);

#endif
