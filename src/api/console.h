/*
 * The console: a browser in which a user of IAM is signed in with a password, and with a code when
 * the user has a second factor. Its session is one more way to say who asks; what it asks for is the
 * same operations, under the same policies, as with an access key.
 *
 * The token is in a cookie that no script reads and no other site's request carries; a request must
 * also have a header that no other site can set (X-Postern-Console), and come over TLS or from this
 * machine (console_request.h).
 */
#ifndef POSTERN_API_CONSOLE_H
#define POSTERN_API_CONSOLE_H

#include "call.h"
#include "console_request.h"
#include "store/console_sessions.h"

extern const struct console_session_limits console_limits;

/* ---- a request of the console ---- */

/* Who is signed in. RC_DENIED: nobody, or not any more. */
MUST_USE enum rc console_caller(struct arena *arena, const struct api_constants *constants,
                                struct database *database, const struct console_request *request,
                                int64_t now_ms, struct api_caller *out, struct err *err);
/* Is the session of the caller still one, or the access key? */
MUST_USE enum rc console_caller_is_usable(struct database *database, struct arena *arena,
                                          const struct api_caller *caller, int64_t now_ms,
                                          bool *usable, struct err *err);

/* ---- signing in ---- */

struct console_attempt {
    struct slice user, password, code;
    /* What the worker finds: whom it let in, with what. */
    struct user_row row;
    struct slice password_hash;
    int64_t step; /* of the code; 0: the user has no second factor */
};

enum console_result { CONSOLE_IN, CONSOLE_REFUSED, CONSOLE_CODE_WANTED, CONSOLE_UNAVAILABLE };

/* On a worker. Takes the same time, and says the same, for whom there is no such user, no password, a
 * wrong one, and who is suspended; that a code is wanted is told only behind the password. */
enum console_result console_check(struct arena *arena, const struct api_constants *constants,
                                  struct database *database, struct console_attempt *attempt,
                                  int64_t now_ms, struct err *err);
/* In the writer's transaction: the session, and a code that will not be taken again. RC_DENIED: the
 * password was changed, or the code used, since. */
MUST_USE enum rc console_open(struct database *database, const struct console_attempt *attempt,
                              struct slice token_hash, int64_t now_ms, struct err *err);

/* A fresh token for the cookie, and what is stored of it. */
void console_token_make(struct arena *arena, struct slice *token, struct slice *hash);
/* Header lines: the cookie, or its end when `token` is empty. */
struct slice console_cookie(struct arena *arena, struct slice token, bool tls);

#endif
