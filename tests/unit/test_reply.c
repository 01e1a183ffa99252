/* Replies: the table, what failures are told, and how other servers are read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "mail/reply.h"

static struct arena *arena;
static struct err err;

static int
set_up(void **state)
{
    (void)state;
    arena = arena_new();
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

#define assert_slice(actual, expected) expect_text((actual), (expected), __LINE__)

static void
expect_text(struct slice actual, const char *expected, int line)
{
    if (!slice_is(actual, expected))
        fail_msg("line %d: '%.*s' is not '%s'", line, SLICE_ARG(actual), expected);
}

/* ---- ours ---- */

static void
table_has_the_words_of_ses(void **state)
{
    (void)state;
    assert_string_equal(reply_text(REPLY_READY_TLS), "220 Ready to start TLS");
    assert_string_equal(reply_text(REPLY_AUTHENTICATED), "235 Authentication successful.");
    assert_string_equal(reply_text(REPLY_OK), "250 Ok");
    assert_string_equal(reply_text(REPLY_START_DATA), "354 End data with <CR><LF>.<CR><LF>");
    assert_string_equal(reply_text(REPLY_TIMEOUT),
                        "451 4.4.2 Timeout waiting for data from client.");
    assert_string_equal(reply_text(REPLY_TOO_MANY_RECIPIENTS), "452 4.5.3 Too many recipients");
    assert_string_equal(reply_text(REPLY_INVALID_MAIL_FROM),
                        "501 Invalid MAIL FROM address provided");
    assert_string_equal(reply_text(REPLY_MUST_STARTTLS), "530 Must issue a STARTTLS command first");
    assert_string_equal(reply_text(REPLY_AUTH_INVALID), "535 Authentication Credentials Invalid");
    assert_string_equal(reply_text(REPLY_TOO_LONG), "552 Message is too long.");
}

static void
every_reply_is_one_line_with_a_code(void **state)
{
    (void)state;
    for (int i = 0; i < REPLY_COUNT; i++) {
        struct remote_reply reply;
        size_t consumed;
        struct slice line = arena_printf(arena, "%s\r\n", reply_text((enum reply)i));
        assert_int_equal(reply_parse(arena, line, &reply, &consumed, &err), RC_OK);
        assert_int_equal(reply.line_count, 1);
        assert_true(reply.first.len > 0);
    }
}

static void
failure_is_answered_by_its_code(void **state)
{
    (void)state;
    static const enum rc permanent[] = {RC_DENIED, RC_SYNTAX,    RC_PERMANENT,
                                        RC_LIMIT,  RC_NOT_FOUND, RC_CONFLICT};
    for (size_t i = 0; i < sizeof permanent / sizeof permanent[0]; i++)
        assert_slice(reply_for(arena, permanent[i], SLICE("Duplicate header 'From'.")),
                     "554 Duplicate header 'From'.");
    assert_slice(reply_for(arena, RC_TEMPORARY, SLICE("the disk is on fire")),
                 "451 Temporary service failure");
    assert_slice(reply_for(arena, RC_SEQUENCE, SLICE("x")), "503 Bad sequence of commands");
    assert_slice(reply_for(arena, RC_DENIED, SLICE("")), "554 Transaction failed");
    assert_slice(reply_for(arena, RC_OK, SLICE("")), "250 Ok");
}

static void
text_with_a_code_of_its_own_keeps_it(void **state)
{
    (void)state;
    assert_slice(reply_for(arena, RC_LIMIT, SLICE("552 Message is too long.")),
                 "552 Message is too long.");
    assert_slice(reply_for(arena, RC_TEMPORARY, SLICE("454 Throttling failure: x")),
                 "454 Throttling failure: x");
    assert_slice(reply_for(arena, RC_DENIED, SLICE("250 Ok")), "554 250 Ok");
    assert_slice(reply_for(arena, RC_DENIED, SLICE("5544 x")), "554 5544 x");
    assert_slice(reply_for(arena, RC_DENIED, SLICE("554")), "554 554");
}

static void
failure_text_cannot_begin_a_line_of_its_own(void **state)
{
    (void)state;
    assert_slice(reply_for(arena, RC_DENIED, SLICE("x\r\n250 Ok\0\x7f\xc3\xa4")),
                 "554 x  250 Ok  ??");
    assert_slice(reply_for(arena, RC_DENIED, SLICE("554 x\r\n250 Ok")), "554 x  250 Ok");
    char text[1000];
    memset(text, 'a', sizeof text);
    assert_int_equal(reply_for(arena, RC_DENIED, (struct slice){text, sizeof text}).len, 510);
}

/* ---- others' ---- */

static struct remote_reply
read_reply(struct slice data, size_t expected)
{
    struct remote_reply reply;
    size_t consumed = 0;
    enum rc rc = reply_parse(arena, data, &reply, &consumed, &err);
    if (rc != RC_OK)
        fail_msg("%s: %s", rc_name(rc), err.text);
    assert_int_equal(consumed, expected);
    return reply;
}

static void
reply_fails(struct slice data, const char *reason)
{
    struct remote_reply reply;
    size_t consumed = 77;
    assert_int_equal(reply_parse(arena, data, &reply, &consumed, &err), RC_SYNTAX);
    assert_int_equal(consumed, 77);
    if (!strstr(err.text, reason))
        fail_msg("'%s' has not '%s'", err.text, reason);
}

