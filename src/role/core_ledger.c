/*
 * What the ledger is told that no other transaction writes: logins, calls that read or were refused,
 * and the start of the service. Nobody waits for these, so that each shares the sync of what comes
 * within WRITER_LEISURE_MS; what came to nothing by then may be forgotten when core dies. Since there
 * is one queue, a login stands before what was sent with it. Of many such calls that are alike, those
 * behind the first are counted, and the number is written once a minute.
 *
 * Heads: now and then the end of the ledger is signed, and told outside: added to a file, mailed,
 * posted by courier. The oldest part goes when it is old enough.
 */
#include "api/recording.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "core.h"
#include "mail/dsn.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    ARENA_SLACK = 17,
    CALLS_WRITTEN = 10, /* that are alike, in a minute; of the others how many there were */
    CALLS_CROWD = 200,  /* of one key */
    LOGINS_CROWD = 1000,
    ALIKE_MAX = 10000,
    ALIKE_MS = 60 * 1000
};

/* ---- records of their own ---- */

struct note {
    struct core *core;
    struct arena *arena; /* owned */
    struct ledger_record record;
    struct write_job write;
};

static struct note *
note_of(struct write_job *write)
{
    return (struct note *)((char *)write - offsetof(struct note, write));
}

static enum rc
note_run(struct write_job *write, struct database *database, struct err *err)
{
    struct note *note = note_of(write);
    (void)database;
    return ledger_book_append(note->core->writer_thread.book, &note->record, err);
}

static void
note_done(struct write_job *write)
{
    struct note *note = note_of(write);
    if (write->rc != RC_OK)
        log_event(LOG_LEVEL_ERROR, "ledger.not_written",
                  LOG_CSTR("kind", ledger_kind_name(note->record.kind)),
                  LOG_TEXT("what", note->record.fields[LEDGER_WHAT]),
                  LOG_TEXT("principal", note->record.fields[LEDGER_PRINCIPAL]),
                  LOG_CSTR("reason", write->err.text));
    arena_free(note->arena);
    free(note);
}

void
core_ledger_note(struct core *core, const struct ledger_record *record)
{
    struct note *note = NEW(struct note);
    size_t bytes = 0;
    for (size_t i = 0; i < LEDGER_FIELD_COUNT; i++)
        if (record->fields[i].len > 0)
            bytes += slice_head(record->fields[i], LEDGER_VALUE_MAX).len + ARENA_SLACK;
    note->core = core;
    note->arena = arena_new_of(bytes);
    note->record = *record;
    for (size_t i = 0; i < LEDGER_FIELD_COUNT; i++)
        if (record->fields[i].len > 0)
            note->record.fields[i] =
                arena_dup(note->arena, slice_head(record->fields[i], LEDGER_VALUE_MAX));
    /* One statement, which fails whole: no savepoint is needed. */
    note->write =
        (struct write_job){.run = note_run, .done = note_done, .patience_ms = WRITER_LEISURE_MS};
    writer_submit(core->writer, &note->write);
}

/* ---- calls that change nothing, and logins ---- */

/* Calls of one key, or of the administrator, for the same, from one place, with the same result. Who
 * asks in a loop must not fill the disk, nor who says each time to be another client: when a key has
 * CROWD records within a minute, neither place nor client tells calls apart any more. */
struct alike {
    struct arena *arena; /* owned */
    struct ledger_record record;
    int64_t began_ms; /* monotonic */
    int64_t written, counted;
};

static void
write_counted(struct core *core, struct alike *alike)
{
    if (alike->counted == 0)
        return;
    alike->record.at_ms = clock_now_ms();
    alike->record.fields[LEDGER_COUNT] = arena_printf(alike->arena, "%" PRId64, alike->counted);
    core_ledger_note(core, &alike->record);
}

/* Those whose minute is over, or all. */
static void
end_alike(struct core *core, bool all)
{
    size_t cursor = 0;
    struct slice key;
    void *value;
    int64_t now_ms = clock_monotonic_ms();
    while (map_next(core->alike, &cursor, &key, &value)) {
        struct alike *alike = value;
        if (!all && now_ms - alike->began_ms < ALIKE_MS)
            continue;
        write_counted(core, alike);
        map_remove(core->alike, key);
        arena_free(alike->arena);
        free(alike);
    }
}

static struct alike *
alike_of(struct core *core, struct slice key)
{
    struct alike *alike = map_get(core->alike, key);
    if (alike)
        return alike;
    alike = NEW(struct alike);
    alike->arena = arena_new();
    alike->began_ms = clock_monotonic_ms();
    map_put(core->alike, key, alike);
    return alike;
}

