/*
 * Signing in to the console, and out of it (api/console.h):
 *
 *   POST    /console/session   {"user", "password", "code"}: 200 with the cookie, or why not
 *   GET     /console/session   who is signed in
 *   DELETE  /console/session   out; with ?everywhere out of every browser
 *
 * What a signed-in user asks for is core_api.c's; how many passwords are looked at at once, core_guess.c's.
 */
#include "accept/http.h"
#include "api/console.h"
#include "api/demand.h"
#include "api/recording.h"
#include "base/clock.h"
#include "base/log.h"
#include "core.h"
#include "net/protocol.h"

#include <stdlib.h>

enum { BODY_MAX = 4096, USER_MAX = 128, PASSWORD_MAX = 512, CODE_MAX = 16 };
#define USE_GRANULARITY_MS MINUTE_MS

struct console_job {
    struct core *core;
    struct call *call; /* owned until it is answered; its arena is the job's */
    struct console_request request;
    struct console_attempt attempt;
    enum console_result result;
    struct guess guess; /* from sign_in on */
    struct api_caller caller;
    bool administrator, everywhere;
    struct slice token, token_hash;
    int64_t now_ms;
    enum rc rc;
    struct err err;
    struct write_job write;
};

/* ---- answers ---- */

static void
respond(struct call *call, uint32_t status, struct slice header, struct slice body)
{
    call_respond(call, status, SLICE("application/json"),
                 arena_printf(call->arena,
                              "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n%.*s",
                              SLICE_ARG(header)),
                 body);
}

static void
respond_failure(struct call *call, uint32_t status, const char *code, const char *text)
{
    struct buf out;
    struct json_writer writer;
    buf_init(&out, 4096);
    json_writer_init(&writer, &out);
    json_open_object(&writer);
    json_put_cstr(&writer, "code", code);
    json_put_cstr(&writer, "message", text);
    json_close_object(&writer);
    respond(call, status, SLICE(""), buf_slice(&out));
    buf_fini(&out);
}

static void
job_free(struct console_job *job)
{
    memory_wipe((char *)job->attempt.password.ptr, job->attempt.password.len);
    free(job);
}

static void
respond_busy(struct console_job *job)
{
    respond_failure(job->call, 503, "ServiceUnavailable", guess_refusal(RC_TEMPORARY));
    job_free(job);
}

static struct console_job *
job_of(struct write_job *write)
{
    return (struct console_job *)((char *)write - offsetof(struct console_job, write));
}

/* Who it is, and what the pages must know. */
static void
respond_who(struct console_job *job, struct slice header)
{
    const struct api_constants *constants = &job->core->constants;
    struct buf out;
    struct json_writer writer;
    buf_init(&out, 8192);
    json_writer_init(&writer, &out);
    json_open_object(&writer);
    json_put_string(&writer, "user", job->caller.user_name);
    json_put_string(&writer, "arn", job->caller.user_arn);
    json_put_bool(&writer, "administrator", job->administrator);
    json_put_bool(&writer, "must_change_password", job->caller.must_change_password);
    json_put_string(&writer, "region", constants->region);
    json_put_string(&writer, "account", constants->account);
    json_put_string(&writer, "hostname", constants->hostname);
    json_close_object(&writer);
    respond(job->call, 200, header, buf_slice(&out));
    buf_fini(&out);
    job_free(job);
}

/* ---- who is signed in ---- */

/* Whether the administrator's pages are of any use to them; each call is decided for itself. */
static bool
may_list_users(struct console_job *job, struct api_thread *thread)
{
    static const struct served_operation row = {
        .service = SERVICE_POSTERN, .action = "postern:UserList", .resource = RESOURCE_ANY};
    struct json *input;
    struct err err;
    struct api_call call = {
        .arena = job->call->arena,
        .constants = &job->core->constants,
        .thread = thread,
        .database = thread->database,
        .now_ms = job->now_ms,
        .caller = &job->caller,
        .service = SERVICE_POSTERN,
    };
    if (json_parse(call.arena, SLICE("{}"), &input, &err) != RC_OK)
        return false;
    call.input = input;
    return demand_permission(&call, &row, &err) == RC_OK;
}

static void
who_run(void *ctx, unsigned worker)
{
    struct console_job *job = ctx;
    struct api_thread *thread = &job->core->workers[worker];
    job->rc = database_begin_read(thread->database, &job->err);
    if (job->rc != RC_OK)
        return;
    job->rc = console_caller(job->call->arena, &job->core->constants, thread->database,
                             &job->request, job->now_ms, &job->caller, &job->err);
    if (job->rc == RC_OK)
        job->administrator = may_list_users(job, thread);
    database_rollback(thread->database);
}

