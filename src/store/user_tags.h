/*
 * Tags of IAM users, by the user's unique id, which stays when the user is renamed. Keys keep their
 * case and are compared without it. Slices are copied into the arena.
 */
#ifndef POSTERN_STORE_USER_TAGS_H
#define POSTERN_STORE_USER_TAGS_H

#include "database.h"

struct user_tag_row {
    struct slice key, value;
};

/* Replaces the one of that key. */
MUST_USE enum rc user_tags_put(struct database *db, struct slice user_id, struct slice key,
                               struct slice value, struct err *err);
/* One that is not there is no error. */
MUST_USE enum rc user_tags_delete(struct database *db, struct slice user_id, struct slice key,
                                  struct err *err);
/* Those with keys behind `after`, at most `limit`. */
MUST_USE enum rc user_tags_page(struct database *db, struct arena *arena, struct slice user_id,
                                struct slice after, int64_t limit, struct user_tag_row **out,
                                size_t *count, struct err *err);

#endif
