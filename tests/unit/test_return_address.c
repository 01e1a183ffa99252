#include "report/return_address.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const uint8_t secret[32] = {1, 2, 3};

static void
an_address_leads_back_to_its_message(void **state)
{
    struct arena *arena = arena_new();
    struct err err;
    (void)state;
    for (int64_t key = 1; key < INT64_MAX / 3; key *= 3) {
        struct slice local, domain,
            address = return_address_make(arena, secret, key, SLICE("bounces.test1.com"));
        int64_t found = 0;
        assert_true(slice_cut(address, '@', &local, &domain));
        assert_int_equal(local.len, 29);
        assert_true(slice_is(domain, "bounces.test1.com"));
        assert_int_equal(return_address_read(arena, secret, local, &found, &err), RC_OK);
        assert_int_equal(found, key);
    }
    arena_free(arena);
}

static void
no_single_change_is_believed(void **state)
{
    struct arena *arena = arena_new();
    struct err err;
    (void)state;
    struct slice address = return_address_make(arena, secret, 123456789, SLICE("x.example"));
    struct slice local = slice_head(address, 29);
    for (size_t i = 0; i < local.len; i++) {
        struct slice changed = arena_dup(arena, local);
        int64_t found;
        ((char *)changed.ptr)[i] = changed.ptr[i] == 'a' ? 'b' : 'a';
        assert_int_equal(return_address_read(arena, secret, changed, &found, &err), RC_NOT_FOUND);
    }
    int64_t found;
    static const uint8_t other[32] = {9};
    assert_int_equal(return_address_read(arena, other, local, &found, &err), RC_NOT_FOUND);
    assert_int_equal(return_address_read(arena, secret, SLICE(""), &found, &err), RC_NOT_FOUND);
    assert_int_equal(return_address_read(arena, secret, slice_head(local, 13), &found, &err),
                     RC_NOT_FOUND);
    arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_leads_back_to_its_message),
        cmocka_unit_test(no_single_change_is_believed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
