/*
 * From SUBMIT to 250. The body streams in under credit: it is hashed and scanned as it passes; what
 * is over one chunk goes to the store before the decision and is swept if none comes. Then a worker
 * decides and signs, the writer re-checks the key and commits, and only then is the reply given.
 */
#include "api/outbox.h"
#include "api/recording.h"
#include "api/submit.h"
#include "base/clock.h"
#include "base/log.h"
#include "core.h"
#include "mail/body.h"
#include "mail/reply.h"
#include "net/protocol.h"
#include "store/decisions.h"
#include "store/settings.h"
#include "store/users.h"

#include <assert.h>
#include <stdlib.h>

enum submission_step {
    RECEIVING, /* BODY flows; `staging` chunks are on their way to the store */
    DECIDING,  /* a worker has it */
    COMMITTING /* the writer has it */
};

struct submission_job {
    struct core *core;
    struct front *front; /* NULL once it has its answer or is gone: finish quietly */
    uint64_t number;     /* the front's */
    /* Or of a call of the API, which lives until `mail_done` is called. */
    struct outbox_mail *mail;
    void (*mail_done)(void *ctx);
    void *mail_ctx;
    struct slice unread; /* of its body: not yet on the way to the store */
    struct arena *arena; /* owned; of this transaction */
    enum submission_step step;
    struct session session;         /* copied into arena: the session may end meanwhile */
    struct submit_message envelope; /* in arena */
    struct buf head;                /* until the header block is complete */
    bool have_header, ended;
    bool orphan;            /* aborted, or its front is gone: forgotten when the store has done */
    struct header header;   /* in arena */
    struct body_scan *scan; /* owned */
    struct body_hash *hash; /* owned */
    struct buf chunk;       /* body bytes not yet staged */
    uint32_t staged, staging;
    uint64_t body_bytes, received;
    struct slice verdict; /* a refusal that came before the end; told at the end */
    const char *verdict_reason;
    bool withheld; /* allowed, but for what the handler found (api/outbox.h) */
    bool answered;
    bool refused_at_commit; /* decided again there, and otherwise */
    int64_t credit;         /* what the front may still send */
    uint32_t owed;          /* credit not given back while the store is behind */
    uint8_t body_hash[32];
    struct submission_request request;
    struct submission_answer answer;
    enum rc rc;
    struct err err;
    bool leased;
    bool quota_taken;
    struct quota_charge charge;
    struct decision_row decision;
    struct write_job write;
};

/* Full chunks on their way to the store at once; more wait at the front, without credit. */
enum { STAGING_MAX = 2 };

/* A full chunk on its way to the store. */
struct staging {
    struct submission_job *job;
    struct buf bytes;
    uint32_t number;
    struct write_job write;
};

static void
send_number(struct front *front, enum message_type type, uint64_t number, uint32_t bytes)
{
    struct buf out;
    struct credit_message message = {number, bytes};
    buf_init(&out, CHANNEL_PAYLOAD_MAX);
    protocol_put_credit(&out, &message);
    channel_send(front->channel, type, buf_slice(&out));
    buf_fini(&out);
}

/* What the gate refused, as the API says it. */
static enum api_fault
fault_of_reason(enum gate_reason reason)
{
    static const enum api_fault faults[] = {
        [GATE_ALLOWED] = FAULT_INVALID_PARAMETER, /* refused before the gate was asked */
        [GATE_SYSTEM_LIMIT] = FAULT_MESSAGE_REJECTED,
        [GATE_USER_SUSPENDED] = FAULT_ACCESS_DENIED,
        [GATE_MISLEADING_NAME] = FAULT_INVALID_PARAMETER,
        [GATE_ARN_MISMATCH] = FAULT_INVALID_PARAMETER,
        [GATE_EXPLICIT_DENY] = FAULT_ACCESS_DENIED,
        [GATE_IMPLICIT_DENY] = FAULT_ACCESS_DENIED,
        [GATE_BOUNDARY] = FAULT_ACCESS_DENIED,
        [GATE_SUSPENDED] = FAULT_MESSAGE_REJECTED,
        [GATE_NOT_VERIFIED] = FAULT_MESSAGE_REJECTED,
        [GATE_DKIM_LOST] = FAULT_MESSAGE_REJECTED,
        [GATE_MAIL_FROM_INVALID] = FAULT_MAIL_FROM_NOT_VERIFIED,
        [GATE_NO_CONFIGURATION_SET] = FAULT_NO_CONFIGURATION_SET,
        [GATE_CONFIGURATION_SET_PAUSED] = FAULT_CONFIGURATION_SET_PAUSED,
        [GATE_QUOTA_DAILY] = FAULT_DAILY_QUOTA,
        [GATE_QUOTA_RATE] = FAULT_THROTTLING,
        [GATE_PAUSED] = FAULT_ACCOUNT_PAUSED,
    };
    static_assert(sizeof faults / sizeof *faults == GATE_REASON_COUNT, "a fault for each");
    return faults[reason];
}

