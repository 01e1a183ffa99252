/*
 * An update names the zone and what becomes of one RRset (RFC 2136 §2.3, §2.5); behind it stands the
 * TSIG record, whose MAC covers the message before it and what the record itself says (RFC 8945
 * §4.3.3). The answer is signed in the same way, over our MAC too, so that it answers nobody else.
 */
#include "dns_update.h"

#include "dns_cursor.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

enum {
    HEADER_BYTES = 12,
    MESSAGE_MAX = 4096, /* a record of a key of 4,096 bits, and two names */
    RESPONSE_MAX = 16 * 1024,
    STRING_MAX = 255,
    VALUE_MAX = 2048,
    MAC_MAX = EVP_MAX_MD_SIZE,
    CLASS_IN = 1,
    CLASS_ANY = 255,
    TYPE_SOA = 6,
    TYPE_TSIG = 250,
    OPCODE_UPDATE = 5,
    FLAG_RESPONSE = 0x8000,
    FLAG_TRUNCATED = 0x0200,
    RCODE_SERVFAIL = 2,
    RCODE_NXDOMAIN = 3,
    RCODE_BADTIME = 18,
    COUNT_AT = 10, /* of additional records, in the header */
    TIME_BYTES = 6
};

static const EVP_MD *
digest_of(enum tsig_algorithm algorithm)
{
    switch (algorithm) {
    case TSIG_HMAC_SHA384: return EVP_sha384();
    case TSIG_HMAC_SHA512: return EVP_sha512();
    default: return EVP_sha256();
    }
}

/* RFC 1035 §4.1.1, RFC 2136 §3.8, RFC 8945 §3 (and §5.2.1 of RFC 6895 for the names). */
static struct slice
rcode_name(struct arena *arena, unsigned rcode)
{
    static const char *const names[] = {
        "NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED", "YXDOMAIN", "YXRRSET",
        "NXRRSET", "NOTAUTH", "NOTZONE",  NULL,       NULL,     NULL,      NULL,       NULL,
        "BADSIG",  "BADKEY",  "BADTIME",  NULL,       NULL,     NULL,      "BADTRUNC"};
    if (rcode < sizeof names / sizeof *names && names[rcode])
        return slice_of(names[rcode]);
    return arena_printf(arena, "response code %u", rcode);
}

/* ---- what may be changed ---- */

/* "<selector>._domainkey.<domain>", of letters, digits and hyphens; a domain has two labels. */
static bool
is_key_name(struct slice name)
{
    struct slice selector, domainkey, domain;
    return dns_name_valid(name) && slice_cut(name, '.', &selector, &name) &&
           slice_cut(name, '.', &domainkey, &domain) && slice_is(domainkey, "_domainkey") &&
           slice_chr(selector, '_') == SLICE_NONE && slice_chr(domain, '_') == SLICE_NONE &&
           slice_chr(domain, '.') != SLICE_NONE;
}

static bool
is_key_record(struct slice value)
{
    if (value.len > VALUE_MAX || !slice_starts(value, SLICE("v=DKIM1; k=")))
        return false;
    for (size_t i = 0; i < value.len; i++)
        if (value.ptr[i] < ' ' || value.ptr[i] > '~')
            return false;
    return true;
}

enum rc
dns_update_check(struct slice name, bool add, struct slice value, struct err *err)
{
    if (!is_key_name(name))
        return err_set(err, RC_DENIED, "%.*s is not the name of a DKIM key",
                       SLICE_ARG(slice_head(name, DNS_NAME_MAX)));
    if (add ? !is_key_record(value) : value.len > 0)
        return err_set(err, RC_DENIED, "what is to be written is not the record of a DKIM key");
    return RC_OK;
}

/* ---- writing ---- */

static void
put_u16(struct buf *out, unsigned number)
{
    buf_add_char(out, (char)(number >> 8));
    buf_add_char(out, (char)number);
}

static void
put_u32(struct buf *out, uint32_t number)
{
    put_u16(out, number >> 16);
    put_u16(out, number & 0xffff);
}

