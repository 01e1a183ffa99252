/* Configuration sets and what is switched for them (reference §8.1). Slices are copied into the
 * arena. */
#ifndef POSTERN_STORE_CONFIGURATION_SETS_H
#define POSTERN_STORE_CONFIGURATION_SETS_H

#include "database.h"

/* What sending must know of one. */
MUST_USE enum rc configuration_sets_state(struct database *db, struct slice name, bool *exists,
                                          bool *sending, struct err *err);

#endif
