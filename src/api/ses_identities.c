/*
 * Identities in SES v1 (reference §3, §7.5): domains and addresses, verified, shown, set up and
 * deleted. What is asked of identities that are not there is absent from the answer, and deleting
 * them succeeds (reference §10).
 */
#include "base/clock.h"
#include "identity/proof.h"
#include "identity_view.h"
#include "operations.h"
#include "page.h"
#include "served.h"

#include <stdio.h>

enum { IDENTITIES_ASKED_MAX = 100, PAGE_ROWS = 1000 };

static const char *const status_names[] = {"NotStarted", "Pending", "Success", "Failed",
                                           "TemporaryFailure"};
_Static_assert(sizeof status_names / sizeof *status_names == IDENTITY_STATUS_COUNT,
               "a name for each status");

static const char *
status_name(const struct proof_row *proof)
{
    return status_names[proof->status];
}

/* ---- domains ---- */

/* The domain of the member "Domain": made when it is not there, looked for again when it failed. */
static enum rc
find_or_add_domain(struct api_call *call, struct identity_row *row, struct err *err)
{
    struct slice text, name;
    bool restarted;
    enum rc rc = api_input_string(call, "Domain", &text, err);
    if (rc == RC_OK)
        rc = address_domain(call->arena, text, &name, err);
    if (rc != RC_OK)
        return rc;
    rc = identities_find(call->database, call->arena, name, row, err);
    if (rc == RC_OK)
        return identity_start_again(call, name, &restarted, err);
    return rc == RC_NOT_FOUND ? identity_create_domain(call, name, NULL, row, err) : rc;
}

static enum rc
verify_domain_identity(struct api_call *call, struct err *err)
{
    struct identity_row row;
    enum rc rc = find_or_add_domain(call, &row, err);
    if (rc == RC_OK)
        json_put_string(call->output, "VerificationToken", row.token);
    return rc;
}

static enum rc
verify_domain_dkim(struct api_call *call, struct err *err)
{
    struct identity_row row;
    struct identity_view view;
    enum rc rc = find_or_add_domain(call, &row, err);
    if (rc == RC_OK)
        rc = identity_view_load(call, row.name, &view, err);
    if (rc == RC_OK)
        identity_view_put_selectors(call, "DkimTokens", &view);
    return rc;
}

/* ---- addresses ---- */

static enum rc
read_address(struct api_call *call, struct slice *out, struct err *err)
{
    struct slice text;
    struct address address;
    enum rc rc = api_input_string(call, "EmailAddress", &text, err);
    if (rc == RC_OK)
        rc = address_parse(call->arena, text, &address, err);
    if (rc == RC_OK)
        *out = address.text;
    return rc;
}

/* Nobody is sent one link after the other: for a minute the first is the answer. */
static enum rc
was_asked_just_now(struct api_call *call, struct slice address, bool *just_now, struct err *err)
{
    struct proof_row proof;
    enum rc rc = identity_proof(call, address, "verification", &proof, err);
    *just_now = rc == RC_OK && proof.status == IDENTITY_PENDING &&
                proof.created_ms <= call->now_ms && call->now_ms - proof.created_ms < MINUTE_MS;
    return rc;
}

/* One that is verified stays so, without a mail. */
static enum rc
verify_email_identity(struct api_call *call, struct err *err)
{
    struct slice address;
    bool just_now = false;
    enum rc rc = read_address(call, &address, err);
    if (rc == RC_OK)
        rc = was_asked_just_now(call, address, &just_now, err);
    if (rc != RC_OK || just_now)
        return rc;
    rc = identity_create_address(call, address, err);
    return rc == RC_CONFLICT ? RC_OK : rc;
}

static enum rc
list_verified_email_addresses(struct api_call *call, struct err *err)
{
    struct identity_row *rows;
    struct proof_row proof;
    size_t count;
    enum rc rc = identities_list(call->database, call->arena, &rows, &count, err);
    json_key(call->output, "VerifiedEmailAddresses");
    json_open_array(call->output);
    for (size_t i = 0; rc == RC_OK && i < count; i++) {
        if (rows[i].domain)
            continue;
        rc = identity_proof(call, rows[i].name, "verification", &proof, err);
        if (proof.status == IDENTITY_SUCCESS)
            json_write_string(call->output, rows[i].name);
    }
    json_close_array(call->output);
    return rc;
}

