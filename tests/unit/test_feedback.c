/* Bounces that come back: the session as a remote server and as its owner see it, and what is
 * passed on of them. */
#include "mail/dsn.h"
#include "report/feedback.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define LOCAL      "abcdefghijklmnopqrstuvwxyz234"
#define TO(domain) "RCPT TO:<" LOCAL "@" domain ">\r\n"
#define HELLO      "EHLO mx.example\r\nMAIL FROM:<>\r\n"
#define ENVELOPE   HELLO TO("mail.example") "DATA\r\n"

enum { MESSAGE_MAX = 2000 };

struct owner {
    struct feedback *session;
    struct buf replies, message, recipients;
    unsigned messages, closed;
    bool full;
};

static void
on_reply(void *ctx, struct slice bytes)
{
    struct owner *owner = ctx;
    assert_true(slice_ends(bytes, SLICE("\r\n")));
    buf_add(&owner->replies, bytes);
}

static void
on_close(void *ctx)
{
    ((struct owner *)ctx)->closed++;
}

static bool
on_room(void *ctx)
{
    return !((struct owner *)ctx)->full;
}

static void
on_message(void *ctx, struct slice reverse_path, const struct slice *recipients, size_t count,
           struct slice message)
{
    struct owner *owner = ctx;
    owner->messages++;
    buf_printf(&owner->recipients, "<%.*s>", SLICE_ARG(reverse_path));
    for (size_t i = 0; i < count; i++)
        buf_printf(&owner->recipients, " %.*s", SLICE_ARG(recipients[i]));
    buf_add(&owner->message, message);
}

static const struct feedback_actions actions = {
    .reply = on_reply, .close = on_close, .room = on_room, .message = on_message};

static int
setup(void **state)
{
    static const struct feedback_limits limits = {
        .message_bytes = MESSAGE_MAX, .recipients = 3, .bad_commands = 5};
    struct owner *owner = NEW(struct owner);
    buf_init(&owner->replies, 64 * 1024);
    buf_init(&owner->message, 64 * 1024);
    buf_init(&owner->recipients, 64 * 1024);
    owner->session = feedback_new(SLICE("postern.example"), &limits, &actions, owner);
    feedback_start(owner->session);
    assert_true(slice_is(buf_slice(&owner->replies), "220 postern.example ESMTP\r\n"));
    buf_reset(&owner->replies);
    *state = owner;
    return 0;
}

static int
teardown(void **state)
{
    struct owner *owner = *state;
    feedback_free(owner->session);
    buf_fini(&owner->replies);
    buf_fini(&owner->message);
    buf_fini(&owner->recipients);
    free(owner);
    return 0;
}

/* Everything is read; what was answered before is forgotten. */
static void
say_bytes(struct owner *owner, struct slice bytes)
{
    char *copy = memory_alloc(bytes.len); /* exactly as long, for the sanitizer */
    memcpy(copy, bytes.ptr, bytes.len);
    buf_reset(&owner->replies);
    assert_int_equal(feedback_input(owner->session, (struct slice){copy, bytes.len}), bytes.len);
    free(copy);
}

#define say(owner, literal) say_bytes((owner), SLICE(literal))

static void
heard(struct owner *owner, const char *replies)
{
    if (slice_is(buf_slice(&owner->replies), replies))
        return;
    fail_msg("heard %.*s, expected %s", SLICE_ARG(buf_slice(&owner->replies)), replies);
}

/* The codes alone: "250 250 354". */
static void
heard_codes(struct owner *owner, const char *codes)
{
    char seen[512] = "";
    struct slice rest = buf_slice(&owner->replies), line;
    while (slice_cut(rest, '\n', &line, &rest))
        if (line.ptr[3] == ' ')
            snprintf(seen + strlen(seen), sizeof seen - strlen(seen), "%s%.3s", *seen ? " " : "",
                     line.ptr);
    assert_string_equal(seen, codes);
}

static void
message_is(struct owner *owner, struct slice expected)
{
    assert_int_equal(owner->messages, 1);
    assert_true(slice_eq(buf_slice(&owner->message), expected));
}

/* ---- dialogs ---- */

