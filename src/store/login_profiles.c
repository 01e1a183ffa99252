#include "login_profiles.h"

static enum rc
not_found(struct err *err)
{
    return err_set(err, RC_NOT_FOUND, "the user has no login profile");
}

enum rc
login_profiles_insert(struct database *db, const struct login_profile_row *row, struct err *err)
{
    struct query q = query_start(db, "INSERT INTO login_profile (iam_user, password_hash, "
                                     "created_ms, changed_ms, reset_required) "
                                     "VALUES (?, ?, ?, ?, ?)");
    query_text(&q, row->user_folded);
    query_text(&q, row->password_hash);
    query_i64(&q, row->created_ms);
    query_i64(&q, row->changed_ms);
    query_i64(&q, row->reset_required);
    return query_run(&q, err);
}

enum rc
login_profiles_update(struct database *db, const struct login_profile_row *row, struct err *err)
{
    struct query q = query_start(db, "UPDATE login_profile SET password_hash = ?, changed_ms = ?, "
                                     "reset_required = ? WHERE iam_user = ?");
    query_text(&q, row->password_hash);
    query_i64(&q, row->changed_ms);
    query_i64(&q, row->reset_required);
    query_text(&q, row->user_folded);
    enum rc rc = query_run(&q, err);
    return rc == RC_OK && database_changes(db) == 0 ? not_found(err) : rc;
}

enum rc
login_profiles_find(struct database *db, struct arena *arena, struct slice user,
                    struct login_profile_row *out, struct err *err)
{
    struct query q =
        query_start(db, "SELECT iam_user, password_hash, created_ms, changed_ms, reset_required, "
                        "totp_secret, totp_confirmed, totp_step FROM login_profile "
                        "WHERE iam_user = ?");
    query_text(&q, user);
    bool found = query_row(&q);
    if (found)
        *out = (struct login_profile_row){
            .user_folded = query_column_text(&q, arena, 0),
            .password_hash = query_column_text(&q, arena, 1),
            .created_ms = query_column_i64(&q, 2),
            .changed_ms = query_column_i64(&q, 3),
            .reset_required = query_column_i64(&q, 4) != 0,
            .totp_secret = query_column_text(&q, arena, 5),
            .totp_confirmed = query_column_i64(&q, 6) != 0,
            .totp_step = query_column_i64(&q, 7),
        };
    enum rc rc = query_end(&q, err);
    return rc == RC_OK && !found ? not_found(err) : rc;
}

enum rc
login_profiles_use(struct database *db, struct slice user, struct slice password_hash, int64_t step,
                   int64_t now_ms, struct err *err)
{
    struct query q = query_start(db, "UPDATE login_profile SET used_ms = ?1, totp_step = "
                                     "max(totp_step, ?2) WHERE iam_user = ?3 AND password_hash = "
                                     "?4 AND CASE ?2 WHEN 0 THEN totp_confirmed = 0 ELSE "
                                     "totp_confirmed = 1 AND totp_step < ?2 END");
    query_i64(&q, now_ms);
    query_i64(&q, step);
    query_text(&q, user);
    query_text(&q, password_hash);
    enum rc rc = query_run(&q, err);
    return rc == RC_OK && database_changes(db) == 0
               ? err_set(err, RC_DENIED, "the password or the second factor has changed")
               : rc;
}

enum rc
login_profiles_set_totp(struct database *db, struct slice user, struct slice secret, bool confirmed,
                        int64_t step, struct err *err)
{
    struct query q =
        query_start(db, "UPDATE login_profile SET totp_secret = ?, totp_confirmed = ?, "
                        "totp_step = ? WHERE iam_user = ?");
    query_blob(&q, secret);
    query_i64(&q, confirmed);
    query_i64(&q, step);
    query_text(&q, user);
    enum rc rc = query_run(&q, err);
    return rc == RC_OK && database_changes(db) == 0 ? not_found(err) : rc;
}

enum rc
login_profiles_delete(struct database *db, struct slice user, struct err *err)
{
    struct query q = query_start(db, "DELETE FROM login_profile WHERE iam_user = ?");
    query_text(&q, user);
    enum rc rc = query_run(&q, err);
    return rc == RC_OK && database_changes(db) == 0 ? not_found(err) : rc;
}
