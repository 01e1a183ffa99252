/*
 * What the administrator is told by mail: a credential was braked, a canary was used. It is kept in the
 * transaction in which it happened and goes out in a later one, so that nothing is told twice or
 * forgotten. A flood of alarms is no flood of mail: one mail tells all that waits, the worst in full,
 * and how a canary is used is told again after `alarm.repeat` at the earliest. Nor does a flood keep
 * anything silent: what is new waits for `alarm.interval` alone, and who only tries a canary's
 * password does not stand before who has it.
 */
#ifndef POSTERN_API_ALARM_H
#define POSTERN_API_ALARM_H

#include "call.h"
#include "spool/braking.h"

/* Nothing when there is nobody to tell. */
MUST_USE enum rc alarm_braked(struct arena *arena, const struct api_constants *constants,
                              struct database *database, const struct braking *braking,
                              int64_t now_ms, struct err *err);

/* How a canary was used. What a stranger says of itself is cut to a length and made printable. */
struct alarm_use {
    bool authenticated; /* with its password or secret, while it is switched on */
    struct slice access_key, service, operation, result, source_ip, client;
};
struct slice alarm_use_words(struct arena *arena, const struct alarm_use *use);
MUST_USE enum rc alarm_canary(struct arena *arena, const struct api_constants *constants,
                              struct database *database, const struct alarm_use *use,
                              int64_t now_ms, struct err *err);

/* One mail about what is due. *count: how many, 0 for no mail; *next_ms: when others are, 0 for none. */
MUST_USE enum rc alarm_mail(struct arena *arena, const struct api_constants *constants,
                            struct api_thread *thread, int64_t now_ms, int64_t *count,
                            int64_t *next_ms, struct err *err);

#endif
