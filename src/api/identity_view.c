#include "identity_view.h"
#include "domain_keys.h"
#include "operations.h"

/* The nearest domain at or above `domain` that is an identity and covers it. */
static enum rc
find_signer(struct api_call *call, struct slice domain, struct identity_row *out, struct err *err)
{
    struct slice name = domain, label;
    *out = (struct identity_row){.name = SLICE("")};
    while (name.len > 0) {
        struct identity_row row;
        enum rc rc = identities_find(call->database, call->arena, name, &row, err);
        if (rc == RC_OK && (!row.only_itself || slice_eq(name, domain)))
            *out = row;
        if (out->name.len > 0 || (rc != RC_OK && rc != RC_NOT_FOUND))
            return rc;
        if (!slice_cut(name, '.', &label, &name))
            break;
    }
    return RC_OK;
}

static enum rc
load_keys(struct api_call *call, struct identity_view *view, struct err *err)
{
    size_t count;
    view->keys = NULL;
    view->key_count = 0;
    if (view->signer.name.len == 0)
        return RC_OK;
    enum rc rc =
        signing_keys_of(call->database, call->arena, view->signer.name, &view->keys, &count, err);
    for (size_t i = 0; rc == RC_OK && i < count; i++)
        if (view->keys[i].algorithm == DKIM_RSA_SHA256 &&
            domain_key_state(&view->keys[i]) != KEY_GONE)
            view->keys[view->key_count++] = view->keys[i];
    return rc;
}

enum rc
identity_view_load(struct api_call *call, struct slice name, struct identity_view *view,
                   struct err *err)
{
    enum rc rc = identities_find(call->database, call->arena, name, &view->row, err);
    if (rc == RC_OK)
        rc = identity_proof(call, name, "verification", &view->verification, err);
    if (rc == RC_OK)
        rc = identity_proof(call, name, "mail_from", &view->mail_from, err);
    if (rc != RC_OK)
        return rc;
    view->signer = view->row;
    if (!view->row.domain)
        rc = find_signer(call, slice_from(name, slice_rchr(name, '@') + 1), &view->signer, err);
    if (rc == RC_OK)
        rc = identity_proof(call, view->signer.name, "dkim", &view->dkim, err);
    return rc == RC_OK ? load_keys(call, view, err) : rc;
}

enum rc
identity_view_may_send(struct api_call *call, const struct identity_row *row, bool *may,
                       struct err *err)
{
    struct address address;
    struct identity_cover cover;
    struct slice text =
        row->domain ? arena_concat(call->arena, SLICE("postmaster@"), row->name) : row->name;
    enum rc rc = address_parse(call->arena, text, &address, err);
    if (rc == RC_OK)
        rc = identity_cover(call, &address, &cover, err);
    if (rc == RC_OK)
        *may = cover.verified && !cover.suspended;
    return rc;
}

void
identity_view_put_selectors(struct api_call *call, const char *member,
                            const struct identity_view *view)
{
    json_key(call->output, member);
    json_open_array(call->output);
    for (size_t i = 0; i < view->key_count; i++)
        json_write_string(call->output, view->keys[i].selector);
    json_close_array(call->output);
}
