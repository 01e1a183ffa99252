/* The loop: order of what is posted and deferred, timers, watches, signals, the pool of workers. */
#include "net/loop.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

static struct loop *loop;
static char seen[64]; /* what happened, in order, a letter each */

static void
note(char what)
{
    size_t len = strlen(seen);
    assert_true(len + 1 < sizeof seen);
    seen[len] = what;
}

static void
note_ctx(void *ctx)
{
    note(*(const char *)ctx);
}

static void
stop(void *ctx)
{
    (void)ctx;
    loop_stop(loop);
}

static void
too_late(void *ctx)
{
    (void)ctx;
    fail_msg("the loop did not stop by itself");
}

/* Until something stops the loop; to wait for ever is a failure. */
static void
run(void)
{
    struct timer *guard = timer_new(loop, too_late, NULL);
    timer_start(guard, 5000);
    loop_run(loop);
    timer_free(guard);
}

static void
posted_calls_run_in_order(void **state)
{
    (void)state;
    loop_post(loop, note_ctx, "a");
    loop_post(loop, note_ctx, "b");
    loop_post(loop, note_ctx, "c");
    loop_post(loop, stop, NULL);
    run();
    assert_string_equal(seen, "abc");
}

enum { THREADS = 4, POSTS = 20000 };
static unsigned counted[THREADS], order_broken;

struct posted {
    unsigned thread, number;
};

static void
count_posted(void *ctx)
{
    struct posted *posted = ctx;
    if (counted[posted->thread] != posted->number)
        order_broken++;
    counted[posted->thread]++;
    free(posted);
    for (unsigned i = 0; i < THREADS; i++)
        if (counted[i] < POSTS)
            return;
    loop_stop(loop);
}

static void *
post_many(void *ctx)
{
    for (unsigned i = 0; i < POSTS; i++) {
        struct posted *posted = NEW(struct posted);
        *posted = (struct posted){*(unsigned *)ctx, i};
        loop_post(loop, count_posted, posted);
    }
    return NULL;
}