static void
who_done(void *ctx)
{
    struct console_job *job = ctx;
    if (job->rc == RC_OK) {
        console_record_use(job->core, &job->caller);
        respond_who(job, SLICE(""));
        return;
    }
    if (job->rc == RC_DENIED)
        respond_failure(job->call, 401, "NotSignedIn", job->err.text);
    else
        respond_failure(job->call, 503, "ServiceUnavailable", "The store cannot be read.");
    job_free(job);
}

/* ---- in ---- */

static void
record(struct console_job *job, const char *result)
{
    struct ledger_record record;
    struct slice client;
    if (!http_field(job->call->header, "User-Agent", &client))
        client = SLICE("");
    log_event(LOG_LEVEL_INFO, "console.sign_in", LOG_TEXT("user", job->attempt.user),
              LOG_TEXT("source", job->call->source_ip), LOG_CSTR("result", result));
    if (job->attempt.row.name.len == 0)
        return; /* a stranger */
    const struct recording_login said = {.user_name = job->attempt.row.name,
                                         .source_ip = job->call->source_ip,
                                         .tls = job->call->tls_version,
                                         .client_name = client,
                                         .service = "console",
                                         .result = result};
    recording_login(&said, job->now_ms, &record);
    core_ledger_note(job->core, &record);
}

static void
refuse(struct console_job *job, const char *code, const char *text)
{
    respond_failure(job->call, 401, code, text);
    job_free(job);
}

static enum rc
open_run(struct write_job *write, struct database *database, struct err *err)
{
    struct console_job *job = job_of(write);
    return console_open(database, &job->attempt, job->token_hash, job->now_ms, err);
}

static void
open_done(struct write_job *write)
{
    struct console_job *job = job_of(write);
    if (write->rc == RC_DENIED) {
        record(job, "changed");
        refuse(job, "SignInFailed", "The password or the code was changed or used just now.");
        return;
    }
    if (write->rc != RC_OK) {
        respond_busy(job);
        return;
    }
    throttle_success(job->core->throttle, job->attempt.user, job->call->source_ip,
                     clock_monotonic_ms());
    record(job, "ok");
    respond(job->call, 200,
            console_cookie(job->call->arena, job->token, job->call->tls_version.len > 0),
            SLICE("{}"));
    job_free(job);
}

static void
check_run(void *ctx, unsigned worker)
{
    struct console_job *job = ctx;
    job->result =
        console_check(job->call->arena, &job->core->constants, job->core->workers[worker].database,
                      &job->attempt, job->now_ms, &job->err);
}

static void
check_done(void *ctx)
{
    struct console_job *job = ctx;
    struct core *core = job->core;
    guess_end(core, &job->guess, job->result == CONSOLE_REFUSED);
    switch (job->result) {
    case CONSOLE_IN:
        console_token_make(job->call->arena, &job->token, &job->token_hash);
        job->write = (struct write_job){.run = open_run, .done = open_done, .guarded = true};
        writer_submit(core->writer, &job->write);
        return;
    case CONSOLE_CODE_WANTED:
        refuse(job, "CodeRequired", "A code of the second factor is needed.");
        return;
    case CONSOLE_REFUSED:
        record(job, "wrong_password");
        refuse(job, "SignInFailed", "The user name, the password or the code is not right.");
        return;
    case CONSOLE_UNAVAILABLE: break;
    }
    log_event(LOG_LEVEL_ERROR, "console.sign_in_failed", LOG_CSTR("reason", job->err.text));
    respond_busy(job);
}

static enum rc
read_attempt(struct console_job *job)
{
    struct console_attempt *attempt = &job->attempt;
    struct json *input;
    struct arena *arena = job->call->arena;
    if (job->call->body.len > BODY_MAX)
        return err_set(&job->err, RC_LIMIT, "the request is too long");
    enum rc rc = json_parse(arena, job->call->body, &input, &job->err);
    if (rc == RC_OK)
        rc = json_get_string(input, "user", true, &attempt->user, &job->err);
    if (rc == RC_OK)
        rc = json_get_string(input, "password", true, &attempt->password, &job->err);
    if (rc == RC_OK)
        rc = json_get_string(input, "code", false, &attempt->code, &job->err);
    if (rc == RC_OK && (attempt->user.len > USER_MAX || attempt->password.len > PASSWORD_MAX ||
                        attempt->code.len > CODE_MAX))
        return err_set(&job->err, RC_LIMIT, "user, password or code is too long");
    attempt->user = arena_lower(arena, attempt->user); /* one bucket for all spellings */
    return rc;
}

