/* Streams over loopback, both ends in one loop, in clear and under TLS. */
#include "net/stream.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

struct side {
    struct stream *stream;
    struct buf got;
    bool take; /* consume what comes */
    unsigned inputs, secured, drained, connected;
    bool ended;
    enum stream_end how;
    char why[200];
    struct tls_server *tls; /* begin TLS as a server when "STARTTLS" comes */
    size_t stop_at;         /* stop the loop when so much came */
    const char *last_words; /* said when the deadline passes */
    enum { DO_NOTHING, DO_CLOSE, DO_FINISH, DO_DEADLINE } act; /* what to do ... */
    char act_in;      /* ... in connected, secured, input, drained or ended: its first letter */
    unsigned acted;   /* nothing may be called after it */
    size_t take_some; /* consume so many bytes a call */
    size_t most;      /* seen unread at once */
};

/* Do what the test wants done inside this call. */
static void
act(struct side *side, struct stream *stream, char where)
{
    assert_int_equal(side->acted, 0);
    if (side->act == DO_NOTHING || side->act_in != where)
        return;
    if (side->act != DO_DEADLINE) {
        side->acted++;
        side->stream = NULL;
    }
    if (side->act == DO_CLOSE)
        stream_close(stream);
    else if (side->act == DO_FINISH)
        stream_finish(stream);
    else
        stream_deadline(stream, 10000);
}

static struct loop *loop;
static char dir[64], certificate[96], key[96];

static size_t
on_input(void *ctx, struct stream *stream, struct slice data)
{
    struct side *side = ctx;
    side->inputs++;
    if (data.len > side->most)
        side->most = data.len;
    act(side, stream, 'i');
    if (side->acted)
        return data.len;
    if (!side->take)
        return 0;
    if (side->take_some && data.len > side->take_some)
        data.len = side->take_some;
    if (side->tls && !stream_is_tls(stream) && slice_starts(data, SLICE("STARTTLS\r\n"))) {
        stream_write(stream, SLICE("220\r\n"));
        stream_secure_server(stream, side->tls);
        return 10;
    }
    buf_add(&side->got, data);
    if (side->stop_at && side->got.len >= side->stop_at)
        loop_stop(loop);
    return data.len;
}

static void
on_connected(void *ctx, struct stream *stream)
{
    struct side *side = ctx;
    side->connected++;
    act(side, stream, 'c');
}

static void
on_secured(void *ctx, struct stream *stream)
{
    struct side *side = ctx;
    side->secured++;
    act(side, stream, 's');
}

static void
on_drained(void *ctx, struct stream *stream)
{
    struct side *side = ctx;
    side->drained++;
    act(side, stream, 'd');
}

static void
on_ended(void *ctx, struct stream *stream, enum stream_end how, const char *why)
{
    struct side *side = ctx;
    side->ended = true;
    side->how = how;
    snprintf(side->why, sizeof side->why, "%s", why);
    side->stream = NULL;
    if (how == STREAM_TIMEOUT && side->last_words) {
        stream_write(stream, slice_of(side->last_words));
        stream_finish(stream);
    }
    if (how == STREAM_TIMEOUT)
        act(side, stream, 'e');
    loop_stop(loop);
}

static const struct stream_handler handler = {on_connected, on_secured, on_input, on_drained,
                                              on_ended};

static void
stop(void *ctx)
{
    loop_stop(ctx);
}

static void
run(int64_t ms)
{
    struct timer *timer = timer_new(loop, stop, loop);
    timer_start(timer, ms);
    loop_run(loop);
    timer_free(timer);
}

/* As long as a slow machine needs, and no longer. */
static void
run_until_got(const struct side *side, size_t len)
{
    for (int i = 0; i < 400 && side->got.len < len; i++)
        run(50);
}

static void
run_until_ended(const struct side *side)
{
    for (int i = 0; i < 400 && !side->ended; i++)
        run(50);
}

static struct side *accepting;

