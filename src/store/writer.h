/*
 * The one thread that writes. Jobs from the loop are taken together, run in order in one
 * transaction and committed with one sync; only then is `done` called, on the loop. When it is
 * idle it does not wait for company, unless all it has are patient jobs; under load everything
 * that queued up meanwhile shares the next sync. Their order is that in which they came, always.
 *
 * A commit that fails with an I/O error ends the process: what is durable is then unknown, and
 * nothing may be acknowledged. A full disk undoes the batch; every job of it answers RC_TEMPORARY.
 */
#ifndef POSTERN_STORE_WRITER_H
#define POSTERN_STORE_WRITER_H

#include "database.h"
#include "net/loop.h"

enum { WRITER_PATIENCE_MS = 5, WRITER_LEISURE_MS = 200 };

struct write_job {
    /* On the writer's thread, inside the transaction. What it returns stands in `rc` for done. */
    enum rc (*run)(struct write_job *job, struct database *database, struct err *err);
    /* On the loop, after the commit. */
    void (*done)(struct write_job *job);
    /* Run inside a savepoint: a job that fails after it wrote undoes only itself. */
    bool guarded;
    /* Nobody waits for it: it shares the sync of what comes within so long. WRITER_PATIENCE_MS for
     * what was done in the world; WRITER_LEISURE_MS for what is a loss to nobody if it never was. */
    int patience_ms;
    enum rc rc;
    struct err err;
    struct write_job *next;
};

struct writer;
/* Takes the database (opened for writing). `full` is called on the loop when a batch found no space. */
struct writer *writer_new(struct loop *loop, struct database *database, void (*full)(void *ctx),
                          void *ctx);
void writer_submit(struct writer *writer, struct write_job *job);
/* Finishes what was submitted, without patience, then ends the thread and closes the database. */
void writer_free(struct writer *writer);

struct writer_counts {
    uint64_t commits, jobs;
};
struct writer_counts writer_counts(const struct writer *writer);

#endif
