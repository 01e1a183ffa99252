#include "print.h"
#include "base/codec.h"
#include "cli.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- text ---- */

struct slice
print_safe(struct arena *arena, struct slice text)
{
    char *out = arena_alloc(arena, text.len * 4 + 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len;) {
        unsigned char c = (unsigned char)text.ptr[i];
        size_t escaped = codec_deceiving(slice_from(text, i));
        if (c < ' ' || c == 127)
            escaped = 1;
        for (size_t j = 0; j < escaped; j++)
            len += (size_t)snprintf(out + len, 5, "\\x%02x", (unsigned char)text.ptr[i + j]);
        if (escaped == 0)
            out[len++] = (char)c;
        i += escaped ? escaped : 1;
    }
    return (struct slice){out, len};
}

/* ---- records ---- */

enum { STRING_MAX = 255, LINE_MAX_BYTES = 1024 * 1024 };

/* RFC 1035 §5.1: a quote and a backslash are escaped, and what cannot be printed is written as its
 * number; so that no value can end its string and begin a record of its own. */
static void
add_quoted(struct buf *line, struct slice part)
{
    buf_add_char(line, '"');
    for (size_t i = 0; i < part.len; i++) {
        unsigned char c = (unsigned char)part.ptr[i];
        if (c < ' ' || c >= 127)
            buf_printf(line, "\\%03u", c);
        else if (c == '"' || c == '\\')
            buf_printf(line, "\\%c", c);
        else
            buf_add_char(line, (char)c);
    }
    buf_add_char(line, '"');
}

static void
add_strings(struct buf *line, struct slice value)
{
    bool several = value.len > STRING_MAX;
    buf_add_cstr(line, several ? "(" : "");
    for (size_t at = 0; at == 0 || at < value.len; at += STRING_MAX) {
        buf_add_cstr(line, several ? " " : "");
        add_quoted(line, slice_head(slice_from(value, at), STRING_MAX));
    }
    buf_add_cstr(line, several ? " )" : "");
}

struct slice
print_record(struct arena *arena, struct slice name, struct slice type, struct slice value)
{
    struct buf line;
    buf_init(&line, LINE_MAX_BYTES);
    buf_printf(&line, "%.*s. IN %.*s ", SLICE_ARG(print_safe(arena, name)),
               SLICE_ARG(print_safe(arena, type)));
    if (slice_is(type, "TXT"))
        add_strings(&line, value);
    else
        buf_add(&line, print_safe(arena, value));
    if (slice_is(type, "MX") || slice_is(type, "PTR"))
        buf_add_char(&line, '.');
    struct slice record = arena_dup(arena, buf_slice(&line));
    buf_fini(&line);
    return record;
}

/* ---- reading answers ---- */

static struct slice
value_text(const struct json *value)
{
    if (!value || value->type == JSON_NULL)
        return SLICE("");
    if (value->type == JSON_BOOL)
        return value->boolean ? SLICE("yes") : SLICE("no");
    return value->text.ptr ? value->text : SLICE("");
}

static struct slice
text_of(const struct json *object, const char *name)
{
    return value_text(json_member(object, name));
}

static bool
is_true(const struct json *object, const char *name)
{
    const struct json *member = json_member(object, name);
    return member && member->type == JSON_BOOL && member->boolean;
}

static const struct json *
first_of(const struct json *object, const char *name)
{
    const struct json *list = json_member(object, name);
    return list ? list->first : NULL;
}

static void
show(const char *label, struct slice text)
{
    struct arena *arena = arena_new();
    if (text.len)
        printf("%-19s %.*s\n", label, SLICE_ARG(print_safe(arena, text)));
    arena_free(arena);
}

/* A document or a message, whose line ends and tabs are its own; everything else is made safe. */
static void
show_lines(struct slice text)
{
    struct arena *arena = arena_new();
    for (struct slice rest = text, line, cell; rest.len > 0;) {
        if (!slice_cut(rest, '\n', &line, &rest)) {
            line = rest;
            rest = SLICE("");
        }
        if (slice_ends(line, SLICE("\r")))
            line.len--;
        while (slice_cut(line, '\t', &cell, &line))
            printf("%.*s\t", SLICE_ARG(print_safe(arena, cell)));
        printf("%.*s\n", SLICE_ARG(print_safe(arena, line)));
        arena_reset(arena);
    }
    arena_free(arena);
}

/* ---- tables: columns as wide as their widest cell ---- */

enum { COLUMNS_MAX = 16 };

struct column {
    const char *title, *member;
};

static int
text_width(struct slice text)
{
    return (int)codec_utf8_count(text);
}

static void
print_row(struct arena *arena, const struct json *row, const struct column *columns, size_t count,
          const int *widths)
{
    int pad = 0;
    for (size_t i = 0; i < count; i++) {
        struct slice cell =
            row ? print_safe(arena, text_of(row, columns[i].member)) : slice_of(columns[i].title);
        if (widths[i] == 0)
            continue;
        if (cell.len)
            printf("%*s%.*s", pad, "", SLICE_ARG(cell));
        pad = (cell.len ? 0 : pad) + widths[i] - text_width(cell) + 2;
    }
    putchar('\n');
}

