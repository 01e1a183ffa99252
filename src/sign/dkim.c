#include "sign/dkim.h"

#include "base/codec.h"

#include <inttypes.h>
#include <openssl/evp.h>
#include <stdlib.h>

/*
 * The body (RFC 6376 §3.4.3). What ends the body is not known until it has ended, so the run of
 * CRLF that the body may end with, and a CR that may become one, are held back and counted.
 */
struct body_hash {
    EVP_MD_CTX *ctx; /* owned */
    size_t crlfs;    /* held back, in front of `cr` */
    bool cr;         /* a CR held back */
};

/* Digests fail for lack of memory alone, which is no error path here. */
static void
must(bool ok)
{
    if (!ok)
        abort();
}

struct body_hash *
body_hash_new(void)
{
    struct body_hash *hash = NEW(struct body_hash);
    hash->ctx = EVP_MD_CTX_new();
    must(hash->ctx && EVP_DigestInit_ex(hash->ctx, signing_digest(), NULL) == 1);
    return hash;
}

void
body_hash_free(struct body_hash *hash)
{
    if (!hash)
        return;
    EVP_MD_CTX_free(hash->ctx);
    free(hash);
}

static void
digest(struct body_hash *hash, struct slice bytes)
{
    must(EVP_DigestUpdate(hash->ctx, bytes.ptr, bytes.len) == 1);
}

/* What was held back turned out to stand inside the body. */
static void
digest_held(struct body_hash *hash)
{
    static const char lines[] = "\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n";
    const size_t most = (sizeof lines - 1) / 2;
    while (hash->crlfs > 0) {
        size_t now = hash->crlfs < most ? hash->crlfs : most;
        digest(hash, (struct slice){lines, now * 2});
        hash->crlfs -= now;
    }
    if (hash->cr)
        digest(hash, SLICE("\r"));
    hash->cr = false;
}

/* How much of `piece` goes on with what is held back, counting it. */
static size_t
continue_held(struct body_hash *hash, struct slice piece)
{
    size_t at = 0;
    while (at < piece.len && piece.ptr[at] == (hash->cr ? '\n' : '\r')) {
        hash->crlfs += hash->cr;
        hash->cr = !hash->cr;
        at++;
    }
    return at;
}

/* Hold back the end of `piece`: (CRLF)* and then perhaps a CR. Returns what is before it. */
static struct slice
hold_end(struct body_hash *hash, struct slice piece)
{
    if (piece.len > 0 && piece.ptr[piece.len - 1] == '\r') {
        hash->cr = true;
        piece.len--;
    }
    while (piece.len >= 2 && slice_ends(piece, SLICE("\r\n"))) {
        hash->crlfs++;
        piece.len -= 2;
    }
    return piece;
}

void
body_hash_feed(struct body_hash *hash, struct slice piece)
{
    piece = slice_from(piece, continue_held(hash, piece));
    if (piece.len == 0)
        return;
    digest_held(hash);
    digest(hash, hold_end(hash, piece));
}

/* Whatever the body ended with, one CRLF ends what is hashed: also that of an empty body. */
void
body_hash_finish(struct body_hash *hash, uint8_t out[32])
{
    if (hash->cr)
        digest_held(hash);
    digest(hash, SLICE("\r\n"));
    must(EVP_DigestFinal_ex(hash->ctx, out, NULL) == 1);
}

/*
 * Which fields are signed (RFC 6376 §5.4). A field that is named once more than it occurs cannot be
 * added on the way without breaking the signature (§8.15): a reader that takes the other of two
 * From or Content-Type fields would otherwise show what nobody signed.
 */
enum naming {
    AS_OFTEN,  /* as it occurs: who sends a message on may add it (RFC 5322 §3.6.6) */
    ONCE_MORE, /* when it occurs */
    ALWAYS     /* once more, also when it does not occur */
};

#define NAME(literal)                                                                              \
    {                                                                                              \
        literal, sizeof(literal) - 1                                                               \
    }
