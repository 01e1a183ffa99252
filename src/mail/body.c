/*
 * The body's watchman. Attachments are refused by their file names, so a part that a reader finds
 * and this scanner does not is a way round. Readers differ on broken MIME; where they do, the
 * scanner looks at everything any of them may take for a part: a delimiter with text behind it, a
 * delimiter after the closing one, a part header without its empty line, every repeated field and
 * parameter. Looking too often can only refuse a file name that stands there in plain words.
 *
 * Speed: only lines that begin with "--" matter outside part headers, and line ends are found by
 * memchr. Memory: one line's head, one part's fields of interest, the open boundaries.
 *
 * Whatever the pieces, the answer is the same: it depends on the position of the first problem,
 * never on where a piece ended.
 */
#include "body.h"

#include <stdlib.h>

#include "base/codec.h"

enum {
    LINE_MAX_BYTES = 64 * 1024,
    PART_HEADER_MAX = 16 * 1024,
    PARTS_MAX = 500,
    DEPTH_MAX = 20,
};

/* The fields of a part that are read; others pass by. */
static const char *const wanted_fields[] = {"Content-Type", "Content-Disposition",
                                            "Content-Transfer-Encoding"};

struct body_scan {
    struct arena *arena; /* of one part's header; owned */
    struct buf line;     /* the head of a line that goes on in the next piece */
    struct buf field;    /* the wanted field being collected, unfolded */
    size_t line_len;     /* bytes of this line so far, LF left out */
    size_t collected;    /* bytes of wanted fields in this part's header */
    size_t parts;
    struct slice boundaries[DEPTH_MAX]; /* outermost first; owned */
    size_t depth;
    bool in_header;      /* lines are a part's header */
    bool is_message;     /* this part is a message/rfc822: a header follows its own */
    bool is_composite;   /* this part holds others, or a message */
    bool is_encoded;     /* its content is not there as it is */
    bool message_begins; /* empty lines before that header are skipped, as readers do */
    bool pending_cr;     /* the last byte was CR */
    bool eight_bit;
    struct err problem; /* the first; rc is RC_OK while there is none */
};

/* ---- file names ---- */

/* Reference §1.6. */
static const char *const refused_extensions[] = {
    "ade",      "adp",     "app",  "asp",  "bas", "bat", "cer",    "chm",  "cmd",  "com",
    "cpl",      "crt",     "csh",  "der",  "exe", "fxp", "gadget", "hlp",  "hta",  "inf",
    "ins",      "isp",     "its",  "js",   "jse", "ksh", "lib",    "lnk",  "mad",  "maf",
    "mag",      "mam",     "maq",  "mar",  "mas", "mat", "mau",    "mav",  "maw",  "mda",
    "mdb",      "mde",     "mdt",  "mdw",  "mdz", "msc", "msh",    "msh1", "msh2", "mshxml",
    "msh1xml",  "msh2xml", "msi",  "msp",  "mst", "ops", "pcd",    "pif",  "plg",  "prf",
    "prg",      "reg",     "scf",  "scr",  "sct", "shb", "shs",    "sys",  "ps1",  "ps1xml",
    "ps2",      "ps2xml",  "psc1", "psc2", "tmp", "url", "vb",     "vbe",  "vbs",  "vps",
    "vsmacros", "vss",     "vst",  "vsw",  "vxd", "ws",  "wsc",    "wsf",  "wsh",  "xnk",
};

static void
set_problem(struct body_scan *scan, enum rc rc, const char *text)
{
    if (scan->problem.rc == RC_OK)
        err_set(&scan->problem, rc, "%s", text);
}

/* The reply is a line of ASCII; of a long name the end matters. */
static void
refuse_name(struct body_scan *scan, struct slice name)
{
    char shown[101];
    struct slice tail = name.len > 100 ? slice_from(name, name.len - 100) : name;
    for (size_t i = 0; i < tail.len; i++)
        shown[i] = tail.ptr[i] < ' ' || tail.ptr[i] > '~' ? '?' : tail.ptr[i];
    shown[tail.len] = '\0';
    if (scan->problem.rc == RC_OK)
        err_set(&scan->problem, RC_DENIED, "Illegal filename '%s'.", shown);
}

