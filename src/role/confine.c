#include "confine.h"

#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Sanitizers need what is forbidden, and counters of coverage are written as a process ends. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || defined(POSTERN_UNCONFINED)
#define CONFINED 0
#else
#define CONFINED 1
#endif

enum {
    FRONT = 1 << ROLE_FRONT,
    CORE = 1 << ROLE_CORE,
    COURIER = 1 << ROLE_COURIER,
    RESOLVER = 1 << ROLE_RESOLVER,
    ALL = FRONT | CORE | COURIER | RESOLVER,
    READS = CORE | COURIER | RESOLVER, /* opens files after it was confined */
    OUTWARD = COURIER | RESOLVER       /* speaks to the network by itself */
};

/* ---- system calls ---- */

static const struct {
    int number;
    unsigned roles;
} calls[] = {
    /* what is open already */
    {SCMP_SYS(read), ALL},
    {SCMP_SYS(readv), ALL},
    {SCMP_SYS(write), ALL},
    {SCMP_SYS(writev), ALL},
    {SCMP_SYS(close), ALL},
    {SCMP_SYS(dup), ALL},
    {SCMP_SYS(dup3), ALL},
    {SCMP_SYS(pipe2), ALL},
    {SCMP_SYS(fstat), ALL},
    {SCMP_SYS(lseek), ALL},
    {SCMP_SYS(pread64), READS},
    {SCMP_SYS(pwrite64), CORE},
    {SCMP_SYS(fsync), CORE},
    {SCMP_SYS(fdatasync), CORE},
    {SCMP_SYS(ftruncate), CORE},
    {SCMP_SYS(fallocate), CORE},
    {SCMP_SYS(fchmod), CORE},
    {SCMP_SYS(fchown), CORE},
    {SCMP_SYS(flock), CORE},
    /* files; where is Landlock's to say */
    {SCMP_SYS(open), READS},
    {SCMP_SYS(openat), READS},
    {SCMP_SYS(stat), READS},
    {SCMP_SYS(lstat), READS},
    {SCMP_SYS(newfstatat), ALL}, /* fstat is this call too */
    {SCMP_SYS(statx), READS},
    {SCMP_SYS(statfs), CORE},
    {SCMP_SYS(fstatfs), CORE},
    {SCMP_SYS(access), READS},
    {SCMP_SYS(faccessat), READS},
    {SCMP_SYS(faccessat2), READS},
    {SCMP_SYS(readlink), READS},
    {SCMP_SYS(readlinkat), READS},
    {SCMP_SYS(getdents64), READS},
    {SCMP_SYS(getcwd), READS},
    {SCMP_SYS(unlink), CORE},
    {SCMP_SYS(unlinkat), CORE},
    {SCMP_SYS(umask), CORE},
    /* sockets that are there, and those that come in */
    {SCMP_SYS(accept), FRONT | CORE | COURIER},
    {SCMP_SYS(accept4), FRONT | CORE | COURIER},
    {SCMP_SYS(recvfrom), ALL},
    {SCMP_SYS(recvmsg), ALL},
    {SCMP_SYS(recvmmsg), RESOLVER},
    {SCMP_SYS(sendto), ALL},
    {SCMP_SYS(sendmsg), ALL},
    {SCMP_SYS(sendmmsg), RESOLVER},
    {SCMP_SYS(shutdown), ALL},
    {SCMP_SYS(getsockopt), ALL},
    {SCMP_SYS(setsockopt), ALL},
    {SCMP_SYS(getsockname), ALL},
    {SCMP_SYS(getpeername), ALL},
    {SCMP_SYS(listen), FRONT | CORE | COURIER},
    {SCMP_SYS(bind), CORE | OUTWARD},
    {SCMP_SYS(connect), OUTWARD},
    /* waiting */
    {SCMP_SYS(epoll_create1), ALL},
    {SCMP_SYS(epoll_ctl), ALL},
    {SCMP_SYS(epoll_wait), ALL},
    {SCMP_SYS(epoll_pwait), ALL},
    {SCMP_SYS(poll), ALL},
    {SCMP_SYS(ppoll), ALL},
    {SCMP_SYS(select), RESOLVER},
    {SCMP_SYS(pselect6), RESOLVER},
    {SCMP_SYS(eventfd2), ALL},
    {SCMP_SYS(nanosleep), ALL},
    {SCMP_SYS(clock_nanosleep), ALL},
    {SCMP_SYS(restart_syscall), ALL},
    {SCMP_SYS(futex), ALL},
    {SCMP_SYS(sched_yield), ALL},
    /* memory */
    {SCMP_SYS(brk), ALL},
    {SCMP_SYS(munmap), ALL},
    {SCMP_SYS(mremap), ALL},
    {SCMP_SYS(madvise), ALL},
    {SCMP_SYS(mlock), ALL},
    {SCMP_SYS(munlock), ALL},
    {SCMP_SYS(membarrier), ALL},
    /* oneself, time, chance */
    {SCMP_SYS(rt_sigaction), ALL},
    {SCMP_SYS(rt_sigprocmask), ALL},
    {SCMP_SYS(rt_sigreturn), ALL},
    {SCMP_SYS(sigaltstack), ALL},
    {SCMP_SYS(getpid), ALL},
    {SCMP_SYS(gettid), ALL},
    {SCMP_SYS(getppid), ALL},
    {SCMP_SYS(getuid), ALL},
    {SCMP_SYS(geteuid), ALL},
    {SCMP_SYS(getgid), ALL},
    {SCMP_SYS(getegid), ALL},
    {SCMP_SYS(getrandom), ALL},
    {SCMP_SYS(clock_gettime), ALL},
    {SCMP_SYS(clock_getres), ALL},
    {SCMP_SYS(gettimeofday), ALL},
    {SCMP_SYS(time), ALL},
    {SCMP_SYS(getrusage), ALL},
    {SCMP_SYS(sysinfo), ALL},
    {SCMP_SYS(uname), ALL},
    {SCMP_SYS(sched_getaffinity), ALL},
    {SCMP_SYS(set_robust_list), ALL},
    {SCMP_SYS(rseq), ALL},
    {SCMP_SYS(exit), ALL},
    {SCMP_SYS(exit_group), ALL},
};