static void
on_accepted(void *ctx, int fd, const struct endpoint *peer)
{
    struct arena *arena = arena_new();
    (void)ctx;
    assert_true(slice_is(endpoint_ip(arena, peer), "127.0.0.1"));
    arena_free(arena);
    accepting->stream = stream_open(loop, fd, 64 * 1024, &handler, accepting);
}

static struct listener *listener;

/* A client connected to a server, both in this loop. */
static void
open_pair(struct side *client, struct side *server)
{
    struct endpoint at;
    struct err err;
    *client = (struct side){.take = true};
    *server = (struct side){.take = true};
    buf_init(&client->got, 16 * 1024 * 1024);
    buf_init(&server->got, 16 * 1024 * 1024);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    assert_int_equal(endpoint_parse(SLICE("127.0.0.1"), 0, &at, &err), RC_OK);
    assert_int_equal(bind(fd, (struct sockaddr *)&at.address, at.len), 0);
    assert_int_equal(listen(fd, 8), 0);
    socklen_t len = sizeof at.address;
    assert_int_equal(getsockname(fd, (struct sockaddr *)&at.address, &len), 0);
    at.len = len;
    accepting = server;
    listener = listener_open(loop, fd, on_accepted, NULL);
    assert_int_equal(
        stream_connect(loop, &at, NULL, 64 * 1024, &handler, client, &client->stream, &err), RC_OK);
    run(100);
    assert_int_equal(client->connected, 1);
    assert_non_null(server->stream);
}

static void
close_pair(struct side *client, struct side *server)
{
    stream_close(client->stream);
    stream_close(server->stream);
    listener_close(listener);
    buf_fini(&client->got);
    buf_fini(&server->got);
}

static void
a_megabyte_goes_both_ways(void **state)
{
    struct side client, server;
    static char bytes[1024 * 1024];
    (void)state;
    open_pair(&client, &server);
    memset(bytes, 'x', sizeof bytes);
    stream_write(client.stream, (struct slice){bytes, sizeof bytes});
    stream_write(server.stream, (struct slice){bytes, sizeof bytes});
    run(300);
    assert_int_equal(client.got.len, sizeof bytes);
    assert_int_equal(server.got.len, sizeof bytes);
    close_pair(&client, &server);
}

static void
what_is_not_consumed_waits_and_comes_again_on_resume(void **state)
{
    struct side client, server;
    static char bytes[1024 * 1024];
    (void)state;
    open_pair(&client, &server);
    server.take = false;
    stream_write(client.stream, (struct slice){bytes, sizeof bytes});
    run(200);
    assert_int_equal(server.got.len, 0);
    server.take = true;
    stream_resume(server.stream);
    run(500);
    assert_int_equal(server.got.len, sizeof bytes);
    close_pair(&client, &server);
}

static void
a_deadline_leaves_room_for_last_words(void **state)
{
    struct side client, server;
    (void)state;
    open_pair(&client, &server);
    server.last_words = "451 too slow\r\n";
    stream_deadline(server.stream, 20);
    run(2000);
    assert_true(server.ended && server.how == STREAM_TIMEOUT);
    run(2000);
    assert_true(client.ended && client.how == STREAM_CLOSED);
    assert_true(slice_is(buf_slice(&client.got), "451 too slow\r\n"));
    close_pair(&client, &server);
}

static void
a_refused_connection_ends_with_words(void **state)
{
    struct side client = {.take = true};
    struct endpoint nowhere;
    struct err err;
    (void)state;
    buf_init(&client.got, 16);
    assert_int_equal(endpoint_parse(SLICE("127.0.0.1"), 1, &nowhere, &err), RC_OK);
    if (stream_connect(loop, &nowhere, NULL, 1024, &handler, &client, &client.stream, &err) ==
        RC_OK) {
        run(2000);
        assert_true(client.ended && client.how == STREAM_FAILED && client.why[0]);
    }
    buf_fini(&client.got);
}

static struct slice
file_bytes(const char *path, char bytes[16384])
{
    FILE *file = fopen(path, "r");
    size_t len = file ? fread(bytes, 1, 16384, file) : 0;
    if (file)
        fclose(file);
    return (struct slice){bytes, len};
}