/* Windows drops trailing full stops and spaces from file names, readers what looks like quotes. */
static void
check_extension(struct body_scan *scan, struct slice name)
{
    size_t len = name.len;
    while (len > 0 && strchr(". '\"/", name.ptr[len - 1]) && name.ptr[len - 1] != '\0')
        len--;
    size_t dot = slice_rchr(slice_head(name, len), '.');
    if (dot == SLICE_NONE)
        return;
    struct slice extension = slice_from(slice_head(name, len), dot + 1);
    for (size_t i = 0; i < sizeof refused_extensions / sizeof refused_extensions[0]; i++)
        if (slice_iis(extension, refused_extensions[i])) {
            refuse_name(scan, name);
            return;
        }
}

/* A name also ends, for some, at what header_decode made of a NUL or control. */
static void
check_file_name(struct body_scan *scan, struct slice name)
{
    name = slice_trim(header_decode(scan->arena, name));
    check_extension(scan, name);
    size_t end = slice_find(name, SLICE("\xef\xbf\xbd"));
    if (end != SLICE_NONE)
        check_extension(scan, slice_head(name, end));
}

/* ---- parameters (RFC 2045 §5.1, RFC 2231) ---- */

struct parameter {
    struct slice name;
    struct slice value; /* unquoted */
    bool quoted;
};

static bool
is_wsp(char c)
{
    return c == ' ' || c == '\t';
}

/* Where some readers end a value that has no quotes. */
static struct slice
first_word(struct slice value)
{
    size_t len = 0;
    while (len < value.len && !is_wsp(value.ptr[len]) && value.ptr[len] != '(')
        len++;
    return slice_head(value, len);
}

static struct slice
last_word(struct slice text)
{
    text = slice_trim(text);
    for (size_t i = text.len; i > 0; i--)
        if (is_wsp(text.ptr[i - 1]))
            return slice_from(text, i);
    return text;
}

/* Moves *rest past the closing quote. Without one the value is all there is, but what follows the
 * next semicolon is looked at as well. */
static struct slice
take_quoted(struct arena *arena, struct slice *rest)
{
    char *text = arena_alloc(arena, rest->len);
    size_t len = 0, i = 1;
    for (; i < rest->len && rest->ptr[i] != '"'; i++) {
        if (rest->ptr[i] == '\\' && i + 1 < rest->len)
            i++;
        text[len++] = rest->ptr[i];
    }
    *rest = slice_from(*rest, i < rest->len ? i + 1 : 1);
    return (struct slice){text, len};
}

/* The next `name=value`; false at the end. */
static bool
take_parameter(struct arena *arena, struct slice *rest, struct parameter *out)
{
    while (rest->len > 0) {
        size_t end = 0;
        while (end < rest->len && rest->ptr[end] != '=' && rest->ptr[end] != ';')
            end++;
        bool has_value = end < rest->len && rest->ptr[end] == '=';
        out->name = last_word(slice_head(*rest, end));
        *rest = slice_from(*rest, end + 1);
        if (!has_value)
            continue;
        while (rest->len > 0 && is_wsp(rest->ptr[0]))
            *rest = slice_from(*rest, 1);
        out->quoted = rest->len > 0 && rest->ptr[0] == '"';
        if (out->quoted)
            out->value = take_quoted(arena, rest);
        struct slice plain = slice_head(*rest, slice_chr(*rest, ';'));
        *rest = slice_from(*rest, plain.len);
        *rest = slice_from(*rest, 1);
        if (!out->quoted)
            out->value = slice_trim(plain);
        return true;
    }
    return false;
}

static int
hex_digit(char c)
{
    if (ascii_digit(c))
        return c - '0';
    c = ascii_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static struct slice
percent_decode(struct arena *arena, struct slice text)
{
    char *bytes = arena_alloc(arena, text.len);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        int high = -1, low = -1;
        if (text.ptr[i] == '%' && text.len - i > 2) {
            high = hex_digit(text.ptr[i + 1]);
            low = hex_digit(text.ptr[i + 2]);
        }
        bytes[len++] = high >= 0 && low >= 0 ? (char)(high << 4 | low) : text.ptr[i];
        i += high >= 0 && low >= 0 ? 2 : 0;
    }
    return (struct slice){bytes, len};
}

