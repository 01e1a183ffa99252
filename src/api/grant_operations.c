/*
 * One person, one address, one credential: handed out, switched off, given back. A grant is an
 * ordinary IAM user with an ordinary policy, so that every SES tool can read it.
 */
#include "base/random.h"
#include "grant_policy.h"
#include "identity_changes.h"
#include "operations.h"
#include "store/policies.h"
#include "store/settings.h"
#include "store/users.h"

/* ---- who has it already ---- */

static enum rc
load_entries(struct api_call *call, struct slice folded, struct policy_entry **out, size_t *count,
             struct err *err)
{
    struct policy_row *rows;
    enum rc rc = policies_of_principal(call->database, call->arena, folded, &rows, count, err);
    struct policy_entry *entries = ARENA_ARRAY(call->arena, struct policy_entry, *count);
    for (size_t i = 0; rc == RC_OK && i < *count; i++) {
        entries[i].source = rows[i].boundary ? POLICY_BOUNDARY : POLICY_USER_INLINE;
        entries[i].name = rows[i].name;
        rc = policy_cache_get(call->thread->policies, rows[i].document, POLICY_IDENTITY_BASED,
                              &entries[i].policy, err);
    }
    *out = entries;
    return rc;
}

static bool
is_among(struct slice name, const struct slice *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (slice_eq(name, list[i]))
            return true;
    return false;
}

/* Would these policies let the user send as the address, were nothing else in the way? */
static bool
can_send_as(struct api_call *call, const struct user_row *user, const struct policy_entry *entries,
            size_t count, struct slice address)
{
    struct condition_value keys[] = {
        {.key = SLICE("ses:FromAddress"), .values = &address, .count = 1, .fold = DENY_AS_ADDRESS},
        {.key = SLICE("aws:username"), .values = &user->name, .count = 1},
    };
    struct evaluate_request request = {
        .principal_arn = api_user_arn(call, user->path, user->name),
        .principal_account = call->constants->account,
        .action = SLICE("ses:SendRawEmail"),
        .resource = api_identity_arn(call, address),
        .keys = keys,
        .key_count = 2,
        .now_ms = call->now_ms,
    };
    return evaluate_policies(call->arena, entries, count, &request).outcome == EVALUATE_ALLOW;
}

/* A user whose policies let them send as an address. */
struct holder {
    struct slice name, folded;
    bool by_name; /* as that address, and not as its neighbours */
};

struct holders {
    struct holder *list;
    size_t count, cap;
};

static struct slice
neighbour(struct api_call *call, struct slice domain)
{
    return arena_printf(call->arena, "%.*s@%.*s", SLICE_ARG(random_base32(call->arena, 20)),
                        SLICE_ARG(domain));
}

/* Those who may send as anybody (an administrator with sending) are not meant: the access report
 * shows them. `except`: folded names. */
static enum rc
find_holders(struct api_call *call, const struct address *address, const struct slice *except,
             size_t except_count, struct holders *holders, struct err *err)
{
    struct user_row *users;
    size_t user_count;
    struct slice beside = neighbour(call, address->domain);
    struct slice anybody = neighbour(
        call, arena_concat(call->arena, random_base32(call->arena, 20), SLICE(".invalid")));
    *holders = (struct holders){0};
    enum rc rc = users_list(call->database, call->arena, &users, &user_count, err);
    for (size_t i = 0; rc == RC_OK && i < user_count; i++) {
        struct policy_entry *entries;
        size_t count;
        if (is_among(users[i].folded, except, except_count))
            continue;
        rc = load_entries(call, users[i].folded, &entries, &count, err);
        if (rc != RC_OK || !can_send_as(call, &users[i], entries, count, address->text) ||
            can_send_as(call, &users[i], entries, count, anybody))
            continue;
        bool by_name = !can_send_as(call, &users[i], entries, count, beside);
        holders->list = arena_grow(call->arena, holders->list, sizeof *holders->list,
                                   holders->count, &holders->cap);
        holders->list[holders->count++] = (struct holder){users[i].name, users[i].folded, by_name};
    }
    return rc;
}

/* ---- handing out ---- */

