#include "operand.h"

#include "base/json.h"

#include <arpa/inet.h>

static size_t
skip_digits(struct slice text, size_t at)
{
    while (at < text.len && ascii_digit(text.ptr[at]))
        at++;
    return at;
}

static bool
skip_sign(struct slice text, size_t *at)
{
    bool sign = *at < text.len && (text.ptr[*at] == '+' || text.ptr[*at] == '-');
    *at += sign;
    return sign;
}

static bool
number_is_written_well(struct slice text)
{
    size_t at = 0;
    (void)skip_sign(text, &at);
    size_t end = skip_digits(text, at);
    if (end == at)
        return false;
    if (end < text.len && text.ptr[end] == '.') {
        at = end + 1;
        end = skip_digits(text, at);
        if (end == at)
            return false;
    }
    if (end < text.len && (text.ptr[end] == 'e' || text.ptr[end] == 'E')) {
        at = end + 1;
        (void)skip_sign(text, &at);
        end = skip_digits(text, at);
        if (end == at)
            return false;
    }
    return end == text.len;
}

bool
number_parse(struct slice text, double *out)
{
    if (!number_is_written_well(text))
        return false;
    return json_number(&(struct json){.type = JSON_NUMBER, .text = text}, out);
}

static bool
prefix_parse(struct slice text, unsigned longest, uint8_t *out)
{
    uint64_t bits;
    if (text.len > 3 || !slice_u64(text, &bits) || bits > longest)
        return false;
    *out = (uint8_t)bits;
    return true;
}

/* ::ffff:0:0/96 (RFC 4291 §2.5.5.2): how a dual-stack socket shows an IPv4 peer. */
static void
unmap_ipv4(struct network *network)
{
    static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    if (!network->ipv6 || network->prefix < 96 || memcmp(network->bytes, mapped, 12) != 0)
        return;
    memmove(network->bytes, network->bytes + 12, 4);
    memset(network->bytes + 4, 0, 12);
    network->prefix = (uint8_t)(network->prefix - 96);
    network->ipv6 = false;
}

bool
network_parse(struct slice text, struct network *out)
{
    struct network network = {0};
    struct slice address = text, bits = {0};
    bool block = slice_cut(text, '/', &address, &bits);
    char cstr[INET6_ADDRSTRLEN];
    if (address.len == 0 || address.len >= sizeof cstr || slice_chr(address, '\0') != SLICE_NONE)
        return false;
    memcpy(cstr, address.ptr, address.len);
    cstr[address.len] = '\0';
    network.ipv6 = slice_chr(address, ':') != SLICE_NONE;
    network.prefix = network.ipv6 ? 128 : 32;
    if (inet_pton(network.ipv6 ? AF_INET6 : AF_INET, cstr, network.bytes) != 1)
        return false;
    if (block && !prefix_parse(bits, network.prefix, &network.prefix))
        return false;
    unmap_ipv4(&network);
    *out = network;
    return true;
}

bool
network_contains(const struct network *network, const struct network *address)
{
    if (network->ipv6 != address->ipv6 || address->prefix < network->prefix)
        return false;
    size_t whole = network->prefix / 8;
    if (memcmp(network->bytes, address->bytes, whole) != 0)
        return false;
    unsigned rest = network->prefix % 8;
    if (rest == 0)
        return true;
    unsigned mask = 0xffu << (8 - rest) & 0xffu;
    return ((network->bytes[whole] ^ address->bytes[whole]) & mask) == 0;
}

/* The next colon from `at` on that is not inside ${...}; `len` when there is none. */
static size_t
next_colon(struct slice text, size_t at, bool variables)
{
    bool inside = false;
    for (; at < text.len; at++) {
        if (variables && text.ptr[at] == '$' && at + 1 < text.len && text.ptr[at + 1] == '{')
            inside = true;
        else if (text.ptr[at] == '}')
            inside = false;
        else if (text.ptr[at] == ':' && !inside)
            return at;
    }
    return at;
}

bool
arn_split(struct slice text, bool variables, struct arn *out)
{
    struct arn arn;
    size_t at = 0;
    for (int i = 0; i < ARN_RESOURCE; i++) {
        size_t colon = next_colon(text, at, variables);
        if (colon == text.len)
            return false;
        arn.part[i] = (struct slice){text.ptr + at, colon - at};
        at = colon + 1;
    }
    arn.part[ARN_RESOURCE] = slice_from(text, at);
    if (!slice_is(arn.part[ARN_PREFIX], "arn"))
        return false;
    *out = arn;
    return true;
}

bool
account_id_valid(struct slice text)
{
    return text.len == 12 && skip_digits(text, 0) == 12;
}
