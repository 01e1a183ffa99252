/* Streams over loopback, both ends in one loop, in clear and under TLS. */
#include "net/stream.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
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
};

static struct loop *loop;
static char dir[64], certificate[96], key[96];

static size_t
on_input(void *ctx, struct stream *stream, struct slice data)
{
    struct side *side = ctx;
    side->inputs++;
    if (!side->take)
        return 0;
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
    (void)stream;
    side->connected++;
}

static void
on_secured(void *ctx, struct stream *stream)
{
    struct side *side = ctx;
    (void)stream;
    side->secured++;
}

static void
on_drained(void *ctx, struct stream *stream)
{
    struct side *side = ctx;
    (void)stream;
    side->drained++;
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

static void
what_was_sent_in_clear_before_tls_is_dropped(void **state)
{
    struct side client, server;
    struct tls_client *tls;
    struct err err;
    (void)state;
    open_pair(&client, &server);
    assert_int_equal(tls_server_new(certificate, key, &server.tls, &err), RC_OK);
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
    assert_int_equal(tls_server_new(certificate, key, &server.tls, &err), RC_OK);
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
                                          "64:ff9b::10.0.0.1"};
    static const char *const public[] = {"8.8.8.8",     "172.32.0.1",   "11.0.0.1",
                                         "100.128.0.1", "2606:4700::1", "::ffff:8.8.8.8"};
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
        TEST(private_addresses_are_told_from_public_ones),
    };
    return cmocka_run_group_tests(tests, make_certificate, remove_certificate);
}
