/* STS: who am I? Of the rest of STS nothing is served: there are no temporary credentials here. */
#include "served.h"

static enum rc
get_caller_identity(struct api_call *call, struct err *err)
{
    const struct api_caller *caller = call->caller;
    struct slice account = call->constants->account;
    (void)err;
    json_put_string(call->output, "Account", account);
    json_put_string(call->output, "UserId", caller->administrator ? account : caller->user_id);
    json_put_string(call->output, "Arn", caller->user_arn);
    return RC_OK;
}

static const struct served_operation rows[] = {
    {SERVICE_STS, "GetCallerIdentity", "sts:GetCallerIdentity", API_READ, RESOURCE_OPEN, NULL,
     get_caller_identity, NULL},
};

const struct served_rows sts_rows = SERVED_ROWS(rows);