static void
a_bounce_is_taken(void **state)
{
    struct owner *owner = *state;
    say(owner, "EHLO mx.example\r\n");
    heard(owner, "250-postern.example\r\n250-PIPELINING\r\n250-SIZE 2000\r\n250-8BITMIME\r\n"
                 "250 ENHANCEDSTATUSCODES\r\n");
    say(owner, "MAIL FROM:<> SIZE=100 BODY=8BITMIME\r\n");
    heard(owner, "250 2.0.0 Ok\r\n");
    say(owner, TO("mail.example"));
    heard(owner, "250 2.0.0 Ok\r\n");
    say(owner, "DATA\r\n");
    heard(owner, "354 End data with <CR><LF>.<CR><LF>\r\n");
    say(owner, "Subject: late\r\n\r\nIt bounced.\r\n.\r\n");
    heard(owner, "");
    message_is(owner, SLICE("Subject: late\r\n\r\nIt bounced.\r\n"));
    assert_true(slice_is(buf_slice(&owner->recipients), "<> " LOCAL "@mail.example"));
    feedback_taken(owner->session, RC_OK);
    heard(owner, "250 2.0.0 Ok\r\n");
    say(owner, "QUIT\r\n");
    heard(owner, "221 2.0.0 Bye\r\n");
    assert_int_equal(owner->closed, 1);
}

static void
helo_is_enough(void **state)
{
    struct owner *owner = *state;
    say(owner, "HELO mx.example\r\nmail from:<a@b.example>\r\n" TO("mail.example"));
    heard(owner, "250 postern.example\r\n250 2.0.0 Ok\r\n250 2.0.0 Ok\r\n");
}

static void
only_return_addresses_are_recipients(void **state)
{
    struct owner *owner = *state;
    static const char *const wrong[] = {
        "postmaster@mail.example",
        "abcdefghijklmnopqrstuvwxyz23@mail.example",   /* 28 */
        "abcdefghijklmnopqrstuvwxyz2345@mail.example", /* 30 */
        "abcdefghijklmnopqrstuvwxyz231@mail.example",  /* 1 is not of base32 */
        "abcdefghijklmnopqrstuvwxyz23.@mail.example",
        "\"abcdefghijklmnopqrstuvwxyz2 4\"@mail.example",
        "@relay.example:abcdefghijklmnopqrstuvwxyz234@mail.example",
        "abcdefghijklmnopqrstuvwxyz234",
        "",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char line[200];
        teardown(state);
        setup(state);
        owner = *state;
        say(owner, HELLO);
        snprintf(line, sizeof line, "RCPT TO:<%s>\r\n", wrong[i]);
        say_bytes(owner, slice_of(line));
        heard(owner, "550 5.1.1 No such recipient here; nothing is relayed\r\n");
        say(owner, "DATA\r\n");
        heard_codes(owner, "503");
    }
}

static void
a_return_address_may_be_in_capitals_and_is_taken_once(void **state)
{
    struct owner *owner = *state;
    say(owner, HELLO TO("mail.example") "RCPT TO:<ABCDEFGHIJKLMNOPQRSTUVWXYZ234@Mail.Example>\r\n"
                                        "DATA\r\n\r\n.\r\n");
    assert_true(slice_is(buf_slice(&owner->recipients), "<> " LOCAL "@mail.example"));
}

static void
recipients_are_bounded(void **state)
{
    struct owner *owner = *state;
    say(owner, HELLO TO("a.example") TO("b.example") TO("c.example") TO("d.example"));
    heard_codes(owner, "250 250 250 250 250 452");
    say(owner, TO("c.example")); /* known already */
    heard_codes(owner, "250");
}

static void
commands_have_an_order(void **state)
{
    struct owner *owner = *state;
    say(owner, "MAIL FROM:<>\r\n");
    heard_codes(owner, "503");
    say(owner, HELLO "MAIL FROM:<>\r\n");
    heard_codes(owner, "250 250 503");
    say(owner, "DATA\r\n");
    heard_codes(owner, "503");
    say(owner, "RSET\r\n" TO("mail.example"));
    heard_codes(owner, "250 503");
    assert_int_equal(owner->closed, 0);
}

static void
ehlo_and_rset_end_the_transaction(void **state)
{
    struct owner *owner = *state;
    say(owner, HELLO TO("mail.example") HELLO);
    heard_codes(owner, "250 250 250 250 250");
    say(owner, TO("b.example") "RSET\r\nMAIL FROM:<x@y.example>\r\n" TO("c.example"));
    heard_codes(owner, "250 250 250 250");
    say(owner, "DATA\r\n.\r\n");
    assert_true(slice_is(buf_slice(&owner->recipients), "<x@y.example> " LOCAL "@c.example"));
    message_is(owner, SLICE(""));
}