/* One rule with conditions on arguments; no condition means any. */
static int
allow(scmp_filter_ctx filter, int number, unsigned count, struct scmp_arg_cmp one,
      struct scmp_arg_cmp two)
{
    const struct scmp_arg_cmp conditions[] = {one, two};
    return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, number, count, conditions);
}

#define NOTHING ((struct scmp_arg_cmp){0})

static int
allow_sockets(scmp_filter_ctx filter, unsigned role)
{
    if (role & CORE)
        return allow(filter, SCMP_SYS(socket), 1, SCMP_A0_32(SCMP_CMP_EQ, AF_UNIX), NOTHING);
    if (!(role & OUTWARD))
        return 0;
    int failed = allow(filter, SCMP_SYS(socket), 1, SCMP_A0_32(SCMP_CMP_EQ, AF_INET), NOTHING);
    return failed ? failed
                  : allow(filter, SCMP_SYS(socket), 1, SCMP_A0_32(SCMP_CMP_EQ, AF_INET6), NOTHING);
}

/* Code is mapped only by who may load modules of character sets; nobody makes memory executable
 * that was written. */
static int
allow_memory(scmp_filter_ctx filter, unsigned role)
{
    bool loads = role & (CORE | COURIER);
    int failed =
        loads ? allow(filter, SCMP_SYS(mmap), 1,
                      SCMP_A2_32(SCMP_CMP_MASKED_EQ, PROT_WRITE | PROT_EXEC, PROT_EXEC), NOTHING)
              : 0;
    if (!failed)
        failed =
            allow(filter, SCMP_SYS(mmap), 1, SCMP_A2_32(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0), NOTHING);
    if (!failed)
        failed = allow(filter, SCMP_SYS(mprotect), 1, SCMP_A2_32(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0),
                       NOTHING);
    return failed;
}

