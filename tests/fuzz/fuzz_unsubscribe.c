/* Tokens and forms of strangers: what is known is what would be made again. */
#include <stdlib.h>

#include "report/unsubscribe.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t secret[32] = {7};
    struct slice text = {(const char *)data, size};
    struct arena *arena = arena_new();
    struct unsubscribe link;
    if (unsubscribe_read(arena, secret, text, &link, NULL) == RC_OK &&
        !slice_eq(unsubscribe_token(arena, secret, &link), text))
        abort();
    (void)unsubscribe_is_meant(text);
    arena_free(arena);
    return 0;
}
