/* The ledger: read, verified, a head of it signed now, and details erased. */
#include "base/clock.h"
#include "base/codec.h"
#include "ledger_verification.h"
#include "ledger_view.h"
#include "mail/address.h"
#include "operations.h"
#include "store/decisions.h"
#include "store/ledger_records.h"

#include <inttypes.h>

/* ---- read ---- */

enum { PAGE_ROWS = 1000, LOOKED_AT_MAX = 20000, LISTED_MAX = 1000 };

/* Times go up with the numbers, but for a clock that is set back: not by more than this. */
#define CLOCK_SLACK_MS DAY_MS

struct ledger_filter {
    struct slice about;
    int kind; /* -1: any */
    int64_t since_ms, until_ms, before, limit;
};

static enum rc
input_kind(struct api_call *call, int *kind, struct err *err)
{
    struct slice name;
    *kind = -1;
    enum rc rc = api_input_optional(call, "kind", &name, err);
    if (rc != RC_OK || name.len == 0)
        return rc;
    for (int i = 0; i < LEDGER_KIND_COUNT; i++)
        if (slice_is(name, ledger_kind_name((enum ledger_kind)i)))
            *kind = i;
    return *kind >= 0 ? RC_OK
                      : err_set(err, RC_SYNTAX,
                                "kind must be service, login, decision, call, outcome or erasure");
}

static enum rc
input_filter(struct api_call *call, struct ledger_filter *filter, struct err *err)
{
    enum rc rc = api_input_optional(call, "about", &filter->about, err);
    if (rc == RC_OK)
        rc = input_kind(call, &filter->kind, err);
    if (rc == RC_OK)
        rc = api_input_time(call, "since", INT64_MIN, &filter->since_ms, err);
    if (rc == RC_OK)
        rc = api_input_time(call, "until", INT64_MAX, &filter->until_ms, err);
    if (rc == RC_OK)
        rc = api_input_key(call, "before", &filter->before, err);
    return rc == RC_OK ? api_input_limit(call, 50, LISTED_MAX, &filter->limit, err) : rc;
}

static enum rc
time_of(struct api_call *call, int64_t number, int64_t *at_ms, struct err *err)
{
    struct ledger_row row;
    struct ledger_record record;
    enum rc rc = ledger_records_find(call->database, call->arena, number, &row, err);
    if (rc == RC_OK)
        rc = ledger_decode(row.record, row.details, &record, err);
    *at_ms = rc == RC_OK ? record.at_ms : 0;
    return rc;
}

/* The first number of a time, found by halves; numbers have no gaps. */
static enum rc
number_of(struct api_call *call, int64_t at_ms, int64_t *number, struct err *err)
{
    struct ledger_row *rows, last;
    size_t count;
    enum rc rc = ledger_records_after(call->database, call->arena, 0, 1, &rows, &count, err);
    if (rc == RC_OK)
        rc = ledger_records_last(call->database, call->arena, &last, err);
    if (rc != RC_OK)
        return rc;
    int64_t low = rows[0].number, high = last.number + 1;
    while (rc == RC_OK && low < high) {
        int64_t middle = low + (high - low) / 2, middle_ms;
        rc = time_of(call, middle, &middle_ms, err);
        if (middle_ms < at_ms)
            low = middle + 1;
        else
            high = middle;
    }
    *number = low;
    return rc;
}

static bool
fits(const struct ledger_filter *filter, const struct ledger_record *record)
{
    return (filter->kind < 0 || (int)record->kind == filter->kind) &&
           record->at_ms >= filter->since_ms && record->at_ms < filter->until_ms &&
           (filter->about.len == 0 || ledger_relation(record, filter->about) != 0);
}

struct looking {
    int64_t listed, looked_at, reached, reached_ms;
    bool over;
};

/* One page, of which an arena of its own holds the rows. */
static enum rc
look_at(struct api_call *call, const struct ledger_filter *filter, struct arena *arena,
        struct looking *looking, struct err *err)
{
    struct ledger_row *rows;
    size_t count;
    enum rc rc = ledger_records_before(call->database, arena, looking->reached, PAGE_ROWS, &rows,
                                       &count, err);
    looking->over = rc == RC_OK && count < PAGE_ROWS;
    for (size_t i = 0; rc == RC_OK && i < count && looking->listed < filter->limit; i++) {
        struct ledger_record record;
        rc = ledger_decode(rows[i].record, rows[i].details, &record, err);
        if (rc != RC_OK)
            return err_prefix(err, "record %" PRId64 ": ", rows[i].number);
        looking->looked_at++;
        looking->reached = rows[i].number;
        looking->reached_ms = record.at_ms;
        if (filter->since_ms > INT64_MIN && record.at_ms < filter->since_ms - CLOCK_SLACK_MS) {
            looking->over = true;
            return RC_OK;
        }
        if (!fits(filter, &record))
            continue;
        json_open_object(call->output);
        ledger_view_put(call->output, call->arena, rows[i].number, &record);
        json_close_object(call->output);
        looking->listed++;
    }
    if (looking->listed == filter->limit)
        looking->over = false;
    return rc;
}