/* One piece of a parameter, `name*0`, `name*1*`, ... (RFC 2231 §3). */
struct segment {
    uint64_t number;
    size_t order; /* in which they stood */
    struct slice value;
    bool encoded;
};

/* One value of a parameter as readers may take it: the bytes, and the charset they are said to be
 * in (empty for none). */
struct value {
    struct slice bytes, charset;
    bool quoted;
};

/* Whether `written` is `name`, `name*`, `name*7` or `name*7*`. */
static bool
names_parameter(struct slice written, const char *name, bool *is_segment, struct segment *out)
{
    struct slice base = written, suffix = SLICE("");
    slice_cut(written, '*', &base, &suffix);
    if (!slice_iis(slice_trim(base), name))
        return false;
    out->encoded = slice_ends(written, SLICE("*"));
    if (suffix.len > 0 && out->encoded)
        suffix.len--;
    *is_segment = slice_u64(suffix, &out->number);
    return true;
}

/* charset'language'bytes (RFC 2231 §4); *text is moved to the bytes. */
static struct slice
take_charset(struct slice *text)
{
    struct slice charset, language, rest;
    if (!slice_cut(*text, '\'', &charset, &rest) || !slice_cut(rest, '\'', &language, &rest))
        return SLICE("");
    *text = rest;
    return charset;
}

static int
compare_segments(const void *left, const void *right)
{
    const struct segment *a = left, *b = right;
    if (a->number != b->number)
        return a->number < b->number ? -1 : 1;
    return a->order < b->order ? -1 : 1;
}

struct segments {
    struct segment *list;
    size_t count, cap;
};

/* Readers differ on a number that repeats and on one that is missing. */
struct joining {
    bool last_wins, stop_at_gap;
};

static struct value
join_segments(struct arena *arena, const struct segments *segments, struct joining how)
{
    struct value joined = {.charset = SLICE(""), .quoted = true};
    size_t total = 0, len = 0;
    for (size_t i = 0; i < segments->count; i++)
        total += segments->list[i].value.len;
    char *bytes = arena_alloc(arena, total);
    for (size_t i = 0, used = 0; i < segments->count; i++) {
        const struct segment *segment = &segments->list[i];
        size_t twin = how.last_wins ? i + 1 : i - 1; /* wraps to no segment for the first */
        if (twin < segments->count && segments->list[twin].number == segment->number)
            continue;
        if (how.stop_at_gap && segment->number != used++)
            break;
        struct slice value = segment->value;
        if (segment->encoded) {
            if (segment->number == 0)
                joined.charset = take_charset(&value);
            value = percent_decode(arena, value);
        }
        if (value.len)
            memcpy(bytes + len, value.ptr, value.len);
        len += value.len;
    }
    joined.bytes = (struct slice){bytes, len};
    return joined;
}

static void
add_segment(struct arena *arena, struct segments *segments, const struct segment *segment)
{
    segments->list =
        arena_grow(arena, segments->list, sizeof *segments->list, segments->count, &segments->cap);
    segments->list[segments->count++] = *segment;
}

static void
take_segments(struct body_scan *scan, struct segments *segments,
              void (*take)(struct body_scan *scan, const struct value *value))
{
    static const struct joining ways[] = {
        {false, false}, {false, true}, {true, false}, {true, true}};
    qsort(segments->list, segments->count, sizeof *segments->list, compare_segments);
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        struct value value = join_segments(scan->arena, segments, ways[i]);
        take(scan, &value);
    }
}

static void
take_plain(struct body_scan *scan, const struct parameter *parameter, bool encoded,
           void (*take)(struct body_scan *scan, const struct value *value))
{
    struct value value = {parameter->value, SLICE(""), parameter->quoted};
    if (encoded) {
        value.charset = take_charset(&value.bytes);
        value.bytes = percent_decode(scan->arena, value.bytes);
    }
    take(scan, &value);
}

/* Comments taken out, those in quotes left (RFC 822 §3.4.3): some readers allow them anywhere. */
static struct slice
without_comments(struct arena *arena, struct slice text)
{
    char *out = arena_alloc(arena, text.len + 1);
    size_t len = 0, depth = 0;
    bool quoted = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool escaped = c == '\\' && (quoted || depth > 0) && i + 1 < text.len;
        if (!escaped && c == '"' && depth == 0)
            quoted = !quoted;
        else if (!escaped && !quoted && c == '(')
            depth++;
        if (depth == 0)
            out[len++] = c;
        if (!escaped && !quoted && c == ')' && depth > 0)
            depth--;
        if (!escaped)
            continue;
        i++;
        if (depth == 0)
            out[len++] = text.ptr[i];
    }
    return (struct slice){out, len};
}

