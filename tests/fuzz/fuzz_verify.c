/*
 * A signed message and its key record: the first line is the record, the rest the message. What is
 * judged must be the same whatever comes after it is asked again, and no field may be read twice.
 */
#include "sign/verify.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
judge(struct arena *arena, struct slice record, struct slice message, size_t end)
{
    struct answers *answers = answers_new(arena);
    struct dns_record one = {.data = record};
    const struct dns_answer answer = {.status = DNS_FOUND, .records = &one, .count = 1};
    struct header header;
    struct dkim_verdict *list;
    size_t count;
    if (header_parse(arena, slice_head(message, end - 2), &header, NULL) != RC_OK)
        return;
    for (int rounds = 0; dkim_verify(arena, answers, &header, slice_from(message, end),
                                     INT64_C(1528637909000), &list, &count) == RC_AGAIN;
         rounds++) {
        enum dns_type type;
        struct slice name;
        if (rounds > 0) /* all of them were asked for at once */
            abort();
        for (size_t at = 0; answers_wanted(answers, &at, &type, &name);)
            answers_put(answers, type, name, &answer);
    }
    for (size_t i = 0; i < count; i++)
        if (list[i].result >= DKIM_RESULT_COUNT ||
            (list[i].result == DKIM_PASS) != (list[i].why.len == 0))
            abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice all = {(const char *)data, size}, record, message;
    struct arena *arena = arena_new();
    size_t end;
    if (slice_cut(all, '\n', &record, &message) && header_end(message, &end, NULL) == RC_OK)
        judge(arena, record, message, end);
    arena_free(arena);
    return 0;
}
