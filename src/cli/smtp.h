/* One submission over real SMTP, as a person's mail program does it: STARTTLS, AUTH PLAIN, one
 * message. Blocking. */
#ifndef POSTERN_CLI_SMTP_H
#define POSTERN_CLI_SMTP_H

#include "base/memory.h"

struct smtp_submission {
    uint16_t port; /* on 127.0.0.1 */
    struct slice user_name, password;
    struct slice reverse_path, recipient;
    struct slice message; /* header and body, CRLF lines, no line begins with a dot */
};

/*
 * reply   the server's reply that decided: to the final dot, or the first that refused
 * RC_TEMPORARY  the conversation broke down: no connection, no TLS, no reply
 */
MUST_USE enum rc smtp_submit(struct arena *arena, const struct smtp_submission *submission,
                             struct slice *reply, struct err *err);

#endif
