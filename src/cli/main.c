/*
 * postern: the one command of the operator. The first word is a verb; each is a row of the table
 * below, and `postern help` is printed from it.
 */
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
     "[--dir DIR] [--hostname NAME] [--account DIGITS]\n"
     "           [--access-key-id ID --secret-access-key SECRET] [--admin-sends] [--json]",
     "make a new service in DIR and its administrator's key", init_run},
    {"serve", "[--dir DIR] [--set KEY=VALUE]...", "run the service of DIR", serve_run},
    {"help", "[VERB]", "this list, or how one verb is used", help_run},
    {"version", "", "print the version", version_run},
};

enum { VERB_COUNT = sizeof verbs / sizeof verbs[0] };

static const struct cli_verb *
find_verb(const char *name)
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
    fputs("\nDIR is ./" CLI_DEFAULT_DIR " unless --dir says otherwise. "
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
    if (!cli_parse(verb, argc, argv, options, 1, &status))
        return status;
    const struct cli_verb *about = words.count ? find_verb(words.items[0]) : NULL;
    if (words.count && !about)
        status = unknown_verb(words.items[0]);
    else if (about)
        printf("usage: postern %s %s\n%s\n", about->name, about->usage, about->help);
    else
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
    const struct cli_verb *verb = find_verb(name);
    return verb ? verb->run(verb, argc - 1, argv + 1) : unknown_verb(name);
}
