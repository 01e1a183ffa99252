/*
 * Going out is a file of its own, so that a program that must never connect to anybody does not
 * even hold the function. Private to net/: stream_connect is declared in stream.h.
 */
#ifndef POSTERN_NET_CONNECT_H
#define POSTERN_NET_CONNECT_H

#include "stream.h"

/* A stream on a socket whose connect(2) is under way; takes the descriptor. NULL, with errno, when
 * the system cannot watch it. */
struct stream *stream_open_connecting(struct loop *loop, int fd, size_t input_max,
                                      const struct stream_handler *handler, void *ctx);

#endif
