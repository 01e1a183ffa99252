/*
 * Requests of the SES, IAM and STS APIs, from the whole request to the answer:
 *
 *   worker   who signed it, which operation, what only reads, what makes messages
 *   worker   once more, what takes long before it is written (API_PREPARED)
 *   writer   what writes
 *   core_submission.c   each message that was made, like any other
 *
 * The same for `postern api`, whose caller is the administrator at the socket.
 */
#include "accept/http.h"
#include "api/alarm.h"
#include "api/console_request.h"
#include "api/dispatch.h"
#include "api/outbox.h"
#include "api/recording.h"
#include "base/clock.h"
#include "base/log.h"
#include "core.h"
#include "store/settings.h"

#include <stdlib.h>

struct api_job {
    struct core *core;
    struct call *call; /* owned; NULL: of the administrator */
    struct arena *arena;
    bool owns_arena;
    bool of_console; /* who asks is signed in, and has no access key */
    bool guesses;    /* between guess_begin's RC_OK and guess_end */
    struct guess guess;
    struct dispatch dispatch;
    size_t pending; /* messages without an outcome */
    bool recorded;  /* in the transaction of what it wrote */
    struct write_job write;
    /* of the administrator */
    struct slice service, operation, input;
    void (*done)(void *ctx, enum rc rc, struct slice json, const struct err *err);
    void *ctx;
};

static struct api_job *
job_of(struct write_job *write)
{
    return (struct api_job *)((char *)write - offsetof(struct api_job, write));
}

static struct api_job *
job_new(struct core *core, struct arena *arena)
{
    struct api_job *job = NEW(struct api_job);
    struct quota_limits limits = core_quota_limits(core);
    job->core = core;
    job->arena = arena;
    dispatch_init(&job->dispatch);
    job->dispatch.arena = arena;
    job->dispatch.constants = &core->constants;
    job->dispatch.now_ms = clock_now_ms();
    job->dispatch.quota = (struct api_quota){
        .per_day = limits.per_day,
        .rate = limits.rate,
        .sent_24h = quota_sent_24h(&core->quota, job->dispatch.now_ms),
    };
    return job;
}

static void
job_free(struct api_job *job)
{
    dispatch_fini(&job->dispatch);
    if (job->owns_arena)
        arena_free(job->arena);
    free(job);
}

/* ---- the answer ---- */

static void
log_call(const struct api_job *job)
{
    const struct dispatch *dispatch = &job->dispatch;
    log_event(LOG_LEVEL_INFO, "api.call",
              LOG_CSTR("service", service_models[dispatch->service].name),
              LOG_CSTR("operation", dispatch->model ? dispatch->model->name : "-"),
              LOG_TEXT("principal", dispatch->caller.administrator ? SLICE("administrator")
                                                                   : dispatch->caller.user_name),
              LOG_TEXT("key", dispatch->caller.access_key), LOG_TEXT("source", dispatch->source_ip),
              LOG_CSTR("result", dispatch->error_code ? dispatch->error_code : "ok"),
              LOG_CSTR("reason", dispatch->rc == RC_OK ? "" : dispatch->err.text),
              LOG_TEXT("request", dispatch->request_id));
}

/* Whoever signed has used the key, whatever came of it. */
static void
record_use(const struct api_job *job)
{
    const struct api_caller *caller = &job->dispatch.caller;
    if (caller->access_key.len > 0)
        session_record_use(
            job->core, caller->access_key, caller->key_used_ms, caller->key_used_address,
            slice_of(service_models[job->dispatch.service].signing_name), caller->source_ip);
    console_record_use(job->core, caller);
}

/* How a canary was used, to be told after the answer was given: no caller hears it in the time that the
 * answer takes. */
