/* The one thread that writes: batches, refusals, and what a full disk does to them. */
#include "store/writer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

struct world {
    struct loop *loop;
    struct database *reader;
    struct writer *writer;
    char dir[64], path[96];
    unsigned done, full;
};

struct insertion {
    struct write_job job;
    struct world *world;
    int64_t value;
    enum rc result; /* what the job answers after it wrote */
    unsigned expected;
};

static enum rc
insert(struct write_job *job, struct database *database, struct err *err)
{
    struct insertion *insertion = (struct insertion *)job;
    struct query q = query_start(database, "INSERT INTO t (v) VALUES (?)");
    query_i64(&q, insertion->value);
    enum rc rc = query_run(&q, err);
    return rc == RC_OK && insertion->result != RC_OK
               ? err_set(err, insertion->result, "as the test wants it")
               : rc;
}

static enum rc
refuse_before_writing(struct write_job *job, struct database *database, struct err *err)
{
    (void)job;
    (void)database;
    return err_set(err, RC_DENIED, "refused");
}

static void
count_done(struct write_job *job)
{
    struct insertion *insertion = (struct insertion *)job;
    if (++insertion->world->done == insertion->expected)
        loop_stop(insertion->world->loop);
}

static void
note_full(void *ctx)
{
    ((struct world *)ctx)->full++;
}

static int
setup(void **state)
{
    static struct world world;
    struct err err = {0};
    struct database *database;
    world = (struct world){.loop = loop_new()};
    snprintf(world.dir, sizeof world.dir, "/tmp/postern-writer-XXXXXX");
    assert_non_null(mkdtemp(world.dir));
    snprintf(world.path, sizeof world.path, "%s/test.db", world.dir);
    assert_int_equal(database_open(world.path, DATABASE_WRITE, &database, &err), RC_OK);
    assert_int_equal(database_execute(database, "CREATE TABLE t (v INTEGER UNIQUE, b BLOB)", &err),
                     RC_OK);
    assert_int_equal(database_open(world.path, DATABASE_READ, &world.reader, &err), RC_OK);
    world.writer = writer_new(world.loop, database, note_full, &world);
    *state = &world;
    return 0;
}

static int
teardown(void **state)
{
    static const char *const suffixes[] = {"", "-wal", "-shm"};
    struct world *world = *state;
    database_close(world->reader);
    writer_free(world->writer);
    loop_free(world->loop);
    for (int i = 0; i < 3; i++) {
        char path[128];
        snprintf(path, sizeof path, "%s%s", world->path, suffixes[i]);
        unlink(path);
    }
    rmdir(world->dir);
    return 0;
}

static int64_t
rows(struct world *world)
{
    struct query q = query_start(world->reader, "SELECT count(*) FROM t");
    int64_t count = query_row(&q) ? query_column_i64(&q, 0) : -1;
    assert_int_equal(query_end(&q, NULL), RC_OK);
    return count;
}

static void
submit(struct world *world, struct insertion *insertion, int64_t value, bool guarded,
       enum rc result, unsigned expected)
{
    *insertion = (struct insertion){.job = {.run = insert, .done = count_done, .guarded = guarded},
                                    .world = world,
                                    .value = value,
                                    .result = result,
                                    .expected = expected};
    writer_submit(world->writer, &insertion->job);
}

static void
done_is_called_after_the_commit_for_every_job_in_order(void **state)
{
    struct world *world = *state;
    static struct insertion insertions[3000];
    for (unsigned i = 0; i < 3000; i++)
        submit(world, &insertions[i], i, false, RC_OK, 3000);
    loop_run(world->loop);
    assert_int_equal(world->done, 3000);
    assert_int_equal(rows(world), 3000);
    /* More jobs than fit one batch, but far fewer commits than jobs. */
    assert_true(writer_counts(world->writer).commits < 300);
    for (unsigned i = 0; i < 3000; i++)
        assert_int_equal(insertions[i].job.rc, RC_OK);
}

static void
a_guarded_job_that_fails_undoes_only_itself(void **state)
{
    struct world *world = *state;
    struct insertion insertions[3];
    submit(world, &insertions[0], 1, false, RC_OK, 3);
    submit(world, &insertions[1], 2, true, RC_CONFLICT, 3);
    submit(world, &insertions[2], 3, true, RC_OK, 3);
    loop_run(world->loop);
    assert_int_equal(insertions[0].job.rc, RC_OK);
    assert_int_equal(insertions[1].job.rc, RC_CONFLICT);
    assert_int_equal(insertions[2].job.rc, RC_OK);
    assert_int_equal(rows(world), 2);
}

