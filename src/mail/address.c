/*
 * One strict reading of addresses for the whole program: what the gate judges must be what the
 * receiver will read, so every form that two programs could read differently is refused
 * (RFC 5322 §4, the obsolete syntax) and a value is read to its last byte or not at all.
 *
 * Two leniencies, because refusing them would refuse much honest mail and neither can hide an
 * address: a full stop in an unquoted display name ("Example Inc. <a@b>", which RFC 5322 §4.1
 * itself calls common), and encoded words inside quoted strings. RFC 2047 §5 says the latter are
 * plain text, yet the mail programs people use decode them, and what a reader sees counts here.
 */
#include "address.h"

#include <idn2.h>

#include "base/codec.h"
#include "header.h"

enum { COMMENT_DEPTH_MAX = 16, LABEL_MAX = 63 };

/* The reader of one value. Words and comments are collected without their quoting in two
 * scratch areas as long as the value, so that they never need to grow. */
struct reader {
    struct arena *arena;
    struct slice rest;
    char *words;
    size_t words_len;
    unsigned word_count;
    char *comments;
    size_t comments_len;
    bool quoted; /* the last word was a quoted string */
    bool spaced; /* white space or a comment stood between the words */
    struct err *err;
};

static bool
is_wsp(char c)
{
    return c == ' ' || c == '\t';
}

static bool
is_control(char c)
{
    return (unsigned char)c < 0x20 || c == 0x7f;
}

bool
address_is_atext(char c)
{
    return ascii_alnum(c) || (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", c));
}

static enum rc
refuse_byte(struct err *err, char c, const char *where)
{
    if (is_control(c) || (unsigned char)c >= 0x80)
        return err_set(err, RC_SYNTAX, "unexpected byte 0x%02x %s", (unsigned char)c, where);
    return err_set(err, RC_SYNTAX, "unexpected '%c' %s", c, where);
}

/* No byte that this grammar has no use for, so that the functions below meet only printable
 * ASCII, spaces and tabs. */
static enum rc
refuse_controls(struct slice text, struct err *err)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '\0')
            return err_set(err, RC_SYNTAX, "a NUL byte");
        if (is_control(c) && c != '\t')
            return err_set(err, RC_SYNTAX, "a control character (0x%02x)", (unsigned char)c);
    }
    return RC_OK;
}

static enum rc
refuse_foreign_bytes(struct slice text, struct err *err)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] >= 0x80)
            return err_set(err, RC_SYNTAX, "byte %zu is not ASCII (0x%02x)", i + 1,
                           (unsigned char)text.ptr[i]);
    return refuse_controls(text, err);
}

/* ---- domains ---- */

static enum rc
check_label(struct slice label, struct err *err)
{
    if (label.len == 0)
        return err_set(err, RC_SYNTAX, "the domain has an empty label");
    if (label.len > LABEL_MAX)
        return err_set(err, RC_SYNTAX, "a label of the domain is longer than %d bytes", LABEL_MAX);
    if (label.ptr[0] == '-' || label.ptr[label.len - 1] == '-')
        return err_set(err, RC_SYNTAX, "a label of the domain begins or ends with '-'");
    for (size_t i = 0; i < label.len; i++)
        if (!ascii_alnum(label.ptr[i]) && label.ptr[i] != '-')
            return refuse_byte(err, label.ptr[i], "in the domain");
    return RC_OK;
}

/* Letters, digits, hyphens (RFC 1123 §2.1); an all-numeric top level would be an IPv4 address. */
static enum rc
check_host_name(struct slice domain, struct err *err)
{
    if (domain.len > DOMAIN_MAX)
        return err_set(err, RC_SYNTAX, "the domain is longer than %d bytes", DOMAIN_MAX);
    struct slice label, rest = domain;
    bool more;
    do {
        more = slice_cut(rest, '.', &label, &rest);
        if (!more)
            label = rest;
        enum rc rc = check_label(label, err);
        if (rc != RC_OK)
            return rc;
    } while (more);
    for (size_t i = 0; i < label.len; i++)
        if (!ascii_digit(label.ptr[i]))
            return RC_OK;
    return err_set(err, RC_SYNTAX, "the domain's last label has only digits");
}

