#include "store/seal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct slice row = {"access_key/AKIAIOSFODNN7EXAMPLE/secret", 38};
static const struct slice plain = {"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", 40};

static char directory[] = "/tmp/test_seal.XXXXXX";
static char path[64], other_path[64];
static struct arena *arena;
static struct sealer *sealer;

static int
group_setup(void **state)
{
    (void)state;
    struct err err;
    arena = arena_new();
    if (!mkdtemp(directory))
        return -1;
    snprintf(path, sizeof path, "%s/master.key", directory);
    snprintf(other_path, sizeof other_path, "%s/other.key", directory);
    return sealer_create(path, &err) != RC_OK || sealer_open(path, &sealer, &err) != RC_OK;
}

static int
group_teardown(void **state)
{
    (void)state;
    sealer_close(sealer);
    arena_free(arena);
    unlink(path);
    unlink(other_path);
    return rmdir(directory);
}

static int
remove_other(void **state)
{
    (void)state;
    unlink(other_path);
    return 0;
}

static enum rc
unseal(struct slice from_row, struct slice blob, struct err *err)
{
    struct secret secret = {0};
    enum rc rc = sealer_unseal(sealer, from_row, blob, &secret, err);
    if (rc != RC_OK)
        assert_null(secret.ptr);
    secret_free(&secret);
    return rc;
}

static void
what_was_sealed_is_unsealed(void **state)
{
    (void)state;
    struct secret secret;
    struct slice blob = sealer_seal(sealer, arena, row, plain);
    assert_int_equal(blob.len, plain.len + SEAL_OVERHEAD);
    assert_int_equal(blob.ptr[0], 1);
    assert_int_equal(slice_find(blob, slice_head(plain, 4)), SLICE_NONE);
    assert_int_equal(sealer_unseal(sealer, row, blob, &secret, NULL), RC_OK);
    assert_true(slice_eq(secret_slice(&secret), plain));
    secret_free(&secret);
}

static void
empty_and_large_secrets_are_sealed(void **state)
{
    (void)state;
    struct secret secret;
    struct slice blob = sealer_seal(sealer, arena, row, (struct slice){NULL, 0});
    assert_int_equal(sealer_unseal(sealer, row, blob, &secret, NULL), RC_OK);
    assert_int_equal(secret.len, 0);
    secret_free(&secret);
    struct slice large = {arena_alloc(arena, SEAL_PLAIN_MAX), SEAL_PLAIN_MAX};
    memset((char *)large.ptr, 'x', large.len);
    blob = sealer_seal(sealer, arena, row, large);
    assert_int_equal(sealer_unseal(sealer, row, blob, &secret, NULL), RC_OK);
    assert_true(slice_eq(secret_slice(&secret), large));
    secret_free(&secret);
}

static void
the_same_secret_never_looks_the_same(void **state)
{
    (void)state;
    struct slice a = sealer_seal(sealer, arena, row, plain);
    struct slice b = sealer_seal(sealer, arena, row, plain);
    assert_true(slice_eq(slice_head(a, 5), slice_head(b, 5)));
    assert_false(slice_eq(slice_head(slice_from(a, 5), 12), slice_head(slice_from(b, 5), 12)));
    assert_false(slice_eq(slice_from(a, 17), slice_from(b, 17)));
}

static void
a_flipped_bit_is_refused_wherever_it_is(void **state)
{
    (void)state;
    struct slice blob = sealer_seal(sealer, arena, row, plain);
    for (size_t bit = 0; bit < blob.len * 8; bit++) {
        struct slice bad = arena_dup(arena, blob);
        ((char *)bad.ptr)[bit / 8] ^= (char)(1 << bit % 8);
        enum rc expected = bit < 8 ? RC_SYNTAX : bit < 40 ? RC_NOT_FOUND : RC_DENIED;
        assert_int_equal(unseal(row, bad, NULL), expected);
    }
    assert_int_equal(unseal(row, blob, NULL), RC_OK);
}

