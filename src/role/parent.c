#include "parent.h"

#include "base/clock.h"
#include "base/codec.h"
#include "base/log.h"
#include "bind.h"
#include "net/channel.h"
#include "net/dns_update.h"
#include "notify.h"
#include "process.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    FRONTS_MAX = 64,
    WORKERS_MAX = FRONTS_MAX + 3,
    CONFIG_FILE_MAX = 256 * 1024, /* config_parse refuses less, in its own words */
    READY_MAX = 64,               /* bytes of a message from a worker */
    SEND_TIMEOUT_S = 5, /* a worker that does not read its messages for so long is ended */
    RESTART_FIRST_MS = 100,
    RESTART_MAX_MS = 5000,
    SETTLED_MS = 60 * 1000, /* who lived so long starts again without delay */
    CORE_DEATHS_MAX = 5,
    STOP_MS = 10 * 1000,
    UPDATE_SECRET_FILE_MAX = 16 * 1024,
    DRAIN_MS = 30 * 1000, /* for receivers to say that they took a message */
    CORELESS_MS = 1000    /* for workers whose core died: they have nothing left to finish */
};

struct worker {
    enum role role;
    uint32_t number; /* of this start, counted over all */
    pid_t pid;       /* 0: not running */
    int fd;          /* our end of its socket; -1: none */
    bool ready;
    int64_t started_ms, delay_ms;
    int64_t restart_ms; /* when to start it again */
};

struct port {
    enum listener_kind kind;
    int fd;
};

enum parent_state {
    PARENT_STARTING,   /* not everyone was ready yet, for the first time */
    PARENT_SERVING,    /* core runs; others may be on their way back */
    PARENT_RESTARTING, /* core died: the others are being stopped */
    PARENT_STOPPING,   /* one stage after the other */
    PARENT_STOPPED
};

/* No new mail, then what was accepted is safe, then the rest. */
/* First nothing new comes in, then what is on its way out arrives, then the store is closed. */
enum stop_stage { STAGE_FRONTS, STAGE_COURIER, STAGE_CORE, STAGE_REST, STAGE_COUNT };

struct parent {
    struct arena *arena;
    struct config config;
    char *programs[ROLE_COUNT]; /* paths; in arena */
    struct port *ports;         /* in arena */
    size_t port_count;
    struct worker workers[WORKERS_MAX]; /* the first is core */
    size_t worker_count;
    uint32_t next_number;
    enum parent_state state;
    enum stop_stage stage;
    int64_t deadline_ms; /* while stopping or restarting: then SIGKILL */
    int64_t core_deaths[CORE_DEATHS_MAX];
    bool announced; /* since core's last start */
    int lock_fd, signal_fd;
    int status; /* to exit with */
};

static const char *const program_names[] = {
    [ROLE_FRONT] = "postern-front",
    [ROLE_CORE] = "postern-core",
    [ROLE_COURIER] = "postern-courier",
    [ROLE_RESOLVER] = "postern-resolver",
};
static_assert(sizeof program_names / sizeof program_names[0] == ROLE_COUNT, "a program a role");

static struct worker *
core_of(struct parent *parent)
{
    return &parent->workers[0];
}

/* Before anything is started. */

/* A verb that looks whether it is served has the lock for a moment. */
static bool
lock_soon(int fd)
{
    const struct timespec pause = {.tv_nsec = 50 * 1000 * 1000};
    for (int i = 0; i < 20; i++) {
        if (flock(fd, LOCK_EX | LOCK_NB) == 0)
            return true;
        if (errno != EWOULDBLOCK)
            return false;
        nanosleep(&pause, NULL);
    }
    return false;
}

