/*
 * What one sync of a disk takes: the least that any durable reply waits for.
 *
 *   bench_disk FILE
 *
 * Writes FILE and removes it. 16 KiB are written and synced, over and over: at the end of a file
 * that grows, then over what is there, as a log does once it is used again. The processors are kept
 * awake meanwhile: what it takes to wake an idle machine is not the disk's.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { WRITE_BYTES = 16 * 1024, WRITES = 300, PROCESSORS_MAX = 64 };

static double
now_ms(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static int
compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* They have what the others leave, and end with this process. */
static void
keep_awake(pid_t *awake, long count)
{
    for (long i = 0; i < count; i++) {
        awake[i] = fork();
        if (awake[i] != 0)
            continue;
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        (void)!nice(19);
        for (;;)
            (void)now_ms();
    }
}

static void
let_sleep(const pid_t *awake, long count)
{
    for (long i = 0; i < count; i++)
        if (awake[i] > 0 && kill(awake[i], SIGKILL) == 0)
            waitpid(awake[i], NULL, 0);
}

static void
measure(int fd, const char *name)
{
    static char bytes[WRITE_BYTES];
    double took[WRITES];
    for (int i = 0; i < WRITES; i++) {
        double start = now_ms();
        bytes[0] = (char)i;
        if (pwrite(fd, bytes, sizeof bytes, (off_t)i * WRITE_BYTES) != WRITE_BYTES ||
            fdatasync(fd) != 0) {
            perror("bench_disk");
            exit(1);
        }
        took[i] = now_ms() - start;
    }
    qsort(took, WRITES, sizeof *took, compare);
    printf("%s_p50=%.3f %s_p95=%.3f ", name, took[WRITES / 2], name, took[WRITES * 95 / 100]);
}

int
main(int argc, char **argv)
{
    int fd = argc == 2 ? open(argv[1], O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600) : -1;
    if (fd < 0) {
        fprintf(stderr, "usage: bench_disk FILE, which must not exist\n");
        return 2;
    }
    unlink(argv[1]);
    pid_t awake[PROCESSORS_MAX];
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    processors = processors < PROCESSORS_MAX ? processors : PROCESSORS_MAX;
    keep_awake(awake, processors);
    measure(fd, "append");
    measure(fd, "overwrite");
    printf("\n");
    let_sleep(awake, processors);
    return 0;
}