/* A column in which nothing stands is left out. */
static void
print_table(const struct json *first, const struct column *columns, size_t count)
{
    struct arena *arena = arena_new();
    int widths[COLUMNS_MAX] = {0};
    for (size_t i = 0; i < count; i++)
        for (const struct json *row = first; row; row = row->next) {
            int width = text_width(print_safe(arena, text_of(row, columns[i].member)));
            int title = (int)strlen(columns[i].title);
            if (width > 0)
                widths[i] = width > widths[i] ? width : widths[i];
            if (width > 0 && title > widths[i])
                widths[i] = title;
        }
    print_row(arena, NULL, columns, count, widths);
    for (const struct json *row = first; row; row = row->next)
        print_row(arena, row, columns, count, widths);
    arena_free(arena);
}

#define PRINT_TABLE(first, columns)                                                                \
    print_table((first), (columns), sizeof(columns) / sizeof((columns)[0]))

/* ---- one answer each ---- */

/* Every member that is a plain value, for answers that only confirm. */
void
print_done(const struct json *answer, const char *at)
{
    (void)at;
    for (const struct json *member = answer->first; member; member = member->next) {
        char label[64];
        if (slice_is(member->name, "ok") || member->type == JSON_ARRAY ||
            member->type == JSON_OBJECT || slice_chr(member->text, '\n') != SLICE_NONE)
            continue;
        snprintf(label, sizeof label, "%.*s:", SLICE_ARG(slice_head(member->name, 60)));
        for (char *c = label; *c; c++)
            *c = *c == '_' ? ' ' : *c;
        show(label, value_text(member));
    }
}

void
print_address(const struct json *answer, const char *at)
{
    print_done(answer, at);
    printf("\nA link was mailed to it, which works once, for 24 hours. When it was followed:\n"
           "    postern address list%s\n",
           at);
}

/* ---- domains ---- */

static const struct {
    const char *purpose, *comment;
} purposes[] = {
    {"verification", "proves that the domain is yours"},
    {"dkim", "the keys receivers check signatures with: one signs, the others wait or were used"},
    {"mail_from", "where bounces go, and SPF for that name"},
    {"spf", "lets receivers accept this host as a sender; merge it with an SPF record you have"},
    {"dmarc", "what receivers shall do with mail that is neither signed nor from this host"},
};

/* Behind the record, where it is a key's: a zone file reads over it. */
static void
print_zone_line(struct arena *arena, const struct json *record)
{
    struct slice state = print_safe(arena, text_of(record, "state"));
    printf("%.*s%s%.*s\n",
           SLICE_ARG(print_record(arena, text_of(record, "name"), text_of(record, "type"),
                                  text_of(record, "value"))),
           state.len ? " ; " : "", SLICE_ARG(state));
}

static void
print_deletable(struct arena *arena, const struct json *answer)
{
    const struct json *record = first_of(answer, "deletable");
    if (record)
        puts("\n; nothing is signed with these any more: delete them");
    for (; record; record = record->next) {
        printf("; ");
        print_zone_line(arena, record);
    }
}

void
print_records(const struct json *answer, const char *at)
{
    struct arena *arena = arena_new();
    struct slice before = SLICE("");
    for (const struct json *record = first_of(answer, "records"); record; record = record->next) {
        struct slice purpose = text_of(record, "purpose");
        for (size_t i = 0; i < sizeof purposes / sizeof purposes[0]; i++)
            if (slice_is(purpose, purposes[i].purpose) && !slice_eq(purpose, before))
                printf("; %s: %s\n", purposes[i].purpose, purposes[i].comment);
        before = purpose;
        print_zone_line(arena, record);
    }
    print_deletable(arena, answer);
    struct slice domain = print_safe(arena, text_of(answer, "domain"));
    printf("\n; When they are published: postern domain check %.*s%s\n"
           "; In a closed network:       postern verify %.*s%s\n",
           SLICE_ARG(domain), at, SLICE_ARG(domain), at);
    arena_free(arena);
}

struct findings {
    size_t count, unknown;
    bool cname;
};

static struct findings
findings_of(const struct json *answer)
{
    struct findings findings = {0};
    for (const struct json *one = first_of(answer, "findings"); one; one = one->next) {
        findings.count++;
        findings.unknown += slice_is(text_of(one, "found"), "unknown");
        findings.cname = findings.cname || is_true(one, "through_cname");
    }
    return findings;
}

/* SUCCESS, or TEMPORARY_FAILURE: it went well once, and 72 hours have not passed since. */
static bool
is_good(struct slice status)
{
    return slice_is(status, "SUCCESS") || slice_is(status, "TEMPORARY_FAILURE");
}

bool
print_is_proved(const struct json *answer)
{
    return is_good(text_of(answer, "verification"));
}

