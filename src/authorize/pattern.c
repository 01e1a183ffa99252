#include "pattern.h"

#include "mail/address.h"

/* ---- compile ---- */

struct scanner {
    struct arena *arena;
    struct slice rest;
    struct piece *pieces;
    size_t count, cap;
    const char *why;
};

static void
add_piece(struct scanner *scanner, struct piece piece)
{
    scanner->pieces = arena_grow(scanner->arena, scanner->pieces, sizeof *scanner->pieces,
                                 scanner->count, &scanner->cap);
    scanner->pieces[scanner->count++] = piece;
}

static bool
fail(struct scanner *scanner, const char *why)
{
    scanner->why = why;
    return false;
}

/* ${*}, ${?} and ${$} */
static bool
scan_escape(struct scanner *scanner)
{
    struct slice rest = scanner->rest;
    if (rest.len < 4 || rest.ptr[3] != '}')
        return false;
    char c = rest.ptr[2];
    if (c != '*' && c != '?' && c != '$')
        return false;
    struct slice text = arena_dup(scanner->arena, (struct slice){rest.ptr + 2, 1});
    add_piece(scanner, (struct piece){.kind = PIECE_ESCAPED, .text = text});
    scanner->rest = slice_from(rest, 4);
    return true;
}

/* After the comma: 'text'} */
static bool
scan_default(struct scanner *scanner, struct slice rest, struct piece *piece)
{
    struct slice text;
    rest = slice_trim(rest);
    if (rest.len == 0 || rest.ptr[0] != '\'' || !slice_cut(slice_from(rest, 1), '\'', &text, &rest))
        return fail(scanner, "the default of a policy variable must stand in single quotes");
    while (rest.len > 0 && rest.ptr[0] == ' ')
        rest = slice_from(rest, 1);
    if (rest.len == 0 || rest.ptr[0] != '}')
        return fail(scanner, "a policy variable is not closed with }");
    piece->text = arena_dup(scanner->arena, text);
    piece->has_default = true;
    scanner->rest = slice_from(rest, 1);
    return true;
}

/* ${key} or ${key, 'default'} */
static bool
scan_variable(struct scanner *scanner)
{
    struct slice inner = slice_from(scanner->rest, 2);
    size_t end = 0;
    while (end < inner.len && inner.ptr[end] != '}' && inner.ptr[end] != ',')
        end++;
    if (end == inner.len)
        return fail(scanner, "a policy variable is not closed with }");
    struct slice name = slice_trim(slice_head(inner, end));
    if (!key_name_valid(name))
        return fail(scanner, "a policy variable must name a condition key, as in ${aws:username}");
    struct piece piece = {.kind = PIECE_VARIABLE,
                          .key = key_name_make(scanner->arena, arena_dup(scanner->arena, name))};
    struct slice after = slice_from(inner, end + 1);
    if (inner.ptr[end] == '}')
        scanner->rest = after;
    else if (!scan_default(scanner, after, &piece))
        return false;
    add_piece(scanner, piece);
    return true;
}

static bool
scan_pieces(struct scanner *scanner)
{
    while (scanner->rest.len > 0) {
        size_t at = slice_find(scanner->rest, SLICE("${"));
        struct slice text = slice_head(scanner->rest, at);
        if (text.len > 0)
            add_piece(scanner, (struct piece){.text = arena_dup(scanner->arena, text)});
        scanner->rest = slice_from(scanner->rest, text.len);
        if (scanner->rest.len > 0 && !scan_escape(scanner) && !scan_variable(scanner))
            return false;
    }
    return true;
}

static bool
is_wild(char c)
{
    return c == '*' || c == '?';
}

/* The first wildcard; the length of the text when there is none. */
static size_t
find_wildcard(struct slice text, const bool *literal)
{
    size_t at = 0;
    while (at < text.len && (!is_wild(text.ptr[at]) || (literal && literal[at])))
        at++;
    return at;
}

static bool
has_wildcard(struct slice text, const bool *literal)
{
    return find_wildcard(text, literal) < text.len;
}

