#include "option.h"

#include "base/clock.h"
#include "base/log.h"
#include "net/post.h"

#include <arpa/inet.h>
#include <assert.h>
#include <inttypes.h>
#include <netinet/in.h>

enum { HOST_MAX = 253, LABEL_MAX = 63, LISTENERS_MAX = 16, RESOLVERS_MAX = 8 };

/* Numbers, with or without a unit. */

struct unit {
    const char *name;
    uint64_t factor;
};

/* The largest first: format_units takes the first that divides. */
static const struct unit duration_units[] = {
    {"d", DAY_MS}, {"h", HOUR_MS}, {"m", MINUTE_MS}, {"s", SECOND_MS}, {"ms", 1}};
static const struct unit size_units[] = {
    {"g", (uint64_t)1 << 30}, {"m", 1 << 20}, {"k", 1 << 10}, {"", 1}};
static const struct unit no_unit[] = {{"", 1}};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void
format_units(struct buf *out, uint64_t value, const struct unit *units, size_t count)
{
    size_t i = 0;
    while (i + 1 < count && (value == 0 || value % units[i].factor != 0))
        i++;
    buf_printf(out, "%" PRIu64 "%s", value / units[i].factor, units[i].name);
}

static enum rc
range_error(const struct option *option, const struct unit *units, size_t count, struct err *err)
{
    struct buf words;
    buf_init(&words, 100);
    format_units(&words, option->min, units, count);
    buf_add(&words, SLICE(" to "));
    format_units(&words, option->max, units, count);
    enum rc rc = err_set(err, RC_SYNTAX, "must be %.*s", SLICE_ARG(buf_slice(&words)));
    buf_fini(&words);
    return rc;
}

/* Digits followed directly by one of the units. */
static enum rc
parse_units(const struct option *option, struct slice value, const struct unit *units, size_t count,
            const char *expected, uint64_t *out, struct err *err)
{
    size_t digits = 0;
    while (digits < value.len && ascii_digit(value.ptr[digits]))
        digits++;
    size_t unit = 0;
    while (unit < count && !slice_is(slice_from(value, digits), units[unit].name))
        unit++;
    if (digits == 0 || unit == count)
        return err_set(err, RC_SYNTAX, "must be %s", expected);
    uint64_t number;
    if (!slice_u64(slice_head(value, digits), &number) ||
        number > option->max / units[unit].factor || number * units[unit].factor < option->min)
        return range_error(option, units, count, err);
    *out = number * units[unit].factor;
    return RC_OK;
}

static enum rc
parse_plain(const struct option *option, struct slice value, uint64_t *out, struct err *err)
{
    uint64_t ignored;
    if (!slice_u64(value, &ignored))
        return range_error(option, no_unit, 1, err);
    return parse_units(option, value, no_unit, 1, "a number", out, err);
}

static enum rc
parse_number(struct arena *arena, const struct option *option, struct slice value, void *field,
             struct err *err)
{
    (void)arena;
    uint64_t number;
    enum rc rc = parse_plain(option, value, &number, err);
    if (rc == RC_OK)
        *(uint32_t *)field = (uint32_t)number;
    return rc;
}

static void
format_number(struct buf *out, const struct option *option, const void *field)
{
    (void)option;
    buf_printf(out, "%" PRIu32, *(const uint32_t *)field);
}

static enum rc
parse_port(struct arena *arena, const struct option *option, struct slice value, void *field,
           struct err *err)
{
    (void)arena;
    uint64_t number;
    enum rc rc = parse_plain(option, value, &number, err);
    if (rc == RC_OK)
        *(uint16_t *)field = (uint16_t)number;
    return rc;
}

static void
format_port(struct buf *out, const struct option *option, const void *field)
{
    (void)option;
    buf_printf(out, "%u", *(const uint16_t *)field);
}