/* The API has a code where SMTP has words in front (reference §5.6, §7.3). */
static struct slice
without_prefix(struct slice reply)
{
    static const char *const prefixes[] = {"554 ", "454 Throttling failure: ", "Access denied: ",
                                           "Message rejected: ", "Transaction failed: "};
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
        if (slice_starts(reply, slice_of(prefixes[i])))
            reply = slice_from(reply, strlen(prefixes[i]));
    return reply;
}

static void
mail_finish(struct submission_job *job)
{
    job->answered = true;
    job->mail_done(job->mail_ctx);
}

/* The call may wait for its other mails, and this job ends. */
static void
mail_succeed(struct submission_job *job)
{
    struct outbox_mail *mail = job->mail;
    mail->message_id = arena_dup(mail->arena, job->answer.entry.message.id);
    mail_finish(job);
}

static void
mail_fail(struct submission_job *job, enum rc rc, enum api_fault fault, struct slice words)
{
    struct outbox_mail *mail = job->mail;
    mail->fault = fault;
    mail->rc = err_set(&mail->err, rc, "%.*s", SLICE_ARG(words));
    mail_finish(job);
}

/* What the handler found is told instead of what the gate finds after the policies. */
static bool
was_withheld(const struct submission_job *job)
{
    enum gate_reason reason = job->answer.decision.reason;
    return job->mail->refusal.text.len > 0 &&
           (job->withheld || reason == GATE_SUSPENDED || reason == GATE_NOT_VERIFIED);
}

/* Of its owner who was suspended while it was sent too: who stole a key does not learn why it ended. */
static bool
was_switched_off(const struct submission_job *job)
{
    return job->answer.decision.reason == GATE_USER_SUSPENDED ||
           (job->verdict_reason && strcmp(job->verdict_reason, "inactive_key") == 0);
}

static void
mail_refuse(struct submission_job *job)
{
    const char *why = job->verdict_reason ? job->verdict_reason : "";
    if (was_switched_off(job))
        mail_fail(job, RC_DENIED, FAULT_INVALID_TOKEN,
                  SLICE("The security token included in the request is invalid."));
    else if (strcmp(why, "storage") == 0)
        mail_fail(job, RC_TEMPORARY, FAULT_UNAVAILABLE, SLICE("Insufficient system storage"));
    else if (strcmp(why, "too_many") == 0)
        mail_fail(job, RC_LIMIT, FAULT_LIMIT, job->answer.reply);
    else if (was_withheld(job))
        mail_fail(job, RC_DENIED, job->mail->refusal.fault, job->mail->refusal.text);
    else if (job->mail->rc == RC_DENIED) /* what it holds, not how it is written */
        mail_fail(job, RC_DENIED, FAULT_MESSAGE_REJECTED, without_prefix(job->answer.reply));
    else
        mail_fail(job, RC_DENIED, fault_of_reason(job->answer.decision.reason),
                  without_prefix(job->answer.reply));
}

static void
send_reply(struct submission_job *job, struct slice reply)
{
    if (!job->front || job->answered)
        return;
    struct buf out;
    struct submitted_message message = {job->number, reply};
    buf_init(&out, CHANNEL_PAYLOAD_MAX);
    protocol_put_submitted(&out, &message);
    channel_send(job->front->channel, MESSAGE_SUBMITTED, buf_slice(&out));
    buf_fini(&out);
    job->answered = true;
}

static void
job_detach(struct submission_job *job)
{
    if (job->front) {
        map_remove(job->front->submissions, MAP_KEY(job->number));
        map_remove(job->front->transactions, MAP_KEY(job->envelope.session));
    }
    job->front = NULL;
}

static void
job_free(struct submission_job *job)
{
    job_detach(job);
    body_scan_free(job->scan);
    body_hash_free(job->hash);
    buf_fini(&job->head);
    buf_fini(&job->chunk);
    arena_free(job->arena);
    free(job);
}

/* Chunks written for a message that will not be: they go in a transaction of their own; what a
 * crash leaves is swept at start. */
static enum rc
unstage_run(struct write_job *write, struct database *database, struct err *err)
{
    struct submission_job *job =
        (struct submission_job *)((char *)write - offsetof(struct submission_job, write));
    return chunks_delete(database, job->request.key, err);
}

