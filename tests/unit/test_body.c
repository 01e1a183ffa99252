/* The body scanner: what it refuses, at any depth and however the bytes arrive. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "mail/body.h"

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

static struct slice
repeated(const char *piece, size_t times)
{
    size_t len = strlen(piece);
    char *text = arena_alloc(arena, len * times);
    for (size_t i = 0; i < times; i++)
        memcpy(text + i * len, piece, len);
    return (struct slice){text, len * times};
}

/* What a scan of the message gives when the body comes in pieces of `piece` bytes. */
static enum rc
scan_in(struct slice block, struct slice body, size_t piece, bool *eight_bit)
{
    struct header header;
    assert_int_equal(header_parse(arena, block, &header, &err), RC_OK);
    struct body_scan *scan = body_scan_new(&header);
    for (size_t at = 0; at < body.len; at += piece)
        body_scan_feed(scan, slice_head(slice_from(body, at), piece));
    err.text[0] = '\0';
    enum rc rc = body_scan_finish(scan, &err);
    *eight_bit = body_scan_eight_bit(scan);
    body_scan_free(scan);
    return rc;
}

static void
gives(const char *block, struct slice body, enum rc expected, const char *text)
{
    static const size_t pieces[] = {SIZE_MAX / 2, 1, 2, 7, 64};
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        bool eight_bit;
        enum rc rc = scan_in(slice_of(block), body, pieces[i], &eight_bit);
        if (rc != expected || strcmp(err.text, text) != 0)
            fail_msg("pieces of %zu: %s '%s'", pieces[i], rc_name(rc), err.text);
    }
}

#define PLAIN ""
#define MIXED "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"b\"\r\n"

static void
part_gives(const char *fields, enum rc expected, const char *text)
{
    struct slice body = arena_printf(arena, "preamble\r\n--b\r\n%s\r\ndata\r\n--b--\r\n", fields);
    gives(MIXED, body, expected, text);
}

static void
part_is_refused(const char *fields)
{
    part_gives(fields, RC_DENIED, "Illegal filename 'x.exe'.");
}

static void
plain_body_passes(void **state)
{
    (void)state;
    gives(PLAIN, SLICE(""), RC_OK, "");
    gives(PLAIN, SLICE("Hello\r\n.\r\n\r\n"), RC_OK, "");
    gives(PLAIN, SLICE("no line end"), RC_OK, "");
    gives(PLAIN, SLICE("--b\r\nContent-Disposition: x; filename=x.exe\r\n\r\n"), RC_OK, "");
}

static void
line_ends_other_than_crlf_and_nul_are_refused(void **state)
{
    (void)state;
    gives(PLAIN, SLICE("a\nb\r\n"), RC_SYNTAX, "bare LF in the message body");
    gives(PLAIN, SLICE("\n"), RC_SYNTAX, "bare LF in the message body");
    gives(PLAIN, SLICE("a\rb\r\n"), RC_SYNTAX, "bare CR in the message body");
    gives(PLAIN, SLICE("a\r\r\n"), RC_SYNTAX, "bare CR in the message body");
    gives(PLAIN, SLICE("a\r\nb\r"), RC_SYNTAX, "bare CR in the message body");
    gives(PLAIN, SLICE("a\0b\r\n"), RC_SYNTAX, "NUL in the message body");
    gives(PLAIN, SLICE("\r\n.\r\n\n"), RC_SYNTAX, "bare LF in the message body");
}

static void
first_problem_is_the_one_reported(void **state)
{
    (void)state;
    gives(PLAIN, SLICE("a\nb\0c\rd"), RC_SYNTAX, "bare LF in the message body");
    gives(PLAIN, SLICE("a\0b\nc\rd"), RC_SYNTAX, "NUL in the message body");
    gives(PLAIN, SLICE("a\rb\0c\nd"), RC_SYNTAX, "bare CR in the message body");
    gives(MIXED, SLICE("--b\r\nContent-Type: a/b; name=x.exe\r\n\r\n\0"), RC_DENIED,
          "Illegal filename 'x.exe'.");
}

static void
eight_bit_bytes_are_noted(void **state)
{
    (void)state;
    bool eight_bit;
    assert_int_equal(scan_in(SLICE(PLAIN), SLICE("only ASCII here\r\n"), 5, &eight_bit), RC_OK);
    assert_false(eight_bit);
    struct slice body = SLICE("0123456789012345gr\xc3\xbcn\r\n");
    for (size_t piece = 1; piece < body.len; piece++) {
        assert_int_equal(scan_in(SLICE(PLAIN), body, piece, &eight_bit), RC_OK);
        assert_true(eight_bit);
    }
}

