#include "console.h"
#include "accept/http.h"
#include "authenticate/login_password.h"
#include "authenticate/totp.h"
#include "base/clock.h"
#include "base/codec.h"
#include "base/random.h"
#include "store/login_profiles.h"
#include "store/suspensions.h"

#include <openssl/sha.h>

enum { SESSIONS_MAX = 20 /* of a user */ };

const struct console_session_limits console_limits = {.lifetime_ms = 12 * HOUR_MS,
                                                      .idle_ms = HOUR_MS};

/* ---- tokens ---- */

static struct slice
hash_of(struct arena *arena, struct slice token)
{
    unsigned char *hash = arena_alloc(arena, CONSOLE_TOKEN_HASH);
    SHA256((const unsigned char *)token.ptr, token.len, hash);
    return (struct slice){(char *)hash, CONSOLE_TOKEN_HASH};
}

void
console_token_make(struct arena *arena, struct slice *token, struct slice *hash)
{
    unsigned char bytes[CONSOLE_TOKEN];
    random_bytes(bytes, sizeof bytes);
    *token = codec_base64url(arena, (struct slice){(char *)bytes, sizeof bytes});
    *hash = hash_of(arena, *token);
    memory_wipe(bytes, sizeof bytes);
}

struct slice
console_cookie(struct arena *arena, struct slice token, bool tls)
{
    return arena_printf(arena,
                        "Set-Cookie: " CONSOLE_COOKIE
                        "=%.*s; Path=/console; HttpOnly; SameSite=Strict; Max-Age=%lld%s\r\n",
                        SLICE_ARG(token),
                        (long long)(token.len ? console_limits.lifetime_ms / SECOND_MS : 0),
                        tls ? "; Secure" : "");
}

/* ---- a request ---- */

static void
fill_caller(struct arena *arena, const struct api_constants *constants,
            const struct console_request *request, const struct user_row *user,
            const struct console_session_row *session, struct api_caller *out)
{
    *out = (struct api_caller){
        .user_folded = user->folded,
        .user_name = user->name,
        .user_id = user->id,
        .user_path = user->path,
        .user_arn = api_iam_arn(arena, constants, "user", user->path, user->name),
        .console_token = session->token_hash,
        .key_used_ms = session->used_ms,
        .must_change_password = session->must_change_password,
        .source_ip = request->source_ip,
        .tls = request->tls,
    };
    if (!http_field(request->header, "User-Agent", &out->user_agent))
        out->user_agent = SLICE("");
}

enum rc
console_caller(struct arena *arena, const struct api_constants *constants,
               struct database *database, const struct console_request *request, int64_t now_ms,
               struct api_caller *out, struct err *err)
{
    struct slice token;
    struct console_session_row session;
    struct user_row user;
    enum rc rc = RC_NOT_FOUND;
    if (console_request_token(request, &token))
        rc = console_sessions_find(database, arena, hash_of(arena, token), &console_limits, now_ms,
                                   &session, &user, err);
    if (rc == RC_NOT_FOUND)
        return err_set(err, RC_DENIED, "nobody is signed in: sign in again");
    if (rc == RC_OK)
        fill_caller(arena, constants, request, &user, &session, out);
    return rc;
}

enum rc
console_caller_is_usable(struct database *database, struct arena *arena,
                         const struct api_caller *caller, int64_t now_ms, bool *usable,
                         struct err *err)
{
    struct console_session_row session;
    struct user_row user;
    if (caller->console_token.len == 0)
        return access_keys_is_usable(database, caller->access_key, caller->user_folded, now_ms,
                                     usable, err);
    enum rc rc = console_sessions_find(database, arena, caller->console_token, &console_limits,
                                       now_ms, &session, &user, err);
    *usable = rc == RC_OK && slice_eq(user.folded, caller->user_folded);
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

/* ---- signing in ---- */

/* *known: there is such a user, who has a password and is not suspended. */
static enum rc
find_user(struct arena *arena, struct database *database, const struct console_attempt *attempt,
          int64_t now_ms, struct user_row *row, struct login_profile_row *profile, bool *known,
          struct err *err)
{
    struct suspension_row suspension;
    *known = false;
    enum rc rc = users_find(database, arena, attempt->user, row, err);
    if (rc == RC_OK)
        rc = login_profiles_find(database, arena, row->folded, profile, err);
    if (rc != RC_OK)
        return rc == RC_NOT_FOUND ? RC_OK : rc;
    rc = suspensions_of_user(database, arena, row->folded, &suspension, err);
    *known = rc == RC_NOT_FOUND || (rc == RC_OK && suspension.until_ms <= now_ms);
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static enum console_result
check_code(const struct api_constants *constants, const struct login_profile_row *profile,
           struct console_attempt *attempt, int64_t now_ms, struct arena *arena, struct err *err)
{
    struct secret secret;
    if (!profile->totp_confirmed)
        return CONSOLE_IN;
    if (attempt->code.len == 0)
        return CONSOLE_CODE_WANTED;
    struct slice row = arena_concat(arena, SLICE("totp:"), attempt->row.id);
    if (sealer_unseal(constants->sealer, row, profile->totp_secret, &secret, err) != RC_OK)
        return CONSOLE_UNAVAILABLE;
    attempt->step = totp_match(secret_slice(&secret), attempt->code, profile->totp_step, now_ms);
    secret_free(&secret);
    return attempt->step ? CONSOLE_IN : CONSOLE_REFUSED;
}

enum console_result
console_check(struct arena *arena, const struct api_constants *constants, struct database *database,
              struct console_attempt *attempt, int64_t now_ms, struct err *err)
{
    struct login_profile_row profile = {0};
    bool known;
    if (find_user(arena, database, attempt, now_ms, &attempt->row, &profile, &known, err) != RC_OK)
        return CONSOLE_UNAVAILABLE;
    enum rc rc = login_password_check(attempt->password, profile.password_hash, err);
    if (rc == RC_TEMPORARY)
        return CONSOLE_UNAVAILABLE;
    if (rc != RC_OK || !known)
        return CONSOLE_REFUSED;
    attempt->password_hash = profile.password_hash;
    return check_code(constants, &profile, attempt, now_ms, arena, err);
}

enum rc
console_open(struct database *database, const struct console_attempt *attempt,
             struct slice token_hash, int64_t now_ms, struct err *err)
{
    const struct console_session_row session = {.token_hash = token_hash,
                                                .user_id = attempt->row.id,
                                                .created_ms = now_ms,
                                                .used_ms = now_ms};
    enum rc rc = login_profiles_use(database, attempt->row.folded, attempt->password_hash,
                                    attempt->step, now_ms, err);
    if (rc == RC_OK)
        rc = console_sessions_sweep(database, &console_limits, now_ms, err);
    if (rc == RC_OK)
        rc = console_sessions_keep_newest(database, attempt->row.id, SESSIONS_MAX - 1, err);
    return rc == RC_OK ? console_sessions_insert(database, &session, err) : rc;
}