static const struct signed_name {
    struct slice name;
    enum naming naming;
} signed_names[] = {
    {NAME("From"), ALWAYS},
    {NAME("To"), ALWAYS},
    {NAME("Cc"), ALWAYS},
    {NAME("Subject"), ALWAYS},
    {NAME("Reply-To"), ALWAYS},
    {NAME("Date"), ALWAYS},
    {NAME("Message-ID"), ALWAYS},
    {NAME("MIME-Version"), ALWAYS},
    {NAME("Content-Type"), ALWAYS},
    {NAME("Content-Transfer-Encoding"), ALWAYS},
    {NAME("Sender"), ALWAYS},
    {NAME("Content-Disposition"), ONCE_MORE},
    {NAME("References"), ONCE_MORE},
    {NAME("In-Reply-To"), ONCE_MORE},
    {NAME("Resent-From"), AS_OFTEN},
    {NAME("Resent-Sender"), AS_OFTEN},
    {NAME("Resent-Reply-To"), AS_OFTEN},
    {NAME("Resent-To"), AS_OFTEN},
    {NAME("Resent-Cc"), AS_OFTEN},
    {NAME("Resent-Date"), AS_OFTEN},
    {NAME("Resent-Message-ID"), AS_OFTEN},
    {NAME("List-ID"), ONCE_MORE},
    {NAME("List-Help"), ONCE_MORE},
    {NAME("List-Subscribe"), ONCE_MORE},
    {NAME("List-Unsubscribe"), ONCE_MORE},
    {NAME("List-Unsubscribe-Post"), ONCE_MORE},
    {NAME("List-Post"), ONCE_MORE},
    {NAME("List-Owner"), ONCE_MORE},
    {NAME("List-Archive"), ONCE_MORE},
    {NAME("Feedback-ID"), ONCE_MORE},
};

enum {
    SIGNED_NAMES = sizeof signed_names / sizeof *signed_names,
    SIGNED_NOT = SIGNED_NAMES, /* "this field is not signed" */
    FOLD_COLUMN = 76,
    FOLD_BASE64 = 72,
    SIGNATURE_MAX = 256 * 1024,
};

/* The fields of one header by name: nothing here looks at a field twice. */
struct selection {
    const struct header *header;
    uint8_t *name;               /* per field: index into signed_names, or SIGNED_NOT */
    size_t *above;               /* per field: the next of its name above it, plus 1; or 0 */
    size_t lowest[SIGNED_NAMES]; /* the last field of that name, plus 1; or 0 */
    size_t last;                 /* the last field that is signed, plus 1; or 0 */
};

static uint8_t
signed_name_find(struct slice name)
{
    for (uint8_t i = 0; i < SIGNED_NAMES; i++)
        if (slice_ieq(name, signed_names[i].name))
            return i;
    return SIGNED_NOT;
}

static void
select_fields(struct arena *arena, const struct header *header, struct selection *out)
{
    *out = (struct selection){
        .header = header,
        .name = ARENA_ARRAY(arena, uint8_t, header->count),
        .above = ARENA_ARRAY(arena, size_t, header->count),
    };
    for (size_t i = 0; i < header->count; i++) {
        uint8_t name = signed_name_find(header->fields[i].name);
        out->name[i] = name;
        if (name == SIGNED_NOT)
            continue;
        out->above[i] = out->lowest[name];
        out->lowest[name] = out->last = i + 1;
    }
}

static bool
is_oversigned(const struct selection *selection, uint8_t name)
{
    return signed_names[name].naming == ALWAYS ||
           (signed_names[name].naming == ONCE_MORE && selection->lowest[name] > 0);
}

/* Writes the signature field: tags apart by one space or one fold, names folded after a colon. */
struct folder {
    struct buf *buf;
    size_t column;
};

static void
fold_break(struct folder *folder)
{
    buf_add(folder->buf, SLICE("\r\n"));
    folder->column = 0;
}

static void
fold_write(struct folder *folder, struct slice text)
{
    buf_add(folder->buf, text);
    folder->column += text.len;
}

static void
fold_tag(struct folder *folder, struct slice tag)
{
    if (folder->column + 1 + tag.len > FOLD_COLUMN)
        fold_break(folder);
    fold_write(folder, SLICE(" "));
    fold_write(folder, tag);
}