static void
print_standing(const struct json *answer, struct slice domain, const char *at)
{
    if (is_true(answer, "vouched"))
        printf("\nYou vouched for the domain: it may send, whatever DNS shows.\n");
    else if (slice_is(text_of(answer, "verification"), "TEMPORARY_FAILURE"))
        printf("\nThe domain is verified, but its records are missing now: it ends 72 hours after "
               "they went.\n");
    else if (is_good(text_of(answer, "verification")))
        printf("\nThe domain is verified.\n");
    if (!is_good(text_of(answer, "verification"))) {
        if (slice_is(text_of(answer, "verification"), "FAILED"))
            printf(
                "\nNot verified: no record was found for 72 hours. To look again: postern domain "
                "add %.*s%s\n",
                SLICE_ARG(domain), at);
        else
            printf("\nNot verified. What to publish: postern domain records %.*s%s\n",
                   SLICE_ARG(domain), at);
        return;
    }
    if (!is_good(text_of(answer, "dkim")))
        printf("DKIM does not sign as the domain yet: not all its records are there.\n");
    printf("Next: postern grant ADDRESS%s\n", at);
}

static bool
any_finding(const struct json *answer, const char *purpose, bool present)
{
    for (const struct json *one = first_of(answer, "findings"); one; one = one->next)
        if (slice_is(text_of(one, "purpose"), purpose) &&
            slice_is(text_of(one, "found"), "present") == present &&
            !slice_is(text_of(one, "found"), "unknown"))
            return true;
    return false;
}

/* What rotation asks of whoever keeps the zone. */
static void
print_key_hints(const struct json *answer, struct slice domain, const char *at)
{
    bool missing = is_good(text_of(answer, "dkim")) && any_finding(answer, "dkim", false);
    bool early = any_finding(answer, "dkim_retiring", false);
    bool left = any_finding(answer, "dkim_gone", true);
    if (missing)
        puts("\nA key is not published: it cannot take its turn to sign.");
    if (early)
        puts(
            "\nwarning: the record of a key that signed lately is missing: receivers cannot verify "
            "what is on its way.");
    if (left)
        puts("\nA record (dkim_gone) is needed no more: delete it.");
    if (missing || early || left)
        printf("See: postern domain records %.*s%s\n", SLICE_ARG(domain), at);
}

void
print_findings(const struct json *answer, const char *at)
{
    static const struct column columns[] = {{"RECORD", "type"},
                                            {"NAME", "name"},
                                            {"FOUND", "found"},
                                            {"DNSSEC", "secure"},
                                            {"FOR", "purpose"},
                                            {"SEEN", "seen"},
                                            {"THROUGH CNAME", "through_cname"}};
    struct arena *arena = arena_new();
    struct findings findings = findings_of(answer);
    PRINT_TABLE(first_of(answer, "findings"), columns);
    if (findings.cname)
        puts("\nwarning: a record stands behind a CNAME. Whoever looks sees the name it leads to: "
             "if that is\nthis service's, it shows. Publish the TXT record itself instead.");
    if (findings.count > 0 && findings.unknown == findings.count)
        puts("\nDNS did not answer: see resolver and trust_anchor under [dns] in postern.conf.");
    print_key_hints(answer, print_safe(arena, text_of(answer, "domain")), at);
    print_standing(answer, print_safe(arena, text_of(answer, "domain")), at);
    arena_free(arena);
}

bool
print_is_green(const struct json *answer)
{
    return slice_is(text_of(answer, "verdict"), "green");
}

bool
print_is_amber(const struct json *answer)
{
    return slice_is(text_of(answer, "verdict"), "amber");
}

static void
print_examined(struct arena *arena, const struct json *finding, const char *at)
{
    const struct json *record = json_member(finding, "publish");
    struct slice run = text_of(finding, "run");
    printf("%-5.*s  %-9.*s  %.*s\n", SLICE_ARG(print_safe(arena, text_of(finding, "verdict"))),
           SLICE_ARG(print_safe(arena, text_of(finding, "subject"))),
           SLICE_ARG(print_safe(arena, text_of(finding, "words"))));
    if (record)
        printf("       publish    %.*s\n",
               SLICE_ARG(print_record(arena, text_of(record, "name"), text_of(record, "type"),
                                      text_of(record, "value"))));
    if (run.len)
        printf("       run        %.*s%s\n", SLICE_ARG(print_safe(arena, run)), at);
}

void
print_examination(const struct json *answer, const char *at)
{
    static const char *const order[] = {"red", "amber", "green", "note"};
    struct arena *arena = arena_new();
    for (size_t i = 0; i < sizeof order / sizeof *order; i++)
        for (const struct json *one = first_of(answer, "findings"); one; one = one->next)
            if (slice_is(text_of(one, "verdict"), order[i]))
                print_examined(arena, one, at);
    printf("\n%.*s is %.*s\n", SLICE_ARG(print_safe(arena, text_of(answer, "domain"))),
           SLICE_ARG(print_safe(arena, text_of(answer, "verdict"))));
    arena_free(arena);
}

