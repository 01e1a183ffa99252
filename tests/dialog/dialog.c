/*
 * Replays submission dialogs: dialog FILE... The session is driven as its owner would drive it,
 * with neither socket nor clock. One script is one test; the first line that does not come out as
 * written ends it, with the place and what came instead.
 *
 *   # text              comment
 *   C: line             the client sends the line and CRLF
 *   C= bytes            the client sends bytes: \r \n \t \0 \\ \xHH
 *   C* count bytes      the same, `count` times
 *   S: line             the next reply line is this
 *   S~ regex            the next reply line matches (POSIX extended, whole line)
 *   ! limit NAME N      before anything else: message_bytes, recipients, failed_logins, bad_commands
 *   ! implicit          before anything else: TLS from the start
 *   ! credit N          what message_begin grants from now on (default: plenty)
 *   ! grant N           credit is granted now
 *   ! tls               the session asked for TLS; unread input is lost; the handshake finishes
 *   ! accept, ! refuse, ! unavailable     the login that core was asked about
 *   ! submitted REPLY   core's answer to the message, early or at its end
 *   ! revoke, ! timeout, ! shutdown
 *   > login MECHANISM USER PASSWORD NAME  core was asked about this
 *   > envelope REVERSE-PATH RECIPIENT...  message_begin was called with this
 *   > body bytes        what was passed on since the last time
 *   > size N            how much was passed on since the last time
 *   > end, > abort      message_end, message_abort was called (since the last time)
 *   > quiet             no reply is unread, and nothing was passed on
 *   > waiting, > reading                  whether idle time runs
 *   > unread N          that many bytes of the client are not consumed
 *   > state NAME
 *   > closed            the session closed
 *   > trace text        the last client line in the log
 */
#include "accept/submission.h"

#include <regex.h>
#include <stdio.h>
#include <stdlib.h>

enum { TRANSCRIPT_MAX = 64 * 1024 * 1024 };

struct dialog {
    const char *path;
    unsigned line;
    bool failed;
    struct submission *session;
    struct submission_limits limits;
    bool implicit_tls;
    uint64_t credit;
    struct buf input, replies, body, envelope, login, traced;
    bool tls_wanted, login_wanted, ended, aborted, closed;
};

static void
dialog_fail(struct dialog *dialog, const char *what, struct slice expected, struct slice got)
{
    if (!dialog->failed)
        fprintf(stderr, "%s:%u: %s\n  expected: %.*s\n  got:      %.*s\n", dialog->path,
                dialog->line, what, SLICE_ARG(expected), SLICE_ARG(got));
    dialog->failed = true;
}

static void
expect_true(struct dialog *dialog, bool condition, const char *what)
{
    if (!condition)
        dialog_fail(dialog, what, SLICE("yes"), SLICE("no"));
}

static void
expect_text(struct dialog *dialog, const char *what, struct slice expected, struct slice got)
{
    if (!slice_eq(expected, got))
        dialog_fail(dialog, what, expected, got);
}

static void
expect_number(struct dialog *dialog, const char *what, uint64_t expected, uint64_t got)
{
    char texts[2][32];
    snprintf(texts[0], sizeof texts[0], "%llu", (unsigned long long)expected);
    snprintf(texts[1], sizeof texts[1], "%llu", (unsigned long long)got);
    expect_text(dialog, what, slice_of(texts[0]), slice_of(texts[1]));
}

/*
 * The owner.
 */

static void
on_reply(void *ctx, struct slice bytes)
{
    struct dialog *dialog = ctx;
    expect_true(dialog, !dialog->closed, "no reply after the session closed");
    buf_add(&dialog->replies, bytes);
}

static void
on_start_tls(void *ctx)
{
    ((struct dialog *)ctx)->tls_wanted = true;
}

static void
on_close(void *ctx)
{
    struct dialog *dialog = ctx;
    expect_true(dialog, !dialog->closed, "the session closes once");
    dialog->closed = true;
}

