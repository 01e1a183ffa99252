/*
 * What a message that leaves tells of those who carried it (design §6): every place where the
 * provider's name stands, and every field that shows a submitter's machine. Pure.
 */
#ifndef POSTERN_MAIL_TRACES_H
#define POSTERN_MAIL_TRACES_H

#include "header.h"

struct trace {
    struct slice place; /* "header Message-ID", "reverse-path", "body" */
    struct slice text;  /* what stands there, unfolded, at most TRACE_TEXT_MAX bytes */
};

enum { TRACE_TEXT_MAX = 200 };

/*
 * names          of the provider, lower case: its host name, its signing domain
 * reverse_path   as it goes on the wire; empty for <>
 *
 * *out is an array in the arena, in the order of the message.
 */
void traces_find(struct arena *arena, const struct slice *names, size_t name_count,
                 struct slice reverse_path, const struct header *header, struct slice body,
                 struct trace **out, size_t *count);

#endif
