#include "gate.h"

#include "base/clock.h"
#include "canonical.h"

#include <assert.h>

static const char *const reason_names[] = {"allowed",
                                           "system_limit",
                                           "user_suspended",
                                           "misleading_name",
                                           "arn_mismatch",
                                           "explicit_deny",
                                           "implicit_deny",
                                           "boundary",
                                           "suspended",
                                           "not_verified",
                                           "dkim_lost",
                                           "mail_from_invalid",
                                           "no_configuration_set",
                                           "configuration_set_paused",
                                           "quota_daily",
                                           "quota_rate",
                                           "paused"};
static_assert(sizeof reason_names / sizeof reason_names[0] == GATE_REASON_COUNT, "all named");

const char *
gate_reason_name(enum gate_reason reason)
{
    return reason_names[reason];
}

const char *
gate_reason_check(enum gate_reason reason)
{
    static const char *const checks[] = {"none",
                                         "system mail",
                                         "user suspension",
                                         "display name",
                                         "sending authorization",
                                         "authorization by policies",
                                         "authorization by policies",
                                         "authorization by policies",
                                         "identity suspension",
                                         "identity verification",
                                         "DKIM",
                                         "MAIL FROM domain",
                                         "configuration set",
                                         "configuration set",
                                         "daily quota",
                                         "sending rate",
                                         "account"};
    static_assert(sizeof checks / sizeof checks[0] == GATE_REASON_COUNT, "one for each");
    return checks[reason];
}

/* One decision under way. */
struct gate {
    struct arena *arena;
    const struct gate_request *request;
    const struct gate_facts *facts;
    struct gate_decision *decision;
};

enum { FAILED_SHOWN_MAX = 10 };

static bool
deny(struct gate *gate, enum gate_reason reason, struct slice address, struct slice text)
{
    *gate->decision = (struct gate_decision){.reason = reason, .address = address, .text = text};
    return false;
}

/* ---- identities ---- */

static bool
domain_covers(struct slice domain, struct slice below, bool only_itself)
{
    if (slice_eq(domain, below))
        return true;
    return !only_itself && below.len > domain.len + 1 && slice_ends(below, domain) &&
           below.ptr[below.len - domain.len - 1] == '.';
}

bool
gate_identity_covers(struct arena *arena, const struct identity_fact *identity,
                     const struct address *address)
{
    if (identity->domain)
        return domain_covers(identity->name, address->domain, identity->only_itself);
    return slice_eq(identity->name, address->text) ||
           slice_eq(identity->name, address_without_label(arena, address));
}

/* The address itself before the address without label before the longest domain. */
static int
specificity(const struct identity_fact *identity, const struct address *address)
{
    if (!identity->domain)
        return slice_eq(identity->name, address->text) ? 1 << 20 : 1 << 19;
    return (int)identity->name.len;
}

/* The identity whose ARN policies are asked about: it need not be verified (reference §5.5). */
static const struct identity_fact *
most_specific(const struct gate *gate, const struct address *address)
{
    const struct identity_fact *best = NULL;
    for (size_t i = 0; i < gate->facts->identity_count; i++) {
        const struct identity_fact *identity = &gate->facts->identities[i];
        if (gate_identity_covers(gate->arena, identity, address) &&
            (!best || specificity(identity, address) > specificity(best, address)))
            best = identity;
    }
    return best;
}

static bool
is_verified(const struct gate *gate, const struct address *address)
{
    for (size_t i = 0; i < gate->facts->identity_count; i++) {
        const struct identity_fact *identity = &gate->facts->identities[i];
        if (identity->verified && gate_identity_covers(gate->arena, identity, address))
            return true;
    }
    return false;
}

bool
gate_is_simulator(struct slice hostname, const struct address *recipient)
{
    struct slice prefix = SLICE("simulator.");
    return slice_is(recipient->domain, "simulator.amazonses.com") ||
           (slice_starts(recipient->domain, prefix) &&
            slice_ieq(slice_from(recipient->domain, prefix.len), hostname));
}

