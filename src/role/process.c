#include "process.h"

#include "confine.h"

#include "base/log.h"
#include "net/channel.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { START_MESSAGE_MAX = 256 * 1024, LISTENERS_MAX = 128, PEERS_MAX = 128 };

struct process {
    enum role role;
    struct loop *loop;                     /* borrowed */
    struct arena *arena;                   /* owned: what process_start points into */
    struct slice user;                     /* that the role becomes; borrowed from arena */
    const struct process_handler *handler; /* borrowed; set by process_ready */
    void *ctx;
    struct watch *watch; /* owned by the loop */
};

static _Noreturn void __attribute__((format(printf, 2, 3)))
die(const struct process *process, const char *format, ...)
{
    char words[500];
    va_list args;
    va_start(args, format);
    vsnprintf(words, sizeof words, format, args);
    va_end(args);
    log_event(LOG_LEVEL_ERROR, "process.failed", LOG_CSTR("role", role_name(process->role)),
              LOG_CSTR("error", words));
    exit(EXIT_FAILURE);
}

/* The terminal's signals reach the whole group: the parent alone decides what they mean. */
static void
settle_signals(void)
{
    static const int ignored[] = {SIGPIPE, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP};
    for (size_t i = 0; i < sizeof ignored / sizeof ignored[0]; i++)
        signal(ignored[i], SIG_IGN);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/* A memory image would hold keys and passwords: neither a core file nor a debugger of the same
 * user may have it. The kernel forgets both settings when the user changes. */
static void
harden(const struct process *process)
{
    const struct rlimit no_core = {0, 0};
    if (setrlimit(RLIMIT_CORE, &no_core) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0 ||
        prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0)
        die(process, "cannot restrict itself: %s", strerror(errno));
}

static void
raise_file_limit(void)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0)
        return;
    files.rlim_cur = files.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &files); /* fewer connections then, and accept says so */
}

/* Keys stay out of swap: what core and fronts touch is locked, where that has no bound; under one, an
 * allocation would fail instead. Root raises it; elsewhere it is the unit's (LimitMEMLOCK=infinity). */
static void
keep_out_of_swap(enum role role)
{
    static const struct rlimit no_bound = {RLIM_INFINITY, RLIM_INFINITY};
    struct rlimit bound;
    if (role != ROLE_CORE && role != ROLE_FRONT)
        return;
    (void)setrlimit(RLIMIT_MEMLOCK, &no_bound);
    if (getrlimit(RLIMIT_MEMLOCK, &bound) == 0 && bound.rlim_cur == RLIM_INFINITY &&
        mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) == 0)
        return;
    log_event(LOG_LEVEL_INFO, "process.swappable",
              LOG_CSTR("reason", "RLIMIT_MEMLOCK is not infinite: keys may reach swap space"));
}

static bool
is_parent_socket(int fd)
{
    int type;
    socklen_t len = sizeof type;
    return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) == 0 && type == SOCK_SEQPACKET;
}

static void
take_config(struct process *process, struct slice text, struct process_start *start)
{
    static const size_t users[ROLE_COUNT] = {[ROLE_FRONT] = offsetof(struct config, user_front),
                                             [ROLE_CORE] = offsetof(struct config, user_core),
                                             [ROLE_COURIER] = offsetof(struct config, user_courier),
                                             [ROLE_RESOLVER] =
                                                 offsetof(struct config, user_resolver)};
    struct err err;
    enum log_level level;
    if (config_parse(process->arena, text, "the parent's configuration", NULL, 0, &start->config,
                     &err) != RC_OK)
        die(process, "%s", err.text);
    if (log_level_parse(start->config.log_level, &level))
        log_set_level(level);
    process->user = *(struct slice *)((char *)&start->config + users[process->role]);
}

static void
take_listener(struct process *process, struct slice payload, int fd, struct process_start *start)
{
    struct wire wire = wire_read(payload);
    uint8_t kind = wire_u8(&wire);
    if (!wire_end(&wire) || kind >= LISTENER_COUNT || fd < 0 ||
        start->listener_count == LISTENERS_MAX)
        die(process, "the parent sent a listener that makes no sense");
    start->listeners[start->listener_count++] =
        (struct process_listener){(enum listener_kind)kind, fd};
}

static bool
read_peer(struct slice payload, int fd, struct process_peer *out)
{
    struct wire wire = wire_read(payload);
    uint8_t role = wire_u8(&wire);
    *out = (struct process_peer){(enum role)role, wire_u32(&wire), fd};
    return wire_end(&wire) && role < ROLE_COUNT && fd >= 0;
}

static bool
read_certificate(struct slice payload, struct slice *certificate, struct slice *key)
{
    struct wire wire = wire_read(payload);
    *certificate = wire_bytes(&wire);
    *key = wire_bytes(&wire);
    return wire_end(&wire);
}

static void
take_certificate(struct process *process, struct slice payload, struct process_start *start)
{
    if (!read_certificate(payload, &start->certificate, &start->certificate_key))
        die(process, "the parent sent a certificate that makes no sense");
    start->certificate = arena_dup(process->arena, start->certificate);
    start->certificate_key = arena_dup(process->arena, start->certificate_key);
}

