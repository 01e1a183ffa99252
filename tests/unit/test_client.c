#include "deliver/client.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/clock.h"

enum { RECIPIENTS_MAX = 4 };

/* The owner of a client, with everything it was told. */
struct owner {
    struct client *client;
    struct buf sent; /* since `expect` last looked */
    struct buf traced;
    size_t ready, want_body, done, closed, start_tls;
    size_t outcomes[RECIPIENTS_MAX]; /* how often each recipient heard */
    enum outcome_kind kinds[RECIPIENTS_MAX];
    char statuses[RECIPIENTS_MAX][16], replies[RECIPIENTS_MAX][1000];
};

static void
on_write(void *ctx, struct slice bytes)
{
    buf_add(&((struct owner *)ctx)->sent, bytes);
}

static void
on_start_tls(void *ctx)
{
    ((struct owner *)ctx)->start_tls++;
}

static void
on_ready(void *ctx)
{
    ((struct owner *)ctx)->ready++;
}

static void
on_want_body(void *ctx)
{
    ((struct owner *)ctx)->want_body++;
}

static void
copy_text(char *out, size_t size, struct slice text)
{
    assert_true(text.len < size);
    memcpy(out, text.ptr, text.len);
    out[text.len] = '\0';
}

static void
on_outcome(void *ctx, size_t recipient, enum outcome_kind kind, struct slice status,
           struct slice reply)
{
    struct owner *owner = ctx;
    assert_true(recipient < RECIPIENTS_MAX);
    assert_int_equal(owner->outcomes[recipient]++, 0);
    owner->kinds[recipient] = kind;
    copy_text(owner->statuses[recipient], sizeof owner->statuses[recipient], status);
    copy_text(owner->replies[recipient], sizeof owner->replies[recipient], reply);
}

static void
on_done(void *ctx)
{
    ((struct owner *)ctx)->done++;
}

static void
on_close(void *ctx)
{
    ((struct owner *)ctx)->closed++;
}

static void
on_trace(void *ctx, bool from_server, struct slice line)
{
    struct owner *owner = ctx;
    buf_printf(&owner->traced, "%s%.*s\n", from_server ? "S: " : "C: ", SLICE_ARG(line));
}

static const struct client_actions actions = {
    .write = on_write,
    .start_tls = on_start_tls,
    .ready = on_ready,
    .want_body = on_want_body,
    .outcome = on_outcome,
    .done = on_done,
    .close = on_close,
    .trace = on_trace,
};

static int
set_up(void **state)
{
    struct owner *owner = NEW(struct owner);
    buf_init(&owner->sent, 16 * 1024 * 1024);
    buf_init(&owner->traced, 16 * 1024 * 1024);
    *state = owner;
    return 0;
}

static int
tear_down(void **state)
{
    struct owner *owner = *state;
    client_free(owner->client);
    buf_fini(&owner->sent);
    buf_fini(&owner->traced);
    free(owner);
    return 0;
}

static void
connect_with(struct owner *owner, const struct client_options *options)
{
    owner->client = client_new(options, &actions, owner);
}

static void
expect(struct owner *owner, const char *sent)
{
    if (!slice_is(buf_slice(&owner->sent), sent))
        fail_msg("sent \"%.*s\" instead of \"%s\"", SLICE_ARG(buf_slice(&owner->sent)), sent);
    buf_reset(&owner->sent);
}

static void
hear(struct owner *owner, const char *text)
{
    size_t used = client_input(owner->client, slice_of(text));
    assert_int_equal(used, strlen(text));
}

#define EHLO "EHLO client.example\r\n"

/* Until READY, with these EHLO lines after the first. */
static void
open_session(struct owner *owner, const char *offer)
{
    connect_with(owner, &(struct client_options){.hostname = SLICE("client.example")});
    hear(owner, "220 mx.example ESMTP\r\n");
    expect(owner, EHLO);
    hear(owner, offer);
    expect(owner, "");
    assert_int_equal(owner->ready, 1);
}

#define PIPELINING "250-mx.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE 1000000\r\n"
#define PLAIN      "250 mx.example\r\n"

static void
begin(struct owner *owner, size_t recipients)
{
    static const struct slice all[RECIPIENTS_MAX] = {
        {"a@example.org", 13}, {"b@example.org", 13}, {"c@example.org", 13}, {"d@example.org", 13}};
    memset(owner->outcomes, 0, sizeof owner->outcomes);
    client_begin(owner->client, &(struct client_transaction){.reverse_path = SLICE("me@test1.com"),
                                                             .recipients = all,
                                                             .recipient_count = recipients,
                                                             .size = 1234});
}

static void
body(struct owner *owner, const char *text)
{
    client_body(owner->client, slice_of(text));
    client_body_end(owner->client);
}

static void
assert_outcome(struct owner *owner, size_t recipient, enum outcome_kind kind, const char *status,
               const char *reply)
{
    assert_int_equal(owner->outcomes[recipient], 1);
    assert_int_equal(owner->kinds[recipient], kind);
    assert_string_equal(owner->statuses[recipient], status);
    if (reply)
        assert_string_equal(owner->replies[recipient], reply);
}

static void
assert_failure(struct owner *owner, enum outcome_kind expected_kind, const char *expected_status)
{
    enum outcome_kind kind;
    struct slice status, reply;
    assert_int_equal(owner->closed, 1);
    assert_int_equal(owner->done, 0);
    assert_true(client_failure(owner->client, &kind, &status, &reply));
    assert_int_equal(kind, expected_kind);
    assert_true(slice_is(status, expected_status));
}

