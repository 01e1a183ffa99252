/* The message that SendEmail becomes: its shape, what it is encoded in, and what cannot be
 * injected into it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <time.h>

#include <cmocka.h>

#include "base/codec.h"
#include "mail/address.h"
#include "mail/compose.h"
#include "mail/encode.h"
#include "mail/header.h"

enum { OUT_MAX = 64 << 20 };

static struct arena *arena;
static struct err err;
static struct buf out;
static struct compose message;
static struct slice to[1];
static struct compose_header headers[COMPOSE_HEADERS_MAX + 1];
static struct compose_attachment attachments[COMPOSE_PARTS_MAX + 1];

static int
set_up(void **state)
{
    (void)state;
    arena = arena_new();
    buf_init(&out, OUT_MAX);
    to[0] = SLICE("hanako@test2.com");
    message = (struct compose){
        .from = SLICE("Taro <taro@test1.com>"),
        .to = to,
        .to_count = 1,
        .subject = {.data = SLICE("Hello"), .present = true},
        .text = {.data = SLICE("Hi\n"), .present = true},
        .headers = headers,
        .attachments = attachments,
        .now_ms = 1701896578776,
        .boundary = SLICE("0123456789abcdef"),
    };
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    buf_fini(&out);
    arena_free(arena);
    return 0;
}

/* ---- helpers ---- */

static struct slice
repeated(const char *piece, size_t times)
{
    size_t len = strlen(piece);
    char *text = arena_alloc(arena, len * times + 1);
    for (size_t i = 0; i < times; i++)
        memcpy(text + i * len, piece, len);
    return (struct slice){text, len * times};
}

#define assert_slice(actual, expected) expect_text((actual), slice_of(expected), __LINE__)

static void
expect_text(struct slice actual, struct slice expected, int line)
{
    if (!slice_eq(actual, expected))
        fail_msg("line %d: '%.*s' is not '%.*s'", line, SLICE_ARG(actual), SLICE_ARG(expected));
}

#define assert_holds(piece)         expect_piece((piece), true, __LINE__)
#define assert_does_not_hold(piece) expect_piece((piece), false, __LINE__)

static void
expect_piece(const char *piece, bool expected, int line)
{
    if ((slice_find(buf_slice(&out), slice_of(piece)) != SLICE_NONE) != expected)
        fail_msg("line %d: '%s' in:\n%.*s", line, piece, SLICE_ARG(buf_slice(&out)));
}

static struct header header;
static struct slice body;

/* What holds of every message: it can be read again, and is 7-bit in lines. */
static void
composed(void)
{
    size_t end;
    buf_reset(&out);
    if (compose_message(arena, &message, &out, &err) != RC_OK)
        fail_msg("refused: %s", err.text);
    assert_int_equal(header_end(buf_slice(&out), &end, &err), RC_OK);
    struct slice block = slice_head(buf_slice(&out), end - 2);
    assert_int_equal(header_parse(arena, block, &header, &err), RC_OK);
    assert_int_equal(header_check_once(&header, &err), RC_OK);
    assert_int_equal(header_count(&header, "From"), 1);
    assert_int_equal(header_count(&header, "Bcc"), 0);
    body = slice_from(buf_slice(&out), end);
    assert_true(encode_is_seven_bit(buf_slice(&out)));
    assert_true(slice_ends(buf_slice(&out), SLICE("\r\n")));
}

#define refused(rc, piece) expect_refusal((rc), (piece), __LINE__)

static void
expect_refusal(enum rc expected, const char *piece, int line)
{
    buf_reset(&out);
    enum rc rc = compose_message(arena, &message, &out, &err);
    if (rc != expected || err.rc != expected || !strstr(err.text, piece))
        fail_msg("line %d: %s '%s', not '%s'", line, rc_name(rc), rc == RC_OK ? "" : err.text,
                 piece);
    assert_int_equal(out.len, 0);
}

static struct slice
raw_value(const char *name)
{
    const struct field *field = header_find(&header, name);
    if (!field)
        fail_msg("no %s", name);
    return header_unfold(arena, field->value);
}

static struct slice
value(const char *name)
{
    return header_decode(arena, raw_value(name));
}

static struct mailbox
mailbox(const char *name)
{
    struct mailbox *list;
    size_t count;
    assert_int_equal(
        address_mailbox_list(arena, header_find(&header, name)->value, &list, &count, &err), RC_OK);
    assert_int_equal(count, 1);
    return list[0];
}

/* No line of the header block is longer. */
static void
expect_lines_within(size_t max)
{
    for (size_t i = 0; i < header.count; i++) {
        struct slice raw = header.fields[i].raw;
        for (size_t end; raw.len > 0; raw = slice_from(raw, end + 1)) {
            end = slice_chr(raw, '\n');
            if (end - 1 > max)
                fail_msg("%zu bytes: %.*s", end - 1, SLICE_ARG(raw));
        }
    }
}

static struct slice
quoted_printable_decoded(struct slice text)
{
    char *bytes = arena_alloc(arena, text.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        struct slice byte;
        if (text.ptr[i] != '=') {
            bytes[len++] = text.ptr[i];
            continue;
        }
        struct slice code = {text.ptr + i + 1, 2};
        i += 2;
        if (slice_is(code, "\r\n"))
            continue;
        struct slice lower = arena_lower(arena, code);
        assert_int_equal(codec_hex_decode(arena, lower, &byte, &err), RC_OK);
        bytes[len++] = byte.ptr[0];
    }
    return (struct slice){bytes, len};
}

static struct slice
base64_decoded(struct slice text)
{
    char *digits = arena_alloc(arena, text.len + 1);
    size_t len = 0;
    struct slice bytes;
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] != '\r' && text.ptr[i] != '\n')
            digits[len++] = text.ptr[i];
    assert_int_equal(codec_base64_decode(arena, (struct slice){digits, len}, &bytes, &err), RC_OK);
    return bytes;
}

