#include "call.h"
#include "base/map.h"
#include "base/random.h"
#include "store/identities.h"
#include "store/message_key.h"

#include <stdio.h>

enum { SIGNING_KEYS_MAX = 2000, SELECTOR_CHARS = 32, NAME_MAX_CHARS = 64 };

void
api_thread_init(struct api_thread *thread, struct database *database)
{
    thread->database = database;
    thread->policies = policy_cache_new();
    thread->signing_keys = map_new();
}

static void
forget_keys(struct map *keys)
{
    size_t cursor = 0;
    struct slice name;
    void *key;
    while (map_next(keys, &cursor, &name, &key))
        signing_key_unref(key);
    map_free(keys);
}

void
api_thread_fini(struct api_thread *thread)
{
    policy_cache_free(thread->policies);
    forget_keys(thread->signing_keys);
}

enum rc
api_fail(struct api_call *call, enum rc rc, enum api_fault fault, struct err *err,
         const char *format, ...)
{
    char text[sizeof err->text];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    call->fault = fault;
    return err_set(err, rc, "%s", text);
}

void
api_fail_about(struct api_call *call, const char *name, struct slice value)
{
    for (size_t i = 0; i < API_FAULT_MEMBERS; i++) {
        if (call->fault_members[i].name)
            continue;
        call->fault_members[i].name = name;
        call->fault_members[i].value = value;
        return;
    }
}

bool
api_is_v2(const struct api_call *call)
{
    return call->service == SERVICE_SESV2;
}

struct slice
api_text(const struct json *object, const char *name)
{
    const struct json *value = object ? json_member(object, name) : NULL;
    return value && value->type == JSON_STRING ? value->text : SLICE("");
}

struct slice
api_iam_arn(struct arena *arena, const struct api_constants *constants, const char *type,
            struct slice path, struct slice name)
{
    return arena_printf(arena, "arn:aws:iam::%.*s:%s%.*s%.*s", SLICE_ARG(constants->account), type,
                        SLICE_ARG(path), SLICE_ARG(name));
}

struct slice
api_ses_arn(struct api_call *call, const char *type, struct slice name)
{
    return arena_printf(call->arena, "arn:aws:ses:%.*s:%.*s:%s/%.*s",
                        SLICE_ARG(call->constants->region), SLICE_ARG(call->constants->account),
                        type, SLICE_ARG(name));
}

struct slice
api_analyzer_arn(struct api_call *call, struct slice name)
{
    return arena_printf(call->arena, "arn:aws:access-analyzer:%.*s:%.*s:analyzer/%.*s",
                        SLICE_ARG(call->constants->region), SLICE_ARG(call->constants->account),
                        SLICE_ARG(name));
}

bool
api_name_is_plain(struct slice name)
{
    for (size_t i = 0; i < name.len; i++)
        if (!ascii_alnum(name.ptr[i]) && name.ptr[i] != '_' && name.ptr[i] != '-')
            return false;
    return name.len > 0 && name.len <= NAME_MAX_CHARS;
}

int64_t
api_next_key(const struct api_constants *constants, int64_t now_ms, int64_t *key_ms)
{
    int_least64_t last = atomic_load(constants->last_key);
    int64_t next;
    do
        next = message_key_next(last, now_ms, key_ms);
    while (!atomic_compare_exchange_weak(constants->last_key, &last, next));
    return next;
}

static enum rc
load_key(struct arena *arena, const struct api_constants *constants, struct api_thread *thread,
         const struct signing_key_row *row, struct signing_key **out, struct err *err)
{
    *out = map_get(thread->signing_keys, row->public_base64);
    if (*out)
        return RC_OK;
    struct secret der;
    struct slice name = arena_concat(arena, SLICE("signing-key:"), row->public_base64);
    enum rc rc = sealer_unseal(constants->sealer, name, row->private_sealed, &der, err);
    if (rc != RC_OK)
        return rc;
    rc = signing_key_load(secret_slice(&der), out, err);
    secret_free(&der);
    if (rc != RC_OK)
        return rc;
    if (map_count(thread->signing_keys) >= SIGNING_KEYS_MAX) {
        forget_keys(thread->signing_keys);
        thread->signing_keys = map_new();
    }
    map_put(thread->signing_keys, row->public_base64, *out);
    return RC_OK;
}

enum rc
api_claim_keys(struct database *database, struct arena *arena, enum dkim_algorithm algorithm,
               struct slice domain, int64_t position, int64_t count, struct err *err)
{
    enum rc rc = RC_OK;
    for (int64_t i = 0; rc == RC_OK && i < count; i++)
        rc = signing_keys_claim(database, arena, algorithm, domain,
                                random_base32(arena, SELECTOR_CHARS), position + i, err);
    return rc;
}

/* What the receiver cannot check is not written: a signature without its record reads as forged. */
static bool
signs_now(const struct api_constants *constants, const struct signing_key_row *row)
{
    return row->algorithm == DKIM_RSA_SHA256 || (constants->second_ed25519 && row->published);
}

enum rc
api_signing_keys(struct arena *arena, const struct api_constants *constants,
                 struct api_thread *thread, struct slice domain, struct signing_key *keys[2],
                 struct slice selectors[2], size_t *count, struct err *err)
{
    struct signing_key_row *rows;
    size_t found;
    enum rc rc = signing_keys_active(thread->database, arena, domain, &rows, &found, err);
    if (rc == RC_OK && found == 0)
        return err_set(err, RC_TEMPORARY, "the signing keys of %.*s are not ready yet",
                       SLICE_ARG(domain));
    *count = 0;
    for (size_t i = 0; rc == RC_OK && i < found && *count < 2; i++) {
        if (!signs_now(constants, &rows[i]))
            continue;
        selectors[*count] = rows[i].selector;
        rc = load_key(arena, constants, thread, &rows[i], &keys[(*count)++], err);
    }
    return rc;
}

enum rc
api_sign(struct arena *arena, const struct api_constants *constants, struct api_thread *thread,
         struct slice domain, const struct header *header, const uint8_t body_hash[32],
         int64_t now_ms, struct slice *out, struct err *err)
{
    struct signing_key *keys[2];
    struct slice selectors[2], joined = SLICE("");
    size_t count;
    enum rc rc = api_signing_keys(arena, constants, thread, domain, keys, selectors, &count, err);
    for (size_t i = 0; rc == RC_OK && i < count; i++) {
        struct slice field;
        struct dkim_request request = {domain, selectors[i], now_ms};
        rc = dkim_sign(arena, keys[i], &request, header, body_hash, &field, err);
        if (rc == RC_OK)
            joined = arena_concat(arena, joined, field);
    }
    if (rc == RC_OK)
        *out = joined;
    return rc;
}

struct facts_source
api_facts_source(const struct api_constants *constants, struct api_thread *thread)
{
    return (struct facts_source){
        .database = thread->database,
        .policies = thread->policies,
        .region = constants->region,
        .account = constants->account,
        .hostname = constants->hostname,
        .refuse_misleading_names = constants->refuse_misleading_names,
        .reverse_path_is_feedback = constants->reverse_path_is_feedback,
        .dkim_grace_ms = constants->dkim_grace_ms,
    };
}