static enum rc
make_user(struct api_call *call, struct slice name, bool from_address, struct user_row *user,
          struct err *err)
{
    *user = (struct user_row){.name = name, .path = SLICE("/")};
    enum rc rc = api_insert_user(call, user, err);
    if (rc == RC_SYNTAX && from_address)
        return err_set(err, rc, "no user can have the name %.*s: give another with --user NAME",
                       SLICE_ARG(name));
    return rc;
}

/* The key that the person goes on with; NULL: all were switched off. */
static const struct access_key_row *
active_key(const struct access_key_row *keys, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (keys[i].active)
            return &keys[i];
    return NULL;
}

/* The user of that name with what keys it has, or a new one. A user without any is nobody's yet. */
static enum rc
find_or_make_user(struct api_call *call, struct slice name, bool from_address, bool also,
                  struct user_row *user, struct access_key_row **keys, size_t *count,
                  struct err *err)
{
    *count = 0;
    enum rc rc = users_find(call->database, call->arena, name, user, err);
    if (rc == RC_NOT_FOUND)
        return make_user(call, name, from_address, user, err);
    if (rc == RC_OK)
        rc = access_keys_of(call->database, call->arena, user->folded, keys, count, err);
    if (rc != RC_OK || *count == 0)
        return rc;
    if (!active_key(*keys, *count))
        return err_set(
            err, RC_CONFLICT,
            "%.*s has no active access key: `postern restore %.*s` switches a revoked one "
            "on again, `postern credential rotate %.*s` makes a new one",
            SLICE_ARG(user->name), SLICE_ARG(user->name), SLICE_ARG(user->name));
    if (!also)
        return err_set(err, RC_CONFLICT,
                       "%.*s has a credential already; --also gives the address to it as well",
                       SLICE_ARG(user->name));
    return RC_OK;
}

/* ---- who holds it by a grant ---- */

/* Somebody's policy of the name of a grant. */
struct holding {
    bool found, edited; /* edited: not as a grant is written; what it says is not known here */
    struct grant_terms terms;
};

static enum rc
find_holding(struct api_call *call, struct slice user, struct slice address,
             struct holding *holding, struct err *err)
{
    struct policy_row row;
    *holding = (struct holding){0};
    enum rc rc = policies_find(call->database, call->arena, OWNER_USER, user,
                               grant_policy_name(call->arena, address), &row, err);
    if (rc != RC_OK)
        return rc == RC_NOT_FOUND ? RC_OK : rc;
    holding->found = true;
    holding->edited = !grant_policy_read(call->arena, row.document, &holding->terms) ||
                      !slice_eq(holding->terms.address, address);
    return RC_OK;
}

/* Taken back alone. What was edited is not: then the credential is switched off. */
static bool
is_delegation(const struct holding *holding)
{
    return holding->found && !holding->edited && holding->terms.delegation;
}

static enum rc
owners_of(struct api_call *call, struct slice address, struct slice **owners, size_t *count,
          struct err *err)
{
    return policies_owners(call->database, call->arena, OWNER_USER,
                           grant_policy_name(call->arena, address), owners, count, err);
}

/* Whoever has a grant of it that is not over, also one for other networks than any we could ask for. */
static enum rc
find_granted(struct api_call *call, const struct address *address, struct slice except,
             struct slice *holder, struct err *err)
{
    struct slice *owners = NULL;
    size_t count = 0;
    *holder = SLICE("");
    enum rc rc = owners_of(call, address->text, &owners, &count, err);
    for (size_t i = 0; rc == RC_OK && i < count && holder->len == 0; i++) {
        struct holding holding;
        rc = find_holding(call, owners[i], address->text, &holding, err);
        bool over = !holding.edited && holding.terms.until_ms <= call->now_ms;
        if (rc == RC_OK && !over && !slice_eq(owners[i], except))
            *holder = owners[i];
    }
    return rc;
}

static enum rc
refuse_second_holder(struct api_call *call, const struct address *address, struct slice user,
                     struct err *err)
{
    struct slice except = arena_lower(call->arena, user), holder;
    struct holders holders = {0};
    enum rc rc = find_granted(call, address, except, &holder, err);
    if (rc == RC_OK && holder.len == 0)
        rc = find_holders(call, address, &except, 1, &holders, err);
    if (rc == RC_OK && holders.count > 0)
        holder = holders.list[0].name;
    if (rc == RC_OK && holder.len > 0)
        return err_set(err, RC_CONFLICT,
                       "%.*s may be used by %.*s already; --also lets both use it",
                       SLICE_ARG(address->text), SLICE_ARG(holder));
    return rc;
}

