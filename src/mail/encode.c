/*
 * What a reader decodes is what was given: nothing here loses, adds or cuts a character, and no
 * byte of a value can end its line. Every pass is linear in its input.
 */
#include "encode.h"

#include <assert.h>
#include <errno.h>
#include <iconv.h>

#include "base/codec.h"
#include "header.h"

enum {
    FOLD_AT = 76,          /* RFC 2047 §2 for lines with encoded words; others follow it */
    WORD_MAX = 75,         /* an encoded word, RFC 2047 §2 */
    CHARSET_MAX = 32,      /* so that a word always has room for a character */
    RUN_MAX = 900,         /* without a space, and still within a line of 998 */
    PLAIN_VALUE_MAX = 200, /* a parameter's, before it is cut into several */
};

static const char *const encoding_names[] = {"7bit", "quoted-printable", "base64"};
static_assert(sizeof encoding_names / sizeof encoding_names[0] == ENCODING_COUNT,
              "every encoding has a name");

const char *
encode_name(enum encoding encoding)
{
    return encoding_names[encoding];
}

/* ---- bodies ---- */

bool
encode_is_seven_bit(struct slice bytes)
{
    size_t line = 0;
    for (size_t i = 0; i < bytes.len; i++) {
        unsigned char c = (unsigned char)bytes.ptr[i];
        if (c == '\r' && i + 1 < bytes.len && bytes.ptr[i + 1] == '\n') {
            line = 0;
            i++;
            continue;
        }
        if (c == '\r' || c == '\n' || c == '\0' || c >= 0x80 || ++line > HEADER_LINE_MAX)
            return false;
    }
    return true;
}

/* RFC 2045 §6.7 rule 2, without white space, which may not end a line. */
static bool
is_literal(char c)
{
    return c > ' ' && c <= '~' && c != '=';
}

/* A byte costs four thirds in base64, and one or three in quoted-printable; the line ends of the
 * one are about the soft line breaks of the other. */
enum encoding
encode_choose(struct slice bytes)
{
    if (encode_is_seven_bit(bytes))
        return ENCODING_SEVEN_BIT;
    size_t escaped = 0;
    for (size_t i = 0; i < bytes.len; i++)
        escaped += !is_literal(bytes.ptr[i]) && !memchr(" \t\r\n", bytes.ptr[i], 4);
    return escaped > bytes.len / 6 ? ENCODING_BASE64 : ENCODING_QUOTED_PRINTABLE;
}

static void
put_escape(struct buf *out, char c)
{
    static const char digits[] = "0123456789ABCDEF";
    const char escape[3] = {'=', digits[(unsigned char)c >> 4], digits[(unsigned char)c & 15]};
    buf_add(out, (struct slice){escape, sizeof escape});
}

/* What could be taken for something else where a line begins: the full stop that ends SMTP's data,
 * and the From that begins a message in a mailbox file. */
static bool
is_line_marker(struct slice bytes)
{
    return slice_starts(bytes, SLICE(".")) || slice_starts(bytes, SLICE("From "));
}

/* RFC 2045 §6.7. CRLF is a line end, CR or LF alone a byte. White space may not end a line. */
static void
put_quoted_printable(struct slice bytes, struct buf *out)
{
    for (size_t column = 0; bytes.len > 0;) {
        char c = bytes.ptr[0];
        struct slice rest = slice_from(bytes, 1);
        if (slice_starts(bytes, SLICE("\r\n"))) {
            buf_add(out, SLICE("\r\n"));
            column = 0;
            bytes = slice_from(bytes, 2);
            continue;
        }
        bool inner = rest.len > 0 && !slice_starts(rest, SLICE("\r\n"));
        bool literal = is_literal(c) || ((c == ' ' || c == '\t') && inner);
        if (column + (literal ? 1 : 3) > FOLD_AT - 1) {
            buf_add(out, SLICE("=\r\n"));
            column = 0;
        }
        literal = literal && !(column == 0 && is_line_marker(bytes));
        if (literal)
            buf_add_char(out, c);
        else
            put_escape(out, c);
        column += literal ? 1 : 3;
        bytes = rest;
    }
}

