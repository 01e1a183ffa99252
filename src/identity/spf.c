#include "spf.h"

#include <arpa/inet.h>

/* What a term came to. */
enum match { NO_MATCH, MATCH, TEMPORARY, PERMANENT, WAITING };

enum { TERMS_MAX = 256, DOMAIN_SPEC_MAX = 4096, EXPANDED_MAX = 64 * 1024, PARTS_MAX = 512 };

struct spf {
    struct arena *arena;
    struct answers *answers;
    struct slice ip, sender, helo; /* of the request; a mapped address as the IPv4 one it is */
    unsigned lookups, voids;
    struct slice why;
};

/* One evaluation of a domain's record; include and redirect begin another. */
struct host {
    struct spf *spf;
    struct slice domain;
    unsigned depth;
};

enum mechanism { ALL, INCLUDE, A, MX, PTR, IP4, IP6, EXISTS, MECHANISM_COUNT };

static const struct {
    const char *name;
    bool has_domain, needs_domain, has_length;
} mechanisms[] = {
    [ALL] = {"all", false, false, false}, [INCLUDE] = {"include", true, true, false},
    [A] = {"a", true, false, true},       [MX] = {"mx", true, false, true},
    [PTR] = {"ptr", true, false, false},  [IP4] = {"ip4", false, false, false},
    [IP6] = {"ip6", false, false, false}, [EXISTS] = {"exists", true, true, false},
};
_Static_assert(sizeof mechanisms / sizeof *mechanisms == MECHANISM_COUNT, "a row for each");

struct term {
    struct slice text; /* as written */
    enum spf_result result;
    enum mechanism mechanism;
    struct slice domain; /* domain-spec, not expanded; empty: the domain itself */
    uint8_t network[16];
    unsigned length4, length6; /* of ip4 and ip6: length4 or length6 */
};

struct record {
    struct term *terms;
    size_t count;
    struct slice redirect; /* empty: none */
    bool has_redirect, has_exp;
};

static const char *const result_names[] = {"none",     "neutral",   "pass",     "fail",
                                           "softfail", "temperror", "permerror"};
_Static_assert(sizeof result_names / sizeof *result_names == SPF_RESULT_COUNT, "a name for each");

const char *
spf_result_name(enum spf_result result)
{
    return (unsigned)result < SPF_RESULT_COUNT ? result_names[result] : "unknown";
}

/* version = "v=spf1", then a space or the end (§4.5) */
bool
spf_is_record(struct slice text)
{
    struct slice version = SLICE("v=spf1");
    return slice_istarts(text, version) &&
           (text.len == version.len || text.ptr[version.len] == ' ');
}

/* ---- the grammar (§12) ---- */

/* macro-letter, digits, "r", delimiters: what stands between "%{" and "}". */
struct macro {
    char letter;
    unsigned digits; /* 0: all parts */
    bool reversed;
    struct slice delimiters; /* empty: "." */
};

static bool
read_macro(struct slice text, bool explains, struct macro *out)
{
    const char *letters = explains ? "slodiphcrtv" : "slodiphv";
    size_t at = 1;
    *out = (struct macro){0};
    if (text.len == 0 || text.ptr[0] == '\0' || !strchr(letters, ascii_lower(text.ptr[0])))
        return false;
    out->letter = text.ptr[0];
    while (at < text.len && ascii_digit(text.ptr[at]) && out->digits < 1000)
        out->digits = out->digits * 10 + (unsigned)(text.ptr[at++] - '0');
    if (at > 1 && out->digits == 0)
        return false;
    if (at < text.len && ascii_lower(text.ptr[at]) == 'r') {
        out->reversed = true;
        at++;
    }
    out->delimiters = slice_from(text, at);
    for (; at < text.len; at++)
        if (slice_chr(SLICE(".-+,/_="), text.ptr[at]) == SLICE_NONE)
            return false;
    return true;
}

