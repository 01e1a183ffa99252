/*
 * Bytes that wait: added at the end, taken from the front. Taking moves an offset, not the
 * bytes, so that a megabyte consumed line by line costs a megabyte of copying and no more.
 * Who fills one has a limit; the queue itself has none. Private to net/.
 */
#ifndef POSTERN_NET_FIFO_H
#define POSTERN_NET_FIFO_H

#include "base/memory.h"

struct fifo {
    char *ptr;
    size_t start, len, cap;
};

static inline struct slice
fifo_slice(const struct fifo *fifo)
{
    return (struct slice){fifo->ptr ? fifo->ptr + fifo->start : "", fifo->len};
}

/* Room for at least `len` more bytes after the last; fifo_room() says how many really fit. */
char *fifo_reserve(struct fifo *fifo, size_t len);
size_t fifo_room(const struct fifo *fifo);
void fifo_add(struct fifo *fifo, struct slice data);
void fifo_consume(struct fifo *fifo, size_t len);
/* Give back memory that the waiting bytes do not need: all of it when none wait. */
void fifo_trim(struct fifo *fifo);
void fifo_fini(struct fifo *fifo); /* empty, no memory; may be used again */

#endif