/* The newest first. When there is "next", what was before "reached" was not looked at yet. */
enum rc
ledger_list(struct api_call *call, struct err *err)
{
    struct ledger_filter filter;
    struct looking looking = {0};
    enum rc rc = input_filter(call, &filter, err);
    if (rc != RC_OK)
        return rc;
    looking.reached = filter.before ? filter.before : INT64_MAX;
    if (!filter.before && filter.until_ms < INT64_MAX - CLOCK_SLACK_MS) {
        rc = number_of(call, filter.until_ms + CLOCK_SLACK_MS, &looking.reached, err);
        if (rc == RC_NOT_FOUND) /* it is empty */
            rc = RC_OK;
    }
    json_key(call->output, "records");
    json_open_array(call->output);
    while (rc == RC_OK && !looking.over && looking.listed < filter.limit &&
           looking.looked_at < LOOKED_AT_MAX) {
        struct arena *arena = arena_new();
        rc = look_at(call, &filter, arena, &looking, err);
        arena_free(arena);
    }
    json_close_array(call->output);
    if (rc == RC_OK && !looking.over && looking.looked_at > 0) {
        api_put_next(call, looking.reached);
        api_put_time(call, "reached", looking.reached_ms);
    }
    return rc;
}

/* ---- verified ---- */

enum { VERIFIED_AT_ONCE = 10000 };

static enum rc
add_heads(struct ledger_verification *verification, struct slice text, struct err *err)
{
    struct err why;
    if (text.len == 0 || ledger_verification_add_heads(verification, text, &why) == RC_OK)
        return RC_OK;
    return err_set(err, RC_LIMIT, "heads: %s", why.text);
}

static enum rc
verify_some(struct api_call *call, struct ledger_verification *verification, struct slice heads,
            struct slice after, bool *done, struct err *err)
{
    uint8_t key[LEDGER_PUBLIC];
    enum rc rc = ledger_book_key(call->database, call->constants->sealer, key, err);
    if (rc == RC_OK)
        rc = ledger_verification_init(verification, call->arena, call->database, key, err);
    if (rc == RC_OK)
        rc = add_heads(verification, heads, err);
    if (rc == RC_OK)
        rc = after.len > 0 ? ledger_verification_resume(verification, after, err)
                           : ledger_verification_begin(verification, err);
    return rc == RC_OK ? ledger_verification_step(verification, VERIFIED_AT_ONCE, done, err) : rc;
}

/*
 * [heads, text: what was kept elsewhere][, after: how far the call before came]: some records more. While
 * there is "next" it is not known yet whether all of it is whole. What is wrong with the ledger is an
 * answer, "why", and no error of the call.
 */
enum rc
ledger_verify(struct api_call *call, struct err *err)
{
    struct ledger_verification verification = {0};
    struct slice heads, after;
    struct err why;
    bool done = false;
    enum rc rc = api_input_optional(call, "heads", &heads, err);
    if (rc == RC_OK)
        rc = api_input_optional(call, "after", &after, err);
    if (rc != RC_OK)
        return rc;
    rc = verify_some(call, &verification, heads, after, &done, &why);
    bool wrong = rc == RC_SYNTAX || rc == RC_DENIED;
    if (rc != RC_OK && !wrong) {
        *err = why;
        return rc;
    }
    json_put_bool(call->output, "whole", done);
    if (wrong)
        json_put_cstr(call->output, "why", why.text);
    else if (!done)
        json_put_string(call->output, "next", ledger_verification_write(&verification));
    json_put_i64(call->output, "first", verification.start.number + 1);
    json_put_i64(call->output, "verified", verification.verifier.number);
    json_put_i64(call->output, "last", verification.last);
    json_put_i64(call->output, "heads", (int64_t)verification.head_count);
    json_put_i64(call->output, "erased", verification.verifier.erased);
    json_put_string(
        call->output, "key",
        codec_base64(call->arena, (struct slice){(char *)verification.key, LEDGER_PUBLIC}));
    return RC_OK;
}

/* ---- written ---- */

enum rc
ledger_head(struct api_call *call, struct err *err)
{
    struct slice text;
    enum rc rc = ledger_book_sign(call->thread->book, call->arena, call->now_ms, &text, err);
    if (rc == RC_OK)
        json_put_string(call->output, "head", text);
    return rc;
}

/* What the store has of finished mail from and to it, once. */
static enum rc
forget_mail(struct api_call *call, struct slice address, struct err *err)
{
    int64_t forgotten, waiting;
    enum rc rc = messages_forget(call->database, call->arena, address, &forgotten, &waiting, err);
    if (rc == RC_OK)
        rc = decisions_forget(call->database, address, err);
    json_put_i64(call->output, "messages", forgotten);
    json_put_i64(call->output, "waiting", waiting);
    return rc;
}

/* forget: the address, under a name that no record and no line of the log shows; after: how far earlier
 * steps came, 0 at first and in the answer to the last. */
enum rc
ledger_erase(struct api_call *call, struct err *err)
{
    struct slice text;
    struct address address;
    struct ledger_erasure erasure = {0};
    enum rc rc = api_input_string(call, "forget", &text, err);
    if (rc == RC_OK)
        rc = json_get_i64(call->input, "after", 0, &erasure.after, err);
    if (rc == RC_OK)
        rc = address_parse(call->arena, text, &address, err);
    if (rc == RC_OK)
        rc = ledger_book_erase(call->thread->book, address.text, call->now_ms, &erasure, err);
    if (rc == RC_OK && erasure.after == 0)
        rc = forget_mail(call, address.text, err);
    if (rc != RC_OK)
        return rc;
    json_put_i64(call->output, "erased", erasure.erased);
    json_put_i64(call->output, "after", erasure.after);
    return RC_OK;
}
