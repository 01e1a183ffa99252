#include "ledger.h"
#include "base/clock.h"
#include "base/codec.h"

#include <assert.h>
#include <inttypes.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdlib.h>

enum { VERSION = 1, HAS_DETAILS = 0x80, FIXED_BYTES = 10, FIELD_BYTES = 3, MARK_BYTES = 8 };

static const char *const kind_names[] = {"service", "login",   "decision",
                                         "call",    "outcome", "erasure"};
static_assert(sizeof kind_names / sizeof *kind_names == LEDGER_KIND_COUNT, "all named");

static const char *const field_names[] = {
    "what",      "result",  "access_key", "source",     "tls",    "client",    "service",
    "message",   "about",   "recipients", "signatures", "status", "remote",    "attempt",
    "next",      "request", "count",      "principal",  "policy", "statement", "resource",
    "mail_from", "from",    "address",    "recipient",  "reply",  "subject",   "dialogue"};
static_assert(sizeof field_names / sizeof *field_names == LEDGER_FIELD_COUNT, "all named");

const char *
ledger_kind_name(enum ledger_kind kind)
{
    return kind_names[kind];
}

const char *
ledger_field_name(enum ledger_field field)
{
    return field_names[field];
}

/* ---- hashes ---- */

static EVP_MD *sha256;

static void
fetch_sha256(void)
{
    sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
}

/* The library fails for lack of memory alone, which is no error path here. */
static void
must(bool ok)
{
    if (!ok)
        abort();
}

/* A fetch for each digest costs more than the digest. */
static void
hash(const struct slice *parts, size_t count, uint8_t out[LEDGER_HASH])
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, fetch_sha256);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    must(ctx && sha256 && EVP_DigestInit_ex(ctx, sha256, NULL) == 1);
    for (size_t i = 0; i < count; i++)
        must(EVP_DigestUpdate(ctx, parts[i].ptr, parts[i].len) == 1);
    must(EVP_DigestFinal_ex(ctx, out, NULL) == 1);
    EVP_MD_CTX_free(ctx);
}

static struct slice
bytes_of(const uint8_t *bytes, size_t len)
{
    return (struct slice){(const char *)bytes, len};
}

/* ---- records ---- */

static void
write_number(uint8_t out[8], int64_t number)
{
    for (int i = 0; i < 8; i++)
        out[i] = (uint8_t)((uint64_t)number >> (56 - 8 * i));
}

static int64_t
read_number(const char *bytes)
{
    uint64_t number = 0;
    for (int i = 0; i < 8; i++)
        number = number << 8 | (uint8_t)bytes[i];
    return (int64_t)number;
}

static void
put_field(struct buf *out, size_t field, struct slice value)
{
    value = slice_head(value, LEDGER_VALUE_MAX);
    if (value.len == 0)
        return;
    buf_add_char(out, (char)(field + 1));
    buf_add_char(out, (char)(value.len >> 8));
    buf_add_char(out, (char)value.len);
    buf_add(out, value);
}

static void
put_details(const struct ledger_record *record, const uint8_t salt[LEDGER_SALT],
            struct buf *details)
{
    buf_add(details, bytes_of(salt, LEDGER_SALT));
    for (size_t i = LEDGER_PERSONAL; i < LEDGER_FIELD_COUNT; i++)
        put_field(details, i, record->fields[i]);
    if (details->len == LEDGER_SALT)
        buf_reset(details);
}

void
ledger_encode(const struct ledger_record *record, const uint8_t salt[LEDGER_SALT],
              struct buf *plain, struct buf *details)
{
    uint8_t number[8], commitment[LEDGER_HASH];
    put_details(record, salt, details);
    write_number(number, record->at_ms);
    buf_add_char(plain, VERSION);
    buf_add_char(plain, (char)(record->kind | (details->len > 0 ? HAS_DETAILS : 0)));
    buf_add(plain, bytes_of(number, sizeof number));
    for (size_t i = 0; i < LEDGER_PERSONAL; i++)
        put_field(plain, i, record->fields[i]);
    if (details->len == 0)
        return;
    const struct slice whole = buf_slice(details);
    hash(&whole, 1, commitment);
    buf_add(plain, bytes_of(commitment, sizeof commitment));
}