static void
nothing_posted_by_other_threads_is_lost_or_swapped(void **state)
{
    pthread_t threads[THREADS];
    unsigned numbers[THREADS];
    (void)state;
    for (unsigned i = 0; i < THREADS; i++) {
        numbers[i] = i;
        assert_int_equal(pthread_create(&threads[i], NULL, post_many, &numbers[i]), 0);
    }
    run();
    for (unsigned i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(order_broken, 0);
}

static void
defer_and_post(void *ctx)
{
    (void)ctx;
    loop_post(loop, stop, NULL);
    loop_post(loop, note_ctx, "n"); /* the next turn */
    loop_defer(loop, note_ctx, "d");
    note('p');
}

static void
deferred_calls_run_at_the_end_of_their_own_turn(void **state)
{
    (void)state;
    loop_post(loop, defer_and_post, NULL);
    loop_post(loop, note_ctx, "q"); /* the same turn as the first */
    run();
    assert_string_equal(seen, "pqdn");
}

static void
stop_and_defer(void *ctx)
{
    (void)ctx;
    loop_defer(loop, note_ctx, "d");
    loop_stop(loop);
}

static void
the_turn_that_stops_the_loop_still_runs_what_it_deferred(void **state)
{
    (void)state;
    loop_post(loop, stop_and_defer, NULL);
    run();
    assert_string_equal(seen, "d");
}

static void
stop_and_defer_a_stop(void *ctx)
{
    (void)ctx;
    loop_defer(loop, stop, NULL);
    loop_stop(loop);
}

static void
note_and_stop(void *ctx)
{
    note_ctx(ctx);
    loop_stop(loop);
}

/* Found by a stream that ended, and stopped the loop, in the last turn. */
static void
a_stop_ends_one_run_only(void **state)
{
    (void)state;
    loop_post(loop, stop_and_defer_a_stop, NULL);
    run();
    loop_post(loop, note_and_stop, "2");
    run();
    assert_string_equal(seen, "2");
    loop_post(loop, stop_and_defer_a_stop, NULL);
    run(); /* and loop_free must still close everything */
}

static void
a_stop_before_the_run_is_obeyed(void **state)
{
    (void)state;
    loop_stop(loop);
    loop_post(loop, note_ctx, "n");
    run();
    assert_string_equal(seen, "");
}

static unsigned deferred_again;

static void
defer_again(void *ctx)
{
    deferred_again++;
    loop_defer(loop, defer_again, ctx);
}

/* Two parties that answer each other at the end of every turn must not shut the others out. */
static void
a_call_that_always_defers_again_starves_nobody(void **state)
{
    struct timer *timer = timer_new(loop, stop, NULL);
    (void)state;
    deferred_again = 0;
    loop_defer(loop, defer_again, NULL);
    timer_start(timer, 20);
    run();
    timer_free(timer);
    assert_true(deferred_again > 10); /* and it never waited for something else to happen */
}

static void
timers_fire_once_in_order_of_their_time(void **state)
{
    struct timer *late = timer_new(loop, note_ctx, "l"), *early = timer_new(loop, note_ctx, "e");
    struct timer *never = timer_new(loop, note_ctx, "n"), *end = timer_new(loop, stop, NULL);
    (void)state;
    timer_start(never, 1);
    timer_stop(never);
    timer_start(late, 30);
    timer_start(early, 1000);
    timer_start(early, 10); /* moved */
    timer_start(end, 60);
    run();
    assert_string_equal(seen, "el");
    timer_free(late);
    timer_free(early);
    timer_free(never);
    timer_free(end);
    timer_free(NULL);
}

static int64_t fired_ms;

static void
note_time(void *ctx)
{
    (void)ctx;
    fired_ms = loop_now_ms(loop);
    loop_stop(loop);
}

/* libuv counts from the time of its last turn, which may be long ago. */
static void
a_timer_started_after_long_work_is_not_early(void **state)
{
    struct timer *timer = timer_new(loop, note_time, NULL);
    (void)state;
    usleep(60 * 1000);
    int64_t before = loop_now_ms(loop);
    timer_start(timer, 40);
    run();
    assert_true(fired_ms - before >= 40);
    timer_free(timer);
}

static struct timer *own_timer;

static void
free_itself(void *ctx)
{
    (void)ctx;
    timer_free(own_timer);
    loop_stop(loop);
}

static void
a_timer_may_free_itself(void **state)
{
    (void)state;
    own_timer = timer_new(loop, free_itself, NULL);
    timer_start(own_timer, 0);
    run();
}

static struct watch *watch;
static int watched;

static void
watch_readable(void *ctx, int events)
{
    char byte;
    (void)ctx;
    assert_int_equal(events, WATCH_READ);
    assert_int_equal(read(watched, &byte, 1), 1);
    note(byte);
    watch_set(watch, 0); /* a pause: what is still there is not shown */
}

static void
watch_again(void *ctx)
{
    (void)ctx;
    note('-');
    watch_set(watch, WATCH_READ);
}

static void
a_paused_watch_is_silent_until_it_is_set_again(void **state)
{
    int fds[2];
    struct timer *again = timer_new(loop, watch_again, NULL), *end = timer_new(loop, stop, NULL);
    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    watched = fds[0];
    watch = watch_new(loop, watched, watch_readable, NULL);
    assert_non_null(watch);
    watch_set(watch, WATCH_READ);
    assert_int_equal(write(fds[1], "xy", 2), 2);
    timer_start(again, 20);
    timer_start(end, 40);
    run();
    assert_string_equal(seen, "x-y");
    watch_free(watch);
    watch_free(NULL);
    timer_free(again);
    timer_free(end);
    close(fds[0]);
    close(fds[1]);
}

static void
watch_broken(void *ctx, int events)
{
    char byte;
    (void)ctx;
    note(events & WATCH_READ ? 'r' : '?');
    if (read(watched, &byte, 1) < 0) /* the error shows itself, as a library would find it */
        note('e');
    loop_stop(loop);
}

/* An error on the descriptor is shown as readiness, and does not end the watching. */
static void
an_error_on_the_descriptor_wakes_who_waits(void **state)
{
    int fds[2];
    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    watched = fds[0];
    watch = watch_new(loop, watched, watch_broken, NULL);
    watch_set(watch, WATCH_READ);
    assert_int_equal(write(fds[0], "unread", 6), 6);
    close(fds[1]); /* with input unread: a reset, not an end */
    run();
    run();
    assert_string_equal(seen, "rer"); /* the reset, then the end */
    watch_free(watch);
    close(fds[0]);
}

static void
free_the_other(void *ctx, int events)
{
    struct watch **other = ctx;
    (void)events;
    note('w');
    watch_free(*other);
    *other = NULL;
    loop_stop(loop);
}

/* Both are ready in the same turn; the first frees the second, which must not be called then. */
static void
a_freed_watch_is_not_called_in_the_same_turn(void **state)
{
    int a[2], b[2];
    struct watch *first, *second;
    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, a), 0);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, b), 0);
    first = watch_new(loop, a[0], free_the_other, &second);
    second = watch_new(loop, b[0], free_the_other, &first);
    watch_set(first, WATCH_READ | WATCH_WRITE);
    watch_set(second, WATCH_READ | WATCH_WRITE);
    run();
    assert_string_equal(seen, "w");
    watch_free(first);
    watch_free(second);
    for (int i = 0; i < 2; i++) {
        close(a[i]);
        close(b[i]);
    }
}

