/*
 * The parent: holds the ports and the lock of DIR, starts the other roles as programs of their own,
 * joins them by channels, and starts them again when they die. It reads nothing that strangers
 * sent: from a worker it takes one message, READY.
 *
 *   front, courier, resolver dies   started again after 100 ms, doubling to 5 s, with a new channel to core
 *   core dies                       everything is stopped and started again; the fifth death within a
 *                                   minute ends the service
 *   a death before all were ready   ends the service: a mistake should be seen, not repeated
 *   SIGTERM, SIGINT                 fronts are stopped, then core, then the rest; a second one kills
 *   SIGHUP                          fronts read their certificates again
 */
#ifndef POSTERN_ROLE_PARENT_H
#define POSTERN_ROLE_PARENT_H

#include <stddef.h>

/* Serves until told to stop. `sets`: "key=value" as config_parse takes them. Returns the exit status. */
int parent_serve(const char *dir, const char *const *sets, size_t count);

#endif
