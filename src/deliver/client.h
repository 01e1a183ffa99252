/*
 * An SMTP client session with a next hop (RFC 5321, 3207, 2920, 1870, 6152, 4954): replies in,
 * commands out: no socket, no clock. One session carries many transactions to the same next hop.
 *
 *   GREETING -> EHLO -> [STARTTLS -> EHLO] -> [AUTH] -> READY -> MAIL -> RCPT* -> DATA -> BODY -> READY
 *
 * With PIPELINING, MAIL, all RCPT and DATA go out together. Every recipient gets its own outcome.
 */
#ifndef POSTERN_DELIVER_CLIENT_H
#define POSTERN_DELIVER_CLIENT_H

#include "base/memory.h"
#include "net/protocol.h"

struct client_transaction {
    struct slice reverse_path; /* empty: <> */
    const struct slice *recipients;
    size_t recipient_count;
    uint64_t size;
    bool eight_bit;
};

struct client_options {
    struct slice hostname; /* our EHLO name */
    enum tls_policy tls;
    struct slice user_name, password; /* AUTH when user_name is not empty */
    bool loopback;                    /* the connection stays on this machine: AUTH needs no TLS */
};

/* None of these may free the client. */
struct client_actions {
    void (*write)(void *ctx, struct slice bytes);
    void (*start_tls)(void *ctx); /* after what was written; answer with client_secured */
    void (*ready)(void *ctx); /* logged in, between transactions: client_begin may be called; also
                                      from within client_begin, when nothing had to be sent */
    /* The body may be written: client_body pieces, then client_body_end. */
    void (*want_body)(void *ctx);
    /* One recipient's fate, as soon as it is known; each of the transaction exactly once. */
    void (*outcome)(void *ctx, size_t recipient, enum outcome_kind kind, struct slice status,
                    struct slice reply);
    void (*done)(void *ctx);  /* transaction over; `ready` or `close` follows */
    void (*close)(void *ctx); /* the session ended; no transaction is open any more */
    /* What is said, without secrets and message; a reply in one line. May be NULL. */
    void (*trace)(void *ctx, bool from_server, struct slice line);
};

struct client;
struct client *client_new(const struct client_options *options,
                          const struct client_actions *actions, void *ctx);
void client_free(struct client *client);
size_t client_input(struct client *client, struct slice data);
void client_secured(struct client *client);
void client_begin(struct client *client, const struct client_transaction *transaction); /* copied */
void client_body(struct client *client, struct slice piece); /* dot-stuffed here;
                                                                   ignored once the body is not wanted */
void client_body_end(struct client *client);
/* The connection is gone, or a time limit passed: open recipients get OUTCOME_RETRY with these words
 * ("421 4.4.2 ..."); a session that failed before the first transaction calls `close` only and
 * client_failure tells why. */
void client_lost(struct client *client, struct slice status, struct slice reply);
void client_quit(struct client *client); /* QUIT, then `close` */

/* Why the session could not be opened: RETRY or FAILED with status and reply (greeting 5xx, no
 * STARTTLS under TLS_REQUIRE, AUTH refused ...). */
bool client_failure(const struct client *client, enum outcome_kind *kind, struct slice *status,
                    struct slice *reply);
/* The last transaction ended before the server answered anything of it, as when a session that was
 * used before is closed meanwhile: it may be begun again elsewhere at once. */
bool client_unheard(const struct client *client);
/* Milliseconds the current step may take (RFC 5321 §4.5.3.2). */
int64_t client_step_limit_ms(const struct client *client);

#endif