/* --- one transaction ---------------------------------------------------------------------- */

static void
pipelined_commands_go_out_together_and_replies_in_one_piece_are_told_apart(void **state)
{
    struct owner *owner = *state;
    open_session(owner, PIPELINING);
    begin(owner, 2);
    expect(owner, "MAIL FROM:<me@test1.com> SIZE=1234\r\nRCPT TO:<a@example.org>\r\n"
                  "RCPT TO:<b@example.org>\r\nDATA\r\n");
    hear(owner, "250 ok\r\n550 5.1.1 no such user\r\n250 ok\r\n354 go on\r\n");
    assert_outcome(owner, 0, OUTCOME_FAILED, "5.1.1", "550 5.1.1 no such user");
    assert_int_equal(owner->outcomes[1], 0);
    assert_int_equal(owner->want_body, 1);
    body(owner, "Subject: x\r\n\r\nhi\r\n");
    expect(owner, "Subject: x\r\n\r\nhi\r\n.\r\n");
    hear(owner, "250-2.0.0 Ok\r\n250 queued as 17\r\n");
    assert_outcome(owner, 1, OUTCOME_DELIVERED, "2.0.0", "250 2.0.0 Ok queued as 17");
    assert_int_equal(owner->done, 1);
    assert_int_equal(owner->ready, 2);
    assert_int_equal(owner->closed, 0);
    expect(owner, "");
}

static void
replies_are_read_byte_by_byte(void **state)
{
    struct owner *owner = *state;
    const char replies[] = "250 ok\r\n250 ok\r\n450 4.2.1 later\r\n354 go\r\n";
    open_session(owner, PIPELINING);
    begin(owner, 2);
    struct buf unread;
    buf_init(&unread, 1000);
    for (size_t i = 0; i + 1 < sizeof replies; i++) {
        buf_add_char(&unread, replies[i]);
        buf_consume(&unread, client_input(owner->client, buf_slice(&unread)));
    }
    assert_int_equal(unread.len, 0);
    buf_fini(&unread);
    assert_int_equal(owner->want_body, 1);
    assert_outcome(owner, 1, OUTCOME_RETRY, "4.2.1", "450 4.2.1 later");
}

static void
without_pipelining_each_command_waits_for_its_reply(void **state)
{
    struct owner *owner = *state;
    open_session(owner, PLAIN);
    begin(owner, 2);
    expect(owner, "MAIL FROM:<me@test1.com>\r\n");
    hear(owner, "250 ok\r\n");
    expect(owner, "RCPT TO:<a@example.org>\r\n");
    hear(owner, "251 will forward\r\n");
    expect(owner, "RCPT TO:<b@example.org>\r\n");
    hear(owner, "553 no\r\n");
    assert_outcome(owner, 1, OUTCOME_FAILED, "5.0.0", "553 no");
    expect(owner, "DATA\r\n");
    hear(owner, "354 go\r\n");
    body(owner, "x\r\n");
    expect(owner, "x\r\n.\r\n");
    hear(owner, "250 ok\r\n");
    assert_outcome(owner, 0, OUTCOME_DELIVERED, "2.0.0", "250 ok");
}

static void
a_refused_mail_is_every_recipients_outcome(void **state)
{
    struct owner *owner = *state;
    open_session(owner, PLAIN);
    begin(owner, 2);
    expect(owner, "MAIL FROM:<me@test1.com>\r\n");
    hear(owner, "451 4.7.1 greylisted\r\n");
    assert_outcome(owner, 0, OUTCOME_RETRY, "4.7.1", "451 4.7.1 greylisted");
    assert_outcome(owner, 1, OUTCOME_RETRY, "4.7.1", NULL);
    expect(owner, "RSET\r\n");
    assert_int_equal(owner->done, 1);
    assert_int_equal(owner->ready, 1);
    hear(owner, "250 ok\r\n");
    assert_int_equal(owner->ready, 2);
}

static void
pipelined_replies_after_a_refused_mail_change_nothing(void **state)
{
    struct owner *owner = *state;
    open_session(owner, PIPELINING);
    begin(owner, 2);
    hear(owner, "550 5.7.1 go away\r\n250 ok\r\n503 no\r\n503 no\r\n");
    assert_outcome(owner, 0, OUTCOME_FAILED, "5.7.1", "550 5.7.1 go away");
    assert_outcome(owner, 1, OUTCOME_FAILED, "5.7.1", NULL);
    assert_int_equal(owner->want_body, 0);
    assert_int_equal(owner->done, 1);
}

static void
a_data_that_was_taken_without_recipients_gets_the_dot_alone(void **state)
{
    struct owner *owner = *state;
    open_session(owner, PIPELINING);
    begin(owner, 1);
    buf_reset(&owner->sent);
    hear(owner, "250 ok\r\n550 no\r\n354 go\r\n");
    assert_int_equal(owner->want_body, 0);
    expect(owner, ".\r\n");
    assert_int_equal(owner->done, 0);
    hear(owner, "250 nothing queued\r\n"); /* delivers nothing */
    assert_outcome(owner, 0, OUTCOME_FAILED, "5.0.0", "550 no");
    assert_int_equal(owner->done, 1);
    assert_int_equal(owner->ready, 2);
}

