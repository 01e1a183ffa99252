/*
 * Patterns with `*` and `?` are small automata; a set is their product, made state by state as far
 * as it is reached, together with the grammar of addresses (RFC 5321 §4.1.2). Bytes that none of
 * the patterns tells apart are one letter.
 */
#include "address_set.h"

#include "base/map.h"
#include "mail/address.h"

enum { STATES_MAX = 8192, STATES_BYTES_MAX = 8 << 20, LETTERS_MAX = 128 };

/* ---- building ---- */

static void
add_face(struct address_pattern *pattern, enum address_view view, const struct pattern *text)
{
    pattern->faces[pattern->count++] = (struct address_face){view, text};
}

const struct address_pattern *
address_pattern_given(struct arena *arena, const struct pattern *pattern)
{
    struct address_pattern *made = ARENA_NEW(arena, struct address_pattern);
    made->shown = pattern->kind == PATTERN_ANY ? SLICE("*") : pattern->text;
    add_face(made, ADDRESS_AS_GIVEN, pattern);
    return made;
}

static const struct pattern *
compile(struct arena *arena, struct slice text)
{
    const char *why;
    struct pattern *pattern = ARENA_NEW(arena, struct pattern);
    if (!pattern_compile(arena, text, PATTERN_WITH_WILDCARDS | PATTERN_WITH_VARIABLES, pattern,
                         &why))
        *pattern = (struct pattern){.kind = PATTERN_LITERAL, .text = text};
    return pattern;
}

/* What means something in a pattern, written so that it does not. */
static struct slice
escaped(struct arena *arena, struct slice text)
{
    struct buf out;
    buf_init(&out, text.len * 4 + 1);
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] == '*' || text.ptr[i] == '?' || text.ptr[i] == '$')
            buf_printf(&out, "${%c}", text.ptr[i]);
        else
            buf_add_char(&out, text.ptr[i]);
    struct slice done = arena_dup(arena, buf_slice(&out));
    buf_fini(&out);
    return done;
}

/* Can addresses be this one with a label? Not if it has one, or is quoted. */
static bool
takes_label(struct slice local)
{
    return local.len > 0 && local.ptr[0] != '"' &&
           slice_chr(slice_from(local, 1), '+') == SLICE_NONE;
}

const struct address_pattern *
address_pattern_identity(struct arena *arena, struct slice name, bool only_itself)
{
    struct address_pattern *made = ARENA_NEW(arena, struct address_pattern);
    size_t at = slice_rchr(name, '@');
    struct slice local = slice_head(name, at), domain = slice_from(name, at + 1);
    made->shown = name;
    if (at == SLICE_NONE) {
        add_face(made, ADDRESS_AS_GIVEN, compile(arena, arena_concat(arena, SLICE("*@"), name)));
        if (!only_itself)
            add_face(made, ADDRESS_AS_GIVEN,
                     compile(arena, arena_concat(arena, SLICE("*@*."), name)));
        return made;
    }
    add_face(made, ADDRESS_AS_GIVEN, compile(arena, escaped(arena, name)));
    if (takes_label(local))
        add_face(made, ADDRESS_AS_GIVEN,
                 compile(arena, arena_printf(arena, "%.*s+*@%.*s", SLICE_ARG(escaped(arena, local)),
                                             SLICE_ARG(domain))));
    return made;
}

const struct address_pattern *
address_pattern_suspension(struct arena *arena, struct slice name)
{
    if (slice_rchr(name, '@') == SLICE_NONE)
        return address_pattern_identity(arena, name, false);
    struct address_pattern *made = ARENA_NEW(arena, struct address_pattern);
    const struct pattern *literal = compile(arena, escaped(arena, name));
    made->shown = name;
    add_face(made, ADDRESS_LOWERED, literal);
    add_face(made, ADDRESS_FOLDED, literal);
    return made;
}

static const struct address_pattern **
extended(struct arena *arena, const struct address_pattern **list, size_t count,
         const struct address_pattern *more)
{
    const struct address_pattern **all =
        ARENA_ARRAY(arena, const struct address_pattern *, count + 1);
    if (count)
        memcpy(all, list, count * sizeof *all);
    all[count] = more;
    return all;
}