/* A piece at a time, so that a large attachment is not held twice. */
static void
put_base64(struct slice bytes, struct buf *out)
{
    enum { LINE_BYTES = FOLD_AT / 4 * 3, PIECE_LINES = 1000 };
    struct arena *arena = arena_new();
    const char *before = "";
    while (bytes.len > 0) {
        struct slice text = codec_base64(arena, slice_head(bytes, LINE_BYTES * PIECE_LINES));
        for (; text.len > 0; text = slice_from(text, FOLD_AT)) {
            buf_add_cstr(out, before);
            buf_add(out, slice_head(text, FOLD_AT));
            before = "\r\n";
        }
        bytes = slice_from(bytes, LINE_BYTES * PIECE_LINES);
        arena_reset(arena);
    }
    arena_free(arena);
}

void
encode_body(struct slice bytes, enum encoding encoding, struct buf *out)
{
    if (encoding == ENCODING_BASE64)
        put_base64(bytes, out);
    else if (encoding == ENCODING_QUOTED_PRINTABLE)
        put_quoted_printable(bytes, out);
    else
        buf_add(out, bytes);
}

struct slice
encode_line_ends(struct arena *arena, struct slice text)
{
    size_t ends = 0, len = 0;
    for (size_t i = 0; i < text.len; i++)
        ends += text.ptr[i] == '\n' || text.ptr[i] == '\r';
    char *lines = arena_alloc(arena, text.len + ends + 1);
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '\r' && i + 1 < text.len && text.ptr[i + 1] == '\n')
            continue;
        if (c == '\r' || c == '\n') {
            lines[len++] = '\r';
            c = '\n';
        }
        lines[len++] = c;
    }
    return (struct slice){lines, len};
}

/* ---- character sets ---- */

struct converter {
    struct slice charset; /* as it is written in the message */
    bool identity;        /* UTF-8: there is nothing to convert */
    iconv_t handle;
};

/* A token of RFC 2047 and of iconv, which takes options behind a '/'. */
static bool
is_charset_name(struct slice name)
{
    for (size_t i = 0; i < name.len; i++)
        if (!ascii_alnum(name.ptr[i]) && !memchr("-_.+", name.ptr[i], 4))
            return false;
    return name.len > 0 && name.len <= CHARSET_MAX;
}

static bool
convert(const struct converter *converter, struct slice utf8, struct buf *out)
{
    if (converter->identity) {
        buf_add(out, utf8);
        return true;
    }
    char *in = (char *)utf8.ptr;
    size_t left = utf8.len;
    bool flushing = false;
    iconv(converter->handle, NULL, NULL, NULL, NULL);
    for (;;) {
        char chunk[4096], *to = chunk;
        size_t room = sizeof chunk;
        size_t status = iconv(converter->handle, flushing ? NULL : &in, &left, &to, &room);
        buf_add(out, (struct slice){chunk, sizeof chunk - room});
        if (status == (size_t)-1 && errno != E2BIG)
            return false;
        if (status != (size_t)-1 && flushing)
            return true;
        flushing = flushing || status != (size_t)-1;
    }
}

/* ASCII and line ends are themselves, or neither header nor transfer encoding would hold
 * (UTF-16, EBCDIC). */
static bool
is_ascii_superset(const struct converter *converter)
{
    struct slice probe = SLICE("Az09 :<>@\r\n");
    struct buf bytes;
    buf_init(&bytes, 256);
    bool same = convert(converter, probe, &bytes) && slice_eq(buf_slice(&bytes), probe);
    buf_fini(&bytes);
    return same;
}

static void
converter_close(struct converter *converter)
{
    if (!converter->identity)
        iconv_close(converter->handle);
}

