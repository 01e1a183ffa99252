/* The header block: where it ends, what it may hold, and what its values say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "mail/header.h"

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

static struct slice
repeated(const char *piece, size_t times)
{
    size_t len = strlen(piece);
    char *text = arena_alloc(arena, len * times);
    for (size_t i = 0; i < times; i++)
        memcpy(text + i * len, piece, len);
    return (struct slice){text, len * times};
}

/* ---- the end of the block ---- */

static void
block_ends_after_its_empty_line(void **state)
{
    (void)state;
    size_t end = 0;
    assert_int_equal(header_end(SLICE("A: b\r\n\r\nbody"), &end, &err), RC_OK);
    assert_int_equal(end, 8);
    assert_int_equal(header_end(SLICE("\r\nbody\r\n\r\n"), &end, &err), RC_OK);
    assert_int_equal(end, 2);
}

static void
block_without_empty_line_needs_more(void **state)
{
    (void)state;
    size_t end = 7;
    static const char *const partial[] = {"", "\r", "A: b", "A: b\r\n\r", "A: b\n\nx", "A\r\r\n"};
    for (size_t i = 0; i < sizeof partial / sizeof partial[0]; i++)
        assert_int_equal(header_end(slice_of(partial[i]), &end, &err), RC_AGAIN);
    assert_int_equal(end, 7);
}

static void
end_is_found_wherever_the_data_was_cut(void **state)
{
    (void)state;
    struct slice data = SLICE("A: b\r\nC: d\r\n\r\nbody\r\n\r\n");
    for (size_t cut = 0; cut < 14; cut++) {
        size_t end = 0;
        assert_int_equal(header_end(slice_head(data, cut), &end, &err), RC_AGAIN);
        assert_int_equal(header_end_after(data, cut, &end, &err), RC_OK);
        assert_int_equal(end, 14);
    }
}

static void
endless_block_is_refused_at_the_limit(void **state)
{
    (void)state;
    size_t end;
    struct slice block = repeated("A: b\r\n", HEADER_MAX / 6 + 1);
    assert_int_equal(header_end(slice_head(block, HEADER_MAX - 1), &end, &err), RC_AGAIN);
    assert_int_equal(header_end(slice_head(block, HEADER_MAX), &end, &err), RC_LIMIT);
    block = arena_concat(arena, block, SLICE("\r\n"));
    assert_int_equal(header_end(block, &end, &err), RC_LIMIT);
}

/* ---- fields ---- */

static struct header header;

static void
refused(struct slice block, const char *reason)
{
    header = (struct header){0};
    enum rc rc = header_parse(arena, block, &header, &err);
    if (rc == RC_OK)
        fail_msg("taken, without '%s'", reason);
    assert_null(header.fields);
    if (!strstr(err.text, reason))
        fail_msg("'%s' has not '%s'", err.text, reason);
}

static void
fields_keep_their_bytes(void **state)
{
    (void)state;
    struct slice block = SLICE("Subject: one\r\n two\r\n\tthree\r\nX-Empty:\r\nFROM:a@b\r\n");
    assert_int_equal(header_parse(arena, block, &header, &err), RC_OK);
    assert_int_equal(header.count, 3);
    assert_slice(header.fields[0].name, "Subject");
    assert_slice(header.fields[0].value, " one\r\n two\r\n\tthree");
    assert_slice(header.fields[0].raw, "Subject: one\r\n two\r\n\tthree\r\n");
    assert_slice(header.fields[1].value, "");
    assert_slice(header.fields[2].raw, "FROM:a@b\r\n");
    assert_ptr_equal(header_find(&header, "from"), &header.fields[2]);
    assert_null(header_find(&header, "To"));
    assert_int_equal(header_count(&header, "subject"), 1);
    assert_int_equal(header_count(&header, "Date"), 0);
}

static void
empty_block_has_no_fields(void **state)
{
    (void)state;
    assert_int_equal(header_parse(arena, SLICE(""), &header, &err), RC_OK);
    assert_int_equal(header.count, 0);
}

static void
line_without_a_readable_name_is_refused(void **state)
{
    (void)state;
    refused(SLICE("A: b\r\nno colon\r\n"), "header line 2 has no colon");
    refused(SLICE("From : a@b\r\n"), "header 'From' has a space before the colon");
    refused(SLICE("From\t: a@b\r\n"), "header 'From' has a space before the colon");
    refused(SLICE(": a@b\r\n"), "header line 1 has an empty field name");
    refused(SLICE("From a@b: x\r\n"), "not printable");
    refused(SLICE("Fr\x01om: a@b\r\n"), "not printable");
    refused(SLICE("Fr\x7fom: a@b\r\n"), "not printable");
    refused(SLICE(" From: a@b\r\n"), "continues a field, but none has begun");
    refused(SLICE("\r\nA: b\r\n"), "header line 1 has no colon");
}