struct address_set
address_set_with(struct arena *arena, const struct address_set *set,
                 const struct address_pattern *must, const struct address_pattern *never)
{
    struct address_set with = *set;
    if (must)
        with.must = extended(arena, set->must, with.must_count++, must);
    if (never)
        with.never = extended(arena, set->never, with.never_count++, never);
    return with;
}

struct address_set
address_set_common(struct arena *arena, const struct address_set *one,
                   const struct address_set *other)
{
    struct address_set common = *one;
    for (size_t i = 0; i < other->must_count; i++)
        common = address_set_with(arena, &common, other->must[i], NULL);
    for (size_t i = 0; i < other->never_count; i++)
        common = address_set_with(arena, &common, NULL, other->never[i]);
    return common;
}

/* ---- one address ---- */

struct views {
    struct slice text[3]; /* by enum address_view */
};

static bool
matches(const struct address_pattern *pattern, const struct views *views)
{
    for (size_t i = 0; i < pattern->count; i++)
        if (pattern_matches(pattern->faces[i].pattern, views->text[pattern->faces[i].view]))
            return true;
    return false;
}

bool
address_set_contains(struct arena *arena, const struct address_set *set, struct slice address)
{
    struct views views = {{address, arena_lower(arena, address), address_fold(arena, address)}};
    for (size_t i = 0; i < set->must_count; i++)
        if (!matches(set->must[i], &views))
            return false;
    for (size_t i = 0; i < set->never_count; i++)
        if (matches(set->never[i], &views))
            return false;
    return true;
}

struct slice
address_set_literal(const struct address_set *set)
{
    for (size_t i = 0; i < set->must_count; i++) {
        const struct address_pattern *pattern = set->must[i];
        if (pattern->count == 1 && pattern->faces[0].view == ADDRESS_AS_GIVEN &&
            pattern->faces[0].pattern->kind == PATTERN_LITERAL)
            return pattern->faces[0].pattern->text;
    }
    return SLICE("");
}

/* ---- the grammar of addresses, a byte at a time ---- */

enum place {
    PLACE_START,
    PLACE_ATOM,
    PLACE_DOT, /* an atom must follow */
    PLACE_QUOTED,
    PLACE_ESCAPE,
    PLACE_QUOTE_END,
    PLACE_AT, /* a label must follow */
    PLACE_LABEL,
    PLACE_HYPHEN, /* the label may not end here */
    PLACE_NOWHERE
};

static enum place
next_in_local(enum place place, char c)
{
    if (place == PLACE_ESCAPE)
        return c == '"' || c == '\\' ? PLACE_QUOTED : PLACE_NOWHERE;
    if (place == PLACE_QUOTED)
        return c == '"' ? PLACE_QUOTE_END : c == '\\' ? PLACE_ESCAPE : PLACE_QUOTED;
    if (place == PLACE_START && c == '"')
        return PLACE_QUOTED;
    if (c == '@')
        return place == PLACE_ATOM || place == PLACE_QUOTE_END ? PLACE_AT : PLACE_NOWHERE;
    if (place == PLACE_QUOTE_END)
        return PLACE_NOWHERE;
    if (c == '.')
        return place == PLACE_ATOM ? PLACE_DOT : PLACE_NOWHERE;
    return address_is_atext(c) ? PLACE_ATOM : PLACE_NOWHERE;
}

static enum place
next_place(enum place place, char c)
{
    if (place < PLACE_AT)
        return next_in_local(place, c);
    if (ascii_digit(c) || (c >= 'a' && c <= 'z'))
        return PLACE_LABEL;
    if (c == '-')
        return place == PLACE_AT ? PLACE_NOWHERE : PLACE_HYPHEN;
    return c == '.' && place == PLACE_LABEL ? PLACE_AT : PLACE_NOWHERE;
}

/* ---- letters ---- */

struct letter {
    char c;      /* one of them */
    bool single; /* there is no other */
};

struct alphabet {
    struct letter letters[LETTERS_MAX];
    size_t count;
};