static enum rc
server_new(const char *key_path, struct tls_server **out, struct err *err)
{
    static char chain[16384], private[16384];
    return tls_server_new(file_bytes(certificate, chain), file_bytes(key_path, private), out, err);
}

static void
what_was_sent_in_clear_before_tls_is_dropped(void **state)
{
    struct side client, server;
    struct tls_client *tls;
    struct err err;
    (void)state;
    open_pair(&client, &server);
    assert_int_equal(server_new(key, &server.tls, &err), RC_OK);
    assert_int_equal(tls_client_new(true, certificate, &tls, &err), RC_OK);
    stream_write(client.stream, SLICE("STARTTLS\r\nMAIL FROM:<injected@x.example>\r\n"));
    client.stop_at = 5;
    run(1000);
    assert_true(slice_is(buf_slice(&client.got), "220\r\n"));
    client.stop_at = 0;
    stream_secure_client(client.stream, tls, SLICE("localhost"));
    stream_write(client.stream, SLICE("EHLO\r\n"));
    run(500);
    assert_int_equal(client.secured, 1);
    assert_int_equal(server.secured, 1);
    assert_true(stream_tls_verified(client.stream));
    assert_true(slice_is(buf_slice(&server.got), "EHLO\r\n"));
    assert_string_equal(stream_tls_version(server.stream), "TLSv1.3");
    close_pair(&client, &server);
    tls_client_free(tls);
    tls_server_free(server.tls);
}

/* How a handshake under these expectations comes out at the client. */
static bool
handshake(bool verify, const char *ca, const char *name, bool *verified)
{
    struct side client, server;
    struct tls_client *tls;
    struct err err;
    open_pair(&client, &server);
    assert_int_equal(server_new(key, &server.tls, &err), RC_OK);
    assert_int_equal(tls_client_new(verify, ca, &tls, &err), RC_OK);
    stream_secure_server(server.stream, server.tls);
    stream_secure_client(client.stream, tls, slice_of(name));
    run(300);
    bool secured = client.secured == 1;
    *verified = secured && stream_tls_verified(client.stream);
    close_pair(&client, &server);
    tls_client_free(tls);
    tls_server_free(server.tls);
    return secured;
}

static void
a_certificate_must_name_the_host_where_it_is_verified(void **state)
{
    bool verified;
    (void)state;
    assert_true(handshake(true, certificate, "localhost", &verified) && verified);
    assert_false(handshake(true, certificate, "mx.other.example", &verified));
    assert_false(handshake(true, NULL, "localhost", &verified));
    assert_true(handshake(false, NULL, "mx.other.example", &verified));
    assert_false(verified);
}

/* TLS between the two, each trusting the other's certificate. */
static struct tls_client *
secure_pair(struct side *client, struct side *server)
{
    struct tls_client *tls;
    struct err err;
    assert_int_equal(server_new(key, &server->tls, &err), RC_OK);
    assert_int_equal(tls_client_new(true, certificate, &tls, &err), RC_OK);
    stream_secure_server(server->stream, server->tls);
    stream_secure_client(client->stream, tls, SLICE("localhost"));
    return tls;
}

static char pattern[1024 * 1024];

static void
fill_pattern(void)
{
    uint32_t state = 1;
    for (size_t i = 0; i < sizeof pattern; i++)
        pattern[i] = (char)((state = state * 1664525 + 1013904223) >> 24);
}

static void
expect_pattern(const struct buf *got)
{
    assert_int_equal(got->len, sizeof pattern);
    assert_memory_equal(got->ptr, pattern, sizeof pattern);
}

static void
a_megabyte_goes_both_ways_under_tls_in_small_bites(void **state)
{
    struct side client, server;
    (void)state;
    fill_pattern();
    open_pair(&client, &server);
    struct tls_client *tls = secure_pair(&client, &server);
    stream_write(client.stream, (struct slice){pattern, sizeof pattern});
    stream_write(server.stream, (struct slice){pattern, sizeof pattern});
    server.take_some = 777;
    run_until_got(&client, sizeof pattern);
    run_until_got(&server, sizeof pattern);
    expect_pattern(&client.got);
    expect_pattern(&server.got);
    close_pair(&client, &server);
    tls_client_free(tls);
    tls_server_free(server.tls);
}