static void
long_line_is_taken_up_to_64_kib(void **state)
{
    (void)state;
    struct slice line = repeated("a", 65535), end = SLICE("\r\n");
    const char *text = "a line of the message body is longer than 65536 bytes";
    bool eight_bit;
    assert_int_equal(scan_in(SLICE(""), arena_concat(arena, line, end), 100, &eight_bit), RC_OK);
    line = repeated("a", 65536);
    for (size_t piece = 1000; piece < 200000; piece *= 3) {
        assert_int_equal(scan_in(SLICE(""), arena_concat(arena, line, end), piece, &eight_bit),
                         RC_LIMIT);
        assert_string_equal(err.text, text);
    }
}

static void
harmless_attachments_pass(void **state)
{
    (void)state;
    part_gives("Content-Type: text/plain\r\n", RC_OK, "");
    part_gives("Content-Disposition: attachment; filename=report.json\r\n", RC_OK, "");
    part_gives("Content-Disposition: attachment; filename*0=report.js; filename*1=on\r\n", RC_OK,
               "");
    part_gives("Content-Disposition: attachment; filename=\"exe\"\r\n", RC_OK, "");
    part_gives("Content-Disposition: attachment; filename=\"x.exe.txt\"\r\n", RC_OK, "");
    part_gives("X-Other: filename=x.exe\r\n", RC_OK, "");
    part_gives("Content-Disposition: attachment; filename(c)=report.txt\r\n", RC_OK, "");
    part_gives("Content-Disposition: attachment; filename='report.txt'\r\n", RC_OK, "");
    part_gives("", RC_OK, "");
}

static void
refused_extension_is_found_in_every_spelling_of_a_name(void **state)
{
    (void)state;
    part_is_refused("Content-Disposition: attachment; filename=x.exe\r\n");
    part_is_refused("Content-Disposition: attachment; filename=\"x.exe\"\r\n");
    part_is_refused("content-disposition:attachment;FILENAME=\"x.exe\"\r\n");
    part_is_refused("Content-Disposition: attachment;\r\n\tfilename=\r\n \"x.exe\"\r\n");
    part_is_refused("Content-Disposition: attachment; filename = x.exe ; size=3\r\n");
    part_is_refused("Content-Disposition: attachment; filename=x.exe trailing\r\n");
    part_is_refused("Content-Disposition: attachment; filename=x.exe(comment)\r\n");
    part_is_refused("Content-Disposition: attachment; a=\";\"; filename=x.exe\r\n");
    part_is_refused("Content-Disposition: filename=x.exe\r\n");
    part_is_refused("Content-Disposition: attachment filename=x.exe\r\n");
    part_is_refused("Content-Disposition : attachment; filename=x.exe\r\n");
    part_is_refused("Content-Disposition: attachment; filename=\"x\\.exe\"\r\n");
    part_is_refused("Content-Disposition: attachment; filename=\"x.exe\r\n");
    part_is_refused("Content-Type: application/octet-stream; name=x.exe\r\n");
    part_is_refused("Content-Type: application/octet-stream; name=\"=?utf-8?B?eC5leGU=?=\"\r\n");
    part_is_refused("Content-Type: a/b; name=\"=?utf-8?Q?x=2Eex?= =?utf-8?Q?e?=\"\r\n");
    part_is_refused("Content-Disposition: a; filename*=utf-8''x%2Eexe\r\n");
    part_is_refused("Content-Disposition: a; filename*=x%2eexe\r\n");
    part_is_refused("Content-Disposition: a; filename*=utf-16be'en'%00x%00.%00e%00x%00e\r\n");
    part_is_refused("Content-Disposition: a; filename*0=\"x.e\"; filename*1=xe\r\n");
    part_is_refused("Content-Disposition: a; filename*1=xe; filename*0=\"x.e\"\r\n");
    part_is_refused("Content-Disposition: a; filename*0*=''x%2E; filename*1*=%65xe\r\n");
    part_is_refused("Content-Disposition: a; filename*0=x.exe; filename*2=.txt\r\n");
    part_is_refused("Content-Disposition: a; filename*0=a.txt; filename*0=x.exe\r\n");
    part_is_refused("Content-Disposition: a; filename=a.txt; filename=x.exe\r\n");
    part_is_refused("Content-Disposition: a; filename=a.txt\r\n"
                    "Content-Disposition: a; filename=x.exe\r\n");
    part_is_refused("no colon in this line\r\nContent-Disposition: a; filename=x.exe\r\n");
}