static struct alarm_use
canary_use(const struct dispatch *dispatch, struct arena *arena)
{
    struct slice client = SLICE("");
    (void)!http_field(dispatch->header, "User-Agent", &client);
    return (struct alarm_use){
        .authenticated = dispatch->caller.access_key.len > 0,
        .access_key = arena_dup(arena, dispatch->canary),
        .service = slice_of(service_models[dispatch->service].name),
        .operation = slice_of(dispatch->model ? dispatch->model->name : "-"),
        .result = slice_of(dispatch->error_code ? dispatch->error_code : "done"),
        .source_ip = arena_dup(arena, dispatch->source_ip),
        .client = arena_dup(arena, client),
    };
}

/* What was permitted and done; of what sends, each message says so for itself. */
static void
record_permission(const struct api_job *job)
{
    const struct dispatch *dispatch = &job->dispatch;
    const struct served_operation *row = dispatch->row;
    if (dispatch->error_code || dispatch->caller.administrator || !row ||
        row->resource == RESOURCE_OF_GATE || row->resource == RESOURCE_OPEN)
        return;
    permission_record_use(job->core, dispatch->caller.user_id, slice_of(row->action));
}

/* Anybody can name a key that is not theirs: of one place, as many failures are recorded as would be of
 * logins, and the others counted with those of strangers. */
static void
record_failure(const struct api_job *job)
{
    const struct dispatch *dispatch = &job->dispatch;
    struct ledger_record record;
    struct slice agent;
    const struct recording_login said = {
        .user_name = dispatch->suspect,
        .access_key = dispatch->suspect_key,
        .source_ip = dispatch->source_ip,
        .tls = dispatch->tls,
        .client_name = http_field(dispatch->header, "User-Agent", &agent) ? agent : SLICE(""),
        .service = "api",
        .result = dispatch->suspect_is ? dispatch->suspect_is : dispatch->error_code,
    };
    if (said.access_key.len == 0 ||
        !core_ledger_may_fail(job->core, said.access_key, said.source_ip))
        return;
    recording_login(&said, dispatch->now_ms, &record);
    core_ledger_note(job->core, &record);
}

/* What sends is recorded by its messages; one that came to none, as a call. Whose key is not known is
 * a stranger. */
static void
record(const struct api_job *job)
{
    const struct dispatch *dispatch = &job->dispatch;
    const struct outbox *outbox = dispatch->call.outbox;
    struct ledger_record record;
    if (!dispatch->caller.administrator && dispatch->caller.user_id.len == 0) {
        record_failure(job);
        return;
    }
    if (job->recorded || (outbox && outbox->count > 0))
        return;
    recording_call(dispatch, dispatch->error_code ? dispatch->error_code : "ok", &record);
    core_ledger_call(job->core, &record);
}

static void
answer(struct api_job *job)
{
    struct dispatch *dispatch = &job->dispatch;
    dispatch_answer(dispatch);
    if (job->guesses)
        guess_end(job->core, &job->guess, dispatch_guessed_wrong(dispatch));
    log_call(job);
    record(job);
    record_use(job);
    record_permission(job);
    struct core *core = job->core;
    struct arena *kept = dispatch->canary.len ? arena_new() : NULL;
    struct alarm_use use = {0};
    if (kept)
        use = canary_use(dispatch, kept);
    core->counters.calls++;
    if (job->call) {
        struct slice header = job->of_console ? SLICE("Cache-Control: no-store\r\n"
                                                      "X-Content-Type-Options: nosniff\r\n")
                                              : SLICE("");
        if (dispatch->error_code && !service_models[dispatch->service].namespace &&
            !job->of_console)
            header = arena_printf(job->arena, "x-amzn-ErrorType: %s\r\n", dispatch->error_code);
        struct call *call = job->call;
        call_respond(call, dispatch->status, slice_of(dispatch->content_type), header,
                     buf_slice(&dispatch->out));
    } else {
        job->done(job->ctx, dispatch->rc, buf_slice(&dispatch->out), &dispatch->err);
    }
    job_free(job);
    if (kept)
        alarms_canary(core, &use);
    arena_free(kept);
}

