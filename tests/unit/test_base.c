/* Slices, buffers, arenas, maps, codecs, times, JSON: what everything else stands on. */
#include "base/clock.h"
#include "base/codec.h"
#include "base/json.h"
#include "base/map.h"
#include "base/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static struct arena *arena;
static struct err err;

static void
slices_compare_by_bytes_and_fold_ascii_only(void **state)
{
    uint64_t number;
    struct slice before, after;
    (void)state;
    assert_true(slice_ieq(SLICE("AbC"), SLICE("aBc")));
    assert_false(slice_ieq(SLICE("\xc3\x84"), SLICE("\xc3\xa4")));
    assert_false(slice_eq(SLICE("a\0b"), SLICE("a\0c")));
    assert_true(slice_u64(SLICE("18446744073709551615"), &number));
    assert_false(slice_u64(SLICE("18446744073709551616"), &number));
    assert_false(slice_u64(SLICE("-1"), &number));
    assert_false(slice_u64(SLICE(""), &number));
    int64_t whole;
    assert_true(slice_i64(SLICE("-9223372036854775807"), &whole) && whole == -INT64_MAX);
    assert_true(slice_i64(SLICE("42"), &whole) && whole == 42);
    assert_false(slice_i64(SLICE("9223372036854775808"), &whole));
    assert_false(slice_i64(SLICE("-"), &whole));
    assert_false(slice_i64(SLICE("--1"), &whole));
    assert_true(slice_cut(SLICE("a=b=c"), '=', &before, &after));
    assert_true(slice_is(before, "a") && slice_is(after, "b=c"));
    assert_false(slice_equal_secret(SLICE("secret"), SLICE("secreT")));
    assert_false(slice_equal_secret(SLICE("secret"), SLICE("secret\0")));
    assert_true(slice_equal_secret(SLICE("secret"), SLICE("secret")));
}

static void
a_buffer_stays_as_it_was_once_its_maximum_would_be_passed(void **state)
{
    struct buf buf;
    (void)state;
    buf_init(&buf, 10);
    buf_add(&buf, SLICE("12345678"));
    buf_add(&buf, SLICE("abc"));
    assert_false(buf_ok(&buf));
    assert_true(slice_is(buf_slice(&buf), "12345678"));
    buf_add(&buf, SLICE("a"));
    assert_int_equal(buf.len, 8);
    buf_reset(&buf);
    buf_printf(&buf, "%d", 123456789);
    assert_true(buf_ok(&buf));
    buf_consume(&buf, 4);
    assert_true(slice_is(buf_slice(&buf), "56789"));
    buf_fini(&buf);
}

/* At every fill of a block and of a buffer: what fits, fits exactly, and does not. */
static void
formatted_text_is_whole_wherever_it_ends_up(void **state)
{
    struct buf buf;
    (void)state;
    buf_init(&buf, 200000);
    for (int i = 0; i < 2000; i++) {
        struct slice before = arena_printf(arena, "<%d>", i);
        struct slice text = arena_printf(arena, "%.*s%0*d", SLICE_ARG(before), 1 + i % 97, i);
        assert_int_equal(text.len, strlen(text.ptr));
        assert_int_equal(atoi(text.ptr + before.len), i);
        assert_int_equal(atoi(before.ptr + 1), i);
        size_t len = buf.len;
        buf_printf(&buf, "%.*s", SLICE_ARG(text));
        assert_true(slice_eq(slice_from(buf_slice(&buf), len), text));
    }
    assert_true(buf_ok(&buf));
    buf_fini(&buf);
}

