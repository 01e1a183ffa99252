#include "memory.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
out_of_memory(size_t size)
{
    fprintf(stderr, "error memory.exhausted bytes=%zu\n", size);
    abort();
}

void *
memory_alloc(size_t size)
{
    void *ptr = calloc(1, size ? size : 1);
    if (!ptr)
        out_of_memory(size);
    return ptr;
}

void *
memory_resize(void *ptr, size_t size)
{
    void *moved = realloc(ptr, size ? size : 1);
    if (!moved)
        out_of_memory(size);
    return moved;
}

char *
memory_cstr(struct slice s)
{
    assert(slice_chr(s, '\0') == SLICE_NONE);
    char *copy = memory_alloc(s.len + 1);
    if (s.len)
        memcpy(copy, s.ptr, s.len);
    return copy;
}

void
memory_wipe(void *ptr, size_t len)
{
    if (len)
        explicit_bzero(ptr, len);
}

/* Blocks of doubling size, newest first; large wishes get a block of their own. */
struct block {
    struct block *next;
    size_t size, used;
    max_align_t data[];
};

struct arena {
    struct block *blocks;
    size_t total;
};

enum { ARENA_FIRST = 4096 - 64, ARENA_LARGEST = 256 * 1024 };

static struct block *
block_new(size_t size, struct block *next)
{
    struct block *block = malloc(sizeof *block + size);
    if (!block)
        out_of_memory(size);
    block->next = next;
    block->size = size;
    block->used = 0;
    return block;
}

struct arena *
arena_new_of(size_t bytes)
{
    struct arena *arena = NEW(struct arena);
    arena->blocks = block_new(bytes, NULL);
    arena->total = bytes;
    return arena;
}

struct arena *
arena_new(void)
{
    return arena_new_of(ARENA_FIRST);
}

void
arena_reset(struct arena *arena)
{
    while (arena->blocks->next) {
        struct block *block = arena->blocks;
        arena->blocks = block->next;
        free(block);
    }
    arena->blocks->used = 0;
    arena->total = arena->blocks->size;
}

void
arena_free(struct arena *arena)
{
    if (!arena)
        return;
    arena_reset(arena);
    free(arena->blocks);
    free(arena);
}

size_t
arena_size(const struct arena *arena)
{
    return arena->total;
}

static void *
take(struct arena *arena, size_t size)
{
    const size_t align = _Alignof(max_align_t);
    struct block *block = arena->blocks;
    if (size > SIZE_MAX / 2)
        out_of_memory(size);
    size_t wanted = (size + align - 1) & ~(align - 1);
    if (block->size - block->used < wanted) {
        size_t next = block->size * 2 < ARENA_LARGEST ? block->size * 2 : ARENA_LARGEST;
        block = block_new(wanted > next ? wanted : next, block);
        arena->blocks = block;
        arena->total += block->size;
    }
    void *ptr = (char *)block->data + block->used;
    block->used += wanted;
    return ptr;
}

void *
arena_alloc(struct arena *arena, size_t size)
{
    return memset(take(arena, size), 0, size);
}

void *
arena_array(struct arena *arena, size_t size, size_t count)
{
    if (count && size > SIZE_MAX / 2 / count)
        out_of_memory(SIZE_MAX);
    return arena_alloc(arena, size * count);
}

void *
arena_grow(struct arena *arena, void *ptr, size_t size, size_t len, size_t *cap)
{
    if (len < *cap)
        return ptr;
    size_t wider = *cap ? *cap * 2 : 8;
    void *moved = arena_array(arena, size, wider);
    if (len)
        memcpy(moved, ptr, size * len);
    *cap = wider;
    return moved;
}

struct slice
arena_dup(struct arena *arena, struct slice s)
{
    char *copy = arena_alloc(arena, s.len + 1);
    if (s.len)
        memcpy(copy, s.ptr, s.len);
    return (struct slice){copy, s.len};
}

struct slice
arena_lower(struct arena *arena, struct slice s)
{
    char *copy = arena_alloc(arena, s.len + 1);
    for (size_t i = 0; i < s.len; i++)
        copy[i] = ascii_lower(s.ptr[i]);
    return (struct slice){copy, s.len};
}

