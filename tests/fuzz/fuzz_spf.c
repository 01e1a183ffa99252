/*
 * SPF records of strangers. The first line is the address, each further line is one answer: the
 * questions get them in turn, as TXT text, or as what their type has. A judgement must end, and not
 * ask for more than a receiver may.
 */
#include "identity/spf.h"

#include <stdlib.h>

static void
answer(struct arena *arena, enum dns_type type, struct slice line, struct dns_answer *out)
{
    *out = (struct dns_answer){.status = line.len ? DNS_FOUND : DNS_NXDOMAIN};
    out->records = ARENA_NEW(arena, struct dns_record);
    if (slice_is(line, "?"))
        out->status = DNS_TEMPORARY;
    if (out->status != DNS_FOUND)
        return;
    size_t len = type == DNS_A ? 4 : type == DNS_AAAA ? 16 : line.len;
    char *bytes = arena_alloc(arena, len + 1);
    memcpy(bytes, line.ptr, line.len < len ? line.len : len);
    out->records[0].data = (struct slice){bytes, len};
    out->count = 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice rest = {(const char *)data, size}, line, name;
    struct arena *arena = arena_new();
    struct answers *answers = answers_new(arena);
    struct spf_verdict verdict;
    enum dns_type type;
    if (!slice_cut(rest, '\n', &line, &rest))
        line = SLICE("");
    struct spf_request request = {.ip = line.len >= 16 ? slice_head(line, 16) : SLICE("\1\2\3\4"),
                                  .domain = SLICE("a.example"),
                                  .sender = SLICE("strong-bad@a.example"),
                                  .helo = SLICE("mx.example")};
    size_t rounds = 0;
    while (spf_check(arena, answers, &request, &verdict) == RC_AGAIN) {
        if (++rounds > ANSWERS_MAX)
            abort();
        for (size_t at = 0; answers_wanted(answers, &at, &type, &name);) {
            struct dns_answer found;
            if (!slice_cut(rest, '\n', &line, &rest)) {
                line = rest;
                rest = SLICE("");
            }
            answer(arena, type, line, &found);
            answers_put(answers, type, name, &found);
        }
    }
    if (verdict.result >= SPF_RESULT_COUNT ||
        (verdict.lookups > SPF_LOOKUPS_MAX && verdict.result != SPF_PERMERROR))
        abort();
    arena_free(arena);
    return 0;
}