static void
bytes_that_do_not_belong_are_refused_by_name(void **state)
{
    (void)state;
    refused(SLICE("From: a@b\0\r\n"), "header 'From' holds a NUL byte");
    refused(SLICE("From: a@b\rTo: c\r\n"), "header 'From' holds a bare CR");
    refused(SLICE("From: a@b\nTo: c\r\n"), "header 'From' ends with a bare LF");
    refused(SLICE("From: a@b\r\r\n"), "header 'From' holds a bare CR");
    refused(SLICE("Subject: gr\xc3\xbcn\r\n"), "header 'Subject' holds a byte that is not ASCII");
    refused(SLICE("Subject: x\r\n gr\xc3\xbcn\r\n"), "header 'Subject' holds a byte");
    refused(SLICE("Fr\xc3\xb6m: a@b\r\n"), "header line 1 holds a byte that is not ASCII");
    refused(SLICE("A: b\r\nSubject: x"), "header 'Subject' does not end with CRLF");
    refused(SLICE("\n"), "ends with a bare LF");
}

static void
continuation_of_white_space_only_is_refused(void **state)
{
    (void)state;
    refused(SLICE("Subject: x\r\n \r\n\r\n"), "continuation line of white space only");
    refused(SLICE("Subject:\r\n\t \r\nFrom: a@b\r\n"), "header 'Subject' has a continuation");
}

static void
line_over_998_bytes_is_refused(void **state)
{
    (void)state;
    struct slice value = repeated("a", 995), end = SLICE("\r\n");
    struct slice block = arena_concat(arena, SLICE("A: "), arena_concat(arena, value, end));
    assert_int_equal(header_parse(arena, block, &header, &err), RC_OK);
    refused(arena_concat(arena, SLICE("AB: "), arena_concat(arena, value, end)),
            "header 'AB' has a line longer than 998 bytes");
    refused(arena_concat(arena, SLICE("A: x\r\n b"), arena_concat(arena, repeated("a", 998), end)),
            "header 'A' has a line longer");
}

static void
more_than_a_thousand_fields_are_refused(void **state)
{
    (void)state;
    assert_int_equal(header_parse(arena, repeated("A: b\r\n", 1000), &header, &err), RC_OK);
    assert_int_equal(header.count, 1000);
    refused(repeated("A: b\r\n", 1001), "more than 1000");
    assert_int_equal(err.rc, RC_LIMIT);
}

static void
once_only_field_may_not_repeat(void **state)
{
    (void)state;
    struct slice block = SLICE("DKIM-SIGNATURE: a\r\nX: y\r\nX: z\r\nDkim-Signature: b\r\n");
    assert_int_equal(header_parse(arena, block, &header, &err), RC_OK);
    assert_int_equal(header_check_once(&header, &err), RC_DENIED);
    assert_string_equal(err.text, "Duplicate header 'DKIM-Signature'.");
    block = SLICE("From: a@b\r\nTo: c\r\nTo: d\r\nReceived: x\r\nReceived: y\r\n");
    assert_int_equal(header_parse(arena, block, &header, &err), RC_OK);
    assert_int_equal(header_check_once(&header, &err), RC_OK);
    block = SLICE("From: a@b\r\nfrom: c@d\r\n");
    assert_int_equal(header_parse(arena, block, &header, &err), RC_OK);
    assert_int_equal(header_check_once(&header, &err), RC_DENIED);
    assert_string_equal(err.text, "Duplicate header 'From'.");
    block = SLICE("vbr-info: a\r\nVBR-INFO: b\r\n");
    assert_int_equal(header_parse(arena, block, &header, &err), RC_OK);
    assert_int_equal(header_check_once(&header, &err), RC_DENIED);
    assert_string_equal(err.text, "Duplicate header 'VBR-Info'.");
}

/* ---- values ---- */

static void
unfolding_removes_only_folds(void **state)
{
    (void)state;
    assert_slice(header_unfold(arena, SLICE(" a\r\n b\r\n\tc ")), "a b\tc");
    assert_slice(header_unfold(arena, SLICE(" plain ")), "plain");
    assert_slice(header_unfold(arena, SLICE("")), "");
    assert_slice(header_unfold(arena, SLICE("a\r\nb\rc")), "a\r\nb\rc");
    assert_slice(header_unfold(arena, SLICE("a\r\n ")), "a");
}

static void
decodes_to(const char *value, const char *expected)
{
    assert_slice(header_decode(arena, slice_of(value)), expected);
}

