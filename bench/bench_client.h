/*
 * What the loads have in common: one thread, many connections, TLS, and the accounts that they take
 * turns with. A load speaks its protocol in the functions of struct protocol; what it wants to say
 * goes into `out` of the connection, and bench_client.c sends it.
 *
 *   --port N          of 127.0.0.1
 *   --users FILE      lines "user password address secret", taken in turns
 *   --connections N   at a time; 1
 *   --each N          messages on one connection, before the next is opened in its place; 1
 *   --messages N      1
 *   --bytes N         of a message; 4096
 *   --rate N          messages a second, at most; 0 is as fast as it goes
 *   --opening N       how many connections are on their way to being open at a time; 0 is all
 *   --hold 1          send no messages: open all connections, say so, and stay until SIGTERM
 *   --rest N          milliseconds until what failed is tried again; 100
 *
 * Prints a line of name=value pairs. Times are in milliseconds: `dot` from a message's end to its
 * reply, `open` from connecting to being open; `first` is when the first reply came, `client_us` the
 * processor time of the load itself.
 */
#ifndef POSTERN_BENCH_CLIENT_H
#define POSTERN_BENCH_CLIENT_H

#include "base/memory.h"

#include <openssl/ssl.h>

struct account {
    char *user, *password, *address, *secret;
};

enum phase { CLOSED, CONNECTING, HANDSHAKE, TALKING };

struct connection {
    int fd;
    enum phase phase;
    SSL *ssl;
    const struct account *account;
    bool writes;                         /* waits for room */
    bool open, at_work, paused, leaving; /* has a message under way; until one is due; said QUIT */
    uint64_t left;                       /* messages */
    double begun, dotted, heard;         /* when */
    double rest;                         /* not opened again before */
    struct buf out, in;
    int step;            /* the load's own, from 0 */
    bool pipelining;     /* SMTP: offered */
    uint64_t unanswered; /* SMTP: RCPT commands */
};

struct protocol {
    const char *name; /* of the program */
    void (*connected)(struct connection *connection);
    void (*secured)(struct connection *connection);
    /* Complete lines or responses at the beginning of `bytes`; returns how many were used. */
    size_t (*input)(struct connection *connection, struct slice bytes);
    void (*message)(struct connection *connection); /* begins the next one */
    void (*leave)(struct connection *connection);   /* there is none */
};

struct client_option {
    const char *name;
    uint64_t *number; /* one of the two */
    const char **text;
};

extern struct client_options {
    uint64_t port, connections, each, messages, bytes, rate, opening, hold, rest;
    const char *users;
} options;
extern uint64_t client_started; /* messages */

/* `more` are the load's own options, up to one without a name. */
bool client_options(int argc, char **argv, const struct client_option *more);
/* Returns what main returns. */
int client_run(const struct protocol *protocol);

double client_now_s(void);
void client_start_tls(struct connection *connection);
void client_opened(struct connection *connection);   /* and the first message */
void client_answered(struct connection *connection); /* and the next message */
void client_hang_up(struct connection *connection);
/* Its message is tried again, on another connection. */
void client_fail(struct connection *connection, const char *why);

#endif
