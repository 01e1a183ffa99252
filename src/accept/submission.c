/*
 * See submission.h for the diagram. Who walks each arrow: submission_ehlo, submission_starttls,
 * submission_auth and login_answered, submission_mail, submission_rcpt, submission_data,
 * data_finished, and the answers of the owner at the end of this file.
 *
 * A command is a row of `verbs`: the dispatcher reads the row's flags before it calls the handler,
 * so a handler cannot forget TLS, authentication or the order of commands.
 */
#include "submission.h"

#include "base/codec.h"
#include "base/log.h"
#include "mail/address.h"
#include "mail/data.h"
#include "mail/reply.h"

#include <assert.h>
#include <stdlib.h>

enum submission_state {
    SUBMISSION_GREETING,       /* the client has not said EHLO since the connection or TLS began */
    SUBMISSION_SECURING,       /* 220 was given; the TLS handshake is under way */
    SUBMISSION_READY,          /* no transaction */
    SUBMISSION_CHALLENGE,      /* the next line answers a challenge of AUTH */
    SUBMISSION_AUTHENTICATING, /* core checks a login */
    SUBMISSION_MAIL,           /* a transaction with a reverse-path */
    SUBMISSION_RCPT,           /* and with at least one forward-path */
    SUBMISSION_DATA,           /* 354 was given; input is message until the final dot */
    SUBMISSION_SUBMITTING,     /* core has the whole message; its reply is awaited */
    SUBMISSION_CLOSING,        /* the last reply was given; input is ignored */
    SUBMISSION_STATE_COUNT
};

static const char *const state_names[] = {"greeting",       "securing", "ready", "challenge",
                                          "authenticating", "mail",     "rcpt",  "data",
                                          "submitting",     "closing"};
static_assert(sizeof state_names / sizeof *state_names == SUBMISSION_STATE_COUNT,
              "a name for each state");

enum login_step { LOGIN_PLAIN, LOGIN_USER_NAME, LOGIN_PASSWORD };

enum {
    LINE_MAX_BYTES = 12288, /* with CRLF (RFC 4954 §4, for AUTH) */
    CLIENT_NAME_MAX = 255,
    USER_NAME_MAX = 256,
    PASSWORD_MAX = 1024,
    REPLY_MAX = 16 * 1024
};

struct transaction {
    struct arena *arena;       /* owned */
    struct slice reverse_path; /* these in the arena */
    struct slice *recipients;
    size_t count, capacity;
};

struct submission {
    char *hostname, *deployment, *connection; /* owned */
    struct submission_limits limits;
    struct submission_actions actions;
    void *ctx;

    enum submission_state state;
    bool tls, authenticated;
    bool revoked;       /* the next command is answered 535 */
    bool shutting_down; /* 421 follows the reply that is owed */
    bool skipping;      /* inside a command line that is too long */
    uint32_t failed_logins, bad_commands;
    char *client_name; /* owned; the EHLO argument, NULL before */

    enum login_step login_step;
    struct secret login_user;

    struct transaction *transaction; /* owned; from MAIL to the reply to the final dot */
    struct data_reader reader;
    uint64_t credit;      /* bytes that may be passed on */
    uint64_t message_len; /* bytes passed on */
    bool discarding;      /* the rest of DATA is dropped; core knows why, and answers at the end */
    char *verdict;        /* owned; once set, the rest of DATA is dropped and this is the reply */
};

static void
state_enter(struct submission *session, enum submission_state state)
{
    if (log_level() >= LOG_LEVEL_DEBUG)
        log_event(LOG_LEVEL_DEBUG, "submission.state", LOG_CSTR("connection", session->connection),
                  LOG_CSTR("from", state_names[session->state]),
                  LOG_CSTR("to", state_names[state]));
    session->state = state;
}

static void
trace(struct submission *session, bool from_client, struct slice line)
{
    if (session->actions.trace)
        session->actions.trace(session->ctx, from_client, line);
}

