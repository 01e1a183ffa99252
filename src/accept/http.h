/*
 * A strict HTTP/1.1 server session (RFC 9112): frames one request at a time for core, which
 * decides. Bytes in, actions out: no socket, no clock.
 *
 * Refused with 400 and close: bare CR or LF, obsolete folding, a space before the colon, NUL and
 * controls, Transfer-Encoding together with Content-Length, any Transfer-Encoding but chunked,
 * bad chunks, two Content-Length or Host fields, HTTP/1.1 without Host, HTTP versions other than
 * 1.0 and 1.1 (505), request lines over 8 KiB (414), header blocks over 32 KiB or 100 fields
 * (431), bodies over the limit (413). Expect: 100-continue is honoured.
 */
#ifndef POSTERN_ACCEPT_HTTP_H
#define POSTERN_ACCEPT_HTTP_H

#include "base/memory.h"

struct http_request {
    struct slice line; /* raw request line without CRLF */
    struct slice method, target;
    struct slice header; /* raw header block, each line with CRLF, without the empty line */
    struct slice body;   /* decoded from chunks when chunked */
};

struct http_actions {
    void (*write)(void *ctx, struct slice bytes);
    void (*close)(void *ctx); /* after what was written */
    /* A whole request; borrowed for the call. Answer with http_respond. */
    void (*request)(void *ctx, const struct http_request *request);
};

struct http;
struct http *http_new(size_t body_max, const struct http_actions *actions, void *ctx);
void http_free(struct http *http);
size_t http_input(struct http *http,
                  struct slice data); /* returns consumed; 0 while a request is open */
/* `header`: further lines with CRLF. `date`: IMF-fixdate (RFC 9110 §5.6.7) for the Date field. Adds Content-Length,
 * Connection and, for HEAD, leaves the body out. */
void http_respond(struct http *http, unsigned status, struct slice content_type,
                  struct slice header, struct slice date, struct slice body);
bool http_idle(const struct http *http);         /* between requests */
bool http_waiting(const struct http *http);      /* for http_respond */
bool http_reading_body(const struct http *http); /* the header is complete, the body is not */
/* The value of a field of a raw header block, trimmed; false when absent. */
bool http_field(struct slice header, const char *name, struct slice *value);

#endif
