/*
 * Long lists page by page (reference §7.3, §7.4): how much is wanted at most and from behind which
 * name, told by a token that is opaque to the client. Lists are in the order of their names. Those of
 * IAM take the same tokens and have rules of their own (iam_page.h).
 */
#ifndef POSTERN_API_PAGE_H
#define POSTERN_API_PAGE_H

#include "call.h"

/* A token holds the name that a page ended with; none: from the beginning. False: not one of ours. */
MUST_USE bool page_token_read(struct arena *arena, struct slice token, struct slice *after);
struct slice page_token(struct arena *arena, struct slice last);

struct page {
    struct slice after; /* empty: from the beginning */
    int64_t limit;
};

/* From NextToken and the member that says how much: less than one is `fallback`, more than `max` is
 * `max`. A token that we did not make is an InvalidParameterValue or BadRequestException. */
MUST_USE enum rc page_read(struct api_call *call, const char *size_member, int64_t fallback,
                           int64_t max, struct page *out, struct err *err);

/* One row more than the page holds was asked for; how many belong to it. */
size_t page_rows(const struct page *page, size_t found);
/* NextToken, when there was one more: `last` is the name of the page's last row. */
void page_put_next(struct api_call *call, const struct page *page, size_t found, struct slice last);

#endif
