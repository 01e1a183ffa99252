#include "config.h"

#include "base/clock.h"
#include "option.h"

#include <assert.h>

/*
 * The table. Names of the sections' options are "section.key". A role that is not told an option
 * sees its default, so a row names every role that looks at it; core is told everything, since it
 * holds every secret anyway, and nobody else is told a route.
 */

#define FIELD(name)              offsetof(struct config, name), 0, 0
#define RANGE(name, min, max)    offsetof(struct config, name), (min), (max)
#define OF_ROUTE(name, min, max) offsetof(struct config_route, name), (min), (max)
#define LISTENER(kind)           0, (kind), 0

enum { TEXT_MAX = 1000, NAME_MAX = 255, COUNT_MAX = 1000000 };

static const struct option table[] = {
    {{"hostname", 0, "postern.localhost",
      "The provider's name: in the greeting, in EHLO, and in the provider's own signature.",
      TO_FRONT | TO_CORE | TO_COURIER},
     &option_host,
     RANGE(hostname, 1, NAME_MAX)},
    {{"provider_domain", 0, "",
      "The domain of the provider's signature and reverse-paths; hostname when empty.",
      TO_CORE | TO_COURIER},
     &option_host,
     FIELD(provider_domain)},
    {{"public_url", 0, "http://127.0.0.1:8580",
      "Where the outside reaches the HTTP listener: links in mail begin with it.", TO_CORE},
     &option_url,
     RANGE(public_url, 0, NAME_MAX)},
    {{"region", 0, "us-east-1", "The region that clients name in signatures and ARNs.",
      TO_FRONT | TO_CORE},
     &option_region,
     FIELD(region)},
    {{"account", 0, "123456789012", "The account's number, as in ARNs.", TO_CORE},
     &option_account,
     FIELD(account)},
    {{"log_level", 0, "info", "The least important lines that are logged.", TO_ALL},
     &option_level,
     FIELD(log_level)},

    {{"listen.submission", 0, "127.0.0.1:2587", "Submission over SMTP with STARTTLS.", TO_CORE},
     &option_listeners,
     LISTENER(LISTENER_SUBMISSION)},
    {{"listen.submissions", 0, "127.0.0.1:2465", "Submission over SMTP inside TLS.", TO_CORE},
     &option_listeners,
     LISTENER(LISTENER_SUBMISSIONS)},
    {{"listen.http", 0, "127.0.0.1:8580", "The API and the console, without TLS.", TO_CORE},
     &option_listeners,
     LISTENER(LISTENER_HTTP)},
    {{"listen.https", 0, "off", "The API and the console, inside TLS.", TO_CORE},
     &option_listeners,
     LISTENER(LISTENER_HTTPS)},
    {{"listen.feedback", 0, "127.0.0.1:2525", "Where bounces and complaints come back, over SMTP.",
      TO_CORE},
     &option_listeners,
     LISTENER(LISTENER_FEEDBACK)},

    {{"tls.certificate", 0, "certificate.pem", "The certificate chain, in PEM.", TO_CORE},
     &option_text,
     RANGE(certificate, 1, TEXT_MAX)},
    {{"tls.certificate_key", 0, "certificate-key.pem", "Its private key, in PEM.", TO_CORE},
     &option_text,
     RANGE(certificate_key, 1, TEXT_MAX)},

    {{"process.fronts", 0, "0", "How many processes serve submitters; 0 is one for each processor.",
      TO_CORE},
     &option_number,
     RANGE(fronts, 0, 64)},
    {{"process.workers", 0, "0",
      "How many threads of core answer queries and sign; 0 is one for each processor.", TO_CORE},
     &option_number,
     RANGE(workers, 0, 64)},
    {{"process.user_core", 0, "postern", "The user that core becomes when started as root.",
      TO_CORE},
     &option_user,
     FIELD(user_core)},
    {{"process.user_front", 0, "postern-front", "The user that fronts become.", TO_FRONT},
     &option_user,
     FIELD(user_front)},
    {{"process.user_courier", 0, "postern-courier", "The user that the courier becomes.",
      TO_COURIER},
     &option_user,
     FIELD(user_courier)},
    {{"process.user_resolver", 0, "postern-resolver", "The user that the resolver becomes.",
      TO_RESOLVER},
     &option_user,
     FIELD(user_resolver)},

    {{"dns.resolver", 0, "",
      "The name servers to ask, as address@port; those of the system when empty; recursive to ask "
      "the root and down from there.",
      TO_RESOLVER},
     &option_resolver,
     RANGE(resolver, 0, TEXT_MAX)},
    {{"dns.local_records", 0, "",
      "A file of records, one a line, that are answered without asking anybody.", TO_RESOLVER},
     &option_text,
     RANGE(local_records, 0, TEXT_MAX)},
    {{"dns.trust_anchor", 0, "",
      "A file with the DNSKEY or DS records that validation starts from; the root's when empty; "
      "off to do without validation.",
      TO_RESOLVER},
     &option_text,
     RANGE(trust_anchor, 0, TEXT_MAX)},

    {{"dns_update.server", 0, "",
      "The name server that takes changes of the domains' DKIM keys (RFC 2136), as address@port; "
      "empty to change nothing.",
      TO_RESOLVER},
     &option_server,
     FIELD(update_server)},
    {{"dns_update.zone", 0, "",
      "The zone that holds the domains: what is not in it is not changed. When empty, the server "
      "is asked for each which zone that is.",
      TO_RESOLVER},
     &option_dns_name,
     FIELD(update_zone)},
    {{"dns_update.key_name", 0, "", "The name of the key that changes are signed with (TSIG).",
      TO_RESOLVER},
     &option_dns_name,
     FIELD(update_key_name)},
    {{"dns_update.algorithm", 0, "hmac-sha256", "The algorithm of that key.", TO_RESOLVER},
     &option_tsig,
     FIELD(update_algorithm)},
    {{"dns_update.secret_file", 0, "",
      "A file with its secret, in base64, that nobody but its owner may read.", TO_CORE},
     &option_text,
     RANGE(update_secret_file, 0, TEXT_MAX)},
    {{"dns_update.ttl", 0, "1h", "How long others may remember a record that is added.",
      TO_RESOLVER},
     &option_duration,
     RANGE(update_ttl_ms, SECOND_MS, DAY_MS)},

    {{"submission.message_bytes", 0, "40m", "The largest message that is accepted.",
      TO_FRONT | TO_COURIER},
     &option_size,
     RANGE(message_bytes, 1 << 10, 1 << 30)},
    {{"submission.recipients", 0, "50", "How many recipients one message may have.",
      TO_FRONT | TO_COURIER},
     &option_number,
     RANGE(recipients, 1, ENVELOPE_RECIPIENTS_MAX)},
    {{"submission.idle", 0, "5m", "How long a silent connection is kept open.",
      TO_FRONT | TO_COURIER},
     &option_duration,
     RANGE(idle_ms, SECOND_MS, HOUR_MS)},
    {{"submission.connections", 0, "10000",
      "How many connections one front holds; the next one is told to come back later.",
      TO_FRONT | TO_COURIER},
     &option_number,
     RANGE(connections, 1, COUNT_MAX)},
    {{"submission.connections_per_address", 0, "500",
      "How many connections one front holds from the same address.", TO_FRONT | TO_COURIER},
     &option_number,
     RANGE(connections_per_address, 1, COUNT_MAX)},

    {{"login.failures", 0, "10",
      "After how many failed logins a user is locked out of the network they came from.", TO_CORE},
     &option_number,
     RANGE(failures, 1, COUNT_MAX)},
    {{"login.failure_window", 0, "15m", "How long a failed login counts.", TO_CORE},
     &option_duration,
     RANGE(failure_window_ms, SECOND_MS, DAY_MS)},
    {{"login.failures_per_connection", 0, "3",
      "After how many failed logins a connection is closed.", TO_FRONT},
     &option_number,
     RANGE(failures_per_connection, 1, 100)},

    {{"delivery.mx_port", 0, "25", "The port of mail exchangers.", TO_COURIER},
     &option_port,
     RANGE(mx_port, 1, 65535)},
    {{"delivery.connections_per_site", 0, "10",
      "How many connections are open to one receiving site at a time.", TO_COURIER},
     &option_number,
     RANGE(connections_per_site, 1, 1000)},
    {{"delivery.messages_per_connection", 0, "100",
      "How many messages one connection carries before it is closed.", TO_COURIER},
     &option_number,
     RANGE(messages_per_connection, 1, COUNT_MAX)},
    {{"delivery.concurrent_deliveries", 0, "1000", "How many deliveries are under way at a time.",
      TO_COURIER},
     &option_number,
     RANGE(concurrent_deliveries, 1, 10000)},
    {{"delivery.retry_first", 0, "1m", "How long to wait after the first failed attempt.", TO_CORE},
     &option_duration,
     RANGE(retry_first_ms, 10, DAY_MS)},
    {{"delivery.retry_max", 0, "1h",
      "The longest wait between attempts; each wait is twice the one before.", TO_CORE},
     &option_duration,
     RANGE(retry_max_ms, 10, 7 * DAY_MS)},
    {{"delivery.lifetime", 0, "14h", "How long delivery is tried before the message bounces.",
      TO_CORE},
     &option_duration,
     RANGE(lifetime_ms, SECOND_MS, 30 * DAY_MS)},
    {{"delivery.unknown_domain", 0, "1h",
      "How long a domain that does not exist is tried before the message bounces.", TO_CORE},
     &option_duration,
     RANGE(unknown_domain_ms, 0, 30 * DAY_MS)},
    {{"delivery.outgoing_address", 0, "",
      "The local address that deliveries come from; the system's choice when empty.", TO_COURIER},
     &option_ip,
     FIELD(outgoing_address)},
    {{"delivery.tls_ca", 0, "",
      "A file of the authorities that may vouch for next hops, in PEM; the system's when empty.",
      TO_COURIER},
     &option_text,
     RANGE(tls_ca, 0, TEXT_MAX)},

    {{"gate.refuse_misleading_names", 0, "yes",
      "Refuse a display name that shows another address than the one it stands before.", TO_CORE},
     &option_boolean,
     FIELD(refuse_misleading_names)},
    {{"gate.reverse_path_is_feedback", 0, "no",
      "Show policies the reverse-path as ses:FeedbackAddress alone, not as ses:FromAddress.",
      TO_CORE},
     &option_boolean,
     FIELD(reverse_path_is_feedback)},

    {{"dkim.key_bits", 0, "2048", "The length of RSA signing keys that are made.", TO_CORE},
     &option_number,
     RANGE(key_bits, 1024, 4096)},
    {{"dkim.second_ed25519", 0, "no", "Add a second signature, ed25519-sha256.", TO_CORE},
     &option_boolean,
     FIELD(second_ed25519)},
    {{"dkim.grace", 0, "72h",
      "How long signing goes on after DNS lost the records of a key; then mail is refused.",
      TO_CORE},
     &option_duration,
     RANGE(dkim_grace_ms, 0, 30 * DAY_MS)},
    {{"dkim.rotate_after", 0, "180d",
      "How long a key signs before the next one does, once DNS shows it; 0s for never by itself.",
      TO_CORE},
     &option_duration,
     RANGE(rotate_after_ms, 0, 3650 * DAY_MS)},
    {{"dkim.publish_wait", 0, "1h", "How long DNS must have shown a key before it signs.", TO_CORE},
     &option_duration,
     RANGE(publish_wait_ms, 0, 30 * DAY_MS)},
    {{"dkim.keep_retired", 0, "7d",
      "How long the record of a key that signs no more is kept, counted from when no message that "
      "it signed waits in the queue.",
      TO_CORE},
     &option_duration,
     RANGE(keep_retired_ms, SECOND_MS, 3650 * DAY_MS)},

    {{"quota.sandbox_per_day", 0, "200", "Recipients a day inside the sandbox.", TO_CORE},
     &option_number,
     RANGE(sandbox_per_day, 0, UINT32_MAX)},
    {{"quota.sandbox_rate", 0, "1", "Recipients a second inside the sandbox.", TO_CORE},
     &option_number,
     RANGE(sandbox_rate, 1, COUNT_MAX)},
    {{"quota.production_per_day", 0, "50000", "Recipients a day outside the sandbox.", TO_CORE},
     &option_quota,
     RANGE(production_per_day, 0, INT64_MAX)},
    {{"quota.production_rate", 0, "100", "Recipients a second outside the sandbox.", TO_CORE},
     &option_number,
     RANGE(production_rate, 1, COUNT_MAX)},
    {{"quota.changes_rate", 0, "50",
      "Changes a second that one access key may make through the API; ten times as many at once.",
      TO_CORE},
     &option_number,
     RANGE(changes_rate, 1, COUNT_MAX)},

    {{"brake.enabled", 0, "yes", "Hold the mail of a credential that sends as its owner never did.",
      TO_CORE},
     &option_boolean,
     FIELD(brake.enabled)},
    {{"brake.recipients_per_hour", 0, "1000",
      "Recipients within an hour that a credential without a past may write to.", TO_CORE},
     &option_number,
     RANGE(brake.recipients_per_hour, 1, COUNT_MAX)},
    {{"brake.least_per_hour", 0, "100",
      "Recipients within an hour that are never too many for a credential with a past.", TO_CORE},
     &option_number,
     RANGE(brake.least_per_hour, 1, COUNT_MAX)},
    {{"brake.times_baseline", 0, "5",
      "How many times its usual busiest hour a credential with a past may reach.", TO_CORE},
     &option_number,
     RANGE(brake.times_baseline, 1, 1000)},
    {{"brake.new_domains_per_hour", 0, "50",
      "Domains within an hour that it never wrote to, which are never too many.", TO_CORE},
     &option_number,
     RANGE(brake.new_domains_per_hour, 1, COUNT_MAX)},
    {{"brake.new_networks_per_day", 0, "20", "Source networks within a day that it never used.",
      TO_CORE},
     &option_number,
     RANGE(brake.new_networks_per_day, 1, 63)},
    {{"brake.failure_share", 0, "30",
      "By how many percent of its last recipients refusals may exceed its usual share.", TO_CORE},
     &option_number,
     RANGE(brake.failure_percent, 1, 100)},
    {{"brake.failure_count", 0, "30", "Of at least how many recipients that share is taken.",
      TO_CORE},
     &option_number,
     RANGE(brake.failure_count, 1, 64)},
    {{"brake.learning", 0, "7d", "After its first message, how long a credential has no past.",
      TO_CORE},
     &option_duration,
     RANGE(brake.learning_ms, 0, 365 * DAY_MS)},
    {{"brake.held_bytes", 0, "1g",
      "What is held of one credential at most; more of its mail is put off with 451.", TO_CORE},
     &option_size,
     RANGE(brake.held_bytes, 1 << 10, (uint64_t)1 << 40)},

    {{"alarm.to", 0, "", "Who is told by mail of what was held and of canaries that were used.",
      TO_CORE},
     &option_mailbox,
     RANGE(alarm_to, 0, 320)},
    {{"alarm.interval", 0, "5m", "No more than one such mail within this time.", TO_CORE},
     &option_duration,
     RANGE(alarm_interval_ms, 0, DAY_MS)},
    {{"alarm.repeat", 0, "1h",
      "How a canary is used is told again after this time at the earliest.", TO_CORE},
     &option_duration,
     RANGE(alarm_repeat_ms, 0, 30 * DAY_MS)},

    {{"store.low_water", 0, "64m",
      "Free space on the disk below which submissions are put off with 452.", TO_CORE},
     &option_size,
     RANGE(low_water_bytes, 0, (uint64_t)1 << 40)},
    {{"store.keep", 0, "30d", "How long the records of finished messages are kept.", TO_CORE},
     &option_duration,
     RANGE(keep_ms, HOUR_MS, 3650 * DAY_MS)},

    {{"ledger.keep", 0, "400d", "How long the records of the ledger are kept.", TO_CORE},
     &option_duration,
     RANGE(ledger_keep_ms, HOUR_MS, 36500 * DAY_MS)},
    {{"ledger.head_interval", 0, "1h", "How often the head of the ledger is signed.", TO_CORE},
     &option_duration,
     RANGE(ledger_head_interval_ms, SECOND_MS, 366 * DAY_MS)},
    {{"ledger.head_file", 0, "", "A file that each head is added to.", TO_CORE},
     &option_text,
     RANGE(ledger_head_file, 0, 4096)},
    {{"ledger.head_mail", 0, "", "An address that each head is mailed to.", TO_CORE},
     &option_mailbox,
     RANGE(ledger_head_mail, 0, 320)},
    {{"ledger.head_url", 0, "", "A web address that each head is posted to.", TO_CORE | TO_COURIER},
     &option_post,
     FIELD(ledger_head_url)},

    {{"route.via", 0, "mx",
      "Where mail goes: to the domain's mail exchangers, to one smarthost, or into the store.",
      TO_CORE},
     &option_via,
     0,
     0,
     0},
    {{"route.tls", 0, "opportunistic",
      "What is asked of the next hop's TLS; verify when the route has a password.", TO_CORE},
     &option_tls,
     OF_ROUTE(tls, 0, 0)},
    {{"route.verify", 0, "no",
      "Whether the next hop's certificate must name it and lead to a known authority; yes when tls "
      "is verify or implicit.",
      TO_CORE},
     &option_boolean,
     OF_ROUTE(verify, 0, 0)},
    {{"route.user_name", 0, "", "The user name at a smarthost.", TO_CORE},
     &option_text,
     OF_ROUTE(user_name, 0, NAME_MAX)},
    {{"route.password", 0, "", "The password at a smarthost.", TO_CORE},
     &option_text,
     OF_ROUTE(password, 0, NAME_MAX)},
    {{"route.allow_private", 0, "no",
      "Deliver to loopback and private addresses, which are otherwise refused.", TO_CORE},
     &option_boolean,
     OF_ROUTE(allow_private, 0, 0)},
};