static enum rc
parse_quota(struct arena *arena, const struct option *option, struct slice value, void *field,
            struct err *err)
{
    (void)arena;
    uint64_t number;
    if (slice_is(value, "unlimited")) {
        *(int64_t *)field = -1;
        return RC_OK;
    }
    enum rc rc = parse_plain(option, value, &number, err);
    if (rc != RC_OK)
        return err_set(err, rc, "must be %" PRIu64 " to %" PRIu64 ", or unlimited", option->min,
                       option->max);
    *(int64_t *)field = (int64_t)number;
    return RC_OK;
}

static void
format_quota(struct buf *out, const struct option *option, const void *field)
{
    (void)option;
    int64_t number = *(const int64_t *)field;
    if (number < 0)
        buf_add(out, SLICE("unlimited"));
    else
        buf_printf(out, "%" PRId64, number);
}

static enum rc
parse_duration(struct arena *arena, const struct option *option, struct slice value, void *field,
               struct err *err)
{
    (void)arena;
    uint64_t ms = 0;
    enum rc rc = parse_units(option, value, duration_units, COUNT(duration_units),
                             "a number with its unit (ms, s, m, h or d)", &ms, err);
    if (rc == RC_OK)
        *(int64_t *)field = (int64_t)ms;
    return rc;
}

static void
format_duration(struct buf *out, const struct option *option, const void *field)
{
    (void)option;
    format_units(out, (uint64_t) * (const int64_t *)field, duration_units, COUNT(duration_units));
}

static enum rc
parse_size(struct arena *arena, const struct option *option, struct slice value, void *field,
           struct err *err)
{
    (void)arena;
    return parse_units(option, value, size_units, COUNT(size_units),
                       "a number of bytes, or of k, m or g", field, err);
}

static void
format_size(struct buf *out, const struct option *option, const void *field)
{
    (void)option;
    format_units(out, *(const uint64_t *)field, size_units, COUNT(size_units));
}

static enum rc
parse_boolean(struct arena *arena, const struct option *option, struct slice value, void *field,
              struct err *err)
{
    (void)arena;
    (void)option;
    if (!slice_is(value, "yes") && !slice_is(value, "no"))
        return err_set(err, RC_SYNTAX, "must be yes or no");
    *(bool *)field = slice_is(value, "yes");
    return RC_OK;
}

static void
format_boolean(struct buf *out, const struct option *option, const void *field)
{
    (void)option;
    buf_add_cstr(out, *(const bool *)field ? "yes" : "no");
}

/* Text, with a rule each. */

static void
format_text(struct buf *out, const struct option *option, const void *field)
{
    (void)option;
    buf_add(out, *(const struct slice *)field);
}

static enum rc
keep(struct arena *arena, struct slice value, void *field)
{
    *(struct slice *)field = arena_dup(arena, value);
    return RC_OK;
}

/* The reader has refused control characters already. */
static enum rc
parse_text(struct arena *arena, const struct option *option, struct slice value, void *field,
           struct err *err)
{
    if (value.len < option->min)
        return err_set(err, RC_SYNTAX, "must not be empty");
    if (value.len > option->max)
        return err_set(err, RC_LIMIT, "must be at most %" PRIu64 " bytes long", option->max);
    return keep(arena, value, field);
}

/* The next of a list, trimmed; false when it is the last. */
static bool
cut_item(struct slice list, char separator, struct slice *item, struct slice *rest)
{
    bool more = slice_cut(list, separator, item, rest);
    *item = slice_trim(more ? *item : list);
    return more;
}

static bool
label_valid(struct slice label)
{
    if (label.len == 0 || label.len > LABEL_MAX || label.ptr[0] == '-' ||
        label.ptr[label.len - 1] == '-')
        return false;
    for (size_t i = 0; i < label.len; i++)
        if (!ascii_alnum(label.ptr[i]) && label.ptr[i] != '-')
            return false;
    return true;
}

bool
option_host_valid(struct slice host)
{
    if (host.len > HOST_MAX)
        return false;
    struct slice label, rest;
    for (; slice_cut(host, '.', &label, &rest); host = rest)
        if (!label_valid(label))
            return false;
    return label_valid(host);
}

