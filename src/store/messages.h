/*
 * Messages, their recipients and their bodies. The spool's promises stand in spool/spool.h; here
 * are the rows. Times are milliseconds since the epoch.
 */
#ifndef POSTERN_STORE_MESSAGES_H
#define POSTERN_STORE_MESSAGES_H

#include "database.h"

enum recipient_state {
    RECIPIENT_QUEUED,
    RECIPIENT_HELD,
    RECIPIENT_DELIVERED,
    RECIPIENT_BOUNCED,
    RECIPIENT_EXPIRED,
    RECIPIENT_SUPPRESSED,
    RECIPIENT_DROPPED,
    RECIPIENT_STATE_COUNT
};
const char *recipient_state_name(enum recipient_state state); /* "queued" */

enum { CHUNK_BYTES = 256 * 1024, MESSAGE_PARTS_MAX = 1024 };

/* The key of a message's nth recipient or chunk, and back. */
static inline int64_t
message_part_key(int64_t message_key, uint32_t number)
{
    return message_key * MESSAGE_PARTS_MAX + number;
}

static inline int64_t
message_of_part(int64_t part_key)
{
    return part_key / MESSAGE_PARTS_MAX;
}

struct message_row {
    int64_t key, accepted_ms, body_bytes, recipients, statement;
    int64_t counted; /* recipients that count for the daily quota */
    struct slice id, user_name, access_key, source_ip, client_name, tls;
    struct slice service; /* "smtp", "system" */
    struct slice reverse_path, wire_path, header_from, header, configuration_set, policy, resource;
    struct slice tags; /* name=value, name=value */
    bool open, eight_bit, captured, hidden;
    bool tls_required; /* its configuration set wants it delivered over TLS, or not at all */
};

struct recipient_row {
    int64_t key;
    struct slice address, domain;
    enum recipient_state state;
    bool leased;
    int64_t attempts, next_ms, expires_ms, held_ms, finished_ms;
    struct slice status, reply, remote;
    struct slice held_by; /* HELD_BY_...; empty: not held, or by the administrator */
};

#define HELD_BY_BRAKE  "brake"
#define HELD_BY_CANARY "canary"

MUST_USE enum rc messages_insert(struct database *db, const struct message_row *row,
                                 struct err *err);
MUST_USE enum rc messages_find(struct database *db, struct arena *arena, int64_t key,
                               struct message_row *out, struct err *err);
/* By SES message id; the id's time leads to the row. */
MUST_USE enum rc messages_find_id(struct database *db, struct arena *arena, struct slice id,
                                  struct message_row *out, struct err *err);
/* The id alone. */
MUST_USE enum rc messages_id(struct database *db, struct arena *arena, int64_t key,
                             struct slice *out, struct err *err);
MUST_USE enum rc messages_newest_key(struct database *db, int64_t *key, struct err *err);
/* Its body is kept to be read. */
MUST_USE enum rc messages_set_captured(struct database *db, int64_t key, struct err *err);
/* Nothing of the message waits any more: forget the body unless it was captured. */
MUST_USE enum rc messages_finish(struct database *db, int64_t key, struct err *err);
/* Whether a message waits, queued or held, whose final header has this text and is accepted by
 * `is_it`. What waits is read, and nothing else: no message pays for the question. */
MUST_USE enum rc messages_any_waits_with(struct database *db, struct slice text,
                                         bool (*is_it)(const void *ctx, struct slice header),
                                         const void *ctx, bool *waits, struct err *err);
MUST_USE enum rc messages_has_open(struct database *db, int64_t key, bool *open, struct err *err);
/* Finished before `before_ms`: rows and what was captured go, a hundred messages at a time; *more
 * tells that there may be others. */
MUST_USE enum rc messages_expire(struct database *db, int64_t before_ms, bool *more,
                                 struct err *err);
/* Messages from and to an address, whole, when nothing of them waits; *waiting: how many others there
 * are. Everything is read for it. */