enum { OPTION_COUNT = sizeof table / sizeof table[0] };

/* Few enough routes that what core is told, each option at its longest, is within the same limit. */
enum { CONFIG_TEXT_MAX = 128 * 1024, ROUTES_MAX = 100, SET_LINE = UINT32_MAX };

/* A set of options being filled: the whole configuration, or one route. */
struct draft {
    struct config_route route;
    uint32_t line;                /* of its section */
    uint32_t lines[OPTION_COUNT]; /* where each was given; 0: not; SET_LINE: by --set */
};

struct reader {
    struct arena *arena;
    struct config *config;
    const char *origin;
    uint32_t line;        /* 0: in a --set */
    struct slice section; /* "" before any */
    struct draft *route;  /* borrowed from routes; NULL outside of a [route] */
    struct draft top;
    struct draft *routes;            /* in arena */
    size_t route_count, file_routes; /* those of --set alone stand after those of the file */
};

static bool
is_of_route(const struct option *option)
{
    return slice_starts(slice_of(option->shown.name), SLICE("route."));
}

static struct slice
section_of(const struct option *option)
{
    struct slice name = slice_of(option->shown.name);
    size_t dot = slice_chr(name, '.');
    return dot == SLICE_NONE ? SLICE("") : slice_head(name, dot);
}

