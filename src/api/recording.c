#include "recording.h"
#include "base/clock.h"
#include "store/decisions.h"
#include "store/ledger_records.h"

#include <inttypes.h>

static struct slice
number(struct arena *arena, int64_t value)
{
    return arena_printf(arena, "%" PRId64, value);
}

/* ---- messages ---- */

/* The value of a tag, of a field that we wrote: " d=example.org;". */
static struct slice
tag_of(struct slice field, const char *name)
{
    size_t at = slice_find(field, slice_of(name));
    if (at == SLICE_NONE)
        return SLICE("");
    struct slice value = slice_from(field, at + strlen(name));
    return slice_head(value, slice_chr(value, ';'));
}

/* Who signed, as "domain/selector": our signatures stand before everything else. */
static struct slice
signatures_of(struct arena *arena, struct slice header)
{
    static const char name[] = "DKIM-Signature:";
    struct slice signatures = SLICE("");
    while (slice_starts(header, SLICE("DKIM-Signature:"))) {
        size_t next = slice_find(slice_from(header, sizeof name), SLICE("\r\nDKIM-Signature:"));
        struct slice field =
            slice_head(header, next == SLICE_NONE ? SLICE_NONE : next + sizeof name);
        struct slice domain = tag_of(field, " d="), selector = tag_of(field, " s=");
        signatures =
            arena_printf(arena, "%.*s%s%.*s/%.*s", SLICE_ARG(signatures), signatures.len ? " " : "",
                         SLICE_ARG(domain), SLICE_ARG(selector));
        header = next == SLICE_NONE ? SLICE("") : slice_from(header, next + sizeof name + 2);
    }
    return signatures;
}

static void
fill_sender(struct ledger_record *record, struct slice reverse_path, struct slice from)
{
    record->fields[LEDGER_FROM] = from;
    if (!slice_eq(reverse_path, from))
        record->fields[LEDGER_REVERSE_PATH] = reverse_path;
}

/* Appends what happened to a recipient, and points to it: its row tells the end alone, and a delivery is
 * told by that. */
static enum rc
append_about(struct api_thread *thread, int64_t recipient_key, bool delivered,
             const struct ledger_record *record, struct err *err)
{
    enum rc rc = ledger_book_append(thread->book, record, err);
    return rc == RC_OK && !delivered ? ledger_records_point(thread->database, recipient_key,
                                                            ledger_book_number(thread->book), err)
                                     : rc;
}

static enum rc
record_kept_back(struct arena *arena, struct api_thread *thread, const struct spool_entry *entry,
                 struct err *err)
{
    enum rc rc = RC_OK;
    for (uint32_t i = 0; rc == RC_OK && i < entry->recipient_count; i++) {
        const struct recipient_row *row = &entry->recipients[i];
        if (row->state != RECIPIENT_QUEUED)
            rc = recording_outcome(arena, thread, entry->message.id, row,
                                   recipient_state_name(row->state), SLICE(""),
                                   entry->message.accepted_ms, err);
    }
    return rc;
}

enum rc
recording_accepted(struct arena *arena, struct api_thread *thread,
                   const struct submission_answer *answer, struct slice about, struct err *err)
{
    const struct message_row *message = &answer->entry.message;
    struct ledger_record record = {.kind = LEDGER_DECISION,
                                   .at_ms = message->accepted_ms,
                                   .fields = {
                                       [LEDGER_WHAT] = answer->action,
                                       [LEDGER_RESULT] = SLICE("allowed"),
                                       [LEDGER_PRINCIPAL] = message->user_name,
                                       [LEDGER_ACCESS_KEY] = message->access_key,
                                       [LEDGER_SOURCE] = message->source_ip,
                                       [LEDGER_TLS] = message->tls,
                                       [LEDGER_CLIENT] = message->client_name,
                                       [LEDGER_SERVICE] = message->service,
                                       [LEDGER_MESSAGE] = message->id,
                                       [LEDGER_ABOUT] = about,
                                       [LEDGER_RECIPIENTS] = number(arena, message->recipients),
                                       [LEDGER_SIGNATURES] = signatures_of(arena, message->header),
                                       [LEDGER_POLICY] = message->policy,
                                       [LEDGER_RESOURCE] = message->resource,
                                   }};
    if (message->statement >= 0)
        record.fields[LEDGER_STATEMENT] = number(arena, message->statement);
    fill_sender(&record, message->reverse_path, message->header_from);
    enum rc rc = ledger_book_append(thread->book, &record, err);
    return rc == RC_OK ? record_kept_back(arena, thread, &answer->entry, err) : rc;
}

