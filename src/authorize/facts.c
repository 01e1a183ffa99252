#include "facts.h"
#include "base/map.h"
#include "identity/proof.h"
#include "store/identities.h"
#include "store/policies.h"
#include "store/settings.h"
#include "store/suspensions.h"

#include <stdlib.h>

/* ---- compiled policies ---- */

enum { POLICY_CACHE_MAX = 20000 };

struct policy_cache {
    struct map *by_document[2]; /* one a policy_kind */
};

struct policy_cache *
policy_cache_new(void)
{
    struct policy_cache *cache = NEW(struct policy_cache);
    for (int kind = 0; kind < 2; kind++)
        cache->by_document[kind] = map_new();
    return cache;
}

static void
forget(struct map *map)
{
    size_t cursor = 0;
    struct slice key;
    void *policy;
    while (map_next(map, &cursor, &key, &policy))
        policy_unref(policy);
    map_free(map);
}

void
policy_cache_free(struct policy_cache *cache)
{
    if (!cache)
        return;
    for (int kind = 0; kind < 2; kind++)
        forget(cache->by_document[kind]);
    free(cache);
}

void
policy_cache_trim(struct policy_cache *cache)
{
    for (int kind = 0; kind < 2; kind++)
        if (map_count(cache->by_document[kind]) > POLICY_CACHE_MAX) {
            forget(cache->by_document[kind]);
            cache->by_document[kind] = map_new();
        }
}

enum rc
policy_cache_get(struct policy_cache *cache, struct slice document, enum policy_kind kind,
                 const struct policy **out, struct err *err)
{
    struct map *map = cache->by_document[kind == POLICY_RESOURCE_BASED];
    struct policy *policy = map_get(map, document);
    if (!policy) {
        enum rc rc = policy_parse(document, kind, &policy, err);
        if (rc != RC_OK)
            return rc;
        map_put(map, document, policy);
    }
    *out = policy;
    return RC_OK;
}

/* ---- identities ---- */

struct identity_set {
    struct identity_row *rows;
    struct identity_fact *facts;
    struct proof_row *dkim, *mail_from; /* beside each row; status NOT_STARTED when absent */
    bool *lost;                         /* beside each row: DKIM was proved once, and is gone */
    size_t len, cap;
};

static bool
good(const struct proof_row *proof)
{
    return proof->status == IDENTITY_SUCCESS || proof->status == IDENTITY_TEMPORARY_FAILURE;
}