/* One character; U+FFFD, one byte long, where the text is not UTF-8. */
static uint32_t
utf8_at(struct slice text, size_t at, size_t *len)
{
    const unsigned char *p = (const unsigned char *)text.ptr + at;
    size_t want = *p < 0x80 ? 1 : *p >= 0xf0 ? 4 : *p >= 0xe0 ? 3 : 2;
    *len = 1;
    if (want > text.len - at || !codec_utf8_valid((struct slice){text.ptr + at, want}))
        return 0xfffd;
    uint32_t code = want == 1 ? *p : *p & (0x7fu >> want);
    for (size_t i = 1; i < want; i++)
        code = code << 6 | (p[i] & 0x3f);
    *len = want;
    return code;
}

struct code_range {
    uint32_t first, last;
};

static bool
code_is_in(uint32_t code, const struct code_range *ranges, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (code >= ranges[i].first && code <= ranges[i].last)
            return true;
    return false;
}

#define CODE_IS_IN(code, ranges) code_is_in((code), (ranges), sizeof(ranges) / sizeof(ranges)[0])

/* What the mapping of UTS #46 deletes: two texts that differ only there would be one domain. */
static const struct code_range invisible[] = {
    {0x00ad, 0x00ad},   {0x034f, 0x034f},   {0x061c, 0x061c}, {0x115f, 0x1160}, {0x17b4, 0x17b5},
    {0x180b, 0x180f},   {0x200b, 0x200f},   {0x202a, 0x202e}, {0x2060, 0x206f}, {0x3164, 0x3164},
    {0xfe00, 0xfe0f},   {0xfeff, 0xfeff},   {0xffa0, 0xffa0}, {0xfff0, 0xfff8}, {0x1bca0, 0x1bca3},
    {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff},
};

/* IDNA 2008 with the mapping of UTS #46, nontransitional. libidn2's own check of host name
 * characters deletes what it dislikes, so it stays off and check_host_name judges the result. */
static enum rc
to_a_labels(struct arena *arena, struct slice text, struct slice *out, struct err *err)
{
    if (!codec_utf8_valid(text))
        return err_set(err, RC_SYNTAX, "the domain is not valid UTF-8");
    size_t len;
    for (size_t i = 0; i < text.len; i += len) {
        uint32_t code = utf8_at(text, i, &len);
        /* The joiners U+200C and U+200D are kept by the mapping and judged by IDNA itself. */
        if (CODE_IS_IN(code, invisible) && code != 0x200c && code != 0x200d)
            return err_set(err, RC_SYNTAX, "the domain holds the invisible character U+%04X",
                           (unsigned)code);
    }
    char *cstr;
    enum rc rc = arena_cstr(arena, text, &cstr, err);
    if (rc != RC_OK)
        return rc;
    uint8_t *converted = NULL;
    int status =
        idn2_lookup_u8((const uint8_t *)cstr, &converted, IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT);
    if (status != IDN2_OK)
        return err_set(err, RC_SYNTAX, "the domain is not an internationalized domain name: %s",
                       idn2_strerror(status));
    *out = arena_lower(arena, slice_of((const char *)converted));
    idn2_free(converted);
    return RC_OK;
}

enum rc
address_domain(struct arena *arena, struct slice text, struct slice *out, struct err *err)
{
    if (text.len == 0)
        return err_set(err, RC_SYNTAX, "the domain is empty");
    if (text.ptr[0] == '[')
        return err_set(err, RC_SYNTAX, "address literals are refused");
    /* No U-label name takes more than four bytes a character; beyond that nothing can fit. */
    if (text.len > 4 * DOMAIN_MAX)
        return err_set(err, RC_SYNTAX, "the domain is longer than %d bytes", DOMAIN_MAX);
    struct slice domain = text;
    if (slice_eight_bit(text)) {
        enum rc rc = to_a_labels(arena, text, &domain, err);
        if (rc != RC_OK)
            return rc;
    }
    enum rc rc = check_host_name(domain, err);
    if (rc == RC_OK)
        *out = arena_lower(arena, domain);
    return rc;
}

/* ---- one address ---- */