static struct slice
identity_arn(const struct gate *gate, struct slice name)
{
    return arena_printf(gate->arena, "arn:aws:ses:%.*s:%.*s:identity/%.*s",
                        SLICE_ARG(gate->facts->region), SLICE_ARG(gate->facts->account),
                        SLICE_ARG(name));
}

/* ---- authorization ---- */

enum { GATE_KEYS_MAX = 16 };

struct evaluation {
    struct condition_value keys[GATE_KEYS_MAX];
    struct slice values[GATE_KEYS_MAX];
    size_t count;
    struct evaluate_request request;
};

static void
add_key(struct evaluation *evaluation, const char *key, struct slice value, enum deny_fold fold)
{
    if (value.len == 0)
        return;
    assert(evaluation->count < GATE_KEYS_MAX);
    size_t i = evaluation->count++;
    evaluation->values[i] = value;
    evaluation->keys[i] = (struct condition_value){
        .key = slice_of(key), .values = &evaluation->values[i], .count = 1, .fold = fold};
}

static const struct sender *
reverse_path(const struct gate *gate)
{
    return &gate->request->senders->list[0];
}

/* The context of one evaluation: everything but the resource. `name`: of a From mailbox. */
static void
prepare(const struct gate *gate, const struct sender *sender, struct slice name,
        const struct slice *recipients, struct evaluation *evaluation)
{
    const struct gate_request *request = gate->request;
    evaluation->count = 0;
    add_key(evaluation, "ses:FromAddress", sender->address.text, DENY_AS_ADDRESS);
    add_key(evaluation, "ses:FromDisplayName", name, DENY_LOWERED);
    add_key(evaluation, "ses:FeedbackAddress", reverse_path(gate)->address.text, DENY_AS_ADDRESS);
    add_key(evaluation, "ses:ApiVersion", slice_of(request->api_version), DENY_AS_GIVEN);
    add_key(evaluation, "aws:SourceIp", request->source_ip, DENY_AS_GIVEN);
    add_key(evaluation, "aws:UserAgent", request->user_agent, DENY_AS_GIVEN);
    add_key(evaluation, "aws:SecureTransport",
            slice_of(request->secure_transport ? "true" : "false"), DENY_AS_GIVEN);
    add_key(evaluation, "aws:ViaAWSService", SLICE("false"), DENY_AS_GIVEN);
    add_key(evaluation, "aws:username", request->user_name, DENY_AS_GIVEN);
    add_key(evaluation, "aws:userid", request->user_id, DENY_AS_GIVEN);
    add_key(evaluation, "aws:PrincipalArn", request->user_arn, DENY_AS_GIVEN);
    add_key(evaluation, "aws:PrincipalAccount", gate->facts->account, DENY_AS_GIVEN);
    add_key(evaluation, "aws:PrincipalType", SLICE("User"), DENY_AS_GIVEN);
    add_key(evaluation, "aws:RequestedRegion", gate->facts->region, DENY_AS_GIVEN);
    assert(evaluation->count < GATE_KEYS_MAX);
    evaluation->keys[evaluation->count++] =
        (struct condition_value){.key = SLICE("ses:Recipients"),
                                 .values = recipients,
                                 .count = request->recipient_count,
                                 .multivalued = true,
                                 .fold = DENY_AS_ADDRESS};
    evaluation->request = (struct evaluate_request){.principal_arn = request->user_arn,
                                                    .principal_account = gate->facts->account,
                                                    .action = request->action,
                                                    .keys = evaluation->keys,
                                                    .key_count = evaluation->count,
                                                    .now_ms = request->now_ms};
}

