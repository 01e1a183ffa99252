/*
 * Long lists of IAM: Marker and MaxItems (reference §5.7). A page ends early when it grows large: its
 * Marker then says where it goes on, as after a full one.
 *
 *     rc = iam_page_begin(call, &page, err);
 *     ... rows behind page.after, at most page.limit ...
 *     for (i = 0; i < count && iam_page_take(call, &page, rows[i].folded); i++)
 *         ...
 *     iam_page_end(call, &page);
 */
#ifndef POSTERN_API_IAM_PAGE_H
#define POSTERN_API_IAM_PAGE_H

#include "call.h"

struct iam_page {
    struct slice after; /* empty: from the start */
    int64_t limit;      /* one more than the page has: whether anything follows */
    int64_t taken;
    bool truncated;
    struct slice last;      /* key of the last one taken */
    size_t measured, bytes; /* of the output: up to where, and what it takes as XML */
};
MUST_USE enum rc iam_page_begin(struct api_call *call, struct iam_page *page, struct err *err);
bool iam_page_take(struct api_call *call, struct iam_page *page, struct slice key);
void iam_page_end(struct api_call *call, const struct iam_page *page);

#endif
