/* Where a message ends, and where it does not: every false end that servers disagree about. */
#include "base/memory.h"
#include "mail/data.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void
take(void *ctx, struct slice piece)
{
    buf_add(ctx, piece);
}

/* Reads in pieces of `step`; how much was consumed, SLICE_NONE without an end. */
static size_t
read_all(struct slice data, size_t step, struct buf *text)
{
    struct data_reader reader = {DATA_LINE_START};
    size_t used = 0;
    bool finished = false;
    while (used < data.len && !finished)
        used += data_read(&reader, slice_head(slice_from(data, used), step), take, text, &finished);
    return finished ? used : SLICE_NONE;
}

static void
the_end_is_crlf_dot_crlf_and_nothing_else(void **state)
{
    static const struct {
        const char *data, *text; /* NULL: no end */
    } cases[] = {
        {".\r\n", ""},
        {"a\r\n.\r\n", "a\r\n"},
        {"a\r\n..\r\n.\r\n", "a\r\n.\r\n"},
        {"..a\r\n.\r\n", ".a\r\n"},
        {"a\r\n.b\r\n.\r\n", "a\r\nb\r\n"},
        {"a.\r\n.\r\n", "a.\r\n"},
        {"a\n.\n", NULL},
        {"a\n.\r\n", NULL},
        {"a\r\n.\n", NULL},
        {"a\r.\r", NULL},
        {"a\r.\r\n", NULL},
        {"a\r\n.\r", NULL},
        {"a\r\n.\r\r\n", NULL},
        {"a\r\n.\rb\r\n", NULL},
        {"a\r\r\n.\r\n", "a\r\r\n"},
        {"a\n\r\n.\r\n", "a\n\r\n"},
        {"a\r\n.\n.\r\nb\r\n.\r\n", "a\r\n\n.\r\nb\r\n"},
        {"a\r\n.\r.\r\nb\r\n.\r\n", "a\r\n\r.\r\nb\r\n"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (size_t step = 1; step <= 8; step++) {
            struct buf text;
            struct slice data = slice_of(cases[i].data);
            buf_init(&text, 1000);
            size_t used = read_all(data, step, &text);
            if ((used != SLICE_NONE) != (cases[i].text != NULL) ||
                (cases[i].text && (used != data.len || !slice_is(buf_slice(&text), cases[i].text))))
                fail_msg("case %zu in steps of %zu: %.*s", i, step, SLICE_ARG(buf_slice(&text)));
            buf_fini(&text);
        }
}

static void
what_follows_the_end_is_not_touched(void **state)
{
    struct buf text;
    struct slice data = SLICE("a\r\n.\r\nMAIL FROM:<b@c.example>\r\n");
    (void)state;
    buf_init(&text, 1000);
    assert_int_equal(read_all(data, data.len, &text), 6);
    assert_true(slice_is(buf_slice(&text), "a\r\n"));
    buf_fini(&text);
}

static void
nul_and_every_other_byte_is_passed_on(void **state)
{
    char bytes[256 + 5];
    struct buf text;
    (void)state;
    for (int i = 0; i < 256; i++)
        bytes[i] = (char)i;
    memcpy(bytes + 256, "\r\n.\r\n", 5);
    buf_init(&text, 1000);
    assert_int_equal(read_all((struct slice){bytes, sizeof bytes}, 7, &text), sizeof bytes);
    assert_int_equal(text.len, 258);
    assert_memory_equal(text.ptr, bytes, 258);
    buf_fini(&text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_end_is_crlf_dot_crlf_and_nothing_else),
        cmocka_unit_test(what_follows_the_end_is_not_touched),
        cmocka_unit_test(nul_and_every_other_byte_is_passed_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
