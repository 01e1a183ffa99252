/*
 * What the operations that send have in common (reference §7.5, §7.6): who sends, to whom, with which
 * tags and content, as both generations say it; and the one message that is made of it.
 */
#ifndef POSTERN_API_SENDING_PARTS_H
#define POSTERN_API_SENDING_PARTS_H

#include "mail/compose.h"
#include "outbox.h"
#include "rendering.h"

/* ---- to whom ---- */

/* To whom: as the headers show them, and the envelope of all of them. */
struct destination {
    struct slice *to, *cc, *envelope;
    size_t to_count, cc_count, count, cap;
};
/* "Destination" or its like; NULL: nobody. Counts its recipients against the limit. */
MUST_USE enum rc sending_read_destination(struct api_call *call, const struct json *object,
                                          struct destination *out, struct err *err);
/* A list of addresses of one mailbox each. `destination`, `shown`: NULL, or where they go too. */
MUST_USE enum rc sending_read_addresses(struct api_call *call, const struct json *list,
                                        const char *member, struct destination *destination,
                                        struct slice **shown, size_t *shown_count, struct err *err);
MUST_USE enum rc sending_add_recipient(struct api_call *call, struct destination *destination,
                                       struct slice address, struct err *err);

/* ---- who sends ---- */

/* Who sends and to whom reports go, as the parameters say it; empty: as the message says it. */
struct origin {
    struct slice source; /* "Taro <taro@test1.com>" */
    struct mailbox from;
    struct slice reverse_path; /* canonical */
    struct slice *reply_to;
    size_t reply_to_count;
    struct slice configuration_set;
    struct slice source_arn, from_arn, return_path_arn;
    struct list_management list_management;
};
MUST_USE enum rc sending_read_origin(struct api_call *call, struct origin *origin, struct err *err);
/* Only a raw message says itself who it is from. */
MUST_USE enum rc sending_need_source(struct api_call *call, const struct origin *origin,
                                     struct err *err);

/* ---- a mail of the outbox ---- */

void sending_fill_mail(struct api_call *call, const struct origin *origin, const char *action,
                       struct outbox_mail *mail);
/* It must go to somebody. */
MUST_USE enum rc sending_address_to(struct api_call *call, const struct destination *destination,
                                    struct outbox_mail *mail, struct err *err);
/* Message tags, behind those that are in `tags`: "name=value, name=value". */
MUST_USE enum rc sending_read_tags(struct api_call *call, const struct json *list,
                                   struct slice *tags, struct err *err);

/* ---- its content ---- */

/* Data and Charset; NULL: absent. */
struct compose_text sending_read_content(const struct json *object);
/* Behind those that are there. */
void sending_read_headers(struct api_call *call, const struct json *list, struct compose *parts);
void sending_read_attachments(struct api_call *call, const struct json *list,
                              struct compose *parts);
/* A stored template by its name, or where that is empty its ARN; one that is not there is marked so. */
MUST_USE enum rc sending_find_template(struct api_call *call, struct slice name, struct slice arn,
                                       struct rendering_parts *out, struct err *err);
/* "Template" of v2: a stored one, or one that stands in the call (reference §9). */
MUST_USE enum rc sending_read_template(struct api_call *call, const struct json *object,
                                       struct rendering_parts *out, struct err *err);

/* Make the message of `parts`, for this destination. */
MUST_USE enum rc sending_compose(struct api_call *call, const struct origin *origin,
                                 const struct destination *destination, struct compose *parts,
                                 struct outbox_mail *mail, struct err *err);
/* The message of a template; one that is missing or cannot be rendered is decided about, and never
 * sent. */
MUST_USE enum rc sending_compose_rendered(struct api_call *call, const struct origin *origin,
                                          const struct destination *destination,
                                          const struct rendering_parts *template,
                                          const struct json *data, struct compose *parts,
                                          struct outbox_mail *mail, struct err *err);

#endif
