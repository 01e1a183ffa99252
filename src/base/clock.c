#include "clock.h"

#include <time.h>

static int64_t
read_ms(clockid_t id)
{
    struct timespec now;
    clock_gettime(id, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t
clock_now_ms(void)
{
    return read_ms(CLOCK_REALTIME);
}

int64_t
clock_monotonic_ms(void)
{
    return read_ms(CLOCK_MONOTONIC);
}

static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

static struct tm
broken_down(int64_t ms)
{
    time_t seconds = (time_t)(ms / 1000 - (ms % 1000 < 0));
    struct tm tm;
    gmtime_r(&seconds, &tm);
    return tm;
}

struct slice
clock_rfc5322(struct arena *arena, int64_t ms)
{
    struct tm tm = broken_down(ms);
    return arena_printf(arena, "%s, %d %s %d %02d:%02d:%02d +0000", days[tm.tm_wday], tm.tm_mday,
                        months[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

struct slice
clock_iso8601(struct arena *arena, int64_t ms)
{
    struct tm tm = broken_down(ms);
    return arena_printf(arena, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", tm.tm_year + 1900,
                        tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec,
                        (int)((ms % 1000 + 1000) % 1000));
}

/* Exactly `digits` decimal digits at the front of *text. */
static bool
take_number(struct slice *text, size_t digits, int *out)
{
    uint64_t value;
    if (text->len < digits || !slice_u64(slice_head(*text, digits), &value))
        return false;
    *out = (int)value;
    *text = slice_from(*text, digits);
    return true;
}

static bool
take_char(struct slice *text, char c)
{
    if (text->len == 0 || text->ptr[0] != c)
        return false;
    *text = slice_from(*text, 1);
    return true;
}

static bool
take_zone(struct slice *text, int *offset_minutes)
{
    *offset_minutes = 0;
    if (take_char(text, 'Z') || take_char(text, 'z'))
        return true;
    int sign = take_char(text, '+') ? 1 : take_char(text, '-') ? -1 : 0;
    int hours, minutes;
    if (sign == 0 || !take_number(text, 2, &hours))
        return false;
    (void)take_char(text, ':');
    if (!take_number(text, 2, &minutes) || hours > 23 || minutes > 59)
        return false;
    *offset_minutes = sign * (hours * 60 + minutes);
    return true;
}

bool
clock_parse(struct slice text, int64_t *ms)
{
    uint64_t epoch;
    if (slice_u64(text, &epoch)) {
        if (epoch > (uint64_t)INT64_MAX / 1000)
            return false;
        *ms = (int64_t)epoch * 1000;
        return true;
    }
    struct tm tm = {0};
    int year, month, day, hour = 0, minute = 0, second = 0, millis = 0, offset = 0;
    if (!take_number(&text, 4, &year) || !take_char(&text, '-') || !take_number(&text, 2, &month) ||
        !take_char(&text, '-') || !take_number(&text, 2, &day))
        return false;
    if (text.len > 0) {
        if (!take_char(&text, 'T') || !take_number(&text, 2, &hour) || !take_char(&text, ':') ||
            !take_number(&text, 2, &minute))
            return false;
        if (take_char(&text, ':') && !take_number(&text, 2, &second))
            return false;
        if (take_char(&text, '.')) {
            int scale = 100;
            if (text.len == 0 || !ascii_digit(text.ptr[0]))
                return false;
            for (; text.len > 0 && ascii_digit(text.ptr[0]); text = slice_from(text, 1)) {
                millis += scale * (text.ptr[0] - '0');
                scale /= 10;
            }
        }
        if (!take_zone(&text, &offset) || text.len > 0)
            return false;
    }
    if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60)
        return false;
    tm.tm_year = year - 1900;
    tm.tm_mon = month - 1;
    tm.tm_mday = day;
    tm.tm_hour = hour;
    tm.tm_min = minute;
    tm.tm_sec = second;
    int64_t seconds = (int64_t)timegm(&tm);
    if (tm.tm_mday != day && second < 60 && hour < 24)
        return false; /* 30 February */
    *ms = (seconds - (int64_t)offset * 60) * 1000 + millis;
    return true;
}

/* "3d": at the next whole second. */
static bool
parse_span(struct slice text, int64_t now_ms, int64_t *ms)
{
    static const struct {
        char unit;
        int64_t ms;
    } units[] = {{'m', MINUTE_MS}, {'h', HOUR_MS}, {'d', DAY_MS}, {'w', 7 * DAY_MS}};
    uint64_t number;
    if (text.len < 2 || text.len > 6 || !slice_u64(slice_head(text, text.len - 1), &number) ||
        number == 0)
        return false;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (text.ptr[text.len - 1] == units[i].unit) {
            *ms = (now_ms + (int64_t)number * units[i].ms + 999) / 1000 * 1000;
            return true;
        }
    return false;
}

bool
clock_parse_end(struct slice text, int64_t now_ms, int64_t *ms)
{
    enum { DATE_LEN = 10 };
    struct slice last_day = SLICE("9999-01-01");
    uint64_t epoch;
    int64_t limit_ms;
    if (!clock_parse(last_day, &limit_ms))
        return false;
    if (!parse_span(text, now_ms, ms)) {
        if (slice_u64(text, &epoch) || !clock_parse(text, ms))
            return false;
        if (text.len == DATE_LEN)
            *ms += DAY_MS;
        *ms = *ms / 1000 * 1000;
    }
    return *ms > 0 && *ms < limit_ms;
}
