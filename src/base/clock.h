/* Instants. Only role/ and cli/ read a clock; everything else is given the time. */
#ifndef POSTERN_BASE_CLOCK_H
#define POSTERN_BASE_CLOCK_H

#include "memory.h"

#define SECOND_MS ((int64_t)1000)
#define MINUTE_MS (60 * SECOND_MS)
#define HOUR_MS   (60 * MINUTE_MS)
#define DAY_MS    (24 * HOUR_MS)

int64_t clock_now_ms(void);       /* since 1970-01-01 UTC */
int64_t clock_monotonic_ms(void); /* for durations: never steps */

/* "Wed, 06 Dec 2023 21:02:58 +0000" (RFC 5322 §3.3), day without a leading zero as SES writes. */
struct slice clock_rfc5322(struct arena *arena, int64_t ms);
/* "2023-12-06T21:02:58.776Z" */
struct slice clock_iso8601(struct arena *arena, int64_t ms);
/* ISO 8601 in UTC ("2018-08-31T12:00Z", "...:00Z", "....123Z", a bare date) or epoch seconds. */
MUST_USE bool clock_parse(struct slice text, int64_t *ms);
/*
 * When something ends, as a person writes it: an instant as above with its zone; a bare date, of
 * which all of the day in UTC still counts; or minutes, hours, days or weeks from now ("90m", "12h",
 * "3d", "2w"), at most five digits. In whole seconds, before the year 9999; it may have passed.
 */
MUST_USE bool clock_parse_end(struct slice text, int64_t now_ms, int64_t *ms);

#endif
