/*
 * One request made ready for many statements: condition keys found by hash, values read as
 * number, instant, network, ARN or folded address at most once, however many statements ask.
 */
#ifndef POSTERN_AUTHORIZE_CONTEXT_H
#define POSTERN_AUTHORIZE_CONTEXT_H

#include "evaluate.h"
#include "operand.h"

/* A condition key as policies name it, ready to be looked up. */
struct key_name {
    struct slice lower;
    uint32_t hash;
    struct slice written;
};

/* `prefix:name`; the name may be that of a tag (`aws:PrincipalTag/cost center`). */
MUST_USE bool key_name_valid(struct slice text);
/* `text` is borrowed. */
struct key_name key_name_make(struct arena *arena, struct slice text);

enum reading_kind {
    READING_NUMBER = 1,
    READING_INSTANT = 2,
    READING_NETWORK = 4,
    READING_ARN = 8,
    READING_FOLDED = 16
};

/* What a value means as each type; filled on demand. */
struct reading {
    unsigned tried, readable; /* bits of reading_kind */
    double number;
    int64_t instant_ms;
    struct network network;
    struct arn arn;
    struct slice lowered; /* an address, lower-cased, with its label */
    struct slice folded;  /* by address_fold */
};

enum { CONTEXT_SLOTS = 64 };

struct context_key {
    struct key_name name;
    const struct condition_value *value;
    struct reading *readings; /* one for each value; NULL until one is needed */
    uint32_t next;            /* in the same slot, as in slots */
};

struct context {
    struct arena *arena;
    const struct evaluate_request *request;
    struct slice action; /* lower-cased */
    bool resource_is_arn;
    struct arn resource;
    /* The last part of an SES identity's ARN, its name lower-cased or folded; empty otherwise. */
    struct slice identity_lowered, identity_folded;
    struct context_key *keys;
    size_t key_count;
    /* By hash: one more than the index of the last key there; 0: none. */
    uint32_t slots[CONTEXT_SLOTS];
};

void context_init(struct context *context, struct arena *arena,
                  const struct evaluate_request *request);

/* NULL when the request has no such key; of several the first. aws:CurrentTime and aws:EpochTime always exist. */
struct context_key *context_find(struct context *context, const struct key_name *name);

/* NULL when the value cannot be read as that type. */
const struct reading *context_read(struct context *context, struct context_key *key, size_t index,
                                   enum reading_kind kind);

/* The value that ${name} stands for: false unless the key is there, single-valued. */
MUST_USE bool context_variable(struct context *context, const struct key_name *name,
                               struct slice *out);

#endif
