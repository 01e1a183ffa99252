/*
 * Between the bytes of the two protocols and the trees of shape.h. Pure; every decoder is fuzzed.
 *
 * Query (SES v1, IAM, STS; reference §7.3): form data in, XML out. REST-JSON (SES v2; §7.4): path,
 * query string and JSON in, JSON out.
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

/*
 * The input of a Query operation: "Destination.ToAddresses.member.1=a@b.c", maps
 * "Name.entry.1.key". `input` NULL: an empty object. Unknown names are ignored, as by AWS. An empty
 * list may be "Name=". RC_SYNTAX names the member: a value that is not of its type, a number left
 * out of a list, two values for one member, nesting deeper than the shape.
 */
MUST_USE enum rc form_decode(struct arena *arena, const struct form *form,
                             const struct shape *input, struct json **out, struct err *err);

/* The input of a REST-JSON operation. `labels` from operation_model_route; `body` may be empty.
 * Unknown members are ignored. RC_SYNTAX names the member and what is wrong. */
MUST_USE enum rc rest_decode(struct arena *arena, const struct shape *input,
                             const struct json *labels, const struct form *query, struct slice body,
                             struct json **out, struct err *err);

/* The members of a structure as XML elements, without one around them; lists as <member>, maps as
 * <entry><key/><value/></entry>, timestamps ISO 8601. Members that the shape does not know are a
 * fault of ours: RC_PERMANENT. What is absent, null or an empty string is left out. */
MUST_USE enum rc xml_encode(struct buf *out, const struct shape *output, const struct json *tree,
                            struct err *err);
/* Text with & < > " and what XML 1.0 cannot hold replaced. */
void xml_escape(struct buf *out, struct slice text);

/* A structure as a JSON object; timestamps as seconds since the epoch with a fraction. RC_PERMANENT
 * as above. */
MUST_USE enum rc rest_encode(struct buf *out, const struct shape *output, const struct json *tree,
                             struct err *err);

#endif
