/*
 * What the ledger says of a message, a recipient or a call. Everything that appends runs on the
 * writer's thread, inside the transaction of what it records.
 */
#ifndef POSTERN_API_RECORDING_H
#define POSTERN_API_RECORDING_H

#include "dispatch.h"
#include "submit.h"

struct braking;
struct decision_row;

/* An allowed message, and of its recipients those that do not go: suppressed, held. `about`: the id of
 * the message that it is a report of, or empty. */
MUST_USE enum rc recording_accepted(struct arena *arena, struct api_thread *thread,
                                    const struct submission_answer *answer, struct slice about,
                                    struct err *err);
MUST_USE enum rc recording_refused(struct arena *arena, struct api_thread *thread,
                                   const struct submission_request *request,
                                   const struct decision_row *decision, struct err *err);

/* What an attempt did to a recipient: its row, with what was said. `dialogue`: all of it, or empty; other
 * recipients are taken out. */
MUST_USE enum rc recording_outcome(struct arena *arena, struct api_thread *thread,
                                   struct slice message_id, const struct recipient_row *row,
                                   const char *what, struct slice dialogue, int64_t now_ms,
                                   struct err *err);
/* Somebody held, released, dropped or retried it. */
MUST_USE enum rc recording_change(struct api_call *call, int64_t recipient_key, const char *what,
                                  struct err *err);

/* A credential was braked, and what waited of it is held. */
MUST_USE enum rc recording_braked(struct arena *arena, struct api_thread *thread,
                                  const struct braking *braking, int64_t now_ms, struct err *err);

/* Who logs in, or fails to. */
struct recording_login {
    struct slice user_name, access_key, source_ip, tls, client_name;
    const char *service, *result;
};
void recording_login(const struct recording_login *login, int64_t now_ms,
                     struct ledger_record *out);

/* Of an operation of the administrator: on what it was, as "target=taro@test1.com hold=true reason=on
 * leave". Documents and secrets are not among these. */
struct slice recording_subject(struct arena *arena, const struct json *input);
/* A call of the APIs, with what it was on; one that failed too. */
void recording_call(const struct dispatch *dispatch, const char *result, struct ledger_record *out);

#endif