/* ---- handing out, the call ---- */

static enum rc
has_another_grant(struct api_call *call, const struct user_row *user, struct slice name, bool *has,
                  struct err *err)
{
    struct policy_row *rows;
    size_t count;
    *has = false;
    enum rc rc =
        policies_of(call->database, call->arena, OWNER_USER, user->folded, &rows, &count, err);
    for (size_t i = 0; rc == RC_OK && i < count; i++)
        *has = *has || (rows[i].arn.len == 0 && slice_starts(rows[i].name, SLICE(GRANT_PREFIX)) &&
                        !slice_eq(rows[i].name, name));
    return rc;
}

/* The first address that somebody holds is their own, as is the one that they are named by; what is
 * given to them beside it is a delegation. One's own does not become one by being granted again. */
static enum rc
is_beside_an_own(struct api_call *call, const struct user_row *user, struct slice address,
                 bool *beside, struct err *err)
{
    struct holding holding;
    *beside = false;
    if (slice_ieq(user->name, address))
        return RC_OK;
    enum rc rc = find_holding(call, user->folded, address, &holding, err);
    if (rc != RC_OK || (holding.found && !is_delegation(&holding)))
        return rc;
    return has_another_grant(call, user, grant_policy_name(call->arena, address), beside, err);
}

/* address, until, from_network */
static enum rc
input_terms(struct api_call *call, struct address *address, struct grant_terms *terms,
            struct err *err)
{
    struct slice text, networks;
    *terms = (struct grant_terms){0};
    enum rc rc = api_input_string(call, "address", &text, err);
    if (rc == RC_OK)
        rc = address_parse(call->arena, text, address, err);
    if (rc == RC_OK)
        rc = api_input_end(call, "until", &terms->until_ms, err);
    if (rc == RC_OK)
        rc = api_input_optional(call, "from_network", &networks, err);
    if (rc == RC_OK && grant_networks_read(call->arena, networks, terms, err) != RC_OK)
        return err_prefix(err, "from_network: ");
    terms->address = address->text;
    return rc;
}

/* As it is given. */
static struct slice
networks_of(struct api_call *call, const struct grant_terms *terms)
{
    struct slice text = SLICE("");
    for (size_t i = 0; i < terms->network_count; i++)
        text = arena_printf(call->arena, "%.*s%s%.*s", SLICE_ARG(text), i ? "," : "",
                            SLICE_ARG(terms->networks[i]));
    return text;
}

static void
put_terms(struct api_call *call, const struct grant_terms *terms)
{
    json_put_cstr(call->output, "kind", terms->delegation ? "delegation" : "own");
    api_put_time(call, "until", terms->until_ms);
    json_put_string(call->output, "from_network", networks_of(call, terms));
}

/* The user, new or there already, and the policy. */
static enum rc
hand_out(struct api_call *call, struct grant_terms *terms, struct slice name, bool also,
         struct user_row *user, struct access_key_row **keys, size_t *key_count, struct err *err)
{
    bool from_address = name.len == 0;
    if (from_address)
        name = terms->address;
    enum rc rc = find_or_make_user(call, name, from_address, also, user, keys, key_count, err);
    if (rc == RC_OK && *key_count > 0)
        rc = is_beside_an_own(call, user, terms->address, &terms->delegation, err);
    if (rc == RC_OK)
        rc = policies_put(call->database, OWNER_USER, user->folded,
                          grant_policy_name(call->arena, terms->address),
                          grant_policy_write(call->arena, terms), err);
    return rc;
}

static enum rc
put_grant(struct api_call *call, const struct address *address, const struct grant_terms *terms,
          const struct user_row *user, struct err *err)
{
    struct slice production;
    struct identity_cover cover;
    enum rc rc = identity_cover(call, address, &cover, err);
    if (rc == RC_OK)
        rc = settings_get(call->database, call->arena, SETTING_PRODUCTION, &production, err);
    if (rc != RC_OK)
        return rc;
    json_put_string(call->output, "address", address->text);
    json_put_string(call->output, "user", user->name);
    put_terms(call, terms);
    json_put_bool(call->output, "registered", cover.registered);
    json_put_bool(call->output, "verified", cover.verified);
    json_put_bool(call->output, "production", slice_is(production, "on"));
    return RC_OK;
}