static struct slice
key_of(const struct option *option)
{
    struct slice name = slice_of(option->shown.name);
    size_t dot = slice_chr(name, '.');
    return dot == SLICE_NONE ? name : slice_from(name, dot + 1);
}

static const struct option *
find_option(struct slice section, struct slice key)
{
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if (slice_eq(section_of(&table[i]), section) && slice_eq(key_of(&table[i]), key))
            return &table[i];
    return NULL;
}

static bool
section_known(struct slice section)
{
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if (slice_eq(section_of(&table[i]), section))
            return true;
    return false;
}

/* Where: "postern.conf line 12: " or "--set ". */
static enum rc
located(const struct reader *reader, struct err *err)
{
    return reader->line ? err_prefix(err, "%s line %u: ", reader->origin, reader->line)
                        : err_prefix(err, "--set ");
}

static struct slice
full_name(const struct reader *reader, struct slice key)
{
    struct slice section = slice_head(reader->section, 100);
    key = slice_head(key, 100);
    if (reader->route)
        section =
            arena_printf(reader->arena, "route.%.*s", SLICE_ARG(reader->route->route.pattern));
    if (section.len == 0)
        return key;
    return arena_printf(reader->arena, "%.*s.%.*s", SLICE_ARG(section), SLICE_ARG(key));
}

