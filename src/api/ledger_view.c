#include "ledger_view.h"
#include "base/clock.h"

static bool
is_number(enum ledger_field field)
{
    return field == LEDGER_RECIPIENTS || field == LEDGER_ATTEMPT || field == LEDGER_COUNT ||
           field == LEDGER_STATEMENT;
}

void
ledger_view_put(struct json_writer *writer, struct arena *arena, int64_t number,
                const struct ledger_record *record)
{
    json_put_i64(writer, "number", number);
    json_put_string(writer, "time", clock_iso8601(arena, record->at_ms));
    json_put_cstr(writer, "kind", ledger_kind_name(record->kind));
    for (size_t i = 0; i < LEDGER_FIELD_COUNT; i++) {
        int64_t value;
        const char *name = ledger_field_name((enum ledger_field)i);
        if (record->fields[i].len == 0)
            continue;
        if (is_number((enum ledger_field)i) && slice_i64(record->fields[i], &value))
            json_put_i64(writer, name, value);
        else
            json_put_string(writer, name, record->fields[i]);
    }
    if (record->erased)
        json_put_i64(writer, "erased", record->erased);
}