/* Without compression: a MAC covers it (RFC 8945 §4.3.3). Its labels were checked. */
static void
put_name(struct buf *out, struct slice name)
{
    struct slice label = name;
    while (name.len) {
        if (!slice_cut(name, '.', &label, &name)) {
            label = name;
            name.len = 0;
        }
        buf_add_char(out, (char)label.len);
        buf_add(out, label);
    }
    buf_add_char(out, 0);
}

static void
put_header(struct buf *out, unsigned id, unsigned flags, unsigned updates)
{
    put_u16(out, id);
    put_u16(out, flags);
    put_u16(out, 1); /* zones, or questions */
    put_u16(out, 0); /* prerequisites, or answers */
    put_u16(out, updates);
    put_u16(out, 0); /* what is additional is counted when it is there */
}

static void
put_question(struct buf *out, struct slice name)
{
    put_name(out, name);
    put_u16(out, TYPE_SOA);
    put_u16(out, CLASS_IN);
}

/* RFC 2136 §2.5.2: all that is there of that name and type goes. */
static void
put_deletion(struct buf *out, struct slice name)
{
    put_name(out, name);
    put_u16(out, DNS_TXT);
    put_u16(out, CLASS_ANY);
    put_u32(out, 0);
    put_u16(out, 0);
}

/* RFC 2136 §2.5.1. One value is as many strings as it takes (RFC 6376 §3.6.2.2). */
static void
put_addition(struct buf *out, const struct dns_update *update)
{
    struct slice rest = update->value;
    put_name(out, update->name);
    put_u16(out, DNS_TXT);
    put_u16(out, CLASS_IN);
    put_u32(out, update->ttl);
    put_u16(out, (unsigned)(rest.len + (rest.len + STRING_MAX - 1) / STRING_MAX));
    while (rest.len) {
        struct slice string = slice_head(rest, STRING_MAX);
        buf_add_char(out, (char)string.len);
        buf_add(out, string);
        rest = slice_from(rest, string.len);
    }
}

/* What a TSIG record says, beside the MAC. */
struct tsig {
    uint64_t time_s;
    uint16_t fudge, original_id, error;
    struct slice mac, other;
};

static void
put_time(struct buf *out, const struct tsig *tsig)
{
    put_u16(out, (unsigned)(tsig->time_s >> 32) & 0xffff);
    put_u32(out, (uint32_t)tsig->time_s);
    put_u16(out, tsig->fudge);
}

/* RFC 8945 §4.3.3: the variables that are signed behind the message. */
static void
put_variables(struct buf *out, const struct tsig_key *key, const struct tsig *tsig)
{
    put_name(out, key->name);
    put_u16(out, CLASS_ANY);
    put_u32(out, 0);
    put_name(out, slice_of(tsig_algorithm_name(key->algorithm)));
    put_time(out, tsig);
    put_u16(out, tsig->error);
    put_u16(out, (unsigned)tsig->other.len);
    buf_add(out, tsig->other);
}

/* Over the MAC that is answered, with its length, where there is one; the message; the variables. */
static bool
make_mac(struct slice answered, struct slice message, const struct tsig_key *key,
         const struct tsig *tsig, uint8_t mac[MAC_MAX], unsigned *len)
{
    struct buf signed_bytes;
    buf_init(&signed_bytes, MAC_MAX + RESPONSE_MAX + 2 * MESSAGE_MAX);
    if (answered.len) {
        put_u16(&signed_bytes, (unsigned)answered.len);
        buf_add(&signed_bytes, answered);
    }
    buf_add(&signed_bytes, message);
    put_variables(&signed_bytes, key, tsig);
    bool made = buf_ok(&signed_bytes) &&
                HMAC(digest_of(key->algorithm), key->secret.ptr, (int)key->secret.len,
                     (const uint8_t *)signed_bytes.ptr, signed_bytes.len, mac, len) != NULL;
    buf_fini(&signed_bytes);
    return made;
}

