/*
 * The client's side of SMTP. What a state waits for, and which function walks on from it:
 *
 *   GREETING --220--> EHLO --250--> STARTTLS --220--> SECURING --client_secured--> EHLO
 *      greeting_reply   ehlo_reply    starttls_reply     (5xx to EHLO: HELO, helo_reply)
 *   EHLO, HELO ------> AUTH --235--> READY --client_begin--> ENVELOPE --354--> BODY
 *      greeted           auth_reply                            data_reply
 *   BODY --client_body_end--> FINAL --2xx--> READY; after a failure RSET --> READY
 *                               final_reply                   reset_reply
 *   any --421, nonsense, client_lost, client_quit--> CLOSED
 *
 * Replies are matched to commands by counting: in ENVELOPE `sent` commands are out and `answered`
 * of them have their reply, and a reply that comes before its command ends the session. A server
 * (or who sits in front of it) can therefore never make the answer to one message count for
 * another.
 */
#include "client.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/codec.h"
#include "base/log.h"
#include "mail/reply.h"

enum client_state {
    CLIENT_GREETING, /* connected; the greeting is awaited */
    CLIENT_EHLO,     /* EHLO sent */
    CLIENT_HELO,     /* HELO sent, because EHLO was not understood */
    CLIENT_STARTTLS, /* STARTTLS sent */
    CLIENT_SECURING, /* the handshake runs; input is not ours */
    CLIENT_AUTH,     /* AUTH, or the answer to a challenge, sent */
    CLIENT_READY,    /* nothing sent, nothing awaited, no transaction */
    CLIENT_ENVELOPE, /* MAIL, RCPT and DATA are sent or being sent */
    CLIENT_BODY,     /* 354 came; the owner writes the message */
    CLIENT_FINAL,    /* the final dot is sent */
    CLIENT_RSET,     /* RSET sent; the transaction is over for its owner */
    CLIENT_CLOSED,
    CLIENT_STATE_COUNT
};

enum {
    COMMANDS_MAX = 64 * 1024, /* commands collected before they are written */
    REPLY_LINE_MAX = 2000,    /* see reply_parse */
    AUTH_LINE_MAX = 512,      /* RFC 4954 §4: a longer initial response waits for 334 */
    REPLY_TEXT_MAX = 1000
};

enum auth_step { AUTH_PLAIN_RESPONSE, AUTH_LOGIN_USER, AUTH_LOGIN_PASSWORD, AUTH_ALL_SAID };

enum fate { FATE_OPEN, FATE_ACCEPTED, FATE_KNOWN };

struct transaction {
    struct slice reverse_path;
    struct slice *recipients;
    enum fate *fates;
    size_t count, open;    /* open: recipients whose outcome was not given yet */
    size_t sent, answered; /* commands: 0 is MAIL, 1..count RCPT, count + 1 DATA */
    uint64_t size;
    bool eight_bit, active;
    char tail[2]; /* the last two bytes of the body so far */
};

struct client {
    struct client_actions actions;
    void *ctx;
    char *hostname, *user_name; /* owned */
    struct secret password;
    enum tls_policy tls;
    bool loopback;
    enum client_state state;
    bool secure;
    bool opened; /* READY was reached once */
    bool early;  /* input is left although nothing is awaited */
    /* What EHLO offered. */
    bool pipelining, eight_bit, starttls, auth_plain, auth_login;
    uint64_t size_max; /* 0: no limit told */
    bool size;
    enum auth_step auth_step;
    size_t scanned, line_start; /* of the unread input: seen, and where its last line begins */
    struct buf commands;
    struct arena *reply_arena; /* one reply */
    struct arena *arena;       /* one transaction; before the first one, the failure */
    struct transaction transaction;
    enum outcome_kind failure_kind;
    struct slice failure_status, failure_reply;
};

/* The reply to what a state sent, and how long it may take (RFC 5321 §4.5.3.2). */
static const struct client_state_row {
    const char *name;
    void (*reply)(struct client *client, const struct remote_reply *reply);
    int64_t limit_ms;
} states[CLIENT_STATE_COUNT];

