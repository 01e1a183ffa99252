#include "json.h"
#include "codec.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

struct reader {
    struct arena *arena;
    struct slice text;
    size_t at, line_start;
    uint32_t line;
    unsigned depth;
    size_t values; /* of the whole text */
    struct err *err;
};

static enum rc
fail(const struct reader *r, const char *what)
{
    return err_set_at(r->err, RC_SYNTAX, r->line, (uint32_t)(r->at - r->line_start + 1), "%s",
                      what);
}

static int
peek(const struct reader *r)
{
    return r->at < r->text.len ? (unsigned char)r->text.ptr[r->at] : -1;
}

static void
skip_space(struct reader *r)
{
    for (int c = peek(r); c == ' ' || c == '\t' || c == '\r' || c == '\n'; c = peek(r)) {
        r->at++;
        if (c == '\n') {
            r->line++;
            r->line_start = r->at;
        }
    }
}

static bool
read_hex4(struct reader *r, uint32_t *code)
{
    *code = 0;
    for (int i = 0; i < 4; i++) {
        int c = peek(r);
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (digit < 0)
            return false;
        *code = *code << 4 | (uint32_t)digit;
        r->at++;
    }
    return true;
}

/* After "\u". A high surrogate must be followed by an escaped low one. */
static enum rc
read_unicode(struct reader *r, char *out, size_t *len)
{
    uint32_t code, low;
    if (!read_hex4(r, &code))
        return fail(r, "\\u needs four hexadecimal digits");
    if (code >= 0xd800 && code <= 0xdbff) {
        if (peek(r) != '\\' || r->at + 1 >= r->text.len || r->text.ptr[r->at + 1] != 'u')
            return fail(r, "a surrogate stands alone");
        r->at += 2;
        if (!read_hex4(r, &low) || low < 0xdc00 || low > 0xdfff)
            return fail(r, "a surrogate stands alone");
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    } else if (code >= 0xdc00 && code <= 0xdfff) {
        return fail(r, "a surrogate stands alone");
    }
    if (code == 0)
        return fail(r, "\\u0000 is not allowed");
    *len += codec_utf8_put(code, out + *len);
    return RC_OK;
}

static enum rc
read_string(struct reader *r, struct slice *out)
{
    r->at++; /* the opening quote */
    size_t start = r->at;
    bool escaped = false;
    for (int c = peek(r); c != '"'; c = peek(r)) {
        if (c < 0)
            return fail(r, "the string is not closed");
        if (c < ' ')
            return fail(r, "a control character stands in a string");
        escaped |= c == '\\';
        r->at += c == '\\' && r->at + 1 < r->text.len ? 2 : 1;
    }
    struct slice raw = {r->text.ptr + start, r->at - start};
    if (!codec_utf8_valid(raw))
        return fail(r, "the string is not UTF-8");
    if (!escaped) {
        r->at++;
        *out = raw;
        return RC_OK;
    }
    char *text = arena_alloc(r->arena, raw.len + 4);
    size_t len = 0;
    r->at = start;
    while (peek(r) != '"') {
        int c = peek(r);
        r->at++;
        if (c != '\\') {
            text[len++] = (char)c;
            continue;
        }
        c = peek(r);
        r->at++;
        static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
        const char *known = c > 0 ? strchr(from, c) : NULL;
        if (known) {
            text[len++] = to[known - from];
        } else if (c == 'u') {
            enum rc rc = read_unicode(r, text, &len);
            if (rc != RC_OK)
                return rc;
        } else {
            r->at--;
            return fail(r, "unknown escape");
        }
    }
    r->at++;
    *out = (struct slice){text, len};
    return RC_OK;
}

static bool
skip_digits(struct reader *r)
{
    size_t start = r->at;
    while (peek(r) >= '0' && peek(r) <= '9')
        r->at++;
    return r->at > start;
}

static enum rc
read_number(struct reader *r, struct json *value)
{
    size_t start = r->at;
    if (peek(r) == '-')
        r->at++;
    if (peek(r) == '0')
        r->at++;
    else if (!skip_digits(r))
        return fail(r, "a value is expected");
    if (peek(r) == '.') {
        r->at++;
        if (!skip_digits(r))
            return fail(r, "digits are expected after the point");
    }
    if (peek(r) == 'e' || peek(r) == 'E') {
        r->at++;
        if (peek(r) == '+' || peek(r) == '-')
            r->at++;
        if (!skip_digits(r))
            return fail(r, "digits are expected in the exponent");
    }
    value->type = JSON_NUMBER;
    value->text = (struct slice){r->text.ptr + start, r->at - start};
    double number;
    if (!json_number(value, &number))
        return fail(r, "the number is too large");
    return RC_OK;
}

static enum rc read_value(struct reader *r, struct json *value);

