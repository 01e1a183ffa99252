#include "sign/verify.h"

#include "base/clock.h"
#include "base/codec.h"
#include "mail/tagged.h"
#include "sign/dkim.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

enum { CANONICAL_MAX = 64 * 1024 * 1024, CLOCK_SKEW_S = 300, ED25519_BYTES = 32, NAMES_MAX = 1000 };

static const char *const result_names[] = {"pass", "fail", "permerror", "temperror"};
_Static_assert(sizeof result_names / sizeof *result_names == DKIM_RESULT_COUNT, "a name for each");

const char *
dkim_result_name(enum dkim_result result)
{
    return (unsigned)result < DKIM_RESULT_COUNT ? result_names[result] : "unknown";
}

/* One signature field, read. */
struct signature {
    const struct field *field;
    struct tagged tags;
    bool ed25519, relaxed_header, relaxed_body;
    struct slice names;            /* h= */
    struct slice value, body_hash; /* b=, bh=; bytes */
    bool limited;
    uint64_t limit; /* l= */
};

/* Says no, with words; true would mean "go on". */
static bool
refuse(struct dkim_verdict *verdict, enum dkim_result result, struct slice why)
{
    verdict->result = result;
    verdict->why = why;
    return false;
}

/* ---- the field (§3.5) ---- */

static bool
read_base64(struct arena *arena, const struct tagged *tags, const char *name, struct slice *out)
{
    struct slice text = tagged_unspaced(arena, tagged_text(tags, name, SLICE("")));
    return text.len > 0 && codec_base64_decode(arena, text, out, NULL) == RC_OK;
}

/* c= header/body; both are simple unless said otherwise. */
static bool
read_canonicalization(struct signature *signature)
{
    struct slice text = tagged_text(&signature->tags, "c", SLICE("simple"));
    struct slice header = text, body = SLICE("simple");
    slice_cut(text, '/', &header, &body);
    signature->relaxed_header = slice_iis(header, "relaxed");
    signature->relaxed_body = slice_iis(body, "relaxed");
    return (signature->relaxed_header || slice_iis(header, "simple")) &&
           (signature->relaxed_body || slice_iis(body, "simple"));
}

static bool
read_algorithm(struct signature *signature, struct dkim_verdict *verdict)
{
    verdict->algorithm = tagged_text(&signature->tags, "a", SLICE(""));
    signature->ed25519 = slice_iis(verdict->algorithm, "ed25519-sha256");
    if (slice_iis(verdict->algorithm, "rsa-sha1"))
        return refuse(verdict, DKIM_PERMERROR, SLICE("rsa-sha1 counts no more (RFC 8301)"));
    return signature->ed25519 || slice_iis(verdict->algorithm, "rsa-sha256") ||
           refuse(verdict, DKIM_PERMERROR, SLICE("a= names no algorithm that is known"));
}

/* t= and x=: seconds; an instant in the future is somebody's wrong clock or worse. */
static bool
check_times(const struct signature *signature, int64_t now_ms, struct dkim_verdict *verdict)
{
    const struct tag *made = tagged_find(&signature->tags, "t");
    const struct tag *ends = tagged_find(&signature->tags, "x");
    uint64_t made_s = 0, ends_s = 0, now_s = (uint64_t)(now_ms / SECOND_MS);
    if ((made && !slice_u64(made->value, &made_s)) || (ends && !slice_u64(ends->value, &ends_s)))
        return refuse(verdict, DKIM_PERMERROR, SLICE("t= or x= is no number"));
    if (made && ends && ends_s < made_s)
        return refuse(verdict, DKIM_PERMERROR, SLICE("x= is before t="));
    if (ends && ends_s < now_s)
        return refuse(verdict, DKIM_FAIL, SLICE("it has expired (x=)"));
    if (made && made_s > now_s + CLOCK_SKEW_S)
        return refuse(verdict, DKIM_FAIL, SLICE("it is of the future (t=): see the clock"));
    return true;
}

static bool
is_within(struct slice name, struct slice domain)
{
    return slice_ieq(name, domain) || (name.len > domain.len && slice_iends(name, domain) &&
                                       name.ptr[name.len - domain.len - 1] == '.');
}