static void
note_bytes(const struct address_face *face, bool *told)
{
    const struct slice text = face->pattern->text;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c >= 128)
            continue;
        told[c] = true;
        if (face->view != ADDRESS_AS_GIVEN)
            told[(unsigned char)ascii_upper((char)c)] = true;
    }
}

static void
note_patterns(const struct address_pattern *const *patterns, size_t count, bool *told)
{
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < patterns[i]->count; k++)
            note_bytes(&patterns[i]->faces[k], told);
}

/* Bytes that the grammar takes alike. */
static int
kind_of(char c)
{
    return c >= 'a' && c <= 'z'   ? 0
           : c >= 'A' && c <= 'Z' ? 1
           : ascii_digit(c)       ? 2
           : address_is_atext(c)  ? 3
                                  : 4;
}

static struct alphabet
alphabet_of(const struct address_set *set)
{
    static const char grammar[] = "@.-+\"\\";
    struct alphabet alphabet = {0};
    bool told[128] = {false};
    int first[5] = {-1, -1, -1, -1, -1};
    note_patterns(set->must, set->must_count, told);
    note_patterns(set->never, set->never_count, told);
    for (size_t i = 0; grammar[i]; i++)
        told[(unsigned char)grammar[i]] = true;
    for (char c = '!'; c < 127; c++) { /* no address holds a space */
        int *other = &first[kind_of(c)];
        if (!told[(unsigned char)c] && *other >= 0) {
            alphabet.letters[*other].single = false;
            continue;
        }
        if (!told[(unsigned char)c])
            *other = (int)alphabet.count;
        alphabet.letters[alphabet.count++] = (struct letter){c, true};
    }
    return alphabet;
}

/* ---- states ---- */

/*
 * Of the product: the place in the grammar, two flags of folding, and for each face the places in
 * its pattern that what was read may have come to, one bit each.
 */
struct machine {
    const struct address_face *face;
    size_t offset, length; /* of its bits: bytes from the start of the state; places */
};

struct product {
    struct arena *arena;
    const struct address_set *set;
    struct alphabet alphabet;
    struct machine *machines; /* of must, then of never, in order */
    size_t machine_count, state_len;
};

enum { STATE_PLACE, STATE_CONTENT, STATE_SKIPS, STATE_HEAD };

static bool
is_wild(const struct pattern *pattern, size_t at, char c)
{
    return pattern->text.ptr[at] == c && pattern->kind != PATTERN_LITERAL &&
           !(pattern->literal && pattern->literal[at]);
}

/* PATTERN_ANY has no text. */
static bool
is_star(const struct pattern *pattern, size_t at)
{
    return pattern->kind == PATTERN_ANY || is_wild(pattern, at, '*');
}

static size_t
pattern_length(const struct pattern *pattern)
{
    return pattern->kind == PATTERN_ANY ? 1 : pattern->text.len;
}

/* At a star one is behind it too. */
static void
enter(const struct pattern *pattern, unsigned char *bits, size_t at)
{
    size_t length = pattern_length(pattern);
    for (;; at++) {
        bits[at / 8] |= (unsigned char)(1 << at % 8);
        if (at == length || !is_star(pattern, at))
            return;
    }
}

static bool
is_at(const unsigned char *bits, size_t at)
{
    return bits[at / 8] >> at % 8 & 1;
}

static void
step_pattern(const struct pattern *pattern, const unsigned char *from, unsigned char *to, char c)
{
    size_t length = pattern_length(pattern);
    for (size_t at = 0; at < length; at++) {
        if (from[at / 8] == 0) {
            at |= 7;
            continue;
        }
        if (!is_at(from, at))
            continue;
        if (is_star(pattern, at))
            enter(pattern, to, at);
        else if (is_wild(pattern, at, '?') || pattern->text.ptr[at] == c)
            enter(pattern, to, at + 1);
    }
}

/* Is the byte part of the folded address? See address_fold: quotes and labels are not. */
static bool
is_folded_away(enum place place, enum place next, bool skips, char c)
{
    if (place >= PLACE_AT || next == PLACE_AT)
        return false;
    bool quoting =
        (place == PLACE_START && c == '"') || next == PLACE_ESCAPE || next == PLACE_QUOTE_END;
    return quoting || skips;
}

