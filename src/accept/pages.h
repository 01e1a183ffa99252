/*
 * The console's files, as front serves them: from memory, compressed when they were built, and for good
 * where their name tells their content. Pure: a request goes in, the parts of a response come out.
 *
 * A pack is what console/pack.mjs writes:
 *
 *     postern pages 1
 *     PATH TYPE fixed|changing HASH LENGTH GZIP-LENGTH BROTLI-LENGTH     a line a file, by path
 *     (an empty line, then the bytes of all of these, in this order)
 */
#ifndef POSTERN_ACCEPT_PAGES_H
#define POSTERN_ACCEPT_PAGES_H

#include "base/memory.h"

/* Where the pages are: this, and what is below. */
#define PAGES_PATH "/console"

struct pages_request {
    struct slice method, path; /* without the query */
    struct slice header;       /* raw block, as of http_field */
};

struct pages_answer {
    unsigned status;
    struct slice content_type, header, body; /* header: further lines, with CRLF */
};

/* Everything below PAGES_PATH but what is asked of core: the session, and the API. */
bool pages_is_theirs(struct slice path);
/* The body is borrowed from the pack. */
void pages_answer(struct arena *arena, struct slice pack, const struct pages_request *request,
                  struct pages_answer *out);

#endif
