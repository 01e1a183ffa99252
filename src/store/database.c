#include "database.h"
#include "base/map.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>

enum { WAL_PAGE_BYTES = 4096 + 24 };

struct database {
    sqlite3 *sqlite;
    struct map *statements; /* by address of the text; owned */
    bool full;
    uint64_t undone;
    int64_t wal_bytes; /* in the log since the last checkpoint that emptied it */
};

/* A quota that is used up, and the index of the log that cannot grow, are a full disk too. What a
 * sync says is another matter: pages may be lost. */
static bool
wants_space(int code)
{
    int why = errno; /* sqlite3_system_errno is silent about a COMMIT */
    return (code == SQLITE_IOERR_WRITE || code == SQLITE_IOERR_SHMSIZE ||
            code == SQLITE_IOERR_TRUNCATE) &&
           (why == ENOSPC || why == EDQUOT);
}

static enum rc
fail(struct database *database, int code, struct err *err, const char *what)
{
    int primary = code & 0xff;
    database->full = primary == SQLITE_FULL || wants_space(code);
    enum rc rc = database->full || primary == SQLITE_BUSY || primary == SQLITE_LOCKED ? RC_TEMPORARY
                 : primary == SQLITE_CONSTRAINT                                       ? RC_CONFLICT
                                                : RC_PERMANENT;
    return err_set(err, rc, "%s: %s", what, sqlite3_errmsg(database->sqlite));
}

