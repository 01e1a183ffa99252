/*
 * The console's door: where from and when in the first byte, then a request as a stranger sends it, framed
 * as at the door. What is let in, which token it has, and which code of a second factor is right (the
 * body), are found a second time here, the plain way.
 */
#include "accept/http.h"
#include "api/console_request.h"
#include "authenticate/totp.h"

#include <assert.h>

enum { BODY_MAX = 256, NOW_S = 1234567890, NOW_STEP = NOW_S * 1000LL / TOTP_STEP_MS };

static const struct slice key = SLICE("12345678901234567890");

struct door {
    struct http *http;
    struct slice source_ip, tls;
    int64_t after; /* the step of the code that was used last */
    struct buf body;
    bool ended;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* ---- a second opinion ---- */

/* The value of each line of that name, one after the other; `*at` is where to look on. */
static bool
next_value(struct slice header, const char *name, size_t *at, struct slice *value)
{
    size_t len = strlen(name);
    while (*at < header.len) {
        struct slice line = slice_from(header, *at);
        line = slice_head(line, slice_find(line, SLICE("\r\n")));
        *at += line.len + 2;
        if (line.len > len && line.ptr[len] == ':' && slice_iis(slice_head(line, len), name)) {
            *value = slice_trim(slice_from(line, len + 1));
            return true;
        }
    }
    return false;
}

static bool
says_only(struct slice header, const char *name, const char *expected, size_t *count)
{
    struct slice value;
    for (size_t at = *count = 0; next_value(header, name, &at, &value); ++*count)
        if (!slice_is(value, expected))
            return false;
    return *count < 2;
}

/* ---- the door ---- */

static void
check_origin(const struct door *door, struct slice header)
{
    struct err err;
    const struct console_request request = {header, door->source_ip, door->tls};
    size_t marks, sites;
    bool safe =
        door->tls.len || slice_is(door->source_ip, "127.0.0.1") || slice_is(door->source_ip, "::1");
    bool ours = says_only(header, "X-Postern-Console", "1", &marks) && marks == 1;
    bool same = says_only(header, "Sec-Fetch-Site", "same-origin", &sites);
    bool accepted = console_request_check_origin(&request, &err) == RC_OK;
    assert(accepted == (safe && ours && same));
    assert(accepted || err.text[0]);
}

/* How often the cookie is among those between semicolons, and where its value is. */
static size_t
count_cookies(struct slice cookies, struct slice *value)
{
    static const struct slice mark = SLICE(CONSOLE_COOKIE "=");
    size_t count = 0;
    for (size_t start = 0, end; start <= cookies.len; start = end + 1) {
        for (end = start; end < cookies.len && cookies.ptr[end] != ';';)
            end++;
        struct slice cookie = slice_trim((struct slice){cookies.ptr + start, end - start});
        if (slice_starts(cookie, mark) && ++count)
            *value = slice_from(cookie, mark.len);
    }
    return count;
}

static void
check_token(struct slice header)
{
    const struct console_request request = {.header = header};
    struct slice token, cookies, second, expected = SLICE("");
    size_t at = 0;
    bool one_field =
        next_value(header, "Cookie", &at, &cookies) && !next_value(header, "Cookie", &at, &second);
    bool one = one_field && count_cookies(cookies, &expected) == 1;
    bool found = console_request_token(&request, &token);
    assert(found == (one && expected.len == CONSOLE_TOKEN_TEXT));
    assert(!found || (token.ptr == expected.ptr && token.len == expected.len));
}

static void
check_path(struct slice target)
{
    static const struct slice prefix = SLICE(CONSOLE_API_PATH);
    struct slice service, operation, path = slice_head(target, slice_chr(target, '?'));
    if (!console_request_operation(path, &service, &operation))
        return;
    assert(slice_starts(path, prefix));
    assert(slice_chr(service, '/') == SLICE_NONE && slice_chr(operation, '?') == SLICE_NONE);
    assert(service.ptr == path.ptr + prefix.len && operation.ptr == service.ptr + service.len + 1);
    assert(operation.ptr + operation.len == path.ptr + path.len);
}

static void
on_head(void *ctx, const struct http_request *request)
{
    const struct door *door = ctx;
    check_origin(door, request->header);
    check_token(request->header);
    check_path(request->target);
    http_credit(door->http, BODY_MAX);
}

/* ---- the second factor ---- */

static bool
is_code(struct slice text, int64_t step)
{
    char right[TOTP_DIGITS];
    size_t count = 0;
    totp_code(key, step, right);
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == ' ')
            continue;
        if (count == TOTP_DIGITS || text.ptr[i] != right[count++])
            return false;
    }
    return count == TOTP_DIGITS;
}

