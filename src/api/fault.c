#include "fault.h"

#include <assert.h>

/* Query (SES v1, IAM, STS) on the left, REST-JSON on the right. */
static const struct {
    struct fault_words query, json;
} faults[] = {
    [FAULT_BY_RC] = {{"InternalFailure", 500}, {"InternalServiceErrorException", 500}},
    [FAULT_ACCESS_DENIED] = {{"AccessDenied", 403}, {"AccessDeniedException", 403}},
    [FAULT_MISSING_TOKEN] = {{"MissingAuthenticationToken", 403},
                             {"MissingAuthenticationTokenException", 403}},
    [FAULT_INVALID_TOKEN] = {{"InvalidClientTokenId", 403}, {"UnrecognizedClientException", 403}},
    [FAULT_SIGNATURE] = {{"SignatureDoesNotMatch", 403}, {"InvalidSignatureException", 403}},
    [FAULT_INCOMPLETE_SIGNATURE] = {{"IncompleteSignature", 400},
                                    {"IncompleteSignatureException", 400}},
    [FAULT_EXPIRED] = {{"RequestExpired", 400}, {"RequestExpiredException", 400}},
    [FAULT_NOT_SIGNED_IN] = {{"NotSignedIn", 401}, {"NotSignedIn", 401}},
    [FAULT_INVALID_ACTION] = {{"InvalidAction", 400}, {"UnknownOperationException", 404}},
    [FAULT_MISSING_ACTION] = {{"MissingAction", 400}, {"UnknownOperationException", 404}},
    [FAULT_MALFORMED_INPUT] = {{"MalformedInput", 400}, {"SerializationException", 400}},
    [FAULT_VALIDATION] = {{"ValidationError", 400}, {"BadRequestException", 400}},
    [FAULT_INVALID_PARAMETER] = {{"InvalidParameterValue", 400}, {"BadRequestException", 400}},
    [FAULT_INVALID_NEXT_TOKEN] = {{"InvalidParameterValue", 400},
                                  {"InvalidNextTokenException", 400}},
    [FAULT_INVALID_TIME_RANGE] = {{"InvalidParameterValue", 400},
                                  {"InvalidTimeRangeException", 400}},
    [FAULT_INVALID_LOOKUP_ATTRIBUTES] = {{"InvalidParameterValue", 400},
                                         {"InvalidLookupAttributesException", 400}},
    [FAULT_THROTTLING] = {{"Throttling", 400}, {"TooManyRequestsException", 429}},
    [FAULT_DAILY_QUOTA] = {{"Throttling", 400}, {"LimitExceededException", 400}},
    [FAULT_UNAVAILABLE] = {{"ServiceUnavailable", 503}, {"ServiceUnavailableException", 503}},
    [FAULT_INTERNAL] = {{"InternalFailure", 500}, {"InternalServiceErrorException", 500}},

    [FAULT_MESSAGE_REJECTED] = {{"MessageRejected", 400}, {"MessageRejected", 400}},
    [FAULT_MAIL_FROM_NOT_VERIFIED] = {{"MailFromDomainNotVerifiedException", 400},
                                      {"MailFromDomainNotVerifiedException", 400}},
    [FAULT_ACCOUNT_PAUSED] = {{"AccountSendingPausedException", 400},
                              {"SendingPausedException", 400}},
    [FAULT_CONFIGURATION_SET_PAUSED] = {{"ConfigurationSetSendingPausedException", 400},
                                        {"SendingPausedException", 400}},
    [FAULT_FROM_NOT_VERIFIED] = {{"FromEmailAddressNotVerified", 400},
                                 {"BadRequestException", 400}},
    [FAULT_PRODUCTION_ACCESS] = {{"ProductionAccessNotGranted", 400}, {"BadRequestException", 400}},

    [FAULT_NOT_FOUND] = {{"InvalidParameterValue", 400}, {"NotFoundException", 404}},
    [FAULT_ALREADY_EXISTS] = {{"AlreadyExists", 400}, {"AlreadyExistsException", 400}},
    [FAULT_CONFLICT] = {{"InvalidParameterValue", 400}, {"ConflictException", 409}},
    [FAULT_LIMIT] = {{"LimitExceeded", 400}, {"LimitExceededException", 400}},
    [FAULT_INVALID_POLICY] = {{"InvalidPolicy", 400}, {"BadRequestException", 400}},
    [FAULT_NO_CONFIGURATION_SET] = {{"ConfigurationSetDoesNotExist", 400},
                                    {"NotFoundException", 404}},
    [FAULT_CONFIGURATION_SET_EXISTS] = {{"ConfigurationSetAlreadyExists", 400},
                                        {"AlreadyExistsException", 400}},
    [FAULT_INVALID_CONFIGURATION_SET] = {{"InvalidConfigurationSet", 400},
                                         {"BadRequestException", 400}},
    [FAULT_NO_DESTINATION] = {{"EventDestinationDoesNotExist", 400}, {"NotFoundException", 404}},
    [FAULT_DESTINATION_EXISTS] = {{"EventDestinationAlreadyExists", 400},
                                  {"AlreadyExistsException", 400}},
    [FAULT_INVALID_CLOUDWATCH_DESTINATION] = {{"InvalidCloudWatchDestination", 400},
                                              {"BadRequestException", 400}},
    [FAULT_INVALID_FIREHOSE_DESTINATION] = {{"InvalidFirehoseDestination", 400},
                                            {"BadRequestException", 400}},
    [FAULT_INVALID_SNS_DESTINATION] = {{"InvalidSNSDestination", 400},
                                       {"BadRequestException", 400}},
    [FAULT_INVALID_DELIVERY_OPTIONS] = {{"InvalidDeliveryOptions", 400},
                                        {"BadRequestException", 400}},
    [FAULT_INVALID_TRACKING_OPTIONS] = {{"InvalidTrackingOptions", 400},
                                        {"BadRequestException", 400}},
    [FAULT_NO_TRACKING_OPTIONS] = {{"TrackingOptionsDoesNotExistException", 400},
                                   {"NotFoundException", 404}},
    [FAULT_TRACKING_OPTIONS_EXIST] = {{"TrackingOptionsAlreadyExistsException", 400},
                                      {"AlreadyExistsException", 400}},
    [FAULT_NO_TEMPLATE] = {{"TemplateDoesNotExist", 400}, {"NotFoundException", 404}},
    [FAULT_INVALID_TEMPLATE] = {{"InvalidTemplate", 400}, {"BadRequestException", 400}},
    [FAULT_INVALID_RENDERING_PARAMETER] = {{"InvalidRenderingParameter", 400},
                                           {"BadRequestException", 400}},
    [FAULT_MISSING_RENDERING_ATTRIBUTE] = {{"MissingRenderingAttribute", 400},
                                           {"BadRequestException", 400}},
    [FAULT_NO_VERIFICATION_TEMPLATE] = {{"CustomVerificationEmailTemplateDoesNotExist", 400},
                                        {"NotFoundException", 404}},
    [FAULT_VERIFICATION_TEMPLATE_EXISTS] = {{"CustomVerificationEmailTemplateAlreadyExists", 400},
                                            {"AlreadyExistsException", 400}},
    [FAULT_INVALID_VERIFICATION_CONTENT] = {{"CustomVerificationEmailInvalidContent", 400},
                                            {"BadRequestException", 400}},

    [FAULT_NO_SUCH_ENTITY] = {{"NoSuchEntity", 404}, {"NotFoundException", 404}},
    [FAULT_ENTITY_EXISTS] = {{"EntityAlreadyExists", 409}, {"AlreadyExistsException", 400}},
    [FAULT_DELETE_CONFLICT] = {{"DeleteConflict", 409}, {"ConflictException", 409}},
    [FAULT_IAM_LIMIT] = {{"LimitExceeded", 409}, {"LimitExceededException", 400}},
    [FAULT_MALFORMED_POLICY] = {{"MalformedPolicyDocument", 400}, {"BadRequestException", 400}},
    [FAULT_INVALID_INPUT] = {{"InvalidInput", 400}, {"BadRequestException", 400}},
    [FAULT_PASSWORD_POLICY] = {{"PasswordPolicyViolation", 400}, {"BadRequestException", 400}},
    [FAULT_REPORT_NOT_PRESENT] = {{"ReportNotPresent", 410}, {"NotFoundException", 404}},
    [FAULT_REPORT_EXPIRED] = {{"ReportExpired", 410}, {"NotFoundException", 404}},
    [FAULT_REPORT_NOT_READY] = {{"ReportInProgress", 404}, {"NotFoundException", 404}},
};
static_assert(sizeof faults / sizeof *faults == FAULT_COUNT, "words for each fault");

