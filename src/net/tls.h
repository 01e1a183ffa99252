/*
 * TLS as stream.c sees it: a session with steps that never block. stream.c itself knows no
 * library, so that who only needs plain streams does not link one. Private to net/.
 */
#ifndef POSTERN_NET_TLS_H
#define POSTERN_NET_TLS_H

#include "stream.h"

enum io_step {
    IO_DONE,
    IO_WANT_READ,
    IO_WANT_WRITE,
    IO_CLOSED, /* in order, by the other side */
    IO_FAILED
};

struct tls;

struct tls_ops {
    enum io_step (*handshake)(struct tls *tls, struct err *err);
    enum io_step (*read)(struct tls *tls, char *room, size_t len, size_t *got, struct err *err);
    enum io_step (*write)(struct tls *tls, struct slice data, size_t *taken, struct err *err);
    enum io_step (*close_notify)(struct tls *tls);
    void (*free)(struct tls *tls);
};

struct tls {
    const struct tls_ops *ops;
    const char *version, *cipher; /* static; set by the handshake */
    bool verified;
};

/* What stream_secure_* end in (tls.c): takes the session, or ends the stream with words. */
void stream_begin_tls(struct stream *stream, struct tls *tls);
void stream_refuse_tls(struct stream *stream, const char *why);
int stream_fd(const struct stream *stream);

#endif
