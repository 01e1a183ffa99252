/*
 * The header block, strictly: a field that two readers could find at different places is a field
 * that can lie, so whatever RFC 5322 §2.2 and §3.2.2 do not allow to be written is refused. That
 * includes a continuation line of nothing but white space, at which some readers end the block.
 */
#include "header.h"

#include <errno.h>
#include <iconv.h>

#include "base/codec.h"

/* ---- finding and splitting the block ---- */

static enum rc
block_end(size_t offset, size_t *end, struct err *err)
{
    if (offset > HEADER_MAX)
        return err_set(err, RC_LIMIT, "the header is larger than %d bytes", HEADER_MAX);
    *end = offset;
    return RC_OK;
}

enum rc
header_end_after(struct slice data, size_t seen, size_t *end, struct err *err)
{
    if (slice_starts(data, SLICE("\r\n")))
        return block_end(2, end, err);
    /* Nothing past the limit is looked at, however much there is. */
    struct slice block = slice_head(data, HEADER_MAX);
    size_t from = seen > 3 ? seen - 3 : 0;
    size_t at = slice_find(slice_from(block, from), SLICE("\r\n\r\n"));
    if (at != SLICE_NONE)
        return block_end(from + at + 4, end, err);
    if (data.len >= HEADER_MAX)
        return err_set(err, RC_LIMIT, "the header is larger than %d bytes", HEADER_MAX);
    return RC_AGAIN;
}

enum rc
header_end(struct slice data, size_t *end, struct err *err)
{
    return header_end_after(data, 0, end, err);
}

/* What is wrong is told by line, and by field where one has begun. */
struct place {
    size_t line;
    struct slice name; /* empty in a line that has no readable name */
};

static enum rc
refuse(struct err *err, const struct place *place, const char *what)
{
    if (place->name.len == 0)
        return err_set(err, RC_SYNTAX, "header line %zu %s", place->line, what);
    return err_set(err, RC_SYNTAX, "header '%.*s' %s (line %zu)",
                   SLICE_ARG(slice_head(place->name, 80)), what, place->line);
}

/* One line without its CRLF. Bytes first: nothing else may be printed or compared before. */
static enum rc
check_bytes(struct slice line, const struct place *place, struct err *err)
{
    for (size_t i = 0; i < line.len; i++) {
        unsigned char c = (unsigned char)line.ptr[i];
        if (c == '\0')
            return refuse(err, place, "holds a NUL byte");
        if (c == '\r')
            return refuse(err, place, "holds a bare CR");
        if (c >= 0x80)
            return refuse(err, place, "holds a byte that is not ASCII");
    }
    if (line.len > HEADER_LINE_MAX)
        return refuse(err, place, "has a line longer than 998 bytes");
    return RC_OK;
}

/* 1*ftext (%d33-57 / %d59-126, RFC 5322 §3.6.8) */
static struct slice
leading_name(struct slice text)
{
    size_t len = 0;
    while (len < text.len && text.ptr[len] > ' ' && text.ptr[len] <= '~' && text.ptr[len] != ':')
        len++;
    return slice_head(text, len);
}

/* For reports of what is wrong in the line that begins here. */
static struct slice
reportable_name(struct slice block)
{
    struct slice name = leading_name(block);
    return slice_starts(slice_from(block, name.len), SLICE(":")) ? name : (struct slice){0};
}

static enum rc
read_name(struct slice line, struct place *place, struct err *err)
{
    struct slice name = leading_name(line), gap, value;
    if (!slice_cut(slice_from(line, name.len), ':', &gap, &value))
        return refuse(err, place, "has no colon");
    if (slice_trim(gap).len > 0)
        return refuse(err, place, "has a field name with a character that is not printable");
    if (name.len == 0)
        return refuse(err, place, "has an empty field name");
    place->name = name;
    if (gap.len > 0)
        return refuse(err, place, "has a space before the colon");
    return RC_OK;
}

/* The next line of *rest, which is moved past it. */
static enum rc
take_line(struct slice *rest, const struct place *place, struct slice *line, struct err *err)
{
    size_t lf = slice_chr(*rest, '\n');
    struct slice whole = slice_head(*rest, lf);
    if (lf == SLICE_NONE)
        whole = *rest;
    else if (lf == 0 || rest->ptr[lf - 1] != '\r')
        lf = SLICE_NONE;
    else
        whole.len--;
    enum rc rc = check_bytes(whole, place, err);
    if (rc != RC_OK)
        return rc;
    if (lf == SLICE_NONE)
        return refuse(err, place,
                      whole.len == rest->len ? "does not end with CRLF" : "ends with a bare LF");
    *line = whole;
    *rest = slice_from(*rest, lf + 1);
    return RC_OK;
}