/* ---- what writes ---- */

static enum rc
write_run(struct write_job *write, struct database *database, struct err *err)
{
    struct api_job *job = job_of(write);
    struct ledger_record record;
    enum rc rc = dispatch_run(&job->dispatch, &job->core->writer_thread);
    if (rc == RC_OK)
        rc = job->dispatch.rc = settings_count_change(database, &job->dispatch.err);
    *err = job->dispatch.err;
    if (rc != RC_OK)
        return rc;
    recording_call(&job->dispatch, "ok", &record);
    return ledger_book_append(job->core->writer_thread.book, &record, err);
}

static void
write_done(struct write_job *write)
{
    struct api_job *job = job_of(write);
    job->recorded = write->rc == RC_OK;
    if (write->rc == RC_OK) {
        core_apply_effects(job->core, &job->dispatch.effects);
    } else if (job->dispatch.rc == RC_OK) { /* it did well, and then the commit failed */
        job->dispatch.rc = write->rc;
        job->dispatch.err = write->err;
    }
    answer(job);
}

static void
write_begin(struct api_job *job)
{
    job->write = (struct write_job){.run = write_run, .done = write_done, .guarded = true};
    writer_submit(job->core->writer, &job->write);
}

/* ---- what sends ---- */

static void
sent(void *ctx)
{
    struct api_job *job = ctx;
    if (--job->pending > 0)
        return;
    (void)!dispatch_finish(&job->dispatch);
    answer(job);
}

/* The caller comes again. */
static void
refuse_busy(struct api_job *job)
{
    job->dispatch.rc = err_set(&job->dispatch.err, RC_TEMPORARY,
                               "Too much is being sent at once; try again in a moment");
    job->dispatch.call.fault = FAULT_UNAVAILABLE;
    answer(job);
}

static void
send_all(struct api_job *job)
{
    if (job->call && !call_charge_made(job->call, arena_size(job->arena))) {
        refuse_busy(job);
        return;
    }
    struct outbox *outbox = job->dispatch.call.outbox;
    job->pending = outbox->count + 1; /* one for this loop: the last to end may be among them */
    for (size_t i = 0; i < outbox->count; i++)
        submission_hand_in(job->core, &job->dispatch.caller, &outbox->mails[i], sent, job);
    sent(job);
}

/* ---- the worker ---- */

static void
read_run(void *ctx, unsigned worker)
{
    struct api_job *job = ctx;
    struct dispatch *dispatch = &job->dispatch;
    struct api_thread *thread = &job->core->workers[worker];
    dispatch->rc = database_begin_read(thread->database, &dispatch->err);
    if (dispatch->rc != RC_OK)
        return;
    enum rc rc = !job->call ? dispatch_name(dispatch, job->service, job->operation, job->input)
                 : job->of_console ? dispatch_read_console(dispatch, thread)
                                   : dispatch_read(dispatch, thread);
    if (rc == RC_OK && dispatch->row->access != API_WRITE && dispatch->row->access != API_PREPARED)
        (void)!dispatch_run(dispatch, thread);
    database_rollback(thread->database);
}

static bool
changes_too_often(const struct api_job *job)
{
    const struct api_caller *caller = &job->dispatch.caller;
    return !caller->administrator &&
           !rate_take(job->core->changes, job->of_console ? caller->user_id : caller->access_key,
                      clock_monotonic_ms());
}

static void
refuse_change(struct api_job *job)
{
    struct dispatch *dispatch = &job->dispatch;
    dispatch->call.fault = FAULT_THROTTLING;
    dispatch->rc = err_set(&dispatch->err, RC_TEMPORARY, "Rate exceeded");
    answer(job);
}

/* ---- what is prepared ---- */

