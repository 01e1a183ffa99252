/*
 * What can be made to go wrong under a service: loaded into its processes with LD_PRELOAD, this
 * stands between them and the system (faults.c), lets the power fail (powercut.c) and the clock
 * jump (clock.c). A test commands it through one page of memory, the file that POSTERN_FAULTS
 * names: every process maps it before it gives anything up, and needs no system call for it after.
 */
#ifndef POSTERN_TESTS_FAULTS_H
#define POSTERN_TESTS_FAULTS_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* All are 64 bits wide; faults.py names them in the same order. */
struct faults {
    _Atomic int64_t clock_ms; /* added to the time of day */
    _Atomic int64_t writes;   /* of the store's files, counted: those that take space */
    _Atomic int64_t full_from, full_until; /* these fail for want of space */
    _Atomic int64_t full_error;            /* with this errno */
    _Atomic int64_t refused;               /* how many failed */
    _Atomic int64_t steps;                 /* writes and syncs of the database and its log */
    _Atomic int64_t cut_at;                /* before this one the power fails; 0: never */
    _Atomic int64_t cut;                   /* it has failed, and the journal is written */
    _Atomic int64_t lies;                  /* the disk says that it synced, and did not */
    _Atomic int64_t database_steps;        /* as steps and cut_at, of the database alone */
    _Atomic int64_t database_cut_at;
};

extern struct faults *faults; /* NULL: nobody asked for any */
extern int faults_journal;    /* where what was not synced is left, -1: nowhere */

enum watched { WATCHED_NOT, WATCHED_DATABASE, WATCHED_LOG, WATCHED_OTHER, WATCHED_DIRECTORY };

/* What happens to the database and its log, told before it happens; one call at a time. */
void power_opened(enum watched file, int fd, int made);
void power_writes(enum watched file, int fd, off_t offset, size_t len);
void power_truncates(enum watched file, int fd, off_t size);
void power_synced(enum watched file); /* after it */
void power_removed(enum watched file);
/* One step of the store's; it does not return when the power fails there. */
void power_step(enum watched file);

#endif
