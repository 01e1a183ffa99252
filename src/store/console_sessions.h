/*
 * Who is signed in to the console. A session is found by the SHA-256 of its token, so that the store,
 * or a backup of it, signs nobody in. It ends with the password that opened it: a new one, or none,
 * and every session of the user is over. Slices are copied into the arena.
 */
#ifndef POSTERN_STORE_CONSOLE_SESSIONS_H
#define POSTERN_STORE_CONSOLE_SESSIONS_H

#include "users.h"

enum { CONSOLE_TOKEN_HASH = 32 };

struct console_session_row {
    struct slice token_hash, user_id;
    int64_t created_ms, used_ms; /* used: when it last was, to the minute */
    bool must_change_password;   /* of one that was found */
};

/* How long one lasts after it began, and after it was last used. */
struct console_session_limits {
    int64_t lifetime_ms, idle_ms;
};

MUST_USE enum rc console_sessions_insert(struct database *db, const struct console_session_row *row,
                                         struct err *err);
/* The session and its user. RC_NOT_FOUND without words: there is none, it is over, its password is
 * not the present one, or its user is suspended. */
MUST_USE enum rc console_sessions_find(struct database *db, struct arena *arena,
                                       struct slice token_hash,
                                       const struct console_session_limits *limits, int64_t now_ms,
                                       struct console_session_row *out, struct user_row *user,
                                       struct err *err);
MUST_USE enum rc console_sessions_use(struct database *db, struct slice token_hash, int64_t now_ms,
                                      struct err *err);
MUST_USE enum rc console_sessions_delete(struct database *db, struct slice token_hash,
                                         struct err *err);
/* Everywhere. */
MUST_USE enum rc console_sessions_delete_of(struct database *db, struct slice user_id,
                                            struct err *err);
/* All but the newest of the user's. */
MUST_USE enum rc console_sessions_keep_newest(struct database *db, struct slice user_id,
                                              int64_t count, struct err *err);
/* Those that are over, so that they do not add up. */
MUST_USE enum rc console_sessions_sweep(struct database *db,
                                        const struct console_session_limits *limits, int64_t now_ms,
                                        struct err *err);

#endif