static void
a_descriptor_cannot_be_watched_twice_or_without_being_open(void **state)
{
    int fds[2];
    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    watch = watch_new(loop, fds[0], watch_readable, NULL);
    watch_set(watch, WATCH_READ);
    assert_null(watch_new(loop, fds[0], watch_readable, NULL));
    close(fds[1]);
    assert_null(watch_new(loop, fds[1], watch_readable, NULL));
    watch_free(watch);
    close(fds[0]);
}

static void
on_signal(void *ctx, int signum)
{
    (void)ctx;
    note(signum == SIGUSR1 ? 's' : '?');
    loop_stop(loop);
}

static void
a_signal_is_heard_on_the_loop(void **state)
{
    (void)state;
    loop_on_signal(loop, SIGUSR1, on_signal, NULL);
    assert_int_equal(raise(SIGUSR1), 0);
    run();
    assert_string_equal(seen, "s");
}

enum { JOBS = 500, WORKERS = 3 };

struct job {
    struct pool *pool;
    pthread_t loop_thread;
    unsigned number, worker, followers;
    bool ran, ran_elsewhere, done;
};

static unsigned jobs_done, workers_seen, started[JOBS], starts;

static void
job_run(void *ctx, unsigned worker)
{
    struct job *job = ctx;
    __atomic_fetch_or(&workers_seen, 1U << worker, __ATOMIC_RELAXED);
    started[__atomic_fetch_add(&starts, 1, __ATOMIC_RELAXED) % JOBS] = job->number;
    job->ran = true;
    job->worker = worker;
    job->ran_elsewhere = !pthread_equal(pthread_self(), job->loop_thread);
}

static void
job_done(void *ctx)
{
    struct job *job = ctx;
    assert_true(job->ran && !job->done && job->worker < WORKERS);
    assert_true(pthread_equal(pthread_self(), job->loop_thread));
    job->done = true;
    if (++jobs_done == JOBS)
        loop_stop(loop);
}

static struct job *
submit_jobs(struct pool *pool, unsigned count)
{
    struct job *jobs = memory_alloc(count * sizeof *jobs);
    jobs_done = workers_seen = starts = 0;
    for (unsigned i = 0; i < count; i++) {
        jobs[i] = (struct job){.pool = pool, .loop_thread = pthread_self(), .number = i};
        pool_submit(pool, job_run, job_done, &jobs[i]);
    }
    return jobs;
}

static void
jobs_run_on_workers_and_are_done_on_the_loop(void **state)
{
    struct pool *pool = pool_new(loop, WORKERS);
    struct job *jobs = submit_jobs(pool, JOBS);
    (void)state;
    run();
    for (unsigned i = 0; i < JOBS; i++)
        assert_true(jobs[i].done && jobs[i].ran_elsewhere);
    pool_free(pool);
    free(jobs);
}