static void
enter(struct client *client, enum client_state state)
{
    log_event(LOG_LEVEL_DEBUG, "client.state", LOG_CSTR("from", states[client->state].name),
              LOG_CSTR("to", states[state].name));
    client->state = state;
}

static void
trace(struct client *client, bool from_server, struct slice line)
{
    if (client->actions.trace)
        client->actions.trace(client->ctx, from_server, line);
}

static void
say_quit(struct client *client)
{
    trace(client, false, SLICE("QUIT"));
    client->actions.write(client->ctx, SLICE("QUIT\r\n"));
}

/* --- outcomes ---------------------------------------------------------------------------- */

static void
give_outcome(struct client *client, size_t recipient, enum outcome_kind kind, struct slice status,
             struct slice reply)
{
    struct transaction *tx = &client->transaction;
    assert(tx->fates[recipient] != FATE_KNOWN);
    tx->fates[recipient] = FATE_KNOWN;
    tx->open--;
    client->actions.outcome(client->ctx, recipient, kind, status, reply);
}

static void
give_all(struct client *client, enum outcome_kind kind, struct slice status, struct slice reply)
{
    struct transaction *tx = &client->transaction;
    for (size_t i = 0; i < tx->count && tx->open; i++)
        if (tx->fates[i] != FATE_KNOWN)
            give_outcome(client, i, kind, status, reply);
}

static void
transaction_done(struct client *client)
{
    assert(client->transaction.open == 0);
    client->transaction.active = false;
    client->actions.done(client->ctx);
}

static void
close_session(struct client *client)
{
    enter(client, CLIENT_CLOSED);
    client->actions.close(client->ctx);
}

static void
fail_session(struct client *client, enum outcome_kind kind, struct slice status, struct slice reply)
{
    client->failure_kind = kind;
    client->failure_status = arena_dup(client->arena, status);
    client->failure_reply = arena_dup(client->arena, reply);
    close_session(client);
}

/* The server still listens: RFC 5321 §4.1.1.10 wants QUIT before the connection is closed. */
static void
give_up(struct client *client, enum outcome_kind kind, struct slice status, struct slice reply)
{
    say_quit(client);
    fail_session(client, kind, status, reply);
}

void
client_lost(struct client *client, struct slice status, struct slice reply)
{
    if (client->state == CLIENT_CLOSED)
        return;
    if (!client->opened) {
        fail_session(client, OUTCOME_RETRY, status, reply);
        return;
    }
    if (client->transaction.active) {
        give_all(client, OUTCOME_RETRY, status, reply);
        transaction_done(client);
    }
    close_session(client);
}

/* The server does not speak SMTP as we know it; nothing it says later can be trusted. */
static void
broken(struct client *client, const char *how)
{
    char text[REPLY_TEXT_MAX];
    struct buf line = {.ptr = text, .cap = sizeof text, .max = sizeof text};
    buf_printf(&line, "451 4.5.0 the remote host broke the protocol: %s", how);
    client_lost(client, SLICE("4.5.0"), buf_slice(&line));
}

static enum outcome_kind
kind_of(unsigned code)
{
    return code < 300 ? OUTCOME_DELIVERED : code < 500 ? OUTCOME_RETRY : OUTCOME_FAILED;
}

static bool
refuses(const struct remote_reply *reply)
{
    return reply->code >= 400;
}

static bool
agrees(const struct remote_reply *reply)
{
    return reply->code < 300;
}

static struct slice
status_of(const struct remote_reply *reply)
{
    if (reply->status.len)
        return reply->status;
    return reply->code < 300 ? SLICE("2.0.0") : reply->code < 500 ? SLICE("4.0.0") : SLICE("5.0.0");
}

/* "250 2.0.0 Ok": several lines become one. */
static struct slice
text_of(struct client *client, const struct remote_reply *reply)
{
    struct slice text =
        arena_printf(client->reply_arena, "%u %.*s", reply->code, SLICE_ARG(reply->text));
    char *out = (char *)text.ptr;
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] == '\r' || text.ptr[i] == '\n') {
            if (len && out[len - 1] != ' ')
                out[len++] = ' ';
        } else {
            out[len++] = text.ptr[i];
        }
    return (struct slice){out, len};
}

/* --- commands ---------------------------------------------------------------------------- */

