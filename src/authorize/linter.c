#include "linter.h"

#include <assert.h>

enum { DETAILS_MAX = 1000, NAME_MAX_SHOWN = 200 };

#define GUIDE "https://docs.aws.amazon.com/IAM/latest/UserGuide/"
#define CHECKS                                                                                     \
    GUIDE "access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-"
#define GRAMMAR GUIDE "reference_policies_grammar.html"
#define SENDING "https://docs.aws.amazon.com/ses/latest/dg/control-user-access.html"

/* `link` NULL: the code is one of AWS's, and so is the text. */
struct issue {
    const char *code;
    enum lint_severity severity;
    const char *details, *link;
};

#define PASS_ROLE                                                                                  \
    " We recommend that you specify resource ARNs or add the iam:PassedToService condition key "   \
    "to your statement."
#define CREATE_SLR " We recommend that you specify resource ARNs instead."

static const struct issue issues[] = {
    [ISSUE_ARN_REGION_NOT_ALLOWED] =
        {"ARN_REGION_NOT_ALLOWED", LINT_ERROR,
         "The service {} does not support specifying a Region in the resource ARN.", NULL},
    [ISSUE_DATA_TYPE_MISMATCH] = {"DATA_TYPE_MISMATCH", LINT_ERROR,
                                  "The text does not match the expected JSON data type {}.", NULL},
    [ISSUE_DUPLICATE_KEYS] =
        {"DUPLICATE_KEYS_WITH_DIFFERENT_CASE", LINT_ERROR,
         "The condition key {} appears more than once with different capitalization in the same "
         "condition block. Remove the duplicate condition keys.",
         NULL},
    [ISSUE_INVALID_ACTION] = {"INVALID_ACTION", LINT_ERROR, "The action {} does not exist.{}",
                              NULL},
    [ISSUE_INVALID_ARN_ACCOUNT] =
        {"INVALID_ARN_ACCOUNT", LINT_ERROR,
         "The resource ARN account ID {} is not valid. Provide a 12-digit account ID.", NULL},
    [ISSUE_INVALID_ARN_PREFIX] = {"INVALID_ARN_PREFIX", LINT_ERROR,
                                  "Add the required prefix (arn) to the resource ARN.", NULL},
    [ISSUE_INVALID_ARN_RESOURCE] =
        {"INVALID_ARN_RESOURCE", LINT_ERROR,
         "Resource ARN does not match the expected ARN format. Update the resource portion of the "
         "ARN.",
         NULL},
    [ISSUE_INVALID_ARN_SERVICE_CASE] =
        {"INVALID_ARN_SERVICE_CASE", LINT_ERROR,
         "Update the service name {} in the resource ARN to use all lowercase letters.", NULL},
    [ISSUE_INVALID_CONDITION_DATA_TYPE] =
        {"INVALID_CONDITION_DATA_TYPE", LINT_ERROR,
         "The condition value data types do not match. Use condition values of the same JSON data "
         "type.",
         NULL},
    [ISSUE_INVALID_CONDITION_KEY_FORMAT] =
        {"INVALID_CONDITION_KEY_FORMAT", LINT_ERROR,
         "The condition key format is not valid. Use the format service:keyname.", NULL},
    [ISSUE_INVALID_CONDITION_MULTIPLE_BOOLEAN] =
        {"INVALID_CONDITION_MULTIPLE_BOOLEAN", LINT_ERROR,
         "The condition key does not support multiple Boolean values. Use a single Boolean value.",
         NULL},
    [ISSUE_INVALID_CONDITION_OPERATOR] =
        {"INVALID_CONDITION_OPERATOR", LINT_ERROR,
         "The condition operator {} is not valid. Use a valid condition operator.", NULL},
    [ISSUE_INVALID_EFFECT] = {"INVALID_EFFECT", LINT_ERROR,
                              "The effect {} is not valid. Use Allow or Deny.", NULL},
    [ISSUE_INVALID_GLOBAL_CONDITION_KEY] =
        {"INVALID_GLOBAL_CONDITION_KEY", LINT_ERROR,
         "The condition key {} does not exist. Use a valid condition key.", NULL},
    [ISSUE_INVALID_PARTITION] =
        {"INVALID_PARTITION", LINT_ERROR,
         "The resource ARN for the service {} does not support the partition {}. Use the supported "
         "values: aws",
         NULL},
    [ISSUE_INVALID_POLICY_ELEMENT] = {"INVALID_POLICY_ELEMENT", LINT_ERROR,
                                      "The policy element {} is not valid.", NULL},
    [ISSUE_INVALID_PRINCIPAL_FORMAT] =
        {"INVALID_PRINCIPAL_FORMAT", LINT_ERROR,
         "The Principal element contents are not valid. Specify a key-value pair in the Principal "
         "element.",
         NULL},
    [ISSUE_INVALID_PRINCIPAL_KEY] = {"INVALID_PRINCIPAL_KEY", LINT_ERROR,
                                     "The principal key {} is not valid.", NULL},
    [ISSUE_INVALID_SERVICE] = {"INVALID_SERVICE", LINT_ERROR,
                               "The service {} does not exist. Use a valid service name.", NULL},
    [ISSUE_INVALID_SERVICE_CONDITION_KEY] =
        {"INVALID_SERVICE_CONDITION_KEY", LINT_ERROR,
         "The condition key {} does not exist in the service {}. Use a valid condition key.", NULL},
    [ISSUE_INVALID_SERVICE_IN_ACTION] = {"INVALID_SERVICE_IN_ACTION", LINT_ERROR,
                                         "The service {} specified in the action does not exist.{}",
                                         NULL},
    [ISSUE_INVALID_VARIABLE_FOR_OPERATOR] =
        {"INVALID_VARIABLE_FOR_OPERATOR", LINT_ERROR,
         "Policy variables can only be used with String and ARN operators.", NULL},
    [ISSUE_INVALID_VERSION] =
        {"INVALID_VERSION", LINT_ERROR,
         "The version {} is not valid. Use one of the following versions: 2012-10-17, 2008-10-17",
         NULL},
    [ISSUE_JSON_SYNTAX_ERROR] = {"JSON_SYNTAX_ERROR", LINT_ERROR,
                                 "Fix the JSON syntax error at index {} line {} column {}. ({})",
                                 NULL},
    [ISSUE_MISSING_ACTION] = {"MISSING_ACTION", LINT_ERROR,
                              "Add an Action or NotAction element to the policy statement.", NULL},
    [ISSUE_MISSING_ARN_ACCOUNT] = {"MISSING_ARN_ACCOUNT", LINT_ERROR,
                                   "Add an account ID to the {} resource ARN.", NULL},
    [ISSUE_MISSING_ARN_FIELD] =
        {"MISSING_ARN_FIELD", LINT_ERROR,
         "Resource ARNs must include at least 6 fields in the following structure: "
         "arn:partition:service:region:account:resource",
         NULL},
    [ISSUE_MISSING_ARN_REGION] = {"MISSING_ARN_REGION", LINT_ERROR,
                                  "Add a Region to the {} resource ARN.", NULL},
    [ISSUE_MISSING_EFFECT] =
        {"MISSING_EFFECT", LINT_ERROR,
         "Add an Effect element to the policy statement with a value of Allow or Deny.", NULL},
    [ISSUE_MISSING_PRINCIPAL] = {"MISSING_PRINCIPAL", LINT_ERROR,
                                 "Add a Principal element to the policy statement.", NULL},
    [ISSUE_MISSING_QUALIFIER] =
        {"MISSING_QUALIFIER", LINT_ERROR,
         "The request context key {} has multiple values. Use the ForAllValues or ForAnyValue "
         "condition key qualifiers in your policy.",
         NULL},
    [ISSUE_MISSING_RESOURCE] = {"MISSING_RESOURCE", LINT_ERROR,
                                "Add a Resource or NotResource element to the policy statement.",
                                NULL},
    [ISSUE_MISSING_STATEMENT] = {"MISSING_STATEMENT", LINT_ERROR, "Add a statement to the policy",
                                 NULL},
    [ISSUE_NULL_WITH_IF_EXISTS] =
        {"NULL_WITH_IF_EXISTS", LINT_ERROR,
         "The Null condition operator cannot be used with the IfExists suffix. Update the operator "
         "or the suffix.",
         NULL},
    [ISSUE_POLICY_SIZE_EXCEEDS_SCP_QUOTA] =
        {"POLICY_SIZE_EXCEEDS_SCP_QUOTA", LINT_ERROR,
         "The {} characters in the service control policy (SCP) exceed the {} character maximum "
         "for "
         "SCPs. We recommend that you use multiple granular policies.",
         NULL},
    [ISSUE_POLICY_SIZE_EXCEEDS_RCP_QUOTA] =
        {"POLICY_SIZE_EXCEEDS_RCP_QUOTA", LINT_ERROR,
         "The {} characters in the resource control policy (RCP) exceed the {} character maximum "
         "for RCPs. We recommend that you use multiple granular policies.",
         NULL},
    [ISSUE_RCP_SYNTAX_ERROR_ALLOW] =
        {"RCP_SYNTAX_ERROR_ALLOW", LINT_ERROR,
         "RCPs only support specifying all principals (\"*\") in the Principal element, all "
         "resources (\"*\") in the Resource element, and no Condition element with an effect of "
         "Allow.",
         NULL},
    [ISSUE_RCP_SYNTAX_ERROR_NOTACTION] =
        {"RCP_SYNTAX_ERROR_NOTACTION", LINT_ERROR,
         "RCPs do not support the NotAction element. Update to use the Action element.", NULL},
    [ISSUE_RCP_SYNTAX_ERROR_PRINCIPAL] =
        {"RCP_SYNTAX_ERROR_PRINCIPAL", LINT_ERROR,
         "The Principal element contents are not valid. RCPs only support specifying all "
         "principals "
         "(\"*\") in the Principal element. The NotPrincipal element is not supported for RCPs.",
         NULL},
    [ISSUE_TRUST_POLICY_RESOURCE] =
        {"ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE", LINT_ERROR,
         "Role trust policies apply to the role that they are attached to. You cannot specify a "
         "resource. Remove the Resource or NotResource element.",
         NULL},
    [ISSUE_TRUST_POLICY_WILDCARD] =
        {"ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL", LINT_ERROR,
         "\"Principal:\" \"*\" is not supported in the principal element of a role trust policy. "
         "Replace the wildcard with a valid principal value.",
         NULL},
    [ISSUE_SCP_SYNTAX_ERROR_PRINCIPAL] =
        {"SCP_SYNTAX_ERROR_PRINCIPAL", LINT_ERROR,
         "SCPs do not support specifying principals. Remove the Principal or NotPrincipal element.",
         NULL},
    [ISSUE_TYPE_MISMATCH_IP_RANGE] = {"TYPE_MISMATCH_IP_RANGE", LINT_ERROR,
                                      "The condition operator {} is used with an invalid IP range "
                                      "value. Specify the IP range in "
                                      "standard CIDR format.",
                                      NULL},
    [ISSUE_UNIQUE_SIDS_REQUIRED] =
        {"UNIQUE_SIDS_REQUIRED", LINT_ERROR,
         "Duplicate statement IDs are not supported for this policy type. Update the Sid value.",
         NULL},
    [ISSUE_UNSUPPORTED_ELEMENT_COMBINATION] =
        {"UNSUPPORTED_ELEMENT_COMBINATION", LINT_ERROR,
         "The policy elements {} and {} can not be used in the same statement. Remove one of these "
         "elements.",
         NULL},
    [ISSUE_UNSUPPORTED_PRINCIPAL] =
        {"UNSUPPORTED_PRINCIPAL", LINT_ERROR,
         "The policy type {} does not support the Principal element. Remove the Principal element.",
         NULL},
    [ISSUE_UNSUPPORTED_SID] =
        {"UNSUPPORTED_SID", LINT_ERROR,
         "Update the characters in the Sid element to use one of the following character types: "
         "[a-z, A-Z, 0-9]",
         NULL},
    [ISSUE_UNSUPPORTED_WILDCARD_IN_PRINCIPAL] = {"UNSUPPORTED_WILDCARD_IN_PRINCIPAL", LINT_ERROR,
                                                 "Wildcards (*, ?) are not supported with the "
                                                 "principal key {}. Replace the wildcard with a "
                                                 "valid principal value.",
                                                 NULL},
    [ISSUE_MISSING_BRACE_IN_VARIABLE] =
        {"MISSING_BRACE_IN_VARIABLE", LINT_ERROR,
         "The policy variable is missing a closing curly brace. Add } after the variable text.",
         NULL},
    [ISSUE_MISSING_QUOTE_IN_VARIABLE] = {"MISSING_QUOTE_IN_VARIABLE", LINT_ERROR,
                                         "The policy variable default value must begin and end "
                                         "with a single quote. Add the missing "
                                         "quote.",
                                         NULL},
    [ISSUE_UNSUPPORTED_SPACE_IN_VARIABLE] =
        {"UNSUPPORTED_SPACE_IN_VARIABLE", LINT_ERROR,
         "A space is not supported within the policy variable text. Remove the space.", NULL},
    [ISSUE_EMPTY_VARIABLE] =
        {"EMPTY_VARIABLE", LINT_ERROR,
         "Empty policy variable. Remove the ${ } variable structure or provide "
         "a variable within the structure.",
         NULL},
    [ISSUE_VARIABLE_UNSUPPORTED_IN_ELEMENT] =
        {"VARIABLE_UNSUPPORTED_IN_ELEMENT", LINT_ERROR,
         "Policy variables are supported in the Resource and Condition elements. Remove the policy "
         "variable {} from this element.",
         NULL},
    [ISSUE_VARIABLE_UNSUPPORTED_IN_VERSION] =
        {"VARIABLE_UNSUPPORTED_IN_VERSION", LINT_ERROR,
         "To include variables in your policy, use the policy version 2012-10-17 or later.", NULL},
    [ISSUE_INVALID_ADDRESS_VALUE] = {"INVALID_ADDRESS_VALUE", LINT_ERROR,
                                     "The value for the condition key {} {}.", SENDING},
    [ISSUE_MALFORMED_POLICY_DOCUMENT] = {"MALFORMED_POLICY_DOCUMENT", LINT_ERROR, "{}.", GRAMMAR},

    [ISSUE_ALLOW_WITH_NOT_PRINCIPAL] =
        {"ALLOW_WITH_NOT_PRINCIPAL", LINT_SECURITY_WARNING,
         "Using Allow with NotPrincipal can be overly permissive. We recommend that you use "
         "Principal instead.",
         NULL},
    [ISSUE_FORALLVALUES_WITH_SINGLE_VALUED_KEY] =
        {"FORALLVALUES_WITH_SINGLE_VALUED_KEY", LINT_SECURITY_WARNING,
         "Using ForAllValues qualifier with the single-valued condition key {} can be overly "
         "permissive. We recommend that you remove ForAllValues:.",
         NULL},
    [ISSUE_PASS_ROLE_WITH_NOT_RESOURCE] =
        {"PASS_ROLE_WITH_NOT_RESOURCE", LINT_SECURITY_WARNING,
         "Using the iam:PassRole action with NotResource can be overly permissive because it can "
         "allow iam:PassRole permissions on multiple resources." PASS_ROLE,
         NULL},
    [ISSUE_PASS_ROLE_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE] =
        {"PASS_ROLE_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE", LINT_SECURITY_WARNING,
         "Using an action with a wildcard (*) and NotResource can be overly permissive because it "
         "can allow iam:PassRole permissions on multiple resources." PASS_ROLE,
         NULL},
    [ISSUE_PASS_ROLE_WITH_NOT_ACTION_AND_NOT_RESOURCE] =
        {"PASS_ROLE_WITH_NOT_ACTION_AND_NOT_RESOURCE", LINT_SECURITY_WARNING,
         "Using NotAction with NotResource can be overly permissive because it can allow "
         "iam:PassRole permissions on multiple resources." PASS_ROLE,
         NULL},
    [ISSUE_PASS_ROLE_WITH_STAR_IN_RESOURCE] =
        {"PASS_ROLE_WITH_STAR_IN_RESOURCE", LINT_SECURITY_WARNING,
         "Using the iam:PassRole action with wildcards (*) in the resource can be overly "
         "permissive "
         "because it allows iam:PassRole permissions on multiple resources." PASS_ROLE,
         NULL},
    [ISSUE_PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE] =
        {"PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE", LINT_SECURITY_WARNING,
         "Using wildcards (*) in the action and the resource can be overly permissive because it "
         "allows iam:PassRole permissions on all resources." PASS_ROLE,
         NULL},
    [ISSUE_PASS_ROLE_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION] =
        {"PASS_ROLE_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION", LINT_SECURITY_WARNING,
         "Using a resource with wildcards (*) and NotAction can be overly permissive because it "
         "allows iam:PassRole permissions on all resources." PASS_ROLE,
         NULL},
    [ISSUE_ALLOW_WITH_NOT_ACTION] = {"ALLOW_WITH_NOT_ACTION", LINT_SECURITY_WARNING,
                                     "Using Allow with NotAction can be overly permissive because "
                                     "it allows all actions that are "
                                     "not listed. We recommend that you use Action instead.",
                                     GUIDE "reference_policies_elements_notaction.html"},
    [ISSUE_ALLOW_WITH_NOT_RESOURCE] =
        {"ALLOW_WITH_NOT_RESOURCE", LINT_SECURITY_WARNING,
         "Using Allow with NotResource can be overly permissive because it allows all resources "
         "that "
         "are not listed. We recommend that you use Resource instead.",
         GUIDE "reference_policies_elements_notresource.html"},
    [ISSUE_FORALLVALUES_WITHOUT_NULL_CHECK] =
        {"FORALLVALUES_WITHOUT_NULL_CHECK", LINT_SECURITY_WARNING,
         "Using ForAllValues with Allow can be overly permissive because the condition is true "
         "when "
         "a request lacks the condition key {}. We recommend that you add a Null condition for the "
         "key with the value false.",
         GUIDE "reference_policies_condition-single-vs-multi-valued-context-keys.html"},

    [ISSUE_EMPTY_ARRAY_ACTION] =
        {"EMPTY_ARRAY_ACTION", LINT_SUGGESTION,
         "This statement includes no actions and does not affect the policy. Specify actions.",
         NULL},
    [ISSUE_EMPTY_ARRAY_CONDITION] =
        {"EMPTY_ARRAY_CONDITION", LINT_SUGGESTION,
         "There are no values for the condition key {} and it does not affect the policy. Specify "
         "conditions.",
         NULL},
    [ISSUE_EMPTY_ARRAY_CONDITION_FORALLVALUES] =
        {"EMPTY_ARRAY_CONDITION_FORALLVALUES", LINT_SUGGESTION,
         "The ForAllValues prefix with an empty condition key matches only if the key {} is "
         "missing "
         "from the request context. To determine if the request context is empty, we recommend "
         "that "
         "you use the Null condition operator with the value of true instead.",
         NULL},
    [ISSUE_EMPTY_ARRAY_CONDITION_FORANYVALUE] =
        {"EMPTY_ARRAY_CONDITION_FORANYVALUE", LINT_SUGGESTION,
         "The ForAnyValue prefix with an empty condition key {} never matches the request context "
         "and it does not affect the policy. Specify conditions.",
         NULL},
    [ISSUE_EMPTY_ARRAY_CONDITION_IFEXISTS] =
        {"EMPTY_ARRAY_CONDITION_IFEXISTS", LINT_SUGGESTION,
         "The IfExists suffix with an empty condition key matches only if the key {} is missing "
         "from "
         "the request context. To determine if the request context is empty, we recommend that you "
         "use the Null condition operator with the value of true instead.",
         NULL},
    [ISSUE_EMPTY_ARRAY_PRINCIPAL] = {"EMPTY_ARRAY_PRINCIPAL", LINT_SUGGESTION,
                                     "This statement includes no principals and does not affect "
                                     "the policy. Specify principals.",
                                     NULL},
    [ISSUE_EMPTY_ARRAY_RESOURCE] =
        {"EMPTY_ARRAY_RESOURCE", LINT_SUGGESTION,
         "This statement includes no resources and does not affect the policy. Specify resources.",
         NULL},
    [ISSUE_EMPTY_OBJECT_CONDITION] =
        {"EMPTY_OBJECT_CONDITION", LINT_SUGGESTION,
         "This condition block is empty and it does not affect the policy. Specify conditions.",
         NULL},
    [ISSUE_EMPTY_OBJECT_PRINCIPAL] = {"EMPTY_OBJECT_PRINCIPAL", LINT_SUGGESTION,
                                      "This statement includes no principals and does not affect "
                                      "the policy. Specify principals.",
                                      NULL},
    [ISSUE_EMPTY_SID_VALUE] = {"EMPTY_SID_VALUE", LINT_SUGGESTION,
                               "Add a value to the empty string in the Sid element.", NULL},
    [ISSUE_IMPROVE_IP_RANGE] =
        {"IMPROVE_IP_RANGE", LINT_SUGGESTION,
         "The non-zero bits in the IP address after the masked bits are ignored. Replace address "
         "with {}.",
         NULL},
    [ISSUE_NULL_WITH_QUALIFIER] =
        {"NULL_WITH_QUALIFIER", LINT_SUGGESTION,
         "Avoid using the Null condition operator with the ForAllValues or ForAnyValue qualifiers "
         "because they always return a true or false respectively.",
         NULL},
    [ISSUE_REDUNDANT_ACTION] = {"REDUNDANT_ACTION", LINT_SUGGESTION,
                                "The {} action(s) are redundant because they provide similar "
                                "permissions. Update the policy "
                                "to remove the redundant action such as: {}.",
                                NULL},
    [ISSUE_REDUNDANT_CONDITION_VALUE_NUM] =
        {"REDUNDANT_CONDITION_VALUE_NUM", LINT_SUGGESTION,
         "Multiple values in {} are redundant. Replace with the {} single value for {}.", NULL},
    [ISSUE_REDUNDANT_RESOURCE] = {"REDUNDANT_RESOURCE", LINT_SUGGESTION,
                                  "The {} resource ARN(s) are redundant because they reference the "
                                  "same resource. Review the "
                                  "use of wildcards (*)",
                                  NULL},
    [ISSUE_REDUNDANT_STATEMENT] = {"REDUNDANT_STATEMENT", LINT_SUGGESTION,
                                   "The statements are redundant because they provide identical "
                                   "permissions. Update the policy "
                                   "to remove the redundant statement.",
                                   NULL},
    [ISSUE_WILDCARD_IN_SERVICE_NAME] = {"WILDCARD_IN_SERVICE_NAME", LINT_SUGGESTION,
                                        "Avoid using wildcards (*, ?) in the service name because "
                                        "it might grant unintended access "
                                        "to other AWS services with similar names.",
                                        NULL},
    [ISSUE_FORANYVALUE_WITH_SINGLE_VALUED_KEY] =
        {"FORANYVALUE_WITH_SINGLE_VALUED_KEY", LINT_SUGGESTION,
         "The condition key {} has one value in a request: ForAnyValue does not affect the "
         "condition. We recommend that you remove ForAnyValue:.",
         GUIDE "reference_policies_condition-single-vs-multi-valued-context-keys.html"},
    [ISSUE_REDUNDANT_CONDITION_VALUE] =
        {"REDUNDANT_CONDITION_VALUE", LINT_SUGGESTION,
         "The {} value(s) for the condition key {} are redundant because other values match all "
         "that "
         "they match.",
         GUIDE "reference_policies_condition-logic-multiple-context-keys-or-values.html"},

    [ISSUE_CREATE_SLR_WITH_NOT_RESOURCE] =
        {"CREATE_SLR_WITH_NOT_RESOURCE", LINT_WARNING,
         "Using the iam:CreateServiceLinkedRole action with NotResource can allow creation of "
         "unintended service-linked roles for multiple resources." CREATE_SLR,
         NULL},
    [ISSUE_CREATE_SLR_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE] =
        {"CREATE_SLR_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE", LINT_WARNING,
         "Using an action with a wildcard(*) and NotResource can allow creation of unintended "
         "service-linked roles because it can allow iam:CreateServiceLinkedRole permissions on "
         "multiple resources." CREATE_SLR,
         NULL},
    [ISSUE_CREATE_SLR_WITH_NOT_ACTION_AND_NOT_RESOURCE] =
        {"CREATE_SLR_WITH_NOT_ACTION_AND_NOT_RESOURCE", LINT_WARNING,
         "Using NotAction with NotResource can allow creation of unintended service-linked roles "
         "because it allows iam:CreateServiceLinkedRole permissions on multiple "
         "resources." CREATE_SLR,
         NULL},
    [ISSUE_CREATE_SLR_WITH_STAR_IN_RESOURCE] =
        {"CREATE_SLR_WITH_STAR_IN_RESOURCE", LINT_WARNING,
         "Using the iam:CreateServiceLinkedRole action with wildcards (*) in the resource can "
         "allow "
         "creation of unintended service-linked roles." CREATE_SLR,
         NULL},
    [ISSUE_CREATE_SLR_WITH_STAR_IN_ACTION_AND_RESOURCE] =
        {"CREATE_SLR_WITH_STAR_IN_ACTION_AND_RESOURCE", LINT_WARNING,
         "Using wildcards (*) in the action and the resource can allow creation of unintended "
         "service-linked roles because it allows iam:CreateServiceLinkedRole permissions on all "
         "resources." CREATE_SLR,
         NULL},
    [ISSUE_CREATE_SLR_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION] =
        {"CREATE_SLR_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION", LINT_WARNING,
         "Using a resource with wildcards (*) and NotAction can allow creation of unintended "
         "service-linked roles because it allows iam:CreateServiceLinkedRole permissions on all "
         "resources." CREATE_SLR,
         NULL},
    [ISSUE_INVALID_DATE_VALUE] =
        {"INVALID_DATE_VALUE", LINT_WARNING,
         "The date {} might not resolve as expected. We recommend that you use the YYYY-MM-DD "
         "format.",
         NULL},
    [ISSUE_INVALID_ROLE_REFERENCE] =
        {"INVALID_ROLE_REFERENCE", LINT_WARNING,
         "The Principal element includes the IAM role ID {}. We recommend that you use a role ARN "
         "instead.",
         NULL},
    [ISSUE_INVALID_USER_REFERENCE] =
        {"INVALID_USER_REFERENCE", LINT_WARNING,
         "The Principal element includes the IAM user ID {}. We recommend that you use a user ARN "
         "instead.",
         NULL},
    [ISSUE_MISSING_VERSION] =
        {"MISSING_VERSION", LINT_WARNING,
         "We recommend that you specify the Version element to help you with debugging permission "
         "issues.",
         NULL},
    [ISSUE_POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA] =
        {"POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA", LINT_WARNING,
         "The {} characters in the identity policy, excluding whitespace, exceed the {} character "
         "maximum for inline and managed policies. We recommend that you use multiple granular "
         "policies.",
         NULL},
    [ISSUE_TYPE_MISMATCH] =
        {"TYPE_MISMATCH", LINT_WARNING,
         "Use the operator type {} instead of operator {} for the condition key {}.", NULL},
    [ISSUE_TYPE_MISMATCH_BOOLEAN] =
        {"TYPE_MISMATCH_BOOLEAN", LINT_WARNING,
         "Add a valid Boolean value (true or false) for the condition operator {}.", NULL},
    [ISSUE_TYPE_MISMATCH_DATE] =
        {"TYPE_MISMATCH_DATE", LINT_WARNING,
         "The date condition operator is used with an invalid value. Specify a valid date using "
         "YYYY-MM-DD or other ISO 8601 date/time format.",
         NULL},
    [ISSUE_TYPE_MISMATCH_NUMBER] = {"TYPE_MISMATCH_NUMBER", LINT_WARNING,
                                    "Add a valid numeric value for the condition operator {}.",
                                    NULL},
    [ISSUE_UNIQUE_SIDS_RECOMMENDED] =
        {"UNIQUE_SIDS_RECOMMENDED", LINT_WARNING,
         "We recommend that you use statement IDs that are unique to your policy. Update the Sid "
         "value.",
         NULL},
    [ISSUE_WILDCARD_WITHOUT_LIKE_OPERATOR] =
        {"WILDCARD_WITHOUT_LIKE_OPERATOR", LINT_WARNING,
         "Your condition value includes a * or ? character. If you meant to use a wildcard (*, ?), "
         "update the condition operator to include Like.",
         NULL},
    [ISSUE_ADDRESS_NEVER_MATCHES] = {"ADDRESS_NEVER_MATCHES", LINT_WARNING,
                                     "The value for the condition key {} is compared with whole "
                                     "addresses, as taro@example.com: "
                                     "it never matches. ({})",
                                     SENDING},
    [ISSUE_CONDITION_KEY_NOT_SET_HERE] = {"CONDITION_KEY_NOT_SET_HERE", LINT_WARNING,
                                          "No request to this service has the condition key {}.",
                                          SENDING},
    [ISSUE_DEPRECATED_VERSION] =
        {"DEPRECATED_VERSION", LINT_WARNING,
         "The version 2008-10-17 has no policy variables. We recommend that you use the version "
         "2012-10-17.",
         GUIDE "reference_policies_elements_version.html"},
};
static_assert(sizeof issues / sizeof *issues == ISSUE_COUNT, "words for each issue");

