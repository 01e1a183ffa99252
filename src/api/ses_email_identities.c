/* Identities in SES v2 (reference §3, §7.6): "email identities", domains and addresses alike. */
#include "identity/proof.h"
#include "identity_view.h"
#include "operations.h"
#include "page.h"
#include "served.h"
#include "store/configuration_sets.h"
#include "tag_list.h"

enum { PAGE_FALLBACK = 100, PAGE_ROWS = 1000 };

static const char *
status_name(const struct proof_row *proof)
{
    return identity_status_name((enum identity_status)proof->status);
}

/* ---- shown ---- */

static void
put_type(struct api_call *call, const struct identity_row *row)
{
    json_put_cstr(call->output, "IdentityType", row->domain ? "DOMAIN" : "EMAIL_ADDRESS");
}

static enum rc
put_may_send(struct api_call *call, const char *member, const struct identity_row *row,
             struct err *err)
{
    bool may;
    enum rc rc = identity_view_may_send(call, row, &may, err);
    if (rc == RC_OK)
        json_put_bool(call->output, member, may);
    return rc;
}

/* Where CNAME records would have to point; the records there are the administrator's to publish. */
static struct slice
hosted_zone(struct api_call *call)
{
    return arena_concat(call->arena, SLICE("dkim."), call->constants->provider_domain);
}

static void
put_key_length(struct api_call *call, const char *member, int64_t bits)
{
    json_put_string(call->output, member, arena_printf(call->arena, "RSA_%d_BIT", (int)bits));
}

/* Of the key that will sign next: it is there already, or will be of the length that is made now. */
static int64_t
next_bits(struct api_call *call, const struct identity_view *view)
{
    return view->key_count > 1 && view->keys[1].position > 0 ? view->keys[1].bits
                                                             : call->constants->key_bits;
}

static void
put_dkim_attributes(struct api_call *call, const struct identity_view *view)
{
    struct json_writer *out = call->output;
    json_key(out, "DkimAttributes");
    json_open_object(out);
    json_put_bool(out, "SigningEnabled", view->signer.dkim_enabled);
    json_put_cstr(out, "Status", status_name(&view->dkim));
    if (view->key_count > 0) {
        identity_view_put_selectors(call, "Tokens", view);
        json_put_cstr(out, "SigningAttributesOrigin",
                      view->signer.dkim_external ? "EXTERNAL" : "AWS_SES");
    }
    if (view->key_count > 0 && !view->signer.dkim_external) {
        json_put_string(out, "SigningHostedZone", hosted_zone(call));
        put_key_length(call, "NextSigningKeyLength", next_bits(call, view));
        put_key_length(call, "CurrentSigningKeyLength", view->keys[0].bits);
        json_put_i64(out, "LastKeyGenerationTimestamp", view->signer.keys_ms);
    }
    json_close_object(out);
}

static void
put_mail_from_attributes(struct api_call *call, const struct identity_view *view)
{
    json_key(call->output, "MailFromAttributes");
    json_open_object(call->output);
    if (view->row.mail_from_domain.len) {
        json_put_string(call->output, "MailFromDomain", view->row.mail_from_domain);
        json_put_cstr(call->output, "MailFromDomainStatus", status_name(&view->mail_from));
    }
    json_put_cstr(call->output, "BehaviorOnMxFailure",
                  view->row.mail_from_reject ? "REJECT_MESSAGE" : "USE_DEFAULT_VALUE");
    json_close_object(call->output);
}

static void
put_verification_info(struct api_call *call, const struct identity_view *view)
{
    json_put_cstr(call->output, "VerificationStatus", status_name(&view->verification));
    json_key(call->output, "VerificationInfo");
    json_open_object(call->output);
    if (view->verification.checked_ms)
        json_put_i64(call->output, "LastCheckedTimestamp", view->verification.checked_ms);
    if (view->verification.succeeded_ms)
        json_put_i64(call->output, "LastSuccessTimestamp", view->verification.succeeded_ms);
    json_close_object(call->output);
}

