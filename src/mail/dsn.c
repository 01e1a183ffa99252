/*
 * Mail that postern writes itself. What strangers said (reply texts, host names, the original's
 * header) is quoted in it, so every such piece passes through clean() and cannot begin a line, a
 * field or a part of its own. The whole message is ASCII with lines within RFC 5322's limits.
 */
#include "dsn.h"

#include "base/clock.h"
#include "encode.h"

enum {
    FOLD_AT = 76,          /* RFC 5322 §2.1.1 asks for 78 */
    TEXT_MAX = 900,        /* a quoted reply: with the field's name still within 998 */
    NAME_MAX_BYTES = 320,  /* addresses and host names */
    RECIPIENT_MAX = 16384, /* all that is written about one recipient */
    FRAME_MAX = 16384,     /* everything that is neither header nor recipient */
};

/* One line of printable ASCII. White space and controls become one space; `max` bytes at most. */
static struct slice
clean(struct arena *arena, struct slice text, size_t max)
{
    text = slice_trim(text);
    char *line = arena_alloc(arena, text.len < max ? text.len : max);
    size_t len = 0;
    for (size_t i = 0; i < text.len && len < max; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c > ' ' && c < 0x7f)
            line[len++] = (char)c;
        else if (c >= 0x80)
            line[len++] = '?';
        else if (len > 0 && line[len - 1] != ' ')
            line[len++] = ' ';
    }
    return slice_trim((struct slice){line, len});
}

/* Words of a clean line, folded before a word that would pass FOLD_AT; `indent` begins the
 * further lines and is white space, so that they continue a field. */
static void
put_folded(struct buf *out, const char *start, struct slice text, const char *indent)
{
    size_t column = strlen(start);
    buf_add_cstr(out, start);
    while (text.len > 0) {
        struct slice word = slice_head(text, slice_chr(text, ' '));
        text = slice_from(text, word.len + 1);
        if (column + 1 + word.len > FOLD_AT && column > strlen(indent)) {
            buf_add(out, SLICE("\r\n"));
            buf_add_cstr(out, indent);
            column = strlen(indent);
        } else if (column > 0 && out->ptr[out->len - 1] != ' ') {
            buf_add_char(out, ' ');
            column++;
        }
        buf_add(out, word);
        column += word.len;
    }
    buf_add(out, SLICE("\r\n"));
}

static void
put_field(struct buf *out, const char *name, struct slice value)
{
    if (value.len == 0)
        return;
    buf_printf(out, "%s: %.*s\r\n", name, SLICE_ARG(value));
}

/* status-code (RFC 3463 §2); anything else a caller got from outside becomes 5.0.0. */
static struct slice
valid_status(struct slice status)
{
    struct slice class, subject, detail, rest;
    uint64_t number;
    if (slice_cut(status, '.', &class, &rest) && slice_cut(rest, '.', &subject, &detail) &&
        class.len == 1 && strchr("245", class.ptr[0]) && subject.len <= 3 && detail.len <= 3 &&
        slice_u64(subject, &number) && slice_u64(detail, &number))
        return status;
    return SLICE("5.0.0");
}

/* ---- the parts of a report ---- */

/* What is quoted of one recipient, made safe once for both parts that show it. */
struct quoted {
    struct slice address, status, diagnostic, remote_mta, last_attempt;
};

static struct quoted
quote_recipient(struct arena *arena, const struct dsn_recipient *recipient)
{
    return (struct quoted){
        .address = clean(arena, recipient->address, NAME_MAX_BYTES),
        .status = valid_status(recipient->status),
        .diagnostic = clean(arena, recipient->diagnostic, TEXT_MAX),
        .remote_mta = clean(arena, recipient->remote_mta, NAME_MAX_BYTES),
        .last_attempt = clock_rfc5322(arena, recipient->last_attempt_ms),
    };
}

/* A server said it (RFC 5321 §4.2), and not we. */
static bool
is_reply(struct slice diagnostic)
{
    return diagnostic.len > 3 && ascii_digit(diagnostic.ptr[0]) && ascii_digit(diagnostic.ptr[1]) &&
           ascii_digit(diagnostic.ptr[2]);
}

static void
put_explanation(struct buf *out, const struct quoted *quoted)
{
    buf_printf(out, "\r\n  <%.*s>\r\n", SLICE_ARG(quoted->address));
    if (quoted->remote_mta.len > 0)
        buf_printf(out, "    The receiving server was %.*s\r\n", SLICE_ARG(quoted->remote_mta));
    if (is_reply(quoted->diagnostic))
        put_folded(out, "    It answered: ", quoted->diagnostic, "      ");
    else if (quoted->diagnostic.len > 0)
        put_folded(out, "    ", quoted->diagnostic, "      ");
    else
        buf_add(out, SLICE("    No server accepted the message in time.\r\n"));
    buf_printf(out, "    Status code: %.*s\r\n", SLICE_ARG(quoted->status));
}