static void
comments_around_the_equals_sign_hide_no_name(void **state)
{
    (void)state;
    part_is_refused("Content-Disposition: a; filename(c)=\"x.exe\"\r\n");
    part_is_refused("Content-Disposition: a; filename(c)=x.exe\r\n");
    part_is_refused("Content-Disposition: a; filename (c) = \"x.exe\"\r\n");
    part_is_refused("Content-Disposition: a; filename=(c)\"x.exe\"\r\n");
    part_is_refused("Content-Disposition: a; filename=(c)x.exe\r\n");
    part_is_refused("Content-Disposition: a; filename = (c) (d) \"x.exe\"\r\n");
    part_is_refused("Content-Disposition: a; filename\r\n (c)\r\n =\r\n (d)\r\n x.exe\r\n");
    part_is_refused("Content-Disposition: a; filename*(c)=utf-8''x%2Eexe\r\n");
    part_is_refused("Content-Type: a/b; name (c) = x.exe\r\n");
}

static void
comments_may_hold_what_stands_between_parameters(void **state)
{
    (void)state;
    part_is_refused("Content-Disposition: a; (c)filename=x.exe\r\n");
    part_is_refused("Content-Disposition: a; filename(c(d))=x.exe\r\n");
    part_is_refused("Content-Disposition: a; filename(;)=x.exe\r\n");
    part_is_refused("Content-Disposition: a; filename(=)=x.exe\r\n");
    part_is_refused("Content-Disposition: a; filename(\\))=x.exe\r\n");
}

/* Whether the name is shown with its quotes is left open. */
static void
single_quotes_do_not_hide_the_extension(void **state)
{
    (void)state;
    static const char *const fields[] = {
        "Content-Disposition: a; filename='x.exe'\r\n",
        "Content-Disposition: a; filename=\"'x.exe'\"\r\n",
        "Content-Disposition: a; filename = 'x.exe' ; size=3\r\n",
        "Content-Disposition: a; filename='x.exe.'\r\n",
        "Content-Type: a/b; name='x.exe'\r\n",
    };
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        struct slice body = arena_printf(arena, "--b\r\n%s\r\ndata\r\n", fields[i]);
        bool eight_bit;
        assert_int_equal(scan_in(SLICE(MIXED), body, 7, &eight_bit), RC_DENIED);
        assert_true(slice_starts(slice_of(err.text), SLICE("Illegal filename '")));
        assert_non_null(strstr(err.text, "x.exe"));
    }
}