/* What OpenSSL has read ahead makes no descriptor readable: it must not be forgotten. */
static void
a_paused_tls_stream_goes_on_where_it_was(void **state)
{
    struct side client, server;
    (void)state;
    fill_pattern();
    open_pair(&client, &server);
    struct tls_client *tls = secure_pair(&client, &server);
    server.take = false;
    stream_write(client.stream, (struct slice){pattern, sizeof pattern});
    run(300);
    assert_int_equal(server.got.len, 0);
    server.take = true;
    stream_resume(server.stream);
    run_until_got(&server, sizeof pattern);
    expect_pattern(&server.got);
    close_pair(&client, &server);
    tls_client_free(tls);
    tls_server_free(server.tls);
}

static void
output_waits_for_a_peer_that_does_not_read_and_says_when_it_is_gone(void **state)
{
    struct side client, server;
    (void)state;
    open_pair(&client, &server);
    server.take = false;
    for (int i = 0; i < 12; i++)
        stream_write(client.stream, (struct slice){pattern, sizeof pattern});
    run(200);
    assert_true(stream_backlog(client.stream) > 0);
    assert_int_equal(client.drained, 0);
    server.take = true;
    stream_resume(server.stream);
    run_until_got(&server, 12 * sizeof pattern);
    run(50);
    assert_int_equal(server.got.len, 12 * sizeof pattern);
    assert_int_equal(stream_backlog(client.stream), 0);
    assert_int_equal(client.drained, 1);
    close_pair(&client, &server);
}

static void
finish(bool tls_too)
{
    struct side client, server;
    struct tls_client *tls = NULL;
    fill_pattern();
    open_pair(&client, &server);
    if (tls_too)
        tls = secure_pair(&client, &server);
    for (int i = 0; tls_too && i < 400 && server.secured == 0; i++)
        run(50);
    /* Unread input at the finishing side must not turn the close into a reset. */
    stream_write(client.stream, SLICE("QUIT\r\nNOOP\r\n"));
    stream_write(server.stream, (struct slice){pattern, sizeof pattern});
    stream_finish(server.stream);
    server.stream = NULL;
    run_until_ended(&client);
    assert_true(client.ended);
    assert_int_equal(client.how, STREAM_CLOSED);
    expect_pattern(&client.got);
    assert_false(server.ended);
    assert_int_equal(server.inputs, 0);
    close_pair(&client, &server);
    tls_client_free(tls);
    tls_server_free(server.tls);
}

static void
finishing_loses_nothing_that_was_written(void **state)
{
    (void)state;
    finish(false);
    finish(true);
}

/* Whoever cuts the connection may have cut the message too (RFC 8446 §6.1). */
static void
tls_that_ends_without_close_notify_failed(void **state)
{
    struct side client, server;
    (void)state;
    open_pair(&client, &server);
    struct tls_client *tls = secure_pair(&client, &server);
    for (int i = 0; i < 400 && server.secured == 0; i++)
        run(50);
    assert_int_equal(server.secured, 1);
    run(50);
    stream_close(client.stream);
    client.stream = NULL;
    run(2000);
    assert_true(server.ended);
    assert_int_equal(server.how, STREAM_FAILED);
    close_pair(&client, &server);
    tls_client_free(tls);
    tls_server_free(server.tls);
}

/* A socket of the test's own against a stream. */
static int
open_raw(struct side *server)
{
    int fds[2];
    *server = (struct side){.take = true};
    buf_init(&server->got, 16 * 1024 * 1024);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
    server->stream = stream_open(loop, fds[0], 1024, &handler, server);
    return fds[1];
}

static void
a_reset_ends_the_stream_as_failed(void **state)
{
    struct side server;
    int fd = open_raw(&server);
    (void)state;
    stream_write(server.stream, SLICE("unread"));
    run(20);
    close(fd);
    run(2000);
    assert_true(server.ended);
    assert_int_equal(server.how, STREAM_FAILED);
    buf_fini(&server.got);
}

