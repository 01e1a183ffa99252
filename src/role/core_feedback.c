/*
 * Reports that came back: from FEEDBACK to a message to the person whose mail they are about
 * (reference §3.7, feedback forwarding).
 *
 *   the MAC says which message -> a worker finds it and writes what is sent on -> the writer counts
 *   it and puts it into the spool -> FEEDBACK_TAKEN
 *
 * Everybody who got a message knows its return address, so what can be done with one is bounded:
 * only reports are taken, REPORTS_MAX of each message, and what goes out has the null reverse-path,
 * so that it is never answered in turn.
 */
#include "api/submit.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "core.h"
#include "mail/complaint.h"
#include "mail/dsn.h"
#include "net/protocol.h"
#include "report/feedback.h"
#include "report/return_address.h"
#include "store/messages.h"

#include <stdlib.h>

enum {
    REPORTS_MAX = 5,              /* passed on about one message */
    JOBS_MAX = 200,               /* courier has as many connections */
    BYTES_MAX = 32 * 1024 * 1024, /* of messages in work */
    HEADER_END = 2                /* a stored header ends with the empty line */
};

struct intake {
    struct core *core;
    uint64_t couriers; /* that went away: an answer is for the one that asked */
    size_t jobs, bytes;
};

enum report_fate { REPORT_FORWARDED, REPORT_DROPPED, REPORT_LIMITED };

/* One message that a report is about. */
struct report {
    struct message_row message;
    struct slice text; /* what is sent on */
    enum report_fate fate;
};

struct report_job {
    struct intake *intake;
    struct arena *arena; /* owned; holds all of this */
    uint64_t courier;
    struct feedback_message feedback;
    int64_t keys[FEEDBACK_RECIPIENTS_MAX];
    size_t key_count;
    struct report reports[FEEDBACK_RECIPIENTS_MAX];
    size_t count;
    int64_t now_ms;
    enum rc rc;
    struct err err;
    struct write_job write;
};

/* ---- answers ---- */

static void
answer(struct report_job *job, enum feedback_result result)
{
    struct core *core = job->intake->core;
    const struct feedback_taken_message message = {job->feedback.number, result};
    if (!core->courier || job->courier != job->intake->couriers)
        return;
    struct buf out;
    buf_init(&out, CHANNEL_PAYLOAD_MAX);
    protocol_put_feedback_taken(&out, &message);
    channel_send(core->courier, MESSAGE_FEEDBACK_TAKEN, buf_slice(&out));
    buf_fini(&out);
}

static void
job_end(struct report_job *job, enum feedback_result result)
{
    struct intake *intake = job->intake;
    answer(job, result);
    intake->jobs--;
    intake->bytes -= job->feedback.message.len;
    arena_free(job->arena);
}

static void
job_refuse(struct report_job *job, enum feedback_result result, const char *why)
{
    log_event(LOG_LEVEL_INFO, "feedback.refused", LOG_TEXT("source", job->feedback.source_ip),
              LOG_TEXT("from", job->feedback.reverse_path),
              LOG_TEXT("rcpt", job->feedback.recipients[0]),
              LOG_NUMBER("bytes", job->feedback.message.len), LOG_CSTR("why", why));
    job_end(job, result);
}

static void
job_failed(struct report_job *job, const struct err *err)
{
    log_event(LOG_LEVEL_ERROR, "feedback.failed", LOG_TEXT("source", job->feedback.source_ip),
              LOG_TEXT("rcpt", job->feedback.recipients[0]), LOG_CSTR("why", err->text));
    job_end(job, FEEDBACK_TEMPORARY);
}

/* ---- the writer ---- */

static struct report_job *
job_of(struct write_job *write)
{
    return (struct report_job *)((char *)write - offsetof(struct report_job, write));
}

