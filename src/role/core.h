/*
 * postern-core: the process with the keys. It decides, signs, commits. One loop; a pool of workers
 * that only read (authentication, decisions, signatures); one writer (store/writer.h).
 *
 * Private to role/core*.c. Everything here is touched on the loop only, unless said otherwise.
 */
#ifndef POSTERN_ROLE_CORE_H
#define POSTERN_ROLE_CORE_H

#include "api/call.h"
#include "api/domain_keys.h"
#include "api/operations.h"
#include "api/rate.h"
#include "authenticate/throttle.h"
#include "base/map.h"
#include "net/channel.h"
#include "process.h"
#include "store/writer.h"

struct core;
struct submission_job;
struct outbox_mail;
struct braking;
struct alarm_use;

/* A front, as core sees it. */
struct front {
    struct core *core;
    struct channel *channel;
    uint32_t number;
    struct map *submissions;        /* by front's number; owned */
    struct map *receiving;          /* calls whose end has not come, by front's number; owned */
    struct map *transactions;       /* the same, by session; owned */
    size_t sessions, logins, calls; /* had by it, and under way for it */
};

/* An HTTP request, whole: who has it owes one call_respond, which frees it. */
struct call {
    struct core *core;
    struct arena *arena;                 /* owned; of this request */
    uint32_t front;                      /* its number: it may be gone when the answer is there */
    uint64_t number;                     /* the front's */
    struct slice source_ip, tls_version; /* tls_version empty: plain */
    struct slice request_line, method, target, path, query; /* query: behind the "?", or empty */
    struct slice header;                                    /* raw block; http_field reads it */
    struct slice body;                                      /* contiguous */
    struct slice id;                                        /* x-amzn-RequestId of the answer */
    struct buf received;                                    /* owned; a body that came in pieces */
    uint64_t charged;                                       /* of core's call_bytes */
    uint64_t charged_made;                                  /* of core's made_bytes */
    int64_t began_ms;                                       /* monotonic */
};

/* One authenticated connection at a front. */
struct session {
    uint64_t number;
    struct front *front;
    struct slice user_folded, user_name, user_id, user_arn, access_key; /* in arena */
    struct slice source_ip, client_name, tls;
    bool revoked;
    struct arena *arena; /* owned */
};

struct counters {
    uint64_t accepted, refused, logins, login_failures, delivered, deferred, bounced, calls;
    uint64_t suppressed; /* recipients */
    uint64_t tripped, canaries;
};

/* Where the recipients are; taken now and then. */
struct account {
    int64_t counts[RECIPIENT_STATE_COUNT], accepted, taken_ms; /* taken_ms 0: never */
};

struct core {
    struct loop *loop;
    struct process *process;
    struct config config;
    struct api_constants constants;
    struct buf certificate; /* the chain that front presents, in PEM; empty: it could not be read */
    atomic_int_least64_t last_key;
    struct api_thread *workers; /* one a pool thread; each touched by its thread only */
    unsigned worker_count;
    struct api_thread writer_thread; /* touched by the writer's thread only */
    struct pool *pool;
    struct writer *writer;
    struct map *fronts;                 /* by channel */
    struct map *sessions;               /* by number */
    struct channel *courier, *resolver; /* NULL while they are down */
    struct throttle *throttle;
    struct throttle *unsigned_calls; /* what of failed signatures is recorded */
    struct quota quota;
    struct rate *changes; /* by access key */
    bool production, disk_low;
    struct map *permission_uses; /* core_permission.c */
    uint64_t revocations;        /* so far: who logged in meanwhile is looked at again */
    uint64_t call_bytes;         /* of all calls that are not answered */
    uint64_t made_bytes;         /* of the messages that those make, which are on their way */
    struct guesses *guesses;     /* core_guess.c */
    struct counters counters;
    struct account account;
    int64_t started_ms;
    struct map *alike;         /* core_ledger.c: calls that changed nothing */
    int64_t head_ms;           /* monotonic: when a head of the ledger was signed last; 0: never */
    struct delivery *delivery; /* core_delivery.h */
    struct proving *proving;   /* core_identity.c */
    struct administration *administration; /* core_administration.c */
    struct intake *intake;                 /* core_feedback.c */
    struct alarms *alarms;                 /* core_alarm.c */
    struct timer *housekeeping;
};

