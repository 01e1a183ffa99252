#include "mail/traces.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* The places where a message of one field, one line and a reverse-path shows `name`. */
static size_t
count_traces(const char *name, const char *value, const char *body, const char *reverse_path)
{
    struct arena *arena = arena_new();
    const struct slice names[] = {slice_of(name)};
    struct header header;
    struct trace *list;
    size_t count;
    struct err err;
    struct slice raw = arena_printf(arena, "Message-ID:%s\r\n", value);
    assert_int_equal(header_parse(arena, raw, &header, &err), RC_OK);
    traces_find(arena, names, 1, slice_of(reverse_path), &header, slice_of(body), &list, &count);
    arena_free(arena);
    return count;
}

static void
a_name_is_found_wherever_it_stands_whole(void **state)
{
    (void)state;
    assert_int_equal(count_traces("mail.de", "<1@mail.de>", "", ""), 1);
    assert_int_equal(count_traces("mail.de", "<1@x.MAIL.de>", "", ""), 1);
    assert_int_equal(count_traces("mail.de", "<1@x.de>", "see mail.de.\r\n", "b@out.mail.de"), 2);
    assert_int_equal(count_traces("mail.de", "<1@hotmail.de>", "and mail.de", ""), 1);
    assert_int_equal(count_traces("mail.de", "<hotmail.de@mail.de>", "", ""), 1);
}

static void
a_part_of_another_name_is_none(void **state)
{
    (void)state;
    assert_int_equal(count_traces("mail.de", "<1@hotmail.de>", "hotmail.de", "a@hotmail.de"), 0);
    assert_int_equal(count_traces("mail.de", "<1@mail.dev>", "mail.de-x", "a@e-mail.de"), 0);
}

static void
fields_that_tell_of_machines_are_traces_whatever_stands_in_them(void **state)
{
    (void)state;
    static const char *const fields[] = {
        "Received: x",    "x-received: x",       "X-SES-Outgoing: x", "Return-Path: <>",
        "X-Client-IP: x", "X-Originating-IP: x", "X-MAILER: x",       "X-Forwarded-By: x"};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        struct arena *arena = arena_new();
        const char *value = arena_printf(arena, " <1@x.de>\r\n%s", fields[i]).ptr;
        assert_int_equal(count_traces("mail.de", value, "", ""), i < 6);
        arena_free(arena);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_is_found_wherever_it_stands_whole),
        cmocka_unit_test(a_part_of_another_name_is_none),
        cmocka_unit_test(fields_that_tell_of_machines_are_traces_whatever_stands_in_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