/* dot-atom-text (RFC 5322 §3.2.3) */
static bool
is_dot_atom(struct slice text)
{
    char before = '.';
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '.' ? before == '.' : !address_is_atext(text.ptr[i]))
            return false;
        before = text.ptr[i];
    }
    return before != '.';
}

/* local@domain, the local part quoted where it is no dot-atom. */
static struct slice
address_text(struct arena *arena, struct slice local, struct slice domain)
{
    char *text = arena_alloc(arena, local.len * 2 + domain.len + 4);
    size_t at = 0;
    bool quote = !is_dot_atom(local);
    if (quote)
        text[at++] = '"';
    for (size_t i = 0; i < local.len; i++) {
        if (quote && (local.ptr[i] == '"' || local.ptr[i] == '\\'))
            text[at++] = '\\';
        text[at++] = local.ptr[i];
    }
    if (quote)
        text[at++] = '"';
    text[at++] = '@';
    if (domain.len)
        memcpy(text + at, domain.ptr, domain.len);
    return (struct slice){text, at + domain.len};
}

static enum rc
check_local(struct slice local, bool quoted, struct err *err)
{
    if (local.len == 0)
        return err_set(err, RC_SYNTAX, "the local part is empty");
    if (local.len > LOCAL_PART_MAX)
        return err_set(err, RC_SYNTAX, "the local part is longer than %d bytes", LOCAL_PART_MAX);
    if (slice_eight_bit(local))
        return err_set(err, RC_SYNTAX, "the local part is not ASCII");
    for (size_t i = 0; i < local.len; i++)
        if (is_control(local.ptr[i]))
            return err_set(err, RC_SYNTAX, "Local address contains control or whitespace");
    if (!quoted && !is_dot_atom(local))
        return err_set(err, RC_SYNTAX,
                       "the local part begins or ends with a dot, or has two in a row");
    return RC_OK;
}

static enum rc
make_address(struct arena *arena, struct slice local, bool quoted, struct slice domain,
             struct address *out, struct err *err)
{
    struct address made;
    enum rc rc = check_local(local, quoted, err);
    if (rc == RC_OK)
        rc = address_domain(arena, domain, &made.domain, err);
    if (rc != RC_OK)
        return rc;
    made.local = arena_dup(arena, local);
    made.text = address_text(arena, made.local, made.domain);
    if (made.text.len > ADDRESS_MAX)
        return err_set(err, RC_SYNTAX, "the address is longer than %d bytes", ADDRESS_MAX);
    *out = made;
    return RC_OK;
}

/* ---- words ---- */

static char
peek(const struct reader *reader)
{
    return reader->rest.len > 0 ? reader->rest.ptr[0] : '\0';
}

static char
take(struct reader *reader)
{
    char c = reader->rest.ptr[0];
    reader->rest = slice_from(reader->rest, 1);
    return c;
}

/* quoted-string (RFC 5322 §3.2.4), its content appended to the words */
static enum rc
take_quoted(struct reader *reader)
{
    take(reader);
    while (reader->rest.len > 0) {
        char c = take(reader);
        if (c == '"')
            return RC_OK;
        if (c == '\\') {
            if (reader->rest.len == 0)
                break;
            c = take(reader);
        }
        reader->words[reader->words_len++] = c;
    }
    return err_set(reader->err, RC_SYNTAX, "a quoted string is not closed");
}

/* What a word is made of. Bytes of UTF-8 are among it (RFC 6532 §3.2) for those who let them in. */
static bool
is_word_byte(char c)
{
    return address_is_atext(c) || c == '.' || (unsigned char)c >= 0x80;
}

/* A run of such bytes, or a quoted string; nothing when neither begins here. */
static enum rc
take_word(struct reader *reader)
{
    reader->quoted = peek(reader) == '"';
    if (reader->quoted) {
        reader->word_count++;
        return take_quoted(reader);
    }
    size_t before = reader->words_len;
    while (reader->rest.len > 0 && is_word_byte(peek(reader)))
        reader->words[reader->words_len++] = take(reader);
    reader->word_count += reader->words_len > before;
    return RC_OK;
}

static void
reader_init(struct reader *reader, struct arena *arena, struct slice text, struct err *err)
{
    *reader = (struct reader){.arena = arena, .rest = text, .err = err};
    /* Words that are joined take a space between them, which was in the value as well. */
    reader->words = arena_alloc(arena, text.len + 1);
}