/* Of a message that is one body, or of the part in which `marker` stands. */
static struct slice
decoded(struct slice part)
{
    struct slice content = slice_from(part, slice_find(part, SLICE("\r\n\r\n")) + 4);
    content = slice_head(content, slice_find(content, SLICE("\r\n--=_")));
    struct slice fields = slice_head(part, (size_t)(content.ptr - part.ptr));
    if (slice_find(fields, SLICE("quoted-printable")) != SLICE_NONE)
        return quoted_printable_decoded(content);
    return slice_find(fields, SLICE("base64")) != SLICE_NONE ? base64_decoded(content) : content;
}

static struct slice
part_with(const char *marker)
{
    struct slice text = buf_slice(&out);
    size_t at = slice_find(text, slice_of(marker));
    if (at == SLICE_NONE)
        fail_msg("no %s in %.*s", marker, SLICE_ARG(text));
    return slice_from(text, at);
}

/* The header field from its name on, so that its fields are the top ones. */
#define whole_body() decoded(part_with("Content-Type:"))

static void
attach(const char *file_name, struct slice content)
{
    attachments[message.attachment_count++] =
        (struct compose_attachment){.file_name = slice_of(file_name), .content = content};
}

static void
add_header(const char *name, struct slice text)
{
    headers[message.header_count++] = (struct compose_header){slice_of(name), text};
}

/* ---- shape ---- */

static void
plain_text_is_one_body(void **state)
{
    (void)state;
    composed();
    assert_slice(buf_slice(&out), "From: Taro <taro@test1.com>\r\n"
                                  "To: hanako@test2.com\r\n"
                                  "Date: Wed, 6 Dec 2023 21:02:58 +0000\r\n"
                                  "Subject: Hello\r\n"
                                  "MIME-Version: 1.0\r\n"
                                  "Content-Type: text/plain; charset=us-ascii\r\n"
                                  "Content-Transfer-Encoding: 7bit\r\n"
                                  "\r\n"
                                  "Hi\r\n");
}

static void
message_for_a_look_has_no_from_and_begins_with_the_date(void **state)
{
    (void)state;
    message.without_from = true;
    message.from = SLICE("");
    message.to_count = 0;
    assert_int_equal(compose_message(arena, &message, &out, &err), RC_OK);
    assert_true(slice_starts(buf_slice(&out), SLICE("Date: Wed, 6 Dec 2023 21:02:58 +0000\r\n"
                                                    "Subject: Hello\r\n"
                                                    "MIME-Version: 1.0\r\n")));
    assert_does_not_hold("From:");
}

static void
html_is_one_body(void **state)
{
    (void)state;
    message.text.present = false;
    message.html = (struct compose_text){.data = SLICE("<p>Hi"), .present = true};
    composed();
    assert_slice(raw_value("Content-Type"), "text/html; charset=us-ascii");
    assert_slice(body, "<p>Hi\r\n");
}

static void
text_comes_before_html(void **state)
{
    (void)state;
    message.html = (struct compose_text){.data = SLICE("<p>Hi"), .present = true};
    composed();
    assert_slice(raw_value("Content-Type"),
                 "multipart/alternative; boundary=\"=_a_0123456789abcdef_0\"");
    assert_slice(body, "--=_a_0123456789abcdef_0\r\n"
                       "Content-Type: text/plain; charset=us-ascii\r\n"
                       "Content-Transfer-Encoding: 7bit\r\n\r\nHi\r\n\r\n"
                       "--=_a_0123456789abcdef_0\r\n"
                       "Content-Type: text/html; charset=us-ascii\r\n"
                       "Content-Transfer-Encoding: 7bit\r\n\r\n<p>Hi\r\n"
                       "--=_a_0123456789abcdef_0--\r\n");
}

static void
inline_images_stand_beside_the_html(void **state)
{
    (void)state;
    message.html = (struct compose_text){.data = SLICE("<img src=\"cid:logo\">"), .present = true};
    attach("logo.png", SLICE("\x89PNG"));
    attachments[0].inlined = true;
    attachments[0].content_id = SLICE("<logo>");
    composed();
    assert_true(slice_starts(raw_value("Content-Type"), SLICE("multipart/alternative;")));
    assert_holds("Content-Type: multipart/related; type=\"text/html\";\r\n");
    assert_holds("Content-ID: <logo>\r\n");
    assert_holds("Content-Disposition: inline; filename=\"logo.png\"\r\n");
    attach("a.pdf", SLICE("%PDF"));
    composed();
    assert_true(slice_starts(raw_value("Content-Type"), SLICE("multipart/mixed;")));
    assert_holds("--=_r_0123456789abcdef_0--\r\n\r\n--=_a_0123456789abcdef_0--\r\n\r\n"
                 "--=_m_0123456789abcdef_0\r\nContent-Type: application/pdf\r\n");
    assert_slice(decoded(part_with("Content-Type: image/png")), "\x89PNG");
}

static void
inline_without_html_or_content_id_is_an_attachment(void **state)
{
    (void)state;
    attach("logo.png", SLICE("x"));
    attachments[0].inlined = true;
    attachments[0].content_id = SLICE("logo@test1.com");
    composed();
    assert_true(slice_starts(raw_value("Content-Type"), SLICE("multipart/mixed;")));
    message.html = (struct compose_text){.data = SLICE("<p>"), .present = true};
    attachments[0].content_id = SLICE("");
    composed();
    assert_does_not_hold("multipart/related");
    assert_does_not_hold("Content-ID");
}

static void
empty_bodies_are_messages(void **state)
{
    (void)state;
    message.text.data = SLICE("");
    composed();
    assert_int_equal(body.len, 0);
    message.text.present = false;
    composed();
    assert_slice(raw_value("Content-Type"), "text/plain; charset=us-ascii");
    message.html = (struct compose_text){.present = true};
    composed();
    assert_slice(raw_value("Content-Type"), "text/html; charset=us-ascii");
    attach("empty.bin", SLICE(""));
    composed();
    assert_slice(decoded(part_with("Content-Type: application/octet-stream")), "");
    message.subject.data = SLICE("");
    composed();
    assert_slice(raw_value("Subject"), "");
}

