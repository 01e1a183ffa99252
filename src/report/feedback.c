/*
 * See feedback.h for the diagram. Who walks each arrow: feedback_helo and feedback_ehlo,
 * feedback_mail, feedback_rcpt, feedback_data, data_finished, feedback_taken.
 *
 * A command is a row of `verbs`: the dispatcher reads where it is allowed before it calls the handler.
 */
#include "feedback.h"

#include "mail/address.h"
#include "mail/data.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

enum feedback_state {
    FEEDBACK_GREETING, /* the client has not said who it is */
    FEEDBACK_READY,    /* no transaction */
    FEEDBACK_MAIL,     /* a transaction with a reverse-path */
    FEEDBACK_RCPT,     /* and with at least one recipient */
    FEEDBACK_DATA,     /* 354 was given; input is message until the final dot */
    FEEDBACK_WAITING,  /* core has the message; its answer is awaited */
    FEEDBACK_CLOSING   /* the last reply was given; input is ignored */
};

enum {
    LINE_MAX_BYTES = 1024,
    CLIENT_NAME_MAX = 255,
    REPLY_LINE_MAX = 512,
    RETURN_CHARS = 29,
    HEADER_BYTES_MAX = 256 * 1024 /* that is looked at */
};

/* What a server that receives mail says, with enhanced status codes (RFC 3463). These never reach
 * a client of SES, so they do not stand among its words. */
enum said {
    SAID_BYE,
    SAID_OK,
    SAID_CANNOT_VERIFY,
    SAID_START_DATA,
    SAID_TIMEOUT,
    SAID_TOO_MANY_ERRORS,
    SAID_TEMPORARY,
    SAID_NO_ROOM,
    SAID_TOO_MANY_RECIPIENTS,
    SAID_LINE_TOO_LONG,
    SAID_UNKNOWN_COMMAND,
    SAID_SYNTAX,
    SAID_BAD_REVERSE_PATH,
    SAID_BAD_SEQUENCE,
    SAID_NO_SUCH_RECIPIENT,
    SAID_NO_RELAY,
    SAID_TOO_LONG,
    SAID_UNKNOWN_PARAMETER,
    SAID_COUNT
};

static const char *const texts[] = {
    [SAID_BYE] = "221 2.0.0 Bye",
    [SAID_OK] = "250 2.0.0 Ok",
    [SAID_CANNOT_VERIFY] = "252 2.5.0 Send it, and you will be told",
    [SAID_START_DATA] = "354 End data with <CR><LF>.<CR><LF>",
    [SAID_TIMEOUT] = "421 4.4.2 Timeout waiting for data from client",
    [SAID_TOO_MANY_ERRORS] = "421 4.7.0 Too many errors",
    [SAID_TEMPORARY] = "451 4.3.0 Temporary failure, please try again later",
    [SAID_NO_ROOM] = "452 4.3.1 Too much mail at once, please try again later",
    [SAID_TOO_MANY_RECIPIENTS] = "452 4.5.3 Too many recipients",
    [SAID_LINE_TOO_LONG] = "500 5.5.2 Line too long",
    [SAID_UNKNOWN_COMMAND] = "500 5.5.1 Unknown command",
    [SAID_SYNTAX] = "501 5.5.4 Syntax error in parameters or arguments",
    [SAID_BAD_REVERSE_PATH] = "501 5.1.7 The reverse-path is no address",
    [SAID_BAD_SEQUENCE] = "503 5.5.1 Bad sequence of commands",
    [SAID_NO_SUCH_RECIPIENT] = "550 5.1.1 No such recipient here; nothing is relayed",
    [SAID_NO_RELAY] = "550 5.7.1 Only reports about mail that was sent from here are taken",
    [SAID_TOO_LONG] = "552 5.3.4 Message is too long",
    [SAID_UNKNOWN_PARAMETER] = "555 5.5.4 Parameter not recognized",
};
static_assert(sizeof texts / sizeof *texts == SAID_COUNT, "a text for each reply");

struct transaction {
    struct arena *arena;       /* owned */
    struct slice reverse_path; /* these in the arena */
    struct slice *recipients;
    size_t count, capacity;
    struct buf message; /* owned */
};

