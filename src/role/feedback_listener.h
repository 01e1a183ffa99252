/*
 * Where bounces come back: courier's listener on port 25 (2525 while developing). Connections and
 * their sessions (report/feedback.h) are here; what a message means is core's to say.
 */
#ifndef POSTERN_ROLE_FEEDBACK_LISTENER_H
#define POSTERN_ROLE_FEEDBACK_LISTENER_H

#include "net/protocol.h"

struct loop;
struct feedback_listener;

/* `send` passes a message on to core; it is borrowed for the call. */
struct feedback_listener *
feedback_listener_new(struct loop *loop, struct slice hostname,
                      void (*send)(void *ctx, const struct feedback_message *message), void *ctx);
/* A bound, listening socket; taken. Several share the limits. RC_TEMPORARY when it cannot be
 * watched. */
MUST_USE enum rc feedback_listener_open(struct feedback_listener *listener, int fd,
                                        struct err *err);
/* A FEEDBACK_TAKEN message. False: it is malformed. */
MUST_USE bool feedback_listener_taken(struct feedback_listener *listener, struct slice payload);

#endif