static void
a_refused_data_speaks_for_those_who_were_accepted(void **state)
{
    struct owner *owner = *state;
    open_session(owner, PIPELINING);
    begin(owner, 3);
    buf_reset(&owner->sent);
    hear(owner, "250 ok\r\n250 ok\r\n550 no\r\n250 ok\r\n451 disk\r\n");
    assert_outcome(owner, 0, OUTCOME_RETRY, "4.0.0", "451 disk");
    assert_outcome(owner, 1, OUTCOME_FAILED, "5.0.0", "550 no");
    assert_outcome(owner, 2, OUTCOME_RETRY, "4.0.0", "451 disk");
    expect(owner, "RSET\r\n");
}

static void
a_refused_message_is_followed_by_rset(void **state)
{
    struct owner *owner = *state;
    open_session(owner, PIPELINING);
    begin(owner, 1);
    hear(owner, "250 ok\r\n250 ok\r\n354 go\r\n");
    body(owner, "x\r\n");
    buf_reset(&owner->sent);
    hear(owner, "554 5.7.1 spam\r\n");
    assert_outcome(owner, 0, OUTCOME_FAILED, "5.7.1", "554 5.7.1 spam");
    expect(owner, "RSET\r\n");
    hear(owner, "250 ok\r\n");
    begin(owner, 1);
    hear(owner, "250 ok\r\n250 ok\r\n354 go\r\n");
    body(owner, "y\r\n");
    hear(owner, "250 2.6.0 fine\r\n");
    assert_outcome(owner, 0, OUTCOME_DELIVERED, "2.6.0", "250 2.6.0 fine");
}

static void
too_many_recipients_are_retried_and_a_full_mailbox_is_not(void **state)
{
    struct owner *owner = *state;
    open_session(owner, PIPELINING);
    begin(owner, 4);
    hear(owner, "250 ok\r\n250 ok\r\n552 too many recipients\r\n552 5.2.2 mailbox full\r\n"
                "452 4.5.3 too many\r\n354 go\r\n");
    assert_outcome(owner, 1, OUTCOME_RETRY, "4.5.3", "552 too many recipients");
    assert_outcome(owner, 2, OUTCOME_FAILED, "5.2.2", NULL);
    assert_outcome(owner, 3, OUTCOME_RETRY, "4.5.3", NULL);
}

static void
the_null_reverse_path_is_written_empty(void **state)
{
    struct owner *owner = *state;
    struct slice recipient = SLICE("\"a b\"@example.org");
    open_session(owner, PLAIN);
    client_begin(owner->client,
                 &(struct client_transaction){.recipients = &recipient, .recipient_count = 1});
    expect(owner, "MAIL FROM:<>\r\n");
    hear(owner, "250 ok\r\n");
    expect(owner, "RCPT TO:<\"a b\"@example.org>\r\n");
}

/* --- 421 and lost connections ------------------------------------------------------------- */

static void
a_421_in_mid_transaction_leaves_known_outcomes_and_retries_the_rest(void **state)
{
    struct owner *owner = *state;
    open_session(owner, PIPELINING);
    begin(owner, 3);
    hear(owner, "250 ok\r\n550 5.1.1 no\r\n421 4.3.2 shutting down\r\n250 ok\r\n354 go\r\n");
    assert_outcome(owner, 0, OUTCOME_FAILED, "5.1.1", NULL);
    assert_outcome(owner, 1, OUTCOME_RETRY, "4.3.2", "421 4.3.2 shutting down");
    assert_outcome(owner, 2, OUTCOME_RETRY, "4.3.2", NULL);
    assert_int_equal(owner->want_body, 0);
    assert_int_equal(owner->done, 1);
    assert_int_equal(owner->closed, 1);
}

static void
a_connection_lost_after_the_final_dot_is_retried(void **state)
{
    struct owner *owner = *state;
    open_session(owner, PIPELINING);
    begin(owner, 2);
    hear(owner, "250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n");
    body(owner, "x\r\n");
    assert_int_equal(client_step_limit_ms(owner->client), 10 * MINUTE_MS);
    client_lost(owner->client, SLICE("4.4.2"), SLICE("421 4.4.2 Connection timed out"));
    assert_outcome(owner, 0, OUTCOME_RETRY, "4.4.2", "421 4.4.2 Connection timed out");
    assert_outcome(owner, 1, OUTCOME_RETRY, "4.4.2", NULL);
    assert_int_equal(owner->done, 1);
    assert_int_equal(owner->closed, 1);
    client_lost(owner->client, SLICE("4.4.2"), SLICE("again"));
    assert_int_equal(owner->closed, 1);
}

static void
a_message_broken_off_never_gets_its_final_dot(void **state)
{
    struct owner *owner = *state;
    open_session(owner, PIPELINING);
    begin(owner, 1);
    hear(owner, "250 ok\r\n250 ok\r\n354 go\r\n");
    buf_reset(&owner->sent);
    client_body(owner->client, SLICE("half"));
    client_lost(owner->client, SLICE("4.4.2"), SLICE("421 4.4.2 gone"));
    client_body(owner->client, SLICE(" more\r\n"));
    client_body_end(owner->client);
    expect(owner, "half");
    assert_outcome(owner, 0, OUTCOME_RETRY, "4.4.2", NULL);
}

