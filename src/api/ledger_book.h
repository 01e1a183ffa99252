/*
 * The open end of the ledger. The writer has it, and nobody else: what is recorded and its record
 * come in one transaction, in one order. Records of an undone job or batch are as if they had never
 * been: the next is read from the store again.
 *
 * And the key of the service that heads are signed with: an Ed25519 seed, sealed in the settings.
 */
#ifndef POSTERN_API_LEDGER_BOOK_H
#define POSTERN_API_LEDGER_BOOK_H

#include "report/ledger.h"
#include "store/database.h"
#include "store/seal.h"

struct ledger_book;

/* `database` is that which the writer writes to. Makes the key when there is none yet. */
MUST_USE enum rc ledger_book_open(struct database *database, const struct sealer *sealer,
                                  struct ledger_book **out, struct err *err);
void ledger_book_close(struct ledger_book *book); /* wipes the key */

/* The public half of the sealed key. RC_NOT_FOUND: there is none yet; others as sealer_unseal. */
MUST_USE enum rc ledger_book_key(struct database *database, const struct sealer *sealer,
                                 uint8_t out[LEDGER_PUBLIC], struct err *err);

/* Within the writer's transaction. */
MUST_USE enum rc ledger_book_append(struct ledger_book *book, const struct ledger_record *record,
                                    struct err *err);
/* That of the record that was appended last. */
int64_t ledger_book_number(const struct ledger_book *book);
/* Signs where the ledger stands, and keeps that. RC_NOT_FOUND: it is empty. */
MUST_USE enum rc ledger_book_sign(struct ledger_book *book, struct arena *arena, int64_t now_ms,
                                  struct slice *text, struct err *err);
/* Cuts off records from before `before_ms`, some at a time: *more tells that there are others. */
MUST_USE enum rc ledger_book_cut(struct ledger_book *book, int64_t before_ms, bool *more,
                                 struct err *err);

struct ledger_erasure {
    int64_t after;  /* where this step begins, and then where the next does; 0: it was the last */
    int64_t erased; /* details in this step */
};
/* Erases the details that name the address, a number of records at a time. */
MUST_USE enum rc ledger_book_erase(struct ledger_book *book, struct slice address, int64_t now_ms,
                                   struct ledger_erasure *erasure, struct err *err);

#endif