/* One start message; false after START. */
static bool
take_message(struct process *process, struct buf *payload, struct process_start *start)
{
    uint8_t type;
    int fd = -1;
    struct err err;
    buf_reset(payload);
    if (channel_recv_fd(PROCESS_PARENT_FD, payload, &type, &fd, 0, &err) != RC_OK)
        die(process, "the parent: %s", err.text);
    switch (type) {
    case MESSAGE_CONFIGURE: take_config(process, buf_slice(payload), start); return true;
    case MESSAGE_LISTEN: take_listener(process, buf_slice(payload), fd, start); return true;
    case MESSAGE_ATTACH:
        if (start->peer_count == PEERS_MAX ||
            !read_peer(buf_slice(payload), fd, &start->peers[start->peer_count++]))
            die(process, "the parent sent a peer that makes no sense");
        return true;
    case MESSAGE_CERTIFICATE: take_certificate(process, buf_slice(payload), start); return true;
    case MESSAGE_UPDATE_KEY:
        start->update_secret = arena_dup(process->arena, buf_slice(payload));
        return true;
    case MESSAGE_START: return false;
    default: die(process, "the parent sent message %u before the start", type);
    }
}

struct process *
process_begin(enum role role, struct loop *loop, struct process_start *start)
{
    struct process *process = NEW(struct process);
    struct buf payload;
    *process = (struct process){.role = role, .loop = loop, .arena = arena_new()};
    log_set_role(role_name(role));
    if (!is_parent_socket(PROCESS_PARENT_FD))
        die(process, "this program is started by \"postern serve\", not by hand");
    settle_signals();
    umask(077);
    harden(process);
    raise_file_limit();
    keep_out_of_swap(role);
    fcntl(PROCESS_PARENT_FD, F_SETFD, FD_CLOEXEC);
    *start = (struct process_start){0};
    start->listeners = ARENA_ARRAY(process->arena, struct process_listener, LISTENERS_MAX);
    start->peers = ARENA_ARRAY(process->arena, struct process_peer, PEERS_MAX);
    buf_init(&payload, START_MESSAGE_MAX);
    while (take_message(process, &payload, start))
        ;
    buf_wipe(&payload);
    if (process->user.len == 0)
        die(process, "the parent sent no configuration");
    return process;
}

static void
become(const struct process *process, const struct passwd *user)
{
    if (initgroups(user->pw_name, user->pw_gid) != 0 || setgid(user->pw_gid) != 0 ||
        setuid(user->pw_uid) != 0)
        die(process, "cannot become user %s: %s", user->pw_name, strerror(errno));
    /* The way back must be closed, or nothing was given up. */
    if (user->pw_uid != 0 && (setuid(0) == 0 || seteuid(0) == 0))
        die(process, "user %s could become root again", user->pw_name);
}

void
process_confine(struct process *process, const struct process_start *start)
{
    if (geteuid() == 0) {
        char *name = memory_cstr(process->user);
        const struct passwd *user = getpwnam(name);
        if (!user)
            die(process,
                "there is no user %s to become: make it, or name another as process.user_%s", name,
                role_name(process->role));
        become(process, user);
        free(name);
    }
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        die(process, "cannot give up new privileges: %s", strerror(errno));
    harden(process);
    struct err err;
    if (confine(process->role, &start->config, &err) != RC_OK)
        die(process, "%s", err.text);
}

static void
stop(struct process *process)
{
    watch_set(process->watch, 0);
    if (process->handler->stop)
        process->handler->stop(process->ctx);
    else
        loop_stop(process->loop);
}

static void
act_on_message(struct process *process, uint8_t type, struct slice payload, int fd)
{
    const struct process_handler *handler = process->handler;
    struct process_peer peer;
    if (type == MESSAGE_ATTACH && handler->attached && read_peer(payload, fd, &peer)) {
        handler->attached(process->ctx, peer);
        return;
    }
    if (fd >= 0)
        close(fd);
    struct slice certificate, key;
    if (type == MESSAGE_CERTIFICATE && handler->renewed &&
        read_certificate(payload, &certificate, &key))
        handler->renewed(process->ctx, certificate, key);
    else
        log_event(LOG_LEVEL_WARN, "process.unexpected", LOG_CSTR("role", role_name(process->role)),
                  LOG_NUMBER("message", type));
}

static void
on_parent(void *ctx, int events)
{
    (void)events;
    struct process *process = ctx;
    struct buf payload;
    struct err err;
    enum rc rc;
    buf_init(&payload, START_MESSAGE_MAX);
    do {
        uint8_t type;
        int fd = -1;
        buf_reset(&payload);
        rc = channel_recv_fd(PROCESS_PARENT_FD, &payload, &type, &fd, MSG_DONTWAIT, &err);
        if (rc == RC_OK)
            act_on_message(process, type, buf_slice(&payload), fd);
    } while (rc == RC_OK);
    buf_wipe(&payload);
    if (rc != RC_AGAIN)
        stop(process);
}

void
process_ready(struct process *process, const struct process_handler *handler, void *ctx)
{
    struct err err;
    process->handler = handler;
    process->ctx = ctx;
    process->watch = watch_new(process->loop, PROCESS_PARENT_FD, on_parent, process);
    watch_set(process->watch, WATCH_READ);
    if (channel_send_fd(PROCESS_PARENT_FD, MESSAGE_READY, SLICE(""), -1, &err) != RC_OK)
        die(process, "the parent: %s", err.text);
}
