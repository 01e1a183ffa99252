/*
 * What a user may have in AWS and never has here: MFA devices, SSH keys, signing certificates and
 * credentials of single services. They can be listed, since who removes a user with all that belongs
 * to it asks for them first, as Terraform does.
 */
#include "iam_page.h"
#include "iam_users.h"
#include "served.h"

static enum rc
put_none(struct api_call *call, const char *list, struct err *err)
{
    struct iam_page page;
    enum rc rc = iam_page_begin(call, &page, err);
    if (rc != RC_OK)
        return rc;
    json_key(call->output, list);
    json_open_array(call->output);
    json_close_array(call->output);
    iam_page_end(call, &page);
    return RC_OK;
}

static enum rc
put_none_of_user(struct api_call *call, const char *list, struct err *err)
{
    struct user_row user;
    enum rc rc = iam_users_find(call, &user, err);
    return rc == RC_OK ? put_none(call, list, err) : rc;
}

static enum rc
list_mfa_devices(struct api_call *call, struct err *err)
{
    return put_none_of_user(call, "MFADevices", err);
}

static enum rc
list_service_specific_credentials(struct api_call *call, struct err *err)
{
    return put_none_of_user(call, "ServiceSpecificCredentials", err);
}

static enum rc
list_signing_certificates(struct api_call *call, struct err *err)
{
    return put_none_of_user(call, "Certificates", err);
}

static enum rc
list_ssh_public_keys(struct api_call *call, struct err *err)
{
    return put_none_of_user(call, "SSHPublicKeys", err);
}

static enum rc
list_virtual_mfa_devices(struct api_call *call, struct err *err)
{
    return put_none(call, "VirtualMFADevices", err);
}

#define NONE_HERE "There are none."

static const struct served_operation rows[] = {
    {SERVICE_IAM, "ListMFADevices", "iam:ListMFADevices", API_READ, RESOURCE_USER, "UserName",
     list_mfa_devices, NONE_HERE},
    {SERVICE_IAM, "ListServiceSpecificCredentials", "iam:ListServiceSpecificCredentials", API_READ,
     RESOURCE_USER, "UserName", list_service_specific_credentials, NONE_HERE},
    {SERVICE_IAM, "ListSigningCertificates", "iam:ListSigningCertificates", API_READ, RESOURCE_USER,
     "UserName", list_signing_certificates, NONE_HERE},
    {SERVICE_IAM, "ListSSHPublicKeys", "iam:ListSSHPublicKeys", API_READ, RESOURCE_USER, "UserName",
     list_ssh_public_keys, NONE_HERE},
    {SERVICE_IAM, "ListVirtualMFADevices", "iam:ListVirtualMFADevices", API_READ, RESOURCE_ANY,
     NULL, list_virtual_mfa_devices, NONE_HERE},
};

const struct served_rows iam_absent_rows = SERVED_ROWS(rows);