const char *
lint_severity_name(enum lint_severity severity)
{
    static const char *const names[] = {"ERROR", "SECURITY_WARNING", "SUGGESTION", "WARNING"};
    static_assert(sizeof names / sizeof *names == LINT_SEVERITY_COUNT, "a name for each");
    return names[severity];
}

/* ---- where ---- */

static bool
begins_character(char c)
{
    return ((unsigned char)c & 0xc0) != 0x80;
}

struct lint_position
linter_position(struct linter *linter, size_t at)
{
    if (at < linter->seen || linter->seen_at.line == 0) {
        linter->seen = 0;
        linter->seen_at = (struct lint_position){.line = 1};
    }
    for (; linter->seen < at && linter->seen < linter->document.len; linter->seen++) {
        char c = linter->document.ptr[linter->seen];
        linter->seen_at.offset += begins_character(c);
        linter->seen_at.column += begins_character(c);
        if (c == '\n') {
            linter->seen_at.line++;
            linter->seen_at.column = 0;
        }
    }
    return linter->seen_at;
}

/* A beginning that does not end within a character. */
static struct slice
shown(struct linter *linter, struct slice name)
{
    size_t len = name.len < NAME_MAX_SHOWN ? name.len : NAME_MAX_SHOWN;
    while (len > 0 && len < name.len && !begins_character(name.ptr[len]))
        len--;
    return arena_dup(linter->arena, slice_head(name, len));
}

