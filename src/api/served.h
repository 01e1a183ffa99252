/*
 * What of the SES, IAM, STS and Access Analyzer APIs is served: one row an operation. The dispatcher reads the row
 * before the handler runs, so that a handler cannot forget to ask for permission, and nothing that
 * has no row can be called. Its access is also its rate: what sends has the sending quotas, changes
 * those of rate.h, and what reads none. docs/ses-compatibility.md is made from the same rows.
 */
#ifndef POSTERN_API_SERVED_H
#define POSTERN_API_SERVED_H

#include "operations.h"

/* The ARN that permission is asked for (reference §5.5). */
enum api_resource {
    RESOURCE_ANY,                   /* "*" */
    RESOURCE_IDENTITY,              /* identity/NAME */
    RESOURCE_CONFIGURATION_SET,     /* configuration-set/NAME */
    RESOURCE_TEMPLATE,              /* template/NAME */
    RESOURCE_VERIFICATION_TEMPLATE, /* custom-verification-email-template/NAME */
    RESOURCE_CONTACT_LIST,          /* contact-list/NAME */
    RESOURCE_ARN,                   /* the member is one */
    RESOURCE_USER,                  /* IAM; an absent name is the caller's own */
    RESOURCE_MOVED_USER,            /* the user, and what NewUserName and NewPath make of it */
    RESOURCE_ACCESS_KEY,            /* the user whose it is */
    RESOURCE_GROUP,
    RESOURCE_POLICY, /* of the name and path given */
    RESOURCE_ANALYZER,
    RESOURCE_OF_GATE, /* sending: the gate asks */
    RESOURCE_OWN,     /* the caller's own user; allowed unless a policy denies it */
    RESOURCE_OPEN     /* never denied: GetCallerIdentity */
};

struct served_operation {
    enum service service;
    const char *name;
    const char *action; /* "ses:GetAccount" */
    enum api_access access;
    enum api_resource resource;
    const char *member; /* of the input, that names the resource */
    enum rc (*run)(struct api_call *call, struct err *err);
    const char *deviation; /* from AWS, in a sentence; NULL: none known */
};

/* The rows of one noun, beside their handlers. */
struct served_rows {
    const struct served_operation *rows;
    size_t count;
};
#define SERVED_ROWS(list)                                                                          \
    {                                                                                              \
        list, sizeof list / sizeof *list                                                           \
    }

extern const struct served_rows analyzer_policy_rows;
extern const struct served_rows analyzer_finding_rows;
extern const struct served_rows analyzer_setting_rows;
extern const struct served_rows ses_account_rows; /* ses_account.c, and so on */
extern const struct served_rows ses_email_identities_rows;
extern const struct served_rows ses_identities_rows;
extern const struct served_rows ses_identity_policies_rows;
extern const struct served_rows ses_contact_rows;
extern const struct served_rows ses_message_rows;
extern const struct served_rows ses_sending_rows;
extern const struct served_rows ses_bulk_sending_rows;
extern const struct served_rows ses_suppression_rows;
extern const struct served_rows ses_configuration_set_rows;
extern const struct served_rows ses_tags_rows;
extern const struct served_rows ses_template_rows;
extern const struct served_rows ses_verification_rows;
extern const struct served_rows iam_policy_rows;
extern const struct served_rows iam_managed_policy_rows;
extern const struct served_rows iam_policy_version_rows;
extern const struct served_rows iam_simulate_rows;
extern const struct served_rows iam_user_rows;
extern const struct served_rows iam_key_rows;
extern const struct served_rows iam_group_rows;
extern const struct served_rows iam_report_rows;
extern const struct served_rows iam_absent_rows;
extern const struct served_rows sts_rows;        /* sts_caller.c */
extern const struct served_rows cloudtrail_rows; /* cloudtrail_events.c */

/* NULL: not served. */
const struct served_operation *served_find(const struct operation_model *model);

#endif
