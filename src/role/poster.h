/*
 * Posts heads of the ledger to a web address (courier). One at a time, and only the newest: each says
 * all that an older one says. One that cannot be posted is tried again every minute.
 */
#ifndef POSTERN_ROLE_POSTER_H
#define POSTERN_ROLE_POSTER_H

#include "courier.h"

struct poster;
struct poster *poster_new(struct courier *courier);
void poster_send(struct poster *poster, struct slice text); /* copied */

#endif