static void
another_row_is_refused(void **state)
{
    (void)state;
    struct err err;
    struct slice blob = sealer_seal(sealer, arena, row, plain);
    assert_int_equal(unseal(slice_head(row, row.len - 1), blob, &err), RC_DENIED);
    for (size_t i = 0; i < row.len; i++) {
        struct slice other = arena_dup(arena, row);
        ((char *)other.ptr)[i] ^= 1;
        assert_int_equal(unseal(other, blob, &err), RC_DENIED);
    }
    assert_int_equal(unseal(SLICE("access_key/AKIAIOSFODNN7EXAMPLF/secret"), blob, &err),
                     RC_DENIED);
    assert_non_null(strstr(err.text, "AKIAIOSFODNN7EXAMPLF"));
}

static void
a_cut_or_longer_blob_is_refused(void **state)
{
    (void)state;
    struct slice blob = sealer_seal(sealer, arena, row, plain);
    for (size_t len = 0; len < blob.len; len++)
        assert_int_equal(unseal(row, slice_head(blob, len), NULL),
                         len < SEAL_OVERHEAD ? RC_SYNTAX : RC_DENIED);
    assert_int_equal(unseal(row, arena_concat(arena, blob, SLICE("x")), NULL), RC_DENIED);
    struct slice huge = {arena_alloc(arena, SEAL_PLAIN_MAX + SEAL_OVERHEAD + 1),
                         SEAL_PLAIN_MAX + SEAL_OVERHEAD + 1};
    assert_int_equal(unseal(row, huge, NULL), RC_SYNTAX);
}

static void
another_master_key_says_which_key_is_wanted(void **state)
{
    (void)state;
    struct err err;
    struct sealer *other;
    assert_int_equal(sealer_create(other_path, &err), RC_OK);
    assert_int_equal(sealer_open(other_path, &other, &err), RC_OK);
    struct slice blob = sealer_seal(other, arena, row, plain);
    sealer_close(other);
    char id[9];
    snprintf(id, sizeof id, "%02x%02x%02x%02x", (unsigned char)blob.ptr[1],
             (unsigned char)blob.ptr[2], (unsigned char)blob.ptr[3], (unsigned char)blob.ptr[4]);
    assert_int_equal(unseal(row, blob, &err), RC_NOT_FOUND);
    assert_non_null(strstr(err.text, id));
}

static void
the_key_file_is_the_owners_alone_whatever_the_umask(void **state)
{
    (void)state;
    static const mode_t masks[] = {0, 022, 0777};
    for (size_t i = 0; i < sizeof masks / sizeof *masks; i++) {
        struct stat status;
        mode_t before = umask(masks[i]);
        enum rc rc = sealer_create(other_path, NULL);
        umask(before);
        assert_int_equal(rc, RC_OK);
        assert_int_equal(stat(other_path, &status), 0);
        assert_int_equal(status.st_mode & 07777, 0600);
        unlink(other_path);
    }
}

static void
an_existing_key_is_never_overwritten(void **state)
{
    (void)state;
    struct err err;
    struct slice blob = sealer_seal(sealer, arena, row, plain);
    assert_int_equal(sealer_create(path, &err), RC_CONFLICT);
    assert_non_null(strstr(err.text, path));
    assert_int_equal(symlink("nowhere", other_path), 0);
    assert_int_equal(sealer_create(other_path, &err), RC_CONFLICT);
    struct sealer *again;
    struct secret secret;
    assert_int_equal(sealer_open(path, &again, &err), RC_OK);
    assert_int_equal(sealer_unseal(again, row, blob, &secret, &err), RC_OK);
    secret_free(&secret);
    sealer_close(again);
}

