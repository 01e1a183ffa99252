#include "admin_client.h"
#include "base/clock.h"
#include "net/channel.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum {
    FRAME_HEAD = 5,
    REQUEST = 1,
    AGAIN_MS = 15000,
    AGAIN_PAUSE_US = 200 * 1000,
    RESTART_MS = 3000
};

struct admin_client {
    int fd;
};

/* The path of a Unix socket has 107 bytes; a longer one is reached through its directory. */
static enum rc
connect_to(int fd, const char *dir, struct err *err)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "postern.sock"};
    char *before = getcwd(NULL, 0);
    int failed = chdir(dir) != 0 ? errno : 0;
    if (!failed && connect(fd, (struct sockaddr *)&address, sizeof address) != 0)
        failed = errno;
    if (before && chdir(before) != 0 && !failed)
        failed = errno;
    free(before);
    if (failed == ENOENT && access(dir, F_OK) != 0)
        return err_set(err, RC_NOT_FOUND, "%s does not exist: make it with `postern init --dir %s`",
                       dir, dir);
    if (failed == ENOENT || failed == ECONNREFUSED)
        return err_set(err, RC_NOT_FOUND,
                       "no server runs for %s: start it with `postern serve --dir %s`", dir, dir);
    if (failed == EACCES)
        return err_set(err, RC_DENIED,
                       "%s: only root and the owner of the directory may administer it", dir);
    return failed ? err_set_errno(err, RC_TEMPORARY, failed, "%s/postern.sock", dir) : RC_OK;
}

static enum rc
connect_once(const char *dir, int *fd, struct err *err)
{
    *fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (*fd < 0)
        return err_set_errno(err, RC_TEMPORARY, errno, "socket");
    enum rc rc = connect_to(*fd, dir, err);
    if (rc != RC_OK)
        close(*fd);
    return rc;
}

/* The parent holds a lock as long as it runs. */
static bool
is_served(const char *dir)
{
    struct arena *arena = arena_new();
    int fd = open(arena_printf(arena, "%s/postern.lock", dir).ptr, O_RDONLY | O_CLOEXEC);
    bool held = fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    if (fd >= 0)
        close(fd);
    arena_free(arena);
    return held;
}

enum rc
admin_client_open(const char *dir, struct admin_client **out, struct err *err)
{
    int fd;
    enum rc rc = connect_once(dir, &fd, err);
    /* A part of it died and is being started again. */
    for (int64_t until_ms = clock_monotonic_ms() + RESTART_MS;
         rc == RC_NOT_FOUND && is_served(dir) && clock_monotonic_ms() < until_ms;
         rc = connect_once(dir, &fd, err))
        usleep(AGAIN_PAUSE_US);
    if (rc == RC_NOT_FOUND && is_served(dir))
        return err_set(err, RC_TEMPORARY, "the server of %s is starting: try again", dir);
    if (rc != RC_OK)
        return rc;
    *out = NEW(struct admin_client);
    (*out)->fd = fd;
    return RC_OK;
}

void
admin_client_close(struct admin_client *client)
{
    if (!client)
        return;
    close(client->fd);
    free(client);
}

static bool
send_all(int fd, struct slice bytes)
{
    while (bytes.len > 0) {
        ssize_t sent = send(fd, bytes.ptr, bytes.len, MSG_NOSIGNAL);
        if (sent <= 0 && errno != EINTR)
            return false;
        bytes = slice_from(bytes, sent > 0 ? (size_t)sent : 0);
    }
    return true;
}

static bool
receive_all(int fd, char *into, size_t len)
{
    while (len > 0) {
        ssize_t got = recv(fd, into, len, 0);
        if (got == 0 || (got < 0 && errno != EINTR))
            return false;
        into += got > 0 ? got : 0;
        len -= got > 0 ? (size_t)got : 0;
    }
    return true;
}

static enum rc
exchange(struct admin_client *client, struct arena *arena, struct slice request, struct slice *raw,
         struct err *err)
{
    unsigned char head[FRAME_HEAD];
    for (int i = 0; i < 4; i++)
        head[i] = (unsigned char)(request.len >> (8 * i) & 0xff);
    head[4] = REQUEST;
    if (!send_all(client->fd, (struct slice){(const char *)head, sizeof head}) ||
        !send_all(client->fd, request) || !receive_all(client->fd, (char *)head, sizeof head))
        return err_set(err, RC_TEMPORARY,
                       "the server closed the connection: its log says why (it answers only root "
                       "and the owner of the directory)");
    size_t len =
        (size_t)head[0] | (size_t)head[1] << 8 | (size_t)head[2] << 16 | (size_t)head[3] << 24;
    if (len > CHANNEL_PAYLOAD_MAX)
        return err_set(err, RC_SYNTAX, "the server's answer is too long");
    char *text = arena_alloc(arena, len + 1);
    if (!receive_all(client->fd, text, len))
        return err_set(err, RC_TEMPORARY, "the server closed the connection");
    *raw = (struct slice){text, len};
    return RC_OK;
}

static enum rc
code_of(struct slice name)
{
    for (int rc = 0; rc < RC_COUNT; rc++)
        if (slice_is(name, rc_name((enum rc)rc)))
            return (enum rc)rc;
    return RC_PERMANENT;
}

static enum rc
verdict(const struct json *answer, struct err *err)
{
    bool ok = false;
    struct slice code = SLICE(""), words = SLICE("");
    enum rc rc = json_get_bool(answer, "ok", false, &ok, err);
    if (rc == RC_OK)
        rc = json_get_string(answer, "error", false, &code, err);
    if (rc == RC_OK)
        rc = json_get_string(answer, "message", false, &words, err);
    if (rc != RC_OK || ok)
        return rc;
    return err_set(err, code_of(code), "%.*s", SLICE_ARG(words));
}

enum rc
admin_client_call(struct admin_client *client, struct arena *arena, struct slice request,
                  struct slice *raw, struct json **answer, struct err *err)
{
    int64_t until_ms = clock_monotonic_ms() + AGAIN_MS;
    for (;;) {
        enum rc rc = exchange(client, arena, request, raw, err);
        if (rc == RC_OK)
            rc = json_parse(arena, *raw, answer, err);
        if (rc == RC_OK)
            rc = verdict(*answer, err);
        if (rc != RC_AGAIN || clock_monotonic_ms() >= until_ms)
            return rc;
        usleep(AGAIN_PAUSE_US);
    }
}
