/*
 * Verbs that are one operation of the server: a table says which words and options become which
 * members of the request, and how the answer is shown.
 */
#ifndef POSTERN_CLI_ACTION_H
#define POSTERN_CLI_ACTION_H

#include "cli.h"

/* For every verb that has rows in the table. */
int action_run(const struct cli_verb *verb, int argc, char **argv);
/* The request that the same words would send, and nothing is sent. False: what is wrong was said. */
bool action_request(const struct cli_verb *verb, int argc, char **argv, struct buf *request);

#endif
