/*
 * Allocation that does not fail: it logs and aborts, because every size a client can grow
 * has a limit checked before. And the arena: memory of one conversation unit, freed at once.
 */
#ifndef POSTERN_BASE_MEMORY_H
#define POSTERN_BASE_MEMORY_H

#include "err.h"
#include "slice.h"

#include <stdarg.h>

void *memory_alloc(size_t size) __attribute__((malloc, returns_nonnull)); /* zeroed */
void *memory_resize(void *ptr, size_t size) __attribute__((returns_nonnull));
char *memory_cstr(struct slice s); /* copied, NUL-terminated; the slice must hold no NUL */
void memory_wipe(void *ptr, size_t len);

#define NEW(type) ((type *)memory_alloc(sizeof(type)))

/* Lives as long as one transaction, request, attempt or inner message; nobody frees pieces. */
struct arena;
struct arena *arena_new(void);
struct arena *
arena_new_of(size_t bytes); /* for one whose use is known: no more than that at first */
void arena_free(struct arena *arena);
void arena_reset(struct arena *arena); /* keeps the first block */
size_t arena_size(const struct arena *arena);

void *arena_alloc(struct arena *arena, size_t size) __attribute__((malloc, returns_nonnull));
#define ARENA_NEW(arena, type)          ((type *)arena_alloc(arena, sizeof(type)))
#define ARENA_ARRAY(arena, type, count) ((type *)arena_array(arena, sizeof(type), count))
void *arena_array(struct arena *arena, size_t size, size_t count);
/* Doubles an array that is full: `ptr` has room for *cap, *len are used. */
void *arena_grow(struct arena *arena, void *ptr, size_t size, size_t len, size_t *cap);

struct slice arena_dup(struct arena *arena, struct slice s);
struct slice arena_lower(struct arena *arena, struct slice s); /* ASCII */
struct slice arena_concat(struct arena *arena, struct slice a, struct slice b);
struct slice arena_printf(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* For the border to libraries: RC_SYNTAX when the slice holds a NUL. */
MUST_USE enum rc arena_cstr(struct arena *arena, struct slice s, char **out, struct err *err);

/* The only thing that grows. Born with its maximum; once that would be passed it stays as it
 * was, `overflow` stays set, and the owner asks buf_ok() before using what it holds. */
struct buf {
    char *ptr;
    size_t len, cap, max;
    bool overflow;
};

void buf_init(struct buf *buf, size_t max);
void buf_fini(struct buf *buf);  /* frees; the buffer may be used again */
void buf_wipe(struct buf *buf);  /* the same, overwriting first */
void buf_reset(struct buf *buf); /* empties, keeps the memory */
void buf_add(struct buf *buf, struct slice s);
void buf_add_cstr(struct buf *buf, const char *cstr);
void buf_add_char(struct buf *buf, char c);
void buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *buf, const char *format, va_list args);
void buf_consume(struct buf *buf, size_t len);  /* drop from the front */
char *buf_reserve(struct buf *buf, size_t len); /* room for len more, or NULL at the maximum */

static inline bool
buf_ok(const struct buf *buf)
{
    return !buf->overflow;
}

static inline struct slice
buf_slice(const struct buf *buf)
{
    return (struct slice){buf->ptr, buf->len};
}

/* Wiped on release, never printed: no log function takes one. */
struct secret {
    char *ptr;
    size_t len;
};
struct secret secret_new(struct slice s);
void secret_free(struct secret *secret);

static inline struct slice
secret_slice(const struct secret *secret)
{
    return (struct slice){secret->ptr, secret->len};
}

#endif
