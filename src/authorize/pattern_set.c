/*
 * Characters are UTF-8 sequences, as pattern.c counts them: a literal is matched by its own bytes, `?`
 * by one character, `*` by any run of them.
 *
 * Containment: after reading some text the inner pattern stands at one place (each of its ways is
 * followed by itself) and the outer one at a set of places. It is refuted when the inner pattern can end
 * where the outer one cannot. Characters that neither pattern names are all alike, so one stands
 * for them.
 */
#include "pattern_set.h"

#include "base/codec.h"

#include <assert.h>
#include <stdlib.h>

enum { TOKENS_MAX = 510, PLACES = TOKENS_MAX + 2, WORDS_OF_PLACES = PLACES / 64, PAIRS_MAX = 4096 };
static_assert(PLACES % 64 == 0, "whole words");

/* A character, by where its bytes are; or one of these. */
enum token_kind { TOKEN_LITERAL, TOKEN_ONE, TOKEN_ANY };

struct token {
    enum token_kind kind;
    struct slice text;
};

struct tokens {
    struct token list[TOKENS_MAX];
    size_t count;
};

static bool
spend(size_t *steps, size_t count)
{
    bool enough = *steps >= count;
    *steps = enough ? *steps - count : 0;
    return enough;
}

/* `?*`, `*?` and `?**` are one: each run of wildcards has its `?` first, then at most one `*`. */
static void
add_token(struct tokens *tokens, struct token token)
{
    size_t last = tokens->count;
    if (last > 0 && tokens->list[last - 1].kind == TOKEN_ANY && token.kind != TOKEN_LITERAL) {
        if (token.kind == TOKEN_ANY)
            return;
        tokens->list[last - 1] = token;
        token.kind = TOKEN_ANY;
    }
    tokens->list[tokens->count++] = token;
}

/* False: it is too long, or not UTF-8. */
static bool
read_tokens(const struct pattern *pattern, struct tokens *tokens)
{
    struct slice text = pattern->text;
    bool wild = pattern->kind == PATTERN_WILDCARD || pattern->kind == PATTERN_ANY;
    tokens->count = 0;
    for (size_t at = 0, len; at < text.len; at += len) {
        struct token token = {.kind = TOKEN_LITERAL};
        len = codec_utf8_sequence(slice_from(text, at));
        if (len == 0 || tokens->count == TOKENS_MAX)
            return false;
        token.text = (struct slice){text.ptr + at, len};
        if (wild && !(pattern->literal && pattern->literal[at]))
            token.kind = text.ptr[at] == '*'   ? TOKEN_ANY
                         : text.ptr[at] == '?' ? TOKEN_ONE
                                               : TOKEN_LITERAL;
        add_token(tokens, token);
    }
    return true;
}

/* ---- containment ---- */

struct places {
    uint64_t word[WORDS_OF_PLACES];
};

static bool
has_place(const struct places *places, size_t place)
{
    return places->word[place / 64] >> (place % 64) & 1;
}

/* A star may stand for nothing: who is before it is also behind it. */
static void
add_place(const struct tokens *tokens, struct places *places, size_t place)
{
    places->word[place / 64] |= UINT64_C(1) << (place % 64);
    if (place < tokens->count && tokens->list[place].kind == TOKEN_ANY)
        add_place(tokens, places, place + 1); /* at most once: stars do not follow each other */
}

/* NULL: a character that nobody names. */
static struct places
step(const struct tokens *tokens, const struct places *from, const struct token *character)
{
    struct places to = {{0}};
    for (size_t i = 0; i < tokens->count; i++) {
        const struct token *token = &tokens->list[i];
        if (!has_place(from, i))
            continue;
        if (token->kind == TOKEN_ANY)
            add_place(tokens, &to, i);
        else if (token->kind == TOKEN_ONE || (character && slice_eq(token->text, character->text)))
            add_place(tokens, &to, i + 1);
    }
    return to;
}

static bool
is_empty(const struct places *places)
{
    for (size_t i = 0; i < WORDS_OF_PLACES; i++)
        if (places->word[i])
            return false;
    return true;
}

