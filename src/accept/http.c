/*
 *   LINE --> HEADER --> (BODY | CHUNK_SIZE <-> CHUNK_DATA, CHUNK_END, TRAILER) --> WAITING
 *   WAITING --http_respond--> LINE, or CLOSING
 *   any state of the body --http_respond--> CLOSING
 *
 * What another server in front of us, or core behind us, could read differently is refused here:
 * a request has one reading or none (RFC 9112 §11.2).
 */
#include "http.h"

#include <stdlib.h>

enum http_state {
    HTTP_LINE,       /* between requests, or in the request line */
    HTTP_HEADER,     /* in the header block */
    HTTP_BODY,       /* `remaining` bytes of body follow */
    HTTP_CHUNK_SIZE, /* a chunk-size line follows */
    HTTP_CHUNK_DATA, /* `remaining` bytes of a chunk follow */
    HTTP_CHUNK_END,  /* the CRLF behind a chunk follows */
    HTTP_TRAILER,    /* the trailer section follows */
    HTTP_WAITING,    /* the owner has the whole request; nothing is read */
    HTTP_CLOSING     /* the last response was given; input is ignored */
};

enum {
    FIELDS_MAX = 100,
    CHUNK_LINE_MAX = 256,
    CHUNK_DIGITS_MAX = 8,
    HEAD_MAX = HTTP_LINE_MAX + HTTP_HEADER_MAX + 4 /* two CRLF */
};

/* What the header says about the message; starts anew with each request. */
struct framing {
    bool http10, head, keep_alive;
    bool host_seen, length_seen, chunked, expect_continue;
    uint64_t length;
    unsigned fields;
};

struct http {
    uint64_t body_max;
    struct http_actions actions;
    void *ctx;
    enum http_state state;
    struct framing framing;
    struct buf head;    /* request line and header block as they came */
    struct buf line;    /* the chunk-size line or trailer being read */
    size_t line_len;    /* of the request line in `head`, with CRLF */
    size_t line_start;  /* in `head`: where the line being read begins */
    size_t trailer_len; /* read so far */
    uint64_t remaining;
    uint64_t body_len; /* of the body, passed on so far */
    uint64_t credit;
    bool continue_owed; /* 100 (Continue), when there is credit */
    bool empty_line_skipped;
    bool leaving; /* after the response that is owed */
};

