#include "action.h"
#include "admin_client.h"
#include "print.h"

#include <stdio.h>
#include <stdlib.h>

enum argument_kind {
    WORD,      /* a word, required */
    VALUE,     /* --name VALUE */
    NEEDED,    /* --name VALUE, required */
    NUMBER,    /* --name VALUE, of decimal digits */
    FLAG,      /* --name: true */
    LIST,      /* --name VALUE, repeated: an array */
    DOCUMENT,  /* --file FILE, or standard input: its text */
    FILE_WORD, /* a word, required, that names a file; "-" is standard input: its text */
    TRUE,
    FALSE,
    TEXT /* always sent; TEXT sends `name` */
};

struct argument {
    const char *name, *member;
    enum argument_kind kind;
};

enum { ARGUMENTS_MAX = 10, DOCUMENT_MAX = 256 * 1024 };

struct action {
    const char *verb, *word; /* word NULL: the verb stands alone */
    const char *operation;
    struct argument arguments[ARGUMENTS_MAX];
    void (*print)(const struct json *answer, const char *at);
};

#define PLACE                                                                                      \
    {"user", "user", VALUE}, {"group", "group", VALUE},                                            \
    {                                                                                              \
        "identity", "identity", VALUE                                                              \
    }

static const struct action actions[] = {
    {"domain",
     "add",
     "domain.add",
     {{"DOMAIN", "domain", WORD}, {"only-itself", "only_itself", FLAG}},
     print_records},
    {"domain", "records", "domain.records", {{"DOMAIN", "domain", WORD}}, print_records},
    {"domain", "check", "domain.check", {{"DOMAIN", "domain", WORD}}, print_findings},
    {"check",
     NULL,
     "domain.examine",
     {{"DOMAIN", "domain", WORD},
      {"as", "user", VALUE},
      {"from", "from", VALUE},
      {"from-ip", "from_ip", VALUE}},
     print_examination},
    {"domain", "list", "identity.list", {{"domain", "kind", TEXT}}, print_identities},
    {"domain",
     "remove",
     "identity.remove",
     {{"DOMAIN", "identity", WORD}, {"domain", "kind", TEXT}},
     print_done},
    {"domain",
     "mail-from",
     "domain.mail_from",
     {{"DOMAIN", "domain", WORD}, {"name", "mail_from", VALUE}, {"reject", "reject", FLAG}},
     print_records},
    {"address", "add", "address.add", {{"ADDRESS", "address", WORD}}, print_address},
    {"address", "list", "identity.list", {{"address", "kind", TEXT}}, print_identities},
    {"address",
     "remove",
     "identity.remove",
     {{"ADDRESS", "identity", WORD}, {"address", "kind", TEXT}},
     print_done},
    {"dkim", "on", "dkim.set", {{"DOMAIN", "domain", WORD}, {"", "enabled", TRUE}}, print_dkim},
    {"dkim", "off", "dkim.set", {{"DOMAIN", "domain", WORD}, {"", "enabled", FALSE}}, print_dkim},
    {"dkim", "show", "dkim.show", {{"DOMAIN", "domain", WORD}}, print_signing_keys},
    {"dkim",
     "rotate",
     "dkim.rotate",
     {{"DOMAIN", "domain", WORD}, {"now", "now", FLAG}},
     print_done},
    {"verify", NULL, "identity.vouch", {{"IDENTITY", "identity", WORD}}, print_done},
    {"production", "on", "account.production", {{"", "on", TRUE}}, print_done},
    {"production", "off", "account.production", {{"", "on", FALSE}}, print_done},
    {"pause", "on", "account.pause", {{"", "on", TRUE}}, print_done},
    {"pause", "off", "account.pause", {{"", "on", FALSE}}, print_done},
    {"status", NULL, "account.show", {{0}}, print_account},
    {"grant", "list", "grant.list", {{0}}, print_grants},
    {"grant",
     NULL,
     "grant.create",
     {{"ADDRESS", "address", WORD},
      {"user", "user", VALUE},
      {"also", "also", FLAG},
      {"until", "until", VALUE},
      {"from-network", "from_network", VALUE}},
     print_grant},
    {"revoke",
     NULL,
     "grant.revoke",
     {{"ADDRESS|USER|KEY", "target", WORD}, {"hold", "hold", FLAG}},
     print_revoked},
    {"who-can-send-as",
     NULL,
     "access.holders",
     {{"ADDRESS", "address", WORD}},
     print_access_holders},
    {"restore", NULL, "grant.restore", {{"ADDRESS|USER|KEY", "target", WORD}}, print_keys},
    {"suspend",
     NULL,
     "suspension.put",
     {{"IDENTITY|USER|DOMAIN", "target", WORD},
      {"reason", "reason", NEEDED},
      {"until", "until", VALUE},
      {"only", "only", VALUE},
      {"hold", "hold", FLAG}},
     print_suspended},
    {"resume",
     NULL,
     "suspension.end",
     {{"IDENTITY|USER|DOMAIN", "target", WORD}, {"only", "only", VALUE}},
     print_resumed},
    {"suspensions", NULL, "suspension.list", {{0}}, print_suspensions},
    {"user", "create", "user.create", {{"USER", "user", WORD}}, print_done},
    {"user", "list", "user.list", {{0}}, print_users},
    {"user", "show", "user.show", {{"USER", "user", WORD}}, print_user},
    {"user",
     "password",
     "user.password",
     {{"USER", "user", WORD}, {"off", "off", FLAG}},
     print_console_password},
    {"user", "delete", "user.delete", {{"USER", "user", WORD}}, print_done},
    {"credential", "create", "credential.create", {{"USER", "user", WORD}}, print_credential},
    {"credential", "list", "credential.list", {{"USER", "user", WORD}}, print_keys},
    {"credential", "rotate", "credential.rotate", {{"USER", "user", WORD}}, print_credential},
    {"credential", "delete", "credential.delete", {{"KEY", "key", WORD}}, print_done},
    {"group", "create", "group.create", {{"GROUP", "group", WORD}}, print_done},
    {"group", "list", "group.list", {{0}}, print_groups},
    {"group", "show", "group.show", {{"GROUP", "group", WORD}}, print_group},
    {"group", "delete", "group.delete", {{"GROUP", "group", WORD}}, print_done},
    {"group",
     "add",
     "group.member",
     {{"GROUP", "group", WORD}, {"USER", "user", WORD}, {"", "member", TRUE}},
     print_done},
    {"group",
     "remove",
     "group.member",
     {{"GROUP", "group", WORD}, {"USER", "user", WORD}, {"", "member", FALSE}},
     print_done},
    {"policy",
     "put",
     "policy.put",
     {{"NAME", "name", WORD}, PLACE, {"file", "document", DOCUMENT}},
     print_policy_put},
    {"policy", "show", "policy.show", {{"NAME", "name", WORD}, PLACE}, print_policies},
    {"policy", "list", "policy.list", {PLACE}, print_policies},
    {"policy",
     "validate",
     "policy.validate",
     {{"FILE", "document", FILE_WORD}, {"type", "type", VALUE}},
     print_policy_findings},
    {"policy", "delete", "policy.delete", {{"NAME", "name", WORD}, PLACE}, print_done},
    {"policy",
     "attach",
     "policy.attach",
     {{"NAME", "name", WORD}, PLACE, {"", "attach", TRUE}},
     print_done},
    {"policy",
     "detach",
     "policy.attach",
     {{"NAME", "name", WORD}, PLACE, {"", "attach", FALSE}},
     print_done},
    {"policy",
     "boundary",
     "policy.boundary",
     {{"name", "name", VALUE}, {"user", "user", NEEDED}},
     print_done},
    {"brake", "list", "brake.list", {{0}}, print_brakes},
    {"brake", "show", "brake.show", {{"KEY|USER", "target", WORD}}, print_brake},
    {"brake", "release", "brake.release", {{"KEY|USER", "target", WORD}}, print_braked_keys},
    {"brake", "drop", "brake.drop", {{"KEY|USER", "target", WORD}}, print_braked_keys},
    {"canary", "create", "canary.create", {{"user", "user", VALUE}}, print_canary},
    {"canary", "list", "canary.list", {{0}}, print_canaries},
    {"canary", "delete", "canary.delete", {{"KEY", "key", WORD}}, print_done},
    {"decisions",
     NULL,
     "decision.list",
     {{"as", "user", VALUE},
      {"from", "from", VALUE},
      {"since", "since", VALUE},
      {"limit", "limit", NUMBER}},
     print_decisions},
    {"explain",
     NULL,
     "decision.explain",
     {{"as", "user", NEEDED},
      {"from", "from", NEEDED},
      {"mail-from", "mail_from", VALUE},
      {"to", "to", LIST},
      {"header", "header", LIST},
      {"action", "action", VALUE},
      {"source-ip", "source_ip", VALUE}},
     print_explanation},
    {"queue",
     "list",
     "queue.list",
     {{"limit", "limit", NUMBER},
      {"as", "as", VALUE},
      {"key", "key", VALUE},
      {"site", "site", VALUE},
      {"after", "after", VALUE}},
     print_queue},
    {"queue", "sites", "queue.sites", {{"limit", "limit", NUMBER}}, print_sites},
    {"queue",
     "find",
     "message.list",
     {{"as", "as", VALUE},
      {"key", "key", VALUE},
      {"from", "from", VALUE},
      {"to", "to", VALUE},
      {"state", "state", VALUE},
      {"since", "since", VALUE},
      {"until", "until", VALUE},
      {"limit", "limit", NUMBER},
      {"before", "before", VALUE}},
     print_found},
    {"queue", "show", "queue.show", {{"MESSAGE", "message", WORD}}, print_mail},
    {"queue", "account", "queue.account", {{0}}, print_done},
    {"queue",
     "retry",
     "queue.change",
     {{"MESSAGE|all", "message", WORD},
      {"recipient", "recipient", VALUE},
      {"as", "as", VALUE},
      {"key", "key", VALUE},
      {"site", "site", VALUE},
      {"retry", "change", TEXT}},
     print_done},
    {"queue",
     "hold",
     "queue.change",
     {{"MESSAGE|all", "message", WORD},
      {"recipient", "recipient", VALUE},
      {"as", "as", VALUE},
      {"key", "key", VALUE},
      {"site", "site", VALUE},
      {"hold", "change", TEXT}},
     print_done},
    {"queue",
     "release",
     "queue.change",
     {{"MESSAGE|all", "message", WORD},
      {"recipient", "recipient", VALUE},
      {"as", "as", VALUE},
      {"key", "key", VALUE},
      {"site", "site", VALUE},
      {"release", "change", TEXT}},
     print_done},
    {"queue",
     "drop",
     "queue.change",
     {{"MESSAGE|all", "message", WORD},
      {"recipient", "recipient", VALUE},
      {"as", "as", VALUE},
      {"key", "key", VALUE},
      {"site", "site", VALUE},
      {"drop", "change", TEXT}},
     print_done},
};

