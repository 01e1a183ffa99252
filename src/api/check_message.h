/*
 * The message that `postern check` sends: from an address of the domain, by a user who may use it,
 * through the gate and the spool like any other, to the mailbox simulator, which keeps it. And what
 * the store holds of it afterwards.
 *
 * The administrator at the socket lends the user's name to the check and nothing else: the gate is
 * asked, and answers for the user; a user without an active access key sends nothing.
 */
#ifndef POSTERN_API_CHECK_MESSAGE_H
#define POSTERN_API_CHECK_MESSAGE_H

#include "examination.h"
#include "outbox.h"

struct check_request {
    struct slice domain;     /* canonical */
    struct slice user, from; /* empty: the first that may */
};

struct check_message {
    bool chosen; /* else examined->refusal says why nobody was */
    struct api_caller caller;
    struct outbox_mail mail;
};

/* What the store knows of the domain, who is to send, and what. RC_NOT_FOUND: no such domain;
 * RC_SYNTAX: no such user. */
MUST_USE enum rc check_message_prepare(struct arena *arena, const struct api_constants *constants,
                                       struct api_thread *thread,
                                       const struct check_request *request, int64_t now_ms,
                                       struct examined *examined, struct check_message *out,
                                       struct err *err);

/* What was sent, as the next server would get it. */
MUST_USE enum rc check_message_read(struct arena *arena, struct database *database,
                                    struct slice message_id, struct examined *examined,
                                    struct err *err);

#endif
