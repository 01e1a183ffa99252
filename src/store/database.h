/*
 * The database driver: SQLite (WAL, synchronous=FULL). Queries stand in one file per noun, in
 * portable SQL; what another engine does differently belongs behind this header.
 *
 * One connection writes: it belongs to the spooler's thread, which also checkpoints. Every other
 * connection only reads (dependencies: two writers and a checkpoint can corrupt a WAL).
 *
 * A failed statement answers RC_TEMPORARY for busy and full, RC_CONFLICT for a violated
 * constraint, RC_PERMANENT else. DATABASE_FULL is told apart by database_is_full().
 */
#ifndef POSTERN_STORE_DATABASE_H
#define POSTERN_STORE_DATABASE_H

#include "base/memory.h"

struct database;

enum database_access { DATABASE_WRITE, DATABASE_READ };
MUST_USE enum rc database_open(const char *path, enum database_access access, struct database **out,
                               struct err *err);
void database_close(struct database *database);
MUST_USE enum rc database_execute(struct database *database, const char *sql, struct err *err);

MUST_USE enum rc database_begin(struct database *database, struct err *err);
/* One snapshot for several readings; ended by database_rollback. */
MUST_USE enum rc database_begin_read(struct database *database, struct err *err);
/* An I/O error here leaves unknown what is durable: RC_PERMANENT, and the process must end. */
MUST_USE enum rc database_commit(struct database *database, struct err *err);
void database_rollback(struct database *database);
/* A transaction inside: what one job did can be undone without the others'. */
MUST_USE enum rc database_savepoint(struct database *database, struct err *err);
MUST_USE enum rc database_release(struct database *database, struct err *err);
void database_undo(struct database *database);
/* How often something was undone: what was read or written before may not be so any more. */
uint64_t database_undone(const struct database *database);
bool database_is_full(const struct database *database); /* the last failure was a full disk */
/* An engine may end a transaction by itself when the disk is full. */
bool database_in_transaction(const struct database *database);
/* Move the log into the file; the writer's. RC_PERMANENT as in database_commit; readers in the way
 * are no error. */
MUST_USE enum rc database_checkpoint(struct database *database, struct err *err);
/* Moves all of the log into the file, which can then be moved alone. Nobody else may have it open; the
 * next to open it for writing has a log again. */
MUST_USE enum rc database_end_log(struct database *database, struct err *err);
/* One consistent state, whatever is written meanwhile, into the empty file at `path`; rows that were
 * deleted leave no trace in it. Not synced. */
MUST_USE enum rc database_copy(struct database *database, struct slice path, struct err *err);
/* Reads everything. RC_SYNTAX tells what is damaged. */
MUST_USE enum rc database_check(struct database *database, struct err *err);
int64_t database_wal_bytes(const struct database *database); /* what the log holds */
int64_t database_changes(const struct database *database);   /* rows of the last statement */

/*
 * Statements: prepared once per connection and text (`sql` is a literal, its address is the key).
 *
 *     struct query q = query_start(db, "SELECT name FROM identity WHERE kind = ?");
 *     query_text(&q, kind);
 *     while (query_row(&q))
 *         ... query_column_text(&q, arena, 0);
 *     rc = query_end(&q, err);
 *
 * Parameters are bound in order; binding copies nothing, so what is bound lives until query_end.
 */
struct query {
    struct database *database;
    void *statement;
    int parameter;
    int rc; /* of the engine */
};

struct query query_start(struct database *database, const char *sql);
void query_text(struct query *query, struct slice text);
void query_blob(struct query *query, struct slice bytes);
void query_i64(struct query *query, int64_t number);
void query_null(struct query *query);
bool query_row(struct query *query);
struct slice query_column_text(struct query *query, struct arena *arena, int column); /* copied */
int64_t query_column_i64(struct query *query, int column);
bool query_column_is_null(struct query *query, int column);
MUST_USE enum rc query_end(struct query *query, struct err *err);
/* The first column of every row that is left, and the end. */
MUST_USE enum rc query_texts(struct query *query, struct arena *arena, struct slice **out,
                             size_t *count, struct err *err);
/* For statements that give no rows. */
MUST_USE enum rc query_run(struct query *query, struct err *err);

#endif
