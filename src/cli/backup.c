/*
 * `postern backup` and `postern restore-backup`: the store as one file, taken while the service
 * runs. The file holds no clear secret and not the master key, which is kept elsewhere.
 *
 * What waited in the queue at the time of the backup may have been delivered since: a restored
 * service holds all of it, and the administrator releases what shall leave (again).
 */
#include "cli.h"

#include "api/ledger_book.h"
#include "base/clock.h"
#include "spool/spool.h"
#include "store/database.h"
#include "store/schema.h"
#include "store/settings.h"
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* A database in the making, beside where it will be. */
struct copy {
    struct arena *arena;
    const char *path, *part;
};

static const char *
path_in(struct arena *arena, const char *dir, const char *name)
{
    return arena_printf(arena, "%s/%s", dir, name).ptr;
}

static enum rc
sync_path(const char *path, int flags, struct err *err)
{
    int fd = open(path, flags | O_CLOEXEC);
    if (fd < 0)
        return err_set_errno(err, RC_PERMANENT, errno, "%s", path);
    int failed = fsync(fd) == 0 ? 0 : errno;
    close(fd);
    return failed ? err_set_errno(err, RC_PERMANENT, failed, "%s", path) : RC_OK;
}

static const char *
directory_of(struct arena *arena, const char *path)
{
    size_t slash = slice_rchr(slice_of(path), '/');
    if (slash == SLICE_NONE)
        return ".";
    return slash == 0 ? "/" : arena_printf(arena, "%.*s", (int)slash, path).ptr;
}

/* Nothing that is there is written over. */
static enum rc
copy_start(struct copy *copy, struct arena *arena, const char *path, struct err *err)
{
    struct stat there;
    *copy = (struct copy){arena, path, arena_printf(arena, "%s.part", path).ptr};
    if (lstat(path, &there) == 0)
        return err_set(err, RC_CONFLICT, "%s: is there already", path);
    int fd = open(copy->part, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return err_set_errno(err, RC_PERMANENT, errno, "%s", copy->part);
    close(fd);
    return RC_OK;
}

/* On disk, and only then under its name. */
static enum rc
copy_finish(struct copy *copy, struct err *err)
{
    enum rc rc = sync_path(copy->part, O_RDONLY, err);
    if (rc != RC_OK)
        return rc;
    if (link(copy->part, copy->path) != 0)
        return err_set_errno(err, errno == EEXIST ? RC_CONFLICT : RC_PERMANENT, errno, "%s",
                             copy->path);
    unlink(copy->part);
    return sync_path(directory_of(copy->arena, copy->path), O_RDONLY | O_DIRECTORY, err);
}

static void
copy_undo(const struct copy *copy)
{
    static const char *const suffixes[] = {"", "-wal", "-shm", "-journal"};
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++)
        unlink(arena_printf(copy->arena, "%s%s", copy->part, suffixes[i]).ptr);
}

/* ---- backup ---- */

/* The clock of mail that waits stands still from here until it is released. */
static enum rc
stamp(const struct copy *copy, struct err *err)
{
    struct database *database = NULL;
    enum rc rc = database_open(copy->part, DATABASE_WRITE, &database, err);
    if (rc == RC_OK)
        rc = settings_put(database, SETTING_BACKED_UP,
                          arena_printf(copy->arena, "%lld", (long long)clock_now_ms()), err);
    if (rc == RC_OK)
        rc = database_end_log(database, err);
    database_close(database);
    return rc;
}

static enum rc
fill_backup(const char *from, const struct copy *copy, struct err *err)
{
    struct database *database = NULL;
    enum rc rc = database_open(from, DATABASE_READ, &database, err);
    if (rc == RC_OK)
        rc = database_copy(database, slice_of(copy->part), err);
    database_close(database);
    return rc == RC_OK ? stamp(copy, err) : rc;
}

