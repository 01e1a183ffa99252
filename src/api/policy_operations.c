/*
 * Policies, put where they apply: inline on a user or group, managed and attached, as a user's
 * permissions boundary, or on an identity. Every document is compiled before it is stored: what
 * cannot be read never gets in.
 */
#include "base/random.h"
#include "identity_changes.h"
#include "operations.h"
#include "store/users.h"

/* Where a policy stands: exactly one of the members user, group, identity, or none (managed). */
struct place {
    struct slice user, group, identity;
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
        place->user = user_row.folded;
        place->shown = user_row.name;
    } else if (group.len) {
        rc = groups_find(call->database, call->arena, group, &group_row, err);
        place->group = group_row.folded;
        place->shown = group_row.name;
    } else if (identity.len) {
        rc = identities_find(call->database, call->arena, identity, &identity_row, err);
        place->identity = identity_row.name;
        place->shown = identity_row.name;
    }
    return rc;
}

/* Reference §5.1. White space does not count. */
enum { USER_INLINE_MAX = 2048, GROUP_INLINE_MAX = 5120, MANAGED_MAX = 6144 };

static size_t
counted_size(struct slice document)
{
    size_t size = 0;
    for (size_t i = 0; i < document.len; i++)
        size += !strchr(" \t\r\n", document.ptr[i]) || document.ptr[i] == '\0';
    return size;
}

/* All inline policies of a user or group together. */
static enum rc
check_inline_size(struct api_call *call, enum policy_owner kind, struct slice owner,
                  struct slice name, struct slice document, struct err *err)
{
    size_t count, max = kind == OWNER_USER ? USER_INLINE_MAX : GROUP_INLINE_MAX;
    struct policy_row *rows;
    size_t size = counted_size(document);
    enum rc rc = policies_of(call->database, call->arena, kind, owner, &rows, &count, err);
    for (size_t i = 0; rc == RC_OK && i < count; i++)
        if (rows[i].arn.len == 0 && !slice_eq(rows[i].name, name))
            size += counted_size(rows[i].document);
    if (rc == RC_OK && size > max)
        return err_set(err, RC_LIMIT,
                       "Maximum policy size of %zu bytes exceeded for %s %.*s: its inline policies "
                       "together would have %zu; a managed policy may have %d",
                       max, kind == OWNER_USER ? "user" : "group", SLICE_ARG(owner), size,
                       MANAGED_MAX);
    return rc;
}

static enum rc
check_limits(struct api_call *call, const struct place *place, struct slice name,
             struct slice document, struct err *err)
{
    if (place->user.len)
        return check_inline_size(call, OWNER_USER, place->user, name, document, err);
    if (place->group.len)
        return check_inline_size(call, OWNER_GROUP, place->group, name, document, err);
    if (counted_size(document) > MANAGED_MAX)
        return err_set(err, RC_LIMIT, "Maximum policy size of %d bytes exceeded: it has %zu",
                       MANAGED_MAX, counted_size(document));
    return RC_OK;
}

static struct slice
managed_arn(struct api_call *call, struct slice name)
{
    if (slice_starts(name, SLICE("arn:")))
        return name;
    return arena_printf(call->arena, "arn:aws:iam::%.*s:policy/%.*s",
                        SLICE_ARG(call->constants->account), SLICE_ARG(name));
}

static enum rc
check_document(struct slice document, struct err *err)
{
    struct policy *policy;
    enum rc rc = policy_parse(document, POLICY_IDENTITY_BASED, &policy, err);
    if (rc == RC_OK)
        policy_unref(policy);
    return rc;
}

static enum rc
store_policy(struct api_call *call, const struct place *place, struct slice name,
             struct slice document, struct err *err)
{
    enum rc rc = api_check_name(name, "the policy name", 128, err);
    if (rc == RC_OK)
        rc = check_document(document, err);
    if (rc == RC_OK)
        rc = check_limits(call, place, name, document, err);
    if (rc != RC_OK)
        return rc;
    if (place->user.len)
        return policies_put(call->database, OWNER_USER, place->user, name, document, err);
    if (place->group.len)
        return policies_put(call->database, OWNER_GROUP, place->group, name, document, err);
    struct slice arn = managed_arn(call, name);
    json_put_string(call->output, "arn", arn);
    return managed_policies_put(call->database, arn, name, random_iam_id(call->arena, "ANPA", 17),
                                SLICE("/"), document, call->now_ms, err);
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
    if (rc == RC_OK)
        rc = place.identity.len ? identity_put_policy(call, place.identity, name, document, err)
                                : store_policy(call, &place, name, document, err);
    if (rc != RC_OK)
        return rc;
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
    if (place->user.len)
        rc = policies_of(call->database, call->arena, OWNER_USER, place->user, &rows, &count, err);
    else if (place->group.len)
        rc =
            policies_of(call->database, call->arena, OWNER_GROUP, place->group, &rows, &count, err);
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
    enum rc rc = read_place(call, &place, err);
    if (rc == RC_OK)
        rc = api_input_string(call, "name", &name, err);
    if (rc != RC_OK)
        return rc;
    if (place.user.len)
        rc = policies_delete(call->database, OWNER_USER, place.user, name, err);
    else if (place.group.len)
        rc = policies_delete(call->database, OWNER_GROUP, place.group, name, err);
    else if (place.identity.len)
        rc = identity_policies_delete(call->database, place.identity, name, err);
    else
        rc = managed_policies_delete(call->database, managed_arn(call, name), err);
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
    struct policy_row row;
    bool attach;
    enum rc rc = read_place(call, &place, err);
    if (rc == RC_OK)
        rc = api_input_string(call, "name", &name, err);
    if (rc == RC_OK)
        rc = api_input_bool(call, "attach", &attach, err);
    if (rc == RC_OK && !place.user.len && !place.group.len)
        return err_set(err, RC_SYNTAX, "name the user or group to attach the policy to");
    if (rc == RC_OK)
        rc = managed_policies_find(call->database, call->arena, managed_arn(call, name), &row, err);
    if (rc != RC_OK)
        return rc;
    enum policy_owner kind = place.user.len ? OWNER_USER : OWNER_GROUP;
    struct slice owner = place.user.len ? place.user : place.group;
    rc = attach ? managed_policies_attach(call->database, kind, owner, row.arn, err)
                : managed_policies_detach(call->database, kind, owner, row.arn, err);
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
    struct policy_row row = {.arn = SLICE("")};
    enum rc rc = read_place(call, &place, err);
    if (rc == RC_OK)
        rc = api_input_optional(call, "name", &name, err);
    if (rc == RC_OK && !place.user.len)
        return err_set(err, RC_SYNTAX, "name the user whose boundary it is");
    if (rc == RC_OK && name.len)
        rc = managed_policies_find(call->database, call->arena, managed_arn(call, name), &row, err);
    if (rc == RC_OK)
        rc = users_set_boundary(call->database, place.user, row.arn, err);
    if (rc == RC_OK)
        json_put_string(call->output, "boundary", row.arn);
    return rc;
}