static enum rc
put_policies(struct api_call *call, const struct identity_row *row, struct err *err)
{
    struct identity_policy_row *policies;
    size_t count;
    enum rc rc =
        identity_policies_of(call->database, call->arena, row->name, &policies, &count, err);
    if (rc == RC_OK)
        identity_show_policies(call, policies, count);
    return rc;
}

static enum rc
get_email_identity(struct api_call *call, struct err *err)
{
    struct slice name;
    struct identity_view view;
    bool domain;
    enum rc rc = identity_read_member(call, "EmailIdentity", &name, &domain, err);
    if (rc == RC_OK)
        rc = identity_view_load(call, name, &view, err);
    if (rc != RC_OK)
        return rc;
    put_type(call, &view.row);
    json_put_bool(call->output, "FeedbackForwardingStatus", view.row.forwarding_enabled);
    put_dkim_attributes(call, &view);
    put_mail_from_attributes(call, &view);
    put_verification_info(call, &view);
    if (view.row.configuration_set.len)
        json_put_string(call->output, "ConfigurationSetName", view.row.configuration_set);
    rc = put_may_send(call, "VerifiedForSendingStatus", &view.row, err);
    if (rc == RC_OK)
        rc = put_policies(call, &view.row, err);
    return rc == RC_OK ? tag_list_put(call, &tag_rules_ses, api_identity_arn(call, name), err) : rc;
}

static enum rc
put_info(struct api_call *call, const struct identity_row *row, struct err *err)
{
    struct proof_row proof;
    json_open_object(call->output);
    put_type(call, row);
    json_put_string(call->output, "IdentityName", row->name);
    enum rc rc = identity_proof(call, row->name, "verification", &proof, err);
    if (rc == RC_OK) {
        json_put_cstr(call->output, "VerificationStatus", status_name(&proof));
        rc = put_may_send(call, "SendingEnabled", row, err);
    }
    json_close_object(call->output);
    return rc;
}

static enum rc
list_email_identities(struct api_call *call, struct err *err)
{
    struct identity_row *rows;
    struct page page;
    size_t found;
    enum rc rc = page_read(call, "PageSize", PAGE_FALLBACK, PAGE_ROWS, &page, err);
    if (rc == RC_OK)
        rc = identities_page(call->database, call->arena, page.after, IDENTITY_ANY_KIND,
                             page.limit + 1, &rows, &found, err);
    if (rc != RC_OK)
        return rc;
    size_t count = page_rows(&page, found);
    json_key(call->output, "EmailIdentities");
    json_open_array(call->output);
    for (size_t i = 0; rc == RC_OK && i < count; i++)
        rc = put_info(call, &rows[i], err);
    json_close_array(call->output);
    if (count > 0)
        page_put_next(call, &page, found, rows[count - 1].name);
    return rc;
}

/* ---- keys ---- */

/* Where keys come from must fit what is given; nothing is said when `origin` is empty. */
static enum rc
check_origin(const char *member, struct slice origin, bool brought, struct err *err)
{
    bool external = slice_is(origin, "EXTERNAL");
    if (origin.len == 0)
        return RC_OK;
    if (!external && !slice_is(origin, "AWS_SES"))
        return err_set(err, RC_DENIED, "%s %.*s: keys of another region are not served", member,
                       SLICE_ARG(origin));
    if (external && !brought)
        return err_set(err, RC_SYNTAX,
                       "%s EXTERNAL needs DomainSigningSelector and DomainSigningPrivateKey",
                       member);
    if (!external && brought)
        return err_set(err, RC_SYNTAX, "%s must be EXTERNAL for a DomainSigningPrivateKey", member);
    return RC_OK;
}