static int
backup(struct arena *arena, const char *dir, const char *file)
{
    struct err err;
    struct copy copy;
    struct stat made;
    if (copy_start(&copy, arena, file, &err) != RC_OK)
        return cli_fail("backup: %s", err.text);
    if (fill_backup(path_in(arena, dir, STORE_DATABASE), &copy, &err) != RC_OK ||
        copy_finish(&copy, &err) != RC_OK) {
        copy_undo(&copy);
        return cli_fail("backup: %s", err.text);
    }
    printf("Wrote %s, %lld bytes: identities, users, policies, decisions, and the mail that "
           "waits.\n"
           "Its secrets open only with %s/%s: keep a copy of that file, and\n"
           "of postern.conf, in another place than the backups.\n",
           file, stat(file, &made) == 0 ? (long long)made.st_size : 0, dir, STORE_MASTER_KEY);
    return CLI_OK;
}

int
backup_run(const struct cli_verb *verb, int argc, char **argv)
{
    struct arena *arena = arena_new();
    const char *dir = CLI_DEFAULT_DIR, *file = NULL;
    const struct cli_option options[] = {{"dir", CLI_VALUE, &dir}, {"FILE", CLI_WORD, &file}};
    int status;
    if (cli_parse(verb, argc, argv, options, sizeof options / sizeof options[0], &status))
        status = backup(arena, dir, file);
    arena_free(arena);
    return status;
}

/* ---- restoring one ---- */

enum { HELD_AT_ONCE = 10000 };

/* All that is queued, page by page: what is held waits too. */
static enum rc
hold_queue(struct database *db, int64_t now_ms, int64_t *held, struct err *err)
{
    int64_t after = 0;
    size_t count = HELD_AT_ONCE;
    enum rc rc = RC_OK;
    while (rc == RC_OK && count == HELD_AT_ONCE) {
        struct arena *arena = arena_new();
        struct recipient_row *rows;
        rc = recipients_waiting(db, arena, &(struct recipient_filter){0}, after, HELD_AT_ONCE,
                                &rows, &count, err);
        for (size_t i = 0; rc == RC_OK && i < count; i++) {
            after = rows[i].key;
            if (rows[i].state != RECIPIENT_QUEUED)
                continue;
            rc = spool_hold(db, arena, rows[i].key, now_ms, err);
            ++*held;
        }
        arena_free(arena);
    }
    return rc;
}

/* That the file is a whole store, and that the key beside it is the one it was sealed with. */
static enum rc
check_store(struct database *db, const char *key_path, struct err *err)
{
    struct sealer *sealer = NULL;
    uint8_t secret[32];
    enum rc rc = database_check(db, err);
    if (rc == RC_OK)
        rc = sealer_open(key_path, &sealer, err);
    if (rc == RC_OK)
        rc = store_return_secret(db, sealer, secret, err);
    if (rc == RC_NOT_FOUND && sealer)
        rc = err_set(err, rc, "it was sealed with another master key than %s", key_path);
    memory_wipe(secret, sizeof secret);
    sealer_close(sealer);
    return rc;
}

/* A copy that was made in another way has no time in it: then mail has aged until now. */
static enum rc
backed_up_ms(struct database *db, struct arena *arena, int64_t *out, struct err *err)
{
    struct slice text;
    uint64_t ms;
    enum rc rc = settings_get(db, arena, SETTING_BACKED_UP, &text, err);
    *out = clock_now_ms();
    if (rc == RC_OK && slice_u64(text, &ms) && (int64_t)ms < *out)
        *out = (int64_t)ms;
    return rc;
}

/* What was recorded after the backup is lost. The ledger goes on from the backup, and says so. */
static enum rc
record_restoring(struct database *db, const char *key_path, int64_t then_ms, struct arena *arena,
                 struct err *err)
{
    struct sealer *sealer = NULL;
    struct ledger_book *book = NULL;
    const struct ledger_record record = {
        .kind = LEDGER_OF_SERVICE,
        .at_ms = clock_now_ms(),
        .fields = {[LEDGER_WHAT] = SLICE("restored"),
                   [LEDGER_RESULT] = arena_printf(arena, "from a backup of %.*s",
                                                  SLICE_ARG(clock_iso8601(arena, then_ms)))}};
    enum rc rc = sealer_open(key_path, &sealer, err);
    if (rc == RC_OK)
        rc = ledger_book_open(db, sealer, &book, err);
    if (rc == RC_OK)
        rc = ledger_book_append(book, &record, err);
    ledger_book_close(book);
    sealer_close(sealer);
    return rc;
}

