/* Domains and addresses that may send: made, shown, proved, taken away. */
#include "domain_keys.h"
#include "identity/proof.h"
#include "identity_changes.h"
#include "operations.h"
#include "verification_link.h"

/* ---- records to publish ---- */

static void
put_record(struct api_call *call, const char *purpose, const char *type, struct slice name,
           struct slice value)
{
    json_open_object(call->output);
    json_put_cstr(call->output, "purpose", purpose);
    json_put_string(call->output, "name", name);
    json_put_cstr(call->output, "type", type);
    json_put_string(call->output, "value", value);
    json_close_object(call->output);
}

static void
put_key(struct api_call *call, const struct signing_key_row *key)
{
    json_open_object(call->output);
    json_put_cstr(call->output, "purpose", "dkim");
    json_put_string(call->output, "name", domain_key_name(call->arena, key));
    json_put_cstr(call->output, "type", "TXT");
    json_put_string(call->output, "value", domain_key_record(call->arena, key));
    json_put_cstr(call->output, "state", key_state_name(domain_key_state(key)));
    json_close_object(call->output);
}

/* Keys that are gone must not be published any more, and those of all other states must. */
static void
put_keys(struct api_call *call, const struct signing_key_row *keys, size_t count, bool gone)
{
    for (size_t i = 0; i < count; i++)
        if ((domain_key_state(&keys[i]) == KEY_GONE) == gone)
            put_key(call, &keys[i]);
}

/* All of a domain's records, and those that may be deleted; values as DNS means them, without
 * zone-file quoting. */
static enum rc
put_records(struct api_call *call, const struct identity_row *row, struct err *err)
{
    struct arena *arena = call->arena;
    struct signing_key_row *keys;
    size_t count;
    enum rc rc = signing_keys_of(call->database, arena, row->name, &keys, &count, err);
    if (rc != RC_OK)
        return rc;
    json_key(call->output, "records");
    json_open_array(call->output);
    put_record(call, "verification", "TXT", arena_concat(arena, SLICE("_amazonses."), row->name),
               row->token);
    put_keys(call, keys, count, false);
    struct slice spf =
        arena_printf(arena, "v=spf1 a:%.*s ~all", SLICE_ARG(call->constants->hostname));
    if (row->mail_from_domain.len) {
        put_record(call, "mail_from", "MX", row->mail_from_domain,
                   arena_printf(arena, "10 %.*s", SLICE_ARG(call->constants->hostname)));
        put_record(call, "mail_from", "TXT", row->mail_from_domain, spf);
    }
    put_record(call, "spf", "TXT", row->name, spf);
    put_record(call, "dmarc", "TXT", arena_concat(arena, SLICE("_dmarc."), row->name),
               SLICE("v=DMARC1; p=quarantine"));
    json_close_array(call->output);
    json_key(call->output, "deletable");
    json_open_array(call->output);
    put_keys(call, keys, count, true);
    json_close_array(call->output);
    return RC_OK;
}

/* ---- making ---- */

/* A domain that is here already: only its failed proofs are started again. */
static enum rc
domain_start_again(struct api_call *call, const struct identity_row *row, struct err *err)
{
    bool restarted;
    enum rc rc = identity_start_again(call, row->name, &restarted, err);
    if (rc == RC_OK && !restarted)
        return err_set(err, RC_CONFLICT, "Email identity %.*s already exist.",
                       SLICE_ARG(row->name));
    return rc;
}

enum rc
domain_add(struct api_call *call, struct err *err)
{
    struct identity_row row;
    struct slice text, name;
    bool only_itself;
    enum rc rc = api_input_string(call, "domain", &text, err);
    if (rc == RC_OK)
        rc = api_input_bool(call, "only_itself", &only_itself, err);
    if (rc == RC_OK)
        rc = address_domain(call->arena, text, &name, err);
    if (rc != RC_OK)
        return rc;
    rc = identities_find(call->database, call->arena, name, &row, err);
    if (rc == RC_OK)
        rc = domain_start_again(call, &row, err);
    else if (rc == RC_NOT_FOUND)
        rc = identity_add_domain(call, name, only_itself, NULL, &row, err);
    if (rc != RC_OK)
        return rc;
    json_put_string(call->output, "domain", row.name);
    return put_records(call, &row, err);
}

enum rc
domain_asked(struct api_call *call, struct err *err)
{
    struct slice text, domain;
    enum rc rc = api_input_string(call, "domain", &text, err);
    return rc == RC_OK ? address_domain(call->arena, text, &domain, err) : rc;
}

