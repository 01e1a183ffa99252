/* Reading answers of DNS (RFC 1035 §4.1) without trusting them. */
#include "dns.h"

#include "dns_cursor.h"

enum {
    CNAMES_MAX = 16, /* in one response; resolvers give up long before */
    CLASS_IN = 1,
    TYPE_NS = 2,
    TYPE_SOA = 6,
    RCODE_NOERROR = 0,
    RCODE_NXDOMAIN = 3,
    FLAG_RESPONSE = 0x8000,
    FLAG_TRUNCATED = 0x0200,
    TLSA_BYTES_MIN = 4,
    ANSWER_RECORD_BYTES_MIN = 8
};

static const char *const status_names[] = {"found", "nodata", "nxdomain", "temporary", "bogus"};
_Static_assert(sizeof status_names / sizeof *status_names == DNS_STATUS_COUNT, "a name for each");

const char *
dns_status_name(enum dns_status status)
{
    return (unsigned)status < DNS_STATUS_COUNT ? status_names[status] : "unknown";
}

static const char *const tsig_names[] = {"hmac-sha256", "hmac-sha384", "hmac-sha512"};
_Static_assert(sizeof tsig_names / sizeof *tsig_names == TSIG_ALGORITHM_COUNT, "a name for each");

const char *
tsig_algorithm_name(enum tsig_algorithm algorithm)
{
    return (unsigned)algorithm < TSIG_ALGORITHM_COUNT ? tsig_names[algorithm] : "unknown";
}

bool
tsig_algorithm_parse(struct slice name, enum tsig_algorithm *out)
{
    for (int i = 0; i < TSIG_ALGORITHM_COUNT; i++)
        if (slice_is(name, tsig_names[i])) {
            *out = (enum tsig_algorithm)i;
            return true;
        }
    return false;
}

bool
dns_name_valid(struct slice name)
{
    size_t label = 0;
    if (name.len == 0 || name.len > DNS_NAME_MAX)
        return false;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        bool fits = (c >= 'a' && c <= 'z') || ascii_digit(c) || c == '_' || c == '-';
        if (c == '.' ? label == 0 : !fits)
            return false;
        label = c == '.' ? 0 : label + 1;
        if (label > DNS_LABEL_MAX)
            return false;
    }
    return label > 0;
}

struct slice
dns_reverse_name(struct arena *arena, struct slice ip)
{
    struct buf name;
    buf_init(&name, DNS_NAME_MAX);
    for (size_t i = ip.len; i-- > 0;) {
        unsigned byte = (uint8_t)ip.ptr[i];
        if (ip.len == 4)
            buf_printf(&name, "%u.", byte);
        else
            buf_printf(&name, "%x.%x.", byte & 15, byte >> 4);
    }
    buf_add_cstr(&name, ip.len == 4 ? "in-addr.arpa" : "ip6.arpa");
    struct slice made = arena_dup(arena, buf_slice(&name));
    buf_fini(&name);
    return made;
}

bool
dns_name_lies_in(struct slice name, struct slice zone)
{
    return slice_eq(name, zone) || (name.len > zone.len && slice_ends(name, zone) &&
                                    (zone.len == 0 || name.ptr[name.len - zone.len - 1] == '.'));
}

static enum rc
read_name_into(struct arena *arena, struct dns_cursor *cursor, struct slice *out, struct err *err)
{
    char text[DNS_WIRE_NAME_MAX];
    size_t used;
    if (!dns_cursor_name(cursor, text, &used))
        return err_set(err, RC_SYNTAX, "malformed DNS name at byte %zu", cursor->at);
    *out = arena_dup(arena, (struct slice){text, used});
    return RC_OK;
}

enum rc
dns_read_name(struct arena *arena, struct slice *rdata, struct slice *out, struct err *err)
{
    struct dns_cursor cursor = {*rdata, 0, rdata->len, false};
    enum rc rc = read_name_into(arena, &cursor, out, err);
    if (rc == RC_OK)
        *rdata = slice_from(*rdata, cursor.at);
    return rc;
}

