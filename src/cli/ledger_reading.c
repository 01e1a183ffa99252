#include "ledger_reading.h"
#include "base/clock.h"
#include "print.h"
#include "store/store.h"

#include <stdio.h>

enum { PAGE_ROWS = 1000 };

enum rc
ledger_reading_open(const char *dir, struct database **out, struct err *err)
{
    struct arena *arena = arena_new();
    struct database *database = NULL;
    enum rc rc = database_open(arena_printf(arena, "%s/" STORE_DATABASE, dir).ptr, DATABASE_READ,
                               &database, err);
    if (rc == RC_OK)
        rc = database_begin_read(database, err);
    if (rc == RC_OK)
        *out = database;
    else
        database_close(database);
    arena_free(arena);
    return rc;
}

void
ledger_reading_close(struct database *database)
{
    if (database)
        database_rollback(database);
    database_close(database);
}

static enum rc
read_time(const char *option, const char *text, int64_t *ms, struct err *err)
{
    if (text && !clock_parse(slice_of(text), ms))
        return err_set(err, RC_SYNTAX, "--%s must be a time, as 2026-01-31T12:00Z", option);
    return RC_OK;
}

enum rc
ledger_reading_span(const char *since, const char *until, struct ledger_span *out, struct err *err)
{
    *out = (struct ledger_span){INT64_MIN, INT64_MAX};
    enum rc rc = read_time("since", since, &out->since_ms, err);
    return rc == RC_OK ? read_time("until", until, &out->until_ms, err) : rc;
}

enum rc
ledger_reading_each(struct database *database, const struct ledger_span *span,
                    void (*each)(void *ctx, const struct ledger_row *row,
                                 const struct ledger_record *record),
                    void *ctx, struct err *err)
{
    int64_t after = 0;
    size_t count = PAGE_ROWS;
    enum rc rc = RC_OK;
    while (rc == RC_OK && count == PAGE_ROWS) {
        struct arena *arena = arena_new();
        struct ledger_row *rows;
        struct ledger_record record;
        rc = ledger_records_after(database, arena, after, PAGE_ROWS, &rows, &count, err);
        for (size_t i = 0; rc == RC_OK && i < count; i++) {
            after = rows[i].number;
            rc = ledger_decode(rows[i].record, rows[i].details, &record, err);
            if (rc != RC_OK)
                err_prefix(err, "record %lld: ", (long long)after);
            else if (record.at_ms >= span->since_ms && record.at_ms < span->until_ms)
                each(ctx, &rows[i], &record);
        }
        arena_free(arena);
    }
    return rc;
}

/* ---- how it is shown ---- */

/* Below its record, a line each. */
static void
print_dialogue(struct arena *arena, struct slice dialogue)
{
    struct slice line;
    bool more = dialogue.len > 0;
    while (more) {
        more = slice_cut(dialogue, '\n', &line, &dialogue);
        printf("    %.*s\n", SLICE_ARG(print_safe(arena, more ? line : dialogue)));
    }
}

void
ledger_reading_print(int64_t number, const struct ledger_record *record)
{
    struct arena *arena = arena_new();
    printf("%lld %.*s %s", (long long)number, SLICE_ARG(clock_iso8601(arena, record->at_ms)),
           ledger_kind_name(record->kind));
    for (size_t i = 0; i < LEDGER_FIELD_COUNT; i++) {
        struct slice value = print_safe(arena, record->fields[i]);
        if (value.len == 0 || i == LEDGER_DIALOGUE)
            continue;
        if (i == LEDGER_WHAT || i == LEDGER_RESULT)
            printf(" %.*s", SLICE_ARG(value));
        else if (slice_chr(value, ' ') == SLICE_NONE)
            printf(" %s=%.*s", ledger_field_name((enum ledger_field)i), SLICE_ARG(value));
        else
            printf(" %s=\"%.*s\"", ledger_field_name((enum ledger_field)i), SLICE_ARG(value));
    }
    printf(record->erased ? " (its details were erased)\n" : "\n");
    print_dialogue(arena, record->fields[LEDGER_DIALOGUE]);
    arena_free(arena);
}
