/*
 * A MIME message (RFC 5322, 2045-2047, 2231) from the parts that SendEmail is given: what an API
 * client cannot say in it, it cannot inject: every header value is checked for CR, LF and NUL, every
 * address is parsed by mail/address.h and written anew.
 *
 * The shape:
 *
 *     multipart/mixed                      with attachments that are not in `related`
 *       multipart/alternative              with both text and HTML
 *         text/plain
 *         multipart/related                with inline attachments that have a Content-ID
 *           text/html
 *           the inline attachments
 *       the other attachments
 *
 * and nothing around what stands alone. A message with neither text nor HTML has an empty text.
 *
 * Pure: time and boundary seed are arguments; Message-ID is left to mail/outgoing.h. The result has
 * CRLF line ends, is 7-bit, and no line is longer than 998 octets; bodies are quoted-printable or
 * base64, whichever is shorter, or 7bit where they are plain ASCII with short lines.
 */
#ifndef POSTERN_MAIL_COMPOSE_H
#define POSTERN_MAIL_COMPOSE_H

#include "base/memory.h"

struct compose_text {
    struct slice data; /* UTF-8; empty and absent are told apart by `present` */
    struct slice
        charset; /* what it shall be written in; empty: UTF-8, or us-ascii where that is enough */
    bool present;
};

struct compose_header {
    struct slice name;
    struct slice value; /* UTF-8. ASCII stays as it is, encoded words in it too, since it is a
                         * header's value and no text; anything else becomes encoded words */
};

struct compose_attachment {
    struct slice content; /* bytes */
    struct slice file_name, content_type, content_id, description;
    bool inlined; /* Content-Disposition: inline */
    enum { COMPOSE_BASE64, COMPOSE_QUOTED_PRINTABLE, COMPOSE_SEVEN_BIT } encoding;
};

struct compose {
    struct slice from;                      /* as the client gave it: "Taro <taro@test1.com>" */
    bool without_from;                      /* for a look: this message is not sent */
    const struct slice *to, *cc, *reply_to; /* each one mailbox */
    size_t to_count, cc_count, reply_to_count;
    struct compose_text subject, text, html;
    const struct compose_header *headers;
    size_t header_count;
    const struct compose_attachment *attachments;
    size_t attachment_count;
    int64_t now_ms;
    struct slice boundary; /* unguessable; [A-Za-z0-9]{16,60} */
};

enum {
    COMPOSE_HEADERS_MAX = 15,
    COMPOSE_HEADER_NAME_MAX = 126,
    COMPOSE_HEADER_VALUE_MAX = 870,
    COMPOSE_PARTS_MAX = 500,
    COMPOSE_BOUNDARY_CHARS = 32 /* that do: no content holds them by chance */
};

/*
 * `out`: header block, empty line, body; it stays as it was unless RC_OK. RC_SYNTAX names the field
 * ("Illegal address in ToAddresses: ...", "Invalid header name", "Subject: charset 'x' is not
 * known"); headers that postern writes itself, or that say who sends, cannot be given. RC_LIMIT when
 * `out` would be too long or a limit of the reference (§1.6) is passed: 126 and 870 bytes of name
 * and value, 15 custom headers, 500 MIME parts; or the header block is too large to be parsed.
 * RC_DENIED: "Illegal filename 'x.exe'." (§1.6), "Duplicate header 'X'." (§1.7).
 */
MUST_USE enum rc compose_message(struct arena *arena, const struct compose *compose,
                                 struct buf *out, struct err *err);

#endif
