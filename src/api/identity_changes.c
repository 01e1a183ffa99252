#include "identity_changes.h"
#include "base/clock.h"
#include "base/codec.h"
#include "base/random.h"
#include "identity/proof.h"
#include "mail/dsn.h"
#include "operations.h"
#include "store/rotations.h"
#include "store/tags.h"
#include "submit.h"
#include "verification_link.h"

#include <libpsl.h>

/* ---- names ---- */

enum rc
identity_read_name(struct arena *arena, struct slice text, struct slice *name, bool *domain,
                   struct err *err)
{
    struct address address;
    *domain = slice_chr(text, '@') == SLICE_NONE;
    if (*domain)
        return address_domain(arena, text, name, err);
    enum rc rc = address_parse(arena, text, &address, err);
    if (rc == RC_OK)
        *name = address.text;
    return rc;
}

enum rc
identity_read_member(struct api_call *call, const char *member, struct slice *name, bool *domain,
                     struct err *err)
{
    struct slice text;
    enum rc rc = api_input_string(call, member, &text, err);
    return rc == RC_OK ? identity_read_name(call->arena, text, name, domain, err) : rc;
}

enum rc
identity_find_member(struct api_call *call, const char *member, struct identity_row *row,
                     struct err *err)
{
    struct slice name;
    bool domain;
    enum rc rc = identity_read_member(call, member, &name, &domain, err);
    return rc == RC_OK ? identities_find(call->database, call->arena, name, row, err) : rc;
}

/* A public suffix (com, co.jp, github.io) is nobody's to verify. */
enum rc
identity_check_not_public_suffix(struct arena *arena, struct slice domain, struct err *err)
{
    char *name;
    enum rc rc = arena_cstr(arena, domain, &name, err);
    if (rc != RC_OK)
        return rc;
    /* A single label no list knows ("localdomain") is a private network's. */
    if (psl_is_public_suffix2(psl_builtin(), name, PSL_TYPE_ANY | PSL_TYPE_NO_STAR_RULE))
        return err_set(err, RC_DENIED, "%.*s is a public suffix and cannot be an identity",
                       SLICE_ARG(domain));
    return RC_OK;
}

/* ---- proofs ---- */