static enum rc
converter_open(struct converter *out, struct slice charset, struct err *err)
{
    struct converter converter = {.charset = charset};
    if (charset.len == 0)
        converter.charset = SLICE("UTF-8");
    converter.identity = slice_iis(converter.charset, "UTF-8");
    if (converter.identity) {
        *out = converter;
        return RC_OK;
    }
    char name[CHARSET_MAX + 1] = {0};
    if (!is_charset_name(charset))
        return err_set(err, RC_SYNTAX, "the charset is not a name of a character set");
    memcpy(name, charset.ptr, charset.len);
    converter.handle = iconv_open(name, "UTF-8");
    if (converter.handle == (iconv_t)-1)
        return err_set(err, RC_SYNTAX, "charset '%s' is not known", name);
    if (!is_ascii_superset(&converter)) {
        converter_close(&converter);
        return err_set(err, RC_SYNTAX, "charset '%s' cannot be used in mail", name);
    }
    *out = converter;
    return RC_OK;
}

/* `out` is initialized here. No charset takes more for a character: ISO-2022 may change its set
 * before and after one of two bytes. */
static enum rc
convert_all(const struct converter *converter, struct slice utf8, struct buf *out, struct err *err)
{
    buf_init(out, 8 * utf8.len + 64);
    if (convert(converter, utf8, out) && buf_ok(out))
        return RC_OK;
    buf_fini(out);
    return err_set(err, RC_SYNTAX, "charset '%.*s' lacks a character of the text",
                   SLICE_ARG(converter->charset));
}

enum rc
encode_charset(struct arena *arena, struct slice utf8, struct slice charset, struct slice *out,
               struct err *err)
{
    struct converter converter;
    struct buf bytes;
    if (!codec_utf8_valid(utf8))
        return err_set(err, RC_SYNTAX, "the text is not valid UTF-8");
    enum rc rc = converter_open(&converter, charset, err);
    if (rc != RC_OK)
        return rc;
    if (converter.identity) {
        *out = utf8;
        return RC_OK;
    }
    rc = convert_all(&converter, utf8, &bytes, err);
    converter_close(&converter);
    if (rc != RC_OK)
        return rc;
    *out = arena_dup(arena, buf_slice(&bytes));
    buf_fini(&bytes);
    return RC_OK;
}

/* ---- header fields ---- */

/* The character at `at` of valid UTF-8. */
static size_t
character_length(struct slice utf8, size_t at)
{
    unsigned char c = (unsigned char)utf8.ptr[at];
    return c < 0x80 ? 1 : c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
}

bool
encode_is_line(struct slice utf8)
{
    if (!codec_utf8_valid(utf8))
        return false;
    for (size_t i = 0; i < utf8.len; i++) {
        unsigned char c = (unsigned char)utf8.ptr[i];
        struct slice rest = slice_from(utf8, i);
        if ((c < ' ' && c != '\t') || c == 0x7f || (c == 0xc2 && (unsigned char)rest.ptr[1] < 0xa0))
            return false;
        if (slice_starts(rest, SLICE("\xe2\x80\xa8")) || slice_starts(rest, SLICE("\xe2\x80\xa9")))
            return false;
    }
    return true;
}

bool
encode_is_printable(struct slice text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] < ' ' || text.ptr[i] > '~')
            return false;
    return true;
}

/* How far the last line has come. */
static size_t
column_of(const struct buf *out)
{
    size_t column = 0;
    while (column < out->len && out->ptr[out->len - column - 1] != '\n')
        column++;
    return column;
}

/* Only the name stands on the line, and a fold here would leave it alone there. */
static bool
begins_field(const struct buf *out)
{
    return out->len > 0 && out->ptr[out->len - 1] == ':';
}

void
encode_token(struct buf *out, struct slice token)
{
    if (column_of(out) + 1 + token.len > FOLD_AT && !begins_field(out))
        buf_add(out, SLICE("\r\n"));
    buf_add_char(out, ' ');
    buf_add(out, token);
}

/* One of the runs of `text`: spaces, and what follows up to the next ones. */
static struct slice
take_run(struct slice *text)
{
    size_t len = 0;
    while (len < text->len && text->ptr[len] == ' ')
        len++;
    while (len < text->len && text->ptr[len] != ' ')
        len++;
    struct slice run = slice_head(*text, len);
    *text = slice_from(*text, len);
    return run;
}

