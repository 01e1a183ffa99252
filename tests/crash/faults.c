/* Between the service and the system: which calls concern the store, and which of them fail. */
#undef _FILE_OFFSET_BITS /* it would make one name of open and open64 */
#include "faults.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { DESCRIPTORS = 4096, FAR = 500 };

struct faults *faults;
int faults_journal = -1;

static _Atomic uint8_t descriptors[DESCRIPTORS]; /* enum watched */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* A descriptor far from those that a program counts on. */
static int
open_far(const char *path)
{
    int fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    int far = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, FAR);
    if (fd >= 0)
        syscall(SYS_close, fd);
    return far;
}

static void __attribute__((constructor)) begin(void)
{
    const char *path = getenv("POSTERN_FAULTS");
    char journal[4096];
    int fd = path ? open_far(path) : -1;
    if (fd < 0)
        return;
    void *page = mmap(NULL, sizeof *faults, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    syscall(SYS_close, fd);
    snprintf(journal, sizeof journal, "%s.journal", path);
    faults_journal = open_far(journal);
    if (page != MAP_FAILED)
        faults = page;
}

/* Core works in the store's directory: its files have names without one. */
static enum watched
watched_name(const char *name)
{
    if (strcmp(name, "postern.db") == 0)
        return WATCHED_DATABASE;
    if (strcmp(name, "postern.db-wal") == 0)
        return WATCHED_LOG;
    if (strcmp(name, "postern.db-shm") == 0 || strstr(name, "ballast"))
        return WATCHED_OTHER;
    return strcmp(name, ".") == 0 ? WATCHED_DIRECTORY : WATCHED_NOT;
}

static enum watched
watched_fd(int fd)
{
    return faults && fd >= 0 && fd < DESCRIPTORS ? (enum watched)descriptors[fd] : WATCHED_NOT;
}

static bool
loses_power(enum watched file)
{
    return file == WATCHED_DATABASE || file == WATCHED_LOG;
}

/* Is there no space for this write? */
static bool
full(enum watched file)
{
    if (file == WATCHED_NOT || file == WATCHED_DIRECTORY)
        return false;
    int64_t number = atomic_fetch_add(&faults->writes, 1) + 1;
    if (number < faults->full_from || number >= faults->full_until)
        return false;
    atomic_fetch_add(&faults->refused, 1);
    errno = (int)faults->full_error;
    return true;
}

static off_t
size_of(int fd)
{
    struct stat found;
    return fstat(fd, &found) == 0 ? found.st_size : 0;
}

/* ---- opening and closing ---- */

static int
open_at(int directory, const char *path, int flags, mode_t mode)
{
    enum watched file = faults && directory == AT_FDCWD ? watched_name(path) : WATCHED_NOT;
    struct stat found;
    bool made = loses_power(file) && flags & O_CREAT && stat(path, &found) != 0;
    int fd = (int)syscall(SYS_openat, directory, path, flags | O_LARGEFILE, mode);
    if (fd < 0 || fd >= DESCRIPTORS)
        return fd;
    descriptors[fd] = (uint8_t)file;
    if (loses_power(file)) {
        pthread_mutex_lock(&lock);
        power_opened(file, fd, made);
        pthread_mutex_unlock(&lock);
    }
    return fd;
}

#define OPEN(name)                                                                                 \
    int name(const char *path, int flags, ...)                                                     \
    {                                                                                              \
        va_list arguments;                                                                         \
        va_start(arguments, flags);                                                                \
        mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(arguments, mode_t) : 0;               \
        va_end(arguments);                                                                         \
        return open_at(AT_FDCWD, path, flags, mode);                                               \
    }

OPEN(open)
OPEN(open64)

int
close(int fd)
{
    if (fd >= 0 && fd < DESCRIPTORS)
        descriptors[fd] = WATCHED_NOT;
    return (int)syscall(SYS_close, fd);
}

int
unlink(const char *path)
{
    enum watched file = faults ? watched_name(path) : WATCHED_NOT;
    if (loses_power(file)) {
        pthread_mutex_lock(&lock);
        power_removed(file);
        pthread_mutex_unlock(&lock);
    }
    return (int)syscall(SYS_unlink, path);
}

/* ---- writing ---- */

static ssize_t
write_at(int fd, const void *bytes, size_t len, off_t offset)
{
    enum watched file = watched_fd(fd);
    if (full(file))
        return -1;
    if (!loses_power(file))
        return syscall(SYS_pwrite64, fd, bytes, len, offset);
    pthread_mutex_lock(&lock);
    power_step(file);
    power_writes(file, fd, offset, len);
    ssize_t written = syscall(SYS_pwrite64, fd, bytes, len, offset);
    pthread_mutex_unlock(&lock);
    return written;
}

ssize_t
pwrite(int fd, const void *bytes, size_t len, off_t offset)
{
    return write_at(fd, bytes, len, offset);
}

ssize_t
pwrite64(int fd, const void *bytes, size_t len, off64_t offset)
{
    return write_at(fd, bytes, len, offset);
}

ssize_t
write(int fd, const void *bytes, size_t len)
{
    return full(watched_fd(fd)) ? -1 : syscall(SYS_write, fd, bytes, len);
}

static int
truncate_to(int fd, off_t size)
{
    enum watched file = watched_fd(fd);
    if (file != WATCHED_NOT && size > size_of(fd) && full(file))
        return -1;
    if (!loses_power(file))
        return (int)syscall(SYS_ftruncate, fd, size);
    pthread_mutex_lock(&lock);
    power_step(file);
    power_truncates(file, fd, size);
    int rc = (int)syscall(SYS_ftruncate, fd, size);
    pthread_mutex_unlock(&lock);
    return rc;
}

int
ftruncate(int fd, off_t size)
{
    return truncate_to(fd, size);
}

int
ftruncate64(int fd, off64_t size)
{
    return truncate_to(fd, size);
}

/* It returns the error, and leaves errno alone. */
static int
allocate(int fd, off_t offset, off_t len)
{
    if (full(watched_fd(fd)))
        return errno;
    return syscall(SYS_fallocate, fd, 0, offset, len) == 0 ? 0 : errno;
}

int
posix_fallocate(int fd, off_t offset, off_t len)
{
    return allocate(fd, offset, len);
}

int
posix_fallocate64(int fd, off64_t offset, off64_t len)
{
    return allocate(fd, offset, len);
}

/* ---- syncing ---- */

static int
sync_by(long call, int fd)
{
    enum watched file = watched_fd(fd);
    if (!loses_power(file) && file != WATCHED_DIRECTORY)
        return (int)syscall(call, fd);
    /* The power may fail before a sync as well as right after it. */
    pthread_mutex_lock(&lock);
    power_step(file);
    int rc = (int)syscall(call, fd);
    if (rc == 0 && !faults->lies)
        power_synced(file);
    power_step(file);
    pthread_mutex_unlock(&lock);
    return rc;
}

int
fsync(int fd)
{
    return sync_by(SYS_fsync, fd);
}

int
fdatasync(int fd)
{
    return sync_by(SYS_fdatasync, fd);
}