enum rc
domain_records(struct api_call *call, struct err *err)
{
    struct slice name;
    struct identity_row row;
    bool domain;
    enum rc rc = identity_read_member(call, "domain", &name, &domain, err);
    if (rc == RC_OK)
        rc = identities_find(call->database, call->arena, name, &row, err);
    if (rc == RC_OK && !row.domain)
        return err_set(err, RC_SYNTAX, "%.*s is an address: only domains have records",
                       SLICE_ARG(name));
    if (rc != RC_OK)
        return rc;
    json_put_string(call->output, "domain", row.name);
    return put_records(call, &row, err);
}

enum rc
domain_mail_from(struct api_call *call, struct err *err)
{
    struct slice name, wanted;
    struct identity_row row;
    bool domain, reject;
    enum rc rc = identity_read_member(call, "domain", &name, &domain, err);
    if (rc == RC_OK)
        rc = api_input_optional(call, "mail_from", &wanted, err);
    if (rc == RC_OK)
        rc = api_input_bool(call, "reject", &reject, err);
    if (rc == RC_OK)
        rc = identities_find(call->database, call->arena, name, &row, err);
    if (rc == RC_OK)
        rc = identity_set_mail_from(call, &row, wanted, reject, err);
    if (rc != RC_OK)
        return rc;
    json_put_string(call->output, "domain", row.name);
    return put_records(call, &row, err);
}

/* ---- addresses, proved by a link ---- */

/* Asking again for an address that is not verified yet sends a new link and starts over. */
enum rc
address_add(struct api_call *call, struct err *err)
{
    struct address address;
    struct slice text;
    enum rc rc = api_input_string(call, "address", &text, err);
    if (rc == RC_OK)
        rc = address_parse(call->arena, text, &address, err);
    if (rc == RC_OK)
        rc = identity_ask_owner(call, address.text, err);
    if (rc == RC_OK)
        json_put_string(call->output, "address", address.text);
    return rc;
}

/* A program that looks at links before the person does has used it: they hear the same. */
static bool
was_confirmed(struct api_call *call, struct slice address)
{
    struct proof_row proof;
    struct err err;
    return proofs_find(call->database, call->arena, address, "verification", &proof, &err) ==
               RC_OK &&
           proof.status == IDENTITY_SUCCESS;
}

static enum rc
confirm(struct api_call *call, struct slice hash, struct slice *address, struct err *err)
{
    struct identity_row row;
    enum rc rc = verifications_use(call->database, call->arena, hash, call->now_ms, address, err);
    if (rc == RC_CONFLICT && was_confirmed(call, *address))
        return RC_OK;
    if (rc == RC_OK)
        rc = identities_find(call->database, call->arena, *address, &row, err);
    return rc == RC_OK ? identity_start_proof(call, *address, "verification", IDENTITY_SUCCESS,
                                              INT64_MAX, err)
                       : rc;
}

enum rc
identity_confirm(struct api_call *call, struct err *err)
{
    struct slice token, address, success_url = SLICE(""), failure_url = SLICE("");
    enum rc rc = api_input_string(call, "token", &token, err);
    if (rc != RC_OK)
        return rc;
    struct slice hash = verification_link_hash(call->arena, token);
    rc = verifications_urls(call->database, call->arena, hash, &success_url, &failure_url, err);
    if (rc == RC_OK)
        rc = confirm(call, hash, &address, err);
    if (rc != RC_TEMPORARY)
        call->effects->redirect = rc == RC_OK ? success_url : failure_url;
    if (rc == RC_OK)
        json_put_string(call->output, "address", address);
    return rc;
}

/* ---- all of them ---- */

static enum rc
put_status(struct api_call *call, const struct identity_row *row, const char *kind,
           const char *member, struct err *err)
{
    struct proof_row proof;
    enum rc rc = proofs_find(call->database, call->arena, row->name, kind, &proof, err);
    if (rc == RC_NOT_FOUND)
        return RC_OK;
    if (rc != RC_OK)
        return rc;
    json_put_cstr(call->output, member, identity_status_name((enum identity_status)proof.status));
    return RC_OK;
}

/* Its own, or that of a domain above it. */
static enum rc
put_suspension(struct api_call *call, const struct identity_row *row, struct err *err)
{
    const struct suspension_fact *suspension;
    enum rc rc = identity_suspension_of(call, row->name, &suspension, err);
    if (rc == RC_OK && suspension)
        api_put_suspension(call, suspension->reason, suspension->until_ms);
    return rc;
}