static struct slice
reader_words(const struct reader *reader, size_t from)
{
    return (struct slice){reader->words + from, reader->words_len - from};
}

/* Why the local part did not go on to an '@'. */
static enum rc
refuse_local_end(struct reader *reader)
{
    if (reader->rest.len == 0 || peek(reader) == '>' || peek(reader) == ',')
        return err_set(reader->err, RC_SYNTAX, "Missing final '@domain'");
    if (is_wsp(peek(reader)) || is_control(peek(reader)))
        return err_set(reader->err, RC_SYNTAX, "Local address contains control or whitespace");
    return refuse_byte(reader->err, peek(reader), "in the local part");
}

/* local-part "@" with nothing between, as envelopes have it (RFC 5321 §4.1.2) */
static enum rc
take_local(struct reader *reader)
{
    if (peek(reader) == '@')
        return err_set(reader->err, RC_SYNTAX, "the local part is empty");
    enum rc rc = take_word(reader);
    if (rc != RC_OK)
        return rc;
    if (peek(reader) != '@')
        return refuse_local_end(reader);
    take(reader);
    return RC_OK;
}

enum rc
address_parse(struct arena *arena, struct slice text, struct address *out, struct err *err)
{
    if (text.len > ADDRESS_MAX * 4)
        return err_set(err, RC_SYNTAX, "the address is longer than %d bytes", ADDRESS_MAX);
    struct reader reader;
    reader_init(&reader, arena, text, err);
    enum rc rc = take_local(&reader);
    if (rc != RC_OK)
        return rc;
    return make_address(arena, reader_words(&reader, 0), reader.quoted, reader.rest, out, err);
}

/* ---- paths ---- */

/* The domain's end in a path, and then nothing or a space. */
static enum rc
path_end(struct reader *reader, bool bracketed, struct slice *domain)
{
    size_t len = 0;
    while (len < reader->rest.len && !is_wsp(reader->rest.ptr[len]) &&
           !(bracketed && reader->rest.ptr[len] == '>'))
        len++;
    *domain = slice_head(reader->rest, len);
    reader->rest = slice_from(reader->rest, len);
    if (!bracketed)
        return RC_OK;
    if (peek(reader) != '>')
        return err_set(reader->err, RC_SYNTAX, "the path has no closing '>'");
    take(reader);
    return RC_OK;
}

static enum rc
take_path(struct reader *reader, bool bracketed, struct address *out)
{
    if (peek(reader) == '@')
        return slice_chr(reader->rest, ':') == SLICE_NONE
                   ? err_set(reader->err, RC_SYNTAX, "the local part is empty")
                   : err_set(reader->err, RC_SYNTAX, "source routes are refused");
    struct slice domain;
    enum rc rc = take_local(reader);
    if (rc == RC_OK)
        rc = path_end(reader, bracketed, &domain);
    if (rc != RC_OK)
        return rc;
    return make_address(reader->arena, reader_words(reader, 0), reader->quoted, domain, out,
                        reader->err);
}

/* Path = "<" Mailbox ">" / "<>"; SES takes the brackets' absence, and a space after the colon. */
enum rc
address_path(struct arena *arena, struct slice text, struct path *out, struct err *err)
{
    struct reader reader;
    struct path path = {.address = {.text = SLICE("")}};
    enum rc rc = refuse_foreign_bytes(text, err);
    if (rc != RC_OK)
        return rc;
    reader_init(&reader, arena, slice_trim(text), err);
    bool bracketed = peek(&reader) == '<';
    if (bracketed)
        take(&reader);
    if (!bracketed && reader.rest.len == 0)
        return err_set(err, RC_SYNTAX, "the path is missing");
    if (bracketed && peek(&reader) == '>')
        take(&reader);
    else
        rc = take_path(&reader, bracketed, &path.address);
    if (rc != RC_OK)
        return rc;
    if (reader.rest.len > 0 && !is_wsp(peek(&reader)))
        return refuse_byte(err, peek(&reader), "after the path");
    path.parameters = slice_trim(reader.rest);
    *out = path;
    return RC_OK;
}

/* ---- mailbox lists ---- */