static enum rc
forward(struct report_job *job, struct report *report, struct database *database, struct err *err)
{
    struct core *core = job->intake->core;
    enum rc rc = messages_count_feedback(database, report->message.key, REPORTS_MAX, err);
    report->fate = rc == RC_LIMIT ? REPORT_LIMITED : REPORT_FORWARDED;
    if (rc != RC_OK)
        return rc == RC_LIMIT ? RC_OK : rc;
    if (complaint_is_one(job->feedback.message))
        rc = spool_complain(database, job->arena, &report->message, job->now_ms, err);
    if (rc != RC_OK)
        return rc;
    return submit_system(job->arena, &core->constants, &core->writer_thread,
                         report->message.reverse_path, report->text, job->now_ms, err);
}

static enum rc
forward_run(struct write_job *write, struct database *database, struct err *err)
{
    struct report_job *job = job_of(write);
    enum rc rc = RC_OK;
    for (size_t i = 0; rc == RC_OK && i < job->count; i++)
        if (job->reports[i].fate != REPORT_DROPPED)
            rc = forward(job, &job->reports[i], database, err);
    return rc;
}

static void
log_report(const struct report_job *job, const struct report *report)
{
    static const char *const events[] = {"feedback.forwarded", "feedback.dropped",
                                         "feedback.refused"};
    static const char *const reasons[] = {"", "it was sent by the system itself",
                                          "too many reports about one message"};
    log_event(
        LOG_LEVEL_INFO, events[report->fate], LOG_TEXT("message", report->message.id),
        LOG_TEXT("source", job->feedback.source_ip), LOG_TEXT("from", job->feedback.reverse_path),
        LOG_TEXT("to", report->message.reverse_path),
        LOG_NUMBER("bytes", job->feedback.message.len), LOG_CSTR("why", reasons[report->fate]));
}

/* Taken when any of the messages could take it: asked again, the others would get it twice. */
static void
job_settled(struct report_job *job)
{
    bool taken = false, forwarded = false;
    for (size_t i = 0; i < job->count; i++) {
        log_report(job, &job->reports[i]);
        taken |= job->reports[i].fate != REPORT_LIMITED;
        forwarded |= job->reports[i].fate == REPORT_FORWARDED;
    }
    if (forwarded)
        due_wake(job->intake->core->delivery);
    job_end(job, taken ? FEEDBACK_TAKEN : FEEDBACK_REFUSED);
}

static void
forward_done(struct write_job *write)
{
    struct report_job *job = job_of(write);
    if (write->rc == RC_OK)
        job_settled(job);
    else
        job_failed(job, &write->err);
}

/* ---- the worker ---- */

static struct slice
subject_of(struct arena *arena, const struct message_row *message)
{
    struct header header;
    struct slice block = slice_head(message->header, message->header.len - HEADER_END);
    if (message->header.len < HEADER_END || header_parse(arena, block, &header, NULL) != RC_OK)
        return SLICE("");
    const struct field *subject = header_find(&header, "Subject");
    return subject ? header_decode(arena, header_unfold(arena, subject->value)) : SLICE("");
}

static enum rc
addresses_of(struct database *database, struct arena *arena, int64_t key, struct slice **out,
             size_t *count, struct err *err)
{
    struct recipient_row *rows;
    enum rc rc = recipients_of(database, arena, key, &rows, count, err);
    if (rc != RC_OK)
        return rc;
    *out = ARENA_ARRAY(arena, struct slice, *count);
    for (size_t i = 0; i < *count; i++)
        (*out)[i] = rows[i].address;
    return RC_OK;
}

static enum rc
write_report(struct report_job *job, struct report *report, struct database *database,
             struct err *err)
{
    const struct api_constants *constants = &job->intake->core->constants;
    const struct message_row *message = &report->message;
    struct slice *recipients;
    size_t count;
    enum rc rc = addresses_of(database, job->arena, message->key, &recipients, &count, err);
    if (rc != RC_OK)
        return rc;
    const struct dsn_returned returned = {
        .hostname = constants->hostname,
        .to = message->reverse_path,
        .message_id = arena_printf(
            job->arena, "%.*s@%.*s",
            SLICE_ARG(random_message_id(job->arena, constants->region_prefix, job->now_ms)),
            SLICE_ARG(constants->hostname)),
        .original_id = message->id,
        .original_subject = subject_of(job->arena, message),
        .recipients = recipients,
        .count = count,
        .source_ip = job->feedback.source_ip,
        .now_ms = job->now_ms,
        .report = job->feedback.message,
    };
    report->text = dsn_forward(job->arena, &returned);
    return RC_OK;
}

