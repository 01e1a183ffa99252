/*
 * Framed messages between two of our processes over a Unix stream socket.
 * Frame: 32-bit little-endian payload length, one byte type, payload. A frame that is too long
 * or a handler that refuses a message closes the channel: the other side is not trusted.
 * Output is collected during a turn of the loop and written at its end in one call.
 */
#ifndef POSTERN_NET_CHANNEL_H
#define POSTERN_NET_CHANNEL_H

#include "loop.h"

enum { CHANNEL_PAYLOAD_MAX = 1024 * 1024 };

struct channel;

struct channel_handler {
    /* One message; the payload is borrowed for the call. False closes the channel: `closed` follows. */
    bool (*message)(void *ctx, struct channel *channel, uint8_t type, struct slice payload);
    /* The other side went away, or misbehaved. Called once, never from within channel_send;
     * the channel is freed after it returns. Not called after channel_close. */
    void (*closed)(void *ctx, struct channel *channel, const char *why);
};

/* Takes the descriptor. */
struct channel *channel_open(struct loop *loop, int fd, const struct channel_handler *handler,
                             void *ctx);
/* What was sent before still goes out as far as the kernel has room for it. */
void channel_close(struct channel *channel);
/* The payload is copied; at most CHANNEL_PAYLOAD_MAX bytes. */
void channel_send(struct channel *channel, uint8_t type, struct slice payload);
/* Hand to the kernel now, as far as it has room, what would go at the end of this turn of the loop:
 * so it is at the other side before what another channel says from here on. */
void channel_flush(struct channel *channel);
/* Close it when more than so much waits for who does not read. 0, at first: no bound, where the
 * other side is one that keeps to its credit. */
void channel_bound(struct channel *channel, size_t backlog_max);
size_t channel_backlog(const struct channel *channel); /* bytes not yet taken by the kernel */

/*
 * Messages with one descriptor each, for the parent's own channel (SOCK_SEQPACKET): used to hand
 * over listening sockets and the ends of channels, never files. Blocking, small.
 */
MUST_USE enum rc channel_send_fd(int socket_fd, uint8_t type, struct slice payload, int fd,
                                 struct err *err); /* fd -1: none */
/* RC_NOT_FOUND when the other side closed; RC_AGAIN when nothing is there and flags has MSG_DONTWAIT. */
MUST_USE enum rc channel_recv_fd(int socket_fd, struct buf *payload, uint8_t *type, int *fd,
                                 int flags, struct err *err);

#endif