/* A comment (RFC 5322 §3.2.2); counted, not recursive, so depth costs nothing. */
static enum rc
take_comment(struct reader *reader)
{
    unsigned depth = 0;
    do {
        if (reader->rest.len == 0)
            return err_set(reader->err, RC_SYNTAX, "a comment is not closed");
        char c = take(reader);
        if (c == '(' && ++depth > COMMENT_DEPTH_MAX)
            return err_set(reader->err, RC_SYNTAX, "comments are nested deeper than %d",
                           COMMENT_DEPTH_MAX);
        if (c == ')')
            depth--;
        if (c == '\\' && reader->rest.len > 0)
            c = take(reader);
        reader->comments[reader->comments_len++] = c;
    } while (depth > 0);
    return RC_OK;
}

static enum rc
skip_cfws(struct reader *reader)
{
    while (reader->rest.len > 0 && (is_wsp(peek(reader)) || peek(reader) == '(')) {
        reader->spaced = true;
        if (peek(reader) == '(') {
            enum rc rc = take_comment(reader);
            if (rc != RC_OK)
                return rc;
        } else {
            take(reader);
        }
    }
    return RC_OK;
}

/* phrase, or the local part that turns out to stand there: words, white space as one space */
static enum rc
take_phrase(struct reader *reader)
{
    for (;;) {
        size_t gap = reader->words_len;
        if (reader->spaced && reader->word_count > 0)
            reader->words[reader->words_len++] = ' ';
        unsigned before = reader->word_count;
        bool quoted = reader->quoted, spaced = reader->spaced;
        enum rc rc = take_word(reader);
        if (rc != RC_OK)
            return rc;
        if (reader->word_count == before) {
            /* What stood before the end keeps its marks. */
            reader->words_len = gap;
            reader->quoted = quoted;
            reader->spaced = spaced;
            return RC_OK;
        }
        reader->spaced = false;
        rc = skip_cfws(reader);
        if (rc != RC_OK)
            return rc;
    }
}

/* "@" domain, with CFWS around either; the words from `start` are the local part. */
static enum rc
take_domain(struct reader *reader, size_t start, struct address *out)
{
    bool quoted = reader->quoted;
    size_t len = 0;
    take(reader);
    enum rc rc = skip_cfws(reader);
    if (rc != RC_OK)
        return rc;
    while (len < reader->rest.len && !is_wsp(reader->rest.ptr[len]) &&
           !strchr("(),:;<>@\"\\", reader->rest.ptr[len]))
        len++;
    struct slice domain = slice_head(reader->rest, len);
    reader->rest = slice_from(reader->rest, len);
    rc = make_address(reader->arena, reader_words(reader, start), quoted, domain, out, reader->err);
    return rc == RC_OK ? skip_cfws(reader) : rc;
}

/* angle-addr (RFC 5322 §3.4) without obs-route */
static enum rc
take_angle(struct reader *reader, struct address *out)
{
    size_t start = reader->words_len;
    take(reader);
    enum rc rc = skip_cfws(reader);
    if (rc != RC_OK)
        return rc;
    if (peek(reader) == '>')
        return err_set(reader->err, RC_SYNTAX, "the address between '<' and '>' is empty");
    if (peek(reader) == '@')
        return err_set(reader->err, RC_SYNTAX, "source routes are refused");
    rc = take_word(reader);
    if (rc == RC_OK)
        rc = skip_cfws(reader);
    if (rc != RC_OK)
        return rc;
    if (peek(reader) != '@')
        return is_word_byte(peek(reader)) || peek(reader) == '"'
                   ? err_set(reader->err, RC_SYNTAX, "Local address contains control or whitespace")
                   : refuse_local_end(reader);
    rc = take_domain(reader, start, out);
    reader->words_len = start;
    if (rc != RC_OK)
        return rc;
    if (reader->rest.len == 0)
        return err_set(reader->err, RC_SYNTAX, "an address has no closing '>'");
    if (peek(reader) != '>')
        return refuse_byte(reader->err, peek(reader), "after the address");
    take(reader);
    return skip_cfws(reader);
}

