/*
 * postern: the one command of the operator. The first word is a verb; each is a row of the table
 * below, and `postern help` is printed from it.
 */
#include "action.h"
#include "cli.h"

#include <stdio.h>
#include <stdlib.h>

#ifndef POSTERN_VERSION
#define POSTERN_VERSION "development"
#endif

static int help_run(const struct cli_verb *verb, int argc, char **argv);
static int version_run(const struct cli_verb *verb, int argc, char **argv);

static const struct cli_verb verbs[] = {
    {"init",
     "[--dir DIR] [--config FILE] [--hostname NAME] [--account DIGITS]\n"
     "           [--access-key-id ID --secret-access-key SECRET] [--admin-sends] [--json]",
     "make a new service in DIR and its administrator's key", init_run},
    {"serve", "[--dir DIR] [--set KEY=VALUE]...", "run the service of DIR", serve_run},
    {"backup", "FILE [--dir DIR]", "copy the store of DIR to FILE, while the service runs or not",
     backup_run},
    {"restore-backup", "FILE [--dir DIR]", "make the store of DIR from a backup; its queue is held",
     restore_backup_run},
    {"demo", "[--json] [--keep]", "show what is promised, live on a throw-away instance", demo_run},
    {"doctor", "[--probe HOST[:PORT]] [--json]", "what would keep mail from leaving or arriving",
     doctor_run},
    {"status", "", "the account, the sandbox, this service's own DKIM records", action_run},
    {"domain",
     "add DOMAIN [--only-itself] | list | remove DOMAIN | records DOMAIN | check DOMAIN\n"
     "           | mail-from DOMAIN [--name SUBDOMAIN] [--reject]",
     "domains that may send, and the DNS records that prove them", action_run},
    {"address", "add ADDRESS | list | remove ADDRESS",
     "addresses that may send, proved by a link that is mailed to them", action_run},
    {"check", "DOMAIN [--as USER] [--from ADDRESS] [--from-ip ADDRESS]",
     "what a receiver makes of a message of the domain, and what to mend", action_run},
    {"dkim", "on DOMAIN | off DOMAIN", "sign as the domain, which hides this service", action_run},
    {"verify", "IDENTITY", "vouch for a domain or address without proof", action_run},
    {"production", "on | off", "leave the sandbox, or go back", action_run},
    {"pause", "on | off", "stop accepting mail for the whole account, or go on", action_run},
    {"grant",
     "ADDRESS [--user NAME] [--also] [--until END] [--from-network CIDR[,CIDR]...]\n"
     "           | list",
     "hand out an address: a user, a credential, a policy for exactly that address", action_run},
    {"revoke", "ADDRESS|USER|KEY [--hold]", "switch a credential off at once", action_run},
    {"restore", "ADDRESS|USER|KEY", "switch it on again", action_run},
    {"access", "[--as USER] | --check | --with FILE",
     "who may send as whom; what breaks \"one person, one address\"; what a change would do",
     access_run},
    {"who-can-send-as", "ADDRESS", "who may use the address, and on what it depends", action_run},
    {"suspend", "IDENTITY|USER|DOMAIN --reason TEXT [--until END] [--only user|identity] [--hold]",
     "stop a person, or everybody who sends as an address or a domain, for a while", action_run},
    {"resume", "IDENTITY|USER|DOMAIN [--only user|identity]", "end that", action_run},
    {"suspensions", "", "who and what is suspended, why and until when", action_run},
    {"brake", "list | show KEY|USER | release KEY|USER | drop KEY|USER",
     "credentials whose mail is held, since they sent as never before", action_run},
    {"canary", "create [--user NAME] | list | delete KEY",
     "credentials that nobody has a reason to use, and that tell when somebody does", action_run},
    {"user", "create USER | list | show USER | delete USER", "IAM users", action_run},
    {"credential", "create USER | list USER | rotate USER | delete KEY", "their access keys",
     action_run},
    {"group",
     "create GROUP | list | show GROUP | delete GROUP | add GROUP USER | remove GROUP USER",
     "IAM groups", action_run},
    {"policy",
     "put NAME [--user U | --group G | --identity I] [--file F] | show NAME ... | list ...\n"
     "           | delete NAME ... | attach NAME --user U | detach NAME --group G\n"
     "           | boundary --user U [--name NAME] | validate FILE [--type TYPE]",
     "policies, from a file or standard input", action_run},
    {"decisions", "[--as USER] [--from ADDRESS] [--since TIME] [--limit NUMBER]",
     "what was decided, when, from where, why", action_run},
    {"explain",
     "--as USER --from ADDRESS [--mail-from A] [--to ADDRESS]... [--header 'NAME: VALUE']...\n"
     "           [--action A] [--source-ip IP]",
     "the decision on a message, without sending it", action_run},
    {"queue",
     "list [--limit NUMBER] [--as USER] [--key KEY] [--site DOMAIN] [--after NEXT]\n"
     "           | find [--as USER] [--key KEY] [--from TEXT] [--to TEXT] [--state STATE]\n"
     "             [--since TIME] [--until TIME] [--limit NUMBER] [--before NEXT]\n"
     "           | show MESSAGE | sites [--limit NUMBER] | account\n"
     "           | retry | hold | release | drop MESSAGE|all [--recipient ADDRESS]\n"
     "             [--as USER] [--key KEY] [--site DOMAIN]",
     "mail that waits, and what became of what was accepted", action_run},
    {"trace", "KEY|USER|ADDRESS|MESSAGE [--since TIME] [--json]",
     "what a credential did, or became of a message", trace_run},
    {"ledger",
     "list [--since TIME] [--until TIME] [--limit NUMBER]\n"
     "           | export [--format jsonl|csv] [--since TIME] [--until TIME]\n"
     "           | verify [--head FILE] | head | erase ADDRESS",
     "the record of all that was done, that cannot be changed unseen", ledger_run},
    {"api", "SERVICE OPERATION [JSON]",
     "any operation of the SES, IAM and STS APIs; JSON may be \"-\", standard input", api_run},
    {"help", "[VERB]", "this list, or how one verb is used", help_run},
    {"version", "", "print the version", version_run},
};

