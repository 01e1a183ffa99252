/* Domains and addresses that may send: made, shown, proved, taken away. */
#include "base/clock.h"
#include "base/codec.h"
#include "base/random.h"
#include "identity/proof.h"
#include "mail/dsn.h"
#include "operations.h"
#include "store/identities.h"
#include "submit.h"

#include <libpsl.h>
#include <openssl/evp.h>
#include <stdlib.h>

/* ---- names ---- */

/* A public suffix (com, co.jp, github.io) is nobody's to verify. */
static enum rc
check_not_public_suffix(struct arena *arena, struct slice domain, struct err *err)
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

/* The canonical name of an identity, and which kind it is. */
static enum rc
read_identity_name(struct api_call *call, const char *member, struct slice *name, bool *domain,
                   struct err *err)
{
    struct slice text;
    struct address address;
    enum rc rc = api_input_string(call, member, &text, err);
    if (rc != RC_OK)
        return rc;
    *domain = slice_chr(text, '@') == SLICE_NONE;
    if (*domain)
        return address_domain(call->arena, text, name, err);
    rc = address_parse(call->arena, text, &address, err);
    if (rc == RC_OK)
        *name = address.text;
    return rc;
}

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

/* All of a domain's records; values as DNS means them, without zone-file quoting. */
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
    for (size_t i = 0; i < count; i++)
        put_record(call, "dkim", "TXT",
                   arena_printf(arena, "%.*s._domainkey.%.*s", SLICE_ARG(keys[i].selector),
                                SLICE_ARG(row->name)),
                   signing_key_record(arena, (enum dkim_algorithm)keys[i].algorithm,
                                      keys[i].public_base64));
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
    return RC_OK;
}

/* ---- making ---- */

static enum rc
start_proof(struct api_call *call, struct slice identity, const char *kind,
            enum identity_status status, int64_t next_ms, struct err *err)
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

static enum rc
claim_keys(struct api_call *call, struct slice domain, struct err *err)
{
    enum rc rc =
        api_claim_keys(call->database, call->arena, DKIM_RSA_SHA256, domain, API_SELECTORS, err);
    if (rc == RC_OK && call->constants->second_ed25519)
        rc = api_claim_keys(call->database, call->arena, DKIM_ED25519_SHA256, domain, API_SELECTORS,
                            err);
    if (rc == RC_NOT_FOUND)
        return err_set(err, RC_AGAIN,
                       "signing keys are still being made; try again in a few seconds");
    return rc;
}

/* What failed is looked for again, under the same token and selectors; that DKIM was proved once
 * is not forgotten, so that the provider does not sign meanwhile. */
static enum rc
restart_proof(struct api_call *call, struct slice domain, const char *kind, bool *restarted,
              struct err *err)
{
    struct proof_row proof;
    enum rc rc = proofs_find(call->database, call->arena, domain, kind, &proof, err);
    if (rc != RC_OK || proof.status != IDENTITY_FAILED)
        return rc == RC_NOT_FOUND ? RC_OK : rc;
    proof.status = IDENTITY_PENDING;
    proof.absent_ms = proof.absent_since_ms = 0;
    proof.created_ms = proof.next_ms = call->now_ms;
    *restarted = true;
    return proofs_put(call->database, &proof, err);
}

/* A domain that is here already: only its failed proofs are started again (reference §3.2). */
static enum rc
domain_start_again(struct api_call *call, struct slice name, struct err *err)
{
    static const char *const kinds[] = {"verification", "dkim", "mail_from"};
    struct identity_row row;
    struct err exists = *err;
    bool restarted = false;
    enum rc rc = identities_find(call->database, call->arena, name, &row, err);
    for (size_t i = 0; rc == RC_OK && i < sizeof kinds / sizeof *kinds; i++)
        rc = restart_proof(call, name, kinds[i], &restarted, err);
    if (rc == RC_OK && !restarted) {
        *err = exists;
        return RC_CONFLICT;
    }
    if (rc != RC_OK)
        return rc;
    call->effects->identities_changed = true;
    json_put_string(call->output, "domain", row.name);
    return put_records(call, &row, err);
}