struct feedback {
    char *hostname; /* owned */
    struct feedback_limits limits;
    struct feedback_actions actions;
    void *ctx;
    enum feedback_state state;
    bool skipping; /* inside a command line that is too long */
    uint32_t bad_commands;
    struct transaction *transaction; /* owned; from MAIL to the reply to the final dot */
    struct data_reader reader;
    enum said verdict; /* SAID_OK, or why the rest of DATA is dropped: the reply at its end */
};

static void
say(struct feedback *session, enum said said)
{
    char line[REPLY_LINE_MAX];
    size_t len = strlen(texts[said]);
    memcpy(line, texts[said], len);
    memcpy(line + len, "\r\n", 2);
    session->actions.reply(session->ctx, (struct slice){line, len + 2});
}

static void
transaction_end(struct feedback *session)
{
    if (!session->transaction)
        return;
    buf_fini(&session->transaction->message);
    arena_free(session->transaction->arena);
    free(session->transaction);
    session->transaction = NULL;
}

static void
session_close(struct feedback *session)
{
    transaction_end(session);
    session->state = FEEDBACK_CLOSING;
    session->actions.close(session->ctx);
}

/* A client that makes too many mistakes is probing, or speaks another protocol. */
static void
refuse(struct feedback *session, enum said said)
{
    say(session, said);
    if (++session->bad_commands < session->limits.bad_commands)
        return;
    say(session, SAID_TOO_MANY_ERRORS);
    session_close(session);
}

/*
 * Hello.
 */

/* ( Domain / address-literal ): what is put here is often neither, and nothing depends on it. */
static bool
hello(struct feedback *session, struct slice argument)
{
    bool word = argument.len > 0 && argument.len <= CLIENT_NAME_MAX &&
                slice_chr(argument, ' ') == SLICE_NONE;
    if (!word) {
        refuse(session, SAID_SYNTAX);
        return false;
    }
    transaction_end(session); /* RFC 5321 §4.1.4: EHLO is also a RSET */
    session->state = FEEDBACK_READY;
    return true;
}

/* A line, or the first of several, with our name in it. */
static void
say_name(struct feedback *session, const char *before, const char *after)
{
    struct buf lines;
    buf_init(&lines, 2 * REPLY_LINE_MAX);
    buf_printf(&lines, "%s%s%s\r\n", before, session->hostname, after);
    session->actions.reply(session->ctx, buf_slice(&lines));
    buf_fini(&lines);
}

static void
feedback_helo(struct feedback *session, struct slice argument)
{
    if (hello(session, argument))
        say_name(session, "250 ", "");
}

static void
feedback_ehlo(struct feedback *session, struct slice argument)
{
    if (!hello(session, argument))
        return;
    char keywords[128];
    snprintf(keywords, sizeof keywords,
             "\r\n250-PIPELINING\r\n250-SIZE %llu\r\n250-8BITMIME\r\n250 ENHANCEDSTATUSCODES",
             (unsigned long long)session->limits.message_bytes);
    say_name(session, "250-", keywords);
}

/*
 * The envelope.
 */

/* "SIZE=n" (RFC 1870 §6.1). */
static enum said
mail_size(const struct feedback *session, struct slice value)
{
    uint64_t size;
    if (!slice_u64(value, &size))
        return SAID_SYNTAX;
    return size > session->limits.message_bytes ? SAID_TOO_LONG : SAID_OK;
}

static enum said
mail_parameters(const struct feedback *session, struct slice rest)
{
    while (rest.len) {
        struct slice parameter = rest, after = SLICE(""), key, value = SLICE("");
        slice_cut(rest, ' ', &parameter, &after);
        rest = slice_trim(after);
        key = parameter;
        slice_cut(parameter, '=', &key, &value);
        enum said said = SAID_UNKNOWN_PARAMETER;
        if (slice_iis(key, "SIZE"))
            said = mail_size(session, value);
        else if (slice_iis(parameter, "BODY=7BIT") || slice_iis(parameter, "BODY=8BITMIME"))
            said = SAID_OK;
        if (said != SAID_OK)
            return said;
    }
    return SAID_OK;
}

