/* Addresses: what is read, in which form, and what is refused for which reason. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "mail/address.h"

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

/* ---- domains ---- */

static void
domain_gives(const char *text, const char *expected)
{
    struct slice domain;
    assert_int_equal(address_domain(arena, slice_of(text), &domain, &err), RC_OK);
    assert_slice(domain, expected);
}

static void
domain_fails(struct slice text, const char *reason)
{
    struct slice domain = {0};
    assert_int_equal(address_domain(arena, text, &domain, &err), RC_SYNTAX);
    assert_null(domain.ptr);
    assert_non_null(strstr(err.text, reason));
}

static void
domain_becomes_lower_case_a_labels(void **state)
{
    (void)state;
    domain_gives("Test1.COM", "test1.com");
    domain_gives("localhost", "localhost");
    domain_gives("3.example2", "3.example2");
    domain_gives("bücher.example", "xn--bcher-kva.example");
    domain_gives("BÜCHER.example", "xn--bcher-kva.example");
    domain_gives("xn--bcher-kva.example", "xn--bcher-kva.example");
    domain_gives("straße.example", "xn--strae-oqa.example");
    domain_gives("日本語.example", "xn--wgv71a119e.example");
}

static void
look_alike_dots_and_full_width_letters_are_mapped_not_kept(void **state)
{
    (void)state;
    domain_gives("test1。com", "test1.com");
    domain_gives("ｔｅｓｔ１．ｃｏｍ", "test1.com");
}

static void
domain_with_characters_that_hosts_do_not_have_is_refused_not_mended(void **state)
{
    (void)state;
    domain_fails(SLICE("ex ample.com"), "' ' in the domain");
    domain_fails(SLICE("a_b.com"), "'_' in the domain");
    domain_fails(SLICE("bü_cher.com"), "'_' in the domain");
    domain_fails(SLICE("bücher cher.com"), "domain");
    domain_fails(SLICE("test1.com\r"), "0x0d");
    domain_fails(SLICE("te\0st.com"), "0x00");
    domain_fails(SLICE("te\0ß.com"), "NUL");
    domain_fails(SLICE("a/b.com"), "'/'");
    domain_fails(SLICE("*.com"), "'*'");
    domain_fails(SLICE("a℀b.com"), "domain");
}

static void
domain_with_invisible_characters_is_refused_since_mapping_would_delete_them(void **state)
{
    (void)state;
    domain_fails(SLICE("te\xc2\xadst1.com"), "U+00AD");
    domain_fails(SLICE("te\xe2\x80\x8bst1.com"), "U+200B");
    domain_fails(SLICE("te\xef\xb8\x8fst1.com"), "U+FE0F");
}

static void
domain_with_broken_labels_is_refused(void **state)
{
    (void)state;
    domain_fails(SLICE(""), "empty");
    domain_fails(SLICE("."), "empty label");
    domain_fails(SLICE("a..b"), "empty label");
    domain_fails(SLICE("test1.com."), "empty label");
    domain_fails(SLICE(".test1.com"), "empty label");
    domain_fails(SLICE("-a.com"), "'-'");
    domain_fails(SLICE("a-.com"), "'-'");
    domain_fails(SLICE("a.b-"), "'-'");
    domain_fails(SLICE("192.0.2.1"), "only digits");
    domain_fails(SLICE("[192.0.2.1]"), "literals");
    domain_fails(SLICE("\xff\xfe.com"), "UTF-8");
}

static void
domain_length_is_limited_per_label_and_in_all(void **state)
{
    (void)state;
    struct slice domain;
    struct slice label = repeated("a", 63);
    assert_int_equal(address_domain(arena, label, &domain, &err), RC_OK);
    domain_fails(repeated("a", 64), "63 bytes");
    assert_int_equal(address_domain(arena, slice_head(repeated("abc.", 64), 253), &domain, &err),
                     RC_OK);
    domain_fails(slice_head(repeated("abc.", 64), 254), "253 bytes");
    domain_fails(repeated("ü", 5000), "253 bytes");
}

/* ---- single addresses ---- */