/* One name of an object, checked against those before it: objects here are small. */
static enum rc
read_name(struct reader *r, const struct json *object, struct json *member)
{
    skip_space(r);
    if (peek(r) != '"')
        return fail(r, "a member name in quotes is expected");
    member->name_start = r->at;
    member->name_line = r->line;
    member->name_column = (uint32_t)(r->at - r->line_start + 1);
    enum rc rc = read_string(r, &member->name);
    if (rc != RC_OK)
        return rc;
    member->name_end = r->at;
    for (const struct json *other = object->first; other; other = other->next)
        if (slice_eq(other->name, member->name)) {
            struct slice shown = slice_head(member->name, 60);
            return err_set_at(r->err, RC_SYNTAX, member->name_line, member->name_column,
                              "the name \"%.*s\" appears twice", SLICE_ARG(shown));
        }
    skip_space(r);
    if (peek(r) != ':')
        return fail(r, "a colon is expected");
    r->at++;
    return RC_OK;
}

static enum rc
read_children(struct reader *r, struct json *parent, char closing)
{
    struct json **tail = &parent->first;
    r->at++;
    if (++r->depth > JSON_DEPTH_MAX)
        return fail(r, "nested too deeply");
    skip_space(r);
    if (peek(r) == closing) {
        r->at++;
        r->depth--;
        return RC_OK;
    }
    for (;;) {
        struct json *child = ARENA_NEW(r->arena, struct json);
        enum rc rc = parent->type == JSON_OBJECT ? read_name(r, parent, child) : RC_OK;
        if (rc == RC_OK)
            rc = read_value(r, child);
        if (rc != RC_OK)
            return rc;
        *tail = child;
        tail = &child->next;
        size_t most = parent->type == JSON_OBJECT ? JSON_MEMBERS_MAX : JSON_ELEMENTS_MAX;
        if (++parent->count > most || ++r->values > JSON_VALUES_MAX)
            return fail(r, "too many elements");
        skip_space(r);
        int c = peek(r);
        if (c != ',' && c != closing)
            return fail(r, parent->type == JSON_OBJECT ? "a comma or } is expected"
                                                       : "a comma or ] is expected");
        r->at++;
        if (c == closing)
            break;
    }
    r->depth--;
    return RC_OK;
}

static bool
take_word(struct reader *r, const char *word)
{
    if (!slice_starts(slice_from(r->text, r->at), slice_of(word)))
        return false;
    r->at += strlen(word);
    return true;
}

static enum rc
read_value(struct reader *r, struct json *value)
{
    skip_space(r);
    value->line = r->line;
    value->column = (uint32_t)(r->at - r->line_start + 1);
    value->start = r->at;
    enum rc rc = RC_OK;
    int c = peek(r);
    if (c == '{' || c == '[') {
        value->type = c == '{' ? JSON_OBJECT : JSON_ARRAY;
        rc = read_children(r, value, c == '{' ? '}' : ']');
    } else if (c == '"') {
        value->type = JSON_STRING;
        rc = read_string(r, &value->text);
    } else if (take_word(r, "true") || take_word(r, "false")) {
        value->type = JSON_BOOL;
        value->boolean = c == 't';
    } else if (take_word(r, "null")) {
        value->type = JSON_NULL;
    } else {
        rc = read_number(r, value);
    }
    value->end = r->at;
    return rc;
}

enum rc
json_parse(struct arena *arena, struct slice text, struct json **out, struct err *err)
{
    struct reader r = {.arena = arena, .text = text, .line = 1, .err = err};
    struct json *value = ARENA_NEW(arena, struct json);
    enum rc rc = read_value(&r, value);
    if (rc != RC_OK)
        return rc;
    skip_space(&r);
    if (r.at < text.len)
        return fail(&r, "text follows the value");
    *out = value;
    return RC_OK;
}

const struct json *
json_member(const struct json *object, const char *name)
{
    if (!object || object->type != JSON_OBJECT)
        return NULL;
    for (const struct json *member = object->first; member; member = member->next)
        if (slice_is(member->name, name))
            return member;
    return NULL;
}

const char *
json_type_name(enum json_type type)
{
    static const char *const names[] = {"null",     "a boolean", "a number",
                                        "a string", "an array",  "an object"};
    return names[type];
}

static enum rc
get(const struct json *object, const char *name, enum json_type type, const struct json **out,
    struct err *err)
{
    const struct json *member = json_member(object, name);
    *out = member && member->type == JSON_NULL ? NULL : member;
    if (*out && member->type != type)
        return err_set(err, RC_SYNTAX, "%s must be %s, not %s", name, json_type_name(type),
                       json_type_name(member->type));
    return RC_OK;
}

enum rc
json_get_string(const struct json *object, const char *name, bool required, struct slice *out,
                struct err *err)
{
    const struct json *member;
    enum rc rc = get(object, name, JSON_STRING, &member, err);
    if (rc != RC_OK)
        return rc;
    if (!member && required)
        return err_set(err, RC_SYNTAX, "%s is missing", name);
    *out = member ? member->text : SLICE("");
    return RC_OK;
}

enum rc
json_get_bool(const struct json *object, const char *name, bool fallback, bool *out,
              struct err *err)
{
    const struct json *member;
    enum rc rc = get(object, name, JSON_BOOL, &member, err);
    if (rc == RC_OK)
        *out = member ? member->boolean : fallback;
    return rc;
}