static void
extension_is_found_behind_what_file_systems_ignore(void **state)
{
    (void)state;
    const char *field = "Content-Disposition: a; filename=\"";
    static const struct {
        const char *name, *shown;
    } rows[] = {
        {"X.EXE", "X.EXE"},
        {"x.exe.", "x.exe."},
        {"x.exe . .", "x.exe . ."},
        {"a.b.Js", "a.b.Js"},
        {".bat", ".bat"},
        {"x.ps1xml", "x.ps1xml"},
        {"C:\\\\x.vbs", "C:\\x.vbs"},
        {"gr\xc3\xbcn.xnk", "gr??n.xnk"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct slice fields = arena_printf(arena, "%s%s\"\r\n", field, rows[i].name);
        struct slice text = arena_printf(arena, "Illegal filename '%s'.", rows[i].shown);
        part_gives(fields.ptr, RC_DENIED, text.ptr);
    }
    part_gives("Content-Disposition: a; filename*=utf-8''x.exe%00.txt\r\n", RC_DENIED,
               "Illegal filename 'x.exe'.");
}

static void
long_name_is_refused_all_the_same(void **state)
{
    (void)state;
    struct slice padding = repeated("%41", 3000);
    struct slice fields = arena_printf(
        arena, "Content-Disposition: a; filename*=utf-8''%.*s.exe\r\n", SLICE_ARG(padding));
    struct slice body = arena_printf(arena, "--b\r\n%.*s\r\n", SLICE_ARG(fields));
    bool eight_bit;
    assert_int_equal(scan_in(SLICE(MIXED), body, 1000, &eight_bit), RC_DENIED);
    assert_int_equal(strlen(err.text), strlen("Illegal filename ''.") + 100);
    assert_non_null(strstr(err.text, "AAA.exe'."));
}

static void
name_of_the_whole_message_counts(void **state)
{
    (void)state;
    gives("Content-Type: application/x; name=x.exe\r\n", SLICE("data\r\n"), RC_DENIED,
          "Illegal filename 'x.exe'.");
    gives("Content-Disposition: attachment;\r\n filename=x.exe\r\n", SLICE(""), RC_DENIED,
          "Illegal filename 'x.exe'.");
}

#define EXE "Content-Disposition: a; filename=x.exe\r\n\r\n"

static void
nested_parts_are_scanned(void **state)
{
    (void)state;
    gives(MIXED,
          SLICE("--b\r\nContent-Type: multipart/alternative;\r\n boundary=inner\r\n\r\n"
                "--inner\r\n\r\nx\r\n--inner\r\n" EXE),
          RC_DENIED, "Illegal filename 'x.exe'.");
    gives(MIXED,
          SLICE("--b\r\nContent-Type: multipart/mixed; boundary=inner\r\n\r\n--inner\r\n\r\n"
                "x\r\n--inner--\r\n--b\r\n" EXE),
          RC_DENIED, "Illegal filename 'x.exe'.");
    /* The inner multipart is not closed: the outer delimiter ends it. */
    gives(MIXED,
          SLICE("--b\r\nContent-Type: multipart/mixed; boundary=inner\r\n\r\n--inner\r\n\r\n"
                "--b\r\n" EXE),
          RC_DENIED, "Illegal filename 'x.exe'.");
}

static void
boundary_that_begins_like_another_is_told_apart(void **state)
{
    (void)state;
    gives(MIXED,
          SLICE("--b\r\nContent-Type: multipart/mixed; boundary=bb\r\n\r\n--bb\r\n\r\n--bb--\r\n"
                "--b--\r\nContent-Disposition: a; filename=x.exe\r\n"),
          RC_OK, "");
    gives(MIXED, SLICE("--b\r\nContent-Type: multipart/mixed; boundary=bb\r\n\r\n--bb\r\n" EXE),
          RC_DENIED, "Illegal filename 'x.exe'.");
}

static void
enclosed_messages_are_scanned(void **state)
{
    (void)state;
    gives(MIXED, SLICE("--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: x\r\n" EXE), RC_DENIED,
          "Illegal filename 'x.exe'.");
    gives(MIXED, SLICE("--b\r\nContent-Type: message/rfc822\r\n\r\n\r\n" EXE), RC_DENIED,
          "Illegal filename 'x.exe'.");
    gives(MIXED,
          SLICE("--b\r\nContent-Type: MESSAGE/RFC822; x=y\r\n\r\nSubject: x\r\n"
                "Content-Type: multipart/mixed; boundary=i\r\n\r\n--i\r\n" EXE),
          RC_DENIED, "Illegal filename 'x.exe'.");
    gives("Content-Type: message/rfc822\r\n", SLICE(EXE), RC_DENIED, "Illegal filename 'x.exe'.");
}

static void
every_type_that_encloses_a_message_is_entered(void **state)
{
    (void)state;
    static const char *const types[] = {"message/rfc822", "message/global", "message/news",
                                        "message/partial; id=\"i\"; number=1; total=1",
                                        "Message/News"};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        const char *text = "Illegal filename 'x.exe'.";
        struct slice part =
            arena_printf(arena, "--b\r\nContent-Type: %s\r\n\r\nSubject: x\r\n" EXE, types[i]);
        gives(MIXED, part, RC_DENIED, text);
        gives(arena_printf(arena, "Content-Type: %s\r\n", types[i]).ptr, SLICE(EXE), RC_DENIED,
              text);
    }
}

#define ENCODED "Content-Transfer-Encoding: base64\r\n"

/* Is the encoding of a composite type refused, and named? In a part and in the whole message. */
static void
encoding_is_refused(const char *fields)
{
    bool eight_bit;
    struct slice part = arena_printf(arena, "--b\r\n%s\r\ndata\r\n--b--\r\n", fields);
    assert_int_not_equal(scan_in(SLICE(MIXED), part, 7, &eight_bit), RC_OK);
    if (!strstr(err.text, "Content-Transfer-Encoding"))
        fail_msg("%s gives '%s'", fields, err.text);
    assert_int_not_equal(scan_in(slice_of(fields), SLICE("data\r\n"), 7, &eight_bit), RC_OK);
    if (!strstr(err.text, "Content-Transfer-Encoding"))
        fail_msg("%s for the whole message gives '%s'", fields, err.text);
}

