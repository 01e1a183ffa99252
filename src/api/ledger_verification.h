/*
 * The ledger of a store held against its chain and the heads that were signed for it, some records at a
 * time: in one snapshot (the command line), or with others writing between the steps (the API). Then a
 * detail may be erased after it was passed; its erasure, which comes later, is not held against that.
 */
#ifndef POSTERN_API_LEDGER_VERIFICATION_H
#define POSTERN_API_LEDGER_VERIFICATION_H

#include "report/ledger.h"
#include "store/database.h"

struct ledger_verification {
    struct arena *arena;       /* borrowed */
    struct database *database; /* borrowed */
    uint8_t key[LEDGER_PUBLIC];
    struct ledger_head start;
    struct ledger_head *heads;
    size_t head_count, head_cap;
    struct ledger_verifier verifier;
    int64_t last; /* record */
    bool cut;     /* `start` is there */
};

/* Reads what the store keeps: where its ledger begins and ends, and the newest head. RC_DENIED,
 * RC_SYNTAX: these are not signed with the key. */
MUST_USE enum rc ledger_verification_init(struct ledger_verification *verification,
                                          struct arena *arena, struct database *database,
                                          const uint8_t key[LEDGER_PUBLIC], struct err *err);
/* Heads that were kept elsewhere: one at least must stand in the text. */
MUST_USE enum rc ledger_verification_add_heads(struct ledger_verification *verification,
                                               struct slice text, struct err *err);
/* From the first record, when all heads are there. RC_SYNTAX, here and below: what is wrong with the
 * ledger. */
MUST_USE enum rc ledger_verification_begin(struct ledger_verification *verification,
                                           struct err *err);
/* The next records, `limit` at most; *done: these were the last, and all of it is right. */
MUST_USE enum rc ledger_verification_step(struct ledger_verification *verification, int64_t limit,
                                          bool *done, struct err *err);

/* Where it stands, as text, and back in place of _begin. RC_SEQUENCE: the beginning was cut off
 * meanwhile. RC_LIMIT: it is no such text. */
struct slice ledger_verification_write(const struct ledger_verification *verification);
MUST_USE enum rc ledger_verification_resume(struct ledger_verification *verification,
                                            struct slice text, struct err *err);

#endif