static enum rc
take_lock(struct parent *parent, struct err *err)
{
    int fd = open("postern.lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return err_set_errno(err, RC_PERMANENT, errno, "postern.lock");
    char text[24];
    if (!lock_soon(fd)) {
        ssize_t len = pread(fd, text, sizeof text, 0);
        struct slice pid = slice_trim((struct slice){text, len > 0 ? (size_t)len : 0});
        close(fd);
        return err_set(err, RC_CONFLICT, "it is served already, by process %.*s", SLICE_ARG(pid));
    }
    int len = snprintf(text, sizeof text, "%ld\n", (long)getpid());
    if (ftruncate(fd, 0) != 0 || pwrite(fd, text, (size_t)len, 0) != len) {
        err_set_errno(err, RC_PERMANENT, errno, "postern.lock");
        close(fd);
        return err->rc;
    }
    parent->lock_fd = fd;
    return RC_OK;
}

static enum rc
read_file(int fd, const char *name, struct buf *out, struct err *err)
{
    for (;;) {
        char *room = buf_reserve(out, 4096);
        if (!room)
            return err_set(err, RC_LIMIT, "%s: too long", name);
        ssize_t len = read(fd, room, 4096);
        if (len < 0)
            return err_set_errno(err, RC_PERMANENT, errno, "%s", name);
        if (len == 0)
            return RC_OK;
        out->len += (size_t)len;
    }
}

static enum rc
load_config(struct parent *parent, const char *dir, const char *const *sets, size_t count,
            struct err *err)
{
    int fd = open("postern.conf", O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT)
        return err_set(err, RC_NOT_FOUND,
                       "there is no postern.conf; \"postern init --dir %s\" makes one", dir);
    if (fd < 0)
        return err_set_errno(err, RC_PERMANENT, errno, "postern.conf");
    struct buf text;
    buf_init(&text, CONFIG_FILE_MAX);
    enum rc rc = read_file(fd, "postern.conf", &text, err);
    close(fd);
    if (rc == RC_OK)
        rc = config_parse(parent->arena, buf_slice(&text), "postern.conf", sets, count,
                          &parent->config, err);
    buf_wipe(&text);
    enum log_level level;
    if (rc == RC_OK && log_level_parse(parent->config.log_level, &level))
        log_set_level(level);
    return rc;
}

static enum rc
open_ports(struct parent *parent, struct err *err)
{
    const struct config *config = &parent->config;
    size_t total = 0;
    for (int kind = 0; kind < LISTENER_COUNT; kind++)
        total += config->listener_counts[kind];
    parent->ports = ARENA_ARRAY(parent->arena, struct port, total);
    for (int kind = 0; kind < LISTENER_COUNT; kind++)
        for (size_t i = 0; i < config->listener_counts[kind]; i++) {
            struct port *port = &parent->ports[parent->port_count];
            port->kind = (enum listener_kind)kind;
            enum rc rc = bind_address(parent->arena, &config->listeners[kind][i], &port->fd, err);
            if (rc != RC_OK)
                return rc;
            parent->port_count++;
        }
    return RC_OK;
}

static void
close_ports(struct parent *parent)
{
    for (size_t i = 0; i < parent->port_count; i++)
        close(parent->ports[i].fd);
    parent->port_count = 0;
}

/* Beside this program, as built; or in ../libexec/postern, as installed. */
static enum rc
find_programs(struct parent *parent, struct err *err)
{
    char exe[PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", exe, sizeof exe);
    if (len < 0 || (size_t)len == sizeof exe)
        return err_set_errno(err, RC_PERMANENT, len < 0 ? errno : ENAMETOOLONG, "/proc/self/exe");
    struct slice dir = {exe, (size_t)len};
    dir = slice_head(dir, slice_rchr(dir, '/'));
    static const char *const places[] = {"", "/../libexec/postern"};
    for (int role = ROLE_FRONT; role < ROLE_COUNT; role++) {
        for (size_t i = 0; i < 2 && !parent->programs[role]; i++) {
            struct slice path = arena_printf(parent->arena, "%.*s%s/%s", SLICE_ARG(dir), places[i],
                                             program_names[role]);
            char *cstr;
            if (arena_cstr(parent->arena, path, &cstr, err) == RC_OK && access(cstr, X_OK) == 0)
                parent->programs[role] = cstr;
        }
        if (!parent->programs[role])
            return err_set(err, RC_NOT_FOUND,
                           "%s is neither in %.*s nor in %.*s/../libexec/postern",
                           program_names[role], SLICE_ARG(dir), SLICE_ARG(dir));
    }
    return RC_OK;
}

static size_t
front_count(const struct config *config)
{
    cpu_set_t set;
    size_t count = config->fronts;
    if (count == 0 && sched_getaffinity(0, sizeof set, &set) == 0)
        count = (size_t)CPU_COUNT(&set);
    return count < 1 ? 1 : count > FRONTS_MAX ? FRONTS_MAX : count;
}

static void
add_worker(struct parent *parent, enum role role)
{
    parent->workers[parent->worker_count++] =
        (struct worker){.role = role, .fd = -1, .delay_ms = RESTART_FIRST_MS};
}

static void
plan_workers(struct parent *parent)
{
    add_worker(parent, ROLE_CORE);
    add_worker(parent, ROLE_RESOLVER);
    add_worker(parent, ROLE_COURIER);
    for (size_t i = front_count(&parent->config); i > 0; i--)
        add_worker(parent, ROLE_FRONT);
}

static enum rc
catch_signals(struct parent *parent, struct err *err)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGCHLD);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGCHLD, SIG_DFL); /* it may have been ignored by who started us, and waitpid useless */
    sigprocmask(SIG_BLOCK, &set, NULL);
    parent->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (parent->signal_fd < 0)
        return err_set_errno(err, RC_PERMANENT, errno, "signalfd");
    return RC_OK;
}