static void
transaction_begin(struct feedback *session, struct slice reverse_path)
{
    struct transaction *transaction = NEW(struct transaction);
    transaction->arena = arena_new();
    transaction->reverse_path = arena_dup(transaction->arena, reverse_path);
    buf_init(&transaction->message, session->limits.message_bytes);
    session->transaction = transaction;
    session->state = FEEDBACK_MAIL;
    say(session, SAID_OK);
}

static void
mail_from(struct feedback *session, struct arena *arena, struct slice text)
{
    struct path path;
    if (address_path(arena, text, &path, NULL) != RC_OK) {
        refuse(session, SAID_BAD_REVERSE_PATH);
        return;
    }
    enum said said = mail_parameters(session, path.parameters);
    if (said == SAID_OK)
        transaction_begin(session, path.address.text);
    else
        refuse(session, said);
}

/* "MAIL FROM:" Reverse-path [SP Mail-parameters]; reports come from <> (RFC 3464 §2). */
static void
feedback_mail(struct feedback *session, struct slice argument)
{
    if (!slice_istarts(argument, SLICE("FROM:"))) {
        refuse(session, SAID_SYNTAX);
        return;
    }
    struct arena *arena = arena_new();
    mail_from(session, arena, slice_from(argument, 5));
    arena_free(arena);
}

/* The shape of return_address.h. */
static bool
is_return_address(struct slice local)
{
    for (size_t i = 0; i < local.len; i++)
        if (!ascii_alpha(local.ptr[i]) && !(local.ptr[i] >= '2' && local.ptr[i] <= '7'))
            return false;
    return local.len == RETURN_CHARS;
}

static bool
transaction_has(const struct transaction *transaction, struct slice recipient)
{
    for (size_t i = 0; i < transaction->count; i++)
        if (slice_eq(transaction->recipients[i], recipient))
            return true;
    return false;
}

static void
transaction_add(struct transaction *transaction, struct slice recipient)
{
    transaction->recipients =
        arena_grow(transaction->arena, transaction->recipients, sizeof *transaction->recipients,
                   transaction->count, &transaction->capacity);
    transaction->recipients[transaction->count++] = arena_dup(transaction->arena, recipient);
}

static void
rcpt_to(struct feedback *session, struct arena *arena, struct slice text)
{
    struct transaction *transaction = session->transaction;
    struct path path;
    if (address_path(arena, text, &path, NULL) != RC_OK || !is_return_address(path.address.local)) {
        refuse(session, SAID_NO_SUCH_RECIPIENT);
        return;
    }
    if (path.parameters.len) {
        refuse(session, SAID_UNKNOWN_PARAMETER);
        return;
    }
    /* Some servers write local parts in capitals, and base32 does not mind. */
    struct slice recipient = arena_lower(arena, path.address.text);
    bool known = transaction_has(transaction, recipient);
    if (!known && transaction->count >= session->limits.recipients) {
        say(session, SAID_TOO_MANY_RECIPIENTS);
        return;
    }
    if (!known)
        transaction_add(transaction, recipient);
    session->state = FEEDBACK_RCPT;
    say(session, SAID_OK);
}

/* "RCPT TO:" Forward-path. DSN is not offered, so no parameter is known. */
static void
feedback_rcpt(struct feedback *session, struct slice argument)
{
    if (!slice_istarts(argument, SLICE("TO:"))) {
        refuse(session, SAID_SYNTAX);
        return;
    }
    struct arena *arena = arena_new();
    rcpt_to(session, arena, slice_from(argument, 3));
    arena_free(arena);
}

static void
feedback_data(struct feedback *session, struct slice argument)
{
    (void)argument;
    session->reader = (struct data_reader){DATA_LINE_START};
    session->verdict = SAID_OK;
    session->state = FEEDBACK_DATA;
    say(session, SAID_START_DATA);
}

/*
 * The rest of the verbs.
 */

static void
feedback_rset(struct feedback *session, struct slice argument)
{
    (void)argument;
    transaction_end(session);
    if (session->state != FEEDBACK_GREETING)
        session->state = FEEDBACK_READY;
    say(session, SAID_OK);
}

static void
feedback_noop(struct feedback *session, struct slice argument)
{
    (void)argument;
    say(session, SAID_OK);
}

