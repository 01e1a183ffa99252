/*
 * postern demo: what is promised, shown live. A throw-away instance in a temporary directory, DNS
 * from a file, a sink as the world's mail server; nine ways to set up a domain, DKIM, an address
 * and a policy; four senders each; every message over real SMTP with a person's own credential.
 */
#include "admin_client.h"
#include "base/clock.h"
#include "base/json.h"
#include "cli.h"
#include "print.h"
#include "sink.h"
#include "smtp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define PROVIDER "mail.provider.example"

enum { SENDERS = 4, CASES = 9, WAIT_MS = 20000 };

static const struct {
    const char *name, *address;
} senders[SENDERS] = {{"Taro Yamada", "taro@test1.com"},
                      {"Jiro Yamada", "jiro@test1.com"},
                      {"Taro Yamada", "taro@test2.com"},
                      {"Jiro Yamada", "jiro@test2.com"}};

static const struct {
    int number;
    bool domain, dkim, address, policy;
    const char *expected;
} cases[CASES] = {{1, false, false, false, false, "FFFF"}, {2, true, false, false, false, "TTFF"},
                  {3, true, true, false, false, "TTFF"},   {4, true, false, true, false, "TTFF"},
                  {5, true, true, true, false, "TTFF"},    {6, true, false, false, true, "TFFF"},
                  {7, true, true, false, true, "TFFF"},    {8, true, false, true, true, "TFFF"},
                  {9, true, true, true, true, "TFFF"}};

/* The address is proved after the cases without it, so that the domain keeps its keys. */
static const int order[CASES] = {1, 2, 3, 6, 7, 4, 5, 8, 9};

static const char anybody_policy[] =
    "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":"
    "\"ses:SendRawEmail\",\"Resource\":\"*\"}]}";
static const char taro_policy[] =
    "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":"
    "\"ses:SendRawEmail\",\"Resource\":\"*\",\"Condition\":{\"ForAnyValue:StringLike\":"
    "{\"ses:FromAddress\":[\"taro@test1.com\"]}}}]}";

struct cell {
    bool accepted, hidden;
    struct slice reply;
    struct slice signer; /* the d= of what arrived */
};

struct person {
    struct slice user_name, password;
};

struct demo {
    struct arena *arena;
    char root[64], dir[80];
    pid_t server;
    struct sink *sink;
    uint16_t sink_port, smtp_port, http_port;
    struct admin_client *client;
    struct person anybody, limited;
    struct cell cells[CASES + 1][SENDERS];
    bool json, keep;
};

/* ---- the instance ---- */

static uint16_t
free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, len) != 0 ||
        getsockname(fd, (struct sockaddr *)&address, &len) != 0)
        address.sin_port = 0;
    if (fd >= 0)
        close(fd);
    return ntohs(address.sin_port);
}

/* The server, for the signal that ends us; -1: none. */
static volatile sig_atomic_t running = -1, interrupted_by;

/* Ends the server: whatever the demonstration waits for fails then, and it cleans up. */
static void
interrupted(int number)
{
    interrupted_by = number;
    if (running > 0)
        kill((pid_t)running, SIGTERM);
}

static void
catch_signals(void)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = interrupted};
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++)
        sigaction(signals[i], &action, NULL);
}

/* This program with other words; what it prints goes to the log. It ends when we do. */
static pid_t
run_self(struct demo *demo, const char *const *words)
{
    pid_t parent = getpid(), pid = fork();
    if (pid != 0)
        return pid;
    if (prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0) != 0 || getppid() != parent)
        _exit(127);
    const char *argv[40] = {"postern"};
    int log = open(arena_printf(demo->arena, "%s/log", demo->root).ptr,
                   O_WRONLY | O_CREAT | O_APPEND, 0600);
    for (size_t i = 0; words[i] && i < 38; i++)
        argv[i + 1] = words[i];
    dup2(log, STDOUT_FILENO);
    dup2(log, STDERR_FILENO);
    execv("/proc/self/exe", (char *const *)argv);
    _exit(127);
}

