/*
 * What the administrator is told by mail: a credential was braked, a canary was used. It is kept in the
 * transaction in which it happened and goes out in a later one, several in one mail, so that nothing
 * is told twice or forgotten, and a flood of alarms is no flood of mail.
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
    struct slice access_key, service, operation, result, source_ip, client;
};
struct slice alarm_use_words(struct arena *arena, const struct alarm_use *use);
MUST_USE enum rc alarm_canary(struct arena *arena, const struct api_constants *constants,
                              struct database *database, const struct alarm_use *use,
                              int64_t now_ms, struct err *err);

/* One mail about what waits to be told. *count: how many, 0 for no mail; *more: others wait. */
MUST_USE enum rc alarm_mail(struct arena *arena, const struct api_constants *constants,
                            struct api_thread *thread, int64_t now_ms, size_t *count, bool *more,
                            struct err *err);

#endif