static void
check_code(struct slice text, int64_t after)
{
    int64_t expected = 0;
    for (int64_t step = NOW_STEP - 1; step <= NOW_STEP + 1; step++)
        if (step > after && is_code(text, step))
            expected = step;
    assert(totp_match(key, text, after, NOW_S * 1000LL) == expected);
}

/* RFC 4648 §6, unpadded: read back, the secret as it was. */
static void
check_secret(struct slice secret)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    struct arena *arena = arena_new();
    struct slice text = totp_text(arena, secret);
    size_t read = 0;
    unsigned bits = 0, count = 0;
    assert(text.len == (secret.len * 8 + 4) / 5);
    for (size_t i = 0; i < text.len; i++) {
        const char *digit = memchr(alphabet, text.ptr[i], sizeof alphabet - 1);
        assert(digit);
        bits = (bits << 5 | (unsigned)(digit - alphabet)) & 0xfff;
        count += 5;
        if (count >= 8) {
            count -= 8;
            assert((char)(bits >> count) == secret.ptr[read++]);
        }
    }
    assert(read == secret.len);
    struct slice uri = totp_uri(arena, key, secret, secret);
    for (size_t i = 0; i < uri.len; i++)
        assert(uri.ptr[i] > 0x20 && uri.ptr[i] < 0x7f);
    assert(slice_chr(uri, '?') == slice_rchr(uri, '?'));
    arena_free(arena);
}

/* ---- the session ---- */

static void
on_write(void *ctx, struct slice bytes)
{
    (void)ctx, (void)bytes;
}

static void
on_close(void *ctx)
{
    (void)ctx;
}

static void
on_body(void *ctx, struct slice piece)
{
    buf_add(&((struct door *)ctx)->body, piece);
}

static void
on_end(void *ctx)
{
    struct door *door = ctx;
    check_code(buf_slice(&door->body), door->after);
    check_secret(buf_slice(&door->body));
    buf_reset(&door->body);
    door->ended = true;
}

static struct slice
on_date(void *ctx)
{
    (void)ctx;
    return SLICE("Sun, 06 Nov 1994 08:49:37 GMT");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct http_actions actions = {on_write, on_close, on_head,
                                                on_body,  on_end,   on_date};
    static const char *const sources[] = {"127.0.0.1", "::1", "192.0.2.1", "2001:db8::127"};
    if (size == 0)
        return 0;
    struct door door = {.source_ip = slice_of(sources[data[0] & 3]),
                        .tls = data[0] & 4 ? SLICE("TLSv1.3") : SLICE(""),
                        .after = NOW_STEP - 2 + (data[0] >> 3 & 3)};
    buf_init(&door.body, BODY_MAX);
    door.http = http_new(BODY_MAX, &actions, &door);
    for (struct slice rest = {(const char *)data + 1, size - 1}; rest.len;) {
        door.ended = false;
        rest = slice_from(rest, http_input(door.http, rest));
        if (!door.ended)
            break;
        http_respond(door.http, 200, SLICE("text/plain"), SLICE(""), SLICE(""));
    }
    http_free(door.http);
    buf_fini(&door.body);
    return 0;
}