static enum rc
write_records(struct demo *demo, const struct json *records, struct err *err)
{
    const char *path = arena_printf(demo->arena, "%s/records", demo->dir).ptr;
    FILE *file = fopen(path, "w");
    if (!file)
        return err_set_errno(err, RC_TEMPORARY, errno, "%s", path);
    fprintf(file, "sink.example. IN MX 10 mx.sink.example.\nmx.sink.example. IN A 127.0.0.1\n"
                  "test1.com. IN MX 10 mx.sink.example.\n");
    for (const struct json *one = records ? records->first : NULL; one; one = one->next) {
        struct slice purpose = json_member(one, "purpose")->text;
        if (slice_is(purpose, "verification") || slice_is(purpose, "dkim"))
            fprintf(file, "%.*s\n",
                    SLICE_ARG(print_record(demo->arena, json_member(one, "name")->text,
                                           json_member(one, "type")->text,
                                           json_member(one, "value")->text)));
    }
    bool failed = ferror(file) != 0;
    if (fclose(file) != 0 || failed || chmod(path, 0644) != 0)
        return err_set(err, RC_TEMPORARY, "%s cannot be written", path);
    return RC_OK;
}

static enum rc
start_server(struct demo *demo, struct err *err)
{
    struct arena *a = demo->arena;
    int status = 0;
    const char *init[] = {"init", "--dir", demo->dir, "--hostname", PROVIDER, NULL};
    pid_t pid = run_self(demo, init);
    if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0)
        return err_set(err, RC_PERMANENT, "init failed");
    enum rc rc = write_records(demo, NULL, err);
    if (rc != RC_OK)
        return rc;
    demo->smtp_port = free_port();
    demo->http_port = free_port();
    const char *serve[] = {"serve",
                           "--dir",
                           demo->dir,
                           "--set",
                           arena_printf(a, "listen.submission=127.0.0.1:%u", demo->smtp_port).ptr,
                           "--set",
                           arena_printf(a, "listen.http=127.0.0.1:%u", demo->http_port).ptr,
                           "--set",
                           arena_printf(a, "public_url=http://127.0.0.1:%u", demo->http_port).ptr,
                           "--set",
                           arena_printf(a, "delivery.mx_port=%u", demo->sink_port).ptr,
                           "--set",
                           "listen.submissions=off",
                           "--set",
                           "listen.feedback=off",
                           "--set",
                           "dns.local_records=records",
                           "--set",
                           "dns.trust_anchor=off",
                           "--set",
                           "route.*.via=mx",
                           "--set",
                           "route.*.allow_private=yes",
                           "--set",
                           "quota.production_rate=1000",
                           NULL};
    demo->server = run_self(demo, serve);
    running = demo->server;
    return demo->server > 0 ? RC_OK : err_set_errno(err, RC_TEMPORARY, errno, "fork");
}

static enum rc
connect_administrator(struct demo *demo, struct err *err)
{
    int64_t until_ms = clock_monotonic_ms() + WAIT_MS;
    for (;;) {
        enum rc rc = admin_client_open(demo->dir, &demo->client, err);
        if (rc == RC_OK || clock_monotonic_ms() > until_ms)
            return rc;
        if (waitpid(demo->server, NULL, WNOHANG) == demo->server) {
            demo->server = 0;
            running = -1;
            return err_set(err, RC_PERMANENT, "the server did not start");
        }
        usleep(20 * 1000);
    }
}

static void
stop_server(struct demo *demo)
{
    admin_client_close(demo->client);
    if (demo->server <= 0)
        return;
    kill(demo->server, SIGTERM);
    while (waitpid(demo->server, NULL, 0) < 0 && errno == EINTR)
        ;
    running = -1;
}

/* ---- operations ---- */

/* operation, then pairs of member and text; "=" before a member: a boolean, "1" or "0". */
static enum rc
call(struct demo *demo, struct json **answer, struct err *err, const char *operation, ...)
{
    va_list members;
    struct buf request;
    struct json_writer writer;
    struct slice raw;
    struct json *ignored;
    buf_init(&request, 64 * 1024);
    json_writer_init(&writer, &request);
    json_open_object(&writer);
    json_put_cstr(&writer, "operation", operation);
    va_start(members, operation);
    for (const char *name; (name = va_arg(members, const char *)) != NULL;) {
        const char *value = va_arg(members, const char *);
        if (name[0] == '=')
            json_put_bool(&writer, name + 1, value[0] == '1');
        else
            json_put_cstr(&writer, name, value);
    }
    va_end(members);
    json_close_object(&writer);
    enum rc rc = admin_client_call(demo->client, demo->arena, buf_slice(&request), &raw,
                                   answer ? answer : &ignored, err);
    if (rc != RC_OK)
        err_prefix(err, "%s: ", operation);
    buf_fini(&request);
    return rc;
}