static enum rc
assign(struct reader *reader, struct slice key, struct slice value, struct err *err)
{
    const struct option *option = find_option(reader->section, key);
    if (!option || is_of_route(option) != (reader->route != NULL))
        return err_set(err, RC_NOT_FOUND, "there is no such option");
    struct draft *draft = reader->route ? reader->route : &reader->top;
    uint32_t *line = &draft->lines[option - table];
    if (*line && reader->line)
        return err_set(err, RC_CONFLICT, "given already in line %u", *line);
    *line = reader->line ? reader->line : SET_LINE;
    char *base = reader->route ? (char *)&reader->route->route : (char *)reader->config;
    return option->type->parse(reader->arena, option, value, base + option->offset, err);
}

static enum rc
read_pair(struct reader *reader, struct slice key, struct slice value, struct err *err)
{
    if (assign(reader, key, value, err) == RC_OK)
        return RC_OK;
    err_prefix(err, "%.*s: ", SLICE_ARG(full_name(reader, key)));
    return located(reader, err);
}

/* "example.org", "*.example.org", "*" */
static bool
pattern_valid(struct slice pattern)
{
    if (slice_is(pattern, "*"))
        return true;
    return option_host_valid(slice_from(pattern, slice_starts(pattern, SLICE("*.")) ? 2 : 0));
}