static void
unstage_done(struct write_job *write)
{
    job_free((struct submission_job *)((char *)write - offsetof(struct submission_job, write)));
}

static void
job_discard(struct submission_job *job)
{
    if (job->quota_taken)
        quota_give_back(&job->core->quota, &job->charge);
    if (!job->orphan) /* it counts as long as it takes memory */
        job_detach(job);
    if (job->staged == 0) {
        job_free(job);
        return;
    }
    job->write = (struct write_job){.run = unstage_run, .done = unstage_done, .guarded = true};
    writer_submit(job->core->writer, &job->write);
}

/* ---- what came of it ---- */

static void
log_refused(const struct submission_job *job, struct slice reply)
{
    log_event(LOG_LEVEL_INFO, "submission.refused", LOG_NUMBER("session", job->session.number),
              LOG_TEXT("principal", job->session.user_name),
              LOG_TEXT("key", job->session.access_key), LOG_TEXT("source", job->session.source_ip),
              LOG_TEXT("mail_from", job->envelope.reverse_path),
              LOG_TEXT("from", job->answer.header_from), LOG_TEXT("address", job->decision.address),
              LOG_NUMBER("rcpts", job->envelope.recipient_count),
              LOG_TEXT("reason", job->decision.reason), LOG_TEXT("reply", reply));
}

static enum rc
decision_run(struct write_job *write, struct database *database, struct err *err)
{
    struct submission_job *job =
        (struct submission_job *)((char *)write - offsetof(struct submission_job, write));
    if (job->staged > 0) {
        enum rc rc = chunks_delete(database, job->request.key, err);
        if (rc != RC_OK)
            return rc;
    }
    enum rc rc = decisions_insert(database, &job->decision, err);
    return rc == RC_OK ? recording_refused(job->arena, &job->core->writer_thread, &job->request,
                                           &job->decision, err)
                       : rc;
}

static void
decision_done(struct write_job *write)
{
    struct submission_job *job =
        (struct submission_job *)((char *)write - offsetof(struct submission_job, write));
    if (job->mail)
        mail_refuse(job);
    else
        send_reply(job, job->answer.reply);
    job_free(job);
}

/* A refusal is recorded first, then told. */
static void
refuse(struct submission_job *job, struct slice reply)
{
    if (was_switched_off(job))
        reply = slice_of(reply_text(REPLY_AUTH_INVALID));
    job->answer.reply = reply;
    if (job->quota_taken)
        quota_give_back(&job->core->quota, &job->charge);
    job->core->counters.refused++;
    submit_decision_row(job->arena, &job->request, &job->answer, &job->decision);
    if (job->verdict_reason)
        job->decision.reason = slice_of(job->verdict_reason);
    log_refused(job, reply);
    job->step = COMMITTING;
    job->write = (struct write_job){.run = decision_run, .done = decision_done, .guarded = true};
    writer_submit(job->core->writer, &job->write);
}

static void
fail_temporarily(struct submission_job *job, enum reply reply, const char *why)
{
    log_event(LOG_LEVEL_WARN, "submission.deferred", LOG_NUMBER("session", job->session.number),
              LOG_TEXT("principal", job->session.user_name),
              LOG_TEXT("key", job->session.access_key),
              LOG_TEXT("mail_from", job->envelope.reverse_path), LOG_CSTR("reason", why));
    if (job->mail)
        mail_fail(job, RC_TEMPORARY, FAULT_UNAVAILABLE, slice_of(reply_text(reply) + 4));
    else
        send_reply(job, slice_of(reply_text(reply)));
    job_discard(job);
}

/* ---- the commit ---- */

/* What the decision does not know: the body, and whether courier has room. */
static void
complete_entry(struct submission_job *job)
{
    struct spool_entry *entry = &job->answer.entry;
    entry->body = buf_slice(&job->chunk);
    entry->staged = job->staged;
    for (uint32_t i = 0; job->leased && i < entry->recipient_count; i++) {
        entry->recipients[i].leased = true;
        entry->recipients[i].next_ms = job->request.now_ms + SPOOL_LEASE_MS;
    }
}

/* Something was changed since the snapshot that was decided from: a policy taken away, an identity
 * suspended, the account paused. What is committed behind that was decided behind it. */
static enum rc
decide_again(struct submission_job *job, struct err *err)
{
    struct core *core = job->core;
    enum rc rc = submit_decide(job->arena, &core->constants, &core->writer_thread, &job->request,
                               &job->answer, err);
    if (rc == RC_OK) {
        complete_entry(job);
        return RC_OK;
    }
    if (rc == RC_TEMPORARY || rc == RC_PERMANENT)
        return rc;
    job->refused_at_commit = true;
    return err_set(err, RC_DENIED, "refused since something was changed");
}