/* Which addresses exist is not told (RFC 5321 §7.3). */
static void
feedback_vrfy(struct feedback *session, struct slice argument)
{
    if (argument.len)
        say(session, SAID_CANNOT_VERIFY);
    else
        refuse(session, SAID_SYNTAX);
}

static void
feedback_quit(struct feedback *session, struct slice argument)
{
    (void)argument;
    say(session, SAID_BYE);
    session_close(session);
}

enum {
    IN_GREETING = 1 << FEEDBACK_GREETING,
    IN_READY = 1 << FEEDBACK_READY,
    IN_MAIL = 1 << FEEDBACK_MAIL,
    IN_RCPT = 1 << FEEDBACK_RCPT,
    IN_ANY = IN_GREETING | IN_READY | IN_MAIL | IN_RCPT
};

static const struct smtp_verb {
    const char *name;
    void (*run)(struct feedback *session, struct slice argument);
    unsigned states;
    bool no_argument;
} verbs[] = {
    {"EHLO", feedback_ehlo, IN_ANY, false},   {"HELO", feedback_helo, IN_ANY, false},
    {"MAIL", feedback_mail, IN_READY, false}, {"RCPT", feedback_rcpt, IN_MAIL | IN_RCPT, false},
    {"DATA", feedback_data, IN_RCPT, true},   {"RSET", feedback_rset, IN_ANY, true},
    {"NOOP", feedback_noop, IN_ANY, false},   {"VRFY", feedback_vrfy, IN_ANY, false},
    {"QUIT", feedback_quit, IN_ANY, true},
};

static const struct smtp_verb *
verb_find(struct slice name)
{
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        if (slice_iis(name, verbs[i].name))
            return &verbs[i];
    return NULL;
}

static void
command_received(struct feedback *session, struct slice line)
{
    struct slice name = line, argument = SLICE("");
    slice_cut(line, ' ', &name, &argument);
    argument = slice_trim(argument);
    const struct smtp_verb *verb = verb_find(name);
    if (!verb)
        refuse(session, SAID_UNKNOWN_COMMAND);
    else if (!(verb->states & 1u << session->state))
        refuse(session, SAID_BAD_SEQUENCE);
    else if (verb->no_argument && argument.len)
        refuse(session, SAID_SYNTAX);
    else
        verb->run(session, argument);
}

/*
 * Lines.
 */

static bool
line_is_printable(struct slice line)
{
    for (size_t i = 0; i < line.len; i++)
        if (line.ptr[i] < 0x20 || line.ptr[i] > 0x7e) /* 8-bit bytes are negative, or above */
            return false;
    return true;
}

/* `line` is without its LF. RFC 5321 §2.3.8: lines end in CRLF, and neither stands alone. */
static void
line_received(struct feedback *session, struct slice line)
{
    size_t cr = slice_chr(line, '\r');
    if (cr == SLICE_NONE || cr + 1 != line.len) {
        refuse(session, SAID_UNKNOWN_COMMAND);
        return;
    }
    line.len--;
    if (line_is_printable(line))
        command_received(session, line);
    else
        refuse(session, SAID_SYNTAX);
}

static size_t
line_input(struct feedback *session, struct slice data)
{
    struct slice window = slice_head(data, LINE_MAX_BYTES);
    size_t end = slice_chr(window, '\n');
    if (end == SLICE_NONE) {
        if (!session->skipping && data.len < LINE_MAX_BYTES)
            return 0;
        session->skipping = true;
        return window.len;
    }
    bool too_long = session->skipping;
    session->skipping = false;
    if (too_long)
        refuse(session, SAID_LINE_TOO_LONG);
    else
        line_received(session, slice_head(data, end));
    return end + 1;
}

/*
 * DATA.
 */

/* The rest of the message is read and dropped; what was kept is given back now. */
static void
message_drop(struct feedback *session, enum said why)
{
    session->verdict = why;
    buf_fini(&session->transaction->message);
}

static void
message_keep(struct feedback *session, struct slice piece)
{
    struct buf *message = &session->transaction->message;
    if (!piece.len || session->verdict != SAID_OK)
        return;
    if (piece.len > session->limits.message_bytes - message->len)
        message_drop(session, SAID_TOO_LONG);
    else if (!session->actions.room(session->ctx))
        message_drop(session, SAID_NO_ROOM);
    else
        buf_add(message, piece);
}

