/*
 * Requests for the console's files: a path, a zero, a raw header block. Whatever they say, the answer is
 * one that there is, and its body one of the pack's.
 */
#include "accept/pages.h"

#include <assert.h>

static const struct slice pack = SLICE("postern pages 1\n"
                                       "/console/ text/html changing aa 4 3 2\n"
                                       "/console/assets/x.js text/javascript fixed bb 1 1 1\n"
                                       "\n"
                                       "htmlgzbrpxyb");

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    struct pages_answer answer;
    struct pages_request request = {.method = SLICE("GET"), .header = SLICE("")};
    if (!slice_cut((struct slice){(const char *)data, size}, '\0', &request.path, &request.header))
        request.path = (struct slice){(const char *)data, size};
    pages_answer(arena, pack, &request, &answer);
    assert(answer.status == 200 || answer.status == 304 || answer.status == 308 ||
           answer.status == 404);
    assert(answer.status != 200 || slice_find(pack, answer.body) != SLICE_NONE);
    arena_free(arena);
    return 0;
}
