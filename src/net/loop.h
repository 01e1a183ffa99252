/*
 * The event loop: one per process. Above net/ nobody sees libuv or a descriptor's readiness.
 * Everything here is called from the loop's own thread, except loop_post and work functions.
 */
#ifndef POSTERN_NET_LOOP_H
#define POSTERN_NET_LOOP_H

#include "base/memory.h"

struct loop;
struct loop *loop_new(void);
void loop_free(struct loop *loop); /* after loop_run returned; closes and frees what is open */
void loop_run(struct loop *loop);  /* until loop_stop */
void loop_stop(struct loop *loop);
int64_t loop_now_ms(const struct loop *loop); /* monotonic, cached per turn */

/* Run `fn` on the loop's thread, soon; may be called from any thread. In order of posting. */
void loop_post(struct loop *loop, void (*fn)(void *ctx), void *ctx);
/* Run `fn` once at the end of this turn, before the loop waits: for batching of output. */
void loop_defer(struct loop *loop, void (*fn)(void *ctx), void *ctx);

/*
 * What is built on the loop and owns more than a timer or a watch (streams, channels, listeners)
 * is a guest: loop_free calls `close`, which frees the guest. `close` may be called only then.
 */
struct loop_guest {
    struct loop_guest *next, **link;
    void (*close)(struct loop_guest *guest);
};
void loop_adopt(struct loop *loop, struct loop_guest *guest,
                void (*close)(struct loop_guest *guest));
void loop_disown(struct loop_guest *guest); /* before the guest is freed; again is harmless */

/* One shot; starting again moves it. */
struct timer;
struct timer *timer_new(struct loop *loop, void (*fn)(void *ctx), void *ctx);
void timer_start(struct timer *timer, int64_t delay_ms);
void timer_stop(struct timer *timer);
void timer_free(struct timer *timer);

/* For descriptors owned by a library (libunbound, libcurl): called while readable/writable. */
struct watch;
enum { WATCH_READ = 1, WATCH_WRITE = 2 };
/* Makes the descriptor non-blocking. NULL when the system cannot watch it (errno says why). After
 * an error on the descriptor `fn` is called with what it waits for: reading or writing tells. */
struct watch *watch_new(struct loop *loop, int fd, void (*fn)(void *ctx, int events), void *ctx);
void watch_set(struct watch *watch, int events); /* 0 pauses */
void watch_free(struct watch *watch);            /* does not close the descriptor */

void loop_on_signal(struct loop *loop, int signum, void (*fn)(void *ctx, int signum), void *ctx);

/*
 * A fixed pool of worker threads (core only). `run` executes on a worker, which passes its own
 * index (0..threads-1) so that each can own a database reader; then `done` on the loop.
 */
struct pool;
struct pool *pool_new(struct loop *loop, unsigned threads);
void pool_submit(struct pool *pool, void (*run)(void *job, unsigned worker),
                 void (*done)(void *job), void *job);
/* Everything submitted still runs and its `done` is called, before this returns. Not from `done`. */
void pool_free(struct pool *pool);

#endif
