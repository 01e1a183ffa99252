/* Listening sockets: bound once by the parent, which may be root, and handed to the workers. */
#ifndef POSTERN_ROLE_BIND_H
#define POSTERN_ROLE_BIND_H

#include "config.h"

/* "127.0.0.1:2587", "[::1]:2587" */
struct slice bind_text(struct arena *arena, const struct config_address *address);
/* Bound, listening, non-blocking, close-on-exec. "*" is every address of both families. The
 * error names the address. */
MUST_USE enum rc bind_address(struct arena *arena, const struct config_address *address, int *fd,
                              struct err *err);

#endif
