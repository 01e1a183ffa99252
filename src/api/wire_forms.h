/*
 * From the bytes of the two protocols to the trees of shape.h; wire_answers.h is the way back. Pure,
 * and fuzzed.
 *
 * Query (SES v1, IAM, STS; reference §7.3): form data. REST-JSON (SES v2, Access Analyzer; §7.4): path, query string
 * and JSON.
 */
#ifndef POSTERN_API_WIRE_FORMS_H
#define POSTERN_API_WIRE_FORMS_H

#include "shape.h"

/* One pair of a form or a query string, decoded; in the order they came. */
struct form_pair {
    struct slice name, value;
};
struct form {
    struct form_pair *pairs;
    size_t count;
};
enum { FORM_PAIRS_MAX = 10000 };
/* RC_SYNTAX: not percent-encoding, not UTF-8 or a NUL; RC_LIMIT: too many pairs. */
MUST_USE enum rc form_parse(struct arena *arena, struct slice text, struct form *out,
                            struct err *err);
/* The first of that name; false when there is none. */
bool form_get(const struct form *form, const char *name, struct slice *value);
bool form_has_two(const struct form *form, const char *name);

/*
 * The input of a Query operation: "Destination.ToAddresses.member.1=a@b.c". `input` NULL: an empty
 * object. Unknown names are ignored, as by AWS. An empty list or structure may be "Name=". RC_SYNTAX
 * names the member: a value that is not of its type, a number left out of a list, two values for one
 * member, nesting deeper than the shape. No such input has a map; script/model refuses one.
 */
MUST_USE enum rc form_decode(struct arena *arena, const struct form *form,
                             const struct shape *input, struct json **out, struct err *err);

/* The input of a REST-JSON operation. `labels` from operation_model_route; `query` may have no pairs
 * and `body` be empty. Unknown members are ignored, and so is the body of an operation that takes
 * none. Borrows from `query` and `body`. RC_SYNTAX names the member and what is wrong:
 * "Content.Simple.Headers.2.Name: NUMBER_VALUE can not be converted to a String". */
MUST_USE enum rc rest_decode(struct arena *arena, const struct shape *input,
                             const struct json *labels, const struct form *query, struct slice body,
                             struct json **out, struct err *err);

/* One JSON object that has all members by their names, wherever they go on the wire. */
MUST_USE enum rc named_decode(struct arena *arena, const struct shape *input, struct slice text,
                              struct json **out, struct err *err);

#endif
