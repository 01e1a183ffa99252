#include "domain_keys.h"

#include "store/messages.h"

struct slice
domain_key_name(struct arena *arena, const struct signing_key_row *row)
{
    return arena_printf(arena, "%.*s._domainkey.%.*s", SLICE_ARG(row->selector),
                        SLICE_ARG(row->domain));
}

struct slice
domain_key_record(struct arena *arena, const struct signing_key_row *row)
{
    return signing_key_record(arena, (enum dkim_algorithm)row->algorithm, row->public_base64);
}

/* What was seen in DNS before that had a time counts from when the key was made. */
struct rotation_key
domain_key_of(const struct signing_key_row *row, enum proof found, bool queued)
{
    return (struct rotation_key){
        .position = row->position,
        .published_ms = row->published && !row->published_ms ? row->created_ms : row->published_ms,
        .signing_ms = row->signing_ms,
        .retired_ms = row->retired_ms,
        .kept_ms = row->kept_ms,
        .counted_ms = row->counted_ms,
        .gone_ms = row->gone_ms,
        .found = found,
        .queued = queued,
    };
}

void
domain_key_store(const struct rotation_key *key, struct signing_key_row *row)
{
    row->position = key->position;
    row->published = key->published_ms != 0;
    row->published_ms = key->published_ms;
    row->signing_ms = key->signing_ms;
    row->retired_ms = key->retired_ms;
    row->kept_ms = key->kept_ms;
    row->counted_ms = key->counted_ms;
    row->gone_ms = key->gone_ms;
}

enum key_state
domain_key_state(const struct signing_key_row *row)
{
    struct rotation_key key = domain_key_of(row, PROOF_UNKNOWN, false);
    return rotation_state(&key);
}

/* api_sign writes them in this order. Nothing else of a header counts: whoever sends may name any
 * selector in it. */
static bool
is_signed_with(const void *ctx, struct slice header)
{
    const struct signing_key_row *row = ctx;
    return dkim_signature_is_of(header, row->algorithm == DKIM_RSA_SHA256 ? 0 : 1, row->selector);
}

enum rc
domain_key_is_queued(struct database *database, const struct signing_key_row *row, bool *queued,
                     struct err *err)
{
    *queued = false;
    return domain_key_state(row) == KEY_RETIRING
               ? messages_any_waits_with(database, row->selector, is_signed_with, row, queued, err)
               : RC_OK;
}

struct rotation_rules
domain_keys_rules(const struct api_constants *constants, const struct identity_row *row,
                  enum identity_status dkim, int64_t algorithm)
{
    struct rotation_rules rules = constants->rotation;
    rules.rotates = row->dkim_enabled && !row->dkim_external &&
                    (dkim == IDENTITY_SUCCESS || dkim == IDENTITY_TEMPORARY_FAILURE) &&
                    (algorithm == DKIM_RSA_SHA256 || constants->second_ed25519);
    return rules;
}
