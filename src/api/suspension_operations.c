/*
 * Suspending: a user, who then neither logs in nor sends; an address or a domain, as which then
 * nobody sends. With a reason, and an end that nothing has to bring about. Credentials, policies and
 * proofs stay as they are, so that the end of it leaves nothing to repair.
 */
#include "identity_changes.h"
#include "operations.h"
#include "store/suspensions.h"
#include "store/users.h"

enum { REASON_MAX = 200 };

/* What a name stands for: a user is often named as the address is, and then both are meant. */
struct subjects {
    struct slice text;
    bool user, identity;
    struct user_row user_row;
    struct slice name;      /* of the identity, as it is registered or would be */
    struct slice suspended; /* as the store has it: see gate_suspension_covers */
};

/* ---- the input ---- */

static enum rc
input_kinds(struct api_call *call, struct subjects *subjects, struct err *err)
{
    struct slice only;
    enum rc rc = api_input_optional(call, "only", &only, err);
    if (rc != RC_OK)
        return rc;
    subjects->user = only.len == 0 || slice_is(only, "user");
    subjects->identity = only.len == 0 || slice_is(only, "identity");
    return subjects->user || subjects->identity
               ? RC_OK
               : err_set(err, RC_SYNTAX, "only must be user or identity");
}

/* An address without a label stands for all its spellings; with one, for that one. */
static struct slice
folded_address(struct arena *arena, const struct address *address)
{
    bool label = !slice_eq(address_without_label(arena, address), address->text);
    return label ? arena_lower(arena, address->text) : address_fold(arena, address->text);
}

static bool
read_identity(struct api_call *call, struct subjects *subjects)
{
    struct address address;
    struct slice text = subjects->text;
    if (slice_chr(text, '@') == SLICE_NONE) {
        if (address_domain(call->arena, text, &subjects->name, NULL) != RC_OK)
            return false;
        subjects->suspended = subjects->name;
        return true;
    }
    if (address_parse(call->arena, text, &address, NULL) != RC_OK)
        return false;
    subjects->name = address.text;
    subjects->suspended = folded_address(call->arena, &address);
    return true;
}

