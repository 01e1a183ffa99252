#include "sink.h"
#include "base/clock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 4096, MESSAGE_MAX = 4 * 1024 * 1024, MESSAGES_MAX = 1000 };

struct sink {
    int fd;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed; /* a message arrived, or a conversation ended */
    size_t conversations;   /* under lock, as what follows */
    struct arena *arena;
    struct sink_message *messages;
    size_t count, cap;
};

struct conversation {
    struct sink *sink;
    FILE *in, *out;
    struct buf reverse_path, data;
};

static bool
read_line(struct conversation *conversation, struct buf *line)
{
    buf_reset(line);
    for (int c; (c = getc(conversation->in)) != EOF;) {
        buf_add_char(line, (char)c);
        if (c == '\n' || !buf_ok(line))
            return buf_ok(line);
    }
    return false;
}

static void
keep(struct conversation *conversation)
{
    struct sink *sink = conversation->sink;
    pthread_mutex_lock(&sink->lock);
    if (sink->count < MESSAGES_MAX) {
        sink->messages = arena_grow(sink->arena, sink->messages, sizeof *sink->messages,
                                    sink->count, &sink->cap);
        sink->messages[sink->count++] =
            (struct sink_message){arena_dup(sink->arena, buf_slice(&conversation->reverse_path)),
                                  arena_dup(sink->arena, buf_slice(&conversation->data))};
        pthread_cond_broadcast(&sink->changed);
    }
    pthread_mutex_unlock(&sink->lock);
}

static bool
receive_data(struct conversation *conversation, struct buf *line)
{
    fputs("354 go on\r\n", conversation->out);
    fflush(conversation->out);
    buf_reset(&conversation->data);
    while (read_line(conversation, line)) {
        struct slice text = buf_slice(line);
        if (slice_is(text, ".\r\n")) {
            keep(conversation);
            fputs("250 2.0.0 kept\r\n", conversation->out);
            return true;
        }
        buf_add(&conversation->data, slice_starts(text, SLICE(".")) ? slice_from(text, 1) : text);
    }
    return false;
}

static void
note_reverse_path(struct conversation *conversation, struct slice argument)
{
    struct slice path = argument, rest;
    buf_reset(&conversation->reverse_path);
    if (slice_cut(argument, '<', &rest, &path) && slice_cut(path, '>', &path, &rest))
        buf_add(&conversation->reverse_path, path);
}

static void
count_conversation(struct sink *sink, int change)
{
    pthread_mutex_lock(&sink->lock);
    sink->conversations += (size_t)change;
    pthread_cond_broadcast(&sink->changed);
    pthread_mutex_unlock(&sink->lock);
}

static void *
converse(void *ctx)
{
    struct conversation *conversation = ctx;
    struct buf line;
    buf_init(&line, LINE_MAX_BYTES);
    fputs("220 sink.example ESMTP\r\n", conversation->out);
    fflush(conversation->out);
    while (read_line(conversation, &line)) {
        struct slice text = buf_slice(&line);
        if (slice_istarts(text, SLICE("EHLO")))
            fputs("250-sink.example\r\n250-PIPELINING\r\n250 8BITMIME\r\n", conversation->out);
        else if (slice_istarts(text, SLICE("QUIT")))
            break;
        else if (slice_istarts(text, SLICE("DATA"))) {
            if (!receive_data(conversation, &line))
                break;
        } else {
            if (slice_istarts(text, SLICE("MAIL FROM:")))
                note_reverse_path(conversation, text);
            fputs("250 2.0.0 Ok\r\n", conversation->out);
        }
        fflush(conversation->out);
    }
    fputs("221 bye\r\n", conversation->out);
    fclose(conversation->out);
    fclose(conversation->in);
    buf_fini(&line);
    buf_fini(&conversation->reverse_path);
    buf_fini(&conversation->data);
    struct sink *sink = conversation->sink;
    free(conversation);
    count_conversation(sink, -1);
    return NULL;
}

static void
serve(struct sink *sink, int fd)
{
    pthread_t thread;
    struct conversation *conversation = NEW(struct conversation);
    conversation->sink = sink;
    conversation->in = fdopen(fd, "r");
    conversation->out = fdopen(dup(fd), "w");
    buf_init(&conversation->reverse_path, LINE_MAX_BYTES);
    buf_init(&conversation->data, MESSAGE_MAX);
    count_conversation(sink, 1);
    if (conversation->in && conversation->out &&
        pthread_create(&thread, NULL, converse, conversation) == 0)
        pthread_detach(thread);
    else
        abort(); /* a demonstration without memory or threads has nothing to show */
}

static void *
accept_all(void *ctx)
{
    struct sink *sink = ctx;
    for (int fd; (fd = accept4(sink->fd, NULL, NULL, SOCK_CLOEXEC)) >= 0 || errno == EINTR;)
        if (fd >= 0)
            serve(sink, fd);
    return NULL;
}

enum rc
sink_open(struct sink **out, uint16_t *port, struct err *err)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    struct sink *sink = NEW(struct sink);
    sink->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (sink->fd < 0 || bind(sink->fd, (struct sockaddr *)&address, len) != 0 ||
        listen(sink->fd, 64) != 0 ||
        getsockname(sink->fd, (struct sockaddr *)&address, &len) != 0) {
        enum rc rc = err_set_errno(err, RC_TEMPORARY, errno, "the sink cannot listen");
        if (sink->fd >= 0)
            close(sink->fd);
        free(sink);
        return rc;
    }
    pthread_mutex_init(&sink->lock, NULL);
    pthread_cond_init(&sink->changed, NULL);
    sink->arena = arena_new();
    if (pthread_create(&sink->thread, NULL, accept_all, sink) != 0)
        abort();
    *port = ntohs(address.sin_port);
    *out = sink;
    return RC_OK;
}

void
sink_close(struct sink *sink)
{
    if (!sink)
        return;
    shutdown(sink->fd, SHUT_RDWR);
    pthread_join(sink->thread, NULL);
    close(sink->fd);
    pthread_mutex_lock(&sink->lock);
    while (sink->conversations > 0)
        pthread_cond_wait(&sink->changed, &sink->lock);
    pthread_mutex_unlock(&sink->lock);
    pthread_mutex_destroy(&sink->lock);
    pthread_cond_destroy(&sink->changed);
    arena_free(sink->arena);
    free(sink);
}

static bool
find(struct sink *sink, struct arena *arena, struct slice needle, struct sink_message *out)
{
    for (size_t i = sink->count; i > 0; i--)
        if (slice_find(sink->messages[i - 1].data, needle) != SLICE_NONE) {
            out->reverse_path = arena_dup(arena, sink->messages[i - 1].reverse_path);
            out->data = arena_dup(arena, sink->messages[i - 1].data);
            return true;
        }
    return false;
}

bool
sink_wait(struct sink *sink, struct arena *arena, struct slice needle, int64_t wait_ms,
          struct sink_message *out)
{
    int64_t until_ms = clock_now_ms() + wait_ms;
    struct timespec until = {until_ms / 1000, until_ms % 1000 * 1000000};
    pthread_mutex_lock(&sink->lock);
    bool found = find(sink, arena, needle, out);
    while (!found && pthread_cond_timedwait(&sink->changed, &sink->lock, &until) == 0)
        found = find(sink, arena, needle, out);
    pthread_mutex_unlock(&sink->lock);
    return found;
}
