/*
 * One request of the SES, IAM or STS APIs, from the raw bytes that a front framed to the bytes of
 * the answer: who signed it, which operation it is, whether that is permitted, the handler, and how
 * the protocol says what came of it. Principal and operation are read from the same bytes.
 *
 * On a worker:   dispatch_read, and for what only reads dispatch_run.
 * On the writer: dispatch_run of what writes; the key is asked about once more.
 * Anywhere:      dispatch_answer.
 */
#ifndef POSTERN_API_DISPATCH_H
#define POSTERN_API_DISPATCH_H

#include "served.h"

struct dispatch {
    /* set by the owner */
    struct arena *arena;
    const struct api_constants *constants;
    struct slice method, target, header, body; /* as they came */
    struct slice source_ip, tls, request_id;
    struct api_quota quota;
    int64_t now_ms;

    /* found by dispatch_read, or set by who calls from the administrator's socket */
    bool by_name; /* JSON in and out, whatever the service's protocol is */
    enum service service;
    const struct operation_model *model;
    const struct served_operation *row;
    bool guessable; /* it asks for a secret of the caller's own */
    struct api_caller caller;
    struct slice canary;               /* the access key, when it is one; whatever came of it */
    struct slice suspect, suspect_key; /* whose key is named that lets nobody in; or empty */
    const char *suspect_is; /* ...though it did sign this: "suspended"; NULL: it did not */
    struct json *input;

    /* what came of it */
    enum rc rc;
    struct err err;
    struct api_call call; /* the handler's, with its fault */
    struct api_effects effects;
    struct json_writer writer;
    struct slice answered; /* of API_DNS: what core found, a JSON object */
    struct buf result;     /* what the handler wrote: a JSON object */
    struct buf out;        /* the answer's body */
    unsigned status;
    const char *content_type;
    const char *error_code; /* of a failure, for the x-amzn-ErrorType header; NULL: none */
};

void dispatch_init(struct dispatch *dispatch);
void dispatch_fini(struct dispatch *dispatch);

/* True when this is a request for the APIs and not for one of our own pages. */
bool dispatch_is_api(struct slice method, struct slice target, struct slice header);

/* Within a snapshot of the thread's database. RC_OK: `row` says how to go on. */
MUST_USE enum rc dispatch_read(struct dispatch *dispatch, struct api_thread *thread);
/* For `postern api`: the operation and its input by name. */
MUST_USE enum rc dispatch_name(struct dispatch *dispatch, struct slice service,
                               struct slice operation, struct slice input);

/* From a browser that is signed in (console.h): POST CONSOLE_API_PATH SERVICE/OPERATION. */
MUST_USE enum rc dispatch_read_console(struct dispatch *dispatch, struct api_thread *thread);

/* Permission and handler, within the transaction of the row's access. */
MUST_USE enum rc dispatch_run(struct dispatch *dispatch, struct api_thread *thread);
/* It asked for a secret of the caller's own, and this was not it. */
bool dispatch_guessed_wrong(const struct dispatch *dispatch);
/* The end of a handler that sent mail. */
MUST_USE enum rc dispatch_finish(struct dispatch *dispatch);

/* Fill status, content type and body from what came of it. */
void dispatch_answer(struct dispatch *dispatch);

#endif
