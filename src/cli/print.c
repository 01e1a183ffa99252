#include "print.h"
#include "cli.h"

#include <stdio.h>
#include <stdlib.h>

struct slice
print_safe(struct arena *arena, struct slice text)
{
    char *out = arena_alloc(arena, text.len * 4 + 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        /* C1 controls arrive as U+0080..U+009F: c2 80..9f. */
        bool c1 = c == 0xc2 && i + 1 < text.len && (unsigned char)text.ptr[i + 1] < 0xa0;
        if (c < ' ' || c == 127 || c1)
            len += (size_t)snprintf(out + len, 5, "\\x%02x", c1 ? (unsigned char)text.ptr[++i] : c);
        else
            out[len++] = (char)c;
    }
    return (struct slice){out, len};
}

struct slice
print_record(struct arena *arena, struct slice name, struct slice type, struct slice value)
{
    struct slice line = arena_printf(arena, "%.*s. IN %.*s ", SLICE_ARG(name), SLICE_ARG(type));
    if (slice_is(type, "MX"))
        return arena_printf(arena, "%.*s%.*s.", SLICE_ARG(line), SLICE_ARG(value));
    if (!slice_is(type, "TXT"))
        return arena_concat(arena, line, value);
    bool long_value = value.len > 255;
    line = long_value ? arena_concat(arena, line, SLICE("(")) : line;
    for (size_t at = 0; at < value.len; at += 255) {
        struct slice part = slice_head(slice_from(value, at), 255);
        line = arena_printf(arena, "%.*s%s\"%.*s\"", SLICE_ARG(line), long_value ? " " : "",
                            SLICE_ARG(part));
    }
    return long_value ? arena_concat(arena, line, SLICE(" )")) : line;
}

/* ---- reading answers ---- */

static struct slice
text_of(const struct json *object, const char *name)
{
    const struct json *member = json_member(object, name);
    if (!member || member->type == JSON_NULL)
        return SLICE("");
    if (member->type == JSON_BOOL)
        return member->boolean ? SLICE("yes") : SLICE("no");
    return member->text;
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
        printf("%-18s %.*s\n", label, SLICE_ARG(print_safe(arena, text)));
    arena_free(arena);
}

/* ---- tables: columns as wide as their widest cell ---- */

struct column {
    const char *title, *member;
};

static int
text_width(struct slice text)
{
    int width = 0;
    for (size_t i = 0; i < text.len; i++)
        width += ((unsigned char)text.ptr[i] & 0xc0) != 0x80;
    return width;
}

static void
print_row(struct arena *arena, const struct json *row, const struct column *columns, size_t count,
          const int *widths)
{
    for (size_t i = 0; i < count; i++) {
        struct slice cell =
            row ? print_safe(arena, text_of(row, columns[i].member)) : slice_of(columns[i].title);
        int pad = i + 1 < count ? widths[i] - text_width(cell) + 2 : 0;
        printf("%.*s%*s", SLICE_ARG(cell), pad, "");
    }
    putchar('\n');
}

