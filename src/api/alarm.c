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
    /* After a release the next is another. */
    struct slice subject =
        arena_printf(arena, "braked:%.*s:%lld", SLICE_ARG(braking->access_key), (long long)now_ms);
    return alarms_put(database, subject, ALARM_BRAKED, words, now_ms, err);
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
    if (rc == RC_NOT_FOUND) /* deleted just now, perhaps by this very use */
        rc = RC_OK;
    if (rc != RC_OK || constants->alarm_to.len == 0)
        return rc;
    words =
        arena_printf(arena, "The canary access key %.*s was %s: %.*s.", SLICE_ARG(use->access_key),
                     use->authenticated ? "used" : "tried", SLICE_ARG(words));
    struct slice subject =
        arena_concat(arena, use->authenticated ? SLICE("used:") : SLICE("tried:"), use->access_key);
    return alarms_put(database, subject,
                      use->authenticated ? ALARM_CANARY_USED : ALARM_CANARY_TRIED, words, now_ms,
                      err);
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
write_text(struct arena *arena, const struct alarm_row *alarms, size_t count, int64_t others)
{
    struct buf text;
    buf_init(&text, MAIL_MAX);
    for (size_t i = 0; i < count; i++)
        write_alarm(&text, arena, &alarms[i]);
    if (others > 0)
        buf_printf(&text,
                   "And %lld others. All of them:\r\n  postern brake list\r\n  postern canary "
                   "list\r\n",
                   (long long)others);
    struct slice copy = arena_dup(arena, buf_slice(&text));
    buf_fini(&text);
    return copy;
}

static struct slice
write_mail(struct arena *arena, const struct api_constants *constants, enum alarm_weight weight,
           struct slice text, int64_t now_ms)
{
    static const struct slice subjects[] = {
        [ALARM_CANARY_USED] = {"A canary credential was used", 28},
        [ALARM_BRAKED] = {"The mail of a credential is held", 32},
        [ALARM_CANARY_TRIED] = {"A canary credential was tried", 29},
    };
    int64_t key_ms;
    (void)api_next_key(constants, now_ms, &key_ms);
    struct slice id = arena_printf(
        arena, "%.*s@%.*s", SLICE_ARG(random_message_id(arena, constants->region_prefix, key_ms)),
        SLICE_ARG(constants->hostname));
    struct slice from = arena_concat(arena, SLICE("postmaster@"), constants->hostname);
    return dsn_notice(arena, from, constants->alarm_to, subjects[weight], id, now_ms, text);
}

static enum rc
tell(struct arena *arena, const struct api_constants *constants, struct api_thread *thread,
     int64_t now_ms, int64_t *count, struct err *err)
{
    int64_t told_before_ms = now_ms - constants->alarm_repeat_ms;
    struct alarm_row *alarms;
    size_t listed;
    *count = 0;
    enum rc rc =
        alarms_due(thread->database, arena, told_before_ms, ALARMS_A_MAIL, &alarms, &listed, err);
    if (rc != RC_OK || listed == 0)
        return rc;
    rc = alarms_told(thread->database, told_before_ms, now_ms, count, err);
    if (rc != RC_OK)
        return rc;
    struct slice text = write_text(arena, alarms, listed, *count - (int64_t)listed);
    return submit_system(arena, constants, thread, constants->alarm_to,
                         write_mail(arena, constants, alarms[0].weight, text, now_ms), now_ms, err);
}

enum rc
alarm_mail(struct arena *arena, const struct api_constants *constants, struct api_thread *thread,
           int64_t now_ms, int64_t *count, int64_t *next_ms, struct err *err)
{
    int64_t told_ms;
    *next_ms = 0;
    enum rc rc = tell(arena, constants, thread, now_ms, count, err);
    if (rc != RC_OK)
        return rc;
    rc = alarms_next(thread->database, &told_ms, err);
    if (rc == RC_OK)
        *next_ms = told_ms + constants->alarm_repeat_ms;
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}