static void
base64_is_strict(void **state)
{
    struct slice out;
    static const char *const bad[] = {
        "Zg", "Zg=", "Z===", "Zh==", "Zm9=", "Zm 9v", "Zm9v\n", "===="};
    (void)state;
    assert_true(slice_is(codec_base64(arena, SLICE("fo")), "Zm8="));
    assert_int_equal(codec_base64_decode(arena, SLICE("Zm9vYg=="), &out, &err), RC_OK);
    assert_true(slice_is(out, "foob"));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (codec_base64_decode(arena, slice_of(bad[i]), &out, &err) == RC_OK)
            fail_msg("%s was taken", bad[i]);
    for (size_t len = 0; len < 40; len++) {
        char bytes[40];
        random_bytes(bytes, sizeof bytes);
        struct slice in = {bytes, len};
        assert_int_equal(codec_base64_decode(arena, codec_base64(arena, in), &out, &err), RC_OK);
        assert_true(slice_eq(in, out));
        assert_int_equal(codec_base32_decode(arena, codec_base32(arena, in), &out, &err), RC_OK);
        assert_true(slice_eq(in, out));
        assert_int_equal(codec_hex_decode(arena, codec_hex(arena, in), &out, &err), RC_OK);
        assert_true(slice_eq(in, out));
    }
    assert_int_equal(codec_percent_decode(arena, SLICE("a%4"), false, &out, &err), RC_SYNTAX);
    assert_int_equal(codec_percent_decode(arena, SLICE("a%40b+c"), true, &out, &err), RC_OK);
    assert_true(slice_is(out, "a@b c"));
}

static void
utf8_must_be_well_formed(void **state)
{
    static const char *const bad[] = {
        "\xc0\x80",         "\xe0\x80\x80", "\xed\xa0\x80", "\xf0\x80\x80\x80",
        "\xf4\x90\x80\x80", "\x80",         "\xc3",         "\xff"};
    (void)state;
    assert_true(codec_utf8_valid(SLICE("\xe5\xa4\xaa\xe9\x83\x8e \xf0\x9f\x98\x80")));
    assert_int_equal(codec_utf8_count(SLICE("\xe5\xa4\xaa\xe9\x83\x8e \xf0\x9f\x98\x80")), 4);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(codec_utf8_valid(slice_of(bad[i])));
}

static void
times_are_read_and_written(void **state)
{
    int64_t ms;
    static const char *const bad[] = {"2018-02-30T00:00Z", "2018-13-01T00:00Z", "2018-08-31T12:00",
                                      "2018-08-31T24:00Z", "yesterday",         "",
                                      "2018-08-31T12:00Zx"};
    (void)state;
    assert_true(clock_parse(SLICE("2018-08-31T12:00Z"), &ms));
    assert_true(slice_is(clock_iso8601(arena, ms), "2018-08-31T12:00:00.000Z"));
    assert_true(clock_parse(SLICE("2018-08-31T12:00:30.25+09:00"), &ms));
    assert_true(slice_is(clock_iso8601(arena, ms), "2018-08-31T03:00:30.250Z"));
    assert_true(clock_parse(SLICE("1701896578"), &ms));
    assert_true(slice_is(clock_rfc5322(arena, ms), "Wed, 6 Dec 2023 21:02:58 +0000"));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (clock_parse(slice_of(bad[i]), &ms))
            fail_msg("%s was taken", bad[i]);
}

static void
a_map_keeps_what_was_put_and_forgets_what_was_removed(void **state)
{
    struct map *map = map_new();
    (void)state;
    for (uint64_t i = 1; i <= 5000; i++)
        assert_null(map_put(map, MAP_KEY(i), (void *)(uintptr_t)i));
    for (uint64_t i = 1; i <= 5000; i += 2)
        assert_ptr_equal(map_remove(map, MAP_KEY(i)), (void *)(uintptr_t)i);
    for (uint64_t i = 1; i <= 5000; i++)
        assert_ptr_equal(map_get(map, MAP_KEY(i)), i % 2 ? NULL : (void *)(uintptr_t)i);
    size_t cursor = 0, seen = 0;
    struct slice key;
    void *value;
    while (map_next(map, &cursor, &key, &value)) {
        map_remove(map, key);
        seen++;
    }
    assert_int_equal(seen, 2500);
    assert_int_equal(map_count(map), 0);
    map_free(map);
}

static void
json_errors_name_line_and_column(void **state)
{
    static const struct {
        const char *text, *where;
    } bad[] = {
        {"{\n  \"a\": 1,\n  \"a\": 2}", "line 3, column 3: the name \"a\" appears twice"},
        {"{\"a\": [1, 2,]}", "line 1, column 13"},
        {"[1] x", "line 1, column 5: text follows the value"},
        {"\"\\u0000\"", "\\u0000"},
        {"\"\\ud800\"", "surrogate"},
        {"\"\xff\"", "not UTF-8"},
        {"01", "text follows"},
        {"1e999", "too large"},
        {"nul", "a value is expected"},
        {"\"a\nb\"", "control character"},
        {"", "a value is expected"},
    };
    struct json *value;
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(json_parse(arena, slice_of(bad[i].text), &value, &err), RC_SYNTAX);
        if (!strstr(err.text, bad[i].where))
            fail_msg("%s -> %s", bad[i].text, err.text);
    }
    char deep[200];
    memset(deep, '[', sizeof deep);
    assert_int_equal(json_parse(arena, (struct slice){deep, sizeof deep}, &value, &err), RC_SYNTAX);
}

