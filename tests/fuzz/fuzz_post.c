/* What a web server that nobody knows answers, and addresses: what is read is within what was given. */
#include <stdlib.h>

#include "net/post.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice text = {(const char *)data, size};
    struct post_url url;
    struct err err;
    int status;
    if (post_status_read(text, &status, &err) == RC_OK && (status < 100 || status > 999))
        abort();
    if (post_url_read(text, &url, &err) != RC_OK)
        return 0;
    struct arena *arena = arena_new();
    struct slice request = post_request(arena, &url, SLICE("x"));
    size_t end = slice_find(request, SLICE("\r\n\r\n"));
    if (url.host.len == 0 || url.port == 0 || end != request.len - 5)
        abort(); /* nothing in it ended the header earlier */
    arena_free(arena);
    return 0;
}