/* Where the inner pattern stands, and the places of the outer one. */
struct pair {
    size_t inner;
    struct places outer;
    uint32_t before; /* the pair of the same `inner` found last, one more than its index; 0: none */
};

struct containment {
    const struct tokens *outer, *inner;
    struct pair *pairs; /* at most PAIRS_MAX */
    size_t cap;
    uint32_t count, last[PLACES];
    size_t *steps;
    bool undecided;
};

static bool
is_known(const struct containment *containment, size_t inner, const struct places *outer)
{
    for (uint32_t i = containment->last[inner]; i > 0; i = containment->pairs[i - 1].before) {
        *containment->steps -= *containment->steps > 0;
        if (memcmp(&containment->pairs[i - 1].outer, outer, sizeof *outer) == 0)
            return true;
    }
    return false;
}

/* Whatever follows, the outer pattern takes it. */
static bool
takes_everything(const struct tokens *outer, const struct places *places)
{
    return outer->count > 0 && outer->list[outer->count - 1].kind == TOKEN_ANY &&
           has_place(places, outer->count);
}

static void
add_pair(struct containment *containment, size_t inner, const struct places *outer)
{
    if (takes_everything(containment->outer, outer) || is_known(containment, inner, outer))
        return;
    if (containment->count == PAIRS_MAX) {
        containment->undecided = true;
        return;
    }
    if (containment->count == containment->cap) {
        containment->cap = containment->cap ? containment->cap * 2 : 32;
        containment->pairs =
            memory_resize(containment->pairs, containment->cap * sizeof *containment->pairs);
    }
    containment->pairs[containment->count++] =
        (struct pair){inner, *outer, containment->last[inner]};
    containment->last[inner] = containment->count;
}

/* After one character: a star stays where it is, anything else is behind it. */
static void
read_character(struct containment *containment, const struct pair *pair,
               const struct token *character)
{
    bool stays = containment->inner->list[pair->inner].kind == TOKEN_ANY;
    if (!spend(containment->steps, containment->outer->count + 1)) {
        containment->undecided = true;
        return;
    }
    struct places outer = step(containment->outer, &pair->outer, character);
    add_pair(containment, pair->inner + !stays, &outer);
}

static void
read_any_character(struct containment *containment, const struct pair *pair)
{
    for (size_t i = 0; i < containment->outer->count; i++)
        if (has_place(&pair->outer, i) && containment->outer->list[i].kind == TOKEN_LITERAL)
            read_character(containment, pair, &containment->outer->list[i]);
    read_character(containment, pair, NULL);
}

/* False: a text of the inner pattern was found, or cannot be ruled out, that the outer one lacks. */
static bool
follow(struct containment *containment, struct pair pair)
{
    const struct tokens *inner = containment->inner, *outer = containment->outer;
    if (!spend(containment->steps, outer->count + 1) || is_empty(&pair.outer))
        return false;
    if (pair.inner == inner->count)
        return has_place(&pair.outer, outer->count);
    if (inner->list[pair.inner].kind == TOKEN_LITERAL) {
        read_character(containment, &pair, &inner->list[pair.inner]);
    } else {
        read_any_character(containment, &pair);
        if (inner->list[pair.inner].kind == TOKEN_ANY)
            add_pair(containment, pair.inner + 1, &pair.outer);
    }
    return !containment->undecided;
}

static bool
contains_tokens(const struct tokens *outer, const struct tokens *inner, size_t *steps)
{
    struct containment containment = {.outer = outer, .inner = inner, .steps = steps};
    struct places start = {{0}};
    bool holds = true;
    add_place(outer, &start, 0);
    add_pair(&containment, 0, &start);
    for (uint32_t i = 0; holds && i < containment.count; i++)
        holds = follow(&containment, containment.pairs[i]);
    free(containment.pairs);
    return holds;
}

/* What pattern_matches may take, at worst and in proportion to the walks above. */
static bool
spend_match(size_t *steps, const struct pattern *pattern, struct slice text)
{
    bool wild = pattern->kind == PATTERN_WILDCARD;
    return spend(steps, 1 + (wild ? text.len + pattern->text.len * text.len / 16 : text.len / 64));
}

