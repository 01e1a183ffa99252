/*
 * What a user has and does not use: access keys, a password, permissions (reference §5.8). Nothing is
 * kept of it: it follows from when keys and permissions were used last, and is worked out when somebody
 * asks.
 */
#ifndef POSTERN_API_UNUSED_ACCESS_H
#define POSTERN_API_UNUSED_ACCESS_H

#include "operations.h"
#include "store/users.h"

enum unused_kind { UNUSED_KEY, UNUSED_PASSWORD, UNUSED_PERMISSION, UNUSED_KIND_COUNT };
const char *unused_kind_name(enum unused_kind kind); /* "UnusedIAMUserAccessKey" */

struct unused_action {
    struct slice name; /* "ses:SendEmail" */
    int64_t used_ms;   /* 0: never */
};

/* Of one service: all that is permitted, or some actions. */
struct unused_service {
    struct slice name;                   /* "ses" */
    int64_t used_ms;                     /* 0: never */
    const struct unused_action *actions; /* none: the service is not used at all */
    size_t action_count;
};

struct unused_finding {
    enum unused_kind kind;
    struct slice id;
    int64_t since_ms; /* since when it counts as unused */
    int64_t used_ms;  /* of a key; 0: never */
    struct slice access_key;
    const struct unused_service *services; /* of permissions */
    size_t service_count;
};

/* Those of one user, unused for so many days, in the same order each time. */
MUST_USE enum rc unused_access_of(struct api_call *call, const struct user_row *user, int64_t days,
                                  struct unused_finding **out, size_t *count, struct err *err);
/* Whose finding that would be. RC_NOT_FOUND: it cannot be one. */
MUST_USE enum rc unused_access_user(struct api_call *call, struct slice id, struct user_row *out,
                                    struct err *err);

#endif