static void
on_authenticate(void *ctx, const char *mechanism, struct slice user, struct slice password,
                struct slice client_name)
{
    struct dialog *dialog = ctx;
    dialog->login_wanted = true;
    buf_reset(&dialog->login);
    buf_printf(&dialog->login, "%s %.*s %.*s %.*s", mechanism, SLICE_ARG(user), SLICE_ARG(password),
               SLICE_ARG(client_name));
}

static void
on_message_begin(void *ctx, struct slice reverse_path, const struct slice *recipients, size_t count)
{
    struct dialog *dialog = ctx;
    buf_reset(&dialog->envelope);
    buf_add(&dialog->envelope, reverse_path);
    for (size_t i = 0; i < count; i++)
        buf_printf(&dialog->envelope, " %.*s", SLICE_ARG(recipients[i]));
    submission_credit(dialog->session, dialog->credit);
}

static void
on_message(void *ctx, struct slice piece)
{
    buf_add(&((struct dialog *)ctx)->body, piece);
}

static void
on_message_end(void *ctx)
{
    ((struct dialog *)ctx)->ended = true;
}

static void
on_message_abort(void *ctx)
{
    ((struct dialog *)ctx)->aborted = true;
}

static void
on_trace(void *ctx, bool from_client, struct slice line)
{
    struct dialog *dialog = ctx;
    if (!from_client)
        return;
    buf_reset(&dialog->traced);
    buf_add(&dialog->traced, line);
}

static const struct submission_actions actions = {
    .reply = on_reply,
    .start_tls = on_start_tls,
    .close = on_close,
    .authenticate = on_authenticate,
    .message_begin = on_message_begin,
    .message = on_message,
    .message_end = on_message_end,
    .message_abort = on_message_abort,
    .trace = on_trace,
};

static void
dialog_pump(struct dialog *dialog)
{
    size_t used = submission_input(dialog->session, buf_slice(&dialog->input));
    expect_true(dialog, used <= dialog->input.len, "no more is consumed than was given");
    buf_consume(&dialog->input, used);
}

/* The session begins with the first line that is no option. */
static void
dialog_begin(struct dialog *dialog)
{
    if (dialog->session)
        return;
    dialog->session = submission_new(SLICE("mail.example.org"), SLICE("SimpleEmailService-d-TEST"),
                                     SLICE("A1b2C3d4E5f6G7h8I9j0"), dialog->implicit_tls,
                                     &dialog->limits, &actions, dialog);
    submission_start(dialog->session);
}

/*
 * Lines of a script.
 */

/* The escape at text.ptr[*at], which is behind the backslash; *at moves to its last character. */
static char
escape_read(struct slice text, size_t *at)
{
    char c = text.ptr[*at];
    switch (c) {
    case 'r': return '\r';
    case 'n': return '\n';
    case 't': return '\t';
    case '0': return '\0';
    case 'x': break;
    default: return c;
    }
    char digits[3] = {0};
    for (int i = 0; i < 2 && *at + 1 < text.len; i++)
        digits[i] = text.ptr[++*at];
    return (char)strtoul(digits, NULL, 16);
}

static struct slice
unescape(struct buf *out, struct slice text)
{
    buf_reset(out);
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '\\' && i + 1 < text.len) {
            i++;
            c = escape_read(text, &i);
        }
        buf_add_char(out, c);
    }
    return buf_slice(out);
}

static void
client_says(struct dialog *dialog, struct slice bytes)
{
    dialog_begin(dialog);
    buf_add(&dialog->input, bytes);
    dialog_pump(dialog);
}

static void
client_repeats(struct dialog *dialog, struct slice text)
{
    struct slice number, rest = SLICE("");
    uint64_t count = 0;
    slice_cut(text, ' ', &number, &rest);
    expect_true(dialog, slice_u64(number, &count), "C* begins with a number");
    struct buf bytes;
    buf_init(&bytes, TRANSCRIPT_MAX);
    struct slice piece = unescape(&bytes, rest);
    for (uint64_t i = 0; i < count; i++)
        buf_add(&dialog->input, piece);
    buf_fini(&bytes);
    dialog_begin(dialog);
    dialog_pump(dialog);
}

