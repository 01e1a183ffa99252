/*
 * `postern check` from the request to the answer:
 *
 *   core_identity.c     DNS is asked anew what it proves of the domain, so that what was published a
 *                       minute ago counts
 *   worker              who is to send, and what
 *   core_submission.c   the message, like any other: gate, signature, spool, mailbox simulator
 *   worker              what the store holds of it, and what a receiver makes of that (examination.h)
 *   resolver            what that wants to know of DNS; then again, until nothing is wanted
 */
#include "api/check_message.h"
#include "authorize/operand.h"
#include "base/clock.h"
#include "base/log.h"
#include "core.h"

#include <stdlib.h>

/* What DNS has not answered by then counts as not answered. */
#define DNS_LIMIT_MS ((int64_t)45 * SECOND_MS)

enum { CHECK_ANSWER_MAX = 1000 * 1024 };

struct check_job {
    struct core *core;
    struct arena *arena; /* owned */
    struct arena *round; /* owned; of one judgement */
    struct check_request request;
    struct examined examined;
    struct check_message message;
    struct answers *answers;
    struct findings findings;
    size_t pending;
    int64_t deadline_ms; /* monotonic */
    enum rc rc;
    struct err err;
    void (*done)(void *ctx, enum rc rc, struct slice json, const struct err *err);
    void *ctx;
};

/* One question on its way. */
struct inquiry {
    struct check_job *job;
    enum dns_type type;
    struct slice name; /* in the job's arena */
};

/* ---- the answer ---- */

static struct slice
write_answer(struct check_job *job)
{
    struct buf out;
    struct json_writer writer;
    buf_init(&out, CHECK_ANSWER_MAX);
    json_writer_init(&writer, &out);
    json_open_object(&writer);
    json_put_bool(&writer, "ok", true);
    examination_write(&writer, &job->examined, &job->findings);
    json_close_object(&writer);
    if (!buf_ok(&out))
        job->rc = err_set(&job->err, RC_LIMIT, "the answer is too long");
    struct slice json = arena_dup(job->arena, buf_slice(&out));
    buf_fini(&out);
    return json;
}

static void
finish(struct check_job *job)
{
    struct slice json = SLICE("");
    if (job->rc == RC_OK)
        json = write_answer(job);
    if (job->rc == RC_OK)
        log_event(LOG_LEVEL_INFO, "domain.examined", LOG_TEXT("domain", job->request.domain),
                  LOG_TEXT("principal", job->examined.user), LOG_TEXT("from", job->examined.from),
                  LOG_TEXT("message", job->examined.message_id),
                  LOG_CSTR("verdict", verdict_name(examination_verdict(&job->findings))));
    job->done(job->ctx, job->rc, json, &job->err);
    arena_free(job->round);
    arena_free(job->arena);
    free(job);
}

/* ---- the judgement, and what it wants to know ---- */

static void examine_again(struct check_job *job);

static void
one_less(struct check_job *job)
{
    if (--job->pending == 0)
        examine_again(job);
}

static void
told(void *ctx, const struct dns_answer *answer)
{
    struct inquiry *inquiry = ctx;
    struct check_job *job = inquiry->job;
    answers_put(job->answers, inquiry->type, inquiry->name, answer);
    free(inquiry);
    one_less(job);
}

static void
inquire(struct check_job *job)
{
    const struct dns_answer too_late = {.status = DNS_TEMPORARY};
    bool late = clock_monotonic_ms() > job->deadline_ms;
    enum dns_type type;
    struct slice name;
    job->pending = 1; /* ours, until all are asked */
    for (size_t at = 0; answers_wanted(job->answers, &at, &type, &name);) {
        if (late) {
            answers_put(job->answers, type, name, &too_late);
            continue;
        }
        struct inquiry *inquiry = NEW(struct inquiry);
        *inquiry = (struct inquiry){job, type, name};
        job->pending++;
        proving_ask(job->core->proving, type, name, told, inquiry);
    }
    one_less(job);
}

static void
examine_run(void *ctx, unsigned worker)
{
    struct check_job *job = ctx;
    (void)worker;
    arena_reset(job->round);
    job->rc = examine(job->round, job->answers, &job->examined, &job->findings, &job->err);
}

static void
examine_done(void *ctx)
{
    struct check_job *job = ctx;
    if (job->rc == RC_AGAIN)
        inquire(job);
    else
        finish(job);
}

static void
examine_again(struct check_job *job)
{
    pool_submit(job->core->pool, examine_run, examine_done, job);
}

/* ---- the message ---- */

static void
read_run(void *ctx, unsigned worker)
{
    struct check_job *job = ctx;
    struct database *database = job->core->workers[worker].database;
    job->rc = database_begin_read(database, &job->err);
    if (job->rc != RC_OK)
        return;
    job->rc = check_message_read(job->arena, database, job->message.mail.message_id, &job->examined,
                                 &job->err);
    database_rollback(database);
}

static void
read_done(void *ctx)
{
    struct check_job *job = ctx;
    if (job->rc == RC_OK)
        examine_again(job);
    else
        finish(job);
}