void
print_identities(const struct json *answer, const char *at)
{
    static const struct column columns[] = {{"IDENTITY", "name"},
                                            {"KIND", "kind"},
                                            {"STATUS", "verification"},
                                            {"DKIM", "dkim"},
                                            {"SIGNS", "dkim_enabled"},
                                            {"VOUCHED", "vouched"},
                                            {"MAIL FROM", "mail_from_domain"},
                                            {"MAIL FROM STATUS", "mail_from"},
                                            {"SUSPENDED", "suspended"},
                                            {"UNTIL", "suspended_until"}};
    if (!first_of(answer, "identities"))
        printf("None yet.\n\nNext: postern domain add DOMAIN%s\n"
               "   or postern address add ADDRESS%s\n",
               at, at);
    else
        PRINT_TABLE(first_of(answer, "identities"), columns);
}

void
print_dkim(const struct json *answer, const char *at)
{
    struct arena *arena = arena_new();
    struct slice domain = print_safe(arena, text_of(answer, "domain"));
    print_done(answer, at);
    if (!is_true(answer, "enabled"))
        printf("\nMail of the domain is signed by this service now, which receivers see.\n");
    else if (!slice_is(text_of(answer, "status"), "SUCCESS"))
        printf("\nIt signs once all its records are seen: postern domain check %.*s%s\n",
               SLICE_ARG(domain), at);
    arena_free(arena);
}

void
print_signing_keys(const struct json *answer, const char *at)
{
    static const struct column columns[] = {{"SELECTOR", "selector"},
                                            {"KEY", "algorithm"},
                                            {"BITS", "bits"},
                                            {"STATE", "state"},
                                            {"SINCE", "since"},
                                            {"MADE", "made"},
                                            {"IN DNS SINCE", "published_since"},
                                            {"WAITS FOR", "waits_for"}};
    struct arena *arena = arena_new();
    struct slice domain = print_safe(arena, text_of(answer, "domain"));
    PRINT_TABLE(first_of(answer, "keys"), columns);
    if (is_true(answer, "external"))
        puts("\nThe owner brought the key: it is not rotated here.");
    printf("\nWhat must be in DNS: postern domain records %.*s%s\n", SLICE_ARG(domain), at);
    arena_free(arena);
}

/* ---- people ---- */

static void
print_key(const struct json *answer)
{
    show("user:", text_of(answer, "user"));
    show("address:", text_of(answer, "address"));
    show("SMTP server:", text_of(answer, "smtp_host"));
    show("port, STARTTLS:", text_of(answer, "smtp_port_starttls"));
    show("port, TLS:", text_of(answer, "smtp_port_tls"));
    show("SMTP user name:", text_of(answer, "smtp_user_name"));
    show("SMTP password:", text_of(answer, "smtp_password"));
    show("access key id:", text_of(answer, "access_key_id"));
    show("secret key:", text_of(answer, "secret_access_key"));
    show("inactive now:", text_of(answer, "inactive_key"));
    show("deleted:", text_of(answer, "deleted_key"));
    if (text_of(answer, "smtp_password").len)
        puts("\nThe password and the secret key are shown this once.");
    else
        puts("\nThe user's credential goes on as it was.");
}

void
print_credential(const struct json *answer, const char *at)
{
    struct arena *arena = arena_new();
    print_key(answer);
    printf("\nWhat it may do: postern user show %.*s%s\n",
           SLICE_ARG(print_safe(arena, text_of(answer, "user"))), at);
    arena_free(arena);
}

void
print_grants(const struct json *answer, const char *at)
{
    static const struct column columns[] = {{"ADDRESS", "address"},   {"USER", "user"},
                                            {"KIND", "kind"},         {"UNTIL", "until"},
                                            {"FROM", "from_network"}, {"STATE", "state"}};
    if (first_of(answer, "grants"))
        PRINT_TABLE(first_of(answer, "grants"), columns);
    else
        printf("None yet.\n\nNext: postern grant ADDRESS%s\n", at);
}

void
print_grant(const struct json *answer, const char *at)
{
    struct arena *arena = arena_new();
    struct slice address = print_safe(arena, text_of(answer, "address"));
    struct slice domain = slice_from(address, slice_rchr(address, '@') + 1);
    print_key(answer);
    show("until:", text_of(answer, "until"));
    show("from network:", text_of(answer, "from_network"));
    if (!is_true(answer, "registered"))
        printf("\nThe domain is not registered yet, so nothing can be sent. Next:\n"
               "    postern domain add %.*s%s\n",
               SLICE_ARG(domain), at);
    else if (!is_true(answer, "verified"))
        printf("\nThe domain is not verified yet, so nothing can be sent. Next:\n"
               "    postern domain check %.*s%s\n",
               SLICE_ARG(domain), at);
    if (!is_true(answer, "production"))
        printf("\nThe account is in the sandbox: only verified recipients get mail. To leave it:\n"
               "    postern production on%s\n",
               at);
    arena_free(arena);
}

static const struct column key_columns[] = {
    {"KEY", "id"},          {"USER", "user"},           {"STATUS", "status"},
    {"CREATED", "created"}, {"LAST USED", "last_used"}, {"FROM", "last_used_address"}};

void
print_keys(const struct json *answer, const char *at)
{
    (void)at;
    show("user:", text_of(answer, "user"));
    if (first_of(answer, "keys"))
        PRINT_TABLE(first_of(answer, "keys"), key_columns);
    else
        puts("no access keys");
}

