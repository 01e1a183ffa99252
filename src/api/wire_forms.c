/* What comes in, of both protocols. What is read is held against the shape at each step, so nothing is deeper
 * or wider than it, whatever the bytes say. */
#include "wire_forms.h"

#include "base/clock.h"
#include "base/codec.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#define INSTANT_MAX INT64_C(253402300799999)

/* Nodes. */

static struct json *
node_new(struct arena *arena, enum json_type type)
{
    struct json *node = ARENA_NEW(arena, struct json);
    node->type = type;
    return node;
}

static struct json *
node_number(struct arena *arena, int64_t number)
{
    struct json *node = node_new(arena, JSON_NUMBER);
    node->text = arena_printf(arena, "%" PRId64, number);
    return node;
}

/* Where the next child of `parent` goes. */
struct children {
    struct json *parent, **tail;
};

static struct children
children_of(struct json *parent)
{
    return (struct children){parent, &parent->first};
}

static void
children_add_named(struct children *children, struct slice name, struct json *child)
{
    child->name = name;
    *children->tail = child;
    children->tail = &child->next;
    children->parent->count++;
}

static void
children_add(struct children *children, const char *name, struct json *child)
{
    children_add_named(children, slice_of(name), child);
}

/* Values as text, in a form or a query string. */

/* To the end of the year 9999: what can be written again. */
static bool
is_instant(int64_t ms)
{
    return ms >= -INSTANT_MAX && ms <= INSTANT_MAX;
}

static enum rc
refuse_text(const char *wanted, struct slice name, struct slice text, struct err *err)
{
    struct slice shown_name = slice_head(name, 150), shown = slice_head(text, 60);
    return err_set(err, RC_SYNTAX, "%.*s: '%.*s' is not %s", SLICE_ARG(shown_name),
                   SLICE_ARG(shown), wanted);
}

static enum rc
read_base64(struct arena *arena, struct slice name, struct slice text, struct slice *out,
            struct err *err)
{
    if (codec_base64_decode(arena, text, out, err) == RC_OK)
        return RC_OK;
    struct slice shown = slice_head(name, 150);
    err_set(err, RC_SYNTAX, "%.*s: the value is not base64", SLICE_ARG(shown));
    return RC_SYNTAX;
}

/* Scalars only. */
static enum rc
read_text(struct arena *arena, const struct shape *shape, struct slice name, struct slice text,
          struct json **out, struct err *err)
{
    int64_t number;
    if (shape->type == SHAPE_INTEGER) {
        if (!slice_i64(text, &number))
            return refuse_text("a whole number", name, text, err);
        *out = node_number(arena, number);
    } else if (shape->type == SHAPE_TIMESTAMP) {
        if (!clock_parse(text, &number) || !is_instant(number))
            return refuse_text("a timestamp", name, text, err);
        *out = node_number(arena, number);
    } else if (shape->type == SHAPE_BOOLEAN) {
        if (!slice_is(text, "true") && !slice_is(text, "false"))
            return refuse_text("true or false", name, text, err);
        *out = node_new(arena, JSON_BOOL);
        (*out)->boolean = slice_is(text, "true");
    } else {
        *out = node_new(arena, JSON_STRING);
        (*out)->text = text;
        if (shape->type == SHAPE_BLOB)
            return read_base64(arena, name, text, &(*out)->text, err);
    }
    return RC_OK;
}

/* Forms. */

static enum rc
decode_text(struct arena *arena, struct slice text, struct slice *out, struct err *err)
{
    *out = text;
    if (slice_chr(text, '%') != SLICE_NONE || slice_chr(text, '+') != SLICE_NONE) {
        enum rc rc = codec_percent_decode(arena, text, true, out, err);
        if (rc != RC_OK)
            return rc;
    }
    if (!codec_utf8_valid(*out) || slice_chr(*out, '\0') != SLICE_NONE)
        return err_set(err, RC_SYNTAX, "a value is not UTF-8 or has a NUL");
    return RC_OK;
}

