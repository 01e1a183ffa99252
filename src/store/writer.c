#include "writer.h"
#include "base/clock.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum {
    WRITER_BATCH_MAX = 1000,
    WRITER_CHECKPOINT_COMMITS = 400,
    WRITER_LOG_BYTES = 16 * 1024 * 1024 /* of the log, before it is moved into the file */
};

struct writer {
    struct loop *loop;
    struct database *database; /* owned; only the thread touches it */
    void (*full)(void *ctx);
    void *ctx;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct write_job *first, **tail; /* under lock */
    int64_t due_ms; /* monotonic: when the least patient has waited enough; under lock */
    bool stopping;  /* under lock */
    unsigned since_checkpoint;
    struct timer *nudge; /* on the loop: when company did not come */
    atomic_uint_least64_t commits, jobs;
};

/* A batch on its way back to the loop. */
struct batch {
    struct writer *writer;
    struct write_job *first;
    bool full;
};

static void
deliver_batch(void *ctx)
{
    struct batch *batch = ctx;
    if (batch->full && batch->writer->full)
        batch->writer->full(batch->writer->ctx);
    for (struct write_job *job = batch->first, *next; job; job = next) {
        next = job->next;
        job->done(job);
    }
    free(batch);
}

static void
run_job(struct database *database, struct write_job *job)
{
    if (!job->guarded) {
        job->rc = job->run(job, database, &job->err);
        return;
    }
    job->rc = database_savepoint(database, &job->err);
    if (job->rc != RC_OK)
        return;
    job->rc = job->run(job, database, &job->err);
    if (job->rc == RC_OK)
        job->rc = database_release(database, &job->err);
    else
        database_undo(database);
}

static void
fail_all(struct write_job *first, enum rc rc, const struct err *err)
{
    for (struct write_job *job = first; job; job = job->next) {
        job->rc = rc;
        job->err = *err;
    }
}

/* Refusals (denied, not found, limit) come before an unguarded job's first write. */
static bool
spoils_batch(const struct database *database, const struct write_job *job)
{
    if (database_is_full(database) || !database_in_transaction(database))
        return true;
    return !job->guarded &&
           (job->rc == RC_TEMPORARY || job->rc == RC_PERMANENT || job->rc == RC_CONFLICT);
}

/* fsync may have lost pages: nothing more can be promised. */
static _Noreturn void
give_up(const struct err *err)
{
    fprintf(stderr, "error store.failed reason=\"%s\"\n", err->text);
    abort();
}

/* The whole batch or nothing: an engine's failure inside an unguarded job undoes it for all. */
static bool
run_batch(struct writer *writer, struct write_job *first)
{
    struct err err = {0};
    enum rc rc = database_begin(writer->database, &err);
    for (struct write_job *job = first; rc == RC_OK && job; job = job->next) {
        run_job(writer->database, job);
        if (spoils_batch(writer->database, job)) {
            rc = job->rc != RC_OK ? job->rc : RC_TEMPORARY;
            err = job->err;
        }
        atomic_fetch_add_explicit(&writer->jobs, 1, memory_order_relaxed);
    }
    if (rc == RC_OK)
        rc = database_commit(writer->database, &err);
    if (rc == RC_OK)
        return false;
    bool full = database_is_full(writer->database);
    if (rc == RC_PERMANENT && !full)
        give_up(&err);
    database_rollback(writer->database);
    fail_all(first, RC_TEMPORARY, &err);
    return full;
}

static void
process(struct writer *writer, struct write_job *first)
{
    struct batch *batch = NEW(struct batch);
    *batch = (struct batch){writer, first, run_batch(writer, first)};
    atomic_fetch_add_explicit(&writer->commits, 1, memory_order_relaxed);
    loop_post(writer->loop, deliver_batch, batch);
    if (++writer->since_checkpoint < WRITER_CHECKPOINT_COMMITS &&
        database_wal_bytes(writer->database) < WRITER_LOG_BYTES)
        return;
    struct err err = {0};
    if (database_checkpoint(writer->database, &err) == RC_PERMANENT)
        give_up(&err);
    writer->since_checkpoint = 0;
}

