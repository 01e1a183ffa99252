/* What goes out, in both protocols: XML and JSON. */
#include "wire_answers.h"

#include "base/clock.h"
#include "base/codec.h"

#include <inttypes.h>
#include <stdio.h>

/* A tree that does not fit its shape is a fault of ours. */
static bool
fits(const struct shape *shape, const struct json *value)
{
    static const enum json_type types[] = {
        [SHAPE_STRUCTURE] = JSON_OBJECT, [SHAPE_LIST] = JSON_ARRAY,
        [SHAPE_MAP] = JSON_OBJECT,       [SHAPE_STRING] = JSON_STRING,
        [SHAPE_BLOB] = JSON_STRING,      [SHAPE_INTEGER] = JSON_NUMBER,
        [SHAPE_DOUBLE] = JSON_NUMBER,    [SHAPE_BOOLEAN] = JSON_BOOL,
        [SHAPE_TIMESTAMP] = JSON_NUMBER,
    };
    int64_t number;
    if (value->type != types[shape->type])
        return false;
    return (shape->type != SHAPE_INTEGER && shape->type != SHAPE_TIMESTAMP) ||
           slice_i64(value->text, &number);
}

/* NULL with RC_OK for a member that is left out. */
static enum rc
known_member(const struct shape *shape, const struct json *child,
             const struct shape_member **member, struct err *err)
{
    *member = shape_find(shape, child->name);
    if (!*member)
        return err_set(err, RC_PERMANENT, "the answer has no member %.*s", SLICE_ARG(child->name));
    if (child->type == JSON_NULL) {
        *member = NULL;
        return RC_OK;
    }
    if (!fits((*member)->shape, child))
        return err_set(err, RC_PERMANENT, "the answer has another type at %s", (*member)->name);
    return RC_OK;
}

/* The length of what stands at the front, and whether XML 1.0 §2.2 has such a character. */
static size_t
xml_character(struct slice text, bool *allowed)
{
    unsigned char c = (unsigned char)text.ptr[0];
    size_t len = c < 0x80 ? 1 : codec_utf8_sequence(text);
    struct slice character = slice_head(text, len);
    *allowed = len > 0 && (c >= ' ' || c == '\t' || c == '\n' || c == '\r') &&
               !slice_is(character, "\xef\xbf\xbe") && !slice_is(character, "\xef\xbf\xbf");
    return len > 0 ? len : 1;
}

void
xml_escape(struct buf *out, struct slice text)
{
    while (text.len > 0) {
        bool allowed;
        size_t len = xml_character(text, &allowed);
        char c = text.ptr[0];
        if (!allowed)
            buf_add(out, SLICE("\xef\xbf\xbd"));
        else if (c == '&' || c == '<' || c == '>' || c == '"')
            buf_add_cstr(out, c == '&'   ? "&amp;"
                              : c == '<' ? "&lt;"
                              : c == '>' ? "&gt;"
                                         : "&quot;");
        else if (c == '\r') /* a reader makes a bare one a line feed */
            buf_add(out, SLICE("&#xD;"));
        else
            buf_add(out, slice_head(text, len));
        text = slice_from(text, len);
    }
}

static void
xml_timestamp(struct buf *out, const struct json *value)
{
    int64_t ms = 0;
    if (!slice_i64(value->text, &ms))
        return;
    struct arena *arena = arena_new_of(64);
    buf_add(out, clock_iso8601(arena, ms));
    arena_free(arena);
}

static enum rc xml_children(struct buf *out, const struct shape *shape, const struct json *tree,
                            struct err *err);

/* `value` fits `shape`. */
static enum rc
xml_content(struct buf *out, const struct shape *shape, const struct json *value, struct err *err)
{
    switch (shape->type) {
    case SHAPE_STRUCTURE:
    case SHAPE_LIST:
    case SHAPE_MAP: return xml_children(out, shape, value, err);
    case SHAPE_TIMESTAMP: xml_timestamp(out, value); return RC_OK;
    case SHAPE_BOOLEAN: buf_add_cstr(out, value->boolean ? "true" : "false"); return RC_OK;
    default: xml_escape(out, value->text); return RC_OK;
    }
}

static enum rc
xml_element(struct buf *out, const char *name, const struct shape *shape, const struct json *value,
            struct err *err)
{
    buf_printf(out, "<%s>", name);
    enum rc rc = xml_content(out, shape, value, err);
    buf_printf(out, "</%s>", name);
    return rc;
}

static enum rc
xml_entry(struct buf *out, const struct shape *map, const struct json *value, struct err *err)
{
    buf_add_cstr(out, "<entry><key>");
    xml_escape(out, value->name);
    buf_add_cstr(out, "</key>");
    enum rc rc = xml_element(out, "value", map->element, value, err);
    buf_add_cstr(out, "</entry>");
    return rc;
}

