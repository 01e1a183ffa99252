/* Tags: what owners write on resources to find them again. `resource` is an ARN, or the unique id of
 * a user, which stays when the user is renamed. Slices are copied into the arena. */
#ifndef POSTERN_STORE_TAGS_H
#define POSTERN_STORE_TAGS_H

#include "database.h"

struct tag_row {
    struct slice key, value;
};

/* Keys keep their case; those of users are compared without it. */
enum tag_keys { TAG_KEYS_EXACT, TAG_KEYS_ANY_CASE };

/* Replaces the tag of that key. */
MUST_USE enum rc tags_put(struct database *db, struct slice resource, enum tag_keys keys,
                          const struct tag_row *tag, struct err *err);
/* A key that is not there is no failure. */
MUST_USE enum rc tags_remove(struct database *db, struct slice resource, enum tag_keys keys,
                             struct slice key, struct err *err);
/* By key: those behind `after`, at most `limit`. */
MUST_USE enum rc tags_page(struct database *db, struct arena *arena, struct slice resource,
                           struct slice after, int64_t limit, struct tag_row **out, size_t *count,
                           struct err *err);
/* With the resource its tags go. */
MUST_USE enum rc tags_forget(struct database *db, struct slice resource, struct err *err);

/* Is there such a thing? `type` as in ARNs: "identity", "configuration-set", "template",
 * "custom-verification-email-template", "contact-list"; nothing is of another type. */
MUST_USE enum rc tags_taggable(struct database *db, struct slice type, struct slice name,
                               bool *exists, struct err *err);

#endif
