#include "authenticate/canonical_request.h"

#include "base/codec.h"

#include <openssl/evp.h>
#include <pthread.h>
#include <stdlib.h>

static EVP_MD *sha256;

static void
fetch_sha256(void)
{
    sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
}

/* Digests fail for lack of memory alone, which is no error path here. */
static void
must(bool ok)
{
    if (!ok)
        abort();
}

/* A fetch for each digest takes a lock that threads contend for, so it is done once. */
static EVP_MD_CTX *
digest_new(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, fetch_sha256);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    must(ctx && sha256 && EVP_DigestInit_ex(ctx, sha256, NULL) == 1);
    return ctx;
}

static void
digest_add(EVP_MD_CTX *ctx, struct slice bytes)
{
    must(EVP_DigestUpdate(ctx, bytes.ptr, bytes.len) == 1);
}

static void
digest_finish(EVP_MD_CTX *ctx, uint8_t out[SHA256_LEN])
{
    must(EVP_DigestFinal_ex(ctx, out, NULL) == 1);
    EVP_MD_CTX_free(ctx);
}

void
canonical_sha256(struct slice bytes, uint8_t out[SHA256_LEN])
{
    EVP_MD_CTX *ctx = digest_new();
    digest_add(ctx, bytes);
    digest_finish(ctx, out);
}

/*
 * Reading.
 */

/* Whatever else it may hold, a name holds no blank: it would be trimmed by some and not by others. */
static bool
is_field_name(struct slice name)
{
    for (size_t i = 0; i < name.len; i++)
        if (name.ptr[i] <= ' ' || name.ptr[i] >= 0x7f)
            return false;
    return name.len > 0;
}

static bool
field_read(struct arena *arena, struct slice line, struct canonical_field *field)
{
    struct slice name, value;
    if (!slice_ends(line, SLICE("\r")))
        return false;
    line.len--;
    if (slice_chr(line, '\r') != SLICE_NONE || slice_chr(line, '\0') != SLICE_NONE ||
        !slice_cut(line, ':', &name, &value) || !is_field_name(name))
        return false;
    *field = (struct canonical_field){arena_lower(arena, name), slice_trim(value)};
    return true;
}

static enum rc
fields_read(struct arena *arena, struct slice header, struct canonical_request *out,
            struct err *err)
{
    struct slice line;
    size_t cap = 0;
    while (slice_cut(header, '\n', &line, &header)) {
        if (out->field_count == CANONICAL_FIELDS_MAX)
            return err_set(err, RC_LIMIT, "more than %d header fields", CANONICAL_FIELDS_MAX);
        out->fields = arena_grow(arena, out->fields, sizeof *out->fields, out->field_count, &cap);
        if (!field_read(arena, line, &out->fields[out->field_count++]))
            return err_set(err, RC_SYNTAX, "header field %zu cannot be read", out->field_count);
    }
    return header.len ? err_set(err, RC_SYNTAX, "the last header field does not end") : RC_OK;
}

/* What stands encoded in the request is encoded anew, since there are several ways to do it. */
static enum rc
parameter_read(struct arena *arena, struct slice piece, struct canonical_parameter *parameter)
{
    struct slice name = piece, value = SLICE("");
    slice_cut(piece, '=', &name, &value);
    enum rc rc = codec_percent_decode(arena, name, true, &parameter->name, NULL);
    if (rc == RC_OK)
        rc = codec_percent_decode(arena, value, true, &parameter->value, NULL);
    if (rc != RC_OK)
        return rc;
    parameter->encoded_name = codec_percent(arena, parameter->name);
    parameter->encoded_value = codec_percent(arena, parameter->value);
    return RC_OK;
}

static int
parameter_cmp(const void *one, const void *other)
{
    const struct canonical_parameter *a = one, *b = other;
    int order = slice_cmp(a->encoded_name, b->encoded_name);
    return order ? order : slice_cmp(a->encoded_value, b->encoded_value);
}

static enum rc
parameters_read(struct arena *arena, struct slice query, struct canonical_request *out,
                struct err *err)
{
    size_t cap = 0;
    for (bool more = query.len > 0; more;) {
        struct slice piece = query;
        more = slice_cut(query, '&', &piece, &query);
        if (out->parameter_count == CANONICAL_PARAMETERS_MAX)
            return err_set(err, RC_LIMIT, "more than %d query parameters",
                           CANONICAL_PARAMETERS_MAX);
        out->parameters =
            arena_grow(arena, out->parameters, sizeof *out->parameters, out->parameter_count, &cap);
        if (parameter_read(arena, piece, &out->parameters[out->parameter_count++]) != RC_OK)
            return err_set(err, RC_SYNTAX,
                           "a %% in the query string is not followed by two hexadecimal digits");
    }
    if (out->parameter_count)
        qsort(out->parameters, out->parameter_count, sizeof *out->parameters, parameter_cmp);
    return RC_OK;
}

/* A line end in it could pass for the end of the canonical request's first line. */
static bool
is_method(struct slice method)
{
    for (size_t i = 0; i < method.len; i++)
        if (!ascii_alpha(method.ptr[i]))
            return false;
    return method.len > 0;
}