static enum rc
make_person(struct demo *demo, const char *name, const char *policy, struct person *person,
            struct err *err)
{
    struct json *answer;
    enum rc rc = call(demo, NULL, err, "user.create", "user", name, NULL);
    if (rc == RC_OK)
        rc = call(demo, NULL, err, "policy.put", "user", name, "name", "demo", "document", policy,
                  NULL);
    if (rc == RC_OK)
        rc = call(demo, &answer, err, "credential.create", "user", name, NULL);
    if (rc == RC_OK)
        *person = (struct person){json_member(answer, "smtp_user_name")->text,
                                  json_member(answer, "smtp_password")->text};
    return rc;
}

/* Wait until `member` of the identity reads SUCCESS, asking DNS again meanwhile. */
static enum rc
wait_until_proved(struct demo *demo, const char *identity, const char *member, struct err *err)
{
    int64_t until_ms = clock_monotonic_ms() + WAIT_MS;
    struct json *answer;
    while (clock_monotonic_ms() < until_ms) {
        enum rc rc = call(demo, &answer, err, "identity.list", NULL);
        if (rc != RC_OK)
            return rc;
        const struct json *list = json_member(answer, "identities");
        for (const struct json *one = list->first; one; one = one->next) {
            const struct json *status = json_member(one, member);
            if (slice_is(json_member(one, "name")->text, identity) && status &&
                slice_is(status->text, "SUCCESS"))
                return RC_OK;
        }
        if (!strchr(identity, '@'))
            rc = call(demo, NULL, err, "domain.check", "domain", identity, NULL);
        usleep(50 * 1000);
    }
    return err_set(err, RC_TEMPORARY, "%s: %s was not proved in time", identity, member);
}

static enum rc
prove_domain(struct demo *demo, struct err *err)
{
    struct json *answer;
    enum rc rc = call(demo, &answer, err, "domain.add", "domain", "test1.com", NULL);
    if (rc == RC_OK)
        rc = write_records(demo, json_member(answer, "records"), err);
    if (rc == RC_OK)
        rc = wait_until_proved(demo, "test1.com", "verification", err);
    return rc == RC_OK ? wait_until_proved(demo, "test1.com", "dkim", err) : rc;
}

/* The path of the link in a verification mail, its quoted-printable undone. */
static struct slice
link_of(struct arena *arena, struct slice mail)
{
    char *path = arena_alloc(arena, mail.len + 1);
    size_t len = 0, at = slice_find(mail, SLICE("/verify?token="));
    for (struct slice rest = at == SLICE_NONE ? SLICE("") : slice_from(mail, at); rest.len > 0;) {
        if (slice_starts(rest, SLICE("=\r\n"))) {
            rest = slice_from(rest, 3);
        } else if (slice_starts(rest, SLICE("=3D"))) {
            path[len++] = '=';
            rest = slice_from(rest, 3);
        } else if (rest.ptr[0] <= ' ') {
            break;
        } else {
            path[len++] = rest.ptr[0];
            rest = slice_from(rest, 1);
        }
    }
    return (struct slice){path, len};
}

static enum rc
follow_link(struct demo *demo, struct slice path, struct err *err)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(demo->http_port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    char reply[64] = "";
    struct slice request = arena_printf(
        demo->arena, "GET %.*s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n",
        SLICE_ARG(path));
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0 ||
        send(fd, request.ptr, request.len, MSG_NOSIGNAL) != (ssize_t)request.len ||
        recv(fd, reply, sizeof reply - 1, 0) <= 0)
        err_set_errno(err, RC_TEMPORARY, errno, "the link could not be followed");
    if (fd >= 0)
        close(fd);
    return strncmp(reply, "HTTP/1.1 200", 12) == 0
               ? RC_OK
               : err_set(err, RC_DENIED, "the link was answered: %s", reply);
}

static enum rc
prove_address(struct demo *demo, struct err *err)
{
    struct sink_message mail;
    enum rc rc = call(demo, NULL, err, "address.add", "address", "taro@test1.com", NULL);
    if (rc != RC_OK)
        return rc;
    if (!sink_wait(demo->sink, demo->arena, SLICE("/verify?token"), WAIT_MS, &mail))
        return err_set(err, RC_TEMPORARY, "the verification mail did not arrive");
    rc = follow_link(demo, link_of(demo->arena, mail.data), err);
    return rc == RC_OK ? wait_until_proved(demo, "taro@test1.com", "verification", err) : rc;
}

/* ---- the table ---- */

