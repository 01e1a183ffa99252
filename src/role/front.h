/*
 * Private to role/front*.c: the process, a connection of it, and what its files ask of each other.
 */
#ifndef POSTERN_ROLE_FRONT_H
#define POSTERN_ROLE_FRONT_H

#include "accept/http.h"
#include "accept/submission.h"
#include "base/log.h"
#include "base/map.h"
#include "net/channel.h"
#include "net/protocol.h"
#include "net/stream.h"
#include "process.h"

struct front {
    struct loop *loop;
    struct process_start start;
    struct channel *core;
    struct tls_server *tls;  /* owned; NULL when no listener needs it */
    struct arena *arena;     /* for one event */
    struct buf encoded;      /* the message to core being written */
    struct buf piece;        /* bytes of the message that the session at work passed on */
    struct slice deployment; /* owned */
    struct submission_limits limits;
    uint64_t last_number; /* of connections, submissions and calls alike */
    struct map *connections, *submissions, *calls, *sessions; /* number -> connection, borrowed */
    struct map *addresses; /* where from -> how many connections */
    struct door *doors;    /* one a listener; owned */
    struct timer *trim_timer, *stop_timer;
    int64_t stopped_ms;  /* when the stop began */
    unsigned handshakes; /* since memory was given back */
    uint64_t refusals;   /* since the log last told */
    int64_t refusal_told_ms;
};

/* A listener, with what is spoken there. */
struct door {
    struct front *front;
    enum listener_kind kind;
    struct listener *listener; /* owned */
};

/* Counted against the limit. IPv4: the address; IPv6: its /64, commonly one host's own. */
struct origin {
    char bytes[8];
    size_t len;
};

struct connection {
    struct front *front; /* borrowed */
    struct stream *stream;
    uint64_t number;
    enum listener_kind kind;
    struct origin origin;
    char *source; /* owned; printable address */
    int64_t opened_ms;
    bool closing;   /* the session is done: finish the stream */
    bool start_tls; /* the session gave its 220 */
    bool greeted;   /* the client can read a reply */
    bool held_back; /* input was left alone because replies pile up */

    struct submission *submission; /* owned; or NULL, then: */
    struct http *http;             /* owned */

    bool authenticating;    /* core was asked */
    uint64_t session;       /* issued by core; 0 before */
    uint64_t transaction;   /* the submission that core knows; 0 without */
    bool transaction_ended; /* SUBMIT_END was sent */

    struct http_request request; /* borrowed; when `requested` */
    bool requested;              /* a head is here that core has not heard of */
    bool whole;                  /* the session has passed on all of the request */
    uint64_t call;               /* the call that core knows; 0 without */
    bool call_ended;             /* and it has all of it */
    uint64_t body_bytes;         /* passed on so far */
    int64_t requested_ms;        /* when the request began to arrive */
    int64_t body_ms;             /* when its body did, moved on by the time that core took */
    int64_t stalled_ms;          /* since when the body waits for core; 0: it does not */
};

/* front.c: to core goes what was written to front->encoded. */
void front_send(struct front *front, enum message_type type);
void front_send_number(struct front *front, enum message_type type, uint64_t number);
void front_note_handshake(struct front *front);

/* front_connection.c: the life of a connection. */
void connection_accept(void *door, int fd, const struct endpoint *peer);
/* After an answer of core: what the client sent meanwhile is waiting. */
void connection_go_on(struct connection *connection);
void connection_stop(struct connection *connection);
/* What a session of either kind asks for; its `ctx` is the connection. */
void connection_write(void *ctx, struct slice bytes);
void connection_close(void *ctx);
/* At least 1, when nothing is left. */
int64_t connection_remaining_ms(const struct connection *connection, int64_t since_ms,
                                int64_t allowed_ms);
void connection_log(const struct connection *connection, enum log_level level, const char *event,
                    const char *why);

/* front_submission.c, front_http.c: what is spoken on it. A flush passes on to core what a turn of
 * the session has brought, together; a delay is how long the client may be silent, 0: no time runs,
 * since it is core that takes it. What core says is false when it breaks the protocol. */
struct submission *front_submission_new(struct connection *connection, bool implicit_tls);
void front_submission_flush(struct connection *connection);
int64_t front_submission_delay_ms(const struct connection *connection);
void front_submission_end(struct connection *connection);
bool front_submission_authenticated(struct front *front, struct slice payload);
bool front_submission_submitted(struct front *front, struct slice payload);
bool front_submission_dropped(struct front *front, struct slice payload);

struct http *front_http_new(struct connection *connection);
struct slice front_http_busy(struct arena *arena); /* the answer to one connection too many */
void front_http_flush(struct connection *connection);
int64_t front_http_delay_ms(struct connection *connection);
void front_http_forget(struct connection *connection);
bool front_http_returned(struct front *front, struct slice payload);

#endif
