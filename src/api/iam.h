/*
 * What the operations of IAM share: whom a request names, pages of a list, and how users and groups
 * are shown (reference §5.7).
 */
#ifndef POSTERN_API_IAM_H
#define POSTERN_API_IAM_H

#include "operations.h"
#include "store/users.h"

/* The user of the member UserName; without it the caller, which an administrator is not. */
MUST_USE enum rc iam_find_user(struct api_call *call, struct user_row *row, struct err *err);
MUST_USE enum rc iam_find_group(struct api_call *call, struct group_row *row, struct err *err);
/* A policy that may be a boundary. */
MUST_USE enum rc iam_find_boundary(struct api_call *call, struct slice arn, struct err *err);

/*
 * Marker and MaxItems. A page ends early when it grows large: its Marker then says where it goes on,
 * as after a full one.
 *
 *     rc = iam_page_begin(call, &page, err);
 *     ... rows behind page.after, at most page.limit ...
 *     for (i = 0; i < count && iam_page_take(call, &page, rows[i].folded); i++)
 *         ...
 *     iam_page_end(call, &page);
 */
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

/* Members of an open object. */
void iam_put_user(struct api_call *call, const struct user_row *row);
void iam_put_boundary(struct api_call *call, struct slice arn); /* nothing when empty */
/* Where a key was used last: what is called everywhere counts as us-east-1. "N/A": never. */
struct slice iam_region_of_use(const struct api_call *call, const struct access_key_row *key);
void iam_put_group(struct api_call *call, const struct group_row *row);

/* AWS's quotas. */
enum { IAM_USERS_MAX = 5000, IAM_GROUPS_MAX = 300, IAM_GROUPS_OF_USER_MAX = 10 };

#endif
