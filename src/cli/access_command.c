/*
 * `postern access`: who may send as whom. With --check what breaks "one person, one address", and
 * exit status 1; with --with FILE what would be gained and lost if the commands in FILE, one a line,
 * were given. Nothing of these is done.
 */
#include "action.h"
#include "admin_client.h"
#include "print.h"

#include <stdio.h>
#include <stdlib.h>

enum { FILE_MAX = 256 * 1024, REQUEST_MAX = 1000 * 1024, WORDS_MAX = 64 };

/* ---- commands in a file ---- */

/* The next word of a line, as a shell reads it without its special characters: in quotes or not.
 * Ends are written into the line itself. NULL: there is none. */
static char *
next_word(char **rest)
{
    char *from = *rest + strspn(*rest, " \t\r"), *to = from, *word = from, quote = '\0';
    if (*from == '\0' || *from == '#')
        return NULL;
    for (; *from && (quote || !strchr(" \t\r", *from)); from++)
        if (quote ? *from == quote : *from == '"' || *from == '\'')
            quote = quote ? '\0' : *from;
        else
            *to++ = *from;
    if (quote)
        return NULL; /* and what is left shows that there was something */
    *rest = *from ? from + 1 : from;
    *to = '\0';
    return word;
}

/* One command as the request that it would send; `postern` in front is taken off. */
static bool
add_command(char *line, size_t number, struct json_writer *changes, struct buf *request)
{
    char *words[WORDS_MAX + 1] = {0}, **first = words;
    size_t count = 0;
    char *rest = line;
    while (count < WORDS_MAX && (words[count] = next_word(&rest)))
        count++;
    char left = rest[strspn(rest, " \t\r")];
    if (left != '\0' && left != '#') {
        cli_fail("line %zu: too many words, or a quote that is not closed", number);
        return false;
    }
    if (count == 0)
        return true;
    if (count > 1 && strcmp(words[0], "postern") == 0) {
        first++;
        count--;
    }
    const struct cli_verb *verb = cli_verb_find(first[0]);
    if (!verb || verb->run != action_run) {
        cli_fail("line %zu: %s is no command that changes who may send", number, first[0]);
        return false;
    }
    buf_reset(request);
    if (!action_request(verb, (int)count, first, request)) {
        cli_fail("line %zu was not understood", number);
        return false;
    }
    json_write_raw(changes, buf_slice(request));
    return true;
}

static bool
add_commands(char *text, struct json_writer *changes)
{
    struct buf request;
    bool understood = true;
    size_t number = 0;
    buf_init(&request, REQUEST_MAX);
    for (char *line = text, *end; understood && line; line = end) {
        end = strchr(line, '\n');
        if (end)
            *end++ = '\0';
        understood = add_command(line, ++number, changes, &request);
    }
    buf_fini(&request);
    return understood;
}

static bool
read_file(const char *path, struct buf *text)
{
    bool standard = strcmp(path, "-") == 0;
    FILE *file = standard ? stdin : fopen(path, "r");
    char piece[4096];
    if (!file) {
        cli_fail("%s cannot be read", path);
        return false;
    }
    for (size_t got; (got = fread(piece, 1, sizeof piece, file)) > 0;)
        buf_add(text, (struct slice){piece, got});
    bool failed = ferror(file) != 0 || !buf_ok(text);
    if (!standard)
        fclose(file);
    if (failed)
        cli_fail("%s cannot be read, or is longer than %d bytes", path, FILE_MAX);
    buf_add_char(text, '\0');
    return !failed && buf_ok(text);
}

/* ---- the verb ---- */

struct access_words {
    const char *dir, *user, *with;
    bool check, json;
};

static bool
write_request(const struct access_words *words, struct buf *request)
{
    struct json_writer writer;
    struct buf text;
    bool understood = true;
    json_writer_init(&writer, request);
    json_open_object(&writer);
    json_put_cstr(&writer, "operation",
                  words->with    ? "access.compare"
                  : words->check ? "access.check"
                                 : "access.report");
    if (words->user)
        json_put_cstr(&writer, "user", words->user);
    if (words->with) {
        buf_init(&text, FILE_MAX);
        json_key(&writer, "changes");
        json_open_array(&writer);
        understood = read_file(words->with, &text) && add_commands(text.ptr, &writer);
        json_close_array(&writer);
        buf_fini(&text);
    }
    json_close_object(&writer);
    if (understood && !buf_ok(request)) {
        cli_fail("the request is too long");
        return false;
    }
    return understood;
}

static int
show(const struct access_words *words, struct slice raw, const struct json *answer)
{
    if (words->json)
        printf("%.*s\n", SLICE_ARG(raw));
    else if (words->with)
        print_access_changes(answer, "");
    else if (words->check)
        print_access_findings(answer, "");
    else
        print_access(answer, "");
    return words->check && !print_is_sound(answer) ? CLI_FAILED : CLI_OK;
}

static int
ask(const struct access_words *words, struct slice request)
{
    struct arena *arena = arena_new();
    struct admin_client *client = NULL;
    struct slice raw = SLICE("");
    struct json *answer;
    struct err err = {0};
    enum rc rc = admin_client_open(words->dir, &client, &err);
    if (rc == RC_OK)
        rc = admin_client_call(client, arena, request, &raw, &answer, &err);
    if (rc != RC_OK && words->json && raw.len)
        printf("%.*s\n", SLICE_ARG(raw));
    int status = rc == RC_OK ? show(words, raw, answer) : cli_fail("%s", err.text);
    admin_client_close(client);
    arena_free(arena);
    return status;
}

int
access_run(const struct cli_verb *verb, int argc, char **argv)
{
    struct access_words words = {.dir = CLI_DEFAULT_DIR};
    const struct cli_option options[] = {{"as", CLI_VALUE, &words.user},
                                         {"check", CLI_FLAG, &words.check},
                                         {"with", CLI_VALUE, &words.with},
                                         {"dir", CLI_VALUE, &words.dir},
                                         {"json", CLI_FLAG, &words.json}};
    struct buf request;
    int status;
    if (!cli_parse(verb, argc, argv, options, sizeof options / sizeof *options, &status))
        return status;
    if ((words.user != NULL) + words.check + (words.with != NULL) > 1) {
        cli_fail("access: --as, --check and --with do not go together");
        return CLI_USAGE;
    }
    buf_init(&request, REQUEST_MAX);
    status = write_request(&words, &request) ? ask(&words, buf_slice(&request)) : CLI_USAGE;
    buf_wipe(&request);
    return status;
}