static void
a_session_lost_before_any_transaction_is_a_failure_and_no_outcome(void **state)
{
    struct owner *owner = *state;
    connect_with(owner, &(struct client_options){.hostname = SLICE("client.example")});
    client_lost(owner->client, SLICE("4.4.2"), SLICE("421 4.4.2 Connection timed out"));
    assert_failure(owner, OUTCOME_RETRY, "4.4.2");
}

static void
a_session_closed_between_transactions_is_no_failure(void **state)
{
    struct owner *owner = *state;
    enum outcome_kind kind;
    struct slice status, reply;
    open_session(owner, PIPELINING);
    hear(owner, "421 idle too long\r\n");
    assert_int_equal(owner->closed, 1);
    assert_int_equal(owner->done, 0);
    assert_false(client_failure(owner->client, &kind, &status, &reply));
}

static void
a_transaction_the_server_never_answered_is_known_as_such(void **state)
{
    struct owner *owner = *state;
    open_session(owner, PIPELINING);
    begin(owner, 1);
    hear(owner, "421 too many messages\r\n");
    assert_outcome(owner, 0, OUTCOME_RETRY, "4.0.0", NULL);
    assert_true(client_unheard(owner->client));
}

static void
a_transaction_whose_mail_was_answered_was_heard(void **state)
{
    struct owner *owner = *state;
    open_session(owner, PIPELINING);
    begin(owner, 1);
    hear(owner, "250 ok\r\n421 bye\r\n");
    assert_outcome(owner, 0, OUTCOME_RETRY, "4.0.0", NULL);
    assert_false(client_unheard(owner->client));
}

/* --- servers that do not keep to the protocol ---------------------------------------------- */

static void
a_second_reply_to_the_message_is_not_taken_for_the_next_one(void **state)
{
    struct owner *owner = *state;
    open_session(owner, PIPELINING);
    begin(owner, 1);
    hear(owner, "250 ok\r\n250 ok\r\n354 go\r\n");
    body(owner, "x\r\n");
    hear(owner, "250 ok\r\n250 forged\r\n250 forged\r\n354 forged\r\n250 forged\r\n");
    assert_outcome(owner, 0, OUTCOME_DELIVERED, "2.0.0", "250 ok");
    assert_int_equal(owner->ready, 1);
    assert_int_equal(owner->closed, 1);
}

static void
half_a_reply_left_over_ends_the_session(void **state)
{
    struct owner *owner = *state;
    open_session(owner, PIPELINING);
    hear(owner, "25");
    assert_int_equal(owner->closed, 1);
}

static void
an_approval_that_comes_with_354_delivers_nothing(void **state)
{
    struct owner *owner = *state;
    open_session(owner, PIPELINING);
    begin(owner, 1);
    hear(owner, "250 ok\r\n250 ok\r\n354 go\r\n250 queued\r\n");
    assert_outcome(owner, 0, OUTCOME_RETRY, "4.5.0", NULL);
    assert_int_equal(owner->want_body, 0);
    assert_int_equal(owner->closed, 1);
}

static void
half_a_reply_during_the_body_is_not_completed_after_it(void **state)
{
    struct owner *owner = *state;
    open_session(owner, PIPELINING);
    begin(owner, 1);
    hear(owner, "250 ok\r\n250 ok\r\n354 go\r\n");
    client_body(owner->client, SLICE("x\r\n"));
    assert_int_equal(client_input(owner->client, SLICE("25")), 0);
    buf_reset(&owner->sent);
    client_body_end(owner->client);
    expect(owner, "");
    assert_outcome(owner, 0, OUTCOME_RETRY, "4.5.0", NULL);
    assert_int_equal(owner->closed, 1);
}

static void
an_approval_before_the_end_of_the_message_delivers_nothing(void **state)
{
    struct owner *owner = *state;
    open_session(owner, PIPELINING);
    begin(owner, 1);
    hear(owner, "250 ok\r\n250 ok\r\n354 go\r\n");
    client_body(owner->client, SLICE("x\r\n"));
    hear(owner, "250 queued\r\n");
    assert_outcome(owner, 0, OUTCOME_RETRY, "4.5.0", NULL);
    assert_int_equal(owner->closed, 1);
}

static void
a_refusal_before_the_end_of_the_message_is_believed(void **state)
{
    struct owner *owner = *state;
    open_session(owner, PIPELINING);
    begin(owner, 1);
    hear(owner, "250 ok\r\n250 ok\r\n354 go\r\n");
    client_body(owner->client, SLICE("x\r\n"));
    hear(owner, "552 5.3.4 too big\r\n");
    assert_outcome(owner, 0, OUTCOME_FAILED, "5.3.4", "552 5.3.4 too big");
    assert_int_equal(owner->done, 1);
    assert_int_equal(owner->closed, 1);
}

static void
a_250_to_data_delivers_nothing(void **state)
{
    struct owner *owner = *state;
    open_session(owner, PIPELINING);
    begin(owner, 1);
    hear(owner, "250 ok\r\n250 ok\r\n250 ok\r\n");
    assert_outcome(owner, 0, OUTCOME_RETRY, "4.5.0", NULL);
    assert_int_equal(owner->closed, 1);
}

static void
a_354_to_rcpt_ends_the_session(void **state)
{
    struct owner *owner = *state;
    open_session(owner, PLAIN);
    begin(owner, 1);
    hear(owner, "250 ok\r\n");
    hear(owner, "354 go\r\n");
    assert_outcome(owner, 0, OUTCOME_RETRY, "4.5.0", NULL);
    assert_int_equal(owner->closed, 1);
}

