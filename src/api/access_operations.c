/* Who may send as whom: the matrix, one address, what breaks the rules, and what a change would do. */
#include "access_view.h"
#include "base/clock.h"
#include "identity/proof.h"
#include "operations.h"
#include "store/identities.h"
#include "submit.h"

/* ---- one grant ---- */

static void
put_clauses(struct api_call *call, const char *name, const struct access_clause *clauses,
            size_t count)
{
    json_key(call->output, name);
    json_open_array(call->output);
    for (size_t i = 0; i < count; i++) {
        json_open_object(call->output);
        json_put_string(call->output, "policy", submit_policy_name(call->arena, clauses[i].entry));
        json_put_i64(call->output, "statement", (int64_t)clauses[i].statement);
        json_put_string(call->output, "condition", access_clause_text(call->arena, &clauses[i]));
        json_close_object(call->output);
    }
    json_close_array(call->output);
}

static void
put_patterns(struct api_call *call, const char *name, const struct address_pattern *const *patterns,
             size_t count)
{
    json_key(call->output, name);
    json_open_array(call->output);
    for (size_t i = 0; i < count; i++)
        json_write_string(call->output, patterns[i]->shown);
    json_close_array(call->output);
}

static void
put_actions(struct api_call *call, unsigned actions)
{
    json_key(call->output, "actions");
    json_open_array(call->output);
    for (size_t i = 0; i < ACCESS_ACTIONS; i++)
        if (actions >> i & 1)
            json_write_cstr(call->output, access_actions[i]);
    json_close_array(call->output);
}

/* Conditions in one line, for people. */
static struct slice
condition_words(struct api_call *call, const struct access_grant *grant)
{
    struct buf out;
    buf_init(&out, 1 << 20);
    for (size_t i = 0; i < grant->only_if_count; i++)
        buf_printf(&out, "%s%.*s", i ? ", and " : "if ",
                   SLICE_ARG(access_clause_text(call->arena, &grant->only_if[i])));
    for (size_t i = 0; i < grant->unless_count; i++)
        buf_printf(&out, "%sunless statement %zu of the %.*s denies it", out.len ? ", " : "",
                   grant->unless[i].statement,
                   SLICE_ARG(submit_policy_name(call->arena, grant->unless[i].entry)));
    if (grant->not_before_ms)
        buf_printf(&out, "%safter its suspension ends at %.*s", out.len ? ", " : "",
                   SLICE_ARG(clock_iso8601(call->arena, grant->not_before_ms)));
    if (grant->beside)
        buf_printf(&out, "%sbeside a From address with another configuration set",
                   out.len ? ", " : "");
    for (size_t i = 0; i < grant->vacuous_count; i++)
        buf_printf(&out, "%s%.*s also holds when the key is missing", out.len ? "; " : "",
                   SLICE_ARG(access_clause_text(call->arena, &grant->vacuous[i])));
    struct slice words = arena_dup(call->arena, buf_slice(&out));
    buf_fini(&out);
    return words;
}

static void
put_grant_members(struct api_call *call, const struct access_grant *grant)
{
    struct slice literal = address_set_literal(&grant->addresses);
    json_put_string(call->output, "addresses", access_grant_text(call->arena, grant));
    json_put_string(call->output, "identity", grant->identity->fact.name);
    json_put_bool(call->output, "limited", !grant->whole);
    if (literal.len) {
        json_put_string(call->output, "address", literal);
    } else {
        put_patterns(call, "match", grant->addresses.must + 1, grant->addresses.must_count - 1);
        put_patterns(call, "except", grant->addresses.never, grant->addresses.never_count);
    }
    json_put_string(call->output, "policy", submit_policy_name(call->arena, grant->allow.entry));
    json_put_i64(call->output, "statement", (int64_t)grant->allow.statement);
    put_actions(call, grant->actions);
    json_put_bool(call->output, "conditional", access_grant_is_conditional(grant));
    json_put_string(call->output, "conditions", condition_words(call, grant));
    put_clauses(call, "only_if", grant->only_if, grant->only_if_count);
    put_clauses(call, "unless", grant->unless, grant->unless_count);
    put_clauses(call, "vacuous", grant->vacuous, grant->vacuous_count);
}

static void
put_holder_members(struct api_call *call, const struct access_holder *holder)
{
    json_put_string(call->output, "user", holder->user.name);
    json_put_i64(call->output, "active_keys", (int64_t)holder->active_keys);
    json_put_bool(call->output, "suspended", holder->suspended_until_ms > 0);
    api_put_time(call, "suspended_until", holder->suspended_until_ms);
}