/* Threads, no processes; clone3 hides its flags from a filter, and the library falls back. */
static int
allow_threads(scmp_filter_ctx filter, unsigned role)
{
    if (!(role & CORE))
        return 0;
    int failed = allow(filter, SCMP_SYS(clone), 1,
                       SCMP_A0_32(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD), NOTHING);
    return failed ? failed : seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
}

static int
allow_narrowly(scmp_filter_ctx filter)
{
    static const uint32_t requests[] = {FIONBIO, FIOCLEX, FIONREAD, TCGETS};
    /* Not F_SETOWN, by which a socket signals whom it wants. */
    static const uint32_t commands[] = {F_GETFD, F_SETFD, F_GETFL,  F_SETFL,        F_DUPFD,
                                        F_GETLK, F_SETLK, F_SETLKW, F_DUPFD_CLOEXEC};
    int failed = 0;
    for (size_t i = 0; !failed && i < sizeof requests / sizeof requests[0]; i++)
        failed = allow(filter, SCMP_SYS(ioctl), 1, SCMP_A1_32(SCMP_CMP_EQ, requests[i]), NOTHING);
    for (size_t i = 0; !failed && i < sizeof commands / sizeof commands[0]; i++)
        failed = allow(filter, SCMP_SYS(fcntl), 1, SCMP_A1_32(SCMP_CMP_EQ, commands[i]), NOTHING);
    /* abort() signals its own thread. */
    if (!failed)
        failed = allow(filter, SCMP_SYS(tgkill), 1, SCMP_A0_32(SCMP_CMP_EQ, (uint32_t)getpid()),
                       NOTHING);
    /* Limits are read, not set. */
    if (!failed)
        failed = allow(filter, SCMP_SYS(prlimit64), 1, SCMP_A2_64(SCMP_CMP_EQ, 0), NOTHING);
    return failed;
}

static int
add_rules(scmp_filter_ctx filter, unsigned role)
{
    int failed = 0;
    for (size_t i = 0; !failed && i < sizeof calls / sizeof calls[0]; i++)
        if (calls[i].roles & role)
            failed = seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i].number, 0);
    if (!failed)
        failed = allow_sockets(filter, role);
    if (!failed)
        failed = allow_memory(filter, role);
    if (!failed)
        failed = allow_threads(filter, role);
    return failed ? failed : allow_narrowly(filter);
}

static enum rc
confine_calls(enum role role, struct err *err)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    if (!filter)
        return err_set(err, RC_PERMANENT, "seccomp: no filter can be made");
    int failed = add_rules(filter, 1u << role);
    if (!failed)
        failed = seccomp_load(filter);
    seccomp_release(filter);
    return failed ? err_set_errno(err, RC_PERMANENT, -failed, "seccomp") : RC_OK;
}

/* ---- places ---- */

/* Newer than the headers of some systems that the program runs on (Linux 6.2, 6.7, 6.12). */
#define FS_TRUNCATE     (1ull << 14)
#define FS_IOCTL_DEV    (1ull << 15)
#define NET_BIND_TCP    (1ull << 0)
#define NET_CONNECT_TCP (1ull << 1)
#define SCOPE_ABSTRACT  (1ull << 0)
#define SCOPE_SIGNAL    (1ull << 1)
enum { RULE_PATH_BENEATH = 1, RULE_NET_PORT = 2 };

struct ruleset_attributes {
    uint64_t fs, net, scoped;
};

struct net_port {
    uint64_t access, port;
};

/* Sizes and rights that a kernel of this version of Landlock knows. */
static struct ruleset_attributes
known_attributes(int version, enum role role, size_t *size)
{
    struct ruleset_attributes known = {.fs = (1ull << 13) - 1}; /* version 1 */
    if (version >= 2)
        known.fs |= LANDLOCK_ACCESS_FS_REFER;
    if (version >= 3)
        known.fs |= FS_TRUNCATE;
    if (version >= 5)
        known.fs |= FS_IOCTL_DEV;
    /* Ports are no rule for who speaks to the network: it connects to any. */
    known.net =
        role == ROLE_FRONT || role == ROLE_CORE ? NET_BIND_TCP | NET_CONNECT_TCP : NET_BIND_TCP;
    known.scoped = SCOPE_ABSTRACT | SCOPE_SIGNAL;
    *size = version >= 6 ? sizeof known : version >= 4 ? 16 : 8;
    return known;
}