/* RFC 8945 §4.2: the record itself. */
static void
put_tsig(struct buf *out, const struct tsig_key *key, const struct tsig *tsig)
{
    struct slice algorithm = slice_of(tsig_algorithm_name(key->algorithm));
    put_name(out, key->name);
    put_u16(out, TYPE_TSIG);
    put_u16(out, CLASS_ANY);
    put_u32(out, 0);
    put_u16(out, (unsigned)(algorithm.len + 2 + TIME_BYTES + 2 + 2 + tsig->mac.len + 6));
    put_name(out, algorithm);
    put_time(out, tsig);
    put_u16(out, (unsigned)tsig->mac.len);
    buf_add(out, tsig->mac);
    put_u16(out, tsig->original_id);
    put_u16(out, 0); /* error */
    put_u16(out, 0); /* other data */
}

static enum rc
sign(struct arena *arena, struct buf *out, unsigned id, const struct tsig_key *key, int64_t now_s,
     struct slice *mac, struct err *err)
{
    uint8_t bytes[MAC_MAX];
    unsigned len;
    struct tsig tsig = {
        .time_s = (uint64_t)now_s, .fudge = TSIG_FUDGE_S, .original_id = (uint16_t)id};
    if (!make_mac(SLICE(""), buf_slice(out), key, &tsig, bytes, &len))
        return err_set(err, RC_PERMANENT, "the library cannot make the signature");
    *mac = tsig.mac = arena_dup(arena, (struct slice){(const char *)bytes, len});
    put_tsig(out, key, &tsig);
    out->ptr[COUNT_AT + 1] = 1;
    return RC_OK;
}

enum rc
dns_update_write(struct arena *arena, const struct dns_update *update, const struct tsig_key *key,
                 int64_t now_s, struct slice *message, struct slice *mac, struct err *err)
{
    struct buf out;
    enum rc rc = dns_update_check(update->name, update->add, update->value, err);
    if (rc == RC_OK && !dns_name_lies_in(update->name, update->zone))
        return err_set(err, RC_DENIED, "%.*s is not in the zone %.*s", SLICE_ARG(update->name),
                       SLICE_ARG(update->zone));
    if (rc != RC_OK)
        return rc;
    buf_init(&out, MESSAGE_MAX);
    put_header(&out, update->id, OPCODE_UPDATE << 11, update->add ? 2 : 1);
    put_question(&out, update->zone);
    put_deletion(&out, update->name);
    if (update->add)
        put_addition(&out, update);
    rc = sign(arena, &out, update->id, key, now_s, mac, err);
    if (rc == RC_OK)
        *message = arena_dup(arena, buf_slice(&out));
    buf_fini(&out);
    return rc;
}

struct slice
dns_update_ask_zone(struct arena *arena, uint16_t id, struct slice name)
{
    struct buf out;
    buf_init(&out, MESSAGE_MAX);
    put_header(&out, id, 0, 0);
    put_question(&out, name);
    struct slice message = arena_dup(arena, buf_slice(&out));
    buf_fini(&out);
    return message;
}

/* ---- reading ---- */

struct header {
    uint16_t id, flags, counts[4];
};

static bool
read_header(struct dns_cursor *cursor, struct header *out)
{
    bool read = dns_cursor_u16(cursor, &out->id) && dns_cursor_u16(cursor, &out->flags);
    for (int i = 0; read && i < 4; i++)
        read = dns_cursor_u16(cursor, &out->counts[i]);
    return read;
}

/* A whole answer to the question of this number, of this kind. */
static enum rc
open_response(struct dns_cursor *cursor, uint16_t id, unsigned opcode, struct header *header,
              struct err *err)
{
    if (cursor->whole.len > RESPONSE_MAX || !read_header(cursor, header))
        return err_set(err, RC_SYNTAX, "the server's answer has %zu bytes", cursor->whole.len);
    if (!(header->flags & FLAG_RESPONSE) || (header->flags & FLAG_TRUNCATED) || header->id != id ||
        (header->flags >> 11 & 15) != opcode)
        return err_set(err, RC_SYNTAX, "what the server sent is no answer to what was asked");
    return RC_OK;
}