static void
composite_types_that_are_encoded_are_refused(void **state)
{
    (void)state;
    encoding_is_refused("Content-Type: message/rfc822\r\n" ENCODED);
    encoding_is_refused("Content-Type: message/global\r\n" ENCODED);
    encoding_is_refused("Content-Type: message/news\r\n" ENCODED);
    encoding_is_refused("Content-Type: message/delivery-status\r\n" ENCODED);
    encoding_is_refused("Content-Type: multipart/mixed; boundary=i\r\n" ENCODED);
    encoding_is_refused("Content-Type: MULTIPART/Alternative; boundary=i\r\n" ENCODED);
    encoding_is_refused(ENCODED "Content-Type: message/rfc822\r\n");
    encoding_is_refused("Content-Type: message/rfc822\r\n"
                        "content-transfer-encoding:Quoted-Printable\r\n");
    encoding_is_refused("Content-Type: message/rfc822\r\n"
                        "Content-Transfer-Encoding: x-uuencode\r\n");
    encoding_is_refused("Content-Type: message/rfc822\r\n"
                        "Content-Transfer-Encoding:\r\n base64\r\n");
}

static void
encoding_of_an_enclosed_message_is_looked_at_too(void **state)
{
    (void)state;
    bool eight_bit;
    struct slice body = SLICE("Subject: x\r\nContent-Type: message/rfc822\r\n" ENCODED "\r\nx\r\n");
    assert_int_not_equal(scan_in(SLICE("Content-Type: message/rfc822\r\n"), body, 7, &eight_bit),
                         RC_OK);
    assert_non_null(strstr(err.text, "Content-Transfer-Encoding"));
}

static void
composite_types_in_an_identity_encoding_pass(void **state)
{
    (void)state;
    static const char *const encodings[] = {"7bit", "8bit", "binary", "7BIT", "\r\n 8bit \t"};
    for (size_t i = 0; i < sizeof encodings / sizeof encodings[0]; i++) {
        struct slice fields =
            arena_printf(arena, "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: %s\r\n",
                         encodings[i]);
        part_gives(fields.ptr, RC_OK, "");
        gives(fields.ptr, SLICE("Subject: x\r\n\r\nx\r\n"), RC_OK, "");
    }
    part_gives("Content-Type: application/pdf\r\n" ENCODED, RC_OK, "");
    part_gives("Content-Type: text/plain; x=message/rfc822\r\n" ENCODED, RC_OK, "");
    part_gives(ENCODED, RC_OK, "");
}

/* The encoding of one part says nothing of the next. */
static void
encoding_is_of_its_own_part(void **state)
{
    (void)state;
    gives(MIXED,
          SLICE("--b\r\n" ENCODED "\r\nx\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n" ENCODED
                "\r\nx\r\n"),
          RC_OK, "");
}

static void
delimiters_that_only_some_readers_take_are_looked_behind(void **state)
{
    (void)state;
    const char *text = "Illegal filename 'x.exe'.";
    gives(MIXED, SLICE("--b \t\r\n" EXE), RC_DENIED, text);
    gives(MIXED, SLICE("--bjunk\r\n" EXE), RC_DENIED, text);
    gives(MIXED, SLICE("--b--\r\n--b\r\n" EXE), RC_DENIED, text);
    gives(MIXED, SLICE("--b--junk\r\n" EXE), RC_DENIED, text);
    gives(MIXED, SLICE("--b\r\nContent-Disposition: a; filename=x.exe"), RC_DENIED, text);
    gives(MIXED, SLICE("--b\r\nContent-Disposition: a; filename=x.exe\r\n--b--\r\n"), RC_DENIED,
          text);
    gives("Content-Type: multipart/mixed; boundary=\"a b\"\r\n", SLICE("--a b\r\n" EXE), RC_DENIED,
          text);
    gives("Content-Type: multipart/mixed; boundary=a; boundary=b\r\n", SLICE("--b\r\n" EXE),
          RC_DENIED, text);
    gives("Content-Type: multipart/mixed; boundary*=''a%20b\r\n", SLICE("--a b\r\n" EXE), RC_DENIED,
          text);
    gives("Content-Type: multipart/mixed; boundary=\"\"\r\n", SLICE("--\r\n" EXE), RC_DENIED, text);
}

