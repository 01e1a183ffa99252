/*
 * The spool: what a 250 promises.
 *
 *  1. A message is acknowledged only after spool_accept and the commit around it succeeded: header,
 *     body and every recipient are then on disk, or nothing of them is.
 *  2. Every accepted recipient is in exactly one state: queued, held, delivered, bounced, expired,
 *     suppressed, dropped. Only the functions here change it.
 *  3. A recipient that failed, expired or was suppressed and the report to the reverse-path come in
 *     one commit; a suppressed one in that which accepts it.
 *  4. A lease is not a promise: what a courier does not settle is due again when the lease ends,
 *     or at once after a restart.
 *  5. Held mail does not age: its clock stands still until it is released.
 *  6. The body stays as long as one recipient waits, and no longer, unless it was captured.
 *
 * All functions run on the writer's thread, inside its transaction.
 */
#ifndef POSTERN_SPOOL_SPOOL_H
#define POSTERN_SPOOL_SPOOL_H

#include "mail/outgoing.h"
#include "schedule.h"
#include "store/messages.h"

/* What enters. The body is `body` (at most one chunk, may be empty) or `staged` chunks written before
 * under the same key. */
struct spool_entry {
    struct message_row message;
    struct recipient_row *recipients;
    uint32_t recipient_count;
    struct slice body;
    uint32_t staged;
    struct list_management list; /* whose opt-outs hold for it */
};

/* In the words of SES (reference §8.5). */
#define SPOOL_SUPPRESSED_STATUS "5.1.1"
#define SPOOL_SUPPRESSED_REPLY                                                                     \
    "Amazon SES did not send the message to this address because it is on the suppression list "   \
    "for your account."

#define SPOOL_UNSUBSCRIBED_STATUS "5.7.1"
#define SPOOL_UNSUBSCRIBED_REPLY                                                                   \
    "The message was not sent to this address because it has unsubscribed from the list."

/* How long a lease lasts before the recipient is due again. */
#define SPOOL_LEASE_MS ((int64_t)30 * 60 * 1000)

/* What is accepted counts for the statistics. A recipient may come with its end decided: suppressed. */
MUST_USE enum rc spool_accept(struct database *db, const struct spool_entry *entry,
                              struct err *err);

/* Before: recipients that are on the suppression list, for a reason that counts for this message, and
 * those that opted out of the list it is sent to, end here (reference §8.7, §8.9). *count: how many; a
 * report about them is owed. */
MUST_USE enum rc spool_suppress(struct database *db, struct arena *arena, struct spool_entry *entry,
                                int64_t now_ms, uint32_t *count, struct err *err);

enum spool_fate {
    SPOOL_DELIVERED,
    SPOOL_FAILED,
    SPOOL_RETRY, /* later, or expired when its lifetime is over */
    SPOOL_LATER, /* later, whatever its age: the report that would be owed cannot be made now */
    SPOOL_AGAIN  /* now: nothing was tried for it */
};

struct spool_outcome {
    int64_t recipient_key;
    enum spool_fate fate;
    struct slice status, reply, remote;
    double jitter;
    bool simulated; /* by the mailbox simulator: nothing is learned of the address */
};

/*
 * Apply one outcome. *failed tells that the recipient's life ended without delivery now (its row
 * is in *row): a report is owed. It counts for the statistics, and an address that does not exist
 * goes to the suppression list. An outcome for a recipient that is no longer queued changes
 * nothing (RC_CONFLICT): it was dropped, or settled through another lease.
 */
MUST_USE enum rc spool_settle(struct database *db, struct arena *arena,
                              const struct spool_outcome *outcome, const struct schedule *schedule,
                              int64_t now_ms, struct recipient_row *row, bool *failed,
                              struct err *err);

/* How many recipients of a message were delivered, and how many are tried again: for the statistics. Mail
 * of our own does not count. */
MUST_USE enum rc spool_count(struct database *db, const struct message_row *message,
                             int64_t delivered, int64_t deferred, int64_t now_ms,
                             struct err *err);

/* A reader complained about the message. Its recipient goes to the suppression list when there is one
 * alone: of several, each knows enough to complain in another's name. */
MUST_USE enum rc spool_complain(struct database *db, struct arena *arena,
                                const struct message_row *message, int64_t now_ms, struct err *err);

/* After a change: close the message when nothing of it waits. */
MUST_USE enum rc spool_close_if_done(struct database *db, int64_t message_key, struct err *err);

/* What the administrator does to one recipient. RC_CONFLICT when its state does not allow it. What the
 * brake holds (`by`: HELD_BY_...) is the administrator's after spool_hold, and not the other way. */
MUST_USE enum rc spool_hold_by(struct database *db, struct arena *arena, int64_t recipient_key,
                               struct slice by, int64_t now_ms, struct err *err);
MUST_USE enum rc spool_hold(struct database *db, struct arena *arena, int64_t recipient_key,
                            int64_t now_ms, struct err *err);
MUST_USE enum rc spool_release(struct database *db, struct arena *arena, int64_t recipient_key,
                               int64_t now_ms, struct err *err);
MUST_USE enum rc spool_drop(struct database *db, struct arena *arena, int64_t recipient_key,
                            int64_t now_ms, struct err *err);
MUST_USE enum rc spool_retry(struct database *db, struct arena *arena, int64_t recipient_key,
                             int64_t now_ms, struct err *err);

#endif