static const struct status_text {
    unsigned status;
    const char *reason;
} statuses[] = {
    {100, "Continue"},
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {417, "Expectation Failed"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
};

static const char *
status_reason(unsigned status)
{
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
        if (statuses[i].status == status)
            return statuses[i].reason;
    return "";
}

/*
 * Responses.
 */

static void
request_forget(struct http *http)
{
    buf_fini(&http->head);
    buf_fini(&http->line);
    http->framing = (struct framing){0};
    http->line_len = http->line_start = http->trailer_len = 0;
    http->remaining = http->body_len = http->credit = 0;
    http->continue_owed = false;
    http->empty_line_skipped = false;
    http->state = HTTP_LINE;
}

static void
session_close(struct http *http)
{
    request_forget(http);
    http->state = HTTP_CLOSING;
    http->actions.close(http->ctx);
}

static void
field_put(struct buf *head, const char *name, struct slice value)
{
    if (value.len)
        buf_printf(head, "%s: %.*s\r\n", name, SLICE_ARG(value));
}

/* RFC 9110 §8.6, §15.3.5: these have no content, and 204 no Content-Length either. */
static bool
status_has_content(unsigned status)
{
    return status != 204 && status != 304;
}

static void
response_write(struct http *http, unsigned status, struct slice content_type, struct slice header,
               struct slice body)
{
    struct slice date = http->actions.date(http->ctx);
    struct buf head;
    buf_init(&head, 4096 + content_type.len + header.len + date.len);
    buf_printf(&head, "HTTP/1.1 %u %s\r\n", status, status_reason(status));
    field_put(&head, "Date", date);
    field_put(&head, "Content-Type", content_type);
    buf_add(&head, header);
    if (status_has_content(status))
        buf_printf(&head, "Content-Length: %zu\r\n", body.len);
    field_put(&head, "Connection", http->framing.keep_alive ? SLICE("keep-alive") : SLICE("close"));
    buf_add_cstr(&head, "\r\n");
    http->actions.write(http->ctx, buf_slice(&head));
    buf_fini(&head);
    if (body.len && status_has_content(status) && !http->framing.head)
        http->actions.write(http->ctx, body);
}

/* After a request that cannot be read, the place of the next one is unknown: always close. */
static void
refuse(struct http *http, unsigned status)
{
    struct buf body;
    buf_init(&body, 256);
    buf_printf(&body, "%s\n", status_reason(status));
    http->framing.keep_alive = false;
    response_write(http, status, SLICE("text/plain"), SLICE(""), buf_slice(&body));
    buf_fini(&body);
    session_close(http);
}

void
http_respond(struct http *http, unsigned status, struct slice content_type, struct slice header,
             struct slice body)
{
    bool unread = http_reading_body(http);
    if (http->state != HTTP_WAITING && !unread)
        return;
    if (unread || http->leaving)
        http->framing.keep_alive = false;
    response_write(http, status, content_type, header, body);
    if (http->framing.keep_alive)
        request_forget(http);
    else
        session_close(http);
}

void
http_shutdown(struct http *http)
{
    http->leaving = true;
    if (http->state == HTTP_LINE || http->state == HTTP_HEADER)
        session_close(http);
}

/*
 * Characters.
 */

/* RFC 9110 §5.6.2 */
static bool
is_token_char(char c)
{
    return ascii_alnum(c) || (c && strchr("!#$%&'*+-.^_`|~", c));
}

static bool
is_token(struct slice text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!is_token_char(text.ptr[i]))
            return false;
    return text.len > 0;
}

static bool
is_visible(struct slice text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] <= 0x20 || text.ptr[i] >= 0x7f)
            return false;
    return text.len > 0;
}

/* Field content: no controls but HTAB; 8-bit bytes are opaque (RFC 9110 §5.5). */
static bool
is_field_text(struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if ((c < 0x20 && c != '\t') || c == 0x7f)
            return false;
    }
    return true;
}

/* Cut the CRLF off; false for a bare LF (a bare CR is a control and falls to the checks above). */
static bool
line_chomp(struct slice *line)
{
    if (!slice_ends(*line, SLICE("\r\n")))
        return false;
    line->len -= 2;
    return true;
}

/*
 * Request line: method SP request-target SP HTTP-version (RFC 9112 §3). Each returns 0, or the
 * status to refuse with.
 */

static unsigned
version_read(struct framing *framing, struct slice version)
{
    if (slice_is(version, "HTTP/1.1"))
        return 0;
    framing->http10 = slice_is(version, "HTTP/1.0");
    if (framing->http10)
        return 0;
    bool shaped = version.len == 8 && slice_starts(version, SLICE("HTTP/")) &&
                  ascii_digit(version.ptr[5]) && version.ptr[6] == '.' &&
                  ascii_digit(version.ptr[7]);
    return shaped ? 505 : 400;
}

/* Only origin-form, and "*": no proxy is spoken to, and one resource has one spelling. */
static unsigned
request_line_read(struct framing *framing, struct slice line, struct slice *method,
                  struct slice *target)
{
    struct slice rest, version;
    if (!slice_cut(line, ' ', method, &rest) || !slice_cut(rest, ' ', target, &version))
        return 400;
    if (!is_token(*method) || !is_visible(*target))
        return 400;
    bool asterisk = slice_is(*target, "*") && slice_is(*method, "OPTIONS");
    if (target->ptr[0] != '/' && !asterisk)
        return 400;
    framing->head = slice_is(*method, "HEAD");
    return version_read(framing, version);
}

/*
 * Header fields that frame the message.
 */

/* RFC 9112 §6.3: two values, even equal ones, are two readings. */
static unsigned
field_content_length(struct framing *framing, struct slice value)
{
    if (framing->length_seen || !slice_u64(value, &framing->length))
        return 400;
    framing->length_seen = true;
    return 0;
}

