/*
 * The values of options: how each type is written, checked and written again. config.c holds the
 * table of options; a row points at one of these types.
 */
#ifndef POSTERN_ROLE_OPTION_H
#define POSTERN_ROLE_OPTION_H

#include "config.h"

struct option;

struct option_type {
    const char *name; /* for documentation: "duration" */
    /* `field` is the member the option sets. The error says what the value must be, not whose. */
    enum rc (*parse)(struct arena *arena, const struct option *option, struct slice value,
                     void *field, struct err *err);
    /* Writes what `parse` would read to the same effect. */
    void (*format)(struct buf *out, const struct option *option, const void *field);
};

struct option {
    struct config_option shown;
    const struct option_type *type;
    size_t offset; /* of the field, in struct config; of a route's option, in struct config_route */
    uint64_t min, max; /* number, duration (ms), size (bytes), text (bytes) */
};

extern const struct option_type option_number;   /* uint32_t */
extern const struct option_type option_port;     /* uint16_t */
extern const struct option_type option_quota;    /* int64_t; "unlimited" is -1 */
extern const struct option_type option_duration; /* int64_t, ms: "90s" */
extern const struct option_type option_size;     /* uint64_t, bytes: "40m" */
extern const struct option_type option_boolean;  /* bool: "yes", "no" */
extern const struct option_type option_text;     /* struct slice: printable; empty when min is 0 */
extern const struct option_type option_host;     /* struct slice: a host name, lower-cased */
extern const struct option_type option_post; /* struct slice: http or https with a path, or empty */
extern const struct option_type option_mailbox;  /* struct slice: local@domain; empty */
extern const struct option_type option_url;      /* struct slice: http or https, no final slash */
extern const struct option_type option_region;   /* struct slice */
extern const struct option_type option_account;  /* struct slice: 12 digits */
extern const struct option_type option_level;    /* struct slice: a log level */
extern const struct option_type option_user;     /* struct slice: a system user's name */
extern const struct option_type option_resolver; /* struct slice: "address@port, ..." or empty */
extern const struct option_type option_server;   /* struct slice: "address@port" or empty */
extern const struct option_type
    option_dns_name; /* struct slice: a name in DNS, lower-cased, or empty */
extern const struct option_type option_tsig;      /* enum tsig_algorithm */
extern const struct option_type option_ip;        /* struct slice: a literal address or empty */
extern const struct option_type option_listeners; /* struct config: the kind is `min` */
extern const struct option_type option_via;       /* struct config_route: kind, host, port */
extern const struct option_type option_tls;       /* enum tls_policy */

/* Letters, digits, hyphens and dots; labels of 1 to 63; at most 253 (RFC 1123 §2.1). */
MUST_USE bool option_host_valid(struct slice host);

#endif
