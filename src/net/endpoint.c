/* Addresses of the outside: read, shown, and told private from public. */
#include "stream.h"

#include <arpa/inet.h>
#include <netinet/in.h>

enum rc
endpoint_parse(struct slice ip, uint16_t port, struct endpoint *out, struct err *err)
{
    char text[INET6_ADDRSTRLEN];
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    memset(out, 0, sizeof *out);
    if (ip.len == 0 || ip.len >= sizeof text || slice_chr(ip, '\0') != SLICE_NONE)
        return err_set(err, RC_SYNTAX, "not an IP address");
    memcpy(text, ip.ptr, ip.len);
    text[ip.len] = '\0';
    if (inet_pton(AF_INET, text, &v4.sin_addr) == 1) {
        memcpy(&out->address, &v4, sizeof v4);
        out->len = sizeof v4;
    } else if (inet_pton(AF_INET6, text, &v6.sin6_addr) == 1) {
        memcpy(&out->address, &v6, sizeof v6);
        out->len = sizeof v6;
    } else {
        return err_set(err, RC_SYNTAX, "%s is not an IP address", text);
    }
    return RC_OK;
}

static const struct sockaddr_in6 *
as_v6(const struct endpoint *endpoint)
{
    return (const struct sockaddr_in6 *)&endpoint->address;
}

static const struct sockaddr_in *
as_v4(const struct endpoint *endpoint)
{
    return (const struct sockaddr_in *)&endpoint->address;
}

struct slice
endpoint_ip(struct arena *arena, const struct endpoint *endpoint)
{
    char text[INET6_ADDRSTRLEN] = "";
    if (endpoint->address.ss_family == AF_INET)
        inet_ntop(AF_INET, &as_v4(endpoint)->sin_addr, text, sizeof text);
    else if (endpoint->address.ss_family == AF_INET6 &&
             IN6_IS_ADDR_V4MAPPED(&as_v6(endpoint)->sin6_addr))
        inet_ntop(AF_INET, as_v6(endpoint)->sin6_addr.s6_addr + 12, text, sizeof text);
    else if (endpoint->address.ss_family == AF_INET6)
        inet_ntop(AF_INET6, &as_v6(endpoint)->sin6_addr, text, sizeof text);
    return arena_dup(arena, slice_of(text));
}

uint16_t
endpoint_port(const struct endpoint *endpoint)
{
    if (endpoint->address.ss_family == AF_INET)
        return ntohs(as_v4(endpoint)->sin_port);
    if (endpoint->address.ss_family == AF_INET6)
        return ntohs(as_v6(endpoint)->sin6_port);
    return 0;
}

struct prefix {
    uint8_t bytes[16];
    unsigned bits;
};

/* RFC 6890 and its registries: what is not a host of the public Internet. */
static const struct prefix private_v4[] = {
    {{0}, 8},
    {{10}, 8},
    {{100, 64}, 10},
    {{127}, 8},
    {{169, 254}, 16},
    {{172, 16}, 12},
    {{192, 0, 0}, 24},
    {{192, 0, 2}, 24},
    {{192, 88, 99}, 24},
    {{192, 168}, 16},
    {{198, 18}, 15},
    {{198, 51, 100}, 24},
    {{203, 0, 113}, 24},
    {{224}, 4},
    {{240}, 4},
};
static const struct prefix private_v6[] = {
    {{0}, 96}, /* unspecified, loopback, v4-compatible (RFC 4291 §2.5.5.1) */
    {{0x00, 0x64, 0xff, 0x9b, 0, 1}, 48}, /* translation inside a network, RFC 8215 */
    {{0x01, 0}, 64},                      /* discard only */
    {{0x20, 0x01, 0x0d, 0xb8}, 32},       /* documentation */
    {{0x20, 0x01, 0, 0}, 23},             /* protocol assignments */
    {{0x3f, 0xff}, 20},                   /* documentation, RFC 9637 */
    {{0x5f, 0x00}, 16},                   /* segment routing, RFC 9602 */
    {{0xfc}, 7},                          /* unique local */
    {{0xfe, 0x80}, 10},                   /* link-local */
    {{0xfe, 0xc0}, 10},                   /* site-local */
    {{0xff}, 8},                          /* multicast */
};

static bool
in_prefix(const uint8_t *address, const struct prefix *prefix)
{
    for (unsigned bit = 0; bit < prefix->bits; bit++) {
        uint8_t mask = (uint8_t)(0x80 >> bit % 8);
        if ((address[bit / 8] & mask) != (prefix->bytes[bit / 8] & mask))
            return false;
    }
    return true;
}

static bool
v4_is_private(const uint8_t *address)
{
    for (size_t i = 0; i < sizeof private_v4 / sizeof private_v4[0]; i++)
        if (in_prefix(address, &private_v4[i]))
            return true;
    return false;
}

/* Addresses that carry a v4 one are judged by it: mapped, NAT64, 6to4. */
static const uint8_t *
embedded_v4(const uint8_t *address)
{
    static const struct prefix at_12[] = {{{[10] = 0xff, [11] = 0xff}, 96},
                                          {{0x00, 0x64, 0xff, 0x9b}, 96}};
    for (size_t i = 0; i < sizeof at_12 / sizeof at_12[0]; i++)
        if (in_prefix(address, &at_12[i]))
            return address + 12;
    return address[0] == 0x20 && address[1] == 0x02 ? address + 2 : NULL;
}

bool
endpoint_is_private(const struct endpoint *endpoint)
{
    if (endpoint->address.ss_family == AF_INET)
        return v4_is_private((const uint8_t *)&as_v4(endpoint)->sin_addr);
    if (endpoint->address.ss_family != AF_INET6)
        return true;
    const uint8_t *address = as_v6(endpoint)->sin6_addr.s6_addr;
    const uint8_t *inner = embedded_v4(address);
    if (inner)
        return v4_is_private(inner);
    for (size_t i = 0; i < sizeof private_v6 / sizeof private_v6[0]; i++)
        if (in_prefix(address, &private_v6[i]))
            return true;
    return false;
}