/* A bare addr-spec: the one word read so far was its local part. */
static enum rc
take_bare(struct reader *reader, struct address *out)
{
    if (reader->word_count == 0)
        return err_set(reader->err, RC_SYNTAX, "the local part is empty");
    if (reader->word_count > 1)
        return slice_chr(reader_words(reader, 0), ' ') == SLICE_NONE
                   ? err_set(reader->err, RC_SYNTAX, "Illegal address")
                   : err_set(reader->err, RC_SYNTAX,
                             "Local address contains control or whitespace");
    enum rc rc = take_domain(reader, 0, out);
    reader->words_len = 0;
    return rc;
}

static enum rc
refuse_phrase_end(struct reader *reader)
{
    char c = peek(reader);
    if (reader->rest.len == 0 || c == ',')
        return reader->word_count == 0
                   ? err_set(reader->err, RC_SYNTAX, "an element of the list is empty")
                   : err_set(reader->err, RC_SYNTAX, "Missing final '@domain'");
    if (c == ':' || c == ';')
        return err_set(reader->err, RC_SYNTAX, "groups are refused");
    if (c == ')')
        return err_set(reader->err, RC_SYNTAX, "a ')' without its '('");
    return refuse_byte(reader->err, c, "before the address");
}

/* Some mail programs show the comment as the name, so it may not show another address. */
static enum rc
check_comments(struct reader *reader, const struct address *address)
{
    if (reader->comments_len > DISPLAY_NAME_MAX)
        return err_set(reader->err, RC_SYNTAX, "comments are longer than %d bytes",
                       DISPLAY_NAME_MAX);
    struct slice text = {reader->comments, reader->comments_len};
    if (text.len == 0)
        return RC_OK;
    text = header_decode(reader->arena, text);
    if (address_is_reordered(text))
        return err_set(reader->err, RC_SYNTAX,
                       "a comment holds characters that reorder what is shown");
    struct slice found, own = address_fold(reader->arena, address->text);
    while (address_appears_in(text, &found)) {
        if (!slice_eq(address_fold(reader->arena, found), own))
            return err_set(reader->err, RC_SYNTAX, "a comment shows another address");
        text = slice_from(text, (size_t)(found.ptr + found.len - text.ptr));
    }
    return RC_OK;
}

static enum rc
take_display_name(struct reader *reader, struct slice *name)
{
    struct slice words = slice_trim(reader_words(reader, 0));
    if (words.len > DISPLAY_NAME_MAX)
        return err_set(reader->err, RC_SYNTAX, "the display name is longer than %d bytes",
                       DISPLAY_NAME_MAX);
    *name = slice_trim(header_decode(reader->arena, arena_dup(reader->arena, words)));
    return RC_OK;
}

/* mailbox = name-addr / addr-spec (RFC 5322 §3.4) */
static enum rc
take_mailbox(struct reader *reader, struct mailbox *out)
{
    const char *start = reader->rest.ptr;
    reader->words_len = reader->comments_len = reader->word_count = 0;
    reader->spaced = false;
    enum rc rc = skip_cfws(reader);
    if (rc == RC_OK)
        rc = take_phrase(reader);
    if (rc != RC_OK)
        return rc;
    if (peek(reader) == '<')
        rc = take_angle(reader, &out->address);
    else if (peek(reader) == '@')
        rc = take_bare(reader, &out->address);
    else
        rc = refuse_phrase_end(reader);
    if (rc != RC_OK)
        return rc;
    out->shown = slice_trim((struct slice){start, (size_t)(reader->rest.ptr - start)});
    rc = take_display_name(reader, &out->display_name);
    return rc == RC_OK ? check_comments(reader, &out->address) : rc;
}

enum rc
address_mailbox(struct arena *arena, struct slice text, struct mailbox *out, struct err *err)
{
    struct reader reader;
    struct mailbox mailbox;
    if (!codec_utf8_valid(text))
        return err_set(err, RC_SYNTAX, "the address is not valid UTF-8");
    enum rc rc = refuse_controls(text, err);
    if (rc != RC_OK)
        return rc;
    text = slice_trim(text);
    if (text.len == 0)
        return err_set(err, RC_SYNTAX, "the address is missing");
    reader_init(&reader, arena, text, err);
    reader.comments = arena_alloc(arena, text.len + 1);
    rc = take_mailbox(&reader, &mailbox);
    if (rc != RC_OK)
        return rc;
    if (reader.rest.len > 0)
        return refuse_byte(err, peek(&reader), "after the address");
    *out = mailbox;
    return RC_OK;
}