enum rc
grant_create(struct api_call *call, struct err *err)
{
    struct slice name;
    struct address address;
    struct grant_terms terms;
    struct user_row user;
    struct access_key_row *keys = NULL;
    size_t key_count = 0;
    bool also;
    enum rc rc = input_terms(call, &address, &terms, err);
    if (rc == RC_OK)
        rc = api_input_optional(call, "user", &name, err);
    if (rc == RC_OK)
        rc = api_input_bool(call, "also", &also, err);
    if (rc == RC_OK && !also)
        rc = refuse_second_holder(call, &address, name.len ? name : address.text, err);
    if (rc == RC_OK)
        rc = hand_out(call, &terms, name, also, &user, &keys, &key_count, err);
    if (rc == RC_OK)
        rc = put_grant(call, &address, &terms, &user, err);
    if (rc != RC_OK)
        return rc;
    if (key_count == 0)
        rc = api_make_key(call, user.folded, err);
    else
        json_put_string(call->output, "access_key_id", active_key(keys, key_count)->id);
    api_put_settings(call);
    return rc;
}

/* ---- who holds what ---- */

static void
put_holding(struct api_call *call, const struct policy_row *row)
{
    struct grant_terms terms;
    struct slice address = slice_from(row->name, sizeof GRANT_PREFIX - 1);
    bool read =
        grant_policy_read(call->arena, row->document, &terms) && slice_eq(terms.address, address);
    json_open_object(call->output);
    json_put_string(call->output, "address", address);
    json_put_string(call->output, "user", row->owner);
    json_put_cstr(call->output, "state",
                  !read                            ? "edited"
                  : terms.until_ms <= call->now_ms ? "expired"
                                                   : "active");
    if (read)
        put_terms(call, &terms);
    json_close_object(call->output);
}

enum rc
grant_list(struct api_call *call, struct err *err)
{
    struct policy_row *rows;
    size_t count;
    enum rc rc =
        policies_of_users(call->database, call->arena, SLICE(GRANT_PREFIX), &rows, &count, err);
    if (rc != RC_OK)
        return rc;
    json_key(call->output, "grants");
    json_open_array(call->output);
    for (size_t i = 0; i < count; i++)
        put_holding(call, &rows[i]);
    json_close_array(call->output);
    return RC_OK;
}

enum rc
api_put_grants(struct api_call *call, struct slice user_folded, struct err *err)
{
    struct policy_row *rows;
    size_t count;
    enum rc rc =
        policies_of(call->database, call->arena, OWNER_USER, user_folded, &rows, &count, err);
    if (rc != RC_OK)
        return rc;
    json_key(call->output, "grants");
    json_open_array(call->output);
    for (size_t i = 0; i < count; i++)
        if (rows[i].arn.len == 0 && slice_starts(rows[i].name, SLICE(GRANT_PREFIX)))
            put_holding(call, &rows[i]);
    json_close_array(call->output);
    return RC_OK;
}

/* ---- switching off and on ---- */

/* What a target stands for. */
struct target {
    struct slice text; /* as it was named */
    bool is_key;
    struct access_key_row *keys;
    size_t count, cap;
    struct holders others;   /* who may send as the address too, by policies of another kind */
    struct slice *delegates; /* from whom it was taken back, who have another of their own */
    size_t delegate_count;
};

static enum rc
add_keys_of(struct api_call *call, struct slice user, struct target *target, struct err *err)
{
    struct access_key_row *keys;
    size_t count;
    enum rc rc = access_keys_of(call->database, call->arena, user, &keys, &count, err);
    for (size_t i = 0; rc == RC_OK && i < count; i++) {
        target->keys = arena_grow(call->arena, target->keys, sizeof *target->keys, target->count,
                                  &target->cap);
        target->keys[target->count++] = keys[i];
    }
    return rc;
}

