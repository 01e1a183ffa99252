/* The console's files: what is found in a pack, and packs that are none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "accept/pages.h"

static const struct slice pack = SLICE("postern pages 1\n"
                                       "/console/ text/html changing aa 4 3 2\n"
                                       "/console/assets/x.js text/javascript fixed bb 1 1 1\n"
                                       "\n"
                                       "htmlgzbrpxyb");
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

static struct pages_answer
ask_of(struct slice of, const char *method, const char *path, const char *header)
{
    struct pages_answer answer;
    const struct pages_request request = {slice_of(method), slice_of(path), slice_of(header)};
    pages_answer(arena, of, &request, &answer);
    return answer;
}

static struct pages_answer
ask(const char *path, const char *header)
{
    return ask_of(pack, "GET", path, header);
}

static bool
has(const struct pages_answer *answer, const char *text)
{
    return slice_find(answer->header, slice_of(text)) != SLICE_NONE;
}

static void
each_coding_has_its_own_bytes(void **state)
{
    (void)state;
    struct pages_answer plain = ask("/console/", ""),
                        gzip = ask("/console/", "Accept-Encoding: deflate, gzip\r\n"),
                        brotli = ask("/console/", "Accept-Encoding: gzip;q=1.0, br;q=0.5\r\n"),
                        refused = ask("/console/", "Accept-Encoding: gzip;q=0, br; q=0\r\n"),
                        other = ask("/console/assets/x.js", "Accept-Encoding: br\r\n");
    assert_true(slice_is(plain.body, "html") && !has(&plain, "Content-Encoding"));
    assert_true(slice_is(gzip.body, "gzb") && has(&gzip, "Content-Encoding: gzip\r\n"));
    assert_true(slice_is(brotli.body, "rp") && has(&brotli, "Content-Encoding: br\r\n"));
    assert_true(slice_is(refused.body, "html"));
    assert_true(slice_is(other.body, "b") && slice_is(other.content_type, "text/javascript"));
}

static void
what_changes_is_asked_about_and_what_does_not_is_kept(void **state)
{
    (void)state;
    struct pages_answer changing = ask("/console/", ""), fixed = ask("/console/assets/x.js", ""),
                        same = ask("/console/", "If-None-Match: \"aa\"\r\n");
    assert_true(has(&changing, "Cache-Control: no-cache\r\n") && has(&changing, "ETag: \"aa\""));
    assert_true(has(&fixed, "immutable"));
    assert_int_equal(same.status, 304);
    assert_int_equal(same.body.len, 0);
}

static void
core_keeps_its_own_paths(void **state)
{
    (void)state;
    assert_true(pages_is_theirs(SLICE("/console")) && pages_is_theirs(SLICE("/console/x")));
    assert_true(pages_is_theirs(SLICE("/console/sessions")));
    assert_false(pages_is_theirs(SLICE("/console/session")));
    assert_false(pages_is_theirs(SLICE("/console/api/iam/ListUsers")));
    assert_false(pages_is_theirs(SLICE("/consolex")));
    assert_false(pages_is_theirs(SLICE("/")));
}

static void
a_pack_that_is_none_has_no_pages(void **state)
{
    static const char *const packs[] = {
        "",
        "postern pages 2\n/console/ a changing aa 1 1 1\n\nabc",
        "postern pages 1\n/console/ a changing aa 1 1 1\n",
        "postern pages 1\n/console/ a changing aa 1 1\n\nabc",
        "postern pages 1\n/console/ a changing aa 1 1 2\n\nabc",
        "postern pages 1\n/console/ a changing aa -1 1 1\n\nabc",
        "postern pages 1\n/console/ a changing aa 99999999999999999999 1 1\n\nabc",
    };
    (void)state;
    for (size_t i = 0; i < sizeof packs / sizeof packs[0]; i++)
        assert_int_equal(ask_of(slice_of(packs[i]), "GET", "/console/", "").status, 404);
}

static void
only_reading_is_served(void **state)
{
    (void)state;
    assert_int_equal(ask_of(pack, "HEAD", "/console/", "").status, 200);
    assert_int_equal(ask_of(pack, "POST", "/console/", "").status, 405);
    assert_int_equal(ask_of(pack, "GET", "/console", "").status, 308);
    assert_int_equal(ask_of(pack, "GET", "/console/index.html", "").status, 404);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_coding_has_its_own_bytes),
        cmocka_unit_test(what_changes_is_asked_about_and_what_does_not_is_kept),
        cmocka_unit_test(core_keeps_its_own_paths),
        cmocka_unit_test(a_pack_that_is_none_has_no_pages),
        cmocka_unit_test(only_reading_is_served),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