static void
an_answer_before_the_question_is_not_taken(void **state)
{
    struct owner *owner = *state;
    connect_with(owner, &(struct client_options){.hostname = SLICE("client.example")});
    hear(owner, "220 hi\r\n250 PIPELINING\r\n");
    expect(owner, "");
    assert_failure(owner, OUTCOME_RETRY, "4.5.0");
}

static void
a_flood_of_replies_ends_the_session_at_once(void **state)
{
    struct owner *owner = *state;
    struct buf flood;
    buf_init(&flood, 8 * 1024 * 1024);
    for (size_t i = 0; i < 500000; i++)
        buf_add_cstr(&flood, "250 ok\r\n");
    open_session(owner, PIPELINING);
    begin(owner, 2);
    assert_int_equal(client_input(owner->client, buf_slice(&flood)), flood.len);
    buf_fini(&flood);
    assert_int_equal(owner->closed, 1);
    assert_outcome(owner, 0, OUTCOME_RETRY, "4.5.0", NULL);
    assert_outcome(owner, 1, OUTCOME_RETRY, "4.5.0", NULL);
}

static void
an_endless_reply_that_drips_ends_the_session_in_bounded_time(void **state)
{
    struct owner *owner = *state;
    struct buf unread;
    buf_init(&unread, 1024 * 1024);
    open_session(owner, PIPELINING);
    begin(owner, 1);
    while (owner->closed == 0 && unread.len < 300 * 1024) {
        buf_add_cstr(&unread, unread.len % 1000 == 0     ? "250-"
                              : unread.len % 1000 == 998 ? "\r\n"
                                                         : "x");
        buf_consume(&unread, client_input(owner->client, buf_slice(&unread)));
    }
    buf_fini(&unread);
    assert_int_equal(owner->closed, 1);
    assert_outcome(owner, 0, OUTCOME_RETRY, "4.5.0", NULL);
}

static void
a_line_without_end_ends_the_session(void **state)
{
    struct owner *owner = *state;
    struct buf unread;
    buf_init(&unread, 1024 * 1024);
    connect_with(owner, &(struct client_options){.hostname = SLICE("client.example")});
    while (owner->closed == 0 && unread.len < 10000) {
        buf_add_char(&unread, unread.len < 3 ? '2' : 'x');
        buf_consume(&unread, client_input(owner->client, buf_slice(&unread)));
    }
    buf_fini(&unread);
    assert_failure(owner, OUTCOME_RETRY, "4.5.0");
}

static void
nonsense_ends_the_session(void **state)
{
    struct owner *owner = *state;
    connect_with(owner, &(struct client_options){.hostname = SLICE("client.example")});
    hear(owner, "SSH-2.0-OpenSSH_9.2\r\n");
    assert_failure(owner, OUTCOME_RETRY, "4.5.0");
}

/* --- what the host offers ------------------------------------------------------------------ */

static void
a_greeting_that_refuses_is_a_failure_with_quit(void **state)
{
    struct owner *owner = *state;
    connect_with(owner, &(struct client_options){.hostname = SLICE("client.example")});
    hear(owner, "554 5.7.1 blocked\r\n");
    expect(owner, "QUIT\r\n");
    assert_failure(owner, OUTCOME_FAILED, "5.7.1");
}

static void
a_greeting_of_421_is_a_failure_to_retry(void **state)
{
    struct owner *owner = *state;
    connect_with(owner, &(struct client_options){.hostname = SLICE("client.example")});
    hear(owner, "421 4.7.0 too many connections\r\n");
    assert_failure(owner, OUTCOME_RETRY, "4.7.0");
}

static void
helo_is_tried_where_ehlo_is_not_known(void **state)
{
    struct owner *owner = *state;
    connect_with(owner, &(struct client_options){.hostname = SLICE("client.example")});
    hear(owner, "220 old\r\n");
    expect(owner, EHLO);
    hear(owner, "502 what\r\n");
    expect(owner, "HELO client.example\r\n");
    hear(owner, "250 hello\r\n");
    assert_int_equal(owner->ready, 1);
    begin(owner, 1);
    expect(owner, "MAIL FROM:<me@test1.com>\r\n");
}

static void
eight_bit_content_is_not_given_to_a_host_without_8bitmime(void **state)
{
    struct owner *owner = *state;
    struct slice recipients[] = {SLICE("a@example.org"), SLICE("b@example.org")};
    open_session(owner, "250-mx\r\n250 PIPELINING\r\n");
    client_begin(owner->client, &(struct client_transaction){.recipients = recipients,
                                                             .recipient_count = 2,
                                                             .eight_bit = true});
    expect(owner, "");
    assert_outcome(owner, 0, OUTCOME_FAILED, "5.6.3", NULL);
    assert_outcome(owner, 1, OUTCOME_FAILED, "5.6.3", NULL);
    assert_non_null(strstr(owner->replies[0], "8BITMIME"));
    assert_int_equal(owner->done, 1);
    assert_int_equal(owner->ready, 2);
    begin(owner, 1); /* the next one may go */
    assert_true(slice_starts(buf_slice(&owner->sent), SLICE("MAIL")));
}

static void
eight_bit_content_is_announced(void **state)
{
    struct owner *owner = *state;
    struct slice recipient = SLICE("a@example.org");
    open_session(owner, "250-mx\r\n250-8bitmime\r\n250 size\r\n");
    client_begin(owner->client, &(struct client_transaction){.recipients = &recipient,
                                                             .recipient_count = 1,
                                                             .size = 99999999999,
                                                             .eight_bit = true});
    expect(owner, "MAIL FROM:<> SIZE=99999999999 BODY=8BITMIME\r\n");
}

