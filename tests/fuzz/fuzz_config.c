/* The configuration: whatever the text, it is refused with words, or what each role is told of it
 * is read again to the same effect. */
#include "role/config.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_role(struct arena *arena, const struct config *config, enum role role)
{
    struct config again;
    struct err err;
    struct slice told = config_for_role(arena, config, role);
    enum rc rc = config_parse(arena, told, "told", NULL, 0, &again, &err);
    if (rc != RC_OK || !slice_eq(told, config_for_role(arena, &again, role)))
        abort();
}

/* The bytes up to the first NUL are the file, each run after it a --set. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    struct slice text = arena_dup(arena, (struct slice){(const char *)data, size}), sets;
    struct config config;
    struct err err = {0};
    const char *set = NULL;
    if (!slice_cut(text, '\0', &text, &sets))
        sets = SLICE("");
    set = sets.len ? sets.ptr : NULL; /* arena_dup ends it with NUL */
    if (config_parse(arena, text, "fuzz", &set, set ? 1 : 0, &config, &err) == RC_OK) {
        for (int role = ROLE_FRONT; role < ROLE_COUNT; role++)
            check_role(arena, &config, (enum role)role);
        if (!config_route_for(&config, SLICE("a.example.org")))
            abort();
    } else if (err.text[0] == '\0') {
        abort();
    }
    arena_free(arena);
    return 0;
}