static bool
is_continuation(struct slice line)
{
    return line.len > 0 && (line.ptr[0] == ' ' || line.ptr[0] == '\t');
}

static enum rc
add_field(struct arena *arena, struct header *header, size_t *cap, struct slice line,
          const struct place *place, struct err *err)
{
    if (header->count == HEADER_FIELDS_MAX)
        return err_set(err, RC_LIMIT, "more than %d header fields", HEADER_FIELDS_MAX);
    header->fields = arena_grow(arena, header->fields, sizeof *header->fields, header->count, cap);
    header->fields[header->count++] = (struct field){
        .name = place->name,
        .value = slice_from(line, place->name.len + 1),
        .raw = {line.ptr, line.len + 2},
    };
    return RC_OK;
}

static enum rc
continue_field(struct header *header, struct slice line, const struct place *place, struct err *err)
{
    if (header->count == 0)
        return refuse(err, place, "continues a field, but none has begun");
    if (slice_trim(line).len == 0)
        return refuse(err, place, "has a continuation line of white space only");
    struct field *field = &header->fields[header->count - 1];
    const char *end = line.ptr + line.len;
    field->value.len = (size_t)(end - field->value.ptr);
    field->raw.len = (size_t)(end - field->raw.ptr) + 2;
    return RC_OK;
}

enum rc
header_parse(struct arena *arena, struct slice block, struct header *out, struct err *err)
{
    struct header header = {0};
    struct place place = {0};
    struct slice line;
    size_t cap = 0;
    while (block.len > 0) {
        place.line++;
        if (!is_continuation(block))
            place.name = reportable_name(block);
        enum rc rc = take_line(&block, &place, &line, err);
        if (rc == RC_OK && is_continuation(line)) {
            rc = continue_field(&header, line, &place, err);
        } else if (rc == RC_OK) {
            rc = read_name(line, &place, err);
            if (rc == RC_OK)
                rc = add_field(arena, &header, &cap, line, &place, err);
        }
        if (rc != RC_OK)
            return rc;
    }
    *out = header;
    return RC_OK;
}

const struct field *
header_find(const struct header *header, const char *name)
{
    for (size_t i = 0; i < header->count; i++)
        if (slice_iis(header->fields[i].name, name))
            return &header->fields[i];
    return NULL;
}

size_t
header_count(const struct header *header, const char *name)
{
    size_t count = 0;
    for (size_t i = 0; i < header->count; i++)
        count += slice_iis(header->fields[i].name, name);
    return count;
}

/* ---- once-only fields ---- */

/* Reference §1.7, in the spelling that the reply shows. */
static const char *const once_only[] = {
    "Accept-Language",
    "acceptLanguage",
    "Archived-At",
    "Auto-Submitted",
    "Bounces-to",
    "Comments",
    "Content-Alternative",
    "Content-Base",
    "Content-Class",
    "Content-Description",
    "Content-Disposition",
    "Content-Duration",
    "Content-ID",
    "Content-Language",
    "Content-Length",
    "Content-Location",
    "Content-MD5",
    "Content-Transfer-Encoding",
    "Content-Type",
    "Date",
    "Delivered-To",
    "Disposition-Notification-Options",
    "Disposition-Notification-To",
    "DKIM-Signature",
    "DomainKey-Signature",
    "Errors-To",
    "From",
    "Importance",
    "In-Reply-To",
    "Keywords",
    "List-Archive",
    "List-Help",
    "List-Id",
    "List-Owner",
    "List-Post",
    "List-Subscribe",
    "List-Unsubscribe",
    "Message-Context",
    "Message-ID",
    "MIME-Version",
    "Organization",
    "Original-From",
    "Original-Message-ID",
    "Original-Recipient",
    "Original-Subject",
    "Precedence",
    "Priority",
    "References",
    "Reply-To",
    "Return-Path",
    "Return-Receipt-To",
    "Sender",
    "Solicitation",
    "Sensitivity",
    "Subject",
    "Thread-Index",
    "Thread-Topic",
    "User-Agent",
    "VBR-Info",
};

enum { ONCE_ONLY_COUNT = sizeof once_only / sizeof once_only[0] };

enum rc
header_check_once(const struct header *header, struct err *err)
{
    bool seen[ONCE_ONLY_COUNT] = {false};
    for (size_t i = 0; i < header->count; i++)
        for (size_t k = 0; k < ONCE_ONLY_COUNT; k++) {
            if (!slice_iis(header->fields[i].name, once_only[k]))
                continue;
            if (seen[k])
                return err_set(err, RC_DENIED, "Duplicate header '%s'.", once_only[k]);
            seen[k] = true;
            break;
        }
    return RC_OK;
}

/* ---- values ---- */

