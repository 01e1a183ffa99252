/* Incoming connections: accepted in small helpings, so that those who are inside are served too. */
#include "stream.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

enum { ACCEPTS_A_TURN = 32, PAUSE_MS = 100 };

struct listener {
    struct loop_guest guest;
    struct watch *watch;
    struct timer *pause; /* out of descriptors: accepting rests for a while */
    void (*accepted)(void *ctx, int fd, const struct endpoint *peer);
    void *ctx;
    int fd; /* owned */
    bool closed, busy;
};

static void
listener_go_on(void *ctx)
{
    struct listener *listener = ctx;
    watch_set(listener->watch, WATCH_READ);
}

/* The connection stays in the kernel's queue, and readable it would turn the loop without end. */
static void
listener_rest(struct listener *listener)
{
    watch_set(listener->watch, 0);
    timer_start(listener->pause, PAUSE_MS);
}

/* What accept(2) says about a connection that is already gone, not about us. */
static bool
is_passing(int error)
{
    switch (error) {
    case EINTR:
    case ECONNABORTED:
    case EPROTO:
    case EPERM:
    case ENETDOWN:
    case ENETUNREACH:
    case EHOSTDOWN:
    case EHOSTUNREACH: return true;
    default: return false;
    }
}

static void
listener_ready(void *ctx, int events)
{
    struct listener *listener = ctx;
    (void)events;
    listener->busy = true;
    for (int i = 0; i < ACCEPTS_A_TURN && !listener->closed; i++) {
        struct endpoint peer = {.len = sizeof peer.address};
        int fd = accept4(listener->fd, (struct sockaddr *)&peer.address, &peer.len,
                         SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0) {
            listener->accepted(listener->ctx, fd, &peer);
        } else if (!is_passing(errno)) {
            if (errno != EAGAIN)
                listener_rest(listener);
            break;
        }
    }
    listener->busy = false;
    if (listener->closed)
        free(listener);
}

static void
listener_close_guest(struct loop_guest *guest)
{
    listener_close((struct listener *)guest);
}

struct listener *
listener_open(struct loop *loop, int fd,
              void (*accepted)(void *ctx, int fd, const struct endpoint *peer), void *ctx)
{
    struct listener *listener = NEW(struct listener);
    listener->watch = watch_new(loop, fd, listener_ready, listener);
    if (!listener->watch) {
        int why = errno;
        close(fd);
        free(listener);
        errno = why;
        return NULL;
    }
    listener->pause = timer_new(loop, listener_go_on, listener);
    listener->accepted = accepted;
    listener->ctx = ctx;
    listener->fd = fd;
    loop_adopt(loop, &listener->guest, listener_close_guest);
    watch_set(listener->watch, WATCH_READ);
    return listener;
}

void
listener_close(struct listener *listener)
{
    if (!listener || listener->closed)
        return;
    listener->closed = true;
    loop_disown(&listener->guest);
    watch_free(listener->watch);
    timer_free(listener->pause);
    close(listener->fd);
    if (!listener->busy)
        free(listener);
}
