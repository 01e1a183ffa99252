/* Records of a store that somebody may have written in, and heads of a file that may be anything: what
 * is read would be written the same. */
#include <stdlib.h>

#include "report/ledger.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t seed[LEDGER_SEED] = {7};

static void
read_record(struct slice text)
{
    struct ledger_record record;
    struct buf plain, details;
    struct slice written, beside;
    if (!slice_cut(text, '\n', &beside, &written) ||
        ledger_decode(written, beside, &record, NULL) != RC_OK || record.erased)
        return;
    uint8_t salt[LEDGER_SALT] = {0};
    memcpy(salt, beside.ptr, beside.len < LEDGER_SALT ? beside.len : LEDGER_SALT);
    buf_init(&plain, LEDGER_PART_MAX);
    buf_init(&details, LEDGER_PART_MAX);
    ledger_encode(&record, salt, &plain, &details);
    if (!slice_eq(buf_slice(&plain), written) || !slice_eq(buf_slice(&details), beside))
        abort();
    buf_fini(&plain);
    buf_fini(&details);
}

static void
read_head(struct arena *arena, struct slice text)
{
    struct ledger_head head;
    struct slice rest;
    uint8_t key[LEDGER_PUBLIC];
    ledger_public_key(seed, key);
    if (ledger_head_read(arena, LEDGER_HEAD, text, key, &head, &rest, NULL) == RC_OK &&
        slice_find(text, ledger_head_write(arena, LEDGER_HEAD, &head, seed)) == SLICE_NONE)
        abort();
}

/* Where a verification stood, as who asks for the next step brings it back. */
static void
read_place(struct arena *arena, struct slice text)
{
    struct ledger_verifier verifier, again;
    if (!ledger_verify_resume(&verifier, arena, text, NULL, 0))
        return;
    struct slice written = ledger_verify_write(arena, &verifier);
    if (!ledger_verify_resume(&again, arena, written, NULL, 0) || again.number != verifier.number ||
        again.mark_count != verifier.mark_count ||
        memcmp(again.chain, verifier.chain, LEDGER_HASH) != 0 ||
        !slice_eq(ledger_verify_write(arena, &again), written))
        abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice text = {(const char *)data, size};
    struct arena *arena = arena_new();
    read_record(text);
    read_head(arena, text);
    read_place(arena, text);
    (void)ledger_names(text, SLICE("ana@a.example"));
    arena_free(arena);
    return 0;
}
