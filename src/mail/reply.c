/*
 * Reply lines, ours and others'. Ours are what clients of SES have in their tables, to the letter;
 * where SES's words are not known they are our own. Others' are hostile text: they end up in logs,
 * events and bounces, so they leave here as printable ASCII of bounded length.
 */
#include "reply.h"

enum {
    REPLY_LINE_MAX = 510, /* RFC 5321 §4.5.3.1.5, without CRLF */
    REMOTE_LINE_MAX = 2000,
    REMOTE_LINES_MAX = 100,
    REMOTE_TEXT_MAX = 900,
};

/* Reference §1.4. Enhanced status codes only where SES shows them; it does not announce them. */
static const char *const texts[] = {
    [REPLY_READY_TLS] = "220 Ready to start TLS",
    [REPLY_BYE] = "221 Bye",
    [REPLY_AUTHENTICATED] = "235 Authentication successful.",
    [REPLY_OK] = "250 Ok",
    [REPLY_START_DATA] = "354 End data with <CR><LF>.<CR><LF>",
    [REPLY_TOO_MANY_CONNECTIONS] = "421 Too many concurrent SMTP connections",
    [REPLY_TOO_MANY_ERRORS] = "421 Too many errors",
    [REPLY_SHUTTING_DOWN] = "421 Service shutting down, please try again later",
    [REPLY_TEMPORARY_FAILURE] = "451 Temporary service failure",
    [REPLY_TIMEOUT] = "451 4.4.2 Timeout waiting for data from client.",
    [REPLY_STORAGE] = "452 4.3.1 Insufficient system storage",
    [REPLY_TOO_MANY_RECIPIENTS] = "452 4.5.3 Too many recipients",
    [REPLY_QUOTA_DAILY] = "454 Throttling failure: Daily message quota exceeded",
    [REPLY_QUOTA_RATE] = "454 Throttling failure: Maximum sending rate exceeded",
    [REPLY_AUTH_TEMPORARY] = "454 Temporary authentication failure",
    [REPLY_LINE_TOO_LONG] = "500 Line too long",
    [REPLY_UNKNOWN_COMMAND] = "500 Unknown command",
    [REPLY_SYNTAX_PARAMETERS] = "501 Syntax error in parameters or arguments",
    [REPLY_INVALID_MAIL_FROM] = "501 Invalid MAIL FROM address provided",
    [REPLY_NOT_IMPLEMENTED] = "502 Command not implemented",
    [REPLY_BAD_SEQUENCE] = "503 Bad sequence of commands",
    [REPLY_UNKNOWN_MECHANISM] = "504 Authentication mechanism not supported",
    [REPLY_MUST_STARTTLS] = "530 Must issue a STARTTLS command first",
    [REPLY_AUTH_REQUIRED] = "530 Authentication required",
    [REPLY_AUTH_INVALID] = "535 Authentication Credentials Invalid",
    [REPLY_TOO_LONG] = "552 Message is too long.",
    [REPLY_REFUSED] = "554 Transaction failed",
    [REPLY_UNKNOWN_PARAMETER] = "555 Parameter not recognized or not implemented",
};
_Static_assert(sizeof texts / sizeof texts[0] == REPLY_COUNT, "a text for every reply");

const char *
reply_text(enum reply reply)
{
    return texts[reply];
}

static char
printable(char c)
{
    if ((unsigned char)c >= 0x80)
        return '?';
    return c < ' ' || c == 0x7f ? ' ' : c;
}

/* One line of at most `max` bytes: nothing in it can begin another. */
static struct slice
clean_line(struct arena *arena, struct slice text, size_t max)
{
    char *line = arena_alloc(arena, text.len < max ? text.len : max);
    size_t len = 0;
    for (; len < text.len && len < max; len++)
        line[len] = printable(text.ptr[len]);
    return (struct slice){line, len};
}

/* "454 ...": a failure's text that brings its own code. */
static bool
has_code(struct slice text)
{
    return text.len >= 4 && (text.ptr[0] == '4' || text.ptr[0] == '5') &&
           ascii_digit(text.ptr[1]) && ascii_digit(text.ptr[2]) && text.ptr[3] == ' ';
}

struct slice
reply_for(struct arena *arena, enum rc rc, struct slice text)
{
    if (rc == RC_OK)
        return slice_of(texts[REPLY_OK]);
    if (has_code(text))
        return clean_line(arena, text, REPLY_LINE_MAX);
    if (rc == RC_TEMPORARY || rc == RC_AGAIN)
        return slice_of(texts[REPLY_TEMPORARY_FAILURE]);
    if (rc == RC_SEQUENCE)
        return slice_of(texts[REPLY_BAD_SEQUENCE]);
    if (text.len == 0)
        return slice_of(texts[REPLY_REFUSED]);
    return clean_line(arena, arena_concat(arena, SLICE("554 "), text), REPLY_LINE_MAX);
}

/* ---- replies of others ---- */

