#include "accept/http.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { BODY_MAX = 1000 };

struct owner {
    struct http *http;
    struct buf written;
    struct buf seen; /* the requests, each as line|header|body; */
    unsigned heads, requests, closed;
    uint64_t length; /* announced by the last */
    uint64_t credit; /* given at the head */
    bool answer;     /* at once */
    bool early;      /* at the head, 413 */
};

static void
on_write(void *ctx, struct slice bytes)
{
    struct owner *owner = ctx;
    assert_int_equal(owner->closed, 0);
    buf_add(&owner->written, bytes);
}

static void
on_close(void *ctx)
{
    ((struct owner *)ctx)->closed++;
}

static void
respond(struct owner *owner)
{
    http_respond(owner->http, 200, SLICE("text/xml"), SLICE("x-amzn-RequestId: 1\r\n"),
                 SLICE("<ok/>"));
}

static void
on_head(void *ctx, const struct http_request *request)
{
    struct owner *owner = ctx;
    owner->heads++;
    owner->length = request->length;
    buf_add(&owner->seen, request->line);
    buf_add_char(&owner->seen, '|');
    buf_add(&owner->seen, request->header);
    buf_add_char(&owner->seen, '|');
    assert_true(slice_starts(request->line, request->method));
    assert_true(slice_find(request->line, request->target) != SLICE_NONE);
    if (owner->early)
        http_respond(owner->http, 413, SLICE(""), SLICE(""), SLICE(""));
    else if (!request->expects_continue && owner->credit)
        http_credit(owner->http, owner->credit);
}

static void
on_body(void *ctx, struct slice piece)
{
    assert_true(piece.len > 0);
    buf_add(&((struct owner *)ctx)->seen, piece);
}

static void
on_end(void *ctx)
{
    struct owner *owner = ctx;
    owner->requests++;
    buf_add_char(&owner->seen, ';');
    if (owner->answer)
        respond(owner);
}

static struct slice
on_date(void *ctx)
{
    (void)ctx;
    return SLICE("Sun, 06 Nov 1994 08:49:37 GMT");
}

static const struct http_actions actions = {on_write, on_close, on_head, on_body, on_end, on_date};

static void
owner_init(struct owner *owner, bool answer)
{
    *owner = (struct owner){.answer = answer, .credit = 2 * BODY_MAX};
    buf_init(&owner->written, 1 << 20);
    buf_init(&owner->seen, 1 << 20);
    owner->http = http_new(BODY_MAX, &actions, owner);
}

static void
owner_fini(struct owner *owner)
{
    http_free(owner->http);
    buf_fini(&owner->written);
    buf_fini(&owner->seen);
}

static bool
written_starts(const struct owner *owner, const char *text)
{
    return slice_starts(buf_slice(&owner->written), slice_of(text));
}

static bool
written_has(const struct owner *owner, const char *text)
{
    return slice_find(buf_slice(&owner->written), slice_of(text)) != SLICE_NONE;
}

/* The request is refused with this status and the connection ends; cut anywhere, too. */
static void
assert_refused(struct slice request, unsigned status)
{
    char expected[32];
    snprintf(expected, sizeof expected, "HTTP/1.1 %u ", status);
    const size_t pieces[] = {1, 2, 3, request.len};
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        struct owner owner;
        owner_init(&owner, true);
        for (size_t at = 0; at < request.len; at += pieces[i])
            (void)http_input(owner.http, slice_head(slice_from(request, at), pieces[i]));
        if (owner.requests || !written_starts(&owner, expected) || owner.closed != 1)
            fail_msg("%.*s\nshould be refused with %u, but: %.*s", SLICE_ARG(request), status,
                     SLICE_ARG(buf_slice(&owner.written)));
        assert_true(written_has(&owner, "\r\nConnection: close\r\n"));
        assert_true(written_has(&owner, "\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"));
        owner_fini(&owner);
    }
}

#define REFUSED(text, status) assert_refused(SLICE(text), status)

static void
assert_seen(struct slice request, const char *seen)
{
    const size_t pieces[] = {1, 2, 3, request.len};
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        struct owner owner;
        owner_init(&owner, true);
        for (size_t at = 0; at < request.len; at += pieces[i])
            (void)http_input(owner.http, slice_head(slice_from(request, at), pieces[i]));
        if (!slice_eq(buf_slice(&owner.seen), slice_of(seen)))
            fail_msg("%.*s\nwas seen as %.*s, wrote %.*s", SLICE_ARG(request),
                     SLICE_ARG(buf_slice(&owner.seen)), SLICE_ARG(buf_slice(&owner.written)));
        owner_fini(&owner);
    }
}

