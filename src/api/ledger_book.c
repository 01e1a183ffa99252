#include "ledger_book.h"
#include "base/codec.h"
#include "base/random.h"
#include "store/ledger_records.h"
#include "store/settings.h"

#include <stdlib.h>

enum { CUT_AT_ONCE = 1000, ERASE_AT_ONCE = 5000 };

#define KEY_ROW SLICE("setting:" SETTING_LEDGER_KEY)

struct ledger_book {
    struct database *database; /* borrowed */
    struct secret seed;        /* owned */
    struct buf plain, details; /* of the record being written */
    uint8_t salts[32 * LEDGER_SALT];
    size_t salts_left;       /* bytes */
    struct ledger_head last; /* time not kept */
    bool known;              /* `last` was read... */
    uint64_t undone;         /* ...and as much had been undone then */
};

/* ---- the key ---- */

static enum rc
put_public(struct ledger_book *book, struct arena *arena, struct err *err)
{
    uint8_t public[LEDGER_PUBLIC];
    ledger_public_key((const uint8_t *)book->seed.ptr, public);
    const struct slice shown = {(char *)public, sizeof public};
    return settings_put(book->database, SETTING_LEDGER_PUBLIC, codec_base64(arena, shown), err);
}

static enum rc
make_key(struct ledger_book *book, struct arena *arena, const struct sealer *sealer,
         struct err *err)
{
    uint8_t seed[LEDGER_SEED];
    random_bytes(seed, sizeof seed);
    book->seed = secret_new((struct slice){(char *)seed, sizeof seed});
    memory_wipe(seed, sizeof seed);
    struct slice sealed = sealer_seal(sealer, arena, KEY_ROW, secret_slice(&book->seed));
    return settings_put(book->database, SETTING_LEDGER_KEY, codec_base64(arena, sealed), err);
}

static enum rc
load_key(struct database *database, struct arena *arena, const struct sealer *sealer,
         struct secret *seed, struct err *err)
{
    struct slice text, sealed;
    enum rc rc = settings_get(database, arena, SETTING_LEDGER_KEY, &text, err);
    if (rc == RC_OK && text.len == 0)
        return err_set(err, RC_NOT_FOUND, "the ledger has no key yet");
    if (rc == RC_OK)
        rc = codec_base64_decode(arena, text, &sealed, err);
    if (rc == RC_OK)
        rc = sealer_unseal(sealer, KEY_ROW, sealed, seed, err);
    if (rc == RC_OK && seed->len != LEDGER_SEED)
        rc = err_set(err, RC_PERMANENT, "it has the wrong size");
    return rc == RC_OK ? RC_OK : err_prefix(err, "the key of the ledger: ");
}

enum rc
ledger_book_key(struct database *database, const struct sealer *sealer, uint8_t out[LEDGER_PUBLIC],
                struct err *err)
{
    struct arena *arena = arena_new();
    struct secret seed = {0};
    enum rc rc = load_key(database, arena, sealer, &seed, err);
    if (rc == RC_OK)
        ledger_public_key((const uint8_t *)seed.ptr, out);
    secret_free(&seed);
    arena_free(arena);
    return rc;
}

enum rc
ledger_book_open(struct database *database, const struct sealer *sealer, struct ledger_book **out,
                 struct err *err)
{
    struct arena *arena = arena_new();
    struct ledger_book *book = NEW(struct ledger_book);
    book->database = database;
    buf_init(&book->plain, LEDGER_PART_MAX);
    buf_init(&book->details, LEDGER_PART_MAX);
    enum rc rc = load_key(database, arena, sealer, &book->seed, err);
    if (rc == RC_NOT_FOUND)
        rc = make_key(book, arena, sealer, err);
    if (rc == RC_OK)
        rc = put_public(book, arena, err); /* whoever may have changed it */
    if (rc == RC_OK)
        *out = book;
    else
        ledger_book_close(book);
    arena_free(arena);
    return rc;
}