/* The d= of the first DKIM-Signature field (RFC 6376 §3.5); empty when there is none. */
static struct slice
signer_of(struct arena *arena, struct slice mail)
{
    struct slice header = slice_head(mail, slice_find(mail, SLICE("\r\n\r\n")));
    struct slice rest = arena_concat(arena, SLICE("\r\n"), header), tag;
    size_t at = slice_find(arena_lower(arena, rest), SLICE("\r\ndkim-signature:"));
    if (at == SLICE_NONE)
        return SLICE("");
    rest = slice_from(rest, at + strlen("\r\nDKIM-Signature:"));
    for (bool more = true; more;) {
        more = slice_cut(rest, ';', &tag, &rest);
        tag = slice_trim(more ? tag : rest);
        if (slice_starts(tag, SLICE("d=")))
            return slice_from(tag, 2);
    }
    return SLICE("");
}

static bool
contains_provider(struct arena *arena, struct slice text)
{
    return slice_find(arena_lower(arena, text), SLICE(PROVIDER)) != SLICE_NONE;
}

static enum rc
send_one(struct demo *demo, int number, int sender, const struct person *person, struct cell *cell,
         struct err *err)
{
    struct arena *a = demo->arena;
    struct sink_message arrived;
    struct slice token = arena_printf(a, "demo-case-%d-sender-%d", number, sender + 1);
    struct smtp_submission submission = {
        .port = demo->smtp_port,
        .user_name = person->user_name,
        .password = person->password,
        .reverse_path = slice_of(senders[sender].address),
        .recipient = SLICE("ana@sink.example"),
        .message = arena_printf(a,
                                "From: %s <%s>\r\nTo: ana@sink.example\r\nSubject: %.*s\r\n\r\n"
                                "Hello.\r\n",
                                senders[sender].name, senders[sender].address, SLICE_ARG(token))};
    enum rc rc = smtp_submit(a, &submission, &cell->reply, err);
    if (rc != RC_OK)
        return rc;
    cell->accepted = slice_starts(cell->reply, SLICE("250 "));
    /* A failed login or a busy server is no decision, and must not pass for a refusal. */
    if (!cell->accepted && !slice_starts(cell->reply, SLICE("554 ")))
        return err_set(err, RC_DENIED, "%.*s: no decision: %.*s", SLICE_ARG(token),
                       SLICE_ARG(cell->reply));
    if (!cell->accepted)
        return RC_OK;
    if (!sink_wait(demo->sink, a, arena_concat(a, token, SLICE("\r\n")), WAIT_MS, &arrived))
        return err_set(err, RC_TEMPORARY, "%.*s was accepted and did not arrive", SLICE_ARG(token));
    cell->signer = signer_of(a, arrived.data);
    cell->hidden =
        !contains_provider(a, arrived.reverse_path) && !contains_provider(a, arrived.data);
    return RC_OK;
}

static enum rc
run_case(struct demo *demo, int number, struct err *err)
{
    const struct person *person = cases[number - 1].policy ? &demo->limited : &demo->anybody;
    enum rc rc = RC_OK;
    if (cases[number - 1].domain)
        rc = call(demo, NULL, err, "dkim.set", "domain", "test1.com", "=enabled",
                  cases[number - 1].dkim ? "1" : "0", NULL);
    for (int sender = 0; rc == RC_OK && sender < SENDERS; sender++)
        rc = send_one(demo, number, sender, person, &demo->cells[number][sender], err);
    return rc;
}

static enum rc
run_table(struct demo *demo, struct err *err)
{
    bool domain = false, address = false;
    enum rc rc = call(demo, NULL, err, "account.production", "=on", "1", NULL);
    if (rc == RC_OK)
        rc = make_person(demo, "anybody", anybody_policy, &demo->anybody, err);
    if (rc == RC_OK)
        rc = make_person(demo, "limited", taro_policy, &demo->limited, err);
    for (int i = 0; rc == RC_OK && i < CASES; i++) {
        int number = order[i];
        if (cases[number - 1].domain && !domain) {
            domain = true;
            rc = prove_domain(demo, err);
        }
        if (rc == RC_OK && cases[number - 1].address && !address) {
            address = true;
            rc = prove_address(demo, err);
        }
        if (rc == RC_OK)
            rc = run_case(demo, number, err);
    }
    return rc;
}

/* ---- verdicts ---- */

static bool
cell_agrees(const struct demo *demo, int number, int sender)
{
    return demo->cells[number][sender].accepted == (cases[number - 1].expected[sender] == 'T');
}

