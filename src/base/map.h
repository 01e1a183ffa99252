/* A table from byte strings to pointers; keys are copied, values belong to the caller. */
#ifndef POSTERN_BASE_MAP_H
#define POSTERN_BASE_MAP_H

#include "memory.h"

struct map;
struct map *map_new(void);
void map_free(struct map *map); /* not the values */
void *map_get(const struct map *map, struct slice key);
void *map_put(struct map *map, struct slice key, void *value); /* returns what it replaced */
void *map_remove(struct map *map, struct slice key);           /* returns it, or NULL */
size_t map_count(const struct map *map);

/* Walk: start with *cursor = 0; false at the end. Removing the entry just seen is allowed. */
bool map_next(const struct map *map, size_t *cursor, struct slice *key, void **value);

/* The key for a number. */
#define MAP_KEY(variable) ((struct slice){(const char *)&(variable), sizeof(variable)})

#endif