/* Starting. */

static _Noreturn void
run_program(const char *path, const char *name, int fd)
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    unsetenv("NOTIFY_SOCKET"); /* the parent alone speaks to the service manager */
    int null = open("/dev/null", O_RDONLY);
    if (null >= 0)
        dup2(null, STDIN_FILENO);
    if (fd == PROCESS_PARENT_FD ? fcntl(fd, F_SETFD, 0) == 0
                                : dup2(fd, PROCESS_PARENT_FD) == PROCESS_PARENT_FD) {
        close_range(PROCESS_PARENT_FD + 1, ~0U, 0);
        execl(path, name, (char *)NULL);
    }
    dprintf(STDERR_FILENO, "postern: %s: %s\n", path, strerror(errno));
    _exit(127);
}

static void
end_worker(struct worker *worker)
{
    if (worker->pid)
        kill(worker->pid, SIGKILL);
}

static void
close_worker(struct worker *worker)
{
    if (worker->fd >= 0)
        close(worker->fd);
    worker->fd = -1;
}

/* A failure is like a death: the worker is tried again later. */
static void
schedule(struct worker *worker, int64_t now_ms)
{
    if (now_ms - worker->started_ms >= SETTLED_MS)
        worker->delay_ms = RESTART_FIRST_MS;
    worker->restart_ms = now_ms + worker->delay_ms;
    worker->delay_ms =
        worker->delay_ms * 2 > RESTART_MAX_MS ? RESTART_MAX_MS : worker->delay_ms * 2;
}

static void
spawn(struct parent *parent, struct worker *worker, int64_t now_ms)
{
    int pair[2];
    worker->started_ms = now_ms;
    worker->ready = false;
    worker->number = ++parent->next_number;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) {
        log_event(LOG_LEVEL_ERROR, "process.unstartable", LOG_CSTR("role", role_name(worker->role)),
                  LOG_CSTR("error", strerror(errno)));
        schedule(worker, now_ms);
        return;
    }
    const struct timeval timeout = {.tv_sec = SEND_TIMEOUT_S};
    setsockopt(pair[0], SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout);
    pid_t pid = fork();
    if (pid == 0)
        run_program(parent->programs[worker->role], program_names[worker->role], pair[1]);
    close(pair[1]);
    if (pid < 0) {
        log_event(LOG_LEVEL_ERROR, "process.unstartable", LOG_CSTR("role", role_name(worker->role)),
                  LOG_CSTR("error", strerror(errno)));
        close(pair[0]);
        schedule(worker, now_ms);
        return;
    }
    worker->pid = pid;
    worker->fd = pair[0];
    log_event(LOG_LEVEL_INFO, "process.started", LOG_CSTR("role", role_name(worker->role)),
              LOG_NUMBER("pid", pid), LOG_NUMBER("number", worker->number));
}

/* Who cannot be told anything is of no use; its death is handled where it is reported. */
static void
tell(struct worker *worker, enum message_type type, struct slice payload, int fd)
{
    struct err err;
    if (worker->fd < 0 || channel_send_fd(worker->fd, (uint8_t)type, payload, fd, &err) == RC_OK)
        return;
    log_event(LOG_LEVEL_WARN, "process.deaf", LOG_CSTR("role", role_name(worker->role)),
              LOG_NUMBER("pid", worker->pid), LOG_CSTR("error", err.text));
    close_worker(worker);
    end_worker(worker);
}

