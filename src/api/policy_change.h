/*
 * Changes of policies of users and groups, and what must hold before them (reference §5.1): a document
 * is compiled, and counted without its white space, before it is stored. What cannot be read never
 * gets in. Both the administrator's operations and those of IAM come through here.
 *
 * RC_SYNTAX  the document cannot be read: "line 5, column 9: ..."
 * RC_LIMIT   too long, or too many
 */
#ifndef POSTERN_API_POLICY_CHANGE_H
#define POSTERN_API_POLICY_CHANGE_H

#include "call.h"
#include "store/policies.h"

/* A user or group that exists. */
struct policy_holder {
    enum policy_owner kind;
    struct slice folded, name;
};

MUST_USE enum rc policy_change_inline(struct api_call *call, const struct policy_holder *holder,
                                      struct slice name, struct slice document, struct err *err);

/* Version 1 of a managed policy. */
MUST_USE enum rc policy_change_create(struct api_call *call, struct slice name, struct slice path,
                                      struct slice description, struct slice document,
                                      struct managed_policy_row *out, struct err *err);

/* `make_room`: the oldest version that is not the default gives way when there are too many. */
enum policy_room { POLICY_ROOM_NEEDED, POLICY_ROOM_MADE };
MUST_USE enum rc policy_change_add_version(struct api_call *call, struct managed_policy_row *policy,
                                           struct slice document, bool set_default,
                                           enum policy_room room, struct err *err);

MUST_USE enum rc policy_change_attach(struct api_call *call, const struct policy_holder *holder,
                                      struct slice arn, struct err *err);

enum { POLICY_VERSIONS_MAX = 5 };

#endif