static bool
refuse_access(struct gate *gate, const struct sender *sender, struct slice resource,
              struct evaluate_result result)
{
    enum gate_reason reason = result.outcome == EVALUATE_EXPLICIT_DENY ? GATE_EXPLICIT_DENY
                              : result.denied_by_boundary              ? GATE_BOUNDARY
                                                                       : GATE_IMPLICIT_DENY;
    deny(gate, reason, sender->address.text,
         arena_printf(gate->arena,
                      "Access denied: User `%.*s' is not authorized to perform `%.*s' on "
                      "resource `%.*s'",
                      SLICE_ARG(gate->request->user_arn), SLICE_ARG(gate->request->action),
                      SLICE_ARG(resource)));
    gate->decision->policy = result.entry;
    gate->decision->statement = result.statement;
    gate->decision->resource = resource;
    return false;
}

/* The principal's policies, and those of the identity the resource names. */
static bool
allowed_on(struct gate *gate, const struct sender *sender, struct evaluation *evaluation,
           struct slice resource, const struct identity_fact *identity)
{
    const struct gate_facts *facts = gate->facts;
    const struct policy_entry *policies = facts->policies;
    size_t count = facts->policy_count;
    if (identity && identity->policy_count > 0) {
        struct policy_entry *joined =
            ARENA_ARRAY(gate->arena, struct policy_entry, count + identity->policy_count);
        if (count)
            memcpy(joined, policies, count * sizeof *joined);
        memcpy(joined + count, identity->policies, identity->policy_count * sizeof *joined);
        policies = joined;
        count += identity->policy_count;
    }
    evaluation->request.resource = resource;
    struct evaluate_result result =
        evaluate_policies(gate->arena, policies, count, &evaluation->request);
    if (result.outcome != EVALUATE_ALLOW)
        return refuse_access(gate, sender, resource, result);
    gate->decision->policy = result.entry;
    gate->decision->statement = result.statement;
    gate->decision->resource = resource;
    gate->decision->address = sender->address.text;
    return true;
}

/* Deny statements count from the policies of every enclosing identity, pending ones included. */
static bool
not_denied_above(struct gate *gate, const struct sender *sender, struct evaluation *evaluation,
                 const struct address *address, const struct identity_fact *asked)
{
    for (size_t i = 0; i < gate->facts->identity_count; i++) {
        const struct identity_fact *identity = &gate->facts->identities[i];
        if (identity == asked || identity->policy_count == 0 ||
            !gate_identity_covers(gate->arena, identity, address))
            continue;
        struct slice resource = identity_arn(gate, identity->name);
        evaluation->request.resource = resource;
        struct evaluate_result result = evaluate_policies(
            gate->arena, identity->policies, identity->policy_count, &evaluation->request);
        if (result.outcome == EVALUATE_EXPLICIT_DENY)
            return refuse_access(gate, sender, resource, result);
    }
    return true;
}

static bool
address_allowed(struct gate *gate, const struct sender *sender, struct evaluation *evaluation,
                const struct address *address)
{
    const struct identity_fact *identity = most_specific(gate, address);
    struct slice resource = identity_arn(gate, identity ? identity->name : address->text);
    return allowed_on(gate, sender, evaluation, resource, identity) &&
           not_denied_above(gate, sender, evaluation, address, identity);
}

static bool
named_resource_allowed(struct gate *gate, const struct sender *sender,
                       struct evaluation *evaluation, const char *type, struct slice name)
{
    if (name.len == 0)
        return true;
    return allowed_on(gate, sender, evaluation,
                      arena_printf(gate->arena, "arn:aws:ses:%.*s:%.*s:%s/%.*s",
                                   SLICE_ARG(gate->facts->region), SLICE_ARG(gate->facts->account),
                                   type, SLICE_ARG(name)),
                      NULL);
}