static void
fold_name(struct folder *folder, struct slice name, bool first)
{
    if (!first)
        fold_write(folder, SLICE(":"));
    if (folder->column + name.len + 1 > FOLD_COLUMN) { /* 1: the colon or semicolon after it */
        fold_break(folder);
        fold_write(folder, SLICE(" "));
    }
    fold_write(folder, name);
}

static void
fold_base64(struct folder *folder, struct slice text)
{
    for (size_t at = 0; at < text.len; at += FOLD_BASE64) {
        if (at > 0) {
            fold_break(folder);
            fold_write(folder, SLICE(" "));
        }
        fold_write(folder, slice_head(slice_from(text, at), FOLD_BASE64));
    }
}

/* h=: the fields in their order, then once more each name that must not be added. */
static void
write_names(struct folder *folder, const struct selection *selection)
{
    bool first = true;
    fold_break(folder);
    fold_tag(folder, SLICE("h="));
    for (size_t i = 0; i < selection->last; i++) {
        if (selection->name[i] == SIGNED_NOT)
            continue;
        fold_name(folder, signed_names[selection->name[i]].name, first);
        first = false;
    }
    for (uint8_t i = 0; i < SIGNED_NAMES; i++) {
        if (!is_oversigned(selection, i))
            continue;
        fold_name(folder, signed_names[i].name, first);
        first = false;
    }
    fold_write(folder, SLICE(";"));
}

/* The field up to and with "b=", the form in which it signs itself (§3.7). */
static void
write_tags(struct arena *arena, struct folder *folder, enum dkim_algorithm algorithm,
           const struct dkim_request *request, const struct selection *selection,
           const uint8_t body_hash[32])
{
    struct slice hash = codec_base64(arena, (struct slice){(const char *)body_hash, 32});
    fold_write(folder, SLICE("DKIM-Signature:"));
    fold_tag(folder, SLICE("v=1;"));
    fold_tag(folder,
             algorithm == DKIM_RSA_SHA256 ? SLICE("a=rsa-sha256;") : SLICE("a=ed25519-sha256;"));
    fold_tag(folder, SLICE("q=dns/txt;"));
    fold_tag(folder, SLICE("c=relaxed/simple;"));
    fold_break(folder);
    fold_tag(folder, arena_printf(arena, "s=%.*s;", SLICE_ARG(request->selector)));
    fold_tag(folder, arena_printf(arena, "d=%.*s;", SLICE_ARG(request->domain)));
    fold_tag(folder, arena_printf(arena, "t=%" PRId64 ";", request->now_ms / 1000));
    write_names(folder, selection);
    fold_break(folder);
    fold_tag(folder, arena_printf(arena, "bh=%.*s;", SLICE_ARG(hash)));
    fold_break(folder);
    fold_tag(folder, SLICE("b="));
}

/*
 * Relaxed (§3.4.2): name in lower case, folds undone, runs of white space one space, none at the
 * ends nor around the colon. CR and LF stand only in folds: header_parse refuses all others.
 */
void
dkim_relax(struct buf *out, struct slice name, struct slice value)
{
    char *at = buf_reserve(out, name.len + 1 + value.len);
    if (!at)
        return;
    const char *start = at;
    for (size_t i = 0; i < name.len; i++)
        *at++ = ascii_lower(name.ptr[i]);
    *at++ = ':';
    const char *text = at;
    bool space = false;
    for (size_t i = 0; i < value.len; i++) {
        char c = value.ptr[i];
        if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
            space = true;
            continue;
        }
        if (space && at > text)
            *at++ = ' ';
        space = false;
        *at++ = c;
    }
    out->len += (size_t)(at - start);
}

/* Fields of one name are signed from the bottom up (§5.4.2), whatever stands between them. */
static void
relax_fields(struct buf *out, struct selection *selection)
{
    for (size_t i = 0; i < selection->last; i++) {
        if (selection->name[i] == SIGNED_NOT)
            continue;
        size_t *lowest = &selection->lowest[selection->name[i]];
        const struct field *field = &selection->header->fields[*lowest - 1];
        *lowest = selection->above[*lowest - 1];
        dkim_relax(out, field->name, field->value);
        buf_add(out, SLICE("\r\n"));
    }
}

