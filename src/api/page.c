#include "page.h"
#include "base/codec.h"

enum { TOKEN_MAX = 1024 };

bool
page_token_read(struct arena *arena, struct slice token, struct slice *after)
{
    struct err err = {0};
    *after = SLICE("");
    if (token.len == 0)
        return true;
    return token.len <= TOKEN_MAX && codec_base64url_decode(arena, token, after, &err) == RC_OK &&
           codec_utf8_valid(*after);
}

/* Access Analyzer's members begin with a small letter. */
static const char *
token_member(const struct api_call *call)
{
    return call->service == SERVICE_ACCESSANALYZER ? "nextToken" : "NextToken";
}

struct slice
page_token(struct arena *arena, struct slice last)
{
    return codec_base64url(arena, last);
}

enum rc
page_read(struct api_call *call, const char *size_member, int64_t fallback, int64_t max,
          struct page *out, struct err *err)
{
    enum rc rc = json_get_i64(call->input, size_member, fallback, &out->limit, err);
    if (rc != RC_OK)
        return rc;
    if (out->limit < 1)
        out->limit = fallback;
    if (out->limit > max)
        out->limit = max;
    if (page_token_read(call->arena, api_text(call->input, token_member(call)), &out->after))
        return RC_OK;
    return api_fail(call, RC_SYNTAX, FAULT_INVALID_PARAMETER, err,
                    "The %s is not one that was given out here.", token_member(call));
}

size_t
page_rows(const struct page *page, size_t found)
{
    return found > (size_t)page->limit ? (size_t)page->limit : found;
}

void
page_put_next(struct api_call *call, const struct page *page, size_t found, struct slice last)
{
    if (found > (size_t)page->limit)
        json_put_string(call->output, token_member(call), page_token(call->arena, last));
}