static bool
address_family(struct slice text, int *family)
{
    char cstr[INET6_ADDRSTRLEN];
    struct in6_addr ignored;
    if (text.len >= sizeof cstr || memchr(text.ptr, 0, text.len))
        return false;
    memcpy(cstr, text.ptr, text.len);
    cstr[text.len] = '\0';
    *family = slice_chr(text, ':') != SLICE_NONE ? AF_INET6 : AF_INET;
    return inet_pton(*family, cstr, &ignored) == 1;
}

static bool
address_valid(struct slice text)
{
    int ignored;
    return text.len > 0 && address_family(text, &ignored);
}

static enum rc
parse_host(struct arena *arena, const struct option *option, struct slice value, void *field,
           struct err *err)
{
    if (value.len == 0 && option->min == 0)
        return keep(arena, value, field);
    if (!option_host_valid(value) || address_valid(value))
        return err_set(err, RC_SYNTAX, "must be a host name of letters, digits, hyphens and dots");
    *(struct slice *)field = arena_lower(arena, value);
    return RC_OK;
}

/* As people have them, without quotes. */
static enum rc
parse_mailbox(struct arena *arena, const struct option *option, struct slice value, void *field,
              struct err *err)
{
    size_t at = slice_rchr(value, '@');
    bool good = value.len <= option->max && at != SLICE_NONE && at > 0 && at <= 64 &&
                option_host_valid(slice_from(value, at + 1));
    for (size_t i = 0; good && i < at; i++)
        good = ascii_alnum(value.ptr[i]) ||
               (value.ptr[i] != '\0' && strchr("!#$%&'*+-/=?^_`{|}~.", value.ptr[i]));
    if (value.len > 0 && !good)
        return err_set(err, RC_SYNTAX, "must be an address, as in postmaster@example.org");
    return keep(arena, value, field);
}

static enum rc
parse_url(struct arena *arena, const struct option *option, struct slice value, void *field,
          struct err *err)
{
    struct slice rest = value;
    if (slice_starts(value, SLICE("http://")))
        rest = slice_from(value, 7);
    else if (slice_starts(value, SLICE("https://")))
        rest = slice_from(value, 8);
    bool good = rest.len < value.len && rest.len > 0 && ascii_alnum(rest.ptr[0]);
    good = good || (rest.len < value.len && rest.len > 0 && rest.ptr[0] == '[');
    /* It is written into mail and pages: nothing that would end a link or begin a query. */
    for (size_t i = 0; good && i < rest.len; i++)
        good = rest.ptr[i] > ' ' && rest.ptr[i] < 127 && !strchr("\"'<>\\?#@", rest.ptr[i]);
    if (!good || value.len > option->max)
        return err_set(err, RC_SYNTAX, "must be http:// or https:// and a host, as in %s",
                       option->shown.fallback);
    if (value.ptr[value.len - 1] == '/')
        value.len--;
    return keep(arena, value, field);
}

/* Empty: nowhere. */
static enum rc
parse_post(struct arena *arena, const struct option *option, struct slice value, void *field,
           struct err *err)
{
    struct post_url url;
    (void)option;
    enum rc rc = value.len > 0 ? post_url_read(value, &url, err) : RC_OK;
    return rc == RC_OK ? keep(arena, value, field) : rc;
}

static bool
all_in(struct slice text, const char *others)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (!ascii_digit(c) && !(c >= 'a' && c <= 'z') && (c == '\0' || !strchr(others, c)))
            return false;
    }
    return true;
}

static enum rc
parse_region(struct arena *arena, const struct option *option, struct slice value, void *field,
             struct err *err)
{
    (void)option;
    if (value.len == 0 || value.len > 32 || !all_in(value, "-"))
        return err_set(err, RC_SYNTAX,
                       "must be 1 to 32 lower-case letters, digits and hyphens, as in us-east-1");
    return keep(arena, value, field);
}

static enum rc
parse_account(struct arena *arena, const struct option *option, struct slice value, void *field,
              struct err *err)
{
    (void)option;
    uint64_t ignored;
    if (value.len != 12 || !slice_u64(value, &ignored))
        return err_set(err, RC_SYNTAX, "must be 12 digits");
    return keep(arena, value, field);
}