static void
data_finished(struct feedback *session)
{
    const struct transaction *transaction = session->transaction;
    if (session->verdict == SAID_OK) {
        session->state = FEEDBACK_WAITING;
        session->actions.message(session->ctx, transaction->reverse_path, transaction->recipients,
                                 transaction->count, buf_slice(&transaction->message));
        return;
    }
    say(session, session->verdict);
    transaction_end(session);
    session->state = FEEDBACK_READY;
}

static void
keep_piece(void *ctx, struct slice piece)
{
    message_keep(ctx, piece);
}

static size_t
data_input(struct feedback *session, struct slice data)
{
    bool finished;
    size_t used = data_read(&session->reader, data, keep_piece, session, &finished);
    if (finished)
        data_finished(session);
    return used;
}

static size_t
input_step(struct feedback *session, struct slice data)
{
    switch (session->state) {
    case FEEDBACK_WAITING: return 0;
    case FEEDBACK_CLOSING: return data.len;
    case FEEDBACK_DATA: return data_input(session, data);
    default: return line_input(session, data);
    }
}

size_t
feedback_input(struct feedback *session, struct slice data)
{
    size_t used = 0;
    while (used < data.len) {
        size_t step = input_step(session, slice_from(data, used));
        if (!step)
            break;
        used += step;
    }
    return used;
}

/*
 * What the owner tells.
 */

struct feedback *
feedback_new(struct slice hostname, const struct feedback_limits *limits,
             const struct feedback_actions *actions, void *ctx)
{
    struct feedback *session = NEW(struct feedback);
    session->hostname = memory_cstr(hostname);
    session->limits = *limits;
    session->actions = *actions;
    session->ctx = ctx;
    return session;
}

void
feedback_free(struct feedback *session)
{
    if (!session)
        return;
    transaction_end(session);
    free(session->hostname);
    free(session);
}

void
feedback_start(struct feedback *session)
{
    say_name(session, "220 ", " ESMTP");
}

static enum said
verdict_of(enum rc rc)
{
    switch (rc) {
    case RC_OK: return SAID_OK;
    case RC_NOT_FOUND: return SAID_NO_SUCH_RECIPIENT;
    case RC_DENIED: return SAID_NO_RELAY;
    default: return SAID_TEMPORARY;
    }
}

void
feedback_taken(struct feedback *session, enum rc rc)
{
    if (session->state != FEEDBACK_WAITING)
        return;
    transaction_end(session);
    session->state = FEEDBACK_READY;
    say(session, verdict_of(rc));
}

void
feedback_timeout(struct feedback *session)
{
    if (session->state == FEEDBACK_CLOSING)
        return;
    say(session, SAID_TIMEOUT);
    session_close(session);
}

bool
feedback_waiting(const struct feedback *session)
{
    return session->state == FEEDBACK_WAITING;
}

size_t
feedback_held(const struct feedback *session)
{
    return session->transaction ? session->transaction->message.len : 0;
}

/*
 * What came in.
 */

/* One header field with its continuation lines, whatever its lines end in; an empty one ends the
 * block. */
static struct slice
take_field(struct slice *rest)
{
    size_t end = 0;
    do {
        size_t lf = slice_chr(slice_from(*rest, end), '\n');
        end = lf == SLICE_NONE ? rest->len : end + lf + 1;
    } while (end < rest->len && (rest->ptr[end] == ' ' || rest->ptr[end] == '\t'));
    struct slice field = slice_head(*rest, end);
    *rest = slice_from(*rest, end);
    return slice_trim(field);
}

bool
feedback_is_report(struct slice reverse_path, struct slice message)
{
    if (reverse_path.len == 0)
        return true;
    struct slice rest = slice_head(message, HEADER_BYTES_MAX), field, name, value;
    while (rest.len > 0 && (field = take_field(&rest)).len > 0)
        if (slice_cut(field, ':', &name, &value) && slice_iis(slice_trim(name), "Auto-Submitted")) {
            slice_cut(value, ';', &value, &field);
            return !slice_iis(slice_trim(value), "no");
        }
    return false;
}
