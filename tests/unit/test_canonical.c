/* Addresses of policies in the form that requests have. */
#include "authorize/canonical.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { LITERAL = 0, WILD = 1, VARIABLES = 2 };

struct row {
    unsigned features;
    const char *text, *expected; /* NULL: refused */
};

typedef bool conversion(struct arena *, struct slice, bool, bool, struct slice *, const char **);

static void
check(conversion *convert, const struct row *rows, size_t count)
{
    struct arena *arena = arena_new();
    for (size_t i = 0; i < count; i++) {
        struct slice out = SLICE("");
        const char *why = NULL;
        bool done = convert(arena, slice_of(rows[i].text), rows[i].features & WILD,
                            rows[i].features & VARIABLES, &out, &why);
        if (done != (rows[i].expected != NULL) || (!done && !why) ||
            (done && !slice_is(out, rows[i].expected)))
            fail_msg("%s -> %.*s (%s)", rows[i].text, SLICE_ARG(out), why ? why : "");
    }
    arena_free(arena);
}

static void
the_domain_of_an_address_is_lowered_and_in_a_labels(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {LITERAL, "taro@TEST1.com", "taro@test1.com"},
        {LITERAL, "Taro@TEST1.com", "Taro@test1.com"},
        {LITERAL, "\"taro\"@test1.com", "taro@test1.com"},
        {LITERAL, "\"ta ro\"@Test1.com", "\"ta ro\"@test1.com"},
        {LITERAL, "\"ta..ro\"@test1.com", "\"ta..ro\"@test1.com"},
        {LITERAL, "a@bücher.de", "a@xn--bcher-kva.de"},
        {LITERAL, "a@BÜCHER.DE", "a@xn--bcher-kva.de"},
        {LITERAL, "a@bücher。de", "a@xn--bcher-kva.de"},
        {LITERAL, "a@b@Test1.com", "a@b@test1.com"},
        {LITERAL, "*@TEST1.com", "*@test1.com"},
        {LITERAL, "TEST1.com", "TEST1.com"}, /* no address ends so */
        {LITERAL, "", ""},
        {WILD, "*@TEST1.COM", "*@test1.com"},
        {WILD, "*@*.TEST1.COM", "*@*.test1.com"},
        {WILD, "T*@TEST?.COM", "T*@test?.com"},
        {WILD, "*@*.bücher.de", "*@*.xn--bcher-kva.de"},
        {WILD, "\"j*\"@test1.com", "j*@test1.com"},
        {WILD, "\"*\"@test1.com", "*@test1.com"},
        {WILD, "*.TEST1.com", "*.test1.com"},
        {WILD, "*TEST1.com", "*test1.com"},
        {WILD, "T*", "T*"},
        {WILD, "*", "*"},
        {WILD, "*@b*ücher.de", NULL},
        {WILD, "*ücher.de", NULL},
        {LITERAL, "a@\377.de", NULL},
        {VARIABLES, "${aws:username}@TEST1.com", "${aws:username}@test1.com"},
        {VARIABLES, "${aws:username, 'A@B'}@TEST1.com", "${aws:username, 'A@B'}@test1.com"},
        {VARIABLES, "taro@${aws:PrincipalTag/Domain}", "taro@${aws:PrincipalTag/Domain}"},
        {VARIABLES, "${aws:username, 'A@B'}", "${aws:username, 'A@B'}"},
        {LITERAL, "${x@TEST1.com}", "${x@test1.com}"},
    };
    check(canonical_address, rows, sizeof rows / sizeof *rows);
}

static void
an_identity_may_be_a_domain_alone(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {WILD, "TEST1.com", "test1.com"},           {WILD, "bücher.de", "xn--bcher-kva.de"},
        {WILD, "*.TEST1.com", "*.test1.com"},       {WILD, "*", "*"},
        {WILD, "Taro@TEST1.com", "Taro@test1.com"}, {LITERAL, "TEST1.com", "test1.com"},
    };
    check(canonical_identity, rows, sizeof rows / sizeof *rows);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_domain_of_an_address_is_lowered_and_in_a_labels),
        cmocka_unit_test(an_identity_may_be_a_domain_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