static enum rc
check_still_allowed(struct submission_job *job, struct database *database, struct err *err)
{
    bool usable;
    int64_t changes;
    enum rc rc = access_keys_is_usable(database, job->session.access_key, job->session.user_folded,
                                       job->request.now_ms, &usable, err);
    if (rc == RC_OK && !usable)
        return err_set(err, RC_DENIED, "the access key is no longer active");
    if (rc == RC_OK)
        rc = settings_changes(database, &changes, err);
    return rc == RC_OK && changes != job->answer.changes ? decide_again(job, err) : rc;
}

static enum rc
accept_run(struct write_job *write, struct database *database, struct err *err)
{
    struct submission_job *job =
        (struct submission_job *)((char *)write - offsetof(struct submission_job, write));
    enum rc rc = check_still_allowed(job, database, err);
    if (rc == RC_OK && job->mail && job->mail->also)
        rc = job->mail->also(job->mail->also_ctx, database, job->arena, err);
    return rc == RC_OK ? submit_accept(job->arena, &job->core->constants, &job->core->writer_thread,
                                       &job->answer, job->request.now_ms, err)
                       : rc;
}

static void
accept_done(struct write_job *write)
{
    struct submission_job *job =
        (struct submission_job *)((char *)write - offsetof(struct submission_job, write));
    struct core *core = job->core;
    const struct message_row *message = &job->answer.entry.message;
    if (write->rc == RC_DENIED && job->refused_at_commit) {
        refuse(job, job->answer.reply);
        return;
    }
    if (write->rc == RC_DENIED) {
        job->verdict_reason = "inactive_key";
        refuse(job, job->answer.reply);
        return;
    }
    if (write->rc == RC_LIMIT && job->mail) { /* of what is written with it */
        job->verdict_reason = "too_many";
        refuse(job, arena_dup(job->arena, slice_of(write->err.text)));
        return;
    }
    if (write->rc != RC_OK) {
        fail_temporarily(job, core->disk_low ? REPLY_STORAGE : REPLY_TEMPORARY_FAILURE,
                         write->err.text);
        return;
    }
    job->quota_taken = false; /* spent */
    core->counters.accepted++;
    if (!slice_is(job->request.service, "check")) /* which is no use of the user's */
        permission_record_use(core, job->session.user_id, job->request.action);
    core->counters.suppressed += job->answer.suppressed;
    if (!job->mail)
        send_reply(
            job, arena_printf(job->arena, "%s %.*s", reply_text(REPLY_OK), SLICE_ARG(message->id)));
    log_event(LOG_LEVEL_INFO, "submission.accepted", LOG_NUMBER("session", job->session.number),
              LOG_TEXT("message", message->id), LOG_TEXT("principal", job->session.user_name),
              LOG_TEXT("key", job->session.access_key), LOG_TEXT("source", job->session.source_ip),
              LOG_TEXT("mail_from", job->envelope.reverse_path),
              LOG_TEXT("from", message->header_from), LOG_NUMBER("rcpts", message->recipients),
              LOG_NUMBER("bytes", message->body_bytes + (int64_t)message->header.len),
              LOG_NUMBER("hidden", message->hidden),
              LOG_NUMBER("suppressed", job->answer.suppressed),
              LOG_NUMBER("held", job->answer.braking.holds));
    alarms_braked(core, &job->answer.braking);
    if (job->leased && !job->answer.braking.holds) {
        struct slice body = buf_slice(&job->chunk);
        delivery_enqueue(core->delivery, &job->answer.entry, job->staged ? NULL : &body);
    }
    if (!job->leased || job->answer.suppressed > 0) /* a report waits in the store */
        due_wake(core->delivery);
    if (job->mail)
        mail_succeed(job);
    job_free(job);
}

static void
commit(struct submission_job *job)
{
    const struct spool_entry *entry = &job->answer.entry;
    job->leased = due_has_room(job->core->delivery);
    for (uint32_t i = 0; job->leased && i < entry->recipient_count; i++)
        job->leased = due_takes(job->core->delivery, entry->recipients[i].domain);
    complete_entry(job);
    job->step = COMMITTING;
    job->write = (struct write_job){
        .run = accept_run, .done = accept_done, .guarded = job->mail && job->mail->also};
    writer_submit(job->core->writer, &job->write);
}

/* ---- the decision ---- */

