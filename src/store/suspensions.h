/*
 * Who and what the administrator suspended, why and until when. A row says nothing by itself: who
 * decides compares its end with the clock, so that nothing has to run for a suspension to be over.
 *
 * Users are known by their unique id, so that no new name leaves a suspension behind; identities by
 * name, registered or not, so that one made again is suspended still.
 */
#ifndef POSTERN_STORE_SUSPENSIONS_H
#define POSTERN_STORE_SUSPENSIONS_H

#include "database.h"

enum suspension_kind { SUSPENSION_USER, SUSPENSION_IDENTITY };

struct suspension_row {
    enum suspension_kind kind;
    struct slice name;          /* as it is shown: of a user the name that it has now */
    struct slice reason;        /* UTF-8, no controls */
    int64_t since_ms, until_ms; /* in force while now < until_ms; INT64_MAX: no end */
};

/* All of them are read for each decision. */
enum { SUSPENSIONS_MAX = 1000 };

/* `subject`: the id of a user, the name of an identity. Replaces one that is there; forgets what is
 * over. RC_LIMIT: there are SUSPENSIONS_MAX. */
MUST_USE enum rc suspensions_put(struct database *db, const struct suspension_row *row,
                                 struct slice subject, struct err *err);
/* *ended: there was one in force. */
MUST_USE enum rc suspensions_end(struct database *db, enum suspension_kind kind,
                                 struct slice subject, int64_t now_ms, bool *ended,
                                 struct err *err);
/* Of one user, by folded name; RC_NOT_FOUND without words when there is none. */
MUST_USE enum rc suspensions_of_user(struct database *db, struct arena *arena, struct slice folded,
                                     struct suspension_row *out, struct err *err);
/* By kind and name; ended ones may be among them. */
MUST_USE enum rc suspensions_list(struct database *db, struct arena *arena,
                                  enum suspension_kind kind, struct suspension_row **out,
                                  size_t *count, struct err *err);

#endif
