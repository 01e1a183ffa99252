#include "ledger_verification.h"
#include "base/codec.h"
#include "store/ledger_records.h"
#include "store/settings.h"

#include <inttypes.h>

enum { PAGE_ROWS = 1000 };

/* ---- what it is held against ---- */

static void
add_head(struct ledger_verification *verification, const struct ledger_head *head)
{
    verification->heads =
        arena_grow(verification->arena, verification->heads, sizeof *verification->heads,
                   verification->head_count, &verification->head_cap);
    verification->heads[verification->head_count++] = *head;
}

/* What the store itself keeps signed. *found is false when it has none. */
static enum rc
read_kept(struct ledger_verification *verification, const char *setting,
          enum ledger_statement statement, struct ledger_head *out, bool *found, struct err *err)
{
    struct slice text, rest;
    enum rc rc = settings_get(verification->database, verification->arena, setting, &text, err);
    *found = rc == RC_OK && text.len > 0;
    return *found ? ledger_head_read(verification->arena, statement, text, verification->key, out,
                                     &rest, err)
                  : rc;
}

static enum rc
read_last(struct ledger_verification *verification, struct err *err)
{
    struct ledger_row row;
    enum rc rc = ledger_records_last(verification->database, verification->arena, &row, err);
    verification->last = rc == RC_OK ? row.number : verification->start.number;
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc
ledger_verification_init(struct ledger_verification *verification, struct arena *arena,
                         struct database *database, const uint8_t key[LEDGER_PUBLIC],
                         struct err *err)
{
    struct ledger_head newest;
    bool headed = false;
    *verification = (struct ledger_verification){.arena = arena, .database = database};
    memcpy(verification->key, key, LEDGER_PUBLIC);
    enum rc rc = read_kept(verification, SETTING_LEDGER_START, LEDGER_START, &verification->start,
                           &verification->cut, err);
    if (rc == RC_OK)
        rc = read_kept(verification, SETTING_LEDGER_HEAD, LEDGER_HEAD, &newest, &headed, err);
    if (headed && rc == RC_OK)
        add_head(verification, &newest);
    return rc == RC_OK ? read_last(verification, err) : rc;
}

enum rc
ledger_verification_add_heads(struct ledger_verification *verification, struct slice text,
                              struct err *err)
{
    struct ledger_head head;
    size_t before = verification->head_count;
    enum rc rc = RC_OK;
    while (rc == RC_OK) {
        rc = ledger_head_read(verification->arena, LEDGER_HEAD, text, verification->key, &head,
                              &text, err);
        if (rc == RC_OK)
            add_head(verification, &head);
    }
    return rc == RC_NOT_FOUND && verification->head_count > before ? RC_OK : rc;
}

/* ---- the records ---- */

/* Rows before the start would not be looked at. */
static enum rc
check_first(struct ledger_verification *verification, struct err *err)
{
    struct ledger_row *rows;
    size_t count;
    enum rc rc = ledger_records_after(verification->database, verification->arena, INT64_MIN, 1,
                                      &rows, &count, err);
    if (rc == RC_OK && count > 0 && rows[0].number <= verification->start.number)
        return err_set(err, RC_SYNTAX, "record %" PRId64 " stands before the beginning",
                       rows[0].number);
    return rc;
}

enum rc
ledger_verification_begin(struct ledger_verification *verification, struct err *err)
{
    enum rc rc = check_first(verification, err);
    if (rc == RC_OK)
        rc = ledger_verify_begin(&verification->verifier, verification->arena,
                                 verification->cut ? &verification->start : NULL,
                                 verification->heads, verification->head_count, err);
    verification->verifier.calm = verification->last;
    return rc;
}

static enum rc
verify_page(struct ledger_verification *verification, struct arena *arena, int64_t limit,
            size_t *count, struct err *err)
{
    struct ledger_verifier *verifier = &verification->verifier;
    struct ledger_row *rows;
    struct ledger_record record;
    enum rc rc = ledger_records_after(verification->database, arena, verifier->number, limit, &rows,
                                      count, err);
    for (size_t i = 0; rc == RC_OK && i < *count; i++)
        rc = ledger_verify_record(verifier, rows[i].number, rows[i].record, rows[i].details,
                                  rows[i].chain, &record, err);
    return rc;
}

enum rc
ledger_verification_step(struct ledger_verification *verification, int64_t limit, bool *done,
                         struct err *err)
{
    struct ledger_verifier *verifier = &verification->verifier;
    int64_t end = verification->last;
    enum rc rc = RC_OK;
    if (limit < end - verifier->number)
        end = verifier->number + limit;
    size_t count = 1;
    while (rc == RC_OK && verifier->number < end && count > 0) {
        struct arena *arena = arena_new();
        int64_t left = end - verifier->number;
        rc = verify_page(verification, arena, left < PAGE_ROWS ? left : PAGE_ROWS, &count, err);
        arena_free(arena);
    }
    *done = verifier->number >= verification->last || count == 0;
    return rc == RC_OK && *done ? ledger_verify_end(verifier, err) : rc;
}

/* ---- from one step to the next ---- */

struct slice
ledger_verification_write(const struct ledger_verification *verification)
{
    return ledger_verify_write(verification->arena, &verification->verifier);
}

enum rc
ledger_verification_resume(struct ledger_verification *verification, struct slice text,
                           struct err *err)
{
    struct ledger_verifier *verifier = &verification->verifier;
    if (!ledger_verify_resume(verifier, verification->arena, text, verification->heads,
                              verification->head_count))
        return err_set(err, RC_LIMIT, "it is not where a verification stood");
    verifier->cut = verification->cut;
    if (verifier->number < verification->start.number)
        return err_set(err, RC_SEQUENCE,
                       "the oldest part was cut off meanwhile: verify from the beginning");
    return RC_OK;
}