/* As it stands it is ASCII, read as it was given, and can be folded into lines. */
static bool
is_plain(struct slice text)
{
    if (!encode_is_printable(text) || slice_find(text, SLICE("=?")) != SLICE_NONE)
        return false;
    while (text.len > 0)
        if (take_run(&text).len > RUN_MAX)
            return false;
    return true;
}

/* Folds stand before spaces that are there anyway, so unfolding gives the text itself. */
void
encode_plain(struct buf *out, struct slice text)
{
    buf_add_char(out, ' ');
    for (bool first = true; text.len > 0; first = false) {
        struct slice run = take_run(&text);
        bool fold = !first && column_of(out) + run.len > FOLD_AT;
        if (fold && run.ptr[run.len - 1] != ' ')
            buf_add(out, SLICE("\r\n"));
        buf_add(out, run);
    }
}

/* Safe in every place where a word may stand (RFC 2047 §5 (3)). */
static bool
is_word_literal(char c)
{
    return ascii_alnum(c) || (c != '\0' && strchr("!*+-/", c));
}

static size_t
q_length(struct slice bytes)
{
    size_t len = 0;
    for (size_t i = 0; i < bytes.len; i++)
        len += is_word_literal(bytes.ptr[i]) || bytes.ptr[i] == ' ' ? 1 : 3;
    return len;
}

static size_t
b_length(struct slice bytes)
{
    return (bytes.len + 2) / 3 * 4;
}

static void
put_q(struct slice bytes, struct buf *out)
{
    for (size_t i = 0; i < bytes.len; i++) {
        if (bytes.ptr[i] == ' ')
            buf_add_char(out, '_');
        else if (is_word_literal(bytes.ptr[i]))
            buf_add_char(out, bytes.ptr[i]);
        else
            put_escape(out, bytes.ptr[i]);
    }
}

/* What all words of one text have in common. */
struct words {
    const struct converter *converter;
    bool base64;
    size_t frame; /* bytes of a word beside its text */
};

/* The shorter one; but ISO-2022 goes in B, as RFC 1468 asks. */
static enum rc
choose_words(struct words *words, struct slice utf8, struct err *err)
{
    struct buf bytes;
    enum rc rc = convert_all(words->converter, utf8, &bytes, err);
    if (rc != RC_OK)
        return rc;
    struct slice text = buf_slice(&bytes);
    words->base64 = slice_chr(text, '\x1b') != SLICE_NONE || b_length(text) < q_length(text);
    words->frame = words->converter->charset.len + 7; /* =? ?B? ?= */
    buf_fini(&bytes);
    return RC_OK;
}

/* The most whole characters that make a word of at most `room` bytes, and one in any case. Each
 * word is converted by itself, so that a charset with shifts begins and ends it in ASCII. */
static size_t
word_characters(const struct words *words, struct slice utf8, size_t room)
{
    struct buf bytes;
    size_t taken = 0;
    buf_init(&bytes, 8 * WORD_MAX + 64);
    for (size_t len = 0; len < utf8.len && len < WORD_MAX;) {
        len += character_length(utf8, len);
        buf_reset(&bytes);
        bool converted = convert(words->converter, slice_head(utf8, len), &bytes);
        struct slice text = buf_slice(&bytes);
        size_t cost = words->frame + (words->base64 ? b_length(text) : q_length(text));
        if (taken > 0 && (!converted || cost > room))
            break;
        taken = len;
    }
    buf_fini(&bytes);
    return taken;
}

static enum rc
put_word(struct arena *arena, const struct words *words, struct slice utf8, struct buf *out,
         struct err *err)
{
    struct buf bytes;
    enum rc rc = convert_all(words->converter, utf8, &bytes, err);
    if (rc != RC_OK)
        return rc;
    buf_printf(out, " =?%.*s?%c?", SLICE_ARG(words->converter->charset), words->base64 ? 'B' : 'Q');
    if (words->base64)
        buf_add(out, codec_base64(arena, buf_slice(&bytes)));
    else
        put_q(buf_slice(&bytes), out);
    buf_add(out, SLICE("?="));
    buf_fini(&bytes);
    return RC_OK;
}

