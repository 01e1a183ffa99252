/*
 * How answers are shown to people. What came over the network (addresses, replies of other
 * servers) is printed with its control characters escaped: a terminal is not to be driven by mail.
 * Each returns the exit status of the verb.
 */
#ifndef POSTERN_CLI_PRINT_H
#define POSTERN_CLI_PRINT_H

#include "base/json.h"

/* Text, safe for a terminal. */
struct slice print_safe(struct arena *arena, struct slice text);
/* One record as a zone file writes it; long TXT values in strings of 255 bytes. */
struct slice print_record(struct arena *arena, struct slice name, struct slice type,
                          struct slice value);

int print_done(const struct json *answer);
int print_records(const struct json *answer);
int print_findings(const struct json *answer);
int print_identities(const struct json *answer);
int print_grant(const struct json *answer);
int print_keys(const struct json *answer);
int print_users(const struct json *answer);
int print_user(const struct json *answer);
int print_groups(const struct json *answer);
int print_policies(const struct json *answer);
int print_decisions(const struct json *answer);
int print_explanation(const struct json *answer);
int print_queue(const struct json *answer);
int print_mail(const struct json *answer);
int print_account(const struct json *answer);

#endif