static const struct column suspension_columns[] = {{"SUSPENDED", "name"},
                                                   {"KIND", "kind"},
                                                   {"SINCE", "since"},
                                                   {"UNTIL", "until"},
                                                   {"REASON", "reason"}};

static void
print_held(const struct json *answer, const char *at)
{
    struct slice held = text_of(answer, "held");
    if (held.len && !slice_is(held, "0"))
        printf("\nHeld: %.*s recipients. See postern queue list%s\n", SLICE_ARG(held), at);
}

void
print_suspended(const struct json *answer, const char *at)
{
    struct arena *arena = arena_new();
    const struct json *first = first_of(answer, "suspended");
    struct slice name = print_safe(arena, text_of(first, "name"));
    PRINT_TABLE(first, suspension_columns);
    print_held(answer, at);
    printf("\nA false alarm:  postern resume %.*s%s\n", SLICE_ARG(name), at);
    arena_free(arena);
}

void
print_resumed(const struct json *answer, const char *at)
{
    static const struct column columns[] = {{"RESUMED", "name"}, {"KIND", "kind"}};
    (void)at;
    PRINT_TABLE(first_of(answer, "resumed"), columns);
}

void
print_suspensions(const struct json *answer, const char *at)
{
    (void)at;
    if (first_of(answer, "suspended"))
        PRINT_TABLE(first_of(answer, "suspended"), suspension_columns);
    else
        puts("Nothing is suspended.");
}

void
print_revoked(const struct json *answer, const char *at)
{
    struct arena *arena = arena_new();
    const struct json *key = first_of(answer, "keys");
    const struct json *delegate = first_of(answer, "delegates");
    struct slice user = print_safe(arena, key ? text_of(key, "user") : value_text(delegate));
    if (key)
        print_keys(answer, at);
    for (const struct json *one = delegate; one; one = one->next)
        printf("Taken back from %.*s, whose own credential goes on.\n",
               SLICE_ARG(print_safe(arena, one->text)));
    print_held(answer, at);
    for (const struct json *one = first_of(answer, "others"); one; one = one->next)
        printf("\nMay still send as it, by another policy: %.*s. To switch that off too: postern "
               "revoke %.*s%s\n",
               SLICE_ARG(print_safe(arena, one->text)), SLICE_ARG(print_safe(arena, one->text)),
               at);
    printf("\nWhat it did:    postern decisions --as %.*s%s\n", SLICE_ARG(user), at);
    if (key)
        printf("A new one:      postern credential rotate %.*s%s\n"
               "A false alarm:  postern restore %.*s%s\n",
               SLICE_ARG(user), at, SLICE_ARG(user), at);
    arena_free(arena);
}

void
print_user(const struct json *answer, const char *at)
{
    static const struct column columns[] = {
        {"POLICY", "name"}, {"KIND", "kind"}, {"GROUP", "group"}};
    (void)at;
    show("user:", text_of(answer, "user"));
    show("ARN:", text_of(answer, "arn"));
    show("id:", text_of(answer, "id"));
    show("created:", text_of(answer, "created"));
    show("suspended:", text_of(answer, "suspended"));
    show("suspended until:", text_of(answer, "suspended_until"));
    if (first_of(answer, "keys"))
        PRINT_TABLE(first_of(answer, "keys"), key_columns);
    if (first_of(answer, "policies"))
        PRINT_TABLE(first_of(answer, "policies"), columns);
}

void
print_console_password(const struct json *answer, const char *at)
{
    (void)at;
    show("user:", text_of(answer, "user"));
    if (text_of(answer, "password").len == 0) {
        puts("\nThe user has no password, and is signed out.");
        return;
    }
    show("password:", text_of(answer, "password"));
    show("console:", text_of(answer, "console"));
    puts("\nIt is shown this once, and must be changed at the first sign-in.");
}

void
print_users(const struct json *answer, const char *at)
{
    for (const struct json *user = first_of(answer, "users"); user; user = user->next) {
        print_user(user, at);
        if (user->next)
            putchar('\n');
    }
}

void
print_group(const struct json *answer, const char *at)
{
    (void)at;
    show("group:", text_of(answer, "group"));
    for (const struct json *one = first_of(answer, "users"); one; one = one->next)
        show("user:", one->text);
    for (const struct json *one = first_of(answer, "policies"); one; one = one->next)
        show("policy:", one->text);
}

void
print_groups(const struct json *answer, const char *at)
{
    static const struct column columns[] = {{"GROUP", "group"}, {"ID", "id"}};
    if (first_of(answer, "groups"))
        PRINT_TABLE(first_of(answer, "groups"), columns);
    else
        printf("None yet.\n\nNext: postern group create GROUP%s\n", at);
}

/* ---- policies and decisions ---- */

void
print_policies(const struct json *answer, const char *at)
{
    if (!first_of(answer, "policies"))
        printf("None.\n\nNext: postern policy put NAME --user USER --file FILE%s\n", at);
    for (const struct json *one = first_of(answer, "policies"); one; one = one->next) {
        show("policy:", text_of(one, "name"));
        show("ARN:", text_of(one, "arn"));
        show_lines(text_of(one, "document"));
        if (one->next)
            putchar('\n');
    }
}