static void
decide_run(void *ctx, unsigned worker)
{
    struct submission_job *job = ctx;
    struct api_thread *thread = &job->core->workers[worker];
    job->rc = database_begin_read(thread->database, &job->err);
    if (job->rc != RC_OK)
        return;
    job->rc = submit_decide(job->arena, &job->core->constants, thread, &job->request, &job->answer,
                            &job->err);
    database_rollback(thread->database);
}

static void
unrendered_done(struct write_job *write)
{
    struct submission_job *job =
        (struct submission_job *)((char *)write - offsetof(struct submission_job, write));
    if (write->rc != RC_OK) {
        fail_temporarily(job, REPLY_TEMPORARY_FAILURE, write->err.text);
        return;
    }
    mail_succeed(job);
    job_free(job);
}

/* It would have been allowed, but its template cannot be rendered with its data: that is recorded,
 * and the caller gets an id as for any other (reference §9). */
static void
record_unrendered(struct submission_job *job)
{
    quota_give_back(&job->core->quota, &job->charge);
    job->quota_taken = false;
    submit_decision_row(job->arena, &job->request, &job->answer, &job->decision);
    job->decision.reason = SLICE("rendering_failure");
    job->decision.reply = job->mail->rendering_failure;
    log_refused(job, job->mail->rendering_failure);
    job->step = COMMITTING;
    job->write = (struct write_job){.run = decision_run, .done = unrendered_done, .guarded = true};
    writer_submit(job->core->writer, &job->write);
}

/* It would have been allowed, but there is nothing to send. */
static void
refuse_withheld(struct submission_job *job)
{
    job->withheld = true;
    job->verdict_reason = "unsendable";
    refuse(job, job->mail->refusal.text);
}

static void
decide_done(void *ctx)
{
    struct submission_job *job = ctx;
    if (job->rc == RC_OK && job->mail && job->mail->rendering_failure.len)
        record_unrendered(job);
    else if (job->rc == RC_OK && job->mail && job->mail->refusal.text.len)
        refuse_withheld(job);
    else if (job->rc == RC_OK)
        commit(job);
    else if (job->rc == RC_TEMPORARY || job->rc == RC_PERMANENT)
        fail_temporarily(job, REPLY_TEMPORARY_FAILURE, job->err.text);
    else
        refuse(job, job->answer.reply);
}

/* The mailbox simulator counts for the rate alone (reference §6). */
static struct quota_charge
charge_of(const struct submission_job *job)
{
    struct quota_charge charge = {.recipients = (uint32_t)job->request.recipient_count};
    for (size_t i = 0; i < job->request.recipient_count; i++) {
        struct address address;
        charge.counted +=
            address_parse(job->arena, job->request.recipients[i], &address, NULL) != RC_OK ||
            !gate_is_simulator(job->core->constants.hostname, &address);
    }
    return charge;
}

static void
decide(struct submission_job *job)
{
    struct core *core = job->core;
    struct quota_limits limits = core_quota_limits(core);
    job->request.now_ms = clock_now_ms(); /* DATA may have taken long */
    if (!job->mail) {
        body_hash_finish(job->hash, job->body_hash);
        job->request.header = &job->header;
        job->request.body_hash = job->body_hash;
        job->request.body_bytes = job->body_bytes;
        job->request.eight_bit = body_scan_eight_bit(job->scan);
    }
    job->charge = charge_of(job);
    job->request.counted = job->charge.counted;
    job->request.quota = quota_take(&core->quota, &limits, &job->charge, job->request.now_ms);
    job->quota_taken = job->request.quota == QUOTA_OK;
    job->step = DECIDING;
    pool_submit(core->pool, decide_run, decide_done, job);
}

/* ---- the body ---- */

static void
set_verdict(struct submission_job *job, const char *reason, struct slice reply)
{
    if (job->verdict.len > 0)
        return;
    job->verdict = reply;
    job->verdict_reason = reason;
}

static void
malformed(struct submission_job *job, enum rc rc, const struct err *err)
{
    struct slice text = arena_printf(job->arena, "Transaction failed: %s", err->text);
    set_verdict(job, "malformed", reply_for(job->arena, rc, text));
}

static void
give_credit(struct submission_job *job)
{
    bool wanted = job->front && !job->ended && !job->orphan;
    if (wanted && job->owed > 0 && job->staging < STAGING_MAX) {
        send_number(job->front, MESSAGE_CREDIT, job->number, job->owed);
        job->credit += job->owed;
        job->owed = 0;
    }
}

static void finish_if_complete(struct submission_job *job);
static void stage_unread(struct submission_job *job);

