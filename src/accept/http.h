/*
 * A strict HTTP/1.1 server session (RFC 9112): frames one request at a time for core, which
 * decides. Bytes in, actions out: no socket, no clock. It keeps the head of a request until the
 * response and nothing of its body, which is passed on as it comes, under credit.
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

enum { HTTP_LINE_MAX = 8 * 1024, HTTP_HEADER_MAX = 32 * 1024 };
#define HTTP_LENGTH_UNKNOWN UINT64_MAX

/* Borrowed from the session until the response is given or the session closes. */
struct http_request {
    struct slice line; /* raw request line without CRLF */
    struct slice method, target;
    struct slice header;   /* raw header block, each line with CRLF, without the empty line */
    uint64_t length;       /* of the body as announced; HTTP_LENGTH_UNKNOWN: chunked */
    bool expects_continue; /* the client sends the body when it is told to: with the first credit */
};

/* What the session asks its owner to do. Called during the functions below. */
struct http_actions {
    void (*write)(void *ctx, struct slice bytes);
    void (*close)(void *ctx); /* after what was written */
    /* A request begins: body() as it comes and as far as there is credit, then end(). Answer with
     * http_respond. When the session closes without an end(), the rest will not come. */
    void (*head)(void *ctx, const struct http_request *request);
    void (*body)(void *ctx, struct slice piece); /* without the framing of chunks; never empty */
    void (*end)(void *ctx);
    struct slice (*date)(void *ctx); /* now, as IMF-fixdate (RFC 9110 §5.6.7) */
};

struct http;
struct http *http_new(uint64_t body_max, const struct http_actions *actions, void *ctx);
void http_free(struct http *http);
/* Returns how many bytes were consumed; fewer than given when it waits for a response or credit. */
size_t http_input(struct http *http, struct slice data);
/* Bytes of this request's body that the owner can take now, beyond what it said before. */
void http_credit(struct http *http, uint64_t bytes);
/* `header`: further lines with CRLF. Adds Date, Content-Length, Connection and, for HEAD, leaves
 * the body out. Before end() too: what is left of the request is then not read, and the session
 * closes. */
void http_respond(struct http *http, unsigned status, struct slice content_type,
                  struct slice header, struct slice body);
/* Take no further request: close, at once unless a response is owed. */
void http_shutdown(struct http *http);
bool http_idle(const struct http *http);         /* between requests */
bool http_waiting(const struct http *http);      /* for the owner: a response, or credit */
bool http_reading_body(const struct http *http); /* the header is complete, the body is not */
/* The value of a field of a raw header block, trimmed; false when absent. */
bool http_field(struct slice header, const char *name, struct slice *value);
/* How many fields of that name there are; the value is that of the first. */
size_t http_fields(struct slice header, const char *name, struct slice *value);

#endif
