#include "unused_access.h"

#include "authorize/policy_compare.h"
#include "base/clock.h"
#include "served.h"
#include "store/login_profiles.h"
#include "store/permission_uses.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

struct search {
    struct api_call *call;
    const struct user_row *user;
    int64_t age_ms;
    struct unused_finding *findings;
    size_t count, cap;
};

const char *
unused_kind_name(enum unused_kind kind)
{
    static const char *const names[] = {"UnusedIAMUserAccessKey", "UnusedIAMUserPassword",
                                        "UnusedPermission"};
    static_assert(sizeof names / sizeof *names == UNUSED_KIND_COUNT, "a name for each kind");
    return names[kind];
}

static bool
is_unused(const struct search *search, int64_t used_ms)
{
    return search->call->now_ms - used_ms >= search->age_ms;
}

static void
add(struct search *search, struct unused_finding finding)
{
    search->findings = arena_grow(search->call->arena, search->findings, sizeof finding,
                                  search->count, &search->cap);
    search->findings[search->count++] = finding;
}

/* ---- keys ---- */

/* One that is switched off lets nobody in. */
static enum rc
search_keys(struct search *search, struct err *err)
{
    struct access_key_row *keys;
    size_t count;
    enum rc rc = access_keys_of(search->call->database, search->call->arena, search->user->folded,
                                &keys, &count, err);
    for (size_t i = 0; rc == RC_OK && i < count; i++) {
        int64_t used_ms = keys[i].used_ms > 0 ? keys[i].used_ms : keys[i].created_ms;
        if (keys[i].active && is_unused(search, used_ms))
            add(search, (struct unused_finding){.kind = UNUSED_KEY,
                                                .id = keys[i].id,
                                                .since_ms = used_ms + search->age_ms,
                                                .used_ms = keys[i].used_ms,
                                                .access_key = keys[i].id});
    }
    return rc;
}

/* ---- the password ---- */

static struct slice
id_of(const struct search *search, const char *what)
{
    return arena_printf(search->call->arena, "%.*s-%s", SLICE_ARG(search->user->id), what);
}

/* Nothing here asks for it, so that it counts from when it was given. */
static enum rc
search_password(struct search *search, struct err *err)
{
    struct login_profile_row row;
    enum rc rc = login_profiles_find(search->call->database, search->call->arena,
                                     search->user->folded, &row, err);
    if (rc == RC_NOT_FOUND)
        return RC_OK;
    if (rc == RC_OK && is_unused(search, row.changed_ms))
        add(search, (struct unused_finding){.kind = UNUSED_PASSWORD,
                                            .id = id_of(search, "password"),
                                            .since_ms = row.changed_ms + search->age_ms});
    return rc;
}

/* ---- permissions ---- */

/* Every action that something here asks for, by name. */
static struct slice *actions;
static size_t action_count;
static pthread_once_t listed = PTHREAD_ONCE_INIT;

static int
by_text(const void *a, const void *b)
{
    return slice_cmp(*(const struct slice *)a, *(const struct slice *)b);
}

static void
list_actions(void)
{
    size_t count = 0;
    actions = memory_alloc(operation_model_count * sizeof *actions);
    for (size_t i = 0; i < operation_model_count; i++) {
        const struct served_operation *row = served_find(&operation_models[i]);
        if (row && row->resource != RESOURCE_OPEN)
            actions[count++] = slice_of(row->action);
    }
    qsort(actions, count, sizeof *actions, by_text);
    for (size_t i = 0; i < count; i++)
        if (action_count == 0 || !slice_eq(actions[action_count - 1], actions[i]))
            actions[action_count++] = actions[i];
}

static struct slice
service_of(struct slice action)
{
    return slice_head(action, slice_chr(action, ':'));
}

/* What is known of each action: beside `actions`. */
struct permissions {
    bool *granted;
    int64_t *used_ms; /* 0: never */
};

