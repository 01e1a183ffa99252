/*
 * The header block of a message, read once, strictly, on core's own copy (RFC 5322 §2.2).
 *
 * Refused with a reply that names the line or field: a line without a colon, a space before the
 * colon, an empty or non-printable name, NUL, bare CR or LF, 8-bit bytes, a line over 998 bytes
 * (RFC 5322 §2.1.1), a continuation before the first field, more than 1,000 fields.
 */
#ifndef POSTERN_MAIL_HEADER_H
#define POSTERN_MAIL_HEADER_H

#include "base/memory.h"

struct field {
    struct slice name;  /* as written */
    struct slice value; /* after the colon, folds and all, without the final CRLF */
    struct slice raw;   /* the whole field with every CRLF */
};

struct header {
    struct field *fields; /* in order */
    size_t count;
};

enum { HEADER_MAX = 256 * 1024, HEADER_FIELDS_MAX = 1000, HEADER_LINE_MAX = 998 };

/* Where the block ends: offset just after the empty line (CRLF CRLF, or a leading CRLF).
 * RC_AGAIN when `data` does not hold the whole block; RC_LIMIT past HEADER_MAX. */
MUST_USE enum rc header_end(struct slice data, size_t *end, struct err *err);
/* The same for data that grew: the first `seen` bytes were looked at by a call that gave RC_AGAIN,
 * so that a block that comes in small pieces is not read again and again. */
MUST_USE enum rc header_end_after(struct slice data, size_t seen, size_t *end, struct err *err);

/* `block` without the empty line. 8-bit bytes are refused. */
MUST_USE enum rc header_parse(struct arena *arena, struct slice block, struct header *out,
                              struct err *err);

/* The first of that name (case-insensitive), or NULL; and how many there are. */
const struct field *header_find(const struct header *header, const char *name);
size_t header_count(const struct header *header, const char *name);

/* Unfolded (CRLF before WSP removed) and trimmed. */
struct slice header_unfold(struct arena *arena, struct slice value);
/* RFC 2047 encoded words decoded to UTF-8 (utf-8, us-ascii, iso-8859-1; iconv for the rest, and
 * an unknown charset read as UTF-8, as mail programs do); what is no encoded word stays as it is;
 * NUL, controls and what is no UTF-8 become U+FFFD. `value` is unfolded. */
struct slice header_decode(struct arena *arena, struct slice value);

/* RC_DENIED "Duplicate header 'X'." when a field of the once-only list (reference §1.7) repeats. */
MUST_USE enum rc header_check_once(const struct header *header, struct err *err);

#endif