static void
flush_commands(struct client *client)
{
    if (client->commands.len)
        client->actions.write(client->ctx, buf_slice(&client->commands));
    buf_reset(&client->commands);
}

/* What was formatted since `start` becomes a command line. Addresses were checked long before;
 * were one to hold a line end, whoever wrote it would speak to the server in our name. */
static void
end_command(struct client *client, size_t start)
{
    struct buf *commands = &client->commands;
    struct slice line = slice_from(buf_slice(commands), start);
    assert(buf_ok(commands) && memchr(line.ptr, '\r', line.len) == NULL &&
           memchr(line.ptr, '\n', line.len) == NULL);
    trace(client, false, line);
    buf_add(commands, SLICE("\r\n"));
    if (commands->len > commands->max / 2)
        flush_commands(client);
}

/* May a command go out? Not when the server already said more than it was asked: that would be
 * taken for the answer. */
static bool
may_speak(struct client *client)
{
    if (client->early)
        broken(client, "a reply came before its command");
    return !client->early;
}

static void
say(struct client *client, enum client_state state, const char *verb, const char *argument)
{
    if (!may_speak(client))
        return;
    enter(client, state);
    buf_add_cstr(&client->commands, verb);
    if (argument) {
        buf_add_char(&client->commands, ' ');
        buf_add_cstr(&client->commands, argument);
    }
    end_command(client, 0);
    flush_commands(client);
}

/* --- opening ----------------------------------------------------------------------------- */

static void
enter_ready(struct client *client)
{
    client->opened = true;
    if (!may_speak(client))
        return;
    enter(client, CLIENT_READY);
    client->actions.ready(client->ctx);
}

static void
session_refused(struct client *client, enum outcome_kind kind, const struct remote_reply *reply)
{
    give_up(client, kind, status_of(reply), text_of(client, reply));
}

static void
greeting_reply(struct client *client, const struct remote_reply *reply)
{
    if (reply->code == 220)
        say(client, CLIENT_EHLO, "EHLO", client->hostname);
    else if (refuses(reply))
        session_refused(client, kind_of(reply->code), reply);
    else
        broken(client, "the greeting is not 220");
}

static bool
wants_tls(const struct client *client)
{
    return !client->secure && client->tls != TLS_NEVER && client->tls != TLS_IMPLICIT;
}

static bool
needs_tls(const struct client *client)
{
    return !client->secure && (client->tls == TLS_REQUIRE || client->tls == TLS_VERIFY);
}

/* RFC 4954 §4. A password is shown to nobody on the way: it goes out over TLS, or stays on this
 * machine. A refused one is retried, because the operator can mend it without losing mail. */
static struct slice
plain_response(struct client *client)
{
    struct buf clear;
    buf_init(&clear, 64 * 1024);
    buf_add_char(&clear, '\0');
    buf_add_cstr(&clear, client->user_name);
    buf_add_char(&clear, '\0');
    buf_add(&clear, secret_slice(&client->password));
    struct slice response = codec_base64(client->reply_arena, buf_slice(&clear));
    buf_wipe(&clear);
    return response;
}

/* Sends a line that is never traced, and leaves no copy of it. */
static void
say_secret(struct client *client, const char *verb, struct slice response)
{
    if (!may_speak(client))
        return;
    trace(client, false, SLICE("AUTH ****"));
    buf_add_cstr(&client->commands, verb);
    buf_add(&client->commands, response);
    buf_add(&client->commands, SLICE("\r\n"));
    assert(buf_ok(&client->commands));
    flush_commands(client);
    buf_wipe(&client->commands);
    memory_wipe((char *)response.ptr, response.len);
}

static void
auth_begin(struct client *client)
{
    if (client->auth_plain) {
        struct slice response = plain_response(client);
        bool fits = response.len + sizeof "AUTH PLAIN \r\n" <= AUTH_LINE_MAX;
        client->auth_step = fits ? AUTH_ALL_SAID : AUTH_PLAIN_RESPONSE;
        enter(client, CLIENT_AUTH);
        if (fits)
            say_secret(client, "AUTH PLAIN ", response);
        else
            say(client, CLIENT_AUTH, "AUTH PLAIN", NULL);
        memory_wipe((char *)response.ptr, response.len);
    } else {
        client->auth_step = AUTH_LOGIN_USER;
        say(client, CLIENT_AUTH, "AUTH LOGIN", NULL);
    }
}

