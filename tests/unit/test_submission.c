/* The session as its owner sees it. What is said line by line is in tests/dialog. */
#include "accept/submission.h"

#include "base/codec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

struct owner {
    struct submission *session;
    struct buf replies, body, traces;
    unsigned logins, begun, ended, aborted, closed, tls_starts;
    size_t user_len, password_len;
    uint64_t credit;
    size_t allowed; /* what may be passed on, by the credit granted */
    bool overdrawn; /* more was passed on */
};

static void
on_reply(void *ctx, struct slice bytes)
{
    buf_add(&((struct owner *)ctx)->replies, bytes);
}

static void
on_start_tls(void *ctx)
{
    ((struct owner *)ctx)->tls_starts++;
}

static void
on_close(void *ctx)
{
    ((struct owner *)ctx)->closed++;
}

static void
on_authenticate(void *ctx, const char *mechanism, struct slice user, struct slice password,
                struct slice client_name)
{
    struct owner *owner = ctx;
    assert_true(slice_is(slice_of(mechanism), "PLAIN") || slice_is(slice_of(mechanism), "LOGIN"));
    assert_true(client_name.len > 0);
    owner->logins++;
    owner->user_len = user.len;
    owner->password_len = password.len;
}

static void
grant(struct owner *owner, uint64_t bytes)
{
    owner->allowed += bytes;
    submission_credit(owner->session, bytes);
}

static void
on_message_begin(void *ctx, struct slice reverse_path, const struct slice *recipients, size_t count)
{
    struct owner *owner = ctx;
    assert_true(reverse_path.len > 0 && count > 0 && recipients[0].len > 0);
    owner->begun++;
    owner->allowed = 0;
    grant(owner, owner->credit);
}

static void
on_message(void *ctx, struct slice piece)
{
    struct owner *owner = ctx;
    assert_true(piece.len > 0);
    owner->overdrawn |= piece.len > owner->allowed;
    owner->allowed -= piece.len;
    buf_add(&owner->body, piece);
}

static void
on_message_end(void *ctx)
{
    ((struct owner *)ctx)->ended++;
}

static void
on_message_abort(void *ctx)
{
    ((struct owner *)ctx)->aborted++;
}

