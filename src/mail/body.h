/*
 * A scanner that watches a message's body pass by in pieces of any size, in bounded memory.
 *
 * Refuses (first problem wins, kept until the end): NUL, bare CR, bare LF, a line over 998 bytes
 * is allowed only up to 64 KiB (receivers differ; SES takes long lines), more than 500 MIME parts,
 * a part (or the whole message) whose file name has an extension SES refuses (reference §1.6),
 * read from Content-Disposition filename / filename* / continuations and Content-Type name.
 * Notes whether any byte is 8-bit.
 */
#ifndef POSTERN_MAIL_BODY_H
#define POSTERN_MAIL_BODY_H

#include "header.h"

struct body_scan;

/* `header`: the message's own, for its Content-Type (boundary) and file name. */
struct body_scan *body_scan_new(const struct header *header);
void body_scan_free(struct body_scan *scan);
void body_scan_feed(struct body_scan *scan, struct slice piece);
/* RC_OK, RC_SYNTAX (bare CR, bare LF, NUL), RC_DENIED (extension), RC_LIMIT (parts). */
MUST_USE enum rc body_scan_finish(struct body_scan *scan, struct err *err);
bool body_scan_eight_bit(const struct body_scan *scan);

#endif