static void
put_text_part(struct arena *arena, const struct dsn *dsn, const struct quoted *quoted,
              struct buf *out)
{
    struct slice arrived = clock_rfc5322(arena, dsn->arrived_ms);
    struct slice id = clean(arena, dsn->original_id, NAME_MAX_BYTES);
    buf_add(out, SLICE("Content-Type: text/plain; charset=us-ascii\r\n\r\n"
                       "Your message could not be delivered to everyone it was meant for.\r\n"
                       "Nothing more will be tried for the recipients listed here; please\r\n"
                       "send it again once the cause is settled.\r\n\r\n"));
    buf_printf(out, "  Message: %.*s\r\n  Accepted: %.*s\r\n", SLICE_ARG(id), SLICE_ARG(arrived));
    for (size_t i = 0; i < dsn->count; i++)
        put_explanation(out, &quoted[i]);
}

/* RFC 3464 §2.2 and §2.3 */
static void
put_status_part(struct arena *arena, const struct dsn *dsn, const struct quoted *quoted,
                struct buf *out)
{
    struct slice hostname = clean(arena, dsn->hostname, NAME_MAX_BYTES);
    buf_printf(out, "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; %.*s\r\n",
               SLICE_ARG(hostname));
    put_field(out, "Arrival-Date", clock_rfc5322(arena, dsn->arrived_ms));
    for (size_t i = 0; i < dsn->count; i++) {
        buf_printf(out, "\r\nFinal-Recipient: rfc822; %.*s\r\nAction: failed\r\nStatus: %.*s\r\n",
                   SLICE_ARG(quoted[i].address), SLICE_ARG(quoted[i].status));
        if (quoted[i].remote_mta.len > 0)
            buf_printf(out, "Remote-MTA: dns; %.*s\r\n", SLICE_ARG(quoted[i].remote_mta));
        if (quoted[i].diagnostic.len > 0)
            put_folded(out,
                       is_reply(quoted[i].diagnostic) ? "Diagnostic-Code: smtp;"
                                                      : "Diagnostic-Code: x-local;",
                       quoted[i].diagnostic, " ");
        put_field(out, "Last-Attempt-Date", quoted[i].last_attempt);
    }
}

/* The original's header block, its line ends kept; other controls and 8-bit bytes cannot be in
 * what was accepted, but this message must be ASCII whatever was. */
static struct slice
clean_header(struct arena *arena, struct slice block)
{
    char *text = arena_alloc(arena, block.len);
    for (size_t i = 0; i < block.len; i++) {
        char c = block.ptr[i];
        bool line_end = (c == '\r' && i + 1 < block.len && block.ptr[i + 1] == '\n') ||
                        (c == '\n' && i > 0 && block.ptr[i - 1] == '\r');
        text[i] = line_end || c == '\t' || (c >= ' ' && c <= '~') ? c : '?';
    }
    return (struct slice){text, block.len};
}

static void
put_header_part(struct arena *arena, const struct dsn *dsn, struct buf *out)
{
    struct slice block = clean_header(arena, dsn->original_header);
    buf_add(out, SLICE("Content-Type: text/rfc822-headers\r\n\r\n"));
    buf_add(out, block);
    if (!slice_ends(block, SLICE("\r\n")))
        buf_add(out, SLICE("\r\n"));
}

/* Made of the notification's own id, which nobody could know when writing what it quotes; tried
 * again all the same while the parts hold it. */
static struct slice
choose_boundary(struct arena *arena, struct slice message_id, struct slice parts)
{
    char token[25] = {0};
    size_t len = 0;
    for (size_t i = 0; i < message_id.len && len < sizeof token - 1; i++)
        if (ascii_alnum(message_id.ptr[i]))
            token[len++] = message_id.ptr[i];
    for (unsigned attempt = 0;; attempt++) {
        struct slice boundary = arena_printf(arena, "=_report_%s_%u", token, attempt);
        if (slice_find(parts, boundary) == SLICE_NONE)
            return boundary;
    }
}

static void
put_system_header(struct arena *arena, struct slice hostname, struct slice to, struct buf *out)
{
    hostname = clean(arena, hostname, NAME_MAX_BYTES);
    to = clean(arena, to, NAME_MAX_BYTES);
    buf_printf(out, "From: Mail Delivery Subsystem <MAILER-DAEMON@%.*s>\r\nTo: <%.*s>\r\n",
               SLICE_ARG(hostname), SLICE_ARG(to));
}