static struct draft *
find_route(const struct reader *reader, struct slice pattern)
{
    for (size_t i = 0; i < reader->route_count; i++)
        if (slice_ieq(reader->routes[i].route.pattern, pattern))
            return &reader->routes[i];
    return NULL;
}

static enum rc
add_route(struct reader *reader, struct slice pattern, struct err *err)
{
    if (!pattern_valid(pattern))
        return err_set(err, RC_SYNTAX, "route \"%.*s\": must be a domain, *. and a domain, or *",
                       SLICE_ARG(slice_head(pattern, 100)));
    if (reader->route_count == ROUTES_MAX)
        return err_set(err, RC_LIMIT, "more than %d routes", ROUTES_MAX);
    reader->route = &reader->routes[reader->route_count++];
    reader->route->line = reader->line;
    reader->route->route.pattern = arena_lower(reader->arena, pattern);
    reader->section = SLICE("route");
    return RC_OK;
}

static enum rc
open_section(struct reader *reader, struct slice header, struct err *err)
{
    if (header.ptr[header.len - 1] != ']')
        return err_set(err, RC_SYNTAX, "the section's name must end with ]");
    struct slice name = slice_trim(slice_head(slice_from(header, 1), header.len - 2));
    reader->route = NULL;
    reader->section = name;
    if (slice_starts(name, SLICE("route ")) || slice_is(name, "route")) {
        struct slice pattern = slice_trim(slice_from(name, 5));
        const struct draft *before = find_route(reader, pattern);
        if (before)
            return err_set(err, RC_CONFLICT, "route %.*s: given already in line %u",
                           SLICE_ARG(before->route.pattern), before->line);
        return add_route(reader, pattern, err);
    }
    if (name.len == 0 || !section_known(name))
        return err_set(err, RC_NOT_FOUND, "there is no section [%.*s]",
                       SLICE_ARG(slice_head(name, 100)));
    return RC_OK;
}

