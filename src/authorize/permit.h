/*
 * May this principal call this operation on this resource? For everything but sending, which is the
 * gate's (gate.h): one action, one resource, the policies of the principal (reference §5.2, §5.5).
 */
#ifndef POSTERN_AUTHORIZE_PERMIT_H
#define POSTERN_AUTHORIZE_PERMIT_H

#include "evaluate.h"

/* A tag of the request or the resource, for aws:RequestTag/k, aws:ResourceTag/k, aws:TagKeys. */
struct permit_tag {
    struct slice key, value;
};

struct permit_request {
    struct slice user_name, user_id, user_arn, account, region;
    struct slice action;   /* "iam:CreateUser" */
    struct slice resource; /* ARN, or "*" */
    struct slice shown;    /* what the refusal calls it; empty: nothing, as SES v1 does */
    struct slice source_ip, user_agent;
    bool secure_transport;
    const char *api_version; /* of ses: actions; NULL: none */
    /* Of IAM; empty: none. What is to be attached or detached, and the boundary that the user has or
     * is to get: who may hand out only some policies, or only below a boundary, is held to it. */
    struct slice policy_arn, boundary_arn;
    const struct permit_tag *request_tags, *resource_tags;
    size_t request_tag_count, resource_tag_count;
    int64_t now_ms;
};

enum { PERMIT_TAGS_MAX = 50 };

/* RC_DENIED in AWS's words (reference §5.6). */
MUST_USE enum rc permit_decide(struct arena *arena, const struct permit_request *request,
                               const struct policy_entry *policies, size_t count, struct err *err);

#endif