/* macro-expand, or macro-literal: how long it is at the front; 0: neither. */
static size_t
macro_length(struct slice text, bool explains, struct macro *macro)
{
    if (text.ptr[0] != '%')
        return text.ptr[0] > 0x20 && text.ptr[0] < 0x7f ? 1 : 0;
    if (text.len < 2)
        return 0;
    if (text.ptr[1] == '%' || text.ptr[1] == '_' || text.ptr[1] == '-')
        return 2;
    size_t end = slice_chr(text, '}');
    if (text.ptr[1] != '{' || end == SLICE_NONE)
        return 0;
    struct slice inside = {text.ptr + 2, end - 2};
    return read_macro(inside, explains, macro) ? end + 1 : 0;
}

/* macro-string; *expands: it ends in a macro-expand */
static bool
is_macro_string(struct slice text, bool *expands)
{
    struct macro macro;
    *expands = false;
    while (text.len) {
        size_t len = macro_length(text, false, &macro);
        if (len == 0)
            return false;
        *expands = len > 1;
        text = slice_from(text, len);
    }
    return true;
}

/* toplabel = ( *alphanum ALPHA *alphanum ) / ( 1*alphanum "-" *( alphanum / "-" ) alphanum ) */
static bool
is_top_label(struct slice label)
{
    bool letter = false;
    for (size_t i = 0; i < label.len; i++) {
        if (!ascii_alnum(label.ptr[i]) && label.ptr[i] != '-')
            return false;
        letter = letter || !ascii_digit(label.ptr[i]);
    }
    return letter && label.ptr[0] != '-' && label.ptr[label.len - 1] != '-';
}

/* domain-spec = macro-string ( "." toplabel [ "." ] / macro-expand ) */
static bool
is_domain_spec(struct slice text)
{
    bool expands;
    if (!is_macro_string(text, &expands) || text.len == 0 || text.len > DOMAIN_SPEC_MAX)
        return false;
    if (expands)
        return true;
    if (slice_ends(text, SLICE(".")))
        text.len--;
    size_t dot = slice_rchr(text, '.');
    return dot != SLICE_NONE && is_top_label(slice_from(text, dot + 1));
}

/* "/" ( "0" / %x31-39 *DIGIT ), at most `max` */
static bool
read_length(struct slice digits, unsigned max, unsigned *out)
{
    uint64_t number;
    if (!slice_u64(digits, &number) || number > max || (digits.len > 1 && digits.ptr[0] == '0'))
        return false;
    *out = (unsigned)number;
    return true;
}

/* dual-cidr-length = [ "/" ip4 ] [ "//" ip6 ], taken off the end. */
static bool
take_lengths(struct slice *text, struct term *term)
{
    size_t slash = slice_rchr(*text, '/');
    term->length4 = 32;
    term->length6 = 128;
    if (slash == SLICE_NONE || slash + 1 == text->len || !ascii_digit(text->ptr[slash + 1]))
        return true; /* what is left must be a domain-spec */
    if (slash > 0 && text->ptr[slash - 1] == '/') {
        if (!read_length(slice_from(*text, slash + 1), 128, &term->length6))
            return false;
        *text = slice_head(*text, slash - 1);
        slash = slice_rchr(*text, '/');
        if (slash == SLICE_NONE || slash + 1 == text->len || !ascii_digit(text->ptr[slash + 1]))
            return true;
    }
    if (!read_length(slice_from(*text, slash + 1), 32, &term->length4))
        return false;
    *text = slice_head(*text, slash);
    return true;
}

static bool
read_network(struct slice text, struct term *term)
{
    char cstr[INET6_ADDRSTRLEN];
    struct slice address = text, length;
    bool six = term->mechanism == IP6;
    bool cut = slice_cut(text, '/', &address, &length);
    term->length4 = 32;
    term->length6 = 128;
    if (cut && !read_length(length, six ? 128 : 32, six ? &term->length6 : &term->length4))
        return false;
    if (address.len >= sizeof cstr || slice_chr(address, '\0') != SLICE_NONE)
        return false;
    memcpy(cstr, address.ptr, address.len);
    cstr[address.len] = '\0';
    return inet_pton(six ? AF_INET6 : AF_INET, cstr, term->network) == 1;
}