enum rc
json_get_i64(const struct json *object, const char *name, int64_t fallback, int64_t *out,
             struct err *err)
{
    const struct json *member;
    enum rc rc = get(object, name, JSON_NUMBER, &member, err);
    if (rc != RC_OK)
        return rc;
    double number = (double)fallback;
    if (member && !json_number(member, &number))
        return err_set(err, RC_SYNTAX, "%s is too large", name);
    if (member && (floor(number) != number || fabs(number) > 9007199254740992.0))
        return err_set(err, RC_SYNTAX, "%s must be a whole number", name);
    *out = member ? (int64_t)number : fallback;
    return RC_OK;
}

bool
json_number(const struct json *number, double *out)
{
    char text[64];
    if (number->text.len >= sizeof text)
        return false;
    memcpy(text, number->text.ptr, number->text.len);
    text[number->text.len] = '\0';
    *out = strtod(text, NULL);
    return isfinite(*out);
}

void
json_writer_init(struct json_writer *writer, struct buf *out)
{
    *writer = (struct json_writer){.out = out};
}

static void
separate(struct json_writer *writer)
{
    uint64_t bit = (uint64_t)1 << writer->depth;
    if (!writer->after_key && writer->depth > 0) {
        if (writer->has_member & bit)
            buf_add_char(writer->out, ',');
        writer->has_member |= bit;
    }
    writer->after_key = false;
}

static void
open_level(struct json_writer *writer, char bracket)
{
    separate(writer);
    buf_add_char(writer->out, bracket);
    writer->depth++;
    assert(writer->depth < 64);
    writer->has_member &= ~((uint64_t)1 << writer->depth);
}

static void
close_level(struct json_writer *writer, char bracket)
{
    assert(writer->depth > 0);
    writer->depth--;
    buf_add_char(writer->out, bracket);
}

void
json_open_object(struct json_writer *writer)
{
    open_level(writer, '{');
}

void
json_close_object(struct json_writer *writer)
{
    close_level(writer, '}');
}

void
json_open_array(struct json_writer *writer)
{
    open_level(writer, '[');
}

void
json_close_array(struct json_writer *writer)
{
    close_level(writer, ']');
}

static void
add_quoted(struct buf *out, struct slice text)
{
    buf_add_char(out, '"');
    for (size_t i = 0; i < text.len;) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c == '"' || c == '\\') {
            buf_printf(out, "\\%c", c);
            i++;
        } else if (c < ' ' || c == 127) {
            buf_printf(out, "\\u%04x", c);
            i++;
        } else if (c < 128) {
            buf_add_char(out, (char)c);
            i++;
        } else {
            size_t len = codec_utf8_sequence(slice_from(text, i));
            if (len == 0)
                buf_add(out, SLICE("\xef\xbf\xbd"));
            else
                buf_add(out, slice_head(slice_from(text, i), len));
            i += len ? len : 1;
        }
    }
    buf_add_char(out, '"');
}

void
json_key_slice(struct json_writer *writer, struct slice name)
{
    separate(writer);
    add_quoted(writer->out, name);
    buf_add_char(writer->out, ':');
    writer->after_key = true;
}

void
json_key(struct json_writer *writer, const char *name)
{
    json_key_slice(writer, slice_of(name));
}

void
json_write_string(struct json_writer *writer, struct slice text)
{
    separate(writer);
    add_quoted(writer->out, text);
}

void
json_write_cstr(struct json_writer *writer, const char *text)
{
    json_write_string(writer, slice_of(text));
}

void
json_write_i64(struct json_writer *writer, int64_t number)
{
    separate(writer);
    buf_printf(writer->out, "%" PRId64, number);
}

void
json_write_double(struct json_writer *writer, double number)
{
    separate(writer);
    if (floor(number) == number && fabs(number) < 1e15)
        buf_printf(writer->out, "%.1f", number);
    else
        buf_printf(writer->out, "%.17g", number);
}

void
json_write_bool(struct json_writer *writer, bool value)
{
    separate(writer);
    buf_add_cstr(writer->out, value ? "true" : "false");
}

void
json_write_null(struct json_writer *writer)
{
    separate(writer);
    buf_add_cstr(writer->out, "null");
}

void
json_write_raw(struct json_writer *writer, struct slice json)
{
    separate(writer);
    buf_add(writer->out, json);
}

void
json_put_string(struct json_writer *writer, const char *name, struct slice text)
{
    json_key(writer, name);
    json_write_string(writer, text);
}

void
json_put_cstr(struct json_writer *writer, const char *name, const char *text)
{
    json_put_string(writer, name, slice_of(text));
}

void
json_put_i64(struct json_writer *writer, const char *name, int64_t number)
{
    json_key(writer, name);
    json_write_i64(writer, number);
}

void
json_put_bool(struct json_writer *writer, const char *name, bool value)
{
    json_key(writer, name);
    json_write_bool(writer, value);
}