/* What comes after some of them. */
static const struct sequel {
    const char *verb, *word;
    const char *next;                          /* a command; "%" stands for the first word given */
    bool (*agrees)(const struct json *answer); /* false: exit status 1, though all went well */
} sequels[] = {
    {"domain", "check", NULL, print_is_proved},      {"check", NULL, NULL, print_is_green},
    {"explain", NULL, NULL, print_is_allowed},       {"pause", "on", "pause off", NULL},
    {"user", "create", "credential create %", NULL}, {"group", "create", "group add % USER", NULL},
    {"group", "add", "policy list --group %", NULL}, {"queue", "hold", "queue release %", NULL},
    {"queue", "retry", "queue show %", NULL},        {"queue", "release", "queue show %", NULL},
    {"queue", "account", NULL, print_is_accounted},  {"policy", "validate", NULL, print_is_valid},
    {"dkim", "rotate", "dkim show %", NULL},
};

/* What to do next after a refusal; the server's words say why. The first that fits. */
static const struct hint {
    const char *verb, *word; /* word NULL: any */
    enum rc rc;
    const char *next; /* as in sequels */
} hints[] = {
    {"domain", "add", RC_CONFLICT, "domain records %"},
    {"domain", NULL, RC_NOT_FOUND, "domain add %"},
    {"check", NULL, RC_NOT_FOUND, "domain add %"},
    {"dkim", NULL, RC_NOT_FOUND, "domain add %"},
    {"verify", NULL, RC_NOT_FOUND, "domain add %"},
    {"address", NULL, RC_NOT_FOUND, "address list"},
    {"user", "create", RC_CONFLICT, "user show %"},
    {"user", "delete", RC_CONFLICT, "user show %"},
    {"user", NULL, RC_NOT_FOUND, "user list"},
    {"credential", "create", RC_LIMIT, "credential rotate %"},
    {"credential", "create", RC_CONFLICT, "credential rotate %"},
    {"credential", NULL, RC_NOT_FOUND, "user list"},
    {"group", "delete", RC_CONFLICT, "group show %"},
    {"group", NULL, RC_NOT_FOUND, "group list"},
    {"policy", NULL, RC_NOT_FOUND, "policy list"},
    {"revoke", NULL, RC_NOT_FOUND, "user list"},
    {"restore", NULL, RC_NOT_FOUND, "user list"},
    {"restore", NULL, RC_CONFLICT, "credential list USER"},
    {"suspend", NULL, RC_NOT_FOUND, "user list"},
    {"resume", NULL, RC_NOT_FOUND, "suspensions"},
    {"brake", NULL, RC_NOT_FOUND, "brake list"},
    {"brake", NULL, RC_CONFLICT, "brake list"},
    {"canary", "create", RC_CONFLICT, "user show %"},
    {"canary", NULL, RC_NOT_FOUND, "canary list"},
    {"decisions", NULL, RC_NOT_FOUND, "user list"},
    {"explain", NULL, RC_NOT_FOUND, "user list"},
    {"queue", NULL, RC_NOT_FOUND, "queue list"},
};