static void
all_address_fields_are_written_in_order(void **state)
{
    (void)state;
    const struct slice cc[] = {SLICE("c@d.example"), SLICE("E F <e@f.example>")};
    const struct slice reply_to[] = {SLICE("r@s.example")};
    message.cc = cc;
    message.cc_count = 2;
    message.reply_to = reply_to;
    message.reply_to_count = 1;
    composed();
    assert_holds("From: Taro <taro@test1.com>\r\nReply-To: r@s.example\r\n"
                 "To: hanako@test2.com\r\nCc: c@d.example, E F <e@f.example>\r\nDate:");
    message.to_count = 0;
    composed();
    assert_int_equal(header_count(&header, "To"), 0);
}

/* ---- boundaries ---- */

static void
boundary_in_the_content_is_not_used(void **state)
{
    (void)state;
    message.text.data = SLICE("--=_m_0123456789abcdef_0--\n--=_m_0123456789abcdef_1\n");
    attach("a.txt", SLICE("--=_m_0123456789abcdef_2\r\n\r\nevil"));
    attachments[0].encoding = COMPOSE_SEVEN_BIT;
    attach("b.eml", SLICE("A: b\n\n0123456789abcdef_3\n"));
    attachments[1].content_type = SLICE("message/rfc822");
    composed();
    assert_slice(raw_value("Content-Type"), "multipart/mixed; boundary=\"=_m_0123456789abcdef_4\"");
}

static void
encoded_content_cannot_hold_a_boundary(void **state)
{
    (void)state;
    message.text.data = SLICE("--=_m_0123456789abcdef_0--\n\xc3\xa9");
    attach("a.txt", SLICE("--=_m_0123456789abcdef_0--"));
    attachments[0].encoding = COMPOSE_QUOTED_PRINTABLE;
    composed();
    assert_holds("--=3D_m_0123456789abcdef_0--\r\n=C3=A9");
    assert_slice(decoded(part_with("Content-Type: text/plain\r\n")), "--=_m_0123456789abcdef_0--");
}

static void
nested_boundaries_do_not_begin_alike(void **state)
{
    (void)state;
    message.boundary = repeated("abcdefghij", 6);
    message.html = (struct compose_text){.data = SLICE("<p>"), .present = true};
    attach("logo.png", SLICE("x"));
    attachments[0].inlined = true;
    attachments[0].content_id = SLICE("logo");
    attach("a.pdf", SLICE("x"));
    composed();
    assert_holds("boundary=\"=_m_abc");
    assert_holds("boundary=\"=_a_abc");
    assert_holds("boundary=\"=_r_abc");
}

/* ---- injection ---- */

static const struct slice line_breakers[] = {
    {"a\rb", 3},
    {"a\nBcc: x@y.example", 19},
    {"a\r\nBcc: x@y.example", 20},
    {"a\0b", 3},
    {"a\r\n\r\nbody", 10},
    {"\nBcc: x@y.example", 18},
    {"a\xe2\x80\xa8"
     "b",
     5},
    {"a\xe2\x80\xa9"
     "b",
     5},
    {"a\xc2\x85"
     "b",
     4},
    {"a\x0b"
     "b",
     3},
    {"a\x0c"
     "b",
     3},
    {"a\x1b"
     "b",
     3},
    {"a\x7f"
     "b",
     3},
    {"a\xff"
     "b",
     3},
    {"a\n", 2},
};
enum { BREAKERS = sizeof line_breakers / sizeof line_breakers[0] };

static void
subject_cannot_end_its_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < BREAKERS; i++) {
        message.subject.data = line_breakers[i];
        refused(RC_SYNTAX, "Subject: ");
    }
}

static void
header_value_cannot_end_its_line(void **state)
{
    (void)state;
    message.header_count = 1;
    for (size_t i = 0; i < BREAKERS; i++) {
        headers[0] = (struct compose_header){SLICE("X-One"), line_breakers[i]};
        refused(RC_SYNTAX, "Header 'X-One': ");
    }
}

static void
attachment_fields_cannot_end_their_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < BREAKERS; i++) {
        message.attachment_count = 0;
        attach("a.pdf", SLICE("x"));
        struct compose_attachment *attachment = &attachments[0];
        attachment->file_name = line_breakers[i];
        refused(RC_SYNTAX, "file name");
        attachment->file_name = SLICE("a.pdf");
        attachment->description = line_breakers[i];
        refused(RC_SYNTAX, "description");
        attachment->description = SLICE("");
        attachment->content_id = line_breakers[i];
        refused(RC_SYNTAX, "content id");
        attachment->content_id = SLICE("");
        attachment->content_type = line_breakers[i];
        refused(RC_SYNTAX, "content type");
        attachment->content_type =
            arena_printf(arena, "text/plain; a=\"%.*s", SLICE_ARG(line_breakers[i]));
        refused(RC_SYNTAX, "content type");
    }
}

static void
charset_cannot_end_its_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < BREAKERS; i++) {
        message.text.charset = line_breakers[i];
        refused(RC_SYNTAX, "Body.Text: ");
    }
    message.text.charset = SLICE("UTF-8; x=y");
    refused(RC_SYNTAX, "Body.Text: ");
    message.text.charset = SLICE("ISO-8859-1//TRANSLIT");
    refused(RC_SYNTAX, "Body.Text: ");
}

static void
name_that_nobody_could_read_again_is_refused(void **state)
{
    (void)state;
    message.from = arena_concat(arena, repeated("\xc3\xa9", 200), SLICE(" <a@b.example>"));
    composed();
    message.from = arena_concat(arena, repeated("\xc3\xa9", 700), SLICE(" <a@b.example>"));
    refused(RC_LIMIT, "From: the display name is longer than 2000 bytes once encoded");
}

