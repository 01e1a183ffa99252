/*
 * What a process may still do once it holds what it needs (design §3): a list of system calls
 * (seccomp) and of places in the file system (Landlock), each role its own. Applied before the
 * first thread exists, and never lifted.
 *
 *   front     no file at all, no new socket: it has what the parent gave it
 *   core      its directory, and the system's data to read; of sockets only Unix ones, and never
 *             one that connects
 *   courier   trust anchors to read; sockets to the network that connect
 *   resolver  its configuration to read; sockets to the network
 *
 * None may run a program, make a process, trace or signal another. Older kernels know less of
 * Landlock; what is missing is said in the log. A build with sanitizers is not confined, because
 * they need what is forbidden.
 */
#ifndef POSTERN_ROLE_CONFINE_H
#define POSTERN_ROLE_CONFINE_H

#include "config.h"

/* `config` says what else the role must read later. RC_PERMANENT: it could not be confined. */
MUST_USE enum rc confine(enum role role, const struct config *config, struct err *err);

#endif
