/* What leaves: what is taken off, what is put on, and what keeps its bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "mail/outgoing.h"

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

static const struct outgoing ours = {
    .message_id = {"0100018c40f0e6d8-e9683548-000000", 32},
    .message_id_domain = {"test1.com", 9},
    .feedback_id = {"::1.us-east-1.abc=:AmazonSES", 28},
    .accepted_ms = 1701896578776,
};

#define OUR_ID       "Message-ID: <0100018c40f0e6d8-e9683548-000000@test1.com>\r\n"
#define OUR_DATE     "Date: Wed, 6 Dec 2023 21:02:58 +0000\r\n"
#define OUR_MIME     "MIME-Version: 1.0\r\n"
#define OUR_FEEDBACK "Feedback-ID: ::1.us-east-1.abc=:AmazonSES\r\n"

static struct header
parsed(const char *block)
{
    struct header header;
    if (header_parse(arena, slice_of(block), &header, &err) != RC_OK)
        fail_msg("%s", err.text);
    return header;
}

static void
becomes(const char *block, const char *expected)
{
    struct header header = parsed(block);
    assert_slice(outgoing_header(arena, &header, &ours), expected);
}

static void
missing_id_and_date_come_before_the_feedback_id(void **state)
{
    (void)state;
    becomes("From: a@b\r\nSubject: x\r\n",
            "From: a@b\r\nSubject: x\r\n" OUR_MIME OUR_ID OUR_DATE OUR_FEEDBACK);
    becomes("", OUR_MIME OUR_ID OUR_DATE OUR_FEEDBACK);
}

static void
id_and_date_are_replaced_where_they_stood(void **state)
{
    (void)state;
    becomes("date: Mon, 1 Jan 2001 00:00:00 +0900\r\nFrom: a@b\r\nMESSAGE-ID:\r\n <x@laptop>\r\n"
            "Subject: x\r\n",
            OUR_DATE "From: a@b\r\n" OUR_ID "Subject: x\r\n" OUR_MIME OUR_FEEDBACK);
    becomes("Date: a\r\nFrom: a@b\r\nDate: b\r\n",
            OUR_DATE "From: a@b\r\n" OUR_MIME OUR_ID OUR_FEEDBACK);
}

static void
fields_that_show_the_submitters_system_are_removed(void **state)
{
    (void)state;
    becomes(
        "Received: from laptop [192.0.2.1]\r\n\tby x; y\r\nRECEIVED: z\r\n"
        "X-Originating-IP: [192.0.2.1]\r\nX-Originating-Anything: a@b\r\nReturn-Path: <a@b>\r\n"
        "X-Received: by a\r\nX-Forwarded-For: 192.0.2.1\r\nX-Client-IP: 192.0.2.1\r\n"
        "Delivered-To: c\r\nBcc: d@e\r\nResent-Bcc: f@g\r\nFeedback-ID: mine\r\n"
        "X-SES-CONFIGURATION-SET: set\r\nx-ses-anything: x\r\nX-SESSION: kept\r\n"
        "X-Mailer: kept\r\nFrom: a@b\r\n",
        "X-SESSION: kept\r\nX-Mailer: kept\r\nFrom: a@b\r\n" OUR_MIME OUR_ID OUR_DATE OUR_FEEDBACK);
}

static void
other_fields_keep_their_bytes(void **state)
{
    (void)state;
    becomes("SUBJECT:  odd   spacing \r\n\tand folds\r\nDKIM-Signature: v=1;\r\n b=x\r\n",
            "SUBJECT:  odd   spacing \r\n\tand folds\r\nDKIM-Signature: v=1;\r\n b=x\r\n" OUR_MIME
                OUR_ID OUR_DATE OUR_FEEDBACK);
}

static void
mime_version_is_added_when_it_is_missing(void **state)
{
    (void)state;
    becomes("content-type: text/html\r\n",
            "content-type: text/html\r\nMIME-Version: 1.0\r\n" OUR_ID OUR_DATE OUR_FEEDBACK);
    becomes(
        "Content-Transfer-Encoding: 8bit\r\n",
        "Content-Transfer-Encoding: 8bit\r\nMIME-Version: 1.0\r\n" OUR_ID OUR_DATE OUR_FEEDBACK);
    becomes("Mime-version: 1.0\r\nContent-Type: text/html\r\n",
            "Mime-version: 1.0\r\nContent-Type: text/html\r\n" OUR_ID OUR_DATE OUR_FEEDBACK);
}

static void
no_feedback_id_is_written_when_there_is_none(void **state)
{
    (void)state;
    struct header header = parsed("From: a@b\r\n");
    struct outgoing without = ours;
    without.feedback_id = SLICE("");
    assert_slice(outgoing_header(arena, &header, &without),
                 "From: a@b\r\n" OUR_MIME OUR_ID OUR_DATE);
}

static void
large_header_leaves_whole(void **state)
{
    (void)state;
    struct buf block;
    buf_init(&block, HEADER_MAX);
    for (size_t i = 0; i < 260; i++)
        buf_printf(&block, "X-%zu: %0980d\r\n", i, 0);
    struct header header;
    assert_int_equal(header_parse(arena, buf_slice(&block), &header, &err), RC_OK);
    struct slice out = outgoing_header(arena, &header, &ours);
    assert_true(slice_starts(out, buf_slice(&block)));
    assert_true(slice_ends(out, SLICE(OUR_MIME OUR_ID OUR_DATE OUR_FEEDBACK)));
    buf_fini(&block);
}

static void
first_request_header_counts(void **state)
{
    (void)state;
    struct request_headers request;
    struct header header = parsed("x-ses-configuration-set:  one \r\n"
                                  "X-SES-CONFIGURATION-SET: two\r\n"
                                  "X-SES-MESSAGE-TAGS: a=b,\r\n c=d\r\n"
                                  "X-SES-SOURCE-ARN: arn:s\r\nX-SES-FROM-ARN: arn:f\r\n"
                                  "X-SES-RETURN-PATH-ARN: arn:r\r\n");
    assert_int_equal(outgoing_request_headers(arena, &header, &request, NULL), RC_OK);
    assert_slice(request.configuration_set, "one");
    assert_slice(request.message_tags, "a=b, c=d");
    assert_slice(request.source_arn, "arn:s");
    assert_slice(request.from_arn, "arn:f");
    assert_slice(request.return_path_arn, "arn:r");
    header = parsed("From: a@b\r\n");
    assert_int_equal(outgoing_request_headers(arena, &header, &request, NULL), RC_OK);
    assert_slice(request.configuration_set, "");
    assert_slice(request.return_path_arn, "");
}

static void
what_cannot_be_done_is_refused_by_name(void **state)
{
    (void)state;
    static const struct {
        const char *block, *word;
    } rows[] = {
        {"X-SES-TENANT: t\r\n", "'X-SES-TENANT'"},
        {"X-SES-LIST-MANAGEMENT-OPTIONS: l; t\r\n", "'X-SES-LIST-MANAGEMENT-OPTIONS'"},
        {"X-SES-LIST-MANAGEMENT-OPTIONS: l; topic=\r\n", "'X-SES-LIST-MANAGEMENT-OPTIONS'"},
        {"X-SES-LIST-MANAGEMENT-OPTIONS: ; topic=t\r\n", "'X-SES-LIST-MANAGEMENT-OPTIONS'"},
        {"X-SES-MESSAGE-TAGS: ***\r\n", "'X-SES-MESSAGE-TAGS'"},
        {"X-SES-MESSAGE-TAGS: a=b,\r\n", "tag 2"},
        {"X-SES-MESSAGE-TAGS: a=\r\n", "tag 1"},
        {"X-SES-MESSAGE-TAGS: a.b=c\r\n", "tag 1"},
        {"X-SES-MESSAGE-TAGS: a=b c\r\n", "tag 1"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct request_headers request;
        struct header header = parsed(rows[i].block);
        if (outgoing_request_headers(arena, &header, &request, &err) != RC_DENIED ||
            !strstr(err.text, rows[i].word))
            fail_msg("%s -> %s", rows[i].block, err.text);
    }
    struct request_headers request;
    struct header header = parsed("X-SES-MESSAGE-TAGS: a-b=c.d@e , x_1=y\r\nX-SES-TENANT: \r\n");
    assert_int_equal(outgoing_request_headers(arena, &header, &request, NULL), RC_OK);
}

static void
list_and_topic_are_read(void **state)
{
    (void)state;
    struct request_headers request;
    struct header header = parsed("X-SES-LIST-MANAGEMENT-OPTIONS: people ;\r\n Topic= news \r\n");
    assert_int_equal(outgoing_request_headers(arena, &header, &request, NULL), RC_OK);
    assert_slice(request.list_management.list, "people");
    assert_slice(request.list_management.topic, "news");
    header = parsed("X-SES-LIST-MANAGEMENT-OPTIONS: people\r\n");
    assert_int_equal(outgoing_request_headers(arena, &header, &request, NULL), RC_OK);
    assert_slice(request.list_management.list, "people");
    assert_slice(request.list_management.topic, "");
    header = parsed("Subject: x\r\n");
    assert_int_equal(outgoing_request_headers(arena, &header, &request, NULL), RC_OK);
    assert_slice(request.list_management.list, "");
}

/* RFC 8058 §3.1. What the sender wrote stands where it stood, as ours; alone it is left alone. */
static void
with_a_list_the_link_is_ours(void **state)
{
    (void)state;
    struct outgoing managed = ours;
    managed.unsubscribe = SLICE("https://mail.example/unsubscribe?token=x");
    struct header header = parsed("List-Unsubscribe: <mailto:a@b>\r\nFrom: a@b\r\n"
                                  "list-unsubscribe: <mailto:c@d>\r\n");
    assert_slice(
        outgoing_header(arena, &header, &managed),
        "List-Unsubscribe: <https://mail.example/unsubscribe?token=x>\r\nFrom: a@b\r\n" OUR_MIME
            OUR_ID OUR_DATE "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" OUR_FEEDBACK);
    header = parsed("List-Unsubscribe: <mailto:a@b>\r\nFrom: a@b\r\n");
    assert_slice(
        outgoing_header(arena, &header, &ours),
        "List-Unsubscribe: <mailto:a@b>\r\nFrom: a@b\r\n" OUR_MIME OUR_ID OUR_DATE OUR_FEEDBACK);
}

int
main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(missing_id_and_date_come_before_the_feedback_id),
        TEST(id_and_date_are_replaced_where_they_stood),
        TEST(fields_that_show_the_submitters_system_are_removed),
        TEST(other_fields_keep_their_bytes),
        TEST(mime_version_is_added_when_it_is_missing),
        TEST(no_feedback_id_is_written_when_there_is_none),
        TEST(large_header_leaves_whole),
        TEST(first_request_header_counts),
        TEST(what_cannot_be_done_is_refused_by_name),
        TEST(list_and_topic_are_read),
        TEST(with_a_list_the_link_is_ours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