/* The user, if there is one, and the identity, if it reads as one. */
static enum rc
input_subjects(struct api_call *call, struct subjects *subjects, struct err *err)
{
    *subjects = (struct subjects){0};
    enum rc rc = api_input_string(call, "target", &subjects->text, err);
    if (rc == RC_OK)
        rc = input_kinds(call, subjects, err);
    if (rc != RC_OK)
        return rc;
    subjects->identity = subjects->identity && read_identity(call, subjects);
    if (!subjects->user)
        return RC_OK;
    rc = users_find(call->database, call->arena, subjects->text, &subjects->user_row, err);
    subjects->user = rc == RC_OK;
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

/* ---- what can be suspended ---- */

static bool
is_at_or_below(struct slice name, struct slice domain)
{
    size_t before = name.len - domain.len - 1;
    return slice_eq(name, domain) || (name.len > domain.len && slice_ends(name, domain) &&
                                      (name.ptr[before] == '.' || name.ptr[before] == '@'));
}

/* Registered, below what is, or above: a slip of the pen must not pass for a suspension. */
static enum rc
check_identity(struct api_call *call, struct subjects *subjects, struct err *err)
{
    struct identity_row *rows;
    struct identity_cover cover;
    struct address address;
    size_t count;
    struct slice text = subjects->name;
    if (slice_chr(text, '@') == SLICE_NONE)
        text = arena_concat(call->arena, SLICE("postmaster@"), text);
    enum rc rc = address_parse(call->arena, text, &address, err);
    if (rc == RC_OK)
        rc = identity_cover(call, &address, &cover, err);
    if (rc == RC_OK)
        rc = identities_list(call->database, call->arena, &rows, &count, err);
    if (rc != RC_OK)
        return rc;
    subjects->identity = cover.registered;
    if (!cover.registered && slice_chr(subjects->name, '@') == SLICE_NONE && !subjects->user)
        rc = identity_check_not_public_suffix(call->arena, subjects->name, err);
    for (size_t i = 0; i < count && !subjects->identity; i++)
        subjects->identity = is_at_or_below(rows[i].name, subjects->name);
    return rc;
}

/* ---- suspending ---- */

static enum rc
input_reason(struct api_call *call, struct slice *reason, struct err *err)
{
    enum rc rc = api_input_string(call, "reason", reason, err);
    if (rc != RC_OK)
        return rc;
    if (reason->len > REASON_MAX)
        return err_set(err, RC_SYNTAX, "reason: at most %d bytes", REASON_MAX);
    for (size_t i = 0; i < reason->len; i++)
        if ((unsigned char)reason->ptr[i] < ' ' || reason->ptr[i] == 0x7f)
            return err_set(err, RC_SYNTAX, "reason: it holds a control character");
    return RC_OK;
}

static void
put_row(struct api_call *call, const struct suspension_row *row)
{
    json_open_object(call->output);
    json_put_cstr(call->output, "kind", row->kind == SUSPENSION_USER ? "user" : "identity");
    json_put_string(call->output, "name", row->name);
    json_put_string(call->output, "reason", row->reason);
    api_put_time(call, "since", row->since_ms);
    api_put_time(call, "until", row->until_ms);
    json_close_object(call->output);
}

/* Its open sessions end at their next command. */
static enum rc
suspend_user(struct api_call *call, const struct subjects *subjects, struct suspension_row row,
             struct err *err)
{
    const struct user_row *user = &subjects->user_row;
    struct access_key_row *keys;
    size_t count;
    row.kind = SUSPENSION_USER;
    row.name = user->name;
    enum rc rc = suspensions_put(call->database, &row, user->id, err);
    if (rc == RC_OK)
        rc = access_keys_of(call->database, call->arena, user->folded, &keys, &count, err);
    for (size_t i = 0; rc == RC_OK && i < count; i++)
        api_revoked(call, keys[i].id);
    if (rc == RC_OK)
        put_row(call, &row);
    return rc;
}

static enum rc
suspend_identity(struct api_call *call, const struct subjects *subjects, struct suspension_row row,
                 struct err *err)
{
    row.kind = SUSPENSION_IDENTITY;
    row.name = subjects->suspended;
    enum rc rc = suspensions_put(call->database, &row, subjects->suspended, err);
    if (rc == RC_OK)
        put_row(call, &row);
    return rc;
}

static enum rc
hold_mail(struct api_call *call, const struct subjects *subjects, struct err *err)
{
    int64_t held = 0;
    enum rc rc = RC_OK;
    if (subjects->user)
        rc = api_hold_mail(call, &(struct recipient_filter){.user = subjects->user_row.folded},
                           &held, err);
    if (rc == RC_OK && subjects->identity)
        rc = api_hold_mail(call, &(struct recipient_filter){.identity = subjects->suspended}, &held,
                           err);
    if (rc == RC_OK)
        json_put_i64(call->output, "held", held);
    return rc;
}

static enum rc
suspend(struct api_call *call, const struct subjects *subjects, const struct suspension_row *row,
        struct err *err)
{
    enum rc rc = RC_OK;
    json_key(call->output, "suspended");
    json_open_array(call->output);
    if (subjects->user)
        rc = suspend_user(call, subjects, *row, err);
    if (rc == RC_OK && subjects->identity)
        rc = suspend_identity(call, subjects, *row, err);
    json_close_array(call->output);
    return rc;
}

enum rc
suspension_put(struct api_call *call, struct err *err)
{
    struct subjects subjects;
    struct suspension_row row = {.since_ms = call->now_ms};
    bool hold;
    enum rc rc = input_subjects(call, &subjects, err);
    if (rc == RC_OK)
        rc = input_reason(call, &row.reason, err);
    if (rc == RC_OK)
        rc = api_input_end(call, "until", &row.until_ms, err);
    if (rc == RC_OK)
        rc = api_input_bool(call, "hold", &hold, err);
    if (rc == RC_OK && subjects.identity)
        rc = check_identity(call, &subjects, err);
    if (rc == RC_OK && !subjects.user && !subjects.identity)
        return err_set(err, RC_NOT_FOUND,
                       "%.*s is no user, and neither registered nor below or above what is; a key "
                       "is switched off by revoke",
                       SLICE_ARG(subjects.text));
    if (rc == RC_OK)
        rc = suspend(call, &subjects, &row, err);
    return rc == RC_OK && hold ? hold_mail(call, &subjects, err) : rc;
}

/* ---- resuming, and all of them ---- */

static enum rc
end_one(struct api_call *call, enum suspension_kind kind, struct slice subject, struct slice shown,
        bool *any, struct err *err)
{
    bool ended;
    enum rc rc = suspensions_end(call->database, kind, subject, call->now_ms, &ended, err);
    if (rc != RC_OK || !ended)
        return rc;
    *any = true;
    json_open_object(call->output);
    json_put_cstr(call->output, "kind", kind == SUSPENSION_USER ? "user" : "identity");
    json_put_string(call->output, "name", shown);
    json_close_object(call->output);
    return RC_OK;
}

enum rc
suspension_end(struct api_call *call, struct err *err)
{
    struct subjects subjects;
    bool any = false;
    enum rc rc = input_subjects(call, &subjects, err);
    if (rc != RC_OK)
        return rc;
    json_key(call->output, "resumed");
    json_open_array(call->output);
    if (subjects.user)
        rc =
            end_one(call, SUSPENSION_USER, subjects.user_row.id, subjects.user_row.name, &any, err);
    if (rc == RC_OK && subjects.identity)
        rc = end_one(call, SUSPENSION_IDENTITY, subjects.suspended, subjects.suspended, &any, err);
    json_close_array(call->output);
    if (rc == RC_OK && !any)
        return err_set(err, RC_NOT_FOUND, "%.*s is not suspended", SLICE_ARG(subjects.text));
    return rc;
}

static enum rc
put_all(struct api_call *call, enum suspension_kind kind, struct err *err)
{
    struct suspension_row *rows;
    size_t count;
    enum rc rc = suspensions_list(call->database, call->arena, kind, &rows, &count, err);
    for (size_t i = 0; rc == RC_OK && i < count; i++)
        if (call->now_ms < rows[i].until_ms)
            put_row(call, &rows[i]);
    return rc;
}

enum rc
suspension_list(struct api_call *call, struct err *err)
{
    json_key(call->output, "suspended");
    json_open_array(call->output);
    enum rc rc = put_all(call, SUSPENSION_USER, err);
    if (rc == RC_OK)
        rc = put_all(call, SUSPENSION_IDENTITY, err);
    json_close_array(call->output);
    return rc;
}
