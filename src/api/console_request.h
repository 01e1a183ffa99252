/*
 * What a request of the console says, before the store is asked: whether it may come from the console,
 * by which token, for which operation. What is there twice says nothing: somebody put one of them there.
 * Pure.
 */
#ifndef POSTERN_API_CONSOLE_REQUEST_H
#define POSTERN_API_CONSOLE_REQUEST_H

#include "base/err.h"
#include "base/memory.h"

#define CONSOLE_API_PATH "/console/api/"
#define CONSOLE_COOKIE   "postern_console"

enum { CONSOLE_TOKEN = 32, CONSOLE_TOKEN_TEXT = 43 /* base64url, unpadded */ };

struct console_request {
    struct slice header, source_ip, tls; /* tls empty: plain */
};

/* RC_DENIED with words: it may come from another site, or go over a network in the clear. */
MUST_USE enum rc console_request_check_origin(const struct console_request *request,
                                              struct err *err);
/* CONSOLE_TOKEN_TEXT bytes of the cookie; false: there is no such cookie. */
MUST_USE bool console_request_token(const struct console_request *request, struct slice *token);
/* CONSOLE_API_PATH SERVICE "/" OPERATION. */
MUST_USE bool console_request_operation(struct slice path, struct slice *service,
                                        struct slice *operation);

#endif