/* Every value that `text` gives to the parameter. */
static void
each_value(struct body_scan *scan, struct slice text, const char *name,
           void (*take)(struct body_scan *scan, const struct value *value))
{
    struct segments segments = {0};
    struct parameter parameter;
    while (take_parameter(scan->arena, &text, &parameter)) {
        struct segment segment = {.order = segments.count, .value = parameter.value};
        bool is_segment;
        if (!names_parameter(parameter.name, name, &is_segment, &segment))
            continue;
        if (is_segment)
            add_segment(scan->arena, &segments, &segment);
        else
            take_plain(scan, &parameter, segment.encoded, take);
    }
    if (segments.count > 0)
        take_segments(scan, &segments, take);
}

/* ---- the fields of a part ---- */

static void
take_file_name(struct body_scan *scan, const struct value *value)
{
    check_file_name(scan, value->bytes);
    if (!value->quoted)
        check_file_name(scan, first_word(value->bytes));
    if (value->charset.len == 0)
        return;
    /* The same conversion as encoded words have. */
    struct slice base64 = codec_base64(scan->arena, value->bytes);
    check_file_name(scan, arena_printf(scan->arena, "=?%.*s?B?%.*s?=", SLICE_ARG(value->charset),
                                       SLICE_ARG(base64)));
}

static void
close_boundaries(struct body_scan *scan, size_t depth)
{
    while (scan->depth > depth)
        free((char *)scan->boundaries[--scan->depth].ptr);
}

/* An equal boundary that is open already matches the same lines. */
static void
open_boundary(struct body_scan *scan, const struct value *value)
{
    struct slice boundary = value->quoted ? slice_trim(value->bytes) : first_word(value->bytes);
    for (size_t i = 0; i < scan->depth; i++)
        if (slice_eq(scan->boundaries[i], boundary))
            return;
    if (scan->depth == DEPTH_MAX) {
        set_problem(scan, RC_LIMIT, "MIME parts are nested too deep (more than 20 levels)");
        return;
    }
    char *copy = memory_alloc(boundary.len);
    if (boundary.len)
        memcpy(copy, boundary.ptr, boundary.len);
    scan->boundaries[scan->depth++] = (struct slice){copy, boundary.len};
}

static bool
is_wanted(struct slice name)
{
    for (size_t i = 0; i < sizeof wanted_fields / sizeof wanted_fields[0]; i++)
        if (slice_iis(name, wanted_fields[i]))
            return true;
    return false;
}

static void
examine_type(struct body_scan *scan, struct slice value)
{
    static const char *const messages[] = {"message/rfc822", "message/global", "message/news",
                                           "message/partial"};
    struct slice type = slice_trim(slice_head(value, slice_chr(value, ';')));
    for (size_t i = 0; i < sizeof messages / sizeof messages[0]; i++)
        scan->is_message |= slice_iis(type, messages[i]);
    /* Reports of the message/global-* family hold no parts, and may be encoded (RFC 6533 §6). */
    scan->is_composite |=
        slice_istarts(type, SLICE("multipart/")) ||
        (slice_istarts(type, SLICE("message/")) && !slice_istarts(type, SLICE("message/global-")));
    each_value(scan, value, "boundary", open_boundary);
}

static void
examine_encoding(struct body_scan *scan, struct slice value)
{
    struct slice encoding = slice_trim(value);
    scan->is_encoded |= !slice_iis(encoding, "7bit") && !slice_iis(encoding, "8bit") &&
                        !slice_iis(encoding, "binary");
}

/* Names are looked for in either field, and a boundary whatever the type is. */
static void
examine_text(struct body_scan *scan, struct slice name, struct slice value)
{
    if (slice_iis(name, "Content-Transfer-Encoding")) {
        examine_encoding(scan, value);
        return;
    }
    if (slice_iis(name, "Content-Type"))
        examine_type(scan, value);
    each_value(scan, value, "filename", take_file_name);
    each_value(scan, value, "name", take_file_name);
}

