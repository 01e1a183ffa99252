#include "channel.h"
#include "fifo.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { FRAME_HEAD = 5, READ_PIECE = 128 * 1024, READ_ROUNDS = 4 };

struct channel {
    struct loop_guest guest;
    struct loop *loop;
    int fd;
    struct watch *watch;
    const struct channel_handler *handler;
    void *ctx;
    struct fifo in, out;
    size_t backlog_max;  /* of `out`; 0: none */
    const char *failure; /* why it ends; `closed` is owed */
    unsigned busy;       /* calls into the handler under way */
    bool flush_pending;  /* a deferred call holds a pointer to us */
    bool blocked;        /* the kernel took no more */
    bool dead;           /* closed by the owner: free as soon as nobody holds us */
};

static void
channel_free(struct channel *channel)
{
    loop_disown(&channel->guest);
    watch_free(channel->watch);
    close(channel->fd);
    fifo_fini(&channel->in);
    fifo_fini(&channel->out);
    free(channel);
}

/* Free what the owner closed; tell the owner of what failed. Called where nothing is under way. */
static void
settle(struct channel *channel)
{
    if (channel->busy > 0 || channel->flush_pending)
        return;
    if (!channel->dead && channel->failure) {
        channel->dead = true;
        channel->handler->closed(channel->ctx, channel, channel->failure);
    }
    if (channel->dead)
        channel_free(channel);
}

static void
fail(struct channel *channel, const char *why)
{
    if (!channel->failure)
        channel->failure = why;
}

static bool
open_still(const struct channel *channel)
{
    return !channel->dead && !channel->failure;
}

/* ---- input ---- */

static uint32_t
frame_length(struct slice data)
{
    const unsigned char *b = (const unsigned char *)data.ptr;
    return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

static void
deliver_frames(struct channel *channel)
{
    while (open_still(channel) && channel->in.len >= FRAME_HEAD) {
        struct slice data = fifo_slice(&channel->in);
        uint32_t len = frame_length(data);
        if (len > CHANNEL_PAYLOAD_MAX) {
            fail(channel, "a message is too long");
            return;
        }
        if (data.len < FRAME_HEAD + (size_t)len)
            return;
        struct slice payload = slice_head(slice_from(data, FRAME_HEAD), len);
        channel->busy++;
        bool taken =
            channel->handler->message(channel->ctx, channel, (uint8_t)data.ptr[4], payload);
        channel->busy--;
        fifo_consume(&channel->in, FRAME_HEAD + (size_t)len);
        if (!taken)
            fail(channel, "a message was malformed or out of place");
    }
}

static void
read_frames(struct channel *channel)
{
    for (int i = 0; i < READ_ROUNDS && open_still(channel); i++) {
        char *room = fifo_reserve(&channel->in, READ_PIECE);
        size_t space = fifo_room(&channel->in);
        ssize_t got = recv(channel->fd, room, space, MSG_DONTWAIT);
        if (got > 0) {
            channel->in.len += (size_t)got;
            deliver_frames(channel);
            if ((size_t)got < space)
                break;
        } else if (got == 0) {
            fail(channel, channel->in.len > 0 ? "the other side closed in the middle of a message"
                                              : "the other side closed");
        } else if (errno != EINTR) {
            if (errno != EAGAIN && errno != EWOULDBLOCK)
                fail(channel, "reading failed");
            break;
        }
    }
    fifo_trim(&channel->in);
}

/* ---- output ---- */

static void
update_watch(struct channel *channel)
{
    if (!channel->watch) /* it never could be watched */
        return;
    if (open_still(channel))
        watch_set(channel->watch, WATCH_READ | (channel->blocked ? WATCH_WRITE : 0));
    else
        watch_set(channel->watch, 0);
}

/* False when the other side no longer takes anything. */
static bool
flush(struct channel *channel)
{
    bool taken = true;
    channel->blocked = false;
    while (taken && open_still(channel) && channel->out.len > 0) {
        struct slice data = fifo_slice(&channel->out);
        ssize_t sent = send(channel->fd, data.ptr, data.len, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent >= 0) {
            fifo_consume(&channel->out, (size_t)sent);
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            channel->blocked = true;
            break;
        } else if (errno != EINTR) {
            taken = false;
        }
    }
    fifo_trim(&channel->out);
    update_watch(channel);
    return taken;
}

/* Who no longer reads may have said something before it went, such as that a message was
 * delivered: that is heard first. */
static void
flush_or_fail(struct channel *channel)
{
    channel->busy++;
    if (!flush(channel)) {
        read_frames(channel);
        fail(channel, "writing failed");
        update_watch(channel);
    }
    channel->busy--;
}

static void
flush_deferred(void *ctx)
{
    struct channel *channel = ctx;
    channel->flush_pending = false;
    if (!channel->dead)
        flush_or_fail(channel);
    settle(channel);
}

static void
schedule_flush(struct channel *channel)
{
    if (channel->flush_pending)
        return;
    channel->flush_pending = true;
    loop_defer(channel->loop, flush_deferred, channel);
}

void
channel_send(struct channel *channel, uint8_t type, struct slice payload)
{
    assert(payload.len <= CHANNEL_PAYLOAD_MAX);
    if (!open_still(channel))
        return;
    uint32_t len = (uint32_t)payload.len;
    char head[FRAME_HEAD] = {(char)(len & 0xff), (char)(len >> 8 & 0xff), (char)(len >> 16 & 0xff),
                             (char)(len >> 24), (char)type};
    fifo_add(&channel->out, (struct slice){head, sizeof head});
    fifo_add(&channel->out, payload);
    bool full = channel->backlog_max > 0 && channel->out.len > channel->backlog_max;
    if (full && channel->blocked)
        fail(channel, "the other side does not read");
    if (!channel->blocked || channel->failure)
        schedule_flush(channel);
}

/* A failure is told by the deferred flush, which meets it again. */
void
channel_flush(struct channel *channel)
{
    if (open_still(channel) && !channel->blocked)
        (void)flush(channel);
}

void
channel_bound(struct channel *channel, size_t backlog_max)
{
    channel->backlog_max = backlog_max;
}

size_t
channel_backlog(const struct channel *channel)
{
    return channel->out.len;
}

/* ---- life ---- */

static void
ready(void *ctx, int events)
{
    struct channel *channel = ctx;
    channel->busy++;
    if (events & WATCH_READ)
        read_frames(channel);
    if (events & WATCH_WRITE && open_still(channel))
        flush_or_fail(channel);
    channel->busy--;
    update_watch(channel);
    settle(channel);
}

/* A flush that is still deferred keeps the memory until it has run. */
static void
guest_close(struct loop_guest *guest)
{
    loop_disown(guest);
    channel_close((struct channel *)guest); /* the guest stands first */
}

struct channel *
channel_open(struct loop *loop, int fd, const struct channel_handler *handler, void *ctx)
{
    struct channel *channel = NEW(struct channel);
    channel->loop = loop;
    channel->fd = fd;
    channel->handler = handler;
    channel->ctx = ctx;
    loop_adopt(loop, &channel->guest, guest_close);
    channel->watch = watch_new(loop, fd, ready, channel);
    if (channel->watch) {
        watch_set(channel->watch, WATCH_READ);
    } else {
        fail(channel, "the descriptor cannot be watched");
        schedule_flush(channel);
    }
    return channel;
}

void
channel_close(struct channel *channel)
{
    if (!channel || channel->dead)
        return;
    if (!channel->failure)
        (void)flush(channel); /* what fits is still sent */
    channel->dead = true;
    update_watch(channel);
    settle(channel);
}

/* ---- descriptors ---- */

enum rc
channel_send_fd(int socket_fd, uint8_t type, struct slice payload, int fd, struct err *err)
{
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control = {0};
    struct iovec parts[2] = {{&type, 1}, {(void *)payload.ptr, payload.len}};
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = payload.len ? 2 : 1};
    if (fd >= 0) {
        message.msg_control = control.bytes;
        message.msg_controllen = sizeof control.bytes;
        struct cmsghdr *head = CMSG_FIRSTHDR(&message);
        head->cmsg_level = SOL_SOCKET;
        head->cmsg_type = SCM_RIGHTS;
        head->cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(head), &fd, sizeof fd);
    }
    ssize_t sent;
    do
        sent = sendmsg(socket_fd, &message, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    if (sent != (ssize_t)(payload.len + 1))
        return err_set_errno(err, RC_TEMPORARY, errno, "sending to a process of ours");
    return RC_OK;
}

