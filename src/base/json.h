/*
 * JSON (RFC 8259) with positions. The reader refuses what a policy must not hide behind:
 * duplicate member names, invalid UTF-8, \u0000, lone surrogates, trailing text, deep nesting,
 * and more values than a document of ours has.
 */
#ifndef POSTERN_BASE_JSON_H
#define POSTERN_BASE_JSON_H

#include "memory.h"

enum json_type { JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

struct json {
    enum json_type type;
    bool boolean;
    struct slice text;     /* string: decoded; number: as written */
    struct slice name;     /* member name, when inside an object */
    struct json *first;    /* of an array or object */
    struct json *next;     /* sibling */
    size_t count;          /* of children */
    uint32_t line, column; /* of its first byte, from 1; columns count bytes */
    uint32_t name_line, name_column;
    size_t start, end;           /* byte offsets of the value */
    size_t name_start, name_end; /* of the name, with its quotes */
};

/* What a reader of a large text spends on it: names are compared each with each. */
enum {
    JSON_DEPTH_MAX = 64,
    JSON_MEMBERS_MAX = 1000,
    JSON_ELEMENTS_MAX = 10000,
    JSON_VALUES_MAX = 250000
};

/* RC_SYNTAX: "line 3, column 7: ...". The tree borrows from `text` and `arena`. */
MUST_USE enum rc json_parse(struct arena *arena, struct slice text, struct json **out,
                            struct err *err);

/* NULL when absent or `object` is not an object; names are compared exactly. */
const struct json *json_member(const struct json *object, const char *name);
const char *json_type_name(enum json_type type); /* "an object" */

/* Convenience for requests of our own. An absent or null member gives the fallback. */
MUST_USE enum rc json_get_string(const struct json *object, const char *name, bool required,
                                 struct slice *out, struct err *err);
MUST_USE enum rc json_get_bool(const struct json *object, const char *name, bool fallback,
                               bool *out, struct err *err);
MUST_USE enum rc json_get_i64(const struct json *object, const char *name, int64_t fallback,
                              int64_t *out, struct err *err);
bool json_number(const struct json *number, double *out);

/* The writer puts commas itself; invalid UTF-8 is written as U+FFFD. */
struct json_writer {
    struct buf *out;
    uint64_t has_member; /* a bit a level */
    unsigned depth;
    bool after_key;
};

void json_writer_init(struct json_writer *writer, struct buf *out);
void json_open_object(struct json_writer *writer);
void json_close_object(struct json_writer *writer);
void json_open_array(struct json_writer *writer);
void json_close_array(struct json_writer *writer);
void json_key(struct json_writer *writer, const char *name);
void json_key_slice(struct json_writer *writer, struct slice name);
void json_write_string(struct json_writer *writer, struct slice text);
void json_write_cstr(struct json_writer *writer, const char *text);
void json_write_i64(struct json_writer *writer, int64_t number);
void json_write_double(struct json_writer *writer, double number);
void json_write_bool(struct json_writer *writer, bool value);
void json_write_null(struct json_writer *writer);
void json_write_raw(struct json_writer *writer, struct slice json); /* already JSON */

/* json_key and a value in one. */
void json_put_string(struct json_writer *writer, const char *name, struct slice text);
void json_put_cstr(struct json_writer *writer, const char *name, const char *text);
void json_put_i64(struct json_writer *writer, const char *name, int64_t number);
void json_put_bool(struct json_writer *writer, const char *name, bool value);

#endif