/* What the command line gave for one argument. */
struct given {
    const char *text;
    bool flag;
    struct cli_list list;
};

struct invocation {
    const struct action *action;
    struct given given[ARGUMENTS_MAX];
    const char *dir;
    bool json;
};

static const struct action *
find_action(const char *verb, const char *word)
{
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++)
        if (strcmp(actions[i].verb, verb) == 0 &&
            (!actions[i].word || (word && strcmp(actions[i].word, word) == 0)))
            return &actions[i];
    return NULL;
}

static const struct sequel *
find_sequel(const struct action *action)
{
    static const struct sequel nothing = {0};
    for (size_t i = 0; i < sizeof sequels / sizeof sequels[0]; i++)
        if (strcmp(sequels[i].verb, action->verb) == 0 &&
            (!action->word || strcmp(sequels[i].word, action->word) == 0))
            return &sequels[i];
    return &nothing;
}

/* The option table of one action, for cli_parse. */
static size_t
options_of(struct invocation *invocation, struct cli_option options[ARGUMENTS_MAX + 2])
{
    size_t count = 0;
    for (size_t i = 0; i < ARGUMENTS_MAX && invocation->action->arguments[i].member; i++) {
        const struct argument *argument = &invocation->action->arguments[i];
        struct given *given = &invocation->given[i];
        switch (argument->kind) {
        case WORD:
        case FILE_WORD:
            options[count++] = (struct cli_option){argument->name, CLI_WORD, &given->text};
            break;
        case VALUE:
        case NEEDED:
        case NUMBER:
        case DOCUMENT:
            options[count++] = (struct cli_option){argument->name, CLI_VALUE, &given->text};
            break;
        case FLAG:
            options[count++] = (struct cli_option){argument->name, CLI_FLAG, &given->flag};
            break;
        case LIST:
            options[count++] = (struct cli_option){argument->name, CLI_LIST, &given->list};
            break;
        case TRUE:
        case FALSE:
        case TEXT: break;
        }
    }
    options[count++] = (struct cli_option){"dir", CLI_VALUE, &invocation->dir};
    options[count++] = (struct cli_option){"json", CLI_FLAG, &invocation->json};
    return count;
}