/* Hidden exactly in the cases with DKIM on; signed in all, by the domain or by the provider. */
static bool
hiding_agrees(const struct demo *demo, int number)
{
    bool dkim = cases[number - 1].dkim;
    for (int sender = 0; sender < SENDERS; sender++) {
        const struct cell *cell = &demo->cells[number][sender];
        if (cell->accepted &&
            (cell->hidden != dkim || !slice_is(cell->signer, dkim ? "test1.com" : PROVIDER)))
            return false;
    }
    return true;
}

/* The refusal of what nobody registered, to the letter as SES words it: the envelope's bare
 * address, then the header's form. */
static bool
words_agree(const struct demo *demo)
{
    for (int sender = 0; sender < SENDERS; sender++) {
        struct slice expected = arena_printf(
            demo->arena,
            "554 Message rejected: Email address is not verified. The following identities failed "
            "the check in region US-EAST-1: %s, %s <%s>",
            senders[sender].address, senders[sender].name, senders[sender].address);
        if (!slice_eq(demo->cells[1][sender].reply, expected))
            return false;
    }
    return true;
}

/* Switching DKIM never changes a decision. */
static bool
pairs_agree(const struct demo *demo)
{
    for (int number = 2; number <= 8; number += 2)
        for (int sender = 0; sender < SENDERS; sender++)
            if (demo->cells[number][sender].accepted != demo->cells[number + 1][sender].accepted)
                return false;
    return true;
}

static bool
all_agree(const struct demo *demo)
{
    bool agree = pairs_agree(demo) && words_agree(demo);
    for (int number = 1; number <= CASES; number++) {
        agree = agree && hiding_agrees(demo, number);
        for (int sender = 0; sender < SENDERS; sender++)
            agree = agree && cell_agrees(demo, number, sender);
    }
    return agree;
}

/* What the receiver saw of the first sender that was let out. */
static const struct cell *
seen_in(const struct demo *demo, int number)
{
    for (int sender = 0; sender < SENDERS; sender++)
        if (demo->cells[number][sender].accepted)
            return &demo->cells[number][sender];
    return NULL;
}

static const char *
hidden_word(const struct cell *seen)
{
    return !seen ? "-" : seen->hidden ? "hidden" : "shows";
}

static void
print_refusals(const struct demo *demo)
{
    struct slice shown[CASES * SENDERS];
    size_t count = 0;
    puts("\nRefusals, each text once:");
    for (int number = 1; number <= CASES; number++)
        for (int sender = 0; sender < SENDERS; sender++) {
            const struct cell *cell = &demo->cells[number][sender];
            size_t i = 0;
            while (i < count && !slice_eq(shown[i], cell->reply))
                i++;
            if (cell->accepted || i < count)
                continue;
            shown[count++] = cell->reply;
            printf("  case %d, %s\n    %.*s\n", number, senders[sender].address,
                   SLICE_ARG(print_safe(demo->arena, cell->reply)));
        }
}

static void
print_row_of(const struct demo *demo, int number)
{
    const struct cell *seen = seen_in(demo, number);
    bool domain = cases[number - 1].domain;
    printf("%-6d%-8s%-6s%-9s%-9s", number, domain ? "yes" : "-",
           !domain                  ? "-"
           : cases[number - 1].dkim ? "on"
                                    : "off",
           cases[number - 1].address ? "yes" : "-", cases[number - 1].policy ? "yes" : "-");
    for (int sender = 0; sender < SENDERS; sender++)
        printf("%c%-15s", demo->cells[number][sender].accepted ? 'T' : 'F',
               cell_agrees(demo, number, sender) ? " as expected" : " NOT EXPECTED");
    printf("%-8s%.*s%s\n", hidden_word(seen),
           SLICE_ARG(seen ? print_safe(demo->arena, seen->signer) : SLICE("")),
           hiding_agrees(demo, number) ? "" : "  NOT EXPECTED");
}

static void
print_table_of(const struct demo *demo)
{
    puts("Nine set-ups of test1.com, four senders each, every message over SMTP with STARTTLS and\n"
         "AUTH. T: 250, and it arrived. F: 554. The last columns say what the receiver saw: "
         "whether\n"
         "anything in the message names the provider, " PROVIDER ", and who signed it.\n");
    printf("case  domain  DKIM  address  policy   ");
    for (int sender = 0; sender < SENDERS; sender++)
        printf("%-16s", senders[sender].address);
    puts("provider signed by");
    for (int number = 1; number <= CASES; number++)
        print_row_of(demo, number);
    printf("\nDKIM pairs 2/3, 4/5, 6/7, 8/9 decide alike: %s\n", pairs_agree(demo) ? "yes" : "NO");
    printf("Case 1 is refused in the words of Amazon SES: %s\n", words_agree(demo) ? "yes" : "NO");
}