static enum rc
adapt(struct database *db, const char *key_path, struct arena *arena, int64_t *held,
      struct err *err)
{
    int64_t then_ms = 0;
    enum rc rc = schema_migrate(db, err);
    if (rc == RC_OK)
        rc = database_begin(db, err);
    if (rc == RC_OK)
        rc = backed_up_ms(db, arena, &then_ms, err);
    if (rc == RC_OK)
        rc = recipients_unlease_all(db, then_ms, err);
    if (rc == RC_OK)
        rc = hold_queue(db, then_ms, held, err);
    if (rc == RC_OK)
        rc = settings_put(db, SETTING_BACKED_UP, SLICE(""), err);
    if (rc == RC_OK)
        rc = record_restoring(db, key_path, then_ms, arena, err);
    if (rc == RC_OK)
        rc = database_commit(db, err);
    return rc == RC_OK ? database_end_log(db, err) : rc;
}

static enum rc
fill_store(const char *from, const char *key_path, const struct copy *copy, int64_t *held,
           struct err *err)
{
    struct database *backup = NULL, *db = NULL;
    enum rc rc = database_open(from, DATABASE_READ, &backup, err);
    if (rc == RC_OK)
        rc = check_store(backup, key_path, err);
    if (rc == RC_OK)
        rc = database_copy(backup, slice_of(copy->part), err);
    database_close(backup);
    if (rc == RC_OK)
        rc = database_open(copy->part, DATABASE_WRITE, &db, err);
    if (rc == RC_OK)
        rc = adapt(db, key_path, copy->arena, held, err);
    database_close(db);
    return rc;
}

/* Whose the master key is, the store is. */
static enum rc
give(const char *path, const struct stat *owner, struct err *err)
{
    if (lchown(path, owner->st_uid, owner->st_gid) != 0)
        return err_set_errno(err, RC_PERMANENT, errno, "%s: cannot change its owner", path);
    return RC_OK;
}

static enum rc
restore_into(struct arena *arena, const char *dir, const char *file, struct copy *copy,
             int64_t *held, struct err *err)
{
    struct stat key;
    const char *key_path = path_in(arena, dir, STORE_MASTER_KEY);
    const char *ballast = path_in(arena, dir, STORE_BALLAST);
    if (stat(key_path, &key) != 0)
        return err_set_errno(err, RC_NOT_FOUND, errno,
                             "%s: put the master key that the backup was sealed with, and "
                             "postern.conf, into %s first",
                             key_path, dir);
    enum rc rc = fill_store(file, key_path, copy, held, err);
    if (rc == RC_OK)
        rc = give(copy->part, &key, err);
    if (rc == RC_OK && access(ballast, F_OK) != 0) {
        rc = store_make_ballast(ballast, err);
        if (rc == RC_OK)
            rc = give(ballast, &key, err);
    }
    return rc == RC_OK ? copy_finish(copy, err) : rc;
}

static int
restore(struct arena *arena, const char *dir, const char *file)
{
    struct err err;
    struct copy copy;
    int64_t held = 0;
    umask(077);
    if (copy_start(&copy, arena, path_in(arena, dir, STORE_DATABASE), &err) != RC_OK)
        return cli_fail("restore-backup: %s", err.text);
    if (restore_into(arena, dir, file, &copy, &held, &err) != RC_OK) {
        copy_undo(&copy);
        return cli_fail("restore-backup: %s", err.text);
    }
    copy_undo(&copy); /* what the engine left beside it */
    printf("Restored %s into %s.\n"
           "Credentials and policies are as they were then: revoke again what was revoked since.\n",
           file, dir);
    if (held > 0)
        printf("%lld recipients waited then and may have been delivered since: they are held.\n"
               "    postern queue list --dir %s\n"
               "    postern queue release all --dir %s    # or drop\n",
               (long long)held, dir, dir);
    return CLI_OK;
}

int
restore_backup_run(const struct cli_verb *verb, int argc, char **argv)
{
    struct arena *arena = arena_new();
    const char *dir = CLI_DEFAULT_DIR, *file = NULL;
    const struct cli_option options[] = {{"dir", CLI_VALUE, &dir}, {"FILE", CLI_WORD, &file}};
    int status;
    if (cli_parse(verb, argc, argv, options, sizeof options / sizeof options[0], &status))
        status = restore(arena, dir, file);
    arena_free(arena);
    return status;
}
