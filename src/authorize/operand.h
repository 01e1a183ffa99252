/* The typed values that both policies and requests hold: numbers, networks, ARNs. */
#ifndef POSTERN_AUTHORIZE_OPERAND_H
#define POSTERN_AUTHORIZE_OPERAND_H

#include "base/slice.h"

/* An address or CIDR block. IPv4 in IPv6 (::ffff:a.b.c.d) is kept as IPv4. */
struct network {
    uint8_t bytes[16];
    uint8_t prefix; /* bits */
    bool ipv6;
};

/* arn:partition:service:region:account:resource; the last part may hold colons. */
enum { ARN_PREFIX, ARN_PARTITION, ARN_SERVICE, ARN_REGION, ARN_ACCOUNT, ARN_RESOURCE, ARN_PARTS };

struct arn {
    struct slice part[ARN_PARTS];
};

/* Sign, digits, fraction, exponent; at most 63 characters; finite. */
MUST_USE bool number_parse(struct slice text, double *out);

/* `10.0.0.0/8`, `2001:db8::/32`, or a lone address. Host bits may be set and do not count. */
MUST_USE bool network_parse(struct slice text, struct network *out);
bool network_contains(const struct network *network, const struct network *address);

/* False when it does not begin with "arn" or has fewer than six parts. With `variables`, a colon
 * inside ${...} does not split. */
MUST_USE bool arn_split(struct slice text, bool variables, struct arn *out);

MUST_USE bool account_id_valid(struct slice text); /* 12 digits */

#endif