static void
what_a_peer_said_before_it_went_is_heard_although_writing_fails(void **state)
{
    struct side server;
    int fd = open_raw(&server);
    (void)state;
    assert_int_equal(write(fd, "421 go away\r\n", 13), 13);
    close(fd);
    stream_write(server.stream, SLICE("EHLO\r\n"));
    run(2000);
    assert_true(server.ended);
    assert_true(slice_is(buf_slice(&server.got), "421 go away\r\n"));
    buf_fini(&server.got);
}

static void
a_peer_that_half_closes_still_gets_the_replies_of_that_turn(void **state)
{
    struct side server;
    char reply[64];
    int fd = open_raw(&server);
    (void)state;
    assert_int_equal(write(fd, "HELP\r\n", 6), 6);
    assert_int_equal(shutdown(fd, SHUT_WR), 0);
    stream_write(server.stream, SLICE("214 help\r\n"));
    run(2000);
    assert_true(server.ended);
    assert_int_equal(server.how, STREAM_CLOSED);
    assert_int_equal(read(fd, reply, sizeof reply), 10);
    close(fd);
    buf_fini(&server.got);
}

static void
no_more_than_the_limit_is_kept_unread(void **state)
{
    struct side server;
    int fd = open_raw(&server);
    static char bytes[8192];
    (void)state;
    server.take = false;
    assert_int_equal(send(fd, bytes, sizeof bytes, MSG_DONTWAIT), sizeof bytes);
    run(50);
    assert_int_equal(server.most, 1024);
    server.take = true;
    server.take_some = 100;
    stream_resume(server.stream);
    run(100);
    assert_int_equal(server.got.len, sizeof bytes);
    stream_close(server.stream);
    close(fd);
    buf_fini(&server.got);
}

static void
garbage_instead_of_a_handshake_fails_with_words(void **state)
{
    struct side server;
    struct tls_server *tls;
    struct err err;
    int fd = open_raw(&server);
    (void)state;
    assert_int_equal(server_new(key, &tls, &err), RC_OK);
    stream_secure_server(server.stream, tls);
    assert_int_equal(write(fd, "MAIL FROM:<injected@x.example>\r\n", 32), 32);
    run(2000);
    assert_true(server.ended && server.how == STREAM_FAILED && server.why[0]);
    assert_int_equal(server.inputs, 0);
    assert_int_equal(server.secured, 0);
    close(fd);
    buf_fini(&server.got);
    tls_server_free(tls);
}

static void
a_handshake_that_does_not_come_ends_at_the_deadline(void **state)
{
    struct side server;
    struct tls_server *tls;
    struct err err;
    int fd = open_raw(&server);
    (void)state;
    assert_int_equal(server_new(key, &tls, &err), RC_OK);
    stream_secure_server(server.stream, tls);
    stream_deadline(server.stream, 20);
    server.last_words = "nobody can read this";
    run(2000);
    assert_true(server.ended);
    assert_int_equal(server.how, STREAM_TIMEOUT);
    char byte;
    assert_int_equal(read(fd, &byte, 1), 0);
    close(fd);
    buf_fini(&server.got);
    tls_server_free(tls);
}

static void
a_timeout_that_is_not_finished_closes_whatever_else_is_done(void **state)
{
    struct side server;
    char byte;
    int fd = open_raw(&server);
    (void)state;
    server.act = DO_DEADLINE;
    server.act_in = 'e';
    stream_deadline(server.stream, 10);
    run(2000);
    assert_true(server.ended);
    assert_int_equal(recv(fd, &byte, 1, MSG_DONTWAIT), 0);
    close(fd);
    buf_fini(&server.got);
}

static void
a_deadline_moves_and_can_be_cleared(void **state)
{
    struct side server;
    int fd = open_raw(&server);
    (void)state;
    stream_deadline(server.stream, 30);
    stream_deadline(server.stream, 120);
    run(70);
    assert_false(server.ended);
    stream_deadline(server.stream, 0);
    run(100);
    assert_false(server.ended);
    stream_deadline(server.stream, 500);
    stream_deadline(server.stream, 10);
    run(2000);
    assert_true(server.ended);
    assert_int_equal(server.how, STREAM_TIMEOUT);
    close(fd);
    buf_fini(&server.got);
}

