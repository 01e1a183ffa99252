/*
 * `postern ledger`: what is in the ledger, whether it is whole, and what the service is asked to do with
 * it: to sign where it stands, and to forget an address.
 */
#include "admin_client.h"
#include "api/ledger_book.h"
#include "api/ledger_verification.h"
#include "api/ledger_view.h"
#include "base/clock.h"
#include "base/codec.h"
#include "cli.h"
#include "ledger_reading.h"
#include "print.h"
#include "store/settings.h"
#include "store/store.h"

#include <stdio.h>
#include <stdlib.h>

enum { HEADS_BYTES_MAX = 64 * 1024 * 1024, LIST_DEFAULT = 100 };

struct options {
    const char *word, *address, *dir, *since, *until, *limit, *format, *head;
    bool json;
};

/* ---- list, export ---- */

struct output {
    struct arena *arena; /* of one record */
    bool json, csv;
    uint64_t skip; /* so many first */
};

static void
count_record(void *ctx, const struct ledger_row *row, const struct ledger_record *record)
{
    (void)row, (void)record;
    ++*(uint64_t *)ctx;
}

static void
write_json(struct output *output, const struct ledger_row *row, const struct ledger_record *record)
{
    struct buf line;
    struct json_writer writer;
    buf_init(&line, 1024 * 1024);
    json_writer_init(&writer, &line);
    json_open_object(&writer);
    ledger_view_put(&writer, output->arena, row->number, record);
    json_put_string(&writer, "chain", codec_hex(output->arena, row->chain));
    json_close_object(&writer);
    printf("%.*s\n", SLICE_ARG(buf_slice(&line)));
    buf_fini(&line);
}

/* RFC 4180 §2. What a stranger says must not be a formula in the administrator's spreadsheet. */
static void
write_cell(struct slice value)
{
    bool formula = value.len > 0 && slice_chr(SLICE("=+-@\t\r"), value.ptr[0]) != SLICE_NONE;
    fputs(formula ? ",\"'" : ",\"", stdout);
    for (size_t i = 0; i < value.len; i++) {
        if (value.ptr[i] == '"')
            putchar('"');
        putchar(value.ptr[i]);
    }
    putchar('"');
}

static void
write_csv(struct output *output, const struct ledger_row *row, const struct ledger_record *record)
{
    printf("%lld", (long long)row->number);
    write_cell(clock_iso8601(output->arena, record->at_ms));
    write_cell(slice_of(ledger_kind_name(record->kind)));
    for (size_t i = 0; i < LEDGER_FIELD_COUNT; i++)
        write_cell(record->fields[i]);
    write_cell(record->erased ? arena_printf(output->arena, "%lld", (long long)record->erased)
                              : SLICE(""));
    write_cell(codec_hex(output->arena, row->chain));
    fputs("\r\n", stdout);
}

static void
write_record(void *ctx, const struct ledger_row *row, const struct ledger_record *record)
{
    struct output *output = ctx;
    if (output->skip > 0) {
        output->skip--;
        return;
    }
    if (output->csv)
        write_csv(output, row, record);
    else if (output->json)
        write_json(output, row, record);
    else
        ledger_reading_print(row->number, record);
    arena_reset(output->arena);
}

static void
write_csv_head(void)
{
    fputs("number,time,kind", stdout);
    for (size_t i = 0; i < LEDGER_FIELD_COUNT; i++)
        printf(",%s", ledger_field_name((enum ledger_field)i));
    fputs(",erased,chain\r\n", stdout);
}

static enum rc
write_records(struct database *database, const struct ledger_span *span, struct output *output,
              struct err *err)
{
    output->arena = arena_new();
    if (output->csv)
        write_csv_head();
    enum rc rc = ledger_reading_each(database, span, write_record, output, err);
    arena_free(output->arena);
    return rc;
}

/* The last so many. */
static enum rc
list(const struct options *options, struct database *database, struct err *err)
{
    struct ledger_span span;
    struct output output = {.json = options->json};
    uint64_t limit = LIST_DEFAULT, count = 0;
    if (options->limit && !slice_u64(slice_of(options->limit), &limit))
        return err_set(err, RC_SYNTAX, "--limit must be a number");
    enum rc rc = ledger_reading_span(options->since, options->until, &span, err);
    if (rc == RC_OK)
        rc = ledger_reading_each(database, &span, count_record, &count, err);
    output.skip = count > limit ? count - limit : 0;
    return rc == RC_OK ? write_records(database, &span, &output, err) : rc;
}