static unsigned
field_transfer_encoding(struct framing *framing, struct slice value)
{
    if (framing->chunked || framing->http10 || !slice_iis(value, "chunked"))
        return 400;
    framing->chunked = true;
    return 0;
}

static unsigned
field_host(struct framing *framing, struct slice value)
{
    if (framing->host_seen || (value.len && !is_visible(value)))
        return 400;
    framing->host_seen = true;
    return 0;
}

static unsigned
field_connection(struct framing *framing, struct slice value)
{
    while (value.len) {
        struct slice option = value, rest = SLICE("");
        slice_cut(value, ',', &option, &rest);
        option = slice_trim(option);
        if (slice_iis(option, "close"))
            framing->keep_alive = false;
        else if (slice_iis(option, "keep-alive") && framing->http10)
            framing->keep_alive = true;
        value = rest;
    }
    return 0;
}

static unsigned
field_expect(struct framing *framing, struct slice value)
{
    if (framing->http10) /* RFC 9110 §10.1.1: ignored */
        return 0;
    framing->expect_continue = slice_iis(value, "100-continue");
    return framing->expect_continue ? 0 : 417;
}

static const struct framing_field {
    const char *name;
    unsigned (*read)(struct framing *framing, struct slice value);
} framing_fields[] = {
    {"Content-Length", field_content_length},
    {"Transfer-Encoding", field_transfer_encoding},
    {"Host", field_host},
    {"Connection", field_connection},
    {"Expect", field_expect},
};

/* field-line = field-name ":" OWS field-value OWS. A folded line and a space before the colon are
 * both no token. `line` is without CRLF. */
static bool
field_split(struct slice line, struct slice *name, struct slice *value)
{
    if (!slice_cut(line, ':', name, value) || !is_token(*name) || !is_field_text(*value))
        return false;
    *value = slice_trim(*value);
    return true;
}

static unsigned
field_read(struct framing *framing, struct slice line)
{
    struct slice name, value;
    if (!field_split(line, &name, &value))
        return 400;
    if (++framing->fields > FIELDS_MAX)
        return 431;
    for (size_t i = 0; i < sizeof framing_fields / sizeof *framing_fields; i++)
        if (slice_iis(name, framing_fields[i].name))
            return framing_fields[i].read(framing, value);
    return 0;
}

bool
http_field(struct slice header, const char *name, struct slice *value)
{
    struct slice line, found, content;
    while (slice_cut(header, '\n', &line, &header)) {
        if (slice_cut(line, ':', &found, &content) && slice_iis(found, name)) {
            *value = slice_trim(content);
            return true;
        }
    }
    return false;
}

size_t
http_fields(struct slice header, const char *name, struct slice *value)
{
    struct slice line, found, content;
    size_t count = 0;
    while (slice_cut(header, '\n', &line, &header))
        if (slice_cut(line, ':', &found, &content) && slice_iis(found, name) && ++count == 1)
            *value = slice_trim(content);
    return count;
}

/* The header as a whole: the rules that need all of it. */
static unsigned
framing_check(const struct framing *framing, uint64_t body_max)
{
    if (framing->chunked && framing->length_seen)
        return 400;
    if (!framing->host_seen && !framing->http10)
        return 400;
    if (framing->length > body_max)
        return 413;
    return 0;
}

/*
 * Reading.
 */

static void
request_end(struct http *http)
{
    http->state = HTTP_WAITING;
    http->actions.end(http->ctx);
}

static void
request_begin(struct http *http)
{
    const struct framing *framing = &http->framing;
    struct slice head = buf_slice(&http->head), rest;
    struct http_request request = {
        .line = slice_head(head, http->line_len - 2),
        .header = slice_from(head, http->line_len),
        .length = framing->chunked ? HTTP_LENGTH_UNKNOWN : framing->length,
        .expects_continue = http->continue_owed,
    };
    slice_cut(request.line, ' ', &request.method, &rest);
    slice_cut(rest, ' ', &request.target, &rest);
    http->actions.head(http->ctx, &request);
}