static void
one_line_is_a_reply(void **state)
{
    (void)state;
    struct remote_reply reply = read_reply(SLICE("250 2.1.5 Recipient ok\r\n250 next"), 24);
    assert_int_equal(reply.code, 250);
    assert_slice(reply.status, "2.1.5");
    assert_slice(reply.text, "2.1.5 Recipient ok");
    assert_slice(reply.first, "2.1.5 Recipient ok");
    assert_int_equal(reply.line_count, 1);
    assert_int_equal(read_reply(SLICE("354\r\n"), 5).code, 354);
    assert_slice(read_reply(SLICE("220 \n"), 5).text, "");
}

static void
lines_of_one_reply_are_joined(void **state)
{
    (void)state;
    struct slice data = SLICE("250-mx.example\r\n250-\r\n250 SIZE 10\r\n");
    struct remote_reply reply = read_reply(data, data.len);
    assert_int_equal(reply.line_count, 3);
    assert_slice(reply.lines[0], "mx.example");
    assert_slice(reply.lines[1], "");
    assert_slice(reply.lines[2], "SIZE 10");
    assert_slice(reply.text, "mx.example\r\n\r\nSIZE 10");
    assert_slice(reply.first, "mx.example");
    assert_slice(reply.status, "");
}

static void
unfinished_reply_needs_more(void **state)
{
    (void)state;
    struct slice data = SLICE("550-5.1.1 no\r\n550 5.1.1 such user\r\n");
    struct remote_reply reply;
    size_t consumed = 77;
    for (size_t len = 0; len < data.len; len++)
        assert_int_equal(reply_parse(arena, slice_head(data, len), &reply, &consumed, &err),
                         RC_AGAIN);
    assert_int_equal(consumed, 77);
    assert_slice(read_reply(data, data.len).status, "5.1.1");
}

static void
status_is_taken_only_when_it_is_one(void **state)
{
    (void)state;
    assert_slice(read_reply(SLICE("550 5.7.26\r\n"), 12).status, "5.7.26");
    assert_slice(read_reply(SLICE("550 5.1234.1 x\r\n"), 16).status, "");
    assert_slice(read_reply(SLICE("550 4.1.1 x\r\n"), 13).status, "");
    assert_slice(read_reply(SLICE("550 5.1.1. x\r\n"), 14).status, "");
    assert_slice(read_reply(SLICE("550 5.1 x y\r\n"), 13).status, "");
    assert_slice(read_reply(SLICE("550 5.1.\r\n"), 10).status, "");
    assert_slice(read_reply(SLICE("550 5..1 x\r\n"), 12).status, "");
    assert_slice(read_reply(SLICE("550 no 5.1.1\r\n"), 14).status, "");
}

static void
what_is_no_reply_is_refused(void **state)
{
    (void)state;
    reply_fails(SLICE("hello\r\n"), "without a code");
    reply_fails(SLICE("\r\n"), "without a code");
    reply_fails(SLICE("25\r\n"), "without a code");
    reply_fails(SLICE("+50 x\r\n"), "without a code");
    reply_fails(SLICE("150 x\r\n"), "outside 200 to 599");
    reply_fails(SLICE("600 x\r\n"), "outside 200 to 599");
    reply_fails(SLICE("2500 x\r\n"), "neither");
    reply_fails(SLICE("250-a\r\n550 b\r\n"), "differ: 250 and 550");
    char line[2100];
    memset(line, 'a', sizeof line);
    memcpy(line, "250 ", 4);
    reply_fails((struct slice){line, sizeof line}, "too long");
    struct buf lines;
    buf_init(&lines, 10000);
    for (int i = 0; i < 101; i++)
        buf_add(&lines, SLICE("250-x\r\n"));
    reply_fails(buf_slice(&lines), "more than 100 lines");
    buf_fini(&lines);
}

static void
remote_text_is_sanitised_and_bounded(void **state)
{
    (void)state;
    struct slice data = SLICE("550-a\0b\x1b[31m\tc\xff\r\n550 d\re\r\n");
    struct remote_reply reply = read_reply(data, data.len);
    assert_slice(reply.first, "a b [31m c?");
    assert_slice(reply.text, "a b [31m c?\r\nd e");
    struct buf lines;
    buf_init(&lines, 100000);
    for (int i = 0; i < 99; i++)
        buf_printf(&lines, "550-%0100d\r\n", i);
    buf_add(&lines, SLICE("550 end\r\n"));
    reply = read_reply(buf_slice(&lines), lines.len);
    assert_true(reply.text.len <= 900);
    assert_int_equal(reply.line_count, 100);
    buf_fini(&lines);
}

int
main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(table_has_the_words_of_ses),
        TEST(every_reply_is_one_line_with_a_code),
        TEST(failure_is_answered_by_its_code),
        TEST(text_with_a_code_of_its_own_keeps_it),
        TEST(failure_text_cannot_begin_a_line_of_its_own),
        TEST(one_line_is_a_reply),
        TEST(lines_of_one_reply_are_joined),
        TEST(unfinished_reply_needs_more),
        TEST(status_is_taken_only_when_it_is_one),
        TEST(what_is_no_reply_is_refused),
        TEST(remote_text_is_sanitised_and_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
