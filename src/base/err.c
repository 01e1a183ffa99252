#include "err.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const names[] = {"ok",        "again",    "syntax", "sequence",  "denied",
                                    "not_found", "conflict", "limit",  "temporary", "permanent"};
static_assert(sizeof names / sizeof names[0] == RC_COUNT, "every rc has a name");

const char *
rc_name(enum rc rc)
{
    return rc < RC_COUNT ? names[rc] : "unknown";
}

enum rc
err_set(struct err *err, enum rc rc, const char *format, ...)
{
    if (err) {
        va_list args;
        err->rc = rc;
        err->system_errno = 0;
        err->line = err->column = 0;
        va_start(args, format);
        vsnprintf(err->text, sizeof err->text, format, args);
        va_end(args);
    }
    return rc;
}

enum rc
err_set_errno(struct err *err, enum rc rc, int system_errno, const char *format, ...)
{
    if (err) {
        va_list args;
        err->rc = rc;
        err->system_errno = system_errno;
        err->line = err->column = 0;
        va_start(args, format);
        int len = vsnprintf(err->text, sizeof err->text, format, args);
        va_end(args);
        if (len >= 0 && (size_t)len < sizeof err->text)
            snprintf(err->text + len, sizeof err->text - (size_t)len, ": %s",
                     strerror(system_errno));
    }
    return rc;
}

enum rc
err_set_at(struct err *err, enum rc rc, uint32_t line, uint32_t column, const char *format, ...)
{
    char text[sizeof err->text];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    err_set(err, rc, "line %u, column %u: %s", line, column, text);
    if (err) {
        err->line = line;
        err->column = column;
    }
    return rc;
}

enum rc
err_retype(struct err *err, enum rc rc)
{
    if (err)
        err->rc = rc;
    return rc;
}

enum rc
err_prefix(struct err *err, const char *format, ...)
{
    if (!err)
        return RC_PERMANENT;
    char joined[sizeof err->text];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(joined, sizeof joined, format, args);
    va_end(args);
    if (len >= 0 && (size_t)len < sizeof joined)
        snprintf(joined + len, sizeof joined - (size_t)len, "%s", err->text);
    memcpy(err->text, joined, sizeof joined);
    return err->rc;
}
