/*
 * One HTTP POST of a text (RFC 9110, RFC 9112), as bytes: where to, what is written, and what the other
 * side says of it. Pure. It is all of HTTP that we ever speak as a client, so the connection is closed
 * after the first line of the answer.
 */
#ifndef POSTERN_NET_POST_H
#define POSTERN_NET_POST_H

#include "base/memory.h"

enum { POST_URL_MAX = 1000, POST_STATUS_MAX = 1024 };

struct post_url {
    bool tls;
    struct slice authority; /* host and port as they are written */
    struct slice host;      /* without the brackets of an address */
    uint16_t port;
    struct slice path; /* with the query; "" is "/" */
};

/* "https://host[:port][/path]" or http. Borrows. RC_SYNTAX. */
MUST_USE enum rc post_url_read(struct slice text, struct post_url *out, struct err *err);
struct slice post_request(struct arena *arena, const struct post_url *url, struct slice text);
/*
 * The first line of the answer. *status: three digits.
 *
 * RC_AGAIN   it is not there yet
 * RC_SYNTAX  it is no answer, or longer than POST_STATUS_MAX
 */
MUST_USE enum rc post_status_read(struct slice input, int *status, struct err *err);

#endif