static void
on_trace(void *ctx, bool from_client, struct slice line)
{
    struct owner *owner = ctx;
    if (from_client)
        buf_printf(&owner->traces, "%.*s\n", SLICE_ARG(line));
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
owner_init(struct owner *owner)
{
    static const struct submission_limits limits = {.message_bytes = 40 * 1024 * 1024,
                                                    .recipients = 50,
                                                    .failed_logins = 3,
                                                    .bad_commands = 20};
    *owner = (struct owner){.credit = UINT32_MAX};
    buf_init(&owner->replies, 64 * 1024 * 1024);
    buf_init(&owner->body, 64 * 1024 * 1024);
    buf_init(&owner->traces, 64 * 1024 * 1024);
    owner->session = submission_new(SLICE("mail.example.org"), SLICE("SimpleEmailService-d-TEST"),
                                    SLICE("A1b2C3d4E5f6G7h8I9j0"), true, &limits, &actions, owner);
    submission_start(owner->session);
}

static void
owner_fini(struct owner *owner)
{
    submission_free(owner->session);
    buf_fini(&owner->replies);
    buf_fini(&owner->body);
    buf_fini(&owner->traces);
}

static size_t
say(struct owner *owner, const char *text)
{
    return submission_input(owner->session, slice_of(text));
}

static void
log_in(struct owner *owner)
{
    say(owner, "EHLO client.example\r\nAUTH PLAIN AGFuYQBzZWNyZXQ=\r\n");
    assert_int_equal(owner->logins, 1);
    submission_authenticated(owner->session, SUBMISSION_LOGIN_OK);
    assert_true(submission_is_authenticated(owner->session));
}

static void
begin_data(struct owner *owner)
{
    log_in(owner);
    say(owner, "MAIL FROM:<ana@example.org>\r\nRCPT TO:<bob@example.net>\r\nDATA\r\n");
    assert_int_equal(owner->begun, 1);
}

static bool
ends_with(const struct owner *owner, const char *reply)
{
    return slice_ends(buf_slice(&owner->replies), slice_of(reply));
}

static void
part_of_a_line_is_not_consumed(void **state)
{
    (void)state;
    struct owner owner;
    owner_init(&owner);
    assert_int_equal(say(&owner, "EHLO cli"), 0);
    assert_int_equal(say(&owner, "EHLO client.example\r"), 0);
    assert_int_equal(say(&owner, "EHLO client.example\r\nNO"), 21);
    owner_fini(&owner);
}

static void
nothing_is_read_while_core_decides_on_a_login(void **state)
{
    (void)state;
    struct owner owner;
    owner_init(&owner);
    say(&owner, "EHLO c\r\n");
    assert_int_equal(say(&owner, "AUTH PLAIN AGFuYQBzZWNyZXQ=\r\nNOOP\r\n"), 29);
    assert_true(submission_waiting(owner.session));
    assert_int_equal(say(&owner, "NOOP\r\n"), 0);
    assert_false(submission_is_authenticated(owner.session));
    owner_fini(&owner);
}

static void
answers_nobody_waits_for_change_nothing(void **state)
{
    (void)state;
    struct owner owner;
    owner_init(&owner);
    submission_authenticated(owner.session, SUBMISSION_LOGIN_OK);
    assert_false(submission_is_authenticated(owner.session));
    submission_submitted(owner.session, SLICE("250 Ok id"));
    submission_credit(owner.session, 1000);
    submission_secured(owner.session);
    submission_revoked(owner.session);
    assert_true(ends_with(&owner, "A1b2C3d4E5f6G7h8I9j0\r\n"));
    assert_string_equal(submission_state_name(owner.session), "greeting");
    owner_fini(&owner);
}

static void
plain(struct owner *owner, size_t user_len, size_t password_len)
{
    struct arena *arena = arena_new();
    size_t len = user_len + password_len + 2;
    char *message = arena_alloc(arena, len);
    memset(message + 1, 'u', user_len);
    memset(message + 2 + user_len, 'p', password_len);
    struct slice line = arena_printf(arena, "AUTH PLAIN %.*s\r\n",
                                     SLICE_ARG(codec_base64(arena, (struct slice){message, len})));
    assert_int_equal(submission_input(owner->session, line), line.len);
    arena_free(arena);
}

static void
credentials_of_absurd_length_never_reach_core(void **state)
{
    (void)state;
    struct owner owner;
    owner_init(&owner);
    say(&owner, "EHLO c\r\n");
    plain(&owner, 257, 10);
    plain(&owner, 10, 1025);
    assert_int_equal(owner.logins, 0);
    assert_true(ends_with(&owner, "535 Authentication Credentials Invalid\r\n"));
    plain(&owner, 256, 1024);
    assert_int_equal(owner.logins, 1);
    assert_int_equal(owner.user_len, 256);
    assert_int_equal(owner.password_len, 1024);
    owner_fini(&owner);
}

static void
failures_found_here_count_as_failed_logins(void **state)
{
    (void)state;
    struct owner owner;
    owner_init(&owner);
    say(&owner, "EHLO c\r\n");
    for (int i = 0; i < 3; i++)
        plain(&owner, 257, 10);
    assert_int_equal(owner.closed, 1);
    assert_true(ends_with(&owner, "535 Authentication Credentials Invalid\r\n"));
    owner_fini(&owner);
}

static void
no_credential_is_ever_traced(void **state)
{
    (void)state;
    struct owner owner;
    owner_init(&owner);
    say(&owner, "EHLO c\r\n");
    say(&owner, "AUTH PLAIN c2VjcmV0\r\nauth login c2VjcmV0\r\nc2VjcmV0\r\n");
    submission_authenticated(owner.session, SUBMISSION_LOGIN_REFUSED);
    say(&owner, "AUTH c2VjcmV0\r\nc2VjcmV0\r\nAUTH LOGIN\r\nc2VjcmV0\nAUTH\tPLAIN c2VjcmV0\r\n"
                "AUTH LOGIN  c2VjcmV0 c2VjcmV0\r\n");
    assert_int_equal(slice_find(buf_slice(&owner.traces), SLICE("c2VjcmV0")), SLICE_NONE);
    owner_fini(&owner);
}

static void
what_is_passed_on_never_exceeds_the_credit(void **state)
{
    (void)state;
    static const char text[] = ".\rX\r\n..\r\n.\r.\r\n\r\n.\r\r\ntext\r\n.x\r\n.\r\n";
    for (unsigned step = 1; step < 6; step++) {
        struct owner owner;
        owner_init(&owner);
        owner.credit = 0;
        begin_data(&owner);
        struct slice rest = slice_of(text);
        for (int turns = 0; !owner.ended && turns < 1000; turns++) {
            rest = slice_from(rest, submission_input(owner.session, rest));
            grant(&owner, step);
        }
        assert_int_equal(owner.ended, 1);
        assert_false(owner.overdrawn);
        assert_true(slice_is(buf_slice(&owner.body), "\rX\r\n.\r\n\r.\r\n\r\n\r\r\ntext\r\nx\r\n"));
        owner_fini(&owner);
    }
}

/* A small generator, so that a failure can be repeated. */
static uint32_t
next_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

/* An independent reading of RFC 5321 §4.5.2: find the end first, then undo each line. */
static struct slice
reference_body(struct arena *arena, struct slice data, size_t *consumed)
{
    struct slice framed = arena_concat(arena, SLICE("\r\n"), data);
    size_t end = slice_find(framed, SLICE("\r\n.\r\n"));
    assert_true(end != SLICE_NONE);
    *consumed = end + 5 - 2;
    char *out = arena_alloc(arena, end + 3);
    size_t len = 0;
    for (size_t i = 0; i < end + 2; i++) {
        bool stuffed = i >= 2 && framed.ptr[i] == '.' && framed.ptr[i - 1] == '\n' &&
                       framed.ptr[i - 2] == '\r';
        if (!stuffed)
            out[len++] = framed.ptr[i];
    }
    return (struct slice){out + 2, len - 2};
}

static void
data_is_read_alike_however_it_is_cut(void **state)
{
    (void)state;
    static const char alphabet[] = {'\r', '\n', '.', 'x'};
    uint32_t seed = 1;
    for (int round = 0; round < 4000; round++) {
        struct arena *arena = arena_new();
        size_t len = next_random(&seed) % 40;
        char *text = arena_alloc(arena, len + 5);
        for (size_t i = 0; i < len; i++)
            text[i] = alphabet[next_random(&seed) % sizeof alphabet];
        memcpy(text + len, "\r\n.\r\n", 5);
        struct slice data = {text, len + 5};
        size_t end;
        struct slice expected = reference_body(arena, data, &end);

        struct owner owner;
        owner_init(&owner);
        begin_data(&owner);
        for (size_t at = 0; at < end;) {
            size_t piece = 1 + next_random(&seed) % 7;
            struct slice part = slice_head(slice_from(data, at), piece);
            size_t used = submission_input(owner.session, part);
            assert_true(used == part.len || owner.ended);
            at += used;
            assert_true(at <= end);
        }
        assert_int_equal(owner.ended, 1);
        assert_true(slice_eq(buf_slice(&owner.body), expected));
        owner_fini(&owner);
        arena_free(arena);
    }
}

static void
forty_mebibytes_of_any_shape_take_no_time(void **state)
{
    (void)state;
    static const char *const shapes[] = {"x", "\r", "\n", ".", "\r\n", "\r\n..", ".\r", "\r\n.\r"};
    enum { TOTAL = 40 * 1024 * 1024 - 64 * 1024, BLOCK = 48 * 1024 };
    for (size_t shape = 0; shape < sizeof shapes / sizeof *shapes; shape++) {
        struct owner owner;
        owner_init(&owner);
        begin_data(&owner);
        struct buf block;
        buf_init(&block, BLOCK + 8);
        while (block.len < BLOCK)
            buf_add_cstr(&block, shapes[shape]);
        clock_t start = clock();
        for (size_t total = 0; total < TOTAL; total += block.len)
            assert_int_equal(submission_input(owner.session, buf_slice(&block)), block.len);
        assert_true(clock() - start < 20 * CLOCKS_PER_SEC); /* under sanitizers */
        say(&owner, "x\r\n.\r\n");
        assert_int_equal(owner.ended, 1);
        buf_fini(&block);
        owner_fini(&owner);
    }
}

static void
too_long_a_message_is_dropped_and_told_at_its_end(void **state)
{
    (void)state;
    struct owner owner;
    owner_init(&owner);
    begin_data(&owner);
    struct buf block;
    buf_init(&block, 1024 * 1024);
    while (block.len < 1024 * 1024)
        buf_add_cstr(&block, "12345678901234567890123456789012345678901234567890123456789012\r\n");
    for (int i = 0; i < 45; i++)
        assert_int_equal(submission_input(owner.session, buf_slice(&block)), block.len);
    assert_int_equal(owner.body.len, 40 * 1024 * 1024 + 1); /* core sees that it is too long */
    say(&owner, ".\r\n");
    assert_int_equal(owner.ended, 1);
    submission_submitted(owner.session, SLICE("552 Message is too long."));
    assert_true(ends_with(&owner, "552 Message is too long.\r\n"));
    assert_int_equal(owner.aborted, 0);
    assert_string_equal(submission_state_name(owner.session), "ready");
    buf_fini(&block);
    owner_fini(&owner);
}

static void
a_closed_session_takes_everything_and_says_nothing(void **state)
{
    (void)state;
    struct owner owner;
    owner_init(&owner);
    say(&owner, "QUIT\r\n");
    assert_int_equal(owner.closed, 1);
    size_t told = owner.replies.len;
    assert_int_equal(say(&owner, "NOOP\r\nQUIT\r\nx"), 13);
    submission_timeout(owner.session);
    submission_shutdown(owner.session);
    submission_revoked(owner.session);
    submission_submitted(owner.session, SLICE("250 Ok"));
    assert_int_equal(owner.replies.len, told);
    assert_int_equal(owner.closed, 1);
    owner_fini(&owner);
}

static void
a_session_can_be_freed_at_any_moment(void **state)
{
    (void)state;
    static const char *const moments[] = {"", "EHLO c\r\nAUTH LOGIN\r\nYW5h\r\n",
                                          "EHLO c\r\nAUTH PLAIN AGFuYQBzZWNyZXQ=\r\n"};
    for (size_t i = 0; i < sizeof moments / sizeof *moments; i++) {
        struct owner owner;
        owner_init(&owner);
        say(&owner, moments[i]);
        owner_fini(&owner);
    }
    struct owner owner;
    owner_init(&owner);
    begin_data(&owner);
    say(&owner, "half\r\n.");
    submission_submitted(owner.session, SLICE("554 early"));
    owner_fini(&owner);
    assert_int_equal(owner.ended, 0);
    assert_int_equal(owner.aborted, 0); /* freeing tells nobody */
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(part_of_a_line_is_not_consumed),
        cmocka_unit_test(nothing_is_read_while_core_decides_on_a_login),
        cmocka_unit_test(answers_nobody_waits_for_change_nothing),
        cmocka_unit_test(credentials_of_absurd_length_never_reach_core),
        cmocka_unit_test(failures_found_here_count_as_failed_logins),
        cmocka_unit_test(no_credential_is_ever_traced),
        cmocka_unit_test(what_is_passed_on_never_exceeds_the_credit),
        cmocka_unit_test(data_is_read_alike_however_it_is_cut),
        cmocka_unit_test(forty_mebibytes_of_any_shape_take_no_time),
        cmocka_unit_test(too_long_a_message_is_dropped_and_told_at_its_end),
        cmocka_unit_test(a_closed_session_takes_everything_and_says_nothing),
        cmocka_unit_test(a_session_can_be_freed_at_any_moment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