static bool
read_secret_file(struct slice path, struct buf *into)
{
    struct err err;
    char *name = memory_cstr(path);
    int fd = open(name, O_RDONLY | O_CLOEXEC);
    enum rc rc = fd < 0 ? err_set_errno(&err, RC_PERMANENT, errno, "%s", name)
                        : read_file(fd, name, into, &err);
    if (rc != RC_OK)
        log_event(LOG_LEVEL_ERROR, "postern.certificate", LOG_CSTR("error", err.text));
    if (fd >= 0)
        close(fd);
    free(name);
    return rc == RC_OK;
}

/* Front presents it; core says in `postern check` what it shows, and gets no key. */
static bool
wants_certificate(const struct worker *worker)
{
    return worker->role == ROLE_FRONT || worker->role == ROLE_CORE;
}

/* Read here, since the key is commonly root's alone; front has no access to any file. One that
 * cannot be read is said, and who has another goes on with it. */
static void
tell_certificate(struct parent *parent, struct worker *worker)
{
    bool presents = worker->role == ROLE_FRONT;
    struct buf chain, key, payload;
    buf_init(&chain, PROCESS_CERTIFICATE_MAX);
    buf_init(&key, PROCESS_CERTIFICATE_MAX);
    buf_init(&payload, 2 * PROCESS_CERTIFICATE_MAX + 16);
    if (read_secret_file(parent->config.certificate, &chain) &&
        read_secret_file(parent->config.certificate_key, &key)) {
        wire_put_bytes(&payload, buf_slice(&chain));
        wire_put_bytes(&payload, presents ? buf_slice(&key) : SLICE(""));
        tell(worker, MESSAGE_CERTIFICATE, buf_slice(&payload), -1);
    }
    buf_fini(&chain);
    buf_wipe(&key);
    buf_wipe(&payload);
}

/* The secret of a key that changes DNS (RFC 8945 §8): nobody else may have been able to read it. */
static enum rc
read_update_secret(const struct parent *parent, struct arena *arena, struct slice *out,
                   struct err *err)
{
    struct buf text;
    struct stat status;
    char *name;
    enum rc rc = arena_cstr(arena, parent->config.update_secret_file, &name, err);
    if (rc != RC_OK)
        return rc;
    int fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &status) != 0) {
        rc = err_set_errno(err, RC_PERMANENT, errno, "%s", name);
        if (fd >= 0)
            close(fd);
        return rc;
    }
    buf_init(&text, UPDATE_SECRET_FILE_MAX);
    if (!S_ISREG(status.st_mode) || (status.st_mode & (S_IRWXG | S_IRWXO)))
        rc = err_set(err, RC_DENIED, "%s: others than its owner may use it: chmod 600", name);
    else
        rc = read_file(fd, name, &text, err);
    close(fd);
    if (rc == RC_OK && codec_base64_decode(arena, slice_trim(buf_slice(&text)), out, err) != RC_OK)
        rc = err_prefix(err, "%s: ", name);
    if (rc == RC_OK && (out->len < TSIG_SECRET_MIN || out->len > TSIG_SECRET_MAX))
        rc = err_set(err, RC_LIMIT, "%s: a secret of %zu bytes; %d to %d are taken", name, out->len,
                     TSIG_SECRET_MIN, TSIG_SECRET_MAX);
    buf_wipe(&text);
    return rc;
}

/* Read at each start of the resolver: a new secret is used from then on. */
static void
tell_update_key(struct parent *parent, struct worker *worker)
{
    struct arena *arena = arena_new();
    struct slice secret;
    struct err err;
    if (read_update_secret(parent, arena, &secret, &err) == RC_OK) {
        tell(worker, MESSAGE_UPDATE_KEY, secret, -1);
        memory_wipe((char *)secret.ptr, secret.len);
    } else {
        log_event(LOG_LEVEL_ERROR, "postern.update_key", LOG_CSTR("error", err.text));
    }
    arena_free(arena);
}

/* Better than a service that cannot do what it was told to. */
static enum rc
check_update_secret(const struct parent *parent, struct err *err)
{
    struct arena *arena = arena_new();
    struct slice secret;
    enum rc rc = RC_OK;
    if (parent->config.update_server.len && !parent->config.update_secret_file.len)
        rc = err_set(err, RC_SYNTAX,
                     "dns_update.secret_file: is needed where dns_update.server is given");
    else if (parent->config.update_server.len)
        rc = read_update_secret(parent, arena, &secret, err);
    if (rc == RC_OK && parent->config.update_server.len)
        memory_wipe((char *)secret.ptr, secret.len);
    arena_free(arena);
    return rc;
}