/* The owner's key of DkimSigningAttributes, or NULL for keys of ours. */
static enum rc
read_own_key(const struct json *attributes, struct own_key *key, const struct own_key **out,
             struct err *err)
{
    struct slice origin = SLICE("");
    *key = (struct own_key){.selector = SLICE("")};
    *out = NULL;
    enum rc rc = json_get_string(attributes, "DomainSigningAttributesOrigin", false, &origin, err);
    if (rc == RC_OK)
        rc = json_get_string(attributes, "DomainSigningSelector", false, &key->selector, err);
    if (rc == RC_OK)
        rc = json_get_string(attributes, "DomainSigningPrivateKey", false, &key->private_base64,
                             err);
    if (rc != RC_OK)
        return rc;
    if ((key->selector.len > 0) != (key->private_base64.len > 0))
        return err_set(err, RC_SYNTAX,
                       "DomainSigningSelector and DomainSigningPrivateKey go together");
    if (key->selector.len)
        *out = key;
    return check_origin("DomainSigningAttributesOrigin", origin, *out != NULL, err);
}

/* Keys are made ahead, all of one length: another is refused rather than ignored. */
static enum rc
check_key_length(struct api_call *call, const struct json *attributes,
                 const struct identity_view *view, struct err *err)
{
    struct slice wanted = SLICE("");
    enum rc rc = json_get_string(attributes, "NextSigningKeyLength", false, &wanted, err);
    if (rc != RC_OK || wanted.len == 0 || view->key_count == 0 || view->signer.dkim_external)
        return rc;
    int bits = (int)next_bits(call, view);
    if (!slice_eq(wanted, arena_printf(call->arena, "RSA_%d_BIT", bits)))
        return err_set(err, RC_DENIED,
                       "NextSigningKeyLength %.*s: keys of this service have %d bits",
                       SLICE_ARG(wanted), bits);
    return RC_OK;
}

static enum rc
put_email_identity_dkim_attributes(struct api_call *call, struct err *err)
{
    struct identity_row row;
    bool enabled;
    enum rc rc = identity_find_member(call, "EmailIdentity", &row, err);
    if (rc == RC_OK)
        rc = api_input_bool(call, "SigningEnabled", &enabled, err);
    return rc == RC_OK ? identity_set_dkim(call, &row, enabled, err) : rc;
}

/* Keys of ours for a domain that has them already: only what failed is looked for again. */
static enum rc
switch_keys(struct api_call *call, struct identity_row *row, const struct own_key *own,
            struct err *err)
{
    bool restarted;
    if (!own && !row->dkim_external)
        return identity_start_again(call, row->name, &restarted, err);
    return identity_replace_keys(call, row, own, err);
}

static enum rc
read_signing_attributes(struct api_call *call, struct own_key *key, const struct own_key **own,
                        struct err *err)
{
    struct slice origin;
    const struct json *attributes = json_member(call->input, "SigningAttributes");
    enum rc rc = api_input_string(call, "SigningAttributesOrigin", &origin, err);
    if (rc == RC_OK)
        rc = read_own_key(attributes, key, own, err);
    return rc == RC_OK ? check_origin("SigningAttributesOrigin", origin, *own != NULL, err) : rc;
}

static enum rc
put_email_identity_dkim_signing_attributes(struct api_call *call, struct err *err)
{
    struct identity_row row;
    struct identity_view view;
    struct own_key key;
    const struct own_key *own;
    enum rc rc = identity_find_member(call, "EmailIdentity", &row, err);
    if (rc == RC_OK && !row.domain)
        return err_set(err, RC_SYNTAX, "Signing attributes are a domain's, %.*s is an address",
                       SLICE_ARG(row.name));
    if (rc == RC_OK)
        rc = read_signing_attributes(call, &key, &own, err);
    if (rc == RC_OK)
        rc = switch_keys(call, &row, own, err);
    if (rc == RC_OK)
        rc = identity_view_load(call, row.name, &view, err);
    if (rc == RC_OK)
        rc = check_key_length(call, json_member(call->input, "SigningAttributes"), &view, err);
    if (rc != RC_OK)
        return rc;
    json_put_cstr(call->output, "DkimStatus", status_name(&view.dkim));
    identity_view_put_selectors(call, "DkimTokens", &view);
    if (!own)
        json_put_string(call->output, "SigningHostedZone", hosted_zone(call));
    return RC_OK;
}

