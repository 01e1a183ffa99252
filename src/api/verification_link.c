#include "verification_link.h"
#include "base/clock.h"
#include "base/codec.h"
#include "base/random.h"
#include "identity/proof.h"
#include "mail/address.h"
#include "store/identities.h"

#include <openssl/evp.h>
#include <stdlib.h>

void
verification_link_make(struct arena *arena, const struct api_constants *constants,
                       struct slice address, int64_t now_ms, struct verification_link *out)
{
    char bytes[32];
    random_bytes(bytes, sizeof bytes);
    struct slice token = codec_base64url(arena, (struct slice){bytes, sizeof bytes});
    *out = (struct verification_link){
        .address = address,
        .hash = verification_link_hash(arena, token),
        .url = arena_printf(arena, "%.*s/verify?token=%.*s", SLICE_ARG(constants->public_url),
                            SLICE_ARG(token)),
        .success_url = SLICE(""),
        .failure_url = SLICE(""),
        .now_ms = now_ms,
    };
}

struct slice
verification_link_hash(struct arena *arena, struct slice token)
{
    unsigned char digest[32];
    if (!EVP_Digest(token.ptr, token.len, digest, NULL, EVP_sha256(), NULL))
        abort();
    return codec_hex(arena, (struct slice){(const char *)digest, sizeof digest});
}

static enum rc
await_proof(struct database *database, struct arena *arena, const struct verification_link *link,
            struct err *err)
{
    struct identity_row row = {
        .name = link->address, .created_ms = link->now_ms, .token = SLICE("")};
    struct identity_row old;
    struct proof_row proof = {.identity = link->address,
                              .kind = SLICE("verification"),
                              .status = IDENTITY_PENDING,
                              .created_ms = link->now_ms,
                              .next_ms = link->now_ms + LINK_WINDOW_HOURS * HOUR_MS};
    struct proof_row was = {.status = IDENTITY_NOT_STARTED};
    enum rc rc = identities_find(database, arena, link->address, &old, err);
    if (rc == RC_NOT_FOUND)
        rc = identities_insert(database, &row, err);
    else if (rc == RC_OK)
        rc = proofs_find(database, arena, link->address, "verification", &was, err);
    if (rc == RC_NOT_FOUND)
        rc = RC_OK;
    return rc == RC_OK && was.status != IDENTITY_SUCCESS ? proofs_put(database, &proof, err) : rc;
}

/* All addresses with another label are one mailbox, whose owner did not ask for any of it. */
static enum rc
count_mail(struct database *database, struct arena *arena, const struct verification_link *link,
           struct err *err)
{
    enum rc rc =
        verifications_count_mail(database, address_fold(arena, link->address),
                                 link->now_ms - DAY_MS, link->now_ms, VERIFICATION_MAILS_MAX, err);
    if (rc == RC_LIMIT)
        return err_set(err, rc,
                       "%.*s was sent %d verification mails within a day; try again tomorrow",
                       SLICE_ARG(link->address), VERIFICATION_MAILS_MAX);
    return rc;
}

enum rc
verification_link_open(struct database *database, struct arena *arena,
                       const struct verification_link *link, struct err *err)
{
    enum rc rc = count_mail(database, arena, link, err);
    if (rc == RC_OK)
        rc = await_proof(database, arena, link, err);
    if (rc == RC_OK)
        rc = verifications_forget(database, link->address, link->now_ms, err);
    if (rc == RC_OK)
        rc = verifications_insert(database, link->hash, link->address,
                                  link->now_ms + LINK_WINDOW_HOURS * HOUR_MS, err);
    return rc == RC_OK ? verifications_set_urls(database, link->hash, link->success_url,
                                                link->failure_url, err)
                       : rc;
}