/* Fields low..high-1, ascending, each once: there is one way to write a record. */
static bool
read_fields(struct slice rest, size_t low, size_t high, struct ledger_record *out)
{
    for (size_t next = low; rest.len > 0;) {
        if (rest.len < FIELD_BYTES)
            return false;
        size_t field = (size_t)(uint8_t)rest.ptr[0] - 1;
        size_t len = (size_t)(uint8_t)rest.ptr[1] << 8 | (uint8_t)rest.ptr[2];
        rest = slice_from(rest, FIELD_BYTES);
        if ((uint8_t)rest.ptr[-FIELD_BYTES] == 0 || field < next || field >= high || len == 0 ||
            len > LEDGER_VALUE_MAX || len > rest.len)
            return false;
        out->fields[field] = slice_head(rest, len);
        rest = slice_from(rest, len);
        next = field + 1;
    }
    return true;
}

static enum rc
read_details(struct slice commitment, struct slice details, struct ledger_record *out,
             struct err *err)
{
    uint8_t digest[LEDGER_HASH];
    if (details.len == MARK_BYTES) {
        out->erased = read_number(details.ptr);
        return out->erased > 0 ? RC_OK : err_set(err, RC_SYNTAX, "its details are missing");
    }
    hash(&details, 1, digest);
    if (!slice_eq(commitment, bytes_of(digest, sizeof digest)))
        return err_set(err, RC_SYNTAX, "its details are not those that were committed to");
    if (!read_fields(slice_from(details, LEDGER_SALT), LEDGER_PERSONAL, LEDGER_FIELD_COUNT, out))
        return err_set(err, RC_SYNTAX, "its details cannot be read");
    return RC_OK;
}

enum rc
ledger_decode(struct slice plain, struct slice details, struct ledger_record *out, struct err *err)
{
    *out = (struct ledger_record){.kind = LEDGER_KIND_COUNT};
    if (plain.len < FIXED_BYTES || plain.ptr[0] != VERSION)
        return err_set(err, RC_SYNTAX, "it is no record");
    uint8_t kind = (uint8_t)plain.ptr[1];
    bool has_details = kind & HAS_DETAILS;
    size_t tail = has_details ? LEDGER_HASH : 0;
    kind &= (uint8_t)~HAS_DETAILS;
    if (kind >= LEDGER_KIND_COUNT || plain.len < FIXED_BYTES + tail)
        return err_set(err, RC_SYNTAX, "it is no record");
    out->kind = (enum ledger_kind)kind;
    out->at_ms = read_number(plain.ptr + 2);
    struct slice fields = slice_from(slice_head(plain, plain.len - tail), FIXED_BYTES);
    if (!read_fields(fields, 0, LEDGER_PERSONAL, out))
        return err_set(err, RC_SYNTAX, "its fields cannot be read");
    if (has_details)
        return read_details(slice_from(plain, plain.len - tail), details, out, err);
    return details.len == 0 ? RC_OK
                            : err_set(err, RC_SYNTAX, "it has details that are not its own");
}

void
ledger_chain(uint8_t chain[LEDGER_HASH], int64_t number, struct slice plain)
{
    uint8_t position[8];
    write_number(position, number);
    const struct slice parts[] = {bytes_of(chain, LEDGER_HASH), bytes_of(position, 8), plain};
    hash(parts, 3, chain);
}

/* ---- erasure ---- */

struct slice
ledger_erased(struct arena *arena, int64_t erasure)
{
    uint8_t *mark = arena_alloc(arena, MARK_BYTES);
    write_number(mark, erasure);
    return bytes_of(mark, MARK_BYTES);
}

/* What may stand inside an address, so that "ana@a.example" is not found in "jana@a.example", nor in
 * "ana@a.example.org"; a dot may also end a sentence. */
