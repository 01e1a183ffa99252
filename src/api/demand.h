/*
 * What an operation of the APIs demands of its caller: that policies permit its action on what the
 * request names, under the conditions of the request (reference §5.5, §5.6). A row of served.h says which
 * action and what kind of resource; the handler runs only behind this.
 */
#ifndef POSTERN_API_DEMAND_H
#define POSTERN_API_DEMAND_H

#include "served.h"

/* Sets the call's fault. RC_DENIED: in AWS's words. RC_TEMPORARY: it could not be found out. Nothing is
 * demanded of the administrator at the socket, nor here of what is asked of the gate. */
MUST_USE enum rc demand_permission(struct api_call *call, const struct served_operation *row,
                                   struct err *err);

#endif