static size_t
fill_path(struct linter *linter, const struct element *element, struct lint_step *path)
{
    if (!element->outer)
        return 0;
    size_t at = fill_path(linter, element->outer, path);
    if (element->item)
        path[at] = (struct lint_step){.kind = LINT_STEP_INDEX, .index = element->index};
    else
        path[at] = (struct lint_step){.kind = LINT_STEP_VALUE,
                                      .name = shown(linter, element->value->name)};
    return at + 1;
}

/* The depth is that of the grammar, not of the document. */
static size_t
depth_of(const struct element *element)
{
    return element->outer ? 1 + depth_of(element->outer) : 0;
}

static struct lint_location
locate(struct linter *linter, const struct element *element, bool name)
{
    const struct json *value = element->value;
    size_t depth = depth_of(element);
    struct lint_step *path = ARENA_ARRAY(linter->arena, struct lint_step, depth);
    struct lint_location location = {.path = path, .path_len = fill_path(linter, element, path)};
    if (name)
        path[depth - 1].kind = LINT_STEP_KEY;
    location.start = linter_position(linter, name ? value->name_start : value->start);
    location.end = linter_position(linter, name ? value->name_end : value->end);
    return location;
}

/* ---- what ---- */

static struct slice
details_of(struct linter *linter, const char *text, const struct slice *words)
{
    struct buf out;
    buf_init(&out, DETAILS_MAX * 2);
    for (; *text; text++) {
        if (text[0] != '{' || text[1] != '}') {
            buf_add_char(&out, *text);
            continue;
        }
        buf_add(&out, shown(linter, *words));
        words++;
        text++;
    }
    struct slice details = arena_dup(linter->arena, buf_slice(&out));
    buf_fini(&out);
    return details;
}