/* i=: local part and domain; the domain is d= or below it. */
static bool
check_identity(const struct signature *signature, struct dkim_verdict *verdict)
{
    const struct tag *identity = tagged_find(&signature->tags, "i");
    if (!identity)
        return true;
    size_t at = slice_rchr(identity->value, '@');
    if (at == SLICE_NONE || !is_within(slice_from(identity->value, at + 1), verdict->domain))
        return refuse(verdict, DKIM_PERMERROR, SLICE("i= is not below d="));
    return true;
}

static bool
read_limit(struct signature *signature, struct dkim_verdict *verdict)
{
    const struct tag *limit = tagged_find(&signature->tags, "l");
    signature->limited = verdict->partial = limit != NULL;
    return !limit || slice_u64(limit->value, &signature->limit) ||
           refuse(verdict, DKIM_PERMERROR, SLICE("l= is no number"));
}

static size_t
count_names(struct slice names)
{
    size_t count = 1;
    for (struct slice name; slice_cut(names, ':', &name, &names);)
        count++;
    return count;
}

static bool
read_signature(struct arena *arena, struct signature *signature, int64_t now_ms,
               struct dkim_verdict *verdict)
{
    const struct tagged *tags = &signature->tags;
    if (!tagged_read(signature->field->value, &signature->tags))
        return refuse(verdict, DKIM_PERMERROR, SLICE("it is no list of tags"));
    verdict->domain = tagged_text(tags, "d", SLICE(""));
    verdict->selector = tagged_text(tags, "s", SLICE(""));
    verdict->key_name = arena_printf(arena, "%.*s._domainkey.%.*s", SLICE_ARG(verdict->selector),
                                     SLICE_ARG(verdict->domain));
    signature->names = tagged_text(tags, "h", SLICE(""));
    if (!slice_is(tagged_text(tags, "v", SLICE("")), "1"))
        return refuse(verdict, DKIM_PERMERROR, SLICE("v= is not 1"));
    if (!read_algorithm(signature, verdict))
        return false;
    if (verdict->domain.len == 0 || verdict->selector.len == 0)
        return refuse(verdict, DKIM_PERMERROR, SLICE("d= or s= is missing"));
    if (!read_base64(arena, tags, "b", &signature->value) ||
        !read_base64(arena, tags, "bh", &signature->body_hash))
        return refuse(verdict, DKIM_PERMERROR, SLICE("b= or bh= is not base64"));
    if (!read_canonicalization(signature))
        return refuse(verdict, DKIM_PERMERROR, SLICE("c= is not known"));
    if (count_names(signature->names) > NAMES_MAX)
        return refuse(verdict, DKIM_PERMERROR, SLICE("h= names too many fields"));
    if (!tagged_list_has(signature->names, "from"))
        return refuse(verdict, DKIM_PERMERROR, SLICE("h= does not name From"));
    if (!tagged_list_has(tagged_text(tags, "q", SLICE("dns/txt")), "dns/txt"))
        return refuse(verdict, DKIM_PERMERROR, SLICE("q= does not name dns/txt"));
    return check_identity(signature, verdict) && read_limit(signature, verdict) &&
           check_times(signature, now_ms, verdict);
}

/* ---- the body (§3.4.3, §3.4.4) ---- */

/* White space at the end of a line goes, and other runs of it become one space. */
static void
relax_line(struct buf *out, struct slice line)
{
    bool space = false;
    while (line.len && (line.ptr[line.len - 1] == ' ' || line.ptr[line.len - 1] == '\t'))
        line.len--;
    for (size_t i = 0; i < line.len; i++) {
        bool white = line.ptr[i] == ' ' || line.ptr[i] == '\t';
        if (!white || !space)
            buf_add_char(out, white ? ' ' : line.ptr[i]);
        space = white;
    }
}

/* A line with its CRLF, or the rest when there is none. */
static struct slice
take_line(struct slice *rest)
{
    size_t end = slice_find(*rest, SLICE("\r\n"));
    struct slice line = slice_head(*rest, end);
    *rest = end == SLICE_NONE ? slice_from(*rest, rest->len) : slice_from(*rest, end + 2);
    return line;
}

