/*
 * The octets between DATA's 354 and the end of the message (RFC 5321 §4.1.1.4, §4.5.2), read from
 * pieces of any size.
 *
 * Only CRLF "." CRLF ends a message, and only a dot after CRLF is taken away. CR or LF alone, in
 * every combination, are text and are passed on as they are: whoever judges the message refuses it
 * for them, and no other server can be made to see an end where this one saw none (smuggling).
 */
#ifndef POSTERN_MAIL_DATA_H
#define POSTERN_MAIL_DATA_H

#include "base/slice.h"

enum data_position {
    DATA_LINE_START, /* the initial value: after the command's CRLF */
    DATA_TEXT,
    DATA_AFTER_CR,
    DATA_AFTER_DOT,   /* CRLF "." */
    DATA_AFTER_DOT_CR /* CRLF "." CR: the CR is held back */
};

struct data_reader {
    enum data_position position;
};

/*
 * Read from `data`: `pass` gets the text in pieces, in order. Returns how much was consumed: all,
 * or less when the message ended, which *finished tells; what follows belongs to nobody here. The
 * pieces of one call together are at most one byte longer than what was consumed (a CR held back
 * by the call before).
 */
size_t data_read(struct data_reader *reader, struct slice data,
                 void (*pass)(void *ctx, struct slice piece), void *ctx, bool *finished);

/* How many bytes were consumed and may still be passed on: 0 or 1. */
static inline size_t
data_held(const struct data_reader *reader)
{
    return reader->position == DATA_AFTER_DOT_CR;
}

#endif