static void
a_message_over_the_hosts_size_is_not_offered(void **state)
{
    struct owner *owner = *state;
    struct slice recipient = SLICE("a@example.org");
    open_session(owner, "250-mx\r\n250 SIZE 1000\r\n");
    client_begin(owner->client, &(struct client_transaction){
                                    .recipients = &recipient, .recipient_count = 1, .size = 1001});
    expect(owner, "");
    assert_outcome(owner, 0, OUTCOME_FAILED, "5.3.4", NULL);
    memset(owner->outcomes, 0, sizeof owner->outcomes);
    client_begin(owner->client, &(struct client_transaction){
                                    .recipients = &recipient, .recipient_count = 1, .size = 1000});
    expect(owner, "MAIL FROM:<> SIZE=1000\r\n");
}

/* --- the body ------------------------------------------------------------------------------ */

static void
start_body(struct owner *owner)
{
    open_session(owner, PIPELINING);
    begin(owner, 1);
    hear(owner, "250 ok\r\n250 ok\r\n354 go\r\n");
    buf_reset(&owner->sent);
}

static void
dots_are_doubled_however_the_body_is_cut(void **state)
{
    struct owner *owner = *state;
    const char text[] = ".first\r\n..two\r\nno.dot\r\n.\r\n.last";
    const char stuffed[] = "..first\r\n...two\r\nno.dot\r\n..\r\n..last\r\n.\r\n";
    for (size_t cut = 1; cut < sizeof text - 1; cut++) {
        start_body(owner);
        client_body(owner->client, (struct slice){text, cut});
        client_body(owner->client, SLICE(""));
        client_body(owner->client, (struct slice){text + cut, sizeof text - 1 - cut});
        client_body_end(owner->client);
        expect(owner, stuffed);
        client_free(owner->client);
        owner->ready = 0;
    }
    start_body(owner);
    for (size_t i = 0; i + 1 < sizeof text; i++)
        client_body(owner->client, (struct slice){text + i, 1});
    client_body_end(owner->client);
    expect(owner, stuffed);
}