bool
pattern_set_contains(const struct pattern *outer, const struct pattern *inner, size_t *steps)
{
    struct tokens outer_tokens, inner_tokens;
    if (outer->kind == PATTERN_ANY)
        return true;
    if (outer->kind == PATTERN_VARIABLE || inner->kind == PATTERN_VARIABLE)
        return pattern_set_same(outer, inner);
    if (inner->kind == PATTERN_LITERAL)
        return spend_match(steps, outer, inner->text) && pattern_matches(outer, inner->text);
    if (outer->kind == PATTERN_LITERAL)
        return false; /* two texts at least do not fit into one */
    return spend(steps, outer->text.len + inner->text.len) && read_tokens(outer, &outer_tokens) &&
           read_tokens(inner, &inner_tokens) &&
           contains_tokens(&outer_tokens, &inner_tokens, steps);
}

/* ---- intersection ---- */

static bool
may_be_equal(const struct token *a, const struct token *b)
{
    return a->kind != TOKEN_LITERAL || b->kind != TOKEN_LITERAL || slice_eq(a->text, b->text);
}

/* The row of places of `b` that can be reached with `a` one token further. */
static void
next_row(const struct token *a, const struct tokens *b, const struct places *row,
         struct places *next)
{
    bool reached = false;
    *next = (struct places){{0}};
    for (size_t j = 0; j <= b->count; j++) {
        reached = has_place(row, j) || (reached && a->kind == TOKEN_ANY);
        if (!reached)
            continue;
        if (a->kind == TOKEN_ANY) /* stands for nothing, or for all that b has from there on */
            add_place(b, next, j);
        else if (j < b->count && b->list[j].kind == TOKEN_ANY) /* b's star takes it */
            add_place(b, next, j);
        else if (j < b->count && may_be_equal(a, &b->list[j]))
            add_place(b, next, j + 1);
    }
}

bool
pattern_set_intersects(const struct pattern *a, const struct pattern *b, size_t *steps)
{
    struct tokens a_tokens, b_tokens;
    if (a->kind == PATTERN_ANY || b->kind == PATTERN_ANY || a->kind == PATTERN_VARIABLE ||
        b->kind == PATTERN_VARIABLE)
        return true;
    if (b->kind == PATTERN_LITERAL)
        return !spend_match(steps, a, b->text) || pattern_matches(a, b->text);
    if (a->kind == PATTERN_LITERAL)
        return !spend_match(steps, b, a->text) || pattern_matches(b, a->text);
    if (!spend(steps, 1 + a->text.len + b->text.len) || !read_tokens(a, &a_tokens) ||
        !read_tokens(b, &b_tokens) || !spend(steps, a_tokens.count * (b_tokens.count + 1)))
        return true;
    struct places row = {{0}}, next;
    add_place(&b_tokens, &row, 0);
    for (size_t i = 0; i < a_tokens.count; i++) {
        next_row(&a_tokens.list[i], &b_tokens, &row, &next);
        row = next;
    }
    return has_place(&row, b_tokens.count);
}

/* ---- sameness ---- */

static bool
same_piece(const struct piece *a, const struct piece *b)
{
    return a->kind == b->kind && slice_eq(a->text, b->text) && a->has_default == b->has_default &&
           slice_eq(a->key.lower, b->key.lower);
}

static bool
same_literals(const struct pattern *a, const struct pattern *b)
{
    for (size_t i = 0; i < a->text.len; i++)
        if ((a->literal && a->literal[i]) != (b->literal && b->literal[i]))
            return false;
    return true;
}

bool
pattern_set_same(const struct pattern *a, const struct pattern *b)
{
    if (a->kind != b->kind || a->wildcards != b->wildcards || a->piece_count != b->piece_count ||
        !slice_eq(a->text, b->text))
        return false;
    for (size_t i = 0; i < a->piece_count; i++)
        if (!same_piece(&a->pieces[i], &b->pieces[i]))
            return false;
    return a->kind != PATTERN_WILDCARD || same_literals(a, b);
}