static bool
matches(struct slice pattern, struct slice text)
{
    regex_t regex;
    struct buf anchored;
    buf_init(&anchored, TRANSCRIPT_MAX);
    buf_printf(&anchored, "^(%.*s)$", SLICE_ARG(pattern));
    char *expression = memory_cstr(buf_slice(&anchored)), *subject = memory_cstr(text);
    bool found = regcomp(&regex, expression, REG_EXTENDED | REG_NOSUB) == 0;
    if (found) {
        found = regexec(&regex, subject, 0, NULL, 0) == 0;
        regfree(&regex);
    }
    free(expression);
    free(subject);
    buf_fini(&anchored);
    return found;
}

static void
server_says(struct dialog *dialog, struct slice expected, bool pattern)
{
    dialog_begin(dialog);
    struct slice all = buf_slice(&dialog->replies);
    size_t end = slice_find(all, SLICE("\r\n"));
    if (end == SLICE_NONE) {
        dialog_fail(dialog, "a reply line", expected, SLICE("(nothing)"));
        return;
    }
    struct slice line = slice_head(all, end);
    if (pattern ? !matches(expected, line) : !slice_eq(expected, line))
        dialog_fail(dialog, "a reply line", expected, line);
    buf_consume(&dialog->replies, end + 2);
}

static uint64_t
number_of(struct dialog *dialog, struct slice text)
{
    uint64_t number = 0;
    expect_true(dialog, slice_u64(text, &number), "a number");
    return number;
}

static void
do_limit(struct dialog *dialog, struct slice argument)
{
    struct slice name, value = SLICE("");
    slice_cut(argument, ' ', &name, &value);
    uint64_t number = number_of(dialog, value);
    if (slice_is(name, "message_bytes"))
        dialog->limits.message_bytes = number;
    else if (slice_is(name, "recipients"))
        dialog->limits.recipients = (uint32_t)number;
    else if (slice_is(name, "failed_logins"))
        dialog->limits.failed_logins = (uint32_t)number;
    else if (slice_is(name, "bad_commands"))
        dialog->limits.bad_commands = (uint32_t)number;
    else
        dialog_fail(dialog, "a limit", SLICE("a known name"), name);
}

static void
do_implicit(struct dialog *dialog, struct slice argument)
{
    (void)argument;
    dialog->implicit_tls = true;
}

static void
do_credit(struct dialog *dialog, struct slice argument)
{
    dialog->credit = number_of(dialog, argument);
}

static void
do_grant(struct dialog *dialog, struct slice argument)
{
    submission_credit(dialog->session, number_of(dialog, argument));
}

static void
do_tls(struct dialog *dialog, struct slice argument)
{
    (void)argument;
    expect_true(dialog, dialog->tls_wanted, "the session asked for TLS");
    dialog->tls_wanted = false;
    buf_reset(&dialog->input);
    submission_secured(dialog->session);
}

static void
answer_login(struct dialog *dialog, enum submission_login result)
{
    expect_true(dialog, dialog->login_wanted, "the session asked about a login");
    dialog->login_wanted = false;
    submission_authenticated(dialog->session, result);
}

static void
do_accept(struct dialog *dialog, struct slice argument)
{
    (void)argument;
    answer_login(dialog, SUBMISSION_LOGIN_OK);
}

static void
do_refuse(struct dialog *dialog, struct slice argument)
{
    (void)argument;
    answer_login(dialog, SUBMISSION_LOGIN_REFUSED);
}

static void
do_unavailable(struct dialog *dialog, struct slice argument)
{
    (void)argument;
    answer_login(dialog, SUBMISSION_LOGIN_TEMPORARY);
}

static void
do_submitted(struct dialog *dialog, struct slice argument)
{
    submission_submitted(dialog->session, argument);
}

static void
do_revoke(struct dialog *dialog, struct slice argument)
{
    (void)argument;
    submission_revoked(dialog->session);
}

static void
do_timeout(struct dialog *dialog, struct slice argument)
{
    (void)argument;
    submission_timeout(dialog->session);
}

static void
do_shutdown(struct dialog *dialog, struct slice argument)
{
    (void)argument;
    submission_shutdown(dialog->session);
}

