#include "traces.h"

struct traces {
    struct arena *arena;
    const struct slice *names;
    size_t name_count;
    struct trace *list;
    size_t count, cap;
};

/* Fields that exist to tell where a message came from; Return-Path is for who delivers to write. */
static bool
is_telling(struct slice name)
{
    static const char *const prefixes[] = {"Received",       "X-Received",      "X-SES-",
                                           "X-Originating-", "X-Forwarded-For", "X-Client-IP",
                                           "Return-Path"};
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++)
        if (slice_istarts(name, slice_of(prefixes[i])))
            return true;
    return false;
}

static void
add(struct traces *traces, struct slice place, struct slice text)
{
    traces->list =
        arena_grow(traces->arena, traces->list, sizeof *traces->list, traces->count, &traces->cap);
    traces->list[traces->count++] = (struct trace){place, slice_head(text, TRACE_TEXT_MAX)};
}

static bool
is_of_label(struct slice text, size_t at)
{
    return at < text.len && (ascii_alnum(text.ptr[at]) || text.ptr[at] == '-');
}

/* mail.de is in x.mail.de and not in hotmail.de or mail.de-x. */
static size_t
find_whole(struct slice text, struct slice name)
{
    for (size_t from = 0, at; from < text.len; from += at + 1) {
        at = slice_find(slice_from(text, from), name);
        if (at == SLICE_NONE)
            break;
        size_t start = from + at;
        if ((start == 0 || !is_of_label(text, start - 1)) && !is_of_label(text, start + name.len))
            return start;
    }
    return SLICE_NONE;
}

/* The place of the first name in `text`; SLICE_NONE when there is none. */
static size_t
find_name(const struct traces *traces, struct slice text)
{
    struct slice lowered = arena_lower(traces->arena, text);
    size_t first = SLICE_NONE;
    for (size_t i = 0; i < traces->name_count; i++) {
        size_t at = find_whole(lowered, traces->names[i]);
        if (at < first)
            first = at;
    }
    return first;
}

static void
look_at_field(struct traces *traces, const struct field *field)
{
    struct slice value = header_unfold(traces->arena, field->value);
    if (is_telling(field->name) || find_name(traces, field->raw) != SLICE_NONE ||
        find_name(traces, value) != SLICE_NONE)
        add(traces, arena_concat(traces->arena, SLICE("header "), field->name), value);
}

/* The line that holds the name. */
static void
look_at_body(struct traces *traces, struct slice body)
{
    size_t at = find_name(traces, body);
    if (at == SLICE_NONE)
        return;
    size_t start = slice_rchr(slice_head(body, at), '\n');
    start = start == SLICE_NONE ? 0 : start + 1;
    struct slice line = slice_from(body, start);
    add(traces, SLICE("body"), slice_trim(slice_head(line, slice_chr(line, '\r'))));
}

void
traces_find(struct arena *arena, const struct slice *names, size_t name_count,
            struct slice reverse_path, const struct header *header, struct slice body,
            struct trace **out, size_t *count)
{
    struct traces traces = {.arena = arena, .names = names, .name_count = name_count};
    if (find_name(&traces, reverse_path) != SLICE_NONE)
        add(&traces, SLICE("reverse-path"), reverse_path);
    for (size_t i = 0; i < header->count; i++)
        look_at_field(&traces, &header->fields[i]);
    look_at_body(&traces, body);
    *out = traces.list;
    *count = traces.count;
}