void
ledger_book_close(struct ledger_book *book)
{
    if (!book)
        return;
    secret_free(&book->seed);
    memory_wipe(book->salts, sizeof book->salts);
    buf_fini(&book->plain);
    buf_fini(&book->details);
    free(book);
}

/* ---- where it ends ---- */

static enum rc
take_start(struct ledger_book *book, struct arena *arena, struct err *err)
{
    struct slice text, rest;
    uint8_t public[LEDGER_PUBLIC];
    book->last = (struct ledger_head){0};
    enum rc rc = settings_get(book->database, arena, SETTING_LEDGER_START, &text, err);
    if (rc != RC_OK || text.len == 0)
        return rc;
    ledger_public_key((const uint8_t *)book->seed.ptr, public);
    return ledger_head_read(arena, LEDGER_START, text, public, &book->last, &rest, err);
}

static enum rc
read_last(struct ledger_book *book, struct err *err)
{
    struct ledger_row row;
    struct arena *arena = arena_new();
    enum rc rc = ledger_records_last(book->database, arena, &row, err);
    if (rc == RC_NOT_FOUND) {
        rc = take_start(book, arena, err);
    } else if (rc == RC_OK && row.chain.len != LEDGER_HASH) {
        rc = err_set(err, RC_PERMANENT, "the ledger is damaged at its end");
    } else if (rc == RC_OK) {
        book->last.number = row.number;
        memcpy(book->last.chain, row.chain.ptr, LEDGER_HASH);
    }
    arena_free(arena);
    book->known = rc == RC_OK;
    book->undone = database_undone(book->database);
    return rc;
}

static enum rc
know_last(struct ledger_book *book, struct err *err)
{
    if (book->known && book->undone == database_undone(book->database))
        return RC_OK;
    return read_last(book, err);
}

/* The system is asked for many at once. */
static const uint8_t *
take_salt(struct ledger_book *book)
{
    if (book->salts_left == 0) {
        random_bytes(book->salts, sizeof book->salts);
        book->salts_left = sizeof book->salts;
    }
    book->salts_left -= LEDGER_SALT;
    return book->salts + book->salts_left;
}

enum rc
ledger_book_append(struct ledger_book *book, const struct ledger_record *record, struct err *err)
{
    enum rc rc = know_last(book, err);
    if (rc != RC_OK)
        return rc;
    buf_reset(&book->plain);
    buf_reset(&book->details);
    ledger_encode(record, take_salt(book), &book->plain, &book->details);
    struct ledger_head next = book->last;
    ledger_chain(next.chain, ++next.number, buf_slice(&book->plain));
    const struct ledger_row row = {
        .number = next.number,
        .record = buf_slice(&book->plain),
        .details = buf_slice(&book->details),
        .chain = {(char *)next.chain, LEDGER_HASH},
    };
    rc = ledger_records_insert(book->database, &row, err);
    if (rc == RC_OK)
        book->last = next;
    return rc;
}

int64_t
ledger_book_number(const struct ledger_book *book)
{
    return book->last.number;
}

/* ---- heads ---- */

enum rc
ledger_book_sign(struct ledger_book *book, struct arena *arena, int64_t now_ms, struct slice *text,
                 struct err *err)
{
    enum rc rc = know_last(book, err);
    if (rc != RC_OK)
        return rc;
    struct ledger_head head = book->last;
    head.at_ms = now_ms;
    *text = ledger_head_write(arena, LEDGER_HEAD, &head, (const uint8_t *)book->seed.ptr);
    return settings_put(book->database, SETTING_LEDGER_HEAD, *text, err);
}

/* The last of `rows` that is too old, or NULL. The very last record of all stays. */
static const struct ledger_row *
last_before(const struct ledger_book *book, const struct ledger_row *rows, size_t count,
            int64_t before_ms)
{
    const struct ledger_row *found = NULL;
    struct ledger_record record;
    for (size_t i = 0; i < count && rows[i].number < book->last.number; i++) {
        if (ledger_decode(rows[i].record, rows[i].details, &record, NULL) != RC_OK ||
            record.at_ms >= before_ms)
            break;
        found = &rows[i];
    }
    return found;
}

