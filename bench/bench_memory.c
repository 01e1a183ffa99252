/*
 * The memory of a group of processes: proportional sizes, in which what several share counts once.
 *
 *   bench_memory FILE          of the processes whose numbers FILE lists (a cgroup.procs)
 *   bench_memory FILE peak     looks until SIGTERM, and tells the most there was
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LOOK_US = 200000 };

static volatile sig_atomic_t stopped;

static void
stop(int number)
{
    (void)number;
    stopped = 1;
}

static long
memory_of(long process)
{
    char path[64], line[256];
    long kilobytes = 0;
    snprintf(path, sizeof path, "/proc/%ld/smaps_rollup", process);
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file))
        if (sscanf(line, "Pss: %ld", &kilobytes) == 1)
            break;
    if (file)
        fclose(file);
    return kilobytes;
}

static void
look(const char *list, long *kilobytes, long *processes)
{
    long process;
    FILE *file = fopen(list, "r");
    *kilobytes = *processes = 0;
    while (file && fscanf(file, "%ld", &process) == 1) {
        *kilobytes += memory_of(process);
        ++*processes;
    }
    if (file)
        fclose(file);
}

int
main(int argc, char **argv)
{
    long most = 0, most_processes = 0, kilobytes, processes;
    if (argc < 2) {
        fprintf(stderr, "usage: bench_memory FILE [peak]\n");
        return 2;
    }
    signal(SIGTERM, stop);
    do {
        look(argv[1], &kilobytes, &processes);
        most = kilobytes > most ? kilobytes : most;
        most_processes = processes > most_processes ? processes : most_processes;
        if (argc > 2)
            usleep(LOOK_US);
    } while (argc > 2 && !stopped);
    printf("processes=%ld memory_kb=%ld\n", most_processes, most);
    return 0;
}