static struct pattern
make(bool wildcards, struct slice text, const bool *literal)
{
    struct pattern pattern = {.wildcards = wildcards, .text = text, .literal = literal};
    if (!wildcards || !has_wildcard(text, literal))
        return pattern;
    size_t last = text.len - 1;
    while (!is_wild(text.ptr[last]) || (literal && literal[last]))
        last--;
    pattern.kind = slice_is(text, "*") ? PATTERN_ANY : PATTERN_WILDCARD;
    pattern.head = (uint32_t)find_wildcard(text, literal);
    pattern.tail = (uint32_t)(text.len - 1 - last);
    return pattern;
}

/* `values`: the text of each piece, variables replaced. */
static struct pattern
join(struct arena *arena, const struct piece *pieces, const struct slice *values, size_t count,
     bool wildcards)
{
    size_t len = 0, at = 0;
    for (size_t i = 0; i < count; i++)
        len += values[i].len;
    char *text = arena_alloc(arena, len + 1);
    bool *literal = ARENA_ARRAY(arena, bool, len + 1);
    for (size_t i = 0; i < count; i++) {
        if (values[i].len > 0)
            memcpy(text + at, values[i].ptr, values[i].len);
        memset(literal + at, pieces[i].kind != PIECE_TEXT, values[i].len);
        at += values[i].len;
    }
    return make(wildcards, (struct slice){text, len}, literal);
}

static bool
has_variable(const struct scanner *scanner)
{
    for (size_t i = 0; i < scanner->count; i++)
        if (scanner->pieces[i].kind == PIECE_VARIABLE)
            return true;
    return false;
}

bool
pattern_compile(struct arena *arena, struct slice text, unsigned features, struct pattern *out,
                const char **why)
{
    bool wildcards = features & PATTERN_WITH_WILDCARDS;
    if (!(features & PATTERN_WITH_VARIABLES) || slice_find(text, SLICE("${")) == SLICE_NONE) {
        *out = make(wildcards, arena_dup(arena, text), NULL);
        return true;
    }
    struct scanner scanner = {.arena = arena, .rest = text};
    if (!scan_pieces(&scanner)) {
        *why = scanner.why;
        return false;
    }
    if (has_variable(&scanner)) {
        *out = (struct pattern){.kind = PATTERN_VARIABLE,
                                .wildcards = wildcards,
                                .pieces = scanner.pieces,
                                .piece_count = scanner.count};
        return true;
    }
    struct slice *values = ARENA_ARRAY(arena, struct slice, scanner.count);
    for (size_t i = 0; i < scanner.count; i++)
        values[i] = scanner.pieces[i].text;
    *out = join(arena, scanner.pieces, values, scanner.count, wildcards);
    return true;
}

/* ---- bind ---- */

const struct pattern *
pattern_bind(struct context *context, const struct pattern *pattern, struct pattern *room)
{
    if (pattern->kind != PATTERN_VARIABLE)
        return pattern;
    struct slice *values = ARENA_ARRAY(context->arena, struct slice, pattern->piece_count);
    for (size_t i = 0; i < pattern->piece_count; i++) {
        const struct piece *piece = &pattern->pieces[i];
        struct slice value;
        bool given =
            piece->kind == PIECE_VARIABLE && context_variable(context, &piece->key, &value);
        values[i] = given ? value : piece->text;
    }
    *room = join(context->arena, pattern->pieces, values, pattern->piece_count, pattern->wildcards);
    return room;
}

/* ---- match ---- */

/* Bytes of the character at `at`: what its first byte announces, as far as it is there. */
static size_t
character_len(struct slice text, size_t at)
{
    unsigned char first = (unsigned char)text.ptr[at];
    size_t len = 1, announced = first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    while (len < announced && at + len < text.len &&
           ((unsigned char)text.ptr[at + len] & 0xc0) == 0x80)
        len++;
    return len;
}

/*
 * Only the last `*` ever needs to be widened: if what follows it can match at all, it also does
 * with every earlier star as short as possible. So there is one place to go back to, no recursion.
 */