/* What all of them have in common. */
static void
keep_common(struct alike *alike, const struct ledger_record *record, bool crowded)
{
    alike->record = (struct ledger_record){.kind = record->kind};
    for (size_t i = 0; i < LEDGER_FIELD_COUNT; i++) {
        bool apart = i == LEDGER_SUBJECT || i == LEDGER_REQUEST ||
                     (crowded && (i == LEDGER_SOURCE || i == LEDGER_CLIENT || i == LEDGER_TLS));
        if (!apart && record->fields[i].len > 0)
            alike->record.fields[i] =
                arena_dup(alike->arena, slice_head(record->fields[i], LEDGER_VALUE_MAX));
    }
}

static struct slice
key_of(struct arena *arena, const struct ledger_record *record, bool crowded)
{
    const struct slice *fields = record->fields;
    struct slice key =
        arena_printf(arena, "%d %.*s %.*s %.*s", record->kind, SLICE_ARG(fields[LEDGER_ACCESS_KEY]),
                     SLICE_ARG(fields[LEDGER_WHAT]), SLICE_ARG(fields[LEDGER_RESULT]));
    return crowded
               ? key
               : arena_printf(arena, "%.*s from %.*s %.*s", SLICE_ARG(key),
                              SLICE_ARG(fields[LEDGER_SOURCE]), SLICE_ARG(fields[LEDGER_CLIENT]));
}

/* Is it to be written, or counted? */
static bool
is_written(struct core *core, const struct ledger_record *record, int64_t most, int64_t crowd)
{
    struct arena *arena = arena_new();
    struct alike *whole =
        alike_of(core, arena_printf(arena, "%d of %.*s", record->kind,
                                    SLICE_ARG(record->fields[LEDGER_ACCESS_KEY])));
    bool crowded = whole->written >= crowd;
    struct alike *alike = alike_of(core, key_of(arena, record, crowded));
    bool written = !crowded && alike->written < most;
    if (written) {
        alike->written++;
        whole->written++;
    } else {
        if (alike->counted == 0)
            keep_common(alike, record, crowded);
        alike->counted++;
    }
    arena_free(arena);
    return written;
}

static void
note_or_count(struct core *core, const struct ledger_record *record, int64_t most, int64_t crowd)
{
    if (map_count(core->alike) >= ALIKE_MAX)
        end_alike(core, true);
    if (is_written(core, record, most, crowd))
        core_ledger_note(core, record);
}

void
core_ledger_call(struct core *core, const struct ledger_record *record)
{
    note_or_count(core, record, CALLS_WRITTEN, CALLS_CROWD);
}

/* Each matters, and a client may log in for each message: many more are written. */
void
core_ledger_login(struct core *core, const struct ledger_record *record)
{
    note_or_count(core, record, LOGINS_CROWD, LOGINS_CROWD);
}

void
core_ledger_finish(struct core *core)
{
    end_alike(core, true);
    map_free(core->alike);
}

/* ---- the start ---- */

enum rc
core_ledger_open(struct core *core, struct database *database, struct err *err)
{
    struct ledger_record record = {
        .kind = LEDGER_OF_SERVICE,
        .at_ms = clock_now_ms(),
        .fields = {[LEDGER_WHAT] = SLICE("started"), [LEDGER_RESULT] = SLICE(POSTERN_VERSION)}};
    ledger_book_close(core->writer_thread.book);
    core->writer_thread.book = NULL;
    enum rc rc = ledger_book_open(database, core->constants.sealer, &core->writer_thread.book, err);
    return rc == RC_OK ? ledger_book_append(core->writer_thread.book, &record, err) : rc;
}

bool
core_ledger_may_fail(struct core *core, struct slice access_key, struct slice source_ip)
{
    int64_t now_ms = clock_monotonic_ms();
    if (!throttle_allows(core->unsigned_calls, access_key, source_ip, now_ms))
        return false;
    throttle_failure(core->unsigned_calls, access_key, source_ip, now_ms);
    return true;
}

/* ---- heads, and the oldest part ---- */

struct heading {
    struct core *core;
    struct arena *arena; /* owned */
    int64_t now_ms;
    struct slice text;
    enum rc mailed; /* `why` not */
    struct err why;
    struct write_job write;
};

static struct heading *
heading_of(struct write_job *write)
{
    return (struct heading *)((char *)write - offsetof(struct heading, write));
}

