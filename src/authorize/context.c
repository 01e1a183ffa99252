#include "context.h"

#include "base/clock.h"
#include "mail/address.h"

#include <inttypes.h>

static uint32_t
hash_lower(struct slice text)
{
    uint32_t hash = 2166136261u; /* FNV-1a: collisions cost a comparison, nothing else */
    for (size_t i = 0; i < text.len; i++)
        hash = (hash ^ (unsigned char)ascii_lower(text.ptr[i])) * 16777619u;
    return hash;
}

bool
key_name_valid(struct slice text)
{
    size_t colon = slice_chr(text, ':');
    if (colon == SLICE_NONE || colon == 0 || colon + 1 == text.len)
        return false;
    for (size_t i = 0; i < colon; i++)
        if (!ascii_alnum(text.ptr[i]) && text.ptr[i] != '-')
            return false;
    for (size_t i = colon + 1; i < text.len; i++) {
        char c = text.ptr[i];
        bool tag = c == ' ' || c == '_' || c == '.' || c == ':' || c == '/' || c == '=' ||
                   c == '+' || c == '-' || c == '@';
        if (!ascii_alnum(c) && !tag && (unsigned char)c < 0x80)
            return false;
    }
    return true;
}

/* The keys that most conditions name have one copy, so that they are known by where they lie. */
static struct slice
intern(struct slice lower)
{
    static const struct slice known[] = {
        {"ses:fromaddress", 15}, {"ses:recipients", 14},  {"ses:fromdisplayname", 19},
        {"aws:sourceip", 12},    {"aws:currenttime", 15}, {"ses:feedbackaddress", 19},
        {"aws:username", 12},    {"aws:userid", 10},      {"aws:securetransport", 19},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (slice_eq(lower, known[i]))
            return known[i];
    return lower;
}

struct key_name
key_name_make(struct arena *arena, struct slice text)
{
    return (struct key_name){intern(arena_lower(arena, text)), hash_lower(text), text};
}

static void
bind_key(struct context *context, const struct condition_value *value)
{
    struct key_name name = key_name_make(context->arena, value->key);
    uint32_t *slot = &context->slots[name.hash % CONTEXT_SLOTS];
    context->keys[context->key_count++] =
        (struct context_key){.name = name, .value = value, .next = *slot};
    *slot = (uint32_t)context->key_count;
}

/* Only an identity's ARN names an address, and only then is there something to fold. */
static void
bind_resource(struct context *context)
{
    const struct slice prefix = SLICE("identity/");
    context->resource_is_arn = arn_split(context->request->resource, false, &context->resource);
    if (!context->resource_is_arn || !slice_is(context->resource.part[ARN_SERVICE], "ses") ||
        !slice_starts(context->resource.part[ARN_RESOURCE], prefix))
        return;
    struct slice name = slice_from(context->resource.part[ARN_RESOURCE], prefix.len);
    context->identity_lowered =
        arena_concat(context->arena, prefix, arena_lower(context->arena, name));
    context->identity_folded =
        arena_concat(context->arena, prefix, address_fold(context->arena, name));
}

void
context_init(struct context *context, struct arena *arena, const struct evaluate_request *request)
{
    *context = (struct context){.arena = arena, .request = request};
    context->action = arena_lower(arena, request->action);
    bind_resource(context);
    /* Two more for the clock's keys. */
    context->keys = ARENA_ARRAY(arena, struct context_key, request->key_count + 2);
    for (size_t i = request->key_count; i > 0; i--) /* the first is found first */
        bind_key(context, &request->keys[i - 1]);
}

static struct context_key *
bind_clock(struct context *context, struct slice name, struct slice text)
{
    struct condition_value *value = ARENA_NEW(context->arena, struct condition_value);
    struct slice *values = ARENA_NEW(context->arena, struct slice);
    *values = text;
    *value = (struct condition_value){.key = name, .values = values, .count = 1};
    bind_key(context, value);
    return &context->keys[context->key_count - 1];
}

struct context_key *
context_find(struct context *context, const struct key_name *name)
{
    uint32_t next = context->slots[name->hash % CONTEXT_SLOTS];
    for (; next > 0; next = context->keys[next - 1].next) {
        struct context_key *key = &context->keys[next - 1];
        if (key->name.hash == name->hash &&
            (key->name.lower.ptr == name->lower.ptr || slice_eq(key->name.lower, name->lower)))
            return key;
    }
    int64_t now_ms = context->request->now_ms;
    if (slice_eq(name->lower, SLICE("aws:currenttime")))
        return bind_clock(context, name->lower, clock_iso8601(context->arena, now_ms));
    if (slice_eq(name->lower, SLICE("aws:epochtime")))
        return bind_clock(context, name->lower,
                          arena_printf(context->arena, "%" PRId64, now_ms / SECOND_MS));
    return NULL;
}

static bool
read_as(struct context *context, struct slice text, enum reading_kind kind, struct reading *out)
{
    switch (kind) {
    case READING_NUMBER: return number_parse(text, &out->number);
    case READING_INSTANT: return clock_parse(text, &out->instant_ms);
    case READING_NETWORK: return network_parse(text, &out->network);
    case READING_ARN: return arn_split(text, false, &out->arn);
    case READING_FOLDED:
        out->lowered = arena_lower(context->arena, text);
        out->folded = address_fold(context->arena, text);
        return true;
    }
    return false;
}

const struct reading *
context_read(struct context *context, struct context_key *key, size_t index, enum reading_kind kind)
{
    if (!key->readings)
        key->readings = ARENA_ARRAY(context->arena, struct reading, key->value->count);
    struct reading *reading = &key->readings[index];
    if (!(reading->tried & kind)) {
        reading->tried |= kind;
        if (read_as(context, key->value->values[index], kind, reading))
            reading->readable |= kind;
    }
    return reading->readable & kind ? reading : NULL;
}

bool
context_variable(struct context *context, const struct key_name *name, struct slice *out)
{
    const struct context_key *key = context_find(context, name);
    if (!key || key->value->multivalued || key->value->count != 1)
        return false;
    *out = key->value->values[0];
    return true;
}