/* "#...-error-invalid-action" */
static struct slice
link_of(struct linter *linter, const struct issue *issue)
{
    static const char *const kinds[] = {"error", "security-warning", "suggestion",
                                        "general-warning"};
    if (issue->link)
        return slice_of(issue->link);
    struct slice link =
        arena_printf(linter->arena, CHECKS "%s-%s", kinds[issue->severity], issue->code);
    char *name = (char *)link.ptr + sizeof CHECKS - 1;
    for (; *name; name++)
        *name = *name == '_' ? '-' : ascii_lower(*name);
    return link;
}

static void
add(struct linter *linter, enum lint_issue which, enum lint_severity severity,
    struct lint_location location, const struct slice *words)
{
    const struct issue *issue = &issues[which];
    bool first_error = severity == LINT_ERROR && linter->errors++ == 0;
    linter->last = 0;
    if (linter->count == LINT_FINDINGS_MAX && !first_error)
        return;
    linter->count -= linter->count == LINT_FINDINGS_MAX; /* that there is an error must be told */
    struct lint_location *locations =
        ARENA_ARRAY(linter->arena, struct lint_location, LINT_LOCATIONS_MAX);
    locations[0] = location;
    linter->findings = arena_grow(linter->arena, linter->findings, sizeof *linter->findings,
                                  linter->count, &linter->cap);
    linter->findings[linter->count++] =
        (struct lint_finding){.severity = severity,
                              .code = issue->code,
                              .details = details_of(linter, issue->details, words),
                              .link = link_of(linter, issue),
                              .locations = locations,
                              .location_count = 1};
    linter->last = linter->count;
}