static enum rc
cut_at(struct ledger_book *book, struct arena *arena, const struct ledger_row *row, struct err *err)
{
    struct ledger_record record;
    struct ledger_head start = {.number = row->number};
    enum rc rc = ledger_decode(row->record, row->details, &record, err);
    if (rc != RC_OK)
        return rc;
    start.at_ms = record.at_ms;
    memcpy(start.chain, row->chain.ptr, LEDGER_HASH);
    rc = ledger_records_cut(book->database, row->number, err);
    if (rc != RC_OK)
        return rc;
    return settings_put(
        book->database, SETTING_LEDGER_START,
        ledger_head_write(arena, LEDGER_START, &start, (const uint8_t *)book->seed.ptr), err);
}

enum rc
ledger_book_cut(struct ledger_book *book, int64_t before_ms, bool *more, struct err *err)
{
    struct ledger_row *rows;
    size_t count;
    struct arena *arena = arena_new();
    enum rc rc = know_last(book, err);
    if (rc == RC_OK)
        rc = ledger_records_after(book->database, arena, 0, CUT_AT_ONCE, &rows, &count, err);
    const struct ledger_row *last = rc == RC_OK ? last_before(book, rows, count, before_ms) : NULL;
    if (last)
        rc = cut_at(book, arena, last, err);
    *more = last && last == &rows[CUT_AT_ONCE - 1];
    arena_free(arena);
    return rc;
}

/* ---- erasure ---- */

static bool
names_address(const struct ledger_row *row, struct slice address)
{
    struct ledger_record record;
    return ledger_decode(row->record, row->details, &record, NULL) == RC_OK &&
           ledger_details_name(&record, address);
}

/* It says how many, not whose. */
static enum rc
record_erasure(struct ledger_book *book, struct arena *arena, int64_t count, int64_t now_ms,
               struct err *err)
{
    struct ledger_record record = {.kind = LEDGER_ERASURE, .at_ms = now_ms};
    record.fields[LEDGER_WHAT] = SLICE("erased");
    record.fields[LEDGER_PRINCIPAL] = SLICE("administrator");
    record.fields[LEDGER_COUNT] = arena_printf(arena, "%lld", (long long)count);
    return ledger_book_append(book, &record, err);
}

static enum rc
erase_among(struct ledger_book *book, struct arena *arena, const struct ledger_row *rows,
            size_t count, struct slice address, int64_t now_ms, int64_t *erased, struct err *err)
{
    bool *found = ARENA_ARRAY(arena, bool, count);
    *erased = 0;
    for (size_t i = 0; i < count; i++) {
        found[i] = names_address(&rows[i], address);
        *erased += found[i];
    }
    if (*erased == 0)
        return RC_OK;
    enum rc rc = record_erasure(book, arena, *erased, now_ms, err);
    struct slice mark = ledger_erased(arena, book->last.number);
    for (size_t i = 0; rc == RC_OK && i < count; i++)
        if (found[i])
            rc = ledger_records_put_details(book->database, rows[i].number, mark, err);
    return rc;
}

enum rc
ledger_book_erase(struct ledger_book *book, struct slice address, int64_t now_ms,
                  struct ledger_erasure *erasure, struct err *err)
{
    struct ledger_row *rows;
    size_t count;
    struct arena *arena = arena_new();
    enum rc rc = know_last(book, err);
    if (rc == RC_OK)
        rc = ledger_records_after(book->database, arena, erasure->after, ERASE_AT_ONCE, &rows,
                                  &count, err);
    if (rc == RC_OK) {
        erasure->after = count == ERASE_AT_ONCE ? rows[count - 1].number : 0;
        rc = erase_among(book, arena, rows, count, address, now_ms, &erasure->erased, err);
    }
    arena_free(arena);
    return rc;
}
