/*
 * How answers are shown to people. What came over the network (addresses, replies of other
 * servers) is printed with its control characters escaped: a terminal is not to be driven by mail.
 * `at` is put behind every command that is suggested: "" or " --dir DIR".
 */
#ifndef POSTERN_CLI_PRINT_H
#define POSTERN_CLI_PRINT_H

#include "base/json.h"

/* Text, safe for a terminal: one line, in the order in which it stands. NUL-terminated. */
struct slice print_safe(struct arena *arena, struct slice text);
/* One record as a zone file writes it (RFC 1035 §5.1); a TXT value of more than 255 bytes in
 * several strings. NUL-terminated. */
struct slice print_record(struct arena *arena, struct slice name, struct slice type,
                          struct slice value);

void print_done(const struct json *answer, const char *at);
void print_address(const struct json *answer, const char *at);
void print_records(const struct json *answer, const char *at);
void print_examination(const struct json *answer, const char *at);
void print_findings(const struct json *answer, const char *at);
void print_identities(const struct json *answer, const char *at);
void print_signing_keys(const struct json *answer, const char *at);
void print_dkim(const struct json *answer, const char *at);
void print_grants(const struct json *answer, const char *at);
void print_grant(const struct json *answer, const char *at);
void print_credential(const struct json *answer, const char *at);
void print_keys(const struct json *answer, const char *at);
void print_suspended(const struct json *answer, const char *at);
void print_resumed(const struct json *answer, const char *at);
void print_suspensions(const struct json *answer, const char *at);
void print_revoked(const struct json *answer, const char *at);
void print_users(const struct json *answer, const char *at);
void print_user(const struct json *answer, const char *at);
void print_console_password(const struct json *answer, const char *at);
void print_group(const struct json *answer, const char *at);
void print_groups(const struct json *answer, const char *at);
void print_policies(const struct json *answer, const char *at);
void print_policy_put(const struct json *answer, const char *at);
void print_access(const struct json *answer, const char *at);
void print_access_holders(const struct json *answer, const char *at);
void print_access_findings(const struct json *answer, const char *at);
void print_access_changes(const struct json *answer, const char *at);
void print_policy_findings(const struct json *answer, const char *at);
void print_brakes(const struct json *answer, const char *at);
void print_brake(const struct json *answer, const char *at);
void print_braked_keys(const struct json *answer, const char *at);
void print_canary(const struct json *answer, const char *at);
void print_canaries(const struct json *answer, const char *at);
void print_decisions(const struct json *answer, const char *at);
void print_explanation(const struct json *answer, const char *at);
void print_sites(const struct json *answer, const char *at);
void print_found(const struct json *answer, const char *at);
void print_queue(const struct json *answer, const char *at);
void print_mail(const struct json *answer, const char *at);
void print_account(const struct json *answer, const char *at);

/* What the exit status tells monitoring: the domain is proved, by its TXT record or by all its
 * DKIM records; the message would be let out; nothing is red or amber. */
bool print_is_proved(const struct json *answer);
bool print_is_allowed(const struct json *answer);
bool print_is_accounted(const struct json *answer);
bool print_is_sound(const struct json *answer); /* no finding of `access --check` */
bool print_is_valid(const struct json *answer);
bool print_is_green(const struct json *answer);
/* Of an answer that is neither yes nor no: CLI_AMBER. */
bool print_is_amber(const struct json *answer);

#endif