enum rc
form_parse(struct arena *arena, struct slice text, struct form *out, struct err *err)
{
    struct form form = {0};
    size_t room = 0;
    for (bool more = text.len > 0; more;) {
        struct slice part, name, value = SLICE(""), after = SLICE("");
        more = slice_cut(text, '&', &part, &after);
        if (!more)
            part = text;
        text = after;
        if (part.len == 0)
            continue;
        if (form.count == FORM_PAIRS_MAX)
            return err_set(err, RC_LIMIT, "more than %d parameters", FORM_PAIRS_MAX);
        if (!slice_cut(part, '=', &name, &value)) {
            name = part;
            value = SLICE("");
        }
        form.pairs = arena_grow(arena, form.pairs, sizeof *form.pairs, form.count, &room);
        struct form_pair *pair = &form.pairs[form.count++];
        enum rc rc = decode_text(arena, name, &pair->name, err);
        if (rc == RC_OK)
            rc = decode_text(arena, value, &pair->value, err);
        if (rc != RC_OK)
            return rc;
    }
    *out = form;
    return RC_OK;
}

bool
form_get(const struct form *form, const char *name, struct slice *value)
{
    for (size_t i = 0; i < form->count; i++)
        if (slice_is(form->pairs[i].name, name)) {
            *value = form->pairs[i].value;
            return true;
        }
    return false;
}

bool
form_has_two(const struct form *form, const char *name)
{
    size_t count = 0;
    for (size_t i = 0; i < form->count; i++)
        count += slice_is(form->pairs[i].name, name);
    return count > 1;
}

/* Pairs, sorted by name, whose names begin with the same `skip` bytes. */
struct span {
    const struct form_pair *pairs;
    size_t count, skip;
};

/* What a span has of one name: a value of its own, and what stands below it. */
struct found {
    const struct form_pair *value;
    bool twice;
    struct span below;
};

static int
compare_names(const void *a, const void *b)
{
    return slice_cmp(((const struct form_pair *)a)->name, ((const struct form_pair *)b)->name);
}

static void
found_add(struct found *found, const struct form_pair *pair, size_t end)
{
    if (pair->name.len == end) {
        found->twice |= found->value != NULL;
        found->value = pair;
        return;
    }
    if (found->below.count == 0)
        found->below = (struct span){pair, 0, end + 1};
    found->below.count++;
}

static struct found
find(const struct span *span, struct slice name)
{
    struct found found = {0};
    for (size_t i = 0; i < span->count; i++) {
        struct slice rest = slice_from(span->pairs[i].name, span->skip);
        if (slice_starts(rest, name) && (rest.len == name.len || rest.ptr[name.len] == '.'))
            found_add(&found, &span->pairs[i], span->skip + name.len);
    }
    return found;
}

static struct slice
found_name(const struct found *found)
{
    if (found->value)
        return slice_head(found->value->name, 150);
    struct slice name = found->below.pairs->name;
    return slice_head(slice_head(name, found->below.skip - 1), 150);
}

static enum rc
refuse_found(const struct found *found, const char *what, struct err *err)
{
    struct slice name = found_name(found);
    return err_set(err, RC_SYNTAX, "%.*s: %s", SLICE_ARG(name), what);
}

static enum rc read_found(struct arena *arena, const struct found *found, const struct shape *shape,
                          struct json **out, struct err *err);

static enum rc
read_structure(struct arena *arena, const struct span *span, const struct shape *shape,
               struct json **out, struct err *err)
{
    *out = node_new(arena, JSON_OBJECT);
    struct children children = children_of(*out);
    for (size_t i = 0; i < shape->member_count; i++) {
        const struct shape_member *member = &shape->members[i];
        struct found found = find(span, slice_of(member->name));
        if (!found.value && found.below.count == 0)
            continue;
        struct json *value = NULL;
        enum rc rc = read_found(arena, &found, member->shape, &value, err);
        if (rc != RC_OK)
            return rc;
        if (value)
            children_add(&children, member->name, value);
    }
    return RC_OK;
}