static void
parameters_are_read(void **state)
{
    struct owner *owner = *state;
    say(owner, "EHLO a\r\nMAIL FROM:<> SIZE=2001\r\n");
    heard(owner, "250-postern.example\r\n250-PIPELINING\r\n250-SIZE 2000\r\n250-8BITMIME\r\n"
                 "250 ENHANCEDSTATUSCODES\r\n552 5.3.4 Message is too long\r\n");
    say(owner, "MAIL FROM:<> SIZE=x\r\n");
    heard_codes(owner, "501");
    say(owner, "MAIL FROM:<> SMTPUTF8\r\n");
    heard_codes(owner, "555");
    say(owner, "MAIL FROM:<a b@c>\r\n");
    heard_codes(owner, "501");
    say(owner, "MAIL FROM:<> SIZE=2000 BODY=7BIT\r\n");
    heard_codes(owner, "250");
}

static void
what_exists_is_not_told(void **state)
{
    struct owner *owner = *state;
    say(owner, "VRFY " LOCAL "\r\nVRFY postmaster\r\nNOOP\r\nNOOP x\r\n");
    heard(owner, "252 2.5.0 Send it, and you will be told\r\n"
                 "252 2.5.0 Send it, and you will be told\r\n250 2.0.0 Ok\r\n250 2.0.0 Ok\r\n");
}

static void
nothing_else_is_spoken(void **state)
{
    struct owner *owner = *state;
    say(owner, "STARTTLS\r\n");
    heard(owner, "500 5.5.1 Unknown command\r\n");
    say(owner, "AUTH PLAIN AHgAeQ==\r\n");
    heard_codes(owner, "500");
    say(owner, "NOOP \x80\r\n");
    heard_codes(owner, "501");
    say(owner, "NOOP\n"); /* no CR */
    heard_codes(owner, "500");
    assert_int_equal(owner->closed, 0);
    say(owner, "GET / HTTP/1.1\r\n");
    heard(owner, "500 5.5.1 Unknown command\r\n421 4.7.0 Too many errors\r\n");
    assert_int_equal(owner->closed, 1);
    say(owner, "NOOP\r\n");
    heard(owner, "");
}

static void
guessing_at_recipients_ends_the_connection(void **state)
{
    struct owner *owner = *state;
    say(owner, HELLO "RCPT TO:<a@b.example>\r\nRCPT TO:<b@b.example>\r\nRCPT TO:<c@b.example>\r\n"
                     "RCPT TO:<d@b.example>\r\nRCPT TO:<e@b.example>\r\n");
    heard_codes(owner, "250 250 550 550 550 550 550 421");
    assert_int_equal(owner->closed, 1);
}

static void
a_line_is_bounded(void **state)
{
    struct owner *owner = *state;
    char flood[5000];
    memset(flood, 'a', sizeof flood);
    assert_int_equal(feedback_input(owner->session, (struct slice){flood, 1023}), 0);
    say_bytes(owner, (struct slice){flood, sizeof flood - 5000 % 1024});
    say_bytes(owner, SLICE("a\r\nNOOP\r\n"));
    heard(owner, "500 5.5.2 Line too long\r\n250 2.0.0 Ok\r\n");
}

/* ---- DATA ---- */

static void
dots_are_unstuffed(void **state)
{
    struct owner *owner = *state;
    say(owner, ENVELOPE "..\r\n...two\r\n.x\r\na.\r\n.\r\n");
    message_is(owner, SLICE(".\r\n..two\r\nx\r\na.\r\n"));
}

/* Nothing but CRLF "." CRLF ends the message, however the rest of the world reads lines. */
static void
a_false_end_of_data_hides_no_command(void **state)
{
    static const struct {
        const char *bytes;
        size_t len;
    } ends[] = {
#define END(literal) {literal, sizeof literal - 1}
        END("\n.\n"),       END("\n.\r\n"),     END("\r\n.\n"),       END("\r.\r"),
        END("\r.\r\n"),     END("\r\n.\r"),     END("\r\n.\0\r\n"),   END("\0.\r\n"),
        END("\n\n.\r\r\n"), END("\r\n.\r\r\n"), END("\r\n\x85.\r\n"),
#undef END
    };
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        teardown(state);
        setup(state);
        struct owner *owner = *state;
        say(owner, ENVELOPE "text");
        say_bytes(owner, (struct slice){ends[i].bytes, ends[i].len});
        say(owner, "QUIT\r\n");
        heard(owner, "");
        assert_int_equal(owner->messages, 0);
        assert_int_equal(owner->closed, 0);
        say(owner, ".\r\n");
        assert_int_equal(owner->messages, 1);
        assert_true(slice_ends(buf_slice(&owner->message), SLICE("QUIT\r\n")));
    }
}

