#include "iam_page.h"
#include "operations.h"
#include "page.h"

enum { ITEMS_DEFAULT = 100, PAGE_BYTES = 512 * 1024 };

enum rc
iam_page_begin(struct api_call *call, struct iam_page *page, struct err *err)
{
    struct slice marker;
    int64_t max;
    *page = (struct iam_page){.after = SLICE("")};
    enum rc rc = json_get_i64(call->input, "MaxItems", ITEMS_DEFAULT, &max, err);
    if (rc == RC_OK)
        rc = api_input_optional(call, "Marker", &marker, err);
    if (rc != RC_OK)
        return rc;
    page->limit = max + 1;
    if (page_token_read(call->arena, marker, &page->after))
        return RC_OK;
    return api_fail(call, RC_SYNTAX, FAULT_VALIDATION, err,
                    "Invalid Marker: it is none that an earlier page ended with");
}

/* What the output that came since takes as XML: names stand twice, and some characters take more. */
static void
measure(struct iam_page *page, const struct buf *out)
{
    for (size_t i = page->measured; i < out->len; i++) {
        char c = out->ptr[i];
        page->bytes += c == '&' || c == '<' || c == '>' ? 5 : 2;
    }
    page->measured = out->len;
}

bool
iam_page_take(struct api_call *call, struct iam_page *page, struct slice key)
{
    measure(page, call->output->out);
    page->truncated = page->taken + 1 == page->limit || page->bytes > PAGE_BYTES;
    if (page->truncated)
        return false;
    page->taken++;
    page->last = key;
    return true;
}

void
iam_page_end(struct api_call *call, const struct iam_page *page)
{
    json_put_bool(call->output, "IsTruncated", page->truncated);
    if (page->truncated)
        json_put_string(call->output, "Marker", page_token(call->arena, page->last));
}
