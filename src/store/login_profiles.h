/* Passwords of IAM users, hashed. Slices are copied into the arena. */
#ifndef POSTERN_STORE_LOGIN_PROFILES_H
#define POSTERN_STORE_LOGIN_PROFILES_H

#include "database.h"

struct login_profile_row {
    struct slice user_folded, password_hash;
    int64_t created_ms, changed_ms; /* changed: the password */
    bool reset_required;
    /* The second factor: sealed with row "totp:<user id>"; empty: none. It counts once a code of it was
     * given; `totp_step` is that of the last code that was taken. */
    struct slice totp_secret;
    bool totp_confirmed;
    int64_t totp_step;
};

/* RC_CONFLICT: the user has one. */
MUST_USE enum rc login_profiles_insert(struct database *db, const struct login_profile_row *row,
                                       struct err *err);
/* The password, and whether it must be changed. */
MUST_USE enum rc login_profiles_update(struct database *db, const struct login_profile_row *row,
                                       struct err *err);
MUST_USE enum rc login_profiles_find(struct database *db, struct arena *arena, struct slice user,
                                     struct login_profile_row *out, struct err *err);
/* Somebody signed in with this password, and with a code of this step, which is not taken again; 0: with
 * none. RC_DENIED: the password is another one by now, or the code was taken. */
MUST_USE enum rc login_profiles_use(struct database *db, struct slice user,
                                    struct slice password_hash, int64_t step, int64_t now_ms,
                                    struct err *err);
/* The second factor, and that no code of it was taken yet. */
MUST_USE enum rc login_profiles_set_totp(struct database *db, struct slice user,
                                         struct slice secret, bool confirmed, int64_t step,
                                         struct err *err);
MUST_USE enum rc login_profiles_delete(struct database *db, struct slice user, struct err *err);

#endif