/* ---- made and taken away ---- */

static enum rc
use_configuration_set(struct api_call *call, struct identity_row *row, struct err *err)
{
    struct configuration_set_row set;
    enum rc rc = api_input_optional(call, "ConfigurationSetName", &row->configuration_set, err);
    if (rc != RC_OK || row->configuration_set.len == 0)
        return rc;
    rc = configuration_sets_find(call->database, call->arena, row->configuration_set, &set, err);
    if (rc == RC_NOT_FOUND)
        return api_fail(call, rc, FAULT_NO_CONFIGURATION_SET, err,
                        "Configuration set <%.*s> does not exist.",
                        SLICE_ARG(row->configuration_set));
    return rc;
}

static enum rc
create_of_kind(struct api_call *call, struct slice name, bool domain, struct identity_row *row,
               struct err *err)
{
    const struct json *attributes = json_member(call->input, "DkimSigningAttributes");
    struct own_key key;
    const struct own_key *own;
    if (!domain && attributes)
        return err_set(err, RC_SYNTAX, "DkimSigningAttributes are a domain's, %.*s is an address",
                       SLICE_ARG(name));
    enum rc rc = read_own_key(attributes, &key, &own, err);
    if (rc == RC_OK && domain)
        rc = identity_create_domain(call, name, own, row, err);
    else if (rc == RC_OK)
        rc = identity_create_address(call, name, err);
    return rc == RC_OK && !domain ? identities_find(call->database, call->arena, name, row, err)
                                  : rc;
}