enum { VERB_COUNT = sizeof verbs / sizeof verbs[0] };

const struct cli_verb *
cli_verb_find(const char *name)
{
    for (size_t i = 0; i < VERB_COUNT; i++)
        if (strcmp(verbs[i].name, name) == 0)
            return &verbs[i];
    return NULL;
}

static void
print_verbs(FILE *out)
{
    fputs("usage: postern VERB [ARGUMENT]...\n\n", out);
    for (size_t i = 0; i < VERB_COUNT; i++)
        fprintf(out, "  %-14s %s\n", verbs[i].name, verbs[i].help);
    fputs("\nVerbs that ask the server take --dir DIR and --json. DIR is " CLI_DEFAULT_DIR
          " unless --dir says otherwise. "
          "\"postern help VERB\" shows a verb's arguments.\n",
          out);
}

static int
unknown_verb(const char *name)
{
    cli_fail("there is no verb \"%s\"; \"postern help\" lists them", name);
    return CLI_USAGE;
}

static int
help_run(const struct cli_verb *verb, int argc, char **argv)
{
    struct cli_list words = {0};
    const struct cli_option options[] = {{"VERB", CLI_WORDS, &words}};
    int status = CLI_OK;
    bool parsed = cli_parse(verb, argc, argv, options, 1, &status);
    const struct cli_verb *about = parsed && words.count ? cli_verb_find(words.items[0]) : NULL;
    if (parsed && words.count && !about)
        status = unknown_verb(words.items[0]);
    else if (about)
        printf("usage: postern %s %s\n%s\n", about->name, about->usage, about->help);
    else if (parsed)
        print_verbs(stdout);
    free(words.items);
    return status;
}

static int
version_run(const struct cli_verb *verb, int argc, char **argv)
{
    int status = CLI_OK;
    if (!cli_parse(verb, argc, argv, NULL, 0, &status))
        return status;
    puts("postern " POSTERN_VERSION);
    return CLI_OK;
}

int
main(int argc, char **argv)
{
    if (argc < 2) {
        print_verbs(stderr);
        return CLI_USAGE;
    }
    const char *name = argv[1];
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
        name = "help";
    else if (strcmp(name, "--version") == 0)
        name = "version";
    const struct cli_verb *verb = cli_verb_find(name);
    int status = verb ? verb->run(verb, argc - 1, argv + 1) : unknown_verb(name);
    /* A password that is shown once must not be lost on a full disk without a word. */
    if (fflush(stdout) != 0 || ferror(stdout))
        status = cli_fail("standard output cannot be written");
    return status;
}