/* Close or finish inside every call; nothing may be called afterwards, nothing may be lost. */
static void
ending_inside(char where, int what, bool tls_too)
{
    struct side client, server;
    struct tls_client *tls = NULL;
    open_pair(&client, &server);
    server.act = what;
    server.act_in = where;
    if (tls_too)
        tls = secure_pair(&client, &server);
    if (where == 'd') {
        client.take = false;
        for (int i = 0; i < 12; i++)
            stream_write(server.stream, (struct slice){pattern, sizeof pattern});
        run(300);
        client.take = true;
        stream_resume(client.stream);
    } else if (where == 'e') {
        stream_deadline(server.stream, 10);
    } else {
        stream_write(client.stream, SLICE("one\r\ntwo\r\n"));
    }
    run_until_ended(&client);
    assert_int_equal(server.acted, 1);
    assert_true(client.ended);
    close_pair(&client, &server);
    tls_client_free(tls);
    tls_server_free(server.tls);
}

static void
ending_a_stream_inside_any_call_is_safe(void **state)
{
    (void)state;
    for (int what = DO_CLOSE; what <= DO_FINISH; what++) {
        ending_inside('i', what, false);
        ending_inside('d', what, false);
        ending_inside('e', what, false);
        ending_inside('i', what, true);
        ending_inside('s', what, true);
        ending_inside('d', what, true);
        ending_inside('e', what, true);
    }
}

static void
a_loop_is_freed_with_open_streams(void **state)
{
    struct side client, server;
    (void)state;
    open_pair(&client, &server);
    struct tls_client *tls = secure_pair(&client, &server);
    stream_write(server.stream, SLICE("never sent"));
    stream_finish(client.stream);
    loop_free(loop);
    loop = NULL; /* for teardown */
    buf_fini(&client.got);
    buf_fini(&server.got);
    tls_client_free(tls);
    tls_server_free(server.tls);
}

static void
a_key_that_cannot_be_used_is_refused(void **state)
{
    char command[400], other[96];
    struct tls_server *tls;
    struct err err;
    (void)state;
    snprintf(other, sizeof other, "%s/other.pem", dir);
    snprintf(command, sizeof command,
             "openssl ec -in %s -aes128 -passout pass:secret -out %s 2>/dev/null", key, other);
    assert_int_equal(system(command), 0);
    assert_int_equal(server_new(other, &tls, &err), RC_PERMANENT); /* asks nobody */
    assert_non_null(strstr(err.text, "the certificate's key"));
    snprintf(command, sizeof command,
             "openssl ecparam -name prime256v1 -genkey -noout -out %s 2>/dev/null", other);
    assert_int_equal(system(command), 0);
    assert_int_equal(server_new(other, &tls, &err), RC_PERMANENT);
    unlink(other);
    assert_int_equal(server_new(other, &tls, &err), RC_PERMANENT); /* nothing was read */
}