static void
an_end_may_come_a_byte_at_a_time(void **state)
{
    struct owner *owner = *state;
    static const char dialog[] = ENVELOPE "a\r\n..b\r\n\r\r\n.\r\n";
    struct buf unread;
    buf_init(&unread, sizeof dialog);
    for (size_t i = 0; i < sizeof dialog - 1; i++) {
        buf_add_char(&unread, dialog[i]);
        buf_consume(&unread, feedback_input(owner->session, buf_slice(&unread)));
    }
    assert_int_equal(unread.len, 0);
    buf_fini(&unread);
    message_is(owner, SLICE("a\r\n.b\r\n\r\r\n"));
}

static void
a_message_is_bounded(void **state)
{
    struct owner *owner = *state;
    char text[MESSAGE_MAX + 1];
    memset(text, 'a', sizeof text);
    memcpy(text + MESSAGE_MAX - 2, "\r\n", 2);
    say(owner, ENVELOPE);
    say_bytes(owner, (struct slice){text, MESSAGE_MAX});
    assert_int_equal(feedback_held(owner->session), MESSAGE_MAX);
    say(owner, ".\r\n");
    assert_int_equal(owner->message.len, MESSAGE_MAX);
    feedback_taken(owner->session, RC_OK);
    assert_int_equal(feedback_held(owner->session), 0);
    buf_reset(&owner->message);

    say(owner, "MAIL FROM:<>\r\n" TO("mail.example") "DATA\r\n");
    say_bytes(owner, (struct slice){text, sizeof text});
    assert_int_equal(feedback_held(owner->session), 0); /* given back at once */
    say(owner, "\r\nQUIT\r\n.\r\n");
    heard(owner, "552 5.3.4 Message is too long\r\n");
    assert_int_equal(owner->messages, 1);
    say(owner, "MAIL FROM:<>\r\n");
    heard_codes(owner, "250");
}

static void
without_room_the_client_is_told_to_come_back(void **state)
{
    struct owner *owner = *state;
    say(owner, ENVELOPE "a\r\n");
    owner->full = true;
    say(owner, "b\r\n");
    owner->full = false;
    say(owner, "c\r\n.\r\n");
    heard(owner, "452 4.3.1 Too much mail at once, please try again later\r\n");
    assert_int_equal(owner->messages, 0);
}

/* ---- the verdict ---- */

static void
nothing_is_read_before_the_verdict(void **state)
{
    struct owner *owner = *state;
    static const char pipelined[] = ENVELOPE "one\r\n.\r\n"
                                             "MAIL FROM:<>\r\n" TO("b.example") "DATA\r\n";
    size_t len = sizeof pipelined - 1;
    size_t used = feedback_input(owner->session, (struct slice){pipelined, len});
    assert_true(used < len && feedback_waiting(owner->session));
    assert_int_equal(feedback_input(owner->session, SLICE("QUIT\r\n")), 0);
    buf_reset(&owner->replies);
    feedback_taken(owner->session, RC_NOT_FOUND);
    heard_codes(owner, "550");
    used += feedback_input(owner->session, (struct slice){pipelined + used, len - used});
    assert_int_equal(used, len);
    heard_codes(owner, "550 250 250 354");
    assert_false(feedback_waiting(owner->session));
}

static void
each_verdict_has_its_reply(void **state)
{
    static const struct {
        enum rc rc;
        const char *reply;
    } verdicts[] = {
        {RC_OK, "250 2.0.0 Ok\r\n"},
        {RC_NOT_FOUND, "550 5.1.1 No such recipient here; nothing is relayed\r\n"},
        {RC_DENIED, "550 5.7.1 Only reports about mail that was sent from here are taken\r\n"},
        {RC_TEMPORARY, "451 4.3.0 Temporary failure, please try again later\r\n"},
        {RC_PERMANENT, "451 4.3.0 Temporary failure, please try again later\r\n"},
    };
    struct owner *owner = *state;
    say(owner, "EHLO mx.example\r\n");
    for (size_t i = 0; i < sizeof verdicts / sizeof *verdicts; i++) {
        say(owner, "MAIL FROM:<>\r\n" TO("mail.example") "DATA\r\nx\r\n.\r\n");
        heard_codes(owner, "250 250 354");
        buf_reset(&owner->replies);
        feedback_taken(owner->session, verdicts[i].rc);
        heard(owner, verdicts[i].reply);
    }
}

