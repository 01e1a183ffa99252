/*
 * The messages that one call of the API sends: the handler makes them, and each then goes the way of
 * all mail (role/core_submission.c), where the gate decides about it. What became of them comes back
 * here, and `finish` writes the answer.
 */
#ifndef POSTERN_API_OUTBOX_H
#define POSTERN_API_OUTBOX_H

#include "call.h"
#include "mail/compose.h"

/* In the words of the call, with the member that its error has besides. */
struct outbox_refusal {
    enum api_fault fault;
    struct slice text;
    const char *member;
    struct slice value;
};

struct outbox_mail {
    struct arena *arena; /* of the call: what the outcome says lives there */
    struct slice action; /* "ses:SendRawEmail" */
    const char *api_version;
    struct slice reverse_path; /* canonical */
    const struct sender
        *senders; /* that parameters name, beside the header's and the reverse-path */
    size_t sender_count;
    const struct slice *recipients; /* canonical */
    size_t recipient_count;
    /* Empty: as the header says, or none. */
    struct slice configuration_set, template_name, verification_template, tags;
    struct slice source_arn, from_arn, return_path_arn;
    struct list_management list_management; /* as a parameter says */
    /* A template that could not be rendered: accepted, recorded, never sent (reference §9). */
    struct slice rendering_failure;
    /* Why it cannot be sent, which who may not send it must not learn: told once the policies have
     * allowed it. Without text: it can. */
    struct outbox_refusal refusal;

    /* Only its recipient may read it: no report may carry it back (RFC 5321 §4.5.5). */
    bool confidential;
    /* What is written with the message, in one commit: both or neither. NULL: nothing. */
    enum rc (*also)(void *ctx, struct database *database, struct arena *arena, struct err *err);
    void *also_ctx;

    /* Set by outbox_read. */
    struct header header;
    struct slice body;
    uint8_t body_hash[32];
    bool eight_bit;

    /* What became of it; `rc` may also say that it could not be read. */
    enum rc rc;
    struct slice message_id;
    enum api_fault fault;
    struct err err;
};

enum { OUTBOX_MAX = 50 };

struct outbox {
    struct outbox_mail *mails;
    size_t count;
    size_t began; /* bytes of the call's arena when there was no message in it */
    /* When all have their outcome: writes the output, or fails as the call. */
    enum rc (*finish)(struct api_call *call, struct err *err);
};

/* The messages of one call may take as much as this while they are made: a few bytes of a template
 * can make many. */
#define OUTBOX_BYTES_MAX ((size_t)128 * 1024 * 1024)
bool outbox_is_full(const struct api_call *call);

/* The call's outbox, with room for `count` mails that are empty. */
struct outbox *outbox_new(struct api_call *call, size_t count,
                          enum rc (*finish)(struct api_call *call, struct err *err));

/* The `finish` of a call that sends one message: its id, or its failure is the call's. */
enum rc outbox_finish_one(struct api_call *call, struct err *err);

/* How long it will be. */
size_t outbox_normalized_length(struct slice bytes);
/* Line ends are made CRLF: whatever stands in `bytes` has one reading from here on. */
struct slice outbox_normalize(struct arena *arena, struct slice bytes);

/* Read a message, normalized before: header, body, its hash, and what is refused in it, which becomes
 * the outcome of this mail, in words without "Transaction failed". Borrows from `bytes`. */
void outbox_read(struct arena *arena, struct slice bytes, struct outbox_mail *mail);

/* RC_LIMIT in SES's words: more than a message of this generation may have (reference §7.5). */
MUST_USE enum rc outbox_check_size(struct api_call *call, size_t bytes, struct err *err);

/* Make the message of a mail from its parts, now, and read it: what fails in that is the outcome of
 * this one, since a bulk call goes on. What the parts cannot be is the call's failure. */
MUST_USE enum rc outbox_compose(struct api_call *call, struct compose *parts,
                                struct outbox_mail *mail, struct err *err);

#endif