static void
prepare_run(void *ctx, unsigned worker)
{
    struct api_job *job = ctx;
    struct dispatch *dispatch = &job->dispatch;
    struct api_thread *thread = &job->core->workers[worker];
    dispatch->rc = database_begin_read(thread->database, &dispatch->err);
    if (dispatch->rc != RC_OK)
        return;
    (void)!dispatch_run(dispatch, thread);
    database_rollback(thread->database);
}

static void
prepare_done(void *ctx)
{
    struct api_job *job = ctx;
    if (job->dispatch.rc == RC_OK)
        write_begin(job);
    else
        answer(job);
}

static void
change_begin(struct api_job *job)
{
    if (job->dispatch.row->access == API_PREPARED)
        pool_submit(job->core->pool, prepare_run, prepare_done, job);
    else
        write_begin(job);
}

/* A secret of the caller's own is guessed no faster here than at the door. */
static void
guess_go(void *ctx, enum rc rc)
{
    struct api_job *job = ctx;
    struct dispatch *dispatch = &job->dispatch;
    job->guesses = rc == RC_OK;
    if (job->guesses) {
        change_begin(job);
        return;
    }
    dispatch->call.fault = rc == RC_LIMIT ? FAULT_THROTTLING : FAULT_UNAVAILABLE;
    dispatch->rc = err_set(&dispatch->err, rc, "%s", guess_refusal(rc));
    answer(job);
}

/* ---- what waits for DNS ---- */

static void
asked(void *ctx, enum rc rc, struct slice json, const struct err *err)
{
    struct api_job *job = ctx;
    job->dispatch.rc = rc;
    if (rc == RC_OK)
        job->dispatch.answered = arena_dup(job->arena, json);
    else
        job->dispatch.err = *err;
    answer(job);
}

static void
read_done(void *ctx)
{
    struct api_job *job = ctx;
    struct dispatch *dispatch = &job->dispatch;
    if (dispatch->rc != RC_OK || dispatch->row->access == API_READ) {
        answer(job);
    } else if (dispatch->row->access == API_SEND) {
        send_all(job);
    } else if (changes_too_often(job)) {
        refuse_change(job);
    } else if (job->of_console && dispatch->guessable) {
        job->guess = (struct guess){.user = dispatch->caller.user_folded,
                                    .source_ip = dispatch->source_ip,
                                    .go = guess_go,
                                    .ctx = job};
        guess_begin(job->core, &job->guess);
    } else if (dispatch->row->access == API_DNS) {
        check_ask(job->core, api_find(slice_of(dispatch->row->name)), dispatch->input, asked, job);
    } else {
        change_begin(job);
    }
}

static bool
is_of_console(const struct call *call)
{
    return slice_starts(call->path, SLICE(CONSOLE_API_PATH));
}

bool
api_serves(const struct call *call)
{
    return is_of_console(call) || dispatch_is_api(call->method, call->target, call->header);
}

void
api_serve(struct call *call)
{
    struct api_job *job = job_new(call->core, call->arena);
    struct dispatch *dispatch = &job->dispatch;
    job->call = call;
    job->of_console = is_of_console(call);
    dispatch->method = call->method;
    dispatch->target = call->target;
    dispatch->header = call->header;
    dispatch->body = call->body;
    dispatch->source_ip = call->source_ip;
    dispatch->tls = call->tls_version;
    dispatch->request_id = call->id;
    pool_submit(job->core->pool, read_run, read_done, job);
}

void
api_administer(struct core *core, struct slice service, struct slice operation, struct slice input,
               void (*done)(void *ctx, enum rc rc, struct slice json, const struct err *err),
               void *ctx)
{
    struct api_job *job = job_new(core, arena_new());
    job->owns_arena = true;
    job->service = arena_dup(job->arena, service);
    job->operation = arena_dup(job->arena, operation);
    job->input = arena_dup(job->arena, input);
    job->done = done;
    job->ctx = ctx;
    pool_submit(core->pool, read_run, read_done, job);
}