static bool
listens(enum role role, enum listener_kind kind)
{
    return role == (kind == LISTENER_FEEDBACK ? ROLE_COURIER : ROLE_FRONT);
}

static void
configure(struct parent *parent, struct worker *worker)
{
    struct arena *arena = arena_new();
    struct slice text = config_for_role(arena, &parent->config, worker->role);
    tell(worker, MESSAGE_CONFIGURE, text, -1);
    memory_wipe((char *)text.ptr, text.len);
    arena_free(arena);
    for (size_t i = 0; i < parent->port_count; i++)
        if (listens(worker->role, parent->ports[i].kind)) {
            char kind = (char)parent->ports[i].kind;
            tell(worker, MESSAGE_LISTEN, (struct slice){&kind, 1}, parent->ports[i].fd);
        }
    if (wants_certificate(worker))
        tell_certificate(parent, worker);
    if (worker->role == ROLE_RESOLVER && parent->config.update_server.len)
        tell_update_key(parent, worker);
}

static void
tell_peer(struct worker *worker, const struct worker *peer, int fd)
{
    struct buf payload;
    buf_init(&payload, 16);
    wire_put_u8(&payload, (uint8_t)peer->role);
    wire_put_u32(&payload, peer->number);
    tell(worker, MESSAGE_ATTACH, buf_slice(&payload), fd);
    buf_fini(&payload);
}

/* Everyone is joined with core, and with nobody else. */
static void
attach(struct parent *parent, struct worker *worker)
{
    int pair[2];
    struct worker *core = core_of(parent);
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) != 0) {
        log_event(LOG_LEVEL_ERROR, "process.unattachable",
                  LOG_CSTR("role", role_name(worker->role)), LOG_CSTR("error", strerror(errno)));
        end_worker(worker);
        return;
    }
    tell_peer(worker, core, pair[0]);
    tell_peer(core, worker, pair[1]);
    close(pair[0]);
    close(pair[1]);
}

static void
start_one(struct parent *parent, struct worker *worker, int64_t now_ms)
{
    spawn(parent, worker, now_ms);
    if (!worker->pid)
        return;
    configure(parent, worker);
    attach(parent, worker);
    tell(worker, MESSAGE_START, SLICE(""), -1);
}

/* All programs load while the first is being told. */
static void
start_all(struct parent *parent, int64_t now_ms)
{
    parent->announced = false;
    for (size_t i = 0; i < parent->worker_count; i++)
        spawn(parent, &parent->workers[i], now_ms);
    for (size_t i = 0; i < parent->worker_count; i++)
        configure(parent, &parent->workers[i]);
    for (size_t i = 1; i < parent->worker_count; i++)
        if (parent->workers[i].pid)
            attach(parent, &parent->workers[i]);
    for (size_t i = 0; i < parent->worker_count; i++)
        tell(&parent->workers[i], MESSAGE_START, SLICE(""), -1);
}

/* Being ready. */

static struct slice
endpoints_text(struct parent *parent, struct arena *arena, enum listener_kind kind)
{
    struct slice text = SLICE("");
    for (size_t i = 0; i < parent->config.listener_counts[kind]; i++)
        text = arena_printf(arena, "%.*s%s%.*s", SLICE_ARG(text), i > 0 ? "," : "",
                            SLICE_ARG(bind_text(arena, &parent->config.listeners[kind][i])));
    return text.len ? text : SLICE("off");
}