/* What follows the name of a mechanism: ":" domain-spec, lengths, a network. */
static bool
read_argument(struct slice rest, struct term *term)
{
    bool network = term->mechanism == IP4 || term->mechanism == IP6;
    if (network)
        return rest.len > 1 && rest.ptr[0] == ':' && read_network(slice_from(rest, 1), term);
    if (mechanisms[term->mechanism].has_length && !take_lengths(&rest, term))
        return false;
    if (rest.len == 0)
        return !mechanisms[term->mechanism].needs_domain;
    term->domain = slice_from(rest, 1);
    return mechanisms[term->mechanism].has_domain && rest.ptr[0] == ':' &&
           is_domain_spec(term->domain);
}

static bool
read_mechanism(struct slice text, struct term *term)
{
    *term = (struct term){.text = text, .result = SPF_PASS};
    switch (text.ptr[0]) {
    case '+': break;
    case '-': term->result = SPF_FAIL; break;
    case '~': term->result = SPF_SOFTFAIL; break;
    case '?': term->result = SPF_NEUTRAL; break;
    default: text = (struct slice){text.ptr - 1, text.len + 1}; /* none: one is thought of */
    }
    text = slice_from(text, 1);
    size_t end = 0;
    while (end < text.len && ascii_alnum(text.ptr[end]))
        end++;
    for (int i = 0; i < MECHANISM_COUNT; i++)
        if (slice_iis(slice_head(text, end), mechanisms[i].name)) {
            term->mechanism = (enum mechanism)i;
            return read_argument(slice_from(text, end), term);
        }
    return false;
}

/* name = ALPHA *( ALPHA / DIGIT / "-" / "_" / "." ) in front of an equals sign */
static bool
is_modifier(struct slice text, struct slice *name, struct slice *value)
{
    if (!slice_cut(text, '=', name, value) || name->len == 0 || !ascii_alpha(name->ptr[0]))
        return false;
    for (size_t i = 0; i < name->len; i++)
        if (!ascii_alnum(name->ptr[i]) && slice_chr(SLICE("-_."), name->ptr[i]) == SLICE_NONE)
            return false;
    return true;
}

static bool
read_modifier(struct slice name, struct slice value, struct record *record)
{
    bool expands, *seen = slice_iis(name, "redirect") ? &record->has_redirect
                          : slice_iis(name, "exp")    ? &record->has_exp
                                                      : NULL;
    if (!seen)
        return is_macro_string(value, &expands);
    if (*seen || !is_domain_spec(value))
        return false;
    *seen = true;
    if (seen == &record->has_redirect)
        record->redirect = value;
    return true;
}

bool
spf_is_term(struct slice word)
{
    struct slice name, value;
    struct record record = {0};
    struct term term;
    if (word.len == 0)
        return false;
    return is_modifier(word, &name, &value) ? read_modifier(name, value, &record)
                                            : read_mechanism(word, &term);
}

/* All of it is read before any of it is evaluated (§4.6). */
static bool
read_record(struct spf *spf, struct slice text, struct record *out)
{
    struct slice rest = slice_from(text, 6), word, name, value;
    *out = (struct record){.terms = ARENA_ARRAY(spf->arena, struct term, TERMS_MAX)};
    bool more = true;
    while (more) {
        more = slice_cut(rest, ' ', &word, &rest);
        word = more ? word : rest;
        if (word.len == 0)
            continue;
        bool good = is_modifier(word, &name, &value)
                        ? read_modifier(name, value, out)
                        : out->count < TERMS_MAX && read_mechanism(word, &out->terms[out->count++]);
        if (!good) {
            spf->why = arena_printf(spf->arena, "\"%.*s\" cannot be read", SLICE_ARG(word));
            return false;
        }
    }
    return true;
}

