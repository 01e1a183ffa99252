#include "mail/dsn.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct arena *arena;

static struct slice
build(struct slice diagnostic, struct slice header)
{
    struct dsn_recipient failed = {.address = SLICE("ana@sink.example"),
                                   .status = SLICE("5.1.1"),
                                   .diagnostic = diagnostic,
                                   .remote_mta = SLICE("mx.sink.example"),
                                   .last_attempt_ms = 1701896578776};
    struct dsn dsn = {.hostname = SLICE("mail.provider.example"),
                      .to = SLICE("taro@test1.com"),
                      .message_id = SLICE("id@mail.provider.example"),
                      .original_id = SLICE("0100-id"),
                      .original_header = header,
                      .arrived_ms = 1701896500000,
                      .now_ms = 1701896578776,
                      .recipients = &failed,
                      .count = 1};
    return dsn_build(arena, &dsn);
}

static bool
has(struct slice message, const char *text)
{
    return slice_find(message, slice_of(text)) != SLICE_NONE;
}

static void
assert_clean(struct slice message)
{
    for (size_t i = 0; i < message.len; i++) {
        unsigned char c = (unsigned char)message.ptr[i];
        assert_true((c >= ' ' && c < 127) || c == '\t' || c == '\r' || c == '\n');
        if (c == '\n')
            assert_true(i > 0 && message.ptr[i - 1] == '\r');
        if (c == '\r')
            assert_true(i + 1 < message.len && message.ptr[i + 1] == '\n');
    }
}

static void
a_report_has_the_fields_of_rfc_3464(void **state)
{
    struct slice message = build(SLICE("550 5.1.1 user unknown"), SLICE("Subject: hello\r\n"));
    static const char *const wanted[] = {"To: <taro@test1.com>\r\n",
                                         "Auto-Submitted: auto-",
                                         "multipart/report",
                                         "report-type=delivery-status",
                                         "Reporting-MTA: dns; mail.provider.example\r\n",
                                         "Final-Recipient: rfc822; ana@sink.example\r\n",
                                         "Action: failed\r\n",
                                         "Status: 5.1.1\r\n",
                                         "Diagnostic-Code: smtp; 550 5.1.1 user unknown\r\n",
                                         "Subject: hello\r\n",
                                         "Message-ID: <id@mail.provider.example>\r\n"};
    (void)state;
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
        if (!has(message, wanted[i]))
            fail_msg("missing: %s\nin:\n%s", wanted[i], message.ptr);
    assert_clean(message);
}

static void
a_remote_reply_cannot_add_fields_or_parts(void **state)
{
    struct slice message =
        build(SLICE("550 no\r\n\r\n--boundary\r\nBcc: everybody@b.example\x1b\x80"),
              SLICE("Subject: \xe5\x01\r\nEvil\r\n"));
    (void)state;
    assert_clean(message);
    assert_false(has(message, "\r\nBcc: everybody"));
}

static void
a_notice_carries_japanese_as_encoded_words(void **state)
{
    struct slice message =
        dsn_notice(arena, SLICE("postmaster@mail.provider.example"), SLICE("taro@test1.com"),
                   SLICE("\xe7\xa2\xba\xe8\xaa\x8d"), SLICE("id@x.example"), 1701896578776,
                   SLICE("\xe6\x9c\xac\xe6\x96\x87\r\nline\r\n"));
    (void)state;
    assert_true(has(message, "Subject: =?utf-8?") || has(message, "Subject: =?UTF-8?"));
    assert_clean(message);
}

static void
a_subject_cannot_add_fields(void **state)
{
    struct slice message = dsn_notice(arena, SLICE("postmaster@mail.provider.example"),
                                      SLICE("taro@test1.com"), SLICE("x\r\nBcc: y@z.example"),
                                      SLICE("id@x.example"), 1701896578776, SLICE("text\r\n"));
    (void)state;
    assert_clean(message);
    assert_false(has(message, "\r\nBcc:"));
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
        TEST(a_report_has_the_fields_of_rfc_3464),
        TEST(a_remote_reply_cannot_add_fields_or_parts),
        TEST(a_notice_carries_japanese_as_encoded_words),
        TEST(a_subject_cannot_add_fields),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