static void
address_cannot_end_its_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < BREAKERS; i++) {
        const char *const forms[] = {"%.*s <a@b.example>", "\"%.*s\" <a@b.example>",
                                     "<%.*s@b.example>", "<a@%.*s>"};
        for (size_t k = 0; k < sizeof forms / sizeof forms[0]; k++) {
            struct buf text;
            buf_init(&text, 200);
            struct slice head, tail;
            slice_cut(slice_of(forms[k]), '%', &head, &tail);
            buf_add(&text, head);
            buf_add(&text, line_breakers[i]);
            buf_add(&text, slice_from(tail, 3));
            message.from = arena_dup(arena, buf_slice(&text));
            buf_fini(&text);
            buf_reset(&out);
            /* The bytes of U+0085 in a name are shown as U+FFFD; everything else is refused. */
            if (compose_message(arena, &message, &out, &err) == RC_OK) {
                assert_true(i == 8 && k < 2);
                composed();
                assert_slice(mailbox("From").display_name, "a\xef\xbf\xbd\xef\xbf\xbd"
                                                           "b");
            } else {
                assert_int_equal(err.rc, RC_SYNTAX);
                assert_non_null(strstr(err.text, "Illegal address in From: "));
            }
        }
    }
}

static void
one_string_is_one_mailbox(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "a@b.example, c@d.example",
        "a@b.example c@d.example",
        "<a@b.example> <c@d.example>",
        "group: a@b.example;",
        "undisclosed-recipients:;",
        "<@x.example:a@b.example>",
        "a",
        "a@",
        "@b.example",
        "Taro (c@d.example) <a@b.example>",
        "\"Taro <a@b.example>",
        "t\xc3\xa4ro@b.example",
        "a@[127.0.0.1]",
        "=?utf-8?Q?a=40b.example?=",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        to[0] = slice_of(bad[i]);
        refused(RC_SYNTAX, "Illegal address in ToAddresses: ");
    }
    to[0] = SLICE("hanako@test2.com");
    message.cc = message.reply_to = (const struct slice[]){SLICE("a")};
    message.cc_count = 1;
    refused(RC_SYNTAX, "Illegal address in CcAddresses: Missing final '@domain'");
    message.cc_count = 0;
    message.reply_to_count = 1;
    refused(RC_SYNTAX, "Illegal address in ReplyToAddresses: ");
}

static void
name_that_looks_like_an_encoded_word_is_text(void **state)
{
    (void)state;
    /* Written in an encoded word, as clients do: decoded once, and no more. */
    message.from = SLICE("=?utf-8?Q?=3D=3Futf-8=3FQ=3Fboss=3D40test1.com=3F=3D?= <taro@test1.com>");
    composed();
    assert_slice(mailbox("From").display_name, "=?utf-8?Q?boss=40test1.com?"
                                               "=");
    message.from = SLICE("=?utf-8?B?5bGx55Sw?= <taro@test1.com>");
    composed();
    assert_slice(mailbox("From").display_name, "山田");
}

static void
subject_that_is_encoded_already_goes_as_it_is(void **state)
{
    (void)state;
    static const char *const texts[] = {"=?utf-8?Q?x?"
                                        "=",
                                        "=?utf-8?B?5bGx55Sw?"
                                        "= and more",
                                        "a =? b",
                                        "=?utf-8?Q?a=0D=0ABcc:?"
                                        "="};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        message.subject.data = slice_of(texts[i]);
        composed();
        assert_slice(raw_value("Subject"), texts[i]);
    }
}

static void
header_value_keeps_its_encoded_words(void **state)
{
    (void)state;
    add_header("X-One", SLICE("=?utf-8?Q?=C3=A9?="));
    composed();
    assert_slice(raw_value("X-One"), "=?utf-8?Q?=C3=A9?=");
}

/* ---- addresses ---- */