struct element {
    uint64_t index;
    struct found found;
};

static int
compare_index(const void *a, const void *b)
{
    uint64_t left = ((const struct element *)a)->index, right = ((const struct element *)b)->index;
    return (left > right) - (left < right);
}

/* One element for each index; names that are sorted have those of one index together. */
static enum rc
find_elements(const struct span *span, struct element *elements, size_t *count, struct err *err)
{
    struct slice before = {0};
    *count = 0;
    for (size_t i = 0; i < span->count; i++) {
        struct slice name = span->pairs[i].name, rest = slice_from(name, span->skip);
        size_t end = slice_chr(rest, '.');
        struct slice digits = end == SLICE_NONE ? rest : slice_head(rest, end);
        if (*count == 0 || !slice_eq(digits, before)) {
            struct element *element = &elements[(*count)++];
            if (!slice_u64(digits, &element->index) || digits.ptr[0] == '0')
                return refuse_text("the name of an element", slice_head(name, span->skip - 1),
                                   digits, err);
        }
        before = digits;
        found_add(&elements[*count - 1].found, &span->pairs[i], span->skip + digits.len);
    }
    return RC_OK;
}

/* Below "Name.": "member.1", "member.2.Key". What is called otherwise is unknown. */
static enum rc
read_list(struct arena *arena, const struct span *span, const struct shape *shape,
          struct json **out, struct err *err)
{
    struct span members = find(span, SLICE("member")).below;
    if (members.count == 0)
        return RC_OK;
    struct element *elements = ARENA_ARRAY(arena, struct element, members.count);
    size_t count;
    enum rc rc = find_elements(&members, elements, &count, err);
    if (rc != RC_OK)
        return rc;
    qsort(elements, count, sizeof *elements, compare_index);
    *out = node_new(arena, JSON_ARRAY);
    struct children children = children_of(*out);
    for (size_t i = 0; i < count; i++) {
        struct json *value = NULL;
        if (elements[i].index != i + 1)
            return refuse_found(&elements[i].found, "an element before it is missing", err);
        rc = read_found(arena, &elements[i].found, shape->element, &value, err);
        if (rc != RC_OK)
            return rc;
        if (value)
            children_add(&children, NULL, value);
    }
    return RC_OK;
}

/* *out stays as it was when only unknown names stand below. */
static enum rc
read_found(struct arena *arena, const struct found *found, const struct shape *shape,
           struct json **out, struct err *err)
{
    bool nested = shape->type == SHAPE_STRUCTURE || shape->type == SHAPE_LIST;
    if (found->twice)
        return refuse_found(found, "two values", err);
    if (!nested && found->below.count > 0)
        return refuse_found(found, "nothing can be below this name", err);
    if (!nested)
        return read_text(arena, shape, found->value->name, found->value->value, out, err);
    if (found->value && (found->value->value.len > 0 || found->below.count > 0))
        return refuse_found(found,
                            shape->type == SHAPE_LIST ? "a value where a list is expected"
                                                      : "a value where a structure is expected",
                            err);
    if (found->value) { /* "Name=" is empty */
        *out = node_new(arena, shape->type == SHAPE_LIST ? JSON_ARRAY : JSON_OBJECT);
        return RC_OK;
    }
    return shape->type == SHAPE_LIST ? read_list(arena, &found->below, shape, out, err)
                                     : read_structure(arena, &found->below, shape, out, err);
}

