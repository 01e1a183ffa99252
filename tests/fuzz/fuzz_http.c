/*
 * The HTTP session on any bytes, twice: as one piece with all the credit it can use, and cut by the
 * bytes themselves with a few bytes of credit at a time. Both must frame the same requests and write
 * the same, and what is framed must keep its promises.
 */
#include "accept/http.h"

#include <assert.h>
#include <stdlib.h>

enum { BODY_MAX = 4096, TRANSCRIPT_MAX = 64 * 1024 * 1024 };

struct owner {
    struct http *http;
    struct buf transcript;
    struct http_request request; /* borrowed */
    uint64_t arrived, credit;
    bool cut, ended, closed;
};

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void
on_write(void *ctx, struct slice bytes)
{
    struct owner *owner = ctx;
    assert(!owner->closed);
    buf_add(&owner->transcript, bytes);
}

static void
on_close(void *ctx)
{
    struct owner *owner = ctx;
    assert(!owner->closed);
    owner->closed = true;
}

/* Each LF follows a CR, each CR is followed by LF. */
static bool
lines_are_sound(struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\n' && (i == 0 || text.ptr[i - 1] != '\r'))
            return false;
        if (text.ptr[i] == '\r' && (i + 1 == text.len || text.ptr[i + 1] != '\n'))
            return false;
    }
    return slice_chr(text, '\0') == SLICE_NONE;
}

static void
on_head(void *ctx, const struct http_request *request)
{
    struct owner *owner = ctx;
    struct slice value;
    assert(lines_are_sound(request->line) && slice_chr(request->line, '\n') == SLICE_NONE);
    assert(lines_are_sound(request->header));
    assert(!request->header.len || slice_ends(request->header, SLICE("\r\n")));
    assert(request->method.len && request->target.len);
    assert(request->length == HTTP_LENGTH_UNKNOWN || request->length <= BODY_MAX);
    if (http_field(request->header, "Content-Length", &value)) {
        uint64_t length;
        assert(slice_u64(value, &length) && length == request->length);
    }
    buf_add(&owner->transcript, request->line);
    buf_add(&owner->transcript, request->header);
    owner->arrived = owner->credit = 0;
    owner->request = *request;
    http_credit(owner->http, owner->credit = owner->cut ? 1 : BODY_MAX);
}

static void
on_body(void *ctx, struct slice piece)
{
    struct owner *owner = ctx;
    assert(piece.len && piece.len <= owner->credit);
    owner->credit -= piece.len;
    owner->arrived += piece.len;
    assert(owner->arrived <= BODY_MAX);
    buf_add(&owner->transcript, piece);
}

static void
on_end(void *ctx)
{
    struct owner *owner = ctx;
    uint64_t announced = owner->request.length;
    assert(announced == HTTP_LENGTH_UNKNOWN || announced == owner->arrived);
    buf_add(&owner->transcript, owner->request.line); /* it is still there */
    owner->ended = true;
}

static struct slice
on_date(void *ctx)
{
    (void)ctx;
    return SLICE("Sun, 06 Nov 1994 08:49:37 GMT");
}

static const struct http_actions actions = {on_write, on_close, on_head, on_body, on_end, on_date};

static void
feed(struct owner *owner, struct slice data)
{
    while (data.len) {
        size_t used = http_input(owner->http, data);
        assert(used <= data.len);
        data = slice_from(data, used);
        if (owner->ended) {
            owner->ended = false;
            http_respond(owner->http, 200, SLICE("text/plain"), SLICE(""), SLICE("ok"));
        } else if (http_waiting(owner->http)) {
            owner->credit += 3;
            http_credit(owner->http, 3);
        } else {
            assert(!data.len);
        }
    }
}

static void
run(struct owner *owner, struct slice data, bool cut)
{
    *owner = (struct owner){.cut = cut};
    buf_init(&owner->transcript, TRANSCRIPT_MAX);
    owner->http = http_new(BODY_MAX, &actions, owner);
    while (data.len) {
        size_t piece = cut ? (size_t)(1 + (unsigned char)data.ptr[0] % 13) : data.len;
        feed(owner, slice_head(data, piece));
        data = slice_from(data, piece);
    }
    http_free(owner->http);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct owner whole, pieces;
    struct slice data = {(const char *)bytes, len};
    run(&whole, data, false);
    run(&pieces, data, true);
    assert(whole.closed == pieces.closed);
    assert(slice_eq(buf_slice(&whole.transcript), buf_slice(&pieces.transcript)));
    buf_fini(&whole.transcript);
    buf_fini(&pieces.transcript);
    return 0;
}
