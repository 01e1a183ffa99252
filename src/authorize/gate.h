/*
 * The gate: may this principal send this, under these names, to these recipients? (design §5)
 *
 * Pure. SMTP, the HTTP APIs, the simulators, `postern explain` and the access report all ask here;
 * nothing else decides. Order as in SES: syntax, then authorization, then identity verification,
 * then sandbox recipients, quota, paused; a suspended user is told so before all of them. All of it
 * is answered at the end of DATA.
 *
 * What is evaluated is each (action, resource, sender address), with ses:FromAddress single-valued,
 * and all must be allowed. Were all addresses one multi-valued key, a policy with ForAnyValue would
 * let `MAIL FROM:<taro>` carry `From: jiro`.
 */
#ifndef POSTERN_AUTHORIZE_GATE_H
#define POSTERN_AUTHORIZE_GATE_H

#include "evaluate.h"
#include "quota.h"
#include "senders.h"

/* One identity that encloses a sender address or a recipient, with what is known of it. */
struct identity_fact {
    struct slice name; /* "taro@test1.com" or "test1.com" */
    bool domain;
    bool verified;                       /* SUCCESS, or TEMPORARY_FAILURE within its window */
    bool only_itself;                    /* a domain that does not cover its subdomains */
    const struct policy_entry *policies; /* identity policies */
    size_t policy_count;
};

/* Something that the administrator suspended: in force while now is before `until_ms`. */
struct suspension_fact {
    struct slice name;   /* of an identity: lower-case, see gate_suspension_covers */
    struct slice reason; /* UTF-8 */
    int64_t until_ms;    /* INT64_MAX: no end */
};

struct gate_facts {
    struct slice region, account;
    const struct identity_fact *identities; /* all that enclose any address asked about */
    size_t identity_count;
    const struct policy_entry *policies; /* of the principal: inline, managed, groups, boundary */
    size_t policy_count;
    const struct suspension_fact *suspensions; /* of identities: all there are */
    size_t suspension_count;
    const struct suspension_fact *user_suspension; /* of the principal; NULL: none */
    bool sandbox, paused;
    /* The domain that would sign for From: its DKIM is on, was proved once, and left its good state
     * longer ago than the grace time. Empty: none. */
    struct slice dkim_lost;
    bool
        mail_from_invalid; /* the From identity's MAIL FROM domain is not proved, and it rejects then */
    bool refuse_misleading_names;  /* configuration: gate.refuse_misleading_names */
    bool reverse_path_is_feedback; /* configuration: gate.reverse_path_is_feedback */
    enum quota_answer quota;       /* for this many recipients, now */
    struct slice hostname; /* ours: the mailbox simulator's domain is simulator.<hostname> too */
};

struct gate_request {
    struct slice action; /* "ses:SendRawEmail" */
    struct slice user_name, user_id, user_arn;
    bool system; /* postern's own mail: bounces, verification, alarms */
    const struct senders *senders;
    const struct address *recipients;
    size_t recipient_count;
    struct slice configuration_set; /* named, or the identity's default; empty: none */
    bool configuration_set_missing; /* named, but there is no such set */
    bool configuration_set_paused;  /* its sending is switched off */
    struct slice template_name, verification_template; /* API only; empty: none */
    /* Sending authorization: the identity that speaks for an address; empty: none named. */
    struct slice source_arn, from_arn, return_path_arn;
    struct slice source_ip, user_agent; /* empty: key absent */
    bool secure_transport;
    const char *api_version; /* "2" for SMTP */
    int64_t now_ms;
};

enum gate_reason {
    GATE_ALLOWED,
    GATE_SYSTEM_LIMIT, /* system mail under another name */
    GATE_USER_SUSPENDED,
    GATE_MISLEADING_NAME,
    GATE_ARN_MISMATCH, /* an X-SES-*-ARN that does not cover its address */
    GATE_EXPLICIT_DENY,
    GATE_IMPLICIT_DENY,
    GATE_BOUNDARY,
    GATE_SUSPENDED,
    GATE_NOT_VERIFIED,
    GATE_DKIM_LOST,
    GATE_MAIL_FROM_INVALID,
    GATE_NO_CONFIGURATION_SET,
    GATE_CONFIGURATION_SET_PAUSED,
    GATE_QUOTA_DAILY,
    GATE_QUOTA_RATE,
    GATE_PAUSED,
    GATE_REASON_COUNT
};
const char *gate_reason_name(enum gate_reason reason);  /* "explicit_deny" */
const char *gate_reason_check(enum gate_reason reason); /* what failed: "authorization" */

struct gate_decision {
    enum gate_reason reason;
    struct slice text;     /* SES's words, without a reply code; empty when allowed */
    struct slice address;  /* the address that decided */
    struct slice resource; /* ARN of the evaluation that decided; for an allow the last one */
    const struct policy_entry *policy; /* the deciding policy; NULL: none matched */
    size_t statement;
};

void gate_decide(struct arena *arena, const struct gate_request *request,
                 const struct gate_facts *facts, struct gate_decision *decision);

/* RC_OK for an allow, RC_DENIED else; the SMTP reply's words ("454 ..." for quotas). */
enum rc gate_reply(struct arena *arena, const struct gate_decision *decision, struct slice *reply);

/* Does this identity speak for the address: itself, the address without its label, or a domain at
 * or above the address's (reference §3.1)? */
bool gate_identity_covers(struct arena *arena, const struct identity_fact *identity,
                          const struct address *address);
/* Does a suspension of this name stop the address? Of a domain all addresses at and below it; of an
 * address all its spellings and labels, or with a label that one alone. It denies whatever else is
 * verified, and case does not help to get round it. */
bool gate_suspension_covers(struct arena *arena, struct slice name, const struct address *address);
/* success@simulator.amazonses.com and the same under simulator.<hostname>. */
bool gate_is_simulator(struct slice hostname, const struct address *recipient);

#endif
