/* Others' replies: bounded, printable, and the same when they arrive byte by byte. */
#include <stdlib.h>

#include "mail/reply.h"

static void
check(bool holds)
{
    if (!holds)
        abort();
}

static void
check_printable(struct slice text, bool line_ends)
{
    for (size_t i = 0; i < text.len; i++)
        check((text.ptr[i] >= ' ' && text.ptr[i] <= '~') ||
              (line_ends && (text.ptr[i] == '\r' || text.ptr[i] == '\n')));
}

static void
check_reply(const struct remote_reply *reply)
{
    check(reply->code >= 200 && reply->code <= 599);
    check(reply->line_count > 0 && reply->line_count <= 100 && reply->text.len <= 900);
    check_printable(reply->text, true);
    for (size_t i = 0; i < reply->line_count; i++)
        check_printable(reply->lines[i], false);
    check(reply->status.len == 0 || reply->status.ptr[0] == (char)('0' + reply->code / 100));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice text = {(const char *)data, size};
    struct arena *arena = arena_new();
    struct remote_reply reply;
    size_t consumed = 0;
    enum rc rc = reply_parse(arena, text, &reply, &consumed, NULL);
    check(rc == RC_OK || rc == RC_AGAIN || rc == RC_SYNTAX);
    if (rc == RC_OK) {
        check(consumed > 0 && consumed <= size);
        check_reply(&reply);
        for (size_t len = consumed > 200 ? consumed - 200 : 0; len < consumed; len++)
            check(reply_parse(arena, slice_head(text, len), &reply, &consumed, NULL) == RC_AGAIN);
    }
    check_printable(reply_for(arena, RC_DENIED, text), false);
    arena_free(arena);
    return 0;
}