struct quota_limits core_quota_limits(const struct core *core);
/* After a commit: do what the operation left to do. */
void core_apply_effects(struct core *core, const struct api_effects *effects);

/* core_session.c: who is it. */
bool session_authenticate(struct front *front, struct slice payload);
void session_end(struct core *core, struct front *front, uint64_t number);
void session_revoke(struct core *core, struct slice access_key);
void session_forget_front(struct front *front);
/* A key was used: kept once a minute, and when it comes from elsewhere; off the client's way. The two
 * in the middle are what was kept before. */
void session_record_use(struct core *core, struct slice access_key, int64_t used_ms,
                        struct slice used_address, struct slice service, struct slice address);
/* core_permission.c: which permissions are used. */
void permission_record_use(struct core *core, struct slice user_id, struct slice action);

struct session *session_find(struct core *core, struct front *front, uint64_t number);

/* core_ledger.c: what no other transaction records. */
/* At the start, within a transaction: the book is open, and the start is in it. */
MUST_USE enum rc core_ledger_open(struct core *core, struct database *database, struct err *err);
void core_ledger_note(struct core *core, const struct ledger_record *record); /* copies */
/* The same for a call that changed nothing: one of many that are alike is counted. */
void core_ledger_call(struct core *core, const struct ledger_record *record);
void core_ledger_login(struct core *core, const struct ledger_record *record);
void core_ledger_finish(struct core *core); /* writes what was counted */
/* Is a failure of this key's from there still to be recorded? Counts it. */
bool core_ledger_may_fail(struct core *core, struct slice access_key, struct slice source_ip);
void core_ledger_turn(struct core *core); /* once a second: a head, when it is time */

/* core_submission.c: from SUBMIT to 250. */
bool submission_begin(struct front *front, struct slice payload);
bool submission_body(struct front *front, struct slice payload);
bool submission_end(struct front *front, uint64_t number);
bool submission_abort(struct front *front, uint64_t number);
void submission_revoke(struct front *front, uint64_t session);
void submission_forget_front(struct front *front);
/* A message that a call of the API made: it goes the same way, and `done` is called when it has its
 * outcome. Caller and mail are borrowed until then. */
void submission_hand_in(struct core *core, const struct api_caller *caller,
                        struct outbox_mail *mail, void (*done)(void *ctx), void *ctx);

/* core_console.c: signing in to the console. */
bool console_serves(const struct call *call);
void console_serve(struct call *call);
/* A session was used: kept once a minute, so that it does not end while it is. */
void console_record_use(struct core *core, const struct api_caller *caller);

/* core_guess.c: passwords and codes that are tried, a few at a time. */
struct guess {
    struct slice user, source_ip; /* borrowed; the name folded */
    /* Called once, perhaps at once. RC_OK: now look at it, then guess_end. RC_LIMIT: there were too many
     * wrong ones; RC_TEMPORARY: too many wait. */
    void (*go)(void *ctx, enum rc rc);
    void *ctx;
    struct throttle_place place; /* from here on core_guess.c's own */
    struct guess *next;
};
struct guesses *guesses_new(void);
void guess_begin(struct core *core,
                 struct guess *guess); /* which stays where it is until its end */
void guess_end(struct core *core, struct guess *guess, bool wrong);
const char *guess_refusal(enum rc rc); /* in words */

/* core_call.c: HTTP requests that front framed, until they are whole, and their answers. */
bool call_begin(struct front *front, struct slice payload);
bool call_body(struct front *front, struct slice payload);
bool call_abort(struct front *front, uint64_t number);
void call_forget_front(struct front *front);
/* Room for so many bytes that were made from it, until its answer; false when there is none. */
bool call_charge_made(struct call *call, uint64_t bytes);
/* `header`: further lines with CRLF. Everything together fits CHANNEL_PAYLOAD_MAX, or the answer is
 * a 500. Frees the call. */
void call_respond(struct call *call, uint32_t status, struct slice content_type,
                  struct slice header, struct slice body);

/* core_delivery.c: leases. */
struct delivery *delivery_new(struct core *core);
/* A committed message with its recipients leased; copies what it keeps. `body` is the whole body,
 * or NULL when it is staged in chunks. */
void delivery_enqueue(struct delivery *delivery, const struct spool_entry *entry,
                      const struct slice *body);