static void
parses(const char *text, const char *local, const char *domain, const char *canonical)
{
    struct address address;
    assert_int_equal(address_parse(arena, slice_of(text), &address, &err), RC_OK);
    assert_slice(address.local, local);
    assert_slice(address.domain, domain);
    assert_slice(address.text, canonical);
}

static void
parse_fails(struct slice text, const char *reason)
{
    struct address address = {0};
    assert_int_equal(address_parse(arena, text, &address, &err), RC_SYNTAX);
    assert_null(address.text.ptr);
    assert_non_null(strstr(err.text, reason));
}

static void
address_keeps_the_local_part_and_lowers_the_domain(void **state)
{
    (void)state;
    parses("Taro@Test1.COM", "Taro", "test1.com", "Taro@test1.com");
    parses("taro.y+l@test1.com", "taro.y+l", "test1.com", "taro.y+l@test1.com");
    parses("a!#$%&'*+-/=?^_`{|}~b@c", "a!#$%&'*+-/=?^_`{|}~b", "c", "a!#$%&'*+-/=?^_`{|}~b@c");
    parses("taro@bücher.example", "taro", "xn--bcher-kva.example", "taro@xn--bcher-kva.example");
}

static void
quoted_local_part_is_unquoted_where_it_need_not_be_quoted(void **state)
{
    (void)state;
    parses("\"taro\"@test1.com", "taro", "test1.com", "taro@test1.com");
    parses("\"t\\aro\"@test1.com", "taro", "test1.com", "taro@test1.com");
    parses("\"a b\"@test1.com", "a b", "test1.com", "\"a b\"@test1.com");
    parses("\"a..b\"@test1.com", "a..b", "test1.com", "\"a..b\"@test1.com");
    parses("\"a@b\"@test1.com", "a@b", "test1.com", "\"a@b\"@test1.com");
    parses("\"a\\\"\\\\b\"@test1.com", "a\"\\b", "test1.com", "\"a\\\"\\\\b\"@test1.com");
}

static void
percent_hack_stays_literal(void **state)
{
    (void)state;
    parses("ceo%test2.com@test1.com", "ceo%test2.com", "test1.com", "ceo%test2.com@test1.com");
    parses("test2.com!ceo@test1.com", "test2.com!ceo", "test1.com", "test2.com!ceo@test1.com");
}

static void
address_without_its_domain_is_refused_in_the_words_of_ses(void **state)
{
    (void)state;
    parse_fails(SLICE("taro"), "Missing final '@domain'");
    parse_fails(SLICE(""), "Missing final '@domain'");
    parse_fails(SLICE("\"taro@test1.com\""), "Missing final '@domain'");
    parse_fails(SLICE("ta ro@test1.com"), "Local address contains control or whitespace");
    parse_fails(SLICE("ta\tro@test1.com"), "Local address contains control or whitespace");
    parse_fails(SLICE("ta\0ro@test1.com"), "Local address contains control or whitespace");
    parse_fails(SLICE("\"ta\0ro\"@test1.com"), "Local address contains control or whitespace");
    parse_fails(SLICE("\"ta\r\nro\"@test1.com"), "Local address contains control or whitespace");
}

static void
malformed_address_is_refused(void **state)
{
    (void)state;
    parse_fails(SLICE("@test1.com"), "local part is empty");
    parse_fails(SLICE("\"\"@test1.com"), "local part is empty");
    parse_fails(SLICE("taro@"), "domain is empty");
    parse_fails(SLICE(".taro@test1.com"), "dot");
    parse_fails(SLICE("taro.@test1.com"), "dot");
    parse_fails(SLICE("ta..ro@test1.com"), "dot");
    parse_fails(SLICE("\"taro@test1.com"), "not closed");
    parse_fails(SLICE("\"taro\\"), "not closed");
    parse_fails(SLICE("taro@jiro@test1.com"), "'@' in the domain");
    parse_fails(SLICE("taro@test1.com, jiro@test1.com"), "in the domain");
    parse_fails(SLICE("<taro@test1.com>"), "'<'");
    parse_fails(SLICE("ta(c)ro@test1.com"), "'('");
    parse_fails(SLICE("taro@[192.0.2.1]"), "literals");
    parse_fails(SLICE("taro@test1.com "), "domain");
    parse_fails(SLICE(" taro@test1.com"), "whitespace");
    parse_fails(SLICE("\"tärö\"@test1.com"), "not ASCII");
    parse_fails(SLICE("tärö@test1.com"), "local part");
}

