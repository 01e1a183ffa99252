/* Passwords of IAM users, hashed. Slices are copied into the arena. */
#ifndef POSTERN_STORE_LOGIN_PROFILES_H
#define POSTERN_STORE_LOGIN_PROFILES_H

#include "database.h"

struct login_profile_row {
    struct slice user_folded, password_hash;
    int64_t created_ms, changed_ms; /* changed: the password */
    bool reset_required;
};

/* RC_CONFLICT: the user has one. */
MUST_USE enum rc login_profiles_insert(struct database *db, const struct login_profile_row *row,
                                       struct err *err);
/* All but whose it is and when it was made. */
MUST_USE enum rc login_profiles_update(struct database *db, const struct login_profile_row *row,
                                       struct err *err);
MUST_USE enum rc login_profiles_find(struct database *db, struct arena *arena, struct slice user,
                                     struct login_profile_row *out, struct err *err);
MUST_USE enum rc login_profiles_delete(struct database *db, struct slice user, struct err *err);

#endif