static void
a_verdict_nobody_waits_for_is_ignored(void **state)
{
    struct owner *owner = *state;
    say(owner, ENVELOPE "x\r\n");
    buf_reset(&owner->replies);
    feedback_taken(owner->session, RC_OK);
    heard(owner, "");
    say(owner, ".\r\n");
    assert_int_equal(owner->messages, 1);
}

static void
silence_ends_the_connection(void **state)
{
    struct owner *owner = *state;
    say(owner, ENVELOPE "x\r\n");
    buf_reset(&owner->replies);
    feedback_timeout(owner->session);
    heard(owner, "421 4.4.2 Timeout waiting for data from client\r\n");
    assert_int_equal(owner->closed, 1);
    feedback_timeout(owner->session);
    assert_int_equal(owner->closed, 1);
    assert_int_equal(owner->messages, 0);
}

/* ---- what is a report ---- */

static void
a_report_is_from_nobody_or_says_so(void **state)
{
    (void)state;
    struct slice from = SLICE("a@b.example");
    assert_true(feedback_is_report(SLICE(""), SLICE("")));
    assert_false(feedback_is_report(from, SLICE("")));
    assert_false(feedback_is_report(from, SLICE("Subject: hello\r\n\r\nhello\r\n")));
    assert_true(feedback_is_report(from, SLICE("A: b\r\nauto-submitted: auto-replied\r\n\r\n")));
    assert_true(
        feedback_is_report(from, SLICE("A: b\n c\nAuto-Submitted:\n auto-generated; x=y\n")));
    assert_false(feedback_is_report(from, SLICE("Auto-Submitted: No ; x=y\r\n\r\n")));
    assert_false(feedback_is_report(from, SLICE("A: b\r\n Auto-Submitted: auto-replied\r\n\r\n")));
    assert_false(feedback_is_report(from, SLICE("A: b\r\n\r\nAuto-Submitted: auto-replied\r\n")));
    assert_false(feedback_is_report(from, SLICE("A: b\n\nAuto-Submitted: auto-replied\n")));
    assert_false(feedback_is_report(from, SLICE("Auto-Submitted")));
}

static void
the_search_for_it_is_bounded(void **state)
{
    (void)state;
    size_t len = 900 * 1024;
    char *text = memory_alloc(len);
    for (size_t i = 0; i + 3 <= len; i += 3)
        memcpy(text + i, "a\n ", 3);
    assert_false(feedback_is_report(SLICE("a@b.example"), (struct slice){text, len}));
    free(text);
}

/* ---- what is passed on ---- */

static struct slice
forward(struct arena *arena, struct slice report, struct slice subject)
{
    static const struct slice recipients[] = {{"ana@example.net", 15},
                                              {"evil\r\n--x@example.net", 21}};
    const struct dsn_returned returned = {
        .hostname = SLICE("postern.example"),
        .to = SLICE("taro@test1.com"),
        .message_id = SLICE("0100abcdef@postern.example"),
        .original_id = SLICE("0100original"),
        .original_subject = subject,
        .recipients = recipients,
        .count = 2,
        .source_ip = SLICE("192.0.2.1"),
        .now_ms = 0,
        .report = report,
    };
    return dsn_forward(arena, &returned);
}

static bool
has(struct slice text, const char *piece)
{
    return slice_find(text, slice_of(piece)) != SLICE_NONE;
}

static void
a_clean_report_is_passed_on_as_it_is(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct slice text =
        forward(arena, SLICE("Subject: late\r\n\r\n.\r\nIt bounced."), SLICE("Hello"));
    assert_true(has(text, "From: Mail Delivery Subsystem <MAILER-DAEMON@postern.example>\r\n"));
    assert_true(has(text, "\r\nTo: <taro@test1.com>\r\nSubject: Delivery problem: Hello\r\n"));
    assert_true(has(text, "\r\nAuto-Submitted: auto-replied\r\n"));
    assert_true(has(text, "Content-Type: multipart/mixed; boundary=\"=_report_0100abcdef"));
    assert_true(has(text, "  Message: 0100original\r\n"));
    assert_true(has(text, "    <ana@example.net>\r\n    <evil --x@example.net>\r\n"));
    assert_true(has(text, "Content-Type: message/rfc822\r\n\r\nSubject: late\r\n\r\n.\r\n"
                          "It bounced.\r\n\r\n--=_report_0100abcdef"));
    arena_free(arena);
}