enum rc
domain_add(struct api_call *call, struct err *err)
{
    struct identity_row row = {.domain = true, .created_ms = call->now_ms, .dkim_enabled = true};
    struct slice text;
    char token[32];
    enum rc rc = api_input_string(call, "domain", &text, err);
    if (rc == RC_OK)
        rc = api_input_bool(call, "only_itself", &row.only_itself, err);
    if (rc == RC_OK)
        rc = address_domain(call->arena, text, &row.name, err);
    if (rc == RC_OK)
        rc = check_not_public_suffix(call->arena, row.name, err);
    if (rc != RC_OK)
        return rc;
    if (slice_eq(row.name, call->constants->provider_domain))
        return err_set(
            err, RC_CONFLICT,
            "%.*s is the provider's own domain, which signs for all others; name another "
            "as provider_domain in postern.conf to send from this one",
            SLICE_ARG(row.name));
    random_bytes(token, sizeof token);
    row.token = codec_base64(call->arena, (struct slice){token, sizeof token});
    rc = identities_insert(call->database, &row, err);
    if (rc == RC_CONFLICT)
        return domain_start_again(call, row.name, err);
    if (rc == RC_OK)
        rc = claim_keys(call, row.name, err);
    if (rc == RC_OK)
        rc = start_proof(call, row.name, "verification", IDENTITY_PENDING, call->now_ms, err);
    if (rc == RC_OK)
        rc = start_proof(call, row.name, "dkim", IDENTITY_PENDING, call->now_ms, err);
    if (rc != RC_OK)
        return rc;
    call->effects->identities_changed = true;
    json_put_string(call->output, "domain", row.name);
    return put_records(call, &row, err);
}

