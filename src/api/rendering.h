/* Templates with their data (reference §9): what sending and rendering for a look share. */
#ifndef POSTERN_API_RENDERING_H
#define POSTERN_API_RENDERING_H

#include "call.h"
#include "mail/compose.h"

struct rendering_parts {
    struct slice name; /* empty: given in the call itself */
    struct slice subject, text, html;
    bool missing; /* no template has this name */
};

/* A stored template. TemplateDoesNotExist or NotFoundException. */
MUST_USE enum rc rendering_find(struct api_call *call, struct slice name,
                                struct rendering_parts *out, struct err *err);
/* As above, but one that is not there is marked so: who may not send must not hear of it. */
MUST_USE enum rc rendering_seek(struct api_call *call, struct slice name,
                                struct rendering_parts *out, struct err *err);

/* TemplateData: a JSON object in a string; empty is an empty one. InvalidRenderingParameter. */
MUST_USE enum rc rendering_data(struct api_call *call, struct slice text, struct json **out,
                                struct err *err);

/* Subject, text and HTML of a message. What fails names no fault: when mail is sent it is none of the
 * call. RC_NOT_FOUND: an attribute is missing. */
MUST_USE enum rc rendering_fill(struct api_call *call, const struct rendering_parts *parts,
                                const struct json *data, struct compose *out, struct err *err);

#endif