static enum rc
read_mx(struct arena *arena, struct dns_cursor *cursor, struct dns_record *out, struct err *err)
{
    if (!dns_cursor_u16(cursor, &out->preference))
        return err_set(err, RC_SYNTAX, "MX record is too short");
    return read_name_into(arena, cursor, &out->data, err);
}

/* RFC 1035 §3.3.14: one or more character strings; one record's strings are one value (RFC 7208
 * §3.3, RFC 6376 §3.6.2.2). */
static enum rc
read_txt(struct arena *arena, struct dns_cursor *cursor, struct dns_record *out, struct err *err)
{
    char *text = arena_alloc(arena, cursor->end - cursor->at + 1);
    size_t used = 0;
    if (cursor->at == cursor->end)
        return err_set(err, RC_SYNTAX, "TXT record is empty");
    while (cursor->at < cursor->end) {
        size_t len = dns_cursor_byte(cursor);
        if (cursor->end - cursor->at < len)
            return err_set(err, RC_SYNTAX, "TXT string passes the end of its record");
        memcpy(text + used, cursor->whole.ptr + cursor->at, len);
        used += len;
        cursor->at += len;
    }
    out->data = (struct slice){text, used};
    return RC_OK;
}

static enum rc
read_bytes(struct arena *arena, struct dns_cursor *cursor, size_t min, size_t max,
           struct dns_record *out, struct err *err)
{
    size_t len = cursor->end - cursor->at;
    if (len < min || len > max)
        return err_set(err, RC_SYNTAX, "DNS record of %zu bytes", len);
    out->data = arena_dup(arena, (struct slice){cursor->whole.ptr + cursor->at, len});
    cursor->at = cursor->end;
    return RC_OK;
}

static enum rc
read_record(struct arena *arena, enum dns_type type, struct dns_cursor *cursor,
            struct dns_record *out, struct err *err)
{
    enum rc rc = RC_SYNTAX;
    *out = (struct dns_record){0};
    switch (type) {
    case DNS_A: rc = read_bytes(arena, cursor, 4, 4, out, err); break;
    case DNS_AAAA: rc = read_bytes(arena, cursor, 16, 16, out, err); break;
    case DNS_TLSA: rc = read_bytes(arena, cursor, TLSA_BYTES_MIN, UINT16_MAX, out, err); break;
    case DNS_TXT: rc = read_txt(arena, cursor, out, err); break;
    case DNS_MX: rc = read_mx(arena, cursor, out, err); break;
    case DNS_CNAME:
    case DNS_PTR: rc = read_name_into(arena, cursor, &out->data, err); break;
    default: return err_set(err, RC_SYNTAX, "DNS type %d is not read here", (int)type);
    }
    if (rc == RC_OK && cursor->at != cursor->end)
        return err_set(err, RC_SYNTAX, "bytes left over in a DNS record");
    return rc;
}

enum rc
dns_read_record(struct arena *arena, enum dns_type type, struct slice rdata, struct dns_record *out,
                struct err *err)
{
    struct dns_cursor cursor = {rdata, 0, rdata.len, false};
    struct dns_record record;
    enum rc rc = read_record(arena, type, &cursor, &record, err);
    if (rc == RC_OK)
        *out = record;
    return rc;
}

/* What reading a response gathers. */
struct gather {
    struct arena *arena;
    struct slice name; /* moves along the CNAMEs */
    enum dns_type type;
    struct dns_answer answer;
    size_t cap, cnames;
    bool unreadable; /* a record of the right kind was left out */
    bool referred;   /* other servers are named, and no SOA says that nothing is there */
};

static bool
is_for(const struct gather *gather, const struct dns_resource *resource)
{
    return resource->owner_readable && resource->class == CLASS_IN &&
           slice_ieq((struct slice){resource->owner, resource->owner_len}, gather->name);
}

static void
note_ttl(struct gather *gather, uint32_t ttl)
{
    if (ttl < gather->answer.ttl)
        gather->answer.ttl = ttl;
}

