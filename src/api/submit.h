/*
 * The one road to the spool: what SMTP and the HTTP APIs hand in is decided by the gate, given its
 * final header, signed, and made into a spool entry. postern's own mail takes the same road as
 * principal `system`.
 */
#ifndef POSTERN_API_SUBMIT_H
#define POSTERN_API_SUBMIT_H

#include "call.h"
#include "spool/braking.h"

struct submission_request {
    /* the principal; empty names: the system */
    struct slice user_folded, user_name, user_id, user_arn, access_key;
    struct slice service; /* "smtp", "api", "system" */
    struct slice action;  /* "ses:SendRawEmail" */
    const char *api_version;
    struct slice source_ip, client_name, tls;
    struct slice reverse_path;      /* canonical; empty only for the system */
    const struct slice *recipients; /* canonical */
    size_t recipient_count;
    /* What a call of the API says beside the message; empty over SMTP. */
    const struct sender *senders;
    size_t sender_count;
    struct slice configuration_set, template_name, verification_template, tags, user_agent;
    struct slice source_arn, from_arn, return_path_arn;
    struct list_management list_management;
    const struct header *header;
    const uint8_t *body_hash; /* 32 bytes, simple canonicalization */
    uint64_t body_bytes;
    bool eight_bit, confidential; /* confidential: see outbox.h */
    enum quota_answer quota;
    uint32_t counted;    /* recipients that count for the daily quota */
    int64_t key, key_ms; /* from api_next_key */
    int64_t now_ms;
};

struct submission_answer {
    struct slice reply; /* SMTP reply of a refusal, without CRLF */
    struct gate_decision decision;
    struct slice action;
    struct slice header_from;
    struct slice configuration_set; /* named, or the identity's default */
    bool tls_required;              /* what that set says (reference §8.1) */
    int64_t lifetime_ms;
    struct slice tags;
    struct spool_entry entry; /* when allowed; the body is not in it */
    uint32_t suppressed;      /* set by submit_accept: recipients that it will not go to */
    int64_t changes;          /* settings_changes of the snapshot that was decided from */
    struct braking braking;   /* set by submit_accept: it may be held */
};

/*
 * RC_OK      allowed: `entry` may be committed
 * RC_DENIED  refused by the gate: reply, decision
 * RC_SYNTAX, RC_LIMIT  the message cannot be read: reply
 * RC_TEMPORARY  the store or a key is not available
 */
MUST_USE enum rc submit_decide(struct arena *arena, const struct api_constants *constants,
                               struct api_thread *thread, const struct submission_request *request,
                               struct submission_answer *answer, struct err *err);

/* Puts what was allowed into the spool, inside the writer's transaction, where the brake may hold it.
 * Recipients on the suppression
 * list end there, and the report about them is in the same commit; when that cannot be made nothing
 * of the message stays, and the code is RC_AGAIN. */
MUST_USE enum rc submit_accept(struct arena *arena, const struct api_constants *constants,
                               struct api_thread *thread, struct submission_answer *answer,
                               int64_t now_ms, struct err *err);

/* One report for recipients whose life ended without delivery, to the reverse-path, inside the
 * writer's transaction; none for a message that has none, like a report. */
MUST_USE enum rc submit_report(struct arena *arena, const struct api_constants *constants,
                               struct api_thread *thread, const struct message_row *message,
                               const struct recipient_row *failed, size_t count, int64_t now_ms,
                               struct err *err);

/* Where the recipient of such a message ends the subscription. */
struct slice submit_unsubscribe_url(struct arena *arena, const struct api_constants *constants,
                                    const struct list_management *list, struct slice recipient);

/* The row that records a refusal. */
struct decision_row;
void submit_decision_row(struct arena *arena, const struct submission_request *request,
                         const struct submission_answer *answer, struct decision_row *row);

/* postern's own mail, whole and 7-bit, put into the spool inside the writer's transaction. */
MUST_USE enum rc submit_system(struct arena *arena, const struct api_constants *constants,
                               struct api_thread *thread, struct slice to, struct slice message,
                               int64_t now_ms, struct err *err);

/* "user inline policy 'grant' of taro", or empty when no policy decided. */
struct slice submit_policy_name(struct arena *arena, const struct policy_entry *policy);

#endif
