/* Where a head of the ledger is posted, and what the other side says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/post.h"

static void
assert_slice(struct slice text, const char *expected)
{
    if (!slice_is(text, expected))
        fail_msg("\"%.*s\" is not \"%s\"", SLICE_ARG(text), expected);
}

static void
an_address_is_read_with_what_it_leaves_out(void **state)
{
    static const struct {
        const char *text, *host, *authority, *path;
        uint16_t port;
        bool tls;
    } good[] = {
        {"https://example.org", "example.org", "example.org", "", 443, true},
        {"http://example.org/", "example.org", "example.org", "/", 80, false},
        {"https://example.org:8443/a?b=c", "example.org", "example.org:8443", "/a?b=c", 8443, true},
        {"http://192.0.2.1/x", "192.0.2.1", "192.0.2.1", "/x", 80, false},
        {"https://[2001:db8::1]:1/x", "2001:db8::1", "[2001:db8::1]:1", "/x", 1, true},
    };
    struct post_url url;
    struct err err;
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_int_equal(post_url_read(slice_of(good[i].text), &url, &err), RC_OK);
        assert_slice(url.host, good[i].host);
        assert_slice(url.authority, good[i].authority);
        assert_slice(url.path, good[i].path);
        assert_int_equal(url.port, good[i].port);
        assert_int_equal(url.tls, good[i].tls);
    }
}

static void
what_is_no_address_is_refused(void **state)
{
    static const char *const bad[] = {
        "",
        "example.org",
        "ftp://example.org/",
        "https://",
        "https:///x",
        "https://:80/",
        "https://example.org:0/",
        "https://example.org:65536/",
        "https://example.org:/",
        "https://example.org:8x/",
        "https://[2001:db8::1/",
        "https://[]/",
        "https://[::1]x/",
        "https://user@example.org/",
        "https://example.org/a b",
        "https://example.org/\r\nX: y",
        "https://example.org/#a",
    };
    struct post_url url;
    struct err err;
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (post_url_read(slice_of(bad[i]), &url, &err) != RC_SYNTAX)
            fail_msg("taken: %s", bad[i]);
}

static void
a_request_says_how_long_its_text_is(void **state)
{
    struct arena *arena = arena_new();
    struct post_url url;
    struct err err;
    (void)state;
    assert_int_equal(post_url_read(SLICE("https://example.org:8443/a"), &url, &err), RC_OK);
    assert_slice(post_request(arena, &url, SLICE("two\nlines\n")),
                 "POST /a HTTP/1.1\r\nHost: example.org:8443\r\nContent-Type: text/plain; "
                 "charset=utf-8\r\nContent-Length: 10\r\nConnection: close\r\n\r\ntwo\nlines\n");
    arena_free(arena);
}

static void
an_answer_is_its_first_line(void **state)
{
    static const struct {
        const char *text;
        enum rc rc;
        int status;
    } answers[] = {
        {"", RC_AGAIN, 0},
        {"HTTP/1.1 204", RC_AGAIN, 0},
        {"HTTP/1.1 204\r\n", RC_OK, 204},
        {"HTTP/1.0 200 OK\r\nX: y\r\n", RC_OK, 200},
        {"HTTP/1.1 503 Sorry\n", RC_OK, 503},
        {"HTTP/1.1 2000 OK\r\n", RC_SYNTAX, 0},
        {"HTTP/1.1 099 OK\r\n", RC_SYNTAX, 0},
        {"HTTP/2 200\r\n", RC_SYNTAX, 0},
        {"220 mx.example.org ESMTP\r\n", RC_SYNTAX, 0},
        {"\n", RC_SYNTAX, 0},
    };
    struct err err;
    int status;
    (void)state;
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        enum rc rc = post_status_read(slice_of(answers[i].text), &status, &err);
        if (rc != answers[i].rc || (rc == RC_OK && status != answers[i].status))
            fail_msg("wrong: %s", answers[i].text);
    }
}

static void
an_answer_without_end_is_refused(void **state)
{
    char text[POST_STATUS_MAX];
    struct err err;
    int status;
    (void)state;
    memset(text, 'x', sizeof text);
    assert_int_equal(post_status_read((struct slice){text, sizeof text - 1}, &status, &err),
                     RC_AGAIN);
    assert_int_equal(post_status_read((struct slice){text, sizeof text}, &status, &err), RC_SYNTAX);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_is_read_with_what_it_leaves_out),
        cmocka_unit_test(what_is_no_address_is_refused),
        cmocka_unit_test(a_request_says_how_long_its_text_is),
        cmocka_unit_test(an_answer_is_its_first_line),
        cmocka_unit_test(an_answer_without_end_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
