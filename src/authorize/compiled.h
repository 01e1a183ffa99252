/* The compiled form of a policy: what policy.c makes and evaluate.c reads. Private to this step. */
#ifndef POSTERN_AUTHORIZE_COMPILED_H
#define POSTERN_AUTHORIZE_COMPILED_H

#include "pattern.h"

#include <stdatomic.h>

enum effect { EFFECT_DENY, EFFECT_ALLOW };

struct resource_pattern {
    struct slice written;        /* decoded, as the document has it */
    uint32_t line, column;       /* where */
    const struct pattern *parts; /* ARN_PARTS of them; NULL: the lone `*` */
    /* Of a Deny: the last part folded, when it has no variable; see pattern_fold. */
    const struct pattern *folded;
};

enum principal_kind { PRINCIPAL_ANYONE, PRINCIPAL_ACCOUNT, PRINCIPAL_ARN };

struct principal_pattern {
    enum principal_kind kind;
    struct slice text; /* 12 digits, or the ARN */
};

enum operand_type {
    OPERAND_STRING,
    OPERAND_NUMBER,
    OPERAND_DATE,
    OPERAND_BOOL,
    OPERAND_BINARY,
    OPERAND_NETWORK,
    OPERAND_ARN,
    OPERAND_NULL
};

enum comparison {
    COMPARE_EQUAL,
    COMPARE_LIKE,
    COMPARE_IGNORE_CASE,
    COMPARE_LESS,
    COMPARE_LESS_OR_EQUAL,
    COMPARE_GREATER,
    COMPARE_GREATER_OR_EQUAL
};

/* One value of a condition. */
struct operand {
    struct pattern text;          /* of strings and binary */
    const struct pattern *folded; /* of a string that a Deny folds, when it has no variable */
    union {
        double number;
        int64_t instant_ms;
        bool truth;
        struct network network;
        const struct pattern *arn_parts; /* ARN_PARTS of them; NULL: the lone `*` */
    };
};

enum quantifier { QUANTIFIER_NONE, QUANTIFIER_ANY, QUANTIFIER_ALL };

/* One key under one operator. */
struct clause {
    enum operand_type type;
    enum comparison comparison;
    enum quantifier quantifier;
    bool negated, if_exists;
    bool folds; /* a positive string operator of a Deny */
    struct key_name key;
    const struct operand *operands;
    size_t operand_count;
};

struct statement {
    enum effect effect;
    bool actions_negated, resources_negated, principals_negated;
    const struct pattern *actions; /* lower-cased */
    size_t action_count;
    const struct resource_pattern *resources;
    size_t resource_count;
    const struct principal_pattern *principals; /* may be none that a user can be */
    size_t principal_count;
    bool has_principal;
    const struct clause *clauses;
    size_t clause_count;
    const struct key_name *required; /* variables without a default, used anywhere in it */
    size_t required_count;
    struct slice sid;
    struct slice text;
};

struct policy {
    atomic_uint references;
    struct arena *arena; /* owned; everything below lives in it */
    struct slice document;
    enum policy_kind kind;
    struct statement *statements;
    size_t statement_count;
};

#endif
