/*
 * Reading a DNS message (RFC 1035 §4.1) without trusting it: every offset is checked, compression
 * pointers only lead backwards, and a name has at most 255 bytes and 127 pointers. Private to net/.
 */
#ifndef POSTERN_NET_DNS_CURSOR_H
#define POSTERN_NET_DNS_CURSOR_H

#include "dns.h"

enum { DNS_LABEL_MAX = 63, DNS_WIRE_NAME_MAX = 255 };

/* A place in a response. Names may point back into `whole`. */
struct dns_cursor {
    struct slice whole;
    size_t at, end;
    bool compressed; /* pointers are allowed */
};

MUST_USE bool dns_cursor_u16(struct dns_cursor *cursor, uint16_t *out);
MUST_USE bool dns_cursor_u32(struct dns_cursor *cursor, uint32_t *out);
/* The next byte, which must be there. */
static inline size_t
dns_cursor_byte(struct dns_cursor *cursor)
{
    return (unsigned char)cursor->whole.ptr[cursor->at++];
}

/* Lower case, without the final dot. Leaves the cursor behind the name: behind the first pointer where
 * there is one. */
MUST_USE bool dns_cursor_name(struct dns_cursor *cursor, char text[DNS_WIRE_NAME_MAX],
                              size_t *used);
MUST_USE bool dns_cursor_skip_questions(struct dns_cursor *cursor, unsigned count);

/* One resource record of the response, its rdata still where it is. */
struct dns_resource {
    char owner[DNS_WIRE_NAME_MAX];
    size_t owner_len;
    uint16_t type, class;
    uint32_t ttl;
    struct dns_cursor rdata;
    bool owner_readable;
};

MUST_USE bool dns_cursor_resource(struct dns_cursor *cursor, struct dns_resource *out);

#endif