static void
any_other_report_is_passed_on_encoded(void **state)
{
    (void)state;
    char long_line[1003] = "";
    memset(long_line, 'a', 999);
    memcpy(long_line + 999, "\r\n", 2);
    const struct slice reports[] = {SLICE("8-bit \xe9\r\n"),
                                    SLICE("bare\nLF\r\n"),
                                    SLICE("bare\rCR\r\n"),
                                    SLICE("NUL \0\r\n"),
                                    SLICE("the end\r"),
                                    {long_line, 1001},
                                    SLICE("")};
    for (size_t i = 0; i < sizeof reports / sizeof *reports; i++) {
        struct arena *arena = arena_new();
        struct slice text = forward(arena, reports[i], SLICE("x"));
        assert_true(has(text, "Content-Type: application/octet-stream"));
        assert_true(has(text, "Content-Transfer-Encoding: base64\r\n"));
        assert_false(has(text, "message/rfc822"));
        for (size_t k = 0; k < text.len; k++)
            assert_true((text.ptr[k] >= ' ' && text.ptr[k] <= '~') || text.ptr[k] == '\r' ||
                        text.ptr[k] == '\n');
        arena_free(arena);
    }
    struct arena *arena = arena_new();
    assert_true(has(forward(arena, (struct slice){long_line + 1, 1000}, SLICE("")),
                    "message/rfc822")); /* 998 are allowed */
    arena_free(arena);
}

static void
the_largest_report_fits(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct slice report = {arena_alloc(arena, 900 * 1024), 900 * 1024};
    struct slice text = forward(arena, report, SLICE("x"));
    assert_true(text.len > report.len / 3 * 4 && slice_ends(text, SLICE("--\r\n")));
    arena_free(arena);
}

static void
a_subject_can_add_no_field(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct slice text = forward(arena, SLICE("x\r\n"), SLICE("a\r\nBcc: evil@example.net"));
    assert_false(has(text, "\r\nBcc:"));
    char subject[301];
    memset(subject, 'a', 300);
    memcpy(subject + 99, "\xc3\xa9", 2); /* cut before it, not in it */
    text = forward(arena, SLICE("x\r\n"), (struct slice){subject, 300});
    assert_true(has(text, "aaa...\r\n"));
    assert_false(has(text, "=?"));
    arena_free(arena);
}

int
main(void)
{
#define DIALOG(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        DIALOG(a_bounce_is_taken),
        DIALOG(helo_is_enough),
        DIALOG(only_return_addresses_are_recipients),
        DIALOG(a_return_address_may_be_in_capitals_and_is_taken_once),
        DIALOG(recipients_are_bounded),
        DIALOG(commands_have_an_order),
        DIALOG(ehlo_and_rset_end_the_transaction),
        DIALOG(parameters_are_read),
        DIALOG(what_exists_is_not_told),
        DIALOG(nothing_else_is_spoken),
        DIALOG(guessing_at_recipients_ends_the_connection),
        DIALOG(a_line_is_bounded),
        DIALOG(dots_are_unstuffed),
        DIALOG(a_false_end_of_data_hides_no_command),
        DIALOG(an_end_may_come_a_byte_at_a_time),
        DIALOG(a_message_is_bounded),
        DIALOG(without_room_the_client_is_told_to_come_back),
        DIALOG(nothing_is_read_before_the_verdict),
        DIALOG(each_verdict_has_its_reply),
        DIALOG(a_verdict_nobody_waits_for_is_ignored),
        DIALOG(silence_ends_the_connection),
        cmocka_unit_test(a_report_is_from_nobody_or_says_so),
        cmocka_unit_test(the_search_for_it_is_bounded),
        cmocka_unit_test(a_clean_report_is_passed_on_as_it_is),
        cmocka_unit_test(any_other_report_is_passed_on_encoded),
        cmocka_unit_test(the_largest_report_fits),
        cmocka_unit_test(a_subject_can_add_no_field),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