enum rc
recording_refused(struct arena *arena, struct api_thread *thread,
                  const struct submission_request *request, const struct decision_row *decision,
                  struct err *err)
{
    struct ledger_record record = {.kind = LEDGER_DECISION,
                                   .at_ms = decision->at_ms,
                                   .fields = {
                                       [LEDGER_WHAT] = decision->action,
                                       [LEDGER_RESULT] = decision->reason,
                                       [LEDGER_PRINCIPAL] = decision->user_name,
                                       [LEDGER_ACCESS_KEY] = decision->access_key,
                                       [LEDGER_SOURCE] = decision->source_ip,
                                       [LEDGER_TLS] = request->tls,
                                       [LEDGER_CLIENT] = request->client_name,
                                       [LEDGER_SERVICE] = request->service,
                                       [LEDGER_RECIPIENTS] = number(arena, decision->recipients),
                                       [LEDGER_POLICY] = decision->policy,
                                       [LEDGER_RESOURCE] = decision->resource,
                                       [LEDGER_ADDRESS] = decision->address,
                                       [LEDGER_REPLY] = decision->reply,
                                   }};
    if (decision->statement >= 0)
        record.fields[LEDGER_STATEMENT] = number(arena, decision->statement);
    fill_sender(&record, decision->reverse_path, decision->header_from);
    return ledger_book_append(thread->book, &record, err);
}

/* Of "host [address] TLS": the verdict, apart. Where one spoke to nobody there is none. */
static void
fill_remote(struct ledger_record *record, struct slice remote)
{
    size_t end = slice_find(remote, SLICE("]"));
    record->fields[LEDGER_REMOTE] = remote;
    if (end == SLICE_NONE)
        return;
    struct slice tls = slice_trim(slice_from(remote, end + 1));
    record->fields[LEDGER_REMOTE] = slice_head(remote, end + 1);
    record->fields[LEDGER_TLS] = tls.len > 0 ? tls : SLICE("none");
}

static bool
ends_word(char c)
{
    return c == '\n' || strchr(" \t<>()[],;:\"'", c) != NULL;
}

/* The dialogue was about all recipients of a transaction, and the record is about one: three dots
 * stand for every other address, but for the sender's. */
static struct slice
dialogue_about(struct arena *arena, struct slice dialogue, struct slice recipient)
{
    struct buf out;
    struct slice line, word;
    bool more = dialogue.len > 0;
    buf_init(&out, LEDGER_VALUE_MAX);
    while (more) {
        more = slice_cut(dialogue, '\n', &line, &dialogue);
        if (!more)
            line = dialogue;
        bool sender = slice_starts(line, SLICE("C: MAIL "));
        for (size_t at = 0; at < line.len; at += word.len + 1) {
            word = slice_from(line, at);
            size_t end = 0;
            while (end < word.len && !ends_word(word.ptr[end]))
                end++;
            word = slice_head(word, end);
            bool other =
                slice_chr(word, '@') != SLICE_NONE && !sender && !slice_ieq(word, recipient);
            buf_add(&out, other ? SLICE("...") : word);
            if (at + word.len < line.len)
                buf_add_char(&out, line.ptr[at + word.len]);
        }
        if (more)
            buf_add_char(&out, '\n');
    }
    struct slice told = arena_dup(arena, buf_slice(&out));
    buf_fini(&out);
    return told;
}