/* The owners of grants of the address whose own it is. */
static enum rc
owners_not_delegates(struct api_call *call, struct slice address, struct slice **out, size_t *count,
                     struct err *err)
{
    struct slice *owners = NULL;
    size_t all = 0;
    *count = 0;
    enum rc rc = owners_of(call, address, &owners, &all, err);
    for (size_t i = 0; rc == RC_OK && i < all; i++) {
        struct holding holding;
        rc = find_holding(call, owners[i], address, &holding, err);
        if (rc == RC_OK && !is_delegation(&holding))
            owners[(*count)++] = owners[i];
    }
    *out = owners;
    return rc;
}

/* Those who may use the address by policies of another kind; the keys of whom such a policy names. */
static enum rc
add_other_holders(struct api_call *call, const struct address *address, const struct slice *except,
                  size_t except_count, struct target *target, bool *found, struct err *err)
{
    enum rc rc = find_holders(call, address, except, except_count, &target->others, err);
    for (size_t i = 0; rc == RC_OK && i < target->others.count; i++)
        if (target->others.list[i].by_name) {
            *found = true;
            rc = add_keys_of(call, target->others.list[i].folded, target, err);
        }
    return rc;
}

/* Everybody to whom the address was handed out: by grant, under its own name, or by a policy that
 * names it. Those who may use it by a wildcard are only told of, and those who have it by delegation
 * keep their credential. */
static enum rc
find_keys_of_address(struct api_call *call, struct slice text, struct target *target,
                     struct err *err)
{
    struct address address;
    struct user_row user;
    struct slice *users = NULL, folded = arena_lower(call->arena, text);
    size_t count = 0;
    enum rc rc = users_find(call->database, call->arena, text, &user, err);
    bool named = rc == RC_OK;
    if (rc != RC_OK && rc != RC_NOT_FOUND)
        return rc;
    if (named)
        rc = add_keys_of(call, folded, target, err);
    if (rc != RC_OK && rc != RC_NOT_FOUND)
        return rc;
    if (address_parse(call->arena, text, &address, NULL) != RC_OK)
        return rc;
    rc = owners_not_delegates(call, address.text, &users, &count, err);
    for (size_t i = 0; rc == RC_OK && i < count; i++)
        if (!named || !slice_eq(users[i], folded))
            rc = add_keys_of(call, users[i], target, err);
    struct slice *except = ARENA_ARRAY(call->arena, struct slice, count + 1);
    if (count > 0)
        memcpy(except, users, count * sizeof *except);
    except[count] = folded;
    bool found = named || count > 0 || target->delegate_count > 0;
    if (rc == RC_OK)
        rc = add_other_holders(call, &address, except, count + 1, target, &found, err);
    return rc == RC_OK && !found ? RC_NOT_FOUND : rc;
}

/* A delegation ends with its policy. Done before anybody else is looked for: whoever can send as the
 * address still, by another policy, is found then. */
static enum rc
take_back(struct api_call *call, struct slice text, struct target *target, struct err *err)
{
    struct address address;
    struct slice *owners = NULL;
    size_t count = 0;
    if (address_parse(call->arena, text, &address, NULL) != RC_OK)
        return RC_OK;
    enum rc rc = owners_of(call, address.text, &owners, &count, err);
    for (size_t i = 0; rc == RC_OK && i < count; i++) {
        struct holding holding;
        rc = find_holding(call, owners[i], address.text, &holding, err);
        if (rc != RC_OK || !is_delegation(&holding))
            continue;
        rc = policies_delete(call->database, OWNER_USER, owners[i],
                             grant_policy_name(call->arena, address.text), err);
        owners[target->delegate_count++] = owners[i];
    }
    target->delegates = owners;
    return rc;
}

/* What the call names: a key id, a user name, or an address, whose delegations are taken back when it
 * is revoked. */
