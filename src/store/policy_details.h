/* Managed policies with everything that is known of them, for the report on who may do what
 * (GetAccountAuthorizationDetails). Slices are copied into the arena. */
#ifndef POSTERN_STORE_POLICY_DETAILS_H
#define POSTERN_STORE_POLICY_DETAILS_H

#include "database.h"

struct policy_detail_row {
    struct slice arn, name, id, path, description, document;
    int64_t version, created_ms, updated_ms, version_ms; /* of the default version */
    int64_t attachments, boundaries;                     /* who has it as what */
};

struct policy_detail_version {
    struct slice document;
    int64_t version, created_ms;
};

/* By unique id, from behind `after`, at most `limit`. */
MUST_USE enum rc policy_details_page(struct database *db, struct arena *arena, struct slice after,
                                     int64_t limit, struct policy_detail_row **out, size_t *count,
                                     struct err *err);
/* The versions beside the default one. */
MUST_USE enum rc policy_details_versions(struct database *db, struct arena *arena, struct slice arn,
                                         struct policy_detail_version **out, size_t *count,
                                         struct err *err);

#endif