static enum rc
write_all(const struct options *options, struct database *database, struct err *err)
{
    struct ledger_span span;
    struct output output = {.json = true};
    struct slice format = slice_of(options->format ? options->format : "jsonl");
    output.csv = slice_is(format, "csv");
    if (!output.csv && !slice_is(format, "jsonl"))
        return err_set(err, RC_SYNTAX, "--format must be jsonl or csv");
    enum rc rc = ledger_reading_span(options->since, options->until, &span, err);
    return rc == RC_OK ? write_records(database, &span, &output, err) : rc;
}

/* ---- verify ---- */

static enum rc
read_file(struct arena *arena, const char *path, struct slice *text, struct err *err)
{
    struct buf bytes;
    char piece[4096];
    FILE *file = fopen(path, "r");
    if (!file)
        return err_set(err, RC_NOT_FOUND, "%s cannot be read", path);
    buf_init(&bytes, HEADS_BYTES_MAX);
    for (size_t got; (got = fread(piece, 1, sizeof piece, file)) > 0;)
        buf_add(&bytes, (struct slice){piece, got});
    bool whole = !ferror(file) && buf_ok(&bytes);
    fclose(file);
    *text = arena_dup(arena, buf_slice(&bytes));
    buf_fini(&bytes);
    return whole ? RC_OK : err_set(err, RC_TEMPORARY, "%s cannot be read", path);
}

/* As the store shows it: who writes there may have put another in its place. */
static enum rc
read_shown_key(struct database *database, struct arena *arena, uint8_t key[LEDGER_PUBLIC],
               struct err *err)
{
    struct slice text, bytes;
    enum rc rc = settings_get(database, arena, SETTING_LEDGER_PUBLIC, &text, err);
    if (rc == RC_OK)
        rc = codec_base64_decode(arena, text, &bytes, err);
    if (rc == RC_OK && bytes.len != LEDGER_PUBLIC)
        rc = err_set(err, RC_SYNTAX, "the ledger has no key");
    if (rc == RC_OK)
        memcpy(key, bytes.ptr, LEDGER_PUBLIC);
    return rc;
}

/* That of the sealed one, for who may read the master key. */
static enum rc
read_key(struct database *database, struct arena *arena, const char *dir,
         uint8_t key[LEDGER_PUBLIC], struct err *err)
{
    struct sealer *sealer = NULL;
    enum rc rc = sealer_open(arena_printf(arena, "%s/" STORE_MASTER_KEY, dir).ptr, &sealer, err);
    if (rc == RC_NOT_FOUND || rc == RC_DENIED)
        return read_shown_key(database, arena, key, err);
    if (rc == RC_OK)
        rc = ledger_book_key(database, sealer, key, err);
    sealer_close(sealer);
    return rc;
}

static enum rc
add_heads(struct ledger_verification *verification, struct arena *arena, const char *path,
          struct err *err)
{
    struct slice text;
    enum rc rc = read_file(arena, path, &text, err);
    if (rc != RC_OK)
        return rc;
    rc = ledger_verification_add_heads(verification, text, err);
    return rc == RC_OK ? RC_OK : err_prefix(err, "%s: ", path);
}

static enum rc
verify(const struct options *options, struct database *database, struct err *err)
{
    struct arena *arena = arena_new();
    struct ledger_verification verification = {0};
    uint8_t key[LEDGER_PUBLIC];
    bool done;
    enum rc rc = read_key(database, arena, options->dir, key, err);
    if (rc == RC_OK)
        rc = ledger_verification_init(&verification, arena, database, key, err);
    if (rc == RC_OK && options->head)
        rc = add_heads(&verification, arena, options->head, err);
    if (rc == RC_OK)
        rc = ledger_verification_begin(&verification, err);
    if (rc == RC_OK)
        rc = ledger_verification_step(&verification, INT64_MAX, &done, err);
    if (rc == RC_OK)
        printf("Whole: records %lld to %lld, %zu heads, the details of %lld erased.\n"
               "Signed with the key %.*s\n",
               (long long)verification.start.number + 1, (long long)verification.verifier.number,
               verification.head_count, (long long)verification.verifier.erased,
               SLICE_ARG(codec_base64(arena, (struct slice){(char *)key, sizeof key})));
    arena_free(arena);
    return rc;
}

/* ---- what the service does ---- */

static enum rc
ask(struct admin_client *client, struct arena *arena, const char *operation, const char *address,
    int64_t after, const struct json **answer, struct err *err)
{
    struct buf request;
    struct json_writer writer;
    struct slice raw;
    struct json *tree;
    buf_init(&request, 8192);
    json_writer_init(&writer, &request);
    json_open_object(&writer);
    json_put_cstr(&writer, "operation", operation);
    if (address) {
        json_put_cstr(&writer, "forget", address);
        json_put_i64(&writer, "after", after);
    }
    json_close_object(&writer);
    enum rc rc = buf_ok(&request)
                     ? admin_client_call(client, arena, buf_slice(&request), &raw, &tree, err)
                     : err_set(err, RC_LIMIT, "the address is too long");
    buf_fini(&request);
    *answer = tree;
    return rc;
}

