/*
 * Inner messages: the first byte chooses which. What is accepted must encode to something that is
 * accepted again and encodes to the same bytes.
 */
#include "net/protocol.h"

#include <assert.h>
#include <stdlib.h>

static void
check_again(struct buf *first, struct buf *second)
{
    assert(buf_ok(first) && buf_ok(second) && slice_eq(buf_slice(first), buf_slice(second)));
}

#define TRY(name)                                                                                  \
    static void try_##name(struct arena *arena, struct slice payload, struct buf *first,           \
                           struct buf *second)                                                     \
    {                                                                                              \
        struct name##_message message, again;                                                      \
        if (!protocol_get_##name(arena, payload, &message))                                        \
            return;                                                                                \
        protocol_put_##name(first, &message);                                                      \
        bool accepted = protocol_get_##name(arena, buf_slice(first), &again);                      \
        if (!accepted)                                                                             \
            abort();                                                                               \
        protocol_put_##name(second, &again);                                                       \
        check_again(first, second);                                                                \
    }

TRY(authenticate)
TRY(authenticated)
TRY(submit)
TRY(body)
TRY(number)
TRY(credit)
TRY(submitted)
TRY(call)
TRY(return )
TRY(deliver)
TRY(outcome)
TRY(resolve)
TRY(resolved)
TRY(prove)
TRY(proved)
TRY(feedback)
TRY(feedback_taken)
TRY(update)
TRY(updated)
TRY(post)

static void (*const tries[])(struct arena *, struct slice, struct buf *, struct buf *) = {
    try_authenticate, try_authenticated,  try_submit,   try_body,    try_number,
    try_credit,       try_submitted,      try_call,     try_return,  try_deliver,
    try_outcome,      try_resolve,        try_resolved, try_prove,   try_proved,
    try_feedback,     try_feedback_taken, try_update,   try_updated, try_post,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct arena *arena = arena_new();
    struct buf first, second;
    buf_init(&first, 4 * 1024 * 1024);
    buf_init(&second, 4 * 1024 * 1024);
    struct slice payload = {(const char *)data + 1, size - 1};
    tries[data[0] % (sizeof tries / sizeof *tries)](arena, payload, &first, &second);
    buf_fini(&first);
    buf_fini(&second);
    arena_free(arena);
    return 0;
}