void
print_policy_put(const struct json *answer, const char *at)
{
    struct arena *arena = arena_new();
    print_done(answer, at);
    if (text_of(answer, "arn").len)
        printf("\nNext: postern policy attach %.*s --user USER%s\n",
               SLICE_ARG(print_safe(arena, text_of(answer, "policy"))), at);
    else
        printf("\nNext: postern explain --as USER --from ADDRESS%s\n", at);
    arena_free(arena);
}

static void
print_account_state(const struct json *answer)
{
    if (is_true(answer, "paused"))
        puts("Sending is paused for the account: nobody can send now.");
    if (is_true(answer, "sandbox"))
        puts("The account is in the sandbox: only to verified recipients.");
}

/* The state of the credential in the table's words. */
static const char *
key_words(const struct json *user)
{
    if (is_true(user, "suspended"))
        return "suspended";
    return slice_is(text_of(user, "active_keys"), "0") ? "no active key" : "";
}

/* Rows with the user's name in them, as tables want them. */
static void
print_access_table(const struct json *first)
{
    static const struct column columns[] = {{"USER", "user"},
                                            {"SENDS AS", "addresses"},
                                            {"CONDITIONS", "conditions"},
                                            {"BY", "policy"}};
    PRINT_TABLE(first, columns);
}

void
print_access(const struct json *answer, const char *at)
{
    (void)at;
    print_account_state(answer);
    for (const struct json *user = first_of(answer, "users"); user; user = user->next) {
        const struct json *grant = first_of(user, "grants");
        const char *keys = key_words(user);
        static const struct column columns[] = {
            {"SENDS AS", "addresses"}, {"CONDITIONS", "conditions"}, {"BY", "policy"}};
        struct arena *arena = arena_new();
        printf("%.*s%s%s%s\n", SLICE_ARG(print_safe(arena, text_of(user, "user"))),
               *keys ? " (" : "", keys, *keys ? ")" : "");
        arena_free(arena);
        if (!grant)
            puts("  nothing");
        else
            PRINT_TABLE(grant, columns);
        if (!is_true(user, "complete"))
            puts("  The policies are too many to be taken apart: less may be allowed.");
        if (user->next)
            putchar('\n');
    }
}

static void
print_why_nobody(const struct json *answer)
{
    const struct json *identity = first_of(answer, "identities");
    puts("Nobody can send as this address.");
    if (!identity)
        puts("No identity covers it: add and verify its domain, or the address.");
    for (; identity; identity = identity->next)
        if (!is_true(identity, "verified"))
            show("not verified", text_of(identity, "identity"));
    for (const struct json *name = first_of(answer, "suspensions"); name; name = name->next)
        show("suspended", name->text);
}

void
print_access_holders(const struct json *answer, const char *at)
{
    const struct json *first = first_of(answer, "holders");
    (void)at;
    print_account_state(answer);
    if (!first) {
        print_why_nobody(answer);
        return;
    }
    print_access_table(first);
    for (const struct json *holder = first; holder; holder = holder->next)
        if (*key_words(holder))
            show(key_words(holder), text_of(holder, "user"));
}

void
print_access_findings(const struct json *answer, const char *at)
{
    static const struct column columns[] = {{"FINDING", "kind"}, {"WHAT", "text"}};
    const struct json *first = first_of(answer, "findings");
    (void)at;
    if (first)
        PRINT_TABLE(first, columns);
    else
        puts("Each address is one principal's, each principal has one address, and nobody can use "
             "another.");
}

void
print_access_changes(const struct json *answer, const char *at)
{
    static const struct column columns[] = {{"CHANGE", "change"},
                                            {"USER", "user"},
                                            {"SENDS AS", "addresses"},
                                            {"CONDITIONS", "conditions"},
                                            {"BY", "policy"}};
    const struct json *first = first_of(answer, "changes");
    (void)at;
    if (first)
        PRINT_TABLE(first, columns);
    else
        puts("Nobody gains or loses an address.");
}

bool
print_is_sound(const struct json *answer)
{
    return is_true(answer, "holds");
}

void
print_decisions(const struct json *answer, const char *at)
{
    static const struct column columns[] = {
        {"AT", "at"},         {"USER", "user"},          {"KEY", "key"},
        {"SOURCE", "source"}, {"FROM", "from"},          {"MAIL FROM", "mail_from"},
        {"TO", "recipients"}, {"DECIDED BY", "address"}, {"REASON", "reason"},
        {"POLICY", "policy"}, {"MESSAGE", "message"}};
    static const struct column strangers[] = {{"LAST", "last"},
                                              {"NETWORK", "network"},
                                              {"REASON", "reason"},
                                              {"ATTEMPTS", "attempts"},
                                              {"LAST USER", "last_user"}};
    if (first_of(answer, "decisions"))
        PRINT_TABLE(first_of(answer, "decisions"), columns);
    else
        printf("None in this time. Earlier ones: --since 2026-01-31T12:00Z%s\n", at);
    if (first_of(answer, "failed_logins")) {
        puts("\nFailed logins:");
        PRINT_TABLE(first_of(answer, "failed_logins"), strangers);
    }
}

