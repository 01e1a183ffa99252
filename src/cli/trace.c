/*
 * `postern trace`: what a credential did, when, from where, to whom, with what outcome; of a message its
 * whole life. Built from the ledger, which remembers users that are gone, and from what the store still
 * has of users and messages. What is asked for is told by what it is found as.
 */
#include "api/ledger_view.h"
#include "base/clock.h"
#include "base/map.h"
#include "cli.h"
#include "ledger_reading.h"
#include "print.h"
#include "store/messages.h"
#include "store/users.h"

#include <stdio.h>
#include <stdlib.h>

struct trace {
    struct slice about;
    struct database *database;
    struct arena *arena;
    struct map *messages;       /* by id: relation of what was found of it */
    unsigned found;             /* relations */
    struct json_writer *writer; /* NULL: for people */
    struct buf out;
};

static void
flush(struct trace *trace)
{
    printf("%.*s", SLICE_ARG(buf_slice(&trace->out)));
    buf_reset(&trace->out);
}

static void
remember(struct trace *trace, struct slice id, unsigned relation)
{
    unsigned *known = map_get(trace->messages, id);
    if (id.len == 0)
        return;
    if (!known) {
        known = ARENA_NEW(trace->arena, unsigned);
        map_put(trace->messages, arena_dup(trace->arena, id), known);
    }
    *known |= relation;
}

/* First pass: what it is found as, and which messages have to do with it. */
static void
look(void *ctx, const struct ledger_row *row, const struct ledger_record *record)
{
    struct trace *trace = ctx;
    unsigned relation = ledger_relation(record, trace->about);
    (void)row;
    trace->found |= relation;
    if (relation != 0)
        remember(trace, record->fields[LEDGER_MESSAGE], relation);
}

/* Of a message to somebody, their own outcomes alone. */
static bool
belongs(const struct trace *trace, const struct ledger_record *record)
{
    const unsigned *known = map_get(trace->messages, record->fields[LEDGER_MESSAGE]);
    if (ledger_relation(record, trace->about) != 0)
        return true;
    return known && record->fields[LEDGER_MESSAGE].len > 0 &&
           (record->kind != LEDGER_OUTCOME || *known != LEDGER_AS_RECIPIENT);
}

/* Second pass. */
static void
tell(void *ctx, const struct ledger_row *row, const struct ledger_record *record)
{
    struct trace *trace = ctx;
    if (!belongs(trace, record))
        return;
    if (!trace->writer) {
        ledger_reading_print(row->number, record);
        return;
    }
    struct arena *arena = arena_new();
    json_open_object(trace->writer);
    ledger_view_put(trace->writer, arena, row->number, record);
    json_close_object(trace->writer);
    flush(trace);
    arena_free(arena);
}

/* ---- what there is of it now ---- */

static void
put_time(struct trace *trace, const char *name, int64_t ms)
{
    if (ms > 0)
        json_put_string(trace->writer, name, clock_iso8601(trace->arena, ms));
}

static void
put_key(struct trace *trace, const struct access_key_row *key)
{
    if (!trace->writer) {
        printf("Key %.*s of user %.*s: %s%s%.*s\n", SLICE_ARG(print_safe(trace->arena, key->id)),
               SLICE_ARG(print_safe(trace->arena, key->user_name)),
               key->active ? "active" : "inactive", key->used_ms ? ", used last " : ", never used",
               SLICE_ARG(key->used_ms ? clock_iso8601(trace->arena, key->used_ms) : SLICE("")));
        return;
    }
    json_open_object(trace->writer);
    json_put_string(trace->writer, "key", key->id);
    json_put_string(trace->writer, "user", key->user_name);
    json_put_bool(trace->writer, "active", key->active);
    put_time(trace, "created", key->created_ms);
    put_time(trace, "used", key->used_ms);
    json_close_object(trace->writer);
}

