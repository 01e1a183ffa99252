/*
 * The table of functions that libunbound calls instead of libevent's. An event is a descriptor, a
 * time-out, or both, and may be deleted or freed by its own callback: so nothing is touched after
 * the callback was called.
 *
 * A deleted event gives its watch back at once, because libunbound closes the descriptor right
 * after ub_event_del and the kernel may give the same number to another event.
 */
#include "unbound_loop.h"

#include "loop.h"

#include <stdlib.h>
#include <sys/time.h>
#include <unbound-event.h>

struct event_base_on_loop {
    struct ub_event_base super; /* first: libunbound knows this part */
    struct loop *loop;          /* borrowed */
};

struct event_on_loop {
    struct ub_event super; /* first: libunbound knows this part */
    struct loop *loop;     /* borrowed */
    int fd;                /* -1: a time-out alone */
    short bits;
    void (*callback)(int fd, short bits, void *arg);
    void *arg;
    struct watch *watch; /* owned; NULL while not active */
    struct timer *timer; /* owned; made when first needed */
    int64_t timeout_ms;  /* -1 while none runs */
};

static struct event_on_loop *
event_of(struct ub_event *event)
{
    return (struct event_on_loop *)event;
}

static int
event_del(struct ub_event *super)
{
    struct event_on_loop *event = event_of(super);
    watch_free(event->watch);
    event->watch = NULL;
    if (event->timer)
        timer_stop(event->timer);
    event->timeout_ms = -1;
    return 0;
}

/* As in libevent: an event that does not persist is over when it fires, one that does has its
 * time-out begin anew. */
static void
settle(struct event_on_loop *event)
{
    if (!(event->bits & UB_EV_PERSIST))
        event_del(&event->super);
    else if (event->timeout_ms >= 0)
        timer_start(event->timer, event->timeout_ms);
}

static void
on_ready(void *ctx, int events)
{
    struct event_on_loop *event = ctx;
    short bits = 0;
    if (events & WATCH_READ)
        bits |= event->bits & UB_EV_READ;
    if (events & WATCH_WRITE)
        bits |= event->bits & UB_EV_WRITE;
    if (bits == 0)
        return;
    settle(event);
    event->callback(event->fd, bits, event->arg);
}

static void
on_timeout(void *ctx)
{
    struct event_on_loop *event = ctx;
    settle(event);
    event->callback(event->fd, UB_EV_TIMEOUT, event->arg);
}

static void
start_timer(struct event_on_loop *event, const struct timeval *timeout)
{
    if (!event->timer)
        event->timer = timer_new(event->loop, on_timeout, event);
    event->timeout_ms = (int64_t)timeout->tv_sec * 1000 + (timeout->tv_usec + 999) / 1000;
    timer_start(event->timer, event->timeout_ms);
}

static int
event_add(struct ub_event *super, struct timeval *timeout)
{
    struct event_on_loop *event = event_of(super);
    int wanted =
        (event->bits & UB_EV_READ ? WATCH_READ : 0) | (event->bits & UB_EV_WRITE ? WATCH_WRITE : 0);
    if (event->fd >= 0 && wanted) {
        if (!event->watch)
            event->watch = watch_new(event->loop, event->fd, on_ready, event);
        if (!event->watch)
            return -1;
        watch_set(event->watch, wanted);
    }
    if (timeout)
        start_timer(event, timeout);
    return 0;
}

static void
event_add_bits(struct ub_event *super, short bits)
{
    event_of(super)->bits |= bits;
}

static void
event_del_bits(struct ub_event *super, short bits)
{
    event_of(super)->bits &= (short)~bits;
}

static void
event_set_fd(struct ub_event *super, int fd)
{
    event_of(super)->fd = fd;
}

static void
event_free(struct ub_event *super)
{
    event_del(super);
    timer_free(event_of(super)->timer);
    free(super);
}

static int
event_add_timer(struct ub_event *super, struct ub_event_base *base,
                void (*callback)(int, short, void *), void *arg, struct timeval *timeout)
{
    struct event_on_loop *event = event_of(super);
    (void)base;
    event->callback = callback;
    event->arg = arg;
    start_timer(event, timeout);
    return 0;
}

/* libunbound leaves signals to the program. */
static int
refuse_signal(struct ub_event *super, struct timeval *timeout)
{
    (void)super, (void)timeout;
    return -1;
}

static int
refuse_signal_del(struct ub_event *super)
{
    (void)super;
    return -1;
}

static void
ignore_event(struct ub_event *super)
{
    (void)super;
}

static void
ignore_wouldblock(struct ub_event *super, int bit)
{
    (void)super, (void)bit;
}

static struct ub_event_vmt event_table = {
    .add_bits = event_add_bits,
    .del_bits = event_del_bits,
    .set_fd = event_set_fd,
    .free = event_free,
    .add = event_add,
    .del = event_del,
    .add_timer = event_add_timer,
    .del_timer = event_del,
    .add_signal = refuse_signal,
    .del_signal = refuse_signal_del,
    .winsock_unregister_wsaevent = ignore_event,
    .winsock_tcp_wouldblock = ignore_wouldblock,
};

static struct ub_event *
base_new_event(struct ub_event_base *base, int fd, short bits, void (*callback)(int, short, void *),
               void *arg)
{
    struct event_on_loop *event = NEW(struct event_on_loop);
    event->super = (struct ub_event){UB_EVENT_MAGIC, &event_table};
    event->loop = ((struct event_base_on_loop *)base)->loop;
    event->fd = fd;
    event->bits = bits;
    event->callback = callback;
    event->arg = arg;
    event->timeout_ms = -1;
    return &event->super;
}

static struct ub_event *
base_refuse_event(struct ub_event_base *base, int fd, void (*callback)(int, short, void *),
                  void *arg)
{
    (void)base, (void)fd, (void)callback, (void)arg;
    return NULL;
}

static struct ub_event *
base_refuse_wsaevent(struct ub_event_base *base, void *wsaevent,
                     void (*callback)(int, short, void *), void *arg)
{
    (void)base, (void)wsaevent, (void)callback, (void)arg;
    return NULL;
}

/* The loop is ours to run and to stop. */
static int
base_refuse_dispatch(struct ub_event_base *base)
{
    (void)base;
    return -1;
}

static int
base_refuse_exit(struct ub_event_base *base, struct timeval *after)
{
    (void)base, (void)after;
    return -1;
}

static struct ub_event_base_vmt base_table = {
    .free = unbound_loop_free,
    .dispatch = base_refuse_dispatch,
    .loopexit = base_refuse_exit,
    .new_event = base_new_event,
    .new_signal = base_refuse_event,
    .winsock_register_wsaevent = base_refuse_wsaevent,
};

struct ub_event_base *
unbound_loop_new(struct loop *loop)
{
    struct event_base_on_loop *base = NEW(struct event_base_on_loop);
    base->super = (struct ub_event_base){UB_EVENT_MAGIC, &base_table};
    base->loop = loop;
    return &base->super;
}

void
unbound_loop_free(struct ub_event_base *base)
{
    free(base);
}