/* Cut off at most one batch from the queue. Called under lock. */
static struct write_job *
take(struct writer *writer)
{
    struct write_job *first = writer->first, *last = first;
    for (int i = 1; last->next && i < WRITER_BATCH_MAX; i++)
        last = last->next;
    writer->due_ms = 0; /* what is left goes next */
    writer->first = last->next;
    if (!writer->first)
        writer->tail = &writer->first;
    last->next = NULL;
    return first;
}

/* For company, until nobody is patient any more. Called under lock. */
static void
wait_patiently(struct writer *writer)
{
    while (!writer->stopping && clock_monotonic_ms() < writer->due_ms) {
        const struct timespec until = {.tv_sec = writer->due_ms / 1000,
                                       .tv_nsec = writer->due_ms % 1000 * 1000000};
        pthread_cond_timedwait(&writer->wake, &writer->lock, &until);
    }
}

static void *
writer_main(void *ctx)
{
    struct writer *writer = ctx;
    pthread_mutex_lock(&writer->lock);
    for (;;) {
        while (!writer->first && !writer->stopping)
            pthread_cond_wait(&writer->wake, &writer->lock);
        if (!writer->first)
            break;
        wait_patiently(writer);
        struct write_job *first = take(writer);
        pthread_mutex_unlock(&writer->lock);
        process(writer, first);
        pthread_mutex_lock(&writer->lock);
    }
    pthread_mutex_unlock(&writer->lock);
    return NULL;
}

static void
nudge(void *ctx)
{
    struct writer *writer = ctx;
    pthread_cond_signal(&writer->wake);
}

struct writer *
writer_new(struct loop *loop, struct database *database, void (*full)(void *ctx), void *ctx)
{
    struct writer *writer = NEW(struct writer);
    writer->loop = loop;
    writer->database = database;
    writer->full = full;
    writer->ctx = ctx;
    writer->tail = &writer->first;
    writer->nudge = timer_new(loop, nudge, writer);
    pthread_mutex_init(&writer->lock, NULL);
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&writer->wake, &attributes);
    pthread_condattr_destroy(&attributes);
    if (pthread_create(&writer->thread, NULL, writer_main, writer) != 0)
        abort();
    return writer;
}

/* To wake the thread only so that it waits costs more than to wait for it here. */
void
writer_submit(struct writer *writer, struct write_job *job)
{
    int64_t due_ms = job->patience_ms > 0 ? clock_monotonic_ms() + job->patience_ms : 0;
    job->next = NULL;
    pthread_mutex_lock(&writer->lock);
    bool sooner = !writer->first || due_ms < writer->due_ms;
    if (sooner)
        writer->due_ms = due_ms;
    *writer->tail = job;
    writer->tail = &job->next;
    pthread_mutex_unlock(&writer->lock);
    if (sooner && job->patience_ms >= WRITER_LEISURE_MS)
        timer_start(writer->nudge, job->patience_ms);
    else if (sooner)
        pthread_cond_signal(&writer->wake);
}

void
writer_free(struct writer *writer)
{
    if (!writer)
        return;
    pthread_mutex_lock(&writer->lock);
    writer->stopping = true;
    pthread_mutex_unlock(&writer->lock);
    pthread_cond_signal(&writer->wake);
    pthread_join(writer->thread, NULL);
    database_close(writer->database);
    timer_free(writer->nudge);
    pthread_mutex_destroy(&writer->lock);
    pthread_cond_destroy(&writer->wake);
    free(writer);
}

struct writer_counts
writer_counts(const struct writer *writer)
{
    return (struct writer_counts){atomic_load_explicit(&writer->commits, memory_order_relaxed),
                                  atomic_load_explicit(&writer->jobs, memory_order_relaxed)};
}
