/*
 * A power cut: of what was written and not synced, nothing need be on the disk, and of what is
 * there, not every sector. While the service writes, the synced content of each sector that it
 * writes over is kept here. When the power fails it goes to the journal and everybody who writes
 * stands still; whoever watches kills all processes then, and chooses from the journal what the
 * disk has forgotten (faults.py).
 *
 * The journal is in the byte order of the machine. For each file: its kind, whether it was made
 * and its directory not synced since, its synced size, the number of sectors, and for each, in the
 * order of their first writing: number, synced bytes (0..512) and 512 bytes.
 */
#include "faults.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { SECTOR = 512 };

struct sector {
    int64_t number, len;
    char synced[SECTOR];
};

static struct file {
    bool known, made;
    off_t size;             /* synced */
    struct sector *sectors; /* written since the last sync; owned */
    size_t count, room;
    size_t *slots; /* by number: an index into sectors and 1, or 0; twice `room` of them; owned */
} files[WATCHED_LOG + 1];

/* ---- the sectors of a file that are not synced ---- */

static size_t *
slot_of(const struct file *file, int64_t number)
{
    size_t mask = file->room * 2 - 1;
    size_t at = (uint64_t)number * UINT64_C(0x9e3779b97f4a7c15) >> 20 & mask;
    while (file->slots[at] && file->sectors[file->slots[at] - 1].number != number)
        at = (at + 1) & mask;
    return &file->slots[at];
}

static void
grow(struct file *file)
{
    file->room = file->room ? file->room * 2 : 1024;
    file->sectors = realloc(file->sectors, file->room * sizeof *file->sectors);
    free(file->slots);
    file->slots = calloc(file->room * 2, sizeof *file->slots);
    if (!file->sectors || !file->slots)
        abort();
    for (size_t i = 0; i < file->count; i++)
        *slot_of(file, file->sectors[i].number) = i + 1;
}

static void
keep(struct file *file, int fd, int64_t number)
{
    if (file->count == file->room)
        grow(file);
    size_t *slot = slot_of(file, number);
    if (*slot)
        return;
    struct sector *sector = &file->sectors[file->count];
    *slot = ++file->count;
    *sector = (struct sector){.number = number};
    off_t offset = (off_t)number * SECTOR;
    off_t len = file->size - offset < SECTOR ? file->size - offset : SECTOR;
    if (len > 0)
        sector->len = syscall(SYS_pread64, fd, sector->synced, len, offset);
}

static void
forget(struct file *file)
{
    file->count = 0;
    if (file->slots)
        memset(file->slots, 0, file->room * 2 * sizeof *file->slots);
}

/* ---- what the service does ---- */

static off_t
size_of(int fd)
{
    struct stat found;
    return fstat(fd, &found) == 0 ? found.st_size : 0;
}

static int descriptor_of[WATCHED_LOG + 1]; /* any that is open: to ask for the size */

/* What is there when the service starts counts as synced. */
void
power_opened(enum watched which, int fd, int made)
{
    struct file *file = &files[which];
    descriptor_of[which] = fd;
    if (file->known && !made)
        return;
    forget(file);
    *file = (struct file){.known = true,
                          .made = made,
                          .size = size_of(fd),
                          .sectors = file->sectors,
                          .room = file->room,
                          .slots = file->slots};
}

void
power_writes(enum watched which, int fd, off_t offset, size_t len)
{
    for (int64_t number = offset / SECTOR; number * SECTOR < offset + (off_t)len; number++)
        keep(&files[which], fd, number);
    descriptor_of[which] = fd;
}

void
power_truncates(enum watched which, int fd, off_t size)
{
    struct file *file = &files[which];
    for (int64_t number = size / SECTOR; number * SECTOR < file->size; number++)
        keep(file, fd, number);
    descriptor_of[which] = fd;
}

void
power_synced(enum watched which)
{
    if (which == WATCHED_DIRECTORY) {
        files[WATCHED_DATABASE].made = files[WATCHED_LOG].made = false;
        return;
    }
    forget(&files[which]);
    files[which].size = size_of(descriptor_of[which]);
}

void
power_removed(enum watched which)
{
    forget(&files[which]);
    files[which].known = false;
}

/* ---- the cut ---- */

static void
put(const void *bytes, size_t len)
{
    for (const char *at = bytes; len > 0;) {
        ssize_t written = syscall(SYS_write, faults_journal, at, len);
        if (written <= 0)
            abort();
        at += written;
        len -= (size_t)written;
    }
}

static void
write_journal(void)
{
    syscall(SYS_ftruncate, faults_journal, 0);
    for (int which = WATCHED_DATABASE; which <= WATCHED_LOG; which++) {
        const struct file *file = &files[which];
        int64_t head[] = {which, file->made, file->size, (int64_t)file->count};
        if (!file->known)
            continue;
        put(head, sizeof head);
        put(file->sectors, file->count * sizeof *file->sectors);
    }
}

/* Is it the step that the test asked for? */
static bool
comes_to(_Atomic int64_t *steps, int64_t at)
{
    return atomic_fetch_add(steps, 1) + 1 >= at && at != 0;
}

void
power_step(enum watched file)
{
    bool cut = comes_to(&faults->steps, faults->cut_at);
    if (file == WATCHED_DATABASE)
        cut = comes_to(&faults->database_steps, faults->database_cut_at) || cut;
    if (!cut && !faults->cut)
        return;
    if (!faults->cut)
        write_journal();
    faults->cut = 1;
    for (;;) /* a call that a confined process may make */
        nanosleep(&(struct timespec){.tv_sec = 1}, NULL);
}