static void
one_worker_takes_the_jobs_in_order(void **state)
{
    struct pool *pool = pool_new(loop, 1);
    struct job *jobs = submit_jobs(pool, JOBS);
    (void)state;
    run();
    for (unsigned i = 0; i < JOBS; i++)
        assert_int_equal(started[i], i);
    assert_int_equal(workers_seen, 1);
    pool_free(pool);
    free(jobs);
}

static void
freeing_the_pool_leaves_no_job_undone(void **state)
{
    struct pool *pool = pool_new(loop, WORKERS);
    struct job *jobs = submit_jobs(pool, JOBS - 1);
    (void)state;
    pool_free(pool); /* the loop never ran */
    assert_int_equal(jobs_done, JOBS - 1);
    free(jobs);
    pool_free(NULL);
}

static void
submit_a_follower(void *ctx)
{
    struct job *job = ctx;
    jobs_done++;
    if (job->followers-- > 0)
        pool_submit(job->pool, job_run, submit_a_follower, job);
}

static void
what_a_done_submits_while_the_pool_is_freed_runs_too(void **state)
{
    struct job job = {.loop_thread = pthread_self(), .followers = 3};
    (void)state;
    job.pool = pool_new(loop, WORKERS);
    jobs_done = 0;
    pool_submit(job.pool, job_run, submit_a_follower, &job);
    pool_free(job.pool);
    assert_int_equal(jobs_done, 4);
}

struct guest {
    struct loop_guest guest;
    char name;
};

static void
guest_close(struct loop_guest *guest)
{
    note(((struct guest *)guest)->name);
    loop_disown(guest);
}

/* Also timers, watches and signals that nobody freed; the sanitizer sees what stays. */
static void
freeing_the_loop_closes_what_is_open(void **state)
{
    struct guest a = {.name = 'a'}, b = {.name = 'b'}, c = {.name = 'c'};
    int fds[2];
    (void)state;
    struct loop *own = loop_new();
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    loop_adopt(own, &a.guest, guest_close);
    loop_adopt(own, &b.guest, guest_close);
    loop_adopt(own, &c.guest, guest_close);
    loop_disown(&b.guest);
    loop_disown(&b.guest);
    timer_start(timer_new(own, stop, NULL), 1000);
    watch_set(watch_new(own, fds[0], watch_readable, NULL), WATCH_READ);
    loop_on_signal(own, SIGUSR2, on_signal, NULL);
    loop_post(own, note_ctx, "p");
    loop_free(own);
    loop_free(NULL);
    assert_string_equal(seen, "ca");
    close(fds[0]);
    close(fds[1]);
}

static int
setup(void **state)
{
    (void)state;
    memset(seen, 0, sizeof seen);
    loop = loop_new();
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    loop_free(loop);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(posted_calls_run_in_order),
        TEST(nothing_posted_by_other_threads_is_lost_or_swapped),
        TEST(deferred_calls_run_at_the_end_of_their_own_turn),
        TEST(the_turn_that_stops_the_loop_still_runs_what_it_deferred),
        TEST(a_stop_ends_one_run_only),
        TEST(a_stop_before_the_run_is_obeyed),
        TEST(a_call_that_always_defers_again_starves_nobody),
        TEST(timers_fire_once_in_order_of_their_time),
        TEST(a_timer_started_after_long_work_is_not_early),
        TEST(a_timer_may_free_itself),
        TEST(a_paused_watch_is_silent_until_it_is_set_again),
        TEST(an_error_on_the_descriptor_wakes_who_waits),
        TEST(a_freed_watch_is_not_called_in_the_same_turn),
        TEST(a_descriptor_cannot_be_watched_twice_or_without_being_open),
        TEST(a_signal_is_heard_on_the_loop),
        TEST(jobs_run_on_workers_and_are_done_on_the_loop),
        TEST(one_worker_takes_the_jobs_in_order),
        TEST(freeing_the_pool_leaves_no_job_undone),
        TEST(what_a_done_submits_while_the_pool_is_freed_runs_too),
        TEST(freeing_the_loop_closes_what_is_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
