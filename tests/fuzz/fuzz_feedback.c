/*
 * The receiving session on any bytes. The first byte says how core answers; the rest is what the
 * client sends: as one piece, and cut by the bytes themselves. Both must come out alike. What is
 * taken is then made into the message that passes it on.
 */
#include "mail/dsn.h"
#include "report/feedback.h"

#include <assert.h>
#include <stdlib.h>

enum { TRANSCRIPT_MAX = 64 * 1024 * 1024, MESSAGE_MAX = 2000, RECIPIENTS_MAX = 3 };

struct owner {
    struct feedback *session;
    struct buf transcript;
    bool waiting, closed;
};

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

/* Every reply is whole lines, each printable and led by a code. */
static void
on_reply(void *ctx, struct slice bytes)
{
    struct owner *owner = ctx;
    struct slice line;
    assert(!owner->closed && !owner->waiting && slice_ends(bytes, SLICE("\r\n")));
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
on_close(void *ctx)
{
    struct owner *owner = ctx;
    assert(!owner->closed);
    owner->closed = true;
}

static bool
on_room(void *ctx)
{
    struct owner *owner = ctx;
    assert(feedback_held(owner->session) <= MESSAGE_MAX);
    return true;
}

static void
check_recipient(struct slice recipient)
{
    size_t at = slice_chr(recipient, '@');
    assert(at == 29 && recipient.len > 30);
    for (size_t i = 0; i < at; i++)
        assert((recipient.ptr[i] >= 'a' && recipient.ptr[i] <= 'z') ||
               (recipient.ptr[i] >= '2' && recipient.ptr[i] <= '7'));
}

/* Whatever came, what goes out is ASCII in lines. */
static void
pass_on(struct slice message, const struct slice *recipients, size_t count)
{
    struct arena *arena = arena_new();
    const struct dsn_returned returned = {
        .hostname = SLICE("postern.example"),
        .to = SLICE("taro@test1.com"),
        .message_id = SLICE("0100abc@postern.example"),
        .original_id = SLICE("0100def"),
        .original_subject = slice_head(message, 150),
        .recipients = recipients,
        .count = count,
        .source_ip = SLICE("192.0.2.1"),
        .report = message,
    };
    struct slice text = dsn_forward(arena, &returned), rest = text, line;
    while (slice_cut(rest, '\n', &line, &rest)) {
        assert(line.len > 0 && line.len <= 999 && line.ptr[line.len - 1] == '\r');
        for (size_t i = 0; i + 1 < line.len; i++)
            assert(line.ptr[i] > 0 && line.ptr[i] != '\r');
    }
    assert(rest.len == 0 && slice_ends(text, SLICE("--\r\n")));
    arena_free(arena);
}

static void
on_message(void *ctx, struct slice reverse_path, const struct slice *recipients, size_t count,
           struct slice message)
{
    struct owner *owner = ctx;
    assert(!owner->waiting && count >= 1 && count <= RECIPIENTS_MAX && message.len <= MESSAGE_MAX);
    for (size_t i = 0; i < count; i++) {
        check_recipient(recipients[i]);
        buf_add(&owner->transcript, recipients[i]);
    }
    buf_printf(&owner->transcript, "<%.*s>", SLICE_ARG(reverse_path));
    buf_add(&owner->transcript, message);
    buf_add_char(&owner->transcript, feedback_is_report(reverse_path, message) ? 'r' : '-');
    pass_on(message, recipients, count);
    owner->waiting = true;
}

static const struct feedback_actions actions = {
    .reply = on_reply, .close = on_close, .room = on_room, .message = on_message};

static void
let_core_answer(struct owner *owner, enum rc rc)
{
    assert(owner->waiting == feedback_waiting(owner->session));
    if (!owner->waiting)
        return;
    assert(feedback_input(owner->session, SLICE("QUIT\r\n")) == 0);
    owner->waiting = false;
    feedback_taken(owner->session, rc);
}

/* One piece more of the connection; what is not read comes again with the next. */
static void
hear(struct owner *owner, struct buf *unread, struct slice piece, enum rc rc)
{
    buf_add(unread, piece);
    for (size_t used = 1; used > 0 && unread->len > 0;) {
        used = feedback_input(owner->session, buf_slice(unread));
        buf_consume(unread, used);
        used += owner->waiting;
        let_core_answer(owner, rc);
    }
    assert(unread->len < 1024); /* an unfinished command line */
}

static void
run(struct owner *owner, struct slice bytes, enum rc rc, bool cut)
{
    static const struct feedback_limits limits = {
        .message_bytes = MESSAGE_MAX, .recipients = RECIPIENTS_MAX, .bad_commands = 8};
    struct buf unread;
    buf_init(&unread, bytes.len + 1);
    *owner = (struct owner){0};
    buf_init(&owner->transcript, TRANSCRIPT_MAX);
    owner->session = feedback_new(SLICE("postern.example"), &limits, &actions, owner);
    feedback_start(owner->session);
    while (bytes.len > 0) {
        size_t len = cut ? (unsigned char)bytes.ptr[0] % 13 + 1u : bytes.len;
        hear(owner, &unread, slice_head(bytes, len), rc);
        bytes = slice_from(bytes, len);
    }
    feedback_timeout(owner->session);
    feedback_free(owner->session);
    buf_fini(&unread);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static const enum rc verdicts[] = {RC_OK, RC_NOT_FOUND, RC_DENIED, RC_TEMPORARY};
    struct owner whole, pieces;
    if (len == 0)
        return 0;
    enum rc rc = verdicts[bytes[0] % 4];
    struct slice dialog = {(const char *)bytes + 1, len - 1};
    run(&whole, dialog, rc, false);
    run(&pieces, dialog, rc, true);
    assert(slice_eq(buf_slice(&whole.transcript), buf_slice(&pieces.transcript)));
    buf_fini(&whole.transcript);
    buf_fini(&pieces.transcript);
    return 0;
}