static void
announce(struct parent *parent)
{
    struct arena *arena = arena_new();
    struct slice ends[LISTENER_COUNT];
    for (int kind = 0; kind < LISTENER_COUNT; kind++)
        ends[kind] = endpoints_text(parent, arena, (enum listener_kind)kind);
    log_event(LOG_LEVEL_INFO, "postern.ready", LOG_NUMBER("pid", getpid()),
              LOG_TEXT("submission", ends[LISTENER_SUBMISSION]),
              LOG_TEXT("submissions", ends[LISTENER_SUBMISSIONS]),
              LOG_TEXT("http", ends[LISTENER_HTTP]), LOG_TEXT("https", ends[LISTENER_HTTPS]),
              LOG_TEXT("feedback", ends[LISTENER_FEEDBACK]),
              LOG_NUMBER("ms", clock_monotonic_ms() - core_of(parent)->started_ms));
    /* For the person at the terminal, whatever log_level is. */
    fprintf(stderr, "postern: ready: SMTP on %.*s (STARTTLS) and %.*s (TLS), HTTP on %.*s\n",
            SLICE_ARG(ends[LISTENER_SUBMISSION]), SLICE_ARG(ends[LISTENER_SUBMISSIONS]),
            SLICE_ARG(ends[LISTENER_HTTP]));
    arena_free(arena);
    notify_send("READY=1");
}

static void
take_ready(struct parent *parent, struct worker *worker)
{
    worker->ready = true;
    log_event(LOG_LEVEL_DEBUG, "process.ready", LOG_CSTR("role", role_name(worker->role)),
              LOG_NUMBER("pid", worker->pid));
    for (size_t i = 0; i < parent->worker_count; i++)
        if (!parent->workers[i].ready)
            return;
    if (parent->announced)
        return;
    parent->announced = true;
    if (parent->state == PARENT_STARTING)
        parent->state = PARENT_SERVING;
    if (parent->state == PARENT_SERVING)
        announce(parent);
}

/* READY, once; anything else is a worker gone wrong. */
static void
hear(struct parent *parent, struct worker *worker)
{
    struct buf payload;
    struct err err;
    uint8_t type = 0;
    int fd = -1;
    buf_init(&payload, READY_MAX);
    enum rc rc = channel_recv_fd(worker->fd, &payload, &type, &fd, MSG_DONTWAIT, &err);
    buf_fini(&payload);
    if (rc == RC_AGAIN)
        return;
    if (rc == RC_OK && fd >= 0)
        close(fd);
    if (rc == RC_OK && fd < 0 && type == MESSAGE_READY && !worker->ready) {
        take_ready(parent, worker);
        return;
    }
    if (rc != RC_NOT_FOUND)
        log_event(LOG_LEVEL_ERROR, "process.misbehaved", LOG_CSTR("role", role_name(worker->role)),
                  LOG_NUMBER("pid", worker->pid), LOG_NUMBER("message", type));
    close_worker(worker);
    end_worker(worker);
}

/* Stopping. */

static enum stop_stage
stage_of(const struct worker *worker)
{
    switch (worker->role) {
    case ROLE_FRONT: return STAGE_FRONTS;
    case ROLE_COURIER: return STAGE_COURIER;
    case ROLE_CORE: return STAGE_CORE;
    default: return STAGE_REST;
    }
}

/* A worker whose socket closes finishes and exits. */
static void
enter_stage(struct parent *parent, enum stop_stage stage, int64_t now_ms)
{
    parent->stage = stage;
    parent->deadline_ms = now_ms + (stage == STAGE_COURIER ? DRAIN_MS : STOP_MS);
    for (size_t i = 0; i < parent->worker_count; i++)
        if (stage_of(&parent->workers[i]) == stage)
            close_worker(&parent->workers[i]);
}

static void
begin_stop(struct parent *parent, int status, int64_t now_ms)
{
    if (parent->state == PARENT_STOPPING)
        return;
    log_event(LOG_LEVEL_INFO, "postern.stopping", LOG_NUMBER("status", status));
    notify_send("STOPPING=1");
    parent->state = PARENT_STOPPING;
    parent->status = status;
    close_ports(parent); /* who connects now is refused at once, not kept waiting */
    enter_stage(parent, STAGE_FRONTS, now_ms);
}

static bool
core_dies_too_often(struct parent *parent, int64_t now_ms)
{
    memmove(&parent->core_deaths[1], &parent->core_deaths[0],
            sizeof parent->core_deaths - sizeof parent->core_deaths[0]);
    parent->core_deaths[0] = now_ms;
    int64_t oldest = parent->core_deaths[CORE_DEATHS_MAX - 1];
    return oldest && now_ms - oldest < MINUTE_MS;
}