static void
auth_challenged(struct client *client)
{
    switch (client->auth_step) {
    case AUTH_PLAIN_RESPONSE:
        client->auth_step = AUTH_ALL_SAID;
        say_secret(client, "", plain_response(client));
        return;
    case AUTH_LOGIN_USER:
        client->auth_step = AUTH_LOGIN_PASSWORD;
        say_secret(client, "", codec_base64(client->reply_arena, slice_of(client->user_name)));
        return;
    case AUTH_LOGIN_PASSWORD:
        client->auth_step = AUTH_ALL_SAID;
        say_secret(client, "", codec_base64(client->reply_arena, secret_slice(&client->password)));
        return;
    case AUTH_ALL_SAID: broken(client, "a challenge after the whole of AUTH was said"); return;
    }
}

static void
auth_reply(struct client *client, const struct remote_reply *reply)
{
    if (reply->code == 235)
        enter_ready(client);
    else if (reply->code == 334)
        auth_challenged(client);
    else if (reply->code >= 500)
        give_up(client, OUTCOME_RETRY, SLICE("4.7.8"), text_of(client, reply));
    else if (reply->code >= 400)
        session_refused(client, OUTCOME_RETRY, reply);
    else
        broken(client, "the reply to AUTH is neither 235 nor 334");
}

/* EHLO or HELO was answered: what comes before the first transaction. */
static void
greeted(struct client *client)
{
    if (wants_tls(client) && client->starttls)
        say(client, CLIENT_STARTTLS, "STARTTLS", NULL);
    else if (needs_tls(client))
        give_up(client, OUTCOME_RETRY, SLICE("4.7.4"),
                SLICE("454 4.7.4 TLS is required, but the remote host does not offer it"));
    else if (client->user_name[0] == '\0')
        enter_ready(client);
    else if (!client->secure && !client->loopback)
        give_up(client, OUTCOME_RETRY, SLICE("4.7.0"),
                SLICE("454 4.7.0 The password is not sent without TLS"));
    else if (!client->auth_plain && !client->auth_login)
        give_up(client, OUTCOME_RETRY, SLICE("4.7.0"),
                SLICE("454 4.7.0 The remote host offers neither AUTH PLAIN nor AUTH LOGIN"));
    else
        auth_begin(client);
}

static void
read_auth(struct client *client, struct slice mechanisms)
{
    struct slice name, rest = mechanisms;
    while (rest.len) {
        if (!slice_cut(rest, ' ', &name, &rest)) {
            name = rest;
            rest = SLICE("");
        }
        client->auth_plain |= slice_iis(name, "PLAIN");
        client->auth_login |= slice_iis(name, "LOGIN");
    }
}

static void
read_keyword(struct client *client, struct slice line)
{
    struct slice keyword = line, rest = SLICE("");
    slice_cut(line, ' ', &keyword, &rest);
    if (slice_iis(keyword, "PIPELINING")) {
        client->pipelining = true;
    } else if (slice_iis(keyword, "8BITMIME")) {
        client->eight_bit = true;
    } else if (slice_iis(keyword, "STARTTLS")) {
        client->starttls = true;
    } else if (slice_iis(keyword, "AUTH")) {
        read_auth(client, rest);
    } else if (slice_istarts(line, SLICE("AUTH="))) { /* before RFC 2554 some wrote it so */
        read_auth(client, slice_from(line, 5));
    } else if (slice_iis(keyword, "SIZE")) {
        client->size = true;
        if (!slice_u64(slice_trim(rest), &client->size_max))
            client->size_max = 0;
    }
}

/* RFC 3207 §4.2: what was offered before TLS is forgotten. */
static void
forget_offer(struct client *client)
{
    client->pipelining = client->eight_bit = client->starttls = client->size = false;
    client->auth_plain = client->auth_login = false;
    client->size_max = 0;
}

