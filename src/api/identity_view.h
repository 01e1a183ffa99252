/* All that the SES APIs tell of one identity, read at once (reference §3). */
#ifndef POSTERN_API_IDENTITY_VIEW_H
#define POSTERN_API_IDENTITY_VIEW_H

#include "identity_changes.h"

struct identity_view {
    struct identity_row row;
    struct proof_row verification, mail_from;
    /* DKIM is its own for a domain. An address has that of the nearest domain that encloses it: of
     * none, `signer.name` is empty. */
    struct identity_row signer;
    struct proof_row dkim;
    struct signing_key_row *keys; /* RSA, the one that signs first; those that must be published */
    size_t key_count;
};

MUST_USE enum rc identity_view_load(struct api_call *call, struct slice name,
                                    struct identity_view *view, struct err *err);

/* Mail may be sent as it, by its own proof or by that of a domain around it. */
MUST_USE enum rc identity_view_may_send(struct api_call *call, const struct identity_row *row,
                                        bool *may, struct err *err);

/* The selectors, as a list under this name. */
void identity_view_put_selectors(struct api_call *call, const char *member,
                                 const struct identity_view *view);

#endif
