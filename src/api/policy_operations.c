/*
 * Policies, put where they apply: inline on a user or group, managed and attached, as a user's
 * permissions boundary, or on an identity. Every document is compiled before it is stored: what
 * cannot be read never gets in.
 */
#include "identity_changes.h"
#include "operations.h"
#include "policy_change.h"
#include "policy_lint.h"
#include "store/users.h"

/* Where a policy stands: exactly one of the members user, group, identity, or none (managed). */
struct place {
    bool held; /* by a user or group */
    struct policy_holder holder;
    struct slice identity;
    struct slice shown;
};

static enum rc
read_place(struct api_call *call, struct place *place, struct err *err)
{
    struct slice user, group, identity;
    struct user_row user_row;
    struct group_row group_row;
    struct identity_row identity_row;
    enum rc rc = api_input_optional(call, "user", &user, err);
    if (rc == RC_OK)
        rc = api_input_optional(call, "group", &group, err);
    if (rc == RC_OK)
        rc = api_input_optional(call, "identity", &identity, err);
    if (rc != RC_OK)
        return rc;
    *place = (struct place){.shown = SLICE("managed")};
    if ((user.len > 0) + (group.len > 0) + (identity.len > 0) > 1)
        return err_set(err, RC_SYNTAX, "name one of user, group and identity");
    if (user.len) {
        rc = users_find(call->database, call->arena, user, &user_row, err);
        place->holder = (struct policy_holder){OWNER_USER, user_row.folded, user_row.name};
    } else if (group.len) {
        rc = groups_find(call->database, call->arena, group, &group_row, err);
        place->holder = (struct policy_holder){OWNER_GROUP, group_row.folded, group_row.name};
    } else if (identity.len) {
        rc = identities_find(call->database, call->arena, identity, &identity_row, err);
        place->identity = identity_row.name;
        place->shown = identity_row.name;
    }
    place->held = user.len || group.len;
    if (place->held)
        place->shown = place->holder.name;
    return rc;
}

/* A managed policy by name or ARN. */
static enum rc
find_managed(struct api_call *call, struct slice name, struct managed_policy_row *out,
             struct err *err)
{
    return slice_starts(name, SLICE("arn:"))
               ? managed_policies_find(call->database, call->arena, name, out, err)
               : managed_policies_named(call->database, call->arena, name, out, err);
}

/* One that exists gets a new version, which applies at once. */
static enum rc
put_managed(struct api_call *call, struct slice name, struct slice document, struct err *err)
{
    struct managed_policy_row row;
    enum rc rc = managed_policies_named(call->database, call->arena, name, &row, err);
    if (rc == RC_NOT_FOUND)
        rc = policy_change_create(call, name, SLICE("/"), SLICE(""), document, &row, err);
    else if (rc == RC_OK && !slice_eq(row.document, document))
        rc = policy_change_add_version(call, &row, document, true, POLICY_ROOM_MADE, err);
    if (rc == RC_OK)
        json_put_string(call->output, "arn", row.arn);
    return rc;
}

enum rc
policy_put(struct api_call *call, struct err *err)
{
    struct place place;
    struct slice name, document;
    enum rc rc = read_place(call, &place, err);
    if (rc == RC_OK)
        rc = api_input_string(call, "name", &name, err);
    if (rc == RC_OK)
        rc = api_input_string(call, "document", &document, err);
    if (rc == RC_OK && place.identity.len == 0)
        rc = api_check_name(name, "the policy name", 128, err);
    if (rc != RC_OK)
        return rc;
    if (place.held)
        rc = policy_change_inline(call, &place.holder, name, document, err);
    else if (place.identity.len)
        rc = identity_put_policy(call, place.identity, name, document, err);
    else
        rc = put_managed(call, name, document, err);
    json_put_string(call->output, "policy", name);
    json_put_string(call->output, "on", place.shown);
    return rc;
}

static void
put_policy(struct api_call *call, struct slice name, struct slice arn, struct slice document)
{
    json_open_object(call->output);
    json_put_string(call->output, "name", name);
    if (arn.len)
        json_put_string(call->output, "arn", arn);
    json_put_string(call->output, "document", document);
    json_close_object(call->output);
}

/* All policies of a place that have this name, or all when it is empty. */
static enum rc
put_policies_of(struct api_call *call, const struct place *place, struct slice name, size_t *found,
                struct err *err)
{
    struct policy_row *rows = NULL;
    struct identity_policy_row *identity_rows = NULL;
    size_t count = 0;
    enum rc rc;
    if (place->held)
        rc = policies_of(call->database, call->arena, place->holder.kind, place->holder.folded,
                         &rows, &count, err);
    else if (place->identity.len)
        rc = identity_policies_of(call->database, call->arena, place->identity, &identity_rows,
                                  &count, err);
    else
        rc = managed_policies_list(call->database, call->arena, &rows, &count, err);
    *found = 0;
    json_key(call->output, "policies");
    json_open_array(call->output);
    for (size_t i = 0; rc == RC_OK && i < count; i++) {
        struct slice this_name = rows ? rows[i].name : identity_rows[i].name;
        if (name.len && !slice_eq(name, this_name) && !(rows && slice_eq(name, rows[i].arn)))
            continue;
        put_policy(call, this_name, rows ? rows[i].arn : SLICE(""),
                   rows ? rows[i].document : identity_rows[i].document);
        ++*found;
    }
    json_close_array(call->output);
    return rc;
}

