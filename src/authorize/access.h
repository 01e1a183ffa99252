/*
 * Who may send as whom, without sending: from the policies of a principal and the identities of the
 * account, the exact set of sender addresses that the gate can allow, and on what it depends.
 *
 * Sound: an address under which the gate would let the principal send, now or later, whatever the
 * recipients, the network, the time and the client, is in one of the grants. Exact where policies
 * speak of Action, Resource and ses:FromAddress; a condition on anything else makes a grant a
 * conditional one, which names it. What is not part of it: the sandbox, a paused account, quotas, and
 * an identity whose DKIM or MAIL FROM is in trouble, since these pass by themselves.
 *
 * Identities part all addresses into regions, in each of which the most specific identity is one and
 * the same (reference §5.5): the resource of every decision there is known, and a statement is left
 * with what it says of the address.
 */
#ifndef POSTERN_AUTHORIZE_ACCESS_H
#define POSTERN_AUTHORIZE_ACCESS_H

#include "address_set.h"
#include "gate.h"

struct access_identity {
    struct identity_fact fact;
    struct slice configuration_set; /* its default; empty: none */
};

struct access_account {
    struct slice region, account;
    const struct access_identity *identities;
    size_t identity_count;
    const struct slice *configuration_sets;
    size_t configuration_set_count;
    const struct suspension_fact *suspensions; /* of identities */
    size_t suspension_count;
    int64_t now_ms;
    const struct access_region *regions; /* made by access_prepare; one an identity */
};

struct access_principal {
    struct slice name, id, arn;
    const struct policy_entry *policies;
    size_t policy_count;
};

/* The actions that send; a grant has a bit for each. */
enum { ACCESS_ACTIONS = 6 };
extern const char *const access_actions[ACCESS_ACTIONS];

/* A part of a policy that a grant depends on. */
struct access_clause {
    const struct policy_entry *entry;
    size_t statement;
    size_t clause; /* in the order of the document; ACCESS_WHOLE: the statement */
};
#define ACCESS_WHOLE SIZE_MAX

struct access_grant {
    const struct access_identity *identity; /* the most specific one of these addresses */
    struct address_set addresses;
    bool
        whole; /* policies do not limit the address: whatever the identity covers, but for `never` */
    struct access_clause allow;             /* the statement that allows */
    struct access_clause *only_if, *unless; /* both empty: without any condition */
    size_t only_if_count, unless_count;
    /* A ForAllValues of an Allow, true since requests need not have its key. */
    struct access_clause *vacuous;
    size_t vacuous_count;
    int64_t not_before_ms; /* when a suspension of the address ends by itself; 0: none */
    /* Not as the From address, whose default configuration set is refused: as another sender address
     * (MAIL FROM, Sender) beside a From address with another set, or none. */
    bool beside;
    unsigned actions;
};

struct access_grants {
    struct access_grant *list;
    size_t count, cap;
    /* The policies were too many to be taken apart: the grants hold everything that they could allow,
     * and may hold more. */
    bool coarse;
};

/* Once, when everything else of the account is filled in. */
void access_prepare(struct arena *arena, struct access_account *account);
void access_of(struct arena *arena, const struct access_account *account,
               const struct access_principal *principal, struct access_grants *out);

/* Leaves out of a grant's patterns what need not be said. False: no address is left. */
bool access_grant_settle(struct arena *arena, struct access_grant *grant);

/* The same grant in other words: which addresses, exactly. At most `max`; false: more, or unknown. */
bool access_list(struct arena *arena, const struct access_grant *grant, size_t max,
                 struct slice **out, size_t *count);

/* "ses:FromAddress must be ..." is not among these: "aws:SourceIp IpAddress 192.0.2.0/24" */
struct slice access_clause_text(struct arena *arena, const struct access_clause *clause);

#endif