enum rc
domain_records(struct api_call *call, struct err *err)
{
    struct slice name;
    struct identity_row row;
    bool domain;
    enum rc rc = read_identity_name(call, "domain", &name, &domain, err);
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

/* The custom MAIL FROM domain must lie below the identity (reference §3.5). */
enum rc
domain_mail_from(struct api_call *call, struct err *err)
{
    struct slice name, wanted, mail_from = SLICE("");
    struct identity_row row;
    bool domain, reject;
    enum rc rc = read_identity_name(call, "domain", &name, &domain, err);
    if (rc == RC_OK)
        rc = api_input_optional(call, "mail_from", &wanted, err);
    if (rc == RC_OK)
        rc = api_input_bool(call, "reject", &reject, err);
    if (rc == RC_OK)
        rc = identities_find(call->database, call->arena, name, &row, err);
    if (rc == RC_OK && wanted.len)
        rc = address_domain(call->arena, wanted, &mail_from, err);
    if (rc != RC_OK)
        return rc;
    struct slice below = arena_concat(call->arena, SLICE("."), row.name);
    if (mail_from.len && (!row.domain || !slice_ends(mail_from, below)))
        return err_set(err, RC_SYNTAX, "the MAIL FROM domain must be a subdomain of %.*s",
                       SLICE_ARG(row.name));
    row.mail_from_domain = mail_from;
    row.mail_from_reject = reject;
    rc = identities_update(call->database, &row, err);
    if (rc == RC_OK && mail_from.len)
        rc = start_proof(call, row.name, "mail_from", IDENTITY_PENDING, call->now_ms, err);
    else if (rc == RC_OK)
        rc = proofs_delete(call->database, row.name, "mail_from", err);
    if (rc != RC_OK)
        return rc;
    call->effects->identities_changed = true;
    json_put_string(call->output, "domain", row.name);
    return put_records(call, &row, err);
}

/* ---- addresses, proved by a link ---- */

static struct slice
token_hash(struct arena *arena, struct slice token)
{
    unsigned char digest[32];
    if (!EVP_Digest(token.ptr, token.len, digest, NULL, EVP_sha256(), NULL))
        abort();
    return codec_hex(arena, (struct slice){(const char *)digest, sizeof digest});
}

/* Only the hash of the token is stored: who reads the store cannot follow the link. */
static enum rc
send_link(struct api_call *call, struct slice address, struct err *err)
{
    struct arena *arena = call->arena;
    const struct api_constants *constants = call->constants;
    char bytes[32];
    int64_t key_ms;
    random_bytes(bytes, sizeof bytes);
    struct slice token = codec_base64url(arena, (struct slice){bytes, sizeof bytes});
    enum rc rc = verifications_forget(call->database, address, call->now_ms, err);
    if (rc == RC_OK)
        rc = verifications_insert(call->database, token_hash(arena, token), address,
                                  call->now_ms + LINK_WINDOW_HOURS * HOUR_MS, err);
    if (rc != RC_OK)
        return rc;
    (void)api_next_key(constants, call->now_ms, &key_ms);
    struct slice text = arena_printf(
        arena,
        "Somebody asked to send mail as %.*s through the mail service at\r\n%.*s.\r\n\r\n"
        "If that was you, confirm it by opening this link within 24 hours:\r\n\r\n"
        "%.*s/verify?token=%.*s\r\n\r\n"
        "If it was not you, do nothing: without your confirmation the address cannot be used.\r\n",
        SLICE_ARG(address), SLICE_ARG(constants->hostname), SLICE_ARG(constants->public_url),
        SLICE_ARG(token));
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

/* Asking again for an address that is not verified yet sends a new link and starts over. */
enum rc
address_add(struct api_call *call, struct err *err)
{
    struct identity_row row = {.created_ms = call->now_ms, .token = SLICE("")}, old;
    struct address address;
    struct slice text;
    struct proof_row proof = {.status = IDENTITY_NOT_STARTED};
    enum rc rc = api_input_string(call, "address", &text, err);
    if (rc == RC_OK)
        rc = address_parse(call->arena, text, &address, err);
    if (rc != RC_OK)
        return rc;
    row.name = address.text;
    rc = identities_find(call->database, call->arena, row.name, &old, err);
    if (rc == RC_OK)
        rc = proofs_find(call->database, call->arena, row.name, "verification", &proof, err);
    else if (rc == RC_NOT_FOUND)
        rc = identities_insert(call->database, &row, err);
    if (rc == RC_OK && proof.status == IDENTITY_SUCCESS)
        return err_set(err, RC_CONFLICT, "%.*s is verified already", SLICE_ARG(row.name));
    if (rc == RC_OK)
        rc = start_proof(call, row.name, "verification", IDENTITY_PENDING,
                         call->now_ms + LINK_WINDOW_HOURS * HOUR_MS, err);
    if (rc == RC_OK)
        rc = send_link(call, row.name, err);
    if (rc == RC_TEMPORARY)
        return err_set(err, RC_AGAIN,
                       "the provider's signing key is still being made; try again "
                       "in a few seconds");
    if (rc == RC_OK)
        json_put_string(call->output, "address", row.name);
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

enum rc
identity_confirm(struct api_call *call, struct err *err)
{
    struct slice token, address;
    struct identity_row row;
    enum rc rc = api_input_string(call, "token", &token, err);
    if (rc == RC_OK)
        rc = verifications_use(call->database, call->arena, token_hash(call->arena, token),
                               call->now_ms, &address, err);
    if (rc == RC_CONFLICT && was_confirmed(call, address)) {
        json_put_string(call->output, "address", address);
        return RC_OK;
    }
    if (rc == RC_OK)
        rc = identities_find(call->database, call->arena, address, &row, err);
    if (rc == RC_OK)
        rc = start_proof(call, address, "verification", IDENTITY_SUCCESS, INT64_MAX, err);
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
    if (row->suspended.len)
        json_put_string(call->output, "suspended", row->suspended);
    json_close_object(call->output);
    return rc;
}

enum rc
identity_list(struct api_call *call, struct err *err)
{
    struct identity_row *rows;
    struct slice kind;
    size_t count;
    enum rc rc = api_input_optional(call, "kind", &kind, err);
    if (rc == RC_OK)
        rc = identities_list(call->database, call->arena, &rows, &count, err);
    if (rc != RC_OK)
        return rc;
    json_key(call->output, "identities");
    json_open_array(call->output);
    for (size_t i = 0; rc == RC_OK && i < count; i++)
        if (kind.len == 0 || slice_is(kind, rows[i].domain ? "domain" : "address"))
            rc = put_identity(call, &rows[i], err);
    json_close_array(call->output);
    return rc;
}

enum rc
identity_remove(struct api_call *call, struct err *err)
{
    struct slice name, kind;
    bool domain;
    enum rc rc = read_identity_name(call, "identity", &name, &domain, err);
    if (rc == RC_OK)
        rc = api_input_optional(call, "kind", &kind, err);
    const char *is = domain ? "domain" : "address";
    if (rc == RC_OK && kind.len && !slice_is(kind, is))
        return err_set(err, RC_SYNTAX, "%.*s is %s: postern %s remove %.*s", SLICE_ARG(name),
                       domain ? "a domain" : "an address", is, SLICE_ARG(name));
    if (rc == RC_OK)
        rc = identities_delete(call->database, name, err);
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
    enum rc rc = read_identity_name(call, "identity", &name, &domain, err);
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
        rc = start_proof(call, name, "verification", IDENTITY_SUCCESS, INT64_MAX, err);
    if (rc == RC_OK && domain)
        rc = start_proof(call, name, "dkim", IDENTITY_SUCCESS, INT64_MAX, err);
    if (rc == RC_OK)
        json_put_string(call->output, "verified", name);
    return rc;
}

enum rc
dkim_set(struct api_call *call, struct err *err)
{
    struct slice name;
    struct identity_row row;
    bool domain, enabled;
    enum rc rc = read_identity_name(call, "domain", &name, &domain, err);
    if (rc == RC_OK)
        rc = api_input_bool(call, "enabled", &enabled, err);
    if (rc == RC_OK)
        rc = identities_find(call->database, call->arena, name, &row, err);
    if (rc == RC_OK && !row.domain)
        return err_set(err, RC_SYNTAX, "DKIM is switched for a domain, %.*s is an address",
                       SLICE_ARG(name));
    if (rc != RC_OK)
        return rc;
    row.dkim_enabled = enabled;
    rc = identities_update(call->database, &row, err);
    if (rc == RC_OK) {
        json_put_string(call->output, "domain", name);
        json_put_bool(call->output, "enabled", enabled);
        rc = put_status(call, &row, "dkim", "status", err);
    }
    return rc;
}