bool
pattern_wildcard(struct slice pattern, const bool *literal, struct slice text)
{
    size_t p = 0, t = 0, star = SLICE_NONE, resume = 0;
    while (t < text.len) {
        bool wild = p < pattern.len && is_wild(pattern.ptr[p]) && !(literal && literal[p]);
        if (wild && pattern.ptr[p] == '*') {
            star = p++;
            resume = t;
        } else if (wild) {
            p++;
            t += character_len(text, t);
        } else if (p < pattern.len && pattern.ptr[p] == text.ptr[t]) {
            p++;
            t++;
        } else if (star != SLICE_NONE) {
            p = star + 1;
            resume += character_len(text, resume);
            t = resume;
        } else {
            return false;
        }
    }
    while (p < pattern.len && pattern.ptr[p] == '*' && !(literal && literal[p]))
        p++;
    return p == pattern.len;
}

/* Both ends are compared first: they settle most patterns without a step of the search. */
bool
pattern_matches_wildcard(const struct pattern *pattern, struct slice text)
{
    size_t head = pattern->head, tail = pattern->tail, fixed = head + tail;
    struct slice whole = pattern->text;
    if (text.len == 0)
        return pattern_wildcard(whole, pattern->literal, text);
    if (text.len < fixed || memcmp(whole.ptr, text.ptr, head) != 0 ||
        memcmp(whole.ptr + whole.len - tail, text.ptr + text.len - tail, tail) != 0)
        return false;
    if (fixed + 1 == whole.len && whole.ptr[head] == '*')
        return true;
    return pattern_wildcard((struct slice){whole.ptr + head, whole.len - fixed},
                            pattern->literal ? pattern->literal + head : NULL,
                            (struct slice){text.ptr + head, text.len - fixed});
}

/* ---- fold ---- */

/* The local part is folded as any address's is, under a domain that is then taken off again. */
static struct slice
fold_local(struct arena *arena, struct slice local)
{
    const struct slice domain = SLICE("@d");
    struct slice folded = address_fold(arena, arena_concat(arena, local, domain));
    return slice_ends(folded, domain) ? slice_head(folded, folded.len - domain.len)
                                      : arena_lower(arena, local);
}

static struct pattern
fold_wildcard(struct arena *arena, const struct pattern *pattern, size_t keep)
{
    struct slice name = slice_from(pattern->text, keep);
    size_t at = slice_rchr(name, '@');
    const bool *literal = pattern->literal ? pattern->literal + keep : NULL;
    if (at == SLICE_NONE || has_wildcard(slice_head(name, at), literal))
        return make(true, arena_lower(arena, pattern->text), pattern->literal);
    /* Only the domain has wildcards, except those that were escaped. */
    struct slice head = arena_concat(arena, slice_head(pattern->text, keep),
                                     fold_local(arena, slice_head(name, at)));
    struct slice domain = arena_lower(arena, slice_from(name, at));
    bool *exempt = ARENA_ARRAY(arena, bool, head.len + domain.len);
    for (size_t i = 0; i < head.len + domain.len; i++)
        exempt[i] = i < head.len || (literal && literal[at + i - head.len]);
    return make(true, arena_concat(arena, head, domain), exempt);
}

struct pattern
pattern_fold(struct arena *arena, const struct pattern *pattern, size_t keep)
{
    if (pattern->kind == PATTERN_ANY)
        return *pattern;
    if (pattern->kind == PATTERN_WILDCARD)
        return fold_wildcard(arena, pattern, keep);
    struct slice name = address_fold(arena, slice_from(pattern->text, keep));
    return make(false, arena_concat(arena, slice_head(pattern->text, keep), name), NULL);
}

bool
pattern_matches_folded(const struct pattern *folded, struct slice lowered_value,
                       struct slice folded_value)
{
    if (pattern_matches(folded, folded_value))
        return true;
    /* A wildcard may stand for a label: `*news@a.example` must also stop TARO+NEWS@. */
    return folded->kind == PATTERN_WILDCARD && pattern_matches(folded, lowered_value);
}
