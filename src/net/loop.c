/*
 * libuv behind our own names. Every libuv handle stands first in its struct, so that closing one
 * ends in free() of the whole (uv_close frees nothing itself: only its callback may).
 */
#include "loop.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <uv.h>

#include "base/clock.h"

struct call {
    void (*fn)(void *ctx);
    void *ctx;
};

struct calls {
    struct call *list;
    size_t len, cap;
};

struct loop {
    uv_loop_t uv;
    uv_async_t wake;          /* something was posted */
    uv_prepare_t before_wait; /* runs what was deferred */
    uv_idle_t keep_turning;   /* active: do not wait, something is still deferred */
    bool running;             /* inside uv_run */
    bool stop;                /* asked of this run, or of the next when none is under way */
    struct loop_guest *guests;
    struct calls deferred, deferred_spare;
    pthread_mutex_t lock; /* guards `posted` */
    struct calls posted, posted_spare;
};

/* A deferred call may defer again (an answer to an answer); after so many rounds the sockets have
 * their turn first, so that two that answer each other cannot keep the loop for themselves. */
enum { DEFER_ROUNDS = 4 };

static void
calls_add(struct calls *calls, void (*fn)(void *ctx), void *ctx)
{
    if (calls->len == calls->cap) {
        calls->cap = calls->cap ? calls->cap * 2 : 16;
        calls->list = memory_resize(calls->list, calls->cap * sizeof *calls->list);
    }
    calls->list[calls->len++] = (struct call){fn, ctx};
}

/* Take the list away and leave an empty one, so that it can be added to while it runs. */
static struct calls
calls_take(struct calls *calls, struct calls *spare)
{
    struct calls taken = *calls;
    *calls = *spare;
    *spare = (struct calls){0};
    return taken;
}

static void
calls_run(struct calls *taken, struct calls *spare)
{
    for (size_t i = 0; i < taken->len; i++)
        taken->list[i].fn(taken->list[i].ctx);
    taken->len = 0;
    free(spare->list);
    *spare = *taken;
}

static void
loop_run_deferred(struct loop *loop)
{
    for (int round = 0; round < DEFER_ROUNDS && loop->deferred.len > 0; round++) {
        struct calls taken = calls_take(&loop->deferred, &loop->deferred_spare);
        calls_run(&taken, &loop->deferred_spare);
    }
}

static void
loop_idle(uv_idle_t *idle)
{
    (void)idle;
}

/* uv_prepare: after every callback of this turn and before the wait. */
static void
loop_before_wait(uv_prepare_t *prepare)
{
    struct loop *loop = prepare->data;
    loop_run_deferred(loop);
    if (loop->deferred.len > 0)
        uv_idle_start(&loop->keep_turning, loop_idle);
    else
        uv_idle_stop(&loop->keep_turning);
}

static void
loop_woken(uv_async_t *wake)
{
    struct loop *loop = wake->data;
    pthread_mutex_lock(&loop->lock);
    struct calls taken = calls_take(&loop->posted, &loop->posted_spare);
    pthread_mutex_unlock(&loop->lock);
    calls_run(&taken, &loop->posted_spare);
}

/* Only a kernel without descriptors or memory refuses these: nothing can go on then. */
static void
must(int rc)
{
    if (rc != 0)
        abort();
}

struct loop *
loop_new(void)
{
    struct loop *loop = NEW(struct loop);
    must(uv_loop_init(&loop->uv));
    must(uv_async_init(&loop->uv, &loop->wake, loop_woken));
    must(uv_prepare_init(&loop->uv, &loop->before_wait));
    must(uv_idle_init(&loop->uv, &loop->keep_turning));
    must(pthread_mutex_init(&loop->lock, NULL));
    loop->wake.data = loop->before_wait.data = loop;
    uv_prepare_start(&loop->before_wait, loop_before_wait);
    return loop;
}

static void
handle_free(uv_handle_t *handle)
{
    free(handle);
}

static void
loop_close_handle(uv_handle_t *handle, void *ctx)
{
    struct loop *loop = ctx;
    bool ours = handle == (uv_handle_t *)&loop->wake ||
                handle == (uv_handle_t *)&loop->before_wait ||
                handle == (uv_handle_t *)&loop->keep_turning;
    if (!uv_is_closing(handle))
        uv_close(handle, ours ? NULL : handle_free);
}

void
loop_free(struct loop *loop)
{
    if (!loop)
        return;
    while (loop->guests)
        loop->guests->close(loop->guests);
    loop_run_deferred(loop); /* guests wait for their own deferred calls before they are freed */
    uv_walk(&loop->uv, loop_close_handle, loop);
    uv_run(&loop->uv, UV_RUN_DEFAULT);
    must(uv_loop_close(&loop->uv));
    pthread_mutex_destroy(&loop->lock);
    free(loop->deferred.list);
    free(loop->deferred_spare.list);
    free(loop->posted.list);
    free(loop->posted_spare.list);
    free(loop);
}