static void
see_login(struct dialog *dialog, struct slice argument)
{
    expect_true(dialog, dialog->login_wanted, "core is asked about a login");
    expect_text(dialog, "the login", argument, buf_slice(&dialog->login));
}

static void
see_envelope(struct dialog *dialog, struct slice argument)
{
    expect_text(dialog, "the envelope", argument, buf_slice(&dialog->envelope));
    buf_reset(&dialog->envelope);
}

static void
see_body(struct dialog *dialog, struct slice argument)
{
    struct buf bytes;
    buf_init(&bytes, TRANSCRIPT_MAX);
    expect_text(dialog, "the body", unescape(&bytes, argument), buf_slice(&dialog->body));
    buf_fini(&bytes);
    buf_reset(&dialog->body);
}

static void
see_size(struct dialog *dialog, struct slice argument)
{
    expect_number(dialog, "bytes passed on", number_of(dialog, argument), dialog->body.len);
    buf_reset(&dialog->body);
}

static void
see_end(struct dialog *dialog, struct slice argument)
{
    (void)argument;
    expect_true(dialog, dialog->ended, "the message ended");
    dialog->ended = false;
}

static void
see_abort(struct dialog *dialog, struct slice argument)
{
    (void)argument;
    expect_true(dialog, dialog->aborted, "the message was aborted");
    dialog->aborted = false;
}

static void
see_quiet(struct dialog *dialog, struct slice argument)
{
    (void)argument;
    expect_text(dialog, "no reply", SLICE(""), buf_slice(&dialog->replies));
    expect_text(dialog, "no message bytes", SLICE(""), buf_slice(&dialog->body));
    expect_true(dialog, !dialog->ended && !dialog->aborted, "no end of a message");
}

static void
see_waiting(struct dialog *dialog, struct slice argument)
{
    (void)argument;
    expect_true(dialog, submission_waiting(dialog->session), "the session waits for core");
}

static void
see_reading(struct dialog *dialog, struct slice argument)
{
    (void)argument;
    expect_true(dialog, !submission_waiting(dialog->session), "the session waits for the client");
}

static void
see_unread(struct dialog *dialog, struct slice argument)
{
    expect_number(dialog, "unread bytes", number_of(dialog, argument), dialog->input.len);
}

static void
see_state(struct dialog *dialog, struct slice argument)
{
    expect_text(dialog, "the state", argument, slice_of(submission_state_name(dialog->session)));
}

static void
see_closed(struct dialog *dialog, struct slice argument)
{
    (void)argument;
    expect_true(dialog, dialog->closed, "the session is closed");
}

static void
see_trace(struct dialog *dialog, struct slice argument)
{
    expect_text(dialog, "the log shows", argument, buf_slice(&dialog->traced));
}

static const struct directive {
    char kind;
    const char *name;
    void (*run)(struct dialog *dialog, struct slice argument);
    bool option; /* comes before the session */
} directives[] = {
    {'!', "limit", do_limit, true},
    {'!', "implicit", do_implicit, true},
    {'!', "credit", do_credit, true},
    {'!', "grant", do_grant, false},
    {'!', "tls", do_tls, false},
    {'!', "accept", do_accept, false},
    {'!', "refuse", do_refuse, false},
    {'!', "unavailable", do_unavailable, false},
    {'!', "submitted", do_submitted, false},
    {'!', "revoke", do_revoke, false},
    {'!', "timeout", do_timeout, false},
    {'!', "shutdown", do_shutdown, false},
    {'>', "login", see_login, false},
    {'>', "envelope", see_envelope, false},
    {'>', "body", see_body, false},
    {'>', "size", see_size, false},
    {'>', "end", see_end, false},
    {'>', "abort", see_abort, false},
    {'>', "quiet", see_quiet, false},
    {'>', "waiting", see_waiting, false},
    {'>', "reading", see_reading, false},
    {'>', "unread", see_unread, false},
    {'>', "state", see_state, false},
    {'>', "closed", see_closed, false},
    {'>', "trace", see_trace, false},
};