static enum rc
stage_run(struct write_job *write, struct database *database, struct err *err)
{
    struct staging *staging = (struct staging *)((char *)write - offsetof(struct staging, write));
    return chunks_insert(database, staging->job->request.key, staging->number,
                         buf_slice(&staging->bytes), err);
}

static void
stage_done(struct write_job *write)
{
    struct staging *staging = (struct staging *)((char *)write - offsetof(struct staging, write));
    struct submission_job *job = staging->job;
    job->staging--;
    if (write->rc != RC_OK)
        set_verdict(job, "storage", slice_of(reply_text(REPLY_STORAGE)));
    give_credit(job);
    buf_fini(&staging->bytes);
    free(staging);
    stage_unread(job);
    finish_if_complete(job);
}

static void
stage_chunk(struct submission_job *job)
{
    struct staging *staging = NEW(struct staging);
    staging->job = job;
    staging->bytes = job->chunk;
    staging->number = job->staged++;
    buf_init(&job->chunk, CHUNK_BYTES);
    job->staging++;
    staging->write = (struct write_job){.run = stage_run, .done = stage_done};
    writer_submit(job->core->writer, &staging->write);
}

/* What fits into the chunk; a full one is on its way. Returns the rest. */
static struct slice
fill_chunk(struct submission_job *job, struct slice piece)
{
    struct slice part = slice_head(piece, CHUNK_BYTES - job->chunk.len);
    buf_add(&job->chunk, part);
    if (job->chunk.len == CHUNK_BYTES)
        stage_chunk(job);
    return slice_from(piece, part.len);
}

static void
take_body(struct submission_job *job, struct slice piece)
{
    job->body_bytes += piece.len;
    body_scan_feed(job->scan, piece);
    body_hash_feed(job->hash, piece);
    while (piece.len > 0)
        piece = fill_chunk(job, piece);
}

/* The body of a call is whole: it goes to the store as fast as the store takes it. */
static void
stage_unread(struct submission_job *job)
{
    while (job->unread.len > 0 && job->staging < STAGING_MAX)
        job->unread = fill_chunk(job, job->unread);
}

/* The header block is complete: parse it on core's own copy. */
static void
take_header(struct submission_job *job, size_t end)
{
    struct err err = {0};
    struct slice block = arena_dup(job->arena, slice_head(buf_slice(&job->head), end - 2));
    enum rc rc = header_parse(job->arena, block, &job->header, &err);
    job->have_header = true;
    if (rc != RC_OK) {
        malformed(job, rc, &err);
        return;
    }
    job->scan = body_scan_new(&job->header);
    job->hash = body_hash_new();
    take_body(job, slice_from(buf_slice(&job->head), end));
    buf_fini(&job->head);
}

static void
take_piece(struct submission_job *job, struct slice piece)
{
    job->received += piece.len;
    if (job->received > job->core->config.message_bytes)
        set_verdict(job, "too_long", slice_of(reply_text(REPLY_TOO_LONG)));
    if (job->verdict.len > 0)
        return;
    if (job->have_header) {
        take_body(job, piece);
        return;
    }
    size_t end, seen = job->head.len;
    struct err err = {0};
    buf_add(&job->head, piece);
    enum rc rc = buf_ok(&job->head) ? header_end_after(buf_slice(&job->head), seen, &end, &err)
                                    : err_set(&err, RC_LIMIT, "the header is too large");
    if (rc == RC_OK)
        take_header(job, end);
    else if (rc != RC_AGAIN)
        malformed(job, rc, &err);
}

/* ---- from the front ---- */

static void
copy_session(struct submission_job *job, const struct session *from)
{
    struct arena *arena = job->arena;
    job->session = (struct session){
        .number = from->number,
        .user_folded = arena_dup(arena, from->user_folded),
        .user_name = arena_dup(arena, from->user_name),
        .user_id = arena_dup(arena, from->user_id),
        .user_arn = arena_dup(arena, from->user_arn),
        .access_key = arena_dup(arena, from->access_key),
        .source_ip = arena_dup(arena, from->source_ip),
        .client_name = arena_dup(arena, from->client_name),
        .tls = arena_dup(arena, from->tls),
    };
    job->request.user_folded = job->session.user_folded;
    job->request.user_name = job->session.user_name;
    job->request.user_id = job->session.user_id;
    job->request.user_arn = job->session.user_arn;
    job->request.access_key = job->session.access_key;
    job->request.service = SLICE("smtp");
    job->request.source_ip = job->session.source_ip;
    job->request.client_name = job->session.client_name;
    job->request.tls = job->session.tls;
}

