/* How messages and their recipients are shown, wherever they are. */
#ifndef POSTERN_API_MESSAGE_VIEW_H
#define POSTERN_API_MESSAGE_VIEW_H

#include "call.h"
#include "store/messages.h"

/* Decoded UTF-8; empty when there is none. */
struct slice message_view_subject(struct arena *arena, const struct message_row *message);
/* Members of an open object: what became of it, or when it is tried. */
void message_view_put_recipient(struct api_call *call, const struct recipient_row *row);
/* "history": what happened to it before its end, as the ledger tells it; when some of it was before there
 * was anything that leads there, or was erased, that is not in it. */
MUST_USE enum rc message_view_put_history(struct api_call *call, const struct recipient_row *row,
                                          struct err *err);

#endif
