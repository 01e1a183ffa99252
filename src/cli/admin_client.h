/*
 * The command line's side of the administrator's socket, DIR/postern.sock: one request, one
 * answer, framed as on every channel of ours (net/channel.h). Blocking.
 */
#ifndef POSTERN_CLI_ADMIN_CLIENT_H
#define POSTERN_CLI_ADMIN_CLIENT_H

#include "base/json.h"

struct admin_client;

/* RC_NOT_FOUND: no server runs for DIR; the words say what to do. */
MUST_USE enum rc admin_client_open(const char *dir, struct admin_client **out, struct err *err);
void admin_client_close(struct admin_client *client);

/*
 * request   a JSON object with "operation"
 * raw       the answer as it came, in `arena`; also when the server refused
 * answer    the same, read
 * Where the server asks to try again shortly (signing keys are being made) this waits up to 15 s.
 * Otherwise the server's refusal comes back as its own code and words.
 */
MUST_USE enum rc admin_client_call(struct admin_client *client, struct arena *arena,
                                   struct slice request, struct slice *raw, struct json **answer,
                                   struct err *err);

#endif
