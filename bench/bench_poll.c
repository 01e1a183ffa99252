/*
 * What one poll of the queue takes, with whatever waits in a store: the best of many.
 *
 *   bench_poll DATABASE
 *
 * First as it is now, when little or nothing is due; then as if all of it were.
 */
#include "base/clock.h"
#include "store/messages.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ROUNDS = 50, ROWS = 400 };

static void
must(enum rc rc, const struct err *err)
{
    if (rc == RC_OK || rc == RC_NOT_FOUND)
        return;
    fprintf(stderr, "bench_poll: %s\n", err->text);
    exit(1);
}

/* The statements of core's poll. */
static size_t
poll_once(struct database *database, struct arena *arena, int64_t now_ms)
{
    struct err err = {0};
    struct recipient_row *rows;
    size_t count;
    int64_t next_ms, last = 0;
    must(recipients_due(database, arena, now_ms, ROWS, &rows, &count, &err), &err);
    must(recipients_next_ms(database, &next_ms, &err), &err);
    for (size_t i = 0; i < count; i++) {
        struct message_row message;
        int64_t key = message_of_part(rows[i].key);
        if (key != last)
            must(messages_find(database, arena, key, &message, &err), &err);
        last = key;
    }
    return count;
}

static void
measure(struct database *database, const char *name, int64_t now_ms)
{
    struct arena *arena = arena_new();
    double best = 1e9;
    size_t rows = 0;
    for (int i = 0; i < ROUNDS; i++) {
        struct timespec start, end;
        clock_gettime(CLOCK_MONOTONIC, &start);
        rows = poll_once(database, arena, now_ms);
        clock_gettime(CLOCK_MONOTONIC, &end);
        double us =
            (double)(end.tv_sec - start.tv_sec) * 1e6 + (double)(end.tv_nsec - start.tv_nsec) / 1e3;
        best = us < best ? us : best;
        arena_reset(arena);
    }
    printf("%s_us=%.0f %s_rows=%zu ", name, best, name, rows);
    arena_free(arena);
}

int
main(int argc, char **argv)
{
    struct database *database;
    struct err err = {0};
    if (argc != 2) {
        fprintf(stderr, "usage: bench_poll DATABASE\n");
        return 2;
    }
    must(database_open(argv[1], DATABASE_READ, &database, &err), &err);
    measure(database, "now", clock_now_ms());
    measure(database, "due", INT64_MAX);
    printf("\n");
    database_close(database);
    return 0;
}
