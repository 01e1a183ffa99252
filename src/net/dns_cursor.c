#include "dns_cursor.h"

enum { POINTERS_MAX = 127 /* each label of the longest name behind one of its own */ };

static unsigned
byte_at(struct slice s, size_t at)
{
    return (unsigned char)s.ptr[at];
}

bool
dns_cursor_u16(struct dns_cursor *cursor, uint16_t *out)
{
    if (cursor->end - cursor->at < 2)
        return false;
    *out = (uint16_t)(byte_at(cursor->whole, cursor->at) << 8 |
                      byte_at(cursor->whole, cursor->at + 1));
    cursor->at += 2;
    return true;
}

bool
dns_cursor_u32(struct dns_cursor *cursor, uint32_t *out)
{
    uint16_t high, low;
    if (!dns_cursor_u16(cursor, &high) || !dns_cursor_u16(cursor, &low))
        return false;
    *out = (uint32_t)high << 16 | low;
    return true;
}

/* What could be taken for a separator or an escape elsewhere is in no name that we use. RFC 2317
 * puts '/' into names of reverse zones. */
static bool
label_char(unsigned c)
{
    return c > ' ' && c < 0x7f && c != '.' && c != '\\' && c != '"';
}

static bool
add_label(struct dns_cursor *cursor, size_t at, size_t len, char *text, size_t *used)
{
    if (*used)
        text[(*used)++] = '.';
    for (size_t i = 0; i < len; i++) {
        unsigned c = byte_at(cursor->whole, at + i);
        if (!label_char(c))
            return false;
        text[(*used)++] = ascii_lower((char)c);
    }
    return true;
}

/* RFC 1035 §4.1.4: the two bytes before `at` are a pointer. It must lead before the place where
 * this run of labels began. */
static bool
follow_pointer(const struct dns_cursor *cursor, size_t at, size_t *run)
{
    size_t target = (byte_at(cursor->whole, at - 2) & 0x3f) << 8 | byte_at(cursor->whole, at - 1);
    if (!cursor->compressed || (byte_at(cursor->whole, at - 2) & 0xc0) != 0xc0 || target >= *run)
        return false;
    *run = target;
    return true;
}

bool
dns_cursor_name(struct dns_cursor *cursor, char text[DNS_WIRE_NAME_MAX], size_t *used)
{
    size_t at = cursor->at, run = at, behind = 0, wire = 1, pointers = 0;
    *used = 0;
    while (at < cursor->end) {
        size_t len = byte_at(cursor->whole, at++);
        if (len == 0) {
            cursor->at = pointers ? behind : at;
            return true;
        }
        if (len > DNS_LABEL_MAX) {
            if (at++ >= cursor->end || pointers == POINTERS_MAX ||
                !follow_pointer(cursor, at, &run))
                return false;
            if (pointers++ == 0)
                behind = at;
            at = run;
            continue;
        }
        wire += len + 1;
        if (cursor->end - at < len || wire > DNS_WIRE_NAME_MAX ||
            !add_label(cursor, at, len, text, used))
            return false;
        at += len;
    }
    return false;
}

/* A name that we refuse to read must still be passed to reach what follows it. */
static bool
skip_name(struct dns_cursor *cursor)
{
    while (cursor->at < cursor->end) {
        size_t len = byte_at(cursor->whole, cursor->at++);
        if (len == 0)
            return true;
        if ((len & 0xc0) == 0xc0) {
            cursor->at++;
            return cursor->at <= cursor->end;
        }
        if (len > DNS_LABEL_MAX || cursor->end - cursor->at < len)
            return false;
        cursor->at += len;
    }
    return false;
}

bool
dns_cursor_resource(struct dns_cursor *cursor, struct dns_resource *out)
{
    uint16_t len;
    size_t start = cursor->at;
    out->owner_readable = dns_cursor_name(cursor, out->owner, &out->owner_len);
    if (!out->owner_readable) {
        cursor->at = start;
        if (!skip_name(cursor))
            return false;
    }
    if (!dns_cursor_u16(cursor, &out->type) || !dns_cursor_u16(cursor, &out->class) ||
        !dns_cursor_u32(cursor, &out->ttl) || !dns_cursor_u16(cursor, &len) ||
        cursor->end - cursor->at < len)
        return false;
    /* RFC 2181 §8: the top bit set means zero. */
    if (out->ttl > INT32_MAX)
        out->ttl = 0;
    out->rdata = (struct dns_cursor){cursor->whole, cursor->at, cursor->at + len, true};
    cursor->at += len;
    return true;
}

bool
dns_cursor_skip_questions(struct dns_cursor *cursor, unsigned count)
{
    uint16_t type, class;
    for (unsigned i = 0; i < count; i++)
        if (!skip_name(cursor) || !dns_cursor_u16(cursor, &type) || !dns_cursor_u16(cursor, &class))
            return false;
    return true;
}