static enum rc
read_document(const char *path, struct buf *into, struct err *err)
{
    bool standard = !path || strcmp(path, "-") == 0;
    FILE *file = standard ? stdin : fopen(path, "r");
    char piece[4096];
    if (!file)
        return err_set(err, RC_NOT_FOUND, "%s cannot be read", path);
    for (size_t got; (got = fread(piece, 1, sizeof piece, file)) > 0;)
        buf_add(into, (struct slice){piece, got});
    bool failed = ferror(file) != 0;
    if (!standard)
        fclose(file);
    if (failed)
        return err_set(err, RC_TEMPORARY, "%s cannot be read", standard ? "standard input" : path);
    return buf_ok(into) ? RC_OK : err_set(err, RC_LIMIT, "the document is too long");
}

static void
write_list(struct json_writer *writer, const char *member, const struct cli_list *list)
{
    json_key(writer, member);
    json_open_array(writer);
    for (size_t i = 0; i < list->count; i++)
        json_write_cstr(writer, list->items[i]);
    json_close_array(writer);
}

static enum rc
write_argument(struct json_writer *writer, const struct argument *argument,
               const struct given *given, struct err *err)
{
    enum rc rc = RC_OK;
    struct buf document;
    uint64_t number = 0;
    switch (argument->kind) {
    case WORD:
    case VALUE:
    case NEEDED:
        if (given->text)
            json_put_cstr(writer, argument->member, given->text);
        else if (argument->kind == NEEDED)
            return err_set(err, RC_SYNTAX, "--%s is missing", argument->name);
        break;
    case NUMBER:
        if (given->text && (!slice_u64(slice_of(given->text), &number) || number > INT64_MAX))
            return err_set(err, RC_SYNTAX, "--%s must be a number", argument->name);
        if (given->text)
            json_put_i64(writer, argument->member, (int64_t)number);
        break;
    case FLAG: json_put_bool(writer, argument->member, given->flag); break;
    case LIST: write_list(writer, argument->member, &given->list); break;
    case TRUE:
    case FALSE: json_put_bool(writer, argument->member, argument->kind == TRUE); break;
    case TEXT: json_put_cstr(writer, argument->member, argument->name); break;
    case DOCUMENT:
    case FILE_WORD:
        buf_init(&document, DOCUMENT_MAX);
        rc = read_document(given->text, &document, err);
        if (rc == RC_OK)
            json_put_string(writer, argument->member, buf_slice(&document));
        buf_fini(&document);
        break;
    }
    return rc;
}

