/*
 * Text of a policy that values are matched against: wildcards `*` and `?`, policy variables.
 *
 * ${key} stands for the request's value of a single-valued condition key, ${key, 'default'} for
 * the default when the request has none, and ${*}, ${?}, ${$} for the character itself. What a
 * variable brings in is literal: a `*` that a client sends never becomes a wildcard.
 */
#ifndef POSTERN_AUTHORIZE_PATTERN_H
#define POSTERN_AUTHORIZE_PATTERN_H

#include "context.h"

enum pattern_kind { PATTERN_LITERAL, PATTERN_ANY, PATTERN_WILDCARD, PATTERN_VARIABLE };

enum piece_kind { PIECE_TEXT, PIECE_ESCAPED, PIECE_VARIABLE };

struct piece {
    enum piece_kind kind;
    struct slice text; /* of a variable: its default */
    bool has_default;
    struct key_name key;
};

struct pattern {
    enum pattern_kind kind;
    bool wildcards;             /* `*` and `?` mean something here */
    struct slice text;          /* empty while there are variables */
    const bool *literal;        /* for each byte: not a wildcard; NULL: none is exempt */
    uint32_t head, tail;        /* bytes before the first and after the last wildcard */
    const struct piece *pieces; /* of PATTERN_VARIABLE */
    size_t piece_count;
};

enum { PATTERN_WITH_WILDCARDS = 1, PATTERN_WITH_VARIABLES = 2 };

/* Everything is copied. False: `why` is what is wrong with a variable. */
MUST_USE bool pattern_compile(struct arena *arena, struct slice text, unsigned features,
                              struct pattern *out, const char **why);

/* The pattern with its variables replaced; `room` holds it when there are any. Every variable
 * must have a value or a default. */
const struct pattern *pattern_bind(struct context *context, const struct pattern *pattern,
                                   struct pattern *room);

/* The part of pattern_matches that wildcards need. */
bool pattern_matches_wildcard(const struct pattern *pattern, struct slice text);

/* `pattern` has no variables. Here, since a decision asks it hundreds of times. */
static inline bool
pattern_matches(const struct pattern *pattern, struct slice text)
{
    if (pattern->kind == PATTERN_LITERAL)
        return pattern->text.len == text.len &&
               (text.len == 0 || memcmp(pattern->text.ptr, text.ptr, text.len) == 0);
    return pattern->kind == PATTERN_ANY || pattern_matches_wildcard(pattern, text);
}

/*
 * The form in which a Deny is tried a second time, see address_fold. The first `keep` bytes are
 * no part of the address. `pattern` has no variables.
 *
 * A label is taken from a pattern only when its local part holds no wildcard: a Deny of
 * `taro+news@a.example` folds to `taro@a.example` and stops all of taro, since one mailbox is
 * behind all labels. `*+news@a.example` keeps its label, or it would stop everybody.
 */
struct pattern pattern_fold(struct arena *arena, const struct pattern *pattern, size_t keep);
/* Does a folded pattern match an address in one of its two forms? */
bool pattern_matches_folded(const struct pattern *folded, struct slice lowered_value,
                            struct slice folded_value);

/* `literal` as in struct pattern. `?` is one UTF-8 character. At most len x len steps. */
bool pattern_wildcard(struct slice pattern, const bool *literal, struct slice text);

#endif
