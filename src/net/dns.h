/*
 * DNS as our processes speak of it: a question and an answer, already validated and cached by
 * postern-resolver. Names are lower-case A-labels without the final dot.
 */
#ifndef POSTERN_NET_DNS_H
#define POSTERN_NET_DNS_H

#include "wire.h"

enum dns_type {
    DNS_A = 1,
    DNS_CNAME = 5,
    DNS_PTR = 12,
    DNS_MX = 15,
    DNS_TXT = 16,
    DNS_AAAA = 28,
    DNS_TLSA = 52
};

enum dns_status {
    DNS_FOUND,     /* at least one record */
    DNS_NODATA,    /* the name exists without such a record */
    DNS_NXDOMAIN,  /* the name does not exist */
    DNS_TEMPORARY, /* SERVFAIL, time-out, refused, a referral: nothing is known */
    DNS_BOGUS,     /* DNSSEC validation failed: nothing may be believed */
    DNS_STATUS_COUNT
};
const char *dns_status_name(enum dns_status status);

/* With which changes of DNS are signed (RFC 8945 §6, net/dns_update.h). */
enum tsig_algorithm { TSIG_HMAC_SHA256, TSIG_HMAC_SHA384, TSIG_HMAC_SHA512, TSIG_ALGORITHM_COUNT };
const char *tsig_algorithm_name(enum tsig_algorithm algorithm); /* "hmac-sha256" */
MUST_USE bool tsig_algorithm_parse(struct slice name, enum tsig_algorithm *out);

struct dns_record {
    uint16_t preference; /* MX */
    struct slice data;   /* A/AAAA: 4 or 16 bytes; MX, CNAME, PTR: a name; TXT: strings joined */
};

struct dns_answer {
    enum dns_status status;
    bool secure;                 /* validated by DNSSEC */
    uint32_t ttl;                /* seconds */
    struct slice canonical_name; /* the name after CNAMEs; empty when there were none */
    struct dns_record *records;
    size_t count;
};

enum { DNS_NAME_MAX = 253, DNS_RECORDS_MAX = 256 };

/* A name that may be asked for: [a-z0-9_-] in labels of 1-63, at most DNS_NAME_MAX in all. */
MUST_USE bool dns_name_valid(struct slice name);
/* Whether it is the zone's own name, or one below; all are below the root, the empty name. */
MUST_USE bool dns_name_lies_in(struct slice name, struct slice zone);

/* Where the PTR record of an address of 4 or 16 bytes is: "1.0.0.127.in-addr.arpa", or the nibbles
 * of an IPv6 address below ip6.arpa. */
struct slice dns_reverse_name(struct arena *arena, struct slice ip);

/* An RFC 1035 message name at the front of *rdata, uncompressed. The root is the empty name.
 * RC_SYNTAX on a label with a dot, a space, a control character or 8-bit bytes. */
MUST_USE enum rc dns_read_name(struct arena *arena, struct slice *rdata, struct slice *out,
                               struct err *err);
/* Decode one record's rdata (names uncompressed). RC_SYNTAX when it is malformed.
 * An empty MX host is the null MX (RFC 7505). TLSA stays as it is on the wire. */
MUST_USE enum rc dns_read_record(struct arena *arena, enum dns_type type, struct slice rdata,
                                 struct dns_record *out, struct err *err);
/*
 * The answer to (`name`, `type`) out of a whole response (RFC 1035 §4.1), following CNAMEs inside
 * it. Records that cannot be read are left out; when nothing else was there, DNS_TEMPORARY.
 * `secure` is left false: the response does not say. RC_SYNTAX when it is not a response.
 */
MUST_USE enum rc dns_read_response(struct arena *arena, struct slice name, enum dns_type type,
                                   struct slice response, struct dns_answer *out, struct err *err);

/* One line of a file of local records: `name [TTL] [IN] TYPE rdata` (RFC 1035 §5.1; names are
 * absolute with or without the final dot). */
struct dns_local_record {
    struct slice name; /* lower case, without the final dot */
    struct slice text; /* the line, trimmed */
    bool is_soa;
};
/* RC_NOT_FOUND: nothing on this line but white space or a comment (; or #). */
MUST_USE enum rc dns_read_local_record(struct arena *arena, struct slice line,
                                       struct dns_local_record *out, struct err *err);

void dns_put_answer(struct buf *out, const struct dns_answer *answer);
/* Sets wire->bad when malformed. */
void dns_get_answer(struct arena *arena, struct wire *wire, struct dns_answer *answer);

#endif