static enum rc
check_bytes(struct slice line, struct err *err)
{
    for (size_t i = 0; i < line.len; i++) {
        unsigned char c = (unsigned char)line.ptr[i];
        if ((c < ' ' && c != '\t') || c == 127)
            return err_set(err, RC_SYNTAX, "control character 0x%02x", c);
    }
    return RC_OK;
}

/* line = section / key "=" value / "#" comment / nothing. A comment has a line of its own, so
 * that a password may hold a #. */
static enum rc
read_line(struct reader *reader, struct slice line, struct err *err)
{
    struct slice key, value;
    line = slice_trim(line);
    if (line.len == 0 || line.ptr[0] == '#')
        return RC_OK;
    enum rc rc = check_bytes(line, err);
    if (rc == RC_OK && line.ptr[0] == '[')
        rc = open_section(reader, line, err);
    else if (rc == RC_OK && !slice_cut(line, '=', &key, &value))
        rc = err_set(err, RC_SYNTAX, "must be key = value or [section]");
    else if (rc == RC_OK)
        return read_pair(reader, slice_trim(key), slice_trim(value), err);
    return rc == RC_OK ? rc : located(reader, err);
}

static enum rc
read_text(struct reader *reader, struct slice text, struct err *err)
{
    if (text.len > CONFIG_TEXT_MAX)
        return err_set(err, RC_LIMIT, "%s: longer than %d bytes", reader->origin, CONFIG_TEXT_MAX);
    reader->section = SLICE("");
    while (text.len > 0) {
        struct slice line = text, rest = SLICE("");
        slice_cut(text, '\n', &line, &rest);
        reader->line++;
        enum rc rc = read_line(reader, line, err);
        if (rc != RC_OK)
            return rc;
        text = rest;
    }
    reader->file_routes = reader->route_count;
    return RC_OK;
}

/* "route.PATTERN.key": patterns hold dots, keys do not. */
static enum rc
select_section(struct reader *reader, struct slice *name, struct err *err)
{
    reader->route = NULL;
    reader->section = SLICE("");
    size_t dot = slice_rchr(*name, '.');
    if (dot == SLICE_NONE)
        return RC_OK;
    reader->section = slice_head(*name, dot);
    *name = slice_from(*name, dot + 1);
    if (!slice_starts(reader->section, SLICE("route.")))
        return RC_OK;
    struct slice pattern = slice_from(reader->section, 6);
    reader->route = find_route(reader, pattern);
    reader->section = SLICE("route");
    return reader->route ? RC_OK : add_route(reader, pattern, err);
}