static void
names_are_quoted_or_encoded(void **state)
{
    (void)state;
    static const struct {
        const char *given, *written;
    } cases[] = {
        {"taro@test1.com", "taro@test1.com"},
        {" <taro@test1.com> ", "taro@test1.com"},
        {"Taro Test <taro@test1.com>", "Taro Test <taro@test1.com>"},
        {"Example Inc. <taro@test1.com>", "\"Example Inc.\" <taro@test1.com>"},
        {"\"Test, Taro\" <taro@test1.com>", "\"Test, Taro\" <taro@test1.com>"},
        {"\"a\\\"b\\\\c\" <taro@test1.com>", "\"a\\\"b\\\\c\" <taro@test1.com>"},
        {"\"a  b\" <taro@test1.com>", "\"a  b\" <taro@test1.com>"},
        {"Taro <taro@test1.com> (home)", "Taro <taro@test1.com>"},
        {"Jos\xc3\xa9 Test <taro@test1.com>", "=?UTF-8?Q?Jos=C3=A9_Test?= <taro@test1.com>"},
        {"\"山田, 太郎\" <taro@test1.com>", "=?UTF-8?B?5bGx55SwLCDlpKrpg44=?= <taro@test1.com>"},
        {"Taro <taro@TEST1.com>", "Taro <taro@test1.com>"},
        {"\"ta ro\"@test1.com", "\"ta ro\"@test1.com"},
        {"はな <taro@日本語.example>", "=?UTF-8?B?44Gv44Gq?= <taro@xn--wgv71a119e.example>"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        message.from = slice_of(cases[i].given);
        composed();
        assert_slice(raw_value("From"), cases[i].written);
    }
}

static void
long_names_and_lists_are_folded(void **state)
{
    (void)state;
    struct slice list[50];
    for (size_t i = 0; i < 50; i++)
        list[i] = arena_printf(arena, "Person %zu <person%zu@test2.com>", i, i);
    message.to = list;
    message.to_count = 50;
    struct slice name = repeated("Taro the long ", 20);
    message.from = arena_printf(arena, "%.*s<taro@test1.com>", SLICE_ARG(name));
    composed();
    expect_lines_within(78);
    expect_text(mailbox("From").display_name, slice_trim(name), __LINE__);
    struct mailbox *read;
    size_t count;
    assert_int_equal(
        address_mailbox_list(arena, header_find(&header, "To")->value, &read, &count, &err), RC_OK);
    assert_int_equal(count, 50);
    assert_slice(read[49].address.text, "person49@test2.com");
}

/* ---- subject ---- */

static void
long_subjects_are_folded_and_read_the_same(void **state)
{
    (void)state;
    const struct slice texts[] = {
        repeated("word ", 200),        repeated("a  two   three    ", 30),
        repeated("日本語の件名", 100), repeated("👨‍👩‍👧‍👦", 50),
        repeated("é ", 100),           repeated("x", 3000),
        repeated("🇯🇵a", 40),
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        message.subject.data = texts[i];
        composed();
        expect_lines_within(78);
        expect_text(slice_trim(value("Subject")), slice_trim(texts[i]), __LINE__);
    }
}

/* Each word alone is whole characters. */
static void
no_encoded_word_splits_a_character(void **state)
{
    (void)state;
    static const char *const charsets[] = {"", "ISO-2022-JP", "Shift_JIS", "EUC-JP"};
    for (size_t i = 0; i < sizeof charsets / sizeof charsets[0]; i++) {
        message.subject = (struct compose_text){
            .data = repeated("漢a字", 60), .charset = slice_of(charsets[i]), .present = true};
        composed();
        expect_text(value("Subject"), message.subject.data, __LINE__);
        struct slice rest = raw_value("Subject"), word;
        for (bool more = true; more;) {
            more = slice_cut(rest, ' ', &word, &rest);
            struct slice text = header_decode(arena, more ? word : rest);
            assert_true(text.len > 0 && slice_find(text, SLICE("\xef\xbf\xbd")) == SLICE_NONE);
            assert_true((more ? word : rest).len <= 75);
        }
    }
}

static void
subject_is_written_in_its_charset(void **state)
{
    (void)state;
    message.subject.data = SLICE("日本");
    message.subject.charset = SLICE("ISO-2022-JP");
    composed();
    assert_slice(raw_value("Subject"), "=?ISO-2022-JP?B?GyRCRnxLXBsoQg==?=");
    message.subject.data = SLICE("é");
    message.subject.charset = SLICE("ISO-8859-1");
    composed();
    assert_slice(raw_value("Subject"), "=?ISO-8859-1?Q?=E9?=");
    message.subject.charset = SLICE("ISO-2022-JP");
    refused(RC_SYNTAX, "Subject: charset 'ISO-2022-JP' lacks a character");
    message.subject.charset = SLICE("none");
    refused(RC_SYNTAX, "Subject: charset 'none' is not known");
    message.subject.data = SLICE("ASCII");
    refused(RC_SYNTAX, "Subject: charset 'none' is not known");
}

/* ---- bodies ---- */

static void
line_ends_become_crlf(void **state)
{
    (void)state;
    message.text.data = SLICE("a\nb\rc\r\nd\n\re\r\r\nf");
    composed();
    assert_slice(body, "a\r\nb\r\nc\r\nd\r\n\r\ne\r\n\r\nf\r\n");
    assert_slice(raw_value("Content-Transfer-Encoding"), "7bit");
}

static void
the_shorter_encoding_is_taken(void **state)
{
    (void)state;
    static const struct {
        const char *text, *encoding;
    } cases[] = {
        {"plain", "7bit"}, {"mostly ASCII, caf\xc3\xa9", "quoted-printable"}, {"日本語", "base64"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        message.text.data = slice_of(cases[i].text);
        composed();
        assert_slice(raw_value("Content-Transfer-Encoding"), cases[i].encoding);
        struct slice text = slice_head(whole_body(), strlen(cases[i].text));
        assert_slice(text, cases[i].text);
    }
}

static void
body_in_quoted_printable_reads_the_same(void **state)
{
    (void)state;
    const struct slice texts[] = {
        SLICE("caf\xc3\xa9 \r\n.\r\n..\r\nFrom here\r\n\ttab\t\r\n trailing  \r\n=3D =\r\n end "),
        repeated("x", 5000),
        repeated("long line without an end, ", 400),
        SLICE("with NUL \0 in it, and much more text"),
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        message.text.data = texts[i];
        composed();
        assert_slice(raw_value("Content-Transfer-Encoding"), "quoted-printable");
        expect_text(slice_head(whole_body(), texts[i].len), texts[i], __LINE__);
        for (struct slice rest = body, line; slice_cut(rest, '\n', &line, &rest);) {
            assert_true(line.len <= 77);
            assert_false(slice_is(line, ".\r") || slice_starts(line, SLICE("From ")));
            assert_false(slice_ends(line, SLICE(" \r")) || slice_ends(line, SLICE("\t\r")));
        }
    }
}

static void
line_of_998_is_the_longest_in_7bit(void **state)
{
    (void)state;
    message.text.data = repeated("x", 998);
    composed();
    assert_slice(raw_value("Content-Transfer-Encoding"), "7bit");
    message.text.data = repeated("x", 999);
    composed();
    assert_slice(raw_value("Content-Transfer-Encoding"), "quoted-printable");
}

static void
japanese_charsets_carry_the_body(void **state)
{
    (void)state;
    message.text = (struct compose_text){
        .data = SLICE("こんにちは\n世界"), .charset = SLICE("ISO-2022-JP"), .present = true};
    composed();
    assert_slice(raw_value("Content-Type"), "text/plain; charset=ISO-2022-JP");
    assert_slice(raw_value("Content-Transfer-Encoding"), "7bit");
    /* RFC 1468: each line begins and ends in ASCII. */
    assert_slice(body, "\x1b$B$3$s$K$A$O\x1b(B\r\n\x1b$B@$3&\x1b(B\r\n");
    message.text.charset = SLICE("Shift_JIS");
    composed();
    assert_slice(raw_value("Content-Type"), "text/plain; charset=Shift_JIS");
    assert_slice(whole_body(), "\x82\xb1\x82\xf1\x82\xc9\x82\xbf\x82\xcd\r\n\x90\xa2\x8a\x45");
    message.text.charset = SLICE("utf-8");
    composed();
    assert_slice(whole_body(), "こんにちは\r\n世界");
}

static void
charset_must_be_known_and_hold_the_text(void **state)
{
    (void)state;
    message.text.data = SLICE("price: \xe2\x82\xac 5");
    static const struct {
        const char *charset, *error;
    } cases[] = {
        {"us-ascii", "Body.Text: charset 'us-ascii' lacks a character"},
        {"ISO-8859-1", "Body.Text: charset 'ISO-8859-1' lacks a character"},
        {"x-nothing", "Body.Text: charset 'x-nothing' is not known"},
        {"UTF-16", "Body.Text: charset 'UTF-16' cannot be used in mail"},
        {"UTF-16LE", "Body.Text: charset 'UTF-16LE' cannot be used in mail"},
        {"IBM037", "Body.Text: charset 'IBM037' cannot be used in mail"},
        {"../../../tmp/x", "Body.Text: the charset is not a name"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        message.text.charset = slice_of(cases[i].charset);
        refused(RC_SYNTAX, cases[i].error);
    }
    message.text.charset = SLICE("ISO-8859-15");
    composed();
    message.html = (struct compose_text){.data = SLICE("\xc3("), .present = true};
    refused(RC_SYNTAX, "Body.Html: the text is not valid UTF-8");
}

static double
seconds_for(struct slice text)
{
    message.text.data = text;
    clock_t before = clock();
    composed();
    return (double)(clock() - before) / CLOCKS_PER_SEC;
}

static void
large_body_costs_in_proportion(void **state)
{
    (void)state;
    static const char *const pieces[] = {"caf\xc3\xa9 and so on, ",   "日本語", "\r", "x", "\n.\n",
                                         "--=_m_0123456789abcdef_0\n"};
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        size_t times = (2 << 20) / strlen(pieces[i]);
        double small = seconds_for(repeated(pieces[i], times / 8));
        double large = seconds_for(repeated(pieces[i], times));
        if (large > 0.5 && large > 24 * small)
            fail_msg("%zu: %f s and %f s", i, small, large);
    }
}

/* ---- custom headers ---- */

static void
custom_headers_are_written_as_given(void **state)
{
    (void)state;
    add_header("List-Unsubscribe", SLICE("<https://test1.com/u>, <mailto:u@test1.com>"));
    add_header("X-Note", SLICE("caf\xc3\xa9"));
    add_header("X-Empty", SLICE(""));
    add_header("In-Reply-To", SLICE("<a@b.example>"));
    composed();
    assert_slice(raw_value("List-Unsubscribe"), "<https://test1.com/u>, <mailto:u@test1.com>");
    assert_slice(value("X-Note"), "caf\xc3\xa9");
    assert_slice(raw_value("X-Empty"), "");
    assert_slice(raw_value("In-Reply-To"), "<a@b.example>");
}

static void
headers_of_ours_cannot_be_given(void **state)
{
    (void)state;
    static const char *const names[] = {
        "From",           "from",       "To",           "Cc",           "BCC",
        "Sender",         "Reply-To",   "Return-Path",  "Subject",      "Date",
        "Message-ID",     "message-id", "MIME-Version", "Content-Type", "Content-Foo",
        "DKIM-Signature", "Received",   "Resent-From",  "Resent-Other", "X-SES-CONFIGURATION-SET",
        "x-ses-tenant",
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        message.header_count = 0;
        add_header(names[i], SLICE("x@y.example"));
        refused(RC_SYNTAX, "Invalid header name");
    }
}

static void
header_names_are_printable_without_colon(void **state)
{
    (void)state;
    const struct slice names[] = {
        SLICE(""),         SLICE("X Y"),  SLICE("X:Y"),       SLICE("From "), SLICE(" From"),
        SLICE("X\r\nBcc"), SLICE("X\0Y"), SLICE("X\xc3\xa9"), SLICE("X\t"),   SLICE("X\x7f")};
    message.header_count = 1;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        headers[0] = (struct compose_header){names[i], SLICE("v")};
        refused(RC_SYNTAX, "Invalid header name");
    }
}

static void
custom_headers_have_limits(void **state)
{
    (void)state;
    struct slice name = repeated("n", 126), text = repeated("v", 870);
    headers[message.header_count++] = (struct compose_header){name, text};
    composed();
    headers[0].name = repeated("n", 127);
    refused(RC_LIMIT, "126");
    headers[0] = (struct compose_header){name, repeated("v", 871)};
    refused(RC_LIMIT, "870");
    headers[0].value = repeated("é", 435);
    composed();
    message.header_count = 0;
    for (size_t i = 0; i <= COMPOSE_HEADERS_MAX; i++)
        add_header("X-Many", SLICE("v"));
    refused(RC_LIMIT, "more than 15 headers");
    message.header_count = COMPOSE_HEADERS_MAX;
    composed();
    assert_int_equal(header_count(&header, "X-Many"), COMPOSE_HEADERS_MAX);
}

static void
header_that_stands_once_cannot_be_given_twice(void **state)
{
    (void)state;
    add_header("References", SLICE("<a@b.example>"));
    add_header("references", SLICE("<c@d.example>"));
    refused(RC_DENIED, "Duplicate header 'References'.");
}

static void
long_header_values_are_folded_at_their_spaces(void **state)
{
    (void)state;
    struct slice text = repeated("abc  defg ", 80);
    headers[message.header_count++] = (struct compose_header){SLICE("X-Long"), text};
    composed();
    expect_lines_within(78);
    expect_text(raw_value("X-Long"), slice_trim(text), __LINE__);
    headers[0].value = repeated(" ", 870);
    composed();
    headers[0].value = arena_printf(arena, "a%*s", 200, "b");
    composed();
    expect_text(raw_value("X-Long"), headers[0].value, __LINE__);
}

/* ---- attachments ---- */

static void
attachments_carry_every_byte(void **state)
{
    (void)state;
    char bytes[1024];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)(i * 7 + i / 256);
    const struct slice contents[] = {{bytes, sizeof bytes},
                                     SLICE("a\rb\nc\r\nd "),
                                     SLICE("\r"),
                                     SLICE("\n"),
                                     repeated("0123456789\n", 200000 / 11)};
    attach("a.bin", SLICE(""));
    for (size_t i = 0; i < sizeof contents / sizeof contents[0]; i++) {
        attachments[0].content = contents[i];
        for (int k = COMPOSE_BASE64; k <= COMPOSE_QUOTED_PRINTABLE; k++) {
            attachments[0].encoding = k;
            composed();
            expect_text(decoded(part_with("Content-Type: application/octet")), contents[i],
                        __LINE__);
        }
    }
}

