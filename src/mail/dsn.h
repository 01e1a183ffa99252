/* Delivery status notifications (RFC 3464) and the other mail postern writes itself. */
#ifndef POSTERN_MAIL_DSN_H
#define POSTERN_MAIL_DSN_H

#include "base/memory.h"

struct dsn_recipient {
    struct slice address;
    struct slice status;     /* "5.1.1" */
    struct slice diagnostic; /* the remote reply, may hold anything; empty when there was none */
    struct slice remote_mta; /* host name; empty when none was reached */
    int64_t last_attempt_ms;
};

struct dsn {
    struct slice hostname;        /* ours */
    struct slice to;              /* the reverse-path it goes to */
    struct slice message_id;      /* of this notification, with domain, without brackets */
    struct slice original_id;     /* SES id of the message it speaks of */
    struct slice original_header; /* its header block, CRLF lines */
    int64_t arrived_ms, now_ms;
    const struct dsn_recipient *recipients;
    size_t count;
};

/* A whole message: multipart/report with a text, message/delivery-status, text/rfc822-headers. */
struct slice dsn_build(struct arena *arena, const struct dsn *dsn);

/* A report that another server sent, passed on to the person whose message it speaks of. */
struct dsn_returned {
    struct slice hostname;          /* ours */
    struct slice to;                /* the reverse-path it goes to */
    struct slice message_id;        /* of what is built, with domain, without brackets */
    struct slice original_id;       /* SES id of the message the report speaks of */
    struct slice original_subject;  /* decoded; cut when long */
    const struct slice *recipients; /* of that message */
    size_t count;
    struct slice source_ip; /* who sent the report */
    int64_t now_ms;
    struct slice report; /* the whole message that came back, any bytes */
};

/* A whole message: multipart/mixed with a text, and the report as message/rfc822 where it is ASCII
 * in lines as RFC 5322 §2.1.1 wants them, else as application/octet-stream in base64. */
struct slice dsn_forward(struct arena *arena, const struct dsn_returned *returned);

/* A short text/plain message with RFC 2047 subject and quoted-printable or base64 UTF-8 body. */
struct slice dsn_notice(struct arena *arena, struct slice from, struct slice to,
                        struct slice subject, struct slice message_id, int64_t now_ms,
                        struct slice text);

#endif