bool
print_is_allowed(const struct json *answer)
{
    return is_true(answer, "allowed");
}

void
print_explanation(const struct json *answer, const char *at)
{
    bool allowed = is_true(answer, "allowed");
    show("decision:", allowed ? SLICE("allowed") : SLICE("refused"));
    show("reason:", text_of(answer, "reason"));
    if (!allowed)
        show("failed check:", text_of(answer, "check"));
    show("reply:", text_of(answer, "reply"));
    show("address:", text_of(answer, "address"));
    show("resource:", text_of(answer, "resource"));
    if (json_member(answer, "policy"))
        show("policy:", text_of(answer, "policy"));
    else if (slice_is(text_of(answer, "reason"), "implicit_deny"))
        show("policy:", SLICE("no statement matched"));
    show("statement:", text_of(answer, "statement_text"));
    if (allowed)
        show("signed by:", text_of(answer, "dkim_domain").len ? text_of(answer, "dkim_domain")
                                                              : SLICE("the provider, which shows"));
    if (slice_is(text_of(answer, "active_keys"), "0"))
        printf("\nThe user has no active access key, so nothing can be sent with it now.\n"
               "Next: postern credential create USER%s\n   or postern restore USER%s\n",
               at, at);
}

/* ---- the brake, and canaries ---- */

static void
print_alarm_to(const struct json *answer)
{
    const struct json *to = json_member(answer, "alarm_to");
    if (!to || to->text.len == 0)
        puts("Nobody is told by mail: see [alarm] in postern.conf(5).");
}

void
print_brakes(const struct json *answer, const char *at)
{
    static const struct column columns[] = {{"KEY", "key"},       {"USER", "user"},
                                            {"STATUS", "status"}, {"SINCE", "braked"},
                                            {"HELD", "held"},     {"WHY", "why"}};
    if (!first_of(answer, "brakes")) {
        puts("No credential is braked.");
        print_alarm_to(answer);
        return;
    }
    PRINT_TABLE(first_of(answer, "brakes"), columns);
    printf("\nWhat it did:     postern brake show KEY%s\n"
           "A false alarm:   postern brake release KEY%s\n"
           "It was stolen:   postern revoke KEY --hold%s\n",
           at, at, at);
    print_alarm_to(answer);
}

void
print_brake(const struct json *answer, const char *at)
{
    static const struct column columns[] = {{"NETWORK", "network"}, {"NEW SINCE", "first"}};
    static const struct column measures[] = {
        {"", "measure"}, {"NOW", "now"}, {"USUAL", "usual"}, {"BOUND", "bound"}};
    (void)at;
    for (const struct json *one = first_of(answer, "brakes"); one; one = one->next) {
        print_done(one, at);
        putchar('\n');
        PRINT_TABLE(first_of(one, "measures"), measures);
        if (first_of(one, "networks")) {
            putchar('\n');
            PRINT_TABLE(first_of(one, "networks"), columns);
        }
        if (one->next)
            putchar('\n');
    }
}

void
print_braked_keys(const struct json *answer, const char *at)
{
    static const struct column columns[] = {
        {"KEY", "key"}, {"USER", "user"}, {"RELEASED", "released"}, {"DROPPED", "dropped"}};
    (void)at;
    PRINT_TABLE(first_of(answer, "brakes"), columns);
}

void
print_canary(const struct json *answer, const char *at)
{
    print_key(answer);
    printf("\nLay it where a thief will look. Whoever uses it: postern canary list%s\n", at);
    print_alarm_to(answer);
}

void
print_canaries(const struct json *answer, const char *at)
{
    static const struct column columns[] = {{"KEY", "key"},       {"USER", "user"},
                                            {"STATUS", "status"}, {"CREATED", "created"},
                                            {"USES", "uses"},     {"LAST USED", "last_used"},
                                            {"HOW", "last_use"},  {"MAY SOMETHING", "permitted"}};
    if (first_of(answer, "canaries"))
        PRINT_TABLE(first_of(answer, "canaries"), columns);
    else
        printf("None yet.\n\nNext: postern canary create%s\n", at);
}

/* ---- the queue and the account ---- */

void
print_queue(const struct json *answer, const char *at)
{
    static const struct column columns[] = {{"MESSAGE", "message"},     {"FROM", "from"},
                                            {"RECIPIENT", "recipient"}, {"STATE", "state"},
                                            {"HELD BY", "held_by"},     {"ATTEMPTS", "attempts"},
                                            {"NEXT", "next"},           {"REPLY", "reply"}};
    const struct json *counts = json_member(answer, "counts");
    if (first_of(answer, "queue"))
        PRINT_TABLE(first_of(answer, "queue"), columns);
    else
        puts("The queue is empty.");
    for (const struct json *one = counts ? counts->first : NULL; one; one = one->next)
        printf("%s%.*s %.*s", one == counts->first ? "\n" : ", ", SLICE_ARG(one->text),
               SLICE_ARG(one->name));
    putchar('\n');
    if (first_of(answer, "queue"))
        printf("\nNext: postern queue show MESSAGE%s\n", at);
}

