/* DMARC records, and whatever domain they stand for. */
#include "identity/dmarc.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice text = {(const char *)data, size}, domain, record;
    struct arena *arena = arena_new();
    struct answers *answers = answers_new(arena);
    struct dmarc_found found;
    enum dns_type type;
    struct slice name;
    if (!slice_cut(text, '\n', &domain, &record)) {
        domain = SLICE("a.example.co.jp");
        record = text;
    }
    struct dns_record one = {.data = record};
    const struct dns_answer answer = {.status = DNS_FOUND, .records = &one, .count = 1};
    int rounds = 0;
    while (dmarc_find(arena, answers, domain, &found) == RC_AGAIN) {
        if (++rounds > 2)
            abort();
        for (size_t at = 0; answers_wanted(answers, &at, &type, &name);)
            answers_put(answers, type, name, &answer);
    }
    if (found.record.percent > 100 || (found.state == DMARC_UNUSABLE) != (found.why.len > 0))
        abort();
    if (domain.len && !dmarc_aligned(arena, domain, domain, false))
        abort();
    arena_free(arena);
    return 0;
}
