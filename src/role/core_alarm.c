/*
 * Alarms on their way: from the commit that raised one to the mail that tells it. The first goes out
 * at once; until `alarm.interval` has passed the next ones wait, and then go out together. What was
 * told within `alarm.repeat` waits longer.
 */
#include "api/alarm.h"
#include "base/clock.h"
#include "base/log.h"
#include "core.h"

#include <stdlib.h>

enum { AGAIN_MS = 30 * 1000 }; /* after a mail that could not be made */

struct alarms {
    struct core *core;
    struct timer *timer;
    bool writing, raised; /* raised: while that was being written */
    int64_t next_ms;      /* monotonic: no mail before */
};

struct telling {
    struct alarms *alarms;
    struct arena *arena; /* owned */
    int64_t count, next_ms;
    struct write_job write;
};

static enum rc
tell_run(struct write_job *write, struct database *database, struct err *err)
{
    struct telling *telling = (struct telling *)((char *)write - offsetof(struct telling, write));
    struct core *core = telling->alarms->core;
    (void)database;
    return alarm_mail(telling->arena, &core->constants, &core->writer_thread, clock_now_ms(),
                      &telling->count, &telling->next_ms, err);
}

/* What was told within `alarm.repeat` and waits. */
static void
wait_for_next(struct alarms *alarms, int64_t next_ms)
{
    int64_t longest_ms = alarms->core->config.alarm_repeat_ms;
    int64_t wait_ms = next_ms - clock_now_ms();
    if (next_ms == 0)
        return;
    wait_ms = wait_ms < longest_ms ? wait_ms : longest_ms; /* the clock was set back */
    timer_start(alarms->timer, wait_ms > 0 ? wait_ms : 0);
}

static void
told(struct alarms *alarms, const struct telling *telling)
{
    struct core *core = alarms->core;
    wait_for_next(alarms, telling->next_ms);
    if (telling->count == 0)
        return;
    log_event(LOG_LEVEL_INFO, "alarm.sent", LOG_TEXT("rcpt", core->constants.alarm_to),
              LOG_NUMBER("alarms", telling->count));
    alarms->next_ms = clock_monotonic_ms() + core->config.alarm_interval_ms;
    due_wake(core->delivery);
}

static void
not_told(struct alarms *alarms, const struct err *err)
{
    log_event(LOG_LEVEL_WARN, "alarm.not_sent", LOG_CSTR("reason", err->text));
    alarms->next_ms = clock_monotonic_ms() + AGAIN_MS;
    alarms->raised = true;
}

static void tell(void *ctx);

static void
tell_done(struct write_job *write)
{
    struct telling *telling = (struct telling *)((char *)write - offsetof(struct telling, write));
    struct alarms *alarms = telling->alarms;
    alarms->writing = false;
    if (write->rc == RC_OK)
        told(alarms, telling);
    else
        not_told(alarms, &write->err);
    arena_free(telling->arena);
    free(telling);
    if (alarms->raised)
        tell(alarms);
}

static void
tell(void *ctx)
{
    struct alarms *alarms = ctx;
    int64_t wait_ms = alarms->next_ms - clock_monotonic_ms();
    alarms->raised = alarms->writing;
    if (alarms->writing)
        return;
    if (wait_ms > 0) {
        timer_start(alarms->timer, wait_ms);
        return;
    }
    struct telling *telling = NEW(struct telling);
    telling->alarms = alarms;
    telling->arena = arena_new();
    telling->write = (struct write_job){.run = tell_run, .done = tell_done, .guarded = true};
    alarms->writing = true;
    writer_submit(alarms->core->writer, &telling->write);
}

void
alarms_wake(struct alarms *alarms)
{
    if (alarms->core->constants.alarm_to.len > 0)
        tell(alarms);
}

struct alarms *
alarms_new(struct core *core)
{
    struct alarms *alarms = NEW(struct alarms);
    alarms->core = core;
    alarms->timer = timer_new(core->loop, tell, alarms);
    return alarms;
}

/* ---- a credential was braked ---- */

void
alarms_braked(struct core *core, const struct braking *braking)
{
    if (!braking->tripped)
        return;
    core->counters.tripped++;
    log_event(LOG_LEVEL_WARN, "brake.tripped", LOG_TEXT("key", braking->access_key),
              LOG_TEXT("principal", braking->user_name), LOG_TEXT("reason", braking->reason),
              LOG_TEXT("words", braking->words), LOG_NUMBER("held", braking->stopped_count));
    delivery_stop(core->delivery, braking->stopped, braking->stopped_count);
    alarms_wake(core->alarms);
}

/* ---- a canary was used ---- */

struct singing {
    struct core *core;
    struct arena *arena; /* owned */
    struct alarm_use use;
    struct write_job write;
};

static enum rc
sing_run(struct write_job *write, struct database *database, struct err *err)
{
    struct singing *singing = (struct singing *)((char *)write - offsetof(struct singing, write));
    return alarm_canary(singing->arena, &singing->core->constants, database, &singing->use,
                        clock_now_ms(), err);
}

static void
sing_done(struct write_job *write)
{
    struct singing *singing = (struct singing *)((char *)write - offsetof(struct singing, write));
    if (write->rc == RC_OK)
        alarms_wake(singing->core->alarms);
    else
        log_event(LOG_LEVEL_ERROR, "canary.not_recorded", LOG_CSTR("reason", write->err.text));
    arena_free(singing->arena);
    free(singing);
}

void
alarms_canary(struct core *core, const struct alarm_use *use)
{
    struct singing *singing = NEW(struct singing);
    struct arena *arena = singing->arena = arena_new();
    core->counters.canaries++;
    log_event(LOG_LEVEL_WARN, "canary.used", LOG_TEXT("key", use->access_key),
              LOG_TEXT("service", use->service), LOG_TEXT("operation", use->operation),
              LOG_TEXT("result", use->result), LOG_TEXT("source", use->source_ip),
              LOG_TEXT("client", use->client));
    singing->core = core;
    singing->use = (struct alarm_use){
        .authenticated = use->authenticated,
        .access_key = arena_dup(arena, use->access_key),
        .service = arena_dup(arena, use->service),
        .operation = arena_dup(arena, use->operation),
        .result = arena_dup(arena, use->result),
        .source_ip = arena_dup(arena, use->source_ip),
        .client = arena_dup(arena, use->client),
    };
    singing->write = (struct write_job){.run = sing_run, .done = sing_done, .guarded = true};
    writer_submit(core->writer, &singing->write);
}