struct slice
header_unfold(struct arena *arena, struct slice value)
{
    if (slice_chr(value, '\r') == SLICE_NONE)
        return slice_trim(value);
    char *text = arena_alloc(arena, value.len);
    size_t len = 0;
    for (size_t i = 0; i < value.len; i++) {
        if (value.ptr[i] == '\r' && i + 2 < value.len && value.ptr[i + 1] == '\n' &&
            (value.ptr[i + 2] == ' ' || value.ptr[i + 2] == '\t'))
            i++;
        else
            text[len++] = value.ptr[i];
    }
    return slice_trim((struct slice){text, len});
}

/*
 * RFC 2047. An encoded word is cut out more leniently than §2 says (next to other text, longer
 * than 75, with spaces or '?' in it) because mail programs are: what they would show is what a
 * display name must be judged by.
 */
enum { CHARSET_MAX = 40, CONVERSIONS_MAX = 200 };

struct encoded_word {
    struct slice charset;
    bool base64;
    struct slice text;
};

/* "=?" charset ["*" language] "?" encoding "?" at the start of `rest`; the text is all that
 * follows. The bound on the first two keeps a value full of false starts linear. */
static bool
begins_word(struct slice rest, struct encoded_word *out)
{
    struct slice text = slice_head(slice_from(rest, 2), 2 * CHARSET_MAX), charset, language;
    if (!slice_cut(text, '?', &charset, &text) || text.len < 2 || text.ptr[1] != '?')
        return false;
    char encoding = ascii_lower(text.ptr[0]);
    slice_cut(charset, '*', &charset, &language);
    if (encoding != 'b' && encoding != 'q')
        return false;
    out->charset = charset;
    out->base64 = encoding == 'b';
    out->text = slice_from(rest, (size_t)(text.ptr + 2 - rest.ptr));
    return true;
}

