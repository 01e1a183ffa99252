#include "access_view.h"

#include "base/map.h"
#include "operations.h"
#include "store/configuration_sets.h"
#include "store/settings.h"
#include "store/suspensions.h"

#include <inttypes.h>

enum { STUDIES_MAX = 20000, SHOWN_MAX = 5, SETS_MAX = 100000 };

/* ---- what there is ---- */

static enum rc
load_sets(struct api_call *call, struct access_account *account, struct err *err)
{
    struct slice *names = NULL;
    enum rc rc = configuration_sets_list(call->database, call->arena, SLICE(""), SETS_MAX, &names,
                                         &account->configuration_set_count, err);
    account->configuration_sets = names;
    return rc;
}

static enum rc
load_account(struct api_call *call, struct access_view *view, struct err *err)
{
    struct facts_source source = api_facts_source(call->constants, call->thread);
    struct slice production, paused;
    struct access_identity *identities;
    view->account = (struct access_account){.region = call->constants->region,
                                            .account = call->constants->account,
                                            .now_ms = call->now_ms};
    enum rc rc =
        facts_identities(call->arena, &source, &identities, &view->account.identity_count, err);
    view->account.identities = identities;
    if (rc == RC_OK)
        rc = load_sets(call, &view->account, err);
    if (rc == RC_OK)
        rc = facts_suspensions(call->arena, call->database, &view->account.suspensions,
                               &view->account.suspension_count, err);
    if (rc == RC_OK)
        rc = settings_get(call->database, call->arena, SETTING_PRODUCTION, &production, err);
    if (rc == RC_OK)
        rc = settings_get(call->database, call->arena, SETTING_PAUSED, &paused, err);
    if (rc != RC_OK)
        return rc;
    access_prepare(call->arena, &view->account);
    view->sandbox = !slice_is(production, "on");
    view->paused = slice_is(paused, "on");
    return RC_OK;
}