static void
local_part_longer_than_64_bytes_is_refused(void **state)
{
    (void)state;
    struct address address;
    assert_int_equal(
        address_parse(arena, arena_concat(arena, repeated("a", 64), SLICE("@b")), &address, &err),
        RC_OK);
    parse_fails(arena_concat(arena, repeated("a", 65), SLICE("@b")), "64 bytes");
    parse_fails(arena_concat(arena, repeated("a", 1000000), SLICE("@b")), "longer");
}

/* ---- paths ---- */

static void
path_gives(const char *text, const char *address, const char *parameters)
{
    struct path path;
    assert_int_equal(address_path(arena, slice_of(text), &path, &err), RC_OK);
    assert_slice(path.address.text, address);
    assert_slice(path.parameters, parameters);
}

static void
path_fails(struct slice text, const char *reason)
{
    struct path path;
    assert_int_equal(address_path(arena, text, &path, &err), RC_SYNTAX);
    assert_non_null(strstr(err.text, reason));
}

static void
path_is_read_with_and_without_brackets(void **state)
{
    (void)state;
    path_gives("<taro@Test1.com>", "taro@test1.com", "");
    path_gives(" <a@b>", "a@b", "");
    path_gives("a@b", "a@b", "");
    path_gives(" a@b", "a@b", "");
    path_gives("a@b SIZE=10 BODY=8BITMIME", "a@b", "SIZE=10 BODY=8BITMIME");
    path_gives("<a@b>  SIZE=10 ", "a@b", "SIZE=10");
    path_gives("<\"a> b\"@c> X", "\"a> b\"@c", "X");
    path_gives("<>", "", "");
    path_gives(" <> SIZE=1", "", "SIZE=1");
}

static void
source_route_is_refused(void **state)
{
    (void)state;
    path_fails(SLICE("<@relay.example:taro@test1.com>"), "source routes are refused");
    path_fails(SLICE("<@a,@b:taro@test1.com>"), "source routes are refused");
    path_fails(SLICE("@a:taro@test1.com"), "source routes are refused");
}

static void
malformed_path_is_refused(void **state)
{
    (void)state;
    path_fails(SLICE(""), "missing");
    path_fails(SLICE("   "), "missing");
    path_fails(SLICE("<a@b"), "no closing '>'");
    path_fails(SLICE("<a@b SIZE=1>"), "no closing '>'");
    path_fails(SLICE("a@b>"), "'>' in the domain");
    path_fails(SLICE("<a@b>c"), "'c' after the path");
    path_fails(SLICE("<a@b><c@d>"), "'<' after the path");
    path_fails(SLICE("<<a@b>>"), "'<' in the local part");
    path_fails(SLICE("< a@b>"), "whitespace");
    path_fails(SLICE("<a@b >"), "no closing '>'");
    path_fails(SLICE("<postmaster>"), "Missing final '@domain'");
    path_fails(SLICE("<@b>"), "local part is empty");
    path_fails(SLICE("Taro <a@b>"), "whitespace");
    path_fails(SLICE("<a@[127.0.0.1]>"), "literals");
    path_fails(SLICE("<a\0@b>"), "NUL");
    path_fails(SLICE("<a@b\rRCPT TO:<c@d>>"), "control character");
    path_fails(SLICE("<a@bücher.example>"), "not ASCII");
    path_fails(SLICE("<a@test1。com>"), "not ASCII");
    path_fails(SLICE("<a@b> SIZE=\xff"), "not ASCII");
}

/* ---- mailbox lists ---- */

static struct mailbox *list;
static size_t count;

static struct mailbox *
list_of(struct slice value, size_t expected)
{
    enum rc rc = address_mailbox_list(arena, value, &list, &count, &err);
    if (rc != RC_OK)
        fail_msg("refused: %s", err.text);
    assert_int_equal(count, expected);
    return list;
}