static enum rc
write_request(const struct invocation *invocation, struct buf *request, struct err *err)
{
    struct json_writer writer;
    enum rc rc = RC_OK;
    json_writer_init(&writer, request);
    json_open_object(&writer);
    json_put_cstr(&writer, "operation", invocation->action->operation);
    for (size_t i = 0; rc == RC_OK && i < ARGUMENTS_MAX && invocation->action->arguments[i].member;
         i++)
        rc = write_argument(&writer, &invocation->action->arguments[i], &invocation->given[i], err);
    json_close_object(&writer);
    return rc;
}

/* What is put behind a command that is suggested, so that it can be copied as it stands. */
static const char *
place_words(struct arena *arena, const char *dir)
{
    if (strcmp(dir, CLI_DEFAULT_DIR) == 0)
        return "";
    /* In quotes where a shell would not take it as it is. */
    bool plain = dir[strspn(dir, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                 "/._-+,@%:")] == '\0';
    if (plain)
        return arena_printf(arena, " --dir %s", dir).ptr;
    struct slice quoted = SLICE(" --dir '"), rest = slice_of(dir), piece;
    while (slice_cut(rest, '\'', &piece, &rest))
        quoted = arena_printf(arena, "%.*s%.*s'\\''", SLICE_ARG(quoted), SLICE_ARG(piece));
    return arena_printf(arena, "%.*s%.*s'", SLICE_ARG(quoted), SLICE_ARG(rest)).ptr;
}

