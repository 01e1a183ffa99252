/*
 * A borrowed run of bytes: what every parser reads. It may hold NUL and is never
 * NUL-terminated by promise. Comparisons are ASCII only: locale never touches a protocol.
 */
#ifndef POSTERN_BASE_SLICE_H
#define POSTERN_BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define MUST_USE __attribute__((warn_unused_result))

struct slice {
    const char *ptr;
    size_t len;
};

/* A slice of a string literal; for printf: "%.*s", SLICE_ARG(x). */
#define SLICE(literal)   ((struct slice){"" literal, sizeof(literal) - 1})
#define SLICE_ARG(slice) (int)((slice).len > 0x7fffffff ? 0x7fffffff : (slice).len), (slice).ptr
#define SLICE_NONE       SIZE_MAX

static inline struct slice
slice_of(const char *cstr)
{
    return (struct slice){cstr, cstr ? strlen(cstr) : 0};
}

static inline struct slice
slice_from(struct slice s, size_t start)
{
    return start >= s.len ? (struct slice){s.ptr + s.len, 0}
                          : (struct slice){s.ptr + start, s.len - start};
}

static inline struct slice
slice_head(struct slice s, size_t len)
{
    return (struct slice){s.ptr, len < s.len ? len : s.len};
}

bool slice_eq(struct slice a, struct slice b);
bool slice_ieq(struct slice a, struct slice b);   /* A-Z equal to a-z */
bool slice_is(struct slice a, const char *cstr);  /* slice_eq with a C string */
bool slice_iis(struct slice a, const char *cstr); /* slice_ieq with a C string */
int slice_cmp(struct slice a, struct slice b);    /* bytewise; shorter first */
bool slice_starts(struct slice s, struct slice prefix);
bool slice_istarts(struct slice s, struct slice prefix);
bool slice_ends(struct slice s, struct slice suffix);
bool slice_eight_bit(struct slice s); /* a byte is not ASCII */
bool slice_iends(struct slice s, struct slice suffix);
size_t slice_chr(struct slice s, char c); /* SLICE_NONE when absent */
size_t slice_rchr(struct slice s, char c);
size_t slice_find(struct slice s, struct slice needle);
struct slice slice_trim(struct slice s); /* SP, HTAB, CR and LF at both ends */

/* Cut at the first `c`: true when found; `after` is then what follows it. */
bool slice_cut(struct slice s, char c, struct slice *before, struct slice *after);

/* Decimal digits only, no sign, no overflow. */
MUST_USE bool slice_u64(struct slice s, uint64_t *out);
/* The same after an optional minus; from -INT64_MAX. */
MUST_USE bool slice_i64(struct slice s, int64_t *out);

/* In constant time over the longer of the two; for secrets. */
bool slice_equal_secret(struct slice a, struct slice b);

static inline char
ascii_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static inline char
ascii_upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
}

static inline bool
ascii_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline bool
ascii_alpha(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline bool
ascii_alnum(char c)
{
    return ascii_digit(c) || ascii_alpha(c);
}

#endif