MUST_USE enum rc messages_forget(struct database *db, struct arena *arena, struct slice address,
                                 int64_t *forgotten, int64_t *waiting, struct err *err);
/* One more report about it is passed on, unless that makes more than `max`: then RC_LIMIT. */
MUST_USE enum rc messages_count_feedback(struct database *db, int64_t key, int64_t max,
                                         struct err *err);
/* (accepted_ms, counted recipients) of what was accepted since, for the quota. */
MUST_USE enum rc messages_since(struct database *db, int64_t since_ms,
                                void (*each)(void *ctx, int64_t accepted_ms, uint32_t recipients),
                                void *ctx, struct err *err);

MUST_USE enum rc chunks_insert(struct database *db, int64_t message_key, uint32_t number,
                               struct slice bytes, struct err *err);
MUST_USE enum rc chunks_find(struct database *db, struct arena *arena, int64_t message_key,
                             uint32_t number, struct slice *bytes, struct err *err);
MUST_USE enum rc chunks_delete(struct database *db, int64_t message_key, struct err *err);
/* Chunks without a message: what a crash left of submissions that were never accepted. */
MUST_USE enum rc chunks_sweep(struct database *db, struct err *err);

MUST_USE enum rc recipients_insert(struct database *db, const struct recipient_row *row,
                                   struct err *err);
MUST_USE enum rc recipients_of(struct database *db, struct arena *arena, int64_t message_key,
                               struct recipient_row **out, size_t *count, struct err *err);
MUST_USE enum rc recipients_due(struct database *db, struct arena *arena, int64_t now_ms,
                                int64_t limit, struct recipient_row **out, size_t *count,
                                struct err *err);
MUST_USE enum rc recipients_next_ms(struct database *db, int64_t *next_ms, struct err *err);
MUST_USE enum rc recipients_lease(struct database *db, int64_t key, int64_t until_ms,
                                  struct err *err);
/* What is due later than any schedule could say was written before the clock was set back: due now. */
MUST_USE enum rc recipients_recall(struct database *db, int64_t now_ms, int64_t latest_ms,
                                   struct err *err);
/* After a restart nothing is leased. */
MUST_USE enum rc recipients_unlease_all(struct database *db, int64_t now_ms, struct err *err);
MUST_USE enum rc recipients_update(struct database *db, const struct recipient_row *row,
                                   struct err *err);
MUST_USE enum rc recipients_find(struct database *db, struct arena *arena, int64_t key,
                                 struct recipient_row *out, struct err *err);
/* Of which messages; what is empty does not count. */
struct recipient_filter {
    struct slice user; /* folded: of that name, or by a key that is that user's now */
    struct slice access_key;
    struct slice identity; /* From or the reverse-path has this in it, in lower-case */
    struct slice site;     /* the domain it goes to, in lower-case */
};
/* Queued or held ones, oldest first, from key `after`. */
MUST_USE enum rc recipients_waiting(struct database *db, struct arena *arena,
                                    const struct recipient_filter *filter, int64_t after,
                                    int64_t limit, struct recipient_row **out, size_t *count,
                                    struct err *err);
/* Those that are queued, from their index: what `hold` takes, in no order. */
MUST_USE enum rc recipients_queued(struct database *db, struct arena *arena,
                                   const struct recipient_filter *filter, int64_t **keys,
                                   size_t *count, struct err *err);
/* Those of a credential that `by` (HELD_BY_...) holds. */
MUST_USE enum rc recipients_held(struct database *db, struct arena *arena, struct slice access_key,
                                 struct slice by, int64_t **keys, size_t *count, struct err *err);
/* How many are queued, and held: read from the indexes of these alone. */
MUST_USE enum rc recipients_count_waiting(struct database *db, int64_t *queued, int64_t *held,
                                          struct err *err);
/* How many are in each state, and how many the messages were accepted for: the whole table is read. */
MUST_USE enum rc recipients_count(struct database *db, int64_t counts[RECIPIENT_STATE_COUNT],
                                  int64_t *accepted, struct err *err);

#endif