/* ---- DNS, within bounds ---- */

static enum match
fail_permanently(struct spf *spf, struct slice why)
{
    spf->why = why;
    return PERMANENT;
}

/* RFC 7208 §4.6.4: what asks DNS is counted before it asks. */
static enum match
count_lookup(struct spf *spf)
{
    if (++spf->lookups > SPF_LOOKUPS_MAX)
        return fail_permanently(spf, SLICE("more than 10 terms ask DNS"));
    return NO_MATCH;
}

/* MATCH: *answer has records. NO_MATCH: there are none, which is counted. */
static enum match
ask(struct spf *spf, enum dns_type type, struct slice name, const struct dns_answer **answer)
{
    *answer = answers_get(spf->answers, type, name);
    if (!*answer)
        return WAITING;
    switch ((*answer)->status) {
    case DNS_FOUND: return MATCH;
    case DNS_NODATA:
    case DNS_NXDOMAIN:
        if (++spf->voids > SPF_VOIDS_MAX)
            return fail_permanently(spf, SLICE("more than 2 names it asks for have no record"));
        return NO_MATCH;
    default:
        spf->why = arena_printf(spf->arena, "DNS does not answer for %.*s", SLICE_ARG(name));
        return TEMPORARY;
    }
}

/* ---- addresses ---- */

static bool
in_network(struct slice ip, const uint8_t *network, unsigned length)
{
    const uint8_t *bytes = (const uint8_t *)ip.ptr;
    unsigned whole = length / 8, rest = length % 8;
    if (memcmp(bytes, network, whole) != 0)
        return false;
    return rest == 0 || (bytes[whole] ^ network[whole]) >> (8 - rest) == 0;
}

static enum match
match_addresses(struct spf *spf, const struct term *term, struct slice name)
{
    const struct dns_answer *answer;
    bool six = spf->ip.len == 16;
    enum match asked = ask(spf, six ? DNS_AAAA : DNS_A, name, &answer);
    if (asked != MATCH)
        return asked;
    for (size_t i = 0; i < answer->count; i++)
        if (answer->records[i].data.len == spf->ip.len &&
            in_network(spf->ip, (const uint8_t *)answer->records[i].data.ptr,
                       six ? term->length6 : term->length4))
            return MATCH;
    return NO_MATCH;
}

static enum match
match_mx(struct spf *spf, const struct term *term, struct slice name)
{
    const struct dns_answer *answer;
    enum match asked = ask(spf, DNS_MX, name, &answer);
    if (asked != MATCH)
        return asked;
    if (answer->count > SPF_NAMES_MAX)
        return fail_permanently(
            spf, arena_printf(spf->arena, "%.*s has more than 10 MX records", SLICE_ARG(name)));
    for (size_t i = 0; i < answer->count; i++) {
        enum match found = match_addresses(spf, term, answer->records[i].data);
        if (found != NO_MATCH)
            return found;
    }
    return NO_MATCH;
}

static bool
is_within(struct slice name, struct slice domain)
{
    return slice_ieq(name, domain) || (name.len > domain.len && slice_iends(name, domain) &&
                                       name.ptr[name.len - domain.len - 1] == '.');
}

/* A name of the address that has the address, and is `domain` or below it (§5.5). An error of DNS
 * is as if there were none. `domain` empty: any. */
static enum match
validated_name(struct spf *spf, struct slice domain, struct slice *out)
{
    const struct term whole = {.length4 = 32, .length6 = 128};
    const struct dns_answer *answer =
        answers_get(spf->answers, DNS_PTR, dns_reverse_name(spf->arena, spf->ip));
    if (!answer)
        return WAITING;
    for (size_t i = 0; i < answer->count && i < SPF_NAMES_MAX; i++) {
        struct slice name = answer->records[i].data;
        unsigned voids = spf->voids; /* of others' names; not the record's */
        if (domain.len && !is_within(name, domain))
            continue;
        enum match found = match_addresses(spf, &whole, name);
        spf->voids = voids;
        if (found == WAITING)
            return WAITING;
        *out = name;
        if (found == MATCH)
            return MATCH;
    }
    return NO_MATCH;
}