/* Everything asked under one sender address. In the sandbox recipients are resources too. */
static bool
sender_authorized(struct gate *gate, const struct sender *sender, struct slice name,
                  const struct slice *recipients)
{
    const struct gate_request *request = gate->request;
    struct evaluation evaluation;
    prepare(gate, sender, name, recipients, &evaluation);
    if (!address_allowed(gate, sender, &evaluation, &sender->address) ||
        !named_resource_allowed(gate, sender, &evaluation, "configuration-set",
                                request->configuration_set) ||
        !named_resource_allowed(gate, sender, &evaluation, "template", request->template_name) ||
        !named_resource_allowed(gate, sender, &evaluation, "custom-verification-email-template",
                                request->verification_template))
        return false;
    if (!gate->facts->sandbox)
        return true;
    for (size_t i = 0; i < request->recipient_count; i++)
        if (!gate_is_simulator(gate->facts->hostname, &request->recipients[i]) &&
            !address_allowed(gate, sender, &evaluation, &request->recipients[i]))
            return false;
    return true;
}

/* A sender address under the display name that it is evaluated with. */
struct appearance {
    const struct sender *sender;
    struct slice name;
};

struct appearances {
    struct appearance *list;
    size_t count;
};

/* Equal ones are asked about once. */
static void
add_appearance(struct appearances *appearances, const struct sender *sender, struct slice name)
{
    for (size_t i = 0; i < appearances->count; i++)
        if (slice_eq(appearances->list[i].sender->address.text, sender->address.text) &&
            slice_eq(appearances->list[i].name, name))
            return;
    appearances->list[appearances->count++] = (struct appearance){sender, name};
}

/* ses:FromDisplayName is the From mailbox's in every evaluation: of that mailbox its own, of the
 * other sender addresses each one that From has. */
static struct appearances
appearances_of(const struct gate *gate)
{
    const struct senders *senders = gate->request->senders;
    struct appearances all = {0};
    all.list = ARENA_ARRAY(gate->arena, struct appearance, senders->count * senders->count);
    /* senders->list[0] is the reverse-path. */
    for (size_t i = gate->facts->reverse_path_is_feedback ? 1 : 0; i < senders->count; i++) {
        const struct sender *sender = &senders->list[i];
        if (sender->role == SENDER_FROM) {
            add_appearance(&all, sender, sender->display_name);
            continue;
        }
        for (size_t k = 0; k < senders->count; k++)
            if (senders->list[k].role == SENDER_FROM)
                add_appearance(&all, sender, senders->list[k].display_name);
    }
    return all;
}

static bool
check_authorization(struct gate *gate)
{
    struct appearances appearances = appearances_of(gate);
    struct slice *recipients =
        ARENA_ARRAY(gate->arena, struct slice, gate->request->recipient_count);
    for (size_t i = 0; i < gate->request->recipient_count; i++)
        recipients[i] = gate->request->recipients[i].text;
    for (size_t i = 0; i < appearances.count; i++)
        if (!sender_authorized(gate, appearances.list[i].sender, appearances.list[i].name,
                               recipients))
            return false;
    return true;
}

/* ---- the other checks, in SES's order ---- */

/* RFC 5322 lets a display name say anything; one that shows another address only deceives. Every
 * address that it shows counts, not only the first. */
static bool
shows_another_address(struct arena *arena, struct slice name, const struct address *address)
{
    struct slice found, own = address_fold(arena, address->text);
    while (address_appears_in(name, &found)) {
        if (!slice_eq(address_fold(arena, found), own))
            return true;
        name = slice_from(name, (size_t)(found.ptr + found.len - name.ptr));
    }
    return false;
}