static enum rc
refuse_existing(struct api_call *call, struct slice name, struct err *err)
{
    struct identity_row row;
    enum rc rc = identities_find(call->database, call->arena, name, &row, err);
    if (rc == RC_OK)
        return err_set(err, RC_CONFLICT, "Email identity %.*s already exist.", SLICE_ARG(name));
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static enum rc
create_email_identity(struct api_call *call, struct err *err)
{
    struct slice name;
    struct identity_row row;
    struct identity_view view;
    bool domain;
    enum rc rc = identity_read_member(call, "EmailIdentity", &name, &domain, err);
    if (rc == RC_OK)
        rc = refuse_existing(call, name, err);
    if (rc == RC_OK)
        rc = create_of_kind(call, name, domain, &row, err);
    if (rc == RC_OK)
        rc = use_configuration_set(call, &row, err);
    if (rc == RC_OK)
        rc = identities_update(call->database, &row, err);
    if (rc == RC_OK)
        rc = tag_list_add(call, &tag_rules_ses, api_identity_arn(call, name), err);
    if (rc == RC_OK)
        rc = identity_view_load(call, name, &view, err);
    if (rc == RC_OK)
        rc = check_key_length(call, json_member(call->input, "DkimSigningAttributes"), &view, err);
    if (rc != RC_OK)
        return rc;
    put_type(call, &view.row);
    put_dkim_attributes(call, &view);
    return put_may_send(call, "VerifiedForSendingStatus", &view.row, err);
}

static enum rc
delete_email_identity(struct api_call *call, struct err *err)
{
    struct slice name;
    bool domain;
    enum rc rc = identity_read_member(call, "EmailIdentity", &name, &domain, err);
    return rc == RC_OK ? identity_delete(call, name, err) : rc;
}

/* ---- settings ---- */

static enum rc
put_email_identity_mail_from_attributes(struct api_call *call, struct err *err)
{
    struct identity_row row;
    struct slice wanted, behavior;
    enum rc rc = identity_find_member(call, "EmailIdentity", &row, err);
    if (rc == RC_OK)
        rc = api_input_optional(call, "MailFromDomain", &wanted, err);
    if (rc == RC_OK)
        rc = api_input_optional(call, "BehaviorOnMxFailure", &behavior, err);
    return rc == RC_OK ? identity_set_mail_from(call, &row, wanted,
                                                slice_is(behavior, "REJECT_MESSAGE"), err)
                       : rc;
}

static enum rc
put_email_identity_feedback_attributes(struct api_call *call, struct err *err)
{
    struct identity_row row;
    bool enabled;
    enum rc rc = identity_find_member(call, "EmailIdentity", &row, err);
    if (rc == RC_OK)
        rc = api_input_bool(call, "EmailForwardingEnabled", &enabled, err);
    if (rc == RC_OK && !enabled)
        return err_set(
            err, RC_DENIED,
            "EmailForwardingEnabled must be true for %.*s: nothing but mail tells of its "
            "bounces and complaints",
            SLICE_ARG(row.name));
    return rc;
}

static enum rc
put_email_identity_configuration_set_attributes(struct api_call *call, struct err *err)
{
    struct identity_row row;
    enum rc rc = identity_find_member(call, "EmailIdentity", &row, err);
    if (rc == RC_OK)
        rc = use_configuration_set(call, &row, err);
    return rc == RC_OK ? identities_update(call->database, &row, err) : rc;
}

static const struct served_operation rows[] = {
    {SERVICE_SESV2, "CreateEmailIdentity", "ses:CreateEmailIdentity", API_WRITE, RESOURCE_IDENTITY,
     "EmailIdentity", create_email_identity,
     "TXT records of the domain hold the public keys, which `postern domain records` prints; a key "
     "of the owner's signs for one domain."},
    {SERVICE_SESV2, "GetEmailIdentity", "ses:GetEmailIdentity", API_READ, RESOURCE_IDENTITY,
     "EmailIdentity", get_email_identity, "VerificationInfo has the two timestamps alone."},
    {SERVICE_SESV2, "ListEmailIdentities", "ses:ListEmailIdentities", API_READ, RESOURCE_ANY, NULL,
     list_email_identities, "Filter is ignored."},
    {SERVICE_SESV2, "DeleteEmailIdentity", "ses:DeleteEmailIdentity", API_WRITE, RESOURCE_IDENTITY,
     "EmailIdentity", delete_email_identity, NULL},
    {SERVICE_SESV2, "PutEmailIdentityDkimAttributes", "ses:PutEmailIdentityDkimAttributes",
     API_WRITE, RESOURCE_IDENTITY, "EmailIdentity", put_email_identity_dkim_attributes,
     "Only of a domain: an address has what its domain has."},
    {SERVICE_SESV2, "PutEmailIdentityDkimSigningAttributes",
     "ses:PutEmailIdentityDkimSigningAttributes", API_WRITE, RESOURCE_IDENTITY, "EmailIdentity",
     put_email_identity_dkim_signing_attributes,
     "Until the new records are seen, mail of a domain that was signed before is refused, not sent "
     "unsigned; keys have the length of dkim.key_bits."},
    {SERVICE_SESV2, "PutEmailIdentityMailFromAttributes", "ses:PutEmailIdentityMailFromAttributes",
     API_WRITE, RESOURCE_IDENTITY, "EmailIdentity", put_email_identity_mail_from_attributes,
     "Only of a domain: an address has what its domain has."},
    {SERVICE_SESV2, "PutEmailIdentityFeedbackAttributes", "ses:PutEmailIdentityFeedbackAttributes",
     API_WRITE, RESOURCE_IDENTITY, "EmailIdentity", put_email_identity_feedback_attributes,
     "It stays on: nothing else tells of a bounce."},
    {SERVICE_SESV2, "PutEmailIdentityConfigurationSetAttributes",
     "ses:PutEmailIdentityConfigurationSetAttributes", API_WRITE, RESOURCE_IDENTITY,
     "EmailIdentity", put_email_identity_configuration_set_attributes, NULL},
};

const struct served_rows ses_email_identities_rows = SERVED_ROWS(rows);
