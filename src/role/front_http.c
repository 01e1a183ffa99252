/*
 * HTTP at front: a request that a session (accept/http.c) has framed becomes a call to core, whose
 * answer is the response; requests for the console's files are answered here, out of the pack.
 */
#include "accept/pages.h"
#include "base/clock.h"
#include "front.h"
#include "role/console_pack.h"

#include <assert.h>
#include <time.h>

enum {
    HTTP_IDLE_MS = 60 * 1000,
    HTTP_HEADER_MAX_MS = 20 * 1000,
    HTTP_BODY_MAX_MS = 60 * 1000, /* and beyond it: */
    HTTP_BODY_BYTES_A_MS = 64     /* 64 KiB a second */
};

static_assert((int)HTTP_LINE_MAX <= CALL_LINE_MAX && (int)HTTP_HEADER_MAX <= CALL_HEADER_MAX,
              "core takes what a session passes on");

/* It was answered, or nobody waits for the answer any more. */
void
front_http_forget(struct connection *connection)
{
    if (connection->call && !connection->call_ended)
        front_send_number(connection->front, MESSAGE_CALL_ABORT, connection->call);
    if (connection->call)
        map_remove(connection->front->calls, MAP_KEY(connection->call));
    connection->call = 0;
    connection->requested = connection->whole = connection->call_ended = false;
    connection->body_bytes = 0;
    buf_reset(&connection->front->piece);
}

/* What came whole within one turn is one message; of what did not, the head goes ahead. */
static void
call_begin(struct connection *connection)
{
    struct front *front = connection->front;
    const struct http_request *request = &connection->request;
    const struct call_message message = {
        .call = ++front->last_number,
        .source_ip = slice_of(connection->source),
        .tls_version = slice_of(stream_tls_version(connection->stream)),
        .request_line = request->line,
        .header = request->header,
        .length = request->length == HTTP_LENGTH_UNKNOWN ? CALL_LENGTH_UNKNOWN : request->length,
        .how = connection->whole           ? CALL_BODY_WHOLE
               : request->expects_continue ? CALL_BODY_AWAITED
                                           : CALL_BODY_FOLLOWS,
        .body = connection->whole ? buf_slice(&front->piece) : SLICE(""),
    };
    connection->call = message.call;
    connection->requested = false;
    connection->call_ended = connection->whole;
    map_put(front->calls, MAP_KEY(connection->call), connection);
    protocol_put_call(&front->encoded, &message);
    front_send(front, MESSAGE_CALL);
    if (connection->whole)
        buf_reset(&front->piece);
}

/* The console's own files are no question to core. False: it is another request. */
static bool
serve_page(struct connection *connection)
{
    struct front *front = connection->front;
    const struct http_request *http = &connection->request;
    const struct pages_request request = {
        http->method, slice_head(http->target, slice_chr(http->target, '?')), http->header};
    struct pages_answer answer;
    if (!pages_is_theirs(request.path))
        return false;
    pages_answer(front->arena, console_pack(), &request, &answer);
    front_http_forget(connection);
    http_respond(connection->http, answer.status, answer.content_type, answer.header, answer.body);
    return true;
}

void
front_http_flush(struct connection *connection)
{
    struct front *front = connection->front;
    if (connection->requested && serve_page(connection)) {
        stream_resume(connection->stream); /* the next request may be here already */
        return;
    }
    if (connection->requested)
        call_begin(connection);
    if (!connection->call || connection->call_ended || (!front->piece.len && !connection->whole))
        return;
    const struct body_message message = {
        .number = connection->call, .piece = buf_slice(&front->piece), .last = connection->whole};
    connection->call_ended = connection->whole;
    protocol_put_body(&front->encoded, &message);
    front_send(front, MESSAGE_CALL_BODY);
    buf_reset(&front->piece);
}

/* A body may take as long as it is large, and core as long as it likes. */
static void
http_note_stall(struct connection *connection)
{
    int64_t now_ms = loop_now_ms(connection->front->loop);
    if (connection->stalled_ms)
        connection->body_ms += now_ms - connection->stalled_ms;
    bool stalled = http_reading_body(connection->http) && http_waiting(connection->http);
    connection->stalled_ms = stalled ? now_ms : 0;
}

int64_t
front_http_delay_ms(struct connection *connection)
{
    http_note_stall(connection);
    if (http_waiting(connection->http))
        return 0;
    if (http_idle(connection->http))
        return HTTP_IDLE_MS;
    if (!http_reading_body(connection->http))
        return connection_remaining_ms(connection, connection->requested_ms, HTTP_HEADER_MAX_MS);
    return connection_remaining_ms(connection, connection->body_ms,
                                   HTTP_BODY_MAX_MS +
                                       (int64_t)(connection->body_bytes / HTTP_BODY_BYTES_A_MS));
}

/*
 * What a session asks for.
 */

static void
session_head(void *ctx, const struct http_request *request)
{
    struct connection *connection = ctx;
    connection->request = *request;
    connection->requested = true;
    connection->body_ms = loop_now_ms(connection->front->loop);
    if (!request->expects_continue)
        http_credit(connection->http, BODY_CREDIT);
}

static void
session_body(void *ctx, struct slice bytes)
{
    struct connection *connection = ctx;
    struct buf *piece = &connection->front->piece;
    connection->body_bytes += bytes.len;
    while (bytes.len) {
        struct slice part = slice_head(bytes, BODY_PIECE_MAX - piece->len);
        buf_add(piece, part);
        bytes = slice_from(bytes, part.len);
        if (bytes.len)
            front_http_flush(connection);
    }
}

static void
session_end(void *ctx)
{
    ((struct connection *)ctx)->whole = true;
}

/* IMF-fixdate, RFC 9110 §5.6.7. */
static struct slice
http_date(struct arena *arena)
{
    enum { DATE_LEN = sizeof "Sun, 06 Nov 1994 08:49:37 GMT" };
    time_t now = (time_t)(clock_now_ms() / SECOND_MS);
    struct tm utc;
    char *text = arena_alloc(arena, DATE_LEN);
    gmtime_r(&now, &utc);
    return (struct slice){text, strftime(text, DATE_LEN, "%a, %d %b %Y %H:%M:%S GMT", &utc)};
}

static struct slice
session_date(void *ctx)
{
    return http_date(((struct connection *)ctx)->front->arena);
}

static const struct http_actions http_actions = {.write = connection_write,
                                                 .close = connection_close,
                                                 .head = session_head,
                                                 .body = session_body,
                                                 .end = session_end,
                                                 .date = session_date};

struct http *
front_http_new(struct connection *connection)
{
    return http_new(CALL_BODY_MAX, &http_actions, connection);
}

struct slice
front_http_busy(struct arena *arena)
{
    return arena_printf(arena,
                        "HTTP/1.1 503 Service Unavailable\r\nDate: %.*s\r\n"
                        "Retry-After: 1\r\nContent-Length: 0\r\n"
                        "Connection: close\r\n\r\n",
                        SLICE_ARG(http_date(arena)));
}

/*
 * From core.
 */

bool
front_http_returned(struct front *front, struct slice payload)
{
    struct return_message message;
    if (!protocol_get_return(front->arena, payload, &message) || message.status < 200 ||
        message.status > 599)
        return false;
    struct connection *connection = map_get(front->calls, MAP_KEY(message.call));
    if (connection) {
        front_http_forget(connection);
        http_respond(connection->http, message.status, message.content_type, message.header,
                     message.body);
        connection_go_on(connection);
    }
    return true;
}