void
linter_report(struct linter *linter, enum lint_issue issue, const struct element *element,
              const struct slice *words)
{
    add(linter, issue, issues[issue].severity, locate(linter, element, false), words);
}

void
linter_report_name(struct linter *linter, enum lint_issue issue, const struct element *element,
                   const struct slice *words)
{
    add(linter, issue, issues[issue].severity, locate(linter, element, true), words);
}

void
linter_refuse(struct linter *linter, enum lint_issue issue, const struct element *element,
              const struct slice *words)
{
    add(linter, issue, LINT_ERROR, locate(linter, element, false), words);
}

void
linter_report_range(struct linter *linter, enum lint_issue issue, size_t start, size_t end,
                    const struct slice *words)
{
    struct lint_location location = {.start = linter_position(linter, start)};
    location.end = linter_position(linter, end);
    add(linter, issue, issues[issue].severity, location, words);
}

void
linter_also(struct linter *linter, const struct element *element)
{
    struct lint_finding *last = linter->last ? &linter->findings[linter->last - 1] : NULL;
    if (last && last->location_count < LINT_LOCATIONS_MAX)
        last->locations[last->location_count++] = locate(linter, element, false);
}

void
linter_report_type(struct linter *linter, const struct element *element, const char *expected)
{
    linter_report(linter, ISSUE_DATA_TYPE_MISMATCH, element, WORDS(slice_of(expected)));
}
