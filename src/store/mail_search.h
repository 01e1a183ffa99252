/*
 * Finding mail: a row a recipient, the newest first, by who sent it, as what, to whom, and what became
 * of it; and what recipients have in common, by site. There is no index for it that every message
 * would pay for: recipients are read from the newest back, so many at a time, and who asks goes on
 * where that ended.
 */
#ifndef POSTERN_STORE_MAIL_SEARCH_H
#define POSTERN_STORE_MAIL_SEARCH_H

#include "messages.h"

enum { MAIL_SEARCH_STEP = 50000 }; /* recipients that are read at most */

/*
 * What is empty or 0 does not count. An address that has both its parts is meant whole; other text is
 * looked for in addresses, as "@example.net". Both in lower-case.
 */
struct mail_filter {
    struct slice user; /* folded: of that name, or by a key that is that user's now */
    struct slice access_key, from, to; /* from: header or reverse-path */
    unsigned states;                   /* a bit a recipient_state */
    int64_t since_ms, until_ms;        /* accepted in [since_ms, until_ms); INT64_MAX: no end */
    int64_t before;                    /* the key of a recipient: those before it */
    int64_t limit;
};

/* The keys of recipients, the newest first. *next: where to go on, as `before`; 0: that was all. */
MUST_USE enum rc mail_search(struct database *db, struct arena *arena,
                             const struct mail_filter *filter, int64_t **keys, size_t *count,
                             int64_t *next, struct err *err);

/* A site, as the domain of recipients. */
struct site_row {
    struct slice domain;
    int64_t queued, held, delivered, failed; /* failed: bounced or expired */
    int64_t next_ms;                         /* of the queued ones; 0: none */
    struct slice reply;                      /* the last that one of them got */
};
/* Those with mail that waits, the most of it first. */
MUST_USE enum rc sites_waiting(struct database *db, struct arena *arena, int64_t limit,
                               struct site_row **out, size_t *count, struct err *err);
/* Those of the newest MAIL_SEARCH_STEP recipients that were accepted since, the most first. *reached_ms:
 * when the oldest of these was accepted. */
MUST_USE enum rc sites_recent(struct database *db, struct arena *arena, int64_t since_ms,
                              int64_t limit, struct site_row **out, size_t *count,
                              int64_t *reached_ms, struct err *err);

/* Recipients that count for the quota, accepted since, by the name of the user. */
struct sent_row {
    struct slice user_name;
    int64_t recipients;
};
MUST_USE enum rc sent_by_user(struct database *db, struct arena *arena, int64_t since_ms,
                              struct sent_row **out, size_t *count, struct err *err);

#endif