void
print_sites(const struct json *answer, const char *at)
{
    static const struct column columns[] = {{"SITE", "site"},
                                            {"QUEUED", "queued"},
                                            {"HELD", "held"},
                                            {"NEXT", "next"},
                                            {"REPLY", "reply"}};
    if (!first_of(answer, "sites")) {
        puts("The queue is empty.");
        return;
    }
    PRINT_TABLE(first_of(answer, "sites"), columns);
    printf("\nNext: postern queue list --site SITE%s\n", at);
}

void
print_found(const struct json *answer, const char *at)
{
    static const struct column columns[] = {{"MESSAGE", "message"},     {"ACCEPTED", "accepted"},
                                            {"USER", "user"},           {"FROM", "from"},
                                            {"RECIPIENT", "recipient"}, {"STATE", "state"},
                                            {"FINISHED", "finished"},   {"REPLY", "reply"}};
    struct slice next = text_of(answer, "next");
    if (first_of(answer, "messages"))
        PRINT_TABLE(first_of(answer, "messages"), columns);
    else
        puts("Nothing was found.");
    if (next.len > 0)
        printf("\nWhat was accepted before %.*s was not looked at yet: go on with --before %.*s\n",
               SLICE_ARG(text_of(answer, "reached")), SLICE_ARG(next));
    if (first_of(answer, "messages"))
        printf("\nNext: postern queue show MESSAGE%s\n", at);
}

bool
print_is_accounted(const struct json *answer)
{
    return slice_is(text_of(answer, "missing"), "0");
}

/* Lines and columns are shown from 1, as editors count them. */
static void
print_finding(struct arena *arena, const struct json *finding)
{
    const struct json *span = json_member(first_of(finding, "locations"), "span");
    const struct json *start = json_member(span, "start");
    int64_t column;
    struct err err;
    if (json_get_i64(start, "column", 0, &column, &err) == RC_OK)
        printf("line %.*s, column %" PRId64 ": ", SLICE_ARG(text_of(start, "line")), column + 1);
    printf("%.*s %.*s: %.*s\n", SLICE_ARG(text_of(finding, "findingType")),
           SLICE_ARG(text_of(finding, "issueCode")),
           SLICE_ARG(print_safe(arena, text_of(finding, "findingDetails"))));
}

void
print_policy_findings(const struct json *answer, const char *at)
{
    struct arena *arena = arena_new();
    (void)at;
    if (!first_of(answer, "findings"))
        printf("Nothing was found.\n");
    for (const struct json *one = first_of(answer, "findings"); one; one = one->next)
        print_finding(arena, one);
    arena_free(arena);
}

bool
print_is_valid(const struct json *answer)
{
    return is_true(answer, "valid");
}

/* What happened to a recipient before its end. */
static void
print_history(const struct json *recipient)
{
    static const struct column columns[] = {
        {"TIME", "time"},   {"WHAT", "what"},     {"ATTEMPT", "attempt"}, {"STATUS", "status"},
        {"REPLY", "reply"}, {"REMOTE", "remote"}, {"TLS", "tls"},         {"NEXT", "next"}};
    if (!first_of(recipient, "history"))
        return;
    show("\nBefore:", text_of(recipient, "recipient"));
    PRINT_TABLE(first_of(recipient, "history"), columns);
}

void
print_mail(const struct json *answer, const char *at)
{
    static const struct column columns[] = {{"RECIPIENT", "recipient"}, {"STATE", "state"},
                                            {"HELD BY", "held_by"},     {"ATTEMPTS", "attempts"},
                                            {"NEXT", "next"},           {"STATUS", "status"},
                                            {"REPLY", "reply"},         {"REMOTE", "remote"}};
    print_done(answer, at);
    putchar('\n');
    PRINT_TABLE(first_of(answer, "recipients"), columns);
    for (const struct json *one = first_of(answer, "recipients"); one; one = one->next)
        print_history(one);
    putchar('\n');
    show_lines(text_of(answer, "header"));
    putchar('\n');
    show_lines(text_of(answer, "body"));
}

void
print_account(const struct json *answer, const char *at)
{
    struct arena *arena = arena_new();
    print_done(answer, at);
    if (first_of(answer, "provider_records"))
        puts("\n; DKIM of this service itself, for mail of domains that do not sign yet:");
    for (const struct json *one = first_of(answer, "provider_records"); one; one = one->next)
        printf("%.*s\n", SLICE_ARG(print_record(arena, text_of(one, "name"), text_of(one, "type"),
                                                text_of(one, "value"))));
    if (is_true(answer, "paused"))
        printf("\nPaused: no mail is accepted. To go on:\n    postern pause off%s\n", at);
    if (!is_true(answer, "production"))
        printf("\nIn the sandbox: only verified recipients get mail. To leave it:\n"
               "    postern production on%s\n",
               at);
    arena_free(arena);
}