static void
attachment_that_is_to_be_7bit_must_be(void **state)
{
    (void)state;
    attach("a.txt", SLICE("one\ntwo"));
    attachments[0].encoding = COMPOSE_SEVEN_BIT;
    composed();
    assert_slice(decoded(part_with("Content-Type: text/plain\r\n")), "one\r\ntwo");
    const struct slice bad[] = {SLICE("\xc3\xa9"), SLICE("a\0b"), repeated("x", 999)};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        attachments[0].content = bad[i];
        refused(RC_SYNTAX, "The content of 'a.txt' is not 7bit");
    }
}

static void
executable_names_are_refused(void **state)
{
    (void)state;
    static const char *const names[] = {
        "x.exe",      "x.EXE",      "report.pdf.exe", ".exe",      "x.exe.",   "x.exe ",
        "x.exe. . .", "x.com",      "x.JS",           "x.ps1xml",  "x.xnk",    "x.ade",
        "a b.vbs",    "日本語.scr", "x.vsmacros",     "x.msh2xml", "x.tmp ..",
    };
    attach("", SLICE("x"));
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        attachments[0].file_name = slice_of(names[i]);
        refused(RC_DENIED, "Illegal filename '");
    }
    attachments[0].file_name = SLICE("x.exe");
    refused(RC_DENIED, "Illegal filename 'x.exe'.");
    static const char *const fine[] = {"exe", "x.exe.txt", "x.exes", "x", "xexe", "jsx.json"};
    for (size_t i = 0; i < sizeof fine / sizeof fine[0]; i++) {
        attachments[0].file_name = slice_of(fine[i]);
        composed();
    }
}