static void
sent(void *ctx)
{
    struct check_job *job = ctx;
    const struct outbox_mail *mail = &job->message.mail;
    if (mail->rc == RC_OK) {
        pool_submit(job->core->pool, read_run, read_done, job);
    } else if (mail->rc == RC_TEMPORARY || mail->fault == FAULT_THROTTLING) {
        job->rc = err_set(&job->err, RC_TEMPORARY, "no message of %.*s can leave now: %s",
                          SLICE_ARG(job->request.domain), mail->err.text);
        finish(job);
    } else {
        job->examined.refusal =
            arena_printf(job->arena, "%.*s may not send as %.*s: %s", SLICE_ARG(job->examined.user),
                         SLICE_ARG(job->examined.from), mail->err.text);
        examine_again(job);
    }
}

static void
prepare_run(void *ctx, unsigned worker)
{
    struct check_job *job = ctx;
    struct api_thread *thread = &job->core->workers[worker];
    job->rc = database_begin_read(thread->database, &job->err);
    if (job->rc != RC_OK)
        return;
    job->rc = check_message_prepare(job->arena, &job->core->constants, thread, &job->request,
                                    clock_now_ms(), &job->examined, &job->message, &job->err);
    database_rollback(thread->database);
}

static void
prepare_done(void *ctx)
{
    struct check_job *job = ctx;
    if (job->rc != RC_OK)
        finish(job);
    else if (job->message.chosen)
        submission_hand_in(job->core, &job->message.caller, &job->message.mail, sent, job);
    else
        examine_again(job);
}

/* ---- the request ---- */

static void
proved(void *ctx, enum rc rc, struct slice json, const struct err *err)
{
    struct check_job *job = ctx;
    (void)json;
    job->rc = rc;
    if (rc != RC_OK) {
        job->err = *err;
        finish(job);
        return;
    }
    pool_submit(job->core->pool, prepare_run, prepare_done, job);
}

static enum rc
read_from(struct check_job *job, struct slice text, struct err *err)
{
    struct address address;
    if (text.len == 0)
        return RC_OK;
    enum rc rc = address_parse(job->arena, text, &address, err);
    if (rc != RC_OK)
        return rc;
    if (!slice_eq(address.domain, job->request.domain))
        return err_set(err, RC_SYNTAX, "%.*s is not an address of %.*s", SLICE_ARG(address.text),
                       SLICE_ARG(job->request.domain));
    job->request.from = address.text;
    return RC_OK;
}

static enum rc
read_request(struct check_job *job, const struct json *input, struct err *err)
{
    struct slice domain, from, address;
    struct network network;
    enum rc rc = json_get_string(input, "domain", true, &domain, err);
    if (rc == RC_OK)
        rc = address_domain(job->arena, domain, &job->request.domain, err);
    if (rc == RC_OK)
        rc = json_get_string(input, "user", false, &job->request.user, err);
    if (rc == RC_OK)
        rc = json_get_string(input, "from", false, &from, err);
    if (rc == RC_OK)
        rc = read_from(job, from, err);
    if (rc == RC_OK)
        rc = json_get_string(input, "from_ip", false, &address, err);
    if (rc == RC_OK && address.len &&
        (slice_chr(address, '/') != SLICE_NONE || !network_parse(address, &network)))
        return err_set(err, RC_SYNTAX, "from_ip: %.*s is no address", SLICE_ARG(address));
    if (rc != RC_OK)
        return rc;
    job->request.user = arena_dup(job->arena, job->request.user);
    job->examined.outgoing =
        arena_dup(job->arena, address.len ? address : job->core->config.outgoing_address);
    return RC_OK;
}

static void
examine_domain(struct core *core, const struct json *input,
               void (*done)(void *ctx, enum rc rc, struct slice json, const struct err *err),
               void *ctx)
{
    struct check_job *job = NEW(struct check_job);
    job->core = core;
    job->arena = arena_new();
    job->round = arena_new();
    job->answers = answers_new(job->arena);
    job->deadline_ms = clock_monotonic_ms() + DNS_LIMIT_MS;
    job->done = done;
    job->ctx = ctx;
    const struct config_route *route = config_route_for(&core->config, SLICE("*"));
    job->examined.route = route->kind;
    job->examined.smarthost = route->host;
    job->examined.certificate = arena_dup(job->arena, buf_slice(&core->certificate));
    job->rc = read_request(job, input, &job->err);
    if (job->rc == RC_OK)
        proving_check(core->proving, job->request.domain, proved, job);
    else
        finish(job);
}

void
check_ask(struct core *core, const struct api_operation *operation, const struct json *input,
          void (*done)(void *ctx, enum rc rc, struct slice json, const struct err *err), void *ctx)
{
    struct arena *arena = arena_new();
    struct slice text, domain;
    struct err err = {0};
    enum rc rc = json_get_string(input, "domain", true, &text, &err);
    if (rc == RC_OK)
        rc = address_domain(arena, text, &domain, &err);
    if (rc != RC_OK)
        done(ctx, rc, SLICE(""), &err);
    else if (strcmp(operation->name, "domain.examine") == 0)
        examine_domain(core, input, done, ctx);
    else
        proving_check(core->proving, domain, done, ctx);
    arena_free(arena);
}