enum rc
form_decode(struct arena *arena, const struct form *form, const struct shape *input,
            struct json **out, struct err *err)
{
    if (!input || form->count == 0) {
        *out = node_new(arena, JSON_OBJECT);
        return RC_OK;
    }
    struct form_pair *sorted = ARENA_ARRAY(arena, struct form_pair, form->count);
    memcpy(sorted, form->pairs, form->count * sizeof *sorted);
    qsort(sorted, form->count, sizeof *sorted, compare_names);
    const struct span all = {sorted, form->count, 0};
    struct json *tree = NULL;
    enum rc rc = read_structure(arena, &all, input, &tree, err);
    if (rc == RC_OK)
        *out = tree;
    return rc;
}

/* JSON. */

/* Where in the body: read from its end. */
struct step {
    const struct step *up;
    struct slice name; /* empty: the element of that index */
    size_t index;
};

static struct slice
step_path(struct arena *arena, const struct step *step)
{
    if (!step)
        return SLICE("");
    struct slice up = step_path(arena, step->up);
    const char *dot = up.len ? "." : "";
    struct slice name = slice_head(step->name, 150);
    return name.len ? arena_printf(arena, "%.*s%s%.*s", SLICE_ARG(up), dot, SLICE_ARG(name))
                    : arena_printf(arena, "%.*s%s%zu", SLICE_ARG(up), dot, step->index);
}

/* AWS's words for a value of the wrong type. */
static enum rc
refuse_value(struct arena *arena, const struct step *step, const struct shape *shape,
             const struct json *value, struct err *err)
{
    static const char *const wanted[] = {
        [SHAPE_STRUCTURE] = "a structure",
        [SHAPE_LIST] = "a list",
        [SHAPE_MAP] = "a map",
        [SHAPE_STRING] = "a String",
        [SHAPE_BLOB] = "a Blob",
        [SHAPE_INTEGER] = "an Integer",
        [SHAPE_DOUBLE] = "a Double",
        [SHAPE_BOOLEAN] = "a Boolean",
        [SHAPE_TIMESTAMP] = "a Timestamp",
    };
    struct slice path = step_path(arena, step);
    const char *dots = path.len ? ": " : "";
    if (value->type == JSON_OBJECT || value->type == JSON_ARRAY)
        return err_set(err, RC_SYNTAX, "%.*s%sStart of %s found where not expected",
                       SLICE_ARG(path), dots,
                       value->type == JSON_ARRAY ? "list" : "structure or map");
    const char *given = value->type == JSON_NULL     ? "NULL_VALUE"
                        : value->type == JSON_STRING ? "STRING_VALUE"
                        : value->type == JSON_NUMBER ? "NUMBER_VALUE"
                        : value->boolean             ? "TRUE_VALUE"
                                                     : "FALSE_VALUE";
    return err_set(err, RC_SYNTAX, "%.*s%s%s can not be converted to %s", SLICE_ARG(path), dots,
                   given, wanted[shape->type]);
}

static bool
read_whole(const struct json *value, int64_t *number)
{
    double exact;
    if (value->type != JSON_NUMBER || !json_number(value, &exact) || floor(exact) != exact ||
        fabs(exact) > 9007199254740992.0)
        return false;
    *number = (int64_t)exact;
    return true;
}

/* Seconds since the epoch, or ISO 8601. */
static bool
read_instant(const struct json *value, int64_t *ms)
{
    double seconds;
    if (value->type == JSON_STRING)
        return clock_parse(value->text, ms) && is_instant(*ms);
    if (value->type != JSON_NUMBER || !json_number(value, &seconds) || fabs(seconds) > 1e12)
        return false;
    *ms = (int64_t)llround(seconds * 1000);
    return is_instant(*ms);
}

static enum rc
read_scalar(struct arena *arena, const struct shape *shape, const struct json *value,
            const struct step *step, struct json **out, struct err *err)
{
    int64_t number;
    bool is_number = shape->type == SHAPE_INTEGER || shape->type == SHAPE_TIMESTAMP;
    if (is_number) {
        if (!(shape->type == SHAPE_INTEGER ? read_whole(value, &number)
                                           : read_instant(value, &number)))
            return refuse_value(arena, step, shape, value, err);
        *out = node_number(arena, number);
        return RC_OK;
    }
    if (value->type != (shape->type == SHAPE_BOOLEAN ? JSON_BOOL : JSON_STRING))
        return refuse_value(arena, step, shape, value, err);
    *out = node_new(arena, value->type);
    (*out)->boolean = value->boolean;
    (*out)->text = value->text;
    if (shape->type == SHAPE_BLOB)
        return read_base64(arena, step_path(arena, step), value->text, &(*out)->text, err);
    return RC_OK;
}