static void
examine_field(struct body_scan *scan, struct slice name, struct slice value)
{
    if (slice_chr(value, '(') != SLICE_NONE)
        examine_text(scan, name, without_comments(scan->arena, value));
    if (slice_chr(value, '(') == SLICE_NONE || !slice_iis(name, "Content-Transfer-Encoding"))
        examine_text(scan, name, value);
    arena_reset(scan->arena);
}

/* RFC 2045 §6.4. What stands inside could not be looked at otherwise. */
static void
check_encoding(struct body_scan *scan)
{
    if (scan->is_composite && scan->is_encoded)
        set_problem(scan, RC_DENIED,
                    "header 'Content-Transfer-Encoding' of a multipart or message part must be "
                    "7bit, 8bit or binary");
}

static void
flush_field(struct body_scan *scan)
{
    struct slice name, value;
    if (slice_cut(buf_slice(&scan->field), ':', &name, &value))
        examine_field(scan, slice_trim(name), value);
    buf_reset(&scan->field);
}

/* ---- lines ---- */

static void
begin_part(struct body_scan *scan)
{
    if (++scan->parts > PARTS_MAX)
        set_problem(scan, RC_LIMIT, "more than 500 MIME parts");
    scan->in_header = true;
    scan->is_message = scan->is_composite = scan->is_encoded = false;
    scan->message_begins = false;
    scan->collected = 0;
}

static void
end_part_header(struct body_scan *scan)
{
    flush_field(scan);
    check_encoding(scan);
    bool message = scan->is_message;
    scan->in_header = false;
    if (message)
        begin_part(scan);
    scan->message_begins = message;
}

static void
collect(struct body_scan *scan, struct slice line)
{
    scan->collected += line.len;
    buf_add(&scan->field, line);
    if (scan->collected > PART_HEADER_MAX)
        set_problem(scan, RC_LIMIT, "the header of a MIME part is larger than 16384 bytes");
}

static void
take_header_line(struct body_scan *scan, struct slice line)
{
    struct slice name, value;
    if (line.len == 0) {
        if (!scan->message_begins)
            end_part_header(scan);
        return;
    }
    scan->message_begins = false;
    if (is_wsp(line.ptr[0])) {
        if (scan->field.len > 0)
            collect(scan, line);
        return;
    }
    flush_field(scan);
    if (slice_cut(line, ':', &name, &value) && is_wanted(slice_trim(name)))
        collect(scan, line);
}

/* A delimiter of any open level; of several that fit, the longest boundary is meant. */
static bool
take_delimiter(struct body_scan *scan, struct slice line)
{
    struct slice text = slice_from(line, 2);
    size_t level = scan->depth;
    for (size_t i = 0; i < scan->depth; i++)
        if (slice_starts(text, scan->boundaries[i]) &&
            (level == scan->depth || scan->boundaries[i].len > scan->boundaries[level].len))
            level = i;
    if (level == scan->depth)
        return false;
    struct slice tail = slice_trim(slice_from(text, scan->boundaries[level].len));
    flush_field(scan);
    check_encoding(scan);
    close_boundaries(scan, level + 1);
    /* After the closing delimiter the boundary stays known: not every reader stops there. */
    if (slice_is(tail, "--"))
        scan->in_header = false;
    else
        begin_part(scan);
    return true;
}

/* A line without its CRLF, or the first PART_HEADER_MAX + 1 bytes of it. */
static void
take_line(struct body_scan *scan, struct slice line)
{
    if (scan->depth > 0 && line.len >= 2 && line.ptr[0] == '-' && line.ptr[1] == '-' &&
        take_delimiter(scan, line))
        return;
    if (scan->in_header)
        take_header_line(scan, line);
}

/* ---- bytes ---- */

/* Keeps what take_line may need of a line that is cut between pieces. */
static void
keep_head(struct body_scan *scan, struct slice chunk)
{
    buf_add(&scan->line, slice_head(chunk, PART_HEADER_MAX + 1 - scan->line.len));
}