enum rc
address_mailbox_list(struct arena *arena, struct slice value, struct mailbox **out, size_t *count,
                     struct err *err)
{
    struct slice text = header_unfold(arena, value);
    enum rc rc = refuse_foreign_bytes(text, err);
    if (rc != RC_OK)
        return rc;
    if (text.len == 0)
        return err_set(err, RC_SYNTAX, "the address is missing");
    struct reader reader;
    reader_init(&reader, arena, text, err);
    reader.comments = arena_alloc(arena, text.len + 1);
    struct mailbox *list = NULL;
    size_t used = 0, cap = 0;
    for (;;) {
        struct mailbox mailbox;
        rc = take_mailbox(&reader, &mailbox);
        if (rc != RC_OK)
            return rc;
        list = arena_grow(arena, list, sizeof *list, used, &cap);
        list[used++] = mailbox;
        if (reader.rest.len == 0)
            break;
        if (peek(&reader) != ',')
            return refuse_byte(err, peek(&reader), "after the address");
        take(&reader);
    }
    *out = list;
    *count = used;
    return RC_OK;
}

/* ---- folding ---- */

/* Where `+label` begins, or the whole length. */
static size_t
label_start(struct slice local)
{
    size_t plus = slice_chr(slice_from(local, 1), '+');
    return plus == SLICE_NONE ? local.len : plus + 1;
}

struct slice
address_without_label(struct arena *arena, const struct address *address)
{
    size_t len = label_start(address->local);
    if (len >= address->local.len)
        return address->text;
    return address_text(arena, slice_head(address->local, len), address->domain);
}

/* Writes the content of a quoted string, or the text itself, and returns its length. */
static size_t
unquote(struct slice text, char *out)
{
    bool quoted = text.len >= 2 && text.ptr[0] == '"' && text.ptr[text.len - 1] == '"';
    size_t from = quoted ? 1 : 0, end = text.len - from, len = 0;
    for (size_t i = from; i < end; i++) {
        if (quoted && text.ptr[i] == '\\' && i + 1 < end)
            i++;
        out[len++] = ascii_lower(text.ptr[i]);
    }
    return len;
}

struct slice
address_fold(struct arena *arena, struct slice text)
{
    size_t at = slice_rchr(text, '@');
    if (at == SLICE_NONE)
        return arena_lower(arena, text);
    char *folded = arena_alloc(arena, text.len + 1);
    size_t len = unquote(slice_head(text, at), folded);
    len = label_start((struct slice){folded, len});
    for (size_t i = at; i < text.len; i++)
        folded[len++] = ascii_lower(text.ptr[i]);
    return (struct slice){folded, len};
}

/* ---- addresses in display names ---- */

/* How a reader takes a character: as this ASCII character, or as one of these. */
enum { GLYPH_BREAK = 0, GLYPH_NOTHING = 1, GLYPH_LETTER = 2 };

/* Blocks of punctuation and spaces outside ASCII. */
static const struct code_range breaks[] = {
    {0x0080, 0x00bf}, {0x1680, 0x1680}, {0x2000, 0x206f}, {0x2e00, 0x2e7f},
    {0x3000, 0x303f}, {0xfe10, 0xfe6f}, {0xff5f, 0xff65}, {0xfffd, 0xfffd},
};
static const struct code_range quotes[] = {
    {0x00ab, 0x00ab}, {0x00bb, 0x00bb}, {0x2018, 0x201f}, {0x2039, 0x203a},
    {0x3008, 0x3011}, {0x3014, 0x301f}, {0xff62, 0xff63},
};

static char
glyph_of(uint32_t code)
{
    if (code < 0x80)
        return is_control((char)code) ? GLYPH_BREAK : (char)code;
    if (code >= 0xff01 && code <= 0xff5e) /* the full-width forms of ASCII */
        return (char)(code - 0xff01 + '!');
    if (code == 0xfe6b)
        return '@';
    if (code == 0x3002 || code == 0xff61 || code == 0xfe52 || code == 0x2024)
        return '.';
    if (CODE_IS_IN(code, quotes))
        return '"';
    if (CODE_IS_IN(code, invisible))
        return GLYPH_NOTHING;
    return CODE_IS_IN(code, breaks) ? GLYPH_BREAK : GLYPH_LETTER;
}