/* Empty lines at the end go; the last line ends with CRLF. */
static void
canonical_body(struct buf *out, bool relaxed, struct slice body)
{
    while (body.len) {
        struct slice line = take_line(&body);
        if (relaxed)
            relax_line(out, line);
        else
            buf_add(out, line);
        buf_add(out, SLICE("\r\n"));
    }
    while (out->len >= 2 && slice_ends(buf_slice(out), SLICE("\r\n")) &&
           (out->len == 2 || slice_ends(slice_head(buf_slice(out), out->len - 2), SLICE("\r\n"))))
        out->len -= 2;
    if (!relaxed && out->len == 0)
        buf_add(out, SLICE("\r\n"));
}

static bool
check_body(const struct signature *signature, struct slice body, struct dkim_verdict *verdict)
{
    struct buf canonical;
    uint8_t hash[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    buf_init(&canonical, CANONICAL_MAX);
    canonical_body(&canonical, signature->relaxed_body, body);
    bool whole = buf_ok(&canonical);
    bool enough = !signature->limited || signature->limit <= canonical.len;
    size_t signed_len = signature->limited ? (size_t)signature->limit : canonical.len;
    bool same = whole && enough &&
                EVP_Digest(canonical.ptr ? canonical.ptr : "", signed_len, hash, &len,
                           signing_digest(), NULL) == 1 &&
                slice_eq((struct slice){(const char *)hash, len}, signature->body_hash);
    buf_fini(&canonical);
    if (!enough)
        return refuse(verdict, DKIM_PERMERROR, SLICE("l= is more than the body has"));
    return same || refuse(verdict, DKIM_FAIL, SLICE("the body is not the one that was signed"));
}

/* ---- the header (§3.7, §5.4.2) ---- */

static void
add_field(struct buf *out, bool relaxed, const struct field *field)
{
    if (relaxed)
        dkim_relax(out, field->name, field->value);
    else
        buf_add(out, slice_head(field->raw, field->raw.len - 2));
    buf_add(out, SLICE("\r\n"));
}

/* The fields that h= names, each from the bottom up; a name without a field left adds nothing. */
static void
add_named_fields(struct arena *arena, struct buf *out, const struct signature *signature,
                 const struct header *header)
{
    bool *taken = ARENA_ARRAY(arena, bool, header->count);
    struct slice rest = signature->names, item;
    bool more = true;
    while (more) {
        more = slice_cut(rest, ':', &item, &rest);
        struct slice name = slice_trim(more ? item : rest);
        size_t i = header->count;
        while (i > 0 && (taken[i - 1] || !slice_ieq(header->fields[i - 1].name, name)))
            i--;
        if (i == 0)
            continue;
        taken[i - 1] = true;
        add_field(out, signature->relaxed_header, &header->fields[i - 1]);
    }
}

/* The field without the value of b=, white space and all. */
static struct slice
without_value(struct arena *arena, struct slice text)
{
    for (size_t start = 0; start < text.len;) {
        struct slice spec = slice_from(text, start), name, value;
        size_t end = slice_chr(spec, ';');
        spec = slice_head(spec, end);
        if (slice_cut(spec, '=', &name, &value) && slice_is(slice_trim(name), "b"))
            return arena_concat(arena, slice_head(text, (size_t)(value.ptr - text.ptr)),
                                slice_from(text, start + spec.len));
        start += spec.len + 1;
    }
    return text;
}

static bool
digest_header(struct arena *arena, const struct signature *signature, const struct header *header,
              uint8_t out[32])
{
    struct buf canonical;
    struct field self = *signature->field;
    self.value = without_value(arena, self.value);
    self.raw = arena_printf(arena, "%.*s:%.*s\r\n", SLICE_ARG(self.name), SLICE_ARG(self.value));
    buf_init(&canonical, CANONICAL_MAX);
    add_named_fields(arena, &canonical, signature, header);
    add_field(&canonical, signature->relaxed_header, &self);
    bool ok = buf_ok(&canonical) &&
              EVP_Digest(canonical.ptr, canonical.len - 2, out, NULL, signing_digest(), NULL) == 1;
    buf_fini(&canonical);
    return ok;
}

/* ---- the key (§3.6.1) ---- */

static EVP_PKEY *
read_rsa(struct slice bytes)
{
    const unsigned char *at = (const unsigned char *)bytes.ptr;
    EVP_PKEY *key = d2i_PUBKEY(NULL, &at, (long)bytes.len);
    at = (const unsigned char *)bytes.ptr;
    if (!key) /* as RFC 6376 had it at first: without the structure around it */
        key = d2i_PublicKey(EVP_PKEY_RSA, NULL, &at, (long)bytes.len);
    if (key && EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA) {
        EVP_PKEY_free(key);
        key = NULL;
    }
    return key;
}

static EVP_PKEY *
read_public(bool ed25519, struct slice bytes)
{
    EVP_PKEY *key = NULL;
    if (!ed25519)
        key = read_rsa(bytes);
    else if (bytes.len == ED25519_BYTES)
        key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, (const uint8_t *)bytes.ptr,
                                          bytes.len);
    ERR_clear_error(); /* the decoders tried leave their failures behind */
    return key;
}