/* The one descriptor of a message; any further ones are closed: nobody sends them. */
static int
take_descriptor(struct msghdr *message)
{
    int taken = -1;
    for (struct cmsghdr *head = CMSG_FIRSTHDR(message); head; head = CMSG_NXTHDR(message, head)) {
        if (head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS)
            continue;
        size_t count = (head->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < count; i++) {
            int fd;
            memcpy(&fd, CMSG_DATA(head) + i * sizeof fd, sizeof fd);
            if (taken < 0)
                taken = fd;
            else
                close(fd);
        }
    }
    return taken;
}

enum rc
channel_recv_fd(int socket_fd, struct buf *payload, uint8_t *type, int *fd, int flags,
                struct err *err)
{
    union {
        char bytes[CMSG_SPACE(sizeof(int) * 4)];
        struct cmsghdr align;
    } control;
    buf_reset(payload);
    char *room = buf_reserve(payload, payload->max);
    struct iovec parts[2] = {{type, 1}, {room, payload->max}};
    struct msghdr message = {.msg_iov = parts,
                             .msg_iovlen = 2,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof control.bytes};
    ssize_t got;
    do
        got = recvmsg(socket_fd, &message, flags | MSG_CMSG_CLOEXEC);
    while (got < 0 && errno == EINTR);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        return err_set(err, RC_AGAIN, "nothing is there yet");
    if (got < 0 && errno == ECONNRESET) /* it died with messages unread */
        return err_set(err, RC_NOT_FOUND, "the other side died");
    if (got < 0)
        return err_set_errno(err, RC_TEMPORARY, errno, "receiving from a process of ours");
    *fd = take_descriptor(&message);
    if (got == 0)
        return err_set(err, RC_NOT_FOUND, "the other side closed");
    if (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) {
        if (*fd >= 0)
            close(*fd);
        *fd = -1;
        return err_set(err, RC_SYNTAX, "a message is too long");
    }
    payload->len = (size_t)got - 1;
    return RC_OK;
}
