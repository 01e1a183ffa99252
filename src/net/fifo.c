#include "fifo.h"

#include <assert.h>
#include <stdlib.h>

enum { FIFO_SMALLEST = 256 };

static void
fifo_move(struct fifo *fifo, size_t cap)
{
    char *moved = memory_resize(NULL, cap);
    if (fifo->len)
        memcpy(moved, fifo->ptr + fifo->start, fifo->len);
    free(fifo->ptr);
    *fifo = (struct fifo){.ptr = moved, .len = fifo->len, .cap = cap};
}

size_t
fifo_room(const struct fifo *fifo)
{
    return fifo->cap - fifo->start - fifo->len;
}

/*
 * Bytes are moved to the front only when at least as many were consumed before, and otherwise
 * into twice the room, so each byte is moved a constant number of times on average.
 */
char *
fifo_reserve(struct fifo *fifo, size_t len)
{
    if (fifo->ptr && fifo_room(fifo) >= len)
        return fifo->ptr + fifo->start + fifo->len;
    if (fifo->ptr && fifo->start >= fifo->len && fifo->cap - fifo->len >= len) {
        memmove(fifo->ptr, fifo->ptr + fifo->start, fifo->len);
        fifo->start = 0;
    } else {
        size_t cap = fifo->cap ? fifo->cap : FIFO_SMALLEST;
        while (cap - fifo->len < len)
            cap *= 2;
        fifo_move(fifo, cap == fifo->cap ? cap * 2 : cap);
    }
    return fifo->ptr + fifo->len;
}

void
fifo_add(struct fifo *fifo, struct slice data)
{
    if (data.len == 0)
        return;
    memcpy(fifo_reserve(fifo, data.len), data.ptr, data.len);
    fifo->len += data.len;
}

void
fifo_consume(struct fifo *fifo, size_t len)
{
    assert(len <= fifo->len);
    fifo->len -= len;
    fifo->start = fifo->len ? fifo->start + len : 0;
}

void
fifo_trim(struct fifo *fifo)
{
    if (fifo->len == 0)
        fifo_fini(fifo);
    else if (fifo->cap > 4 * fifo->len + 4 * FIFO_SMALLEST)
        fifo_move(fifo, fifo->len + FIFO_SMALLEST);
}

void
fifo_fini(struct fifo *fifo)
{
    free(fifo->ptr);
    *fifo = (struct fifo){0};
}