/* Sessions, leases and questions were core's: nothing the others hold means anything now. */
static void
lose_core(struct parent *parent, int64_t now_ms)
{
    if (core_dies_too_often(parent, now_ms)) {
        log_event(LOG_LEVEL_ERROR, "postern.failed",
                  LOG_CSTR("error", "core died too often within a minute"));
        begin_stop(parent, EXIT_FAILURE, now_ms);
        return;
    }
    schedule(core_of(parent), now_ms);
    parent->state = PARENT_RESTARTING;
    parent->deadline_ms = now_ms + CORELESS_MS;
    for (size_t i = 1; i < parent->worker_count; i++)
        close_worker(&parent->workers[i]);
}

static void
log_end(const struct worker *worker, int status, enum log_level level)
{
    bool killed = WIFSIGNALED(status);
    log_event(
        level, "process.ended", LOG_CSTR("role", role_name(worker->role)),
        LOG_NUMBER("pid", worker->pid),
        LOG_NUMBER(killed ? "signal" : "status", killed ? WTERMSIG(status) : WEXITSTATUS(status)));
}

static void
bury(struct parent *parent, struct worker *worker, int status, int64_t now_ms)
{
    bool expected = parent->state == PARENT_STOPPING || parent->state == PARENT_RESTARTING;
    log_end(worker, status, expected ? LOG_LEVEL_INFO : LOG_LEVEL_WARN);
    close_worker(worker);
    worker->pid = 0;
    worker->ready = false;
    if (parent->state == PARENT_STARTING)
        begin_stop(parent, EXIT_FAILURE, now_ms);
    else if (parent->state == PARENT_SERVING && worker->role == ROLE_CORE)
        lose_core(parent, now_ms);
    else if (parent->state == PARENT_SERVING)
        schedule(worker, now_ms);
}

static void
reap(struct parent *parent, int64_t now_ms)
{
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
        for (size_t i = 0; i < parent->worker_count; i++)
            if (parent->workers[i].pid == pid) {
                bury(parent, &parent->workers[i], status, now_ms);
                break;
            }
}

/* What time brings. */

static bool
stage_running(const struct parent *parent, enum stop_stage stage)
{
    for (size_t i = 0; i < parent->worker_count; i++)
        if (parent->workers[i].pid && stage_of(&parent->workers[i]) == stage)
            return true;
    return false;
}

static void
end_all(struct parent *parent)
{
    for (size_t i = 0; i < parent->worker_count; i++)
        end_worker(&parent->workers[i]);
}

static void
go_on_stopping(struct parent *parent, int64_t now_ms)
{
    while (!stage_running(parent, parent->stage)) {
        if (parent->stage + 1 == STAGE_COUNT) {
            parent->state = PARENT_STOPPED;
            return;
        }
        enter_stage(parent, parent->stage + 1, now_ms);
    }
    if (now_ms < parent->deadline_ms)
        return;
    for (size_t i = 0; i < parent->worker_count; i++)
        if (stage_of(&parent->workers[i]) == parent->stage)
            end_worker(&parent->workers[i]);
}

static void
go_on_restarting(struct parent *parent, int64_t now_ms)
{
    bool running = false;
    for (size_t i = 0; i < parent->worker_count; i++)
        running = running || parent->workers[i].pid;
    if (running && now_ms >= parent->deadline_ms)
        end_all(parent);
    if (running || now_ms < core_of(parent)->restart_ms)
        return;
    parent->state = PARENT_SERVING;
    start_all(parent, now_ms);
}

/* Without core, after a failed start of it, there is nothing to attach the others to. */
static void
go_on_serving(struct parent *parent, int64_t now_ms)
{
    if (!core_of(parent)->pid) {
        if (parent->state == PARENT_STARTING)
            begin_stop(parent, EXIT_FAILURE, now_ms);
        else
            lose_core(parent, now_ms);
        return;
    }
    for (size_t i = 1; i < parent->worker_count; i++)
        if (!parent->workers[i].pid && now_ms >= parent->workers[i].restart_ms)
            start_one(parent, &parent->workers[i], now_ms);
}

static void
go_on(struct parent *parent, int64_t now_ms)
{
    switch (parent->state) {
    case PARENT_STARTING:
    case PARENT_SERVING: go_on_serving(parent, now_ms); break;
    case PARENT_RESTARTING: go_on_restarting(parent, now_ms); break;
    case PARENT_STOPPING: go_on_stopping(parent, now_ms); break;
    case PARENT_STOPPED: break;
    }
}

