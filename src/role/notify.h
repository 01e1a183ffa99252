/* Tells the service manager how we are: the protocol of sd_notify(3), one datagram. */
#ifndef POSTERN_ROLE_NOTIFY_H
#define POSTERN_ROLE_NOTIFY_H

/* `state`: "READY=1", "STOPPING=1". Without $NOTIFY_SOCKET nothing happens; a manager that does
 * not listen is no reason to stop serving, so there is nothing to return. */
void notify_send(const char *state);

#endif