static bool
is_canonical(struct arena *arena, struct slice text)
{
    struct address address;
    return address_parse(arena, text, &address, NULL) == RC_OK && slice_eq(address.text, text);
}

/* What goes out is what was decided about: fronts read addresses, and say them in one form. */
static bool
envelope_is_canonical(struct arena *arena, const struct submit_message *envelope)
{
    for (uint32_t i = 0; i < envelope->recipient_count; i++)
        if (!is_canonical(arena, envelope->recipients[i]))
            return false;
    return is_canonical(arena, envelope->reverse_path);
}

/* A session has one transaction at a time, from its SUBMIT to the answer or until nothing is left
 * of it: what is kept of messages that come in is bounded by the connections that a front may have.
 */
bool
submission_begin(struct front *front, struct slice payload)
{
    struct core *core = front->core;
    struct arena *arena = arena_new();
    struct submit_message envelope;
    if (!protocol_get_submit(arena, arena_dup(arena, payload), &envelope) ||
        map_get(front->submissions, MAP_KEY(envelope.submission)) ||
        map_get(front->transactions, MAP_KEY(envelope.session)) ||
        map_count(front->submissions) >= 2 * (size_t)core->config.connections ||
        !envelope_is_canonical(arena, &envelope)) {
        arena_free(arena);
        return false;
    }
    struct submission_job *job = NEW(struct submission_job);
    job->core = core;
    job->front = front;
    job->number = envelope.submission;
    job->credit = BODY_CREDIT;
    job->arena = arena;
    job->envelope = envelope;
    buf_init(&job->head, HEADER_MAX + BODY_PIECE_MAX);
    buf_init(&job->chunk, CHUNK_BYTES);
    map_put(front->submissions, MAP_KEY(job->number), job);
    map_put(front->transactions, MAP_KEY(envelope.session), job);
    const struct session *session = session_find(core, front, envelope.session);
    job->request = (struct submission_request){.reverse_path = envelope.reverse_path,
                                               .recipients = envelope.recipients,
                                               .recipient_count = envelope.recipient_count,
                                               .action = SLICE("ses:SendRawEmail"),
                                               .api_version = "2", /* reference §5.4 */
                                               .now_ms = clock_now_ms()};
    job->request.key = api_next_key(&core->constants, job->request.now_ms, &job->request.key_ms);
    if (session)
        copy_session(job, session);
    if (!session || session->revoked)
        set_verdict(job, "inactive_key", slice_of(reply_text(REPLY_AUTH_INVALID)));
    else if (core->disk_low)
        set_verdict(job, "storage", slice_of(reply_text(REPLY_STORAGE)));
    else if (envelope.recipient_count > core->config.recipients)
        set_verdict(job, "too_many_recipients", slice_of(reply_text(REPLY_TOO_MANY_RECIPIENTS)));
    return true;
}

/* NULL: it had its answer, or was aborted. */
static struct submission_job *
find_open(const struct front *front, uint64_t number)
{
    struct submission_job *job = map_get(front->submissions, MAP_KEY(number));
    return job && !job->orphan ? job : NULL;
}

bool
submission_body(struct front *front, struct slice payload)
{
    struct arena *arena = arena_new();
    struct body_message message;
    bool read = protocol_get_body(arena, payload, &message);
    struct submission_job *job = read ? find_open(front, message.number) : NULL;
    bool valid = read && (!job || (job->step == RECEIVING && !job->ended &&
                                   (int64_t)message.piece.len <= job->credit));
    if (valid && job) {
        job->credit -= (int64_t)message.piece.len;
        take_piece(job, message.piece);
        job->owed += (uint32_t)message.piece.len;
        give_credit(job);
    }
    arena_free(arena);
    return valid;
}

static void
finish(struct submission_job *job)
{
    struct err err = {0};
    size_t end;
    if (!job->mail && !job->have_header && job->verdict.len == 0) {
        /* A message of a header alone: the empty line is understood. */
        buf_add(&job->head, SLICE("\r\n"));
        enum rc rc = header_end(buf_slice(&job->head), &end, &err);
        if (rc == RC_OK)
            take_header(job, end);
        else
            malformed(job, RC_SYNTAX, &err);
    }
    if (!job->mail && job->verdict.len == 0) {
        enum rc rc = body_scan_finish(job->scan, &err);
        if (rc != RC_OK)
            malformed(job, rc, &err);
    }
    if (job->verdict.len > 0)
        refuse(job, job->verdict);
    else
        decide(job);
}

static void
finish_if_complete(struct submission_job *job)
{
    if (job->staging > 0 || job->unread.len > 0)
        return;
    if (job->orphan)
        job_discard(job);
    else if (job->ended && job->step == RECEIVING)
        finish(job);
}

