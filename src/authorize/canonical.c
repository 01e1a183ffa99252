#include "canonical.h"

#include "mail/address.h"

struct canonical {
    struct arena *arena;
    bool wildcards, variables;
    const char *why;
};

static bool
is_wild(const struct canonical *canonical, char c)
{
    return canonical->wildcards && (c == '*' || c == '?');
}

static bool
has_wild(const struct canonical *canonical, struct slice text)
{
    for (size_t i = 0; i < text.len; i++)
        if (is_wild(canonical, text.ptr[i]))
            return true;
    return false;
}

/* The last `c` that is in no variable; SLICE_NONE when there is none. */
static size_t
find_last(const struct canonical *canonical, struct slice text, char c)
{
    size_t last = SLICE_NONE;
    for (size_t i = 0; i < text.len; i++) {
        struct slice rest = slice_from(text, i);
        size_t end;
        if (canonical->variables && slice_starts(rest, SLICE("${")) &&
            (end = slice_chr(rest, '}')) != SLICE_NONE)
            i += end;
        else if (text.ptr[i] == c)
            last = i;
    }
    return last;
}

/* A full stop, or one of the three that IDNA takes for it (UTS #46: U+3002, U+FF0E, U+FF61). */
static size_t
dot_len(struct slice text)
{
    const struct slice others[] = {SLICE("\343\200\202"), SLICE("\357\274\216"),
                                   SLICE("\357\275\241")};
    if (text.len > 0 && text.ptr[0] == '.')
        return 1;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (slice_starts(text, others[i]))
            return others[i].len;
    return 0;
}

static bool
add_label(struct canonical *canonical, struct slice label, bool partial, struct buf *out)
{
    struct slice converted;
    struct err err;
    if (!slice_eight_bit(label)) {
        buf_add(out, arena_lower(canonical->arena, label));
        return true;
    }
    if (partial || has_wild(canonical, label)) {
        canonical->why = "holds a label that is partly a wildcard and partly not ASCII: write "
                         "whole labels, as xn--...";
        return false;
    }
    /* Under a top label, so that a label alone is a whole domain. */
    struct slice whole = arena_concat(canonical->arena, label, SLICE(".d"));
    if (address_domain(canonical->arena, whole, &converted, &err) != RC_OK) {
        canonical->why = "holds a label that is not ASCII and no internationalized domain name";
        return false;
    }
    buf_add(out, slice_head(converted, converted.len - 2));
    return true;
}

/* `partial`: the first label may continue to the left. */
static bool
add_domain(struct canonical *canonical, struct slice domain, bool partial, struct buf *out)
{
    size_t start = 0;
    if (canonical->variables && slice_find(domain, SLICE("${")) != SLICE_NONE) {
        buf_add(out, domain);
        return true;
    }
    for (size_t i = 0, dot; i <= domain.len; i += dot ? dot : 1) {
        dot = dot_len(slice_from(domain, i));
        if (i < domain.len && !dot)
            continue;
        struct slice label = {domain.ptr + start, i - start};
        if (!add_label(canonical, label, partial && start == 0, out))
            return false;
        if (dot)
            buf_add(out, SLICE("."));
        start = i + dot;
    }
    return true;
}

/* `"taro"` is taro: quotes around what needs none, wildcards among it, are no part of it. */
static struct slice
unquoted(const struct canonical *canonical, struct slice local)
{
    if (local.len < 3 || local.ptr[0] != '"' || local.ptr[local.len - 1] != '"')
        return local;
    struct slice inner = {local.ptr + 1, local.len - 2};
    char before = '.';
    for (size_t i = 0; i < inner.len; before = inner.ptr[i++]) {
        char c = inner.ptr[i];
        if (c == '.' ? before == '.' : !address_is_atext(c) && !is_wild(canonical, c))
            return local;
    }
    return before == '.' ? local : inner;
}

static bool
convert(struct canonical *canonical, struct slice text, bool domain_alone, struct slice *out)
{
    size_t at = find_last(canonical, text, '@'), from = 0;
    struct buf buf;
    bool partial = false;
    buf_init(&buf, text.len * 8 + 64); /* characters that stand for several become longer */
    if (at != SLICE_NONE) {
        buf_add(&buf, unquoted(canonical, slice_head(text, at)));
        buf_add(&buf, SLICE("@"));
        from = at + 1;
    } else if (!domain_alone || has_wild(canonical, text)) {
        /* `*.test1.com`: an address has an `@`, which the star must stand for. */
        size_t star = canonical->wildcards ? find_last(canonical, text, '*') : SLICE_NONE;
        from = star == SLICE_NONE ? text.len : star + 1;
        buf_add(&buf, slice_head(text, from));
        partial = true;
    }
    bool done = add_domain(canonical, slice_from(text, from), partial, &buf);
    if (done && !buf_ok(&buf)) {
        canonical->why = "is too long";
        done = false;
    }
    if (done)
        *out = arena_dup(canonical->arena, buf_slice(&buf));
    buf_fini(&buf);
    return done;
}

bool
canonical_address(struct arena *arena, struct slice text, bool wildcards, bool variables,
                  struct slice *out, const char **why)
{
    struct canonical canonical = {arena, wildcards, variables, NULL};
    bool done = convert(&canonical, text, false, out);
    *why = canonical.why;
    return done;
}

bool
canonical_identity(struct arena *arena, struct slice text, bool wildcards, bool variables,
                   struct slice *out, const char **why)
{
    struct canonical canonical = {arena, wildcards, variables, NULL};
    bool done = convert(&canonical, text, true, out);
    *why = canonical.why;
    return done;
}
