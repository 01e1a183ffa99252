/*
 * What the resolver changes in DNS when core asks for it: one change at a time, each signed and its
 * answer checked (net/dns_update.h), within a limit of time. Only records of DKIM keys are written.
 */
#ifndef POSTERN_ROLE_RECORD_UPDATES_H
#define POSTERN_ROLE_RECORD_UPDATES_H

#include "config.h"
#include "net/loop.h"

struct record_updates;

/* `secret` is copied; it and the configuration say where to and as whom. Called before the process is
 * confined: the library that signs gets ready. */
struct record_updates *record_updates_new(struct loop *loop, const struct config *config,
                                          struct slice secret);
/* `done` is called once, later; not at all after record_updates_forget. The message is copied. */
void record_updates_add(struct record_updates *updates, const struct update_message *message,
                        void (*done)(void *ctx, const struct updated_message *message), void *ctx);
/* `ctx` has gone: what it asked for is done and not told. */
void record_updates_forget(struct record_updates *updates, const void *ctx);

#endif