/* One reply line, given without CRLF. */
static void
say_line(struct submission *session, struct slice line)
{
    struct buf out;
    buf_init(&out, REPLY_MAX);
    buf_add(&out, slice_head(line, REPLY_MAX - 2));
    buf_add_cstr(&out, "\r\n");
    trace(session, false, line);
    session->actions.reply(session->ctx, buf_slice(&out));
    buf_fini(&out);
}

static void
say(struct submission *session, enum reply reply)
{
    say_line(session, slice_of(reply_text(reply)));
}

static void
transaction_end(struct submission *session)
{
    free(session->verdict);
    session->verdict = NULL;
    session->discarding = false;
    if (!session->transaction)
        return;
    arena_free(session->transaction->arena);
    free(session->transaction);
    session->transaction = NULL;
}

static void
login_end(struct submission *session)
{
    secret_free(&session->login_user);
    session->login_user = (struct secret){0};
}

/* Core is told to forget a message that is still coming in. */
static void
message_abort(struct submission *session)
{
    if (session->state == SUBMISSION_DATA && !session->verdict)
        session->actions.message_abort(session->ctx);
}

static void
session_close(struct submission *session)
{
    message_abort(session);
    transaction_end(session);
    login_end(session);
    state_enter(session, SUBMISSION_CLOSING);
    session->actions.close(session->ctx);
}

/* A client that makes too many mistakes is probing, or speaks another protocol. */
static void
refuse(struct submission *session, enum reply reply)
{
    say(session, reply);
    if (++session->bad_commands < session->limits.bad_commands)
        return;
    say(session, REPLY_TOO_MANY_ERRORS);
    session_close(session);
}

/* The reply that was owed has been given: the transaction or login is over. */
static void
session_ready(struct submission *session)
{
    transaction_end(session);
    login_end(session);
    state_enter(session, SUBMISSION_READY);
    if (!session->shutting_down)
        return;
    say(session, REPLY_SHUTTING_DOWN);
    session_close(session);
}

/*
 * Hello.
 */

/* "EHLO" SP ( Domain / address-literal ). What clients put here is rarely a domain, and nothing
 * depends on it: any word is taken. */
static bool
hello(struct submission *session, struct slice argument)
{
    bool word = argument.len > 0 && argument.len <= CLIENT_NAME_MAX &&
                slice_chr(argument, ' ') == SLICE_NONE;
    if (!word) {
        refuse(session, REPLY_SYNTAX_PARAMETERS);
        return false;
    }
    free(session->client_name);
    session->client_name = memory_cstr(argument);
    transaction_end(session); /* RFC 5321 §4.1.4: EHLO is also a RSET */
    state_enter(session, SUBMISSION_READY);
    return true;
}

static void
submission_ehlo(struct submission *session, struct slice argument)
{
    if (!hello(session, argument))
        return;
    struct buf lines;
    buf_init(&lines, REPLY_MAX);
    buf_printf(&lines, "250-%s\r\n250-8BITMIME\r\n", session->hostname);
    if (!session->tls)
        buf_add_cstr(&lines, "250-STARTTLS\r\n");
    /* The last line is no keyword, exactly as on SES. */
    buf_printf(&lines, "250-AUTH PLAIN LOGIN\r\n%s\r\n", reply_text(REPLY_OK));
    trace(session, false, slice_of(reply_text(REPLY_OK)));
    session->actions.reply(session->ctx, buf_slice(&lines));
    buf_fini(&lines);
}

static void
submission_helo(struct submission *session, struct slice argument)
{
    if (!hello(session, argument))
        return;
    struct buf line;
    buf_init(&line, REPLY_MAX);
    buf_printf(&line, "250 %s", session->hostname);
    say_line(session, buf_slice(&line));
    buf_fini(&line);
}

static void
submission_starttls(struct submission *session, struct slice argument)
{
    (void)argument;
    say(session, REPLY_READY_TLS);
    state_enter(session, SUBMISSION_SECURING);
    session->actions.start_tls(session->ctx);
}

