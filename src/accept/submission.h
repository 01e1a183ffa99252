/*
 * A submission session over SMTP (RFC 5321, 6409, 4954, 3207; reference §1): what a client can
 * say, and what it is told. Bytes in, actions out: no socket, no clock.
 *
 *   GREETING --EHLO--> READY --AUTH--> (AUTHENTICATING) --> READY --MAIL--> MAIL --RCPT--> RCPT
 *   RCPT --DATA--> DATA --final dot--> (SUBMITTING) --> READY
 *   STARTTLS from READY starts over at GREETING; states in brackets wait for core and read nothing.
 *
 * Addresses are checked for syntax only; everything that needs policy or identity state is
 * answered at the end of DATA (order rule, reference §1.4).
 */
#ifndef POSTERN_ACCEPT_SUBMISSION_H
#define POSTERN_ACCEPT_SUBMISSION_H

#include "base/memory.h"

struct submission_limits {
    uint64_t message_bytes; /* 40 MiB */
    uint32_t recipients;    /* 50 */
    uint32_t failed_logins; /* per connection, then closed */
    uint32_t bad_commands;  /* per connection, then closed */
};

/* What the session asks its owner to do. Called during submission_input and the answers below. */
struct submission_actions {
    void (*reply)(void *ctx, struct slice bytes); /* to the client, CRLF included */
    void (*start_tls)(void *ctx);                 /* after the replies written so far */
    void (*close)(void *ctx);                     /* after the replies written so far */
    /* Ask core; answer with submission_authenticated. The password is borrowed for the call. */
    void (*authenticate)(void *ctx, const char *mechanism, struct slice user, struct slice password,
                         struct slice client_name);
    /* DATA was accepted: the envelope; then message() pieces (dot-unstuffed, CRLF lines as the
     * client sent them: bare CR, LF and NUL are passed on for core to refuse, and at most one byte
     * over the size limit), then one of message_end (answer with submission_submitted) or
     * message_abort. */
    void (*message_begin)(void *ctx, struct slice reverse_path, const struct slice *recipients,
                          size_t count);
    void (*message)(void *ctx, struct slice piece);
    void (*message_end)(void *ctx);
    void (*message_abort)(void *ctx);
    /* A protocol line for the debug log, credentials replaced by ****. */
    void (*trace)(void *ctx, bool from_client, struct slice line);
};

struct submission;

/* `deployment`: the token in the greeting ("SimpleEmailService-d-..."), `connection`: 20 characters. */
struct submission *submission_new(struct slice hostname, struct slice deployment,
                                  struct slice connection, bool implicit_tls,
                                  const struct submission_limits *limits,
                                  const struct submission_actions *actions, void *ctx);
void submission_free(struct submission *session);

void submission_start(
    struct submission *session); /* sends the greeting (implicit TLS: after the handshake) */

/* Returns how many bytes were consumed; fewer than given when it waits for core, for credit, for
 * TLS, or for the rest of a line. A command line is at most 12,288 bytes (AUTH), else 500. */
size_t submission_input(struct submission *session, struct slice data);
/* Bytes of message the owner can pass on now; input in DATA stops when it is used up. */
void submission_credit(struct submission *session, uint64_t bytes);

void submission_secured(struct submission *session); /* the TLS handshake finished */

enum submission_login { SUBMISSION_LOGIN_OK, SUBMISSION_LOGIN_REFUSED, SUBMISSION_LOGIN_TEMPORARY };
void submission_authenticated(struct submission *session, enum submission_login result);
/* The answer to message_end, or, while DATA still flows, core's early verdict: the rest of the
 * message is then read and dropped and this reply is given at its end. Without CRLF. */
void submission_submitted(struct submission *session, struct slice reply);
/* The credential was revoked: the next command is answered 535 and the connection closes. Within
 * DATA the rest is dropped, and core answers message_end. */
void submission_revoked(struct submission *session);
void submission_timeout(struct submission *session); /* 451 4.4.2 ..., then close */
void submission_shutdown(
    struct submission *session); /* 421, then close; at once unless a reply is owed */

bool submission_waiting(const struct submission *session); /* for core: no idle time runs */
bool submission_is_authenticated(const struct submission *session);
const char *submission_state_name(const struct submission *session);

#endif