/* A message that is gone is as unknown as one that never was. */
static enum rc
find_one(struct report_job *job, int64_t key, struct database *database, struct err *err)
{
    struct report *report = &job->reports[job->count];
    enum rc rc = messages_find(database, job->arena, key, &report->message, err);
    if (rc == RC_NOT_FOUND)
        return RC_OK;
    if (rc != RC_OK)
        return rc;
    job->count++;
    bool system =
        report->message.reverse_path.len == 0 || slice_is(report->message.service, "system");
    report->fate = system ? REPORT_DROPPED : REPORT_FORWARDED;
    return system ? RC_OK : write_report(job, report, database, err);
}

static void
find_run(void *ctx, unsigned worker)
{
    struct report_job *job = ctx;
    struct database *database = job->intake->core->workers[worker].database;
    for (size_t i = 0; job->rc == RC_OK && i < job->key_count; i++)
        job->rc = find_one(job, job->keys[i], database, &job->err);
}

static void
find_done(void *ctx)
{
    struct report_job *job = ctx;
    bool forwards = false;
    for (size_t i = 0; i < job->count; i++)
        forwards |= job->reports[i].fate == REPORT_FORWARDED;
    if (job->rc != RC_OK) {
        job_failed(job, &job->err);
    } else if (job->count == 0) {
        job_refuse(job, FEEDBACK_UNKNOWN, "the message is not known any more");
    } else if (!forwards) {
        job_settled(job);
    } else {
        job->write = (struct write_job){.run = forward_run, .done = forward_done, .guarded = true};
        writer_submit(job->intake->core->writer, &job->write);
    }
}

/* ---- the loop ---- */

static bool
has_key(const struct report_job *job, int64_t key)
{
    for (size_t i = 0; i < job->key_count; i++)
        if (job->keys[i] == key)
            return true;
    return false;
}

/* Which messages the recipients name; a forged or foreign one names none. */
static void
read_recipients(struct report_job *job)
{
    const struct feedback_message *feedback = &job->feedback;
    for (uint32_t i = 0; i < feedback->recipient_count; i++) {
        struct slice local, domain;
        int64_t key;
        if (slice_cut(feedback->recipients[i], '@', &local, &domain) &&
            return_address_read(job->arena, job->intake->core->constants.return_secret, local, &key,
                                NULL) == RC_OK &&
            !has_key(job, key))
            job->keys[job->key_count++] = key;
    }
}

static void
job_begin(struct report_job *job)
{
    struct intake *intake = job->intake;
    intake->jobs++;
    intake->bytes += job->feedback.message.len;
    read_recipients(job);
    if (intake->jobs > JOBS_MAX || intake->bytes > BYTES_MAX || intake->core->disk_low)
        job_end(job, FEEDBACK_TEMPORARY);
    else if (job->key_count == 0)
        job_refuse(job, FEEDBACK_UNKNOWN, "no return address of ours");
    else if (!feedback_is_report(job->feedback.reverse_path, job->feedback.message))
        job_refuse(job, FEEDBACK_REFUSED, "neither from <> nor Auto-Submitted");
    else
        pool_submit(intake->core->pool, find_run, find_done, job);
}

bool
intake_message(struct intake *intake, struct slice payload)
{
    struct arena *arena = arena_new();
    struct report_job *job = ARENA_NEW(arena, struct report_job);
    job->intake = intake;
    job->arena = arena;
    job->courier = intake->couriers;
    job->now_ms = clock_now_ms();
    bool read = protocol_get_feedback(arena, arena_dup(arena, payload), &job->feedback);
    if (read)
        job_begin(job);
    else
        arena_free(arena);
    return read;
}

void
intake_courier_down(struct intake *intake)
{
    intake->couriers++;
}

struct intake *
intake_new(struct core *core)
{
    struct intake *intake = NEW(struct intake);
    intake->core = core;
    return intake;
}