static void
file_names_are_names(void **state)
{
    (void)state;
    static const char *const bad[] = {"",
                                      "/etc/passwd",
                                      "a/b",
                                      "a\\b",
                                      "..",
                                      ".",
                                      "a\tb",
                                      "x\xe2\x80\xae"
                                      "fdp.txt"};
    attach("", SLICE("x"));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        attachments[0].file_name = slice_of(bad[i]);
        refused(RC_SYNTAX, "file name");
    }
    attachments[0].file_name = repeated("x", 1021);
    refused(RC_LIMIT, "file name");
}

static void
file_names_are_written_for_every_reader(void **state)
{
    (void)state;
    static const struct {
        const char *name, *written;
    } cases[] = {
        {"a b.pdf", " filename=\"a b.pdf\"\r\n"},
        {"a\"b;c.pdf", " filename=\"a\\\"b;c.pdf\"\r\n"},
        {"見積.pdf", " filename*=UTF-8''%E8%A6%8B%E7%A9%8D.pdf\r\n"},
        {"100%'*é.pdf", " filename*=UTF-8''100%25%27%2A%C3%A9.pdf\r\n"},
        /* Mail programs would decode it, and find another name. */
        {"=?utf-8?Q?x.=65xe?"
         "=",
         " filename*=UTF-8''%3D%3Futf-8%3FQ%3Fx.%3D65xe%3F%3D\r\n"},
        {"とても長いファイル名.pdf",
         ";\r\n filename*0*=UTF-8''%E3%81%A8%E3%81%A6%E3%82%82%E9%95%B7%E3%81%84"
         ";\r\n filename*1*=%E3%83%95%E3%82%A1%E3%82%A4%E3%83%AB%E5%90%8D.pdf\r\n"},
    };
    attach("", SLICE("x"));
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        attachments[0].file_name = slice_of(cases[i].name);
        composed();
        assert_holds(cases[i].written);
    }
    attachments[0].file_name = repeated("x", 1020);
    composed();
    assert_holds("filename*16*=");
}

static void
content_types_are_given_or_known(void **state)
{
    (void)state;
    static const struct {
        const char *name, *type, *written;
    } cases[] = {
        {"a.PDF", "", "Content-Type: application/pdf\r\n"},
        {"a.unknown", "", "Content-Type: application/octet-stream\r\n"},
        {"a", "", "Content-Type: application/octet-stream\r\n"},
        {"a.pdf", "text/x-other", "Content-Type: text/x-other\r\n"},
        {"a.ics", "text/calendar; method=REQUEST; charset=\"UTF-8\"",
         "Content-Type: text/calendar; method=REQUEST; charset=UTF-8\r\n"},
        {"a.bin", "a/b;x=\"c \\\" d\"", "Content-Type: a/b; x=\"c \\\" d\"\r\n"},
        /* The name is FileName, which was checked. */
        {"a.pdf", "application/pdf; name=\"x.exe\"; NAME*0*=y; a=b",
         "Content-Type: application/pdf; a=b\r\n"},
    };
    attach("", SLICE("x"));
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        attachments[0].file_name = slice_of(cases[i].name);
        attachments[0].content_type = slice_of(cases[i].type);
        composed();
        assert_holds(cases[i].written);
    }
    static const char *const bad[] = {
        "pdf",
        "/pdf",
        "text/",
        "text/plain x",
        "text/plain; a",
        "text/plain; =b",
        "text/plain; a=",
        "text/plain; a=\"b",
        "text/plain; a=b c",
        "text/\xc3\xa9",
        "multipart/mixed; boundary=x",
        "Multipart/mixed",
        "message/partial; id=x",
        "message/external-body",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        attachments[0].content_type = slice_of(bad[i]);
        refused(RC_SYNTAX, "ontent type");
    }
}

