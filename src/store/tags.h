/* Tags of resources, by ARN. Slices are copied into the arena. */
#ifndef POSTERN_STORE_TAGS_H
#define POSTERN_STORE_TAGS_H

#include "database.h"

struct tag_row {
    struct slice key, value;
};

/* A key that is there gets the new value. */
MUST_USE enum rc tags_put(struct database *db, struct slice resource, const struct tag_row *row,
                          struct err *err);
MUST_USE enum rc tags_of(struct database *db, struct arena *arena, struct slice resource,
                         struct tag_row **out, size_t *count, struct err *err); /* by key */
MUST_USE enum rc tags_delete_of(struct database *db, struct slice resource, struct err *err);

#endif
