/* Answers of a server that was asked to change a record, or for the zone that holds it; they answer
 * the request of tests/unit/test_dns_update.c. */
#include "net/dns_update.h"

#include <stdlib.h>

static const char mac[32] = "\x66\x42\xc6\xe8\x12\x00\x2d\x1e\x53\x4c\x98\x82\x29\x1e\x42\x4b"
                            "\xf8\xe2\xaf\x6b\x28\x79\x7d\x09\xf4\x62\x02\x67\x3d\xe4\xf1\xc4";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    const struct tsig_key key = {SLICE("postern.test1.com"), TSIG_HMAC_SHA256,
                                 SLICE("0123456789abcdef0123456789abcdef")};
    const struct slice name = SLICE("abc._domainkey.test1.com");
    struct slice response = {(const char *)data, size}, zone;
    struct err err;
    if (dns_update_read(arena, response, 0x1234, &key, (struct slice){mac, sizeof mac}, 1700000000,
                        &err) == RC_OK &&
        (size < 12 || !(data[2] & 0x80) || (data[3] & 15)))
        abort(); /* what the server did not do is not taken for done */
    if (dns_update_read_zone(arena, response, 0x1234, name, &zone, &err) == RC_OK &&
        (!dns_name_valid(zone) || !slice_ends(name, zone)))
        abort();
    arena_free(arena);
    return 0;
}
