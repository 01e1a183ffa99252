/* DKIM of a domain: switched on and off, its keys shown, another of them asked to sign. */
#include "domain_keys.h"
#include "identity_changes.h"
#include "operations.h"

/* ---- switched ---- */

enum rc
dkim_set(struct api_call *call, struct err *err)
{
    struct identity_row row;
    struct proof_row proof;
    bool enabled;
    enum rc rc = identity_find_member(call, "domain", &row, err);
    if (rc == RC_OK)
        rc = api_input_bool(call, "enabled", &enabled, err);
    if (rc == RC_OK)
        rc = identity_set_dkim(call, &row, enabled, err);
    if (rc == RC_OK)
        rc = identity_proof(call, row.name, "dkim", &proof, err);
    if (rc != RC_OK)
        return rc;
    json_put_string(call->output, "domain", row.name);
    json_put_bool(call->output, "enabled", enabled);
    json_put_cstr(call->output, "status", identity_status_name((enum identity_status)proof.status));
    return RC_OK;
}

/* ---- shown ---- */

static enum rc
find_domain(struct api_call *call, struct identity_row *row, enum identity_status *dkim,
            struct err *err)
{
    struct proof_row proof;
    enum rc rc = identity_find_member(call, "domain", row, err);
    if (rc == RC_OK && !row->domain)
        return err_set(err, RC_SYNTAX, "%.*s is an address: keys are its domain's",
                       SLICE_ARG(row->name));
    if (rc == RC_OK)
        rc = identity_proof(call, row->name, "dkim", &proof, err);
    if (rc == RC_OK)
        *dkim = (enum identity_status)proof.status;
    return rc;
}

static enum rc
find_rotation(struct api_call *call, struct slice domain, int64_t algorithm,
              struct rotation_row *row, struct err *err)
{
    enum rc rc = rotations_find(call->database, domain, algorithm, row, err);
    if (rc == RC_NOT_FOUND)
        *row = (struct rotation_row){.domain = domain, .algorithm = algorithm};
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

/* Since when it is in its state; 0: not known. */
static int64_t
state_since(const struct signing_key_row *row)
{
    switch (domain_key_state(row)) {
    case KEY_PUBLISHED: return row->published_ms;
    case KEY_SIGNING: return row->signing_ms;
    case KEY_RETIRING: return row->retired_ms;
    case KEY_GONE: return row->gone_ms;
    default: return 0;
    }
}

static void
put_key(struct api_call *call, const struct signing_key_row *row, struct slice waits_for)
{
    struct json_writer *out = call->output;
    json_open_object(out);
    json_put_string(out, "selector", row->selector);
    json_put_string(out, "name", domain_key_name(call->arena, row));
    json_put_cstr(out, "algorithm", row->algorithm == DKIM_RSA_SHA256 ? "rsa" : "ed25519");
    json_put_i64(out, "bits", row->bits);
    json_put_cstr(out, "state", key_state_name(domain_key_state(row)));
    api_put_time(call, "since", state_since(row));
    api_put_time(call, "made", row->created_ms);
    api_put_time(call, "published_since", row->published_ms);
    json_put_string(out, "waits_for", waits_for);
    json_close_object(out);
}

static enum rc
show_key(struct api_call *call, const struct identity_row *row, enum identity_status dkim,
         const struct signing_key_row *key, struct err *err)
{
    struct rotation_row stored;
    bool queued;
    enum rc rc = find_rotation(call, row->name, key->algorithm, &stored, err);
    if (rc == RC_OK)
        rc = domain_key_is_queued(call->database, key, &queued, err);
    if (rc != RC_OK)
        return rc;
    struct rotation rotation = {.wanted_ms = stored.wanted_ms, .at_once = stored.at_once};
    struct rotation_key state = domain_key_of(key, PROOF_UNKNOWN, queued);
    struct rotation_rules rules = domain_keys_rules(call->constants, row, dkim, key->algorithm);
    put_key(call, key, rotation_waits_for(call->arena, &state, &rules, &rotation));
    return RC_OK;
}

enum rc
dkim_show(struct api_call *call, struct err *err)
{
    struct identity_row row;
    struct signing_key_row *keys;
    enum identity_status dkim;
    size_t count;
    enum rc rc = find_domain(call, &row, &dkim, err);
    if (rc == RC_OK)
        rc = signing_keys_of(call->database, call->arena, row.name, &keys, &count, err);
    if (rc != RC_OK)
        return rc;
    json_put_string(call->output, "domain", row.name);
    json_put_bool(call->output, "enabled", row.dkim_enabled);
    json_put_cstr(call->output, "status", identity_status_name(dkim));
    json_put_bool(call->output, "external", row.dkim_external);
    json_key(call->output, "keys");
    json_open_array(call->output);
    for (size_t i = 0; rc == RC_OK && i < count; i++)
        rc = show_key(call, &row, dkim, &keys[i], err);
    json_close_array(call->output);
    return rc;
}

/* ---- rotated ---- */

static enum rc
check_rotates(const struct identity_row *row, enum identity_status dkim, struct err *err)
{
    if (row->dkim_external)
        return err_set(err, RC_CONFLICT,
                       "the owner of %.*s brought the key: hand in another through the API "
                       "(PutEmailIdentityDkimSigningAttributes)",
                       SLICE_ARG(row->name));
    if (!row->dkim_enabled)
        return err_set(err, RC_CONFLICT, "DKIM is off for %.*s: no key of it signs",
                       SLICE_ARG(row->name));
    if (dkim != IDENTITY_SUCCESS && dkim != IDENTITY_TEMPORARY_FAILURE)
        return err_set(err, RC_CONFLICT,
                       "DKIM of %.*s is %s: it does not sign yet, as not all its records were seen",
                       SLICE_ARG(row->name), identity_status_name(dkim));
    return RC_OK;
}

static enum rc
ask_for_rotation(struct api_call *call, struct slice domain, int64_t algorithm, bool at_once,
                 struct err *err)
{
    struct rotation_row row;
    enum rc rc = find_rotation(call, domain, algorithm, &row, err);
    if (rc != RC_OK)
        return rc;
    if (!row.wanted_ms)
        row.wanted_ms = call->now_ms;
    row.at_once = row.at_once || at_once;
    row.next_ms = call->now_ms;
    return rotations_put(call->database, &row, err);
}

/* Only says that another key shall sign: whether DNS shows one is found out after the commit. */
enum rc
dkim_rotate(struct api_call *call, struct err *err)
{
    struct identity_row row;
    enum identity_status dkim;
    bool at_once;
    enum rc rc = find_domain(call, &row, &dkim, err);
    if (rc == RC_OK)
        rc = api_input_bool(call, "now", &at_once, err);
    if (rc == RC_OK)
        rc = check_rotates(&row, dkim, err);
    if (rc == RC_OK)
        rc = ask_for_rotation(call, row.name, DKIM_RSA_SHA256, at_once, err);
    if (rc == RC_OK && call->constants->second_ed25519)
        rc = ask_for_rotation(call, row.name, DKIM_ED25519_SHA256, at_once, err);
    if (rc != RC_OK)
        return rc;
    call->effects->identities_changed = true;
    json_put_string(call->output, "domain", row.name);
    return RC_OK;
}