static void
header_done(struct http *http)
{
    const struct framing *framing = &http->framing;
    unsigned status = framing_check(framing, http->body_max);
    http->head.len -= 2; /* the empty line */
    if (status) {
        refuse(http, status);
        return;
    }
    http->remaining = framing->length;
    http->state = framing->chunked ? HTTP_CHUNK_SIZE : HTTP_BODY;
    http->continue_owed = framing->expect_continue && (framing->chunked || http->remaining);
    request_begin(http);
    if (http->state == HTTP_BODY && http->remaining == 0)
        request_end(http);
}

/* Take bytes up to and with the next LF. *complete: the line is whole. False: over `max`. */
static bool
line_collect(struct buf *buf, struct slice data, size_t max, size_t *used, bool *complete)
{
    size_t end = slice_chr(data, '\n');
    *complete = end != SLICE_NONE;
    *used = *complete ? end + 1 : data.len;
    if (*used > max - buf->len)
        return false;
    buf_add(buf, slice_head(data, *used));
    return true;
}

static void
request_line_done(struct http *http)
{
    struct slice line = buf_slice(&http->head), method, target;
    /* RFC 9112 §2.2: one empty line before a request is forgiven. */
    if (slice_is(line, "\r\n") && !http->empty_line_skipped) {
        http->empty_line_skipped = true;
        buf_reset(&http->head);
        return;
    }
    unsigned status =
        line_chomp(&line) ? request_line_read(&http->framing, line, &method, &target) : 400;
    if (status) {
        refuse(http, status);
        return;
    }
    http->framing.keep_alive = !http->framing.http10;
    http->line_len = http->line_start = http->head.len;
    http->state = HTTP_HEADER;
}

static void
header_line_done(struct http *http)
{
    struct slice line = slice_from(buf_slice(&http->head), http->line_start);
    http->line_start = http->head.len;
    if (!line_chomp(&line)) {
        refuse(http, 400);
    } else if (!line.len) {
        header_done(http);
    } else {
        unsigned status = field_read(&http->framing, line);
        if (status)
            refuse(http, status);
    }
}

static size_t
head_input(struct http *http, struct slice data)
{
    bool in_line = http->state == HTTP_LINE, complete;
    size_t max = in_line ? HTTP_LINE_MAX + 2 : http->line_len + HTTP_HEADER_MAX + 2;
    size_t used;
    if (!line_collect(&http->head, data, max, &used, &complete))
        refuse(http, in_line ? 414 : 431);
    else if (complete && in_line)
        request_line_done(http);
    else if (complete)
        header_line_done(http);
    return used;
}

/* The owner may answer within body(): the session is then closing. */
static size_t
body_input(struct http *http, struct slice data)
{
    const enum http_state state = http->state;
    uint64_t most = http->remaining < http->credit ? http->remaining : http->credit;
    struct slice part = slice_head(data, most < data.len ? (size_t)most : data.len);
    if (!part.len)
        return 0;
    http->remaining -= part.len;
    http->credit -= part.len;
    http->body_len += part.len;
    http->actions.body(http->ctx, part);
    if (http->state != state || http->remaining)
        return part.len;
    if (state == HTTP_BODY)
        request_end(http);
    else
        http->state = HTTP_CHUNK_END;
    return part.len;
}