void
loop_run(struct loop *loop)
{
    if (!loop->stop) {
        loop->running = true;
        uv_run(&loop->uv, UV_RUN_DEFAULT);
        loop->running = false;
    }
    loop_run_deferred(loop); /* the turn that stopped the loop ends like any other */
    loop->stop = false;
}

void
loop_stop(struct loop *loop)
{
    loop->stop = true;
    if (loop->running) /* libuv would keep it for its next run, be that the one of loop_free */
        uv_stop(&loop->uv);
}

int64_t
loop_now_ms(const struct loop *loop)
{
    /* Outside of a turn the cached time is as old as the last turn. */
    return loop->running ? (int64_t)uv_now(&loop->uv) : clock_monotonic_ms();
}

void
loop_post(struct loop *loop, void (*fn)(void *ctx), void *ctx)
{
    pthread_mutex_lock(&loop->lock);
    bool first = loop->posted.len == 0;
    calls_add(&loop->posted, fn, ctx);
    pthread_mutex_unlock(&loop->lock);
    if (first)
        uv_async_send(&loop->wake);
}

void
loop_defer(struct loop *loop, void (*fn)(void *ctx), void *ctx)
{
    calls_add(&loop->deferred, fn, ctx);
}

void
loop_adopt(struct loop *loop, struct loop_guest *guest, void (*close)(struct loop_guest *guest))
{
    *guest = (struct loop_guest){loop->guests, &loop->guests, close};
    if (guest->next)
        guest->next->link = &guest->next;
    loop->guests = guest;
}

void
loop_disown(struct loop_guest *guest)
{
    if (!guest->link)
        return;
    *guest->link = guest->next;
    if (guest->next)
        guest->next->link = guest->link;
    guest->link = NULL;
}

struct timer {
    uv_timer_t uv; /* first: handle_free */
    struct loop *loop;
    void (*fn)(void *ctx);
    void *ctx;
};

static void
timer_fired(uv_timer_t *uv)
{
    struct timer *timer = (struct timer *)uv;
    timer->fn(timer->ctx);
}

struct timer *
timer_new(struct loop *loop, void (*fn)(void *ctx), void *ctx)
{
    struct timer *timer = NEW(struct timer);
    must(uv_timer_init(&loop->uv, &timer->uv));
    timer->loop = loop;
    timer->fn = fn;
    timer->ctx = ctx;
    return timer;
}

void
timer_start(struct timer *timer, int64_t delay_ms)
{
    if (!timer->loop->running) /* libuv counts from its cached time, which may be old */
        uv_update_time(&timer->loop->uv);
    must(uv_timer_start(&timer->uv, timer_fired, delay_ms > 0 ? (uint64_t)delay_ms : 0, 0));
}

void
timer_stop(struct timer *timer)
{
    uv_timer_stop(&timer->uv);
}

void
timer_free(struct timer *timer)
{
    if (timer)
        uv_close((uv_handle_t *)&timer->uv, handle_free);
}

struct watch {
    uv_poll_t uv; /* first: handle_free */
    void (*fn)(void *ctx, int events);
    void *ctx;
    int events;
};

static_assert(WATCH_READ == (int)UV_READABLE && WATCH_WRITE == (int)UV_WRITABLE,
              "events are passed through");

static void
watch_fired(uv_poll_t *uv, int status, int events)
{
    struct watch *watch = (struct watch *)uv;
    if (status < 0) { /* libuv stops watching a descriptor with an error and says EBADF */
        events = watch->events;
        must(uv_poll_start(uv, events, watch_fired));
    }
    watch->fn(watch->ctx, events);
}

struct watch *
watch_new(struct loop *loop, int fd, void (*fn)(void *ctx, int events), void *ctx)
{
    struct watch *watch = NEW(struct watch);
    int rc = uv_poll_init(&loop->uv, &watch->uv, fd);
    if (rc != 0) {
        free(watch);
        errno = -rc;
        return NULL;
    }
    watch->fn = fn;
    watch->ctx = ctx;
    return watch;
}

void
watch_set(struct watch *watch, int events)
{
    if (watch->events == events) /* libuv would take the descriptor out of epoll and put it back */
        return;
    watch->events = events;
    if (events)
        must(uv_poll_start(&watch->uv, events, watch_fired));
    else
        must(uv_poll_stop(&watch->uv));
}

void
watch_free(struct watch *watch)
{
    if (watch)
        uv_close((uv_handle_t *)&watch->uv, handle_free);
}

struct signal_watch {
    uv_signal_t uv; /* first: handle_free */
    void (*fn)(void *ctx, int signum);
    void *ctx;
};

static void
signal_fired(uv_signal_t *uv, int signum)
{
    struct signal_watch *watch = (struct signal_watch *)uv;
    watch->fn(watch->ctx, signum);
}

