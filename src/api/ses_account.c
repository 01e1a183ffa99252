/* The account: quotas. */
#include "served.h"

/* As the API has numbers of quotas: doubles, -1 for no limit (reference §6). */
static void
put_quota(struct api_call *call)
{
    json_key(call->output, "Max24HourSend");
    json_write_double(call->output, (double)call->quota->per_day);
    json_key(call->output, "MaxSendRate");
    json_write_double(call->output, (double)call->quota->rate);
    json_key(call->output, "SentLast24Hours");
    json_write_double(call->output, (double)call->quota->sent_24h);
}

static enum rc
get_send_quota(struct api_call *call, struct err *err)
{
    (void)err;
    put_quota(call);
    return RC_OK;
}

static const struct served_operation rows[] = {
    {SERVICE_SES, "GetSendQuota", "ses:GetSendQuota", API_READ, RESOURCE_ANY, NULL, get_send_quota,
     NULL},
};

const struct served_rows ses_account_rows = SERVED_ROWS(rows);