static enum rc
put_identity(struct api_call *call, const struct identity_row *row, struct err *err)
{
    json_open_object(call->output);
    json_put_string(call->output, "name", row->name);
    json_put_cstr(call->output, "kind", row->domain ? "domain" : "address");
    enum rc rc = put_status(call, row, "verification", "verification", err);
    if (rc == RC_OK && row->domain)
        rc = put_status(call, row, "dkim", "dkim", err);
    if (rc == RC_OK && row->mail_from_domain.len) {
        json_put_string(call->output, "mail_from_domain", row->mail_from_domain);
        rc = put_status(call, row, "mail_from", "mail_from", err);
    }
    if (row->domain) {
        json_put_bool(call->output, "dkim_enabled", row->dkim_enabled);
        json_put_bool(call->output, "only_itself", row->only_itself);
    }
    /* Not proved by DNS or link: said wherever identities are shown. */
    json_put_bool(call->output, "vouched", row->vouched);
    if (rc == RC_OK)
        rc = put_suspension(call, row, err);
    json_close_object(call->output);
    return rc;
}

/* [kind][, find][, after][, limit]: in the order of names. */
enum rc
identity_list(struct api_call *call, struct err *err)
{
    struct identity_row *rows = NULL;
    struct slice kind, text, after;
    size_t count = 0;
    int64_t limit;
    enum rc rc = api_input_optional(call, "kind", &kind, err);
    if (rc == RC_OK)
        rc = api_input_optional(call, "find", &text, err);
    if (rc == RC_OK)
        rc = api_input_optional(call, "after", &after, err);
    if (rc == RC_OK)
        rc = api_input_limit(call, INT32_MAX, INT32_MAX, &limit, err);
    if (rc == RC_OK)
        rc = identities_search(call->database, call->arena, arena_lower(call->arena, text), after,
                               limit, &rows, &count, err);
    if (rc != RC_OK)
        return rc;
    json_key(call->output, "identities");
    json_open_array(call->output);
    for (size_t i = 0; rc == RC_OK && i < count; i++)
        if (kind.len == 0 || slice_is(kind, rows[i].domain ? "domain" : "address"))
            rc = put_identity(call, &rows[i], err);
    json_close_array(call->output);
    if (count > 0 && (int64_t)count == limit)
        json_put_string(call->output, "next", rows[count - 1].name);
    return rc;
}

enum rc
identity_remove(struct api_call *call, struct err *err)
{
    struct slice name, kind;
    bool domain;
    enum rc rc = identity_read_member(call, "identity", &name, &domain, err);
    if (rc == RC_OK)
        rc = api_input_optional(call, "kind", &kind, err);
    const char *is = domain ? "domain" : "address";
    if (rc == RC_OK && kind.len && !slice_is(kind, is))
        return err_set(err, RC_SYNTAX, "%.*s is %s: postern %s remove %.*s", SLICE_ARG(name),
                       domain ? "a domain" : "an address", is, SLICE_ARG(name));
    if (rc == RC_OK)
        rc = identity_forget(call, name, err);
    if (rc == RC_OK)
        json_put_string(call->output, "removed", name);
    return rc;
}

/* The administrator's word instead of DNS, for closed networks and tests; recorded as such. */
enum rc
identity_vouch(struct api_call *call, struct err *err)
{
    struct slice name;
    struct identity_row row;
    bool domain;
    enum rc rc = identity_read_member(call, "identity", &name, &domain, err);
    if (rc == RC_OK)
        rc = identities_find(call->database, call->arena, name, &row, err);
    if (rc == RC_NOT_FOUND && !domain) {
        row = (struct identity_row){.name = name, .created_ms = call->now_ms, .token = SLICE("")};
        rc = identities_insert(call->database, &row, err);
    }
    if (rc != RC_OK)
        return rc;
    row.vouched = true;
    rc = identities_update(call->database, &row, err);
    if (rc == RC_OK)
        rc = identity_start_proof(call, name, "verification", IDENTITY_SUCCESS, INT64_MAX, err);
    if (rc == RC_OK && domain)
        rc = identity_start_proof(call, name, "dkim", IDENTITY_SUCCESS, INT64_MAX, err);
    if (rc == RC_OK && domain)
        rc = identity_look_at_keys(call, name, err);
    if (rc == RC_OK)
        json_put_string(call->output, "verified", name);
    return rc;
}