static void
take_record(struct gather *gather, struct dns_resource *resource)
{
    struct dns_record record;
    struct dns_answer *answer = &gather->answer;
    if (answer->count == DNS_RECORDS_MAX)
        return;
    if (read_record(gather->arena, gather->type, &resource->rdata, &record, NULL) != RC_OK) {
        gather->unreadable = true;
        return;
    }
    answer->records =
        arena_grow(gather->arena, answer->records, sizeof record, answer->count, &gather->cap);
    answer->records[answer->count++] = record;
    note_ttl(gather, resource->ttl);
}

static void
take_cname(struct gather *gather, struct dns_resource *resource)
{
    struct dns_record target;
    if (gather->cnames++ == CNAMES_MAX ||
        read_record(gather->arena, DNS_CNAME, &resource->rdata, &target, NULL) != RC_OK) {
        gather->unreadable = true;
        return;
    }
    gather->name = gather->answer.canonical_name = target.data;
    note_ttl(gather, resource->ttl);
}

/* libunbound puts a chain in order, so that one pass follows it. A chain out of order ends early
 * with a canonical name and no record: the resolver then asks for that name. */
static bool
walk_answers(struct gather *gather, struct dns_cursor *cursor, unsigned count)
{
    struct dns_resource resource;
    for (unsigned i = 0; i < count; i++) {
        if (!dns_cursor_resource(cursor, &resource))
            return false;
        if (!is_for(gather, &resource))
            continue;
        if (resource.type == gather->type)
            take_record(gather, &resource);
        else if (resource.type == DNS_CNAME)
            take_cname(gather, &resource);
    }
    return true;
}

/* RFC 2308 §2.2, §5: absence lasts as long as the SOA record beside it says; name servers without
 * one are a referral: who answered does not know. */
static void
walk_authority(struct gather *gather, struct dns_cursor *cursor, unsigned count)
{
    struct dns_resource resource;
    bool start = false;
    for (unsigned i = 0; i < count && dns_cursor_resource(cursor, &resource); i++) {
        if (resource.type == TYPE_SOA) {
            start = true;
            note_ttl(gather, resource.ttl);
        }
        gather->referred |= resource.type == TYPE_NS;
    }
    gather->referred &= !start && gather->cnames == 0;
}

static void
conclude(struct gather *gather, unsigned rcode)
{
    struct dns_answer *answer = &gather->answer;
    if (answer->ttl == UINT32_MAX)
        answer->ttl = 0;
    if (rcode == RCODE_NXDOMAIN && answer->count == 0)
        answer->status = DNS_NXDOMAIN;
    else if (rcode != RCODE_NOERROR ||
             (answer->count == 0 && (gather->unreadable || gather->referred)))
        answer->status = DNS_TEMPORARY;
    else
        answer->status = answer->count ? DNS_FOUND : DNS_NODATA;
    /* Nothing is known, so nothing is said. */
    if (answer->status == DNS_TEMPORARY)
        *answer = (struct dns_answer){.status = DNS_TEMPORARY};
}

enum rc
dns_read_response(struct arena *arena, struct slice name, enum dns_type type, struct slice response,
                  struct dns_answer *out, struct err *err)
{
    struct dns_cursor cursor = {response, 0, response.len, true};
    struct gather gather = {.arena = arena, .name = name, .type = type};
    uint16_t id, flags, questions, answers, authorities, additional;
    gather.answer.ttl = UINT32_MAX;
    if (!dns_cursor_u16(&cursor, &id) || !dns_cursor_u16(&cursor, &flags) ||
        !dns_cursor_u16(&cursor, &questions) || !dns_cursor_u16(&cursor, &answers) ||
        !dns_cursor_u16(&cursor, &authorities) || !dns_cursor_u16(&cursor, &additional))
        return err_set(err, RC_SYNTAX, "DNS response of %zu bytes", response.len);
    if (!(flags & FLAG_RESPONSE) || (flags & FLAG_TRUNCATED))
        return err_set(err, RC_SYNTAX, "not a whole DNS response");
    if (!dns_cursor_skip_questions(&cursor, questions) || !walk_answers(&gather, &cursor, answers))
        return err_set(err, RC_SYNTAX, "malformed DNS response at byte %zu", cursor.at);
    if (gather.answer.count == 0)
        walk_authority(&gather, &cursor, authorities);
    conclude(&gather, flags & 0x0f);
    *out = gather.answer;
    return RC_OK;
}