/* The last record of an answer, and where it begins. */
static enum rc
find_last(struct dns_cursor *cursor, const struct header *header, struct dns_resource *last,
          size_t *begins, struct err *err)
{
    unsigned records = (unsigned)header->counts[1] + header->counts[2] + header->counts[3];
    last->type = 0;
    bool read = dns_cursor_skip_questions(cursor, header->counts[0]);
    for (unsigned i = 0; read && i < records; i++) {
        *begins = cursor->at;
        read = dns_cursor_resource(cursor, last);
    }
    if (!read || cursor->at != cursor->end)
        return err_set(err, RC_SYNTAX, "the server's answer is malformed at byte %zu", cursor->at);
    return header->counts[3] ? RC_OK : RC_NOT_FOUND;
}

static bool
read_bytes(struct dns_cursor *cursor, struct slice *out)
{
    uint16_t len;
    if (!dns_cursor_u16(cursor, &len) || cursor->end - cursor->at < len)
        return false;
    *out = (struct slice){cursor->whole.ptr + cursor->at, len};
    cursor->at += len;
    return true;
}

static bool
is_named(const char *text, size_t len, struct slice name)
{
    return slice_ieq((struct slice){text, len}, name);
}

/* RFC 8945 §4.2, of this key and algorithm. */
static bool
read_tsig(const struct dns_resource *record, const struct tsig_key *key, struct tsig *out)
{
    struct dns_cursor rdata = record->rdata;
    char algorithm[DNS_WIRE_NAME_MAX];
    size_t len;
    uint16_t high;
    uint32_t low;
    if (!record->owner_readable || !is_named(record->owner, record->owner_len, key->name) ||
        record->class != CLASS_ANY || !dns_cursor_name(&rdata, algorithm, &len) ||
        !is_named(algorithm, len, slice_of(tsig_algorithm_name(key->algorithm))))
        return false;
    bool read = dns_cursor_u16(&rdata, &high) && dns_cursor_u32(&rdata, &low) &&
                dns_cursor_u16(&rdata, &out->fudge) && read_bytes(&rdata, &out->mac) &&
                dns_cursor_u16(&rdata, &out->original_id) && dns_cursor_u16(&rdata, &out->error) &&
                read_bytes(&rdata, &out->other) && rdata.at == rdata.end;
    if (read)
        out->time_s = (uint64_t)high << 32 | low;
    return read;
}

/* The message as it was before the record was put behind it (RFC 8945 §5.2). */
static struct slice
without_tsig(struct arena *arena, struct slice response, size_t begins, const struct tsig *tsig,
             unsigned additional)
{
    struct slice head = arena_dup(arena, slice_head(response, begins));
    char *bytes = (char *)head.ptr;
    bytes[0] = (char)(tsig->original_id >> 8);
    bytes[1] = (char)tsig->original_id;
    bytes[COUNT_AT] = (char)((additional - 1) >> 8);
    bytes[COUNT_AT + 1] = (char)(additional - 1);
    return head;
}

static bool
mac_fits(struct slice answered, struct slice message, const struct tsig_key *key,
         const struct tsig *tsig)
{
    uint8_t mac[MAC_MAX];
    unsigned len;
    return make_mac(answered, message, key, tsig, mac, &len) &&
           slice_equal_secret(tsig->mac, (struct slice){(const char *)mac, len});
}

/* How far the server's clock is ahead, by what it says with BADTIME (RFC 8945 §5.2.3). */
static enum rc
tell_bad_time(struct slice other, int64_t now_s, struct err *err)
{
    uint64_t theirs = 0;
    if (other.len != TIME_BYTES)
        return err_set(err, RC_DENIED, "BADTIME");
    for (size_t i = 0; i < TIME_BYTES; i++)
        theirs = theirs << 8 | (unsigned char)other.ptr[i];
    return err_set(err, RC_DENIED, "BADTIME: the server's clock is %lld s ahead of this one",
                   (long long)((int64_t)theirs - now_s));
}

