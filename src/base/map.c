/*
 * Open addressing with linear probing and tombstones, keyed with a random seed so that a
 * client cannot choose keys that collide.
 */
#include "map.h"
#include "random.h"

#include <stdlib.h>

struct entry {
    char *key; /* NULL: never used; `removed`: a tombstone */
    size_t len;
    void *value;
};

struct map {
    struct entry *entries;
    size_t cap, used, live; /* used counts tombstones too */
    uint64_t seed;
};

static char removed[1];

struct map *
map_new(void)
{
    struct map *map = NEW(struct map);
    map->cap = 16;
    map->entries = memory_alloc(map->cap * sizeof *map->entries);
    map->seed = random_u64();
    return map;
}

void
map_free(struct map *map)
{
    if (!map)
        return;
    for (size_t i = 0; i < map->cap; i++)
        if (map->entries[i].key != removed)
            free(map->entries[i].key);
    free(map->entries);
    free(map);
}

static uint64_t
mix(uint64_t h)
{
    h ^= h >> 32;
    h *= 0xd6e8feb86659fd93u;
    h ^= h >> 32;
    return h;
}

static uint64_t
hash(const struct map *map, struct slice key)
{
    uint64_t h = map->seed ^ key.len;
    while (key.len >= 8) {
        uint64_t word;
        memcpy(&word, key.ptr, 8);
        h = mix(h ^ word) + map->seed;
        key = slice_from(key, 8);
    }
    uint64_t rest = 0;
    if (key.len)
        memcpy(&rest, key.ptr, key.len);
    return mix(mix(h ^ rest) + map->seed);
}

static struct entry *
find(const struct map *map, struct slice key)
{
    for (size_t i = hash(map, key) & (map->cap - 1);; i = (i + 1) & (map->cap - 1)) {
        struct entry *entry = &map->entries[i];
        if (!entry->key)
            return NULL;
        if (entry->key != removed && slice_eq((struct slice){entry->key, entry->len}, key))
            return entry;
    }
}

static void
insert(struct map *map, struct entry added)
{
    size_t i = hash(map, (struct slice){added.key, added.len}) & (map->cap - 1);
    while (map->entries[i].key && map->entries[i].key != removed)
        i = (i + 1) & (map->cap - 1);
    if (!map->entries[i].key)
        map->used++;
    map->entries[i] = added;
    map->live++;
}

static void
rebuild(struct map *map)
{
    struct entry *old = map->entries;
    size_t old_cap = map->cap;
    while (map->live * 2 >= map->cap)
        map->cap *= 2;
    map->entries = memory_alloc(map->cap * sizeof *map->entries);
    map->used = map->live = 0;
    for (size_t i = 0; i < old_cap; i++)
        if (old[i].key && old[i].key != removed)
            insert(map, old[i]);
    free(old);
}

void *
map_get(const struct map *map, struct slice key)
{
    struct entry *entry = find(map, key);
    return entry ? entry->value : NULL;
}

void *
map_put(struct map *map, struct slice key, void *value)
{
    struct entry *entry = find(map, key);
    if (entry) {
        void *before = entry->value;
        entry->value = value;
        return before;
    }
    if (map->used * 4 >= map->cap * 3)
        rebuild(map);
    char *copy = memory_alloc(key.len + 1);
    if (key.len)
        memcpy(copy, key.ptr, key.len);
    insert(map, (struct entry){copy, key.len, value});
    return NULL;
}

void *
map_remove(struct map *map, struct slice key)
{
    struct entry *entry = find(map, key);
    if (!entry)
        return NULL;
    void *value = entry->value;
    free(entry->key);
    *entry = (struct entry){.key = removed};
    map->live--;
    return value;
}

size_t
map_count(const struct map *map)
{
    return map->live;
}

bool
map_next(const struct map *map, size_t *cursor, struct slice *key, void **value)
{
    while (*cursor < map->cap) {
        struct entry *entry = &map->entries[(*cursor)++];
        if (entry->key && entry->key != removed) {
            *key = (struct slice){entry->key, entry->len};
            *value = entry->value;
            return true;
        }
    }
    return false;
}
