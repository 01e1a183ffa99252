/* Policies that anybody with the right may have put under the name of a grant: what is read is what
 * would be written. And what an administrator may have typed. */
#include <stdlib.h>

#include "api/grant_policy.h"
#include "base/clock.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const int64_t now_ms = 1700000000000;
    struct slice text = {(const char *)data, size};
    struct arena *arena = arena_new();
    struct grant_terms terms, again, given = {.until_ms = INT64_MAX};
    struct err err;
    int64_t end_ms;
    if (grant_policy_read(arena, text, &terms) &&
        (!slice_eq(grant_policy_write(arena, &terms), text) ||
         terms.network_count > GRANT_NETWORKS_MAX))
        abort();
    given.address = SLICE("a@b.example");
    if (grant_networks_read(arena, text, &given, &err) == RC_OK &&
        (!grant_policy_read(arena, grant_policy_write(arena, &given), &again) ||
         again.network_count != given.network_count))
        abort();
    if (clock_parse_end(text, now_ms, &end_ms) && (end_ms % 1000 != 0 || end_ms <= 0))
        abort();
    arena_free(arena);
    return 0;
}