/* Said without a signature, as a server must that does not know the key: it is a reason, no more. */
static enum rc
tell_unsigned(struct arena *arena, unsigned rcode, unsigned error, struct err *err)
{
    if (rcode == 0 && error == 0)
        return err_set(err, RC_SYNTAX, "the server's answer is not signed");
    return err_set(err, rcode == RCODE_SERVFAIL ? RC_TEMPORARY : RC_DENIED, "%.*s",
                   SLICE_ARG(rcode_name(arena, error ? error : rcode)));
}

static enum rc
judge_signed(struct arena *arena, unsigned rcode, const struct tsig *tsig, int64_t now_s,
             struct err *err)
{
    int64_t apart_s = now_s - (int64_t)tsig->time_s;
    if (tsig->error == RCODE_BADTIME)
        return tell_bad_time(tsig->other, now_s, err);
    if (apart_s > TSIG_FUDGE_S || apart_s < -TSIG_FUDGE_S)
        return err_set(err, RC_SYNTAX, "the server's answer was signed %lld s ago",
                       (long long)apart_s);
    return rcode || tsig->error ? tell_unsigned(arena, rcode, tsig->error, err) : RC_OK;
}

enum rc
dns_update_read(struct arena *arena, struct slice response, uint16_t id, const struct tsig_key *key,
                struct slice mac, int64_t now_s, struct err *err)
{
    struct dns_cursor cursor = {response, 0, response.len, true};
    struct header header;
    struct dns_resource last;
    struct tsig tsig;
    size_t begins = 0;
    enum rc rc = open_response(&cursor, id, OPCODE_UPDATE, &header, err);
    if (rc == RC_OK)
        rc = find_last(&cursor, &header, &last, &begins, err);
    if (rc == RC_SYNTAX)
        return rc;
    unsigned rcode = header.flags & 15;
    if (rc == RC_NOT_FOUND || last.type != TYPE_TSIG)
        return tell_unsigned(arena, rcode, 0, err);
    if (!read_tsig(&last, key, &tsig))
        return rcode ? tell_unsigned(arena, rcode, 0, err)
                     : err_set(err, RC_SYNTAX, "the server's answer is signed with another key");
    if (tsig.mac.len == 0)
        return tell_unsigned(arena, rcode, tsig.error, err);
    struct slice message = without_tsig(arena, response, begins, &tsig, header.counts[3]);
    if (!mac_fits(mac, message, key, &tsig))
        return err_set(err, RC_SYNTAX, "the signature of the server's answer is wrong");
    return judge_signed(arena, rcode, &tsig, now_s, err);
}

enum rc
dns_update_read_zone(struct arena *arena, struct slice response, uint16_t id, struct slice name,
                     struct slice *zone, struct err *err)
{
    struct dns_cursor cursor = {response, 0, response.len, true};
    struct header header;
    struct dns_resource record;
    enum rc rc = open_response(&cursor, id, 0, &header, err);
    if (rc != RC_OK)
        return rc;
    unsigned rcode = header.flags & 15;
    if (rcode != 0 && rcode != RCODE_NXDOMAIN)
        return err_set(err, rcode == RCODE_SERVFAIL ? RC_TEMPORARY : RC_DENIED,
                       "%.*s, asked for the zone of %.*s", SLICE_ARG(rcode_name(arena, rcode)),
                       SLICE_ARG(name));
    unsigned records = (unsigned)header.counts[1] + header.counts[2];
    bool read = dns_cursor_skip_questions(&cursor, header.counts[0]);
    for (unsigned i = 0; read && i < records; i++) {
        read = dns_cursor_resource(&cursor, &record);
        struct slice owner = {record.owner, record.owner_len};
        if (!read || record.type != TYPE_SOA || !record.owner_readable || !dns_name_valid(owner) ||
            !dns_name_lies_in(name, owner))
            continue;
        *zone = arena_dup(arena, owner);
        return RC_OK;
    }
    return err_set(err, RC_NOT_FOUND, "the server keeps no zone that holds %.*s", SLICE_ARG(name));
}