static enum rc
find_proof(struct arena *arena, struct database *db, struct slice identity, const char *kind,
           struct proof_row *out, struct err *err)
{
    *out = (struct proof_row){.status = IDENTITY_NOT_STARTED};
    enum rc rc = proofs_find(db, arena, identity, kind, out, err);
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static enum rc
load_policies(struct arena *arena, const struct facts_source *source, struct identity_fact *fact,
              struct err *err)
{
    struct identity_policy_row *rows;
    size_t count;
    enum rc rc = identity_policies_of(source->database, arena, fact->name, &rows, &count, err);
    struct policy_entry *entries = ARENA_ARRAY(arena, struct policy_entry, count);
    for (size_t i = 0; rc == RC_OK && i < count; i++) {
        entries[i] = (struct policy_entry){
            .source = POLICY_OF_IDENTITY, .name = rows[i].name, .owner = rows[i].identity};
        rc = policy_cache_get(source->policies, rows[i].document, POLICY_RESOURCE_BASED,
                              &entries[i].policy, err);
    }
    fact->policies = entries;
    fact->policy_count = count;
    return rc;
}

/* After DKIM was proved once and then lost for longer than the grace time, mail is refused. */
static bool
dkim_lost(const struct facts_source *source, const struct identity_row *row,
          const struct proof_row *dkim)
{
    if (!row->domain || !row->dkim_enabled || row->vouched || dkim->succeeded_ms == 0)
        return false;
    return dkim->status == IDENTITY_FAILED || dkim->status == IDENTITY_PENDING ||
           (dkim->status == IDENTITY_TEMPORARY_FAILURE && dkim->absent_ms > source->dkim_grace_ms);
}

/* Read one identity, unless it was read before or does not exist. */
static enum rc
add_identity(struct arena *arena, const struct facts_source *source, struct slice name,
             struct identity_set *set, struct err *err)
{
    struct identity_row row;
    struct proof_row verification, dkim, mail_from;
    for (size_t i = 0; i < set->len; i++)
        if (slice_eq(set->rows[i].name, name))
            return RC_OK;
    enum rc rc = identities_find(source->database, arena, name, &row, err);
    if (rc == RC_NOT_FOUND)
        return RC_OK;
    if (rc == RC_OK)
        rc = find_proof(arena, source->database, name, "verification", &verification, err);
    if (rc == RC_OK)
        rc = find_proof(arena, source->database, name, "dkim", &dkim, err);
    if (rc == RC_OK)
        rc = find_proof(arena, source->database, name, "mail_from", &mail_from, err);
    if (rc != RC_OK)
        return rc;
    size_t cap = set->cap;
    set->rows = arena_grow(arena, set->rows, sizeof *set->rows, set->len, &cap);
    cap = set->cap;
    set->facts = arena_grow(arena, set->facts, sizeof *set->facts, set->len, &cap);
    cap = set->cap;
    set->dkim = arena_grow(arena, set->dkim, sizeof *set->dkim, set->len, &cap);
    cap = set->cap;
    set->mail_from = arena_grow(arena, set->mail_from, sizeof *set->mail_from, set->len, &cap);
    cap = set->cap;
    set->lost = arena_grow(arena, set->lost, sizeof *set->lost, set->len, &cap);
    set->cap = cap;
    set->rows[set->len] = row;
    set->dkim[set->len] = dkim;
    set->mail_from[set->len] = mail_from;
    struct identity_fact *fact = &set->facts[set->len++];
    *fact = (struct identity_fact){
        .name = row.name,
        .domain = row.domain,
        .verified = row.vouched || good(&verification),
        .only_itself = row.only_itself,
    };
    set->lost[set->len - 1] = dkim_lost(source, &row, &dkim);
    return load_policies(arena, source, fact, err);
}

enum rc
facts_identities(struct arena *arena, const struct facts_source *source,
                 struct access_identity **out, size_t *count, struct err *err)
{
    struct identity_row *rows;
    size_t found;
    struct identity_set set = {0};
    enum rc rc = identities_list(source->database, arena, &rows, &found, err);
    for (size_t i = 0; rc == RC_OK && i < found; i++)
        rc = add_identity(arena, source, rows[i].name, &set, err);
    *out = ARENA_ARRAY(arena, struct access_identity, set.len);
    *count = set.len;
    for (size_t i = 0; i < set.len; i++)
        (*out)[i] = (struct access_identity){set.facts[i], set.rows[i].configuration_set};
    return rc;
}

/* The address, the address without its label, its domain and every domain above. */
static enum rc
add_enclosing(struct arena *arena, const struct facts_source *source, const struct address *address,
              struct identity_set *set, struct err *err)
{
    enum rc rc = add_identity(arena, source, address->text, set, err);
    if (rc == RC_OK)
        rc = add_identity(arena, source, address_without_label(arena, address), set, err);
    for (struct slice domain = address->domain, rest; rc == RC_OK && domain.len > 0;) {
        struct slice label;
        rc = add_identity(arena, source, domain, set, err);
        if (!slice_cut(domain, '.', &label, &rest))
            break;
        domain = rest;
    }
    return rc;
}

/* Settings come from the most specific verified identity (reference §3.1): index, or -1. */
static ptrdiff_t
settings_identity(struct arena *arena, const struct identity_set *set,
                  const struct address *address)
{
    ptrdiff_t best = -1;
    for (size_t i = 0; i < set->len; i++) {
        const struct identity_fact *fact = &set->facts[i];
        if (!fact->verified || !gate_identity_covers(arena, fact, address))
            continue;
        if (best < 0 || (!fact->domain && set->facts[best].domain) ||
            (fact->domain == set->facts[best].domain && fact->name.len > set->facts[best].name.len))
            best = (ptrdiff_t)i;
    }
    return best;
}

/* The longest domain identity at or above the From domain that is shorter than `below`; or -1. */
static ptrdiff_t
next_domain_above(struct arena *arena, const struct identity_set *set, const struct address *from,
                  size_t below)
{
    ptrdiff_t best = -1;
    for (size_t i = 0; i < set->len; i++)
        if (set->rows[i].domain && set->rows[i].name.len < below &&
            gate_identity_covers(arena, &set->facts[i], from) &&
            (best < 0 || set->rows[i].name.len > set->rows[best].name.len))
            best = (ptrdiff_t)i;
    return best;
}

/* d=: from the most specific domain upwards, the first whose DKIM was proved (reference §4.2). One
 * that has DKIM switched off settles it, since a subdomain overrides its parent (reference §3.1);
 * so does one that lost its records: then nothing is signed by somebody else instead. */
static void
choose_signing_domain(struct arena *arena, const struct identity_set *set,
                      const struct address *from, struct gate_facts *facts,
                      struct sending_settings *settings)
{
    ptrdiff_t i = -1;
    size_t below = SIZE_MAX;
    while ((i = next_domain_above(arena, set, from, below)) >= 0) {
        const struct identity_row *row = &set->rows[i];
        below = row->name.len;
        if (set->lost[i]) {
            facts->dkim_lost = row->name;
            return;
        }
        if (!set->facts[i].verified)
            continue;
        if (!row->dkim_enabled)
            return;
        if (row->vouched || good(&set->dkim[i])) {
            settings->dkim_domain = row->name;
            return;
        }
    }
}

static void
fill_settings(struct arena *arena, const struct identity_set *set, const struct address *from,
              struct gate_facts *facts, struct sending_settings *settings)
{
    *settings = (struct sending_settings){0};
    choose_signing_domain(arena, set, from, facts, settings);
    ptrdiff_t i = settings_identity(arena, set, from);
    if (i < 0)
        return;
    settings->configuration_set = set->rows[i].configuration_set;
    bool custom = set->rows[i].mail_from_domain.len > 0;
    if (custom && (set->rows[i].vouched || set->mail_from[i].status == IDENTITY_SUCCESS))
        settings->mail_from_domain = set->rows[i].mail_from_domain;
    else
        facts->mail_from_invalid = custom && set->rows[i].mail_from_reject;
}

/* ---- the principal ---- */

static enum policy_source
source_of(const struct policy_row *row)
{
    if (row->boundary)
        return POLICY_BOUNDARY;
    bool managed = row->arn.len > 0;
    if (row->owner_kind == OWNER_GROUP)
        return managed ? POLICY_GROUP_MANAGED : POLICY_GROUP_INLINE;
    return managed ? POLICY_USER_MANAGED : POLICY_USER_INLINE;
}

enum rc
facts_principal(struct arena *arena, const struct facts_source *source, struct slice user,
                const struct policy_entry **policies, size_t *count, struct err *err)
{
    struct policy_row *rows;
    enum rc rc = policies_of_principal(source->database, arena, user, &rows, count, err);
    struct policy_entry *entries =
        ARENA_ARRAY(arena, struct policy_entry, rc == RC_OK ? *count : 0);
    for (size_t i = 0; rc == RC_OK && i < *count; i++) {
        entries[i] = (struct policy_entry){
            .source = source_of(&rows[i]), .name = rows[i].name, .owner = rows[i].owner};
        rc = policy_cache_get(source->policies, rows[i].document, POLICY_IDENTITY_BASED,
                              &entries[i].policy, err);
    }
    *policies = entries;
    return rc;
}

static enum rc
load_account(struct arena *arena, const struct facts_source *source, struct gate_facts *facts,
             struct err *err)
{
    struct slice production, paused;
    enum rc rc = settings_get(source->database, arena, SETTING_PRODUCTION, &production, err);
    if (rc == RC_OK)
        rc = settings_get(source->database, arena, SETTING_PAUSED, &paused, err);
    if (rc != RC_OK)
        return rc;
    facts->sandbox = !slice_is(production, "on");
    facts->paused = slice_is(paused, "on");
    return RC_OK;
}

static struct suspension_fact
fact_of(const struct suspension_row *row)
{
    return (struct suspension_fact){row->name, row->reason, row->until_ms};
}

enum rc
facts_suspensions(struct arena *arena, struct database *database,
                  const struct suspension_fact **out, size_t *count, struct err *err)
{
    struct suspension_row *rows;
    enum rc rc = suspensions_list(database, arena, SUSPENSION_IDENTITY, &rows, count, err);
    struct suspension_fact *facts =
        ARENA_ARRAY(arena, struct suspension_fact, rc == RC_OK ? *count : 0);
    for (size_t i = 0; rc == RC_OK && i < *count; i++)
        facts[i] = fact_of(&rows[i]);
    *out = facts;
    return rc;
}

static enum rc
load_suspensions(struct arena *arena, const struct facts_source *source, struct slice user,
                 struct gate_facts *facts, struct err *err)
{
    struct suspension_row row;
    enum rc rc = suspensions_of_user(source->database, arena, user, &row, err);
    if (rc == RC_OK) {
        struct suspension_fact *fact = ARENA_NEW(arena, struct suspension_fact);
        *fact = fact_of(&row);
        facts->user_suspension = fact;
    } else if (rc != RC_NOT_FOUND) {
        return rc;
    }
    return facts_suspensions(arena, source->database, &facts->suspensions, &facts->suspension_count,
                             err);
}

enum rc
facts_load(struct arena *arena, const struct facts_source *source, struct slice user,
           const struct senders *senders, const struct address *recipients, size_t recipient_count,
           struct gate_facts *facts, struct sending_settings *settings, struct err *err)
{
    struct identity_set set = {0};
    *facts = (struct gate_facts){.region = source->region,
                                 .account = source->account,
                                 .hostname = source->hostname,
                                 .refuse_misleading_names = source->refuse_misleading_names,
                                 .reverse_path_is_feedback = source->reverse_path_is_feedback};
    enum rc rc = load_account(arena, source, facts, err);
    if (rc == RC_OK)
        rc = facts_principal(arena, source, user, &facts->policies, &facts->policy_count, err);
    if (rc == RC_OK)
        rc = load_suspensions(arena, source, user, facts, err);
    for (size_t i = 0; rc == RC_OK && i < senders->count; i++)
        rc = add_enclosing(arena, source, &senders->list[i].address, &set, err);
    for (size_t i = 0; rc == RC_OK && facts->sandbox && i < recipient_count; i++)
        rc = add_enclosing(arena, source, &recipients[i], &set, err);
    if (rc != RC_OK)
        return err_retype(err, RC_TEMPORARY);
    facts->identities = set.facts;
    facts->identity_count = set.len;
    fill_settings(arena, &set, &senders_from(senders)->address, facts, settings);
    return RC_OK;
}
