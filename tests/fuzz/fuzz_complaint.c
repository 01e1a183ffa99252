/* Reports that strangers send: whatever the bytes, and a complaint stays one when more follows. */
#include <stdlib.h>

#include "base/memory.h"
#include "mail/bounce.h"
#include "mail/complaint.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice text = {(const char *)data, size};
    struct arena *arena = arena_new();
    struct slice longer = arena_concat(arena, text, SLICE("\r\n\r\nmore\r\n"));
    if (complaint_is_one(text) && !complaint_is_one(longer))
        abort();
    (void)bounce_names_address(SLICE("5.0.0"), text);
    arena_free(arena);
    return 0;
}
