#include "alarm.h"
#include "base/clock.h"
#include "base/random.h"
#include "mail/dsn.h"
#include "store/alarms.h"
#include "store/canaries.h"
#include "submit.h"

enum { ALARMS_A_MAIL = 20, SAID_MAX = 100, MAIL_MAX = 64 * 1024 };

enum rc
alarm_braked(struct arena *arena, const struct api_constants *constants, struct database *database,
             const struct braking *braking, int64_t now_ms, struct err *err)
{
    if (!braking->tripped || constants->alarm_to.len == 0)
        return RC_OK;
    struct slice words =
        arena_printf(arena,
                     "Mail from the access key %.*s of %.*s is held: %.*s.\r\n"
                     "  What it did:     postern brake show %.*s\r\n"
                     "  A false alarm:   postern brake release %.*s\r\n"
                     "  It was stolen:   postern revoke %.*s --hold",
                     SLICE_ARG(braking->access_key), SLICE_ARG(braking->user_name),
                     SLICE_ARG(braking->words), SLICE_ARG(braking->access_key),
                     SLICE_ARG(braking->access_key), SLICE_ARG(braking->access_key));
    return alarms_put(database, arena_concat(arena, SLICE("brake:"), braking->access_key), words,
                      now_ms, err);
}

/* ---- canaries ---- */

static struct slice
printable(struct arena *arena, struct slice said)
{
    said = slice_head(said, SAID_MAX);
    char *copy = arena_alloc(arena, said.len + 1);
    for (size_t i = 0; i < said.len; i++)
        copy[i] = said.ptr[i] >= ' ' && said.ptr[i] < 127 ? said.ptr[i] : '?';
    return said.len ? (struct slice){copy, said.len} : SLICE("unknown");
}

struct slice
alarm_use_words(struct arena *arena, const struct alarm_use *use)
{
    return arena_printf(
        arena, "%.*s %.*s from %.*s, client %.*s: %.*s", SLICE_ARG(printable(arena, use->service)),
        SLICE_ARG(printable(arena, use->operation)), SLICE_ARG(printable(arena, use->source_ip)),
        SLICE_ARG(printable(arena, use->client)), SLICE_ARG(printable(arena, use->result)));
}

enum rc
alarm_canary(struct arena *arena, const struct api_constants *constants, struct database *database,
             const struct alarm_use *use, int64_t now_ms, struct err *err)
{
    struct slice words = alarm_use_words(arena, use);
    enum rc rc = canaries_count_use(database, use->access_key, now_ms, words, err);
    if (rc != RC_OK || constants->alarm_to.len == 0)
        return rc == RC_NOT_FOUND ? RC_OK : rc; /* deleted just now */
    words = arena_printf(arena, "The canary access key %.*s was used: %.*s.",
                         SLICE_ARG(use->access_key), SLICE_ARG(words));
    return alarms_put(database, arena_concat(arena, SLICE("canary:"), use->access_key), words,
                      now_ms, err);
}

/* ---- the mail ---- */

static void
write_alarm(struct buf *text, struct arena *arena, const struct alarm_row *alarm)
{
    buf_printf(text, "%.*s\r\n%.*s\r\n", SLICE_ARG(clock_iso8601(arena, alarm->at_ms)),
               SLICE_ARG(alarm->words));
    if (alarm->times > 1)
        buf_printf(text, "And %d times more, the last at %.*s:\r\n%.*s\r\n",
                   (int)(alarm->times - 1), SLICE_ARG(clock_iso8601(arena, alarm->last_ms)),
                   SLICE_ARG(alarm->last_words));
    buf_add_cstr(text, "\r\n");
}

static struct slice
write_mail(struct arena *arena, const struct api_constants *constants,
           const struct alarm_row *alarms, size_t count, int64_t now_ms)
{
    struct buf text;
    int64_t key_ms;
    buf_init(&text, MAIL_MAX);
    for (size_t i = 0; i < count; i++)
        write_alarm(&text, arena, &alarms[i]);
    (void)api_next_key(constants, now_ms, &key_ms);
    struct slice id = arena_printf(
        arena, "%.*s@%.*s", SLICE_ARG(random_message_id(arena, constants->region_prefix, key_ms)),
        SLICE_ARG(constants->hostname));
    struct slice from = arena_concat(arena, SLICE("postmaster@"), constants->hostname);
    struct slice subject = slice_starts(alarms[0].subject, SLICE("canary:"))
                               ? SLICE("A canary credential was used")
                               : SLICE("The mail of a credential is held");
    struct slice message =
        dsn_notice(arena, from, constants->alarm_to, subject, id, now_ms, buf_slice(&text));
    buf_fini(&text);
    return message;
}

enum rc
alarm_mail(struct arena *arena, const struct api_constants *constants, struct api_thread *thread,
           int64_t now_ms, size_t *count, bool *more, struct err *err)
{
    struct alarm_row *alarms;
    enum rc rc = alarms_list(thread->database, arena, ALARMS_A_MAIL + 1, &alarms, count, err);
    *more = rc == RC_OK && *count > ALARMS_A_MAIL;
    if (rc != RC_OK || *count == 0)
        return rc;
    if (*more)
        *count = ALARMS_A_MAIL;
    rc = submit_system(arena, constants, thread, constants->alarm_to,
                       write_mail(arena, constants, alarms, *count, now_ms), now_ms, err);
    for (size_t i = 0; rc == RC_OK && i < *count; i++)
        rc = alarms_delete(thread->database, alarms[i].subject, err);
    return rc;
}