static struct slice
next_word(struct slice *rest)
{
    *rest = slice_trim(*rest);
    size_t len = 0;
    while (len < rest->len && rest->ptr[len] != ' ' && rest->ptr[len] != '\t')
        len++;
    struct slice word = slice_head(*rest, len);
    *rest = slice_from(*rest, len);
    return word;
}

/* `[TTL] [IN]` in either order (RFC 1035 §5.1), then the type. */
static struct slice
read_type(struct slice *rest)
{
    struct slice word = next_word(rest);
    for (int i = 0; i < 2; i++)
        if (slice_iis(word, "IN") || (word.len && ascii_digit(word.ptr[0])))
            word = next_word(rest);
    return word;
}

enum rc
dns_read_local_record(struct arena *arena, struct slice line, struct dns_local_record *out,
                      struct err *err)
{
    struct slice rest = slice_trim(line);
    if (rest.len == 0 || rest.ptr[0] == ';' || rest.ptr[0] == '#')
        return RC_NOT_FOUND;
    struct slice text = rest;
    struct slice name = arena_lower(arena, next_word(&rest));
    if (slice_ends(name, SLICE(".")))
        name.len--;
    if (!dns_name_valid(name))
        return err_set(err, RC_SYNTAX, "`%.*s` is not a domain name", SLICE_ARG(name));
    struct slice type = read_type(&rest);
    if (type.len == 0 || !ascii_alpha(type.ptr[0]))
        return err_set(err, RC_SYNTAX, "no record type after `%.*s`", SLICE_ARG(name));
    if (slice_trim(rest).len == 0)
        return err_set(err, RC_SYNTAX, "no data after `%.*s %.*s`", SLICE_ARG(name),
                       SLICE_ARG(type));
    *out = (struct dns_local_record){name, text, slice_iis(type, "SOA")};
    return RC_OK;
}

void
dns_put_answer(struct buf *out, const struct dns_answer *answer)
{
    wire_put_u8(out, (uint8_t)answer->status);
    wire_put_u8(out, answer->secure);
    wire_put_u32(out, answer->ttl);
    wire_put_bytes(out, answer->canonical_name);
    wire_put_u32(out, (uint32_t)answer->count);
    for (size_t i = 0; i < answer->count; i++) {
        wire_put_u32(out, answer->records[i].preference);
        wire_put_bytes(out, answer->records[i].data);
    }
}

static struct dns_record
get_record(struct wire *wire)
{
    uint32_t preference = wire_u32(wire);
    struct slice data = wire_bytes(wire);
    if (preference > UINT16_MAX || data.len > UINT16_MAX)
        wire->bad = true;
    return (struct dns_record){(uint16_t)preference, data};
}

void
dns_get_answer(struct arena *arena, struct wire *wire, struct dns_answer *answer)
{
    *answer = (struct dns_answer){.status = DNS_TEMPORARY};
    unsigned status = wire_u8(wire);
    bool secure = wire_bool(wire);
    uint32_t ttl = wire_u32(wire);
    struct slice canonical_name = wire_bytes(wire);
    uint32_t count = wire_count(wire, DNS_RECORDS_MAX, ANSWER_RECORD_BYTES_MIN);
    if (status >= DNS_STATUS_COUNT || canonical_name.len > DNS_NAME_MAX ||
        (status == DNS_FOUND) != (count > 0))
        wire->bad = true;
    if (wire->bad)
        return;
    struct dns_record *records = ARENA_ARRAY(arena, struct dns_record, count);
    for (uint32_t i = 0; i < count; i++)
        records[i] = get_record(wire);
    if (wire->bad)
        return;
    *answer =
        (struct dns_answer){(enum dns_status)status, secure, ttl, canonical_name, records, count};
}
