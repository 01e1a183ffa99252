#include "pages.h"
#include "http.h"

#define INDEX_PATH "/console/"

struct page {
    struct slice path, type, hash, plain, gzip, brotli;
    bool fixed;
};

bool
pages_is_theirs(struct slice path)
{
    return slice_is(path, PAGES_PATH) ||
           (slice_starts(path, SLICE(PAGES_PATH "/")) && !slice_is(path, PAGES_PATH "/session") &&
            !slice_starts(path, SLICE(PAGES_PATH "/api/")));
}

/* ---- the pack ---- */

static bool
take_length(struct slice text, struct slice *bytes, struct slice *out)
{
    int64_t length;
    if (!slice_i64(text, &length) || length < 0 || (uint64_t)length > bytes->len)
        return false;
    *out = slice_head(*bytes, (size_t)length);
    *bytes = slice_from(*bytes, (size_t)length);
    return true;
}

/* One line, and its bytes from the front of `bytes`. */
static bool
read_page(struct slice line, struct slice *bytes, struct page *out)
{
    enum { WORDS = 7 };
    struct slice words[WORDS];
    for (size_t i = 0; i < WORDS; i++)
        if (!slice_cut(line, ' ', &words[i], &line)) {
            if (i + 1 < WORDS)
                return false;
            words[i] = line;
        }
    *out = (struct page){
        .path = words[0], .type = words[1], .fixed = slice_is(words[2], "fixed"), .hash = words[3]};
    return take_length(words[4], bytes, &out->plain) && take_length(words[5], bytes, &out->gzip) &&
           take_length(words[6], bytes, &out->brotli);
}

static bool
find_page(struct slice pack, struct slice path, struct page *out)
{
    static const struct slice start = SLICE("postern pages 1\n");
    size_t end = slice_find(pack, SLICE("\n\n"));
    if (!slice_starts(pack, start) || end == SLICE_NONE)
        return false;
    struct slice lines = slice_from(slice_head(pack, end + 1), start.len);
    struct slice bytes = slice_from(pack, end + 2), line;
    while (slice_cut(lines, '\n', &line, &lines))
        if (!read_page(line, &bytes, out))
            return false;
        else if (slice_eq(out->path, path))
            return true;
    return false;
}

/* ---- the answer ---- */

/* Is the coding among those of Accept-Encoding, and not with a weight of zero (RFC 9110 §12.5.3)? */
static bool
is_accepted(struct slice header, const char *coding)
{
    struct slice list, item, name, weight;
    bool more = true;
    if (!http_field(header, "Accept-Encoding", &list))
        return false;
    while (more) {
        more = slice_cut(list, ',', &item, &list);
        if (!more)
            item = list;
        if (!slice_cut(item, ';', &name, &weight)) {
            name = item;
            weight = SLICE("");
        }
        if (slice_iis(slice_trim(name), coding))
            return !slice_is(slice_trim(weight), "q=0") && !slice_is(slice_trim(weight), "q=0.0");
    }
    return false;
}

/* Nothing runs but what was built here, nothing is loaded or told elsewhere, and no other page frames
 * it. Styles of elements are set by the components' code, which no policy stops. */
#define SECURITY                                                                                   \
    "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; "           \
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; frame-src 'self' blob:; "          \
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n"                              \
    "X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\n"                          \
    "Cross-Origin-Opener-Policy: same-origin\r\nCross-Origin-Resource-Policy: same-origin\r\n"     \
    "Permissions-Policy: camera=(), microphone=(), geolocation=()\r\n"

static void
answer_text(struct pages_answer *out, unsigned status, const char *header, const char *text)
{
    *out = (struct pages_answer){.status = status,
                                 .content_type = SLICE("text/plain"),
                                 .header = slice_of(header),
                                 .body = slice_of(text)};
}

static void
answer_page(struct arena *arena, const struct page *page, const struct pages_request *request,
            struct pages_answer *out)
{
    struct slice given, tag = arena_printf(arena, "\"%.*s\"", SLICE_ARG(page->hash));
    const char *coding = is_accepted(request->header, "br")     ? "br"
                         : is_accepted(request->header, "gzip") ? "gzip"
                                                                : NULL;
    bool same = http_field(request->header, "If-None-Match", &given) && slice_eq(given, tag);
    *out = (struct pages_answer){
        .status = same ? 304 : 200,
        .content_type = page->type,
        .header = arena_printf(
            arena, "%s%s%sVary: Accept-Encoding\r\nETag: %.*s\r\nCache-Control: %s\r\n" SECURITY,
            coding ? "Content-Encoding: " : "", coding ? coding : "", coding ? "\r\n" : "",
            SLICE_ARG(tag), page->fixed ? "public, max-age=31536000, immutable" : "no-cache"),
        .body = same               ? SLICE("")
                : !coding          ? page->plain
                : coding[0] == 'b' ? page->brotli
                                   : page->gzip,
    };
}

void
pages_answer(struct arena *arena, struct slice pack, const struct pages_request *request,
             struct pages_answer *out)
{
    struct page page;
    if (!slice_is(request->method, "GET") && !slice_is(request->method, "HEAD"))
        answer_text(out, 405, "Allow: GET, HEAD\r\n", "method not allowed\n");
    else if (slice_is(request->path, PAGES_PATH))
        answer_text(out, 308, "Location: " INDEX_PATH "\r\n", "");
    else if (find_page(pack, request->path, &page))
        answer_page(arena, &page, request, out);
    else if (pack.len == 0)
        answer_text(out, 404, "", "this postern was built without its console\n");
    else
        answer_text(out, 404, "", "not found\n");
}