static enum rc
read_set(struct reader *reader, struct slice set, struct err *err)
{
    struct slice name, value;
    reader->line = 0;
    if (set.len > CONFIG_TEXT_MAX)
        return err_set(err, RC_LIMIT, "--set: longer than %d bytes", CONFIG_TEXT_MAX);
    if (!slice_cut(set, '=', &name, &value))
        return err_set(err, RC_SYNTAX, "--set %.*s: must be key=value",
                       SLICE_ARG(slice_head(set, 100)));
    name = slice_trim(name);
    enum rc rc = check_bytes(set, err);
    if (rc == RC_OK)
        rc = select_section(reader, &name, err);
    if (rc != RC_OK)
        return located(reader, err);
    return read_pair(reader, name, slice_trim(value), err);
}

static bool
route_says(const struct draft *draft, const char *key)
{
    return draft->lines[find_option(SLICE("route"), slice_of(key)) - table] != 0;
}

/* A route is judged when all of it is known. */
static enum rc
finish_route(struct draft *draft, struct err *err)
{
    struct config_route *route = &draft->route;
    bool has_name = route->user_name.len > 0;
    if (!route_says(draft, "via"))
        return err_set(err, RC_SYNTAX, "via: is missing; it is mx, capture or smarthost host:port");
    if ((route->user_name.len > 0) != (route->password.len > 0))
        return err_set(err, RC_SYNTAX, "user_name and password: must be given together");
    if (has_name && route->kind != ROUTE_SMARTHOST)
        return err_set(err, RC_SYNTAX, "user_name: only a smarthost asks for one");
    if (has_name && !route_says(draft, "tls"))
        route->tls = TLS_VERIFY;
    if (!route_says(draft, "verify"))
        route->verify = route->tls == TLS_VERIFY || route->tls == TLS_IMPLICIT;
    else if (route->verify && (route->tls == TLS_OPPORTUNISTIC || route->tls == TLS_NEVER))
        return err_set(err, RC_SYNTAX, "verify: needs tls = require, verify or implicit");
    /* Otherwise whoever answers at that address would be given the password. */
    if (has_name && !route->verify && !route_says(draft, "verify"))
        return err_set(err, RC_SYNTAX,
                       "user_name: goes to a host whose certificate is verified: tls = verify or "
                       "implicit; or say verify = no");
    return RC_OK;
}

/* Routes that only --set names come first: they could not match behind a "*" of the file. */
static enum rc
finish_routes(struct reader *reader, struct err *err)
{
    struct config *config = reader->config;
    config->route_count = 0;
    config->routes = ARENA_ARRAY(reader->arena, struct config_route, reader->route_count + 1);
    for (size_t i = 0; i < reader->route_count; i++) {
        size_t from = (i + reader->file_routes) % reader->route_count;
        struct draft *draft = &reader->routes[from];
        if (finish_route(draft, err) != RC_OK) {
            err_prefix(err, "route.%.*s.", SLICE_ARG(draft->route.pattern));
            reader->line = draft->line;
            return located(reader, err);
        }
        config->routes[config->route_count++] = draft->route;
    }
    config->routes[config->route_count++] =
        (struct config_route){.pattern = SLICE("*"), .kind = ROUTE_MX, .tls = TLS_OPPORTUNISTIC};
    return RC_OK;
}

/* The line of an option for a message about two of them: the later is where the eye should go. */
static enum rc
fail_together(struct reader *reader, const char *section, const char *key, const char *other_key,
              const char *words, struct err *err)
{
    struct slice in = slice_of(section);
    err_set(err, RC_SYNTAX, "%s.%s: %s", section, key, words);
    uint32_t line = reader->top.lines[find_option(in, slice_of(key)) - table];
    uint32_t other = reader->top.lines[find_option(in, slice_of(other_key)) - table];
    line = line > other ? line : other;
    reader->line = line == SET_LINE ? 0 : line;
    return located(reader, err);
}

