/* Abuse reports (RFC 5965), and what only looks like one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mail/complaint.h"

#define HEADER                                                                                     \
    "From: <fbl@example.net>\r\nContent-Type: multipart/report; report-type=feedback-report;\r\n"  \
    " boundary=b\r\nSubject: x\r\n\r\n"
#define PART "--b\r\nContent-Type: message/feedback-report\r\n\r\n"

static bool
complains(const char *message)
{
    return complaint_is_one(slice_of(message));
}

static void
complaints_are_found(void **state)
{
    (void)state;
    assert_true(complains(HEADER PART "Feedback-Type: abuse\r\n"));
    assert_true(complains(HEADER PART "Version: 1\r\nfeedback-type:FRAUD\r\n\r\n--b--\r\n"));
    assert_true(complains(HEADER "--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n" PART
                                 "Feedback-Type: virus"));
    assert_true(complains(HEADER PART "Feedback-Type: other\r\n"));
}

static void
line_ends_may_be_of_either_kind(void **state)
{
    (void)state;
    assert_true(complains("Content-Type: multipart/report;\n\treport-type=\"feedback-report\"\n\n"
                          "--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\n"));
}

static void
reports_of_something_else_do_not_complain(void **state)
{
    (void)state;
    assert_false(complains(HEADER PART "Feedback-Type: not-spam\r\n"));
    assert_false(complains(HEADER PART "Feedback-Type: auth-failure\r\n"));
    assert_false(complains(HEADER PART "Feedback-Type: abusex\r\n"));
    assert_false(complains(HEADER PART "Feedback-Type: not-spam\r\nFeedback-Type: abuse\r\n"));
    assert_false(
        complains("Content-Type: multipart/report; report-type=delivery-status\r\n\r\n" PART
                  "Feedback-Type: abuse\r\n"));
}

static void
words_elsewhere_do_not_count(void **state)
{
    (void)state;
    assert_false(complains("Subject: multipart/report feedback-report\r\n\r\n" PART
                           "Feedback-Type: abuse\r\n"));
    assert_false(complains("Content-Type: multipart/report\r\nSubject: x\r\n feedback-report\r\n"
                           "\r\n" PART "Feedback-Type: abuse\r\n"));
    assert_false(complains(HEADER "Feedback-Type: abuse\r\n"));
    assert_false(complains(HEADER PART "\r\nFeedback-Type: abuse\r\n"));
    assert_false(complains(HEADER PART "--b\r\nFeedback-Type: abuse\r\n"));
    assert_false(complains(HEADER));
    assert_false(complains("\r\n"));
    assert_false(complains(""));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(complaints_are_found),
        cmocka_unit_test(line_ends_may_be_of_either_kind),
        cmocka_unit_test(reports_of_something_else_do_not_complain),
        cmocka_unit_test(words_elsewhere_do_not_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
