/*
 * Configuration: `key = value` lines under [section]s, one table (config.c) with name, type, range,
 * default, who may know it, and help. Unknown keys and duplicates are errors with line numbers.
 * postern.conf(5) is checked against the same table.
 *
 *   [section] key      is named "section.key" in --set and in messages; keys before any section
 *                      have no prefix.
 *   [route PATTERN]    one section a route, in order; the first pattern that matches wins:
 *                      "example.org" (itself), "*.example.org" (below it), "*" (everything).
 */
#ifndef POSTERN_ROLE_CONFIG_H
#define POSTERN_ROLE_CONFIG_H

#include "base/memory.h"
#include "net/protocol.h"
#include "spool/brake.h"

struct config_address {
    struct slice host; /* literal address, or "*" */
    uint16_t port;     /* 0: listener off */
};

struct config_route {
    struct slice pattern;
    enum route_kind kind; /* `via = mx | smarthost host:port | capture` */
    struct slice host;
    uint16_t port;
    enum tls_policy tls; /* `tls = opportunistic | require | verify | implicit | never` */
    bool verify;         /* the host's certificate must name it, and lead to a known authority */
    struct slice user_name, password;
    bool allow_private; /* `allow_private = yes` */
};

struct config {
    /* top level */
    struct slice hostname;   /* the provider's name: EHLO, greeting, provider signature */
    struct slice public_url; /* "http://127.0.0.1:8580": verification links */
    struct slice region;     /* "us-east-1" */
    struct slice account;    /* 12 digits */
    struct slice log_level;
    struct slice provider_domain; /* = hostname unless set */
    /* [listen] each "address:port", "[v6]:port", several with commas, or "off" */
    struct config_address *listeners[LISTENER_COUNT];
    size_t listener_counts[LISTENER_COUNT];
    /* [tls] */
    struct slice certificate, certificate_key; /* paths; relative to DIR */
    /* [process] */
    uint32_t fronts;                                                 /* 0: one per core */
    struct slice user_core, user_front, user_courier, user_resolver; /* used when started as root */
    uint32_t workers; /* core's reader threads; 0: one per core */
    /* [dns] */
    struct slice resolver; /* "address@port", several with commas; empty: from /etc/resolv.conf */
    struct slice
        local_records; /* path of a file with one record a line, served by libunbound itself */
    struct slice
        trust_anchor; /* path of a file with DNSKEY or DS records; empty: the root's, from the system */
    /* [dns_update] */
    struct slice update_server; /* "address@port"; empty: DNS is not changed from here */
    struct slice update_zone;   /* empty: the server is asked */
    struct slice update_key_name, update_secret_file;
    enum tsig_algorithm update_algorithm;
    int64_t update_ttl_ms; /* of records that are added */
    /* [submission] */
    uint64_t message_bytes;
    uint32_t recipients;
    int64_t idle_ms;
    uint32_t connections; /* per front; more get 421 */
    uint32_t connections_per_address;
    /* [login] */
    uint32_t failures; /* per user and network within the window */
    int64_t failure_window_ms;
    uint32_t failures_per_connection;
    /* [delivery] */
    struct config_route *routes; /* a last "*" -> mx is always there */
    size_t route_count;
    uint16_t mx_port;
    uint32_t connections_per_site, messages_per_connection;
    uint32_t concurrent_deliveries;
    int64_t retry_first_ms, retry_max_ms, lifetime_ms;
    int64_t unknown_domain_ms;     /* how long a domain that does not exist is tried */
    struct slice outgoing_address; /* local address to send from; empty: the system's choice */
    struct slice tls_ca;           /* PEM file for verify; empty: the system's */
    /* [gate] */
    bool refuse_misleading_names;  /* display names that show another address */
    bool reverse_path_is_feedback; /* policies see the reverse-path as ses:FeedbackAddress alone */
    /* [dkim] */
    uint32_t key_bits;
    bool second_ed25519;
    int64_t dkim_grace_ms; /* how long to go on signing after DNS lost the records */
    int64_t rotate_after_ms, publish_wait_ms, keep_retired_ms; /* identity/rotation.h */
    /* [quota] */
    uint32_t sandbox_per_day, sandbox_rate;
    int64_t production_per_day; /* -1: unlimited */
    uint32_t production_rate;
    uint32_t changes_rate; /* by the API, a second and access key */
    /* [brake] */
    struct brake_limits brake;
    /* [alarm] */
    struct slice alarm_to; /* a mailbox; empty: nobody */
    int64_t alarm_interval_ms, alarm_repeat_ms;
    /* [store] */
    uint64_t low_water_bytes; /* free space below which submissions get 452 */
    int64_t keep_ms;          /* finished messages' records */
    /* [ledger] */
    int64_t ledger_keep_ms, ledger_head_interval_ms;
    struct slice ledger_head_file, ledger_head_mail, ledger_head_url; /* empty: none */
};

/* Which roles are told an option. */
enum {
    TO_FRONT = 1 << ROLE_FRONT,
    TO_CORE = 1 << ROLE_CORE,
    TO_COURIER = 1 << ROLE_COURIER,
    TO_RESOLVER = 1 << ROLE_RESOLVER,
    TO_ALL = 0xff
};

/* Defaults, then the text (`origin` for messages: "postern.conf"), then each `set` ("key=value"). */
MUST_USE enum rc config_parse(struct arena *arena, struct slice text, const char *origin,
                              const char *const *sets, size_t set_count, struct config *out,
                              struct err *err);
/* The lines that `role` may know, to be read again by config_parse in that process. */
struct slice config_for_role(struct arena *arena, const struct config *config, enum role role);
const struct config_route *config_route_for(const struct config *config, struct slice domain);

/* Walk the table, for documentation and its test. */
struct config_option {
    const char *name, *type, *fallback, *help;
    unsigned roles;
};
const struct config_option *config_options(size_t *count);

#endif