static void
print_json_of(const struct demo *demo)
{
    struct buf out;
    struct json_writer writer;
    buf_init(&out, 256 * 1024);
    json_writer_init(&writer, &out);
    json_open_object(&writer);
    json_put_bool(&writer, "ok", all_agree(demo));
    json_put_bool(&writer, "pairs_alike", pairs_agree(demo));
    json_put_bool(&writer, "words_agree", words_agree(demo));
    json_key(&writer, "cases");
    json_open_array(&writer);
    for (int number = 1; number <= CASES; number++) {
        json_open_object(&writer);
        json_put_i64(&writer, "case", number);
        json_put_cstr(&writer, "expected", cases[number - 1].expected);
        json_put_cstr(&writer, "provider", hidden_word(seen_in(demo, number)));
        json_key(&writer, "senders");
        json_open_array(&writer);
        for (int sender = 0; sender < SENDERS; sender++) {
            const struct cell *cell = &demo->cells[number][sender];
            json_open_object(&writer);
            json_put_cstr(&writer, "address", senders[sender].address);
            json_put_bool(&writer, "accepted", cell->accepted);
            json_put_string(&writer, "reply", cell->reply);
            if (cell->accepted) {
                json_put_bool(&writer, "hidden", cell->hidden);
                json_put_string(&writer, "signer", cell->signer);
            }
            json_close_object(&writer);
        }
        json_close_array(&writer);
        json_close_object(&writer);
    }
    json_close_array(&writer);
    json_close_object(&writer);
    printf("%.*s\n", SLICE_ARG(buf_slice(&out)));
    buf_fini(&out);
}

/* ---- start and end ---- */

static void
print_log_tail(const struct demo *demo)
{
    char tail[4000];
    FILE *log = fopen(arena_printf(demo->arena, "%s/log", demo->root).ptr, "r");
    if (!log)
        return;
    if (fseek(log, -(long)sizeof tail, SEEK_END) != 0)
        rewind(log);
    size_t got = fread(tail, 1, sizeof tail, log);
    fclose(log);
    fprintf(stderr, "\nThe end of the server's log:\n%.*s\n", (int)got, tail);
}

static int
remove_entry(const char *path, const struct stat *facts, int kind, struct FTW *where)
{
    (void)facts;
    (void)kind;
    (void)where;
    return remove(path);
}

static int
finish(struct demo *demo, enum rc rc, const struct err *err)
{
    int status = CLI_FAILED;
    stop_server(demo);
    sink_close(demo->sink);
    if (interrupted_by) {
        cli_fail("demo: interrupted");
    } else if (rc != RC_OK) {
        cli_fail("demo: %s", err->text);
        print_log_tail(demo);
    } else if (demo->json) {
        print_json_of(demo);
    } else {
        print_table_of(demo);
        print_refusals(demo);
    }
    if (rc == RC_OK && !interrupted_by && all_agree(demo))
        status = CLI_OK;
    if (demo->keep)
        fprintf(stderr, "kept: %s\n", demo->root);
    else
        nftw(demo->root, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    return status;
}

int
demo_run(const struct cli_verb *verb, int argc, char **argv)
{
    struct demo demo = {.arena = arena_new(), .root = "/tmp/postern-demo-XXXXXX"};
    const struct cli_option options[] = {{"json", CLI_FLAG, &demo.json},
                                         {"keep", CLI_FLAG, &demo.keep}};
    struct err err = {0};
    int status;
    if (cli_parse(verb, argc, argv, options, 2, &status)) {
        catch_signals();
        enum rc rc =
            mkdtemp(demo.root) ? RC_OK : err_set_errno(&err, RC_TEMPORARY, errno, "%s", demo.root);
        snprintf(demo.dir, sizeof demo.dir, "%s/data", demo.root);
        if (rc == RC_OK)
            rc = sink_open(&demo.sink, &demo.sink_port, &err);
        if (rc == RC_OK)
            rc = start_server(&demo, &err);
        if (rc == RC_OK)
            rc = connect_administrator(&demo, &err);
        if (rc == RC_OK)
            rc = run_table(&demo, &err);
        status = finish(&demo, rc, &err);
    }
    arena_free(demo.arena);
    return status;
}