static void
attached_message_is_not_encoded(void **state)
{
    (void)state;
    attach("a.eml", SLICE("From: a@b.example\nSubject: x\n\nbody"));
    attachments[0].content_type = SLICE("message/rfc822");
    composed();
    assert_holds("Content-Type: message/rfc822\r\nContent-Transfer-Encoding: 7bit\r\n");
    assert_slice(decoded(part_with("Content-Type: message/rfc822")),
                 "From: a@b.example\r\nSubject: x\r\n\r\nbody");
    attachments[0].content = SLICE("Subject: \xc3\xa9\n\nbody");
    composed();
    assert_holds("Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n");
}

static void
description_is_text(void **state)
{
    (void)state;
    attach("a.pdf", SLICE("x"));
    attachments[0].description = SLICE("説明");
    composed();
    assert_holds("\r\nContent-Description: =?UTF-8?B?6Kqs5piO?"
                 "=\r\n");
}

/* ---- limits ---- */

static void
message_has_at_most_500_parts(void **state)
{
    (void)state;
    for (size_t i = 0; i < 495; i++)
        attach("a.txt", SLICE("x"));
    composed();
    attach("a.txt", SLICE("x"));
    refused(RC_LIMIT, "more than 500 MIME parts");
}

static void
message_is_no_longer_than_its_buffer(void **state)
{
    (void)state;
    composed();
    size_t len = out.len;
    buf_fini(&out);
    buf_init(&out, len + 64);
    composed();
    message.text.data = repeated("x", 200);
    refused(RC_LIMIT, "longer than");
    message.text.data = SLICE("Hi\n");
    message.subject.data = repeated("é", HEADER_MAX);
    refused(RC_LIMIT, "Subject: longer than");
}

static void
header_block_is_no_larger_than_can_be_read(void **state)
{
    (void)state;
    message.subject.data = repeated("é", HEADER_MAX / 2);
    refused(RC_LIMIT, "the header is larger");
}

static void
what_was_in_the_buffer_stays(void **state)
{
    (void)state;
    buf_add(&out, SLICE("before"));
    assert_int_equal(compose_message(arena, &message, &out, &err), RC_OK);
    assert_true(slice_starts(buf_slice(&out), SLICE("beforeFrom: ")));
    buf_reset(&out);
    buf_add(&out, SLICE("before"));
    message.from = SLICE("");
    assert_int_equal(compose_message(arena, &message, &out, NULL), RC_SYNTAX);
    assert_slice(buf_slice(&out), "before");
}

#define TEST(name) cmocka_unit_test_setup_teardown((name), set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(plain_text_is_one_body),
        TEST(message_for_a_look_has_no_from_and_begins_with_the_date),
        TEST(html_is_one_body),
        TEST(text_comes_before_html),
        TEST(inline_images_stand_beside_the_html),
        TEST(inline_without_html_or_content_id_is_an_attachment),
        TEST(empty_bodies_are_messages),
        TEST(all_address_fields_are_written_in_order),
        TEST(boundary_in_the_content_is_not_used),
        TEST(encoded_content_cannot_hold_a_boundary),
        TEST(nested_boundaries_do_not_begin_alike),
        TEST(subject_cannot_end_its_line),
        TEST(header_value_cannot_end_its_line),
        TEST(attachment_fields_cannot_end_their_line),
        TEST(charset_cannot_end_its_line),
        TEST(name_that_nobody_could_read_again_is_refused),
        TEST(address_cannot_end_its_line),
        TEST(one_string_is_one_mailbox),
        TEST(name_that_looks_like_an_encoded_word_is_text),
        TEST(subject_that_is_encoded_already_goes_as_it_is),
        TEST(header_value_keeps_its_encoded_words),
        TEST(names_are_quoted_or_encoded),
        TEST(long_names_and_lists_are_folded),
        TEST(long_subjects_are_folded_and_read_the_same),
        TEST(no_encoded_word_splits_a_character),
        TEST(subject_is_written_in_its_charset),
        TEST(line_ends_become_crlf),
        TEST(the_shorter_encoding_is_taken),
        TEST(body_in_quoted_printable_reads_the_same),
        TEST(line_of_998_is_the_longest_in_7bit),
        TEST(japanese_charsets_carry_the_body),
        TEST(charset_must_be_known_and_hold_the_text),
        TEST(large_body_costs_in_proportion),
        TEST(custom_headers_are_written_as_given),
        TEST(headers_of_ours_cannot_be_given),
        TEST(header_names_are_printable_without_colon),
        TEST(custom_headers_have_limits),
        TEST(header_that_stands_once_cannot_be_given_twice),
        TEST(long_header_values_are_folded_at_their_spaces),
        TEST(attachments_carry_every_byte),
        TEST(attachment_that_is_to_be_7bit_must_be),
        TEST(executable_names_are_refused),
        TEST(file_names_are_names),
        TEST(file_names_are_written_for_every_reader),
        TEST(content_types_are_given_or_known),
        TEST(attached_message_is_not_encoded),
        TEST(description_is_text),
        TEST(message_has_at_most_500_parts),
        TEST(message_is_no_longer_than_its_buffer),
        TEST(header_block_is_no_larger_than_can_be_read),
        TEST(what_was_in_the_buffer_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