static enum rc
check_together(struct reader *reader, struct err *err)
{
    const struct config *config = reader->config;
    if (config->retry_max_ms < config->retry_first_ms)
        return fail_together(reader, "delivery", "retry_max", "retry_first",
                             "must not be shorter than delivery.retry_first", err);
    if (config->lifetime_ms < config->retry_first_ms)
        return fail_together(reader, "delivery", "lifetime", "retry_first",
                             "must not be shorter than delivery.retry_first", err);
    /* secret_file is the parent's to ask for: the resolver is not told of it. */
    if (config->update_server.len && !config->update_key_name.len)
        return fail_together(reader, "dns_update", "key_name", "server",
                             "is needed where dns_update.server is given", err);
    return RC_OK;
}

static void
set_defaults(struct reader *reader)
{
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const struct option *option = &table[i];
        if (is_of_route(option))
            continue;
        struct err err;
        enum rc rc = option->type->parse(reader->arena, option, slice_of(option->shown.fallback),
                                         (char *)reader->config + option->offset, &err);
        assert(rc == RC_OK);
        (void)rc;
    }
}

enum rc
config_parse(struct arena *arena, struct slice text, const char *origin, const char *const *sets,
             size_t set_count, struct config *out, struct err *err)
{
    struct config config = {0};
    struct reader *reader = ARENA_NEW(arena, struct reader);
    *reader = (struct reader){.arena = arena, .config = &config, .origin = origin};
    reader->routes = ARENA_ARRAY(arena, struct draft, ROUTES_MAX);
    set_defaults(reader);
    enum rc rc = read_text(reader, text, err);
    for (size_t i = 0; rc == RC_OK && i < set_count; i++)
        rc = read_set(reader, slice_of(sets[i]), err);
    if (rc == RC_OK)
        rc = finish_routes(reader, err);
    if (rc == RC_OK)
        rc = check_together(reader, err);
    if (rc != RC_OK)
        return rc;
    if (config.provider_domain.len == 0)
        config.provider_domain = config.hostname;
    *out = config;
    return RC_OK;
}

static void
write_option(struct buf *out, const struct option *option, const void *base)
{
    struct slice key = key_of(option);
    buf_printf(out, "%.*s = ", SLICE_ARG(key));
    option->type->format(out, option, (const char *)base + option->offset);
    buf_add_char(out, '\n');
}

static void
write_routes(struct buf *out, const struct config *config)
{
    /* The last is the one that is always there. */
    for (size_t i = 0; i + 1 < config->route_count; i++) {
        const struct config_route *route = &config->routes[i];
        buf_printf(out, "[route %.*s]\n", SLICE_ARG(route->pattern));
        for (size_t j = 0; j < OPTION_COUNT; j++)
            if (is_of_route(&table[j]))
                write_option(out, &table[j], route);
    }
}

struct slice
config_for_role(struct arena *arena, const struct config *config, enum role role)
{
    struct buf out;
    buf_init(&out, CONFIG_TEXT_MAX);
    struct slice section = SLICE("");
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const struct option *option = &table[i];
        unsigned roles = option->shown.roles | TO_CORE;
        if (is_of_route(option) || !(roles & 1U << role))
            continue;
        if (!slice_eq(section_of(option), section)) {
            section = section_of(option);
            buf_printf(&out, "[%.*s]\n", SLICE_ARG(section));
        }
        write_option(&out, option, config);
    }
    if (role == ROLE_CORE)
        write_routes(&out, config);
    assert(buf_ok(&out));
    struct slice text = arena_dup(arena, buf_slice(&out));
    buf_wipe(&out);
    return text;
}

/* "*.example.org" is below example.org: it does not match the domain itself. */
static bool
pattern_matches(struct slice pattern, struct slice domain)
{
    if (slice_is(pattern, "*"))
        return true;
    if (!slice_starts(pattern, SLICE("*.")))
        return slice_ieq(pattern, domain);
    struct slice suffix = slice_from(pattern, 1);
    return domain.len > suffix.len && slice_iends(domain, suffix);
}

const struct config_route *
config_route_for(const struct config *config, struct slice domain)
{
    size_t i = 0;
    while (i + 1 < config->route_count && !pattern_matches(config->routes[i].pattern, domain))
        i++;
    return &config->routes[i];
}

const struct config_option *
config_options(size_t *count)
{
    static struct config_option shown[OPTION_COUNT];
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        shown[i] = table[i].shown;
        shown[i].type = table[i].type->name;
        shown[i].roles |= TO_CORE;
    }
    *count = OPTION_COUNT;
    return shown;
}
