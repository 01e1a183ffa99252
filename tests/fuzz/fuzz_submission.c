/*
 * The submission session on any bytes. The first byte says what kind of connection it is and how
 * core answers; the rest is what the client sends: as one piece, and cut by the bytes themselves.
 * Both must come out alike. Core's answers, too, are chosen by the bytes.
 */
#include "accept/submission.h"

#include <assert.h>
#include <stdlib.h>

enum { TRANSCRIPT_MAX = 256 * 1024 * 1024, MESSAGE_MAX = 2000, RECIPIENTS_MAX = 5 };

enum { IMPLICIT_TLS = 1, REFUSES = 2, DISTURBS = 4, SAVES_CREDIT = 8 };

struct owner {
    struct submission *session;
    struct buf transcript;
    uint8_t manner;
    uint64_t allowed, passed;
    bool tls, login, message, ended, closed, tls_asked;
};

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

/* Every reply is whole lines, each printable and led by a code. */
static void
on_reply(void *ctx, struct slice bytes)
{
    struct owner *owner = ctx;
    struct slice line;
    assert(!owner->closed && slice_ends(bytes, SLICE("\r\n")));
    buf_add(&owner->transcript, bytes);
    while (bytes.len) {
        assert(slice_cut(bytes, '\n', &line, &bytes));
        assert(line.len >= 5 && ascii_digit(line.ptr[0]) && ascii_digit(line.ptr[2]));
        assert(line.ptr[3] == ' ' || line.ptr[3] == '-');
        for (size_t i = 0; i + 1 < line.len; i++)
            assert(line.ptr[i] >= 0x20 && line.ptr[i] < 0x7f);
    }
}

static void
on_start_tls(void *ctx)
{
    struct owner *owner = ctx;
    assert(!owner->tls);
    owner->tls_asked = true;
}

static void
on_close(void *ctx)
{
    struct owner *owner = ctx;
    assert(!owner->closed && !owner->message);
    owner->closed = true;
}

static void
on_authenticate(void *ctx, const char *mechanism, struct slice user, struct slice password,
                struct slice client_name)
{
    struct owner *owner = ctx;
    assert(owner->tls && !owner->login && !submission_is_authenticated(owner->session));
    assert(user.len && password.len && client_name.len);
    assert(slice_chr(user, '\0') == SLICE_NONE && slice_chr(password, '\0') == SLICE_NONE);
    owner->login = true;
    buf_printf(&owner->transcript, "<%s %.*s %.*s>", mechanism, SLICE_ARG(user),
               SLICE_ARG(password));
}

static void
on_message_begin(void *ctx, struct slice reverse_path, const struct slice *recipients, size_t count)
{
    struct owner *owner = ctx;
    assert(owner->tls && submission_is_authenticated(owner->session) && !owner->message);
    assert(count >= 1 && count <= RECIPIENTS_MAX && reverse_path.len);
    buf_add(&owner->transcript, reverse_path);
    for (size_t i = 0; i < count; i++) {
        assert(slice_chr(recipients[i], '@') != SLICE_NONE);
        buf_add(&owner->transcript, recipients[i]);
    }
    owner->message = true;
    owner->passed = owner->allowed = 0;
    if (!(owner->manner & SAVES_CREDIT)) {
        owner->allowed = UINT32_MAX;
        submission_credit(owner->session, UINT32_MAX);
    }
}

static void
on_message(void *ctx, struct slice piece)
{
    struct owner *owner = ctx;
    assert(owner->message && !owner->ended && piece.len && piece.len <= owner->allowed);
    owner->allowed -= piece.len;
    owner->passed += piece.len;
    assert(owner->passed <= MESSAGE_MAX);
    buf_add(&owner->transcript, piece);
}

static void
on_message_end(void *ctx)
{
    struct owner *owner = ctx;
    assert(owner->message && !owner->ended);
    owner->message = false;
    owner->ended = true;
}

static void
on_message_abort(void *ctx)
{
    struct owner *owner = ctx;
    assert(owner->message && !owner->ended);
    owner->message = false;
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
};

/* Answers to whatever core was asked. */
static void
core_answers(struct owner *owner)
{
    if (owner->login) {
        owner->login = false;
        submission_authenticated(owner->session, owner->manner & REFUSES ? SUBMISSION_LOGIN_REFUSED
                                                                         : SUBMISSION_LOGIN_OK);
    }
    if (owner->ended) {
        owner->ended = false;
        submission_submitted(owner->session, SLICE("250 Ok id"));
    }
    if (owner->message && owner->manner & SAVES_CREDIT) {
        owner->allowed += 3;
        submission_credit(owner->session, 3);
    }
}

/* Things that come from nowhere; where they come depends on how the input is cut. */
static void
core_disturbs(struct owner *owner, uint8_t choice)
{
    switch (choice) {
    case 1:
        if (owner->message)
            submission_submitted(owner->session, SLICE("554 early"));
        owner->message = false;
        break;
    case 2: submission_revoked(owner->session); break;
    case 3: submission_timeout(owner->session); break;
    case 4: submission_shutdown(owner->session); break;
    default: break;
    }
}

static void
tls_finishes(struct owner *owner, struct buf *unread)
{
    if (!owner->tls_asked)
        return;
    owner->tls_asked = false;
    owner->tls = true;
    buf_reset(unread); /* input in clear is lost */
    submission_secured(owner->session);
}

/* Like a stream: what was not consumed is given again with more. */
static void
feed(struct owner *owner, struct buf *unread)
{
    bool more = true;
    while (more && unread->len) {
        size_t used = submission_input(owner->session, buf_slice(unread));
        assert(used <= unread->len);
        buf_consume(unread, used);
        tls_finishes(owner, unread);
        more = used > 0 || submission_waiting(owner->session);
        core_answers(owner);
    }
}

static void
run(struct owner *owner, struct slice data, uint8_t manner, bool cut)
{
    static const struct submission_limits limits = {.message_bytes = MESSAGE_MAX,
                                                    .recipients = RECIPIENTS_MAX,
                                                    .failed_logins = 3,
                                                    .bad_commands = 10};
    *owner = (struct owner){.manner = manner, .tls = manner & IMPLICIT_TLS};
    buf_init(&owner->transcript, TRANSCRIPT_MAX);
    owner->session = submission_new(SLICE("h.example"), SLICE("d"), SLICE("c"), owner->tls, &limits,
                                    &actions, owner);
    submission_start(owner->session);
    struct buf unread;
    buf_init(&unread, TRANSCRIPT_MAX);
    while (data.len) {
        uint8_t first = (uint8_t)data.ptr[0];
        struct slice part = slice_head(data, cut ? (size_t)(1 + first % 11) : data.len);
        data = slice_from(data, part.len);
        buf_add(&unread, part);
        feed(owner, &unread);
        if (cut && owner->manner & DISTURBS)
            core_disturbs(owner, first >> 4);
    }
    buf_fini(&unread);
    submission_free(owner->session);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    if (!len)
        return 0;
    struct owner whole, pieces;
    struct slice data = {(const char *)bytes + 1, len - 1};
    run(&pieces, data, bytes[0], true);
    /* What is lost behind STARTTLS depends on the cut, and so do disturbances. */
    if (!(bytes[0] & DISTURBS) && bytes[0] & IMPLICIT_TLS) {
        run(&whole, data, bytes[0], false);
        assert(whole.closed == pieces.closed);
        assert(slice_eq(buf_slice(&whole.transcript), buf_slice(&pieces.transcript)));
        buf_fini(&whole.transcript);
    }
    buf_fini(&pieces.transcript);
    return 0;
}