static enum rc
parse_level(struct arena *arena, const struct option *option, struct slice value, void *field,
            struct err *err)
{
    (void)option;
    enum log_level ignored;
    if (!log_level_parse(value, &ignored))
        return err_set(err, RC_SYNTAX, "must be error, warn, info or debug");
    return keep(arena, value, field);
}

static enum rc
parse_user(struct arena *arena, const struct option *option, struct slice value, void *field,
           struct err *err)
{
    (void)option;
    if (value.len == 0 || value.len > 32 || ascii_digit(value.ptr[0]) || value.ptr[0] == '-' ||
        !all_in(value, "-_"))
        return err_set(err, RC_SYNTAX, "must be the name of a system user");
    return keep(arena, value, field);
}

static enum rc
port_of(struct slice text, uint16_t *port, struct err *err)
{
    uint64_t number;
    if (!slice_u64(text, &number) || number < 1 || number > 65535)
        return err_set(err, RC_SYNTAX, "\"%.*s\" is not a port: must be 1 to 65535",
                       SLICE_ARG(slice_head(text, 40)));
    *port = (uint16_t)number;
    return RC_OK;
}

static enum rc
parse_resolver(struct arena *arena, const struct option *option, struct slice value, void *field,
               struct err *err)
{
    struct slice one, rest = value;
    bool more = value.len > 0;
    if (slice_iis(value, "recursive"))
        return keep(arena, value, field);
    if (value.len > option->max)
        return err_set(err, RC_LIMIT, "must be at most %" PRIu64 " bytes long", option->max);
    for (unsigned count = 0; more; count++) {
        if (count == RESOLVERS_MAX)
            return err_set(err, RC_LIMIT, "more than %d addresses", RESOLVERS_MAX);
        struct slice address, port;
        uint16_t ignored;
        more = cut_item(rest, ',', &one, &rest);
        bool with_port = cut_item(one, '@', &address, &port);
        if (!address_valid(address))
            return err_set(err, RC_SYNTAX,
                           "\"%.*s\" is not an IP address: must be address@port, or recursive",
                           SLICE_ARG(slice_head(address, 60)));
        if (with_port && port_of(port, &ignored, err) != RC_OK)
            return RC_SYNTAX;
    }
    return keep(arena, value, field);
}

static enum rc
parse_server(struct arena *arena, const struct option *option, struct slice value, void *field,
             struct err *err)
{
    struct slice address, port;
    uint16_t ignored;
    (void)option;
    if (value.len == 0)
        return keep(arena, value, field);
    if (!slice_cut(value, '@', &address, &port) || !address_valid(address))
        return err_set(err, RC_SYNTAX, "must be address@port, with an IP address; or empty");
    enum rc rc = port_of(port, &ignored, err);
    return rc == RC_OK ? keep(arena, value, field) : rc;
}

/* With or without the final dot. */
static enum rc
parse_dns_name(struct arena *arena, const struct option *option, struct slice value, void *field,
               struct err *err)
{
    (void)option;
    if (slice_ends(value, SLICE(".")))
        value.len--;
    value = arena_lower(arena, value);
    if (value.len && !dns_name_valid(value))
        return err_set(err, RC_SYNTAX, "must be a name as in DNS, or empty");
    return keep(arena, value, field);
}

static enum rc
parse_tsig(struct arena *arena, const struct option *option, struct slice value, void *field,
           struct err *err)
{
    (void)arena;
    (void)option;
    if (!tsig_algorithm_parse(value, field))
        return err_set(err, RC_SYNTAX, "must be hmac-sha256, hmac-sha384 or hmac-sha512");
    return RC_OK;
}

static void
format_tsig(struct buf *out, const struct option *option, const void *field)
{
    (void)option;
    buf_add_cstr(out, tsig_algorithm_name(*(const enum tsig_algorithm *)field));
}