static char
glyph_at(struct slice text, size_t at, size_t *len)
{
    return glyph_of(utf8_at(text, at, len));
}

/* The character that ends before `end`; *len bytes long. */
static char
glyph_before(struct slice text, size_t end, size_t *len)
{
    for (size_t back = 2; back <= 4 && back <= end; back++) {
        size_t whole;
        char glyph = glyph_at(slice_head(text, end), end - back, &whole);
        if (whole == back) {
            *len = back;
            return glyph;
        }
    }
    *len = 1;
    size_t one;
    return glyph_at(slice_head(text, end), end - 1, &one);
}

static bool
is_quote_glyph(char glyph)
{
    return glyph == GLYPH_NOTHING || (glyph != '\0' && strchr("\"'`<>()[]{}", glyph));
}

static bool
is_local_glyph(char glyph, bool letters)
{
    return glyph == GLYPH_NOTHING ||
           (letters ? glyph == GLYPH_LETTER : address_is_atext(glyph) || glyph == '.');
}

/* From where to `at` a local part stands: ASCII if it ends so, else other letters (a reader takes
 * those for an address too). `at` itself when there is none. */
static size_t
local_before(struct slice text, size_t at, size_t *end)
{
    size_t len, start = at, first = at;
    char glyph = '\0';
    while (start > 0 && is_quote_glyph(glyph = glyph_before(text, start, &len)))
        start -= len;
    *end = first = start;
    bool letters = glyph == GLYPH_LETTER;
    while (start > 0 && is_local_glyph(glyph = glyph_before(text, start, &len), letters)) {
        start -= len;
        /* "'taro@a.example'" and "*taro@a.example*" begin with what only decorates. */
        if (glyph != GLYPH_NOTHING && (letters || ascii_alnum(glyph) || glyph == '_'))
            first = start;
    }
    return first;
}

struct domain_scan {
    size_t labels, label_len, end;
    bool fresh, digits;
};

/* One more character of a domain; false where it ends. */
static bool
domain_step(struct domain_scan *scan, char glyph, size_t after)
{
    if (glyph == GLYPH_NOTHING || (glyph == '-' && !scan->fresh))
        return true;
    if (glyph == '.' && !scan->fresh) {
        scan->fresh = true;
        return true;
    }
    if (glyph != GLYPH_LETTER && !ascii_alnum(glyph))
        return false;
    if (scan->fresh) {
        scan->labels++;
        scan->label_len = 0;
        scan->digits = true;
    }
    scan->fresh = false;
    scan->label_len++;
    scan->digits &= ascii_digit(glyph);
    scan->end = after;
    return true;
}

/* Where the domain that begins at `at` ends; 0 when what stands there looks like none. */
static size_t
domain_after(struct slice text, size_t at)
{
    struct domain_scan scan = {.fresh = true};
    size_t len;
    while (at < text.len && is_quote_glyph(glyph_at(text, at, &len)))
        at += len;
    while (at < text.len && domain_step(&scan, glyph_at(text, at, &len), at + len))
        at += len;
    return scan.labels >= 2 && scan.label_len >= 2 && !scan.digits ? scan.end : 0;
}

bool
address_appears_in(struct slice display_name, struct slice *found)
{
    size_t len;
    for (size_t i = 0; i < display_name.len; i += len) {
        if (glyph_at(display_name, i, &len) != '@')
            continue;
        size_t local_end, start = local_before(display_name, i, &local_end);
        size_t end = domain_after(display_name, i + len);
        if (start < local_end && end > 0) {
            *found = (struct slice){display_name.ptr + start, end - start};
            return true;
        }
    }
    return false;
}

bool
address_is_reordered(struct slice display_name)
{
    static const struct code_range directions[] = {{0x202a, 0x202e}, {0x2066, 0x2069}};
    size_t len;
    for (size_t i = 0; i < display_name.len; i += len)
        if (CODE_IS_IN(utf8_at(display_name, i, &len), directions))
            return true;
    return false;
}