/* The keys of a user, or the one that is asked for; none of what was deleted. */
static enum rc
put_keys(struct trace *trace, bool *there, struct err *err)
{
    struct access_key_row *keys = NULL, key;
    struct user_row user;
    size_t count = 0;
    enum rc rc = access_keys_find(trace->database, trace->arena, trace->about, &key, err);
    if (rc == RC_OK) {
        keys = &key;
        count = 1;
    } else if (rc == RC_NOT_FOUND) {
        rc = users_find(trace->database, trace->arena, trace->about, &user, err);
        if (rc == RC_OK) {
            *there = true;
            rc = access_keys_of(trace->database, trace->arena, user.folded, &keys, &count, err);
        }
    }
    if (count > 0)
        *there = true;
    for (size_t i = 0; rc == RC_OK && i < count; i++)
        put_key(trace, &keys[i]);
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static void
put_recipient(struct trace *trace, const struct recipient_row *row)
{
    const char *state = recipient_state_name(row->state);
    struct slice next =
        row->state == RECIPIENT_QUEUED ? clock_iso8601(trace->arena, row->next_ms) : SLICE("");
    if (!trace->writer) {
        printf("  %.*s: %s%s%.*s\n", SLICE_ARG(print_safe(trace->arena, row->address)), state,
               next.len ? ", next attempt " : "", SLICE_ARG(next));
        return;
    }
    json_open_object(trace->writer);
    json_put_string(trace->writer, "recipient", row->address);
    json_put_cstr(trace->writer, "state", state);
    json_put_i64(trace->writer, "attempts", row->attempts);
    if (next.len)
        json_put_string(trace->writer, "next", next);
    json_close_object(trace->writer);
}

static void
put_message(struct trace *trace, const struct message_row *message)
{
    int64_t bytes = message->body_bytes + (int64_t)message->header.len;
    if (!trace->writer) {
        printf("Message %.*s: %lld bytes, reverse-path on the way <%.*s>\n",
               SLICE_ARG(print_safe(trace->arena, message->id)), (long long)bytes,
               SLICE_ARG(print_safe(trace->arena, message->wire_path)));
        return;
    }
    json_put_string(trace->writer, "id", message->id);
    put_time(trace, "accepted", message->accepted_ms);
    json_put_i64(trace->writer, "bytes", bytes);
    json_put_string(trace->writer, "wire_path", message->wire_path);
    json_put_string(trace->writer, "configuration_set", message->configuration_set);
}

static enum rc
put_recipients(struct trace *trace, int64_t message_key, struct err *err)
{
    struct recipient_row *rows;
    size_t count;
    enum rc rc = recipients_of(trace->database, trace->arena, message_key, &rows, &count, err);
    if (trace->writer) {
        json_key(trace->writer, "recipients");
        json_open_array(trace->writer);
    }
    for (size_t i = 0; rc == RC_OK && i < count; i++)
        put_recipient(trace, &rows[i]);
    if (trace->writer)
        json_close_array(trace->writer);
    return rc;
}

/* As long as the store keeps it. */
static enum rc
put_kept_message(struct trace *trace, bool *there, struct err *err)
{
    struct message_row message;
    enum rc rc = messages_find_id(trace->database, trace->arena, trace->about, &message, err);
    if (rc != RC_OK)
        return rc == RC_NOT_FOUND ? RC_OK : rc;
    *there = true;
    if (trace->writer) {
        json_key(trace->writer, "message");
        json_open_object(trace->writer);
    }
    put_message(trace, &message);
    rc = put_recipients(trace, message.key, err);
    if (trace->writer)
        json_close_object(trace->writer);
    return rc;
}

/* ---- the whole ---- */

static const struct {
    unsigned relation;
    const char *name;
} names[] = {{LEDGER_AS_MESSAGE, "message"},     {LEDGER_AS_KEY, "key"},
             {LEDGER_AS_USER, "user"},           {LEDGER_AS_SENDER, "sender"},
             {LEDGER_AS_RECIPIENT, "recipient"}, {LEDGER_AS_SUBJECT, "subject"}};

static void
open_answer(struct trace *trace)
{
    if (!trace->writer)
        return;
    json_open_object(trace->writer);
    json_put_string(trace->writer, "about", trace->about);
    json_key(trace->writer, "as");
    json_open_array(trace->writer);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (trace->found & names[i].relation)
            json_write_cstr(trace->writer, names[i].name);
    json_close_array(trace->writer);
    json_key(trace->writer, "keys");
    json_open_array(trace->writer);
}

static void
close_keys(struct trace *trace, bool there)
{
    if (trace->writer)
        json_close_array(trace->writer);
    else if (!there && trace->found & (LEDGER_AS_KEY | LEDGER_AS_USER))
        printf("%.*s is not there any more; this is what it did.\n",
               SLICE_ARG(print_safe(trace->arena, trace->about)));
}

static enum rc
tell_records(struct trace *trace, const struct ledger_span *span, struct err *err)
{
    if (trace->writer) {
        json_key(trace->writer, "records");
        json_open_array(trace->writer);
        flush(trace);
    }
    enum rc rc = ledger_reading_each(trace->database, span, tell, trace, err);
    if (trace->writer && rc == RC_OK) {
        json_close_array(trace->writer);
        json_close_object(trace->writer);
        flush(trace);
        putchar('\n');
    }
    return rc;
}

static enum rc
show(struct trace *trace, const struct ledger_span *span, struct err *err)
{
    const struct ledger_span always = {INT64_MIN, INT64_MAX};
    bool there = false, kept = false;
    enum rc rc = ledger_reading_each(trace->database, &always, look, trace, err);
    if (rc != RC_OK)
        return rc;
    open_answer(trace);
    rc = put_keys(trace, &there, err);
    close_keys(trace, there);
    if (rc == RC_OK)
        rc = put_kept_message(trace, &kept, err);
    if (rc == RC_OK && !there && !kept && trace->found == 0)
        return err_set(err, RC_NOT_FOUND,
                       "nothing is known of %.*s: it is no key, user, address or message",
                       SLICE_ARG(trace->about));
    return rc == RC_OK ? tell_records(trace, span, err) : rc;
}

static enum rc
run(const char *dir, const char *about, const char *since, bool json, struct err *err)
{
    struct ledger_span span;
    struct json_writer writer;
    struct trace trace = {.about = slice_of(about), .arena = arena_new(), .messages = map_new()};
    enum rc rc = ledger_reading_span(since, NULL, &span, err);
    buf_init(&trace.out, 16 * 1024 * 1024);
    json_writer_init(&writer, &trace.out);
    trace.writer = json ? &writer : NULL;
    if (rc == RC_OK)
        rc = ledger_reading_open(dir, &trace.database, err);
    if (rc == RC_OK)
        rc = show(&trace, &span, err);
    ledger_reading_close(trace.database);
    buf_fini(&trace.out);
    map_free(trace.messages);
    arena_free(trace.arena);
    return rc;
}

int
trace_run(const struct cli_verb *verb, int argc, char **argv)
{
    const char *dir = CLI_DEFAULT_DIR, *about = NULL, *since = NULL;
    bool json = false;
    const struct cli_option options[] = {{"KEY|USER|ADDRESS|MESSAGE", CLI_WORD, &about},
                                         {"since", CLI_VALUE, &since},
                                         {"dir", CLI_VALUE, &dir},
                                         {"json", CLI_FLAG, &json}};
    struct err err = {0};
    int status;
    if (!cli_parse(verb, argc, argv, options, sizeof options / sizeof *options, &status))
        return status;
    return run(dir, about, since, json, &err) == RC_OK ? CLI_OK : cli_fail("trace: %s", err.text);
}