static enum rc read_value(struct arena *arena, const struct shape *shape, const struct json *value,
                          const struct step *step, struct json **out, struct err *err);

static enum rc
read_array(struct arena *arena, const struct shape *shape, const struct json *value,
           const struct step *up, struct json **out, struct err *err)
{
    struct step step = {.up = up};
    if (value->type != JSON_ARRAY)
        return refuse_value(arena, up, shape, value, err);
    *out = node_new(arena, JSON_ARRAY);
    struct children children = children_of(*out);
    for (const struct json *child = value->first; child; child = child->next) {
        struct json *element;
        step.index++;
        enum rc rc = read_value(arena, shape->element, child, &step, &element, err);
        if (rc != RC_OK)
            return rc;
        children_add(&children, NULL, element);
    }
    return RC_OK;
}

/* Its names are the client's own. */
static enum rc
read_map(struct arena *arena, const struct shape *shape, const struct json *value,
         const struct step *up, struct json **out, struct err *err)
{
    struct step step = {.up = up};
    if (value->type != JSON_OBJECT)
        return refuse_value(arena, up, shape, value, err);
    *out = node_new(arena, JSON_OBJECT);
    struct children children = children_of(*out);
    for (const struct json *child = value->first; child; child = child->next) {
        struct json *entry;
        if (child->type == JSON_NULL)
            continue;
        step.name = child->name;
        enum rc rc = read_value(arena, shape->element, child, &step, &entry, err);
        if (rc != RC_OK)
            return rc;
        children_add_named(&children, child->name, entry);
    }
    return RC_OK;
}

/* One member, when it is there. */
static enum rc
read_member(struct arena *arena, const struct shape_member *member, const struct json *object,
            const struct step *up, struct children *children, struct err *err)
{
    const struct json *value = json_member(object, member->name);
    if (!value || value->type == JSON_NULL)
        return RC_OK;
    struct json *child;
    const struct step step = {.up = up, .name = slice_of(member->name)};
    enum rc rc = read_value(arena, member->shape, value, &step, &child, err);
    if (rc == RC_OK)
        children_add(children, member->name, child);
    return rc;
}

static enum rc
read_value(struct arena *arena, const struct shape *shape, const struct json *value,
           const struct step *step, struct json **out, struct err *err)
{
    if (shape->type == SHAPE_LIST)
        return read_array(arena, shape, value, step, out, err);
    if (shape->type == SHAPE_MAP)
        return read_map(arena, shape, value, step, out, err);
    if (shape->type != SHAPE_STRUCTURE)
        return read_scalar(arena, shape, value, step, out, err);
    if (value->type != JSON_OBJECT)
        return refuse_value(arena, step, shape, value, err);
    *out = node_new(arena, JSON_OBJECT);
    struct children children = children_of(*out);
    for (size_t i = 0; i < shape->member_count; i++) {
        enum rc rc = read_member(arena, &shape->members[i], value, step, &children, err);
        if (rc != RC_OK)
            return rc;
    }
    return RC_OK;
}

/* Lists repeat the name. */
static enum rc
read_query_list(struct arena *arena, const struct shape_member *member, const struct form *query,
                struct children *children, struct err *err)
{
    struct json *list = node_new(arena, JSON_ARRAY);
    struct children elements = children_of(list);
    for (size_t i = 0; i < query->count; i++) {
        const struct form_pair *pair = &query->pairs[i];
        struct json *element;
        if (!slice_is(pair->name, member->wire))
            continue;
        enum rc rc =
            read_text(arena, member->shape->element, pair->name, pair->value, &element, err);
        if (rc != RC_OK)
            return rc;
        children_add(&elements, NULL, element);
    }
    if (list->count > 0)
        children_add(children, member->name, list);
    return RC_OK;
}

