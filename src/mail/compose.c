/*
 * Two ways in which a message could say what its client may not: a value that ends its line and
 * begins a field or a part of its own, and a field that says who sends. So every value is checked
 * to be one line before it is written (mail/encode.h), names are held against a list, and the
 * header block is read again by the parser that the gate uses before it is handed out.
 */
#include "compose.h"

#include <assert.h>

#include "address.h"
#include "base/clock.h"
#include "encode.h"
#include "header.h"

enum {
    PHRASE_MAX = 60,      /* an ASCII display name that is written as it is */
    FILE_NAME_MAX = 1020, /* 255 characters */
    CONTENT_TYPE_MAX = 255,
    CONTENT_ID_MAX = 255,
};

/* A body part that is no multipart, ready to be written. */
struct leaf {
    struct slice fields; /* its Content-* fields, each with CRLF */
    struct slice body;
    enum encoding encoding;
    bool related; /* shown inside the HTML */
};

struct composer {
    struct arena *arena;
    const struct compose *compose;
    struct leaf *text, *html; /* NULL: absent */
    struct leaf *attachments;
    size_t related_count;
    struct slice boundary; /* the end of all boundaries; in no body */
    struct buf *out;
    struct err *err;
};

static bool
is_in(struct slice text, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (slice_iis(text, list[i]))
            return true;
    return false;
}

static bool
begins_with_one(struct slice text, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (slice_istarts(text, slice_of(list[i])))
            return true;
    return false;
}

#define IS_IN(text, list)           is_in((text), (list), sizeof(list) / sizeof(list)[0])
#define BEGINS_WITH_ONE(text, list) begins_with_one((text), (list), sizeof(list) / sizeof(list)[0])

/* ---- addresses ---- */

/* Words of atext with one space between: a phrase that needs no quotes. */
static bool
is_atoms(struct slice text)
{
    char before = ' ';
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == ' ' ? before == ' ' : !address_is_atext(text.ptr[i]))
            return false;
        before = text.ptr[i];
    }
    return before != ' ';
}

/* What would be read as an encoded word, though it is the name itself, becomes one. */
static enum rc
put_display_name(struct composer *composer, struct slice name)
{
    if (!encode_is_line(name))
        return err_set(composer->err, RC_SYNTAX, "the display name holds a line separator");
    if (slice_eight_bit(name) || name.len > PHRASE_MAX ||
        slice_find(name, SLICE("=?")) != SLICE_NONE)
        return encode_words(composer->out, name, SLICE(""), composer->err);
    encode_token(composer->out, is_atoms(name) ? name : encode_quoted(composer->arena, name));
    return RC_OK;
}

static enum rc
put_mailbox(struct composer *composer, struct slice given, bool last)
{
    struct mailbox mailbox;
    enum rc rc = address_mailbox(composer->arena, given, &mailbox, composer->err);
    if (rc != RC_OK)
        return rc;
    bool named = mailbox.display_name.len > 0;
    size_t before = composer->out->len;
    if (named)
        rc = put_display_name(composer, mailbox.display_name);
    if (rc == RC_OK && composer->out->len - before > DISPLAY_NAME_MAX) /* it would not be read */
        return err_set(composer->err, RC_LIMIT,
                       "the display name is longer than %d bytes once encoded", DISPLAY_NAME_MAX);
    if (rc == RC_OK)
        encode_token(composer->out, arena_printf(composer->arena, "%s%.*s%s%s", named ? "<" : "",
                                                 SLICE_ARG(mailbox.address.text), named ? ">" : "",
                                                 last ? "" : ","));
    return rc;
}

/* `parameter`: how the API calls them, for the error. */
static enum rc
put_mailboxes(struct composer *composer, const char *name, const char *parameter,
              const struct slice *list, size_t count)
{
    if (count == 0)
        return RC_OK;
    buf_printf(composer->out, "%s:", name);
    for (size_t i = 0; i < count; i++)
        if (put_mailbox(composer, list[i], i + 1 == count) != RC_OK)
            return err_prefix(composer->err, "Illegal address in %s: ", parameter);
    buf_add(composer->out, SLICE("\r\n"));
    return RC_OK;
}