static bool
joins(char c)
{
    return ascii_alnum(c) || (uint8_t)c >= 0x80 || (c != '\0' && strchr("!#$%&*+-/=?^_`{|}~@", c));
}

static bool
joins_after(struct slice rest)
{
    return rest.len > 0 &&
           (joins(rest.ptr[0]) || (rest.ptr[0] == '.' && rest.len > 1 && joins(rest.ptr[1])));
}

static bool
joins_before(struct slice value, size_t at)
{
    return at > 0 && (joins(value.ptr[at - 1]) ||
                      (value.ptr[at - 1] == '.' && at > 1 && joins(value.ptr[at - 2])));
}

bool
ledger_names(struct slice value, struct slice address)
{
    for (size_t i = 0; address.len > 0 && i + address.len <= value.len; i++) {
        struct slice here = slice_from(value, i);
        /* "identity/ana@a.example": the slash ends the kind of an ARN. */
        bool inside = joins_before(value, i) && value.ptr[i - 1] != '/' && value.ptr[i - 1] != '=';
        if (slice_istarts(here, address) && !inside && !joins_after(slice_from(here, address.len)))
            return true;
    }
    return false;
}

bool
ledger_details_name(const struct ledger_record *record, struct slice address)
{
    for (size_t i = LEDGER_PERSONAL; i < LEDGER_FIELD_COUNT; i++)
        if (ledger_names(record->fields[i], address))
            return true;
    return false;
}

/* ---- heads ---- */

static const char *const titles[] = {"postern ledger head\n", "postern ledger start\n"};

static EVP_PKEY *
private_key(const uint8_t seed[LEDGER_SEED])
{
    EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, LEDGER_SEED);
    must(key != NULL);
    return key;
}

void
ledger_public_key(const uint8_t seed[LEDGER_SEED], uint8_t out[LEDGER_PUBLIC])
{
    size_t len = LEDGER_PUBLIC;
    EVP_PKEY *key = private_key(seed);
    must(EVP_PKEY_get_raw_public_key(key, out, &len) == 1);
    EVP_PKEY_free(key);
}

static struct slice
head_text(struct arena *arena, enum ledger_statement statement, const struct ledger_head *head,
          const uint8_t key[LEDGER_PUBLIC])
{
    return arena_printf(arena, "%snumber: %" PRId64 "\ntime: %.*s\nchain: %.*s\nkey: %.*s\n",
                        titles[statement], head->number,
                        SLICE_ARG(clock_iso8601(arena, head->at_ms)),
                        SLICE_ARG(codec_hex(arena, bytes_of(head->chain, LEDGER_HASH))),
                        SLICE_ARG(codec_base64(arena, bytes_of(key, LEDGER_PUBLIC))));
}

enum { SIGNATURE_BYTES = 64 };

struct slice
ledger_head_write(struct arena *arena, enum ledger_statement statement,
                  const struct ledger_head *head, const uint8_t seed[LEDGER_SEED])
{
    uint8_t public[LEDGER_PUBLIC], signature[SIGNATURE_BYTES];
    size_t len = sizeof signature;
    ledger_public_key(seed, public);
    struct slice text = head_text(arena, statement, head, public);
    EVP_PKEY *key = private_key(seed);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    must(ctx && EVP_DigestSignInit_ex(ctx, NULL, NULL, NULL, NULL, key, NULL) == 1 &&
         EVP_DigestSign(ctx, signature, &len, (const uint8_t *)text.ptr, text.len) == 1);
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(key);
    return arena_printf(arena, "%.*ssignature: %.*s\n", SLICE_ARG(text),
                        SLICE_ARG(codec_base64(arena, bytes_of(signature, len))));
}

static bool
is_signed(struct slice text, struct slice signature, const uint8_t key[LEDGER_PUBLIC])
{
    EVP_PKEY *public = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key, LEDGER_PUBLIC);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool valid = public && ctx &&
                 EVP_DigestVerifyInit_ex(ctx, NULL, NULL, NULL, NULL, public, NULL) == 1 &&
                 EVP_DigestVerify(ctx, (const uint8_t *)signature.ptr, signature.len,
                                  (const uint8_t *)text.ptr, text.len) == 1;
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(public);
    return valid;
}

