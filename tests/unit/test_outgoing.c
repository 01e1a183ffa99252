#include "mail/outgoing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct arena *arena;

static struct header
parse(const char *block)
{
    struct header header;
    struct err err = {0};
    if (header_parse(arena, slice_of(block), &header, &err) != RC_OK)
        fail_msg("%s", err.text);
    return header;
}

static const char *
leaves(const char *block)
{
    struct header header = parse(block);
    struct outgoing outgoing = {.message_id = SLICE("0100-id"),
                                .message_id_domain = SLICE("test1.com"),
                                .feedback_id = SLICE("abc:test1.com"),
                                .accepted_ms = 1701896578776};
    return outgoing_header(arena, &header, &outgoing).ptr;
}

#define OURS "Message-ID: <0100-id@test1.com>\r\nDate: Wed, 6 Dec 2023 21:02:58 +0000\r\n"
#define LAST "Feedback-ID: abc:test1.com\r\n"

static void
message_id_and_date_come_before_feedback_id_when_there_were_none(void **state)
{
    (void)state;
    assert_string_equal(leaves("From: a@b.example\r\nSubject: x\r\n"),
                        "From: a@b.example\r\nSubject: x\r\n" OURS LAST);
}

static void
message_id_and_date_are_replaced_where_they_stood(void **state)
{
    (void)state;
    assert_string_equal(leaves("message-id: <mine@host.local>\r\nFrom: a@b.example\r\n"
                               "DATE: Thu, 1 Jan 1970 00:00:00 +0900\r\nSubject: x\r\n"),
                        "Message-ID: <0100-id@test1.com>\r\nFrom: a@b.example\r\n"
                        "Date: Wed, 6 Dec 2023 21:02:58 +0000\r\nSubject: x\r\n" LAST);
}

static void
what_shows_the_submitters_machine_or_hidden_recipients_is_removed(void **state)
{
    (void)state;
    assert_string_equal(
        leaves("Received: from laptop.local (192.0.2.7)\r\n\tby smtp.local; now\r\n"
               "From: a@b.example\r\nbcc: secret@c.example\r\nResent-Bcc: s@c.example\r\n"
               "Return-Path: <a@b.example>\r\nX-SES-CONFIGURATION-SET: news\r\n"
               "X-Originating-IP: [192.0.2.7]\r\nFeedback-ID: mine\r\nX-Mailer: mutt\r\n"
               "x-ses-message-tags: a=b\r\n"),
        "From: a@b.example\r\nX-Mailer: mutt\r\n" OURS LAST);
}

static void
other_fields_keep_their_bytes_and_folds(void **state)
{
    (void)state;
    assert_non_null(strstr(leaves("From: a@b.example\r\nSubject:  two\r\n  lines \r\n"),
                           "Subject:  two\r\n  lines \r\n"));
}

static void
mime_version_is_added_only_to_mime_without_it(void **state)
{
    (void)state;
    assert_non_null(strstr(leaves("From: a@b.example\r\nContent-Type: text/plain\r\n"),
                           "MIME-Version: 1.0\r\n"));
    assert_null(strstr(leaves("From: a@b.example\r\n"), "MIME-Version"));
    const char *kept = leaves("From: a@b.example\r\nMime-Version: 1.0 (x)\r\n"
                              "Content-Type: text/plain\r\n");
    assert_non_null(strstr(kept, "Mime-Version: 1.0 (x)\r\n"));
    assert_null(strstr(kept, "MIME-Version"));
}

static void
of_repeated_request_headers_the_first_counts(void **state)
{
    struct request_headers found;
    struct header header =
        parse("X-SES-CONFIGURATION-SET: first\r\nFrom: a@b.example\r\n"
              "x-ses-configuration-set: second\r\n"
              "X-SES-FROM-ARN: arn:aws:ses:us-east-1:1:identity/\r\n b.example\r\n");
    (void)state;
    outgoing_request_headers(arena, &header, &found);
    assert_true(slice_is(found.configuration_set, "first"));
    assert_true(slice_starts(found.from_arn, SLICE("arn:aws:ses:us-east-1:1:identity/")));
    assert_int_equal(found.source_arn.len, 0);
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
        TEST(message_id_and_date_come_before_feedback_id_when_there_were_none),
        TEST(message_id_and_date_are_replaced_where_they_stood),
        TEST(what_shows_the_submitters_machine_or_hidden_recipients_is_removed),
        TEST(other_fields_keep_their_bytes_and_folds),
        TEST(mime_version_is_added_only_to_mime_without_it),
        TEST(of_repeated_request_headers_the_first_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
