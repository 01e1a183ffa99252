#include "action.h"
#include "admin_client.h"
#include "print.h"

#include <stdio.h>
#include <stdlib.h>

enum argument_kind {
    WORD,     /* a word, required */
    VALUE,    /* --name VALUE */
    NEEDED,   /* --name VALUE, required */
    FLAG,     /* --name: true */
    LIST,     /* --name VALUE, repeated: an array */
    DOCUMENT, /* --file FILE, or standard input: its text */
    TRUE,
    FALSE,
    TEXT /* always sent; TEXT sends `name` */
};

struct argument {
    const char *name, *member;
    enum argument_kind kind;
};

enum { ARGUMENTS_MAX = 8, DOCUMENT_MAX = 256 * 1024 };

struct action {
    const char *verb, *word; /* word NULL: the verb stands alone */
    const char *operation;
    struct argument arguments[ARGUMENTS_MAX];
    int (*print)(const struct json *answer);
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
    {"domain", "list", "identity.list", {{"domain", "kind", TEXT}}, print_identities},
    {"domain", "remove", "identity.remove", {{"DOMAIN", "identity", WORD}}, print_done},
    {"domain",
     "mail-from",
     "domain.mail_from",
     {{"DOMAIN", "domain", WORD}, {"name", "mail_from", VALUE}, {"reject", "reject", FLAG}},
     print_records},
    {"address", "add", "address.add", {{"ADDRESS", "address", WORD}}, print_done},
    {"address", "list", "identity.list", {{"address", "kind", TEXT}}, print_identities},
    {"address", "remove", "identity.remove", {{"ADDRESS", "identity", WORD}}, print_done},
    {"dkim", "on", "dkim.set", {{"DOMAIN", "domain", WORD}, {"", "enabled", TRUE}}, print_done},
    {"dkim", "off", "dkim.set", {{"DOMAIN", "domain", WORD}, {"", "enabled", FALSE}}, print_done},
    {"verify", NULL, "identity.vouch", {{"IDENTITY", "identity", WORD}}, print_done},
    {"production", "on", "account.production", {{"", "on", TRUE}}, print_done},
    {"production", "off", "account.production", {{"", "on", FALSE}}, print_done},
    {"pause", "on", "account.pause", {{"", "on", TRUE}}, print_done},
    {"pause", "off", "account.pause", {{"", "on", FALSE}}, print_done},
    {"status", NULL, "account.show", {{0}}, print_account},
    {"grant",
     NULL,
     "grant.create",
     {{"ADDRESS", "address", WORD}, {"user", "user", VALUE}, {"also", "also", FLAG}},
     print_grant},
    {"revoke",
     NULL,
     "grant.revoke",
     {{"ADDRESS|USER|KEY", "target", WORD}, {"hold", "hold", FLAG}},
     print_keys},
    {"restore", NULL, "grant.restore", {{"ADDRESS|USER|KEY", "target", WORD}}, print_keys},
    {"user", "create", "user.create", {{"USER", "user", WORD}}, print_done},
    {"user", "list", "user.list", {{0}}, print_users},
    {"user", "show", "user.show", {{"USER", "user", WORD}}, print_user},
    {"user", "delete", "user.delete", {{"USER", "user", WORD}}, print_done},
    {"credential", "create", "credential.create", {{"USER", "user", WORD}}, print_grant},
    {"credential", "list", "credential.list", {{"USER", "user", WORD}}, print_keys},
    {"credential", "rotate", "credential.rotate", {{"USER", "user", WORD}}, print_grant},
    {"credential", "delete", "credential.delete", {{"KEY", "key", WORD}}, print_done},
    {"group", "create", "group.create", {{"GROUP", "group", WORD}}, print_done},
    {"group", "list", "group.list", {{0}}, print_groups},
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
     print_done},
    {"policy", "show", "policy.show", {{"NAME", "name", WORD}, PLACE}, print_policies},
    {"policy", "list", "policy.list", {PLACE}, print_policies},
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
    {"decisions",
     NULL,
     "decision.list",
     {{"as", "user", VALUE}, {"from", "from", VALUE}, {"since", "since", VALUE}},
     print_decisions},
    {"explain",
     NULL,
     "decision.explain",
     {{"as", "user", NEEDED},
      {"from", "from", NEEDED},
      {"mail-from", "mail_from", VALUE},
      {"to", "to", LIST},
      {"action", "action", VALUE},
      {"source-ip", "source_ip", VALUE}},
     print_explanation},
    {"queue", "list", "queue.list", {{0}}, print_queue},
    {"queue", "show", "queue.show", {{"MESSAGE", "message", WORD}}, print_mail},
    {"queue",
     "retry",
     "queue.change",
     {{"MESSAGE", "message", WORD}, {"recipient", "recipient", VALUE}, {"retry", "change", TEXT}},
     print_done},
    {"queue",
     "hold",
     "queue.change",
     {{"MESSAGE", "message", WORD}, {"recipient", "recipient", VALUE}, {"hold", "change", TEXT}},
     print_done},
    {"queue",
     "release",
     "queue.change",
     {{"MESSAGE", "message", WORD}, {"recipient", "recipient", VALUE}, {"release", "change", TEXT}},
     print_done},
    {"queue",
     "drop",
     "queue.change",
     {{"MESSAGE", "message", WORD}, {"recipient", "recipient", VALUE}, {"drop", "change", TEXT}},
     print_done},
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
            options[count++] = (struct cli_option){argument->name, CLI_WORD, &given->text};
            break;
        case VALUE:
        case NEEDED:
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
    switch (argument->kind) {
    case WORD:
    case VALUE:
    case NEEDED:
        if (given->text)
            json_put_cstr(writer, argument->member, given->text);
        else if (argument->kind == NEEDED)
            return err_set(err, RC_SYNTAX, "--%s is missing", argument->name);
        break;
    case FLAG: json_put_bool(writer, argument->member, given->flag); break;
    case LIST: write_list(writer, argument->member, &given->list); break;
    case TRUE:
    case FALSE: json_put_bool(writer, argument->member, argument->kind == TRUE); break;
    case TEXT: json_put_cstr(writer, argument->member, argument->name); break;
    case DOCUMENT:
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
    if (rc == RC_OK)
        rc = admin_client_open(invocation->dir, &client, &err);
    if (rc == RC_OK)
        rc = admin_client_call(client, arena, buf_slice(&request), &raw, &answer, &err);
    if (rc == RC_OK && !invocation->json)
        status = invocation->action->print(answer);
    else if (rc == RC_OK)
        status = printf("%.*s\n", SLICE_ARG(raw)) > 0 ? CLI_OK : CLI_FAILED;
    else
        status = cli_fail("%s", err.text);
    admin_client_close(client);
    buf_wipe(&request);
    arena_free(arena);
    return status;
}

static int
unknown_word(const struct cli_verb *verb)
{
    fprintf(stderr, "usage: postern %s %s\n", verb->name, verb->usage);
    return CLI_USAGE;
}

int
action_run(const struct cli_verb *verb, int argc, char **argv)
{
    const char *word = argc > 1 ? argv[1] : NULL;
    struct cli_option options[ARGUMENTS_MAX + 2];
    struct invocation invocation = {.dir = CLI_DEFAULT_DIR};
    int status;
    invocation.action = find_action(verb->name, word);
    if (!invocation.action)
        return unknown_word(verb);
    int skipped = invocation.action->word ? 1 : 0;
    size_t count = options_of(&invocation, options);
    if (cli_parse(verb, argc - skipped, argv + skipped, options, count, &status))
        status = perform(&invocation);
    for (size_t i = 0; i < ARGUMENTS_MAX; i++)
        free(invocation.given[i].list.items);
    return status;
}
