/* A record of the ledger in JSON, as the command line and the API show it. */
#ifndef POSTERN_API_LEDGER_VIEW_H
#define POSTERN_API_LEDGER_VIEW_H

#include "base/json.h"
#include "report/ledger.h"

/* Members of an open object: number, time, kind, and the fields that it has. */
void ledger_view_put(struct json_writer *writer, struct arena *arena, int64_t number,
                     const struct ledger_record *record);

#endif
