#include "slice.h"

bool
slice_eq(struct slice a, struct slice b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static bool
folded_equal(const char *a, const char *b, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (ascii_lower(a[i]) != ascii_lower(b[i]))
            return false;
    return true;
}

bool
slice_ieq(struct slice a, struct slice b)
{
    return a.len == b.len && folded_equal(a.ptr, b.ptr, a.len);
}

bool
slice_is(struct slice a, const char *cstr)
{
    return slice_eq(a, slice_of(cstr));
}

bool
slice_iis(struct slice a, const char *cstr)
{
    return slice_ieq(a, slice_of(cstr));
}

int
slice_cmp(struct slice a, struct slice b)
{
    size_t len = a.len < b.len ? a.len : b.len;
    int order = len ? memcmp(a.ptr, b.ptr, len) : 0;
    if (order != 0)
        return order;
    return a.len < b.len ? -1 : a.len > b.len;
}

bool
slice_starts(struct slice s, struct slice prefix)
{
    return s.len >= prefix.len && slice_eq(slice_head(s, prefix.len), prefix);
}

bool
slice_istarts(struct slice s, struct slice prefix)
{
    return s.len >= prefix.len && slice_ieq(slice_head(s, prefix.len), prefix);
}

bool
slice_ends(struct slice s, struct slice suffix)
{
    return s.len >= suffix.len && slice_eq(slice_from(s, s.len - suffix.len), suffix);
}

bool
slice_iends(struct slice s, struct slice suffix)
{
    return s.len >= suffix.len && slice_ieq(slice_from(s, s.len - suffix.len), suffix);
}

size_t
slice_chr(struct slice s, char c)
{
    const char *found = s.len ? memchr(s.ptr, c, s.len) : NULL;
    return found ? (size_t)(found - s.ptr) : SLICE_NONE;
}

size_t
slice_rchr(struct slice s, char c)
{
    for (size_t i = s.len; i > 0; i--)
        if (s.ptr[i - 1] == c)
            return i - 1;
    return SLICE_NONE;
}

size_t
slice_find(struct slice s, struct slice needle)
{
    if (needle.len == 0)
        return 0;
    const char *found = s.len ? memmem(s.ptr, s.len, needle.ptr, needle.len) : NULL;
    return found ? (size_t)(found - s.ptr) : SLICE_NONE;
}

static bool
is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct slice
slice_trim(struct slice s)
{
    while (s.len > 0 && is_space(s.ptr[0]))
        s = slice_from(s, 1);
    while (s.len > 0 && is_space(s.ptr[s.len - 1]))
        s.len--;
    return s;
}

bool
slice_cut(struct slice s, char c, struct slice *before, struct slice *after)
{
    size_t at = slice_chr(s, c);
    if (at == SLICE_NONE)
        return false;
    *before = slice_head(s, at);
    *after = slice_from(s, at + 1);
    return true;
}

bool
slice_u64(struct slice s, uint64_t *out)
{
    if (s.len == 0)
        return false;
    uint64_t value = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (!ascii_digit(s.ptr[i]))
            return false;
        uint64_t digit = (uint64_t)(s.ptr[i] - '0');
        if (value > (UINT64_MAX - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    *out = value;
    return true;
}

bool
slice_i64(struct slice s, int64_t *out)
{
    uint64_t magnitude;
    bool negative = s.len > 0 && s.ptr[0] == '-';
    if (!slice_u64(slice_from(s, negative), &magnitude) || magnitude > INT64_MAX)
        return false;
    *out = negative ? -(int64_t)magnitude : (int64_t)magnitude;
    return true;
}

bool
slice_equal_secret(struct slice a, struct slice b)
{
    size_t len = a.len > b.len ? a.len : b.len;
    unsigned difference = a.len != b.len;
    for (size_t i = 0; i < len; i++) {
        unsigned char x = i < a.len ? (unsigned char)a.ptr[i] : 0;
        unsigned char y = i < b.len ? (unsigned char)b.ptr[i] : 0;
        difference |= (unsigned)(x ^ y);
    }
    return difference == 0;
}

bool
slice_eight_bit(struct slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.ptr[i] >= 0x80)
            return true;
    return false;
}