static bool
check_display_names(struct gate *gate)
{
    const struct senders *senders = gate->request->senders;
    if (!gate->facts->refuse_misleading_names)
        return true;
    for (size_t i = 0; i < senders->count; i++) {
        const struct sender *sender = &senders->list[i];
        if (address_is_reordered(sender->display_name))
            return deny(gate, GATE_MISLEADING_NAME, sender->address.text,
                        arena_printf(gate->arena,
                                     "Transaction failed: the display name in header '%s' holds "
                                     "characters that reorder what is shown",
                                     sender_role_name(sender->role)));
        if (shows_another_address(gate->arena, sender->display_name, &sender->address))
            return deny(gate, GATE_MISLEADING_NAME, sender->address.text,
                        arena_printf(gate->arena,
                                     "Transaction failed: the display name in header '%s' shows "
                                     "another address than <%.*s>",
                                     sender_role_name(sender->role),
                                     SLICE_ARG(sender->address.text)));
    }
    return true;
}

/* An ARN given for an address must name an identity of this account that covers it. */
static bool
arn_covers(struct gate *gate, struct slice arn, const struct address *address)
{
    struct slice prefix = identity_arn(gate, SLICE(""));
    if (!slice_starts(arn, prefix))
        return false;
    struct slice name;
    const char *why;
    if (!canonical_identity(gate->arena, slice_from(arn, prefix.len), false, false, &name, &why))
        return false;
    struct identity_fact named = {.name = name, .domain = slice_chr(name, '@') == SLICE_NONE};
    return gate_identity_covers(gate->arena, &named, address);
}

/* Over SMTP the reverse-path is what a Return-Path header would be. */
static bool
has_role(const struct senders *senders, enum sender_role role)
{
    for (size_t i = 0; i < senders->count; i++)
        if (senders->list[i].role == role)
            return true;
    return false;
}

static bool
check_arns(struct gate *gate)
{
    const struct gate_request *request = gate->request;
    const struct {
        const char *header;
        struct slice arn;
        enum sender_role role;
    } named[] = {{"X-SES-SOURCE-ARN", request->source_arn,
                  has_role(request->senders, SENDER_SOURCE) ? SENDER_SOURCE : SENDER_REVERSE_PATH},
                 {"X-SES-FROM-ARN", request->from_arn, SENDER_FROM},
                 {"X-SES-RETURN-PATH-ARN", request->return_path_arn,
                  has_role(request->senders, SENDER_RETURN_PATH) ? SENDER_RETURN_PATH
                                                                 : SENDER_REVERSE_PATH}};
    for (size_t n = 0; n < sizeof named / sizeof named[0]; n++)
        for (size_t i = 0; named[n].arn.len && i < request->senders->count; i++) {
            const struct sender *sender = &request->senders->list[i];
            if (sender->role == named[n].role && !arn_covers(gate, named[n].arn, &sender->address))
                return deny(gate, GATE_ARN_MISMATCH, sender->address.text,
                            arena_printf(gate->arena,
                                         "Transaction failed: header '%s' does not name an "
                                         "identity that covers <%.*s>",
                                         named[n].header, SLICE_ARG(sender->address.text)));
        }
    return true;
}

/* ---- suspension ---- */

bool
gate_suspension_covers(struct arena *arena, struct slice name, const struct address *address)
{
    if (slice_chr(name, '@') == SLICE_NONE)
        return domain_covers(name, address->domain, false);
    return slice_eq(name, arena_lower(arena, address->text)) ||
           slice_eq(name, address_fold(arena, address->text));
}

static bool
in_force(const struct gate *gate, const struct suspension_fact *suspension)
{
    return gate->request->now_ms < suspension->until_ms;
}

static bool
is_ascii(struct slice text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] >= 0x80)
            return false;
    return true;
}

/* " until 2026-...: the reason"; a reply over SMTP is ASCII, so that another reason is not told. */
static struct slice
end_and_reason(const struct gate *gate, const struct suspension_fact *suspension)
{
    struct slice until = SLICE("");
    bool told = suspension->reason.len > 0 && is_ascii(suspension->reason);
    if (suspension->until_ms != INT64_MAX)
        until = arena_concat(gate->arena, SLICE(" until "),
                             clock_iso8601(gate->arena, suspension->until_ms));
    return arena_printf(gate->arena, "%.*s%s%.*s", SLICE_ARG(until), told ? ": " : "",
                        SLICE_ARG(told ? suspension->reason : SLICE("")));
}

