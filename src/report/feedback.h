/*
 * A receiving session over SMTP (RFC 5321) for what comes back: the bounces that remote servers send
 * to the reverse-paths of return_address.h. Bytes in, actions out: no socket, no clock.
 *
 *   GREETING --HELO--> READY --MAIL--> MAIL --RCPT--> RCPT --DATA--> DATA
 *   DATA --final dot--> (WAITING) --> READY
 *
 * In WAITING core decides and nothing is read. Nothing is relayed: a recipient must have the shape of
 * a return address, and whether it is one is core's to say, which has the secret.
 */
#ifndef POSTERN_REPORT_FEEDBACK_H
#define POSTERN_REPORT_FEEDBACK_H

#include "base/memory.h"

struct feedback_limits {
    uint64_t message_bytes; /* announced as SIZE */
    uint32_t recipients;    /* of one transaction */
    uint32_t bad_commands;  /* per connection, then closed */
};

/* What the session asks its owner to do. Called during feedback_input and the answers below. */
struct feedback_actions {
    void (*reply)(void *ctx, struct slice bytes); /* to the client, CRLF included */
    void (*close)(void *ctx);                     /* after the replies written so far */
    /* May this session hold more of a message? Asked before each piece is kept. */
    bool (*room)(void *ctx);
    /* A whole message, dot-unstuffed, line ends as they came; answer with feedback_taken. The
     * reverse-path is empty for <>; recipients are lower-case `local@domain`. Borrowed for the call. */
    void (*message)(void *ctx, struct slice reverse_path, const struct slice *recipients,
                    size_t count, struct slice message);
};

struct feedback;

struct feedback *feedback_new(struct slice hostname, const struct feedback_limits *limits,
                              const struct feedback_actions *actions, void *ctx);
void feedback_free(struct feedback *session);

void feedback_start(struct feedback *session); /* sends the greeting */

/* Returns how many bytes were consumed; fewer than given when it waits for core or for the rest of a
 * line. A command line has at most 1,024 bytes, else 500. */
size_t feedback_input(struct feedback *session, struct slice data);

/* The answer to `message`: RC_OK, RC_NOT_FOUND (no return address of ours), RC_DENIED (ours, but
 * this is no report), anything else: temporary. */
void feedback_taken(struct feedback *session, enum rc rc);
void feedback_timeout(struct feedback *session); /* 421, then close */

bool feedback_waiting(const struct feedback *session); /* for core: no idle time runs */
size_t feedback_held(const struct feedback *session);  /* bytes of message it keeps */

/* Written by a program about mail, not by a person: from the null reverse-path, or with a header
 * field Auto-Submitted that is not "no" (RFC 3834 §5). `message` may be any bytes. */
bool feedback_is_report(struct slice reverse_path, struct slice message);

#endif