enum rc
database_execute(struct database *database, const char *sql, struct err *err)
{
    int code = sqlite3_exec(database->sqlite, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? RC_OK : fail(database, code, err, "store");
}

/* Paths are relative to the working directory: core enters its directory before it gives up root,
 * and need not be able to walk there again. */
static int
keep_path(sqlite3_vfs *vfs, const char *name, int size, char *out)
{
    (void)vfs;
    sqlite3_snprintf(size, out, "%s", name);
    return strlen(name) < (size_t)size ? SQLITE_OK : SQLITE_CANTOPEN;
}

static const char *
relative_vfs(void)
{
    static sqlite3_vfs vfs;
    if (!vfs.zName) {
        vfs = *sqlite3_vfs_find(NULL);
        vfs.zName = "relative";
        vfs.xFullPathname = keep_path;
        sqlite3_vfs_register(&vfs, 0);
    }
    return vfs.zName;
}

/* Called after each commit of this connection: how many pages the log holds. */
static int
note_wal(void *ctx, sqlite3 *sqlite, const char *name, int pages)
{
    struct database *database = ctx;
    (void)sqlite;
    (void)name;
    database->wal_bytes = (int64_t)pages * WAL_PAGE_BYTES;
    return SQLITE_OK;
}

enum rc
database_open(const char *path, enum database_access access, struct database **out, struct err *err)
{
    struct database *database = NEW(struct database);
    int flags = access == DATABASE_WRITE ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
                                         : SQLITE_OPEN_READONLY;
    database->statements = map_new();
    int code =
        sqlite3_open_v2(path, &database->sqlite, flags | SQLITE_OPEN_NOMUTEX, relative_vfs());
    enum rc rc = code == SQLITE_OK ? RC_OK : fail(database, code, err, path);
    if (rc == RC_OK) {
        sqlite3_extended_result_codes(database->sqlite, 1);
        sqlite3_busy_timeout(database->sqlite, 5000);
        rc = database_execute(
            database,
            access == DATABASE_WRITE
                ? "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=OFF;"
                  "PRAGMA wal_autocheckpoint=0; PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY;"
                  "PRAGMA cache_size=-16384; PRAGMA journal_size_limit=67108864"
                : "PRAGMA wal_autocheckpoint=0; PRAGMA query_only=ON; PRAGMA temp_store=MEMORY;"
                  "PRAGMA cache_size=-4096",
            err);
    }
    if (rc == RC_OK && access == DATABASE_WRITE)
        sqlite3_wal_hook(database->sqlite, note_wal, database);
    if (rc == RC_OK)
        *out = database;
    else
        database_close(database);
    return rc;
}

void
database_close(struct database *database)
{
    if (!database)
        return;
    size_t cursor = 0;
    struct slice key;
    void *statement;
    while (map_next(database->statements, &cursor, &key, &statement))
        sqlite3_finalize(statement);
    map_free(database->statements);
    sqlite3_close(database->sqlite);
    free(database);
}

enum rc
database_begin(struct database *database, struct err *err)
{
    database->full = false;
    struct query query = query_start(database, "BEGIN IMMEDIATE");
    return query_run(&query, err);
}

enum rc
database_begin_read(struct database *database, struct err *err)
{
    struct query query = query_start(database, "BEGIN");
    return query_run(&query, err);
}

enum rc
database_commit(struct database *database, struct err *err)
{
    struct query query = query_start(database, "COMMIT");
    return query_run(&query, err);
}

void
database_rollback(struct database *database)
{
    bool full = database->full;
    database->undone++;
    struct query query = query_start(database, "ROLLBACK");
    (void)!query_run(&query, NULL);
    database->full = full;
}

enum rc
database_savepoint(struct database *database, struct err *err)
{
    struct query query = query_start(database, "SAVEPOINT job");
    return query_run(&query, err);
}

enum rc
database_release(struct database *database, struct err *err)
{
    struct query query = query_start(database, "RELEASE job");
    return query_run(&query, err);
}

void
database_undo(struct database *database)
{
    bool full = database->full;
    database->undone++;
    struct query query = query_start(database, "ROLLBACK TO job");
    (void)!query_run(&query, NULL);
    query = query_start(database, "RELEASE job");
    (void)!query_run(&query, NULL);
    database->full = full;
}

uint64_t
database_undone(const struct database *database)
{
    return database->undone;
}

bool
database_in_transaction(const struct database *database)
{
    return !sqlite3_get_autocommit(database->sqlite);
}

bool
database_is_full(const struct database *database)
{
    return database->full;
}

enum rc
database_checkpoint(struct database *database, struct err *err)
{
    int code =
        sqlite3_wal_checkpoint_v2(database->sqlite, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    if (code == SQLITE_OK || code == SQLITE_BUSY || code == SQLITE_LOCKED)
        return RC_OK;
    return fail(database, code, err, "checkpoint");
}

enum rc
database_end_log(struct database *database, struct err *err)
{
    return database_execute(database, "PRAGMA journal_mode=DELETE", err);
}

enum rc
database_copy(struct database *database, struct slice path, struct err *err)
{
    /* It counts as writing, though the database itself stays opened for reading. */
    enum rc rc = database_execute(database, "PRAGMA query_only=OFF", err);
    if (rc != RC_OK)
        return rc;
    struct query query = query_start(database, "VACUUM INTO ?");
    query_text(&query, path);
    return query_run(&query, err);
}

enum rc
database_check(struct database *database, struct err *err)
{
    struct arena *arena = arena_new();
    struct slice found = SLICE("");
    struct query query = query_start(database, "PRAGMA integrity_check(1)");
    if (query_row(&query))
        found = query_column_text(&query, arena, 0);
    enum rc rc = query_end(&query, err);
    if (rc == RC_OK && !slice_is(found, "ok"))
        rc = err_set(err, RC_SYNTAX, "the store is damaged: %.*s", SLICE_ARG(found));
    arena_free(arena);
    return rc;
}

int64_t
database_wal_bytes(const struct database *database)
{
    return database->wal_bytes;
}

int64_t
database_changes(const struct database *database)
{
    return sqlite3_changes64(database->sqlite);
}

struct query
query_start(struct database *database, const char *sql)
{
    struct query query = {.database = database};
    query.statement = map_get(database->statements, MAP_KEY(sql));
    if (!query.statement) {
        sqlite3_stmt *statement = NULL;
        query.rc = sqlite3_prepare_v3(database->sqlite, sql, -1, SQLITE_PREPARE_PERSISTENT,
                                      &statement, NULL);
        if (query.rc != SQLITE_OK)
            return query;
        map_put(database->statements, MAP_KEY(sql), statement);
        query.statement = statement;
    }
    return query;
}

static void
bound(struct query *query, int code)
{
    if (query->rc == SQLITE_OK)
        query->rc = code;
}

void
query_text(struct query *query, struct slice text)
{
    if (query->statement)
        bound(query,
              sqlite3_bind_text64(query->statement, ++query->parameter, text.ptr ? text.ptr : "",
                                  text.len, SQLITE_STATIC, SQLITE_UTF8));
}

void
query_blob(struct query *query, struct slice bytes)
{
    if (query->statement)
        bound(query, sqlite3_bind_blob64(query->statement, ++query->parameter,
                                         bytes.ptr ? bytes.ptr : "", bytes.len, SQLITE_STATIC));
}

void
query_i64(struct query *query, int64_t number)
{
    if (query->statement)
        bound(query, sqlite3_bind_int64(query->statement, ++query->parameter, number));
}

void
query_null(struct query *query)
{
    if (query->statement)
        bound(query, sqlite3_bind_null(query->statement, ++query->parameter));
}

bool
query_row(struct query *query)
{
    if (query->rc != SQLITE_OK && query->rc != SQLITE_ROW)
        return false;
    errno = 0;
    query->rc = sqlite3_step(query->statement);
    return query->rc == SQLITE_ROW;
}

struct slice
query_column_text(struct query *query, struct arena *arena, int column)
{
    const char *bytes = sqlite3_column_blob(query->statement, column);
    size_t len = (size_t)sqlite3_column_bytes(query->statement, column);
    return arena_dup(arena, (struct slice){bytes, len});
}

int64_t
query_column_i64(struct query *query, int column)
{
    return sqlite3_column_int64(query->statement, column);
}

bool
query_column_is_null(struct query *query, int column)
{
    return sqlite3_column_type(query->statement, column) == SQLITE_NULL;
}

enum rc
query_end(struct query *query, struct err *err)
{
    int code = query->rc;
    enum rc rc = code == SQLITE_OK || code == SQLITE_ROW || code == SQLITE_DONE
                     ? RC_OK
                     : fail(query->database, code, err, "store");
    if (query->statement) {
        sqlite3_reset(query->statement);
        sqlite3_clear_bindings(query->statement);
    }
    return rc;
}

enum rc
query_texts(struct query *query, struct arena *arena, struct slice **out, size_t *count,
            struct err *err)
{
    struct slice *texts = NULL;
    size_t len = 0, cap = 0;
    while (query_row(query)) {
        texts = arena_grow(arena, texts, sizeof *texts, len, &cap);
        texts[len++] = query_column_text(query, arena, 0);
    }
    *out = texts;
    *count = len;
    return query_end(query, err);
}

enum rc
query_run(struct query *query, struct err *err)
{
    (void)query_row(query);
    return query_end(query, err);
}
