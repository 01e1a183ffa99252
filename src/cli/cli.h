/*
 * The command line: a table of verbs in main.c, one file a noun. A verb reads its own arguments
 * with cli_parse, says what went wrong on stderr, and returns the exit status.
 */
#ifndef POSTERN_CLI_CLI_H
#define POSTERN_CLI_CLI_H

#include "base/memory.h"

enum { CLI_OK = 0, CLI_FAILED = 1, CLI_USAGE = 2, CLI_AMBER = 3 };

struct cli_verb {
    const char *name;
    const char *usage;                                              /* what follows the name */
    const char *help;                                               /* one line */
    int (*run)(const struct cli_verb *verb, int argc, char **argv); /* argv[0] is the verb */
};

enum cli_kind {
    CLI_FLAG,  /* --json: bool */
    CLI_VALUE, /* --dir DIR, --dir=DIR: const char *, once */
    CLI_LIST,  /* --set A --set B: struct cli_list */
    CLI_WORD,  /* a word without dashes, in this order: const char * */
    CLI_WORDS  /* all words that are left: struct cli_list; the last row */
};

struct cli_list {
    const char **items; /* the array is for the caller to free; the strings are argv's */
    size_t count;
};

struct cli_option {
    const char *name; /* "dir"; of a word: "DOMAIN", as usage writes it */
    enum cli_kind kind;
    void *target; /* keeps its value when the option is not given */
};

/* True when all was understood; else *status is what to exit with, and the words were printed
 * (--help prints the verb's usage: CLI_OK). */
MUST_USE bool cli_parse(const struct cli_verb *verb, int argc, char **argv,
                        const struct cli_option *options, size_t count, int *status);

/* NULL: there is none. */
const struct cli_verb *cli_verb_find(const char *name);

/* "postern: ..." on stderr, control characters escaped; returns CLI_FAILED. */
int cli_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

#define CLI_DEFAULT_DIR POSTERN_DIR /* of the build */

/* The verbs, one file a noun. */
int serve_run(const struct cli_verb *verb, int argc, char **argv);
int init_run(const struct cli_verb *verb, int argc, char **argv);
int doctor_run(const struct cli_verb *verb, int argc, char **argv);
int backup_run(const struct cli_verb *verb, int argc, char **argv);
int restore_backup_run(const struct cli_verb *verb, int argc, char **argv);
int access_run(const struct cli_verb *verb, int argc, char **argv);
int api_run(const struct cli_verb *verb, int argc, char **argv);
int ledger_run(const struct cli_verb *verb, int argc, char **argv);
int trace_run(const struct cli_verb *verb, int argc, char **argv);
int demo_run(const struct cli_verb *verb, int argc, char **argv);

#endif