enum rc
recording_outcome(struct arena *arena, struct api_thread *thread, struct slice message_id,
                  const struct recipient_row *row, const char *what, struct slice dialogue,
                  int64_t now_ms, struct err *err)
{
    struct ledger_record record = {
        .kind = LEDGER_OUTCOME,
        .at_ms = now_ms,
        .fields = {
            [LEDGER_WHAT] = slice_of(what),
            [LEDGER_MESSAGE] = message_id,
            [LEDGER_STATUS] = row->status,
            [LEDGER_RECIPIENT] = row->address,
            [LEDGER_REPLY] = row->reply,
            [LEDGER_DIALOGUE] = dialogue_about(arena, dialogue, row->address),
        }};
    fill_remote(&record, row->remote);
    if (row->attempts > 0)
        record.fields[LEDGER_ATTEMPT] = number(arena, row->attempts);
    if (row->state == RECIPIENT_QUEUED)
        record.fields[LEDGER_NEXT] = clock_iso8601(arena, row->next_ms);
    return append_about(thread, row->key, row->state == RECIPIENT_DELIVERED, &record, err);
}

static enum rc
record_change(struct arena *arena, struct api_thread *thread, int64_t recipient_key,
              const char *what, int64_t now_ms, struct err *err)
{
    struct recipient_row row;
    struct slice id;
    enum rc rc = recipients_find(thread->database, arena, recipient_key, &row, err);
    if (rc == RC_OK)
        rc = messages_id(thread->database, arena, message_of_part(recipient_key), &id, err);
    if (rc != RC_OK)
        return rc;
    const struct ledger_record record = {.kind = LEDGER_OUTCOME,
                                         .at_ms = now_ms,
                                         .fields = {[LEDGER_WHAT] = slice_of(what),
                                                    [LEDGER_MESSAGE] = id,
                                                    [LEDGER_RECIPIENT] = row.address}};
    return append_about(thread, recipient_key, false, &record, err);
}

enum rc
recording_change(struct api_call *call, int64_t recipient_key, const char *what, struct err *err)
{
    return record_change(call->arena, call->thread, recipient_key, what, call->now_ms, err);
}

enum rc
recording_braked(struct arena *arena, struct api_thread *thread, const struct braking *braking,
                 int64_t now_ms, struct err *err)
{
    if (!braking->tripped)
        return RC_OK;
    const struct ledger_record record = {.kind = LEDGER_OF_SERVICE,
                                         .at_ms = now_ms,
                                         .fields = {
                                             [LEDGER_WHAT] = SLICE("braked"),
                                             [LEDGER_RESULT] = braking->reason,
                                             [LEDGER_ACCESS_KEY] = braking->access_key,
                                             [LEDGER_PRINCIPAL] = braking->user_name,
                                             [LEDGER_REPLY] = braking->words,
                                         }};
    enum rc rc = ledger_book_append(thread->book, &record, err);
    for (size_t i = 0; rc == RC_OK && i < braking->stopped_count; i++)
        rc = record_change(arena, thread, braking->stopped[i], "held", now_ms, err);
    return rc;
}

/* ---- logins and calls ---- */

void
recording_login(const struct recording_login *login, int64_t now_ms, struct ledger_record *out)
{
    *out = (struct ledger_record){.kind = LEDGER_LOGIN,
                                  .at_ms = now_ms,
                                  .fields = {
                                      [LEDGER_WHAT] = SLICE("login"),
                                      [LEDGER_RESULT] = slice_of(login->result),
                                      [LEDGER_PRINCIPAL] = login->user_name,
                                      [LEDGER_ACCESS_KEY] = login->access_key,
                                      [LEDGER_SOURCE] = login->source_ip,
                                      [LEDGER_TLS] = login->tls,
                                      [LEDGER_CLIENT] = login->client_name,
                                      [LEDGER_SERVICE] = slice_of(login->service),
                                  }};
}