static void
put_report_header(struct arena *arena, const struct dsn *dsn, struct slice boundary,
                  struct buf *out)
{
    struct slice id = clean(arena, dsn->message_id, NAME_MAX_BYTES);
    put_system_header(arena, dsn->hostname, dsn->to, out);
    buf_add(out, SLICE("Subject: Your message could not be delivered\r\n"));
    put_field(out, "Date", clock_rfc5322(arena, dsn->now_ms));
    buf_printf(out, "Message-ID: <%.*s>\r\n", SLICE_ARG(id));
    /* RFC 3834 §5: whoever answers mail by a program must not answer this. */
    buf_add(out, SLICE("Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"));
    buf_printf(out,
               "Content-Type: multipart/report; report-type=delivery-status;\r\n"
               " boundary=\"%.*s\"\r\n\r\n",
               SLICE_ARG(boundary));
}

struct slice
dsn_build(struct arena *arena, const struct dsn *dsn)
{
    enum { PARTS = 3 };
    size_t max = dsn->original_header.len + dsn->count * RECIPIENT_MAX + FRAME_MAX;
    struct quoted *quoted = ARENA_ARRAY(arena, struct quoted, dsn->count);
    for (size_t i = 0; i < dsn->count; i++)
        quoted[i] = quote_recipient(arena, &dsn->recipients[i]);
    struct buf parts, message;
    size_t ends[PARTS], start = 0;
    buf_init(&parts, max);
    put_text_part(arena, dsn, quoted, &parts);
    ends[0] = parts.len;
    put_status_part(arena, dsn, quoted, &parts);
    ends[1] = parts.len;
    put_header_part(arena, dsn, &parts);
    ends[2] = parts.len;
    struct slice boundary = choose_boundary(arena, dsn->message_id, buf_slice(&parts));
    buf_init(&message, max + FRAME_MAX);
    put_report_header(arena, dsn, boundary, &message);
    for (size_t i = 0; i < PARTS; i++) {
        buf_printf(&message, "--%.*s\r\n", SLICE_ARG(boundary));
        buf_add(&message, slice_from(slice_head(buf_slice(&parts), ends[i]), start));
        buf_add(&message, SLICE("\r\n"));
        start = ends[i];
    }
    buf_printf(&message, "--%.*s--\r\n", SLICE_ARG(boundary));
    struct slice text = arena_dup(arena, buf_slice(&message));
    buf_fini(&message);
    buf_fini(&parts);
    return text;
}

/* ---- notices ---- */

/* How many bytes of UTF-8 text fit into `max` without cutting a character. */
static size_t
whole_characters(struct slice text, size_t max)
{
    if (text.len <= max)
        return text.len;
    size_t len = max;
    while (len > 0 && ((unsigned char)text.ptr[len] & 0xc0) == 0x80)
        len--;
    return len > 0 ? len : max;
}

static void
put_subject(struct arena *arena, struct slice subject, struct buf *out)
{
    if (!encode_is_line(subject))
        subject = clean(arena, subject, TEXT_MAX);
    buf_add(out, SLICE("Subject:"));
    (void)!encode_text(out, subject, SLICE(""), NULL); /* UTF-8 lacks no character */
    buf_add(out, SLICE("\r\n"));
}

struct slice
dsn_notice(struct arena *arena, struct slice from, struct slice to, struct slice subject,
           struct slice message_id, int64_t now_ms, struct slice text)
{
    struct buf out;
    struct slice lines = encode_line_ends(arena, text);
    enum encoding encoding = encode_choose(lines);
    buf_init(&out, 4 * lines.len + 4 * subject.len + FRAME_MAX);
    put_field(&out, "From", clean(arena, from, TEXT_MAX));
    put_field(&out, "To", clean(arena, to, TEXT_MAX));
    put_subject(arena, subject, &out);
    put_field(&out, "Date", clock_rfc5322(arena, now_ms));
    struct slice id = clean(arena, message_id, NAME_MAX_BYTES);
    buf_printf(&out, "Message-ID: <%.*s>\r\n", SLICE_ARG(id));
    buf_add(&out, SLICE("Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
                        "Content-Type: text/plain; charset=utf-8\r\n"));
    buf_printf(&out, "Content-Transfer-Encoding: %s\r\n\r\n", encode_name(encoding));
    encode_body(lines, encoding, &out);
    if (!slice_ends(buf_slice(&out), SLICE("\r\n")))
        buf_add(&out, SLICE("\r\n"));
    struct slice message = arena_dup(arena, buf_slice(&out));
    buf_fini(&out);
    return message;
}