static enum rc
put_all_mailboxes(struct composer *composer)
{
    const struct compose *compose = composer->compose;
    const struct {
        const char *name, *parameter;
        const struct slice *list;
        size_t count;
    } fields[] = {
        {"From", "From", &compose->from, !compose->without_from},
        {"Reply-To", "ReplyToAddresses", compose->reply_to, compose->reply_to_count},
        {"To", "ToAddresses", compose->to, compose->to_count},
        {"Cc", "CcAddresses", compose->cc, compose->cc_count},
    };
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        enum rc rc = put_mailboxes(composer, fields[i].name, fields[i].parameter, fields[i].list,
                                   fields[i].count);
        if (rc != RC_OK)
            return rc;
    }
    return RC_OK;
}

/* ---- subject and custom headers ---- */

static enum rc
put_subject(struct composer *composer)
{
    const struct compose_text *subject = &composer->compose->subject;
    if (!subject->present)
        return RC_OK;
    if (subject->data.len > HEADER_MAX)
        return err_set(composer->err, RC_LIMIT, "Subject: longer than %d bytes", HEADER_MAX);
    if (!encode_is_line(subject->data))
        return err_set(composer->err, RC_SYNTAX,
                       "Subject: a control character or line separator, or not valid UTF-8");
    buf_add(composer->out, SLICE("Subject:"));
    /* Many a client encodes its subject itself: that goes as it is, as with SES. */
    bool encoded = slice_find(subject->data, SLICE("=?")) != SLICE_NONE &&
                   subject->data.len <= COMPOSE_HEADER_VALUE_MAX &&
                   encode_is_printable(subject->data);
    if (encoded)
        encode_plain(composer->out, slice_trim(subject->data));
    else if (encode_text(composer->out, subject->data, subject->charset, composer->err) != RC_OK)
        return err_prefix(composer->err, "Subject: ");
    buf_add(composer->out, SLICE("\r\n"));
    return RC_OK;
}

/* What is written from other parameters or on the way out, and what would change who sends. */
static const char *const own_names[] = {
    "From",    "To",   "Cc",         "Bcc",          "Sender",         "Reply-To", "Return-Path",
    "Subject", "Date", "Message-ID", "MIME-Version", "DKIM-Signature", "Received",
};
static const char *const own_prefixes[] = {"Content-", "Resent-", "X-SES-"};

static enum rc
check_header_name(struct slice name, struct err *err)
{
    if (name.len > COMPOSE_HEADER_NAME_MAX)
        return err_set(err, RC_LIMIT, "Header name longer than %d bytes", COMPOSE_HEADER_NAME_MAX);
    bool valid = name.len > 0;
    for (size_t i = 0; i < name.len; i++)
        valid = valid && name.ptr[i] > ' ' && name.ptr[i] <= '~' && name.ptr[i] != ':';
    if (!valid)
        return err_set(err, RC_SYNTAX, "Invalid header name");
    if (IS_IN(name, own_names) || BEGINS_WITH_ONE(name, own_prefixes))
        return err_set(err, RC_SYNTAX, "Invalid header name: '%.*s' cannot be given",
                       SLICE_ARG(name));
    return RC_OK;
}

static enum rc
put_header(struct composer *composer, const struct compose_header *header)
{
    struct err *err = composer->err;
    enum rc rc = check_header_name(header->name, err);
    if (rc != RC_OK)
        return rc;
    if (header->value.len > COMPOSE_HEADER_VALUE_MAX)
        return err_set(err, RC_LIMIT, "Header '%.*s': the value is longer than %d bytes",
                       SLICE_ARG(header->name), COMPOSE_HEADER_VALUE_MAX);
    if (!encode_is_line(header->value))
        return err_set(err, RC_SYNTAX,
                       "Header '%.*s': a control character or line separator, or not valid UTF-8",
                       SLICE_ARG(header->name));
    struct slice value = slice_trim(header->value);
    buf_printf(composer->out, "%.*s:", SLICE_ARG(header->name));
    if (encode_is_printable(value))
        encode_plain(composer->out, value);
    else
        rc = encode_words(composer->out, value, SLICE(""), err);
    buf_add(composer->out, SLICE("\r\n"));
    return rc;
}

