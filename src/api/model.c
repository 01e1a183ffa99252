/*
 * The tables of shape.h: written by script/model from the published models and operations.txt, not
 * by hand. What only goes out has no constraints.
 */
#include "shape.h"

const struct service_model service_models[SERVICE_COUNT] = {
    {"ses", "ses", "2010-12-01", "http://ses.amazonaws.com/doc/2010-12-01/", NULL},
    {"sesv2", "ses", "2019-09-27", NULL, NULL},
    {"iam", "iam", "2010-05-08", "https://iam.amazonaws.com/doc/2010-05-08/", NULL},
    {"sts", "sts", "2011-06-15", "https://sts.amazonaws.com/doc/2011-06-15/", NULL},
    {"accessanalyzer", "access-analyzer", "2019-11-01", NULL, NULL},
    {"cloudtrail", "cloudtrail", "2013-11-01", NULL,
     "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101"},
    {"postern", "postern", "1", NULL, NULL},
};

const struct shape_pattern shape_patterns[] = {
    {"arn:(aws|aws-[a-z-]+):ses:[a-z]{2,4}-[a-z-]+-[0-9]:[0-9]{1,20}:mailmanager-archive/"
     "a-[a-z0-9]{24,62}",
     "^(arn:(aws|aws-[a-z-]+):ses:[a-z]{2,4}-[a-z-]+-[0-9]:[0-9]{1,20}:mailmanager-archive/"
     "a-[0-9a-z]{24,62})$"},
    {"^(([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9\\-]*[a-zA-Z0-9]))$",
     "^((([0-9A-Za-z]|[0-9A-Za-z][0-9A-Za-z-]*[0-9A-Za-z])))$"},
    {"^[a-zA-Z0-9+\\/]+={0,2}$", "^([+/-9A-Za-z]+={0,2})$"},
    {"^s3:\\/\\/([^\\/]+)\\/(.*?([^\\/]+)\\/?)$", "^(s3://([^/]+)/([^\012\015]*([^/]+)/?))$"},
    {"^(([^:/?#]+):)?(//([^/?#]*))?([^?#]*)(\\?([^#]*))?(#(.*))?",
     "^((([^#/:?]+):)?(//([^#/?]*))?([^#?]*)(\\?([^#]*))?(#([^\012\015]*))?)$"},
    {"^(.+)@(.+)$", "^(([^\012\015]+)@([^\012\015]+))$"},
    {"^[!-9;-@A-~]+$", "^([]!-,.-9;-Z\\_-~^[-]+)$"},
    {"[ -~]*", "^([] -,.-Z\\_-~^[-]*)$"},
    {"[\\w+=,.@-]+", "^([+,.0-9=@-Z_a-z-]+)$"},
    {"(\\u002F)|(\\u002F[\\u0021-\\u007E]+\\u002F)", "^((/)|(/[]!-,.-Z\\_-~^[-]+/))$"},
    {"[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+", "^([^\001-\010\013\014\016-\037]+)$"},
    {"((/[A-Za-z0-9\\.,\\+@=_-]+)*)/", "^(((/[+,.0-9=@-Z_a-z-]+)*)/)$"},
    {"[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+", "^([^]\001-\037!-*,;<>?\\`{-\177^[]+)$"},
    {"[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*", "^([^]\001-\037!-*,;<>?\\`{-\177^[]*)$"},
    {"[\\w]+", "^([0-9A-Z_a-z]+)$"},
    {"v[1-9][0-9]*(\\.[A-Za-z0-9-]*)?", "^(v[1-9][0-9]*(\\.[0-9A-Za-z-]*)?)$"},
    {"[\\u0020-\\u00FF]+", "^([^\001-\037]+)$"},
    {"\\u002F[\\u0021-\\u007F]*", "^(/[]!-,.-Z\\_-\177^[-]*)$"},
    {"[A-Za-z_][A-Za-z0-9_.-]*", "^([A-Z_a-z][.0-9A-Z_a-z-]*)$"},
    {"[A-Za-z][A-Za-z0-9_.-]*", "^([A-Za-z][.0-9A-Z_a-z-]*)$"},
    {"[^:]*:[^:]*:[^:]*:[^:]*:[^:]*:analyzer/.{1,255}",
     "^([^:]*:[^:]*:[^:]*:[^:]*:[^:]*:analyzer/[^\012\015]{1,255})$"},
};
const size_t shape_pattern_count = sizeof shape_patterns / sizeof *shape_patterns;

static const struct shape shape_string = {.type = SHAPE_STRING};
static const struct shape_member members_configuration_set[] = {
    {"Name", "Name", &shape_string, SHAPE_IN_BODY, true},
};
static const struct shape shape_configuration_set = {
    .type = SHAPE_STRUCTURE, .members = members_configuration_set, .member_count = 1};
static const struct shape_member members_create_configuration_set_request[] = {
    {"ConfigurationSet", "ConfigurationSet", &shape_configuration_set, SHAPE_IN_BODY, true},
};
static const struct shape shape_create_configuration_set_request = {
    .type = SHAPE_STRUCTURE,
    .members = members_create_configuration_set_request,
    .member_count = 1};
static const struct shape shape_boolean = {.type = SHAPE_BOOLEAN};
static const char *const values_event_type[] = {
    "send", "reject", "bounce", "complaint", "delivery", "open", "click", "renderingFailure", NULL,
};
static const struct shape shape_event_type = {.type = SHAPE_STRING, .values = values_event_type};
static const struct shape shape_event_types = {.type = SHAPE_LIST, .element = &shape_event_type};
static const struct shape_member members_kinesis_firehose_destination[] = {
    {"IAMRoleARN", "IAMRoleARN", &shape_string, SHAPE_IN_BODY, true},
    {"DeliveryStreamARN", "DeliveryStreamARN", &shape_string, SHAPE_IN_BODY, true},
};
static const struct shape shape_kinesis_firehose_destination = {
    .type = SHAPE_STRUCTURE, .members = members_kinesis_firehose_destination, .member_count = 2};
static const char *const values_dimension_value_source[] = {
    "messageTag",
    "emailHeader",
    "linkTag",
    NULL,
};
static const struct shape shape_dimension_value_source = {.type = SHAPE_STRING,
                                                          .values = values_dimension_value_source};
static const struct shape_member members_cloud_watch_dimension_configuration[] = {
    {"DimensionName", "DimensionName", &shape_string, SHAPE_IN_BODY, true},
    {"DimensionValueSource", "DimensionValueSource", &shape_dimension_value_source, SHAPE_IN_BODY,
     true},
    {"DefaultDimensionValue", "DefaultDimensionValue", &shape_string, SHAPE_IN_BODY, true},
};
static const struct shape shape_cloud_watch_dimension_configuration = {
    .type = SHAPE_STRUCTURE,
    .members = members_cloud_watch_dimension_configuration,
    .member_count = 3};
static const struct shape shape_cloud_watch_dimension_configurations = {
    .type = SHAPE_LIST, .element = &shape_cloud_watch_dimension_configuration};
static const struct shape_member members_cloud_watch_destination[] = {
    {"DimensionConfigurations", "DimensionConfigurations",
     &shape_cloud_watch_dimension_configurations, SHAPE_IN_BODY, true},
};
static const struct shape shape_cloud_watch_destination = {
    .type = SHAPE_STRUCTURE, .members = members_cloud_watch_destination, .member_count = 1};
static const struct shape_member members_sns_destination[] = {
    {"TopicARN", "TopicARN", &shape_string, SHAPE_IN_BODY, true},
};
static const struct shape shape_sns_destination = {
    .type = SHAPE_STRUCTURE, .members = members_sns_destination, .member_count = 1};
static const struct shape_member members_event_destination[] = {
    {"Name", "Name", &shape_string, SHAPE_IN_BODY, true},
    {"Enabled", "Enabled", &shape_boolean, SHAPE_IN_BODY, false},
    {"MatchingEventTypes", "MatchingEventTypes", &shape_event_types, SHAPE_IN_BODY, true},
    {"KinesisFirehoseDestination", "KinesisFirehoseDestination",
     &shape_kinesis_firehose_destination, SHAPE_IN_BODY, false},
    {"CloudWatchDestination", "CloudWatchDestination", &shape_cloud_watch_destination,
     SHAPE_IN_BODY, false},
    {"SNSDestination", "SNSDestination", &shape_sns_destination, SHAPE_IN_BODY, false},
};
static const struct shape shape_event_destination = {
    .type = SHAPE_STRUCTURE, .members = members_event_destination, .member_count = 6};
static const struct shape_member members_create_configuration_set_event_destination_request[] = {
    {"ConfigurationSetName", "ConfigurationSetName", &shape_string, SHAPE_IN_BODY, true},
    {"EventDestination", "EventDestination", &shape_event_destination, SHAPE_IN_BODY, true},
};
static const struct shape shape_create_configuration_set_event_destination_request = {
    .type = SHAPE_STRUCTURE,
    .members = members_create_configuration_set_event_destination_request,
    .member_count = 2};
static const struct shape_member members_tracking_options[] = {
    {"CustomRedirectDomain", "CustomRedirectDomain", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_tracking_options = {
    .type = SHAPE_STRUCTURE, .members = members_tracking_options, .member_count = 1};
static const struct shape_member members_create_configuration_set_tracking_options_request[] = {
    {"ConfigurationSetName", "ConfigurationSetName", &shape_string, SHAPE_IN_BODY, true},
    {"TrackingOptions", "TrackingOptions", &shape_tracking_options, SHAPE_IN_BODY, true},
};
static const struct shape shape_create_configuration_set_tracking_options_request = {
    .type = SHAPE_STRUCTURE,
    .members = members_create_configuration_set_tracking_options_request,
    .member_count = 2};
static const struct shape_member members_create_custom_verification_email_template_request[] = {
    {"TemplateName", "TemplateName", &shape_string, SHAPE_IN_BODY, true},
    {"FromEmailAddress", "FromEmailAddress", &shape_string, SHAPE_IN_BODY, true},
    {"TemplateSubject", "TemplateSubject", &shape_string, SHAPE_IN_BODY, true},
    {"TemplateContent", "TemplateContent", &shape_string, SHAPE_IN_BODY, true},
    {"SuccessRedirectionURL", "SuccessRedirectionURL", &shape_string, SHAPE_IN_BODY, true},
    {"FailureRedirectionURL", "FailureRedirectionURL", &shape_string, SHAPE_IN_BODY, true},
};
static const struct shape shape_create_custom_verification_email_template_request = {
    .type = SHAPE_STRUCTURE,
    .members = members_create_custom_verification_email_template_request,
    .member_count = 6};
static const struct shape_member members_template[] = {
    {"TemplateName", "TemplateName", &shape_string, SHAPE_IN_BODY, true},
    {"SubjectPart", "SubjectPart", &shape_string, SHAPE_IN_BODY, false},
    {"TextPart", "TextPart", &shape_string, SHAPE_IN_BODY, false},
    {"HtmlPart", "HtmlPart", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_template = {
    .type = SHAPE_STRUCTURE, .members = members_template, .member_count = 4};
static const struct shape_member members_create_template_request[] = {
    {"Template", "Template", &shape_template, SHAPE_IN_BODY, true},
};
static const struct shape shape_create_template_request = {
    .type = SHAPE_STRUCTURE, .members = members_create_template_request, .member_count = 1};
static const struct shape_member members_delete_configuration_set_request[] = {
    {"ConfigurationSetName", "ConfigurationSetName", &shape_string, SHAPE_IN_BODY, true},
};
static const struct shape shape_delete_configuration_set_request = {
    .type = SHAPE_STRUCTURE,
    .members = members_delete_configuration_set_request,
    .member_count = 1};
static const struct shape_member members_delete_configuration_set_event_destination_request[] = {
    {"ConfigurationSetName", "ConfigurationSetName", &shape_string, SHAPE_IN_BODY, true},
    {"EventDestinationName", "EventDestinationName", &shape_string, SHAPE_IN_BODY, true},
};
static const struct shape shape_delete_configuration_set_event_destination_request = {
    .type = SHAPE_STRUCTURE,
    .members = members_delete_configuration_set_event_destination_request,
    .member_count = 2};
static const struct shape_member members_delete_custom_verification_email_template_request[] = {
    {"TemplateName", "TemplateName", &shape_string, SHAPE_IN_BODY, true},
};
static const struct shape shape_delete_custom_verification_email_template_request = {
    .type = SHAPE_STRUCTURE,
    .members = members_delete_custom_verification_email_template_request,
    .member_count = 1};
static const struct shape_member members_delete_identity_request[] = {
    {"Identity", "Identity", &shape_string, SHAPE_IN_BODY, true},
};
static const struct shape shape_delete_identity_request = {
    .type = SHAPE_STRUCTURE, .members = members_delete_identity_request, .member_count = 1};
static const struct shape shape_policy_name = {
    .type = SHAPE_STRING, .has_min = true, .min = 1, .has_max = true, .max = 64};
static const struct shape_member members_delete_identity_policy_request[] = {
    {"Identity", "Identity", &shape_string, SHAPE_IN_BODY, true},
    {"PolicyName", "PolicyName", &shape_policy_name, SHAPE_IN_BODY, true},
};
static const struct shape shape_delete_identity_policy_request = {
    .type = SHAPE_STRUCTURE, .members = members_delete_identity_policy_request, .member_count = 2};
static const struct shape_member members_delete_verified_email_address_request[] = {
    {"EmailAddress", "EmailAddress", &shape_string, SHAPE_IN_BODY, true},
};
static const struct shape shape_delete_verified_email_address_request = {
    .type = SHAPE_STRUCTURE,
    .members = members_delete_verified_email_address_request,
    .member_count = 1};
static const char *const values_configuration_set_attribute[] = {
    "eventDestinations", "trackingOptions", "deliveryOptions", "reputationOptions", NULL,
};
static const struct shape shape_configuration_set_attribute = {
    .type = SHAPE_STRING, .values = values_configuration_set_attribute};
static const struct shape shape_configuration_set_attribute_list = {
    .type = SHAPE_LIST, .element = &shape_configuration_set_attribute};
static const struct shape_member members_describe_configuration_set_request[] = {
    {"ConfigurationSetName", "ConfigurationSetName", &shape_string, SHAPE_IN_BODY, true},
    {"ConfigurationSetAttributeNames", "ConfigurationSetAttributeNames",
     &shape_configuration_set_attribute_list, SHAPE_IN_BODY, false},
};
static const struct shape shape_describe_configuration_set_request = {
    .type = SHAPE_STRUCTURE,
    .members = members_describe_configuration_set_request,
    .member_count = 2};
static const struct shape_member members_ses_configuration_set[] = {
    {"Name", "Name", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_ses_configuration_set = {
    .type = SHAPE_STRUCTURE, .members = members_ses_configuration_set, .member_count = 1};
static const struct shape shape_ses_event_types = {.type = SHAPE_LIST, .element = &shape_string};
static const struct shape_member members_ses_kinesis_firehose_destination[] = {
    {"IAMRoleARN", "IAMRoleARN", &shape_string, SHAPE_IN_BODY, false},
    {"DeliveryStreamARN", "DeliveryStreamARN", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_ses_kinesis_firehose_destination = {
    .type = SHAPE_STRUCTURE,
    .members = members_ses_kinesis_firehose_destination,
    .member_count = 2};
static const struct shape_member members_ses_cloud_watch_dimension_configuration[] = {
    {"DimensionName", "DimensionName", &shape_string, SHAPE_IN_BODY, false},
    {"DimensionValueSource", "DimensionValueSource", &shape_string, SHAPE_IN_BODY, false},
    {"DefaultDimensionValue", "DefaultDimensionValue", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_ses_cloud_watch_dimension_configuration = {
    .type = SHAPE_STRUCTURE,
    .members = members_ses_cloud_watch_dimension_configuration,
    .member_count = 3};
static const struct shape shape_ses_cloud_watch_dimension_configurations = {
    .type = SHAPE_LIST, .element = &shape_ses_cloud_watch_dimension_configuration};
static const struct shape_member members_ses_cloud_watch_destination[] = {
    {"DimensionConfigurations", "DimensionConfigurations",
     &shape_ses_cloud_watch_dimension_configurations, SHAPE_IN_BODY, false},
};
static const struct shape shape_ses_cloud_watch_destination = {
    .type = SHAPE_STRUCTURE, .members = members_ses_cloud_watch_destination, .member_count = 1};
static const struct shape_member members_ses_sns_destination[] = {
    {"TopicARN", "TopicARN", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_ses_sns_destination = {
    .type = SHAPE_STRUCTURE, .members = members_ses_sns_destination, .member_count = 1};
static const struct shape_member members_ses_event_destination[] = {
    {"Name", "Name", &shape_string, SHAPE_IN_BODY, false},
    {"Enabled", "Enabled", &shape_boolean, SHAPE_IN_BODY, false},
    {"MatchingEventTypes", "MatchingEventTypes", &shape_ses_event_types, SHAPE_IN_BODY, false},
    {"KinesisFirehoseDestination", "KinesisFirehoseDestination",
     &shape_ses_kinesis_firehose_destination, SHAPE_IN_BODY, false},
    {"CloudWatchDestination", "CloudWatchDestination", &shape_ses_cloud_watch_destination,
     SHAPE_IN_BODY, false},
    {"SNSDestination", "SNSDestination", &shape_ses_sns_destination, SHAPE_IN_BODY, false},
};
static const struct shape shape_ses_event_destination = {
    .type = SHAPE_STRUCTURE, .members = members_ses_event_destination, .member_count = 6};
static const struct shape shape_event_destinations = {.type = SHAPE_LIST,
                                                      .element = &shape_ses_event_destination};
static const struct shape_member members_delivery_options[] = {
    {"TlsPolicy", "TlsPolicy", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_delivery_options = {
    .type = SHAPE_STRUCTURE, .members = members_delivery_options, .member_count = 1};
static const struct shape shape_timestamp = {.type = SHAPE_TIMESTAMP};
static const struct shape_member members_reputation_options[] = {
    {"SendingEnabled", "SendingEnabled", &shape_boolean, SHAPE_IN_BODY, false},
    {"ReputationMetricsEnabled", "ReputationMetricsEnabled", &shape_boolean, SHAPE_IN_BODY, false},
    {"LastFreshStart", "LastFreshStart", &shape_timestamp, SHAPE_IN_BODY, false},
};
static const struct shape shape_reputation_options = {
    .type = SHAPE_STRUCTURE, .members = members_reputation_options, .member_count = 3};
static const struct shape_member members_describe_configuration_set_response[] = {
    {"ConfigurationSet", "ConfigurationSet", &shape_ses_configuration_set, SHAPE_IN_BODY, false},
    {"EventDestinations", "EventDestinations", &shape_event_destinations, SHAPE_IN_BODY, false},
    {"TrackingOptions", "TrackingOptions", &shape_tracking_options, SHAPE_IN_BODY, false},
    {"DeliveryOptions", "DeliveryOptions", &shape_delivery_options, SHAPE_IN_BODY, false},
    {"ReputationOptions", "ReputationOptions", &shape_reputation_options, SHAPE_IN_BODY, false},
};
static const struct shape shape_describe_configuration_set_response = {
    .type = SHAPE_STRUCTURE,
    .members = members_describe_configuration_set_response,
    .member_count = 5};
static const struct shape_member members_get_account_sending_enabled_response[] = {
    {"Enabled", "Enabled", &shape_boolean, SHAPE_IN_BODY, false},
};
static const struct shape shape_get_account_sending_enabled_response = {
    .type = SHAPE_STRUCTURE,
    .members = members_get_account_sending_enabled_response,
    .member_count = 1};
static const struct shape_member members_get_custom_verification_email_template_response[] = {
    {"TemplateName", "TemplateName", &shape_string, SHAPE_IN_BODY, false},
    {"FromEmailAddress", "FromEmailAddress", &shape_string, SHAPE_IN_BODY, false},
    {"TemplateSubject", "TemplateSubject", &shape_string, SHAPE_IN_BODY, false},
    {"TemplateContent", "TemplateContent", &shape_string, SHAPE_IN_BODY, false},
    {"SuccessRedirectionURL", "SuccessRedirectionURL", &shape_string, SHAPE_IN_BODY, false},
    {"FailureRedirectionURL", "FailureRedirectionURL", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_get_custom_verification_email_template_response = {
    .type = SHAPE_STRUCTURE,
    .members = members_get_custom_verification_email_template_response,
    .member_count = 6};
static const struct shape_member members_get_identity_dkim_attributes_request[] = {
    {"Identities", "Identities", &shape_ses_event_types, SHAPE_IN_BODY, true},
};
static const struct shape shape_get_identity_dkim_attributes_request = {
    .type = SHAPE_STRUCTURE,
    .members = members_get_identity_dkim_attributes_request,
    .member_count = 1};
static const struct shape_member members_identity_dkim_attributes[] = {
    {"DkimEnabled", "DkimEnabled", &shape_boolean, SHAPE_IN_BODY, false},
    {"DkimVerificationStatus", "DkimVerificationStatus", &shape_string, SHAPE_IN_BODY, false},
    {"DkimTokens", "DkimTokens", &shape_ses_event_types, SHAPE_IN_BODY, false},
};
static const struct shape shape_identity_dkim_attributes = {
    .type = SHAPE_STRUCTURE, .members = members_identity_dkim_attributes, .member_count = 3};
static const struct shape shape_dkim_attributes = {
    .type = SHAPE_MAP, .element = &shape_identity_dkim_attributes, .key = &shape_string};
static const struct shape_member members_get_identity_dkim_attributes_response[] = {
    {"DkimAttributes", "DkimAttributes", &shape_dkim_attributes, SHAPE_IN_BODY, false},
};
static const struct shape shape_get_identity_dkim_attributes_response = {
    .type = SHAPE_STRUCTURE,
    .members = members_get_identity_dkim_attributes_response,
    .member_count = 1};
static const struct shape_member members_identity_mail_from_domain_attributes[] = {
    {"MailFromDomain", "MailFromDomain", &shape_string, SHAPE_IN_BODY, false},
    {"MailFromDomainStatus", "MailFromDomainStatus", &shape_string, SHAPE_IN_BODY, false},
    {"BehaviorOnMXFailure", "BehaviorOnMXFailure", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_identity_mail_from_domain_attributes = {
    .type = SHAPE_STRUCTURE,
    .members = members_identity_mail_from_domain_attributes,
    .member_count = 3};
static const struct shape shape_mail_from_domain_attributes = {
    .type = SHAPE_MAP,
    .element = &shape_identity_mail_from_domain_attributes,
    .key = &shape_string};
static const struct shape_member members_get_identity_mail_from_domain_attributes_response[] = {
    {"MailFromDomainAttributes", "MailFromDomainAttributes", &shape_mail_from_domain_attributes,
     SHAPE_IN_BODY, false},
};
static const struct shape shape_get_identity_mail_from_domain_attributes_response = {
    .type = SHAPE_STRUCTURE,
    .members = members_get_identity_mail_from_domain_attributes_response,
    .member_count = 1};
static const struct shape_member members_identity_notification_attributes[] = {
    {"BounceTopic", "BounceTopic", &shape_string, SHAPE_IN_BODY, false},
    {"ComplaintTopic", "ComplaintTopic", &shape_string, SHAPE_IN_BODY, false},
    {"DeliveryTopic", "DeliveryTopic", &shape_string, SHAPE_IN_BODY, false},
    {"ForwardingEnabled", "ForwardingEnabled", &shape_boolean, SHAPE_IN_BODY, false},
    {"HeadersInBounceNotificationsEnabled", "HeadersInBounceNotificationsEnabled", &shape_boolean,
     SHAPE_IN_BODY, false},
    {"HeadersInComplaintNotificationsEnabled", "HeadersInComplaintNotificationsEnabled",
     &shape_boolean, SHAPE_IN_BODY, false},
    {"HeadersInDeliveryNotificationsEnabled", "HeadersInDeliveryNotificationsEnabled",
     &shape_boolean, SHAPE_IN_BODY, false},
};
static const struct shape shape_identity_notification_attributes = {
    .type = SHAPE_STRUCTURE,
    .members = members_identity_notification_attributes,
    .member_count = 7};
static const struct shape shape_notification_attributes = {
    .type = SHAPE_MAP, .element = &shape_identity_notification_attributes, .key = &shape_string};
static const struct shape_member members_get_identity_notification_attributes_response[] = {
    {"NotificationAttributes", "NotificationAttributes", &shape_notification_attributes,
     SHAPE_IN_BODY, false},
};
static const struct shape shape_get_identity_notification_attributes_response = {
    .type = SHAPE_STRUCTURE,
    .members = members_get_identity_notification_attributes_response,
    .member_count = 1};
static const struct shape shape_policy_name_list = {.type = SHAPE_LIST,
                                                    .element = &shape_policy_name};
static const struct shape_member members_get_identity_policies_request[] = {
    {"Identity", "Identity", &shape_string, SHAPE_IN_BODY, true},
    {"PolicyNames", "PolicyNames", &shape_policy_name_list, SHAPE_IN_BODY, true},
};
static const struct shape shape_get_identity_policies_request = {
    .type = SHAPE_STRUCTURE, .members = members_get_identity_policies_request, .member_count = 2};
static const struct shape shape_policy_map = {
    .type = SHAPE_MAP, .element = &shape_string, .key = &shape_string};
static const struct shape_member members_get_identity_policies_response[] = {
    {"Policies", "Policies", &shape_policy_map, SHAPE_IN_BODY, false},
};
static const struct shape shape_get_identity_policies_response = {
    .type = SHAPE_STRUCTURE, .members = members_get_identity_policies_response, .member_count = 1};
static const struct shape_member members_identity_verification_attributes[] = {
    {"VerificationStatus", "VerificationStatus", &shape_string, SHAPE_IN_BODY, false},
    {"VerificationToken", "VerificationToken", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_identity_verification_attributes = {
    .type = SHAPE_STRUCTURE,
    .members = members_identity_verification_attributes,
    .member_count = 2};
static const struct shape shape_verification_attributes = {
    .type = SHAPE_MAP, .element = &shape_identity_verification_attributes, .key = &shape_string};
static const struct shape_member members_get_identity_verification_attributes_response[] = {
    {"VerificationAttributes", "VerificationAttributes", &shape_verification_attributes,
     SHAPE_IN_BODY, false},
};
static const struct shape shape_get_identity_verification_attributes_response = {
    .type = SHAPE_STRUCTURE,
    .members = members_get_identity_verification_attributes_response,
    .member_count = 1};
static const struct shape shape_double = {.type = SHAPE_DOUBLE};
static const struct shape_member members_get_send_quota_response[] = {
    {"Max24HourSend", "Max24HourSend", &shape_double, SHAPE_IN_BODY, false},
    {"MaxSendRate", "MaxSendRate", &shape_double, SHAPE_IN_BODY, false},
    {"SentLast24Hours", "SentLast24Hours", &shape_double, SHAPE_IN_BODY, false},
};
static const struct shape shape_get_send_quota_response = {
    .type = SHAPE_STRUCTURE, .members = members_get_send_quota_response, .member_count = 3};
static const struct shape shape_integer = {.type = SHAPE_INTEGER};
static const struct shape_member members_send_data_point[] = {
    {"Timestamp", "Timestamp", &shape_timestamp, SHAPE_IN_BODY, false},
    {"DeliveryAttempts", "DeliveryAttempts", &shape_integer, SHAPE_IN_BODY, false},
    {"Bounces", "Bounces", &shape_integer, SHAPE_IN_BODY, false},
    {"Complaints", "Complaints", &shape_integer, SHAPE_IN_BODY, false},
    {"Rejects", "Rejects", &shape_integer, SHAPE_IN_BODY, false},
};
static const struct shape shape_send_data_point = {
    .type = SHAPE_STRUCTURE, .members = members_send_data_point, .member_count = 5};
static const struct shape shape_send_data_point_list = {.type = SHAPE_LIST,
                                                        .element = &shape_send_data_point};
static const struct shape_member members_get_send_statistics_response[] = {
    {"SendDataPoints", "SendDataPoints", &shape_send_data_point_list, SHAPE_IN_BODY, false},
};
static const struct shape shape_get_send_statistics_response = {
    .type = SHAPE_STRUCTURE, .members = members_get_send_statistics_response, .member_count = 1};
static const struct shape_member members_ses_template[] = {
    {"TemplateName", "TemplateName", &shape_string, SHAPE_IN_BODY, false},
    {"SubjectPart", "SubjectPart", &shape_string, SHAPE_IN_BODY, false},
    {"TextPart", "TextPart", &shape_string, SHAPE_IN_BODY, false},
    {"HtmlPart", "HtmlPart", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_ses_template = {
    .type = SHAPE_STRUCTURE, .members = members_ses_template, .member_count = 4};
static const struct shape_member members_get_template_response[] = {
    {"Template", "Template", &shape_ses_template, SHAPE_IN_BODY, false},
};
static const struct shape shape_get_template_response = {
    .type = SHAPE_STRUCTURE, .members = members_get_template_response, .member_count = 1};
static const struct shape_member members_list_configuration_sets_request[] = {
    {"NextToken", "NextToken", &shape_string, SHAPE_IN_BODY, false},
    {"MaxItems", "MaxItems", &shape_integer, SHAPE_IN_BODY, false},
};
static const struct shape shape_list_configuration_sets_request = {
    .type = SHAPE_STRUCTURE, .members = members_list_configuration_sets_request, .member_count = 2};
static const struct shape shape_configuration_sets = {.type = SHAPE_LIST,
                                                      .element = &shape_ses_configuration_set};
static const struct shape_member members_list_configuration_sets_response[] = {
    {"ConfigurationSets", "ConfigurationSets", &shape_configuration_sets, SHAPE_IN_BODY, false},
    {"NextToken", "NextToken", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_list_configuration_sets_response = {
    .type = SHAPE_STRUCTURE,
    .members = members_list_configuration_sets_response,
    .member_count = 2};
static const struct shape shape_max_results = {
    .type = SHAPE_INTEGER, .has_min = true, .min = 1, .has_max = true, .max = 50};
static const struct shape_member members_list_custom_verification_email_templates_request[] = {
    {"NextToken", "NextToken", &shape_string, SHAPE_IN_BODY, false},
    {"MaxResults", "MaxResults", &shape_max_results, SHAPE_IN_BODY, false},
};
static const struct shape shape_list_custom_verification_email_templates_request = {
    .type = SHAPE_STRUCTURE,
    .members = members_list_custom_verification_email_templates_request,
    .member_count = 2};
static const struct shape_member members_custom_verification_email_template[] = {
    {"TemplateName", "TemplateName", &shape_string, SHAPE_IN_BODY, false},
    {"FromEmailAddress", "FromEmailAddress", &shape_string, SHAPE_IN_BODY, false},
    {"TemplateSubject", "TemplateSubject", &shape_string, SHAPE_IN_BODY, false},
    {"SuccessRedirectionURL", "SuccessRedirectionURL", &shape_string, SHAPE_IN_BODY, false},
    {"FailureRedirectionURL", "FailureRedirectionURL", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_custom_verification_email_template = {
    .type = SHAPE_STRUCTURE,
    .members = members_custom_verification_email_template,
    .member_count = 5};
static const struct shape shape_custom_verification_email_templates = {
    .type = SHAPE_LIST, .element = &shape_custom_verification_email_template};
static const struct shape_member members_list_custom_verification_email_templates_response[] = {
    {"CustomVerificationEmailTemplates", "CustomVerificationEmailTemplates",
     &shape_custom_verification_email_templates, SHAPE_IN_BODY, false},
    {"NextToken", "NextToken", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_list_custom_verification_email_templates_response = {
    .type = SHAPE_STRUCTURE,
    .members = members_list_custom_verification_email_templates_response,
    .member_count = 2};
static const char *const values_identity_type[] = {
    "EmailAddress",
    "Domain",
    NULL,
};
static const struct shape shape_identity_type = {.type = SHAPE_STRING,
                                                 .values = values_identity_type};
static const struct shape_member members_list_identities_request[] = {
    {"IdentityType", "IdentityType", &shape_identity_type, SHAPE_IN_BODY, false},
    {"NextToken", "NextToken", &shape_string, SHAPE_IN_BODY, false},
    {"MaxItems", "MaxItems", &shape_integer, SHAPE_IN_BODY, false},
};
static const struct shape shape_list_identities_request = {
    .type = SHAPE_STRUCTURE, .members = members_list_identities_request, .member_count = 3};
static const struct shape_member members_list_identities_response[] = {
    {"Identities", "Identities", &shape_ses_event_types, SHAPE_IN_BODY, false},
    {"NextToken", "NextToken", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_list_identities_response = {
    .type = SHAPE_STRUCTURE, .members = members_list_identities_response, .member_count = 2};
static const struct shape_member members_list_identity_policies_response[] = {
    {"PolicyNames", "PolicyNames", &shape_ses_event_types, SHAPE_IN_BODY, false},
};
static const struct shape shape_list_identity_policies_response = {
    .type = SHAPE_STRUCTURE, .members = members_list_identity_policies_response, .member_count = 1};
static const struct shape_member members_template_metadata[] = {
    {"Name", "Name", &shape_string, SHAPE_IN_BODY, false},
    {"CreatedTimestamp", "CreatedTimestamp", &shape_timestamp, SHAPE_IN_BODY, false},
};
static const struct shape shape_template_metadata = {
    .type = SHAPE_STRUCTURE, .members = members_template_metadata, .member_count = 2};
static const struct shape shape_template_metadata_list = {.type = SHAPE_LIST,
                                                          .element = &shape_template_metadata};
static const struct shape_member members_list_templates_response[] = {
    {"TemplatesMetadata", "TemplatesMetadata", &shape_template_metadata_list, SHAPE_IN_BODY, false},
    {"NextToken", "NextToken", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_list_templates_response = {
    .type = SHAPE_STRUCTURE, .members = members_list_templates_response, .member_count = 2};
static const struct shape_member members_list_verified_email_addresses_response[] = {
    {"VerifiedEmailAddresses", "VerifiedEmailAddresses", &shape_ses_event_types, SHAPE_IN_BODY,
     false},
};
static const struct shape shape_list_verified_email_addresses_response = {
    .type = SHAPE_STRUCTURE,
    .members = members_list_verified_email_addresses_response,
    .member_count = 1};
static const char *const values_tls_policy[] = {
    "Require",
    "Optional",
    NULL,
};
static const struct shape shape_tls_policy = {.type = SHAPE_STRING, .values = values_tls_policy};
static const struct shape_member members_ses_delivery_options[] = {
    {"TlsPolicy", "TlsPolicy", &shape_tls_policy, SHAPE_IN_BODY, false},
};
static const struct shape shape_ses_delivery_options = {
    .type = SHAPE_STRUCTURE, .members = members_ses_delivery_options, .member_count = 1};
static const struct shape_member members_put_configuration_set_delivery_options_request[] = {
    {"ConfigurationSetName", "ConfigurationSetName", &shape_string, SHAPE_IN_BODY, true},
    {"DeliveryOptions", "DeliveryOptions", &shape_ses_delivery_options, SHAPE_IN_BODY, false},
};
static const struct shape shape_put_configuration_set_delivery_options_request = {
    .type = SHAPE_STRUCTURE,
    .members = members_put_configuration_set_delivery_options_request,
    .member_count = 2};
static const struct shape shape_policy = {.type = SHAPE_STRING, .has_min = true, .min = 1};
static const struct shape_member members_put_identity_policy_request[] = {
    {"Identity", "Identity", &shape_string, SHAPE_IN_BODY, true},
    {"PolicyName", "PolicyName", &shape_policy_name, SHAPE_IN_BODY, true},
    {"Policy", "Policy", &shape_policy, SHAPE_IN_BODY, true},
};
static const struct shape shape_put_identity_policy_request = {
    .type = SHAPE_STRUCTURE, .members = members_put_identity_policy_request, .member_count = 3};
static const struct shape_member members_extension_field[] = {
    {"Name", "Name", &shape_string, SHAPE_IN_BODY, true},
    {"Value", "Value", &shape_string, SHAPE_IN_BODY, true},
};
static const struct shape shape_extension_field = {
    .type = SHAPE_STRUCTURE, .members = members_extension_field, .member_count = 2};
static const struct shape shape_extension_field_list = {.type = SHAPE_LIST,
                                                        .element = &shape_extension_field};
static const struct shape_member members_message_dsn[] = {
    {"ReportingMta", "ReportingMta", &shape_string, SHAPE_IN_BODY, true},
    {"ArrivalDate", "ArrivalDate", &shape_timestamp, SHAPE_IN_BODY, false},
    {"ExtensionFields", "ExtensionFields", &shape_extension_field_list, SHAPE_IN_BODY, false},
};
static const struct shape shape_message_dsn = {
    .type = SHAPE_STRUCTURE, .members = members_message_dsn, .member_count = 3};
static const char *const values_bounce_type[] = {
    "DoesNotExist",
    "MessageTooLarge",
    "ExceededQuota",
    "ContentRejected",
    "Undefined",
    "TemporaryFailure",
    NULL,
};
static const struct shape shape_bounce_type = {.type = SHAPE_STRING, .values = values_bounce_type};
static const char *const values_dsn_action[] = {
    "failed", "delayed", "delivered", "relayed", "expanded", NULL,
};
static const struct shape shape_dsn_action = {.type = SHAPE_STRING, .values = values_dsn_action};
static const struct shape_member members_recipient_dsn_fields[] = {
    {"FinalRecipient", "FinalRecipient", &shape_string, SHAPE_IN_BODY, false},
    {"Action", "Action", &shape_dsn_action, SHAPE_IN_BODY, true},
    {"RemoteMta", "RemoteMta", &shape_string, SHAPE_IN_BODY, false},
    {"Status", "Status", &shape_string, SHAPE_IN_BODY, true},
    {"DiagnosticCode", "DiagnosticCode", &shape_string, SHAPE_IN_BODY, false},
    {"LastAttemptDate", "LastAttemptDate", &shape_timestamp, SHAPE_IN_BODY, false},
    {"ExtensionFields", "ExtensionFields", &shape_extension_field_list, SHAPE_IN_BODY, false},
};
static const struct shape shape_recipient_dsn_fields = {
    .type = SHAPE_STRUCTURE, .members = members_recipient_dsn_fields, .member_count = 7};
static const struct shape_member members_bounced_recipient_info[] = {
    {"Recipient", "Recipient", &shape_string, SHAPE_IN_BODY, true},
    {"RecipientArn", "RecipientArn", &shape_string, SHAPE_IN_BODY, false},
    {"BounceType", "BounceType", &shape_bounce_type, SHAPE_IN_BODY, false},
    {"RecipientDsnFields", "RecipientDsnFields", &shape_recipient_dsn_fields, SHAPE_IN_BODY, false},
};
static const struct shape shape_bounced_recipient_info = {
    .type = SHAPE_STRUCTURE, .members = members_bounced_recipient_info, .member_count = 4};
static const struct shape shape_bounced_recipient_info_list = {
    .type = SHAPE_LIST, .element = &shape_bounced_recipient_info};
static const struct shape_member members_send_bounce_request[] = {
    {"OriginalMessageId", "OriginalMessageId", &shape_string, SHAPE_IN_BODY, true},
    {"BounceSender", "BounceSender", &shape_string, SHAPE_IN_BODY, true},
    {"Explanation", "Explanation", &shape_string, SHAPE_IN_BODY, false},
    {"MessageDsn", "MessageDsn", &shape_message_dsn, SHAPE_IN_BODY, false},
    {"BouncedRecipientInfoList", "BouncedRecipientInfoList", &shape_bounced_recipient_info_list,
     SHAPE_IN_BODY, true},
    {"BounceSenderArn", "BounceSenderArn", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_send_bounce_request = {
    .type = SHAPE_STRUCTURE, .members = members_send_bounce_request, .member_count = 6};
static const struct shape_member members_send_bounce_response[] = {
    {"MessageId", "MessageId", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_send_bounce_response = {
    .type = SHAPE_STRUCTURE, .members = members_send_bounce_response, .member_count = 1};
static const struct shape shape_template_data = {
    .type = SHAPE_STRING, .has_max = true, .max = 262144};
static const struct shape_member members_destination[] = {
    {"ToAddresses", "ToAddresses", &shape_ses_event_types, SHAPE_IN_BODY, false},
    {"CcAddresses", "CcAddresses", &shape_ses_event_types, SHAPE_IN_BODY, false},
    {"BccAddresses", "BccAddresses", &shape_ses_event_types, SHAPE_IN_BODY, false},
};
static const struct shape shape_destination = {
    .type = SHAPE_STRUCTURE, .members = members_destination, .member_count = 3};
static const struct shape_member members_bulk_email_destination[] = {
    {"Destination", "Destination", &shape_destination, SHAPE_IN_BODY, true},
    {"ReplacementTags", "ReplacementTags", &shape_extension_field_list, SHAPE_IN_BODY, false},
    {"ReplacementTemplateData", "ReplacementTemplateData", &shape_template_data, SHAPE_IN_BODY,
     false},
};
static const struct shape shape_bulk_email_destination = {
    .type = SHAPE_STRUCTURE, .members = members_bulk_email_destination, .member_count = 3};
static const struct shape shape_bulk_email_destination_list = {
    .type = SHAPE_LIST, .element = &shape_bulk_email_destination};
static const struct shape_member members_send_bulk_templated_email_request[] = {
    {"Source", "Source", &shape_string, SHAPE_IN_BODY, true},
    {"SourceArn", "SourceArn", &shape_string, SHAPE_IN_BODY, false},
    {"ReplyToAddresses", "ReplyToAddresses", &shape_ses_event_types, SHAPE_IN_BODY, false},
    {"ReturnPath", "ReturnPath", &shape_string, SHAPE_IN_BODY, false},
    {"ReturnPathArn", "ReturnPathArn", &shape_string, SHAPE_IN_BODY, false},
    {"ConfigurationSetName", "ConfigurationSetName", &shape_string, SHAPE_IN_BODY, false},
    {"DefaultTags", "DefaultTags", &shape_extension_field_list, SHAPE_IN_BODY, false},
    {"Template", "Template", &shape_string, SHAPE_IN_BODY, true},
    {"TemplateArn", "TemplateArn", &shape_string, SHAPE_IN_BODY, false},
    {"DefaultTemplateData", "DefaultTemplateData", &shape_template_data, SHAPE_IN_BODY, true},
    {"Destinations", "Destinations", &shape_bulk_email_destination_list, SHAPE_IN_BODY, true},
};
static const struct shape shape_send_bulk_templated_email_request = {
    .type = SHAPE_STRUCTURE,
    .members = members_send_bulk_templated_email_request,
    .member_count = 11};
static const struct shape_member members_bulk_email_destination_status[] = {
    {"Status", "Status", &shape_string, SHAPE_IN_BODY, false},
    {"Error", "Error", &shape_string, SHAPE_IN_BODY, false},
    {"MessageId", "MessageId", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_bulk_email_destination_status = {
    .type = SHAPE_STRUCTURE, .members = members_bulk_email_destination_status, .member_count = 3};
static const struct shape shape_bulk_email_destination_status_list = {
    .type = SHAPE_LIST, .element = &shape_bulk_email_destination_status};
static const struct shape_member members_send_bulk_templated_email_response[] = {
    {"Status", "Status", &shape_bulk_email_destination_status_list, SHAPE_IN_BODY, false},
};
static const struct shape shape_send_bulk_templated_email_response = {
    .type = SHAPE_STRUCTURE,
    .members = members_send_bulk_templated_email_response,
    .member_count = 1};
static const struct shape_member members_send_custom_verification_email_request[] = {
    {"EmailAddress", "EmailAddress", &shape_string, SHAPE_IN_BODY, true},
    {"TemplateName", "TemplateName", &shape_string, SHAPE_IN_BODY, true},
    {"ConfigurationSetName", "ConfigurationSetName", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_send_custom_verification_email_request = {
    .type = SHAPE_STRUCTURE,
    .members = members_send_custom_verification_email_request,
    .member_count = 3};
static const struct shape_member members_content[] = {
    {"Data", "Data", &shape_string, SHAPE_IN_BODY, true},
    {"Charset", "Charset", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_content = {
    .type = SHAPE_STRUCTURE, .members = members_content, .member_count = 2};
static const struct shape_member members_body[] = {
    {"Text", "Text", &shape_content, SHAPE_IN_BODY, false},
    {"Html", "Html", &shape_content, SHAPE_IN_BODY, false},
};
static const struct shape shape_body = {
    .type = SHAPE_STRUCTURE, .members = members_body, .member_count = 2};
static const struct shape_member members_message[] = {
    {"Subject", "Subject", &shape_content, SHAPE_IN_BODY, true},
    {"Body", "Body", &shape_body, SHAPE_IN_BODY, true},
};
static const struct shape shape_message = {
    .type = SHAPE_STRUCTURE, .members = members_message, .member_count = 2};
static const struct shape_member members_send_email_request[] = {
    {"Source", "Source", &shape_string, SHAPE_IN_BODY, true},
    {"Destination", "Destination", &shape_destination, SHAPE_IN_BODY, true},
    {"Message", "Message", &shape_message, SHAPE_IN_BODY, true},
    {"ReplyToAddresses", "ReplyToAddresses", &shape_ses_event_types, SHAPE_IN_BODY, false},
    {"ReturnPath", "ReturnPath", &shape_string, SHAPE_IN_BODY, false},
    {"SourceArn", "SourceArn", &shape_string, SHAPE_IN_BODY, false},
    {"ReturnPathArn", "ReturnPathArn", &shape_string, SHAPE_IN_BODY, false},
    {"Tags", "Tags", &shape_extension_field_list, SHAPE_IN_BODY, false},
    {"ConfigurationSetName", "ConfigurationSetName", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_send_email_request = {
    .type = SHAPE_STRUCTURE, .members = members_send_email_request, .member_count = 9};
static const struct shape shape_blob = {.type = SHAPE_BLOB};
static const struct shape_member members_raw_message[] = {
    {"Data", "Data", &shape_blob, SHAPE_IN_BODY, true},
};
static const struct shape shape_raw_message = {
    .type = SHAPE_STRUCTURE, .members = members_raw_message, .member_count = 1};
static const struct shape_member members_send_raw_email_request[] = {
    {"Source", "Source", &shape_string, SHAPE_IN_BODY, false},
    {"Destinations", "Destinations", &shape_ses_event_types, SHAPE_IN_BODY, false},
    {"RawMessage", "RawMessage", &shape_raw_message, SHAPE_IN_BODY, true},
    {"FromArn", "FromArn", &shape_string, SHAPE_IN_BODY, false},
    {"SourceArn", "SourceArn", &shape_string, SHAPE_IN_BODY, false},
    {"ReturnPathArn", "ReturnPathArn", &shape_string, SHAPE_IN_BODY, false},
    {"Tags", "Tags", &shape_extension_field_list, SHAPE_IN_BODY, false},
    {"ConfigurationSetName", "ConfigurationSetName", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_send_raw_email_request = {
    .type = SHAPE_STRUCTURE, .members = members_send_raw_email_request, .member_count = 8};
static const struct shape_member members_send_templated_email_request[] = {
    {"Source", "Source", &shape_string, SHAPE_IN_BODY, true},
    {"Destination", "Destination", &shape_destination, SHAPE_IN_BODY, true},
    {"ReplyToAddresses", "ReplyToAddresses", &shape_ses_event_types, SHAPE_IN_BODY, false},
    {"ReturnPath", "ReturnPath", &shape_string, SHAPE_IN_BODY, false},
    {"SourceArn", "SourceArn", &shape_string, SHAPE_IN_BODY, false},
    {"ReturnPathArn", "ReturnPathArn", &shape_string, SHAPE_IN_BODY, false},
    {"Tags", "Tags", &shape_extension_field_list, SHAPE_IN_BODY, false},
    {"ConfigurationSetName", "ConfigurationSetName", &shape_string, SHAPE_IN_BODY, false},
    {"Template", "Template", &shape_string, SHAPE_IN_BODY, true},
    {"TemplateArn", "TemplateArn", &shape_string, SHAPE_IN_BODY, false},
    {"TemplateData", "TemplateData", &shape_template_data, SHAPE_IN_BODY, true},
};
static const struct shape shape_send_templated_email_request = {
    .type = SHAPE_STRUCTURE, .members = members_send_templated_email_request, .member_count = 11};
static const struct shape_member members_set_identity_dkim_enabled_request[] = {
    {"Identity", "Identity", &shape_string, SHAPE_IN_BODY, true},
    {"DkimEnabled", "DkimEnabled", &shape_boolean, SHAPE_IN_BODY, true},
};
static const struct shape shape_set_identity_dkim_enabled_request = {
    .type = SHAPE_STRUCTURE,
    .members = members_set_identity_dkim_enabled_request,
    .member_count = 2};
static const struct shape_member members_set_identity_feedback_forwarding_enabled_request[] = {
    {"Identity", "Identity", &shape_string, SHAPE_IN_BODY, true},
    {"ForwardingEnabled", "ForwardingEnabled", &shape_boolean, SHAPE_IN_BODY, true},
};
static const struct shape shape_set_identity_feedback_forwarding_enabled_request = {
    .type = SHAPE_STRUCTURE,
    .members = members_set_identity_feedback_forwarding_enabled_request,
    .member_count = 2};
static const char *const values_notification_type[] = {
    "Bounce",
    "Complaint",
    "Delivery",
    NULL,
};
static const struct shape shape_notification_type = {.type = SHAPE_STRING,
                                                     .values = values_notification_type};
static const struct shape_member members_set_identity_headers_in_notifications_enabled_request[] = {
    {"Identity", "Identity", &shape_string, SHAPE_IN_BODY, true},
    {"NotificationType", "NotificationType", &shape_notification_type, SHAPE_IN_BODY, true},
    {"Enabled", "Enabled", &shape_boolean, SHAPE_IN_BODY, true},
};
static const struct shape shape_set_identity_headers_in_notifications_enabled_request = {
    .type = SHAPE_STRUCTURE,
    .members = members_set_identity_headers_in_notifications_enabled_request,
    .member_count = 3};
static const char *const values_behavior_on_mx_failure[] = {
    "UseDefaultValue",
    "RejectMessage",
    NULL,
};
static const struct shape shape_behavior_on_mx_failure = {.type = SHAPE_STRING,
                                                          .values = values_behavior_on_mx_failure};
static const struct shape_member members_set_identity_mail_from_domain_request[] = {
    {"Identity", "Identity", &shape_string, SHAPE_IN_BODY, true},
    {"MailFromDomain", "MailFromDomain", &shape_string, SHAPE_IN_BODY, false},
    {"BehaviorOnMXFailure", "BehaviorOnMXFailure", &shape_behavior_on_mx_failure, SHAPE_IN_BODY,
     false},
};
static const struct shape shape_set_identity_mail_from_domain_request = {
    .type = SHAPE_STRUCTURE,
    .members = members_set_identity_mail_from_domain_request,
    .member_count = 3};
static const struct shape_member members_set_identity_notification_topic_request[] = {
    {"Identity", "Identity", &shape_string, SHAPE_IN_BODY, true},
    {"NotificationType", "NotificationType", &shape_notification_type, SHAPE_IN_BODY, true},
    {"SnsTopic", "SnsTopic", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_set_identity_notification_topic_request = {
    .type = SHAPE_STRUCTURE,
    .members = members_set_identity_notification_topic_request,
    .member_count = 3};
static const struct shape_member members_test_render_template_request[] = {
    {"TemplateName", "TemplateName", &shape_string, SHAPE_IN_BODY, true},
    {"TemplateData", "TemplateData", &shape_template_data, SHAPE_IN_BODY, true},
};
static const struct shape shape_test_render_template_request = {
    .type = SHAPE_STRUCTURE, .members = members_test_render_template_request, .member_count = 2};
static const struct shape_member members_test_render_template_response[] = {
    {"RenderedTemplate", "RenderedTemplate", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_test_render_template_response = {
    .type = SHAPE_STRUCTURE, .members = members_test_render_template_response, .member_count = 1};
static const struct shape_member
    members_update_configuration_set_reputation_metrics_enabled_request[] = {
        {"ConfigurationSetName", "ConfigurationSetName", &shape_string, SHAPE_IN_BODY, true},
        {"Enabled", "Enabled", &shape_boolean, SHAPE_IN_BODY, true},
};
static const struct shape shape_update_configuration_set_reputation_metrics_enabled_request = {
    .type = SHAPE_STRUCTURE,
    .members = members_update_configuration_set_reputation_metrics_enabled_request,
    .member_count = 2};
static const struct shape_member members_update_custom_verification_email_template_request[] = {
    {"TemplateName", "TemplateName", &shape_string, SHAPE_IN_BODY, true},
    {"FromEmailAddress", "FromEmailAddress", &shape_string, SHAPE_IN_BODY, false},
    {"TemplateSubject", "TemplateSubject", &shape_string, SHAPE_IN_BODY, false},
    {"TemplateContent", "TemplateContent", &shape_string, SHAPE_IN_BODY, false},
    {"SuccessRedirectionURL", "SuccessRedirectionURL", &shape_string, SHAPE_IN_BODY, false},
    {"FailureRedirectionURL", "FailureRedirectionURL", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_update_custom_verification_email_template_request = {
    .type = SHAPE_STRUCTURE,
    .members = members_update_custom_verification_email_template_request,
    .member_count = 6};
static const struct shape_member members_verify_domain_dkim_request[] = {
    {"Domain", "Domain", &shape_string, SHAPE_IN_BODY, true},
};
static const struct shape shape_verify_domain_dkim_request = {
    .type = SHAPE_STRUCTURE, .members = members_verify_domain_dkim_request, .member_count = 1};
static const struct shape_member members_verify_domain_dkim_response[] = {
    {"DkimTokens", "DkimTokens", &shape_ses_event_types, SHAPE_IN_BODY, false},
};
static const struct shape shape_verify_domain_dkim_response = {
    .type = SHAPE_STRUCTURE, .members = members_verify_domain_dkim_response, .member_count = 1};
static const struct shape_member members_verify_domain_identity_response[] = {
    {"VerificationToken", "VerificationToken", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_verify_domain_identity_response = {
    .type = SHAPE_STRUCTURE, .members = members_verify_domain_identity_response, .member_count = 1};
static const char *const values_https_policy[] = {
    "REQUIRE",
    "REQUIRE_OPEN_ONLY",
    "OPTIONAL",
    NULL,
};
static const struct shape shape_https_policy = {.type = SHAPE_STRING,
                                                .values = values_https_policy};
static const struct shape_member members_sesv2_tracking_options[] = {
    {"CustomRedirectDomain", "CustomRedirectDomain", &shape_string, SHAPE_IN_BODY, true},
    {"HttpsPolicy", "HttpsPolicy", &shape_https_policy, SHAPE_IN_BODY, false},
};
static const struct shape shape_sesv2_tracking_options = {
    .type = SHAPE_STRUCTURE, .members = members_sesv2_tracking_options, .member_count = 2};
static const char *const values_sesv2_tls_policy[] = {
    "REQUIRE",
    "OPTIONAL",
    NULL,
};
static const struct shape shape_sesv2_tls_policy = {.type = SHAPE_STRING,
                                                    .values = values_sesv2_tls_policy};
static const struct shape shape_max_delivery_seconds = {
    .type = SHAPE_INTEGER, .has_min = true, .min = 300, .has_max = true, .max = 50400};
static const struct shape_member members_sesv2_delivery_options[] = {
    {"TlsPolicy", "TlsPolicy", &shape_sesv2_tls_policy, SHAPE_IN_BODY, false},
    {"SendingPoolName", "SendingPoolName", &shape_string, SHAPE_IN_BODY, false},
    {"MaxDeliverySeconds", "MaxDeliverySeconds", &shape_max_delivery_seconds, SHAPE_IN_BODY, false},
};
static const struct shape shape_sesv2_delivery_options = {
    .type = SHAPE_STRUCTURE, .members = members_sesv2_delivery_options, .member_count = 3};
static const struct shape_member members_sesv2_reputation_options[] = {
    {"ReputationMetricsEnabled", "ReputationMetricsEnabled", &shape_boolean, SHAPE_IN_BODY, false},
    {"LastFreshStart", "LastFreshStart", &shape_timestamp, SHAPE_IN_BODY, false},
};
static const struct shape shape_sesv2_reputation_options = {
    .type = SHAPE_STRUCTURE, .members = members_sesv2_reputation_options, .member_count = 2};
static const struct shape_member members_sending_options[] = {
    {"SendingEnabled", "SendingEnabled", &shape_boolean, SHAPE_IN_BODY, false},
};
static const struct shape shape_sending_options = {
    .type = SHAPE_STRUCTURE, .members = members_sending_options, .member_count = 1};
static const struct shape_member members_tag[] = {
    {"Key", "Key", &shape_string, SHAPE_IN_BODY, true},
    {"Value", "Value", &shape_string, SHAPE_IN_BODY, true},
};
static const struct shape shape_tag = {
    .type = SHAPE_STRUCTURE, .members = members_tag, .member_count = 2};
static const struct shape shape_tag_list = {.type = SHAPE_LIST, .element = &shape_tag};
static const char *const values_suppression_list_reason[] = {
    "BOUNCE",
    "COMPLAINT",
    NULL,
};
static const struct shape shape_suppression_list_reason = {
    .type = SHAPE_STRING, .values = values_suppression_list_reason};
static const struct shape shape_suppression_list_reasons = {
    .type = SHAPE_LIST, .element = &shape_suppression_list_reason};
static const char *const values_suppression_list_scope[] = {
    "ACCOUNT",
    "TENANT",
    NULL,
};
static const struct shape shape_suppression_list_scope = {.type = SHAPE_STRING,
                                                          .values = values_suppression_list_scope};
static const char *const values_feature_status[] = {
    "ENABLED",
    "DISABLED",
    NULL,
};
static const struct shape shape_feature_status = {.type = SHAPE_STRING,
                                                  .values = values_feature_status};
static const char *const values_suppression_confidence_verdict_threshold[] = {
    "MEDIUM",
    "HIGH",
    "MANAGED",
    NULL,
};
static const struct shape shape_suppression_confidence_verdict_threshold = {
    .type = SHAPE_STRING, .values = values_suppression_confidence_verdict_threshold};
static const struct shape_member members_suppression_confidence_threshold[] = {
    {"ConfidenceVerdictThreshold", "ConfidenceVerdictThreshold",
     &shape_suppression_confidence_verdict_threshold, SHAPE_IN_BODY, true},
};
static const struct shape shape_suppression_confidence_threshold = {
    .type = SHAPE_STRUCTURE,
    .members = members_suppression_confidence_threshold,
    .member_count = 1};
static const struct shape_member members_suppression_condition_threshold[] = {
    {"ConditionThresholdEnabled", "ConditionThresholdEnabled", &shape_feature_status, SHAPE_IN_BODY,
     true},
    {"OverallConfidenceThreshold", "OverallConfidenceThreshold",
     &shape_suppression_confidence_threshold, SHAPE_IN_BODY, false},
};
static const struct shape shape_suppression_condition_threshold = {
    .type = SHAPE_STRUCTURE, .members = members_suppression_condition_threshold, .member_count = 2};
static const struct shape_member members_suppression_validation_options[] = {
    {"ConditionThreshold", "ConditionThreshold", &shape_suppression_condition_threshold,
     SHAPE_IN_BODY, true},
};
static const struct shape shape_suppression_validation_options = {
    .type = SHAPE_STRUCTURE, .members = members_suppression_validation_options, .member_count = 1};
static const struct shape_member members_suppression_options[] = {
    {"SuppressedReasons", "SuppressedReasons", &shape_suppression_list_reasons, SHAPE_IN_BODY,
     false},
    {"SuppressionScope", "SuppressionScope", &shape_suppression_list_scope, SHAPE_IN_BODY, false},
    {"ValidationOptions", "ValidationOptions", &shape_suppression_validation_options, SHAPE_IN_BODY,
     false},
};
static const struct shape shape_suppression_options = {
    .type = SHAPE_STRUCTURE, .members = members_suppression_options, .member_count = 3};
static const struct shape_member members_dashboard_options[] = {
    {"EngagementMetrics", "EngagementMetrics", &shape_feature_status, SHAPE_IN_BODY, false},
};
static const struct shape shape_dashboard_options = {
    .type = SHAPE_STRUCTURE, .members = members_dashboard_options, .member_count = 1};
static const struct shape_member members_guardian_options[] = {
    {"OptimizedSharedDelivery", "OptimizedSharedDelivery", &shape_feature_status, SHAPE_IN_BODY,
     false},
};
static const struct shape shape_guardian_options = {
    .type = SHAPE_STRUCTURE, .members = members_guardian_options, .member_count = 1};
static const struct shape_member members_vdm_options[] = {
    {"DashboardOptions", "DashboardOptions", &shape_dashboard_options, SHAPE_IN_BODY, false},
    {"GuardianOptions", "GuardianOptions", &shape_guardian_options, SHAPE_IN_BODY, false},
};
static const struct shape shape_vdm_options = {
    .type = SHAPE_STRUCTURE, .members = members_vdm_options, .member_count = 2};
static const struct shape shape_archive_arn = {.type = SHAPE_STRING,
                                               .has_min = true,
                                               .min = 20,
                                               .has_max = true,
                                               .max = 1011,
                                               .pattern = &shape_patterns[0]};
static const struct shape_member members_archiving_options[] = {
    {"ArchiveArn", "ArchiveArn", &shape_archive_arn, SHAPE_IN_BODY, false},
};
static const struct shape shape_archiving_options = {
    .type = SHAPE_STRUCTURE, .members = members_archiving_options, .member_count = 1};
static const struct shape_member members_sesv2_create_configuration_set_request[] = {
    {"ConfigurationSetName", "ConfigurationSetName", &shape_string, SHAPE_IN_BODY, true},
    {"TrackingOptions", "TrackingOptions", &shape_sesv2_tracking_options, SHAPE_IN_BODY, false},
    {"DeliveryOptions", "DeliveryOptions", &shape_sesv2_delivery_options, SHAPE_IN_BODY, false},
    {"ReputationOptions", "ReputationOptions", &shape_sesv2_reputation_options, SHAPE_IN_BODY,
     false},
    {"SendingOptions", "SendingOptions", &shape_sending_options, SHAPE_IN_BODY, false},
    {"Tags", "Tags", &shape_tag_list, SHAPE_IN_BODY, false},
    {"SuppressionOptions", "SuppressionOptions", &shape_suppression_options, SHAPE_IN_BODY, false},
    {"VdmOptions", "VdmOptions", &shape_vdm_options, SHAPE_IN_BODY, false},
    {"ArchivingOptions", "ArchivingOptions", &shape_archiving_options, SHAPE_IN_BODY, false},
};
static const struct shape shape_sesv2_create_configuration_set_request = {
    .type = SHAPE_STRUCTURE,
    .members = members_sesv2_create_configuration_set_request,
    .member_count = 9};
static const char *const values_sesv2_event_type[] = {
    "SEND",           "REJECT",       "BOUNCE", "COMPLAINT",
    "DELIVERY",       "OPEN",         "CLICK",  "RENDERING_FAILURE",
    "DELIVERY_DELAY", "SUBSCRIPTION", NULL,
};
static const struct shape shape_sesv2_event_type = {.type = SHAPE_STRING,
                                                    .values = values_sesv2_event_type};
static const struct shape shape_sesv2_event_types = {.type = SHAPE_LIST,
                                                     .element = &shape_sesv2_event_type};
static const struct shape_member members_sesv2_kinesis_firehose_destination[] = {
    {"IamRoleArn", "IamRoleArn", &shape_policy, SHAPE_IN_BODY, true},
    {"DeliveryStreamArn", "DeliveryStreamArn", &shape_policy, SHAPE_IN_BODY, true},
};
static const struct shape shape_sesv2_kinesis_firehose_destination = {
    .type = SHAPE_STRUCTURE,
    .members = members_sesv2_kinesis_firehose_destination,
    .member_count = 2};
static const char *const values_sesv2_dimension_value_source[] = {
    "MESSAGE_TAG",
    "EMAIL_HEADER",
    "LINK_TAG",
    NULL,
};
static const struct shape shape_sesv2_dimension_value_source = {
    .type = SHAPE_STRING, .values = values_sesv2_dimension_value_source};
static const struct shape_member members_sesv2_cloud_watch_dimension_configuration[] = {
    {"DimensionName", "DimensionName", &shape_string, SHAPE_IN_BODY, true},
    {"DimensionValueSource", "DimensionValueSource", &shape_sesv2_dimension_value_source,
     SHAPE_IN_BODY, true},
    {"DefaultDimensionValue", "DefaultDimensionValue", &shape_string, SHAPE_IN_BODY, true},
};
static const struct shape shape_sesv2_cloud_watch_dimension_configuration = {
    .type = SHAPE_STRUCTURE,
    .members = members_sesv2_cloud_watch_dimension_configuration,
    .member_count = 3};
static const struct shape shape_sesv2_cloud_watch_dimension_configurations = {
    .type = SHAPE_LIST, .element = &shape_sesv2_cloud_watch_dimension_configuration};
static const struct shape_member members_sesv2_cloud_watch_destination[] = {
    {"DimensionConfigurations", "DimensionConfigurations",
     &shape_sesv2_cloud_watch_dimension_configurations, SHAPE_IN_BODY, true},
};
static const struct shape shape_sesv2_cloud_watch_destination = {
    .type = SHAPE_STRUCTURE, .members = members_sesv2_cloud_watch_destination, .member_count = 1};
static const struct shape_member members_sesv2_sns_destination[] = {
    {"TopicArn", "TopicArn", &shape_policy, SHAPE_IN_BODY, true},
};
static const struct shape shape_sesv2_sns_destination = {
    .type = SHAPE_STRUCTURE, .members = members_sesv2_sns_destination, .member_count = 1};
static const struct shape_member members_event_bridge_destination[] = {
    {"EventBusArn", "EventBusArn", &shape_policy, SHAPE_IN_BODY, true},
};
static const struct shape shape_event_bridge_destination = {
    .type = SHAPE_STRUCTURE, .members = members_event_bridge_destination, .member_count = 1};
static const struct shape_member members_pinpoint_destination[] = {
    {"ApplicationArn", "ApplicationArn", &shape_policy, SHAPE_IN_BODY, false},
};
static const struct shape shape_pinpoint_destination = {
    .type = SHAPE_STRUCTURE, .members = members_pinpoint_destination, .member_count = 1};
static const struct shape_member members_event_destination_definition[] = {
    {"Enabled", "Enabled", &shape_boolean, SHAPE_IN_BODY, false},
    {"MatchingEventTypes", "MatchingEventTypes", &shape_sesv2_event_types, SHAPE_IN_BODY, false},
    {"KinesisFirehoseDestination", "KinesisFirehoseDestination",
     &shape_sesv2_kinesis_firehose_destination, SHAPE_IN_BODY, false},
    {"CloudWatchDestination", "CloudWatchDestination", &shape_sesv2_cloud_watch_destination,
     SHAPE_IN_BODY, false},
    {"SnsDestination", "SnsDestination", &shape_sesv2_sns_destination, SHAPE_IN_BODY, false},
    {"EventBridgeDestination", "EventBridgeDestination", &shape_event_bridge_destination,
     SHAPE_IN_BODY, false},
    {"PinpointDestination", "PinpointDestination", &shape_pinpoint_destination, SHAPE_IN_BODY,
     false},
};
static const struct shape shape_event_destination_definition = {
    .type = SHAPE_STRUCTURE, .members = members_event_destination_definition, .member_count = 7};
static const struct shape_member
    members_sesv2_create_configuration_set_event_destination_request[] = {
        {"ConfigurationSetName", "ConfigurationSetName", &shape_string, SHAPE_IN_PATH, true},
        {"EventDestinationName", "EventDestinationName", &shape_string, SHAPE_IN_BODY, true},
        {"EventDestination", "EventDestination", &shape_event_destination_definition, SHAPE_IN_BODY,
         true},
};
static const struct shape shape_sesv2_create_configuration_set_event_destination_request = {
    .type = SHAPE_STRUCTURE,
    .members = members_sesv2_create_configuration_set_event_destination_request,
    .member_count = 3};
static const char *const values_subscription_status[] = {
    "OPT_IN",
    "OPT_OUT",
    NULL,
};
static const struct shape shape_subscription_status = {.type = SHAPE_STRING,
                                                       .values = values_subscription_status};
static const struct shape_member members_topic_preference[] = {
    {"TopicName", "TopicName", &shape_string, SHAPE_IN_BODY, true},
    {"SubscriptionStatus", "SubscriptionStatus", &shape_subscription_status, SHAPE_IN_BODY, true},
};
static const struct shape shape_topic_preference = {
    .type = SHAPE_STRUCTURE, .members = members_topic_preference, .member_count = 2};
static const struct shape shape_topic_preference_list = {.type = SHAPE_LIST,
                                                         .element = &shape_topic_preference};
static const struct shape_member members_create_contact_request[] = {
    {"ContactListName", "ContactListName", &shape_string, SHAPE_IN_PATH, true},
    {"EmailAddress", "EmailAddress", &shape_string, SHAPE_IN_BODY, true},
    {"TopicPreferences", "TopicPreferences", &shape_topic_preference_list, SHAPE_IN_BODY, false},
    {"UnsubscribeAll", "UnsubscribeAll", &shape_boolean, SHAPE_IN_BODY, false},
    {"AttributesData", "AttributesData", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_create_contact_request = {
    .type = SHAPE_STRUCTURE, .members = members_create_contact_request, .member_count = 5};
static const struct shape_member members_topic[] = {
    {"TopicName", "TopicName", &shape_string, SHAPE_IN_BODY, true},
    {"DisplayName", "DisplayName", &shape_string, SHAPE_IN_BODY, true},
    {"Description", "Description", &shape_string, SHAPE_IN_BODY, false},
    {"DefaultSubscriptionStatus", "DefaultSubscriptionStatus", &shape_subscription_status,
     SHAPE_IN_BODY, true},
};
static const struct shape shape_topic = {
    .type = SHAPE_STRUCTURE, .members = members_topic, .member_count = 4};
static const struct shape shape_topics = {.type = SHAPE_LIST, .element = &shape_topic};
static const struct shape_member members_create_contact_list_request[] = {
    {"ContactListName", "ContactListName", &shape_string, SHAPE_IN_BODY, true},
    {"Topics", "Topics", &shape_topics, SHAPE_IN_BODY, false},
    {"Description", "Description", &shape_string, SHAPE_IN_BODY, false},
    {"Tags", "Tags", &shape_tag_list, SHAPE_IN_BODY, false},
};
static const struct shape shape_create_contact_list_request = {
    .type = SHAPE_STRUCTURE, .members = members_create_contact_list_request, .member_count = 4};
static const struct shape_member members_sesv2_create_custom_verification_email_template_request[] =
    {
        {"TemplateName", "TemplateName", &shape_policy, SHAPE_IN_BODY, true},
        {"FromEmailAddress", "FromEmailAddress", &shape_string, SHAPE_IN_BODY, true},
        {"TemplateSubject", "TemplateSubject", &shape_string, SHAPE_IN_BODY, true},
        {"TemplateContent", "TemplateContent", &shape_string, SHAPE_IN_BODY, true},
        {"Tags", "Tags", &shape_tag_list, SHAPE_IN_BODY, false},
        {"SuccessRedirectionURL", "SuccessRedirectionURL", &shape_string, SHAPE_IN_BODY, true},
        {"FailureRedirectionURL", "FailureRedirectionURL", &shape_string, SHAPE_IN_BODY, true},
};
static const struct shape shape_sesv2_create_custom_verification_email_template_request = {
    .type = SHAPE_STRUCTURE,
    .members = members_sesv2_create_custom_verification_email_template_request,
    .member_count = 7};
static const struct shape shape_selector = {.type = SHAPE_STRING,
                                            .has_min = true,
                                            .min = 1,
                                            .has_max = true,
                                            .max = 63,
                                            .pattern = &shape_patterns[1]};
static const struct shape shape_private_key = {.type = SHAPE_STRING,
                                               .sensitive = true,
                                               .has_min = true,
                                               .min = 1,
                                               .has_max = true,
                                               .max = 20480,
                                               .pattern = &shape_patterns[2]};
static const char *const values_dkim_signing_key_length[] = {
    "RSA_1024_BIT",
    "RSA_2048_BIT",
    NULL,
};
static const struct shape shape_dkim_signing_key_length = {
    .type = SHAPE_STRING, .values = values_dkim_signing_key_length};
static const char *const values_dkim_signing_attributes_origin[] = {
    "AWS_SES",
    "EXTERNAL",
    "AWS_SES_AF_SOUTH_1",
    "AWS_SES_EU_NORTH_1",
    "AWS_SES_AP_SOUTH_1",
    "AWS_SES_EU_WEST_3",
    "AWS_SES_EU_WEST_2",
    "AWS_SES_EU_SOUTH_1",
    "AWS_SES_EU_WEST_1",
    "AWS_SES_AP_NORTHEAST_3",
    "AWS_SES_AP_NORTHEAST_2",
    "AWS_SES_ME_SOUTH_1",
    "AWS_SES_AP_NORTHEAST_1",
    "AWS_SES_IL_CENTRAL_1",
    "AWS_SES_SA_EAST_1",
    "AWS_SES_CA_CENTRAL_1",
    "AWS_SES_AP_SOUTHEAST_1",
    "AWS_SES_AP_SOUTHEAST_2",
    "AWS_SES_AP_SOUTHEAST_3",
    "AWS_SES_EU_CENTRAL_1",
    "AWS_SES_US_EAST_1",
    "AWS_SES_US_EAST_2",
    "AWS_SES_US_WEST_1",
    "AWS_SES_US_WEST_2",
    "AWS_SES_ME_CENTRAL_1",
    "AWS_SES_AP_SOUTH_2",
    "AWS_SES_EU_CENTRAL_2",
    "AWS_SES_AP_SOUTHEAST_5",
    "AWS_SES_CA_WEST_1",
    "AWS_SES_US_GOV_EAST_1",
    "AWS_SES_US_GOV_WEST_1",
    NULL,
};
static const struct shape shape_dkim_signing_attributes_origin = {
    .type = SHAPE_STRING, .values = values_dkim_signing_attributes_origin};
static const struct shape_member members_dkim_signing_attributes[] = {
    {"DomainSigningSelector", "DomainSigningSelector", &shape_selector, SHAPE_IN_BODY, false},
    {"DomainSigningPrivateKey", "DomainSigningPrivateKey", &shape_private_key, SHAPE_IN_BODY,
     false},
    {"NextSigningKeyLength", "NextSigningKeyLength", &shape_dkim_signing_key_length, SHAPE_IN_BODY,
     false},
    {"DomainSigningAttributesOrigin", "DomainSigningAttributesOrigin",
     &shape_dkim_signing_attributes_origin, SHAPE_IN_BODY, false},
};
static const struct shape shape_dkim_signing_attributes = {
    .type = SHAPE_STRUCTURE, .members = members_dkim_signing_attributes, .member_count = 4};
static const struct shape_member members_create_email_identity_request[] = {
    {"EmailIdentity", "EmailIdentity", &shape_policy, SHAPE_IN_BODY, true},
    {"Tags", "Tags", &shape_tag_list, SHAPE_IN_BODY, false},
    {"DkimSigningAttributes", "DkimSigningAttributes", &shape_dkim_signing_attributes,
     SHAPE_IN_BODY, false},
    {"ConfigurationSetName", "ConfigurationSetName", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_create_email_identity_request = {
    .type = SHAPE_STRUCTURE, .members = members_create_email_identity_request, .member_count = 4};
static const struct shape_member members_dkim_attributes[] = {
    {"SigningEnabled", "SigningEnabled", &shape_boolean, SHAPE_IN_BODY, false},
    {"Status", "Status", &shape_string, SHAPE_IN_BODY, false},
    {"Tokens", "Tokens", &shape_ses_event_types, SHAPE_IN_BODY, false},
    {"SigningHostedZone", "SigningHostedZone", &shape_string, SHAPE_IN_BODY, false},
    {"SigningAttributesOrigin", "SigningAttributesOrigin", &shape_string, SHAPE_IN_BODY, false},
    {"NextSigningKeyLength", "NextSigningKeyLength", &shape_string, SHAPE_IN_BODY, false},
    {"CurrentSigningKeyLength", "CurrentSigningKeyLength", &shape_string, SHAPE_IN_BODY, false},
    {"LastKeyGenerationTimestamp", "LastKeyGenerationTimestamp", &shape_timestamp, SHAPE_IN_BODY,
     false},
};
static const struct shape shape_sesv2_dkim_attributes = {
    .type = SHAPE_STRUCTURE, .members = members_dkim_attributes, .member_count = 8};
static const struct shape_member members_create_email_identity_response[] = {
    {"IdentityType", "IdentityType", &shape_string, SHAPE_IN_BODY, false},
    {"VerifiedForSendingStatus", "VerifiedForSendingStatus", &shape_boolean, SHAPE_IN_BODY, false},
    {"DkimAttributes", "DkimAttributes", &shape_sesv2_dkim_attributes, SHAPE_IN_BODY, false},
};
static const struct shape shape_create_email_identity_response = {
    .type = SHAPE_STRUCTURE, .members = members_create_email_identity_response, .member_count = 3};
static const struct shape_member members_create_email_identity_policy_request[] = {
    {"EmailIdentity", "EmailIdentity", &shape_policy, SHAPE_IN_PATH, true},
    {"PolicyName", "PolicyName", &shape_policy_name, SHAPE_IN_PATH, true},
    {"Policy", "Policy", &shape_policy, SHAPE_IN_BODY, true},
};
static const struct shape shape_create_email_identity_policy_request = {
    .type = SHAPE_STRUCTURE,
    .members = members_create_email_identity_policy_request,
    .member_count = 3};
static const struct shape_member members_email_template_content[] = {
    {"Subject", "Subject", &shape_string, SHAPE_IN_BODY, false},
    {"Text", "Text", &shape_string, SHAPE_IN_BODY, false},
    {"Html", "Html", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_email_template_content = {
    .type = SHAPE_STRUCTURE, .members = members_email_template_content, .member_count = 3};
static const struct shape_member members_create_email_template_request[] = {
    {"TemplateName", "TemplateName", &shape_policy, SHAPE_IN_BODY, true},
    {"TemplateContent", "TemplateContent", &shape_email_template_content, SHAPE_IN_BODY, true},
    {"Tags", "Tags", &shape_tag_list, SHAPE_IN_BODY, false},
};
static const struct shape shape_create_email_template_request = {
    .type = SHAPE_STRUCTURE, .members = members_create_email_template_request, .member_count = 3};
static const char *const values_suppression_list_import_action[] = {
    "DELETE",
    "PUT",
    NULL,
};
static const struct shape shape_suppression_list_import_action = {
    .type = SHAPE_STRING, .values = values_suppression_list_import_action};
static const struct shape_member members_suppression_list_destination[] = {
    {"SuppressionListImportAction", "SuppressionListImportAction",
     &shape_suppression_list_import_action, SHAPE_IN_BODY, true},
};
static const struct shape shape_suppression_list_destination = {
    .type = SHAPE_STRUCTURE, .members = members_suppression_list_destination, .member_count = 1};
static const struct shape_member members_contact_list_destination[] = {
    {"ContactListName", "ContactListName", &shape_string, SHAPE_IN_BODY, true},
    {"ContactListImportAction", "ContactListImportAction", &shape_suppression_list_import_action,
     SHAPE_IN_BODY, true},
};
static const struct shape shape_contact_list_destination = {
    .type = SHAPE_STRUCTURE, .members = members_contact_list_destination, .member_count = 2};
static const struct shape_member members_import_destination[] = {
    {"SuppressionListDestination", "SuppressionListDestination",
     &shape_suppression_list_destination, SHAPE_IN_BODY, false},
    {"ContactListDestination", "ContactListDestination", &shape_contact_list_destination,
     SHAPE_IN_BODY, false},
};
static const struct shape shape_import_destination = {
    .type = SHAPE_STRUCTURE, .members = members_import_destination, .member_count = 2};
static const struct shape shape_s3_url = {.type = SHAPE_STRING, .pattern = &shape_patterns[3]};
static const char *const values_data_format[] = {
    "CSV",
    "JSON",
    NULL,
};
static const struct shape shape_data_format = {.type = SHAPE_STRING, .values = values_data_format};
static const struct shape_member members_import_data_source[] = {
    {"S3Url", "S3Url", &shape_s3_url, SHAPE_IN_BODY, true},
    {"DataFormat", "DataFormat", &shape_data_format, SHAPE_IN_BODY, true},
};
static const struct shape shape_import_data_source = {
    .type = SHAPE_STRUCTURE, .members = members_import_data_source, .member_count = 2};
static const struct shape_member members_create_import_job_request[] = {
    {"ImportDestination", "ImportDestination", &shape_import_destination, SHAPE_IN_BODY, true},
    {"ImportDataSource", "ImportDataSource", &shape_import_data_source, SHAPE_IN_BODY, true},
};
static const struct shape shape_create_import_job_request = {
    .type = SHAPE_STRUCTURE, .members = members_create_import_job_request, .member_count = 2};
static const struct shape_member members_create_import_job_response[] = {
    {"JobId", "JobId", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_create_import_job_response = {
    .type = SHAPE_STRUCTURE, .members = members_create_import_job_response, .member_count = 1};
static const struct shape_member members_sesv2_delete_configuration_set_request[] = {
    {"ConfigurationSetName", "ConfigurationSetName", &shape_string, SHAPE_IN_PATH, true},
};
static const struct shape shape_sesv2_delete_configuration_set_request = {
    .type = SHAPE_STRUCTURE,
    .members = members_sesv2_delete_configuration_set_request,
    .member_count = 1};
static const struct shape_member
    members_sesv2_delete_configuration_set_event_destination_request[] = {
        {"ConfigurationSetName", "ConfigurationSetName", &shape_string, SHAPE_IN_PATH, true},
        {"EventDestinationName", "EventDestinationName", &shape_string, SHAPE_IN_PATH, true},
};
static const struct shape shape_sesv2_delete_configuration_set_event_destination_request = {
    .type = SHAPE_STRUCTURE,
    .members = members_sesv2_delete_configuration_set_event_destination_request,
    .member_count = 2};
static const struct shape_member members_delete_contact_request[] = {
    {"ContactListName", "ContactListName", &shape_string, SHAPE_IN_PATH, true},
    {"EmailAddress", "EmailAddress", &shape_string, SHAPE_IN_PATH, true},
};
static const struct shape shape_delete_contact_request = {
    .type = SHAPE_STRUCTURE, .members = members_delete_contact_request, .member_count = 2};
static const struct shape_member members_delete_contact_list_request[] = {
    {"ContactListName", "ContactListName", &shape_string, SHAPE_IN_PATH, true},
};
static const struct shape shape_delete_contact_list_request = {
    .type = SHAPE_STRUCTURE, .members = members_delete_contact_list_request, .member_count = 1};
static const struct shape_member members_sesv2_delete_custom_verification_email_template_request[] =
    {
        {"TemplateName", "TemplateName", &shape_policy, SHAPE_IN_PATH, true},
};
static const struct shape shape_sesv2_delete_custom_verification_email_template_request = {
    .type = SHAPE_STRUCTURE,
    .members = members_sesv2_delete_custom_verification_email_template_request,
    .member_count = 1};
static const struct shape_member members_delete_email_identity_request[] = {
    {"EmailIdentity", "EmailIdentity", &shape_policy, SHAPE_IN_PATH, true},
};
static const struct shape shape_delete_email_identity_request = {
    .type = SHAPE_STRUCTURE, .members = members_delete_email_identity_request, .member_count = 1};
static const struct shape_member members_delete_email_identity_policy_request[] = {
    {"EmailIdentity", "EmailIdentity", &shape_policy, SHAPE_IN_PATH, true},
    {"PolicyName", "PolicyName", &shape_policy_name, SHAPE_IN_PATH, true},
};
static const struct shape shape_delete_email_identity_policy_request = {
    .type = SHAPE_STRUCTURE,
    .members = members_delete_email_identity_policy_request,
    .member_count = 2};
static const struct shape_member members_delete_suppressed_destination_request[] = {
    {"EmailAddress", "EmailAddress", &shape_string, SHAPE_IN_PATH, true},
    {"TenantName", "TenantName", &shape_policy, SHAPE_IN_QUERY, false},
};
static const struct shape shape_delete_suppressed_destination_request = {
    .type = SHAPE_STRUCTURE,
    .members = members_delete_suppressed_destination_request,
    .member_count = 2};
static const struct shape_member members_sesv2_suppression_confidence_threshold[] = {
    {"ConfidenceVerdictThreshold", "ConfidenceVerdictThreshold", &shape_string, SHAPE_IN_BODY,
     false},
};
static const struct shape shape_sesv2_suppression_confidence_threshold = {
    .type = SHAPE_STRUCTURE,
    .members = members_sesv2_suppression_confidence_threshold,
    .member_count = 1};
static const struct shape_member members_sesv2_suppression_condition_threshold[] = {
    {"ConditionThresholdEnabled", "ConditionThresholdEnabled", &shape_string, SHAPE_IN_BODY, false},
    {"OverallConfidenceThreshold", "OverallConfidenceThreshold",
     &shape_sesv2_suppression_confidence_threshold, SHAPE_IN_BODY, false},
};
static const struct shape shape_sesv2_suppression_condition_threshold = {
    .type = SHAPE_STRUCTURE,
    .members = members_sesv2_suppression_condition_threshold,
    .member_count = 2};
static const struct shape_member members_suppression_validation_attributes[] = {
    {"ConditionThreshold", "ConditionThreshold", &shape_sesv2_suppression_condition_threshold,
     SHAPE_IN_BODY, false},
};
static const struct shape shape_suppression_validation_attributes = {
    .type = SHAPE_STRUCTURE,
    .members = members_suppression_validation_attributes,
    .member_count = 1};
static const struct shape_member members_suppression_attributes[] = {
    {"SuppressedReasons", "SuppressedReasons", &shape_ses_event_types, SHAPE_IN_BODY, false},
    {"ValidationAttributes", "ValidationAttributes", &shape_suppression_validation_attributes,
     SHAPE_IN_BODY, false},
};
static const struct shape shape_suppression_attributes = {
    .type = SHAPE_STRUCTURE, .members = members_suppression_attributes, .member_count = 2};
static const struct shape_member members_review_details[] = {
    {"Status", "Status", &shape_string, SHAPE_IN_BODY, false},
    {"CaseId", "CaseId", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_review_details = {
    .type = SHAPE_STRUCTURE, .members = members_review_details, .member_count = 2};
static const struct shape_member members_account_details[] = {
    {"MailType", "MailType", &shape_string, SHAPE_IN_BODY, false},
    {"WebsiteURL", "WebsiteURL", &shape_string, SHAPE_IN_BODY, false},
    {"ContactLanguage", "ContactLanguage", &shape_string, SHAPE_IN_BODY, false},
    {"UseCaseDescription", "UseCaseDescription", &shape_string, SHAPE_IN_BODY, false},
    {"AdditionalContactEmailAddresses", "AdditionalContactEmailAddresses", &shape_ses_event_types,
     SHAPE_IN_BODY, false},
    {"ReviewDetails", "ReviewDetails", &shape_review_details, SHAPE_IN_BODY, false},
};
static const struct shape shape_account_details = {
    .type = SHAPE_STRUCTURE, .members = members_account_details, .member_count = 6};
static const struct shape_member members_dashboard_attributes[] = {
    {"EngagementMetrics", "EngagementMetrics", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_dashboard_attributes = {
    .type = SHAPE_STRUCTURE, .members = members_dashboard_attributes, .member_count = 1};
static const struct shape_member members_guardian_attributes[] = {
    {"OptimizedSharedDelivery", "OptimizedSharedDelivery", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_guardian_attributes = {
    .type = SHAPE_STRUCTURE, .members = members_guardian_attributes, .member_count = 1};
static const struct shape_member members_vdm_attributes[] = {
    {"VdmEnabled", "VdmEnabled", &shape_string, SHAPE_IN_BODY, false},
    {"DashboardAttributes", "DashboardAttributes", &shape_dashboard_attributes, SHAPE_IN_BODY,
     false},
    {"GuardianAttributes", "GuardianAttributes", &shape_guardian_attributes, SHAPE_IN_BODY, false},
};
static const struct shape shape_vdm_attributes = {
    .type = SHAPE_STRUCTURE, .members = members_vdm_attributes, .member_count = 3};
static const struct shape_member members_pricing_attributes[] = {
    {"CurrentPlan", "CurrentPlan", &shape_string, SHAPE_IN_BODY, false},
    {"NextPlan", "NextPlan", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_pricing_attributes = {
    .type = SHAPE_STRUCTURE, .members = members_pricing_attributes, .member_count = 2};
static const struct shape_member members_get_account_response[] = {
    {"DedicatedIpAutoWarmupEnabled", "DedicatedIpAutoWarmupEnabled", &shape_boolean, SHAPE_IN_BODY,
     false},
    {"EnforcementStatus", "EnforcementStatus", &shape_string, SHAPE_IN_BODY, false},
    {"ProductionAccessEnabled", "ProductionAccessEnabled", &shape_boolean, SHAPE_IN_BODY, false},
    {"SendQuota", "SendQuota", &shape_get_send_quota_response, SHAPE_IN_BODY, false},
    {"SendingEnabled", "SendingEnabled", &shape_boolean, SHAPE_IN_BODY, false},
    {"SuppressionAttributes", "SuppressionAttributes", &shape_suppression_attributes, SHAPE_IN_BODY,
     false},
    {"Details", "Details", &shape_account_details, SHAPE_IN_BODY, false},
    {"VdmAttributes", "VdmAttributes", &shape_vdm_attributes, SHAPE_IN_BODY, false},
    {"PricingAttributes", "PricingAttributes", &shape_pricing_attributes, SHAPE_IN_BODY, false},
};
static const struct shape shape_get_account_response = {
    .type = SHAPE_STRUCTURE, .members = members_get_account_response, .member_count = 9};
static const struct shape_member members_sesv2_tracking_options_2[] = {
    {"CustomRedirectDomain", "CustomRedirectDomain", &shape_string, SHAPE_IN_BODY, false},
    {"HttpsPolicy", "HttpsPolicy", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_sesv2_tracking_options_2 = {
    .type = SHAPE_STRUCTURE, .members = members_sesv2_tracking_options_2, .member_count = 2};
static const struct shape_member members_sesv2_delivery_options_2[] = {
    {"TlsPolicy", "TlsPolicy", &shape_string, SHAPE_IN_BODY, false},
    {"SendingPoolName", "SendingPoolName", &shape_string, SHAPE_IN_BODY, false},
    {"MaxDeliverySeconds", "MaxDeliverySeconds", &shape_integer, SHAPE_IN_BODY, false},
};
static const struct shape shape_sesv2_delivery_options_2 = {
    .type = SHAPE_STRUCTURE, .members = members_sesv2_delivery_options_2, .member_count = 3};
static const struct shape_member members_sesv2_tag[] = {
    {"Key", "Key", &shape_string, SHAPE_IN_BODY, false},
    {"Value", "Value", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_sesv2_tag = {
    .type = SHAPE_STRUCTURE, .members = members_sesv2_tag, .member_count = 2};
static const struct shape shape_sesv2_tag_list = {.type = SHAPE_LIST, .element = &shape_sesv2_tag};
static const struct shape_member members_sesv2_suppression_options[] = {
    {"SuppressedReasons", "SuppressedReasons", &shape_ses_event_types, SHAPE_IN_BODY, false},
    {"SuppressionScope", "SuppressionScope", &shape_string, SHAPE_IN_BODY, false},
    {"ValidationOptions", "ValidationOptions", &shape_suppression_validation_attributes,
     SHAPE_IN_BODY, false},
};
static const struct shape shape_sesv2_suppression_options = {
    .type = SHAPE_STRUCTURE, .members = members_sesv2_suppression_options, .member_count = 3};
static const struct shape_member members_sesv2_vdm_options[] = {
    {"DashboardOptions", "DashboardOptions", &shape_dashboard_attributes, SHAPE_IN_BODY, false},
    {"GuardianOptions", "GuardianOptions", &shape_guardian_attributes, SHAPE_IN_BODY, false},
};
static const struct shape shape_sesv2_vdm_options = {
    .type = SHAPE_STRUCTURE, .members = members_sesv2_vdm_options, .member_count = 2};
static const struct shape_member members_sesv2_archiving_options[] = {
    {"ArchiveArn", "ArchiveArn", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_sesv2_archiving_options = {
    .type = SHAPE_STRUCTURE, .members = members_sesv2_archiving_options, .member_count = 1};
static const struct shape_member members_get_configuration_set_response[] = {
    {"ConfigurationSetName", "ConfigurationSetName", &shape_string, SHAPE_IN_BODY, false},
    {"TrackingOptions", "TrackingOptions", &shape_sesv2_tracking_options_2, SHAPE_IN_BODY, false},
    {"DeliveryOptions", "DeliveryOptions", &shape_sesv2_delivery_options_2, SHAPE_IN_BODY, false},
    {"ReputationOptions", "ReputationOptions", &shape_sesv2_reputation_options, SHAPE_IN_BODY,
     false},
    {"SendingOptions", "SendingOptions", &shape_sending_options, SHAPE_IN_BODY, false},
    {"Tags", "Tags", &shape_sesv2_tag_list, SHAPE_IN_BODY, false},
    {"SuppressionOptions", "SuppressionOptions", &shape_sesv2_suppression_options, SHAPE_IN_BODY,
     false},
    {"VdmOptions", "VdmOptions", &shape_sesv2_vdm_options, SHAPE_IN_BODY, false},
    {"ArchivingOptions", "ArchivingOptions", &shape_sesv2_archiving_options, SHAPE_IN_BODY, false},
};
static const struct shape shape_get_configuration_set_response = {
    .type = SHAPE_STRUCTURE, .members = members_get_configuration_set_response, .member_count = 9};
static const struct shape_member members_sesv2_kinesis_firehose_destination_2[] = {
    {"IamRoleArn", "IamRoleArn", &shape_string, SHAPE_IN_BODY, false},
    {"DeliveryStreamArn", "DeliveryStreamArn", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_sesv2_kinesis_firehose_destination_2 = {
    .type = SHAPE_STRUCTURE,
    .members = members_sesv2_kinesis_firehose_destination_2,
    .member_count = 2};
static const struct shape_member members_sesv2_sns_destination_2[] = {
    {"TopicArn", "TopicArn", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_sesv2_sns_destination_2 = {
    .type = SHAPE_STRUCTURE, .members = members_sesv2_sns_destination_2, .member_count = 1};
static const struct shape_member members_sesv2_event_bridge_destination[] = {
    {"EventBusArn", "EventBusArn", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_sesv2_event_bridge_destination = {
    .type = SHAPE_STRUCTURE, .members = members_sesv2_event_bridge_destination, .member_count = 1};
static const struct shape_member members_sesv2_pinpoint_destination[] = {
    {"ApplicationArn", "ApplicationArn", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_sesv2_pinpoint_destination = {
    .type = SHAPE_STRUCTURE, .members = members_sesv2_pinpoint_destination, .member_count = 1};
static const struct shape_member members_sesv2_event_destination[] = {
    {"Name", "Name", &shape_string, SHAPE_IN_BODY, false},
    {"Enabled", "Enabled", &shape_boolean, SHAPE_IN_BODY, false},
    {"MatchingEventTypes", "MatchingEventTypes", &shape_ses_event_types, SHAPE_IN_BODY, false},
    {"KinesisFirehoseDestination", "KinesisFirehoseDestination",
     &shape_sesv2_kinesis_firehose_destination_2, SHAPE_IN_BODY, false},
    {"CloudWatchDestination", "CloudWatchDestination", &shape_ses_cloud_watch_destination,
     SHAPE_IN_BODY, false},
    {"SnsDestination", "SnsDestination", &shape_sesv2_sns_destination_2, SHAPE_IN_BODY, false},
    {"EventBridgeDestination", "EventBridgeDestination", &shape_sesv2_event_bridge_destination,
     SHAPE_IN_BODY, false},
    {"PinpointDestination", "PinpointDestination", &shape_sesv2_pinpoint_destination, SHAPE_IN_BODY,
     false},
};
static const struct shape shape_sesv2_event_destination = {
    .type = SHAPE_STRUCTURE, .members = members_sesv2_event_destination, .member_count = 8};
static const struct shape shape_sesv2_event_destinations = {
    .type = SHAPE_LIST, .element = &shape_sesv2_event_destination};
static const struct shape_member members_get_configuration_set_event_destinations_response[] = {
    {"EventDestinations", "EventDestinations", &shape_sesv2_event_destinations, SHAPE_IN_BODY,
     false},
};
static const struct shape shape_get_configuration_set_event_destinations_response = {
    .type = SHAPE_STRUCTURE,
    .members = members_get_configuration_set_event_destinations_response,
    .member_count = 1};
static const struct shape_member members_sesv2_topic_preference[] = {
    {"TopicName", "TopicName", &shape_string, SHAPE_IN_BODY, false},
    {"SubscriptionStatus", "SubscriptionStatus", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_sesv2_topic_preference = {
    .type = SHAPE_STRUCTURE, .members = members_sesv2_topic_preference, .member_count = 2};
static const struct shape shape_sesv2_topic_preference_list = {
    .type = SHAPE_LIST, .element = &shape_sesv2_topic_preference};
static const struct shape_member members_get_contact_response[] = {
    {"ContactListName", "ContactListName", &shape_string, SHAPE_IN_BODY, false},
    {"EmailAddress", "EmailAddress", &shape_string, SHAPE_IN_BODY, false},
    {"TopicPreferences", "TopicPreferences", &shape_sesv2_topic_preference_list, SHAPE_IN_BODY,
     false},
    {"TopicDefaultPreferences", "TopicDefaultPreferences", &shape_sesv2_topic_preference_list,
     SHAPE_IN_BODY, false},
    {"UnsubscribeAll", "UnsubscribeAll", &shape_boolean, SHAPE_IN_BODY, false},
    {"AttributesData", "AttributesData", &shape_string, SHAPE_IN_BODY, false},
    {"CreatedTimestamp", "CreatedTimestamp", &shape_timestamp, SHAPE_IN_BODY, false},
    {"LastUpdatedTimestamp", "LastUpdatedTimestamp", &shape_timestamp, SHAPE_IN_BODY, false},
};
static const struct shape shape_get_contact_response = {
    .type = SHAPE_STRUCTURE, .members = members_get_contact_response, .member_count = 8};
static const struct shape_member members_sesv2_topic[] = {
    {"TopicName", "TopicName", &shape_string, SHAPE_IN_BODY, false},
    {"DisplayName", "DisplayName", &shape_string, SHAPE_IN_BODY, false},
    {"Description", "Description", &shape_string, SHAPE_IN_BODY, false},
    {"DefaultSubscriptionStatus", "DefaultSubscriptionStatus", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_sesv2_topic = {
    .type = SHAPE_STRUCTURE, .members = members_sesv2_topic, .member_count = 4};
static const struct shape shape_sesv2_topics = {.type = SHAPE_LIST, .element = &shape_sesv2_topic};
static const struct shape_member members_get_contact_list_response[] = {
    {"ContactListName", "ContactListName", &shape_string, SHAPE_IN_BODY, false},
    {"Topics", "Topics", &shape_sesv2_topics, SHAPE_IN_BODY, false},
    {"Description", "Description", &shape_string, SHAPE_IN_BODY, false},
    {"CreatedTimestamp", "CreatedTimestamp", &shape_timestamp, SHAPE_IN_BODY, false},
    {"LastUpdatedTimestamp", "LastUpdatedTimestamp", &shape_timestamp, SHAPE_IN_BODY, false},
    {"Tags", "Tags", &shape_sesv2_tag_list, SHAPE_IN_BODY, false},
};
static const struct shape shape_get_contact_list_response = {
    .type = SHAPE_STRUCTURE, .members = members_get_contact_list_response, .member_count = 6};
static const struct shape_member members_sesv2_get_custom_verification_email_template_response[] = {
    {"TemplateName", "TemplateName", &shape_string, SHAPE_IN_BODY, false},
    {"FromEmailAddress", "FromEmailAddress", &shape_string, SHAPE_IN_BODY, false},
    {"TemplateSubject", "TemplateSubject", &shape_string, SHAPE_IN_BODY, false},
    {"TemplateContent", "TemplateContent", &shape_string, SHAPE_IN_BODY, false},
    {"Tags", "Tags", &shape_sesv2_tag_list, SHAPE_IN_BODY, false},
    {"SuccessRedirectionURL", "SuccessRedirectionURL", &shape_string, SHAPE_IN_BODY, false},
    {"FailureRedirectionURL", "FailureRedirectionURL", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_sesv2_get_custom_verification_email_template_response = {
    .type = SHAPE_STRUCTURE,
    .members = members_sesv2_get_custom_verification_email_template_response,
    .member_count = 7};
static const struct shape_member members_mail_from_attributes[] = {
    {"MailFromDomain", "MailFromDomain", &shape_string, SHAPE_IN_BODY, false},
    {"MailFromDomainStatus", "MailFromDomainStatus", &shape_string, SHAPE_IN_BODY, false},
    {"BehaviorOnMxFailure", "BehaviorOnMxFailure", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_mail_from_attributes = {
    .type = SHAPE_STRUCTURE, .members = members_mail_from_attributes, .member_count = 3};
static const struct shape_member members_soa_record[] = {
    {"PrimaryNameServer", "PrimaryNameServer", &shape_string, SHAPE_IN_BODY, false},
    {"AdminEmail", "AdminEmail", &shape_string, SHAPE_IN_BODY, false},
    {"SerialNumber", "SerialNumber", &shape_integer, SHAPE_IN_BODY, false},
};
static const struct shape shape_soa_record = {
    .type = SHAPE_STRUCTURE, .members = members_soa_record, .member_count = 3};
static const struct shape_member members_verification_info[] = {
    {"LastCheckedTimestamp", "LastCheckedTimestamp", &shape_timestamp, SHAPE_IN_BODY, false},
    {"LastSuccessTimestamp", "LastSuccessTimestamp", &shape_timestamp, SHAPE_IN_BODY, false},
    {"ErrorType", "ErrorType", &shape_string, SHAPE_IN_BODY, false},
    {"SOARecord", "SOARecord", &shape_soa_record, SHAPE_IN_BODY, false},
};
static const struct shape shape_verification_info = {
    .type = SHAPE_STRUCTURE, .members = members_verification_info, .member_count = 4};
static const struct shape_member members_get_email_identity_response[] = {
    {"IdentityType", "IdentityType", &shape_string, SHAPE_IN_BODY, false},
    {"FeedbackForwardingStatus", "FeedbackForwardingStatus", &shape_boolean, SHAPE_IN_BODY, false},
    {"VerifiedForSendingStatus", "VerifiedForSendingStatus", &shape_boolean, SHAPE_IN_BODY, false},
    {"DkimAttributes", "DkimAttributes", &shape_sesv2_dkim_attributes, SHAPE_IN_BODY, false},
    {"MailFromAttributes", "MailFromAttributes", &shape_mail_from_attributes, SHAPE_IN_BODY, false},
    {"Policies", "Policies", &shape_policy_map, SHAPE_IN_BODY, false},
    {"Tags", "Tags", &shape_sesv2_tag_list, SHAPE_IN_BODY, false},
    {"ConfigurationSetName", "ConfigurationSetName", &shape_string, SHAPE_IN_BODY, false},
    {"VerificationStatus", "VerificationStatus", &shape_string, SHAPE_IN_BODY, false},
    {"VerificationInfo", "VerificationInfo", &shape_verification_info, SHAPE_IN_BODY, false},
};
static const struct shape shape_get_email_identity_response = {
    .type = SHAPE_STRUCTURE, .members = members_get_email_identity_response, .member_count = 10};
static const struct shape_member members_get_email_template_response[] = {
    {"TemplateName", "TemplateName", &shape_string, SHAPE_IN_BODY, false},
    {"TemplateContent", "TemplateContent", &shape_email_template_content, SHAPE_IN_BODY, false},
    {"Tags", "Tags", &shape_sesv2_tag_list, SHAPE_IN_BODY, false},
};
static const struct shape shape_get_email_template_response = {
    .type = SHAPE_STRUCTURE, .members = members_get_email_template_response, .member_count = 3};
static const struct shape_member members_get_import_job_request[] = {
    {"JobId", "JobId", &shape_policy, SHAPE_IN_PATH, true},
};
static const struct shape shape_get_import_job_request = {
    .type = SHAPE_STRUCTURE, .members = members_get_import_job_request, .member_count = 1};
static const struct shape_member members_sesv2_suppression_list_destination[] = {
    {"SuppressionListImportAction", "SuppressionListImportAction", &shape_string, SHAPE_IN_BODY,
     false},
};
static const struct shape shape_sesv2_suppression_list_destination = {
    .type = SHAPE_STRUCTURE,
    .members = members_sesv2_suppression_list_destination,
    .member_count = 1};
static const struct shape_member members_sesv2_contact_list_destination[] = {
    {"ContactListName", "ContactListName", &shape_string, SHAPE_IN_BODY, false},
    {"ContactListImportAction", "ContactListImportAction", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_sesv2_contact_list_destination = {
    .type = SHAPE_STRUCTURE, .members = members_sesv2_contact_list_destination, .member_count = 2};
static const struct shape_member members_sesv2_import_destination[] = {
    {"SuppressionListDestination", "SuppressionListDestination",
     &shape_sesv2_suppression_list_destination, SHAPE_IN_BODY, false},
    {"ContactListDestination", "ContactListDestination", &shape_sesv2_contact_list_destination,
     SHAPE_IN_BODY, false},
};
static const struct shape shape_sesv2_import_destination = {
    .type = SHAPE_STRUCTURE, .members = members_sesv2_import_destination, .member_count = 2};
static const struct shape_member members_sesv2_import_data_source[] = {
    {"S3Url", "S3Url", &shape_string, SHAPE_IN_BODY, false},
    {"DataFormat", "DataFormat", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_sesv2_import_data_source = {
    .type = SHAPE_STRUCTURE, .members = members_sesv2_import_data_source, .member_count = 2};
static const struct shape_member members_failure_info[] = {
    {"FailedRecordsS3Url", "FailedRecordsS3Url", &shape_string, SHAPE_IN_BODY, false},
    {"ErrorMessage", "ErrorMessage", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_failure_info = {
    .type = SHAPE_STRUCTURE, .members = members_failure_info, .member_count = 2};
static const struct shape_member members_get_import_job_response[] = {
    {"JobId", "JobId", &shape_string, SHAPE_IN_BODY, false},
    {"ImportDestination", "ImportDestination", &shape_sesv2_import_destination, SHAPE_IN_BODY,
     false},
    {"ImportDataSource", "ImportDataSource", &shape_sesv2_import_data_source, SHAPE_IN_BODY, false},
    {"FailureInfo", "FailureInfo", &shape_failure_info, SHAPE_IN_BODY, false},
    {"JobStatus", "JobStatus", &shape_string, SHAPE_IN_BODY, false},
    {"CreatedTimestamp", "CreatedTimestamp", &shape_timestamp, SHAPE_IN_BODY, false},
    {"CompletedTimestamp", "CompletedTimestamp", &shape_timestamp, SHAPE_IN_BODY, false},
    {"ProcessedRecordsCount", "ProcessedRecordsCount", &shape_integer, SHAPE_IN_BODY, false},
    {"FailedRecordsCount", "FailedRecordsCount", &shape_integer, SHAPE_IN_BODY, false},
};
static const struct shape shape_get_import_job_response = {
    .type = SHAPE_STRUCTURE, .members = members_get_import_job_response, .member_count = 9};
static const struct shape_member members_get_message_insights_request[] = {
    {"MessageId", "MessageId", &shape_string, SHAPE_IN_PATH, true},
};
static const struct shape shape_get_message_insights_request = {
    .type = SHAPE_STRUCTURE, .members = members_get_message_insights_request, .member_count = 1};
static const struct shape_member members_message_tag[] = {
    {"Name", "Name", &shape_string, SHAPE_IN_BODY, false},
    {"Value", "Value", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_message_tag = {
    .type = SHAPE_STRUCTURE, .members = members_message_tag, .member_count = 2};
static const struct shape shape_message_tag_list = {.type = SHAPE_LIST,
                                                    .element = &shape_message_tag};
static const struct shape_member members_bounce[] = {
    {"BounceType", "BounceType", &shape_string, SHAPE_IN_BODY, false},
    {"BounceSubType", "BounceSubType", &shape_string, SHAPE_IN_BODY, false},
    {"DiagnosticCode", "DiagnosticCode", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_bounce = {
    .type = SHAPE_STRUCTURE, .members = members_bounce, .member_count = 3};
static const struct shape_member members_complaint[] = {
    {"ComplaintSubType", "ComplaintSubType", &shape_string, SHAPE_IN_BODY, false},
    {"ComplaintFeedbackType", "ComplaintFeedbackType", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_complaint = {
    .type = SHAPE_STRUCTURE, .members = members_complaint, .member_count = 2};
static const struct shape_member members_event_details[] = {
    {"Bounce", "Bounce", &shape_bounce, SHAPE_IN_BODY, false},
    {"Complaint", "Complaint", &shape_complaint, SHAPE_IN_BODY, false},
};
static const struct shape shape_event_details = {
    .type = SHAPE_STRUCTURE, .members = members_event_details, .member_count = 2};
static const struct shape_member members_insights_event[] = {
    {"Timestamp", "Timestamp", &shape_timestamp, SHAPE_IN_BODY, false},
    {"Type", "Type", &shape_string, SHAPE_IN_BODY, false},
    {"Details", "Details", &shape_event_details, SHAPE_IN_BODY, false},
};
static const struct shape shape_insights_event = {
    .type = SHAPE_STRUCTURE, .members = members_insights_event, .member_count = 3};
static const struct shape shape_insights_events = {.type = SHAPE_LIST,
                                                   .element = &shape_insights_event};
static const struct shape_member members_email_insights[] = {
    {"Destination", "Destination", &shape_string, SHAPE_IN_BODY, false},
    {"Isp", "Isp", &shape_string, SHAPE_IN_BODY, false},
    {"Events", "Events", &shape_insights_events, SHAPE_IN_BODY, false},
};
static const struct shape shape_email_insights = {
    .type = SHAPE_STRUCTURE, .members = members_email_insights, .member_count = 3};
static const struct shape shape_email_insights_list = {.type = SHAPE_LIST,
                                                       .element = &shape_email_insights};
static const struct shape_member members_get_message_insights_response[] = {
    {"MessageId", "MessageId", &shape_string, SHAPE_IN_BODY, false},
    {"FromEmailAddress", "FromEmailAddress", &shape_string, SHAPE_IN_BODY, false},
    {"Subject", "Subject", &shape_string, SHAPE_IN_BODY, false},
    {"EmailTags", "EmailTags", &shape_message_tag_list, SHAPE_IN_BODY, false},
    {"Insights", "Insights", &shape_email_insights_list, SHAPE_IN_BODY, false},
};
static const struct shape shape_get_message_insights_response = {
    .type = SHAPE_STRUCTURE, .members = members_get_message_insights_response, .member_count = 5};
static const struct shape_member members_suppressed_destination_attributes[] = {
    {"MessageId", "MessageId", &shape_string, SHAPE_IN_BODY, false},
    {"FeedbackId", "FeedbackId", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_suppressed_destination_attributes = {
    .type = SHAPE_STRUCTURE,
    .members = members_suppressed_destination_attributes,
    .member_count = 2};
static const struct shape_member members_suppressed_destination[] = {
    {"EmailAddress", "EmailAddress", &shape_string, SHAPE_IN_BODY, false},
    {"Reason", "Reason", &shape_string, SHAPE_IN_BODY, false},
    {"LastUpdateTime", "LastUpdateTime", &shape_timestamp, SHAPE_IN_BODY, false},
    {"Attributes", "Attributes", &shape_suppressed_destination_attributes, SHAPE_IN_BODY, false},
    {"TenantName", "TenantName", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_suppressed_destination = {
    .type = SHAPE_STRUCTURE, .members = members_suppressed_destination, .member_count = 5};
static const struct shape_member members_get_suppressed_destination_response[] = {
    {"SuppressedDestination", "SuppressedDestination", &shape_suppressed_destination, SHAPE_IN_BODY,
     false},
};
static const struct shape shape_get_suppressed_destination_response = {
    .type = SHAPE_STRUCTURE,
    .members = members_get_suppressed_destination_response,
    .member_count = 1};
static const struct shape_member members_sesv2_list_configuration_sets_request[] = {
    {"NextToken", "NextToken", &shape_string, SHAPE_IN_EITHER, false},
    {"PageSize", "PageSize", &shape_integer, SHAPE_IN_EITHER, false},
};
static const struct shape shape_sesv2_list_configuration_sets_request = {
    .type = SHAPE_STRUCTURE,
    .members = members_sesv2_list_configuration_sets_request,
    .member_count = 2};
static const struct shape_member members_sesv2_list_configuration_sets_response[] = {
    {"ConfigurationSets", "ConfigurationSets", &shape_ses_event_types, SHAPE_IN_BODY, false},
    {"NextToken", "NextToken", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_sesv2_list_configuration_sets_response = {
    .type = SHAPE_STRUCTURE,
    .members = members_sesv2_list_configuration_sets_response,
    .member_count = 2};
static const struct shape_member members_list_contact_lists_request[] = {
    {"PageSize", "PageSize", &shape_integer, SHAPE_IN_QUERY, false},
    {"NextToken", "NextToken", &shape_string, SHAPE_IN_QUERY, false},
};
static const struct shape shape_list_contact_lists_request = {
    .type = SHAPE_STRUCTURE, .members = members_list_contact_lists_request, .member_count = 2};
static const struct shape_member members_contact_list[] = {
    {"ContactListName", "ContactListName", &shape_string, SHAPE_IN_BODY, false},
    {"LastUpdatedTimestamp", "LastUpdatedTimestamp", &shape_timestamp, SHAPE_IN_BODY, false},
};
static const struct shape shape_contact_list = {
    .type = SHAPE_STRUCTURE, .members = members_contact_list, .member_count = 2};
static const struct shape shape_list_of_contact_lists = {.type = SHAPE_LIST,
                                                         .element = &shape_contact_list};
static const struct shape_member members_list_contact_lists_response[] = {
    {"ContactLists", "ContactLists", &shape_list_of_contact_lists, SHAPE_IN_BODY, false},
    {"NextToken", "NextToken", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_list_contact_lists_response = {
    .type = SHAPE_STRUCTURE, .members = members_list_contact_lists_response, .member_count = 2};
static const struct shape_member members_topic_filter[] = {
    {"TopicName", "TopicName", &shape_string, SHAPE_IN_BODY, false},
    {"UseDefaultIfPreferenceUnavailable", "UseDefaultIfPreferenceUnavailable", &shape_boolean,
     SHAPE_IN_BODY, false},
};
static const struct shape shape_topic_filter = {
    .type = SHAPE_STRUCTURE, .members = members_topic_filter, .member_count = 2};
static const struct shape_member members_list_contacts_filter[] = {
    {"FilteredStatus", "FilteredStatus", &shape_subscription_status, SHAPE_IN_BODY, false},
    {"TopicFilter", "TopicFilter", &shape_topic_filter, SHAPE_IN_BODY, false},
};
static const struct shape shape_list_contacts_filter = {
    .type = SHAPE_STRUCTURE, .members = members_list_contacts_filter, .member_count = 2};
static const struct shape_member members_list_contacts_request[] = {
    {"ContactListName", "ContactListName", &shape_string, SHAPE_IN_PATH, true},
    {"Filter", "Filter", &shape_list_contacts_filter, SHAPE_IN_BODY, false},
    {"PageSize", "PageSize", &shape_integer, SHAPE_IN_EITHER, false},
    {"NextToken", "NextToken", &shape_string, SHAPE_IN_EITHER, false},
};
static const struct shape shape_list_contacts_request = {
    .type = SHAPE_STRUCTURE, .members = members_list_contacts_request, .member_count = 4};
static const struct shape_member members_contact[] = {
    {"EmailAddress", "EmailAddress", &shape_string, SHAPE_IN_BODY, false},
    {"TopicPreferences", "TopicPreferences", &shape_sesv2_topic_preference_list, SHAPE_IN_BODY,
     false},
    {"TopicDefaultPreferences", "TopicDefaultPreferences", &shape_sesv2_topic_preference_list,
     SHAPE_IN_BODY, false},
    {"UnsubscribeAll", "UnsubscribeAll", &shape_boolean, SHAPE_IN_BODY, false},
    {"LastUpdatedTimestamp", "LastUpdatedTimestamp", &shape_timestamp, SHAPE_IN_BODY, false},
};
static const struct shape shape_contact = {
    .type = SHAPE_STRUCTURE, .members = members_contact, .member_count = 5};
static const struct shape shape_list_of_contacts = {.type = SHAPE_LIST, .element = &shape_contact};
static const struct shape_member members_list_contacts_response[] = {
    {"Contacts", "Contacts", &shape_list_of_contacts, SHAPE_IN_BODY, false},
    {"NextToken", "NextToken", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_list_contacts_response = {
    .type = SHAPE_STRUCTURE, .members = members_list_contacts_response, .member_count = 2};
static const struct shape_member members_sesv2_list_custom_verification_email_templates_request[] =
    {
        {"NextToken", "NextToken", &shape_string, SHAPE_IN_QUERY, false},
        {"PageSize", "PageSize", &shape_integer, SHAPE_IN_QUERY, false},
};
static const struct shape shape_sesv2_list_custom_verification_email_templates_request = {
    .type = SHAPE_STRUCTURE,
    .members = members_sesv2_list_custom_verification_email_templates_request,
    .member_count = 2};
static const struct shape_member members_identity_info[] = {
    {"IdentityType", "IdentityType", &shape_string, SHAPE_IN_BODY, false},
    {"IdentityName", "IdentityName", &shape_string, SHAPE_IN_BODY, false},
    {"SendingEnabled", "SendingEnabled", &shape_boolean, SHAPE_IN_BODY, false},
    {"VerificationStatus", "VerificationStatus", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_identity_info = {
    .type = SHAPE_STRUCTURE, .members = members_identity_info, .member_count = 4};
static const struct shape shape_identity_info_list = {.type = SHAPE_LIST,
                                                      .element = &shape_identity_info};
static const struct shape_member members_list_email_identities_response[] = {
    {"EmailIdentities", "EmailIdentities", &shape_identity_info_list, SHAPE_IN_BODY, false},
    {"NextToken", "NextToken", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_list_email_identities_response = {
    .type = SHAPE_STRUCTURE, .members = members_list_email_identities_response, .member_count = 2};
static const struct shape_member members_email_template_metadata[] = {
    {"TemplateName", "TemplateName", &shape_string, SHAPE_IN_BODY, false},
    {"CreatedTimestamp", "CreatedTimestamp", &shape_timestamp, SHAPE_IN_BODY, false},
};
static const struct shape shape_email_template_metadata = {
    .type = SHAPE_STRUCTURE, .members = members_email_template_metadata, .member_count = 2};
static const struct shape shape_email_template_metadata_list = {
    .type = SHAPE_LIST, .element = &shape_email_template_metadata};
static const struct shape_member members_list_email_templates_response[] = {
    {"TemplatesMetadata", "TemplatesMetadata", &shape_email_template_metadata_list, SHAPE_IN_BODY,
     false},
    {"NextToken", "NextToken", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_list_email_templates_response = {
    .type = SHAPE_STRUCTURE, .members = members_list_email_templates_response, .member_count = 2};
static const char *const values_import_destination_type[] = {
    "SUPPRESSION_LIST",
    "CONTACT_LIST",
    NULL,
};
static const struct shape shape_import_destination_type = {
    .type = SHAPE_STRING, .values = values_import_destination_type};
static const struct shape_member members_list_import_jobs_request[] = {
    {"ImportDestinationType", "ImportDestinationType", &shape_import_destination_type,
     SHAPE_IN_EITHER, false},
    {"NextToken", "NextToken", &shape_string, SHAPE_IN_EITHER, false},
    {"PageSize", "PageSize", &shape_integer, SHAPE_IN_EITHER, false},
};
static const struct shape shape_list_import_jobs_request = {
    .type = SHAPE_STRUCTURE, .members = members_list_import_jobs_request, .member_count = 3};
static const struct shape_member members_import_job_summary[] = {
    {"JobId", "JobId", &shape_string, SHAPE_IN_BODY, false},
    {"ImportDestination", "ImportDestination", &shape_sesv2_import_destination, SHAPE_IN_BODY,
     false},
    {"JobStatus", "JobStatus", &shape_string, SHAPE_IN_BODY, false},
    {"CreatedTimestamp", "CreatedTimestamp", &shape_timestamp, SHAPE_IN_BODY, false},
    {"ProcessedRecordsCount", "ProcessedRecordsCount", &shape_integer, SHAPE_IN_BODY, false},
    {"FailedRecordsCount", "FailedRecordsCount", &shape_integer, SHAPE_IN_BODY, false},
};
static const struct shape shape_import_job_summary = {
    .type = SHAPE_STRUCTURE, .members = members_import_job_summary, .member_count = 6};
static const struct shape shape_import_job_summary_list = {.type = SHAPE_LIST,
                                                           .element = &shape_import_job_summary};
static const struct shape_member members_list_import_jobs_response[] = {
    {"ImportJobs", "ImportJobs", &shape_import_job_summary_list, SHAPE_IN_BODY, false},
    {"NextToken", "NextToken", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_list_import_jobs_response = {
    .type = SHAPE_STRUCTURE, .members = members_list_import_jobs_response, .member_count = 2};
static const struct shape_member members_list_suppressed_destinations_request[] = {
    {"TenantName", "TenantName", &shape_policy, SHAPE_IN_QUERY, false},
    {"Reasons", "Reason", &shape_suppression_list_reasons, SHAPE_IN_QUERY, false},
    {"StartDate", "StartDate", &shape_timestamp, SHAPE_IN_QUERY, false},
    {"EndDate", "EndDate", &shape_timestamp, SHAPE_IN_QUERY, false},
    {"NextToken", "NextToken", &shape_string, SHAPE_IN_QUERY, false},
    {"PageSize", "PageSize", &shape_integer, SHAPE_IN_QUERY, false},
};
static const struct shape shape_list_suppressed_destinations_request = {
    .type = SHAPE_STRUCTURE,
    .members = members_list_suppressed_destinations_request,
    .member_count = 6};
static const struct shape_member members_suppressed_destination_summary[] = {
    {"EmailAddress", "EmailAddress", &shape_string, SHAPE_IN_BODY, false},
    {"Reason", "Reason", &shape_string, SHAPE_IN_BODY, false},
    {"LastUpdateTime", "LastUpdateTime", &shape_timestamp, SHAPE_IN_BODY, false},
};
static const struct shape shape_suppressed_destination_summary = {
    .type = SHAPE_STRUCTURE, .members = members_suppressed_destination_summary, .member_count = 3};
static const struct shape shape_suppressed_destination_summaries = {
    .type = SHAPE_LIST, .element = &shape_suppressed_destination_summary};
static const struct shape_member members_list_suppressed_destinations_response[] = {
    {"SuppressedDestinationSummaries", "SuppressedDestinationSummaries",
     &shape_suppressed_destination_summaries, SHAPE_IN_BODY, false},
    {"NextToken", "NextToken", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_list_suppressed_destinations_response = {
    .type = SHAPE_STRUCTURE,
    .members = members_list_suppressed_destinations_response,
    .member_count = 2};
static const struct shape_member members_list_tags_for_resource_request[] = {
    {"ResourceArn", "ResourceArn", &shape_policy, SHAPE_IN_QUERY, true},
};
static const struct shape shape_list_tags_for_resource_request = {
    .type = SHAPE_STRUCTURE, .members = members_list_tags_for_resource_request, .member_count = 1};
static const struct shape_member members_list_tags_for_resource_response[] = {
    {"Tags", "Tags", &shape_sesv2_tag_list, SHAPE_IN_BODY, false},
};
static const struct shape shape_list_tags_for_resource_response = {
    .type = SHAPE_STRUCTURE, .members = members_list_tags_for_resource_response, .member_count = 1};
static const char *const values_mail_type[] = {
    "MARKETING",
    "TRANSACTIONAL",
    NULL,
};
static const struct shape shape_mail_type = {.type = SHAPE_STRING, .values = values_mail_type};
static const struct shape shape_website_url = {.type = SHAPE_STRING,
                                               .sensitive = true,
                                               .has_min = true,
                                               .min = 1,
                                               .has_max = true,
                                               .max = 1000,
                                               .pattern = &shape_patterns[4]};
static const char *const values_contact_language[] = {
    "EN",
    "JA",
    NULL,
};
static const struct shape shape_contact_language = {.type = SHAPE_STRING,
                                                    .values = values_contact_language};
static const struct shape shape_use_case_description = {
    .type = SHAPE_STRING, .sensitive = true, .has_max = true, .max = 5000};
static const struct shape shape_additional_contact_email_address = {.type = SHAPE_STRING,
                                                                    .sensitive = true,
                                                                    .has_min = true,
                                                                    .min = 6,
                                                                    .has_max = true,
                                                                    .max = 254,
                                                                    .pattern = &shape_patterns[5]};
static const struct shape shape_additional_contact_email_addresses = {
    .type = SHAPE_LIST,
    .sensitive = true,
    .has_min = true,
    .min = 1,
    .has_max = true,
    .max = 4,
    .element = &shape_additional_contact_email_address};
static const struct shape_member members_put_account_details_request[] = {
    {"MailType", "MailType", &shape_mail_type, SHAPE_IN_BODY, true},
    {"WebsiteURL", "WebsiteURL", &shape_website_url, SHAPE_IN_BODY, true},
    {"ContactLanguage", "ContactLanguage", &shape_contact_language, SHAPE_IN_BODY, false},
    {"UseCaseDescription", "UseCaseDescription", &shape_use_case_description, SHAPE_IN_BODY, false},
    {"AdditionalContactEmailAddresses", "AdditionalContactEmailAddresses",
     &shape_additional_contact_email_addresses, SHAPE_IN_BODY, false},
    {"ProductionAccessEnabled", "ProductionAccessEnabled", &shape_boolean, SHAPE_IN_BODY, false},
};
static const struct shape shape_put_account_details_request = {
    .type = SHAPE_STRUCTURE, .members = members_put_account_details_request, .member_count = 6};
static const struct shape_member members_put_account_suppression_attributes_request[] = {
    {"SuppressedReasons", "SuppressedReasons", &shape_suppression_list_reasons, SHAPE_IN_BODY,
     false},
    {"ValidationAttributes", "ValidationAttributes", &shape_suppression_validation_options,
     SHAPE_IN_BODY, false},
};
static const struct shape shape_put_account_suppression_attributes_request = {
    .type = SHAPE_STRUCTURE,
    .members = members_put_account_suppression_attributes_request,
    .member_count = 2};
static const struct shape_member members_sesv2_put_configuration_set_delivery_options_request[] = {
    {"ConfigurationSetName", "ConfigurationSetName", &shape_string, SHAPE_IN_PATH, true},
    {"TlsPolicy", "TlsPolicy", &shape_sesv2_tls_policy, SHAPE_IN_BODY, false},
    {"SendingPoolName", "SendingPoolName", &shape_string, SHAPE_IN_BODY, false},
    {"MaxDeliverySeconds", "MaxDeliverySeconds", &shape_max_delivery_seconds, SHAPE_IN_BODY, false},
};
static const struct shape shape_sesv2_put_configuration_set_delivery_options_request = {
    .type = SHAPE_STRUCTURE,
    .members = members_sesv2_put_configuration_set_delivery_options_request,
    .member_count = 4};
static const struct shape_member members_put_configuration_set_reputation_options_request[] = {
    {"ConfigurationSetName", "ConfigurationSetName", &shape_string, SHAPE_IN_PATH, true},
    {"ReputationMetricsEnabled", "ReputationMetricsEnabled", &shape_boolean, SHAPE_IN_BODY, false},
};
static const struct shape shape_put_configuration_set_reputation_options_request = {
    .type = SHAPE_STRUCTURE,
    .members = members_put_configuration_set_reputation_options_request,
    .member_count = 2};
static const struct shape_member members_put_configuration_set_sending_options_request[] = {
    {"ConfigurationSetName", "ConfigurationSetName", &shape_string, SHAPE_IN_PATH, true},
    {"SendingEnabled", "SendingEnabled", &shape_boolean, SHAPE_IN_BODY, false},
};
static const struct shape shape_put_configuration_set_sending_options_request = {
    .type = SHAPE_STRUCTURE,
    .members = members_put_configuration_set_sending_options_request,
    .member_count = 2};
static const struct shape_member members_put_configuration_set_suppression_options_request[] = {
    {"ConfigurationSetName", "ConfigurationSetName", &shape_string, SHAPE_IN_PATH, true},
    {"SuppressionScope", "SuppressionScope", &shape_suppression_list_scope, SHAPE_IN_BODY, false},
    {"SuppressedReasons", "SuppressedReasons", &shape_suppression_list_reasons, SHAPE_IN_BODY,
     false},
    {"ValidationOptions", "ValidationOptions", &shape_suppression_validation_options, SHAPE_IN_BODY,
     false},
};
static const struct shape shape_put_configuration_set_suppression_options_request = {
    .type = SHAPE_STRUCTURE,
    .members = members_put_configuration_set_suppression_options_request,
    .member_count = 4};
static const struct shape_member members_put_configuration_set_tracking_options_request[] = {
    {"ConfigurationSetName", "ConfigurationSetName", &shape_string, SHAPE_IN_PATH, true},
    {"CustomRedirectDomain", "CustomRedirectDomain", &shape_string, SHAPE_IN_BODY, false},
    {"HttpsPolicy", "HttpsPolicy", &shape_https_policy, SHAPE_IN_BODY, false},
};
static const struct shape shape_put_configuration_set_tracking_options_request = {
    .type = SHAPE_STRUCTURE,
    .members = members_put_configuration_set_tracking_options_request,
    .member_count = 3};
static const struct shape_member members_put_email_identity_configuration_set_attributes_request[] =
    {
        {"EmailIdentity", "EmailIdentity", &shape_policy, SHAPE_IN_PATH, true},
        {"ConfigurationSetName", "ConfigurationSetName", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_put_email_identity_configuration_set_attributes_request = {
    .type = SHAPE_STRUCTURE,
    .members = members_put_email_identity_configuration_set_attributes_request,
    .member_count = 2};
static const struct shape_member members_put_email_identity_dkim_attributes_request[] = {
    {"EmailIdentity", "EmailIdentity", &shape_policy, SHAPE_IN_PATH, true},
    {"SigningEnabled", "SigningEnabled", &shape_boolean, SHAPE_IN_BODY, false},
};
static const struct shape shape_put_email_identity_dkim_attributes_request = {
    .type = SHAPE_STRUCTURE,
    .members = members_put_email_identity_dkim_attributes_request,
    .member_count = 2};
static const struct shape_member members_put_email_identity_dkim_signing_attributes_request[] = {
    {"EmailIdentity", "EmailIdentity", &shape_policy, SHAPE_IN_PATH, true},
    {"SigningAttributesOrigin", "SigningAttributesOrigin", &shape_dkim_signing_attributes_origin,
     SHAPE_IN_BODY, true},
    {"SigningAttributes", "SigningAttributes", &shape_dkim_signing_attributes, SHAPE_IN_BODY,
     false},
};
static const struct shape shape_put_email_identity_dkim_signing_attributes_request = {
    .type = SHAPE_STRUCTURE,
    .members = members_put_email_identity_dkim_signing_attributes_request,
    .member_count = 3};
static const struct shape_member members_put_email_identity_dkim_signing_attributes_response[] = {
    {"DkimStatus", "DkimStatus", &shape_string, SHAPE_IN_BODY, false},
    {"DkimTokens", "DkimTokens", &shape_ses_event_types, SHAPE_IN_BODY, false},
    {"SigningHostedZone", "SigningHostedZone", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_put_email_identity_dkim_signing_attributes_response = {
    .type = SHAPE_STRUCTURE,
    .members = members_put_email_identity_dkim_signing_attributes_response,
    .member_count = 3};
static const struct shape_member members_put_email_identity_feedback_attributes_request[] = {
    {"EmailIdentity", "EmailIdentity", &shape_policy, SHAPE_IN_PATH, true},
    {"EmailForwardingEnabled", "EmailForwardingEnabled", &shape_boolean, SHAPE_IN_BODY, false},
};
static const struct shape shape_put_email_identity_feedback_attributes_request = {
    .type = SHAPE_STRUCTURE,
    .members = members_put_email_identity_feedback_attributes_request,
    .member_count = 2};
static const char *const values_sesv2_behavior_on_mx_failure[] = {
    "USE_DEFAULT_VALUE",
    "REJECT_MESSAGE",
    NULL,
};
static const struct shape shape_sesv2_behavior_on_mx_failure = {
    .type = SHAPE_STRING, .values = values_sesv2_behavior_on_mx_failure};
static const struct shape_member members_put_email_identity_mail_from_attributes_request[] = {
    {"EmailIdentity", "EmailIdentity", &shape_policy, SHAPE_IN_PATH, true},
    {"MailFromDomain", "MailFromDomain", &shape_string, SHAPE_IN_BODY, false},
    {"BehaviorOnMxFailure", "BehaviorOnMxFailure", &shape_sesv2_behavior_on_mx_failure,
     SHAPE_IN_BODY, false},
};
static const struct shape shape_put_email_identity_mail_from_attributes_request = {
    .type = SHAPE_STRUCTURE,
    .members = members_put_email_identity_mail_from_attributes_request,
    .member_count = 3};
static const struct shape_member members_put_suppressed_destination_request[] = {
    {"EmailAddress", "EmailAddress", &shape_string, SHAPE_IN_BODY, true},
    {"Reason", "Reason", &shape_suppression_list_reason, SHAPE_IN_BODY, true},
    {"TenantName", "TenantName", &shape_policy, SHAPE_IN_BODY, false},
};
static const struct shape shape_put_suppressed_destination_request = {
    .type = SHAPE_STRUCTURE,
    .members = members_put_suppressed_destination_request,
    .member_count = 3};
static const struct shape shape_message_header_name = {.type = SHAPE_STRING,
                                                       .has_min = true,
                                                       .min = 1,
                                                       .has_max = true,
                                                       .max = 126,
                                                       .pattern = &shape_patterns[6]};
static const struct shape shape_message_header_value = {.type = SHAPE_STRING,
                                                        .has_min = true,
                                                        .min = 1,
                                                        .has_max = true,
                                                        .max = 995,
                                                        .pattern = &shape_patterns[7]};
static const struct shape_member members_message_header[] = {
    {"Name", "Name", &shape_message_header_name, SHAPE_IN_BODY, true},
    {"Value", "Value", &shape_message_header_value, SHAPE_IN_BODY, true},
};
static const struct shape shape_message_header = {
    .type = SHAPE_STRUCTURE, .members = members_message_header, .member_count = 2};
static const struct shape shape_message_header_list = {.type = SHAPE_LIST,
                                                       .has_min = true,
                                                       .min = 0,
                                                       .has_max = true,
                                                       .max = 15,
                                                       .element = &shape_message_header};
static const char *const values_attachment_content_disposition[] = {
    "ATTACHMENT",
    "INLINE",
    NULL,
};
static const struct shape shape_attachment_content_disposition = {
    .type = SHAPE_STRING, .values = values_attachment_content_disposition};
static const struct shape shape_attachment_file_name = {
    .type = SHAPE_STRING, .has_max = true, .max = 255};
static const struct shape shape_attachment_content_description = {
    .type = SHAPE_STRING, .has_max = true, .max = 1000};
static const struct shape shape_attachment_content_id = {
    .type = SHAPE_STRING, .has_min = true, .min = 1, .has_max = true, .max = 78};
static const char *const values_attachment_content_transfer_encoding[] = {
    "BASE64",
    "QUOTED_PRINTABLE",
    "SEVEN_BIT",
    NULL,
};
static const struct shape shape_attachment_content_transfer_encoding = {
    .type = SHAPE_STRING, .values = values_attachment_content_transfer_encoding};
static const struct shape_member members_attachment[] = {
    {"RawContent", "RawContent", &shape_blob, SHAPE_IN_BODY, true},
    {"ContentDisposition", "ContentDisposition", &shape_attachment_content_disposition,
     SHAPE_IN_BODY, false},
    {"FileName", "FileName", &shape_attachment_file_name, SHAPE_IN_BODY, true},
    {"ContentDescription", "ContentDescription", &shape_attachment_content_description,
     SHAPE_IN_BODY, false},
    {"ContentId", "ContentId", &shape_attachment_content_id, SHAPE_IN_BODY, false},
    {"ContentTransferEncoding", "ContentTransferEncoding",
     &shape_attachment_content_transfer_encoding, SHAPE_IN_BODY, false},
    {"ContentType", "ContentType", &shape_attachment_content_id, SHAPE_IN_BODY, false},
};
static const struct shape shape_attachment = {
    .type = SHAPE_STRUCTURE, .members = members_attachment, .member_count = 7};
static const struct shape shape_attachment_list = {.type = SHAPE_LIST,
                                                   .element = &shape_attachment};
static const struct shape_member members_sesv2_template[] = {
    {"TemplateName", "TemplateName", &shape_policy, SHAPE_IN_BODY, false},
    {"TemplateArn", "TemplateArn", &shape_policy, SHAPE_IN_BODY, false},
    {"TemplateContent", "TemplateContent", &shape_email_template_content, SHAPE_IN_BODY, false},
    {"TemplateData", "TemplateData", &shape_template_data, SHAPE_IN_BODY, false},
    {"Headers", "Headers", &shape_message_header_list, SHAPE_IN_BODY, false},
    {"Attachments", "Attachments", &shape_attachment_list, SHAPE_IN_BODY, false},
};
static const struct shape shape_sesv2_template = {
    .type = SHAPE_STRUCTURE, .members = members_sesv2_template, .member_count = 6};
static const struct shape_member members_bulk_email_content[] = {
    {"Template", "Template", &shape_sesv2_template, SHAPE_IN_BODY, false},
};
static const struct shape shape_bulk_email_content = {
    .type = SHAPE_STRUCTURE, .members = members_bulk_email_content, .member_count = 1};
static const struct shape_member members_replacement_template[] = {
    {"ReplacementTemplateData", "ReplacementTemplateData", &shape_template_data, SHAPE_IN_BODY,
     false},
};
static const struct shape shape_replacement_template = {
    .type = SHAPE_STRUCTURE, .members = members_replacement_template, .member_count = 1};
static const struct shape_member members_replacement_email_content[] = {
    {"ReplacementTemplate", "ReplacementTemplate", &shape_replacement_template, SHAPE_IN_BODY,
     false},
};
static const struct shape shape_replacement_email_content = {
    .type = SHAPE_STRUCTURE, .members = members_replacement_email_content, .member_count = 1};
static const struct shape_member members_bulk_email_entry[] = {
    {"Destination", "Destination", &shape_destination, SHAPE_IN_BODY, true},
    {"ReplacementTags", "ReplacementTags", &shape_extension_field_list, SHAPE_IN_BODY, false},
    {"ReplacementEmailContent", "ReplacementEmailContent", &shape_replacement_email_content,
     SHAPE_IN_BODY, false},
    {"ReplacementHeaders", "ReplacementHeaders", &shape_message_header_list, SHAPE_IN_BODY, false},
};
static const struct shape shape_bulk_email_entry = {
    .type = SHAPE_STRUCTURE, .members = members_bulk_email_entry, .member_count = 4};
static const struct shape shape_bulk_email_entry_list = {.type = SHAPE_LIST,
                                                         .element = &shape_bulk_email_entry};
static const struct shape_member members_send_bulk_email_request[] = {
    {"FromEmailAddress", "FromEmailAddress", &shape_string, SHAPE_IN_BODY, false},
    {"FromEmailAddressIdentityArn", "FromEmailAddressIdentityArn", &shape_policy, SHAPE_IN_BODY,
     false},
    {"ReplyToAddresses", "ReplyToAddresses", &shape_ses_event_types, SHAPE_IN_BODY, false},
    {"FeedbackForwardingEmailAddress", "FeedbackForwardingEmailAddress", &shape_string,
     SHAPE_IN_BODY, false},
    {"FeedbackForwardingEmailAddressIdentityArn", "FeedbackForwardingEmailAddressIdentityArn",
     &shape_policy, SHAPE_IN_BODY, false},
    {"DefaultEmailTags", "DefaultEmailTags", &shape_extension_field_list, SHAPE_IN_BODY, false},
    {"DefaultContent", "DefaultContent", &shape_bulk_email_content, SHAPE_IN_BODY, true},
    {"BulkEmailEntries", "BulkEmailEntries", &shape_bulk_email_entry_list, SHAPE_IN_BODY, true},
    {"ConfigurationSetName", "ConfigurationSetName", &shape_string, SHAPE_IN_BODY, false},
    {"EndpointId", "EndpointId", &shape_string, SHAPE_IN_BODY, false},
    {"TenantName", "TenantName", &shape_policy, SHAPE_IN_BODY, false},
};
static const struct shape shape_send_bulk_email_request = {
    .type = SHAPE_STRUCTURE, .members = members_send_bulk_email_request, .member_count = 11};
static const struct shape_member members_send_bulk_email_response[] = {
    {"BulkEmailEntryResults", "BulkEmailEntryResults", &shape_bulk_email_destination_status_list,
     SHAPE_IN_BODY, false},
};
static const struct shape shape_send_bulk_email_response = {
    .type = SHAPE_STRUCTURE, .members = members_send_bulk_email_response, .member_count = 1};
static const struct shape_member members_sesv2_send_custom_verification_email_request[] = {
    {"EmailAddress", "EmailAddress", &shape_string, SHAPE_IN_BODY, true},
    {"TemplateName", "TemplateName", &shape_policy, SHAPE_IN_BODY, true},
    {"ConfigurationSetName", "ConfigurationSetName", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_sesv2_send_custom_verification_email_request = {
    .type = SHAPE_STRUCTURE,
    .members = members_sesv2_send_custom_verification_email_request,
    .member_count = 3};
static const struct shape_member members_sesv2_message[] = {
    {"Subject", "Subject", &shape_content, SHAPE_IN_BODY, true},
    {"Body", "Body", &shape_body, SHAPE_IN_BODY, true},
    {"Headers", "Headers", &shape_message_header_list, SHAPE_IN_BODY, false},
    {"Attachments", "Attachments", &shape_attachment_list, SHAPE_IN_BODY, false},
};
static const struct shape shape_sesv2_message = {
    .type = SHAPE_STRUCTURE, .members = members_sesv2_message, .member_count = 4};
static const struct shape_member members_email_content[] = {
    {"Simple", "Simple", &shape_sesv2_message, SHAPE_IN_BODY, false},
    {"Raw", "Raw", &shape_raw_message, SHAPE_IN_BODY, false},
    {"Template", "Template", &shape_sesv2_template, SHAPE_IN_BODY, false},
};
static const struct shape shape_email_content = {
    .type = SHAPE_STRUCTURE, .members = members_email_content, .member_count = 3};
static const struct shape_member members_list_management_options[] = {
    {"ContactListName", "ContactListName", &shape_string, SHAPE_IN_BODY, true},
    {"TopicName", "TopicName", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_list_management_options = {
    .type = SHAPE_STRUCTURE, .members = members_list_management_options, .member_count = 2};
static const struct shape_member members_sesv2_send_email_request[] = {
    {"FromEmailAddress", "FromEmailAddress", &shape_string, SHAPE_IN_BODY, false},
    {"FromEmailAddressIdentityArn", "FromEmailAddressIdentityArn", &shape_policy, SHAPE_IN_BODY,
     false},
    {"Destination", "Destination", &shape_destination, SHAPE_IN_BODY, false},
    {"ReplyToAddresses", "ReplyToAddresses", &shape_ses_event_types, SHAPE_IN_BODY, false},
    {"FeedbackForwardingEmailAddress", "FeedbackForwardingEmailAddress", &shape_string,
     SHAPE_IN_BODY, false},
    {"FeedbackForwardingEmailAddressIdentityArn", "FeedbackForwardingEmailAddressIdentityArn",
     &shape_policy, SHAPE_IN_BODY, false},
    {"Content", "Content", &shape_email_content, SHAPE_IN_BODY, true},
    {"EmailTags", "EmailTags", &shape_extension_field_list, SHAPE_IN_BODY, false},
    {"ConfigurationSetName", "ConfigurationSetName", &shape_string, SHAPE_IN_BODY, false},
    {"EndpointId", "EndpointId", &shape_string, SHAPE_IN_BODY, false},
    {"TenantName", "TenantName", &shape_policy, SHAPE_IN_BODY, false},
    {"ListManagementOptions", "ListManagementOptions", &shape_list_management_options,
     SHAPE_IN_BODY, false},
};
static const struct shape shape_sesv2_send_email_request = {
    .type = SHAPE_STRUCTURE, .members = members_sesv2_send_email_request, .member_count = 12};
static const struct shape_member members_tag_resource_request[] = {
    {"ResourceArn", "ResourceArn", &shape_policy, SHAPE_IN_BODY, true},
    {"Tags", "Tags", &shape_tag_list, SHAPE_IN_BODY, true},
};
static const struct shape shape_tag_resource_request = {
    .type = SHAPE_STRUCTURE, .members = members_tag_resource_request, .member_count = 2};
static const struct shape_member members_test_render_email_template_request[] = {
    {"TemplateName", "TemplateName", &shape_policy, SHAPE_IN_PATH, true},
    {"TemplateData", "TemplateData", &shape_template_data, SHAPE_IN_BODY, true},
};
static const struct shape shape_test_render_email_template_request = {
    .type = SHAPE_STRUCTURE,
    .members = members_test_render_email_template_request,
    .member_count = 2};
static const struct shape_member members_untag_resource_request[] = {
    {"ResourceArn", "ResourceArn", &shape_policy, SHAPE_IN_QUERY, true},
    {"TagKeys", "TagKeys", &shape_ses_event_types, SHAPE_IN_QUERY, true},
};
static const struct shape shape_untag_resource_request = {
    .type = SHAPE_STRUCTURE, .members = members_untag_resource_request, .member_count = 2};
static const struct shape_member members_update_configuration_set_event_destination_request[] = {
    {"ConfigurationSetName", "ConfigurationSetName", &shape_string, SHAPE_IN_PATH, true},
    {"EventDestinationName", "EventDestinationName", &shape_string, SHAPE_IN_PATH, true},
    {"EventDestination", "EventDestination", &shape_event_destination_definition, SHAPE_IN_BODY,
     true},
};
static const struct shape shape_update_configuration_set_event_destination_request = {
    .type = SHAPE_STRUCTURE,
    .members = members_update_configuration_set_event_destination_request,
    .member_count = 3};
static const struct shape_member members_update_contact_request[] = {
    {"ContactListName", "ContactListName", &shape_string, SHAPE_IN_PATH, true},
    {"EmailAddress", "EmailAddress", &shape_string, SHAPE_IN_PATH, true},
    {"TopicPreferences", "TopicPreferences", &shape_topic_preference_list, SHAPE_IN_BODY, false},
    {"UnsubscribeAll", "UnsubscribeAll", &shape_boolean, SHAPE_IN_BODY, false},
    {"AttributesData", "AttributesData", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_update_contact_request = {
    .type = SHAPE_STRUCTURE, .members = members_update_contact_request, .member_count = 5};
static const struct shape_member members_update_contact_list_request[] = {
    {"ContactListName", "ContactListName", &shape_string, SHAPE_IN_PATH, true},
    {"Topics", "Topics", &shape_topics, SHAPE_IN_BODY, false},
    {"Description", "Description", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_update_contact_list_request = {
    .type = SHAPE_STRUCTURE, .members = members_update_contact_list_request, .member_count = 3};
static const struct shape_member members_sesv2_update_custom_verification_email_template_request[] =
    {
        {"TemplateName", "TemplateName", &shape_policy, SHAPE_IN_PATH, true},
        {"FromEmailAddress", "FromEmailAddress", &shape_string, SHAPE_IN_BODY, true},
        {"TemplateSubject", "TemplateSubject", &shape_string, SHAPE_IN_BODY, true},
        {"TemplateContent", "TemplateContent", &shape_string, SHAPE_IN_BODY, true},
        {"SuccessRedirectionURL", "SuccessRedirectionURL", &shape_string, SHAPE_IN_BODY, true},
        {"FailureRedirectionURL", "FailureRedirectionURL", &shape_string, SHAPE_IN_BODY, true},
};
static const struct shape shape_sesv2_update_custom_verification_email_template_request = {
    .type = SHAPE_STRUCTURE,
    .members = members_sesv2_update_custom_verification_email_template_request,
    .member_count = 6};
static const struct shape_member members_update_email_template_request[] = {
    {"TemplateName", "TemplateName", &shape_policy, SHAPE_IN_PATH, true},
    {"TemplateContent", "TemplateContent", &shape_email_template_content, SHAPE_IN_BODY, true},
};
static const struct shape shape_update_email_template_request = {
    .type = SHAPE_STRUCTURE, .members = members_update_email_template_request, .member_count = 2};
static const struct shape shape_group_name_type = {.type = SHAPE_STRING,
                                                   .has_min = true,
                                                   .min = 1,
                                                   .has_max = true,
                                                   .max = 128,
                                                   .pattern = &shape_patterns[8]};
static const struct shape_member members_add_user_to_group_request[] = {
    {"GroupName", "GroupName", &shape_group_name_type, SHAPE_IN_BODY, true},
    {"UserName", "UserName", &shape_group_name_type, SHAPE_IN_BODY, true},
};
static const struct shape shape_add_user_to_group_request = {
    .type = SHAPE_STRUCTURE, .members = members_add_user_to_group_request, .member_count = 2};
static const struct shape shape_arn_type = {
    .type = SHAPE_STRING, .has_min = true, .min = 20, .has_max = true, .max = 2048};
static const struct shape_member members_attach_group_policy_request[] = {
    {"GroupName", "GroupName", &shape_group_name_type, SHAPE_IN_BODY, true},
    {"PolicyArn", "PolicyArn", &shape_arn_type, SHAPE_IN_BODY, true},
};
static const struct shape shape_attach_group_policy_request = {
    .type = SHAPE_STRUCTURE, .members = members_attach_group_policy_request, .member_count = 2};
static const struct shape shape_user_name_type = {.type = SHAPE_STRING,
                                                  .has_min = true,
                                                  .min = 1,
                                                  .has_max = true,
                                                  .max = 64,
                                                  .pattern = &shape_patterns[8]};
static const struct shape_member members_attach_user_policy_request[] = {
    {"UserName", "UserName", &shape_user_name_type, SHAPE_IN_BODY, true},
    {"PolicyArn", "PolicyArn", &shape_arn_type, SHAPE_IN_BODY, true},
};
static const struct shape shape_attach_user_policy_request = {
    .type = SHAPE_STRUCTURE, .members = members_attach_user_policy_request, .member_count = 2};
static const struct shape_member members_create_access_key_request[] = {
    {"UserName", "UserName", &shape_group_name_type, SHAPE_IN_BODY, false},
};
static const struct shape shape_create_access_key_request = {
    .type = SHAPE_STRUCTURE, .members = members_create_access_key_request, .member_count = 1};
static const struct shape_member members_access_key[] = {
    {"UserName", "UserName", &shape_string, SHAPE_IN_BODY, false},
    {"AccessKeyId", "AccessKeyId", &shape_string, SHAPE_IN_BODY, false},
    {"Status", "Status", &shape_string, SHAPE_IN_BODY, false},
    {"SecretAccessKey", "SecretAccessKey", &shape_string, SHAPE_IN_BODY, false},
    {"CreateDate", "CreateDate", &shape_timestamp, SHAPE_IN_BODY, false},
};
static const struct shape shape_access_key = {
    .type = SHAPE_STRUCTURE, .members = members_access_key, .member_count = 5};
static const struct shape_member members_create_access_key_response[] = {
    {"AccessKey", "AccessKey", &shape_access_key, SHAPE_IN_BODY, false},
};
static const struct shape shape_create_access_key_response = {
    .type = SHAPE_STRUCTURE, .members = members_create_access_key_response, .member_count = 1};
static const struct shape shape_path_type = {.type = SHAPE_STRING,
                                             .has_min = true,
                                             .min = 1,
                                             .has_max = true,
                                             .max = 512,
                                             .pattern = &shape_patterns[9]};
static const struct shape_member members_create_group_request[] = {
    {"Path", "Path", &shape_path_type, SHAPE_IN_BODY, false},
    {"GroupName", "GroupName", &shape_group_name_type, SHAPE_IN_BODY, true},
};
static const struct shape shape_create_group_request = {
    .type = SHAPE_STRUCTURE, .members = members_create_group_request, .member_count = 2};
static const struct shape_member members_group[] = {
    {"Path", "Path", &shape_string, SHAPE_IN_BODY, false},
    {"GroupName", "GroupName", &shape_string, SHAPE_IN_BODY, false},
    {"GroupId", "GroupId", &shape_string, SHAPE_IN_BODY, false},
    {"Arn", "Arn", &shape_string, SHAPE_IN_BODY, false},
    {"CreateDate", "CreateDate", &shape_timestamp, SHAPE_IN_BODY, false},
};
static const struct shape shape_group = {
    .type = SHAPE_STRUCTURE, .members = members_group, .member_count = 5};
static const struct shape_member members_create_group_response[] = {
    {"Group", "Group", &shape_group, SHAPE_IN_BODY, false},
};
static const struct shape shape_create_group_response = {
    .type = SHAPE_STRUCTURE, .members = members_create_group_response, .member_count = 1};
static const struct shape shape_password_type = {.type = SHAPE_STRING,
                                                 .sensitive = true,
                                                 .has_min = true,
                                                 .min = 1,
                                                 .has_max = true,
                                                 .max = 128,
                                                 .pattern = &shape_patterns[10]};
static const struct shape_member members_create_login_profile_request[] = {
    {"UserName", "UserName", &shape_user_name_type, SHAPE_IN_BODY, false},
    {"Password", "Password", &shape_password_type, SHAPE_IN_BODY, false},
    {"PasswordResetRequired", "PasswordResetRequired", &shape_boolean, SHAPE_IN_BODY, false},
};
static const struct shape shape_create_login_profile_request = {
    .type = SHAPE_STRUCTURE, .members = members_create_login_profile_request, .member_count = 3};
static const struct shape_member members_login_profile[] = {
    {"UserName", "UserName", &shape_string, SHAPE_IN_BODY, false},
    {"CreateDate", "CreateDate", &shape_timestamp, SHAPE_IN_BODY, false},
    {"PasswordResetRequired", "PasswordResetRequired", &shape_boolean, SHAPE_IN_BODY, false},
};
static const struct shape shape_login_profile = {
    .type = SHAPE_STRUCTURE, .members = members_login_profile, .member_count = 3};
static const struct shape_member members_create_login_profile_response[] = {
    {"LoginProfile", "LoginProfile", &shape_login_profile, SHAPE_IN_BODY, false},
};
static const struct shape shape_create_login_profile_response = {
    .type = SHAPE_STRUCTURE, .members = members_create_login_profile_response, .member_count = 1};
static const struct shape shape_policy_path_type = {.type = SHAPE_STRING,
                                                    .has_min = true,
                                                    .min = 1,
                                                    .has_max = true,
                                                    .max = 512,
                                                    .pattern = &shape_patterns[11]};
static const struct shape shape_policy_document_type = {.type = SHAPE_STRING,
                                                        .has_min = true,
                                                        .min = 1,
                                                        .has_max = true,
                                                        .max = 131072,
                                                        .pattern = &shape_patterns[10]};
static const struct shape shape_tag_key_type = {.type = SHAPE_STRING,
                                                .has_min = true,
                                                .min = 1,
                                                .has_max = true,
                                                .max = 128,
                                                .pattern = &shape_patterns[12]};
static const struct shape shape_tag_value_type = {.type = SHAPE_STRING,
                                                  .has_min = true,
                                                  .min = 0,
                                                  .has_max = true,
                                                  .max = 256,
                                                  .pattern = &shape_patterns[13]};
static const struct shape_member members_iam_tag[] = {
    {"Key", "Key", &shape_tag_key_type, SHAPE_IN_BODY, true},
    {"Value", "Value", &shape_tag_value_type, SHAPE_IN_BODY, true},
};
static const struct shape shape_iam_tag = {
    .type = SHAPE_STRUCTURE, .members = members_iam_tag, .member_count = 2};
static const struct shape shape_tag_list_type = {
    .type = SHAPE_LIST, .has_max = true, .max = 50, .element = &shape_iam_tag};
static const struct shape_member members_create_policy_request[] = {
    {"PolicyName", "PolicyName", &shape_group_name_type, SHAPE_IN_BODY, true},
    {"Path", "Path", &shape_policy_path_type, SHAPE_IN_BODY, false},
    {"PolicyDocument", "PolicyDocument", &shape_policy_document_type, SHAPE_IN_BODY, true},
    {"Description", "Description", &shape_attachment_content_description, SHAPE_IN_BODY, false},
    {"Tags", "Tags", &shape_tag_list_type, SHAPE_IN_BODY, false},
};
static const struct shape shape_create_policy_request = {
    .type = SHAPE_STRUCTURE, .members = members_create_policy_request, .member_count = 5};
static const struct shape_member members_policy[] = {
    {"PolicyName", "PolicyName", &shape_string, SHAPE_IN_BODY, false},
    {"PolicyId", "PolicyId", &shape_string, SHAPE_IN_BODY, false},
    {"Arn", "Arn", &shape_string, SHAPE_IN_BODY, false},
    {"Path", "Path", &shape_string, SHAPE_IN_BODY, false},
    {"DefaultVersionId", "DefaultVersionId", &shape_string, SHAPE_IN_BODY, false},
    {"AttachmentCount", "AttachmentCount", &shape_integer, SHAPE_IN_BODY, false},
    {"PermissionsBoundaryUsageCount", "PermissionsBoundaryUsageCount", &shape_integer,
     SHAPE_IN_BODY, false},
    {"IsAttachable", "IsAttachable", &shape_boolean, SHAPE_IN_BODY, false},
    {"Description", "Description", &shape_string, SHAPE_IN_BODY, false},
    {"CreateDate", "CreateDate", &shape_timestamp, SHAPE_IN_BODY, false},
    {"UpdateDate", "UpdateDate", &shape_timestamp, SHAPE_IN_BODY, false},
    {"Tags", "Tags", &shape_sesv2_tag_list, SHAPE_IN_BODY, false},
};
static const struct shape shape_iam_policy = {
    .type = SHAPE_STRUCTURE, .members = members_policy, .member_count = 12};
static const struct shape_member members_create_policy_response[] = {
    {"Policy", "Policy", &shape_iam_policy, SHAPE_IN_BODY, false},
};
static const struct shape shape_create_policy_response = {
    .type = SHAPE_STRUCTURE, .members = members_create_policy_response, .member_count = 1};
static const struct shape_member members_create_policy_version_request[] = {
    {"PolicyArn", "PolicyArn", &shape_arn_type, SHAPE_IN_BODY, true},
    {"PolicyDocument", "PolicyDocument", &shape_policy_document_type, SHAPE_IN_BODY, true},
    {"SetAsDefault", "SetAsDefault", &shape_boolean, SHAPE_IN_BODY, false},
};
static const struct shape shape_create_policy_version_request = {
    .type = SHAPE_STRUCTURE, .members = members_create_policy_version_request, .member_count = 3};
static const struct shape_member members_policy_version[] = {
    {"Document", "Document", &shape_string, SHAPE_IN_BODY, false},
    {"VersionId", "VersionId", &shape_string, SHAPE_IN_BODY, false},
    {"IsDefaultVersion", "IsDefaultVersion", &shape_boolean, SHAPE_IN_BODY, false},
    {"CreateDate", "CreateDate", &shape_timestamp, SHAPE_IN_BODY, false},
};
static const struct shape shape_policy_version = {
    .type = SHAPE_STRUCTURE, .members = members_policy_version, .member_count = 4};
static const struct shape_member members_create_policy_version_response[] = {
    {"PolicyVersion", "PolicyVersion", &shape_policy_version, SHAPE_IN_BODY, false},
};
static const struct shape shape_create_policy_version_response = {
    .type = SHAPE_STRUCTURE, .members = members_create_policy_version_response, .member_count = 1};
static const struct shape_member members_create_user_request[] = {
    {"Path", "Path", &shape_path_type, SHAPE_IN_BODY, false},
    {"UserName", "UserName", &shape_user_name_type, SHAPE_IN_BODY, true},
    {"PermissionsBoundary", "PermissionsBoundary", &shape_arn_type, SHAPE_IN_BODY, false},
    {"Tags", "Tags", &shape_tag_list_type, SHAPE_IN_BODY, false},
};
static const struct shape shape_create_user_request = {
    .type = SHAPE_STRUCTURE, .members = members_create_user_request, .member_count = 4};
static const struct shape_member members_attached_permissions_boundary[] = {
    {"PermissionsBoundaryType", "PermissionsBoundaryType", &shape_string, SHAPE_IN_BODY, false},
    {"PermissionsBoundaryArn", "PermissionsBoundaryArn", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_attached_permissions_boundary = {
    .type = SHAPE_STRUCTURE, .members = members_attached_permissions_boundary, .member_count = 2};
static const struct shape_member members_user[] = {
    {"Path", "Path", &shape_string, SHAPE_IN_BODY, false},
    {"UserName", "UserName", &shape_string, SHAPE_IN_BODY, false},
    {"UserId", "UserId", &shape_string, SHAPE_IN_BODY, false},
    {"Arn", "Arn", &shape_string, SHAPE_IN_BODY, false},
    {"CreateDate", "CreateDate", &shape_timestamp, SHAPE_IN_BODY, false},
    {"PasswordLastUsed", "PasswordLastUsed", &shape_timestamp, SHAPE_IN_BODY, false},
    {"PermissionsBoundary", "PermissionsBoundary", &shape_attached_permissions_boundary,
     SHAPE_IN_BODY, false},
    {"Tags", "Tags", &shape_sesv2_tag_list, SHAPE_IN_BODY, false},
};
static const struct shape shape_user = {
    .type = SHAPE_STRUCTURE, .members = members_user, .member_count = 8};
static const struct shape_member members_create_user_response[] = {
    {"User", "User", &shape_user, SHAPE_IN_BODY, false},
};
static const struct shape shape_create_user_response = {
    .type = SHAPE_STRUCTURE, .members = members_create_user_response, .member_count = 1};
static const struct shape shape_access_key_id_type = {.type = SHAPE_STRING,
                                                      .has_min = true,
                                                      .min = 16,
                                                      .has_max = true,
                                                      .max = 128,
                                                      .pattern = &shape_patterns[14]};
static const struct shape_member members_delete_access_key_request[] = {
    {"UserName", "UserName", &shape_group_name_type, SHAPE_IN_BODY, false},
    {"AccessKeyId", "AccessKeyId", &shape_access_key_id_type, SHAPE_IN_BODY, true},
};
static const struct shape shape_delete_access_key_request = {
    .type = SHAPE_STRUCTURE, .members = members_delete_access_key_request, .member_count = 2};
static const struct shape_member members_delete_group_request[] = {
    {"GroupName", "GroupName", &shape_group_name_type, SHAPE_IN_BODY, true},
};
static const struct shape shape_delete_group_request = {
    .type = SHAPE_STRUCTURE, .members = members_delete_group_request, .member_count = 1};
static const struct shape_member members_delete_group_policy_request[] = {
    {"GroupName", "GroupName", &shape_group_name_type, SHAPE_IN_BODY, true},
    {"PolicyName", "PolicyName", &shape_group_name_type, SHAPE_IN_BODY, true},
};
static const struct shape shape_delete_group_policy_request = {
    .type = SHAPE_STRUCTURE, .members = members_delete_group_policy_request, .member_count = 2};
static const struct shape_member members_delete_login_profile_request[] = {
    {"UserName", "UserName", &shape_user_name_type, SHAPE_IN_BODY, false},
};
static const struct shape shape_delete_login_profile_request = {
    .type = SHAPE_STRUCTURE, .members = members_delete_login_profile_request, .member_count = 1};
static const struct shape_member members_delete_policy_request[] = {
    {"PolicyArn", "PolicyArn", &shape_arn_type, SHAPE_IN_BODY, true},
};
static const struct shape shape_delete_policy_request = {
    .type = SHAPE_STRUCTURE, .members = members_delete_policy_request, .member_count = 1};
static const struct shape shape_policy_version_id_type = {.type = SHAPE_STRING,
                                                          .pattern = &shape_patterns[15]};
static const struct shape_member members_delete_policy_version_request[] = {
    {"PolicyArn", "PolicyArn", &shape_arn_type, SHAPE_IN_BODY, true},
    {"VersionId", "VersionId", &shape_policy_version_id_type, SHAPE_IN_BODY, true},
};
static const struct shape shape_delete_policy_version_request = {
    .type = SHAPE_STRUCTURE, .members = members_delete_policy_version_request, .member_count = 2};
static const struct shape_member members_delete_user_request[] = {
    {"UserName", "UserName", &shape_group_name_type, SHAPE_IN_BODY, true},
};
static const struct shape shape_delete_user_request = {
    .type = SHAPE_STRUCTURE, .members = members_delete_user_request, .member_count = 1};
static const struct shape_member members_delete_user_permissions_boundary_request[] = {
    {"UserName", "UserName", &shape_user_name_type, SHAPE_IN_BODY, true},
};
static const struct shape shape_delete_user_permissions_boundary_request = {
    .type = SHAPE_STRUCTURE,
    .members = members_delete_user_permissions_boundary_request,
    .member_count = 1};
static const struct shape_member members_delete_user_policy_request[] = {
    {"UserName", "UserName", &shape_group_name_type, SHAPE_IN_BODY, true},
    {"PolicyName", "PolicyName", &shape_group_name_type, SHAPE_IN_BODY, true},
};
static const struct shape shape_delete_user_policy_request = {
    .type = SHAPE_STRUCTURE, .members = members_delete_user_policy_request, .member_count = 2};
static const struct shape_member members_generate_credential_report_response[] = {
    {"State", "State", &shape_string, SHAPE_IN_BODY, false},
    {"Description", "Description", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_generate_credential_report_response = {
    .type = SHAPE_STRUCTURE,
    .members = members_generate_credential_report_response,
    .member_count = 2};
static const struct shape_member members_get_access_key_last_used_request[] = {
    {"AccessKeyId", "AccessKeyId", &shape_access_key_id_type, SHAPE_IN_BODY, true},
};
static const struct shape shape_get_access_key_last_used_request = {
    .type = SHAPE_STRUCTURE,
    .members = members_get_access_key_last_used_request,
    .member_count = 1};
static const struct shape_member members_access_key_last_used[] = {
    {"LastUsedDate", "LastUsedDate", &shape_timestamp, SHAPE_IN_BODY, false},
    {"ServiceName", "ServiceName", &shape_string, SHAPE_IN_BODY, false},
    {"Region", "Region", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_access_key_last_used = {
    .type = SHAPE_STRUCTURE, .members = members_access_key_last_used, .member_count = 3};
static const struct shape_member members_get_access_key_last_used_response[] = {
    {"UserName", "UserName", &shape_string, SHAPE_IN_BODY, false},
    {"AccessKeyLastUsed", "AccessKeyLastUsed", &shape_access_key_last_used, SHAPE_IN_BODY, false},
};
static const struct shape shape_get_access_key_last_used_response = {
    .type = SHAPE_STRUCTURE,
    .members = members_get_access_key_last_used_response,
    .member_count = 2};
static const char *const values_entity_type[] = {
    "User", "Role", "Group", "LocalManagedPolicy", "AWSManagedPolicy", NULL,
};
static const struct shape shape_entity_type = {.type = SHAPE_STRING, .values = values_entity_type};
static const struct shape shape_entity_list_type = {.type = SHAPE_LIST,
                                                    .element = &shape_entity_type};
static const struct shape shape_max_items_type = {
    .type = SHAPE_INTEGER, .has_min = true, .min = 1, .has_max = true, .max = 1000};
static const struct shape shape_marker_type = {.type = SHAPE_STRING,
                                               .has_min = true,
                                               .min = 1,
                                               .has_max = true,
                                               .max = 320,
                                               .pattern = &shape_patterns[16]};
static const struct shape_member members_get_account_authorization_details_request[] = {
    {"Filter", "Filter", &shape_entity_list_type, SHAPE_IN_BODY, false},
    {"MaxItems", "MaxItems", &shape_max_items_type, SHAPE_IN_BODY, false},
    {"Marker", "Marker", &shape_marker_type, SHAPE_IN_BODY, false},
};
static const struct shape shape_get_account_authorization_details_request = {
    .type = SHAPE_STRUCTURE,
    .members = members_get_account_authorization_details_request,
    .member_count = 3};
static const struct shape_member members_policy_detail[] = {
    {"PolicyName", "PolicyName", &shape_string, SHAPE_IN_BODY, false},
    {"PolicyDocument", "PolicyDocument", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_policy_detail = {
    .type = SHAPE_STRUCTURE, .members = members_policy_detail, .member_count = 2};
static const struct shape shape_policy_detail_list_type = {.type = SHAPE_LIST,
                                                           .element = &shape_policy_detail};
static const struct shape_member members_attached_policy[] = {
    {"PolicyName", "PolicyName", &shape_string, SHAPE_IN_BODY, false},
    {"PolicyArn", "PolicyArn", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_attached_policy = {
    .type = SHAPE_STRUCTURE, .members = members_attached_policy, .member_count = 2};
static const struct shape shape_attached_policies_list_type = {.type = SHAPE_LIST,
                                                               .element = &shape_attached_policy};
static const struct shape_member members_user_detail[] = {
    {"Path", "Path", &shape_string, SHAPE_IN_BODY, false},
    {"UserName", "UserName", &shape_string, SHAPE_IN_BODY, false},
    {"UserId", "UserId", &shape_string, SHAPE_IN_BODY, false},
    {"Arn", "Arn", &shape_string, SHAPE_IN_BODY, false},
    {"CreateDate", "CreateDate", &shape_timestamp, SHAPE_IN_BODY, false},
    {"UserPolicyList", "UserPolicyList", &shape_policy_detail_list_type, SHAPE_IN_BODY, false},
    {"GroupList", "GroupList", &shape_ses_event_types, SHAPE_IN_BODY, false},
    {"AttachedManagedPolicies", "AttachedManagedPolicies", &shape_attached_policies_list_type,
     SHAPE_IN_BODY, false},
    {"PermissionsBoundary", "PermissionsBoundary", &shape_attached_permissions_boundary,
     SHAPE_IN_BODY, false},
    {"Tags", "Tags", &shape_sesv2_tag_list, SHAPE_IN_BODY, false},
};
static const struct shape shape_user_detail = {
    .type = SHAPE_STRUCTURE, .members = members_user_detail, .member_count = 10};
static const struct shape shape_user_detail_list_type = {.type = SHAPE_LIST,
                                                         .element = &shape_user_detail};
static const struct shape_member members_group_detail[] = {
    {"Path", "Path", &shape_string, SHAPE_IN_BODY, false},
    {"GroupName", "GroupName", &shape_string, SHAPE_IN_BODY, false},
    {"GroupId", "GroupId", &shape_string, SHAPE_IN_BODY, false},
    {"Arn", "Arn", &shape_string, SHAPE_IN_BODY, false},
    {"CreateDate", "CreateDate", &shape_timestamp, SHAPE_IN_BODY, false},
    {"GroupPolicyList", "GroupPolicyList", &shape_policy_detail_list_type, SHAPE_IN_BODY, false},
    {"AttachedManagedPolicies", "AttachedManagedPolicies", &shape_attached_policies_list_type,
     SHAPE_IN_BODY, false},
};
static const struct shape shape_group_detail = {
    .type = SHAPE_STRUCTURE, .members = members_group_detail, .member_count = 7};
static const struct shape shape_group_detail_list_type = {.type = SHAPE_LIST,
                                                          .element = &shape_group_detail};
static const struct shape_member members_role_last_used[] = {
    {"LastUsedDate", "LastUsedDate", &shape_timestamp, SHAPE_IN_BODY, false},
    {"Region", "Region", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_role_last_used = {
    .type = SHAPE_STRUCTURE, .members = members_role_last_used, .member_count = 2};
static const struct shape_member members_role[] = {
    {"Path", "Path", &shape_string, SHAPE_IN_BODY, false},
    {"RoleName", "RoleName", &shape_string, SHAPE_IN_BODY, false},
    {"RoleId", "RoleId", &shape_string, SHAPE_IN_BODY, false},
    {"Arn", "Arn", &shape_string, SHAPE_IN_BODY, false},
    {"CreateDate", "CreateDate", &shape_timestamp, SHAPE_IN_BODY, false},
    {"AssumeRolePolicyDocument", "AssumeRolePolicyDocument", &shape_string, SHAPE_IN_BODY, false},
    {"Description", "Description", &shape_string, SHAPE_IN_BODY, false},
    {"MaxSessionDuration", "MaxSessionDuration", &shape_integer, SHAPE_IN_BODY, false},
    {"PermissionsBoundary", "PermissionsBoundary", &shape_attached_permissions_boundary,
     SHAPE_IN_BODY, false},
    {"Tags", "Tags", &shape_sesv2_tag_list, SHAPE_IN_BODY, false},
    {"RoleLastUsed", "RoleLastUsed", &shape_role_last_used, SHAPE_IN_BODY, false},
};
static const struct shape shape_role = {
    .type = SHAPE_STRUCTURE, .members = members_role, .member_count = 11};
static const struct shape shape_role_list_type = {.type = SHAPE_LIST, .element = &shape_role};
static const struct shape_member members_instance_profile[] = {
    {"Path", "Path", &shape_string, SHAPE_IN_BODY, false},
    {"InstanceProfileName", "InstanceProfileName", &shape_string, SHAPE_IN_BODY, false},
    {"InstanceProfileId", "InstanceProfileId", &shape_string, SHAPE_IN_BODY, false},
    {"Arn", "Arn", &shape_string, SHAPE_IN_BODY, false},
    {"CreateDate", "CreateDate", &shape_timestamp, SHAPE_IN_BODY, false},
    {"Roles", "Roles", &shape_role_list_type, SHAPE_IN_BODY, false},
    {"Tags", "Tags", &shape_sesv2_tag_list, SHAPE_IN_BODY, false},
};
static const struct shape shape_instance_profile = {
    .type = SHAPE_STRUCTURE, .members = members_instance_profile, .member_count = 7};
static const struct shape shape_instance_profile_list_type = {.type = SHAPE_LIST,
                                                              .element = &shape_instance_profile};
static const struct shape_member members_role_detail[] = {
    {"Path", "Path", &shape_string, SHAPE_IN_BODY, false},
    {"RoleName", "RoleName", &shape_string, SHAPE_IN_BODY, false},
    {"RoleId", "RoleId", &shape_string, SHAPE_IN_BODY, false},
    {"Arn", "Arn", &shape_string, SHAPE_IN_BODY, false},
    {"CreateDate", "CreateDate", &shape_timestamp, SHAPE_IN_BODY, false},
    {"AssumeRolePolicyDocument", "AssumeRolePolicyDocument", &shape_string, SHAPE_IN_BODY, false},
    {"InstanceProfileList", "InstanceProfileList", &shape_instance_profile_list_type, SHAPE_IN_BODY,
     false},
    {"RolePolicyList", "RolePolicyList", &shape_policy_detail_list_type, SHAPE_IN_BODY, false},
    {"AttachedManagedPolicies", "AttachedManagedPolicies", &shape_attached_policies_list_type,
     SHAPE_IN_BODY, false},
    {"PermissionsBoundary", "PermissionsBoundary", &shape_attached_permissions_boundary,
     SHAPE_IN_BODY, false},
    {"Tags", "Tags", &shape_sesv2_tag_list, SHAPE_IN_BODY, false},
    {"RoleLastUsed", "RoleLastUsed", &shape_role_last_used, SHAPE_IN_BODY, false},
};
static const struct shape shape_role_detail = {
    .type = SHAPE_STRUCTURE, .members = members_role_detail, .member_count = 12};
static const struct shape shape_role_detail_list_type = {.type = SHAPE_LIST,
                                                         .element = &shape_role_detail};
static const struct shape shape_policy_document_version_list_type = {
    .type = SHAPE_LIST, .element = &shape_policy_version};
static const struct shape_member members_managed_policy_detail[] = {
    {"PolicyName", "PolicyName", &shape_string, SHAPE_IN_BODY, false},
    {"PolicyId", "PolicyId", &shape_string, SHAPE_IN_BODY, false},
    {"Arn", "Arn", &shape_string, SHAPE_IN_BODY, false},
    {"Path", "Path", &shape_string, SHAPE_IN_BODY, false},
    {"DefaultVersionId", "DefaultVersionId", &shape_string, SHAPE_IN_BODY, false},
    {"AttachmentCount", "AttachmentCount", &shape_integer, SHAPE_IN_BODY, false},
    {"PermissionsBoundaryUsageCount", "PermissionsBoundaryUsageCount", &shape_integer,
     SHAPE_IN_BODY, false},
    {"IsAttachable", "IsAttachable", &shape_boolean, SHAPE_IN_BODY, false},
    {"Description", "Description", &shape_string, SHAPE_IN_BODY, false},
    {"CreateDate", "CreateDate", &shape_timestamp, SHAPE_IN_BODY, false},
    {"UpdateDate", "UpdateDate", &shape_timestamp, SHAPE_IN_BODY, false},
    {"PolicyVersionList", "PolicyVersionList", &shape_policy_document_version_list_type,
     SHAPE_IN_BODY, false},
};
static const struct shape shape_managed_policy_detail = {
    .type = SHAPE_STRUCTURE, .members = members_managed_policy_detail, .member_count = 12};
static const struct shape shape_managed_policy_detail_list_type = {
    .type = SHAPE_LIST, .element = &shape_managed_policy_detail};
static const struct shape_member members_get_account_authorization_details_response[] = {
    {"UserDetailList", "UserDetailList", &shape_user_detail_list_type, SHAPE_IN_BODY, false},
    {"GroupDetailList", "GroupDetailList", &shape_group_detail_list_type, SHAPE_IN_BODY, false},
    {"RoleDetailList", "RoleDetailList", &shape_role_detail_list_type, SHAPE_IN_BODY, false},
    {"Policies", "Policies", &shape_managed_policy_detail_list_type, SHAPE_IN_BODY, false},
    {"IsTruncated", "IsTruncated", &shape_boolean, SHAPE_IN_BODY, false},
    {"Marker", "Marker", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_get_account_authorization_details_response = {
    .type = SHAPE_STRUCTURE,
    .members = members_get_account_authorization_details_response,
    .member_count = 6};
static const struct shape shape_summary_map_type = {
    .type = SHAPE_MAP, .element = &shape_integer, .key = &shape_string};
static const struct shape_member members_get_account_summary_response[] = {
    {"SummaryMap", "SummaryMap", &shape_summary_map_type, SHAPE_IN_BODY, false},
};
static const struct shape shape_get_account_summary_response = {
    .type = SHAPE_STRUCTURE, .members = members_get_account_summary_response, .member_count = 1};
static const struct shape_member members_get_credential_report_response[] = {
    {"Content", "Content", &shape_blob, SHAPE_IN_BODY, false},
    {"ReportFormat", "ReportFormat", &shape_string, SHAPE_IN_BODY, false},
    {"GeneratedTime", "GeneratedTime", &shape_timestamp, SHAPE_IN_BODY, false},
};
static const struct shape shape_get_credential_report_response = {
    .type = SHAPE_STRUCTURE, .members = members_get_credential_report_response, .member_count = 3};
static const struct shape_member members_get_group_request[] = {
    {"GroupName", "GroupName", &shape_group_name_type, SHAPE_IN_BODY, true},
    {"Marker", "Marker", &shape_marker_type, SHAPE_IN_BODY, false},
    {"MaxItems", "MaxItems", &shape_max_items_type, SHAPE_IN_BODY, false},
};
static const struct shape shape_get_group_request = {
    .type = SHAPE_STRUCTURE, .members = members_get_group_request, .member_count = 3};
static const struct shape shape_user_list_type = {.type = SHAPE_LIST, .element = &shape_user};
static const struct shape_member members_get_group_response[] = {
    {"Group", "Group", &shape_group, SHAPE_IN_BODY, false},
    {"Users", "Users", &shape_user_list_type, SHAPE_IN_BODY, false},
    {"IsTruncated", "IsTruncated", &shape_boolean, SHAPE_IN_BODY, false},
    {"Marker", "Marker", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_get_group_response = {
    .type = SHAPE_STRUCTURE, .members = members_get_group_response, .member_count = 4};
static const struct shape_member members_get_group_policy_response[] = {
    {"GroupName", "GroupName", &shape_string, SHAPE_IN_BODY, false},
    {"PolicyName", "PolicyName", &shape_string, SHAPE_IN_BODY, false},
    {"PolicyDocument", "PolicyDocument", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_get_group_policy_response = {
    .type = SHAPE_STRUCTURE, .members = members_get_group_policy_response, .member_count = 3};
static const struct shape_member members_get_user_policy_response[] = {
    {"UserName", "UserName", &shape_string, SHAPE_IN_BODY, false},
    {"PolicyName", "PolicyName", &shape_string, SHAPE_IN_BODY, false},
    {"PolicyDocument", "PolicyDocument", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_get_user_policy_response = {
    .type = SHAPE_STRUCTURE, .members = members_get_user_policy_response, .member_count = 3};
static const struct shape_member members_list_access_keys_request[] = {
    {"UserName", "UserName", &shape_group_name_type, SHAPE_IN_BODY, false},
    {"Marker", "Marker", &shape_marker_type, SHAPE_IN_BODY, false},
    {"MaxItems", "MaxItems", &shape_max_items_type, SHAPE_IN_BODY, false},
};
static const struct shape shape_list_access_keys_request = {
    .type = SHAPE_STRUCTURE, .members = members_list_access_keys_request, .member_count = 3};
static const struct shape_member members_access_key_metadata[] = {
    {"UserName", "UserName", &shape_string, SHAPE_IN_BODY, false},
    {"AccessKeyId", "AccessKeyId", &shape_string, SHAPE_IN_BODY, false},
    {"Status", "Status", &shape_string, SHAPE_IN_BODY, false},
    {"CreateDate", "CreateDate", &shape_timestamp, SHAPE_IN_BODY, false},
};
static const struct shape shape_access_key_metadata = {
    .type = SHAPE_STRUCTURE, .members = members_access_key_metadata, .member_count = 4};
static const struct shape shape_access_key_metadata_list_type = {
    .type = SHAPE_LIST, .element = &shape_access_key_metadata};
static const struct shape_member members_list_access_keys_response[] = {
    {"AccessKeyMetadata", "AccessKeyMetadata", &shape_access_key_metadata_list_type, SHAPE_IN_BODY,
     false},
    {"IsTruncated", "IsTruncated", &shape_boolean, SHAPE_IN_BODY, false},
    {"Marker", "Marker", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_list_access_keys_response = {
    .type = SHAPE_STRUCTURE, .members = members_list_access_keys_response, .member_count = 3};
static const struct shape_member members_list_attached_group_policies_request[] = {
    {"GroupName", "GroupName", &shape_group_name_type, SHAPE_IN_BODY, true},
    {"PathPrefix", "PathPrefix", &shape_policy_path_type, SHAPE_IN_BODY, false},
    {"Marker", "Marker", &shape_marker_type, SHAPE_IN_BODY, false},
    {"MaxItems", "MaxItems", &shape_max_items_type, SHAPE_IN_BODY, false},
};
static const struct shape shape_list_attached_group_policies_request = {
    .type = SHAPE_STRUCTURE,
    .members = members_list_attached_group_policies_request,
    .member_count = 4};
static const struct shape_member members_list_attached_group_policies_response[] = {
    {"AttachedPolicies", "AttachedPolicies", &shape_attached_policies_list_type, SHAPE_IN_BODY,
     false},
    {"IsTruncated", "IsTruncated", &shape_boolean, SHAPE_IN_BODY, false},
    {"Marker", "Marker", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_list_attached_group_policies_response = {
    .type = SHAPE_STRUCTURE,
    .members = members_list_attached_group_policies_response,
    .member_count = 3};
static const struct shape_member members_list_attached_user_policies_request[] = {
    {"UserName", "UserName", &shape_user_name_type, SHAPE_IN_BODY, true},
    {"PathPrefix", "PathPrefix", &shape_policy_path_type, SHAPE_IN_BODY, false},
    {"Marker", "Marker", &shape_marker_type, SHAPE_IN_BODY, false},
    {"MaxItems", "MaxItems", &shape_max_items_type, SHAPE_IN_BODY, false},
};
static const struct shape shape_list_attached_user_policies_request = {
    .type = SHAPE_STRUCTURE,
    .members = members_list_attached_user_policies_request,
    .member_count = 4};
static const char *const values_policy_usage_type[] = {
    "PermissionsPolicy",
    "PermissionsBoundary",
    NULL,
};
static const struct shape shape_policy_usage_type = {.type = SHAPE_STRING,
                                                     .values = values_policy_usage_type};
static const struct shape_member members_list_entities_for_policy_request[] = {
    {"PolicyArn", "PolicyArn", &shape_arn_type, SHAPE_IN_BODY, true},
    {"EntityFilter", "EntityFilter", &shape_entity_type, SHAPE_IN_BODY, false},
    {"PathPrefix", "PathPrefix", &shape_path_type, SHAPE_IN_BODY, false},
    {"PolicyUsageFilter", "PolicyUsageFilter", &shape_policy_usage_type, SHAPE_IN_BODY, false},
    {"Marker", "Marker", &shape_marker_type, SHAPE_IN_BODY, false},
    {"MaxItems", "MaxItems", &shape_max_items_type, SHAPE_IN_BODY, false},
};
static const struct shape shape_list_entities_for_policy_request = {
    .type = SHAPE_STRUCTURE,
    .members = members_list_entities_for_policy_request,
    .member_count = 6};
static const struct shape_member members_policy_group[] = {
    {"GroupName", "GroupName", &shape_string, SHAPE_IN_BODY, false},
    {"GroupId", "GroupId", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_policy_group = {
    .type = SHAPE_STRUCTURE, .members = members_policy_group, .member_count = 2};
static const struct shape shape_policy_group_list_type = {.type = SHAPE_LIST,
                                                          .element = &shape_policy_group};
static const struct shape_member members_policy_user[] = {
    {"UserName", "UserName", &shape_string, SHAPE_IN_BODY, false},
    {"UserId", "UserId", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_policy_user = {
    .type = SHAPE_STRUCTURE, .members = members_policy_user, .member_count = 2};
static const struct shape shape_policy_user_list_type = {.type = SHAPE_LIST,
                                                         .element = &shape_policy_user};
static const struct shape_member members_policy_role[] = {
    {"RoleName", "RoleName", &shape_string, SHAPE_IN_BODY, false},
    {"RoleId", "RoleId", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_policy_role = {
    .type = SHAPE_STRUCTURE, .members = members_policy_role, .member_count = 2};
static const struct shape shape_policy_role_list_type = {.type = SHAPE_LIST,
                                                         .element = &shape_policy_role};
static const struct shape_member members_list_entities_for_policy_response[] = {
    {"PolicyGroups", "PolicyGroups", &shape_policy_group_list_type, SHAPE_IN_BODY, false},
    {"PolicyUsers", "PolicyUsers", &shape_policy_user_list_type, SHAPE_IN_BODY, false},
    {"PolicyRoles", "PolicyRoles", &shape_policy_role_list_type, SHAPE_IN_BODY, false},
    {"IsTruncated", "IsTruncated", &shape_boolean, SHAPE_IN_BODY, false},
    {"Marker", "Marker", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_list_entities_for_policy_response = {
    .type = SHAPE_STRUCTURE,
    .members = members_list_entities_for_policy_response,
    .member_count = 5};
static const struct shape_member members_list_group_policies_response[] = {
    {"PolicyNames", "PolicyNames", &shape_ses_event_types, SHAPE_IN_BODY, false},
    {"IsTruncated", "IsTruncated", &shape_boolean, SHAPE_IN_BODY, false},
    {"Marker", "Marker", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_list_group_policies_response = {
    .type = SHAPE_STRUCTURE, .members = members_list_group_policies_response, .member_count = 3};
static const struct shape shape_path_prefix_type = {.type = SHAPE_STRING,
                                                    .has_min = true,
                                                    .min = 1,
                                                    .has_max = true,
                                                    .max = 512,
                                                    .pattern = &shape_patterns[17]};
static const struct shape_member members_list_groups_request[] = {
    {"PathPrefix", "PathPrefix", &shape_path_prefix_type, SHAPE_IN_BODY, false},
    {"Marker", "Marker", &shape_marker_type, SHAPE_IN_BODY, false},
    {"MaxItems", "MaxItems", &shape_max_items_type, SHAPE_IN_BODY, false},
};
static const struct shape shape_list_groups_request = {
    .type = SHAPE_STRUCTURE, .members = members_list_groups_request, .member_count = 3};
static const struct shape shape_group_list_type = {.type = SHAPE_LIST, .element = &shape_group};
static const struct shape_member members_list_groups_response[] = {
    {"Groups", "Groups", &shape_group_list_type, SHAPE_IN_BODY, false},
    {"IsTruncated", "IsTruncated", &shape_boolean, SHAPE_IN_BODY, false},
    {"Marker", "Marker", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_list_groups_response = {
    .type = SHAPE_STRUCTURE, .members = members_list_groups_response, .member_count = 3};
static const struct shape_member members_list_groups_for_user_request[] = {
    {"UserName", "UserName", &shape_group_name_type, SHAPE_IN_BODY, true},
    {"Marker", "Marker", &shape_marker_type, SHAPE_IN_BODY, false},
    {"MaxItems", "MaxItems", &shape_max_items_type, SHAPE_IN_BODY, false},
};
static const struct shape shape_list_groups_for_user_request = {
    .type = SHAPE_STRUCTURE, .members = members_list_groups_for_user_request, .member_count = 3};
static const struct shape_member members_mfa_device[] = {
    {"UserName", "UserName", &shape_string, SHAPE_IN_BODY, false},
    {"SerialNumber", "SerialNumber", &shape_string, SHAPE_IN_BODY, false},
    {"EnableDate", "EnableDate", &shape_timestamp, SHAPE_IN_BODY, false},
};
static const struct shape shape_mfa_device = {
    .type = SHAPE_STRUCTURE, .members = members_mfa_device, .member_count = 3};
static const struct shape shape_mfa_device_list_type = {.type = SHAPE_LIST,
                                                        .element = &shape_mfa_device};
static const struct shape_member members_list_mfa_devices_response[] = {
    {"MFADevices", "MFADevices", &shape_mfa_device_list_type, SHAPE_IN_BODY, false},
    {"IsTruncated", "IsTruncated", &shape_boolean, SHAPE_IN_BODY, false},
    {"Marker", "Marker", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_list_mfa_devices_response = {
    .type = SHAPE_STRUCTURE, .members = members_list_mfa_devices_response, .member_count = 3};
static const char *const values_policy_scope_type[] = {
    "All",
    "AWS",
    "Local",
    NULL,
};
static const struct shape shape_policy_scope_type = {.type = SHAPE_STRING,
                                                     .values = values_policy_scope_type};
static const struct shape_member members_list_policies_request[] = {
    {"Scope", "Scope", &shape_policy_scope_type, SHAPE_IN_BODY, false},
    {"OnlyAttached", "OnlyAttached", &shape_boolean, SHAPE_IN_BODY, false},
    {"PathPrefix", "PathPrefix", &shape_policy_path_type, SHAPE_IN_BODY, false},
    {"PolicyUsageFilter", "PolicyUsageFilter", &shape_policy_usage_type, SHAPE_IN_BODY, false},
    {"Marker", "Marker", &shape_marker_type, SHAPE_IN_BODY, false},
    {"MaxItems", "MaxItems", &shape_max_items_type, SHAPE_IN_BODY, false},
};
static const struct shape shape_list_policies_request = {
    .type = SHAPE_STRUCTURE, .members = members_list_policies_request, .member_count = 6};
static const struct shape shape_policy_list_type = {.type = SHAPE_LIST,
                                                    .element = &shape_iam_policy};
static const struct shape_member members_list_policies_response[] = {
    {"Policies", "Policies", &shape_policy_list_type, SHAPE_IN_BODY, false},
    {"IsTruncated", "IsTruncated", &shape_boolean, SHAPE_IN_BODY, false},
    {"Marker", "Marker", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_list_policies_response = {
    .type = SHAPE_STRUCTURE, .members = members_list_policies_response, .member_count = 3};
static const struct shape_member members_list_policy_versions_request[] = {
    {"PolicyArn", "PolicyArn", &shape_arn_type, SHAPE_IN_BODY, true},
    {"Marker", "Marker", &shape_marker_type, SHAPE_IN_BODY, false},
    {"MaxItems", "MaxItems", &shape_max_items_type, SHAPE_IN_BODY, false},
};
static const struct shape shape_list_policy_versions_request = {
    .type = SHAPE_STRUCTURE, .members = members_list_policy_versions_request, .member_count = 3};
static const struct shape_member members_list_policy_versions_response[] = {
    {"Versions", "Versions", &shape_policy_document_version_list_type, SHAPE_IN_BODY, false},
    {"IsTruncated", "IsTruncated", &shape_boolean, SHAPE_IN_BODY, false},
    {"Marker", "Marker", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_list_policy_versions_response = {
    .type = SHAPE_STRUCTURE, .members = members_list_policy_versions_response, .member_count = 3};
static const struct shape_member members_list_ssh_public_keys_request[] = {
    {"UserName", "UserName", &shape_user_name_type, SHAPE_IN_BODY, false},
    {"Marker", "Marker", &shape_marker_type, SHAPE_IN_BODY, false},
    {"MaxItems", "MaxItems", &shape_max_items_type, SHAPE_IN_BODY, false},
};
static const struct shape shape_list_ssh_public_keys_request = {
    .type = SHAPE_STRUCTURE, .members = members_list_ssh_public_keys_request, .member_count = 3};
static const struct shape_member members_ssh_public_key_metadata[] = {
    {"UserName", "UserName", &shape_string, SHAPE_IN_BODY, false},
    {"SSHPublicKeyId", "SSHPublicKeyId", &shape_string, SHAPE_IN_BODY, false},
    {"Status", "Status", &shape_string, SHAPE_IN_BODY, false},
    {"UploadDate", "UploadDate", &shape_timestamp, SHAPE_IN_BODY, false},
};
static const struct shape shape_ssh_public_key_metadata = {
    .type = SHAPE_STRUCTURE, .members = members_ssh_public_key_metadata, .member_count = 4};
static const struct shape shape_ssh_public_key_list_type = {
    .type = SHAPE_LIST, .element = &shape_ssh_public_key_metadata};
static const struct shape_member members_list_ssh_public_keys_response[] = {
    {"SSHPublicKeys", "SSHPublicKeys", &shape_ssh_public_key_list_type, SHAPE_IN_BODY, false},
    {"IsTruncated", "IsTruncated", &shape_boolean, SHAPE_IN_BODY, false},
    {"Marker", "Marker", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_list_ssh_public_keys_response = {
    .type = SHAPE_STRUCTURE, .members = members_list_ssh_public_keys_response, .member_count = 3};
static const struct shape_member members_list_service_specific_credentials_request[] = {
    {"UserName", "UserName", &shape_user_name_type, SHAPE_IN_BODY, false},
    {"ServiceName", "ServiceName", &shape_string, SHAPE_IN_BODY, false},
    {"AllUsers", "AllUsers", &shape_boolean, SHAPE_IN_BODY, false},
    {"Marker", "Marker", &shape_marker_type, SHAPE_IN_BODY, false},
    {"MaxItems", "MaxItems", &shape_max_items_type, SHAPE_IN_BODY, false},
};
static const struct shape shape_list_service_specific_credentials_request = {
    .type = SHAPE_STRUCTURE,
    .members = members_list_service_specific_credentials_request,
    .member_count = 5};
static const struct shape_member members_service_specific_credential_metadata[] = {
    {"UserName", "UserName", &shape_string, SHAPE_IN_BODY, false},
    {"Status", "Status", &shape_string, SHAPE_IN_BODY, false},
    {"ServiceUserName", "ServiceUserName", &shape_string, SHAPE_IN_BODY, false},
    {"ServiceCredentialAlias", "ServiceCredentialAlias", &shape_string, SHAPE_IN_BODY, false},
    {"CreateDate", "CreateDate", &shape_timestamp, SHAPE_IN_BODY, false},
    {"ExpirationDate", "ExpirationDate", &shape_timestamp, SHAPE_IN_BODY, false},
    {"ServiceSpecificCredentialId", "ServiceSpecificCredentialId", &shape_string, SHAPE_IN_BODY,
     false},
    {"ServiceName", "ServiceName", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_service_specific_credential_metadata = {
    .type = SHAPE_STRUCTURE,
    .members = members_service_specific_credential_metadata,
    .member_count = 8};
static const struct shape shape_service_specific_credentials_list_type = {
    .type = SHAPE_LIST, .element = &shape_service_specific_credential_metadata};
static const struct shape_member members_list_service_specific_credentials_response[] = {
    {"ServiceSpecificCredentials", "ServiceSpecificCredentials",
     &shape_service_specific_credentials_list_type, SHAPE_IN_BODY, false},
    {"Marker", "Marker", &shape_string, SHAPE_IN_BODY, false},
    {"IsTruncated", "IsTruncated", &shape_boolean, SHAPE_IN_BODY, false},
};
static const struct shape shape_list_service_specific_credentials_response = {
    .type = SHAPE_STRUCTURE,
    .members = members_list_service_specific_credentials_response,
    .member_count = 3};
static const struct shape_member members_signing_certificate[] = {
    {"UserName", "UserName", &shape_string, SHAPE_IN_BODY, false},
    {"CertificateId", "CertificateId", &shape_string, SHAPE_IN_BODY, false},
    {"CertificateBody", "CertificateBody", &shape_string, SHAPE_IN_BODY, false},
    {"Status", "Status", &shape_string, SHAPE_IN_BODY, false},
    {"UploadDate", "UploadDate", &shape_timestamp, SHAPE_IN_BODY, false},
};
static const struct shape shape_signing_certificate = {
    .type = SHAPE_STRUCTURE, .members = members_signing_certificate, .member_count = 5};
static const struct shape shape_certificate_list_type = {.type = SHAPE_LIST,
                                                         .element = &shape_signing_certificate};
static const struct shape_member members_list_signing_certificates_response[] = {
    {"Certificates", "Certificates", &shape_certificate_list_type, SHAPE_IN_BODY, false},
    {"IsTruncated", "IsTruncated", &shape_boolean, SHAPE_IN_BODY, false},
    {"Marker", "Marker", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_list_signing_certificates_response = {
    .type = SHAPE_STRUCTURE,
    .members = members_list_signing_certificates_response,
    .member_count = 3};
static const struct shape_member members_list_user_tags_response[] = {
    {"Tags", "Tags", &shape_sesv2_tag_list, SHAPE_IN_BODY, false},
    {"IsTruncated", "IsTruncated", &shape_boolean, SHAPE_IN_BODY, false},
    {"Marker", "Marker", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_list_user_tags_response = {
    .type = SHAPE_STRUCTURE, .members = members_list_user_tags_response, .member_count = 3};
static const struct shape_member members_list_users_response[] = {
    {"Users", "Users", &shape_user_list_type, SHAPE_IN_BODY, false},
    {"IsTruncated", "IsTruncated", &shape_boolean, SHAPE_IN_BODY, false},
    {"Marker", "Marker", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_list_users_response = {
    .type = SHAPE_STRUCTURE, .members = members_list_users_response, .member_count = 3};
static const char *const values_assignment_status_type[] = {
    "Assigned",
    "Unassigned",
    "Any",
    NULL,
};
static const struct shape shape_assignment_status_type = {.type = SHAPE_STRING,
                                                          .values = values_assignment_status_type};
static const struct shape_member members_list_virtual_mfa_devices_request[] = {
    {"AssignmentStatus", "AssignmentStatus", &shape_assignment_status_type, SHAPE_IN_BODY, false},
    {"Marker", "Marker", &shape_marker_type, SHAPE_IN_BODY, false},
    {"MaxItems", "MaxItems", &shape_max_items_type, SHAPE_IN_BODY, false},
};
static const struct shape shape_list_virtual_mfa_devices_request = {
    .type = SHAPE_STRUCTURE,
    .members = members_list_virtual_mfa_devices_request,
    .member_count = 3};
static const struct shape_member members_virtual_mfa_device[] = {
    {"SerialNumber", "SerialNumber", &shape_string, SHAPE_IN_BODY, false},
    {"Base32StringSeed", "Base32StringSeed", &shape_blob, SHAPE_IN_BODY, false},
    {"QRCodePNG", "QRCodePNG", &shape_blob, SHAPE_IN_BODY, false},
    {"User", "User", &shape_user, SHAPE_IN_BODY, false},
    {"EnableDate", "EnableDate", &shape_timestamp, SHAPE_IN_BODY, false},
    {"Tags", "Tags", &shape_sesv2_tag_list, SHAPE_IN_BODY, false},
};
static const struct shape shape_virtual_mfa_device = {
    .type = SHAPE_STRUCTURE, .members = members_virtual_mfa_device, .member_count = 6};
static const struct shape shape_virtual_mfa_device_list_type = {
    .type = SHAPE_LIST, .element = &shape_virtual_mfa_device};
static const struct shape_member members_list_virtual_mfa_devices_response[] = {
    {"VirtualMFADevices", "VirtualMFADevices", &shape_virtual_mfa_device_list_type, SHAPE_IN_BODY,
     false},
    {"IsTruncated", "IsTruncated", &shape_boolean, SHAPE_IN_BODY, false},
    {"Marker", "Marker", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_list_virtual_mfa_devices_response = {
    .type = SHAPE_STRUCTURE,
    .members = members_list_virtual_mfa_devices_response,
    .member_count = 3};
static const struct shape_member members_put_group_policy_request[] = {
    {"GroupName", "GroupName", &shape_group_name_type, SHAPE_IN_BODY, true},
    {"PolicyName", "PolicyName", &shape_group_name_type, SHAPE_IN_BODY, true},
    {"PolicyDocument", "PolicyDocument", &shape_policy_document_type, SHAPE_IN_BODY, true},
};
static const struct shape shape_put_group_policy_request = {
    .type = SHAPE_STRUCTURE, .members = members_put_group_policy_request, .member_count = 3};
static const struct shape_member members_put_user_permissions_boundary_request[] = {
    {"UserName", "UserName", &shape_user_name_type, SHAPE_IN_BODY, true},
    {"PermissionsBoundary", "PermissionsBoundary", &shape_arn_type, SHAPE_IN_BODY, true},
};
static const struct shape shape_put_user_permissions_boundary_request = {
    .type = SHAPE_STRUCTURE,
    .members = members_put_user_permissions_boundary_request,
    .member_count = 2};
static const struct shape_member members_put_user_policy_request[] = {
    {"UserName", "UserName", &shape_group_name_type, SHAPE_IN_BODY, true},
    {"PolicyName", "PolicyName", &shape_group_name_type, SHAPE_IN_BODY, true},
    {"PolicyDocument", "PolicyDocument", &shape_policy_document_type, SHAPE_IN_BODY, true},
};
static const struct shape shape_put_user_policy_request = {
    .type = SHAPE_STRUCTURE, .members = members_put_user_policy_request, .member_count = 3};
static const struct shape shape_simulation_policy_list_type = {
    .type = SHAPE_LIST, .element = &shape_policy_document_type};
static const struct shape_member members_ordered_organization_policy_type[] = {
    {"ServiceControlPolicyInputList", "ServiceControlPolicyInputList",
     &shape_simulation_policy_list_type, SHAPE_IN_BODY, false},
};
static const struct shape shape_ordered_organization_policy_type = {
    .type = SHAPE_STRUCTURE,
    .members = members_ordered_organization_policy_type,
    .member_count = 1};
static const struct shape shape_organization_policy_list_type = {
    .type = SHAPE_LIST,
    .has_max = true,
    .max = 7,
    .element = &shape_ordered_organization_policy_type};
static const struct shape shape_action_name_type = {
    .type = SHAPE_STRING, .has_min = true, .min = 3, .has_max = true, .max = 128};
static const struct shape shape_action_name_list_type = {.type = SHAPE_LIST,
                                                         .element = &shape_action_name_type};
static const struct shape shape_resource_name_type = {
    .type = SHAPE_STRING, .has_min = true, .min = 1, .has_max = true, .max = 2048};
static const struct shape shape_resource_name_list_type = {.type = SHAPE_LIST,
                                                           .element = &shape_resource_name_type};
static const struct shape shape_context_key_name_type = {
    .type = SHAPE_STRING, .has_min = true, .min = 5, .has_max = true, .max = 256};
static const char *const values_context_key_type_enum[] = {
    "string", "stringList", "numeric",    "numericList", "boolean",  "booleanList", "ip",
    "ipList", "binary",     "binaryList", "date",        "dateList", NULL,
};
static const struct shape shape_context_key_type_enum = {.type = SHAPE_STRING,
                                                         .values = values_context_key_type_enum};
static const struct shape_member members_context_entry[] = {
    {"ContextKeyName", "ContextKeyName", &shape_context_key_name_type, SHAPE_IN_BODY, false},
    {"ContextKeyValues", "ContextKeyValues", &shape_ses_event_types, SHAPE_IN_BODY, false},
    {"ContextKeyType", "ContextKeyType", &shape_context_key_type_enum, SHAPE_IN_BODY, false},
};
static const struct shape shape_context_entry = {
    .type = SHAPE_STRUCTURE, .members = members_context_entry, .member_count = 3};
static const struct shape shape_context_entry_list_type = {.type = SHAPE_LIST,
                                                           .element = &shape_context_entry};
static const struct shape_member members_simulate_custom_policy_request[] = {
    {"PolicyInputList", "PolicyInputList", &shape_simulation_policy_list_type, SHAPE_IN_BODY, true},
    {"PermissionsBoundaryPolicyInputList", "PermissionsBoundaryPolicyInputList",
     &shape_simulation_policy_list_type, SHAPE_IN_BODY, false},
    {"OrderedOrganizationPolicyInputList", "OrderedOrganizationPolicyInputList",
     &shape_organization_policy_list_type, SHAPE_IN_BODY, false},
    {"ActionNames", "ActionNames", &shape_action_name_list_type, SHAPE_IN_BODY, true},
    {"ResourceArns", "ResourceArns", &shape_resource_name_list_type, SHAPE_IN_BODY, false},
    {"ResourcePolicy", "ResourcePolicy", &shape_policy_document_type, SHAPE_IN_BODY, false},
    {"ResourceOwner", "ResourceOwner", &shape_resource_name_type, SHAPE_IN_BODY, false},
    {"CallerArn", "CallerArn", &shape_resource_name_type, SHAPE_IN_BODY, false},
    {"ContextEntries", "ContextEntries", &shape_context_entry_list_type, SHAPE_IN_BODY, false},
    {"ResourceHandlingOption", "ResourceHandlingOption", &shape_policy_name, SHAPE_IN_BODY, false},
    {"MaxItems", "MaxItems", &shape_max_items_type, SHAPE_IN_BODY, false},
    {"Marker", "Marker", &shape_marker_type, SHAPE_IN_BODY, false},
};
static const struct shape shape_simulate_custom_policy_request = {
    .type = SHAPE_STRUCTURE, .members = members_simulate_custom_policy_request, .member_count = 12};
static const struct shape_member members_position[] = {
    {"Line", "Line", &shape_integer, SHAPE_IN_BODY, false},
    {"Column", "Column", &shape_integer, SHAPE_IN_BODY, false},
};
static const struct shape shape_position = {
    .type = SHAPE_STRUCTURE, .members = members_position, .member_count = 2};
static const struct shape_member members_statement[] = {
    {"SourcePolicyId", "SourcePolicyId", &shape_string, SHAPE_IN_BODY, false},
    {"SourcePolicyType", "SourcePolicyType", &shape_string, SHAPE_IN_BODY, false},
    {"StartPosition", "StartPosition", &shape_position, SHAPE_IN_BODY, false},
    {"EndPosition", "EndPosition", &shape_position, SHAPE_IN_BODY, false},
};
static const struct shape shape_statement = {
    .type = SHAPE_STRUCTURE, .members = members_statement, .member_count = 4};
static const struct shape shape_statement_list_type = {.type = SHAPE_LIST,
                                                       .element = &shape_statement};
static const struct shape_member members_organizations_decision_detail[] = {
    {"AllowedByOrganizations", "AllowedByOrganizations", &shape_boolean, SHAPE_IN_BODY, false},
};
static const struct shape shape_organizations_decision_detail = {
    .type = SHAPE_STRUCTURE, .members = members_organizations_decision_detail, .member_count = 1};
static const struct shape_member members_permissions_boundary_decision_detail[] = {
    {"AllowedByPermissionsBoundary", "AllowedByPermissionsBoundary", &shape_boolean, SHAPE_IN_BODY,
     false},
};
static const struct shape shape_permissions_boundary_decision_detail = {
    .type = SHAPE_STRUCTURE,
    .members = members_permissions_boundary_decision_detail,
    .member_count = 1};
static const struct shape_member members_resource_specific_result[] = {
    {"EvalResourceName", "EvalResourceName", &shape_string, SHAPE_IN_BODY, false},
    {"EvalResourceDecision", "EvalResourceDecision", &shape_string, SHAPE_IN_BODY, false},
    {"MatchedStatements", "MatchedStatements", &shape_statement_list_type, SHAPE_IN_BODY, false},
    {"MissingContextValues", "MissingContextValues", &shape_ses_event_types, SHAPE_IN_BODY, false},
    {"EvalDecisionDetails", "EvalDecisionDetails", &shape_policy_map, SHAPE_IN_BODY, false},
    {"PermissionsBoundaryDecisionDetail", "PermissionsBoundaryDecisionDetail",
     &shape_permissions_boundary_decision_detail, SHAPE_IN_BODY, false},
};
static const struct shape shape_resource_specific_result = {
    .type = SHAPE_STRUCTURE, .members = members_resource_specific_result, .member_count = 6};
static const struct shape shape_resource_specific_result_list_type = {
    .type = SHAPE_LIST, .element = &shape_resource_specific_result};
static const struct shape_member members_evaluation_result[] = {
    {"EvalActionName", "EvalActionName", &shape_string, SHAPE_IN_BODY, false},
    {"EvalResourceName", "EvalResourceName", &shape_string, SHAPE_IN_BODY, false},
    {"EvalDecision", "EvalDecision", &shape_string, SHAPE_IN_BODY, false},
    {"MatchedStatements", "MatchedStatements", &shape_statement_list_type, SHAPE_IN_BODY, false},
    {"MissingContextValues", "MissingContextValues", &shape_ses_event_types, SHAPE_IN_BODY, false},
    {"OrganizationsDecisionDetail", "OrganizationsDecisionDetail",
     &shape_organizations_decision_detail, SHAPE_IN_BODY, false},
    {"PermissionsBoundaryDecisionDetail", "PermissionsBoundaryDecisionDetail",
     &shape_permissions_boundary_decision_detail, SHAPE_IN_BODY, false},
    {"EvalDecisionDetails", "EvalDecisionDetails", &shape_policy_map, SHAPE_IN_BODY, false},
    {"ResourceSpecificResults", "ResourceSpecificResults",
     &shape_resource_specific_result_list_type, SHAPE_IN_BODY, false},
};
static const struct shape shape_evaluation_result = {
    .type = SHAPE_STRUCTURE, .members = members_evaluation_result, .member_count = 9};
static const struct shape shape_evaluation_results_list_type = {
    .type = SHAPE_LIST, .element = &shape_evaluation_result};
static const struct shape_member members_simulate_policy_response[] = {
    {"EvaluationResults", "EvaluationResults", &shape_evaluation_results_list_type, SHAPE_IN_BODY,
     false},
    {"IsTruncated", "IsTruncated", &shape_boolean, SHAPE_IN_BODY, false},
    {"Marker", "Marker", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_simulate_policy_response = {
    .type = SHAPE_STRUCTURE, .members = members_simulate_policy_response, .member_count = 3};
static const char *const values_policy_identifier_policy_type[] = {
    "inline", "aws-managed", "user-managed", "permission-boundary", "scp", "rcp", NULL,
};
static const struct shape shape_policy_identifier_policy_type = {
    .type = SHAPE_STRING, .values = values_policy_identifier_policy_type};
static const char *const values_attachment_type[] = {
    "user",
    "group",
    "role",
    NULL,
};
static const struct shape shape_attachment_type = {.type = SHAPE_STRING,
                                                   .values = values_attachment_type};
static const struct shape_member members_inline_policy_identifier_type[] = {
    {"PolicyName", "PolicyName", &shape_group_name_type, SHAPE_IN_BODY, true},
    {"AttachmentType", "AttachmentType", &shape_attachment_type, SHAPE_IN_BODY, true},
    {"AttachmentName", "AttachmentName", &shape_group_name_type, SHAPE_IN_BODY, true},
};
static const struct shape shape_inline_policy_identifier_type = {
    .type = SHAPE_STRUCTURE, .members = members_inline_policy_identifier_type, .member_count = 3};
static const struct shape_member members_policy_identifier[] = {
    {"PolicyType", "PolicyType", &shape_policy_identifier_policy_type, SHAPE_IN_BODY, false},
    {"PolicyArn", "PolicyArn", &shape_arn_type, SHAPE_IN_BODY, false},
    {"InlinePolicyIdentifier", "InlinePolicyIdentifier", &shape_inline_policy_identifier_type,
     SHAPE_IN_BODY, false},
};
static const struct shape shape_policy_identifier = {
    .type = SHAPE_STRUCTURE, .members = members_policy_identifier, .member_count = 3};
static const struct shape shape_policy_exclusions_list_type = {
    .type = SHAPE_LIST, .has_max = true, .max = 256, .element = &shape_policy_identifier};
static const struct shape_member members_simulate_principal_policy_request[] = {
    {"PolicySourceArn", "PolicySourceArn", &shape_arn_type, SHAPE_IN_BODY, true},
    {"PolicyInputList", "PolicyInputList", &shape_simulation_policy_list_type, SHAPE_IN_BODY,
     false},
    {"PermissionsBoundaryPolicyInputList", "PermissionsBoundaryPolicyInputList",
     &shape_simulation_policy_list_type, SHAPE_IN_BODY, false},
    {"PolicyExclusionList", "PolicyExclusionList", &shape_policy_exclusions_list_type,
     SHAPE_IN_BODY, false},
    {"ActionNames", "ActionNames", &shape_action_name_list_type, SHAPE_IN_BODY, true},
    {"ResourceArns", "ResourceArns", &shape_resource_name_list_type, SHAPE_IN_BODY, false},
    {"ResourcePolicy", "ResourcePolicy", &shape_policy_document_type, SHAPE_IN_BODY, false},
    {"ResourceOwner", "ResourceOwner", &shape_resource_name_type, SHAPE_IN_BODY, false},
    {"CallerArn", "CallerArn", &shape_resource_name_type, SHAPE_IN_BODY, false},
    {"ContextEntries", "ContextEntries", &shape_context_entry_list_type, SHAPE_IN_BODY, false},
    {"ResourceHandlingOption", "ResourceHandlingOption", &shape_policy_name, SHAPE_IN_BODY, false},
    {"MaxItems", "MaxItems", &shape_max_items_type, SHAPE_IN_BODY, false},
    {"Marker", "Marker", &shape_marker_type, SHAPE_IN_BODY, false},
};
static const struct shape shape_simulate_principal_policy_request = {
    .type = SHAPE_STRUCTURE,
    .members = members_simulate_principal_policy_request,
    .member_count = 13};
static const struct shape_member members_tag_user_request[] = {
    {"UserName", "UserName", &shape_group_name_type, SHAPE_IN_BODY, true},
    {"Tags", "Tags", &shape_tag_list_type, SHAPE_IN_BODY, true},
};
static const struct shape shape_tag_user_request = {
    .type = SHAPE_STRUCTURE, .members = members_tag_user_request, .member_count = 2};
static const struct shape shape_tag_key_list_type = {
    .type = SHAPE_LIST, .has_max = true, .max = 50, .element = &shape_tag_key_type};
static const struct shape_member members_untag_user_request[] = {
    {"UserName", "UserName", &shape_group_name_type, SHAPE_IN_BODY, true},
    {"TagKeys", "TagKeys", &shape_tag_key_list_type, SHAPE_IN_BODY, true},
};
static const struct shape shape_untag_user_request = {
    .type = SHAPE_STRUCTURE, .members = members_untag_user_request, .member_count = 2};
static const char *const values_status_type[] = {
    "Active",
    "Inactive",
    "Expired",
    NULL,
};
static const struct shape shape_status_type = {.type = SHAPE_STRING, .values = values_status_type};
static const struct shape_member members_update_access_key_request[] = {
    {"UserName", "UserName", &shape_group_name_type, SHAPE_IN_BODY, false},
    {"AccessKeyId", "AccessKeyId", &shape_access_key_id_type, SHAPE_IN_BODY, true},
    {"Status", "Status", &shape_status_type, SHAPE_IN_BODY, true},
};
static const struct shape shape_update_access_key_request = {
    .type = SHAPE_STRUCTURE, .members = members_update_access_key_request, .member_count = 3};
static const struct shape_member members_update_login_profile_request[] = {
    {"UserName", "UserName", &shape_user_name_type, SHAPE_IN_BODY, true},
    {"Password", "Password", &shape_password_type, SHAPE_IN_BODY, false},
    {"PasswordResetRequired", "PasswordResetRequired", &shape_boolean, SHAPE_IN_BODY, false},
};
static const struct shape shape_update_login_profile_request = {
    .type = SHAPE_STRUCTURE, .members = members_update_login_profile_request, .member_count = 3};
static const struct shape_member members_update_user_request[] = {
    {"UserName", "UserName", &shape_group_name_type, SHAPE_IN_BODY, true},
    {"NewPath", "NewPath", &shape_path_type, SHAPE_IN_BODY, false},
    {"NewUserName", "NewUserName", &shape_user_name_type, SHAPE_IN_BODY, false},
};
static const struct shape shape_update_user_request = {
    .type = SHAPE_STRUCTURE, .members = members_update_user_request, .member_count = 3};
static const struct shape_member members_get_caller_identity_response[] = {
    {"UserId", "UserId", &shape_string, SHAPE_IN_BODY, false},
    {"Account", "Account", &shape_string, SHAPE_IN_BODY, false},
    {"Arn", "Arn", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_get_caller_identity_response = {
    .type = SHAPE_STRUCTURE, .members = members_get_caller_identity_response, .member_count = 3};
static const struct shape shape_access_check_policy_document = {.type = SHAPE_STRING,
                                                                .sensitive = true};
static const struct shape shape_access_actions_list = {.type = SHAPE_LIST,
                                                       .has_min = true,
                                                       .min = 0,
                                                       .has_max = true,
                                                       .max = 100,
                                                       .element = &shape_string};
static const struct shape shape_resource = {
    .type = SHAPE_STRING, .has_min = true, .min = 0, .has_max = true, .max = 2048};
static const struct shape shape_access_resources_list = {.type = SHAPE_LIST,
                                                         .has_min = true,
                                                         .min = 0,
                                                         .has_max = true,
                                                         .max = 100,
                                                         .element = &shape_resource};
static const struct shape_member members_access[] = {
    {"actions", "actions", &shape_access_actions_list, SHAPE_IN_BODY, false},
    {"resources", "resources", &shape_access_resources_list, SHAPE_IN_BODY, false},
};
static const struct shape shape_access = {
    .type = SHAPE_STRUCTURE, .members = members_access, .member_count = 2};
static const struct shape shape_check_access_not_granted_request_access_list = {.type = SHAPE_LIST,
                                                                                .has_min = true,
                                                                                .min = 0,
                                                                                .has_max = true,
                                                                                .max = 1,
                                                                                .element =
                                                                                    &shape_access};
static const char *const values_access_check_policy_type[] = {
    "IDENTITY_POLICY",
    "RESOURCE_POLICY",
    NULL,
};
static const struct shape shape_access_check_policy_type = {
    .type = SHAPE_STRING, .values = values_access_check_policy_type};
static const struct shape_member members_check_access_not_granted_request[] = {
    {"policyDocument", "policyDocument", &shape_access_check_policy_document, SHAPE_IN_BODY, true},
    {"access", "access", &shape_check_access_not_granted_request_access_list, SHAPE_IN_BODY, true},
    {"policyType", "policyType", &shape_access_check_policy_type, SHAPE_IN_BODY, true},
};
static const struct shape shape_check_access_not_granted_request = {
    .type = SHAPE_STRUCTURE,
    .members = members_check_access_not_granted_request,
    .member_count = 3};
static const struct shape_member members_reason_summary[] = {
    {"description", "description", &shape_string, SHAPE_IN_BODY, false},
    {"statementIndex", "statementIndex", &shape_integer, SHAPE_IN_BODY, false},
    {"statementId", "statementId", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_reason_summary = {
    .type = SHAPE_STRUCTURE, .members = members_reason_summary, .member_count = 3};
static const struct shape shape_reason_summary_list = {.type = SHAPE_LIST,
                                                       .element = &shape_reason_summary};
static const struct shape_member members_check_access_not_granted_response[] = {
    {"result", "result", &shape_string, SHAPE_IN_BODY, false},
    {"message", "message", &shape_string, SHAPE_IN_BODY, false},
    {"reasons", "reasons", &shape_reason_summary_list, SHAPE_IN_BODY, false},
};
static const struct shape shape_check_access_not_granted_response = {
    .type = SHAPE_STRUCTURE,
    .members = members_check_access_not_granted_response,
    .member_count = 3};
static const struct shape_member members_check_no_new_access_request[] = {
    {"newPolicyDocument", "newPolicyDocument", &shape_access_check_policy_document, SHAPE_IN_BODY,
     true},
    {"existingPolicyDocument", "existingPolicyDocument", &shape_access_check_policy_document,
     SHAPE_IN_BODY, true},
    {"policyType", "policyType", &shape_access_check_policy_type, SHAPE_IN_BODY, true},
};
static const struct shape shape_check_no_new_access_request = {
    .type = SHAPE_STRUCTURE, .members = members_check_no_new_access_request, .member_count = 3};
static const struct shape shape_analyzer_name = {.type = SHAPE_STRING,
                                                 .has_min = true,
                                                 .min = 1,
                                                 .has_max = true,
                                                 .max = 255,
                                                 .pattern = &shape_patterns[18]};
static const char *const values_type[] = {
    "ACCOUNT",
    "ORGANIZATION",
    "ACCOUNT_UNUSED_ACCESS",
    "ORGANIZATION_UNUSED_ACCESS",
    "ACCOUNT_INTERNAL_ACCESS",
    "ORGANIZATION_INTERNAL_ACCESS",
    NULL,
};
static const struct shape shape_type = {.type = SHAPE_STRING, .values = values_type};
static const struct shape shape_name = {.type = SHAPE_STRING,
                                        .has_min = true,
                                        .min = 1,
                                        .has_max = true,
                                        .max = 255,
                                        .pattern = &shape_patterns[19]};
static const struct shape shape_value_list = {.type = SHAPE_LIST,
                                              .has_min = true,
                                              .min = 1,
                                              .has_max = true,
                                              .max = 20,
                                              .element = &shape_string};
static const struct shape_member members_criterion[] = {
    {"eq", "eq", &shape_value_list, SHAPE_IN_BODY, false},
    {"neq", "neq", &shape_value_list, SHAPE_IN_BODY, false},
    {"contains", "contains", &shape_value_list, SHAPE_IN_BODY, false},
    {"exists", "exists", &shape_boolean, SHAPE_IN_BODY, false},
};
static const struct shape shape_criterion = {
    .type = SHAPE_STRUCTURE, .members = members_criterion, .member_count = 4};
static const struct shape shape_filter_criteria_map = {
    .type = SHAPE_MAP, .element = &shape_criterion, .key = &shape_string};
static const struct shape_member members_inline_archive_rule[] = {
    {"ruleName", "ruleName", &shape_name, SHAPE_IN_BODY, true},
    {"filter", "filter", &shape_filter_criteria_map, SHAPE_IN_BODY, true},
};
static const struct shape shape_inline_archive_rule = {
    .type = SHAPE_STRUCTURE, .members = members_inline_archive_rule, .member_count = 2};
static const struct shape shape_inline_archive_rules_list = {.type = SHAPE_LIST,
                                                             .element = &shape_inline_archive_rule};
static const struct shape shape_tags_list = {.type = SHAPE_LIST, .element = &shape_policy_map};
static const struct shape_member members_analysis_rule_criteria[] = {
    {"accountIds", "accountIds", &shape_ses_event_types, SHAPE_IN_BODY, false},
    {"resourceTags", "resourceTags", &shape_tags_list, SHAPE_IN_BODY, false},
};
static const struct shape shape_analysis_rule_criteria = {
    .type = SHAPE_STRUCTURE, .members = members_analysis_rule_criteria, .member_count = 2};
static const struct shape shape_analysis_rule_criteria_list = {
    .type = SHAPE_LIST, .element = &shape_analysis_rule_criteria};
static const struct shape_member members_analysis_rule[] = {
    {"exclusions", "exclusions", &shape_analysis_rule_criteria_list, SHAPE_IN_BODY, false},
};
static const struct shape shape_analysis_rule = {
    .type = SHAPE_STRUCTURE, .members = members_analysis_rule, .member_count = 1};
static const struct shape_member members_unused_access_configuration[] = {
    {"unusedAccessAge", "unusedAccessAge", &shape_integer, SHAPE_IN_BODY, false},
    {"analysisRule", "analysisRule", &shape_analysis_rule, SHAPE_IN_BODY, false},
};
static const struct shape shape_unused_access_configuration = {
    .type = SHAPE_STRUCTURE, .members = members_unused_access_configuration, .member_count = 2};
static const char *const values_resource_type[] = {
    "AWS::S3::Bucket",
    "AWS::IAM::Role",
    "AWS::SQS::Queue",
    "AWS::Lambda::Function",
    "AWS::Lambda::LayerVersion",
    "AWS::KMS::Key",
    "AWS::SecretsManager::Secret",
    "AWS::EFS::FileSystem",
    "AWS::EC2::Snapshot",
    "AWS::ECR::Repository",
    "AWS::RDS::DBSnapshot",
    "AWS::RDS::DBClusterSnapshot",
    "AWS::SNS::Topic",
    "AWS::S3Express::DirectoryBucket",
    "AWS::DynamoDB::Table",
    "AWS::DynamoDB::Stream",
    "AWS::IAM::User",
    NULL,
};
static const struct shape shape_resource_type = {.type = SHAPE_STRING,
                                                 .values = values_resource_type};
static const struct shape shape_resource_type_list = {.type = SHAPE_LIST,
                                                      .element = &shape_resource_type};
static const struct shape_member members_internal_access_analysis_rule_criteria[] = {
    {"accountIds", "accountIds", &shape_ses_event_types, SHAPE_IN_BODY, false},
    {"resourceTypes", "resourceTypes", &shape_resource_type_list, SHAPE_IN_BODY, false},
    {"resourceArns", "resourceArns", &shape_ses_event_types, SHAPE_IN_BODY, false},
};
static const struct shape shape_internal_access_analysis_rule_criteria = {
    .type = SHAPE_STRUCTURE,
    .members = members_internal_access_analysis_rule_criteria,
    .member_count = 3};
static const struct shape shape_internal_access_analysis_rule_criteria_list = {
    .type = SHAPE_LIST, .element = &shape_internal_access_analysis_rule_criteria};
static const struct shape_member members_internal_access_analysis_rule[] = {
    {"inclusions", "inclusions", &shape_internal_access_analysis_rule_criteria_list, SHAPE_IN_BODY,
     false},
};
static const struct shape shape_internal_access_analysis_rule = {
    .type = SHAPE_STRUCTURE, .members = members_internal_access_analysis_rule, .member_count = 1};
static const struct shape_member members_internal_access_configuration[] = {
    {"analysisRule", "analysisRule", &shape_internal_access_analysis_rule, SHAPE_IN_BODY, false},
};
static const struct shape shape_internal_access_configuration = {
    .type = SHAPE_STRUCTURE, .members = members_internal_access_configuration, .member_count = 1};
static const struct shape_member members_analyzer_configuration[] = {
    {"unusedAccess", "unusedAccess", &shape_unused_access_configuration, SHAPE_IN_BODY, false},
    {"internalAccess", "internalAccess", &shape_internal_access_configuration, SHAPE_IN_BODY,
     false},
};
static const struct shape shape_analyzer_configuration = {
    .type = SHAPE_STRUCTURE, .members = members_analyzer_configuration, .member_count = 2};
static const struct shape_member members_create_analyzer_request[] = {
    {"analyzerName", "analyzerName", &shape_analyzer_name, SHAPE_IN_BODY, true},
    {"type", "type", &shape_type, SHAPE_IN_BODY, true},
    {"archiveRules", "archiveRules", &shape_inline_archive_rules_list, SHAPE_IN_BODY, false},
    {"tags", "tags", &shape_policy_map, SHAPE_IN_BODY, false},
    {"clientToken", "clientToken", &shape_string, SHAPE_IN_BODY, false},
    {"configuration", "configuration", &shape_analyzer_configuration, SHAPE_IN_BODY, false},
};
static const struct shape shape_create_analyzer_request = {
    .type = SHAPE_STRUCTURE, .members = members_create_analyzer_request, .member_count = 6};
static const struct shape_member members_create_analyzer_response[] = {
    {"arn", "arn", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_create_analyzer_response = {
    .type = SHAPE_STRUCTURE, .members = members_create_analyzer_response, .member_count = 1};
static const struct shape_member members_delete_analyzer_request[] = {
    {"analyzerName", "analyzerName", &shape_analyzer_name, SHAPE_IN_PATH, true},
    {"clientToken", "clientToken", &shape_string, SHAPE_IN_QUERY, false},
};
static const struct shape shape_delete_analyzer_request = {
    .type = SHAPE_STRUCTURE, .members = members_delete_analyzer_request, .member_count = 2};
static const struct shape_member members_get_analyzer_request[] = {
    {"analyzerName", "analyzerName", &shape_analyzer_name, SHAPE_IN_PATH, true},
};
static const struct shape shape_get_analyzer_request = {
    .type = SHAPE_STRUCTURE, .members = members_get_analyzer_request, .member_count = 1};
static const struct shape shape_accessanalyzer_timestamp = {.type = SHAPE_TIMESTAMP,
                                                            .iso8601 = true};
static const struct shape_member members_status_reason[] = {
    {"code", "code", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_status_reason = {
    .type = SHAPE_STRUCTURE, .members = members_status_reason, .member_count = 1};
static const struct shape_member members_accessanalyzer_internal_access_analysis_rule_criteria[] = {
    {"accountIds", "accountIds", &shape_ses_event_types, SHAPE_IN_BODY, false},
    {"resourceTypes", "resourceTypes", &shape_ses_event_types, SHAPE_IN_BODY, false},
    {"resourceArns", "resourceArns", &shape_ses_event_types, SHAPE_IN_BODY, false},
};
static const struct shape shape_accessanalyzer_internal_access_analysis_rule_criteria = {
    .type = SHAPE_STRUCTURE,
    .members = members_accessanalyzer_internal_access_analysis_rule_criteria,
    .member_count = 3};
static const struct shape shape_accessanalyzer_internal_access_analysis_rule_criteria_list = {
    .type = SHAPE_LIST, .element = &shape_accessanalyzer_internal_access_analysis_rule_criteria};
static const struct shape_member members_accessanalyzer_internal_access_analysis_rule[] = {
    {"inclusions", "inclusions", &shape_accessanalyzer_internal_access_analysis_rule_criteria_list,
     SHAPE_IN_BODY, false},
};
static const struct shape shape_accessanalyzer_internal_access_analysis_rule = {
    .type = SHAPE_STRUCTURE,
    .members = members_accessanalyzer_internal_access_analysis_rule,
    .member_count = 1};
static const struct shape_member members_accessanalyzer_internal_access_configuration[] = {
    {"analysisRule", "analysisRule", &shape_accessanalyzer_internal_access_analysis_rule,
     SHAPE_IN_BODY, false},
};
static const struct shape shape_accessanalyzer_internal_access_configuration = {
    .type = SHAPE_STRUCTURE,
    .members = members_accessanalyzer_internal_access_configuration,
    .member_count = 1};
static const struct shape_member members_accessanalyzer_analyzer_configuration[] = {
    {"unusedAccess", "unusedAccess", &shape_unused_access_configuration, SHAPE_IN_BODY, false},
    {"internalAccess", "internalAccess", &shape_accessanalyzer_internal_access_configuration,
     SHAPE_IN_BODY, false},
};
static const struct shape shape_accessanalyzer_analyzer_configuration = {
    .type = SHAPE_STRUCTURE,
    .members = members_accessanalyzer_analyzer_configuration,
    .member_count = 2};
static const struct shape_member members_analyzer_summary[] = {
    {"arn", "arn", &shape_string, SHAPE_IN_BODY, false},
    {"name", "name", &shape_string, SHAPE_IN_BODY, false},
    {"type", "type", &shape_string, SHAPE_IN_BODY, false},
    {"createdAt", "createdAt", &shape_accessanalyzer_timestamp, SHAPE_IN_BODY, false},
    {"lastResourceAnalyzed", "lastResourceAnalyzed", &shape_string, SHAPE_IN_BODY, false},
    {"lastResourceAnalyzedAt", "lastResourceAnalyzedAt", &shape_accessanalyzer_timestamp,
     SHAPE_IN_BODY, false},
    {"tags", "tags", &shape_policy_map, SHAPE_IN_BODY, false},
    {"status", "status", &shape_string, SHAPE_IN_BODY, false},
    {"statusReason", "statusReason", &shape_status_reason, SHAPE_IN_BODY, false},
    {"configuration", "configuration", &shape_accessanalyzer_analyzer_configuration, SHAPE_IN_BODY,
     false},
    {"managedBy", "managedBy", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_analyzer_summary = {
    .type = SHAPE_STRUCTURE, .members = members_analyzer_summary, .member_count = 11};
static const struct shape_member members_get_analyzer_response[] = {
    {"analyzer", "analyzer", &shape_analyzer_summary, SHAPE_IN_BODY, false},
};
static const struct shape shape_get_analyzer_response = {
    .type = SHAPE_STRUCTURE, .members = members_get_analyzer_response, .member_count = 1};
static const struct shape shape_analyzer_arn = {.type = SHAPE_STRING,
                                                .pattern = &shape_patterns[20]};
static const struct shape_member members_get_finding_v2_request[] = {
    {"analyzerArn", "analyzerArn", &shape_analyzer_arn, SHAPE_IN_QUERY, true},
    {"id", "id", &shape_string, SHAPE_IN_PATH, true},
    {"maxResults", "maxResults", &shape_integer, SHAPE_IN_QUERY, false},
    {"nextToken", "nextToken", &shape_string, SHAPE_IN_QUERY, false},
};
static const struct shape shape_get_finding_v2_request = {
    .type = SHAPE_STRUCTURE, .members = members_get_finding_v2_request, .member_count = 4};
static const struct shape_member members_finding_source_detail[] = {
    {"accessPointArn", "accessPointArn", &shape_string, SHAPE_IN_BODY, false},
    {"accessPointAccount", "accessPointAccount", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_finding_source_detail = {
    .type = SHAPE_STRUCTURE, .members = members_finding_source_detail, .member_count = 2};
static const struct shape_member members_finding_source[] = {
    {"type", "type", &shape_string, SHAPE_IN_BODY, false},
    {"detail", "detail", &shape_finding_source_detail, SHAPE_IN_BODY, false},
};
static const struct shape shape_finding_source = {
    .type = SHAPE_STRUCTURE, .members = members_finding_source, .member_count = 2};
static const struct shape shape_finding_source_list = {.type = SHAPE_LIST,
                                                       .element = &shape_finding_source};
static const struct shape_member members_internal_access_details[] = {
    {"action", "action", &shape_ses_event_types, SHAPE_IN_BODY, false},
    {"condition", "condition", &shape_policy_map, SHAPE_IN_BODY, false},
    {"principal", "principal", &shape_policy_map, SHAPE_IN_BODY, false},
    {"principalOwnerAccount", "principalOwnerAccount", &shape_string, SHAPE_IN_BODY, false},
    {"accessType", "accessType", &shape_string, SHAPE_IN_BODY, false},
    {"principalType", "principalType", &shape_string, SHAPE_IN_BODY, false},
    {"sources", "sources", &shape_finding_source_list, SHAPE_IN_BODY, false},
    {"resourceControlPolicyRestriction", "resourceControlPolicyRestriction", &shape_string,
     SHAPE_IN_BODY, false},
    {"serviceControlPolicyRestriction", "serviceControlPolicyRestriction", &shape_string,
     SHAPE_IN_BODY, false},
};
static const struct shape shape_internal_access_details = {
    .type = SHAPE_STRUCTURE, .members = members_internal_access_details, .member_count = 9};
static const struct shape_member members_external_access_details[] = {
    {"action", "action", &shape_ses_event_types, SHAPE_IN_BODY, false},
    {"condition", "condition", &shape_policy_map, SHAPE_IN_BODY, false},
    {"isPublic", "isPublic", &shape_boolean, SHAPE_IN_BODY, false},
    {"principal", "principal", &shape_policy_map, SHAPE_IN_BODY, false},
    {"sources", "sources", &shape_finding_source_list, SHAPE_IN_BODY, false},
    {"resourceControlPolicyRestriction", "resourceControlPolicyRestriction", &shape_string,
     SHAPE_IN_BODY, false},
};
static const struct shape shape_external_access_details = {
    .type = SHAPE_STRUCTURE, .members = members_external_access_details, .member_count = 6};
static const struct shape_member members_unused_action[] = {
    {"action", "action", &shape_string, SHAPE_IN_BODY, false},
    {"lastAccessed", "lastAccessed", &shape_accessanalyzer_timestamp, SHAPE_IN_BODY, false},
};
static const struct shape shape_unused_action = {
    .type = SHAPE_STRUCTURE, .members = members_unused_action, .member_count = 2};
static const struct shape shape_unused_action_list = {.type = SHAPE_LIST,
                                                      .element = &shape_unused_action};
static const struct shape_member members_unused_permission_details[] = {
    {"actions", "actions", &shape_unused_action_list, SHAPE_IN_BODY, false},
    {"serviceNamespace", "serviceNamespace", &shape_string, SHAPE_IN_BODY, false},
    {"lastAccessed", "lastAccessed", &shape_accessanalyzer_timestamp, SHAPE_IN_BODY, false},
};
static const struct shape shape_unused_permission_details = {
    .type = SHAPE_STRUCTURE, .members = members_unused_permission_details, .member_count = 3};
static const struct shape_member members_unused_iam_user_access_key_details[] = {
    {"accessKeyId", "accessKeyId", &shape_string, SHAPE_IN_BODY, false},
    {"lastAccessed", "lastAccessed", &shape_accessanalyzer_timestamp, SHAPE_IN_BODY, false},
};
static const struct shape shape_unused_iam_user_access_key_details = {
    .type = SHAPE_STRUCTURE,
    .members = members_unused_iam_user_access_key_details,
    .member_count = 2};
static const struct shape_member members_unused_iam_role_details[] = {
    {"lastAccessed", "lastAccessed", &shape_accessanalyzer_timestamp, SHAPE_IN_BODY, false},
};
static const struct shape shape_unused_iam_role_details = {
    .type = SHAPE_STRUCTURE, .members = members_unused_iam_role_details, .member_count = 1};
static const struct shape_member members_finding_details[] = {
    {"internalAccessDetails", "internalAccessDetails", &shape_internal_access_details,
     SHAPE_IN_BODY, false},
    {"externalAccessDetails", "externalAccessDetails", &shape_external_access_details,
     SHAPE_IN_BODY, false},
    {"unusedPermissionDetails", "unusedPermissionDetails", &shape_unused_permission_details,
     SHAPE_IN_BODY, false},
    {"unusedIamUserAccessKeyDetails", "unusedIamUserAccessKeyDetails",
     &shape_unused_iam_user_access_key_details, SHAPE_IN_BODY, false},
    {"unusedIamRoleDetails", "unusedIamRoleDetails", &shape_unused_iam_role_details, SHAPE_IN_BODY,
     false},
    {"unusedIamUserPasswordDetails", "unusedIamUserPasswordDetails", &shape_unused_iam_role_details,
     SHAPE_IN_BODY, false},
};
static const struct shape shape_finding_details = {
    .type = SHAPE_STRUCTURE, .members = members_finding_details, .member_count = 6};
static const struct shape shape_finding_details_list = {.type = SHAPE_LIST,
                                                        .element = &shape_finding_details};
static const struct shape_member members_get_finding_v2_response[] = {
    {"analyzedAt", "analyzedAt", &shape_accessanalyzer_timestamp, SHAPE_IN_BODY, false},
    {"createdAt", "createdAt", &shape_accessanalyzer_timestamp, SHAPE_IN_BODY, false},
    {"error", "error", &shape_string, SHAPE_IN_BODY, false},
    {"id", "id", &shape_string, SHAPE_IN_BODY, false},
    {"nextToken", "nextToken", &shape_string, SHAPE_IN_BODY, false},
    {"resource", "resource", &shape_string, SHAPE_IN_BODY, false},
    {"resourceType", "resourceType", &shape_string, SHAPE_IN_BODY, false},
    {"resourceOwnerAccount", "resourceOwnerAccount", &shape_string, SHAPE_IN_BODY, false},
    {"status", "status", &shape_string, SHAPE_IN_BODY, false},
    {"updatedAt", "updatedAt", &shape_accessanalyzer_timestamp, SHAPE_IN_BODY, false},
    {"findingDetails", "findingDetails", &shape_finding_details_list, SHAPE_IN_BODY, false},
    {"findingType", "findingType", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_get_finding_v2_response = {
    .type = SHAPE_STRUCTURE, .members = members_get_finding_v2_response, .member_count = 12};
static const struct shape_member members_list_analyzers_request[] = {
    {"nextToken", "nextToken", &shape_string, SHAPE_IN_QUERY, false},
    {"maxResults", "maxResults", &shape_integer, SHAPE_IN_QUERY, false},
    {"type", "type", &shape_type, SHAPE_IN_QUERY, false},
};
static const struct shape shape_list_analyzers_request = {
    .type = SHAPE_STRUCTURE, .members = members_list_analyzers_request, .member_count = 3};
static const struct shape shape_analyzers_list = {.type = SHAPE_LIST,
                                                  .element = &shape_analyzer_summary};
static const struct shape_member members_list_analyzers_response[] = {
    {"analyzers", "analyzers", &shape_analyzers_list, SHAPE_IN_BODY, false},
    {"nextToken", "nextToken", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_list_analyzers_response = {
    .type = SHAPE_STRUCTURE, .members = members_list_analyzers_response, .member_count = 2};
static const char *const values_order_by[] = {
    "ASC",
    "DESC",
    NULL,
};
static const struct shape shape_order_by = {.type = SHAPE_STRING, .values = values_order_by};
static const struct shape_member members_sort_criteria[] = {
    {"attributeName", "attributeName", &shape_string, SHAPE_IN_BODY, false},
    {"orderBy", "orderBy", &shape_order_by, SHAPE_IN_BODY, false},
};
static const struct shape shape_sort_criteria = {
    .type = SHAPE_STRUCTURE, .members = members_sort_criteria, .member_count = 2};
static const struct shape_member members_list_findings_v2_request[] = {
    {"analyzerArn", "analyzerArn", &shape_analyzer_arn, SHAPE_IN_BODY, true},
    {"filter", "filter", &shape_filter_criteria_map, SHAPE_IN_BODY, false},
    {"maxResults", "maxResults", &shape_integer, SHAPE_IN_BODY, false},
    {"nextToken", "nextToken", &shape_string, SHAPE_IN_BODY, false},
    {"sort", "sort", &shape_sort_criteria, SHAPE_IN_BODY, false},
};
static const struct shape shape_list_findings_v2_request = {
    .type = SHAPE_STRUCTURE, .members = members_list_findings_v2_request, .member_count = 5};
static const struct shape_member members_finding_summary_v2[] = {
    {"analyzedAt", "analyzedAt", &shape_accessanalyzer_timestamp, SHAPE_IN_BODY, false},
    {"createdAt", "createdAt", &shape_accessanalyzer_timestamp, SHAPE_IN_BODY, false},
    {"error", "error", &shape_string, SHAPE_IN_BODY, false},
    {"id", "id", &shape_string, SHAPE_IN_BODY, false},
    {"resource", "resource", &shape_string, SHAPE_IN_BODY, false},
    {"resourceType", "resourceType", &shape_string, SHAPE_IN_BODY, false},
    {"resourceOwnerAccount", "resourceOwnerAccount", &shape_string, SHAPE_IN_BODY, false},
    {"status", "status", &shape_string, SHAPE_IN_BODY, false},
    {"updatedAt", "updatedAt", &shape_accessanalyzer_timestamp, SHAPE_IN_BODY, false},
    {"findingType", "findingType", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_finding_summary_v2 = {
    .type = SHAPE_STRUCTURE, .members = members_finding_summary_v2, .member_count = 10};
static const struct shape shape_findings_list_v2 = {.type = SHAPE_LIST,
                                                    .element = &shape_finding_summary_v2};
static const struct shape_member members_list_findings_v2_response[] = {
    {"findings", "findings", &shape_findings_list_v2, SHAPE_IN_BODY, false},
    {"nextToken", "nextToken", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_list_findings_v2_response = {
    .type = SHAPE_STRUCTURE, .members = members_list_findings_v2_response, .member_count = 2};
static const struct shape_member members_update_analyzer_request[] = {
    {"analyzerName", "analyzerName", &shape_analyzer_name, SHAPE_IN_PATH, true},
    {"configuration", "configuration", &shape_analyzer_configuration, SHAPE_IN_BODY, false},
};
static const struct shape shape_update_analyzer_request = {
    .type = SHAPE_STRUCTURE, .members = members_update_analyzer_request, .member_count = 2};
static const struct shape_member members_update_analyzer_response[] = {
    {"configuration", "configuration", &shape_accessanalyzer_analyzer_configuration, SHAPE_IN_BODY,
     false},
};
static const struct shape shape_update_analyzer_response = {
    .type = SHAPE_STRUCTURE, .members = members_update_analyzer_response, .member_count = 1};
static const char *const values_locale[] = {
    "DE", "EN", "ES", "FR", "IT", "JA", "KO", "PT_BR", "ZH_CN", "ZH_TW", NULL,
};
static const struct shape shape_locale = {.type = SHAPE_STRING, .values = values_locale};
static const char *const values_policy_type[] = {
    "IDENTITY_POLICY", "RESOURCE_POLICY", "SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY", NULL,
};
static const struct shape shape_policy_type = {.type = SHAPE_STRING, .values = values_policy_type};
static const char *const values_validate_policy_resource_type[] = {
    "AWS::S3::Bucket",
    "AWS::S3::AccessPoint",
    "AWS::S3::MultiRegionAccessPoint",
    "AWS::S3ObjectLambda::AccessPoint",
    "AWS::IAM::AssumeRolePolicyDocument",
    "AWS::DynamoDB::Table",
    NULL,
};
static const struct shape shape_validate_policy_resource_type = {
    .type = SHAPE_STRING, .values = values_validate_policy_resource_type};
static const struct shape_member members_validate_policy_request[] = {
    {"locale", "locale", &shape_locale, SHAPE_IN_BODY, false},
    {"maxResults", "maxResults", &shape_integer, SHAPE_IN_QUERY, false},
    {"nextToken", "nextToken", &shape_string, SHAPE_IN_QUERY, false},
    {"policyDocument", "policyDocument", &shape_string, SHAPE_IN_BODY, true},
    {"policyType", "policyType", &shape_policy_type, SHAPE_IN_BODY, true},
    {"validatePolicyResourceType", "validatePolicyResourceType",
     &shape_validate_policy_resource_type, SHAPE_IN_BODY, false},
};
static const struct shape shape_validate_policy_request = {
    .type = SHAPE_STRUCTURE, .members = members_validate_policy_request, .member_count = 6};
static const struct shape_member members_substring[] = {
    {"start", "start", &shape_integer, SHAPE_IN_BODY, false},
    {"length", "length", &shape_integer, SHAPE_IN_BODY, false},
};
static const struct shape shape_substring = {
    .type = SHAPE_STRUCTURE, .members = members_substring, .member_count = 2};
static const struct shape_member members_path_element[] = {
    {"index", "index", &shape_integer, SHAPE_IN_BODY, false},
    {"key", "key", &shape_string, SHAPE_IN_BODY, false},
    {"substring", "substring", &shape_substring, SHAPE_IN_BODY, false},
    {"value", "value", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_path_element = {
    .type = SHAPE_STRUCTURE, .members = members_path_element, .member_count = 4};
static const struct shape shape_path_element_list = {.type = SHAPE_LIST,
                                                     .element = &shape_path_element};
static const struct shape_member members_accessanalyzer_position[] = {
    {"line", "line", &shape_integer, SHAPE_IN_BODY, false},
    {"column", "column", &shape_integer, SHAPE_IN_BODY, false},
    {"offset", "offset", &shape_integer, SHAPE_IN_BODY, false},
};
static const struct shape shape_accessanalyzer_position = {
    .type = SHAPE_STRUCTURE, .members = members_accessanalyzer_position, .member_count = 3};
static const struct shape_member members_span[] = {
    {"start", "start", &shape_accessanalyzer_position, SHAPE_IN_BODY, false},
    {"end", "end", &shape_accessanalyzer_position, SHAPE_IN_BODY, false},
};
static const struct shape shape_span = {
    .type = SHAPE_STRUCTURE, .members = members_span, .member_count = 2};
static const struct shape_member members_location[] = {
    {"path", "path", &shape_path_element_list, SHAPE_IN_BODY, false},
    {"span", "span", &shape_span, SHAPE_IN_BODY, false},
};
static const struct shape shape_location = {
    .type = SHAPE_STRUCTURE, .members = members_location, .member_count = 2};
static const struct shape shape_location_list = {.type = SHAPE_LIST, .element = &shape_location};
static const struct shape_member members_validate_policy_finding[] = {
    {"findingDetails", "findingDetails", &shape_string, SHAPE_IN_BODY, false},
    {"findingType", "findingType", &shape_string, SHAPE_IN_BODY, false},
    {"issueCode", "issueCode", &shape_string, SHAPE_IN_BODY, false},
    {"learnMoreLink", "learnMoreLink", &shape_string, SHAPE_IN_BODY, false},
    {"locations", "locations", &shape_location_list, SHAPE_IN_BODY, false},
};
static const struct shape shape_validate_policy_finding = {
    .type = SHAPE_STRUCTURE, .members = members_validate_policy_finding, .member_count = 5};
static const struct shape shape_validate_policy_finding_list = {
    .type = SHAPE_LIST, .element = &shape_validate_policy_finding};
static const struct shape_member members_validate_policy_response[] = {
    {"findings", "findings", &shape_validate_policy_finding_list, SHAPE_IN_BODY, false},
    {"nextToken", "nextToken", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_validate_policy_response = {
    .type = SHAPE_STRUCTURE, .members = members_validate_policy_response, .member_count = 2};
static const char *const values_lookup_attribute_key[] = {
    "EventId",      "EventName",   "ReadOnly",    "Username", "ResourceType",
    "ResourceName", "EventSource", "AccessKeyId", NULL,
};
static const struct shape shape_lookup_attribute_key = {.type = SHAPE_STRING,
                                                        .values = values_lookup_attribute_key};
static const struct shape shape_lookup_attribute_value = {
    .type = SHAPE_STRING, .has_min = true, .min = 1, .has_max = true, .max = 2000};
static const struct shape_member members_lookup_attribute[] = {
    {"AttributeKey", "AttributeKey", &shape_lookup_attribute_key, SHAPE_IN_BODY, true},
    {"AttributeValue", "AttributeValue", &shape_lookup_attribute_value, SHAPE_IN_BODY, true},
};
static const struct shape shape_lookup_attribute = {
    .type = SHAPE_STRUCTURE, .members = members_lookup_attribute, .member_count = 2};
static const struct shape shape_lookup_attributes_list = {.type = SHAPE_LIST,
                                                          .element = &shape_lookup_attribute};
static const char *const values_event_category[] = {
    "insight",
    NULL,
};
static const struct shape shape_event_category = {.type = SHAPE_STRING,
                                                  .values = values_event_category};
static const struct shape_member members_lookup_events_request[] = {
    {"LookupAttributes", "LookupAttributes", &shape_lookup_attributes_list, SHAPE_IN_BODY, false},
    {"StartTime", "StartTime", &shape_timestamp, SHAPE_IN_BODY, false},
    {"EndTime", "EndTime", &shape_timestamp, SHAPE_IN_BODY, false},
    {"EventCategory", "EventCategory", &shape_event_category, SHAPE_IN_BODY, false},
    {"MaxResults", "MaxResults", &shape_max_results, SHAPE_IN_BODY, false},
    {"NextToken", "NextToken", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_lookup_events_request = {
    .type = SHAPE_STRUCTURE, .members = members_lookup_events_request, .member_count = 6};
static const struct shape_member members_resource[] = {
    {"ResourceType", "ResourceType", &shape_string, SHAPE_IN_BODY, false},
    {"ResourceName", "ResourceName", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_cloudtrail_resource = {
    .type = SHAPE_STRUCTURE, .members = members_resource, .member_count = 2};
static const struct shape shape_resource_list = {.type = SHAPE_LIST,
                                                 .element = &shape_cloudtrail_resource};
static const struct shape_member members_event[] = {
    {"EventId", "EventId", &shape_string, SHAPE_IN_BODY, false},
    {"EventName", "EventName", &shape_string, SHAPE_IN_BODY, false},
    {"ReadOnly", "ReadOnly", &shape_string, SHAPE_IN_BODY, false},
    {"AccessKeyId", "AccessKeyId", &shape_string, SHAPE_IN_BODY, false},
    {"EventTime", "EventTime", &shape_timestamp, SHAPE_IN_BODY, false},
    {"EventSource", "EventSource", &shape_string, SHAPE_IN_BODY, false},
    {"Username", "Username", &shape_string, SHAPE_IN_BODY, false},
    {"Resources", "Resources", &shape_resource_list, SHAPE_IN_BODY, false},
    {"CloudTrailEvent", "CloudTrailEvent", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_event = {
    .type = SHAPE_STRUCTURE, .members = members_event, .member_count = 9};
static const struct shape shape_events_list = {.type = SHAPE_LIST, .element = &shape_event};
static const struct shape_member members_lookup_events_response[] = {
    {"Events", "Events", &shape_events_list, SHAPE_IN_BODY, false},
    {"NextToken", "NextToken", &shape_string, SHAPE_IN_BODY, false},
};
static const struct shape shape_lookup_events_response = {
    .type = SHAPE_STRUCTURE, .members = members_lookup_events_response, .member_count = 2};

const struct operation_model operation_models[] = {
    {.name = "CloneReceiptRuleSet", .service = SERVICE_SES},
    {.name = "CreateConfigurationSet",
     .service = SERVICE_SES,
     .input = &shape_create_configuration_set_request,
     .result = "CreateConfigurationSetResult"},
    {.name = "CreateConfigurationSetEventDestination",
     .service = SERVICE_SES,
     .input = &shape_create_configuration_set_event_destination_request,
     .result = "CreateConfigurationSetEventDestinationResult"},
    {.name = "CreateConfigurationSetTrackingOptions",
     .service = SERVICE_SES,
     .input = &shape_create_configuration_set_tracking_options_request,
     .result = "CreateConfigurationSetTrackingOptionsResult"},
    {.name = "CreateCustomVerificationEmailTemplate",
     .service = SERVICE_SES,
     .input = &shape_create_custom_verification_email_template_request},
    {.name = "CreateReceiptFilter", .service = SERVICE_SES},
    {.name = "CreateReceiptRule", .service = SERVICE_SES},
    {.name = "CreateReceiptRuleSet", .service = SERVICE_SES},
    {.name = "CreateTemplate",
     .service = SERVICE_SES,
     .input = &shape_create_template_request,
     .result = "CreateTemplateResult"},
    {.name = "DeleteConfigurationSet",
     .service = SERVICE_SES,
     .input = &shape_delete_configuration_set_request,
     .result = "DeleteConfigurationSetResult"},
    {.name = "DeleteConfigurationSetEventDestination",
     .service = SERVICE_SES,
     .input = &shape_delete_configuration_set_event_destination_request,
     .result = "DeleteConfigurationSetEventDestinationResult"},
    {.name = "DeleteConfigurationSetTrackingOptions",
     .service = SERVICE_SES,
     .input = &shape_delete_configuration_set_request,
     .result = "DeleteConfigurationSetTrackingOptionsResult"},
    {.name = "DeleteCustomVerificationEmailTemplate",
     .service = SERVICE_SES,
     .input = &shape_delete_custom_verification_email_template_request},
    {.name = "DeleteIdentity",
     .service = SERVICE_SES,
     .input = &shape_delete_identity_request,
     .result = "DeleteIdentityResult"},
    {.name = "DeleteIdentityPolicy",
     .service = SERVICE_SES,
     .input = &shape_delete_identity_policy_request,
     .result = "DeleteIdentityPolicyResult"},
    {.name = "DeleteReceiptFilter", .service = SERVICE_SES},
    {.name = "DeleteReceiptRule", .service = SERVICE_SES},
    {.name = "DeleteReceiptRuleSet", .service = SERVICE_SES},
    {.name = "DeleteTemplate",
     .service = SERVICE_SES,
     .input = &shape_delete_custom_verification_email_template_request,
     .result = "DeleteTemplateResult"},
    {.name = "DeleteVerifiedEmailAddress",
     .service = SERVICE_SES,
     .input = &shape_delete_verified_email_address_request},
    {.name = "DescribeActiveReceiptRuleSet", .service = SERVICE_SES},
    {.name = "DescribeConfigurationSet",
     .service = SERVICE_SES,
     .input = &shape_describe_configuration_set_request,
     .output = &shape_describe_configuration_set_response,
     .result = "DescribeConfigurationSetResult"},
    {.name = "DescribeReceiptRule", .service = SERVICE_SES},
    {.name = "DescribeReceiptRuleSet", .service = SERVICE_SES},
    {.name = "GetAccountSendingEnabled",
     .service = SERVICE_SES,
     .output = &shape_get_account_sending_enabled_response,
     .result = "GetAccountSendingEnabledResult"},
    {.name = "GetCustomVerificationEmailTemplate",
     .service = SERVICE_SES,
     .input = &shape_delete_custom_verification_email_template_request,
     .output = &shape_get_custom_verification_email_template_response,
     .result = "GetCustomVerificationEmailTemplateResult"},
    {.name = "GetIdentityDkimAttributes",
     .service = SERVICE_SES,
     .input = &shape_get_identity_dkim_attributes_request,
     .output = &shape_get_identity_dkim_attributes_response,
     .result = "GetIdentityDkimAttributesResult"},
    {.name = "GetIdentityMailFromDomainAttributes",
     .service = SERVICE_SES,
     .input = &shape_get_identity_dkim_attributes_request,
     .output = &shape_get_identity_mail_from_domain_attributes_response,
     .result = "GetIdentityMailFromDomainAttributesResult"},
    {.name = "GetIdentityNotificationAttributes",
     .service = SERVICE_SES,
     .input = &shape_get_identity_dkim_attributes_request,
     .output = &shape_get_identity_notification_attributes_response,
     .result = "GetIdentityNotificationAttributesResult"},
    {.name = "GetIdentityPolicies",
     .service = SERVICE_SES,
     .input = &shape_get_identity_policies_request,
     .output = &shape_get_identity_policies_response,
     .result = "GetIdentityPoliciesResult"},
    {.name = "GetIdentityVerificationAttributes",
     .service = SERVICE_SES,
     .input = &shape_get_identity_dkim_attributes_request,
     .output = &shape_get_identity_verification_attributes_response,
     .result = "GetIdentityVerificationAttributesResult"},
    {.name = "GetSendQuota",
     .service = SERVICE_SES,
     .output = &shape_get_send_quota_response,
     .result = "GetSendQuotaResult"},
    {.name = "GetSendStatistics",
     .service = SERVICE_SES,
     .output = &shape_get_send_statistics_response,
     .result = "GetSendStatisticsResult"},
    {.name = "GetTemplate",
     .service = SERVICE_SES,
     .input = &shape_delete_custom_verification_email_template_request,
     .output = &shape_get_template_response,
     .result = "GetTemplateResult"},
    {.name = "ListConfigurationSets",
     .service = SERVICE_SES,
     .input = &shape_list_configuration_sets_request,
     .output = &shape_list_configuration_sets_response,
     .result = "ListConfigurationSetsResult"},
    {.name = "ListCustomVerificationEmailTemplates",
     .service = SERVICE_SES,
     .input = &shape_list_custom_verification_email_templates_request,
     .output = &shape_list_custom_verification_email_templates_response,
     .result = "ListCustomVerificationEmailTemplatesResult"},
    {.name = "ListIdentities",
     .service = SERVICE_SES,
     .input = &shape_list_identities_request,
     .output = &shape_list_identities_response,
     .result = "ListIdentitiesResult"},
    {.name = "ListIdentityPolicies",
     .service = SERVICE_SES,
     .input = &shape_delete_identity_request,
     .output = &shape_list_identity_policies_response,
     .result = "ListIdentityPoliciesResult"},
    {.name = "ListReceiptFilters", .service = SERVICE_SES},
    {.name = "ListReceiptRuleSets", .service = SERVICE_SES},
    {.name = "ListTemplates",
     .service = SERVICE_SES,
     .input = &shape_list_configuration_sets_request,
     .output = &shape_list_templates_response,
     .result = "ListTemplatesResult"},
    {.name = "ListVerifiedEmailAddresses",
     .service = SERVICE_SES,
     .output = &shape_list_verified_email_addresses_response,
     .result = "ListVerifiedEmailAddressesResult"},
    {.name = "PutConfigurationSetDeliveryOptions",
     .service = SERVICE_SES,
     .input = &shape_put_configuration_set_delivery_options_request,
     .result = "PutConfigurationSetDeliveryOptionsResult"},
    {.name = "PutIdentityPolicy",
     .service = SERVICE_SES,
     .input = &shape_put_identity_policy_request,
     .result = "PutIdentityPolicyResult"},
    {.name = "ReorderReceiptRuleSet", .service = SERVICE_SES},
    {.name = "SendBounce",
     .service = SERVICE_SES,
     .input = &shape_send_bounce_request,
     .output = &shape_send_bounce_response,
     .result = "SendBounceResult"},
    {.name = "SendBulkTemplatedEmail",
     .service = SERVICE_SES,
     .input = &shape_send_bulk_templated_email_request,
     .output = &shape_send_bulk_templated_email_response,
     .result = "SendBulkTemplatedEmailResult"},
    {.name = "SendCustomVerificationEmail",
     .service = SERVICE_SES,
     .input = &shape_send_custom_verification_email_request,
     .output = &shape_send_bounce_response,
     .result = "SendCustomVerificationEmailResult"},
    {.name = "SendEmail",
     .service = SERVICE_SES,
     .input = &shape_send_email_request,
     .output = &shape_send_bounce_response,
     .result = "SendEmailResult"},
    {.name = "SendRawEmail",
     .service = SERVICE_SES,
     .input = &shape_send_raw_email_request,
     .output = &shape_send_bounce_response,
     .result = "SendRawEmailResult"},
    {.name = "SendTemplatedEmail",
     .service = SERVICE_SES,
     .input = &shape_send_templated_email_request,
     .output = &shape_send_bounce_response,
     .result = "SendTemplatedEmailResult"},
    {.name = "SetActiveReceiptRuleSet", .service = SERVICE_SES},
    {.name = "SetIdentityDkimEnabled",
     .service = SERVICE_SES,
     .input = &shape_set_identity_dkim_enabled_request,
     .result = "SetIdentityDkimEnabledResult"},
    {.name = "SetIdentityFeedbackForwardingEnabled",
     .service = SERVICE_SES,
     .input = &shape_set_identity_feedback_forwarding_enabled_request,
     .result = "SetIdentityFeedbackForwardingEnabledResult"},
    {.name = "SetIdentityHeadersInNotificationsEnabled",
     .service = SERVICE_SES,
     .input = &shape_set_identity_headers_in_notifications_enabled_request,
     .result = "SetIdentityHeadersInNotificationsEnabledResult"},
    {.name = "SetIdentityMailFromDomain",
     .service = SERVICE_SES,
     .input = &shape_set_identity_mail_from_domain_request,
     .result = "SetIdentityMailFromDomainResult"},
    {.name = "SetIdentityNotificationTopic",
     .service = SERVICE_SES,
     .input = &shape_set_identity_notification_topic_request,
     .result = "SetIdentityNotificationTopicResult"},
    {.name = "SetReceiptRulePosition", .service = SERVICE_SES},
    {.name = "TestRenderTemplate",
     .service = SERVICE_SES,
     .input = &shape_test_render_template_request,
     .output = &shape_test_render_template_response,
     .result = "TestRenderTemplateResult"},
    {.name = "UpdateAccountSendingEnabled",
     .service = SERVICE_SES,
     .input = &shape_get_account_sending_enabled_response},
    {.name = "UpdateConfigurationSetEventDestination",
     .service = SERVICE_SES,
     .input = &shape_create_configuration_set_event_destination_request,
     .result = "UpdateConfigurationSetEventDestinationResult"},
    {.name = "UpdateConfigurationSetReputationMetricsEnabled",
     .service = SERVICE_SES,
     .input = &shape_update_configuration_set_reputation_metrics_enabled_request},
    {.name = "UpdateConfigurationSetSendingEnabled",
     .service = SERVICE_SES,
     .input = &shape_update_configuration_set_reputation_metrics_enabled_request},
    {.name = "UpdateConfigurationSetTrackingOptions",
     .service = SERVICE_SES,
     .input = &shape_create_configuration_set_tracking_options_request,
     .result = "UpdateConfigurationSetTrackingOptionsResult"},
    {.name = "UpdateCustomVerificationEmailTemplate",
     .service = SERVICE_SES,
     .input = &shape_update_custom_verification_email_template_request},
    {.name = "UpdateReceiptRule", .service = SERVICE_SES},
    {.name = "UpdateTemplate",
     .service = SERVICE_SES,
     .input = &shape_create_template_request,
     .result = "UpdateTemplateResult"},
    {.name = "VerifyDomainDkim",
     .service = SERVICE_SES,
     .input = &shape_verify_domain_dkim_request,
     .output = &shape_verify_domain_dkim_response,
     .result = "VerifyDomainDkimResult"},
    {.name = "VerifyDomainIdentity",
     .service = SERVICE_SES,
     .input = &shape_verify_domain_dkim_request,
     .output = &shape_verify_domain_identity_response,
     .result = "VerifyDomainIdentityResult"},
    {.name = "VerifyEmailAddress",
     .service = SERVICE_SES,
     .input = &shape_delete_verified_email_address_request},
    {.name = "VerifyEmailIdentity",
     .service = SERVICE_SES,
     .input = &shape_delete_verified_email_address_request,
     .result = "VerifyEmailIdentityResult"},
    {.name = "AssociateEmailIdentityCertificate",
     .service = SERVICE_SESV2,
     .uris = {{"POST", "/v2/email/identity/certificates"}}},
    {.name = "BatchGetMetricData",
     .service = SERVICE_SESV2,
     .uris = {{"POST", "/v2/email/metrics/batch"}}},
    {.name = "CancelExportJob",
     .service = SERVICE_SESV2,
     .uris = {{"PUT", "/v2/email/export-jobs/{JobId}/cancel"}}},
    {.name = "CreateConfigurationSet",
     .service = SERVICE_SESV2,
     .uris = {{"POST", "/v2/email/configuration-sets"}},
     .input = &shape_sesv2_create_configuration_set_request},
    {.name = "CreateConfigurationSetEventDestination",
     .service = SERVICE_SESV2,
     .uris = {{"POST", "/v2/email/configuration-sets/{ConfigurationSetName}/event-destinations"}},
     .input = &shape_sesv2_create_configuration_set_event_destination_request},
    {.name = "CreateContact",
     .service = SERVICE_SESV2,
     .uris = {{"POST", "/v2/email/contact-lists/{ContactListName}/contacts"}},
     .input = &shape_create_contact_request},
    {.name = "CreateContactList",
     .service = SERVICE_SESV2,
     .uris = {{"POST", "/v2/email/contact-lists"}},
     .input = &shape_create_contact_list_request},
    {.name = "CreateCustomVerificationEmailTemplate",
     .service = SERVICE_SESV2,
     .uris = {{"POST", "/v2/email/custom-verification-email-templates"}},
     .input = &shape_sesv2_create_custom_verification_email_template_request},
    {.name = "CreateDedicatedIpPool",
     .service = SERVICE_SESV2,
     .uris = {{"POST", "/v2/email/dedicated-ip-pools"}}},
    {.name = "CreateDeliverabilityTestReport",
     .service = SERVICE_SESV2,
     .uris = {{"POST", "/v2/email/deliverability-dashboard/test"}}},
    {.name = "CreateEmailIdentity",
     .service = SERVICE_SESV2,
     .uris = {{"POST", "/v2/email/identities"}},
     .input = &shape_create_email_identity_request,
     .output = &shape_create_email_identity_response},
    {.name = "CreateEmailIdentityPolicy",
     .service = SERVICE_SESV2,
     .uris = {{"POST", "/v2/email/identities/{EmailIdentity}/policies/{PolicyName}"}},
     .input = &shape_create_email_identity_policy_request},
    {.name = "CreateEmailTemplate",
     .service = SERVICE_SESV2,
     .uris = {{"POST", "/v2/email/templates"}},
     .input = &shape_create_email_template_request},
    {.name = "CreateExportJob",
     .service = SERVICE_SESV2,
     .uris = {{"POST", "/v2/email/export-jobs"}}},
    {.name = "CreateImportJob",
     .service = SERVICE_SESV2,
     .uris = {{"POST", "/v2/email/import-jobs"}},
     .input = &shape_create_import_job_request,
     .output = &shape_create_import_job_response},
    {.name = "CreateMultiRegionEndpoint",
     .service = SERVICE_SESV2,
     .uris = {{"POST", "/v2/email/multi-region-endpoints"}}},
    {.name = "CreateTenant", .service = SERVICE_SESV2, .uris = {{"POST", "/v2/email/tenants"}}},
    {.name = "CreateTenantResourceAssociation",
     .service = SERVICE_SESV2,
     .uris = {{"POST", "/v2/email/tenants/resources"}}},
    {.name = "DeleteConfigurationSet",
     .service = SERVICE_SESV2,
     .uris = {{"DELETE", "/v2/email/configuration-sets/{ConfigurationSetName}"}},
     .input = &shape_sesv2_delete_configuration_set_request},
    {.name = "DeleteConfigurationSetEventDestination",
     .service = SERVICE_SESV2,
     .uris = {{"DELETE", "/v2/email/configuration-sets/{ConfigurationSetName}/event-destinations/"
                         "{EventDestinationName}"}},
     .input = &shape_sesv2_delete_configuration_set_event_destination_request},
    {.name = "DeleteContact",
     .service = SERVICE_SESV2,
     .uris = {{"DELETE", "/v2/email/contact-lists/{ContactListName}/contacts/{EmailAddress}"}},
     .input = &shape_delete_contact_request},
    {.name = "DeleteContactList",
     .service = SERVICE_SESV2,
     .uris = {{"DELETE", "/v2/email/contact-lists/{ContactListName}"}},
     .input = &shape_delete_contact_list_request},
    {.name = "DeleteCustomVerificationEmailTemplate",
     .service = SERVICE_SESV2,
     .uris = {{"DELETE", "/v2/email/custom-verification-email-templates/{TemplateName}"}},
     .input = &shape_sesv2_delete_custom_verification_email_template_request},
    {.name = "DeleteDedicatedIpPool",
     .service = SERVICE_SESV2,
     .uris = {{"DELETE", "/v2/email/dedicated-ip-pools/{PoolName}"}}},
    {.name = "DeleteEmailIdentity",
     .service = SERVICE_SESV2,
     .uris = {{"DELETE", "/v2/email/identities/{EmailIdentity}"}},
     .input = &shape_delete_email_identity_request},
    {.name = "DeleteEmailIdentityPolicy",
     .service = SERVICE_SESV2,
     .uris = {{"DELETE", "/v2/email/identities/{EmailIdentity}/policies/{PolicyName}"}},
     .input = &shape_delete_email_identity_policy_request},
    {.name = "DeleteEmailTemplate",
     .service = SERVICE_SESV2,
     .uris = {{"DELETE", "/v2/email/templates/{TemplateName}"}},
     .input = &shape_sesv2_delete_custom_verification_email_template_request},
    {.name = "DeleteMultiRegionEndpoint",
     .service = SERVICE_SESV2,
     .uris = {{"DELETE", "/v2/email/multi-region-endpoints/{EndpointName}"}}},
    {.name = "DeleteSuppressedDestination",
     .service = SERVICE_SESV2,
     .uris = {{"DELETE", "/v2/email/suppression/addresses/{EmailAddress}"}},
     .input = &shape_delete_suppressed_destination_request},
    {.name = "DeleteTenant",
     .service = SERVICE_SESV2,
     .uris = {{"POST", "/v2/email/tenants/delete"}}},
    {.name = "DeleteTenantResourceAssociation",
     .service = SERVICE_SESV2,
     .uris = {{"POST", "/v2/email/tenants/resources/delete"}}},
    {.name = "DisassociateEmailIdentityCertificate",
     .service = SERVICE_SESV2,
     .uris = {{"POST", "/v2/email/identity/certificates/delete"}}},
    {.name = "GetAccount",
     .service = SERVICE_SESV2,
     .uris = {{"GET", "/v2/email/account"}},
     .output = &shape_get_account_response},
    {.name = "GetBlacklistReports",
     .service = SERVICE_SESV2,
     .uris = {{"GET", "/v2/email/deliverability-dashboard/blacklist-report"}}},
    {.name = "GetConfigurationSet",
     .service = SERVICE_SESV2,
     .uris = {{"GET", "/v2/email/configuration-sets/{ConfigurationSetName}"}},
     .input = &shape_sesv2_delete_configuration_set_request,
     .output = &shape_get_configuration_set_response},
    {.name = "GetConfigurationSetEventDestinations",
     .service = SERVICE_SESV2,
     .uris = {{"GET", "/v2/email/configuration-sets/{ConfigurationSetName}/event-destinations"}},
     .input = &shape_sesv2_delete_configuration_set_request,
     .output = &shape_get_configuration_set_event_destinations_response},
    {.name = "GetContact",
     .service = SERVICE_SESV2,
     .uris = {{"GET", "/v2/email/contact-lists/{ContactListName}/contacts/{EmailAddress}"}},
     .input = &shape_delete_contact_request,
     .output = &shape_get_contact_response},
    {.name = "GetContactList",
     .service = SERVICE_SESV2,
     .uris = {{"GET", "/v2/email/contact-lists/{ContactListName}"}},
     .input = &shape_delete_contact_list_request,
     .output = &shape_get_contact_list_response},
    {.name = "GetCustomVerificationEmailTemplate",
     .service = SERVICE_SESV2,
     .uris = {{"GET", "/v2/email/custom-verification-email-templates/{TemplateName}"}},
     .input = &shape_sesv2_delete_custom_verification_email_template_request,
     .output = &shape_sesv2_get_custom_verification_email_template_response},
    {.name = "GetDedicatedIp",
     .service = SERVICE_SESV2,
     .uris = {{"GET", "/v2/email/dedicated-ips/{IP}"}}},
    {.name = "GetDedicatedIpPool",
     .service = SERVICE_SESV2,
     .uris = {{"GET", "/v2/email/dedicated-ip-pools/{PoolName}"}}},
    {.name = "GetDedicatedIps",
     .service = SERVICE_SESV2,
     .uris = {{"GET", "/v2/email/dedicated-ips"}}},
    {.name = "GetDeliverabilityDashboardOptions",
     .service = SERVICE_SESV2,
     .uris = {{"GET", "/v2/email/deliverability-dashboard"}}},
    {.name = "GetDeliverabilityTestReport",
     .service = SERVICE_SESV2,
     .uris = {{"GET", "/v2/email/deliverability-dashboard/test-reports/{ReportId}"}}},
    {.name = "GetDomainDeliverabilityCampaign",
     .service = SERVICE_SESV2,
     .uris = {{"GET", "/v2/email/deliverability-dashboard/campaigns/{CampaignId}"}}},
    {.name = "GetDomainStatisticsReport",
     .service = SERVICE_SESV2,
     .uris = {{"GET", "/v2/email/deliverability-dashboard/statistics-report/{Domain}"}}},
    {.name = "GetEmailAddressInsights",
     .service = SERVICE_SESV2,
     .uris = {{"POST", "/v2/email/email-address-insights/"}}},
    {.name = "GetEmailIdentity",
     .service = SERVICE_SESV2,
     .uris = {{"GET", "/v2/email/identities/{EmailIdentity}"}},
     .input = &shape_delete_email_identity_request,
     .output = &shape_get_email_identity_response},
    {.name = "GetEmailIdentityPolicies",
     .service = SERVICE_SESV2,
     .uris = {{"GET", "/v2/email/identities/{EmailIdentity}/policies"}},
     .input = &shape_delete_email_identity_request,
     .output = &shape_get_identity_policies_response},
    {.name = "GetEmailTemplate",
     .service = SERVICE_SESV2,
     .uris = {{"GET", "/v2/email/templates/{TemplateName}"}},
     .input = &shape_sesv2_delete_custom_verification_email_template_request,
     .output = &shape_get_email_template_response},
    {.name = "GetExportJob",
     .service = SERVICE_SESV2,
     .uris = {{"GET", "/v2/email/export-jobs/{JobId}"}}},
    {.name = "GetImportJob",
     .service = SERVICE_SESV2,
     .uris = {{"GET", "/v2/email/import-jobs/{JobId}"}},
     .input = &shape_get_import_job_request,
     .output = &shape_get_import_job_response},
    {.name = "GetMessageInsights",
     .service = SERVICE_SESV2,
     .uris = {{"GET", "/v2/email/insights/{MessageId}/"},
              {"GET", "/v2/email/insights/{MessageId}"}},
     .input = &shape_get_message_insights_request,
     .output = &shape_get_message_insights_response},
    {.name = "GetMultiRegionEndpoint",
     .service = SERVICE_SESV2,
     .uris = {{"GET", "/v2/email/multi-region-endpoints/{EndpointName}"}}},
    {.name = "GetReputationEntity",
     .service = SERVICE_SESV2,
     .uris =
         {{"GET",
           "/v2/email/reputation/entities/{ReputationEntityType}/{ReputationEntityReference}"}}},
    {.name = "GetSuppressedDestination",
     .service = SERVICE_SESV2,
     .uris = {{"GET", "/v2/email/suppression/addresses/{EmailAddress}"}},
     .input = &shape_delete_suppressed_destination_request,
     .output = &shape_get_suppressed_destination_response},
    {.name = "GetTenant", .service = SERVICE_SESV2, .uris = {{"POST", "/v2/email/tenants/get"}}},
    {.name = "ListConfigurationSets",
     .service = SERVICE_SESV2,
     .uris = {{"GET", "/v2/email/configuration-sets"},
              {"POST", "/v2/email/list-configuration-sets"}},
     .input = &shape_sesv2_list_configuration_sets_request,
     .output = &shape_sesv2_list_configuration_sets_response},
    {.name = "ListContactLists",
     .service = SERVICE_SESV2,
     .uris = {{"GET", "/v2/email/contact-lists"}},
     .input = &shape_list_contact_lists_request,
     .output = &shape_list_contact_lists_response},
    {.name = "ListContacts",
     .service = SERVICE_SESV2,
     .uris = {{"POST", "/v2/email/contact-lists/{ContactListName}/contacts/list"},
              {"GET", "/v2/email/contact-lists/{ContactListName}/contacts"}},
     .input = &shape_list_contacts_request,
     .output = &shape_list_contacts_response},
    {.name = "ListCustomVerificationEmailTemplates",
     .service = SERVICE_SESV2,
     .uris = {{"GET", "/v2/email/custom-verification-email-templates"}},
     .input = &shape_sesv2_list_custom_verification_email_templates_request,
     .output = &shape_list_custom_verification_email_templates_response},
    {.name = "ListDedicatedIpPools",
     .service = SERVICE_SESV2,
     .uris = {{"GET", "/v2/email/dedicated-ip-pools"}}},
    {.name = "ListDeliverabilityTestReports",
     .service = SERVICE_SESV2,
     .uris = {{"GET", "/v2/email/deliverability-dashboard/test-reports"}}},
    {.name = "ListDomainDeliverabilityCampaigns",
     .service = SERVICE_SESV2,
     .uris = {{"GET", "/v2/email/deliverability-dashboard/domains/{SubscribedDomain}/campaigns"}}},
    {.name = "ListEmailIdentities",
     .service = SERVICE_SESV2,
     .uris = {{"GET", "/v2/email/identities"}, {"POST", "/v2/email/list-identities"}},
     .input = &shape_sesv2_list_configuration_sets_request,
     .output = &shape_list_email_identities_response},
    {.name = "ListEmailIdentityCertificates",
     .service = SERVICE_SESV2,
     .uris = {{"POST", "/v2/email/identity/certificates/list"}}},
    {.name = "ListEmailTemplates",
     .service = SERVICE_SESV2,
     .uris = {{"GET", "/v2/email/templates"}},
     .input = &shape_sesv2_list_custom_verification_email_templates_request,
     .output = &shape_list_email_templates_response},
    {.name = "ListExportJobs",
     .service = SERVICE_SESV2,
     .uris = {{"POST", "/v2/email/list-export-jobs"}}},
    {.name = "ListImportJobs",
     .service = SERVICE_SESV2,
     .uris = {{"POST", "/v2/email/import-jobs/list"}, {"GET", "/v2/email/import-jobs"}},
     .input = &shape_list_import_jobs_request,
     .output = &shape_list_import_jobs_response},
    {.name = "ListMultiRegionEndpoints",
     .service = SERVICE_SESV2,
     .uris = {{"GET", "/v2/email/multi-region-endpoints"}}},
    {.name = "ListRecommendations",
     .service = SERVICE_SESV2,
     .uris = {{"POST", "/v2/email/vdm/recommendations"}}},
    {.name = "ListReputationEntities",
     .service = SERVICE_SESV2,
     .uris = {{"POST", "/v2/email/reputation/entities"}}},
    {.name = "ListResourceTenants",
     .service = SERVICE_SESV2,
     .uris = {{"POST", "/v2/email/resources/tenants/list"}}},
    {.name = "ListSuppressedDestinations",
     .service = SERVICE_SESV2,
     .uris = {{"GET", "/v2/email/suppression/addresses"}},
     .input = &shape_list_suppressed_destinations_request,
     .output = &shape_list_suppressed_destinations_response},
    {.name = "ListTagsForResource",
     .service = SERVICE_SESV2,
     .uris = {{"GET", "/v2/email/tags"}},
     .input = &shape_list_tags_for_resource_request,
     .output = &shape_list_tags_for_resource_response},
    {.name = "ListTenantResources",
     .service = SERVICE_SESV2,
     .uris = {{"POST", "/v2/email/tenants/resources/list"}}},
    {.name = "ListTenants", .service = SERVICE_SESV2, .uris = {{"POST", "/v2/email/tenants/list"}}},
    {.name = "PutAccountDedicatedIpWarmupAttributes",
     .service = SERVICE_SESV2,
     .uris = {{"PUT", "/v2/email/account/dedicated-ips/warmup"}}},
    {.name = "PutAccountDeliveryAttributes",
     .service = SERVICE_SESV2,
     .uris = {{"POST", "/v2/email/account/delivery"}}},
    {.name = "PutAccountDetails",
     .service = SERVICE_SESV2,
     .uris = {{"POST", "/v2/email/account/details"}},
     .input = &shape_put_account_details_request},
    {.name = "PutAccountPricingAttributes",
     .service = SERVICE_SESV2,
     .uris = {{"PUT", "/v2/email/account/pricing-attributes"}}},
    {.name = "PutAccountSendingAttributes",
     .service = SERVICE_SESV2,
     .uris = {{"PUT", "/v2/email/account/sending"}},
     .input = &shape_sending_options},
    {.name = "PutAccountSuppressionAttributes",
     .service = SERVICE_SESV2,
     .uris = {{"PUT", "/v2/email/account/suppression"}},
     .input = &shape_put_account_suppression_attributes_request},
    {.name = "PutAccountVdmAttributes",
     .service = SERVICE_SESV2,
     .uris = {{"PUT", "/v2/email/account/vdm"}}},
    {.name = "PutConfigurationSetArchivingOptions",
     .service = SERVICE_SESV2,
     .uris = {{"PUT", "/v2/email/configuration-sets/{ConfigurationSetName}/archiving-options"}}},
    {.name = "PutConfigurationSetDeliveryOptions",
     .service = SERVICE_SESV2,
     .uris = {{"PUT", "/v2/email/configuration-sets/{ConfigurationSetName}/delivery-options"}},
     .input = &shape_sesv2_put_configuration_set_delivery_options_request},
    {.name = "PutConfigurationSetReputationOptions",
     .service = SERVICE_SESV2,
     .uris = {{"PUT", "/v2/email/configuration-sets/{ConfigurationSetName}/reputation-options"}},
     .input = &shape_put_configuration_set_reputation_options_request},
    {.name = "PutConfigurationSetSendingOptions",
     .service = SERVICE_SESV2,
     .uris = {{"PUT", "/v2/email/configuration-sets/{ConfigurationSetName}/sending"}},
     .input = &shape_put_configuration_set_sending_options_request},
    {.name = "PutConfigurationSetSuppressionOptions",
     .service = SERVICE_SESV2,
     .uris = {{"PUT", "/v2/email/configuration-sets/{ConfigurationSetName}/suppression-options"}},
     .input = &shape_put_configuration_set_suppression_options_request},
    {.name = "PutConfigurationSetTrackingOptions",
     .service = SERVICE_SESV2,
     .uris = {{"PUT", "/v2/email/configuration-sets/{ConfigurationSetName}/tracking-options"}},
     .input = &shape_put_configuration_set_tracking_options_request},
    {.name = "PutConfigurationSetVdmOptions",
     .service = SERVICE_SESV2,
     .uris = {{"PUT", "/v2/email/configuration-sets/{ConfigurationSetName}/vdm-options"}}},
    {.name = "PutDedicatedIpInPool",
     .service = SERVICE_SESV2,
     .uris = {{"PUT", "/v2/email/dedicated-ips/{IP}/pool"}}},
    {.name = "PutDedicatedIpPoolScalingAttributes",
     .service = SERVICE_SESV2,
     .uris = {{"PUT", "/v2/email/dedicated-ip-pools/{PoolName}/scaling"}}},
    {.name = "PutDedicatedIpWarmupAttributes",
     .service = SERVICE_SESV2,
     .uris = {{"PUT", "/v2/email/dedicated-ips/{IP}/warmup"}}},
    {.name = "PutDeliverabilityDashboardOption",
     .service = SERVICE_SESV2,
     .uris = {{"PUT", "/v2/email/deliverability-dashboard"}}},
    {.name = "PutEmailIdentityConfigurationSetAttributes",
     .service = SERVICE_SESV2,
     .uris = {{"PUT", "/v2/email/identities/{EmailIdentity}/configuration-set"}},
     .input = &shape_put_email_identity_configuration_set_attributes_request},
    {.name = "PutEmailIdentityDkimAttributes",
     .service = SERVICE_SESV2,
     .uris = {{"PUT", "/v2/email/identities/{EmailIdentity}/dkim"}},
     .input = &shape_put_email_identity_dkim_attributes_request},
    {.name = "PutEmailIdentityDkimSigningAttributes",
     .service = SERVICE_SESV2,
     .uris = {{"PUT", "/v2/email/identities/{EmailIdentity}/dkim/signing"},
              {"PUT", "/v1/email/identities/{EmailIdentity}/dkim/signing"}},
     .input = &shape_put_email_identity_dkim_signing_attributes_request,
     .output = &shape_put_email_identity_dkim_signing_attributes_response},
    {.name = "PutEmailIdentityFeedbackAttributes",
     .service = SERVICE_SESV2,
     .uris = {{"PUT", "/v2/email/identities/{EmailIdentity}/feedback"}},
     .input = &shape_put_email_identity_feedback_attributes_request},
    {.name = "PutEmailIdentityMailFromAttributes",
     .service = SERVICE_SESV2,
     .uris = {{"PUT", "/v2/email/identities/{EmailIdentity}/mail-from"}},
     .input = &shape_put_email_identity_mail_from_attributes_request},
    {.name = "PutSuppressedDestination",
     .service = SERVICE_SESV2,
     .uris = {{"PUT", "/v2/email/suppression/addresses"}},
     .input = &shape_put_suppressed_destination_request},
    {.name = "PutTenantSuppressionAttributes",
     .service = SERVICE_SESV2,
     .uris = {{"POST", "/v2/email/tenant/suppression"}}},
    {.name = "SendBulkEmail",
     .service = SERVICE_SESV2,
     .uris = {{"POST", "/v2/email/outbound-bulk-emails"}},
     .input = &shape_send_bulk_email_request,
     .output = &shape_send_bulk_email_response},
    {.name = "SendCustomVerificationEmail",
     .service = SERVICE_SESV2,
     .uris = {{"POST", "/v2/email/outbound-custom-verification-emails"}},
     .input = &shape_sesv2_send_custom_verification_email_request,
     .output = &shape_send_bounce_response},
    {.name = "SendEmail",
     .service = SERVICE_SESV2,
     .uris = {{"POST", "/v2/email/outbound-emails"}},
     .input = &shape_sesv2_send_email_request,
     .output = &shape_send_bounce_response},
    {.name = "TagResource",
     .service = SERVICE_SESV2,
     .uris = {{"POST", "/v2/email/tags"}},
     .input = &shape_tag_resource_request},
    {.name = "TestRenderEmailTemplate",
     .service = SERVICE_SESV2,
     .uris = {{"POST", "/v2/email/templates/{TemplateName}/render"}},
     .input = &shape_test_render_email_template_request,
     .output = &shape_test_render_template_response},
    {.name = "UntagResource",
     .service = SERVICE_SESV2,
     .uris = {{"DELETE", "/v2/email/tags"}},
     .input = &shape_untag_resource_request},
    {.name = "UpdateConfigurationSet",
     .service = SERVICE_SESV2,
     .uris = {{"POST", "/v2/email/update-configuration-sets"}}},
    {.name = "UpdateConfigurationSetEventDestination",
     .service = SERVICE_SESV2,
     .uris = {{"PUT", "/v2/email/configuration-sets/{ConfigurationSetName}/event-destinations/"
                      "{EventDestinationName}"}},
     .input = &shape_update_configuration_set_event_destination_request},
    {.name = "UpdateContact",
     .service = SERVICE_SESV2,
     .uris = {{"PUT", "/v2/email/contact-lists/{ContactListName}/contacts/{EmailAddress}"}},
     .input = &shape_update_contact_request},
    {.name = "UpdateContactList",
     .service = SERVICE_SESV2,
     .uris = {{"PUT", "/v2/email/contact-lists/{ContactListName}"}},
     .input = &shape_update_contact_list_request},
    {.name = "UpdateCustomVerificationEmailTemplate",
     .service = SERVICE_SESV2,
     .uris = {{"PUT", "/v2/email/custom-verification-email-templates/{TemplateName}"}},
     .input = &shape_sesv2_update_custom_verification_email_template_request},
    {.name = "UpdateEmailIdentityPolicy",
     .service = SERVICE_SESV2,
     .uris = {{"PUT", "/v2/email/identities/{EmailIdentity}/policies/{PolicyName}"}},
     .input = &shape_create_email_identity_policy_request},
    {.name = "UpdateEmailTemplate",
     .service = SERVICE_SESV2,
     .uris = {{"PUT", "/v2/email/templates/{TemplateName}"}},
     .input = &shape_update_email_template_request},
    {.name = "UpdateReputationEntityCustomerManagedStatus",
     .service = SERVICE_SESV2,
     .uris = {{"PUT", "/v2/email/reputation/entities/{ReputationEntityType}/"
                      "{ReputationEntityReference}/customer-managed-status"}}},
    {.name = "UpdateReputationEntityPolicy",
     .service = SERVICE_SESV2,
     .uris = {{"PUT", "/v2/email/reputation/entities/{ReputationEntityType}/"
                      "{ReputationEntityReference}/policy"}}},
    {.name = "AcceptDelegationRequest", .service = SERVICE_IAM},
    {.name = "AddClientIDToOpenIDConnectProvider", .service = SERVICE_IAM},
    {.name = "AddRoleToInstanceProfile", .service = SERVICE_IAM},
    {.name = "AddUserToGroup", .service = SERVICE_IAM, .input = &shape_add_user_to_group_request},
    {.name = "AssociateDelegationRequest", .service = SERVICE_IAM},
    {.name = "AttachGroupPolicy",
     .service = SERVICE_IAM,
     .input = &shape_attach_group_policy_request},
    {.name = "AttachRolePolicy", .service = SERVICE_IAM},
    {.name = "AttachUserPolicy",
     .service = SERVICE_IAM,
     .input = &shape_attach_user_policy_request},
    {.name = "ChangePassword", .service = SERVICE_IAM},
    {.name = "CreateAccessKey",
     .service = SERVICE_IAM,
     .input = &shape_create_access_key_request,
     .output = &shape_create_access_key_response,
     .result = "CreateAccessKeyResult"},
    {.name = "CreateAccountAlias", .service = SERVICE_IAM},
    {.name = "CreateDelegationRequest", .service = SERVICE_IAM},
    {.name = "CreateGroup",
     .service = SERVICE_IAM,
     .input = &shape_create_group_request,
     .output = &shape_create_group_response,
     .result = "CreateGroupResult"},
    {.name = "CreateInstanceProfile", .service = SERVICE_IAM},
    {.name = "CreateLoginProfile",
     .service = SERVICE_IAM,
     .input = &shape_create_login_profile_request,
     .output = &shape_create_login_profile_response,
     .result = "CreateLoginProfileResult"},
    {.name = "CreateOpenIDConnectProvider", .service = SERVICE_IAM},
    {.name = "CreatePolicy",
     .service = SERVICE_IAM,
     .input = &shape_create_policy_request,
     .output = &shape_create_policy_response,
     .result = "CreatePolicyResult"},
    {.name = "CreatePolicyVersion",
     .service = SERVICE_IAM,
     .input = &shape_create_policy_version_request,
     .output = &shape_create_policy_version_response,
     .result = "CreatePolicyVersionResult"},
    {.name = "CreateRole", .service = SERVICE_IAM},
    {.name = "CreateSAMLProvider", .service = SERVICE_IAM},
    {.name = "CreateServiceLinkedRole", .service = SERVICE_IAM},
    {.name = "CreateServiceSpecificCredential", .service = SERVICE_IAM},
    {.name = "CreateUser",
     .service = SERVICE_IAM,
     .input = &shape_create_user_request,
     .output = &shape_create_user_response,
     .result = "CreateUserResult"},
    {.name = "CreateVirtualMFADevice", .service = SERVICE_IAM},
    {.name = "DeactivateMFADevice", .service = SERVICE_IAM},
    {.name = "DeleteAccessKey", .service = SERVICE_IAM, .input = &shape_delete_access_key_request},
    {.name = "DeleteAccountAlias", .service = SERVICE_IAM},
    {.name = "DeleteAccountPasswordPolicy", .service = SERVICE_IAM},
    {.name = "DeleteGroup", .service = SERVICE_IAM, .input = &shape_delete_group_request},
    {.name = "DeleteGroupPolicy",
     .service = SERVICE_IAM,
     .input = &shape_delete_group_policy_request},
    {.name = "DeleteInstanceProfile", .service = SERVICE_IAM},
    {.name = "DeleteLoginProfile",
     .service = SERVICE_IAM,
     .input = &shape_delete_login_profile_request},
    {.name = "DeleteOpenIDConnectProvider", .service = SERVICE_IAM},
    {.name = "DeletePolicy", .service = SERVICE_IAM, .input = &shape_delete_policy_request},
    {.name = "DeletePolicyVersion",
     .service = SERVICE_IAM,
     .input = &shape_delete_policy_version_request},
    {.name = "DeleteRole", .service = SERVICE_IAM},
    {.name = "DeleteRolePermissionsBoundary", .service = SERVICE_IAM},
    {.name = "DeleteRolePolicy", .service = SERVICE_IAM},
    {.name = "DeleteSAMLProvider", .service = SERVICE_IAM},
    {.name = "DeleteSSHPublicKey", .service = SERVICE_IAM},
    {.name = "DeleteServerCertificate", .service = SERVICE_IAM},
    {.name = "DeleteServiceLinkedRole", .service = SERVICE_IAM},
    {.name = "DeleteServiceSpecificCredential", .service = SERVICE_IAM},
    {.name = "DeleteSigningCertificate", .service = SERVICE_IAM},
    {.name = "DeleteUser", .service = SERVICE_IAM, .input = &shape_delete_user_request},
    {.name = "DeleteUserPermissionsBoundary",
     .service = SERVICE_IAM,
     .input = &shape_delete_user_permissions_boundary_request},
    {.name = "DeleteUserPolicy",
     .service = SERVICE_IAM,
     .input = &shape_delete_user_policy_request},
    {.name = "DeleteVirtualMFADevice", .service = SERVICE_IAM},
    {.name = "DetachGroupPolicy",
     .service = SERVICE_IAM,
     .input = &shape_attach_group_policy_request},
    {.name = "DetachRolePolicy", .service = SERVICE_IAM},
    {.name = "DetachUserPolicy",
     .service = SERVICE_IAM,
     .input = &shape_attach_user_policy_request},
    {.name = "DisableOrganizationsRootCredentialsManagement", .service = SERVICE_IAM},
    {.name = "DisableOrganizationsRootSessions", .service = SERVICE_IAM},
    {.name = "DisableOutboundWebIdentityFederation", .service = SERVICE_IAM},
    {.name = "EnableMFADevice", .service = SERVICE_IAM},
    {.name = "EnableOrganizationsRootCredentialsManagement", .service = SERVICE_IAM},
    {.name = "EnableOrganizationsRootSessions", .service = SERVICE_IAM},
    {.name = "EnableOutboundWebIdentityFederation", .service = SERVICE_IAM},
    {.name = "GenerateCredentialReport",
     .service = SERVICE_IAM,
     .output = &shape_generate_credential_report_response,
     .result = "GenerateCredentialReportResult"},
    {.name = "GenerateOrganizationsAccessReport", .service = SERVICE_IAM},
    {.name = "GenerateServiceLastAccessedDetails", .service = SERVICE_IAM},
    {.name = "GetAccessKeyLastUsed",
     .service = SERVICE_IAM,
     .input = &shape_get_access_key_last_used_request,
     .output = &shape_get_access_key_last_used_response,
     .result = "GetAccessKeyLastUsedResult"},
    {.name = "GetAccountAuthorizationDetails",
     .service = SERVICE_IAM,
     .input = &shape_get_account_authorization_details_request,
     .output = &shape_get_account_authorization_details_response,
     .result = "GetAccountAuthorizationDetailsResult"},
    {.name = "GetAccountPasswordPolicy", .service = SERVICE_IAM},
    {.name = "GetAccountSummary",
     .service = SERVICE_IAM,
     .output = &shape_get_account_summary_response,
     .result = "GetAccountSummaryResult"},
    {.name = "GetContextKeysForCustomPolicy", .service = SERVICE_IAM},
    {.name = "GetContextKeysForPrincipalPolicy", .service = SERVICE_IAM},
    {.name = "GetCredentialReport",
     .service = SERVICE_IAM,
     .output = &shape_get_credential_report_response,
     .result = "GetCredentialReportResult"},
    {.name = "GetDelegationRequest", .service = SERVICE_IAM},
    {.name = "GetGroup",
     .service = SERVICE_IAM,
     .input = &shape_get_group_request,
     .output = &shape_get_group_response,
     .result = "GetGroupResult"},
    {.name = "GetGroupPolicy",
     .service = SERVICE_IAM,
     .input = &shape_delete_group_policy_request,
     .output = &shape_get_group_policy_response,
     .result = "GetGroupPolicyResult"},
    {.name = "GetHumanReadableSummary", .service = SERVICE_IAM},
    {.name = "GetInstanceProfile", .service = SERVICE_IAM},
    {.name = "GetLoginProfile",
     .service = SERVICE_IAM,
     .input = &shape_delete_login_profile_request,
     .output = &shape_create_login_profile_response,
     .result = "GetLoginProfileResult"},
    {.name = "GetMFADevice", .service = SERVICE_IAM},
    {.name = "GetOpenIDConnectProvider", .service = SERVICE_IAM},
    {.name = "GetOrganizationsAccessReport", .service = SERVICE_IAM},
    {.name = "GetOutboundWebIdentityFederationInfo", .service = SERVICE_IAM},
    {.name = "GetPolicy",
     .service = SERVICE_IAM,
     .input = &shape_delete_policy_request,
     .output = &shape_create_policy_response,
     .result = "GetPolicyResult"},
    {.name = "GetPolicyVersion",
     .service = SERVICE_IAM,
     .input = &shape_delete_policy_version_request,
     .output = &shape_create_policy_version_response,
     .result = "GetPolicyVersionResult"},
    {.name = "GetRole", .service = SERVICE_IAM},
    {.name = "GetRolePolicy", .service = SERVICE_IAM},
    {.name = "GetSAMLProvider", .service = SERVICE_IAM},
    {.name = "GetSSHPublicKey", .service = SERVICE_IAM},
    {.name = "GetServerCertificate", .service = SERVICE_IAM},
    {.name = "GetServiceLastAccessedDetails", .service = SERVICE_IAM},
    {.name = "GetServiceLastAccessedDetailsWithEntities", .service = SERVICE_IAM},
    {.name = "GetServiceLinkedRoleDeletionStatus", .service = SERVICE_IAM},
    {.name = "GetUser",
     .service = SERVICE_IAM,
     .input = &shape_create_access_key_request,
     .output = &shape_create_user_response,
     .result = "GetUserResult"},
    {.name = "GetUserPolicy",
     .service = SERVICE_IAM,
     .input = &shape_delete_user_policy_request,
     .output = &shape_get_user_policy_response,
     .result = "GetUserPolicyResult"},
    {.name = "ListAccessKeys",
     .service = SERVICE_IAM,
     .input = &shape_list_access_keys_request,
     .output = &shape_list_access_keys_response,
     .result = "ListAccessKeysResult"},
    {.name = "ListAccountAliases", .service = SERVICE_IAM},
    {.name = "ListAttachedGroupPolicies",
     .service = SERVICE_IAM,
     .input = &shape_list_attached_group_policies_request,
     .output = &shape_list_attached_group_policies_response,
     .result = "ListAttachedGroupPoliciesResult"},
    {.name = "ListAttachedRolePolicies", .service = SERVICE_IAM},
    {.name = "ListAttachedUserPolicies",
     .service = SERVICE_IAM,
     .input = &shape_list_attached_user_policies_request,
     .output = &shape_list_attached_group_policies_response,
     .result = "ListAttachedUserPoliciesResult"},
    {.name = "ListDelegationRequests", .service = SERVICE_IAM},
    {.name = "ListEntitiesForPolicy",
     .service = SERVICE_IAM,
     .input = &shape_list_entities_for_policy_request,
     .output = &shape_list_entities_for_policy_response,
     .result = "ListEntitiesForPolicyResult"},
    {.name = "ListGroupPolicies",
     .service = SERVICE_IAM,
     .input = &shape_get_group_request,
     .output = &shape_list_group_policies_response,
     .result = "ListGroupPoliciesResult"},
    {.name = "ListGroups",
     .service = SERVICE_IAM,
     .input = &shape_list_groups_request,
     .output = &shape_list_groups_response,
     .result = "ListGroupsResult"},
    {.name = "ListGroupsForUser",
     .service = SERVICE_IAM,
     .input = &shape_list_groups_for_user_request,
     .output = &shape_list_groups_response,
     .result = "ListGroupsForUserResult"},
    {.name = "ListInstanceProfileTags", .service = SERVICE_IAM},
    {.name = "ListInstanceProfiles", .service = SERVICE_IAM},
    {.name = "ListInstanceProfilesForRole", .service = SERVICE_IAM},
    {.name = "ListMFADeviceTags", .service = SERVICE_IAM},
    {.name = "ListMFADevices",
     .service = SERVICE_IAM,
     .input = &shape_list_access_keys_request,
     .output = &shape_list_mfa_devices_response,
     .result = "ListMFADevicesResult"},
    {.name = "ListOpenIDConnectProviderTags", .service = SERVICE_IAM},
    {.name = "ListOpenIDConnectProviders", .service = SERVICE_IAM},
    {.name = "ListOrganizationsFeatures", .service = SERVICE_IAM},
    {.name = "ListPolicies",
     .service = SERVICE_IAM,
     .input = &shape_list_policies_request,
     .output = &shape_list_policies_response,
     .result = "ListPoliciesResult"},
    {.name = "ListPoliciesGrantingServiceAccess", .service = SERVICE_IAM},
    {.name = "ListPolicyTags", .service = SERVICE_IAM},
    {.name = "ListPolicyVersions",
     .service = SERVICE_IAM,
     .input = &shape_list_policy_versions_request,
     .output = &shape_list_policy_versions_response,
     .result = "ListPolicyVersionsResult"},
    {.name = "ListRolePolicies", .service = SERVICE_IAM},
    {.name = "ListRoleTags", .service = SERVICE_IAM},
    {.name = "ListRoles", .service = SERVICE_IAM},
    {.name = "ListSAMLProviderTags", .service = SERVICE_IAM},
    {.name = "ListSAMLProviders", .service = SERVICE_IAM},
    {.name = "ListSSHPublicKeys",
     .service = SERVICE_IAM,
     .input = &shape_list_ssh_public_keys_request,
     .output = &shape_list_ssh_public_keys_response,
     .result = "ListSSHPublicKeysResult"},
    {.name = "ListServerCertificateTags", .service = SERVICE_IAM},
    {.name = "ListServerCertificates", .service = SERVICE_IAM},
    {.name = "ListServiceSpecificCredentials",
     .service = SERVICE_IAM,
     .input = &shape_list_service_specific_credentials_request,
     .output = &shape_list_service_specific_credentials_response,
     .result = "ListServiceSpecificCredentialsResult"},
    {.name = "ListSigningCertificates",
     .service = SERVICE_IAM,
     .input = &shape_list_access_keys_request,
     .output = &shape_list_signing_certificates_response,
     .result = "ListSigningCertificatesResult"},
    {.name = "ListUserPolicies",
     .service = SERVICE_IAM,
     .input = &shape_list_groups_for_user_request,
     .output = &shape_list_group_policies_response,
     .result = "ListUserPoliciesResult"},
    {.name = "ListUserTags",
     .service = SERVICE_IAM,
     .input = &shape_list_groups_for_user_request,
     .output = &shape_list_user_tags_response,
     .result = "ListUserTagsResult"},
    {.name = "ListUsers",
     .service = SERVICE_IAM,
     .input = &shape_list_groups_request,
     .output = &shape_list_users_response,
     .result = "ListUsersResult"},
    {.name = "ListVirtualMFADevices",
     .service = SERVICE_IAM,
     .input = &shape_list_virtual_mfa_devices_request,
     .output = &shape_list_virtual_mfa_devices_response,
     .result = "ListVirtualMFADevicesResult"},
    {.name = "PutGroupPolicy", .service = SERVICE_IAM, .input = &shape_put_group_policy_request},
    {.name = "PutRolePermissionsBoundary", .service = SERVICE_IAM},
    {.name = "PutRolePolicy", .service = SERVICE_IAM},
    {.name = "PutUserPermissionsBoundary",
     .service = SERVICE_IAM,
     .input = &shape_put_user_permissions_boundary_request},
    {.name = "PutUserPolicy", .service = SERVICE_IAM, .input = &shape_put_user_policy_request},
    {.name = "RejectDelegationRequest", .service = SERVICE_IAM},
    {.name = "RemoveClientIDFromOpenIDConnectProvider", .service = SERVICE_IAM},
    {.name = "RemoveRoleFromInstanceProfile", .service = SERVICE_IAM},
    {.name = "RemoveUserFromGroup",
     .service = SERVICE_IAM,
     .input = &shape_add_user_to_group_request},
    {.name = "ResetServiceSpecificCredential", .service = SERVICE_IAM},
    {.name = "ResyncMFADevice", .service = SERVICE_IAM},
    {.name = "SendDelegationToken", .service = SERVICE_IAM},
    {.name = "SetDefaultPolicyVersion",
     .service = SERVICE_IAM,
     .input = &shape_delete_policy_version_request},
    {.name = "SetSecurityTokenServicePreferences", .service = SERVICE_IAM},
    {.name = "SimulateCustomPolicy",
     .service = SERVICE_IAM,
     .input = &shape_simulate_custom_policy_request,
     .output = &shape_simulate_policy_response,
     .result = "SimulateCustomPolicyResult"},
    {.name = "SimulatePrincipalPolicy",
     .service = SERVICE_IAM,
     .input = &shape_simulate_principal_policy_request,
     .output = &shape_simulate_policy_response,
     .result = "SimulatePrincipalPolicyResult"},
    {.name = "TagInstanceProfile", .service = SERVICE_IAM},
    {.name = "TagMFADevice", .service = SERVICE_IAM},
    {.name = "TagOpenIDConnectProvider", .service = SERVICE_IAM},
    {.name = "TagPolicy", .service = SERVICE_IAM},
    {.name = "TagRole", .service = SERVICE_IAM},
    {.name = "TagSAMLProvider", .service = SERVICE_IAM},
    {.name = "TagServerCertificate", .service = SERVICE_IAM},
    {.name = "TagUser", .service = SERVICE_IAM, .input = &shape_tag_user_request},
    {.name = "UntagInstanceProfile", .service = SERVICE_IAM},
    {.name = "UntagMFADevice", .service = SERVICE_IAM},
    {.name = "UntagOpenIDConnectProvider", .service = SERVICE_IAM},
    {.name = "UntagPolicy", .service = SERVICE_IAM},
    {.name = "UntagRole", .service = SERVICE_IAM},
    {.name = "UntagSAMLProvider", .service = SERVICE_IAM},
    {.name = "UntagServerCertificate", .service = SERVICE_IAM},
    {.name = "UntagUser", .service = SERVICE_IAM, .input = &shape_untag_user_request},
    {.name = "UpdateAccessKey", .service = SERVICE_IAM, .input = &shape_update_access_key_request},
    {.name = "UpdateAccountPasswordPolicy", .service = SERVICE_IAM},
    {.name = "UpdateAssumeRolePolicy", .service = SERVICE_IAM},
    {.name = "UpdateDelegationRequest", .service = SERVICE_IAM},
    {.name = "UpdateGroup", .service = SERVICE_IAM},
    {.name = "UpdateLoginProfile",
     .service = SERVICE_IAM,
     .input = &shape_update_login_profile_request},
    {.name = "UpdateOpenIDConnectProviderThumbprint", .service = SERVICE_IAM},
    {.name = "UpdateRole", .service = SERVICE_IAM},
    {.name = "UpdateRoleDescription", .service = SERVICE_IAM},
    {.name = "UpdateSAMLProvider", .service = SERVICE_IAM},
    {.name = "UpdateSSHPublicKey", .service = SERVICE_IAM},
    {.name = "UpdateServerCertificate", .service = SERVICE_IAM},
    {.name = "UpdateServiceSpecificCredential", .service = SERVICE_IAM},
    {.name = "UpdateSigningCertificate", .service = SERVICE_IAM},
    {.name = "UpdateUser", .service = SERVICE_IAM, .input = &shape_update_user_request},
    {.name = "UploadSSHPublicKey", .service = SERVICE_IAM},
    {.name = "UploadServerCertificate", .service = SERVICE_IAM},
    {.name = "UploadSigningCertificate", .service = SERVICE_IAM},
    {.name = "AssumeRole", .service = SERVICE_STS},
    {.name = "AssumeRoleWithSAML", .service = SERVICE_STS},
    {.name = "AssumeRoleWithWebIdentity", .service = SERVICE_STS},
    {.name = "AssumeRoot", .service = SERVICE_STS},
    {.name = "DecodeAuthorizationMessage", .service = SERVICE_STS},
    {.name = "GetAccessKeyInfo", .service = SERVICE_STS},
    {.name = "GetCallerIdentity",
     .service = SERVICE_STS,
     .output = &shape_get_caller_identity_response,
     .result = "GetCallerIdentityResult"},
    {.name = "GetDelegatedAccessToken", .service = SERVICE_STS},
    {.name = "GetFederationToken", .service = SERVICE_STS},
    {.name = "GetSessionToken", .service = SERVICE_STS},
    {.name = "GetWebIdentityToken", .service = SERVICE_STS},
    {.name = "ApplyArchiveRule",
     .service = SERVICE_ACCESSANALYZER,
     .uris = {{"PUT", "/archive-rule"}}},
    {.name = "CancelPolicyGeneration",
     .service = SERVICE_ACCESSANALYZER,
     .uris = {{"PUT", "/policy/generation/{jobId}"}}},
    {.name = "CheckAccessNotGranted",
     .service = SERVICE_ACCESSANALYZER,
     .uris = {{"POST", "/policy/check-access-not-granted"}},
     .input = &shape_check_access_not_granted_request,
     .output = &shape_check_access_not_granted_response},
    {.name = "CheckNoNewAccess",
     .service = SERVICE_ACCESSANALYZER,
     .uris = {{"POST", "/policy/check-no-new-access"}},
     .input = &shape_check_no_new_access_request,
     .output = &shape_check_access_not_granted_response},
    {.name = "CheckNoPublicAccess",
     .service = SERVICE_ACCESSANALYZER,
     .uris = {{"POST", "/policy/check-no-public-access"}}},
    {.name = "CreateAccessPreview",
     .service = SERVICE_ACCESSANALYZER,
     .uris = {{"PUT", "/access-preview"}}},
    {.name = "CreateAnalyzer",
     .service = SERVICE_ACCESSANALYZER,
     .uris = {{"PUT", "/analyzer"}},
     .input = &shape_create_analyzer_request,
     .output = &shape_create_analyzer_response},
    {.name = "CreateArchiveRule",
     .service = SERVICE_ACCESSANALYZER,
     .uris = {{"PUT", "/analyzer/{analyzerName}/archive-rule"}}},
    {.name = "CreateServiceLinkedAnalyzer",
     .service = SERVICE_ACCESSANALYZER,
     .uris = {{"PUT", "/service-linked-analyzer"}}},
    {.name = "DeleteAnalyzer",
     .service = SERVICE_ACCESSANALYZER,
     .uris = {{"DELETE", "/analyzer/{analyzerName}"}},
     .input = &shape_delete_analyzer_request},
    {.name = "DeleteArchiveRule",
     .service = SERVICE_ACCESSANALYZER,
     .uris = {{"DELETE", "/analyzer/{analyzerName}/archive-rule/{ruleName}"}}},
    {.name = "DeleteServiceLinkedAnalyzer",
     .service = SERVICE_ACCESSANALYZER,
     .uris = {{"DELETE", "/service-linked-analyzer/{analyzerName}"}}},
    {.name = "GenerateFindingRecommendation",
     .service = SERVICE_ACCESSANALYZER,
     .uris = {{"POST", "/recommendation/{id}"}}},
    {.name = "GetAccessPreview",
     .service = SERVICE_ACCESSANALYZER,
     .uris = {{"GET", "/access-preview/{accessPreviewId}"}}},
    {.name = "GetAnalyzedResource",
     .service = SERVICE_ACCESSANALYZER,
     .uris = {{"GET", "/analyzed-resource"}}},
    {.name = "GetAnalyzer",
     .service = SERVICE_ACCESSANALYZER,
     .uris = {{"GET", "/analyzer/{analyzerName}"}},
     .input = &shape_get_analyzer_request,
     .output = &shape_get_analyzer_response},
    {.name = "GetArchiveRule",
     .service = SERVICE_ACCESSANALYZER,
     .uris = {{"GET", "/analyzer/{analyzerName}/archive-rule/{ruleName}"}}},
    {.name = "GetFinding", .service = SERVICE_ACCESSANALYZER, .uris = {{"GET", "/finding/{id}"}}},
    {.name = "GetFindingRecommendation",
     .service = SERVICE_ACCESSANALYZER,
     .uris = {{"GET", "/recommendation/{id}"}}},
    {.name = "GetFindingV2",
     .service = SERVICE_ACCESSANALYZER,
     .uris = {{"GET", "/findingv2/{id}"}},
     .input = &shape_get_finding_v2_request,
     .output = &shape_get_finding_v2_response},
    {.name = "GetFindingsStatistics",
     .service = SERVICE_ACCESSANALYZER,
     .uris = {{"POST", "/analyzer/findings/statistics"}}},
    {.name = "GetGeneratedPolicy",
     .service = SERVICE_ACCESSANALYZER,
     .uris = {{"GET", "/policy/generation/{jobId}"}}},
    {.name = "ListAccessPreviewFindings",
     .service = SERVICE_ACCESSANALYZER,
     .uris = {{"POST", "/access-preview/{accessPreviewId}"}}},
    {.name = "ListAccessPreviews",
     .service = SERVICE_ACCESSANALYZER,
     .uris = {{"GET", "/access-preview"}}},
    {.name = "ListAnalyzedResources",
     .service = SERVICE_ACCESSANALYZER,
     .uris = {{"POST", "/analyzed-resource"}}},
    {.name = "ListAnalyzers",
     .service = SERVICE_ACCESSANALYZER,
     .uris = {{"GET", "/analyzer"}},
     .input = &shape_list_analyzers_request,
     .output = &shape_list_analyzers_response},
    {.name = "ListArchiveRules",
     .service = SERVICE_ACCESSANALYZER,
     .uris = {{"GET", "/analyzer/{analyzerName}/archive-rule"}}},
    {.name = "ListFindings", .service = SERVICE_ACCESSANALYZER, .uris = {{"POST", "/finding"}}},
    {.name = "ListFindingsV2",
     .service = SERVICE_ACCESSANALYZER,
     .uris = {{"POST", "/findingv2"}},
     .input = &shape_list_findings_v2_request,
     .output = &shape_list_findings_v2_response},
    {.name = "ListPolicyGenerations",
     .service = SERVICE_ACCESSANALYZER,
     .uris = {{"GET", "/policy/generation"}}},
    {.name = "ListTagsForResource",
     .service = SERVICE_ACCESSANALYZER,
     .uris = {{"GET", "/tags/{resourceArn}"}}},
    {.name = "StartPolicyGeneration",
     .service = SERVICE_ACCESSANALYZER,
     .uris = {{"PUT", "/policy/generation"}}},
    {.name = "StartResourceScan",
     .service = SERVICE_ACCESSANALYZER,
     .uris = {{"POST", "/resource/scan"}}},
    {.name = "TagResource",
     .service = SERVICE_ACCESSANALYZER,
     .uris = {{"POST", "/tags/{resourceArn}"}}},
    {.name = "UntagResource",
     .service = SERVICE_ACCESSANALYZER,
     .uris = {{"DELETE", "/tags/{resourceArn}"}}},
    {.name = "UpdateAnalyzer",
     .service = SERVICE_ACCESSANALYZER,
     .uris = {{"PUT", "/analyzer/{analyzerName}"}},
     .input = &shape_update_analyzer_request,
     .output = &shape_update_analyzer_response},
    {.name = "UpdateArchiveRule",
     .service = SERVICE_ACCESSANALYZER,
     .uris = {{"PUT", "/analyzer/{analyzerName}/archive-rule/{ruleName}"}}},
    {.name = "UpdateFindings", .service = SERVICE_ACCESSANALYZER, .uris = {{"PUT", "/finding"}}},
    {.name = "ValidatePolicy",
     .service = SERVICE_ACCESSANALYZER,
     .uris = {{"POST", "/policy/validation"}},
     .input = &shape_validate_policy_request,
     .output = &shape_validate_policy_response},
    {.name = "LookupEvents",
     .service = SERVICE_CLOUDTRAIL,
     .input = &shape_lookup_events_request,
     .output = &shape_lookup_events_response},
};
const size_t operation_model_count = sizeof operation_models / sizeof *operation_models;