static void
a_body_always_ends_with_crlf_before_the_dot(void **state)
{
    struct owner *owner = *state;
    static const struct end_case {
        const char *text, *sent;
    } cases[] = {
        {"", ".\r\n"},         {"a\r\n", "a\r\n.\r\n"}, {"a", "a\r\n.\r\n"},
        {"a\r", "a\r\n.\r\n"}, {"a\n", "a\n\r\n.\r\n"}, {"a\r\n\r\n", "a\r\n\r\n.\r\n"},
        {"\n", "\n\r\n.\r\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        start_body(owner);
        body(owner, cases[i].text);
        expect(owner, cases[i].sent);
        client_free(owner->client);
        owner->ready = 0;
        start_body(owner);
        for (const char *c = cases[i].text; *c; c++)
            client_body(owner->client, (struct slice){c, 1});
        client_body_end(owner->client);
        expect(owner, cases[i].sent);
        client_free(owner->client);
        owner->ready = 0;
    }
    owner->client = NULL;
}

static void
a_bare_line_feed_cannot_end_the_message(void **state)
{
    struct owner *owner = *state;
    start_body(owner);
    body(owner, "a\n.\nMAIL FROM:<x@y>\n.\r\n");
    expect(owner, "a\n..\nMAIL FROM:<x@y>\n..\r\n.\r\n");
}

/* --- TLS ----------------------------------------------------------------------------------- */

static void
connect_tls(struct owner *owner, enum tls_policy policy, const char *offer)
{
    connect_with(owner,
                 &(struct client_options){.hostname = SLICE("client.example"), .tls = policy});
    hear(owner, "220 hi\r\n");
    expect(owner, EHLO);
    hear(owner, offer);
}

static void
starttls_is_used_where_it_is_offered_and_the_first_offer_is_forgotten(void **state)
{
    struct owner *owner = *state;
    connect_tls(owner, TLS_OPPORTUNISTIC, "250-mx\r\n250-PIPELINING\r\n250 STARTTLS\r\n");
    expect(owner, "STARTTLS\r\n");
    hear(owner, "220 go\r\n250 injected\r\n");
    assert_int_equal(owner->start_tls, 1);
    expect(owner, "");
    client_secured(owner->client);
    expect(owner, EHLO);
    hear(owner, "250-mx\r\n250 STARTTLS\r\n"); /* not again */
    assert_int_equal(owner->ready, 1);
    begin(owner, 1);
    expect(owner, "MAIL FROM:<me@test1.com>\r\n");
}

static void
required_tls_that_is_not_offered_means_no_mail(void **state)
{
    struct owner *owner = *state;
    connect_tls(owner, TLS_REQUIRE, "250-mx\r\n250 PIPELINING\r\n");
    expect(owner, "QUIT\r\n");
    assert_int_equal(owner->ready, 0);
    assert_failure(owner, OUTCOME_RETRY, "4.7.4");
}

static void
verified_tls_that_is_refused_means_no_mail(void **state)
{
    struct owner *owner = *state;
    connect_tls(owner, TLS_VERIFY, "250-mx\r\n250 STARTTLS\r\n");
    expect(owner, "STARTTLS\r\n");
    hear(owner, "454 TLS not available\r\n");
    expect(owner, "QUIT\r\n");
    assert_failure(owner, OUTCOME_RETRY, "4.7.4");
    enum outcome_kind kind;
    struct slice status, reply;
    assert_true(client_failure(owner->client, &kind, &status, &reply));
    assert_true(slice_is(reply, "454 TLS not available"));
}

static void
required_tls_does_not_go_on_with_helo(void **state)
{
    struct owner *owner = *state;
    connect_tls(owner, TLS_REQUIRE, "500 what\r\n");
    expect(owner, "HELO client.example\r\n");
    hear(owner, "250 hi\r\n");
    assert_failure(owner, OUTCOME_RETRY, "4.7.4");
}

static void
welcome_tls_that_is_refused_goes_on_in_clear(void **state)
{
    struct owner *owner = *state;
    connect_tls(owner, TLS_OPPORTUNISTIC, "250-mx\r\n250 STARTTLS\r\n");
    expect(owner, "STARTTLS\r\n");
    hear(owner, "454 TLS not available\r\n");
    assert_int_equal(owner->ready, 1);
}

static void
tls_is_not_started_where_it_is_switched_off(void **state)
{
    struct owner *owner = *state;
    connect_tls(owner, TLS_NEVER, "250-mx\r\n250 STARTTLS\r\n");
    assert_int_equal(owner->ready, 1);
    assert_int_equal(owner->start_tls, 0);
}

/* --- AUTH ---------------------------------------------------------------------------------- */

static void
connect_auth(struct owner *owner, bool secure, bool loopback, const char *offer)
{
    connect_with(owner, &(struct client_options){.hostname = SLICE("client.example"),
                                                 .tls = secure ? TLS_IMPLICIT : TLS_NEVER,
                                                 .user_name = SLICE("user"),
                                                 .password = SLICE("secret"),
                                                 .loopback = loopback});
    hear(owner, "220 hi\r\n");
    expect(owner, EHLO);
    hear(owner, offer);
}

static void
assert_password_not_traced(struct owner *owner)
{
    assert_int_equal(slice_find(buf_slice(&owner->traced), SLICE("c2VjcmV0")), SLICE_NONE);
    assert_int_equal(slice_find(buf_slice(&owner->traced), SLICE("AHVzZXIAc2VjcmV0")), SLICE_NONE);
}

static void
auth_plain_logs_in_over_tls(void **state)
{
    struct owner *owner = *state;
    connect_auth(owner, true, false, "250-mx\r\n250 AUTH LOGIN PLAIN\r\n");
    expect(owner, "AUTH PLAIN AHVzZXIAc2VjcmV0\r\n");
    assert_int_equal(owner->ready, 0);
    hear(owner, "235 2.7.0 in\r\n");
    assert_int_equal(owner->ready, 1);
    assert_password_not_traced(owner);
}

static void
auth_login_logs_in_on_loopback(void **state)
{
    struct owner *owner = *state;
    connect_auth(owner, false, true, "250-mx\r\n250 AUTH=LOGIN\r\n");
    expect(owner, "AUTH LOGIN\r\n");
    hear(owner, "334 VXNlcm5hbWU6\r\n");
    expect(owner, "dXNlcg==\r\n");
    hear(owner, "334 UGFzc3dvcmQ6\r\n");
    expect(owner, "c2VjcmV0\r\n");
    hear(owner, "235 in\r\n");
    assert_int_equal(owner->ready, 1);
    assert_password_not_traced(owner);
}

static void
a_password_is_never_sent_in_clear(void **state)
{
    struct owner *owner = *state;
    connect_auth(owner, false, false, "250-mx\r\n250 AUTH PLAIN LOGIN\r\n");
    expect(owner, "QUIT\r\n");
    assert_failure(owner, OUTCOME_RETRY, "4.7.0");
}

static void
a_refused_password_is_retried(void **state)
{
    struct owner *owner = *state;
    connect_auth(owner, true, false, "250-mx\r\n250 AUTH PLAIN\r\n");
    buf_reset(&owner->sent);
    hear(owner, "535 5.7.8 wrong\r\n");
    expect(owner, "QUIT\r\n");
    assert_failure(owner, OUTCOME_RETRY, "4.7.8");
}

static void
a_challenge_too_many_gets_no_second_password(void **state)
{
    struct owner *owner = *state;
    connect_auth(owner, true, false, "250-mx\r\n250 AUTH PLAIN\r\n");
    buf_reset(&owner->sent);
    hear(owner, "334 more\r\n");
    expect(owner, "");
    assert_failure(owner, OUTCOME_RETRY, "4.5.0");
}

static void
a_long_initial_response_waits_for_the_challenge(void **state)
{
    struct owner *owner = *state;
    char password[600];
    memset(password, 'x', sizeof password);
    connect_with(owner, &(struct client_options){.hostname = SLICE("client.example"),
                                                 .tls = TLS_IMPLICIT,
                                                 .user_name = SLICE("user"),
                                                 .password = {password, sizeof password}});
    hear(owner, "220 hi\r\n");
    expect(owner, EHLO);
    hear(owner, "250-mx\r\n250 AUTH PLAIN\r\n");
    expect(owner, "AUTH PLAIN\r\n");
    hear(owner, "334 \r\n");
    assert_int_equal(owner->sent.len, (1 + 4 + 1 + 600 + 2) / 3 * 4 + 2);
    hear(owner, "235 in\r\n");
    assert_int_equal(owner->ready, 1);
}

static void
a_host_without_auth_is_not_used_where_a_password_is_set(void **state)
{
    struct owner *owner = *state;
    connect_auth(owner, true, false, "250-mx\r\n250 AUTH CRAM-MD5\r\n");
    expect(owner, "QUIT\r\n");
    assert_failure(owner, OUTCOME_RETRY, "4.7.0");
}

/* --- many ---------------------------------------------------------------------------------- */

static void
a_thousand_recipients_are_all_named(void **state)
{
    struct owner *owner = *state;
    struct arena *arena = arena_new();
    struct slice *recipients = ARENA_ARRAY(arena, struct slice, 1000);
    for (int i = 0; i < 1000; i++)
        recipients[i] = arena_printf(arena, "%0200d@example.org", i);
    open_session(owner, PIPELINING);
    client_begin(owner->client,
                 &(struct client_transaction){.recipients = recipients, .recipient_count = 1000});
    assert_true(slice_ends(buf_slice(&owner->sent), SLICE("999@example.org>\r\nDATA\r\n")));
    assert_int_equal(owner->sent.len, strlen("MAIL FROM:<> SIZE=0\r\nDATA\r\n") +
                                          1000 * (strlen("RCPT TO:<@example.org>\r\n") + 200));
    client_free(owner->client); /* in mid-transaction */
    owner->client = NULL;
    arena_free(arena);
}

static void
quit_says_so_and_closes(void **state)
{
    struct owner *owner = *state;
    open_session(owner, PIPELINING);
    client_quit(owner->client);
    expect(owner, "QUIT\r\n");
    assert_int_equal(owner->closed, 1);
    client_quit(owner->client);
    expect(owner, "");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(pipelined_commands_go_out_together_and_replies_in_one_piece_are_told_apart),
        TEST(replies_are_read_byte_by_byte),
        TEST(without_pipelining_each_command_waits_for_its_reply),
        TEST(a_refused_mail_is_every_recipients_outcome),
        TEST(pipelined_replies_after_a_refused_mail_change_nothing),
        TEST(a_data_that_was_taken_without_recipients_gets_the_dot_alone),
        TEST(a_refused_data_speaks_for_those_who_were_accepted),
        TEST(a_refused_message_is_followed_by_rset),
        TEST(too_many_recipients_are_retried_and_a_full_mailbox_is_not),
        TEST(the_null_reverse_path_is_written_empty),
        TEST(a_421_in_mid_transaction_leaves_known_outcomes_and_retries_the_rest),
        TEST(a_connection_lost_after_the_final_dot_is_retried),
        TEST(a_message_broken_off_never_gets_its_final_dot),
        TEST(a_session_lost_before_any_transaction_is_a_failure_and_no_outcome),
        TEST(a_session_closed_between_transactions_is_no_failure),
        TEST(a_transaction_the_server_never_answered_is_known_as_such),
        TEST(a_transaction_whose_mail_was_answered_was_heard),
        TEST(a_second_reply_to_the_message_is_not_taken_for_the_next_one),
        TEST(half_a_reply_left_over_ends_the_session),
        TEST(an_approval_that_comes_with_354_delivers_nothing),
        TEST(half_a_reply_during_the_body_is_not_completed_after_it),
        TEST(an_approval_before_the_end_of_the_message_delivers_nothing),
        TEST(a_refusal_before_the_end_of_the_message_is_believed),
        TEST(a_250_to_data_delivers_nothing),
        TEST(a_354_to_rcpt_ends_the_session),
        TEST(an_answer_before_the_question_is_not_taken),
        TEST(a_flood_of_replies_ends_the_session_at_once),
        TEST(an_endless_reply_that_drips_ends_the_session_in_bounded_time),
        TEST(a_line_without_end_ends_the_session),
        TEST(nonsense_ends_the_session),
        TEST(a_greeting_that_refuses_is_a_failure_with_quit),
        TEST(a_greeting_of_421_is_a_failure_to_retry),
        TEST(helo_is_tried_where_ehlo_is_not_known),
        TEST(eight_bit_content_is_not_given_to_a_host_without_8bitmime),
        TEST(eight_bit_content_is_announced),
        TEST(a_message_over_the_hosts_size_is_not_offered),
        TEST(dots_are_doubled_however_the_body_is_cut),
        TEST(a_body_always_ends_with_crlf_before_the_dot),
        TEST(a_bare_line_feed_cannot_end_the_message),
        TEST(starttls_is_used_where_it_is_offered_and_the_first_offer_is_forgotten),
        TEST(required_tls_that_is_not_offered_means_no_mail),
        TEST(verified_tls_that_is_refused_means_no_mail),
        TEST(required_tls_does_not_go_on_with_helo),
        TEST(welcome_tls_that_is_refused_goes_on_in_clear),
        TEST(tls_is_not_started_where_it_is_switched_off),
        TEST(auth_plain_logs_in_over_tls),
        TEST(auth_login_logs_in_on_loopback),
        TEST(a_password_is_never_sent_in_clear),
        TEST(a_refused_password_is_retried),
        TEST(a_challenge_too_many_gets_no_second_password),
        TEST(a_long_initial_response_waits_for_the_challenge),
        TEST(a_host_without_auth_is_not_used_where_a_password_is_set),
        TEST(a_thousand_recipients_are_all_named),
        TEST(quit_says_so_and_closes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