static enum rc
put_header_fields(struct composer *composer)
{
    const struct compose *compose = composer->compose;
    enum rc rc = put_all_mailboxes(composer);
    if (rc != RC_OK)
        return rc;
    struct slice date = clock_rfc5322(composer->arena, compose->now_ms);
    buf_printf(composer->out, "Date: %.*s\r\n", SLICE_ARG(date));
    rc = put_subject(composer);
    if (rc != RC_OK)
        return rc;
    if (compose->header_count > COMPOSE_HEADERS_MAX)
        return err_set(composer->err, RC_LIMIT, "more than %d headers", COMPOSE_HEADERS_MAX);
    for (size_t i = 0; rc == RC_OK && i < compose->header_count; i++)
        rc = put_header(composer, &compose->headers[i]);
    buf_add(composer->out, SLICE("MIME-Version: 1.0\r\n"));
    return rc;
}

/* ---- text and HTML ---- */

static enum rc
make_text(struct composer *composer, const struct compose_text *text, const char *subtype,
          const char *parameter, struct leaf **out)
{
    struct leaf *leaf = ARENA_NEW(composer->arena, struct leaf);
    struct slice lines = encode_line_ends(composer->arena, text->data), charset = text->charset;
    if (encode_charset(composer->arena, lines, charset, &leaf->body, composer->err) != RC_OK)
        return err_prefix(composer->err, "%s: ", parameter);
    if (charset.len == 0)
        charset = slice_eight_bit(leaf->body) ? SLICE("UTF-8") : SLICE("us-ascii");
    leaf->encoding = encode_choose(leaf->body);
    leaf->related = false;
    leaf->fields = arena_printf(
        composer->arena, "Content-Type: text/%s; charset=%.*s\r\nContent-Transfer-Encoding: %s\r\n",
        subtype, SLICE_ARG(charset), encode_name(leaf->encoding));
    *out = leaf;
    return RC_OK;
}

static enum rc
make_texts(struct composer *composer)
{
    const struct compose *compose = composer->compose;
    enum rc rc = RC_OK;
    if (compose->text.present || !compose->html.present)
        rc = make_text(composer, &compose->text, "plain", "Body.Text", &composer->text);
    if (rc == RC_OK && compose->html.present)
        rc = make_text(composer, &compose->html, "html", "Body.Html", &composer->html);
    return rc;
}

/* ---- attachments ---- */

/* Reference §1.6. */
static const char *const refused_extensions[] = {
    ".ade",      ".adp",  ".app",  ".asp",  ".bas",    ".bat",     ".cer",     ".chm",    ".cmd",
    ".com",      ".cpl",  ".crt",  ".csh",  ".der",    ".exe",     ".fxp",     ".gadget", ".hlp",
    ".hta",      ".inf",  ".ins",  ".isp",  ".its",    ".js",      ".jse",     ".ksh",    ".lib",
    ".lnk",      ".mad",  ".maf",  ".mag",  ".mam",    ".maq",     ".mar",     ".mas",    ".mat",
    ".mau",      ".mav",  ".maw",  ".mda",  ".mdb",    ".mde",     ".mdt",     ".mdw",    ".mdz",
    ".msc",      ".msh",  ".msh1", ".msh2", ".mshxml", ".msh1xml", ".msh2xml", ".msi",    ".msp",
    ".mst",      ".ops",  ".pcd",  ".pif",  ".plg",    ".prf",     ".prg",     ".reg",    ".scf",
    ".scr",      ".sct",  ".shb",  ".shs",  ".sys",    ".ps1",     ".ps1xml",  ".ps2",    ".ps2xml",
    ".psc1",     ".psc2", ".tmp",  ".url",  ".vb",     ".vbe",     ".vbs",     ".vps",    ".vss",
    ".vsmacros", ".vst",  ".vsw",  ".vxd",  ".ws",     ".wsc",     ".wsf",     ".wsh",    ".xnk",
};

