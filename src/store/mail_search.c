#include "mail_search.h"
#include "message_key.h"

/* The first key of a recipient that was accepted at `ms` or later. */
static int64_t
first_key(int64_t ms)
{
    int64_t low, high;
    if (ms <= message_key_ms(0))
        return 0;
    if (ms >= message_key_ms(INT64_MAX / MESSAGE_PARTS_MAX))
        return INT64_MAX;
    message_key_range_ms(ms, ms, &low, &high);
    return message_part_key(low, 0);
}

/* ---- search ---- */

/* The oldest of the step of recipients that begins before `before`; 0: it reaches the beginning. */
static enum rc
step_end(struct database *db, int64_t low, int64_t before, int64_t *end, struct err *err)
{
    struct query q = query_start(db, "SELECT key FROM recipient WHERE key >= ? AND key < ? ORDER "
                                     "BY key DESC LIMIT 1 OFFSET ?");
    query_i64(&q, low);
    query_i64(&q, before);
    query_i64(&q, MAIL_SEARCH_STEP - 1);
    *end = query_row(&q) ? query_column_i64(&q, 0) : 0;
    return query_end(&q, err);
}

static bool
is_whole(struct slice text)
{
    size_t at = slice_chr(text, '@');
    return at != SLICE_NONE && at > 0 && at + 1 < text.len;
}

static const char search_sql[] =
    "SELECT r.key FROM recipient r CROSS JOIN message m ON m.key = r.key / 1024 "
    "WHERE r.key >= ?1 AND r.key < ?2 AND (?3 = 0 OR (1 << r.state) & ?3) "
    "AND (?4 = '' OR CASE ?5 WHEN 1 THEN lower(r.address) = ?4 ELSE instr(lower(r.address), ?4) "
    "END) "
    "AND (?6 = '' OR lower(m.user_name) = ?6 OR m.access_key IN (SELECT id FROM access_key WHERE "
    "iam_user = ?6)) AND (?7 = '' OR m.access_key = ?7) "
    "AND (?8 = '' OR CASE ?9 WHEN 1 THEN lower(m.header_from) = ?8 OR lower(m.reverse_path) = ?8 "
    "ELSE instr(lower(m.header_from), ?8) OR instr(lower(m.reverse_path), ?8) END) "
    "ORDER BY r.key DESC LIMIT ?10";

enum rc
mail_search(struct database *db, struct arena *arena, const struct mail_filter *filter,
            int64_t **keys, size_t *count, int64_t *next, struct err *err)
{
    int64_t *list = NULL, low = first_key(filter->since_ms), high = first_key(filter->until_ms),
            end = 0;
    size_t len = 0, cap = 0;
    if (filter->before > 0 && filter->before < high)
        high = filter->before;
    enum rc rc = step_end(db, low, high, &end, err);
    if (rc != RC_OK)
        return rc;
    struct query q = query_start(db, search_sql);
    query_i64(&q, end > low ? end : low);
    query_i64(&q, high);
    query_i64(&q, filter->states);
    query_text(&q, filter->to);
    query_i64(&q, is_whole(filter->to));
    query_text(&q, filter->user);
    query_text(&q, filter->access_key);
    query_text(&q, filter->from);
    query_i64(&q, is_whole(filter->from));
    query_i64(&q, filter->limit);
    while (query_row(&q)) {
        list = arena_grow(arena, list, sizeof *list, len, &cap);
        list[len++] = query_column_i64(&q, 0);
    }
    *keys = list;
    *count = len;
    *next = len > 0 && (int64_t)len == filter->limit ? list[len - 1] : end;
    return query_end(&q, err);
}

/* ---- sites ---- */

#define SITE_COLUMNS                                                                               \
    "domain, sum(CASE state WHEN 0 THEN 1 ELSE 0 END), sum(CASE state WHEN 1 THEN 1 ELSE 0 END), " \
    "sum(CASE state WHEN 2 THEN 1 ELSE 0 END), sum(CASE WHEN state IN (3, 4) THEN 1 ELSE 0 END), " \
    "min(CASE state WHEN 0 THEN next_ms END), max(CASE reply WHEN '' THEN NULL ELSE key END)"

/* Each with the reply of the newest recipient that got one. */
static enum rc
collect_sites(struct database *db, struct query *q, struct arena *arena, struct site_row **out,
              size_t *count, struct err *err)
{
    struct site_row *rows = NULL;
    int64_t *replied = NULL;
    size_t len = 0, cap = 0, replied_cap = 0;
    while (query_row(q)) {
        rows = arena_grow(arena, rows, sizeof *rows, len, &cap);
        replied = arena_grow(arena, replied, sizeof *replied, len, &replied_cap);
        replied[len] = query_column_is_null(q, 6) ? 0 : query_column_i64(q, 6);
        rows[len++] = (struct site_row){
            .domain = query_column_text(q, arena, 0),
            .queued = query_column_i64(q, 1),
            .held = query_column_i64(q, 2),
            .delivered = query_column_i64(q, 3),
            .failed = query_column_i64(q, 4),
            .next_ms = query_column_is_null(q, 5) ? 0 : query_column_i64(q, 5),
        };
    }
    enum rc rc = query_end(q, err);
    for (size_t i = 0; rc == RC_OK && i < len; i++) {
        struct recipient_row row = {0};
        if (replied[i])
            rc = recipients_find(db, arena, replied[i], &row, err);
        rows[i].reply = row.reply;
    }
    *out = rows;
    *count = len;
    return rc;
}

enum rc
sites_waiting(struct database *db, struct arena *arena, int64_t limit, struct site_row **out,
              size_t *count, struct err *err)
{
    struct query q =
        query_start(db, "SELECT " SITE_COLUMNS " FROM recipient WHERE key IN (SELECT key FROM "
                        "recipient WHERE state = 0 UNION ALL SELECT key FROM recipient WHERE "
                        "state = 1) GROUP BY domain ORDER BY count(*) DESC, domain LIMIT ?");
    query_i64(&q, limit);
    return collect_sites(db, &q, arena, out, count, err);
}

enum rc
sites_recent(struct database *db, struct arena *arena, int64_t since_ms, int64_t limit,
             struct site_row **out, size_t *count, int64_t *reached_ms, struct err *err)
{
    int64_t low = first_key(since_ms), end = 0;
    enum rc rc = step_end(db, low, INT64_MAX, &end, err);
    if (rc != RC_OK)
        return rc;
    *reached_ms = end > 0 ? message_key_ms(message_of_part(end)) : since_ms;
    struct query q = query_start(db, "SELECT " SITE_COLUMNS " FROM recipient WHERE key >= ? GROUP "
                                     "BY domain ORDER BY count(*) DESC, domain LIMIT ?");
    query_i64(&q, end > low ? end : low);
    query_i64(&q, limit);
    return collect_sites(db, &q, arena, out, count, err);
}

/* ---- who sent ---- */

enum rc
sent_by_user(struct database *db, struct arena *arena, int64_t since_ms, struct sent_row **out,
             size_t *count, struct err *err)
{
    struct sent_row *rows = NULL;
    size_t len = 0, cap = 0;
    struct query q = query_start(db, "SELECT user_name, sum(counted) FROM message WHERE "
                                     "accepted_ms >= ? GROUP BY user_name");
    query_i64(&q, since_ms);
    while (query_row(&q)) {
        rows = arena_grow(arena, rows, sizeof *rows, len, &cap);
        rows[len++] = (struct sent_row){query_column_text(&q, arena, 0), query_column_i64(&q, 1)};
    }
    *out = rows;
    *count = len;
    return query_end(&q, err);
}