/*
 * AUTH (RFC 4954 §4). "AUTH" SP mechanism [SP initial-response]
 */

static void
login_ask(struct submission *session, enum login_step step)
{
    static const char *const challenges[] = {
        [LOGIN_PLAIN] = "334 ",
        [LOGIN_USER_NAME] = "334 VXNlcm5hbWU6", /* Username: */
        [LOGIN_PASSWORD] = "334 UGFzc3dvcmQ6",  /* Password: */
    };
    session->login_step = step;
    state_enter(session, SUBMISSION_CHALLENGE);
    say_line(session, slice_of(challenges[step]));
}

static void
login_failed(struct submission *session)
{
    session->failed_logins++;
    say(session, REPLY_AUTH_INVALID);
    if (session->failed_logins >= session->limits.failed_logins)
        session_close(session);
    else
        session_ready(session);
}

static bool
credential_plausible(struct slice text, size_t max)
{
    return text.len > 0 && text.len <= max && slice_chr(text, '\0') == SLICE_NONE;
}

static void
login_check(struct submission *session, const char *mechanism, struct slice user,
            struct slice password)
{
    if (!credential_plausible(user, USER_NAME_MAX) ||
        !credential_plausible(password, PASSWORD_MAX)) {
        login_failed(session);
        return;
    }
    state_enter(session, SUBMISSION_AUTHENTICATING);
    session->actions.authenticate(session->ctx, mechanism, user, password,
                                  slice_of(session->client_name));
}

/* RFC 4616: message = [authzid] NUL authcid NUL passwd. Nobody may act as somebody else. */
static void
login_plain(struct submission *session, struct slice message)
{
    struct slice authorization, user, password;
    if (!slice_cut(message, '\0', &authorization, &message) ||
        !slice_cut(message, '\0', &user, &password)) {
        session_ready(session);
        refuse(session, REPLY_SYNTAX_PARAMETERS);
    } else if (authorization.len && !slice_eq(authorization, user)) {
        login_failed(session);
    } else {
        login_check(session, "PLAIN", user, password);
    }
}

static void
login_proceed(struct submission *session, struct slice decoded)
{
    switch (session->login_step) {
    case LOGIN_PLAIN: login_plain(session, decoded); break;
    case LOGIN_USER_NAME:
        login_end(session);
        session->login_user = secret_new(decoded);
        login_ask(session, LOGIN_PASSWORD);
        break;
    case LOGIN_PASSWORD:
        login_check(session, "LOGIN", secret_slice(&session->login_user), decoded);
        break;
    }
}

/* One answer, in base64; "*" cancels, and is no base64 either. */
static void
login_answered(struct submission *session, struct slice text)
{
    struct arena *arena = arena_new();
    struct slice decoded;
    if (codec_base64_decode(arena, text, &decoded, NULL) == RC_OK) {
        login_proceed(session, decoded);
        memory_wipe((char *)decoded.ptr, decoded.len);
    } else {
        session_ready(session);
        refuse(session, REPLY_SYNTAX_PARAMETERS);
    }
    arena_free(arena);
}

static void
submission_auth(struct submission *session, struct slice argument)
{
    struct slice mechanism = argument, initial = SLICE("");
    slice_cut(argument, ' ', &mechanism, &initial);
    initial = slice_trim(initial);
    if (!mechanism.len) {
        refuse(session, REPLY_SYNTAX_PARAMETERS);
        return;
    }
    enum login_step step = slice_iis(mechanism, "PLAIN") ? LOGIN_PLAIN : LOGIN_USER_NAME;
    if (step == LOGIN_USER_NAME && !slice_iis(mechanism, "LOGIN")) {
        refuse(session, REPLY_UNKNOWN_MECHANISM);
    } else if (initial.len) {
        session->login_step = step;
        state_enter(session, SUBMISSION_CHALLENGE);
        login_answered(session, slice_is(initial, "=") ? SLICE("") : initial);
    } else {
        login_ask(session, step);
    }
}