/* One byte read: where the grammar was and is, and what folding makes of it. */
struct reading_step {
    char c;
    enum place place, next;
    bool skips;
};

/* Is there anything left that the pattern of this machine could match? */
static bool
step_machine(const struct machine *machine, const struct reading_step *step,
             const unsigned char *from, unsigned char *to)
{
    size_t len = machine->length / 8 + 1;
    enum address_view view = machine->face->view;
    from += machine->offset;
    to += machine->offset;
    if (view == ADDRESS_FOLDED && is_folded_away(step->place, step->next, step->skips, step->c))
        memcpy(to, from, len);
    else
        step_pattern(machine->face->pattern, from, to,
                     view == ADDRESS_AS_GIVEN ? step->c : ascii_lower(step->c));
    for (size_t i = 0; i < len; i++)
        if (to[i])
            return true;
    return false;
}

/* All patterns that must match come first: false as soon as one cannot any more. */
static bool
step_machines(const struct product *product, const struct reading_step *step,
              const unsigned char *from, unsigned char *to)
{
    size_t machine = 0;
    for (size_t i = 0; i < product->set->must_count; i++) {
        bool alive = false;
        for (size_t k = 0; k < product->set->must[i]->count; k++, machine++)
            alive |= step_machine(&product->machines[machine], step, from, to);
        if (!alive)
            return false;
    }
    for (; machine < product->machine_count; machine++)
        (void)step_machine(&product->machines[machine], step, from, to);
    return true;
}

/* False: no address of the set goes on so. */
static bool
step(const struct product *product, const unsigned char *from, unsigned char *to, char c)
{
    struct reading_step step = {
        .c = c, .place = from[STATE_PLACE], .next = next_place(from[STATE_PLACE], c)};
    if (step.next == PLACE_NOWHERE)
        return false;
    memset(to, 0, product->state_len);
    bool local = step.place < PLACE_AT && step.next != PLACE_AT;
    bool content = local && !is_folded_away(step.place, step.next, false, c);
    step.skips = local && (from[STATE_SKIPS] || (content && from[STATE_CONTENT] && c == '+'));
    to[STATE_PLACE] = (unsigned char)step.next;
    to[STATE_CONTENT] = step.next < PLACE_AT && (content || from[STATE_CONTENT]);
    to[STATE_SKIPS] = step.skips;
    return step_machines(product, &step, from, to);
}

/* Does a pattern of the set, whose machines begin at *machine, match what was read? */
static bool
pattern_accepts(const struct product *product, const struct address_pattern *pattern,
                const unsigned char *state, size_t *machine)
{
    bool accepts = false;
    for (size_t i = 0; i < pattern->count; i++, ++*machine)
        accepts |=
            is_at(state + product->machines[*machine].offset, product->machines[*machine].length);
    return accepts;
}

static bool
is_accepted(const struct product *product, const unsigned char *state)
{
    size_t machine = 0;
    if (state[STATE_PLACE] != PLACE_LABEL)
        return false;
    for (size_t i = 0; i < product->set->must_count; i++)
        if (!pattern_accepts(product, product->set->must[i], state, &machine))
            return false;
    for (size_t i = 0; i < product->set->never_count; i++)
        if (pattern_accepts(product, product->set->never[i], state, &machine))
            return false;
    return true;
}

static void
add_machines(struct product *product, const struct address_pattern *const *patterns, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < patterns[i]->count; k++) {
            size_t length = pattern_length(patterns[i]->faces[k].pattern);
            product->machines[product->machine_count++] =
                (struct machine){&patterns[i]->faces[k], product->state_len, length};
            product->state_len += length / 8 + 1;
        }
}

static void
product_init(struct product *product, struct arena *arena, const struct address_set *set)
{
    *product = (struct product){.arena = arena, .set = set, .state_len = STATE_HEAD};
    product->alphabet = alphabet_of(set);
    product->machines = ARENA_ARRAY(arena, struct machine,
                                    (set->must_count + set->never_count) * ADDRESS_FACES_MAX);
    add_machines(product, set->must, set->must_count);
    add_machines(product, set->never, set->never_count);
}

