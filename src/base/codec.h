/* Bytes as text: base64, base32, hexadecimal, percent-encoding. Decoders are strict. */
#ifndef POSTERN_BASE_CODEC_H
#define POSTERN_BASE_CODEC_H

#include "memory.h"

struct slice codec_base64(struct arena *arena, struct slice bytes);    /* padded, RFC 4648 §4 */
struct slice codec_base64url(struct arena *arena, struct slice bytes); /* unpadded, §5 */
struct slice codec_base32(struct arena *arena, struct slice bytes);    /* a-z2-7, unpadded */
struct slice codec_hex(struct arena *arena, struct slice bytes);       /* lower case */

/* RC_SYNTAX on a foreign character, wrong length or padding, or bits left over. */
MUST_USE enum rc codec_base64_decode(struct arena *arena, struct slice text, struct slice *out,
                                     struct err *err);
MUST_USE enum rc codec_base64url_decode(struct arena *arena, struct slice text, struct slice *out,
                                        struct err *err);
MUST_USE enum rc codec_base32_decode(struct arena *arena, struct slice text, struct slice *out,
                                     struct err *err);
MUST_USE enum rc codec_hex_decode(struct arena *arena, struct slice text, struct slice *out,
                                  struct err *err);

/* RFC 3986: unreserved characters stay. */
struct slice codec_percent(struct arena *arena, struct slice bytes);
/* `plus`: '+' means space (form data). */
MUST_USE enum rc codec_percent_decode(struct arena *arena, struct slice text, bool plus,
                                      struct slice *out, struct err *err);

/* Well-formed UTF-8 (RFC 3629): no overlong form, no surrogate. */
MUST_USE bool codec_utf8_valid(struct slice text);
/* The characters of well-formed UTF-8. */
size_t codec_utf8_count(struct slice text);
/* Length of the well-formed sequence at the front, 0 when there is none. */
size_t codec_utf8_sequence(struct slice text);
/* Length of the character at the front when it is shown as something else than what stands there:
 * C1 controls, line ends of Unicode, and those that turn the direction of what follows
 * (CVE-2021-42574); 0: it is none of them. */
size_t codec_deceiving(struct slice rest);
/* Writes 1-4 bytes; returns how many. `code` is a valid scalar value. */
size_t codec_utf8_put(uint32_t code, char out[4]);

#endif