struct slice
arena_concat(struct arena *arena, struct slice a, struct slice b)
{
    char *joined = arena_alloc(arena, a.len + b.len + 1);
    if (a.len)
        memcpy(joined, a.ptr, a.len);
    if (b.len)
        memcpy(joined + a.len, b.ptr, b.len);
    return (struct slice){joined, a.len + b.len};
}

struct slice
arena_printf(struct arena *arena, const char *format, ...)
{
    va_list args, again;
    const struct block *block = arena->blocks;
    char *spare = (char *)block->data + block->used;
    va_start(args, format);
    va_copy(again, args);
    int len = vsnprintf(spare, block->size - block->used, format, args);
    va_end(args);
    assert(len >= 0);
    char *text = take(arena, (size_t)len + 1);
    if (text != spare) /* it did not fit, which is rare: once is enough for most */
        vsnprintf(text, (size_t)len + 1, format, again);
    va_end(again);
    return (struct slice){text, (size_t)len};
}

enum rc
arena_cstr(struct arena *arena, struct slice s, char **out, struct err *err)
{
    if (slice_chr(s, '\0') != SLICE_NONE)
        return err_set(err, RC_SYNTAX, "the text holds a NUL byte");
    *out = (char *)arena_dup(arena, s).ptr;
    return RC_OK;
}

void
buf_init(struct buf *buf, size_t max)
{
    *buf = (struct buf){.max = max};
}

void
buf_fini(struct buf *buf)
{
    free(buf->ptr);
    *buf = (struct buf){.max = buf->max};
}

void
buf_wipe(struct buf *buf)
{
    memory_wipe(buf->ptr, buf->cap);
    buf_fini(buf);
}

void
buf_reset(struct buf *buf)
{
    buf->len = 0;
    buf->overflow = false;
}

char *
buf_reserve(struct buf *buf, size_t len)
{
    if (buf->overflow || len > buf->max - buf->len) {
        buf->overflow = true;
        return NULL;
    }
    if (buf->cap - buf->len < len) {
        size_t cap = buf->cap ? buf->cap : 256;
        while (cap - buf->len < len)
            cap *= 2;
        buf->ptr = memory_resize(buf->ptr, cap);
        buf->cap = cap;
    }
    return buf->ptr + buf->len;
}

void
buf_add(struct buf *buf, struct slice s)
{
    if (s.len == 0)
        return;
    char *room = buf_reserve(buf, s.len);
    if (room) {
        memcpy(room, s.ptr, s.len);
        buf->len += s.len;
    }
}

void
buf_add_cstr(struct buf *buf, const char *cstr)
{
    buf_add(buf, slice_of(cstr));
}

void
buf_add_char(struct buf *buf, char c)
{
    buf_add(buf, (struct slice){&c, 1});
}

void
buf_vprintf(struct buf *buf, const char *format, va_list args)
{
    va_list again;
    size_t spare = buf->cap - buf->len;
    va_copy(again, args);
    int len = vsnprintf(spare ? buf->ptr + buf->len : NULL, spare, format, args);
    assert(len >= 0);
    char *room = buf_reserve(buf, (size_t)len + 1);
    if (room && (size_t)len >= spare) /* else it stands there already */
        vsnprintf(room, (size_t)len + 1, format, again);
    if (room)
        buf->len += (size_t)len;
    va_end(again);
}

void
buf_printf(struct buf *buf, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    buf_vprintf(buf, format, args);
    va_end(args);
}

void
buf_consume(struct buf *buf, size_t len)
{
    assert(len <= buf->len);
    buf->len -= len;
    if (buf->len && len)
        memmove(buf->ptr, buf->ptr + len, buf->len);
}

struct secret
secret_new(struct slice s)
{
    struct secret secret = {memory_alloc(s.len), s.len};
    if (s.len)
        memcpy(secret.ptr, s.ptr, s.len);
    return secret;
}

void
secret_free(struct secret *secret)
{
    if (secret->ptr)
        memory_wipe(secret->ptr, secret->len);
    free(secret->ptr);
    *secret = (struct secret){0};
}
