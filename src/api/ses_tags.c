/*
 * TagResource and its like, for everything of SES that has an ARN (reference §7.6). Tags are for their
 * owners to read; nothing else here acts on them.
 */
#include "served.h"
#include "tag_list.h"

/* Of this account and region, and there. */
static enum rc
find_resource(struct api_call *call, struct slice *arn, struct err *err)
{
    struct slice type, name, prefix = api_ses_arn(call, "", SLICE(""));
    bool exists = false;
    enum rc rc = RC_OK;
    *arn = api_text(call->input, "ResourceArn");
    prefix.len--; /* the slash */
    if (slice_starts(*arn, prefix) && slice_cut(slice_from(*arn, prefix.len), '/', &type, &name))
        rc = tags_taggable(call->database, type, name, &exists, err);
    if (rc != RC_OK || exists)
        return rc;
    return api_fail(call, RC_NOT_FOUND, FAULT_NOT_FOUND, err, "Resource %.*s does not exist.",
                    SLICE_ARG(*arn));
}

static enum rc
tag_resource(struct api_call *call, struct err *err)
{
    struct slice arn;
    enum rc rc = find_resource(call, &arn, err);
    return rc == RC_OK ? tag_list_add(call, &tag_rules_ses, arn, err) : rc;
}

static enum rc
untag_resource(struct api_call *call, struct err *err)
{
    struct slice arn;
    enum rc rc = find_resource(call, &arn, err);
    return rc == RC_OK ? tag_list_remove(call, &tag_rules_ses, arn, err) : rc;
}

static enum rc
list_tags_for_resource(struct api_call *call, struct err *err)
{
    struct slice arn;
    enum rc rc = find_resource(call, &arn, err);
    return rc == RC_OK ? tag_list_put(call, &tag_rules_ses, arn, err) : rc;
}

static const struct served_operation rows[] = {
    {SERVICE_SESV2, "TagResource", "ses:TagResource", API_WRITE, RESOURCE_ARN, "ResourceArn",
     tag_resource, NULL},
    {SERVICE_SESV2, "UntagResource", "ses:UntagResource", API_WRITE, RESOURCE_ARN, "ResourceArn",
     untag_resource, NULL},
    {SERVICE_SESV2, "ListTagsForResource", "ses:ListTagsForResource", API_READ, RESOURCE_ARN,
     "ResourceArn", list_tags_for_resource, NULL},
};

const struct served_rows ses_tags_rows = SERVED_ROWS(rows);