static enum rc
read_query(struct arena *arena, const struct shape_member *member, const struct form *query,
           struct children *children, struct err *err)
{
    if (member->shape->type == SHAPE_LIST)
        return read_query_list(arena, member, query, children, err);
    const struct form_pair *found = NULL;
    for (size_t i = 0; i < query->count; i++) {
        if (!slice_is(query->pairs[i].name, member->wire))
            continue;
        if (found)
            return err_set(err, RC_SYNTAX, "%s: two values", member->wire);
        found = &query->pairs[i];
    }
    if (!found)
        return RC_OK;
    struct json *value;
    enum rc rc = read_text(arena, member->shape, found->name, found->value, &value, err);
    if (rc == RC_OK)
        children_add(children, member->name, value);
    return rc;
}

static enum rc
read_label(struct arena *arena, const struct shape_member *member, const struct json *labels,
           struct children *children, struct err *err)
{
    const struct json *label = json_member(labels, member->wire);
    struct json *value;
    if (!label)
        return RC_OK;
    enum rc rc = read_text(arena, member->shape, label->name, label->text, &value, err);
    if (rc == RC_OK)
        children_add(children, member->name, value);
    return rc;
}

static bool
has_body(const struct shape *input)
{
    for (size_t i = 0; i < input->member_count; i++)
        if (input->members[i].place == SHAPE_IN_BODY || input->members[i].place == SHAPE_IN_EITHER)
            return true;
    return false;
}

/* None: NULL. */
static enum rc
read_object(struct arena *arena, const struct shape *input, struct slice text, struct json **body,
            struct err *err)
{
    *body = NULL;
    if (slice_trim(text).len == 0)
        return RC_OK;
    enum rc rc = json_parse(arena, text, body, err);
    if (rc == RC_OK && (*body)->type != JSON_OBJECT)
        return refuse_value(arena, NULL, input, *body, err);
    return rc;
}

enum rc
rest_decode(struct arena *arena, const struct shape *input, const struct json *labels,
            const struct form *query, struct slice body, struct json **out, struct err *err)
{
    struct json *tree = node_new(arena, JSON_OBJECT), *parsed = NULL;
    struct children children = children_of(tree);
    enum rc rc = input && has_body(input) ? read_object(arena, input, body, &parsed, err) : RC_OK;
    for (size_t i = 0; input && rc == RC_OK && i < input->member_count; i++) {
        const struct shape_member *member = &input->members[i];
        size_t before = tree->count;
        if (member->place == SHAPE_IN_PATH)
            rc = read_label(arena, member, labels, &children, err);
        else if (member->place != SHAPE_IN_QUERY)
            rc = read_member(arena, member, parsed, NULL, &children, err);
        bool queried = member->place == SHAPE_IN_QUERY ||
                       (member->place == SHAPE_IN_EITHER && tree->count == before);
        if (rc == RC_OK && queried)
            rc = read_query(arena, member, query, &children, err);
    }
    if (rc == RC_OK)
        *out = tree;
    return rc;
}

enum rc
named_decode(struct arena *arena, const struct shape *input, struct slice text, struct json **out,
             struct err *err)
{
    struct json *tree = node_new(arena, JSON_OBJECT), *parsed = NULL;
    struct children children = children_of(tree);
    enum rc rc = input ? read_object(arena, input, text, &parsed, err) : RC_OK;
    for (size_t i = 0; input && rc == RC_OK && i < input->member_count; i++)
        rc = read_member(arena, &input->members[i], parsed, NULL, &children, err);
    if (rc == RC_OK)
        *out = tree;
    return rc;
}