/*
 * The envelope.
 */

/* "SIZE=n" (RFC 1870 §6.1). */
static enum reply
mail_size(const struct submission *session, struct slice value)
{
    uint64_t size;
    if (!slice_u64(value, &size))
        return REPLY_SYNTAX_PARAMETERS;
    return size > session->limits.message_bytes ? REPLY_TOO_LONG : REPLY_OK;
}

/* Mail-parameters = esmtp-param *(SP esmtp-param). "AUTH=<>" is sent by relays (RFC 4954 §5). */
static enum reply
mail_parameters(const struct submission *session, struct slice rest)
{
    while (rest.len) {
        struct slice parameter = rest, after = SLICE(""), key, value = SLICE("");
        slice_cut(rest, ' ', &parameter, &after);
        rest = slice_trim(after);
        key = parameter;
        slice_cut(parameter, '=', &key, &value);
        enum reply reply = REPLY_UNKNOWN_PARAMETER;
        if (slice_iis(key, "SIZE"))
            reply = mail_size(session, value);
        else if (slice_iis(parameter, "BODY=7BIT") || slice_iis(parameter, "BODY=8BITMIME") ||
                 slice_iis(parameter, "AUTH=<>"))
            reply = REPLY_OK;
        if (reply != REPLY_OK)
            return reply;
    }
    return REPLY_OK;
}

static void
transaction_begin(struct submission *session, struct slice reverse_path)
{
    struct transaction *transaction = NEW(struct transaction);
    transaction->arena = arena_new();
    transaction->reverse_path = arena_dup(transaction->arena, reverse_path);
    session->transaction = transaction;
    state_enter(session, SUBMISSION_MAIL);
}

/* "MAIL FROM:" Reverse-path [SP Mail-parameters]. The null reverse-path is not for people who
 * submit: SES refuses it, and so do we. */
static void
mail_from(struct submission *session, struct arena *arena, struct slice text)
{
    struct path path;
    if (address_path(arena, text, &path, NULL) != RC_OK || !path.address.text.len) {
        say(session, REPLY_INVALID_MAIL_FROM);
        return;
    }
    enum reply reply = mail_parameters(session, path.parameters);
    if (reply == REPLY_OK) {
        transaction_begin(session, path.address.text);
        say(session, REPLY_OK);
    } else if (reply == REPLY_TOO_LONG) {
        say(session, reply);
    } else {
        refuse(session, reply);
    }
}

static void
submission_mail(struct submission *session, struct slice argument)
{
    if (!slice_istarts(argument, SLICE("FROM:"))) {
        refuse(session, REPLY_SYNTAX_PARAMETERS);
        return;
    }
    struct arena *arena = arena_new();
    mail_from(session, arena, slice_from(argument, 5));
    arena_free(arena);
}

