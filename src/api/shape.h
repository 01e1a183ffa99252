/*
 * What the operations of the SES, IAM, STS and Access Analyzer APIs take and give: shapes with their constraints, and
 * the operations with their method and URI. The tables are in model.c, which script/model writes
 * from the published models; nothing of it is made by hand.
 *
 * A value on its way to or from a handler is a tree of struct json in one normal form, whatever the
 * protocol: structures and maps are objects with the model's member names, lists are arrays, strings
 * are strings, numbers are numbers, timestamps are numbers: milliseconds since the epoch. A blob is a
 * string with the decoded bytes on the way in, and base64 text on the way out. A member that is not
 * there is absent, never null.
 */
#ifndef POSTERN_API_SHAPE_H
#define POSTERN_API_SHAPE_H

#include "base/json.h"

enum shape_type {
    SHAPE_STRUCTURE,
    SHAPE_LIST,
    SHAPE_MAP,
    SHAPE_STRING,
    SHAPE_BLOB,
    SHAPE_INTEGER, /* integer and long */
    SHAPE_DOUBLE,  /* float and double */
    SHAPE_BOOLEAN,
    SHAPE_TIMESTAMP
};

enum shape_place {
    SHAPE_IN_BODY,
    SHAPE_IN_PATH,
    SHAPE_IN_QUERY,
    SHAPE_IN_EITHER /* body or query string: the two generations of SDKs differ */
};

struct shape_member {
    const char *name;
    const char *wire; /* its name in path or query string, or the same as `name` */
    const struct shape *shape;
    enum shape_place place;
    bool required;
};

/* A whole value must match. `posix` is the same as an extended regular expression on bytes: for it
 * all characters beyond ASCII are alike, and where the model allows one of them it allows all. */
struct shape_pattern {
    const char *model; /* for messages */
    const char *posix;
};
extern const struct shape_pattern shape_patterns[];
extern const size_t shape_pattern_count;

/* What goes out is not held against constraints and has none. */
struct shape {
    enum shape_type type;
    bool sensitive;
    bool iso8601; /* a timestamp that JSON has as text, not as seconds */
    bool has_min, has_max;
    int64_t min,
        max; /* characters of a string, bytes of a blob, elements, or the value of a number */
    const struct shape_pattern *pattern; /* one of shape_patterns, or NULL */
    const char *const *values;           /* of an enumeration, ended by NULL */
    const struct shape_member *members;
    size_t member_count;
    const struct shape *key;     /* of a map, which comes in as JSON only */
    const struct shape *element; /* of a list or map */
};

const struct shape_member *shape_find(const struct shape *structure, struct slice name);

enum service {
    SERVICE_SES,
    SERVICE_SESV2,
    SERVICE_IAM,
    SERVICE_STS,
    SERVICE_ACCESSANALYZER,
    SERVICE_CLOUDTRAIL,
    SERVICE_POSTERN, /* the administrator's operations (operations.h), which have no published model */
    SERVICE_COUNT
};

/* How a service is spoken to. */
struct service_model {
    const char *name;         /* "ses": also what `postern api` takes */
    const char *signing_name; /* of the credential scope */
    const char *version;      /* "2010-12-01" */
    const char *namespace;    /* of the XML; NULL: JSON */
    const char *target;       /* JSON 1.1: what stands before the operation in X-Amz-Target */
};
extern const struct service_model service_models[SERVICE_COUNT];

struct operation_uri {
    const char *method, *uri; /* "/v2/email/identities/{EmailIdentity}" */
};

struct operation_model {
    const char *name;
    enum service service;
    struct operation_uri uris[2]; /* JSON: of both generations of SDKs; the second may be empty */
    const struct shape *input;    /* NULL: no members */
    const struct shape *output;
    const char *result; /* the element around the XML output; NULL: none */
};
extern const struct operation_model operation_models[];
extern const size_t operation_model_count;

/* NULL when the API has no such operation. One that is known and not served has no shapes. */
const struct operation_model *operation_model_find(enum service service, struct slice name);
/* By method and raw path of a request; *labels gets the path parameters, decoded once, as an object with
 * their names in the URI. NULL when nothing is there; a path that cannot be decoded matches nothing.
 * A label is one segment and not empty; a slash at the end counts. */
const struct operation_model *operation_model_route(struct arena *arena, struct slice method,
                                                    struct slice path, struct json **labels);
/* Whose paths begin as this one does: each service that has paths has first segments of its own.
 * SERVICE_COUNT: nobody's. */
enum service operation_model_owner(struct slice path);

#endif
