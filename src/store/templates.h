/* Templates of messages (reference §9) and of verification mail (§3.6). Slices are copied into the
 * arena. */
#ifndef POSTERN_STORE_TEMPLATES_H
#define POSTERN_STORE_TEMPLATES_H

#include "database.h"

struct email_template_row {
    struct slice name, subject, text, html; /* an absent part is empty */
    int64_t created_ms;
};

/* RC_CONFLICT: the name is taken. */
MUST_USE enum rc email_templates_insert(struct database *db, const struct email_template_row *row,
                                        struct err *err);
/* Replaces all but the name and when it was made. RC_NOT_FOUND. */
MUST_USE enum rc email_templates_update(struct database *db, const struct email_template_row *row,
                                        struct err *err);
MUST_USE enum rc email_templates_find(struct database *db, struct arena *arena, struct slice name,
                                      struct email_template_row *out, struct err *err);
MUST_USE enum rc email_templates_delete(struct database *db, struct slice name, struct err *err);
MUST_USE enum rc email_templates_count(struct database *db, int64_t *count, struct err *err);
/* Names and instants alone, by name, from behind `after`. */
MUST_USE enum rc email_templates_list(struct database *db, struct arena *arena, struct slice after,
                                      int64_t limit, struct email_template_row **out, size_t *count,
                                      struct err *err);

/* Of the mail that asks for the proof of an address. */
struct verification_template_row {
    struct slice name, from_address, subject, content; /* content: HTML */
    struct slice success_url, failure_url;
    int64_t created_ms;
};

MUST_USE enum rc verification_templates_insert(struct database *db,
                                               const struct verification_template_row *row,
                                               struct err *err);
MUST_USE enum rc verification_templates_update(struct database *db,
                                               const struct verification_template_row *row,
                                               struct err *err);
MUST_USE enum rc verification_templates_find(struct database *db, struct arena *arena,
                                             struct slice name,
                                             struct verification_template_row *out,
                                             struct err *err);
MUST_USE enum rc verification_templates_delete(struct database *db, struct slice name,
                                               struct err *err);
MUST_USE enum rc verification_templates_count(struct database *db, int64_t *count, struct err *err);
/* All but the content, by name, from behind `after`. */
MUST_USE enum rc verification_templates_list(struct database *db, struct arena *arena,
                                             struct slice after, int64_t limit,
                                             struct verification_template_row **out, size_t *count,
                                             struct err *err);

#endif
