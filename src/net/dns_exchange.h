/* One DNS message to a server over TCP, and its answer (RFC 7766): a connection each. */
#ifndef POSTERN_NET_DNS_EXCHANGE_H
#define POSTERN_NET_DNS_EXCHANGE_H

#include "stream.h"

/*
 * Sends the message, which is copied. `done` is called once, later, within limit_ms: with the answer,
 * borrowed for the call; or with an empty one, and why there is none.
 */
void dns_exchange(struct loop *loop, const struct endpoint *server, struct slice message,
                  int64_t limit_ms, void (*done)(void *ctx, struct slice answer, const char *why),
                  void *ctx);

#endif
