/* Channels over real sockets, both ends in one loop. */
#include "net/channel.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

struct end {
    struct channel *channel;
    struct loop *loop;
    struct buf got; /* types and payloads in order */
    unsigned messages, closed;
    bool refuse, close_inside;
    unsigned stop_after;
};

static struct loop *loop;

static bool
on_message(void *ctx, struct channel *channel, uint8_t type, struct slice payload)
{
    struct end *end = ctx;
    buf_add_char(&end->got, (char)type);
    buf_add(&end->got, payload);
    end->messages++;
    if (end->close_inside)
        channel_close(channel);
    if (end->messages == end->stop_after)
        loop_stop(end->loop);
    return !end->refuse;
}

static void
on_closed(void *ctx, struct channel *channel, const char *why)
{
    struct end *end = ctx;
    (void)channel;
    assert_non_null(why);
    end->closed++;
    loop_stop(end->loop);
}

static const struct channel_handler handler = {on_message, on_closed};

static void
stop(void *ctx)
{
    loop_stop(ctx);
}

/* Run until something stops the loop, at most for a while. */
static void
run(int64_t ms)
{
    struct timer *timer = timer_new(loop, stop, loop);
    timer_start(timer, ms);
    loop_run(loop);
    timer_free(timer);
}

static void
open_end(struct end *end, int fd)
{
    *end = (struct end){.loop = loop};
    buf_init(&end->got, 16 * 1024 * 1024);
    end->channel = channel_open(loop, fd, &handler, end);
}

static void
open_pair(struct end *a, struct end *b)
{
    int fds[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
    open_end(a, fds[0]);
    open_end(b, fds[1]);
}

static void
messages_arrive_whole_and_in_order(void **state)
{
    struct end a, b;
    struct slice big = {memory_alloc(CHANNEL_PAYLOAD_MAX), CHANNEL_PAYLOAD_MAX};
    (void)state;
    open_pair(&a, &b);
    channel_send(a.channel, 1, SLICE("one"));
    channel_send(a.channel, 2, big);
    channel_send(a.channel, 3, SLICE(""));
    b.stop_after = 3;
    run(5000);
    assert_int_equal(b.messages, 3);
    assert_int_equal(b.got.len, 3 + 3 + CHANNEL_PAYLOAD_MAX);
    assert_memory_equal(b.got.ptr, "\1one\2", 5);
    assert_int_equal(channel_backlog(a.channel), 0);
    channel_close(a.channel);
    run(2000);
    assert_int_equal(b.closed, 1);
    free((char *)big.ptr);
    buf_fini(&a.got);
    buf_fini(&b.got);
}

static void
a_frame_that_is_too_long_closes_the_channel(void **state)
{
    int fds[2];
    struct end end;
    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
    open_end(&end, fds[0]);
    assert_int_equal(write(fds[1], "\xff\xff\xff\x7f\x01", 5), 5);
    run(2000);
    assert_int_equal(end.closed, 1);
    assert_int_equal(end.messages, 0);
    close(fds[1]);
    buf_fini(&end.got);
}

static void
a_handler_that_refuses_hears_nothing_more(void **state)
{
    struct end a, b;
    (void)state;
    open_pair(&a, &b);
    b.refuse = true;
    channel_send(a.channel, 1, SLICE("bad"));
    channel_send(a.channel, 2, SLICE("unheard"));
    run(2000);
    assert_int_equal(b.messages, 1);
    assert_int_equal(b.closed + a.closed > 0, 1);
    run(200);
    assert_int_equal(b.closed, 1);
    assert_int_equal(a.closed, 1);
    buf_fini(&a.got);
    buf_fini(&b.got);
}

static void
closing_inside_a_message_is_safe_and_silent(void **state)
{
    struct end a, b;
    (void)state;
    open_pair(&a, &b);
    b.close_inside = true;
    channel_send(a.channel, 1, SLICE("x"));
    channel_send(a.channel, 1, SLICE("y"));
    run(2000);
    assert_int_equal(b.messages, 1);
    assert_int_equal(b.closed, 0);
    assert_int_equal(a.closed, 1);
    buf_fini(&a.got);
    buf_fini(&b.got);
}

static void
a_peer_that_goes_in_mid_frame_is_told_once(void **state)
{
    int fds[2];
    struct end end;
    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
    open_end(&end, fds[0]);
    assert_int_equal(write(fds[1], "\x08\x00\x00\x00\x01half", 9), 9);
    close(fds[1]);
    run(2000);
    assert_int_equal(end.messages, 0);
    assert_int_equal(end.closed, 1);
    buf_fini(&end.got);
}

static void
descriptors_are_handed_over(void **state)
{
    int fds[2], pipe_fds[2], received = -1;
    struct buf payload;
    uint8_t type = 0;
    struct err err;
    char byte = 0;
    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds), 0);
    assert_int_equal(pipe(pipe_fds), 0);
    buf_init(&payload, 4096);
    assert_int_equal(channel_recv_fd(fds[1], &payload, &type, &received, MSG_DONTWAIT, &err),
                     RC_AGAIN);
    assert_int_equal(channel_send_fd(fds[0], 7, SLICE("listen"), pipe_fds[1], &err), RC_OK);
    assert_int_equal(channel_recv_fd(fds[1], &payload, &type, &received, 0, &err), RC_OK);
    assert_int_equal(type, 7);
    assert_true(slice_is(buf_slice(&payload), "listen"));
    assert_int_equal(write(received, "!", 1), 1);
    assert_int_equal(read(pipe_fds[0], &byte, 1), 1);
    assert_int_equal(channel_send_fd(fds[0], 8, SLICE(""), -1, &err), RC_OK);
    assert_int_equal(channel_recv_fd(fds[1], &payload, &type, &received, 0, &err), RC_OK);
    assert_int_equal(received, -1);
    close(fds[0]);
    assert_int_equal(channel_recv_fd(fds[1], &payload, &type, &received, 0, &err), RC_NOT_FOUND);
    close(fds[1]);
    close(pipe_fds[0]);
    close(pipe_fds[1]);
    buf_fini(&payload);
}

static int
setup(void **state)
{
    (void)state;
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
        TEST(messages_arrive_whole_and_in_order),
        TEST(a_frame_that_is_too_long_closes_the_channel),
        TEST(a_handler_that_refuses_hears_nothing_more),
        TEST(closing_inside_a_message_is_safe_and_silent),
        TEST(a_peer_that_goes_in_mid_frame_is_told_once),
        TEST(descriptors_are_handed_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