/* "name: value" and the end of the line. */
static bool
cut_line(struct slice *rest, const char *name, struct slice *value)
{
    struct slice line, prefix = slice_of(name);
    if (!slice_starts(*rest, prefix) || !slice_cut(*rest, '\n', &line, rest))
        return false;
    *value = slice_from(line, prefix.len);
    return true;
}

struct head_lines {
    struct slice number, time, chain, key, signature;
};

static bool
read_values(struct arena *arena, const struct head_lines *lines, struct ledger_head *out,
            struct slice *signature)
{
    uint64_t number;
    struct slice chain;
    if (!slice_u64(lines->number, &number) || number > INT64_MAX ||
        !clock_parse(lines->time, &out->at_ms) ||
        codec_hex_decode(arena, lines->chain, &chain, NULL) != RC_OK || chain.len != LEDGER_HASH ||
        codec_base64_decode(arena, lines->signature, signature, NULL) != RC_OK)
        return false;
    out->number = (int64_t)number;
    memcpy(out->chain, chain.ptr, LEDGER_HASH);
    return true;
}

/* Up to the signature, which is over what stands before it. */
static bool
cut_lines(struct slice text, struct head_lines *lines, struct slice *said, struct slice *rest)
{
    struct slice after = text;
    if (!cut_line(&after, "number: ", &lines->number) ||
        !cut_line(&after, "time: ", &lines->time) || !cut_line(&after, "chain: ", &lines->chain) ||
        !cut_line(&after, "key: ", &lines->key))
        return false;
    *said = slice_head(text, text.len - after.len);
    if (!cut_line(&after, "signature: ", &lines->signature))
        return false;
    *rest = after;
    return true;
}

enum rc
ledger_head_read(struct arena *arena, enum ledger_statement statement, struct slice text,
                 const uint8_t key[LEDGER_PUBLIC], struct ledger_head *out, struct slice *rest,
                 struct err *err)
{
    struct head_lines lines;
    struct slice said, signature, title = slice_of(titles[statement]);
    while (text.len > 0 && text.ptr[0] == '\n')
        text = slice_from(text, 1);
    if (text.len == 0)
        return err_set(err, RC_NOT_FOUND, "there is no %.*s", (int)title.len - 1, title.ptr);
    if (!slice_starts(text, title) ||
        !cut_lines(slice_from(text, title.len), &lines, &said, rest) ||
        !read_values(arena, &lines, out, &signature))
        return err_set(err, RC_SYNTAX, "this is not a %.*s", (int)title.len - 1, title.ptr);
    if (!slice_eq(lines.key, codec_base64(arena, bytes_of(key, LEDGER_PUBLIC))))
        return err_set(err, RC_DENIED, "record %" PRId64 ": signed with another key, %.*s",
                       out->number, SLICE_ARG(slice_head(lines.key, 64)));
    if (!is_signed((struct slice){text.ptr, title.len + said.len}, signature, key))
        return err_set(err, RC_DENIED, "record %" PRId64 ": the signature is not valid",
                       out->number);
    return RC_OK;
}

/* ---- what it has to do with ---- */

unsigned
ledger_relation(const struct ledger_record *record, struct slice about)
{
    const struct slice *fields = record->fields;
    unsigned relation = 0;
    if (slice_eq(fields[LEDGER_MESSAGE], about) || slice_eq(fields[LEDGER_ABOUT], about))
        relation |= LEDGER_AS_MESSAGE;
    if (slice_eq(fields[LEDGER_ACCESS_KEY], about))
        relation |= LEDGER_AS_KEY;
    if (slice_ieq(fields[LEDGER_PRINCIPAL], about))
        relation |= LEDGER_AS_USER;
    if (slice_ieq(fields[LEDGER_FROM], about) || slice_ieq(fields[LEDGER_REVERSE_PATH], about) ||
        slice_ieq(fields[LEDGER_ADDRESS], about))
        relation |= LEDGER_AS_SENDER;
    if (slice_ieq(fields[LEDGER_RECIPIENT], about))
        relation |= LEDGER_AS_RECIPIENT;
    /* "target=taro key=AKIA...": what was done to it. */
    if (relation == 0 && record->kind == LEDGER_CALL && ledger_names(fields[LEDGER_SUBJECT], about))
        relation |= LEDGER_AS_SUBJECT;
    return relation;
}

