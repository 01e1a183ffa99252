/*
 * A connection to the outside: TCP or a Unix socket, with or without TLS. The owner sees bytes.
 *
 * Input stays in the stream until the owner consumed it. Output is collected and written at the
 * end of the loop's turn. Buffers of an idle stream are freed; an idle TLS stream costs at most
 * 24 KiB all told (SSL_MODE_RELEASE_BUFFERS).
 */
#ifndef POSTERN_NET_STREAM_H
#define POSTERN_NET_STREAM_H

#include "loop.h"

#include <sys/socket.h>

/* An address and port; printable form "192.0.2.1" or "2001:db8::1". */
struct endpoint {
    struct sockaddr_storage address;
    socklen_t len;
};
MUST_USE enum rc endpoint_parse(struct slice ip, uint16_t port, struct endpoint *out,
                                struct err *err); /* literal addresses only */
struct slice endpoint_ip(struct arena *arena, const struct endpoint *endpoint);
uint16_t endpoint_port(const struct endpoint *endpoint);
/* Loopback, private, link-local, shared, multicast, documentation, unspecified, v4-mapped of these. */
bool endpoint_is_private(const struct endpoint *endpoint);

/* Server side: certificate chain and key in PEM, TLS 1.2 and 1.3. */
struct tls_server;
MUST_USE enum rc tls_server_new(struct slice certificate, struct slice key, struct tls_server **out,
                                struct err *err);
void tls_server_free(struct tls_server *server);

/* Client side. verify: the chain must lead to a system trust anchor (or `ca_path`, a PEM file,
 * when not NULL) and name the host; without it any certificate is taken (RFC 7435). */
struct tls_client;
MUST_USE enum rc tls_client_new(bool verify, const char *ca_path, struct tls_client **out,
                                struct err *err);
void tls_client_free(struct tls_client *client);

struct stream;

enum stream_end {
    STREAM_CLOSED,  /* the other side closed in order */
    STREAM_TIMEOUT, /* the deadline passed */
    STREAM_FAILED   /* refused, reset, TLS failure; see the text */
};

/* `input` and `ended` must be there; the others may be NULL. */
struct stream_handler {
    /* Connected (outgoing streams only). */
    void (*connected)(void *ctx, struct stream *stream);
    /* A TLS handshake finished. */
    void (*secured)(void *ctx, struct stream *stream);
    /* Unread input. Returns how much was consumed; what is left comes again with the next bytes
     * or on stream_resume. Called again while it consumes something and input is left. */
    size_t (*input)(void *ctx, struct stream *stream, struct slice data);
    /* All output was taken by the kernel (only called after output had to wait). */
    void (*drained)(void *ctx, struct stream *stream);
    /* Over, once; the stream is freed after it returns. Not called after stream_close. When the
     * other side closed, input that was not consumed is lost with it. On
     * STREAM_TIMEOUT the stream is still usable inside the call for a last stream_write followed
     * by stream_finish; otherwise it is closed. */
    void (*ended)(void *ctx, struct stream *stream, enum stream_end end, const char *why);
};

/* Incoming connections. The descriptor is a bound, listening, non-blocking socket; taken. The
 * accepted descriptor is the callee's, and non-blocking. NULL with errno when it cannot be watched. */
struct listener;
struct listener *listener_open(struct loop *loop, int fd,
                               void (*accepted)(void *ctx, int fd, const struct endpoint *peer),
                               void *ctx);
void listener_close(struct listener *listener);

/* An accepted descriptor becomes a stream; taken. `input_max`: unread bytes kept at most; when
 * that many wait unread, reading pauses. */
struct stream *stream_open(struct loop *loop, int fd, size_t input_max,
                           const struct stream_handler *handler, void *ctx);
/* Outgoing. RC_TEMPORARY when the system refuses at once; otherwise connected or ended follows.
 * `source`: local address to bind, or NULL. */
MUST_USE enum rc stream_connect(struct loop *loop, const struct endpoint *to,
                                const struct endpoint *source, size_t input_max,
                                const struct stream_handler *handler, void *ctx,
                                struct stream **out, struct err *err);

/* Begin TLS. Input that is already buffered is thrown away (RFC 3207 §4.2, CVE-2011-0411);
 * pending output is written first, in clear. `secured` or `ended` follows. */
void stream_secure_server(struct stream *stream, struct tls_server *server);
void stream_secure_client(struct stream *stream, struct tls_client *client, struct slice host);

bool stream_is_tls(const struct stream *stream);
/* "TLSv1.3", "TLS_AES_256_GCM_SHA384"; static strings; "" without TLS. */
const char *stream_tls_version(const struct stream *stream);
const char *stream_tls_cipher(const struct stream *stream);
bool stream_tls_verified(
    const struct stream *stream); /* the peer's certificate was valid for its name */

void stream_write(struct stream *stream, struct slice data); /* copied; never blocks */
size_t stream_backlog(const struct stream *stream);          /* output not yet taken */
/* Call `input` again with what is buffered (the owner can go on). Deferred to the end of the turn. */
void stream_resume(struct stream *stream);
/* `ended` with STREAM_TIMEOUT unless moved or cleared (0) before. */
void stream_deadline(struct stream *stream, int64_t delay_ms);
/* Write what is pending, then close (TLS close_notify); `ended` is not called, nor anything else of
 * the handler. At most 5 s, in which the other side may read to the end (RFC 9112 §9.6). */
void stream_finish(struct stream *stream);
/* At once. */
void stream_close(struct stream *stream);

#endif
