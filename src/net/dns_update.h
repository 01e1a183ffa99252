/*
 * Changing DNS (RFC 2136), signed with a shared secret (TSIG, RFC 8945): pure. What may be changed is
 * one kind of record only, the DKIM key at <selector>._domainkey.<domain>.
 */
#ifndef POSTERN_NET_DNS_UPDATE_H
#define POSTERN_NET_DNS_UPDATE_H

#include "dns.h"

enum { TSIG_SECRET_MIN = 16, TSIG_SECRET_MAX = 128, TSIG_FUDGE_S = 300 };

struct tsig_key {
    struct slice name;
    enum tsig_algorithm algorithm;
    struct slice secret; /* raw bytes */
};

struct dns_update {
    uint16_t id; /* unguessable */
    struct slice zone, name;
    bool add;           /* the only TXT record of that name, whatever is there; else none */
    struct slice value; /* when added: a key record (RFC 6376 §3.6.1) */
    uint32_t ttl;       /* seconds */
};

/* Whether a name is that of a DKIM key, and a value its record: nothing else is written.
 * RC_DENIED  it is not, in words */
MUST_USE enum rc dns_update_check(struct slice name, bool add, struct slice value, struct err *err);

/*
 * The whole message, signed.
 *
 * now_s  seconds since the epoch, by which the server's clock must go, give or take TSIG_FUDGE_S
 * mac    what the answer's signature covers beside the answer
 *
 * RC_DENIED     as dns_update_check; or the zone does not hold the name
 * RC_PERMANENT  the library cannot make the signature
 */
MUST_USE enum rc dns_update_write(struct arena *arena, const struct dns_update *update,
                                  const struct tsig_key *key, int64_t now_s, struct slice *message,
                                  struct slice *mac, struct err *err);

/*
 * What the server answered. RC_OK: it says that it did so, and it is the server that says it.
 *
 * RC_DENIED     it refused, or does not know the key or the time: in its own names (REFUSED, BADKEY)
 * RC_TEMPORARY  it failed (SERVFAIL)
 * RC_SYNTAX     no answer to this, or one whose signature is missing or wrong
 */
MUST_USE enum rc dns_update_read(struct arena *arena, struct slice response, uint16_t id,
                                 const struct tsig_key *key, struct slice mac, int64_t now_s,
                                 struct err *err);

/* Which zone a server keeps the name in: a question for its SOA record, and the answer.
 * RC_NOT_FOUND  it keeps none
 * RC_SYNTAX     no answer to this */
struct slice dns_update_ask_zone(struct arena *arena, uint16_t id, struct slice name);
MUST_USE enum rc dns_update_read_zone(struct arena *arena, struct slice response, uint16_t id,
                                      struct slice name, struct slice *zone, struct err *err);

#endif