static void
private_addresses_are_told_from_public_ones(void **state)
{
    static const char *const private[] = {"127.0.0.1",
                                          "10.1.2.3",
                                          "172.16.0.1",
                                          "172.31.255.255",
                                          "192.168.1.1",
                                          "169.254.1.1",
                                          "100.64.0.1",
                                          "0.0.0.0",
                                          "224.0.0.1",
                                          "255.255.255.255",
                                          "192.0.2.1",
                                          "198.51.100.1",
                                          "203.0.113.1",
                                          "::",
                                          "::1",
                                          "fe80::1",
                                          "fc00::1",
                                          "fd12::1",
                                          "ff02::1",
                                          "2001:db8::1",
                                          "::ffff:10.0.0.1",
                                          "::ffff:127.0.0.1",
                                          "64:ff9b::10.0.0.1",
                                          "64:ff9b:1::10.0.0.1",
                                          "::127.0.0.1",
                                          "::10.0.0.1",
                                          "2002:7f00:1::1",
                                          "2001::1",
                                          "3fff::1",
                                          "5f00::1",
                                          "192.88.99.1",
                                          "198.19.255.255",
                                          "240.0.0.1"};
    static const char *const public[] = {"8.8.8.8",         "172.32.0.1",    "11.0.0.1",
                                         "100.128.0.1",     "2606:4700::1",  "::ffff:8.8.8.8",
                                         "198.20.0.1",      "223.255.255.1", "64:ff9b::8.8.8.8",
                                         "2002:808:808::1", "2001:200::1"};
    struct endpoint endpoint;
    struct err err;
    (void)state;
    for (size_t i = 0; i < sizeof private / sizeof private[0]; i++) {
        assert_int_equal(endpoint_parse(slice_of(private[i]), 25, &endpoint, &err), RC_OK);
        if (!endpoint_is_private(&endpoint))
            fail_msg("%s", private[i]);
    }
    for (size_t i = 0; i < sizeof public / sizeof public[0]; i++) {
        assert_int_equal(endpoint_parse(slice_of(public[i]), 25, &endpoint, &err), RC_OK);
        assert_int_equal(endpoint_port(&endpoint), 25);
        if (endpoint_is_private(&endpoint))
            fail_msg("%s", public[i]);
    }
    assert_int_equal(endpoint_parse(SLICE("mx.example"), 25, &endpoint, &err), RC_SYNTAX);
    assert_int_equal(endpoint_parse(SLICE("127.0.0.1\0"), 25, &endpoint, &err), RC_SYNTAX);
}

static int
make_certificate(void **state)
{
    char command[600];
    (void)state;
    snprintf(dir, sizeof dir, "/tmp/postern-stream-XXXXXX");
    assert_non_null(mkdtemp(dir));
    snprintf(certificate, sizeof certificate, "%s/certificate.pem", dir);
    snprintf(key, sizeof key, "%s/key.pem", dir);
    snprintf(command, sizeof command,
             "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 "
             "-subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout %s -out %s "
             "2>/dev/null",
             key, certificate);
    return system(command);
}

static int
remove_certificate(void **state)
{
    (void)state;
    unlink(certificate);
    unlink(key);
    return rmdir(dir);
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
        TEST(a_megabyte_goes_both_ways),
        TEST(what_is_not_consumed_waits_and_comes_again_on_resume),
        TEST(a_deadline_leaves_room_for_last_words),
        TEST(a_refused_connection_ends_with_words),
        TEST(what_was_sent_in_clear_before_tls_is_dropped),
        TEST(a_certificate_must_name_the_host_where_it_is_verified),
        TEST(a_megabyte_goes_both_ways_under_tls_in_small_bites),
        TEST(a_paused_tls_stream_goes_on_where_it_was),
        TEST(output_waits_for_a_peer_that_does_not_read_and_says_when_it_is_gone),
        TEST(finishing_loses_nothing_that_was_written),
        TEST(tls_that_ends_without_close_notify_failed),
        TEST(a_reset_ends_the_stream_as_failed),
        TEST(what_a_peer_said_before_it_went_is_heard_although_writing_fails),
        TEST(a_peer_that_half_closes_still_gets_the_replies_of_that_turn),
        TEST(no_more_than_the_limit_is_kept_unread),
        TEST(garbage_instead_of_a_handshake_fails_with_words),
        TEST(a_handshake_that_does_not_come_ends_at_the_deadline),
        TEST(a_timeout_that_is_not_finished_closes_whatever_else_is_done),
        TEST(a_deadline_moves_and_can_be_cleared),
        TEST(ending_a_stream_inside_any_call_is_safe),
        TEST(a_loop_is_freed_with_open_streams),
        TEST(a_key_that_cannot_be_used_is_refused),
        TEST(private_addresses_are_told_from_public_ones),
    };
    signal(SIGPIPE, SIG_IGN); /* OpenSSL writes with write(2); our processes ignore it as well */
    return cmocka_run_group_tests(tests, make_certificate, remove_certificate);
}