static const struct {
    const char *extension, *content_type;
} known_types[] = {
    {".csv", "text/csv"},
    {".doc", "application/msword"},
    {".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
    {".gif", "image/gif"},
    {".htm", "text/html"},
    {".html", "text/html"},
    {".ics", "text/calendar"},
    {".jpeg", "image/jpeg"},
    {".jpg", "image/jpeg"},
    {".json", "application/json"},
    {".pdf", "application/pdf"},
    {".png", "image/png"},
    {".ppt", "application/vnd.ms-powerpoint"},
    {".pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"},
    {".svg", "image/svg+xml"},
    {".txt", "text/plain"},
    {".webp", "image/webp"},
    {".xls", "application/vnd.ms-excel"},
    {".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    {".xml", "application/xml"},
    {".zip", "application/zip"},
};

/* From the last full stop on. Windows drops full stops and spaces at the end of a name. */
static struct slice
file_extension(struct slice name)
{
    while (name.len > 0 && strchr(". ", name.ptr[name.len - 1]))
        name.len--;
    return slice_from(name, slice_rchr(name, '.'));
}

static enum rc
check_file_name(struct slice name, struct err *err)
{
    if (name.len == 0)
        return err_set(err, RC_SYNTAX, "an attachment has no file name");
    if (name.len > FILE_NAME_MAX)
        return err_set(err, RC_LIMIT, "a file name is longer than %d bytes", FILE_NAME_MAX);
    if (!encode_is_line(name) || slice_chr(name, '\t') != SLICE_NONE)
        return err_set(err, RC_SYNTAX,
                       "a file name holds a control character, or is not valid UTF-8");
    if (slice_chr(name, '/') != SLICE_NONE || slice_chr(name, '\\') != SLICE_NONE ||
        slice_is(name, ".") || slice_is(name, ".."))
        return err_set(err, RC_SYNTAX, "the file name '%.*s' is a path", SLICE_ARG(name));
    if (address_is_reordered(name))
        return err_set(err, RC_SYNTAX, "a file name holds characters that reorder what is shown");
    if (IS_IN(file_extension(name), refused_extensions))
        return err_set(err, RC_DENIED, "Illegal filename '%.*s'.", SLICE_ARG(name));
    return RC_OK;
}

/* token (RFC 2045 §5.1), the first of *text */
static bool
take_token(struct slice *text, struct slice *token)
{
    size_t len = 0;
    while (len < text->len && text->ptr[len] > ' ' && text->ptr[len] <= '~' &&
           !strchr("()<>@,;:\\\"/[]?=", text->ptr[len]))
        len++;
    *token = slice_head(*text, len);
    *text = slice_from(*text, len);
    return len > 0;
}

static bool
take_byte(struct slice *text, char c)
{
    if (text->len == 0 || text->ptr[0] != c)
        return false;
    *text = slice_from(*text, 1);
    return true;
}

/* token or quoted-string; what it says, without quotes */
static bool
take_value(struct arena *arena, struct slice *text, struct slice *value)
{
    if (!take_byte(text, '"'))
        return take_token(text, value);
    char *content = arena_alloc(arena, text->len + 1);
    size_t len = 0;
    while (text->len > 0 && text->ptr[0] != '"') {
        take_byte(text, '\\');
        if (text->len == 0)
            return false;
        content[len++] = text->ptr[0];
        *text = slice_from(*text, 1);
    }
    *value = (struct slice){content, len};
    return take_byte(text, '"');
}

/* *(";" attribute "=" value), written anew. `name` is not: the file's name is given elsewhere, and
 * one here would be a second, unchecked one. */
static bool
put_type_parameters(struct arena *arena, struct slice text, struct buf *fields)
{
    while ((text = slice_trim(text)).len > 0) {
        struct slice attribute, value;
        if (!take_byte(&text, ';'))
            return false;
        text = slice_trim(text);
        if (!take_token(&text, &attribute) || !take_byte(&text, '=') ||
            !take_value(arena, &text, &value))
            return false;
        if (slice_iis(slice_head(attribute, slice_chr(attribute, '*')), "name"))
            continue;
        struct slice rest = value, token;
        bool plain = take_token(&rest, &token) && rest.len == 0;
        struct slice written = plain ? value : encode_quoted(arena, value);
        buf_add_char(fields, ';');
        encode_token(fields,
                     arena_printf(arena, "%.*s=%.*s", SLICE_ARG(attribute), SLICE_ARG(written)));
    }
    return true;
}

struct media_type {
    struct slice name; /* type/subtype */
    struct slice parameters;
};

static bool
parse_media_type(struct slice text, struct media_type *out)
{
    struct slice rest = text, type, subtype;
    if (text.len > CONTENT_TYPE_MAX || !encode_is_printable(text) || !take_token(&rest, &type) ||
        !take_byte(&rest, '/') || !take_token(&rest, &subtype))
        return false;
    out->name = slice_head(text, text.len - rest.len);
    out->parameters = rest;
    return true;
}

static struct slice
default_type(struct slice file_name)
{
    struct slice extension = file_extension(file_name);
    for (size_t i = 0; i < sizeof known_types / sizeof known_types[0]; i++)
        if (slice_iis(extension, known_types[i].extension))
            return slice_of(known_types[i].content_type);
    return SLICE("application/octet-stream");
}

/* Made of several bodies, or of one that lies elsewhere: not what an attachment is. */
static const char *const refused_types[] = {"multipart/", "message/partial",
                                            "message/external-body"};

/* A message within a message may not be encoded (RFC 2046 §5.2.1): 7bit, or a file like others. */
static void
settle_message(struct arena *arena, struct media_type *type, struct leaf *leaf)
{
    struct slice lines = encode_line_ends(arena, leaf->body);
    if (encode_is_seven_bit(lines)) {
        leaf->encoding = ENCODING_SEVEN_BIT;
        leaf->body = lines;
    } else {
        *type = (struct media_type){SLICE("application/octet-stream"), SLICE("")};
    }
}

static enum rc
put_content_type(struct composer *composer, const struct compose_attachment *attachment,
                 struct leaf *leaf, struct buf *fields)
{
    struct media_type type;
    struct slice given = slice_trim(attachment->content_type);
    if (given.len == 0)
        given = default_type(attachment->file_name);
    if (!parse_media_type(given, &type))
        return err_set(composer->err, RC_SYNTAX, "Invalid content type of an attachment");
    if (BEGINS_WITH_ONE(type.name, refused_types))
        return err_set(composer->err, RC_SYNTAX, "Content type %.*s cannot be attached",
                       SLICE_ARG(type.name));
    if (slice_istarts(type.name, SLICE("message/")))
        settle_message(composer->arena, &type, leaf);
    buf_printf(fields, "Content-Type: %.*s", SLICE_ARG(type.name));
    if (!put_type_parameters(composer->arena, type.parameters, fields))
        return err_set(composer->err, RC_SYNTAX,
                       "Invalid parameters in the content type of an attachment");
    buf_add(fields, SLICE("\r\n"));
    return RC_OK;
}

/* Between the brackets of a msg-id (RFC 5322 §3.6.4); many have no '@'. */
static enum rc
put_content_id(struct slice given, struct buf *fields, struct err *err)
{
    if (given.len == 0)
        return RC_OK;
    if (given.len > 2 && given.ptr[0] == '<' && given.ptr[given.len - 1] == '>')
        given = (struct slice){given.ptr + 1, given.len - 2};
    bool valid = given.len <= CONTENT_ID_MAX;
    for (size_t i = 0; valid && i < given.len; i++)
        valid = address_is_atext(given.ptr[i]) || given.ptr[i] == '.' || given.ptr[i] == '@';
    if (!valid)
        return err_set(err, RC_SYNTAX, "Invalid content id of an attachment");
    buf_printf(fields, "Content-ID: <%.*s>\r\n", SLICE_ARG(given));
    return RC_OK;
}

static enum rc
put_description(struct slice description, struct buf *fields, struct err *err)
{
    if (description.len == 0)
        return RC_OK;
    if (description.len > HEADER_LINE_MAX * 4 || !encode_is_line(description))
        return err_set(err, RC_SYNTAX,
                       "The description of an attachment is too long, holds a control character, "
                       "or is not valid UTF-8");
    buf_add(fields, SLICE("Content-Description:"));
    enum rc rc = encode_text(fields, description, SLICE(""), err);
    buf_add(fields, SLICE("\r\n"));
    return rc;
}

/* Sets leaf->body and leaf->encoding. */
static enum rc
set_content(struct composer *composer, const struct compose_attachment *attachment,
            struct leaf *leaf)
{
    static const enum encoding encodings[] = {
        [COMPOSE_BASE64] = ENCODING_BASE64,
        [COMPOSE_QUOTED_PRINTABLE] = ENCODING_QUOTED_PRINTABLE,
        [COMPOSE_SEVEN_BIT] = ENCODING_SEVEN_BIT,
    };
    leaf->encoding = encodings[attachment->encoding];
    leaf->body = attachment->content;
    if (leaf->encoding != ENCODING_SEVEN_BIT)
        return RC_OK;
    leaf->body = encode_line_ends(composer->arena, attachment->content);
    if (encode_is_seven_bit(leaf->body))
        return RC_OK;
    return err_set(composer->err, RC_SYNTAX, "The content of '%.*s' is not 7bit",
                   SLICE_ARG(attachment->file_name));
}

static enum rc
put_attachment_fields(struct composer *composer, const struct compose_attachment *attachment,
                      struct leaf *leaf, struct buf *fields)
{
    enum rc rc = put_content_type(composer, attachment, leaf, fields);
    if (rc != RC_OK)
        return rc;
    buf_printf(fields, "Content-Transfer-Encoding: %s\r\nContent-Disposition: %s",
               encode_name(leaf->encoding), attachment->inlined ? "inline" : "attachment");
    encode_parameter(fields, "filename", attachment->file_name);
    buf_add(fields, SLICE("\r\n"));
    rc = put_content_id(attachment->content_id, fields, composer->err);
    return rc == RC_OK ? put_description(attachment->description, fields, composer->err) : rc;
}

static enum rc
make_attachment(struct composer *composer, const struct compose_attachment *attachment,
                struct leaf *leaf)
{
    struct buf fields;
    enum rc rc = check_file_name(attachment->file_name, composer->err);
    if (rc == RC_OK)
        rc = set_content(composer, attachment, leaf);
    if (rc != RC_OK)
        return rc;
    buf_init(&fields, HEADER_MAX);
    rc = put_attachment_fields(composer, attachment, leaf, &fields);
    leaf->fields = arena_dup(composer->arena, buf_slice(&fields));
    buf_fini(&fields);
    leaf->related = composer->html && attachment->inlined && attachment->content_id.len > 0;
    composer->related_count += leaf->related;
    return rc;
}

static enum rc
make_attachments(struct composer *composer)
{
    const struct compose *compose = composer->compose;
    /* With the bodies, and the multiparts around them. */
    enum { OTHERS_MAX = 5 };
    if (compose->attachment_count > COMPOSE_PARTS_MAX - OTHERS_MAX)
        return err_set(composer->err, RC_LIMIT, "more than %d MIME parts", COMPOSE_PARTS_MAX);
    composer->attachments = ARENA_ARRAY(composer->arena, struct leaf, compose->attachment_count);
    for (size_t i = 0; i < compose->attachment_count; i++) {
        enum rc rc = make_attachment(composer, &compose->attachments[i], &composer->attachments[i]);
        if (rc != RC_OK)
            return rc;
    }
    return RC_OK;
}

/* ---- the parts put together ---- */

/* Neither of the other encodings can hold the "=_" that a boundary begins with. */
static bool
holds(const struct leaf *leaf, struct slice text)
{
    return leaf && leaf->encoding == ENCODING_SEVEN_BIT &&
           slice_find(leaf->body, text) != SLICE_NONE;
}

/* The seed cannot be guessed, so the first will do; yet nothing is left to that. */
static void
choose_boundary(struct composer *composer)
{
    for (unsigned attempt = 0;; attempt++) {
        struct slice boundary = arena_printf(composer->arena, "%.*s_%u",
                                             SLICE_ARG(composer->compose->boundary), attempt);
        bool taken = holds(composer->text, boundary) || holds(composer->html, boundary);
        for (size_t i = 0; !taken && i < composer->compose->attachment_count; i++)
            taken = holds(&composer->attachments[i], boundary);
        composer->boundary = boundary;
        if (!taken)
            return;
    }
}

/* Multiparts within each other are told apart by a letter before the boundary, so that none is the
 * beginning of another (RFC 2046 §5.1.2). */
static void
put_multipart(struct composer *composer, const char *subtype)
{
    buf_printf(composer->out, "Content-Type: multipart/%s;\r\n boundary=\"=_%c_%.*s\"\r\n", subtype,
               subtype[0], SLICE_ARG(composer->boundary));
}

static void
put_delimiter(struct composer *composer, const char *subtype, const char *end)
{
    buf_printf(composer->out, "\r\n--=_%c_%.*s%s", subtype[0], SLICE_ARG(composer->boundary), end);
}

static void
put_leaf(struct composer *composer, const struct leaf *leaf)
{
    buf_add(composer->out, leaf->fields);
    buf_add(composer->out, SLICE("\r\n"));
    encode_body(leaf->body, leaf->encoding, composer->out);
}

static void
put_attachments(struct composer *composer, const char *subtype, bool related)
{
    for (size_t i = 0; i < composer->compose->attachment_count; i++) {
        if (composer->attachments[i].related != related)
            continue;
        put_delimiter(composer, subtype, "\r\n");
        put_leaf(composer, &composer->attachments[i]);
    }
    put_delimiter(composer, subtype, "--\r\n");
}

/* The HTML and what it shows (RFC 2387). */
static void
put_html(struct composer *composer)
{
    static const char related[] = "related; type=\"text/html\"";
    if (composer->related_count == 0) {
        put_leaf(composer, composer->html);
        return;
    }
    put_multipart(composer, related);
    put_delimiter(composer, related, "\r\n");
    put_leaf(composer, composer->html);
    put_attachments(composer, related, true);
}

static void
put_content(struct composer *composer)
{
    static const char alternative[] = "alternative";
    if (!composer->html) {
        put_leaf(composer, composer->text);
    } else if (!composer->text) {
        put_html(composer);
    } else {
        put_multipart(composer, alternative);
        put_delimiter(composer, alternative, "\r\n");
        put_leaf(composer, composer->text);
        put_delimiter(composer, alternative, "\r\n");
        put_html(composer);
        put_delimiter(composer, alternative, "--\r\n");
    }
}

static void
put_body(struct composer *composer)
{
    static const char mixed[] = "mixed";
    if (composer->related_count == composer->compose->attachment_count) {
        put_content(composer);
    } else {
        put_multipart(composer, mixed);
        put_delimiter(composer, mixed, "\r\n");
        put_content(composer);
        put_attachments(composer, mixed, false);
    }
    if (buf_ok(composer->out) && !slice_ends(buf_slice(composer->out), SLICE("\r\n")))
        buf_add(composer->out, SLICE("\r\n"));
}

/* As the gate will read it: custom headers may have repeated what may stand once. */
static enum rc
check_block(struct composer *composer, struct slice message)
{
    struct header header;
    size_t end;
    enum rc rc = header_end(message, &end, composer->err);
    if (rc == RC_OK)
        rc = header_parse(composer->arena, slice_head(message, end - 2), &header, composer->err);
    return rc == RC_OK ? header_check_once(&header, composer->err) : rc;
}

static enum rc
compose_all(struct composer *composer, size_t start)
{
    enum rc rc = put_header_fields(composer);
    if (rc == RC_OK)
        rc = make_texts(composer);
    if (rc == RC_OK)
        rc = make_attachments(composer);
    if (rc != RC_OK)
        return rc;
    choose_boundary(composer);
    put_body(composer);
    if (!buf_ok(composer->out))
        return err_set(composer->err, RC_LIMIT, "the message would be longer than %zu bytes",
                       composer->out->max);
    return check_block(composer, slice_from(buf_slice(composer->out), start));
}

enum rc
compose_message(struct arena *arena, const struct compose *compose, struct buf *out,
                struct err *err)
{
    assert(compose->boundary.len >= 16 && compose->boundary.len <= 60);
    struct err unread; /* err_prefix must have one */
    struct composer composer = {
        .arena = arena, .compose = compose, .out = out, .err = err ? err : &unread};
    size_t start = out->len;
    enum rc rc = compose_all(&composer, start);
    if (rc != RC_OK)
        out->len = start;
    return rc;
}