static bool
check_user_suspended(struct gate *gate)
{
    const struct suspension_fact *suspension = gate->facts->user_suspension;
    if (!suspension || !in_force(gate, suspension))
        return true;
    return deny(gate, GATE_USER_SUSPENDED, senders_from(gate->request->senders)->address.text,
                arena_printf(gate->arena, "Access denied: User `%.*s' is suspended%.*s",
                             SLICE_ARG(gate->request->user_arn),
                             SLICE_ARG(end_and_reason(gate, suspension))));
}

static bool
stopped_by(struct gate *gate, const struct suspension_fact *suspension,
           const struct address *address)
{
    if (!in_force(gate, suspension) ||
        !gate_suspension_covers(gate->arena, suspension->name, address))
        return false;
    deny(gate, GATE_SUSPENDED, address->text,
         arena_printf(gate->arena, "Message rejected: Identity %.*s is suspended%.*s",
                      SLICE_ARG(suspension->name), SLICE_ARG(end_and_reason(gate, suspension))));
    return true;
}

static bool
check_suspended(struct gate *gate)
{
    const struct senders *senders = gate->request->senders;
    for (size_t i = 0; i < senders->count; i++)
        for (size_t k = 0; k < gate->facts->suspension_count; k++)
            if (stopped_by(gate, &gate->facts->suspensions[k], &senders->list[i].address))
                return false;
    return true;
}

/* ---- verification, and what comes after it ---- */

static void
list_failed(struct buf *list, size_t *failed, struct slice shown)
{
    if (*failed < FAILED_SHOWN_MAX && list->len + shown.len < 600)
        buf_printf(list, "%s%.*s", *failed ? ", " : "", SLICE_ARG(shown));
    else if (!slice_ends(buf_slice(list), SLICE("...")))
        buf_add_cstr(list, *failed ? ", ..." : "...");
    ++*failed;
}

/* A header form equal to one that was listed (or to the envelope's) is listed once. */
static bool
shown_before(const struct senders *senders, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (slice_eq(senders->list[i].shown, senders->list[index].shown))
            return true;
    return false;
}

static bool
check_verified(struct gate *gate)
{
    const struct gate_request *request = gate->request;
    const struct senders *senders = request->senders;
    struct slice first = SLICE("");
    struct buf list;
    size_t failed = 0;
    buf_init(&list, 2048);
    for (size_t i = 0; i < senders->count; i++)
        if (!shown_before(senders, i) && !is_verified(gate, &senders->list[i].address)) {
            first = failed ? first : senders->list[i].address.text;
            list_failed(&list, &failed, senders->list[i].shown);
        }
    for (size_t i = 0; gate->facts->sandbox && i < request->recipient_count; i++)
        if (!gate_is_simulator(gate->facts->hostname, &request->recipients[i]) &&
            !is_verified(gate, &request->recipients[i])) {
            first = failed ? first : request->recipients[i].text;
            list_failed(&list, &failed, request->recipients[i].text);
        }
    bool verified = failed == 0;
    if (!verified) {
        struct slice region = arena_dup(gate->arena, gate->facts->region);
        for (size_t i = 0; i < region.len; i++)
            ((char *)region.ptr)[i] = ascii_upper(region.ptr[i]);
        deny(gate, GATE_NOT_VERIFIED, first,
             arena_printf(gate->arena,
                          "Message rejected: Email address is not verified. The following "
                          "identities failed the check in region %.*s: %.*s",
                          SLICE_ARG(region), SLICE_ARG(buf_slice(&list))));
    }
    buf_fini(&list);
    return verified;
}