/* What stands over everything: in the sandbox and while paused, less is let through. */
static void
put_account(struct api_call *call, const struct access_view *view)
{
    json_put_bool(call->output, "sandbox", view->sandbox);
    json_put_bool(call->output, "paused", view->paused);
}

/* ---- the operations ---- */

static enum rc
read_user(struct api_call *call, struct slice *folded, struct err *err)
{
    struct slice name;
    struct user_row user;
    enum rc rc = api_input_optional(call, "user", &name, err);
    *folded = SLICE("");
    if (rc != RC_OK || name.len == 0)
        return rc;
    rc = users_find(call->database, call->arena, name, &user, err);
    *folded = user.folded;
    return rc;
}

enum rc
access_report(struct api_call *call, struct err *err)
{
    struct access_view view;
    struct slice only;
    enum rc rc = read_user(call, &only, err);
    if (rc == RC_OK)
        rc = access_view_load(call, only, &view, err);
    if (rc != RC_OK)
        return rc;
    put_account(call, &view);
    json_key(call->output, "users");
    json_open_array(call->output);
    for (size_t i = 0; i < view.count; i++) {
        json_open_object(call->output);
        put_holder_members(call, &view.holders[i]);
        json_put_bool(call->output, "complete", !view.holders[i].grants.coarse);
        json_key(call->output, "grants");
        json_open_array(call->output);
        for (size_t k = 0; k < view.holders[i].grants.count; k++) {
            json_open_object(call->output);
            put_grant_members(call, &view.holders[i].grants.list[k]);
            json_close_object(call->output);
        }
        json_close_array(call->output);
        json_close_object(call->output);
    }
    json_close_array(call->output);
    return RC_OK;
}

/* Why nobody can, where no identity lets the address send at all. */
static void
put_identities(struct api_call *call, const struct access_view *view, const struct address *address)
{
    json_key(call->output, "identities");
    json_open_array(call->output);
    for (size_t i = 0; i < view->account.identity_count; i++) {
        const struct identity_fact *fact = &view->account.identities[i].fact;
        if (!gate_identity_covers(call->arena, fact, address))
            continue;
        json_open_object(call->output);
        json_put_string(call->output, "identity", fact->name);
        json_put_bool(call->output, "verified", fact->verified);
        json_close_object(call->output);
    }
    json_close_array(call->output);
    json_key(call->output, "suspensions");
    json_open_array(call->output);
    for (size_t i = 0; i < view->account.suspension_count; i++) {
        const struct suspension_fact *fact = &view->account.suspensions[i];
        if (call->now_ms < fact->until_ms &&
            gate_suspension_covers(call->arena, fact->name, address))
            json_write_string(call->output, fact->name);
    }
    json_close_array(call->output);
}

enum rc
access_holders(struct api_call *call, struct err *err)
{
    struct access_view view;
    struct address address;
    struct slice text;
    enum rc rc = api_input_string(call, "address", &text, err);
    if (rc == RC_OK)
        rc = address_parse(call->arena, text, &address, err);
    if (rc == RC_OK)
        rc = access_view_load(call, SLICE(""), &view, err);
    if (rc != RC_OK)
        return rc;
    json_put_string(call->output, "address", address.text);
    put_account(call, &view);
    put_identities(call, &view, &address);
    json_key(call->output, "holders");
    json_open_array(call->output);
    for (size_t i = 0; i < view.count; i++)
        for (size_t k = 0; k < view.holders[i].grants.count; k++) {
            const struct access_grant *grant = &view.holders[i].grants.list[k];
            if (!address_set_contains(call->arena, &grant->addresses, address.text))
                continue;
            json_open_object(call->output);
            put_holder_members(call, &view.holders[i]);
            put_grant_members(call, grant);
            json_close_object(call->output);
        }
    json_close_array(call->output);
    return RC_OK;
}

/* Who can send now, and how many identities are verified. */
static enum rc
put_counts(struct api_call *call, const struct access_view *view, struct err *err)
{
    int64_t senders = 0, identities = 0;
    for (size_t i = 0; i < view->count; i++)
        senders += view->holders[i].active_keys > 0 && view->holders[i].suspended_until_ms == 0 &&
                   view->holders[i].grants.count > 0;
    enum rc rc = proofs_count(call->database, "verification", IDENTITY_SUCCESS, &identities, err);
    json_put_i64(call->output, "senders", senders);
    json_put_i64(call->output, "identities", identities);
    return rc;
}