/* ---- verification ---- */

struct ledger_mark {
    int64_t erasure, count;
};

static void
count_mark(struct ledger_verifier *verifier, int64_t erasure)
{
    size_t i = 0;
    while (i < verifier->mark_count && verifier->marks[i].erasure != erasure)
        i++;
    if (i == verifier->mark_count) {
        verifier->marks = arena_grow(verifier->arena, verifier->marks, sizeof *verifier->marks,
                                     verifier->mark_count, &verifier->mark_cap);
        verifier->marks[verifier->mark_count++] = (struct ledger_mark){.erasure = erasure};
    }
    verifier->marks[i].count++;
    verifier->erased++;
}

/* An erasure says how many details it took. Some of those may have been cut off with the oldest part
 * since, or have been passed before it took them. */
static enum rc
check_erasure(struct ledger_verifier *verifier, int64_t number, const struct ledger_record *record,
              struct err *err)
{
    uint64_t said = 0;
    int64_t found = 0;
    size_t i = 0;
    while (i < verifier->mark_count && verifier->marks[i].erasure != number)
        i++;
    if (i < verifier->mark_count)
        found = verifier->marks[i].count;
    if (!slice_u64(record->fields[LEDGER_COUNT], &said) || found > (int64_t)said ||
        (found < (int64_t)said && !verifier->cut && number <= verifier->calm))
        return err_set(err, RC_SYNTAX,
                       "record %" PRId64 " says that it erased %" PRIu64
                       " details; there are %" PRId64,
                       number, said, found);
    if (i < verifier->mark_count)
        verifier->marks[i] = verifier->marks[--verifier->mark_count];
    return RC_OK;
}

static enum rc
check_heads(const struct ledger_verifier *verifier, struct err *err)
{
    for (size_t i = 0; i < verifier->head_count; i++)
        if (verifier->heads[i].number == verifier->number &&
            memcmp(verifier->heads[i].chain, verifier->chain, LEDGER_HASH) != 0)
            return err_set(err, RC_SYNTAX,
                           "record %" PRId64
                           " or one before it is not what its head was signed for",
                           verifier->number);
    return RC_OK;
}

enum rc
ledger_verify_begin(struct ledger_verifier *verifier, struct arena *arena,
                    const struct ledger_head *start, const struct ledger_head *heads,
                    size_t head_count, struct err *err)
{
    *verifier = (struct ledger_verifier){.arena = arena,
                                         .heads = heads,
                                         .head_count = head_count,
                                         .cut = start != NULL,
                                         .calm = INT64_MAX};
    if (start) {
        verifier->number = start->number;
        memcpy(verifier->chain, start->chain, LEDGER_HASH);
    }
    return check_heads(verifier, err);
}

static enum rc
check_order(const struct ledger_verifier *verifier, int64_t number, struct err *err)
{
    int64_t expected = verifier->number + 1;
    if (number > expected)
        return err_set(err, RC_SYNTAX, "records %" PRId64 " to %" PRId64 " are missing", expected,
                       number - 1);
    return number == expected
               ? RC_OK
               : err_set(err, RC_SYNTAX,
                         "record %" PRId64 " stands where the ledger begins with %" PRId64, number,
                         expected);
}