static void
ehlo_reply(struct client *client, const struct remote_reply *reply)
{
    forget_offer(client);
    if (reply->code == 250) {
        for (size_t i = 1; i < reply->line_count; i++)
            read_keyword(client, reply->lines[i]);
        greeted(client);
    } else if (reply->code >= 500) {
        say(client, CLIENT_HELO, "HELO", client->hostname);
    } else if (reply->code >= 400) {
        session_refused(client, OUTCOME_RETRY, reply);
    } else {
        broken(client, "the reply to EHLO is not 250");
    }
}

static void
helo_reply(struct client *client, const struct remote_reply *reply)
{
    if (reply->code == 250)
        greeted(client);
    else if (refuses(reply))
        session_refused(client, kind_of(reply->code), reply);
    else
        broken(client, "the reply to HELO is not 250");
}

/* What follows the 220 in clear is thrown away with the stream's input (CVE-2011-0411). */
static void
starttls_reply(struct client *client, const struct remote_reply *reply)
{
    if (reply->code == 220) {
        enter(client, CLIENT_SECURING);
        client->actions.start_tls(client->ctx);
    } else if (!refuses(reply)) {
        broken(client, "the reply to STARTTLS is not 220");
    } else if (needs_tls(client)) {
        give_up(client, OUTCOME_RETRY, SLICE("4.7.4"), text_of(client, reply));
    } else {
        client->starttls = false;
        greeted(client);
    }
}

void
client_secured(struct client *client)
{
    if (client->state != CLIENT_SECURING)
        return;
    client->secure = true;
    client->early = false;
    client->scanned = client->line_start = 0;
    say(client, CLIENT_EHLO, "EHLO", client->hostname);
}

/* --- one transaction --------------------------------------------------------------------- */

static void
reset_transaction(struct client *client)
{
    transaction_done(client);
    if (client->state != CLIENT_CLOSED)
        say(client, CLIENT_RSET, "RSET", NULL);
}

static void
reset_reply(struct client *client, const struct remote_reply *reply)
{
    if (agrees(reply))
        enter_ready(client);
    else
        broken(client, "RSET was refused");
}

/* Command number `sent`: MAIL, a RCPT, or DATA (RFC 5321 §4.1.1.2-4, 1870 §6, 6152 §2). */
static void
add_command(struct client *client)
{
    struct transaction *tx = &client->transaction;
    struct buf *out = &client->commands;
    size_t start = out->len, number = tx->sent++;
    if (number == 0) {
        buf_add(out, SLICE("MAIL FROM:<"));
        buf_add(out, tx->reverse_path);
        buf_add_char(out, '>');
        if (client->size)
            buf_printf(out, " SIZE=%" PRIu64, tx->size);
        if (tx->eight_bit)
            buf_add(out, SLICE(" BODY=8BITMIME"));
    } else if (number <= tx->count) {
        buf_add(out, SLICE("RCPT TO:<"));
        buf_add(out, tx->recipients[number - 1]);
        buf_add_char(out, '>');
    } else {
        buf_add(out, SLICE("DATA"));
    }
    end_command(client, start);
}

/* After a reply, when no command is on its way: the next one, DATA only if somebody is left. */
static void
envelope_continue(struct client *client)
{
    struct transaction *tx = &client->transaction;
    if (client->state != CLIENT_ENVELOPE || tx->sent > tx->answered)
        return;
    if (tx->open == 0) {
        reset_transaction(client);
    } else if (may_speak(client)) {
        add_command(client);
        flush_commands(client);
    }
}

static void
mail_reply(struct client *client, const struct remote_reply *reply)
{
    if (refuses(reply))
        give_all(client, kind_of(reply->code), status_of(reply), text_of(client, reply));
    else if (!agrees(reply))
        broken(client, "a 3xx reply to MAIL");
}

/* RFC 5321 §4.5.3.1.10: 552 to RCPT may mean that there are too many recipients, like 452, and
 * then the rest goes in another transaction. It does not where the enhanced code says otherwise. */
static bool
means_too_many(const struct remote_reply *reply)
{
    return reply->code == 552 && (reply->status.len == 0 || slice_is(reply->status, "5.5.3"));
}