/* ---- macros (§7) ---- */

/* Dotted decimal, or the nibbles of an IPv6 address. */
static struct slice
ip_text(struct arena *arena, struct slice ip)
{
    struct buf text;
    buf_init(&text, 128);
    for (size_t i = 0; i < ip.len; i++) {
        unsigned byte = (uint8_t)ip.ptr[i];
        if (ip.len == 4)
            buf_printf(&text, "%s%u", i ? "." : "", byte);
        else
            buf_printf(&text, "%s%x.%x", i ? "." : "", byte >> 4, byte & 15);
    }
    struct slice made = arena_dup(arena, buf_slice(&text));
    buf_fini(&text);
    return made;
}

static enum match
macro_value(const struct host *host, char letter, struct slice *out)
{
    struct spf *spf = host->spf;
    size_t at = slice_rchr(spf->sender, '@');
    enum match counted;
    switch (letter) {
    case 's': *out = spf->sender; return MATCH;
    case 'l': *out = slice_head(spf->sender, at); return MATCH;
    case 'o': *out = slice_from(spf->sender, at + 1); return MATCH;
    case 'd': *out = host->domain; return MATCH;
    case 'i': *out = ip_text(spf->arena, spf->ip); return MATCH;
    case 'h': *out = spf->helo; return MATCH;
    case 'v': *out = spf->ip.len == 4 ? SLICE("in-addr") : SLICE("ip6"); return MATCH;
    default: break;
    }
    counted = count_lookup(spf);
    if (counted != NO_MATCH)
        return counted;
    enum match found = validated_name(spf, host->domain, out);
    if (found == NO_MATCH)
        found = validated_name(spf, SLICE(""), out);
    if (found != WAITING && found != MATCH)
        *out = SLICE("unknown");
    return found == WAITING ? WAITING : MATCH;
}

/* Cut into parts, turn round, keep the last ones, join with dots. No name and no address has more
 * parts than that; a record may hold a thousand macros, so nothing of this is kept. */
static void
transform(const struct macro *macro, struct slice value, struct buf *out)
{
    struct slice delimiters = macro->delimiters.len ? macro->delimiters : SLICE(".");
    struct slice parts[PARTS_MAX];
    size_t count = 0, start = 0;
    for (size_t i = 0; i <= value.len && count < PARTS_MAX; i++)
        if (i == value.len || slice_chr(delimiters, value.ptr[i]) != SLICE_NONE) {
            parts[count++] = (struct slice){value.ptr + start, i - start};
            start = i + 1;
        }
    size_t keep = macro->digits && macro->digits < count ? macro->digits : count;
    for (size_t i = count - keep; i < count; i++) {
        if (i > count - keep)
            buf_add_char(out, '.');
        buf_add(out, parts[macro->reversed ? count - 1 - i : i]);
    }
}

static void
add_escaped(struct buf *out, struct slice text)
{
    for (size_t i = 0; i < text.len; i++)
        if (ascii_alnum(text.ptr[i]) || slice_chr(SLICE("-._~"), text.ptr[i]) != SLICE_NONE)
            buf_add_char(out, text.ptr[i]);
        else
            buf_printf(out, "%%%02X", (unsigned)(uint8_t)text.ptr[i]);
}

static enum match
add_macro(const struct host *host, const struct macro *macro, struct buf *out)
{
    struct slice value;
    struct buf made;
    enum match known = macro_value(host, ascii_lower(macro->letter), &value);
    if (known != MATCH)
        return known;
    buf_init(&made, EXPANDED_MAX);
    transform(macro, value, &made);
    if (macro->letter >= 'A' && macro->letter <= 'Z')
        add_escaped(out, buf_slice(&made));
    else
        buf_add(out, buf_slice(&made));
    buf_fini(&made);
    return MATCH;
}

