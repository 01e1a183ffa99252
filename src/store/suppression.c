#include "suppression.h"
#include "settings.h"

#include <assert.h>

static const char *const reason_names[] = {"BOUNCE", "COMPLAINT"};
static_assert(sizeof reason_names / sizeof *reason_names == SUPPRESSION_REASON_COUNT, "all named");

const char *
suppression_reason_name(enum suppression_reason reason)
{
    return reason_names[reason];
}

static unsigned
read_reasons(struct slice text)
{
    unsigned reasons = 0;
    for (int i = 0; i < SUPPRESSION_REASON_COUNT; i++)
        if (slice_find(text, slice_of(reason_names[i])) != SLICE_NONE)
            reasons |= 1u << i;
    return reasons;
}

enum rc
suppression_reasons(struct database *db, struct arena *arena, struct slice configuration_set,
                    unsigned *reasons, struct err *err)
{
    struct query q = query_start(
        db, "SELECT coalesce((SELECT suppressed_reasons FROM configuration_set WHERE name = ?), "
            "(SELECT value FROM setting WHERE name = '" SETTING_SUPPRESSED_REASONS "'))");
    query_text(&q, configuration_set);
    *reasons = SUPPRESSION_ALL; /* where nobody said otherwise */
    if (query_row(&q) && !query_column_is_null(&q, 0))
        *reasons = read_reasons(query_column_text(&q, arena, 0));
    return query_end(&q, err);
}

enum rc
suppression_set_reasons(struct database *db, struct arena *arena, unsigned reasons, struct err *err)
{
    struct slice text = SLICE("");
    for (int i = 0; i < SUPPRESSION_REASON_COUNT; i++)
        if (reasons & 1u << i)
            text = arena_printf(arena, "%.*s%s%s", SLICE_ARG(text), text.len ? "," : "",
                                reason_names[i]);
    return settings_put(db, SETTING_SUPPRESSED_REASONS, text, err);
}

static enum rc
not_found(struct slice address, struct err *err)
{
    return err_set(err, RC_NOT_FOUND, "Email address %.*s does not exist on your suppression list.",
                   SLICE_ARG(address));
}

enum rc
suppression_put(struct database *db, struct arena *arena, const struct suppressed_row *row,
                struct err *err)
{
    struct query q = query_start(
        db, "INSERT INTO suppressed_address (address, reason, updated_ms, message_id, feedback_id) "
            "VALUES (?, ?, ?, ?, ?) ON CONFLICT (address) DO UPDATE SET reason = excluded.reason, "
            "updated_ms = excluded.updated_ms, message_id = excluded.message_id, feedback_id = "
            "excluded.feedback_id");
    query_text(&q, arena_lower(arena, row->address));
    query_text(&q, slice_of(reason_names[row->reason]));
    query_i64(&q, row->updated_ms);
    query_text(&q, row->message_id);
    query_text(&q, row->feedback_id);
    return query_run(&q, err);
}

#define SUPPRESSED_COLUMNS "address, reason, updated_ms, message_id, feedback_id"

static struct suppressed_row
read_row(struct query *q, struct arena *arena)
{
    bool complaint = slice_is(query_column_text(q, arena, 1), reason_names[SUPPRESSED_COMPLAINT]);
    return (struct suppressed_row){
        .address = query_column_text(q, arena, 0),
        .reason = complaint ? SUPPRESSED_COMPLAINT : SUPPRESSED_BOUNCE,
        .updated_ms = query_column_i64(q, 2),
        .message_id = query_column_text(q, arena, 3),
        .feedback_id = query_column_text(q, arena, 4),
    };
}

enum rc
suppression_find(struct database *db, struct arena *arena, struct slice address,
                 struct suppressed_row *out, struct err *err)
{
    struct query q =
        query_start(db, "SELECT " SUPPRESSED_COLUMNS " FROM suppressed_address WHERE address = ?");
    query_text(&q, arena_lower(arena, address));
    bool found = query_row(&q);
    if (found)
        *out = read_row(&q, arena);
    enum rc rc = query_end(&q, err);
    return rc == RC_OK && !found ? not_found(address, err) : rc;
}

enum rc
suppression_delete(struct database *db, struct arena *arena, struct slice address, struct err *err)
{
    struct query q = query_start(db, "DELETE FROM suppressed_address WHERE address = ?");
    query_text(&q, arena_lower(arena, address));
    enum rc rc = query_run(&q, err);
    return rc == RC_OK && database_changes(db) == 0 ? not_found(address, err) : rc;
}

enum rc
suppression_list(struct database *db, struct arena *arena, const struct suppression_filter *filter,
                 struct suppressed_row **out, size_t *count, struct err *err)
{
    struct suppressed_row *rows = NULL;
    size_t len = 0, cap = 0;
    struct query q =
        query_start(db, "SELECT " SUPPRESSED_COLUMNS " FROM suppressed_address WHERE address > ? "
                        "AND updated_ms BETWEEN ? AND ? AND reason IN (?, ?) ORDER BY address "
                        "LIMIT ?");
    query_text(&q, filter->after);
    query_i64(&q, filter->from_ms);
    query_i64(&q, filter->to_ms);
    for (int i = 0; i < SUPPRESSION_REASON_COUNT; i++)
        query_text(&q, filter->reasons & 1u << i ? slice_of(reason_names[i]) : SLICE(""));
    query_i64(&q, filter->limit);
    while (query_row(&q)) {
        rows = arena_grow(arena, rows, sizeof *rows, len, &cap);
        rows[len++] = read_row(&q, arena);
    }
    *out = rows;
    *count = len;
    return query_end(&q, err);
}
