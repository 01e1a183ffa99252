/* Mail of our own: exact messages, and that nothing quoted in them can pass for ours. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "mail/dsn.h"

static struct arena *arena;

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

static const struct dsn_recipient jiro = {
    .address = {"jiro@test2.com", 14},
    .status = {"5.1.1", 5},
    .diagnostic = {"550 5.1.1 no such user", 22},
    .remote_mta = {"mx.test2.com", 12},
    .last_attempt_ms = 1701896600000,
};

static struct dsn
report(const struct dsn_recipient *recipients, size_t count)
{
    return (struct dsn){
        .hostname = SLICE("mail.example"),
        .to = SLICE("taro@test1.com"),
        .message_id = SLICE("abc-123@mail.example"),
        .original_id = SLICE("0100-uuid-000000"),
        .original_header = SLICE("From: taro@test1.com\r\nSubject: Hello\r\n there\r\n"),
        .arrived_ms = 1701896578776,
        .now_ms = 1701896601000,
        .recipients = recipients,
        .count = count,
    };
}

static void
report_has_three_parts(void **state)
{
    (void)state;
    struct dsn dsn = report(&jiro, 1);
    assert_slice(dsn_build(arena, &dsn),
                 "From: Mail Delivery Subsystem <MAILER-DAEMON@mail.example>\r\n"
                 "To: <taro@test1.com>\r\n"
                 "Subject: Your message could not be delivered\r\n"
                 "Date: Wed, 6 Dec 2023 21:03:21 +0000\r\n"
                 "Message-ID: <abc-123@mail.example>\r\n"
                 "Auto-Submitted: auto-replied\r\n"
                 "MIME-Version: 1.0\r\n"
                 "Content-Type: multipart/report; report-type=delivery-status;\r\n"
                 " boundary=\"=_report_abc123mailexample_0\"\r\n"
                 "\r\n"
                 "--=_report_abc123mailexample_0\r\n"
                 "Content-Type: text/plain; charset=us-ascii\r\n"
                 "\r\n"
                 "Your message could not be delivered to everyone it was meant for.\r\n"
                 "Nothing more will be tried for the recipients listed here; please\r\n"
                 "send it again once the cause is settled.\r\n"
                 "\r\n"
                 "  Message: 0100-uuid-000000\r\n"
                 "  Accepted: Wed, 6 Dec 2023 21:02:58 +0000\r\n"
                 "\r\n"
                 "  <jiro@test2.com>\r\n"
                 "    The receiving server was mx.test2.com\r\n"
                 "    It answered: 550 5.1.1 no such user\r\n"
                 "    Status code: 5.1.1\r\n"
                 "\r\n"
                 "--=_report_abc123mailexample_0\r\n"
                 "Content-Type: message/delivery-status\r\n"
                 "\r\n"
                 "Reporting-MTA: dns; mail.example\r\n"
                 "Arrival-Date: Wed, 6 Dec 2023 21:02:58 +0000\r\n"
                 "\r\n"
                 "Final-Recipient: rfc822; jiro@test2.com\r\n"
                 "Action: failed\r\n"
                 "Status: 5.1.1\r\n"
                 "Remote-MTA: dns; mx.test2.com\r\n"
                 "Diagnostic-Code: smtp; 550 5.1.1 no such user\r\n"
                 "Last-Attempt-Date: Wed, 6 Dec 2023 21:03:20 +0000\r\n"
                 "\r\n"
                 "--=_report_abc123mailexample_0\r\n"
                 "Content-Type: text/rfc822-headers\r\n"
                 "\r\n"
                 "From: taro@test1.com\r\n"
                 "Subject: Hello\r\n"
                 " there\r\n"
                 "\r\n"
                 "--=_report_abc123mailexample_0--\r\n");
}

static bool
contains(struct slice message, const char *text)
{
    return slice_find(message, slice_of(text)) != SLICE_NONE;
}

/* ASCII, CRLF line ends only, no line over 998 bytes. */
static void
is_clean(struct slice message)
{
    size_t column = 0;
    for (size_t i = 0; i < message.len; i++) {
        char c = message.ptr[i];
        assert_true(c == '\t' || c == '\r' || c == '\n' || (c >= ' ' && c <= '~'));
        assert_true((c == '\n') == (i > 0 && message.ptr[i - 1] == '\r'));
        column = c == '\n' ? 0 : column + 1;
        assert_true(column <= 999);
    }
    assert_true(slice_ends(message, SLICE("\r\n")));
}