static void
a_key_file_that_others_may_use_is_refused(void **state)
{
    (void)state;
    static const mode_t modes[] = {0640, 0604, 0620, 0602, 0610, 0601, 0644, 0777};
    struct sealer *other = NULL;
    struct err err;
    assert_int_equal(sealer_create(other_path, &err), RC_OK);
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        chmod(other_path, modes[i]);
        assert_int_equal(sealer_open(other_path, &other, &err), RC_DENIED);
        assert_non_null(strstr(err.text, "make it 0600"));
        assert_null(other);
    }
    chmod(other_path, 0400); /* as systemd hands out credentials */
    assert_int_equal(sealer_open(other_path, &other, &err), RC_OK);
    sealer_close(other);
}

static void
write_file(const char *text, size_t len)
{
    unlink(other_path);
    int fd = open(other_path, O_WRONLY | O_CREAT | O_EXCL, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, len), len);
    close(fd);
}

static size_t
read_file(const char *from, char *text, size_t room)
{
    FILE *file = fopen(from, "rb");
    assert_non_null(file);
    size_t len = fread(text, 1, room, file);
    fclose(file);
    return len;
}

static void
a_key_file_of_wrong_shape_is_refused(void **state)
{
    (void)state;
    struct sealer *other = NULL;
    char good[256], bad[256];
    size_t len = read_file(path, good, sizeof good - 1);
    write_file(good, len);
    assert_int_equal(sealer_open(other_path, &other, NULL), RC_OK);
    sealer_close(other);
    other = NULL;
    for (size_t at = 0; at < len; at++) { /* a foreign character anywhere */
        memcpy(bad, good, len);
        bad[at] = bad[at] == 'g' ? 'h' : 'g';
        write_file(bad, len);
        assert_int_equal(sealer_open(other_path, &other, NULL), RC_SYNTAX);
    }
    for (size_t cut = 0; cut < len; cut += 7) {
        write_file(good, cut);
        assert_int_equal(sealer_open(other_path, &other, NULL), RC_SYNTAX);
    }
    good[len] = '\n';
    write_file(good, len + 1);
    assert_int_equal(sealer_open(other_path, &other, NULL), RC_SYNTAX);
    assert_null(other);
}

static void
what_is_no_file_is_refused(void **state)
{
    (void)state;
    struct sealer *other = NULL;
    struct err err;
    assert_int_equal(sealer_open(other_path, &other, &err), RC_NOT_FOUND);
    assert_int_equal(mkfifo(other_path, 0600), 0);
    assert_int_equal(sealer_open(other_path, &other, &err), RC_SYNTAX);
    assert_int_equal(sealer_open(directory, &other, &err), RC_SYNTAX);
    assert_null(other);
    sealer_close(NULL);
}

static void
a_key_that_cannot_be_made_says_where(void **state)
{
    (void)state;
    struct err err;
    assert_int_equal(sealer_create("/nonexistent/master.key", &err), RC_PERMANENT);
    assert_non_null(strstr(err.text, "/nonexistent/master.key"));
    assert_int_not_equal(err.system_errno, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_sealed_is_unsealed),
        cmocka_unit_test(empty_and_large_secrets_are_sealed),
        cmocka_unit_test(the_same_secret_never_looks_the_same),
        cmocka_unit_test(a_flipped_bit_is_refused_wherever_it_is),
        cmocka_unit_test(another_row_is_refused),
        cmocka_unit_test(a_cut_or_longer_blob_is_refused),
        cmocka_unit_test_teardown(another_master_key_says_which_key_is_wanted, remove_other),
        cmocka_unit_test(the_key_file_is_the_owners_alone_whatever_the_umask),
        cmocka_unit_test_teardown(an_existing_key_is_never_overwritten, remove_other),
        cmocka_unit_test_teardown(a_key_file_that_others_may_use_is_refused, remove_other),
        cmocka_unit_test_teardown(a_key_file_of_wrong_shape_is_refused, remove_other),
        cmocka_unit_test_teardown(what_is_no_file_is_refused, remove_other),
        cmocka_unit_test(a_key_that_cannot_be_made_says_where),
    };
    return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