static enum rc
parse_ip(struct arena *arena, const struct option *option, struct slice value, void *field,
         struct err *err)
{
    (void)option;
    if (value.len > 0 && !address_valid(value))
        return err_set(err, RC_SYNTAX, "must be an IP address, or empty");
    return keep(arena, value, field);
}

/* "host:port" and "[v6]:port", by the last colon. */
static enum rc
cut_host_port(struct slice text, struct slice *host, uint16_t *port, struct err *err)
{
    size_t colon = slice_rchr(text, ':');
    if (colon == SLICE_NONE)
        return err_set(err, RC_SYNTAX, "\"%.*s\" has no port: must be address:port",
                       SLICE_ARG(slice_head(text, 100)));
    *host = slice_head(text, colon);
    bool bracketed = host->len > 2 && host->ptr[0] == '[' && host->ptr[host->len - 1] == ']';
    if (!bracketed && slice_chr(*host, ':') != SLICE_NONE)
        return err_set(err, RC_SYNTAX, "an IPv6 address stands in brackets: [%.*s]:25",
                       SLICE_ARG(slice_head(text, 100)));
    if (bracketed) {
        *host = slice_head(slice_from(*host, 1), host->len - 2);
        int family;
        if (!address_family(*host, &family) || family != AF_INET6)
            return err_set(err, RC_SYNTAX, "\"%.*s\" is not an IPv6 address",
                           SLICE_ARG(slice_head(*host, 60)));
    }
    return port_of(slice_from(text, colon + 1), port, err);
}

static void
format_host_port(struct buf *out, struct slice host, uint16_t port)
{
    bool v6 = slice_chr(host, ':') != SLICE_NONE;
    buf_printf(out, v6 ? "[%.*s]:%u" : "%.*s:%u", SLICE_ARG(host), port);
}

/* Two equal addresses would fail to bind, with words that do not name the configuration. */
static bool
listed_already(const struct config_address *list, size_t count, const struct config_address *new)
{
    for (size_t i = 0; i < count; i++)
        if (list[i].port == new->port && slice_eq(list[i].host, new->host))
            return true;
    return false;
}

static enum rc
parse_listener(struct arena *arena, struct slice text, struct config_address *out, struct err *err)
{
    if (text.len == 0)
        return err_set(err, RC_SYNTAX, "must be address:port, or off");
    enum rc rc = cut_host_port(text, &out->host, &out->port, err);
    if (rc != RC_OK)
        return rc;
    if (!slice_is(out->host, "*") && !address_valid(out->host))
        return err_set(err, RC_SYNTAX, "\"%.*s\" is not an IP address or *",
                       SLICE_ARG(slice_head(out->host, 60)));
    out->host = arena_dup(arena, out->host);
    return RC_OK;
}

static enum rc
parse_listeners(struct arena *arena, const struct option *option, struct slice value, void *field,
                struct err *err)
{
    struct config_address *list = ARENA_ARRAY(arena, struct config_address, LISTENERS_MAX);
    struct slice one, rest = value;
    size_t count = 0;
    for (bool more = !slice_is(value, "off"); more; count++) {
        if (count == LISTENERS_MAX)
            return err_set(err, RC_LIMIT, "more than %d addresses", LISTENERS_MAX);
        more = cut_item(rest, ',', &one, &rest);
        enum rc rc = parse_listener(arena, one, &list[count], err);
        if (rc != RC_OK)
            return rc;
        if (listed_already(list, count, &list[count]))
            return err_set(err, RC_CONFLICT, "%.*s is given twice", SLICE_ARG(one));
    }
    struct config *config = field;
    config->listeners[option->min] = list;
    config->listener_counts[option->min] = count;
    return RC_OK;
}

static void
format_listeners(struct buf *out, const struct option *option, const void *field)
{
    const struct config *config = field;
    const struct config_address *list = config->listeners[option->min];
    size_t count = config->listener_counts[option->min];
    if (count == 0)
        buf_add(out, SLICE("off"));
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buf_add(out, SLICE(", "));
        format_host_port(out, list[i].host, list[i].port);
    }
}