static void
rcpt_reply(struct client *client, size_t recipient, const struct remote_reply *reply)
{
    struct transaction *tx = &client->transaction;
    if (!agrees(reply) && !refuses(reply))
        broken(client, "a 3xx reply to RCPT");
    else if (tx->fates[recipient] == FATE_KNOWN)
        return; /* MAIL was refused, and all its pipelined RCPT with it */
    else if (agrees(reply))
        tx->fates[recipient] = FATE_ACCEPTED;
    else if (means_too_many(reply))
        give_outcome(client, recipient, OUTCOME_RETRY, SLICE("4.5.3"), text_of(client, reply));
    else
        give_outcome(client, recipient, kind_of(reply->code), status_of(reply),
                     text_of(client, reply));
}

/* RFC 2920 §3.1: a server may answer a pipelined DATA with 354 though it took no recipient; it
 * then gets the dot alone. */
static void
data_reply(struct client *client, const struct remote_reply *reply)
{
    if (agrees(reply)) {
        broken(client, "a 2xx reply to DATA");
    } else if (refuses(reply)) {
        give_all(client, kind_of(reply->code), status_of(reply), text_of(client, reply));
    } else if (may_speak(client)) {
        enter(client, CLIENT_BODY);
        if (client->transaction.open == 0)
            client_body_end(client);
        else
            client->actions.want_body(client->ctx);
    }
}

static void
envelope_reply(struct client *client, const struct remote_reply *reply)
{
    struct transaction *tx = &client->transaction;
    size_t number = tx->answered++;
    if (number == 0)
        mail_reply(client, reply);
    else if (number <= tx->count)
        rcpt_reply(client, number - 1, reply);
    else
        data_reply(client, reply);
    envelope_continue(client);
}

/* The server speaks while the message is being sent. A refusal can only mean this message; the
 * session ends, since what was sent of it cannot be taken back. An approval means nothing yet. */
static void
body_reply(struct client *client, const struct remote_reply *reply)
{
    if (refuses(reply)) {
        give_all(client, kind_of(reply->code), status_of(reply), text_of(client, reply));
        transaction_done(client);
        close_session(client);
    } else {
        broken(client, "the message was answered before its end");
    }
}

static void
final_reply(struct client *client, const struct remote_reply *reply)
{
    if (!agrees(reply) && !refuses(reply)) {
        broken(client, "a 3xx reply to the message");
        return;
    }
    give_all(client, kind_of(reply->code), status_of(reply), text_of(client, reply));
    if (refuses(reply)) {
        reset_transaction(client);
        return;
    }
    transaction_done(client);
    if (client->state != CLIENT_CLOSED)
        enter_ready(client);
}

static void
ready_reply(struct client *client, const struct remote_reply *reply)
{
    (void)reply;
    close_session(client);
}

static const struct client_state_row states[CLIENT_STATE_COUNT] = {
    [CLIENT_GREETING] = {"greeting", greeting_reply, 5 * MINUTE_MS},
    [CLIENT_EHLO] = {"ehlo", ehlo_reply, 5 * MINUTE_MS},
    [CLIENT_HELO] = {"helo", helo_reply, 5 * MINUTE_MS},
    [CLIENT_STARTTLS] = {"starttls", starttls_reply, 2 * MINUTE_MS},
    [CLIENT_SECURING] = {"securing", NULL, 2 * MINUTE_MS},
    [CLIENT_AUTH] = {"auth", auth_reply, 2 * MINUTE_MS},
    [CLIENT_READY] = {"ready", ready_reply, 5 * MINUTE_MS},
    [CLIENT_ENVELOPE] = {"envelope", envelope_reply, 5 * MINUTE_MS},
    [CLIENT_BODY] = {"body", body_reply, 3 * MINUTE_MS},
    [CLIENT_FINAL] = {"final", final_reply, 10 * MINUTE_MS},
    [CLIENT_RSET] = {"rset", reset_reply, 5 * MINUTE_MS},
    [CLIENT_CLOSED] = {"closed", NULL, 0},
};

/* --- input ------------------------------------------------------------------------------- */

/* Replies that are still to come before the server must be silent. */
static size_t
awaited(const struct client *client)
{
    if (client->state == CLIENT_ENVELOPE)
        return client->transaction.sent - client->transaction.answered;
    return client->state == CLIENT_READY || client->state == CLIENT_BODY ? 0 : 1;
}

