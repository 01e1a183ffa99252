/*
 * What leaves (reference §1.9, design §6): the header block a submission is delivered with.
 *
 * Removed: Bcc, Return-Path, Received and others that show the submitter's address, X-SES-* request
 * headers, the submitter's Message-ID, Date and Feedback-ID. Message-ID and Date are replaced where
 * they stood, or come last before Feedback-ID, and with list management List-Unsubscribe and
 * List-Unsubscribe-Post (RFC 8058) likewise; MIME-Version is added when it is missing. All other
 * fields keep their bytes.
 */
#ifndef POSTERN_MAIL_OUTGOING_H
#define POSTERN_MAIL_OUTGOING_H

#include "header.h"

struct outgoing {
    struct slice message_id; /* SES form, without brackets and domain */
    struct slice
        message_id_domain;    /* From domain when the provider is hidden, else the provider's */
    struct slice feedback_id; /* whole value */
    struct slice unsubscribe; /* URL; empty: what List-Unsubscribe says is the sender's */
    int64_t accepted_ms;
};

/* The block without the empty line; every field ends with CRLF. */
struct slice outgoing_header(struct arena *arena, const struct header *header,
                             const struct outgoing *outgoing);

/* Whose subscription a message is part of (reference §8.9). */
struct list_management {
    struct slice list, topic; /* list empty: nobody's; topic empty: of the list as a whole */
};

/* The X-SES-* request headers, first of each counts; empty when absent. */
struct request_headers {
    struct slice configuration_set, message_tags, source_arn, from_arn, return_path_arn;
    struct list_management list_management;
};
enum { MESSAGE_TAG_MAX = 255, MESSAGE_TAGS_MAX = 50 };
/* RC_DENIED, naming the header: a tag that is none, or a header that asks for what is not served. */
MUST_USE enum rc outgoing_request_headers(struct arena *arena, const struct header *header,
                                          struct request_headers *out, struct err *err);

#endif
