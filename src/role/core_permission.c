/*
 * Which permissions are used, for who wants to take away those that are not (api/unused_access.h).
 * An hour is as good as a second there: a use is written once in that time, off everybody's way, and
 * what was written is remembered here.
 */
#include "base/clock.h"
#include "core.h"
#include "store/permission_uses.h"

#include <stdlib.h>

enum { GRANULARITY_MS = 60 * 60 * 1000, REMEMBERED_MAX = 20000, ARENA_SLACK = 32 };

struct permission_use {
    struct write_job write;
    struct arena *arena; /* owned */
    struct slice user_id, action;
    int64_t now_ms;
};

static enum rc
use_run(struct write_job *job, struct database *database, struct err *err)
{
    const struct permission_use *use =
        (struct permission_use *)((char *)job - offsetof(struct permission_use, write));
    return permission_uses_put(database, use->user_id, use->action, use->now_ms, err);
}

static void
use_done(struct write_job *job)
{
    struct permission_use *use =
        (struct permission_use *)((char *)job - offsetof(struct permission_use, write));
    arena_free(use->arena);
    free(use);
}

/* Who forgets writes once more. */
static bool
is_recorded(struct core *core, struct slice user_id, struct slice action, int64_t now_ms)
{
    void *hour = (void *)(uintptr_t)(now_ms / GRANULARITY_MS);
    struct arena *arena = arena_new_of(user_id.len + action.len + 2 * ARENA_SLACK);
    struct slice key = arena_concat(arena, user_id, action);
    bool known = map_get(core->permission_uses, key) == hour;
    if (!known && map_count(core->permission_uses) >= REMEMBERED_MAX) {
        map_free(core->permission_uses);
        core->permission_uses = map_new();
    }
    if (!known)
        (void)map_put(core->permission_uses, key, hour);
    arena_free(arena);
    return known;
}

void
permission_record_use(struct core *core, struct slice user_id, struct slice action)
{
    int64_t now_ms = clock_now_ms();
    if (is_recorded(core, user_id, action, now_ms))
        return;
    struct permission_use *use = NEW(struct permission_use);
    use->arena = arena_new_of(user_id.len + action.len + 2 * ARENA_SLACK);
    use->user_id = arena_dup(use->arena, user_id);
    use->action = arena_dup(use->arena, action);
    use->now_ms = now_ms;
    use->write = (struct write_job){.run = use_run, .done = use_done, .guarded = true};
    writer_submit(core->writer, &use->write);
}
