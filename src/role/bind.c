#include "bind.h"

#include "net/stream.h"

#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BACKLOG = 1024 };

struct slice
bind_text(struct arena *arena, const struct config_address *address)
{
    bool v6 = slice_chr(address->host, ':') != SLICE_NONE;
    return arena_printf(arena, v6 ? "[%.*s]:%u" : "%.*s:%u", SLICE_ARG(address->host),
                        address->port);
}

static enum rc
bind_endpoint(const struct endpoint *endpoint, bool both_families, int *out, struct err *err)
{
    int family = endpoint->address.ss_family, yes = 1, only_v6 = !both_families;
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return err_set_errno(err, RC_PERMANENT, errno, "cannot open a socket");
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == 0 &&
        (family != AF_INET6 ||
         setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only_v6, sizeof only_v6) == 0) &&
        bind(fd, (const struct sockaddr *)&endpoint->address, endpoint->len) == 0 &&
        listen(fd, BACKLOG) == 0) {
        *out = fd;
        return RC_OK;
    }
    int why = errno;
    close(fd);
    return err_set_errno(err, why == EADDRINUSE ? RC_CONFLICT : RC_PERMANENT, why, "cannot listen");
}

static enum rc
bind_ip(struct slice ip, uint16_t port, bool both_families, int *fd, struct err *err)
{
    struct endpoint endpoint;
    enum rc rc = endpoint_parse(ip, port, &endpoint, err);
    return rc == RC_OK ? bind_endpoint(&endpoint, both_families, fd, err) : rc;
}

enum rc
bind_address(struct arena *arena, const struct config_address *address, int *fd, struct err *err)
{
    enum rc rc;
    if (slice_is(address->host, "*")) {
        rc = bind_ip(SLICE("::"), address->port, true, fd, err);
        /* A kernel without IPv6. */
        if (rc != RC_OK &&
            (err->system_errno == EAFNOSUPPORT || err->system_errno == EADDRNOTAVAIL))
            rc = bind_ip(SLICE("0.0.0.0"), address->port, false, fd, err);
    } else {
        rc = bind_ip(address->host, address->port, false, fd, err);
    }
    if (rc != RC_OK)
        err_prefix(err, "%.*s: ", SLICE_ARG(bind_text(arena, address)));
    return rc;
}