static int
hex_value(char c)
{
    c = ascii_lower(c);
    return ascii_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* chunk-size [chunk-ext] (RFC 9112 §7.1): hexadecimal digits alone, then the end or ";". */
static bool
chunk_size_read(struct slice line, uint64_t *size)
{
    size_t digits = 0;
    *size = 0;
    while (digits < line.len && hex_value(line.ptr[digits]) >= 0) {
        if (digits == CHUNK_DIGITS_MAX)
            return false;
        *size = *size << 4 | (unsigned)hex_value(line.ptr[digits++]);
    }
    if (digits == 0)
        return false;
    struct slice extension = slice_from(line, digits);
    return !extension.len || (extension.ptr[0] == ';' && is_field_text(extension));
}

static void
chunk_size_done(struct http *http)
{
    struct slice line = buf_slice(&http->line);
    uint64_t size;
    bool sound = line_chomp(&line) && chunk_size_read(line, &size);
    buf_reset(&http->line);
    if (!sound) {
        refuse(http, 400);
    } else if (size > http->body_max - http->body_len) {
        refuse(http, 413);
    } else {
        http->remaining = size;
        http->state = size ? HTTP_CHUNK_DATA : HTTP_TRAILER;
    }
}

/* Trailer fields are checked and dropped (RFC 9110 §6.5.1): no signature covers them. */
static void
trailer_done(struct http *http)
{
    struct slice line = buf_slice(&http->line), name, value;
    bool sound = line_chomp(&line), last = sound && !line.len;
    sound = sound && (last || field_split(line, &name, &value));
    http->trailer_len += http->line.len;
    buf_reset(&http->line);
    if (!sound)
        refuse(http, 400);
    else if (last)
        request_end(http);
}

static size_t
chunk_line_input(struct http *http, struct slice data)
{
    bool in_size = http->state == HTTP_CHUNK_SIZE, complete;
    size_t max = in_size ? CHUNK_LINE_MAX : HTTP_HEADER_MAX - http->trailer_len;
    size_t used;
    if (!line_collect(&http->line, data, max, &used, &complete))
        refuse(http, in_size ? 400 : 431);
    else if (complete && in_size)
        chunk_size_done(http);
    else if (complete)
        trailer_done(http);
    return used;
}

static size_t
chunk_end_input(struct http *http, struct slice data)
{
    struct slice part = slice_head(data, 2 - http->line.len);
    buf_add(&http->line, part);
    if (!slice_starts(SLICE("\r\n"), buf_slice(&http->line))) {
        refuse(http, 400);
    } else if (http->line.len == 2) {
        buf_reset(&http->line);
        http->state = HTTP_CHUNK_SIZE;
    }
    return part.len;
}

static size_t
input_step(struct http *http, struct slice data)
{
    switch (http->state) {
    case HTTP_LINE:
    case HTTP_HEADER: return head_input(http, data);
    case HTTP_BODY:
    case HTTP_CHUNK_DATA: return body_input(http, data);
    case HTTP_CHUNK_SIZE:
    case HTTP_TRAILER: return chunk_line_input(http, data);
    case HTTP_CHUNK_END: return chunk_end_input(http, data);
    case HTTP_WAITING: return 0;
    case HTTP_CLOSING: return data.len;
    }
    return 0;
}

size_t
http_input(struct http *http, struct slice data)
{
    size_t used = 0;
    while (used < data.len) {
        size_t step = input_step(http, slice_from(data, used));
        if (!step)
            break;
        used += step;
    }
    return used;
}

void
http_credit(struct http *http, uint64_t bytes)
{
    if (!http_reading_body(http))
        return;
    http->credit += bytes;
    if (http->continue_owed)
        http->actions.write(http->ctx, SLICE("HTTP/1.1 100 Continue\r\n\r\n"));
    http->continue_owed = false;
}

struct http *
http_new(uint64_t body_max, const struct http_actions *actions, void *ctx)
{
    struct http *http = NEW(struct http);
    http->body_max = body_max;
    http->actions = *actions;
    http->ctx = ctx;
    buf_init(&http->head, HEAD_MAX);
    buf_init(&http->line, HTTP_HEADER_MAX);
    return http;
}

void
http_free(struct http *http)
{
    if (!http)
        return;
    request_forget(http);
    free(http);
}

bool
http_idle(const struct http *http)
{
    return http->state == HTTP_LINE && http->head.len == 0 && !http->empty_line_skipped;
}

bool
http_waiting(const struct http *http)
{
    bool in_body = http->state == HTTP_BODY || http->state == HTTP_CHUNK_DATA;
    return http->state == HTTP_WAITING || (in_body && !http->credit) || http->continue_owed;
}

bool
http_reading_body(const struct http *http)
{
    return http->state >= HTTP_BODY && http->state < HTTP_WAITING;
}