/* ---- the walk ---- */

struct node {
    const unsigned char *state;
    size_t parent; /* whence it was reached first */
    char letter;   /* by which */
    bool accepted, useful;
    bool open; /* on the way, while words are listed */
    struct edge *edges;
};

struct edge {
    struct edge *next;
    size_t to;
    struct letter letter;
};

struct walk {
    struct product product;
    struct node *nodes;
    size_t count, cap, states_max;
    struct map *known;   /* by state: one more than the node's index */
    unsigned char *room; /* for one state */
    bool overflow;
};

static size_t
add_node(struct walk *walk, const unsigned char *state, size_t parent, char letter)
{
    struct arena *arena = walk->product.arena;
    struct slice key = {(const char *)state, walk->product.state_len};
    size_t known = (size_t)map_get(walk->known, key);
    if (known)
        return known - 1;
    walk->nodes = arena_grow(arena, walk->nodes, sizeof *walk->nodes, walk->count, &walk->cap);
    walk->nodes[walk->count] =
        (struct node){.state = (const unsigned char *)arena_dup(arena, key).ptr,
                      .parent = parent,
                      .letter = letter,
                      .accepted = is_accepted(&walk->product, state)};
    (void)map_put(walk->known, key, (void *)(walk->count + 1));
    return walk->count++;
}

static void
expand(struct walk *walk, size_t from, bool keep)
{
    const struct alphabet *alphabet = &walk->product.alphabet;
    for (size_t i = 0; i < alphabet->count && !walk->overflow; i++) {
        char c = alphabet->letters[i].c;
        if (!step(&walk->product, walk->nodes[from].state, walk->room, c))
            continue;
        if (walk->count == walk->states_max) {
            walk->overflow = true;
            return;
        }
        size_t to = add_node(walk, walk->room, from, c);
        if (!keep)
            continue;
        struct edge *edge = ARENA_NEW(walk->product.arena, struct edge);
        *edge = (struct edge){walk->nodes[from].edges, to, alphabet->letters[i]};
        walk->nodes[from].edges = edge;
    }
}

static struct slice
word_of(struct walk *walk, size_t node)
{
    size_t len = 0;
    for (size_t at = node; at != 0; at = walk->nodes[at].parent)
        len++;
    char *word = arena_alloc(walk->product.arena, len + 1);
    struct slice text = {word, len};
    for (size_t at = node; at != 0; at = walk->nodes[at].parent)
        word[--len] = walk->nodes[at].letter;
    return text;
}

/* Everything that can be reached, or up to the first address; its index, or SIZE_MAX. */
static size_t
explore(struct walk *walk, bool whole)
{
    size_t found = SIZE_MAX;
    memset(walk->room, 0, walk->product.state_len);
    for (size_t i = 0; i < walk->product.machine_count; i++)
        enter(walk->product.machines[i].face->pattern,
              walk->room + walk->product.machines[i].offset, 0);
    (void)add_node(walk, walk->room, 0, '\0');
    for (size_t i = 0; i < walk->count && !walk->overflow; i++) {
        if (walk->nodes[i].accepted && found == SIZE_MAX)
            found = i;
        if (found != SIZE_MAX && !whole)
            break;
        expand(walk, i, whole);
    }
    return found;
}

/* From which an address can still come: backwards until nothing changes, last ones first. */
static void
mark_useful(struct walk *walk)
{
    for (size_t i = 0; i < walk->count; i++)
        walk->nodes[i].useful = walk->nodes[i].accepted;
    for (bool changed = true; changed;) {
        changed = false;
        for (size_t i = walk->count; i-- > 0;)
            for (struct edge *e = walk->nodes[i].edges; e && !walk->nodes[i].useful; e = e->next)
                if (walk->nodes[e->to].useful)
                    changed = walk->nodes[i].useful = true;
    }
}

struct listing {
    struct slice *words;
    size_t count, max;
    char text[1024];
};

