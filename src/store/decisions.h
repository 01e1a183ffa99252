/*
 * What was decided (design §5: every decision is recorded with its reason). An allowed submission's
 * decision stands in its message row; refusals stand in `decision`; failed logins are counted by
 * hour, network and reason, so that strangers cannot fill the disk.
 */
#ifndef POSTERN_STORE_DECISIONS_H
#define POSTERN_STORE_DECISIONS_H

#include "database.h"

struct decision_row {
    int64_t key, at_ms;
    struct slice user_name, access_key, source_ip, action, reverse_path, header_from;
    struct slice address; /* the sender address that decided; empty: none did */
    int64_t recipients;
    struct slice reason; /* "allowed", "explicit_deny", ... */
    struct slice policy;
    int64_t statement; /* -1: none */
    struct slice resource, reply, message_id;
};

MUST_USE enum rc decisions_insert(struct database *db, const struct decision_row *row,
                                  struct err *err);

struct decision_filter {
    struct slice user_name, from; /* empty: any; `from` is any of the sender addresses */
    int64_t since_ms, limit;
    int64_t before; /* the key of one: those before it; 0: from the newest */
    bool only_allowed, only_refused;
};
/* Newest first, allowed and refused together. */
MUST_USE enum rc decisions_list(struct database *db, struct arena *arena,
                                const struct decision_filter *filter, struct decision_row **out,
                                size_t *count, struct err *err);
/* As messages_expire. */
MUST_USE enum rc decisions_expire(struct database *db, int64_t before_ms, bool *more,
                                  struct err *err);

/* Refusals of mail from an address. */
MUST_USE enum rc decisions_forget(struct database *db, struct slice address, struct err *err);

/* Who guesses, by network and hour. Somebody with networks without end must not fill the disk: past so
 * many in an hour they are counted as one. */
#define STRANGERS_OTHER "other networks"
enum { STRANGERS_PER_HOUR_MAX = 1000 };
MUST_USE enum rc strangers_count(struct database *db, int64_t now_ms, struct slice network,
                                 const char *reason, int64_t attempts, struct slice user,
                                 struct err *err);
struct stranger_row {
    int64_t hour, attempts, last_ms;
    struct slice network, reason, last_user;
};
MUST_USE enum rc strangers_list(struct database *db, struct arena *arena, int64_t since_ms,
                                struct stranger_row **out, size_t *count, struct err *err);

#endif
