/*
 * One line per thing an operator could ask about: `event key=value ...`, the same keys
 * everywhere, values escaped here so that nothing a client sends can forge a line.
 * Only role/ and cli/ log above debug.
 */
#ifndef POSTERN_BASE_LOG_H
#define POSTERN_BASE_LOG_H

#include "slice.h"

enum log_level {
    LOG_LEVEL_ERROR, /* a human is needed */
    LOG_LEVEL_WARN,  /* something is degraded */
    LOG_LEVEL_INFO,  /* a message's life */
    LOG_LEVEL_DEBUG, /* protocol lines, secrets left out */
    LOG_LEVEL_COUNT
};

struct log_field {
    const char *key;
    struct slice text; /* used when text.ptr is not NULL */
    int64_t number;
};

#define LOG_TEXT(key, slice)   ((struct log_field){(key), (slice).ptr ? (slice) : SLICE(""), 0})
#define LOG_CSTR(key, cstr)    LOG_TEXT(key, slice_of(cstr))
#define LOG_NUMBER(key, value) ((struct log_field){(key), {0}, (int64_t)(value)})

#define log_event(level, event, ...)                                                               \
    log_write((level), (event), (const struct log_field[]){__VA_ARGS__},                           \
              sizeof((const struct log_field[]){__VA_ARGS__}) / sizeof(struct log_field))

void log_write(enum log_level level, const char *event, const struct log_field *fields,
               size_t count);
void log_set_level(enum log_level level);
enum log_level log_level(void);
void log_set_role(const char *role); /* static string put on every line */
MUST_USE bool log_level_parse(struct slice text, enum log_level *level);

#endif