/* Reply-line = 3DIGIT [ "-" / SP textstring ] CRLF (RFC 5321 §4.2); a bare LF ends a line too,
 * as it does for the mail systems that meet such servers. */
struct reply_line {
    unsigned code;
    bool last;
    struct slice text;
};

static enum rc
take_line(struct slice *rest, struct reply_line *out, struct err *err)
{
    size_t lf = slice_chr(slice_head(*rest, REMOTE_LINE_MAX + 1), '\n');
    if (lf == SLICE_NONE)
        return rest->len > REMOTE_LINE_MAX ? err_set(err, RC_SYNTAX, "a reply line is too long")
                                           : RC_AGAIN;
    struct slice line = slice_head(*rest, lf);
    *rest = slice_from(*rest, lf + 1);
    if (slice_ends(line, SLICE("\r")))
        line.len--;
    uint64_t code;
    if (line.len < 3 || !slice_u64(slice_head(line, 3), &code))
        return err_set(err, RC_SYNTAX, "a reply line begins without a code");
    if (code < 200 || code > 599)
        return err_set(err, RC_SYNTAX, "the reply code %u is outside 200 to 599", (unsigned)code);
    if (line.len > 3 && line.ptr[3] != ' ' && line.ptr[3] != '-')
        return err_set(err, RC_SYNTAX, "the reply code %u is followed by neither ' ' nor '-'",
                       (unsigned)code);
    out->code = (unsigned)code;
    out->last = line.len == 3 || line.ptr[3] == ' ';
    out->text = slice_from(line, 4);
    return RC_OK;
}

/* Whether a whole reply is there, before anything is allocated for it. */
static enum rc
measure(struct slice data, size_t *lines, size_t *consumed, struct err *err)
{
    struct slice rest = data;
    struct reply_line line = {0};
    unsigned code = 0;
    for (*lines = 0; !line.last; ++*lines) {
        if (*lines == REMOTE_LINES_MAX)
            return err_set(err, RC_SYNTAX, "a reply of more than %d lines", REMOTE_LINES_MAX);
        enum rc rc = take_line(&rest, &line, err);
        if (rc != RC_OK)
            return rc;
        if (*lines > 0 && line.code != code)
            return err_set(err, RC_SYNTAX, "the codes of one reply differ: %u and %u", code,
                           line.code);
        code = line.code;
    }
    *consumed = data.len - rest.len;
    return RC_OK;
}

/* 1*3DIGIT at *at, which is moved past it. */
static bool
skip_number(struct slice text, size_t *at)
{
    size_t start = *at;
    while (*at < text.len && *at - start < 3 && ascii_digit(text.ptr[*at]))
        ++*at;
    return *at > start;
}

/* status-code = class "." subject "." detail (RFC 3463 §2), at the head of the text */
static struct slice
leading_status(unsigned code, struct slice text)
{
    size_t at = 1;
    if (text.len < 5 || text.ptr[0] != (char)('0' + code / 100) || text.ptr[at++] != '.' ||
        !skip_number(text, &at) || at == text.len || text.ptr[at++] != '.' ||
        !skip_number(text, &at) || (at < text.len && text.ptr[at] != ' '))
        return SLICE("");
    return slice_head(text, at);
}

static struct slice
join_lines(struct arena *arena, const struct slice *lines, size_t count)
{
    struct buf text;
    buf_init(&text, REMOTE_LINES_MAX * (REMOTE_LINE_MAX + 2));
    for (size_t i = 0; i < count && text.len < REMOTE_TEXT_MAX; i++) {
        buf_add(&text, i > 0 ? SLICE("\r\n") : SLICE(""));
        buf_add(&text, lines[i]);
    }
    struct slice joined = slice_head(buf_slice(&text), REMOTE_TEXT_MAX);
    /* Not in the middle of a line end. */
    if (joined.len > 0 && joined.ptr[joined.len - 1] == '\r')
        joined.len--;
    joined = arena_dup(arena, joined);
    buf_fini(&text);
    return joined;
}

enum rc
reply_parse(struct arena *arena, struct slice data, struct remote_reply *out, size_t *consumed,
            struct err *err)
{
    size_t count = 0, used = 0;
    enum rc rc = measure(data, &count, &used, err);
    if (rc != RC_OK)
        return rc;
    struct slice *lines = ARENA_ARRAY(arena, struct slice, count), rest = data;
    struct reply_line line = {0};
    for (size_t i = 0; i < count; i++) {
        rc = take_line(&rest, &line, err);
        if (rc != RC_OK)
            return rc;
        lines[i] = clean_line(arena, line.text, REMOTE_LINE_MAX);
    }
    *out = (struct remote_reply){
        .code = line.code,
        .status = leading_status(line.code, lines[0]),
        .text = join_lines(arena, lines, count),
        .first = lines[0],
        .lines = lines,
        .line_count = count,
    };
    *consumed = used;
    return RC_OK;
}