static void
one(const char *value, const char *name, const char *address)
{
    list_of(slice_of(value), 1);
    assert_slice(list[0].display_name, name);
    assert_slice(list[0].address.text, address);
}

static void
list_fails(struct slice value, const char *reason)
{
    list = NULL;
    assert_int_equal(address_mailbox_list(arena, value, &list, &count, &err), RC_SYNTAX);
    assert_null(list);
    if (!strstr(err.text, reason))
        fail_msg("'%s' has not '%s'", err.text, reason);
}

static void
mailbox_is_read_in_its_usual_forms(void **state)
{
    (void)state;
    one(" taro@test1.com", "", "taro@test1.com");
    one("<taro@test1.com>", "", "taro@test1.com");
    one("Taro Yamada <taro@test1.com>", "Taro Yamada", "taro@test1.com");
    one("\"Yamada, Taro\" <taro@Test1.com>", "Yamada, Taro", "taro@test1.com");
    one("Taro  \"von\t\\\"Y\\\"\" <taro@test1.com>", "Taro von \"Y\"", "taro@test1.com");
    one("Example Inc. <taro@test1.com>", "Example Inc.", "taro@test1.com");
    one("Taro<taro@test1.com>", "Taro", "taro@test1.com");
    one("\"\" <taro@test1.com>", "", "taro@test1.com");
    one("\"taro\"@test1.com", "", "taro@test1.com");
    one("< taro@test1.com >", "", "taro@test1.com");
}

static void
mailbox_shows_what_was_written(void **state)
{
    (void)state;
    list_of(SLICE("  Taro Yamada\r\n <taro@Test1.com> ,\r\n\t<jiro@test1.com>"), 2);
    assert_slice(list[0].shown, "Taro Yamada <taro@Test1.com>");
    assert_slice(list[1].shown, "<jiro@test1.com>");
}

static void
folded_value_is_one_value(void **state)
{
    (void)state;
    one("Taro\r\n Yamada\r\n\t<taro@test1.com>", "Taro Yamada", "taro@test1.com");
    one("\"Taro\r\n Yamada\" <taro@test1.com>", "Taro Yamada", "taro@test1.com");
}

static void
each_of_several_mailboxes_is_found(void **state)
{
    (void)state;
    list_of(SLICE("a@b, c@d"), 2);
    assert_slice(list[0].address.text, "a@b");
    assert_slice(list[1].address.text, "c@d");
    list_of(SLICE("Taro <a@b>,\"x,y\" <c@d>,e@f"), 3);
    assert_slice(list[1].display_name, "x,y");
    assert_slice(list[2].address.text, "e@f");
}

static void
comments_are_no_part_of_name_or_address(void **state)
{
    (void)state;
    one("taro@test1.com (Taro (the \\) boss))", "", "taro@test1.com");
    one("(x) Taro (y) Yamada (z) <(p) taro@test1.com (q)> (r)", "Taro Yamada", "taro@test1.com");
    one("taro (c) @ (d) test1.com", "", "taro@test1.com");
    one("taro@test1.com (taro@test1.com)", "", "taro@test1.com");
}

static void
comment_that_shows_another_address_is_refused(void **state)
{
    (void)state;
    list_fails(SLICE("taro@test1.com (ceo@test2.com)"), "a comment shows another address");
    list_fails(SLICE("taro@test1.com (taro@test1.com) (x ceo@test2.com)"), "another address");
    list_fails(SLICE("(<ceo@test2.com>) <taro@test1.com>"), "another address");
    list_fails(SLICE("taro@test1.com (=?utf-8?B?Y2VvQHRlc3QyLmNvbQ==?=)"), "another address");
    list_fails(SLICE("taro@test1.com (ceo@)(test2.com)"), "another address");
}