static enum rc
mail_head(struct heading *heading, struct err *err)
{
    struct core *core = heading->core;
    const struct api_constants *constants = &core->constants;
    struct arena *arena = heading->arena;
    struct slice to = core->config.ledger_head_mail;
    int64_t key_ms;
    if (to.len == 0)
        return RC_OK;
    (void)api_next_key(constants, heading->now_ms, &key_ms);
    struct slice id = arena_printf(
        arena, "%.*s@%.*s", SLICE_ARG(random_message_id(arena, constants->region_prefix, key_ms)),
        SLICE_ARG(constants->hostname));
    struct slice text = SLICE("This says where the ledger stands. Keep it: later, `postern ledger "
                              "verify --head FILE`\r\nshows whether anything before it was "
                              "changed or taken away since.\r\n\r\n"),
                 line, rest = heading->text;
    while (slice_cut(rest, '\n', &line, &rest))
        text = arena_printf(arena, "%.*s%.*s\r\n", SLICE_ARG(text), SLICE_ARG(line));
    struct slice from = arena_concat(arena, SLICE("postmaster@"), constants->hostname);
    return submit_system(
        arena, constants, &core->writer_thread, to,
        dsn_notice(arena, from, to, SLICE("Head of the ledger"), id, heading->now_ms, text),
        heading->now_ms, err);
}

static enum rc
heading_run(struct write_job *write, struct database *database, struct err *err)
{
    struct heading *heading = heading_of(write);
    enum rc rc = ledger_book_sign(heading->core->writer_thread.book, heading->arena,
                                  heading->now_ms, &heading->text, err);
    if (rc == RC_OK)
        rc = database_savepoint(database, err);
    if (rc != RC_OK)
        return rc;
    heading->mailed = mail_head(heading, &heading->why);
    if (heading->mailed == RC_OK)
        return database_release(database, err);
    database_undo(database);
    return RC_OK;
}

/* Added at the end: the file may be one that can only be added to. */
static void
write_file(const struct heading *heading)
{
    char *path;
    struct err err;
    struct slice name = heading->core->config.ledger_head_file;
    if (name.len == 0 || arena_cstr(heading->arena, name, &path, &err) != RC_OK)
        return;
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
    struct slice text = arena_concat(heading->arena, heading->text, SLICE("\n"));
    bool written = fd >= 0 && write(fd, text.ptr, text.len) == (ssize_t)text.len;
    int failed = errno;
    if (fd >= 0)
        close(fd);
    if (!written)
        log_event(LOG_LEVEL_ERROR, "ledger.head_not_written", LOG_TEXT("file", name),
                  LOG_CSTR("reason", strerror(failed)));
}

static void
post_head(const struct heading *heading)
{
    struct core *core = heading->core;
    struct buf out;
    if (core->config.ledger_head_url.len == 0 || !core->courier)
        return; /* the next one says all that this one says */
    buf_init(&out, CHANNEL_PAYLOAD_MAX);
    protocol_put_post(&out, &(struct post_message){heading->text});
    channel_send(core->courier, MESSAGE_POST, buf_slice(&out));
    buf_fini(&out);
}

static void
heading_done(struct write_job *write)
{
    struct heading *heading = heading_of(write);
    if (write->rc == RC_OK) {
        if (heading->mailed != RC_OK)
            log_event(LOG_LEVEL_ERROR, "ledger.head_not_mailed",
                      LOG_TEXT("to", heading->core->config.ledger_head_mail),
                      LOG_CSTR("reason", heading->why.text));
        write_file(heading);
        post_head(heading);
        due_wake(heading->core->delivery);
    } else {
        log_event(LOG_LEVEL_ERROR, "ledger.no_head", LOG_CSTR("reason", write->err.text));
    }
    arena_free(heading->arena);
    free(heading);
}

static void
sign_head(struct core *core, int64_t now_ms)
{
    struct heading *heading = NEW(struct heading);
    heading->core = core;
    heading->arena = arena_new();
    heading->now_ms = now_ms;
    heading->write = (struct write_job){.run = heading_run, .done = heading_done, .guarded = true};
    writer_submit(core->writer, &heading->write);
}

void
core_ledger_turn(struct core *core)
{
    int64_t now_ms = clock_monotonic_ms();
    end_alike(core, false);
    if (core->head_ms != 0 && now_ms - core->head_ms < core->config.ledger_head_interval_ms)
        return;
    core->head_ms = now_ms;
    sign_head(core, clock_now_ms());
}
