/*
 * Who may send as whom, over everything in the store: the access report of each user, what it breaks
 * of "one person, one address", and how two states differ. Read in the caller's transaction.
 */
#ifndef POSTERN_API_ACCESS_VIEW_H
#define POSTERN_API_ACCESS_VIEW_H

#include "authorize/access.h"
#include "call.h"
#include "store/users.h"

struct access_holder {
    struct user_row user;
    size_t active_keys;
    int64_t suspended_until_ms; /* INT64_MAX: without an end; 0: not suspended */
    bool able; /* has an active key, and is not suspended for good: now or later, it can send */
    struct access_grants grants;
};

struct access_view {
    struct access_account account;
    bool sandbox, paused;
    struct access_holder *holders; /* every user, by name */
    size_t count;
};

/* `only`: folded name of the one user to look at; empty: all. */
MUST_USE enum rc access_view_load(struct api_call *call, struct slice only,
                                  struct access_view *view, struct err *err);

/* The addresses of a grant in words, as "taro@test1.com" or "any address of test1.com". */
struct slice access_grant_text(struct arena *arena, const struct access_grant *grant);
bool access_grant_is_conditional(const struct access_grant *grant);
/* One mailbox, its labels aside: an address in a policy, or an identity that is one. */
bool access_grant_is_one(const struct access_grant *grant);

enum access_finding_kind {
    ACCESS_SHARED,      /* one address, two principals */
    ACCESS_SEVERAL,     /* one principal, more than one address */
    ACCESS_NOT_GRANTED, /* an address that no policy names */
    ACCESS_UNLIMITED,   /* whatever an identity covers */
    ACCESS_UNDECIDED    /* policies that could not be taken apart */
};

struct access_finding {
    enum access_finding_kind kind;
    struct slice address; /* or an example */
    struct slice *users;  /* names */
    size_t user_count;
    struct slice text; /* what is wrong */
};

/* Of the users who are able to send. */
void access_view_check(struct arena *arena, const struct access_view *view,
                       struct access_finding **out, size_t *count);

struct access_change {
    bool gained;
    struct slice user;
    struct access_grant grant;
};

/* What may be sent after, and not before; and the other way round. */
void access_view_compare(struct arena *arena, const struct access_view *before,
                         const struct access_view *after, struct access_change **out,
                         size_t *count);

#endif
