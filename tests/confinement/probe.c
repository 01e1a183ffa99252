/*
 * probe ROLE: becomes as confined as that role and says, a line each, what it still can do:
 * "open-database no", "thread yes". What was opened before stays open, as in the role.
 */
#include "role/confine.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static bool
can_open(const char *path, int flags)
{
    int fd = open(path, flags | O_CLOEXEC, 0600);
    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

static bool
open_database(void)
{
    return can_open("postern.db", O_RDWR);
}

static bool
open_key(void)
{
    return can_open("master.key", O_RDONLY);
}

static bool
read_passwd(void)
{
    return can_open("/etc/passwd", O_RDONLY);
}

static bool
write_outside(void)
{
    return can_open("/tmp/postern-confinement-probe", O_WRONLY | O_CREAT);
}

static bool
network_socket(void)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

static int inherited; /* a TCP socket that was there before */

/* ECONNREFUSED is the network's word, not the filter's. */
static bool
connect_out(void)
{
    struct sockaddr_in nobody = {
        .sin_family = AF_INET, .sin_port = htons(1), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    return connect(inherited, (struct sockaddr *)&nobody, sizeof nobody) == 0 ||
           errno == ECONNREFUSED;
}

static bool
connect_unix(void)
{
    struct sockaddr_un nobody = {.sun_family = AF_UNIX, .sun_path = "nobody.sock"};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    bool can = fd >= 0 && (connect(fd, (struct sockaddr *)&nobody, sizeof nobody) == 0 ||
                           errno == ENOENT || errno == ECONNREFUSED);
    if (fd >= 0)
        close(fd);
    return can;
}

static bool
unix_socket(void)
{
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

static bool
run_program(void)
{
    char *const arguments[] = {(char *)"true", NULL};
    execv("/bin/true", arguments);
    return false; /* had it been run, no line would follow, and the test sees that */
}

static bool
make_process(void)
{
    pid_t pid = fork();
    if (pid == 0)
        _exit(0);
    if (pid > 0)
        waitpid(pid, NULL, 0);
    return pid > 0;
}

static bool
signal_parent(void)
{
    return kill(getppid(), 0) == 0;
}

static bool
trace_parent(void)
{
    return ptrace(PTRACE_SEIZE, getppid(), 0, 0) == 0;
}

static bool
read_parent(void)
{
    char byte;
    struct iovec here = {&byte, 1}, there = {(void *)0x400000, 1};
    ssize_t got = syscall(SYS_process_vm_readv, getppid(), &here, 1, &there, 1, 0);
    return got >= 0 || errno == EFAULT;
}

static void *
nothing(void *ctx)
{
    return ctx;
}

static bool
thread(void)
{
    pthread_t made;
    return pthread_create(&made, NULL, nothing, NULL) == 0 && pthread_join(made, NULL) == 0;
}

static bool
writable_code(void)
{
    void *page =
        mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return page != MAP_FAILED;
}

static bool
new_namespace(void)
{
    return syscall(SYS_unshare, 0x10000000 /* CLONE_NEWUSER */) == 0;
}

static const struct {
    const char *name;
    bool (*can)(void);
} attempts[] = {
    {"open-database", open_database},   {"open-key", open_key},
    {"read-passwd", read_passwd},       {"write-outside", write_outside},
    {"network-socket", network_socket}, {"connect-out", connect_out},
    {"unix-socket", unix_socket},       {"connect-unix", connect_unix},
    {"run-program", run_program},       {"make-process", make_process},
    {"signal-parent", signal_parent},   {"trace-parent", trace_parent},
    {"read-parent", read_parent},       {"thread", thread},
    {"writable-code", writable_code},   {"new-namespace", new_namespace},
};

int
main(int argc, char **argv)
{
    static const struct config config;
    struct err err;
    enum role role = ROLE_FRONT;
    while (role < ROLE_COUNT && (argc < 2 || strcmp(argv[1], role_name(role)) != 0))
        role++;
    if (role == ROLE_COUNT)
        return 2;
    inherited = socket(AF_INET, SOCK_STREAM, 0);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || confine(role, &config, &err) != RC_OK) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    for (size_t i = 0; i < sizeof attempts / sizeof attempts[0]; i++) {
        printf("%s %s\n", attempts[i].name, attempts[i].can() ? "yes" : "no");
        fflush(stdout);
    }
    return 0;
}