/* Never fall back to the provider's signature: what was hidden stays hidden, or stays here. */
static bool
check_dkim(struct gate *gate)
{
    struct slice lost = gate->facts->dkim_lost;
    if (lost.len == 0)
        return true;
    return deny(gate, GATE_DKIM_LOST, senders_from(gate->request->senders)->address.text,
                arena_printf(gate->arena,
                             "Message rejected: the DKIM records of %.*s are missing from DNS",
                             SLICE_ARG(lost)));
}

static bool
check_mail_from(struct gate *gate)
{
    if (!gate->facts->mail_from_invalid)
        return true;
    return deny(gate, GATE_MAIL_FROM_INVALID, senders_from(gate->request->senders)->address.text,
                SLICE("MAIL FROM domain not verified: DNS setup for MAIL FROM domain is invalid."));
}

static bool
check_configuration_set(struct gate *gate)
{
    if (gate->request->configuration_set_paused)
        return deny(gate, GATE_CONFIGURATION_SET_PAUSED,
                    senders_from(gate->request->senders)->address.text,
                    arena_printf(gate->arena, "Sending paused for configuration set <%.*s>.",
                                 SLICE_ARG(gate->request->configuration_set)));
    if (!gate->request->configuration_set_missing)
        return true;
    return deny(gate, GATE_NO_CONFIGURATION_SET, senders_from(gate->request->senders)->address.text,
                arena_printf(gate->arena, "Configuration set <%.*s> does not exist.",
                             SLICE_ARG(gate->request->configuration_set)));
}

static bool
check_account(struct gate *gate)
{
    struct slice from = senders_from(gate->request->senders)->address.text;
    if (gate->facts->quota == QUOTA_DAILY)
        return deny(gate, GATE_QUOTA_DAILY, from, SLICE("Daily message quota exceeded"));
    if (gate->facts->quota == QUOTA_RATE)
        return deny(gate, GATE_QUOTA_RATE, from, SLICE("Maximum sending rate exceeded"));
    if (gate->facts->paused)
        return deny(gate, GATE_PAUSED, from,
                    SLICE("Message rejected: Sending paused for this account. Ask the "
                          "administrator to resume it."));
    return true;
}

/* postern's own mail: only as postmaster or mailer-daemon at our name, exempt from the sandbox. */
static bool
check_system(struct gate *gate)
{
    const struct senders *senders = gate->request->senders;
    for (size_t i = 0; i < senders->count; i++) {
        const struct address *address = &senders->list[i].address;
        if (!slice_ieq(address->domain, gate->facts->hostname) ||
            (!slice_iis(address->local, "postmaster") &&
             !slice_iis(address->local, "mailer-daemon")))
            return deny(gate, GATE_SYSTEM_LIMIT, address->text,
                        SLICE("system mail goes out as postmaster or mailer-daemon only"));
    }
    return true;
}

void
gate_decide(struct arena *arena, const struct gate_request *request, const struct gate_facts *facts,
            struct gate_decision *decision)
{
    struct gate gate = {arena, request, facts, decision};
    *decision = (struct gate_decision){.reason = GATE_ALLOWED};
    if (request->system) {
        check_system(&gate);
        return;
    }
    (void)(check_user_suspended(&gate) && check_display_names(&gate) && check_arns(&gate) &&
           check_authorization(&gate) && check_suspended(&gate) && check_verified(&gate) &&
           check_configuration_set(&gate) && check_dkim(&gate) && check_mail_from(&gate) &&
           check_account(&gate));
}

enum rc
gate_reply(struct arena *arena, const struct gate_decision *decision, struct slice *reply)
{
    if (decision->reason == GATE_ALLOWED)
        return RC_OK;
    bool quota = decision->reason == GATE_QUOTA_DAILY || decision->reason == GATE_QUOTA_RATE;
    *reply = quota ? arena_printf(arena, "454 Throttling failure: %.*s", SLICE_ARG(decision->text))
                   : arena_printf(arena, "554 %.*s", SLICE_ARG(decision->text));
    return RC_DENIED;
}
