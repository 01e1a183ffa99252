#include "served.h"

#include <assert.h>
#include <pthread.h>

static const struct served_rows *const nouns[] = {
    &analyzer_finding_rows,   &analyzer_policy_rows,
    &analyzer_setting_rows,   &iam_absent_rows,
    &iam_group_rows,          &iam_key_rows,
    &iam_managed_policy_rows, &iam_policy_rows,
    &iam_policy_version_rows, &iam_report_rows,
    &iam_simulate_rows,       &iam_user_rows,
    &ses_account_rows,        &ses_configuration_set_rows,
    &ses_contact_rows,        &ses_email_identities_rows,
    &ses_identities_rows,     &ses_identity_policies_rows,
    &ses_message_rows,        &ses_sending_rows,
    &ses_bulk_sending_rows,   &ses_suppression_rows,
    &ses_tags_rows,           &ses_template_rows,
    &ses_verification_rows,   &sts_rows,
    &cloudtrail_rows,
};

static const struct served_operation **by_model; /* beside operation_models */
static pthread_once_t indexed = PTHREAD_ONCE_INIT;

static void
index_rows(void)
{
    by_model = memory_alloc(operation_model_count * sizeof *by_model);
    for (size_t noun = 0; noun < sizeof nouns / sizeof *nouns; noun++)
        for (size_t i = 0; i < nouns[noun]->count; i++) {
            const struct served_operation *row = &nouns[noun]->rows[i];
            const struct operation_model *model =
                operation_model_find(row->service, slice_of(row->name));
            assert(model && !by_model[model - operation_models]);
            by_model[model - operation_models] = row;
        }
}

const struct served_operation *
served_find(const struct operation_model *model)
{
    pthread_once(&indexed, index_rows);
    return by_model[model - operation_models];
}
