#include "connect.h"

#include <errno.h>
#include <unistd.h>

static enum rc
connect_failed(int fd, const char *what, struct err *err)
{
    err_set_errno(err, RC_TEMPORARY, errno, "%s", what);
    if (fd >= 0)
        close(fd);
    return RC_TEMPORARY;
}

static enum rc
start_connecting(const struct endpoint *to, const struct endpoint *source, int *out,
                 struct err *err)
{
    int fd = socket(to->address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return connect_failed(fd, "making a socket", err);
    if (source && bind(fd, (const struct sockaddr *)&source->address, source->len) != 0)
        return connect_failed(fd, "binding the source address", err);
    if (connect(fd, (const struct sockaddr *)&to->address, to->len) != 0 && errno != EINPROGRESS)
        return connect_failed(fd, "connecting", err);
    *out = fd;
    return RC_OK;
}

enum rc
stream_connect(struct loop *loop, const struct endpoint *to, const struct endpoint *source,
               size_t input_max, const struct stream_handler *handler, void *ctx,
               struct stream **out, struct err *err)
{
    int fd;
    enum rc rc = start_connecting(to, source, &fd, err);
    if (rc != RC_OK)
        return rc;
    *out = stream_open_connecting(loop, fd, input_max, handler, ctx);
    return *out ? RC_OK : err_set_errno(err, RC_TEMPORARY, errno, "watching a socket");
}