/* What is longer than a name loses labels at its front (§7.3). */
static struct slice
shorten(struct slice name)
{
    while (name.len > DNS_NAME_MAX && slice_chr(name, '.') != SLICE_NONE)
        name = slice_from(name, slice_chr(name, '.') + 1);
    return name;
}

/* MATCH: *out is the name. */
static enum match
expand(const struct host *host, struct slice spec, struct slice *out)
{
    struct buf made;
    struct macro macro = {0};
    enum match rc = MATCH;
    buf_init(&made, EXPANDED_MAX);
    for (size_t len; rc == MATCH && buf_ok(&made) && spec.len; spec = slice_from(spec, len)) {
        len = macro_length(spec, false, &macro);
        if (len == 1)
            buf_add_char(&made, spec.ptr[0]);
        else if (len == 2)
            buf_add_cstr(&made, spec.ptr[1] == '%' ? "%" : spec.ptr[1] == '_' ? " " : "%20");
        else
            rc = add_macro(host, &macro, &made);
    }
    if (rc == MATCH && !buf_ok(&made))
        rc = NO_MATCH;
    if (rc == MATCH)
        *out = arena_dup(host->spf->arena, shorten(buf_slice(&made)));
    buf_fini(&made);
    return rc;
}

/* ---- check_host (§4) ---- */

static enum match check_host(const struct host *host, enum spf_result *result,
                             struct slice *record);

/* Only what the other record passes counts (§5.2). */
static enum match
match_include(const struct host *host, struct slice name)
{
    struct host other = {host->spf, name, host->depth + 1};
    enum spf_result result;
    struct slice record;
    enum match done = check_host(&other, &result, &record);
    if (done != MATCH)
        return done;
    if (result == SPF_NONE)
        return fail_permanently(
            host->spf,
            arena_printf(host->spf->arena, "include:%.*s, which has no record", SLICE_ARG(name)));
    return result == SPF_PASS ? MATCH : NO_MATCH;
}

static enum match
match_exists(struct spf *spf, struct slice name)
{
    const struct dns_answer *answer;
    return ask(spf, DNS_A, name, &answer);
}

static enum match
match_ptr(struct spf *spf, struct slice name)
{
    struct slice found;
    return validated_name(spf, name, &found);
}

static enum match
match_network(const struct spf *spf, const struct term *term)
{
    bool six = term->mechanism == IP6;
    return spf->ip.len == (six ? 16u : 4u) &&
                   in_network(spf->ip, term->network, six ? term->length6 : term->length4)
               ? MATCH
               : NO_MATCH;
}

static enum match
match_term(const struct host *host, const struct term *term)
{
    struct spf *spf = host->spf;
    struct slice name = host->domain;
    if (term->mechanism == ALL)
        return MATCH;
    if (term->mechanism == IP4 || term->mechanism == IP6)
        return match_network(spf, term);
    enum match rc = count_lookup(spf);
    if (rc == NO_MATCH && term->domain.len)
        rc = expand(host, term->domain, &name);
    else if (rc == NO_MATCH)
        rc = MATCH;
    if (rc != MATCH)
        return rc;
    switch (term->mechanism) {
    case INCLUDE: return match_include(host, name);
    case A: return match_addresses(spf, term, name);
    case MX: return match_mx(spf, term, name);
    case PTR: return match_ptr(spf, name);
    default: return match_exists(spf, name);
    }
}

/* The one SPF record of the domain (§4.5). MATCH with an empty one: there is none. */
static enum match
find_record(const struct host *host, struct slice *out)
{
    struct spf *spf = host->spf;
    const struct dns_answer *answer = answers_get(spf->answers, DNS_TXT, host->domain);
    size_t count = 0;
    *out = SLICE("");
    if (!answer)
        return WAITING;
    if (answer->status == DNS_TEMPORARY || answer->status == DNS_BOGUS) {
        spf->why =
            arena_printf(spf->arena, "DNS does not answer for %.*s", SLICE_ARG(host->domain));
        return TEMPORARY;
    }
    for (size_t i = 0; i < answer->count; i++)
        if (spf_is_record(answer->records[i].data)) {
            *out = answer->records[i].data;
            count++;
        }
    if (count > 1)
        return fail_permanently(spf, arena_printf(spf->arena, "%.*s has %zu SPF records",
                                                  SLICE_ARG(host->domain), count));
    return MATCH;
}

