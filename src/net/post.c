#include "post.h"

/* Nothing that ends a line or begins another part of the request. */
static bool
is_plain(struct slice text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] <= ' ' || text.ptr[i] >= 127 || strchr("\"'<>\\#@", text.ptr[i]))
            return false;
    return true;
}

/* host[:port], or [address][:port] (RFC 3986 §3.2). */
static bool
read_authority(struct slice text, struct post_url *out)
{
    uint64_t port;
    size_t end = slice_starts(text, SLICE("[")) ? slice_chr(text, ']') : slice_chr(text, ':');
    struct slice rest = slice_from(text, end);
    out->host = slice_head(text, end);
    if (slice_starts(text, SLICE("["))) {
        if (end == SLICE_NONE)
            return false;
        out->host = slice_from(out->host, 1);
        rest = slice_from(rest, 1);
    }
    out->authority = text;
    if (out->host.len == 0 || out->host.len > 253 || slice_chr(out->host, '[') != SLICE_NONE)
        return false;
    if (rest.len == 0)
        return true;
    if (rest.ptr[0] != ':' || !slice_u64(slice_from(rest, 1), &port) || port == 0 || port > 65535)
        return false;
    out->port = (uint16_t)port;
    return true;
}

enum rc
post_url_read(struct slice text, struct post_url *out, struct err *err)
{
    static const struct {
        const char *start;
        bool tls;
        uint16_t port;
    } schemes[] = {{"https://", true, 443}, {"http://", false, 80}};
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        struct slice start = slice_of(schemes[i].start);
        if (!slice_starts(text, start))
            continue;
        struct slice rest = slice_from(text, start.len);
        size_t end = slice_chr(rest, '/');
        *out = (struct post_url){.tls = schemes[i].tls, .port = schemes[i].port};
        out->path = slice_from(rest, end);
        if (text.len <= POST_URL_MAX && is_plain(text) &&
            read_authority(slice_head(rest, end), out))
            return RC_OK;
    }
    return err_set(
        err, RC_SYNTAX,
        "must be https:// or http://, a host and a path, as in https://example.org/heads");
}

struct slice
post_request(struct arena *arena, const struct post_url *url, struct slice text)
{
    return arena_printf(arena,
                        "POST %.*s HTTP/1.1\r\nHost: %.*s\r\nContent-Type: text/plain; "
                        "charset=utf-8\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n%.*s",
                        SLICE_ARG(url->path.len ? url->path : SLICE("/")),
                        SLICE_ARG(url->authority), text.len, SLICE_ARG(text));
}

/* HTTP-version SP 3DIGIT (SP or the end of the line) */
enum rc
post_status_read(struct slice input, int *status, struct err *err)
{
    uint64_t number;
    size_t end = slice_chr(slice_head(input, POST_STATUS_MAX), '\n');
    if (end == SLICE_NONE && input.len < POST_STATUS_MAX)
        return err_set(err, RC_AGAIN, "the answer has no first line yet");
    struct slice line = slice_head(input, end);
    bool good = end != SLICE_NONE && slice_starts(line, SLICE("HTTP/1.")) && line.len >= 12 &&
                ascii_digit(line.ptr[7]) && line.ptr[8] == ' ' &&
                slice_u64(slice_head(slice_from(line, 9), 3), &number) && number >= 100 &&
                (line.len == 12 || line.ptr[12] == ' ' || line.ptr[12] == '\r');
    if (!good)
        return err_set(err, RC_SYNTAX, "the answer is not HTTP/1.1");
    *status = (int)number;
    return RC_OK;
}
