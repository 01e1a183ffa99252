#include "mail/reply.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct arena *arena;
static struct remote_reply reply;
static size_t consumed;

static enum rc
parse(struct slice data)
{
    struct err err;
    return reply_parse(arena, data, &reply, &consumed, &err);
}

static void
the_table_says_what_ses_says(void **state)
{
    (void)state;
    assert_string_equal(reply_text(REPLY_AUTHENTICATED), "235 Authentication successful.");
    assert_string_equal(reply_text(REPLY_START_DATA), "354 End data with <CR><LF>.<CR><LF>");
    assert_string_equal(reply_text(REPLY_TIMEOUT),
                        "451 4.4.2 Timeout waiting for data from client.");
    assert_string_equal(reply_text(REPLY_INVALID_MAIL_FROM),
                        "501 Invalid MAIL FROM address provided");
    assert_string_equal(reply_text(REPLY_AUTH_INVALID), "535 Authentication Credentials Invalid");
    assert_string_equal(reply_text(REPLY_MUST_STARTTLS), "530 Must issue a STARTTLS command first");
    for (int i = 0; i < REPLY_COUNT; i++) {
        const char *text = reply_text((enum reply)i);
        assert_true(text[0] >= '2' && text[0] <= '5' && text[3] == ' ');
    }
}

static void
failures_become_replies_by_their_code(void **state)
{
    (void)state;
    assert_true(slice_is(reply_for(arena, RC_DENIED, SLICE("Message rejected: x")),
                         "554 Message rejected: x"));
    assert_true(slice_is(reply_for(arena, RC_DENIED, SLICE("454 Throttling failure: x")),
                         "454 Throttling failure: x"));
    assert_true(slice_starts(reply_for(arena, RC_TEMPORARY, SLICE("disk on fire")), SLICE("451 ")));
}

static void
a_reply_of_several_lines_is_read_whole(void **state)
{
    (void)state;
    assert_int_equal(parse(SLICE("250-mx.example\r\n250-SIZE 100\r\n250 8BITMIME\r\nMORE")), RC_OK);
    assert_int_equal(reply.code, 250);
    assert_int_equal(reply.line_count, 3);
    assert_true(slice_is(reply.lines[1], "SIZE 100"));
    assert_int_equal(consumed, 44);
}

static void
an_incomplete_reply_waits(void **state)
{
    (void)state;
    static const char whole[] = "550-5.1.1 no\r\n550 5.1.1 such user\r\n";
    for (size_t len = 0; len < sizeof whole - 1; len++)
        assert_int_equal(parse((struct slice){whole, len}), RC_AGAIN);
    assert_int_equal(parse(SLICE("550-5.1.1 no\r\n550 5.1.1 such user\r\n")), RC_OK);
    assert_true(slice_is(reply.status, "5.1.1"));
}

static void
an_enhanced_status_of_another_class_is_not_believed(void **state)
{
    (void)state;
    assert_int_equal(parse(SLICE("450 5.1.1 odd\r\n")), RC_OK);
    assert_int_equal(reply.status.len, 0);
}

static void
what_is_no_reply_is_refused(void **state)
{
    static const char *const bad[] = {"hello\r\n",          "99 x\r\n",   "600 x\r\n", "150 x\r\n",
                                      "250-a\r\n550 b\r\n", "2500 x\r\n", "250_x\r\n"};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (parse(slice_of(bad[i])) != RC_SYNTAX)
            fail_msg("%s was taken", bad[i]);
}

static void
control_characters_of_a_remote_text_do_not_come_through(void **state)
{
    (void)state;
    assert_int_equal(parse(SLICE("550 a\x1b[31mb\x01\r\n")), RC_OK);
    for (size_t i = 0; i < reply.text.len; i++)
        assert_true((unsigned char)reply.text.ptr[i] >= ' ' || reply.text.ptr[i] == '\r' ||
                    reply.text.ptr[i] == '\n');
}

static void
an_endless_reply_is_cut_off(void **state)
{
    struct buf flood;
    (void)state;
    buf_init(&flood, 100000);
    for (int i = 0; i < 200; i++)
        buf_add_cstr(&flood, "250-more\r\n");
    assert_int_equal(parse(buf_slice(&flood)), RC_SYNTAX);
    buf_reset(&flood);
    for (int i = 0; i < 3000; i++)
        buf_add_char(&flood, '2');
    assert_int_equal(parse(buf_slice(&flood)), RC_SYNTAX);
    buf_fini(&flood);
}

static int
setup(void **state)
{
    (void)state;
    arena = arena_new();
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_table_says_what_ses_says),
        TEST(failures_become_replies_by_their_code),
        TEST(a_reply_of_several_lines_is_read_whole),
        TEST(an_incomplete_reply_waits),
        TEST(an_enhanced_status_of_another_class_is_not_believed),
        TEST(what_is_no_reply_is_refused),
        TEST(control_characters_of_a_remote_text_do_not_come_through),
        TEST(an_endless_reply_is_cut_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