static const uint64_t reading = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;

static const uint64_t adding = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG;

/* What is not there needs no rule. */
static bool
add_place(int ruleset, const char *path, uint64_t access)
{
    struct landlock_path_beneath_attr rule = {.allowed_access = access};
    rule.parent_fd = open(path, O_PATH | O_CLOEXEC);
    if (rule.parent_fd < 0)
        return true;
    bool added = syscall(SYS_landlock_add_rule, ruleset, RULE_PATH_BENEATH, &rule, 0) == 0;
    close(rule.parent_fd);
    return added;
}

/* The directory of a file that is read again when it is replaced, or that may have to be made. */
static bool
add_directory_of(int ruleset, struct slice path, uint64_t access)
{
    if (path.len == 0 || slice_iis(path, "off"))
        return true;
    size_t slash = slice_rchr(path, '/');
    char *directory = memory_cstr(slash == SLICE_NONE ? SLICE(".")
                                  : slash == 0        ? SLICE("/")
                                                      : slice_head(path, slash));
    bool added = add_place(ruleset, directory, access);
    free(directory);
    return added;
}

static bool
add_places(int ruleset, enum role role, const struct config *config, uint64_t all)
{
    switch (role) {
    case ROLE_CORE:
        return add_place(ruleset, ".", all & ~LANDLOCK_ACCESS_FS_EXECUTE) &&
               add_place(ruleset, "/usr", reading) && add_place(ruleset, "/etc", reading) &&
               add_directory_of(ruleset, config->ledger_head_file, adding);
    case ROLE_COURIER:
        return add_place(ruleset, "/usr", reading) && add_place(ruleset, "/etc/ssl", reading);
    case ROLE_RESOLVER:
        return add_place(ruleset, "/etc", reading) && add_place(ruleset, "/usr/share", reading) &&
               add_directory_of(ruleset, config->local_records, reading) &&
               add_directory_of(ruleset, config->trust_anchor, reading);
    default: return true;
    }
}

/* Port 0: the system's choice, from where one connects. */
static bool
add_ports(int ruleset, enum role role, int version)
{
    struct net_port any = {NET_BIND_TCP, 0};
    if (version < 4 || !((1u << role) & OUTWARD))
        return true;
    return syscall(SYS_landlock_add_rule, ruleset, RULE_NET_PORT, &any, 0) == 0;
}

static enum rc
confine_places(enum role role, const struct config *config, struct err *err)
{
    size_t size;
    int version =
        (int)syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (version < 1) {
        log_event(LOG_LEVEL_WARN, "process.no_landlock", LOG_CSTR("role", role_name(role)),
                  LOG_CSTR("reason", "this kernel does not have it"));
        return RC_OK;
    }
    struct ruleset_attributes attributes = known_attributes(version, role, &size);
    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &attributes, size, 0);
    if (ruleset < 0)
        return err_set_errno(err, RC_PERMANENT, errno, "landlock");
    bool done = add_places(ruleset, role, config, attributes.fs) &&
                add_ports(ruleset, role, version) &&
                syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
    int failed = errno;
    close(ruleset);
    return done ? RC_OK : err_set_errno(err, RC_PERMANENT, failed, "landlock");
}

enum rc
confine(enum role role, const struct config *config, struct err *err)
{
    if (!CONFINED) {
        log_event(LOG_LEVEL_DEBUG, "process.unconfined", LOG_CSTR("role", role_name(role)),
                  LOG_CSTR("reason", "built for tests"));
        return RC_OK;
    }
    enum rc rc = confine_places(role, config, err);
    return rc == RC_OK ? confine_calls(role, err) : rc;
}