static enum rc
xml_child(struct buf *out, const struct shape *shape, const struct json *child, struct err *err)
{
    if (shape->type != SHAPE_STRUCTURE) {
        if (!fits(shape->element, child))
            return err_set(err, RC_PERMANENT, "the answer has an element of another type");
        return shape->type == SHAPE_MAP ? xml_entry(out, shape, child, err)
                                        : xml_element(out, "member", shape->element, child, err);
    }
    const struct shape_member *member;
    enum rc rc = known_member(shape, child, &member, err);
    if (rc != RC_OK || !member || (child->type == JSON_STRING && child->text.len == 0))
        return rc;
    return xml_element(out, member->name, member->shape, child, err);
}

static enum rc
xml_children(struct buf *out, const struct shape *shape, const struct json *tree, struct err *err)
{
    enum rc rc = RC_OK;
    for (const struct json *child = tree->first; child && rc == RC_OK; child = child->next)
        rc = xml_child(out, shape, child, err);
    return rc;
}

static const struct shape no_members = {.type = SHAPE_STRUCTURE};

enum rc
xml_encode(struct buf *out, const struct shape *output, const struct json *tree, struct err *err)
{
    const struct shape *shape = output ? output : &no_members;
    if (!fits(shape, tree))
        return err_set(err, RC_PERMANENT, "the answer is not an object");
    return xml_children(out, shape, tree, err);
}

static enum rc rest_children(struct json_writer *writer, const struct shape *shape,
                             const struct json *tree, struct err *err);

static void
rest_instant_text(struct json_writer *writer, int64_t ms)
{
    struct arena *arena = arena_new();
    json_write_string(writer, clock_iso8601(arena, ms));
    arena_free(arena);
}

static void
rest_timestamp(struct json_writer *writer, const struct shape *shape, const struct json *value)
{
    int64_t ms = 0;
    char text[40];
    if (!slice_i64(value->text, &ms))
        return;
    if (shape->iso8601) {
        rest_instant_text(writer, ms);
        return;
    }
    uint64_t magnitude = ms < 0 ? (uint64_t)-ms : (uint64_t)ms;
    snprintf(text, sizeof text, "%s%" PRIu64 ".%03u", ms < 0 ? "-" : "", magnitude / 1000,
             (unsigned)(magnitude % 1000));
    json_write_raw(writer, slice_of(text));
}

/* `value` fits `shape`. */
static enum rc
rest_value(struct json_writer *writer, const struct shape *shape, const struct json *value,
           struct err *err)
{
    switch (shape->type) {
    case SHAPE_STRUCTURE:
    case SHAPE_LIST:
    case SHAPE_MAP: return rest_children(writer, shape, value, err);
    case SHAPE_TIMESTAMP: rest_timestamp(writer, shape, value); return RC_OK;
    case SHAPE_BOOLEAN: json_write_bool(writer, value->boolean); return RC_OK;
    case SHAPE_INTEGER:
    case SHAPE_DOUBLE: json_write_raw(writer, value->text); return RC_OK;
    default: json_write_string(writer, value->text); return RC_OK;
    }
}

static enum rc
rest_child(struct json_writer *writer, const struct shape *shape, const struct json *child,
           struct err *err)
{
    if (shape->type != SHAPE_STRUCTURE) {
        if (!fits(shape->element, child))
            return err_set(err, RC_PERMANENT, "the answer has an element of another type");
        if (shape->type == SHAPE_MAP)
            json_key_slice(writer, child->name);
        return rest_value(writer, shape->element, child, err);
    }
    const struct shape_member *member;
    enum rc rc = known_member(shape, child, &member, err);
    if (rc != RC_OK || !member)
        return rc;
    json_key(writer, member->name);
    return rest_value(writer, member->shape, child, err);
}

static enum rc
rest_children(struct json_writer *writer, const struct shape *shape, const struct json *tree,
              struct err *err)
{
    enum rc rc = RC_OK;
    bool list = shape->type == SHAPE_LIST;
    if (list)
        json_open_array(writer);
    else
        json_open_object(writer);
    for (const struct json *child = tree->first; child && rc == RC_OK; child = child->next)
        rc = rest_child(writer, shape, child, err);
    if (list)
        json_close_array(writer);
    else
        json_close_object(writer);
    return rc;
}

enum rc
rest_encode(struct buf *out, const struct shape *output, const struct json *tree, struct err *err)
{
    const struct shape *shape = output ? output : &no_members;
    struct json_writer writer;
    json_writer_init(&writer, out);
    if (!fits(shape, tree))
        return err_set(err, RC_PERMANENT, "the answer is not an object");
    return rest_children(&writer, shape, tree, err);
}