/* Flags are y (testing) and s (i= is d= itself). */
static bool
check_flags(const struct signature *signature, const struct tagged *record,
            struct dkim_verdict *verdict)
{
    struct slice flags = tagged_text(record, "t", SLICE(""));
    const struct tag *identity = tagged_find(&signature->tags, "i");
    verdict->testing = tagged_list_has(flags, "y");
    if (!identity || !tagged_list_has(flags, "s"))
        return true;
    size_t at = slice_rchr(identity->value, '@');
    return slice_ieq(slice_from(identity->value, at + 1), verdict->domain) ||
           refuse(verdict, DKIM_PERMERROR, SLICE("the key record has t=s, and i= is below d="));
}

static bool
check_record(const struct signature *signature, const struct tagged *record,
             struct dkim_verdict *verdict)
{
    const struct tag *version = tagged_find(record, "v");
    struct slice services = tagged_text(record, "s", SLICE("*"));
    if (version && (version != record->list || !slice_is(version->value, "DKIM1")))
        return refuse(verdict, DKIM_PERMERROR, SLICE("the key record does not begin v=DKIM1"));
    if (!tagged_find(record, "p"))
        return refuse(verdict, DKIM_PERMERROR, SLICE("the key record has no p="));
    if (tagged_text(record, "p", SLICE("")).len == 0)
        return refuse(verdict, DKIM_PERMERROR, SLICE("the key is revoked (p= is empty)"));
    if (!slice_is(tagged_text(record, "k", SLICE("rsa")), signature->ed25519 ? "ed25519" : "rsa"))
        return refuse(verdict, DKIM_PERMERROR, SLICE("the key is of another kind (k=)"));
    if (!tagged_list_has(tagged_text(record, "h", SLICE("sha256")), "sha256"))
        return refuse(verdict, DKIM_PERMERROR, SLICE("the key record does not allow sha256 (h=)"));
    if (!tagged_list_has(services, "*") && !tagged_list_has(services, "email"))
        return refuse(verdict, DKIM_PERMERROR, SLICE("the key is not for mail (s=)"));
    return check_flags(signature, record, verdict);
}

static EVP_PKEY *
read_key(struct arena *arena, const struct signature *signature, struct slice text,
         struct dkim_verdict *verdict)
{
    struct tagged record;
    struct slice bytes;
    EVP_PKEY *key = NULL;
    if (!tagged_read(text, &record)) {
        refuse(verdict, DKIM_PERMERROR, SLICE("the key record is no list of tags"));
        return NULL;
    }
    if (!check_record(signature, &record, verdict))
        return NULL;
    if (read_base64(arena, &record, "p", &bytes))
        key = read_public(signature->ed25519, bytes);
    if (!key)
        refuse(verdict, DKIM_PERMERROR, SLICE("the key in p= cannot be read"));
    return key;
}

