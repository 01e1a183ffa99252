#include "answers.h"

struct known {
    enum dns_type type;
    struct slice name;
    bool answered;
    struct dns_answer answer;
};

struct answers {
    struct arena *arena;
    struct known list[ANSWERS_MAX];
    size_t count;
};

struct answers *
answers_new(struct arena *arena)
{
    struct answers *answers = ARENA_NEW(arena, struct answers);
    answers->arena = arena;
    return answers;
}

static struct known *
find(struct answers *answers, enum dns_type type, struct slice name)
{
    for (size_t i = 0; i < answers->count; i++)
        if (answers->list[i].type == type && slice_ieq(answers->list[i].name, name))
            return &answers->list[i];
    return NULL;
}

static struct known *
add(struct answers *answers, enum dns_type type, struct slice name)
{
    struct known *known = &answers->list[answers->count++];
    *known = (struct known){.type = type, .name = arena_lower(answers->arena, name)};
    return known;
}

const struct dns_answer *
answers_get(struct answers *answers, enum dns_type type, struct slice name)
{
    static const struct dns_answer no_such_name = {.status = DNS_NXDOMAIN};
    static const struct dns_answer too_many = {.status = DNS_TEMPORARY};
    if (slice_ends(name, SLICE(".")))
        name.len--;
    if (name.len > DNS_NAME_MAX)
        return &no_such_name;
    struct known *known = find(answers, type, name);
    if (!known && answers->count == ANSWERS_MAX)
        return &too_many;
    if (!known && !dns_name_valid(arena_lower(answers->arena, name)))
        return &no_such_name;
    if (!known)
        known = add(answers, type, name);
    return known->answered ? &known->answer : NULL;
}

void
answers_put(struct answers *answers, enum dns_type type, struct slice name,
            const struct dns_answer *answer)
{
    struct known *known = find(answers, type, name);
    if (!known && answers->count == ANSWERS_MAX)
        return;
    if (!known)
        known = add(answers, type, name);
    known->answered = true;
    known->answer = *answer;
    known->answer.canonical_name = arena_dup(answers->arena, answer->canonical_name);
    known->answer.records = ARENA_ARRAY(answers->arena, struct dns_record, answer->count);
    for (size_t i = 0; i < answer->count; i++) {
        known->answer.records[i] = answer->records[i];
        known->answer.records[i].data = arena_dup(answers->arena, answer->records[i].data);
    }
}

bool
answers_wanted(const struct answers *answers, size_t *at, enum dns_type *type, struct slice *name)
{
    while (*at < answers->count && answers->list[*at].answered)
        ++*at;
    if (*at == answers->count)
        return false;
    *type = answers->list[*at].type;
    *name = answers->list[(*at)++].name;
    return true;
}