static void
two_addresses_in_one_are_refused(void **state)
{
    (void)state;
    list_fails(SLICE("a@b <c@d>"), "'<' after the address");
    list_fails(SLICE("a@b c@d"), "'c' after the address");
    list_fails(SLICE("<a@b> <c@d>"), "'<' after the address");
    list_fails(SLICE("<a@b><c@d>"), "'<' after the address");
    list_fails(SLICE("<a@b>, c@d <e@f>"), "'<' after the address");
    list_fails(SLICE("<a@b,c@d>"), "',' after the address");
    list_fails(SLICE("a@b@c"), "'@' after the address");
    list_fails(SLICE("<<a@b>>"), "'<'");
    list_fails(SLICE("a@b; c@d"), "';' after the address");
    list_fails(SLICE("Taro <a@b> garbage"), "'g' after the address");
    list_fails(SLICE("Taro a@b"), "Local address contains control or whitespace");
    list_fails(SLICE("a@b(c).d"), "'.' after the address");
    list_fails(SLICE("a\"b\"@c"), "Illegal address");
}

static void
address_in_a_quoted_name_is_only_a_name(void **state)
{
    (void)state;
    one("\"a@b\" <c@d>", "a@b", "c@d");
    one("\"ceo@test2.com\" <taro@test1.com>", "ceo@test2.com", "taro@test1.com");
    one("\"<ceo@test2.com>, \" <taro@test1.com>", "<ceo@test2.com>,", "taro@test1.com");
}

static void
groups_and_routes_are_refused(void **state)
{
    (void)state;
    list_fails(SLICE("friends: a@b, c@d;"), "groups are refused");
    list_fails(SLICE("undisclosed-recipients:;"), "groups are refused");
    list_fails(SLICE(":;"), "groups are refused");
    list_fails(SLICE("<@relay.example:a@b>"), "source routes are refused");
    list_fails(SLICE("Taro <@a,@b:c@d>"), "source routes are refused");
}

static void
unbalanced_marks_are_refused(void **state)
{
    (void)state;
    list_fails(SLICE("\"Taro <a@b>"), "a quoted string is not closed");
    list_fails(SLICE("Taro\" <a@b>"), "a quoted string is not closed");
    list_fails(SLICE("\"Taro\\\" <a@b>"), "a quoted string is not closed");
    list_fails(SLICE("(Taro <a@b>"), "a comment is not closed");
    list_fails(SLICE("a@b (x (y)"), "a comment is not closed");
    list_fails(SLICE("a@b (x\\)"), "a comment is not closed");
    list_fails(SLICE("Taro) <a@b>"), "a ')' without its '('");
    list_fails(SLICE("a@b )"), "')' after the address");
    list_fails(SLICE("Taro <a@b"), "no closing '>'");
    list_fails(SLICE("Taro a@b>"), "whitespace");
    list_fails(SLICE("a@b>"), "'>' after the address");
}

static void
empty_lists_and_elements_are_refused(void **state)
{
    (void)state;
    list_fails(SLICE(""), "missing");
    list_fails(SLICE("  \r\n "), "missing");
    list_fails(SLICE("a@b,"), "empty");
    list_fails(SLICE(",a@b"), "empty");
    list_fails(SLICE("a@b,,c@d"), "empty");
    list_fails(SLICE("(only a comment)"), "empty");
    list_fails(SLICE("<>"), "empty");
    list_fails(SLICE("Taro <>"), "empty");
    list_fails(SLICE("Taro"), "Missing final '@domain'");
    list_fails(SLICE("<taro>"), "Missing final '@domain'");
    list_fails(SLICE("<ta ro@test1.com>"), "Local address contains control or whitespace");
    list_fails(SLICE("@test1.com"), "local part is empty");
    list_fails(SLICE("taro@"), "domain is empty");
    list_fails(SLICE("taro@[192.0.2.1]"), "literals");
}

static void
foreign_bytes_are_refused(void **state)
{
    (void)state;
    list_fails(SLICE("Taro <a@b>\0, c@d"), "NUL");
    list_fails(SLICE("\"T\xc3\xa4ro\" <a@b>"), "not ASCII");
    list_fails(SLICE("a@test1\xe3\x80\x82"
                     "com"),
               "not ASCII");
    list_fails(SLICE("a@b\r\nFrom: c@d"), "control character");
    list_fails(SLICE("a@b\rc@d"), "control character");
    list_fails(SLICE("a@b \x7f"), "control character");
    list_fails(SLICE("T\x1b[1m <a@b>"), "control character");
}

