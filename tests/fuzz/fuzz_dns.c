/*
 * Responses of DNS and what they prove. The first byte chooses the type; the response is about
 * "a.example". What was read must pass the inner protocol.
 */
#include "identity/proof.h"

#include <stdlib.h>

static const enum dns_type types[] = {DNS_A,   DNS_CNAME, DNS_PTR, DNS_MX,
                                      DNS_TXT, DNS_AAAA,  DNS_TLSA};

static void
check_carried(struct arena *arena, const struct dns_answer *answer)
{
    struct buf buf;
    struct resolved_message message = {1, *answer}, back;
    buf_init(&buf, 1024 * 1024);
    protocol_put_resolved(&buf, &message);
    bool carried = buf_ok(&buf) && protocol_get_resolved(arena, buf_slice(&buf), &back);
    if (!carried || back.answer.count != answer->count)
        abort();
    buf_fini(&buf);
}

static void
check_proof(struct arena *arena, const struct dns_answer *answer)
{
    bool through_cname;
    struct slice seen;
    for (int kind = 0; kind < PROVE_KIND_COUNT; kind++) {
        enum proof proof =
            proof_judge(arena, (enum prove_kind)kind, SLICE("AAAA"), answer, &through_cname, &seen);
        bool found = proof == PROOF_PRESENT || proof == PROOF_WRONG;
        if (found != (answer->status == DNS_FOUND) || seen.len > PROOF_SEEN_MAX)
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dns_answer answer;
    struct dns_local_record record;
    if (size == 0)
        return 0;
    struct arena *arena = arena_new();
    struct slice bytes = {(const char *)data + 1, size - 1};
    if (dns_read_response(arena, SLICE("a.example"),
                          types[data[0] % (sizeof types / sizeof *types)], bytes, &answer,
                          NULL) == RC_OK) {
        check_carried(arena, &answer);
        check_proof(arena, &answer);
    }
    if (dns_read_local_record(arena, bytes, &record, NULL) == RC_OK && !dns_name_valid(record.name))
        abort();
    arena_free(arena);
    return 0;
}