static void
recipient_without_a_server_has_no_fields_about_one(void **state)
{
    (void)state;
    struct dsn_recipient alone = {.address = SLICE("a@b"), .status = SLICE("4.4.7")};
    struct dsn dsn = report(&alone, 1);
    struct slice message = dsn_build(arena, &dsn);
    assert_true(contains(message, "Status: 4.4.7\r\n"));
    assert_false(contains(message, "Remote-MTA"));
    assert_false(contains(message, "Diagnostic-Code"));
    assert_true(contains(message, "No server accepted the message in time."));
}

static void
each_recipient_has_its_own_group(void **state)
{
    (void)state;
    struct dsn_recipient two[] = {jiro, jiro};
    two[1].address = SLICE("hana@test2.com");
    struct dsn dsn = report(two, 2);
    struct slice message = dsn_build(arena, &dsn);
    assert_true(contains(message, "+0000\r\n\r\nFinal-Recipient: rfc822; hana@test2.com\r\n"));
    assert_true(contains(message, "+0000\r\n\r\nFinal-Recipient: rfc822; jiro@test2.com\r\n"));
}

static void
hostile_reply_cannot_add_a_field_or_a_part(void **state)
{
    (void)state;
    struct dsn_recipient hostile = jiro;
    hostile.diagnostic =
        SLICE("550 x\r\nAction: delivered\r\n\r\n--=_report_abc123mailexample_0\r\n\0\x1b\x80 y");
    hostile.remote_mta = SLICE("mx\r\nFinal-Recipient: rfc822; z@z");
    hostile.address = SLICE("a@b\r\n\r\nAction: relayed");
    hostile.status = SLICE("5.1.1\r\nX: y");
    struct dsn dsn = report(&hostile, 1);
    struct slice message = dsn_build(arena, &dsn);
    is_clean(message);
    assert_false(contains(message, "\r\nAction: delivered"));
    assert_false(contains(message, "\r\nAction: relayed"));
    assert_false(contains(message, "\r\nFinal-Recipient: rfc822; z@z"));
    assert_true(contains(message, "\r\nStatus: 5.0.0\r\n"));
    /* The boundary that was guessed is not the one that was taken. */
    assert_true(contains(message, "boundary=\"=_report_abc123mailexample_1\""));
}

static void
hostile_original_header_stays_inside_its_part(void **state)
{
    (void)state;
    struct dsn dsn = report(&jiro, 1);
    dsn.original_header = SLICE("--=_report_abc123mailexample_0: x\r\nA: \xff\0\r\nB: c\rd\ne");
    struct slice message = dsn_build(arena, &dsn);
    is_clean(message);
    assert_true(contains(message, "A: ?"
                                  "?\r\nB: c?d?e\r\n\r\n--=_report_abc123mailexample_1--"));
}

static void
hostile_names_cannot_add_to_the_header(void **state)
{
    (void)state;
    struct dsn dsn = report(&jiro, 1);
    dsn.to = SLICE("a@b>\r\nBcc: c@d");
    dsn.message_id = SLICE("x\r\nBcc: c@d");
    struct slice message = dsn_build(arena, &dsn);
    is_clean(message);
    assert_false(contains(message, "\r\nBcc:"));
}

static void
long_reply_is_folded_and_cut(void **state)
{
    (void)state;
    char text[5000];
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = i % 8 == 7 ? ' ' : 'w';
    struct dsn_recipient recipient = jiro;
    recipient.diagnostic = (struct slice){text, sizeof text};
    struct dsn dsn = report(&recipient, 1);
    struct slice message = dsn_build(arena, &dsn);
    is_clean(message);
    assert_true(contains(message, "wwwwwww\r\n wwwwwww"));
    assert_true(message.len < 5000);
    memset(text, 'x', sizeof text);
    is_clean(dsn_build(arena, &dsn));
}

/* ---- notices ---- */