static int
hex_digit(char c)
{
    if (ascii_digit(c))
        return c - '0';
    c = ascii_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void
decode_q(struct slice text, struct buf *out)
{
    for (size_t i = 0; i < text.len; i++) {
        int high = -1, low = -1;
        if (text.ptr[i] == '=' && text.len - i > 2) {
            high = hex_digit(text.ptr[i + 1]);
            low = hex_digit(text.ptr[i + 2]);
        }
        if (high >= 0 && low >= 0) {
            buf_add_char(out, (char)(high << 4 | low));
            i += 2;
        } else {
            buf_add_char(out, text.ptr[i] == '_' ? ' ' : text.ptr[i]);
        }
    }
}

static int
base64_digit(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (ascii_digit(c))
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Not codec_base64_decode: readers skip what is no base64 and bear missing padding. */
static void
decode_b(struct slice text, struct buf *out)
{
    uint32_t held = 0;
    unsigned bits = 0;
    for (size_t i = 0; i < text.len; i++) {
        int digit = base64_digit(text.ptr[i]);
        if (text.ptr[i] == '=')
            bits = 0; /* what follows padding starts anew */
        if (digit < 0)
            continue;
        held = held << 6 | (uint32_t)digit;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            buf_add_char(out, (char)(held >> bits & 0xff));
        }
    }
}

static void
convert_latin1(struct slice bytes, struct buf *out)
{
    for (size_t i = 0; i < bytes.len; i++) {
        char utf8[4];
        size_t len = codec_utf8_put((unsigned char)bytes.ptr[i], utf8);
        buf_add(out, (struct slice){utf8, len});
    }
}

/* Bytes that are no text in that charset become U+FFFD one by one. */
static void
convert_all(iconv_t converter, struct slice bytes, struct buf *out)
{
    char *in = (char *)bytes.ptr;
    size_t left = bytes.len;
    bool flushing = false;
    for (;;) {
        char chunk[1024], *to = chunk;
        size_t room = sizeof chunk;
        size_t status = iconv(converter, flushing ? NULL : &in, &left, &to, &room);
        buf_add(out, (struct slice){chunk, sizeof chunk - room});
        if (status != (size_t)-1) {
            if (flushing)
                return;
            flushing = true;
        } else if (errno != E2BIG) {
            if (left == 0)
                return;
            buf_add(out, SLICE("\xef\xbf\xbd"));
            in++;
            left--;
        }
    }
}

struct decoder {
    struct buf out;
    struct buf bytes;     /* of adjacent encoded words of one charset, not yet converted */
    struct slice charset; /* theirs */
    bool pending;         /* there are such words */
    unsigned conversions; /* opened; bounded, since opening one may load a library */
};

/* Whether iconv may be asked: no '/', in which it would take options. */
static bool
is_charset_name(struct slice name)
{
    for (size_t i = 0; i < name.len; i++)
        if (!ascii_alnum(name.ptr[i]) && !memchr("-_.:+()", name.ptr[i], 7))
            return false;
    return name.len > 0 && name.len <= CHARSET_MAX;
}

static bool
open_converter(struct decoder *decoder, iconv_t *out)
{
    if (!is_charset_name(decoder->charset) || decoder->conversions == CONVERSIONS_MAX)
        return false;
    char name[CHARSET_MAX + 1] = {0};
    memcpy(name, decoder->charset.ptr, decoder->charset.len);
    decoder->conversions++;
    *out = iconv_open("UTF-8", name);
    return *out != (iconv_t)-1;
}

/* Adjacent words are joined before they are converted: many programs cut inside a character. */
static void
flush_words(struct decoder *decoder)
{
    struct slice bytes = buf_slice(&decoder->bytes);
    iconv_t converter;
    if (slice_iis(decoder->charset, "utf-8") || slice_iis(decoder->charset, "us-ascii")) {
        buf_add(&decoder->out, bytes);
    } else if (slice_iis(decoder->charset, "iso-8859-1")) {
        convert_latin1(bytes, &decoder->out);
    } else if (open_converter(decoder, &converter)) {
        convert_all(converter, bytes, &decoder->out);
        iconv_close(converter);
    } else {
        /* As mail programs do; else a made-up charset would hide what they show. */
        buf_add(&decoder->out, bytes);
    }
    decoder->pending = false;
    buf_reset(&decoder->bytes);
}

static void
add_word(struct decoder *decoder, const struct encoded_word *word)
{
    if (decoder->pending && !slice_ieq(decoder->charset, word->charset))
        flush_words(decoder);
    decoder->pending = true;
    decoder->charset = word->charset;
    if (word->base64)
        decode_b(word->text, &decoder->bytes);
    else
        decode_q(word->text, &decoder->bytes);
}

static void
decode_words(struct decoder *decoder, struct slice value)
{
    struct encoded_word word;
    size_t plain = 0, at = 0;
    for (;;) {
        size_t next = slice_find(slice_from(value, at), SLICE("=?"));
        if (next == SLICE_NONE)
            break;
        at += next;
        if (!begins_word(slice_from(value, at), &word)) {
            at++;
            continue;
        }
        size_t len = slice_find(word.text, SLICE("?="));
        if (len == SLICE_NONE)
            break; /* so no later one ends either */
        word.text = slice_head(word.text, len);
        /* RFC 2047 §6.2: white space between encoded words is not shown. */
        struct slice between = {value.ptr + plain, at - plain};
        if (!decoder->pending || slice_trim(between).len > 0) {
            flush_words(decoder);
            buf_add(&decoder->out, between);
        }
        add_word(decoder, &word);
        plain = at = (size_t)(word.text.ptr + len + 2 - value.ptr);
    }
    flush_words(decoder);
    buf_add(&decoder->out, slice_from(value, plain));
}

/* The length of the character at `at`, or 0 when it must not be shown: no UTF-8, or a control. */
static size_t
shown_length(struct slice text, size_t at)
{
    unsigned char c = (unsigned char)text.ptr[at];
    if (c < 0x80)
        return c >= 0x20 && c != 0x7f;
    size_t len = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
    if (len > text.len - at || !codec_utf8_valid((struct slice){text.ptr + at, len}))
        return 0;
    bool c1 = c == 0xc2 && (unsigned char)text.ptr[at + 1] < 0xa0;
    return c1 ? 0 : len;
}

static struct slice
sanitise(struct arena *arena, struct slice text)
{
    size_t bad = 0, len = 0;
    for (size_t i = 0, step; i < text.len; i += step ? step : 1)
        bad += (step = shown_length(text, i)) == 0;
    char *clean = arena_alloc(arena, text.len + 2 * bad + 1);
    for (size_t i = 0, step; i < text.len; i += step ? step : 1) {
        step = shown_length(text, i);
        struct slice shown = {text.ptr + i, step};
        if (step == 0)
            shown = text.ptr[i] == '\t' ? SLICE(" ") : SLICE("\xef\xbf\xbd");
        memcpy(clean + len, shown.ptr, shown.len);
        len += shown.len;
    }
    return (struct slice){clean, len};
}

struct slice
header_decode(struct arena *arena, struct slice value)
{
    struct decoder decoder = {0};
    /* The most that a byte can become: a charset's character of several code points. */
    size_t max = value.len * 16 + 64;
    buf_init(&decoder.out, max);
    buf_init(&decoder.bytes, max);
    decode_words(&decoder, value);
    struct slice decoded = sanitise(arena, buf_slice(&decoder.out));
    buf_fini(&decoder.bytes);
    buf_fini(&decoder.out);
    return decoded;
}