static void
end_line(struct body_scan *scan, struct slice chunk)
{
    /* The common case needs no copy. */
    bool whole = scan->line_len == chunk.len;
    if (!whole)
        keep_head(scan, chunk);
    struct slice line = whole ? slice_head(chunk, PART_HEADER_MAX + 1) : buf_slice(&scan->line);
    line = slice_head(line, scan->line_len - 1);
    scan->pending_cr = false;
    scan->line_len = 0;
    take_line(scan, line);
    buf_reset(&scan->line);
}

/* Bytes of one line up to its LF, or to the piece's end. */
static void
take_chunk(struct body_scan *scan, struct slice chunk, bool ends)
{
    bool too_long = chunk.len > LINE_MAX_BYTES - scan->line_len;
    struct slice fits = slice_head(chunk, LINE_MAX_BYTES - scan->line_len);
    if (fits.len > 0) {
        size_t cr = scan->pending_cr ? 0 : slice_chr(fits, '\r');
        if (scan->pending_cr || (cr != SLICE_NONE && cr != fits.len - 1))
            set_problem(scan, RC_SYNTAX, "bare CR in the message body");
        scan->pending_cr = cr != SLICE_NONE;
    }
    if (too_long)
        set_problem(scan, RC_LIMIT, "a line of the message body is longer than 65536 bytes");
    if (ends && !scan->pending_cr)
        set_problem(scan, RC_SYNTAX, "bare LF in the message body");
    if (scan->problem.rc != RC_OK)
        return;
    scan->line_len += chunk.len;
    if (ends)
        end_line(scan, chunk);
    else
        keep_head(scan, chunk);
}

static bool
has_eight_bit(struct slice piece)
{
    uint64_t all = 0;
    size_t i = 0;
    for (; i + 8 <= piece.len; i += 8) {
        uint64_t word;
        memcpy(&word, piece.ptr + i, 8);
        all |= word;
    }
    for (; i < piece.len; i++)
        all |= (unsigned char)piece.ptr[i];
    return (all & 0x8080808080808080u) != 0;
}

struct body_scan *
body_scan_new(const struct header *header)
{
    struct body_scan *scan = NEW(struct body_scan);
    scan->arena = arena_new();
    buf_init(&scan->line, PART_HEADER_MAX + 1);
    /* The line that passes the limit still fits: it is refused by name, not cut. */
    buf_init(&scan->field, 2 * PART_HEADER_MAX + 2);
    for (size_t i = 0; i < header->count; i++) {
        const struct field *field = &header->fields[i];
        if (is_wanted(field->name)) {
            struct arena *arena = arena_new();
            examine_field(scan, field->name, header_unfold(arena, field->value));
            arena_free(arena);
        }
    }
    check_encoding(scan);
    if (scan->is_message)
        end_part_header(scan);
    return scan;
}

void
body_scan_free(struct body_scan *scan)
{
    if (!scan)
        return;
    close_boundaries(scan, 0);
    buf_fini(&scan->line);
    buf_fini(&scan->field);
    arena_free(scan->arena);
    free(scan);
}

void
body_scan_feed(struct body_scan *scan, struct slice piece)
{
    if (piece.len == 0)
        return;
    scan->eight_bit |= has_eight_bit(piece);
    size_t nul = slice_chr(piece, '\0');
    struct slice rest = slice_head(piece, nul);
    while (rest.len > 0 && scan->problem.rc == RC_OK) {
        size_t lf = slice_chr(rest, '\n');
        struct slice chunk = slice_head(rest, lf);
        rest = slice_from(rest, lf == SLICE_NONE ? rest.len : lf + 1);
        take_chunk(scan, chunk, lf != SLICE_NONE);
    }
    if (nul != SLICE_NONE)
        set_problem(scan, RC_SYNTAX, "NUL in the message body");
}

enum rc
body_scan_finish(struct body_scan *scan, struct err *err)
{
    if (scan->pending_cr)
        set_problem(scan, RC_SYNTAX, "bare CR in the message body");
    if (scan->problem.rc == RC_OK && scan->line_len > 0)
        take_line(scan, buf_slice(&scan->line));
    if (scan->problem.rc == RC_OK) {
        flush_field(scan);
        check_encoding(scan);
    }
    if (scan->problem.rc == RC_OK)
        return RC_OK;
    return err_set(err, scan->problem.rc, "%s", scan->problem.text);
}

bool
body_scan_eight_bit(const struct body_scan *scan)
{
    return scan->eight_bit;
}
