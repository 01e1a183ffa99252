#include "dmarc.h"

#include "mail/tagged.h"

#include <libpsl.h>

static const char *const policy_names[] = {"none", "quarantine", "reject"};

const char *
dmarc_policy_name(enum dmarc_policy policy)
{
    return policy_names[policy];
}

struct slice
dmarc_organization(struct arena *arena, struct slice domain)
{
    const psl_ctx_t *list = psl_builtin();
    char *name;
    if (!list || arena_cstr(arena, arena_lower(arena, domain), &name, NULL) != RC_OK)
        return domain;
    const char *registrable = psl_registrable_domain(list, name);
    return registrable ? slice_of(registrable) : slice_of(name);
}

bool
dmarc_aligned(struct arena *arena, struct slice authenticated, struct slice from, bool strict)
{
    if (authenticated.len == 0)
        return false;
    if (strict)
        return slice_ieq(authenticated, from);
    return slice_eq(dmarc_organization(arena, authenticated), dmarc_organization(arena, from));
}

static bool
read_policy(struct slice word, enum dmarc_policy *out)
{
    for (int i = 0; i <= DMARC_REJECT; i++)
        if (slice_iis(word, policy_names[i])) {
            *out = (enum dmarc_policy)i;
            return true;
        }
    return false;
}

/* §6.6.3: with reports wanted but no policy to be read, it is as if it said "none". */
static bool
read_policies(const struct tagged *tags, bool below, struct dmarc_record *out, struct slice *why)
{
    enum dmarc_policy whole, under;
    bool good = read_policy(tagged_text(tags, "p", SLICE("")), &whole);
    if (!good)
        whole = DMARC_NONE;
    if (!read_policy(tagged_text(tags, "sp", slice_of(policy_names[whole])), &under))
        good = false;
    if (!good && tagged_text(tags, "rua", SLICE("")).len == 0) {
        *why = SLICE("p= is not one of none, quarantine and reject");
        return false;
    }
    out->policy = !good ? DMARC_NONE : below ? under : whole;
    return true;
}

bool
dmarc_read(struct arena *arena, struct slice text, bool below, struct dmarc_record *out,
           struct slice *why)
{
    struct tagged tags;
    uint64_t percent;
    *out = (struct dmarc_record){.percent = 100};
    if (!tagged_read(text, &tags) || tags.count == 0) {
        *why = SLICE("it is no list of tags");
        return false;
    }
    if (!slice_is(tags.list[0].name, "v") || !slice_is(tags.list[0].value, "DMARC1")) {
        *why = SLICE("v=DMARC1 is not its first tag");
        return false;
    }
    out->strict_dkim = slice_iis(tagged_text(&tags, "adkim", SLICE("r")), "s");
    out->strict_spf = slice_iis(tagged_text(&tags, "aspf", SLICE("r")), "s");
    if (slice_u64(tagged_text(&tags, "pct", SLICE("100")), &percent) && percent <= 100)
        out->percent = (unsigned)percent;
    return read_policies(&tags, below, out, why);
}

/* A record that begins otherwise is not meant (§6.6.3). */
static bool
is_meant(struct slice text)
{
    struct slice version, rest;
    if (!slice_cut(text, ';', &version, &rest))
        version = text;
    struct slice name, value;
    return slice_cut(version, '=', &name, &value) && slice_is(slice_trim(name), "v") &&
           slice_is(slice_trim(value), "DMARC1");
}

static enum rc
look_at(struct arena *arena, struct answers *answers, struct slice domain, bool below,
        struct dmarc_found *out)
{
    size_t count = 0;
    *out = (struct dmarc_found){
        .name = arena_concat(arena, SLICE("_dmarc."), domain), .text = SLICE(""), .why = SLICE("")};
    const struct dns_answer *answer = answers_get(answers, DNS_TXT, out->name);
    if (!answer)
        return RC_AGAIN;
    if (answer->status == DNS_TEMPORARY || answer->status == DNS_BOGUS) {
        out->state = DMARC_UNKNOWN;
        return RC_OK;
    }
    for (size_t i = 0; i < answer->count; i++)
        if (is_meant(answer->records[i].data)) {
            out->text = answer->records[i].data;
            count++;
        }
    if (count == 0)
        return RC_OK;
    out->state = DMARC_UNUSABLE;
    if (count > 1)
        out->why = SLICE("there are several");
    else if (dmarc_read(arena, out->text, below, &out->record, &out->why))
        out->state = DMARC_PRESENT;
    return RC_OK;
}

enum rc
dmarc_find(struct arena *arena, struct answers *answers, struct slice domain,
           struct dmarc_found *out)
{
    enum rc rc = look_at(arena, answers, domain, false, out);
    struct slice organization = dmarc_organization(arena, domain);
    if (rc != RC_OK || out->state != DMARC_ABSENT || slice_ieq(organization, domain))
        return rc;
    return look_at(arena, answers, organization, true, out);
}