enum rc
access_check(struct api_call *call, struct err *err)
{
    static const char *const kinds[] = {"shared", "several", "not_granted", "unlimited",
                                        "undecided"};
    struct access_view view;
    struct access_finding *findings;
    size_t count;
    enum rc rc = access_view_load(call, SLICE(""), &view, err);
    if (rc != RC_OK)
        return rc;
    access_view_check(call->arena, &view, &findings, &count);
    json_put_bool(call->output, "holds", count == 0);
    json_key(call->output, "findings");
    json_open_array(call->output);
    for (size_t i = 0; i < count; i++) {
        json_open_object(call->output);
        json_put_cstr(call->output, "kind", kinds[findings[i].kind]);
        json_put_string(call->output, "text", findings[i].text);
        json_put_string(call->output, "address", findings[i].address);
        json_key(call->output, "users");
        json_open_array(call->output);
        for (size_t k = 0; k < findings[i].user_count; k++)
            json_write_string(call->output, findings[i].users[k]);
        json_close_array(call->output);
        json_close_object(call->output);
    }
    json_close_array(call->output);
    return put_counts(call, &view, err);
}

/* ---- a change, tried and undone ---- */

enum { CHANGES_MAX = 1000, CHANGE_ANSWER_MAX = 1 << 20 };

/* Only what says who may send; nothing that acts on mail. */
static bool
may_be_tried(const struct api_operation *operation)
{
    static const char *const nouns[] = {"domain.", "address.",    "identity.", "user.",
                                        "group.",  "credential.", "policy.",   "grant."};
    struct slice name = slice_of(operation->name);
    if (operation->access != API_WRITE)
        return false;
    for (size_t i = 0; i < sizeof nouns / sizeof nouns[0]; i++)
        if (slice_starts(name, slice_of(nouns[i])))
            return true;
    return false;
}

static enum rc
try_one(struct api_call *call, const struct json *change, struct err *err)
{
    struct slice name;
    enum rc rc = json_get_string(change, "operation", true, &name, err);
    if (rc != RC_OK)
        return rc;
    const struct api_operation *operation = api_find(name);
    if (!operation || !may_be_tried(operation))
        return err_set(err, RC_SYNTAX, "%.*s does not change who may send", SLICE_ARG(name));
    struct api_effects effects = {0};
    struct json_writer writer;
    struct buf answer;
    struct api_call trial = *call;
    buf_init(&answer, CHANGE_ANSWER_MAX);
    json_writer_init(&writer, &answer);
    json_open_object(&writer);
    trial.input = change;
    trial.output = &writer;
    trial.effects = &effects; /* of what did not happen */
    rc = operation->run(&trial, err);
    buf_wipe(&answer);
    return rc;
}

static enum rc
try_all(struct api_call *call, const struct json *changes, struct access_view *after,
        struct err *err)
{
    enum rc rc = RC_OK;
    size_t at = 1;
    for (const struct json *change = changes->first; rc == RC_OK && change;
         change = change->next, at++) {
        rc = try_one(call, change, err);
        if (rc != RC_OK)
            return err_prefix(err, "change %zu: ", at);
    }
    return access_view_load(call, SLICE(""), after, err);
}

static void
put_changes(struct api_call *call, const struct access_change *changes, size_t count)
{
    json_key(call->output, "changes");
    json_open_array(call->output);
    for (size_t i = 0; i < count; i++) {
        json_open_object(call->output);
        json_put_cstr(call->output, "change", changes[i].gained ? "gained" : "lost");
        json_put_string(call->output, "user", changes[i].user);
        put_grant_members(call, &changes[i].grant);
        json_close_object(call->output);
    }
    json_close_array(call->output);
}

/* Made in the store as they would be, looked at, and undone before anybody else can see them. */
enum rc
access_compare(struct api_call *call, struct err *err)
{
    struct access_view before, after;
    struct access_change *changes;
    size_t count;
    const struct json *list = json_member(call->input, "changes");
    if (!list || list->type != JSON_ARRAY || list->count == 0 || list->count > CHANGES_MAX)
        return err_set(err, RC_SYNTAX, "changes must be an array of 1 to %d operations",
                       CHANGES_MAX);
    enum rc rc = access_view_load(call, SLICE(""), &before, err);
    if (rc == RC_OK)
        rc = database_savepoint(call->database, err);
    if (rc != RC_OK)
        return rc;
    rc = try_all(call, list, &after, err);
    database_undo(call->database);
    if (rc != RC_OK)
        return rc;
    access_view_compare(call->arena, &before, &after, &changes, &count);
    put_changes(call, changes, count);
    return RC_OK;
}
