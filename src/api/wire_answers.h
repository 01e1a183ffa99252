/*
 * From the trees of shape.h to the bytes of the two protocols: XML (Query; reference §7.3) and JSON
 * (REST-JSON; §7.4). Pure. The owner asks buf_ok().
 */
#ifndef POSTERN_API_WIRE_ANSWERS_H
#define POSTERN_API_WIRE_ANSWERS_H

#include "shape.h"

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
