/* A small SMTP next hop for demonstrations: takes every message and keeps it in memory. */
#ifndef POSTERN_CLI_SINK_H
#define POSTERN_CLI_SINK_H

#include "base/memory.h"

struct sink;

/* Listens on a free port of 127.0.0.1; serves in threads of its own. */
MUST_USE enum rc sink_open(struct sink **out, uint16_t *port, struct err *err);
/* After its peers have ended: waits for the conversations under way. */
void sink_close(struct sink *sink);

struct sink_message {
    struct slice reverse_path; /* as written in MAIL FROM */
    struct slice data;         /* dot-unstuffed, CRLF lines */
};
/* Waits until a message that holds `needle` has arrived; false after `wait_ms`. Copies. */
bool sink_wait(struct sink *sink, struct arena *arena, struct slice needle, int64_t wait_ms,
               struct sink_message *out);

#endif