/* ---- reports of others, passed on ---- */

enum { RETURNED_RECIPIENTS_SHOWN = 50, SUBJECT_SHOWN = 100 };

static void
put_returned_text(struct arena *arena, const struct dsn_returned *returned, struct buf *out)
{
    struct slice id = clean(arena, returned->original_id, NAME_MAX_BYTES);
    struct slice source = clean(arena, returned->source_ip, NAME_MAX_BYTES);
    size_t shown =
        returned->count < RETURNED_RECIPIENTS_SHOWN ? returned->count : RETURNED_RECIPIENTS_SHOWN;
    buf_printf(out,
               "Content-Type: text/plain; charset=us-ascii\r\n\r\n"
               "A message that you sent was accepted, and then a server sent back what is\r\n"
               "attached here, as it came. It says what happened.\r\n\r\n"
               "  Message: %.*s\r\n  Sent back by: [%.*s]\r\n  Your recipients were:\r\n",
               SLICE_ARG(id), SLICE_ARG(source));
    for (size_t i = 0; i < shown; i++) {
        struct slice address = clean(arena, returned->recipients[i], NAME_MAX_BYTES);
        buf_printf(out, "    <%.*s>\r\n", SLICE_ARG(address));
    }
    if (shown < returned->count)
        buf_printf(out, "    and %zu more\r\n", returned->count - shown);
}

static void
put_returned_report(struct slice report, struct buf *out)
{
    if (report.len > 0 && encode_is_seven_bit(report)) {
        buf_add(out, SLICE("Content-Type: message/rfc822\r\n\r\n"));
        buf_add(out, report);
        if (!slice_ends(report, SLICE("\r\n")))
            buf_add(out, SLICE("\r\n"));
        return;
    }
    buf_add(out, SLICE("Content-Type: application/octet-stream; name=\"report.eml\"\r\n"
                       "Content-Disposition: attachment; filename=\"report.eml\"\r\n"
                       "Content-Transfer-Encoding: base64\r\n\r\n"));
    encode_body(report, ENCODING_BASE64, out);
    buf_add(out, SLICE("\r\n"));
}

static void
put_returned_header(struct arena *arena, const struct dsn_returned *returned, struct slice boundary,
                    struct buf *out)
{
    struct slice subject = returned->original_subject;
    bool cut = subject.len > SUBJECT_SHOWN;
    subject = slice_head(subject, whole_characters(subject, SUBJECT_SHOWN));
    put_system_header(arena, returned->hostname, returned->to, out);
    put_subject(
        arena,
        arena_printf(arena, "Delivery problem: %.*s%s", SLICE_ARG(subject), cut ? "..." : ""), out);
    put_field(out, "Date", clock_rfc5322(arena, returned->now_ms));
    struct slice id = clean(arena, returned->message_id, NAME_MAX_BYTES);
    buf_printf(out, "Message-ID: <%.*s>\r\n", SLICE_ARG(id));
    buf_printf(out,
               "Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
               "Content-Type: multipart/mixed; boundary=\"%.*s\"\r\n\r\n",
               SLICE_ARG(boundary));
}

struct slice
dsn_forward(struct arena *arena, const struct dsn_returned *returned)
{
    /* In base64 and its line ends four bytes become at most six. */
    size_t max = returned->report.len + returned->report.len / 2 +
                 RETURNED_RECIPIENTS_SHOWN * (NAME_MAX_BYTES + FOLD_AT) + FRAME_MAX;
    struct buf parts, message;
    buf_init(&parts, max);
    put_returned_text(arena, returned, &parts);
    size_t end = parts.len;
    put_returned_report(returned->report, &parts);
    struct slice boundary = choose_boundary(arena, returned->message_id, buf_slice(&parts));
    buf_init(&message, max + FRAME_MAX);
    put_returned_header(arena, returned, boundary, &message);
    buf_printf(&message, "--%.*s\r\n", SLICE_ARG(boundary));
    buf_add(&message, slice_head(buf_slice(&parts), end));
    buf_printf(&message, "\r\n--%.*s\r\n", SLICE_ARG(boundary));
    buf_add(&message, slice_from(buf_slice(&parts), end));
    buf_printf(&message, "\r\n--%.*s--\r\n", SLICE_ARG(boundary));
    struct slice text = arena_dup(arena, buf_slice(&message));
    buf_fini(&message);
    buf_fini(&parts);
    return text;
}