/* The address as given, without brackets; the line is known to be printable. */
static void
say_address_unknown(struct submission *session, struct slice text)
{
    struct slice given = slice_trim(text), rest;
    if (given.len && given.ptr[0] == '<')
        slice_cut(slice_from(given, 1), '>', &given, &rest);
    else
        slice_cut(given, ' ', &given, &rest);
    if (given.len && given.ptr[0] == '<') /* no closing bracket */
        given = slice_from(given, 1);
    struct buf line;
    buf_init(&line, REPLY_MAX);
    buf_printf(&line, "553 <%.*s> address unknown", SLICE_ARG(slice_head(given, ADDRESS_MAX)));
    say_line(session, buf_slice(&line));
    buf_fini(&line);
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

/* "RCPT TO:" Forward-path [SP Rcpt-parameters]. DSN is not offered, so no parameter is known. */
static void
rcpt_to(struct submission *session, struct arena *arena, struct slice text)
{
    struct transaction *transaction = session->transaction;
    struct path path;
    if (address_path(arena, text, &path, NULL) != RC_OK || !path.address.text.len) {
        say_address_unknown(session, text);
    } else if (path.parameters.len) {
        refuse(session, REPLY_UNKNOWN_PARAMETER);
    } else if (transaction_has(transaction, path.address.text)) {
        say(session, REPLY_OK); /* told twice, delivered once */
    } else if (transaction->count >= session->limits.recipients) {
        say(session, REPLY_TOO_MANY_RECIPIENTS);
    } else {
        transaction_add(transaction, path.address.text);
        if (session->state == SUBMISSION_MAIL)
            state_enter(session, SUBMISSION_RCPT);
        say(session, REPLY_OK);
    }
}

static void
submission_rcpt(struct submission *session, struct slice argument)
{
    if (!slice_istarts(argument, SLICE("TO:"))) {
        refuse(session, REPLY_SYNTAX_PARAMETERS);
        return;
    }
    struct arena *arena = arena_new();
    rcpt_to(session, arena, slice_from(argument, 3));
    arena_free(arena);
}

static void
submission_data(struct submission *session, struct slice argument)
{
    (void)argument;
    const struct transaction *transaction = session->transaction;
    session->reader = (struct data_reader){DATA_LINE_START};
    session->credit = 0;
    session->message_len = 0;
    state_enter(session, SUBMISSION_DATA);
    session->actions.message_begin(session->ctx, transaction->reverse_path, transaction->recipients,
                                   transaction->count);
    say(session, REPLY_START_DATA);
}

/*
 * The rest of the verbs.
 */

static void
submission_rset(struct submission *session, struct slice argument)
{
    (void)argument;
    transaction_end(session);
    if (session->state != SUBMISSION_GREETING)
        state_enter(session, SUBMISSION_READY);
    say(session, REPLY_OK);
}

static void
submission_noop(struct submission *session, struct slice argument)
{
    (void)argument;
    say(session, REPLY_OK);
}

/* VRFY and EXPN would tell strangers which addresses exist (RFC 5321 §7.3). */
static void
submission_unserved(struct submission *session, struct slice argument)
{
    (void)argument;
    refuse(session, REPLY_NOT_IMPLEMENTED);
}

static void
submission_quit(struct submission *session, struct slice argument)
{
    (void)argument;
    say(session, REPLY_BYE);
    session_close(session);
}

static void submission_help(struct submission *session, struct slice argument);

enum {
    IN_GREETING = 1 << 0,
    IN_READY = 1 << 1,
    IN_MAIL = 1 << 2,
    IN_RCPT = 1 << 3,
    IN_ANY = IN_GREETING | IN_READY | IN_MAIL | IN_RCPT,
    ONLY_PLAINTEXT = 1 << 4,
    ONLY_TLS = 1 << 5,
    ONLY_ANONYMOUS = 1 << 6, /* a connection authenticates once (RFC 4954 §4) */
    ONLY_AUTHENTICATED = 1 << 7,
    NO_ARGUMENT = 1 << 8
};

static const struct smtp_verb {
    const char *name;
    void (*run)(struct submission *session, struct slice argument);
    unsigned flags;
} verbs[] = {
    {"EHLO", submission_ehlo, IN_ANY},
    {"HELO", submission_helo, IN_ANY},
    {"STARTTLS", submission_starttls, IN_GREETING | IN_READY | ONLY_PLAINTEXT | NO_ARGUMENT},
    {"AUTH", submission_auth, IN_READY | ONLY_TLS | ONLY_ANONYMOUS},
    {"MAIL", submission_mail, IN_READY | ONLY_TLS | ONLY_AUTHENTICATED},
    {"RCPT", submission_rcpt, IN_MAIL | IN_RCPT | ONLY_TLS | ONLY_AUTHENTICATED},
    {"DATA", submission_data, IN_RCPT | ONLY_TLS | ONLY_AUTHENTICATED | NO_ARGUMENT},
    {"RSET", submission_rset, IN_ANY | NO_ARGUMENT},
    {"NOOP", submission_noop, IN_ANY},
    {"VRFY", submission_unserved, IN_ANY},
    {"EXPN", submission_unserved, IN_ANY},
    {"HELP", submission_help, IN_ANY},
    {"QUIT", submission_quit, IN_ANY | NO_ARGUMENT},
};
enum { VERB_COUNT = sizeof verbs / sizeof *verbs };

static void
submission_help(struct submission *session, struct slice argument)
{
    (void)argument;
    struct buf line;
    buf_init(&line, REPLY_MAX);
    buf_add_cstr(&line, "214");
    for (size_t i = 0; i < VERB_COUNT; i++)
        if (verbs[i].run != submission_unserved)
            buf_printf(&line, " %s", verbs[i].name);
    say_line(session, buf_slice(&line));
    buf_fini(&line);
}

static const struct smtp_verb *
verb_find(struct slice name)
{
    for (size_t i = 0; i < VERB_COUNT; i++)
        if (slice_iis(name, verbs[i].name))
            return &verbs[i];
    return NULL;
}

static unsigned
state_flag(enum submission_state state)
{
    switch (state) {
    case SUBMISSION_GREETING: return IN_GREETING;
    case SUBMISSION_READY: return IN_READY;
    case SUBMISSION_MAIL: return IN_MAIL;
    case SUBMISSION_RCPT: return IN_RCPT;
    default: return 0;
    }
}

/* May this be said now? REPLY_OK, or the refusal. TLS and authentication come before order, so
 * that a stranger is told what to do first (reference §1.4). */
static enum reply
verb_check(const struct submission *session, const struct smtp_verb *verb, struct slice argument)
{
    if (verb->flags & ONLY_PLAINTEXT && session->tls)
        return REPLY_BAD_SEQUENCE;
    if (verb->flags & ONLY_TLS && !session->tls)
        return REPLY_MUST_STARTTLS;
    if (verb->flags & ONLY_ANONYMOUS && session->authenticated)
        return REPLY_BAD_SEQUENCE;
    if (verb->flags & ONLY_AUTHENTICATED && !session->authenticated)
        return REPLY_AUTH_REQUIRED;
    if (!(verb->flags & state_flag(session->state)))
        return REPLY_BAD_SEQUENCE;
    if (verb->flags & NO_ARGUMENT && argument.len)
        return REPLY_SYNTAX_PARAMETERS;
    return REPLY_OK;
}

/* What the log may show: never what follows AUTH, nor a line that is no command, since that can
 * be a credential of a client that did not wait for its challenge. */
static void
trace_command(struct submission *session, const struct smtp_verb *verb, struct slice line)
{
    if (!verb)
        trace(session, true, SLICE("****"));
    else if (verb->run == submission_auth)
        trace(session, true, SLICE("AUTH ****"));
    else
        trace(session, true, line);
}

static void
command_received(struct submission *session, struct slice line)
{
    struct slice name = line, argument = SLICE("");
    slice_cut(line, ' ', &name, &argument);
    argument = slice_trim(argument);
    const struct smtp_verb *verb = verb_find(name);
    trace_command(session, verb, line);
    if (!verb) {
        refuse(session, REPLY_UNKNOWN_COMMAND);
        return;
    }
    enum reply reply = verb_check(session, verb, argument);
    if (reply == REPLY_OK)
        verb->run(session, argument);
    else
        refuse(session, reply);
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

/* A line that is not well formed also ends a login under way. */
static void
line_refused(struct submission *session, enum reply reply)
{
    trace(session, true, SLICE("****"));
    if (session->state == SUBMISSION_CHALLENGE)
        session_ready(session);
    refuse(session, reply);
}

/* `line` is without its LF. RFC 5321 §2.3.8: lines end in CRLF, and neither stands alone. */
static void
line_received(struct submission *session, struct slice line)
{
    size_t cr = slice_chr(line, '\r');
    if (cr == SLICE_NONE || cr + 1 != line.len) {
        line_refused(session, REPLY_UNKNOWN_COMMAND);
        return;
    }
    line.len--;
    if (session->state == SUBMISSION_CHALLENGE) {
        trace(session, true, SLICE("****"));
        login_answered(session, line);
    } else if (line_is_printable(line)) {
        command_received(session, line);
    } else {
        line_refused(session, REPLY_SYNTAX_PARAMETERS);
    }
}

static void
revocation_told(struct submission *session)
{
    trace(session, true, SLICE("****"));
    say(session, REPLY_AUTH_INVALID);
    session_close(session);
}

static size_t
line_input(struct submission *session, struct slice data)
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
    if (session->revoked) {
        revocation_told(session);
    } else if (too_long) {
        line_refused(session, REPLY_LINE_TOO_LONG);
    } else {
        line_received(session, slice_head(data, end));
    }
    return end + 1;
}

/*
 * DATA.
 */

static void
verdict_set(struct submission *session, struct slice reply)
{
    free(session->verdict);
    session->verdict = memory_cstr(reply);
}

static void
message_pass(struct submission *session, struct slice piece)
{
    if (!piece.len || session->verdict || session->discarding)
        return;
    uint64_t room = session->limits.message_bytes - session->message_len;
    if (piece.len > room) {
        piece.len = room + 1; /* one byte over the limit: core refuses it, and records that */
        session->discarding = true;
    }
    session->message_len += piece.len;
    session->credit -= piece.len;
    session->actions.message(session->ctx, piece);
}

static void
data_finished(struct submission *session)
{
    if (!session->verdict) {
        state_enter(session, SUBMISSION_SUBMITTING);
        session->actions.message_end(session->ctx);
        return;
    }
    say_line(session, slice_of(session->verdict));
    session_ready(session);
}

/* How much of DATA may be read: what is passed on never exceeds the credit, and a CR that is held
 * back may have to be passed on with the byte after it. */
static uint64_t
data_allowance(const struct submission *session)
{
    if (session->verdict || session->discarding)
        return UINT64_MAX;
    uint64_t held = data_held(&session->reader);
    return session->credit > held ? session->credit - held : 0;
}

static void
pass_piece(void *ctx, struct slice piece)
{
    message_pass(ctx, piece);
}

static size_t
data_input(struct submission *session, struct slice data)
{
    bool finished;
    uint64_t allowance = data_allowance(session);
    if (allowance < data.len)
        data.len = (size_t)allowance;
    size_t used = data_read(&session->reader, data, pass_piece, session, &finished);
    if (finished)
        data_finished(session);
    return used;
}

static size_t
input_step(struct submission *session, struct slice data)
{
    switch (session->state) {
    case SUBMISSION_AUTHENTICATING:
    case SUBMISSION_SUBMITTING: return 0;
    /* What came in clear behind STARTTLS is nobody's (RFC 3207 §4.2, CVE-2011-0411). */
    case SUBMISSION_SECURING:
    case SUBMISSION_CLOSING: return data.len;
    case SUBMISSION_DATA: return data_input(session, data);
    default: return line_input(session, data);
    }
}

size_t
submission_input(struct submission *session, struct slice data)
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

struct submission *
submission_new(struct slice hostname, struct slice deployment, struct slice connection,
               bool implicit_tls, const struct submission_limits *limits,
               const struct submission_actions *actions, void *ctx)
{
    struct submission *session = NEW(struct submission);
    session->hostname = memory_cstr(hostname);
    session->deployment = memory_cstr(deployment);
    session->connection = memory_cstr(connection);
    session->tls = implicit_tls;
    session->limits = *limits;
    session->actions = *actions;
    session->ctx = ctx;
    return session;
}

void
submission_free(struct submission *session)
{
    if (!session)
        return;
    transaction_end(session);
    login_end(session);
    free(session->client_name);
    free(session->hostname);
    free(session->deployment);
    free(session->connection);
    free(session);
}

void
submission_start(struct submission *session)
{
    struct buf line;
    buf_init(&line, REPLY_MAX);
    buf_printf(&line, "220 %s ESMTP %s %s", session->hostname, session->deployment,
               session->connection);
    say_line(session, buf_slice(&line));
    buf_fini(&line);
}

void
submission_credit(struct submission *session, uint64_t bytes)
{
    if (session->state == SUBMISSION_DATA)
        session->credit += bytes;
}

/* RFC 3207 §4.2: nothing that was said in clear counts. */
void
submission_secured(struct submission *session)
{
    if (session->state != SUBMISSION_SECURING)
        return;
    session->tls = true;
    free(session->client_name);
    session->client_name = NULL;
    state_enter(session, SUBMISSION_GREETING);
}

void
submission_authenticated(struct submission *session, enum submission_login result)
{
    if (session->state != SUBMISSION_AUTHENTICATING)
        return;
    if (result == SUBMISSION_LOGIN_REFUSED) {
        login_failed(session);
        return;
    }
    session->authenticated = result == SUBMISSION_LOGIN_OK;
    say(session, session->authenticated ? REPLY_AUTHENTICATED : REPLY_AUTH_TEMPORARY);
    session_ready(session);
}

/* A reply reaches the client only when it is one line that begins with a code; before the end of
 * the message it cannot be a success. */
static bool
reply_is_sound(const struct submission *session, struct slice reply)
{
    char lowest = session->state == SUBMISSION_DATA ? '4' : '2';
    return reply.len >= 4 && reply.len <= REPLY_MAX - 2 && reply.ptr[0] >= lowest &&
           reply.ptr[0] <= '5' && ascii_digit(reply.ptr[1]) && ascii_digit(reply.ptr[2]) &&
           reply.ptr[3] == ' ' && line_is_printable(reply);
}

void
submission_submitted(struct submission *session, struct slice reply)
{
    if (!reply_is_sound(session, reply))
        reply = slice_of(reply_text(REPLY_TEMPORARY_FAILURE));
    if (session->state == SUBMISSION_SUBMITTING) {
        say_line(session, reply);
        session_ready(session);
    } else if (session->state == SUBMISSION_DATA && !session->verdict) {
        verdict_set(session, reply);
    }
}

void
submission_revoked(struct submission *session)
{
    if (!session->authenticated || session->state == SUBMISSION_CLOSING)
        return;
    session->revoked = true;
    if (session->state == SUBMISSION_DATA) {
        session->discarding = true;
    } else if (session->state == SUBMISSION_MAIL || session->state == SUBMISSION_RCPT) {
        transaction_end(session);
        state_enter(session, SUBMISSION_READY);
    }
}

/* During the handshake there is no channel on which a reply could be read. */
static void
session_leave(struct submission *session, enum reply reply)
{
    if (session->state == SUBMISSION_CLOSING)
        return;
    if (session->state != SUBMISSION_SECURING)
        say(session, reply);
    session_close(session);
}

void
submission_timeout(struct submission *session)
{
    session_leave(session, REPLY_TIMEOUT);
}

void
submission_shutdown(struct submission *session)
{
    if (session->state == SUBMISSION_AUTHENTICATING || session->state == SUBMISSION_SUBMITTING)
        session->shutting_down = true;
    else
        session_leave(session, REPLY_SHUTTING_DOWN);
}

bool
submission_waiting(const struct submission *session)
{
    switch (session->state) {
    case SUBMISSION_AUTHENTICATING:
    case SUBMISSION_SUBMITTING: return true;
    case SUBMISSION_DATA: return data_allowance(session) == 0;
    default: return false;
    }
}

bool
submission_is_authenticated(const struct submission *session)
{
    return session->authenticated;
}

const char *
submission_state_name(const struct submission *session)
{
    return state_names[session->state];
}
