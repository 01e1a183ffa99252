/*
 * Long lists page by page (reference §7.3, §7.4): how much is wanted at most and from behind which
 * name, told by a token that is opaque to the client. Lists are in the order of their names.
 */
#ifndef POSTERN_API_PAGE_H
#define POSTERN_API_PAGE_H

#include "call.h"

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