static void
more_than_500_parts_are_refused(void **state)
{
    (void)state;
    bool eight_bit;
    struct slice parts = repeated("--b\r\n\r\nx\r\n", 500);
    assert_int_equal(scan_in(SLICE(MIXED), parts, 4096, &eight_bit), RC_OK);
    parts = repeated("--b\r\n\r\nx\r\n", 501);
    assert_int_equal(scan_in(SLICE(MIXED), parts, 4096, &eight_bit), RC_LIMIT);
    assert_string_equal(err.text, "more than 500 MIME parts");
    parts = repeated("Content-Type: message/rfc822\r\n\r\n", 600);
    assert_int_equal(scan_in(SLICE("Content-Type: message/rfc822\r\n"), parts, 100, &eight_bit),
                     RC_LIMIT);
}

static void
nesting_deeper_than_20_is_refused(void **state)
{
    (void)state;
    struct slice body = SLICE("--b\r\n");
    bool eight_bit;
    for (int depth = 2; depth <= 21; depth++) {
        assert_int_equal(scan_in(SLICE(MIXED), body, 1000, &eight_bit), RC_OK);
        body = arena_printf(arena,
                            "%.*sContent-Type: multipart/mixed; boundary=n%d.\r\n\r\n--n%d.\r\n",
                            SLICE_ARG(body), depth, depth);
    }
    assert_int_equal(scan_in(SLICE(MIXED), body, 1000, &eight_bit), RC_LIMIT);
    assert_non_null(strstr(err.text, "nested too deep"));
}

static void
part_header_is_bounded_in_what_is_kept_of_it(void **state)
{
    (void)state;
    bool eight_bit;
    struct slice junk = repeated("X-Junk: junk junk junk junk junk\r\n", 2000);
    struct slice body = arena_printf(arena, "--b\r\n%.*s" EXE, SLICE_ARG(junk));
    assert_int_equal(scan_in(SLICE(MIXED), body, 5000, &eight_bit), RC_DENIED);
    struct slice folds = repeated("\r\n x=yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy;", 600);
    body = arena_printf(arena, "--b\r\nContent-Type: text/plain;%.*s\r\n\r\n", SLICE_ARG(folds));
    assert_int_equal(scan_in(SLICE(MIXED), body, 5000, &eight_bit), RC_LIMIT);
    assert_non_null(strstr(err.text, "16384"));
    struct slice line = repeated("a", 20000);
    body = arena_printf(arena, "--b\r\nContent-Type: %.*s\r\n\r\n", SLICE_ARG(line));
    assert_int_equal(scan_in(SLICE(MIXED), body, 5000, &eight_bit), RC_LIMIT);
    assert_int_equal(scan_in(SLICE(MIXED), body, body.len, &eight_bit), RC_LIMIT);
}

static void
finish_may_be_asked_without_an_error_to_fill(void **state)
{
    (void)state;
    struct header header = {0};
    struct body_scan *scan = body_scan_new(&header);
    body_scan_feed(scan, SLICE("\n"));
    assert_int_equal(body_scan_finish(scan, NULL), RC_SYNTAX);
    body_scan_free(scan);
    body_scan_free(NULL);
}

int
main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(plain_body_passes),
        TEST(line_ends_other_than_crlf_and_nul_are_refused),
        TEST(first_problem_is_the_one_reported),
        TEST(eight_bit_bytes_are_noted),
        TEST(long_line_is_taken_up_to_64_kib),
        TEST(harmless_attachments_pass),
        TEST(refused_extension_is_found_in_every_spelling_of_a_name),
        TEST(comments_around_the_equals_sign_hide_no_name),
        TEST(comments_may_hold_what_stands_between_parameters),
        TEST(single_quotes_do_not_hide_the_extension),
        TEST(extension_is_found_behind_what_file_systems_ignore),
        TEST(long_name_is_refused_all_the_same),
        TEST(name_of_the_whole_message_counts),
        TEST(nested_parts_are_scanned),
        TEST(boundary_that_begins_like_another_is_told_apart),
        TEST(enclosed_messages_are_scanned),
        TEST(every_type_that_encloses_a_message_is_entered),
        TEST(composite_types_that_are_encoded_are_refused),
        TEST(encoding_of_an_enclosed_message_is_looked_at_too),
        TEST(composite_types_in_an_identity_encoding_pass),
        TEST(encoding_is_of_its_own_part),
        TEST(delimiters_that_only_some_readers_take_are_looked_behind),
        TEST(more_than_500_parts_are_refused),
        TEST(nesting_deeper_than_20_is_refused),
        TEST(part_header_is_bounded_in_what_is_kept_of_it),
        TEST(finish_may_be_asked_without_an_error_to_fill),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