enum rc
ledger_verify_record(struct ledger_verifier *verifier, int64_t number, struct slice plain,
                     struct slice details, struct slice chain, struct ledger_record *out,
                     struct err *err)
{
    uint8_t next[LEDGER_HASH];
    enum rc rc = check_order(verifier, number, err);
    if (rc != RC_OK)
        return rc;
    memcpy(next, verifier->chain, sizeof next);
    ledger_chain(next, number, plain);
    if (!slice_eq(chain, bytes_of(next, sizeof next)))
        return err_set(err, RC_SYNTAX, "record %" PRId64 " does not follow from the one before it",
                       number);
    rc = ledger_decode(plain, details, out, err);
    if (rc != RC_OK)
        return err_prefix(err, "record %" PRId64 ": ", number);
    verifier->number = number;
    memcpy(verifier->chain, next, sizeof next);
    if (out->erased)
        count_mark(verifier, out->erased);
    if (out->kind == LEDGER_ERASURE)
        rc = check_erasure(verifier, number, out, err);
    return rc == RC_OK ? check_heads(verifier, err) : rc;
}

enum { MARKS_WRITTEN = 16384, MARK_TEXT = 42, PLACE_TEXT = 256 };

/* "number:calm:erased:chain", and for each mark ":erasure=count" */
struct slice
ledger_verify_write(struct arena *arena, const struct ledger_verifier *verifier)
{
    struct buf out;
    buf_init(&out, PLACE_TEXT + MARKS_WRITTEN * MARK_TEXT);
    buf_printf(&out, "%" PRId64 ":%" PRId64 ":%" PRId64 ":%.*s", verifier->number, verifier->calm,
               verifier->erased,
               SLICE_ARG(codec_hex(arena, bytes_of(verifier->chain, LEDGER_HASH))));
    for (size_t i = 0; i < verifier->mark_count; i++)
        buf_printf(&out, ":%" PRId64 "=%" PRId64, verifier->marks[i].erasure,
                   verifier->marks[i].count);
    struct slice text = arena_dup(arena, buf_slice(&out));
    buf_fini(&out);
    return text;
}

/* The next part; what is after the last is empty. */
static struct slice
take_part(struct slice *text)
{
    struct slice part = *text;
    if (!slice_cut(*text, ':', &part, text))
        *text = SLICE("");
    return part;
}

static bool
take_mark(struct ledger_verifier *verifier, struct slice part)
{
    struct slice erasure, count;
    struct ledger_mark mark;
    if (verifier->mark_count == MARKS_WRITTEN || !slice_cut(part, '=', &erasure, &count) ||
        !slice_i64(erasure, &mark.erasure) || !slice_i64(count, &mark.count))
        return false;
    verifier->marks = arena_grow(verifier->arena, verifier->marks, sizeof *verifier->marks,
                                 verifier->mark_count, &verifier->mark_cap);
    verifier->marks[verifier->mark_count++] = mark;
    return true;
}

bool
ledger_verify_resume(struct ledger_verifier *verifier, struct arena *arena, struct slice text,
                     const struct ledger_head *heads, size_t head_count)
{
    struct slice chain;
    *verifier = (struct ledger_verifier){.arena = arena, .heads = heads, .head_count = head_count};
    if (!slice_i64(take_part(&text), &verifier->number) ||
        !slice_i64(take_part(&text), &verifier->calm) ||
        !slice_i64(take_part(&text), &verifier->erased) || verifier->number < 0 ||
        codec_hex_decode(arena, take_part(&text), &chain, NULL) != RC_OK ||
        chain.len != LEDGER_HASH)
        return false;
    memcpy(verifier->chain, chain.ptr, LEDGER_HASH);
    while (text.len > 0)
        if (!take_mark(verifier, take_part(&text)))
            return false;
    return true;
}

enum rc
ledger_verify_end(const struct ledger_verifier *verifier, struct err *err)
{
    for (size_t i = 0; i < verifier->head_count; i++)
        if (verifier->heads[i].number > verifier->number)
            return err_set(err, RC_SYNTAX,
                           "the ledger ends with record %" PRId64
                           ", a head was signed for record %" PRId64,
                           verifier->number, verifier->heads[i].number);
    if (verifier->mark_count > 0)
        return err_set(err, RC_SYNTAX,
                       "details are missing, and record %" PRId64 " did not erase them",
                       verifier->marks[0].erasure);
    return RC_OK;
}
