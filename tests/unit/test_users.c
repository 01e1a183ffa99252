/* IAM users on a real database in memory: what renaming moves, and what it must not leave behind. */
#include "store/login_profiles.h"
#include "store/policies.h"
#include "store/schema.h"
#include "store/tags.h"
#include "store/users.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

struct world {
    struct arena *arena;
    struct database *db;
    struct err err;
    struct user_row user; /* Ana, with one of everything */
};

static struct user_row
insert(struct world *world, const char *name)
{
    struct user_row row = {.folded = arena_lower(world->arena, slice_of(name)),
                           .name = slice_of(name),
                           .id = arena_concat(world->arena, SLICE("AIDA"), slice_of(name)),
                           .path = SLICE("/")};
    assert_int_equal(users_insert(world->db, &row, &world->err), RC_OK);
    return row;
}

static int
begin(void **state)
{
    struct world *world = NEW(struct world);
    const struct access_key_row key = {
        .id = SLICE("AKIA1"), .user_folded = SLICE("ana"), .secret = SLICE("x"), .active = true};
    const struct group_row group = {
        .folded = SLICE("staff"), .name = SLICE("staff"), .id = SLICE("AGPA1"), .path = SLICE("/")};
    const struct login_profile_row profile = {.user_folded = SLICE("ana"),
                                              .password_hash = SLICE("hash")};
    world->arena = arena_new();
    assert_int_equal(database_open(":memory:", DATABASE_WRITE, &world->db, &world->err), RC_OK);
    assert_int_equal(schema_migrate(world->db, &world->err), RC_OK);
    world->user = insert(world, "Ana");
    assert_int_equal(access_keys_insert(world->db, &key, &world->err), RC_OK);
    assert_int_equal(groups_insert(world->db, &group, &world->err), RC_OK);
    assert_int_equal(groups_add_member(world->db, group.folded, SLICE("ana"), &world->err), RC_OK);
    assert_int_equal(
        policies_put(world->db, OWNER_USER, SLICE("ana"), SLICE("p"), SLICE("{}"), &world->err),
        RC_OK);
    assert_int_equal(login_profiles_insert(world->db, &profile, &world->err), RC_OK);
    assert_int_equal(tags_put(world->db, world->user.id, TAG_KEYS_ANY_CASE,
                              &(struct tag_row){SLICE("Key"), SLICE("v")}, &world->err),
                     RC_OK);
    *state = world;
    return 0;
}

static int
end(void **state)
{
    struct world *world = *state;
    database_close(world->db);
    arena_free(world->arena);
    free(world);
    return 0;
}

static void
move(struct world *world, const char *name, const char *path)
{
    assert_int_equal(users_move(world->db, world->arena, &world->user, slice_of(name),
                                slice_of(path), 2, &world->err),
                     RC_OK);
}

static bool
key_is_active_for(struct world *world, const char *folded)
{
    bool active;
    assert_int_equal(
        access_keys_is_usable(world->db, SLICE("AKIA1"), slice_of(folded), 1, &active, &world->err),
        RC_OK);
    return active;
}

static void
a_moved_user_takes_everything_along(void **state)
{
    struct world *world = *state;
    struct user_row row;
    struct access_key_row *keys;
    struct group_row *groups;
    struct policy_row *policies;
    struct login_profile_row profile;
    size_t count;
    move(world, "Bea", "/moved/");
    assert_int_equal(users_find(world->db, world->arena, SLICE("BEA"), &row, &world->err), RC_OK);
    assert_true(slice_eq(row.id, world->user.id) && slice_is(row.path, "/moved/"));
    assert_int_equal(
        access_keys_of(world->db, world->arena, row.folded, &keys, &count, &world->err), RC_OK);
    assert_int_equal(count, 1);
    assert_int_equal(groups_of_user(world->db, world->arena, row.folded, SLICE(""), 9, &groups,
                                    &count, &world->err),
                     RC_OK);
    assert_int_equal(count, 1);
    assert_int_equal(policies_of(world->db, world->arena, OWNER_USER, row.folded, &policies, &count,
                                 &world->err),
                     RC_OK);
    assert_int_equal(count, 1);
    assert_int_equal(
        login_profiles_find(world->db, world->arena, row.folded, &profile, &world->err), RC_OK);
}

static void
who_gets_an_old_name_gets_nothing_with_it(void **state)
{
    struct world *world = *state;
    struct policy_row *policies;
    size_t count;
    assert_true(key_is_active_for(world, "ana"));
    move(world, "Bea", "/");
    insert(world, "ana");
    assert_false(key_is_active_for(world, "ana"));
    assert_true(key_is_active_for(world, "bea"));
    assert_int_equal(policies_of_principal(world->db, world->arena, SLICE("ana"), &policies, &count,
                                           &world->err),
                     RC_OK);
    assert_int_equal(count, 0);
}

static void
a_name_of_another_is_refused(void **state)
{
    struct world *world = *state;
    insert(world, "Bea");
    assert_int_equal(
        users_move(world->db, world->arena, &world->user, SLICE("BEA"), SLICE("/"), 2, &world->err),
        RC_CONFLICT);
    assert_true(key_is_active_for(world, "ana"));
}

static void
a_tag_is_found_whatever_its_case(void **state)
{
    struct world *world = *state;
    struct tag_row *tags;
    size_t count;
    assert_int_equal(tags_put(world->db, world->user.id, TAG_KEYS_ANY_CASE,
                              &(struct tag_row){SLICE("KEY"), SLICE("w")}, &world->err),
                     RC_OK);
    assert_int_equal(tags_page(world->db, world->arena, world->user.id, SLICE(""), 9, &tags, &count,
                               &world->err),
                     RC_OK);
    assert_int_equal(count, 1);
    assert_true(slice_is(tags[0].key, "KEY") && slice_is(tags[0].value, "w"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_moved_user_takes_everything_along, begin, end),
        cmocka_unit_test_setup_teardown(who_gets_an_old_name_gets_nothing_with_it, begin, end),
        cmocka_unit_test_setup_teardown(a_name_of_another_is_refused, begin, end),
        cmocka_unit_test_setup_teardown(a_tag_is_found_whatever_its_case, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