#define SEEN(text, seen) assert_seen(SLICE(text), seen)

static void
request_is_framed_as_it_came(void **state)
{
    (void)state;
    SEEN("GET /?a=1%20b HTTP/1.1\r\nHost: a\r\nX-Amz-Date:\t1 \r\n\r\n",
         "GET /?a=1%20b HTTP/1.1|Host: a\r\nX-Amz-Date:\t1 \r\n|;");
    SEEN("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\n\r\na\r\n",
         "POST / HTTP/1.1|host: a\r\ncontent-length: 3\r\n|a\r\n;");
}

static void
body_may_hold_any_byte(void **state)
{
    (void)state;
    struct owner owner;
    owner_init(&owner, true);
    struct slice request = SLICE("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\na\0\r\nb");
    assert_int_equal(http_input(owner.http, request), request.len);
    assert_int_equal(owner.requests, 1);
    assert_true(slice_ends(buf_slice(&owner.seen), SLICE("|a\0\r\nb;")));
    owner_fini(&owner);
}

static void
chunks_are_joined(void **state)
{
    (void)state;
    SEEN("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
         "3\r\nabc\r\n00a;x=\"y\"\r\n0123456789\r\n0\r\nTrailer: dropped\r\n\r\n",
         "POST / HTTP/1.1|Host: a\r\nTransfer-Encoding: chunked\r\n|abc0123456789;");
    SEEN("POST / HTTP/1.1\r\nHost: a\r\ntransfer-encoding: Chunked\r\n\r\n0\r\n\r\n",
         "POST / HTTP/1.1|Host: a\r\ntransfer-encoding: Chunked\r\n|;");
}