static enum match
follow_redirect(const struct host *host, const struct record *record, enum spf_result *result)
{
    struct host other = {host->spf, SLICE(""), host->depth + 1};
    struct slice text;
    enum match rc = count_lookup(host->spf);
    if (rc == NO_MATCH)
        rc = expand(host, record->redirect, &other.domain);
    if (rc == MATCH)
        rc = check_host(&other, result, &text);
    if (rc == MATCH && *result == SPF_NONE)
        return fail_permanently(host->spf,
                                arena_printf(host->spf->arena, "redirect=%.*s, which has no record",
                                             SLICE_ARG(other.domain)));
    return rc;
}

static enum match
evaluate(const struct host *host, const struct record *record, enum spf_result *result)
{
    for (size_t i = 0; i < record->count; i++) {
        enum match rc = match_term(host, &record->terms[i]);
        if (rc == NO_MATCH)
            continue;
        *result = record->terms[i].result;
        if (rc == MATCH)
            host->spf->why = record->terms[i].text;
        return rc;
    }
    if (record->has_redirect)
        return follow_redirect(host, record, result);
    *result = SPF_NEUTRAL;
    host->spf->why = SLICE("no term matches");
    return MATCH;
}

/* A name of several labels, all of which can be (§4.3). */
static bool
can_be_asked(struct arena *arena, struct slice domain)
{
    if (slice_ends(domain, SLICE(".")))
        domain.len--;
    return slice_chr(domain, '.') != SLICE_NONE && dns_name_valid(arena_lower(arena, domain));
}

/* MATCH: *result is its result. Each level was counted as a lookup, which bounds the depth. */
static enum match
check_host(const struct host *host, enum spf_result *result, struct slice *text)
{
    struct record record;
    *result = SPF_NONE;
    *text = SLICE("");
    if (!can_be_asked(host->spf->arena, host->domain))
        return MATCH;
    enum match rc = find_record(host, text);
    if (rc != MATCH || text->len == 0)
        return rc;
    if (!read_record(host->spf, *text, &record))
        return PERMANENT;
    return evaluate(host, &record, result);
}

static struct slice
unmapped(struct slice ip)
{
    static const char prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, (char)0xff, (char)0xff};
    bool mapped = ip.len == 16 && memcmp(ip.ptr, prefix, sizeof prefix) == 0;
    return mapped ? slice_from(ip, sizeof prefix) : ip;
}

enum rc
spf_check(struct arena *arena, struct answers *answers, const struct spf_request *request,
          struct spf_verdict *out)
{
    struct slice sender = request->sender;
    if (slice_rchr(sender, '@') == SLICE_NONE || sender.ptr[0] == '@')
        sender = arena_printf(arena, "postmaster@%.*s",
                              SLICE_ARG(sender.len && sender.ptr[0] == '@' ? slice_from(sender, 1)
                                                                           : request->domain));
    struct spf spf = {.arena = arena,
                      .answers = answers,
                      .ip = unmapped(request->ip),
                      .sender = sender,
                      .helo = request->helo,
                      .why = SLICE("")};
    struct host host = {&spf, request->domain, 0};
    *out = (struct spf_verdict){0};
    enum match done = check_host(&host, &out->result, &out->record);
    if (done == WAITING)
        return RC_AGAIN;
    if (done == TEMPORARY || done == PERMANENT)
        out->result = done == TEMPORARY ? SPF_TEMPERROR : SPF_PERMERROR;
    out->why = spf.why;
    out->lookups = spf.lookups;
    return RC_OK;
}