/* False: there are more than fit, since a way leads back or a letter stands for several. */
static bool
list_from(struct walk *walk, size_t node, size_t len, struct listing *listing)
{
    if (walk->nodes[node].open || len == sizeof listing->text)
        return false;
    if (walk->nodes[node].accepted) {
        if (listing->count == listing->max)
            return false;
        listing->words[listing->count++] =
            arena_dup(walk->product.arena, (struct slice){listing->text, len});
    }
    walk->nodes[node].open = true;
    bool all = true;
    for (struct edge *e = walk->nodes[node].edges; e && all; e = e->next)
        if (walk->nodes[e->to].useful) {
            listing->text[len] = e->letter.c;
            all = e->letter.single && list_from(walk, e->to, len + 1, listing);
        }
    walk->nodes[node].open = false;
    return all;
}

static void
walk_study(struct walk *walk, size_t list, struct address_study *out)
{
    struct listing listing = {.max = list};
    size_t found = explore(walk, list > 0);
    out->decided = found != SIZE_MAX || !walk->overflow;
    out->empty = out->decided && found == SIZE_MAX;
    if (found == SIZE_MAX)
        return;
    out->example = word_of(walk, found);
    if (list == 0 || walk->overflow)
        return;
    mark_useful(walk);
    listing.words = ARENA_ARRAY(walk->product.arena, struct slice, list);
    out->listed = list_from(walk, 0, 0, &listing);
    out->words = listing.words;
    out->word_count = out->listed ? listing.count : 0;
}

/* One that must be matched to the letter needs no walk. */
static void
literal_study(struct arena *arena, const struct address_set *set, struct slice literal,
              struct address_study *out)
{
    struct address address;
    struct err err;
    bool there = address_parse(arena, literal, &address, &err) == RC_OK &&
                 slice_eq(address.text, literal) && address_set_contains(arena, set, literal);
    *out = (struct address_study){.decided = true, .empty = !there, .listed = true};
    if (!there)
        return;
    out->words = ARENA_NEW(arena, struct slice);
    out->words[0] = out->example = literal;
    out->word_count = 1;
}

/* Exceptions can be many, and seldom matter: is there nothing without them, or is what comes to mind
 * first none of them? False: they must be looked at. */
static bool
study_without_exceptions(struct arena *arena, const struct address_set *set,
                         struct address_study *out)
{
    struct address_set all = {.must = set->must, .must_count = set->must_count};
    address_set_study(arena, &all, 0, out);
    return out->empty || (out->decided && address_set_contains(arena, set, out->example));
}

void
address_set_study(struct arena *arena, const struct address_set *set, size_t list,
                  struct address_study *out)
{
    struct slice literal = address_set_literal(set);
    if (literal.len) {
        literal_study(arena, set, literal, out);
        return;
    }
    if (list == 0 && set->never_count > 0 && study_without_exceptions(arena, set, out))
        return;
    struct walk walk = {0};
    *out = (struct address_study){0};
    struct arena *scratch = arena_new();
    product_init(&walk.product, scratch, set);
    walk.states_max = STATES_BYTES_MAX / walk.product.state_len;
    walk.states_max = walk.states_max < STATES_MAX ? walk.states_max : STATES_MAX;
    walk.known = map_new();
    walk.room = arena_alloc(scratch, walk.product.state_len);
    walk_study(&walk, list, out);
    struct slice *words = ARENA_ARRAY(arena, struct slice, out->word_count);
    for (size_t i = 0; i < out->word_count; i++)
        words[i] = arena_dup(arena, out->words[i]);
    out->words = words;
    out->example = arena_dup(arena, out->example);
    map_free(walk.known);
    arena_free(scratch);
}

bool
address_set_within(struct arena *arena, const struct address_set *inner,
                   const struct address_set *outer)
{
    struct address_study study;
    for (size_t i = 0; i < outer->must_count; i++) {
        struct address_set rest = address_set_with(arena, inner, NULL, outer->must[i]);
        address_set_study(arena, &rest, 0, &study);
        if (!study.empty)
            return false;
    }
    for (size_t i = 0; i < outer->never_count; i++) {
        struct address_set rest = address_set_with(arena, inner, outer->never[i], NULL);
        address_set_study(arena, &rest, 0, &study);
        if (!study.empty)
            return false;
    }
    return true;
}