static enum rc
delete_verified_email_address(struct api_call *call, struct err *err)
{
    struct slice address;
    enum rc rc = read_address(call, &address, err);
    if (rc == RC_OK)
        rc = identity_delete(call, address, err);
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

/* ---- both ---- */

static enum rc
delete_identity(struct api_call *call, struct err *err)
{
    struct slice name;
    bool domain;
    enum rc rc = identity_read_member(call, "Identity", &name, &domain, err);
    if (rc == RC_OK)
        rc = identity_delete(call, name, err);
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static enum rc
list_identities(struct api_call *call, struct err *err)
{
    struct identity_row *rows;
    struct slice type;
    struct page page;
    size_t found;
    enum rc rc = page_read(call, "MaxItems", PAGE_ROWS, PAGE_ROWS, &page, err);
    if (rc == RC_OK)
        rc = api_input_optional(call, "IdentityType", &type, err);
    if (rc != RC_OK)
        return rc;
    enum identity_kind kind = type.len == 0              ? IDENTITY_ANY_KIND
                              : slice_is(type, "Domain") ? IDENTITY_DOMAIN
                                                         : IDENTITY_ADDRESS;
    rc = identities_page(call->database, call->arena, page.after, kind, page.limit + 1, &rows,
                         &found, err);
    if (rc != RC_OK)
        return rc;
    size_t count = page_rows(&page, found);
    json_key(call->output, "Identities");
    json_open_array(call->output);
    for (size_t i = 0; i < count; i++)
        json_write_string(call->output, rows[i].name);
    json_close_array(call->output);
    if (count > 0)
        page_put_next(call, &page, found, rows[count - 1].name);
    return RC_OK;
}

/* ---- what is asked of several ---- */

static bool
is_asked_before(const struct json *names, const struct json *asked)
{
    for (const struct json *other = names->first; other != asked; other = other->next)
        if (slice_eq(other->text, asked->text))
            return true;
    return false;
}

/* One entry of a map, under the name as it was asked for; none for what is not there. */
static enum rc
put_entry(struct api_call *call, struct slice asked,
          void (*put)(struct api_call *call, const struct identity_view *view), struct err *err)
{
    struct slice name;
    struct identity_view view;
    bool domain;
    enum rc rc = identity_read_name(call->arena, asked, &name, &domain, err);
    if (rc != RC_OK)
        return RC_OK;
    rc = identity_view_load(call, name, &view, err);
    if (rc != RC_OK)
        return rc == RC_NOT_FOUND ? RC_OK : rc;
    json_key_slice(call->output, asked);
    json_open_object(call->output);
    put(call, &view);
    json_close_object(call->output);
    return RC_OK;
}

static enum rc
put_map(struct api_call *call, const char *member,
        void (*put)(struct api_call *call, const struct identity_view *view), struct err *err)
{
    const struct json *names = json_member(call->input, "Identities");
    enum rc rc = RC_OK;
    if (names->count > IDENTITIES_ASKED_MAX)
        return api_fail(call, RC_SYNTAX, FAULT_INVALID_PARAMETER, err,
                        "Identities may name at most %d identities", IDENTITIES_ASKED_MAX);
    json_key(call->output, member);
    json_open_object(call->output);
    for (const struct json *asked = names->first; rc == RC_OK && asked; asked = asked->next)
        if (!is_asked_before(names, asked))
            rc = put_entry(call, asked->text, put, err);
    json_close_object(call->output);
    return rc;
}

static void
put_verification(struct api_call *call, const struct identity_view *view)
{
    json_put_cstr(call->output, "VerificationStatus", status_name(&view->verification));
    if (view->row.domain)
        json_put_string(call->output, "VerificationToken", view->row.token);
}

static enum rc
get_identity_verification_attributes(struct api_call *call, struct err *err)
{
    return put_map(call, "VerificationAttributes", put_verification, err);
}

static void
put_dkim(struct api_call *call, const struct identity_view *view)
{
    json_put_bool(call->output, "DkimEnabled", view->signer.dkim_enabled);
    json_put_cstr(call->output, "DkimVerificationStatus", status_name(&view->dkim));
    if (view->key_count > 0)
        identity_view_put_selectors(call, "DkimTokens", view);
}

static enum rc
get_identity_dkim_attributes(struct api_call *call, struct err *err)
{
    return put_map(call, "DkimAttributes", put_dkim, err);
}

static void
put_mail_from(struct api_call *call, const struct identity_view *view)
{
    if (view->row.mail_from_domain.len) {
        json_put_string(call->output, "MailFromDomain", view->row.mail_from_domain);
        json_put_cstr(call->output, "MailFromDomainStatus", status_name(&view->mail_from));
    }
    json_put_cstr(call->output, "BehaviorOnMXFailure",
                  view->row.mail_from_reject ? "RejectMessage" : "UseDefaultValue");
}

static enum rc
get_identity_mail_from_domain_attributes(struct api_call *call, struct err *err)
{
    return put_map(call, "MailFromDomainAttributes", put_mail_from, err);
}

/* ---- notifications ---- */

static const char *const notification_types[] = {"Bounce", "Complaint", "Delivery"};
enum { NOTIFICATION_TYPES = sizeof notification_types / sizeof *notification_types };

/* `list` holds names of types, parted by spaces. */
static bool
holds_type(struct slice list, struct slice type)
{
    struct slice word, rest = list;
    while (slice_cut(rest, ' ', &word, &rest))
        if (slice_eq(word, type))
            return true;
    return slice_eq(rest, type);
}

static void
put_notifications(struct api_call *call, const struct identity_view *view)
{
    json_put_bool(call->output, "ForwardingEnabled", view->row.forwarding_enabled);
    for (size_t i = 0; i < NOTIFICATION_TYPES; i++) {
        struct slice type = slice_of(notification_types[i]);
        char member[64];
        snprintf(member, sizeof member, "HeadersIn%sNotificationsEnabled", notification_types[i]);
        json_put_bool(call->output, member, holds_type(view->row.headers_in, type));
    }
}

static enum rc
get_identity_notification_attributes(struct api_call *call, struct err *err)
{
    return put_map(call, "NotificationAttributes", put_notifications, err);
}

/* The identity that notifications are set for, with the words that SES has here for one that is not
 * there (reference §3.7). */
static enum rc
find_notifying(struct api_call *call, struct identity_row *row, struct err *err)
{
    struct slice text;
    enum rc rc = api_input_string(call, "Identity", &text, err);
    if (rc == RC_OK)
        rc = identity_find_member(call, "Identity", row, err);
    if (rc == RC_NOT_FOUND)
        return api_fail(call, rc, FAULT_MESSAGE_REJECTED, err,
                        "Identity %.*s is not verified or does not exist.", SLICE_ARG(text));
    return rc;
}

static enum rc
set_identity_notification_topic(struct api_call *call, struct err *err)
{
    struct identity_row row;
    struct slice topic;
    enum rc rc = find_notifying(call, &row, err);
    if (rc == RC_OK)
        rc = api_input_optional(call, "SnsTopic", &topic, err);
    if (rc == RC_OK && topic.len)
        return api_fail(call, RC_DENIED, FAULT_INVALID_PARAMETER, err,
                        "Invalid SNS topic <%.*s>: this service cannot publish to SNS topics",
                        SLICE_ARG(topic));
    return rc;
}

static enum rc
set_identity_feedback_forwarding_enabled(struct api_call *call, struct err *err)
{
    struct identity_row row;
    bool enabled;
    enum rc rc = find_notifying(call, &row, err);
    if (rc == RC_OK)
        rc = api_input_bool(call, "ForwardingEnabled", &enabled, err);
    if (rc == RC_OK && !enabled)
        return api_fail(call, RC_DENIED, FAULT_INVALID_PARAMETER, err,
                        "Identity %.*s is invalid. Must have SNS topics for bounces and complaints "
                        "to disable feedback forwarding by email.",
                        SLICE_ARG(row.name));
    return rc;
}

static enum rc
set_identity_headers_in_notifications_enabled(struct api_call *call, struct err *err)
{
    struct identity_row row;
    struct slice type, list = SLICE("");
    bool enabled;
    enum rc rc = find_notifying(call, &row, err);
    if (rc == RC_OK)
        rc = api_input_string(call, "NotificationType", &type, err);
    if (rc == RC_OK)
        rc = api_input_bool(call, "Enabled", &enabled, err);
    if (rc != RC_OK)
        return rc;
    for (size_t i = 0; i < NOTIFICATION_TYPES; i++) {
        struct slice one = slice_of(notification_types[i]);
        if (slice_eq(one, type) ? enabled : holds_type(row.headers_in, one))
            list = list.len ? arena_printf(call->arena, "%.*s %s", SLICE_ARG(list),
                                           notification_types[i])
                            : one;
    }
    row.headers_in = list;
    return identities_update(call->database, &row, err);
}

/* ---- settings ---- */

static enum rc
set_identity_dkim_enabled(struct api_call *call, struct err *err)
{
    struct identity_row row;
    bool enabled;
    enum rc rc = identity_find_member(call, "Identity", &row, err);
    if (rc == RC_OK)
        rc = api_input_bool(call, "DkimEnabled", &enabled, err);
    return rc == RC_OK ? identity_set_dkim(call, &row, enabled, err) : rc;
}

static enum rc
set_identity_mail_from_domain(struct api_call *call, struct err *err)
{
    struct identity_row row;
    struct slice wanted, behavior;
    enum rc rc = identity_find_member(call, "Identity", &row, err);
    if (rc == RC_OK)
        rc = api_input_optional(call, "MailFromDomain", &wanted, err);
    if (rc == RC_OK)
        rc = api_input_optional(call, "BehaviorOnMXFailure", &behavior, err);
    return rc == RC_OK ? identity_set_mail_from(call, &row, wanted,
                                                slice_is(behavior, "RejectMessage"), err)
                       : rc;
}

#define NO_SECOND_MAIL                                                                             \
    "No second mail within a minute, none to a verified address, and at most 10 a day to a "       \
    "mailbox."
#define OF_DOMAINS_ALONE "Only of a domain: an address has what its domain has."

static const struct served_operation rows[] = {
    {SERVICE_SES, "VerifyDomainIdentity", "ses:VerifyDomainIdentity", API_WRITE, RESOURCE_ANY, NULL,
     verify_domain_identity, NULL},
    {SERVICE_SES, "VerifyDomainDkim", "ses:VerifyDomainDkim", API_WRITE, RESOURCE_ANY, NULL,
     verify_domain_dkim,
     "TXT records of the domain hold the public keys, which `postern domain records` prints."},
    {SERVICE_SES, "VerifyEmailIdentity", "ses:VerifyEmailIdentity", API_WRITE, RESOURCE_ANY, NULL,
     verify_email_identity, NO_SECOND_MAIL},
    {SERVICE_SES, "VerifyEmailAddress", "ses:VerifyEmailAddress", API_WRITE, RESOURCE_ANY, NULL,
     verify_email_identity, NO_SECOND_MAIL},
    {SERVICE_SES, "ListVerifiedEmailAddresses", "ses:ListVerifiedEmailAddresses", API_READ,
     RESOURCE_ANY, NULL, list_verified_email_addresses, NULL},
    {SERVICE_SES, "DeleteVerifiedEmailAddress", "ses:DeleteVerifiedEmailAddress", API_WRITE,
     RESOURCE_ANY, NULL, delete_verified_email_address, NULL},
    {SERVICE_SES, "DeleteIdentity", "ses:DeleteIdentity", API_WRITE, RESOURCE_ANY, NULL,
     delete_identity, NULL},
    {SERVICE_SES, "ListIdentities", "ses:ListIdentities", API_READ, RESOURCE_ANY, NULL,
     list_identities, NULL},
    {SERVICE_SES, "GetIdentityVerificationAttributes", "ses:GetIdentityVerificationAttributes",
     API_READ, RESOURCE_ANY, NULL, get_identity_verification_attributes, NULL},
    {SERVICE_SES, "GetIdentityDkimAttributes", "ses:GetIdentityDkimAttributes", API_READ,
     RESOURCE_ANY, NULL, get_identity_dkim_attributes, NULL},
    {SERVICE_SES, "SetIdentityDkimEnabled", "ses:SetIdentityDkimEnabled", API_WRITE, RESOURCE_ANY,
     NULL, set_identity_dkim_enabled, OF_DOMAINS_ALONE},
    {SERVICE_SES, "SetIdentityMailFromDomain", "ses:SetIdentityMailFromDomain", API_WRITE,
     RESOURCE_ANY, NULL, set_identity_mail_from_domain, OF_DOMAINS_ALONE},
    {SERVICE_SES, "GetIdentityMailFromDomainAttributes", "ses:GetIdentityMailFromDomainAttributes",
     API_READ, RESOURCE_ANY, NULL, get_identity_mail_from_domain_attributes, NULL},
    {SERVICE_SES, "SetIdentityNotificationTopic", "ses:SetIdentityNotificationTopic", API_WRITE,
     RESOURCE_ANY, NULL, set_identity_notification_topic, "Topics are refused: there is no SNS."},
    {SERVICE_SES, "GetIdentityNotificationAttributes", "ses:GetIdentityNotificationAttributes",
     API_READ, RESOURCE_ANY, NULL, get_identity_notification_attributes, NULL},
    {SERVICE_SES, "SetIdentityFeedbackForwardingEnabled",
     "ses:SetIdentityFeedbackForwardingEnabled", API_WRITE, RESOURCE_ANY, NULL,
     set_identity_feedback_forwarding_enabled,
     "It stays on: without topics nothing else would tell of a bounce."},
    {SERVICE_SES, "SetIdentityHeadersInNotificationsEnabled",
     "ses:SetIdentityHeadersInNotificationsEnabled", API_WRITE, RESOURCE_ANY, NULL,
     set_identity_headers_in_notifications_enabled, NULL},
};

const struct served_rows ses_identities_rows = SERVED_ROWS(rows);