static void
directive_run(struct dialog *dialog, char kind, struct slice text)
{
    struct slice name = text, argument = SLICE("");
    slice_cut(text, ' ', &name, &argument);
    for (size_t i = 0; i < sizeof directives / sizeof *directives; i++) {
        const struct directive *directive = &directives[i];
        if (directive->kind != kind || !slice_is(name, directive->name))
            continue;
        if (!directive->option)
            dialog_begin(dialog);
        directive->run(dialog, argument);
        if (dialog->session)
            dialog_pump(dialog); /* the owner calls again after each answer */
        return;
    }
    dialog_fail(dialog, "the script", SLICE("a known directive"), name);
}

static void
client_line(struct dialog *dialog, char form, struct slice text)
{
    struct buf bytes;
    buf_init(&bytes, TRANSCRIPT_MAX);
    if (form == '=') {
        unescape(&bytes, text);
    } else {
        buf_add(&bytes, text);
        buf_add_cstr(&bytes, "\r\n");
    }
    client_says(dialog, buf_slice(&bytes));
    buf_fini(&bytes);
}

static void
script_line(struct dialog *dialog, struct slice line)
{
    if (!line.len || line.ptr[0] == '#')
        return;
    struct slice text = slice_from(line, 3);
    if (slice_starts(line, SLICE("C* ")))
        client_repeats(dialog, text);
    else if (slice_starts(line, SLICE("C: ")) || slice_starts(line, SLICE("C= ")))
        client_line(dialog, line.ptr[1], text);
    else if (slice_starts(line, SLICE("S: ")) || slice_starts(line, SLICE("S~ ")))
        server_says(dialog, text, line.ptr[1] == '~');
    else
        directive_run(dialog, line.ptr[0], slice_from(line, 2));
}

static void
dialog_fini(struct dialog *dialog)
{
    submission_free(dialog->session);
    struct buf *const bufs[] = {&dialog->input,    &dialog->replies, &dialog->body,
                                &dialog->envelope, &dialog->login,   &dialog->traced};
    for (size_t i = 0; i < sizeof bufs / sizeof *bufs; i++)
        buf_fini(bufs[i]);
}

static void
dialog_init(struct dialog *dialog, const char *path)
{
    *dialog = (struct dialog){.path = path,
                              .credit = UINT32_MAX,
                              .limits = {.message_bytes = 40 * 1024 * 1024,
                                         .recipients = 50,
                                         .failed_logins = 3,
                                         .bad_commands = 20}};
    struct buf *const bufs[] = {&dialog->input,    &dialog->replies, &dialog->body,
                                &dialog->envelope, &dialog->login,   &dialog->traced};
    for (size_t i = 0; i < sizeof bufs / sizeof *bufs; i++)
        buf_init(bufs[i], TRANSCRIPT_MAX);
}

static bool
script_read(const char *path, struct buf *text)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return false;
    char block[4096];
    size_t got;
    while ((got = fread(block, 1, sizeof block, file)) > 0)
        buf_add(text, (struct slice){block, got});
    fclose(file);
    return buf_ok(text);
}

static bool
script_run(const char *path)
{
    struct dialog dialog;
    struct buf text;
    dialog_init(&dialog, path);
    buf_init(&text, TRANSCRIPT_MAX);
    expect_true(&dialog, script_read(path, &text), "the script can be read");
    struct slice line, rest = buf_slice(&text);
    while (!dialog.failed && slice_cut(rest, '\n', &line, &rest)) {
        dialog.line++;
        script_line(&dialog, line);
    }
    if (!dialog.failed)
        expect_text(&dialog, "no reply is left at the end", SLICE(""), buf_slice(&dialog.replies));
    dialog_fini(&dialog);
    buf_fini(&text);
    printf("%s %s\n", dialog.failed ? "not ok" : "ok", path);
    return !dialog.failed;
}

int
main(int argc, char **argv)
{
    int failures = argc < 2;
    for (int i = 1; i < argc; i++)
        failures += !script_run(argv[i]);
    return failures ? EXIT_FAILURE : EXIT_SUCCESS;
}