static enum rc
load_permissions(struct search *search, struct permissions *permissions, struct err *err)
{
    struct api_call *call = search->call;
    struct facts_source source = api_facts_source(call->constants, call->thread);
    const struct policy_entry *policies;
    struct permission_use_row *uses;
    size_t policy_count, use_count;
    enum rc rc =
        facts_principal(call->arena, &source, search->user->folded, &policies, &policy_count, err);
    if (rc == RC_OK)
        rc = permission_uses_of(call->database, call->arena, search->user->id, &uses, &use_count,
                                err);
    if (rc != RC_OK)
        return rc;
    permissions->granted = ARENA_ARRAY(call->arena, bool, action_count);
    permissions->used_ms = ARENA_ARRAY(call->arena, int64_t, action_count);
    policy_compare_granted(call->arena, policies, policy_count, actions, action_count,
                           permissions->granted);
    for (size_t i = 0, k = 0; i < action_count; i++) {
        while (k < use_count && slice_cmp(uses[k].action, actions[i]) < 0)
            k++;
        bool used = k < use_count && slice_eq(uses[k].action, actions[i]);
        permissions->used_ms[i] = used ? uses[k].used_ms : 0;
    }
    return RC_OK;
}

/* The actions of one service, from `first` to before `end`. False: all that is permitted is used. */
static bool
study_service(const struct search *search, const struct permissions *permissions, size_t first,
              size_t end, struct unused_service *out)
{
    struct unused_action *unused =
        ARENA_ARRAY(search->call->arena, struct unused_action, end - first);
    size_t count = 0;
    *out = (struct unused_service){.name = service_of(actions[first]), .actions = unused};
    for (size_t i = first; i < end; i++) {
        int64_t used_ms = permissions->used_ms[i];
        if (used_ms > out->used_ms)
            out->used_ms = used_ms;
        if (permissions->granted[i] && is_unused(search, used_ms))
            unused[count++] = (struct unused_action){actions[i], used_ms};
    }
    out->action_count = is_unused(search, out->used_ms) ? 0 : count;
    return count > 0;
}

static void
add_permissions(struct search *search, const struct permissions *permissions, int64_t begun_ms)
{
    struct unused_service *services =
        ARENA_ARRAY(search->call->arena, struct unused_service, SERVICE_COUNT);
    size_t count = 0;
    for (size_t first = 0, end; first < action_count; first = end) {
        for (end = first; end < action_count; end++)
            if (!slice_eq(service_of(actions[end]), service_of(actions[first])))
                break;
        count += study_service(search, permissions, first, end, &services[count]);
    }
    if (count > 0)
        add(search, (struct unused_finding){.kind = UNUSED_PERMISSION,
                                            .id = id_of(search, "permissions"),
                                            .since_ms = begun_ms + search->age_ms,
                                            .services = services,
                                            .service_count = count});
}

/* Nothing is said of a user who was not there, or not watched, for so long. */
static enum rc
search_permissions(struct search *search, struct err *err)
{
    struct permissions permissions;
    int64_t begun_ms;
    enum rc rc = permission_uses_since(search->call->database, search->call->arena, &begun_ms, err);
    if (rc != RC_OK)
        return rc;
    if (search->user->created_ms > begun_ms)
        begun_ms = search->user->created_ms;
    if (!is_unused(search, begun_ms))
        return RC_OK;
    pthread_once(&listed, list_actions);
    rc = load_permissions(search, &permissions, err);
    if (rc == RC_OK)
        add_permissions(search, &permissions, begun_ms);
    return rc;
}

/* ---- all of it ---- */

enum rc
unused_access_of(struct api_call *call, const struct user_row *user, int64_t days,
                 struct unused_finding **out, size_t *count, struct err *err)
{
    struct search search = {.call = call, .user = user, .age_ms = days * DAY_MS};
    enum rc rc = search_keys(&search, err);
    if (rc == RC_OK)
        rc = search_password(&search, err);
    if (rc == RC_OK)
        rc = search_permissions(&search, err);
    *out = search.findings;
    *count = search.count;
    return rc;
}

enum rc
unused_access_user(struct api_call *call, struct slice id, struct user_row *out, struct err *err)
{
    struct access_key_row key;
    enum rc rc = access_keys_find(call->database, call->arena, id, &key, err);
    if (rc == RC_OK)
        return users_find(call->database, call->arena, key.user_folded, out, err);
    size_t dash = slice_chr(id, '-');
    if (rc != RC_NOT_FOUND || dash == SLICE_NONE)
        return rc;
    return users_with_id(call->database, call->arena, slice_head(id, dash), out, err);
}