static void
print_table(const struct json *first, const struct column *columns, size_t count)
{
    struct arena *arena = arena_new();
    int widths[16] = {0};
    for (size_t i = 0; i < count; i++)
        widths[i] = (int)strlen(columns[i].title);
    for (const struct json *row = first; row; row = row->next)
        for (size_t i = 0; i < count; i++) {
            int width = text_width(print_safe(arena, text_of(row, columns[i].member)));
            widths[i] = width > widths[i] ? width : widths[i];
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
int
print_done(const struct json *answer)
{
    for (const struct json *member = answer->first; member; member = member->next) {
        char label[64];
        if (slice_is(member->name, "ok") || member->type == JSON_ARRAY ||
            member->type == JSON_OBJECT || slice_chr(member->text, '\n') != SLICE_NONE)
            continue;
        snprintf(label, sizeof label, "%.*s:", SLICE_ARG(slice_head(member->name, 60)));
        show(label, member->type == JSON_BOOL ? (member->boolean ? SLICE("yes") : SLICE("no"))
                                              : member->text);
    }
    return CLI_OK;
}

static const struct {
    const char *purpose, *comment;
} purposes[] = {
    {"verification", "proves that the domain is yours"},
    {"dkim", "the keys receivers check signatures with: one signs, two wait for rotation"},
    {"mail_from", "where bounces go, and SPF for that name"},
    {"spf", "lets receivers accept this host as a sender; merge it with an SPF record you have"},
    {"dmarc", "what receivers shall do with mail that is neither signed nor from this host"},
};

int
print_records(const struct json *answer)
{
    struct arena *arena = arena_new();
    struct slice before = SLICE("");
    for (const struct json *record = first_of(answer, "records"); record; record = record->next) {
        struct slice purpose = text_of(record, "purpose");
        for (size_t i = 0; i < sizeof purposes / sizeof purposes[0]; i++)
            if (slice_is(purpose, purposes[i].purpose) && !slice_eq(purpose, before))
                printf("; %s: %s\n", purposes[i].purpose, purposes[i].comment);
        before = purpose;
        printf("%.*s\n",
               SLICE_ARG(print_record(arena, text_of(record, "name"), text_of(record, "type"),
                                      text_of(record, "value"))));
    }
    struct slice domain = text_of(answer, "domain");
    printf("\n; When they are published: postern domain check %.*s\n"
           "; In a closed network:       postern verify %.*s\n",
           SLICE_ARG(domain), SLICE_ARG(domain));
    arena_free(arena);
    return CLI_OK;
}

/* For monitoring: 0 only when the domain is proved, by its TXT record or by all DKIM records. */
int
print_findings(const struct json *answer)
{
    static const struct column columns[] = {{"RECORD", "type"},
                                            {"NAME", "name"},
                                            {"FOUND", "found"},
                                            {"DNSSEC", "secure"},
                                            {"SEEN", "seen"}};
    bool txt = false, dkim = true, any_dkim = false, cname = false;
    for (const struct json *one = first_of(answer, "findings"); one; one = one->next) {
        bool present = slice_is(text_of(one, "found"), "present");
        if (slice_is(text_of(one, "purpose"), "verification"))
            txt = present;
        if (slice_is(text_of(one, "purpose"), "dkim")) {
            any_dkim = true;
            dkim = dkim && present;
        }
        cname = cname || is_true(one, "through_cname");
    }
    PRINT_TABLE(first_of(answer, "findings"), columns);
    if (cname)
        puts("\nA record was found through a CNAME: whoever looks sees the name it points to.");
    bool proved = txt || (any_dkim && dkim);
    puts(proved ? "\nThe domain is verified."
                : "\nNot verified: `postern domain records` shows what to publish.");
    if (proved && !(any_dkim && dkim))
        puts("DKIM does not sign yet: not all of its records are there.");
    return proved ? CLI_OK : CLI_FAILED;
}

int
print_identities(const struct json *answer)
{
    static const struct column columns[] = {{"IDENTITY", "name"},
                                            {"KIND", "kind"},
                                            {"VERIFICATION", "verification"},
                                            {"DKIM", "dkim"},
                                            {"SIGNS", "dkim_enabled"},
                                            {"VOUCHED", "vouched"},
                                            {"MAIL FROM", "mail_from_domain"},
                                            {"SUSPENDED", "suspended"}};
    if (!first_of(answer, "identities"))
        puts("None yet: postern domain add DOMAIN");
    else
        PRINT_TABLE(first_of(answer, "identities"), columns);
    return CLI_OK;
}

int
print_grant(const struct json *answer)
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
    if (text_of(answer, "smtp_password").len)
        puts("\nThe password and the secret key are shown this once.");
    else
        puts("\nThe user's credential goes on as it was.");
    if (json_member(answer, "domain_registered") && !is_true(answer, "domain_registered")) {
        struct slice address = text_of(answer, "address");
        struct slice domain = slice_from(address, slice_rchr(address, '@') + 1);
        printf("The domain is not registered yet: postern domain add %.*s\n", SLICE_ARG(domain));
    }
    return CLI_OK;
}

static const struct column key_columns[] = {
    {"KEY", "id"},          {"USER", "user"},           {"STATUS", "status"},
    {"CREATED", "created"}, {"LAST USED", "last_used"}, {"FROM", "last_used_address"}};

int
print_keys(const struct json *answer)
{
    show("user:", text_of(answer, "user"));
    if (first_of(answer, "keys"))
        PRINT_TABLE(first_of(answer, "keys"), key_columns);
    else
        puts("no access keys");
    struct slice held = text_of(answer, "held");
    if (held.len && !slice_is(held, "0"))
        printf("%.*s recipients are held: see postern queue list\n", SLICE_ARG(held));
    return CLI_OK;
}

int
print_user(const struct json *answer)
{
    static const struct column columns[] = {
        {"POLICY", "name"}, {"KIND", "kind"}, {"GROUP", "group"}};
    show("user:", text_of(answer, "user"));
    show("ARN:", text_of(answer, "arn"));
    show("id:", text_of(answer, "id"));
    show("created:", text_of(answer, "created"));
    if (first_of(answer, "keys"))
        PRINT_TABLE(first_of(answer, "keys"), key_columns);
    if (first_of(answer, "policies"))
        PRINT_TABLE(first_of(answer, "policies"), columns);
    return CLI_OK;
}

int
print_users(const struct json *answer)
{
    for (const struct json *user = first_of(answer, "users"); user; user = user->next) {
        print_user(user);
        if (user->next)
            putchar('\n');
    }
    return CLI_OK;
}

int
print_groups(const struct json *answer)
{
    static const struct column columns[] = {{"GROUP", "group"}, {"ID", "id"}};
    PRINT_TABLE(first_of(answer, "groups"), columns);
    return CLI_OK;
}

int
print_policies(const struct json *answer)
{
    struct arena *arena = arena_new();
    for (const struct json *one = first_of(answer, "policies"); one; one = one->next) {
        show("policy:", text_of(one, "name"));
        show("ARN:", text_of(one, "arn"));
        /* Line ends of a document are its own; everything else is made safe. */
        for (struct slice rest = text_of(one, "document"), line; rest.len > 0;) {
            if (!slice_cut(rest, '\n', &line, &rest)) {
                line = rest;
                rest = SLICE("");
            }
            printf("%.*s\n", SLICE_ARG(print_safe(arena, line)));
        }
    }
    arena_free(arena);
    return CLI_OK;
}

int
print_decisions(const struct json *answer)
{
    static const struct column columns[] = {
        {"AT", "at"},         {"USER", "user"},           {"SOURCE", "source"},
        {"FROM", "from"},     {"MAIL FROM", "mail_from"}, {"TO", "recipients"},
        {"REASON", "reason"}, {"POLICY", "policy"},       {"MESSAGE", "message"}};
    static const struct column strangers[] = {{"LAST", "last"},
                                              {"NETWORK", "network"},
                                              {"REASON", "reason"},
                                              {"ATTEMPTS", "attempts"},
                                              {"LAST USER", "last_user"}};
    PRINT_TABLE(first_of(answer, "decisions"), columns);
    if (first_of(answer, "failed_logins")) {
        puts("\nFailed logins:");
        PRINT_TABLE(first_of(answer, "failed_logins"), strangers);
    }
    return CLI_OK;
}

int
print_explanation(const struct json *answer)
{
    bool allowed = is_true(answer, "allowed");
    show("decision:", allowed ? SLICE("allowed") : SLICE("refused"));
    show("reason:", text_of(answer, "reason"));
    show("reply:", text_of(answer, "reply"));
    show("address:", text_of(answer, "address"));
    show("resource:", text_of(answer, "resource"));
    show("policy:",
         json_member(answer, "policy") ? text_of(answer, "policy") : SLICE("no statement matched"));
    show("statement:", text_of(answer, "statement_text"));
    if (allowed)
        show("signed by:", text_of(answer, "dkim_domain").len ? text_of(answer, "dkim_domain")
                                                              : SLICE("the provider, which shows"));
    if (slice_is(text_of(answer, "active_keys"), "0"))
        puts("\nThe user has no active access key: nothing can be sent with it now.");
    return allowed ? CLI_OK : CLI_FAILED;
}

int
print_queue(const struct json *answer)
{
    static const struct column columns[] = {
        {"MESSAGE", "message"},   {"FROM", "from"}, {"RECIPIENT", "recipient"}, {"STATE", "state"},
        {"ATTEMPTS", "attempts"}, {"NEXT", "next"}, {"REPLY", "reply"}};
    const struct json *counts = json_member(answer, "counts");
    if (first_of(answer, "queue"))
        PRINT_TABLE(first_of(answer, "queue"), columns);
    else
        puts("The queue is empty.");
    for (const struct json *one = counts ? counts->first : NULL; one; one = one->next)
        printf("%s%.*s %.*s", one == counts->first ? "\n" : ", ", SLICE_ARG(one->text),
               SLICE_ARG(one->name));
    putchar('\n');
    return CLI_OK;
}

int
print_mail(const struct json *answer)
{
    static const struct column columns[] = {{"RECIPIENT", "recipient"}, {"STATE", "state"},
                                            {"ATTEMPTS", "attempts"},   {"STATUS", "status"},
                                            {"REPLY", "reply"},         {"REMOTE", "remote"}};
    struct arena *arena = arena_new();
    print_done(answer);
    putchar('\n');
    PRINT_TABLE(first_of(answer, "recipients"), columns);
    putchar('\n');
    static const char *const parts[] = {"header", "body"};
    for (int p = 0; p < 2; p++)
        for (struct slice rest = text_of(answer, parts[p]), line; rest.len > 0;) {
            if (!slice_cut(rest, '\n', &line, &rest)) {
                line = rest;
                rest = SLICE("");
            }
            if (slice_ends(line, SLICE("\r")))
                line.len--;
            printf("%.*s\n", SLICE_ARG(print_safe(arena, line)));
        }
    arena_free(arena);
    return CLI_OK;
}

int
print_account(const struct json *answer)
{
    struct arena *arena = arena_new();
    print_done(answer);
    if (first_of(answer, "provider_records"))
        puts("\n; DKIM of this service itself, for mail of domains that do not sign yet:");
    for (const struct json *one = first_of(answer, "provider_records"); one; one = one->next)
        printf("%.*s\n", SLICE_ARG(print_record(arena, text_of(one, "name"), text_of(one, "type"),
                                                text_of(one, "value"))));
    if (!is_true(answer, "production"))
        puts("\nIn the sandbox: only verified recipients, 200 a day. postern production on");
    arena_free(arena);
    return CLI_OK;
}