/* Milliseconds until go_on has something to do; -1: never. A deadline that has passed was acted
 * on: only the death it caused is waited for. */
static int
next_wait(const struct parent *parent, int64_t now_ms)
{
    int64_t next = INT64_MAX;
    bool serving = parent->state == PARENT_SERVING || parent->state == PARENT_STARTING;
    if (!serving && parent->deadline_ms > now_ms)
        next = parent->deadline_ms;
    for (size_t i = 0; i < parent->worker_count; i++) {
        const struct worker *worker = &parent->workers[i];
        bool due = serving || (parent->state == PARENT_RESTARTING && worker->role == ROLE_CORE);
        if (due && !worker->pid && worker->restart_ms < next)
            next = worker->restart_ms;
    }
    return next == INT64_MAX ? -1 : next <= now_ms ? 0 : (int)(next - now_ms);
}

static void
reload(struct parent *parent)
{
    log_event(LOG_LEVEL_INFO, "postern.reload", LOG_NUMBER("pid", getpid()));
    for (size_t i = 0; i < parent->worker_count; i++)
        if (wants_certificate(&parent->workers[i]) && parent->workers[i].ready)
            tell_certificate(parent, &parent->workers[i]);
}

static void
take_signals(struct parent *parent, int64_t now_ms)
{
    struct signalfd_siginfo info;
    while (read(parent->signal_fd, &info, sizeof info) == (ssize_t)sizeof info)
        switch (info.ssi_signo) {
        case SIGCHLD: reap(parent, now_ms); break;
        case SIGHUP:
            if (parent->state == PARENT_SERVING)
                reload(parent);
            break;
        default:
            if (parent->state == PARENT_STOPPING)
                end_all(parent); /* somebody is in a hurry */
            begin_stop(parent, EXIT_SUCCESS, now_ms);
        }
}

static void
turn(struct parent *parent)
{
    struct pollfd fds[WORKERS_MAX + 1] = {{.fd = parent->signal_fd, .events = POLLIN}};
    for (size_t i = 0; i < parent->worker_count; i++) /* poll passes over an fd of -1 */
        fds[i + 1] = (struct pollfd){.fd = parent->workers[i].fd, .events = POLLIN};
    if (poll(fds, parent->worker_count + 1, next_wait(parent, clock_monotonic_ms())) < 0)
        return;
    for (size_t i = 0; i < parent->worker_count; i++)
        if (fds[i + 1].revents && parent->workers[i].fd == fds[i + 1].fd)
            hear(parent, &parent->workers[i]);
    take_signals(parent, clock_monotonic_ms());
}

static enum rc
prepare(struct parent *parent, const char *dir, const char *const *sets, size_t count,
        struct err *err)
{
    enum rc rc;
    if (chdir(dir) != 0)
        return err_set_errno(err, RC_NOT_FOUND, errno, "cannot enter it");
    if ((rc = take_lock(parent, err)) != RC_OK)
        return rc;
    if ((rc = load_config(parent, dir, sets, count, err)) != RC_OK)
        return rc;
    if ((rc = check_update_secret(parent, err)) != RC_OK)
        return rc;
    if ((rc = find_programs(parent, err)) != RC_OK)
        return rc;
    if ((rc = open_ports(parent, err)) != RC_OK)
        return rc;
    return catch_signals(parent, err);
}

int
parent_serve(const char *dir, const char *const *sets, size_t count)
{
    struct err err;
    struct parent *parent = NEW(struct parent);
    *parent = (struct parent){.arena = arena_new(), .lock_fd = -1, .signal_fd = -1};
    if (prepare(parent, dir, sets, count, &err) == RC_OK) {
        plan_workers(parent);
        start_all(parent, clock_monotonic_ms());
        for (; parent->state != PARENT_STOPPED; go_on(parent, clock_monotonic_ms()))
            turn(parent);
        log_event(LOG_LEVEL_INFO, "postern.stopped", LOG_NUMBER("status", parent->status));
    } else {
        fprintf(stderr, "postern: %s: %s\n", dir, err.text);
        parent->status = EXIT_FAILURE;
    }
    int status = parent->status;
    close_ports(parent);
    if (parent->signal_fd >= 0)
        close(parent->signal_fd);
    if (parent->lock_fd >= 0)
        close(parent->lock_fd);
    arena_free(parent->arena);
    free(parent);
    return status;
}