static void
print_next(FILE *out, const char *command, const char *word, const char *at)
{
    struct slice before, after, next = slice_of(command);
    if (!command)
        return;
    if (slice_cut(next, '%', &before, &after))
        fprintf(out, "Next: postern %.*s%s%.*s%s\n", SLICE_ARG(before), word ? word : "",
                SLICE_ARG(after), at);
    else
        fprintf(out, "Next: postern %.*s%s\n", SLICE_ARG(next), at);
}

static const char *
hint_for(const struct action *action, enum rc rc)
{
    for (size_t i = 0; i < sizeof hints / sizeof hints[0]; i++)
        if (hints[i].rc == rc && strcmp(hints[i].verb, action->verb) == 0 &&
            (!hints[i].word || (action->word && strcmp(hints[i].word, action->word) == 0)))
            return hints[i].next;
    return NULL;
}

static int
show_answer(const struct invocation *invocation, struct arena *arena, struct slice raw,
            const struct json *answer)
{
    const struct sequel *sequel = find_sequel(invocation->action);
    const char *at = place_words(arena, invocation->dir);
    if (invocation->json) {
        printf("%.*s\n", SLICE_ARG(raw));
    } else {
        invocation->action->print(answer, at);
        if (sequel->next)
            putchar('\n');
        print_next(stdout, sequel->next, invocation->given[0].text, at);
    }
    if (!sequel->agrees || sequel->agrees(answer))
        return CLI_OK;
    return print_is_amber(answer) ? CLI_AMBER : CLI_FAILED;
}

static int
perform(const struct invocation *invocation)
{
    struct arena *arena = arena_new();
    struct admin_client *client = NULL;
    struct buf request;
    struct slice raw = SLICE("");
    struct json *answer;
    struct err err = {0};
    int status;
    buf_init(&request, 1024 * 1024);
    enum rc rc = write_request(invocation, &request, &err);
    if (rc == RC_OK && !buf_ok(&request))
        rc = err_set(&err, RC_LIMIT, "the request is too long");
    if (rc == RC_OK)
        rc = admin_client_open(invocation->dir, &client, &err);
    if (rc == RC_OK)
        rc = admin_client_call(client, arena, buf_slice(&request), &raw, &answer, &err);
    if (rc == RC_OK) {
        status = show_answer(invocation, arena, raw, answer);
    } else {
        if (invocation->json && raw.len)
            printf("%.*s\n", SLICE_ARG(raw));
        status = cli_fail("%s", err.text);
        if (client && !invocation->json)
            print_next(stderr, hint_for(invocation->action, rc), invocation->given[0].text,
                       place_words(arena, invocation->dir));
        /* Before there was anybody to ask, only the arguments can have been wrong. */
        if (rc == RC_SYNTAX && !client)
            status = CLI_USAGE;
    }
    admin_client_close(client);
    buf_wipe(&request);
    arena_free(arena);
    return status;
}