enum rc
identity_proof(struct api_call *call, struct slice identity, const char *kind,
               struct proof_row *out, struct err *err)
{
    *out = (struct proof_row){.status = IDENTITY_NOT_STARTED};
    enum rc rc = proofs_find(call->database, call->arena, identity, kind, out, err);
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc
identity_start_proof(struct api_call *call, struct slice identity, const char *kind, int64_t status,
                     int64_t next_ms, struct err *err)
{
    struct proof_row row = {.identity = identity,
                            .kind = slice_of(kind),
                            .status = status,
                            .created_ms = call->now_ms,
                            .checked_ms = status == IDENTITY_SUCCESS ? call->now_ms : 0,
                            .succeeded_ms = status == IDENTITY_SUCCESS ? call->now_ms : 0,
                            .next_ms = next_ms};
    return proofs_put(call->database, &row, err);
}

/* Looked for from now on; when it was seen last is not forgotten. */
static enum rc
restart(struct api_call *call, struct proof_row *proof, struct err *err)
{
    proof->status = IDENTITY_PENDING;
    proof->absent_ms = proof->absent_since_ms = 0;
    proof->created_ms = proof->next_ms = call->now_ms;
    call->effects->identities_changed = true;
    return proofs_put(call->database, proof, err);
}

enum rc
identity_start_again(struct api_call *call, struct slice domain, bool *restarted, struct err *err)
{
    static const char *const kinds[] = {"verification", "dkim", "mail_from"};
    enum rc rc = RC_OK;
    *restarted = false;
    for (size_t i = 0; rc == RC_OK && i < sizeof kinds / sizeof *kinds; i++) {
        struct proof_row proof;
        rc = identity_proof(call, domain, kinds[i], &proof, err);
        if (rc != RC_OK || proof.status != IDENTITY_FAILED)
            continue;
        *restarted = true;
        rc = restart(call, &proof, err);
    }
    return rc;
}

/* ---- keys ---- */

static enum rc
claim_keys(struct api_call *call, enum dkim_algorithm algorithm, struct slice domain,
           struct err *err)
{
    enum rc rc =
        api_claim_keys(call->database, call->arena, algorithm, domain, 0, API_SELECTORS, err);
    if (rc == RC_NOT_FOUND)
        return err_set(err, RC_AGAIN,
                       "signing keys are still being made; try again in a few seconds");
    return rc;
}

static enum rc
load_own_key(struct api_call *call, const struct own_key *own, struct slice *der,
             struct signing_key **key, struct err *err)
{
    enum rc rc = codec_base64_decode(call->arena, own->private_base64, der, err);
    if (rc != RC_OK)
        return err_prefix(err, "the private key: ");
    rc = signing_key_load(*der, key, err);
    if (rc == RC_OK && signing_key_algorithm(*key) != DKIM_RSA_SHA256) {
        signing_key_unref(*key);
        rc = err_set(err, RC_SYNTAX, "the private key is not an RSA key");
    }
    if (rc == RC_OK)
        return RC_OK;
    memory_wipe((char *)der->ptr, der->len);
    return err_retype(err, RC_SYNTAX);
}

static enum rc
store_own_key(struct api_call *call, struct slice domain, const struct own_key *own,
              struct err *err)
{
    struct signing_key *key;
    struct slice der;
    size_t name_len = own->selector.len + strlen("._domainkey.") + domain.len;
    if (name_len > DOMAIN_MAX)
        return err_set(err, RC_SYNTAX, "the name of the selector's record would have %zu bytes",
                       name_len);
    enum rc rc = load_own_key(call, own, &der, &key, err);
    if (rc != RC_OK)
        return rc;
    struct slice public = signing_key_public(call->arena, key);
    struct slice name = arena_concat(call->arena, SLICE("signing-key:"), public);
    struct signing_key_row row = {
        .public_base64 = public,
        .private_sealed = sealer_seal(call->constants->sealer, call->arena, name, der),
        .algorithm = DKIM_RSA_SHA256,
        .bits = signing_key_bits(key),
        .created_ms = call->now_ms,
        .domain = domain,
        .selector = own->selector,
    };
    memory_wipe((char *)der.ptr, der.len);
    signing_key_unref(key);
    rc = signing_keys_insert(call->database, &row, err);
    if (rc == RC_CONFLICT)
        return err_set(err, RC_SYNTAX, "the private key signs for another domain already");
    return rc;
}

static enum rc
give_rsa_keys(struct api_call *call, struct slice domain, const struct own_key *own,
              struct err *err)
{
    return own ? store_own_key(call, domain, own, err)
               : claim_keys(call, DKIM_RSA_SHA256, domain, err);
}

enum rc
identity_look_at_keys(struct api_call *call, struct slice domain, struct err *err)
{
    call->effects->identities_changed = true;
    return rotations_wake(call->database, domain, call->now_ms, err);
}

enum rc
identity_replace_keys(struct api_call *call, struct identity_row *row, const struct own_key *own,
                      struct err *err)
{
    struct proof_row dkim;
    enum rc rc = signing_keys_delete_of(call->database, row->name, DKIM_RSA_SHA256, err);
    if (rc == RC_OK)
        rc = give_rsa_keys(call, row->name, own, err);
    if (rc != RC_OK)
        return rc;
    row->dkim_external = own != NULL;
    /* Never the same twice: findings about the keys before are told apart by it. */
    row->keys_ms = call->now_ms > row->keys_ms ? call->now_ms : row->keys_ms + 1;
    rc = identities_update(call->database, row, err);
    if (rc == RC_OK)
        rc = identity_look_at_keys(call, row->name, err);
    if (rc == RC_OK)
        rc = identity_proof(call, row->name, "dkim", &dkim, err);
    /* The administrator's word stands, whatever DNS shows. */
    if (rc != RC_OK || row->vouched)
        return rc;
    dkim.identity = row->name;
    dkim.kind = SLICE("dkim");
    return restart(call, &dkim, err);
}

/* ---- domains ---- */

static enum rc
insert_domain(struct api_call *call, struct identity_row *row, struct err *err)
{
    char token[32];
    random_bytes(token, sizeof token);
    row->token = codec_base64(call->arena, (struct slice){token, sizeof token});
    return identities_insert(call->database, row, err);
}

enum rc
identity_add_domain(struct api_call *call, struct slice name, bool only_itself,
                    const struct own_key *own, struct identity_row *row, struct err *err)
{
    *row = (struct identity_row){.name = name,
                                 .domain = true,
                                 .created_ms = call->now_ms,
                                 .only_itself = only_itself,
                                 .dkim_enabled = true,
                                 .dkim_external = own != NULL,
                                 .keys_ms = call->now_ms,
                                 .forwarding_enabled = true};
    enum rc rc = identity_check_not_public_suffix(call->arena, name, err);
    if (rc != RC_OK)
        return rc;
    if (slice_eq(name, call->constants->provider_domain))
        return err_set(
            err, RC_CONFLICT,
            "%.*s is the provider's own domain, which signs for all others; name another "
            "as provider_domain in postern.conf to send from this one",
            SLICE_ARG(name));
    rc = insert_domain(call, row, err);
    if (rc == RC_OK)
        rc = give_rsa_keys(call, name, own, err);
    if (rc == RC_OK && call->constants->second_ed25519)
        rc = claim_keys(call, DKIM_ED25519_SHA256, name, err);
    if (rc == RC_OK)
        rc = identity_start_proof(call, name, "verification", IDENTITY_PENDING, call->now_ms, err);
    if (rc == RC_OK)
        rc = identity_start_proof(call, name, "dkim", IDENTITY_PENDING, call->now_ms, err);
    return rc == RC_OK ? identity_look_at_keys(call, name, err) : rc;
}

enum rc
identity_check_room(struct api_call *call, struct err *err)
{
    int64_t count;
    enum rc rc = identities_count(call->database, &count, err);
    if (rc == RC_OK && count >= IDENTITIES_MAX)
        return err_set(err, RC_LIMIT, "There are %d identities already", IDENTITIES_MAX);
    return rc;
}

enum rc
identity_create_domain(struct api_call *call, struct slice name, const struct own_key *own,
                       struct identity_row *row, struct err *err)
{
    enum rc rc = identity_check_room(call, err);
    if (rc != RC_OK)
        return rc;
    rc = identity_add_domain(call, name, false, own, row, err);
    if (rc == RC_CONFLICT) /* not that it exists */
        call->fault = FAULT_INVALID_PARAMETER;
    return rc;
}

enum rc
identity_set_dkim(struct api_call *call, struct identity_row *row, bool enabled, struct err *err)
{
    if (!row->domain)
        return err_set(err, RC_SYNTAX, "DKIM is switched for a domain, %.*s is an address",
                       SLICE_ARG(row->name));
    row->dkim_enabled = enabled;
    enum rc rc = identities_update(call->database, row, err);
    return rc == RC_OK ? identity_look_at_keys(call, row->name, err) : rc;
}

/* The custom MAIL FROM domain must lie below the identity (reference §3.5). What is there already and
 * did not fail stays as far as it is. */
enum rc
identity_set_mail_from(struct api_call *call, struct identity_row *row, struct slice wanted,
                       bool reject, struct err *err)
{
    struct slice mail_from = SLICE("");
    struct proof_row proof;
    enum rc rc = wanted.len ? address_domain(call->arena, wanted, &mail_from, err) : RC_OK;
    if (rc != RC_OK)
        return rc;
    struct slice below = arena_concat(call->arena, SLICE("."), row->name);
    if (mail_from.len && (!row->domain || !slice_ends(mail_from, below)))
        return err_set(err, RC_SYNTAX, "the MAIL FROM domain must be a subdomain of %.*s",
                       SLICE_ARG(row->name));
    bool same = slice_eq(mail_from, row->mail_from_domain);
    row->mail_from_domain = mail_from;
    row->mail_from_reject = reject;
    rc = identities_update(call->database, row, err);
    if (rc == RC_OK)
        rc = identity_proof(call, row->name, "mail_from", &proof, err);
    if (rc != RC_OK || (same && proof.status != IDENTITY_FAILED))
        return rc;
    call->effects->identities_changed = true;
    return mail_from.len ? identity_start_proof(call, row->name, "mail_from", IDENTITY_PENDING,
                                                call->now_ms, err)
                         : proofs_delete(call->database, row->name, "mail_from", err);
}

/* ---- addresses, proved by a link ---- */

static enum rc
send_link(struct api_call *call, struct slice address, struct err *err)
{
    struct arena *arena = call->arena;
    const struct api_constants *constants = call->constants;
    struct verification_link link;
    int64_t key_ms;
    verification_link_make(arena, constants, address, call->now_ms, &link);
    enum rc rc = verification_link_open(call->database, arena, &link, err);
    if (rc != RC_OK)
        return rc;
    (void)api_next_key(constants, call->now_ms, &key_ms);
    struct slice text = arena_printf(
        arena,
        "Somebody asked to send mail as %.*s through the mail service at\r\n%.*s.\r\n\r\n"
        "If that was you, confirm it by opening this link within 24 hours:\r\n\r\n"
        "%.*s\r\n\r\n"
        "If it was not you, do nothing: without your confirmation the address cannot be used.\r\n",
        SLICE_ARG(address), SLICE_ARG(constants->hostname), SLICE_ARG(link.url));
    struct slice id = arena_printf(
        arena, "%.*s@%.*s", SLICE_ARG(random_message_id(arena, constants->region_prefix, key_ms)),
        SLICE_ARG(constants->hostname));
    struct slice from = arena_concat(arena, SLICE("postmaster@"), constants->hostname);
    struct slice message =
        dsn_notice(arena, from, address, SLICE("Please confirm that this address may send mail"),
                   id, call->now_ms, text);
    call->effects->queue_changed = true;
    return submit_system(arena, constants, call->thread, address, message, call->now_ms, err);
}

enum rc
identity_ask_owner(struct api_call *call, struct slice address, struct err *err)
{
    struct proof_row proof = {.status = IDENTITY_NOT_STARTED};
    enum rc rc = proofs_find(call->database, call->arena, address, "verification", &proof, err);
    if (rc == RC_OK && proof.status == IDENTITY_SUCCESS)
        return err_set(err, RC_CONFLICT, "%.*s is verified already", SLICE_ARG(address));
    if (rc == RC_OK || rc == RC_NOT_FOUND)
        rc = send_link(call, address, err);
    if (rc == RC_TEMPORARY)
        return err_set(err, RC_AGAIN,
                       "the provider's signing key is still being made; try again "
                       "in a few seconds");
    return rc;
}

enum rc
identity_create_address(struct api_call *call, struct slice address, struct err *err)
{
    enum rc rc = identity_check_room(call, err);
    return rc == RC_OK ? identity_ask_owner(call, address, err) : rc;
}

/* ---- both ---- */

enum rc
identity_forget(struct api_call *call, struct slice name, struct err *err)
{
    enum rc rc = tags_forget(call->database, api_identity_arn(call, name), err);
    return rc == RC_OK ? identities_delete(call->database, name, err) : rc;
}

enum rc
identity_suspension(struct api_call *call, const struct address *address,
                    const struct suspension_fact **out, struct err *err)
{
    const struct suspension_fact *facts;
    size_t count;
    *out = NULL;
    enum rc rc = facts_suspensions(call->arena, call->database, &facts, &count, err);
    for (size_t i = 0; rc == RC_OK && i < count && !*out; i++)
        if (call->now_ms < facts[i].until_ms &&
            gate_suspension_covers(call->arena, facts[i].name, address))
            *out = &facts[i];
    return rc;
}

enum rc
identity_suspension_of(struct api_call *call, struct slice name, const struct suspension_fact **out,
                       struct err *err)
{
    struct address address;
    bool domain = slice_chr(name, '@') == SLICE_NONE;
    if (domain)
        name = arena_concat(call->arena, SLICE("postmaster@"), name);
    enum rc rc = address_parse(call->arena, name, &address, err);
    return rc == RC_OK ? identity_suspension(call, &address, out, err) : rc;
}

enum rc
identity_delete(struct api_call *call, struct slice name, struct err *err)
{
    struct identity_row row;
    const struct suspension_fact *suspension = NULL;
    enum rc rc = identities_find(call->database, call->arena, name, &row, err);
    if (rc == RC_OK)
        rc = identity_suspension_of(call, name, &suspension, err);
    if (rc == RC_OK && suspension)
        return err_set(err, RC_DENIED, "%.*s is suspended: only the administrator can delete it",
                       SLICE_ARG(name));
    return rc == RC_OK ? identity_forget(call, name, err) : rc;
}

/* One identity, if there is such: does it cover the address, and what does it say? */
static enum rc
look_at_cover(struct api_call *call, struct slice name, const struct address *address,
              struct identity_cover *cover, struct err *err)
{
    struct identity_row row;
    struct proof_row proof;
    enum rc rc = identities_find(call->database, call->arena, name, &row, err);
    if (rc != RC_OK)
        return rc == RC_NOT_FOUND ? RC_OK : rc;
    if (row.only_itself && !slice_eq(name, address->domain))
        return RC_OK;
    rc = identity_proof(call, name, "verification", &proof, err);
    cover->registered = true;
    cover->verified |= row.vouched || proof.status == IDENTITY_SUCCESS ||
                       proof.status == IDENTITY_TEMPORARY_FAILURE;
    return rc;
}

/* The address itself, without its label, its domain, and the domains above. */
enum rc
identity_cover(struct api_call *call, const struct address *address, struct identity_cover *out,
               struct err *err)
{
    struct slice above = address->domain, label;
    const struct suspension_fact *suspension;
    *out = (struct identity_cover){0};
    enum rc rc = identity_suspension(call, address, &suspension, err);
    out->suspended = rc == RC_OK && suspension;
    if (rc == RC_OK)
        rc = look_at_cover(call, address->text, address, out, err);
    if (rc == RC_OK)
        rc = look_at_cover(call, address_without_label(call->arena, address), address, out, err);
    while (rc == RC_OK && above.len > 0) {
        rc = look_at_cover(call, above, address, out, err);
        if (!slice_cut(above, '.', &label, &above))
            break;
    }
    return rc;
}

/* ---- policies ---- */

enum { POLICY_NAME_MAX = 64, IDENTITY_POLICY_MAX = 4096, IDENTITY_POLICIES_MAX = 20 };

static enum rc
check_limits(struct api_call *call, struct slice identity, struct slice name, struct slice document,
             struct err *err)
{
    struct identity_policy_row *rows;
    size_t count, others = 0;
    if (document.len > IDENTITY_POLICY_MAX)
        return err_set(err, RC_LIMIT, "a policy of an identity may have %d bytes, this has %zu",
                       IDENTITY_POLICY_MAX, document.len);
    enum rc rc = identity_policies_of(call->database, call->arena, identity, &rows, &count, err);
    for (size_t i = 0; rc == RC_OK && i < count; i++)
        others += !slice_eq(rows[i].name, name);
    if (rc == RC_OK && others >= IDENTITY_POLICIES_MAX)
        return err_set(err, RC_LIMIT, "%.*s has %d policies already", SLICE_ARG(identity),
                       IDENTITY_POLICIES_MAX);
    return rc;
}

static enum rc
check_document(struct api_call *call, struct slice identity, struct slice document, struct err *err)
{
    struct policy *policy;
    enum rc rc = policy_parse(document, POLICY_RESOURCE_BASED, &policy, err);
    if (rc != RC_OK)
        return rc;
    rc = policy_check_resource(policy, api_identity_arn(call, identity), err);
    policy_unref(policy);
    return rc;
}

enum rc
identity_put_policy(struct api_call *call, struct slice identity, struct slice name,
                    struct slice document, struct err *err)
{
    struct identity_policy_row row = {identity, name, document};
    enum rc rc = api_check_name(name, "the policy name", POLICY_NAME_MAX, err);
    if (rc == RC_OK)
        rc = check_document(call, identity, document, err);
    if (rc == RC_OK)
        rc = check_limits(call, identity, name, document, err);
    return rc == RC_OK ? identity_policies_put(call->database, &row, err) : rc;
}

void
identity_show_policies(struct api_call *call, const struct identity_policy_row *rows, size_t count)
{
    json_key(call->output, "Policies");
    json_open_object(call->output);
    for (size_t i = 0; i < count; i++) {
        json_key_slice(call->output, rows[i].name);
        json_write_string(call->output, rows[i].document);
    }
    json_close_object(call->output);
}