static enum rc
show_head(struct admin_client *client, struct arena *arena, struct err *err)
{
    const struct json *answer;
    struct slice head;
    enum rc rc = ask(client, arena, "ledger.head", NULL, 0, &answer, err);
    if (rc == RC_OK)
        rc = json_get_string(answer, "head", true, &head, err);
    if (rc == RC_OK)
        printf("%.*s", SLICE_ARG(head));
    return rc;
}

/* Step by step, so that others can write in between. */
static enum rc
erase(struct admin_client *client, const char *address, struct err *err)
{
    int64_t after = 0, erased = 0, here = 0, messages = 0, waiting = 0;
    enum rc rc;
    do {
        const struct json *answer;
        struct arena *arena = arena_new();
        rc = ask(client, arena, "ledger.erase", address, after, &answer, err);
        if (rc == RC_OK)
            rc = json_get_i64(answer, "erased", 0, &here, err);
        if (rc == RC_OK)
            rc = json_get_i64(answer, "after", 0, &after, err);
        if (rc == RC_OK)
            rc = json_get_i64(answer, "messages", 0, &messages, err);
        if (rc == RC_OK)
            rc = json_get_i64(answer, "waiting", 0, &waiting, err);
        erased += rc == RC_OK ? here : 0;
        arena_free(arena);
    } while (rc == RC_OK && after > 0);
    if (rc == RC_OK)
        printf("Erased the details of %lld records, and %lld messages from or to it.\n",
               (long long)erased, (long long)messages);
    if (rc == RC_OK && waiting > 0)
        printf("%lld others wait: drop them, or erase again when they are finished.\n",
               (long long)waiting);
    return rc;
}

/* ---- the verb ---- */

static const struct {
    const char *word;
    enum rc (*read)(const struct options *options, struct database *database, struct err *err);
} readings[] = {{"list", list}, {"export", write_all}, {"verify", verify}};

static enum rc
run(const struct options *options, struct err *err)
{
    struct database *database = NULL;
    struct admin_client *client = NULL;
    struct slice word = slice_of(options->word);
    bool erases = slice_is(word, "erase");
    for (size_t i = 0; i < sizeof readings / sizeof *readings; i++) {
        if (!slice_is(word, readings[i].word))
            continue;
        enum rc rc = ledger_reading_open(options->dir, &database, err);
        if (rc == RC_OK)
            rc = readings[i].read(options, database, err);
        ledger_reading_close(database);
        return rc;
    }
    if (!slice_is(word, "head") && !erases)
        return err_set(err, RC_SYNTAX, "there is no \"%s\"", options->word);
    if (erases != (options->address != NULL))
        return err_set(err, RC_SYNTAX, erases ? "ADDRESS is missing" : "one word too many");
    struct arena *arena = arena_new();
    enum rc rc = admin_client_open(options->dir, &client, err);
    if (rc == RC_OK)
        rc = erases ? erase(client, options->address, err) : show_head(client, arena, err);
    admin_client_close(client);
    arena_free(arena);
    return rc;
}

int
ledger_run(const struct cli_verb *verb, int argc, char **argv)
{
    struct options options = {.dir = CLI_DEFAULT_DIR};
    struct cli_list words = {0};
    const struct cli_option table[] = {
        {"list|export|verify|head|erase", CLI_WORD, &options.word},
        {"ADDRESS", CLI_WORDS, &words},
        {"dir", CLI_VALUE, &options.dir},
        {"since", CLI_VALUE, &options.since},
        {"until", CLI_VALUE, &options.until},
        {"limit", CLI_VALUE, &options.limit},
        {"format", CLI_VALUE, &options.format},
        {"head", CLI_VALUE, &options.head},
        {"json", CLI_FLAG, &options.json},
    };
    struct err err = {0};
    int status;
    if (cli_parse(verb, argc, argv, table, sizeof table / sizeof *table, &status)) {
        options.address = words.count > 0 ? words.items[0] : NULL;
        enum rc rc =
            words.count > 1 || (words.count == 1 && strcmp(options.word, "erase") != 0)
                ? err_set(&err, RC_SYNTAX, "one word too many: %s", words.items[words.count - 1])
                : run(&options, &err);
        status = rc == RC_OK ? CLI_OK : cli_fail("ledger %s: %s", options.word, err.text);
    }
    free(words.items);
    return status;
}
