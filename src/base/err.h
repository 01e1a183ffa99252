/*
 * How things fail: a code to act on and a sentence to show. Every function that can fail
 * returns `enum rc`; the last parameter carries the words. Setting an error never allocates.
 * Add a code when a caller would act differently on it, not otherwise.
 */
#ifndef POSTERN_BASE_ERR_H
#define POSTERN_BASE_ERR_H

#include "slice.h"

enum rc {
    RC_OK,
    RC_AGAIN,     /* needs more bytes, or not yet */
    RC_SYNTAX,    /* what was given cannot be read */
    RC_SEQUENCE,  /* not now: wrong order */
    RC_DENIED,    /* understood and refused */
    RC_NOT_FOUND, /* the thing named does not exist */
    RC_CONFLICT,  /* it exists already, or is in a state that forbids this */
    RC_LIMIT,     /* too many, too long */
    RC_TEMPORARY, /* may succeed later, unchanged */
    RC_PERMANENT, /* will not succeed unchanged */
    RC_COUNT
};

const char *rc_name(enum rc rc);

struct err {
    enum rc rc;
    int system_errno;      /* 0 when no system call failed */
    uint32_t line, column; /* from 1, in the text that was read; 0: nowhere in one */
    char text[1000];       /* one sentence without a full stop, NUL-terminated */
};

/* Each returns `rc`, so that a function can end with `return err_set(...)`. `err` may be NULL. */
enum rc err_set(struct err *err, enum rc rc, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
enum rc err_set_errno(struct err *err, enum rc rc, int system_errno, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* "line 3, column 7: ...", and the place in its own fields. */
enum rc err_set_at(struct err *err, enum rc rc, uint32_t line, uint32_t column, const char *format,
                   ...) __attribute__((format(printf, 5, 6)));

/* The same sentence under another code. Returns `rc`. */
enum rc err_retype(struct err *err, enum rc rc);

/* Put context before the sentence: "opening the store: ". Returns err->rc. */
enum rc err_prefix(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