static enum rc
digest_header(struct selection *selection, struct slice signature, uint8_t out[32], struct err *err)
{
    struct buf canonical;
    struct slice name, value;
    buf_init(&canonical, 2 * HEADER_MAX + 2 * SIGNATURE_MAX);
    relax_fields(&canonical, selection);
    must(slice_cut(signature, ':', &name, &value));
    dkim_relax(&canonical, name, value); /* the last one has no CRLF (§3.7) */
    bool ok = buf_ok(&canonical);
    if (ok)
        must(EVP_Digest(canonical.ptr, canonical.len, out, NULL, signing_digest(), NULL) == 1);
    buf_fini(&canonical);
    return ok ? RC_OK : err_set(err, RC_PERMANENT, "the header to sign is too long");
}

static enum rc
sign_into(struct arena *arena, struct buf *buf, const struct signing_key *key,
          const struct dkim_request *request, const struct header *header,
          const uint8_t body_hash[32], struct err *err)
{
    struct folder folder = {buf, 0};
    struct selection selection;
    uint8_t header_hash[32];
    struct slice signature;
    select_fields(arena, header, &selection);
    write_tags(arena, &folder, signing_key_algorithm(key), request, &selection, body_hash);
    enum rc rc =
        buf_ok(buf) ? RC_OK : err_set(err, RC_PERMANENT, "the DKIM-Signature field is too long");
    if (rc == RC_OK)
        rc = digest_header(&selection, buf_slice(buf), header_hash, err);
    if (rc == RC_OK)
        rc = signing_key_sign(arena, key, header_hash, &signature, err);
    if (rc != RC_OK)
        return rc;
    fold_base64(&folder, codec_base64(arena, signature));
    fold_break(&folder);
    return RC_OK;
}

/* A semicolon or a line break here would add tags of somebody else's choice. */
static enum rc
check_name(struct slice name, const char *tag, struct err *err)
{
    if (name.len == 0 || name.len > 253)
        return err_set(err, RC_SYNTAX, "%s has %zu characters; 1 to 253 are a name", tag, name.len);
    for (size_t i = 0; i < name.len; i++)
        if (!ascii_alnum(name.ptr[i]) && slice_chr(SLICE("-._"), name.ptr[i]) == SLICE_NONE)
            return err_set(err, RC_SYNTAX, "character %zu of %s does not belong in a name", i + 1,
                           tag);
    return RC_OK;
}

enum rc
dkim_sign(struct arena *arena, const struct signing_key *key, const struct dkim_request *request,
          const struct header *header, const uint8_t body_hash[32], struct slice *out,
          struct err *err)
{
    enum rc rc = check_name(request->domain, "the signing domain (d=)", err);
    if (rc == RC_OK)
        rc = check_name(request->selector, "the selector (s=)", err);
    if (rc != RC_OK)
        return rc;
    struct buf buf;
    buf_init(&buf, SIGNATURE_MAX);
    rc = sign_into(arena, &buf, key, request, header, body_hash, err);
    if (rc == RC_OK && !buf_ok(&buf))
        rc = err_set(err, RC_PERMANENT, "the DKIM-Signature field is too long");
    if (rc == RC_OK)
        *out = arena_dup(arena, buf_slice(&buf));
    buf_fini(&buf);
    return rc;
}

/* A field ends where a line does that does not go on in the next (RFC 5322 §2.2.3). */
static struct slice
cut_field(struct slice *rest)
{
    size_t len = 0;
    while (len < rest->len) {
        size_t line = slice_chr(slice_from(*rest, len), '\n');
        len = line == SLICE_NONE ? rest->len : len + line + 1;
        if (len == rest->len || (rest->ptr[len] != ' ' && rest->ptr[len] != '\t'))
            break;
    }
    struct slice field = slice_head(*rest, len);
    *rest = slice_from(*rest, len);
    return field;
}

bool
dkim_signature_is_of(struct slice header, unsigned place, struct slice selector)
{
    struct slice field = cut_field(&header);
    while (place-- > 0)
        field = cut_field(&header);
    size_t at = slice_find(field, selector);
    return slice_starts(field, SLICE("DKIM-Signature:")) && at != SLICE_NONE && at >= 2 &&
           field.ptr[at - 2] == 's' && field.ptr[at - 1] == '=' &&
           slice_starts(slice_from(field, at + selector.len), SLICE(";"));
}