/* ---- which action ---- */

static bool
has_value(const struct argument *argument)
{
    return argument->kind == VALUE || argument->kind == NEEDED || argument->kind == NUMBER ||
           argument->kind == LIST || argument->kind == DOCUMENT;
}

/* Does this option of the verb take the next argument? An option means the same in all of a
 * verb's actions. */
static bool
takes_next(const char *verb, struct slice option)
{
    if (slice_chr(option, '=') != SLICE_NONE)
        return false;
    if (slice_is(option, "--dir"))
        return true;
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++)
        for (size_t j = 0; j < ARGUMENTS_MAX && actions[i].arguments[j].member; j++)
            if (strcmp(actions[i].verb, verb) == 0 && has_value(&actions[i].arguments[j]) &&
                slice_is(slice_from(option, 2), actions[i].arguments[j].name))
                return true;
    return false;
}

/* Where the first word stands: options may come before it. 0: there is none. */
static int
first_word(const char *verb, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        struct slice text = slice_of(argv[i]);
        if (!slice_starts(text, SLICE("--")))
            return i;
        if (takes_next(verb, text))
            i++;
    }
    return 0;
}

/* No word, or one that the verb does not know; `--help` is answered as everywhere. */
static int
misused(const struct cli_verb *verb, int argc, char **argv, const char *word)
{
    char *help[] = {argv[0], (char *)"--help"};
    int status;
    for (int i = 1; i < argc && !word; i++)
        if (strcmp(argv[i], help[1]) == 0 && !cli_parse(verb, 2, help, NULL, 0, &status))
            return status;
    if (word)
        cli_fail("%s: there is no \"%s\"", verb->name, word);
    else
        cli_fail("%s: a word is missing", verb->name);
    fprintf(stderr, "usage: postern %s %s\n", verb->name, verb->usage);
    return CLI_USAGE;
}

/* Takes the word out: what is left begins with it, as argv of a verb begins with the verb. */
static char **
without_verb(char **argv, int word)
{
    char *name = argv[word];
    memmove(&argv[2], &argv[1], (size_t)(word - 1) * sizeof *argv);
    argv[1] = name;
    return argv + 1;
}

/* What the words of one call mean; false: *status is what to exit with. The lists are to be freed. */
static bool
understand(const struct cli_verb *verb, int argc, char **argv, struct invocation *invocation,
           int *status)
{
    int at = first_word(verb->name, argc, argv);
    struct cli_option options[ARGUMENTS_MAX + 2];
    *invocation = (struct invocation){.dir = CLI_DEFAULT_DIR};
    invocation->action = find_action(verb->name, at ? argv[at] : NULL);
    if (!invocation->action) {
        *status = misused(verb, argc, argv, at ? argv[at] : NULL);
        return false;
    }
    if (!invocation->action->word)
        at = 0; /* it is an argument */
    size_t count = options_of(invocation, options);
    if (at) {
        argv = without_verb(argv, at);
        argc--;
    }
    return cli_parse(verb, argc, argv, options, count, status);
}

static void
forget(struct invocation *invocation)
{
    for (size_t i = 0; i < ARGUMENTS_MAX; i++)
        free(invocation->given[i].list.items);
}

int
action_run(const struct cli_verb *verb, int argc, char **argv)
{
    struct invocation invocation;
    int status;
    if (understand(verb, argc, argv, &invocation, &status))
        status = perform(&invocation);
    forget(&invocation);
    return status;
}

bool
action_request(const struct cli_verb *verb, int argc, char **argv, struct buf *request)
{
    struct invocation invocation;
    struct err err = {0};
    int status;
    bool understood = understand(verb, argc, argv, &invocation, &status);
    if (understood && write_request(&invocation, request, &err) != RC_OK) {
        cli_fail("%s", err.text);
        understood = false;
    }
    forget(&invocation);
    return understood;
}
