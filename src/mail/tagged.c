#include "tagged.h"

/* tag-name = ALPHA *ALNUMPUNC */
static bool
is_name(struct slice name)
{
    if (name.len == 0 || !ascii_alpha(name.ptr[0]))
        return false;
    for (size_t i = 1; i < name.len; i++)
        if (!ascii_alnum(name.ptr[i]) && name.ptr[i] != '_')
            return false;
    return true;
}

const struct tag *
tagged_find(const struct tagged *tags, const char *name)
{
    for (size_t i = 0; i < tags->count; i++)
        if (slice_is(tags->list[i].name, name))
            return &tags->list[i];
    return NULL;
}

struct slice
tagged_text(const struct tagged *tags, const char *name, struct slice fallback)
{
    const struct tag *tag = tagged_find(tags, name);
    return tag ? tag->value : fallback;
}

static bool
is_repeated(const struct tagged *tags, struct slice name)
{
    for (size_t i = 0; i < tags->count; i++)
        if (slice_eq(tags->list[i].name, name))
            return true;
    return false;
}

/* tag-list = tag-spec *( ";" tag-spec ) [ ";" ] */
bool
tagged_read(struct slice text, struct tagged *out)
{
    out->count = 0;
    while (slice_trim(text).len) {
        struct slice spec, name, value;
        if (!slice_cut(text, ';', &spec, &text)) {
            spec = text;
            text = SLICE("");
        }
        if (!slice_cut(spec, '=', &name, &value) || out->count == TAGS_MAX)
            return false;
        struct tag tag = {slice_trim(name), slice_trim(value)};
        if (!is_name(tag.name) || is_repeated(out, tag.name))
            return false;
        out->list[out->count++] = tag;
    }
    return true;
}

bool
tagged_list_has(struct slice list, const char *item)
{
    struct slice rest = list, one;
    bool more = true;
    while (more) {
        more = slice_cut(rest, ':', &one, &rest);
        if (slice_iis(slice_trim(more ? one : rest), item))
            return true;
    }
    return false;
}

struct slice
tagged_unspaced(struct arena *arena, struct slice text)
{
    char *copy = arena_alloc(arena, text.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++)
        if (slice_chr(SLICE(" \t\r\n"), text.ptr[i]) == SLICE_NONE)
            copy[len++] = text.ptr[i];
    return (struct slice){copy, len};
}