/* `open` and `close` around `count` times `item`, with commas. */
static enum rc
parse_repeated(const char *open, const char *item, size_t count, const char *close)
{
    struct buf text;
    struct json *value;
    buf_init(&text, 4000000);
    buf_add_cstr(&text, open);
    for (size_t i = 0; i < count; i++)
        buf_printf(&text, item, i ? "," : "", i);
    buf_add_cstr(&text, close);
    assert_true(buf_ok(&text));
    enum rc rc = json_parse(arena, buf_slice(&text), &value, &err);
    buf_fini(&text);
    return rc;
}

static void
json_has_a_limit_of_members_elements_and_values(void **state)
{
    (void)state;
    const char *member = "%s\"%zu\":0", *element = "%s%zu";
    assert_int_equal(parse_repeated("{", member, JSON_MEMBERS_MAX, "}"), RC_OK);
    assert_int_equal(parse_repeated("{", member, JSON_MEMBERS_MAX + 1, "}"), RC_SYNTAX);
    assert_int_equal(parse_repeated("[", element, JSON_ELEMENTS_MAX, "]"), RC_OK);
    assert_int_equal(parse_repeated("[", element, JSON_ELEMENTS_MAX + 1, "]"), RC_SYNTAX);
    const char *many =
        "%s[%zu,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]"; /* 29 values */
    assert_int_equal(parse_repeated("[", many, JSON_VALUES_MAX / 29, "]"), RC_OK);
    assert_int_equal(parse_repeated("[", many, JSON_VALUES_MAX / 29 + 1, "]"), RC_SYNTAX);
    assert_non_null(strstr(err.text, "too many elements"));
}

static void
json_is_read_back_as_it_was_written(void **state)
{
    struct buf out;
    struct json_writer writer;
    struct json *value;
    int64_t number;
    (void)state;
    buf_init(&out, 1000);
    json_writer_init(&writer, &out);
    json_open_object(&writer);
    json_put_string(&writer, "text", SLICE("a\"\\\n\x01\xe5\xa4\xaa\xff"));
    json_put_i64(&writer, "number", -42);
    json_key(&writer, "list");
    json_open_array(&writer);
    json_write_bool(&writer, true);
    json_write_null(&writer);
    json_close_array(&writer);
    json_close_object(&writer);
    assert_int_equal(json_parse(arena, buf_slice(&out), &value, &err), RC_OK);
    assert_true(slice_is(json_member(value, "text")->text, "a\"\\\n\x01\xe5\xa4\xaa\xef\xbf\xbd"));
    assert_int_equal(json_get_i64(value, "number", 0, &number, &err), RC_OK);
    assert_int_equal(number, -42);
    assert_int_equal(json_member(value, "list")->count, 2);
    buf_fini(&out);
}

static void
message_ids_have_the_form_of_ses(void **state)
{
    (void)state;
    struct slice id = random_message_id(arena, "0100", 1701896578776);
    assert_int_equal(id.len, 60);
    assert_true(slice_starts(id, SLICE("0100018c40f0e6d8-")));
    assert_true(slice_ends(id, SLICE("-000000")));
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
        TEST(slices_compare_by_bytes_and_fold_ascii_only),
        TEST(a_buffer_stays_as_it_was_once_its_maximum_would_be_passed),
        TEST(formatted_text_is_whole_wherever_it_ends_up),
        TEST(base64_is_strict),
        TEST(utf8_must_be_well_formed),
        TEST(times_are_read_and_written),
        TEST(a_map_keeps_what_was_put_and_forgets_what_was_removed),
        TEST(json_errors_name_line_and_column),
        TEST(json_has_a_limit_of_members_elements_and_values),
        TEST(json_is_read_back_as_it_was_written),
        TEST(message_ids_have_the_form_of_ses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