static enum rc
input_target(struct api_call *call, bool revoke, struct target *target, struct err *err)
{
    struct access_key_row key;
    struct slice text;
    *target = (struct target){0};
    enum rc rc = api_input_string(call, "target", &text, err);
    if (rc != RC_OK)
        return rc;
    target->text = text;
    rc = access_keys_find(call->database, call->arena, text, &key, err);
    target->is_key = rc == RC_OK;
    if (rc == RC_OK) {
        target->keys = ARENA_NEW(call->arena, struct access_key_row);
        target->keys[target->count++] = key;
    } else if (rc == RC_NOT_FOUND) {
        rc = revoke ? take_back(call, text, target, err) : RC_OK;
        if (rc == RC_OK)
            rc = find_keys_of_address(call, text, target, err);
    }
    if (rc == RC_NOT_FOUND)
        return err_set(err, rc,
                       "%.*s is no access key, no user, and no address that was handed out",
                       SLICE_ARG(text));
    if (rc == RC_OK && target->count == 0 && target->delegate_count == 0)
        return err_set(err, RC_NOT_FOUND, "%.*s has no access key", SLICE_ARG(text));
    return rc;
}

static void
put_key(struct api_call *call, const struct access_key_row *key, bool active)
{
    json_open_object(call->output);
    json_put_string(call->output, "id", key->id);
    json_put_string(call->output, "user", key->user_name);
    json_put_cstr(call->output, "status", active ? "Active" : "Inactive");
    json_close_object(call->output);
}

/* What those have queued under the address from whom it was taken back. */
static enum rc
hold_delegated(struct api_call *call, const struct target *target, int64_t *held, struct err *err)
{
    enum rc rc = RC_OK;
    for (size_t i = 0; rc == RC_OK && i < target->delegate_count; i++)
        rc = api_hold_mail(
            call,
            &(struct recipient_filter){.user = target->delegates[i],
                                       .identity = address_fold(call->arena, target->text)},
            held, err);
    return rc;
}

static enum rc
switch_off(struct api_call *call, const struct target *target, bool hold, int64_t *held,
           struct err *err)
{
    enum rc rc = RC_OK;
    json_key(call->output, "keys");
    json_open_array(call->output);
    for (size_t i = 0; rc == RC_OK && i < target->count; i++) {
        const struct access_key_row *key = &target->keys[i];
        /* One that was off before was not switched off by this. */
        rc = access_keys_set_active(call->database, key->id, false, key->active || key->revoked,
                                    err);
        if (rc == RC_OK && hold)
            rc = api_hold_mail(call, &(struct recipient_filter){.access_key = key->id}, held, err);
        api_revoked(call, key->id);
        put_key(call, key, false);
    }
    json_close_array(call->output);
    return rc;
}

enum rc
grant_revoke(struct api_call *call, struct err *err)
{
    struct target target;
    int64_t held = 0;
    bool hold;
    enum rc rc = api_input_bool(call, "hold", &hold, err);
    if (rc == RC_OK)
        rc = input_target(call, true, &target, err);
    if (rc == RC_OK)
        rc = switch_off(call, &target, hold, &held, err);
    if (rc == RC_OK && hold)
        rc = hold_delegated(call, &target, &held, err);
    if (rc != RC_OK)
        return rc;
    json_put_i64(call->output, "held", held);
    json_key(call->output, "delegates");
    json_open_array(call->output);
    for (size_t i = 0; i < target.delegate_count; i++)
        json_write_string(call->output, target.delegates[i]);
    json_close_array(call->output);
    json_key(call->output, "others");
    json_open_array(call->output);
    for (size_t i = 0; i < target.others.count; i++)
        if (!target.others.list[i].by_name)
            json_write_string(call->output, target.others.list[i].name);
    json_close_array(call->output);
    return RC_OK;
}

/* A false alarm is undone: what a revoke switched off, and nothing that was replaced since. A key
 * named by its id is switched on whatever it was switched off for. */
enum rc
grant_restore(struct api_call *call, struct err *err)
{
    struct target target;
    size_t restored = 0;
    enum rc rc = input_target(call, false, &target, err);
    if (rc != RC_OK)
        return rc;
    json_key(call->output, "keys");
    json_open_array(call->output);
    for (size_t i = 0; rc == RC_OK && i < target.count; i++) {
        const struct access_key_row *key = &target.keys[i];
        bool on = key->active || key->revoked || target.is_key;
        restored += on;
        if (on)
            rc = access_keys_set_active(call->database, key->id, true, false, err);
        put_key(call, key, on);
    }
    json_close_array(call->output);
    if (rc == RC_OK && restored == 0)
        return err_set(err, RC_CONFLICT,
                       "no key of %.*s was revoked; one that was replaced is switched on by its id",
                       SLICE_ARG(target.text));
    return rc;
}
