/* Channels over real sockets, both ends in one loop. */
#include "net/channel.h"

#include <fcntl.h>
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
    char why[100];
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
    end->closed++;
    memory_wipe(end->why, sizeof end->why);
    memcpy(end->why, why, strnlen(why, sizeof end->why - 1));
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
what_is_flushed_is_at_the_other_side_before_the_turn_ends(void **state)
{
    int fds[2];
    char got[32];
    struct end end;
    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
    open_end(&end, fds[0]);
    channel_send(end.channel, 1, SLICE("one"));
    assert_int_equal(recv(fds[1], got, sizeof got, MSG_DONTWAIT), -1);
    channel_flush(end.channel);
    assert_int_equal(recv(fds[1], got, sizeof got, MSG_DONTWAIT), 8);
    assert_memory_equal(got, "\3\0\0\0\1one", 8);
    close(fds[1]);
    channel_send(end.channel, 2, SLICE("two"));
    channel_flush(end.channel);
    assert_int_equal(end.closed, 0);
    run(2000);
    assert_int_equal(end.closed, 1);
    buf_fini(&end.got);
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
    assert_non_null(strstr(end.why, "in the middle"));
    buf_fini(&end.got);
}

/* Were it lost, a message that was delivered would be delivered again. */
static void
what_a_dying_peer_said_last_is_heard_although_writing_to_it_fails(void **state)
{
    int fds[2];
    struct end end;
    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
    open_end(&end, fds[0]);
    assert_int_equal(write(fds[1], "\x04\x00\x00\x00\x01last", 9), 9);
    close(fds[1]);
    channel_send(end.channel, 2, SLICE("more work")); /* written before the socket is looked at */
    run(2000);
    assert_int_equal(end.messages, 1);
    assert_int_equal(end.closed, 1);
    assert_true(slice_is(buf_slice(&end.got), "\1last"));
    buf_fini(&end.got);
}

static void
a_peer_that_does_not_read_makes_a_backlog_that_drains_later(void **state)
{
    int fds[2];
    struct end end;
    static char piece[64 * 1024], taken[64 * 1024];
    size_t sent = 0, got = 0;
    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
    open_end(&end, fds[0]);
    for (int i = 0; i < 64; i++, sent += 5 + sizeof piece)
        channel_send(end.channel, 1, (struct slice){piece, sizeof piece});
    assert_int_equal(channel_backlog(end.channel), sent);
    run(20);
    assert_in_range(channel_backlog(end.channel), 1, sent - 1);
    while (got < sent) {
        ssize_t len = recv(fds[1], taken, sizeof taken, MSG_DONTWAIT);
        if (len > 0)
            got += (size_t)len;
        else
            run(1);
    }
    assert_int_equal(channel_backlog(end.channel), 0);
    channel_close(end.channel);
    close(fds[1]);
    buf_fini(&end.got);
}

static void
a_frame_that_comes_byte_by_byte_is_one_message(void **state)
{
    static const char frame[] = "\x03\x00\x00\x00\x09"
                                "abc";
    int fds[2];
    struct end end;
    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
    open_end(&end, fds[0]);
    for (size_t i = 0; i < sizeof frame - 1; i++) {
        assert_int_equal(end.messages, 0);
        assert_int_equal(write(fds[1], frame + i, 1), 1);
        run(2);
    }
    assert_int_equal(end.messages, 1);
    assert_true(slice_is(buf_slice(&end.got), "\x09"
                                              "abc"));
    channel_close(end.channel);
    close(fds[1]);
    buf_fini(&end.got);
}

static void
a_loop_is_freed_with_an_open_channel_that_has_something_to_send(void **state)
{
    int fds[2];
    char byte[16];
    struct end end;
    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
    open_end(&end, fds[0]);
    channel_send(end.channel, 1, SLICE("x"));
    loop_free(loop);
    loop = NULL; /* for teardown */
    assert_int_equal(end.closed, 0);
    assert_int_equal(read(fds[1], byte, sizeof byte), 6);
    assert_int_equal(read(fds[1], byte, sizeof byte), 0);
    close(fds[1]);
    buf_fini(&end.got);
}