static void
deep_and_long_input_is_bounded(void **state)
{
    (void)state;
    list_fails(arena_concat(arena, repeated("(", 100000), repeated(")", 100000)), "nested deeper");
    one("((((((((((((((((x)))))))))))))))) a@b", "", "a@b");
    list_fails(arena_concat(arena, repeated("a", 2001), SLICE(" <a@b>")), "2000 bytes");
    list_of(arena_concat(arena, repeated("a@b,", 10000), SLICE("a@b")), 10001);
}

static void
encoded_words_in_names_are_decoded(void **state)
{
    (void)state;
    one("=?utf-8?Q?T=C3=A4ro?= <a@b>", "T\xc3\xa4ro", "a@b");
    one("=?UTF-8?B?5bGx55Sw?=\r\n =?UTF-8?B?5aSq6YOO?= <a@b>", "山田太郎", "a@b");
    one("=?utf-8?Q?Taro?= (c) Y <a@b>", "Taro Y", "a@b");
    one("\"=?utf-8?Q?ceo=40test2.com?=\" <a@b>", "ceo@test2.com", "a@b");
    one("=?iso-2022-jp?B?GyRCOzNFRBsoQg==?= <a@b>", "山田", "a@b");
}

static void
encoded_word_never_makes_an_address(void **state)
{
    (void)state;
    one("=?utf-8?Q?=22=3Cceo=40test2.com=3E?= <taro@test1.com>", "\"<ceo@test2.com>",
        "taro@test1.com");
    list_fails(SLICE("=?utf-8?Q?ceo=40test2.com?="), "Missing final '@domain'");
    list_fails(SLICE("=?utf-8?Q?ceo@test2.com?= <taro@test1.com>"), "domain");
    one("=?utf-8?Q?ceo?=@test1.com", "", "=?utf-8?Q?ceo?=@test1.com");
}

/* ---- one mailbox that is a parameter ---- */

