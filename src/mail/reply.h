/*
 * SMTP replies: the one table that turns codes outward, and the reader of other servers' replies.
 */
#ifndef POSTERN_MAIL_REPLY_H
#define POSTERN_MAIL_REPLY_H

#include "base/memory.h"

/* The reply lines SES gives (reference §1.4); rows in reply.c. */
enum reply {
    REPLY_READY_TLS,            /* 220 Ready to start TLS */
    REPLY_BYE,                  /* 221 Bye */
    REPLY_AUTHENTICATED,        /* 235 Authentication successful. */
    REPLY_OK,                   /* 250 Ok */
    REPLY_START_DATA,           /* 354 End data with <CR><LF>.<CR><LF> */
    REPLY_TOO_MANY_CONNECTIONS, /* 421 Too many concurrent SMTP connections */
    REPLY_TOO_MANY_ERRORS,      /* 421 Too many errors */
    REPLY_SHUTTING_DOWN,        /* 421 Service shutting down, please try again later */
    REPLY_TEMPORARY_FAILURE,    /* 451 Temporary service failure */
    REPLY_TIMEOUT,              /* 451 4.4.2 Timeout waiting for data from client. */
    REPLY_STORAGE,              /* 452 4.3.1 Insufficient system storage */
    REPLY_TOO_MANY_RECIPIENTS,  /* 452 4.5.3 Too many recipients */
    REPLY_QUOTA_DAILY,          /* 454 Throttling failure: Daily message quota exceeded */
    REPLY_QUOTA_RATE,           /* 454 Throttling failure: Maximum sending rate exceeded */
    REPLY_AUTH_TEMPORARY,       /* 454 Temporary authentication failure */
    REPLY_LINE_TOO_LONG,        /* 500 Line too long */
    REPLY_UNKNOWN_COMMAND,      /* 500 ... */
    REPLY_SYNTAX_PARAMETERS,    /* 501 ... */
    REPLY_INVALID_MAIL_FROM,    /* 501 Invalid MAIL FROM address provided */
    REPLY_NOT_IMPLEMENTED,      /* 502 ... */
    REPLY_BAD_SEQUENCE,         /* 503 ... */
    REPLY_UNKNOWN_MECHANISM,    /* 504 ... */
    REPLY_MUST_STARTTLS,        /* 530 Must issue a STARTTLS command first */
    REPLY_AUTH_REQUIRED,        /* 530 Authentication required */
    REPLY_AUTH_INVALID,         /* 535 Authentication Credentials Invalid */
    REPLY_TOO_LONG,             /* 552 Message is too long. */
    REPLY_REFUSED,              /* 554 followed by the words given */
    REPLY_UNKNOWN_PARAMETER,    /* 555 ... */
    REPLY_COUNT
};

/* "250 Ok" without CRLF; static. */
const char *reply_text(enum reply reply);
/* The reply a failure of the accept path gets: RC_DENIED, RC_SYNTAX -> 554 + text, RC_LIMIT ->
 * 554/552, RC_TEMPORARY -> 451 ... */
struct slice reply_for(struct arena *arena, enum rc rc, struct slice text);

/* One reply of a remote server, possibly of several lines (RFC 5321 §4.2). */
struct remote_reply {
    unsigned code; /* 200-599 */
    struct slice
        status; /* "5.1.1" from the text when it leads with one of the same class; else empty */
    struct slice
        text; /* all lines joined with CRLF, without codes; sanitised: no controls, <= 900 bytes */
    struct slice first;        /* the whole text of the first line */
    const struct slice *lines; /* each line's text, for EHLO */
    size_t line_count;
};

/* RC_AGAIN until a whole reply is there (*consumed untouched), RC_SYNTAX when it is none:
 * lines over 2,000 bytes, more than 100 lines, differing codes, a code outside 200-599. */
MUST_USE enum rc reply_parse(struct arena *arena, struct slice data, struct remote_reply *out,
                             size_t *consumed, struct err *err);

#endif