static void
encoded_words_are_decoded(void **state)
{
    (void)state;
    decodes_to("plain", "plain");
    decodes_to("=?utf-8?Q?gr=C3=BCn_und_blau?=", "grün und blau");
    decodes_to("=?UTF-8?b?Z3LDvG4=?=", "grün");
    decodes_to("=?iso-8859-1?q?gr=FCn?=", "grün");
    decodes_to("=?us-ascii*en?Q?green?=", "green");
    decodes_to("=?windows-1252?Q?=80?=", "€");
    decodes_to("=?koi8-r?B?8NLJ18XU?=", "Привет");
    decodes_to("=?gb2312?B?xOO6ww==?=", "你好");
    decodes_to("a =?utf-8?Q?b?= c", "a b c");
    decodes_to("a=?utf-8?Q?b?=c", "abc");
    decodes_to("=?utf-8?Q?\?=", "");
}

static void
adjacent_encoded_words_are_joined(void **state)
{
    (void)state;
    decodes_to("=?utf-8?Q?a?= =?utf-8?Q?b?=", "ab");
    decodes_to("=?utf-8?Q?a?=  \t=?utf-8?B?Yg==?=", "ab");
    decodes_to("=?utf-8?Q?a?= x =?utf-8?Q?b?=", "a x b");
    decodes_to("=?utf-8?Q?gr=C3?= =?utf-8?Q?=BCn?=", "grün");
    decodes_to("=?utf-8?B?Z3LD?= =?utf-8?B?vG4=?=", "grün");
    decodes_to("=?utf-8?Q?a?= =?iso-8859-1?Q?=FC?=", "aü");
    decodes_to("=?iso-2022-jp?B?GyRCOzMbKEI=?= =?iso-2022-jp?B?GyRCRUQbKEI=?=", "山田");
}

static void
what_is_no_encoded_word_stays(void **state)
{
    (void)state;
    decodes_to("=?utf-8?X?a?=", "=?utf-8?X?a?=");
    decodes_to("=?utf-8?Q?a", "=?utf-8?Q?a");
    decodes_to("=?", "=?");
    decodes_to("=?utf-8?Q?100=", "=?utf-8?Q?100=");
    decodes_to("=?utf-8?Q?=4?=", "=4");
    decodes_to("=?=?utf-8?Q?a?=", "=?a");
}

static void
unknown_charset_hides_nothing(void **state)
{
    (void)state;
    decodes_to("=?no-such-charset?Q?ceo=40test2.com?=", "ceo@test2.com");
    decodes_to("=?utf-8//IGNORE?Q?a?=", "a");
    decodes_to("=?\?Q?a?=", "a");
    decodes_to("=?no-such-charset?Q?=FC?= =?utf-8?Q?b?=", "\xef\xbf\xbd"
                                                          "b");
}

static void
controls_and_broken_text_become_the_replacement_character(void **state)
{
    (void)state;
    decodes_to("=?utf-8?Q?a=00b?=", "a\xef\xbf\xbd"
                                    "b");
    decodes_to("=?utf-8?Q?a=0D=0Ab?=", "a\xef\xbf\xbd\xef\xbf\xbd"
                                       "b");
    decodes_to("=?utf-8?Q?=C2=85?=", "\xef\xbf\xbd\xef\xbf\xbd");
    decodes_to("=?utf-8?Q?=FF?=", "\xef\xbf\xbd");
    decodes_to("=?utf-8?Q?=C0=80?=", "\xef\xbf\xbd\xef\xbf\xbd");
    decodes_to("=?euc-jp?Q?=8Fa?=", "\xef\xbf\xbd"
                                    "a");
    decodes_to("a\tb\x01", "a b\xef\xbf\xbd");
}

static void
hostile_value_is_decoded_in_linear_time(void **state)
{
    (void)state;
    assert_int_equal(header_decode(arena, repeated("=?a?q?x", 40000)).len, 280000);
    assert_int_equal(header_decode(arena, repeated("=?", 120000)).len, 240000);
    struct slice switching = repeated("=?cp437?Q?a?==?cp850?Q?b?=", 10000);
    assert_true(header_decode(arena, switching).len > 0);
}

int
main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(block_ends_after_its_empty_line),
        TEST(block_without_empty_line_needs_more),
        TEST(end_is_found_wherever_the_data_was_cut),
        TEST(endless_block_is_refused_at_the_limit),
        TEST(fields_keep_their_bytes),
        TEST(empty_block_has_no_fields),
        TEST(line_without_a_readable_name_is_refused),
        TEST(bytes_that_do_not_belong_are_refused_by_name),
        TEST(continuation_of_white_space_only_is_refused),
        TEST(line_over_998_bytes_is_refused),
        TEST(more_than_a_thousand_fields_are_refused),
        TEST(once_only_field_may_not_repeat),
        TEST(unfolding_removes_only_folds),
        TEST(encoded_words_are_decoded),
        TEST(adjacent_encoded_words_are_joined),
        TEST(what_is_no_encoded_word_stays),
        TEST(unknown_charset_hides_nothing),
        TEST(controls_and_broken_text_become_the_replacement_character),
        TEST(hostile_value_is_decoded_in_linear_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