enum rc
policy_show(struct api_call *call, struct err *err)
{
    struct place place;
    struct slice name;
    size_t found;
    enum rc rc = read_place(call, &place, err);
    if (rc == RC_OK)
        rc = api_input_string(call, "name", &name, err);
    if (rc == RC_OK)
        rc = put_policies_of(call, &place, name, &found, err);
    if (rc == RC_OK && found == 0)
        return err_set(err, RC_NOT_FOUND, "there is no policy %.*s on %.*s", SLICE_ARG(name),
                       SLICE_ARG(place.shown));
    return rc;
}

enum rc
policy_list(struct api_call *call, struct err *err)
{
    struct place place;
    size_t found;
    enum rc rc = read_place(call, &place, err);
    return rc == RC_OK ? put_policies_of(call, &place, SLICE(""), &found, err) : rc;
}

enum rc
policy_delete(struct api_call *call, struct err *err)
{
    struct place place;
    struct slice name;
    struct managed_policy_row row;
    enum rc rc = read_place(call, &place, err);
    if (rc == RC_OK)
        rc = api_input_string(call, "name", &name, err);
    if (rc != RC_OK)
        return rc;
    if (place.held)
        rc = policies_delete(call->database, place.holder.kind, place.holder.folded, name, err);
    else if (place.identity.len)
        rc = identity_policies_delete(call->database, place.identity, name, err);
    else
        rc = find_managed(call, name, &row, err);
    if (rc == RC_OK && !place.held && !place.identity.len)
        rc = managed_policies_delete(call->database, row.arn, err);
    if (rc == RC_OK)
        json_put_string(call->output, "deleted", name);
    return rc;
}

/* attach: true attaches a managed policy to a user or group, false detaches it. */
enum rc
policy_attach(struct api_call *call, struct err *err)
{
    struct place place;
    struct slice name;
    struct managed_policy_row row;
    bool attach;
    enum rc rc = read_place(call, &place, err);
    if (rc == RC_OK)
        rc = api_input_string(call, "name", &name, err);
    if (rc == RC_OK)
        rc = api_input_bool(call, "attach", &attach, err);
    if (rc == RC_OK && !place.held)
        return err_set(err, RC_SYNTAX, "name the user or group to attach the policy to");
    if (rc == RC_OK)
        rc = find_managed(call, name, &row, err);
    if (rc != RC_OK)
        return rc;
    rc = attach ? policy_change_attach(call, &place.holder, row.arn, err)
                : managed_policies_detach(call->database, place.holder.kind, place.holder.folded,
                                          row.arn, err);
    if (rc == RC_OK) {
        json_put_string(call->output, "arn", row.arn);
        json_put_bool(call->output, "attached", attach);
    }
    return rc;
}

/* The permissions boundary of a user: a managed policy, or none when name is absent. */
enum rc
policy_boundary(struct api_call *call, struct err *err)
{
    struct place place;
    struct slice name;
    struct managed_policy_row row = {.arn = SLICE("")};
    enum rc rc = read_place(call, &place, err);
    if (rc == RC_OK)
        rc = api_input_optional(call, "name", &name, err);
    if (rc == RC_OK && !(place.held && place.holder.kind == OWNER_USER))
        return err_set(err, RC_SYNTAX, "name the user whose boundary it is");
    if (rc == RC_OK && name.len)
        rc = find_managed(call, name, &row, err);
    if (rc == RC_OK)
        rc = users_set_boundary(call->database, place.holder.folded, row.arn, err);
    if (rc == RC_OK)
        json_put_string(call->output, "boundary", row.arn);
    return rc;
}

/* What the linter finds in a document, stored or not; type: as ValidatePolicy has it. */
enum rc
policy_validate(struct api_call *call, struct err *err)
{
    struct slice document, name;
    enum lint_policy type = LINT_IDENTITY_POLICY;
    struct lint_finding *findings;
    size_t count, errors = 0;
    enum rc rc = api_input_optional(call, "document", &document, err);
    if (rc == RC_OK)
        rc = api_input_optional(call, "type", &name, err);
    if (rc == RC_OK && name.len > 0 && !policy_lint_type(name, &type))
        return err_set(err, RC_SYNTAX,
                       "type must be IDENTITY_POLICY, RESOURCE_POLICY, SERVICE_CONTROL_POLICY or "
                       "RESOURCE_CONTROL_POLICY");
    if (rc != RC_OK)
        return rc;
    lint_document(call->arena, document, type, policy_lint_catalogue(), &findings, &count);
    json_key(call->output, "findings");
    json_open_array(call->output);
    for (size_t i = 0; i < count; i++) {
        errors += findings[i].severity == LINT_ERROR;
        policy_lint_put(call, &findings[i]);
    }
    json_close_array(call->output);
    json_put_bool(call->output, "valid", errors == 0);
    return RC_OK;
}