enum rc
canonical_request_read(struct arena *arena, struct slice method, struct slice target,
                       struct slice header, struct canonical_request *out, struct err *err)
{
    if (!is_method(method))
        return err_set(err, RC_SYNTAX, "the method is no word");
    struct canonical_request request = {.method = method, .path = target};
    struct slice query = SLICE("");
    slice_cut(target, '?', &request.path, &query);
    enum rc rc = fields_read(arena, header, &request, err);
    if (rc == RC_OK)
        rc = parameters_read(arena, query, &request, err);
    if (rc == RC_OK)
        *out = request;
    return rc;
}

const struct canonical_field *
canonical_field_find(const struct canonical_request *request, struct slice name)
{
    for (size_t i = 0; i < request->field_count; i++)
        if (slice_eq(request->fields[i].name, name))
            return &request->fields[i];
    return NULL;
}

const struct canonical_parameter *
canonical_parameter_find(const struct canonical_request *request, struct slice name)
{
    for (size_t i = 0; i < request->parameter_count; i++)
        if (slice_eq(request->parameters[i].name, name))
            return &request->parameters[i];
    return NULL;
}

/*
 * Writing: straight into the digest.
 */

/* RFC 3986 §5.2.4, and no empty segments. The end of `path` up to its last slash is removed. */
static size_t
parent_len(const char *path, size_t len)
{
    while (len > 0 && path[len - 1] != '/')
        len--;
    return len ? len - 1 : 0;
}

/* "/a//b/./c/../d/" is "/a/b/d/". Each segment that stays is led by a slash. */
static struct slice
normalize(struct arena *arena, struct slice path)
{
    bool ends_in_slash = slice_ends(path, SLICE("/"));
    bool absolute = slice_starts(path, SLICE("/"));
    char *normal = arena_alloc(arena, path.len + 2);
    size_t len = 0;
    for (bool more = true; more;) {
        struct slice segment = path;
        more = slice_cut(path, '/', &segment, &path);
        if (slice_is(segment, "..")) {
            len = parent_len(normal, len);
        } else if (segment.len && !slice_is(segment, ".")) {
            normal[len++] = '/';
            memcpy(normal + len, segment.ptr, segment.len);
            len += segment.len;
        }
    }
    if (len == 0)
        return SLICE("/");
    if (ends_in_slash)
        normal[len++] = '/';
    return slice_from((struct slice){normal, len}, absolute ? 0 : 1);
}

/* Encoded once more than it is: only S3 does without (reference §7.2). */
static void
add_path(struct arena *arena, EVP_MD_CTX *ctx, struct slice path)
{
    struct slice rest = normalize(arena, path);
    for (bool more = true; more;) {
        struct slice segment = rest;
        more = slice_cut(rest, '/', &segment, &rest);
        digest_add(ctx, codec_percent(arena, segment));
        if (more)
            digest_add(ctx, SLICE("/"));
    }
    digest_add(ctx, SLICE("\n"));
}

static void
add_query(EVP_MD_CTX *ctx, const struct canonical_request *request)
{
    const char *separator = "";
    for (size_t i = 0; i < request->parameter_count; i++) {
        const struct canonical_parameter *parameter = &request->parameters[i];
        if (slice_is(parameter->name, "X-Amz-Signature"))
            continue;
        digest_add(ctx, slice_of(separator));
        digest_add(ctx, parameter->encoded_name);
        digest_add(ctx, SLICE("="));
        digest_add(ctx, parameter->encoded_value);
        separator = "&";
    }
    digest_add(ctx, SLICE("\n"));
}

/* A run of blanks is one space. `value` is trimmed. */
static struct slice
collapse(struct arena *arena, struct slice value)
{
    char *text = arena_alloc(arena, value.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < value.len; i++) {
        bool blank = value.ptr[i] == ' ' || value.ptr[i] == '\t';
        if (!blank || text[len - 1] != ' ')
            text[len++] = blank ? ' ' : value.ptr[i];
    }
    return (struct slice){text, len};
}

/* Fields of one name are one, joined in their order. */
static void
add_field(struct arena *arena, EVP_MD_CTX *ctx, const struct canonical_request *request,
          struct slice name)
{
    const char *separator = ":";
    digest_add(ctx, name);
    for (size_t i = 0; i < request->field_count; i++) {
        if (!slice_eq(request->fields[i].name, name))
            continue;
        digest_add(ctx, slice_of(separator));
        digest_add(ctx, collapse(arena, request->fields[i].value));
        separator = ",";
    }
    digest_add(ctx, SLICE("\n"));
}

void
canonical_request_hash(struct arena *arena, const struct canonical_request *request,
                       struct slice signed_headers, struct slice payload_hash,
                       uint8_t out[SHA256_LEN])
{
    EVP_MD_CTX *ctx = digest_new();
    digest_add(ctx, request->method);
    digest_add(ctx, SLICE("\n"));
    add_path(arena, ctx, request->path);
    add_query(ctx, request);
    struct slice rest = signed_headers;
    for (bool more = true; more;) {
        struct slice name = rest;
        more = slice_cut(rest, ';', &name, &rest);
        add_field(arena, ctx, request, name);
    }
    digest_add(ctx, SLICE("\n"));
    digest_add(ctx, signed_headers);
    digest_add(ctx, SLICE("\n"));
    digest_add(ctx, payload_hash);
    digest_finish(ctx, out);
}