void delivery_stop(struct delivery *delivery, const int64_t *recipient_keys, size_t count);
void delivery_courier_up(struct delivery *delivery);
void delivery_courier_down(struct delivery *delivery);
bool delivery_courier_message(struct delivery *delivery, uint8_t type, struct slice payload);
struct delivery_counts {
    size_t leased, ready;
};
struct delivery_counts delivery_counts(const struct delivery *delivery);

/* core_due.c: what is due. */
bool due_has_room(const struct delivery *delivery);
/* Whether fresh mail for the domain may go to courier without a way through the store. */
bool due_takes(const struct delivery *delivery, struct slice domain);
void due_wake(struct delivery *delivery); /* look for due mail */

/* core_settle.c: outcomes. */
/* The loop has ended: a last try for those that the store did not take yet. */
void settle_finish(struct delivery *delivery);

/* core_identity.c: what DNS proves, and the pool of signing keys. */
struct proving *proving_new(struct core *core);
void proving_stop(struct proving *proving); /* waits for a key being made */
void proving_courier_down(struct proving *proving);
void proving_wake(struct proving *proving);
void proving_resolver_up(struct proving *proving);
void proving_resolver_down(struct proving *proving);
bool proving_resolver_message(struct proving *proving, uint8_t type, struct slice payload);
/* Ask DNS now about one identity; `done` gets the findings as JSON members. */
void proving_check(struct proving *proving, struct slice identity,
                   void (*done)(void *ctx, enum rc rc, struct slice json, const struct err *err),
                   void *ctx);
/* A question of courier's. */
void proving_relay(struct proving *proving, const struct resolve_message *question);

/* A question of core's own, whose answer proves nothing; `told` is called once, perhaps at once. */
void proving_ask(struct proving *proving, enum dns_type type, struct slice name,
                 void (*told)(void *ctx, const struct dns_answer *answer), void *ctx);

/* core_check.c: the operations that wait for DNS (API_DNS); `done` gets the whole answer. */
void check_ask(struct core *core, const struct api_operation *operation, const struct json *input,
               void (*done)(void *ctx, enum rc rc, struct slice json, const struct err *err),
               void *ctx);

/* core_rotation.c: which key of a domain signs, and which records it needs. */
struct key_finding {
    struct slice key; /* the public one */
    enum proof found;
    bool queued; /* a message waits that it signed */
};
struct key_look {
    const struct identity_row *identity;
    enum identity_status dkim; /* its proof */
    const struct key_finding *findings;
    size_t finding_count;
    int64_t now_ms;
    /* What shall be changed in DNS, after the commit; in the arena. */
    struct update_message *wishes;
    size_t wish_count, wish_cap;
};
/* What one look at a domain's keys found, applied; inside the writer's transaction. Of those that the
 * domain was given meanwhile nothing was found. */
MUST_USE enum rc rotation_apply(struct core *core, struct database *database, struct arena *arena,
                                struct key_look *look, struct err *err);

/* core_administration.c: the Unix socket; the verification link, health and numbers over HTTP. */
struct administration *administration_new(struct core *core, struct err *err);
void administration_serve(struct call *call);

/* core_unsubscribe.c: the link that ends a subscription. */
void unsubscribe_serve(struct call *call);

/* core_api.c: the SES, IAM and STS APIs. */
bool api_serves(const struct call *call);
void api_serve(struct call *call); /* takes it */
/* `postern api`: `done` gets the output as JSON. */
void api_administer(struct core *core, struct slice service, struct slice operation,
                    struct slice input,
                    void (*done)(void *ctx, enum rc rc, struct slice json, const struct err *err),
                    void *ctx);

/* core_alarm.c: what the administrator is told by mail. */
struct alarms *alarms_new(struct core *core);
void alarms_wake(struct alarms *alarms);
/* After the commit: nothing when it did not trip. */
void alarms_braked(struct core *core, const struct braking *braking);
/* Off the client's way; copies what it keeps. */
void alarms_canary(struct core *core, const struct alarm_use *use);

/* core_feedback.c: reports that remote servers sent back, to the people they are for. */
struct intake *intake_new(struct core *core);
bool intake_message(struct intake *intake, struct slice payload);
void intake_courier_down(struct intake *intake);

#endif
