#include "condition_keys.h"

enum { ONE, MANY = true };
enum { ABSENT, HERE = true };

static const struct condition_key keys[] = {
    {"aws:assumedroot", OPERAND_BOOL, ONE, ABSENT},
    {"aws:calledvia", OPERAND_STRING, MANY, ABSENT},
    {"aws:calledviafirst", OPERAND_STRING, ONE, ABSENT},
    {"aws:calledvialast", OPERAND_STRING, ONE, ABSENT},
    {"aws:chatbotsourcearn", OPERAND_ARN, ONE, ABSENT},
    {"aws:currenttime", OPERAND_DATE, ONE, HERE},
    {"aws:ec2instancesourceprivateipv4", OPERAND_NETWORK, ONE, ABSENT},
    {"aws:ec2instancesourcevpc", OPERAND_STRING, ONE, ABSENT},
    {"aws:epochtime", OPERAND_DATE, ONE, HERE},
    {"aws:federatedprovider", OPERAND_STRING, ONE, ABSENT},
    {"aws:multifactorauthage", OPERAND_NUMBER, ONE, ABSENT},
    {"aws:multifactorauthpresent", OPERAND_BOOL, ONE, ABSENT},
    {"aws:principalaccount", OPERAND_STRING, ONE, HERE},
    {"aws:principalarn", OPERAND_ARN, ONE, HERE},
    {"aws:principalisawsservice", OPERAND_BOOL, ONE, ABSENT},
    {"aws:principalorgid", OPERAND_STRING, ONE, ABSENT},
    {"aws:principalorgpaths", OPERAND_STRING, MANY, ABSENT},
    {"aws:principalservicename", OPERAND_STRING, ONE, ABSENT},
    {"aws:principalservicenameslist", OPERAND_STRING, MANY, ABSENT},
    {"aws:principaltag/", OPERAND_STRING, ONE, ABSENT},
    {"aws:principaltype", OPERAND_STRING, ONE, HERE},
    {"aws:referer", OPERAND_STRING, ONE, ABSENT},
    {"aws:requestedregion", OPERAND_STRING, ONE, HERE},
    {"aws:requesttag/", OPERAND_STRING, ONE, HERE},
    {"aws:resourceaccount", OPERAND_STRING, ONE, ABSENT},
    {"aws:resourceorgid", OPERAND_STRING, ONE, ABSENT},
    {"aws:resourceorgpaths", OPERAND_STRING, MANY, ABSENT},
    {"aws:resourcetag/", OPERAND_STRING, ONE, HERE},
    {"aws:securetransport", OPERAND_BOOL, ONE, HERE},
    {"aws:sourceaccount", OPERAND_STRING, ONE, ABSENT},
    {"aws:sourcearn", OPERAND_ARN, ONE, ABSENT},
    {"aws:sourceidentity", OPERAND_STRING, ONE, ABSENT},
    {"aws:sourceip", OPERAND_NETWORK, ONE, HERE},
    {"aws:sourceorgid", OPERAND_STRING, ONE, ABSENT},
    {"aws:sourceorgpaths", OPERAND_STRING, MANY, ABSENT},
    {"aws:sourcevpc", OPERAND_STRING, ONE, ABSENT},
    {"aws:sourcevpcarn", OPERAND_ARN, ONE, ABSENT},
    {"aws:sourcevpce", OPERAND_STRING, ONE, ABSENT},
    {"aws:tagkeys", OPERAND_STRING, MANY, HERE},
    {"aws:tokenissuetime", OPERAND_DATE, ONE, ABSENT},
    {"aws:useragent", OPERAND_STRING, ONE, HERE},
    {"aws:userid", OPERAND_STRING, ONE, HERE},
    {"aws:username", OPERAND_STRING, ONE, HERE},
    {"aws:viaawsservice", OPERAND_BOOL, ONE, HERE},
    {"aws:vpceaccount", OPERAND_STRING, ONE, ABSENT},
    {"aws:vpceorgid", OPERAND_STRING, ONE, ABSENT},
    {"aws:vpceorgpaths", OPERAND_STRING, MANY, ABSENT},
    {"aws:vpcsourceip", OPERAND_NETWORK, ONE, ABSENT},
    {"iam:associatedresourcearn", OPERAND_ARN, ONE, ABSENT},
    {"iam:awsservicename", OPERAND_STRING, ONE, ABSENT},
    {"iam:delegationduration", OPERAND_NUMBER, ONE, ABSENT},
    {"iam:delegationrequestowner", OPERAND_ARN, ONE, ABSENT},
    {"iam:fido-certification", OPERAND_STRING, ONE, ABSENT},
    {"iam:fido-fips-140-2-certification", OPERAND_STRING, ONE, ABSENT},
    {"iam:fido-fips-140-3-certification", OPERAND_STRING, ONE, ABSENT},
    {"iam:notificationchannel", OPERAND_ARN, ONE, ABSENT},
    {"iam:organizationspolicyid", OPERAND_STRING, ONE, ABSENT},
    {"iam:passedtoservice", OPERAND_STRING, ONE, ABSENT},
    {"iam:permissionsboundary", OPERAND_ARN, ONE, HERE},
    {"iam:policyarn", OPERAND_ARN, ONE, HERE},
    {"iam:registersecuritykey", OPERAND_STRING, ONE, ABSENT},
    {"iam:resourcetag/", OPERAND_STRING, ONE, ABSENT},
    {"iam:servicespecificcredentialagedays", OPERAND_NUMBER, ONE, ABSENT},
    {"iam:servicespecificcredentialservicename", OPERAND_STRING, ONE, ABSENT},
    {"iam:templatearn", OPERAND_ARN, ONE, ABSENT},
    {"ses:apiversion", OPERAND_STRING, ONE, HERE},
    {"ses:exportsourcetype", OPERAND_STRING, ONE, ABSENT},
    {"ses:feedbackaddress", OPERAND_STRING, ONE, HERE},
    {"ses:fromaddress", OPERAND_STRING, ONE, HERE},
    {"ses:fromdisplayname", OPERAND_STRING, ONE, HERE},
    {"ses:multiregionendpointid", OPERAND_STRING, ONE, ABSENT},
    {"ses:recipients", OPERAND_STRING, MANY, HERE},
    {"ses:replicaregion", OPERAND_STRING, ONE, ABSENT},
    {"ses:tenantname", OPERAND_STRING, ONE, ABSENT},
    {"sts:awsservicename", OPERAND_STRING, ONE, ABSENT},
    {"sts:durationseconds", OPERAND_NUMBER, ONE, ABSENT},
    {"sts:externalid", OPERAND_STRING, ONE, ABSENT},
    {"sts:requestcontext/", OPERAND_STRING, ONE, ABSENT},
    {"sts:requestcontextproviders", OPERAND_ARN, MANY, ABSENT},
    {"sts:rolesessionname", OPERAND_STRING, ONE, ABSENT},
    {"sts:sourceidentity", OPERAND_STRING, ONE, ABSENT},
    {"sts:taskpolicyarn", OPERAND_ARN, ONE, ABSENT},
    {"sts:transitivetagkeys", OPERAND_STRING, MANY, ABSENT},
};

static bool
is_key(const struct condition_key *key, struct slice name)
{
    struct slice known = slice_of(key->name);
    if (known.ptr[known.len - 1] != '/')
        return slice_ieq(name, known);
    return name.len > known.len && slice_istarts(name, known);
}

const struct condition_key *
condition_key_find(struct slice name)
{
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (is_key(&keys[i], name))
            return &keys[i];
    return NULL;
}

bool
condition_key_is_address(struct slice lower)
{
    return slice_is(lower, "ses:fromaddress") || slice_is(lower, "ses:recipients") ||
           slice_is(lower, "ses:feedbackaddress");
}
