/*
 * How text and bytes become lines of 7-bit mail: character sets, transfer encodings (RFC 2045 §6),
 * encoded words (RFC 2047), and parameters (RFC 2231).
 */
#ifndef POSTERN_MAIL_ENCODE_H
#define POSTERN_MAIL_ENCODE_H

#include "base/memory.h"

enum encoding { ENCODING_SEVEN_BIT, ENCODING_QUOTED_PRINTABLE, ENCODING_BASE64, ENCODING_COUNT };

/* As Content-Transfer-Encoding has it. */
const char *encode_name(enum encoding encoding);

/* RFC 2045 §2.7: no byte over 127, no NUL, CR and LF only together, lines of at most 998 bytes. */
bool encode_is_seven_bit(struct slice bytes);
/* What of the three carries these bytes in the fewest; 7bit wherever it can. */
enum encoding encode_choose(struct slice bytes);
/* Byte for byte what was given comes out of the decoder again. No CRLF is put behind the last line.
 * With ENCODING_SEVEN_BIT the bytes must be such. */
void encode_body(struct slice bytes, enum encoding encoding, struct buf *out);

/* CRLF, LF and a CR alone all become CRLF. */
struct slice encode_line_ends(struct arena *arena, struct slice text);

/* UTF-8 as bytes of `charset`; empty is UTF-8. RC_SYNTAX: the charset is not known or is none that
 * mail can be written in (ASCII and line ends must stay what they are), or lacks a character. */
MUST_USE enum rc encode_charset(struct arena *arena, struct slice utf8, struct slice charset,
                                struct slice *out, struct err *err);

/*
 * Pieces of a header field, put behind what `out` ends with, which is the field's name and colon or
 * an earlier piece. Lines are folded at 76, and never into one of white space alone.
 */

/* Nothing in it could end a line for any reader: UTF-8 without controls (but tab), U+0080-U+009F,
 * U+2028 and U+2029. All text given to the functions below must be such. */
MUST_USE bool encode_is_line(struct slice utf8);
/* Nothing but U+0020 to U+007E. */
MUST_USE bool encode_is_printable(struct slice text);
/* A space or a fold, then ASCII that is not folded inside. */
void encode_token(struct buf *out, struct slice token);
/* Printable ASCII as it is, folded at its spaces; a run without any may pass the 76. */
void encode_plain(struct buf *out, struct slice text);
/* Unstructured text: as it is when that is printable ASCII, else as words in `charset`. What only
 * looks like an encoded word becomes one of its own, so that it is read as it was given. */
MUST_USE enum rc encode_text(struct buf *out, struct slice utf8, struct slice charset,
                             struct err *err);
/* Encoded words whatever the text is, each of whole characters. */
MUST_USE enum rc encode_words(struct buf *out, struct slice utf8, struct slice charset,
                              struct err *err);
/* `; name="value"`, or RFC 2231's form where the value is not ASCII or too long. */
void encode_parameter(struct buf *out, const char *name, struct slice value);
/* The same in quotes, `"` and `\` escaped: a quoted-string (RFC 5322 §3.2.4) of ASCII. */
struct slice encode_quoted(struct arena *arena, struct slice ascii);

#endif
