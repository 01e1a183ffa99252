/*
 * Tag lists (RFC 6376 §3.2): what a DKIM-Signature field, a key record and a DMARC record are
 * written in. Pure.
 */
#ifndef POSTERN_MAIL_TAGGED_H
#define POSTERN_MAIL_TAGGED_H

#include "base/memory.h"

struct tag {
    struct slice name, value; /* without white space around them */
};

enum { TAGS_MAX = 64 }; /* of one list; real ones have a dozen at most */

struct tagged {
    struct tag list[TAGS_MAX]; /* in order */
    size_t count;
};

/* False: no tag list. A name given twice spoils the whole list. Borrows from `text`. */
MUST_USE bool tagged_read(struct slice text, struct tagged *out);
const struct tag *tagged_find(const struct tagged *tags, const char *name); /* NULL: absent */
/* The value; `fallback` when the tag is absent. */
struct slice tagged_text(const struct tagged *tags, const char *name, struct slice fallback);
/* An item of a colon-separated value; without regard to case. */
bool tagged_list_has(struct slice list, const char *item);
/* Without any white space, as base64 that was folded is read. */
struct slice tagged_unspaced(struct arena *arena, struct slice text);

#endif