/* Access Analyzer is REST-JSON with words of its own for some of them. */
static const struct {
    enum api_fault fault;
    struct fault_words words;
} of_access_analyzer[] = {
    {FAULT_VALIDATION, {"ValidationException", 400}},
    {FAULT_INVALID_PARAMETER, {"ValidationException", 400}},
    {FAULT_INVALID_NEXT_TOKEN, {"ValidationException", 400}},
    {FAULT_MALFORMED_POLICY, {"InvalidParameterException", 400}},
    {FAULT_NOT_FOUND, {"ResourceNotFoundException", 404}},
    {FAULT_ALREADY_EXISTS, {"ConflictException", 409}},
    {FAULT_CONFLICT, {"ConflictException", 409}},
    {FAULT_LIMIT, {"ServiceQuotaExceededException", 402}},
    {FAULT_THROTTLING, {"ThrottlingException", 429}},
    {FAULT_INTERNAL, {"InternalServerException", 500}},
};

/* What an error code means where nothing more is known. */
static enum api_fault
fault_of_rc(enum rc rc, enum service service)
{
    bool iam = service == SERVICE_IAM;
    switch (rc) {
    case RC_SYNTAX:
    case RC_PERMANENT:
    case RC_SEQUENCE: return iam ? FAULT_VALIDATION : FAULT_INVALID_PARAMETER;
    case RC_DENIED: return FAULT_INVALID_PARAMETER;
    case RC_NOT_FOUND: return iam ? FAULT_NO_SUCH_ENTITY : FAULT_NOT_FOUND;
    case RC_CONFLICT: return iam ? FAULT_ENTITY_EXISTS : FAULT_ALREADY_EXISTS;
    case RC_LIMIT: return iam ? FAULT_IAM_LIMIT : FAULT_LIMIT;
    case RC_AGAIN:
    case RC_TEMPORARY: return FAULT_UNAVAILABLE;
    case RC_OK:
    case RC_COUNT: break;
    }
    return FAULT_INTERNAL;
}

struct fault_words
fault_words_of(enum api_fault fault, enum rc rc, enum service service)
{
    if (fault == FAULT_BY_RC)
        fault = fault_of_rc(rc, service);
    for (size_t i = 0; i < sizeof of_access_analyzer / sizeof *of_access_analyzer; i++)
        if (service == SERVICE_ACCESSANALYZER && of_access_analyzer[i].fault == fault)
            return of_access_analyzer[i].words;
    return service_models[service].namespace ? faults[fault].query : faults[fault].json;
}
