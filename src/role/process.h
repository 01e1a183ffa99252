/*
 * What every worker process does first and last. The parent starts a worker with its own
 * SOCK_SEQPACKET socket as descriptor 3 and sends CONFIGURE, LISTEN*, ATTACH*, START
 * (net/protocol.h); when that socket closes, the worker exits.
 */
#ifndef POSTERN_ROLE_PROCESS_H
#define POSTERN_ROLE_PROCESS_H

#include "config.h"
#include "net/loop.h"

enum { PROCESS_PARENT_FD = 3, PROCESS_CERTIFICATE_MAX = 64 * 1024 };

struct process_listener {
    enum listener_kind kind;
    int fd;
};

struct process_peer {
    enum role role;
    uint32_t number; /* of the peer, counted over restarts */
    int fd;
};

struct process_start {
    struct config config; /* what this role may know */
    struct process_listener *listeners;
    size_t listener_count;
    struct process_peer *peers;
    size_t peer_count;
    struct slice certificate, certificate_key; /* PEM: front both, core no key; others empty */
    struct slice update_secret; /* resolver: of dns_update.key_name; empty when it needs none */
};

struct process_handler {
    /* A peer was started again: the new end of the channel to it. NULL where it cannot happen. */
    void (*attached)(void *ctx, struct process_peer peer);
    /* A renewed certificate and its key, in PEM; borrowed. NULL where none is needed. */
    void (*renewed)(void *ctx, struct slice certificate, struct slice key);
    void (*stop)(void *ctx); /* finish what must be, then stop the loop; NULL: stop it at once */
};

struct process;

/* Reads the start messages (blocking), sets up logging, umask, core dumps off, not dumpable, ignores
 * SIGPIPE and terminal signals. Exits with words on stderr when the parent sends nonsense. */
struct process *process_begin(enum role role, struct loop *loop, struct process_start *start);
/* After the role opened what it needs: give up privileges (the role's user when started as root),
 * and what confine.h forbids. Before the first thread. */
void process_confine(struct process *process, const struct process_start *start);
/* From here on the parent's socket is watched; READY is sent. */
void process_ready(struct process *process, const struct process_handler *handler, void *ctx);

#endif