static void
parameter_may_be_utf8(void **state)
{
    (void)state;
    static const struct {
        const char *text, *name, *address;
    } cases[] = {
        {" a@b ", "", "a@b"},
        {"山田 太郎 <a@b>", "山田 太郎", "a@b"},
        {"\"山田, 太郎\" <a@b>", "山田, 太郎", "a@b"},
        {"T\xc3\xa4ro <a@b\xc3\xbc"
         "cher.example>",
         "T\xc3\xa4ro", "a@xn--bcher-kva.example"},
        {"=?utf-8?B?5bGx55Sw?= 太郎 <a@b> (家)", "山田 太郎", "a@b"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct mailbox mailbox;
        if (address_mailbox(arena, slice_of(cases[i].text), &mailbox, &err) != RC_OK)
            fail_msg("'%s': %s", cases[i].text, err.text);
        assert_slice(mailbox.display_name, cases[i].name);
        assert_slice(mailbox.address.text, cases[i].address);
    }
}

static void
parameter_is_one_mailbox_without_controls(void **state)
{
    (void)state;
    static const struct {
        struct slice text;
        const char *why;
    } cases[] = {
        {SLICE(""), "missing"},
        {SLICE("a@b, c@d"), "unexpected ',' after the address"},
        {SLICE("a@b\r\n"), "control character"},
        {SLICE("Taro\r\n <a@b>"), "control character"},
        {SLICE("a@b\0"), "NUL"},
        {SLICE("T\xff <a@b>"), "not valid UTF-8"},
        {SLICE("t\xc3\xa4ro@b"), "local part is not ASCII"},
        {SLICE("\"t\xc3\xa4ro\"@b"), "local part is not ASCII"},
        {SLICE("x: a@b;"), "groups"},
        {SLICE("a@b (山 c@d.example)"), "another address"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct mailbox mailbox;
        assert_int_equal(address_mailbox(arena, cases[i].text, &mailbox, &err), RC_SYNTAX);
        if (!strstr(err.text, cases[i].why))
            fail_msg("'%s' and not '%s'", err.text, cases[i].why);
    }
}

/* ---- folding ---- */

static void
label_is_removed_from_an_address(void **state)
{
    (void)state;
    static const struct {
        const char *address, *expected;
    } rows[] = {
        {"taro+label@test1.com", "taro@test1.com"},  {"taro+a+b@test1.com", "taro@test1.com"},
        {"taro@test1.com", "taro@test1.com"},        {"+label@test1.com", "+label@test1.com"},
        {"taro+@test1.com", "taro@test1.com"},       {"\"a b+c\"@test1.com", "\"a b\"@test1.com"},
        {"\"taro+ x\"@test1.com", "taro@test1.com"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct address address;
        assert_int_equal(address_parse(arena, slice_of(rows[i].address), &address, &err), RC_OK);
        assert_slice(address_without_label(arena, &address), rows[i].expected);
    }
}

static void
fold_takes_any_text(void **state)
{
    (void)state;
    assert_slice(address_fold(arena, SLICE("Taro+News@Test1.COM")), "taro@test1.com");
    assert_slice(address_fold(arena, SLICE("\"Ta\\ro\"@test1.com")), "taro@test1.com");
    assert_slice(address_fold(arena, SLICE("\"taro+x\"@test1.com")), "taro@test1.com");
    assert_slice(address_fold(arena, SLICE("\"a@b\"@C")), "a@b@c");
    assert_slice(address_fold(arena, SLICE("+x@C")), "+x@c");
    assert_slice(address_fold(arena, SLICE("*@Test1.com")), "*@test1.com");
    assert_slice(address_fold(arena, SLICE("Test1.COM")), "test1.com");
    assert_slice(address_fold(arena, SLICE("")), "");
    assert_slice(address_fold(arena, SLICE("@")), "@");
    assert_slice(address_fold(arena, SLICE("\"@X")), "\"@x");
    assert_slice(address_fold(arena, SLICE("\"\\\"@x")), "\\@x");
}

/* ---- display names ---- */

static void
shows(const char *name, const char *expected)
{
    struct slice found;
    if (!address_appears_in(slice_of(name), &found))
        fail_msg("nothing found in %s", name);
    assert_slice(address_fold(arena, found), expected);
}

static void
shows_nothing(const char *name)
{
    struct slice found;
    if (address_appears_in(slice_of(name), &found))
        fail_msg("%.*s found in %s", SLICE_ARG(found), name);
}

static void
address_in_a_name_is_found_in_any_dress(void **state)
{
    (void)state;
    shows("ceo@test2.com", "ceo@test2.com");
    shows("The boss CEO@Test2.com!", "ceo@test2.com");
    shows("<ceo@test2.com>", "ceo@test2.com");
    shows("'ceo@test2.com'", "ceo@test2.com");
    shows("(ceo@test2.com)", "ceo@test2.com");
    shows("\"ceo@test2.com\"", "ceo@test2.com");
    shows("\xe2\x80\x9c"
          "ceo@test2.com\xe2\x80\x9d",
          "ceo@test2.com");
    shows("mailto:ceo@test2.com?subject=x", "ceo@test2.com");
    shows("*ceo@test2.com*.", "ceo@test2.com");
    shows("山田ceo@test2.com、", "ceo@test2.com");
    shows("x@y ceo@test2.com", "ceo@test2.com");
    shows("a@@ceo@test2.com", "ceo@test2.com");
}

static void
disguised_address_is_found(void **state)
{
    (void)state;
    struct slice found;
    shows("ceo＠test2.com", "ceo＠test2.com");
    shows("ceo﹫test2.com", "ceo﹫test2.com");
    shows("ceo@test2．com", "ceo@test2．com");
    shows("ceo@test2。com", "ceo@test2。com");
    shows("ｃｅｏ＠ｔｅｓｔ２．ｃｏｍ", "ｃｅｏ＠ｔｅｓｔ２．ｃｏｍ");
    shows("ceo@te\xe2\x80\x8bst2.com", "ceo@te\xe2\x80\x8bst2.com");
    shows("ceo\xe2\x80\x8b@test2.com", "ceo\xe2\x80\x8b@test2.com");
    shows("\xd1\x81\xd0\xb5\xd0\xbe@test2.com", "\xd1\x81\xd0\xb5\xd0\xbe@test2.com");
    shows("社長@例え.テスト", "社長@例え.テスト");
    assert_true(address_appears_in(SLICE("\"ceo\"@test2.com"), &found));
    assert_true(address_appears_in(SLICE("<ceo>@<test2.com>"), &found));
}

static void
ordinary_names_show_no_address(void **state)
{
    (void)state;
    shows_nothing("");
    shows_nothing("Taro Yamada");
    shows_nothing("@taro");
    shows_nothing("Taro @ test1.com");
    shows_nothing("Taro @test1.com");
    shows_nothing("meet@noon");
    shows_nothing("12@10.30");
    shows_nothing("a@b.c");
    shows_nothing("a@.com");
    shows_nothing("Taro (test1.com)");
    shows_nothing("\xff\xfe@\xff");
    shows_nothing("@");
}

static void
second_address_is_found_by_searching_on(void **state)
{
    (void)state;
    struct slice name = SLICE("taro@test1.com (ceo@test2.com)"), found;
    assert_true(address_appears_in(name, &found));
    assert_slice(found, "taro@test1.com");
    name = slice_from(name, (size_t)(found.ptr + found.len - name.ptr));
    assert_true(address_appears_in(name, &found));
    assert_slice(found, "ceo@test2.com");
    name = slice_from(name, (size_t)(found.ptr + found.len - name.ptr));
    assert_false(address_appears_in(name, &found));
}

static void
search_in_a_hostile_name_is_quick(void **state)
{
    (void)state;
    struct slice found;
    assert_false(address_appears_in(repeated("a@", 5000), &found));
    assert_false(address_appears_in(repeated("((@", 5000), &found));
    assert_false(address_appears_in(repeated("\xe2\x80\x8b", 5000), &found));
}

int
main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(domain_becomes_lower_case_a_labels),
        TEST(look_alike_dots_and_full_width_letters_are_mapped_not_kept),
        TEST(domain_with_characters_that_hosts_do_not_have_is_refused_not_mended),
        TEST(domain_with_invisible_characters_is_refused_since_mapping_would_delete_them),
        TEST(domain_with_broken_labels_is_refused),
        TEST(domain_length_is_limited_per_label_and_in_all),
        TEST(address_keeps_the_local_part_and_lowers_the_domain),
        TEST(quoted_local_part_is_unquoted_where_it_need_not_be_quoted),
        TEST(percent_hack_stays_literal),
        TEST(address_without_its_domain_is_refused_in_the_words_of_ses),
        TEST(malformed_address_is_refused),
        TEST(local_part_longer_than_64_bytes_is_refused),
        TEST(path_is_read_with_and_without_brackets),
        TEST(source_route_is_refused),
        TEST(malformed_path_is_refused),
        TEST(mailbox_is_read_in_its_usual_forms),
        TEST(mailbox_shows_what_was_written),
        TEST(folded_value_is_one_value),
        TEST(each_of_several_mailboxes_is_found),
        TEST(comments_are_no_part_of_name_or_address),
        TEST(comment_that_shows_another_address_is_refused),
        TEST(two_addresses_in_one_are_refused),
        TEST(address_in_a_quoted_name_is_only_a_name),
        TEST(groups_and_routes_are_refused),
        TEST(unbalanced_marks_are_refused),
        TEST(empty_lists_and_elements_are_refused),
        TEST(foreign_bytes_are_refused),
        TEST(deep_and_long_input_is_bounded),
        TEST(encoded_words_in_names_are_decoded),
        TEST(parameter_may_be_utf8),
        TEST(parameter_is_one_mailbox_without_controls),
        TEST(encoded_word_never_makes_an_address),
        TEST(label_is_removed_from_an_address),
        TEST(fold_takes_any_text),
        TEST(address_in_a_name_is_found_in_any_dress),
        TEST(disguised_address_is_found),
        TEST(ordinary_names_show_no_address),
        TEST(second_address_is_found_by_searching_on),
        TEST(search_in_a_hostile_name_is_quick),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