void
loop_on_signal(struct loop *loop, int signum, void (*fn)(void *ctx, int signum), void *ctx)
{
    struct signal_watch *watch = NEW(struct signal_watch);
    must(uv_signal_init(&loop->uv, &watch->uv));
    watch->fn = fn;
    watch->ctx = ctx;
    must(uv_signal_start(&watch->uv, signal_fired, signum));
}

struct job {
    void (*run)(void *job, unsigned worker);
    void (*done)(void *job);
    void *job;
    struct job *next;
};

struct jobs {
    struct job *first, **last;
};

struct worker {
    struct pool *pool;
    unsigned index;
    pthread_t thread;
};

struct pool {
    uv_async_t wake; /* something is finished */
    pthread_mutex_t lock;
    pthread_cond_t work;
    struct jobs waiting, finished; /* under the lock */
    bool stopping;                 /* under the lock */
    unsigned threads;
    struct worker workers[];
};

static void
jobs_add(struct jobs *jobs, struct job *job)
{
    job->next = NULL;
    if (!jobs->first)
        jobs->last = &jobs->first;
    *jobs->last = job;
    jobs->last = &job->next;
}

static struct job *
jobs_take(struct jobs *jobs)
{
    struct job *job = jobs->first;
    if (job)
        jobs->first = job->next;
    return job;
}

/* Waits for a job; NULL when the pool stops and none is left. Called with the lock held. */
static struct job *
pool_next(struct pool *pool)
{
    while (!pool->waiting.first && !pool->stopping)
        pthread_cond_wait(&pool->work, &pool->lock);
    return jobs_take(&pool->waiting);
}

static void *
pool_work(void *ctx)
{
    struct worker *worker = ctx;
    struct pool *pool = worker->pool;
    struct job *job;
    pthread_mutex_lock(&pool->lock);
    while ((job = pool_next(pool))) {
        pthread_mutex_unlock(&pool->lock);
        job->run(job->job, worker->index);
        pthread_mutex_lock(&pool->lock);
        bool first = !pool->finished.first;
        jobs_add(&pool->finished, job);
        if (first)
            uv_async_send(&pool->wake);
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

static void
pool_reap(struct pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    struct job *job = pool->finished.first;
    pool->finished.first = NULL;
    pthread_mutex_unlock(&pool->lock);
    while (job) {
        struct job *next = job->next;
        job->done(job->job);
        free(job);
        job = next;
    }
}

static void
pool_woken(uv_async_t *wake)
{
    pool_reap((struct pool *)wake);
}

/* Signals are for the loop's thread. */
static void
pool_start(struct pool *pool)
{
    sigset_t all, before;
    sigfillset(&all);
    must(pthread_sigmask(SIG_SETMASK, &all, &before));
    for (unsigned i = 0; i < pool->threads; i++) {
        pool->workers[i] = (struct worker){.pool = pool, .index = i};
        must(pthread_create(&pool->workers[i].thread, NULL, pool_work, &pool->workers[i]));
    }
    must(pthread_sigmask(SIG_SETMASK, &before, NULL));
}

struct pool *
pool_new(struct loop *loop, unsigned threads)
{
    assert(threads > 0);
    struct pool *pool = memory_alloc(sizeof *pool + threads * sizeof pool->workers[0]);
    must(uv_async_init(&loop->uv, &pool->wake, pool_woken));
    must(pthread_mutex_init(&pool->lock, NULL));
    must(pthread_cond_init(&pool->work, NULL));
    pool->threads = threads;
    pool_start(pool);
    return pool;
}

void
pool_submit(struct pool *pool, void (*run)(void *job, unsigned worker), void (*done)(void *job),
            void *job)
{
    struct job *waiting = NEW(struct job);
    *waiting = (struct job){run, done, job, NULL};
    pthread_mutex_lock(&pool->lock);
    jobs_add(&pool->waiting, waiting);
    pthread_mutex_unlock(&pool->lock);
    pthread_cond_signal(&pool->work);
}

/* What the last `done`s submit runs here, when the workers are gone and their readers free. */
static void
pool_drain(struct pool *pool)
{
    struct job *job;
    pool_reap(pool);
    while ((job = jobs_take(&pool->waiting))) {
        job->run(job->job, 0);
        job->done(job->job);
        free(job);
    }
}

void
pool_free(struct pool *pool)
{
    if (!pool)
        return;
    pthread_mutex_lock(&pool->lock);
    pool->stopping = true;
    pthread_mutex_unlock(&pool->lock);
    pthread_cond_broadcast(&pool->work);
    for (unsigned i = 0; i < pool->threads; i++)
        pthread_join(pool->workers[i].thread, NULL);
    pool_drain(pool);
    pthread_cond_destroy(&pool->work);
    pthread_mutex_destroy(&pool->lock);
    uv_close((uv_handle_t *)&pool->wake, handle_free);
}