bool
submission_end(struct front *front, uint64_t number)
{
    struct submission_job *job = find_open(front, number);
    if (!job)
        return true; /* it had its answer */
    if (job->ended || job->step != RECEIVING)
        return false;
    job->ended = true;
    finish_if_complete(job);
    return true;
}

/* ---- from a call of the API ---- */

static void
fill_from_call(struct submission_job *job, const struct api_caller *caller)
{
    const struct outbox_mail *mail = job->mail;
    job->session = (struct session){
        .user_folded = caller->user_folded,
        .user_name = caller->user_name,
        .user_id = caller->user_id,
        .user_arn = caller->user_arn,
        .access_key = caller->access_key,
        .source_ip = caller->source_ip,
        .client_name = caller->user_agent,
        .tls = caller->tls,
    };
    job->envelope = (struct submit_message){.reverse_path = mail->reverse_path,
                                            .recipients = (struct slice *)mail->recipients,
                                            .recipient_count = (uint32_t)mail->recipient_count};
    job->request = (struct submission_request){
        .user_folded = caller->user_folded,
        .user_name = caller->user_name,
        .user_id = caller->user_id,
        .user_arn = caller->user_arn,
        .access_key = caller->access_key,
        .service = caller->administrator ? SLICE("check") : SLICE("api"),
        .action = mail->action,
        .api_version = mail->api_version,
        .source_ip = caller->source_ip,
        .client_name = caller->user_agent,
        .user_agent = caller->user_agent,
        .tls = caller->tls,
        .reverse_path = mail->reverse_path,
        .recipients = mail->recipients,
        .recipient_count = mail->recipient_count,
        .senders = mail->senders,
        .sender_count = mail->sender_count,
        .configuration_set = mail->configuration_set,
        .template_name = mail->template_name,
        .verification_template = mail->verification_template,
        .tags = mail->tags,
        .source_arn = mail->source_arn,
        .from_arn = mail->from_arn,
        .return_path_arn = mail->return_path_arn,
        .list_management = mail->list_management,
        .header = &mail->header,
        .body_hash = mail->body_hash,
        .body_bytes = mail->body.len,
        .eight_bit = mail->eight_bit,
        .confidential = mail->confidential,
        .now_ms = clock_now_ms(),
    };
}

void
submission_hand_in(struct core *core, const struct api_caller *caller, struct outbox_mail *mail,
                   void (*done)(void *ctx), void *ctx)
{
    struct submission_job *job = NEW(struct submission_job);
    job->core = core;
    job->arena = arena_new();
    job->mail = mail;
    job->mail_done = done;
    job->mail_ctx = ctx;
    job->ended = true;
    buf_init(&job->head, 0);
    buf_init(&job->chunk, CHUNK_BYTES);
    fill_from_call(job, caller);
    job->request.key = api_next_key(&core->constants, job->request.now_ms, &job->request.key_ms);
    if (mail->rc != RC_OK)
        malformed(job, mail->rc, &mail->err);
    else if (core->disk_low)
        set_verdict(job, "storage", slice_of(reply_text(REPLY_STORAGE)));
    else
        job->unread = mail->body;
    stage_unread(job);
    finish_if_complete(job);
}

/* The client went away before the end: nothing was promised. After the end it runs to its end: the
 * message may be committed and its acknowledgement lost, as with any SMTP server. */
static void
abandon(struct submission_job *job)
{
    if (job->ended || job->orphan)
        return;
    job->orphan = true;
    finish_if_complete(job);
}

bool
submission_abort(struct front *front, uint64_t number)
{
    struct submission_job *job = find_open(front, number);
    if (!job)
        return true;
    if (job->ended)
        return false;
    abandon(job);
    return true;
}

/* The access key was switched off while the message came in: the front drops the rest, and at the
 * end it hears the refusal, which is recorded like any other. What has ended is asked for its key
 * again by the commit. */
void
submission_revoke(struct front *front, uint64_t session)
{
    size_t cursor = 0;
    struct slice key;
    void *value;
    while (map_next(front->submissions, &cursor, &key, &value)) {
        struct submission_job *job = value;
        if (job->session.number == session && !job->ended)
            set_verdict(job, "inactive_key", slice_of(reply_text(REPLY_AUTH_INVALID)));
    }
}

void
submission_forget_front(struct front *front)
{
    size_t cursor = 0;
    struct slice key;
    void *value;
    while (map_next(front->submissions, &cursor, &key, &value)) {
        struct submission_job *job = value;
        job_detach(job);
        abandon(job);
    }
}
