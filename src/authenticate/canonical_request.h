/*
 * The canonical request of AWS Signature Version 4 (reference §7.2): what a client signs of an HTTP
 * request, made the same way on both sides whatever a proxy did to blanks, case and order.
 *
 * The path is signed normalized: "." and "..", and slashes that repeat, are resolved first. So who
 * routes a request after its signature was verified must refuse a path that is not normal, or
 * normalize it too: "/a/b" and "/a/x/../b" have one signature.
 *
 * A '+' in the query is a space, as it is to who reads the parameters.
 */
#ifndef POSTERN_AUTHENTICATE_CANONICAL_REQUEST_H
#define POSTERN_AUTHENTICATE_CANONICAL_REQUEST_H

#include "base/memory.h"

enum { CANONICAL_FIELDS_MAX = 100, CANONICAL_PARAMETERS_MAX = 1000, SHA256_LEN = 32 };

struct canonical_field {
    struct slice name;  /* in lower case */
    struct slice value; /* trimmed */
};

struct canonical_parameter {
    struct slice name, value;                 /* decoded */
    struct slice encoded_name, encoded_value; /* as they are signed */
};

struct canonical_request {
    struct slice method, path;              /* as sent */
    struct canonical_field *fields;         /* in order */
    struct canonical_parameter *parameters; /* sorted as they are signed */
    size_t field_count, parameter_count;
};

/*
 * target  as in the request line
 * header  raw block, each line with CRLF
 *
 * RC_SYNTAX  a method that is no word, a line that is no field, or a '%' in the query that encodes nothing
 * RC_LIMIT   more fields or parameters than the maximum
 */
MUST_USE enum rc canonical_request_read(struct arena *arena, struct slice method,
                                        struct slice target, struct slice header,
                                        struct canonical_request *out, struct err *err);

/* The first of that name, or NULL. Field names in lower case; parameters decoded. */
const struct canonical_field *canonical_field_find(const struct canonical_request *request,
                                                   struct slice name);
const struct canonical_parameter *canonical_parameter_find(const struct canonical_request *request,
                                                           struct slice name);

/*
 * SHA-256 of the canonical request.
 *
 * signed_headers  names in lower case, separated by ";"
 * payload_hash    what stands for the body: its SHA-256 in hexadecimal, or "UNSIGNED-PAYLOAD"
 *
 * The parameter X-Amz-Signature is left out.
 */
void canonical_request_hash(struct arena *arena, const struct canonical_request *request,
                            struct slice signed_headers, struct slice payload_hash,
                            uint8_t out[SHA256_LEN]);

void canonical_sha256(struct slice bytes, uint8_t out[SHA256_LEN]);

#endif