static bool
is_signed_by(const struct signature *signature, EVP_PKEY *key, const uint8_t digest[32])
{
    const uint8_t *bytes = (const uint8_t *)signature->value.ptr;
    size_t len = signature->value.len;
    bool ok;
    if (signature->ed25519) { /* RFC 8463 §3: over the digest */
        EVP_MD_CTX *ctx = EVP_MD_CTX_new();
        ok = ctx && EVP_DigestVerifyInit_ex(ctx, NULL, NULL, NULL, NULL, key, NULL) == 1 &&
             EVP_DigestVerify(ctx, bytes, len, digest, 32) == 1;
        EVP_MD_CTX_free(ctx);
    } else {
        EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
        ok = ctx && EVP_PKEY_verify_init(ctx) == 1 &&
             EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1 &&
             EVP_PKEY_CTX_set_signature_md(ctx, signing_digest()) == 1 &&
             EVP_PKEY_verify(ctx, bytes, len, digest, 32) == 1;
        EVP_PKEY_CTX_free(ctx);
    }
    ERR_clear_error();
    return ok;
}

static void
check_key(const struct signature *signature, EVP_PKEY *key, const uint8_t digest[32],
          struct dkim_verdict *verdict)
{
    verdict->bits = (unsigned)EVP_PKEY_get_bits(key);
    if (!signature->ed25519 && verdict->bits < DKIM_BITS_MIN)
        refuse(verdict, DKIM_PERMERROR, SLICE("the key has less than 1024 bits (RFC 8301)"));
    else if (is_signed_by(signature, key, digest))
        verdict->result = DKIM_PASS;
    else
        refuse(verdict, DKIM_FAIL,
               SLICE("the key in DNS did not sign it, or signed fields were changed"));
}

/* The first record that is one: a name with several keys is nobody's to choose from. */
static const struct dns_record *
key_record(const struct dns_answer *answer)
{
    for (size_t i = 0; i < answer->count; i++)
        if (slice_find(answer->records[i].data, SLICE("p=")) != SLICE_NONE)
            return &answer->records[i];
    return answer->count ? &answer->records[0] : NULL;
}

static void
check_with_key(struct arena *arena, const struct signature *signature, const struct header *header,
               const struct dns_answer *answer, struct dkim_verdict *verdict)
{
    uint8_t digest[32];
    if (answer->status == DNS_TEMPORARY || answer->status == DNS_BOGUS) {
        refuse(verdict, DKIM_TEMPERROR, SLICE("DNS does not answer for the key record"));
        return;
    }
    const struct dns_record *record = key_record(answer);
    if (!record) {
        refuse(verdict, DKIM_PERMERROR, SLICE("there is no key record"));
        return;
    }
    EVP_PKEY *key = read_key(arena, signature, record->data, verdict);
    if (key && digest_header(arena, signature, header, digest))
        check_key(signature, key, digest, verdict);
    else if (key)
        refuse(verdict, DKIM_PERMERROR, SLICE("the header is too long"));
    EVP_PKEY_free(key);
}

static enum rc
judge(struct arena *arena, struct answers *answers, const struct header *header,
      const struct field *field, struct slice body, int64_t now_ms, struct dkim_verdict *verdict)
{
    struct signature signature = {.field = field};
    *verdict = (struct dkim_verdict){.why = SLICE("")};
    if (!read_signature(arena, &signature, now_ms, verdict))
        return RC_OK;
    const struct dns_answer *answer = answers_get(answers, DNS_TXT, verdict->key_name);
    if (!answer)
        return RC_AGAIN;
    if (check_body(&signature, body, verdict))
        check_with_key(arena, &signature, header, answer, verdict);
    return RC_OK;
}

enum rc
dkim_verify(struct arena *arena, struct answers *answers, const struct header *header,
            struct slice body, int64_t now_ms, struct dkim_verdict **out, size_t *count)
{
    struct dkim_verdict *list = ARENA_ARRAY(arena, struct dkim_verdict, DKIM_SIGNATURES_MAX);
    enum rc rc = RC_OK;
    size_t found = 0;
    for (size_t i = 0; i < header->count && found < DKIM_SIGNATURES_MAX; i++)
        if (slice_iis(header->fields[i].name, "DKIM-Signature") &&
            judge(arena, answers, header, &header->fields[i], body, now_ms, &list[found++]) !=
                RC_OK)
            rc = RC_AGAIN;
    *out = list;
    *count = found;
    return rc;
}
