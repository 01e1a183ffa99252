/*
 * Under which names a message would go out: every address that speaks for its origin (design §5).
 * Nothing is hidden behind "the first one counts": exactly one From header, every mailbox in it,
 * Sender, Return-Path, each Resent-From and Resent-Sender, and the reverse-path.
 */
#ifndef POSTERN_AUTHORIZE_SENDERS_H
#define POSTERN_AUTHORIZE_SENDERS_H

#include "mail/address.h"
#include "mail/header.h"

enum sender_role {
    SENDER_REVERSE_PATH,
    SENDER_FROM,
    SENDER_SENDER,
    SENDER_RETURN_PATH,
    SENDER_RESENT_FROM,
    SENDER_RESENT_SENDER,
    SENDER_SOURCE, /* a parameter of the API: Source, FromEmailAddress */
    SENDER_ROLE_COUNT
};
const char *sender_role_name(enum sender_role role); /* "MAIL FROM", "From", ... */

struct sender {
    enum sender_role role;
    struct address address;
    struct slice shown; /* as refusals show it: bare for the envelope, the header form else */
    struct slice display_name; /* decoded */
};

struct senders {
    struct sender *list; /* reverse-path first, then From mailboxes, then the rest */
    size_t count;
};

enum { SENDERS_MAX = 50 };

/* One more, that stands in neither header nor envelope. RC_LIMIT past SENDERS_MAX. */
MUST_USE enum rc senders_add(struct senders *senders, struct sender sender, struct err *err);

/*
 * RC_SYNTAX with the SES reply text: "Transaction failed: ..." naming the header.
 * `reverse_path` is canonical and not empty (SES refuses the null one).
 */
MUST_USE enum rc senders_collect(struct arena *arena, const struct header *header,
                                 struct slice reverse_path, struct senders *out, struct err *err);

/* The first From mailbox: what the receiver is shown and DKIM is chosen by. */
const struct sender *senders_from(const struct senders *senders);

#endif