static struct slice
notice(const char *subject, const char *text)
{
    struct slice message =
        dsn_notice(arena, SLICE("Postern <no-reply@mail.example>"), SLICE("taro@test1.com"),
                   slice_of(subject), SLICE("id@mail.example"), 1701896578776, slice_of(text));
    is_clean(message);
    return message;
}

static void
plain_notice_stays_readable(void **state)
{
    (void)state;
    assert_slice(notice("Please confirm", "Hello Taro,\n\nopen https://x.example/?a=b \n.\nbye"),
                 "From: Postern <no-reply@mail.example>\r\n"
                 "To: taro@test1.com\r\n"
                 "Subject: Please confirm\r\n"
                 "Date: Wed, 6 Dec 2023 21:02:58 +0000\r\n"
                 "Message-ID: <id@mail.example>\r\n"
                 "Auto-Submitted: auto-generated\r\n"
                 "MIME-Version: 1.0\r\n"
                 "Content-Type: text/plain; charset=utf-8\r\n"
                 "Content-Transfer-Encoding: 7bit\r\n"
                 "\r\n"
                 "Hello Taro,\r\n"
                 "\r\n"
                 "open https://x.example/?a=b \r\n"
                 ".\r\n"
                 "bye\r\n");
}

static void
long_line_of_a_notice_is_broken_softly(void **state)
{
    (void)state;
    char text[1001];
    memset(text, 'a', 1000);
    text[1000] = '\0';
    struct slice message = notice("x", text);
    struct slice body = slice_from(message, slice_find(message, SLICE("\r\n\r\n")) + 4);
    assert_int_equal(slice_chr(body, '\r'), 76);
    assert_int_equal(body.ptr[75], '=');
}

static void
notice_outside_ascii_is_base64_and_its_subject_encoded_words(void **state)
{
    (void)state;
    struct slice message = notice("確認のお願い", "こんにちは");
    assert_true(contains(message, "Subject: =?UTF-8?B?56K66KqN44Gu44GK6aGY44GE?=\r\n"));
    assert_true(contains(message, "Content-Transfer-Encoding: base64\r\n\r\n"
                                  "44GT44KT44Gr44Gh44Gv\r\n"));
    message = notice("確認のお願い確認のお願い確認のお願い", "grün, wie die Wiese");
    assert_true(contains(message, "?=\r\n =?UTF-8?B?"));
    assert_true(contains(message, "gr=C3=BCn, wie die Wiese\r\n"));
}

static void
subject_of_a_notice_cannot_add_a_field(void **state)
{
    (void)state;
    assert_false(contains(notice("a\r\nBcc: x@y", "text"), "\r\nBcc"));
    assert_true(contains(notice("=?utf-8?Q?x?=", "text"), "Subject: =?UTF-8?B?PT91dGYt"));
    assert_true(contains(notice("", ""), "Subject:"));
}

/* What we decided ourselves no server said. */
static void
a_reason_of_our_own_is_no_reply(void **state)
{
    (void)state;
    struct dsn_recipient recipient = jiro;
    recipient.remote_mta = SLICE("");
    recipient.diagnostic = SLICE("It is on the suppression list.");
    struct dsn dsn = report(&recipient, 1);
    struct slice text = dsn_build(arena, &dsn);
    assert_true(slice_find(text, SLICE("Diagnostic-Code: x-local;")) != SLICE_NONE);
    assert_true(slice_find(text, SLICE("smtp;")) == SLICE_NONE);
    assert_true(slice_find(text, SLICE("It answered")) == SLICE_NONE);
    assert_true(slice_find(text, SLICE("    It is on the suppression list.\r\n")) != SLICE_NONE);
}

int
main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(report_has_three_parts),
        TEST(a_reason_of_our_own_is_no_reply),
        TEST(recipient_without_a_server_has_no_fields_about_one),
        TEST(each_recipient_has_its_own_group),
        TEST(hostile_reply_cannot_add_a_field_or_a_part),
        TEST(hostile_original_header_stays_inside_its_part),
        TEST(hostile_names_cannot_add_to_the_header),
        TEST(long_reply_is_folded_and_cut),
        TEST(plain_notice_stays_readable),
        TEST(long_line_of_a_notice_is_broken_softly),
        TEST(notice_outside_ascii_is_base64_and_its_subject_encoded_words),
        TEST(subject_of_a_notice_cannot_add_a_field),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