/* A reply that drips in byte by byte is read again only when a line was completed, or when the
 * line is too long to be one: the work stays proportional to the input. */
static bool
worth_reading(struct client *client, struct slice input)
{
    struct slice added = slice_from(input, client->scanned);
    const char *newline = added.len ? memrchr(added.ptr, '\n', added.len) : NULL;
    client->scanned = input.len;
    if (newline)
        client->line_start = (size_t)(newline - input.ptr) + 1;
    return newline || input.len - client->line_start > REPLY_LINE_MAX;
}

static void
take_reply(struct client *client, const struct remote_reply *reply)
{
    if (client->actions.trace)
        trace(client, true, text_of(client, reply));
    if (reply->code == 421) /* RFC 5321 §3.8: the server is about to close */
        client_lost(client, status_of(reply), text_of(client, reply));
    else
        states[client->state].reply(client, reply);
}

/* Reads one reply at the front; 0 when there is none yet. */
static size_t
read_reply(struct client *client, struct slice input)
{
    struct remote_reply reply;
    struct err err;
    size_t len = 0;
    if (!worth_reading(client, input))
        return 0;
    arena_reset(client->reply_arena);
    enum rc rc = reply_parse(client->reply_arena, input, &reply, &len, &err);
    if (rc == RC_AGAIN)
        return 0;
    if (rc != RC_OK) {
        broken(client, err.text);
        return 0;
    }
    client->scanned = client->line_start = 0;
    client->early = len < input.len && awaited(client) <= 1;
    take_reply(client, &reply);
    return len;
}

size_t
client_input(struct client *client, struct slice data)
{
    size_t used = 0, len = 1;
    while (len && used < data.len && client->state < CLIENT_CLOSED &&
           client->state != CLIENT_SECURING) {
        len = read_reply(client, slice_from(data, used));
        used += len;
    }
    if (client->state == CLIENT_CLOSED || client->state == CLIENT_SECURING)
        return data.len;
    client->early = used < data.len && awaited(client) == 0;
    if (client->early && client->state == CLIENT_READY)
        close_session(client);
    return client->state == CLIENT_CLOSED ? data.len : used;
}

/* --- what the owner calls ----------------------------------------------------------------- */

struct client *
client_new(const struct client_options *options, const struct client_actions *actions, void *ctx)
{
    struct client *client = NEW(struct client);
    client->actions = *actions;
    client->ctx = ctx;
    client->hostname = memory_cstr(options->hostname);
    client->user_name = memory_cstr(options->user_name);
    client->password = secret_new(options->password);
    client->tls = options->tls;
    client->loopback = options->loopback;
    client->secure = options->tls == TLS_IMPLICIT;
    client->reply_arena = arena_new();
    client->arena = arena_new();
    buf_init(&client->commands, COMMANDS_MAX);
    return client;
}

void
client_free(struct client *client)
{
    if (!client)
        return;
    free(client->hostname);
    free(client->user_name);
    secret_free(&client->password);
    buf_wipe(&client->commands);
    arena_free(client->reply_arena);
    arena_free(client->arena);
    free(client);
}

static void
copy_transaction(struct client *client, const struct client_transaction *given)
{
    arena_reset(client->arena);
    struct transaction *tx = &client->transaction;
    *tx = (struct transaction){
        .reverse_path = arena_dup(client->arena, given->reverse_path),
        .recipients = ARENA_ARRAY(client->arena, struct slice, given->recipient_count),
        .fates = ARENA_ARRAY(client->arena, enum fate, given->recipient_count),
        .count = given->recipient_count,
        .open = given->recipient_count,
        .size = given->size,
        .eight_bit = given->eight_bit,
        .active = true,
        .tail = {'\r', '\n'}, /* an empty body is at the start of a line */
    };
    for (size_t i = 0; i < tx->count; i++)
        tx->recipients[i] = arena_dup(client->arena, given->recipients[i]);
}

/* What the host said it cannot take is not offered to it. Nothing is converted here: the message
 * is signed, and a changed body would break the signature. */