/* via = "mx" / "capture" / "smarthost" SP host ":" port */
static enum rc
parse_via(struct arena *arena, const struct option *option, struct slice value, void *field,
          struct err *err)
{
    (void)option;
    struct config_route *route = field;
    struct slice word, rest, host;
    uint16_t port;
    bool more = cut_item(value, ' ', &word, &rest);
    if (!more && (slice_is(word, "mx") || slice_is(word, "capture"))) {
        route->kind = slice_is(word, "mx") ? ROUTE_MX : ROUTE_CAPTURE;
        return RC_OK;
    }
    if (!more || !slice_is(word, "smarthost"))
        return err_set(err, RC_SYNTAX, "must be mx, capture or smarthost host:port");
    enum rc rc = cut_host_port(slice_trim(rest), &host, &port, err);
    if (rc != RC_OK)
        return rc;
    if (!address_valid(host) && !option_host_valid(host))
        return err_set(err, RC_SYNTAX, "\"%.*s\" is not a host name",
                       SLICE_ARG(slice_head(host, 100)));
    route->kind = ROUTE_SMARTHOST;
    route->host = arena_lower(arena, host);
    route->port = port;
    return RC_OK;
}

static void
format_via(struct buf *out, const struct option *option, const void *field)
{
    (void)option;
    const struct config_route *route = field;
    if (route->kind != ROUTE_SMARTHOST) {
        buf_add_cstr(out, route->kind == ROUTE_MX ? "mx" : "capture");
        return;
    }
    buf_add(out, SLICE("smarthost "));
    format_host_port(out, route->host, route->port);
}

static const char *const tls_names[] = {"opportunistic", "require", "verify", "implicit", "never"};
static_assert(COUNT(tls_names) == TLS_POLICY_COUNT, "every TLS policy is named");

static enum rc
parse_tls(struct arena *arena, const struct option *option, struct slice value, void *field,
          struct err *err)
{
    (void)arena;
    (void)option;
    for (int i = 0; i < TLS_POLICY_COUNT; i++)
        if (slice_is(value, tls_names[i])) {
            *(enum tls_policy *)field = (enum tls_policy)i;
            return RC_OK;
        }
    return err_set(err, RC_SYNTAX, "must be opportunistic, require, verify, implicit or never");
}

static void
format_tls(struct buf *out, const struct option *option, const void *field)
{
    (void)option;
    buf_add_cstr(out, tls_names[*(const enum tls_policy *)field]);
}

const struct option_type option_number = {"number", parse_number, format_number};
const struct option_type option_port = {"port", parse_port, format_port};
const struct option_type option_quota = {"number", parse_quota, format_quota};
const struct option_type option_duration = {"duration", parse_duration, format_duration};
const struct option_type option_size = {"size", parse_size, format_size};
const struct option_type option_boolean = {"yes|no", parse_boolean, format_boolean};
const struct option_type option_text = {"text", parse_text, format_text};
const struct option_type option_host = {"host", parse_host, format_text};
const struct option_type option_mailbox = {"mailbox", parse_mailbox, format_text};
const struct option_type option_url = {"URL", parse_url, format_text};
const struct option_type option_post = {"URL", parse_post, format_text};
const struct option_type option_region = {"region", parse_region, format_text};
const struct option_type option_account = {"digits", parse_account, format_text};
const struct option_type option_level = {"level", parse_level, format_text};
const struct option_type option_user = {"user", parse_user, format_text};
const struct option_type option_resolver = {"addresses", parse_resolver, format_text};
const struct option_type option_server = {"address", parse_server, format_text};
const struct option_type option_dns_name = {"name", parse_dns_name, format_text};
const struct option_type option_tsig = {"algorithm", parse_tsig, format_tsig};
const struct option_type option_ip = {"address", parse_ip, format_text};
const struct option_type option_listeners = {"addresses", parse_listeners, format_listeners};
const struct option_type option_via = {"route", parse_via, format_via};
const struct option_type option_tls = {"policy", parse_tls, format_tls};