static void
check_begin(void *ctx, enum rc rc)
{
    struct console_job *job = ctx;
    if (rc == RC_OK) {
        pool_submit(job->core->pool, check_run, check_done, job);
    } else if (rc == RC_LIMIT) {
        record(job, "throttled");
        respond_failure(job->call, 429, "TooManyAttempts", guess_refusal(rc));
        job_free(job);
    } else {
        respond_busy(job);
    }
}

static void
sign_in(struct console_job *job)
{
    if (read_attempt(job) != RC_OK) {
        respond_failure(job->call, 400, "MalformedInput", job->err.text);
        job_free(job);
        return;
    }
    job->guess = (struct guess){.user = job->attempt.user,
                                .source_ip = job->call->source_ip,
                                .go = check_begin,
                                .ctx = job};
    guess_begin(job->core, &job->guess);
}

/* ---- out ---- */

static enum rc
close_run(struct write_job *write, struct database *database, struct err *err)
{
    struct console_job *job = job_of(write);
    enum rc rc = console_caller(job->call->arena, &job->core->constants, database, &job->request,
                                job->now_ms, &job->caller, err);
    if (rc != RC_OK)
        return rc == RC_DENIED ? RC_OK : rc; /* nobody is signed in: as was wanted */
    return job->everywhere ? console_sessions_delete_of(database, job->caller.user_id, err)
                           : console_sessions_delete(database, job->caller.console_token, err);
}

static void
close_done(struct write_job *write)
{
    struct console_job *job = job_of(write);
    if (write->rc != RC_OK) {
        respond_busy(job);
        return;
    }
    log_event(LOG_LEVEL_INFO, "console.sign_out", LOG_TEXT("user", job->caller.user_name),
              LOG_NUMBER("everywhere", job->everywhere));
    respond(job->call, 204,
            console_cookie(job->call->arena, SLICE(""), job->call->tls_version.len > 0), SLICE(""));
    job_free(job);
}

/* ---- used ---- */

struct use {
    struct slice token_hash;
    struct arena *arena; /* owned */
    struct write_job write;
};

static struct use *
use_of(struct write_job *write)
{
    return (struct use *)((char *)write - offsetof(struct use, write));
}

static enum rc
use_run(struct write_job *write, struct database *database, struct err *err)
{
    return console_sessions_use(database, use_of(write)->token_hash, clock_now_ms(), err);
}

static void
use_done(struct write_job *write)
{
    struct use *use = use_of(write);
    arena_free(use->arena);
    free(use);
}

void
console_record_use(struct core *core, const struct api_caller *caller)
{
    if (caller->console_token.len == 0 || clock_now_ms() - caller->key_used_ms < USE_GRANULARITY_MS)
        return;
    struct use *use = NEW(struct use);
    use->arena = arena_new_of(CONSOLE_TOKEN_HASH * 2);
    use->token_hash = arena_dup(use->arena, caller->console_token);
    use->write = (struct write_job){.run = use_run, .done = use_done, .guarded = true};
    writer_submit(core->writer, &use->write);
}

/* ---- the door ---- */

bool
console_serves(const struct call *call)
{
    return slice_is(call->path, "/console/session");
}

void
console_serve(struct call *call)
{
    struct console_job *job = NEW(struct console_job);
    job->core = call->core;
    job->call = call;
    job->request = (struct console_request){call->header, call->source_ip, call->tls_version};
    job->now_ms = clock_now_ms();
    if (console_request_check_origin(&job->request, &job->err) != RC_OK) {
        respond_failure(call, 403, "AccessDenied", job->err.text);
        job_free(job);
    } else if (slice_is(call->method, "POST")) {
        sign_in(job);
    } else if (slice_is(call->method, "GET")) {
        pool_submit(call->core->pool, who_run, who_done, job);
    } else if (slice_is(call->method, "DELETE")) {
        job->everywhere = slice_is(call->query, "everywhere");
        job->write = (struct write_job){.run = close_run, .done = close_done, .guarded = true};
        writer_submit(call->core->writer, &job->write);
    } else {
        respond_failure(call, 405, "MethodNotAllowed", "POST, GET or DELETE");
        job_free(job);
    }
}