static void
a_refusal_before_the_first_write_leaves_the_batch_alone(void **state)
{
    struct world *world = *state;
    struct insertion insertions[2];
    submit(world, &insertions[0], 1, false, RC_OK, 2);
    insertions[1] = (struct insertion){
        .job = {.run = refuse_before_writing, .done = count_done}, .world = world, .expected = 2};
    writer_submit(world->writer, &insertions[1].job);
    loop_run(world->loop);
    assert_int_equal(insertions[0].job.rc, RC_OK);
    assert_int_equal(insertions[1].job.rc, RC_DENIED);
    assert_int_equal(rows(world), 1);
}

static void
an_unguarded_conflict_acknowledges_nothing_of_its_batch(void **state)
{
    struct world *world = *state;
    struct insertion first;
    submit(world, &first, 7, false, RC_OK, 1);
    loop_run(world->loop);
    world->done = 0;
    struct insertion twin;
    submit(world, &twin, 7, false, RC_OK, 1);
    loop_run(world->loop);
    assert_int_equal(twin.job.rc, RC_TEMPORARY);
    assert_int_equal(rows(world), 1);
}

static enum rc
limit_pages(struct write_job *job, struct database *database, struct err *err)
{
    (void)job;
    return database_execute(database, "PRAGMA max_page_count = 12", err);
}

static enum rc
insert_large(struct write_job *job, struct database *database, struct err *err)
{
    static const char zeros[64 * 1024];
    (void)job;
    struct query q = query_start(database, "INSERT INTO t (b) VALUES (?)");
    query_blob(&q, (struct slice){zeros, sizeof zeros});
    return query_run(&q, err);
}

static void
a_full_disk_is_a_temporary_failure_and_is_told(void **state)
{
    struct world *world = *state;
    struct insertion limit = {.job = {.run = limit_pages, .done = count_done, .guarded = true},
                              .world = world,
                              .expected = 1};
    writer_submit(world->writer, &limit.job);
    loop_run(world->loop);
    world->done = 0;
    struct insertion small,
        large = {.job = {.run = insert_large, .done = count_done}, .world = world, .expected = 1};
    writer_submit(world->writer, &large.job);
    loop_run(world->loop);
    assert_int_equal(large.job.rc, RC_TEMPORARY);
    assert_int_equal(world->full, 1);
    world->done = 0;
    submit(world, &small, 1, false, RC_OK, 1);
    loop_run(world->loop);
    assert_int_equal(small.job.rc, RC_OK);
    assert_int_equal(rows(world), 1);
}

static void
submit_patient(struct world *world, struct insertion *insertion, int patience_ms, int64_t value,
               unsigned expected)
{
    *insertion =
        (struct insertion){.job = {.run = insert, .done = count_done, .patience_ms = patience_ms},
                           .world = world,
                           .value = value,
                           .expected = expected};
    writer_submit(world->writer, &insertion->job);
}

static void
a_patient_job_shares_the_sync_of_what_comes_soon(void **state)
{
    enum { ROUNDS = 20 };
    struct world *world = *state;
    unsigned shared = 0;
    for (unsigned i = 0; i < ROUNDS; i++) {
        struct insertion patient, urgent;
        uint64_t before = writer_counts(world->writer).commits;
        submit_patient(world, &patient, WRITER_LEISURE_MS, 2 * i, 2 * i + 2);
        usleep(1000); /* an impatient one would be written by now */
        submit(world, &urgent, 2 * i + 1, false, RC_OK, 2 * i + 2);
        loop_run(world->loop);
        shared += writer_counts(world->writer).commits == before + 1;
    }
    assert_int_equal(rows(world), 2 * ROUNDS);
    assert_true(shared > ROUNDS / 2); /* not always: a busy machine can be later than that */
}

static void
a_patient_job_alone_is_written_all_the_same(void **state)
{
    struct world *world = *state;
    struct insertion insertions[2];
    submit_patient(world, &insertions[0], WRITER_LEISURE_MS, 1, 2);
    submit_patient(world, &insertions[1], WRITER_PATIENCE_MS, 2, 2);
    loop_run(world->loop);
    assert_int_equal(rows(world), 2);
}

static void
a_stop_writes_what_was_patient(void **state)
{
    struct world *world = *state;
    struct insertion insertion;
    submit_patient(world, &insertion, WRITER_LEISURE_MS, 1, 1);
    writer_free(world->writer);
    world->writer = NULL;
    assert_int_equal(rows(world), 1);
    loop_run(world->loop); /* what was written is told */
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(done_is_called_after_the_commit_for_every_job_in_order),
        TEST(a_guarded_job_that_fails_undoes_only_itself),
        TEST(a_refusal_before_the_first_write_leaves_the_batch_alone),
        TEST(an_unguarded_conflict_acknowledges_nothing_of_its_batch),
        TEST(a_full_disk_is_a_temporary_failure_and_is_told),
        TEST(a_patient_job_shares_the_sync_of_what_comes_soon),
        TEST(a_patient_job_alone_is_written_all_the_same),
        TEST(a_stop_writes_what_was_patient),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