static void
pipelined_requests_are_given_one_by_one(void **state)
{
    (void)state;
    struct owner owner;
    owner_init(&owner, false);
    struct slice two =
        SLICE("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_int_equal(http_input(owner.http, two), two.len / 2);
    assert_true(http_waiting(owner.http));
    assert_int_equal(http_input(owner.http, slice_from(two, two.len / 2)), 0);
    respond(&owner);
    assert_true(http_idle(owner.http));
    assert_int_equal(http_input(owner.http, slice_from(two, two.len / 2)), two.len / 2);
    assert_int_equal(owner.requests, 2);
    assert_int_equal(owner.closed, 0);
    owner_fini(&owner);
}

static void
response_is_complete(void **state)
{
    (void)state;
    struct owner owner;
    owner_init(&owner, true);
    (void)http_input(owner.http, SLICE("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
    assert_true(slice_is(buf_slice(&owner.written),
                         "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
                         "Content-Type: text/xml\r\nx-amzn-RequestId: 1\r\n"
                         "Content-Length: 5\r\nConnection: keep-alive\r\n\r\n<ok/>"));
    owner_fini(&owner);
}

static void
head_is_answered_without_a_body(void **state)
{
    (void)state;
    struct owner owner;
    owner_init(&owner, true);
    (void)http_input(owner.http, SLICE("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n"));
    assert_true(written_has(&owner, "Content-Length: 5\r\n"));
    assert_false(written_has(&owner, "<ok/>"));
    owner_fini(&owner);
}

static void
no_content_has_no_length(void **state)
{
    (void)state;
    struct owner owner;
    owner_init(&owner, false);
    (void)http_input(owner.http, SLICE("DELETE /x HTTP/1.1\r\nHost: a\r\n\r\n"));
    http_respond(owner.http, 204, SLICE(""), SLICE(""), SLICE(""));
    assert_true(slice_is(buf_slice(&owner.written),
                         "HTTP/1.1 204 No Content\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
                         "Connection: keep-alive\r\n\r\n"));
    owner_fini(&owner);
}

static void
assert_persistence(struct slice request, bool kept)
{
    struct owner owner;
    owner_init(&owner, true);
    (void)http_input(owner.http, request);
    assert_int_equal(owner.requests, 1);
    assert_int_equal(owner.closed, !kept);
    assert_true(written_has(&owner, kept ? "Connection: keep-alive\r\n" : "Connection: close\r\n"));
    owner_fini(&owner);
}

static void
connection_persists_as_asked(void **state)
{
    (void)state;
    assert_persistence(SLICE("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), true);
    assert_persistence(SLICE("GET / HTTP/1.1\r\nHost: a\r\nConnection: x, Close\r\n\r\n"), false);
    assert_persistence(
        SLICE("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nConnection: keep-alive\r\n\r\n"),
        false);
    assert_persistence(SLICE("GET / HTTP/1.0\r\n\r\n"), false);
    assert_persistence(SLICE("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"), true);
}

static void
expect_continue_is_answered_with_the_first_credit(void **state)
{
    (void)state;
    struct owner owner;
    owner_init(&owner, true);
    (void)http_input(owner.http, SLICE("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n"
                                       "Expect: 100-continue\r\n\r\n"));
    assert_int_equal(owner.written.len, 0);
    assert_true(http_waiting(owner.http));
    http_credit(owner.http, 10);
    assert_true(slice_is(buf_slice(&owner.written), "HTTP/1.1 100 Continue\r\n\r\n"));
    assert_true(http_reading_body(owner.http) && !http_waiting(owner.http));
    (void)http_input(owner.http, SLICE("x"));
    assert_int_equal(owner.requests, 1);
    owner_fini(&owner);
    REFUSED("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nExpect: x\r\n\r\n", 417);
    /* A body that is too large is not asked for. */
    REFUSED("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\nExpect: 100-continue\r\n\r\n",
            413);
}

static void
request_lines_with_two_readings_are_refused(void **state)
{
    (void)state;
    REFUSED("GET / HTTP/1.1\nHost: a\r\n\r\n", 400);
    REFUSED("GET  / HTTP/1.1\r\n", 400);
    REFUSED("GET /  HTTP/1.1\r\n", 400);
    REFUSED("GET / HTTP/1.1 \r\n", 400);
    REFUSED(" GET / HTTP/1.1\r\n", 400);
    REFUSED("GET /a b HTTP/1.1\r\n", 400);
    REFUSED("GET /\r HTTP/1.1\r\n", 400);
    REFUSED("GET /\0 HTTP/1.1\r\n", 400);
    REFUSED("GET /\x80 HTTP/1.1\r\n", 400);
    REFUSED("GET\t/ HTTP/1.1\r\n", 400);
    REFUSED("G(T / HTTP/1.1\r\n", 400);
    REFUSED("GET /\r\n", 400);
    REFUSED("GET\r\n", 400);
    REFUSED("\r\n\r\n", 400);
    REFUSED("\n", 400);
    REFUSED("GET a HTTP/1.1\r\n", 400);
    REFUSED("GET * HTTP/1.1\r\n", 400);
    REFUSED("GET http://a/ HTTP/1.1\r\n", 400);
    REFUSED("CONNECT a:443 HTTP/1.1\r\n", 400);
    REFUSED("GET / http/1.1\r\n", 400);
    REFUSED("GET / HTTP/1.10\r\n", 400);
    REFUSED("GET / HTTP/2.0\r\n", 505);
    REFUSED("GET / HTTP/0.9\r\n", 505);
    REFUSED("GET / HTTP/1.2\r\n", 505);
    REFUSED("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400);
    REFUSED("EHLO mail.example.org\r\n", 400);
}

static void
one_empty_line_before_a_request_is_forgiven(void **state)
{
    (void)state;
    SEEN("\r\nGET / HTTP/1.0\r\n\r\n", "GET / HTTP/1.0||;");
}

static void
fields_with_two_readings_are_refused(void **state)
{
    (void)state;
#define FIELD(text, status) REFUSED("GET / HTTP/1.1\r\nHost: a\r\n" text "\r\n\r\n", status)
    FIELD("X : 1", 400);
    FIELD("X\t: 1", 400);
    FIELD(": 1", 400);
    FIELD("X", 400);
    FIELD(" X: 1", 400);
    FIELD("X: 1\r\n folded", 400);
    FIELD("X: 1\r\n\tfolded", 400);
    FIELD("X: 1\nY: 2", 400);
    FIELD("X: 1\rY: 2", 400);
    FIELD("X: 1\r\r", 400);
    FIELD("X: \0", 400);
    FIELD("X: \x7f", 400);
    FIELD("X\xc3: 1", 400);
    FIELD("Host: b", 400);
    FIELD("host: a", 400);
#undef FIELD
    REFUSED("GET / HTTP/1.1\r\n\r\n", 400);
    REFUSED("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400);
    REFUSED("GET / HTTP/1.1\r\nHost: a\r\n\n", 400);
}

static void
lengths_with_two_readings_are_refused(void **state)
{
    (void)state;
#define FRAMED(text, status) REFUSED("POST / HTTP/1.1\r\nHost: a\r\n" text "\r\n\r\n", status)
    FRAMED("Content-Length: 1\r\nContent-Length: 1", 400);
    FRAMED("Content-Length: 1\r\ncontent-length: 2", 400);
    FRAMED("Content-Length: 1, 1", 400);
    FRAMED("Content-Length: +1", 400);
    FRAMED("Content-Length: -1", 400);
    FRAMED("Content-Length: 0x1", 400);
    FRAMED("Content-Length: 1 1", 400);
    FRAMED("Content-Length:", 400);
    FRAMED("Content-Length: 18446744073709551616", 400);
    FRAMED("Content-Length: 18446744073709551615", 413);
    FRAMED("Content-Length: 1001", 413);
    FRAMED("Content-Length: 3\r\nTransfer-Encoding: chunked", 400);
    FRAMED("Transfer-Encoding: chunked\r\nContent-Length: 0", 400);
    FRAMED("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", 400);
    FRAMED("Transfer-Encoding: gzip, chunked", 400);
    FRAMED("Transfer-Encoding: chunked, identity", 400);
    FRAMED("Transfer-Encoding: identity", 400);
    FRAMED("Transfer-Encoding: \"chunked\"", 400);
    FRAMED("Transfer-Encoding: xchunked", 400);
    FRAMED("Transfer-Encoding:", 400);
    FRAMED("Transfer-Encoding : chunked", 400);
#undef FRAMED
    REFUSED("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400);
}

static void
broken_chunks_are_refused(void **state)
{
    (void)state;
#define CHUNKS(text, status)                                                                       \
    REFUSED("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" text, status)
    CHUNKS("\r\n", 400);
    CHUNKS("x\r\n", 400);
    CHUNKS("0x3\r\nabc\r\n", 400);
    CHUNKS("+3\r\nabc\r\n", 400);
    CHUNKS(" 3\r\nabc\r\n", 400);
    CHUNKS("3 \r\nabc\r\n", 400);
    CHUNKS("3\nabc\r\n", 400);
    CHUNKS("3\r\nabcd\r\n", 400);
    CHUNKS("3\r\nabc\n0\r\n\r\n", 400);
    CHUNKS("3\r\nabc\r0", 400);
    CHUNKS("3\r\nabc0\r\n\r\n", 400);
    CHUNKS("3;a\rb\r\nabc\r\n", 400);
    CHUNKS("000000003\r\nabc\r\n", 400);
    CHUNKS("ffffffffffffffff\r\n", 400);
    CHUNKS("10000000000000003\r\nabc\r\n", 400);
    CHUNKS("ffffffff\r\n", 413);
    CHUNKS("3e9\r\n", 413);
    CHUNKS("3\r\nabc\r\n3e6\r\n", 413);
    CHUNKS("0\r\nX : 1\r\n\r\n", 400);
    CHUNKS("0\r\n folded\r\n\r\n", 400);
    CHUNKS("0\r\nX: 1\n\r\n", 400);
#undef CHUNKS
}

static void
add_many(struct buf *buf, size_t count, const char *text)
{
    for (size_t i = 0; i < count; i++)
        buf_add_cstr(buf, text);
}

static void
what_is_too_large_is_refused(void **state)
{
    (void)state;
    struct buf request;
    buf_init(&request, 1 << 20);
    buf_add_cstr(&request, "GET /");
    add_many(&request, 9000, "a");
    assert_refused(buf_slice(&request), 414);

    buf_reset(&request);
    buf_add_cstr(&request, "GET / HTTP/1.1\r\nHost: a\r\n");
    add_many(&request, 100, "X: 1\r\n");
    assert_refused(buf_slice(&request), 431);

    buf_reset(&request);
    buf_add_cstr(&request, "GET / HTTP/1.1\r\nHost: a\r\nX: ");
    add_many(&request, 33000, "a");
    assert_refused(buf_slice(&request), 431);

    buf_reset(&request);
    buf_add_cstr(&request, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n");
    add_many(&request, 6000, "X: 1\r\n");
    assert_refused(buf_slice(&request), 431);

    buf_reset(&request);
    buf_add_cstr(&request, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;");
    add_many(&request, 300, "a");
    assert_refused(buf_slice(&request), 400);
    buf_fini(&request);
}

static void
what_is_just_not_too_large_is_taken(void **state)
{
    (void)state;
    struct owner owner;
    struct buf request;
    owner_init(&owner, true);
    buf_init(&request, 1 << 20);
    buf_add_cstr(&request, "GET /");
    add_many(&request, 8192 - 14, "a");
    buf_add_cstr(&request, " HTTP/1.1\r\nHost: a\r\n");
    add_many(&request, 98, "X: 1\r\n");
    buf_add_cstr(&request, "X:");
    add_many(&request, 32768 - 9 - 98 * 6 - 4, "b");
    buf_add_cstr(&request, "\r\n\r\n");
    assert_int_equal(http_input(owner.http, buf_slice(&request)), request.len);
    assert_int_equal(owner.requests, 1);
    buf_fini(&request);
    owner_fini(&owner);
}

static void
nothing_is_read_after_a_refusal(void **state)
{
    (void)state;
    struct owner owner;
    owner_init(&owner, true);
    struct slice input = SLICE("GET / HTTP/3.0\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_int_equal(http_input(owner.http, input), input.len);
    assert_int_equal(owner.requests, 0);
    respond(&owner); /* nobody waits for it */
    assert_int_equal(owner.closed, 1);
    owner_fini(&owner);
}

static void
body_is_passed_on_as_far_as_there_is_credit(void **state)
{
    (void)state;
    struct owner owner;
    owner_init(&owner, false);
    owner.credit = 4;
    struct slice request =
        SLICE("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n0123456789");
    assert_int_equal(http_input(owner.http, request), request.len - 6);
    assert_int_equal(owner.length, 10);
    assert_true(slice_ends(buf_slice(&owner.seen), SLICE("|0123")));
    assert_true(http_waiting(owner.http) && http_reading_body(owner.http));
    assert_int_equal(http_input(owner.http, SLICE("456789")), 0);
    http_credit(owner.http, 6);
    assert_false(http_waiting(owner.http));
    assert_int_equal(http_input(owner.http, SLICE("456789")), 6);
    assert_int_equal(owner.requests, 1);
    assert_true(slice_ends(buf_slice(&owner.seen), SLICE("|0123456789;")));
    owner_fini(&owner);
}

static void
framing_of_chunks_needs_no_credit(void **state)
{
    (void)state;
    struct owner owner;
    owner_init(&owner, false);
    owner.credit = 3;
    struct slice head = SLICE("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    assert_int_equal(http_input(owner.http, head), head.len);
    assert_true(owner.length == HTTP_LENGTH_UNKNOWN);
    assert_int_equal(http_input(owner.http, SLICE("3\r\nabc\r\n1\r\nd")), 11);
    http_credit(owner.http, 1);
    assert_int_equal(http_input(owner.http, SLICE("d\r\n0\r\n\r\n")), 8);
    assert_int_equal(owner.requests, 1);
    assert_true(slice_ends(buf_slice(&owner.seen), SLICE("|abcd;")));
    owner_fini(&owner);
}

static void
credit_ends_with_its_request(void **state)
{
    (void)state;
    struct owner owner;
    owner_init(&owner, true);
    struct slice one = SLICE("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx");
    assert_int_equal(http_input(owner.http, one), one.len);
    http_credit(owner.http, 1000); /* late */
    owner.credit = 0;
    assert_int_equal(http_input(owner.http, one), one.len - 1);
    assert_int_equal(owner.requests, 1);
    owner_fini(&owner);
}

static void
early_response_ends_the_session(void **state)
{
    (void)state;
    struct owner owner;
    owner_init(&owner, false);
    owner.early = true;
    struct slice request = SLICE("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab"
                                 "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_int_equal(http_input(owner.http, request), request.len);
    assert_int_equal(owner.heads, 1);
    assert_int_equal(owner.requests, 0);
    assert_int_equal(owner.closed, 1);
    assert_true(written_starts(&owner, "HTTP/1.1 413 "));
    assert_true(written_has(&owner, "Connection: close\r\n"));
    owner_fini(&owner);
}

static void
response_in_the_middle_of_a_body_ends_the_session(void **state)
{
    (void)state;
    const struct slice bodies[] = {SLICE("Content-Length: 5\r\n\r\nab"),
                                   SLICE("Transfer-Encoding: chunked\r\n\r\n5\r\nab"),
                                   SLICE("Transfer-Encoding: chunked\r\n\r\n5"),
                                   SLICE("Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX")};
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        struct owner owner;
        owner_init(&owner, false);
        (void)http_input(owner.http, SLICE("POST / HTTP/1.1\r\nHost: a\r\n"));
        (void)http_input(owner.http, bodies[i]);
        respond(&owner);
        assert_true(written_has(&owner, "Connection: close\r\n"));
        assert_int_equal(owner.closed, 1);
        assert_int_equal(http_input(owner.http, SLICE("more")), 4);
        assert_int_equal(owner.requests, 0);
        owner_fini(&owner);
    }
}

static void
shutdown_lets_a_request_finish(void **state)
{
    (void)state;
    struct owner owner;
    owner_init(&owner, false);
    (void)http_input(owner.http, SLICE("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\na"));
    http_shutdown(owner.http);
    assert_int_equal(owner.closed, 0);
    (void)http_input(owner.http, SLICE("b"));
    respond(&owner);
    assert_true(written_has(&owner, "Connection: close\r\n"));
    assert_int_equal(owner.closed, 1);
    owner_fini(&owner);
    const struct slice beginnings[] = {SLICE(""), SLICE("GET"), SLICE("GET / HTTP/1.1\r\nHost")};
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++) {
        owner_init(&owner, false);
        (void)http_input(owner.http, beginnings[i]);
        http_shutdown(owner.http);
        assert_int_equal(owner.closed, 1);
        assert_int_equal(owner.written.len, 0);
        owner_fini(&owner);
    }
}

static void
field_is_found_by_its_whole_name(void **state)
{
    (void)state;
    struct slice header = SLICE("X-Host: no\r\nHOST: \ta b \r\nHost: second\r\nEmpty:\r\n"), value;
    assert_true(http_field(header, "Host", &value));
    assert_true(slice_is(value, "a b"));
    assert_true(http_field(header, "empty", &value));
    assert_int_equal(value.len, 0);
    assert_false(http_field(header, "ost", &value));
    assert_false(http_field(SLICE(""), "Host", &value));
    assert_int_equal(http_fields(header, "host", &value), 2);
    assert_true(slice_is(value, "a b"));
    assert_int_equal(http_fields(header, "Empty", &value), 1);
    assert_int_equal(http_fields(header, "ost", &value), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(request_is_framed_as_it_came),
        cmocka_unit_test(body_may_hold_any_byte),
        cmocka_unit_test(chunks_are_joined),
        cmocka_unit_test(pipelined_requests_are_given_one_by_one),
        cmocka_unit_test(response_is_complete),
        cmocka_unit_test(head_is_answered_without_a_body),
        cmocka_unit_test(no_content_has_no_length),
        cmocka_unit_test(connection_persists_as_asked),
        cmocka_unit_test(expect_continue_is_answered_with_the_first_credit),
        cmocka_unit_test(request_lines_with_two_readings_are_refused),
        cmocka_unit_test(one_empty_line_before_a_request_is_forgiven),
        cmocka_unit_test(fields_with_two_readings_are_refused),
        cmocka_unit_test(lengths_with_two_readings_are_refused),
        cmocka_unit_test(broken_chunks_are_refused),
        cmocka_unit_test(what_is_too_large_is_refused),
        cmocka_unit_test(what_is_just_not_too_large_is_taken),
        cmocka_unit_test(nothing_is_read_after_a_refusal),
        cmocka_unit_test(body_is_passed_on_as_far_as_there_is_credit),
        cmocka_unit_test(framing_of_chunks_needs_no_credit),
        cmocka_unit_test(credit_ends_with_its_request),
        cmocka_unit_test(early_response_ends_the_session),
        cmocka_unit_test(response_in_the_middle_of_a_body_ends_the_session),
        cmocka_unit_test(shutdown_lets_a_request_finish),
        cmocka_unit_test(field_is_found_by_its_whole_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
