#include "log.h"
#include "clock.h"
#include "codec.h"
#include "memory.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

static enum log_level threshold = LOG_LEVEL_INFO;
static const char *role_name = "postern";

static const char *const level_names[] = {"error", "warn", "info", "debug"};
static_assert(sizeof level_names / sizeof level_names[0] == LOG_LEVEL_COUNT, "every level named");

enum { LOG_LINE_MAX = 4096, LOG_VALUE_MAX = 600 };

void
log_set_level(enum log_level level)
{
    threshold = level;
}

enum log_level
log_level(void)
{
    return threshold;
}

void
log_set_role(const char *role)
{
    role_name = role;
}

bool
log_level_parse(struct slice text, enum log_level *level)
{
    for (int i = 0; i < LOG_LEVEL_COUNT; i++)
        if (slice_is(text, level_names[i])) {
            *level = (enum log_level)i;
            return true;
        }
    return false;
}

static bool
plain_value(struct slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] <= ' ' || s.ptr[i] >= 127 || s.ptr[i] == '"' || s.ptr[i] == '\\' ||
            s.ptr[i] == '=')
            return false;
    return s.len > 0;
}

/* How many bytes at the front must be escaped: controls, what a terminal obeys or shows as something
 * else, and what is no UTF-8. */
static size_t
escaped_length(struct slice rest)
{
    unsigned char c = (unsigned char)rest.ptr[0];
    if (c < ' ' || c == 127 || (c > 127 && codec_utf8_sequence(rest) == 0))
        return 1;
    return codec_deceiving(rest);
}

static void
add_quoted(struct buf *line, struct slice s)
{
    buf_add_char(line, '"');
    while (s.len > 0) {
        size_t escaped = escaped_length(s), len = escaped ? escaped : codec_utf8_sequence(s);
        if (s.ptr[0] == '"' || s.ptr[0] == '\\')
            buf_add_char(line, '\\');
        for (size_t i = 0; i < escaped; i++)
            buf_printf(line, "\\x%02x", (unsigned char)s.ptr[i]);
        if (escaped == 0)
            buf_add(line, slice_head(s, len));
        s = slice_from(s, len);
    }
    buf_add_char(line, '"');
}

static void
add_value(struct buf *line, struct slice s)
{
    bool cut = s.len > LOG_VALUE_MAX;
    s = slice_head(s, LOG_VALUE_MAX);
    if (plain_value(s))
        buf_add(line, s);
    else
        add_quoted(line, s);
    if (cut)
        buf_add_cstr(line, "...");
}

/* Lines are written for each message and each call: what needs no format does without. */
static void
add_word(struct buf *line, const char *word)
{
    buf_add_char(line, ' ');
    buf_add_cstr(line, word);
}

void
log_write(enum log_level level, const char *event, const struct log_field *fields, size_t count)
{
    if (level > threshold)
        return;
    struct arena *arena = arena_new();
    struct buf line;
    buf_init(&line, LOG_LINE_MAX);
    buf_add(&line, clock_iso8601(arena, clock_now_ms()));
    add_word(&line, role_name);
    add_word(&line, level_names[level]);
    add_word(&line, event);
    for (size_t i = 0; i < count; i++) {
        add_word(&line, fields[i].key);
        buf_add_char(&line, '=');
        if (fields[i].text.ptr)
            add_value(&line, fields[i].text);
        else
            buf_printf(&line, "%" PRId64, fields[i].number);
    }
    line.overflow = false; /* an overlong line is cut, never lost */
    if (line.len > LOG_LINE_MAX - 1)
        line.len = LOG_LINE_MAX - 1;
    while (line.len > 0 && (line.ptr[line.len - 1] & 0x80)) /* no character is cut in two */
        line.len--;
    buf_add_char(&line, '\n');
    ssize_t written = write(STDERR_FILENO, line.ptr, line.len); /* one write, one line */
    (void)written;
    buf_fini(&line);
    arena_free(arena);
}
