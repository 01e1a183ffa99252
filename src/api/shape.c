/* Looking things up in the tables, and which operation a path means (reference §7.6). */
#include "shape.h"

#include "base/codec.h"

const struct shape_member *
shape_find(const struct shape *structure, struct slice name)
{
    for (size_t i = 0; structure && i < structure->member_count; i++)
        if (slice_is(name, structure->members[i].name))
            return &structure->members[i];
    return NULL;
}

/* The rows are sorted by service, then name. */
static int
compare(const struct operation_model *model, enum service service, struct slice name)
{
    if (model->service != service)
        return model->service < service ? -1 : 1;
    return slice_cmp(slice_of(model->name), name);
}

const struct operation_model *
operation_model_find(enum service service, struct slice name)
{
    size_t low = 0, high = operation_model_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare(&operation_models[middle], service, name);
        if (order == 0)
            return &operation_models[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* The next segment without its slash; false at the end. */
static bool
next_segment(struct slice *path, struct slice *segment)
{
    if (path->len == 0 || path->ptr[0] != '/')
        return false;
    struct slice after = slice_from(*path, 1);
    size_t end = slice_chr(after, '/');
    *segment = end == SLICE_NONE ? after : slice_head(after, end);
    *path = slice_from(after, segment->len);
    return true;
}

static bool
is_label(struct slice segment)
{
    return segment.len > 2 && segment.ptr[0] == '{' && segment.ptr[segment.len - 1] == '}';
}

/* How many segments are the same letter by letter; -1 when the path is another. */
static int
count_literal(struct slice uri, struct slice path)
{
    struct slice wanted, given;
    int literal = 0;
    while (next_segment(&uri, &wanted)) {
        if (!next_segment(&path, &given))
            return -1;
        if (is_label(wanted) ? given.len == 0 : !slice_eq(wanted, given))
            return -1;
        literal += !is_label(wanted);
    }
    return path.len == 0 ? literal : -1;
}

static struct slice
first_segment(struct slice path)
{
    struct slice segment;
    return next_segment(&path, &segment) ? segment : SLICE("");
}

enum service
operation_model_owner(struct slice path)
{
    struct slice segment = first_segment(path);
    for (size_t i = 0; segment.len > 0 && i < operation_model_count; i++)
        for (size_t k = 0; k < 2 && operation_models[i].uris[k].method; k++)
            if (slice_eq(segment, first_segment(slice_of(operation_models[i].uris[k].uri))))
                return operation_models[i].service;
    return SERVICE_COUNT;
}

static bool
read_labels(struct arena *arena, struct slice uri, struct slice path, struct json *labels)
{
    struct slice wanted, given;
    struct json **tail = &labels->first;
    while (next_segment(&uri, &wanted) && next_segment(&path, &given)) {
        if (!is_label(wanted))
            continue;
        struct json *label = ARENA_NEW(arena, struct json);
        label->type = JSON_STRING;
        label->name = slice_head(slice_from(wanted, 1), wanted.len - 2);
        if (codec_percent_decode(arena, given, false, &label->text, NULL) != RC_OK ||
            !codec_utf8_valid(label->text) || slice_chr(label->text, '\0') != SLICE_NONE)
            return false;
        *tail = label;
        tail = &label->next;
        labels->count++;
    }
    return true;
}

const struct operation_model *
operation_model_route(struct arena *arena, struct slice method, struct slice path,
                      struct json **labels)
{
    const struct operation_model *found = NULL;
    struct slice found_uri = {0};
    int most = -1;
    for (size_t i = 0; i < operation_model_count; i++) {
        for (size_t k = 0; k < 2 && operation_models[i].uris[k].method; k++) {
            const struct operation_uri *uri = &operation_models[i].uris[k];
            if (!slice_is(method, uri->method))
                continue;
            int literal = count_literal(slice_of(uri->uri), path);
            if (literal <= most)
                continue;
            most = literal;
            found = &operation_models[i];
            found_uri = slice_of(uri->uri);
        }
    }
    if (!found)
        return NULL;
    struct json *object = ARENA_NEW(arena, struct json);
    object->type = JSON_OBJECT;
    if (!read_labels(arena, found_uri, path, object))
        return NULL;
    *labels = object;
    return found;
}