static enum rc
load_suspension(struct api_call *call, struct access_holder *holder, struct err *err)
{
    struct suspension_row row;
    enum rc rc = suspensions_of_user(call->database, call->arena, holder->user.folded, &row, err);
    if (rc == RC_OK && call->now_ms < row.until_ms)
        holder->suspended_until_ms = row.until_ms;
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static enum rc
load_holder(struct api_call *call, const struct access_view *view, struct access_holder *holder,
            struct err *err)
{
    struct facts_source source = api_facts_source(call->constants, call->thread);
    struct access_principal principal = {
        .name = holder->user.name,
        .id = holder->user.id,
        .arn = api_user_arn(call, holder->user.path, holder->user.name)};
    struct access_key_row *keys;
    size_t count;
    enum rc rc =
        access_keys_of(call->database, call->arena, holder->user.folded, &keys, &count, err);
    for (size_t i = 0; rc == RC_OK && i < count; i++)
        holder->active_keys += keys[i].active;
    if (rc == RC_OK)
        rc = load_suspension(call, holder, err);
    holder->able = holder->active_keys > 0 && holder->suspended_until_ms != INT64_MAX;
    if (rc == RC_OK)
        rc = facts_principal(call->arena, &source, holder->user.folded, &principal.policies,
                             &principal.policy_count, err);
    if (rc == RC_OK)
        access_of(call->arena, &view->account, &principal, &holder->grants);
    return rc;
}

enum rc
access_view_load(struct api_call *call, struct slice only, struct access_view *view,
                 struct err *err)
{
    struct user_row *users;
    size_t count;
    *view = (struct access_view){0};
    enum rc rc = load_account(call, view, err);
    if (rc == RC_OK)
        rc = users_list(call->database, call->arena, &users, &count, err);
    if (rc != RC_OK)
        return rc;
    view->holders = ARENA_ARRAY(call->arena, struct access_holder, count);
    for (size_t i = 0; rc == RC_OK && i < count; i++) {
        if (only.len && !slice_eq(users[i].folded, only))
            continue;
        struct access_holder *holder = &view->holders[view->count++];
        *holder = (struct access_holder){.user = users[i]};
        rc = load_holder(call, view, holder, err);
    }
    return rc;
}

/* ---- a grant in words ---- */

bool
access_grant_is_conditional(const struct access_grant *grant)
{
    return grant->only_if_count > 0 || grant->unless_count > 0 || grant->beside ||
           grant->not_before_ms > 0;
}

bool
access_grant_is_one(const struct access_grant *grant)
{
    return address_set_literal(&grant->addresses).len > 0 ||
           (grant->whole && !grant->identity->fact.domain);
}

static void
put_shown(struct buf *out, const char *first, const struct address_pattern *const *patterns,
          size_t count)
{
    for (size_t i = 0; i < count; i++)
        buf_printf(out, "%s%.*s", i ? ", " : first, SLICE_ARG(patterns[i]->shown));
}

struct slice
access_grant_text(struct arena *arena, const struct access_grant *grant)
{
    const struct identity_fact *identity = &grant->identity->fact;
    struct slice literal = address_set_literal(&grant->addresses);
    struct buf out;
    if (literal.len)
        return literal;
    buf_init(&out, 1 << 20);
    if (identity->domain)
        buf_printf(&out, "any address of %.*s", SLICE_ARG(identity->name));
    else
        buf_printf(&out, "%.*s, with any label", SLICE_ARG(identity->name));
    put_shown(&out, " that matches ", grant->addresses.must + 1, grant->addresses.must_count - 1);
    put_shown(&out, " but not ", grant->addresses.never, grant->addresses.never_count);
    struct slice text = arena_dup(arena, buf_slice(&out));
    buf_fini(&out);
    return text;
}

static struct slice
example_of(struct arena *arena, const struct access_grant *grant)
{
    struct address_study study;
    if (grant->whole && !grant->identity->fact.domain)
        return grant->identity->fact.name;
    address_set_study(arena, &grant->addresses, 0, &study);
    return study.example;
}

/* ---- what is wrong ---- */

/* One grant of one holder who can send. */
struct entry {
    const struct access_holder *holder;
    const struct access_grant *grant;
    struct slice example; /* the address itself, where there is only one */
    bool one;
};

struct check {
    struct arena *arena;
    struct entry *entries;
    size_t count;
    struct access_finding *findings;
    size_t finding_count, finding_cap;
    struct map *addresses; /* seen: of one that is shared, or not */
    struct map *named;     /* addresses that stand in a grant to the letter, whoever's */
    size_t studies;
};

static void
add_finding(struct check *check, struct access_finding finding)
{
    check->findings = arena_grow(check->arena, check->findings, sizeof *check->findings,
                                 check->finding_count, &check->finding_cap);
    check->findings[check->finding_count++] = finding;
}

static void
collect(struct check *check, const struct access_view *view)
{
    size_t total = 0;
    for (size_t i = 0; i < view->count; i++)
        total += view->holders[i].grants.count;
    check->entries = ARENA_ARRAY(check->arena, struct entry, total);
    for (size_t i = 0; i < view->count; i++) {
        const struct access_holder *holder = &view->holders[i];
        for (size_t k = 0; k < holder->grants.count; k++) {
            const struct access_grant *grant = &holder->grants.list[k];
            struct slice literal = address_set_literal(&grant->addresses);
            if (literal.len)
                (void)map_put(check->named, literal, (void *)holder);
            if (holder->able)
                check->entries[check->count++] = (struct entry){
                    holder, grant, example_of(check->arena, grant), access_grant_is_one(grant)};
        }
    }
}

/* Everybody who can send as the address, each once. */
static void
find_shared(struct check *check, struct slice address)
{
    struct slice *users = ARENA_ARRAY(check->arena, struct slice, check->count);
    const struct access_holder *last = NULL;
    size_t count = 0;
    if (address.len == 0 || map_put(check->addresses, address, check))
        return;
    for (size_t i = 0; i < check->count; i++) {
        const struct entry *entry = &check->entries[i];
        if (entry->holder == last)
            continue; /* entries of a holder stand together */
        if (entry->one && address_set_literal(&entry->grant->addresses).len
                ? !slice_eq(entry->example, address)
                : !address_set_contains(check->arena, &entry->grant->addresses, address))
            continue;
        last = entry->holder;
        users[count++] = entry->holder->user.name;
    }
    if (count > 1)
        add_finding(check, (struct access_finding){ACCESS_SHARED, address, users, count,
                                                   arena_printf(check->arena,
                                                                "%.*s can be used by %zu users",
                                                                SLICE_ARG(address), count)});
}

/* Two sets that no example is in both of may still meet. */
static void
find_overlap(struct check *check, const struct entry *one, const struct entry *other)
{
    struct address_study study;
    if (one->holder == other->holder || one->one || other->one || check->studies >= STUDIES_MAX)
        return;
    if (one->grant->identity != other->grant->identity ||
        address_set_contains(check->arena, &one->grant->addresses, other->example) ||
        address_set_contains(check->arena, &other->grant->addresses, one->example))
        return; /* apart by their identities, or found already */
    struct address_set common =
        address_set_common(check->arena, &one->grant->addresses, &other->grant->addresses);
    check->studies++;
    address_set_study(check->arena, &common, 0, &study);
    if (!study.empty && study.decided)
        find_shared(check, study.example);
    else if (!study.decided)
        check->studies = STUDIES_MAX;
}

static void
find_overlaps(struct check *check)
{
    for (size_t i = 0; i < check->count; i++)
        find_shared(check, check->entries[i].example);
    for (size_t i = 0; i < check->count; i++)
        for (size_t k = i + 1; k < check->count; k++)
            find_overlap(check, &check->entries[i], &check->entries[k]);
    if (check->studies >= STUDIES_MAX)
        add_finding(check, (struct access_finding){
                               .kind = ACCESS_UNDECIDED,
                               .text = SLICE("the policies are too many, or too intricate, to tell "
                                             "whether all of their addresses are apart")});
}

static struct slice *
one_user(struct check *check, const struct access_holder *holder)
{
    struct slice *users = ARENA_NEW(check->arena, struct slice);
    *users = holder->user.name;
    return users;
}

/* Labels of one address are one address where an identity stands for it. */
static void
find_several(struct check *check, const struct entry *first, size_t count)
{
    struct map *seen = map_new();
    struct buf text;
    size_t addresses = 0;
    buf_init(&text, 1 << 20);
    for (size_t i = 0; i < count; i++) {
        struct slice shown = access_grant_text(check->arena, first[i].grant);
        if (map_put(seen, first[i].one ? first[i].example : shown, check))
            continue;
        addresses += first[i].one ? 1 : 2;
        if (map_count(seen) <= SHOWN_MAX)
            buf_printf(&text, "%s%.*s", text.len ? "; " : "", SLICE_ARG(shown));
    }
    if (map_count(seen) > SHOWN_MAX)
        buf_printf(&text, "; and %zu more", map_count(seen) - SHOWN_MAX);
    if (addresses > 1)
        add_finding(check, (struct access_finding){
                               ACCESS_SEVERAL, first->example, one_user(check, first->holder), 1,
                               arena_printf(check->arena, "%.*s can send as more than one: %.*s",
                                            SLICE_ARG(first->holder->user.name),
                                            SLICE_ARG(buf_slice(&text)))});
    buf_fini(&text);
    map_free(seen);
}

/* Of whose example everybody's grants by name are taken out. */
static struct slice
unnamed_example(struct check *check, const struct entry *entry)
{
    struct address_study study;
    struct slice *words;
    size_t count;
    if (!map_get(check->named, entry->example))
        return entry->example;
    if (access_list(check->arena, entry->grant, 64, &words, &count)) {
        for (size_t i = 0; i < count; i++)
            if (!map_get(check->named, words[i]))
                return words[i];
        return SLICE("");
    }
    /* More than can be listed: the example alone says nothing, another one will do. */
    struct pattern *pattern = ARENA_NEW(check->arena, struct pattern);
    *pattern = (struct pattern){.kind = PATTERN_LITERAL, .text = entry->example};
    struct address_set others = address_set_with(check->arena, &entry->grant->addresses, NULL,
                                                 address_pattern_given(check->arena, pattern));
    address_set_study(check->arena, &others, 0, &study);
    return study.example;
}

static void
find_not_granted(struct check *check, const struct entry *entry)
{
    struct slice text = access_grant_text(check->arena, entry->grant);
    struct slice user = entry->holder->user.name;
    if (entry->one)
        return;
    if (entry->grant->whole) {
        add_finding(check, (struct access_finding){
                               ACCESS_UNLIMITED, entry->example, one_user(check, entry->holder), 1,
                               arena_printf(check->arena, "%.*s is not limited: %.*s",
                                            SLICE_ARG(user), SLICE_ARG(text))});
        return;
    }
    struct slice example = unnamed_example(check, entry);
    if (example.len)
        add_finding(check,
                    (struct access_finding){
                        ACCESS_NOT_GRANTED, example, one_user(check, entry->holder), 1,
                        arena_printf(check->arena,
                                     "%.*s can send as addresses that nobody was given: %.*s, as "
                                     "%.*s",
                                     SLICE_ARG(user), SLICE_ARG(text), SLICE_ARG(example))});
}

static void
find_coarse(struct check *check, const struct access_holder *holder)
{
    if (holder->grants.coarse)
        add_finding(check, (struct access_finding){
                               ACCESS_UNDECIDED, SLICE(""), one_user(check, holder), 1,
                               arena_printf(check->arena,
                                            "the policies of %.*s are too many to be taken apart: "
                                            "less may be allowed than is shown",
                                            SLICE_ARG(holder->user.name))});
}

void
access_view_check(struct arena *arena, const struct access_view *view, struct access_finding **out,
                  size_t *count)
{
    struct check check = {.arena = arena, .addresses = map_new(), .named = map_new()};
    collect(&check, view);
    find_overlaps(&check);
    for (size_t i = 0, end; i < check.count; i = end) {
        for (end = i; end < check.count && check.entries[end].holder == check.entries[i].holder;)
            end++;
        find_several(&check, &check.entries[i], end - i);
    }
    for (size_t i = 0; i < check.count; i++)
        find_not_granted(&check, &check.entries[i]);
    for (size_t i = 0; i < view->count; i++)
        if (view->holders[i].able)
            find_coarse(&check, &view->holders[i]);
    map_free(check.addresses);
    map_free(check.named);
    *out = check.findings;
    *count = check.finding_count;
}

/* ---- two states ---- */

struct difference {
    struct arena *arena;
    struct access_change *changes;
    size_t count, cap;
};

static struct slice
conditions_text(struct arena *arena, const struct access_grant *grant)
{
    struct buf out;
    buf_init(&out, 1 << 20);
    buf_printf(&out, "%d %" PRId64 "\n", grant->beside, grant->not_before_ms);
    for (size_t i = 0; i < grant->only_if_count; i++)
        buf_printf(&out, "%.*s\n", SLICE_ARG(access_clause_text(arena, &grant->only_if[i])));
    buf_add_cstr(&out, "|\n");
    for (size_t i = 0; i < grant->unless_count; i++)
        buf_printf(&out, "%.*s\n",
                   SLICE_ARG(policy_statement_text(grant->unless[i].entry->policy,
                                                   grant->unless[i].statement)));
    struct slice text = arena_dup(arena, buf_slice(&out));
    buf_fini(&out);
    return text;
}

/* Can whatever `grant` lets through go through under `other` too, for the same actions? */
static bool
as_free(struct arena *arena, const struct access_grant *other, const struct access_grant *grant)
{
    if (grant->actions & ~other->actions)
        return false;
    return !access_grant_is_conditional(other) ||
           slice_eq(conditions_text(arena, other), conditions_text(arena, grant));
}

static void
add_part(struct arena *arena, struct access_grants *list, struct access_grant part)
{
    if (!access_grant_settle(arena, &part))
        return;
    list->list = arena_grow(arena, list->list, sizeof *list->list, list->count, &list->cap);
    list->list[list->count++] = part;
}

/* What of the grant is not in `other`: outside one of its patterns and inside those before it, or
 * inside one of its exceptions. */
static void
add_parts(struct arena *arena, struct access_grants *left, const struct access_grant *grant,
          const struct address_set *other)
{
    struct access_grant part = *grant, rest = *grant;
    for (size_t i = 0; i < other->must_count; i++) {
        part.addresses = address_set_with(arena, &rest.addresses, NULL, other->must[i]);
        add_part(arena, left, part);
        rest.addresses = address_set_with(arena, &rest.addresses, other->must[i], NULL);
    }
    for (size_t i = 0; i < other->never_count; i++) {
        part.addresses = address_set_with(arena, &rest.addresses, other->never[i], NULL);
        add_part(arena, left, part);
        rest.addresses = address_set_with(arena, &rest.addresses, NULL, other->never[i]);
    }
}

static struct access_grants
take_away(struct arena *arena, const struct access_grants *grants, const struct access_grant *other)
{
    struct access_grants left = {0};
    for (size_t i = 0; i < grants->count; i++) {
        struct access_grant common = grants->list[i];
        common.addresses = address_set_common(arena, &common.addresses, &other->addresses);
        if (access_grant_settle(arena, &common))
            add_parts(arena, &left, &grants->list[i], &other->addresses);
        else
            add_part(arena, &left, grants->list[i]);
    }
    return left;
}

static void
add_new(struct difference *difference, bool gained, const struct access_holder *from,
        const struct access_holder *to)
{
    for (size_t i = 0; i < to->grants.count; i++) {
        struct access_grants left = {&to->grants.list[i], 1, 1, false};
        for (size_t k = 0; from && k < from->grants.count && left.count > 0; k++)
            if (as_free(difference->arena, &from->grants.list[k], &to->grants.list[i]))
                left = take_away(difference->arena, &left, &from->grants.list[k]);
        for (size_t k = 0; k < left.count; k++) {
            difference->changes =
                arena_grow(difference->arena, difference->changes, sizeof *difference->changes,
                           difference->count, &difference->cap);
            difference->changes[difference->count++] =
                (struct access_change){gained, to->user.name, left.list[k]};
        }
    }
}

/* NULL: there is none of that name who can send. */
static const struct access_holder *
holder_named(const struct access_view *view, struct slice folded)
{
    for (size_t i = 0; i < view->count; i++)
        if (slice_eq(view->holders[i].user.folded, folded))
            return view->holders[i].able ? &view->holders[i] : NULL;
    return NULL;
}

void
access_view_compare(struct arena *arena, const struct access_view *before,
                    const struct access_view *after, struct access_change **out, size_t *count)
{
    struct difference difference = {.arena = arena};
    for (size_t i = 0; i < after->count; i++)
        if (after->holders[i].able)
            add_new(&difference, true, holder_named(before, after->holders[i].user.folded),
                    &after->holders[i]);
    for (size_t i = 0; i < before->count; i++)
        if (before->holders[i].able)
            add_new(&difference, false, holder_named(after, before->holders[i].user.folded),
                    &before->holders[i]);
    *out = difference.changes;
    *count = difference.count;
}
