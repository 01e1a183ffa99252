/* Configuration sets and what is switched for them (reference §8.1). Slices are copied into the
 * arena. */
#ifndef POSTERN_STORE_CONFIGURATION_SETS_H
#define POSTERN_STORE_CONFIGURATION_SETS_H

#include "database.h"

struct configuration_set_row {
    struct slice name;
    int64_t created_ms;
    bool sending_enabled, tls_required, reputation_enabled;
    int64_t max_delivery_s; /* 0: as configured for all mail */
    int64_t fresh_ms;       /* since when its reputation counts; 0: since it was made */
    struct slice tracking_domain, https_policy; /* empty: none */
    bool suppression;                           /* has a list of reasons of its own */
    struct slice suppressed_reasons;            /* "BOUNCE COMPLAINT" */
};

/* RC_CONFLICT: the name is taken. */
MUST_USE enum rc configuration_sets_insert(struct database *db,
                                           const struct configuration_set_row *row,
                                           struct err *err);
/* RC_NOT_FOUND */
MUST_USE enum rc configuration_sets_find(struct database *db, struct arena *arena,
                                         struct slice name, struct configuration_set_row *out,
                                         struct err *err);
/* All but the name and when it was made. */
MUST_USE enum rc configuration_sets_update(struct database *db,
                                           const struct configuration_set_row *row,
                                           struct err *err);
MUST_USE enum rc configuration_sets_delete(struct database *db, struct slice name, struct err *err);
/* By name, from behind `after`. */
MUST_USE enum rc configuration_sets_list(struct database *db, struct arena *arena,
                                         struct slice after, int64_t limit, struct slice **names,
                                         size_t *count, struct err *err);
MUST_USE enum rc configuration_sets_count(struct database *db, int64_t *count, struct err *err);

#endif
