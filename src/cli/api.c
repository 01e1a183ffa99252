/* `postern api SERVICE OPERATION [JSON]`: any operation of the SES, IAM and STS APIs, as the
 * administrator, over the socket. */
#include "admin_client.h"
#include "cli.h"

#include <stdio.h>
#include <stdlib.h>

enum { INPUT_MAX = 900 * 1024 };

static enum rc
read_input(const struct cli_list *words, struct buf *input, struct err *err)
{
    char piece[4096];
    if (words->count > 1)
        return err_set(err, RC_SYNTAX, "one word too many: %s", words->items[1]);
    const char *text = words->count ? words->items[0] : "{}";
    if (strcmp(text, "-") != 0) {
        buf_add_cstr(input, text);
        return buf_ok(input) ? RC_OK : err_set(err, RC_LIMIT, "the input is too long");
    }
    for (size_t got; (got = fread(piece, 1, sizeof piece, stdin)) > 0;)
        buf_add(input, (struct slice){piece, got});
    if (ferror(stdin))
        return err_set(err, RC_TEMPORARY, "standard input cannot be read");
    return buf_ok(input) ? RC_OK : err_set(err, RC_LIMIT, "the input is too long");
}

static enum rc
call(const char *dir, const char *service, const char *operation, struct slice input,
     struct arena *arena, struct slice *output, struct err *err)
{
    struct admin_client *client;
    struct json_writer writer;
    struct json *answer;
    struct slice raw;
    struct buf request;
    enum rc rc = admin_client_open(dir, &client, err);
    if (rc != RC_OK)
        return rc;
    buf_init(&request, 1000 * 1024);
    json_writer_init(&writer, &request);
    json_open_object(&writer);
    json_put_cstr(&writer, "operation", "api.call");
    json_put_cstr(&writer, "service", service);
    json_put_cstr(&writer, "name", operation);
    json_put_string(&writer, "input", input);
    json_close_object(&writer);
    rc = buf_ok(&request)
             ? admin_client_call(client, arena, buf_slice(&request), &raw, &answer, err)
             : err_set(err, RC_LIMIT, "the input is too long");
    if (rc == RC_OK) {
        const struct json *value = json_member(answer, "output");
        *output = value ? slice_from(slice_head(raw, value->end), value->start) : SLICE("{}");
    }
    buf_wipe(&request);
    admin_client_close(client);
    return rc;
}

int
api_run(const struct cli_verb *verb, int argc, char **argv)
{
    const char *dir = CLI_DEFAULT_DIR, *service, *operation;
    struct cli_list words = {0};
    bool json = false;
    const struct cli_option options[] = {{"SERVICE", CLI_WORD, &service},
                                         {"OPERATION", CLI_WORD, &operation},
                                         {"JSON", CLI_WORDS, &words},
                                         {"dir", CLI_VALUE, &dir},
                                         {"json", CLI_FLAG, &json}};
    struct arena *arena = arena_new();
    struct buf input;
    struct slice output;
    struct err err = {0};
    int status;
    buf_init(&input, INPUT_MAX);
    if (cli_parse(verb, argc, argv, options, sizeof options / sizeof *options, &status)) {
        enum rc rc = read_input(&words, &input, &err);
        bool understood = rc != RC_SYNTAX;
        if (rc == RC_OK)
            rc = call(dir, service, operation, buf_slice(&input), arena, &output, &err);
        status = rc == RC_OK ? CLI_OK : cli_fail("%s", err.text);
        if (!understood)
            status = CLI_USAGE;
        if (rc == RC_OK)
            printf("%.*s\n", SLICE_ARG(output));
    }
    free(words.items);
    buf_wipe(&input);
    arena_free(arena);
    return status;
}