struct slice
recording_subject(struct arena *arena, const struct json *input)
{
    static const char *const members[] = {
        "target", "address", "user",    "group",     "identity",     "domain",
        "name",   "key",     "message", "recipient", "change",       "hold",
        "on",     "enabled", "member",  "only",      "until",        "as",
        "also",   "now",     "attach",  "mail_from", "from_network", "reason"};
    struct buf out;
    buf_init(&out, 8192);
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        const struct json *value = json_member(input, members[i]);
        bool flag = value && value->type == JSON_BOOL;
        if (!flag && (!value || value->type != JSON_STRING))
            continue;
        struct slice text = flag ? slice_of(value->boolean ? "true" : "false") : value->text;
        /* A value ends at its first space, so that none looks like another member; the last may not. */
        if (i + 1 < sizeof members / sizeof members[0])
            text = slice_head(text, slice_chr(text, ' '));
        buf_printf(&out, "%s%s=%.*s", out.len ? " " : "", members[i],
                   SLICE_ARG(slice_head(text, 320)));
    }
    struct slice subject = arena_dup(arena, buf_slice(&out));
    buf_fini(&out);
    return subject;
}

/* Names of things; documents and secrets are none. */
static bool
names_something(struct slice name)
{
    static const char *const endings[] = {"Name", "Arn", "Id", "Identity", "Address", "Status"};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (slice_ends(name, slice_of(endings[i])))
            return true;
    return false;
}

/* On what it was: "UserName=taro PolicyName=send". */
static struct slice
subject_of(struct arena *arena, const struct dispatch *dispatch)
{
    struct slice subject = SLICE("");
    const struct json *input = dispatch->input;
    if (input && dispatch->service == SERVICE_POSTERN)
        return recording_subject(arena, input);
    if (!input || !dispatch->model || !dispatch->model->input)
        return subject;
    for (const struct json *value = input->first; value && subject.len < LEDGER_VALUE_MAX;
         value = value->next) {
        const struct shape_member *member = shape_find(dispatch->model->input, value->name);
        if (value->type == JSON_STRING && member && !member->shape->sensitive &&
            names_something(value->name))
            subject =
                arena_printf(arena, "%.*s%s%.*s=%.*s", SLICE_ARG(subject), subject.len ? " " : "",
                             SLICE_ARG(value->name), SLICE_ARG(slice_head(value->text, 256)));
    }
    return subject;
}

void
recording_call(const struct dispatch *dispatch, const char *result, struct ledger_record *out)
{
    const struct api_caller *caller = &dispatch->caller;
    struct arena *arena = dispatch->arena;
    struct slice what =
        dispatch->row ? slice_of(dispatch->row->action)
        : dispatch->model
            ? arena_printf(arena, "%s:%s", service_models[dispatch->service].signing_name,
                           dispatch->model->name)
            : slice_of(service_models[dispatch->service].signing_name);
    *out = (struct ledger_record){
        .kind = LEDGER_CALL,
        .at_ms = dispatch->now_ms,
        .fields = {
            [LEDGER_WHAT] = what,
            [LEDGER_RESULT] = slice_of(result),
            [LEDGER_PRINCIPAL] = caller->administrator ? SLICE("administrator") : caller->user_name,
            [LEDGER_ACCESS_KEY] = caller->access_key,
            [LEDGER_SOURCE] = dispatch->source_ip,
            [LEDGER_TLS] = dispatch->tls,
            [LEDGER_CLIENT] = caller->user_agent,
            [LEDGER_SERVICE] = caller->console_token.len ? SLICE("console") : SLICE("api"),
            [LEDGER_REQUEST] = dispatch->request_id,
            [LEDGER_SUBJECT] = subject_of(arena, dispatch),
        }};
}