static enum rc
put_words(struct arena *arena, const struct words *words, struct slice utf8, struct buf *out,
          struct err *err)
{
    enum { SHORTEST = 16 }; /* a character's text, however the charset writes it */
    while (utf8.len > 0) {
        size_t column = column_of(out) + 1;
        if (column + words->frame + SHORTEST > FOLD_AT) {
            buf_add(out, SLICE("\r\n"));
            column = 1;
        }
        size_t len = word_characters(words, utf8, FOLD_AT - column);
        enum rc rc = put_word(arena, words, slice_head(utf8, len), out, err);
        if (rc != RC_OK)
            return rc;
        utf8 = slice_from(utf8, len);
    }
    return RC_OK;
}

static enum rc
put_all_words(const struct converter *converter, struct slice utf8, struct buf *out,
              struct err *err)
{
    struct words words = {.converter = converter};
    enum rc rc = choose_words(&words, utf8, err);
    if (rc != RC_OK)
        return rc;
    struct arena *arena = arena_new();
    rc = put_words(arena, &words, utf8, out, err);
    arena_free(arena);
    return rc;
}

enum rc
encode_words(struct buf *out, struct slice utf8, struct slice charset, struct err *err)
{
    struct converter converter;
    enum rc rc = converter_open(&converter, charset, err);
    if (rc != RC_OK)
        return rc;
    rc = put_all_words(&converter, utf8, out, err);
    converter_close(&converter);
    return rc;
}

enum rc
encode_text(struct buf *out, struct slice utf8, struct slice charset, struct err *err)
{
    struct converter converter;
    enum rc rc = converter_open(&converter, charset, err);
    if (rc != RC_OK)
        return rc;
    if (is_plain(utf8))
        encode_plain(out, utf8);
    else
        rc = put_all_words(&converter, utf8, out, err);
    converter_close(&converter);
    return rc;
}

struct slice
encode_quoted(struct arena *arena, struct slice ascii)
{
    char *text = arena_alloc(arena, 2 * ascii.len + 2);
    size_t len = 0;
    text[len++] = '"';
    for (size_t i = 0; i < ascii.len; i++) {
        if (ascii.ptr[i] == '"' || ascii.ptr[i] == '\\')
            text[len++] = '\\';
        text[len++] = ascii.ptr[i];
    }
    text[len++] = '"';
    return (struct slice){text, len};
}

/* RFC 2231 §3 and §4: name*0*=UTF-8''...; name*1*=... */
static void
put_extended(struct arena *arena, const char *name, struct slice value, struct buf *out)
{
    enum { SECTION_MAX = 60 }; /* bytes of text, with name and number within a line */
    size_t at = 0;
    for (unsigned section = 0; at < value.len; section++) {
        size_t len = 0;
        struct slice text = SLICE("");
        while (at + len < value.len) {
            size_t more = len + character_length(value, at + len);
            struct slice longer = codec_percent(arena, (struct slice){value.ptr + at, more});
            if (longer.len > SECTION_MAX - 9)
                break;
            text = longer;
            len = more;
        }
        bool only = section == 0 && len == value.len;
        struct slice number = only ? SLICE("") : arena_printf(arena, "*%u", section);
        buf_add_char(out, ';');
        encode_token(out, arena_printf(arena, "%s%.*s*=%s%.*s", name, SLICE_ARG(number),
                                       section == 0 ? "UTF-8''" : "", SLICE_ARG(text)));
        at += len;
    }
}

void
encode_parameter(struct buf *out, const char *name, struct slice value)
{
    struct arena *arena = arena_new();
    /* Mail programs decode an encoded word here too, though RFC 2047 §5 forbids it. */
    bool plain = encode_is_printable(value) && value.len <= PLAIN_VALUE_MAX &&
                 slice_find(value, SLICE("=?")) == SLICE_NONE;
    if (plain) {
        struct slice quoted = encode_quoted(arena, value);
        buf_add_char(out, ';');
        encode_token(out, arena_printf(arena, "%s=%.*s", name, SLICE_ARG(quoted)));
    } else {
        put_extended(arena, name, value, out);
    }
    arena_free(arena);
}