static void
a_descriptor_that_cannot_be_watched_closes_the_channel_later(void **state)
{
    struct end end;
    (void)state;
    open_end(&end, open("/dev/null", O_RDWR | O_CLOEXEC)); /* epoll refuses it */
    assert_int_equal(end.closed, 0);
    channel_send(end.channel, 1, SLICE("x"));
    run(2000);
    assert_int_equal(end.closed, 1);
    open_end(&end, open("/dev/null", O_RDWR | O_CLOEXEC));
    channel_close(end.channel);
    run(10);
    assert_int_equal(end.closed, 0);
    buf_fini(&end.got);
}

static void
more_than_one_descriptor_in_a_message_leaves_none_open(void **state)
{
    union {
        char bytes[CMSG_SPACE(sizeof(int) * 3)];
        struct cmsghdr align;
    } control = {0};
    int fds[2], pipe_fds[2], received = -1;
    char byte = 7;
    struct buf payload;
    uint8_t type;
    struct err err;
    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds), 0);
    assert_int_equal(pipe(pipe_fds), 0);
    struct iovec part = {&byte, 1};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof control.bytes};
    struct cmsghdr *head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(sizeof(int) * 3);
    for (size_t i = 0; i < 3; i++)
        memcpy(CMSG_DATA(head) + i * sizeof(int), &pipe_fds[1], sizeof(int));
    assert_int_equal(sendmsg(fds[0], &message, 0), 1);
    close(pipe_fds[1]);
    buf_init(&payload, 64);
    if (channel_recv_fd(fds[1], &payload, &type, &received, 0, &err) == RC_OK)
        close(received);
    assert_int_equal(read(pipe_fds[0], &byte, 1), 0); /* nobody holds the other end */
    close(pipe_fds[0]);
    close(fds[0]);
    close(fds[1]);
    buf_fini(&payload);
}

static void
a_message_longer_than_the_room_is_refused_with_its_descriptor(void **state)
{
    int fds[2], pipe_fds[2], received = -1;
    char byte;
    struct buf payload;
    uint8_t type;
    struct err err;
    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds), 0);
    assert_int_equal(pipe(pipe_fds), 0);
    buf_init(&payload, 8);
    assert_int_equal(channel_send_fd(fds[0], 1, SLICE("123456789"), pipe_fds[1], &err), RC_OK);
    close(pipe_fds[1]);
    assert_int_equal(channel_recv_fd(fds[1], &payload, &type, &received, 0, &err), RC_SYNTAX);
    assert_int_equal(read(pipe_fds[0], &byte, 1), 0);
    close(pipe_fds[0]);
    close(fds[0]);
    close(fds[1]);
    buf_fini(&payload);
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
        TEST(what_is_flushed_is_at_the_other_side_before_the_turn_ends),
        TEST(a_frame_that_is_too_long_closes_the_channel),
        TEST(a_handler_that_refuses_hears_nothing_more),
        TEST(closing_inside_a_message_is_safe_and_silent),
        TEST(a_peer_that_goes_in_mid_frame_is_told_once),
        TEST(what_a_dying_peer_said_last_is_heard_although_writing_to_it_fails),
        TEST(a_peer_that_does_not_read_makes_a_backlog_that_drains_later),
        TEST(a_frame_that_comes_byte_by_byte_is_one_message),
        TEST(a_loop_is_freed_with_an_open_channel_that_has_something_to_send),
        TEST(a_descriptor_that_cannot_be_watched_closes_the_channel_later),
        TEST(descriptors_are_handed_over),
        TEST(more_than_one_descriptor_in_a_message_leaves_none_open),
        TEST(a_message_longer_than_the_room_is_refused_with_its_descriptor),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