static bool
refused_unasked(struct client *client)
{
    struct transaction *tx = &client->transaction;
    if (tx->eight_bit && !client->eight_bit) {
        give_all(client, OUTCOME_FAILED, SLICE("5.6.3"),
                 SLICE("554 5.6.3 The message has 8-bit content and the remote host does not "
                       "support 8BITMIME"));
    } else if (client->size_max && tx->size > client->size_max) {
        char text[REPLY_TEXT_MAX];
        struct buf line = {.ptr = text, .cap = sizeof text, .max = sizeof text};
        buf_printf(&line,
                   "552 5.3.4 The message has %" PRIu64 " bytes and the remote host takes %" PRIu64,
                   tx->size, client->size_max);
        give_all(client, OUTCOME_FAILED, SLICE("5.3.4"), buf_slice(&line));
    }
    return tx->open == 0;
}

void
client_begin(struct client *client, const struct client_transaction *transaction)
{
    assert(client->state == CLIENT_READY && transaction->recipient_count > 0);
    copy_transaction(client, transaction);
    if (refused_unasked(client)) {
        transaction_done(client);
        enter_ready(client);
        return;
    }
    struct transaction *tx = &client->transaction;
    enter(client, CLIENT_ENVELOPE);
    do
        add_command(client);
    while (client->pipelining && tx->sent < tx->count + 2);
    flush_commands(client);
}

static void
remember_tail(struct transaction *tx, struct slice piece)
{
    if (piece.len > 1)
        memcpy(tx->tail, piece.ptr + piece.len - 2, 2);
    else if (piece.len == 1)
        memcpy(tx->tail, (char[2]){tx->tail[1], piece.ptr[0]}, 2);
}

/* RFC 5321 §4.5.2: a dot that begins a line is doubled. Any LF begins one here, so that a server
 * which takes a bare LF for a line end finds no end of data inside the message. */
void
client_body(struct client *client, struct slice piece)
{
    struct transaction *tx = &client->transaction;
    if (client->state != CLIENT_BODY || piece.len == 0)
        return;
    struct slice rest = piece;
    if (tx->tail[1] == '\n' && rest.ptr[0] == '.')
        client->actions.write(client->ctx, SLICE("."));
    for (size_t at; (at = slice_find(rest, SLICE("\n."))) != SLICE_NONE;
         rest = slice_from(rest, at + 1)) {
        client->actions.write(client->ctx, slice_head(rest, at + 1));
        client->actions.write(client->ctx, SLICE("."));
    }
    client->actions.write(client->ctx, rest);
    remember_tail(tx, piece);
}

void
client_body_end(struct client *client)
{
    struct transaction *tx = &client->transaction;
    if (client->state != CLIENT_BODY || !may_speak(client))
        return;
    enter(client, CLIENT_FINAL);
    if (tx->tail[1] == '\r')
        client->actions.write(client->ctx, SLICE("\n.\r\n"));
    else if (tx->tail[0] == '\r' && tx->tail[1] == '\n')
        client->actions.write(client->ctx, SLICE(".\r\n"));
    else
        client->actions.write(client->ctx, SLICE("\r\n.\r\n"));
}

void
client_quit(struct client *client)
{
    if (client->state == CLIENT_CLOSED)
        return;
    assert(!client->transaction.active);
    say_quit(client);
    close_session(client);
}

bool
client_failure(const struct client *client, enum outcome_kind *kind, struct slice *status,
               struct slice *reply)
{
    if (client->state != CLIENT_CLOSED || client->opened || client->failure_status.len == 0)
        return false;
    *kind = client->failure_kind;
    *status = client->failure_status;
    *reply = client->failure_reply;
    return true;
}

bool
client_unheard(const struct client *client)
{
    return client->transaction.sent > 0 && client->transaction.answered == 0;
}

int64_t
client_step_limit_ms(const struct client *client)
{
    /* RFC 5321 §4.5.3.2.4: two minutes for the reply to DATA. */
    const struct transaction *tx = &client->transaction;
    if (client->state == CLIENT_ENVELOPE && tx->answered == tx->count + 1)
        return 2 * MINUTE_MS;
    return states[client->state].limit_ms;
}
